/*
 * The facts of one blob: what a language's extractor found in its bytes.
 *
 * struct bt_facts is the decoded shape. bt_facts_encode gives the record that is stored, digested and
 * exported; git-batho-format(5) describes its bytes. The coding is canonical: equal facts have equal
 * bytes, and bt_facts_decode accepts nothing else, however hostile the bytes are.
 *
 * Positions are byte offsets into the blob; rows and columns (both from 0, columns in bytes) follow
 * from the line table. Spans are half open. Indices are 32 bits; BT_NONE means "none".
 */
#ifndef BT_FACTS_FACTS_H
#define BT_FACTS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"

#define BT_FACTS_VERSION 1
#define BT_NONE UINT32_MAX

/* Kinds of definitions. Values are part of the format: append only. Names: bt_kind_name. */
enum bt_kind {
	BT_KIND_FUNCTION,
	BT_KIND_METHOD,
	BT_KIND_CONSTRUCTOR,
	BT_KIND_CLASS,
	BT_KIND_STRUCT,
	BT_KIND_UNION,
	BT_KIND_ENUM,
	BT_KIND_ENUMERATOR,
	BT_KIND_INTERFACE,
	BT_KIND_TRAIT,
	BT_KIND_IMPL,
	BT_KIND_TYPE,		/* alias, typedef */
	BT_KIND_MACRO,
	BT_KIND_CONSTANT,
	BT_KIND_VARIABLE,
	BT_KIND_FIELD,		/* also properties */
	BT_KIND_MODULE,		/* also namespaces */
	BT_KIND_PACKAGE,
	BT_KIND_TEST,
	BT_KIND_HEADING,	/* a section of prose */
	BT_KIND_KEY,		/* of a data file: JSON, YAML, TOML; also CSS selectors and HTML ids */
	BT_KIND_NR
};

/* What an occurrence of a name does. Values are part of the format: append only. */
enum bt_role {
	BT_ROLE_DEF,		/* the name of a definition */
	BT_ROLE_DECL,		/* the name of a declaration without body (prototype, extern, forward) */
	BT_ROLE_CALL,
	BT_ROLE_TYPE,
	BT_ROLE_INHERIT,	/* extends, implements, trait in an impl */
	BT_ROLE_IMPORT,
	BT_ROLE_MACRO,		/* use of a macro, decorator, attribute or annotation */
	BT_ROLE_WRITE,
	BT_ROLE_READ,
	BT_ROLE_OTHER,		/* any other occurrence: labels, keywords arguments, text in macro bodies */
	BT_ROLE_NR
};

/* How an occurrence is qualified (obj.name, ns::name). */
enum bt_qual {
	BT_QUAL_NONE,
	BT_QUAL_NAME,		/* the occurrence before it is the (last name of the) qualifier */
	BT_QUAL_SELF,		/* self, this, @ */
	BT_QUAL_SUPER,
	BT_QUAL_EXPR,		/* any other expression: a call, an index, ... */
	BT_QUAL_NR
};

#define BT_DEF_EXPORTED (1u << 0)	/* visible outside its file, as the language has it */
#define BT_DEF_DECL (1u << 1)		/* without body: prototype, extern, abstract */
#define BT_DEF_ANONYMOUS (1u << 2)	/* named after what it is bound to, or not at all */
#define BT_DEF_DEFAULT (1u << 3)	/* the default export */
#define BT_DEF_CALLABLE (1u << 4)	/* params, complexity and nesting are valid */
#define BT_DEF_HASHED (1u << 5)		/* sig_hash and body_hash are valid: callables and types */
#define BT_DEF_DOC (1u << 6)		/* doc_start and doc_end are valid */
#define BT_DEF_FLAGS_ALL 127u

struct bt_name {
	const char *text;	/* not NUL-terminated */
	uint32_t len;		/* 1..BT_NAME_LEN_MAX */
};

