/*
 * A push, and what has become of it. git's answer is believed when it says done; whatever else it says, the remote is asked, and ancestry
 * decides: a push whose answer was lost has been made, one that a stranger was faster than has not.
 *
 * What remains open: a server that is still busy with a push whose connection broke may apply it after we have looked. The lease of the
 * next one sees to it that only one of them counts.
 */
#include "core/batch/push/push.h"

#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/push/impl.h"
#include "core/git/program.h"

#define PUSH_TIMEOUT_MS (10 * 60 * 1000)
/* The porcelain lines of one ref; more than that is none of git's. */
#define PUSH_OUT_MAX ((size_t)64 << 10)

int bt_is_ancestor(struct bt_repo *repo, const struct bt_oid *a, const struct bt_oid *b,
		   struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	char from[BT_OID_HEX_MAX + 1], to[BT_OID_HEX_MAX + 1];
	int status, rc;

	if (bt_oid_equal(a, b))
		return BT_ROW;
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "merge-base", "--is-ancestor", bt_oid_hex(a, from), bt_oid_hex(b, to),
			NULL);
	rc = bt_git_run_status(&c, NULL, 0, NULL, &errout, &status, err);
	if (rc)
		return rc;
	if (status <= 1)
		return status ? BT_DONE : BT_ROW;
	return bt_git_fail(err,
			   strstr(bt_buf_cstr(&errout), "Not a valid commit name")
				   ? BT_ERR_NOT_FOUND
				   : BT_ERR_FAIL,
			   "cannot compare commits", bt_buf_cstr(&errout), status);
}

int bt_push_look(struct bt_repo *repo, const char *remote, const char *ref, int timeout_ms,
		 struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_CLEANUP(bt_push_place_release) struct bt_push_place place = BT_PUSH_PLACE_INIT;
	int rc = bt_push_place_find(repo, remote, ref, &place, err);

	return rc ? rc : bt_push_place_look(repo, &place, ref, timeout_ms, ret_oid, err);
}

int bt_push_fetch(struct bt_repo *repo, const char *remote, const char *ref, int timeout_ms,
		  struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_CLEANUP(bt_push_place_release) struct bt_push_place place = BT_PUSH_PLACE_INIT;
	int rc = bt_push_place_find(repo, remote, ref, &place, err);

	return rc ? rc : bt_push_place_fetch(repo, &place, remote, ref, timeout_ms, ret_oid, err);
}

/* --- the push itself --- */

static int push_command(struct bt_repo *repo, const struct bt_push *p, struct bt_git_cmd *c,
			struct bt_err *err)
{
	char expected[BT_OID_HEX_MAX + 1] = "", commit[BT_OID_HEX_MAX + 1];
	BT_FREE char *no_mirror = bt_xasprintf("remote.%s.mirror=false", p->remote);
	BT_FREE char *lease = bt_xasprintf("--force-with-lease=%s:%s", p->ref,
					   p->expected.len ? bt_oid_hex(&p->expected, expected)
							   : expected);
	BT_FREE char *refspec = bt_xasprintf("%s:%s", bt_oid_hex(&p->commit, commit), p->ref);
	int rc = 0;

	if (p->run_hooks) {
		bt_git_cmd_init_hooked(c, repo);
		bt_git_cmd_env(c, "BATHO_QUEUE_PUSH=1");
		c->cwd = repo->top ? repo->top : repo->git_dir;
	} else {
		bt_git_cmd_init(c, repo);
		rc = bt_git_cmd_no_hooks(c, repo, err);
	}
	/* A mirror is pushed to one ref at a time here, too. */
	bt_git_cmd_config(c, no_mirror);
	bt_git_cmd_addl(c, "push", "--porcelain", "--no-follow-tags",
			p->run_hooks ? "--verify" : "--no-verify", NULL);
	for (const char *const *option = p->options; option && *option; option++) {
		BT_FREE char *arg = bt_xasprintf("--push-option=%s", *option);

		bt_git_cmd_add(c, arg);
	}
	bt_git_cmd_addl(c, lease, "--", p->remote, refspec, NULL);
	return rc;
}

static int push_run(struct bt_repo *repo, struct bt_push *p, enum bt_push_said *ret_said,
		    struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	struct bt_err ended = BT_ERR_INIT;
	struct bt_child_opts o;
	int status = -1;
	int rc = push_command(repo, p, &c, err);

	if (rc)
		return rc;
	o = bt_git_cmd_opts(&c);
	o.own_session = true;
	o.timeout_ms = p->timeout_ms > 0 ? p->timeout_ms : PUSH_TIMEOUT_MS;
	o.out_max = PUSH_OUT_MAX;
	rc = bt_child_run(&o, NULL, 0, &out, &errout, &status, &ended);
	if (rc && rc != BT_ERR_LIMIT)
		return *err = ended, rc;
	*ret_said = bt_push_answer(bt_buf_cstr(&out), bt_buf_cstr(&errout), rc ? -1 : status, p,
				   p->detail, sizeof(p->detail));
	if (rc && !*p->detail)
		snprintf(p->detail, sizeof(p->detail), "%s", ended.msg);
	return 0;
}

/* --- what has become of it --- */

