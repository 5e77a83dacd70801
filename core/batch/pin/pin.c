/*
 * Pins: adding, restoring, letting go.
 */
#include "core/batch/pin/pin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/hash.h"
#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/batch/pin/impl.h"
#include "core/git/refs.h"

/* Others pin, too: so often somebody else may be faster. */
#define TRIES_NR 100
#define TRY_WAIT_US 20000
/* Nodes of a slot that are worth making fewer. */
#define NODES_WORTH 64

/* --- adding --- */

/* Reads commits; many at a time, because an answer is worth the way. */
static int contents_read(struct pin_store *st, const struct bt_oid *contents, size_t nr, struct pin_records *r, struct bt_err *err)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < nr; i++) {
		BT_CLEANUP(bt_commit_view_release) struct bt_commit_view v = { .parents = NULL };
		BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
		struct pin_record rec = { .commit = contents[i], .time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 };
		int rc = pin_object_read(st, &contents[i], BT_OBJECT_COMMIT, &bytes, err);

		if (!rc)
			rc = bt_commit_parse(bt_buf_cstr(&bytes), bytes.len, st->repo->oid_len, &v, err);
		if (rc)
			return rc;
		rec.tree = v.tree;
		rec.bytes = bt_buf_take(&bytes, &rec.len);
		BT_GROW(r->list, r->alloc, r->nr + 1);
		r->list[r->nr++] = rec;
	}
	return 0;
}

static int add_once(struct pin_store *st, unsigned slot, const struct pin_records *r, struct bt_err *err)
{
	BT_CLEANUP(pin_slot_release) struct pin_slot s;
	int rc = pin_slot_read(st, slot, &s, err);

	if (!rc)
		rc = pin_slot_push(st, &s, r->list, r->nr, err);
	return rc ? rc : pin_slot_swap(st, &s, err);
}

int bt_pin_add(struct bt_repo *repo, const char *agent, const char *lane, const struct bt_oid *contents, size_t nr, unsigned *ret_slot,
	       struct bt_err *err)
{
	BT_CLEANUP(pin_store_close) struct pin_store st = { .repo = NULL };
	BT_CLEANUP(pin_records_release) struct pin_records r = { .list = NULL };
	uint64_t random = bt_mix64((uint64_t)getpid() << 32 ^ (uint64_t)time(NULL) ^ contents[0].raw[0]);
	unsigned slot = (unsigned)(bt_hash64(lane, strlen(lane), bt_hash64(agent, strlen(agent), 0)) % BT_PIN_SLOTS);
	int rc = pin_store_open(&st, repo, err);

	if (!rc)
		rc = contents_read(&st, contents, nr, &r, err);
	if (rc)
		return rc;
	for (int i = 0;; i++) {
		rc = add_once(&st, slot, &r, err);
		if (rc != BT_ERR_BUSY || i == TRIES_NR)
			break;
		random = bt_mix64(random + 1);
		slot = (unsigned)(random % BT_PIN_SLOTS);
		usleep((useconds_t)(random >> 32) % TRY_WAIT_US);
	}
	if (!rc)
		*ret_slot = slot;
	return rc;
}

/* --- restoring --- */

struct looking {
	struct pin_store *st;
	struct bt_oidmap wanted;	/* 0: not found yet */
	size_t missing;
};

static int look_in_slot(void *ctx, const char *ref, const struct bt_oid *oid, struct bt_err *err)
{
	struct looking *l = ctx;
	BT_CLEANUP(pin_slot_release) struct pin_slot s = { .depth = 0 };
	BT_CLEANUP(pin_records_release) struct pin_records r = { .list = NULL };
	unsigned slot;
	int rc = 0;

	(void)oid;
	if (!l->missing || sscanf(ref + strlen(BT_PIN_PREFIX), "%u", &slot) != 1 || slot >= BT_PIN_SLOTS)
		return 0;
	rc = pin_slot_read(l->st, slot, &s, err);
	if (!rc)
		rc = pin_slot_records(l->st, &s, &r, err);
	for (size_t i = 0; !rc && i < r.nr; i++) {
		struct bt_oid id;
		int64_t found;

		if (!bt_oidmap_find(&l->wanted, &r.list[i].commit, 0, &found) || found)
			continue;
		rc = bt_object_batch_add(l->st->batch, BT_OBJECT_COMMIT, r.list[i].bytes, r.list[i].len, &id, err);
		bt_oidmap_put(&l->wanted, &id, 0, 1);
		l->missing--;
	}
	return rc;
}

