/*
 * Snapshots and patches: rows of queue.db.
 */
#include "store/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "store/queue_int.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

bool bt_label_ok(const char *label)
{
	bool number = true;
	size_t len = strlen(label);

	for (size_t i = 0; i < len; i++) {
		char c = label[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!plain && (!i || !strchr("._/+@-", c)))
			return false;
		number = number && c >= '0' && c <= '9';
	}
	return len && len <= BT_LABEL_LEN_MAX && !number && !strstr(label, "..");
}

/* --- rows --- */

/* In the order of SNAPSHOT_COLUMNS in queue_sql.c. */
static int read_row(struct bt_queue *q, sqlite3_stmt *s, struct bt_arena *arena, struct bt_snapshot *r, struct bt_err *err)
{
	const void *digest = sqlite3_column_blob(s, 7);
	const char *versions = sqlite3_column_blob(s, 10);

	*r = (struct bt_snapshot){
		.id = (uint64_t)sqlite3_column_int64(s, 0),
		.label = bt_queue_column_text(s, 1, arena),
		.at = sqlite3_column_int64(s, 2),
		.branch = bt_queue_column_text(s, 3, arena),
		.commit = bt_queue_column_oid(s, 4),
		.tree = bt_queue_column_oid(s, 5),
		.selection = (uint64_t)sqlite3_column_int64(s, 6),
		.complete = digest != NULL,
		.files = (uint64_t)sqlite3_column_int64(s, 8),
		.incomplete = (uint64_t)sqlite3_column_int64(s, 9),
		.versions_len = (size_t)sqlite3_column_bytes(s, 10),
	};
	if (!r->tree.len || (digest && sqlite3_column_bytes(s, 7) != BT_DIGEST_LEN))
		return bt_err_set(err, BT_ERR_CORRUPT, "snapshot %llu in '%s' makes no sense", (unsigned long long)r->id, q->path);
	if (digest)
		memcpy(r->digest.raw, digest, BT_DIGEST_LEN);
	r->versions = bt_arena_strndup(arena, versions ? versions : "", r->versions_len);
	return BT_ROW;
}

static int find(struct bt_queue *q, sqlite3_stmt *s, struct bt_arena *arena, struct bt_snapshot *ret_s, struct bt_err *err)
{
	int rc = bt_queue_sql_step(q, s, err);

	return rc == BT_ROW ? read_row(q, s, arena, ret_s, err) : rc;
}

int bt_snapshot_get(struct bt_queue *q, uint64_t id, struct bt_arena *arena, struct bt_snapshot *ret_s, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_SNAPSHOT_GET, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	return find(q, s, arena, ret_s, err);
}

int bt_snapshot_by_label(struct bt_queue *q, const char *label, struct bt_arena *arena, struct bt_snapshot *ret_s, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_SNAPSHOT_BY_LABEL, &s, err))
		return err->code;
	bt_queue_bind_text(s, 1, label);
	return find(q, s, arena, ret_s, err);
}

int bt_snapshot_by_commit(struct bt_queue *q, const struct bt_oid *commit, struct bt_arena *arena, struct bt_snapshot *ret_s,
			  struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_SNAPSHOT_BY_COMMIT, &s, err))
		return err->code;
	bt_queue_bind_oid(s, 1, commit);
	return find(q, s, arena, ret_s, err);
}

int bt_snapshots(struct bt_queue *q, struct bt_arena *arena, struct bt_snapshot **ret_list, size_t *ret_nr, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	BT_FREE struct bt_snapshot *list = NULL;
	size_t nr = 0, alloc = 0;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_SNAPSHOT_LIST, &s, err))
		return err->code;
	while ((rc = bt_queue_sql_step(q, s, err)) == BT_ROW) {
		BT_GROW(list, alloc, nr + 1);
		if (read_row(q, s, arena, &list[nr], err) < 0)
			return err->code;
		nr++;
	}
	*ret_list = bt_arena_alloc(arena, (nr + 1) * sizeof(*list));
	if (nr)
		memcpy(*ret_list, list, nr * sizeof(*list));
	*ret_nr = nr;
	return rc;
}

