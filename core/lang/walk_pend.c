/*
 * What a child is to its parent: the entry that fits it, what follows from that entry for the names below, and what
 * it does at once to imports, parameters, bodies and qualifiers.
 */
#include <string.h>

#include "core/lang/walk_state.h"

const struct bt_node_rule walk_no_rule = { .role = BT_PEND_NONE };

/* Is the next character behind the child, blanks apart, one of these? */
static bool followed_by(const struct walk_child *c, const char *chars)
{
	uint32_t at = c->end;

	while (at < c->w->size && strchr(" \t\r\n", c->w->src[at]) && c->w->src[at])
		at++;
	return at < c->w->size && c->w->src[at] && strchr(chars, c->w->src[at]);
}

static bool entry_holds(const struct bt_role_entry *e, const struct walk_frame *parent,
			const struct walk_child *c)
{
	return (!(e->flags & BT_ENTRY_FIRST) || c->start == parent->start) &&
	       (!(e->flags & BT_ENTRY_LAST) || c->end == parent->end) &&
	       (!(e->flags & BT_ENTRY_UNDER) || e->under == parent->pend.role) &&
	       !(e->flags & BT_ENTRY_BEFORE && parent->past) &&
	       (!(e->flags & BT_ENTRY_NEXT) || followed_by(c, e->next));
}

static const struct bt_role_entry *find_entry(const struct bt_role_entry *e, size_t nr,
					      const struct walk_frame *parent, const struct walk_child *c)
{
	for (size_t i = 0; i < nr; i++) {
		if ((e[i].field ? e[i].field == c->field : (!e[i].symbol || e[i].symbol == c->symbol)) &&
		    (!(e[i].flags & BT_ENTRY_CONDS) || entry_holds(&e[i], parent, c)))
			return &e[i];
	}
	return NULL;
}

const struct bt_role_entry *walk_entry_of(const struct walk_frame *parent, struct walk_child *c)
{
	const struct bt_node_rule *r = parent->rule;
	const struct bt_role_entry *e = NULL;

	c->field = bt_tree_iter_field(c->w->iter);
	if (parent->import)
		e = find_entry(r->import_entries, r->import_entries_nr, parent, c);
	if (!e)
		e = find_entry(r->entries, r->entries_nr, parent, c);
	if (e && !e->field && !e->symbol && !c->named)
		return NULL;	/* '*' means named children */
	return e;
}

/* Of a qualifier in one pair of brackets, where what is in them ends: (p *T) before a Go method's name. */
static uint32_t bracketed_end(const char *text, uint32_t len)
{
	uint32_t end = len - 1;

	if (len < 2 || text[0] != '(' || text[end] != ')' || memchr(text + 1, '(', end))
		return len;
	while (end > 1 && (text[end - 1] == ' ' || text[end - 1] == '\t'))
		end--;
	return end;
}

/* The qualifier of a member's last name: what stood before it. */
static void qualify(const struct walk *w, const struct walk_frame *parent, struct walk_pend *p)
{
	const struct bt_node_rule *r = parent->object_symbol < w->t->symbols_nr
					       ? &w->t->rules[parent->object_symbol] : &walk_no_rule;
	const char *text = w->src + parent->object_start;
	uint32_t len = parent->object_end - parent->object_start, end;
	const struct bt_occ *last = w->occs_nr ? &w->occs[w->occs_nr - 1] : NULL;

	if (!parent->object_end)
		return;
	end = bracketed_end(text, len) + parent->object_start;
	p->qual_start = parent->pend.qual == BT_QUAL_NONE ? parent->object_start : parent->pend.qual_start;
	if (r->flags & BT_NODE_SELF || walk_words_have(w->t->self_texts, text, len))
		p->qual = BT_QUAL_SELF;
	else if (r->flags & BT_NODE_SUPER || walk_words_have(w->t->super_texts, text, len))
		p->qual = BT_QUAL_SUPER;
	else if (last && last->at >= parent->object_start &&
		 last->at + w->names[last->name].len == end)
		p->qual = BT_QUAL_NAME;
	else
		p->qual = BT_QUAL_EXPR;
}

void walk_pend_from_entry(struct walk *w, struct walk_frame *parent, const struct bt_role_entry *e,
			  struct walk_pend *p)
{
	uint32_t own = parent->opened != BT_NONE ? parent->opened : parent->pend.own;
	uint8_t up = parent->pend.role;

