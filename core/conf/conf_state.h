/*
 * Shared by the files of core/conf; nobody else includes it.
 */
#ifndef BT_CONF_CONF_STATE_H
#define BT_CONF_CONF_STATE_H

#include "core/base/arena.h"
#include "core/conf/conf.h"

/* One setting of git's that was read; the last one of a name wins. */
struct conf_git {
	const char *name;
	const char *value;	/* NULL: `name` without '=' */
	const char *origin;	/* "file:.git/config" */
};

struct bt_conf {
	struct bt_arena arena;
	struct bt_value values[BT_KEY_NR];
	struct conf_git *git;
	size_t git_nr, git_alloc;
};

/* Gives a key its value; a list grows while the origin stays the same and starts anew otherwise. */
int conf_set(struct bt_conf *c, enum bt_key_id key, enum bt_origin origin, const char *text,
	     const char *where, struct bt_err *err);
/* -1: no such key. Names compare without case. */
int conf_find(const char *name);
/* BT_ERR_FAIL naming the key, where it stands and the nearest known one. */
int conf_unknown(const char *name, const char *where, struct bt_err *err);
int conf_read_tracked(struct bt_conf *c, const char *data, size_t len, const char *where,
		      struct bt_err *err);

#endif
