/*
 * Matching a path, or the name of a ref, against a glob by git's rules.
 */
#ifndef BT_GIT_GLOB_H
#define BT_GIT_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* Flags of bt_wild. */
#define BT_WILD_PATHNAME \
	(1u << 0)		/* '*', '?' and sets stop at '/'; '**' between slashes does not */
#define BT_WILD_ICASE (1u << 1) /* ASCII letters of either case are equal */

/* Does the whole text match? Neither needs a NUL at its end. */
bool bt_wild(const char *pattern, size_t pattern_len, const char *text, size_t text_len,
	     unsigned int flags);

/* A pattern of .gitignore or .gitattributes, without '!'. The text is borrowed. */
struct bt_glob {
	const char *text; /* without leading and trailing '/' */
	size_t len;
	size_t literal_len; /* bytes before the first wildcard */
	bool anchored;	    /* held a '/' before its end: matches the whole path */
	bool dir_only;	    /* ended in '/' */
};

void bt_glob_parse(struct bt_glob *g, const char *text, size_t len);
/* path is relative to the folder of the pattern; only what `anchored` says of it is compared. */
bool bt_glob_match(const struct bt_glob *g, const char *path, size_t path_len, bool ignore_case);
/* memcmp(a, b, len) == 0, with ignore_case for ASCII. */
bool bt_path_equal(const char *a, const char *b, size_t len, bool ignore_case);

#endif
