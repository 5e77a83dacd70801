/*
 * The bytes of the last policy that was read from the index, in a file beside index.db: a hook that finds the blobs it wants
 * there asks git for none. Blobs are named by their ids, so nothing in it is ever out of date; it is derived data
 * and may be deleted at any time.
 */
#ifndef BT_RULES_POLICY_CACHE_H
#define BT_RULES_POLICY_CACHE_H

#include "core/base/buf.h"
#include "core/base/oid.h"
#include "core/git/repo.h"

struct bt_policy_cache {
	struct bt_buf bytes;
};
#define BT_POLICY_CACHE_INIT         \
	{                            \
		.bytes = BT_BUF_INIT \
	}

/* Never fails: what is not there, or damaged, is empty. */
void bt_policy_cache_read(struct bt_policy_cache *c, const struct bt_repo *repo);
void bt_policy_cache_release(struct bt_policy_cache *c);
/* NULL: it does not have this blob. The bytes live as long as the cache. */
const char *bt_policy_cache_find(const struct bt_policy_cache *c, const struct bt_oid *oid,
				 size_t *ret_len);

/* For a new file: blobs, one after the other, then written when there is a place for it. */
void bt_policy_cache_add(struct bt_buf *out, const struct bt_oid *oid, const char *data,
			 size_t len);
void bt_policy_cache_write(const struct bt_buf *out, const struct bt_repo *repo);

#endif
