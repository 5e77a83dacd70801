/*
 * Putting hooks in and taking them out.
 *
 * At every moment there is a hook at the event's place that does at least what was done before: the old one
 * is linked to its second name first, then ours takes its place, by renaming. Taken out, the old one gets
 * its place back the same way: the same file, so the same bytes and mode.
 */
#ifndef BT_HOOKS_INSTALL_H
#define BT_HOOKS_INSTALL_H

#include "hooks/shim.h"
#include "hooks/site.h"

enum bt_install_result {
	BT_INSTALL_DONE,	/* as a file */
	BT_INSTALL_CHAINED,	/* as a file, in front of the one that was there */
	BT_INSTALL_UPDATED,	/* was there, of another version or place of git-batho */
	BT_INSTALL_UNCHANGED,	/* was there */
	BT_INSTALL_CONFIGURED,	/* as hook.batho-<event> */
	BT_INSTALL_REMOVED,
	BT_INSTALL_RESTORED,	/* removed, and the one from before is back */
	BT_INSTALL_NOT_OURS,	/* nothing of ours is at the place; a saved hook, if any, stays where it is */
	BT_INSTALL_NOTHING,
};

/*
 * Why nothing can be installed at this site, as an error with the command that would work; 0 when it can.
 * `force` allows a folder of core.hooksPath outside of the repository.
 */
int bt_install_check(const struct bt_site *s, enum bt_hook_event event, bool force, struct bt_err *err);
int bt_install(const struct bt_site *s, enum bt_hook_event event, const struct bt_shim_paths *paths,
	       enum bt_install_result *ret_result, struct bt_err *err);
int bt_uninstall(const struct bt_site *s, enum bt_hook_event event, enum bt_install_result *ret_result,
		 struct bt_err *err);

#endif
