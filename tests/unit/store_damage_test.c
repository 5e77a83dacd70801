/* store: whatever happens to the bytes, answers are right or errors, and nothing crashes. */
#include "tests/unit/store_model.h"

#include "store/segment.h"

#define BLOBS 150
#define TREES 40

/* --- a store with a bit of everything --- */

static void blob_put(struct bt_store *s, uint32_t n)
{
	struct bt_blob b = {
		.oid = test_oid(n), .lang = 1 + n % 2, .size = n, .hint = "some/path.c"
	};
	char rec[700];
	uint32_t id;
	size_t i;

	b.state = n % 10 ? BT_BLOB_FACTS : BT_BLOB_KILLED_TIME;
	b.digest = test_digest(n);
	expect_ok(row_put(s, &b, &id, &err));
	assert_int_equal(id, n);
	if (b.state != BT_BLOB_FACTS)
		return;
	for (i = 0; i < sizeof(rec); i++)
		rec[i] = (char)(bt_mix64(n * 1000 + i / 3) & 0x3f);
	expect_ok(facts_put(s, id, rec, 100 + n * 4, &err));
}

static void store_fill(struct bt_store *s, struct model *m)
{
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	uint64_t seed = test_seed();
	uint32_t n, id, tree = 0;

	expect_ok(bt_store_language_id(s, "c", 1, &id, &err));
	expect_ok(bt_store_language_id(s, "go", 7, &id, &err));
	for (n = 1; n <= BLOBS; n++) {
		expect_ok(bt_store_begin(s, &err));
		blob_put(s, n);
		blob_fill(m, p, n, 200, 3000, &seed);
		model_add(m, n, "everywhere", 10, n % 5 == 0);
		bt_postings_add(p, n, "everywhere", 10, n % 5 == 0);
		if (n % 40 == 0)
			expect_ok(bt_postings_flush(p, s, &err));
		expect_ok(bt_store_commit(s, &err));
	}
	for (n = 1; n <= TREES; n++) {
		struct bt_tree_row row = {
			.oid = test_oid(n), .selection = 3, .blobs = n, .digest = test_digest(n)
		};
		char entries[600];

		memset(entries, 'e', sizeof(entries));
		snprintf(entries, sizeof(entries), "%u-%s", n, scratch_db + strlen(scratch_db) - 8);
		expect_ok(bt_store_tree_put(s, &row, tree, entries, sizeof(entries), &err));
		tree = row.id;
	}
	for (n = 1; n <= 3; n++) {
		struct bt_digest key = test_digest(n);

		expect_ok(bt_store_manifest_put(s, &key, scratch_top, 200 + n, &err));
	}
	/* Long enough for a row of its own. */
	for (n = 1; n <= 600; n++) {
		char name[40];

		bt_postings_add(p, 10000 + 3 * n * n, "everywhere", 10, n % 5 == 0);
		bt_postings_add(p, 10000 + 3 * n * n, name, (size_t)sprintf(name, "only_%u", n), 1);
	}
	expect_ok(bt_postings_flush(p, s, &err));
}

/* --- all questions --- */

static int ask_blobs(struct bt_store *s, struct bt_blake2b *h, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	struct bt_blob b;
	uint32_t n;
	int rc;

	for (n = 1; n <= BLOBS; n++) {
		struct bt_oid oid = test_oid(n);

		rc = bt_store_blob_get(s, n, &b, err);
		if (rc)
			return rc;
		bt_blake2b_add(h, &b.oid, sizeof(b.oid));
		bt_blake2b_add(h, &b.digest, sizeof(b.digest));
		bt_blake2b_add(h, b.hint, b.hint ? strlen(b.hint) : 0);
		rc = bt_store_blob_find(s, &oid, 1 + n % 2, &b, err);
		if (rc < 0)
			return rc;
		bt_blake2b_add(h, &rc, sizeof(rc));
		if (rc != BT_ROW || b.state != BT_BLOB_FACTS)
			continue;
		bt_buf_clear(&rec);
		rc = bt_store_facts_read(s, b.id, &rec, err);
		if (rc)
			return rc;
		bt_blake2b_add(h, rec.data, rec.len);
	}
	return 0;
}

