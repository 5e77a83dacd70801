/*
 * core/base/out.c: the three formats, byte for byte; what cannot be written; what must not be
 * shown.
 */
#include "core/base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* What the function writes in this format. */
static void capture(struct bt_out_opts opts, void (*write_answer)(struct bt_out *o),
		    struct bt_buf *got)
{
	char name[] = "base_out_test.XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);
	struct bt_err err = BT_ERR_INIT;
	struct bt_out *o;

	assert_true(fd >= 0);
	unlink(name);
	opts.fd = fd;
	opts.command = "test";
	o = bt_out_new(&opts);
	write_answer(o);
	assert_int_equal(bt_out_finish(o, &err), 0);
	bt_out_free(&o);
	assert_null(o);
	bt_out_free(&o);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(bt_fd_read_all(fd, 1 << 24, got, "answer", &err), 0);
	close(fd);
}

static void assert_answer(struct bt_out_opts opts, void (*write_answer)(struct bt_out *o),
			  const char *want, size_t want_len)
{
	BT_BUF_OWNED struct bt_buf got = BT_BUF_INIT;

	capture(opts, write_answer, &got);
	assert_string_equal(bt_buf_cstr(&got), want);
	assert_int_equal(got.len, want_len);
	assert_memory_equal(got.data, want, want_len);
}

#define ASSERT_ANSWER(opts, fn, want) \
	assert_answer((struct bt_out_opts)opts, fn, want, sizeof(want) - 1)
#define HUMAN \
	{ \
		.format = BT_FORMAT_HUMAN \
	}
#define JSON \
	{ \
		.format = BT_FORMAT_JSON \
	}
#define PORCELAIN \
	{ \
		.format = BT_FORMAT_PORCELAIN \
	}
#define PORCELAIN_Z \
	{ \
		.format = BT_FORMAT_PORCELAIN, .nul = true \
	}
#define HUMAN_Z \
	{ \
		.format = BT_FORMAT_HUMAN, .nul = true \
	}

/* Fields and text side by side, as a command makes them. */
static void two_symbols(struct bt_out *o)
{
	static const char *const names[] = { "main", "f\tg" };
	int i;

	for (i = 0; i < 2; i++) {
		bt_out_record(o, "symbol");
		bt_out_cstr(o, "name", names[i]);
		bt_out_int(o, "line", i - 1);
		bt_out_bool(o, "local", i);
		bt_out_record_end(o);
		bt_out_textf(o, BT_COLOR_NAME, "%s", names[i]);
		bt_out_textf(o, BT_COLOR_NONE, ":%d", i);
		bt_out_nl(o);
	}
}

static void test_formats(void **state)
{
	(void)state;
	ASSERT_ANSWER(HUMAN, two_symbols, "main:0\nf\tg:1\n");
	ASSERT_ANSWER(HUMAN_Z, two_symbols, "main:0\0f\tg:1\0");
	ASSERT_ANSWER(JSON, two_symbols,
		      "{\"batho\":1,\"command\":\"test\"}\n"
		      "{\"record\":\"symbol\",\"name\":\"main\",\"line\":-1,\"local\":false}\n"
		      "{\"record\":\"symbol\",\"name\":\"f\\tg\",\"line\":0,\"local\":true}\n");
	ASSERT_ANSWER(PORCELAIN, two_symbols,
		      "# batho porcelain 1 test\n"
		      "symbol\tmain\t-1\t0\n"
		      "symbol\t\"f\\tg\"\t0\t1\n");
	ASSERT_ANSWER(PORCELAIN_Z, two_symbols,
		      "# batho porcelain 1 test\0"
		      "4\0symbol\0main\0-1\0"
		      "0\0"
		      "4\0symbol\0f\tg\0"
		      "0\0"
		      "1\0");
}

static void nothing(struct bt_out *o)
{
	(void)o;
}

static void test_empty_answer(void **state)
{
	(void)state;
	ASSERT_ANSWER(HUMAN, nothing, "");
	ASSERT_ANSWER(JSON, nothing, "{\"batho\":1,\"command\":\"test\"}\n");
	ASSERT_ANSWER(PORCELAIN, nothing, "# batho porcelain 1 test\n");
	ASSERT_ANSWER(PORCELAIN_Z, nothing, "# batho porcelain 1 test\0");
}

