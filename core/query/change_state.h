/*
 * What the files of change*.c share. Not for others.
 *
 * A node is a definition on one side. Nodes of a pair of files are matched scope by scope (change_match.c)
 * and told at once; those that found no counterpart go, with all that is inside them, into the pool, where
 * they are matched across files (change_pool.c). All that later steps need of them is in the node: neither
 * facts nor text are kept.
 */
#ifndef BT_QUERY_CHANGE_STATE_H
#define BT_QUERY_CHANGE_STATE_H

#include "core/query/change.h"
#include "core/query/view.h"

/* Distinct names that tell the contents of two definitions apart, at most. */
#define CH_SKETCH_MAX 48
/* A body (or a value) shorter than this is no proof that two definitions are one. */
#define CH_BODY_MIN 16
/* And across files, under another name, not one shorter than this. */
#define CH_BODY_FAR_MIN 64
/* Bytes of a signature that are kept for people to read. */
#define CH_SIGNATURE_MAX 400

struct ch_node {
	uint32_t parent;      /* number on the same side; BT_NONE: the file */
	uint32_t child, next; /* the first inside; the next beside */
	uint32_t match;	      /* number on the other side, or BT_NONE */
	uint32_t file;	      /* number in set->files */
	uint32_t scope;	      /* pool: equal ones stand in the same scope; 0: ask the parent */
	uint32_t lang;
	uint8_t kind, flags;
	bool equal;	 /* all its tokens are those of its counterpart */
	bool texts;	 /* the hashes of texts below are known */
	bool doc_inside; /* its documentation stands inside its span */
	bool distinct;	 /* `whole` was made, since it shares its name with others */
	bool doc_known;	 /* so is the one of the documentation */
	bool inner;	 /* something inside it changed, came or went */
	uint32_t params;
	uint32_t body_len; /* bytes */
	uint32_t nameless_len;
	uint64_t name;	    /* hash of the name */
	uint64_t key;	    /* hash of the name and what is written before it (Foo::) */
	uint64_t path;	    /* hash of the names around it and its own */
	uint64_t sig, body; /* as in the facts; 0: not hashed */
	uint64_t occs;	    /* hash of the names and roles in it, of one that is not hashed */
	/* Hashes of text without white space and comments, and without what is inside other definitions. */
	uint64_t own_sig, own_body; /* own_sig 0: not made */
	uint64_t nameless;	    /* the signature (of values: all) without the name */
	uint64_t doc;		    /* words of its documentation */
	uint64_t whole;		    /* all of it */
	struct bt_change_def *def;  /* pool */
	const uint64_t *sketch; /* pool: smallest hashes of names in it, ascending; NULL: not made */
	uint32_t sketch_nr;
};

struct ch_nodes {
	struct ch_node *list;
	uint32_t nr;
	size_t alloc;
	uint32_t root; /* the first at the top, or BT_NONE */
};

/* One file while it is looked at; everything lives in the arena of the work. */
struct ch_side {
	struct bt_facts facts;
	struct bt_buf record; /* owned: facts point into it */
	struct bt_buf text;   /* owned */
	bool has_text;
	uint8_t *mask; /* a byte per byte of text: enum ch_mask */
	struct ch_nodes nodes;
	const struct bt_change_side *file;
	uint32_t number; /* of the file */
};

/* One side of the pool. */
struct ch_pool {
	struct ch_nodes old, new;
};

struct ch_work {
	struct bt_change_set *set;
	struct bt_store *store;
	const struct bt_change_source *source;
	struct bt_view view;   /* for names of languages */
	struct bt_arena arena; /* of the pair at hand */
	struct ch_side before, after;
	struct ch_pool pool;
	struct bt_buf scratch;
	uint32_t scopes; /* numbers given */
	uint64_t budget; /* bytes that ch_whole may still look at in this pair */
	bool both;	 /* something may have gone, and something may have come */
	size_t sketches; /* made */
};

