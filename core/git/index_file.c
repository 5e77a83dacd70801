/*
 * Entries of .git/index (gitformat-index(5)) for the wanted paths: one pass over all of them, or for a few paths
 * in a large index a binary search. Entries have all lengths; but what is no entry hardly looks like one, and
 * what is found carries path and object, so that a wrong guess finds nothing and never something wrong.
 */
#include "core/git/index_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/limits.h"
#include "core/base/mem.h"

/* Read by pieces: to map a file of 8 MB costs more than to copy it through a buffer that stays in a cache. */
#define BUF_LEN (128u << 10)
/* An entry, whatever its path; what is longer is not looked for. */
#define ENTRY_LEN_MAX (BT_PATH_LEN_MAX + 128)
/* To look for an entry around some place; also read at a time then. */
#define PROBE_LEN (2 * ENTRY_LEN_MAX)
/* So many paths are looked up one by one, in an index of at least so many bytes. */
#define FEW 32
#define LARGE (256u << 10)
#define HEAD_LEN 12
#define STAT_LEN 40		/* the fixed part before the object id */
#define FLAG_VALID 0x8000u	/* assume-unchanged */
#define FLAG_EXTENDED BT_INDEX_EXTENDED
#define FLAG_STAGE BT_INDEX_STAGE
#define FLAG_NAME 0x0fffu
#define XFLAG_SKIP_WORKTREE BT_INDEX_SKIP_WORKTREE
#define XFLAG_INTENT_TO_ADD BT_INDEX_INTENT_TO_ADD

struct scan {
	int fd;
	uint8_t *buf;
	size_t step;			/* how much is read at a time: at most BUF_LEN */
	const uint8_t *at, *end;	/* in buf */
	uint64_t size;			/* of the file */
	uint64_t next;			/* offset of what comes behind `end` */
	size_t oid_len;
	uint32_t version, nr;
	char path[BT_PATH_LEN_MAX];	/* version 4 shares prefixes */
	size_t path_len;
};

struct entry {
	const uint8_t *stat;		/* STAT_LEN bytes */
	const uint8_t *oid;
	uint16_t flags, xflags;
	const char *path;		/* NUL-terminated */
	size_t path_len;
};

/* Most entries are not wanted: a bit per hash of how a wanted path ends tells. */
#define FILTER_BITS 17

