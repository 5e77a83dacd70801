/*
 * Languages and an extractor that does what hostile input may make a real one do: the first word of
 * a blob says what. Anything else is answered with its own bytes. It takes the place of core/lang.
 */
#ifndef BT_TESTS_UNIT_INDEX_FAKE_H
#define BT_TESTS_UNIT_INDEX_FAKE_H

#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/index/worker_proto.h"
#include "core/lang/extract.h"

enum { LANG_PLAIN, LANG_SCANNER, LANG_LATE, LANG_BROKEN, LANG_NR };

static const struct bt_lang langs[LANG_NR] = {
	{ .name = "plain", .grammar = "plain", .index = LANG_PLAIN },
	{ .name = "scanner", .grammar = "scanner", .index = LANG_SCANNER },
	{ .name = "late", .grammar = "late", .index = LANG_LATE },
	{ .name = "broken", .grammar = "broken", .index = LANG_BROKEN },
};

const struct bt_extract_limits bt_extract_limits_default = {
	.callbacks_max = 1,
	.arena_max = (uint64_t)192 << 20,
	.nodes_max = 1,
};

static bool prepared[LANG_NR];
static bool poisoned;
static bool dies_later;

size_t bt_langs_nr(void)
{
	return LANG_NR;
}

const struct bt_lang *bt_lang_get(size_t index)
{
	return &langs[index];
}

int bt_extract_prepare(const struct bt_lang *lang, struct bt_err *err)
{
	if (lang->index == LANG_BROKEN)
		return bt_err_set(err, BT_ERR_FAIL, "no node type 'x'");
	prepared[lang->index] = true;
	return 0;
}

bool bt_extract_has_scanner(const struct bt_lang *lang)
{
	return lang->index == LANG_SCANNER;
}

size_t bt_extract_shared_bytes(void)
{
	return 0;
}

void bt_extract_set_fast(bool fast)
{
	(void)fast;
}

static void put(int fd, const void *p, size_t len)
{
	ssize_t n = write(fd, p, len);

	(void)n;
}

static void crash(void)
{
	volatile int *volatile nowhere = NULL;

	*nowhere = 1;
}

/* Called after the answer to a blob that reached a limit. */
void bt_extract_release(void)
{
	if (dies_later)
		crash();
}

/* Writes over the bookkeeping around a block, then has the allocator notice. */
static void spoil_heap(void)
{
	char *volatile a = malloc(40), *volatile b = malloc(40);
	volatile char *p = a;

	for (size_t i = 0; i < 80; i++)
		p[i] = 0x41;
	free(b);
	free(a);
	abort();
}

static void loop(void)
{
	for (volatile unsigned i = 0;; i++)
		;
}

