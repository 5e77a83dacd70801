#include "core/base/trace2.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/base/redact.h"
#include "core/base/sha.h"
#include "core/base/text.h"

const char *const bt_trace2_keys[BT_TRACE2_NR] = { "trace2.normaltarget", "trace2.perftarget", "trace2.eventtarget" };
static const char *const variables[BT_TRACE2_NR] = { "GIT_TRACE2", "GIT_TRACE2_PERF", "GIT_TRACE2_EVENT" };

#define PARENT_SID "GIT_TRACE2_PARENT_SID"
#define PARENT_NAME "GIT_TRACE2_PARENT_NAME"
/* The version of the event format that we write: git's own of 2.39. */
#define EVENT_FORMAT "3"
/* A session started by a session that was started by ... : what does not end is cut. */
#define SID_LEN_MAX 1024
#define NAMES_TRIED 100
/* Where git itself has the text, behind time and place. */
#define NORMAL_WIDTH 50
#define PERF_WIDTH 45

static struct {
	bool begun;
	int fds[BT_TRACE2_NR];		/* -1: none */
	bool dgram[BT_TRACE2_NR];
	bool said[BT_TRACE2_NR];	/* by the environment */
	char sid[SID_LEN_MAX], hierarchy[256];
	unsigned depth;
	int64_t start_us;
	struct timespec start;
	const char *const *argv;
	const char *version;
	int children;
} t2 = { .fds = { -1, -1, -1 } };

/* --- who we are --- */

static void add_host(struct bt_buf *out)
{
	char host[256] = "";
	uint8_t digest[BT_SHA_RAW_MAX];
	struct bt_sha sha;

	if (gethostname(host, sizeof(host) - 1) || !*host) {
		bt_buf_adds(out, "Localhost");
		return;
	}
	bt_sha_init(&sha, 20);
	bt_sha_add(&sha, host, strlen(host));
	bt_sha_end(&sha, digest);
	bt_buf_addf(out, "H%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
}

static void sid_make(void)
{
	BT_BUF_OWNED struct bt_buf sid = BT_BUF_INIT;
	const char *parent = getenv(PARENT_SID);
	struct tm tm;

	if (parent && *parent && strlen(parent) < SID_LEN_MAX - 64) {
		bt_buf_addf(&sid, "%s/", parent);
		for (const char *p = parent; *p; p++)
			t2.depth += *p == '/';
		t2.depth++;
	}
	gmtime_r(&t2.start.tv_sec, &tm);
	bt_buf_addf(&sid, "%04d%02d%02dT%02d%02d%02d.%06ldZ-", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		    tm.tm_sec, t2.start.tv_nsec / 1000);
	add_host(&sid);
	bt_buf_addf(&sid, "-P%08x", (unsigned)getpid());
	snprintf(t2.sid, sizeof(t2.sid), "%s", bt_buf_cstr(&sid));
}

/* --- targets --- */

static int open_socket(const char *path, int type)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(a.sun_path))
		return -1;
	strcpy(a.sun_path, path);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof(a)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int open_unix(const char *value, bool *ret_dgram)
{
	const char *path = value;
	int fd = -1;

	if (!strncmp(path, "stream:", 7))
		return open_socket(path + 7, SOCK_STREAM);
	*ret_dgram = !strncmp(path, "dgram:", 6);
	if (*ret_dgram)
		return open_socket(path + 6, SOCK_DGRAM);
	fd = open_socket(path, SOCK_STREAM);
	*ret_dgram = fd < 0;
	return fd < 0 ? open_socket(path, SOCK_DGRAM) : fd;
}

static int open_file(const char *path, int flags)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | flags, 0666);
}

