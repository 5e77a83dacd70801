/*
 * core/index/pool.c, with an extractor of our own that does what hostile input may make a real one
 * do. What counts: each blob has exactly one result, only bad blobs are lost, nothing outlives the
 * pool.
 */
#include "core/index/pool.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/index/pool_int.h"
#include "core/index/sandbox.h"
#include "tests/unit/index_fake.h"

/* ---- driving the pool ---- */

struct blob {
	const struct bt_lang *lang;
	char *data;
	size_t len;
	bool bad;
	/* filled in */
	unsigned results;
	enum bt_result_status status;
	char reason[80];
	bool same; /* the record is the data */
};

struct set {
	struct blob *blobs;
	size_t nr, alloc;
};

static struct blob *set_add(struct set *s, unsigned lang, const void *data, size_t len, bool bad)
{
	struct blob *b;

	BT_GROW(s->blobs, s->alloc, s->nr + 1);
	b = &s->blobs[s->nr++];
	memset(b, 0, sizeof(*b));
	b->lang = &langs[lang];
	b->data = bt_xmalloc(len);
	memcpy(b->data, data, len);
	b->len = len;
	b->bad = bad;
	return b;
}

static void set_add_text(struct set *s, unsigned lang, const char *text, bool bad)
{
	set_add(s, lang, text, strlen(text), bad);
}

static void set_release(struct set *s)
{
	for (size_t i = 0; i < s->nr; i++)
		free(s->blobs[i].data);
	free(s->blobs);
	memset(s, 0, sizeof(*s));
}

static void take(struct set *s, const struct bt_result *r)
{
	struct blob *b = &s->blobs[r->tag];

	assert_true(r->tag < s->nr);
	b->results++;
	b->status = r->status;
	snprintf(b->reason, sizeof(b->reason), "%s", r->reason);
	b->same = r->status == BT_RESULT_FACTS && r->len == b->len &&
		  !memcmp(r->rec, b->data, b->len);
}

static void ok(int rc, const struct bt_err *err)
{
	if (rc < 0)
		fail_msg("error %d: %s", rc, err->msg);
}

static void set_run(struct set *s, const struct bt_pool_opts *o, struct bt_pool_stats *ret_stats)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_pool *p = NULL;
	struct bt_result r;
	int rc;

	ok(bt_pool_open(o, &p, &err), &err);
	for (size_t i = 0; i < s->nr; i++) {
		const struct blob *b = &s->blobs[i];

		while ((rc = bt_pool_submit(p, b->lang, BT_WANT_FACTS, i, b->data, b->len, &err)) == BT_ERR_BUSY) {
			rc = bt_pool_next(p, true, &r, &err);
			assert_int_equal(rc, BT_ROW);
			take(s, &r);
		}
		ok(rc, &err);
		while ((rc = bt_pool_next(p, false, &r, &err)) == BT_ROW)
			take(s, &r);
		ok(rc, &err);
	}
	ok(bt_pool_flush(p, &err), &err);
	while ((rc = bt_pool_next(p, true, &r, &err)) == BT_ROW)
		take(s, &r);
	ok(rc, &err);
	if (ret_stats)
		bt_pool_stats_get(p, ret_stats);
	bt_pool_free(&p);
	assert_null(p);
	/* nothing is left to wait for */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Every blob once; the bad ones lost, the others whole. */
static void set_check(const struct set *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		const struct blob *b = &s->blobs[i];

		if (b->results != 1 || (b->bad ? b->status < BT_RESULT_KILLED_TIME : !b->same))
			fail_msg("blob %zu '%.*s': %u results, status %d, reason '%s'", i,
				 (int)(b->len < 20 ? b->len : 20), b->data, b->results,
				 (int)b->status, b->reason);
	}
}

static struct bt_pool_opts opts(unsigned jobs)
{
	struct bt_pool_opts o;

	bt_pool_opts_default(&o, jobs);
	o.cpu_s = 1;
	o.wall_ms = 10000;
	return o;
}

