/*
 * git batho check: findings in what changed, or in everything there is.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/rules/check.h"
#include "core/report/report.h"
#include "git-batho/audit.h"
#include "git-batho/check_files.h"
#include "git-batho/commands.h"
#include "git-batho/context.h"
#include "git-batho/spawn.h"

struct check_opts {
	struct bt_check_scope_opts scope;
	bool full, show_suppressed, write_baseline;
	struct bt_opt_list output;
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
	{ .type = BT_OPT_FLAG, .name = "show-suppressed",
	  .help = "also what comments suppress and what the baseline\n"
		  "holds, as such",
	  BT_OPT_AT(struct check_opts, show_suppressed) },
	{ .type = BT_OPT_FLAG, .name = "write-baseline", .flags = BT_OPT_NO_NEG,
	  .help = "write the findings to .batho/baseline.json, so that\n"
		  "they are not held against anybody",
	  BT_OPT_AT(struct check_opts, write_baseline) },
	{ .type = BT_OPT_GROUP, .help = "reports" },
	{ .type = BT_OPT_LIST, .letter = 'o', .name = "output", .metavar = "<file>",
	  .help = "write the report there; <format>:<file> writes a further\n"
		  "one",
	  BT_OPT_AT(struct check_opts, output) },
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

static int path_cmp(const void *key, const void *item)
{
	return strcmp(key, ((const struct bt_incoming_file *)item)->path);
}

static bool is_looked_at(void *ctx, const char *path)
{
	const struct bt_incoming *in = ctx;

	return in->nr && bsearch(path, in->files, in->nr, sizeof(*in->files), path_cmp);
}

/* The file that is about to be written anew; none there is an empty one. */
static int read_baseline_file(struct bt_context *c, struct bt_baseline *ret_b, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/" BT_BASELINE_PATH, c->repo.top);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	if (access(path, F_OK))
		return 0;
	if (bt_file_read(path, BT_BASELINE_FILE_MAX, &text, err))
		return err->code;
	return bt_baseline_read(bt_buf_cstr(&text), text.len, BT_BASELINE_PATH, ret_b, err);
}

/* What it has about files that were not looked at stays, unless all were. */
static int write_baseline(struct bt_context *c, const struct bt_findings *f, struct bt_incoming *in, bool everything,
			  struct bt_err *err)
{
	BT_CLEANUP(bt_baseline_release) struct bt_baseline before = BT_BASELINE_INIT;
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	size_t nr;

	if (!everything && read_baseline_file(c, &before, err))
		return err->code;
	nr = bt_baseline_write(f, everything ? NULL : &before, is_looked_at, in, &text);
	if (bt_buf_check(&text, "the baseline", err) || write_baseline_file(c, &text, err))
		return err->code;
	bt_notice(c, "wrote %zu finding%s to " BT_BASELINE_PATH, nr, nr == 1 ? "" : "s");
	bt_audit(c, "baseline", "ok", "%zu findings written to " BT_BASELINE_PATH, nr);
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
	bt_audit(c, "baseline", "ok", "%zu findings taken out of " BT_BASELINE_PATH, stale);
	return 0;
}

/* ---- the report ---- */

static void display(void *ctx, const char *path, struct bt_buf *out)
{
	bt_display_path(ctx, path, out);
}

/* "sarif:out.json": its format, and where the name of the file begins; -1: a name without a format. */
static int format_of(const char *output, const char **ret_path)
{
	size_t len = strcspn(output, ":");
	int format = output[len] ? bt_report_find(output, len) : -1;

	*ret_path = format < 0 ? output : output + len + 1;
	return format;
}

/* A report without a format of its own takes what else would go to stdout. */
static bool goes_aside(const void *opts)
{
	const struct check_opts *o = opts;
	const char *path;

	for (size_t i = 0; i < o->output.nr; i++)
		if (format_of(o->output.items[i], &path) < 0 && strcmp(path, "-"))
			return true;
	return false;
}

