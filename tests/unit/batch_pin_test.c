/* core/batch/pin*.c: contents that outlive gc, many processes, letting go. */
#include "tests/unit/git_scratch.h"

#include <sys/wait.h>

#include "core/base/mem.h"
#include "core/batch/pin/pin.h"
#include "core/git/object_write.h"
#include "core/git/refs.h"

#define CONTENTS_MAX 3000

static struct bt_err err;
static struct bt_repo repo;
static struct bt_oid base, contents[CONTENTS_MAX];

#define OK(call)                                      \
	do {                                          \
		int rc_ = (call);                     \
		if (rc_)                              \
			fail_msg("%d: %s", rc_, err.msg); \
	} while (0)

#define GC "git -c gc.pruneExpire=now gc -q --prune=now 2>/dev/null"

static struct bt_oid oid_of(const char *command)
{
	struct bt_oid oid = { .len = 0 };
	char hex[128];

	sh_line(hex, sizeof(hex), command);
	OK(bt_oid_parse(hex, strlen(hex), &oid, &err));
	return oid;
}

static void repo_make(const char *name, const char *format)
{
	assert_int_equal(chdir(scratch_dir), 0);
	bt_repo_release(&repo);
	sh("git init -q -b main --object-format=%s %s", format, name);
	assert_int_equal(chdir(name), 0);
	sh("echo 1 >a && git add a && git commit -q -m one");
	OK(bt_repo_open(&repo, NULL, 0, &err));
	base = oid_of("git rev-parse HEAD");
}

/* A commit with a file of its own, on a base. */
static struct bt_oid content_make(int i, const struct bt_oid *on)
{
	struct bt_commit_draft d = { .parents = on, .parents_nr = 1, .author = "A <a@b> 1112911993 +0000", .committer = "A <a@b> 1112911993 +0000", .message = "m\n", .message_len = 2 };
	struct bt_oid blob, oid;
	char text[64];

	snprintf(text, sizeof(text), "content %d of %d", i, (int)getpid());
	OK(bt_object_write(&repo, BT_OBJECT_BLOB, text, strlen(text), false, &blob, &err));
	memcpy(text, "100644 f", 9);
	memcpy(text + 9, blob.raw, repo.oid_len);
	OK(bt_object_write(&repo, BT_OBJECT_TREE, text, 9 + repo.oid_len, false, &d.tree, &err));
	OK(bt_commit_write(&repo, &d, false, &oid, &err));
	return oid;
}

static void check_there(size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;

		if (bt_object_read_loose(&repo, &contents[i], BT_OBJECT_COMMIT, &bytes, &err) != BT_ROW) {
			char hex[BT_OID_HEX_MAX + 1];

			sh("git cat-file -e %s", bt_oid_hex(&contents[i], hex));
		}
	}
}

/* All of the tree of a commit can be read. */
static void check_whole(size_t i)
{
	char hex[BT_OID_HEX_MAX + 1];

	sh("git archive %s >/dev/null", bt_oid_hex(&contents[i], hex));
}

static enum bt_pin_need none_needed(void *ctx, const struct bt_oid *oid, int64_t pinned_ms)
{
	(void)ctx;
	(void)oid;
	assert_true(pinned_ms / 1000 <= time(NULL) && pinned_ms / 1000 > time(NULL) - 1000);
	return BT_PIN_UNKNOWN;
}

static void trim(enum bt_pin_need (*needed)(void *ctx, const struct bt_oid *oid, int64_t pinned_ms), int64_t later_s, size_t want_kept, size_t want_dropped)
{
	struct bt_pin_trim_opts o = { .needed = needed, .now_s = time(NULL) + later_s, .grace_s = 900 };
	size_t kept, dropped;

	OK(bt_pin_trim(&repo, &o, &kept, &dropped, &err));
	assert_int_equal(kept, want_kept);
	assert_int_equal(dropped, want_dropped);
}

static void check_nothing_left(void)
{
	sh("test -z \"$(git for-each-ref refs/batho)\"");
	sh(GC " && test 3 = $(git count-objects -v | sed -n 's/in-pack: //p')");
}

