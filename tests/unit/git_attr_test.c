/* core/git/attr*.c: precedence, macros, the text of the selection, and random files against git. */
#include "tests/unit/git_scratch.h"

#include "core/git/attr.h"

static const char *const attr_names[BT_ATTR_NR] = {
	"batho",
	"linguist-generated",
	"linguist-vendored",
	"linguist-documentation",
	"linguist-language",
	"binary",
	"text",
	"diff",
	"filter",
};

/* A value as `git check-attr` prints it. */
static const char *value_text(const struct bt_attr_value *v)
{
	switch (v->state) {
	case BT_ATTR_SET:
		return "set";
	case BT_ATTR_UNSET:
		return "unset";
	case BT_ATTR_VALUE:
		return v->value;
	default:
		return "unspecified";
	}
}

static void assert_attr(struct bt_attr_stack *s, const char *path, enum bt_attr_id id,
			const char *want)
{
	struct bt_attr_value v[BT_ATTR_NR];

	bt_attr_lookup(s, path, v);
	assert_string_equal(value_text(&v[id]), want);
}

static void push(struct bt_attr_stack *s, const char *dir, const char *text)
{
	bt_attr_stack_push(s, dir, text, strlen(text));
}

static void outer(struct bt_attr_stack *s, const char *user, const char *info)
{
	bt_attr_stack_set_outer(s, user, strlen(user), info, strlen(info));
}

static void test_precedence(void **state)
{
	struct bt_attr_stack *s = bt_attr_stack_new(false);

	(void)state;
	outer(s, "*.c linguist-language=user text", "i.c linguist-language=info\n");
	push(s, "", "*.c linguist-language=top\na/b.c linguist-language=anchored\n");
	assert_attr(s, "x.c", BT_ATTR_LINGUIST_LANGUAGE, "top");
	assert_attr(s, "x.c", BT_ATTR_TEXT, "set");
	push(s, "a", "b.c batho=1\n*.c linguist-language=a\nq.c !linguist-language -text\n");
	assert_attr(s, "a/b.c", BT_ATTR_LINGUIST_LANGUAGE, "a");
	assert_attr(s, "a/b.c", BT_ATTR_BATHO, "1");
	assert_attr(s, "a/i.c", BT_ATTR_LINGUIST_LANGUAGE, "info");
	assert_attr(s, "a/q.c", BT_ATTR_LINGUIST_LANGUAGE, "unspecified");
	assert_attr(s, "a/q.c", BT_ATTR_TEXT, "unset");
	bt_attr_stack_pop(s);
	assert_attr(s, "a/b.c", BT_ATTR_LINGUIST_LANGUAGE, "anchored");
	bt_attr_stack_pop(s);
	assert_attr(s, "x.c", BT_ATTR_LINGUIST_LANGUAGE, "user");
	bt_attr_stack_pop(s);
	bt_attr_stack_free(&s);
	bt_attr_stack_free(&s);
}

static void test_macros(void **state)
{
	struct bt_attr_stack *s = bt_attr_stack_new(false);

	(void)state;
	push(s, "",
	     "*.bin binary\n*.x outer\n[attr]outer inner\n[attr]inner batho=m -text\n"
	     "*.y outer text\n*.z -outer\n[attr]other eol=lf\n*.o other\n");
	assert_attr(s, "a.bin", BT_ATTR_BINARY, "set");
	assert_attr(s, "a.bin", BT_ATTR_DIFF, "unset");
	assert_attr(s, "a.bin", BT_ATTR_TEXT, "unset");
	assert_attr(s, "a.x", BT_ATTR_BATHO, "m");
	assert_attr(s, "a.x", BT_ATTR_TEXT, "unset");
	assert_attr(s, "a.y", BT_ATTR_TEXT, "set");
	assert_attr(s, "a.z", BT_ATTR_BATHO, "unspecified");
	push(s, "d", "*.q outer\n[attr]inner batho=no\n[attr]mine batho\n*.r mine\n");
	assert_attr(s, "d/a.q", BT_ATTR_BATHO, "m");
	assert_attr(s, "d/a.r", BT_ATTR_BATHO, "unspecified");
	bt_attr_stack_pop(s);
	bt_attr_stack_pop(s);
	/* The stronger file defines the macro, its user stays. */
	outer(s, "*.x m\n[attr]m batho=user", "[attr]m batho=info");
	push(s, "", "[attr]m batho=top\n");
	assert_attr(s, "a.x", BT_ATTR_BATHO, "info");
	bt_attr_stack_free(&s);
}

