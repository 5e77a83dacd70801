/*
 * Tree rows. A folder that changed a little resembles its earlier self: its entries are compressed
 * with those as a prefix. A chain of such rows is at most BT_TREE_DEPTH rows long, so that reading
 * one decodes few; the rows decoded last are kept.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "store/store_int.h"

#define BT_TREE_DEPTH 16

static struct bt_tree_cached *cache_slot(struct bt_store *s, uint32_t id)
{
	return &s->trees[id % BT_TREE_CACHE_NR];
}

static struct bt_tree_cached *cache_find(struct bt_store *s, uint32_t id)
{
	struct bt_tree_cached *c = cache_slot(s, id);

	return c->id == id ? c : NULL;
}

static void cache_put(struct bt_store *s, uint32_t id, uint32_t depth, const void *p, size_t len)
{
	struct bt_tree_cached *c = cache_slot(s, id);

	if (len > BT_TREE_CACHE_LEN_MAX)
		return;
	bt_buf_clear(&c->entries);
	bt_buf_add(&c->entries, p, len);
	c->id = c->entries.failed ? 0 : id;
	c->depth = depth;
}

void bt_store_tree_cache_release(struct bt_store *s)
{
	size_t i;

	for (i = 0; i < BT_TREE_CACHE_NR; i++) {
		bt_buf_release(&s->trees[i].entries);
		s->trees[i].id = 0;
	}
}

int bt_store_tree_find(struct bt_store *s, const struct bt_oid *oid, uint64_t selection,
		       struct bt_tree_row *ret_row, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	const void *digest;
	size_t len;
	int rc = bt_sql_get(s, BT_SQL_TREE_FIND, &q, err);

	if (rc)
		return rc;
	bt_sql_bind_bytes(q, 1, oid->raw, oid->len);
	sqlite3_bind_int64(q, 2, (int64_t)selection);
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	digest = bt_sql_bytes(q, 1, &len);
	if (len != BT_DIGEST_LEN)
		return bt_store_corrupt(s, err, "the row of a tree makes no sense");
	ret_row->id = (uint32_t)sqlite3_column_int64(q, 0);
	ret_row->oid = *oid;
	ret_row->selection = selection;
	memcpy(ret_row->digest.raw, digest, len);
	ret_row->killed = (uint32_t)sqlite3_column_int64(q, 2);
	ret_row->blobs = (uint32_t)sqlite3_column_int64(q, 3);
	return BT_ROW;
}

int bt_store_tree_of(struct bt_store *s, const struct bt_oid *oid, uint32_t *cursor, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_TREE_OF, &q, err);

	if (rc)
		return rc;
	bt_sql_bind_bytes(q, 1, oid->raw, oid->len);
	sqlite3_bind_int64(q, 2, *cursor);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_ROW)
		*cursor = (uint32_t)sqlite3_column_int64(q, 0);
	return rc;
}

/* What a row's checksum is about, besides its bytes. */
static int64_t tree_mark(const void *oid, uint64_t selection)
{
	uint64_t start;

	memcpy(&start, oid, sizeof(start));
	return (int64_t)(start ^ selection);
}

/* One row as it lies in the file. */
struct tree_stored {
	uint32_t base, depth;
	int64_t mark;
	struct bt_buf data;
};

static void tree_stored_release(struct tree_stored *t)
{
	bt_buf_release(&t->data);
}

static int tree_fetch(struct bt_store *s, uint32_t id, struct tree_stored *t,
		      struct bt_tree_row *row, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	const void *oid, *digest, *data;
	size_t oid_len, digest_len, len;
	int rc = bt_sql_get(s, BT_SQL_TREE_READ, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_DONE)
		return bt_store_corrupt(s, err, "tree %u is missing", id);
	if (rc != BT_ROW)
		return rc;
	oid = bt_sql_bytes(q, 0, &oid_len);
	digest = bt_sql_bytes(q, 2, &digest_len);
	data = bt_sql_bytes(q, 7, &len);
	if ((oid_len != 20 && oid_len != 32) || digest_len != BT_DIGEST_LEN)
		return bt_store_corrupt(s, err, "the row of a tree makes no sense");
	if (row) {
		*row = (struct bt_tree_row){
			.id = id,
			.oid = bt_oid_make(oid, oid_len),
			.selection = (uint64_t)sqlite3_column_int64(q, 1),
			.killed = (uint32_t)sqlite3_column_int64(q, 3),
			.blobs = (uint32_t)sqlite3_column_int64(q, 4),
		};
		memcpy(row->digest.raw, digest, BT_DIGEST_LEN);
	}
	t->mark = tree_mark(oid, (uint64_t)sqlite3_column_int64(q, 1));
	t->base = (uint32_t)sqlite3_column_int64(q, 5);
	t->depth = (uint32_t)sqlite3_column_int64(q, 6);
	bt_buf_clear(&t->data);
	bt_buf_add(&t->data, data, len);
	return bt_buf_check(&t->data, "a tree of the index", err);
}

