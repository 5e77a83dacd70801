/*
 * A description resolved against its grammar: what the walk looks up per node.
 *
 * The walk (walk.c) visits every node once. A node's rule is found by its symbol; what a child is to
 * its parent is found in the parent's role entries by the child's field or symbol. A *pending role*
 * travels down: it is given by the parent's entry, passed on by entries that say "pass", and takes
 * effect on the first identifier it meets. "bind" is such a role: the identifier it meets becomes
 * the name of the definition that was opened further up.
 */
#ifndef BT_LANG_TABLES_H
#define BT_LANG_TABLES_H

#include <stdbool.h>
#include <stdint.h>
#include <tree_sitter/api.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/facts/facts.h"
#include "core/lang/desc.h"
#include "core/lang/mask.h"

/* Pending roles: enum bt_role, and these. */
enum bt_pend {
	BT_PEND_NONE = BT_ROLE_NR,	/* the identifier's own default holds */
	BT_PEND_PASS,		/* what the parent has pending */
	BT_PEND_BIND,		/* names the definition opened above */
	BT_PEND_NAMES,		/* the same when the parent itself opened one, else it is written to */
	BT_PEND_EXPORT,		/* read, and a definition of the file with that name is exported */
	BT_PEND_OWN,		/* nothing pending, but params and body below belong to the definition above */
	BT_PEND_BODY,		/* the body of the definition: its signature ends here */
	BT_PEND_PARAMS,		/* the parameter list: named children are counted */
	BT_PEND_PARAM,		/* one parameter, where they stand in no list of their own */
	BT_PEND_MODULE,		/* import: the text of this node is the module */
	BT_PEND_ITEM,		/* import: an imported name */
	BT_PEND_ALIAS,		/* import: its other name */
	BT_PEND_ALL,		/* import: everything */
	BT_PEND_PREFIX,		/* import: the modules named beside it start with this */
	BT_PEND_PAST,		/* the parent's "before" entries end here */
	BT_PEND_TEXT,		/* a word of unparsed text: a call when '(' follows */
	BT_PEND_PART,		/* import: a part of the module: it goes on from the parts before */
	BT_PEND_FLAT,		/* a control structure that does not nest: the if of an else if */
	BT_PEND_OBJECT,		/* member: the qualifier */
	BT_PEND_TAIL,		/* member: what the parent has pending, qualified */
	BT_PEND_TAIL_BIND,	/* the same, and a definition may be named through it */
};

#define BT_ENTRY_SPREAD (1u << 0)	/* to the children of this child as well (suffix +) */
#define BT_ENTRY_DEEP (1u << 1)		/* to every identifier below without a role of its own (suffix *) */
#define BT_ENTRY_FIRST (1u << 2)	/* only the child at the parent's start (key ^...) */
#define BT_ENTRY_LAST (1u << 3)		/* only the child at the parent's end (key $...) */
#define BT_ENTRY_UNDER (1u << 4)	/* only where the parent has `under` pending (if=ROLE) */
#define BT_ENTRY_BEFORE (1u << 5)	/* only before a child that is "past" (suffix !) */
#define BT_ENTRY_NEXT (1u << 7)		/* only where one of `next` follows, blanks apart (next=CHARS) */
#define BT_ENTRY_CONDS \
	(BT_ENTRY_FIRST | BT_ENTRY_LAST | BT_ENTRY_UNDER | BT_ENTRY_BEFORE | BT_ENTRY_NEXT)
#define BT_ENTRY_QUALIFY (1u << 6)	/* qualified by the member's object */

#define BT_AS_KEEP 0xff			/* the kind of the definition stays */
#define BT_AS_BASE 0xfe			/* back to the kind its rule gave */

struct bt_role_entry {
	TSFieldId field;	/* 0: match by symbol, or any child when that is 0 too */
	TSSymbol symbol;
	uint8_t pend;		/* enum bt_role or bt_pend */
	uint8_t flags;
	uint8_t as;		/* kind a definition gets when its name is reached through here */
	uint8_t under;		/* enum bt_role or bt_pend */
	const char *next;	/* characters */
};

