/*
 * The frozen tier as a whole: its figures, and writing its file anew.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fault.h"
#include "core/base/limits.h"
#include "core/base/signal.h"
#include "store/frozen_int.h"

int bt_frozen_name_put(struct bt_store *s, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	struct bt_store_scope scope;
	int rc = bt_store_scope_begin(s, &scope, err);

	if (rc)
		return rc;
	rc = bt_sql_get(s, BT_SQL_FROZEN_FILE_PUT, &q, err);
	if (!rc) {
		sqlite3_bind_text(q, 1, s->frozen->name, -1, SQLITE_STATIC);
		rc = bt_sql_run(s, q, err);
	}
	return bt_store_scope_end(s, &scope, rc, err);
}

int bt_store_frozen_drop(struct bt_store *s, uint32_t blob_id, struct bt_err *err)
{
	return bt_sql_exec(s, BT_SQL_FROZEN_DROP, blob_id, err);
}

/* Its part of its group, by length. */
static uint64_t share(uint64_t stored, uint64_t part, uint64_t whole)
{
	return whole ? (uint64_t)((double)stored * (double)part / (double)whole) : 0;
}

int bt_store_frozen_stored(struct bt_store *s, uint32_t blob_id, uint64_t *ret_len, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FROZEN_STORED, &q, err);

	*ret_len = 0;
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob_id);
	rc = bt_sql_step(s, q, err);
	if (rc == BT_ROW)
		*ret_len = share((uint64_t)sqlite3_column_int64(q, 2), (uint64_t)sqlite3_column_int64(q, 0),
				 (uint64_t)sqlite3_column_int64(q, 1));
	return rc < 0 ? rc : 0;
}

int bt_store_frozen_blobs(struct bt_store *s, uint32_t **ret_list, size_t *ret_nr, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	BT_FREE uint32_t *list = bt_xmalloc(sizeof(*list));
	size_t nr = 0, alloc = 1;
	int rc = bt_sql_get(s, BT_SQL_FROZEN_BLOBS, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, 0);
	while ((rc = bt_sql_step(s, q, err)) == BT_ROW) {
		BT_GROW(list, alloc, nr + 1);
		list[nr++] = (uint32_t)sqlite3_column_int64(q, 0);
	}
	if (rc)
		return rc;
	*ret_list = list;
	*ret_nr = nr;
	list = NULL;
	return 0;
}

/* --- groups --- */

struct one_group {
	int64_t id;
	uint32_t lang;
	uint64_t raw, len, alive;
};

struct groups {
	struct one_group *list;
	size_t nr, alloc;
};

static void groups_release(struct groups *g)
{
	free(g->list);
}

static struct one_group *groups_find(const struct groups *g, int64_t id)
{
	size_t lo = 0, hi = g->nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->list[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < g->nr && g->list[lo].id == id ? &g->list[lo] : NULL;
}

static int groups_list(struct bt_store *s, struct groups *g, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FROZEN_GROUPS, &q, err);

	while (!rc || rc == BT_ROW) {
		rc = bt_sql_step(s, q, err);
		if (rc != BT_ROW)
			break;
		BT_GROW(g->list, g->alloc, g->nr + 1);
		g->list[g->nr++] = (struct one_group){
			.id = sqlite3_column_int64(q, 0),
			.lang = (uint32_t)sqlite3_column_int64(q, 1),
			.raw = (uint64_t)sqlite3_column_int64(q, 2),
			.len = (uint64_t)sqlite3_column_int64(q, 3),
		};
	}
	return rc;
}

/* With how much of each is still spoken of. */
static int groups_read(struct bt_store *s, struct groups *g, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = groups_list(s, g, err);

	if (!rc)
		rc = bt_sql_get(s, BT_SQL_FROZEN_BLOBS, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, 0);
	while ((rc = bt_sql_step(s, q, err)) == BT_ROW) {
		struct one_group *one = groups_find(g, sqlite3_column_int64(q, 1));

		if (!one)
			return bt_store_corrupt(s, err, "blob %lld is frozen in no group",
						(long long)sqlite3_column_int64(q, 0));
		one->alive += (uint64_t)sqlite3_column_int64(q, 3);
	}
	return rc;
}

