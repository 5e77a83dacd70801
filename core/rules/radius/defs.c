/*
 * Which exported definitions differ between the two sides of a change: file by file, and by their names, since names are what
 * other files know of them. A definition that went from one file to another is the same one when it has the same name.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/rules/radius/radius.h"

/* What others can name. Fields, headings, keys and the like are not followed. */
#define NAMED_KINDS                                                                                           \
	(1u << BT_KIND_FUNCTION | 1u << BT_KIND_METHOD | 1u << BT_KIND_CLASS | 1u << BT_KIND_STRUCT |             \
	 1u << BT_KIND_UNION | 1u << BT_KIND_ENUM | 1u << BT_KIND_ENUMERATOR | 1u << BT_KIND_INTERFACE |          \
	 1u << BT_KIND_TRAIT | 1u << BT_KIND_TYPE | 1u << BT_KIND_MACRO | 1u << BT_KIND_CONSTANT |                \
	 1u << BT_KIND_VARIABLE)

/* Definitions of one side that have the same symbol: the first of them, and how many. */
struct group {
	uint32_t first, nr, exported;
};

struct side {
	struct bt_strmap map;	/* symbol -> number in groups */
	struct group *groups;
	size_t nr, alloc;
};

static void side_release(struct side *s)
{
	bt_strmap_release(&s->map);
	free(s->groups);
}

static bool is_named(const struct bt_facts *f, uint32_t d)
{
	const struct bt_def *def = &f->defs[d];

	return def->name != BT_NONE && NAMED_KINDS >> def->kind & 1 && !(def->flags & BT_DEF_DECL);
}

static void symbol_of(const struct bt_facts *f, uint32_t d, struct bt_buf *out)
{
	bt_buf_clear(out);
	bt_symbol_qualified(f, d, out);
}

uint32_t radius_find_symbol(const struct bt_facts *f, const char *symbol)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	uint32_t decl = BT_NONE;

	for (uint32_t d = 0; d < f->defs_nr; d++) {
		if (f->defs[d].name == BT_NONE)
			continue;
		symbol_of(f, d, &text);
		if (strcmp(bt_buf_cstr(&text), symbol))
			continue;
		if (!(f->defs[d].flags & BT_DEF_DECL))
			return d;
		if (decl == BT_NONE)
			decl = d;
	}
	return decl;
}

static void side_read(struct side *s, const struct bt_facts *f, struct bt_arena *arena)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_strmap_init(&s->map, arena);
	for (uint32_t d = 0; f && d < f->defs_nr; d++) {
		struct bt_strmap_entry *e;
		struct group *g;
		bool fresh;

		if (!is_named(f, d))
			continue;
		symbol_of(f, d, &text);
		e = bt_strmap_intern(&s->map, text.data, text.len, bt_strmap_hash(text.data, text.len), &fresh);
		if (fresh) {
			e->value = s->nr;
			BT_GROW(s->groups, s->alloc, s->nr + 1);
			s->groups[s->nr++] = (struct group){ .first = d };
		}
		g = &s->groups[e->value];
		g->nr++;
		g->exported += (f->defs[d].flags & BT_DEF_EXPORTED) != 0;
	}
}

static const struct group *side_find(const struct side *s, const struct bt_strmap_entry *e)
{
	const struct bt_strmap_entry *found = bt_strmap_find(&s->map, e->key, e->len, e->hash);

	return found ? &s->groups[found->value] : NULL;
}

static void add_def(struct radius *r, const struct radius_def *like, const char *symbol)
{
	const struct bt_facts *f = r->before[like->old_file];
	const struct bt_def *def = &f->defs[like->before];
	const struct bt_name *name = &f->names[def->name];
	struct radius_def *d;

	BT_GROW(r->defs, r->defs_alloc, r->defs_nr + 1);
	d = &r->defs[r->defs_nr++];
	*d = *like;
	d->symbol = bt_arena_strndup(&r->arena, symbol, strlen(symbol));
	d->name = bt_arena_strndup(&r->arena, name->text, name->len);
	d->name_len = name->len;
	if (def->parent != BT_NONE && f->defs[def->parent].name != BT_NONE) {
		name = &f->names[f->defs[def->parent].name];
		d->scope = bt_arena_strndup(&r->arena, name->text, name->len);
	}
}

/* What happened to a callable that is on both sides; false: nothing. */
static bool compare_callable(const struct bt_def *a, const struct bt_def *b, struct radius_def *d)
{
	if (!(a->flags & b->flags & BT_DEF_CALLABLE) || !(a->flags & b->flags & BT_DEF_HASHED))
		return false;
	if (a->sig_hash == b->sig_hash && a->body_hash == b->body_hash)
		return false;
	d->what = a->sig_hash == b->sig_hash ? RADIUS_BODY : RADIUS_SIGNATURE;
	return true;
}

