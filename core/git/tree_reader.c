/*
 * Entries of a tree object. The bytes come from a repository nobody vouches for: a tree in which a mode, a
 * name or an id is not whole is corrupt, for git as for us. A name that could lead a path elsewhere is something that git
 * complains about (git fsck) and lists all the same: such an entry gets a kind of its own, so that
 * nobody takes it for a file, and the others of its tree can be read.
 */
#include <string.h>
#include <sys/stat.h>

#include "core/git/odb_impl.h"

/* Octal digits of a mode; git writes 5 or 6, old writers zero-padded. */
#define MODE_DIGITS_MAX 7

#define MODE_GITLINK 0160000

void bt_tree_reader_init(struct bt_tree_reader *r, const void *data, size_t len, size_t oid_len)
{
	r->at = data;
	r->end = r->at + len;
	r->oid_len = oid_len;
}

/* Reads "<octal> "; the place behind it, or NULL. */
static const char *mode_read(const char *at, const char *end, uint32_t *ret_mode)
{
	const char *start = at;
	uint32_t mode = 0;

	for (; at < end && *at >= '0' && *at <= '7'; at++) {
		if (at - start == MODE_DIGITS_MAX)
			return NULL;
		mode = mode << 3 | (uint32_t)(*at - '0');
	}
	if (at == start || at == end || *at != ' ')
		return NULL;
	*ret_mode = mode;
	return at + 1;
}

enum bt_entry_kind bt_entry_classify(uint32_t *mode)
{
	switch (*mode & S_IFMT) {
	case S_IFREG:
		*mode = S_IFREG | (*mode & S_IXUSR ? 0755 : 0644);
		return BT_ENTRY_BLOB;
	case S_IFLNK:
		*mode = S_IFLNK;
		return BT_ENTRY_SYMLINK;
	case S_IFDIR:
		*mode = S_IFDIR;
		return BT_ENTRY_TREE;
	default:	/* git takes what it does not know for a submodule, too */
		*mode = MODE_GITLINK;
		return BT_ENTRY_GITLINK;
	}
}

static bool name_is_safe(const char *name, size_t len)
{
	if (!len || memchr(name, '/', len))
		return false;
	return name[0] != '.' || !(len == 1 || (len == 2 && name[1] == '.'));
}

int bt_tree_reader_next(struct bt_tree_reader *r, struct bt_tree_entry *ret_e, struct bt_err *err)
{
	struct bt_tree_entry e;
	const char *name, *nul;

	if (r->at == r->end)
		return BT_DONE;
	name = mode_read(r->at, r->end, &e.mode);
	if (!name)
		return bt_err_set(err, BT_ERR_CORRUPT, "an entry has no mode");
	e.kind = bt_entry_classify(&e.mode);
	nul = memchr(name, '\0', (size_t)(r->end - name));
	if (!nul || (size_t)(r->end - nul) < r->oid_len + 1)
		return bt_err_set(err, BT_ERR_CORRUPT, "it ends within an entry");
	e.name = name;
	e.name_len = (size_t)(nul - name);
	if (!name_is_safe(e.name, e.name_len))
		e.kind = BT_ENTRY_UNNAMABLE;
	e.oid = bt_oid_make(nul + 1, r->oid_len);
	r->at = nul + 1 + r->oid_len;
	*ret_e = e;
	return BT_ROW;
}
