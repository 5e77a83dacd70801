/*
 * Child processes: argv arrays, never a shell; own process group; a deadline that kills the group;
 * captured output is bounded. The environment is the caller's, changed only by `env`.
 */
#ifndef BT_BASE_CHILD_H
#define BT_BASE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/buf.h"

enum bt_child_fd {
	BT_CHILD_INHERIT,	/* the parent's descriptor */
	BT_CHILD_NULL,		/* /dev/null */
	BT_CHILD_PIPE,		/* a pipe; the parent's end is in struct bt_child */
	BT_CHILD_FILE,		/* stderr: a file in memory, for bt_child_run, which is not woken for every line then */
};

struct bt_child_opts {
	const char *const *argv;	/* NULL-terminated; argv[0] is looked up in PATH */
	const char *const *env;		/* "NAME=value", or "NAME" to unset; then NULL; or NULL */
	const char *cwd;		/* or NULL */
	enum bt_child_fd in, out, err;
	bool same_group;		/* stay in our process group (foreground children) */
	bool own_session; /* without our terminal: what would ask there (ssh for a passphrase) fails instead of waiting */
	int timeout_ms;			/* for bt_child_run; 0: none */
	size_t out_max;			/* for bt_child_run; 0: BT_BUF_DEFAULT_MAX */
};

struct bt_child {
	pid_t pid;	/* 0: none */
	int in, out, err;	/* our ends, or -1 */
	int trace2;		/* its number there (trace2.h); -1: it is not told */
	int64_t start_us;
};

#define BT_CHILD_INIT { .pid = 0, .in = -1, .out = -1, .err = -1, .trace2 = -1 }

int bt_child_start(struct bt_child *c, const struct bt_child_opts *o, struct bt_err *err);
/* Closes our ends and waits. *ret_status: 0..255 exit, 128 + n signal. */
int bt_child_wait(struct bt_child *c, int *ret_status, struct bt_err *err);
/* Cleanup: kills the group when it still runs, closes, waits. */
void bt_child_release(struct bt_child *c);

/*
 * Runs to the end: writes `in` (may be NULL), collects stdout into *out and stderr into *errout
 * (either may be NULL: inherited, or /dev/null as the options say). A status that is not 0 is not
 * an error here.
 */
int bt_child_run(const struct bt_child_opts *o, const void *in, size_t in_len, struct bt_buf *out,
		 struct bt_buf *errout, int *ret_status, struct bt_err *err);

#endif