/* Of a class that went its members are not told. Name spaces are nobody's own: they do not go. */
static bool parent_went(const struct side *now, const struct bt_facts *f, uint32_t def)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	uint32_t up = f->defs[def].parent;

	if (up == BT_NONE || f->defs[up].name == BT_NONE || f->defs[up].kind == BT_KIND_MODULE ||
	    f->defs[up].kind == BT_KIND_PACKAGE)
		return false;
	symbol_of(f, up, &text);
	return !bt_strmap_find(&now->map, text.data, text.len, bt_strmap_hash(text.data, text.len));
}

static void compare_file(struct radius *r, size_t file)
{
	const struct bt_facts *before = r->before[file], *after = r->after[file];
	BT_CLEANUP(side_release) struct side old = { .groups = NULL };
	BT_CLEANUP(side_release) struct side now = { .groups = NULL };

	bool garbled = after && after->errors_nr > before->errors_nr;

	side_read(&old, before, &r->arena);
	side_read(&now, after, &r->arena);
	for (size_t i = 0; i < old.map.nr; i++) {
		const struct bt_strmap_entry *e = &old.map.entries[i];
		const struct group *g = &old.groups[e->value], *n = side_find(&now, e);
		struct radius_def d = { .file = file, .old_file = file, .before = g->first, .after = n ? n->first : BT_NONE };

		if (!g->exported)
			continue;
		d.what = n ? RADIUS_HIDDEN : RADIUS_REMOVED;
		/* what cannot be parsed may hold it all the same */
		if (!n && (garbled || parent_went(&now, before, g->first)))
			continue;
		/* Of several with one name (overloads, conditional code) nobody can say which one is called. */
		if (n && n->exported &&
		    (g->nr > 1 || n->nr > 1 || !compare_callable(&before->defs[g->first], &after->defs[n->first], &d)))
			continue;
		add_def(r, &d, e->key);
	}
}

/* ---- what went to another file ---- */

/* What is exported now and was not there before, by symbol; nr > 1: nobody can say which one it is. */
struct arrival {
	size_t file, nr;
	uint32_t def;
};

struct arrivals {
	struct bt_strmap map;	/* number in list */
	struct arrival *list;
	size_t nr, alloc;
};

static void arrivals_release(struct arrivals *a)
{
	bt_strmap_release(&a->map);
	free(a->list);
}

static void arrivals_read(struct arrivals *a, struct radius *r, size_t file)
{
	const struct bt_facts *f = r->after[file], *before = r->before[file];
	BT_CLEANUP(side_release) struct side old = { .groups = NULL };
	BT_CLEANUP(side_release) struct side now = { .groups = NULL };

	side_read(&old, before, &r->arena);
	side_read(&now, f, &r->arena);
	for (size_t i = 0; i < now.map.nr; i++) {
		const struct bt_strmap_entry *e = &now.map.entries[i];
		const struct group *g = &now.groups[e->value];
		struct bt_strmap_entry *to;
		bool fresh;

		if (!g->exported || side_find(&old, e))
			continue;
		to = bt_strmap_intern(&a->map, e->key, e->len, e->hash, &fresh);
		if (fresh) {
			to->value = a->nr;
			BT_GROW(a->list, a->alloc, a->nr + 1);
			a->list[a->nr++] = (struct arrival){ .file = file, .def = g->first };
		}
		a->list[to->value].nr += g->nr;
	}
}

static void follow_moved(struct radius *r)
{
	BT_CLEANUP(arrivals_release) struct arrivals a = { .list = NULL };

	bt_strmap_init(&a.map, &r->arena);
	for (size_t i = 0; i < r->k->files_nr; i++)
		if (r->after[i] && !r->inner[i])
			arrivals_read(&a, r, i);
	for (size_t i = 0; i < r->defs_nr; i++) {
		struct radius_def *d = &r->defs[i], moved = *d;
		uint64_t at = d->what == RADIUS_REMOVED ? bt_strmap_get(&a.map, d->symbol, strlen(d->symbol), UINT64_MAX)
							: UINT64_MAX;
		const struct arrival *to = at == UINT64_MAX ? NULL : &a.list[at];

		if (!to || to->nr > 1 ||
		    !compare_callable(&r->before[d->old_file]->defs[d->before], &r->after[to->file]->defs[to->def], &moved))
			continue;
		*d = moved;
		d->file = to->file;
		d->after = to->def;
	}
}

void radius_compare(struct radius *r)
{
	bool removed = false;

	for (size_t i = 0; i < r->k->files_nr; i++)
		if (r->before[i] && !r->unread[i] && !r->inner[i])
			compare_file(r, i);
	for (size_t i = 0; i < r->defs_nr; i++)
		removed |= r->defs[i].what == RADIUS_REMOVED;
	if (removed)
		follow_moved(r);
}
