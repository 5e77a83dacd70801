/*
 * core/lang/scanner_guard: a scanner's state that fits is handed on, one that does not is a limit of the
 * blob, in either way of extraction, and the blobs after it are none the worse.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <tree_sitter/api.h>
#include <tree_sitter/parser.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/lang/extract.h"
#include "core/lang/langs.h"
#include "core/lang/scanner_guard.h"

/* A scanner whose state is *(unsigned *)scanner bytes long. */
static unsigned fake_serialize(void *scanner, char *to)
{
	unsigned len = *(unsigned *)scanner;

	memset(to, 'x', len);
	return len;
}

static unsigned guarded_len(const TSLanguage *guarded, unsigned len, char *to)
{
	return guarded->external_scanner.serialize(&len, to);
}

static void test_guard(void **state)
{
	const TSLanguage grammar = { .abi_version = 15, .external_scanner.serialize = fake_serialize };
	char buffer[TREE_SITTER_SERIALIZATION_BUFFER_SIZE + 1] = "";
	struct bt_err err = BT_ERR_INIT;
	const TSLanguage *guarded;

	(void)state;
	assert_int_equal(bt_scanner_guard(&grammar, &guarded, &err), 0);
	assert_ptr_not_equal(guarded, &grammar);
	bt_scanner_guard_begin(&grammar);
	assert_int_equal(guarded_len(guarded, 0, buffer), 0);
	assert_int_equal(buffer[0], 0);
	assert_int_equal(guarded_len(guarded, 1024, buffer), 1024);
	assert_int_equal(buffer[1023], 'x');
	assert_int_equal(buffer[1024], 0);
	assert_false(bt_scanner_guard_overflowed());
	memset(buffer, 0, sizeof(buffer));
	assert_int_equal(guarded_len(guarded, 1025, buffer), 0);
	assert_int_equal(buffer[0], 0);
	assert_true(bt_scanner_guard_overflowed());
	assert_int_equal(guarded_len(guarded, 1, buffer), 1);
	assert_true(bt_scanner_guard_overflowed());
	bt_scanner_guard_begin(&grammar);
	assert_false(bt_scanner_guard_overflowed());
	free((void *)guarded);
}

/* What no buffer holds ends the process: it writes over nothing. */
static void test_guard_page(void **state)
{
	const TSLanguage grammar = { .abi_version = 15, .external_scanner.serialize = fake_serialize };
	struct bt_err err = BT_ERR_INIT;
	const TSLanguage *guarded;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(bt_scanner_guard(&grammar, &guarded, &err), 0);
	bt_scanner_guard_begin(&grammar);
	pid = fork();
	if (pid == 0) {
		/* cmocka has a handler of its own. */
		signal(SIGSEGV, SIG_DFL);
		guarded_len(guarded, (64 << 10) + 1, NULL);
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(status != 0);
	free((void *)guarded);
}

static void test_no_scanner(void **state)
{
	const TSLanguage plain = { .abi_version = 15 };
	const TSLanguage unknown = { .abi_version = 99, .external_scanner.serialize = fake_serialize };
	struct bt_err err = BT_ERR_INIT;
	const TSLanguage *guarded;

	(void)state;
	assert_int_equal(bt_scanner_guard(&plain, &guarded, &err), 0);
	assert_ptr_equal(guarded, &plain);
	assert_int_equal(bt_scanner_guard(&unknown, &guarded, &err), 0);
	assert_ptr_equal(guarded, &unknown);
}

static int fakes;

static void *fake_create(void)
{
	fakes++;
	return &fakes;
}

static void fake_destroy(void *scanner)
{
	assert_ptr_equal(scanner, &fakes);
	fakes--;
}

/* A scanner is freed once: by the parser when the parse has ended, else when it is abandoned. */
static void test_abandon(void **state)
{
	const TSLanguage grammar = {
		.abi_version = 15,
		.external_scanner = { .create = fake_create, .destroy = fake_destroy, .serialize = fake_serialize },
	};
	struct bt_err err = BT_ERR_INIT;
	const TSLanguage *guarded;

	(void)state;
	assert_int_equal(bt_scanner_guard(&grammar, &guarded, &err), 0);
	bt_scanner_guard_begin(&grammar);
	bt_scanner_guard_abandon();
	assert_int_equal(fakes, 0);
	assert_ptr_equal(guarded->external_scanner.create(), &fakes);
	bt_scanner_guard_abandon();
	assert_int_equal(fakes, 0);
	bt_scanner_guard_abandon();
	assert_int_equal(fakes, 0);
	guarded->external_scanner.create();
	bt_scanner_guard_end();
	bt_scanner_guard_abandon();
	assert_int_equal(fakes, 1);
	free((void *)guarded);
}

static int extract(const char *language, const struct bt_buf *text, struct bt_buf *out, struct bt_err *err)
{
	return bt_extract(bt_lang_find(language), text->data, text->len, out, err);
}

static void repeat(struct bt_buf *b, const char *text, unsigned nr)
{
	while (nr--)
		bt_buf_adds(b, text);
}

/*
 * `nr` times the text `open`, then `rest`: facts when `facts`, else the limit; and a small text has the
 * same facts as before.
 */
static void check_depth(const char *language, const char *open, unsigned nr, bool facts)
{
	BT_BUF_OWNED struct bt_buf deep = BT_BUF_INIT, small = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf before = BT_BUF_INIT, after = BT_BUF_INIT, out = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	int rc;

	repeat(&small, open, 3);
	bt_buf_adds(&small, "x\n");
	repeat(&deep, open, nr);
	bt_buf_adds(&deep, "x\n");
	assert_int_equal(extract(language, &small, &before, &err), 0);
	rc = extract(language, &deep, &out, &err);
	if (rc != (facts ? 0 : BT_ERR_LIMIT))
		fail_msg("%s, %u times '%s': %d %s", language, nr, open, rc, err.msg);
	if (!facts)
		assert_string_equal(err.msg, "the state of the grammar's scanner is too large");
	assert_int_equal(extract(language, &small, &after, &err), 0);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, before.len);
}

/* Block quotes, lists, nested sequences: a state that grows by an entry with each. */
static void test_depths(void **state)
{
	(void)state;
	for (int fast = 0; fast < 2; fast++) {
		bt_extract_set_fast(fast);
		check_depth("markdown", ">", 200, true);
		check_depth("markdown", ">", 300, false);
		check_depth("markdown", ">", 3000, false);
		check_depth("markdown", "> ", 100000, false);
		check_depth("markdown", "- ", 300, false);
		check_depth("yaml", "- ", 200, true);
		check_depth("yaml", "- ", 300, false);
		bt_extract_release();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_guard_page),
		cmocka_unit_test(test_no_scanner),
		cmocka_unit_test(test_abandon),
		cmocka_unit_test(test_depths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