static int result_set(struct bt_push *p, enum bt_push_result result)
{
	p->result = result;
	return 0;
}

/* The remote cannot be asked. */
static int settle_blind(struct bt_push *p, enum bt_push_said said, const struct bt_err *why)
{
	if (!*p->detail)
		snprintf(p->detail, sizeof(p->detail), "%s", why->msg);
	if (said == BT_PUSH_SAID_NO)
		return result_set(p, BT_PUSH_REJECTED);
	return result_set(p, said == BT_PUSH_SAID_UNCLEAR ? BT_PUSH_UNKNOWN : BT_PUSH_UNREACHABLE);
}

/* Is our commit in what the remote has? That may have to be fetched first. BT_ROW, BT_DONE. */
static int remote_holds(struct bt_repo *repo, struct bt_push *p, const struct bt_push_place *place,
			struct bt_err *err)
{
	struct bt_err not_here = BT_ERR_INIT;
	int rc = bt_is_ancestor(repo, &p->commit, &p->remote_now, &not_here);

	if (rc != BT_ERR_NOT_FOUND) {
		if (rc < 0)
			*err = not_here;
		return rc;
	}
	rc = bt_push_place_fetch(repo, place, p->remote, p->ref, p->timeout_ms, &p->remote_now,
				 err);
	return rc ? rc : bt_is_ancestor(repo, &p->commit, &p->remote_now, err);
}

static int settle(struct bt_repo *repo, struct bt_push *p, const struct bt_push_place *place,
		  enum bt_push_said said, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_push_place_look(repo, place, p->ref, p->timeout_ms, &p->remote_now, &why);
	bool is_expected;

	if (rc == BT_ERR_BUSY)
		return settle_blind(p, said, &why);
	if (rc < 0)
		return *err = why, rc;
	if (bt_oid_equal(&p->remote_now, &p->commit))
		return result_set(p, BT_PUSH_ALREADY);
	is_expected = bt_oid_equal(&p->remote_now, &p->expected);
	if (p->create_only && p->remote_now.len) {
		snprintf(p->detail, sizeof(p->detail),
			 "'%.300s' is there already, with another value", p->ref);
		return result_set(p, BT_PUSH_REJECTED);
	}
	if (p->remote_now.len && (!is_expected || said == BT_PUSH_SAID_STALE)) {
		rc = remote_holds(repo, p, place, &why);
		if (rc == BT_ERR_BUSY || rc == BT_ERR_NOT_FOUND)
			return settle_blind(p, said, &why);
		if (rc < 0)
			return *err = why, rc;
		if (rc == BT_ROW)
			return result_set(p, BT_PUSH_ALREADY);
	}
	if (!is_expected)
		return result_set(p, BT_PUSH_MOVED);
	return result_set(p, said == BT_PUSH_SAID_NO ? BT_PUSH_REJECTED : BT_PUSH_UNREACHABLE);
}

static int input_check(const struct bt_repo *repo, const struct bt_push *p, struct bt_err *err)
{
	if (p->commit.len != repo->oid_len || (p->expected.len && p->expected.len != repo->oid_len))
		return bt_err_set(err, BT_ERR_FAIL,
				  "what is to be pushed is no object of this repository");
	if (p->create_only && p->expected.len)
		return bt_err_set(err, BT_ERR_FAIL,
				  "'%.200s' is to be made and cannot have a value already", p->ref);
	for (const char *const *option = p->options; option && *option; option++)
		if (strpbrk(*option, "\r\n"))
			return bt_err_set(err, BT_ERR_FAIL, "a push option holds a line break");
	return 0;
}

int bt_push(struct bt_repo *repo, struct bt_push *p, struct bt_err *err)
{
	BT_CLEANUP(bt_push_place_release) struct bt_push_place place = BT_PUSH_PLACE_INIT;
	struct bt_err apart = BT_ERR_INIT;
	enum bt_push_said said;
	int rc = input_check(repo, p, err);

	p->result = BT_PUSH_UNKNOWN;
	p->remote_now = (struct bt_oid){ .len = 0 };
	*p->detail = '\0';
	if (!rc)
		rc = bt_push_place_find(repo, p->remote, p->ref, &place, err);
	if (rc)
		return rc;
	/* The lease alone would let us take back what the remote has: it allows any replacement of the expected value. */
	rc = p->expected.len ? bt_is_ancestor(repo, &p->expected, &p->commit, &apart) : BT_ROW;
	if (rc < 0 && rc != BT_ERR_NOT_FOUND)
		return *err = apart, rc;
	if (rc != BT_ROW) {
		rc = settle(repo, p, &place, BT_PUSH_SAID_STALE, err);
		if (!rc && p->result == BT_PUSH_UNREACHABLE && p->remote_now.len)
			p->result = BT_PUSH_MOVED;
		return rc;
	}
	rc = push_run(repo, p, &said, err);
	if (rc)
		return rc;
	if (said == BT_PUSH_SAID_DONE || said == BT_PUSH_SAID_SAME) {
		p->remote_now = p->commit;
		return result_set(p, said == BT_PUSH_SAID_DONE ? BT_PUSH_DONE : BT_PUSH_ALREADY);
	}
	return settle(repo, p, &place, said, err);
}