/* Hundreds of macros, circles among them, and a chain that leads home. */
static void test_macro_limits(void **state)
{
	struct bt_attr_stack *s = bt_attr_stack_new(false);
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

	(void)state;
	bt_buf_adds(&b, "[attr]r1 r2\n[attr]r2 r1 batho=ring\n*.r r1\n*.c c0\n*.n n0\n");
	for (int i = 0; i < 100; i++)
		bt_buf_addf(&b, "[attr]c%d c%d\n", i, i + 1);
	bt_buf_adds(&b, "[attr]c100 batho=chain\n");
	for (int i = 0; i < 2000; i++)
		bt_buf_addf(&b, "[attr]n%d n%d\n", i, i + 1);
	push(s, "", bt_buf_cstr(&b));
	assert_attr(s, "a.r", BT_ATTR_BATHO, "ring");
	assert_attr(s, "a.c", BT_ATTR_BATHO, "chain");
	assert_attr(s, "a.n", BT_ATTR_BATHO, "unspecified");
	bt_attr_stack_free(&s);
}

static void test_lines(void **state)
{
	struct bt_attr_stack *s = bt_attr_stack_new(false);
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;

	(void)state;
	bt_buf_adds(&b, "\xef\xbb\xbf*.a batho\r\n  *.b\tbatho=x\t\n# *.c batho\n!*.d batho\n"
			"\"e f\" batho\n\"g\\nh\" batho=\"q\n*.i batho sp/ace\n*.j -batho=x\n"
			"k/ batho\n\"broken batho\n/l batho\nlast batho");
	push(s, "", bt_buf_cstr(&b));
	assert_attr(s, "x.a", BT_ATTR_BATHO, "set");
	assert_attr(s, "x.b", BT_ATTR_BATHO, "x");
	assert_attr(s, "x.c", BT_ATTR_BATHO, "unspecified");
	assert_attr(s, "x.d", BT_ATTR_BATHO, "unspecified");
	assert_attr(s, "e f", BT_ATTR_BATHO, "set");
	assert_attr(s, "g\nh", BT_ATTR_BATHO, "\"q");
	assert_attr(s, "x.i", BT_ATTR_BATHO, "unspecified");
	assert_attr(s, "x.j", BT_ATTR_BATHO, "unset");
	assert_attr(s, "k", BT_ATTR_BATHO, "unspecified");
	assert_attr(s, "k/x", BT_ATTR_BATHO, "unspecified");
	assert_attr(s, "\"broken", BT_ATTR_BATHO, "set");
	assert_attr(s, "l", BT_ATTR_BATHO, "set");
	assert_attr(s, "m/l", BT_ATTR_BATHO, "unspecified");
	assert_attr(s, "last", BT_ATTR_BATHO, "set");
	bt_attr_stack_pop(s);
	/* Too long a line and too large a file count for nothing. */
	bt_buf_clear(&b);
	bt_buf_adds(&b, "*.a batho=");
	for (int i = 0; i < 2048; i++)
		bt_buf_addch(&b, 'x');
	bt_buf_adds(&b, "\n*.b batho\n");
	push(s, "", bt_buf_cstr(&b));
	assert_attr(s, "x.a", BT_ATTR_BATHO, "unspecified");
	assert_attr(s, "x.b", BT_ATTR_BATHO, "set");
	bt_attr_stack_pop(s);
	while (b.len <= (1u << 20))
		bt_buf_adds(&b, "# filler\n");
	push(s, "", bt_buf_cstr(&b));
	assert_attr(s, "x.b", BT_ATTR_BATHO, "unspecified");
	bt_attr_stack_free(&s);
}

static bool effective_equal(struct bt_attr_stack *s, const char *a, const char *b)
{
	BT_BUF_OWNED struct bt_buf x = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf y = BT_BUF_INIT;

	bt_attr_effective_above(s, a, &x);
	bt_attr_effective_above(s, b, &y);
	return x.len == y.len && !memcmp(bt_buf_cstr(&x), bt_buf_cstr(&y), x.len);
}

