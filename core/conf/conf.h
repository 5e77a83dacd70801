/*
 * Configuration: one table of keys (conf/keys.c), one resolution.
 *
 * Order: command line > environment BATHO_<AREA>_<KEY> > git config (`batho.<area>.<key>`: worktree, local,
 * global, system, `git -c`) > tracked .batho/config.ini (only keys that a tracked file may set) > default.
 * git config is read through the git program, once, together with the few keys of git's own that
 * matter here. The tracked file is read from what is judged: the caller gives its bytes.
 */
#ifndef BT_CONF_CONF_H
#define BT_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/git/program.h"

enum bt_key_id {
	BT_KEY_INDEX_MAX_BLOB_SIZE,	/* size, 1..BT_BLOB_SIZE_CAP */
	BT_KEY_INDEX_JOBS,		/* int, 0 (cores) .. BT_JOBS_MAX */
	BT_KEY_INDEX_INCLUDE,		/* list of patterns */
	BT_KEY_INDEX_EXCLUDE,		/* list of patterns */
	BT_KEY_INDEX_TIMEOUT,		/* duration in seconds: hard wall limit per blob */
	BT_KEY_INDEX_CPU_LIMIT,		/* CPU seconds per blob */
	BT_KEY_INDEX_BACKEND,		/* auto | libgit2 | git */
	BT_KEY_HOOKS_TIMEOUT,		/* seconds, 0 (by event) .. 3600 */
	BT_KEY_HOOKS_ON_TIMEOUT,	/* warn | fail */
	BT_KEY_HOOKS_ON_ERROR,		/* warn | fail */
	BT_KEY_HOOKS_ON_MISSING,	/* warn | fail | ignore; read by the installed script */
	BT_KEY_HOOKS_SUBJECT_MAX,	/* characters, 0 (no limit) .. 1000 */
	BT_KEY_HOOKS_TICKET_PATTERN,	/* a POSIX extended regular expression, or NULL */
	BT_KEY_HOOKS_CONVENTIONAL,	/* bool */
	BT_KEY_HOOKS_TYPES,		/* words between commas */
	BT_KEY_HOOKS_PRE_COMMIT_MODE,	/* enforce | warn | off; these rows in the order of enum bt_hook_event */
	BT_KEY_HOOKS_PRE_MERGE_COMMIT_MODE,
	BT_KEY_HOOKS_COMMIT_MSG_MODE,
	BT_KEY_HOOKS_PRE_PUSH_MODE,
	BT_KEY_HOOKS_PRE_RECEIVE_MODE,
	BT_KEY_HOOKS_UPDATE_MODE,
	BT_KEY_HOOKS_POST_COMMIT_MODE,
	BT_KEY_HOOKS_POST_MERGE_MODE,
	BT_KEY_HOOKS_POST_CHECKOUT_MODE,
	BT_KEY_HOOKS_POST_REWRITE_MODE,
	BT_KEY_RULES_PACKS,		/* words between commas */
	BT_KEY_RULES_SIGNATURE_CALLS,	/* 1 .. 100000 */
	BT_KEY_RULES_WIDE_DEPENDENTS,	/* 1 .. 10000 */
	BT_KEY_CHECK_FAIL_ON,		/* never | note | warning | error */
	BT_KEY_CHECK_LARGE_FILE,	/* bytes; 0: none is too large */
	BT_KEY_BATCH_WINDOW_COMMIT,	/* seconds, 0 (at once) .. 86400; these rows in the order of enum bt_action_kind */
	BT_KEY_BATCH_WINDOW_MERGE,
	BT_KEY_BATCH_WINDOW_PUSH,
	BT_KEY_BATCH_WINDOW_WORKFLOW,
	BT_KEY_BATCH_WINDOW_DEPLOY,
	BT_KEY_BATCH_URGENT_COMMIT,	/* the same for urgent ones */
	BT_KEY_BATCH_URGENT_MERGE,
	BT_KEY_BATCH_URGENT_PUSH,
	BT_KEY_BATCH_URGENT_WORKFLOW,
	BT_KEY_BATCH_URGENT_DEPLOY,
	BT_KEY_BATCH_DEBOUNCE_CAP,	/* windows, 1 .. 100 */
	BT_KEY_BATCH_MAX_SIZE,		/* actions, 1 .. 100 */
	BT_KEY_BATCH_MAX_PARALLEL,	/* batches, 1 .. 10 */
	BT_KEY_BATCH_STYLE,		/* squash | stack, as enum bt_fold_style */
	BT_KEY_BATCH_HOOKS,		/* per-batch | per-action | none, as enum bt_batch_hooks */
	BT_KEY_BATCH_AUTO_EXECUTE,	/* enum bt_batch_execute */
	BT_KEY_BATCH_VERIFY,		/* a command, NULL or empty: none */
	BT_KEY_BATCH_VERIFY_TIMEOUT,	/* seconds, 1 .. 86400 */
	BT_KEY_BATCH_CHECK,		/* bool */
	BT_KEY_BATCH_PUSH_RETRIES,	/* 0 .. 100 */
	BT_KEY_QUEUE_ON_COMMIT,		/* a branch, NULL or empty: none */
	BT_KEY_QUEUE_ON_PUSH,		/* bool */
	BT_KEY_QUEUE_RETENTION,		/* days, 1 .. 36500 */
	BT_KEY_RETENTION_SNAPSHOT_DAYS,	/* 1 .. 36500, as the other days */
	BT_KEY_RETENTION_MAX_SNAPSHOTS,	/* 1 .. 100000, as the other maximum */
	BT_KEY_RETENTION_PATCH_DAYS,
	BT_KEY_RETENTION_MAX_PATCHES,
	BT_KEY_RETENTION_AUDIT_DAYS,
	BT_KEY_CACHE_MEMORY_MB,		/* 8 .. 65536 */
	BT_KEY_CACHE_MAX_SIZE_MB,	/* 0 (no limit) .. 2^24 */
	BT_KEY_CACHE_FROZEN_DIR,	/* an absolute path, NULL or empty: beside the index */
	BT_KEY_LOG_LEVEL,		/* enum bt_log_level */
	BT_KEY_LOG_FORMAT,		/* text | json */
	BT_KEY_LOG_FILE,		/* an absolute path or "syslog"; NULL or empty: none */
	BT_KEY_LOG_MAX_SIZE,		/* bytes */
	BT_KEY_METRICS_OUTPUT,		/* an absolute path; NULL or empty: none */
	BT_KEY_NR
};

