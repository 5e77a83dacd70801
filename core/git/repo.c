/*
 * Opening a repository and resolving revisions with one `git rev-parse`.
 *
 * rev-parse answers in lines, and a path may hold newlines: between two answers stands a marker, an
 * option unknown to git that it echoes, with a random part so that no path can hold it by design.
 * The revisions come last, because rev-parse stops at the first that it cannot resolve.
 */
#include "core/git/repo.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/git/program.h"
#include "core/git/repo_rev.h"

/* Answers of rev-parse: some lines and paths; far less than this. */
#define REPO_ANSWER_MAX ((size_t)4 << 20)

enum repo_field {
	FIELD_FLAGS, /* the lines of the --is-* questions and the object format */
	FIELD_GIT_DIR,
	FIELD_COMMON_DIR,
	FIELD_INDEX,
	FIELD_OBJECTS,
	FIELD_CDUP,
	FIELD_PREFIX,
	FIELD_NR
};

static void marker_make(char *marker, size_t size)
{
	uint64_t word = 0;

	if (getrandom(&word, sizeof(word), GRND_NONBLOCK) != sizeof(word))
		word = (uint64_t)getpid();
	snprintf(marker, size, "--batho-%016llx", (unsigned long long)word);
}

/* The text up to the next line that is the marker, cut out of *at; NULL when there is none. */
static char *field_take(char **at, const char *marker)
{
	size_t len = strlen(marker);
	char *field = *at;
	char *m = field;

	while ((m = strstr(m, marker))) {
		if ((m == field || m[-1] == '\n') && m[len] == '\n') {
			if (m > field)
				m[-1] = '\0';
			else
				m[0] = '\0';
			*at = m + len + 1;
			return field;
		}
		m += len;
	}
	return NULL;
}

/* Reads "true" or "false" and a newline. */
static bool flag_take(const char **at, bool *ret_flag)
{
	size_t len = strcspn(*at, "\n");

	if (len == 4 && !strncmp(*at, "true", 4))
		*ret_flag = true;
	else if (len == 5 && !strncmp(*at, "false", 5))
		*ret_flag = false;
	else
		return false;
	*at += len + ((*at)[len] == '\n');
	return true;
}

static int flags_parse(struct bt_repo *repo, const char *at, bool *ret_inside, struct bt_err *err)
{
	if (!flag_take(&at, &repo->bare) || !flag_take(&at, ret_inside) ||
	    !flag_take(&at, &repo->shallow))
		return bt_err_set(err, BT_ERR_FAIL, "cannot read the answer of git rev-parse");
	if (!strcmp(at, "sha1"))
		repo->oid_len = 20;
	else if (!strcmp(at, "sha256"))
		repo->oid_len = 32;
	else
		return bt_err_set(err, BT_ERR_UNSUPPORTED, "unknown object format '%s'", at);
	return 0;
}

/* The top of the worktree: the current directory without the prefix, or what git printed. */
static char *top_find(const char *cdup, const char *prefix, bool inside)
{
	size_t prefix_len = strlen(prefix);
	size_t len;
	char *top;

	if (!inside)
		return *cdup == '/' ? bt_xstrdup(cdup) : NULL;
	top = realpath(*cdup ? cdup : ".", NULL);
	if (top)
		return top;
	/* A folder above is not searchable: the current directory must end in the prefix. */
	top = getcwd(NULL, 0);
	len = top ? strlen(top) : 0;
	if (top && prefix_len && len >= prefix_len &&
	    !strncmp(top + len - prefix_len + 1, prefix, prefix_len - 1) &&
	    top[len - prefix_len] == '/')
		top[len - prefix_len] = '\0';
	return top;
}

