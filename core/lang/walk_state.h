/*
 * The state of one walk; shared by walk.c and its parts (walk_*.c), nobody else includes it.
 */
#ifndef BT_LANG_WALK_STATE_H
#define BT_LANG_WALK_STATE_H

#include "core/base/arena.h"
#include "core/facts/facts.h"
#include "core/lang/tables.h"
#include "core/lang/tree_iter.h"

/* A running hash of tokens; the hash of a stretch follows from the states at its two ends. */
struct walk_hash {
	uint64_t value;		/* sum of token * BASE^(tokens behind it) mod 2^61 - 1 */
	uint64_t nr;
};

/* A definition under construction. */
struct walk_def {
	struct bt_def d;
	const struct bt_def_rule *rule;
	uint32_t any;		/* innermost definition of any kind around it, or BT_NONE */
	bool live;		/* has a name */
	bool has_body;
	bool local;		/* inside a callable */
	bool hidden;		/* in a private section, or in something closed ... */
	bool hidden_inside;	/* ... which is so for all in it */
	bool joined;		/* its body is a node of its own: walk_join */
	uint32_t inner;		/* of the parts of a qualified name: how many are around it */
	struct walk_hash at_start, at_body;
};

/* What a child is to its parent. */
struct walk_pend {
	uint8_t role;		/* enum bt_role or bt_pend */
	uint8_t as;		/* kind for a bind; BT_AS_* */
	uint8_t deep;		/* role for identifiers below without one; BT_PEND_NONE */
	uint8_t spread;		/* role for the children of this one; BT_PEND_NONE */
	uint8_t qual;		/* enum bt_qual */
	bool taken;		/* an import has its text: no import roles below */
	uint32_t qual_start;
	uint32_t own;		/* definition that bind, params and body refer to, or BT_NONE */
	uint32_t body_of;	/* this node is the body of that definition, or BT_NONE */
};

/* One node on the way from the root to the node at hand. */
struct walk_frame {
	const struct bt_node_rule *rule;
	struct walk_pend pend;
	TSSymbol symbol;
	bool import;		/* inside an import statement */
	bool import_top;	/* the import statement itself */
	bool hidden;		/* in a private section of a body */
	bool past;		/* the child that ends the "before" entries was met */
	uint32_t start, start_row, end;
	uint32_t scope;		/* innermost definition that holds names, or BT_NONE */
	uint32_t any;
	uint32_t callable;	/* innermost callable definition, or BT_NONE */
	uint32_t opened;	/* definition this node opened, or BT_NONE */
	uint32_t nest;
	uint32_t object_start, object_end;	/* of a member's qualifier; end 0: none yet */
	TSSymbol object_symbol;
};

struct walk_text {
	const char *text;
	uint32_t len;
};

struct walk_item {
	struct walk_text name, alias;
};

struct walk_import {
	bool active, has_module;
	const struct bt_def_rule *rule;
	struct bt_import m;	/* module: index into texts */
	struct walk_text alias;
};

/* The run of nodes that belong to the definition behind them. */
struct walk_lead {
	uint32_t start, row;
	uint32_t doc_start, doc_end;	/* of the comment above it; doc_end 0: none */
	uint64_t tokens_nr;		/* behind it; a definition that starts there follows it */
};

/* A name that an export list has, by index into names. */
struct walk_exports {
	uint32_t *names;
	size_t nr, alloc;
};

struct walk_name_slot {
	uint64_t hash;
	uint32_t name;
	uint32_t generation;
};

struct walk {
	const struct bt_lang_tables *t;
	struct bt_tree_iter *iter;
	const char *src;
	uint32_t size;
	uint64_t nodes, nodes_max;
	bool truncated;

	struct walk_frame *frames;
	size_t depth, frames_alloc;
	struct walk_pend pend;	/* of the node at hand */

	struct bt_name *names;
	struct walk_name_slot *slots;
	uint32_t names_nr, generation;
	size_t names_alloc, slots_nr;

	struct bt_occ *occs;
	struct walk_def *defs;
	struct bt_name *texts;
	struct bt_import *imports;
	struct walk_text *import_alias;		/* beside imports */
	struct walk_item *items;
	struct bt_span *errors;
	uint32_t *line_starts;
	uint8_t *line_flags;			/* LINE_CODE, LINE_COMMENT */
	size_t occs_nr, defs_nr, texts_nr, imports_nr, items_nr, errors_nr, lines_nr;
	size_t occs_alloc, defs_alloc, texts_alloc, imports_alloc, import_alias_alloc, items_alloc,
		errors_alloc, lines_alloc, line_flags_alloc;

	struct walk_hash hash;
	uint32_t gap_words_to;	/* the words before it, in gaps, are dealt with */
	uint32_t quoted_to;	/* before it is a literal that the parser read as code: no names */
	uint32_t covered, row;	/* bytes before `covered` are dealt with; its row */
	uint32_t last_code_row;	/* row of the end of the last token; BT_NONE: none yet */

	/* the newest run of comments with nothing but line ends between */
	uint32_t comment_start, comment_end, comment_end_row, comment_next;
	bool comment_first;	/* nothing before it on its line */

