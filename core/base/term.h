/*
 * The terminal, by git's rules: whether there is one, whether to colour, and the pager.
 *
 * Configuration is above this layer: values come in as the strings that git config gave, NULL
 * where unset.
 */
#ifndef BT_BASE_TERM_H
#define BT_BASE_TERM_H

#include <stdbool.h>

#include "core/base/err.h"

/* git's colour words for --color and color.*: the order of bt_color_when_names. */
enum bt_color_when {
	BT_COLOR_NEVER,
	BT_COLOR_ALWAYS,
	BT_COLOR_AUTO,
	BT_COLOR_UNSAID,	/* nobody said anything */
};
extern const char *const bt_color_when_names[];	/* "never", "always", "auto", NULL */

struct bt_color_conf {
	enum bt_color_when option;	/* --color; BT_COLOR_UNSAID when it was not given */
	const char *color_batho;	/* color.batho: never, always, auto, or a boolean */
	const char *color_ui;		/* color.ui, when color.batho is unset */
	const char *color_pager;	/* color.pager: false takes the colour from the pager */
};

/* stdout is a terminal, or the pager that git started for us stands behind it. */
bool bt_term_is_user(void);
/*
 * Whether stdout gets colours: the option; else NO_COLOR (https://no-color.org: set and not
 * empty); else the configuration; else yes on a terminal or pager. "auto" is never on a dumb
 * terminal.
 */
bool bt_term_color(const struct bt_color_conf *conf);
struct bt_pager {
	int pid;	/* 0: none */
};

struct bt_pager_conf {
	bool off;			/* --no-pager or a format for machines */
	const char *pager_batho;	/* pager.batho: a boolean, or a command */
	const char *core_pager;		/* core.pager */
};

/*
 * Puts the user's pager behind stdout (and stderr where that is a terminal) when stdout is a
 * terminal and no pager is there yet: pager.batho, GIT_PAGER, core.pager, PAGER, git's built-in
 * one (asked of `git var GIT_PAGER`, the only child, and only when nothing else says). Empty and
 * "cat" mean none. LESS=FRX and LV=-c are set where unset, GIT_PAGER_IN_USE for our own children.
 * Without a working pager the answer goes to the terminal.
 */
void bt_pager_start(struct bt_pager *p, const struct bt_pager_conf *conf);
/* After the last byte: closes stdout (and stderr) and waits until the reader is done. */
void bt_pager_finish(struct bt_pager *p);

#endif
