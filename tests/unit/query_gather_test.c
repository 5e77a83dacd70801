/* core/query/gather.c: two threads find what one finds, in the same order, and fail as one would. */
#include "tests/unit/store_scratch.h"

#include <sched.h>

#include "core/query/find.h"

#define BLOBS 200
#define NAME "shared"

/* A record of a blob with `uses` calls of the name inside of one function, and a name of its own. */
static void record_make(struct bt_buf *rec, uint32_t number, uint32_t uses)
{
	char own[32];
	struct bt_name names[] = { { own, (uint32_t)sprintf(own, "own_%u", number) }, { NAME, 6 } };
	struct bt_occ occs[64] = { { .name = 0, .at = 10, .role = BT_ROLE_DEF } };
	struct bt_def def = { .occ = 0, .kind = BT_KIND_FUNCTION, .flags = BT_DEF_CALLABLE, .parent = BT_NONE,
			      .end = 5000, .sig_end = 20, .complexity = 1 };
	uint32_t lines[] = { 0, 100, 1000 };
	struct bt_facts f = { .size = 5000, .lines_nr = 3, .names = names, .names_nr = 2, .occs = occs,
			      .occs_nr = 1 + uses, .defs = &def, .defs_nr = 1, .line_starts = lines };

	for (uint32_t i = 0; i < uses; i++)
		occs[1 + i] = (struct bt_occ){ .name = 1, .at = 50 + 70 * i, .role = BT_ROLE_CALL };
	bt_buf_clear(rec);
	bt_facts_encode(&f, rec);
}

static uint32_t uses_of(uint32_t number)
{
	return 1 + number * 7 % 23;
}

/* bad: number of a blob whose record is no record; BLOBS: none. */
static struct bt_store *store_fill(uint32_t bad)
{
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	uint32_t lang, id;
	char own[32];

	expect_ok(bt_store_begin(s, &err));
	expect_ok(bt_store_language_id(s, "c", 1, &lang, &err));
	for (uint32_t i = 0; i < BLOBS; i++) {
		char hint[32];
		struct bt_blob b = { .oid = test_oid(i), .lang = lang, .state = BT_BLOB_FACTS, .size = 5000,
				     .hint = hint };

		snprintf(hint, sizeof(hint), "dir/file%03u.c", (i * 37) % BLOBS);
		expect_ok(row_put(s, &b, &id, &err));
		record_make(&rec, i, uses_of(i));
		if (i == bad)
			rec.data[rec.len / 2] ^= 0x55, rec.len -= 3;
		expect_ok(facts_put(s, id, rec.data, rec.len, &err));
		bt_postings_add(p, id, NAME, 6, 0);
		bt_postings_add(p, id, own, (size_t)sprintf(own, "own_%u", i), 1u << BT_KIND_FUNCTION);
	}
	expect_ok(bt_postings_flush(p, s, &err));
	expect_ok(bt_store_commit(s, &err));
	return s;
}

static int find(struct bt_store *s, size_t max, struct bt_answer *a, struct bt_err *err)
{
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	struct bt_filter f = { .max = max };
	struct bt_symbol name;
	int rc;

	bt_view_init_all(&v, s);
	rc = bt_symbol_parse(NAME, &name, err);
	return rc ? rc : bt_find_refs(&v, &name, &f, a, err);
}

/* On one processor there is one thread. */
static void on_one_processor(bool one)
{
	static cpu_set_t all;
	cpu_set_t first;
	int cpu = 0;

	if (!one) {
		assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
		return;
	}
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&first);
	CPU_SET(cpu, &first);
	assert_int_equal(sched_setaffinity(0, sizeof(first), &first), 0);
}

static void same_hits(const struct bt_answer *a, const struct bt_answer *b)
{
	assert_int_equal(a->hits_nr, b->hits_nr);
	for (size_t i = 0; i < a->hits_nr; i++) {
		const struct bt_hit *x = &a->hits[i], *y = &b->hits[i];

		assert_string_equal(a->files[x->file].path, b->files[y->file].path);
		assert_int_equal(x->at, y->at);
		assert_int_equal(x->row, y->row);
		assert_int_equal(x->role, y->role);
		assert_string_equal(x->scope, y->scope);
		assert_string_equal(x->name, y->name);
	}
}

static void test_two_threads_as_one(void **state)
{
	STORE_OWNED struct bt_store *s = store_fill(BLOBS);
	BT_CLEANUP(bt_answer_release) struct bt_answer alone = BT_ANSWER_INIT;
	size_t want = 0;

	(void)state;
	for (uint32_t i = 0; i < BLOBS; i++)
		want += uses_of(i);
	on_one_processor(true);
	expect_ok(find(s, 0, &alone, &err));
	on_one_processor(false);
	assert_int_equal(alone.hits_nr, want);
	assert_int_equal(alone.files_nr, BLOBS);
	for (unsigned round = 0; round < 30; round++) {
		BT_CLEANUP(bt_answer_release) struct bt_answer both = BT_ANSWER_INIT;

		expect_ok(find(s, 0, &both, &err));
		same_hits(&alone, &both);
	}
}

/* A place, its file and the definition around it, looked at one by one. */
static void test_places(void **state)
{
	STORE_OWNED struct bt_store *s = store_fill(BLOBS);
	BT_CLEANUP(bt_answer_release) struct bt_answer a = BT_ANSWER_INIT;
	size_t at = 0;

	(void)state;
	expect_ok(find(s, 0, &a, &err));
	for (uint32_t place = 0; place < BLOBS; place++) {
		uint32_t i = 0;
		char path[32], scope[32];

		while ((i * 37) % BLOBS != place)
			i++;
		snprintf(path, sizeof(path), "dir/file%03u.c", place);
		snprintf(scope, sizeof(scope), "own_%u", i);
		for (uint32_t k = 0; k < uses_of(i); k++, at++) {
			const struct bt_hit *h = &a.hits[at];

			assert_string_equal(a.files[h->file].path, path);
			assert_string_equal(h->scope, scope);
			assert_int_equal(h->at, 50 + 70 * k);
			assert_int_equal(h->row, h->at < 100 ? 0 : h->at < 1000 ? 1 : 2);
		}
	}
	assert_int_equal(at, a.hits_nr);
}

static void test_some(void **state)
{
	STORE_OWNED struct bt_store *s = store_fill(BLOBS);

	(void)state;
	for (size_t max = 1; max < 60; max += 7) {
		BT_CLEANUP(bt_answer_release) struct bt_answer a = BT_ANSWER_INIT;

		expect_ok(find(s, max, &a, &err));
		assert_int_equal(a.hits_nr, max);
		assert_true(a.cut);
	}
}

/* Whoever meets it: a record that is none is an error. */
static void test_damage(void **state)
{
	static const uint32_t bad[] = { 0, 1, BLOBS / 2, BLOBS - 1 };

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(bad); i++) {
		struct bt_store *s;

		scratch_reset(state);
		s = store_fill(bad[i]);
		for (unsigned round = 0; round < 10; round++) {
			BT_CLEANUP(bt_answer_release) struct bt_answer a = BT_ANSWER_INIT;

			expect_code(BT_ERR_CORRUPT, find(s, 0, &a, &err));
		}
		bt_store_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_two_threads_as_one, scratch_reset),
		cmocka_unit_test_setup(test_places, scratch_reset),
		cmocka_unit_test_setup(test_some, scratch_reset),
		cmocka_unit_test_setup(test_damage, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
