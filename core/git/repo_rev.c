/*
 * Resolution of revisions by `git rev-parse`. An answer counts only when it is exactly an object
 * id: rev-parse echoes what it does not understand.
 */
#include "core/git/repo_rev.h"

#include <string.h>

#include "core/base/mem.h"

/* Arguments of one child: 128 revisions stay far below any limit of the kernel. */
#define REV_BATCH_MAX 128

/*
 * Can `spec^{commit}` be asked for? Not for ":/text" and ":path", where the suffix would be part of
 * the text, nor for "rev:path", nor for what rev-parse would take for a range or an option.
 */
static bool spec_takes_suffix(const char *spec)
{
	return *spec && *spec != '-' && *spec != '^' && !strchr(spec, ':') && !strstr(spec, "..");
}

static void ask_peeled(struct bt_git_cmd *c, const char *spec, const char *type)
{
	BT_FREE char *arg = bt_xasprintf("%s^{%s}", spec, type);

	bt_git_cmd_add(c, arg);
}

size_t bt_rev_ask(struct bt_git_cmd *c, struct bt_rev *revs, size_t revs_nr)
{
	size_t n;

	for (n = 0; n < revs_nr && n < REV_BATCH_MAX && spec_takes_suffix(revs[n].spec); n++) {
		ask_peeled(c, revs[n].spec, "commit");
		ask_peeled(c, revs[n].spec, "tree");
	}
	return n;
}

/* One line that must be an id of this repository. */
static bool oid_line(const struct bt_repo *repo, const char **at, struct bt_oid *ret_oid)
{
	size_t len = strcspn(*at, "\n");

	if (len != 2 * repo->oid_len || bt_oid_parse(*at, len, ret_oid, NULL))
		return false;
	*at += len + ((*at)[len] == '\n');
	return true;
}

size_t bt_rev_answers(const struct bt_repo *repo, const char *text, struct bt_rev *revs,
		      size_t asked)
{
	static const char echo[] = "--end-of-options\n";
	size_t n;

	if (!strncmp(text, echo, sizeof(echo) - 1))
		text += sizeof(echo) - 1;
	for (n = 0; n < asked; n++) {
		struct bt_oid commit, tree;

		if (!oid_line(repo, &text, &commit) || !oid_line(repo, &text, &tree))
			break;
		revs[n].commit = commit;
		revs[n].tree = tree;
		revs[n].found = true;
	}
	return n;
}

int bt_rev_batch(const struct bt_repo *repo, struct bt_rev *revs, size_t revs_nr, size_t *ret_done,
		 struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	size_t asked;
	int status, rc;

	*ret_done = 0;
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "rev-parse", "--end-of-options", NULL);
	asked = bt_rev_ask(&c, revs, revs_nr);
	if (!asked)
		return 0;
	rc = bt_git_run_status(&c, NULL, 0, &out, &errout, &status, err);
	if (!rc)
		*ret_done = bt_rev_answers(repo, bt_buf_cstr(&out), revs, asked);
	return rc;
}

/* `git rev-parse --verify` of one thing: *ret_found, and the complaint when there was one. */
static int verify(const struct bt_repo *repo, const char *spec, bool *ret_found,
		  struct bt_oid *ret_oid, struct bt_buf *errout, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	const char *at;
	int status, rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "rev-parse", "--verify", "--quiet", "--end-of-options", spec, NULL);
	bt_buf_clear(errout);
	rc = bt_git_run_status(&c, NULL, 0, &out, errout, &status, err);
	if (rc)
		return rc;
	at = bt_buf_cstr(&out);
	if (!strncmp(at, "--end-of-options\n", 17))
		at += 17;
	*ret_found = !status && oid_line(repo, &at, ret_oid) && !*at;
	return 0;
}

/* What an object id peels to. */
static int peel(const struct bt_repo *repo, struct bt_rev *rev, const struct bt_oid *oid,
		struct bt_err *err)
{
	static const char *const types[] = { "commit", "tree" };
	struct bt_oid *to[] = { &rev->commit, &rev->tree };
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	bool found = false;

	for (size_t i = 0; i < BT_ARRAY_NR(types); i++) {
		BT_FREE char *spec = bt_xasprintf("%s^{%s}", bt_oid_hex(oid, hex), types[i]);
		int rc = verify(repo, spec, &found, to[i], &errout, err);

		if (rc)
			return rc;
		if (!found)
			memset(to[i], 0, sizeof(*to[i]));
	}
	if (found) {
		rev->found = true;
		return 0;
	}
	if (rev->commit.len) {
		bt_err_set(err, BT_ERR_CORRUPT, "cannot read the tree of '%s'", rev->spec);
		return bt_err_hint(err, "`git fsck` tells which objects are missing");
	}
	if (strstr(bt_buf_cstr(&errout), "expected"))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' is neither a commit nor a tree",
				  rev->spec);
	if (errout.len)
		return bt_git_fail(err, BT_ERR_CORRUPT, rev->spec, bt_buf_cstr(&errout), 128);
	return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' names an object that is not here",
			  rev->spec);
}

static int resolve_alone(const struct bt_repo *repo, struct bt_rev *rev, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	struct bt_oid oid;
	bool found = false;
	bool may_ask = *rev->spec && *rev->spec != '-' && *rev->spec != '^';
	int rc = may_ask ? verify(repo, rev->spec, &found, &oid, &errout, err) : 0;

	rev->found = false;
	memset(&rev->commit, 0, sizeof(rev->commit));
	memset(&rev->tree, 0, sizeof(rev->tree));
	if (rc)
		return rc;
	if (found)
		return peel(repo, rev, &oid, err);
	if (rev->optional)
		return 0;
	/* "short object ID ab is ambiguous" says more than that the name is unknown. */
	if (strstr(bt_buf_cstr(&errout), "ambiguous"))
		return bt_git_fail(err, BT_ERR_NOT_FOUND, NULL, bt_buf_cstr(&errout), 128);
	if (!strcmp(rev->spec, "HEAD") || !strcmp(rev->spec, "@"))
		return bt_err_set(err, BT_ERR_NOT_FOUND,
				  "unknown revision '%s': there is no commit yet", rev->spec);
	if (strstr(rev->spec, "..") && !strchr(rev->spec, ':'))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' is a range, and one revision is wanted", rev->spec);
	return bt_err_set(err, BT_ERR_NOT_FOUND, "unknown revision '%s'", rev->spec);
}

int bt_rev_rest(const struct bt_repo *repo, struct bt_rev *revs, size_t revs_nr, size_t done,
		struct bt_err *err)
{
	bool batch_first = false;

	while (done < revs_nr) {
		size_t more = 0;
		int rc;

		if (batch_first) {
			rc = bt_rev_batch(repo, revs + done, revs_nr - done, &more, err);
			done += more;
		} else {
			rc = resolve_alone(repo, &revs[done], err);
			done++;
		}
		if (rc)
			return rc;
		batch_first = !batch_first || more == REV_BATCH_MAX;
	}
	return 0;
}