static void test_effective(void **state)
{
	struct bt_attr_stack *s = bt_attr_stack_new(false);
	BT_BUF_OWNED struct bt_buf plain = BT_BUF_INIT;

	(void)state;
	push(s, "", "*.c eol=lf\n*.md whitespace\n");
	bt_attr_effective_above(s, "a", &plain);
	assert_int_equal(plain.len, 0);
	bt_attr_stack_pop(s);
	push(s, "", "*.c text\n/doc/*.x batho\nsrc/gen.c batho\nz/ batho\n");
	assert_true(effective_equal(s, "a", "b/c"));
	assert_true(effective_equal(s, "a", "src/gen.c"));
	assert_false(effective_equal(s, "a", "doc"));
	assert_false(effective_equal(s, "a", "src"));
	assert_false(effective_equal(s, "a", "doc/x"));
	bt_attr_stack_pop(s);
	/* A macro matters for the files below, wherever it is used. */
	push(s, "", "");
	bt_buf_clear(&plain);
	bt_attr_effective_above(s, "a", &plain);
	assert_int_equal(plain.len, 0);
	bt_attr_stack_pop(s);
	push(s, "", "[attr]m -batho\n");
	bt_attr_effective_above(s, "a", &plain);
	assert_true(plain.len > 0);
	bt_attr_stack_free(&s);
}

/* ---- random files against git ---- */

struct text {
	char bytes[6000];
	size_t len;
};

static void add(struct text *t, const char *s)
{
	size_t len = strlen(s);

	if (t->len + len < sizeof(t->bytes)) {
		memcpy(t->bytes + t->len, s, len + 1);
		t->len += len;
	}
}

#define PICK(seed, list) (list)[test_random(seed, sizeof(list) / sizeof((list)[0]))]

static void pattern_make(struct text *t, uint64_t *seed)
{
	static const char *const pieces[] = {
		"a",	 "b",	  "c",	  "d",		 "A",
		"a",	 "b",	  "x.c",  "x.c",	 "*",
		"*",	 "**",	  "**/",  "/**",	 "?",
		"/",	 "/",	  "[ab]", "[!a]",	 "[^b]",
		"[a-c]", "[A-C]", "[]a]", "[[:alpha:]]", "[[:upper:]c]",
		"\\a",	 "\\*",	  "\\A",  ".",		 ".c",
		"*.c",	 "[",	  "]",	  "-",		 "\\",
		"***",	 "[a-",	  "\\/",  "[[:nope:]]",	 "[\\]]",
		"!",	 "a/b",	  "d/",	  "\xc3\xa4",	 "[[:]a]",
	};
	static const char *const quoted[] = {
		"\"a\"",     "\"x.c\"",	    "\"\\141/x.c\"", "\"*.c\"",	     "\"a b\"",
		"\"a\\tb\"", "\"",	    "\"a",	     "\"[attr]m1\"", "\"!a\"",
		"\"\\x\"",   "\"a\\000b\"", "\"x.c\"text",
	};

	if (!test_random(seed, 12)) {
		add(t, PICK(seed, quoted));
		return;
	}
	for (uint32_t n = 1 + test_random(seed, 5); n; n--)
		add(t, PICK(seed, pieces));
}

static void words_make(struct text *t, uint64_t *seed)
{
	static const char *const signs[] = { "", "", "", "-", "!" };
	static const char *const names[] = {
		"batho",
		"linguist-generated",
		"linguist-vendored",
		"linguist-language",
		"binary",
		"text",
		"diff",
		"filter",
		"m1",
		"m2",
		"m3",
		"eol",
		"merge",
	};
	static const char *const values[] = { "", "", "", "=x", "=lfs", "=", "=a=b", "=\xff" };
	static const char *const bad[] = { "a/b", "-", "--text", "=x", "te xt", "\"text\"", "#x" };
	static const char *const blanks[] = { " ", " ", "\t", "  ", " \t " };

	for (uint32_t n = test_random(seed, 4); n; n--) {
		add(t, PICK(seed, blanks));
		if (!test_random(seed, 25)) {
			add(t, PICK(seed, bad));
			continue;
		}
		add(t, PICK(seed, signs));
		add(t, PICK(seed, names));
		add(t, PICK(seed, values));
	}
	if (!test_random(seed, 6))
		add(t, PICK(seed, blanks));
}

static void attributes_make(struct text *t, uint64_t *seed)
{
	static const char *const macros[] = { "[attr]m1",     "[attr]m2", "[attr]m3",
					      "[attr]binary", "[attr]",	  "[attr]-x" };

	t->len = 0;
	t->bytes[0] = '\0';
	if (!test_random(seed, 10))
		add(t, "\xef\xbb\xbf");
	for (uint32_t n = test_random(seed, 7); n; n--) {
		if (!test_random(seed, 10))
			add(t, " ");
		if (!test_random(seed, 15))
			add(t, "#");
		if (!test_random(seed, 4))
			add(t, PICK(seed, macros));
		else
			pattern_make(t, seed);
		words_make(t, seed);
		if (!test_random(seed, 8))
			add(t, "\r");
		if (n > 1 || test_random(seed, 4))
			add(t, "\n");
	}
}

