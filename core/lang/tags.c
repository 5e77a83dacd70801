/*
 * From matches to facts: what the queries found is sorted by name and merged with the occurrences that the walk found;
 * definitions are nested by their spans.
 */
#include "core/lang/tags.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/lang/tags_int.h"

/* Deterministic, like those of rules. */
#define IN_PROGRESS_MAX 1024
#define STEPS_MAX 200000

struct apply {
	struct bt_tags *t;
	const char *src;
	struct bt_facts *f;
	bool cut;
	uint32_t steps;
};

/* ---- the run ---- */

static bool run_progress(TSQueryCursorState *s)
{
	struct apply *a = s->payload;

	return ++a->steps > STEPS_MAX;
}

/* The signature ends where the body starts, or with the first line. */
static uint32_t signature_end(const struct apply *a, TSNode node)
{
	uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
	TSNode body = a->t->body ? ts_node_child_by_field_id(node, a->t->body) : (TSNode){ .id = NULL };
	const char *nl = memchr(a->src + start, '\n', end - start);

	if (body.id && ts_node_start_byte(body) > start)
		end = ts_node_start_byte(body);
	else if (nl)
		end = (uint32_t)(nl - a->src);
	while (end > start && strchr(" \t\r\n", a->src[end - 1]))
		end--;
	return end;
}

static bool is_callable(uint8_t kind)
{
	return kind <= BT_KIND_CONSTRUCTOR || kind == BT_KIND_TEST;
}

static void take_def(const struct apply *a, TSNode node, struct tags_entry *e)
{
	TSNode list = a->t->parameters ? ts_node_child_by_field_id(node, a->t->parameters) : (TSNode){ .id = NULL };

	e->start = ts_node_start_byte(node);
	e->stop = ts_node_end_byte(node);
	e->sig_end = signature_end(a, node);
	e->params = is_callable(e->value) && list.id ? ts_node_named_child_count(list) : 0;
}

static bool is_name(const char *p, uint32_t len)
{
	return len && len <= BT_NAME_LEN_MAX && !memchr(p, '\n', len);
}

static void take_match(struct apply *a, const TSQueryMatch *m)
{
	struct tags_entry e = { .pattern = m->pattern_index };
	const struct tags_capture *tag = NULL;
	TSNode name = { .id = NULL }, node = { .id = NULL };
	struct bt_tags *t = a->t;

	for (uint16_t i = 0; i < m->capture_count; i++) {
		const struct tags_capture *c = &t->captures[m->captures[i].index];

		if (c->is_name && !name.id)
			name = m->captures[i].node;
		if (c->is_tag && !tag) {
			tag = c;
			node = m->captures[i].node;
		}
	}
	if (!name.id || !tag || !tags_holds(t, m, a->src))
		return;
	e.at = ts_node_start_byte(name);
	e.end = ts_node_end_byte(name);
	e.is_def = tag->is_def;
	e.value = tag->value;
	if (!is_name(a->src + e.at, e.end - e.at))
		return;
	if (e.is_def)
		take_def(a, node, &e);
	BT_GROW(t->entries, t->entries_alloc, t->entries_nr + 1);
	t->entries[t->entries_nr++] = e;
}

static void run_query(struct apply *a, TSNode root)
{
	TSQueryCursorOptions options = { .payload = a, .progress_callback = run_progress };
	TSQueryCursor *cursor = ts_query_cursor_new();
	TSQueryMatch m;

	ts_query_cursor_set_match_limit(cursor, IN_PROGRESS_MAX);
	ts_query_cursor_exec_with_options(cursor, a->t->query, root, &options);
	while (a->steps <= STEPS_MAX && ts_query_cursor_next_match(cursor, &m))
		take_match(a, &m);
	a->cut = a->steps > STEPS_MAX || ts_query_cursor_did_exceed_match_limit(cursor);
	ts_query_cursor_delete(cursor);
}

/* Names in order; of several that say something of one name a definition counts first, then the earlier pattern. */
static int entry_cmp(const void *pa, const void *pb)
{
	const struct tags_entry *a = pa, *b = pb;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->is_def != b->is_def)
		return a->is_def ? -1 : 1;
	if (a->pattern != b->pattern)
		return a->pattern < b->pattern ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