static int ask_trees(struct bt_store *s, struct bt_blake2b *h, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	struct bt_tree_row row;
	uint32_t n;
	int rc;

	for (n = TREES; n; n--) {
		struct bt_oid oid = test_oid(n);

		rc = bt_store_tree_find(s, &oid, 3, &row, err);
		bt_blake2b_add(h, &rc, sizeof(rc));
		if (rc == BT_ROW) {
			bt_blake2b_add(h, &row.digest, sizeof(row.digest));
			rc = bt_store_tree_read(s, row.id, &row, &b, err);
		}
		if (rc)
			return rc;
		bt_blake2b_add(h, b.data, b.len);
	}
	for (n = 1; n <= 3; n++) {
		struct bt_digest key = test_digest(n);

		bt_buf_clear(&b);
		rc = bt_store_manifest_read(s, &key, &b, err);
		if (rc < 0)
			return rc;
		bt_blake2b_add(h, b.data, b.len);
	}
	return 0;
}

static int ask_languages(struct bt_store *s, struct bt_blake2b *h, struct bt_err *err)
{
	BT_FREE struct bt_store_count *counts = NULL;
	struct bt_store_language l;
	uint32_t cursor = 0;
	size_t nr = 0;
	int rc;

	while ((rc = bt_store_language_next(s, &cursor, &l, err)) == BT_ROW)
		bt_blake2b_add(h, &l, sizeof(l));
	if (!rc)
		rc = bt_store_counts(s, &counts, &nr, err);
	if (!rc)
		bt_blake2b_add(h, counts, nr * sizeof(*counts));
	return rc;
}

static int hit_digest(void *ctx, const struct bt_name_hit *hit, struct bt_err *err)
{
	struct bt_blake2b *h = ctx;

	(void)err;
	bt_blake2b_add(h, hit->name, hit->name_len);
	bt_blake2b_add(h, hit->postings, hit->postings_nr * sizeof(*hit->postings));
	return 0;
}

static int ask_names(struct bt_store *s, struct model *m, struct bt_blake2b *h, struct bt_err *err)
{
	static const struct bt_name_query queries[] = {
		{ .match = BT_MATCH_SUBSTRING, .pattern = "alloc" },
		{ .match = BT_MATCH_SUBSTRING, .pattern = "o", .ignore_case = true },
		{ .match = BT_MATCH_PREFIX, .pattern = "getS" },
		{ .match = BT_MATCH_GLOB, .pattern = "*page*_[0-9]*" },
		{ .match = BT_MATCH_FUZZY, .pattern = "onyl_55", .edits = 2 },
	};
	size_t i, nr;
	int rc = 0;

	for (i = 0; i < m->names.nr && !rc; i += i < 20 ? 1 : 97) {
		BT_FREE struct bt_posting *list = NULL;
		const struct bt_strmap_entry *e = &m->names.entries[i];

		rc = bt_postings_find(s, i ? e->key : "everywhere", i ? e->len : 10, i % 2, &list,
				      &nr, err);
		if (!rc)
			bt_blake2b_add(h, list, nr * sizeof(*list));
	}
	for (i = 0; i < BT_ARRAY_NR(queries) && !rc; i++)
		rc = bt_postings_search(s, &queries[i], hit_digest, h, err);
	return rc;
}

static int ask(struct bt_store *s, struct model *m, struct bt_digest *ret_digest,
	       struct bt_err *err)
{
	struct bt_blake2b h;
	int rc;

	bt_blake2b_init(&h);
	rc = ask_languages(s, &h, err);
	if (!rc)
		rc = ask_blobs(s, &h, err);
	if (!rc)
		rc = ask_trees(s, &h, err);
	if (!rc)
		rc = ask_names(s, m, &h, err);
	bt_blake2b_end(&h, ret_digest);
	return rc;
}

