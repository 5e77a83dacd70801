/*
 * Objects by their ids, and batches of them.
 *
 * To sync files one after the other costs a flush of the disk's cache for each file and each folder. Where the file system keeps one journal for
 * all (ext4, XFS) a batch costs one: the data of all files is written and waited for, the files are renamed into place, and the fsync of one
 * folder takes the journal along, in which all of that stands. Elsewhere every file and folder gets its own fsync; when there are very many,
 * the whole file system.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/base/sha.h"
#include "core/git/object_loose.h"
#include "core/git/program.h"

/* So many files are open at once; more objects than this are a pack. */
#define LOOSE_NR_MAX 64
/* Bytes that are held before they become a pack. */
#define BATCH_BYTES_MAX ((size_t)32 << 20)

void bt_object_id(const struct bt_repo *repo, enum bt_object_type type, const void *data, size_t len, struct bt_oid *ret_oid)
{
	uint8_t raw[BT_SHA_RAW_MAX];
	struct bt_sha sha;
	char head[32];
	int head_len = snprintf(head, sizeof(head), "%s %zu", bt_object_type_names[type], len) + 1;

	bt_sha_init(&sha, repo->oid_len);
	bt_sha_add(&sha, head, (size_t)head_len);
	bt_sha_add(&sha, data, len);
	bt_sha_end(&sha, raw);
	*ret_oid = bt_oid_make(raw, repo->oid_len);
}

/* --- batches --- */

struct batch_item {
	struct bt_oid oid;
	enum bt_object_type type;
	size_t offset, len;
};

struct bt_object_batch {
	const struct bt_repo *repo;
	struct batch_item *items;
	size_t nr, alloc;
	struct bt_buf bytes;
	struct bt_oidmap known;
	struct bt_oid *covered;
	size_t covered_nr, covered_alloc;
};

struct bt_object_batch *bt_object_batch_new(const struct bt_repo *repo)
{
	struct bt_object_batch *b = bt_xcalloc(1, sizeof(*b));

	b->repo = repo;
	bt_buf_init(&b->bytes, 0);
	return b;
}

void bt_object_batch_free(struct bt_object_batch **pb)
{
	if (!pb || !*pb)
		return;
	free((*pb)->items);
	free((*pb)->covered);
	bt_buf_release(&(*pb)->bytes);
	bt_oidmap_release(&(*pb)->known);
	free(*pb);
	*pb = NULL;
}

/* --- the disk --- */

#define WRITE_OUT SYNC_FILE_RANGE_WRITE
#define WRITTEN (SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)

static bool has_common_journal(const char *folder)
{
	struct statfs st;

	return !statfs(folder, &st) && (st.f_type == EXT4_SUPER_MAGIC || st.f_type == XFS_SUPER_MAGIC);
}

/* The data of a file; the file itself when there is no common journal. */
static int sync_data(int fd, bool journal, const char *name, struct bt_err *err)
{
	if (journal && !sync_file_range(fd, 0, 0, WRITTEN))
		return 0;
	if (fsync(fd))
		return bt_err_errno(err, "cannot sync '%s'", name);
	return 0;
}

/* The folders of files that were placed. */
static int sync_places(const struct loose_file *files, size_t nr, bool journal, struct bt_err *err)
{
	int rc = 0;

	if (journal && nr)
		return bt_file_sync_folder(files[nr - 1].path, err);
	for (size_t i = 0; !rc && i < nr; i++)
		rc = loose_sync_folder(files[i].path, files[i].new_folder, err);
	return rc;
}

static int batch_loose(struct bt_object_batch *b, bool journal, struct bt_err *err)
{
	struct loose_file files[LOOSE_NR_MAX];
	size_t nr = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < b->nr; i++) {
		const struct batch_item *it = &b->items[i];

		rc = loose_begin(b->repo, &it->oid, it->type, bt_buf_cstr(&b->bytes) + it->offset, it->len, &files[nr], err);
		if (!rc)
			(void)sync_file_range(files[nr++].fd, 0, 0, WRITE_OUT);
	}
	for (size_t i = 0; !rc && i < nr; i++)
		rc = sync_data(files[i].fd, journal, files[i].path, err);
	for (size_t i = 0; !rc && i < nr; i++)
		rc = loose_place(&files[i], err);
	if (!rc)
		rc = sync_places(files, nr, journal, err);
	while (nr)
		loose_release(&files[--nr]);
	return rc;
}