static void sort_entries(struct bt_tags *t)
{
	size_t nr = 0;

	if (t->entries_nr > 1)
		qsort(t->entries, t->entries_nr, sizeof(*t->entries), entry_cmp);
	for (size_t i = 0; i < t->entries_nr; i++)
		if (!nr || t->entries[i].at >= t->entries[nr - 1].end)
			t->entries[nr++] = t->entries[i];
	t->entries_nr = nr;
}

/* ---- tokens, for the hashes of definitions ---- */

static void take_token(struct apply *a, TSNode node)
{
	struct bt_tags *t = a->t;
	uint32_t at = ts_node_start_byte(node), end = ts_node_end_byte(node);

	if (at >= end)
		return;
	BT_GROW(t->tokens, t->tokens_alloc, t->tokens_nr + 1);
	t->tokens[t->tokens_nr++] = (struct tags_token){ at, bt_hash64(a->src + at, end - at, 1) };
}

static void collect_tokens(struct apply *a, TSNode root)
{
	TSTreeCursor cursor = ts_tree_cursor_new(root);
	bool more = true;

	while (more) {
		TSNode node = ts_tree_cursor_current_node(&cursor);
		TSSymbol symbol = ts_node_symbol(node);
		bool comment = symbol < ts_language_symbol_count(a->t->language) && a->t->comments[symbol];

		if (!comment && ts_tree_cursor_goto_first_child(&cursor))
			continue;
		if (!comment)
			take_token(a, node);
		while ((more = ts_tree_cursor_goto_next_sibling(&cursor)) == false && ts_tree_cursor_goto_parent(&cursor))
			;
	}
	ts_tree_cursor_delete(&cursor);
}

static uint64_t hash_between(const struct bt_tags *t, uint32_t from, uint32_t to)
{
	size_t low = 0, high = t->tokens_nr;
	uint64_t h = 0;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (t->tokens[mid].at < from)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < t->tokens_nr && t->tokens[low].at < to; low++)
		h = bt_mix64(h ^ t->tokens[low].hash);
	return h;
}

/* ---- merging ---- */

/* One occurrence more: its text, which names() turns into a number. */
struct merged {
	struct bt_occ *occs;
	struct bt_name *texts;
	uint32_t nr;
};

static void push(struct merged *m, uint32_t at, uint8_t role, struct bt_name text)
{
	m->occs[m->nr] = (struct bt_occ){ .at = at, .role = role };
	m->texts[m->nr++] = text;
}

/* Occurrences of the walk and names of the queries, in order; *ret_place[i] is where the i-th entry went. */
static void merge(struct apply *a, struct merged *m, uint32_t *place)
{
	const struct bt_facts *f = a->f;
	struct bt_tags *t = a->t;
	uint32_t i = 0;

	for (size_t k = 0; k <= t->entries_nr; k++) {
		const struct tags_entry *e = k < t->entries_nr ? &t->entries[k] : NULL;

		for (; i < f->occs_nr && (!e || f->occs[i].at < e->at); i++)
			push(m, f->occs[i].at, f->occs[i].role, f->names[f->occs[i].name]);
		if (!e)
			break;
		while (i < f->occs_nr && f->occs[i].at < e->end)
			i++;
		place[k] = m->nr;
		push(m, e->at, e->is_def ? BT_ROLE_DEF : e->value, (struct bt_name){ a->src + e->at, e->end - e->at });
	}
}