enum bt_cond_op {
	BT_COND_TYPE,		/* the child is one of symbols */
	BT_COND_TEXT,		/* the child's text is one of texts */
	BT_COND_NOT_TEXT,	/* it is none of them, or there is no such child */
	BT_COND_HAS,
	BT_COND_HAS_NOT,
	BT_COND_PARENT,		/* the parent node is one of symbols */
	BT_COND_NOT_PARENT,
	BT_COND_GRANDPARENT,
	BT_COND_IN,		/* the definition around has one of kinds */
	BT_COND_NOT_IN,
	BT_COND_OPEN,		/* not inside a callable */
	BT_COND_DEPTH,		/* fewer than `kinds` definitions around */
	BT_COND_LIKE,		/* the child's text matches one of texts as globs */
	BT_COND_CAPS,		/* the child's text starts with a word without small letters */
	BT_COND_FOLLOWED,	/* one of texts is next behind the node (and white space, C comments, #endif) */
	BT_COND_ENDS,		/* the node's text ends in one of texts */
	BT_COND_STARTS,		/* it starts with one of texts */
	BT_COND_AFTER,		/* one of texts is right before the node (and white space) */
};

struct bt_cond {
	enum bt_cond_op op;
	TSFieldId field;	/* of the child; 0: by child_symbol */
	TSSymbol child_symbol;
	bool deep;		/* it is that child's child that counts, by: */
	TSFieldId deep_field;
	TSSymbol deep_symbol;
	const TSSymbol *symbols;
	size_t symbols_nr;
	const char *const *texts;
	size_t texts_nr;
	uint32_t kinds;		/* bit per kind; bit 31: at file level */
};
#define BT_COND_FILE_LEVEL (1u << 31)

enum bt_export {
	BT_EXPORT_ALL,
	BT_EXPORT_NONE,
	BT_EXPORT_CAPITAL,	/* the name starts with an upper-case letter */
	BT_EXPORT_NO_UNDERSCORE,/* the name does not start with '_' */
	BT_EXPORT_MARKED,	/* one of words stands before the name */
	BT_EXPORT_UNMARKED,	/* none of them does */
	BT_EXPORT_PARENT,	/* an ancestor, at most three up, is one of symbols */
	BT_EXPORT_SCOPE,	/* what is around it is exported, or one of words stands before the name */
};

struct bt_words {
	const char *const *words;
	size_t nr;
};

struct bt_export_rule {
	enum bt_export policy;
	struct bt_words words;
	const TSSymbol *symbols;
	size_t symbols_nr;
};

struct bt_def_rule {
	bool import;		/* an import statement, not a definition */
	uint8_t kind;
	const struct bt_cond *conds;
	size_t conds_nr;
	uint32_t within;	/* kinds of the definition around ... */
	uint8_t within_kind;	/* ... that make it this kind */
	uint8_t qualified_kind;	/* kind when the name is qualified; BT_AS_KEEP: the same */
	struct bt_words ctor;	/* names that make it a constructor; "@class": the class's own, "@qualifier" */
	struct bt_words tests;	/* globs on the name that make it a test */
	struct bt_words decl;	/* words before the name that make it a declaration */
	bool decl_always;
	bool keeps_kind;	/* (as=KIND) does not change its kind */
	bool bodied;		/* has a body even where no child says so */
	bool once;		/* only the first name that could be its is */
	bool curried;		/* may have several parameter lists: all count */
	bool sections;		/* not exported in a hidden section */
	bool hoisted;		/* in the callable's head, but a member of what is around the callable */
	bool each;		/* every name of it is a definition of its own, as long as the name */
	bool parts;		/* each part of a qualified name is a definition, that holds the next one ... */
	bool parts_decl;	/* ... and all but the last are declarations */
	bool rest;		/* holds what follows it in the node above */
	bool closed;		/* what is inside is not exported */
	bool joins;		/* goes on in the next node when that is a `join` node: its body */
	bool by_argument;	/* named by the argument'th word in the text's first brackets ... */
	uint8_t argument;	/* ... from 1, the last when there are fewer; 0 or none: the first word */
	bool quoted_relative;	/* import: a module in quotes is a relative one */
	bool reexport;		/* import: passes on what it imports */
	const char *split;	/* import: separator before the last part of a module, which is an item */
	const char *nested;	/* import: separator of the parts of a module that prefixes name */
	struct bt_words relative;	/* import: globs of modules that are relative ones */
	bool hashed;
	bool transparent;	/* not a scope for what is inside */
	struct bt_words fixed;	/* words[0]: its name when nothing binds one */
	const TSSymbol *outer;	/* parents whose start is the definition's start */
	size_t outer_nr;
	struct bt_words deflt;	/* words before the name or body that make it the default export */
	bool own_export;
	struct bt_export_rule export;
};