/* --- recording --- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_snapshot(const struct bt_snapshot *a, const struct bt_snapshot *b)
{
	return bt_oid_equal(&a->commit, &b->commit) && bt_oid_equal(&a->tree, &b->tree) && a->selection == b->selection &&
	       a->complete == b->complete && (!a->complete || !memcmp(&a->digest, &b->digest, sizeof(a->digest))) &&
	       a->incomplete == b->incomplete && a->versions_len == b->versions_len &&
	       !memcmp(a->versions, b->versions, a->versions_len);
}

static int label_taken(const struct bt_snapshot *owner, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_FAIL, "label '%s' names snapshot %llu already", owner->label, (unsigned long long)owner->id);
	return bt_err_hint(err, "choose another label, or `git batho snapshot delete %s`", owner->label);
}

/* The record of the tree at hand that is the same. BT_ROW, BT_DONE. */
static int find_same(struct bt_queue *q, const struct bt_snapshot *s, struct bt_arena *arena, struct bt_snapshot *ret_old,
		     struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *stmt = NULL;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_SNAPSHOT_SAME, &stmt, err))
		return err->code;
	bt_queue_bind_oid(stmt, 1, &s->tree);
	while ((rc = find(q, stmt, arena, ret_old, err)) == BT_ROW)
		if (same_snapshot(ret_old, s) && (!s->label || !ret_old->label || !strcmp(ret_old->label, s->label)))
			return BT_ROW;
	return rc;
}

static int name_row(struct bt_queue *q, const struct bt_snapshot *s, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *stmt = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_SNAPSHOT_NAME, &stmt, err))
		return err->code;
	sqlite3_bind_int64(stmt, 1, (int64_t)s->id);
	bt_queue_bind_text(stmt, 2, s->label);
	bt_queue_bind_text(stmt, 3, s->branch);
	return bt_queue_write(q, stmt, err);
}

static int insert(struct bt_queue *q, struct bt_snapshot *s, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *stmt = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_SNAPSHOT_ADD, &stmt, err))
		return err->code;
	s->at = bt_queue_now();
	bt_queue_bind_text(stmt, 1, s->label);
	sqlite3_bind_int64(stmt, 2, s->at);
	bt_queue_bind_text(stmt, 3, s->branch);
	bt_queue_bind_oid(stmt, 4, &s->commit);
	bt_queue_bind_oid(stmt, 5, &s->tree);
	sqlite3_bind_int64(stmt, 6, (int64_t)s->selection);
	if (s->complete)
		sqlite3_bind_blob(stmt, 7, s->digest.raw, BT_DIGEST_LEN, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 8, (int64_t)s->files);
	sqlite3_bind_int64(stmt, 9, (int64_t)s->incomplete);
	sqlite3_bind_blob64(stmt, 10, s->versions_len ? s->versions : "", s->versions_len, SQLITE_STATIC);
	if (bt_queue_write(q, stmt, err))
		return err->code;
	s->id = (uint64_t)sqlite3_last_insert_rowid(q->db);
	return 0;
}

static int add(struct bt_queue *q, struct bt_snapshot *s, struct bt_arena *arena, bool *ret_known, struct bt_err *err)
{
	struct bt_snapshot old, owner;
	int rc = find_same(q, s, arena, &old, err), taken = BT_DONE;

	*ret_known = rc == BT_ROW;
	if (rc >= 0 && s->label)
		taken = bt_snapshot_by_label(q, s->label, arena, &owner, err);
	if (rc < 0 || taken < 0)
		return err->code;
	if (taken == BT_ROW && (rc == BT_DONE || owner.id != old.id))
		return label_taken(&owner, err);
	if (rc == BT_DONE)
		return insert(q, s, err);
	s->id = old.id;
	s->at = old.at;
	s->label = s->label ? s->label : old.label;
	s->branch = s->branch ? s->branch : old.branch;
	return same_text(s->label, old.label) && same_text(s->branch, old.branch) ? 0 : name_row(q, s, err);
}

