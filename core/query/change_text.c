/*
 * Hashes of what a definition says itself: its text without white space, comments and other definitions.
 */
#include <string.h>

#include "core/query/change_state.h"

/* Which code of a span is left out. */
enum drop {
	DROP_NOTHING,
	DROP_SEPARATORS,  /* between members */
	DROP_PUNCTUATION, /* brackets and dashes of data, which come and go with their elements */
};

/* A piece of text on its way into w->scratch. */
struct gather {
	const struct ch_side *s;
	struct bt_buf *out;
	enum drop drop;
	bool gap;		 /* white space was skipped */
	uint32_t skip, skip_end; /* the name, when it is left out */
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || c & 0x80;
}

/* Would two tokens become one? */
static bool needs_gap(char a, char b)
{
	if (is_word(a) && is_word(b))
		return true;
	return a == b && strchr("+-&|<>=:./*", a) && a;
}

static bool is_dropped(const struct gather *g, char c)
{
	if (g->drop == DROP_NOTHING || is_word(c))
		return false;
	return g->drop == DROP_PUNCTUATION ? strchr("\"'", c) == NULL : c == ',' || c == ';';
}

static void gather(struct gather *g, uint32_t from, uint32_t to)
{
	const char *text = g->s->text.data;
	struct bt_buf *out = g->out;

	if (to > g->s->text.len)
		to = (uint32_t)g->s->text.len;
	for (uint32_t i = from; i < to; i++) {
		if (g->s->mask[i] == CH_MASK_BLANK || is_dropped(g, text[i])) {
			g->gap = true;
			continue;
		}
		if (i >= g->skip && i < g->skip_end)
			continue;
		if (g->gap && out->len && needs_gap(out->data[out->len - 1], text[i]))
			bt_buf_addch(out, ' ');
		g->gap = false;
		bt_buf_addch(out, text[i]);
	}
}

/* [from, to) without the definitions inside the node (from the sibling *child on) and its documentation. */
static void gather_own(struct gather *g, uint32_t node, uint32_t *child, uint32_t from, uint32_t to)
{
	const struct bt_def *defs = g->s->facts.defs, *d = node == BT_NONE ? NULL : &defs[node];
	const struct ch_node *list = g->s->nodes.list;
	bool doc = d && list[node].doc_inside;

	while (from < to) {
		uint32_t stop = to, go_on = to;

		while (*child != BT_NONE && defs[*child].end <= from)
			*child = list[*child].next;
		if (*child != BT_NONE && defs[*child].start < to) {
			stop = defs[*child].start > from ? defs[*child].start : from;
			go_on = defs[*child].end;
		}
		if (doc && d->doc_end > from && d->doc_start < stop) {
			stop = d->doc_start > from ? d->doc_start : from;
			go_on = d->doc_end;
		}
		gather(g, from, stop);
		from = go_on;
	}
}

static enum drop drop_of(const struct ch_node *n)
{
	if (n->child == BT_NONE)
		return DROP_NOTHING;
	return n->kind == BT_KIND_KEY ? DROP_PUNCTUATION : DROP_SEPARATORS;
}

/* A ';' at the end: a prototype has it, the head of a definition has not. */
static void trim(struct bt_buf *b)
{
	while (b->len && strchr(";,{=:", b->data[b->len - 1]))
		b->len--;
}

static uint64_t hash_scratch(const struct ch_work *w)
{
	return bt_hash64(bt_buf_cstr(&w->scratch), w->scratch.len, 1);
}

/* Words of a comment, without what frames them, so that another line length is no change. */
static void gather_words(const char *text, uint32_t at, uint32_t end, struct bt_buf *out)
{
	while (at < end) {
		uint32_t from = at, to;

		while (at < end && !strchr(" \t\r\n\f\v", text[at]))
			at++;
		to = at;
		while (at < end && strchr(" \t\r\n\f\v", text[at]))
			at++;
		while (from < to && strchr("/*#!;-\"'%", text[from]))
			from++;
		while (from < to && strchr("/*\"'", text[to - 1]))
			to--;
		if (from == to)
			continue;
		bt_buf_add(out, text + from, to - from);
		bt_buf_addch(out, ' ');
	}
}

void ch_doc(struct ch_work *w, struct ch_side *s, uint32_t node)
{
	const struct bt_def *d = &s->facts.defs[node];
	struct ch_node *n = &s->nodes.list[node];
	uint32_t size = (uint32_t)s->text.len;

	if (n->doc_known || !s->has_text)
		return;
	n->doc_known = true;
	if (!(d->flags & BT_DEF_DOC))
		return;
	bt_buf_clear(&w->scratch);
	gather_words(bt_buf_cstr(&s->text), d->doc_start, d->doc_end < size ? d->doc_end : size,
		     &w->scratch);
	n->doc = hash_scratch(w);
}

/* --- where a value begins --- */

static bool is_hashed(const struct bt_def *d)
{
	return d->flags & BT_DEF_HASHED;
}

static uint32_t name_start(const struct ch_side *s, const struct bt_def *d)
{
	return d->occ == BT_NONE ? d->start : s->facts.occs[d->occ].at;
}

