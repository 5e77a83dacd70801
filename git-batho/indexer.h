/*
 * The commands of git-batho-indexer.
 */
#ifndef BT_PROGRAM_INDEXER_H
#define BT_PROGRAM_INDEXER_H

#include "git-batho/command.h"

extern const struct bt_command bt_indexer_findings;	/* indexer_findings.c */
extern const struct bt_command bt_indexer_grammars;	/* indexer_grammars.c */
extern const struct bt_command bt_indexer_hooks;	/* indexer_hooks.c */
extern const struct bt_command bt_indexer_index;	/* indexer_index.c */
extern const struct bt_command bt_indexer_queue;	/* indexer_queue.c */
extern const struct bt_command bt_indexer_rules;	/* indexer_rules.c */
extern const struct bt_command bt_indexer_version;	/* indexer_version.c: what this program links */

#endif
