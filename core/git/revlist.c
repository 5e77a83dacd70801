/*
 * Commits as `git rev-list` lists them. Grafts and shallow borders are git's; replace refs are off.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/program.h"
#include "core/git/repo.h"

/* One line: a commit, a tree, and the parents of the largest octopus one may meet. */
#define REVLIST_BUF_MAX ((size_t)8 << 20)

struct bt_revlist {
	struct bt_git_stream stream;
	size_t oid_len;
	bool done;
};

/* The options that are passed through; everything else that starts with '-' is refused. */
static const char *const revlist_options[] = {
	"--all", "--branches", "--tags", "--remotes", "--no-walk", "--reflog",
};

/* And those with a number behind them. */
static const char *const revlist_numbers[] = { "--max-count=", "--max-age=" };

static bool is_number(const char *arg)
{
	for (size_t i = 0; i < BT_ARRAY_NR(revlist_numbers); i++) {
		size_t len = strlen(revlist_numbers[i]);

		if (!strncmp(arg, revlist_numbers[i], len) && arg[len] && !arg[len + strspn(arg + len, "0123456789")])
			return true;
	}
	return false;
}

static bool is_option(const char *arg)
{
	if (is_number(arg))
		return true;
	for (size_t i = 0; i < BT_ARRAY_NR(revlist_options); i++)
		if (!strcmp(arg, revlist_options[i]))
			return true;
	return false;
}

static int args_add(struct bt_git_cmd *c, const char *const *args, size_t args_nr,
		    struct bt_err *err)
{
	for (size_t i = 0; i < args_nr; i++) {
		if (is_option(args[i]))
			bt_git_cmd_add(c, args[i]);
		else if (*args[i] == '-')
			return bt_err_set(err, BT_ERR_USAGE, "'%s' is not a revision", args[i]);
		else if (!*args[i])
			return bt_err_set(err, BT_ERR_NOT_FOUND, "unknown revision ''");
	}
	bt_git_cmd_add(c, "--end-of-options");
	for (size_t i = 0; i < args_nr; i++)
		if (!is_option(args[i]))
			bt_git_cmd_add(c, args[i]);
	bt_git_cmd_add(c, "--");
	return 0;
}

int bt_revlist_open(struct bt_repo *repo, const char *const *args, size_t args_nr,
		    struct bt_revlist **ret_list, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_revlist *l;
	int rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "rev-list", "--no-commit-header", "--format=tformat:%H %T %P", NULL);
	rc = args_add(&c, args, args_nr, err);
	if (rc)
		return rc;
	l = bt_xcalloc(1, sizeof(*l));
	bt_git_stream_init(&l->stream);
	l->oid_len = repo->oid_len;
	rc = bt_git_stream_start(&l->stream, &c, false, REVLIST_BUF_MAX, err);
	if (rc) {
		bt_revlist_free(&l);
		return rc;
	}
	*ret_list = l;
	return 0;
}

/* Takes one id from the line; false when there is none. */
static bool row_oid(const struct bt_revlist *l, char **at, char *end, struct bt_oid *ret_oid)
{
	size_t hex_len = 2 * l->oid_len;

	if ((size_t)(end - *at) < hex_len || bt_oid_parse(*at, hex_len, ret_oid, NULL))
		return false;
	*at += hex_len;
	if (*at < end && **at == ' ')
		(*at)++;
	return true;
}

/* git's end: its complaint about a name becomes ours. */
static int revlist_end(struct bt_revlist *l, struct bt_err *err)
{
	static const char mark[] = "bad revision '";
	const char *bad;
	int rc;

	l->done = true;
	rc = bt_git_stream_finish(&l->stream, "cannot list commits", err);
	bad = strstr(bt_buf_cstr(&l->stream.errtext), mark);
	if (rc != BT_ERR_FAIL || !bad)
		return rc;
	bad += sizeof(mark) - 1;
	return bt_err_set(err, BT_ERR_NOT_FOUND, "unknown revision '%.*s", (int)strcspn(bad, "\n"),
			  bad);
}

int bt_revlist_next(struct bt_revlist *l, struct bt_revlist_row *ret_row, struct bt_err *err)
{
	struct bt_revlist_row row;
	char *line, *end;
	size_t len;
	int rc;

	if (l->done)
		return BT_DONE;
	rc = bt_git_stream_record(&l->stream, '\n', &line, &len, err);
	if (rc == BT_DONE)
		return revlist_end(l, err);
	if (rc != BT_ROW)
		return rc;
	end = line + len;
	memset(&row, 0, sizeof(row));
	if (!row_oid(l, &line, end, &row.commit) || !row_oid(l, &line, end, &row.tree))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git rev-list");
	if (line < end && !row_oid(l, &line, end, &row.parent))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git rev-list");
	*ret_row = row;
	return BT_ROW;
}

void bt_revlist_free(struct bt_revlist **pl)
{
	if (!pl || !*pl)
		return;
	bt_git_stream_release(&(*pl)->stream);
	free(*pl);
	*pl = NULL;
}
