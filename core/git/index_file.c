/*
 * One pass over the entries of .git/index (gitformat-index(5)), merged with the wanted paths.
 */
#include "core/git/index_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/limits.h"
#include "core/base/mem.h"

#define HEAD_LEN 12
#define STAT_LEN 40		/* the fixed part before the object id */
#define FLAG_VALID 0x8000u	/* assume-unchanged */
#define FLAG_EXTENDED 0x4000u
#define FLAG_STAGE 0x3000u
#define FLAG_NAME 0x0fffu
#define XFLAG_SKIP_WORKTREE 0x4000u
#define XFLAG_INTENT_TO_ADD 0x2000u

struct scan {
	const uint8_t *map, *at, *end;
	size_t len, oid_len;
	uint32_t version, nr;
	struct timespec written;	/* of the index: a file changed as late may be racy */
	char path[BT_PATH_LEN_MAX];	/* version 4 shares prefixes */
	size_t path_len;
};

struct entry {
	const uint8_t *stat;		/* STAT_LEN bytes */
	const uint8_t *oid;
	uint16_t flags, xflags;
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* How many bytes of the last path go; the offset encoding of packs. */
static bool read_strip(struct scan *s, size_t *ret)
{
	size_t v;

	if (s->at >= s->end)
		return false;
	v = *s->at & 0x7f;
	while (*s->at++ & 0x80) {
		if (s->at >= s->end || v > BT_PATH_LEN_MAX)
			return false;
		v = ((v + 1) << 7) | (*s->at & 0x7f);
	}
	*ret = v;
	return true;
}

static bool read_path(struct scan *s, const uint8_t *start)
{
	const uint8_t *nul;
	size_t keep = 0, strip;

	if (s->version == 4) {
		if (!read_strip(s, &strip) || strip > s->path_len)
			return false;
		keep = s->path_len - strip;
	}
	nul = memchr(s->at, 0, (size_t)(s->end - s->at));
	if (!nul || keep + (size_t)(nul - s->at) >= sizeof(s->path))
		return false;
	memcpy(s->path + keep, s->at, (size_t)(nul - s->at) + 1);
	s->path_len = keep + (size_t)(nul - s->at);
	if (s->version == 4)
		s->at = nul + 1;
	else	/* 1 to 8 NULs up to a multiple of eight */
		s->at = start + (((size_t)(nul - start) + 8) & ~(size_t)7);
	return s->at <= s->end;
}

static bool read_entry(struct scan *s, struct entry *ret_e)
{
	const uint8_t *start = s->at;

	if ((size_t)(s->end - s->at) < STAT_LEN + s->oid_len + 4)
		return false;
	ret_e->stat = s->at;
	ret_e->oid = s->at + STAT_LEN;
	ret_e->flags = be16(s->at + STAT_LEN + s->oid_len);
	ret_e->xflags = 0;
	s->at += STAT_LEN + s->oid_len + 2;
	if (ret_e->flags & FLAG_EXTENDED) {
		ret_e->xflags = be16(s->at);
		s->at += 2;
	}
	return read_path(s, start);
}

/* Lower-case extensions change what the entries mean (split, sparse). */
static bool extensions_known(struct scan *s)
{
	while ((size_t)(s->end - s->at) > s->oid_len + 8) {
		uint64_t len = be32(s->at + 4);

		if (s->at[0] < 'A' || s->at[0] > 'Z' || len > (uint64_t)(s->end - s->at) - 8)
			return false;
		s->at += 8 + len;
	}
	return true;
}

static bool stat_equals(const struct scan *s, const struct entry *e, const struct stat *st)
{
	const uint8_t *p = e->stat;

	if (be32(p + 8) != (uint32_t)st->st_mtim.tv_sec || be32(p + 36) != (uint32_t)st->st_size ||
	    be32(p + 20) != (uint32_t)st->st_ino)
		return false;
	if (be32(p + 12) && be32(p + 12) != (uint32_t)st->st_mtim.tv_nsec)
		return false;
	if (be32(p) != (uint32_t)st->st_ctim.tv_sec)
		return false;
	/* changed in the tick in which the index was written: racy, git would compare contents */
	if (st->st_mtim.tv_sec != s->written.tv_sec)
		return st->st_mtim.tv_sec < s->written.tv_sec;
	return be32(p + 12) && st->st_mtim.tv_nsec < s->written.tv_nsec;
}

static void check(const struct scan *s, const struct entry *e, int top, struct bt_clean_file *f)
{
	struct stat st;

	if (e->flags & (FLAG_VALID | FLAG_STAGE) ||
	    e->xflags & (XFLAG_SKIP_WORKTREE | XFLAG_INTENT_TO_ADD) ||
	    memcmp(e->oid, f->oid.raw, s->oid_len) || f->oid.len != s->oid_len ||
	    fstatat(top, f->path, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return;
	f->clean = (uint64_t)st.st_size == f->size && stat_equals(s, e, &st);
}

static void scan_entries(struct scan *s, int top, struct bt_clean_file *files, size_t nr)
{
	size_t next = 0;
	struct entry e;
	uint32_t i;

	for (i = 0; i < s->nr; i++) {
		if (!read_entry(s, &e))
			break;
		while (next < nr && strcmp(files[next].path, s->path) < 0)
			next++;
		for (size_t k = next; k < nr && !strcmp(files[k].path, s->path); k++)
			check(s, &e, top, &files[k]);
	}
	if (i < s->nr || !extensions_known(s))
		for (size_t k = 0; k < nr; k++)
			files[k].clean = false;
}

static bool open_index(struct scan *s, const struct bt_repo *repo)
{
	BT_CLOSE int fd = open(repo->index_file, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st) || st.st_size < HEAD_LEN + (off_t)repo->oid_len)
		return false;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return false;
	s->map = map;
	s->len = (size_t)st.st_size;
	s->at = s->map + HEAD_LEN;
	s->end = s->map + s->len;
	s->oid_len = repo->oid_len;
	s->written = st.st_mtim;
	s->version = be32(s->map + 4);
	s->nr = be32(s->map + 8);
	return true;
}

void bt_index_file_clean(const struct bt_repo *repo, struct bt_clean_file *files, size_t nr)
{
	BT_CLOSE int top = repo->top ? open(repo->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct scan s = { .path_len = 0 };

	for (size_t i = 0; i < nr; i++)
		files[i].clean = false;
	if (top < 0 || !repo->index_file || !nr || !open_index(&s, repo))
		return;
	if (!memcmp(s.map, "DIRC", 4) && s.version >= 2 && s.version <= 4)
		scan_entries(&s, top, files, nr);
	munmap((void *)s.map, s.len);
}