	p->role = e->pend;
	switch (e->pend) {
	case BT_PEND_PASS:
		*p = parent->pend;
		p->spread = BT_PEND_NONE;
		p->body_of = BT_NONE;
		if (e->as != BT_AS_KEEP)
			p->as = e->as;
		break;
	case BT_PEND_BIND:
		p->own = own;
		p->as = e->as;
		break;
	case BT_PEND_NAMES:
		p->own = parent->opened;
		p->role = p->own == BT_NONE ? BT_ROLE_WRITE : BT_PEND_BIND;
		break;
	case BT_PEND_OWN:
		p->own = own;
		p->role = BT_PEND_NONE;
		break;
	case BT_PEND_BODY:
		p->own = p->body_of = own;
		p->role = BT_PEND_NONE;
		break;
	case BT_PEND_PARAMS:
	case BT_PEND_PARAM:
		p->own = own;
		break;
	case BT_PEND_TAIL:
		p->role = up == BT_PEND_BIND ? BT_ROLE_WRITE : up;
		break;
	case BT_PEND_TAIL_BIND:
		p->role = parent->opened != BT_NONE ? BT_PEND_BIND : up;
		p->own = own;
		p->as = parent->pend.as;
		break;
	default:
		break;
	}
	if (e->flags & BT_ENTRY_QUALIFY)
		qualify(w, parent, p);
	if (e->flags & BT_ENTRY_SPREAD)
		p->spread = p->role;
	if (e->flags & BT_ENTRY_DEEP)
		p->deep = p->role;
}

/* Effects that need the child's node: imports, parameters, bodies, qualifiers. */
void walk_pend_take(struct walk *w, struct walk_frame *parent, struct walk_pend *p, TSSymbol symbol, uint32_t start,
		    uint32_t end)
{
	switch (p->role) {
	case BT_PEND_OBJECT:
		parent->object_start = start;
		parent->object_end = end;
		parent->object_symbol = symbol;
		p->role = BT_PEND_NONE;
		return;
	case BT_PEND_PARAMS:
		if (p->own != BT_NONE)
			walk_params(w, p->own, bt_tree_iter_node(w->iter));
		p->role = ts_node_child_count(bt_tree_iter_node(w->iter)) ? BT_PEND_NONE : BT_ROLE_WRITE;
		return;
	case BT_PEND_PARAM:
		if (p->own != BT_NONE)
			w->defs[p->own].d.params++;
		p->role = BT_PEND_NONE;
		return;
	case BT_PEND_MODULE:
	case BT_PEND_ITEM:
	case BT_PEND_ALIAS:
	case BT_PEND_PART:
		if (w->import.active && p->role == BT_PEND_MODULE)
			walk_import_module(w, start, end);
		else if (w->import.active && p->role == BT_PEND_PART)
			walk_import_part(w, start, end);
		else if (w->import.active && p->role == BT_PEND_ITEM)
			walk_import_item(w, start, end);
		else if (w->import.active)
			walk_import_alias(w, start, end);
		p->role = p->deep = BT_ROLE_IMPORT;
		p->taken = true;
		return;
	case BT_PEND_PREFIX:
		parent->object_start = start;
		parent->object_end = end;
		p->role = p->deep = BT_ROLE_IMPORT;
		p->taken = true;
		return;
	case BT_PEND_PAST:
		parent->past = true;
		p->role = BT_PEND_NONE;
		return;
	case BT_PEND_ALL:
		walk_import_all(w);
		p->role = BT_PEND_NONE;
		return;
	default:
		if (p->body_of != BT_NONE)
			walk_body(w, p->body_of, start);
	}
}

/* Must a role such as "item" go on to the children instead of being taken here? */
bool walk_pend_passes_on(const struct walk_frame *parent, const struct bt_node_rule *rule, uint8_t role)
{
	const struct bt_role_entry *e = rule->entries;
	size_t nr = rule->entries_nr;

	if (role != BT_PEND_MODULE && role != BT_PEND_ITEM && role != BT_PEND_ALIAS &&
	    role != BT_PEND_PART)
		return false;
	if (parent->import && rule->import_entries_nr)
		return true;
	for (size_t i = 0; i < nr; i++)
		if (e[i].pend == BT_PEND_PASS &&
		    (!(e[i].flags & BT_ENTRY_UNDER) || e[i].under == role))
			return true;
	return false;
}
