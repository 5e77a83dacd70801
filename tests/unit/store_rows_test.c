/* store: languages, blobs, facts, trees and manifests come back as they were put. */
#include "tests/unit/store_scratch.h"

static void test_languages(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	struct bt_store_language l;
	uint32_t c = 0, go = 0, newer = 0, again = 0, cursor = 0;

	(void)state;
	expect_ok(bt_store_language_id(s, "c", 1, &c, &err));
	expect_ok(bt_store_language_id(s, "go", UINT64_MAX, &go, &err));
	expect_ok(bt_store_language_id(s, "c", 2, &newer, &err));
	expect_ok(bt_store_language_id(s, "c", 1, &again, &err));
	assert_int_equal(c, again);
	assert_true(c != go && c != newer && go != newer && c);
	expect_code(BT_ROW, bt_store_language_next(s, &cursor, &l, &err));
	assert_int_equal(l.id, c);
	assert_string_equal(l.name, "c");
	expect_code(BT_ROW, bt_store_language_next(s, &cursor, &l, &err));
	assert_true(l.version == UINT64_MAX);
	expect_code(BT_ROW, bt_store_language_next(s, &cursor, &l, &err));
	expect_code(BT_DONE, bt_store_language_next(s, &cursor, &l, &err));
	expect_code(BT_ERR_LIMIT,
		    bt_store_language_id(s, "a-name-of-more-than-thirty-one-bytes", 1, &c, &err));
	bt_store_free(&s);

	s = store_open_mode(BT_STORE_READ);
	expect_ok(bt_store_language_id(s, "c", 2, &again, &err));
	assert_int_equal(again, newer);
	expect_code(BT_ERR_NOT_FOUND, bt_store_language_id(s, "c", 3, &again, &err));
}

static struct bt_blob blob_make(uint32_t n, enum bt_blob_state state)
{
	struct bt_blob b = { .oid = test_oid(n), .lang = 1, .state = state, .size = n };

	if (state == BT_BLOB_FACTS)
		b.digest = test_digest(n);
	return b;
}

static void test_blobs(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	struct bt_blob b = blob_make(1, BT_BLOB_FACTS), got;
	uint8_t sha256[32] = { 7 };
	uint32_t id = 0, other = 0, cursor = 0;
	bool known = true;

	(void)state;
	b.hint = "dir/\xff\x01name.c";
	expect_code(BT_DONE, bt_store_blob_find(s, &b.oid, 1, &got, &err));
	expect_ok(bt_store_blob_add(s, &b, &id, &known, &err));
	assert_false(known);
	expect_code(BT_ROW, bt_store_blob_find(s, &b.oid, 1, &got, &err));
	assert_int_equal(got.id, id);
	assert_true(bt_oid_equal(&got.oid, &b.oid));
	assert_int_equal(got.state, BT_BLOB_FACTS);
	assert_int_equal(got.size, 1);
	assert_memory_equal(&got.digest, &b.digest, sizeof(b.digest));
	assert_string_equal(got.hint, b.hint);
	/* Facts stay, whoever comes later. */
	b.state = BT_BLOB_TOO_LARGE;
	expect_ok(bt_store_blob_add(s, &b, &other, &known, &err));
	assert_true(known);
	assert_int_equal(other, id);
	expect_ok(bt_store_blob_get(s, id, &got, &err));
	assert_int_equal(got.state, BT_BLOB_FACTS);
	/* The same blob as another language, with an id of the other length beside it. */
	b.lang = 2;
	b.state = BT_BLOB_REDIRECT;
	b.resolved = 1;
	b.hint = NULL;
	expect_ok(row_put(s, &b, &other, &err));
	assert_true(other > id);
	expect_code(BT_ROW, bt_store_blob_by_oid(s, &b.oid, &cursor, &got, &err));
	assert_int_equal(got.id, id);
	expect_code(BT_ROW, bt_store_blob_by_oid(s, &b.oid, &cursor, &got, &err));
	assert_int_equal(got.id, other);
	assert_int_equal(got.resolved, 1);
	assert_null(got.hint);
	expect_code(BT_DONE, bt_store_blob_by_oid(s, &b.oid, &cursor, &got, &err));
	b.oid = bt_oid_make(sha256, sizeof(sha256));
	expect_ok(row_put(s, &b, &id, &err));
	expect_ok(bt_store_blob_get(s, id, &got, &err));
	assert_int_equal(got.oid.len, 32);
	expect_code(BT_ERR_CORRUPT, bt_store_blob_get(s, 1000, &got, &err));
}

