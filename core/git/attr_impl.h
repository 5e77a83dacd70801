/*
 * Parsed attribute files; private to core/git.
 *
 * Names of attributes become numbers: those of enum bt_attr_id, then the macros that lead to one of
 * them. What has no number cannot change an answer and is not kept.
 */
#ifndef BT_GIT_ATTR_IMPL_H
#define BT_GIT_ATTR_IMPL_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/git/attr.h"
#include "core/git/glob.h"

/* git ignores lines that are not shorter. */
#define ATTR_LINE_LEN_MAX 2048
/*
 * Macros that are kept; real files define a handful. It bounds the recursion of macros in macros.
 */
#define ATTR_MACRO_NR_MAX 256
#define ATTR_NAME_NR_MAX (BT_ATTR_NR + ATTR_MACRO_NR_MAX)

/* One attribute on a line, as text. */
struct bt_attr_word {
	const char *name;
	size_t name_len;
	enum bt_attr_state state; /* BT_ATTR_UNSPECIFIED for "!name" */
	const char *value;
	size_t value_len;
};

/* One line: a pattern or a macro, and its words. */
struct bt_attr_line {
	bool macro;
	const char *name; /* pattern, or name of the macro */
	size_t name_len;
	const char *words, *words_end;
};

/* Splits the lines of an attribute file. */
struct bt_attr_reader {
	const char *at, *end;
	bool macro_ok;
	struct bt_buf unquoted; /* the pattern of the current line, when it was quoted */
};

void bt_attr_reader_init(struct bt_attr_reader *r, const char *data, size_t len, bool macro_ok);
void bt_attr_reader_release(struct bt_attr_reader *r);
/* The next line that means something; valid until the next call. */
bool bt_attr_reader_next(struct bt_attr_reader *r, struct bt_attr_line *ret_line);
/* The next word of a line (whose words are valid); advances l->words. */
bool bt_attr_word_next(struct bt_attr_line *l, struct bt_attr_word *ret_word);

struct bt_attr_item {
	int id;
	struct bt_attr_value v;
};

/* Words with a number, in the order of the line. */
struct bt_attr_states {
	struct bt_attr_item *list;
	size_t nr;
};

/* The names with a number. */
struct bt_attr_name {
	const char *name;
	size_t len;
	bool macro;
	struct bt_attr_states states; /* of the macro */
	const char *words;	      /* of the macro, as text */
	size_t words_len;
};

struct bt_attr_names {
	struct bt_attr_name list[ATTR_NAME_NR_MAX];
	size_t nr;
	struct bt_arena arena;
};

/* A file whose macros count: user's, top-level, info. */
struct bt_attr_source {
	const char *data;
	size_t len;
};

/* The names that result from the sources, weakest first, after the built-in macro. */
void bt_attr_names_build(struct bt_attr_names *n, const struct bt_attr_source *sources,
			 size_t sources_nr);
void bt_attr_names_release(struct bt_attr_names *n);
/* The number of a name, or -1. */
int bt_attr_names_find(const struct bt_attr_names *n, const char *name, size_t len);
/* The words of a line that have a number; copies into the arena. */
struct bt_attr_states bt_attr_states_take(const struct bt_attr_names *n, struct bt_attr_line line,
					  struct bt_arena *arena);

struct bt_attr_rule {
	struct bt_glob glob;
	struct bt_attr_states states;
};

/* The rules of one file, in its order. */
struct bt_attr_frame {
	char *dir; /* "" for the top, user's and info */
	size_t dir_len;
	struct bt_attr_rule *rules;
	size_t rules_nr, rules_alloc;
	struct bt_arena arena;
};

void bt_attr_frame_load(struct bt_attr_frame *f, const struct bt_attr_names *n, const char *dir,
			const char *data, size_t len, bool macro_ok);
void bt_attr_frame_release(struct bt_attr_frame *f);

/* What bt_attr_stack_new gives. */
struct bt_attr_stack {
	bool ignore_case;
	struct bt_attr_names names;
	char *user, *info; /* copies: they are parsed again when the top comes */
	size_t user_len, info_len;
	struct bt_attr_frame user_frame, info_frame;
	struct bt_attr_frame *frames; /* from the top down */
	size_t frames_nr, frames_alloc;
};

#endif