int bt_snapshot_add(struct bt_queue *q, struct bt_snapshot *s, struct bt_arena *arena, bool *ret_known, struct bt_err *err)
{
	struct bt_queue_scope scope;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, add(q, s, arena, ret_known, err), err);
}

static int run_with_id(struct bt_queue *q, enum bt_queue_sql id, uint64_t n, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, id, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)n);
	return bt_queue_write(q, s, err);
}

int bt_snapshot_delete(struct bt_queue *q, uint64_t id, struct bt_err *err)
{
	struct bt_queue_scope scope;
	int rc;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	rc = run_with_id(q, BT_QSQL_PATCH_DELETE_OF, id, err);
	if (!rc)
		rc = run_with_id(q, BT_QSQL_SNAPSHOT_DELETE, id, err);
	return bt_queue_scope_end(q, &scope, rc, err);
}

/* --- patches --- */

int bt_patch_put(struct bt_queue *q, const struct bt_patch *p, const void *data, size_t len, size_t raw_len, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_PATCH_PUT, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)p->older);
	sqlite3_bind_int64(s, 2, (int64_t)p->newer);
	sqlite3_bind_int64(s, 3, bt_queue_now());
	sqlite3_bind_int64(s, 4, (int64_t)p->changes);
	sqlite3_bind_int64(s, 5, (int64_t)raw_len);
	sqlite3_bind_blob64(s, 6, data, len, SQLITE_STATIC);
	return bt_queue_write(q, s, err);
}

int bt_patch_read(struct bt_queue *q, uint64_t older, uint64_t newer, struct bt_buf *out, size_t *ret_raw_len, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int64_t raw_len;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_PATCH_GET, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)older);
	sqlite3_bind_int64(s, 2, (int64_t)newer);
	rc = bt_queue_sql_step(q, s, err);
	if (rc != BT_ROW)
		return rc;
	raw_len = sqlite3_column_int64(s, 0);
	bt_buf_add(out, sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1));
	if (raw_len < 0)
		return bt_err_set(err, BT_ERR_CORRUPT, "a saved difference in '%s' makes no sense", q->path);
	*ret_raw_len = (size_t)raw_len;
	return bt_buf_check(out, "a saved difference", err) ? err->code : BT_ROW;
}

int bt_patches(struct bt_queue *q, uint64_t snapshot, struct bt_arena *arena, struct bt_patch **ret_list, size_t *ret_nr,
	       struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	BT_FREE struct bt_patch *list = NULL;
	size_t nr = 0, alloc = 0;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_PATCH_LIST, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)snapshot);
	while ((rc = bt_queue_sql_step(q, s, err)) == BT_ROW) {
		BT_GROW(list, alloc, nr + 1);
		list[nr++] = (struct bt_patch){
			.older = (uint64_t)sqlite3_column_int64(s, 0),
			.newer = (uint64_t)sqlite3_column_int64(s, 1),
			.at = sqlite3_column_int64(s, 2),
			.changes = (uint64_t)sqlite3_column_int64(s, 3),
			.bytes = (uint64_t)sqlite3_column_int64(s, 4),
		};
	}
	*ret_list = bt_arena_alloc(arena, (nr + 1) * sizeof(*list));
	if (nr)
		memcpy(*ret_list, list, nr * sizeof(*list));
	*ret_nr = nr;
	return rc;
}

/* --- retention --- */

/* What a row takes besides what is counted: ids, digest, indexes. */
#define ROW_BYTES 300

struct doomed {
	uint64_t *snapshots;
	struct bt_patch *patches;	/* older and newer name them */
	size_t snapshots_nr, snapshots_alloc, patches_nr, patches_alloc;
};

