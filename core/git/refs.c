/*
 * Refs. Writing is git's alone. Reading takes the two files of the old ref store as they are, in git's own order (the file of the ref, then
 * packed-refs); whatever is not plainly an id there (absent, symbolic, another store) is asked of git.
 */
#include "core/git/refs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/git/program.h"

#define REF_FILE_MAX 4096
#define PACKED_MAX ((size_t)256 << 20)
#define REFS_LINE_MAX ((size_t)64 << 10)

/* --- names --- */

static bool part_ok(const char *part, size_t len)
{
	if (!len || part[0] == '.' || (len >= 5 && !memcmp(part + len - 5, ".lock", 5)))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)part[i];

		if (c <= ' ' || c == 0x7f || strchr("~^:?*[\\", c))
			return false;
		if (i && part[i - 1] == '.' && c == '.')
			return false;
		if (i && part[i - 1] == '@' && c == '{')
			return false;
	}
	return true;
}

bool bt_ref_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (strncmp(name, "refs/", 5) || len < 6 || len > BT_PATH_LEN_MAX || name[len - 1] == '.')
		return false;
	while (true) {
		size_t n = strcspn(name, "/");

		if (!part_ok(name, n))
			return false;
		if (!name[n])
			return true;
		name += n + 1;
	}
}

static int name_check(const char *ref, struct bt_err *err)
{
	if (bt_ref_name_ok(ref))
		return 0;
	return bt_err_set(err, BT_ERR_FAIL, "'%s' is no full name of a ref", ref);
}

/* Refs that every worktree has its own of. */
static bool is_per_worktree(const char *ref)
{
	return !strncmp(ref, "refs/bisect/", 12) || !strncmp(ref, "refs/worktree/", 14) || !strncmp(ref, "refs/rewritten/", 15);
}

/* --- writing --- */

/* What git says when a ref is not as expected, or is being written by somebody else. */
static bool is_busy(const char *text)
{
	static const char *const said[] = {
		" but expected ",			/* is at X, reference is missing */
		"reference already exists",
		"unable to resolve reference",
		".lock': File exists",
		"data is locked", "cannot lock references", "concurrently modified",	/* reftable */
	};

	for (size_t i = 0; i < BT_ARRAY_NR(said); i++)
		if (strstr(text, said[i]))
			return true;
	return false;
}

static enum bt_code failure_code(const char *text)
{
	if (strstr(text, "No space left on device") || strstr(text, "Disk quota exceeded"))
		return BT_ERR_FULL;
	if (strstr(text, "Permission denied") || strstr(text, "Read-only file system"))
		return BT_ERR_READONLY;
	return is_busy(text) ? BT_ERR_BUSY : BT_ERR_FAIL;
}

static void add_change(const struct bt_repo *repo, const struct bt_ref_change *ch, struct bt_buf *in)
{
	struct bt_oid zero = { .len = (uint8_t)repo->oid_len };
	char hex[BT_OID_HEX_MAX + 1];
	bool absent_after = !ch->after.len;

	bt_oid_hex(ch->before.len ? &ch->before : &zero, hex);
	if (absent_after && ch->before.len)
		bt_buf_addf(in, "delete %s", ch->ref);
	else
		bt_buf_addf(in, "%s %s", absent_after ? "verify" : "update", ch->ref);
	bt_buf_addch(in, '\0');
	if (!absent_after) {
		char after[BT_OID_HEX_MAX + 1];

		bt_buf_adds(in, bt_oid_hex(&ch->after, after));
		bt_buf_addch(in, '\0');
	}
	bt_buf_adds(in, hex);
	bt_buf_addch(in, '\0');
}

static char *ref_path(const struct bt_repo *repo, const char *ref)
{
	return bt_xasprintf("%s/%s", is_per_worktree(ref) ? repo->git_dir : repo->common_dir, ref);
}

/* How many folders of the ref's path are there before it is written; what comes new is to be synced with its parent. */
static size_t folders_there(const struct bt_repo *repo, const char *ref)
{
	BT_FREE char *path = ref_path(repo, ref);
	struct stat st;
	size_t n = 0;

	for (char *slash = path + strlen(path) - strlen(ref); (slash = strchr(slash, '/')); slash++, n++) {
		bool there;

		*slash = '\0';
		there = !stat(path, &st);
		*slash = '/';
		if (!there)
			break;
	}
	return n;
}

