/*
 * The floor under `git batho index`: reads the blobs that an index holds and parses them with the same
 * grammars, in the same number of processes, and does nothing else. It is linked with the stock set: parsers
 * and runtime as they are, with their own tables and allocator.
 *
 *	floor [-j N] [-b libgit2|git] [-r] [-o]
 *
 * Run inside a repository that is indexed. -r reads only, to tell reading from parsing; -o takes only those blobs whose
 * ids are on stdin, a line each. Prints wall and CPU
 * seconds of all processes, blobs and bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <tree_sitter/api.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/map.h"
#include "core/git/odb.h"
#include "core/lang/grammar_table.h"
#include "core/lang/langs.h"
#include "store/store.h"

#define AHEAD 32

struct item {
	struct bt_oid oid;
	const TSLanguage *ts;
};

struct totals {
	uint64_t blobs, bytes, errors;
};

static void die(const struct bt_err *err)
{
	fprintf(stderr, "floor: %s\n", err->msg);
	exit(2);
}

static const TSLanguage *grammar(const char *name)
{
	const struct bt_lang *l = bt_lang_find(name);

	for (const struct bt_grammar *g = bt_grammars; l && g->name; g++)
		if (!strcmp(g->name, l->grammar))
			return g->language();
	return NULL;
}

static uint64_t count_blobs(struct bt_store *s)
{
	BT_FREE struct bt_store_count *rows = NULL;
	struct bt_err err = BT_ERR_INIT;
	uint64_t blobs = 0;
	size_t nr;

	if (bt_store_counts(s, &rows, &nr, &err))
		die(&err);
	while (nr--)
		blobs += rows[nr].blobs;
	return blobs;
}

/* Every blob with facts, in the order in which they were indexed. */
static struct item *read_items(const char *dir, size_t *ret_nr)
{
	const TSLanguage *of_lang[512] = { NULL };
	struct bt_err err = BT_ERR_INIT;
	struct bt_store_language l;
	struct bt_store *s = NULL;
	struct item *items;
	uint32_t cursor = 0;
	uint64_t left;

	if (bt_store_open(dir, BT_STORE_READ, 0, &s, &err))
		die(&err);
	while (bt_store_language_next(s, &cursor, &l, &err) == BT_ROW)
		if (l.id < 512)
			of_lang[l.id] = grammar(l.name);
	left = count_blobs(s);
	items = bt_xcalloc(left + 1, sizeof(*items));
	*ret_nr = 0;
	for (uint32_t id = 1; left && id; id++) {	/* ids ascend, with gaps */
		struct bt_blob b;
		int rc = bt_store_blob_get(s, id, &b, &err);

		if (rc == BT_ERR_CORRUPT)
			continue;
		if (rc)
			die(&err);
		left--;
		if (b.state == BT_BLOB_FACTS && b.lang < 512)
			items[(*ret_nr)++] = (struct item){ b.oid, of_lang[b.lang] };
	}
	bt_store_free(&s);
	return items;
}

/* Keeps those whose ids are on stdin. */
static size_t keep_named(struct item *items, size_t nr)
{
	struct bt_oidmap named = BT_OIDMAP_INIT;
	char line[BT_OID_HEX_MAX + 2];
	struct bt_oid oid;
	size_t kept = 0;

	while (fgets(line, sizeof(line), stdin))
		if (!bt_oid_parse(line, strcspn(line, "\n"), &oid, NULL))
			bt_oidmap_intern(&named, &oid, 0, 0, NULL);
	for (size_t i = 0; i < nr; i++)
		if (bt_oidmap_find(&named, &items[i].oid, 0, NULL))
			items[kept++] = items[i];
	bt_oidmap_release(&named);
	return kept;
}