/* A file of our own, named like the last part of our id. */
static int open_in_folder(const char *folder)
{
	const char *slash = strrchr(t2.sid, '/'), *name = slash ? slash + 1 : t2.sid;
	int fd = -1;

	for (int i = 0; i < NAMES_TRIED && fd < 0; i++) {
		BT_FREE char *path = i ? bt_xasprintf("%s/%s.%d", folder, name, i) : bt_xasprintf("%s/%s", folder, name);

		fd = open_file(path, O_EXCL);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	return fd;
}

static int target_open(const char *value, bool *ret_dgram)
{
	struct stat st;

	if (!value || !*value || bt_text_bool(value) == 0)
		return -1;
	if (bt_text_bool(value) == 1)
		return STDERR_FILENO;
	if (value[0] >= '2' && value[0] <= '9' && !value[1])
		return fcntl(value[0] - '0', F_GETFD) < 0 ? -1 : value[0] - '0';
	if (!strncmp(value, "af_unix:", 8))
		return open_unix(value + 8, ret_dgram);
	if (*value != '/')
		return -1;
	return !stat(value, &st) && S_ISDIR(st.st_mode) ? open_in_folder(value) : open_file(value, 0);
}

bool bt_trace2_on(void)
{
	return t2.fds[BT_TRACE2_NORMAL] >= 0 || t2.fds[BT_TRACE2_PERF] >= 0 || t2.fds[BT_TRACE2_EVENT] >= 0;
}

static void emit(enum bt_trace2_target target, struct bt_buf *line)
{
	ssize_t rc;

	bt_buf_addch(line, '\n');
	do
		rc = t2.dgram[target] ? send(t2.fds[target], line->data, line->len, MSG_NOSIGNAL)
				      : write(t2.fds[target], line->data, line->len);
	while (rc < 0 && errno == EINTR);
}

/* --- lines --- */

static void add_secretless(struct bt_buf *out, const char *text, bool json)
{
	BT_BUF_OWNED struct bt_buf safe = BT_BUF_INIT;

	bt_redact(&safe, text, strlen(text));
	if (json)
		bt_text_json(out, bt_buf_cstr(&safe), safe.len);
	else
		bt_text_safe(out, bt_buf_cstr(&safe), safe.len, 0);
}

/* Arguments as a shell would have them, near enough for people. */
static void add_argv(struct bt_buf *out, const char *const *argv, bool json)
{
	if (json)
		bt_buf_adds(out, ",\"argv\":[");
	for (size_t i = 0; argv[i]; i++) {
		bool quote = !json && (!argv[i][0] || strpbrk(argv[i], " \t\n'\"\\$&|;<>()*?"));

		if (i)
			bt_buf_addch(out, json ? ',' : ' ');
		if (quote)
			bt_buf_addch(out, '\'');
		add_secretless(out, argv[i], json);
		if (quote)
			bt_buf_addch(out, '\'');
	}
	if (json)
		bt_buf_addch(out, ']');
}

static double elapsed(void)
{
	return (double)(bt_clock_us() - t2.start_us) / 1e6;
}

/* One thing that happened, for each of the targets: its own fields as JSON, and its words for people. */
struct happening {
	const char *event;
	double abs, rel;	/* < 0: not told */
	struct bt_buf json, words;	/* of what stands behind the common fields; behind the event's name */
	bool first;		/* told with the time at which the process began */
};
#define HAPPENING_OWNED BT_CLEANUP(happening_release)

static void happening_release(struct happening *h)
{
	bt_buf_release(&h->json);
	bt_buf_release(&h->words);
}

static void tell_event(const struct happening *h, const struct timespec *now)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;
	struct tm tm;

	gmtime_r(&now->tv_sec, &tm);
	bt_buf_addf(&line, "{\"event\":\"%s\",\"sid\":", h->event);
	bt_text_json(&line, t2.sid, strlen(t2.sid));
	bt_buf_addf(&line, ",\"thread\":\"main\",\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ\"", tm.tm_year + 1900, tm.tm_mon + 1,
		    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, now->tv_nsec / 1000);
	if (h->abs >= 0)
		bt_buf_addf(&line, ",\"t_abs\":%.6f", h->abs);
	if (h->rel >= 0)
		bt_buf_addf(&line, ",\"t_rel\":%.6f", h->rel);
	bt_buf_add(&line, h->json.data, h->json.len);
	bt_buf_addch(&line, '}');
	emit(BT_TRACE2_EVENT, &line);
}

static void add_clock(struct bt_buf *line, const struct timespec *now, size_t width)
{
	struct tm tm;

	localtime_r(&now->tv_sec, &tm);
	bt_buf_addf(line, "%02d:%02d:%02d.%06ld git-batho", tm.tm_hour, tm.tm_min, tm.tm_sec, now->tv_nsec / 1000);
	while (line->len < width)
		bt_buf_addch(line, ' ');
}

static void tell_normal(const struct happening *h, const struct timespec *now)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;

	add_clock(&line, now, NORMAL_WIDTH);
	bt_buf_addf(&line, "%s%s", h->event, h->words.len && h->words.data[0] == '[' ? "" : " ");
	bt_buf_add(&line, h->words.data, h->words.len);
	emit(BT_TRACE2_NORMAL, &line);
}

