/*
 * git batho rules: which rules there are, what they say, and whether they hold what their examples promise.
 */
#include <string.h>

#include "core/base/text.h"
#include "core/rules/analysis.h"
#include "core/rules/role.h"
#include "git-batho/commands.h"
#include "git-batho/rules_opts.h"
#include "git-batho/spawn.h"

static enum bt_color color_of(enum bt_severity s)
{
	return s == BT_SEVERITY_ERROR ? BT_COLOR_BAD : s == BT_SEVERITY_WARNING ? BT_COLOR_WARN : BT_COLOR_NOTE;
}

static void put_langs(struct bt_out *out, const struct bt_rule *r)
{
	bt_out_array(out, "languages");
	if (r->any)
		bt_out_cstr(out, NULL, "any");
	for (size_t i = 0; i < r->langs_nr; i++)
		bt_out_cstr(out, NULL, r->langs[i]->name);
	bt_out_array_end(out);
}

static void put_skip(struct bt_out *out, const struct bt_rule *r)
{
	bt_out_array(out, "skip");
	for (int i = 0; i < BT_FILE_ROLE_NR; i++)
		if (r->skip >> i & 1)
			bt_out_cstr(out, NULL, bt_file_role_name((enum bt_file_role)i));
	bt_out_array_end(out);
}

static void put_examples(struct bt_out *out, const struct bt_rule *r)
{
	bt_out_array(out, "examples");
	for (size_t i = 0; i < r->examples_nr; i++) {
		const struct bt_rule_example *e = &r->examples[i];

		bt_out_object(out, NULL);
		bt_out_cstr(out, "kind", e->bad ? "bad" : "good");
		bt_out_cstr(out, "language", e->lang ? e->lang->name : "text");
		bt_out_str(out, "text", e->text, e->len);
		bt_out_object_end(out);
	}
	bt_out_array_end(out);
}

static void put_record(struct bt_out *out, const struct bt_rule *r, bool whole)
{
	bt_out_record(out, "rule");
	bt_out_cstr(out, "id", r->info.id);
	bt_out_cstr(out, "pack", r->info.pack);
	bt_out_cstr(out, "severity", bt_severity_name(r->info.severity));
	bt_out_cstr(out, "message", r->info.message);
	put_langs(out, r);
	if (whole) {
		put_skip(out, r);
		bt_out_cstr(out, "help", r->info.help);
		bt_out_cstr(out, "help_uri", r->info.help_uri);
		bt_out_cstr(out, "path", r->info.path);
		bt_out_hex64(out, "hash", r->hash);
		put_examples(out, r);
	}
	bt_out_record_end(out);
}

static void list_rule(struct bt_out *out, const struct bt_rule *r)
{
	put_record(out, r, false);
	bt_out_textf(out, BT_COLOR_NAME, "%s", r->info.id);
	bt_out_pad(out, 28);
	bt_out_textf(out, color_of(r->info.severity), "%s", bt_severity_name(r->info.severity));
	bt_out_pad(out, 37);
	bt_out_textf(out, BT_COLOR_NOTE, "%s", r->info.pack);
	bt_out_pad(out, 53);
	bt_out_textf(out, BT_COLOR_NONE, "%s", r->info.message);
	bt_out_nl(out);
}

/* A text of several lines, each with something before it. */
static void put_lines(struct bt_out *out, const char *before, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		bt_out_textf(out, BT_COLOR_NONE, "%s", before);
		bt_out_text(out, BT_COLOR_NONE, text, len);
		bt_out_nl(out);
		text += len + (text[len] == '\n');
	}
}

static void show_langs(struct bt_out *out, const struct bt_rule *r)
{
	bt_out_textf(out, BT_COLOR_NOTE, "%s, ", r->info.pack);
	bt_out_textf(out, color_of(r->info.severity), "%s", bt_severity_name(r->info.severity));
	bt_out_textf(out, BT_COLOR_NOTE, r->any ? ", in every text" : ", in");
	for (size_t i = 0; i < r->langs_nr; i++)
		bt_out_textf(out, BT_COLOR_NOTE, "%s %s", i ? "," : "", r->langs[i]->name);
	if (r->info.path)
		bt_out_textf(out, BT_COLOR_NOTE, " (%s)", r->info.path);
	bt_out_nl(out);
}

