/*
 * What a check is about: from the arguments of `git batho check` to a list of files, and where its policy is read from.
 */
#ifndef BT_PROGRAM_CHECK_FILES_H
#define BT_PROGRAM_CHECK_FILES_H

#include "core/git/listing.h"
#include "core/query/config_file.h"
#include "core/incoming/incoming.h"
#include "core/rules/policy.h"
#include "git-batho/context.h"

struct bt_check_scope_opts {
	const char *rev;
	bool staged, worktree, all;
};

struct bt_check_files {
	struct bt_incoming in;
	struct bt_policy_source policy;
	struct bt_listing *listing;	/* of the worktree; its objects are in sight of `repo` */
	struct bt_repo *repo;		/* the context's, or the listing's */
	const char *what;		/* for people: "staged changes" */
	struct bt_oid tree;		/* the policy's */
	struct bt_oid trees[2];		/* as in bt_check_opts */
	enum bt_content content;
	char *specs[2];
};

#define BT_CHECK_FILES_INIT { .in = BT_INCOMING_INIT }
void bt_check_files_release(struct bt_check_files *f);

/*
 * range: "A..B", "A...B" or NULL. Without range and options: what is staged; when nothing is, the change of HEAD against
 * its upstream, or else against its first parent. paths are from the top.
 */
int bt_check_files_open(struct bt_context *c, const struct bt_check_scope_opts *o, const char *range,
			const char *const *paths, size_t paths_nr, struct bt_check_files *ret_f, struct bt_err *err);

#endif
