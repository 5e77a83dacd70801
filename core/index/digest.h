/*
 * The digest of a folder, entry by entry in git's order: git-batho-format(5), "DIGEST". Begun and ended by the caller.
 */
#ifndef BT_INDEX_DIGEST_H
#define BT_INDEX_DIGEST_H

#include <stdint.h>

#include "core/base/hash.h"
#include "core/base/oid.h"

struct bt_digest_file {
	const char *name;
	size_t name_len;
	uint8_t state;			/* enum bt_blob_state */
	const struct bt_oid *oid;	/* NULL: an attribute alone made it binary */
	/* Of a file with facts: */
	const char *lang;
	uint64_t version;
	const struct bt_digest *facts;
};

void bt_digest_add_file(struct bt_blake2b *h, const struct bt_digest_file *f);
void bt_digest_add_folder(struct bt_blake2b *h, const char *name, size_t name_len, const struct bt_digest *digest);

#endif
