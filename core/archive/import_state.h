/*
 * What the two passes of an import share. Not for others.
 */
#ifndef BT_ARCHIVE_IMPORT_STATE_H
#define BT_ARCHIVE_IMPORT_STATE_H

#include "core/archive/archive.h"
#include "core/base/arena.h"
#include "store/postings.h"

/* A blob that is kept out has no id. */
struct im_blob {
	uint32_t id;		/* row of the store; 0 until it has one */
	bool foreign;
};

struct im_tree {
	uint32_t row;		/* of the store; 0 until it has one */
	uint32_t files;
	bool out;		/* it holds what is kept out, or git has not got it */
	struct bt_digest digest;
};

struct im_lang {
	struct bt_archive_lang l;
	uint32_t id;		/* of the store; 0 until it has one */
	bool foreign;
	uint64_t foreign_blobs;
};

struct import {
	const struct bt_archive_import_opts *o;
	struct bt_archive_imported *out;
	struct bt_archive_reader *r;
	bool by_content;	/* detection of languages is ours too */
	struct im_lang *langs;
	struct im_blob *blobs;
	struct im_tree *trees;
	size_t langs_nr, langs_alloc, blobs_nr, blobs_alloc, trees_nr, trees_alloc;
	uint64_t *marks;	/* of the pieces, as the first pass saw them */
	size_t marks_nr, marks_alloc, marks_at;
	struct bt_postings *postings;
	struct bt_arena scratch;
	struct bt_buf packed, row;
	size_t group_bytes;	/* of facts in the open transaction */
	bool writing;
};

/* import_objects.c: compares a folder with git's own tree. BT_ROW: git has it. BT_DONE: git has not. */
int im_tree_compare(struct import *im, const struct bt_archive_tree *t, struct bt_err *err);

#endif
