/*
 * What the files of git batho cache share.
 */
#ifndef BT_PROGRAM_CACHE_CACHE_H
#define BT_PROGRAM_CACHE_CACHE_H

#include "git-batho/context.h"
#include "store/idset.h"

struct bt_cache_opts {
	bool apply, all, frozen, unreachable;
	const char *language, *older_than;
};

/* show.c */
int bt_cache_stats(struct bt_context *c, struct bt_err *err);

/* drop.c: facts that go. */
int bt_cache_invalidate(struct bt_context *c, const struct bt_cache_opts *o, const struct bt_args *args, struct bt_err *err);
int bt_cache_clear(struct bt_context *c, const struct bt_cache_opts *o, struct bt_err *err);
int bt_cache_cleanup(struct bt_context *c, const struct bt_cache_opts *o, struct bt_err *err);

/* keep.c: facts that move. */
int bt_cache_freeze(struct bt_context *c, struct bt_err *err);
int bt_cache_prewarm(struct bt_context *c, const struct bt_args *args, struct bt_err *err);
int bt_cache_defrag(struct bt_context *c, const struct bt_cache_opts *o, struct bt_err *err);

/* Opens the index for writing into c->store, instead of what was open; BT_ERR_NOT_FOUND: there is none. */
int bt_cache_open(struct bt_context *c, struct bt_err *err);
/* The same, and nobody else has it open. */
int bt_cache_open_alone(struct bt_context *c, struct bt_err *err);
/* Bytes of index.db and of the frozen facts. */
int bt_cache_bytes(struct bt_context *c, uint64_t *ret_index, uint64_t *ret_frozen, struct bt_err *err);

#endif