static void add_time_column(struct bt_buf *line, double seconds)
{
	if (seconds >= 0)
		bt_buf_addf(line, "%9.6f | ", seconds);
	else
		bt_buf_adds(line, "          | ");
}

static void tell_perf(const struct happening *h, const struct timespec *now)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;

	add_clock(&line, now, PERF_WIDTH);
	bt_buf_addf(&line, "| d%u | %-24s | %-12s |     | ", t2.depth, "main", h->event);
	add_time_column(&line, h->abs);
	add_time_column(&line, h->rel);
	bt_buf_adds(&line, "             | ");
	bt_buf_add(&line, h->words.data, h->words.len);
	emit(BT_TRACE2_PERF, &line);
}

static void tell_to(enum bt_trace2_target target, const struct happening *h)
{
	static void (*const tellers[BT_TRACE2_NR])(const struct happening *, const struct timespec *) = { tell_normal, tell_perf, tell_event };
	struct timespec now = t2.start;

	if (!h->first)
		clock_gettime(CLOCK_REALTIME, &now);
	if (t2.fds[target] >= 0)
		tellers[target](h, &now);
}

static void tell(const struct happening *h)
{
	for (int i = 0; i < BT_TRACE2_NR; i++)
		tell_to((enum bt_trace2_target)i, h);
}

/* --- what happens --- */

static void tell_version(enum bt_trace2_target target)
{
	HAPPENING_OWNED struct happening h = { .event = "version", .abs = -1, .rel = -1, .first = true };

	bt_buf_adds(&h.json, ",\"evt\":\"" EVENT_FORMAT "\",\"exe\":");
	bt_text_json(&h.json, t2.version, strlen(t2.version));
	bt_buf_addf(&h.words, "%s", t2.version);
	tell_to(target, &h);
}

static void tell_start(enum bt_trace2_target target)
{
	HAPPENING_OWNED struct happening h = { .event = "start", .abs = 0, .rel = -1, .first = true };

	add_argv(&h.json, t2.argv, true);
	add_argv(&h.words, t2.argv, false);
	tell_to(target, &h);
}

static void tell_name(enum bt_trace2_target target)
{
	HAPPENING_OWNED struct happening h = { .event = "cmd_name", .abs = -1, .rel = -1 };
	const char *slash = strrchr(t2.hierarchy, '/'), *name = slash ? slash + 1 : t2.hierarchy;

	bt_buf_adds(&h.json, ",\"name\":");
	bt_text_json(&h.json, name, strlen(name));
	bt_buf_adds(&h.json, ",\"hierarchy\":");
	bt_text_json(&h.json, t2.hierarchy, strlen(t2.hierarchy));
	bt_buf_addf(&h.words, "%s (%s)", name, t2.hierarchy);
	tell_to(target, &h);
}

static void target_begin(enum bt_trace2_target target)
{
	if (t2.fds[target] < 0)
		return;
	tell_version(target);
	tell_start(target);
	if (*t2.hierarchy)
		tell_name(target);
}

void bt_trace2_start(const char *const *argv, const char *exe_version)
{
	t2.begun = true;
	t2.argv = argv;
	t2.version = exe_version;
	t2.start_us = bt_clock_us();
	clock_gettime(CLOCK_REALTIME, &t2.start);
	for (int i = 0; i < BT_TRACE2_NR; i++) {
		const char *value = getenv(variables[i]);

		t2.said[i] = value;
		if (value && !*t2.sid)
			sid_make();
		t2.fds[i] = target_open(value, &t2.dgram[i]);
	}
	if (!bt_trace2_on())
		return;
	setenv(PARENT_SID, t2.sid, 1);
	for (int i = 0; i < BT_TRACE2_NR; i++)
		target_begin((enum bt_trace2_target)i);
}

void bt_trace2_configure(const char *const targets[BT_TRACE2_NR])
{
	for (int i = 0; t2.begun && i < BT_TRACE2_NR; i++) {
		if (t2.said[i] || !targets[i])
			continue;
		if (!*t2.sid)
			sid_make();
		t2.said[i] = true;
		t2.fds[i] = target_open(targets[i], &t2.dgram[i]);
		if (t2.fds[i] < 0)
			continue;
		setenv(PARENT_SID, t2.sid, 1);
		if (*t2.hierarchy)
			setenv(PARENT_NAME, t2.hierarchy, 1);
		target_begin((enum bt_trace2_target)i);
	}
}