static void test_killed(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	struct bt_blob b, got;
	uint32_t ids[BT_BLOB_STATE_NR], last = 0, i;
	uint64_t nr = 0, killed = 0;
	BT_FREE struct bt_store_count *counts = NULL;
	size_t counts_nr = 0;

	(void)state;
	for (i = 0; i < BT_BLOB_STATE_NR; i++) {
		b = blob_make(i, (enum bt_blob_state)i);
		killed += bt_blob_state_killed(b.state);
		expect_ok(row_put(s, &b, &ids[i], &err));
		assert_string_not_equal(bt_blob_state_name(b.state), "unknown");
	}
	expect_ok(bt_store_counts(s, &counts, &counts_nr, &err));
	assert_int_equal(counts_nr, BT_BLOB_STATE_NR);
	assert_int_equal(counts[5].bytes, 5);
	/* A killed blob that is parsed after all keeps its id. */
	b = blob_make(BT_BLOB_KILLED_CPU, BT_BLOB_FACTS);
	expect_ok(row_put(s, &b, &last, &err));
	assert_int_equal(last, ids[BT_BLOB_KILLED_CPU]);
	expect_ok(bt_store_blob_clear_killed(s, &nr, &err));
	assert_int_equal(nr, killed - 1);
	for (i = 0; i < BT_BLOB_STATE_NR; i++) {
		bool gone = bt_blob_state_killed((enum bt_blob_state)i) && i != BT_BLOB_KILLED_CPU;

		b = blob_make(i, (enum bt_blob_state)i);
		expect_code(gone ? BT_DONE : BT_ROW, bt_store_blob_find(s, &b.oid, 1, &got, &err));
	}
	/* Ids are never given twice, those of forgotten blobs neither. */
	b = blob_make(500, BT_BLOB_KILLED_TIME);
	expect_ok(row_put(s, &b, &last, &err));
	expect_ok(bt_store_blob_clear_killed(s, &nr, &err));
	b = blob_make(501, BT_BLOB_BINARY);
	expect_ok(row_put(s, &b, &ids[0], &err));
	assert_true(ids[0] > last);
}

/* Record n: any length, some compressible, some not. */
static void record_make(struct bt_buf *b, uint32_t n)
{
	uint64_t seed = n;
	uint32_t len = n % 7 == 0 ? n * 97 : test_random(&seed, 6000), i;

	bt_buf_clear(b);
	for (i = 0; i < len; i++)
		bt_buf_addch(b, n % 3 ? (int)(i / 16 & 0xff) : (int)test_random(&seed, 256));
}

static void records_check(struct bt_store *s, uint32_t from, uint32_t to, uint32_t as)
{
	BT_BUF_OWNED struct bt_buf want = BT_BUF_INIT, got = BT_BUF_INIT;
	uint32_t i;

	for (i = from; i < to; i++) {
		record_make(&want, i + as);
		bt_buf_clear(&got);
		expect_ok(bt_store_facts_read(s, i, &got, &err));
		assert_int_equal(got.len, want.len);
		if (got.len)
			assert_memory_equal(got.data, want.data, want.len);
	}
}

static void test_facts(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	uint32_t i;

	(void)state;
	for (i = 1; i < 600; i++) {
		if (i % 50 == 1)
			expect_ok(bt_store_begin(s, &err));
		record_make(&rec, i);
		expect_ok(facts_put(s, i, rec.data, rec.len, &err));
		/* What a transaction wrote it can read. */
		if (i % 70 == 0)
			records_check(s, i - 10, i + 1, 0);
		if (i % 50 == 0)
			expect_ok(bt_store_commit(s, &err));
	}
	expect_ok(bt_store_commit(s, &err));
	records_check(s, 1, 600, 0);
	/* Rolled back: as if nothing was. */
	expect_ok(bt_store_begin(s, &err));
	for (i = 1; i < 50; i++) {
		record_make(&rec, i + 1000);
		expect_ok(facts_put(s, i, rec.data, rec.len, &err));
	}
	bt_store_rollback(s);
	records_check(s, 1, 600, 0);
	/* Replaced, outside of a transaction. */
	for (i = 1; i < 20; i++) {
		record_make(&rec, i + 1000);
		expect_ok(facts_put(s, i, rec.data, rec.len, &err));
	}
	bt_store_free(&s);
	s = store_open_mode(BT_STORE_READ);
	records_check(s, 1, 20, 1000);
	records_check(s, 20, 600, 0);
	expect_code(BT_ERR_CORRUPT, bt_store_facts_read(s, 600, &rec, &err));
	expect_code(BT_ERR_READONLY, facts_put(s, 1, "x", 1, &err));
}