/* One blob among good ones in each kind of worker. */
static void run_word(const struct bt_pool_opts *o, const char *word, enum bt_result_status want,
		     const char *reason)
{
	for (unsigned lang = LANG_PLAIN; lang <= LANG_SCANNER; lang++) {
		struct set s = { 0 };

		set_add_text(&s, lang, "first", false);
		set_add_text(&s, lang, "second", false);
		set_add_text(&s, lang, word, true);
		set_add_text(&s, lang, "fourth", false);
		set_add_text(&s, lang, "fifth", false);
		set_run(&s, o, NULL);
		set_check(&s);
		if (s.blobs[2].status != want)
			fail_msg("'%s': status %d, '%s'", word, (int)s.blobs[2].status,
				 s.blobs[2].reason);
		if (reason)
			assert_string_equal(s.blobs[2].reason, reason);
		set_release(&s);
	}
}

static bool sanitized(void)
{
	return !opts(1).address_space_max;
}

/* ---- tests ---- */

static void test_nothing(void **state)
{
	struct bt_pool_opts o = opts(2);
	struct set s = { 0 };

	(void)state;
	set_run(&s, &o, NULL);
	set_add(&s, LANG_PLAIN, "", 0, false);
	set_add(&s, LANG_SCANNER, "", 0, false);
	set_run(&s, &o, NULL);
	set_check(&s);
	set_release(&s);
}

static void test_crashes(void **state)
{
	struct bt_pool_opts o = opts(2);

	(void)state;
	run_word(&o, "CRASH", BT_RESULT_KILLED_CRASH, sanitized() ? NULL : "signal 11");
	run_word(&o, "HEAP", BT_RESULT_KILLED_CRASH, sanitized() ? NULL : "signal 6");
	run_word(&o, "EXIT0", BT_RESULT_KILLED_CRASH, "left without an answer");
	run_word(&o, "EXIT3", BT_RESULT_KILLED_CRASH, "left with status 3");
}

static void test_nonsense(void **state)
{
	struct bt_pool_opts o = opts(2);

	(void)state;
	run_word(&o, "LIESEQ", BT_RESULT_KILLED_CRASH, "answered 32 bytes of nonsense");
	run_word(&o, "LIELEN", BT_RESULT_KILLED_CRASH, "answered 32 bytes of nonsense");
	run_word(&o, "LIESTATUS", BT_RESULT_KILLED_CRASH, "answered 32 bytes of nonsense");
	run_word(&o, "HALF", BT_RESULT_KILLED_CRASH, NULL);
}