static int cover_part(const struct bt_repo *repo, const struct bt_oid *oids, size_t nr, bool journal, struct bt_err *err)
{
	int fds[LOOSE_NR_MAX], rc = 0;

	for (size_t i = 0; i < nr; i++) {
		BT_FREE char *path = loose_path(repo, &oids[i]);

		fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (fds[i] < 0)
			continue;
		(void)futimens(fds[i], NULL);	/* another person's file in a shared repository keeps its time */
		(void)sync_file_range(fds[i], 0, 0, WRITE_OUT);
	}
	for (size_t i = 0; i < nr; i++) {
		BT_FREE char *path = fds[i] >= 0 ? loose_path(repo, &oids[i]) : NULL;

		if (path && !rc)
			rc = sync_data(fds[i], journal, path, err);
		if (path && !rc && !journal)
			rc = loose_sync_folder(path, true, err);
		bt_close_fd(&fds[i]);
	}
	return rc;
}

/* The journal, or all there is, once. */
static int sync_all(const struct bt_repo *repo, bool journal, struct bt_err *err)
{
	BT_CLOSE int fd = open(repo->objects_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || (journal ? fsync(fd) : syncfs(fd)))
		return bt_err_errno(err, "cannot sync '%s'", repo->objects_dir);
	return 0;
}

static int batch_cover(struct bt_object_batch *b, bool journal, struct bt_err *err)
{
	int rc = 0;

	if (!journal && b->covered_nr > LOOSE_NR_MAX)
		return sync_all(b->repo, false, err);
	for (size_t i = 0; !rc && i < b->covered_nr; i += LOOSE_NR_MAX)
		rc = cover_part(b->repo, b->covered + i, b->covered_nr - i < LOOSE_NR_MAX ? b->covered_nr - i : LOOSE_NR_MAX, journal, err);
	/* New objects bring the journal along. */
	if (!rc && journal && b->covered_nr && !b->nr)
		rc = sync_all(b->repo, true, err);
	return rc;
}

/* "type and size" of an entry of a pack (gitformat-pack(5)). */
static void add_entry_head(struct bt_buf *out, enum bt_object_type type, size_t len)
{
	static const uint8_t numbers[] = {
		[BT_OBJECT_COMMIT] = 1, [BT_OBJECT_TREE] = 2, [BT_OBJECT_BLOB] = 3, [BT_OBJECT_TAG] = 4,
	};
	unsigned c = (unsigned)numbers[type] << 4 | (unsigned)(len & 15);

	for (len >>= 4; len; len >>= 7) {
		bt_buf_addch(out, (int)(c | 0x80));
		c = (unsigned)(len & 0x7f);
	}
	bt_buf_addch(out, (int)c);
}

