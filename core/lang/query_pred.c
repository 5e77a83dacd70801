/*
 * Predicates: from the steps of a query to tests with their arguments, and their evaluation over a match.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/facts/facts.h"
#include "core/lang/query_impl.h"

#define REGEX_LEN_MAX 1000

enum pred_args {
	ARGS_NONE,	/* the capture alone */
	ARGS_TEXTS,	/* one text or more */
	ARGS_TEXT_OR_CAPTURE,
	ARGS_CAPTURE,
	ARGS_REGEX,
	ARGS_TYPES,	/* node types */
	ARGS_FIELDS,
	ARGS_KINDS,	/* of definitions */
	ARGS_METRIC,	/* a measure and a number */
	ARGS_NUMBER,
};

static const struct pred_kind {
	const char *name;
	enum pred_args args;
	query_test *test;	/* NULL: the radius */
} kinds[] = {
	{ "eq?", ARGS_TEXT_OR_CAPTURE, query_test_eq },
	{ "any-of?", ARGS_TEXTS, query_test_eq },
	{ "match?", ARGS_REGEX, query_test_match },
	{ "contains?", ARGS_TEXTS, query_test_contains },
	{ "file-has?", ARGS_TEXTS, query_test_file_has },
	{ "empty?", ARGS_NONE, query_test_empty },
	{ "has-comment?", ARGS_NONE, query_test_has_comment },
	{ "has-parent?", ARGS_TYPES, query_test_has_parent },
	{ "has-ancestor?", ARGS_TYPES, query_test_has_ancestor },
	{ "has-child?", ARGS_TYPES, query_test_has_child },
	{ "has-descendant?", ARGS_TYPES, query_test_has_descendant },
	{ "has-field?", ARGS_FIELDS, query_test_has_field },
	{ "uses?", ARGS_CAPTURE, query_test_uses },
	{ "mentions?", ARGS_TEXTS, query_test_mentions },
	{ "same-line?", ARGS_CAPTURE, query_test_same_line },
	{ "long-line?", ARGS_NUMBER, query_test_long_line },
	{ "follows?", ARGS_REGEX, query_test_follows },
	{ "precedes?", ARGS_REGEX, query_test_precedes },
	{ "explained?", ARGS_NONE, query_test_explained },
	{ "foretold?", ARGS_REGEX, query_test_foretold },
	{ "marked?", ARGS_TEXTS, query_test_marked },
	{ "used-unchecked?", ARGS_TEXTS, query_test_used_unchecked },
	{ "first?", ARGS_NONE, query_test_first },
	{ "last?", ARGS_NONE, query_test_last },
	{ "calls?", ARGS_TEXTS, query_test_calls },
	{ "acts?", ARGS_NONE, query_test_acts },
	{ "in?", ARGS_KINDS, query_test_in },
	{ "in-named?", ARGS_TEXTS, query_test_in_named },
	{ "declared-with?", ARGS_TEXTS, query_test_declared_with },
	{ "signed?", ARGS_TEXTS, query_test_signed },
	{ "each-signed?", ARGS_TEXTS, query_test_each_signed },
	{ "each-mentions?", ARGS_TEXTS, query_test_each_mentions },
	{ "again?", ARGS_NONE, query_test_again },
	{ "tested?", ARGS_NONE, query_test_tested },
	{ "metric-over?", ARGS_METRIC, query_test_metric_over },
	{ "blast-radius-over?", ARGS_NUMBER, NULL },
};

/* The steps of one predicate: its name, a capture, further arguments. */
struct pred_steps {
	struct bt_query *q;
	const TSQueryPredicateStep *steps;
	uint32_t nr;
	struct bt_err *err;
};

static const char *step_text(const struct pred_steps *s, uint32_t i)
{
	uint32_t len;

	return ts_query_string_value_for_id(s->q->ts, s->steps[i].value_id, &len);
}

static bool is_text(const struct pred_steps *s, uint32_t i)
{
	return i < s->nr && s->steps[i].type == TSQueryPredicateStepTypeString;
}

static bool is_capture(const struct pred_steps *s, uint32_t i)
{
	return i < s->nr && s->steps[i].type == TSQueryPredicateStepTypeCapture;
}

