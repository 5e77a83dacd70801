/*
 * store: snapshots and saved differences; what retention lets go, by days and by number, and what it never lets go.
 */
#include "store/snapshot.h"
#include "tests/unit/store_queue_scratch.h"

#define DAY ((int64_t)24 * 3600 * 1000)

static struct bt_snapshot make(unsigned n, const char *label, const char *branch)
{
	struct bt_snapshot s = { .label = label, .branch = branch, .selection = 7, .complete = true, .files = n, .versions = "v", .versions_len = 1 };
	uint8_t raw[20] = { (uint8_t)n, (uint8_t)(n >> 8) };

	s.tree = s.commit = bt_oid_make(raw, sizeof(raw));
	memset(s.digest.raw, (int)n, sizeof(s.digest.raw));
	return s;
}

static uint64_t put(struct bt_queue *q, unsigned n, const char *label, const char *branch)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_snapshot s = make(n, label, branch);
	bool known;

	expect_ok(bt_snapshot_add(q, &s, &arena, &known, &err));
	assert_false(known);
	return s.id;
}

static void put_patch(struct bt_queue *q, uint64_t older, uint64_t newer)
{
	struct bt_patch p = { .older = older, .newer = newer, .changes = 3 };

	expect_ok(bt_patch_put(q, &p, "data", 4, 9, &err));
}

static struct bt_snapshot_gone expire(struct bt_queue *q, const struct bt_snapshot_keep *k, bool apply)
{
	struct bt_snapshot_gone gone;

	expect_ok(bt_snapshots_expire(q, k, apply, &gone, &err));
	return gone;
}

static size_t count(struct bt_queue *q)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_snapshot *list;
	size_t nr;

	expect_ok(bt_snapshots(q, &arena, &list, &nr, &err));
	return nr;
}

static size_t count_patches(struct bt_queue *q)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_patch *list;
	size_t nr;

	expect_ok(bt_patches(q, 0, &arena, &list, &nr, &err));
	return nr;
}

static void test_same(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	ARENA_OWNED struct bt_arena arena = { NULL };
	struct bt_snapshot s, found;
	uint64_t first = put(q, 1, NULL, NULL);
	bool known;

	(void)state;
	s = make(1, "one", MAIN);
	expect_ok(bt_snapshot_add(q, &s, &arena, &known, &err));
	assert_true(known && s.id == first);
	expect_code(BT_ROW, bt_snapshot_by_label(q, "one", &arena, &found, &err));
	assert_string_equal(found.branch, MAIN);
	assert_true(found.complete && found.files == 1 && found.versions_len == 1);
	s = make(1, "other", NULL);	/* another label is another snapshot */
	expect_ok(bt_snapshot_add(q, &s, &arena, &known, &err));
	assert_false(known);
	s = make(2, "one", NULL);	/* a label names one */
	expect_code(BT_ERR_FAIL, bt_snapshot_add(q, &s, &arena, &known, &err));
	s = make(1, NULL, NULL);	/* other facts of the same tree */
	s.digest.raw[0] = 9;
	expect_ok(bt_snapshot_add(q, &s, &arena, &known, &err));
	assert_false(known);
	expect_code(BT_ROW, bt_snapshot_by_commit(q, &s.commit, &arena, &found, &err));
	assert_true(found.id == s.id);
	expect_ok(bt_queue_verify(q, &err));
}

static void test_labels(void **state)
{
	char longest[BT_LABEL_LEN_MAX + 2];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[BT_LABEL_LEN_MAX + 1] = '\0';
	assert_false(bt_label_ok(longest));
	assert_true(bt_label_ok(longest + 1));
	assert_true(bt_label_ok("v1.0") && bt_label_ok("1.0") && bt_label_ok("release/2026-11+x@y_z"));
	assert_false(bt_label_ok("") || bt_label_ok("12") || bt_label_ok("-x") || bt_label_ok("a b") || bt_label_ok("a..b") ||
		     bt_label_ok(".x") || bt_label_ok("a\n") || bt_label_ok("\xc3\xa4"));
}

