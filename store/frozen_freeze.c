/*
 * Freezing, and making warm again. frozen.h has the order of writing.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/fault.h"
#include "core/base/limits.h"
#include "core/base/signal.h"
#include "core/base/trace.h"
#include "store/frozen_int.h"

/* Groups written in one transaction: 16 MiB of records. */
#define BATCH_NR 16
/* A row and its path: what one freezing looks at takes 64 MiB at most. */
#define CANDIDATES_MAX (1u << 19)
/* Warm again in one transaction. */
#define THAW_NR 256

struct candidate {
	uint32_t id, lang;
	uint32_t seal;
	size_t place, len;	/* in its group */
	uint64_t warm;
	const char *hint;
};

struct group {
	uint32_t lang;
	size_t first, nr;	/* candidates */
	size_t raw;
	struct bt_buf packed;
};

struct freezer {
	struct bt_store *s;
	const struct bt_freeze_opts *o;
	struct bt_freeze_sum sum;
	struct bt_arena arena;
	struct candidate *list;
	size_t nr, alloc;
	uint64_t total, done;		/* warm bytes */
	struct bt_buf raw, record;
	struct bt_compressor compressor;
	struct group groups[BATCH_NR];
	size_t groups_nr;
	int lock;
};

static void freezer_release(struct freezer *z)
{
	for (size_t i = 0; i < BATCH_NR; i++)
		bt_buf_release(&z->groups[i].packed);
	bt_arena_release(&z->arena);
	bt_buf_release(&z->raw);
	bt_buf_release(&z->record);
	bt_compressor_release(&z->compressor);
	bt_close_fd(&z->lock);
	free(z->list);
}

/* --- what is to be frozen --- */

static void candidate_add(struct freezer *z, sqlite3_stmt *q)
{
	struct candidate *c;
	size_t len;
	const char *hint = bt_sql_bytes(q, 2, &len);

	BT_GROW(z->list, z->alloc, z->nr + 1);
	c = &z->list[z->nr++];
	memset(c, 0, sizeof(*c));
	c->id = (uint32_t)sqlite3_column_int64(q, 0);
	c->lang = (uint32_t)sqlite3_column_int64(q, 1);
	c->warm = (uint64_t)sqlite3_column_int64(q, 3);
	c->hint = hint ? bt_arena_strndup(&z->arena, hint, len) : "";
	z->total += c->warm;
}

/* Oldest ids first: which blobs are taken when not all are does not depend on who asks. */
static int candidates_find(struct freezer *z, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(z->s, BT_SQL_FACTS_WARM, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, 0);
	while ((rc = bt_sql_step(z->s, q, err)) == BT_ROW) {
		if (bt_cancel_check(err))
			return err->code;
		if (z->o->warm && z->o->warm(z->o->ctx, (uint32_t)sqlite3_column_int64(q, 0)))
			continue;
		if (z->nr == CANDIDATES_MAX || (z->o->bytes_max && z->total >= z->o->bytes_max)) {
			z->sum.more = true;
			return 0;
		}
		candidate_add(z, q);
	}
	return rc;
}

/* What is alike comes together: a language, a path, and there the order in which it was seen. */
static int candidate_compare(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;
	int c;

	if (a->lang != b->lang)
		return a->lang < b->lang ? -1 : 1;
	c = strcmp(a->hint, b->hint);
	return c ? c : (a->id > b->id) - (a->id < b->id);
}

/* --- groups --- */

static int group_pack(struct freezer *z, struct group *g, struct bt_err *err)
{
	g->raw = z->raw.len;
	bt_buf_clear(&g->packed);
	return bt_value_compress(z->s, BT_QUALITY_SMALL, NULL, 0, z->raw.data, z->raw.len, &g->packed, err);
}

