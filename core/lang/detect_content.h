/*
 * Deciding by content: each looks at data[0..len) and gives a language's name, or NULL.
 */
#ifndef BT_LANG_DETECT_CONTENT_H
#define BT_LANG_DETECT_CONTENT_H

#include <stddef.h>

/* .h: C++ when a line outside `#ifdef __cplusplus` can only be C++. */
const char *bt_content_c_or_cpp(const char *data, size_t len);
/* .ts: TypeScript unless it is the XML of Qt's translations or an MPEG stream. */
const char *bt_content_typescript(const char *data, size_t len);
/* .inc: PHP when it opens with <?, else C when it looks like C. */
const char *bt_content_inc(const char *data, size_t len);
/* No extension: the interpreter of a #! line. */
const char *bt_content_shebang(const char *data, size_t len);

#endif