/* What a worker may not answer about a blob of 100 bytes with the number 1. */
static void test_answers(void **state)
{
	const uint32_t max = (uint32_t)bt_answer_len_max(100);
	const struct {
		struct bt_answer_head head;
		unsigned want;
		bool bad, unsent;
	} cases[] = {
		{ { 1, BT_ANSWER_FACTS, 0, 0, 0 }, BT_WANT_FACTS, false, false },
		{ { 1, BT_ANSWER_FACTS, max, 0, 0 }, BT_WANT_FACTS, false, false },
		{ { 1, BT_ANSWER_FACTS, max + 1, 0, 0 }, BT_WANT_FACTS, true, false },
		{ { 1, BT_ANSWER_FACTS, UINT32_MAX, 0, 0 }, BT_WANT_FACTS, true, false },
		{ { 1, BT_ANSWER_LIMIT, 10, 0, 0 }, BT_WANT_FACTS, false, false },
		{ { 1, BT_ANSWER_REFUSED, 10, 0, 0 }, BT_WANT_FACTS, false, false },
		{ { 1, BT_ANSWER_REFUSED + 1, 0, 0, 0 }, BT_WANT_FACTS, true, false },
		{ { 0, BT_ANSWER_FACTS, 0, 0, 0 }, BT_WANT_FACTS, true, false },
		{ { 2, BT_ANSWER_FACTS, 0, 0, 0 }, BT_WANT_FACTS, true, false },
		{ { 1, BT_ANSWER_FACTS, 0, 0, 0 }, BT_WANT_FACTS, true, true },
		/* what was not asked for */
		{ { 1, BT_ANSWER_FACTS, 0, 0, 1 }, BT_WANT_FACTS, true, false },
		{ { 1, BT_ANSWER_FACTS, 0, 1, 0 }, BT_WANT_FACTS, true, false },
		{ { 1, BT_ANSWER_FACTS, 1, 0, 1 }, BT_WANT_MORE, true, false },
		/* the add-on's part has a maximum of its own */
		{ { 1, BT_ANSWER_FACTS, 0, 0, 1 }, BT_WANT_MORE, false, false },
		{ { 1, BT_ANSWER_FACTS, 0, 64, 1 }, BT_WANT_FACTS | BT_WANT_MORE, false, false },
		{ { 1, BT_ANSWER_FACTS, 0, 65, 1 }, BT_WANT_FACTS | BT_WANT_MORE, true, false },
		{ { 1, BT_ANSWER_FACTS, 0, UINT32_MAX, 1 }, BT_WANT_MORE, true, false },
	};
	const struct bt_addon addon = { .len_max = 64 };

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(cases); i++) {
		struct bt_pool p = { .o = opts(1), .clock_ms = 1 };
		struct bt_pool_blob *b = bt_xcalloc(1, sizeof(*b) + 100);
		const char *head = (const char *)&cases[i].head;
		struct bt_pool_worker *w;
		int fds[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		w = bt_pool_worker_add(&p, 0, fds[0]);
		p.o.addon = &addon;
		b->len = 100;
		b->want = cases[i].want;
		b->lang = &langs[LANG_PLAIN];
		bt_pool_worker_give(&p, w, b);
		if (!cases[i].unsent)
			bt_pool_worker_send(&p, w);
		for (size_t k = 0; k < sizeof(cases[i].head); k++) { /* in pieces */
			put(fds[1], head + k, 1);
			assert_false(w->condemned);
			bt_pool_worker_receive(&p, w);
		}
		assert_int_equal(w->condemned, cases[i].bad);
		/* nothing is due any more */
		if (!cases[i].bad && !cases[i].head.len && !cases[i].head.more_len) {
			put(fds[1], head, sizeof(cases[i].head));
			bt_pool_worker_receive(&p, w);
			assert_true(w->condemned);
			assert_int_equal(w->answered.nr, 1);
		}
		bt_pool_worker_drop(&p, 0);
		close(fds[1]);
		free(p.workers);
	}
}

static void test_time(void **state)
{
	struct bt_pool_opts o = opts(2);

	(void)state;
	run_word(&o, "LOOP", BT_RESULT_KILLED_CPU, "more than 1 s of CPU time");
	o.wall_ms = 300;
	run_word(&o, "SLEEP", BT_RESULT_KILLED_TIME, "more than 300 ms");
	o.seccomp = false;
	run_word(&o, "STOPPED", BT_RESULT_KILLED_TIME, "more than 300 ms");
}

static void test_memory(void **state)
{
	struct bt_pool_opts o = opts(2);

	(void)state;
	if (sanitized()) {
		print_message("# no limit on address space under this tool\n");
		skip();
	}
	o.address_space_max = (uint64_t)64 << 20;
	run_word(&o, "MEM ", BT_RESULT_KILLED_MEMORY, "out of memory");
	run_word(&o, "MEMX", BT_RESULT_KILLED_MEMORY, "out of memory");
	o.seccomp = false;
	run_word(&o, "KILLED", BT_RESULT_KILLED_MEMORY, "killed by the system");
}

static void test_soft_limit(void **state)
{
	struct bt_pool_opts o = opts(1);
	struct bt_pool_stats stats;
	struct set s = { 0 };

	(void)state;
	set_add_text(&s, LANG_PLAIN, "LIMIT", false);
	set_add_text(&s, LANG_SCANNER, "OVER", false);
	set_run(&s, &o, &stats);
	assert_int_equal(s.blobs[0].status, BT_RESULT_LIMIT);
	assert_string_equal(s.blobs[0].reason, "too deep?[31m");
	assert_int_equal(s.blobs[1].status, BT_RESULT_LIMIT);
	assert_int_equal(s.blobs[0].results + s.blobs[1].results, 2);
	assert_int_equal(stats.deaths, 0);
	set_release(&s);
}