/* A group that begins at candidate `at`; it has at least one record. *ret_nr of them. */
static int group_fill(struct freezer *z, size_t at, struct group *g, struct bt_err *err)
{
	int rc = 0;

	g->lang = z->list[at].lang;
	g->first = at;
	g->nr = 0;
	bt_buf_clear(&z->raw);
	for (; at < z->nr && z->list[at].lang == g->lang; at++) {
		struct candidate *c = &z->list[at];

		rc = bt_store_facts_packed(z->s, c->id, &z->s->packed, err);
		if (!rc)
			rc = bt_store_facts_unpack(z->s, &z->compressor, c->id, &z->s->packed, &z->record, err);
		if (rc)
			return rc;
		if (g->nr && z->raw.len + z->record.len > BT_FROZEN_GROUP_LEN)
			break;
		c->place = z->raw.len;
		c->len = z->record.len;
		c->seal = bt_value_check(BT_VALUE_THAWED, c->id, z->record.data, z->record.len);
		bt_buf_add(&z->raw, z->record.data, z->record.len);
		rc = bt_buf_check(&z->raw, "a group of frozen facts", err);
		if (rc)
			return rc;
		g->nr++;
	}
	return group_pack(z, g, err);
}

/* --- writing --- */

static int group_add(struct bt_store *s, uint32_t lang, int64_t *ret_id, struct bt_err *err)
{
	int rc = bt_sql_exec(s, BT_SQL_FROZEN_GROUP_ADD, lang, err);

	if (!rc)
		*ret_id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

int bt_frozen_group_size(struct bt_store *s, int64_t id, uint64_t raw, uint64_t len, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FROZEN_GROUP_FINISH, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_int64(q, 2, (int64_t)raw);
	sqlite3_bind_int64(q, 3, (int64_t)len);
	return bt_sql_run(s, q, err);
}

/* From warm to frozen, unless somebody was faster, or has forgotten it. */
static int candidate_move(struct freezer *z, const struct candidate *c, int64_t group, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_exec(z->s, BT_SQL_FACTS_DROP, c->id, err);

	if (rc || sqlite3_changes(z->s->db) != 1)
		return rc;
	rc = bt_sql_get(z->s, BT_SQL_FROZEN_PUT, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, c->id);
	sqlite3_bind_int64(q, 2, group);
	sqlite3_bind_int64(q, 3, (int64_t)c->place);
	sqlite3_bind_int64(q, 4, (int64_t)c->len);
	sqlite3_bind_int64(q, 5, c->seal);
	z->sum.blobs++;
	z->sum.warm_bytes += c->warm;
	return bt_sql_run(z->s, q, err);
}

static int group_write(struct freezer *z, struct group *g, int64_t *ret_id, struct bt_err *err)
{
	int rc = group_add(z->s, g->lang, ret_id, err);

	if (rc)
		return rc;
	bt_value_seal(BT_VALUE_FROZEN, *ret_id, g->packed.data, g->packed.len);
	rc = bt_frozen_group_put(z->s->frozen, *ret_id, g->packed.data, g->packed.len, err);
	return rc ? rc : bt_frozen_group_size(z->s, *ret_id, g->raw, g->packed.len, err);
}

static int groups_write(struct freezer *z, int64_t ids[BATCH_NR], struct bt_err *err)
{
	struct bt_err ignored = BT_ERR_INIT;
	int rc = bt_frozen_exec(z->s->frozen, "BEGIN IMMEDIATE", err);

	for (size_t i = 0; i < z->groups_nr && !rc; i++)
		rc = group_write(z, &z->groups[i], &ids[i], err);
	if (!rc)
		rc = bt_frozen_exec(z->s->frozen, "COMMIT", err);
	if (rc && z->s->frozen->file.db && !sqlite3_get_autocommit(z->s->frozen->file.db))
		bt_frozen_exec(z->s->frozen, "ROLLBACK", &ignored);
	return rc;
}

static int batch_rows(struct freezer *z, struct bt_err *err)
{
	int64_t ids[BATCH_NR] = { 0 };
	int rc = groups_write(z, ids, err);

	bt_fault_point("frozen-groups");
	for (size_t i = 0; i < z->groups_nr && !rc; i++) {
		const struct group *g = &z->groups[i];

		for (size_t k = 0; k < g->nr && !rc; k++)
			rc = candidate_move(z, &z->list[g->first + k], ids[i], err);
		z->sum.frozen_bytes += g->packed.len;
	}
	return rc;
}

static int batch_write(struct freezer *z, struct bt_err *err)
{
	struct bt_freeze_sum before = z->sum;
	int rc;

	if (!z->groups_nr)
		return 0;
	rc = bt_store_begin(z->s, err);
	if (!rc) {
		rc = batch_rows(z, err);
		rc = rc ? rc : bt_store_commit(z->s, err);
	}
	if (rc) {
		bt_store_rollback(z->s);
		z->sum = before;
	}
	z->groups_nr = 0;
	z->s->frozen->looked = false;
	return rc;
}

/* --- pieces of the stream in which nothing lives any more --- */

struct pieces {
	uint64_t *live;		/* a bit each */
	size_t nr;
};

static void piece_mark(struct pieces *p, int64_t from, int64_t to)
{
	for (int64_t i = from; i <= to && (size_t)i < p->nr; i++)
		p->live[i / 64] |= UINT64_C(1) << i % 64;
}

static int pieces_find(struct bt_store *s, struct pieces *p, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL, *last = NULL;
	int rc = bt_sql_get(s, BT_SQL_FACTS_LAST_PIECE, &last, err);

	if (!rc)
		rc = bt_sql_step(s, last, err);
	if (rc != BT_ROW)
		return rc;
	/* The last one stays: its number would be given again. */
	if (sqlite3_column_int64(last, 0) > UINT32_MAX)
		return 0;
	p->nr = (size_t)sqlite3_column_int64(last, 0);
	p->live = bt_xcalloc(p->nr / 64 + 1, sizeof(*p->live));
	rc = bt_sql_get(s, BT_SQL_FACTS_PLACES, &q, err);
	while (!rc || rc == BT_ROW) {
		rc = bt_sql_step(s, q, err);
		if (rc == BT_ROW)
			piece_mark(p, sqlite3_column_int64(q, 0) / BT_FACTS_PIECE_LEN,
				   (sqlite3_column_int64(q, 0) + sqlite3_column_int64(q, 1) - 1) / BT_FACTS_PIECE_LEN);
		else
			break;
	}
	return rc;
}

static int pieces_drop(struct bt_store *s, int64_t from, int64_t to, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, BT_SQL_FACTS_DROP_PIECES, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, from);
	sqlite3_bind_int64(q, 2, to);
	return bt_sql_run(s, q, err);
}

