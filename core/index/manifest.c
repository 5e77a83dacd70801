/*
 * Layout: magic, version, nr, killed, root (u32 each), digest, length of the path bytes; then the files, the
 * offsets of the path blocks, the path blocks. A block's first path is whole, the others share a prefix
 * with the one before: varint shared, varint length, bytes.
 */
#include "core/index/manifest.h"

#include <string.h>

#define MAGIC 0x464d5442u	/* "BTMF" */
#define VERSION 1
#define HEAD_LEN (6 * 4 + BT_DIGEST_LEN)

static void put_u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void bt_manifest_builder_init(struct bt_manifest_builder *b)
{
	memset(b, 0, sizeof(*b));
	bt_buf_init(&b->files, 0);
	bt_buf_init(&b->blocks, 0);
	bt_buf_init(&b->paths, 0);
	bt_buf_init(&b->last, 0);
}

void bt_manifest_builder_release(struct bt_manifest_builder *b)
{
	bt_buf_release(&b->files);
	bt_buf_release(&b->blocks);
	bt_buf_release(&b->paths);
	bt_buf_release(&b->last);
}

void bt_manifest_builder_add(struct bt_manifest_builder *b, const char *path, size_t len,
			     const struct bt_manifest_file *file)
{
	uint8_t f[BT_MANIFEST_FILE_LEN] = { 0 }, head[2 * BT_VARINT_MAX], *at = head;
	size_t shared = 0;

	if (b->nr % BT_MANIFEST_BLOCK_NR == 0) {
		put_u32(f, (uint32_t)b->paths.len);
		bt_buf_add(&b->blocks, f, 4);
	} else {
		while (shared < len && shared < b->last.len && path[shared] == b->last.data[shared])
			shared++;
	}
	put_u32(f, file->blob);
	f[4] = (uint8_t)file->lang;
	f[5] = (uint8_t)(file->lang >> 8);
	f[6] = file->state;
	f[7] = file->flags;
	bt_buf_add(&b->files, f, sizeof(f));
	at = bt_varint_put(at, shared);
	at = bt_varint_put(at, len - shared);
	bt_buf_add(&b->paths, head, (size_t)(at - head));
	bt_buf_add(&b->paths, path + shared, len - shared);
	bt_buf_clear(&b->last);
	bt_buf_add(&b->last, path, len);
	b->nr++;
}

void bt_manifest_child_path(struct bt_buf *path, size_t keep, const char *name, size_t len)
{
	path->len = keep;
	if (keep)
		bt_buf_addch(path, '/');
	bt_buf_add(path, name, len);
}

int bt_manifest_builder_end(struct bt_manifest_builder *b, uint32_t root, uint32_t killed,
			    const struct bt_digest *digest, struct bt_buf *out, struct bt_err *err)
{
	uint8_t head[HEAD_LEN];

	put_u32(head, MAGIC);
	put_u32(head + 4, VERSION);
	put_u32(head + 8, b->nr);
	put_u32(head + 12, killed);
	put_u32(head + 16, root);
	put_u32(head + 20, (uint32_t)b->paths.len);
	memcpy(head + 24, digest->raw, BT_DIGEST_LEN);
	bt_buf_clear(out);
	bt_buf_add(out, head, sizeof(head));
	bt_buf_add(out, bt_buf_cstr(&b->files), b->files.len);
	bt_buf_add(out, bt_buf_cstr(&b->blocks), b->blocks.len);
	bt_buf_add(out, bt_buf_cstr(&b->paths), b->paths.len);
	if (b->files.failed || b->blocks.failed || b->paths.failed || b->last.failed)
		out->failed = true;
	return bt_buf_check(out, "the list of files of a revision", err);
}

static int damaged(struct bt_err *err)
{
	return bt_err_set(err, BT_ERR_CORRUPT, "a list of files in the index is damaged");
}

int bt_manifest_load(struct bt_manifest *m, struct bt_err *err)
{
	const uint8_t *p = (const uint8_t *)bt_buf_cstr(&m->data);
	uint64_t blocks, want;

	if (m->data.len < HEAD_LEN || get_u32(p) != MAGIC || get_u32(p + 4) != VERSION)
		return damaged(err);
	m->nr = get_u32(p + 8);
	m->killed = get_u32(p + 12);
	m->root = get_u32(p + 16);
	m->paths_len = get_u32(p + 20);
	memcpy(m->digest.raw, p + 24, BT_DIGEST_LEN);
	blocks = ((uint64_t)m->nr + BT_MANIFEST_BLOCK_NR - 1) / BT_MANIFEST_BLOCK_NR;
	want = HEAD_LEN + (uint64_t)m->nr * BT_MANIFEST_FILE_LEN + blocks * 4 + m->paths_len;
	if (want != m->data.len)
		return damaged(err);
	m->files = p + HEAD_LEN;
	m->blocks = m->files + (size_t)m->nr * BT_MANIFEST_FILE_LEN;
	m->paths = m->blocks + blocks * 4;
	return 0;
}

