/* core/git/pattern.c: rules of gitignore(5), by hand and against `git check-ignore`. */
#include "tests/unit/git_scratch.h"

#include "core/git/attr.h"

static bool matches(const char *pattern, const char *path, bool icase)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_pattern p;
	bool match;

	if (bt_pattern_parse(pattern, &p, &err))
		fail_msg("%s", err.msg);
	match = bt_pattern_match(&p, path, icase);
	bt_pattern_release(&p);
	return match;
}

static void test_cases(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool match;
	} cases[] = {
		{ "*.c", "a.c", true },
		{ "*.c", "x/y/a.c", true },
		{ "*.c", "a.c/x", true },
		{ "/*.c", "x/a.c", false },
		{ "/*.c", "a.c", true },
		{ "vendor/", "vendor/a", true },
		{ "vendor/", "x/vendor/a", true },
		{ "vendor/", "vendor", false },
		{ "vendor/", "vendor/", true },
		{ "vendor", "vendor", true },
		{ "/vendor/", "x/vendor/a", false },
		{ "a/b", "a/b/c/d", true },
		{ "a/b", "x/a/b", false },
		{ "a/*", "a/x/y", true },
		{ "a/**", "a", false },
		{ "a/**", "a/x", true },
		{ "**/x", "x", true },
		{ "**/x", "a/b/x/c", true },
		{ "a/**/z", "a/z", true },
		{ "a/**/z/", "a/q/z", false },
		{ "doc/*.txt", "doc/a/b.txt", false },
		{ "\\!x", "!x", true },
		{ "#x", "#x", true },
		{ "foo**/bar", "fooa/b/bar", true }, /* as in git: see pattern.c */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (matches(cases[i].pattern, cases[i].path, false) != cases[i].match)
			fail_msg("'%s' and '%s'", cases[i].pattern, cases[i].path);
	assert_true(matches("SRC/*.C", "src/a.c", true));
	assert_false(matches("SRC/*.C", "src/a.c", false));
}

static void test_refused(void **state)
{
	static const char *const bad[] = { "", "/", "!x" };
	struct bt_err err = BT_ERR_INIT;
	struct bt_pattern p;
	char long_text[5000];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(bt_pattern_parse(bad[i], &p, &err), BT_ERR_USAGE);
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(bt_pattern_parse(long_text, &p, &err), BT_ERR_USAGE);
}

static bool may(const char *pattern, const char *dir)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_pattern p;
	bool result;

	assert_int_equal(bt_pattern_parse(pattern, &p, &err), 0);
	result = bt_pattern_may_match_below(&p, dir);
	bt_pattern_release(&p);
	return result;
}

static void test_may_match_below(void **state)
{
	(void)state;
	assert_true(may("*.c", "a"));
	assert_true(may("a/b/*.c", ""));
	assert_true(may("a/b/*.c", "a"));
	assert_true(may("a/b/*.c", "a/b"));
	assert_true(may("a/b/*.c", "a/b/c"));
	assert_false(may("a/b/*.c", "a/c"));
	assert_false(may("a/b/*.c", "ab"));
	assert_true(may("/a", "a/b"));
	assert_true(may("/a", "a"));
	assert_false(may("/a", "ab"));
	assert_false(may("/ab", "a"));
	assert_true(may("/a*", "ab/c"));
	assert_true(may("**/x", "q"));
	assert_true(may("A/b", "a"));
}

/* ---- against git ---- */

#define PICK(seed, list) (list)[test_random(seed, sizeof(list) / sizeof((list)[0]))]

static void make_pattern(char *text, size_t size, uint64_t *seed)
{
	static const char *const pieces[] = {
		"a",	"b",	       "c",   "a",   "b", "*",	  "*",	  "**",
		"**/",	"/**",	       "?",   "/",   "/", "[ab]", "[!a]", "[a-c]",
		"[]a]", "[[:alpha:]]", "\\a", "\\*", ".", "***",  "A",	  "[A-B]",
	};

	*text = '\0';
	for (uint32_t n = 1 + test_random(seed, 5); n; n--) {
		size_t len = strlen(text);

		snprintf(text + len, size - len, "%s", PICK(seed, pieces));
	}
}

static void make_path(char *path, size_t size, uint64_t *seed)
{
	static const char *const names[] = { "a", "b", "c", "ab", "abc", "a.b", "*", "A", "bA" };

	*path = '\0';
	for (uint32_t n = 1 + test_random(seed, 4); n; n--) {
		size_t len = strlen(path);

		snprintf(path + len, size - len, "%s%s", len ? "/" : "", PICK(seed, names));
	}
}

static void test_against_git(void **state)
{
	const char *rounds_text = getenv("BATHO_TEST_ROUNDS");
	int rounds = rounds_text ? atoi(rounds_text) : 250;
	uint64_t seed = test_seed();

	(void)state;
	sh("rm -rf r && git init -q r");
	assert_int_equal(chdir("r"), 0);
	for (int round = 0; round < rounds; round++) {
		BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT;
		bool icase = !test_random(&seed, 4);
		struct bt_err err = BT_ERR_INIT;
		struct bt_pattern p;
		char text[128], *out, *at;
		size_t len;

		make_pattern(text, sizeof(text), &seed);
		if (bt_pattern_parse(text, &p, &err))
			continue;
		file_make(".git/info/exclude", text, strlen(text));
		for (int i = 0; i < 100; i++) {
			char path[128];

			make_path(path, sizeof(path), &seed);
			bt_buf_add(&in, path, strlen(path) + 1);
		}
		file_make("../in", in.data, in.len);
		sh("git -c core.ignoreCase=%s check-ignore --no-index -v -n --stdin -z <../in "
		   ">../out || test $? -eq 1",
		   icase ? "true" : "false");
		out = file_bytes("../out", &len);
		/* source, line, pattern, path: empty but for the path when nothing matches. */
		for (at = out; at < out + len;) {
			bool match = *at != '\0';

			for (int i = 0; i < 3; i++)
				at += strlen(at) + 1;
			if (bt_pattern_match(&p, at, icase) != match)
				fail_msg("'%s' and '%s': git says %d (icase %d)", text, at, match,
					 icase);
			/* What matches below a folder must be announced above it. */
			for (char *slash = strchr(at, '/'); match && slash;
			     slash = strchr(slash + 1, '/')) {
				*slash = '\0';
				assert_true(bt_pattern_may_match_below(&p, at));
				*slash = '/';
			}
			at += strlen(at) + 1;
		}
		free(out);
		bt_pattern_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_may_match_below),
		cmocka_unit_test_setup(test_against_git, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