/* The roles of files that it leaves out. */
static void show_skip(struct bt_out *out, const struct bt_rule *r)
{
	const char *before = "not in";

	for (int i = 0; i < BT_FILE_ROLE_NR; i++) {
		if (!(r->skip >> i & 1))
			continue;
		bt_out_textf(out, BT_COLOR_NOTE, "%s %s", before, bt_file_role_name((enum bt_file_role)i));
		before = ",";
	}
	if (r->skip) {
		bt_out_textf(out, BT_COLOR_NOTE, " files");
		bt_out_nl(out);
	}
}

static void show_rule(struct bt_out *out, const struct bt_rule *r)
{
	put_record(out, r, true);
	if (!bt_out_is_human(out))
		return;
	bt_out_textf(out, BT_COLOR_NAME, "%s", r->info.id);
	bt_out_textf(out, BT_COLOR_NONE, ": %s", r->info.message);
	bt_out_nl(out);
	show_langs(out, r);
	show_skip(out, r);
	if (*r->info.help)
		bt_out_nl(out);
	put_lines(out, "", r->info.help);
	for (size_t i = 0; i < r->examples_nr; i++) {
		const struct bt_rule_example *e = &r->examples[i];

		if (i && e->text == r->examples[i - 1].text)
			continue;	/* the same for another language */
		bt_out_nl(out);
		bt_out_textf(out, e->bad ? BT_COLOR_BAD : BT_COLOR_GOOD, "%s", e->bad ? "bad" : "good");
		bt_out_textf(out, BT_COLOR_NOTE, " (%s):", e->lang ? e->lang->name : "text");
		bt_out_nl(out);
		put_lines(out, "    ", e->text);
	}
}

static int list_rules(struct bt_context *c, const struct bt_rules_opts *o, const struct bt_args *args, bool whole,
		      struct bt_err *err)
{
	BT_CLEANUP(bt_policy_release) struct bt_policy policy = BT_POLICY_INIT;
	BT_CLEANUP(bt_ruleset_release) struct bt_ruleset set = BT_RULESET_INIT;
	bool first = true;

	if (bt_rules_open(c, o, &policy, &set, err) || bt_rules_check_names(o, args, 1, &set, err))
		return err->code;
	for (uint32_t i = 0; i < set.nr; i++) {
		if (!bt_rules_wanted(o, args, 1, &set.rules[i]))
			continue;
		if (whole && !first)
			bt_out_nl(c->out);
		first = false;
		if (whole)
			show_rule(c->out, &set.rules[i]);
		else
			list_rule(c->out, &set.rules[i]);
	}
	return first;
}

static int run_rules(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const char *verb = args->nr ? args->items[0] : "list";

	if (!strcmp(verb, "list") && args->nr <= 1)
		return list_rules(c, opts, args, false, err);
	if (!strcmp(verb, "show") && args->nr > 1)
		return list_rules(c, opts, args, true, err);
	if (!strcmp(verb, "test"))
		return bt_indexer_exec(c, err);
	if (!strcmp(verb, "show"))
		return bt_err_set(err, BT_ERR_USAGE, "'rules show' wants the id of a rule");
	bt_err_set(err, BT_ERR_USAGE, "'%s' is none of list, show and test", strcmp(verb, "list") ? verb : args->items[1]);
	return bt_err_hint(err, "see `git batho rules -h`");
}

const struct bt_command bt_cmd_rules = {
	.name = "rules",
	.summary = "list, show and test rules",
	.usage = bt_rules_usage,
	.options = bt_rules_options,
	.options_size = sizeof(struct bt_rules_opts),
	.flags = BT_NEEDS_REPO | BT_PAGES,
	.run = run_rules,
};
