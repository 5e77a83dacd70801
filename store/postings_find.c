/*
 * Exact look-ups: one block of every segment.
 */
#include <stdlib.h>
#include <string.h>

#include "store/segment.h"

/* The name in its block: BT_ROW with its number, or BT_DONE. */
static int block_find(struct bt_store *s, struct bt_block *b, const char *name, size_t len,
		      uint32_t *ret_at, struct bt_err *err)
{
	uint32_t i;

	/* A key that was damaged sends us to the wrong block; its fences tell. */
	if (bt_name_compare(name, len, b->low, b->low_len) < 0 ||
	    (b->high && bt_name_compare(name, len, b->high, b->high_len) >= 0))
		return bt_store_corrupt(s, err, "the keys of names lead to the wrong block");
	for (i = 0; i < b->nr; i++) {
		if (b->names[i].len != len || memcmp(bt_block_name(b, i), name, len))
			continue;
		*ret_at = i;
		return BT_ROW;
	}
	return BT_DONE;
}

static int segment_find(struct bt_store *s, int64_t segment, const char *name, size_t len,
			bool defs_only, struct bt_block *b, struct bt_postings_list *out,
			struct bt_err *err)
{
	uint32_t block, at = 0;
	int rc = bt_segment_seek(s, segment, name, len, &block, err);

	if (rc != BT_ROW)
		return rc;
	rc = bt_block_read(s, segment, block, b, err);
	if (rc)
		return rc;
	rc = block_find(s, b, name, len, &at, err);
	if (rc != BT_ROW || (defs_only && !b->names[at].defined))
		return rc == BT_ROW ? 0 : rc;
	return bt_block_postings(s, b, at, defs_only, out, err);
}

static int postings_find(struct bt_store *s, const char *name, size_t len, bool defs_only,
			 struct bt_postings_list *out, struct bt_err *err)
{
	BT_BLOCK_OWNED struct bt_block b = BT_BLOCK_INIT;
	BT_FREE struct bt_segment *segments = NULL;
	size_t nr = 0, i;
	int rc = bt_segment_list(s, &segments, &nr, err);

	for (i = 0; !rc && i < nr; i++)
		rc = segment_find(s, segments[i].id, name, len, defs_only, &b, out, err);
	if (!rc)
		out->nr = bt_postings_tidy(out->list, (uint32_t)out->nr);
	return rc;
}

int bt_postings_find(struct bt_store *s, const char *name, size_t len, bool defs_only,
		     struct bt_posting **ret_list, size_t *ret_nr, struct bt_err *err)
{
	BT_CLEANUP(bt_postings_list_release) struct bt_postings_list out = { NULL, 0, 0 };
	int rc;

	if (len > BT_NAME_LEN_MAX)
		len = BT_NAME_LEN_MAX;
	rc = bt_store_read_begin(s, err);
	if (rc)
		return rc;
	if (len)
		rc = postings_find(s, name, len, defs_only, &out, err);
	bt_store_read_end(s);
	if (rc)
		return rc;
	*ret_list = out.list;
	*ret_nr = out.nr;
	out.list = NULL;
	return 0;
}
