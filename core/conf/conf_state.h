/*
 * Shared by the files of core/conf, and by their fuzz target, which fills a configuration without a
 * repository. Nobody else includes it.
 */
#ifndef BT_CONF_CONF_STATE_H
#define BT_CONF_CONF_STATE_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/conf/conf.h"

/* One setting of git's that was read; the last one of a name wins. */
struct conf_git {
	const char *name;	/* "batho.index.jobs": as git gives it, in lower case */
	const char *value;	/* NULL: `name` without '=' */
	const char *origin;	/* "file:/home/a/.gitconfig", "command line:" */
};

/* rules.<id>.severity, as often as it was said. */
struct conf_severity {
	struct bt_conf_said said;
	enum bt_origin origin;
};

struct bt_conf {
	struct bt_arena arena;
	struct bt_value values[BT_KEY_NR];
	struct conf_git *git;
	size_t git_nr, git_alloc;
	void (*warn)(void *ctx, const char *msg);	/* NULL: what is wrong is an error */
	void *warn_ctx;
	struct conf_severity *severities;
	size_t severities_nr, severities_alloc;
};

/* Where a value comes from; name and where are for messages. */
struct conf_place {
	enum bt_origin origin;
	const char *name;	/* as it is called there: "batho.index.jobs", "BATHO_INDEX_JOBS" */
	const char *where;	/* "in /home/a/.gitconfig:12", "on the command line" */
};

/* Gives a key its value; a list grows while the origin stays the same and starts anew otherwise. */
int conf_set(struct bt_conf *c, enum bt_key_id key, const char *text, const struct conf_place *place,
	     struct bt_err *err);
/* severity.c: "rules.<id>.severity" */
bool conf_is_severity(const char *name);
/* place->name holds it. */
int conf_set_severity(struct bt_conf *c, const char *text, const struct conf_place *place, struct bt_err *err);
void conf_drop_tracked_severities(struct bt_conf *c);
/* command.c: "deploy.<name>.command" and its like; which ones there are, for a key in their area; NULL: it is in another. */
bool conf_is_command(const char *name);
const char *conf_command_hint(const char *name);
/* text: NULL for a key without '='. */
int conf_check_command(const char *text, const struct conf_place *place, struct bt_err *err);
/* -1: no such key. Names compare without case. */
int conf_find(const char *name);
/*
 * BT_ERR_FAIL naming the key, where it stands and the nearest known one. The last `len` bytes of the
 * name are the key's own: what is before them stands before the nearest one too.
 */
int conf_unknown(const struct conf_place *place, size_t len, struct bt_err *err);

/* git.c: reads git's configuration, once; and takes our keys from it. */
int conf_read_git(struct bt_conf *c, const struct bt_repo *repo, struct bt_git_stream *listing, struct bt_err *err);
int conf_take_git(struct bt_conf *c, struct bt_err *err);
/* Takes git's listing with origins; changes the bytes. */
void conf_parse_git(struct bt_conf *c, char *data, size_t len);
/* A wrong setting: the code, or 0 when it has been told and passed over. */
int conf_tolerate(const struct bt_conf *c, const struct bt_err *err);
/*
 * git_line.c: the line (from 1) at which number `nth` (from 0) of the settings called `name` stands in
 * a file of git's configuration; 0 when it does not.
 */
unsigned conf_git_line(const char *data, size_t len, const char *name, size_t nth);

int conf_read_tracked(struct bt_conf *c, const char *data, size_t len, const char *where,
		      struct bt_err *err);

#endif