static int pieces_sweep(struct bt_store *s, struct bt_err *err)
{
	struct pieces p = { NULL, 0 };
	size_t from = 0;
	int rc = pieces_find(s, &p, err);

	for (size_t i = 0; i <= p.nr && !rc; i++) {
		bool live = i == p.nr || p.live[i / 64] >> i % 64 & 1;

		if (!live)
			continue;
		if (i > from)
			rc = pieces_drop(s, (int64_t)from, (int64_t)i - 1, err);
		from = i + 1;
	}
	free(p.live);
	return rc;
}

int bt_store_facts_sweep(struct bt_store *s, struct bt_err *err)
{
	struct bt_store_scope scope;
	int rc = bt_store_scope_begin(s, &scope, err);

	if (rc)
		return rc;
	return bt_store_scope_end(s, &scope, pieces_sweep(s, err), err);
}

/* --- the run --- */

static int file_ready(struct freezer *z, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL, *last = NULL;
	int64_t group = 0;
	int rc = bt_frozen_lock(z->s, &z->lock, err);

	if (!rc)
		rc = bt_frozen_find_file(z->s, err);
	if (rc == BT_ROW) {
		rc = bt_frozen_open(z->s, err);
		if (rc == BT_ERR_NOT_FOUND)
			bt_err_hint(err, "`git batho cache clear --frozen --apply` gives up what is in it");
		if (!rc)
			rc = bt_sql_get(z->s, BT_SQL_FROZEN_GROUP_LAST, &last, err);
		if (!rc)
			rc = bt_sql_step(z->s, last, err);
		if (rc == BT_ROW)
			group = sqlite3_column_int64(last, 0);
		/* Left by a process that died before index.db spoke of it. */
		return rc < 0 ? rc : bt_frozen_groups_drop_above(z->s->frozen, group, err);
	}
	if (rc)
		return rc;
	bt_frozen_strays_remove(z->s);
	rc = bt_frozen_make(z->s, z->o->shared_mode, err);
	if (!rc)
		rc = bt_frozen_name_put(z->s, err);
	return rc;
}

