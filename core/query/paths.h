/*
 * All paths of a view: by path, by last component, by folder.
 *
 * For questions that resolve names of files: few of them, or many. What costs time to make is made when it is first
 * of use. Files have the numbers they have in the manifest, which are
 * those of their paths in bytewise order.
 */
#ifndef BT_QUERY_PATHS_H
#define BT_QUERY_PATHS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/map.h"
#include "core/facts/facts.h"
#include "core/index/manifest.h"

struct bt_paths {
	struct bt_arena arena;
	uint32_t nr;
	const char **path;		/* NUL-terminated */
	uint32_t *len;
	struct bt_strmap by_base;	/* first number of a chain */
	uint32_t *next_base, *next_dir;	/* chains ascend and end with BT_NONE */
	struct bt_paths_late *late;	/* of paths.c */
};

int bt_paths_read(const struct bt_manifest *m, struct bt_paths *ret_p, struct bt_err *err);
void bt_paths_release(struct bt_paths *p);

/* BT_NONE: no such file. */
uint32_t bt_paths_find(const struct bt_paths *p, const char *path, size_t len);
/* The first file with this last component, or right in this folder ("" is the top); go on with next_base, next_dir. */
uint32_t bt_paths_base(const struct bt_paths *p, const char *name, size_t len);
uint32_t bt_paths_dir(const struct bt_paths *p, const char *dir, size_t len);
/* Folders with files right in them: the first number of each. */
const struct bt_strmap *bt_paths_by_dir(const struct bt_paths *p);
/* With or without files of its own. */
bool bt_paths_has_dir(const struct bt_paths *p, const char *dir, size_t len);

/* The folder of a path: its length, without the slash; 0 at the top. */
size_t bt_path_dir_len(const char *path, size_t len);
/* Is `tail` the end of the path, from the start of a component on? */
bool bt_path_ends(const char *path, size_t len, const char *tail, size_t tail_len);
/* Is `dir` ("" is the top) the folder `path` itself or one around it? */
bool bt_path_below(const char *path, size_t len, const char *dir, size_t dir_len);
/* How many first components two folders share. */
unsigned bt_path_shared(const char *a, size_t a_len, const char *b, size_t b_len);
/*
 * Replaces *out by dir/rel with "", "." and ".." taken out. False when it leaves the top, or is longer
 * than a path may be.
 */
bool bt_path_under(struct bt_buf *out, const char *dir, size_t dir_len, const char *rel, size_t rel_len);

#endif
