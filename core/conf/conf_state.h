/*
 * Shared by the files of core/conf, and by their fuzz target, which fills a configuration without a
 * repository. Nobody else includes it.
 */
#ifndef BT_CONF_CONF_STATE_H
#define BT_CONF_CONF_STATE_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/conf/conf.h"

/* What our keys begin with in git's configuration. */
#define CONF_OURS "batho."
/* What is wrong and told one by one, in one file: a hostile one must not fill a terminal. */
#define CONF_PROBLEMS_MAX 100

/* One setting of git's that was read; the last one of a name wins. */
struct conf_git {
	const char *name;	/* "batho.index.jobs": as git gives it, in lower case but for what stands between the outer dots */
	const char *value;	/* NULL: `name` without '=' */
	const char *origin;	/* "file:/home/a/.gitconfig", "command line:" */
	enum bt_git_scope scope;
};

/* One setting of the tracked file that has been understood. */
struct conf_tracked {
	const char *name;	/* "index.jobs" */
	const char *value;
	unsigned line;
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
	const struct conf_tracked *tracked;
	size_t tracked_nr;
	const char *tracked_where;	/* "HEAD:.batho/config.ini" */
	bt_conf_warn *warn;		/* NULL: what is wrong is an error */
	void *warn_ctx;
	struct bt_conf_problem problem;	/* the last one, kept where somebody is told */
	struct conf_severity *severities;
	size_t severities_nr, severities_alloc;
};

/* Where a value comes from; name and where are for messages. */
struct conf_place {
	enum bt_origin origin;
	const char *name;	/* as it is called there: "batho.index.jobs", "BATHO_INDEX_JOBS" */
	const char *where;	/* "in /home/a/.gitconfig:12", "on the command line" */
	const char *file;	/* "/home/a/.gitconfig"; NULL: in none */
	unsigned line;		/* 0: not known */
	enum bt_git_scope scope;
};

/* Gives a key its value; a list grows while the origin stays the same and starts anew otherwise. */
int conf_set(struct bt_conf *c, enum bt_key_id key, const char *text, const struct conf_place *place,
	     struct bt_err *err);

/* value.c: -1: no such key. Names compare without case. */
int conf_find(const char *name);
/* Does a key of the table share the area of this name? */
bool conf_has_area(const char *name);
/* Letters in common, position for position from both ends: enough to guess a misspelt name. */
int conf_likeness(const char *a, const char *b);
/* The known key nearest to a name, or -1. */
int conf_nearest(const char *name);
/* *ret_number is what bt_value has. */
int conf_parse_value(struct bt_conf *c, const struct bt_key *k, const char *text, const struct conf_place *place,
		     int64_t *ret_number, struct bt_err *err);

/* problem.c: every message about a setting. Each returns BT_ERR_FAIL. */
int conf_bad_value(struct bt_conf *c, const struct conf_place *place, const char *text, const char *want,
		   struct bt_err *err);
/*
 * Naming the key, where it stands and the nearest known one. The last `len` bytes of the name are the key's own:
 * what is before them stands before the nearest one too.
 */
int conf_unknown(struct bt_conf *c, const struct conf_place *place, size_t len, struct bt_err *err);
/* The same for a variable, whose nearest (NULL: none is near) is known. */
int conf_unknown_variable(struct bt_conf *c, const struct conf_place *place, const char *near, struct bt_err *err);
/* place->name is a key that is not taken from there; where: "a tracked file". user: it is the user's alone to set. */
int conf_untaken(struct bt_conf *c, const struct conf_place *place, const char *where, bool user, struct bt_err *err);
int conf_no_value(struct bt_conf *c, const struct conf_place *place, struct bt_err *err);
/* The line itself is none. */
int conf_bad_line(struct bt_conf *c, const struct conf_place *place, const char *what, struct bt_err *err);
/* BT_ERR_LIMIT */
int conf_too_large(struct bt_conf *c, const char *file, unsigned max, struct bt_err *err);
/* `why` says what is wrong with the pattern. */
int conf_bad_pattern(struct bt_conf *c, const struct conf_place *place, const char *text, const struct bt_err *why,
		     struct bt_err *err);
/* A wrong setting: the code, or 0 when it has been told and passed over. */
int conf_tolerate(const struct bt_conf *c, const struct bt_err *err);

/* env.c: what the environment says of a key; NULL: nothing. *ret_name (free()) is the variable's. */
const char *conf_env_find(const char *key, char **ret_name);
int conf_take_env(struct bt_conf *c, struct bt_err *err);
/* Tells c->warn about a BATHO_ variable that is none. */
void conf_check_variable(struct bt_conf *c, const char *assignment);

/* severity.c: "rules.<id>.severity" */
bool conf_is_severity(const char *name);
/* name: the same, without anything before it. */
int conf_set_severity(struct bt_conf *c, const char *name, const char *text, const struct conf_place *place, struct bt_err *err);
/* "BATHO_RULES_EMPTY_CATCH_SEVERITY=off"; 0 for other variables too. */
int conf_take_severity(struct bt_conf *c, const char *assignment, struct bt_err *err);
/* The id in the name of such a variable, NULL when it is another; in c's arena. */
const char *conf_severity_of_variable(struct bt_conf *c, const char *name, size_t len);
void conf_drop_tracked_severities(struct bt_conf *c);

/* command.c: the row of "deploy.<name>.command" and its like, whose name is the user's; NULL: it is none. */
const struct bt_key *conf_family_of(const char *name);
bool conf_is_command(const char *name);
/* Which ones there are, for a key in their area; NULL: it is in another. */
const char *conf_family_hint(const char *name);
/* text: NULL for a key without '='. */
int conf_check_command(struct bt_conf *c, const char *text, const struct conf_place *place, struct bt_err *err);
/* Equal, without case but for the name in the middle? */
bool conf_same_name(const char *a, const char *b);

/* git.c: reads git's configuration, once; and takes our keys from it. */
int conf_read_git(struct bt_conf *c, const struct bt_repo *repo, struct bt_git_stream *listing, struct bt_err *err);
int conf_take_git(struct bt_conf *c, struct bt_err *err);
/* Takes git's listing with scopes and origins; changes the bytes. */
void conf_parse_git(struct bt_conf *c, char *data, size_t len);
/* name: without "batho." */
bool conf_is_known_area(const char *name);
/* Is it said where a repository's own configuration must not say it? */
bool conf_is_out_of_scope(const struct bt_key *k, enum bt_git_scope scope);
/* Where setting number `at` stands; what is not said of it is left alone. `where` holds the text. */
void conf_git_place(const struct bt_conf *c, size_t at, struct bt_buf *where, struct conf_place *place);
/*
 * git_line.c: the line (from 1) at which number `nth` (from 0) of the settings called `name` stands in
 * a file of git's configuration; 0 when it does not.
 */
unsigned conf_git_line(const char *data, size_t len, const char *name, size_t nth);

int conf_read_tracked(struct bt_conf *c, const char *data, size_t len, const char *where,
		      struct bt_err *err);

#endif