static const char *const dirs[] = { "", "a", "a/b", "a/b/c", "d" };
#define DIRS_NR (sizeof(dirs) / sizeof(dirs[0]))

struct world {
	struct text user, info, files[DIRS_NR];
	bool icase;
};

static void world_make(struct world *w, uint64_t *seed)
{
	attributes_make(&w->user, seed);
	attributes_make(&w->info, seed);
	if (test_random(seed, 3))
		w->user.len = 0;
	if (test_random(seed, 3))
		w->info.len = 0;
	file_make("user", w->user.bytes, w->user.len);
	file_make(".git/info/attributes", w->info.bytes, w->info.len);
	for (size_t i = 0; i < DIRS_NR; i++) {
		char path[64];

		attributes_make(&w->files[i], seed);
		if (test_random(seed, 2))
			w->files[i].len = 0;
		snprintf(path, sizeof(path), "%s%s.gitattributes", dirs[i], *dirs[i] ? "/" : "");
		file_make(path, w->files[i].bytes, w->files[i].len);
	}
	w->icase = !test_random(seed, 4);
}

static void path_make(char *path, size_t size, uint64_t *seed)
{
	static const char *const names[] = {
		"a",	    "b",   "c",	   "d",	  "x.c", "x.c", "ab", "A", "B",
		"X.C",	    "a b", "a\tb", "abc", "*",	 "]",	"-",  "!", "a\\",
		"\xc3\xa4", "\"a", "\"",   "z",	  "e.c", ".c",	"[",
	};
	static const char *const deep[] = { "", "", "", "e/", "b/", "a/b/", "c/d/" };
	const char *dir = PICK(seed, dirs);

	snprintf(path, size, "%s%s%s%s", dir, *dir ? "/" : "", PICK(seed, deep), PICK(seed, names));
}

/* The stack as a walk that enters every folder above path has it. */
static struct bt_attr_stack *stack_for(const struct world *w, const char *path)
{
	struct bt_attr_stack *s = bt_attr_stack_new(w->icase);
	const char *slash;
	char dir[256];

	bt_attr_stack_set_outer(s, w->user.bytes, w->user.len, w->info.bytes, w->info.len);
	bt_attr_stack_push(s, "", w->files[0].bytes, w->files[0].len);
	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t i;

		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
		for (i = 1; i < DIRS_NR && strcmp(dirs[i], dir); i++)
			;
		if (i < DIRS_NR)
			bt_attr_stack_push(s, dir, w->files[i].bytes, w->files[i].len);
		else
			bt_attr_stack_push(s, dir, "", 0);
	}
	return s;
}

#define PATHS_NR 120

static void compare_round(const struct world *w, uint64_t *seed)
{
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT;
	char *out, *at;
	size_t len;

	for (int i = 0; i < PATHS_NR; i++) {
		char path[256];

		path_make(path, sizeof(path), seed);
		bt_buf_add(&in, path, strlen(path) + 1);
	}
	file_make("in", in.data, in.len);
	sh("git -c core.attributesFile=\"$PWD/user\" -c core.ignoreCase=%s check-attr --stdin -z "
	   "batho linguist-generated linguist-vendored linguist-documentation linguist-language "
	   "binary text diff filter <in >out 2>err",
	   w->icase ? "true" : "false");
	out = file_bytes("out", &len);
	at = out;
	while (at < out + len) {
		const char *path = at;
		struct bt_attr_stack *s = stack_for(w, path);
		struct bt_attr_value v[BT_ATTR_NR];

		bt_attr_lookup(s, path, v);
		for (int id = 0; id < BT_ATTR_NR; id++) {
			const char *name, *value;

			assert_string_equal(at, path);
			name = at + strlen(at) + 1;
			value = name + strlen(name) + 1;
			at = (char *)value + strlen(value) + 1;
			assert_string_equal(name, attr_names[id]);
			if (strcmp(value, value_text(&v[id]))) {
				for (size_t i = 0; i < DIRS_NR; i++)
					print_message("# %s: <%s>\n", dirs[i],
						      w->files[i].len ? w->files[i].bytes : "");
				fail_msg("'%s' %s: git says %s, we say %s (icase %d)", path, name,
					 value, value_text(&v[id]), w->icase);
			}
		}
		bt_attr_stack_free(&s);
	}
	free(out);
}

