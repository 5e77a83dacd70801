/*
 * A folder of an archive: entries in git's order, under names that a path can have, its digest from theirs.
 */
#include <string.h>

#include "core/archive/reader.h"
#include "core/base/limits.h"
#include "core/index/digest.h"
#include "core/index/selection.h"

static bool name_is_good(const char *p, size_t len)
{
	if (!len || len >= BT_PATH_LEN_MAX || memchr(p, '/', len) || memchr(p, '\0', len))
		return false;
	return !(p[0] == '.' && (len == 1 || (len == 2 && p[1] == '.')));
}

/* git's order: bytes, a folder as if '/' stood behind its name. */
static int name_order(const struct bt_archive_entry *a, const struct bt_archive_entry *b)
{
	uint32_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
	int order = memcmp(a->name, b->name, len);
	int ca = a->name_len > len ? (unsigned char)a->name[len] : a->tree ? '/' : 0;
	int cb = b->name_len > len ? (unsigned char)b->name[len] : b->tree ? '/' : 0;

	return order ? order : ca - cb;
}

/* The number behind an entry counts backwards from the newest. */
static uint32_t target_read(struct bt_reader *r, size_t nr)
{
	uint64_t back = bt_reader_upto(r, UINT32_MAX);

	if (!r->bad && back < nr)
		return (uint32_t)(nr - 1 - back);
	r->bad = true;
	return 0;
}

static int entry_read(struct bt_archive_reader *a, struct bt_reader *r, struct bt_archive_entry *e, struct bt_err *err)
{
	const uint8_t *first = bt_reader_bytes(r, 1);
	unsigned kind = first ? *first & ((1u << BT_ARCHIVE_ENTRY_SHIFT) - 1) : 0;

	*e = (struct bt_archive_entry){ .tree = kind == BT_ARCHIVE_ENTRY_TREE, .target = BT_NONE };
	e->flags = first ? *first >> BT_ARCHIVE_ENTRY_SHIFT : 0;
	e->name_len = (uint32_t)bt_reader_upto(r, BT_PATH_LEN_MAX);
	e->name = (const char *)bt_reader_bytes(r, e->name_len);
	if (kind == BT_ARCHIVE_ENTRY_TREE)
		e->target = target_read(r, a->trees_nr);
	else if (kind == BT_ARCHIVE_ENTRY_FILE)
		e->target = target_read(r, a->blobs_nr);
	if (r->bad || kind > BT_ARCHIVE_ENTRY_DECLARED || e->flags & ~BT_FILE_FLAGS_ALL || (e->tree && e->flags) ||
	    !name_is_good(e->name, e->name_len))
		return bt_archive_refuse(err, "an entry of a folder makes no sense");
	return 0;
}

/* What an entry adds to its folder. */
static void entry_count(struct bt_archive_reader *a, const struct bt_archive_entry *e, struct bt_blake2b *h, struct rd_tree *t,
			uint64_t *files)
{
	struct bt_digest_file f = { .name = e->name, .name_len = e->name_len, .state = BT_BLOB_BINARY };

	if (e->tree) {
		const struct rd_tree *child = &a->trees[e->target];

		bt_digest_add_folder(h, e->name, e->name_len, &child->digest);
		*files += child->files;
		if (child->depth >= t->depth)
			t->depth = (uint16_t)(child->depth + 1);
		return;
	}
	if (e->target != BT_NONE) {
		const struct rd_blob *b = &a->blobs[e->target];

		f.state = b->state;
		f.oid = &b->oid;
		f.lang = a->langs[b->lang].name;
		f.version = a->langs[b->lang].version;
		f.facts = &b->digest;
		*files += b->state == BT_BLOB_FACTS;
	}
	bt_digest_add_file(h, &f);
}

static int entries_read(struct bt_archive_reader *a, struct bt_reader *r, size_t nr, struct bt_archive_entry *list, struct rd_tree *t,
			struct bt_err *err)
{
	struct bt_blake2b h;
	uint64_t files = 0;

	bt_blake2b_init(&h);
	for (size_t i = 0; i < nr; i++) {
		if (entry_read(a, r, &list[i], err))
			return err->code;
		if (i && name_order(&list[i - 1], &list[i]) >= 0)
			return bt_archive_refuse(err, "the entries of a folder are out of order");
		entry_count(a, &list[i], &h, t, &files);
	}
	if (r->at != r->end || files > BT_ARCHIVE_FILES_MAX || t->depth > BT_TREE_DEPTH_MAX)
		return bt_archive_refuse(err, "a folder makes no sense");
	bt_blake2b_end(&h, &t->digest);
	t->files = (uint32_t)files;
	return 0;
}

int bt_archive_read_tree(struct bt_archive_reader *a, struct bt_archive_tree *ret_t, struct bt_err *err)
{
	struct rd_tree t = { .depth = 0 };
	struct bt_archive_entry *list;
	const uint8_t *bytes;
	struct bt_reader r;
	size_t len, nr;

	bt_archive_oid(a, &t.oid);
	t.selection = bt_archive_u64(&a->r);
	nr = bt_reader_upto(&a->r, BT_ARCHIVE_FOLDER_LEN_MAX);
	len = bt_reader_upto(&a->r, BT_ARCHIVE_FOLDER_LEN_MAX);
	bytes = bt_reader_bytes(&a->r, len);
	if (a->r.bad || nr > len / 3 || a->trees_nr >= BT_ARCHIVE_TREES_MAX)	/* an entry takes three bytes */
		return bt_archive_refuse(err, "a folder is cut off");
	list = bt_arena_alloc(&a->scratch, (nr + 1) * sizeof(*list));
	r = bt_reader_make(bytes, len);
	if (entries_read(a, &r, nr, list, &t, err))
		return err->code;
	*ret_t = (struct bt_archive_tree){
		.oid = t.oid, .selection = t.selection, .digest = t.digest, .files = t.files, .entries = list, .entries_nr = nr,
	};
	BT_GROW(a->trees, a->trees_alloc, a->trees_nr + 1);
	a->trees[a->trees_nr++] = t;
	return BT_ROW;
}
