/*
 * The one table of keys. git-batho-config(5) is tested against it.
 */
#include "core/base/limits.h"
#include "core/conf/conf.h"

static const char *const backends[] = { "auto", "libgit2", "git", NULL };
static const char *const modes[] = { "enforce", "warn", "off", NULL };
static const char *const policies[] = { "warn", "fail", NULL };
static const char *const missing_policies[] = { "warn", "fail", "ignore", NULL };

/* In the order of severities; "never" stands for none. */
static const char *const fail_on[] = { "never", "note", "warning", "error", NULL };
static const char *const batch_styles[] = { "squash", "stack", NULL };
static const char *const batch_hooks[] = { "per-batch", "per-action", "none", NULL };
static const char *const batch_executes[] = { "detached", "manual", NULL };
static const char *const log_levels[] = { "off", "error", "warn", "info", "debug", NULL };
static const char *const log_targets[] = { "syslog", NULL };
static const char *const log_formats[] = { "text", "json", NULL };

const struct bt_key bt_keys[BT_KEY_NR] = {
	[BT_KEY_INDEX_MAX_BLOB_SIZE] = {
		.name = "index.maxBlobSize", .type = BT_TYPE_SIZE, .min = 1, .max = BT_BLOB_SIZE_CAP,
		.deflt = "1m", .unit = "bytes", .tracked = true,
		.help = "Larger files are left out and counted.",
	},
	[BT_KEY_INDEX_JOBS] = {
		.name = "index.jobs", .type = BT_TYPE_INT, .min = 0, .max = BT_JOBS_MAX, .deflt = "0",
		.unit = "processes", .help = "Parse workers; 0 means one per core.",
	},
	[BT_KEY_INDEX_INCLUDE] = {
		.name = "index.include", .type = BT_TYPE_PATTERNS, .unit = "patterns", .tracked = true,
		.help = "When given, only files that match one of these patterns are indexed.",
	},
	[BT_KEY_INDEX_EXCLUDE] = {
		.name = "index.exclude", .type = BT_TYPE_PATTERNS, .unit = "patterns", .tracked = true,
		.help = "Files that match one of these patterns are not indexed.",
	},
	[BT_KEY_INDEX_TIMEOUT] = {
		.name = "index.timeout", .type = BT_TYPE_INT, .min = 1, .max = 3600, .deflt = "30",
		.unit = "seconds", .help = "Wall time after which the parsing of one file is killed.",
	},
	[BT_KEY_INDEX_CPU_LIMIT] = {
		.name = "index.cpuLimit", .type = BT_TYPE_INT, .min = 1, .max = 3600, .deflt = "10",
		.unit = "seconds", .help = "CPU time after which the parsing of one file is killed.",
	},
	[BT_KEY_INDEX_BACKEND] = {
		.name = "index.backend", .type = BT_TYPE_CHOICE, .choices = backends, .deflt = "auto",
		.unit = "", .help = "Who reads objects while indexing: libgit2, the git program, or "
				    "whichever suits the repository.",
	},
	[BT_KEY_HOOKS_TIMEOUT] = {
		.name = "hooks.timeout", .type = BT_TYPE_INT, .min = 0, .max = 3600, .deflt = "0",
		.unit = "seconds", .help = "Time after which a hook gives up; 0 means 10 seconds, and 60 "
					   "where something is pushed.",
	},
	[BT_KEY_HOOKS_ON_TIMEOUT] = {
		.name = "hooks.onTimeout", .type = BT_TYPE_CHOICE, .choices = policies, .deflt = "warn",
		.unit = "", .help = "What a hook says when its time is over.",
	},
	[BT_KEY_HOOKS_ON_ERROR] = {
		.name = "hooks.onError", .type = BT_TYPE_CHOICE, .choices = policies, .deflt = "warn",
		.unit = "", .help = "What a hook says when it fails itself.",
	},
	[BT_KEY_HOOKS_ON_MISSING] = {
		.name = "hooks.onMissing", .type = BT_TYPE_CHOICE, .choices = missing_policies,
		.deflt = "warn", .unit = "",
		.help = "What an installed hook says when git-batho is not there any more.",
	},
	[BT_KEY_HOOKS_SUBJECT_MAX] = {
		.name = "hooks.commit-msg.subjectMax", .type = BT_TYPE_INT, .min = 0, .max = 1000,
		.deflt = "72", .unit = "characters", .tracked = true,
		.help = "Longest first line of a message; 0 means any.",
	},
	[BT_KEY_HOOKS_TICKET_PATTERN] = {
		.name = "hooks.commit-msg.ticketPattern", .type = BT_TYPE_STRING,
		.unit = "", .tracked = true,
		.help = "Something in the message matches this POSIX extended regular expression.",
	},
	[BT_KEY_HOOKS_CONVENTIONAL] = {
		.name = "hooks.commit-msg.conventional", .type = BT_TYPE_BOOL, .deflt = "false",
		.unit = "", .tracked = true,
		.help = "The first line has the form of conventional commits.",
	},
	[BT_KEY_HOOKS_TYPES] = {
		.name = "hooks.commit-msg.types", .type = BT_TYPE_STRING,
		.deflt = "build,chore,ci,docs,feat,fix,perf,refactor,revert,style,test",
		.unit = "", .tracked = true,
		.help = "Types of conventional commits, with commas between them.",
	},
	[BT_KEY_HOOKS_PRE_COMMIT_MODE] = {
		.name = "hooks.pre-commit.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook pre-commit refuses, warns or does nothing.",
	},
	[BT_KEY_HOOKS_PRE_MERGE_COMMIT_MODE] = {
		.name = "hooks.pre-merge-commit.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook pre-merge-commit refuses, warns or does nothing.",
	},
	[BT_KEY_HOOKS_COMMIT_MSG_MODE] = {
		.name = "hooks.commit-msg.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook commit-msg refuses, warns or does nothing.",
	},
	[BT_KEY_HOOKS_PRE_PUSH_MODE] = {
		.name = "hooks.pre-push.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook pre-push refuses, warns or does nothing.",
	},
	[BT_KEY_HOOKS_PRE_RECEIVE_MODE] = {
		.name = "hooks.pre-receive.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook pre-receive refuses, warns or does nothing.",
	},
	[BT_KEY_HOOKS_UPDATE_MODE] = {
		.name = "hooks.update.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook update refuses, warns or does nothing.",
	},
	[BT_KEY_HOOKS_POST_COMMIT_MODE] = {
		.name = "hooks.post-commit.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook post-commit indexes.",
	},
	[BT_KEY_HOOKS_POST_MERGE_MODE] = {
		.name = "hooks.post-merge.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook post-merge indexes.",
	},
	[BT_KEY_HOOKS_POST_CHECKOUT_MODE] = {
		.name = "hooks.post-checkout.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook post-checkout indexes.",
	},
	[BT_KEY_HOOKS_POST_REWRITE_MODE] = {
		.name = "hooks.post-rewrite.mode", .type = BT_TYPE_CHOICE, .choices = modes,
		.deflt = "enforce", .unit = "",
		.help = "Whether the hook post-rewrite indexes.",
	},
	[BT_KEY_RULES_PACKS] = {
		.name = "rules.packs", .type = BT_TYPE_STRING, .deflt = "core,silent-failure,blast-radius",
		.unit = "", .tracked = true,
		.help = "Packs of rules that are in force, with commas between them.",
	},
	[BT_KEY_RULES_SIGNATURE_CALLS] = {
		.name = "rules.signature-changed.calls", .type = BT_TYPE_INT, .min = 1, .max = 100000,
		.deflt = "1", .unit = "calls", .tracked = true,
		.help = "So many calls that stayed as they were make a changed signature a finding.",
	},
	[BT_KEY_RULES_WIDE_DEPENDENTS] = {
		.name = "rules.wide-impact.dependents", .type = BT_TYPE_INT, .min = 1, .max = 10000,
		.deflt = "50", .unit = "definitions", .tracked = true,
		.help = "A touched definition on which more than these depend, directly or not, is a finding.",
	},
	[BT_KEY_CHECK_FAIL_ON] = {
		.name = "check.failOn", .type = BT_TYPE_CHOICE, .choices = fail_on, .deflt = "error",
		.unit = "", .tracked = true,
		.help = "The severity from which on a finding makes a check fail.",
	},
	[BT_KEY_CHECK_LARGE_FILE] = {
		.name = "check.largeFile", .type = BT_TYPE_SIZE, .min = 0, .max = INT64_C(1) << 40,
		.deflt = "5m", .unit = "bytes", .tracked = true,
		.help = "A file that is added and has more is found by the rule large-file; 0 means none is.",
	},
	[BT_KEY_BATCH_WINDOW_COMMIT] = {
		.name = "batch.window.commit", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "30",
		.unit = "seconds", .tracked = true,
		.help = "A queued commit waits so long for others of its target; 0 means it does not.",
	},
	[BT_KEY_BATCH_WINDOW_MERGE] = {
		.name = "batch.window.merge", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "10",
		.unit = "seconds", .tracked = true,
		.help = "A queued merge waits so long for others of its target; 0 means it does not.",
	},
	[BT_KEY_BATCH_WINDOW_PUSH] = {
		.name = "batch.window.push", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "5",
		.unit = "seconds", .tracked = true,
		.help = "A queued push waits so long for others of its target; 0 means it does not.",
	},
	[BT_KEY_BATCH_WINDOW_WORKFLOW] = {
		.name = "batch.window.workflow", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "5",
		.unit = "seconds", .tracked = true,
		.help = "A queued workflow waits so long for others of its target; 0 means it does not.",
	},
	[BT_KEY_BATCH_WINDOW_DEPLOY] = {
		.name = "batch.window.deploy", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "60",
		.unit = "seconds", .tracked = true,
		.help = "A queued deployment waits so long for others of its target; 0 means it does not.",
	},
	[BT_KEY_BATCH_URGENT_COMMIT] = {
		.name = "batch.urgentWindow.commit", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "2",
		.unit = "seconds", .tracked = true,
		.help = "An urgent commit waits so long for others that are urgent; 0 means it does not.",
	},
	[BT_KEY_BATCH_URGENT_MERGE] = {
		.name = "batch.urgentWindow.merge", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "2",
		.unit = "seconds", .tracked = true,
		.help = "An urgent merge waits so long for others that are urgent; 0 means it does not.",
	},
	[BT_KEY_BATCH_URGENT_PUSH] = {
		.name = "batch.urgentWindow.push", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "1",
		.unit = "seconds", .tracked = true,
		.help = "An urgent push waits so long for others that are urgent; 0 means it does not.",
	},
	[BT_KEY_BATCH_URGENT_WORKFLOW] = {
		.name = "batch.urgentWindow.workflow", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "1",
		.unit = "seconds", .tracked = true,
		.help = "An urgent workflow waits so long for others that are urgent; 0 means it does not.",
	},
	[BT_KEY_BATCH_URGENT_DEPLOY] = {
		.name = "batch.urgentWindow.deploy", .type = BT_TYPE_INT, .min = 0, .max = 86400, .deflt = "5",
		.unit = "seconds", .tracked = true,
		.help = "An urgent deployment waits so long for others that are urgent; 0 means it does not.",
	},
	[BT_KEY_BATCH_DEBOUNCE_CAP] = {
		.name = "batch.debounceCap", .type = BT_TYPE_INT, .min = 1, .max = 100, .deflt = "4",
		.unit = "windows", .tracked = true,
		.help = "A window that others prolong ends after so many of its lengths.",
	},
	[BT_KEY_BATCH_MAX_SIZE] = {
		.name = "batch.maxSize", .type = BT_TYPE_INT, .min = 1, .max = 100, .deflt = "20",
		.unit = "actions", .tracked = true,
		.help = "A batch has at most so many.",
	},
	[BT_KEY_BATCH_MAX_PARALLEL] = {
		.name = "batch.maxParallel", .type = BT_TYPE_INT, .min = 1, .max = 10, .deflt = "5",
		.unit = "batches",
		.help = "So many run at the same time.",
	},
	[BT_KEY_BATCH_STYLE] = {
		.name = "batch.style", .type = BT_TYPE_CHOICE, .choices = batch_styles, .deflt = "squash",
		.unit = "", .tracked = true,
		.help = "What becomes of the commits of a batch: one commit, or one each.",
	},
	[BT_KEY_BATCH_HOOKS] = {
		.name = "batch.hooks", .type = BT_TYPE_CHOICE, .choices = batch_hooks, .deflt = "per-batch",
		.unit = "",
		.help = "For what the hooks of the repository run.",
	},
	[BT_KEY_BATCH_AUTO_EXECUTE] = {
		.name = "batch.autoExecute", .type = BT_TYPE_CHOICE, .choices = batch_executes, .deflt = "detached",
		.unit = "",
		.help = "Who executes what is queued: a process in the background, or somebody who says so.",
	},
	[BT_KEY_BATCH_VERIFY] = {
		.name = "batch.verify", .type = BT_TYPE_STRING,
		.unit = "",
		.help = "A command that must succeed on what would land.",
	},
	[BT_KEY_BATCH_VERIFY_TIMEOUT] = {
		.name = "batch.verifyTimeout", .type = BT_TYPE_INT, .min = 1, .max = 86400, .deflt = "600",
		.unit = "seconds",
		.help = "Time after which batch.verify has failed.",
	},
	[BT_KEY_BATCH_CHECK] = {
		.name = "batch.check", .type = BT_TYPE_BOOL, .deflt = "true",
		.unit = "",
		.help = "Whether new findings of check park the action that brings them.",
	},
	[BT_KEY_BATCH_PUSH_RETRIES] = {
		.name = "batch.pushRetries", .type = BT_TYPE_INT, .min = 0, .max = 100, .deflt = "5",
		.unit = "times",
		.help = "So often a push is tried again when somebody else was faster.",
	},
	[BT_KEY_QUEUE_ON_COMMIT] = {
		.name = "queue.onCommit", .type = BT_TYPE_STRING,
		.unit = "",
		.help = "The branch for which the hook post-commit queues a new commit.",
	},
	[BT_KEY_QUEUE_ON_PUSH] = {
		.name = "queue.onPush", .type = BT_TYPE_BOOL, .deflt = "false",
		.unit = "",
		.help = "Whether the hook pre-push queues a push instead of letting it pass.",
	},
	[BT_KEY_QUEUE_RETENTION] = {
		.name = "queue.retention", .type = BT_TYPE_INT, .min = 1, .max = 36500, .deflt = "30",
		.unit = "days",
		.help = "So long finished actions are kept.",
	},
	[BT_KEY_RETENTION_SNAPSHOT_DAYS] = {
		.name = "retention.snapshotDays", .type = BT_TYPE_INT, .min = 1, .max = 36500, .deflt = "90",
		.unit = "days",
		.help = "So long snapshots without a label are kept.",
	},
	[BT_KEY_RETENTION_MAX_SNAPSHOTS] = {
		.name = "retention.maxSnapshots", .type = BT_TYPE_INT, .min = 1, .max = 100000, .deflt = "500",
		.unit = "snapshots",
		.help = "So many snapshots without a label are kept.",
	},
	[BT_KEY_RETENTION_PATCH_DAYS] = {
		.name = "retention.patchDays", .type = BT_TYPE_INT, .min = 1, .max = 36500, .deflt = "90",
		.unit = "days",
		.help = "So long saved differences of snapshots are kept.",
	},
	[BT_KEY_RETENTION_MAX_PATCHES] = {
		.name = "retention.maxPatches", .type = BT_TYPE_INT, .min = 1, .max = 100000, .deflt = "5000",
		.unit = "patches",
		.help = "So many saved differences of snapshots are kept.",
	},
	[BT_KEY_RETENTION_AUDIT_DAYS] = {
		.name = "retention.auditDays", .type = BT_TYPE_INT, .min = 1, .max = 36500, .deflt = "365",
		.unit = "days",
		.help = "So long the record of what changed state is kept.",
	},
	[BT_KEY_CACHE_MEMORY_MB] = {
		.name = "cache.memoryMB", .type = BT_TYPE_INT, .min = 8, .max = 65536, .deflt = "100",
		.unit = "MiB",
		.help = "Memory of one process for pages of the index and decoded facts.",
	},
	[BT_KEY_CACHE_MAX_SIZE_MB] = {
		.name = "cache.maxSizeMB", .type = BT_TYPE_INT, .min = 0, .max = 16777216, .deflt = "2048",
		.unit = "MiB",
		.help = "Size from which on the index gives up facts that are needed least; 0 means any.",
	},
	[BT_KEY_CACHE_FROZEN_DIR] = {
		.name = "cache.frozenDir", .type = BT_TYPE_PATH,
		.unit = "",
		.help = "An absolute folder for the facts of history; empty means beside the index.",
	},
	[BT_KEY_LOG_LEVEL] = {
		.name = "log.level", .type = BT_TYPE_CHOICE, .choices = log_levels, .deflt = "info",
		.unit = "",
		.help = "What goes into the log: this and what is worse.",
	},
	[BT_KEY_LOG_FORMAT] = {
		.name = "log.format", .type = BT_TYPE_CHOICE, .choices = log_formats, .deflt = "text",
		.unit = "",
		.help = "The form of a line of the log.",
	},
	[BT_KEY_LOG_FILE] = {
		.name = "log.file", .type = BT_TYPE_PATH, .choices = log_targets,
		.unit = "", .scope = BT_SCOPE_USER,
		.help = "Where the log is written: an absolute path, or syslog; empty means nowhere.",
	},
	[BT_KEY_LOG_MAX_SIZE] = {
		.name = "log.maxSize", .type = BT_TYPE_SIZE, .min = 4096, .max = INT64_C(1) << 40, .deflt = "10m",
		.unit = "bytes",
		.help = "From this size on the file of the log is put aside and a new one begun.",
	},
	[BT_KEY_METRICS_OUTPUT] = {
		.name = "metrics.output", .type = BT_TYPE_PATH,
		.unit = "", .scope = BT_SCOPE_USER,
		.help = "An absolute path at which the figures stand after each run that changed them; empty means none.",
	},
};