/* The only way to sleep that the sandbox leaves. */
static void sleep_for_ever(void)
{
	uint32_t word = 0;

	for (;;)
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void busy_ms(int64_t ms)
{
	int64_t end = bt_clock_ms() + ms;

	while (bt_clock_ms() < end)
		;
}

static int eat_memory(struct bt_err *err)
{
	for (;;) {
		char *volatile p = malloc(1 << 20);

		if (!p)
			return bt_err_set(err, BT_ERR_FAIL, "out of memory");
		memset(p, 1, 1 << 20);
	}
}

static void eat_memory_small(void)
{
	for (;;)
		memset(bt_xmalloc(1 << 16), 1, 1 << 16);
}

static void lie(uint64_t seq, uint32_t status, uint32_t len)
{
	struct bt_answer_head a = { .seq = seq, .status = status, .len = len };

	put(0, &a, sizeof(a));
	sleep_for_ever();
}

static void misbehave(const char *how)
{
	static char *const argv[] = { (char *)(uintptr_t) "/bin/true", NULL };

	if (!strcmp(how, "open"))
		put(2, "", (size_t)(open("/etc/passwd", O_RDONLY) >= 0));
	else if (!strcmp(how, "socket"))
		put(2, "", (size_t)(socket(AF_UNIX, SOCK_STREAM, 0) >= 0));
	else if (!strcmp(how, "fork"))
		put(2, "", (size_t)(fork() == 0));
	else if (!strcmp(how, "exec"))
		execv(argv[0], argv);
	else if (!strcmp(how, "kill"))
		kill(getppid(), SIGKILL);
	else if (!strcmp(how, "code"))
		mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Which descriptors a worker has; only without seccomp. */
static void list_fds(struct bt_buf *out)
{
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			bt_buf_addf(out, "%d ", fd);
}

static void list_environment(struct bt_buf *out)
{
	const char *v = getenv("BT_POOL_TEST_SECRET");

	bt_buf_adds(out, v ? v : "none");
}

struct act {
	const char *word;
	void (*run)(void);
};

static void act_exit0(void)
{
	_exit(0);
}

static void act_exit3(void)
{
	_exit(3);
}

static void act_killed(void)
{
	kill(getpid(), SIGKILL);
}

static void act_stopped(void)
{
	raise(SIGSTOP);
}

static void act_lie_seq(void)
{
	lie(12345678, 0, 10);
}

static void act_lie_len(void)
{
	lie(1, 0, UINT32_MAX);
}

static void act_lie_status(void)
{
	lie(1, 77, 0);
}

static void act_half(void)
{
	put(0, "\1\2\3", 3);
	_exit(0);
}

static void act_poison(void)
{
	poisoned = true;
}

static void act_busy(void)
{
	busy_ms(60);
}

static const struct act acts[] = {
	{ "CRASH", crash },	     { "HEAP", spoil_heap },	   { "LOOP", loop },
	{ "SLEEP", sleep_for_ever }, { "MEMX", eat_memory_small }, { "EXIT0", act_exit0 },
	{ "EXIT3", act_exit3 },	     { "KILLED", act_killed },	   { "STOPPED", act_stopped },
	{ "LIESEQ", act_lie_seq },   { "LIELEN", act_lie_len },	   { "LIESTATUS", act_lie_status },
	{ "HALF", act_half },	     { "POISON", act_poison },	   { "BUSY", act_busy },
};

static bool has_word(const char *data, size_t len, const char *word)
{
	return len >= strlen(word) && !memcmp(data, word, strlen(word));
}

void bt_extract_set_few(bool few)
{
	(void)few;
}

static int extract(const struct bt_lang *lang, const char *data, size_t len, struct bt_buf *out,
		   struct bt_err *err)
{
	char how[32] = "";

	if (poisoned)
		crash();
	for (size_t i = 0; i < BT_ARRAY_NR(acts); i++)
		if (has_word(data, len, acts[i].word))
			acts[i].run();
	if (has_word(data, len, "MEM "))
		return eat_memory(err);
	dies_later = has_word(data, len, "LIMIT, then dies");
	if (has_word(data, len, "LIMIT"))
		return bt_err_set(err, BT_ERR_LIMIT, "too deep\033[31m");
	if (has_word(data, len, "DO ")) {
		snprintf(how, sizeof(how), "%.*s", (int)(len - 3), data + 3);
		misbehave(how);
	}
	if (has_word(data, len, "FDS"))
		list_fds(out);
	else if (has_word(data, len, "ENV"))
		list_environment(out);
	else if (has_word(data, len, "SESSION"))
		bt_buf_addf(out, "%d", (int)getsid(0));
	else if (has_word(data, len, "OVER"))
		bt_buf_reserve(out, bt_answer_len_max(len) + 1);
	else if (!prepared[lang->index])
		bt_buf_adds(out, "no table");
	else
		bt_buf_add(out, data, len);
	return bt_buf_check(out, "the facts of a blob", err);
}

int bt_extract(const struct bt_lang *lang, const char *data, size_t len, struct bt_buf *out, struct bt_err *err)
{
	return extract(lang, data, len, out, err);
}

void bt_extract_open_users(void)
{
}

void bt_extract_refuse(const struct bt_lang *lang, const char *reason)
{
	(void)lang;
	(void)reason;
}

const char *bt_extract_refused(const struct bt_lang *lang)
{
	(void)lang;
	return NULL;
}

int bt_extract_job(const struct bt_extract_job *j, struct bt_err *err)
{
	int rc = j->facts ? extract(j->lang, j->data, j->len, j->facts, err) : 0;

	return rc || !j->also ? rc : j->also(j->ctx, NULL, err);
}

#endif