/* Opens and asks: an error with the way out, or the right answers. Returns the code. */
static int ask_file(struct model *m, const struct bt_digest *right, const char *what, size_t at)
{
	STORE_OWNED struct bt_store *s = NULL;
	struct bt_err err = BT_ERR_INIT;
	struct bt_digest d;
	int rc = bt_store_open(scratch_dir, BT_STORE_READ, 0, &s, &err);

	if (!rc)
		rc = ask(s, m, &d, &err);
	if (!rc && memcmp(&d, right, sizeof(d)))
		fail_msg("%s at %zu: a wrong answer", what, at);
	if (rc && ((rc != BT_ERR_CORRUPT && rc != BT_ERR_VERSION) ||
		   strcmp(err.hint, "git batho index --rebuild")))
		fail_msg("%s at %zu: %d '%s', hint '%s'", what, at, rc, err.msg, err.hint);
	return rc;
}

/* --- the file --- */

static struct model model;
static char *good;
static size_t good_len;
static struct bt_digest right;

static int damage_setup(void **state)
{
	struct bt_store *s;

	if (scratch_setup(state))
		return -1;
	scratch_reset(state);
	model_init(&model);
	s = store_open_mode(BT_STORE_WRITE);
	store_fill(s, &model);
	bt_store_free(&s);
	s = store_open_mode(BT_STORE_READ);
	expect_ok(ask(s, &model, &right, &err));
	bt_store_free(&s);
	good = file_bytes(scratch_db, &good_len);
	return 0;
}

static int damage_teardown(void **state)
{
	model_release(&model);
	free(good);
	return scratch_teardown(state);
}

/* Before each test. */
static int damage_reset(void **state)
{
	(void)state;
	file_make(scratch_db, good, good_len);
	return 0;
}

static void test_flips(void **state)
{
	uint64_t seed = test_seed();
	BT_FREE char *bytes = bt_xmalloc(good_len);
	int i, caught = 0;

	(void)state;
	assert_int_equal(ask_file(&model, &right, "nothing", 0), 0);
	for (i = 0; i < 250; i++) {
		size_t at = i < 100 ? (size_t)i : test_random(&seed, (uint32_t)good_len);
		int how = (int)test_random(&seed, 3);

		memcpy(bytes, good, good_len);
		if (how == 0)
			bytes[at] ^= (char)(1 << test_random(&seed, 8));
		else if (how == 1)
			bytes[at] = (char)test_random(&seed, 256);
		else
			memset(bytes + at, 0, good_len - at < 512 ? good_len - at : 512);
		file_make(scratch_db, bytes, good_len);
		caught += ask_file(&model, &right, "a flip", at) != 0;
	}
	assert_true(caught > 100);
}

static void test_cuts_and_swaps(void **state)
{
	uint64_t seed = test_seed() + 1;
	BT_FREE char *bytes = bt_xmalloc(good_len);
	int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		file_make(scratch_db, good, test_random(&seed, (uint32_t)good_len));
		assert_int_not_equal(ask_file(&model, &right, "a cut", 0), 0);
	}
	/* A page where another one should be: the right bytes at the wrong place. */
	for (i = 0; i < 40; i++) {
		size_t page = 8192, pages = good_len / page;
		size_t a = 1 + test_random(&seed, (uint32_t)pages - 1);
		size_t b = 1 + test_random(&seed, (uint32_t)pages - 1);

		memcpy(bytes, good, good_len);
		memcpy(bytes + a * page, good + b * page, page);
		file_make(scratch_db, bytes, good_len);
		ask_file(&model, &right, "a page", a);
	}
}

/* --- the values, below the checksums of pages --- */