void bt_trace2_name(const char *name)
{
	const char *parent = getenv(PARENT_NAME);

	if (parent && *parent)
		snprintf(t2.hierarchy, sizeof(t2.hierarchy), "%s/%s", parent, name);
	else
		snprintf(t2.hierarchy, sizeof(t2.hierarchy), "%s", name);
	if (!bt_trace2_on())
		return;
	setenv(PARENT_NAME, t2.hierarchy, 1);
	for (int i = 0; i < BT_TRACE2_NR; i++)
		tell_name((enum bt_trace2_target)i);
}

void bt_trace2_repo(const char *worktree)
{
	HAPPENING_OWNED struct happening h = { .event = "def_repo", .abs = -1, .rel = -1 };

	if (!bt_trace2_on())
		return;
	bt_buf_adds(&h.json, ",\"repo\":1,\"worktree\":");
	bt_text_json(&h.json, worktree, strlen(worktree));
	bt_buf_adds(&h.words, "worktree:");
	bt_text_safe(&h.words, worktree, strlen(worktree), 0);
	tell(&h);
}

void bt_trace2_error(const char *message)
{
	HAPPENING_OWNED struct happening h = { .event = "error", .abs = -1, .rel = -1 };

	if (!bt_trace2_on())
		return;
	bt_buf_adds(&h.json, ",\"msg\":");
	add_secretless(&h.json, message, true);
	bt_buf_adds(&h.json, ",\"fmt\":\"%s\"");
	add_secretless(&h.words, message, false);
	tell(&h);
}

int bt_trace2_child_start(const char *const *argv, const char *cwd)
{
	HAPPENING_OWNED struct happening h = { .event = "child_start", .abs = -1, .rel = -1 };

	if (!bt_trace2_on())
		return -1;
	h.abs = elapsed();
	bt_buf_addf(&h.json, ",\"child_id\":%d,\"child_class\":\"?\",\"use_shell\":false", t2.children);
	if (cwd) {
		bt_buf_adds(&h.json, ",\"cd\":");
		bt_text_json(&h.json, cwd, strlen(cwd));
	}
	add_argv(&h.json, argv, true);
	bt_buf_addf(&h.words, "[%d] ", t2.children);
	add_argv(&h.words, argv, false);
	tell(&h);
	return t2.children++;
}

void bt_trace2_child_exit(int child, int pid, int status, int64_t start_us)
{
	HAPPENING_OWNED struct happening h = { .event = "child_exit", .abs = -1, .rel = -1 };

	if (child < 0 || !bt_trace2_on())
		return;
	h.abs = elapsed();
	h.rel = (double)(bt_clock_us() - start_us) / 1e6;
	bt_buf_addf(&h.json, ",\"child_id\":%d,\"pid\":%d,\"code\":%d", child, pid, status);
	bt_buf_addf(&h.words, "[%d] pid:%d code:%d elapsed:%.6f", child, pid, status, h.rel);
	tell(&h);
}

void bt_trace2_exec(const char *const *argv)
{
	HAPPENING_OWNED struct happening h = { .event = "exec", .abs = -1, .rel = -1 };

	if (!bt_trace2_on())
		return;
	h.abs = elapsed();
	bt_buf_adds(&h.json, ",\"exec_id\":0,\"exe\":");
	bt_text_json(&h.json, argv[0], strlen(argv[0]));
	add_argv(&h.json, argv, true);
	bt_buf_adds(&h.words, "[0] ");
	add_argv(&h.words, argv, false);
	tell(&h);
}

void bt_trace2_exit(int status)
{
	static const char *const events[] = { "exit", "atexit" };

	for (size_t i = 0; bt_trace2_on() && i < BT_ARRAY_NR(events); i++) {
		HAPPENING_OWNED struct happening h = { .event = events[i], .abs = elapsed(), .rel = -1 };

		bt_buf_addf(&h.json, ",\"code\":%d", status);
		bt_buf_addf(&h.words, "elapsed:%.6f code:%d", h.abs, status);
		tell(&h);
	}
}

void bt_trace2_reset(void)
{
	for (int i = 0; i < BT_TRACE2_NR; i++) {
		if (t2.fds[i] > 9)
			close(t2.fds[i]);
		t2.fds[i] = -1;
		t2.said[i] = t2.dgram[i] = false;
	}
	t2.sid[0] = t2.hierarchy[0] = '\0';
	t2.depth = 0;
	t2.children = 0;
	t2.begun = false;
}