static int batch_pack(struct bt_object_batch *b, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf pack = BT_BUF_INIT;
	uint8_t head[12] = { 'P', 'A', 'C', 'K', 0, 0, 0, 2, (uint8_t)(b->nr >> 24), (uint8_t)(b->nr >> 16), (uint8_t)(b->nr >> 8), (uint8_t)b->nr };
	BT_FREE char *objects = bt_xasprintf("GIT_OBJECT_DIRECTORY=%s", b->repo->objects_dir);
	uint8_t raw[BT_SHA_RAW_MAX];
	struct bt_sha sha;
	int rc;

	bt_buf_add(&pack, head, sizeof(head));
	for (size_t i = 0; i < b->nr; i++) {
		add_entry_head(&pack, b->items[i].type, b->items[i].len);
		zlib_store(&pack, "", 0, b->bytes.data + b->items[i].offset, b->items[i].len);
	}
	rc = bt_buf_check(&pack, "new objects", err);
	if (rc)
		return rc;
	bt_sha_init(&sha, b->repo->oid_len);
	bt_sha_add(&sha, pack.data, pack.len);
	bt_sha_end(&sha, raw);
	bt_buf_add(&pack, raw, b->repo->oid_len);
	bt_git_cmd_init(&c, b->repo);
	bt_git_cmd_env(&c, objects);
	bt_git_cmd_config(&c, "core.fsync=pack,pack-metadata");
	bt_git_cmd_config(&c, "core.fsyncMethod=fsync");
	bt_git_cmd_addl(&c, "index-pack", "--stdin", NULL);
	rc = bt_git_run(&c, "cannot write objects", pack.data, pack.len, NULL, err);
	if (!rc) {
		BT_FREE char *inside = bt_xasprintf("%s/pack/x", b->repo->objects_dir);

		rc = bt_file_sync_folder(inside, err);
	}
	return rc;
}

void bt_object_batch_cover(struct bt_object_batch *b, const struct bt_oid *oid)
{
	BT_GROW(b->covered, b->covered_alloc, b->covered_nr + 1);
	b->covered[b->covered_nr++] = *oid;
}

int bt_object_batch_end(struct bt_object_batch *b, struct bt_err *err)
{
	bool journal = has_common_journal(b->repo->objects_dir);
	int rc = batch_cover(b, journal, err);

	if (!rc && (b->nr > LOOSE_NR_MAX || b->bytes.len >= BATCH_BYTES_MAX))
		rc = batch_pack(b, err);
	else if (!rc && b->nr)
		rc = batch_loose(b, journal, err);
	b->nr = b->covered_nr = 0;
	bt_buf_clear(&b->bytes);
	bt_oidmap_clear(&b->known);
	return rc;
}

int bt_object_batch_add(struct bt_object_batch *b, enum bt_object_type type, const void *data, size_t len, struct bt_oid *ret_oid,
			struct bt_err *err)
{
	int rc;

	bt_object_id(b->repo, type, data, len, ret_oid);
	if (!bt_oidmap_intern(&b->known, ret_oid, 0, 1, NULL))
		return 0;
	BT_GROW(b->items, b->alloc, b->nr + 1);
	b->items[b->nr++] = (struct batch_item){ .oid = *ret_oid, .type = type, .offset = b->bytes.len, .len = len };
	if (len)
		bt_buf_add(&b->bytes, data, len);
	rc = bt_buf_check(&b->bytes, "new objects", err);
	if (!rc && b->bytes.len >= BATCH_BYTES_MAX)
		rc = bt_object_batch_end(b, err);
	return rc;
}

int bt_object_write(const struct bt_repo *repo, enum bt_object_type type, const void *data, size_t len, bool durable,
		    struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_CLEANUP(bt_object_batch_free) struct bt_object_batch *b = NULL;
	BT_CLEANUP(loose_release) struct loose_file f = { .fd = -1 };
	struct bt_oid oid;
	int rc;

	if (durable) {
		b = bt_object_batch_new(repo);
		rc = bt_object_batch_add(b, type, data, len, &oid, err);
		if (!rc)
			rc = bt_object_batch_end(b, err);
	} else {
		bt_object_id(repo, type, data, len, &oid);
		rc = loose_begin(repo, &oid, type, data, len, &f, err);
		if (!rc)
			rc = loose_place(&f, err);
	}
	if (!rc)
		*ret_oid = oid;
	return rc;
}

int bt_object_sync(const struct bt_repo *repo, const struct bt_oid *oids, size_t nr, struct bt_err *err)
{
	BT_CLEANUP(bt_object_batch_free) struct bt_object_batch *b = bt_object_batch_new(repo);

	for (size_t i = 0; i < nr; i++)
		bt_object_batch_cover(b, &oids[i]);
	return bt_object_batch_end(b, err);
}
