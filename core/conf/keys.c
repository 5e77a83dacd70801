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
};
