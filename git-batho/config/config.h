/*
 * What the parts of `git batho config` share.
 */
#ifndef BT_PROGRAM_CONFIG_CONFIG_H
#define BT_PROGRAM_CONFIG_CONFIG_H

#include "core/rules/policy.h"
#include "git-batho/context.h"

struct config_opts {
	bool show_origin, changed;
	const char *rev;
	bool staged;
	bool local, global, system, worktree;
	bool add, unset;
	struct bt_opt_list include;
	bool apply;
};

/* What is wrong, as it was told; the strings are of `arena`. */
struct config_problems {
	struct bt_arena arena;
	struct bt_conf_problem *items;
	size_t nr, alloc;
};
#define CONFIG_PROBLEMS_INIT { .items = NULL }
void config_problems_release(struct config_problems *p);
/* bt_conf_warn; ctx is the list. */
void config_problem_add(void *ctx, const struct bt_conf_problem *p);

/* Opens what is here, the tracked file that is asked for included. */
int config_open(struct bt_context *c, const struct config_opts *o, struct config_problems *problems, struct bt_err *err);
/* "worktree:…" and the like are policy's: the source of the tracked settings. *ret_rev must live as long. */
int config_source(struct bt_context *c, const struct config_opts *o, struct bt_rev *ret_rev, struct bt_policy_source *ret_source,
		  struct bt_err *err);
/* The row of a key that was asked for; NULL with *err set when there is none. */
const struct bt_key *config_key(struct bt_context *c, const char *name, struct bt_err *err);
/* The scope of git's that is written to; BT_ERR_USAGE when several are named. */
int config_scope(const struct config_opts *o, enum bt_git_scope *ret_scope, struct bt_err *err);
/* Where something was said, for people: "/home/a/.gitconfig:3", "BATHO_INDEX_JOBS in the environment", "default". */
void config_place(const struct bt_conf_source *s, struct bt_buf *out);
/* "default", "tracked", "git", "environment" */
const char *config_origin(enum bt_origin origin);
/* The fields origin, scope, name, file and line of an open record. */
void config_put_origin(struct bt_context *c, const struct bt_conf_source *s);
/* One value of a key: record `setting` and a line of text. */
void config_put(struct bt_context *c, const char *name, const struct bt_conf_source *s, bool show_origin);

/* show.c */
int config_list(struct bt_context *c, const struct config_opts *o, struct bt_err *err);
int config_get(struct bt_context *c, const struct config_opts *o, const char *name, struct bt_err *err);
int config_explain(struct bt_context *c, const struct config_opts *o, const struct bt_args *args, struct bt_err *err);
/* set.c */
int config_set(struct bt_context *c, const struct config_opts *o, const struct bt_args *args, struct bt_err *err);
/*
 * Gives a key these values in a scope (nr 0: takes away what it has there), through the git program; add: beside those it has.
 * They have been checked. *ret_nothing: there was nothing to take away.
 */
int config_write(struct bt_context *c, enum bt_git_scope scope, const char *name, const char *const *values, size_t nr, bool add,
		 bool *ret_nothing, struct bt_err *err);
/* validate.c */
int config_validate(struct bt_context *c, const char *file, struct bt_err *err);
/* profile.c */
int config_profile(struct bt_context *c, const struct config_opts *o, const char *name, struct bt_err *err);

#endif