static int restore(struct pin_store *st, const struct bt_oid *contents, size_t nr, struct bt_err *err)
{
	struct looking l = { .st = st, .wanted = BT_OIDMAP_INIT };
	char hex[BT_OID_HEX_MAX + 1];
	int rc = 0;

	for (size_t i = 0; !rc && i < nr; i++) {
		BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;

		rc = pin_object_read(st, &contents[i], BT_OBJECT_COMMIT, &bytes, err);
		if (rc == BT_ERR_NOT_FOUND) {
			l.missing += bt_oidmap_intern(&l.wanted, &contents[i], 0, 0, NULL);
			rc = 0;
		}
	}
	if (!rc && l.missing)
		rc = bt_refs_each(st->repo, BT_PIN_PREFIX, look_in_slot, &l, err);
	if (!rc && l.wanted.nr)
		rc = bt_object_batch_end(st->batch, err);
	for (size_t i = 0; !rc && l.missing && i < nr; i++) {
		int64_t found;

		if (bt_oidmap_find(&l.wanted, &contents[i], 0, &found) && !found)
			rc = bt_err_set(err, BT_ERR_NOT_FOUND, "commit %s is neither here nor pinned", bt_oid_hex(&contents[i], hex));
	}
	bt_oidmap_release(&l.wanted);
	return rc;
}

int bt_pin_restore(struct bt_repo *repo, const struct bt_oid *contents, size_t nr, struct bt_err *err)
{
	BT_CLEANUP(pin_store_close) struct pin_store st = { .repo = NULL };
	int rc = pin_store_open(&st, repo, err);

	return rc ? rc : restore(&st, contents, nr, err);
}

int bt_pin_hold(struct bt_repo *repo, const char *ref, const struct bt_oid *contents, size_t nr, struct bt_err *err)
{
	BT_CLEANUP(pin_store_close) struct pin_store st = { .repo = NULL };
	struct bt_ref_change ch = { .ref = ref };
	int rc = pin_store_open(&st, repo, err);

	if (!rc)
		rc = restore(&st, contents, nr, err);
	if (!rc && nr == 1)
		ch.after = contents[0];
	else if (!rc)
		rc = pin_merge(&st, contents, nr, &ch.after, err);
	if (!rc)
		rc = bt_object_batch_end(st.batch, err);
	if (!rc)
		rc = bt_ref_read(repo, ref, &ch.before, err);
	if (!rc)
		ch.before.len = 0;
	rc = rc < 0 ? rc : bt_refs_swap(repo, &ch, 1, NULL, err);
	/* Between the look and the ref gc may have been there. */
	return rc ? rc : restore(&st, contents, nr, err);
}

/* --- letting go --- */

struct trimming {
	struct pin_store *st;
	const struct bt_pin_trim_opts *o;
	size_t kept, dropped;
};

static bool is_young(const struct trimming *t, int64_t time_s)
{
	int64_t age = t->o->now_s - time_s;

	return age < t->o->grace_s && age > -t->o->grace_s;	/* a clock that was wrong keeps nothing for ever */
}

static bool stays(const struct trimming *t, const struct pin_record *r)
{
	enum bt_pin_need need = t->o->needed(t->o->ctx, &r->commit, r->time_ms);

	return need == BT_PIN_NEEDED || (need == BT_PIN_UNKNOWN && is_young(t, r->time_ms / 1000));
}

/* Moves what stays to the front; how many. */
static size_t sort_out(const struct trimming *t, struct pin_records *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->nr; i++)
		if (stays(t, &r->list[i])) {
			struct pin_record rec = r->list[kept];

			r->list[kept++] = r->list[i];
			r->list[i] = rec;
		}
	return kept;
}

