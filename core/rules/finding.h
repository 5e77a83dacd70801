/*
 * What a check found, ready to be shown: struct bt_finding; reports (report.h) print it. How a blob's findings are
 * kept is the matter of record.h.
 */
#ifndef BT_RULES_FINDING_H
#define BT_RULES_FINDING_H

#include "core/base/arena.h"
#include "core/rules/rule.h"

struct bt_finding {
	const struct bt_rule_info *rule;	/* id, pack, severity as configured, message, help, help_uri */
	const char *path;			/* bytes, as git has them; NUL-terminated */
	size_t path_len;
	uint32_t start, end;			/* bytes in the blob */
	uint32_t row, col, end_row, end_col;	/* from 0; columns in bytes */
	const char *detail;			/* what the message is about here, or NULL */
	const char *code;			/* the lines row.., at most 5, without the last \n; or NULL */
	const char *symbol;			/* enclosing definition, qualified, or NULL */
	uint64_t fingerprint;			/* survives moved lines */
	uint32_t ordinal;			/* among equal fingerprints of the file, from 0 */
	bool is_new;
	const char *hidden_by;			/* of hidden ones: "comment" or "baseline" */
	const char *reason;			/* what the comment says, or NULL */
};

/* A list in the order of paths and places. Everything lives in the arena but the rules, which outlive it. */
struct bt_findings {
	struct bt_arena arena;
	struct bt_finding *items;
	size_t nr, alloc;
	size_t files_nr;			/* that were looked at */
	size_t unchecked_nr;			/* files that could not be: too large, killed, missing */
	size_t suppressed_nr, baseline_nr;	/* findings that are not in the list for that reason */
	size_t known_nr;			/* not in the list because they were there before (check.h) */
	/* Those that are suppressed or in the baseline, when they are asked for before the check; in the same order. */
	bool keep_hidden;
	struct bt_finding *hidden;
	size_t hidden_nr, hidden_alloc;
};

#define BT_FINDINGS_INIT { .items = NULL }
void bt_findings_release(struct bt_findings *f);
struct bt_finding *bt_findings_add(struct bt_findings *f);
/* Keeps what is not in the list for a reason, when such findings are asked for; counting is the caller's. */
void bt_findings_hide(struct bt_findings *f, const struct bt_finding *hidden, const char *by, const char *reason);
/* By path (bytewise), place, rule. */
void bt_findings_sort(struct bt_findings *f);

/* How many of each severity; with new_only those that are new. */
void bt_findings_count(const struct bt_findings *f, bool new_only, size_t ret_nr[BT_SEVERITY_NR]);

/*
 * The fingerprint of (rule, normalised code, enclosing symbol or ""); the ordinal stands beside it. The rule counts
 * by its id: another text of the same rule keeps baselines valid.
 */
uint64_t bt_fingerprint(const char *rule_id, uint64_t code_hash, const char *symbol);

#endif