static int freeze(struct freezer *z, struct bt_err *err)
{
	int rc = 0;

	for (size_t at = 0; at < z->nr && !rc;) {
		struct group *g = &z->groups[z->groups_nr];

		rc = bt_cancel_check(err);
		if (!rc)
			rc = group_fill(z, at, g, err);
		if (rc)
			break;
		at += g->nr;
		for (size_t i = g->first; i < at; i++)
			z->done += z->list[i].warm;
		if (++z->groups_nr == BATCH_NR)
			rc = batch_write(z, err);
		if (z->o->progress)
			z->o->progress(z->o->progress_ctx, z->done, z->total);
	}
	return rc ? rc : batch_write(z, err);
}

int bt_store_freeze_measure(struct bt_store *s, const struct bt_freeze_opts *o, struct bt_freeze_sum *ret_sum,
			    struct bt_err *err)
{
	BT_CLEANUP(freezer_release) struct freezer z = { .s = s, .o = o, .lock = -1 };
	int rc = candidates_find(&z, err);

	z.sum.blobs = z.nr;
	z.sum.warm_bytes = z.total;
	*ret_sum = z.sum;
	return rc;
}

int bt_store_freeze(struct bt_store *s, const struct bt_freeze_opts *o, struct bt_freeze_sum *ret_sum, struct bt_err *err)
{
	BT_CLEANUP(freezer_release) struct freezer z = { .s = s, .o = o, .lock = -1 };
	int rc;

	bt_buf_init(&z.raw, 0);
	bt_buf_init(&z.record, 0);
	rc = candidates_find(&z, err);
	if (!rc && z.nr)
		rc = file_ready(&z, err);
	if (!rc && z.nr) {
		qsort(z.list, z.nr, sizeof(*z.list), candidate_compare);
		rc = freeze(&z, err);
		if (z.sum.blobs) {
			struct bt_err failed = BT_ERR_INIT;
			int swept = bt_store_facts_sweep(s, &failed);

			if (swept && !rc)
				*err = failed, rc = swept;
		}
	}
	bt_trace("froze %llu of %zu blobs", (unsigned long long)z.sum.blobs, z.nr);
	*ret_sum = z.sum;
	return rc;
}

/* --- warm again --- */

static int thaw_one(struct bt_store *s, uint32_t blob, struct bt_buf *packed, uint64_t *nr, struct bt_err *err)
{
	struct bt_frozen_place p;
	const char *rec = NULL;
	int rc = bt_frozen_find(s, blob, &p, err);

	if (rc != BT_ROW)
		return rc;
	rc = bt_frozen_record(s, blob, &p, &rec, err);
	bt_buf_clear(packed);
	if (!rc)
		rc = bt_store_facts_pack(s, rec, p.len, packed, err);
	if (!rc)
		rc = bt_store_facts_put_packed(s, blob, packed->data, packed->len, err);
	*nr += !rc;
	return rc;
}

/* Those that are frozen: a transaction for nothing would wait for others. */
static int frozen_of(struct bt_store *s, const uint32_t *blobs, size_t nr, uint32_t *ret_list, size_t *ret_nr,
		     struct bt_err *err)
{
	struct bt_frozen_place p;
	bool any = false;
	int rc = bt_frozen_any(s, &any, err);

	*ret_nr = 0;
	for (size_t i = 0; any && i < nr && rc >= 0; i++) {
		rc = bt_frozen_find(s, blobs[i], &p, err);
		if (rc == BT_ROW)
			ret_list[(*ret_nr)++] = blobs[i];
	}
	return rc < 0 ? rc : 0;
}

int bt_store_thaw(struct bt_store *s, const uint32_t *wanted, size_t wanted_nr, uint64_t *ret_nr, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf packed = BT_BUF_INIT;
	BT_FREE uint32_t *blobs = bt_xmalloc((wanted_nr + 1) * sizeof(*blobs));
	size_t nr = 0;
	int rc = frozen_of(s, wanted, wanted_nr, blobs, &nr, err);

	*ret_nr = 0;
	for (size_t at = 0; at < nr && !rc; at += THAW_NR) {
		uint64_t done = 0;

		rc = bt_cancel_check(err);
		if (!rc)
			rc = bt_store_begin(s, err);
		if (rc)
			return rc;
		for (size_t i = at; i < nr && i < at + THAW_NR && !rc; i++)
			rc = thaw_one(s, blobs[i], &packed, &done, err);
		rc = rc ? rc : bt_store_commit(s, err);
		if (rc)
			bt_store_rollback(s);
		else
			*ret_nr += done;
	}
	return rc;
}
