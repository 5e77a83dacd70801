/*
 * store: a file that is written anew has every row, record and name of what was not forgotten, and gives back at least what the
 * forgotten took; what cannot be read is left out and nothing else.
 */
#include "store/forget.h"
#include "store/frozen.h"
#include "store/inspect.h"
#include "store/rewrite.h"
#include "tests/unit/store_scratch.h"

#define BLOBS_NR 600
#define NAMES_NR 40		/* of a blob */
#define NAMES_ALL 700

struct world {
	uint32_t ids[BLOBS_NR];
	bool gone[BLOBS_NR];
	uint16_t names[BLOBS_NR][NAMES_NR];
	uint64_t random;
};

static size_t record_make(uint32_t i, char record[4096])
{
	uint64_t state = i + 1;

	for (size_t k = 0; k < 4096; k++)
		record[k] = (char)test_random(&state, 256);
	return 1000 + i * 5;
}

static void name_make(uint32_t n, char name[16])
{
	snprintf(name, 16, "name_%u", n);
}

static uint32_t kinds_of(uint32_t blob, uint32_t name)
{
	return (blob + name) % 5 ? 0 : 1u << name % 7;
}

/* Names of a blob come once each. */
static bool has_name(const struct world *w, uint32_t i, uint32_t n)
{
	for (size_t k = 0; k < NAMES_NR; k++)
		if (w->names[i][k] == n)
			return true;
	return false;
}

static void blob_make(struct world *w, struct bt_store *s, struct bt_postings *p, uint32_t i)
{
	struct bt_blob b = { .oid = test_oid(i), .lang = 1, .state = BT_BLOB_FACTS, .digest = test_digest(i) };
	char record[4096], name[16];
	size_t len = record_make(i, record);

	expect_ok(row_put(s, &b, &w->ids[i], &err));
	expect_ok(facts_put(s, w->ids[i], record, len, &err));
	memset(w->names[i], 0xff, sizeof(w->names[i]));
	for (size_t k = 0; k < NAMES_NR; k++) {
		uint32_t n = test_random(&w->random, NAMES_ALL);

		if (has_name(w, i, n))
			continue;
		w->names[i][k] = (uint16_t)n;
		name_make(n, name);
		bt_postings_add(p, w->ids[i], name, strlen(name), kinds_of(w->ids[i], n));
	}
}

static void world_make(struct world *w)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	uint32_t lang;

	w->random = test_seed();
	expect_ok(bt_store_language_id(s, "c", 7, &lang, &err));
	for (uint32_t i = 0; i < BLOBS_NR; i++) {
		if (i % 50 == 0)
			expect_ok(bt_store_begin(s, &err));
		blob_make(w, s, p, i);
		if (i % 50 != 49)
			continue;
		expect_ok(bt_postings_flush(p, s, &err));
		expect_ok(bt_store_commit(s, &err));
	}
}

static void check_names(const struct world *w, struct bt_store *s)
{
	for (uint32_t n = 0; n < NAMES_ALL; n++) {
		struct bt_posting *list = NULL;
		size_t nr = 0, at = 0;
		char name[16];

		name_make(n, name);
		expect_ok(bt_postings_find(s, name, strlen(name), false, &list, &nr, &err));
		for (uint32_t i = 0; i < BLOBS_NR; i++) {
			if (w->gone[i] || !has_name(w, i, n))
				continue;
			assert_true(at < nr);
			assert_int_equal(list[at].blob_id, w->ids[i]);
			assert_int_equal(list[at++].kinds, kinds_of(w->ids[i], n));
		}
		assert_int_equal(at, nr);
		free(list);
	}
}

static void no_problem(void *ctx, const char *what)
{
	(void)ctx;
	fail_msg("%s", what);
}

static void any_name(void *ctx, const char *name, size_t len, const struct bt_posting *list, size_t nr)
{
	(void)ctx, (void)name, (void)len, (void)list, (void)nr;
}

static void world_check(const struct world *w, struct bt_store *s)
{
	struct bt_names_check names = { .name = any_name, .problem = no_problem };
	BT_BUF_OWNED struct bt_buf got = BT_BUF_INIT;
	BT_IDSET_OWNED struct bt_idset orphans = BT_IDSET_INIT;
	char record[4096];

	for (uint32_t i = 0; i < BLOBS_NR; i++) {
		struct bt_blob b;

		expect_code(w->gone[i] ? BT_DONE : BT_ROW, bt_store_blob_exists(s, w->ids[i], &err));
		if (w->gone[i])
			continue;
		expect_ok(bt_store_blob_get(s, w->ids[i], &b, &err));
		assert_int_equal(b.state, BT_BLOB_FACTS);
		bt_buf_clear(&got);
		expect_ok(bt_store_facts_read(s, w->ids[i], &got, &err));
		assert_int_equal(got.len, record_make(i, record));
		assert_memory_equal(got.data, record, got.len);
	}
	check_names(w, s);
	expect_ok(bt_store_check_names(s, &names, &err));
	expect_ok(bt_store_check_file(s, no_problem, NULL, &err));
	expect_ok(bt_store_orphans(s, &orphans, &err));
	assert_int_equal(orphans.nr, 0);
}