static void test_sandbox(void **state)
{
	static const char *const words[] = { "DO open", "DO socket", "DO fork",
					     "DO exec", "DO kill",   "DO code" };
	struct bt_pool_opts o = opts(2);
	struct bt_pool_stats stats;
	struct set s = { 0 };

	(void)state;
	/* not tried without it: they would hit us */
	if (!o.seccomp || !bt_sandbox_has_seccomp()) {
		print_message("# no seccomp on this machine or under this tool\n");
		skip();
	}
	for (size_t i = 0; i < BT_ARRAY_NR(words); i++)
		set_add_text(&s, i % 2 ? LANG_PLAIN : LANG_SCANNER, words[i], true);
	set_add_text(&s, LANG_PLAIN, "good", false);
	set_run(&s, &o, &stats);
	assert_true(stats.seccomp);
	assert_int_equal(stats.landlock, bt_sandbox_has_landlock());
	set_check(&s);
	for (size_t i = 0; i < BT_ARRAY_NR(words); i++)
		assert_string_equal(s.blobs[i].reason, "stopped by the sandbox (signal 31)");
	set_release(&s);
}

/* What a worker inherits: three descriptors, no environment, not our session. */
static void test_inherited(void **state)
{
	struct bt_pool_opts o = opts(1);
	struct bt_err err = BT_ERR_INIT;
	struct bt_pool *p = NULL;
	struct bt_result r;
	char session[32], fds[16] = "0 1 2 ";
	int rc;

	(void)state;
	o.seccomp = false;
	setenv("BT_POOL_TEST_SECRET", "token", 1);
	ok(bt_pool_open(&o, &p, &err), &err);
	ok(bt_pool_submit(p, &langs[LANG_PLAIN], BT_WANT_FACTS, 0, "FDS", 3, &err), &err);
	ok(bt_pool_submit(p, &langs[LANG_PLAIN], BT_WANT_FACTS, 1, "ENV", 3, &err), &err);
	ok(bt_pool_submit(p, &langs[LANG_PLAIN], BT_WANT_FACTS, 2, "SESSION", 7, &err), &err);
	while ((rc = bt_pool_next(p, true, &r, &err)) == BT_ROW) {
		assert_int_equal(r.status, BT_RESULT_FACTS);
		snprintf(session, sizeof(session), "%.*s", (int)r.len, (const char *)r.rec);
		if (r.tag == 0)
			assert_string_equal(session, fds);
		else if (r.tag == 1)
			assert_string_equal(session, "none");
		else
			assert_int_not_equal(atoi(session), getsid(0));
	}
	ok(rc, &err);
	bt_pool_free(&p);
	assert_string_equal(getenv("BT_POOL_TEST_SECRET"), "token");
}

/* A blob that spoils its worker for those after it costs nobody anything. */
static void test_poison(void **state)
{
	struct bt_pool_opts o = opts(2);
	struct bt_pool_stats stats;
	struct set s = { 0 };

	(void)state;
	for (int i = 0; i < 300; i++)
		set_add_text(&s, i & 1 ? LANG_SCANNER : LANG_PLAIN, i % 37 ? "sound" : "POISON",
			     false);
	set_run(&s, &o, &stats);
	set_check(&s);
	assert_true(stats.deaths > 0);
	set_release(&s);
}

/* Asks without waiting until `want` results have come, or for a while in vain. */
static unsigned take_some(struct bt_pool *p, unsigned want)
{
	int64_t end = bt_clock_ms() + 400;
	struct bt_err err = BT_ERR_INIT;
	struct bt_result r;
	unsigned got = 0;

	while (got < want && bt_clock_ms() < end)
		got += bt_pool_next(p, false, &r, &err) == BT_ROW;
	return got;
}