int bt_store_frozen_space(struct bt_store *s, struct bt_frozen_space *ret_space, struct bt_err *err)
{
	BT_CLEANUP(groups_release) struct groups g = { .nr = 0 };
	struct stat st;
	int rc = groups_read(s, &g, err);

	memset(ret_space, 0, sizeof(*ret_space));
	if (!rc)
		rc = bt_frozen_find_file(s, err);
	if (rc < 0)
		return rc;
	if (rc == BT_ROW && !stat(s->frozen->path, &st))
		ret_space->file = (uint64_t)st.st_size;
	for (size_t i = 0; i < g.nr; i++) {
		ret_space->groups++;
		ret_space->raw += g.list[i].raw;
		ret_space->stored += g.list[i].len;
		ret_space->alive_raw += g.list[i].alive;
	}
	return 0;
}

/* --- tiers --- */

struct tiers {
	struct bt_tier *list;
	size_t nr, alloc;
};

static struct bt_tier *tier_of(struct tiers *t, uint32_t lang, bool frozen)
{
	for (size_t i = 0; i < t->nr; i++)
		if (t->list[i].lang == lang && t->list[i].frozen == frozen)
			return &t->list[i];
	BT_GROW(t->list, t->alloc, t->nr + 1);
	t->list[t->nr] = (struct bt_tier){ .lang = lang, .frozen = frozen };
	return &t->list[t->nr++];
}

static int tiers_sum(struct bt_store *s, enum bt_sql id, bool frozen, struct tiers *t, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, id, &q, err);

	while (!rc || rc == BT_ROW) {
		struct bt_tier *tier;

		rc = bt_sql_step(s, q, err);
		if (rc != BT_ROW)
			break;
		tier = tier_of(t, (uint32_t)sqlite3_column_int64(q, 0), frozen);
		tier->blobs = (uint64_t)sqlite3_column_int64(q, 1);
		if (frozen)
			tier->raw = (uint64_t)sqlite3_column_int64(q, 2);
		else
			tier->bytes = (uint64_t)sqlite3_column_int64(q, 2);
	}
	return rc;
}

int bt_store_tiers(struct bt_store *s, struct bt_tier **ret_list, size_t *ret_nr, struct bt_err *err)
{
	BT_CLEANUP(groups_release) struct groups g = { .nr = 0 };
	struct tiers t = { .nr = 0 };
	int rc = tiers_sum(s, BT_SQL_FACTS_SUMS, false, &t, err);

	if (!rc)
		rc = tiers_sum(s, BT_SQL_FROZEN_COUNTS, true, &t, err);
	if (!rc)
		rc = groups_read(s, &g, err);
	for (size_t i = 0; i < g.nr && !rc; i++)
		if (g.list[i].alive)
			tier_of(&t, g.list[i].lang, true)->bytes += share(g.list[i].len, g.list[i].alive, g.list[i].raw);
	if (rc) {
		free(t.list);
		return rc;
	}
	*ret_list = t.list;
	*ret_nr = t.nr;
	return 0;
}

/* --- anew --- */

/* What has no record left goes; what is full stays as it is; the rest is packed again without its holes. */

/* Records of one group in the order of their places. */
struct member {
	int64_t group;
	uint32_t blob;
	size_t place, len;
};

struct members {
	struct member *list;
	size_t nr, alloc;
};

static void members_release(struct members *m)
{
	free(m->list);
}

