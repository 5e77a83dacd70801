/*
 * The swap of a branch, and which actions a history holds already. Both look at what is there before they believe that anything
 * has to be done: a caller that died and comes again finds its own work.
 */
#include "core/batch/land/land.h"

#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/batch/push/push.h"
#include "core/git/program.h"
#include "core/git/refs.h"

/* How long somebody else may hold the lock of a ref; git itself waits 100 ms at every try. */
#define SWAP_WAIT_MS 2000
#define SWAP_NAP_MS 20
/* Of a whole history: what was queued and landed before that is long told to be done. */
#define APPLIED_COMMITS_MAX "10000"
/* One commit's message, as much as git writes by hand or by machine. */
#define MESSAGE_MAX ((size_t)64 << 20)

/* As bt_is_ancestor, but a commit that is not here is nobody's ancestor. */
static int holds(struct bt_repo *repo, const struct bt_oid *now, const struct bt_oid *commit, struct bt_err *err)
{
	struct bt_err apart = BT_ERR_INIT;
	int rc = bt_is_ancestor(repo, commit, now, &apart);

	if (rc == BT_ERR_NOT_FOUND)
		return BT_DONE;
	if (rc < 0)
		*err = apart;
	return rc;
}

/* The branch is neither `before` nor `after`. */
static int judge(struct bt_repo *repo, const struct bt_oid *before, const struct bt_oid *after, const struct bt_oid *now,
		 enum bt_land_result *ret_result, struct bt_err *err)
{
	int rc = BT_DONE;

	*ret_result = BT_LAND_REWOUND;
	if (!now->len)
		return 0;
	rc = holds(repo, now, after, err);
	if (rc == BT_ROW)
		*ret_result = BT_LAND_ALREADY;
	if (rc != BT_DONE)
		return rc < 0 ? rc : 0;
	rc = before->len ? holds(repo, now, before, err) : BT_ROW;
	if (rc == BT_ROW)
		*ret_result = BT_LAND_MOVED;
	return rc < 0 ? rc : 0;
}

/* A swap would replace the symbolic ref, not move the branch it stands for. */
static int symbolic_refused(struct bt_repo *repo, const char *ref, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	int status, rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "symbolic-ref", "--quiet", ref, NULL);
	rc = bt_git_run_status(&c, NULL, 0, &out, &errout, &status, err);
	if (rc || status)
		return rc;
	return bt_err_set(err, BT_ERR_FAIL, "'%s' is a symbolic ref to '%.*s'", ref, (int)strcspn(bt_buf_cstr(&out), "\n"), bt_buf_cstr(&out));
}

/* One look and, where the branch is still `before`, one try. BT_ERR_BUSY: somebody was faster, or holds the lock. */
static int swap_try(struct bt_repo *repo, const struct bt_ref_change *change, const char *reflog, enum bt_land_result *ret_result,
		    struct bt_oid *ret_now, struct bt_err *err)
{
	int rc = bt_ref_read(repo, change->ref, ret_now, err);

	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		*ret_now = (struct bt_oid){ .len = 0 };
	*ret_result = BT_LAND_ALREADY;
	if (bt_oid_equal(ret_now, &change->after))
		return 0;
	if (!bt_oid_equal(ret_now, &change->before))
		return judge(repo, &change->before, &change->after, ret_now, ret_result, err);
	rc = symbolic_refused(repo, change->ref, err);
	if (!rc)
		rc = bt_refs_swap(repo, change, 1, reflog, err);
	if (rc)
		return rc;
	*ret_result = BT_LAND_DONE;
	*ret_now = change->after;
	return 0;
}

int bt_land_swap(struct bt_repo *repo, const char *ref, const struct bt_oid *before, const struct bt_oid *after, const char *reflog,
		 enum bt_land_result *ret_result, struct bt_oid *ret_now, struct bt_err *err)
{
	const struct timespec nap = { .tv_nsec = SWAP_NAP_MS * 1000000L };
	struct bt_ref_change change = { .ref = ref, .before = *before, .after = *after };
	int64_t deadline_ms = bt_clock_ms() + SWAP_WAIT_MS;

