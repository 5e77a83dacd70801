/*
 * The policy of what is judged: .batho/config.ini, .batho/rules/<id>.scm, .batho/baseline.json, and the .gitattributes that
 * hold for the files that changed. It is read from where the judged content is read: the index, a tree, or the
 * files; for a range its base. All of it is hostile; it may tune and narrow, nothing else.
 */
#ifndef BT_RULES_POLICY_H
#define BT_RULES_POLICY_H

#include "core/base/arena.h"
#include "core/conf/conf.h"
#include "core/git/repo.h"
#include "core/rules/ruleset.h"

#define BT_POLICY_DIR ".batho"
/* A baseline holds a line per legacy finding. */
#define BT_BASELINE_FILE_MAX (16u << 20)
#define BT_POLICY_RULES_MAX 256

enum bt_policy_from {
	BT_POLICY_NONE,		/* built-in rules and the user's configuration alone */
	BT_POLICY_INDEX,	/* what is staged; GIT_INDEX_FILE counts */
	BT_POLICY_TREE,
	BT_POLICY_FILES,	/* the worktree */
};

struct bt_policy_source {
	enum bt_policy_from from;
	const struct bt_oid *tree;	/* BT_POLICY_TREE */
	const char *name;		/* for messages: "HEAD", "" for the index */
};

/* A .gitattributes: the folder it stands in ("" is the top) and its bytes. */
struct bt_policy_attrs {
	const char *dir;
	const char *text;
	size_t len;
};

struct bt_policy {
	struct bt_arena arena;
	const char *config;		/* NULL: there is none */
	size_t config_len;
	const char *config_where;	/* for messages */
	const char *baseline;		/* NULL: there is none */
	size_t baseline_len;
	struct bt_rule_file *rules;	/* by id */
	size_t rules_nr, rules_alloc;
	struct bt_policy_attrs *attrs;	/* from the top down */
	size_t attrs_nr, attrs_alloc;
};

#define BT_POLICY_INIT { .config = NULL }
void bt_policy_release(struct bt_policy *p);

/*
 * dirs: folders of files that are judged ("" is the top), for their .gitattributes and those above; several times
 * the same does no harm. A tree takes one git child, and one more when it has something of all this; the index none, unless
 * it cannot be read here or its policy is another one than the last time (policy_cache.h).
 */
int bt_policy_read(struct bt_repo *repo, const struct bt_policy_source *source, const char *const *dirs,
		   size_t dirs_nr, struct bt_policy *ret_p, struct bt_err *err);
/*
 * Puts the tracked configuration into force (conf) and makes the rules; brief: without examples. BT_ERR_FAIL names file and
 * line. In a hook what is wrong is told and left out, a rule's file also of the policy.
 */
int bt_policy_apply(struct bt_policy *p, struct bt_conf *conf, bool brief, struct bt_ruleset *ret_set,
		    struct bt_err *err);

#endif
