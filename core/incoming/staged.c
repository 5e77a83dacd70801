/*
 * What is staged, from one `git diff-index --cached --raw -p` with all lines as context.
 *
 * Starting a process costs as much as everything else a hook does for one file. So this one is asked for
 * all: the list, the changed lines, the bytes of both sides (a patch with unlimited context is the old and
 * the new file), and the configuration, which git's own trace prints on request (GIT_TRACE2_CONFIG_PARAMS).
 *
 * The patch is believed where its ids are those of the list and its lines add up; what it does not give
 * (binary files, more than OUTPUT_MAX) is left to be read from the objects.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/git/program.h"
#include "core/incoming/read.h"

/* Beyond it patches are dearer than reading the few blobs that are wanted. */
#define OUTPUT_MAX ((size_t)8 << 20)
#define LIST_MAX ((size_t)512 << 20)
#define CONTEXT "-U100000000"
/* The one setting of git's that a check shows, and those that say how the repository is to be read. */
#define CONFIG_PARAMS "batho.*,core.sharedrepository,core.ignorecase,core.attributesfile,color.ui,color.batho"

struct asking {
	const struct bt_repo *repo;
	struct bt_buf out, trace;
	int64_t deadline_ms;	/* 0: none */
};

static void asking_release(struct asking *a)
{
	bt_buf_release(&a->out);
	bt_buf_release(&a->trace);
}

static int left_ms(const struct asking *a)
{
	int64_t left = a->deadline_ms - bt_clock_ms();

	return !a->deadline_ms ? 0 : left > 0 ? (int)left : 1;
}

enum detail {
	ASK_LIST,
	ASK_ALL,	/* with patches that hold the whole files */
	ASK_LINES,	/* only patches of changed files, without context */
};

/* Runs `git diff-index --cached` against a tree. */
static int diff_index(struct asking *a, const char *tree, enum detail detail, int *ret_status,
		      struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_child_opts o;
	int rc;

	bt_git_cmd_init(&c, a->repo);
	bt_git_cmd_config(&c, "diff.suppressBlankEmpty=false");
	bt_git_cmd_addl(&c, "diff-index", "--cached", "--raw", "-z", "--no-renames", "--full-index",
			"--no-abbrev", "--ignore-submodules=none", "--ita-invisible-in-index", NULL);
	if (detail != ASK_LIST)
		bt_git_cmd_addl(&c, "-p", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/",
				"--dst-prefix=b/", detail == ASK_ALL ? CONTEXT : "-U0", NULL);
	if (detail == ASK_LINES)
		bt_git_cmd_addl(&c, "--diff-filter=M", NULL);
	bt_git_cmd_addl(&c, tree, "--", NULL);
	bt_git_cmd_env(&c, "GIT_TRACE2_EVENT=2");
	bt_git_cmd_env(&c, "GIT_TRACE2_EVENT_NESTING=1");
	bt_git_cmd_env(&c, "GIT_TRACE2_EVENT_BRIEF=1");
	bt_git_cmd_env(&c, "GIT_TRACE2_CONFIG_PARAMS=" CONFIG_PARAMS);
	bt_git_cmd_env(&c, "GIT_DIFF_OPTS");
	bt_git_cmd_env(&c, "GIT_EXTERNAL_DIFF");
	/* Nobody waits for a network when committing. */
	bt_git_cmd_env(&c, "GIT_NO_LAZY_FETCH=1");
	o = bt_git_cmd_opts(&c);
	o.out = BT_CHILD_PIPE;
	o.err = BT_CHILD_FILE;	/* the trace comes line by line */
	o.timeout_ms = left_ms(a);
	o.out_max = detail == ASK_LIST ? LIST_MAX : OUTPUT_MAX;
	bt_buf_clear(&a->out);
	bt_buf_clear(&a->trace);
	rc = bt_child_run(&o, NULL, 0, &a->out, &a->trace, ret_status, err);
	bt_buf_cstr(&a->out);
	return rc;
}

