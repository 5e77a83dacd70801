/* core/base/opt.c, opt_usage.c: git's syntax, one line for every mistake, git's usage screen. */
#include "core/base/opt.h"

#include <string.h>

#include "core/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct own {
	bool all, quick;
	enum bt_tri progress;
	int verbose, format, kind;
	int64_t depth;
	uint64_t size;
	const char *rev, *color;
	struct bt_opt_list lang;
};

static const char *const kinds[] = { "function", "class", "macro", NULL };

static const struct bt_opt own_rows[] = { { .type = BT_OPT_FLAG,
					    .letter = 'a',
					    .name = "all",
					    .help = "everything",
					    BT_OPT_AT(struct own, all) },
					  { .type = BT_OPT_FLAG,
					    .name = "quick",
					    .flags = BT_OPT_NO_NEG,
					    .help = "do less",
					    BT_OPT_AT(struct own, quick) },
					  { .type = BT_OPT_COUNT,
					    .letter = 'v',
					    .name = "verbose",
					    .help = "say more\nand more",
					    BT_OPT_AT(struct own, verbose) },
					  { .type = BT_OPT_INT,
					    .letter = 'd',
					    .name = "depth",
					    .metavar = "<n>",
					    .min = -1,
					    .max = 100,
					    .help = "how deep",
					    .config = "batho.test.depth",
					    BT_OPT_AT(struct own, depth) },
					  { .type = BT_OPT_STRING,
					    .letter = 'r',
					    .name = "rev",
					    .metavar = "<rev>",
					    .help = "the revision",
					    BT_OPT_AT(struct own, rev) },
					  { .type = BT_OPT_STRING,
					    .name = "color",
					    .metavar = "<when>",
					    .flags = BT_OPT_OPTIONAL,
					    .optional = "always",
					    .help = "use colors",
					    BT_OPT_AT(struct own, color) },
					  { .type = BT_OPT_GROUP, .help = "Filters" },
					  { .type = BT_OPT_LIST,
					    .letter = 'l',
					    .name = "lang",
					    .metavar = "<language>",
					    .help = "languages",
					    BT_OPT_AT(struct own, lang) },
					  { .type = BT_OPT_ENUM,
					    .name = "kind",
					    .choices = kinds,
					    .help = "kind of symbol",
					    BT_OPT_AT(struct own, kind) },
					  { .type = BT_OPT_SIZE,
					    .name = "size",
					    .min = 1,
					    .max = 1 << 30,
					    .flags = BT_OPT_HIDDEN,
					    .help = "largest",
					    BT_OPT_AT(struct own, size) },
					  BT_OPT_END };

static const struct bt_opt common_rows[] = { { .type = BT_OPT_SET,
					       .name = "json",
					       .value = 1,
					       .help = "as JSON",
					       BT_OPT_AT(struct own, format) },
					     { .type = BT_OPT_TRI,
					       .name = "progress",
					       .help = "force progress",
					       BT_OPT_AT(struct own, progress) },
					     BT_OPT_END };

static const char *const usage[] = { "[<options>] <name>...", "--all", NULL };

struct run {
	struct own own;
	struct bt_opt_set sets[2];
	struct bt_opt_spec spec;
	struct bt_args args;
	struct bt_err err;
	int rc;
};

/* Arguments separated by single spaces; "_" stands for an empty one. */
static void run_init(struct run *r)
{
	memset(r, 0, sizeof(*r));
	r->sets[0] = (struct bt_opt_set){ .rows = own_rows, .target = &r->own };
	r->sets[1] = (struct bt_opt_set){ .rows = common_rows, .target = &r->own };
	r->spec = (struct bt_opt_spec){
		.command = "git batho test", .usage = usage, .sets = r->sets, .sets_nr = 2
	};
}

static void run_release(struct run *r)
{
	bt_opt_list_release(&r->own.lang);
	bt_args_release(&r->args);
}

static void run_words(struct run *r, char *words)
{
	const char *argv[32] = { "test" };
	int argc = 1;
	char *save = NULL, *word;

	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = strcmp(word, "_") ? word : "";
	r->rc = bt_opt_parse(&r->spec, argc, argv, &r->args, &r->err);
}

