/*
 * git batho check: findings in what changed, or in everything there is.
 */
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/rules/check.h"
#include "core/rules/report.h"
#include "git-batho/check_files.h"
#include "git-batho/commands.h"
#include "git-batho/context.h"
#include "git-batho/spawn.h"

struct check_opts {
	struct bt_check_scope_opts scope;
	bool full, write_baseline;
	const char *output;
};

static const struct bt_opt check_options[] = {
	{ .type = BT_OPT_GROUP, .help = "what is checked" },
	{ .type = BT_OPT_FLAG, .name = "staged", .flags = BT_OPT_NO_NEG,
	  .help = "what is staged; the default when something is",
	  BT_OPT_AT(struct check_opts, scope.staged) },
	{ .type = BT_OPT_STRING, .name = "rev", .metavar = "<revision>",
	  .help = "what this commit changed", BT_OPT_AT(struct check_opts, scope.rev) },
	{ .type = BT_OPT_FLAG, .name = "worktree", .flags = BT_OPT_NO_NEG,
	  .help = "what the files as they are change", BT_OPT_AT(struct check_opts, scope.worktree) },
	{ .type = BT_OPT_FLAG, .name = "all", .flags = BT_OPT_NO_NEG,
	  .help = "every file: of HEAD, or of what the options above name",
	  BT_OPT_AT(struct check_opts, scope.all) },
	{ .type = BT_OPT_GROUP, .help = "which findings" },
	{ .type = BT_OPT_FLAG, .name = "full",
	  .help = "all findings in changed files, not only new ones", BT_OPT_AT(struct check_opts, full) },
	{ .type = BT_OPT_FLAG, .name = "write-baseline", .flags = BT_OPT_NO_NEG,
	  .help = "write the findings to .batho/baseline.json, so that\n"
		  "they are not held against anybody",
	  BT_OPT_AT(struct check_opts, write_baseline) },
	{ .type = BT_OPT_STRING, .letter = 'o', .name = "output", .metavar = "<file>",
	  .help = "write the report there", BT_OPT_AT(struct check_opts, output) },
	BT_OPT_END
};

static const char *const check_usage[] = { "[<options>] [<range>] [--] [<path>...]", NULL };

/* ---- making findings: the program that parses ---- */

static int make(void *ctx, const struct bt_request *r, struct bt_buf *complaints, struct bt_err *err)
{
	struct bt_context *c = ctx;
	const char *args[4] = { "findings" };
	size_t nr = 1;
	BT_BUF_OWNED struct bt_buf bytes;

	if (c->common.quiet)
		args[nr++] = "--quiet";
	if (c->common.progress != BT_TRI_UNSET)
		args[nr++] = c->common.progress == BT_TRI_YES ? "--progress" : "--no-progress";
	bt_buf_init(&bytes, BT_REQUEST_LEN_MAX);
	if (bt_request_encode(r, &bytes, err))
		return err->code;
	return bt_indexer_ask(c, args, bt_buf_cstr(&bytes), bytes.len, complaints, err) < 0 ? err->code : 0;
}

/* ---- the baseline ---- */

static int write_baseline_file(struct bt_context *c, const struct bt_buf *text, struct bt_err *err)
{
	BT_FREE char *dir = bt_xasprintf("%s/" BT_POLICY_DIR, c->repo.top);
	BT_FREE char *path = bt_xasprintf("%s/" BT_BASELINE_PATH, c->repo.top);

	if (bt_folder_make(dir, 0777, NULL, err))
		return err->code;
	return bt_file_write_atomic(path, bt_buf_cstr(text), text->len, 0666, err);
}

static int write_baseline(struct bt_context *c, const struct bt_findings *f, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_baseline_write(f, &text);
	if (bt_buf_check(&text, "the baseline", err) || write_baseline_file(c, &text, err))
		return err->code;
	bt_notice(c, "wrote %zu finding%s to " BT_BASELINE_PATH, f->nr, f->nr == 1 ? "" : "s");
	return 0;
}

/* What was mended goes out of the baseline when a person looks at all files there are. */
static int shrink_baseline(struct bt_context *c, const struct bt_check *k, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	size_t stale = bt_baseline_stale(&k->baseline);

	if (!stale)
		return 0;
	bt_baseline_shrink(&k->baseline, &text);
	if (bt_buf_check(&text, "the baseline", err) || write_baseline_file(c, &text, err))
		return err->code;
	bt_notice(c, "took %zu finding%s that %s gone out of " BT_BASELINE_PATH, stale, stale == 1 ? "" : "s",
		  stale == 1 ? "is" : "are");
	return 0;
}

/* ---- the report ---- */

static void display(void *ctx, const char *path, struct bt_buf *out)
{
	bt_display_path(ctx, path, out);
}

static int open_file(const char *path, int *ret_fd, struct bt_err *err)
{
	*ret_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return *ret_fd < 0 ? bt_err_errno(err, "cannot write to '%s'", path) : 0;
}

/* A format that is text of its own. */
static int report_text(struct bt_context *c, const struct bt_report *r, int fd, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	if (bt_report_text(c->common.format, r, &text, err))
		return err->code;
	return bt_fd_write_full(fd, bt_buf_cstr(&text), text.len, fd == STDOUT_FILENO ? "stdout" : "the report",
				err);
}

