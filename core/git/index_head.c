/*
 * Entries and the extension TREE of .git/index (gitformat-index(5)), and loose objects. Everything is read from files that
 * anybody may have written: lengths are checked, and the bytes of an object must have its id. The index is believed where git
 * believes it: a tree that it keeps for a folder is what a commit would take, and nobody adds up its checksum.
 */
#include "core/git/index_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/inflate.h"
#include "core/base/mem.h"
#include "core/base/sha.h"
#include "core/git/odb.h"

/* Of a larger index the entries alone take as long as git. */
#define INDEX_LEN_MAX ((size_t)1 << 20)
/* A loose object as it lies there, and its bytes: ids hardly get shorter. */
#define LOOSE_LEN_MAX ((size_t)8 << 10)
#define OBJECT_LEN_MAX ((size_t)16 << 10)
/* Folders that are read; more is a change of its own. */
#define TREES_MAX 64
#define DEPTH_MAX 64
#define HEAD_LEN 12
#define STAT_LEN 40
#define FLAG_EXTENDED 0x4000u
#define FLAG_STAGE 0x3000u
#define FLAG_NAME 0x0fffu

struct entry {
	const char *path;	/* ended by a NUL */
	size_t len;
	const uint8_t *oid;
};

/* A folder that the index has the tree of. */
struct node {
	const char *name;
	size_t len;
	const uint8_t *oid;	/* NULL: not known any more */
	size_t entries;		/* of the index below it */
	size_t next;		/* behind all that is below it */
};

struct comparison {
	const struct bt_repo *repo;
	size_t oid_len;
	struct bt_buf index;
	struct entry *entries;
	size_t entries_nr, at;	/* those before `at` are known to be in HEAD */
	struct node *nodes;	/* the one of the top first, then what is below it */
	size_t nodes_nr, nodes_alloc;
	unsigned trees_nr;
};

static void comparison_release(struct comparison *c)
{
	bt_buf_release(&c->index);
	free(c->entries);
	free(c->nodes);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* ---- HEAD ---- */

/* The first line of a file. */
static bool read_line(const char *folder, const char *name, struct bt_buf *out)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", folder, name);
	struct bt_err ignored = BT_ERR_INIT;

	bt_buf_clear(out);
	if (bt_file_read(path, 4096, out, &ignored) || !out->len)
		return false;
	out->data[strcspn(bt_buf_cstr(out), "\n")] = '\0';
	return true;
}

static bool find_head(const struct bt_repo *repo, struct bt_oid *ret_commit)
{
	static const char ref[] = "ref: refs/heads/";
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;

	if (!read_line(repo->git_dir, "HEAD", &line))
		return false;
	if (!strncmp(line.data, ref, sizeof(ref) - 1)) {
		BT_FREE char *name = bt_xstrdup(line.data + strlen("ref: "));

		if (strstr(name, "..") || !read_line(repo->common_dir, name, &line))
			return false;
	}
	return !bt_oid_parse(line.data, strlen(line.data), ret_commit, &ignored);
}

/* The bytes of a loose object behind its head. False: there is none, or it is not what it should be. */
static bool read_loose(const struct comparison *c, const struct bt_oid *oid, const char *type, struct bt_buf *room,
		       const char **ret_data, size_t *ret_len)
{
	char hex[BT_OID_HEX_MAX + 1], head[32];
	uint8_t raw[BT_SHA_RAW_MAX];
	BT_BUF_OWNED struct bt_buf file = BT_BUF_INIT;
	BT_FREE char *path = NULL;
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_sha sha;
	size_t len, head_len;
	char *data = bt_buf_reserve(room, OBJECT_LEN_MAX);

	bt_oid_hex(oid, hex);
	path = bt_xasprintf("%s/%.2s/%s", c->repo->objects_dir, hex, hex + 2);
	if (!data || bt_file_read(path, LOOSE_LEN_MAX, &file, &ignored) ||
	    !bt_inflate(file.data, file.len, data, OBJECT_LEN_MAX, &len))
		return false;
	bt_sha_init(&sha, oid->len);
	bt_sha_add(&sha, data, len);
	bt_sha_end(&sha, raw);
	if (memcmp(raw, oid->raw, oid->len) != 0 || !memchr(data, '\0', len))
		return false;
	head_len = strlen(data) + 1;
	snprintf(head, sizeof(head), "%s %zu", type, len - head_len);
	if (strcmp(data, head) != 0)
		return false;
	*ret_data = data + head_len;
	*ret_len = len - head_len;
	return true;
}

