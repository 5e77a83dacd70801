/*
 * Compiling and running. What tree-sitter allocates for a query lives on the heap, what it allocates for a run in the
 * blob's arena, which may jump away: a run owns nothing else.
 */
#include "core/lang/query.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/lang/query_impl.h"

const struct bt_query_limits bt_query_limits_default = {
	.in_progress_max = 2048,
	.steps_max = 200000,
};

const struct bt_query_limits bt_query_limits_project = {
	.in_progress_max = 1024,
	.steps_max = 50000,
	.work_max = 250000000,
};

/* Of the tuned runtime, tuned_runtime.h; others do not look at these. */
bool bt_query_skips_analysis;
uint64_t bt_query_work, bt_query_work_max;

uint64_t bt_query_worked(void)
{
	return bt_query_work;
}

/* Where an offset of the joined text lies in its own. */
static void place(const struct bt_query_text *texts, size_t nr, size_t at, struct bt_query_mistake *ret)
{
	size_t i = 0;

	while (i + 1 < nr && at > texts[i].len) {
		at -= texts[i].len + 1;
		i++;
	}
	if (at > texts[i].len)
		at = texts[i].len;
	*ret = (struct bt_query_mistake){ .tag = texts[i].tag };
	for (size_t k = 0; k < at; k++) {
		ret->col = texts[i].text[k] == '\n' ? 0 : ret->col + 1;
		ret->row += texts[i].text[k] == '\n';
	}
}

static int compile_error(const struct bt_lang *lang, TSQueryError kind, const char *at, struct bt_err *err)
{
	int len = 0;

	while (len < 60 && at[len] && !strchr(" \t\r\n()[]\"@:.!?*+;#", at[len]))
		len++;
	switch (kind) {
	case TSQueryErrorNodeType:
		return bt_err_set(err, BT_ERR_FAIL, "no node type '%.*s' in %s", len, at, lang->name);
	case TSQueryErrorField:
		return bt_err_set(err, BT_ERR_FAIL, "no field '%.*s' in %s", len, at, lang->name);
	case TSQueryErrorCapture:
		return bt_err_set(err, BT_ERR_FAIL, "no capture '@%.*s' in the pattern", len, at);
	case TSQueryErrorStructure:
		return bt_err_set(err, BT_ERR_FAIL, "this pattern can never match in %s", lang->name);
	case TSQueryErrorLanguage:
		return bt_err_set(err, BT_ERR_FAIL, "the grammar of %s does not fit tree-sitter", lang->name);
	case TSQueryErrorNone:
	case TSQueryErrorSyntax:
		break;
	}
	return bt_err_set(err, BT_ERR_FAIL, "the query's syntax is wrong");
}

static uint32_t capture_id(const struct bt_query *q, const char *name)
{
	for (uint32_t i = 0; i < ts_query_capture_count(q->ts); i++) {
		uint32_t len;
		const char *have = ts_query_capture_name_for_id(q->ts, i, &len);

		if (len == strlen(name) && !memcmp(have, name, len))
			return i;
	}
	return QUERY_NO_CAPTURE;
}

static uint32_t tag_at(const struct bt_query_text *texts, size_t nr, size_t at)
{
	struct bt_query_mistake m;

	place(texts, nr, at, &m);
	return m.tag;
}

/* What belongs to each pattern: its text, its predicates. */
static int patterns_make(struct bt_query *q, const struct bt_query_text *texts, size_t nr,
			 struct bt_query_mistake *ret_bad, struct bt_err *err)
{
	q->patterns_nr = ts_query_pattern_count(q->ts);
	q->patterns = bt_arena_zalloc(&q->arena, (q->patterns_nr + (size_t)1) * sizeof(*q->patterns));
	q->finding = capture_id(q, "finding");
	q->detail = capture_id(q, "detail");
	for (uint32_t i = 0; i < q->patterns_nr; i++) {
		uint32_t at = ts_query_start_byte_for_pattern(q->ts, i);

		q->patterns[i].tag = tag_at(texts, nr, at);
		place(texts, nr, at, ret_bad);
		if (q->finding == QUERY_NO_CAPTURE ||
		    ts_query_capture_quantifier_for_id(q->ts, i, q->finding) == TSQuantifierZero)
			return bt_err_set(err, BT_ERR_FAIL, "the pattern has no capture @finding");
		if (query_preds_make(q, i, err))
			return err->code;
	}
	return 0;
}

