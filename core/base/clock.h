/*
 * Time that only goes forward, for deadlines, progress and trace. Not for records: what is stored
 * or printed must not depend on when it was made.
 */
#ifndef BT_BASE_CLOCK_H
#define BT_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t bt_clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static inline int64_t bt_clock_us(void)
{
	return bt_clock_ns() / 1000;
}

static inline int64_t bt_clock_ms(void)
{
	return bt_clock_ns() / 1000000;
}

#endif
