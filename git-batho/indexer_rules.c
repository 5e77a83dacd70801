/*
 * git batho rules test: the examples of rules, evaluated as blobs are.
 */
#include <stdlib.h>
#include <string.h>

#include "core/rules/analysis.h"
#include "core/rules/make.h"
#include "core/rules/record.h"
#include "git-batho/indexer.h"
#include "git-batho/rules_opts.h"

/* One example of one rule, and what came of it. */
struct test {
	const struct bt_rule *rule;
	const struct bt_rule_example *example;
	uint32_t found;
	char *trouble;		/* of this rule */
};

struct tests {
	const struct bt_ruleset *set;
	struct test *items;
	struct bt_make_text *texts;
	size_t nr, alloc, texts_alloc;
};

static void tests_release(struct tests *t)
{
	for (size_t i = 0; i < t->nr; i++)
		free(t->items[i].trouble);
	free(t->items);
	free(t->texts);
}

static void add(struct tests *t, const struct bt_rule *r, const struct bt_rule_example *e, const struct bt_lang *lang)
{
	BT_GROW(t->items, t->alloc, t->nr + 1);
	BT_GROW(t->texts, t->texts_alloc, t->nr + 1);
	t->items[t->nr] = (struct test){ .rule = r, .example = e };
	t->texts[t->nr++] = (struct bt_make_text){ lang, e ? e->text : "", e ? e->len : 0 };
}

static int take(void *ctx, size_t i, const void *rec, size_t len, struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	struct tests *t = ctx;
	const struct bt_ruleset_lang *l = bt_ruleset_for(t->set, t->texts[i].lang);
	struct bt_record r;

	if (bt_record_decode(rec, len, l->nr, &arena, &r, err))
		return err->code;
	for (uint32_t k = 0; k < r.found_nr; k++)
		t->items[i].found += &t->set->rules[l->rules[r.found[k].rule]] == t->items[i].rule;
	for (uint32_t k = 0; k < r.troubles_nr; k++)
		if (&t->set->rules[l->rules[r.troubles[k].rule]] == t->items[i].rule && !t->items[i].trouble)
			t->items[i].trouble = bt_xstrndup(r.troubles[k].text, r.troubles[k].len);
	return 0;
}

/* Which languages a rule has no example of one kind for. */
static bool lacks_example(const struct bt_rule *r, const struct bt_lang *lang, bool bad)
{
	for (size_t i = 0; i < r->examples_nr; i++)
		if (r->examples[i].lang == lang && r->examples[i].bad == bad)
			return false;
	return true;
}

static void put_failure(struct bt_context *c, const struct bt_rule *r, unsigned line, const char *lang,
			const char *what)
{
	bt_out_record(c->out, "failure");
	bt_out_cstr(c->out, "rule", r->info.id);
	bt_out_uint(c->out, "line", line);
	bt_out_cstr(c->out, "language", lang);
	bt_out_cstr(c->out, "message", what);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NAME, "%s", r->info.id);
	if (line)
		bt_out_textf(c->out, BT_COLOR_LINE, ":%u", line);
	bt_out_textf(c->out, BT_COLOR_BAD, ": %s: %s", lang, what);
	bt_out_nl(c->out);
}

static bool report_example(struct bt_context *c, const struct test *t)
{
	const struct bt_rule_example *e = t->example;
	const char *lang = e && e->lang ? e->lang->name : "text";

	if (t->trouble)
		put_failure(c, t->rule, 0, lang, t->trouble);
	else if (e && e->bad && !t->found)
		put_failure(c, t->rule, e->line, lang, "the bad example gives no finding");
	else if (e && !e->bad && t->found)
		put_failure(c, t->rule, e->line, lang, "the good example gives a finding");
	else
		return true;
	return false;
}

/* Built-in rules prove themselves in every language they name; a project's may. */
static size_t report_lacks(struct bt_context *c, const struct bt_rule *r)
{
	size_t nr = 0;

	for (int bad = 0; bad < 2 && r->any; bad++) {
		size_t i = 0;

		while (i < r->examples_nr && r->examples[i].bad != bad)
			i++;
		if (i < r->examples_nr)
			continue;
		put_failure(c, r, 0, "text", bad ? "there is no bad example" : "there is no good example");
		nr++;
	}
	for (size_t i = 0; i < r->langs_nr && !r->info.path; i++)
		for (int bad = 0; bad < 2; bad++) {
			if (!lacks_example(r, r->langs[i], bad))
				continue;
			put_failure(c, r, 0, r->langs[i]->name, bad ? "there is no bad example"
								    : "there is no good example");
			nr++;
		}
	return nr;
}

static int report(struct bt_context *c, const struct bt_rules_opts *o, const struct bt_args *args,
		  const struct tests *t)
{
	size_t rules = 0, examples = 0, failed = 0;

	for (size_t i = 0; i < t->nr; i++) {
		examples += t->items[i].example != NULL;
		failed += !report_example(c, &t->items[i]);
	}
	for (uint32_t i = 0; i < t->set->nr; i++) {
		const struct bt_rule *r = &t->set->rules[i];

		if (!bt_rules_wanted(o, args, 1, r) || (r->analysis && r->analysis->of_change))
			continue;
		rules++;
		failed += report_lacks(c, r);
	}
	bt_out_record(c->out, "summary");
	bt_out_uint(c->out, "rules", rules);
	bt_out_uint(c->out, "examples", examples);
	bt_out_uint(c->out, "failed", failed);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, failed ? BT_COLOR_BAD : BT_COLOR_GOOD, "%zu rule%s, %zu example%s, %zu failed", rules,
		     rules == 1 ? "" : "s", examples, examples == 1 ? "" : "s", failed);
	bt_out_nl(c->out);
	return failed != 0;
}

static void collect(struct tests *t, const struct bt_rules_opts *o, const struct bt_args *args)
{
	for (uint32_t i = 0; i < t->set->nr; i++) {
		const struct bt_rule *r = &t->set->rules[i];

		if (!bt_rules_wanted(o, args, 1, r) || (r->analysis && r->analysis->of_change))
			continue;
		/* An empty blob compiles the queries of a project's rule, whatever its examples are. */
		for (size_t k = 0; k < r->queries_nr && r->info.path; k++)
			add(t, r, NULL, r->queries[k].lang);
		for (size_t k = 0; k < r->examples_nr; k++)
			add(t, r, &r->examples[k], r->examples[k].lang);
	}
}

static int run_rules(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(bt_policy_release) struct bt_policy policy = BT_POLICY_INIT;
	BT_CLEANUP(bt_ruleset_release) struct bt_ruleset set = BT_RULESET_INIT;
	BT_CLEANUP(tests_release) struct tests t = { .set = &set };

	if (bt_rules_open(c, opts, &policy, &set, err) || bt_rules_check_names(opts, args, 1, &set, err))
		return err->code;
	collect(&t, opts, args);
	if (bt_make_texts(&set, t.texts, t.nr, take, &t, err))
		return err->code;
	return report(c, opts, args, &t);
}

const struct bt_command bt_indexer_rules = {
	.name = "rules",
	.summary = "test rules",
	.usage = bt_rules_usage,
	.options = bt_rules_options,
	.options_size = sizeof(struct bt_rules_opts),
	.flags = BT_NEEDS_REPO,
	.run = run_rules,
};
