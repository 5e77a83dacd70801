/*
 * Every page of index.db ends in eight bytes that are a hash of the rest and of where it stands.
 * They are made when a page is written to the database file and compared when it is read, so that
 * a flipped bit, a page at the wrong place or a torn write is an error (SQLITE_IOERR_DATA) before
 * SQLite believes a byte of it.
 *
 * Journal and WAL are not sealed (SQLite checks its WAL by itself). SQLite leaves the eight bytes
 * alone (SQLITE_FCNTL_RESERVE_BYTES when the file is made), so that they may be set in its own
 * buffer. The first 16 bytes of a file, the change counter and the like are read without a lock and
 * by parts: those reads are not checked, SQLite reads the page again.
 *
 * A read that the system refuses is told as that, whatever the file. SQLite takes EIO and its like
 * for a file system that is corrupt, and then for a database that is: but bytes that nobody has
 * seen are not damaged, and making the index anew on such a disk helps nobody.
 */
#include "store/vfs.h"

#include <stdbool.h>
#include <string.h>

#include <sqlite3.h>

#include "core/base/fault.h"
#include "core/base/hash.h"
#include "store/schema.h"

struct sealed_file {
	sqlite3_file base;
	bool sealed;	/* the database; else its journal or WAL */
	/* the file of the VFS below follows, aligned */
};

#define REAL_OFFSET ((sizeof(struct sealed_file) + 15) & ~(size_t)15)

static sqlite3_vfs *vfs_below;

static sqlite3_file *file_real(sqlite3_file *f)
{
	return (sqlite3_file *)((char *)f + REAL_OFFSET);
}

static uint64_t page_hash(const void *page, sqlite3_int64 at)
{
	return bt_hash64_bulk(page, BT_STORE_PAGE_SIZE - BT_STORE_PAGE_CHECK, (uint64_t)at);
}

/* A page of the database. */
static bool page_whole(const sqlite3_file *f, int len, sqlite3_int64 at)
{
	const struct sealed_file *file = (const struct sealed_file *)f;

	return file->sealed && len == BT_STORE_PAGE_SIZE && at % BT_STORE_PAGE_SIZE == 0;
}

static bool page_empty(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, BT_STORE_PAGE_SIZE - 1);
}

static bool page_sealed(const uint8_t *page, sqlite3_int64 at)
{
	uint64_t want = page_hash(page, at), have = 0;
	int i;

	for (i = 0; i < BT_STORE_PAGE_CHECK; i++)
		have |= (uint64_t)page[BT_STORE_PAGE_SIZE - BT_STORE_PAGE_CHECK + i] << 8 * i;
	/*
	 * A page that was never written, in a file that grew behind it: SQLite finds nothing in
	 * it.
	 */
	return have == want || page_empty(page);
}

static int file_close(sqlite3_file *f)
{
	return file_real(f)->pMethods->xClose(file_real(f));
}

static int file_read(sqlite3_file *f, void *p, int len, sqlite3_int64 at)
{
	int rc = file_real(f)->pMethods->xRead(file_real(f), p, len, at);

	/* SQLite takes zeros for what a file that was cut lacks of its last page. */
	if ((rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ) && page_whole(f, len, at) && !page_sealed(p, at))
		return SQLITE_IOERR_DATA;
	return rc == SQLITE_IOERR_CORRUPTFS ? SQLITE_IOERR_READ : rc;
}

static int file_write(sqlite3_file *f, const void *p, int len, sqlite3_int64 at)
{
	if (page_whole(f, len, at)) {
		uint64_t hash = page_hash(p, at);
		uint8_t *to = (uint8_t *)p + BT_STORE_PAGE_SIZE - BT_STORE_PAGE_CHECK;
		int i;

		for (i = 0; i < BT_STORE_PAGE_CHECK; i++)
			to[i] = (uint8_t)(hash >> 8 * i);
	}
	bt_fault_point("db-write");
	return file_real(f)->pMethods->xWrite(file_real(f), p, len, at);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return file_real(f)->pMethods->xTruncate(file_real(f), size);
}

static int file_sync(sqlite3_file *f, int flags)
{
	bt_fault_point("db-sync");
	return file_real(f)->pMethods->xSync(file_real(f), flags);
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return file_real(f)->pMethods->xFileSize(file_real(f), size);
}

static int file_lock(sqlite3_file *f, int lock)
{
	return file_real(f)->pMethods->xLock(file_real(f), lock);
}

static int file_unlock(sqlite3_file *f, int lock)
{
	return file_real(f)->pMethods->xUnlock(file_real(f), lock);
}

static int file_reserved(sqlite3_file *f, int *reserved)
{
	return file_real(f)->pMethods->xCheckReservedLock(file_real(f), reserved);
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
	return file_real(f)->pMethods->xFileControl(file_real(f), op, arg);
}

static int file_sector_size(sqlite3_file *f)
{
	return file_real(f)->pMethods->xSectorSize(file_real(f));
}

static int file_traits(sqlite3_file *f)
{
	/* Pages are read and written as a whole, or we would not see them. */
	return file_real(f)->pMethods->xDeviceCharacteristics(file_real(f)) &
	       ~(SQLITE_IOCAP_BATCH_ATOMIC | SQLITE_IOCAP_SUBPAGE_READ);
}

static int file_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **p)
{
	return file_real(f)->pMethods->xShmMap(file_real(f), region, size, extend, p);
}

static int file_shm_lock(sqlite3_file *f, int at, int nr, int flags)
{
	return file_real(f)->pMethods->xShmLock(file_real(f), at, nr, flags);
}

static void file_shm_barrier(sqlite3_file *f)
{
	file_real(f)->pMethods->xShmBarrier(file_real(f));
}

static int file_shm_unmap(sqlite3_file *f, int drop)
{
	return file_real(f)->pMethods->xShmUnmap(file_real(f), drop);
}

/* Version 2: no xFetch, hence no memory map. */
static const sqlite3_io_methods sealed_methods = {
	.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_traits,
	.xShmMap = file_shm_map,
	.xShmLock = file_shm_lock,
	.xShmBarrier = file_shm_barrier,
	.xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	struct sealed_file *file = (struct sealed_file *)f;
	int rc;

	(void)vfs;
	if (!(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)))
		return vfs_below->xOpen(vfs_below, name, f, flags, ret_flags);
	f->pMethods = NULL;
	file->sealed = flags & SQLITE_OPEN_MAIN_DB;
	rc = vfs_below->xOpen(vfs_below, name, file_real(f), flags, ret_flags);
	if (file_real(f)->pMethods)
		file->base.pMethods = &sealed_methods;
	return rc;
}

int bt_vfs_register(void)
{
	static sqlite3_vfs sealed;

	if (vfs_below)
		return SQLITE_OK;
	vfs_below = sqlite3_vfs_find(NULL);
	if (!vfs_below)
		return SQLITE_ERROR;
	sealed = *vfs_below;
	sealed.pNext = NULL;
	sealed.zName = BT_VFS_NAME;
	sealed.szOsFile = (int)REAL_OFFSET + vfs_below->szOsFile;
	sealed.xOpen = vfs_open;
	return sqlite3_vfs_register(&sealed, 0);
}