/* Version v of a folder: most lines as before. */
static void entries_make(struct bt_buf *b, uint32_t v)
{
	uint32_t i;

	bt_buf_clear(b);
	for (i = 0; i < 300; i++)
		bt_buf_addf(b, "%08x file-%u.c;",
			    (unsigned)bt_mix64(i * 1000 + (i % 50 == v % 50 ? v : 0)), i);
}

static void test_trees(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	BT_BUF_OWNED struct bt_buf want = BT_BUF_INIT, got = BT_BUF_INIT;
	struct bt_tree_row row, found;
	uint32_t ids[60], i, base = 0;

	(void)state;
	for (i = 0; i < 60; i++) {
		row = (struct bt_tree_row){ .oid = test_oid(i),
					    .selection = UINT64_MAX - 1,
					    .digest = test_digest(i),
					    .killed = i % 2,
					    .blobs = i };
		entries_make(&want, i);
		expect_ok(bt_store_tree_put(s, &row, base, want.data, want.len, &err));
		ids[i] = base = row.id;
	}
	bt_store_free(&s);
	s = store_open_mode(BT_STORE_WRITE);
	for (i = 60; i--;) {
		row.oid = test_oid(i);
		expect_code(BT_ROW, bt_store_tree_find(s, &row.oid, UINT64_MAX - 1, &found, &err));
		assert_int_equal(found.id, ids[i]);
		expect_code(BT_DONE, bt_store_tree_find(s, &row.oid, 1, &found, &err));
		expect_ok(bt_store_tree_read(s, ids[i], &found, &got, &err));
		assert_true(bt_oid_equal(&found.oid, &row.oid));
		assert_true(found.selection == UINT64_MAX - 1);
		assert_int_equal(found.killed, i % 2);
		assert_int_equal(found.blobs, i);
		entries_make(&want, i);
		assert_int_equal(got.len, want.len);
		assert_memory_equal(got.data, want.data, want.len);
	}
	/* The same tree again is the same row; with other gaps it is a new one, found first. */
	row = (struct bt_tree_row){ .oid = test_oid(2),
				    .selection = UINT64_MAX - 1,
				    .digest = test_digest(2),
				    .blobs = 2 };
	entries_make(&want, 2);
	expect_ok(bt_store_tree_put(s, &row, 0, want.data, want.len, &err));
	assert_int_equal(row.id, ids[2]);
	row.oid = test_oid(3);
	row.digest = test_digest(99);
	expect_ok(bt_store_tree_put(s, &row, ids[2], "", 0, &err));
	assert_true(row.id > ids[59]);
	expect_code(BT_ROW, bt_store_tree_find(s, &row.oid, UINT64_MAX - 1, &found, &err));
	assert_int_equal(found.id, row.id);
	expect_ok(bt_store_tree_read(s, row.id, &found, &got, &err));
	assert_int_equal(got.len, 0);
	/* Those that lean on the old row are still read. */
	entries_make(&want, 4);
	expect_ok(bt_store_tree_read(s, ids[4], &found, &got, &err));
	assert_memory_equal(got.data, want.data, want.len);
	expect_ok(bt_store_tree_clear(s, &err));
	expect_code(BT_DONE, bt_store_tree_find(s, &row.oid, UINT64_MAX - 1, &found, &err));
	expect_code(BT_ERR_CORRUPT, bt_store_tree_read(s, ids[4], &found, &got, &err));
}

