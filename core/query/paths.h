/*
 * All paths of a view: by path, by last component, by folder.
 *
 * For questions that resolve many names of files. Files have the numbers they have in the manifest, which are
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
	struct bt_strmap by_path;	/* number */
	struct bt_strmap by_base;	/* first number of a chain */
	struct bt_strmap by_dir;	/* the same; "" is the top; folders with files right in them */
	struct bt_strmap dirs;		/* every folder there is, with or without files of its own */
	uint32_t *next_base, *next_dir;	/* chains ascend and end with BT_NONE */
};

int bt_paths_read(const struct bt_manifest *m, struct bt_paths *ret_p, struct bt_err *err);
void bt_paths_release(struct bt_paths *p);

/* BT_NONE: no such file. */
uint32_t bt_paths_find(const struct bt_paths *p, const char *path, size_t len);
/* The first file with this last component, or right in this folder; go on with next_base, next_dir. */
uint32_t bt_paths_base(const struct bt_paths *p, const char *name, size_t len);
uint32_t bt_paths_dir(const struct bt_paths *p, const char *dir, size_t len);
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
