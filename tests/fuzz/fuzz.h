/*
 * What the fuzz programs share. A finding is an abort: libFuzzer and tests/lib/fuzz_main.c keep the input.
 */
#ifndef BT_TESTS_FUZZ_FUZZ_H
#define BT_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(what) \
	do { \
		if (!(what)) { \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
			abort(); \
		} \
	} while (0)

/* The next piece of an input, up to the byte `sep`, as a string of its own: for free(). NULL at the end. */
static inline char *fuzz_piece(const uint8_t **at, const uint8_t *end, int sep)
{
	const uint8_t *start = *at, *stop;
	char *s;

	if (start >= end)
		return NULL;
	stop = memchr(start, sep, (size_t)(end - start));
	*at = stop ? stop + 1 : end;
	if (!stop)
		stop = end;
	s = malloc((size_t)(stop - start) + 1);
	if (!s)
		abort();
	memcpy(s, start, (size_t)(stop - start));
	s[stop - start] = '\0';
	return s;
}

#endif