static void test_against_git(void **state)
{
	uint64_t seed = test_seed();
	const char *rounds_text = getenv("BATHO_TEST_ROUNDS");
	int rounds = rounds_text ? atoi(rounds_text) : 150;
	static struct world w;

	(void)state;
	sh("rm -rf r && git init -q r && mkdir -p r/a/b/c r/d");
	assert_int_equal(chdir("r"), 0);
	for (int i = 0; i < rounds; i++) {
		world_make(&w, &seed);
		compare_round(&w, &seed);
	}
}

/* Equal texts of two folders: the same file below each has the same attributes. */
static void test_effective_is_enough(void **state)
{
	static const char *const below[] = { "x.c", "a", "a/b", "b/x.c", "A", "c/d/e.c", "]" };
	static const char *const tops[] = { "a", "b", "c", "d", "e", "A", "ab", "a/b", "b/a" };
	uint64_t seed = test_seed();
	size_t equal = 0;
	static struct world w;

	(void)state;
	sh("rm -rf r && git init -q r && mkdir -p r/a/b/c r/d");
	assert_int_equal(chdir("r"), 0);
	for (int round = 0; round < 4000; round++) {
		const char *x = PICK(&seed, tops), *y = PICK(&seed, tops), *f = PICK(&seed, below);
		struct bt_attr_value v[2][BT_ATTR_NR];
		struct bt_attr_stack *s;
		char path[64];

		if (round % 20 == 0)
			world_make(&w, &seed);
		s = stack_for(&w, "x");
		if (effective_equal(s, x, y)) {
			snprintf(path, sizeof(path), "%s/%s", x, f);
			bt_attr_lookup(s, path, v[0]);
			snprintf(path, sizeof(path), "%s/%s", y, f);
			bt_attr_lookup(s, path, v[1]);
			for (int i = 0; i < BT_ATTR_NR; i++)
				assert_string_equal(value_text(&v[0][i]), value_text(&v[1][i]));
			equal += strcmp(x, y) != 0;
		}
		bt_attr_stack_free(&s);
	}
	assert_true(equal > 100);
}

static void load_outer(struct bt_attr_stack *s, const struct bt_repo *repo, const char *attributes_file)
{
	BT_BUF_OWNED struct bt_buf user = BT_BUF_INIT, info = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;

	assert_int_equal(bt_attr_outer_read(repo, attributes_file, &user, &info, &err), 0);
	bt_attr_stack_set_outer(s, bt_buf_cstr(&user), user.len, bt_buf_cstr(&info), info.len);
}

static void test_outer_files(void **state)
{
	struct bt_repo repo = { .common_dir = (char *)"common" };
	struct bt_attr_stack *s = bt_attr_stack_new(false);
	char *path;

	(void)state;
	sh("mkdir -p common/info home/.config/git xdg/git && echo '*.c batho=home' "
	   ">home/.config/git/attributes && echo '*.c batho=xdg' >xdg/git/attributes && "
	   "echo '*.c batho=own' >home/own && echo '*.i batho=info' >common/info/attributes");
	load_outer(s, &repo, NULL);
	assert_attr(s, "a.c", BT_ATTR_BATHO, "home");
	assert_attr(s, "a.i", BT_ATTR_BATHO, "info");
	setenv("XDG_CONFIG_HOME", "xdg", 1);
	load_outer(s, &repo, NULL);
	assert_attr(s, "a.c", BT_ATTR_BATHO, "xdg");
	load_outer(s, &repo, "~/own");
	assert_attr(s, "a.c", BT_ATTR_BATHO, "own");
	load_outer(s, &repo, "none");
	assert_attr(s, "a.c", BT_ATTR_BATHO, "unspecified");
	unsetenv("XDG_CONFIG_HOME");
	path = getenv("HOME");
	path = path ? strdup(path) : NULL;
	unsetenv("HOME");
	assert_null(bt_attr_user_path(NULL));
	assert_null(bt_attr_user_path("~/x"));
	setenv("HOME", path, 1);
	free(path);
	bt_attr_stack_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_macros),
		cmocka_unit_test(test_macro_limits),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_effective),
		cmocka_unit_test_setup(test_outer_files, scratch_reset),
		cmocka_unit_test_setup(test_against_git, scratch_reset),
		cmocka_unit_test_setup(test_effective_is_enough, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
