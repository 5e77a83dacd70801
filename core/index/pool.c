/*
 * The pool as its user sees it. Whatever breaks the pool as a whole (the zygote is gone, no process
 * can be had) is kept and returned by every later call.
 */
#include "core/index/pool.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/index/pool_int.h"
#include "core/index/worker_proto.h"
#include "core/lang/extract.h"

/* How often a waiting caller looks whether it was interrupted, and at deadlines. */
#define LOOK_MS 200
/* A caller that does not wait but asks after each blob gets a new look only so often. */
#define LOOK_EVERY_US 300

int bt_pool_open(const struct bt_pool_opts *o, struct bt_pool **ret_pool, struct bt_err *err)
{
	struct bt_zygote_opts zo = { .address_space_max = o->address_space_max,
				     .cpu_s = o->cpu_s,
				     .seccomp = o->seccomp,
				     .addon = o->addon };
	struct bt_pool *p = bt_xcalloc(1, sizeof(*p));
	int rc;

	p->o = *o;
	p->jobs = o->jobs ? o->jobs : 1;
	p->zygote = (struct bt_zygote)BT_ZYGOTE_INIT;
	p->langs = bt_xcalloc(bt_langs_nr(), sizeof(*p->langs));
	p->seen_ms = bt_clock_ms();
	p->clock_ms = 1; /* 0 means "no deadline" */
	rc = bt_zygote_start(&p->zygote, &zo, err);
	if (rc) {
		bt_pool_free(&p);
		return rc;
	}
	*ret_pool = p;
	return 0;
}

void bt_pool_dismiss(struct bt_pool *p)
{
	if (p)
		bt_zygote_dismiss(&p->zygote);
}

void bt_pool_free(struct bt_pool **pp)
{
	struct bt_pool *p = *pp;

	if (!p)
		return;
	bt_zygote_stop(&p->zygote);
	while (p->workers_nr)
		bt_pool_worker_drop(p, p->workers_nr - 1);
	bt_blob_list_release(&p->plain);
	bt_blob_list_release(&p->scanner);
	bt_blob_list_release(&p->heavy);
	bt_blob_list_release(&p->alone);
	bt_blob_list_release(&p->lost);
	free(p->workers);
	free(p->pfds);
	free(p->langs);
	free(p);
	*pp = NULL;
}

static int broken(const struct bt_pool *p, struct bt_err *err)
{
	*err = p->broken;
	return p->broken.code;
}

static int plan(struct bt_pool *p, struct bt_err *err)
{
	return bt_pool_plan(p, err) ? bt_pool_break(p, err) : 0;
}

int bt_pool_prepare(struct bt_pool *p, const struct bt_lang *lang, struct bt_err *err)
{
	if (p->broken.code)
		return broken(p, err);
	if (p->langs[lang->index] != BT_LANG_UNKNOWN)
		return 0;
	p->langs[lang->index] = BT_LANG_WANTED;
	p->langs_wanted++;
	return bt_pool_ask_langs(p, err) ? bt_pool_break(p, err) : 0;
}

int bt_pool_submit(struct bt_pool *p, const struct bt_lang *lang, unsigned want, uint64_t tag, const void *data,
		   size_t len, struct bt_err *err)
{
	struct bt_pool_blob *b;
	int rc = lang ? bt_pool_prepare(p, lang, err) : p->broken.code ? broken(p, err) : 0;

	if (rc)
		return rc;
	if (len > BT_BLOB_SIZE_CAP)
		return bt_err_set(err, BT_ERR_LIMIT,
				  "a blob of %zu bytes is too large to be parsed", len);
	if (p->inflight_nr && p->inflight_bytes + len > p->o.inflight_bytes_max) {
		p->pressed = true;
		return bt_err_set(err, BT_ERR_BUSY, "%zu blobs are being parsed", p->inflight_nr);
	}
	b = malloc(sizeof(*b) + len);
	if (!b)
		return bt_err_errno(err, "cannot keep a blob of %zu bytes", len);
	*b = (struct bt_pool_blob){
		.lang = lang, .tag = tag, .len = len, .want = want, .scanner = lang && bt_extract_has_scanner(lang)
	};
	if (len)
		memcpy(b->data, data, len);
	p->inflight_nr++;
	p->inflight_bytes += len;
	p->flushing = false;
	bt_blob_list_push(b->scanner ? &p->scanner : &p->plain, b);
	return plan(p, err);
}

