/*
 * Text from outside: UTF-8, and what may reach a terminal.
 */
#ifndef BT_BASE_TEXT_H
#define BT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

/*
 * The character at p (p < end): its length in bytes and *ret_char, or 0 when the bytes are not
 * UTF-8 (RFC 3629: no surrogates, no longer forms, nothing above U+10FFFF).
 */
size_t bt_utf8_next(const char *p, const char *end, uint32_t *ret_char);
bool bt_utf8_valid(const char *p, size_t len);

/*
 * Characters that do something to a terminal or to the reader's eye instead of showing: C0, DEL,
 * C1, line and paragraph separators, the bidirectional controls, the byte order mark, tag
 * characters.
 */
bool bt_char_is_control(uint32_t c);

/*
 * Appends the text with controls as \xNN (C0, DEL, bytes that are not UTF-8) or \u{NNNN}
 * (others).
 */
#define BT_TEXT_KEEP_TAB (1u << 0)	/* a tab stays: source lines */
void bt_text_safe(struct bt_buf *out, const char *p, size_t len, unsigned flags);

/*
 * A JSON string in its quotes. Controls (bt_char_is_control) become \uNNNN, bytes that are not
 * UTF-8 become U+FFFD; false when there were some.
 */
bool bt_text_json(struct bt_buf *out, const char *p, size_t len);

/* Standard base64 with padding (RFC 4648, section 4). */
void bt_text_base64(struct bt_buf *out, const void *p, size_t len);

#endif
