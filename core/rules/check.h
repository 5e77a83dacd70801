/*
 * Checking: from what changed (or is there) to findings.
 *
 *	policy of what is judged -> language and roles of every file -> findings of its blob, from the store or made by
 *	bt_check_opts.make -> roles, severities, suppressions -> new or not -> baseline
 *
 * Nothing but the records of blobs is kept; everything that depends on paths, configuration or other blobs is decided
 * here, each time. A finding of a changed file is new when it stands on a changed line, in a callable whose tokens
 * changed, or when the blob before had none of its fingerprint left; code that came from a file that this change
 * removes is not new. With `full` every finding is listed, and those are new that the baseline does not hold.
 */
#ifndef BT_RULES_CHECK_H
#define BT_RULES_CHECK_H

#include "core/conf/conf.h"
#include "core/query/config_file.h"
#include "core/rules/baseline.h"
#include "core/rules/finding.h"
#include "core/incoming/incoming.h"
#include "core/rules/policy.h"
#include "core/rules/request.h"

/*
 * Makes what the request names: facts and findings into the store. Complaints about the project's rules are
 * appended to *complaints, a line each. The store is closed meanwhile.
 */
typedef int bt_check_make(void *ctx, const struct bt_request *r, struct bt_buf *complaints, struct bt_err *err);

/*
 * The quick way for a handful of files whose bytes are at hand: looks at blobs and gives what came of each in memory; nothing
 * is stored. Error or not, the long way is still open: an error is no more than that this way did not lead anywhere.
 */
struct bt_check_looked {
	struct bt_oid oid;
	const char *lang_asked;		/* as in the request */
	const struct bt_lang *lang;	/* what it came to; NULL: a text */
	bool nothing;			/* binary and the like */
	const char *facts, *rec;	/* facts NULL: none; rec may be empty */
	size_t facts_len, rec_len;
};
struct bt_check_looks {
	struct bt_arena arena;
	struct bt_check_looked *items;
	size_t nr, alloc;
};
typedef int bt_check_look(void *ctx, const struct bt_request *r, struct bt_check_looks *out, struct bt_err *err);

/*
 * Finds out which lines changed in those of the files that are wanted, by their numbers, and whose lines are not known: asked
 * for the few of a large change that have findings. What cannot be told stays unknown.
 */
typedef int bt_check_lines(void *ctx, const bool *wanted, struct bt_err *err);

struct bt_check_opts {
	struct bt_repo *repo;
	struct bt_conf *conf;		/* its tracked part is set from the policy */
	const char *store_dir;		/* must be writable for `make` */
	struct bt_policy_source policy;
	const struct bt_incoming *files;
	bool full;			/* all findings of these files, not only new ones */
	bool everything;		/* these are all files there are (implies full) */
	bool no_baseline;		/* as if there were none */
	bool compile;			/* look at all queries of the project, whether they are asked or not */
	bt_check_make *make;
	void *make_ctx;
	bt_check_look *look;		/* may be NULL */
	bt_check_lines *lines;		/* may be NULL */
	void *lines_ctx;
	/*
	 * For rules that need other files (radius.h): trees that are what is judged but for the files above, the one nearer to
	 * it first; len 0: none. Without any it is HEAD's.
	 */
	struct bt_oid trees[2];
	enum bt_content content;	/* what is judged; BT_CONTENT_TREE: trees[0] */
	bool no_radius;			/* the files are of several trees at once: these rules cannot tell */
	bool hurry;			/* somebody waits for a commit: nothing is made for these rules, and the dear ones rest */
};

struct bt_check {
	struct bt_findings findings;	/* with `full` all, else the new ones */
	struct bt_ruleset rules;	/* the findings point into it */
	struct bt_policy policy;
	struct bt_baseline baseline;	/* of the policy, matched against the findings */
	enum bt_severity fail_on;	/* BT_SEVERITY_OFF: never */
	bool fails;			/* a new finding is at or above it */
	char *complaints;		/* about the project's rules, a line each; NULL: none */
	char *stopped;			/* rules of the project that needed too much somewhere, a line each; NULL: none */
	bool radius_unknown;		/* rules that need other files were asked, and no such tree is known complete */
};

#define BT_CHECK_INIT { .findings = BT_FINDINGS_INIT }
#define BT_CHECK_OWNED BT_CLEANUP(bt_check_release)
void bt_check_release(struct bt_check *c);

int bt_check_run(const struct bt_check_opts *o, struct bt_check *ret_c, struct bt_err *err);

#endif
