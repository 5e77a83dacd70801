/*
 * From a class to those it extends: occurrences with the role inherit, right in its definition.
 */
#include "core/query/super.h"

#include "core/query/symbol.h"

/* A chain of base classes in one file; longer ones are not followed. */
#define BASES_DEPTH_MAX 16

static bool is_type(const struct bt_def *d)
{
	switch (d->kind) {
	case BT_KIND_CLASS:
	case BT_KIND_STRUCT:
	case BT_KIND_ENUM:
	case BT_KIND_INTERFACE:
	case BT_KIND_TRAIT:
	case BT_KIND_IMPL:
		return true;
	default:
		return false;
	}
}

uint32_t bt_super_class(const struct bt_facts *f, uint32_t at)
{
	uint32_t def = bt_facts_enclosing(f, at);

	while (def != BT_NONE && !is_type(&f->defs[def]))
		def = f->defs[def].parent;
	return def;
}

static bool has_member(const struct bt_facts *f, uint32_t class, uint32_t name)
{
	for (uint32_t d = class + 1; d < f->defs_nr && f->defs[d].start < f->defs[class].end; d++)
		if (f->defs[d].parent == class && f->defs[d].name == name)
			return true;
	return false;
}

enum found {
	NOT_FOUND,
	FOUND,
	HIDDEN,		/* a class on the way has the member */
};

/* member: the name of what hides farther ones; BT_NONE: nothing does. */
static enum found find_base(const struct bt_facts *f, uint32_t class, const struct bt_name *base, uint32_t member, unsigned depth)
{
	for (uint32_t o = bt_facts_occ_from(f, f->defs[class].start); o < f->occs_nr; o++) {
		uint32_t name = f->occs[o].name;

		if (f->occs[o].at >= f->defs[class].end)
			break;
		if (f->occs[o].role != BT_ROLE_INHERIT || bt_facts_enclosing(f, f->occs[o].at) != class)
			continue;
		if (bt_name_is(f, name, base->text, base->len))
			return FOUND;
		for (uint32_t d = 0; d < f->defs_nr && depth; d++) {
			enum found found;

			if (d == class || f->defs[d].name != name || !is_type(&f->defs[d]))
				continue;
			if (member != BT_NONE && has_member(f, d, member))
				return HIDDEN;
			found = find_base(f, d, base, member, depth - 1);
			if (found)
				return found;
		}
	}
	return NOT_FOUND;
}

bool bt_super_extends(const struct bt_facts *f, uint32_t class, const struct bt_name *base)
{
	return find_base(f, class, base, BT_NONE, BASES_DEPTH_MAX) == FOUND;
}

bool bt_super_means(const struct bt_facts *f, uint32_t occ, const struct bt_name *base)
{
	uint32_t class = bt_super_class(f, f->occs[occ].at);

	return class != BT_NONE && find_base(f, class, base, f->occs[occ].name, BASES_DEPTH_MAX) == FOUND;
}
