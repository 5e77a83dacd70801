/*
 * Paths are bytes: anything but NUL, with '/' between the parts. Here: the way git quotes them,
 * and tests of paths that come out of trees.
 */
#ifndef BT_BASE_PATH_H
#define BT_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/text.h"

/*
 * Appends the path as git's C-style quoting has it: as it is when nothing in it is special,
 * otherwise in double quotes with \a \b \t \n \v \f \r \" \\ and three octal digits for other
 * bytes. Special are C0, DEL, '"', '\\' and, with BT_QUOTE_HIGH (core.quotePath, git's default),
 * every byte above 0x7f.
 */
#define BT_QUOTE_HIGH (1u << 0)
void bt_path_quote(struct bt_buf *out, const char *path, size_t len, unsigned flags);
/*
 * The way back: `text` starts with '"'. Appends the bytes; *ret_used is the length with both
 * quotes. BT_ERR_CORRUPT when the quoting is broken.
 */
int bt_path_unquote(struct bt_buf *out, const char *text, size_t len, size_t *ret_used,
		    struct bt_err *err);

/* Appends "a/b" to an empty buffer; no second slash when `a` ends in one; just b when a is "". */
void bt_path_join(struct bt_buf *out, const char *a, const char *b);

/*
 * A path as a tree may give it to us: not empty, not absolute, no NUL, no part that is empty, "."
 * or "..", no longer than BT_PATH_LEN_MAX.
 */
bool bt_path_sane(const char *path, size_t len);

#endif
