/*
 * A handful of blobs in memory: what a hook does for most commits. No database is opened, no git is asked, one process is
 * forked. Blobs before the change are looked at only where the blob now has something.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/facts/facts.h"
#include "core/index/single.h"
#include "core/rules/check.h"
#include "core/rules/make.h"
#include "core/rules/record.h"

/* With rules of the project: somebody waits, and without them there is time for a second try. */
#define PROJECT_WALL_MS 3000

struct looking {
	const struct bt_request *r;
	const struct bt_ruleset *set;
	struct bt_ruleset own;		/* when the request brings none */
	struct bt_make make;
	struct bt_addon addon;
	struct bt_pool_opts pool;
	struct bt_single worker;
	uint32_t wall_ms;		/* of a try without rules of the project */
	unsigned less;			/* BT_WANT_LESS, once they took too long */
	struct bt_arena scratch;
	struct bt_check_looks *out;
	struct bt_err *err;
};

/* What a path or class says, and then the content. */
static const struct bt_lang *language_of(const struct bt_request_blob *b)
{
	const struct bt_detect_class *cls = NULL;
	const struct bt_lang *lang = NULL;

	if (!*b->lang)
		return NULL;
	if (*b->lang != '?')
		return bt_lang_find(b->lang);
	if (bt_detect_path(b->path, strlen(b->path), NULL, &lang, &cls) != BT_DETECT_CLASS || strcmp(cls->name, b->lang))
		return NULL;
	return bt_detect_content(cls, b->bytes, b->len);
}

/* The worker's answer is believed when it decodes and fits the blob. */
static int check_answer(struct looking *l, const struct bt_lang *lang, size_t size, const struct bt_buf *facts,
			const struct bt_buf *rec)
{
	struct bt_record r;
	struct bt_facts f;

	bt_arena_reset(&l->scratch);
	if (bt_record_decode(bt_buf_cstr(rec), rec->len, bt_ruleset_for(l->set, lang)->nr, &l->scratch, &r, l->err) ||
	    (lang && bt_facts_decode(bt_buf_cstr(facts), facts->len, &l->scratch, &f, l->err)))
		return l->err->code;
	if ((rec->len && r.size != size) || (lang && f.size != size))
		return bt_err_set(l->err, BT_ERR_CORRUPT, "an answer is about another blob");
	return 0;
}

static int ask_worker(struct looking *l, const struct bt_request_blob *b, const struct bt_lang *lang,
		      struct bt_buf *facts, struct bt_buf *rec)
{
	unsigned want = lang ? BT_WANT_FACTS | BT_WANT_MORE : BT_WANT_MORE;

	if (!bt_single_run(&l->worker, lang, want | l->less, b->bytes, b->len, facts, rec, l->err))
		return 0;
	if (l->less || !l->addon.look_less || l->worker.pid)
		return l->err->code;
	/* Killed: once more without what others wrote. */
	l->less = BT_WANT_LESS;
	l->pool.wall_ms = l->wall_ms;
	*l->err = (struct bt_err)BT_ERR_INIT;
	bt_buf_clear(facts);
	bt_buf_clear(rec);
	if (bt_single_open(&l->pool, &l->worker, l->err))
		return l->err->code;
	return bt_single_run(&l->worker, lang, want | l->less, b->bytes, b->len, facts, rec, l->err);
}

static int look(struct looking *l, const struct bt_request_blob *b, bool *ret_found)
{
	BT_BUF_OWNED struct bt_buf facts = BT_BUF_INIT, rec = BT_BUF_INIT;
	struct bt_check_looked res = { .oid = b->oid, .lang_asked = b->lang };

	*ret_found = false;
	if (b->len > l->r->max_blob_size)
		return bt_err_set(l->err, BT_ERR_LIMIT, "'%s' is too large", b->path);
	res.nothing = bt_content_is_binary(b->bytes, b->len) || bt_content_is_lfs_pointer(b->bytes, b->len);
	if (!res.nothing) {
		res.lang = language_of(b);
		if (ask_worker(l, b, res.lang, &facts, &rec) ||
		    check_answer(l, res.lang, b->len, &facts, &rec))
			return l->err->code;
	}
	*ret_found = rec.len;
	res.rec = bt_arena_strndup(&l->out->arena, bt_buf_cstr(&rec), rec.len);
	res.rec_len = rec.len;
	if (facts.len)
		res.facts = bt_arena_strndup(&l->out->arena, facts.data, facts.len);
	res.facts_len = facts.len;
	BT_GROW(l->out->items, l->out->alloc, l->out->nr + 1);
	l->out->items[l->out->nr++] = res;
	return 0;
}

static int run(struct looking *l)
{
	bool found = false, ignored;

	if (!l->set && bt_ruleset_init(&l->own, l->r->rules, l->r->rules_nr, l->err))
		return l->err->code;
	if (!l->set)
		bt_ruleset_narrow(&l->own, l->r->packs);
	l->set = l->set ? l->set : &l->own;
	bt_make_init(&l->make, l->set, true, &l->addon);
	bt_pool_opts_default(&l->pool, 1);
	l->pool.addon = &l->addon;
	if (l->r->cpu_s)
		l->pool.cpu_s = l->r->cpu_s;
	if (l->r->wall_ms)
		l->pool.wall_ms = l->r->wall_ms;
	l->wall_ms = l->pool.wall_ms;
	if (l->addon.look_less && l->pool.wall_ms > PROJECT_WALL_MS)
		l->pool.wall_ms = PROJECT_WALL_MS;
	if (l->r->blobs_nr && bt_single_open(&l->pool, &l->worker, l->err))
		return l->err->code;
	for (size_t i = 0; i < l->r->blobs_nr; i++) {
		const struct bt_request_blob *b = &l->r->blobs[i];

		if (b->base && !found)
			continue;
		if (look(l, b, b->base ? &ignored : &found))
			return l->err->code;
	}
	return 0;
}

int bt_make_look(const struct bt_request *r, struct bt_check_looks *out, struct bt_err *err)
{
	struct looking l = { .r = r, .set = r->set, .worker = BT_SINGLE_INIT, .out = out, .err = err };
	int rc = run(&l);

	bt_single_release(&l.worker);
	bt_make_release(&l.make);
	bt_ruleset_release(&l.own);
	bt_arena_release(&l.scratch);
	return rc;
}