static int member_compare(const void *pa, const void *pb)
{
	const struct member *a = pa, *b = pb;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

/* Of groups that have holes; others are copied. */
static int members_read(struct bt_store *s, const struct groups *g, struct members *m, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FROZEN_BLOBS, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, 0);
	while ((rc = bt_sql_step(s, q, err)) == BT_ROW) {
		const struct one_group *one = groups_find(g, sqlite3_column_int64(q, 1));

		if (!one || one->alive == one->raw)
			continue;
		BT_GROW(m->list, m->alloc, m->nr + 1);
		m->list[m->nr++] = (struct member){
			.group = one->id, .blob = (uint32_t)sqlite3_column_int64(q, 0),
			.place = (size_t)sqlite3_column_int64(q, 2), .len = (size_t)sqlite3_column_int64(q, 3),
		};
	}
	if (m->nr)
		qsort(m->list, m->nr, sizeof(*m->list), member_compare);
	return rc;
}

struct rewrite {
	struct bt_store *s;
	struct bt_frozen old;		/* the connection to the old file alone */
	struct groups groups;
	struct members members;
	size_t member;			/* the next one */
	struct bt_buf packed, raw, fresh;
};

static void rewrite_release(struct rewrite *w)
{
	bt_frozen_close(&w->old);
	free(w->old.path);
	groups_release(&w->groups);
	members_release(&w->members);
	bt_buf_release(&w->packed);
	bt_buf_release(&w->raw);
	bt_buf_release(&w->fresh);
}

static int member_move(struct bt_store *s, const struct member *m, size_t place, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FROZEN_MOVE, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, m->blob);
	sqlite3_bind_int64(q, 2, m->group);
	sqlite3_bind_int64(q, 3, m->group);
	sqlite3_bind_int64(q, 4, (int64_t)place);
	return bt_sql_run(s, q, err);
}

/* The group in w->packed without its holes, back into w->packed. */
static int group_shrink(struct rewrite *w, struct one_group *one, struct bt_err *err)
{
	int rc;

	bt_buf_clear(&w->raw);
	bt_buf_clear(&w->fresh);
	rc = bt_value_unpack(w->s, BT_VALUE_FROZEN, one->id, NULL, 0, w->packed.data, w->packed.len, BT_FACTS_LEN_MAX,
			     &w->raw, err);
	if (rc == BT_ERR_CORRUPT)
		return bt_frozen_damaged(&w->old, "the checksum of a group is wrong", err);
	for (; !rc && w->member < w->members.nr && w->members.list[w->member].group == one->id; w->member++) {
		const struct member *m = &w->members.list[w->member];

		if (m->place > w->raw.len || m->len > w->raw.len - m->place)
			return bt_store_corrupt(w->s, err, "the place of frozen facts makes no sense");
		rc = member_move(w->s, m, w->fresh.len, err);
		bt_buf_add(&w->fresh, w->raw.data + m->place, m->len);
	}
	if (!rc)
		rc = bt_buf_check(&w->fresh, "a group of frozen facts", err);
	bt_buf_clear(&w->packed);
	if (!rc)
		rc = bt_value_compress(w->s, BT_QUALITY_SMALL, NULL, 0, w->fresh.data, w->fresh.len, &w->packed, err);
	if (rc)
		return rc;
	bt_value_seal(BT_VALUE_FROZEN, one->id, w->packed.data, w->packed.len);
	return bt_frozen_group_size(w->s, one->id, w->fresh.len, w->packed.len, err);
}

static int group_copy(struct rewrite *w, struct one_group *one, struct bt_err *err)
{
	int rc;

	if (!one->alive)
		return bt_sql_exec(w->s, BT_SQL_FROZEN_GROUP_DROP, one->id, err);
	rc = bt_frozen_group_read(&w->old, one->id, &w->packed, err);
	if (rc != BT_ROW)
		return rc ? rc : bt_frozen_damaged(&w->old, "a group is missing", err);
	rc = one->alive < one->raw ? group_shrink(w, one, err) : 0;
	return rc ? rc : bt_frozen_group_put(w->s->frozen, one->id, w->packed.data, w->packed.len, err);
}