static int wrong(const struct pred_steps *s, const char *what)
{
	return bt_err_set(s->err, BT_ERR_FAIL, "#%s: %s", step_text(s, 0), what);
}

/* "not-any-eq?" -> eq?, negated, any */
static const struct pred_kind *kind_find(const char *name, struct query_pred *p)
{
	for (size_t i = 0; i < BT_ARRAY_NR(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	if (!strncmp(name, "not-", 4) && !p->negated) {
		p->negated = true;
		return kind_find(name + 4, p);
	}
	if (!strncmp(name, "any-", 4) && !p->any) {
		p->any = true;
		return kind_find(name + 4, p);
	}
	return NULL;
}

static int take_texts(const struct pred_steps *s, struct query_pred *p)
{
	p->texts = bt_arena_alloc(&s->q->arena, s->nr * sizeof(*p->texts));
	p->lens = bt_arena_alloc(&s->q->arena, s->nr * sizeof(*p->lens));
	for (uint32_t i = 2; i < s->nr; i++) {
		uint32_t len;

		if (!is_text(s, i))
			return wrong(s, "texts are expected behind the capture");
		p->texts[p->texts_nr] = ts_query_string_value_for_id(s->q->ts, s->steps[i].value_id, &len);
		p->lens[p->texts_nr++] = len;
	}
	return p->texts_nr ? 0 : wrong(s, "a text is expected behind the capture");
}

static int check_types(const struct pred_steps *s, const struct query_pred *p)
{
	const TSLanguage *l = s->q->language;

	for (size_t i = 0; i < p->texts_nr; i++)
		if (!ts_language_symbol_for_name(l, p->texts[i], (uint32_t)p->lens[i], true) &&
		    !ts_language_symbol_for_name(l, p->texts[i], (uint32_t)p->lens[i], false))
			return bt_err_set(s->err, BT_ERR_FAIL, "#%s: no node type '%s'", step_text(s, 0),
					  p->texts[i]);
	return 0;
}

static int check_fields(const struct pred_steps *s, const struct query_pred *p)
{
	for (size_t i = 0; i < p->texts_nr; i++)
		if (!ts_language_field_id_for_name(s->q->language, p->texts[i], (uint32_t)p->lens[i]))
			return bt_err_set(s->err, BT_ERR_FAIL, "#%s: no field '%s'", step_text(s, 0), p->texts[i]);
	return 0;
}

static int take_kinds(const struct pred_steps *s, struct query_pred *p)
{
	for (size_t i = 0; i < p->texts_nr; i++) {
		int kind = bt_kind_find(p->texts[i]);

		if (kind < 0)
			return bt_err_set(s->err, BT_ERR_FAIL, "#%s: no kind of definition is called '%s'",
					  step_text(s, 0), p->texts[i]);
		p->number |= 1u << kind;
	}
	return 0;
}

int query_regex_make(struct query_regex *r)
{
	int rc = r->ready ? 0 : regcomp(&r->re, r->text, REG_EXTENDED | REG_NOSUB);

	r->ready = !rc;
	return rc;
}

static int take_regex(const struct pred_steps *s, struct query_pred *p)
{
	struct bt_query *q = s->q;
	struct query_regex *r;
	char what[100];
	int rc;

	if (p->texts_nr != 1 || p->lens[0] > REGEX_LEN_MAX || strlen(p->texts[0]) != p->lens[0])
		return wrong(s, "one regular expression of at most 1000 bytes is expected");
	r = bt_xcalloc(1, sizeof(*r));
	r->text = p->texts[0];
	BT_GROW(q->regexes, q->regexes_alloc, q->regexes_nr + 1);
	q->regexes[q->regexes_nr++] = p->regex = r;
	rc = q->known ? 0 : query_regex_make(r);
	if (!rc)
		return 0;
	regerror(rc, &r->re, what, sizeof(what));
	return wrong(s, what);
}

static int take_number(const struct pred_steps *s, uint32_t i, struct query_pred *p)
{
	int64_t number;

	if (!is_text(s, i) || i + 1 != s->nr || !bt_text_int(step_text(s, i), &number) || number < 0 ||
	    number > 1000000)
		return wrong(s, "a number from 0 to 1000000 is expected at the end");
	p->number = (uint32_t)number;
	return 0;
}

static int take_metric(const struct pred_steps *s, struct query_pred *p)
{
	if (!is_text(s, 2) || !query_metric_known(step_text(s, 2)))
		return wrong(s, "complexity, nesting, params or lines is expected behind the capture");
	p->texts = bt_arena_alloc(&s->q->arena, sizeof(*p->texts));
	p->texts[0] = step_text(s, 2);
	return take_number(s, 3, p);
}

static int take_args(const struct pred_steps *s, enum pred_args args, struct query_pred *p)
{
	switch (args) {
	case ARGS_NONE:
		return s->nr == 2 ? 0 : wrong(s, "nothing is expected behind the capture");
	case ARGS_TEXT_OR_CAPTURE:
		if (s->nr == 3 && is_text(s, 2))
			return take_texts(s, p);
		/* fall through */
	case ARGS_CAPTURE:
		if (s->nr != 3 || !is_capture(s, 2))
			return wrong(s, args == ARGS_CAPTURE ? "a second capture is expected"
							     : "a text or a second capture is expected");
		p->other = s->steps[2].value_id;
		return 0;
	case ARGS_METRIC:
		return take_metric(s, p);
	case ARGS_NUMBER:
		return take_number(s, 2, p);
	case ARGS_TEXTS:
	case ARGS_REGEX:
	case ARGS_TYPES:
	case ARGS_FIELDS:
	case ARGS_KINDS:
		break;
	}
	if (take_texts(s, p))
		return s->err->code;
	if (args == ARGS_REGEX)
		return take_regex(s, p);
	if (args == ARGS_TYPES)
		return check_types(s, p);
	if (args == ARGS_FIELDS)
		return check_fields(s, p);
	return args == ARGS_KINDS ? take_kinds(s, p) : 0;
}

static int pred_make(const struct pred_steps *s, struct query_pred *p)
{
	const struct pred_kind *k;

	p->other = QUERY_NO_CAPTURE;
	k = kind_find(step_text(s, 0), p);
	if (!k)
		return bt_err_set(s->err, BT_ERR_FAIL, "no predicate is called '#%s'", step_text(s, 0));
	if (!is_capture(s, 1))
		return wrong(s, "a capture is expected first");
	p->capture = s->steps[1].value_id;
	p->test = k->test;
	p->radius = !k->test;
	if (p->radius && p->negated)
		return wrong(s, "it has no negation");
	return take_args(s, k->args, p);
}

int query_preds_make(struct bt_query *q, uint32_t pattern, struct bt_err *err)
{
	struct query_pattern *p = &q->patterns[pattern];
	uint32_t len, from = 0;
	const TSQueryPredicateStep *steps = ts_query_predicates_for_pattern(q->ts, pattern, &len);

	p->preds = bt_arena_zalloc(&q->arena, (len + (size_t)1) * sizeof(*p->preds));
	for (uint32_t i = 0; i < len; i++) {
		struct pred_steps s = { q, steps + from, i - from, err };

		if (steps[i].type != TSQueryPredicateStepTypeDone)
			continue;
		if (!s.nr || !is_text(&s, 0))
			return bt_err_set(err, BT_ERR_FAIL, "a predicate starts with its name");
		if (pred_make(&s, &p->preds[p->preds_nr++]))
			return err->code;
		from = i + 1;
	}
	return 0;
}

static bool pred_holds(struct query_run *r, const struct query_pred *p)
{
	bool met = false;

	for (uint16_t i = 0; i < r->match->capture_count; i++) {
		bool ok;

		if (r->match->captures[i].index != p->capture)
			continue;
		ok = p->test(r, p, r->match->captures[i].node) != p->negated;
		if (ok == p->any)
			return ok;
		met = true;
	}
	return !met || !p->any;
}

bool query_preds_hold(struct query_run *r, const struct query_pattern *p)
{
	for (size_t i = 0; i < p->preds_nr; i++) {
		if (p->preds[i].radius) {
			r->radius_asked = true;
			r->radius = p->preds[i].number;
		} else if (!pred_holds(r, &p->preds[i])) {
			return false;
		}
	}
	return true;
}