static struct bt_store *open_alone(void)
{
	struct bt_store *s = NULL;

	expect_ok(bt_store_open_alone(scratch_dir, 0, 0, &s, &err));
	return s;
}

/* Forgets some; what their facts take. */
static uint64_t forget(struct world *w, struct bt_store *s, uint32_t nr)
{
	BT_IDSET_OWNED struct bt_idset blobs = BT_IDSET_INIT, none = BT_IDSET_INIT;
	struct bt_forgotten sum;

	while (nr--) {
		uint32_t i = test_random(&w->random, BLOBS_NR);

		w->gone[i] = true;
		bt_idset_add(&blobs, w->ids[i]);
	}
	w->gone[BLOBS_NR - 1] = true;
	bt_idset_add(&blobs, w->ids[BLOBS_NR - 1]);
	expect_ok(bt_store_forget_measure(s, &blobs, &none, &sum, &err));
	expect_ok(bt_store_forget(s, &blobs, &none, &err));
	return sum.bytes;
}

static void test_room_comes_back(void **state)
{
	static struct world w;
	STORE_OWNED struct bt_store *s = NULL;
	struct bt_rewrite_opts o = { .salvage = false };
	struct bt_rewritten done;
	struct bt_store_waste waste;
	struct bt_blob b = { .oid = test_oid(9999), .lang = 1, .state = BT_BLOB_BINARY };
	uint64_t forgotten;
	uint32_t id;

	(void)state;
	memset(&w, 0, sizeof(w));
	world_make(&w);
	s = open_alone();
	expect_ok(bt_store_rewrite(s, &o, &done, &err));
	world_check(&w, s);
	for (int round = 0; round < 4; round++) {
		forgotten = forget(&w, s, BLOBS_NR / 6);
		expect_ok(bt_store_waste(s, &waste, &err));
		assert_true(waste.hole_bytes >= forgotten);
		assert_true(waste.dead_blobs > 0);
		expect_ok(bt_store_rewrite(s, &o, &done, &err));
		/* a file ends with a page */
		assert_true(done.bytes_before - done.bytes_after + 8192 > forgotten);
		world_check(&w, s);
		expect_ok(bt_store_waste(s, &waste, &err));
		assert_int_equal(waste.hole_bytes, 0);
		assert_int_equal(waste.dead_blobs, 0);
		assert_int_equal(waste.segments, 1);
		assert_int_equal(waste.file_bytes, done.bytes_after);
	}
	/* ids do not come again, though the last row is gone */
	expect_ok(row_put(s, &b, &id, &err));
	assert_true(id > w.ids[BLOBS_NR - 1]);
	bt_store_free(&s);
	s = store_open_mode(BT_STORE_READ);
	world_check(&w, s);
}

/* The names of a record: what the model knows of its blob. */
static int names_again(void *ctx, uint32_t blob, const void *rec, size_t len, struct bt_postings *p, struct bt_err *err)
{
	const struct world *w = ctx;
	char record[4096], name[16];

	for (uint32_t i = 0; i < BLOBS_NR; i++) {
		if (w->ids[i] != blob)
			continue;
		if (len != record_make(i, record) || memcmp(record, rec, len))
			return bt_err_set(err, BT_ERR_CORRUPT, "another record");
		for (size_t k = 0; k < NAMES_NR; k++) {
			if (w->names[i][k] == UINT16_MAX)
				continue;
			name_make(w->names[i][k], name);
			bt_postings_add(p, blob, name, strlen(name), kinds_of(blob, w->names[i][k]));
		}
		return 0;
	}
	return bt_err_set(err, BT_ERR_CORRUPT, "nobody's record");
}

static void test_names_from_records(void **state)
{
	static struct world w;
	STORE_OWNED struct bt_store *s = NULL;
	struct bt_rewrite_opts o = { .names = names_again, .ctx = &w };
	struct bt_rewritten done;

	(void)state;
	memset(&w, 0, sizeof(w));
	world_make(&w);
	s = open_alone();
	forget(&w, s, 50);
	expect_ok(bt_store_rewrite(s, &o, &done, &err));
	world_check(&w, s);
}

static bool stays_warm(void *ctx, uint32_t blob)
{
	(void)ctx;
	return blob % 3 == 0;
}