/* The choices of the keys hooks.*.mode, hooks.onTimeout, hooks.onError and hooks.onMissing. */
enum bt_hook_mode { BT_HOOK_ENFORCE, BT_HOOK_WARN, BT_HOOK_OFF };
enum bt_hook_policy { BT_HOOK_ON_WARN, BT_HOOK_ON_FAIL, BT_HOOK_ON_IGNORE };
/* Those of batch.autoExecute. */
enum bt_batch_execute { BT_BATCH_EXECUTE_DETACHED, BT_BATCH_EXECUTE_MANUAL };

enum bt_key_type {
	BT_TYPE_INT,
	BT_TYPE_SIZE,
	BT_TYPE_BOOL,
	BT_TYPE_STRING,
	BT_TYPE_CHOICE,
	BT_TYPE_PATTERNS,	/* a list of patterns, see bt_pattern_parse */
	BT_TYPE_PATH,		/* absolute, below the home folder ("~/..."), or one of the choices; the value has the home folder in it */
};

enum bt_origin { BT_FROM_DEFAULT, BT_FROM_TRACKED, BT_FROM_GIT, BT_FROM_ENV, BT_FROM_COMMAND };

/* git's own scopes, from the widest to the narrowest. */
enum bt_git_scope {
	BT_GIT_SCOPE_NONE,	/* not from git's configuration */
	BT_GIT_SCOPE_SYSTEM,
	BT_GIT_SCOPE_GLOBAL,
	BT_GIT_SCOPE_LOCAL,
	BT_GIT_SCOPE_WORKTREE,
	BT_GIT_SCOPE_COMMAND,	/* `git -c` */
	BT_GIT_SCOPE_NR
};
extern const char *const bt_git_scope_names[BT_GIT_SCOPE_NR];	/* as git calls them; NULL for NONE */

