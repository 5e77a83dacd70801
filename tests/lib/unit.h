/*
 * For unit tests: a skipped test says why.
 */
#ifndef BT_TESTS_UNIT_H
#define BT_TESTS_UNIT_H

#include <stdio.h>

/* Leaves the test; reason is a string literal. tests/lib/run-unit.sh reads the line. */
#define unit_skip(reason)                       \
	do {                                    \
		puts("# skip: " reason);        \
		fflush(stdout);                 \
		skip();                         \
	} while (0)

#endif
