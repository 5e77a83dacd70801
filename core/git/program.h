/*
 * The git program as a child: the one place that says with which options and environment it runs.
 *
 * Every child gets `--no-replace-objects`, no hooks, no fsmonitor, no pager, no `ext::` transport,
 * GIT_OPTIONAL_LOCKS=0, GIT_TERMINAL_PROMPT=0 and untranslated messages; for an open repository
 * GIT_DIR (and GIT_WORK_TREE) are absolute, so that it is the same repository wherever the process
 * stands. stderr is always captured: its first `fatal:` line becomes the message of the error.
 */
#ifndef BT_GIT_PROGRAM_H
#define BT_GIT_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/child.h"
#include "core/base/err.h"
#include "core/git/repo.h"

/* An argument vector and the changes to the environment; both are copies. */
struct bt_git_cmd {
	struct bt_arena arena;
	const char **argv;
	size_t argv_nr, argv_alloc;
	const char **env;
	size_t env_nr, env_alloc;
	const char *cwd; /* borrowed; NULL: the current directory */
};

#define BT_GIT_CMD_INIT      \
	{                    \
		.argv = NULL \
	}
#define BT_GIT_CMD_OWNED BT_CLEANUP(bt_git_cmd_release)

/* `repo` may be NULL: git discovers. */
void bt_git_cmd_init(struct bt_git_cmd *c, const struct bt_repo *repo);
/* The same, but the hooks of the repository run, wherever its configuration says they are: where they are a duty. */
void bt_git_cmd_init_hooked(struct bt_git_cmd *c, const struct bt_repo *repo);
void bt_git_cmd_release(struct bt_git_cmd *c);
/* `-c key=value`; before the subcommand is added. */
void bt_git_cmd_config(struct bt_git_cmd *c, const char *key_value);
void bt_git_cmd_add(struct bt_git_cmd *c, const char *arg);
/* Arguments up to a NULL. */
void bt_git_cmd_addl(struct bt_git_cmd *c, ...) __attribute__((sentinel));
/* "NAME=value", or "NAME" to unset it. */
void bt_git_cmd_env(struct bt_git_cmd *c, const char *assignment);
/* GIT_ALTERNATE_OBJECT_DIRECTORIES: `dir` and what the caller's environment has there. */
void bt_git_cmd_alternate(struct bt_git_cmd *c, const char *dir);
/*
 * Switches off the hooks that are defined by configuration (git >= 2.54), which core.hooksPath does
 * not reach: for the few children that would run one. Before the subcommand is added.
 */
int bt_git_cmd_no_hooks(struct bt_git_cmd *c, const struct bt_repo *repo, struct bt_err *err);
/* The options of a child; they borrow from c. */
struct bt_child_opts bt_git_cmd_opts(struct bt_git_cmd *c);

/*
 * Runs to the end, collecting stdout in *out (NULL: thrown away). A status other than 0 is
 * BT_ERR_FAIL with git's own message, after "what: " unless `what` is NULL.
 */
int bt_git_run(struct bt_git_cmd *c, const char *what, const void *in, size_t in_len,
	       struct bt_buf *out, struct bt_err *err);
/* The same, but the status is an answer; stderr goes to *errout (may be NULL). */
int bt_git_run_status(struct bt_git_cmd *c, const void *in, size_t in_len, struct bt_buf *out,
		      struct bt_buf *errout, int *ret_status, struct bt_err *err);
/* Plain form: `git <argv...>` in repo (or NULL), argv NULL-terminated. */
int bt_git_run_argv(const struct bt_repo *repo, const char *const *argv, struct bt_buf *out,
		    struct bt_err *err);

/* The arguments that list all of git's configuration as core/conf reads it: scope NUL origin NUL name LF value NUL. */
#define BT_GIT_CONFIG_LISTING "config", "-z", "--list", "--show-scope", "--show-origin"

/* Sets code and git's own message found in stderr text; status as bt_child_wait gives it. */
int bt_git_fail(struct bt_err *err, enum bt_code code, const char *what, const char *stderr_text,
		int status);

/*
 * A running git whose output is read piece by piece. Both directions and stderr are served by one
 * poll loop, so that neither side can block the other.
 */
struct bt_git_stream {
	struct bt_child child;
	struct bt_buf send; /* not yet written to its stdin: from send_at */
	size_t send_at;
	struct bt_buf buf; /* read from its stdout; unread bytes start at `at` */
	size_t at;
	struct bt_buf errtext; /* the last bytes of its stderr */
	bool eof;
	bool in_broken; /* it closed its stdin */
	bool send_ends; /* its stdin is closed when everything is written: set it before that */
	int status;	/* after bt_git_stream_finish: 0..255 exit, 128 + n signal */
};

void bt_git_stream_init(struct bt_git_stream *s);
void bt_git_stream_release(struct bt_git_stream *s);
/* With a pipe for stdin when with_input, else /dev/null. buf_max bounds unread output. */
int bt_git_stream_start(struct bt_git_stream *s, struct bt_git_cmd *c, bool with_input,
			size_t buf_max, struct bt_err *err);
/* Writes what the pipe takes without blocking. */
int bt_git_stream_push(struct bt_git_stream *s, struct bt_err *err);
/*
 * Waits until more output is there: BT_ROW, or BT_DONE at its end. May move s->buf.data. Reads at
 * least `want` more bytes when that many come (a hint for large objects).
 */
int bt_git_stream_fill(struct bt_git_stream *s, size_t want, struct bt_err *err);
/*
 * The next record that ends in `delim` (not counted, replaced by NUL); valid until the next call.
 * BT_ROW, or BT_DONE at the end. A last record without delimiter is BT_ERR_CORRUPT.
 */
int bt_git_stream_record(struct bt_git_stream *s, char delim, char **ret_rec, size_t *ret_len,
			 struct bt_err *err);
/* Has git complained about this lately? Reads what is there of its stderr. */
bool bt_git_stream_complained(struct bt_git_stream *s, const char *about);
/* Closes and waits; a status other than 0 is BT_ERR_FAIL with git's message. */
int bt_git_stream_finish(struct bt_git_stream *s, const char *what, struct bt_err *err);

#endif
