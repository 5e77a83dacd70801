/*
 * From argv to an exit status: options, repository, configuration, output, one error line.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/path.h"
#include "core/base/signal.h"
#include "core/base/text.h"
#include "core/base/trace.h"
#include "core/base/trace2.h"
#include "core/index/budget.h"
#include "store/frozen.h"
#include "git-batho/context.h"
#include "git-batho/logs.h"
#include "git-batho/manual.h"
#include "git-batho/metrics.h"

#define STATUS_FATAL 128
#define STATUS_USAGE 129
#define STATUS_INTERRUPTED 130
#define STATUS_PIPE 141

const struct bt_opt bt_common_options[] = {
	{ .type = BT_OPT_GROUP, .help = "output" },
	{ .type = BT_OPT_ENUM, .name = "format", .choices = bt_format_names,
	  .help = "how the answer looks", BT_OPT_AT(struct bt_common_opts, format) },
	{ .type = BT_OPT_SET, .name = "json", .value = BT_FORMAT_JSON,
	  .help = "the same as --format=json", BT_OPT_AT(struct bt_common_opts, format) },
	{ .type = BT_OPT_SET, .name = "porcelain", .value = BT_FORMAT_PORCELAIN,
	  .help = "the same as --format=porcelain", BT_OPT_AT(struct bt_common_opts, format) },
	{ .type = BT_OPT_FLAG, .letter = 'z', .flags = BT_OPT_NO_NEG,
	  .help = "end fields with NUL and quote nothing", BT_OPT_AT(struct bt_common_opts, nul) },
	{ .type = BT_OPT_FLAG, .letter = 'q', .name = "quiet", .help = "no notices and no progress",
	  BT_OPT_AT(struct bt_common_opts, quiet) },
	{ .type = BT_OPT_TRI, .name = "progress", .help = "show progress although stderr is no terminal",
	  BT_OPT_AT(struct bt_common_opts, progress) },
	{ .type = BT_OPT_ENUM, .name = "color", .choices = bt_color_when_names, .flags = BT_OPT_OPTIONAL,
	  .optional = "always", .help = "colour the answer", BT_OPT_AT(struct bt_common_opts, color) },
	BT_OPT_END
};

void bt_notice(const struct bt_context *c, const char *fmt, ...)
{
	BT_BUF_OWNED struct bt_buf safe = BT_BUF_INIT;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	bt_log(BT_LOG_WARN, c->command->name, "notice", NULL, 0, "%s", text);
	if (c->common.quiet)
		return;
	bt_text_safe(&safe, text, strlen(text), 0);
	fprintf(stderr, "git-batho: %s\n", bt_buf_cstr(&safe));
}

void bt_display_path(const struct bt_context *c, const char *path, struct bt_buf *out)
{
	const char *prefix = c->repo.prefix ? c->repo.prefix : "";
	size_t common = 0;

	for (size_t i = 0; prefix[i] && path[i] == prefix[i]; i++)
		if (prefix[i] == '/')
			common = i + 1;
	for (const char *p = prefix + common; *p; p++)
		if (*p == '/')
			bt_buf_adds(out, "../");
	bt_buf_adds(out, path + common);
}

/* Takes "", "." and ".." out of a path; false when it leaves the top. */
static bool normalize(char *path)
{
	char *out = path;

	for (char *p = path; *p;) {
		size_t len = strcspn(p, "/");

		if (len == 2 && !memcmp(p, "..", 2)) {
			if (out == path)
				return false;
			out--;
			while (out > path && out[-1] != '/')
				out--;
		} else if (len && !(len == 1 && *p == '.')) {
			memmove(out, p, len);
			out += len;
			if (p[len] == '/')
				*out++ = '/';
		}
		p += len + (p[len] == '/');
	}
	*out = '\0';
	return true;
}

int bt_tree_path(const struct bt_context *c, const char *arg, struct bt_buf *out, struct bt_err *err)
{
	BT_FREE char *path = NULL;
	size_t top_len = c->repo.top ? strlen(c->repo.top) : 0;

	if (*arg == '/' && top_len && !strncmp(arg, c->repo.top, top_len) && arg[top_len] == '/')
		path = bt_xstrdup(arg + top_len + 1);
	else if (*arg == '/')
		return bt_err_set(err, BT_ERR_USAGE, "path '%s' is outside the repository", arg);
	else
		path = bt_xasprintf("%s%s", c->repo.prefix ? c->repo.prefix : "", arg);
	if (!normalize(path))
		return bt_err_set(err, BT_ERR_USAGE, "path '%s' is outside the repository", arg);
	bt_buf_adds(out, path);
	return 0;
}

