/*
 * The reader of archives on any bytes. 'f' first: the rest is a file. 'r' first: the rest are records, which are put into pieces with
 * true checksums, so that what stands behind the checksums is reached. Whatever is accepted holds what archive.h promises. 'p' first: the
 * rest is a saved difference.
 */
#include "core/archive/frame.h"
#include "core/base/limits.h"
#include "core/index/selection.h"
#include "core/query/change_pack.h"
#include "tests/fuzz/fuzz.h"

struct memory {
	const uint8_t *at, *end;
};

static int memory_read(void *ctx, void *p, size_t len, size_t *ret_len, struct bt_err *err)
{
	struct memory *m = ctx;

	(void)err;
	*ret_len = (size_t)(m->end - m->at) < len ? (size_t)(m->end - m->at) : len;
	if (*ret_len)
		memcpy(p, m->at, *ret_len);
	m->at += *ret_len;
	return 0;
}

static int memory_write(void *ctx, const void *p, size_t len, struct bt_err *err)
{
	(void)err;
	bt_buf_add(ctx, p, len);
	return 0;
}

/* What came so far. */
struct seen {
	uint32_t langs, blobs, trees;
};

static void check_blob(const struct seen *s, const struct bt_archive_blob *b)
{
	FUZZ_CHECK(b->lang < s->langs && (b->oid.len == 20 || b->oid.len == 32) && b->state < BT_BLOB_STATE_NR);
	FUZZ_CHECK(!bt_blob_state_killed(b->state) && b->state != BT_BLOB_MISSING && b->state != BT_BLOB_REDIRECT);
	FUZZ_CHECK(*b->path && strlen(b->path) <= BT_PATH_LEN_MAX);
	FUZZ_CHECK((b->state == BT_BLOB_FACTS) == (b->rec != NULL));
	FUZZ_CHECK(!b->rec || b->facts.size == b->size);
}

static void check_tree(const struct seen *s, const struct bt_archive_tree *t)
{
	for (size_t i = 0; i < t->entries_nr; i++) {
		const struct bt_archive_entry *e = &t->entries[i];

		FUZZ_CHECK(e->name_len && e->name_len < BT_PATH_LEN_MAX && !memchr(e->name, '/', e->name_len));
		FUZZ_CHECK(!memchr(e->name, '\0', e->name_len) && !(e->flags & ~BT_FILE_FLAGS_ALL));
		FUZZ_CHECK(e->tree ? e->target < s->trees : e->target == BT_NONE || e->target < s->blobs);
	}
	FUZZ_CHECK(t->files <= BT_ARCHIVE_FILES_MAX);
}

static void check_item(struct seen *s, const struct bt_archive_item *i)
{
	switch (i->kind) {
	case BT_ARCHIVE_LANG:
		FUZZ_CHECK(i->number == s->langs && *i->lang.name && memchr(i->lang.name, '\0', sizeof(i->lang.name)));
		s->langs++;
		break;
	case BT_ARCHIVE_BLOB:
		FUZZ_CHECK(i->number == s->blobs);
		check_blob(s, &i->blob);
		s->blobs++;
		break;
	case BT_ARCHIVE_TREE:
		FUZZ_CHECK(i->number == s->trees);
		check_tree(s, &i->tree);
		s->trees++;
		break;
	}
}

static void read_all(const uint8_t *data, size_t size)
{
	struct memory m = { data, data + size };
	struct bt_archive_input in = { memory_read, &m };
	struct bt_archive_reader *r = NULL;
	struct bt_err err = BT_ERR_INIT;
	struct bt_archive_item item;
	struct seen seen = { 0 };
	int rc = bt_archive_open(&in, &r, &err);

	while (!rc && (rc = bt_archive_next(r, &item, &err)) == BT_ROW) {
		check_item(&seen, &item);
		rc = 0;
	}
	FUZZ_CHECK(!rc || *err.msg);
	if (r && rc < 0)	/* it stays refused */
		FUZZ_CHECK(bt_archive_next(r, &item, &err) < 0);
	if (r && !rc)
		FUZZ_CHECK(m.at == m.end && (!bt_archive_head(r)->complete || seen.trees));
	bt_archive_free(&r);
}

/* The head ends where its own fields say; here a byte in front says it. */
static void read_records(const uint8_t *data, size_t size)
{
	struct bt_buf file = BT_BUF_INIT;
	struct bt_archive_sink sink = { memory_write, &file };
	struct bt_frame_writer w;
	struct bt_err err = BT_ERR_INIT;
	size_t head = size ? *data : 0;

	if (!size || head > size - 1)
		return;
	FUZZ_CHECK(!bt_frame_writer_start(&w, &sink, &err));
	bt_buf_add(&w.raw, data + 1, head);
	FUZZ_CHECK(!bt_frame_flush(&w, &err));
	bt_buf_add(&w.raw, data + 1 + head, size - 1 - head);
	FUZZ_CHECK(!bt_frame_end(&w, &err));
	bt_frame_writer_release(&w);
	read_all((const uint8_t *)bt_buf_cstr(&file), file.len);
	bt_buf_release(&file);
}

static void read_difference(const uint8_t *data, size_t size)
{
	struct bt_change_set set = BT_CHANGE_SET_INIT;
	struct bt_err err = BT_ERR_INIT;
	uint64_t others;
	int rc = bt_change_unpack(data, size, &set, &others, &err);

	FUZZ_CHECK(!rc || rc == BT_ERR_CORRUPT);
	for (size_t i = 0; !rc && i < set.files_nr; i++)
		FUZZ_CHECK(set.files[i].first + set.files[i].nr <= set.changes_nr && (set.files[i].before.path || set.files[i].after.path));
	for (size_t i = 0; !rc && i < set.changes_nr; i++) {
		const struct bt_change *c = &set.changes[i];

		FUZZ_CHECK(c->before || c->after);
		FUZZ_CHECK(!c->after || (c->after->name && set.files[c->after->file].after.path));
		FUZZ_CHECK(!c->before || (c->before->name && set.files[c->before->file].before.path));
	}
	bt_change_set_release(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && *data == 'f')
		read_all(data + 1, size - 1);
	else if (size && *data == 'r')
		read_records(data + 1, size - 1);
	else if (size && *data == 'p')
		read_difference(data + 1, size - 1);
	return 0;
}
