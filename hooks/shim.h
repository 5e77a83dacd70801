/*
 * The text of an installed hook: a short POSIX sh script that runs the hook that was there before, then
 * git-batho, and decides what happens when git-batho is not there any more or is broken.
 *
 * What judges content is run by itself, when it stands where it was: one program less for every commit. Otherwise, and with
 * BATHO_EXEC_PATH, git-batho finds it.
 *
 * A chained hook lies beside it as <event>.batho-saved, gets the same arguments and its own copy of stdin,
 * and runs first, git-batho or not. It runs when git would have run it: when it is executable.
 */
#ifndef BT_HOOKS_SHIM_H
#define BT_HOOKS_SHIM_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "hooks/event.h"

#define BT_SHIM_SAVED ".batho-saved"

/* The absolute paths of git-batho and of git-batho-indexer (NULL: to be found each time). */
struct bt_shim_paths {
	const char *program, *judge;
};
/* The script for an event. */
void bt_shim_script(const struct bt_hook *h, const struct bt_shim_paths *paths, struct bt_buf *out);
/* The same for hook.<name>.command (git >= 2.54): one command line to which git appends the arguments. */
void bt_shim_command(const struct bt_hook *h, const struct bt_shim_paths *paths,
		     struct bt_buf *out);
/* Is this the text of a hook of ours, of whichever version? */
bool bt_shim_is_ours(const char *text, size_t len);

#endif
