/*
 * The tables of paths, and arithmetic on them.
 */
#include "core/query/paths.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"

/* More questions than this are worth a table of all paths. */
#define SEARCHES_MAX 2000

struct bt_paths_late {
	unsigned searches;
	struct bt_strmap by_path;	/* number */
	bool dirs_made;
	struct bt_strmap by_dir;	/* first number of a chain */
	struct bt_strmap dirs;		/* every folder there is, with or without files of its own */
};

static void chain(struct bt_strmap *m, uint32_t *next, uint32_t file, const char *key, size_t len)
{
	bool fresh;
	struct bt_strmap_entry *e = bt_strmap_intern(m, key, len, bt_strmap_hash(key, len), &fresh);

	next[file] = fresh ? BT_NONE : (uint32_t)e->value;
	e->value = file;
}

/* A folder and those around it, up to one that is known. */
static void add_dirs(struct bt_paths_late *late, const char *path, size_t len)
{
	bool fresh = true;

	while (fresh) {
		len = bt_path_dir_len(path, len);
		bt_strmap_intern(&late->dirs, path, len, bt_strmap_hash(path, len), &fresh);
	}
}

static int read_all(const struct bt_manifest *m, struct bt_paths *p, struct bt_err *err)
{
	struct bt_manifest_walk walk;
	struct bt_manifest_file file;
	int rc;

	p->path = bt_xmalloc((m->nr + (size_t)1) * sizeof(*p->path));
	p->len = bt_xmalloc((m->nr + (size_t)1) * sizeof(*p->len));
	p->next_base = bt_xmalloc((m->nr + (size_t)1) * sizeof(*p->next_base));
	p->next_dir = bt_xmalloc((m->nr + (size_t)1) * sizeof(*p->next_dir));
	bt_manifest_walk_init(&walk, m);
	while ((rc = bt_manifest_walk_next(&walk, &file, err)) == BT_ROW) {
		p->path[p->nr] = bt_arena_strndup(&p->arena, walk.path, walk.len);
		p->len[p->nr++] = (uint32_t)walk.len;
	}
	return rc < 0 ? rc : 0;
}

int bt_paths_read(const struct bt_manifest *m, struct bt_paths *ret_p, struct bt_err *err)
{
	struct bt_paths *p = ret_p;

	memset(p, 0, sizeof(*p));
	bt_strmap_init(&p->by_base, NULL);
	p->late = bt_xcalloc(1, sizeof(*p->late));
	bt_strmap_init(&p->late->by_path, NULL);
	bt_strmap_init(&p->late->by_dir, NULL);
	bt_strmap_init(&p->late->dirs, NULL);
	if (read_all(m, p, err))
		return err->code;
	/* backwards, so that chains ascend */
	for (uint32_t i = p->nr; i--;) {
		const char *path = p->path[i];
		size_t len = p->len[i], dir = bt_path_dir_len(path, len), base = dir ? dir + 1 : 0;

		chain(&p->by_base, p->next_base, i, path + base, len - base);
	}
	return 0;
}

void bt_paths_release(struct bt_paths *p)
{
	bt_strmap_release(&p->by_base);
	if (p->late) {
		bt_strmap_release(&p->late->by_path);
		bt_strmap_release(&p->late->by_dir);
		bt_strmap_release(&p->late->dirs);
	}
	free(p->late);
	free(p->path);
	free(p->len);
	free(p->next_base);
	free(p->next_dir);
	bt_arena_release(&p->arena);
	memset(p, 0, sizeof(*p));
}

static uint32_t search(const struct bt_paths *p, const char *path, size_t len)
{
	uint32_t lo = 0, hi = p->nr;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		size_t least = p->len[mid] < len ? p->len[mid] : len;
		int c = memcmp(p->path[mid], path, least);

		if (!c && p->len[mid] == len)
			return mid;
		if (c < 0 || (!c && p->len[mid] < len))
			lo = mid + 1;
		else
			hi = mid;
	}
	return BT_NONE;
}

uint32_t bt_paths_find(const struct bt_paths *p, const char *path, size_t len)
{
	struct bt_paths_late *late = p->late;

	if (late->searches++ < SEARCHES_MAX)
		return search(p, path, len);
	for (uint32_t i = 0; i < p->nr && late->by_path.nr < p->nr; i++)
		bt_strmap_put(&late->by_path, p->path[i], p->len[i], i);
	return (uint32_t)bt_strmap_get(&late->by_path, path, len, BT_NONE);
}

/* The tables of folders. */
static const struct bt_paths_late *with_dirs(const struct bt_paths *p)
{
	struct bt_paths_late *late = p->late;

	for (uint32_t i = p->nr; i-- && !late->dirs_made;) {
		chain(&late->by_dir, p->next_dir, i, p->path[i], bt_path_dir_len(p->path[i], p->len[i]));
		add_dirs(late, p->path[i], p->len[i]);
	}
	late->dirs_made = true;
	return late;
}

uint32_t bt_paths_base(const struct bt_paths *p, const char *name, size_t len)
{
	return (uint32_t)bt_strmap_get(&p->by_base, name, len, BT_NONE);
}

uint32_t bt_paths_dir(const struct bt_paths *p, const char *dir, size_t len)
{
	return (uint32_t)bt_strmap_get(&with_dirs(p)->by_dir, dir, len, BT_NONE);
}

const struct bt_strmap *bt_paths_by_dir(const struct bt_paths *p)
{
	return &with_dirs(p)->by_dir;
}

bool bt_paths_has_dir(const struct bt_paths *p, const char *dir, size_t len)
{
	return bt_strmap_find(&with_dirs(p)->dirs, dir, len, bt_strmap_hash(dir, len)) != NULL;
}

size_t bt_path_dir_len(const char *path, size_t len)
{
	while (len && path[len - 1] != '/')
		len--;
	return len ? len - 1 : 0;
}

bool bt_path_ends(const char *path, size_t len, const char *tail, size_t tail_len)
{
	return tail_len <= len && !memcmp(path + len - tail_len, tail, tail_len) &&
	       (tail_len == len || path[len - tail_len - 1] == '/');
}

bool bt_path_below(const char *path, size_t len, const char *dir, size_t dir_len)
{
	return !dir_len || (dir_len <= len && !memcmp(path, dir, dir_len) &&
			    (dir_len == len || path[dir_len] == '/'));
}

unsigned bt_path_shared(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned shared = 0;
	size_t i = 0;

	for (; i < a_len && i < b_len && a[i] == b[i]; i++)
		shared += a[i] == '/';
	return shared + (i && (i == a_len || a[i] == '/') && (i == b_len || b[i] == '/'));
}

bool bt_path_under(struct bt_buf *out, const char *dir, size_t dir_len, const char *rel, size_t rel_len)
{
	const char *end = rel + rel_len;

	bt_buf_clear(out);
	bt_buf_add(out, dir, dir_len);
	while (rel < end) {
		const char *slash = memchr(rel, '/', (size_t)(end - rel));
		size_t len = slash ? (size_t)(slash - rel) : (size_t)(end - rel);

		if (len == 2 && !memcmp(rel, "..", 2)) {
			if (!out->len)
				return false;
			out->len = bt_path_dir_len(out->data, out->len);
		} else if (len && !(len == 1 && *rel == '.')) {
			if (out->len)
				bt_buf_addch(out, '/');
			bt_buf_add(out, rel, len);
		}
		rel += len + (slash != NULL);
	}
	if (out->len)
		out->data[out->len] = '\0';
	return out->len <= BT_PATH_LEN_MAX && !out->failed;
}