static const struct {
	const char *table, *key, *column;
} values[] = {
	{ "facts_piece", "id", "data" }, { "tree", "id", "data" },
	{ "manifest", "id", "data" },	 { "segment", "id", "blobs" },
	{ "name_block", "id", "data" },	 { "posting", "id", "data" },
	{ "trigram", "id", "data" },
};

static sqlite3_stmt *prepare(struct bt_store *s, const char *fmt, ...)
{
	sqlite3_stmt *q = NULL;
	char *sql;
	va_list ap;

	va_start(ap, fmt);
	sql = sqlite3_vmprintf(fmt, ap);
	va_end(ap);
	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL))
		fail_msg("%s: %s", sql, sqlite3_errmsg(s->db));
	sqlite3_free(sql);
	return q;
}

/* A random row of a table: its key and value. free() */
static int64_t value_pick(struct bt_store *s, size_t v, uint64_t *seed, uint8_t **ret_value,
			  size_t *ret_len)
{
	sqlite3_stmt *q = prepare(s, "SELECT count(*) FROM %s", values[v].table);
	int64_t nr, id;

	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	nr = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	if (!nr)
		fail_msg("no rows in %s", values[v].table);
	q = prepare(s, "SELECT %s, %s FROM %s LIMIT 1 OFFSET %d", values[v].key, values[v].column,
		    values[v].table, (int)test_random(seed, (uint32_t)nr));
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	id = sqlite3_column_int64(q, 0);
	*ret_len = (size_t)sqlite3_column_bytes(q, 1);
	*ret_value = bt_xmalloc(*ret_len + 1);
	memcpy(*ret_value, sqlite3_column_blob(q, 1), *ret_len);
	sqlite3_finalize(q);
	return id;
}

static void value_store(struct bt_store *s, size_t v, int64_t id, const void *value, size_t len)
{
	sqlite3_stmt *q = prepare(s, "UPDATE %s SET %s = ?1 WHERE %s = ?2", values[v].table,
				  values[v].column, values[v].key);

	sqlite3_bind_blob64(q, 1, value, len, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, id);
	assert_int_equal(sqlite3_step(q), SQLITE_DONE);
	sqlite3_finalize(q);
}

static void test_values(void **state)
{
	uint64_t seed = test_seed() + 2;
	int i, caught[BT_ARRAY_NR(values)] = { 0 };
	size_t v;

	(void)state;
	for (i = 0; i < 350; i++) {
		struct bt_store *s = store_open_mode(BT_STORE_WRITE);
		uint8_t *value;
		size_t len, at;
		int64_t id;

		v = (size_t)i % BT_ARRAY_NR(values);
		id = value_pick(s, v, &seed, &value, &len);
		at = test_random(&seed, (uint32_t)len);
		value[at] ^= (uint8_t)(1 << test_random(&seed, 8));
		value_store(s, v, id, value, test_random(&seed, 10) ? len : at);
		bt_store_free(&s);
		free(value);
		caught[v] += ask_file(&model, &right, values[v].table, at) != 0;
		file_make(scratch_db, good, good_len);
	}
	for (v = 0; v < BT_ARRAY_NR(values); v++)
		if (!caught[v])
			fail_msg("no damage in %s was seen", values[v].table);
}

/* --- bytes that somebody made on purpose, with the right checksums --- */

static const enum bt_value kinds[] = {
	[1] = BT_VALUE_TREE,	[3] = BT_VALUE_SEGMENT, [4] = BT_VALUE_NAMES,
	[5] = BT_VALUE_POSTING, [6] = BT_VALUE_TRIGRAM,
};

static void bytes_hurt(char *p, size_t len, uint64_t *seed)
{
	uint32_t times = 1 + test_random(seed, 4);

	for (; len && times; times--) {
		size_t at = test_random(seed,
					(uint32_t)(test_random(seed, 2) || len < 16 ? len : 16));

		switch (test_random(seed, 3)) {
		case 0:
			p[at] ^= (char)(1 << test_random(seed, 8));
			break;
		case 1:
			p[at] = (char)test_random(seed, 256);
			break;
		default:
			memset(p + at, test_random(seed, 2) ? 0xff : 0,
			       len - at < 9 ? len - at : 9);
		}
	}
}