/* What git said beside its trace, for messages. */
static int diff_index_fail(struct asking *a, int status, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	const char *p = bt_buf_cstr(&a->trace);

	for (; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (*p != '{')
			bt_buf_addf(&text, "%.*s\n", (int)strcspn(p, "\n"), p);
	return bt_git_fail(err, BT_ERR_FAIL, "cannot list what is staged", bt_buf_cstr(&text), status);
}

/* No commit yet: HEAD names nothing, and everything is compared with the empty tree. */
static bool head_is_unborn(const struct bt_repo *repo)
{
	static const char *const argv[] = { "rev-parse", "--verify", "--quiet", "HEAD^{tree}", NULL };
	struct bt_err ignored = BT_ERR_INIT;

	return bt_git_run_argv(repo, argv, NULL, &ignored) != 0;
}

/* With patches when they are not too many, then without; *ret_all says which. */
static int ask(struct asking *a, const char *tree, bool *ret_all, int *ret_status, struct bt_err *err)
{
	struct bt_err ignored = BT_ERR_INIT;
	int rc = diff_index(a, tree, ASK_ALL, ret_status, &ignored);

	*ret_all = !rc && !*ret_status;
	if (*ret_all)
		return 0;
	if (rc && (rc != BT_ERR_LIMIT || a->out.len < OUTPUT_MAX))
		return *err = ignored, rc;
	return diff_index(a, tree, ASK_LIST, ret_status, err);
}

/*
 * The lines of changed files, when whole files were too much; when these are too much as well, they stay
 * unknown.
 */
static int ask_lines(struct bt_incoming *in, struct asking *a, const char *tree, struct bt_err *err)
{
	struct bt_err ignored = BT_ERR_INIT;
	const char *at, *end;
	struct bt_raw_entry e;
	int status, rc = diff_index(a, tree, ASK_LINES, &status, &ignored);

	if (rc || status)
		return 0;
	at = a->out.data;
	end = at + a->out.len;
	while ((rc = bt_raw_entry_next(&at, end, &e, err)) == BT_ROW)
		;
	bt_incoming_take_lines(in, at, end);
	return rc;
}

/* The list, and what came with it. The tree it is compared with stays in `tree`. */
static int ask_head(struct asking *a, struct bt_buf *tree, bool *ret_all, struct bt_err *err)
{
	int status, rc;

	bt_buf_adds(tree, "HEAD");
	rc = ask(a, tree->data, ret_all, &status, err);
	if (rc || !status)
		return rc;
	if (!head_is_unborn(a->repo))
		return diff_index_fail(a, status, err);
	bt_buf_clear(tree);
	if (bt_raw_empty_tree(a->repo, tree, err))
		return err->code;
	rc = ask(a, tree->data, ret_all, &status, err);
	return rc || !status ? rc : diff_index_fail(a, status, err);
}

/* --- the configuration, out of the trace --- */

/* The value of "key":"…" in a line of the trace, with its escapes taken out. False when there is none. */
static bool trace_field(const char *line, size_t len, const char *key, struct bt_buf *out)
{
	BT_FREE char *mark = bt_xasprintf("\"%s\":\"", key);
	const char *p = memmem(line, len, mark, strlen(mark)), *end = line + len;

	if (!p)
		return false;
	for (p += strlen(mark); p < end && *p != '"'; p++) {
		static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
		const char *at;
		char hex[3] = "";

		if (*p != '\\' || p + 1 >= end) {
			bt_buf_addch(out, *p);
			continue;
		}
		at = strchr(from, *++p);
		if (at) {
			bt_buf_addch(out, to[at - from]);
		} else if (*p == 'u' && end - p > 4) {	/* \u00XX: git writes no others */
			memcpy(hex, p + 3, 2);
			bt_buf_addch(out, (int)strtoul(hex, NULL, 16));
			p += 4;
		} else {
			bt_buf_addch(out, *p);
		}
	}
	return true;
}

/* False when the trace is not whole: then nothing can be said about what is not in it. */
static bool trace_listing(const struct bt_buf *trace, struct bt_buf *listing)
{
	const char *p = bt_buf_cstr(trace), *end = p + trace->len;
	bool whole = false;

	while (p < end) {
		static const char param[] = "{\"event\":\"def_param\"", last[] = "{\"event\":\"atexit\"";
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ? nl : end) - p);
		BT_BUF_OWNED struct bt_buf scope = BT_BUF_INIT, name = BT_BUF_INIT, value = BT_BUF_INIT;

		whole = whole || !strncmp(p, last, sizeof(last) - 1);
		if (!strncmp(p, param, sizeof(param) - 1) && trace_field(p, len, "param", &name)) {
			bool has_value = trace_field(p, len, "value", &value);

			trace_field(p, len, "scope", &scope);
			bt_buf_addf(listing, "%s%c%s configuration", bt_buf_cstr(&scope), 0, bt_buf_cstr(&scope));
			bt_buf_addch(listing, '\0');
			bt_buf_add(listing, bt_buf_cstr(&name), name.len);
			if (has_value) {
				bt_buf_addch(listing, '\n');
				bt_buf_add(listing, bt_buf_cstr(&value), strlen(bt_buf_cstr(&value)));
			}
			bt_buf_addch(listing, '\0');
		}
		p += len + (nl != NULL);
	}
	return whole;
}

