/*
 * archive: an archive is read whole or refused. 500 changed bits and every shorter length are seen by checksums; behind these, 2,000
 * changes of what is in it, under true checksums, are refused or give an archive that is sound in itself.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/archive/frame.h"
#include "core/base/file.h"

/* tests/fuzz/corpus/archive_fuzz/file is one behind a letter. */
static struct bt_buf archive;

struct memory {
	const char *at, *end;
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

static int check(const char *p, size_t len, struct bt_archive_head *head, struct bt_archive_stats *stats)
{
	struct memory m = { p, p + len };
	struct bt_archive_input in = { memory_read, &m };
	struct bt_err why = BT_ERR_INIT;

	return bt_archive_check(&in, head, stats, &why);
}

static int load(void **state)
{
	const char *source = getenv("TEST_SOURCE");
	struct bt_err why = BT_ERR_INIT;
	char path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/archive_fuzz/file", source ? source : "..");
	if (bt_file_read(path, 1 << 20, &archive, &why))
		fail_msg("%s", why.msg);
	memmove(archive.data, archive.data + 1, --archive.len);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	bt_buf_release(&archive);
	return 0;
}

static void test_good(void **state)
{
	struct bt_archive_head head;
	struct bt_archive_stats stats;

	(void)state;
	assert_int_equal(check(archive.data, archive.len, &head, &stats), 0);
	assert_true(head.complete && head.commit.len == 20 && head.tree.len == 20 && head.files && stats.blobs && stats.trees > 1);
	assert_true(stats.stored == archive.len && stats.raw > stats.stored / 2);
}

static void test_bits(void **state)
{
	struct bt_archive_head head;
	struct bt_archive_stats stats;

	(void)state;
	srand(5);
	for (int i = 0; i < 500; i++) {
		size_t at = (size_t)rand() % archive.len;
		char bit = (char)(1 << rand() % 8);

		archive.data[at] ^= bit;
		if (check(archive.data, archive.len, &head, &stats) >= 0)
			fail_msg("bit %d of byte %zu", bit, at);
		archive.data[at] ^= bit;
	}
	for (size_t len = 0; len < archive.len; len++)
		if (check(archive.data, len, &head, &stats) >= 0)
			fail_msg("%zu bytes", len);
	bt_buf_addch(&archive, 0);
	assert_true(check(archive.data, archive.len, &head, &stats) < 0);
	archive.len--;
	assert_int_equal(check(archive.data, archive.len, &head, &stats), 0);
}

/* The pieces of the archive, one buffer each. */
static size_t unpack(struct bt_buf pieces[4])
{
	struct memory m = { archive.data, archive.data + archive.len };
	struct bt_archive_input in = { memory_read, &m };
	struct bt_frame_reader r;
	struct bt_err why = BT_ERR_INIT;
	size_t nr = 0;

	assert_int_equal(bt_frame_reader_start(&r, &in, &why), 0);
	while (bt_frame_next(&r, &why) == BT_ROW) {
		assert_true(nr < 4);
		bt_buf_init(&pieces[nr], 0);
		bt_buf_add(&pieces[nr++], r.raw.data, r.raw.len);
	}
	bt_frame_reader_release(&r);
	return nr;
}

static void seal(const struct bt_buf *pieces, size_t nr, struct bt_buf *out)
{
	struct bt_archive_sink sink = { memory_write, out };
	struct bt_frame_writer w;
	struct bt_err why = BT_ERR_INIT;

	bt_buf_clear(out);
	assert_int_equal(bt_frame_writer_start(&w, &sink, &why), 0);
	for (size_t i = 0; i < nr; i++) {
		bt_buf_add(&w.raw, pieces[i].data, pieces[i].len);
		assert_int_equal(bt_frame_flush(&w, &why), 0);
	}
	assert_int_equal(bt_frame_end(&w, &why), 0);
	bt_frame_writer_release(&w);
}

/* Behind the checksums: facts and entries are under the digest of the root; what is not says nothing about code. */
static void test_content(void **state)
{
	struct bt_buf pieces[4], file = BT_BUF_INIT;
	struct bt_archive_head good, head;
	struct bt_archive_stats stats;
	size_t nr = unpack(pieces), accepted = 0;

	(void)state;
	assert_int_equal(nr, 2);
	assert_int_equal(check(archive.data, archive.len, &good, &stats), 0);
	seal(pieces, nr, &file);
	assert_int_equal(check(file.data, file.len, &head, &stats), 0);
	srand(6);
	for (int i = 0; i < 2000; i++) {
		struct bt_buf *p = &pieces[rand() % 8 ? 1 : 0];
		size_t at = (size_t)rand() % p->len;
		char old = p->data[at];

		p->data[at] ^= (char)(1 << rand() % 8);
		seal(pieces, nr, &file);
		if (!check(file.data, file.len, &head, &stats)) {
			accepted++;
			assert_true(head.complete);
			/* The digest covers names, ids, states, languages and facts. */
			assert_memory_equal(&head.digest, &good.digest, sizeof(head.digest));
			assert_int_equal(head.files, good.files);
		}
		p->data[at] = old;
	}
	/* ids of commit and folders, selections, sizes, paths that are told to people */
	assert_true(accepted < 1000);
	for (size_t i = 0; i < nr; i++)
		bt_buf_release(&pieces[i]);
	bt_buf_release(&file);
}

static void test_version(void **state)
{
	struct bt_archive_head head;
	struct bt_archive_stats stats;

	(void)state;
	archive.data[8] = 2;
	assert_int_equal(check(archive.data, archive.len, &head, &stats), BT_ERR_VERSION);
	archive.data[8] = 1;
}

/* A piece that unpacks to much more than it says, or says more than there may be. */
static void test_lengths(void **state)
{
	struct bt_archive_head head;
	struct bt_archive_stats stats;
	BT_BUF_OWNED struct bt_buf file = BT_BUF_INIT;

	(void)state;
	bt_buf_add(&file, archive.data, 12);
	bt_buf_add(&file, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	bt_buf_add(&file, "0123456789abcdef", 16);
	assert_int_equal(check(file.data, file.len, &head, &stats), BT_ERR_CORRUPT);
	assert_int_equal(check("", 0, &head, &stats), BT_ERR_CORRUPT);
	assert_int_equal(check("\n", 1, &head, &stats), BT_ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	cmocka_unit_test(test_bits),	cmocka_unit_test(test_content),
		cmocka_unit_test(test_version), cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