/* --- change_side.c --- */
/* Reads the facts (and the text) of one side of a file; without a blob it is empty. */
int ch_side_load(struct ch_work *w, struct ch_side *s, uint32_t file, bool after, bool text,
		 struct bt_err *err);
/* Empties both sides and their arena. */
void ch_sides_reset(struct ch_work *w);
struct bt_change_def *ch_side_def(struct ch_work *w, const struct ch_side *s, uint32_t node);

/* --- change_lexis.c: which bytes are code --- */
enum ch_mask {
	CH_MASK_CODE,
	CH_MASK_BLANK, /* white space and comments */
};
/* mask: len bytes, all CH_MASK_CODE. */
void ch_mask_fill(const char *lang, const char *text, size_t len, uint8_t *mask);

/* --- change_text.c --- */
/* Makes own_sig, own_body, nameless and doc of a node, if there is a text. */
void ch_texts(struct ch_work *w, struct ch_side *s, uint32_t node);
/* own_sig alone, and doc alone. */
void ch_signature(struct ch_work *w, struct ch_side *s, uint32_t node);
void ch_doc(struct ch_work *w, struct ch_side *s, uint32_t node);
void ch_whole(struct ch_work *w, struct ch_side *s, uint32_t node);
/* Hash of what stands outside of all definitions. 0 without a text. */
uint64_t ch_outside(struct ch_work *w, struct ch_side *s);

/* --- change_match.c --- */
/* Both sides of a pair of files, or (in the pool, without sides) NULL. */
struct ch_match {
	struct ch_work *w;
	struct ch_nodes *old, *new;
	struct ch_side *before, *after;
	struct ch_item *items[2]; /* room for all nodes of a side */
	size_t alloc[2];
};
void ch_match_release(struct ch_match *m);
/* Matches the unmatched of two chains of siblings. */
void ch_match_scope(struct ch_match *m, uint32_t old, uint32_t new);
/* Which bits of struct bt_change.what hold for two nodes that are one definition. */
unsigned ch_compare(const struct ch_node *a, const struct ch_node *b, bool same_place);
/* Compares two files definition by definition: changes are told, what is left over goes to the pool. */
void ch_match_files(struct ch_work *w);

/* --- change_pool.c --- */
/* Moves the unmatched nodes of both sides of a pair into the pool. */
void ch_pool_take(struct ch_work *w);
void ch_pool_match(struct ch_work *w);
/* Tells what became of all that is in the pool. */
void ch_pool_tell(struct ch_work *w);
/* Two nodes of the pool are one definition, and so may be those inside them. */
void ch_pool_pair(struct ch_work *w, uint32_t old, uint32_t new);
/* A number that two nodes share when the same scope is around them; 0: the other side has no such scope. */
uint64_t ch_pool_scope(const struct ch_pool *p, const struct ch_node *n, bool after);

/* --- change_similar.c --- */
void ch_sketch(struct ch_work *w, const struct ch_side *s, uint32_t node, struct ch_node *to);
/* Share of the names that both have, 0 to 100; -1: not known. */
int ch_sketch_compare(const struct ch_node *a, const struct ch_node *b);
/* Pairs of the pool in the same scope that are much alike. */
void ch_similar_match(struct ch_work *w);

/* --- change_rename.c --- */
/* Joins removed and added files that are one file: files_nr shrinks, the order stays. */
int ch_rename_by_blob(struct ch_work *w, struct bt_err *err);
int ch_rename_by_content(struct ch_work *w, struct bt_err *err);

/* --- change.c --- */
void ch_tell(struct ch_work *w, unsigned what, uint32_t file, const struct bt_change_def *before,
	     const struct bt_change_def *after, bool inside);

/* --- for sorting and joining by key --- */
struct ch_item {
	uint64_t key;
	uint32_t node;
};
void ch_items_sort(struct ch_item *items, size_t nr);

static inline uint64_t ch_mix(uint64_t a, uint64_t b)
{
	return bt_mix64(a * 0x9e3779b97f4a7c15ULL + b);
}

#endif