static void varint_add(struct bt_buf *b, uint64_t v)
{
	uint8_t bytes[BT_VARINT_MAX];

	bt_buf_add(b, bytes, (size_t)(bt_varint_put(bytes, v) - bytes));
}

/* The parts of a block of names, unpacked, hurt, and put together again. */
static void block_hurt(struct bt_store *s, int64_t id, const uint8_t *value, size_t len,
		       struct bt_buf *out, uint64_t *seed)
{
	struct bt_reader r = bt_reader_make(value + 4, len - 4);
	BT_BUF_OWNED struct bt_buf names = BT_BUF_INIT, lists = BT_BUF_INIT;
	uint64_t names_raw = bt_reader_varint(&r), names_len = bt_reader_varint(&r), lists_raw;
	const uint8_t *packed = bt_reader_bytes(&r, names_len);

	lists_raw = bt_reader_varint(&r);
	expect_ok(bt_decompress(&s->compressor, NULL, 0, packed, names_len, names_raw, 1u << 20,
				&names, &err));
	expect_ok(bt_decompress(&s->compressor, NULL, 0, r.at, (size_t)(r.end - r.at), lists_raw,
				1u << 20, &lists, &err));
	if (test_random(seed, 2))
		bytes_hurt(names.data, names.len, seed);
	else
		bytes_hurt(lists.data, lists.len, seed);
	bt_buf_clear(out);
	bt_buf_add(out, "\0\0\0\0", 4);
	varint_add(out, names.len);
	varint_add(out, names.len + 1);
	bt_buf_addch(out, BT_CODEC_STORED);
	bt_buf_add(out, names.data, names.len);
	varint_add(out, lists.len);
	bt_buf_addch(out, BT_CODEC_STORED);
	bt_buf_add(out, lists.data, lists.len);
	bt_value_seal(BT_VALUE_NAMES, id, out->data, out->len);
}

static void test_hostile(void **state)
{
	uint64_t seed = test_seed() + 3;
	int i;

	(void)state;
	for (i = 0; i < 600; i++) {
		struct bt_store *s = store_open_mode(BT_STORE_WRITE);
		BT_BUF_OWNED struct bt_buf raw = BT_BUF_INIT;
		struct bt_err ignored = BT_ERR_INIT;
		struct bt_digest d;
		size_t v = 3 + (size_t)i % 4, len;
		uint8_t *value;
		int64_t id = value_pick(s, v, &seed, &value, &len);

		if (kinds[v] == BT_VALUE_NAMES) {
			block_hurt(s, id, value, len, &raw, &seed);
			value_store(s, v, id, raw.data, raw.len);
		} else {
			expect_ok(bt_value_unpack(s, kinds[v], id, NULL, 0, value, len, 1u << 20,
						  &raw, &err));
			bytes_hurt(raw.data, raw.len, &seed);
			expect_ok(bt_value_pack(s, kinds[v], id, BT_QUALITY_FAST, NULL, 0, raw.data,
						raw.len, &err));
			value_store(s, v, id, s->packed.data, s->packed.len);
		}
		ask(s, &model, &d, &ignored);
		bt_store_free(&s);
		free(value);
		file_make(scratch_db, good, good_len);
	}
}