static void parse_one(TSParser *p, const struct item *it, const struct bt_object *obj, struct totals *t)
{
	TSTree *tree;

	ts_parser_set_language(p, it->ts);
	tree = ts_parser_parse_string(p, NULL, obj->data, (uint32_t)obj->size);
	t->errors += ts_node_has_error(ts_tree_root_node(tree));
	ts_tree_delete(tree);
}

/* The blobs are shared out in runs of 16, so that neighbours in the pack stay together. */
static bool is_mine(size_t i, unsigned me, unsigned jobs)
{
	return i / 16 % jobs == me;
}

static void work(struct bt_repo *repo, const struct bt_odb_backend *backend, const struct item *items,
		 size_t nr, unsigned me, unsigned jobs, bool read_only, struct totals *t)
{
	TSParser *p = ts_parser_new();
	struct bt_err err = BT_ERR_INIT;
	struct bt_odb *odb = NULL;
	size_t asked = 0, in_flight = 0;
	struct bt_object obj;

	if (bt_odb_open(repo, backend, &odb, &err))
		die(&err);
	for (size_t i = 0; i < nr; i++) {
		if (!is_mine(i, me, jobs))
			continue;
		for (; asked < nr && in_flight < AHEAD; asked++) {
			if (!is_mine(asked, me, jobs))
				continue;
			if (bt_odb_request(odb, &items[asked].oid, BT_BLOB_SIZE_CAP, &err))
				die(&err);
			in_flight++;
		}
		if (bt_odb_next(odb, &obj, &err) != BT_ROW)
			die(&err);
		in_flight--;
		t->blobs++;
		t->bytes += obj.size;
		if (!read_only && obj.data && items[i].ts)
			parse_one(p, &items[i], &obj, t);
	}
	bt_odb_free(&odb);
	ts_parser_delete(p);
}

static double cpu_seconds(int who)
{
	struct rusage r;

	getrusage(who, &r);
	return (double)r.ru_utime.tv_sec + (double)r.ru_utime.tv_usec / 1e6 + (double)r.ru_stime.tv_sec +
	       (double)r.ru_stime.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	const struct bt_odb_backend *backend = &bt_odb_libgit2;
	struct bt_repo repo = BT_REPO_INIT;
	struct bt_err err = BT_ERR_INIT;
	unsigned jobs = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	struct totals *t, sum = { 0 };
	bool read_only = false, only = false;
	struct item *items;
	int64_t start;
	char *dir;
	size_t nr;
	int c;

	while ((c = getopt(argc, argv, "j:b:ro")) != -1) {
		if (c == 'j')
			jobs = (unsigned)atoi(optarg);
		else if (c == 'b')
			backend = strcmp(optarg, "git") ? &bt_odb_libgit2 : &bt_odb_git_program;
		else if (c == 'r')
			read_only = true;
		else if (c == 'o')
			only = true;
		else
			return 2;
	}
	if (bt_repo_open(&repo, NULL, 0, &err))
		die(&err);
	dir = bt_xasprintf("%s/batho", repo.common_dir);
	items = read_items(dir, &nr);
	if (only)
		nr = keep_named(items, nr);
	t = mmap(NULL, jobs * sizeof(*t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	start = bt_clock_ms();
	for (unsigned i = 0; i < jobs; i++) {
		if (!fork()) {
			work(&repo, backend, items, nr, i, jobs, read_only, &t[i]);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	for (unsigned i = 0; i < jobs; i++) {
		sum.blobs += t[i].blobs;
		sum.bytes += t[i].bytes;
		sum.errors += t[i].errors;
	}
	printf("floor %s jobs=%u wall=%.2f cpu=%.2f blobs=%llu bytes=%llu with_errors=%llu\n",
	       backend->name, jobs, (double)(bt_clock_ms() - start) / 1000,
	       cpu_seconds(RUSAGE_CHILDREN), (unsigned long long)sum.blobs, (unsigned long long)sum.bytes,
	       (unsigned long long)sum.errors);
	free(items);
	free(dir);
	bt_repo_release(&repo);
	return 0;
}
