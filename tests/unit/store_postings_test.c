/* store: postings, segments and their merging against plain arrays. */
#include "tests/unit/store_model.h"

#include "store/segment.h"

static void flush(struct bt_store *s, struct bt_postings *p)
{
	expect_ok(bt_store_begin(s, &err));
	expect_ok(bt_postings_flush(p, s, &err));
	expect_ok(bt_store_commit(s, &err));
}

/* One name: what the store says, and what the model says. */
static void name_check(struct bt_store *s, struct model *m, uint32_t name, bool defs_only)
{
	const struct bt_strmap_entry *e = &m->names.entries[name];
	const struct model_pair *want;
	BT_FREE struct bt_posting *got = NULL;
	size_t want_nr, nr, i, j = 0;

	want = model_find(m, name, &want_nr);
	expect_ok(bt_postings_find(s, e->key, e->len, defs_only, &got, &nr, &err));
	for (i = 0; i < want_nr; i++) {
		if (defs_only && !want[i].kinds)
			continue;
		if (j == nr || got[j].blob_id != want[i].blob || got[j].kinds != want[i].kinds)
			fail_msg("name %u '%s', posting %zu of %zu, %zu in the model", name, e->key,
				 j, nr, want_nr);
		j++;
	}
	assert_int_equal(j, nr);
}

/* bt_postings_each: ascending, every name that is defined, with what bt_postings_find says. */
struct each_check {
	struct bt_store *s;
	char last[BT_NAME_LEN_MAX];
	size_t last_len, nr;
};

static int each_check_name(void *ctx, const char *name, size_t len, const struct bt_posting *list, size_t nr,
			   struct bt_err *e)
{
	struct each_check *c = ctx;
	BT_FREE struct bt_posting *want = NULL;
	size_t want_nr;

	if (c->nr++ && bt_name_compare(c->last, c->last_len, name, len) >= 0)
		fail_msg("'%.*s' does not come after '%.*s'", (int)len, name, (int)c->last_len, c->last);
	memcpy(c->last, name, len);
	c->last_len = len;
	if (bt_postings_find(c->s, name, len, false, &want, &want_nr, e))
		return e->code;
	assert_int_equal(nr, want_nr);
	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(list[i].blob_id, want[i].blob_id);
		assert_int_equal(list[i].kinds, want[i].kinds);
	}
	return 0;
}

static int each_stop(void *ctx, const char *name, size_t len, const struct bt_posting *list, size_t nr,
		     struct bt_err *e)
{
	(void)name;
	(void)len;
	(void)list;
	(void)nr;
	(void)e;
	return ++*(int *)ctx == 3;
}

static void model_each_check(struct bt_store *s, struct model *m)
{
	struct each_check c = { .s = s };
	size_t defined = 0, want_nr;
	int seen = 0;

	for (uint32_t i = 0; i < m->names.nr; i++) {
		const struct model_pair *want = model_find(m, i, &want_nr);
		bool any = false;

		for (size_t k = 0; k < want_nr; k++)
			any |= want[k].kinds != 0;
		defined += any;
	}
	expect_ok(bt_postings_each(s, each_check_name, &c, &err));
	assert_int_equal(c.nr, defined);
	expect_ok(bt_postings_each(s, each_stop, &seen, &err));
	assert_int_equal(seen, defined < 3 ? (int)defined : 3);
}

static void model_check(struct bt_store *s, struct model *m)
{
	BT_FREE struct bt_posting *got = NULL;
	size_t nr = 1;
	uint32_t i;

	expect_ok(bt_store_read_begin(s, &err));
	for (i = 0; i < m->names.nr; i++) {
		name_check(s, m, i, false);
		name_check(s, m, i, true);
	}
	bt_store_read_end(s);
	model_each_check(s, m);
	expect_ok(bt_postings_find(s, "there is no such name", 21, false, &got, &nr, &err));
	assert_int_equal(nr, 0);
	expect_ok(bt_postings_find(s, "", 0, false, &got, &nr, &err));
	assert_int_equal(nr, 0);
}

