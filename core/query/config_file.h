/*
 * Configuration files of other tools (package.json, go.mod, ...), from the content that is asked about.
 *
 * They need not be indexed. A revision gives objects, what is staged gives the objects of the index, and only
 * a question about the worktree reads files of the worktree.
 */
#ifndef BT_QUERY_CONFIG_FILE_H
#define BT_QUERY_CONFIG_FILE_H

#include "core/base/arena.h"
#include "core/git/repo.h"

enum bt_content {
	BT_CONTENT_TREE,	/* tree: an id */
	BT_CONTENT_STAGED,
	BT_CONTENT_WORKTREE,
};

/* What is asked about. */
struct bt_content_source {
	struct bt_repo *repo;	/* borrowed */
	enum bt_content kind;
	struct bt_oid tree;
};

struct bt_config_file {
	const char *path;
	size_t path_len;
	const char *text;	/* NULL: it could not be read, or is larger than BT_CONFIG_TEXT_MAX */
	size_t text_len;
};

/* Larger ones are no configuration that people write. */
#define BT_CONFIG_TEXT_MAX ((size_t)4 << 20)

/*
 * All files whose last component matches one of these patterns (of the shell; NULL-terminated), in the order
 * of paths, with their texts; everything lives in the arena. None: *ret_nr is 0.
 */
int bt_config_files_read(const struct bt_content_source *s, const char *const *names, struct bt_arena *a,
			 struct bt_config_file **ret_files, size_t *ret_nr, struct bt_err *err);

#endif
