/*
 * .batho/baseline.json: findings that were there when a project began to check, and are not held against anybody.
 *
 *	{"batho_baseline":1,
 *	 "findings":[
 *	  {"rule":"empty-catch","path":"a.js","symbol":"f","fingerprint":"0123456789abcdef","count":1},
 *	  ...]}
 *
 * An entry stands for `count` findings of one fingerprint in one file, wherever in it they stand. What is mended has no
 * finding any more, and its entry goes away by itself the next time everything in the worktree is checked; put in
 * again it is new. An entry of a file that is no longer there holds for a file that has the same code now.
 */
#ifndef BT_RULES_BASELINE_H
#define BT_RULES_BASELINE_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/rules/finding.h"

#define BT_BASELINE_VERSION 1
#define BT_BASELINE_PATH ".batho/baseline.json"

struct bt_baseline_entry {
	const char *rule, *path, *symbol;
	uint64_t fingerprint;
	uint32_t count;
	uint32_t left;		/* not matched yet */
};

struct bt_baseline {
	struct bt_arena arena;
	struct bt_baseline_entry *entries;	/* by path and fingerprint */
	size_t nr;
};

#define BT_BASELINE_INIT { .entries = NULL }
void bt_baseline_release(struct bt_baseline *b);
/* BT_ERR_FAIL, or BT_ERR_VERSION for one of another version; `where` begins the message. */
int bt_baseline_read(const char *text, size_t len, const char *where, struct bt_baseline *ret_b, struct bt_err *err);
/* Is this finding in it? Uses up one of its entry. */
bool bt_baseline_take(struct bt_baseline *b, const struct bt_finding *f);
/* The same for a file that is not named: entries of files that `gone` says are not there. */
bool bt_baseline_take_moved(struct bt_baseline *b, const struct bt_finding *f, bool (*gone)(void *ctx, const char *path),
			    void *ctx);
/* The entries that matched something, and how many they are short of what they say. */
size_t bt_baseline_stale(const struct bt_baseline *b);
/*
 * The text of a baseline that holds these findings, but for those about policy, and what `before` (or NULL) has about files
 * that were not looked at. Returns how many of the findings it holds.
 */
size_t bt_baseline_write(const struct bt_findings *f, const struct bt_baseline *before,
			 bool (*looked_at)(void *ctx, const char *path), void *ctx, struct bt_buf *out);
/* The same baseline without what matched nothing. */
void bt_baseline_shrink(const struct bt_baseline *b, struct bt_buf *out);

#endif
