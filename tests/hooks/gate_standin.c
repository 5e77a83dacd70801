/*
 * git-batho-indexer with one rule, for the tests of hooks: a line that holds BAD is an error. Everything
 * but the judgement is the product's.
 *
 * BATHO_TEST_SLEEP=<seconds> makes it slow; BATHO_TEST_LIST=<file> writes the list of files it was given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/git/odb.h"
#include "core/gate/gate.h"
#include "git-batho/indexer.h"

static void list(const struct bt_incoming *in)
{
	const char *path = getenv("BATHO_TEST_LIST");
	FILE *to = path ? fopen(path, "a") : NULL;

	for (size_t i = 0; to && i < in->nr; i++) {
		const struct bt_incoming_file *f = &in->files[i];

		fprintf(to, "%c %s %o %o%s", f->status, f->path, f->old_mode, f->new_mode,
			f->binary ? " binary" : "");
		for (size_t k = 0; k < f->lines_nr; k++)
			fprintf(to, " %u+%u", f->lines[k].first, f->lines[k].nr);
		fprintf(to, "%s\n", f->new_data ? " data" : "");
	}
	if (to)
		fclose(to);
}

static bool judge(const struct bt_incoming_file *f, const char *data, size_t len, FILE *to)
{
	bool bad = false;
	size_t row = 1;

	for (const char *p = data, *end = data + len; p < end; row++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (memmem(p, (size_t)((nl ? nl : end) - p), "BAD", 3)) {
			fprintf(to, "%s:%zu: BAD\n", f->path, row);
			bad = true;
		}
		p = nl ? nl + 1 : end;
	}
	return bad;
}

/* What came out of a patch is the blob, byte for byte. */
static int compare(struct bt_odb *odb, const char *path, const struct bt_oid *oid, const char *data, size_t len,
		   struct bt_err *err)
{
	struct bt_object o;

	if (!data)
		return 0;
	if (bt_odb_read(odb, oid, 64 << 20, &o, err))
		return err->code;
	if (!o.data || o.size != len || memcmp(o.data, data, len))
		return bt_err_set(err, BT_ERR_CORRUPT, "the bytes of '%s' are not those of its blob", path);
	return 0;
}

int bt_gate_judge(const struct bt_gate *g, FILE *to, bool *ret_refuses, struct bt_err *err)
{
	BT_CLEANUP(bt_odb_free) struct bt_odb *odb = NULL;
	const char *nap = getenv("BATHO_TEST_SLEEP");

	list(g->incoming);
	if (nap)
		sleep((unsigned)atoi(nap));
	if (bt_odb_open(g->repo, &bt_odb_git_program, &odb, err))
		return err->code;
	for (size_t i = 0; i < g->incoming->nr; i++) {
		const struct bt_incoming_file *f = &g->incoming->files[i];

		if (compare(odb, f->path, &f->old_oid, f->old_data, f->old_len, err) ||
		    compare(odb, f->path, &f->new_oid, f->new_data, f->new_len, err))
			return err->code;
	}
	for (size_t i = 0; i < g->incoming->nr; i++) {
		const struct bt_incoming_file *f = &g->incoming->files[i];
		struct bt_object o = { .data = f->new_data, .size = f->new_len };

		if (!f->new_oid.len)
			continue;
		if (!o.data && bt_odb_read(odb, &f->new_oid, 1 << 20, &o, err))
			return err->code;
		if (o.data && judge(f, o.data, (size_t)o.size, to))
			*ret_refuses = true;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct bt_command *const commands[] = { &bt_indexer_hooks, NULL };

	return bt_program_main(commands, argc, argv);
}
