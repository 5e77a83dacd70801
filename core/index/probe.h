/*
 * Does a grammar that the user has added work? A process of its own finds out, so that one that crashes or never comes back
 * when it is loaded costs nothing but its language.
 */
#ifndef BT_INDEX_PROBE_H
#define BT_INDEX_PROBE_H

#include "core/base/err.h"
#include "core/lang/langs.h"

/*
 * Loads it, makes its tables and parses a few bytes, in a child that is killed after some seconds. 0: all of that went well.
 * Called in the zygote: with SIGCHLD blocked, and with bt_extract_open_users behind it.
 */
int bt_probe(const struct bt_lang *lang, struct bt_err *err);

#endif
