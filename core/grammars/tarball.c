/*
 * Reading a tar file (POSIX pax and ustar, GNU's long names) that comes from anywhere: a header says what follows, and none
 * of it is believed. gzip unpacks, as a child: what it writes is read in pieces and is never whole in memory.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/path.h"
#include "core/base/sha512.h"
#include "core/base/signal.h"
#include "core/base/text.h"
#include "core/grammars/stage.h"

#define BLOCK 512
/* A name in a header of its own. */
#define LONG_NAME_MAX ((uint64_t)64 << 10)

struct tar {
	struct bt_stage *s;
	int fd;
	struct bt_buf name;	/* of the next entry, from a header of its own; empty: in its header */
	size_t entries;
	uint64_t skipped;
	struct bt_err *err;
};

struct tar_head {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100], magic[6], version[2], user[32],
		group[32], major[8], minor[8], prefix[155], pad[12];
};

static int tar_bad(struct tar *t, const char *what)
{
	return bt_err_set(t->err, BT_ERR_FAIL, "the tarball %s", what);
}

static int read_bytes(struct tar *t, void *p, size_t len, size_t *ret_len)
{
	return bt_fd_read_full(t->fd, p, len, ret_len, "the tarball", t->err);
}

static bool read_octal(const char *p, size_t len, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < len && p[i] == ' ')
		i++;
	for (; i < len && p[i] >= '0' && p[i] <= '7'; i++)
		v = v * 8 + (uint64_t)(p[i] - '0');
	*ret = v;
	return i == len || !p[i] || p[i] == ' ';
}

static bool sum_holds(const struct tar_head *h)
{
	const unsigned char *p = (const unsigned char *)h;
	uint64_t want, sum = 0;

	for (size_t i = 0; i < sizeof(*h); i++)
		sum += i >= offsetof(struct tar_head, sum) && i < offsetof(struct tar_head, type) ? ' ' : p[i];
	return read_octal(h->sum, sizeof(h->sum), &want) && want == sum;
}

static int skip(struct tar *t, uint64_t len)
{
	char chunk[8192];

	while (len) {
		size_t want = len < sizeof(chunk) ? (size_t)len : sizeof(chunk), n;

		if (read_bytes(t, chunk, want, &n))
			return t->err->code;
		if (n != want)
			return tar_bad(t, "ends in the middle");
		len -= n;
		t->skipped += n;
		if (t->skipped > 4 * BT_STAGE_BYTES_MAX)
			return tar_bad(t, "unpacks to more than anybody has use for");
	}
	return 0;
}

static uint64_t padding(uint64_t size)
{
	return (BLOCK - size % BLOCK) % BLOCK;
}

/* The name that follows as the content of an entry: all of it, or what a pax header calls path. */
static int read_long_name(struct tar *t, uint64_t size, bool pax)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	size_t n;
	char *p;

	if (size > LONG_NAME_MAX)
		return tar_bad(t, "has a name that is too long");
	p = bt_buf_reserve(&text, size + 1);
	if (read_bytes(t, p, size, &n))
		return t->err->code;
	if (n != size)
		return tar_bad(t, "ends in the middle");
	text.len = size;
	p[size] = '\0';
	if (skip(t, padding(size)))
		return t->err->code;
	if (!pax) {
		bt_buf_clear(&t->name);
		bt_buf_adds(&t->name, p);
		return 0;
	}
	/* Records: length, blank, key=value, newline. */
	for (size_t at = 0; at < size;) {
		char *end;
		unsigned long len = strtoul(p + at, &end, 10);
		size_t head = (size_t)(end - (p + at)) + 1;

		if (*end != ' ' || len <= head || len > size - at || p[at + len - 1] != '\n')
			return tar_bad(t, "has a broken header");
		if (len - head > 5 && !strncmp(end + 1, "path=", 5)) {
			bt_buf_clear(&t->name);
			bt_buf_add(&t->name, end + 6, len - head - 6);
		}
		at += len;
	}
	return 0;
}

static int unpack_file(struct tar *t, const char *path, uint64_t size)
{
	BT_FREE char *chunk = bt_xmalloc((size_t)64 << 10);
	BT_CLOSE int to = -1;
	uint64_t left = size;

	if (bt_stage_count(t->s, size, size, path, t->err) || bt_stage_create(t->s, path, &to, t->err))
		return t->err->code;
	while (left) {
		size_t want = left < (size_t)64 << 10 ? (size_t)left : (size_t)64 << 10, n;

		if (read_bytes(t, chunk, want, &n))
			return t->err->code;
		if (n != want)
			return tar_bad(t, "ends in the middle");
		if (bt_fd_write_full(to, chunk, n, path, t->err))
			return t->err->code;
		left -= n;
	}
	return skip(t, padding(size));
}

