/*
 * Rows of folders and manifests. Rows come after those of the folders in them, so that one pass will do.
 *
 * What a row lists must be in git's tree of that id, under the same name and with the same id; what the tree has and
 * the row lacks was not selected, which nobody can tell from here (core/index/compare.h can, for today's selection).
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/signal.h"
#include "core/index/digest.h"
#include "core/index/index.h"
#include "core/index/tree_row.h"
#include "core/storage/verify_state.h"
#include "store/inspect.h"
#include "store/forget.h"

/* Rows whose trees have been asked for. */
#define AHEAD 64

struct pending {
	uint32_t id;
	struct bt_buf entries;
};

struct trees {
	struct verify *v;
	struct pending ring[AHEAD];
	size_t first, nr;
};

static void trees_release(struct trees *t)
{
	for (size_t i = 0; i < AHEAD; i++)
		bt_buf_release(&t->ring[i].entries);
}

static void bad_tree(struct verify *v, uint32_t id, const char *what)
{
	bt_verify_found(v->r, BT_PROBLEM_TREE, "tree %u: %s", id, what);
	verify_tree_bad(v, id);
}

/* What is told already, of a blob or a folder in it. */
static const char affected[] = "something in it is damaged";

/* --- what it says by itself --- */

struct sums {
	struct bt_blake2b h;
	uint32_t blobs, killed;
};

static const char *add_folder(struct verify *v, uint32_t id, const struct bt_row_entry *e, struct sums *sums)
{
	const struct verify_tree *child = e->id < id ? &v->trees[e->id] : NULL;

	if (!child || !child->there)
		return "a folder in it is missing";
	if (child->bad)
		return affected;
	sums->blobs += child->blobs;
	sums->killed += child->killed;
	bt_digest_add_folder(&sums->h, e->name, e->name_len, &child->digest);
	return NULL;
}

static const char *add_file(struct verify *v, const struct bt_row_entry *e, struct sums *sums)
{
	struct bt_digest_file f = { .name = e->name, .name_len = e->name_len, .state = e->state };
	const struct verify_blob *b = e->id ? verify_blob_of(v, e->id) : NULL;

	if (e->id && !b)
		return "a blob in it is missing";
	if (b && b->bad)
		return affected;
	if (b && (b->lang != e->lang || (b->state != e->state && e->state != BT_BLOB_TOO_LARGE)))
		return "a blob in it is another one";
	if (!b && e->state == BT_BLOB_FACTS)
		return "a file with facts has none";
	if (b) {
		f.oid = &b->oid;
		f.facts = &b->digest;
	}
	if (e->state == BT_BLOB_FACTS) {
		f.lang = v->langs[b->lang].name;
		f.version = v->langs[b->lang].version;
	}
	bt_digest_add_file(&sums->h, &f);
	sums->blobs += e->state == BT_BLOB_FACTS;
	sums->killed += e->state == BT_BLOB_MISSING || bt_blob_state_killed((enum bt_blob_state)e->state);
	return NULL;
}

/* NULL, or what is wrong. */
static const char *check_entries(struct verify *v, const struct bt_tree_row *row, const struct bt_buf *entries)
{
	struct bt_err why = BT_ERR_INIT;
	struct sums sums = { .blobs = 0 };
	struct bt_digest digest;
	struct bt_row_reader r;
	struct bt_row_entry e;
	const char *wrong = NULL;
	int rc;

	bt_blake2b_init(&sums.h);
	bt_row_reader_init(&r, bt_buf_cstr(entries), entries->len);
	while (!wrong && (rc = bt_row_reader_next(&r, &e, &why)) != BT_DONE) {
		if (rc < 0)
			return "its entries do not decode";
		wrong = e.tree ? add_folder(v, row->id, &e, &sums) : add_file(v, &e, &sums);
	}
	if (wrong)
		return wrong;
	bt_blake2b_end(&sums.h, &digest);
	if (memcmp(&digest, &row->digest, sizeof(digest)))
		return "its digest is not that of its entries";
	if (sums.blobs != row->blobs || sums.killed != row->killed)
		return "its counts are wrong";
	return NULL;
}