static void test_life(void **state)
{
	static const char *const formats[] = { "sha1", "sha256" };
	unsigned slot;

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		repo_make(formats[f], formats[f]);
		for (int i = 0; i < 5; i++) {
			contents[i] = content_make(i, &base);
			OK(bt_pin_add(&repo, "agent", "refs/heads/main", &contents[i], 1, &slot, &err));
			assert_true(slot < BT_PIN_SLOTS);
		}
		sh("test 1 = $(git for-each-ref " BT_PIN_PREFIX " | wc -l) && test 1 = $(git log --all --oneline | wc -l)");
		sh("git fsck --strict --no-dangling && " GC " && git fsck --strict");
		OK(bt_pin_restore(&repo, contents, 5, &err));
		check_there(0, 5);
		for (size_t i = 0; i < 5; i++)
			check_whole(i);
		/* nothing to do the second time; pinning goes on after gc */
		OK(bt_pin_restore(&repo, contents, 5, &err));
		contents[5] = content_make(5, &base);
		assert_int_equal(bt_pin_restore(&repo, &(struct bt_oid){ .len = (uint8_t)repo.oid_len, .raw = { 7 } }, 1, &err), BT_ERR_NOT_FOUND);
		OK(bt_pin_add(&repo, "agent", "refs/heads/main", &contents[5], 1, &slot, &err));
		/* held: gc takes none of them */
		OK(bt_pin_hold(&repo, "refs/batho/batch/x", contents, 6, &err));
		sh(GC);
		check_there(0, 6);
		OK(bt_pin_hold(&repo, "refs/batho/batch/x", contents, 1, &err));
		sh(GC);
		check_there(0, 1);
		sh("git update-ref -d refs/batho/batch/x && git fsck --strict");
		trim(none_needed, 0, 6, 0);		/* too young */
		trim(none_needed, 1000, 0, 6);
		check_nothing_left();
	}
}

static size_t needed_from;

static enum bt_pin_need is_needed(void *ctx, const struct bt_oid *oid, int64_t pinned_ms)
{
	(void)ctx;
	(void)pinned_ms;
	for (size_t i = needed_from; i < CONTENTS_MAX; i++)
		if (bt_oid_equal(oid, &contents[i]))
			return BT_PIN_NEEDED;
	return BT_PIN_UNKNOWN;
}

static enum bt_pin_need done_before(void *ctx, const struct bt_oid *oid, int64_t pinned_ms)
{
	(void)oid;
	return pinned_ms < *(const int64_t *)ctx ? BT_PIN_DONE : BT_PIN_UNKNOWN;
}

/* A content that is queued again: its first pin is done, the second is about to get its row. */
static void test_again(void **state)
{
	struct timespec now;
	int64_t middle;
	struct bt_pin_trim_opts o = { .needed = done_before, .ctx = &middle, .now_s = time(NULL), .grace_s = 900 };
	size_t kept, dropped;
	unsigned slot;

	(void)state;
	memset(contents, 0, sizeof(contents));
	repo_make("again", "sha1");
	contents[0] = content_make(0, &base);
	OK(bt_pin_add(&repo, "agent", "lane", contents, 1, &slot, &err));
	usleep(20000);
	clock_gettime(CLOCK_REALTIME, &now);
	middle = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	usleep(20000);
	OK(bt_pin_add(&repo, "agent", "lane", contents, 1, &slot, &err));
	OK(bt_pin_trim(&repo, &o, &kept, &dropped, &err));
	assert_int_equal(kept, 1);
	assert_int_equal(dropped, 1);
	sh(GC);
	OK(bt_pin_restore(&repo, contents, 1, &err));
	/* done is done, however young */
	middle += 1000000;
	OK(bt_pin_trim(&repo, &o, &kept, &dropped, &err));
	assert_int_equal(kept, 0);
	check_nothing_left();
}

/* Several bases, a chain longer than one node after the other may be, and contents that go. */
static void test_long(void **state)
{
	struct bt_oid on[3];
	unsigned slot;

	(void)state;
	memset(contents, 0, sizeof(contents));
	repo_make("long", "sha1");
	on[0] = base;
	for (int i = 1; i < 3; i++)
		on[i] = content_make(10000 + i, &on[0]);	/* bases that nothing else refers to */
	for (int i = 0; i < 600; i++) {
		contents[i] = content_make(i, &on[i % 3]);
		OK(bt_pin_add(&repo, "agent", "lane", &contents[i], 1, &slot, &err));
	}
	sh("git log --all --oneline >../log && test 4 = $(wc -l <../log)");	/* three bases, and what holds them */
	sh("! git log --all --format=%%s -- a f | grep batho");	/* it differs in no path from one of them */
	sh(GC " && git fsck --strict");
	OK(bt_pin_restore(&repo, contents, 600, &err));
	check_there(0, 600);
	sh("git fsck --strict --no-dangling");
	needed_from = 100;
	trim(is_needed, 1000, 500, 100);	/* long: written anew, into one node */
	sh(GC);
	needed_from = 200;
	trim(is_needed, 1000, 500, 0);		/* mostly alive */
	needed_from = 590;
	trim(is_needed, 1000, 10, 490);
	sh(GC);
	OK(bt_pin_restore(&repo, contents + 590, 10, &err));
	assert_int_equal(bt_pin_restore(&repo, contents + 500, 1, &err), BT_ERR_NOT_FOUND);
	needed_from = CONTENTS_MAX;
	trim(is_needed, 1000, 0, 10);
	check_nothing_left();
}

