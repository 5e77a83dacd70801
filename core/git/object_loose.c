/*
 * Loose files: the zlib stream, the folder, the way to the place.
 *
 * Modes are those that git would give: what the umask leaves of 0444, and in a repository that a group writes to (core.sharedRepository
 * has made its folders so) what the folder of objects grants.
 */
#include "core/git/object_loose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/inflate.h"
#include "core/base/limits.h"
#include "core/base/mem.h"

const char *const bt_object_type_names[] = {
	[BT_OBJECT_NONE] = "none",
	[BT_OBJECT_COMMIT] = "commit",
	[BT_OBJECT_TREE] = "tree",
	[BT_OBJECT_BLOB] = "blob",
	[BT_OBJECT_TAG] = "tag",
};

#define STORED_MAX 65535u
#define ADLER_MOD 65521u
/* So many bytes are added before the sums can leave 32 bits. */
#define ADLER_STEP 5552u
#define TEMP_TRIES 16
/* Compressed commits and trees are read up to this length, and no tree shrinks by more than this. */
#define INFLATE_MAX ((size_t)4 << 20)
#define INFLATE_RATIO 16

/* --- the stream --- */

static uint32_t adler32(uint32_t adler, const uint8_t *p, size_t len)
{
	uint32_t a = adler & 0xffff, b = adler >> 16;

	while (len) {
		size_t n = len < ADLER_STEP ? len : ADLER_STEP;

		len -= n;
		while (n--) {
			a += *p++;
			b += a;
		}
		a %= ADLER_MOD;
		b %= ADLER_MOD;
	}
	return b << 16 | a;
}

static void add_block_head(struct bt_buf *out, size_t len, bool last)
{
	uint8_t head[5] = { last, (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)~len, (uint8_t)(~len >> 8) };

	bt_buf_add(out, head, sizeof(head));
}

void zlib_store(struct bt_buf *out, const void *head, size_t head_len, const void *data, size_t len)
{
	uint32_t adler = adler32(adler32(1, head, head_len), data, len);
	uint8_t sum[4] = { (uint8_t)(adler >> 24), (uint8_t)(adler >> 16), (uint8_t)(adler >> 8), (uint8_t)adler };
	size_t first = STORED_MAX - head_len, n = len < first ? len : first;
	const char *at = data;

	bt_buf_add(out, "\x78\x01", 2);
	add_block_head(out, head_len + n, n == len);
	bt_buf_add(out, head, head_len);
	for (;;) {
		if (n)
			bt_buf_add(out, at, n);
		at += n;
		len -= n;
		if (!len)
			break;
		n = len < STORED_MAX ? len : STORED_MAX;
		add_block_head(out, n, n == len);
	}
	bt_buf_add(out, sum, sizeof(sum));
}

/* The way back; false for a stream that has anything but stored blocks, or is broken. */
static bool zlib_unstore(const uint8_t *p, size_t len, struct bt_buf *out)
{
	const uint8_t *end = p + len;
	size_t start = out->len;
	bool last = false;
	uint32_t adler;

	if (len < 2 || p[0] != 0x78 || p[1] != 0x01)
		return false;
	for (p += 2; !last;) {
		size_t n;

		if (end - p < 5 || p[0] > 1)
			return false;
		last = p[0];
		n = (size_t)p[1] | (size_t)p[2] << 8;
		if ((n ^ 0xffff) != ((size_t)p[3] | (size_t)p[4] << 8) || (size_t)(end - p) < 5 + n)
			return false;
		bt_buf_add(out, p + 5, n);
		p += 5 + n;
	}
	if (out->failed || end - p != 4)
		return false;
	adler = adler32(1, (const uint8_t *)out->data + start, out->len - start);
	return adler == ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]);
}

/* --- the file --- */

char *loose_path(const struct bt_repo *repo, const struct bt_oid *oid)
{
	char hex[BT_OID_HEX_MAX + 1];

	bt_oid_hex(oid, hex);
	return bt_xasprintf("%s/%.2s/%s", repo->objects_dir, hex, hex + 2);
}

/* Makes the folder that a path lies in, with the rights of the one above. */
static int fan_out_make(const struct bt_repo *repo, const char *path, struct bt_err *err)
{
	BT_FREE char *folder = bt_xstrndup(path, (size_t)(strrchr(path, '/') - path));
	struct stat st;

	if (mkdir(folder, 0777)) {
		if (errno == EEXIST)
			return 0;
		return bt_err_errno(err, "cannot create folder '%s'", folder);
	}
	if (!stat(repo->objects_dir, &st) && st.st_mode & S_IWGRP)
		(void)chmod(folder, st.st_mode & 07777); /* the group may be one that we are not in: as good as it gets */
	return 0;
}

static char *temp_name(const char *path)
{
	uint64_t word = 0;

	if (getrandom(&word, sizeof(word), GRND_NONBLOCK) != sizeof(word))
		word = (uint64_t)getpid() << 40 ^ (uint64_t)bt_clock_ns();
	return bt_xasprintf("%.*s/tmp_obj_%016llx", (int)(strrchr(path, '/') - path), path, (unsigned long long)word);
}