static int fields_store(struct bt_repo *repo, char *const *fields, struct bt_err *err)
{
	bool inside;
	int rc = flags_parse(repo, fields[FIELD_FLAGS], &inside, err);

	if (rc)
		return rc;
	repo->git_dir = bt_xstrdup(fields[FIELD_GIT_DIR]);
	repo->common_dir = realpath(fields[FIELD_COMMON_DIR], NULL);
	if (!repo->common_dir)
		return bt_err_errno(err, "cannot find the repository '%s'",
				    fields[FIELD_COMMON_DIR]);
	repo->index_file = bt_xstrdup(fields[FIELD_INDEX]);
	repo->objects_dir = bt_xstrdup(fields[FIELD_OBJECTS]);
	repo->prefix = bt_xstrdup(fields[FIELD_PREFIX]);
	repo->top = top_find(fields[FIELD_CDUP], repo->prefix, inside);
	return 0;
}

static void questions_add(struct bt_git_cmd *c, const char *marker)
{
	bt_git_cmd_addl(c, "rev-parse", "--is-bare-repository", "--is-inside-work-tree",
			"--is-shallow-repository", "--show-object-format", marker,
			"--path-format=absolute", "--git-dir", marker, "--git-common-dir", marker,
			"--git-path", "index", marker, "--git-path", "objects", marker,
			"--show-cdup", marker, "--show-prefix", marker, "--end-of-options", NULL);
}

int bt_repo_open(struct bt_repo *repo, struct bt_rev *revs, size_t revs_nr, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	char *fields[FIELD_NR];
	char marker[32];
	char *at;
	size_t asked, done;
	int status, rc;

	*repo = (struct bt_repo)BT_REPO_INIT;
	bt_buf_init(&out, REPO_ANSWER_MAX);
	marker_make(marker, sizeof(marker));
	bt_git_cmd_init(&c, NULL);
	questions_add(&c, marker);
	asked = bt_rev_ask(&c, revs, revs_nr);
	rc = bt_git_run_status(&c, NULL, 0, &out, &errout, &status, err);
	if (rc == BT_ERR_NOT_FOUND)
		return bt_err_set(err, BT_ERR_FAIL,
				  "cannot run 'git': is it installed and in PATH?");
	if (rc)
		return rc;
	bt_buf_cstr(&out);
	at = out.data;
	for (size_t i = 0; i < FIELD_NR; i++) {
		fields[i] = at ? field_take(&at, marker) : NULL;
		if (!fields[i])
			return bt_git_fail(err, BT_ERR_NOT_FOUND, NULL, bt_buf_cstr(&errout),
					   status);
	}
	rc = fields_store(repo, fields, err);
	if (!rc) {
		done = bt_rev_answers(repo, at, revs, asked);
		rc = bt_rev_rest(repo, revs, revs_nr, done, err);
	}
	if (rc)
		bt_repo_release(repo);
	return rc;
}

int bt_repo_resolve(struct bt_repo *repo, struct bt_rev *revs, size_t revs_nr, struct bt_err *err)
{
	size_t done = 0;
	int rc = bt_rev_batch(repo, revs, revs_nr, &done, err);

	return rc ? rc : bt_rev_rest(repo, revs, revs_nr, done, err);
}

char *bt_repo_home(const struct bt_repo *repo)
{
	static const char usual[] = "/.git";
	size_t len = strlen(repo->common_dir), end = sizeof(usual) - 1;

	if (len > end && !strcmp(repo->common_dir + len - end, usual))
		return bt_xasprintf("%.*s", (int)(len - end), repo->common_dir);
	return bt_xstrdup(repo->top && !strcmp(repo->git_dir, repo->common_dir) ? repo->top : repo->common_dir);
}

void bt_repo_release(struct bt_repo *repo)
{
	if (!repo)
		return;
	free(repo->git_dir);
	free(repo->common_dir);
	free(repo->top);
	free(repo->prefix);
	free(repo->index_file);
	free(repo->objects_dir);
	free(repo->extra_objects);
	*repo = (struct bt_repo)BT_REPO_INIT;
}