#define RUN(text) \
	struct run r; \
	char words[] = text; \
	(void)state; \
	run_init(&r); \
	run_words(&r, words)

static void test_flags(void **state)
{
	RUN("-av --verbose --quick -v x --no-progress --json");
	assert_int_equal(r.rc, 0);
	assert_true(r.own.all && r.own.quick);
	assert_int_equal(r.own.verbose, 3);
	assert_int_equal(r.own.progress, BT_TRI_NO);
	assert_int_equal(r.own.format, 1);
	assert_int_equal(r.args.nr, 1);
	assert_int_equal(r.args.dashes, 1);
	assert_false(r.args.had_dashes);
	run_release(&r);
}

static void test_negation(void **state)
{
	RUN("--all --no-all -vvv --no-verbose --progress");
	assert_int_equal(r.rc, 0);
	assert_false(r.own.all);
	assert_int_equal(r.own.verbose, 0);
	assert_int_equal(r.own.progress, BT_TRI_YES);
	run_release(&r);
}

static void test_values(void **state)
{
	RUN("-d5 -r HEAD --lang=c --lang go -lrust --kind macro --size=2k --depth -1 --rev=a=b");
	assert_int_equal(r.rc, 0);
	assert_true(r.own.depth == -1);
	assert_string_equal(r.own.rev, "a=b");
	assert_int_equal(r.own.lang.nr, 3);
	assert_string_equal(r.own.lang.items[0], "c");
	assert_string_equal(r.own.lang.items[1], "go");
	assert_string_equal(r.own.lang.items[2], "rust");
	assert_int_equal(r.own.kind, 2);
	assert_int_equal(r.own.size, 2048);
	run_release(&r);
}

static void test_bundle_with_value(void **state)
{
	RUN("-avd7 --rev= -r _");
	assert_int_equal(r.rc, 0);
	assert_true(r.own.all && r.own.verbose == 1 && r.own.depth == 7);
	assert_string_equal(r.own.rev, "");
	run_release(&r);
}

static void test_optional_value(void **state)
{
	{
		RUN("--color never");
		assert_int_equal(r.rc, 0);
		assert_string_equal(r.own.color, "always");
		assert_int_equal(r.args.nr, 1);
		run_release(&r);
	}
	{
		RUN("--color=never");
		assert_string_equal(r.own.color, "never");
		run_release(&r);
	}
}

static void test_abbreviations(void **state)
{
	RUN("--dep 3 --verb --no-prog --al --js");
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.own.depth, 3);
	assert_int_equal(r.own.verbose, 1);
	assert_int_equal(r.own.progress, BT_TRI_NO);
	assert_true(r.own.all);
	run_release(&r);
}

static void test_arguments(void **state)
{
	RUN("a -v - b -- -v c --");
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.args.nr, 6);
	assert_string_equal(r.args.items[1], "-");
	assert_string_equal(r.args.items[3], "-v");
	assert_string_equal(r.args.items[5], "--");
	assert_int_equal(r.args.dashes, 3);
	assert_true(r.args.had_dashes);
	assert_int_equal(r.own.verbose, 1);
	run_release(&r);
}

static void test_end_of_options(void **state)
{
	RUN("--end-of-options -v --all");
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.args.nr, 2);
	assert_int_equal(r.args.dashes, 2);
	assert_int_equal(r.own.verbose, 0);
	run_release(&r);
}

static void test_stop_at_argument(void **state)
{
	const char *argv[] = { "batho", "-v", "index", "-v", "--unknown" };
	struct run r;

	(void)state;
	run_init(&r);
	r.spec.stop_at_argument = true;
	assert_int_equal(bt_opt_parse(&r.spec, 5, argv, &r.args, &r.err), 0);
	assert_int_equal(r.args.nr, 3);
	assert_string_equal(r.args.items[2], "--unknown");
	assert_int_equal(r.own.verbose, 1);
	run_release(&r);
}

