/*
 * What a stage holds: which grammars, what they say of themselves, and what somebody who is asked for consent wants to know
 * of their code.
 */
#ifndef BT_GRAMMARS_SOURCE_H
#define BT_GRAMMARS_SOURCE_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/grammars/stage.h"
#include "core/lang/user_grammars.h"

#define BT_SOURCE_GRAMMARS_MAX 16
#define BT_SOURCE_INCLUDES_MAX 64

struct bt_source {
	const char *name;		/* of the language */
	const char *path;		/* of the folder that has src/, in the stage; "" is its root */
	const char *symbol;		/* tree_sitter_<...>, as parser.c defines it */
	unsigned abi;			/* that parser.c says it is for */
	const char **extensions;	/* without the dot, or whole file names */
	size_t extensions_nr;
	const char *scanner;		/* scanner.c or the like, beside parser.c; NULL: there is none */
	bool cxx;			/* it is C++ */
	uint64_t parser_lines, other_lines;	/* of parser.c; of all other C, headers too, in the stage */
	const char *includes[BT_SOURCE_INCLUDES_MAX];	/* <...> of all files of the code but tree-sitter's own */
	size_t includes_nr;
	enum bt_user_text text_kind;
	struct bt_buf text;		/* a description, or a tags.scm */
	const char *licence;		/* "MIT" of package.json, or the first line of LICENSE, or "" */
	const char *version;		/* or "" */
	char hash[130];			/* SHA-512 in hex: the name, the text, every file of the stage */
};

struct bt_sources {
	struct bt_source items[BT_SOURCE_GRAMMARS_MAX];
	size_t nr;
	struct bt_arena arena;
};

/* Texts that the user gives for a grammar; NULL: what comes with it. */
struct bt_source_texts {
	const char *described, *tags;	/* paths */
	const struct bt_user_grammar *kept;	/* or the text that this one has */
};

/*
 * Finds the grammars by tree-sitter.json, by package.json, by where parser.c lies. A name that is no word, a parser.c that
 * defines no language: refused.
 */
int bt_sources_find(const struct bt_stage *s, const char *name, const struct bt_source_texts *texts,
		    struct bt_sources *ret_sources, struct bt_err *err);
void bt_sources_release(struct bt_sources *sources);

/* source_list.c */
int bt_sources_list(const struct bt_stage *s, struct bt_sources *l, struct bt_err *err);
/* source_code.c */
int bt_source_read_code(const struct bt_stage *s, struct bt_sources *l, struct bt_source *g, struct bt_err *err);
/* source_hash.c: g's hash, from all else it has */
int bt_source_hash(const struct bt_stage *s, struct bt_source *g, struct bt_err *err);

#endif
