/*
 * Do the brackets of a program match, in languages that write strings and comments as C does? For analysis_tree.c.
 */
#ifndef BT_RULES_BRACKETS_H
#define BT_RULES_BRACKETS_H

#include <stdbool.h>
#include <stddef.h>

/* What a language has beside "..." and the comments of C. */
#define BT_BRACKETS_DIRECTIVES (1u << 0)       /* every line that starts with # is one */
#define BT_BRACKETS_CONDITIONS (1u << 1)       /* those of #if are */
#define BT_BRACKETS_RAW_STRINGS (1u << 2)      /* R"x(...)x" */
#define BT_BRACKETS_VERBATIM (1u << 3)	       /* @"...", over several lines */
#define BT_BRACKETS_TRIPLE (1u << 4)	       /* three double quotes, over several lines */
#define BT_BRACKETS_BACKTICKS (1u << 5)	       /* `...`, over several lines */
#define BT_BRACKETS_LINE_STRINGS (1u << 6)     /* from two backslashes to the end of the line */
#define BT_BRACKETS_NO_LINE_COMMENTS (1u << 7) /* two slashes are none */
#define BT_BRACKETS_REGEXPS (1u << 8)	       /* between slashes, where a value is expected */

/*
 * Comments, strings and directives apart. False: *ret_at is a closing bracket without its opening one, or an opening one that is
 * never closed. What is nested too deeply to be followed counts as matching.
 */
bool bt_brackets_match(const char *text, size_t len, unsigned flags, size_t *ret_at);

#endif