/* Is it one of several names in one declaration: int a = 1, *b; */
static bool shares_with(const struct ch_side *s, uint32_t node, uint32_t other)
{
	const struct bt_def *d, *o;

	if (other >= s->facts.defs_nr)
		return false;
	d = &s->facts.defs[node];
	o = &s->facts.defs[other];
	return d->start == o->start && d->parent == o->parent && d->kind == o->kind &&
	       !is_hashed(d) && !is_hashed(o) && d->occ != BT_NONE && o->occ != BT_NONE;
}

static uint32_t comma_before(const struct ch_side *s, uint32_t at, uint32_t start)
{
	while (at > start && s->text.data[at - 1] != ',')
		at--;
	return at > start ? at - 1 : start;
}

/* The sign that stands between a name and its value. */
static uint32_t equals_sign(const struct ch_side *s, uint32_t at, uint32_t end)
{
	for (; at < end; at++)
		if (s->text.data[at] == '=' && s->mask[at] == CH_MASK_CODE)
			return at;
	return end;
}

/* What a definition says itself: head, [own_start, value) and [value, end). */
struct parts {
	uint32_t start, head_end; /* what it shares with names before it, or nothing */
	uint32_t own_start, value, end;
};

static struct parts parts_of(const struct ch_side *s, uint32_t node)
{
	const struct bt_def *d = &s->facts.defs[node];
	uint32_t size = (uint32_t)s->text.len, name = name_start(s, d), first = node;
	struct parts p = { d->start, d->start, d->start, d->sig_end, d->end };

	if (is_hashed(d) || d->end > size || d->occ == BT_NONE)
		return p;
	while (first && shares_with(s, node, first - 1))
		first--;
	if (first != node) {
		p.head_end = name_start(s, &s->facts.defs[first]);
		p.own_start = comma_before(s, name, p.head_end);
		p.value = d->end;
	}
	if (shares_with(s, node, node + 1))
		p.end = comma_before(s, name_start(s, &s->facts.defs[node + 1]), name);
	name += s->facts.names[d->name].len;
	if (d->kind == BT_KIND_KEY)
		p.value = name;
	else if (p.value >= p.end)
		p.value = equals_sign(s, name, p.end);
	return p;
}

/* --- what a definition says itself --- */

static void gather_signature(struct gather *g, uint32_t node, const struct parts *p,
			     uint32_t *child)
{
	gather_own(g, node, child, p->start, p->head_end);
	gather_own(g, node, child, p->own_start, p->value);
}

void ch_signature(struct ch_work *w, struct ch_side *s, uint32_t node)
{
	struct ch_node *n = &s->nodes.list[node];
	struct gather g = { .s = s, .out = &w->scratch, .drop = drop_of(n) };
	uint32_t child = n->child;
	struct parts p;

	if (n->own_sig || !s->has_text)
		return;
	p = parts_of(s, node);
	bt_buf_clear(&w->scratch);
	gather_signature(&g, node, &p, &child);
	trim(&w->scratch);
	n->own_sig = hash_scratch(w);
}

/* The text of the signature, or of all of a value, without the name. */
static void make_nameless(struct ch_work *w, struct ch_side *s, uint32_t node,
			  const struct parts *p)
{
	const struct bt_def *d = &s->facts.defs[node];
	struct ch_node *n = &s->nodes.list[node];
	struct gather g = { .s = s, .out = &w->scratch, .drop = drop_of(n) };
	uint32_t child = n->child;

	if (d->occ != BT_NONE) {
		g.skip = name_start(s, d);
		g.skip_end = g.skip + s->facts.names[d->name].len;
	}
	bt_buf_clear(&w->scratch);
	gather_signature(&g, node, p, &child);
	if (!is_hashed(d))
		gather_own(&g, node, &child, p->value, p->end);
	trim(&w->scratch);
	n->nameless_len = (uint32_t)w->scratch.len;
	n->nameless = hash_scratch(w);
}

void ch_texts(struct ch_work *w, struct ch_side *s, uint32_t node)
{
	struct ch_node *n = &s->nodes.list[node];
	struct gather g = { .s = s, .out = &w->scratch, .drop = drop_of(n) };
	uint32_t child = n->child;
	struct parts p;

	if (n->texts || !s->has_text)
		return;
	n->texts = true;
	p = parts_of(s, node);
	ch_signature(w, s, node);
	bt_buf_clear(&w->scratch);
	gather_own(&g, node, &child, p.value, p.end);
	trim(&w->scratch);
	n->own_body = hash_scratch(w);
	make_nameless(w, s, node, &p);
	ch_doc(w, s, node);
}

void ch_whole(struct ch_work *w, struct ch_side *s, uint32_t node)
{
	const struct bt_def *d = &s->facts.defs[node];
	struct ch_node *n = &s->nodes.list[node];
	struct gather g = { .s = s, .out = &w->scratch };

	if (n->distinct)
		return;
	n->distinct = true;
	n->whole = n->occs;
	if (!s->has_text || d->end - d->start > w->budget)
		return;
	w->budget -= d->end - d->start;
	bt_buf_clear(&w->scratch);
	gather(&g, d->start, d->end);
	n->whole = hash_scratch(w);
}

uint64_t ch_outside(struct ch_work *w, struct ch_side *s)
{
	struct gather g = { .s = s, .out = &w->scratch, .drop = DROP_SEPARATORS };
	uint32_t child = s->nodes.root;

	if (!s->has_text)
		return 0;
	bt_buf_clear(&w->scratch);
	gather_own(&g, BT_NONE, &child, 0, (uint32_t)s->text.len);
	return hash_scratch(w);
}
