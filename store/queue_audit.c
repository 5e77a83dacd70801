/*
 * Records and their seals: adding, reading, checking, pruning.
 */
#include "store/queue_audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/signal.h"
#include "store/queue_int.h"

/* --- seals --- */

static void hash_number(struct bt_blake2b *h, uint64_t n)
{
	uint8_t raw[8];

	for (int i = 0; i < 8; i++)
		raw[i] = (uint8_t)(n >> (8 * i));
	bt_blake2b_add(h, raw, sizeof(raw));
}

/* Length first: no two lists of fields give the same bytes. */
static void hash_text(struct bt_blake2b *h, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	hash_number(h, text ? len : UINT64_MAX);
	if (len)
		bt_blake2b_add(h, text, len);
}

static void seal_make(const struct bt_digest *before, const struct bt_event *e, struct bt_digest *ret_seal)
{
	struct bt_blake2b h;

	bt_blake2b_init(&h);
	bt_blake2b_add(&h, before->raw, sizeof(before->raw));
	hash_number(&h, e->id);
	hash_number(&h, (uint64_t)e->at);
	hash_number(&h, e->action);
	hash_number(&h, e->batch);
	hash_number(&h, (uint64_t)e->pid);
	hash_text(&h, e->agent);
	hash_text(&h, e->user);
	hash_text(&h, e->what);
	hash_text(&h, e->result);
	hash_text(&h, e->detail);
	bt_blake2b_end(&h, ret_seal);
}

static bool column_digest(sqlite3_stmt *s, int at, struct bt_digest *ret)
{
	const void *raw = sqlite3_column_blob(s, at);

	memset(ret, 0, sizeof(*ret));
	if (!raw || sqlite3_column_bytes(s, at) != BT_DIGEST_LEN)
		return false;
	memcpy(ret->raw, raw, BT_DIGEST_LEN);
	return true;
}

void bt_queue_event_columns(sqlite3_stmt *s, struct bt_arena *arena, struct bt_event *ret_e)
{
	*ret_e = (struct bt_event){
		.id = (uint64_t)sqlite3_column_int64(s, 0),
		.at = sqlite3_column_int64(s, 1),
		.action = (uint64_t)sqlite3_column_int64(s, 2),
		.batch = (uint64_t)sqlite3_column_int64(s, 3),
		.agent = bt_queue_column_text(s, 4, arena),
		.what = bt_queue_column_text(s, 5, arena),
		.detail = bt_queue_column_text(s, 6, arena),
		.user = bt_queue_column_text(s, 7, arena),
		.pid = sqlite3_column_int64(s, 8),
		.result = bt_queue_column_text(s, 9, arena),
	};
	ret_e->sealed = column_digest(s, 10, &ret_e->chain);
}

/* --- reading --- */

static int step_to(struct bt_queue *q, enum bt_queue_sql id, uint64_t *cursor, struct bt_arena *arena, struct bt_event *ret_e,
		   struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	if (bt_queue_sql_get(q, id, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)*cursor);
	rc = bt_queue_sql_step(q, s, err);
	if (rc != BT_ROW)
		return rc;
	bt_queue_event_columns(s, arena, ret_e);
	*cursor = ret_e->id;
	return rc;
}

int bt_queue_audit_before(struct bt_queue *q, uint64_t *cursor, struct bt_arena *arena, struct bt_event *ret_e, struct bt_err *err)
{
	if (!*cursor)
		*cursor = INT64_MAX;
	return step_to(q, BT_QSQL_EVENT_BEFORE, cursor, arena, ret_e, err);
}

int bt_queue_audit_after(struct bt_queue *q, uint64_t *cursor, struct bt_arena *arena, struct bt_event *ret_e, struct bt_err *err)
{
	return step_to(q, BT_QSQL_EVENT_AFTER, cursor, arena, ret_e, err);
}

static int head_by(struct bt_queue *q, enum bt_queue_sql id, struct bt_audit_head *ret_head, bool *ret_sealed, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	memset(ret_head, 0, sizeof(*ret_head));
	*ret_sealed = true;
	if (bt_queue_sql_get(q, id, &s, err))
		return err->code;
	rc = bt_queue_sql_step(q, s, err);
	if (rc != BT_ROW)
		return rc;
	ret_head->id = (uint64_t)sqlite3_column_int64(s, 0);
	*ret_sealed = column_digest(s, 1, &ret_head->chain);
	return 0;
}