static void choose_store_dir(struct bt_context *c)
{
	const char *given = getenv("BATHO_STORE_DIR");

	c->store_dir = given && *given ? bt_xstrdup(given) : bt_xasprintf("%s/batho", c->repo.common_dir);
}

bool bt_context_can_write(const struct bt_context *c)
{
	BT_FREE char *db = bt_xasprintf("%s/index.db", c->store_dir);

	if (!access(c->store_dir, W_OK))
		return !access(db, W_OK) || errno == ENOENT;
	return errno == ENOENT && !access(c->repo.common_dir, W_OK);
}

char *bt_context_place(const struct bt_context *c)
{
	const char *slash = strrchr(c->store_dir, '/');

	if (!slash || slash == c->store_dir || !access(c->store_dir, F_OK))
		return bt_xstrdup(c->store_dir);
	return bt_xstrndup(c->store_dir, (size_t)(slash - c->store_dir));
}

/* Room for the smallest index and its log, in bytes: with less the attempt is not worth it. */
#define STORE_ROOM_MIN ((uint64_t)1 << 20)

static bool is_full(const char *dir)
{
	struct statvfs st;

	return !statvfs(dir, &st) && st.f_blocks && (uint64_t)st.f_bavail * st.f_frsize < STORE_ROOM_MIN;
}

int bt_context_store_aside(struct bt_context *c, struct bt_err *err)
{
	const char *tmp = getenv("TMPDIR");
	BT_FREE char *dir = bt_xasprintf("%s/batho-XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp");

	if (!c->store_dir || c->store_temporary || getenv("BATHO_STORE_DIR") ||
	    (bt_context_can_write(c) && !is_full(c->repo.common_dir)))
		return 0;
	if (!mkdtemp(dir)) {
		bt_err_errno(err, "cannot make a temporary folder '%s'", dir);
		return bt_err_hint(err, "set TMPDIR to a folder that can be written");
	}
	bt_store_free(&c->store);
	free(c->store_dir);
	c->store_dir = bt_xstrdup(dir);
	c->store_temporary = true;
	return 0;
}

void bt_context_store_place(struct bt_context *c)
{
	bt_budget_apply(c->store, c->conf);
}

bool bt_context_tell_away(struct bt_context *c, const char *what)
{
	struct bt_err ignored = BT_ERR_INIT;
	const char *path;
	bool away = false;

	if (!c->store || bt_store_frozen_away(c->store, &away, &ignored) || !away)
		return false;
	path = bt_store_frozen_path(c->store, &ignored);
	bt_notice(c, "the file '%s' of frozen facts is not there: %s", path ? path : "?", what);
	return true;
}

int bt_context_store(struct bt_context *c, struct bt_err *err)
{
	if (c->store)
		return 0;
	if (bt_store_open(c->store_dir, BT_STORE_READ, 0, &c->store, err))
		return err->code;
	bt_context_store_place(c);
	return bt_store_read_begin(c->store, err);
}

void bt_context_store_remove(struct bt_context *c)
{
	static const char *const names[] = { "index.db", "index.db-wal", "index.db-shm",
					     "index.db-journal", "tally" };

	if (!c->store_temporary)
		return;
	for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
		BT_FREE char *path = bt_xasprintf("%s/%s", c->store_dir, names[i]);

		unlink(path);
	}
	rmdir(c->store_dir);
}

static void context_release(struct bt_context *c)
{
	bt_out_free(&c->out);
	bt_store_free(&c->store);	/* nobody waits for a reader of the answer */
	bt_pager_finish(&c->pager);
	bt_context_store_remove(c);
	bt_conf_free(&c->conf);
	bt_repo_release(&c->repo);
	free(c->store_dir);
}

static int open_repo(struct bt_context *c, const char *rev, struct bt_err *err)
{
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream listing;
	struct bt_err unasked = BT_ERR_INIT;
	bool head = c->command->flags & BT_NEEDS_HEAD;

	c->rev.spec = rev ? rev : "HEAD";
	c->rev.optional = !rev;
	bt_conf_ask(&listing, &unasked);
	if (bt_repo_open(&c->repo, &c->rev, head ? 1 : 0, err))
		return err->code;
	if (unasked.code)
		return *err = unasked, err->code;
	choose_store_dir(c);
	if (bt_conf_open(&c->repo, &listing, &c->conf, err))
		return err->code;
	c->repo.no_config_hooks = !bt_conf_has_hooks(c->conf);
	bt_logs_open(c);
	return 0;
}

