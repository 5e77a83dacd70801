/*
 * Reads a zlib stream whole: a loose object of git. The library is loaded by the first call, since few runs read one.
 */
#ifndef BT_BASE_INFLATE_H
#define BT_BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

/* False: it is no such stream, longer than out_max, or zlib is not there. */
bool bt_inflate(const void *data, size_t len, void *out, size_t out_max, size_t *ret_len);

#endif