/* The rows `id` leans on, itself first; the last one stands alone or on a cached one. */
struct tree_chain {
	struct tree_stored rows[BT_TREE_DEPTH + 1];
	size_t nr;
};

static void tree_chain_release(struct tree_chain *c)
{
	while (c->nr)
		tree_stored_release(&c->rows[--c->nr]);
}

static int tree_chain_fetch(struct bt_store *s, uint32_t id, struct tree_chain *c,
			    struct bt_tree_row *row, struct bt_err *err)
{
	struct tree_stored *t;
	int rc;

	for (;;) {
		t = &c->rows[c->nr];
		*t = (struct tree_stored){ .data = BT_BUF_INIT };
		c->nr++;
		rc = tree_fetch(s, id, t, c->nr == 1 ? row : NULL, err);
		if (rc)
			return rc;
		if (t->depth > BT_TREE_DEPTH || !t->base != !t->depth ||
		    (c->nr > 1 && t->depth + 1 != c->rows[c->nr - 2].depth))
			return bt_store_corrupt(s, err, "the chain of tree %u is broken", id);
		if (!t->base || cache_find(s, t->base))
			return 0;
		id = t->base;
	}
}

/* The entries of a row, replacing what *out holds. *ret_depth: how many rows it leans on. */
static int tree_decode(struct bt_store *s, uint32_t id, struct bt_tree_row *row, struct bt_buf *out,
		       uint32_t *ret_depth, struct bt_err *err)
{
	BT_CLEANUP(tree_chain_release) struct tree_chain c = { .nr = 0 };
	BT_BUF_OWNED struct bt_buf prefix = BT_BUF_INIT;
	struct bt_tree_cached *base;
	size_t i;
	int rc = tree_chain_fetch(s, id, &c, row, err);

	if (rc)
		return rc;
	bt_buf_clear(out);
	base = c.rows[c.nr - 1].base ? cache_find(s, c.rows[c.nr - 1].base) : NULL;
	if (base)
		bt_buf_add(out, base->entries.data, base->entries.len);
	for (i = c.nr; i--;) {
		bt_buf_clear(&prefix);
		bt_buf_add(&prefix, out->data, out->len);
		rc = bt_buf_check(&prefix, "a tree of the index", err);
		bt_buf_clear(out);
		if (!rc)
			rc = bt_value_unpack(s, BT_VALUE_TREE, c.rows[i].mark, prefix.data,
					     prefix.len, c.rows[i].data.data, c.rows[i].data.len,
					     BT_TREE_SIZE_MAX, out, err);
		if (rc)
			return rc;
	}
	*ret_depth = c.rows[0].depth;
	cache_put(s, id, *ret_depth, out->data, out->len);
	return 0;
}

int bt_store_tree_read(struct bt_store *s, uint32_t id, struct bt_tree_row *ret_row,
		       struct bt_buf *entries, struct bt_err *err)
{
	struct tree_stored t = { .data = BT_BUF_INIT };
	struct bt_tree_cached *c = cache_find(s, id);
	uint32_t depth;
	int rc;

	if (!c)
		return tree_decode(s, id, ret_row, entries, &depth, err);
	rc = tree_fetch(s, id, &t, ret_row, err);
	tree_stored_release(&t);
	if (rc)
		return rc;
	bt_buf_clear(entries);
	bt_buf_add(entries, c->entries.data, c->entries.len);
	return bt_buf_check(entries, "a tree of the index", err);
}

