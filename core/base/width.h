/*
 * How many columns of a terminal a character takes.
 */
#ifndef BT_BASE_WIDTH_H
#define BT_BASE_WIDTH_H

#include <stdint.h>

/*
 * 2 for what East Asian scripts and pictures write wide, 0 for marks that stand on the character before them,
 * else 1. Independent of the locale, unlike wcwidth(). Controls have no width of their own: show them by
 * bt_text_safe.
 */
unsigned bt_char_width(uint32_t c);

#endif