static void entry_name(const struct tar *t, const struct tar_head *h, struct bt_buf *out)
{
	if (t->name.len) {
		bt_buf_add(out, t->name.data, t->name.len);
	} else {
		if (!memcmp(h->magic, "ustar", 5) && h->magic[5] == '\0' && *h->prefix) {
			bt_buf_add(out, h->prefix, strnlen(h->prefix, sizeof(h->prefix)));
			bt_buf_addch(out, '/');
		}
		bt_buf_add(out, h->name, strnlen(h->name, sizeof(h->name)));
	}
}

static int take_entry(struct tar *t, const struct tar_head *h, uint64_t size)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT, safe = BT_BUF_INIT;
	const char *path;
	size_t len;

	entry_name(t, h, &name);
	bt_buf_clear(&t->name);
	path = bt_buf_cstr(&name);
	while (path[0] == '.' && path[1] == '/')
		path += 2 + strspn(path + 2, "/");
	len = name.len - (size_t)(path - bt_buf_cstr(&name));
	bt_text_safe(&safe, path, len < 200 ? len : 200, 0);
	if (h->type == '5') {
		while (len && path[len - 1] == '/')
			len--;
		if (!len || (len == 1 && *path == '.'))
			return skip(t, size + padding(size));
	}
	if (!bt_path_sane(path, len))
		return bt_err_set(t->err, BT_ERR_FAIL, "the tarball has a path that leads out of it: '%s'", bt_buf_cstr(&safe));
	if (h->type == '5')
		return skip(t, size + padding(size));
	if (h->type != '0' && h->type != '\0' && h->type != '7')
		return bt_err_set(t->err, BT_ERR_FAIL, "the tarball has a link or a device in it: '%s'", bt_buf_cstr(&safe));
	return bt_stage_wants(path) ? unpack_file(t, path, size) : skip(t, size + padding(size));
}

/* BT_ROW: there is more. */
static int next_entry(struct tar *t)
{
	static const struct tar_head zero;
	struct tar_head h;
	uint64_t size;
	size_t n;

	_Static_assert(sizeof(h) == BLOCK, "a header is a block");
	if (bt_cancel_check(t->err) || read_bytes(t, &h, sizeof(h), &n))
		return t->err->code;
	if (!n || (n == sizeof(h) && !memcmp(&h, &zero, sizeof(h))))
		return BT_DONE;
	if (n != sizeof(h))
		return tar_bad(t, "ends in the middle");
	if (!sum_holds(&h) || !read_octal(h.size, sizeof(h.size), &size))
		return tar_bad(t, t->entries ? "has a broken header" : "is no tar file");
	if (++t->entries > BT_STAGE_ENTRIES_MAX)
		return tar_bad(t, "has too many entries");
	if (size > BT_STAGE_BYTES_MAX)
		return tar_bad(t, "has a file of more bytes than anybody has use for");
	if (h.type == 'x' || h.type == 'L')
		return read_long_name(t, size, h.type == 'x') ? t->err->code : BT_ROW;
	if (h.type == 'g' || h.type == 'K')
		return skip(t, size + padding(size)) ? t->err->code : BT_ROW;
	return take_entry(t, &h, size) ? t->err->code : BT_ROW;
}

static int unpack(struct bt_stage *s, int fd, struct bt_err *err)
{
	struct tar t = { .s = s, .fd = fd, .err = err };
	int rc;

	bt_buf_init(&t.name, LONG_NAME_MAX + 1);
	while ((rc = next_entry(&t)) == BT_ROW)
		;
	bt_buf_release(&t.name);
	return rc;
}

static int gunzip(struct bt_stage *s, const char *path, struct bt_err *err)
{
	const char *const argv[] = { "gzip", "-dc", "--", path, NULL };
	struct bt_child_opts o = { .argv = argv, .in = BT_CHILD_NULL, .out = BT_CHILD_PIPE, .err = BT_CHILD_NULL };
	BT_CLEANUP(bt_child_release) struct bt_child c = BT_CHILD_INIT;
	char rest[4096];
	size_t n;
	int status;

	if (bt_child_start(&c, &o, err) || unpack(s, c.out, err))
		return err->code;
	do	/* blocks of nothing, to the end of the record */
		if (bt_fd_read_full(c.out, rest, sizeof(rest), &n, "the tarball", err))
			return err->code;
	while (n);
	if (bt_child_wait(&c, &status, err))
		return err->code;
	return status ? bt_err_set(err, BT_ERR_FAIL, "the tarball is no sound gzip file") : 0;
}