static void nested(struct bt_out *o)
{
	struct bt_oid oid = bt_oid_make(
		"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
		"\x10\x11\x12\x13\xff",
		20);

	bt_out_record(o, "r");
	bt_out_array(o, "empty");
	bt_out_array_end(o);
	bt_out_array(o, "list");
	bt_out_cstr(o, NULL, "a");
	bt_out_uint(o, NULL, UINT64_MAX);
	bt_out_null(o, NULL);
	bt_out_object(o, NULL);
	bt_out_int(o, "x", INT64_MIN);
	bt_out_object(o, "y");
	bt_out_object_end(o);
	bt_out_object_end(o);
	bt_out_bool(o, NULL, true);
	bt_out_array_end(o);
	bt_out_hex64(o, "hash", 0xabc);
	bt_out_oid(o, "oid", &oid);
	bt_out_hex(o, "digest", "\x00\xfe", 2);
	bt_out_cstr(o, "none", NULL);
	bt_out_record_end(o);
}

static void test_nested(void **state)
{
	(void)state;
	ASSERT_ANSWER(JSON, nested,
		      "{\"batho\":1,\"command\":\"test\"}\n"
		      "{\"record\":\"r\",\"empty\":[],\"list\":[\"a\",18446744073709551615,null,"
		      "{\"x\":-9223372036854775808,\"y\":{}},true],\"hash\":\"0000000000000abc\","
		      "\"oid\":\"0102030405060708090a0b0c0d0e0f10111213ff\",\"digest\":\"00fe\","
		      "\"none\":null}\n");
	ASSERT_ANSWER(PORCELAIN, nested,
		      "# batho porcelain 1 test\n"
		      "r\t0000000000000abc\t0102030405060708090a0b0c0d0e0f10111213ff\t00fe\t\n");
	ASSERT_ANSWER(HUMAN, nested, "");
}

static void hostile(struct bt_out *o)
{
	static const char text[] = "a\x1b[2J\n\xff\xe2\x80\xae\"z";

	bt_out_record(o, "r");
	bt_out_str(o, "path", text, sizeof(text) - 1);
	bt_out_array(o, "list");
	bt_out_str(o, NULL, text, sizeof(text) - 1);
	bt_out_cstr(o, NULL, "fine");
	bt_out_array_end(o);
	bt_out_int(o, "after", 1);
	bt_out_record_end(o);
	bt_out_text(o, BT_COLOR_NONE, text, sizeof(text) - 1);
	bt_out_textf(o, BT_COLOR_NONE, " %s ", text);
	bt_out_path(o, BT_COLOR_PATH, text, sizeof(text) - 1);
	bt_out_nl(o);
}

static void test_hostile(void **state)
{
	(void)state;
	ASSERT_ANSWER(
		JSON, hostile,
		"{\"batho\":1,\"command\":\"test\"}\n"
		"{\"record\":\"r\","
		"\"path\":\"a\\u001b[2J\\n\xef\xbf\xbd\\u202e\\\"z\","
		"\"path_b64\":\"YRtbMkoK/+KAriJ6\","
		"\"list\":[{\"text\":\"a\\u001b[2J\\n\xef\xbf\xbd\\u202e\\\"z\","
		"\"b64\":\"YRtbMkoK/+KAriJ6\"},\"fine\"],\"after\":1}\n");
	ASSERT_ANSWER(HUMAN, hostile,
		      "a\\x1b[2J\\x0a\\xff\\u{202e}\"z a\\x1b[2J\\x0a\\xff\\u{202e}\"z "
		      "\"a\\033[2J\\n\\377\\342\\200\\256\\\"z\"\n");
	ASSERT_ANSWER(PORCELAIN, hostile,
		      "# batho porcelain 1 test\n"
		      "r\t\"a\\033[2J\\n\xff\xe2\x80\xae\\\"z\"\t1\n");
	ASSERT_ANSWER(PORCELAIN_Z, hostile,
		      "# batho porcelain 1 test\0"
		      "3\0r\0a\x1b[2J\n\xff\xe2\x80\xae\"z\0"
		      "1\0");
}

