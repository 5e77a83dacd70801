/*
 * store: forgetting random blobs and folders; what stays reads as before, what goes is gone, and nothing needs what is gone.
 */
#include "core/index/forget.h"
#include "core/index/tree_row.h"
#include "tests/unit/store_scratch.h"

#define BLOBS_NR 300
#define TREES_NR 400

struct tree {
	uint32_t id;
	struct bt_buf entries;
	bool gone;
};

struct world {
	uint32_t blobs[BLOBS_NR];
	bool forgotten[BLOBS_NR];
	struct tree trees[TREES_NR];
	uint64_t random;
};

static void world_release(struct world *w)
{
	for (size_t i = 0; i < TREES_NR; i++)
		bt_buf_release(&w->trees[i].entries);
}

static void blobs_make(struct world *w, struct bt_store *s)
{
	char record[64];

	for (uint32_t i = 0; i < BLOBS_NR; i++) {
		struct bt_blob b = { .oid = test_oid(i), .lang = 1, .state = BT_BLOB_FACTS, .digest = test_digest(i) };

		expect_ok(row_put(s, &b, &w->blobs[i], &err));
		expect_ok(facts_put(s, w->blobs[i], record, (size_t)snprintf(record, sizeof(record), "facts of %u", i), &err));
		if (i % 7 == 0)
			expect_ok(bt_store_findings_put(s, w->blobs[i], 9, BT_FINDINGS_MADE, "f", 1, &err));
	}
}

/* A version of the folder before it, or a new one, with files and folders that were there already. */
static void tree_make(struct world *w, uint32_t i)
{
	struct bt_buf *out = &w->trees[i].entries;
	uint32_t nr = 3 + test_random(&w->random, 6);
	char name[32];

	bt_buf_init(out, 0);
	for (uint32_t k = 0; k < nr; k++) {
		bool tree = i && !test_random(&w->random, 12);
		struct bt_row_entry e = {
			.tree = tree, .lang = 1, .name = name,
			.id = tree ? w->trees[test_random(&w->random, i)].id : w->blobs[test_random(&w->random, BLOBS_NR)],
		};

		e.name_len = (uint32_t)snprintf(name, sizeof(name), "entry %u of folder", k);
		bt_row_entry_put(out, &e);
	}
}

static void trees_make(struct world *w, struct bt_store *s)
{
	for (uint32_t i = 0; i < TREES_NR; i++) {
		struct bt_tree_row row = { .oid = test_oid(1000 + i), .selection = 5, .digest = test_digest(i) };
		uint32_t base = i && test_random(&w->random, 5) ? w->trees[i - 1].id : 0;

		tree_make(w, i);
		expect_ok(bt_store_tree_put(s, &row, base, w->trees[i].entries.data, w->trees[i].entries.len, &err));
		w->trees[i].id = row.id;
	}
}

static bool tree_mentions(const struct world *w, uint32_t i)
{
	struct bt_row_reader r;
	struct bt_row_entry e;

	bt_row_reader_init(&r, w->trees[i].entries.data, w->trees[i].entries.len);
	while (bt_row_reader_next(&r, &e, NULL) == BT_ROW) {
		for (uint32_t k = 0; e.tree && k < i; k++)
			if (w->trees[k].id == e.id && w->trees[k].gone)
				return true;
		for (uint32_t k = 0; !e.tree && k < BLOBS_NR; k++)
			if (w->blobs[k] == e.id && w->forgotten[k])
				return true;
	}
	return false;
}

static void world_check(const struct world *w, struct bt_store *s)
{
	BT_BUF_OWNED struct bt_buf got = BT_BUF_INIT;
	struct bt_tree_row row;
	struct bt_blob b;
	enum bt_findings_state state;
	char record[64];

	for (uint32_t i = 0; i < BLOBS_NR; i++) {
		struct bt_oid oid = test_oid(i);
		int there = w->forgotten[i] ? BT_DONE : BT_ROW;

		expect_code(there, bt_store_blob_exists(s, w->blobs[i], &err));
		expect_code(there, bt_store_blob_find(s, &oid, 1, &b, &err));
		bt_buf_clear(&got);
		expect_code(i % 7 ? BT_DONE : there, bt_store_findings_find(s, w->blobs[i], 9, &state, &got, &err));
		bt_buf_clear(&got);
		expect_code(w->forgotten[i] ? BT_ERR_CORRUPT : 0, bt_store_facts_read(s, w->blobs[i], &got, &err));
		if (!w->forgotten[i]) {
			snprintf(record, sizeof(record), "facts of %u", i);
			assert_string_equal(bt_buf_cstr(&got), record);
		}
	}
	for (uint32_t i = 0; i < TREES_NR; i++) {
		struct bt_oid oid = test_oid(1000 + i);

		expect_code(w->trees[i].gone ? BT_DONE : BT_ROW, bt_store_tree_find(s, &oid, 5, &row, &err));
		if (w->trees[i].gone)
			continue;
		expect_ok(bt_store_tree_read(s, w->trees[i].id, &row, &got, &err));
		assert_int_equal(got.len, w->trees[i].entries.len);
		assert_memory_equal(got.data, w->trees[i].entries.data, got.len);
	}
}