	struct walk_import import;
	struct walk_lead lead;
	struct walk_exports exports;
	bool test_mark;		/* the next callable that is named is a test */
	uint32_t named, named_at;	/* this definition is named by the identifier there */
	uint32_t joined;		/* this one may go on in the next node, or BT_NONE ... */
	uint64_t joined_tokens_nr;	/* ... with no token between */

	/* results that only the end knows */
	struct bt_arena arena;
};

#define LINE_CODE 1u
#define LINE_COMMENT 2u

/* A node before it is entered. */
struct walk_child {
	const struct walk *w;
	TSSymbol symbol;
	TSFieldId field;	/* looked up only where the parent has entries */
	bool named;
	uint32_t start, end;
};

/* walk_pend.c */
extern const struct bt_node_rule walk_no_rule;
/* The entry of its parent's rule that fits a child, or NULL. */
const struct bt_role_entry *walk_entry_of(const struct walk_frame *parent, struct walk_child *c);
void walk_pend_from_entry(struct walk *w, struct walk_frame *parent, const struct bt_role_entry *e,
			  struct walk_pend *p);
void walk_pend_take(struct walk *w, struct walk_frame *parent, struct walk_pend *p, TSSymbol symbol, uint32_t start,
		    uint32_t end);
bool walk_pend_passes_on(const struct walk_frame *parent, const struct bt_node_rule *rule, uint8_t role);

/* walk_text.c */
void walk_lines_init(struct walk *w);
void walk_gap(struct walk *w, uint32_t to);		/* the bytes up to `to` belong to no visible leaf */
void walk_token(struct walk *w, uint64_t token);
void walk_leaf(struct walk *w, uint32_t start, uint32_t end, uint64_t token);
void walk_comment(struct walk *w, uint32_t start, uint32_t end);
void walk_dollar(struct walk *w, uint32_t start, uint32_t end);
void walk_lex(struct walk *w, uint32_t start, uint32_t end);
/* A quotation mark in something that did not parse (error), or anywhere else. */
void walk_quote(struct walk *w, uint32_t at, bool error);
uint32_t walk_name(struct walk *w, const char *text, uint32_t len, uint64_t hash);
uint64_t walk_name_hash(const char *text, uint32_t len);
uint32_t walk_occ(struct walk *w, uint32_t start, uint32_t end, uint64_t hash, uint8_t role,
		  const struct walk_pend *pend);
bool walk_is_plain(const struct walk *w, const struct bt_node_rule *rule, uint8_t role, uint32_t start,
		   uint32_t end);
void walk_trim(const struct walk *w, const struct bt_node_rule *rule, uint32_t *start, uint32_t *end);
uint8_t walk_text_role(const struct walk *w, uint32_t start, uint32_t end, struct walk_pend *pend);
uint64_t walk_hash_between(struct walk_hash from, struct walk_hash to);
bool walk_is_excepted(const struct bt_node_rule *rule, const char *text, uint32_t len, uint64_t hash);
bool walk_words_have(struct bt_words words, const char *text, uint32_t len);
bool walk_text_is(const char *text, uint32_t len, const char *word);

/* walk_cond.c */
bool walk_symbol_in(TSSymbol symbol, const TSSymbol *symbols, size_t nr);
bool walk_globs_match(struct bt_words globs, const char *text, uint32_t len);
bool walk_conds_hold(const struct walk *w, const struct bt_cond *conds, size_t nr,
		     const struct walk_frame *f, TSNode node);

/* walk_def.c */
void walk_open(struct walk *w, struct walk_frame *f, TSNode node);
void walk_bind(struct walk *w, const struct walk_pend *pend, const struct walk_frame *parent,
	       uint32_t start, uint32_t end, uint64_t hash);
void walk_close(struct walk *w, struct walk_frame *f);
void walk_body(struct walk *w, uint32_t def, uint32_t start);
void walk_lead_begin(struct walk *w, struct walk_frame *f);
void walk_lead_end(struct walk *w, const struct walk_frame *f);
void walk_params(struct walk *w, uint32_t def, TSNode node);

/* walk_import.c */
void walk_import_begin(struct walk *w, const struct bt_def_rule *rule, uint32_t start, uint32_t end);
void walk_import_end(struct walk *w);
void walk_import_module(struct walk *w, uint32_t start, uint32_t end);
void walk_import_part(struct walk *w, uint32_t start, uint32_t end);
void walk_import_item(struct walk *w, uint32_t start, uint32_t end);
void walk_import_alias(struct walk *w, uint32_t start, uint32_t end);
void walk_import_all(struct walk *w);

/* walk_macro.c */
bool walk_followed_by(const struct walk *w, uint32_t end, struct bt_words texts);
bool walk_is_caps(const char *text, uint32_t len);	/* its first word has no small letter */
void walk_name_by_argument(struct walk *w, const struct walk_frame *f, unsigned nr);
uint8_t walk_bind_role(const struct walk *w, struct walk_pend *pend, uint32_t start);
void walk_join_later(struct walk *w, uint32_t def);
void walk_join(struct walk *w, struct walk_frame *f);

/* walk_finish.c */
void walk_export(struct walk *w, uint32_t start, uint32_t end, uint64_t hash);
void walk_finish(struct walk *w, struct bt_facts *ret_facts);

#endif
