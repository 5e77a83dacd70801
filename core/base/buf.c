/*
 * A growing byte buffer. Empty buffers share one static NUL, so that `data` can be read without a
 * test; alloc == 0 says that nothing is owned.
 */
#include "core/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 64

static char buf_empty[1];

void bt_buf_init(struct bt_buf *b, size_t max)
{
	*b = (struct bt_buf){ .data = buf_empty, .max = max };
}

void bt_buf_release(struct bt_buf *b)
{
	if (!b)
		return;
	if (b->alloc)
		free(b->data);
	bt_buf_init(b, b->max);
}

void bt_buf_clear(struct bt_buf *b)
{
	if (!b->alloc)
		b->data = buf_empty;
	else
		b->data[0] = '\0';
	b->len = 0;
	b->failed = b->starved = false;
}

int bt_buf_check(const struct bt_buf *b, const char *what, struct bt_err *err)
{
	size_t max = b->max ? b->max : BT_BUF_DEFAULT_MAX;

	if (!b->failed)
		return 0;
	if (b->starved)
		return bt_err_set(err, BT_ERR_FAIL, "out of memory for %s, beyond %zu bytes", what,
				  b->len);
	return bt_err_set(err, BT_ERR_LIMIT, "%s needs more than %zu bytes", what, max);
}

/* Makes room for len bytes and the NUL behind them. */
static bool buf_grow(struct bt_buf *b, size_t len)
{
	size_t max = b->max ? b->max : BT_BUF_DEFAULT_MAX;
	size_t want, alloc;
	char *data;

	if (b->failed)
		return false;
	b->starved = false;
	if (b->len > max || len > max - b->len) {
		b->failed = true;
		return false;
	}
	want = b->len + len + 1;
	alloc = b->alloc < BUF_FIRST ? BUF_FIRST : b->alloc + b->alloc / 2;
	if (alloc > max)
		alloc = max + 1;
	if (alloc < want)
		alloc = want;
	data = realloc(b->alloc ? b->data : NULL, alloc);
	if (!data) {
		b->failed = b->starved = true;
		return false;
	}
	b->data = data;
	b->alloc = alloc;
	return true;
}

void *bt_buf_reserve(struct bt_buf *b, size_t len)
{
	/* `max` needs no test while the memory suffices: alloc never exceeds max + 1. */
	if ((b->failed || len >= b->alloc - b->len) && !buf_grow(b, len))
		return NULL;
	b->data[b->len + len] = '\0';
	return b->data + b->len;
}

void bt_buf_add(struct bt_buf *b, const void *p, size_t len)
{
	char *to;

	if (!len)
		return;
	to = bt_buf_reserve(b, len);
	if (!to)
		return;
	memcpy(to, p, len);
	b->len += len;
}

void bt_buf_addch(struct bt_buf *b, int c)
{
	char *to = bt_buf_reserve(b, 1);

	if (!to)
		return;
	*to = (char)c;
	b->len++;
}

void bt_buf_adds(struct bt_buf *b, const char *s)
{
	bt_buf_add(b, s, strlen(s));
}

void bt_buf_addf(struct bt_buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(small, sizeof(small), fmt, ap);
	if (len < 0) {
		b->failed = true;
	} else if ((size_t)len < sizeof(small)) {
		bt_buf_add(b, small, (size_t)len);
	} else {
		char *to = bt_buf_reserve(b, (size_t)len);

		if (to) {
			vsnprintf(to, (size_t)len + 1, fmt, again);
			b->len += (size_t)len;
		}
	}
	va_end(again);
	va_end(ap);
}

const char *bt_buf_cstr(const struct bt_buf *b)
{
	if (!b->alloc)
		return "";
	b->data[b->len] = '\0';
	return b->data;
}

char *bt_buf_take(struct bt_buf *b, size_t *ret_len)
{
	char *data;

	if (b->alloc) {
		data = b->data;
		data[b->len] = '\0';
	} else {
		data = bt_xcalloc(1, 1);
	}
	if (ret_len)
		*ret_len = b->len;
	bt_buf_init(b, b->max);
	return data;
}