static int groups_copy(struct rewrite *w, struct bt_err *err)
{
	int rc = bt_frozen_exec(w->s->frozen, "BEGIN IMMEDIATE", err);

	for (size_t i = 0; i < w->groups.nr && !rc; i++) {
		rc = bt_cancel_check(err);
		if (!rc)
			rc = group_copy(w, &w->groups.list[i], err);
	}
	return rc ? rc : bt_frozen_exec(w->s->frozen, "COMMIT", err);
}

/* Nothing is spoken of: no file is needed. */
static int rewrite_empty(struct rewrite *w, struct bt_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < w->groups.nr && !rc; i++)
		rc = bt_sql_exec(w->s, BT_SQL_FROZEN_GROUP_DROP, w->groups.list[i].id, err);
	return rc ? rc : bt_sql_exec(w->s, BT_SQL_FROZEN_FILE_DROP, 0, err);
}

static bool nothing_alive(const struct groups *g)
{
	for (size_t i = 0; i < g->nr; i++)
		if (g->list[i].alive)
			return false;
	return true;
}

/* The open file becomes the old one. */
static void old_take(struct rewrite *w)
{
	struct bt_frozen *f = w->s->frozen;

	w->old.path = f->path;
	strcpy(w->old.name, f->name);
	w->old.file.db = f->file.db;
	w->old.file.path = w->old.path;
	f->path = NULL;
	f->file.db = NULL;
	f->file.path = NULL;
}

static int rewrite_full(struct rewrite *w, unsigned shared_mode, struct bt_err *err)
{
	int rc = bt_frozen_open(w->s, err);

	if (rc == BT_ERR_NOT_FOUND)
		bt_err_hint(err, "`git batho cache clear --frozen --apply` gives up what is in it");
	if (!rc)
		rc = members_read(w->s, &w->groups, &w->members, err);
	if (rc)
		return rc;
	old_take(w);
	rc = bt_frozen_make(w->s, shared_mode, err);
	if (!rc)
		rc = groups_copy(w, err);
	bt_fault_point("frozen-groups");
	return rc ? rc : bt_frozen_name_put(w->s, err);
}

static int rewrite(struct rewrite *w, unsigned shared_mode, struct bt_err *err)
{
	struct bt_frozen *f = bt_frozen_get(w->s);
	bool empty;
	int rc = bt_frozen_find_file(w->s, err);

	if (rc != BT_ROW)
		return rc;
	rc = bt_store_begin(w->s, err);
	if (!rc)
		rc = groups_read(w->s, &w->groups, err);
	empty = nothing_alive(&w->groups);
	if (!rc)
		rc = empty ? rewrite_empty(w, err) : rewrite_full(w, shared_mode, err);
	if (!rc)
		rc = bt_store_commit(w->s, err);
	if (rc) {
		bt_store_rollback(w->s);
		if (w->old.path && f->path) {	/* the new one is nobody's */
			bt_frozen_close(f);
			bt_frozen_unlink(f->path);
		}
	} else {
		if (empty)
			old_take(w);
		bt_frozen_close(&w->old);
		bt_frozen_unlink(w->old.path);
	}
	bt_frozen_close(f);
	bt_frozen_thawed_forget(f);
	f->looked = false;
	f->name[0] = '\0';
	return rc;
}

int bt_store_frozen_rewrite(struct bt_store *s, unsigned shared_mode, struct bt_frozen_space *ret_before,
			    struct bt_frozen_space *ret_after, struct bt_err *err)
{
	BT_CLEANUP(rewrite_release) struct rewrite w = { .s = s };
	BT_CLOSE int lock = -1;
	int rc = bt_frozen_lock(s, &lock, err);

	bt_buf_init(&w.raw, BT_FACTS_LEN_MAX);
	if (!rc)
		rc = bt_store_frozen_space(s, ret_before, err);
	if (!rc)
		rc = rewrite(&w, shared_mode, err);
	if (!rc)
		rc = bt_store_frozen_space(s, ret_after, err);
	if (!rc)
		bt_frozen_strays_remove(s);
	return rc;
}
