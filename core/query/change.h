/*
 * Changes: the difference of two revisions, told in definitions.
 *
 * A set is filled in two steps. First its list of files: from two roots of the index (tree rows that are
 * equal are not entered), from two manifests, or pair by pair. Then bt_change_compare reads the facts of
 * those files, and of no others, and gives one struct bt_change per definition that differs:
 *
 *	BT_CLEANUP(bt_change_set_release) struct bt_change_set set = BT_CHANGE_SET_INIT;
 *
 *	if (bt_change_add_roots(&set, store, old_root.row, new_root.row, err) ||
 *	    bt_change_compare(&set, store, &source, err))
 *		return err->code;
 *	for (size_t i = 0; i < set.changes_nr; i++)
 *		use(&set.changes[i], &set.files[set.changes[i].file]);
 *
 * What is a change: tokens. White space, line breaks and comments inside a definition are none; nor is
 * another order of definitions. A definition that holds others (a class, a module, a heading) has changed
 * when something of its own did; what happened to those inside is told of them. Which definition of before
 * is which one of now is decided scope by scope, by name and kind, then by what is equal:
 *	1. in the same file and scope: the name; of several with one name (overloads, conditional code)
 *	   those that are equal, then those with an equal signature, an equal body, as many parameters,
 *	   then in their order;
 *	2. elsewhere: same name, kind, signature and body (moved); then same qualified name, and signature
 *	   or body with much of the content;
 *	3. in the same scope, another name: the same body (renamed); then a similar name or content;
 *	4. elsewhere, another name: the same body, if it is not a short one (moved and renamed).
 * A file with another path is one file when its blob is the same, or when half of its definitions are.
 */
#ifndef BT_QUERY_CHANGE_H
#define BT_QUERY_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/facts/facts.h"
#include "core/git/odb.h"
#include "core/index/manifest.h"
#include "store/store.h"

/* What happened, the weightiest first. Names: bt_change_kind_name. */
enum bt_change_kind {
	BT_CHANGE_ADDED,
	BT_CHANGE_REMOVED,
	BT_CHANGE_RENAMED,
	BT_CHANGE_MOVED,     /* to another file, or into another definition */
	BT_CHANGE_SIGNATURE, /* of values: all before the value, such as the type */
	BT_CHANGE_BODY,	     /* of values: the value */
	BT_CHANGE_DOC,	     /* the comment above, or the text inside, that documents it */
	BT_CHANGE_NR
};
/* "added", "removed", "renamed", "moved", "signature", "body", "documentation" */
const char *bt_change_kind_name(enum bt_change_kind kind);
int bt_change_kind_find(const char *name); /* -1: no such kind */

/* A definition on one side. Texts live in the set's arena and end with a NUL that is not counted. */
struct bt_change_def {
	const char *name;
	const char *scope;     /* "Class.method": what is around it; NULL: nothing */
	const char *signature; /* on one line, a long one cut; NULL: the text was not read */
	uint32_t name_len, scope_len, signature_len;
	uint32_t file; /* number in set->files; it is on the old side of `before` */
	uint32_t blob; /* row of the store */
	uint32_t def;  /* its number in the facts of that blob */
	uint8_t kind;  /* enum bt_kind */
	uint8_t flags; /* BT_DEF_* */
	uint32_t params;
	uint32_t start, end, sig_end; /* bytes of the blob, as in struct bt_def */
	uint32_t at;	   /* byte of the name; start when the name is not written there */
	uint32_t row, col; /* of `at`, from 0 */
	uint32_t end_row;
	uint64_t sig_hash, body_hash; /* 0 unless BT_DEF_HASHED */
};

struct bt_change {
	uint8_t kind;  /* enum bt_change_kind: the weightiest of `what` */
	uint8_t what;  /* bit per enum bt_change_kind: a moved function may have a new body too */
	bool inside;   /* added (removed) together with the definition around it */
	uint32_t file; /* the file it is told under: where it is now, or was last */
	const struct bt_change_def *before; /* NULL: added */
	const struct bt_change_def *after;  /* NULL: removed */
};

