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

/* An entry as it stands in the file. */
struct bt_index_raw {
	bool found;
	uint8_t stat[40];	/* times, place, mode, owner, size: as written */
	uint32_t mode;
	struct bt_oid oid;
	uint16_t flags, xflags;	/* the second is 0 unless BT_INDEX_EXTENDED */
};
#define BT_INDEX_EXTENDED 0x4000u
#define BT_INDEX_STAGE 0x3000u
#define BT_INDEX_SKIP_WORKTREE 0x4000u	/* in xflags */
#define BT_INDEX_INTENT_TO_ADD 0x2000u	/* in xflags */

struct bt_clean_file {
	const char *path;	/* relative to the top */
	struct bt_oid oid;
	uint64_t size;		/* of the blob: a file of another size was converted */
	/* out: what the index says of this path and blob */
	bool known;
	uint32_t ctime, mtime, mtime_nsec, ino, file_size;
	struct bt_index_raw *raw;	/* in: where to put the entry, or NULL */
};

/*
 * Looks the files up; they are ordered by path, bytewise. ret_written: when the index was, since a file that changed
 * as late may be racy. Never fails: the worst answer is that none is known. False: the index is of a kind that is not read
 * here, so that even what is not found may be in it.
 */
bool bt_index_file_find(const struct bt_repo *repo, struct bt_clean_file *files, size_t nr,
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
