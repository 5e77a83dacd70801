/*
 * Files with another path: the same blob, or mostly the same definitions.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/query/change_state.h"

/* A definition that more of the removed files have says nothing about which one it was. */
#define OWNERS_MAX 8
/* Pairs of copies of one blob that are looked at one by one. */
#define COPIES_MAX 4096
/* Percent of the definitions of the larger file. */
#define ALIKE_MIN 50
/* Of those that are known by name alone (keys, headings, values) it takes some. */
#define NAMES_MIN 4

static const char *base_name(const struct bt_change_side *s)
{
	const char *slash = strrchr(s->path, '/');

	return slash ? slash + 1 : s->path;
}

static bool same_base(const struct bt_change_set *set, uint32_t old, uint32_t new)
{
	return !strcmp(base_name(&set->files[old].before), base_name(&set->files[new].after));
}

/* The removed file becomes the old side of the added one; drop_joined takes it out of the list. */
static void join(struct bt_change_set *set, uint32_t old, uint32_t new)
{
	struct bt_change_file *f = &set->files[new];

	f->before = set->files[old].before;
	f->kind = BT_CHANGE_FILE_RENAMED;
	set->files[old].before.path = NULL;
}

static void drop_joined(struct bt_change_set *set)
{
	size_t to = 0;

	for (size_t i = 0; i < set->files_nr; i++)
		if (set->files[i].before.path || set->files[i].after.path)
			set->files[to++] = set->files[i];
	set->files_nr = to;
}

static struct ch_item *files_of(const struct bt_change_set *set, enum bt_change_file_kind kind,
				size_t *ret_nr)
{
	struct ch_item *items = bt_xmalloc((set->files_nr + 1) * sizeof(*items));
	size_t nr = 0;

	for (uint32_t i = 0; i < set->files_nr; i++) {
		const struct bt_change_file *f = &set->files[i];
		const struct bt_change_side *s = f->after.path ? &f->after : &f->before;

		if (f->kind == kind && s->path && s->blob)
			items[nr++] = (struct ch_item){ s->blob, i };
	}
	*ret_nr = nr;
	return items;
}

/* --- by blob --- */

static int is_empty(struct ch_work *w, uint32_t blob, bool *ret_empty, struct bt_err *err)
{
	struct bt_blob b;

	if (bt_store_blob_get(w->store, blob, &b, err))
		return err->code;
	*ret_empty = !b.size;
	return 0;
}

/* Copies of one blob: those of one name belong together, the others in their order. */
static void join_equal(struct bt_change_set *set, const struct ch_item *a, size_t old_nr,
		       const struct ch_item *b, size_t new_nr)
{
	bool few = old_nr * new_nr <= COPIES_MAX;
	size_t k = 0;

	for (size_t i = 0; i < old_nr && few; i++)
		for (size_t n = 0; n < new_nr; n++) {
			if (set->files[b[n].node].before.path ||
			    !same_base(set, a[i].node, b[n].node))
				continue;
			join(set, a[i].node, b[n].node);
			break;
		}
	for (size_t i = 0; i < old_nr; i++) {
		while (k < new_nr && set->files[b[k].node].before.path)
			k++;
		if (k < new_nr && set->files[a[i].node].before.path)
			join(set, a[i].node, b[k].node);
	}
}

static size_t run_of(const struct ch_item *items, size_t at, size_t nr)
{
	size_t end = at + 1;

	while (end < nr && items[end].key == items[at].key)
		end++;
	return end - at;
}

int ch_rename_by_blob(struct ch_work *w, struct bt_err *err)
{
	size_t old_nr, new_nr, i = 0, k = 0;
	BT_FREE struct ch_item *a = files_of(w->set, BT_CHANGE_FILE_REMOVED, &old_nr);
	BT_FREE struct ch_item *b = files_of(w->set, BT_CHANGE_FILE_ADDED, &new_nr);

	ch_items_sort(a, old_nr);
	ch_items_sort(b, new_nr);
	while (i < old_nr && k < new_nr) {
		size_t old_run = run_of(a, i, old_nr), new_run = run_of(b, k, new_nr);
		uint64_t ka = a[i].key, kb = b[k].key;
		bool empty = false;

		if (ka == kb && is_empty(w, (uint32_t)ka, &empty, err))
			return err->code;
		if (ka == kb && !empty)
			join_equal(w->set, a + i, old_run, b + k, new_run);
		if (ka <= kb)
			i += old_run;
		if (kb <= ka)
			k += new_run;
	}
	drop_joined(w->set);
	return 0;
}

/* --- by content --- */

struct content {
	struct ch_work *w;
	struct ch_item *keys; /* of removed files: what they hold, and their number in `old` */
	size_t keys_nr, keys_alloc;
	const struct ch_item *old, *new; /* files */
	size_t old_nr, new_nr;
	uint32_t *sizes; /* definitions of each removed file */
	uint32_t *votes; /* per removed file: of the added one at hand */
	uint32_t *names; /* those of them by name alone */
	uint32_t *voted; /* the removed files that have votes */
	size_t voted_nr;
	struct ch_item *likely; /* key: weight, then the removed one; node: the added one */
	size_t likely_nr, likely_alloc;
};

