/*
 * Pushing by the git program, with a lease that always names the expected value.
 *
 * Whatever git answers but "done", the remote is asked and ancestry decides; so every call can be repeated after a crash. Children have
 * no terminal: credentials and keys are the user's own helpers and agent, what would have to be typed fails. A remote is a configured
 * name with one address to push to; that address is also what is asked and fetched from.
 */
#ifndef BT_BATCH_PUSH_H
#define BT_BATCH_PUSH_H

#include "core/git/repo.h"

enum bt_push_result {
	BT_PUSH_DONE,
	BT_PUSH_ALREADY, /* the remote's ref is, or contains, the commit */
	BT_PUSH_MOVED, /* the remote's ref is not `expected` and lacks the commit: fetch, fold again */
	BT_PUSH_REJECTED, /* the server or a hook said no; detail has its words (escapes stripped) */
	BT_PUSH_UNREACHABLE, /* nothing was sent, or nothing has come of it: later is as good */
	BT_PUSH_UNKNOWN,     /* sent, no answer, and the remote cannot be asked: recover looks */
};
struct bt_push {
	/* in */
	const char *remote;		/* a configured remote's name; refused: with a leading '-', unknown names, URLs */
	const char *ref;		/* full name, there and here */
	struct bt_oid commit;		/* of create_only: any object */
	struct bt_oid
		expected; /* len 0: must not exist there. The commit must be a descendant of it: else MOVED (or ALREADY) */
	const char *const *options;	/* push options (--push-option), or NULL */
	bool run_hooks;			/* the repository's pre-push hook runs (with BATHO_QUEUE_PUSH=1 in its environment) */
	bool create_only; /* a tag: never moves one; one that is there with another value is REJECTED */
	int timeout_ms; /* of the push, and of the question after it; 0: 10 minutes, one minute */
	/* out */
	enum bt_push_result result;
	struct bt_oid remote_now;	/* as far as it is known; len 0: not there */
	char detail[480];
};
/* Refuses what is no configured remote with one address to push to. */
int bt_push_remote_check(struct bt_repo *repo, const char *remote, struct bt_err *err);
/* What is wrong with the input, or here, is an error; what the remote does is a result. */
int bt_push(struct bt_repo *repo, struct bt_push *p, struct bt_err *err);
/* The remote's ref: BT_ROW, BT_DONE when it is not there, BT_ERR_BUSY when it cannot be reached. */
int bt_push_look(struct bt_repo *repo, const char *remote, const char *ref, int timeout_ms, struct bt_oid *ret_oid, struct bt_err *err);
/*
 * Fetches the remote's ref to refs/batho/remote/<remote>/<rest of ref> (and nothing else moves); no tags, no submodules, no auto gc.
 * BT_ERR_NOT_FOUND: it is not there; BT_ERR_BUSY: the remote cannot be reached.
 */
int bt_push_fetch(struct bt_repo *repo, const char *remote, const char *ref, int timeout_ms, struct bt_oid *ret_oid, struct bt_err *err);
/* BT_ROW: a is an ancestor of (or is) b. BT_DONE: not. BT_ERR_NOT_FOUND: one of them is not here. */
int bt_is_ancestor(struct bt_repo *repo, const struct bt_oid *a, const struct bt_oid *b, struct bt_err *err);
#endif
