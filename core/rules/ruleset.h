/*
 * The rules in force: the built-in ones and those of the project, with the severities of the configuration.
 *
 * Rules are numbered: built-in ones by pack and id, then the project's by id. For each language a ruleset has the list of
 * rules that apply, and a key, a hash of their hashes: findings of a blob are kept under the key of its language. Severities
 * are no part of it: they decide when findings are read. A pack of which nothing is in force is: its rules are not run.
 */
#ifndef BT_RULES_RULESET_H
#define BT_RULES_RULESET_H

#include "core/base/arena.h"
#include "core/conf/conf.h"
#include "core/rules/rule.h"

struct bt_ruleset_lang {
	uint64_t key;
	uint32_t *rules;	/* numbers of the rules that apply to blobs, ascending */
	uint32_t nr;
};

struct bt_ruleset {
	struct bt_arena arena;
	struct bt_rule *rules;
	uint32_t nr, builtin_nr;
	size_t alloc;
	unsigned packs;		/* bits: whose rules the lists have; the project's own they have always */
	struct bt_ruleset_lang *langs;	/* by bt_lang.index; the last one is for texts without a language */
};

#define BT_RULESET_INIT { .rules = NULL }

/* The text of a project's rule, as it was read; the id is the file's name without ".scm". */
struct bt_rule_file {
	const char *id;
	const char *text;
	size_t len;
};

/* BT_ERR_FAIL with the file and line of the first mistake in a project's rule, or a name that is taken. */
int bt_ruleset_init(struct bt_ruleset *s, const struct bt_rule_file *files, size_t files_nr, struct bt_err *err);
/* The same without the examples of built-in rules: for hooks. */
int bt_ruleset_init_brief(struct bt_ruleset *s, const struct bt_rule_file *files, size_t files_nr, struct bt_err *err);
void bt_ruleset_release(struct bt_ruleset *s);
/* Severities and packs as configured: info.severity becomes final. Unknown packs and rules are errors. */
int bt_ruleset_configure(struct bt_ruleset *s, const struct bt_conf *conf, struct bt_err *err);
#define BT_RULESET_PACKS_ALL 7u
/* Takes all other packs out of the lists, as configuring does with those of which no rule is in force. */
void bt_ruleset_narrow(struct bt_ruleset *s, unsigned packs);
/* NULL: no such rule. */
const struct bt_rule *bt_ruleset_find(const struct bt_ruleset *s, const char *id, size_t len);
/* The known id nearest to a misspelt one, or NULL. */
const char *bt_ruleset_nearest(const struct bt_ruleset *s, const char *id);
const struct bt_ruleset_lang *bt_ruleset_for(const struct bt_ruleset *s, const struct bt_lang *lang);

#endif
