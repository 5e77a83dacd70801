/*
 * git's trace2: this process takes part in the traces of git commands, as a third party does. GIT_TRACE2 (for people), GIT_TRACE2_PERF
 * (columns) and GIT_TRACE2_EVENT (one JSON object per line) name a target each: 1 or true (stderr), a digit (a descriptor), an absolute path (a
 * file that is appended to; a folder: a file of its own in it), af_unix:[stream:|dgram:]<path>. Where the environment says nothing, trace2.*Target
 * of git's system and global configuration do.
 *
 * The id of our session stands behind that of the process that started us (GIT_TRACE2_PARENT_SID); those we start find ours there. Events:
 * version, start, def_repo, cmd_name, error, child_start, child_exit, exec, exit, atexit; with "file" and "line" left out, as
 * trace2.eventBrief has it. Secrets are taken out of what is told.
 *
 * As with the trace (trace.h) the state is that of the process, and nothing here fails.
 */
#ifndef BT_BASE_TRACE2_H
#define BT_BASE_TRACE2_H

#include <stdbool.h>
#include <stdint.h>

enum bt_trace2_target { BT_TRACE2_NORMAL, BT_TRACE2_PERF, BT_TRACE2_EVENT, BT_TRACE2_NR };
/* The keys of git's configuration, as git lists them: "trace2.normaltarget", ... */
extern const char *const bt_trace2_keys[BT_TRACE2_NR];

/* First of all: reads the environment. argv ends with NULL and stays. exe_version: our own. */
void bt_trace2_start(const char *const *argv, const char *exe_version);
/* What the configuration says (values may be NULL), for targets that the environment leaves out; what has been told already is told there too. */
void bt_trace2_configure(const char *const targets[BT_TRACE2_NR]);
bool bt_trace2_on(void);

void bt_trace2_repo(const char *worktree);
void bt_trace2_name(const char *name);		/* "batho-def" */
void bt_trace2_error(const char *message);
/* The number of a child, from 0. */
int bt_trace2_child_start(const char *const *argv, const char *cwd);
void bt_trace2_child_exit(int child, int pid, int status, int64_t start_us);
void bt_trace2_exec(const char *const *argv);	/* about to become another program */
void bt_trace2_exit(int status);

/* For tests: as if the process had just begun. */
void bt_trace2_reset(void);

#endif
