/*
 * Pins: what only the queue knows is kept from gc by refs below refs/batho/pin/, one per agent and lane (hashed into at most BT_PIN_SLOTS).
 * Each heads a chain of keep-commits: empty tree, parents = the previous keep-commit and the contents pinned, committer date = now,
 * message = "batho keep\n". People's `git log --all` must not get slow: few refs, and nothing of them is decorated.
 */
#ifndef BT_BATCH_PIN_H
#define BT_BATCH_PIN_H

#include "core/git/repo.h"

#define BT_PIN_SLOTS 256
#define BT_PIN_PREFIX "refs/batho/pin/"

/*
 * Pins nr contents (commits) with one keep-commit (bulk: at most 500 parents each, chained). Several processes may pin in the same slot at once: the swap is tried again.
 * *ret_slot: number of the ref, to be kept with the row. Durable when it returns.
 */
int bt_pin_add(struct bt_repo *repo, const char *agent, const char *lane, const struct bt_oid *contents, size_t nr, unsigned *ret_slot,
	       struct bt_err *err);
/*
 * Walks the chains: contents that `needed` says no to are let go; a chain nobody needs loses its ref, one that is mostly dead is written
 * anew. A content pinned less than `grace_s` seconds ago stays whatever `needed` says (its row may be about to be written). Against concurrent pinning: by swap.
 */
struct bt_pin_trim_opts {
	bool (*needed)(void *ctx, const struct bt_oid *content);
	void *ctx;
	int64_t now_s;			/* seconds since 1970 */
	int64_t grace_s;		/* 900 */
};
int bt_pin_trim(struct bt_repo *repo, const struct bt_pin_trim_opts *o, size_t *ret_kept, size_t *ret_dropped, struct bt_err *err);
#endif
