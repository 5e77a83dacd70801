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
 * captures. Everything else counts as undecided, as it does in the runtime when its analysis gives up; a match may
 * come once more with the same captures. (What else the analysis finds out, on patterns with several roots, is used
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
			for (unsigned k_ = i_ + 1; k_ < (self_)->steps.size; k_++) {                                  \
				const QueryStep *below_ = array_get(&(self_)->steps, k_);                             \
				if (step_->depth == PATTERN_DONE_MARKER || below_->depth == PATTERN_DONE_MARKER ||    \
				    below_->depth <= step_->depth)                                                    \
					break;                                                                        \
				step_->contains_captures |= below_->capture_ids[0] != NONE;                           \
			}                                                                                             \
		}                                                                                                     \
		true;                                                                                                 \
	}) : tuned_analyze_fully(self_, at_))

#endif