/* ---- its hash ---- */

static int copy_hashed(const char *from, const char *to, uint8_t raw[BT_SHA512_LEN], struct bt_err *err)
{
	BT_FREE char *chunk = bt_xmalloc((size_t)64 << 10);
	BT_CLOSE int in = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	BT_CLOSE int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct bt_sha512 s;
	uint64_t bytes = 0;
	struct stat st;
	size_t n;

	if (in < 0 || out < 0)
		return bt_err_errno(err, "cannot read tarball '%s'", from);
	if (fstat(in, &st) || !S_ISREG(st.st_mode))
		return bt_err_set(err, BT_ERR_FAIL, "'%s' is no regular file", from);
	bt_sha512_init(&s);
	do {
		if (bt_fd_read_full(in, chunk, (size_t)64 << 10, &n, from, err) || bt_fd_write_full(out, chunk, n, to, err))
			return err->code;
		bt_sha512_add(&s, chunk, n);
		bytes += n;
		if (bytes > BT_STAGE_BYTES_MAX)
			return bt_err_set(err, BT_ERR_LIMIT, "tarball '%s' is too large", from);
	} while (n);
	bt_sha512_end(&s, raw);
	return 0;
}

static int check_integrity(const char *want, const char *base64, const char *hex, const char *path, struct bt_err *err)
{
	const char *text = strncmp(want, "sha512-", 7) && strncmp(want, "sha512:", 7) ? want : want + 7;

	if (!strcmp(text, base64) || !strcasecmp(text, hex))
		return 0;
	if (strlen(text) != strlen(base64) && strlen(text) != BT_SHA512_HEX_LEN) {
		bt_err_set(err, BT_ERR_USAGE, "'%s' is no SHA-512 hash", want);
		return bt_err_hint(err, "sha512- and base64, as package-lock.json has it, or the digits that sha512sum prints");
	}
	bt_err_set(err, BT_ERR_FAIL, "tarball '%s' has not the hash it should have", path);
	return bt_err_hint(err, "it is sha512-%s", base64);
}

/* The one name in a folder; NULL: there are several, or none. */
static char *only_name(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	char *name = NULL;
	size_t nr = 0;

	while (d && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || nr++)
			continue;
		name = bt_xstrdup(e->d_name);
	}
	if (d)
		closedir(d);
	if (nr == 1)
		return name;
	free(name);
	return NULL;
}

/* A folder that holds all there is counts as the top. */
static void find_root(struct bt_stage *s)
{
	BT_FREE char *name = only_name(s->root), *below = NULL;
	struct stat st;

	if (!name || !strcmp(name, "src"))
		return;
	below = bt_xasprintf("%s/%s", s->root, name);
	if (stat(below, &st) || !S_ISDIR(st.st_mode))
		return;
	free(s->root);
	s->root = below;
	below = NULL;
}

int bt_stage_tarball(struct bt_stage *s, const char *path, const char *integrity, struct bt_err *err)
{
	BT_FREE char *copy = bt_xasprintf("%s/package", s->dir), *real = realpath(path, NULL);
	BT_BUF_OWNED struct bt_buf base64 = BT_BUF_INIT;
	char hex[BT_SHA512_HEX_LEN + 1];
	uint8_t raw[BT_SHA512_LEN];
	unsigned char magic[2] = { 0 };
	size_t n;

	if (!real)
		return bt_err_errno(err, "cannot read tarball '%s'", path);
	if (!bt_stage_path_plain(real))
		return bt_err_set(err, BT_ERR_UNSUPPORTED, "the path '%s' has a control character in it", real);
	if (copy_hashed(real, copy, raw, err))
		return err->code;
	bt_text_base64(&base64, raw, sizeof(raw));
	if (integrity && check_integrity(integrity, bt_buf_cstr(&base64), bt_sha512_hex(raw, hex), path, err))
		return err->code;
	s->vouched = integrity != NULL;
	s->integrity = bt_xasprintf("sha512-%s", bt_buf_cstr(&base64));
	if (!s->from)
		s->from = bt_xasprintf("tarball %s", real);
	BT_CLOSE int fd = open(copy, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || bt_fd_read_full(fd, magic, sizeof(magic), &n, path, err))
		return fd < 0 ? bt_err_errno(err, "cannot read tarball '%s'", path) : err->code;
	if (magic[0] == 0x1f && magic[1] == 0x8b) {
		if (gunzip(s, copy, err))
			return err->code;
	} else if (lseek(fd, 0, SEEK_SET) || unpack(s, fd, err)) {
		return err->code;
	}
	find_root(s);
	return 0;
}
