/*
 * Configuration: one table of keys (conf/keys.c), one resolution.
 *
 * Order: command line > environment BATHO_<AREA>_<KEY> > git config (`batho.<area>.<key>`: worktree, local,
 * global, system, `git -c`) > tracked .batho/config.ini (only keys that a tracked file may set) > default.
 * git config is read through the git program, once, together with the few keys of git's own that
 * matter here. The tracked file is read from what is judged: the caller gives its bytes.
 */
#ifndef BT_CONF_CONF_H
#define BT_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/git/repo.h"

enum bt_key_id {
	BT_KEY_INDEX_MAX_BLOB_SIZE,	/* size, 1..BT_BLOB_SIZE_CAP */
	BT_KEY_INDEX_JOBS,		/* int, 0 (cores) .. BT_JOBS_MAX */
	BT_KEY_INDEX_INCLUDE,		/* list of patterns */
	BT_KEY_INDEX_EXCLUDE,		/* list of patterns */
	BT_KEY_INDEX_TIMEOUT,		/* duration in seconds: hard wall limit per blob */
	BT_KEY_INDEX_CPU_LIMIT,		/* CPU seconds per blob */
	BT_KEY_INDEX_BACKEND,		/* auto | libgit2 | git */
	BT_KEY_NR
};

enum bt_key_type { BT_TYPE_INT, BT_TYPE_SIZE, BT_TYPE_BOOL, BT_TYPE_STRING, BT_TYPE_CHOICE, BT_TYPE_LIST };

enum bt_origin { BT_FROM_DEFAULT, BT_FROM_TRACKED, BT_FROM_GIT, BT_FROM_ENV, BT_FROM_COMMAND };

struct bt_key {
	const char *name;		/* "index.maxBlobSize" */
	enum bt_key_type type;
	int64_t min, max;
	const char *deflt;		/* as text; NULL: empty list */
	const char *const *choices;	/* for BT_TYPE_CHOICE, NULL-terminated */
	const char *unit;		/* "bytes", "seconds", "" */
	bool tracked;			/* may .batho/config.ini set it? */
	const char *help;		/* one sentence */
};
extern const struct bt_key bt_keys[BT_KEY_NR];

struct bt_value {
	enum bt_origin origin;
	int64_t number;			/* int, size, bool, index of choice */
	const char *text;
	const char *const *list;	/* list_nr strings */
	size_t list_nr;
};

struct bt_conf;

/* Reads git's configuration and the environment. Errors in it name file, line and the nearest key. */
int bt_conf_open(struct bt_repo *repo, struct bt_conf **ret_conf, struct bt_err *err);
void bt_conf_free(struct bt_conf **pc);
/*
 * The bytes of a tracked .batho/config.ini, which replace those given before; `where` names it in messages
 * ("HEAD:.batho/config.ini").
 */
int bt_conf_set_tracked(struct bt_conf *c, const char *data, size_t len, const char *where,
			struct bt_err *err);
/* A value from the command line. */
int bt_conf_set_command(struct bt_conf *c, enum bt_key_id key, const char *text, struct bt_err *err);

const struct bt_value *bt_conf_get(const struct bt_conf *c, enum bt_key_id key);

/* git's own settings that matter here; NULL when unset. */
const char *bt_conf_git(const struct bt_conf *c, const char *name);	/* "core.ignorecase", "color.ui", ... */
/* core.sharedRepository as a mode mask: 0 private, 0660, 0664 or an octal value. */
unsigned bt_conf_shared_mode(const struct bt_conf *c);

/*
 * A hash of every value that decides which facts a revision has (limits, patterns), tracked file
 * left out: part of the key of a root tree, whose id covers the tracked file.
 */
uint64_t bt_conf_selection_hash(const struct bt_conf *c);

#endif
