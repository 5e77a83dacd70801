/*
 * What `rules` takes, shared by the program that lists and shows rules and the one that tests them.
 */
#ifndef BT_PROGRAM_RULES_OPTS_H
#define BT_PROGRAM_RULES_OPTS_H

#include "core/base/opt.h"
#include "core/rules/policy.h"
#include "git-batho/context.h"

struct bt_rules_opts {
	const char *rev;
	bool staged;
	const char *pack, *lang;
};

extern const struct bt_opt bt_rules_options[];
extern const char *const bt_rules_usage[];

/*
 * The rules of a revision, of the index or of the files (the default, where there are any), with their severities.
 * Outside of a repository the built-in ones. The policy must outlive the rules.
 */
int bt_rules_open(struct bt_context *c, const struct bt_rules_opts *o, struct bt_policy *ret_p,
		  struct bt_ruleset *ret_set, struct bt_err *err);
/*
 * Is the rule asked for, by name (args from `first` on; none: all), pack and language? An unknown name is an error of
 * bt_rules_check_names.
 */
bool bt_rules_wanted(const struct bt_rules_opts *o, const struct bt_args *args, size_t first, const struct bt_rule *r);
int bt_rules_check_names(const struct bt_rules_opts *o, const struct bt_args *args, size_t first,
			 const struct bt_ruleset *set, struct bt_err *err);

#endif