static void doomed_release(struct doomed *d)
{
	free(d->snapshots);
	free(d->patches);
}

static int doom_snapshots(struct bt_queue *q, const struct bt_snapshot_keep *k, struct doomed *d, struct bt_snapshot_gone *gone,
			  struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_sql_get(q, BT_QSQL_SNAPSHOT_EXPIRED, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, k->now - (int64_t)k->snapshot_days * DAY_MS);
	sqlite3_bind_int64(s, 2, (int64_t)k->snapshots_max);
	while ((rc = bt_queue_sql_step(q, s, err)) == BT_ROW) {
		BT_GROW(d->snapshots, d->snapshots_alloc, d->snapshots_nr + 1);
		d->snapshots[d->snapshots_nr++] = (uint64_t)sqlite3_column_int64(s, 0);
		gone->bytes += (uint64_t)sqlite3_column_int64(s, 1) + ROW_BYTES;
	}
	return rc;
}

static int id_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool is_doomed(const struct doomed *d, uint64_t id)
{
	return d->snapshots_nr && bsearch(&id, d->snapshots, d->snapshots_nr, sizeof(id), id_order);
}

static int doom_patches(struct bt_queue *q, const struct bt_snapshot_keep *k, struct doomed *d, struct bt_snapshot_gone *gone,
			struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	int64_t since = k->now - (int64_t)k->patch_days * DAY_MS;
	struct bt_patch *list = NULL;
	uint64_t kept = 0;
	size_t nr = 0;

	if (bt_patches(q, 0, &arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {	/* newest first */
		if (list[i].at >= since && kept < k->patches_max && !is_doomed(d, list[i].older) && !is_doomed(d, list[i].newer)) {
			kept++;
			continue;
		}
		BT_GROW(d->patches, d->patches_alloc, d->patches_nr + 1);
		d->patches[d->patches_nr++] = list[i];
		gone->bytes += list[i].bytes + ROW_BYTES;
	}
	return 0;
}

static int delete_doomed(struct bt_queue *q, const struct doomed *d, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc = 0;

	for (size_t i = 0; i < d->patches_nr && !rc; i++) {
		bt_queue_sql_release(&s);
		rc = bt_queue_sql_get(q, BT_QSQL_PATCH_DELETE, &s, err);
		if (rc)
			break;
		sqlite3_bind_int64(s, 1, (int64_t)d->patches[i].older);
		sqlite3_bind_int64(s, 2, (int64_t)d->patches[i].newer);
		rc = bt_queue_write(q, s, err);
	}
	for (size_t i = 0; i < d->snapshots_nr && !rc; i++)
		rc = bt_snapshot_delete(q, d->snapshots[i], err);
	return rc;
}

static int expire(struct bt_queue *q, const struct bt_snapshot_keep *k, bool apply, struct bt_snapshot_gone *gone, struct bt_err *err)
{
	BT_CLEANUP(doomed_release) struct doomed d = { .snapshots = NULL };

	if (doom_snapshots(q, k, &d, gone, err))
		return err->code;
	if (d.snapshots_nr)
		qsort(d.snapshots, d.snapshots_nr, sizeof(*d.snapshots), id_order);
	if (doom_patches(q, k, &d, gone, err))
		return err->code;
	gone->snapshots = d.snapshots_nr;
	gone->patches = d.patches_nr;
	return apply ? delete_doomed(q, &d, err) : 0;
}

int bt_snapshots_expire(struct bt_queue *q, const struct bt_snapshot_keep *keep, bool apply, struct bt_snapshot_gone *ret_gone,
			struct bt_err *err)
{
	struct bt_queue_scope scope;

	memset(ret_gone, 0, sizeof(*ret_gone));
	if (!apply)
		return expire(q, keep, false, ret_gone, err);
	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, expire(q, keep, true, ret_gone, err), err);
}
