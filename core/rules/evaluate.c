/*
 * Words first, then analyses, the built-in queries in one pass, and the project's one by one.
 */
#include "core/rules/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/rules/sink.h"
#include "core/rules/words.h"

/* Compilations of parts after which all of a language are compiled together. */
#define PARTS_MAX 4
/* Of bt_query_limits.work_max, for all rules of the project over one blob. */
#define PROJECT_WORK_MAX 500000000

/* A rule for a language; its place in the list is its number in records. */
struct lang_rule {
	const struct bt_rule *rule;
	const struct bt_rule_query *text;	/* or NULL: an analysis */
	bool builtin;
	bool words;				/* has some */
	struct bt_query *query;			/* of a project's rule, when compiled */
	bool failed;				/* it does not compile: `trouble` */
	char *trouble;
};

struct lang_state {
	struct lang_rule *rules;
	uint32_t nr;
	struct bt_wordset words;
	struct bt_query *all;		/* of all built-in rules */
	struct bt_query *part;		/* of those in part_of */
	bool *part_of;
	unsigned parts;
};

struct bt_evaluator {
	const struct bt_ruleset *set;
	bool few;
	struct lang_state **langs;	/* by bt_lang.index, and one for texts; NULL: none came yet */
	struct bt_findings_sink sink;
	bool *candidates;		/* by place in lang_state.rules */
};

struct bt_evaluator *bt_evaluator_new(const struct bt_ruleset *rules, bool few)
{
	struct bt_evaluator *e = bt_xcalloc(1, sizeof(*e));

	e->set = rules;
	e->few = few;
	e->langs = bt_xcalloc(bt_langs_nr() + 1, sizeof(*e->langs));
	e->candidates = bt_xcalloc(rules->nr + (size_t)1, sizeof(bool));
	return e;
}

static void lang_free(struct lang_state *l)
{
	if (!l)
		return;
	for (uint32_t i = 0; i < l->nr; i++) {
		bt_query_free(&l->rules[i].query);
		free(l->rules[i].trouble);
	}
	bt_query_free(&l->all);
	bt_query_free(&l->part);
	bt_wordset_release(&l->words);
	free(l->rules);
	free(l->part_of);
	free(l);
}

void bt_evaluator_free(struct bt_evaluator **pe)
{
	struct bt_evaluator *e = *pe;

	if (!e)
		return;
	for (size_t i = 0; i <= bt_langs_nr(); i++)
		lang_free(e->langs[i]);
	free(e->langs);
	free(e->candidates);
	bt_sink_release(&e->sink);
	free(e);
	*pe = NULL;
}

static struct lang_state *state_of(struct bt_evaluator *e, const struct bt_lang *lang)
{
	struct lang_state **place = &e->langs[lang ? lang->index : bt_langs_nr()], *l;
	const struct bt_ruleset_lang *set = bt_ruleset_for(e->set, lang);

	if (*place)
		return *place;
	*place = l = bt_xcalloc(1, sizeof(*l));
	l->rules = bt_xcalloc(set->nr + (size_t)1, sizeof(*l->rules));
	l->part_of = bt_xcalloc(set->nr + (size_t)1, sizeof(bool));
	l->nr = set->nr;
	bt_wordset_init(&l->words);
	for (uint32_t i = 0; i < set->nr; i++) {
		const struct bt_rule *r = &e->set->rules[set->rules[i]];

		l->rules[i] = (struct lang_rule){
			.rule = r, .builtin = set->rules[i] < e->set->builtin_nr,
			.text = lang ? bt_rule_query_for(r, lang) : NULL, .words = r->words_nr,
		};
		for (size_t k = 0; k < r->words_nr; k++)
			bt_wordset_add(&l->words, r->words[k].text, strlen(r->words[k].text), r->words[k].is_name, i);
	}
	return l;
}

/* Which rules can find something in this blob. */
static void find_candidates(struct bt_evaluator *e, struct lang_state *l, const char *data, size_t len)
{
	memset(e->candidates, 0, l->nr * sizeof(bool));
	bt_wordset_scan(&l->words, data, len, e->candidates);
	for (uint32_t i = 0; i < l->nr; i++)
		e->candidates[i] |= !l->rules[i].words;
}

static bool is_builtin_query(const struct lang_rule *r)
{
	return r->text && r->builtin;
}

/* "line 4, column 2: no node type 'x' in python", as lines of the rule's file. */
static char *mistake_text(const struct bt_rule_query *q, const struct bt_query_mistake *m, const char *what)
{
	return bt_xasprintf("line %u, column %u: %s", q->line + m->row, m->col + 1, what);
}