static void content_release(struct content *c)
{
	free(c->keys);
	free(c->sizes);
	free(c->votes);
	free(c->names);
	free(c->voted);
	free(c->likely);
}

static uint64_t content_key(const struct ch_node *n)
{
	uint64_t key = ch_mix(ch_mix(n->lang, n->kind), n->path);

	return n->flags & BT_DEF_HASHED ? ch_mix(ch_mix(key, n->sig), n->body)
					: ch_mix(key, n->occs);
}

static int load_old(struct content *c, struct bt_err *err)
{
	struct ch_work *w = c->w;

	for (uint32_t i = 0; i < c->old_nr; i++) {
		const struct ch_nodes *nodes = &w->before.nodes;

		if (ch_side_load(w, &w->before, c->old[i].node, false, false, err))
			return err->code;
		c->sizes[i] = nodes->nr;
		if (c->keys_nr + nodes->nr <= BT_CHANGES_MAX) {
			BT_GROW(c->keys, c->keys_alloc, c->keys_nr + nodes->nr);
			for (uint32_t n = 0; n < nodes->nr; n++)
				c->keys[c->keys_nr++] =
					(struct ch_item){ content_key(&nodes->list[n]), i };
		}
		ch_sides_reset(w);
	}
	ch_items_sort(c->keys, c->keys_nr);
	return 0;
}

static size_t find_key(const struct content *c, uint64_t key)
{
	size_t lo = 0, hi = c->keys_nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->keys[mid].key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void vote(struct content *c, const struct ch_node *n)
{
	uint64_t key = content_key(n);
	size_t at = find_key(c, key), nr = 0;
	uint32_t last = BT_NONE;

	while (at + nr < c->keys_nr && nr <= OWNERS_MAX && c->keys[at + nr].key == key)
		nr++;
	for (size_t i = at; i < at + nr && nr <= OWNERS_MAX; i++) {
		if (c->keys[i].node == last)
			continue;
		last = c->keys[i].node;
		if (!c->votes[last]++)
			c->voted[c->voted_nr++] = last;
		c->names[last] += !(n->flags & BT_DEF_HASHED);
	}
}

/* Which removed files the added one could be; the votes are taken back. */
static void count_votes(struct content *c, uint32_t new, uint32_t size)
{
	while (c->voted_nr) {
		uint32_t i = c->voted[--c->voted_nr], votes = c->votes[i], names = c->names[i];
		uint32_t most = c->sizes[i] > size ? c->sizes[i] : size;
		uint64_t share = (uint64_t)votes * 100 / most;

		c->votes[i] = c->names[i] = 0;
		if (share < ALIKE_MIN || (votes == names && votes < NAMES_MIN))
			continue;
		share = 2 * share + same_base(c->w->set, c->old[i].node, c->new[new].node);
		BT_GROW(c->likely, c->likely_alloc, c->likely_nr + 1);
		c->likely[c->likely_nr++] = (struct ch_item){ (1000 - share) << 32 | i, new };
	}
}

static int load_new(struct content *c, struct bt_err *err)
{
	struct ch_work *w = c->w;

	for (uint32_t i = 0; i < c->new_nr; i++) {
		const struct ch_nodes *nodes = &w->after.nodes;

		if (ch_side_load(w, &w->after, c->new[i].node, true, false, err))
			return err->code;
		for (uint32_t n = 0; n < nodes->nr; n++)
			vote(c, &nodes->list[n]);
		count_votes(c, i, nodes->nr);
		ch_sides_reset(w);
	}
	return 0;
}

int ch_rename_by_content(struct ch_work *w, struct bt_err *err)
{
	BT_CLEANUP(content_release) struct content c = { .w = w };
	BT_FREE struct ch_item *old = files_of(w->set, BT_CHANGE_FILE_REMOVED, &c.old_nr);
	BT_FREE struct ch_item *new = files_of(w->set, BT_CHANGE_FILE_ADDED, &c.new_nr);

	if (!c.old_nr || !c.new_nr)
		return 0;
	c.old = old;
	c.new = new;
	c.sizes = bt_xcalloc(c.old_nr + 1, sizeof(*c.sizes));
	c.votes = bt_xcalloc(c.old_nr + 1, sizeof(*c.votes));
	c.names = bt_xcalloc(c.old_nr + 1, sizeof(*c.names));
	c.voted = bt_xcalloc(c.old_nr + 1, sizeof(*c.voted));
	if (load_old(&c, err) || load_new(&c, err))
		return err->code;
	ch_items_sort(c.likely, c.likely_nr);
	for (size_t i = 0; i < c.likely_nr; i++) {
		uint32_t o = old[(uint32_t)c.likely[i].key].node, n = new[c.likely[i].node].node;

		if (w->set->files[o].before.path && !w->set->files[n].before.path)
			join(w->set, o, n);
	}
	drop_joined(w->set);
	return 0;
}
