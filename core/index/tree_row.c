/*
 * Coding of tree rows: per entry a byte of flags and state, the ids, the name.
 */
#include "core/index/tree_row.h"

#include "core/base/limits.h"
#include "core/index/selection.h"
#include "store/store.h"

#define FLAG_TREE 0x80u
#define STATE_MASK 0x0fu
#define FLAGS_SHIFT 4

void bt_row_entry_put(struct bt_buf *out, const struct bt_row_entry *e)
{
	uint8_t *start = bt_buf_reserve(out, 1 + 3 * BT_VARINT_MAX), *at = start;

	if (!start)
		return;
	*at++ = e->tree ? FLAG_TREE : (uint8_t)(e->state | e->flags << FLAGS_SHIFT);
	at = bt_varint_put(at, e->id);
	if (!e->tree)
		at = bt_varint_put(at, e->lang);
	at = bt_varint_put(at, e->name_len);
	out->len += (size_t)(at - start);
	bt_buf_add(out, e->name, e->name_len);
}

void bt_row_reader_init(struct bt_row_reader *r, const void *data, size_t len)
{
	r->r = bt_reader_make(data, len);
}

int bt_row_reader_next(struct bt_row_reader *r, struct bt_row_entry *ret_e, struct bt_err *err)
{
	struct bt_row_entry e = { 0 };
	const uint8_t *flags;

	if (r->r.at == r->r.end && !r->r.bad)
		return BT_DONE;
	flags = bt_reader_bytes(&r->r, 1);
	if (flags) {
		e.tree = *flags & FLAG_TREE;
		e.state = *flags & STATE_MASK;
		e.flags = (*flags >> FLAGS_SHIFT) & BT_FILE_FLAGS_ALL;
	}
	e.id = (uint32_t)bt_reader_upto(&r->r, UINT32_MAX);
	if (!e.tree)
		e.lang = (uint32_t)bt_reader_upto(&r->r, UINT32_MAX);
	e.name_len = (uint32_t)bt_reader_upto(&r->r, BT_PATH_LEN_MAX);
	e.name = (const char *)bt_reader_bytes(&r->r, e.name_len);
	if (r->r.bad || !e.name_len || e.state >= BT_BLOB_STATE_NR)
		return bt_err_set(err, BT_ERR_CORRUPT, "a tree in the index is damaged");
	*ret_e = e;
	return BT_ROW;
}
