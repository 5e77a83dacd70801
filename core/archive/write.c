/*
 * Writing: the rows of a tree from the bottom up, each blob and each language before what names them.
 *
 * Whatever is written is proven on the way: a record has the digest its blob row tells, a folder the one its row tells.
 */
#include <stdlib.h>
#include <string.h>

#include "core/archive/frame.h"
#include "core/archive/reader.h"
#include "core/base/limits.h"
#include "core/base/map.h"
#include "core/index/digest.h"
#include "core/index/selection.h"
#include "core/index/tree_row.h"
#include "core/lang/langs_table.h"

/* A language of the store. */
struct wr_lang {
	struct bt_store_language row;
	uint32_t number;		/* in the archive + 1; 0: not yet in it */
};

/* A row of the store that was written, or found to have gaps. */
struct wr_tree {
	bool whole;
	uint32_t number;
	uint32_t files;
	struct bt_digest digest;
};

struct writer {
	const struct bt_archive_source *src;
	struct bt_frame_writer f;
	struct bt_archive_stats stats;
	struct wr_lang *langs;
	size_t langs_nr, langs_alloc;
	struct bt_oidmap blobs;		/* (id, language) -> number */
	struct bt_strmap rows;		/* row id -> number in trees */
	struct bt_arena arena;
	struct wr_tree *trees;
	size_t trees_nr, trees_alloc;
	struct bt_buf rec;
	struct bt_buf path;
};

static void writer_release(struct writer *w)
{
	bt_frame_writer_release(&w->f);
	bt_oidmap_release(&w->blobs);
	bt_strmap_release(&w->rows);
	bt_arena_release(&w->arena);
	bt_buf_release(&w->rec);
	bt_buf_release(&w->path);
	free(w->langs);
	free(w->trees);
}

static void put_number(struct bt_buf *out, uint64_t v)
{
	uint8_t *p = bt_buf_reserve(out, BT_VARINT_MAX);

	if (p)
		out->len += (size_t)(bt_varint_put(p, v) - p);
}

