/*
 * The source lines that hits stand on.
 *
 * From the worktree where a file is certainly the blob that was indexed (git's own cached stat data and its size say so: callers
 * see to it that no filter changes files without changing their size), else
 * from the object database through one `git cat-file` child that is started only when it is needed. Where the
 * worktree itself was asked, its new content is in no object database: then the file as it is, when its size
 * is the blob's.
 */
#ifndef BT_QUERY_LINES_H
#define BT_QUERY_LINES_H

#include "core/git/repo.h"
#include "core/query/find.h"

struct bt_line {
	const char *text;	/* without the line end; NULL when the blob cannot be read */
	uint32_t len;
};

enum bt_lines_from {
	BT_LINES_OBJECTS,	/* some revision: look for objects */
	BT_LINES_CLEAN,		/* HEAD or what is staged: files that were not touched will do */
	BT_LINES_WORKTREE,	/* the worktree as it is */
	BT_LINES_FILTERED,	/* the same where git's filters change files: what has an object is shown as that */
};
/* ret_lines: one per hit, in their order; the texts live in the answer's arena. */
int bt_lines_fetch(struct bt_repo *repo, struct bt_answer *a, enum bt_lines_from from,
		   struct bt_line **ret_lines, struct bt_err *err);

/* The whole text [start, end) of a blob, for signatures and documentation. */
int bt_lines_blob(struct bt_repo *repo, struct bt_answer *a, uint32_t file, enum bt_lines_from from,
		  struct bt_line *ret_text, struct bt_err *err);

#endif