/* Before the work begins. */
static int check_outputs(const struct check_opts *o, struct bt_err *err)
{
	for (size_t i = 0; i < o->output.nr; i++) {
		const char *output = o->output.items[i], *path;
		int format = format_of(output, &path);
		size_t letters = strspn(output, "abcdefghijklmnopqrstuvwxyz");

		if (!*path)
			return bt_err_set(err, BT_ERR_USAGE, "option '--output': '%s' names no file", output);
		if (format >= 0 && !strcmp(path, "-"))
			return bt_err_set(err, BT_ERR_USAGE, "option '--output': the format of stdout is what --format says");
		if (format >= 0 || !letters || output[letters] != ':')
			continue;
		bt_err_set(err, BT_ERR_USAGE, "option '--output': '%.*s' is not a format", (int)letters, output);
		return bt_err_hint(err, "a file of that name is './%s'", output);
	}
	return 0;
}

/* The reports that go into files. *ret_human: one of them is for people. */
static int report_files(struct bt_context *c, const struct check_opts *o, const struct bt_report *r, bool *ret_human,
			struct bt_err *err)
{
	for (size_t i = 0; i < o->output.nr; i++) {
		const char *path;
		int format = format_of(o->output.items[i], &path);

		if (format < 0)
			format = c->common.format;
		if (!strcmp(path, "-"))
			continue;
		*ret_human |= format == BT_FORMAT_HUMAN;
		if (bt_report_file(r, format, c->common.nul, path, err))
			return err->code;
	}
	return 0;
}

static int report(struct bt_context *c, const struct check_opts *o, const struct bt_check *k, struct bt_err *err)
{
	struct bt_report r = {
		.findings = &k->findings, .rules = &k->rules, .fail_on = k->fail_on, .fails = k->fails,
		.full = o->full || o->scope.all, .quiet = c->common.quiet, .display_path = display, .display_ctx = c,
	};
	bool human = false;

	if (report_files(c, o, &r, &human, err))
		return err->code;
	if (!c->aside && c->common.format > BT_FORMAT_PORCELAIN)
		return bt_report_stream(&r, c->common.format, c->common.nul, STDOUT_FILENO, NULL, err);
	if (c->aside && c->common.quiet)
		return 0;
	r.brief = c->aside && human;	/* once is enough */
	bt_report_write(&r, c->out);
	return 0;
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

static int finish(struct bt_context *c, const struct check_opts *o, struct bt_check_files *f, bool everything,
		  const struct bt_check *k, struct bt_err *err)
{
	if (f->in.unmerged_nr)
		bt_notice(c, "%zu path%s with conflicts %s not checked", f->in.unmerged_nr,
			  f->in.unmerged_nr == 1 ? "" : "s", f->in.unmerged_nr == 1 ? "is" : "are");
	if (k->radius_unknown)
		bt_notice(c, "what depends on the change is not known: `git batho index` first");
	for (const char *line = k->stopped; line && *line; line = strchr(line, '\n') + 1)
		bt_notice(c, "%.*s", (int)strcspn(line, "\n"), line);
	if (k->complaints)
		return bt_err_set(err, BT_ERR_FAIL, "%.*s", (int)strcspn(k->complaints, "\n"), k->complaints);
	if (o->write_baseline)
		return write_baseline(c, &k->findings, &f->in, everything, err);
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
	ko.trees[0] = f.trees[0];
	ko.trees[1] = f.trees[1];
	ko.content = f.content;
	ko.full = o->full || o->scope.all || o->write_baseline;
	ko.everything = o->scope.all && !paths_nr;
	ko.compile = o->scope.all || o->full;
	for (size_t i = 0; i < f.in.nr && !ko.compile; i++)
		ko.compile = !strncmp(f.in.files[i].path, BT_POLICY_DIR "/", strlen(BT_POLICY_DIR "/"));
	if (o->write_baseline)
		ko.no_baseline = true;
	k.findings.keep_hidden = o->show_suppressed;
	if (bt_check_run(&ko, &k, err))
		return err->code;
	return finish(c, o, &f, ko.everything, &k, err);
}

static int run_check(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct check_opts *o = opts;
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	const char *range, **paths = NULL;
	size_t nr = 0;
	int rc;

	if (check_outputs(o, err))
		return err->code;
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
	.goes_aside = goes_aside,
	.flags = BT_NEEDS_REPO | BT_PAGES,
	.run = run_check,
};
