/*
 * Which files of the worktree are, byte for byte, the blob that a caller has in mind.
 *
 * Reads the cached stat data of git's index (versions 2 to 4) to find out without reading or hashing the
 * files. It is a shortcut and nothing else: an index it cannot read (split, sparse, unknown), an
 * entry that is not certainly clean, or a file that git converts on checkout is "not clean", and the
 * caller reads the object instead.
 */
#ifndef BT_GIT_INDEX_FILE_H
#define BT_GIT_INDEX_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/oid.h"
#include "core/git/repo.h"

struct bt_clean_file {
	const char *path;	/* relative to the top */
	struct bt_oid oid;
	uint64_t size;		/* of the blob: a file of another size was converted */
	bool clean;		/* out */
};

/* files: ordered by path, bytewise. Never fails: the worst answer is "not clean". */
void bt_index_file_clean(const struct bt_repo *repo, struct bt_clean_file *files, size_t nr);

#endif
