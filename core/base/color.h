/*
 * Colours: slots that commands name, escape sequences that terminals want, and git's words for
 * them.
 */
#ifndef BT_BASE_COLOR_H
#define BT_BASE_COLOR_H

#include <stddef.h>

#include "core/base/err.h"

enum bt_color {
	BT_COLOR_NONE,		/* plain text */
	BT_COLOR_PATH,
	BT_COLOR_LINE,		/* line and column numbers */
	BT_COLOR_SEP,		/* the ':' between them */
	BT_COLOR_NAME,		/* the symbol */
	BT_COLOR_KIND,		/* function, class, call, … */
	BT_COLOR_MATCH,		/* the part of a source line that matched */
	BT_COLOR_NOTE,		/* what explains: counts, reasons */
	BT_COLOR_GOOD,
	BT_COLOR_WARN,
	BT_COLOR_BAD,
	BT_COLOR_NR
};

#define BT_COLOR_LEN_MAX 80
struct bt_palette {
	char start[BT_COLOR_NR][BT_COLOR_LEN_MAX];	/* "" for none */
};

void bt_palette_init(struct bt_palette *p);	/* the defaults */
/*
 * A colour in git's words ("bold red", "blue black ul", "#ff8000", "214", "brightgreen",
 * "normal", "nobold"): the escape sequence into `to`, "" when it changes nothing. BT_ERR_USAGE
 * when it is none.
 */
int bt_color_parse(const char *words, char to[BT_COLOR_LEN_MAX], struct bt_err *err);

#endif