static int trim_slot(void *ctx, const char *ref, const struct bt_oid *oid, struct bt_err *err)
{
	struct trimming *t = ctx;
	BT_CLEANUP(pin_slot_release) struct pin_slot s = { .depth = 0 }, new = { .depth = 0 };
	BT_CLEANUP(pin_records_release) struct pin_records r = { .list = NULL };
	size_t kept, needed_nodes;
	unsigned slot;
	int rc;

	(void)oid;
	if (sscanf(ref + strlen(BT_PIN_PREFIX), "%u", &slot) != 1 || slot >= BT_PIN_SLOTS)
		return 0;
	rc = pin_slot_read(t->st, slot, &s, err);
	if (!rc)
		rc = pin_slot_records(t->st, &s, &r, err);
	if (rc)
		return rc == BT_ERR_BUSY ? 0 : rc;
	kept = sort_out(t, &r);
	needed_nodes = (kept + PIN_NODE_NR_MAX - 1) / PIN_NODE_NR_MAX;
	if (kept && kept * 2 > r.nr && r.nodes_nr < needed_nodes + NODES_WORTH) {
		t->kept += r.nr;
		return 0;
	}
	new = (struct pin_slot){ .tag = s.tag, .base_ref_oid = s.base_ref_oid, .bases_new = true };
	memcpy(new.ref, s.ref, sizeof(s.ref));
	memcpy(new.base_ref, s.base_ref, sizeof(s.base_ref));
	rc = pin_slot_push(t->st, &new, r.list, kept, err);
	if (!rc)
		rc = pin_slot_swap(t->st, &new, err);
	t->kept += rc ? r.nr : kept;
	t->dropped += rc ? 0 : r.nr - kept;
	return rc == BT_ERR_BUSY ? 0 : rc;
}

int bt_pin_trim(struct bt_repo *repo, const struct bt_pin_trim_opts *o, size_t *ret_kept, size_t *ret_dropped, struct bt_err *err)
{
	BT_CLEANUP(pin_store_close) struct pin_store st = { .repo = NULL };
	struct trimming t = { .st = &st, .o = o };
	int rc = pin_store_open(&st, repo, err);

	if (!rc)
		rc = bt_refs_each(repo, BT_PIN_PREFIX, trim_slot, &t, err);
	*ret_kept = t.kept;
	*ret_dropped = t.dropped;
	return rc;
}

/* --- all of them --- */

struct each {
	struct pin_store *st;
	int (*fn)(void *ctx, const struct bt_oid *content, int64_t pinned_ms, struct bt_err *err);
	void *ctx;
};

static int look_into_slot(void *ctx, const char *ref, const struct bt_oid *oid, struct bt_err *err)
{
	const struct each *l = ctx;
	BT_CLEANUP(pin_slot_release) struct pin_slot s = { .depth = 0 };
	BT_CLEANUP(pin_records_release) struct pin_records r = { .list = NULL };
	unsigned slot;
	int rc;

	(void)oid;
	if (sscanf(ref + strlen(BT_PIN_PREFIX), "%u", &slot) != 1 || slot >= BT_PIN_SLOTS)
		return 0;
	rc = pin_slot_read(l->st, slot, &s, err);
	if (!rc)
		rc = pin_slot_records(l->st, &s, &r, err);
	for (size_t i = 0; i < r.nr && !rc; i++)
		rc = l->fn(l->ctx, &r.list[i].commit, r.list[i].time_ms, err);
	return rc;
}

int bt_pin_each(struct bt_repo *repo, int (*fn)(void *ctx, const struct bt_oid *content, int64_t pinned_ms, struct bt_err *err), void *ctx,
		struct bt_err *err)
{
	BT_CLEANUP(pin_store_close) struct pin_store st = { .repo = NULL };
	struct each l = { .st = &st, .fn = fn, .ctx = ctx };
	int rc = pin_store_open(&st, repo, err);

	return rc ? rc : bt_refs_each(repo, BT_PIN_PREFIX, look_into_slot, &l, err);
}
