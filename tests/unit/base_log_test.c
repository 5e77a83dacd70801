/*
 * base: what goes into a log: no secret, no control character, lines of a bounded length, files put aside; and git's trace2 as its
 * documentation has it.
 */
#include "core/base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/redact.h"
#include "core/base/trace2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* --- secrets --- */

#define A20 "abcdefghijklmnopqrst"
#define A40 A20 A20

static void test_redact(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "nothing here", "nothing here" },
		{ "", "" },
		{ "https://user:pass@example.com/a.git", "https://***@example.com/a.git" },
		{ "https://x-access-token:abc@h/p?q=a@b", "https://***@h/p?q=a@b" },
		{ "ssh://git@host/x, https://a@b@c/", "ssh://***@host/x, https://***@c/" },
		{ "http://host/path@2", "http://host/path@2" },
		{ "see https://example.com/x", "see https://example.com/x" },
		{ "Authorization: Bearer abc\nnext", "Authorization: ***\nnext" },
		{ "authorization:basic Zm9vOmJhcg==", "authorization:***" },
		{ "{\"Authorization\":\"token x\",\"a\":1}", "{\"Authorization\":\"***\",\"a\":1}" },
		{ "PRIVATE-TOKEN: secret", "PRIVATE-TOKEN: ***" },
		{ "JOB-TOKEN: s", "JOB-TOKEN: ***" },
		{ "Set-Cookie: a=b; c", "Set-Cookie: ***" },
		{ "http.extraHeader=Authorization: x", "http.extraHeader=***" },
		{ "?private_token=abc&x=1", "?private_token=***&x=1" },
		{ "access_token=abc", "access_token=***" },
		{ "GITHUB_TOKEN=abc def", "GITHUB_TOKEN=*** def" },
		{ "password=\"a b\" rest", "password=\"***\" rest" },
		{ "{\"client_secret\": \"abc\"}", "{\"client_secret\": \"***\"}" },
		{ "unexpected token: }", "unexpected token: }" },
		{ "Bearer " A20, "Bearer ***" },
		{ "bearer of news", "bearer of news" },
		{ "ghp_" A40, "ghp_***" },
		{ "x ghs_" A20 " y", "x ghs_*** y" },
		{ "github_pat_" A40 " y", "github_pat_*** y" },
		{ "glpat-" A20, "glpat-***" },
		{ "glrt-" A20, "glrt-***" },
		{ "xoxb-" A20, "xoxb-***" },
		{ "AKIAABCDEFGHIJKLMNOP", "AKIA***" },
		{ "npm_" A40, "npm_***" },
		{ "eyJ" A40 "." A20, "eyJ***" },
		{ "task-" A40, "task-" A40 },
		{ "risk_" A40, "risk_" A40 },
		{ "ghp_short", "ghp_short" },
		{ "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY***-----END RSA PRIVATE KEY-----" },
		{ "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----" },
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, again = BT_BUF_INIT;

		bt_redact(&out, cases[i].text, strlen(cases[i].text));
		assert_string_equal(bt_buf_cstr(&out), cases[i].want);
		/* a text that was treated stays what it is */
		bt_redact(&again, out.data, out.len);
		assert_string_equal(bt_buf_cstr(&again), cases[i].want);
	}
}

/* Cut anywhere, with any bytes before it: never a fault, never longer than sensible. */
static void test_redact_pieces(void **state)
{
	static const char text[] = "\x00://a@ authorization:\xff\"token=eyJ-----BEGIN PRIVATE KEY-----://@@//bearer ghp_" A40;

	(void)state;
	for (size_t from = 0; from < sizeof(text); from++)
		for (size_t to = from; to < sizeof(text); to++) {
			BT_FREE char *exact = bt_xmalloc(to - from + 1);
			BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

			memcpy(exact, text + from, to - from);
			bt_redact(&out, exact, to - from);
			assert_true(out.len <= 3 * (to - from) + 3);
		}
}

/* --- the log --- */

static char dir[64], path[80];

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/batho-log-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	return 0;
}