/* git syncs the file of a ref, and not the folder where it was renamed into place. */
static int sync_folders(const struct bt_repo *repo, const char *ref, size_t there, struct bt_err *err)
{
	BT_FREE char *path = ref_path(repo, ref);
	BT_FREE char *other = bt_xasprintf("%s/reftable/x", repo->common_dir);
	size_t n = 0;
	int rc = 0;

	for (char *slash = path + strlen(path) - strlen(ref); !rc && (slash = strchr(slash, '/')); slash++) {
		char kept = slash[1];
		struct bt_err gone = BT_ERR_INIT;

		/* The innermost folder always; those above when something in them is new. */
		if (++n < there && strchr(slash + 1, '/'))
			continue;
		slash[1] = '\0';
		rc = bt_file_sync_folder(path, &gone);
		slash[1] = kept;
		if (rc == BT_ERR_NOT_FOUND)
			rc = 0;	/* git removes empty folders, and packs refs */
		else if (rc)
			*err = gone;
	}
	if (!rc && !access(other, F_OK))
		rc = bt_file_sync_folder(other, err);
	return rc;
}

static int swap_run(struct bt_repo *repo, const struct bt_buf *in, const char *reflog, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	const char *said;
	int status, rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_config(&c, "core.fsync=committed,reference");
	bt_git_cmd_config(&c, "core.fsyncMethod=fsync");
	bt_git_cmd_addl(&c, "update-ref", "--no-deref", NULL);
	if (reflog)
		bt_git_cmd_addl(&c, "-m", reflog, NULL);
	bt_git_cmd_addl(&c, "--stdin", "-z", NULL);
	rc = bt_git_run_status(&c, in->data, in->len, NULL, &errout, &status, err);
	if (rc || !status)
		return rc;
	said = bt_buf_cstr(&errout);
	return bt_git_fail(err, failure_code(said), "cannot move a ref", said, status);
}

int bt_refs_swap(struct bt_repo *repo, const struct bt_ref_change *changes, size_t nr, const char *reflog, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT;
	BT_FREE size_t *there = bt_xcalloc(nr + 1, sizeof(*there));
	int rc = 0;

	bt_buf_add(&in, "start\0", 6);
	for (size_t i = 0; !rc && i < nr; i++) {
		rc = name_check(changes[i].ref, err);
		if (rc)
			break;
		add_change(repo, &changes[i], &in);
		there[i] = folders_there(repo, changes[i].ref);
	}
	bt_buf_add(&in, "prepare\0commit\0", 15);
	if (!rc)
		rc = bt_buf_check(&in, "changes of refs", err);
	if (!rc && nr)
		rc = swap_run(repo, &in, reflog, err);
	for (size_t i = 0; !rc && i < nr; i++)
		if (changes[i].after.len)
			rc = sync_folders(repo, changes[i].ref, there[i], err);
	return rc;
}

/* --- reading --- */

/* "<id>\n" and nothing else. */
static bool id_of_file(const struct bt_repo *repo, const struct bt_buf *text, struct bt_oid *ret_oid)
{
	size_t hex_len = 2 * repo->oid_len;
	const char *hex = bt_buf_cstr(text);

	return text->len >= hex_len && strspn(hex + hex_len, "\n") == text->len - hex_len && !bt_oid_parse(hex, hex_len, ret_oid, NULL);
}

/* The line of a ref in packed-refs. */
static bool find_packed(const struct bt_repo *repo, const char *ref, struct bt_oid *ret_oid)
{
	BT_FREE char *path = bt_xasprintf("%s/packed-refs", repo->common_dir);
	BT_FREE char *wanted = bt_xasprintf(" %s\n", ref);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	size_t hex_len = 2 * repo->oid_len;
	struct bt_err none = BT_ERR_INIT;
	const char *at;

	if (bt_file_read(path, PACKED_MAX, &text, &none))
		return false;
	at = strstr(bt_buf_cstr(&text), wanted);
	return at && (size_t)(at - text.data) >= hex_len && (at - hex_len == text.data || at[-(ptrdiff_t)hex_len - 1] == '\n') &&
	       !bt_oid_parse(at - hex_len, hex_len, ret_oid, NULL);
}

/* Without a child. False: ask git. */
static bool read_files(const struct bt_repo *repo, const char *ref, struct bt_oid *ret_oid)
{
	BT_FREE char *path = ref_path(repo, ref);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err none = BT_ERR_INIT;
	int rc = bt_file_read(path, REF_FILE_MAX, &text, &none);

	if (!rc)
		return id_of_file(repo, &text, ret_oid);
	return rc == BT_ERR_NOT_FOUND && !is_per_worktree(ref) && find_packed(repo, ref, ret_oid);
}

/* for-each-ref takes a name for a folder, too: only the ref itself counts. */
static int read_of_git(struct bt_repo *repo, const char *ref, struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	size_t hex_len = 2 * repo->oid_len;
	const char *at;
	int rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "for-each-ref", "--count=1", "--format=%(objectname) %(refname)", ref, NULL);
	rc = bt_git_run(&c, ref, NULL, 0, &out, err);
	if (rc)
		return rc;
	at = bt_buf_cstr(&out);
	if (out.len < hex_len + 2 || strcspn(at + hex_len + 1, "\n") != strlen(ref) || strncmp(at + hex_len + 1, ref, strlen(ref)))
		return BT_DONE;
	rc = bt_oid_parse(at, hex_len, ret_oid, err);
	return rc ? rc : BT_ROW;
}

