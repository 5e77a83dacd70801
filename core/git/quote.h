/*
 * git's C-style quoting of paths; private to core/git.
 */
#ifndef BT_GIT_QUOTE_H
#define BT_GIT_QUOTE_H

#include <stddef.h>

#include "core/base/buf.h"

/*
 * Unquotes the string that starts with '"' at s[0..len) into *out. The place behind the closing
 * quote, or NULL when it is malformed (what was added to *out is then meaningless).
 */
const char *bt_git_unquote(const char *s, size_t len, struct bt_buf *out);

#endif