int bt_context_repo(struct bt_context *c, struct bt_err *err)
{
	return open_repo(c, NULL, err);
}

int bt_context_lenient(struct bt_context *c, bt_conf_warn *warn, void *ctx, struct bt_err *err)
{
	static const char *const argv[] = { BT_GIT_CONFIG_LISTING, NULL };
	BT_BUF_OWNED struct bt_buf listing = BT_BUF_INIT;
	struct bt_err none = BT_ERR_INIT;
	bool inside = !bt_repo_open(&c->repo, NULL, 0, &none);

	if (!inside && !strstr(none.msg, "not a git repository"))
		return *err = none, err->code;
	if (bt_git_run_argv(inside ? &c->repo : NULL, argv, &listing, err))
		return bt_err_wrap(err, "cannot read git's configuration");
	if (bt_conf_open_listed(bt_buf_cstr(&listing), listing.len, warn, ctx, &c->conf, err))
		return err->code;
	if (inside) {
		c->repo.no_config_hooks = !bt_conf_has_hooks(c->conf);
		choose_store_dir(c);
	}
	return 0;
}

static void open_output(struct bt_context *c)
{
	bool human = c->common.format == BT_FORMAT_HUMAN || c->aside;
	bool records = !human && c->common.format <= BT_FORMAT_PORCELAIN;
	struct bt_color_conf color = {
		.option = (enum bt_color_when)c->common.color,
		.color_batho = c->conf ? bt_conf_git(c->conf, "color.batho") : NULL,
		.color_ui = c->conf ? bt_conf_git(c->conf, "color.ui") : NULL,
		.color_pager = c->conf ? bt_conf_git(c->conf, "color.pager") : NULL,
	};
	struct bt_pager_conf pager = {
		.off = !human || !(c->command->flags & BT_PAGES),
		.pager_batho = c->conf ? bt_conf_git(c->conf, "pager.batho") : NULL,
		.core_pager = c->conf ? bt_conf_git(c->conf, "core.pager") : NULL,
	};
	struct bt_out_opts out = {
		.format = records ? (enum bt_format)c->common.format : BT_FORMAT_HUMAN, .nul = c->common.nul && !c->aside,
		.command = c->command->name, .fd = STDOUT_FILENO,
	};

	bt_pager_start(&c->pager, &pager);
	if (human && bt_term_color(&color)) {
		bt_palette_init(&c->palette);
		out.palette = &c->palette;
	}
	c->out = bt_out_new(&out);
}

static int status_of(const struct bt_err *err)
{
	if (err->code == BT_ERR_PIPE)
		return STATUS_PIPE;
	if (err->code == BT_ERR_CANCELED)
		return STATUS_INTERRUPTED;
	return err->code == BT_ERR_USAGE ? STATUS_USAGE : STATUS_FATAL;
}

int bt_report(const struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf msg = BT_BUF_INIT, hint = BT_BUF_INIT;

	if (err->code == BT_ERR_PIPE || err->code == BT_ERR_CANCELED)
		return status_of(err);
	bt_text_safe(&msg, err->msg, strlen(err->msg), 0);
	if (msg.len)	/* else a child said it */
		fprintf(stderr, "git-batho: %s\n", msg.data);
	bt_text_safe(&hint, err->hint, strlen(err->hint), 0);
	if (hint.len)
		fprintf(stderr, "hint: %s\n", hint.data);
	return status_of(err);
}

/* -h, --help, --list-options */
static int ask(const struct bt_command *cmd, const struct bt_opt_spec *spec, enum bt_opt_ask what,
	       struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	if (what == BT_ASK_MANUAL && !bt_manual_open(cmd->name))
		return 0;
	if (what == BT_ASK_LIST)
		bt_opt_describe(spec, &text);
	else
		bt_opt_usage(spec, &text);
	if (bt_fd_write_full(STDOUT_FILENO, bt_buf_cstr(&text), text.len, "stdout", err))
		return err->code;
	return what == BT_ASK_USAGE ? STATUS_USAGE : 0;
}

/* The value of --rev, which decides what is resolved when the repository is opened. */
static const char *rev_option(const struct bt_command *cmd, const void *opts)
{
	const struct bt_opt *row = cmd->options ? bt_opt_find(cmd->options, "rev") : NULL;

	return row ? *(const char *const *)((const char *)opts + row->offset) : NULL;
}