enum bt_change_file_kind {
	BT_CHANGE_FILE_ADDED,
	BT_CHANGE_FILE_REMOVED,
	BT_CHANGE_FILE_MODIFIED,
	BT_CHANGE_FILE_RENAMED, /* another path; with changes or without */
};
const char *bt_change_file_kind_name(enum bt_change_file_kind kind); /* "added", ... "renamed" */

/* One side of a file. blob 0: it is not there. */
struct bt_change_side {
	const char *path; /* NUL-terminated, from the top; NULL: not there */
	size_t path_len;
	uint32_t blob; /* row of the store */
	uint32_t lang; /* language id */
	uint8_t state; /* enum bt_blob_state: definitions are known of BT_BLOB_FACTS alone */
	uint8_t flags; /* BT_FILE_* of core/index/selection.h */
	struct bt_oid oid; /* of the blob, in a set that was unpacked (core/query/change_pack.h); else len 0 */
};

struct bt_change_file {
	uint8_t kind; /* enum bt_change_file_kind */
	/* False: one side has no facts (binary, too large, ...): of its definitions nothing is known. */
	bool compared;
	/* Tokens outside of all definitions changed: imports, statements, text. Known of two texts only. */
	bool outside;
	struct bt_change_side before, after;
	const char *
		lang; /* name of the language (of the side that is there); set by bt_change_compare */
	size_t first, nr;	       /* changes told under this file */
	uint32_t counts[BT_CHANGE_NR]; /* by struct bt_change.kind */
};

struct bt_change_set {
	struct bt_arena arena;
	struct bt_change_file *files; /* in the order of their paths (new ones, where there is one) */
	size_t files_nr, files_alloc;
	struct bt_change *changes; /* by file, then by position; removed ones stand where they were */
	size_t changes_nr, changes_alloc;
	uint64_t counts[BT_CHANGE_NR];
	/*
	 * BT_CHANGES_MAX was reached: what came and went in the files after that is counted, and not among
	 * the changes.
	 */
	bool cut;
};

#define BT_CHANGE_SET_INIT    \
	{                     \
		.files = NULL \
	}

void bt_change_set_release(struct bt_change_set *set);

/* --- step one: the files that differ. Each call adds; files with equal blobs are left out. --- */

/* Rows of root trees (bt_index_root.row); 0: nothing was there. */
int bt_change_add_roots(struct bt_change_set *set, struct bt_store *store, uint32_t before,
			uint32_t after, struct bt_err *err);
int bt_change_add_manifests(struct bt_change_set *set, const struct bt_manifest *before,
			    const struct bt_manifest *after, struct bt_err *err);
/* One file; paths are copied. Either side may have the blob 0, not both. */
void bt_change_add_file(struct bt_change_set *set, const struct bt_change_side *before,
			const struct bt_change_side *after);

/*
 * --- step two ---
 *
 * Facts have hashes for callables and types (BT_DEF_HASHED). What else there is to compare is text: values of
 * variables, constants, fields and keys, what a class has of its own beside its members, documentation. The
 * text comes from objects, or from files of the worktree where `top` is set and the object is in no
 * database (the size must be the blob's).
 *
 * Without a source, or for blobs that cannot be read, these are compared by the facts alone: a value has
 * changed when other names stand in it; a definition with others inside has changed when it differs and
 * none of them does; documentation has changed when it came or went.
 */
struct bt_change_source {
	struct bt_odb *odb; /* borrowed; nothing may be in flight. NULL: no texts */
	const char *top;    /* top of the worktree, when the new side is the worktree; else NULL */
};
/* source may be NULL. BT_ERR_CORRUPT when the store lies. */
int bt_change_compare(struct bt_change_set *set, struct bt_store *store,
		      const struct bt_change_source *source, struct bt_err *err);

#endif