static void test_tree_rollback(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	BT_BUF_OWNED struct bt_buf got = BT_BUF_INIT;
	struct bt_tree_row row = { .oid = test_oid(1), .selection = 1, .digest = test_digest(1) };
	struct bt_tree_row found;

	(void)state;
	expect_ok(bt_store_begin(s, &err));
	expect_ok(bt_store_tree_put(s, &row, 0, "gone", 4, &err));
	bt_store_rollback(s);
	row.oid = test_oid(2);
	expect_ok(bt_store_tree_put(s, &row, 0, "kept", 4, &err));
	expect_ok(bt_store_tree_read(s, row.id, &found, &got, &err));
	assert_memory_equal(got.data, "kept", 4);
}

static void test_manifests(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	BT_BUF_OWNED struct bt_buf data = BT_BUF_INIT, got = BT_BUF_INIT;
	struct bt_digest key;
	uint32_t i, there = 0;

	(void)state;
	for (i = 0; i < 20; i++) {
		record_make(&data, i * 7 + 7000);
		key = test_digest(i);
		expect_ok(bt_store_manifest_put(s, &key, data.data, data.len, &err));
	}
	key = test_digest(19);
	expect_ok(bt_store_manifest_put(s, &key, "new", 3, &err));
	for (i = 0; i < 20; i++) {
		struct bt_err err = BT_ERR_INIT;

		key = test_digest(i);
		bt_buf_clear(&got);
		if (bt_store_manifest_read(s, &key, &got, &err) != BT_ROW)
			continue;
		there++;
		record_make(&data, i * 7 + 7000);
		if (i == 19) {
			assert_int_equal(got.len, 3);
			continue;
		}
		assert_true(i >= 20 - BT_MANIFESTS_KEPT);
		assert_int_equal(got.len, data.len);
		assert_memory_equal(got.data, data.data, data.len);
	}
	assert_int_equal(there, BT_MANIFESTS_KEPT);
	expect_ok(bt_store_tree_clear(s, &err));
	expect_code(BT_DONE, bt_store_manifest_read(s, &key, &got, &err));
}

static void test_transactions(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	STORE_OWNED struct bt_store *reader = NULL;
	struct bt_blob b = blob_make(1, BT_BLOB_BINARY), got;
	uint32_t id, lang;

	(void)state;
	expect_code(BT_ERR_FAIL, bt_store_commit(s, &err));
	expect_ok(bt_store_begin(s, &err));
	expect_code(BT_ERR_FAIL, bt_store_begin(s, &err));
	expect_ok(row_put(s, &b, &id, &err));
	expect_ok(bt_store_language_id(s, "c", 1, &lang, &err));
	bt_store_rollback(s);
	bt_store_rollback(s);
	expect_code(BT_DONE, bt_store_blob_find(s, &b.oid, 1, &got, &err));
	expect_ok(row_put(s, &b, &id, &err));

	/* A reader sees one state between begin and end. */
	reader = store_open_mode(BT_STORE_READ);
	expect_ok(bt_store_read_begin(reader, &err));
	expect_ok(bt_store_read_begin(reader, &err));
	expect_code(BT_ROW, bt_store_blob_find(reader, &b.oid, 1, &got, &err));
	b = blob_make(2, BT_BLOB_BINARY);
	expect_ok(row_put(s, &b, &id, &err));
	expect_code(BT_DONE, bt_store_blob_find(reader, &b.oid, 1, &got, &err));
	bt_store_read_end(reader);
	expect_code(BT_DONE, bt_store_blob_find(reader, &b.oid, 1, &got, &err));
	bt_store_read_end(reader);
	expect_code(BT_ROW, bt_store_blob_find(reader, &b.oid, 1, &got, &err));
	expect_code(BT_ERR_READONLY, bt_store_begin(reader, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_languages, scratch_reset),
		cmocka_unit_test_setup(test_blobs, scratch_reset),
		cmocka_unit_test_setup(test_killed, scratch_reset),
		cmocka_unit_test_setup(test_facts, scratch_reset),
		cmocka_unit_test_setup(test_trees, scratch_reset),
		cmocka_unit_test_setup(test_tree_rollback, scratch_reset),
		cmocka_unit_test_setup(test_manifests, scratch_reset),
		cmocka_unit_test_setup(test_transactions, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