static int compile(const struct bt_lang *lang, const struct bt_query_text *texts, size_t nr, bool known,
		   struct bt_query *q, struct bt_query_mistake *ret_bad, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf all = BT_BUF_INIT;
	const struct bt_lang_tables *t = bt_extract_tables(lang, err);
	TSQueryError kind = TSQueryErrorNone;
	uint32_t at = 0;

	if (!t)
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		bt_buf_add(&all, texts[i].text, texts[i].len);
		bt_buf_addch(&all, '\n');
	}
	if (bt_buf_check(&all, "the text of a query", err))
		return err->code;
	q->language = t->stock;
	q->known = known;
	bt_extract_heap(true);
	bt_query_skips_analysis = known;
	q->ts = ts_query_new(t->stock, bt_buf_cstr(&all), (uint32_t)all.len, &at, &kind);
	bt_query_skips_analysis = false;
	bt_extract_heap(false);
	if (q->ts)
		return patterns_make(q, texts, nr, ret_bad, err);
	if (at > all.len)
		at = (uint32_t)all.len;
	place(texts, nr, at, ret_bad);
	return compile_error(lang, kind, bt_buf_cstr(&all) + at, err);
}

static int query_new(const struct bt_lang *lang, const struct bt_query_text *texts, size_t nr, bool known,
		     struct bt_query **ret_query, struct bt_query_mistake *ret_bad, struct bt_err *err)
{
	struct bt_query *q = bt_xcalloc(1, sizeof(*q));
	int rc = compile(lang, texts, nr, known, q, ret_bad, err);

	if (!rc) {
		*ret_query = q;
		return 0;
	}
	bt_query_free(&q);
	/* An open parenthesis in one text is noticed in another one: each for itself. */
	for (size_t i = 0; i < nr && nr > 1; i++) {
		int alone = query_new(lang, &texts[i], 1, known, &q, ret_bad, err);

		if (alone)
			return alone;
		bt_query_free(&q);
	}
	return rc;
}

int bt_query_new(const struct bt_lang *lang, const struct bt_query_text *texts, size_t nr, struct bt_query **ret_query,
		 struct bt_query_mistake *ret_bad, struct bt_err *err)
{
	return query_new(lang, texts, nr, false, ret_query, ret_bad, err);
}

int bt_query_new_known(const struct bt_lang *lang, const struct bt_query_text *texts, size_t nr,
		       struct bt_query **ret_query, struct bt_query_mistake *ret_bad, struct bt_err *err)
{
	return query_new(lang, texts, nr, true, ret_query, ret_bad, err);
}

void bt_query_free(struct bt_query **pq)
{
	struct bt_query *q = *pq;

	if (!q)
		return;
	for (size_t i = 0; i < q->regexes_nr; i++) {
		if (q->regexes[i]->ready)
			regfree(&q->regexes[i]->re);
		free(q->regexes[i]);
	}
	free(q->regexes);
	if (q->ts) {
		bt_extract_heap(true);
		ts_query_delete(q->ts);
		bt_extract_heap(false);
	}
	bt_arena_release(&q->arena);
	free(q);
	*pq = NULL;
}

/* ---- running ---- */

const char *query_text(const struct query_run *r, TSNode node, size_t *ret_len)
{
	uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);

	*ret_len = 0;
	if (end > r->syntax->len || start >= end)
		return "";
	*ret_len = end - start < BT_QUERY_TEXT_MAX ? end - start : BT_QUERY_TEXT_MAX;
	return r->syntax->src + start;
}

