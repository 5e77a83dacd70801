/*
 * The order of the checks: what is told by one is believed by the next.
 */
#include "core/storage/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/storage/verify_state.h"
#include "store/inspect.h"

const char *bt_problem_kind_name(enum bt_problem_kind kind)
{
	static const char *const names[BT_PROBLEM_KIND_NR] = {
		[BT_PROBLEM_FILE] = "file",	    [BT_PROBLEM_BLOB] = "blob",
		[BT_PROBLEM_FACTS] = "facts",	    [BT_PROBLEM_NAMES] = "names",
		[BT_PROBLEM_TREE] = "tree",	    [BT_PROBLEM_MANIFEST] = "manifest",
		[BT_PROBLEM_FINDING] = "finding",   [BT_PROBLEM_LEFTOVER] = "leftover",
		[BT_PROBLEM_QUEUE] = "queue",
	};

	return names[kind];
}

void bt_verify_report_release(struct bt_verify_report *r)
{
	for (size_t i = 0; i < r->problems_kept; i++)
		free(r->problems[i].text);
	free(r->problems);
	free(r->lost);
	bt_idset_release(&r->bad_blobs);
	bt_idset_release(&r->bad_trees);
	memset(r, 0, sizeof(*r));
}

void bt_verify_found(struct bt_verify_report *r, enum bt_problem_kind kind, const char *fmt, ...)
{
	struct bt_err text = BT_ERR_INIT;
	va_list ap;

	r->problems_nr++;
	r->by_kind[kind]++;
	if (r->problems_kept == BT_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text.msg, sizeof(text.msg), fmt, ap);
	va_end(ap);
	BT_GROW(r->problems, r->problems_alloc, r->problems_kept + 1);
	r->problems[r->problems_kept++] = (struct bt_problem){ kind, bt_xstrdup(text.msg) };
}

const char *verify_plain(const char *msg)
{
	static const char before[] = "' is damaged: ";
	const char *at = strstr(msg, before);

	return at ? at + sizeof(before) - 1 : msg;
}

void verify_progress(const struct verify *v, const char *what, uint64_t done, uint64_t total)
{
	if (v->o->progress)
		v->o->progress(v->o->progress_ctx, what, done, total);
}

void verify_blob_bad(struct verify *v, uint32_t id)
{
	const struct verify_blob *b = verify_blob_of(v, id);
	struct bt_verify_report *r = v->r;

	if (bt_idset_has(&r->bad_blobs, id))
		return;
	bt_idset_add(&r->bad_blobs, id);
	if (!b)
		return;
	v->blobs[id].bad = true;
	BT_GROW(r->lost, r->lost_alloc, r->lost_nr + 1);
	r->lost[r->lost_nr++] = (struct bt_lost_blob){ b->oid, b->lang };
}

void verify_tree_bad(struct verify *v, uint32_t id)
{
	bt_idset_add(&v->r->bad_trees, id);
	if (id < v->trees_nr)
		v->trees[id].bad = true;
}

static void verify_release(struct verify *v)
{
	free(v->langs);
	free(v->blobs);
	free(v->trees);
	bt_arena_release(&v->arena);
}

static void file_problem(void *ctx, const char *what)
{
	struct verify *v = ctx;

	char line[400];

	snprintf(line, sizeof(line), "%s", strncmp(what, "*** in database main ***\n", 25) ? what : what + 25);
	for (char *at = line; (at = strchr(at, '\n'));)
		*at = ' ';
	bt_verify_found(v->r, BT_PROBLEM_FILE, "%s", verify_plain(line));
}

static int read_langs(struct verify *v, struct bt_err *err)
{
	struct bt_store_language l;
	struct bt_err why = BT_ERR_INIT;
	uint32_t cursor = 0;
	int rc;

	while ((rc = bt_store_language_next(v->store, &cursor, &l, &why)) == BT_ROW) {
		if (l.id > UINT16_MAX)	/* the width in manifests */
			break;
		BT_GROW(v->langs, v->langs_alloc, l.id + (size_t)1);
		while (v->langs_nr <= l.id)
			v->langs[v->langs_nr++] = (struct bt_store_language){ .id = 0 };
		v->langs[l.id] = l;
	}
	if (rc == BT_ERR_CORRUPT) {
		bt_verify_found(v->r, BT_PROBLEM_FILE, "%s", verify_plain(why.msg));
		return 0;
	}
	return rc < 0 ? (*err = why, rc) : 0;
}

static int look_for_orphans(struct verify *v, struct bt_err *err)
{
	BT_IDSET_OWNED struct bt_idset orphans = BT_IDSET_INIT;
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_store_orphans(v->store, &orphans, &why);

	if (rc == BT_ERR_CORRUPT) {
		bt_verify_found(v->r, BT_PROBLEM_FILE, "%s", verify_plain(why.msg));
		return 0;
	}
	if (rc)
		return *err = why, rc;
	if (orphans.nr)
		bt_verify_found(v->r, BT_PROBLEM_LEFTOVER, "%zu records belong to no blob", orphans.nr);
	return 0;
}

int bt_verify_store(const struct bt_verify_store_opts *o, struct bt_verify_report *r, struct bt_err *err)
{
	BT_CLEANUP(verify_release) struct verify v = { .o = o, .r = r, .store = o->store };
	int rc = bt_store_read_begin(o->store, err);

	if (rc)
		return rc;
	verify_progress(&v, "file", 0, 1);
	rc = bt_store_check_file(o->store, file_problem, &v, err);
	if (!rc)
		rc = read_langs(&v, err);
	if (!rc)
		rc = verify_blobs(&v, err);
	if (!rc)
		rc = verify_names(&v, err);
	if (!rc)
		rc = verify_trees(&v, err);
	if (!rc)
		rc = verify_manifests(&v, err);
	if (!rc)
		rc = look_for_orphans(&v, err);
	bt_store_read_end(o->store);
	return rc;
}