static void test_questions(void **state)
{
	static const struct {
		const char *words;
		enum bt_opt_ask ask;
	} cases[] = {
		{ "-h --unknown", BT_ASK_USAGE }, { "x -vh", BT_ASK_USAGE },
		{ "--help", BT_ASK_MANUAL },      { "--list-options", BT_ASK_LIST },
		{ "-- -h", BT_ASK_RUN },          { "-r -h", BT_ASK_RUN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_FREE char *words = bt_xstrdup(cases[i].words);
		struct run r;

		run_init(&r);
		run_words(&r, words);
		assert_int_equal(r.rc, 0);
		assert_int_equal(r.args.ask, cases[i].ask);
		run_release(&r);
	}
}

static void test_mistakes(void **state)
{
	static const char *const cases[][2] = {
		{ "--nonsense", "unknown option '--nonsense'" },
		{ "--nonsense=5", "unknown option '--nonsense'" },
		{ "-x", "unknown option '-x'" },
		{ "-ax", "unknown option '-x'" },
		{ "--no-quick", "unknown option '--no-quick'" },
		{ "--no-depth", "unknown option '--no-depth'" },
		{ "--all=1", "option '--all' takes no value" },
		{ "--no-al=1", "option '--no-all' takes no value" },
		{ "--depth", "option '--depth' requires a value" },
		{ "-d", "option '-d' requires a value" },
		{ "--depth=", "option '--depth' wants a number, not ''" },
		{ "--depth 5x", "option '--depth' wants a number, not '5x'" },
		{ "-d 101", "option '-d' wants a number from -1 to 100, not '101'" },
		{ "-d -2", "option '-d' wants a number from -1 to 100, not '-2'" },
		{ "-d 99999999999999999999",
		  "option '-d' wants a number, not '99999999999999999999'" },
		{ "--kind=func",
		  "option '--kind' wants one of function, class, macro, not 'func'" },
		{ "--size 0", "option '--size' wants a size from 1 to 1073741824, not '0'" },
		{ "--size 1t",
		  "option '--size' wants a size (a number, then k, m or g), not '1t'" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_FREE char *words = bt_xstrdup(cases[i][0]);
		struct run r;

		run_init(&r);
		run_words(&r, words);
		assert_int_equal(r.rc, BT_ERR_USAGE);
		assert_string_equal(r.err.msg, cases[i][1]);
		assert_string_equal(r.err.hint, "'git batho test -h' lists the options");
		run_release(&r);
	}
}

static void test_ambiguous(void **state)
{
	static const struct bt_opt rows[] = {
		{ .type = BT_OPT_FLAG, .name = "rev", BT_OPT_AT(struct own, all) },
		{ .type = BT_OPT_FLAG, .name = "reverse", BT_OPT_AT(struct own, quick) },
		{ .type = BT_OPT_FLAG, .name = "nothing", BT_OPT_AT(struct own, quick) },
		BT_OPT_END
	};
	struct run r;
	char exact[] = "--rev", both[] = "--re", no[] = "--no", no_exact[] = "--no-rev";

	(void)state;
	run_init(&r);
	r.sets[0].rows = rows;
	r.spec.sets_nr = 1;
	run_words(&r, exact);
	assert_int_equal(r.rc, 0);
	assert_true(r.own.all && !r.own.quick);
	run_words(&r, no_exact);
	assert_int_equal(r.rc, 0);
	assert_false(r.own.all);
	run_words(&r, both);
	assert_int_equal(r.rc, BT_ERR_USAGE);
	assert_string_equal(r.err.msg, "option '--re' is ambiguous: '--rev' or '--reverse'");
	run_words(&r, no);
	assert_int_equal(r.rc, BT_ERR_USAGE);
	run_release(&r);
}

static void test_set_text(void **state)
{
	struct own own = { .depth = 1 };
	struct bt_err err = BT_ERR_INIT;
	const struct bt_opt *all = bt_opt_find(own_rows, "all");
	const struct bt_opt *depth = bt_opt_find(own_rows, "depth");

	(void)state;
	assert_ptr_equal(all, own_rows);
	assert_null(bt_opt_find(own_rows, "al"));
	assert_int_equal(bt_opt_set_text(all, &own, "Yes", "key", &err), 0);
	assert_true(own.all);
	assert_int_equal(bt_opt_set_text(all, &own, "off", "key", &err), 0);
	assert_false(own.all);
	assert_int_equal(bt_opt_set_text(all, &own, "maybe", "'batho.a'", &err), BT_ERR_USAGE);
	assert_string_equal(err.msg, "'batho.a' wants true or false, not 'maybe'");
	assert_int_equal(bt_opt_set_text(depth, &own, "100", "key", &err), 0);
	assert_int_equal(own.depth, 100);
}

static void test_numbers(void **state)
{
	uint64_t u = 7;
	int64_t n = 7;

	(void)state;
	assert_true(bt_text_size("0", &u) && u == 0);
	assert_true(bt_text_size("3K", &u) && u == 3072);
	assert_true(bt_text_size("1m", &u) && u == 1 << 20);
	assert_true(bt_text_size("4G", &u) && u == (uint64_t)4 << 30);
	assert_true(bt_text_size("18446744073709551615", &u) && u == UINT64_MAX);
	assert_false(bt_text_size("18446744073709551616", &u));
	assert_false(bt_text_size("18446744073709551615k", &u));
	assert_false(bt_text_size("", &u));
	assert_false(bt_text_size("-1", &u));
	assert_false(bt_text_size(" 1", &u));
	assert_false(bt_text_size("1kb", &u));
	assert_false(bt_text_size("k", &u));
	assert_true(bt_text_int("-9223372036854775808", &n) && n == INT64_MIN);
	assert_false(bt_text_int("9223372036854775808", &n));
	assert_false(bt_text_int("+1", &n));
	assert_false(bt_text_int("-", &n));
	assert_false(bt_text_int("", &n));
	assert_false(bt_text_int("1 ", &n));
	assert_int_equal(bt_text_bool("TRUE"), 1);
	assert_int_equal(bt_text_bool(""), 0);
	assert_int_equal(bt_text_bool("2"), -1);
}

static void test_usage(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	struct run r;

	(void)state;
	run_init(&r);
	bt_opt_usage(&r.spec, &b);
	assert_string_equal(bt_buf_cstr(&b), "usage: git batho test [<options>] <name>...\n"
					     "   or: git batho test --all\n"
					     "\n"
					     "    -a, --[no-]all        everything\n"
					     "    --quick               do less\n"
					     "    -v, --[no-]verbose    say more\n"
					     "                          and more\n"
					     "    -d, --depth <n>       how deep\n"
					     "    -r, --rev <rev>       the revision\n"
					     "    --color[=<when>]      use colors\n"
					     "\n"
					     "Filters\n"
					     "    -l, --lang <language>\n"
					     "                          languages\n"
					     "    --kind (function|class|macro)\n"
					     "                          kind of symbol\n"
					     "    --json                as JSON\n"
					     "    --[no-]progress       force progress\n"
					     "\n");
}

static void test_describe(void **state)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	struct run r;

	(void)state;
	run_init(&r);
	bt_opt_describe(&r.spec, &b);
	assert_string_equal(bt_buf_cstr(&b),
			    "--all\t-a\tflag\tneg\t\t\teverything\n"
			    "--quick\t\tflag\t\t\t\tdo less\n"
			    "--verbose\t-v\tcount\tneg\t\t\tsay more and more\n"
			    "--depth\t-d\tint\t\t<n>\tbatho.test.depth\thow deep\n"
			    "--rev\t-r\tstring\t\t<rev>\t\tthe revision\n"
			    "--color\t\tstring\t\t[=<when>]\t\tuse colors\n"
			    "--lang\t-l\tlist\t\t<language>\t\tlanguages\n"
			    "--kind\t\tenum\t\t(function|class|macro)\t\tkind of symbol\n"
			    "--size\t\tsize\t\t<value>\t\tlargest\n"
			    "--json\t\tset\t\t\t\tas JSON\n"
			    "--progress\t\ttri\tneg\t\t\tforce progress\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_negation),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_bundle_with_value),
		cmocka_unit_test(test_optional_value),
		cmocka_unit_test(test_abbreviations),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_end_of_options),
		cmocka_unit_test(test_stop_at_argument),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_set_text),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_describe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