/* The base's entries into *out; *ret_depth is that of a row that leans on it, 0 when none may. */
static int tree_base(struct bt_store *s, uint32_t base, struct bt_buf *out, uint32_t *ret_depth,
		     struct bt_err *err)
{
	struct bt_tree_cached *c;
	uint32_t depth;
	int rc;

	*ret_depth = 0;
	if (!base)
		return 0;
	c = cache_find(s, base);
	if (c) {
		depth = c->depth;
		bt_buf_add(out, c->entries.data, c->entries.len);
	} else {
		rc = tree_decode(s, base, NULL, out, &depth, err);
		if (rc)
			return rc;
	}
	if (depth < BT_TREE_DEPTH && out->len)
		*ret_depth = depth + 1;
	return bt_buf_check(out, "a tree of the index", err);
}

static int tree_insert(struct bt_store *s, struct bt_tree_row *row, uint32_t base, uint32_t depth,
		       struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t id;
	int rc = bt_sql_get(s, BT_SQL_TREE_PUT, &q, err);

	if (rc)
		return rc;
	bt_sql_bind_bytes(q, 1, row->oid.raw, row->oid.len);
	sqlite3_bind_int64(q, 2, (int64_t)row->selection);
	sqlite3_bind_int64(q, 3, depth ? base : 0);
	sqlite3_bind_int64(q, 4, depth);
	bt_sql_bind_bytes(q, 5, row->digest.raw, BT_DIGEST_LEN);
	sqlite3_bind_int64(q, 6, row->killed);
	sqlite3_bind_int64(q, 7, row->blobs);
	bt_sql_bind_bytes(q, 8, s->packed.data, s->packed.len);
	rc = bt_sql_run(s, q, err);
	if (rc)
		return rc;
	id = sqlite3_last_insert_rowid(s->db);
	if (id > UINT32_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "the index '%s' is full: %lld trees", s->path,
				  (long long)id);
	row->id = (uint32_t)id;
	return 0;
}

/* Its entries as a row that leans on none, into s->packed. */
int bt_store_tree_pack(struct bt_store *s, const struct bt_tree_row *row, const void *entries, size_t len,
		       struct bt_err *err)
{
	return bt_value_pack(s, BT_VALUE_TREE, tree_mark(row->oid.raw, row->selection), BT_QUALITY_FAST, NULL, 0,
			     entries, len, err);
}

static int tree_put(struct bt_store *s, struct bt_tree_row *row, uint32_t base, const void *entries,
		    size_t len, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf prefix = BT_BUF_INIT;
	struct bt_tree_row old;
	uint32_t depth;
	int rc = bt_store_tree_find(s, &row->oid, row->selection, &old, err);

	/* Another writer was faster. A row with gaps is written again: the gaps may be others. */
	if (rc == BT_ROW && !old.killed && !row->killed &&
	    !memcmp(&old.digest, &row->digest, sizeof(old.digest))) {
		row->id = old.id;
		return 0;
	}
	if (rc < 0)
		return rc;
	rc = tree_base(s, base, &prefix, &depth, err);
	if (!rc)
		rc = bt_value_pack(s, BT_VALUE_TREE, tree_mark(row->oid.raw, row->selection),
				   BT_QUALITY_FAST, depth ? prefix.data : NULL,
				   depth ? prefix.len : 0, entries, len, err);
	if (!rc)
		rc = tree_insert(s, row, base, depth, err);
	if (!rc)
		cache_put(s, row->id, depth, entries, len);
	return rc;
}

int bt_store_tree_put(struct bt_store *s, struct bt_tree_row *row, uint32_t base,
		      const void *entries, size_t len, struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc;

	if (len > BT_TREE_SIZE_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "the entries of a tree take %zu bytes", len);
	rc = bt_store_scope_begin(s, &scope, err);
	if (rc)
		return rc;
	return bt_store_scope_end(s, &scope, tree_put(s, row, base, entries, len, err), err);
}

int bt_store_tree_clear(struct bt_store *s, struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc = bt_store_scope_begin(s, &scope, err);

	if (rc)
		return rc;
	bt_store_tree_cache_release(s);
	rc = bt_sql_exec(s, BT_SQL_TREE_CLEAR, 0, err);
	if (!rc)
		rc = bt_sql_exec(s, BT_SQL_MANIFEST_CLEAR, 0, err);
	return bt_store_scope_end(s, &scope, rc, err);
}