static void test_bulk(void **state)
{
	unsigned slot;

	(void)state;
	memset(contents, 0, sizeof(contents));
	repo_make("bulk", "sha1");
	for (int i = 0; i < 1200; i++)
		contents[i] = content_make(i, &base);
	OK(bt_pin_add(&repo, "agent", "lane", contents, 1200, &slot, &err));
	sh(GC " && git fsck --strict");
	OK(bt_pin_restore(&repo, contents, 1200, &err));
	check_there(0, 1200);
	needed_from = CONTENTS_MAX;
	trim(is_needed, 1000, 0, 1200);
	check_nothing_left();
}

#define PROCESSES 10
#define EACH 40

/* All in one slot, while somebody else trims all the time. */
static void test_many_processes(void **state)
{
	pid_t pids[PROCESSES], trimmer;

	(void)state;
	memset(contents, 0, sizeof(contents));
	repo_make("processes", "sha1");
	for (int i = 0; i < PROCESSES * EACH; i++)
		contents[i] = content_make(i, &base);
	trimmer = fork();
	for (int k = 0; !trimmer && k < 1000; k++) {
		struct bt_pin_trim_opts o = { .needed = none_needed, .now_s = time(NULL), .grace_s = 900 };
		size_t kept, dropped;

		if (bt_pin_trim(&repo, &o, &kept, &dropped, &err) || dropped)
			_exit(1);
	}
	if (!trimmer)
		_exit(0);
	for (int p = 0; p < PROCESSES; p++) {
		pids[p] = fork();
		for (int i = 0; !pids[p] && i < EACH; i++) {
			unsigned slot;

			if (bt_pin_add(&repo, "agent", "lane", &contents[p * EACH + i], 1, &slot, &err)) {
				fprintf(stderr, "%s\n", err.msg);
				_exit(1);
			}
		}
		if (!pids[p])
			_exit(0);
	}
	for (int p = 0; p < PROCESSES; p++) {
		int status;

		assert_int_equal(waitpid(pids[p], &status, 0), pids[p]);
		assert_int_equal(status, 0);
	}
	kill(trimmer, SIGTERM);
	waitpid(trimmer, NULL, 0);
	sh("find .git -name '*.lock' -delete; " GC " && git fsck --strict");
	OK(bt_pin_restore(&repo, contents, PROCESSES * EACH, &err));
	check_there(0, PROCESSES * EACH);
	needed_from = CONTENTS_MAX;
	trim(is_needed, 1000, 0, PROCESSES * EACH);
	check_nothing_left();
}

static void test_strange(void **state)
{
	unsigned slot;
	char name[64];

	(void)state;
	repo_make("strange", "sha1");
	contents[0] = content_make(0, &base);
	OK(bt_pin_add(&repo, "agent", "lane", contents, 1, &slot, &err));
	snprintf(name, sizeof(name), BT_PIN_PREFIX "%02u", slot);
	/* packed, and with other things beside */
	sh("git pack-refs --all && git update-ref " BT_PIN_PREFIX "99 HEAD && git update-ref " BT_PIN_PREFIX "x HEAD");
	contents[1] = content_make(1, &base);
	OK(bt_pin_add(&repo, "agent", "lane", contents + 1, 1, &slot, &err));
	OK(bt_pin_restore(&repo, contents, 2, &err));
	/* a missing content, one that is no commit */
	assert_int_equal(bt_pin_add(&repo, "agent", "lane", &(struct bt_oid){ .len = 20, .raw = { 9 } }, 1, &slot, &err), BT_ERR_NOT_FOUND);
	contents[2] = oid_of("git rev-parse HEAD^{tree}");
	assert_int_equal(bt_pin_add(&repo, "agent", "lane", contents + 2, 1, &slot, &err), BT_ERR_CORRUPT);
	/* somebody's ref where ours should be */
	sh("git update-ref %s HEAD", name);
	assert_int_not_equal(bt_pin_add(&repo, "agent", "lane", contents, 1, &slot, &err), 0);
	sh("git update-ref -d %s", name);
	OK(bt_pin_add(&repo, "agent", "lane", contents, 1, &slot, &err));
	assert_int_not_equal(bt_pin_hold(&repo, "refs/../x", contents, 1, &err), 0);
	bt_repo_release(&repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_life, scratch_reset),	    cmocka_unit_test_setup(test_long, scratch_reset),
		cmocka_unit_test_setup(test_again, scratch_reset),
		cmocka_unit_test_setup(test_bulk, scratch_reset),	    cmocka_unit_test_setup(test_many_processes, scratch_reset),
		cmocka_unit_test_setup(test_strange, scratch_reset),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