/* Who may set a key, the tracked file apart. */
enum bt_key_scope {
	BT_SCOPE_REPOSITORY,	/* the command line, the environment, git's configuration in every scope */
	BT_SCOPE_USER,		/* the same, but of git's configuration only system, global and `git -c`: what decides where
				   on the user's machine something is written must not come with a repository */
	BT_SCOPE_GIT,		/* git's configuration alone, in every scope: what is run */
};

struct bt_key {
	const char *name;		/* "index.maxBlobSize" */
	enum bt_key_type type;
	int64_t min, max;
	const char *deflt;		/* as text; NULL: empty list */
	const char *const *choices;	/* for BT_TYPE_CHOICE and BT_TYPE_PATH, NULL-terminated */
	const char *unit;		/* "bytes", "seconds", "" */
	enum bt_key_scope scope;
	bool tracked;			/* may .batho/config.ini set it? */
	const char *help;		/* one sentence */
};
extern const struct bt_key bt_keys[BT_KEY_NR];
/* Keys with a name of the user's own in them: "deploy.<name>.command"; ended by a NULL name. They have no default. */
extern const struct bt_key bt_key_families[];
/* The row of a key, or of its family; names compare without case, "batho." may stand before it. NULL: there is none. */
const struct bt_key *bt_key_of(const char *name);
/* The name as the tables write it, without "batho."; of a family with the name of the user's own as it is. bt_key_of has found it. free() */
char *bt_key_name(const char *name);
/* What is expected of a value, in words: "a number from 0 to 256", "one of auto, git". Appends. */
void bt_key_expected(const struct bt_key *k, struct bt_buf *out);
/* BATHO_INDEX_MAX_BLOB_SIZE; NULL: the environment does not set this key. free() */
char *bt_key_env_name(const char *name);

struct bt_value {
	enum bt_origin origin;
	int64_t number;			/* int, size, bool, index of choice */
	const char *text;
	const char *const *list;	/* list_nr strings */
	size_t list_nr;
};

struct bt_conf;

/* Something wrong in what people configured. What does not apply is NULL or 0. */
struct bt_conf_problem {
	const char *msg, *hint;		/* the lines that a command prints; the hint may be empty */
	const char *what;		/* msg without the place */
	const char *file;		/* "/home/a/.gitconfig", "HEAD:.batho/config.ini" */
	unsigned line;
	const char *key;		/* as it is called there */
	const char *value, *expected;
	const char *nearest;		/* a key that is known, as it would be called there */
};
typedef void bt_conf_warn(void *ctx, const struct bt_conf_problem *p);

/*
 * Asks git for its configuration. The answer takes it a millisecond, in which the repository can be opened: git finds it here
 * as it does there. The listing is to be released whatever happens.
 */
int bt_conf_ask(struct bt_git_stream *ret_listing, struct bt_err *err);
/*
 * Reads what was asked for, and the environment. An error names the key as it is called there, the
 * file and line, the value and what is expected, or the nearest key.
 */
int bt_conf_open(const struct bt_repo *repo, struct bt_git_stream *listing, struct bt_conf **ret_conf,
		 struct bt_err *err);
/*
 * For hooks, and for who looks for mistakes: from a listing that somebody has made already, `len` bytes as `git config` with
 * BT_GIT_CONFIG_LISTING prints them. What is wrong in it, in the environment or, later, in a tracked file is told to `warn`, one by
 * one, and counts as not said.
 */
int bt_conf_open_listed(const char *listing, size_t len, bt_conf_warn *warn, void *ctx, struct bt_conf **ret_conf,
			struct bt_err *err);
void bt_conf_free(struct bt_conf **pc);
/*
 * The bytes of a tracked .batho/config.ini, which replace those given before; `where` names it in messages
 * ("HEAD:.batho/config.ini").
 */
int bt_conf_set_tracked(struct bt_conf *c, const char *data, size_t len, const char *where,
			struct bt_err *err);
/*
 * What to do about something wrong in what people configured: 0 when this is a hook, which has told it now and goes on
 * without (*err is as before), else the error's code.
 */