int bt_ref_read(struct bt_repo *repo, const char *ref, struct bt_oid *ret_oid, struct bt_err *err)
{
	int rc = name_check(ref, err);

	if (rc)
		return rc;
	return read_files(repo, ref, ret_oid) ? BT_ROW : read_of_git(repo, ref, ret_oid, err);
}

/* HEAD as a file: its branch, or its id; false when it says neither. */
static bool head_file(const struct bt_repo *repo, char **ret_branch, struct bt_oid *ret_oid)
{
	BT_FREE char *path = bt_xasprintf("%s/HEAD", repo->git_dir);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err none = BT_ERR_INIT;
	const char *at;

	*ret_branch = NULL;
	if (bt_file_read(path, REF_FILE_MAX, &text, &none))
		return false;
	at = bt_buf_cstr(&text);
	if (strncmp(at, "ref:", 4))
		return id_of_file(repo, &text, ret_oid);
	at += 4 + strspn(at + 4, " \t");
	*ret_branch = bt_xstrndup(at, strcspn(at, "\n"));
	/* A reftable keeps a HEAD for others to find the repository by. */
	if (bt_ref_name_ok(*ret_branch))
		return true;
	bt_free_ptr(ret_branch);
	return false;
}

static int head_of_git(struct bt_repo *repo, char **ret_branch, struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	struct bt_rev head = { .spec = "HEAD", .optional = true };
	int status, rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "symbolic-ref", "--quiet", "HEAD", NULL);
	rc = bt_git_run_status(&c, NULL, 0, &out, &errout, &status, err);
	if (!rc && status > 1)
		rc = bt_git_fail(err, BT_ERR_FAIL, "HEAD", bt_buf_cstr(&errout), status);
	if (!rc)
		rc = bt_repo_resolve(repo, &head, 1, err);
	if (rc)
		return rc;
	if (!status)
		*ret_branch = bt_xstrndup(bt_buf_cstr(&out), strcspn(bt_buf_cstr(&out), "\n"));
	*ret_oid = head.commit;
	return head.found ? BT_ROW : BT_DONE;
}

int bt_ref_read_head(struct bt_repo *repo, char **ret_branch, struct bt_oid *ret_oid, struct bt_err *err)
{
	char *branch = NULL;
	int rc = BT_ROW;

	*ret_branch = NULL;
	if (!head_file(repo, &branch, ret_oid))
		return head_of_git(repo, ret_branch, ret_oid, err);
	if (branch)
		rc = bt_ref_read(repo, branch, ret_oid, err);
	if (rc < 0)
		free(branch);
	else
		*ret_branch = branch;
	return rc;
}

int bt_ref_set(struct bt_repo *repo, const char *ref, const struct bt_oid *to, struct bt_err *err)
{
	struct bt_ref_change c = { .ref = ref };
	int rc = bt_ref_read(repo, ref, &c.before, err);

	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		c.before.len = 0;
	if (to)
		c.after = *to;
	return bt_oid_equal(&c.before, &c.after) ? 0 : bt_refs_swap(repo, &c, 1, NULL, err);
}

/* "<id> <symref or nothing> <ref>" */
static int each_line(struct bt_repo *repo, char *line, int (*fn)(void *ctx, const char *ref, const struct bt_oid *oid, struct bt_err *err),
		     void *ctx, struct bt_err *err)
{
	const char *hex = strsep(&line, " "), *symref = strsep(&line, " ");
	struct bt_oid oid;

	if (!line || strlen(hex) != 2 * repo->oid_len || bt_oid_parse(hex, strlen(hex), &oid, NULL))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git for-each-ref");
	return *symref ? 0 : fn(ctx, line, &oid, err);
}

int bt_refs_each(struct bt_repo *repo, const char *prefix, int (*fn)(void *ctx, const char *ref, const struct bt_oid *oid, struct bt_err *err),
		 void *ctx, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream s;
	size_t len;
	char *line;
	int rc;

	bt_git_stream_init(&s);
	if (strncmp(prefix, "refs/", 5) || strpbrk(prefix, "*?[\\"))
		return bt_err_set(err, BT_ERR_FAIL, "'%s' is no folder of refs", prefix);
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "for-each-ref", "--format=%(objectname) %(symref) %(refname)", prefix, NULL);
	rc = bt_git_stream_start(&s, &c, false, REFS_LINE_MAX, err);
	while (!rc && (rc = bt_git_stream_record(&s, '\n', &line, &len, err)) == BT_ROW)
		rc = each_line(repo, line, fn, ctx, err);
	return rc ? rc : bt_git_stream_finish(&s, "cannot list refs", err);
}