int bt_queue_audit_head(struct bt_queue *q, struct bt_audit_head *ret_head, struct bt_err *err)
{
	bool sealed;

	return head_by(q, BT_QSQL_EVENT_HEAD, ret_head, &sealed, err);
}

/* --- adding --- */

static int seal_put(struct bt_queue *q, uint64_t id, const struct bt_digest *seal, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_EVENT_SEAL, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	sqlite3_bind_blob(s, 2, seal->raw, BT_DIGEST_LEN, SQLITE_STATIC);
	return bt_queue_sql_run(q, s, err);
}

/* What came without a seal behind the last record that has one. *head: that record, then the last of all. */
static int seal_rest(struct bt_queue *q, struct bt_audit_head *head, uint64_t *ret_nr, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_event e;
	int rc;

	*ret_nr = 0;
	while ((rc = bt_queue_audit_after(q, &head->id, &arena, &e, err)) == BT_ROW) {
		seal_make(&head->chain, &e, &head->chain);
		if (seal_put(q, e.id, &head->chain, err))
			return err->code;
		++*ret_nr;
		bt_arena_reset(&arena);
	}
	return rc;
}

/* The last sealed record, or the anchor, or nothing. */
static int sealed_head(struct bt_queue *q, struct bt_audit_head *ret_head, struct bt_err *err)
{
	bool sealed;

	if (head_by(q, BT_QSQL_EVENT_SEALED, ret_head, &sealed, err) || ret_head->id)
		return err->code;
	return head_by(q, BT_QSQL_ANCHOR_GET, ret_head, &sealed, err);
}

int bt_queue_audit_seal(struct bt_queue *q, uint64_t *ret_nr, struct bt_err *err)
{
	struct bt_audit_head head;

	return sealed_head(q, &head, err) ? err->code : seal_rest(q, &head, ret_nr, err);
}

/* With its seal, which holds for the number that it has; *ret_id: the one that it gets. */
static int insert(struct bt_queue *q, const struct bt_event *e, uint64_t *ret_id, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_EVENT_ADD, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, e->at);
	sqlite3_bind_int64(s, 2, (int64_t)e->action);
	sqlite3_bind_int64(s, 3, (int64_t)e->batch);
	bt_queue_bind_text(s, 4, e->agent);
	bt_queue_bind_text(s, 5, e->what);
	bt_queue_bind_text(s, 6, e->detail);
	bt_queue_bind_text(s, 7, e->user);
	sqlite3_bind_int64(s, 8, e->pid);
	bt_queue_bind_text(s, 9, e->result);
	sqlite3_bind_blob(s, 10, e->chain.raw, BT_DIGEST_LEN, SQLITE_STATIC);
	if (bt_queue_sql_run(q, s, err))
		return err->code;
	*ret_id = (uint64_t)sqlite3_last_insert_rowid(q->db);
	return 0;
}

static int add_sealed(struct bt_queue *q, struct bt_event *e, struct bt_audit_head *head, struct bt_err *err)
{
	uint64_t id = 0;

	e->id = head->id + 1;
	seal_make(&head->chain, e, &e->chain);
	if (insert(q, e, &id, err))
		return err->code;
	if (id != e->id) {	/* the end was cut off by hand: the hole stays to be seen */
		e->id = id;
		seal_make(&head->chain, e, &e->chain);
		if (seal_put(q, id, &e->chain, err))
			return err->code;
	}
	head->id = id;
	head->chain = e->chain;
	return 0;
}

/* *ret_head: the newest record, sealed; in a transaction it is asked for once. */
static int head_ready(struct bt_queue *q, struct bt_audit_head *ret_head, struct bt_err *err)
{
	struct bt_event told = { .what = "sealed", .at = bt_queue_now(), .agent = "git-batho", .pid = (int64_t)getpid() };
	char detail[96];
	uint64_t nr = 0;
	bool sealed;

	if (q->head) {
		*ret_head = *q->head;
		return 0;
	}
	if (head_by(q, BT_QSQL_EVENT_HEAD, ret_head, &sealed, err))
		return err->code;
	if (!ret_head->id)
		return sealed_head(q, ret_head, err);
	if (sealed)
		return 0;
	if (sealed_head(q, ret_head, err) || seal_rest(q, ret_head, &nr, err))
		return err->code;
	snprintf(detail, sizeof(detail), "%llu records up to %llu came without a seal", (unsigned long long)nr,
		 (unsigned long long)ret_head->id);
	told.detail = detail;
	return add_sealed(q, &told, ret_head, err);
}