/* Numbers the names in the order of their first use. */
static void number_names(struct apply *a, struct merged *m)
{
	size_t slots_nr = 64;
	uint32_t *slots;

	while (slots_nr < 2 * (size_t)m->nr)
		slots_nr *= 2;
	slots = bt_arena_zalloc(&a->t->run, slots_nr * sizeof(*slots));
	a->f->names = bt_arena_alloc(&a->t->run, (m->nr + (size_t)1) * sizeof(*a->f->names));
	a->f->names_nr = 0;
	for (uint32_t i = 0; i < m->nr; i++) {
		const struct bt_name *n = &m->texts[i];
		size_t at = bt_hash64(n->text, n->len, 3) & (slots_nr - 1);

		for (; slots[at]; at = (at + 1) & (slots_nr - 1)) {
			const struct bt_name *have = &a->f->names[slots[at] - 1];

			if (have->len == n->len && !memcmp(have->text, n->text, n->len))
				break;
		}
		if (!slots[at]) {
			a->f->names[a->f->names_nr++] = *n;
			slots[at] = a->f->names_nr;
		}
		m->occs[i].name = slots[at] - 1;
	}
}

static bool is_hashed(uint8_t kind)
{
	return kind <= BT_KIND_CONSTRUCTOR || kind == BT_KIND_TEST || (kind >= BT_KIND_CLASS && kind <= BT_KIND_TYPE &&
								      kind != BT_KIND_ENUMERATOR);
}

static int def_cmp(const void *pa, const void *pb)
{
	const struct bt_def *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	return a->occ < b->occ ? -1 : a->occ > b->occ;
}

static void add_def(const struct apply *a, const struct tags_entry *e, const struct merged *m, uint32_t occ)
{
	struct bt_def *d = &a->f->defs[a->f->defs_nr++];

	*d = (struct bt_def){ .occ = occ, .name = m->occs[occ].name, .kind = e->value, .parent = BT_NONE,
			      .start = e->start, .end = e->stop, .sig_end = e->sig_end };
	if (is_callable(e->value)) {
		d->flags |= BT_DEF_CALLABLE;
		d->params = e->params;
		d->complexity = 1;
	}
	if (is_hashed(e->value)) {
		d->flags |= BT_DEF_HASHED;
		d->sig_hash = hash_between(a->t, e->start, e->sig_end);
		d->body_hash = hash_between(a->t, e->sig_end, e->stop);
	}
}

/* What is around each; what no callable holds can be seen from elsewhere, for all that the queries say. */
static void nest_defs(struct bt_facts *f)
{
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		struct bt_def *d = &f->defs[i];
		uint32_t up = i ? i - 1 : BT_NONE;
		bool local = false;

		while (up != BT_NONE && f->defs[up].end < d->end)
			up = f->defs[up].parent;
		d->parent = up;
		for (; up != BT_NONE && !local; up = f->defs[up].parent)
			local = f->defs[up].flags & BT_DEF_CALLABLE;
		if (!local)
			d->flags |= BT_DEF_EXPORTED;
	}
}

int bt_tags_apply(struct bt_tags *t, TSTree *tree, const char *src, struct bt_facts *facts, struct bt_err *err)
{
	struct apply a = { .t = t, .src = src, .f = facts };
	struct merged m = { .nr = 0 };
	uint32_t *place;
	size_t max;

	bt_arena_reset(&t->run);
	t->entries_nr = t->tokens_nr = 0;
	run_query(&a, ts_tree_root_node(tree));
	sort_entries(t);
	max = facts->occs_nr + t->entries_nr + 1;
	if (max > BT_FACTS_NR_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %u names", BT_FACTS_NR_MAX);
	if (t->entries_nr)
		collect_tokens(&a, ts_tree_root_node(tree));
	m.occs = bt_arena_alloc(&t->run, max * sizeof(*m.occs));
	m.texts = bt_arena_alloc(&t->run, max * sizeof(*m.texts));
	place = bt_arena_alloc(&t->run, max * sizeof(*place));
	merge(&a, &m, place);
	number_names(&a, &m);
	facts->defs = bt_arena_alloc(&t->run, (t->entries_nr + 1) * sizeof(*facts->defs));
	facts->defs_nr = 0;
	for (size_t i = 0; i < t->entries_nr; i++)
		if (t->entries[i].is_def)
			add_def(&a, &t->entries[i], &m, place[i]);
	if (facts->defs_nr > 1)
		qsort(facts->defs, facts->defs_nr, sizeof(*facts->defs), def_cmp);
	nest_defs(facts);
	facts->occs = m.occs;
	facts->occs_nr = m.nr;
	facts->truncated |= a.cut;
	return 0;
}