void bt_manifest_release(struct bt_manifest *m)
{
	bt_buf_release(&m->data);
	memset(m, 0, sizeof(*m));
}

struct bt_manifest_file bt_manifest_file_get(const struct bt_manifest *m, uint32_t index)
{
	const uint8_t *f = m->files + (size_t)index * BT_MANIFEST_FILE_LEN;

	return (struct bt_manifest_file){ get_u32(f), (uint32_t)f[4] | (uint32_t)f[5] << 8, f[6], f[7] };
}

/* One path of a block: updates buf (BT_PATH_LEN_MAX bytes) and *len. */
static int next_path(struct bt_reader *r, char *buf, size_t *len)
{
	uint64_t shared = bt_reader_upto(r, *len);
	uint64_t more = bt_reader_upto(r, BT_PATH_LEN_MAX - shared);
	const uint8_t *p = bt_reader_bytes(r, more);

	if (r->bad)
		return -1;
	memcpy(buf + shared, p, more);
	*len = shared + more;
	return 0;
}

static struct bt_reader block_reader(const struct bt_manifest *m, uint32_t block)
{
	uint32_t at = get_u32(m->blocks + (size_t)block * 4);
	struct bt_reader r = bt_reader_make(m->paths, m->paths_len);

	if (at > m->paths_len)
		r.bad = true;
	else
		r.at += at;
	return r;
}

int bt_manifest_path(const struct bt_manifest *m, uint32_t index, struct bt_buf *out, struct bt_err *err)
{
	char path[BT_PATH_LEN_MAX];
	struct bt_reader r = block_reader(m, index / BT_MANIFEST_BLOCK_NR);
	size_t len = 0;

	for (uint32_t i = 0; i <= index % BT_MANIFEST_BLOCK_NR; i++)
		if (r.bad || next_path(&r, path, &len))
			return damaged(err);
	bt_buf_add(out, path, len);
	return 0;
}

void bt_manifest_walk_init(struct bt_manifest_walk *w, const struct bt_manifest *m)
{
	w->m = m;
	w->next = 0;
	w->len = 0;
}

int bt_manifest_walk_next(struct bt_manifest_walk *w, struct bt_manifest_file *ret_f, struct bt_err *err)
{
	if (w->next >= w->m->nr)
		return BT_DONE;
	if (w->next % BT_MANIFEST_BLOCK_NR == 0) {
		w->r = block_reader(w->m, w->next / BT_MANIFEST_BLOCK_NR);
		w->len = 0;
	}
	if (w->r.bad || next_path(&w->r, w->path, &w->len))
		return damaged(err);
	w->path[w->len] = '\0';
	*ret_f = bt_manifest_file_get(w->m, w->next++);
	return BT_ROW;
}

static int path_cmp(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int c = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return c ? c : (a_len > b_len) - (a_len < b_len);
}

/* The last block whose first path is <= path, or 0. */
static int find_block(const struct bt_manifest *m, const char *path, size_t len, uint32_t *ret_block,
		      struct bt_err *err)
{
	uint32_t lo = 0, hi = (m->nr + BT_MANIFEST_BLOCK_NR - 1) / BT_MANIFEST_BLOCK_NR;
	char first[BT_PATH_LEN_MAX];

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		struct bt_reader r = block_reader(m, mid);
		size_t first_len = 0;

		if (r.bad || next_path(&r, first, &first_len))
			return damaged(err);
		if (path_cmp(first, first_len, path, len) <= 0)
			lo = mid;
		else
			hi = mid;
	}
	*ret_block = lo;
	return 0;
}

int bt_manifest_lower_bound(const struct bt_manifest *m, const char *path, size_t len,
			    uint32_t *ret_index, struct bt_err *err)
{
	char at[BT_PATH_LEN_MAX];
	uint32_t block = 0, i;
	size_t at_len = 0;
	struct bt_reader r;

	*ret_index = 0;
	if (!m->nr)
		return 0;
	if (find_block(m, path, len, &block, err))
		return err->code;
	r = block_reader(m, block);
	for (i = block * BT_MANIFEST_BLOCK_NR; i < m->nr; i++) {
		if (i == (block + 1) * BT_MANIFEST_BLOCK_NR)
			break;
		if (r.bad || next_path(&r, at, &at_len))
			return damaged(err);
		if (path_cmp(at, at_len, path, len) >= 0)
			break;
	}
	*ret_index = i;
	return 0;
}

int bt_manifest_find(const struct bt_manifest *m, const char *path, size_t len, uint32_t *ret_index,
		     struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf at = BT_BUF_INIT;

	if (bt_manifest_lower_bound(m, path, len, ret_index, err))
		return err->code;
	if (*ret_index >= m->nr)
		return BT_DONE;
	if (bt_manifest_path(m, *ret_index, &at, err))
		return err->code;
	return at.len == len && !memcmp(bt_buf_cstr(&at), path, len) ? BT_ROW : BT_DONE;
}
