/*
 * What an entry adds to the digest of its folder.
 */
#include "core/index/digest.h"

#include <string.h>

#include "store/store.h"

static void add_u64(struct bt_blake2b *h, uint64_t v)
{
	uint8_t p[8];

	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
	bt_blake2b_add(h, p, sizeof(p));
}

void bt_digest_add_file(struct bt_blake2b *h, const struct bt_digest_file *f)
{
	uint8_t head[2] = { 'f', f->state };

	bt_blake2b_add(h, head, sizeof(head));
	add_u64(h, f->name_len);
	bt_blake2b_add(h, f->name, f->name_len);
	if (!f->oid)
		return;
	bt_blake2b_add(h, f->oid->raw, f->oid->len);
	if (f->state != BT_BLOB_FACTS)
		return;
	bt_blake2b_add(h, f->lang, strlen(f->lang) + 1);
	add_u64(h, f->version);
	bt_blake2b_add(h, f->facts->raw, BT_DIGEST_LEN);
}

void bt_digest_add_folder(struct bt_blake2b *h, const char *name, size_t name_len, const struct bt_digest *digest)
{
	bt_blake2b_add(h, "t", 1);
	add_u64(h, name_len);
	bt_blake2b_add(h, name, name_len);
	bt_blake2b_add(h, digest->raw, BT_DIGEST_LEN);
}