static int run_command(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	int rc;

	if ((c->command->flags & BT_NEEDS_REPO) && open_repo(c, rev_option(c->command, opts), err))
		return err->code;
	c->aside = c->command->goes_aside && c->command->goes_aside(opts);
	open_output(c);
	rc = c->command->run(c, opts, args, err);
	if (rc >= 0 && bt_out_finish(c->out, err))
		return err->code;
	if (rc < 0) {
		struct bt_err ignored = BT_ERR_INIT;

		bt_out_flush(c->out, &ignored);
	}
	return rc;
}

/* The options that all commands take, with the formats of this one. */
static void common_rows(const struct bt_command *cmd, struct bt_opt *rows)
{
	const struct bt_opt *from = bt_common_options;

	do {
		*rows = *from;
		if (cmd->formats && rows->choices == bt_format_names)
			rows->choices = cmd->formats;
		rows++;
	} while ((from++)->type != BT_OPT_NONE);
}

/* The options of a command while it runs; lists in them are the only thing that is owned. */
struct owned_opts {
	const struct bt_opt *rows;
	void *values;
};

static void owned_opts_release(struct owned_opts *o)
{
	for (const struct bt_opt *row = o->rows; row && row->type != BT_OPT_NONE; row++)
		if (row->type == BT_OPT_LIST)
			bt_opt_list_release((struct bt_opt_list *)((char *)o->values + row->offset));
	free(o->values);
}

static int run(const struct bt_command *cmd, int argc, char **argv, char **whole, struct bt_err *err)
{
	BT_CLEANUP(context_release) struct bt_context c = {
		.command = cmd, .argv = whole, .common = { .color = BT_COLOR_UNSAID },
	};
	void *opts = bt_xcalloc(1, cmd->options_size + 1);
	BT_CLEANUP(owned_opts_release) struct owned_opts owned = { cmd->options, opts };
	BT_FREE char *name = bt_xasprintf("git batho %s", cmd->name);
	BT_CLEANUP(bt_args_release) struct bt_args args = { .nr = 0 };
	struct bt_opt common[BT_OPT_ROWS_MAX];
	struct bt_opt_set sets[2] = { { .rows = common, .target = &c.common } };
	struct bt_opt_spec spec = { .command = name, .usage = cmd->usage, .sets = sets, .sets_nr = 1 };
	int64_t start_us = bt_clock_us();
	int rc;

	common_rows(cmd, common);
	if (cmd->defaults)
		memcpy(opts, cmd->defaults, cmd->options_size);
	if (cmd->options) {
		sets[1] = sets[0];
		sets[0] = (struct bt_opt_set){ .rows = cmd->options, .target = opts };
		spec.sets_nr = 2;
	}
	if (bt_opt_parse(&spec, argc, (const char *const *)argv, &args, err))
		return err->code;
	if (args.ask != BT_ASK_RUN)
		return ask(cmd, &spec, args.ask, err);
	rc = run_command(&c, opts, &args, err);
	bt_metrics_finish(&c, start_us, rc);
	if (rc < 0 && rc != BT_ERR_PIPE)
		bt_logs_error(cmd->name, err);
	if (c.conf)
		bt_logs_end(&c, start_us, rc < 0 ? status_of(err) : rc);
	return rc;
}

static const struct bt_command *find_in(const struct bt_command *const *commands, const char *name)
{
	for (; *commands; commands++)
		if (!strcmp((*commands)->name, name))
			return *commands;
	return NULL;
}

int bt_program_main(const struct bt_command *const *commands, int argc, char **argv)
{
	const struct bt_command *cmd = argc > 1 ? find_in(commands, argv[1]) : NULL;
	struct bt_err err = BT_ERR_INIT;
	char name[64];
	int rc;

	bt_fd_sanitize();
	bt_cancel_install();
	bt_trace2_start((const char *const *)argv, PACKAGE_VERSION);
	bt_logs_early();
	if (!cmd) {
		bt_err_set(&err, BT_ERR_USAGE, "'%s' is not a git-batho command", argc > 1 ? argv[1] : "");
		bt_err_hint(&err, "see `git batho help`");
		return bt_report(&err);
	}
	snprintf(name, sizeof(name), "batho-%s", cmd->name);
	bt_trace2_name(name);
	bt_trace("git batho %s", cmd->name);
	rc = run(cmd, argc - 1, argv + 1, argv, &err);
	if (rc < 0)
		rc = bt_report(&err);
	bt_trace("exit %d", rc);
	bt_trace2_exit(rc);
	return rc;
}