/* Answers about blobs with a scanner wait for the clean end of their group; the others do not. */
static void test_held_back(void **state)
{
	struct bt_pool_opts o = opts(2);
	struct bt_err err = BT_ERR_INIT;
	struct bt_pool *p = NULL;

	(void)state;
	ok(bt_pool_open(&o, &p, &err), &err);
	for (uint64_t i = 0; i < 10; i++)
		ok(bt_pool_submit(p, &langs[LANG_SCANNER], BT_WANT_FACTS, i, "text", 4, &err), &err);
	assert_int_equal(take_some(p, 1), 0);
	ok(bt_pool_flush(p, &err), &err);
	assert_int_equal(take_some(p, 11), 10);
	for (uint64_t i = 0; i < 10; i++)
		ok(bt_pool_submit(p, &langs[LANG_PLAIN], BT_WANT_FACTS, i, "text", 4, &err), &err);
	assert_int_equal(take_some(p, 11), 10);
	bt_pool_free(&p);
}

/* A language that comes when workers run already, and wait for more: these lack its table. */
static void test_late_language(void **state)
{
	static const unsigned order[] = { LANG_PLAIN, LANG_SCANNER, LANG_LATE, LANG_PLAIN };
	struct bt_pool_opts o = opts(2);
	struct bt_err err = BT_ERR_INIT;
	struct bt_pool *p = NULL;
	struct bt_result r;

	(void)state;
	ok(bt_pool_open(&o, &p, &err), &err);
	for (uint64_t i = 0; i < 4 * BT_ARRAY_NR(order); i++) {
		const struct bt_lang *lang = &langs[order[i % BT_ARRAY_NR(order)]];

		ok(bt_pool_submit(p, lang, BT_WANT_FACTS, i, "text", 4, &err), &err);
		assert_int_equal(bt_pool_next(p, true, &r, &err), BT_ROW);
		assert_int_equal(r.tag, i);
		assert_int_equal(r.status, BT_RESULT_FACTS);
		assert_int_equal(r.len, 4);
		assert_memory_equal(r.rec, "text", 4);
	}
	bt_pool_free(&p);
}

/* Death after the answer: in a group it counts, since the answer came from a spoilt process. */
static void test_death_after_answer(void **state)
{
	struct bt_pool_opts o = opts(2);
	struct set s = { 0 };

	(void)state;
	set_add_text(&s, LANG_SCANNER, "sound", false);
	set_add_text(&s, LANG_SCANNER, "LIMIT, then dies", true);
	set_run(&s, &o, NULL);
	set_check(&s);
	set_release(&s);
	set_add_text(&s, LANG_PLAIN, "LIMIT, then dies", false);
	set_run(&s, &o, NULL);
	assert_int_equal(s.blobs[0].status, BT_RESULT_LIMIT);
	assert_int_equal(s.blobs[0].results, 1);
	set_release(&s);
}

static void test_broken_language(void **state)
{
	struct bt_pool_opts o = opts(2);
	struct bt_err err = BT_ERR_INIT;
	struct bt_pool *p = NULL;
	struct bt_result r;

	(void)state;
	ok(bt_pool_open(&o, &p, &err), &err);
	ok(bt_pool_submit(p, &langs[LANG_BROKEN], BT_WANT_FACTS, 0, "x", 1, &err), &err);
	assert_int_equal(bt_pool_next(p, true, &r, &err), BT_ERR_FAIL);
	assert_string_equal(err.msg, "cannot prepare language 'broken': no node type 'x'");
	assert_int_equal(bt_pool_submit(p, &langs[LANG_PLAIN], BT_WANT_FACTS, 0, "x", 1, &err), BT_ERR_FAIL);
	assert_int_equal(bt_pool_next(p, false, &r, &err), BT_ERR_FAIL);
	bt_pool_free(&p);
}

