/*
 * The commands of git-batho-indexer.
 */
#ifndef BT_PROGRAM_INDEXER_H
#define BT_PROGRAM_INDEXER_H

#include "git-batho/command.h"

extern const struct bt_command bt_indexer_findings;	/* indexer_findings.c */
extern const struct bt_command bt_indexer_grammars;	/* grammars/run.c */
extern const struct bt_command bt_indexer_hooks;	/* indexer_hooks.c */
extern const struct bt_command bt_indexer_index;	/* indexer_index.c */
extern const struct bt_command bt_indexer_queue;	/* queue/bulk.c */
extern const struct bt_command bt_indexer_rules;	/* indexer_rules.c */
extern const struct bt_command bt_indexer_version;	/* indexer_version.c: what this program links */
extern const struct bt_command bt_indexer_storage;	/* storage/run.c */

/* --- indexer_index.c: what indexing is made of, for the others --- */

struct bt_odb;
struct bt_pool;
struct bt_index_stats;
struct bt_index_blob;
struct bt_oid;
struct bt_rev;

/* The workers of the configuration: before any database is open. */
int bt_indexer_pool(struct bt_context *c, struct bt_pool **ret_pool, struct bt_err *err);
int bt_indexer_odb(struct bt_context *c, struct bt_odb **ret_odb, struct bt_err *err);
/* Compares a revision with what would be selected from it (core/index/compare.h); c->store is open. */
int bt_indexer_compare(struct bt_context *c, struct bt_odb *odb, const struct bt_rev *rev,
		       void (*differs)(void *ctx, uint32_t row, const char *dir, const char *what), void *ctx,
		       struct bt_err *err);
/* Parses these blobs, indexes these trees, each under its tracked configuration, and keeps the list of the first. Takes the pool; c->store is closed afterwards. */
struct bt_indexer_again {
	const struct bt_index_blob *blobs;
	size_t blobs_nr;
	const struct bt_oid *trees;
	size_t trees_nr;
};
int bt_indexer_again(struct bt_context *c, struct bt_pool *pool, const struct bt_indexer_again *what,
		     struct bt_index_stats *ret_stats, struct bt_err *err);
/* The history of these revisions, as git rev-list has it; nr 0: of all refs. Reports as `index` does. */
int bt_indexer_backfill(struct bt_context *c, const char *const *revs, size_t nr, struct bt_err *err);

#endif