/* Compiles those of the built-in queries that `wanted` names (NULL: all of them). */
static int compile_builtin(const struct lang_state *l, const struct bt_lang *lang, const bool *wanted,
			   struct bt_query **ret_query, struct bt_err *err)
{
	BT_FREE struct bt_query_text *texts = bt_xcalloc(l->nr + (size_t)1, sizeof(*texts));
	struct bt_query_mistake bad = { 0 };
	size_t nr = 0;

	for (uint32_t i = 0; i < l->nr; i++)
		if (is_builtin_query(&l->rules[i]) && (!wanted || wanted[i]))
			texts[nr++] = (struct bt_query_text){ l->rules[i].text->text, l->rules[i].text->len, i };
	if (!nr)
		return 0;
	if (bt_query_new_known(lang, texts, nr, ret_query, &bad, err)) {
		const struct lang_rule *r = &l->rules[bad.tag];

		return bt_err_wrap(err, "built-in rule '%s', line %u, column %u", r->rule->info.id,
				   r->text->line + bad.row, bad.col + 1);
	}
	return 0;
}

int bt_evaluator_prepare(struct bt_evaluator *e, const struct bt_lang *lang, struct bt_err *err)
{
	struct lang_state *l = state_of(e, lang);

	return e->few || l->all ? 0 : compile_builtin(l, lang, NULL, &l->all, err);
}

static bool same_part(const struct bt_evaluator *e, const struct lang_state *l)
{
	for (uint32_t i = 0; i < l->nr; i++)
		if (l->part_of[i] != (is_builtin_query(&l->rules[i]) && e->candidates[i]))
			return false;
	return true;
}

/* The compiled query for the candidates; NULL: no built-in query is among them. */
static int builtin_query(struct bt_evaluator *e, struct lang_state *l, const struct bt_lang *lang,
			 struct bt_query **ret_query, struct bt_err *err)
{
	bool any = false;

	*ret_query = NULL;
	for (uint32_t i = 0; i < l->nr; i++)
		any |= is_builtin_query(&l->rules[i]) && e->candidates[i];
	if (!any)
		return 0;
	if (!l->all && (!e->few || l->parts >= PARTS_MAX) && compile_builtin(l, lang, NULL, &l->all, err))
		return err->code;
	if (!l->all && (!l->part || !same_part(e, l))) {
		bt_query_free(&l->part);
		for (uint32_t i = 0; i < l->nr; i++)
			l->part_of[i] = is_builtin_query(&l->rules[i]) && e->candidates[i];
		l->parts++;
		if (compile_builtin(l, lang, l->part_of, &l->part, err))
			return err->code;
	}
	*ret_query = l->all ? l->all : l->part;
	return 0;
}

static bool on_builtin(void *ctx, const struct bt_query_match *m)
{
	struct bt_evaluator *e = ctx;

	/* Words that do not occur rule a rule out, however it was compiled. */
	return !e->candidates[m->tag] || bt_sink_add_match(&e->sink, m->tag, m);
}

static int run_builtin(struct bt_evaluator *e, struct lang_state *l, const struct bt_lang *lang,
		       struct bt_syntax *syntax, struct bt_err *err)
{
	struct bt_err limit = BT_ERR_INIT;
	struct bt_query *q;

	if (builtin_query(e, l, lang, &q, err))
		return err->code;
	/* A limit costs the rest of this blob's findings, the same ones on every machine. */
	if (q && bt_query_run(q, syntax, &bt_query_limits_default, on_builtin, e, &limit))
		e->sink.cut = true;
	return 0;
}

/* Compiles a project's query; false when it is wrong. */
static bool compile_project(struct lang_rule *r, const struct bt_lang *lang)
{
	struct bt_query_text text = { r->text->text, r->text->len, 0 };
	struct bt_query_mistake bad = { 0 };
	struct bt_err wrong = BT_ERR_INIT;

	if (r->query || r->failed)
		return !r->failed;
	if (!bt_query_new(lang, &text, 1, &r->query, &bad, &wrong))
		return true;
	r->failed = true;
	r->trouble = mistake_text(r->text, &bad, wrong.msg);
	return false;
}

struct hits_project {
	struct bt_evaluator *e;
	uint32_t number;
};

static bool on_project(void *ctx, const struct bt_query_match *m)
{
	struct hits_project *h = ctx;

	return bt_sink_add_match(&h->e->sink, h->number, m);
}

