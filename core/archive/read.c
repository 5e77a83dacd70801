/*
 * Reading what somebody else wrote. Nothing is believed: each record is bounded by the piece it stands in, numbers lead to what came
 * before, facts decode and have the size of their blob.
 */
#include <stdlib.h>
#include <string.h>

#include "core/archive/reader.h"
#include "core/base/limits.h"

uint64_t bt_archive_u64(struct bt_reader *r)
{
	const uint8_t *p = bt_reader_bytes(r, 8);
	uint64_t v = 0;

	for (int i = 7; p && i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

void bt_archive_oid(struct bt_archive_reader *a, struct bt_oid *ret_oid)
{
	const uint8_t *p = bt_reader_bytes(&a->r, a->head.tree.len);

	if (p)
		*ret_oid = bt_oid_make(p, a->head.tree.len);
}

/* --- the head --- */

static int read_head(struct bt_archive_reader *a, struct bt_err *err)
{
	struct bt_archive_head *h = &a->head;
	const uint8_t *start, *p;

	a->r = bt_reader_make(bt_buf_cstr(&a->f.raw), a->f.raw.len);
	start = bt_reader_bytes(&a->r, 3);
	if (!start || start[0] != BT_ARCHIVE_REC_HEAD || (start[1] != 20 && start[1] != 32) || start[2] > 3)
		return bt_archive_refuse(err, "it has no head");
	h->tree.len = start[1];
	h->complete = start[2] & BT_ARCHIVE_HEAD_COMPLETE;
	if (start[2] & BT_ARCHIVE_HEAD_COMMIT)
		bt_archive_oid(a, &h->commit);
	bt_archive_oid(a, &h->tree);
	h->selection = bt_archive_u64(&a->r);
	h->detection = bt_archive_u64(&a->r);
	p = h->complete ? bt_reader_bytes(&a->r, BT_DIGEST_LEN) : NULL;
	if (p)
		memcpy(h->digest.raw, p, BT_DIGEST_LEN);
	h->files = (uint32_t)bt_reader_upto(&a->r, BT_ARCHIVE_FILES_MAX);
	if (a->r.bad || a->r.at != a->r.end)
		return bt_archive_refuse(err, "its head makes no sense");
	return 0;
}

int bt_archive_open(const struct bt_archive_input *in, struct bt_archive_reader **ret_r, struct bt_err *err)
{
	struct bt_archive_reader *a = bt_xcalloc(1, sizeof(*a));
	int rc = bt_frame_reader_start(&a->f, in, err);

	if (!rc)
		rc = bt_frame_next(&a->f, err);
	if (rc == BT_DONE)
		rc = bt_archive_refuse(err, "it is empty");
	if (rc == BT_ROW)
		rc = read_head(a, err);
	if (rc) {
		bt_archive_free(&a);
		return rc;
	}
	*ret_r = a;
	return 0;
}

void bt_archive_free(struct bt_archive_reader **pr)
{
	struct bt_archive_reader *a = *pr;

	if (!a)
		return;
	bt_frame_reader_release(&a->f);
	bt_oidmap_release(&a->blob_of);
	bt_arena_release(&a->scratch);
	free(a->langs);
	free(a->blobs);
	free(a->trees);
	free(a);
	*pr = NULL;
}

/* --- languages and blobs --- */

/* Names of ours, of classes, and those that users give to theirs. */
static bool name_is_good(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool letter = (p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' && p[i] <= 'Z');

		if (!letter && !(p[i] >= '0' && p[i] <= '9') && !strchr("?-_+#.", p[i]))
			return false;
	}
	return len > 0;
}

static int read_lang(struct bt_archive_reader *a, struct bt_archive_lang *ret_l, struct bt_err *err)
{
	struct bt_archive_lang l = { .version = 0 };
	size_t len = bt_reader_upto(&a->r, sizeof(l.name) - 1);
	const uint8_t *name = bt_reader_bytes(&a->r, len);

	l.version = bt_archive_u64(&a->r);
	if (a->r.bad || memchr(name, '\0', len) || !name_is_good(name, len) || a->langs_nr >= BT_ARCHIVE_LANGS_MAX)
		return bt_archive_refuse(err, "a language makes no sense");
	memcpy(l.name, name, len);
	for (size_t i = 0; i < a->langs_nr; i++)
		if (!strcmp(a->langs[i].name, l.name))
			return bt_archive_refuse(err, "a language comes twice");
	BT_GROW(a->langs, a->langs_alloc, a->langs_nr + 1);
	a->langs[a->langs_nr++] = *ret_l = l;
	return BT_ROW;
}

static bool path_is_good(const uint8_t *p, size_t len)
{
	return len && *p != '/' && !memchr(p, '\0', len);
}

/* What stands in no archive: it is true of one machine, or of a name and not of a content. */
static bool state_is_good(unsigned state, bool is_class)
{
	switch (state) {
	case BT_BLOB_FACTS:
	case BT_BLOB_LIMIT:
		return !is_class;
	case BT_BLOB_NO_LANGUAGE:
		return is_class;
	case BT_BLOB_BINARY:
	case BT_BLOB_TOO_LARGE:
	case BT_BLOB_LFS:
		return true;
	default:
		return false;
	}
}

static int read_facts(struct bt_archive_reader *a, struct bt_archive_blob *b, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;

	b->rec_len = bt_reader_upto(&a->r, BT_FACTS_LEN_MAX);
	b->rec = bt_reader_bytes(&a->r, b->rec_len);
	if (!b->rec)
		return bt_archive_refuse(err, "facts are cut off");
	if (bt_facts_decode(b->rec, b->rec_len, &a->scratch, &b->facts, &why))
		return bt_archive_refuse(err, why.msg);
	if (b->facts.size != b->size)
		return bt_archive_refuse(err, "facts are of a blob of another size");
	bt_blake2b(b->rec, b->rec_len, &b->digest);
	return 0;
}

static int read_blob(struct bt_archive_reader *a, struct bt_archive_blob *b, struct bt_err *err)
{
	const uint8_t *state, *path;
	size_t len;

	memset(b, 0, sizeof(*b));
	b->lang = (uint32_t)bt_reader_upto(&a->r, a->langs_nr ? a->langs_nr - 1 : 0);
	state = bt_reader_bytes(&a->r, 1);
	bt_archive_oid(a, &b->oid);
	b->size = bt_reader_upto(&a->r, INT64_MAX);
	len = bt_reader_upto(&a->r, BT_PATH_LEN_MAX);
	path = bt_reader_bytes(&a->r, len);
	if (a->r.bad || !state || !path || !a->langs_nr || !path_is_good(path, len) || !state_is_good(*state, *a->langs[b->lang].name == '?') ||
	    a->blobs_nr >= BT_ARCHIVE_BLOBS_MAX)
		return bt_archive_refuse(err, "a blob makes no sense");
	b->state = (enum bt_blob_state)*state;
	b->path = bt_arena_strndup(&a->scratch, (const char *)path, len);
	if (b->state == BT_BLOB_FACTS && read_facts(a, b, err))
		return err->code;
	if (!bt_oidmap_intern(&a->blob_of, &b->oid, b->lang, 0, NULL))
		return bt_archive_refuse(err, "a blob comes twice");
	BT_GROW(a->blobs, a->blobs_alloc, a->blobs_nr + 1);
	a->blobs[a->blobs_nr++] = (struct rd_blob){
		.oid = b->oid, .digest = b->digest, .lang = (uint16_t)b->lang, .state = *state,
	};
	return BT_ROW;
}

/* --- the end --- */

static bool root_is_good(const struct bt_archive_reader *a, uint64_t root)
{
	const struct bt_archive_head *h = &a->head;
	const struct rd_tree *t;

	if (!root || !h->complete)
		return !root && !h->complete;
	if (root > a->trees_nr)
		return false;
	t = &a->trees[root - 1];
	return root == a->trees_nr && bt_oid_equal(&t->oid, &h->tree) && t->selection == h->selection && t->files == h->files &&
	       !memcmp(&t->digest, &h->digest, sizeof(t->digest));
}

static int read_end(struct bt_archive_reader *a, struct bt_err *err)
{
	uint64_t langs = bt_reader_varint(&a->r), blobs = bt_reader_varint(&a->r), trees = bt_reader_varint(&a->r),
		 root = bt_reader_varint(&a->r);
	int rc;

	if (a->r.bad || a->r.at != a->r.end || langs != a->langs_nr || blobs != a->blobs_nr || trees != a->trees_nr)
		return bt_archive_refuse(err, "its end counts other things than came");
	if (!root_is_good(a, root))
		return bt_archive_refuse(err, "its root is not what the head says");
	rc = bt_frame_next(&a->f, err);
	if (rc < 0)
		return rc;
	a->over = true;
	return rc == BT_ROW ? bt_archive_refuse(err, "something follows its end") : BT_DONE;
}

/* --- items --- */

static int next_item(struct bt_archive_reader *a, struct bt_archive_item *item, struct bt_err *err)
{
	const uint8_t *letter;
	int rc;

	if (a->r.at == a->r.end) {
		rc = bt_frame_next(&a->f, err);
		if (rc != BT_ROW)
			return rc ? rc : bt_archive_refuse(err, "it has no end");
		a->r = bt_reader_make(a->f.raw.data, a->f.raw.len);
	}
	letter = bt_reader_bytes(&a->r, 1);
	switch (letter ? *letter : 0) {
	case BT_ARCHIVE_REC_LANG:
		item->kind = BT_ARCHIVE_LANG;
		item->number = (uint32_t)a->langs_nr;
		return read_lang(a, &item->lang, err);
	case BT_ARCHIVE_REC_BLOB:
		item->kind = BT_ARCHIVE_BLOB;
		item->number = (uint32_t)a->blobs_nr;
		return read_blob(a, &item->blob, err);
	case BT_ARCHIVE_REC_TREE:
		item->kind = BT_ARCHIVE_TREE;
		item->number = (uint32_t)a->trees_nr;
		return bt_archive_read_tree(a, &item->tree, err);
	case BT_ARCHIVE_REC_END:
		return read_end(a, err);
	default:
		return bt_archive_refuse(err, "a record is of no known kind");
	}
}

int bt_archive_next(struct bt_archive_reader *a, struct bt_archive_item *ret_item, struct bt_err *err)
{
	int rc;

	if (a->failed)
		return bt_err_set(err, (enum bt_code)a->failed, "the archive was refused");
	if (a->over)
		return BT_DONE;
	bt_arena_reset(&a->scratch);
	rc = next_item(a, ret_item, err);
	if (rc < 0)
		a->failed = rc;
	return rc;
}

const struct bt_archive_head *bt_archive_head(const struct bt_archive_reader *a)
{
	return &a->head;
}

void bt_archive_reader_stats(const struct bt_archive_reader *a, struct bt_archive_stats *ret_stats)
{
	*ret_stats = (struct bt_archive_stats){
		.languages = a->langs_nr, .blobs = a->blobs_nr, .trees = a->trees_nr,
		.raw = a->f.raw_all, .stored = a->f.stored_all,
	};
}

const struct bt_oid *bt_archive_tree_oid(const struct bt_archive_reader *a, uint32_t number)
{
	return &a->trees[number].oid;
}

const struct bt_oid *bt_archive_blob_oid(const struct bt_archive_reader *a, uint32_t number)
{
	return &a->blobs[number].oid;
}

enum bt_blob_state bt_archive_blob_state(const struct bt_archive_reader *a, uint32_t number)
{
	return (enum bt_blob_state)a->blobs[number].state;
}

uint64_t bt_archive_mark(const struct bt_archive_reader *a)
{
	uint64_t mark;

	memcpy(&mark, a->f.check, sizeof(mark));
	return mark;
}

int bt_archive_check(const struct bt_archive_input *in, struct bt_archive_head *ret_head, struct bt_archive_stats *ret_stats,
		     struct bt_err *err)
{
	BT_CLEANUP(bt_archive_free) struct bt_archive_reader *a = NULL;
	struct bt_archive_item item;
	int rc = bt_archive_open(in, &a, err);

	if (rc)
		return rc;
	while ((rc = bt_archive_next(a, &item, err)) == BT_ROW)
		;
	*ret_head = a->head;
	bt_archive_reader_stats(a, ret_stats);
	return rc;
}