static int read_listing(struct asking *a, struct bt_buf *listing, struct bt_err *err)
{
	static const char *const argv[] = { BT_GIT_CONFIG_LISTING, NULL };

	if (trace_listing(&a->trace, listing))
		return 0;
	bt_buf_clear(listing);
	return bt_git_run_argv(a->repo, argv, listing, err);
}

/* --- merges --- */

/* The ids in MERGE_HEAD, a line each; an empty buffer when no merge is being committed. */
static int merge_heads(const struct bt_repo *repo, struct bt_buf *out, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/MERGE_HEAD", repo->git_dir);
	struct bt_err missing = BT_ERR_INIT;
	int rc = bt_file_read(path, 1 << 16, out, &missing);

	if (rc && rc != BT_ERR_NOT_FOUND)
		*err = missing;
	return rc == BT_ERR_NOT_FOUND ? 0 : rc;
}

/* Takes out what is the same in one more parent; its blob there is not what the new one grew from. */
static int keep_differing(struct bt_incoming *in, struct asking *a, const char *parent, struct bt_err *err)
{
	BT_INCOMING_OWNED struct bt_incoming other = BT_INCOMING_INIT;
	size_t kept = 0, k = 0;
	int status, rc = diff_index(a, parent, ASK_LIST, &status, err);

	if (!rc && status)
		rc = diff_index_fail(a, status, err);
	if (!rc)
		rc = bt_incoming_take_raw(&other, a->out.data, a->out.len, NULL, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < in->nr; i++) {
		int order = -1;

		while (k < other.nr && (order = strcmp(other.files[k].path, in->files[i].path)) < 0)
			k++;
		if (k < other.nr && !order)
			in->files[kept++] = in->files[i];
	}
	in->nr = kept;
	return 0;
}

static int take_merge(struct bt_incoming *in, struct asking *a, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf heads = BT_BUF_INIT;
	char *p, *end;

	if (merge_heads(a->repo, &heads, err))
		return err->code;
	if (!heads.len)
		return 0;
	p = heads.data;
	end = p + heads.len;
	while (p < end && in->nr) {
		size_t len = strcspn(p, "\n");

		p[len] = '\0';
		if (len && keep_differing(in, a, p, err))
			return err->code;
		p += len + 1;
	}
	return 0;
}

int bt_incoming_staged(struct bt_incoming *in, const struct bt_repo *repo, struct bt_buf *listing,
		       int timeout_ms, struct bt_err *err)
{
	BT_CLEANUP(asking_release) struct asking a = {
		.repo = repo, .out = BT_BUF_INIT, .trace = BT_BUF_INIT,
		.deadline_ms = timeout_ms ? bt_clock_ms() + timeout_ms : 0,
	};
	BT_BUF_OWNED struct bt_buf tree = BT_BUF_INIT;
	const char *patch;
	bool all;

	if (ask_head(&a, &tree, &all, err) || (listing && read_listing(&a, listing, err)) ||
	    bt_incoming_take_raw(in, a.out.data, a.out.len, &patch, err))
		return err->code;
	if (all)
		bt_incoming_take_patch(in, patch, a.out.data + a.out.len);
	else if (ask_lines(in, &a, tree.data, err))
		return err->code;
	return take_merge(in, &a, err);
}
