/*
 * Which rules are asked for.
 */
#include "git-batho/rules_opts.h"

#include <string.h>

#include "core/lang/langs.h"

const struct bt_opt bt_rules_options[] = {
	{ .type = BT_OPT_STRING, .name = "pack", .metavar = "<pack>", .help = "rules of this pack only",
	  BT_OPT_AT(struct bt_rules_opts, pack) },
	{ .type = BT_OPT_STRING, .name = "lang", .metavar = "<language>", .help = "rules for this language only",
	  BT_OPT_AT(struct bt_rules_opts, lang) },
	{ .type = BT_OPT_GROUP, .help = "where the project's rules are read from" },
	{ .type = BT_OPT_STRING, .name = "rev", .metavar = "<revision>",
	  .help = "this revision instead of the files", BT_OPT_AT(struct bt_rules_opts, rev) },
	{ .type = BT_OPT_FLAG, .name = "staged", .flags = BT_OPT_NO_NEG, .help = "what is staged",
	  BT_OPT_AT(struct bt_rules_opts, staged) },
	BT_OPT_END
};

const char *const bt_rules_usage[] = { "[<options>] list", "[<options>] show <rule>...",
				       "[<options>] test [<rule>...]", NULL };

int bt_rules_open(struct bt_context *c, const struct bt_rules_opts *o, struct bt_policy *ret_p,
		  struct bt_ruleset *ret_set, struct bt_err *err)
{
	struct bt_rev rev = { .spec = o->rev ? o->rev : "HEAD", .optional = !o->rev };
	struct bt_policy_source source = { .from = BT_POLICY_FILES, .name = rev.spec, .tree = &rev.tree };

	if (o->rev && o->staged)
		return bt_err_set(err, BT_ERR_USAGE, "--rev and --staged exclude each other");
	if (o->staged)
		source.from = BT_POLICY_INDEX;
	else if (o->rev || !c->repo.top)
		source.from = BT_POLICY_TREE;
	if (source.from == BT_POLICY_TREE && bt_repo_resolve(&c->repo, &rev, 1, err))
		return err->code;
	if (source.from == BT_POLICY_TREE && !rev.found)
		source.from = BT_POLICY_NONE;
	if (bt_policy_read(&c->repo, &source, NULL, 0, ret_p, err))
		return err->code;
	return bt_policy_apply(ret_p, c->conf, false, ret_set, err);
}

bool bt_rules_wanted(const struct bt_rules_opts *o, const struct bt_args *args, size_t first, const struct bt_rule *r)
{
	const struct bt_lang *lang = o->lang ? bt_lang_find(o->lang) : NULL;

	if ((o->pack && strcmp(o->pack, r->info.pack)) || (lang && !bt_rule_applies(r, lang)))
		return false;
	for (size_t i = first; i < args->nr; i++)
		if (!strcmp(args->items[i], r->info.id))
			return true;
	return args->nr <= first;
}

int bt_rules_check_names(const struct bt_rules_opts *o, const struct bt_args *args, size_t first,
			 const struct bt_ruleset *set, struct bt_err *err)
{
	bool pack = !o->pack;

	for (uint32_t i = 0; i < set->nr && !pack; i++)
		pack = !strcmp(o->pack, set->rules[i].info.pack);
	if (!pack)
		return bt_err_set(err, BT_ERR_USAGE, "no rule is in a pack '%s'", o->pack);
	if (o->lang && !bt_lang_find(o->lang)) {
		const char *near = bt_lang_nearest(o->lang);

		bt_err_set(err, BT_ERR_USAGE, "unknown language '%s'", o->lang);
		return near ? bt_err_hint(err, "did you mean '%s'?", near)
			    : bt_err_hint(err, "`git batho version --build-options` lists them");
	}
	for (size_t i = first; i < args->nr; i++) {
		const char *near;

		if (bt_ruleset_find(set, args->items[i], strlen(args->items[i])))
			continue;
		near = bt_ruleset_nearest(set, args->items[i]);
		bt_err_set(err, BT_ERR_NOT_FOUND, "no rule is called '%s'", args->items[i]);
		return near ? bt_err_hint(err, "did you mean '%s'?", near)
			    : bt_err_hint(err, "`git batho rules list` shows them");
	}
	return 0;
}