struct bt_def {
	uint32_t occ;		/* the occurrence that is its name; BT_NONE: it has none (name from elsewhere) */
	uint32_t name;		/* index into names: equal to that occurrence's name when occ is there */
	uint8_t kind;		/* enum bt_kind */
	uint8_t flags;
	uint32_t parent;	/* the definition around it (a smaller index), or BT_NONE */
	uint32_t start, end;
	uint32_t sig_end;	/* the signature is [start, sig_end), trailing white space cut */
	uint32_t doc_start, doc_end;
	uint32_t params;
	uint32_t complexity;	/* 1 + decision points, those of nested named definitions left out */
	uint32_t nesting;	/* deepest control structure inside, 0: none */
	uint64_t sig_hash, body_hash;	/* tokens only: white space and comments do not count */
};

struct bt_occ {
	uint32_t name;		/* index into names */
	uint32_t at;		/* strictly ascending */
	uint32_t qual_len;	/* bytes from the start of the qualifier to `at`; 0 without one */
	uint8_t role;		/* enum bt_role */
	uint8_t qual;		/* enum bt_qual */
};

#define BT_IMPORT_RELATIVE (1u << 0)	/* ./x, "x.h", from . import */
#define BT_IMPORT_SYSTEM (1u << 1)	/* <x.h> */
#define BT_IMPORT_ALL (1u << 2)		/* everything: import *, use a::* */
#define BT_IMPORT_REEXPORT (1u << 3)
#define BT_IMPORT_FLAGS_ALL 15u

struct bt_import {
	uint32_t module;	/* index into texts */
	uint32_t flags;
	uint32_t start, end;
	uint32_t alias;		/* of the module as a whole: index into names, or BT_NONE */
	uint32_t items, items_nr;	/* consecutive in the items array */
};

struct bt_import_item {
	uint32_t name;		/* index into names */
	uint32_t alias;		/* index into names, or BT_NONE */
};

struct bt_span {
	uint32_t start, end;
};

struct bt_facts {
	uint32_t size;		/* of the blob */
	uint32_t lines_nr;	/* a last line without newline counts */
	uint32_t code_lines, comment_lines, blank_lines;
	struct bt_name *names;		/* each used at least once, in the order of first use */
	struct bt_name *texts;		/* module texts */
	struct bt_def *defs;		/* by (start, -end) */
	struct bt_occ *occs;
	struct bt_import *imports;
	struct bt_import_item *items;
	struct bt_span *errors;		/* ascending */
	uint32_t *line_starts;		/* lines_nr offsets, the first is 0 */
	uint32_t names_nr, texts_nr, defs_nr, occs_nr, imports_nr, items_nr, errors_nr;
	bool truncated;			/* a soft limit ended the walk: what follows is missing */
};

const char *bt_kind_name(enum bt_kind kind);	/* "function", ...; as in --kind and JSON */
int bt_kind_find(const char *name);		/* -1: no such kind */
const char *bt_role_name(enum bt_role role);
int bt_role_find(const char *name);
const char *bt_qual_name(enum bt_qual qual);

/* Appends the record. Facts from our own extractor are asserted, not checked. */
void bt_facts_encode(const struct bt_facts *f, struct bt_buf *out);
/*
 * Decodes and validates. Arrays live in the arena; names and texts point into the record, which must
 * outlive them. size: of the blob the record is said to belong to.
 */
int bt_facts_decode(const void *rec, size_t len, struct bt_arena *arena, struct bt_facts *ret_facts,
		    struct bt_err *err);
/* Row and column of a byte offset (binary search over the line table). */
struct bt_point {
	uint32_t row, col;
};
struct bt_point bt_facts_point(const struct bt_facts *f, uint32_t at);

/* The first occurrence at or behind a place; occs_nr: none. */
uint32_t bt_facts_occ_from(const struct bt_facts *f, uint32_t at);
/* The innermost definition whose span holds `at`, or BT_NONE. */
uint32_t bt_facts_enclosing(const struct bt_facts *f, uint32_t at);
/* The last definition that starts at or before a byte, or BT_NONE: what is around the byte is it or around it. */
uint32_t bt_facts_def_before(const struct bt_facts *f, uint32_t at);

#endif
