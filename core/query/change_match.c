/*
 * Which definition of a scope before is which one of that scope now, and what two that are one differ in.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/query/change_state.h"

static int item_cmp(const void *pa, const void *pb)
{
	const struct ch_item *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

void ch_items_sort(struct ch_item *items, size_t nr)
{
	if (nr)
		qsort(items, nr, sizeof(*items), item_cmp);
}

/* What must be equal, from the strictest to the loosest. */
enum pass {
	PASS_EQUAL,
	PASS_SIGNATURE,
	PASS_BODY,
	PASS_PARAMS,
	PASS_NAME,
	PASS_LIKE, /* a struct became a class, a prototype a definition */
	PASS_NR
};

static unsigned like(uint8_t kind)
{
	if (kind <= BT_KIND_CONSTRUCTOR || kind == BT_KIND_TEST)
		return 1;
	if (kind >= BT_KIND_CLASS && kind <= BT_KIND_TYPE && kind != BT_KIND_ENUMERATOR)
		return 2;
	return kind == BT_KIND_MODULE || kind == BT_KIND_PACKAGE ? 3 : 4;
}

/* 0: the node does not take part. */
static uint64_t pass_key(const struct ch_node *n, enum pass pass)
{
	uint64_t base = ch_mix(n->key, (uint64_t)n->kind << 1 | (n->flags & BT_DEF_DECL ? 1 : 0));

	switch (pass) {
	case PASS_EQUAL:
		return ch_mix(ch_mix(base, n->sig), ch_mix(n->body, n->whole));
	case PASS_SIGNATURE:
		return n->sig ? ch_mix(base, n->sig) : 0;
	case PASS_BODY:
		return n->body ? ch_mix(base, n->body) : 0;
	case PASS_PARAMS:
		return n->flags & BT_DEF_CALLABLE ? ch_mix(base, n->params) : 0;
	case PASS_NAME:
		return base;
	default:
		return ch_mix(n->key, like(n->kind));
	}
}

/* The unmatched of a chain with their keys, in order of these. */
static size_t items_of(struct ch_match *m, const struct ch_nodes *nodes, uint32_t first,
		       enum pass pass, bool after)
{
	size_t nr = 0;

	for (uint32_t i = first; i != BT_NONE; i = nodes->list[i].next) {
		uint64_t key = nodes->list[i].match == BT_NONE ? pass_key(&nodes->list[i], pass)
							       : 0;

		if (!key)
			continue;
		BT_GROW(m->items[after], m->alloc[after], nr + 1);
		m->items[after][nr++] = (struct ch_item){ key, i };
	}
	if (nr > 1)
		ch_items_sort(m->items[after], nr);
	return nr;
}

void ch_match_release(struct ch_match *m)
{
	free(m->items[0]);
	free(m->items[1]);
}

static size_t run_of(const struct ch_item *items, size_t at, size_t nr)
{
	size_t end = at + 1;

	while (end < nr && items[end].key == items[at].key)
		end++;
	return end - at;
}

/* Values that share their name with others of the scope are told apart by all of their text. */
static void tell_apart(struct ch_match *m, size_t old_nr, size_t new_nr)
{
	const struct ch_item *a = m->items[0], *b = m->items[1];
	size_t i = 0, k = 0;

	while (i < old_nr && k < new_nr) {
		size_t old_run = run_of(a, i, old_nr), new_run = run_of(b, k, new_nr);

		if (a[i].key < b[k].key) {
			i += old_run;
			continue;
		}
		if (a[i].key > b[k].key) {
			k += new_run;
			continue;
		}
		if (old_run + new_run > 2 && !(m->old->list[a[i].node].flags & BT_DEF_HASHED)) {
			for (size_t n = 0; n < old_run; n++)
				ch_whole(m->w, m->before, a[i + n].node);
			for (size_t n = 0; n < new_run; n++)
				ch_whole(m->w, m->after, b[k + n].node);
		}
		i += old_run;
		k += new_run;
	}
}

/* Joins equal keys in order; how many. */
static size_t run_pass(struct ch_match *m, uint32_t old, uint32_t new, enum pass pass)
{
	size_t old_nr = items_of(m, m->old, old, pass, false);
	size_t new_nr = old_nr ? items_of(m, m->new, new, pass, true) : 0;
	size_t i = 0, k = 0, joined = 0;

	while (i < old_nr && k < new_nr) {
		const struct ch_item *a = &m->items[0][i], *b = &m->items[1][k];

		if (a->key == b->key) {
			m->old->list[a->node].match = b->node;
			m->new->list[b->node].match = a->node;
			joined++;
		}
		i += a->key <= b->key;
		k += b->key <= a->key;
	}
	return joined;
}

void ch_match_scope(struct ch_match *m, uint32_t old, uint32_t new)
{
	size_t old_nr, new_nr;

	if (old == BT_NONE || new == BT_NONE)
		return;
	old_nr = items_of(m, m->old, old, PASS_NAME, false);
	new_nr = items_of(m, m->new, new, PASS_NAME, true);
	if (m->before)
		tell_apart(m, old_nr, new_nr);
	for (unsigned pass = 0; pass < PASS_NR && old_nr && new_nr; pass++) {
		size_t joined = run_pass(m, old, new, pass);

		old_nr -= joined;
		new_nr -= joined;
	}
}

/* --- what differs --- */

static bool comparable(const struct ch_node *a, const struct ch_node *b)
{
	return a->flags & b->flags & BT_DEF_HASHED && a->lang == b->lang;
}

static bool is_equal(const struct ch_node *a, const struct ch_node *b)
{
	return comparable(a, b) && a->sig == b->sig && a->body == b->body;
}

static bool holds_others(const struct ch_node *a, const struct ch_node *b)
{
	return a->child != BT_NONE || b->child != BT_NONE;
}