/* --- what git says --- */

/* The entry of this name in git's order, from where the reader is. */
static bool find_entry(struct bt_tree_reader *r, const struct bt_row_entry *e, struct bt_tree_entry *ret_e)
{
	struct bt_err ignored = BT_ERR_INIT;

	while (bt_tree_reader_next(r, ret_e, &ignored) == BT_ROW)
		if (ret_e->name_len == e->name_len && !memcmp(ret_e->name, e->name, e->name_len) &&
		    (ret_e->kind == BT_ENTRY_TREE) == e->tree)
			return true;
	return false;
}

static const struct bt_oid *oid_of(struct verify *v, const struct bt_row_entry *e)
{
	if (e->tree)
		return &v->trees[e->id].oid;
	return e->id ? &v->blobs[e->id].oid : NULL;
}

static void compare(struct verify *v, const struct pending *p, const struct bt_object *obj)
{
	struct bt_tree_reader r;
	struct bt_tree_entry have;
	struct bt_row_reader rows;
	struct bt_row_entry e;
	struct bt_err ignored = BT_ERR_INIT;

	if (obj->type != BT_OBJECT_TREE || !obj->data) {
		if (obj->type == BT_OBJECT_NONE)
			v->r->trees_gone++;
		else
			bad_tree(v, p->id, "git has something else by its id");
		return;
	}
	bt_tree_reader_init(&r, obj->data, obj->size, v->o->oid_len);
	bt_row_reader_init(&rows, bt_buf_cstr(&p->entries), p->entries.len);
	while (bt_row_reader_next(&rows, &e, &ignored) == BT_ROW) {
		const struct bt_oid *oid = oid_of(v, &e);

		if (find_entry(&r, &e, &have) && (!oid || bt_oid_equal(oid, &have.oid)))
			continue;
		bad_tree(v, p->id, "git has other entries in it");
		return;
	}
}

static int take_answer(struct trees *t, struct bt_err *err)
{
	struct pending *p = &t->ring[t->first];
	struct bt_err why = BT_ERR_INIT;
	struct bt_object obj;
	int rc = bt_odb_next(t->v->o->odb, &obj, &why);

	if (rc == BT_ERR_CORRUPT)
		t->v->r->trees_gone++;
	else if (rc < 0)
		return *err = why, rc;
	else
		compare(t->v, p, &obj);
	t->first = (t->first + 1) % AHEAD;
	t->nr--;
	return 0;
}

static int ask_git(struct trees *t, const struct bt_tree_row *row, const struct bt_buf *entries, struct bt_err *err)
{
	struct pending *p;

	if (!t->v->o->odb)
		return 0;
	if (t->nr == AHEAD && take_answer(t, err))
		return err->code;
	p = &t->ring[(t->first + t->nr++) % AHEAD];
	p->id = row->id;
	bt_buf_clear(&p->entries);
	bt_buf_add(&p->entries, entries->data, entries->len);
	if (bt_buf_check(&p->entries, "a tree of the index", err))
		return err->code;
	return bt_odb_request(t->v->o->odb, &row->oid, BT_TREE_SIZE_MAX, err);
}

/* --- rows --- */

static int check_tree(struct trees *t, uint32_t id, struct bt_buf *entries, struct bt_err *err)
{
	struct verify *v = t->v;
	struct bt_err why = BT_ERR_INIT;
	struct bt_tree_row row;
	const char *wrong;
	int rc = bt_store_tree_exists(v->store, id, &why);

	if (rc == BT_DONE)
		return 0;
	if (rc == BT_ROW)
		rc = bt_store_tree_read(v->store, id, &row, entries, &why);
	if (rc && rc != BT_ERR_CORRUPT)
		return *err = why, rc;
	v->r->trees++;
	v->trees[id].there = true;
	if (rc) {
		bad_tree(v, id, verify_plain(why.msg));
		return 0;
	}
	v->trees[id].oid = row.oid;
	v->trees[id].digest = row.digest;
	v->trees[id].blobs = row.blobs;
	v->trees[id].killed = row.killed;
	wrong = check_entries(v, &row, entries);
	if (wrong == affected) {
		v->r->trees_affected++;
		verify_tree_bad(v, id);
		return 0;
	}
	if (wrong) {
		bad_tree(v, id, wrong);
		return 0;
	}
	return ask_git(t, &row, entries, err);
}

