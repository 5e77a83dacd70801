/*
 * Included before tree-sitter's runtime (-include), whose source stays as it is.
 *
 * Syntax trees are counted by reference, atomically, because trees may be shared between threads. Here a
 * process parses in one thread and shares no tree, so the counts are plain. tests/lang/trees.sh holds the
 * trees equal to those of a runtime compiled without this header.
 */
#ifndef BT_LANG_TUNED_RUNTIME_H
#define BT_LANG_TUNED_RUNTIME_H

#include <atomic.h>

static inline uint32_t tuned_inc(volatile uint32_t *count)
{
	return ++*(uint32_t *)count;
}

static inline uint32_t tuned_dec(volatile uint32_t *count)
{
	return --*(uint32_t *)count;
}

#define atomic_inc tuned_inc
#define atomic_dec tuned_dec

/*
 * Compiling a query walks the whole parse table, 0.4 to 8 ms for each language, to learn two things: which patterns
 * can never match, and behind which steps no look at later siblings is needed. Queries that are compiled in were
 * looked at when they were tested, and for a handful of blobs the second is not worth it. So with
 * bt_query_skips_analysis this part of ts_query_new is replaced by what matching relies on: which steps have
 * captures of their own. Everything else counts as undecided, as it does in the runtime when its analysis gives up: a step
 * with others below it is tried again on later siblings for that reason, whatever they capture, and a match may come
 * once more with the same captures. (What else the analysis finds out, on patterns with several roots, is used
 * for ranges alone.)
 *
 * The function and its only caller name their first argument differently, "TSQuery *self" and "self": that tells the
 * definition from the call. Another text does not compile.
 */
#include <stdbool.h>
bool bt_query_skips_analysis __attribute__((weak));	/* core/lang/query.c sets it */

#define ts_query__analyze_patterns(self_, at_) tuned_analyze_##self_, at_)
#define tuned_analyze_TSQuery tuned_analyze_fully(TSQuery
#define tuned_analyze_self tuned_analyze(self
#define tuned_analyze(self_, at_)                                                                                     \
	(bt_query_skips_analysis ? ({                                                                                 \
		for (unsigned i_ = 0; i_ < (self_)->steps.size; i_++) {                                               \
			QueryStep *step_ = array_get(&(self_)->steps, i_);                                            \
			step_->contains_captures = step_->capture_ids[0] != NONE;                                     \
		}                                                                                                     \
		true;                                                                                                 \
	}) : tuned_analyze_fully(self_, at_))

/*
 * Matches under way are compared with each other at every node, by their lists of captures: a query whose matches multiply
 * spends all its time there, between two calls of its progress callback. So what is compared is counted, and
 * beyond bt_query_work_max the run halts at once. Told apart as above: "TSQueryCursor *self" and "self".
 */
#include <stdint.h>
uint64_t bt_query_work __attribute__((weak)), bt_query_work_max __attribute__((weak));

#define ts_query_cursor__compare_captures(self_, left_, right_, more_, less_)                                         \
	tuned_compare_##self_, left_, right_, more_, less_)
#define tuned_compare_TSQueryCursor tuned_compare_fully(TSQueryCursor
#define tuned_compare_self tuned_compare(self
#define tuned_compare(self_, left_, right_, more_, less_)                                                             \
	do {                                                                                                          \
		bt_query_work += 1 + capture_list_pool_get(&(self_)->capture_list_pool, (left_)->capture_list_id)->size + \
				 capture_list_pool_get(&(self_)->capture_list_pool, (right_)->capture_list_id)->size;  \
		if (bt_query_work_max && bt_query_work > bt_query_work_max) {                                         \
			(self_)->halted = true;                                                                       \
			*(more_) = *(less_) = false;                                                                  \
		} else {                                                                                              \
			tuned_compare_fully(self_, left_, right_, more_, less_);                                      \
		}                                                                                                     \
	} while (0)

#endif
