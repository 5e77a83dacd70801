/*
 * core/rules/radius/signature.c: which changes of a signature callers notice, language by language.
 */
#include "core/rules/radius/signature.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"

#define FITS BT_SIGNATURE_FITS
#define TYPES BT_SIGNATURE_TYPES
#define BREAKS BT_SIGNATURE_BREAKS

static const struct {
	const char *lang, *before, *after;
	enum bt_signature_break want;
} cases[] = {
	{ "c", "int f(int a)", "int f(int a, int b)", BREAKS },
	{ "c", "int f(int a, int b)", "int f(int a)", BREAKS },
	{ "c", "int f(void)", "int f()", FITS },
	{ "c", "int f(int a)", "static  inline int\nf(const int other /* a */)", FITS },
	{ "c", "int f(char *a)", "int f(const char *a UNUSED)", FITS },
	{ "c", "int f(int quiet)", "int f(MAYBE_UNUSED int quiet)", FITS },
	{ "c", "NORETURN void f(FILE *out)", "void f(FILE *to)", FITS },
	{ "c", "int f(FILE *out)", "int f(struct out *out)", TYPES },
	{ "c", "int f(int a)", "size_t f(enum b a)", FITS },
	{ "c", "int f(int a)", "int f(char *a)", TYPES },
	{ "c", "void f(int a)", "int f(int a)", FITS },
	{ "c", "int f(int a)", "void f(int a)", TYPES },
	{ "c", "struct a *f(void)", "struct b *f(void)", TYPES },
	{ "c", "int f(int (*g)(int, char), int b)", "int f(int (*h)(int, char), int b)", FITS },
	{ "c", "int f(const char *fmt, ...)", "int f(const char *fmt)", BREAKS },
	{ "c", "int f(const char *fmt)", "int f(const char *fmt, ...)", FITS },
	{ "c", "#define f(a, b)", "#define f(x, y)", FITS },
	{ "c", "#define f(a, b)", "#define f(a)", BREAKS },
	{ "c", "__attribute__((unused)) int f(int a[3])", "int f(int b[3])", FITS },
	{ "cpp", "int C::f(int a)", "int C::f(int a, int b = 2) const", FITS },
	{ "cpp", "template <typename T> T f(T a)", "template <typename U> U f(U a)", FITS },
	{ "cpp", "void f(std::map<int, int> m)", "void f(const std::map<int, int> &m)", TYPES },
	{ "java", "public Foo f(Type a, Object b)", "@SuppressWarnings({\"a\", \"b\"}) public Foo f(final Type x, Object y)", FITS },
	{ "java", "public static <T> Foo f(Class<T> a)", "public static <TT> Foo f(Class<TT> a)", FITS },
	{ "java", "public void f(int a)", "public void f(int a, String... rest)", FITS },
	{ "java", "public int f(List<String> a)", "public int f(List<Integer> a)", TYPES },
	{ "python", "def f(self, a, b=1)", "def f(self, x, b=2, *, c=None) -> int", FITS },
	{ "python", "def f(a, b=1)", "def f(a, b)", BREAKS },
	{ "python", "def f(a, b=1)", "def f(a, c=1)", BREAKS },
	{ "python", "def f(a, b=1)", "def f(a, *args, **kwargs)", FITS },
	{ "python", "def f(a)", "def f(a, *, b)", BREAKS },
	{ "python", "def f(a)", "async def f(a)", BREAKS },
	{ "python", "def f(a: Dict[str, int] = {}, /)", "def f(a: int = 3)", FITS },
	{ "javascript", "function f(a)", "function f(a, b = 1)", FITS },
	{ "javascript", "function f({ a, b })", "function f({ a, b, c })", FITS },
	{ "javascript", "const f = (a) =>", "const f = async (a) =>", BREAKS },
	{ "javascript", "const f = (a) =>", "const f = (a, b) =>", BREAKS },
	{ "typescript", "export function f(a: number): string", "export function f(b: number, c?: string): string", FITS },
	{ "typescript", "function f(a: number)", "function f(a: string)", TYPES },
	{ "typescript", "function f(a: any): a is Foo", "function f(o: any): o is Foo", FITS },
	{ "typescript", "function f<T>(a: T[]): T", "function f<V>(a: V[]): V", FITS },
	{ "typescript", "function f(a: number)", "function f(a: number): void", FITS },
	{ "go", "func f(a, b int) string", "func f(x int, y int) string", FITS },
	{ "go", "func (c *C) f(a int)", "func (d *C) f(a int) error", TYPES },
	{ "go", "func f(int, string)", "func f(a int, b string)", FITS },
	{ "go", "func f(a int)", "func f(a int, opts ...Option)", FITS },
	{ "go", "func f(a int)", "func f(ctx context.Context, a int)", BREAKS },
	{ "rust", "pub fn f(a: u32) -> u32", "pub(crate) fn f(mut b: u32) -> u32", FITS },
	{ "rust", "fn f(&self, a: u32)", "fn f(&self, a: u64)", TYPES },
	{ "rust", "fn f(a: u32)", "async fn f(a: u32)", BREAKS },
	{ "ruby", "def f(a, b = 1)", "def f(a, b = 2, c: 3, &block)", FITS },
	{ "ruby", "def f a, b", "def f a", BREAKS },
	{ "ruby", "def f(a)", "def f(a, key:)", BREAKS },
	{ "php", "function f($a)", "function f(?string $x, int $b = 3): int", FITS },
	{ "php", "function f($a)", "function f($a, $b)", BREAKS },
	{ "kotlin", "fun f(a: Int)", "fun f(a: Int, b: Int = 2): Int", FITS },
	{ "unheard-of", "f (a", "f (a b", BREAKS },
};

static enum bt_signature_break compare(const char *lang, const char *before, const char *after)
{
	struct bt_signature a = { before, strlen(before), "f", 1 }, b = { after, strlen(after), "f", 1 };

	return bt_signature_compare(lang, &a, &b);
}

static void each_case(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		enum bt_signature_break have = compare(cases[i].lang, cases[i].before, cases[i].after);

		if (have == cases[i].want)
			continue;
		print_error("%s: '%s' and '%s': %d, not %d\n", cases[i].lang, cases[i].before, cases[i].after, (int)have,
			    (int)cases[i].want);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Whatever stands there: no more than its bytes are read, and a signature fits itself. */
static void anything(void **state)
{
	static const char *const langs[] = { "c", "go", "python", "ruby", "typescript" };
	static const char pieces[] = "f(a,*<>[{}])=:\"'/@.# \n";
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[40];
		size_t len = (seed >> 8) % sizeof(text);
		struct bt_signature s = { text, len, "f", 1 };
		BT_FREE char *copy = NULL;

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1103515245u + 12345u;
			text[i] = pieces[(seed >> 16) % (sizeof(pieces) - 1)];
		}
		seed = seed * 1103515245u + 12345u;
		copy = bt_xstrndup(text, len);	/* exactly as large, for the sanitizers */
		s.text = copy;
		if (bt_signature_compare(langs[round % 5], &s, &s) == BREAKS)
			continue;	/* brackets that do not match fit nothing */
		assert_int_equal(bt_signature_compare(langs[round % 5], &s, &s), FITS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case),
		cmocka_unit_test(anything),
	};

	return cmocka_run_group_tests_name("core/rules/radius/signature", tests, NULL, NULL);
}
