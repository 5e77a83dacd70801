/*
 * The end of a walk: definitions that were never named go, those that stay are brought into order, names
 * are numbered by first use.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/lang/walk_state.h"

struct order {
	uint32_t start, end, inner, index;
};

static int order_cmp(const void *pa, const void *pb)
{
	const struct order *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	if (a->inner != b->inner)
		return a->inner < b->inner ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* The nearest definition around that stays. What an unnamed struct holds belongs to its typedef. */
static uint32_t live_parent(const struct walk *w, uint32_t def)
{
	uint32_t parent = w->defs[def].d.parent;

	while (parent != BT_NONE && !w->defs[parent].live) {
		uint32_t any = w->defs[parent].any;

		if (any != BT_NONE && w->defs[any].live && w->defs[any].d.kind == BT_KIND_TYPE)
			return any;
		parent = w->defs[parent].d.parent;
	}
	return parent;
}

void walk_export(struct walk *w, uint32_t start, uint32_t end, uint64_t hash)
{
	struct walk_exports *e = &w->exports;

	BT_GROW(e->names, e->alloc, e->nr + 1);
	e->names[e->nr++] = walk_name(w, w->src + start, end - start, hash);
}

/* What an export list names is exported, wherever in the file the list stands. */
static void finish_exports(struct walk *w)
{
	uint8_t *listed;

	if (!w->exports.nr)
		return;
	listed = bt_arena_zalloc(&w->arena, (size_t)w->names_nr + 1);
	for (size_t i = 0; i < w->exports.nr; i++)
		listed[w->exports.names[i]] = 1;
	for (uint32_t i = 0; i < w->defs_nr; i++)
		if (w->defs[i].live && !w->defs[i].local && w->defs[i].d.parent == BT_NONE &&
		    listed[w->defs[i].d.name])
			w->defs[i].d.flags |= BT_DEF_EXPORTED;
}

static void finish_defs(struct walk *w, struct bt_facts *f)
{
	struct order *order = bt_arena_alloc(&w->arena, (w->defs_nr + 1) * sizeof(*order));
	uint32_t *place = bt_arena_alloc(&w->arena, (w->defs_nr + 1) * sizeof(*place));
	uint32_t nr = 0;

	for (uint32_t i = 0; i < w->defs_nr; i++)
		if (w->defs[i].live)
			order[nr++] = (struct order){ w->defs[i].d.start, w->defs[i].d.end,
						w->defs[i].inner, i };
	for (uint32_t i = 1; i < nr; i++) {
		if (order_cmp(&order[i - 1], &order[i]) > 0) {
			qsort(order, nr, sizeof(*order), order_cmp);
			break;
		}
	}
	for (uint32_t i = 0; i < nr; i++)
		place[order[i].index] = i;
	f->defs = bt_arena_alloc(&w->arena, (nr + 1) * sizeof(*f->defs));
	f->defs_nr = nr;
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t parent = live_parent(w, order[i].index);

		f->defs[i] = w->defs[order[i].index].d;
		f->defs[i].parent = parent == BT_NONE || place[parent] >= i ? BT_NONE : place[parent];
	}
}

static uint32_t late_name(struct walk *w, struct walk_text t)
{
	return walk_name(w, t.text, t.len, walk_name_hash(t.text, t.len));
}

/* Names that come from elsewhere than an occurrence. */
static void finish_late_names(struct walk *w, struct bt_facts *f)
{
	for (uint32_t i = 0; i < w->defs_nr; i++) {
		const char *fixed;

		if (!w->defs[i].live || w->defs[i].d.occ != BT_NONE || !w->defs[i].rule->fixed.nr)
			continue;
		fixed = w->defs[i].rule->fixed.words[0];
		w->defs[i].d.name =
			late_name(w, (struct walk_text){ fixed, (uint32_t)strlen(fixed) });
	}
	f->items = bt_arena_alloc(&w->arena, (w->items_nr + 1) * sizeof(*f->items));
	f->items_nr = (uint32_t)w->items_nr;
	for (uint32_t i = 0; i < w->items_nr; i++) {
		f->items[i].name = late_name(w, w->items[i].name);
		f->items[i].alias = w->items[i].alias.len ? late_name(w, w->items[i].alias) : BT_NONE;
	}
	for (uint32_t i = 0; i < w->imports_nr; i++)
		w->imports[i].alias =
			w->import_alias[i].len ? late_name(w, w->import_alias[i]) : BT_NONE;
}

/* Numbers names by the order in which occurrences use them; the others follow. */
static void renumber(struct walk *w, struct bt_facts *f)
{
	uint32_t *number = bt_arena_alloc(&w->arena, ((size_t)w->names_nr + 1) * sizeof(*number));
	uint32_t nr = 0;

	f->names = bt_arena_alloc(&w->arena, ((size_t)w->names_nr + 1) * sizeof(*f->names));
	f->names_nr = w->names_nr;
	memset(number, 0xff, (size_t)w->names_nr * sizeof(*number));
	for (uint32_t i = 0; i < w->occs_nr; i++) {
		uint32_t *at = &number[w->occs[i].name];

		if (*at == BT_NONE)
			*at = nr++;
		w->occs[i].name = *at;
	}
	for (uint32_t i = 0; i < w->names_nr; i++) {
		if (number[i] == BT_NONE)
			number[i] = nr++;
		f->names[number[i]] = w->names[i];
	}
	for (uint32_t i = 0; i < f->defs_nr; i++)
		f->defs[i].name = number[f->defs[i].name];
	for (uint32_t i = 0; i < f->items_nr; i++) {
		f->items[i].name = number[f->items[i].name];
		if (f->items[i].alias != BT_NONE)
			f->items[i].alias = number[f->items[i].alias];
	}
	for (uint32_t i = 0; i < w->imports_nr; i++)
		if (w->imports[i].alias != BT_NONE)
			w->imports[i].alias = number[w->imports[i].alias];
}

static void finish_lines(const struct walk *w, struct bt_facts *f)
{
	f->lines_nr = (uint32_t)w->lines_nr;
	f->line_starts = w->line_starts;
	for (size_t i = 0; i < w->lines_nr; i++) {
		if (w->line_flags[i] & LINE_CODE)
			f->code_lines++;
		else if (w->line_flags[i] & LINE_COMMENT)
			f->comment_lines++;
		else
			f->blank_lines++;
	}
}

void walk_finish(struct walk *w, struct bt_facts *ret_facts)
{
	struct bt_facts f = { .size = w->size, .truncated = w->truncated };

	finish_late_names(w, &f);
	finish_exports(w);
	finish_defs(w, &f);
	renumber(w, &f);
	finish_lines(w, &f);
	f.occs = w->occs;
	f.occs_nr = (uint32_t)w->occs_nr;
	f.texts = w->texts;
	f.texts_nr = (uint32_t)w->texts_nr;
	f.imports = w->imports;
	f.imports_nr = (uint32_t)w->imports_nr;
	f.errors = w->errors;
	f.errors_nr = (uint32_t)w->errors_nr;
	*ret_facts = f;
}