/* Does the text decide, and not the hashes of the facts? */
static bool text_decides(const struct ch_node *a, const struct ch_node *b)
{
	return !comparable(a, b) || holds_others(a, b) || a->doc_inside || b->doc_inside ||
	       (a->flags ^ b->flags) & BT_DEF_DECL;
}

static bool signature_differs(const struct ch_node *a, const struct ch_node *b, bool renamed)
{
	bool hashed = comparable(a, b);

	if (hashed && a->sig == b->sig)
		return false;
	if (a->texts && b->texts && renamed)
		return a->nameless != b->nameless && (hashed || a->own_body == b->own_body);
	if (a->texts && b->texts && text_decides(a, b))
		return a->own_sig != b->own_sig;
	if (renamed || (a->flags ^ b->flags) & BT_DEF_DECL)
		return a->params != b->params;
	return hashed && !(holds_others(a, b) && (a->inner || b->inner));
}

static bool body_differs(const struct ch_node *a, const struct ch_node *b)
{
	bool hashed = comparable(a, b);

	if (hashed && a->body == b->body)
		return false;
	if (a->texts && b->texts && text_decides(a, b))
		return a->own_body != b->own_body;
	if (hashed)
		return !(holds_others(a, b) && (a->inner || b->inner));
	return !holds_others(a, b) && a->occs != b->occs;
}

static bool doc_differs(const struct ch_node *a, const struct ch_node *b)
{
	if (a->doc_known && b->doc_known)
		return a->doc != b->doc;
	return (a->flags ^ b->flags) & BT_DEF_DOC;
}

unsigned ch_compare(const struct ch_node *a, const struct ch_node *b, bool same_place)
{
	bool renamed = a->name != b->name;
	unsigned what = 0;

	if (renamed)
		what |= 1u << BT_CHANGE_RENAMED;
	if (!same_place || (!renamed && a->key != b->key))
		what |= 1u << BT_CHANGE_MOVED;
	if (doc_differs(a, b))
		what |= 1u << BT_CHANGE_DOC;
	if (a->equal && b->equal)
		return what;
	if (signature_differs(a, b, renamed) || (same_place && a->kind != b->kind) ||
	    (a->parent == BT_NONE && (a->flags ^ b->flags) & BT_DEF_EXPORTED))
		what |= 1u << BT_CHANGE_SIGNATURE;
	if (body_differs(a, b))
		what |= 1u << BT_CHANGE_BODY;
	return what;
}

/* --- a pair of files --- */

static void match_all(struct ch_match *m)
{
	ch_match_scope(m, m->old->root, m->new->root);
	for (uint32_t i = 0; i < m->old->nr; i++) {
		struct ch_node *a = &m->old->list[i], *b;

		if (a->match == BT_NONE)
			continue;
		b = &m->new->list[a->match];
		a->equal = b->equal = is_equal(a, b) ||
				      (a->parent != BT_NONE && m->old->list[a->parent].equal);
		ch_match_scope(m, a->child, b->child);
	}
}

static void mark_inner(struct ch_nodes *nodes, const struct ch_node *n)
{
	if (n->parent != BT_NONE)
		nodes->list[n->parent].inner = true;
}

/*
 * The hash of a signature begins behind what is put in front of a definition (template <...>, @decorator),
 * its span does not. What is inside another definition is in that one's hash.
 */
static bool heads_differ(struct ch_match *m, uint32_t i)
{
	struct ch_node *a = &m->old->list[i], *b = &m->new->list[a->match];

	if (a->parent != BT_NONE && m->old->list[a->parent].equal)
		return false;
	ch_signature(m->w, m->before, i);
	ch_signature(m->w, m->after, a->match);
	return a->own_sig && b->own_sig && a->own_sig != b->own_sig;
}

static void tell_pair(struct ch_match *m, uint32_t i)
{
	struct ch_node *a = &m->old->list[i], *b = &m->new->list[a->match];
	unsigned what;

	if (a->equal || !text_decides(a, b)) {
		if ((a->flags | b->flags) & BT_DEF_DOC) {
			ch_doc(m->w, m->before, i);
			ch_doc(m->w, m->after, a->match);
		}
	} else {
		ch_texts(m->w, m->before, i);
		ch_texts(m->w, m->after, a->match);
	}
	what = ch_compare(a, b, true);
	if (a->equal && heads_differ(m, i))
		what |= 1u << BT_CHANGE_SIGNATURE;
	if (what || a->inner || b->inner)
		mark_inner(m->old, a);
	if (what)
		ch_tell(m->w, what, m->after->number, ch_side_def(m->w, m->before, i),
			ch_side_def(m->w, m->after, a->match), false);
}

void ch_match_files(struct ch_work *w)
{
	BT_CLEANUP(ch_match_release)
	struct ch_match m = {
		.w = w,
		.old = &w->before.nodes,
		.new = &w->after.nodes,
		.before = &w->before,
		.after = &w->after,
	};
	struct bt_change_file *file = &w->set->files[w->after.number];

	w->budget = 8 * (w->before.text.len + w->after.text.len);
	match_all(&m);
	for (uint32_t i = m.new->nr; i-- > 0;)
		if (m.new->list[i].match == BT_NONE || m.new->list[i].inner)
			mark_inner(m.new, &m.new->list[i]);
	for (uint32_t i = m.old->nr; i-- > 0;) {
		if (m.old->list[i].match == BT_NONE)
			mark_inner(m.old, &m.old->list[i]);
		else
			tell_pair(&m, i);
	}
	if (w->before.has_text && w->after.has_text)
		file->outside = ch_outside(w, &w->before) != ch_outside(w, &w->after);
	ch_pool_take(w);
}