int verify_trees(struct verify *v, struct bt_err *err)
{
	BT_CLEANUP(trees_release) struct trees t = { .v = v };
	BT_BUF_OWNED struct bt_buf entries = BT_BUF_INIT;

	bt_buf_init(&entries, BT_TREE_SIZE_MAX);
	for (uint32_t id = 1; id < v->trees_nr; id++) {
		if (check_tree(&t, id, &entries, err))
			return err->code;
		if (id % 256)
			continue;
		verify_progress(v, "trees", id, v->trees_nr);
		if (bt_cancel_check(err))
			return err->code;
	}
	while (t.nr)
		if (take_answer(&t, err))
			return err->code;
	return 0;
}

/* --- manifests --- */

static const char *check_listing(struct verify *v, const struct bt_manifest *m)
{
	for (uint32_t i = 0; i < m->nr; i++) {
		struct bt_manifest_file f = bt_manifest_file_get(m, i);

		if (f.blob && !verify_blob_of(v, f.blob))
			return "a blob in it is missing";
	}
	return NULL;
}

static const char *check_root(struct verify *v, const struct bt_manifest *m)
{
	BT_CLEANUP(bt_manifest_builder_release) struct bt_manifest_builder b;
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT, want = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_tree_row row;

	bt_manifest_builder_init(&b);
	if (m->root >= v->trees_nr || v->trees[m->root].bad ||
	    bt_index_add_rows(v->store, m->root, &path, &b, &row, &ignored) ||
	    bt_manifest_builder_end(&b, m->root, row.killed, &row.digest, &want, &ignored))
		return "the folder it was made from is missing or damaged";
	if (want.len != m->data.len || memcmp(bt_buf_cstr(&want), bt_buf_cstr(&m->data), want.len))
		return "it does not list the files of its folders";
	return NULL;
}

static const char *check_manifest(struct verify *v, const struct bt_digest *key, struct bt_manifest *m)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_digest want;

	if (bt_manifest_load(m, &ignored))
		return "it does not decode";
	if (m->root)
		bt_index_manifest_key(m->root, &want);
	else
		bt_blake2b(bt_buf_cstr(&m->data), m->data.len, &want);
	if (memcmp(&want, key, sizeof(want)))
		return "it stands in the place of another one";
	return m->root ? check_root(v, m) : check_listing(v, m);
}

int verify_manifests(struct verify *v, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	struct bt_digest key;
	int64_t cursor = 0;
	int rc;

	do {
		BT_CLEANUP(bt_manifest_release) struct bt_manifest m = BT_MANIFEST_INIT;
		int64_t before = cursor;
		const char *wrong = NULL;

		why = (struct bt_err)BT_ERR_INIT;
		rc = bt_store_manifest_next(v->store, &cursor, &key, &m.data, &why);
		if (rc == BT_DONE)
			return 0;
		if (rc < 0 && rc != BT_ERR_CORRUPT)
			return *err = why, rc;
		v->r->manifests++;
		wrong = rc == BT_ROW ? check_manifest(v, &key, &m) : verify_plain(why.msg);
		if (wrong)
			bt_verify_found(v->r, BT_PROBLEM_MANIFEST, "manifest %lld: %s", (long long)cursor, wrong);
		if (cursor == before)	/* not even its number can be read */
			return 0;
	} while (!bt_cancel_check(err));
	return err->code;
}
