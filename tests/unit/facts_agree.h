/*
 * Does what was picked from a record agree with all of its facts? For the unit test and the fuzz program.
 */
#ifndef BT_TESTS_UNIT_FACTS_AGREE_H
#define BT_TESTS_UNIT_FACTS_AGREE_H

#include <stddef.h>
#include <string.h>

#include "core/facts/partial.h"

static inline bool facts_same_occ(const struct bt_occ *a, const struct bt_occ *b)
{
	return a->name == b->name && a->at == b->at && a->role == b->role && a->qual == b->qual;
}

/* Names of a definition and of all around it. */
static inline bool facts_same_chain(const struct bt_facts *whole, const struct bt_facts *part, uint32_t def)
{
	for (; def != BT_NONE; def = whole->defs[def].parent)
		if (part->defs[def].name != whole->defs[def].name)
			return false;
	return true;
}

/* Is what stands right before an occurrence in `part`, and goes with it, the same as in `whole`? */
static inline bool facts_same_before(const struct bt_facts *whole, uint32_t i, const struct bt_facts *part,
				     uint32_t k)
{
	const struct bt_occ *o = &whole->occs[i];
	bool any = o->qual != BT_QUAL_NONE && o->role <= BT_ROLE_DECL;

	if (!any && o->qual != BT_QUAL_NAME)
		return true;
	if (o->qual == BT_QUAL_NAME && part->occs[k].qual_len != o->qual_len)
		return false;
	for (uint32_t n = 1; n <= BT_PARTIAL_BEFORE && n <= i; n++) {
		if (!any && n > 1 && whole->occs[i - n].at + o->qual_len < o->at)
			break;
		if (n > k || !facts_same_occ(&part->occs[k - n], &whole->occs[i - n]))
			return false;
	}
	return true;
}

/*
 * All occurrences of the name, each behind its qualifier; of others only what is there, in order. NULL or what is
 * wrong.
 */
static inline const char *facts_occs_differ(const struct bt_facts *whole, const struct bt_facts *part,
					    uint32_t name)
{
	uint32_t k = 0;

	for (uint32_t i = 0; i < whole->occs_nr; i++) {
		const struct bt_occ *o = &whole->occs[i];
		bool there = k < part->occs_nr && part->occs[k].at == o->at;
		uint32_t around;

		if (there && !facts_same_occ(&part->occs[k++], o))
			return "an occurrence";
		if (o->name != name)
			continue;
		if (!there)
			return "an occurrence that is not there";
		if (!facts_same_before(whole, i, part, k - 1))
			return "a qualifier";
		around = bt_facts_enclosing(whole, o->at);
		if (bt_facts_enclosing(part, o->at) != around || !facts_same_chain(whole, part, around))
			return "the definitions around an occurrence";
	}
	return k == part->occs_nr ? NULL : "an occurrence of nothing";
}

/* All but name and occurrence. */
static inline bool facts_same_shape(const struct bt_def *a, const struct bt_def *b)
{
	return a->kind == b->kind && a->flags == b->flags && a->parent == b->parent &&
	       a->start == b->start && a->end == b->end && a->sig_end == b->sig_end &&
	       a->doc_start == b->doc_start && a->doc_end == b->doc_end && a->params == b->params &&
	       a->complexity == b->complexity && a->nesting == b->nesting &&
	       a->sig_hash == b->sig_hash && a->body_hash == b->body_hash;
}

static inline const char *facts_defs_differ(const struct bt_facts *whole, const struct bt_facts *part,
					    uint32_t name)
{
	for (uint32_t i = 0; i < whole->defs_nr; i++) {
		const struct bt_def *w = &whole->defs[i], *d = &part->defs[i];
		bool top = w->parent == BT_NONE && (w->kind == BT_KIND_PACKAGE || w->kind == BT_KIND_MODULE);

		if (!facts_same_shape(d, w))
			return "the shape of a definition";
		if (d->name != BT_NONE && d->name != w->name)
			return "the name of a definition";
		if (d->occ != BT_NONE && !facts_same_occ(&part->occs[d->occ], &whole->occs[w->occ]))
			return "the occurrence of a definition";
		if (w->name == name && ((d->occ == BT_NONE) != (w->occ == BT_NONE) ||
					!facts_same_chain(whole, part, i)))
			return "a definition of the name";
		if (top && d->name != w->name)
			return "a package or module";
	}
	return NULL;
}

/* What the picked name does not change. */
static inline const char *facts_rest_differs(const struct bt_facts *whole, const struct bt_facts *part)
{
	if (part->size != whole->size || part->lines_nr != whole->lines_nr ||
	    part->names_nr != whole->names_nr || part->defs_nr != whole->defs_nr ||
	    part->imports_nr != whole->imports_nr || part->items_nr != whole->items_nr ||
	    part->errors_nr != whole->errors_nr)
		return "a count";
	if (memcmp(part->line_starts, whole->line_starts, whole->lines_nr * sizeof(*whole->line_starts)) ||
	    memcmp(part->imports, whole->imports, whole->imports_nr * sizeof(*whole->imports)) ||
	    memcmp(part->items, whole->items, whole->items_nr * sizeof(*whole->items)) ||
	    memcmp(part->errors, whole->errors, whole->errors_nr * sizeof(*whole->errors)))
		return "lines, imports or errors";
	return NULL;
}

/* A name is asked for by its text: hostile bytes may hold a text twice, and the first one is meant. */
static inline bool facts_text_is_new(const struct bt_facts *f, uint32_t name)
{
	for (uint32_t i = 0; i < name; i++)
		if (f->names[i].len == f->names[name].len &&
		    !memcmp(f->names[i].text, f->names[name].text, f->names[name].len))
			return false;
	return true;
}

/* name: the one that was picked, by its number; BT_NONE: one that is not there. NULL or what is wrong. */
static inline const char *facts_disagree(const struct bt_facts *whole, const struct bt_facts *part,
					 uint32_t name)
{
	const char *what = facts_rest_differs(whole, part);

	if (!what)
		what = facts_occs_differ(whole, part, name);
	return what ? what : facts_defs_differ(whole, part, name);
}

#endif
