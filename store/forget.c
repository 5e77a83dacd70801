/*
 * Forgetting blobs. The invariant stands in forget.h.
 *
 * Tree rows lean on older ones. A row that stays and leans on one that goes is stored again, whole; what leans on that
 * one has another depth then. Both are done from the newest row down, so that every chain is as it was while it is read.
 */
#include "store/forget.h"

#include <stdlib.h>

#include "core/base/limits.h"
#include "core/base/signal.h"
#include "store/frozen.h"
#include "store/store_int.h"

static int row_exists(struct bt_store *s, enum bt_sql sql, uint32_t id, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, sql, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	return bt_sql_step(s, q, err);
}

int bt_store_blob_exists(struct bt_store *s, uint32_t id, struct bt_err *err)
{
	return row_exists(s, BT_SQL_BLOB_EXISTS, id, err);
}

int bt_store_facts_warm(struct bt_store *s, uint32_t id, struct bt_err *err)
{
	return row_exists(s, BT_SQL_FACTS_FIND, id, err);
}

int bt_store_tree_exists(struct bt_store *s, uint32_t id, struct bt_err *err)
{
	return row_exists(s, BT_SQL_TREE_EXISTS, id, err);
}

static int last_id(struct bt_store *s, enum bt_sql sql, uint32_t *ret_last, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t last = 0;
	int rc = bt_sql_get(s, sql, &q, err);

	if (!rc)
		rc = bt_sql_step(s, q, err);
	if (rc == BT_ROW)
		last = sqlite3_column_int64(q, 0);
	if (rc < 0)
		return rc;
	if (last < 0 || last >= UINT32_MAX)
		return bt_store_corrupt(s, err, "the ids of its rows make no sense");
	*ret_last = (uint32_t)last;
	return 0;
}

int bt_store_blob_last(struct bt_store *s, uint32_t *ret_id, struct bt_err *err)
{
	return last_id(s, BT_SQL_BLOB_LAST, ret_id, err);
}

int bt_store_tree_last(struct bt_store *s, uint32_t *ret_id, struct bt_err *err)
{
	return last_id(s, BT_SQL_TREE_LAST, ret_id, err);
}

static int ids_add(struct bt_store *s, enum bt_sql sql, uint32_t lang, struct bt_idset *ids, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, sql, &q, err);

	if (rc)
		return rc;
	if (sqlite3_bind_parameter_count(q))
		sqlite3_bind_int64(q, 1, lang);
	while ((rc = bt_sql_step(s, q, err)) == BT_ROW) {
		int64_t id = sqlite3_column_int64(q, 0);

		if (id <= 0 || id > UINT32_MAX)
			return bt_store_corrupt(s, err, "the row of a blob makes no sense");
		bt_idset_add(ids, (uint32_t)id);
	}
	return rc;
}

int bt_store_blob_ids(struct bt_store *s, struct bt_idset *ids, struct bt_err *err)
{
	return ids_add(s, BT_SQL_BLOB_IDS, 0, ids, err);
}

int bt_store_blobs_of(struct bt_store *s, uint32_t lang, struct bt_idset *ids, struct bt_err *err)
{
	return ids_add(s, BT_SQL_BLOB_OF, lang, ids, err);
}

/* --- trees --- */

struct link {
	uint32_t base, depth;
};

static int tree_step(struct bt_store *s, uint32_t *cursor, struct link *ret_link, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t id;
	int rc = bt_sql_get(s, BT_SQL_TREE_NEXT, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, *cursor);
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	id = sqlite3_column_int64(q, 0);
	if (id <= 0 || id > UINT32_MAX)
		return bt_store_corrupt(s, err, "the row of a tree makes no sense");
	*cursor = (uint32_t)id;
	ret_link->base = (uint32_t)sqlite3_column_int64(q, 1);
	ret_link->depth = (uint32_t)sqlite3_column_int64(q, 2);
	if (ret_link->base >= *cursor)
		return bt_store_corrupt(s, err, "the chain of tree %u is broken", *cursor);
	return BT_ROW;
}

int bt_store_tree_next(struct bt_store *s, uint32_t *cursor, struct bt_err *err)
{
	struct link ignored;

	return tree_step(s, cursor, &ignored, err);
}

