/*
 * The tracked configuration of what is indexed: .batho/config.ini of a tree.
 */
#ifndef BT_PROGRAM_INDEXER_TRACKED_H
#define BT_PROGRAM_INDEXER_TRACKED_H

#include "core/base/err.h"
#include "core/base/oid.h"
#include "core/conf/conf.h"
#include "core/git/odb.h"

/* The blob of .batho/config.ini in a tree; len 0 when there is none. */
int bt_tracked_find(struct bt_odb *odb, const struct bt_oid *tree, struct bt_oid *ret_config,
		    struct bt_err *err);
/*
 * Puts the settings of that blob (len 0: none) in the place of those of an earlier one. `rev` names the revision in
 * messages.
 */
int bt_tracked_set(struct bt_odb *odb, const struct bt_oid *config, const char *rev,
		   struct bt_conf *conf, struct bt_err *err);

#endif