static struct bt_store *open_alone(void)
{
	struct bt_store *s = NULL;

	expect_ok(bt_store_open_alone(scratch_dir, 0, 0, &s, &err));
	return s;
}

static void forget_some(struct world *w, uint32_t nr)
{
	BT_IDSET_OWNED struct bt_idset set = BT_IDSET_INIT;
	STORE_OWNED struct bt_store *s = open_alone();
	struct bt_forgotten sum, measured;
	uint64_t blobs = 0, trees = 0;

	for (uint32_t i = 0; i < nr; i++) {
		uint32_t at = test_random(&w->random, BLOBS_NR);

		bt_idset_add(&set, w->blobs[at]);
		blobs += !w->forgotten[at];
		w->forgotten[at] = true;
	}
	for (uint32_t i = 0; i < TREES_NR; i++)
		if (!w->trees[i].gone && tree_mentions(w, i)) {
			w->trees[i].gone = true;
			trees++;
		}
	expect_ok(bt_index_forget_measure(s, &set, &measured, &err));
	expect_ok(bt_index_forget(s, &set, &sum, &err));
	assert_memory_equal(&sum, &measured, sizeof(sum));
	assert_int_equal(sum.blobs, blobs);
	assert_int_equal(sum.trees, trees);
	world_check(w, s);
}

static void test_random_forgetting(void **state)
{
	BT_CLEANUP(world_release) struct world w = { .random = test_seed() };
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);

	(void)state;
	expect_ok(bt_store_begin(s, &err));
	blobs_make(&w, s);
	trees_make(&w, s);
	expect_ok(bt_store_manifest_put(s, &(struct bt_digest){ .raw = { 1 } }, "m", 1, &err));
	expect_ok(bt_store_commit(s, &err));
	world_check(&w, s);
	bt_store_free(&s);
	for (int round = 0; round < 12; round++)
		forget_some(&w, 1 + test_random(&w.random, 3));
	forget_some(&w, BLOBS_NR * 4);
	s = store_open_mode(BT_STORE_READ);
	world_check(&w, s);
}

static void test_alone(void **state)
{
	BT_IDSET_OWNED struct bt_idset none = BT_IDSET_INIT;
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	STORE_OWNED struct bt_store *other = NULL;

	(void)state;
	expect_code(BT_ERR_FAIL, bt_store_forget(s, &none, &none, &err));
	expect_code(BT_ERR_BUSY, bt_store_open_alone(scratch_dir, 0, 0, &other, &err));
	bt_store_free(&s);
	other = open_alone();
	expect_ok(bt_store_forget(other, &none, &none, &err));
}

static void test_set(void **state)
{
	BT_IDSET_OWNED struct bt_idset a = BT_IDSET_INIT, b = BT_IDSET_INIT;
	uint32_t at = 0;

	(void)state;
	assert_false(bt_idset_next(&a, &at));
	bt_idset_add(&a, 63);
	bt_idset_add(&a, 64);
	bt_idset_add(&a, 64);
	bt_idset_add(&a, 100000);
	assert_int_equal(a.nr, 3);
	bt_idset_add_all(&b, &a);
	bt_idset_remove(&b, 64);
	bt_idset_remove(&b, 65);
	assert_int_equal(b.nr, 2);
	assert_true(bt_idset_next(&b, &at));
	assert_int_equal(at, 63);
	at++;
	assert_true(bt_idset_next(&b, &at));
	assert_int_equal(at, 100000);
	at++;
	assert_false(bt_idset_next(&b, &at));
	assert_false(bt_idset_has(&b, UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test_setup(test_random_forgetting, scratch_reset),
		cmocka_unit_test_setup(test_alone, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