int bt_pool_flush(struct bt_pool *p, struct bt_err *err)
{
	if (p->broken.code)
		return broken(p, err);
	p->flushing = true;
	return plan(p, err);
}

void bt_pool_stats_get(const struct bt_pool *p, struct bt_pool_stats *ret_stats)
{
	*ret_stats = p->stats;
}

/* Text of a worker: nothing that is not printable passes. */
static void reason_copy(char *to, size_t size, const char *from, size_t len)
{
	size_t i;

	for (i = 0; i < len && i + 1 < size; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	to[i] = '\0';
}

static void blob_done(struct bt_pool *p, struct bt_pool_blob *b, struct bt_result *r)
{
	r->tag = b->tag;
	p->inflight_nr--;
	p->inflight_bytes -= b->len;
	p->pressed = false;
	free(b);
}

static void result_of_answer(struct bt_pool *p, struct bt_pool_worker *w, struct bt_result *r)
{
	struct bt_answer_head a;
	const char *payload = w->in + w->given + sizeof(a);

	memcpy(&a, w->in + w->given, sizeof(a));
	w->given += sizeof(a) + a.len + a.more_len;
	*r = (struct bt_result){ .status = BT_RESULT_FACTS, .us = a.us < p->o.wall_ms * UINT64_C(1000) ? a.us : p->o.wall_ms * UINT64_C(1000) };
	if (a.more) {
		r->more = payload + a.len;
		r->more_len = a.more_len;
	}
	if (a.status == BT_ANSWER_FACTS) {
		r->rec = payload;
		r->len = a.len;
	} else {
		r->status = a.status == BT_ANSWER_LIMIT ? BT_RESULT_LIMIT : BT_RESULT_KILLED_CRASH;
		reason_copy(r->reason, sizeof(r->reason), payload, a.len);
	}
	blob_done(p, bt_blob_list_pop(&w->answered), r);
}

static bool result_take(struct bt_pool *p, struct bt_result *r)
{
	struct bt_pool_blob *b = bt_blob_list_pop(&p->lost);

	if (b) {
		*r = (struct bt_result){ .status = b->status };
		memcpy(r->reason, b->reason, sizeof(r->reason));
		blob_done(p, b, r);
		return true;
	}
	for (size_t i = 0; i < p->workers_nr; i++) {
		if (!bt_pool_worker_ripe(p->workers[i]))
			continue;
		result_of_answer(p, p->workers[i], r);
		return true;
	}
	return false;
}

/* Workers that are judged and have nothing more to give out. */
static void workers_sweep(struct bt_pool *p)
{
	for (size_t i = p->workers_nr; i-- > 0;)
		if (p->workers[i]->judged && !p->workers[i]->answered.nr)
			bt_pool_worker_drop(p, i);
}

static bool seen_lately(const struct bt_pool *p)
{
	return bt_clock_us() - p->look_us < LOOK_EVERY_US;
}

int bt_pool_next(struct bt_pool *p, bool wait, struct bt_result *ret_result, struct bt_err *err)
{
	bool looked = false;
	int rc;

	for (;; looked = true) {
		workers_sweep(p);
		rc = p->broken.code ? broken(p, err) : plan(p, err);
		if (rc)
			return rc;
		if (result_take(p, ret_result))
			return BT_ROW;
		rc = bt_cancel_check(err);
		if (rc)
			return rc;
		if (!p->inflight_nr || (!wait && (looked || seen_lately(p))))
			return BT_DONE;
		if (wait || p->pressed)
			bt_pool_plan_close(p);
		if (wait)
			bt_pool_nap(p);
		if (bt_pool_look(p, wait ? LOOK_MS : 0, err))
			return bt_pool_break(p, err);
	}
}
