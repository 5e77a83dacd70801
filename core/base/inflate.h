/*
 * Reads a small zlib stream (RFC 1950, 1951) without zlib: for the few bytes of a commit or a folder a library would cost more to
 * load than to do without. Nothing is trusted: what ends early, goes back behind the start or does not fit is refused, and the
 * work is bounded by the lengths. The checksum at the end is not looked at: the caller knows a hash of the bytes.
 */
#ifndef BT_BASE_INFLATE_H
#define BT_BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

/* False: it is no such stream, or longer than out_max. */
bool bt_inflate(const void *data, size_t len, void *out, size_t out_max, size_t *ret_len);

#endif