static int teardown(void **state)
{
	BT_FREE char *command = bt_xasprintf("rm -rf '%s'", dir);

	(void)state;
	bt_log_close();
	bt_trace2_reset();
	unsetenv("GIT_TRACE2");
	unsetenv("GIT_TRACE2_PERF");
	unsetenv("GIT_TRACE2_EVENT");
	unsetenv("GIT_TRACE2_PARENT_SID");
	unsetenv("GIT_TRACE2_PARENT_NAME");
	return system(command);
}

static struct bt_err err = BT_ERR_INIT;

static void open_log(enum bt_log_level level, bool json, uint64_t max)
{
	const struct bt_log_opts o = { .level = level, .json = json, .target = path, .max_size = max };

	assert_int_equal(bt_log_open(&o, &err), 0);
}

static char *text_of(const char *name)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	assert_int_equal(bt_file_read(name, 1 << 24, &text, &err), 0);
	return bt_xstrdup(bt_buf_cstr(&text));
}

static void test_text(void **state)
{
	const struct bt_log_field fields[] = { { .key = "who", .text = "a\tb" }, { .key = "ms", .number = 12 } };
	BT_FREE char *text = NULL;
	struct stat st;

	(void)state;
	open_log(BT_LOG_INFO, false, 0);
	assert_true(bt_log_on(BT_LOG_WARN));
	assert_false(bt_log_on(BT_LOG_DEBUG));
	assert_false(bt_log_on(BT_LOG_OFF));
	bt_log(BT_LOG_WARN, "index", "notice", fields, 2, "one\n\x1b[31mtwo https://u:p@h/");
	bt_log(BT_LOG_DEBUG, "index", "notice", NULL, 0, "unsaid");
	text = text_of(path);
	assert_non_null(strstr(text, " warn ["));
	assert_non_null(strstr(text, "index notice: one\\x0a\\x1b[31mtwo https://***@h/ who=a\\x09b ms=12\n"));
	assert_null(strstr(text, "unsaid"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_json(void **state)
{
	const struct bt_log_field fields[] = { { .key = "hint", .text = "\"quoted\"" }, { .key = "duration_ms", .number = -1 } };
	BT_FREE char *text = NULL, *big = bt_xmalloc(100001);

	(void)state;
	open_log(BT_LOG_DEBUG, true, 0);
	assert_true(bt_log_json());
	bt_log(BT_LOG_ERROR, "queue", "error", fields, 2, "caf\xc3\xa9 \xff\n");
	memset(big, 'x', 100000);
	big[100000] = '\0';
	bt_log(BT_LOG_INFO, "queue", "long", NULL, 0, "%s", big);
	text = text_of(path);
	assert_int_equal(strncmp(text, "{\"time\":\"20", 11), 0);
	assert_non_null(strstr(text, ",\"level\":\"error\",\"pid\":"));
	assert_non_null(strstr(text, "\"module\":\"queue\",\"event\":\"error\",\"message\":\"caf\xc3\xa9 \xef\xbf\xbd\\n\","
				     "\"hint\":\"\\\"quoted\\\"\",\"duration_ms\":-1}\n"));
	assert_true(strlen(text) < 4000);
}

static size_t size_of(const char *name)
{
	struct stat st;

	return stat(name, &st) ? 0 : (size_t)st.st_size;
}

static void test_rotation(void **state)
{
	BT_FREE char *last = bt_xasprintf("%s.3", path), *beyond = bt_xasprintf("%s.4", path), *first = bt_xasprintf("%s.1", path);
	pid_t pids[4];
	size_t lines = 0;

	(void)state;
	for (int p = 0; p < 4; p++) {
		pids[p] = fork();
		if (pids[p])
			continue;
		open_log(BT_LOG_INFO, false, 8192);
		for (int i = 0; i < 100; i++)
			bt_log(BT_LOG_INFO, "test", "line", NULL, 0, "line %d of process %d, and some more text to fill it", i, p);
		_exit(0);
	}
	for (int p = 0; p < 4; p++)
		waitpid(pids[p], NULL, 0);
	assert_true(size_of(last) > 0);
	assert_int_equal(size_of(beyond), 0);
	assert_true(size_of(first) <= 8192 + 4 * 200);
	/* whole lines everywhere */
	for (int i = 0; i <= 3; i++) {
		BT_FREE char *name = i ? bt_xasprintf("%s.%d", path, i) : bt_xstrdup(path), *text = text_of(name);

		for (char *at = text; *at; at = strchr(at, '\n') + 1) {
			assert_int_equal(strncmp(at, "20", 2), 0);
			lines++;
		}
	}
	assert_true(lines > 50);
}

/* What cannot be a log is refused, once, and then there is none. */
static void test_refused(void **state)
{
	const struct bt_log_opts relative = { .level = BT_LOG_INFO, .target = "log" }, folder = { .level = BT_LOG_INFO, .target = "/tmp" };
	const struct bt_log_opts nowhere = { .level = BT_LOG_INFO, .target = "/nonexistent/log" }, off = { .target = path };
	struct bt_log_opts link = { .level = BT_LOG_INFO, .target = path };

	(void)state;
	assert_int_not_equal(bt_log_open(&relative, &err), 0);
	assert_int_not_equal(bt_log_open(&folder, &err), 0);
	assert_int_not_equal(bt_log_open(&nowhere, &err), 0);
	assert_false(bt_log_on(BT_LOG_ERROR));
	bt_log(BT_LOG_ERROR, "test", "line", NULL, 0, "unsaid");
	assert_int_equal(bt_log_open(&off, &err), 0);
	assert_int_equal(symlink("/tmp/elsewhere", path), 0);
	assert_int_not_equal(bt_log_open(&link, &err), 0);
}

/* --- trace2 --- */

static const char *const argv[] = { "git-batho", "def", "--x=https://u:p@h/", NULL };

static void run_traced(void)
{
	bt_trace2_start(argv, "1.2");
	bt_trace2_name("batho-def");
	bt_trace2_repo("/some/where");
	bt_trace2_child_exit(bt_trace2_child_start(argv, "/dir"), 77, 3, 0);
	bt_trace2_error("it \"failed\" with ghp_" A40);
	bt_trace2_exit(128);
}

/* The fields of an event in their order, values left out where they change. */
static void test_events(void **state)
{
	static const char *const want[] = {
		"{\"event\":\"version\",\"sid\":\"20", ",\"evt\":\"3\",\"exe\":\"1.2\"}",
		"{\"event\":\"start\",\"sid\":\"20", ",\"t_abs\":0.000000,\"argv\":[\"git-batho\",\"def\",\"--x=https://***@h/\"]}",
		"{\"event\":\"cmd_name\",\"sid\":\"20", ",\"name\":\"batho-def\",\"hierarchy\":\"batho-def\"}",
		"{\"event\":\"def_repo\",\"sid\":\"20", ",\"repo\":1,\"worktree\":\"/some/where\"}",
		"{\"event\":\"child_start\",\"sid\":\"20", ",\"child_id\":0,\"child_class\":\"?\",\"use_shell\":false,\"cd\":\"/dir\",\"argv\":[",
		"{\"event\":\"child_exit\",\"sid\":\"20", ",\"child_id\":0,\"pid\":77,\"code\":3}",
		"{\"event\":\"error\",\"sid\":\"20", ",\"msg\":\"it \\\"failed\\\" with ghp_***\",\"fmt\":\"%s\"}",
		"{\"event\":\"exit\",\"sid\":\"20", ",\"code\":128}",
		"{\"event\":\"atexit\",\"sid\":\"20", ",\"code\":128}",
	};
	BT_FREE char *text = NULL;
	char *at;

	(void)state;
	setenv("GIT_TRACE2_EVENT", path, 1);
	run_traced();
	text = at = text_of(path);
	for (size_t i = 0; i + 1 < BT_ARRAY_NR(want); i += 2) {
		char *end = strchr(at, '\n');

		assert_non_null(end);
		*end = '\0';
		if (strncmp(at, want[i], strlen(want[i])) || !strstr(at, want[i + 1]))
			fail_msg("%s", at);
		assert_non_null(strstr(at, "\"thread\":\"main\",\"time\":\"20"));
		at = end + 1;
	}
	assert_string_equal(at, "");
	assert_non_null(strstr(getenv("GIT_TRACE2_PARENT_SID"), "-P"));
	assert_string_equal(getenv("GIT_TRACE2_PARENT_NAME"), "batho-def");
}

static void test_parent(void **state)
{
	BT_FREE char *text = NULL;

	(void)state;
	setenv("GIT_TRACE2_EVENT", path, 1);
	setenv("GIT_TRACE2_PARENT_SID", "20200101T000000.000000Z-H12345678-P00000001", 1);
	setenv("GIT_TRACE2_PARENT_NAME", "_run_dashed_", 1);
	run_traced();
	text = text_of(path);
	assert_non_null(strstr(text, "\"sid\":\"20200101T000000.000000Z-H12345678-P00000001/20"));
	assert_non_null(strstr(text, "\"hierarchy\":\"_run_dashed_/batho-def\""));
}

static void test_targets(void **state)
{
	static const char *const off[] = { "", "0", "false", "relative/path", "9", "af_unix:/nonexistent/socket", "/nonexistent/x" };
	BT_FREE char *normal = bt_xasprintf("%s/normal", dir), *perf = bt_xasprintf("%s/perf", dir), *text = NULL, *columns = NULL;
	const char *configured[BT_TRACE2_NR] = { path, NULL, NULL };

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(off); i++) {
		setenv("GIT_TRACE2", off[i], 1);
		bt_trace2_start(argv, "1.2");
		assert_false(bt_trace2_on());
		/* the environment has said so: the configuration is not asked */
		bt_trace2_configure(configured);
		assert_false(bt_trace2_on());
		bt_trace2_reset();
	}
	setenv("GIT_TRACE2", normal, 1);
	setenv("GIT_TRACE2_PERF", perf, 1);
	run_traced();
	text = text_of(normal);
	columns = text_of(perf);
	assert_non_null(strstr(text, " start git-batho def --x=https://***@h/\n"));
	assert_non_null(strstr(text, "child_exit[0] pid:77 code:3 elapsed:"));
	assert_non_null(strstr(columns, "| d0 | main                     | start        |     |  0.000000 |           |"));
}

static void test_configured(void **state)
{
	const char *configured[BT_TRACE2_NR] = { NULL, NULL, path };
	BT_FREE char *text = NULL;

	(void)state;
	bt_trace2_start(argv, "1.2");
	bt_trace2_name("batho-def");
	bt_trace2_configure(configured);
	bt_trace2_exit(0);
	text = text_of(path);
	/* told late, and whole */
	assert_int_equal(strncmp(text, "{\"event\":\"version\"", 18), 0);
	assert_non_null(strstr(text, "\"event\":\"cmd_name\""));
	assert_non_null(strstr(text, "\"event\":\"atexit\""));
}

static void test_folder(void **state)
{
	BT_FREE char *name = NULL, *text = NULL;

	(void)state;
	setenv("GIT_TRACE2_EVENT", dir, 1);
	setenv("GIT_TRACE2_PARENT_SID", "a/b", 1);
	run_traced();
	name = bt_xasprintf("%s/%s", dir, strrchr(getenv("GIT_TRACE2_PARENT_SID"), '/') + 1);
	text = text_of(name);
	assert_non_null(strstr(text, "\"event\":\"atexit\""));
}

static void socket_case(int type, const char *prefix)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	BT_FREE char *value = NULL;
	int fd = socket(AF_UNIX, type, 0), from = fd;
	char got[65536];
	ssize_t n;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/s%d", dir, type);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	value = bt_xasprintf("af_unix:%s%s", prefix, a.sun_path);
	setenv("GIT_TRACE2_EVENT", value, 1);
	run_traced();
	if (type == SOCK_STREAM)
		from = accept(fd, NULL, NULL);
	n = recv(from, got, sizeof(got) - 1, 0);
	assert_true(n > 0);
	got[n] = '\0';
	assert_int_equal(strncmp(got, "{\"event\":\"version\"", 18), 0);
	bt_trace2_reset();
	close(fd);
	if (from != fd)
		close(from);
}

static void test_sockets(void **state)
{
	(void)state;
	socket_case(SOCK_STREAM, "");
	socket_case(SOCK_DGRAM, "dgram:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_redact),
		cmocka_unit_test(test_redact_pieces),
		cmocka_unit_test_setup_teardown(test_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_json, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rotation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_targets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_configured, setup, teardown),
		cmocka_unit_test_setup_teardown(test_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sockets, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
