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

#endif
