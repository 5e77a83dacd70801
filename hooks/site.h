/*
 * Where the hooks of a repository are, and what is there: one look before anything is installed, shown or
 * taken out.
 */
#ifndef BT_HOOKS_SITE_H
#define BT_HOOKS_SITE_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/git/repo.h"
#include "hooks/event.h"

enum bt_site_kind {
	BT_SITE_OWN,		/* the repository's own folder: core.hooksPath is not set */
	BT_SITE_INSIDE,		/* core.hooksPath of this repository, a folder inside of it */
	BT_SITE_OUTSIDE,	/* core.hooksPath of this repository, a folder elsewhere */
	BT_SITE_SHARED,		/* core.hooksPath of the user or the system */
	BT_SITE_OFF,		/* core.hooksPath is empty or no folder: hooks are switched off */
};

struct bt_site {
	const struct bt_repo *repo;	/* NULL: --global outside of a repository */
	enum bt_site_kind kind;
	bool global;		/* asked with --global: the user's hooks, for all repositories */
	char *dir;		/* absolute; NULL when there is none (BT_SITE_OFF, --global without one) */
	char *hooks_path;	/* core.hooksPath as configured, or NULL */
	char *scope; /* of core.hooksPath: "local", "worktree", "global", "system", "command"; or NULL */
	bool config_hooks;	/* git knows hooks defined by configuration (2.54) */
};

#define BT_SITE_INIT { .repo = NULL }
#define BT_SITE_OWNED BT_CLEANUP(bt_site_release)
void bt_site_release(struct bt_site *s);
/* repo may be NULL with `global`. */
int bt_site_find(const struct bt_repo *repo, bool global, struct bt_site *ret_s, struct bt_err *err);

/* What is there for one event. */
struct bt_site_hook {
	char *path;		/* of the file; NULL when the site has no folder */
	bool present;		/* a file, or a symbolic link to anything */
	bool ours;
	bool saved;		/* a chained hook lies beside it */
	bool saved_same;	/* and is the same file: an install was interrupted half-way */
	bool configured;	/* hook.batho-<event> is defined */
	bool configured_here;	/* in the scope that is asked for, not only in a wider one */
	const char *manager;	/* the program that wrote what is there, as people know it; or NULL */
};
void bt_site_hook_release(struct bt_site_hook *h);
int bt_site_look(const struct bt_site *s, enum bt_hook_event event, struct bt_site_hook *ret_h,
		 struct bt_err *err);

/* Is the folder another program's whose hooks must be added in its own way? Its name, or NULL. */
const char *bt_site_manager(const struct bt_site *s);
/*
 * What to add, and where, so that this manager runs the event: one line. False when it does not write the
 * file again (git-lfs): being chained is enough.
 */
bool bt_site_manager_advice(const char *manager, enum bt_hook_event event, struct bt_buf *out);

#endif