/* Merging reads damaged segments, too. */
static void test_hostile_merge(void **state)
{
	uint64_t seed = test_seed() + 4;
	int i, k;

	(void)state;
	for (i = 0; i < 40; i++) {
		struct bt_store *s = store_open_mode(BT_STORE_WRITE);
		struct bt_postings *p = bt_postings_new();
		struct bt_err err = BT_ERR_INIT;

		for (k = 0; k < 3; k++) {
			BT_BUF_OWNED struct bt_buf raw = BT_BUF_INIT;
			uint8_t *value;
			size_t len;
			int64_t id = value_pick(s, 4, &seed, &value, &len);

			block_hurt(s, id, value, len, &raw, &seed);
			value_store(s, 4, id, raw.data, raw.len);
			free(value);
		}
		for (k = 0; k < BT_SEGMENT_FANOUT; k++) {
			bt_postings_add(p, 99999, "one", 3, 1);
			if (bt_postings_flush(p, s, &err))
				break;
		}
		bt_postings_free(&p);
		bt_store_free(&s);
		file_make(scratch_db, good, good_len);
	}
}

static void test_rows(void **state)
{
	static const char *const changes[] = {
		"UPDATE language SET name = hex(zeroblob(40))",
		"UPDATE blob SET state = 99 WHERE id = 5",
		"UPDATE blob SET state = -1 WHERE id = 5",
		"UPDATE blob SET oid = x'00' WHERE id = 5",
		"UPDATE blob SET digest = NULL WHERE id = 5",
		"UPDATE blob SET digest = 'text' WHERE id = 5",
		"UPDATE blob SET id = 99999999999 WHERE id = 5",
		"DELETE FROM blob WHERE id = 5",
		"DELETE FROM facts WHERE blob = 5",
		"DELETE FROM facts_piece",
		"UPDATE facts SET place = -1",
		"UPDATE facts SET place = 0x7fffffffffffffff",
		"UPDATE facts SET place = place + 1",
		"UPDATE facts SET len = 0",
		"UPDATE facts SET len = len + 1",
		"UPDATE facts SET len = 0x7fffffff",
		"UPDATE facts_piece SET data = zeroblob(100000)",
		"UPDATE facts_piece SET data = NULL WHERE 0",
		"UPDATE tree SET base = id WHERE id = 20",
		"UPDATE tree SET depth = 0 WHERE id = 20",
		"UPDATE tree SET depth = depth + 1",
		"UPDATE tree SET base = base + 1 WHERE base > 0",
		"UPDATE tree SET base = 77777 WHERE base > 0",
		"UPDATE tree SET digest = x''",
		"UPDATE manifest SET data = x''",
		"UPDATE segment SET blocks = blocks + 1",
		"UPDATE segment SET blocks = -1",
		"UPDATE segment SET blocks = 0x7fffffff",
		"UPDATE segment SET blobs = ''",
		"UPDATE segment SET id = id + 100",
		"UPDATE name_key SET block = block + 1",
		"UPDATE name_key SET block = -1",
		"UPDATE name_key SET low = zeroblob(5000) WHERE block = 1",
		"DELETE FROM name_block WHERE id % 3 = 0",
		"DELETE FROM posting",
		"UPDATE trigram SET data = 17",
	};
	size_t i;
	int caught = 0;

	(void)state;
	for (i = 0; i < BT_ARRAY_NR(changes); i++) {
		struct bt_store *s = store_open_mode(BT_STORE_WRITE);
		struct bt_err err = BT_ERR_INIT;
		struct bt_digest d;

		if (sqlite3_exec(s->db, changes[i], NULL, NULL, NULL))
			fail_msg("%s: %s", changes[i], sqlite3_errmsg(s->db));
		if (ask(s, &model, &d, &err)) {
			assert_int_equal(err.code, BT_ERR_CORRUPT);
			caught++;
		}
		bt_store_free(&s);
		file_make(scratch_db, good, good_len);
	}
	assert_true(caught > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_flips, damage_reset),
		cmocka_unit_test_setup(test_cuts_and_swaps, damage_reset),
		cmocka_unit_test_setup(test_values, damage_reset),
		cmocka_unit_test_setup(test_hostile, damage_reset),
		cmocka_unit_test_setup(test_hostile_merge, damage_reset),
		cmocka_unit_test_setup(test_rows, damage_reset),
	};

	return cmocka_run_group_tests(tests, damage_setup, damage_teardown);
}