static int add(struct bt_queue *q, struct bt_event *e, struct bt_err *err)
{
	char user[24];
	struct bt_audit_head head;

	snprintf(user, sizeof(user), "%lu", (unsigned long)geteuid());
	e->at = bt_queue_now();
	e->user = user;
	e->pid = (int64_t)getpid();
	if (!e->agent)
		e->agent = q->agent;
	if (head_ready(q, &head, err) || add_sealed(q, e, &head, err))
		return err->code;
	if (!q->head)
		q->head = bt_xmalloc(sizeof(*q->head));
	*q->head = head;
	return 0;
}

void bt_queue_head_forget(struct bt_queue *q)
{
	free(q->head);
	q->head = NULL;
}

static int add_in_scope(struct bt_queue *q, struct bt_event *e, struct bt_err *err)
{
	struct bt_queue_scope scope;

	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, add(q, e, err), err);
}

int bt_queue_event_add(struct bt_queue *q, uint64_t action, uint64_t batch, const char *agent, const char *what, const char *detail,
		       struct bt_err *err)
{
	struct bt_event e = { .action = action, .batch = batch, .agent = agent, .what = what, .detail = detail };

	return add_in_scope(q, &e, err);
}

int bt_queue_audit(struct bt_queue *q, const char *what, const char *result, const char *detail, struct bt_err *err)
{
	struct bt_event e = { .what = what, .result = result, .detail = detail };

	return add_in_scope(q, &e, err);
}

/* --- checking --- */

const char *bt_audit_fault_name(enum bt_audit_fault_kind kind)
{
	static const char *const names[BT_AUDIT_FAULT_NR] = {
		[BT_AUDIT_CHANGED] = "changed",	    [BT_AUDIT_MISSING] = "missing",	[BT_AUDIT_CUT] = "cut",
		[BT_AUDIT_UNSEALED] = "unsealed",   [BT_AUDIT_HEAD_GONE] = "head-gone", [BT_AUDIT_HEAD_PRUNED] = "head-pruned",
	};

	return names[kind];
}

static void fault(struct bt_audit_report *r, enum bt_audit_fault_kind kind, uint64_t from, uint64_t to)
{
	struct bt_audit_fault *last = r->faults_nr && r->faults_nr <= BT_AUDIT_FAULTS_MAX ? &r->faults[r->faults_nr - 1] : NULL;

	if (last && kind == BT_AUDIT_UNSEALED && last->kind == kind && last->to + 1 == from) {
		last->to = to;
		return;
	}
	if (r->faults_nr < BT_AUDIT_FAULTS_MAX)
		r->faults[r->faults_nr] = (struct bt_audit_fault){ kind, from, to };
	r->faults_nr++;
}

static bool is_head(const struct bt_audit_head *expect, uint64_t id, const struct bt_digest *chain)
{
	return (!expect->id || expect->id == id) && !memcmp(expect->chain.raw, chain->raw, BT_DIGEST_LEN);
}

/*
 * Each record is judged by the seal that stands before it, true or not: what was changed is told where it was, and not once more for
 * every record behind it. Behind a hole nothing can be said of the first.
 */
static void check_record(struct bt_audit_report *r, const struct bt_event *e)
{
	struct bt_digest want;
	bool hole = e->id != r->head.id + 1;

	r->records++;
	if (hole)
		fault(r, BT_AUDIT_MISSING, r->head.id + 1, e->id - 1);
	if (!e->sealed) {
		fault(r, BT_AUDIT_UNSEALED, e->id, e->id);
		seal_make(&r->head.chain, e, &r->head.chain);
	} else {
		seal_make(&r->head.chain, e, &want);
		if (!hole && memcmp(want.raw, e->chain.raw, BT_DIGEST_LEN))
			fault(r, BT_AUDIT_CHANGED, e->id, e->id);
		r->head.chain = e->chain;
	}
	r->head.id = e->id;
}