static void test_frozen(void **state)
{
	static struct world w;
	STORE_OWNED struct bt_store *s = NULL;
	struct bt_freeze_opts freeze = { .warm = stays_warm };
	struct bt_freeze_sum sum;
	struct bt_rewrite_opts merge = { .salvage = false }, names = { .names = names_again, .ctx = &w },
			       salvage = { .names = names_again, .salvage = true, .ctx = &w };
	struct bt_rewritten done;
	char path[4096], away[4096 + 8];

	(void)state;
	memset(&w, 0, sizeof(w));
	world_make(&w);
	s = open_alone();
	expect_ok(bt_store_freeze(s, &freeze, &sum, &err));
	assert_true(sum.blobs > BLOBS_NR / 2);
	expect_ok(bt_store_rewrite(s, &merge, &done, &err));
	world_check(&w, s);
	forget(&w, s, 60);
	expect_ok(bt_store_rewrite(s, &names, &done, &err));
	world_check(&w, s);
	/* its disk is away: names cannot be asked for, and nothing changes; or what is there is saved */
	snprintf(path, sizeof(path), "%s", bt_store_frozen_path(s, &(struct bt_err)BT_ERR_INIT));
	snprintf(away, sizeof(away), "%s.away", path);
	bt_store_free(&s);
	assert_int_equal(rename(path, away), 0);
	s = open_alone();
	expect_code(BT_ERR_NOT_FOUND, bt_store_rewrite(s, &names, &done, &err));
	expect_ok(bt_store_rewrite(s, &merge, &done, &err));
	bt_store_free(&s);
	assert_int_equal(rename(away, path), 0);
	s = open_alone();
	world_check(&w, s);
	bt_store_free(&s);
	assert_int_equal(rename(path, away), 0);
	s = open_alone();
	expect_ok(bt_store_rewrite(s, &salvage, &done, &err));
	for (uint32_t i = 0; i < BLOBS_NR; i++)
		w.gone[i] |= w.ids[i] % 3 != 0;
	world_check(&w, s);
}

/* One record of a file whose page was overwritten is missing afterwards, and those beside it. */
static void test_salvage(void **state)
{
	static struct world w;
	STORE_OWNED struct bt_store *s = NULL;
	struct bt_rewrite_opts o = { .names = names_again, .salvage = true, .ctx = &w }, plain = { .salvage = false };
	struct bt_rewritten done;
	BT_FREE char *bytes = NULL;
	size_t len, page = 0, lost = 0;

	(void)state;
	memset(&w, 0, sizeof(w));
	world_make(&w);
	s = open_alone();
	expect_ok(bt_store_rewrite(s, &plain, &done, &err));
	bt_store_free(&s);
	bytes = file_bytes(scratch_db, &len);
	/* a page that is full of a record has no zeros */
	for (size_t at = 8192 * 20; at + 8192 < len && !page; at += 8192)
		if (!memchr(bytes + at + 4096, 0, 16) && !memchr(bytes + at + 6000, 0, 16))
			page = at;
	assert_true(page);
	memset(bytes + page, 'x', 8192);
	file_make(scratch_db, bytes, len);
	s = open_alone();
	expect_code(BT_ERR_CORRUPT, bt_store_rewrite(s, &plain, &done, &err));
	expect_ok(bt_store_rewrite(s, &o, &done, &err));
	assert_in_range(done.blobs_lost, 1, 20);
	for (uint32_t i = 0; i < BLOBS_NR; i++) {
		w.gone[i] = bt_store_blob_exists(s, w.ids[i], NULL) == BT_DONE;
		lost += w.gone[i];
	}
	assert_int_equal(lost, done.blobs_lost);
	world_check(&w, s);
}

/* Every table is one that rewriting knows: a new one has to be copied, or made again. */
static void test_tables(void **state)
{
	static const char known[] = " blob facts facts_piece finding frozen frozen_file frozen_group language manifest"
				    " name_block name_key posting segment sqlite_sequence tree trigram ";
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	sqlite3_stmt *q = NULL;

	(void)state;
	assert_int_equal(sqlite3_prepare_v2(s->db, "SELECT name FROM sqlite_master WHERE type = 'table'", -1, &q, NULL), 0);
	while (sqlite3_step(q) == SQLITE_ROW) {
		char word[64];

		snprintf(word, sizeof(word), " %s ", (const char *)sqlite3_column_text(q, 0));
		if (!strstr(known, word))
			fail_msg("store/rewrite.c does not know of the table%s", word);
	}
	sqlite3_finalize(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_room_comes_back, scratch_reset),
		cmocka_unit_test_setup(test_names_from_records, scratch_reset),
		cmocka_unit_test_setup(test_frozen, scratch_reset),
		cmocka_unit_test_setup(test_salvage, scratch_reset),
		cmocka_unit_test_setup(test_tables, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
