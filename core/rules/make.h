/*
 * Findings as the add-on of indexing (core/index/addon.h): made from the same parse as the facts, checked, stored.
 */
#ifndef BT_RULES_MAKE_H
#define BT_RULES_MAKE_H

#include "core/index/addon.h"
#include "core/rules/evaluate.h"

struct bt_make {
	const struct bt_ruleset *set;
	struct bt_evaluator *evaluator;
	struct bt_arena scratch;
};

/*
 * Makes *ret_addon, which points to *m; both outlive the pool and the run. few: a handful of blobs will come.
 */
void bt_make_init(struct bt_make *m, const struct bt_ruleset *set, bool few, struct bt_addon *ret_addon);
void bt_make_release(struct bt_make *m);

struct bt_make_progress {
	void (*show)(void *ctx, uint64_t done, uint64_t planned);
	void *ctx;
};
struct bt_request;
/*
 * progress may be NULL. Does what a request asks: forks workers, parses what the store lacks, stores facts and findings. No database may be open in
 * this process. *complaints gets what is wrong with the project's queries, one line each.
 */
int bt_make_run(const struct bt_request *r, const struct bt_make_progress *progress, struct bt_buf *complaints,
		struct bt_err *err);

struct bt_check_looks;
/*
 * The same for a handful of blobs whose bytes are all in the request, in memory and with one worker: bt_check_look. Any
 * trouble with the worker is an error.
 */
int bt_make_look(const struct bt_request *r, struct bt_check_looks *out, struct bt_err *err);

/*
 * Runs rules over texts that are no blobs, in workers, and gives the record of each: examples. `take` gets the
 * number of the text; it is called in any order.
 */
struct bt_make_text {
	const struct bt_lang *lang;	/* NULL: a text */
	const char *text;
	size_t len;
};
int bt_make_texts(const struct bt_ruleset *set, const struct bt_make_text *texts, size_t nr,
		  int (*take)(void *ctx, size_t i, const void *rec, size_t len, struct bt_err *err), void *ctx,
		  struct bt_err *err);

#endif
