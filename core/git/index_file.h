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
#include <sys/stat.h>
#include <time.h>

#include "core/base/oid.h"
#include "core/git/repo.h"

struct bt_clean_file {
	const char *path;	/* relative to the top */
	struct bt_oid oid;
	uint64_t size;		/* of the blob: a file of another size was converted */
	/* out: what the index says of this path and blob */
	bool known;
	uint32_t ctime, mtime, mtime_nsec, ino, file_size;
};

/*
 * Looks the files up; they are ordered by path, bytewise. ret_written: when the index was, since a file that changed
 * as late may be racy. Never fails: the worst answer is that none is known.
 */
void bt_index_file_find(const struct bt_repo *repo, struct bt_clean_file *files, size_t nr,
			struct timespec *ret_written);

/* st: of the file, not of what a link leads to. Looks at nothing but its arguments: any thread may ask. */
bool bt_index_file_clean(const struct bt_clean_file *f, const struct timespec *written,
			 const struct stat *st);

#endif
