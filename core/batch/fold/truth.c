/*
 * What git makes of a merge: one `git merge-tree --stdin` for a whole batch.
 *
 * It knows no --merge-base before git 2.40. So a merge of three trees is told as one of commits made for it: the
 * base, without parents, and on it both sides. They lie in a temporary folder of objects, have no history, and their
 * dates cannot lead git astray on the way to the base.
 *
 * Before git 2.49 it does not flush its output between merges, and would wait for our next line while we wait for its
 * answer. So every question is followed by another, the push, whose answer is longer than the buffer of its stdio: a
 * conflict in paths with long names. Where that is not enough, because something else holds the output back, or git
 * is still at it, more pushes follow.
 *
 * Attributes (drivers and the size of markers) come from the files of a work tree. That would be whatever lies in the
 * user's at the moment; instead the work tree of this child is a folder that holds the .gitattributes of the tip and
 * nothing else. A driver that is configured runs as it would in a merge by hand. Submodules are not there, so that
 * both sides moving one is a conflict.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/path.h"
#include "core/base/signal.h"
#include "core/batch/fold/impl.h"
#include "core/git/temp.h"

/* Unread output of git merge-tree: a conflict in half a million paths. */
#define ANSWER_MAX ((size_t)256 << 20)
/* The push: its answer names each path four times; the stdio of glibc buffers 4 KiB for a pipe, others do less. */
#define PUSH_NAME_LEN 3000
#define PUSH_PATHS 2
/* Nothing came for so long: one more push. */
#define QUIET_MS 100
/* And for so long: never mind. Merges of the largest trees take seconds; a driver may take longer. */
#define GIVE_UP_MS (10 * 60 * 1000)
/* Names of the files of a tree, while those of attributes are looked for. */
#define NAMES_MAX ((size_t)64 << 20)
/* More files of attributes than this are no project's. */
#define ATTR_FILES_MAX 10000

#define NOBODY "git-batho <git-batho>"

void fold_verdict_release(struct fold_verdict *v)
{
	for (char **p = v->paths; p && *p; p++)
		free(*p);
	free(v->paths);
	*v = (struct fold_verdict){ .paths = NULL };
}

/* --- the room --- */

static int room_make(struct fold_truth *t, struct bt_err *err)
{
	BT_FREE char *tree = NULL;
	int rc = bt_git_temp_make(t->repo, &t->room, err);

	if (rc)
		return rc;
	tree = bt_xasprintf("%s/tree", t->room);
	t->aside_objects = bt_xasprintf("%s/objects", t->room);
	rc = bt_folder_make(tree, 0700, NULL, err);
	if (!rc)
		rc = bt_folder_make(t->aside_objects, 0700, NULL, err);
	t->aside = *t->repo;
	t->aside.objects_dir = t->aside_objects;
	return rc;
}