static void colored(struct bt_out *o)
{
	bt_out_textf(o, BT_COLOR_PATH, "p");
	bt_out_textf(o, BT_COLOR_NONE, "n");
	bt_out_textf(o, BT_COLOR_MATCH, "%s", "");
	bt_out_pad(o, 6);
	bt_out_textf(o, BT_COLOR_BAD, "\xc3\xa4");
	bt_out_pad(o, 10);
	bt_out_pad(o, 5);
	bt_out_textf(o, BT_COLOR_NONE, "|");
	bt_out_nl(o);
	bt_out_pad(o, 3);
	bt_out_nl(o);
}

static void test_color_and_columns(void **state)
{
	struct bt_palette palette;
	struct bt_out_opts opts = { .format = BT_FORMAT_HUMAN, .palette = &palette };
	static const char want[] = "\033[35mp\033[mn    \033[1;31m\xc3\xa4\033[m    |\n   \n";

	(void)state;
	bt_palette_init(&palette);
	assert_answer(opts, colored, want, sizeof(want) - 1);
	ASSERT_ANSWER(HUMAN, colored, "pn    \xc3\xa4    |\n   \n");
}

static void large(struct bt_out *o)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	int i;

	while (text.len < 5000)
		bt_buf_adds(&text, "0123456789");
	for (i = 0; i < 100; i++) {
		bt_out_record(o, "r");
		bt_out_str(o, "text", text.data, text.len);
		bt_out_record_end(o);
		bt_out_textf(o, BT_COLOR_NONE, "%s", text.data);
		bt_out_nl(o);
		bt_out_pad(o, 3);
	}
}

/* Larger than every buffer on the way. */
static void test_large(void **state)
{
	BT_BUF_OWNED struct bt_buf json = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf porcelain = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf human = BT_BUF_INIT;

	(void)state;
	capture((struct bt_out_opts)JSON, large, &json);
	assert_int_equal(json.len,
			 29 + 100 * (5000 + strlen("{\"record\":\"r\",\"text\":\"\"}\n")));
	capture((struct bt_out_opts)PORCELAIN_Z, large, &porcelain);
	assert_int_equal(porcelain.len, 25 + 100 * (2 + 2 + 5001));
	capture((struct bt_out_opts)HUMAN, large, &human);
	assert_int_equal(human.len, 100 * (5000 + 1 + 3));
}

static void test_full_disk(void **state)
{
	struct bt_out_opts opts = { .format = BT_FORMAT_JSON, .command = "test" };
	struct bt_err err = BT_ERR_INIT;
	struct bt_out *o;

	(void)state;
	opts.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(opts.fd >= 0);
	o = bt_out_new(&opts);
	large(o);
	assert_true(bt_out_failed(o));
	large(o);
	nested(o);
	assert_int_equal(bt_out_finish(o, &err), BT_ERR_FULL);
	assert_string_equal(err.msg, "cannot write the answer to stdout: No space left on device");
	bt_out_free(&o);
	/* A short answer too: the failure comes at the end. */
	o = bt_out_new(&opts);
	two_symbols(o);
	assert_false(bt_out_failed(o));
	assert_int_equal(bt_out_flush(o, &err), BT_ERR_FULL);
	assert_int_equal(bt_out_finish(o, &err), BT_ERR_FULL);
	bt_out_free(&o);
	close(opts.fd);
}

static void test_broken_pipe(void **state)
{
	struct bt_out_opts opts = { .format = BT_FORMAT_HUMAN, .command = "test" };
	struct bt_err err = BT_ERR_INIT;
	struct bt_out *o;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	opts.fd = fds[1];
	o = bt_out_new(&opts);
	large(o);
	assert_true(bt_out_failed(o));
	assert_int_equal(bt_out_finish(o, &err), BT_ERR_PIPE);
	bt_out_free(&o);
	close(fds[1]);
}

static void test_closed_stdout(void **state)
{
	struct bt_out_opts opts = { .format = BT_FORMAT_HUMAN, .command = "test", .fd = 1000 };
	struct bt_err err = BT_ERR_INIT;
	struct bt_out *o = bt_out_new(&opts);

	(void)state;
	two_symbols(o);
	assert_int_equal(bt_out_finish(o, &err), BT_ERR_FAIL);
	assert_string_equal(err.msg, "cannot write the answer to stdout: Bad file descriptor");
	bt_out_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_empty_answer),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_color_and_columns),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_broken_pipe),
		cmocka_unit_test(test_closed_stdout),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