static void test_busy(void **state)
{
	struct bt_pool_opts o = opts(1);
	struct bt_err err = BT_ERR_INIT;
	struct bt_pool *p = NULL;
	struct bt_result r;
	static char data[1000];
	uint64_t tag = 0;
	int rc;

	(void)state;
	o.inflight_bytes_max = 10000;
	ok(bt_pool_open(&o, &p, &err), &err);
	for (int round = 0; round < 20; round++) {
		while ((rc = bt_pool_submit(p, &langs[LANG_SCANNER], BT_WANT_FACTS, tag, data, sizeof(data),
					    &err)) == 0)
			tag++;
		assert_int_equal(rc, BT_ERR_BUSY);
		/* the only group is open and would wait for more: waiting must end it */
		assert_int_equal(bt_pool_next(p, true, &r, &err), BT_ROW);
	}
	assert_true(tag >= 29);
	bt_pool_free(&p);
}

/* Both sides write more than any buffer holds. */
static void test_large(void **state)
{
	struct bt_pool_opts o = opts(2);
	size_t len = (size_t)6 << 20;
	struct set s = { 0 };
	char *data = bt_xmalloc(len);

	(void)state;
	for (size_t i = 0; i < len; i++)
		data[i] = (char)(i * 7 >> 3);
	o.cpu_s = 10;
	o.inflight_bytes_max = (size_t)20 << 20;
	for (int i = 0; i < 24; i++)
		set_add(&s, i & 1 ? LANG_SCANNER : LANG_PLAIN, data, len >> (i % 5), false);
	set_run(&s, &o, NULL);
	set_check(&s);
	o.tree_bytes_max = 0;
	for (size_t i = 0; i < s.nr; i++)
		s.blobs[i].results = 0;
	set_run(&s, &o, NULL);
	set_check(&s);
	set_release(&s);
	free(data);
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

static void many_make(struct set *s, unsigned seed, size_t nr)
{
	static const char *const bad[] = { "CRASH",  "HEAP",   "EXIT0", "EXIT3",
					   "LIELEN", "LIESEQ", "HALF" };
	char text[3000];

	for (size_t i = 0; i < nr; i++) {
		unsigned lang = next_random(&seed) % 3;
		unsigned kind = next_random(&seed) % 100;
		size_t len = next_random(&seed) % sizeof(text);

		if (kind < 2) {
			set_add_text(s, lang, bad[next_random(&seed) % BT_ARRAY_NR(bad)], true);
		} else if (kind < 3) {
			set_add_text(s, lang, "POISON", false);
		} else {
			memset(text, 'a' + (int)(i % 26), sizeof(text));
			set_add(s, lang, text, len, false);
		}
	}
}

static void test_many(void **state)
{
	struct bt_pool_opts o1 = opts(1), o4 = opts(4);
	struct set a = { 0 }, b = { 0 };

	(void)state;
	many_make(&a, 1, 2000);
	many_make(&b, 1, 2000);
	set_run(&a, &o1, NULL);
	set_run(&b, &o4, NULL);
	set_check(&a);
	set_check(&b);
	for (size_t i = 0; i < a.nr; i++)
		assert_int_equal(a.blobs[i].status, b.blobs[i].status);
	set_release(&a);
	set_release(&b);
}

/* While the caller is away, answers wait: nobody is killed for that. */
static void test_away(void **state)
{
	struct bt_pool_opts o = opts(2);
	struct bt_pool_stats stats;
	struct bt_err err = BT_ERR_INIT;
	struct timespec away = { .tv_sec = 1 };
	struct bt_pool *p = NULL;
	struct bt_result r;
	unsigned got = 0;
	int rc;

	(void)state;
	o.wall_ms = 400;
	ok(bt_pool_open(&o, &p, &err), &err);
	for (uint64_t i = 0; i < 6; i++)
		ok(bt_pool_submit(p, &langs[LANG_PLAIN], BT_WANT_FACTS, i, "BUSY", 4, &err), &err);
	rc = bt_pool_next(p, true, &r, &err);
	for (; rc == BT_ROW; rc = bt_pool_next(p, true, &r, &err)) {
		assert_int_equal(r.status, BT_RESULT_FACTS);
		if (!got++)
			nanosleep(&away, NULL);
	}
	ok(rc, &err);
	assert_int_equal(got, 6);
	bt_pool_stats_get(p, &stats);
	assert_int_equal(stats.deaths, 0);
	bt_pool_free(&p);
}

static void test_canceled(void **state)
{
	struct bt_pool_opts o = opts(2);
	struct bt_err err = BT_ERR_INIT;
	struct bt_pool *p = NULL;
	struct bt_result r;
	int64_t began;

	(void)state;
	o.cpu_s = 100;
	o.wall_ms = 100000;
	ok(bt_pool_open(&o, &p, &err), &err);
	ok(bt_pool_submit(p, &langs[LANG_PLAIN], BT_WANT_FACTS, 0, "LOOP", 4, &err), &err);
	ok(bt_pool_submit(p, &langs[LANG_SCANNER], BT_WANT_FACTS, 1, "SLEEP", 5, &err), &err);
	assert_int_equal(bt_pool_next(p, false, &r, &err), BT_DONE);
	bt_cancel_install();
	raise(SIGINT);
	assert_int_equal(bt_pool_next(p, true, &r, &err), BT_ERR_CANCELED);
	bt_cancel_uninstall();
	began = bt_clock_ms();
	bt_pool_free(&p);
	assert_true(bt_clock_ms() - began < 5000);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static unsigned fds_open(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned nr = 0;

	if (!d)
		return 0;
	while (readdir(d))
		nr++;
	closedir(d);
	return nr;
}

static void test_descriptors(void **state)
{
	struct bt_pool_opts o = opts(4);
	unsigned before = fds_open();
	struct set s = { 0 };

	(void)state;
	many_make(&s, 7, 500);
	set_run(&s, &o, NULL);
	set_check(&s);
	assert_int_equal(fds_open(), before);
	set_release(&s);
}

/* kill -9 of the parent: orphans would become our children, and none may be left alive. */
static void test_parent_killed(void **state)
{
	int ready[2], status;
	unsigned ends = 0;
	int64_t began;
	pid_t parent, pid;
	char c;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe(ready), 0);
	parent = fork();
	if (!parent) {
		struct bt_pool_opts o = opts(3);
		struct bt_err err = BT_ERR_INIT;
		struct bt_pool *p = NULL;
		struct bt_pool_stats stats;
		struct bt_result r;

		o.cpu_s = 100;
		o.wall_ms = 100000;
		if (bt_pool_open(&o, &p, &err))
			_exit(1);
		bt_pool_submit(p, &langs[LANG_PLAIN], BT_WANT_FACTS, 0, "LOOP", 4, &err);
		bt_pool_submit(p, &langs[LANG_PLAIN], BT_WANT_FACTS, 1, "SLEEP", 5, &err);
		bt_pool_submit(p, &langs[LANG_SCANNER], BT_WANT_FACTS, 2, "LOOP", 4, &err);
		for (;;) {
			bt_pool_next(p, false, &r, &err);
			bt_pool_stats_get(p, &stats);
			if (stats.forks >= 3)
				break;
		}
		put(ready[1], "x", 1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	assert_int_equal(waitpid(-1, &status, WNOHANG), 0);
	kill(parent, SIGKILL);
	for (began = bt_clock_ms(); bt_clock_ms() - began < 5000;) {
		pid = waitpid(-1, &status, WNOHANG);
		if (pid < 0)
			break;
		ends += pid > 0;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
	/* It and its zygote; workers that the zygote did not reap come to us as well. */
	assert_true(ends >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_crashes),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_soft_limit),
		cmocka_unit_test(test_sandbox),
		cmocka_unit_test(test_inherited),
		cmocka_unit_test(test_poison),
		cmocka_unit_test(test_held_back),
		cmocka_unit_test(test_late_language),
		cmocka_unit_test(test_death_after_answer),
		cmocka_unit_test(test_broken_language),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_canceled),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_parent_killed),
	};

	return cmocka_run_group_tests_name("index_pool", tests, NULL, NULL);
}