#define BT_NODE_IDENT (1u << 0)
#define BT_NODE_WHOLE (1u << 1)		/* an identifier with parts: not descended into */
#define BT_NODE_COMMENT (1u << 2)
#define BT_NODE_LEX (1u << 3)		/* opaque text with identifiers in it */
#define BT_NODE_BRANCH (1u << 4)
#define BT_NODE_NEST (1u << 5)
#define BT_NODE_INDENT (1u << 6)	/* its borders count as tokens */
#define BT_NODE_SELF (1u << 7)
#define BT_NODE_SUPER (1u << 8)
#define BT_NODE_PARAM_SKIP (1u << 9)
#define BT_NODE_MEMBER (1u << 10)
#define BT_NODE_DOC (1u << 11)		/* a documentation string, when first in a body */
#define BT_NODE_LEAD (1u << 12)		/* belongs to the definition right behind it */
#define BT_NODE_PLAIN (1u << 13)	/* an identifier only when it looks like one */
#define BT_NODE_JOIN (1u << 14)	/* may be the body of the definition right before it */
#define BT_NODE_PARAM (1u << 15)	/* where a language has any, only these count as parameters */
#define BT_NODE_DOLLAR (1u << 16)	/* text of a string: $name in it is an identifier */
#define BT_NODE_CAPITAL (1u << 17)	/* an identifier that patterns do not bind when it has a capital */
#define BT_NODE_LIKE (1u << 18)		/* an identifier only when it matches a glob */
#define BT_NODE_SECTION (1u << 19)	/* may start a section of a body: private, public */
#define BT_NODE_QUOTE (1u << 20)	/* a lone quotation mark: in an ERROR it may open a literal */

/* How comments and literals are written, for text that is not parsed. */
#define BT_LEXIS_SLASHES (1u << 0)	/* // to the end of the line */
#define BT_LEXIS_BLOCK (1u << 1)	/* between slash and star */
#define BT_LEXIS_HASH (1u << 2)		/* # to the end of the line, at the start of a word */
#define BT_LEXIS_DASHES (1u << 3)	/* -- to the end of the line */
#define BT_LEXIS_DOUBLE (1u << 4)	/* "..." */
#define BT_LEXIS_SINGLE (1u << 5)	/* '...' */
#define BT_LEXIS_FILLED (1u << 6)	/* what is between double quotes may hold names: $x, {x}, \(x) */

struct bt_node_rule {
	uint32_t flags;
	uint8_t role;			/* of an identifier with nothing pending; BT_PEND_NONE: none */
	uint64_t token;			/* hash of an anonymous token's text */
	const struct bt_def_rule *defs;
	const struct bt_role_entry *entries, *import_entries;
	uint16_t defs_nr, entries_nr, import_entries_nr;
	const char *trim;		/* characters that are cut, one at either end; NULL: nothing is cut */
	char closing;			/* character whose run at the end, behind a blank, is cut, or NUL */
	TSFieldId until;		/* its name ends with this child; 0: with the node */
	struct bt_words like;		/* globs: only such texts are identifiers (flag BT_NODE_LIKE) */
	struct bt_words except;		/* texts that are not identifiers ... */
	uint64_t except_bits;		/* ... with a bit for each name hash modulo 64 */
	struct bt_words branches;	/* texts that are decision points (flag BT_NODE_BRANCH) */
	struct bt_words hidden, shown;	/* texts that start a section (flag BT_NODE_SECTION) */
	const struct bt_cond *branch_conds;	/* when it is a decision point */
	size_t branch_conds_nr;
};

struct bt_lang_tables {
	const TSLanguage *ts;		/* the dense copy where one was made */
	const TSLanguage *stock;
	struct bt_node_rule *rules;	/* by symbol */
	uint32_t symbols_nr;
	const struct bt_node_rule *words;	/* whose except holds in opaque text as well, or NULL */
	struct bt_words self_texts, super_texts, test_marks;
	struct bt_export_rule export;
	bool has_params;		/* some type is BT_NODE_PARAM */
	uint32_t lexis;			/* BT_LEXIS_* */
	struct bt_mask *mask;		/* macros to be blanked before the parse, or NULL */
	struct bt_arena arena;
};

/* The tables point into d's words. Fails with the description's file and line: "core/lang/desc/c.lang:12: no node type 'x'". */
int bt_tables_make(const struct bt_desc *d, const char *name, bool user, const TSLanguage *ts,
		   struct bt_lang_tables *ret_tables, struct bt_err *err);
void bt_tables_release(struct bt_lang_tables *t);

#endif