static int tree_stand_alone(struct bt_store *s, uint32_t id, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	BT_BUF_OWNED struct bt_buf entries = BT_BUF_INIT;
	struct bt_tree_row row;
	int rc;

	bt_buf_init(&entries, BT_TREE_SIZE_MAX);
	rc = bt_store_tree_read(s, id, &row, &entries, err);
	if (!rc)
		rc = bt_store_tree_pack(s, &row, bt_buf_cstr(&entries), entries.len, err);
	if (!rc)
		rc = bt_sql_get(s, BT_SQL_TREE_REPLACE, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	bt_sql_bind_bytes(q, 2, s->packed.data, s->packed.len);
	return bt_sql_run(s, q, err);
}

static int tree_depth_set(struct bt_store *s, uint32_t id, uint32_t depth, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_TREE_DEPTH_SET, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_int64(q, 2, depth);
	return bt_sql_run(s, q, err);
}

#define UNCHANGED UINT32_MAX

/* From the newest row down: those whose base goes stand alone, and what leans on them is less deep. */
static int trees_lift(struct bt_store *s, const uint32_t *depths, const uint32_t *bases, uint32_t last,
		      const struct bt_idset *trees, struct bt_err *err)
{
	int rc = 0;

	for (uint32_t id = last; id && !rc; id--) {
		if (depths[id] == UNCHANGED)
			continue;
		rc = bt_idset_has(trees, bases[id]) ? tree_stand_alone(s, id, err)
						    : tree_depth_set(s, id, depths[id], err);
		if (!rc && id % 256 == 0)
			rc = bt_cancel_check(err);
	}
	bt_store_tree_cache_release(s);
	return rc;
}

static int trees_unlink(struct bt_store *s, const struct bt_idset *trees, struct bt_err *err)
{
	BT_FREE uint32_t *depths = NULL, *bases = NULL, *new_depths = NULL;
	uint32_t last = 0, id = 0;
	struct link at;
	int rc = bt_store_tree_last(s, &last, err);

	if (rc)
		return rc;
	/* new_depths: of every row that stays; depths: of those that change */
	depths = bt_xmalloc(((size_t)last + 1) * sizeof(*depths));
	bases = bt_xcalloc((size_t)last + 1, sizeof(*bases));
	new_depths = bt_xcalloc((size_t)last + 1, sizeof(*new_depths));
	for (size_t i = 0; i <= last; i++)
		depths[i] = UNCHANGED;
	while ((rc = tree_step(s, &id, &at, err)) == BT_ROW) {
		if (bt_idset_has(trees, id))
			continue;
		bases[id] = at.base;
		if (at.base && !bt_idset_has(trees, at.base))
			new_depths[id] = new_depths[at.base] + 1;
		if (new_depths[id] != at.depth)
			depths[id] = new_depths[id];
	}
	return rc ? rc : trees_lift(s, depths, bases, last, trees, err);
}

static int drop_each(struct bt_store *s, enum bt_sql sql, const struct bt_idset *ids, struct bt_err *err)
{
	int rc = 0;

	for (uint32_t id = 0; !rc && bt_idset_next(ids, &id); id++)
		rc = bt_sql_exec(s, sql, id, err);
	return rc;
}

/* --- blobs --- */

static int blobs_drop(struct bt_store *s, const struct bt_idset *blobs, struct bt_err *err)
{
	int rc = drop_each(s, BT_SQL_FINDING_DROP, blobs, err);

	if (!rc)
		rc = drop_each(s, BT_SQL_FACTS_DROP, blobs, err);
	if (!rc)
		rc = drop_each(s, BT_SQL_FROZEN_DROP, blobs, err);
	return rc ? rc : drop_each(s, BT_SQL_BLOB_DROP, blobs, err);
}

static int check_alone(struct bt_store *s, struct bt_err *err)
{
	return s->alone ? 0 : bt_err_set(err, BT_ERR_FAIL, "index '%s' is not held alone", s->path);
}

static int forget(struct bt_store *s, const struct bt_idset *blobs, const struct bt_idset *trees, struct bt_err *err)
{
	int rc = trees->nr ? trees_unlink(s, trees, err) : 0;

	if (!rc)
		rc = drop_each(s, BT_SQL_TREE_DROP, trees, err);
	if (!rc)
		rc = bt_sql_exec(s, BT_SQL_MANIFEST_CLEAR, 0, err);
	return rc ? rc : blobs_drop(s, blobs, err);
}

int bt_store_forget(struct bt_store *s, const struct bt_idset *blobs, const struct bt_idset *trees, struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc = check_alone(s, err);

	if (!rc)
		rc = bt_store_scope_begin(s, &scope, err);
	return rc ? rc : bt_store_scope_end(s, &scope, forget(s, blobs, trees, err), err);
}

int bt_store_forget_with_trees(struct bt_store *s, const struct bt_idset *blobs, struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc = check_alone(s, err);

	if (!rc)
		rc = bt_store_scope_begin(s, &scope, err);
	if (rc)
		return rc;
	rc = bt_store_tree_clear(s, err);
	return bt_store_scope_end(s, &scope, rc ? rc : blobs_drop(s, blobs, err), err);
}

/* --- sizes --- */

static int facts_len(struct bt_store *s, uint32_t blob, uint64_t *ret_len, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FACTS_FIND, &q, err);

	*ret_len = 0;
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_ROW && sqlite3_column_int64(q, 1) > 0)
		*ret_len = (uint64_t)sqlite3_column_int64(q, 1);
	return rc == BT_DONE ? bt_store_frozen_stored(s, blob, ret_len, err) : rc < 0 ? rc : 0;
}

int bt_store_forget_measure(struct bt_store *s, const struct bt_idset *blobs, const struct bt_idset *trees,
			    struct bt_forgotten *ret_sum, struct bt_err *err)
{
	struct bt_forgotten sum = { .trees = trees ? trees->nr : 0 };
	uint64_t len;
	int rc = 0;

	for (uint32_t id = 0; !rc && bt_idset_next(blobs, &id); id++) {
		rc = bt_store_blob_exists(s, id, err);
		if (rc <= 0)
			continue;
		rc = facts_len(s, id, &len, err);
		sum.blobs++;
		sum.bytes += len;
	}
	if (!rc)
		*ret_sum = sum;
	return rc < 0 ? rc : 0;
}