static int temp_open(const struct bt_repo *repo, struct loose_file *f, struct bt_err *err)
{
	struct stat st;

	for (int i = 0; i < TEMP_TRIES; i++) {
		free(f->temp);
		f->temp = temp_name(f->path);
		f->fd = open(f->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
		if (f->fd >= 0)
			break;
		if (errno == ENOENT) {
			int rc = fan_out_make(repo, f->path, err);

			if (rc)
				return rc;
			f->new_folder = true;
		} else if (errno != EEXIST) {
			break;
		}
	}
	if (f->fd < 0) {
		int rc = bt_err_errno(err, "cannot write an object to '%s'", repo->objects_dir);

		bt_free_ptr(&f->temp);
		return rc;
	}
	if (!stat(repo->objects_dir, &st) && st.st_mode & S_IWGRP)
		(void)fchmod(f->fd, st.st_mode & 0444);
	return 0;
}

/* Is it there, and not as an empty file after a crash? Then it is taken as it is, and is new for gc. */
static bool is_there(struct loose_file *f)
{
	struct stat st;

	f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return false;
	if (!fstat(f->fd, &st) && S_ISREG(st.st_mode) && st.st_size && !futimens(f->fd, NULL))
		return true;
	bt_close_fd(&f->fd);
	return false;
}

int loose_begin(const struct bt_repo *repo, const struct bt_oid *oid, enum bt_object_type type, const void *data, size_t len,
		struct loose_file *ret_f, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	struct loose_file f = { .fd = -1, .path = loose_path(repo, oid) };
	char head[32];
	int head_len = snprintf(head, sizeof(head), "%s %zu", bt_object_type_names[type], len) + 1;
	int rc = 0;

	if (!is_there(&f)) {
		bt_buf_init(&bytes, SIZE_MAX);
		zlib_store(&bytes, head, (size_t)head_len, data, len);
		rc = bt_buf_check(&bytes, "an object", err);
		if (!rc)
			rc = temp_open(repo, &f, err);
		if (!rc)
			rc = bt_fd_write_full(f.fd, bytes.data, bytes.len, f.temp, err);
	}
	if (rc)
		loose_release(&f);
	else
		*ret_f = f;
	return rc;
}

int loose_place(struct loose_file *f, struct bt_err *err)
{
	int fd = f->fd;

	f->fd = -1;
	if (close(fd))
		return bt_err_errno(err, "cannot close '%s'", f->temp ? f->temp : f->path);
	if (f->temp && rename(f->temp, f->path))
		return bt_err_errno(err, "cannot put object '%s' in place", f->path);
	bt_free_ptr(&f->temp);
	return 0;
}

void loose_release(struct loose_file *f)
{
	bt_close_fd(&f->fd);
	if (f->temp)
		unlink(f->temp);
	free(f->temp);
	free(f->path);
	*f = (struct loose_file){ .fd = -1 };
}

int loose_sync_folder(const char *path, bool new_folder, struct bt_err *err)
{
	BT_FREE char *folder = NULL;
	int rc = bt_file_sync_folder(path, err);

	if (rc || !new_folder)
		return rc;
	folder = bt_xstrndup(path, (size_t)(strrchr(path, '/') - path));
	return bt_file_sync_folder(folder, err);
}

/* What git has compressed, when it is not large. */
static bool unpack(const struct bt_buf *file, struct bt_buf *out)
{
	size_t room = file->len < INFLATE_MAX / INFLATE_RATIO ? (file->len + 64) * INFLATE_RATIO : INFLATE_MAX, len;
	char *to;

	if (zlib_unstore((const uint8_t *)bt_buf_cstr(file), file->len, out))
		return true;
	bt_buf_clear(out);
	to = bt_buf_reserve(out, room);
	if (!to || !bt_inflate(file->data, file->len, to, room, &len))
		return false;
	out->len = len;
	out->data[len] = '\0';
	return true;
}

int bt_object_read_loose(const struct bt_repo *repo, const struct bt_oid *oid, enum bt_object_type type, struct bt_buf *out, struct bt_err *err)
{
	BT_FREE char *path = loose_path(repo, oid);
	BT_BUF_OWNED struct bt_buf file = BT_BUF_INIT, bytes = BT_BUF_INIT;
	struct bt_oid id;
	struct bt_err why = BT_ERR_INIT;
	char head[32];
	size_t head_len;
	int rc = bt_file_read(path, BT_TREE_SIZE_MAX, &file, &why);

	if (rc == BT_ERR_NOT_FOUND || rc == BT_ERR_LIMIT)
		return BT_DONE;
	if (rc)
		return *err = why, rc;
	bt_buf_init(&bytes, BT_TREE_SIZE_MAX);
	if (!unpack(&file, &bytes))
		return BT_DONE;
	head_len = strlen(bt_buf_cstr(&bytes)) + 1;
	if (head_len > bytes.len || head_len > sizeof(head))
		return BT_DONE;
	snprintf(head, sizeof(head), "%s %zu", bt_object_type_names[type], bytes.len - head_len);
	bt_object_id(repo, type, bytes.data + head_len, bytes.len - head_len, &id);
	if (strcmp(head, bytes.data) || !bt_oid_equal(&id, oid))
		return BT_DONE; /* git says what is wrong with it */
	bt_buf_add(out, bytes.data + head_len, bytes.len - head_len);
	rc = bt_buf_check(out, "an object", err);
	return rc ? rc : BT_ROW;
}