static size_t segments_nr(struct bt_store *s, uint64_t *ret_pairs)
{
	BT_FREE struct bt_segment *list = NULL;
	size_t nr = 0, i, per_level[16] = { 0 };

	*ret_pairs = 0;
	expect_ok(bt_segment_list(s, &list, &nr, &err));
	for (i = 0; i < nr; i++) {
		*ret_pairs += list[i].pairs;
		assert_true(++per_level[list[i].level] < BT_SEGMENT_FANOUT);
	}
	return nr;
}

static void test_nothing(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	BT_FREE struct bt_posting *got = NULL;
	uint64_t pairs;
	size_t nr = 1;

	(void)state;
	flush(s, p);
	bt_postings_add(p, 1, "", 0, 1);
	flush(s, p);
	assert_int_equal(segments_nr(s, &pairs), 0);
	expect_ok(bt_postings_find(s, "x", 1, false, &got, &nr, &err));
	assert_int_equal(nr, 0);
}

/* Many small segments, and one of the same pairs. */
static void test_merge(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	STORE_OWNED struct bt_store *whole = NULL;
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new(), *all = bt_postings_new();
	uint64_t seed = test_seed(), twice, pairs;
	struct model m;
	uint32_t blob;

	(void)state;
	model_init(&m);
	for (blob = 1; blob <= 700; blob++) {
		uint32_t nr = test_random(&seed, 300);

		twice = seed;
		blob_fill(&m, p, blob, nr, 6000, &seed);
		blob_fill(NULL, all, blob, nr, 6000, &twice);
		if (test_random(&seed, 4) == 0)
			flush(s, p);
	}
	flush(s, p);
	model_sort(&m);
	assert_true(segments_nr(s, &pairs) <= 3 * BT_SEGMENT_FANOUT);
	assert_int_equal(pairs, m.nr);
	model_check(s, &m);
	bt_store_free(&s);

	scratch_reset(NULL);
	whole = store_open_mode(BT_STORE_WRITE);
	flush(whole, all);
	assert_int_equal(segments_nr(whole, &pairs), 1);
	assert_int_equal(pairs, m.nr);
	model_check(whole, &m);
	model_release(&m);
}