static bool find_tree(const struct comparison *c, const struct bt_oid *commit, struct bt_oid *ret_tree)
{
	static const char key[] = "tree ";
	BT_BUF_OWNED struct bt_buf room = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	const char *data;
	size_t len, skip = sizeof(key) - 1;

	return read_loose(c, commit, "commit", &room, &data, &len) && len > skip + 2 * c->oid_len &&
	       !memcmp(data, key, skip) && data[skip + 2 * c->oid_len] == '\n' &&
	       !bt_oid_parse(data + skip, 2 * c->oid_len, ret_tree, &ignored);
}

/* ---- the index ---- */

/* Entries of versions 2 and 3; *ret_end is what follows them. */
static bool read_entries(struct comparison *c, const uint8_t **ret_end)
{
	const uint8_t *p = (const uint8_t *)c->index.data, *end = p + c->index.len;
	size_t head = STAT_LEN + c->oid_len + 2;
	uint32_t nr;

	if (c->index.len < HEAD_LEN + c->oid_len || memcmp(p, "DIRC", 4) != 0 || be32(p + 4) < 2 || be32(p + 4) > 3)
		return false;
	nr = be32(p + 8);
	end -= c->oid_len;
	p += HEAD_LEN;
	if (nr > (size_t)(end - p) / head)
		return false;
	c->entries = bt_xcalloc(nr + (size_t)1, sizeof(*c->entries));
	for (; c->entries_nr < nr; c->entries_nr++) {
		struct entry *e = &c->entries[c->entries_nr];
		unsigned flags;
		size_t start = head;
		const uint8_t *nul;

		if ((size_t)(end - p) < head + 2)
			return false;
		flags = (unsigned)p[head - 2] << 8 | p[head - 1];
		start += flags & FLAG_EXTENDED ? 2 : 0;
		nul = memchr(p + start, '\0', (size_t)(end - p) - start);
		if (!nul || flags & FLAG_STAGE)
			return false;
		*e = (struct entry){ (const char *)p + start, (size_t)(nul - p) - start, p + STAT_LEN };
		/* 1 to 8 NULs up to a multiple of eight */
		start = (start + e->len + 8) & ~(size_t)7;
		if (!e->len || start > (size_t)(end - p))
			return false;
		p += start;
	}
	*ret_end = p;
	return true;
}

/* "<digits><after>", or -1. */
static long take_number(const char **at, const char *end, char after)
{
	long v = 0;
	const char *p = *at;

	for (; p < end && *p >= '0' && *p <= '9' && v < 1 << 28; p++)
		v = 10 * v + (*p - '0');
	if (p == *at || p == end || *p != after)
		return -1;
	*at = p + 1;
	return v;
}

/* One folder and those below it. */
static bool read_node(struct comparison *c, const char **at, const char *end, int depth)
{
	const char *nul = memchr(*at, '\0', (size_t)(end - *at));
	size_t self = c->nodes_nr;
	struct node n = { .name = *at };
	bool known;
	long v;

	if (!nul || depth > DEPTH_MAX)
		return false;
	n.len = (size_t)(nul - *at);
	*at = nul + 1;
	known = end - *at < 3 || memcmp(*at, "-1 ", 3) != 0;
	v = known ? take_number(at, end, ' ') : 0;
	*at += known ? 0 : 3;
	n.entries = (size_t)v;
	if (v < 0 || (v = take_number(at, end, '\n')) < 0)
		return false;
	if (known) {
		if ((size_t)(end - *at) < c->oid_len)
			return false;
		n.oid = (const uint8_t *)*at;
		*at += c->oid_len;
	}
	BT_GROW(c->nodes, c->nodes_alloc, c->nodes_nr + 1);
	c->nodes[c->nodes_nr++] = n;
	while (v-- > 0)
		if (!read_node(c, at, end, depth + 1))
			return false;
	c->nodes[self].next = c->nodes_nr;
	return true;
}