struct filter {
	uint64_t bits[(1u << FILTER_BITS) / 64];
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* What is left of the file, read or not. */
static uint64_t scan_left(const struct scan *s)
{
	return s->size - s->next + (uint64_t)(s->end - s->at);
}

/* At least `len` bytes of what is left, as far as there are so many. */
static void scan_fill(struct scan *s, size_t len)
{
	size_t have = (size_t)(s->end - s->at);
	ssize_t got;

	if (have >= len || s->next >= s->size)
		return;
	memmove(s->buf, s->at, have);
	s->at = s->buf;
	s->end = s->buf + have;
	got = pread(s->fd, s->buf + have, s->step - have, (off_t)s->next);
	if (got <= 0) {
		s->size = s->next;	/* it was cut short: nothing more comes */
		return;
	}
	s->end += got;
	s->next += (uint64_t)got;
}

static void scan_seek(struct scan *s, uint64_t offset)
{
	s->next = offset;
	s->at = s->end = s->buf;
}

static uint64_t scan_offset(const struct scan *s)
{
	return s->next - (uint64_t)(s->end - s->at);
}

static void scan_skip(struct scan *s, uint64_t len)
{
	uint64_t have = (uint64_t)(s->end - s->at);

	if (len > have) {
		s->next += len - have;
		len = have;
	}
	s->at += len;
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

/* Version 4: the path shares its start with the one before. */
static bool read_shared_path(struct scan *s, struct entry *e)
{
	const uint8_t *nul;
	size_t strip, keep, len;

	if (!read_strip(s, &strip) || strip > s->path_len)
		return false;
	nul = memchr(s->at, 0, (size_t)(s->end - s->at));
	keep = s->path_len - strip;
	len = nul ? (size_t)(nul - s->at) : 0;
	if (!nul || keep + len >= sizeof(s->path))
		return false;
	memcpy(s->path + keep, s->at, len + 1);
	e->path = s->path;
	e->path_len = s->path_len = keep + len;
	s->at = nul + 1;
	return true;
}

/* Versions 2 and 3: the length of a path that is not too long stands in the flags. */
static bool read_whole_path(struct scan *s, size_t head_len, struct entry *e)
{
	size_t left = (size_t)(s->end - s->at), len = e->flags & FLAG_NAME, padded;

	if (len == FLAG_NAME) {
		const uint8_t *nul = memchr(s->at, 0, left);

		len = nul ? (size_t)(nul - s->at) : left;
	}
	if (len >= left || s->at[len])
		return false;
	e->path = (const char *)s->at;
	e->path_len = len;
	/* 1 to 8 NULs up to a multiple of eight */
	padded = ((head_len + len + 8) & ~(size_t)7) - head_len;
	if (padded > left)
		return false;
	s->at += padded;
	return true;
}

static bool read_entry(struct scan *s, struct entry *ret_e)
{
	size_t head_len = STAT_LEN + s->oid_len + 2;

	scan_fill(s, ENTRY_LEN_MAX);
	if ((size_t)(s->end - s->at) < head_len + 2)
		return false;
	ret_e->stat = s->at;
	ret_e->oid = s->at + STAT_LEN;
	ret_e->flags = be16(s->at + STAT_LEN + s->oid_len);
	ret_e->xflags = 0;
	s->at += head_len;
	if (ret_e->flags & FLAG_EXTENDED) {
		ret_e->xflags = be16(s->at);
		s->at += 2;
		head_len += 2;
	}
	return s->version == 4 ? read_shared_path(s, ret_e) : read_whole_path(s, head_len, ret_e);
}

/* Lower-case extensions change what the entries mean (split, sparse). */
static bool extensions_known(struct scan *s)
{
	while (scan_left(s) >= s->oid_len + 8) {	/* an extension may be empty */
		uint64_t len;

		scan_fill(s, 8);
		if (s->end - s->at < 8)
			return false;
		len = be32(s->at + 4);
		if (s->at[0] < 'A' || s->at[0] > 'Z' || len > scan_left(s) - 8)
			return false;
		scan_skip(s, 8 + len);
	}
	return true;
}

static unsigned ending_hash(const char *path, size_t len)
{
	uint64_t w = 0;

	if (len >= 8)
		memcpy(&w, path + len - 8, 8);
	else
		memcpy(&w, path, len);
	return (unsigned)((w + len) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - FILTER_BITS));
}

static void filter_add(struct filter *f, const char *path, size_t len)
{
	unsigned hash = ending_hash(path, len);

	f->bits[hash / 64] |= UINT64_C(1) << hash % 64;
}

static bool filter_passes(const struct filter *f, const char *path, size_t len)
{
	unsigned hash = ending_hash(path, len);

	return f->bits[hash / 64] >> hash % 64 & 1;
}

static void entry_take(const struct scan *s, const struct entry *e, struct bt_clean_file *f)
{
	const uint8_t *p = e->stat;

	f->known = !(e->flags & (FLAG_VALID | FLAG_STAGE)) &&
		   !(e->xflags & (XFLAG_SKIP_WORKTREE | XFLAG_INTENT_TO_ADD)) &&
		   f->oid.len == s->oid_len && !memcmp(e->oid, f->oid.raw, s->oid_len);
	f->ctime = be32(p);
	f->mtime = be32(p + 8);
	f->mtime_nsec = be32(p + 12);
	f->ino = be32(p + 20);
	f->file_size = be32(p + 36);
	if (!f->raw)
		return;
	f->raw->found = true;
	memcpy(f->raw->stat, p, sizeof(f->raw->stat));
	f->raw->mode = be32(p + 24);
	f->raw->oid = bt_oid_make(e->oid, s->oid_len);
	f->raw->flags = e->flags;
	f->raw->xflags = e->xflags;
}

/* The first file whose path is not before this one. */
static size_t lower_bound(const struct bt_clean_file *files, size_t nr, const char *path)
{
	size_t lo = 0, hi = nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(files[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool find_entries(struct scan *s, struct bt_clean_file *files, size_t nr)
{
	struct filter filter = { { 0 } };
	struct entry e;
	uint32_t i;

	for (size_t k = 0; k < nr; k++)
		filter_add(&filter, files[k].path, strlen(files[k].path));
	for (i = 0; i < s->nr && read_entry(s, &e); i++) {
		if (!filter_passes(&filter, e.path, e.path_len))
			continue;
		for (size_t k = lower_bound(files, nr, e.path); k < nr && !strcmp(files[k].path, e.path); k++)
			entry_take(s, &e, &files[k]);
	}
	if (i == s->nr && extensions_known(s))
		return true;
	for (size_t k = 0; k < nr; k++)
		files[k].known = false;
	return false;
}

/* Reads the head. False: nothing that is known here. */
static bool scan_begin(struct scan *s)
{
	scan_fill(s, HEAD_LEN);
	if (s->end - s->at < HEAD_LEN || memcmp(s->at, "DIRC", 4))
		return false;
	s->version = be32(s->at + 4);
	s->nr = be32(s->at + 8);
	return s->version >= 2 && s->version <= 4;
}

/* --- a few files --- */

static bool mode_known(uint32_t mode)
{
	return mode == 0100644 || mode == 0100755 || mode == 0120000 || mode == 0160000 || mode == 0040000;
}

/* Goes behind what looks like an entry, or stays. */
static bool step_over(struct scan *s, struct entry *e)
{
	const uint8_t *start;
	bool good;

	scan_fill(s, ENTRY_LEN_MAX);
	start = s->at;
	good = s->end - start > STAT_LEN && mode_known(be32(start + 24)) && read_entry(s, e) &&
	       e->path_len && !memchr(e->path, 0, e->path_len);
	for (const uint8_t *p = good ? (const uint8_t *)e->path + e->path_len : s->at; p < s->at; p++)
		good = good && !*p;
	if (!good)
		s->at = start;
	return good;
}

/* The first entry that starts at a place or within the length of an entry behind it. */
static bool probe(struct scan *s, uint64_t offset, struct entry *e, uint64_t *ret_at)
{
	scan_seek(s, offset);
	for (size_t i = 0; i < ENTRY_LEN_MAX; i += 8, s->at += 8) {
		*ret_at = scan_offset(s);
		if (step_over(s, e))
			return true;
		if (s->end - s->at < 8)
			break;
	}
	return false;
}

static uint64_t middle(uint64_t lo, uint64_t hi)
{
	return lo + ((hi - lo) / 2 & ~UINT64_C(7));
}

/* Where the entries end. False unless known extensions fill the rest, to the byte. */
static bool find_end(struct scan *s, uint64_t *ret_end)
{
	uint64_t lo = HEAD_LEN, hi = s->size, at;
	struct entry e;

	while (hi - lo > PROBE_LEN) {
		uint64_t mid = middle(lo, hi);

		if (probe(s, mid, &e, &at))
			lo = at;
		else
			hi = mid;
	}
	scan_seek(s, lo);
	while (step_over(s, &e))
		;
	*ret_end = scan_offset(s);
	return extensions_known(s) && scan_left(s) == s->oid_len;
}

static void find_one(struct scan *s, uint64_t end, struct bt_clean_file *f)
{
	uint64_t lo = HEAD_LEN, hi = end, at;
	struct entry e;

	while (hi - lo > PROBE_LEN) {
		uint64_t mid = middle(lo, hi);

		if (!probe(s, mid, &e, &at))
			return;
		if (strcmp(e.path, f->path) <= 0)
			lo = at;
		else
			hi = mid;
	}
	scan_seek(s, lo);
	while (scan_offset(s) < end && step_over(s, &e)) {
		int order = strcmp(e.path, f->path);

		if (!order)
			entry_take(s, &e, f);
		if (order >= 0)
			return;
	}
}

static bool find_in(struct scan *s, struct bt_clean_file *files, size_t nr)
{
	uint64_t end;

	s->step = PROBE_LEN;
	if (!scan_begin(s))
		return false;
	if (nr <= FEW && s->size >= LARGE && s->version < 4 && find_end(s, &end)) {
		for (size_t i = 0; i < nr; i++)
			find_one(s, end, &files[i]);
		return true;
	}
	s->step = BUF_LEN;
	scan_seek(s, HEAD_LEN);
	return find_entries(s, files, nr);
}

bool bt_index_file_find(const struct bt_repo *repo, struct bt_clean_file *files, size_t nr,
			struct timespec *ret_written)
{
	BT_CLOSE int fd = -1;
	BT_FREE uint8_t *buf = NULL;
	struct stat st;

	memset(ret_written, 0, sizeof(*ret_written));
	for (size_t i = 0; i < nr; i++)
		files[i].known = false;
	if (!repo->top || !repo->index_file || !nr)
		return false;
	fd = open(repo->index_file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT;
	if (fstat(fd, &st))
		return false;
	*ret_written = st.st_mtim;
	buf = bt_xmalloc(BUF_LEN);
	return find_in(&(struct scan){ .fd = fd, .buf = buf, .at = buf, .end = buf, .size = (uint64_t)st.st_size,
				.oid_len = repo->oid_len }, files, nr);
}

bool bt_index_file_walk(const struct bt_repo *repo,
			void (*each)(void *ctx, const char *path, size_t len, uint32_t mode, const uint8_t *oid), void *ctx)
{
	BT_CLOSE int fd = repo->index_file ? open(repo->index_file, O_RDONLY | O_CLOEXEC) : -1;
	BT_FREE uint8_t *buf = NULL;
	struct scan s = { .fd = fd, .step = BUF_LEN, .oid_len = repo->oid_len };
	struct entry e;
	struct stat st;
	uint32_t i;

	if (fd < 0)
		return repo->index_file && errno == ENOENT;
	if (fstat(fd, &st) || !repo->oid_len)
		return false;
	s.buf = buf = bt_xmalloc(BUF_LEN);
	s.at = s.end = buf;
	s.size = (uint64_t)st.st_size;
	if (!scan_begin(&s))
		return false;
	scan_skip(&s, HEAD_LEN);
	for (i = 0; i < s.nr && read_entry(&s, &e); i++)
		if (!(e.flags & FLAG_STAGE))
			each(ctx, e.path, e.path_len, be32(e.stat + 24), e.oid);
	return i == s.nr && extensions_known(&s);
}

bool bt_index_file_clean(const struct bt_clean_file *f, const struct timespec *written,
			 const struct stat *st)
{
	if (!f->known || !S_ISREG(st->st_mode) || (uint64_t)st->st_size != f->size)
		return false;
	if (f->mtime != (uint32_t)st->st_mtim.tv_sec || f->file_size != (uint32_t)st->st_size ||
	    f->ino != (uint32_t)st->st_ino || f->ctime != (uint32_t)st->st_ctim.tv_sec)
		return false;
	if (f->mtime_nsec && f->mtime_nsec != (uint32_t)st->st_mtim.tv_nsec)
		return false;
	/* changed in the tick in which the index was written: racy, git would compare contents */
	if (st->st_mtim.tv_sec != written->tv_sec)
		return st->st_mtim.tv_sec < written->tv_sec;
	return f->mtime_nsec && st->st_mtim.tv_nsec < written->tv_nsec;
}
