/*
 * Telling about grammars of the user that are not used, or do not work.
 */
#ifndef BT_PROGRAM_GRAMMARS_NOTICE_H
#define BT_PROGRAM_GRAMMARS_NOTICE_H

#include "git-batho/context.h"

/* One notice for each that is refused, or for the whole list; nothing when all is well. */
void bt_grammars_notice(const struct bt_context *c);
/*
 * Does each grammar of the user's list load? Tried where grammars are loaded, in a program of its own for each, which takes some
 * milliseconds. `tell` gets the name and NULL, or what is wrong; name NULL: it is about the list. *ret_bad: how many do not.
 */
int bt_grammars_check(void (*tell)(void *ctx, const char *name, const char *trouble), void *ctx, size_t *ret_bad,
		      struct bt_err *err);

#endif
