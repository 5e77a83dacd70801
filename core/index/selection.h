/*
 * Selection: which files of a tree are indexed, and the id of that choice.
 *
 * The selection id of a folder is a hash of everything outside its tree object that decides what
 * is indexed below it: versions of all languages, the size limit, the patterns and the effective attributes
 * above it, and its path where a pattern could match there. So the same tree object met at another
 * path, in another branch or worktree has the same id unless something really differs.
 *
 * A root has an id of its own (bt_selection_root), which leaves out what its tree object covers (the
 * tracked configuration, .gitattributes at the top): it can be computed without reading any object.
 */
#ifndef BT_INDEX_SELECTION_H
#define BT_INDEX_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/conf/conf.h"
#include "core/git/attr.h"

struct bt_selection {
	struct bt_pattern *include, *exclude;
	size_t include_nr, exclude_nr;
	uint64_t max_blob_size;
	uint64_t versions;	/* bt_langs_version */
	bool ignore_case;
	struct bt_attr_stack *attrs;	/* owned; the walk pushes and pops */
	struct bt_buf user_attrs, info_attrs;
};

/* Reads the patterns from conf (tracked file already set) and the outer attribute files. */
int bt_selection_init(struct bt_selection *s, struct bt_repo *repo, const struct bt_conf *conf,
		      struct bt_err *err);
void bt_selection_release(struct bt_selection *s);

/* From configuration and outer attributes alone: no object is read. */
int bt_selection_root(struct bt_repo *repo, const struct bt_conf *conf, uint64_t *ret_id,
		      struct bt_err *err);
/* The folder dir ("" is the top) whose .gitattributes is not yet pushed. */
uint64_t bt_selection_dir(const struct bt_selection *s, const char *dir);

enum bt_choice {
	BT_CHOICE_SKIP,		/* not indexed at all */
	BT_CHOICE_BINARY,	/* declared binary by an attribute */
	BT_CHOICE_INDEX,
};
#define BT_FILE_GENERATED (1u << 0)
#define BT_FILE_VENDORED (1u << 1)
#define BT_FILE_BY_CONTENT (1u << 2)	/* its name did not say the language: its content was asked */
#define BT_FILE_FLAGS_ALL 7u

/* A file in the current folder of s->attrs. ret_language: linguist-language, or NULL. */
enum bt_choice bt_selection_file(const struct bt_selection *s, const char *path, uint8_t *ret_flags,
				 const char **ret_language);
/* Is a whole folder out of the question? */
bool bt_selection_dir_excluded(const struct bt_selection *s, const char *dir);

#endif