/* Runs one; at a limit the blob is as it would be without this rule. */
static void run_limited(struct bt_evaluator *e, struct lang_state *l, uint32_t number, struct bt_syntax *syntax,
			const struct bt_query_limits *limits)
{
	size_t before = e->sink.found_nr;
	bool cut = e->sink.cut;
	struct hits_project h = { e, number };
	struct bt_err limit = BT_ERR_INIT;

	if (!bt_query_run(l->rules[number].query, syntax, limits, on_project, &h, &limit))
		return;
	e->sink.found_nr = before;
	e->sink.cut = cut;
	BT_FREE char *text = bt_xasprintf(BT_RECORD_STOPPED "%s", limit.msg);
	bt_sink_trouble(&e->sink, number, text);
}

/*
 * One rule at its limit costs that rule on this blob; the work of all of them is bounded too, or else many rules would do
 * what one cannot.
 */
static void run_project(struct bt_evaluator *e, struct lang_state *l, const struct bt_lang *lang,
			struct bt_syntax *syntax)
{
	struct bt_query_limits limits = bt_query_limits_project;
	uint64_t left = PROJECT_WORK_MAX;

	for (uint32_t i = 0; i < l->nr; i++) {
		struct lang_rule *r = &l->rules[i];

		if (!r->text || r->builtin || !e->candidates[i])
			continue;
		if (!compile_project(r, lang)) {
			bt_sink_trouble(&e->sink, i, r->trouble);
			continue;
		}
		limits.work_max = left < limits.work_max ? left : limits.work_max;
		run_limited(e, l, i, syntax, &limits);
		/* Never 0, which would be no limit. */
		left -= bt_query_worked() < left ? bt_query_worked() : left - 1;
	}
}

static void run_analyses(struct bt_evaluator *e, struct lang_state *l, const struct bt_look *look)
{
	for (uint32_t i = 0; i < l->nr; i++) {
		const struct bt_analysis *a = l->rules[i].rule->analysis;

		if (!a || !e->candidates[i])
			continue;
		e->sink.rule = i;
		bt_analysis_run(a, look, &e->sink);
	}
}

/* What is wrong with the project's queries, whatever words they want. */
static void compile_all(struct bt_evaluator *e, struct lang_state *l, const struct bt_lang *lang)
{
	for (uint32_t i = 0; i < l->nr; i++)
		if (l->rules[i].text && !l->rules[i].builtin && !compile_project(&l->rules[i], lang))
			bt_sink_trouble(&e->sink, i, l->rules[i].trouble);
}

static void pass_over_project(struct bt_evaluator *e, struct lang_state *l)
{
	for (uint32_t i = 0; i < l->nr; i++)
		if (l->rules[i].text && !l->rules[i].builtin && e->candidates[i])
			bt_sink_trouble(&e->sink, i, BT_RECORD_STOPPED "with it, or another one, there was no end");
}

static int evaluate(struct bt_evaluator *e, bool project, const struct bt_lang *lang, const char *data, size_t len,
		    struct bt_syntax *syntax, struct bt_buf *out, struct bt_err *err)
{
	struct lang_state *l = state_of(e, lang);
	struct bt_look look = { .lang = lang, .data = data, .len = len, .syntax = syntax };

	if (len > BT_BLOB_SIZE_CAP)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %u bytes", BT_BLOB_SIZE_CAP);
	bt_sink_begin(&e->sink, data, len);
	find_candidates(e, l, data, len);
	run_analyses(e, l, &look);
	if (syntax && run_builtin(e, l, lang, syntax, err))
		return err->code;
	if (syntax && !project)
		pass_over_project(e, l);
	else if (syntax && len)
		run_project(e, l, lang, syntax);
	else if (syntax)
		compile_all(e, l, lang);
	bt_sink_find_marks(&e->sink, syntax);
	bt_sink_end(&e->sink, out);
	return bt_buf_check(out, "the findings of a blob", err);
}

int bt_evaluate(struct bt_evaluator *e, const struct bt_lang *lang, const char *data, size_t len,
		struct bt_syntax *syntax, struct bt_buf *out, struct bt_err *err)
{
	return evaluate(e, true, lang, data, len, syntax, out, err);
}

int bt_evaluate_builtin(struct bt_evaluator *e, const struct bt_lang *lang, const char *data, size_t len,
			struct bt_syntax *syntax, struct bt_buf *out, struct bt_err *err)
{
	return evaluate(e, false, lang, data, len, syntax, out, err);
}
