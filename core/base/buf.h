/*
 * A growing byte buffer with a declared maximum.
 *
 * `max` is what the caller allows (0: BT_BUF_DEFAULT_MAX). Appending past it, or running out of
 * memory, sets `failed` and drops the append; the caller checks once, with bt_buf_check, which tells
 * the two apart: a maximum is the same on every machine, memory is not. The bytes are always
 * followed by a NUL that is not counted.
 */
#ifndef BT_BASE_BUF_H
#define BT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/mem.h"

struct bt_buf {
	char *data;	/* "" when empty: never NULL after bt_buf_init or BT_BUF_INIT + first use */
	size_t len;
	size_t alloc;
	size_t max;
	bool failed;
	bool starved;	/* failed for want of memory */
};

#define BT_BUF_DEFAULT_MAX ((size_t)1 << 30)
#define BT_BUF_INIT { .data = NULL, .len = 0, .alloc = 0, .max = 0, .failed = false, .starved = false }
#define BT_BUF_OWNED BT_CLEANUP(bt_buf_release)

void bt_buf_init(struct bt_buf *b, size_t max);
void bt_buf_release(struct bt_buf *b);
void bt_buf_clear(struct bt_buf *b);	/* len = 0, failed = false; keeps the memory */
/* 0, BT_ERR_LIMIT, or BT_ERR_FAIL when there was no memory. */
int bt_buf_check(const struct bt_buf *b, const char *what, struct bt_err *err);

/*
 * Room for `len` more bytes: the place to write them, or NULL (failed is set). The caller adds
 * what it wrote to b->len.
 */
void *bt_buf_reserve(struct bt_buf *b, size_t len);
void bt_buf_add(struct bt_buf *b, const void *p, size_t len);
void bt_buf_addch(struct bt_buf *b, int c);
void bt_buf_adds(struct bt_buf *b, const char *s);
void bt_buf_addf(struct bt_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *bt_buf_cstr(const struct bt_buf *b);	/* "" when nothing was added */

/* Gives the bytes to the caller (free()), NUL-terminated; the buffer is empty afterwards. */
char *bt_buf_take(struct bt_buf *b, size_t *ret_len);

#endif