static int report(struct bt_context *c, const struct check_opts *o, const struct bt_check *k, struct bt_err *err)
{
	BT_CLOSE int file = -1;
	struct bt_report r = {
		.findings = &k->findings, .rules = &k->rules, .fail_on = k->fail_on, .fails = k->fails,
		.full = o->full || o->scope.all, .quiet = c->common.quiet, .display_path = display, .display_ctx = c,
	};
	struct bt_out_opts oo = { .format = (enum bt_format)c->common.format, .nul = c->common.nul,
				  .command = c->command->name };
	struct bt_out *out;
	int rc;

	if (o->output && strcmp(o->output, "-") && open_file(o->output, &file, err))
		return err->code;
	if (c->common.format > BT_FORMAT_PORCELAIN)
		return report_text(c, &r, file >= 0 ? file : STDOUT_FILENO, err);
	if (file < 0) {
		bt_report_write(&r, c->out);
		return 0;
	}
	oo.fd = file;
	out = bt_out_new(&oo);
	bt_report_write(&r, out);
	rc = bt_out_finish(out, err);
	bt_out_free(&out);
	return rc;
}

/* ---- the command ---- */

/* [<range>] [--] [<path>...]: a bare word is no path, and no revision either. */
static int take_arguments(struct bt_context *c, const struct bt_args *args, const char **ret_range,
			  struct bt_buf *paths, const char ***ret_paths, size_t *ret_nr, struct bt_err *err)
{
	size_t before = args->dashes;

	*ret_range = before ? args->items[0] : NULL;
	if (before > 1 || (before && !strstr(args->items[0], ".."))) {
		const char *word = args->items[before > 1 ? 1 : 0];

		bt_err_set(err, BT_ERR_USAGE, "'%s' is not a range", word);
		return bt_err_hint(err, "a revision stands behind --rev, paths behind --");
	}
	*ret_nr = args->nr - before;
	*ret_paths = bt_xcalloc(*ret_nr + 1, sizeof(**ret_paths));
	for (size_t i = before; i < args->nr; i++) {
		bt_buf_clear(paths);
		if (bt_tree_path(c, args->items[i], paths, err))
			return err->code;
		(*ret_paths)[i - before] = bt_xstrdup(bt_buf_cstr(paths));
	}
	return 0;
}

static int finish(struct bt_context *c, const struct check_opts *o, const struct bt_check_files *f,
		  const struct bt_check *k, struct bt_err *err)
{
	if (f->in.unmerged_nr)
		bt_notice(c, "%zu path%s with conflicts %s not checked", f->in.unmerged_nr,
			  f->in.unmerged_nr == 1 ? "" : "s", f->in.unmerged_nr == 1 ? "is" : "are");
	if (k->complaints)
		return bt_err_set(err, BT_ERR_FAIL, "%.*s", (int)strcspn(k->complaints, "\n"), k->complaints);
	if (o->write_baseline)
		return write_baseline(c, &k->findings, err);
	if (o->scope.all && o->scope.worktree && shrink_baseline(c, k, err))
		return err->code;
	return report(c, o, k, err) ? err->code : k->fails;
}

static int check(struct bt_context *c, const struct check_opts *o, const char *range, const char *const *paths,
		 size_t paths_nr, struct bt_err *err)
{
	BT_CLEANUP(bt_check_files_release) struct bt_check_files f = BT_CHECK_FILES_INIT;
	BT_CHECK_OWNED struct bt_check k = BT_CHECK_INIT;
	struct bt_check_opts ko = { .conf = c->conf, .make = make, .make_ctx = c };

	if (bt_context_store_aside(c, err) ||
	    bt_check_files_open(c, &o->scope, range, paths, paths_nr, &f, err))
		return err->code;
	ko.repo = f.repo;
	ko.store_dir = c->store_dir;
	ko.policy = f.policy;
	ko.files = &f.in;
	ko.full = o->full || o->scope.all || o->write_baseline;
	ko.everything = o->scope.all && !paths_nr;
	ko.compile = o->scope.all || o->full;
	for (size_t i = 0; i < f.in.nr && !ko.compile; i++)
		ko.compile = !strncmp(f.in.files[i].path, BT_POLICY_DIR "/", strlen(BT_POLICY_DIR "/"));
	if (o->write_baseline)
		ko.no_baseline = true;
	if (bt_check_run(&ko, &k, err))
		return err->code;
	return finish(c, o, &f, &k, err);
}

static int run_check(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct check_opts *o = opts;
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	const char *range, **paths = NULL;
	size_t nr = 0;
	int rc;

	if (o->write_baseline && !c->repo.top)
		return bt_err_set(err, BT_ERR_USAGE, "a bare repository has no place for a baseline");
	rc = take_arguments(c, args, &range, &path, &paths, &nr, err);
	if (!rc)
		rc = check(c, o, range, paths, nr, err);
	for (size_t i = 0; paths && i < nr; i++)
		free((char *)(uintptr_t)paths[i]);
	free(paths);
	return rc;
}

const struct bt_command bt_cmd_check = {
	.name = "check",
	.summary = "findings in what changed, or in everything",
	.usage = check_usage,
	.options = check_options,
	.options_size = sizeof(struct check_opts),
	.formats = bt_report_names,
	.flags = BT_NEEDS_REPO | BT_PAGES,
	.run = run_check,
};