/* Lower-case extensions change what the entries mean (split, sparse). */
static bool read_extensions(struct comparison *c, const uint8_t *p)
{
	const uint8_t *end = (const uint8_t *)c->index.data + c->index.len - c->oid_len;

	while (end - p >= 8) {
		size_t len = be32(p + 4);
		const char *at = (const char *)p + 8;

		if (p[0] < 'A' || p[0] > 'Z' || len > (size_t)(end - p) - 8)
			return false;
		if (!memcmp(p, "TREE", 4) && len && !c->nodes_nr && !read_node(c, &at, at + len, 0))
			return false;
		p += 8 + len;
	}
	return p == end && c->nodes_nr;
}

static bool read_index(struct comparison *c)
{
	struct bt_err ignored = BT_ERR_INIT;
	const uint8_t *behind;

	return c->repo->index_file && !bt_file_read(c->repo->index_file, INDEX_LEN_MAX, &c->index, &ignored) &&
	       read_entries(c, &behind) && read_extensions(c, behind);
}

/* ---- both ---- */

/* The folder of this name right below another one; 0, which is the top: it is not known. */
static size_t find_node(const struct comparison *c, size_t above, const char *name, size_t len)
{
	for (size_t i = above + 1; i < c->nodes[above].next; i = c->nodes[i].next)
		if (c->nodes[i].len == len && !memcmp(c->nodes[i].name, name, len))
			return i;
	return 0;
}

static bool take_same(struct comparison *c, const struct node *n, const struct bt_buf *prefix)
{
	if (n->entries > c->entries_nr - c->at)
		return false;
	for (size_t i = 0; i < n->entries; i++, c->at++) {
		const struct entry *e = &c->entries[c->at];

		if (e->len <= prefix->len || memcmp(e->path, bt_buf_cstr(prefix), prefix->len) != 0)
			return false;
	}
	return true;
}

static bool take_entry(struct comparison *c, const struct bt_tree_entry *t, const struct bt_buf *prefix)
{
	const struct entry *e = &c->entries[c->at];

	if (c->at == c->entries_nr || e->len != prefix->len + t->name_len ||
	    memcmp(e->path, bt_buf_cstr(prefix), prefix->len) != 0 || memcmp(e->path + prefix->len, t->name, t->name_len) != 0 ||
	    memcmp(e->oid, t->oid.raw, c->oid_len) != 0)
		return false;
	c->at++;
	return true;
}

/* A folder of HEAD: node 0 below the top is one that the index knows no tree of. */
static bool same_folder(struct comparison *c, const struct bt_oid *tree, size_t node, struct bt_buf *prefix)
{
	BT_BUF_OWNED struct bt_buf room = BT_BUF_INIT;
	const struct node *n = node || !prefix->len ? &c->nodes[node] : NULL;
	size_t len, prefix_len = prefix->len;
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_tree_reader r;
	struct bt_tree_entry e;
	const char *data;
	int rc;

	if (n && n->oid && !memcmp(n->oid, tree->raw, c->oid_len))
		return take_same(c, n, prefix);
	if (c->trees_nr++ == TREES_MAX || !read_loose(c, tree, "tree", &room, &data, &len))
		return false;
	bt_tree_reader_init(&r, data, len, c->oid_len);
	while ((rc = bt_tree_reader_next(&r, &e, &ignored)) == BT_ROW) {
		bool same;

		if (e.kind != BT_ENTRY_TREE) {
			same = take_entry(c, &e, prefix);
		} else {
			bt_buf_add(prefix, e.name, e.name_len);
			bt_buf_addch(prefix, '/');
			same = same_folder(c, &e.oid, n ? find_node(c, node, e.name, e.name_len) : 0, prefix);
			prefix->len = prefix_len;
		}
		if (!same)
			return false;
	}
	return !rc;
}

bool bt_index_is_head(const struct bt_repo *repo)
{
	BT_CLEANUP(comparison_release) struct comparison c = { .repo = repo };
	BT_BUF_OWNED struct bt_buf prefix = BT_BUF_INIT;
	struct bt_oid commit, tree;

	bt_buf_init(&c.index, INDEX_LEN_MAX + 1);
	if (!find_head(repo, &commit))
		return false;
	c.oid_len = commit.len;
	return find_tree(&c, &commit, &tree) && read_index(&c) && same_folder(&c, &tree, 0, &prefix) &&
	       c.at == c.entries_nr;
}