int bt_conf_pass_over(const struct bt_conf *c, struct bt_err *err);
/* A value from the command line. */
int bt_conf_set_command(struct bt_conf *c, enum bt_key_id key, const char *text, struct bt_err *err);

const struct bt_value *bt_conf_get(const struct bt_conf *c, enum bt_key_id key);

/*
 * rules.<id>.severity: "off", "note", "warning" or "error"; *ret_severity is NULL when nothing was said, *ret_tracked whether
 * the project's own file said it.
 */
void bt_conf_rule_severity(const struct bt_conf *c, const char *id, const char **ret_severity, bool *ret_tracked);
extern const char *const bt_conf_severities[];	/* these words, from "off" upwards, NULL-terminated */
/* Everything that was said about rules: number i, false behind the last. */
struct bt_conf_said {
	const char *id, *severity;
	const char *where;	/* "in /home/a/.gitconfig:12" */
	bool tracked;		/* by the project's own file */
};
bool bt_conf_rule_said(const struct bt_conf *c, size_t i, struct bt_conf_said *ret);

/*
 * <area>.<name>.<key>, where the name is the user's: deploy.<name>.command and .probe, workflow.<name>.command, .probe and .tag. From
 * git's configuration alone: neither the tracked file nor the environment says what is run. NULL: nothing was said, or the last that was is
 * empty. *ret_origin (may be NULL): who said it, in git's words ("file:/home/a/.gitconfig", "command line:").
 */
const char *bt_conf_command(const struct bt_conf *c, const char *area, const char *name, const char *key,
			    const char **ret_origin);

/* --- for people who ask where a value comes from --- */

struct bt_conf_source {
	enum bt_origin origin;
	enum bt_git_scope scope;
	const char *name;	/* as the key is called there: "batho.index.jobs", "BATHO_INDEX_JOBS" */
	const char *value;	/* NULL: a name without '=', which is as "true" */
	const char *file;	/* NULL: in none */
	unsigned line;		/* 0: not known */
	bool valid;
	bool counts;		/* it is the value, or one of them */
};
/* All that is said about a key (bt_key_of knows it), the default included, the weakest first. free(*ret) */
void bt_conf_sources(struct bt_conf *c, const char *name, struct bt_conf_source **ret, size_t *ret_nr);
/* Every key of the table and every one of a family that is said, by name. free(*ret), not what is in it. */
void bt_conf_names(struct bt_conf *c, const char ***ret, size_t *ret_nr);
/*
 * Would this be a value of the key (bt_key_of knows it)? BT_ERR_USAGE says what is expected.
 */
int bt_conf_check_value(struct bt_conf *c, const char *name, const char *text, struct bt_err *err);
/* BT_ERR_USAGE: no key has this name; the hint names the nearest. */
int bt_conf_unknown_key(struct bt_conf *c, const char *name, struct bt_err *err);
/*
 * For a configuration with a `warn`: tells it of settings in areas that nobody knows, which are left to other versions
 * otherwise, and of BATHO_ variables that are none.
 */
void bt_conf_check_names(struct bt_conf *c);

/* git's own settings that matter here; NULL when unset. */
const char *bt_conf_git(const struct bt_conf *c, const char *name);	/* "core.ignorecase", "color.ui", ... */
/* The same, said by the user or the machine and not by the repository. */
const char *bt_conf_git_own(const struct bt_conf *c, const char *name);
/* Has git filters (clean, smudge) that may give a file another text than its blob? Those of LFS do not count: a pointer is no text. */
bool bt_conf_has_filters(const struct bt_conf *c);
/* Are hooks defined by configuration (git >= 2.54)? */
bool bt_conf_has_hooks(const struct bt_conf *c);
/* core.sharedRepository as a mode mask: 0 private, 0660, 0664 or an octal value. */
unsigned bt_conf_shared_mode(const struct bt_conf *c);

/*
 * A hash of every value that decides which facts a revision has (limits, patterns), tracked file
 * left out: part of the key of a root tree, whose id covers the tracked file.
 */
uint64_t bt_conf_selection_hash(const struct bt_conf *c);

#endif
