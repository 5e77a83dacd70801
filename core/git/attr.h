/*
 * Attributes and path patterns, by git's rules, from any source of bytes.
 *
 * git 2.39 cannot read attributes from a revision, so the rules of gitattributes(5) and the
 * matching of gitignore(5) patterns (wildmatch with FNM_PATHNAME semantics) are here. A stack holds
 * the .gitattributes of the folders from the top down to the current one, below them the user's
 * attributes file, above them $GIT_DIR/info/attributes (highest precedence). Macros ([attr]) are
 * honoured where git honours them (top-level file, info, user); `binary` is built in.
 * core.ignoreCase is a parameter.
 */
#ifndef BT_GIT_ATTR_H
#define BT_GIT_ATTR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/git/repo.h"

/*
 * One pattern of index.include / index.exclude: gitignore(5) rules (leading '/', trailing '/',
 * '**', '!' for re-inclusion is refused).
 */
struct bt_pattern {
	char *text;		/* as given */
	char *glob;		/* without leading and trailing '/' */
	bool anchored;		/* holds a '/' before its end: matched against the whole path */
	bool dir_only;		/* had a trailing '/' */
	size_t literal_len;	/* bytes of glob before the first wildcard */
};
int bt_pattern_parse(const char *text, struct bt_pattern *ret_p, struct bt_err *err);
void bt_pattern_release(struct bt_pattern *p);
/*
 * Does it match path, or a folder above path? path is relative to the top, without leading '/'; a
 * '/' at its end makes it a folder itself.
 */
bool bt_pattern_match(const struct bt_pattern *p, const char *path, bool ignore_case);
/* Could an anchored pattern match dir itself or something below it? (unanchored: always true) */
bool bt_pattern_may_match_below(const struct bt_pattern *p, const char *dir);

/* The attributes this program reads; one list. */
enum bt_attr_id {
	BT_ATTR_BATHO,			/* -batho: do not index */
	BT_ATTR_LINGUIST_GENERATED,
	BT_ATTR_LINGUIST_VENDORED,
	BT_ATTR_LINGUIST_DOCUMENTATION,
	BT_ATTR_LINGUIST_LANGUAGE,
	BT_ATTR_BINARY,			/* set by the macro; -diff -merge -text follow it */
	BT_ATTR_TEXT,
	BT_ATTR_DIFF,
	BT_ATTR_FILTER,			/* filter=lfs */
	BT_ATTR_NR
};

enum bt_attr_state { BT_ATTR_UNSPECIFIED, BT_ATTR_SET, BT_ATTR_UNSET, BT_ATTR_VALUE };
struct bt_attr_value {
	enum bt_attr_state state;
	const char *value;	/* for BT_ATTR_VALUE; lives as long as the level that gave it */
};

struct bt_attr_stack;
struct bt_attr_stack *bt_attr_stack_new(bool ignore_case);
void bt_attr_stack_free(struct bt_attr_stack **ps);
/*
 * The user's file and info/attributes (either may be empty), while no folder is entered. Malformed
 * lines are ignored, as git does.
 */
void bt_attr_stack_set_outer(struct bt_attr_stack *s, const char *user, size_t user_len,
			     const char *info, size_t info_len);
/*
 * Reads these: the system's file and then the user's into `user`, since the later line wins, and the repository's
 * info/attributes. `attributes_file` is core.attributesFile as configured, or NULL. What is not there or cannot be read is
 * empty, as in git; BT_ERR_LIMIT when a file is larger than BT_ATTR_FILE_MAX.
 */
int bt_attr_outer_read(const struct bt_repo *repo, const char *attributes_file, struct bt_buf *user,
		       struct bt_buf *info, struct bt_err *err);
/* Where the user's file is: NULL when there is no home; for free(). */
char *bt_attr_user_path(const char *attributes_file);
/* Enters folder `dir` ("" for the top, else "a/b") with its .gitattributes, which may be empty. */
void bt_attr_stack_push(struct bt_attr_stack *s, const char *dir, const char *data, size_t len);
void bt_attr_stack_pop(struct bt_attr_stack *s);
/* Attributes of the file `path` (relative to the top), whose folder is the current one. */
void bt_attr_lookup(const struct bt_attr_stack *s, const char *path,
		    struct bt_attr_value ret_values[BT_ATTR_NR]);
/*
 * A text of all rules above `dir` (pushed for the folders above it, and outer) that can reach
 * something in or below it and set an attribute of our list: part of the selection id. A rule that
 * is not anchored is its text alone; an anchored rule that can match there adds `dir` relative to
 * the folder the rule stands in; one that cannot is left out.
 */
void bt_attr_effective_above(const struct bt_attr_stack *s, const char *dir, struct bt_buf *out);

#endif