static int64_t number_of(struct bt_store *s, const char *sql)
{
	sqlite3_stmt *q = NULL;
	int64_t nr;

	assert_int_equal(sqlite3_prepare_v2(s->db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	nr = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return nr;
}

/* Segments that were merged leave no row behind in any table, lists in rows of their own among them. */
static void test_nothing_stays(void **state)
{
	static const char *const orphans[] = {
		"SELECT count(*) FROM posting WHERE id >> 24 NOT IN (SELECT id FROM segment)",
		"SELECT count(*) FROM name_block WHERE id >> 24 NOT IN (SELECT id FROM segment)",
		"SELECT count(*) FROM name_key WHERE segment NOT IN (SELECT id FROM segment)",
		"SELECT count(*) FROM trigram WHERE id >> 36 NOT IN (SELECT id FROM segment)",
	};
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	int64_t lists = 0;

	(void)state;
	_Static_assert(BT_SEGMENT_SHIFT == 24 && BT_TRIGRAM_SHIFT == 36, "what the statements say");
	for (uint32_t blob = 1; blob <= 40 * 600; blob++) {
		char name[32];

		snprintf(name, sizeof(name), "name_%u", blob % 977);
		bt_postings_add(p, blob, name, strlen(name), 1);
		bt_postings_add(p, blob, "common", 6, blob % 3);
		if (blob % 600)
			continue;
		flush(s, p);
		if (blob / 600 == BT_SEGMENT_FANOUT - 1)
			lists = number_of(s, "SELECT count(*) FROM posting");
	}
	assert_true(lists >= BT_SEGMENT_FANOUT - 1);
	assert_true(number_of(s, "SELECT count(*) FROM segment") < BT_SEGMENT_FANOUT);
	for (size_t i = 0; i < BT_ARRAY_NR(orphans); i++)
		assert_int_equal(number_of(s, orphans[i]), 0);
}

/* Ids that do not ascend, that come again, in one segment and in several. */
static void test_order(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	uint64_t seed = test_seed() + 1, pairs;
	struct model m;
	int i;

	(void)state;
	model_init(&m);
	for (i = 0; i < 400; i++) {
		uint32_t blob = 1 + test_random(&seed, 150);

		blob_fill(&m, p, i % 7 ? blob : UINT32_MAX - blob, 60, 500, &seed);
		if (i % 20 == 0)
			flush(s, p);
	}
	flush(s, p);
	segments_nr(s, &pairs);
	model_check(s, &m);
	model_release(&m);
}

/* Names in every blob, in every second one, and their neighbours. */
static void test_long_lists(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	uint64_t seed = test_seed() + 2;
	struct model m;
	char name[80];
	uint32_t blob, i;

	(void)state;
	model_init(&m);
	for (blob = 1; blob < 4000; blob++) {
		for (i = 0; i < 12; i++) {
			uint32_t kinds = i % 3 == 2 && test_random(&seed, 5) == 0 ? 1u << i : 0;

			if (i > 3 && test_random(&seed, 1u << (i - 3)))
				continue;
			sprintf(name, "long_%u", i);
			model_add(&m, blob, name, strlen(name), kinds);
			bt_postings_add(p, blob, name, strlen(name), kinds);
		}
		sprintf(name, "long_%u_%u", blob % 12, blob);
		model_add(&m, blob, name, strlen(name), 1);
		bt_postings_add(p, blob, name, strlen(name), 1);
		if (blob % 200 == 0)
			flush(s, p);
	}
	flush(s, p);
	model_check(s, &m);
	model_release(&m);
}

/* Equal but for what follows the shared bytes, zeros and lengths. */
static void test_alike(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	char name[BT_NAME_LEN_MAX];
	struct model m;
	size_t len, k;

	(void)state;
	model_init(&m);
	for (k = 0; k < 3; k++) {
		memset(name, k ? 'a' : 0, sizeof(name));
		if (k == 2)
			memset(name, 0xff, sizeof(name));
		for (len = 1; len <= sizeof(name); len += 1 + len / 40) {
			model_add(&m, 5, name, len, (uint32_t)len % 2);
			bt_postings_add(p, 5, name, len, (uint32_t)len % 2);
			name[len - 1]++;
			model_add(&m, 5, name, len, 4);
			bt_postings_add(p, 5, name, len, 4);
			name[len - 1]--;
		}
	}
	flush(s, p);
	model_check(s, &m);
	model_release(&m);
}

static void test_long_name(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	BT_FREE struct bt_posting *got = NULL;
	char name[2 * BT_NAME_LEN_MAX];
	size_t nr;

	(void)state;
	memset(name, 'n', sizeof(name));
	bt_postings_add(p, 3, name, sizeof(name), 2);
	flush(s, p);
	expect_ok(bt_postings_find(s, name, sizeof(name), true, &got, &nr, &err));
	assert_int_equal(nr, 1);
	assert_int_equal(got[0].blob_id, 3);
	assert_int_equal(got[0].kinds, 2);
}

static void test_rollback(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	BT_FREE struct bt_posting *got = NULL;
	size_t nr;
	int i;

	(void)state;
	for (i = 1; i < 40; i++) {
		bt_postings_add(p, (uint32_t)i, "kept", 4, 0);
		flush(s, p);
		bt_postings_add(p, (uint32_t)i + 1000, "gone", 4, 0);
		bt_postings_add(p, (uint32_t)i + 1000, "kept", 4, 0);
		expect_ok(bt_store_begin(s, &err));
		expect_ok(bt_postings_flush(p, s, &err));
		expect_ok(bt_postings_find(s, "gone", 4, false, &got, &nr, &err));
		assert_int_equal(nr, 1);
		free(got);
		got = NULL;
		bt_store_rollback(s);
	}
	expect_ok(bt_postings_find(s, "gone", 4, false, &got, &nr, &err));
	assert_int_equal(nr, 0);
	expect_ok(bt_postings_find(s, "kept", 4, false, &got, &nr, &err));
	assert_int_equal(nr, 39);
}

/* Labels 1 and 3 are blobs 20 and 10, label 2 is left out. */
static uint32_t id_of_label(void *ctx, uint32_t label)
{
	static const uint32_t ids[] = { 0, 20, 0, 10 };

	(*(int *)ctx)++;
	return ids[label];
}

static void expect_postings(struct bt_store *s, const char *name, size_t want_nr, const uint32_t *want)
{
	BT_FREE struct bt_posting *got = NULL;
	size_t nr;

	expect_ok(bt_postings_find(s, name, strlen(name), false, &got, &nr, &err));
	assert_int_equal(nr, want_nr);
	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(got[i].blob_id, want[i]);
		assert_int_equal(got[i].kinds, want[i] == 20 ? 4 : 0);
	}
}

static void test_labels(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	static const uint32_t both[] = { 10, 20 };
	uint64_t pairs;
	int calls = 0;

	(void)state;
	bt_postings_add(p, 1, "everywhere", 10, 4);
	bt_postings_add(p, 2, "nowhere", 7, 2);
	bt_postings_add(p, 2, "everywhere", 10, 2);
	bt_postings_add(p, 3, "everywhere", 10, 0);
	bt_postings_add(p, 3, "one", 3, 0);
	bt_postings_relabel(p, id_of_label, &calls);
	assert_int_equal(calls, 3);
	flush(s, p);
	assert_int_equal(segments_nr(s, &pairs), 1);
	assert_int_equal(pairs, 3);
	expect_postings(s, "everywhere", 2, both);
	expect_postings(s, "one", 1, both);
	expect_postings(s, "nowhere", 0, NULL);
}

/* Nothing is left: no segment is written. */
static void test_labels_all_left_out(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	uint64_t pairs;
	int calls = 0;

	(void)state;
	bt_postings_add(p, 2, "nowhere", 7, 2);
	bt_postings_relabel(p, id_of_label, &calls);
	flush(s, p);
	assert_int_equal(segments_nr(s, &pairs), 0);
}

/* More pairs than level 0 holds: merges of merges. */
static void test_levels(void **state)
{
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	uint64_t seed = test_seed() + 3, pairs;
	struct model m;
	uint32_t blob, i;

	(void)state;
	model_init(&m);
	for (blob = 1; blob <= 1200; blob++) {
		blob_fill(&m, p, blob, 400, 50000, &seed);
		if (blob % 4 == 0)
			flush(s, p);
	}
	model_sort(&m);
	assert_true(m.nr > BT_SEGMENT_FANOUT * BT_SEGMENT_PAIRS_MIN);
	assert_true(segments_nr(s, &pairs) < 3 * BT_SEGMENT_FANOUT);
	assert_int_equal(pairs, m.nr);
	for (i = 0; i < m.names.nr; i += 17)
		name_check(s, &m, i, false);
	model_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing, scratch_reset),
		cmocka_unit_test_setup(test_merge, scratch_reset),
		cmocka_unit_test_setup(test_nothing_stays, scratch_reset),
		cmocka_unit_test_setup(test_order, scratch_reset),
		cmocka_unit_test_setup(test_long_lists, scratch_reset),
		cmocka_unit_test_setup(test_alike, scratch_reset),
		cmocka_unit_test_setup(test_long_name, scratch_reset),
		cmocka_unit_test_setup(test_rollback, scratch_reset),
		cmocka_unit_test_setup(test_labels, scratch_reset),
		cmocka_unit_test_setup(test_labels_all_left_out, scratch_reset),
		cmocka_unit_test_setup(test_levels, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
