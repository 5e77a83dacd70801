/*
 * Revisions in the answers of `git rev-parse`; private to core/git.
 *
 * Each revision is asked for as `spec^{commit}` and `spec^{tree}`, two lines. rev-parse stops at
 * the first that fails: what was answered before it counts, the failed one is asked for alone, and
 * the rest goes into the next child.
 */
#ifndef BT_GIT_REPO_REV_H
#define BT_GIT_REPO_REV_H

#include "core/git/program.h"
#include "core/git/repo.h"

/* Adds the arguments for the leading revisions that can be asked for together; how many. */
size_t bt_rev_ask(struct bt_git_cmd *c, struct bt_rev *revs, size_t revs_nr);
/* Takes the answers to the first `asked` revisions from text; how many were resolved. */
size_t bt_rev_answers(const struct bt_repo *repo, const char *text, struct bt_rev *revs,
		      size_t asked);
/* One child for as many leading revisions as resolve in it. */
int bt_rev_batch(const struct bt_repo *repo, struct bt_rev *revs, size_t revs_nr, size_t *ret_done,
		 struct bt_err *err);
/* Everything from revs[done] on, with as many children as it takes. */
int bt_rev_rest(const struct bt_repo *repo, struct bt_rev *revs, size_t revs_nr, size_t done,
		struct bt_err *err);

#endif