static void test_days(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_snapshot_keep k = { .now = bt_queue_now() + 89 * DAY, .snapshot_days = 90, .snapshots_max = 500, .patch_days = 90,
				      .patches_max = 5000 };
	uint64_t old = put(q, 1, NULL, MAIN), labelled = put(q, 2, "kept", NULL), loose = put(q, 3, NULL, NULL),
		 newest = put(q, 4, NULL, MAIN), side = put(q, 5, NULL, SIDE);
	struct bt_snapshot_gone gone;

	(void)state;
	put_patch(q, labelled, newest);
	put_patch(q, old, newest);
	put_patch(q, newest, side);
	gone = expire(q, &k, true);
	assert_true(!gone.snapshots && !gone.patches && !gone.bytes);
	k.now += 2 * DAY;
	k.patch_days = 36500;
	gone = expire(q, &k, false);
	assert_true(gone.snapshots == 2 && gone.patches == 1 && gone.bytes > 0);
	assert_true(count(q) == 5 && count_patches(q) == 3);
	gone = expire(q, &k, true);
	assert_true(gone.snapshots == 2 && count(q) == 3 && count_patches(q) == 2);
	{
		ARENA_OWNED struct bt_arena arena = { NULL };
		struct bt_snapshot s;

		expect_code(BT_DONE, bt_snapshot_get(q, old, &arena, &s, &err));
		expect_code(BT_DONE, bt_snapshot_get(q, loose, &arena, &s, &err));
		expect_code(BT_ROW, bt_snapshot_get(q, newest, &arena, &s, &err));
	}
	k.patch_days = 90;
	gone = expire(q, &k, true);
	assert_true(!gone.snapshots && gone.patches == 2 && !count_patches(q));
	expect_ok(bt_queue_verify(q, &err));
}

static void test_numbers(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	struct bt_snapshot_keep k = { .now = bt_queue_now(), .snapshot_days = 90, .snapshots_max = 3, .patch_days = 90, .patches_max = 2 };
	struct bt_snapshot_gone gone;

	(void)state;
	for (unsigned n = 1; n <= 10; n++)
		put(q, n, n % 5 ? NULL : n == 5 ? "five" : "ten", n == 1 ? SIDE : NULL);
	for (unsigned n = 2; n <= 5; n++)
		put_patch(q, 10, n);
	gone = expire(q, &k, true);
	/* five and ten have labels, one is the newest of its branch; of the others three stay: nine, eight, seven */
	assert_true(gone.snapshots == 4 && count(q) == 6);
	assert_true(count_patches(q) <= 2);
	gone = expire(q, &k, true);
	assert_true(!gone.snapshots && !gone.patches);
	expect_ok(bt_queue_verify(q, &err));
}

static void test_patches(void **state)
{
	QUEUE_OWNED struct bt_queue *q = queue_open();
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	uint64_t a = put(q, 1, NULL, NULL), b = put(q, 2, NULL, NULL);
	size_t raw_len;

	(void)state;
	expect_code(BT_DONE, bt_patch_read(q, a, b, &out, &raw_len, &err));
	put_patch(q, a, b);
	put_patch(q, a, b);
	assert_true(count_patches(q) == 1);
	expect_code(BT_ROW, bt_patch_read(q, a, b, &out, &raw_len, &err));
	assert_true(raw_len == 9 && out.len == 4 && !memcmp(out.data, "data", 4));
	expect_code(BT_DONE, bt_patch_read(q, b, a, &out, &raw_len, &err));
	expect_ok(bt_snapshot_delete(q, b, &err));
	assert_true(!count_patches(q) && count(q) == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_same, scratch_reset),
		cmocka_unit_test_setup(test_labels, scratch_reset),
		cmocka_unit_test_setup(test_days, scratch_reset),
		cmocka_unit_test_setup(test_numbers, scratch_reset),
		cmocka_unit_test_setup(test_patches, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