static int last_given(struct bt_queue *q, uint64_t *ret_id, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	*ret_id = 0;
	if (bt_queue_sql_get(q, BT_QSQL_EVENT_GIVEN, &s, err))
		return err->code;
	rc = bt_queue_sql_step(q, s, err);
	if (rc == BT_ROW)
		*ret_id = (uint64_t)sqlite3_column_int64(s, 0);
	return rc < 0 ? rc : 0;
}

static int check_all(struct bt_queue *q, const struct bt_audit_head *expect, struct bt_audit_report *r, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	bool sealed, found = false;
	uint64_t given = 0, cursor;
	struct bt_event e;
	int rc;

	if (head_by(q, BT_QSQL_ANCHOR_GET, &r->anchor, &sealed, err) || last_given(q, &given, err))
		return err->code;
	r->head = r->anchor;
	cursor = 0;
	found = expect && r->anchor.id && is_head(expect, r->anchor.id, &r->anchor.chain);
	while ((rc = bt_queue_audit_after(q, &cursor, &arena, &e, err)) == BT_ROW) {
		check_record(r, &e);
		found = found || (expect && is_head(expect, e.id, &r->head.chain));
		bt_arena_reset(&arena);
		if (bt_cancel_check(err))
			return err->code;
	}
	if (rc)
		return rc;
	if (given > r->head.id)
		fault(r, BT_AUDIT_CUT, r->head.id + 1, given);
	if (expect && !found)
		fault(r, expect->id && expect->id < r->anchor.id ? BT_AUDIT_HEAD_PRUNED : BT_AUDIT_HEAD_GONE, expect->id, expect->id);
	return 0;
}

int bt_queue_audit_verify(struct bt_queue *q, const struct bt_audit_head *expect, struct bt_audit_report *ret_r, struct bt_err *err)
{
	struct bt_err ignored = BT_ERR_INIT;
	bool own = !q->writing;
	int rc;

	memset(ret_r, 0, sizeof(*ret_r));
	if (own && bt_queue_exec(q, "BEGIN", err))
		return err->code;
	rc = check_all(q, expect, ret_r, err);
	if (own)
		bt_queue_exec(q, "COMMIT", &ignored);
	return rc;
}

/* --- pruning --- */

static int anchor_put(struct bt_queue *q, uint64_t id, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;

	if (bt_queue_sql_get(q, BT_QSQL_ANCHOR_PUT, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)id);
	return bt_queue_sql_run(q, s, err);
}

/* The last record of those at the beginning that are older than this; 0: none. */
static int cut_find(struct bt_queue *q, int64_t before, uint64_t *ret_id, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	int rc;

	*ret_id = 0;
	if (bt_queue_sql_get(q, BT_QSQL_EVENT_CUT, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, before);
	rc = bt_queue_sql_step(q, s, err);
	if (rc == BT_ROW)
		*ret_id = (uint64_t)sqlite3_column_int64(s, 0);
	return rc < 0 ? rc : 0;
}

static int forget(struct bt_queue *q, int64_t before, uint64_t *ret_nr, struct bt_err *err)
{
	BT_QSQL_OWNED sqlite3_stmt *s = NULL;
	uint64_t cut, sealed;
	int rc;

	if (bt_queue_audit_seal(q, &sealed, err) || cut_find(q, before, &cut, err) || !cut)
		return err->code;
	if (anchor_put(q, cut, err) || bt_queue_sql_get(q, BT_QSQL_EVENT_FORGET, &s, err))
		return err->code;
	sqlite3_bind_int64(s, 1, (int64_t)cut);
	rc = bt_queue_sql_run(q, s, err);
	*ret_nr = (uint64_t)sqlite3_changes(q->db);
	return rc;
}

int bt_queue_audit_forget(struct bt_queue *q, int64_t before, uint64_t *ret_nr, struct bt_err *err)
{
	struct bt_queue_scope scope;

	*ret_nr = 0;
	if (bt_queue_scope_begin(q, &scope, err))
		return err->code;
	return bt_queue_scope_end(q, &scope, forget(q, before, ret_nr, err), err);
}
