/*
 * The sources of a grammar, copied into a folder of our own before anything else is done with them: what is shown, hashed
 * and compiled is the copy. Only what a grammar is built from is taken: C sources, queries, package.json, tree-sitter.json,
 * descriptions and licences. Nothing of it is run here.
 */
#ifndef BT_GRAMMARS_STAGE_H
#define BT_GRAMMARS_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

/* Generated parsers of some languages take 100 MB; packages with several hold several of them. */
#define BT_STAGE_FILE_MAX ((uint64_t)192 << 20)
#define BT_STAGE_BYTES_MAX ((uint64_t)768 << 20)
#define BT_STAGE_FILES_MAX 2000
#define BT_STAGE_ENTRIES_MAX 20000
#define BT_STAGE_DEPTH_MAX 16

struct bt_stage {
	char *dir;		/* removed with all that is in it */
	char *root;		/* of the sources, in it */
	char *from;		/* where they are from: "folder /a/b", "tarball /a/b.tgz", "npm NAME" */
	char *version;		/* as the registry has it, or NULL */
	char *integrity;	/* of the tarball: "sha512-...", or NULL */
	bool vouched;		/* the tarball was held to a hash from elsewhere */
	uint64_t bytes;
	size_t files;
};

#define BT_STAGE_INIT { .dir = NULL }

/* A new folder in `parent`, which is made with its parents where it is not there, for the user alone. */
int bt_stage_open(const char *parent, struct bt_stage *ret_stage, struct bt_err *err);
void bt_stage_release(struct bt_stage *s);

/* Symbolic links are left out, and so are folders with tests, examples, bindings and packages of others. */
int bt_stage_folder(struct bt_stage *s, const char *path, struct bt_err *err);
/*
 * A tar file, compressed with gzip or not. One with an absolute path, with "..", with a link or a device in it is refused.
 * integrity: NULL, "sha512-" and base64 or hex digits, or the digits alone.
 */
int bt_stage_tarball(struct bt_stage *s, const char *path, const char *integrity, struct bt_err *err);
/* NAME or NAME@VERSION, fetched by npm, which runs nothing of it, and held to what the registry says. */
int bt_stage_npm(struct bt_stage *s, const char *package, struct bt_err *err);
/* A path that fits into a line of the list. */
bool bt_stage_path_plain(const char *path);
/* Is it the name of a package, rather than a path? */
bool bt_stage_is_package(const char *text);

/* For the parts of the stage. */
bool bt_stage_wants(const char *path);
/* Opens a file of the copy for writing, its folders made: *ret_fd. */
int bt_stage_create(struct bt_stage *s, const char *path, int *ret_fd, struct bt_err *err);
/* Room for so many bytes more of one file? */
int bt_stage_count(struct bt_stage *s, uint64_t file_bytes, uint64_t more, const char *path, struct bt_err *err);
/* Makes a folder and those above it, for the user alone. */
int bt_stage_mkdirs(const char *path, struct bt_err *err);
void bt_stage_remove_tree(const char *path);

#endif