TSNode query_capture(const struct query_run *r, uint32_t capture)
{
	for (uint16_t i = 0; i < r->match->capture_count; i++)
		if (r->match->captures[i].index == capture)
			return r->match->captures[i].node;
	return (TSNode){ .id = NULL };
}

/* The span of all nodes under @finding; false when there is none or a syntax error is in it. */
static bool span_of(const struct query_run *r, struct bt_query_match *m)
{
	bool any = false;

	for (uint16_t i = 0; i < r->match->capture_count; i++) {
		TSNode node = r->match->captures[i].node;
		TSPoint a, b;

		if (r->match->captures[i].index != r->q->finding)
			continue;
		if (ts_node_has_error(node))
			return false;
		a = ts_node_start_point(node);
		b = ts_node_end_point(node);
		if (!any || ts_node_start_byte(node) < m->start) {
			m->start = ts_node_start_byte(node);
			m->row = a.row;
			m->col = a.column;
		}
		if (!any || ts_node_end_byte(node) > m->end) {
			m->end = ts_node_end_byte(node);
			m->end_row = b.row;
			m->end_col = b.column;
		}
		any = true;
	}
	return any && m->end <= r->syntax->len;
}

static bool take_match(struct query_run *r, bool (*hit)(void *ctx, const struct bt_query_match *m), void *ctx)
{
	const struct query_pattern *p = &r->q->patterns[r->match->pattern_index];
	struct bt_query_match m = { .tag = p->tag };
	TSNode detail;
	size_t len;

	r->radius_asked = false;
	if (!span_of(r, &m) || !query_preds_hold(r, p))
		return true;
	detail = query_capture(r, r->q->detail);
	if (detail.id) {
		m.detail = query_text(r, detail, &len);
		m.detail_len = (uint32_t)len;
	}
	m.radius_asked = r->radius_asked;
	m.radius = r->radius;
	return hit(ctx, &m);
}

static bool run_progress(TSQueryCursorState *s)
{
	struct query_run *r = s->payload;

	return ++r->steps > r->steps_max;
}

int bt_query_run(struct bt_query *q, struct bt_syntax *syntax, const struct bt_query_limits *limits,
		 bool (*hit)(void *ctx, const struct bt_query_match *m), void *ctx, struct bt_err *err)
{
	struct query_run r = { .q = q, .syntax = syntax, .steps_max = limits->steps_max };
	TSQueryCursorOptions options = { .payload = &r, .progress_callback = run_progress };
	TSQueryCursor *cursor = ts_query_cursor_new();
	TSQueryMatch match;
	bool more = true, cut;

	bt_query_work = 0;
	bt_query_work_max = limits->work_max;
	ts_query_cursor_set_match_limit(cursor, limits->in_progress_max);
	ts_query_cursor_exec_with_options(cursor, q->ts, ts_tree_root_node(syntax->tree), &options);
	while (more && r.steps <= r.steps_max && ts_query_cursor_next_match(cursor, &match)) {
		r.match = &match;
		more = take_match(&r, hit, ctx);
	}
	cut = r.steps > r.steps_max || ts_query_cursor_did_exceed_match_limit(cursor);
	ts_query_cursor_delete(cursor);
	if (cut && r.steps > r.steps_max)
		return bt_err_set(err, BT_ERR_LIMIT, "the query takes more than %u steps", limits->steps_max * 100);
	if (limits->work_max && bt_query_work > limits->work_max)
		return bt_err_set(err, BT_ERR_LIMIT, "the query compares more than %" PRIu64 " captures",
				  limits->work_max);
	if (cut)
		return bt_err_set(err, BT_ERR_LIMIT, "the query has more than %u matches under way at once",
				  limits->in_progress_max);
	return 0;
}
