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

/*
 * Every entry of stage 0 in its order: `each` gets the path (ended by a NUL), the mode and the object's id. False: this index
 * cannot be read whole here, and what was given is not all there is. An index that is not there is empty.
 */
bool bt_index_file_walk(const struct bt_repo *repo,
			void (*each)(void *ctx, const char *path, size_t len, uint32_t mode, const uint8_t *oid),
			void *ctx);

/* st: of the file, not of what a link leads to. Looks at nothing but its arguments: any thread may ask. */
bool bt_index_file_clean(const struct bt_clean_file *f, const struct timespec *written,
			 const struct stat *st);

#endif