static void put_u64(struct bt_buf *out, uint64_t v)
{
	uint8_t *p = bt_buf_reserve(out, 8);

	for (int i = 0; p && i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
	out->len += p ? 8 : 0;
}

static void put_text(struct bt_buf *out, const char *text, size_t len)
{
	put_number(out, len);
	bt_buf_add(out, text, len);
}

/* --- languages --- */

static int read_langs(struct writer *w, struct bt_err *err)
{
	uint32_t cursor = 0;
	int rc;

	for (;;) {
		BT_GROW(w->langs, w->langs_alloc, w->langs_nr + 1);
		w->langs[w->langs_nr].number = 0;
		rc = bt_store_language_next(w->src->store, &cursor, &w->langs[w->langs_nr].row, err);
		if (rc != BT_ROW)
			return rc;
		w->langs_nr++;
	}
}

/* NULL, with *err set: there is no such language. */
static struct wr_lang *find_lang(struct writer *w, uint32_t id, struct bt_err *err)
{
	for (size_t i = 0; i < w->langs_nr; i++)
		if (w->langs[i].row.id == id)
			return &w->langs[i];
	bt_err_set(err, BT_ERR_CORRUPT, "language %u of the index is missing", id);
	return NULL;
}

static void put_lang(struct writer *w, struct wr_lang *l)
{
	if (l->number)
		return;
	bt_buf_addch(&w->f.raw, BT_ARCHIVE_REC_LANG);
	put_text(&w->f.raw, l->row.name, strlen(l->row.name));
	put_u64(&w->f.raw, l->row.version);
	l->number = (uint32_t)++w->stats.languages;
}

/* --- blobs --- */

static int read_record(struct writer *w, const struct bt_blob *b, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_digest digest;

	bt_buf_clear(&w->rec);
	if (bt_store_facts_read(w->src->store, b->id, &w->rec, err))
		return err->code;
	bt_blake2b(w->rec.data, w->rec.len, &digest);
	if (!memcmp(&digest, &b->digest, sizeof(digest)))
		return 0;
	bt_err_set(err, BT_ERR_CORRUPT, "the facts of blob %s in the index are not those that were stored",
		   bt_oid_hex(&b->oid, hex));
	return bt_err_hint(err, "`git batho index --rebuild` starts the index again");
}

/* The entry's own state counts: what the row has may come from a run with other limits. */
static int put_blob(struct writer *w, const struct bt_blob *b, enum bt_blob_state state, struct wr_lang *l, struct bt_err *err)
{
	struct bt_buf *out = &w->f.raw;

	if (state == BT_BLOB_FACTS && (b->state != state || read_record(w, b, err)))
		return b->state != state ? bt_err_set(err, BT_ERR_CORRUPT, "a folder of the index tells of facts that blob %u has not",
						      b->id)
					 : err->code;
	put_lang(w, l);
	bt_buf_addch(out, BT_ARCHIVE_REC_BLOB);
	put_number(out, l->number - 1);
	bt_buf_addch(out, state);
	bt_buf_add(out, b->oid.raw, b->oid.len);
	put_number(out, b->size);
	put_text(out, bt_buf_cstr(&w->path), w->path.len);
	if (state == BT_BLOB_FACTS)
		put_text(out, w->rec.data, w->rec.len);
	if (w->src->blob && w->src->blob(w->src->blob_ctx, b, l->row.name, bt_buf_cstr(&w->path), err))
		return err->code;
	if (++w->stats.blobs > BT_ARCHIVE_BLOBS_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %u blobs", BT_ARCHIVE_BLOBS_MAX);
	if (w->src->progress)
		w->src->progress(w->src->progress_ctx, w->stats.blobs);
	return bt_frame_due(&w->f, err);
}

/* --- folders --- */

/* A folder on its way. */
struct wr_folder {
	struct bt_buf row, entries;
	uint32_t *targets;		/* of its entries, in their order: numbers in the archive */
	size_t targets_nr, targets_alloc;
	struct bt_blake2b h;
	struct wr_tree result;
};

static void folder_release(struct wr_folder *d)
{
	bt_buf_release(&d->row);
	bt_buf_release(&d->entries);
	free(d->targets);
}

static void add_target(struct wr_folder *d, uint32_t number)
{
	BT_GROW(d->targets, d->targets_alloc, d->targets_nr + 1);
	d->targets[d->targets_nr++] = number;
}

static int walk_file(struct writer *w, struct wr_folder *d, const struct bt_row_entry *e, struct bt_err *err)
{
	struct bt_digest_file f = { .name = e->name, .name_len = e->name_len, .state = e->state };
	struct wr_lang *l;
	struct bt_blob b;
	int64_t number;

	if (e->state == BT_BLOB_MISSING || bt_blob_state_killed((enum bt_blob_state)e->state)) {
		d->result.whole = false;
		w->stats.left_out++;
		return 0;
	}
	if (!e->id) {	/* an attribute alone made it binary */
		add_target(d, BT_NONE);
		bt_digest_add_file(&d->h, &f);
		return 0;
	}
	l = find_lang(w, e->lang, err);
	if (!l || bt_store_blob_get(w->src->store, e->id, &b, err))
		return err->code;
	number = (int64_t)w->stats.blobs;
	if (bt_oidmap_intern(&w->blobs, &b.oid, e->lang, number, &number) &&
	    put_blob(w, &b, (enum bt_blob_state)e->state, l, err))
		return err->code;
	f.oid = &b.oid;
	f.lang = l->row.name;
	f.version = l->row.version;
	f.facts = &b.digest;
	bt_digest_add_file(&d->h, &f);
	d->result.files += e->state == BT_BLOB_FACTS;
	add_target(d, (uint32_t)number);
	return 0;
}

static int walk_tree(struct writer *w, uint32_t row_id, unsigned depth, struct wr_tree *ret_tree, struct bt_err *err);

static int walk_entries(struct writer *w, struct wr_folder *d, unsigned depth, struct bt_err *err)
{
	size_t keep = w->path.len;
	struct bt_row_reader r;
	struct bt_row_entry e;
	struct wr_tree child = { .whole = false };
	int rc;

	bt_row_reader_init(&r, bt_buf_cstr(&d->row), d->row.len);
	while ((rc = bt_row_reader_next(&r, &e, err)) == BT_ROW) {
		w->path.len = keep;
		if (keep)
			bt_buf_addch(&w->path, '/');
		bt_buf_add(&w->path, e.name, e.name_len);
		if (e.tree ? walk_tree(w, e.id, depth + 1, &child, err) : walk_file(w, d, &e, err))
			return err->code;
		if (!e.tree)
			continue;
		d->result.whole = d->result.whole && child.whole;
		d->result.files += child.files;
		if (!child.whole)
			continue;
		bt_digest_add_folder(&d->h, e.name, e.name_len, &child.digest);
		add_target(d, child.number);
	}
	w->path.len = keep;
	return rc;
}

/* Of a whole folder every entry of the row is one: numbers count backwards from what is newest now. */
static int put_entries(struct writer *w, struct wr_folder *d, struct bt_err *err)
{
	struct bt_row_reader r;
	struct bt_row_entry e;
	size_t at = 0;
	int rc;

	bt_row_reader_init(&r, bt_buf_cstr(&d->row), d->row.len);
	while ((rc = bt_row_reader_next(&r, &e, err)) == BT_ROW) {
		uint32_t target = d->targets[at++];
		unsigned kind = e.tree ? BT_ARCHIVE_ENTRY_TREE : target == BT_NONE ? BT_ARCHIVE_ENTRY_DECLARED : BT_ARCHIVE_ENTRY_FILE;

		bt_buf_addch(&d->entries, (int)(kind | (unsigned)e.flags << BT_ARCHIVE_ENTRY_SHIFT));
		put_text(&d->entries, e.name, e.name_len);
		if (target != BT_NONE)
			put_number(&d->entries, (e.tree ? w->stats.trees : w->stats.blobs) - 1 - target);
	}
	return rc ? rc : bt_buf_check(&d->entries, "the entries of a folder", err);
}

static int put_tree(struct writer *w, struct wr_folder *d, const struct bt_tree_row *row, struct bt_err *err)
{
	struct bt_buf *out = &w->f.raw;

	if (memcmp(&d->result.digest, &row->digest, sizeof(row->digest))) {
		bt_err_set(err, BT_ERR_CORRUPT, "folder '%.*s' of the index is not what its digest says", (int)w->path.len,
			   bt_buf_cstr(&w->path));
		return bt_err_hint(err, "`git batho index --rebuild` starts the index again");
	}
	if (put_entries(w, d, err))
		return err->code;
	bt_buf_addch(out, BT_ARCHIVE_REC_TREE);
	bt_buf_add(out, row->oid.raw, row->oid.len);
	put_u64(out, row->selection);
	put_number(out, d->targets_nr);
	put_text(out, bt_buf_cstr(&d->entries), d->entries.len);
	d->result.number = (uint32_t)w->stats.trees;
	if (++w->stats.trees > BT_ARCHIVE_TREES_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %u folders", BT_ARCHIVE_TREES_MAX);
	return bt_frame_due(&w->f, err);
}

static void remember(struct writer *w, uint32_t row_id, const struct wr_tree *t)
{
	BT_GROW(w->trees, w->trees_alloc, w->trees_nr + 1);
	w->trees[w->trees_nr] = *t;
	bt_strmap_put(&w->rows, (const char *)&row_id, sizeof(row_id), w->trees_nr++);
}

static int walk_tree(struct writer *w, uint32_t row_id, unsigned depth, struct wr_tree *ret_tree, struct bt_err *err)
{
	BT_CLEANUP(folder_release) struct wr_folder d = { .row = BT_BUF_INIT, .entries = BT_BUF_INIT, .result = { .whole = true } };
	uint64_t seen = bt_strmap_get(&w->rows, (const char *)&row_id, sizeof(row_id), UINT64_MAX);
	struct bt_tree_row row;

	if (seen != UINT64_MAX) {
		*ret_tree = w->trees[seen];
		return 0;
	}
	if (depth > BT_TREE_DEPTH_MAX)
		return bt_err_set(err, BT_ERR_CORRUPT, "trees in the index are nested without end");
	if (bt_store_tree_read(w->src->store, row_id, &row, &d.row, err))
		return err->code;
	bt_blake2b_init(&d.h);
	if (walk_entries(w, &d, depth, err))
		return err->code;
	bt_blake2b_end(&d.h, &d.result.digest);
	if (d.result.whole && put_tree(w, &d, &row, err))
		return err->code;
	remember(w, row_id, &d.result);
	*ret_tree = d.result;
	return bt_buf_check(&w->path, "a path", err);
}

/* --- the whole --- */

static int put_head(struct writer *w, const struct bt_tree_row *root, struct bt_err *err)
{
	struct bt_buf *out = &w->f.raw;

	bt_buf_addch(out, BT_ARCHIVE_REC_HEAD);
	bt_buf_addch(out, root->oid.len);
	bt_buf_addch(out, (root->killed ? 0 : BT_ARCHIVE_HEAD_COMPLETE) | (w->src->commit.len ? BT_ARCHIVE_HEAD_COMMIT : 0));
	bt_buf_add(out, w->src->commit.raw, w->src->commit.len);
	bt_buf_add(out, root->oid.raw, root->oid.len);
	put_u64(out, root->selection);
	put_u64(out, bt_detect_version());
	if (!root->killed)
		bt_buf_add(out, root->digest.raw, BT_DIGEST_LEN);
	put_number(out, root->blobs);
	return bt_frame_flush(&w->f, err);
}

static int put_end(struct writer *w, const struct wr_tree *root, struct bt_err *err)
{
	struct bt_buf *out = &w->f.raw;

	bt_buf_addch(out, BT_ARCHIVE_REC_END);
	put_number(out, w->stats.languages);
	put_number(out, w->stats.blobs);
	put_number(out, w->stats.trees);
	put_number(out, root->whole ? (uint64_t)root->number + 1 : 0);
	return bt_frame_end(&w->f, err);
}

static int write_all(struct writer *w, const struct bt_archive_sink *sink, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf entries = BT_BUF_INIT;
	struct bt_tree_row row;
	struct wr_tree root;

	if (bt_frame_writer_start(&w->f, sink, err) || read_langs(w, err) ||
	    bt_store_tree_read(w->src->store, w->src->root, &row, &entries, err) || put_head(w, &row, err) ||
	    walk_tree(w, w->src->root, 0, &root, err))
		return err->code;
	if (root.whole == (row.killed != 0) || root.files != row.blobs)
		return bt_err_set(err, BT_ERR_CORRUPT, "the index counts other files in a tree than are there");
	return put_end(w, &root, err);
}

int bt_archive_write(const struct bt_archive_source *s, const struct bt_archive_sink *sink, struct bt_archive_stats *ret_stats,
		     struct bt_err *err)
{
	BT_CLEANUP(writer_release) struct writer w = { .src = s, .rec = BT_BUF_INIT, .path = BT_BUF_INIT };
	int rc = bt_store_read_begin(s->store, err);

	bt_strmap_init(&w.rows, &w.arena);
	bt_buf_init(&w.rec, BT_FACTS_LEN_MAX);
	if (rc)
		return rc;
	rc = write_all(&w, sink, err);
	bt_store_read_end(s->store);
	w.stats.raw = w.f.raw_all;
	w.stats.stored = w.f.stored_all;
	*ret_stats = w.stats;
	return rc;
}