	for (;;) {
		struct bt_err busy = BT_ERR_INIT;
		int rc = swap_try(repo, &change, reflog, ret_result, ret_now, &busy);

		if (!rc)
			return 0;
		if (rc != BT_ERR_BUSY || bt_clock_ms() >= deadline_ms)
			return *err = busy, rc;
		rc = bt_cancel_check(err);
		if (rc)
			return rc;
		nanosleep(&nap, NULL);
	}
}

/* --- what a history holds --- */

struct applied {
	struct bt_strmap keys; /* -> number of the key */
	struct bt_oid *commits;
	bool *found;
	size_t missing;
};

/*
 * "Batho-Action: <key>", a line of its own wherever it stands: whoever amends a message may write below the trailers, and
 * trailer.* settings must not decide what has landed.
 */
static void take_line(struct applied *a, const char *line, size_t len, const struct bt_oid *commit)
{
	static const char mark[] = "Batho-Action: ";
	const struct bt_strmap_entry *e;

	while (len && strchr(" \t\r", line[len - 1]))
		len--;
	if (len < sizeof(mark) || memcmp(line, mark, sizeof(mark) - 1) != 0)
		return;
	line += sizeof(mark) - 1;
	len -= sizeof(mark) - 1;
	e = bt_strmap_find(&a->keys, line, len, bt_strmap_hash(line, len));
	if (!e || a->found[e->value])
		return;
	a->found[e->value] = true;
	a->commits[e->value] = *commit;
	a->missing--;
}

/* "<id>\n<message>" */
static int take_commit(const struct bt_repo *repo, struct applied *a, char *text, struct bt_err *err)
{
	size_t hex_len = 2 * repo->oid_len, len;
	struct bt_oid commit;

	if (strcspn(text, "\n") != hex_len || bt_oid_parse(text, hex_len, &commit, NULL))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git log");
	for (text += hex_len; *text && a->missing; text += len) {
		text += *text == '\n';
		len = strcspn(text, "\n");
		take_line(a, text, len, &commit);
	}
	return 0;
}

static int walk(struct bt_repo *repo, const struct bt_oid *before, const struct bt_oid *tip, struct applied *a, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream s;
	char from[BT_OID_HEX_MAX + 2] = "^", to[BT_OID_HEX_MAX + 1];
	size_t len;
	char *text;
	int rc;

	bt_git_stream_init(&s);
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_config(&c, "log.showSignature=false");
	bt_git_cmd_addl(&c, "log", "-z", "--no-patch", "--encoding=UTF-8", "--format=%H%n%B", bt_oid_hex(tip, to), NULL);
	if (before->len) {
		bt_oid_hex(before, from + 1);
		bt_git_cmd_add(&c, from);
	} else {
		bt_git_cmd_add(&c, "--max-count=" APPLIED_COMMITS_MAX);
	}
	bt_git_cmd_add(&c, "--");
	rc = bt_git_stream_start(&s, &c, false, MESSAGE_MAX, err);
	while (!rc && a->missing && (rc = bt_git_stream_record(&s, '\0', &text, &len, err)) == BT_ROW)
		rc = take_commit(repo, a, text, err);
	if (rc < 0 || !a->missing)
		return rc < 0 ? rc : 0;
	return bt_git_stream_finish(&s, "cannot read the history", err);
}

int bt_land_applied(struct bt_repo *repo, const struct bt_oid *before, const struct bt_oid *tip, const char *const *keys, size_t nr,
		    struct bt_oid *ret_commits, bool *ret_found, struct bt_err *err)
{
	struct applied a = { .commits = ret_commits, .found = ret_found };
	int rc = 0;

	bt_strmap_init(&a.keys, NULL);
	for (size_t i = 0; i < nr; i++) {
		ret_found[i] = false;
		bt_strmap_put(&a.keys, keys[i], strlen(keys[i]), i);
	}
	a.missing = a.keys.nr;
	if (tip->len && nr)
		rc = walk(repo, before, tip, &a, err);
	bt_strmap_release(&a.keys);
	return rc;
}
