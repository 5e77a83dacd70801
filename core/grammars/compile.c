/*
 * The compiler runs as a child: with a deadline, without the user's environment, in bubblewrap where that can be had.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/mem.h"
#include "core/grammars/build.h"

#define TIMEOUT_MS (20 * 60 * 1000)
#define SAID_MAX ((size_t)1 << 20)
#define ARGS_MAX 96

#ifndef BT_GRAMMAR_FLAGS
#define BT_GRAMMAR_FLAGS ""
#endif

struct argv {
	const char *items[ARGS_MAX + 1];
	size_t nr;
	struct bt_arena arena;
};

static void push(struct argv *a, const char *word)
{
	if (a->nr < ARGS_MAX)
		a->items[a->nr++] = word;
}

static void push_all(struct argv *a, const char *const *words)
{
	for (; *words; words++)
		push(a, *words);
}

/* The words of a text with blanks between them. */
static void push_words(struct argv *a, const char *text)
{
	while (*(text += strspn(text, " \t"))) {
		size_t len = strcspn(text, " \t");

		push(a, bt_arena_strndup(&a->arena, text, len));
		text += len;
	}
}

static void argv_release(struct argv *a)
{
	bt_arena_release(&a->arena);
}

/*
 * What the compiler sees: the system's programs, libraries and headers, to read; a clean /tmp; no network, no processes of
 * others, and it ends when we do.
 */
static void push_cage(struct argv *a)
{
	static const char *const head[] = {
		"bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
		"--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin", "--setenv", "LC_ALL", "C", "--setenv", "TMPDIR", "/tmp",
		"--ro-bind", "/usr", "/usr", "--ro-bind-try", "/bin", "/bin", "--ro-bind-try", "/lib", "/lib",
		"--ro-bind-try", "/lib64", "/lib64", "--ro-bind-try", "/lib32", "/lib32",
		"--ro-bind-try", "/etc/alternatives", "/etc/alternatives", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache",
		"--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", NULL,
	};

	push_all(a, head);
}

void bt_cage_look(struct bt_cage *ret_cage)
{
	BT_CLEANUP(argv_release) struct argv a = { .nr = 0 };
	struct bt_child_opts o = { .argv = a.items, .in = BT_CHILD_NULL, .out = BT_CHILD_NULL, .timeout_ms = 20000,
				   .out_max = SAID_MAX };
	BT_BUF_OWNED struct bt_buf said = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	int status = 0;

	*ret_cage = (struct bt_cage){ .works = false };
	push_cage(&a);
	push(&a, "true");
	if (bt_child_run(&o, NULL, 0, NULL, &said, &status, &err))
		snprintf(ret_cage->why_not, sizeof(ret_cage->why_not), "bwrap is not there");
	else if (status)
		snprintf(ret_cage->why_not, sizeof(ret_cage->why_not), "bwrap does not work here: %.*s",
			 (int)strcspn(bt_buf_cstr(&said), "\n"), bt_buf_cstr(&said));
	else
		ret_cage->works = true;
}

/* The compiler, and what it compiles; paths are relative to the grammar's folder. */
static void push_compiler(struct argv *a, const struct bt_source *g, const char *out)
{
	static const char *const ours[] = {
		"-w", "-O2", "-fPIC", "-shared", "-I", "src", "-frandom-seed=git-batho", "-Wl,--build-id=none",
		"-Wl,-Bsymbolic", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack", NULL,
	};
	const char *cc = getenv(g->cxx ? "CXX" : "CC");
	BT_FREE char *scanner = g->scanner ? bt_xasprintf("src/%s", g->scanner) : NULL;

	push_words(a, cc && *cc ? cc : g->cxx ? "c++" : "cc");
	push_words(a, BT_GRAMMAR_FLAGS);
	push_all(a, ours);
	push(a, "-o");
	push(a, out);
	if (g->cxx) {
		static const char *const cxx[] = { "-static-libstdc++", "-static-libgcc", "-x", "c", NULL };

		push_all(a, cxx);
	} else {
		push(a, "-std=gnu11");
	}
	push(a, "src/parser.c");
	if (g->cxx) {
		push(a, "-x");
		push(a, "c++");
	}
	if (scanner)
		push(a, bt_arena_strndup(&a->arena, scanner, strlen(scanner)));
}

int bt_grammar_compile(const struct bt_stage *s, const struct bt_source *g, const struct bt_cage *cage, const char *out,
		       struct bt_err *err)
{
	BT_FREE char *cwd = bt_xasprintf("%s/%s", s->root, g->path), *object = bt_xasprintf("%s/grammar.so", out);
	BT_FREE char *inside = bt_xasprintf("/grammar/%s", g->path);
	BT_CLEANUP(argv_release) struct argv a = { .nr = 0 };
	static const char *const env[] = { "LC_ALL=C", "SOURCE_DATE_EPOCH=0", "CPATH", "C_INCLUDE_PATH", "LD_PRELOAD", "LD_LIBRARY_PATH",
					   "GCC_EXEC_PREFIX", "COMPILER_PATH", "LIBRARY_PATH", NULL };
	struct bt_child_opts o = { .argv = a.items, .env = env, .cwd = cwd, .in = BT_CHILD_NULL, .out = BT_CHILD_NULL,
				   .timeout_ms = TIMEOUT_MS, .out_max = SAID_MAX };
	BT_BUF_OWNED struct bt_buf said = BT_BUF_INIT;
	const char *line;
	int status;

	if (cage->works) {
		const char *const binds[] = { "--ro-bind", s->root, "/grammar", "--bind", out, "/out", "--chdir", inside, "--", NULL };

		push_cage(&a);
		push_all(&a, binds);
	}
	push_compiler(&a, g, cage->works ? "/out/grammar.so" : object);
	if (bt_child_run(&o, NULL, 0, NULL, &said, &status, err)) {
		bt_err_wrap(err, "cannot compile '%s'", g->name);
		return bt_err_hint(err, "a C compiler is needed: install gcc or clang, or set CC");
	}
	if (!status && !access(object, R_OK))
		return 0;
	line = strstr(bt_buf_cstr(&said), "error:");
	line = line ? line : bt_buf_cstr(&said);
	return bt_err_set(err, BT_ERR_FAIL, "cannot compile '%s': status %d: %.*s", g->name, status, (int)strcspn(line, "\n"), line);
}