/* One file of attributes, with the folders above it. */
static int attr_file_put(struct fold_truth *t, const char *path, const struct bt_oid *oid, struct bt_err *err)
{
	BT_FREE char *full = bt_xasprintf("%s/tree/%s", t->room, path);
	BT_CLOSE int fd = -1;
	struct bt_object o;
	int rc = bt_odb_read(t->odb, oid, BT_ATTR_FILE_MAX, &o, err);

	if (rc < 0)
		return rc;
	if (o.type != BT_OBJECT_BLOB || !o.data)
		return 0; /* git ignores what is so large, too */
	for (char *slash = full + strlen(t->room) + strlen("/tree/"); (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		rc = bt_folder_make(full, 0700, NULL, err);
		*slash = '/';
		if (rc)
			return rc;
	}
	fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return bt_err_errno(err, "cannot write '%s'", full);
	return bt_fd_write_full(fd, o.data, o.size, full, err);
}

static bool is_attr_path(const char *path, size_t len)
{
	static const char name[] = ".gitattributes";
	size_t name_len = sizeof(name) - 1;

	return len >= name_len && !memcmp(path + len - name_len, name, name_len) &&
	       (len == name_len || path[len - name_len - 1] == '/') && bt_path_sane(path, len);
}

/* "100644 blob <id>\t<path>" */
static int attr_line_take(struct fold_truth *t, const char *rec, size_t len, size_t *files_nr, struct bt_err *err)
{
	const char *tab = memchr(rec, '\t', len);
	size_t hex = 2 * t->repo->oid_len;
	struct bt_oid oid;

	if (!tab || (size_t)(tab - rec) < hex || bt_oid_parse(tab - hex, hex, &oid, NULL))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git ls-tree");
	if (strncmp(rec, "100", 3) != 0 || !is_attr_path(tab + 1, len - (size_t)(tab + 1 - rec)))
		return 0;
	if (++*files_nr > ATTR_FILES_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %d files of attributes", ATTR_FILES_MAX);
	return attr_file_put(t, tab + 1, &oid, err);
}

static int attrs_put(struct fold_truth *t, const struct bt_oid *tree, struct bt_err *err)
{
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream s;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	char hex[BT_OID_HEX_MAX + 1], *rec;
	size_t len, files_nr = 0;
	int rc;

	bt_git_stream_init(&s);
	bt_git_cmd_init(&c, t->repo);
	bt_git_cmd_addl(&c, "ls-tree", "-r", "-z", "--full-tree", bt_oid_hex(tree, hex), NULL);
	rc = bt_git_stream_start(&s, &c, false, NAMES_MAX, err);
	while (!rc && (rc = bt_git_stream_record(&s, '\0', &rec, &len, err)) == BT_ROW)
		rc = attr_line_take(t, rec, len, &files_nr, err);
	return rc ? rc : bt_git_stream_finish(&s, "cannot list the files of the tip", err);
}

/* --- the push --- */

static void push_entry(struct bt_buf *tree, int number, const struct bt_oid *blob)
{
	bt_buf_addf(tree, "100644 %d", number);
	for (int i = 0; i < PUSH_NAME_LEN; i++)
		bt_buf_addch(tree, 'x');
	bt_buf_addch(tree, '\0');
	bt_buf_add(tree, blob->raw, blob->len);
}

static int aside_commit(struct fold_truth *t, const struct bt_oid *tree, const struct bt_oid *parent,
			unsigned long long date, struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_FREE char *who = bt_xasprintf(NOBODY " %llu +0000", date);
	struct bt_commit_draft d = { .tree = *tree, .parents = parent, .parents_nr = parent ? 1 : 0, .author = who,
				     .committer = who, .message = "\n", .message_len = 1 };

	return bt_commit_write(&t->aside, &d, false, ret_oid, err);
}

/* Paths that one side changes and the other removes: nothing is merged, all is told. */
static int push_make(struct fold_truth *t, struct bt_err *err)
{
	struct bt_oid blobs[2], trees[3], base;
	int rc = 0;

	for (int i = 0; !rc && i < 2; i++)
		rc = bt_object_write(&t->aside, BT_OBJECT_BLOB, i ? "b\n" : "a\n", 2, false, &blobs[i], err);
	for (int i = 0; !rc && i < 3; i++) {
		BT_BUF_OWNED struct bt_buf tree = BT_BUF_INIT;

		for (int k = 0; i < 2 && k < PUSH_PATHS; k++)
			push_entry(&tree, k, &blobs[i]);
		rc = bt_object_write(&t->aside, BT_OBJECT_TREE, bt_buf_cstr(&tree), tree.len, false, &trees[i], err);
	}
	if (!rc)
		rc = aside_commit(t, &trees[0], NULL, 0, &base, err);
	for (int i = 0; !rc && i < 2; i++)
		rc = aside_commit(t, &trees[i + 1], &base, 0, &t->push[i], err);
	return rc;
}

/* --- the child --- */

static int child_start(struct fold_truth *t, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_FREE char *tree = bt_xasprintf("%s/tree", t->room);
	BT_FREE char *work_tree = bt_xasprintf("GIT_WORK_TREE=%s", tree);
	BT_FREE char *index = bt_xasprintf("GIT_INDEX_FILE=%s/index", t->room);
	BT_FREE char *objects = bt_xasprintf("GIT_OBJECT_DIRECTORY=%s", t->repo->objects_dir);

	bt_git_cmd_init(&c, t->repo);
	/* Forty digits are an id, whatever refs are called. */
	bt_git_cmd_config(&c, "core.warnAmbiguousRefs=false");
	bt_git_cmd_config(&c, "rerere.enabled=false");
	bt_git_cmd_env(&c, work_tree);
	bt_git_cmd_env(&c, index);
	bt_git_cmd_env(&c, objects);
	bt_git_cmd_env(&c, "GIT_ATTR_SOURCE");
	bt_git_cmd_alternate(&c, t->aside_objects);
	bt_git_cmd_addl(&c, "merge-tree", "--write-tree", "--name-only", "--allow-unrelated-histories", "-z", "--stdin",
			NULL);
	c.cwd = tree;
	bt_git_stream_init(&t->stream);
	t->owed = 0;
	t->running = true;
	return bt_git_stream_start(&t->stream, &c, true, ANSWER_MAX, err);
}

int fold_truth_start(struct fold_truth *t, struct bt_repo *repo, struct bt_odb *odb, const struct bt_oid *tip_tree,
		     struct bt_err *err)
{
	int rc;

	*t = (struct fold_truth){ .repo = repo, .odb = odb };
	rc = room_make(t, err);
	if (!rc && tip_tree->len)
		rc = attrs_put(t, tip_tree, err);
	return rc ? rc : push_make(t, err);
}

void fold_truth_release(struct fold_truth *t)
{
	if (!t->repo)
		return;
	if (t->running)
		bt_git_stream_release(&t->stream);
	if (t->room)
		bt_git_temp_remove(t->room);
	free(t->room);
	free(t->aside_objects);
	*t = (struct fold_truth){ .repo = NULL };
}

/* --- answers --- */

/* The output has ended: why? A crash is about this one merge, and the next one gets another child. */
static int ended(struct fold_truth *t, struct bt_err *err)
{
	int rc = bt_git_stream_finish(&t->stream, "cannot merge", err);
	int status = t->stream.status;

	if (rc != BT_ERR_FAIL ||
	    (status != 128 + SIGABRT && status != 128 + SIGSEGV && status != 128 + SIGBUS))
		return rc ? rc
			  : bt_err_set(err, BT_ERR_CORRUPT,
				       "cannot merge: git merge-tree ended too early");
	bt_git_stream_release(&t->stream);
	t->running = false;
	return bt_err_set(err, BT_ERR_UNSUPPORTED, "git crashed in a merge");
}

static void question_send(struct fold_truth *t, const struct bt_oid *ours,
			  const struct bt_oid *theirs)
{
	char a[BT_OID_HEX_MAX + 1], b[BT_OID_HEX_MAX + 1];

	bt_buf_addf(&t->stream.send, "%s %s\n", bt_oid_hex(ours, a), bt_oid_hex(theirs, b));
}

static int push_send(struct fold_truth *t, struct bt_err *err)
{
	question_send(t, &t->push[0], &t->push[1]);
	t->owed++;
	return bt_git_stream_push(&t->stream, err);
}

/* Nothing has come for some time: pushes follow at 1, 2, 4, 8 ... times of it. */
static int quiet(struct fold_truth *t, unsigned int times, struct bt_err *err)
{
	int rc = bt_cancel_check(err);

	if (rc)
		return rc;
	if (times > GIVE_UP_MS / QUIET_MS)
		return bt_err_set(err, BT_ERR_FAIL, "cannot merge: git merge-tree does not answer");
	/* What it complains about must not hold it up either. */
	bt_git_stream_complained(&t->stream, "");
	return times & (times - 1) ? bt_git_stream_push(&t->stream, err) : push_send(t, err);
}

/* Until there is a record, or an end. */
static int token_await(struct fold_truth *t, struct bt_err *err)
{
	struct bt_git_stream *s = &t->stream;
	unsigned int times = 0;

	while (!s->eof && !memchr(s->buf.data + s->at, '\0', s->buf.len - s->at)) {
		struct pollfd out = { .fd = s->child.out, .events = POLLIN };
		bool more = poll(&out, 1, QUIET_MS) > 0;
		int rc = more ? bt_git_stream_fill(s, 0, err) : quiet(t, ++times, err);

		if (rc < 0)
			return rc;
		if (more)
			times = 0;
	}
	return 0;
}

/* A record of the answer. */
static int token(struct fold_truth *t, char **ret_rec, size_t *ret_len, struct bt_err *err)
{
	int rc = token_await(t, err);

	if (!rc)
		rc = bt_git_stream_record(&t->stream, '\0', ret_rec, ret_len, err);
	if (rc == BT_ROW)
		return 0;
	if (rc && rc != BT_ERR_CORRUPT)
		return rc;
	return ended(t, err);
}

static void path_keep(struct fold_verdict *v, const char *path, size_t len)
{
	if (v->paths_nr < BT_FOLD_PATHS_MAX)
		v->paths[v->paths_nr] = bt_xstrndup(path, len);
	v->paths_nr++;
}

/* A file that gave way to a folder is told under its path, '~', the name of its side, and maybe a number. */
static size_t path_len_without_side(const char *path, size_t len, const struct bt_oid *sides)
{
	char hex[BT_OID_HEX_MAX + 1];
	size_t at = len;

	while (at && path[at - 1] >= '0' && path[at - 1] <= '9')
		at--;
	for (int tried = 0; tried < 2; tried++) {
		size_t end = tried && at && path[at - 1] == '_' ? at - 1 : len;

		for (int i = 0; i < 2; i++) {
			size_t hex_len = 2 * (size_t)sides[i].len;

			bt_oid_hex(&sides[i], hex);
			if (end > hex_len + 1 && path[end - hex_len - 1] == '~' &&
			    !memcmp(path + end - hex_len, hex, hex_len))
				return end - hex_len - 1;
		}
	}
	return len;
}

static bool is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

/*
 * Messages: "<n>" NUL <n paths, each NUL> <kind> NUL <text> NUL, and so on, to an empty record; for submodules git
 * puts some advice before that one's end. Conflicts that are in no single file (of renamed folders) are told here
 * alone.
 */
static int messages_take(struct fold_truth *t, struct fold_verdict *v, bool want_paths, struct bt_err *err)
{
	static const char conflict[] = "CONFLICT";

	for (;;) {
		BT_BUF_OWNED struct bt_buf paths = BT_BUF_INIT;
		char *rec;
		size_t len;
		int rc = token(t, &rec, &len, err);

		if (rc || !is_number(rec))
			return rc;
		for (unsigned long left = strtoul(rec, NULL, 10); left; left--) {
			rc = token(t, &rec, &len, err);
			if (rc)
				return rc;
			bt_buf_add(&paths, rec, len + 1);
		}
		rc = token(t, &rec, &len, err);
		if (!rc && want_paths && !strncmp(rec, conflict, sizeof(conflict) - 1))
			for (size_t at = 0; at < paths.len; at += strlen(paths.data + at) + 1)
				path_keep(v, paths.data + at, strlen(paths.data + at));
		if (!rc)
			rc = token(t, &rec, &len, err);
		if (!rc)
			rc = bt_buf_check(&paths, "the paths of a conflict", err);
		if (rc)
			return rc;
	}
}

static int conflict_take(struct fold_truth *t, const struct bt_oid *sides, struct fold_verdict *v, struct bt_err *err)
{
	v->paths = bt_xcalloc(BT_FOLD_PATHS_MAX + 1, sizeof(*v->paths));
	for (;;) {
		char *rec;
		size_t len;
		int rc = token(t, &rec, &len, err);

		if (rc)
			return rc;
		if (!len)
			return messages_take(t, v, !v->paths_nr, err);
		path_keep(v, rec, path_len_without_side(rec, len, sides));
	}
}

static int answer_take(struct fold_truth *t, const struct bt_oid *sides, struct fold_verdict *ret_v, struct bt_err *err)
{
	struct fold_verdict v = { .paths = NULL };
	char *rec;
	size_t len;
	int rc = token(t, &rec, &len, err);

	if (rc)
		return rc;
	if (strcmp(rec, "0") != 0 && strcmp(rec, "1") != 0)
		return bt_err_set(err, BT_ERR_FAIL, "cannot merge: git merge-tree says '%.40s'", rec);
	v.clean = *rec == '1';
	rc = token(t, &rec, &len, err);
	if (!rc && bt_oid_parse(rec, len, &v.tree, NULL))
		rc = bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git merge-tree");
	if (!rc && !v.clean)
		rc = conflict_take(t, sides, &v, err);
	else if (!rc)
		rc = token(t, &rec, &len, err);
	if (!rc && v.clean && len)
		rc = bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git merge-tree");
	if (rc)
		fold_verdict_release(&v);
	else
		*ret_v = v;
	return rc;
}

int fold_truth_merge(struct fold_truth *t, const struct bt_oid *ours, const struct bt_oid *theirs,
		     struct fold_verdict *ret_v, struct bt_err *err)
{
	struct bt_oid sides[2] = { *ours, *theirs };
	int rc = t->running ? 0 : child_start(t, err);
	size_t owed = t->owed;

	if (rc)
		return rc;
	question_send(t, ours, theirs);
	rc = push_send(t, err);
	for (; !rc && owed; owed--) {
		struct fold_verdict push = { .paths = NULL };

		rc = answer_take(t, t->push, &push, err);
		fold_verdict_release(&push);
		t->owed--;
	}
	return rc ? rc : answer_take(t, sides, ret_v, err);
}

int fold_truth_trees(struct fold_truth *t, const struct bt_oid *base, const struct bt_oid *ours,
		     const struct bt_oid *theirs, struct fold_verdict *ret_v, struct bt_err *err)
{
	struct bt_oid sides[2];
	int rc = 0;

	/* Most members share their parent. */
	if (!bt_oid_equal(base, &t->base_tree)) {
		rc = aside_commit(t, base, NULL, 1, &t->base, err);
		memset(&t->base_tree, 0, sizeof(t->base_tree));
		if (!rc)
			t->base_tree = *base;
	}
	if (!rc)
		rc = aside_commit(t, ours, &t->base, 2, &sides[0], err);
	if (!rc)
		rc = aside_commit(t, theirs, &t->base, 2, &sides[1], err);
	return rc ? rc : fold_truth_merge(t, &sides[0], &sides[1], ret_v, err);
}
