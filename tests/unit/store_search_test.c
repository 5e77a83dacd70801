/* store: every way to search names, against looking at all of them. */
#include "tests/unit/store_model.h"

#include "store/segment.h"

/* --- matching, as plainly as it can be written --- */

struct text {
	const char *p;
	size_t len;
	bool fold;
};

static char at(const struct text *t, size_t i)
{
	char c = t->p[i];

	return t->fold && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool plain_here(const struct text *pattern, const struct text *name, size_t from)
{
	size_t i;

	if (from + pattern->len > name->len)
		return false;
	for (i = 0; i < pattern->len; i++)
		if (at(pattern, i) != at(name, from + i))
			return false;
	return true;
}

static bool plain_substring(const struct text *pattern, const struct text *name)
{
	size_t i;

	for (i = 0; i < name->len; i++)
		if (plain_here(pattern, name, i))
			return true;
	return false;
}

/* Patterns of these tests: * ? [..] with single bytes and ranges, \. */
static bool plain_glob(const struct text *pattern, size_t p, const struct text *name, size_t n)
{
	size_t i;

	for (; p < pattern->len; p++, n++) {
		char c = at(pattern, p);

		if (c == '*') {
			for (i = n; i <= name->len; i++)
				if (plain_glob(pattern, p + 1, name, i))
					return true;
			return false;
		}
		if (n >= name->len)
			return false;
		if (c == '[') {
			bool negated = at(pattern, p + 1) == '!', hit = false;

			for (p += negated + 1; at(pattern, p) != ']'; p++) {
				uint8_t low = (uint8_t)at(pattern, p), high = low;

				if (at(pattern, p + 1) == '-') {
					p += 2;
					high = (uint8_t)at(pattern, p);
				}
				hit = hit ||
				      ((uint8_t)at(name, n) >= low && (uint8_t)at(name, n) <= high);
			}
			if (hit == negated)
				return false;
			continue;
		}
		if (c == '?')
			continue;
		if (c == '\\')
			c = at(pattern, ++p);
		if (c != at(name, n))
			return false;
	}
	return n == name->len;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned plain_distance(const struct text *a, const struct text *b)
{
	static unsigned d[48][BT_NAME_LEN_MAX + 1];
	size_t i, j;

	for (i = 0; i <= a->len; i++)
		for (j = 0; j <= b->len; j++) {
			unsigned best = (unsigned)(i ? j ? UINT32_MAX : i : j);

			if (i)
				best = least(best, d[i - 1][j] + 1);
			if (j)
				best = least(best, d[i][j - 1] + 1);
			if (i && j)
				best = least(best,
					     d[i - 1][j - 1] + (at(a, i - 1) != at(b, j - 1)));
			if (i > 1 && j > 1 && at(a, i - 1) == at(b, j - 2) &&
			    at(a, i - 2) == at(b, j - 1))
				best = least(best, d[i - 2][j - 2] + 1);
			d[i][j] = best;
		}
	return d[a->len][b->len];
}

/* -1: no match; else the distance. */
static int plain_match(const struct bt_name_query *q, const char *name, size_t len)
{
	struct text pattern = { q->pattern, strlen(q->pattern), q->ignore_case };
	struct text text = { name, len, q->ignore_case };
	unsigned distance;

	switch (q->match) {
	case BT_MATCH_PREFIX:
		return plain_here(&pattern, &text, 0) ? 0 : -1;
	case BT_MATCH_SUBSTRING:
		return plain_substring(&pattern, &text) ? 0 : -1;
	case BT_MATCH_GLOB:
		return plain_glob(&pattern, 0, &text, 0) ? 0 : -1;
	case BT_MATCH_FUZZY:
		distance = plain_distance(&pattern, &text);
		return distance <= q->edits ? (int)distance : -1;
	}
	return -1;
}

/* --- the comparison --- */

struct found {
	struct model *m;
	const struct bt_name_query *q;
	uint32_t *pairs; /* per name: postings reported */
	size_t hits;
	size_t stop_after;
};

static int found_add(void *ctx, const struct bt_name_hit *hit, struct bt_err *err)
{
	struct found *f = ctx;
	struct bt_strmap_entry *e;
	int distance = plain_match(f->q, hit->name, hit->name_len);
	size_t i;

	if (distance < 0)
		fail_msg("'%s' does not match '%.*s'", f->q->pattern, (int)hit->name_len,
			 hit->name);
	if (f->q->match == BT_MATCH_FUZZY)
		assert_int_equal(hit->distance, distance);
	e = bt_strmap_find(&f->m->names, hit->name, hit->name_len,
			   bt_strmap_hash(hit->name, hit->name_len));
	assert_non_null(e);
	assert_true(hit->postings_nr > 0);
	for (i = 0; i < hit->postings_nr; i++) {
		assert_true(hit->postings[i].kinds);
		assert_true(!i || hit->postings[i - 1].blob_id < hit->postings[i].blob_id);
	}
	f->pairs[e - f->m->names.entries] += (uint32_t)hit->postings_nr;
	f->hits++;
	if (f->stop_after && f->hits == f->stop_after)
		return f->q->names_max ? bt_err_set(err, BT_ERR_FAIL, "enough") : 1;
	return 0;
}

/* Returns how many names match. */
static size_t query_check(struct bt_store *s, struct model *m, const struct bt_name_query *q)
{
	struct found f = { .m = m, .q = q };
	size_t want = 0;
	uint32_t i;

	f.pairs = bt_xcalloc(m->names.nr, sizeof(*f.pairs));
	expect_ok(bt_postings_search(s, q, found_add, &f, &err));
	for (i = 0; i < m->names.nr; i++) {
		const struct bt_strmap_entry *e = &m->names.entries[i];
		const struct model_pair *pairs;
		size_t nr, j, defs = 0;

		pairs = model_find(m, i, &nr);
		for (j = 0; j < nr; j++)
			defs += pairs[j].kinds != 0;
		if (plain_match(q, e->key, e->len) < 0)
			defs = 0;
		want += defs != 0;
		if (f.pairs[i] != defs)
			fail_msg(
				"pattern '%s' (%d, case %d, edits %u), name '%.*s': %u, not %zu",
				q->pattern, q->match, q->ignore_case, q->edits, (int)e->len, e->key,
				f.pairs[i], defs);
	}
	free(f.pairs);
	return want;
}

static struct bt_store *store_make(struct model *m, uint32_t blobs, uint32_t names,
				   uint32_t variety, uint32_t per_flush, uint64_t *seed)
{
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	uint32_t i;

	model_init(m);
	for (i = 1; i <= blobs; i++) {
		blob_fill(m, p, i, names, variety, seed);
		if (i % per_flush == 0)
			expect_ok(bt_postings_flush(p, s, &err));
	}
	expect_ok(bt_postings_flush(p, s, &err));
	model_sort(m);
	return s;
}

static void test_patterns(void **state)
{
	static const struct {
		enum bt_name_match match;
		const char *pattern;
		size_t least; /* matches there must be when most is allowed, or nothing is tested */
	} cases[] = {
		{ BT_MATCH_PREFIX, "alloc", 20 },
		{ BT_MATCH_PREFIX, "a", 20 },
		{ BT_MATCH_PREFIX, "ALLOC", 20 },
		{ BT_MATCH_PREFIX, "REGpage", 1 },
		{ BT_MATCH_PREFIX, "\xc3\xa9t", 1 },
		{ BT_MATCH_PREFIX, "\xff", 0 },
		{ BT_MATCH_PREFIX, "zz", 0 },
		{ BT_MATCH_SUBSTRING, "page", 20 },
		{ BT_MATCH_SUBSTRING, "GETSET", 1 },
		{ BT_MATCH_SUBSTRING, "getSet", 1 },
		{ BT_MATCH_SUBSTRING, "lockalloc", 1 },
		{ BT_MATCH_SUBSTRING, "_", 20 },
		{ BT_MATCH_SUBSTRING, "io", 20 },
		{ BT_MATCH_SUBSTRING, "\xa9t_", 1 },
		{ BT_MATCH_SUBSTRING, "nowhere", 0 },
		{ BT_MATCH_SUBSTRING, "xx", 0 },
		{ BT_MATCH_GLOB, "alloc*", 20 },
		{ BT_MATCH_GLOB, "*page*lock*", 1 },
		{ BT_MATCH_GLOB, "get?et*", 1 },
		{ BT_MATCH_GLOB, "[a-m]*_[0-9]??", 1 },
		{ BT_MATCH_GLOB, "[!a-m]*[!0-9]", 1 },
		{ BT_MATCH_GLOB, "*", 100 },
		{ BT_MATCH_GLOB, "*mutex", 1 },
		{ BT_MATCH_GLOB, "\\R*", 1 },
		{ BT_MATCH_FUZZY, "alloc", 1 },
		{ BT_MATCH_FUZZY, "alocpage", 1 },
		{ BT_MATCH_FUZZY, "gteSet", 1 },
		{ BT_MATCH_FUZZY, "mutxelock", 1 },
		{ BT_MATCH_FUZZY, "io", 1 },
		{ BT_MATCH_FUZZY, "pagemutexdevv_1", 0 },
		{ BT_MATCH_FUZZY, "NodeREGset_1a", 0 },
	};
	uint64_t seed = test_seed();
	struct model m;
	STORE_OWNED struct bt_store *s = store_make(&m, 120, 250, 9000, 9, &seed);
	size_t i, nr;
	unsigned how;

	(void)state;
	for (i = 0; i < BT_ARRAY_NR(cases); i++)
		for (how = 0; how < 4; how++) {
			struct bt_name_query q = { .match = cases[i].match,
						   .pattern = cases[i].pattern,
						   .ignore_case = how & 1,
						   .edits = 1 + how / 2 };

			if (how > 1 && q.match != BT_MATCH_FUZZY)
				continue;
			nr = query_check(s, &m, &q);
			if (nr < cases[i].least && how == (q.match == BT_MATCH_FUZZY ? 3 : 1))
				fail_msg("only %zu names match '%s'", nr, q.pattern);
		}
	model_release(&m);
}

/* Patterns made of names that are there, with some damage. */
static void test_random_patterns(void **state)
{
	uint64_t seed = test_seed() + 7;
	struct model m;
	STORE_OWNED struct bt_store *s = store_make(&m, 60, 250, 4000, 7, &seed);
	uint32_t i;

	(void)state;
	for (i = 0; i < 250; i++) {
		const struct bt_strmap_entry *e =
			&m.names.entries[test_random(&seed, (uint32_t)m.names.nr)];
		char pattern[40] = "";
		struct bt_name_query q = { .match = (enum bt_name_match)test_random(&seed, 4),
					   .pattern = pattern,
					   .ignore_case = test_random(&seed, 2),
					   .edits = 1 + test_random(&seed, 2) };
		size_t len = e->len < 30 ? e->len : 30, cut = 0, k, n = 0;
		uint32_t hurt = test_random(&seed, 3);

		if (q.match != BT_MATCH_FUZZY)
			cut = test_random(&seed, (uint32_t)len);
		if (q.match == BT_MATCH_PREFIX) {
			len -= cut;
			cut = 0;
		} else if (q.match == BT_MATCH_GLOB && cut) {
			pattern[n++] = '*';
		}
		for (k = cut; k < len; k++)
			if (e->key[k] && !strchr("[]\\*?", e->key[k]))
				pattern[n++] = q.match == BT_MATCH_GLOB && !test_random(&seed, 8)
						       ? '?'
						       : e->key[k];
		for (; q.match == BT_MATCH_FUZZY && hurt && n > 2; hurt--) {
			k = test_random(&seed, (uint32_t)n - 1);
			switch (test_random(&seed, 4)) {
			case 0:
				pattern[k] ^= 1;
				break;
			case 1:
				memmove(pattern + k, pattern + k + 1, n-- - k);
				break;
			case 2:
				memmove(pattern + k + 1, pattern + k, ++n - k);
				pattern[k] = 'q';
				break;
			default:
				pattern[39] = pattern[k];
				pattern[k] = pattern[k + 1];
				pattern[k + 1] = pattern[39];
				pattern[39] = '\0';
			}
		}
		if (!pattern[0] || strlen(pattern) != n)
			continue;
		query_check(s, &m, &q);
	}
	model_release(&m);
}

/* Every spelling of a start, spread over many blocks: case ignored or not. */
static void test_spellings(void **state)
{
	static const char *const stems[] = { "vfs_read",   "a",	   "a_b_c_d_e", "_x9y_z", "K17",
					     "\xc3\xa9te", "[z]", "zzzzzz",	 "@`{" };
	uint64_t seed = test_seed() + 11;
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	struct model m;
	char name[64];
	uint32_t i;
	size_t k, len;

	(void)state;
	model_init(&m);
	for (i = 0; i < 40000; i++) {
		const char *stem = stems[test_random(&seed, BT_ARRAY_NR(stems))];
		uint32_t blob = 1 + i / 500;

		len = (size_t)sprintf(name, "%s%x", stem, test_random(&seed, 9000));
		for (k = 0; stem[k]; k++)
			if (test_random(&seed, 2) && ((name[k] | 32) >= 'a' && (name[k] | 32) <= 'z'))
				name[k] ^= 32;
		len -= test_random(&seed, 3) ? 0 : test_random(&seed, (uint32_t)len);
		model_add(&m, blob, name, len, i & 1);
		bt_postings_add(p, blob, name, len, i & 1);
		if (i % 9000 == 8999)
			expect_ok(bt_postings_flush(p, s, &err));
	}
	expect_ok(bt_postings_flush(p, s, &err));
	model_sort(&m);
	for (i = 0; i < 300; i++) {
		char pattern[16] = "";
		struct bt_name_query q = { .match = i & 1 ? BT_MATCH_PREFIX : BT_MATCH_GLOB,
					   .pattern = pattern,
					   .ignore_case = test_random(&seed, 4) > 0 };
		const char *stem = stems[i % BT_ARRAY_NR(stems)];

		len = 1 + test_random(&seed, (uint32_t)strlen(stem));
		for (k = 0; k < len; k++) {
			pattern[k] = stem[k] == '[' ? '_' : stem[k];
			if (test_random(&seed, 2) && pattern[k] >= 'a' && pattern[k] <= 'z')
				pattern[k] ^= 32;
		}
		if (q.match == BT_MATCH_GLOB)
			pattern[len] = '*';
		query_check(s, &m, &q);
	}
	model_release(&m);
}

static void test_limits(void **state)
{
	uint64_t seed = test_seed();
	struct model m;
	STORE_OWNED struct bt_store *s = store_make(&m, 60, 200, 4000, 10, &seed);
	struct bt_name_query q = { .match = BT_MATCH_SUBSTRING, .pattern = "a" };
	struct found f = { .m = &m, .q = &q };
	BT_FREE char *longest = bt_xcalloc(BT_NAME_LEN_MAX + 2, 1);
	size_t names = 0;
	uint32_t i;

	(void)state;
	f.pairs = bt_xcalloc(m.names.nr, sizeof(*f.pairs));
	q.names_max = 10;
	expect_ok(bt_postings_search(s, &q, found_add, &f, &err));
	for (i = 0; i < m.names.nr; i++)
		names += f.pairs[i] != 0;
	assert_int_equal(names, 10);
	/* The callback stops it, or fails. */
	q.names_max = 0;
	f.hits = 0;
	f.stop_after = 3;
	expect_ok(bt_postings_search(s, &q, found_add, &f, &err));
	assert_int_equal(f.hits, 3);
	q.names_max = 100;
	f.hits = 0;
	expect_code(BT_ERR_FAIL, bt_postings_search(s, &q, found_add, &f, &err));
	q.pattern = "";
	expect_code(BT_ERR_USAGE, bt_postings_search(s, &q, found_add, &f, &err));
	memset(longest, 'a', BT_NAME_LEN_MAX + 1);
	q.pattern = longest;
	expect_code(BT_ERR_LIMIT, bt_postings_search(s, &q, found_add, &f, &err));
	longest[BT_NAME_LEN_MAX] = '\0';
	f.stop_after = 0;
	for (i = 0; i < 4; i++) {
		q.match = (enum bt_name_match)i;
		q.edits = 2;
		expect_ok(bt_postings_search(s, &q, found_add, &f, &err));
	}
	free(f.pairs);
	model_release(&m);
}

/* More blocks than a region of trigrams has. */
static void test_regions(void **state)
{
	POSTINGS_OWNED struct bt_postings *p = bt_postings_new();
	STORE_OWNED struct bt_store *s = store_open_mode(BT_STORE_WRITE);
	BT_FREE struct bt_segment *list = NULL;
	struct model m;
	char name[64];
	uint32_t i;
	size_t nr;

	(void)state;
	model_init(&m);
	for (i = 0; i < 260000; i++) {
		uint64_t h = bt_mix64(i + 1);
		int len = sprintf(name, "%016llx%016llx_%x", (unsigned long long)h,
				  (unsigned long long)bt_mix64(h), i);

		if (i % 65000 == 7)
			len += sprintf(name + len, "_needle");
		model_add(&m, 1 + i / 1000, name, (size_t)len, 1);
		bt_postings_add(p, 1 + i / 1000, name, (size_t)len, 1);
	}
	expect_ok(bt_postings_flush(p, s, &err));
	model_sort(&m);
	expect_ok(bt_segment_list(s, &list, &nr, &err));
	assert_int_equal(nr, 1);
	assert_true(list[0].blocks > BT_TRIGRAM_REGION + 100);
	assert_int_equal(4, query_check(s, &m,
					&(struct bt_name_query){ .match = BT_MATCH_SUBSTRING,
								 .pattern = "needle" }));
	query_check(s, &m, &(struct bt_name_query){ .match = BT_MATCH_GLOB, .pattern = "*_3f7a*" });
	query_check(s, &m, &(struct bt_name_query){ .match = BT_MATCH_PREFIX, .pattern = "ffe" });
	model_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_patterns, scratch_reset),
		cmocka_unit_test_setup(test_random_patterns, scratch_reset),
		cmocka_unit_test_setup(test_spellings, scratch_reset),
		cmocka_unit_test_setup(test_limits, scratch_reset),
		cmocka_unit_test_setup(test_regions, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
