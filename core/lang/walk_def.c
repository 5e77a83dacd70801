/*
 * Definitions: opened at their node, named at the identifier that a "bind" reaches, closed at the end
 * of their node. One that was never named is dropped at the end (walk_finish.c).
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/lang/walk_state.h"

static const struct bt_def_rule *find_rule(const struct walk *w, const struct walk_frame *f, TSNode node)
{
	for (size_t i = 0; i < f->rule->defs_nr; i++) {
		const struct bt_def_rule *r = &f->rule->defs[i];

		if (walk_conds_hold(w, r->conds, r->conds_nr, f, node))
			return r;
	}
	return NULL;
}

static bool kind_callable(uint8_t kind)
{
	return kind <= BT_KIND_CONSTRUCTOR || kind == BT_KIND_TEST;
}

/* The comment right above `start`, with no token between. */
static void attach_comment(const struct walk *w, struct walk_def *d, uint32_t start, uint32_t row)
{
	if (w->comment_start == BT_NONE || !w->comment_first || w->comment_end > start ||
	    row > w->comment_end_row + 1 ||
	    (w->comment_next != BT_NONE && w->comment_next < start))
		return;
	d->d.flags |= BT_DEF_DOC;
	d->d.doc_start = w->comment_start;
	d->d.doc_end = w->comment_end;
}

void walk_lead_begin(struct walk *w, struct walk_frame *f)
{
	struct walk_def d = { .d.flags = 0 };

	walk_gap(w, f->start);
	if (w->lead.tokens_nr == w->hash.nr)
		return;	/* goes on */
	attach_comment(w, &d, f->start, w->row);
	w->lead = (struct walk_lead){ f->start, w->row, d.d.doc_start, d.d.doc_end, UINT64_MAX };
}

void walk_lead_end(struct walk *w, const struct walk_frame *f)
{
	walk_gap(w, f->end);
	w->lead.tokens_nr = w->hash.nr;
}

/* The definition starts where what belongs to it does, and so may its documentation. */
static void take_lead(const struct walk *w, struct walk_def *d)
{
	if (w->lead.tokens_nr != w->hash.nr || w->lead.start > d->d.start)
		return;
	d->d.start = w->lead.start;
	if (d->d.flags & BT_DEF_DOC || !w->lead.doc_end)
		return;
	d->d.flags |= BT_DEF_DOC;
	d->d.doc_start = w->lead.doc_start;
	d->d.doc_end = w->lead.doc_end;
}

/* What follows in the node above is inside, as after "namespace A;". */
static void hold_rest(struct walk *w, struct walk_frame *f)
{
	struct walk_def *d = &w->defs[f->opened];

	if (w->depth < 2)
		return;
	d->d.end = f[-1].end;
	while (d->d.end > f->end && strchr(" \t\r\n", w->src[d->d.end - 1]))
		d->d.end--;
	f[-1].scope = f[-1].any = f->opened;
}

static void open_def(struct walk *w, struct walk_frame *f, const struct bt_def_rule *rule)
{
	const struct walk_frame *outer = f;
	struct walk_def *d;

	while (outer > w->frames && walk_symbol_in(outer[-1].symbol, rule->outer, rule->outer_nr))
		outer--;
	BT_GROW(w->defs, w->defs_alloc, w->defs_nr + 1);
	d = &w->defs[w->defs_nr];
	memset(d, 0, sizeof(*d));
	d->rule = rule;
	d->any = f->any;
	d->local = f->callable != BT_NONE;
	d->hidden = (rule->sections && f->hidden) ||
		    (f->any != BT_NONE && (w->defs[f->any].hidden_inside || w->defs[f->any].rule->closed));
	d->hidden_inside = f->any != BT_NONE && (w->defs[f->any].hidden_inside || w->defs[f->any].rule->closed);
	d->d.occ = BT_NONE;
	d->d.kind = rule->kind;
	d->d.parent = f->scope;
	if (rule->hoisted && f->callable != BT_NONE && f->callable == f->scope) {
		d->local = w->defs[f->callable].local;
		d->d.parent = w->defs[f->callable].d.parent;
	}
	d->d.start = outer->start;
	d->d.end = d->d.sig_end = outer->end > f->end ? outer->end : f->end;
	if (outer != f)
		d->d.end = d->d.sig_end = f->end;
	d->d.params = 0;
	d->d.complexity = 1;
	d->has_body = rule->bodied;
	d->at_start = w->hash;
	d->at_body = w->hash;
	attach_comment(w, d, outer->start, outer->start_row);
	take_lead(w, d);
	f->opened = f->any = (uint32_t)w->defs_nr;
	if (!rule->transparent)
		f->scope = f->opened;
	if (kind_callable(rule->kind)) {
		f->callable = f->opened;
		f->nest = 0;
	}
	w->defs_nr++;
	if (rule->rest)
		hold_rest(w, f);
	if (rule->by_argument)
		walk_name_by_argument(w, f, rule->argument);
}

void walk_open(struct walk *w, struct walk_frame *f, TSNode node)
{
	const struct bt_def_rule *rule = find_rule(w, f, node);

	if (!rule)
		return;
	walk_gap(w, f->start);
	if (!rule->import) {
		open_def(w, f, rule);
	} else if (!w->import.active) {
		f->import = f->import_top = true;
		walk_import_begin(w, rule, f->start, f->end);
	}
}

void walk_body(struct walk *w, uint32_t def, uint32_t start)
{
	struct walk_def *d = &w->defs[def];

	if (d->has_body && !d->rule->bodied)
		return;
	walk_gap(w, start);
	d->has_body = true;
	d->at_body = w->hash;
	if (w->comment_next == BT_NONE && w->comment_end && w->comment_end <= start &&
	    w->comment_start != BT_NONE && w->comment_start > d->d.start)
		start = w->comment_start;	/* a comment between the two belongs to neither */
	if (start >= d->d.start)
		d->d.sig_end = start;
}

void walk_params(struct walk *w, uint32_t def, TSNode node)
{
	struct walk_def *d = &w->defs[def];
	uint32_t nr = ts_node_named_child_count(node), params = ts_node_child_count(node) ? 0 : 1;

	if ((d->d.params && !d->rule->curried) || d->rule->by_argument)
		return;
	for (uint32_t i = 0; i < nr; i++) {
		TSSymbol symbol = ts_node_symbol(ts_node_named_child(node, i));

		if (symbol >= w->t->symbols_nr ||	/* an ERROR */
		    w->t->rules[symbol].flags & (BT_NODE_COMMENT | BT_NODE_PARAM_SKIP))
			continue;
		params++;
	}
	if (params == 1 && nr) {
		TSNode only = ts_node_named_child(node, 0);
		uint32_t at = ts_node_start_byte(only);

		if (walk_text_is(w->src + at, ts_node_end_byte(only) - at, "void"))
			params = 0;
	}
	d->d.params += params;
}

/* Words that mark a definition stand at its head; a declaration may go on for a megabyte. */
#define MARKS_LEN 4096

/* Is one of the words among the first words of [start, end) outside brackets and quotes? */
static bool marked(const struct walk *w, struct bt_words words, uint32_t start, uint32_t end)
{
	int depth = 0;

	if (end > start && end - start > MARKS_LEN)
		end = start + MARKS_LEN;

	for (uint32_t at = start; words.nr && at < end;) {
		char c = w->src[at];
		uint32_t from = at;

		if (strchr("([{", c) && c) {
			depth++;
		} else if (strchr(")]}", c) && c) {
			depth--;
		} else if (c == '"') {
			for (at++; at < end && w->src[at] != '"'; at++)
				at += w->src[at] == '\\';
			at++;
		} else {
			while (at < end && !strchr(" \t\r\n([{)]}<>,;:=&*\"'", w->src[at]))
				at++;
			if (at > from && depth <= 0 && walk_words_have(words, w->src + from, at - from))
				return true;
		}
		at += at == from;
	}
	return false;
}

/* ASCII, Latin-1, Greek and Cyrillic. */
static bool is_capital(const unsigned char *s, uint32_t len)
{
	if (s[0] < 0x80 || len < 2)
		return s[0] >= 'A' && s[0] <= 'Z';
	return (s[0] == 0xc3 && s[1] >= 0x80 && s[1] <= 0x9e && s[1] != 0x97) ||
	       (s[0] == 0xce && s[1] >= 0x91 && s[1] <= 0xa9) || (s[0] == 0xd0 && s[1] <= 0xaf);
}

static bool exported(const struct walk *w, const struct walk_def *d, const struct walk_frame *parent,
		     uint32_t start, uint32_t end)
{
	const struct bt_export_rule *e = d->rule->own_export ? &d->rule->export : &w->t->export;

	if (d->local || d->hidden)
		return false;
	switch (e->policy) {
	case BT_EXPORT_ALL:
		return true;
	case BT_EXPORT_NONE:
		return false;
	case BT_EXPORT_CAPITAL:
		return is_capital((const unsigned char *)w->src + start, end - start);
	case BT_EXPORT_NO_UNDERSCORE:
		return w->src[start] != '_' || (end - start > 4 && !memcmp(w->src + start, "__", 2) &&
						!memcmp(w->src + end - 2, "__", 2));
	case BT_EXPORT_MARKED:
		return marked(w, e->words, d->d.start, start);
	case BT_EXPORT_UNMARKED:
		return !marked(w, e->words, d->d.start, start);
	case BT_EXPORT_PARENT:
		for (int up = 0; up < 5 && parent - up >= w->frames; up++)
			if (walk_symbol_in(parent[-up].symbol, e->symbols, e->symbols_nr))
				return true;
		return false;
	case BT_EXPORT_SCOPE:
		return d->d.parent == BT_NONE || w->defs[d->d.parent].d.flags & BT_DEF_EXPORTED ||
		       (!w->defs[d->d.parent].live && w->defs[d->d.parent].rule->fixed.nr) ||
		       marked(w, e->words, d->d.start, start);
	}
	return false;
}

/* Is the last word of the qualifier before `text`, without what stands in <>, that text? */
static bool named_as_qualifier(const struct walk *w, const struct walk_pend *p, const char *text, uint32_t len)
{
	const char *from = w->src + p->qual_start, *to = text;
	int depth = 0;

	if (p->qual == BT_QUAL_NONE)
		return false;
	while (to > from && (depth || strchr(" \t\r\n:.<>", to[-1]))) {
		to--;
		depth += (*to == '>') - (*to == '<');
	}
	return (size_t)(to - from) >= len && !memcmp(to - len, text, len) &&
	       ((size_t)(to - from) == len || strchr(" \t\r\n:.", to[-(ptrdiff_t)len - 1]));
}

static bool is_constructor(const struct walk *w, const struct walk_def *d, const struct walk_pend *pend,
			   const char *text, uint32_t len)
{
	const struct bt_words *words = &d->rule->ctor;

	for (size_t i = 0; i < words->nr; i++) {
		uint32_t parent = d->d.parent;
		const struct bt_name *n;

		if (walk_text_is(text, len, words->words[i]) ||
		    (!strcmp(words->words[i], "@qualifier") && named_as_qualifier(w, pend, text, len)))
			return true;
		if (strcmp(words->words[i], "@class") || parent == BT_NONE || !w->defs[parent].live)
			continue;
		n = &w->names[w->defs[parent].d.name];
		if (n->len == len && !memcmp(n->text, text, len))
			return true;
	}
	return false;
}

/* ns::f, of a namespace that this file opens, is no member of a class. */
static bool qualified_by_module(const struct walk *w, const struct walk_pend *pend)
{
	if (pend->qual != BT_QUAL_NAME || !w->occs_nr)
		return false;
	for (size_t i = 0; i < w->defs_nr; i++)
		if (w->defs[i].d.kind == BT_KIND_MODULE && w->defs[i].live &&
		    w->defs[i].d.name == w->occs[w->occs_nr - 1].name)
			return true;
	return false;
}

static uint8_t final_kind(struct walk *w, const struct walk_def *d, const struct walk_pend *pend,
			  const char *text, uint32_t len)
{
	const struct bt_def_rule *r = d->rule;
	uint8_t kind = r->kind;
	uint32_t around = d->d.parent == BT_NONE ? BT_COND_FILE_LEVEL : 1u << w->defs[d->d.parent].d.kind;

	if (pend->as < BT_KIND_NR && !r->keeps_kind)
		kind = pend->as;
	if ((around & r->within) && (kind == BT_KIND_FUNCTION || (kind == r->kind && kind != BT_KIND_FIELD)))
		kind = r->within_kind;
	if (pend->qual != BT_QUAL_NONE && r->qualified_kind != BT_AS_KEEP && kind_callable(kind) &&
	    !qualified_by_module(w, pend))
		kind = r->qualified_kind;
	if (r->ctor.nr && kind_callable(kind) && is_constructor(w, d, pend, text, len))
		kind = BT_KIND_CONSTRUCTOR;
	if (kind_callable(kind) && (w->test_mark || walk_globs_match(r->tests, text, len)))
		kind = BT_KIND_TEST;
	w->test_mark = false;
	return kind;
}

/* A further name of the same statement: int a, *b; */
static uint32_t clone_def(struct walk *w, uint32_t from)
{
	struct walk_def *d;

	BT_GROW(w->defs, w->defs_alloc, w->defs_nr + 1);
	d = &w->defs[w->defs_nr];
	*d = w->defs[from];
	d->d.params = 0;
	d->d.flags &= BT_DEF_DOC;
	d->live = d->has_body = false;
	d->d.sig_end = d->d.end;
	return (uint32_t)w->defs_nr++;
}

#define PARTS_MAX 32	/* of a qualified name that become definitions; nobody writes more */

/* "A" and "B" of "namespace A.B.C" are around "C", as long as it. They are occurrences already. */
static void bind_parts(struct walk *w, uint32_t def, uint32_t occ, uint32_t qual_start)
{
	uint32_t first = occ, parent = w->defs[def].d.parent, nr = 0;

	while (first && w->occs[first - 1].at >= qual_start && occ - first < PARTS_MAX)
		first--;
	for (uint32_t i = first; i < occ; i++) {
		struct walk_def *d;
		uint32_t part;

		BT_GROW(w->defs, w->defs_alloc, w->defs_nr + 1);
		part = (uint32_t)w->defs_nr++;
		d = &w->defs[part];
		*d = w->defs[def];
		d->d.kind = BT_KIND_MODULE;
		d->d.flags &= BT_DEF_EXPORTED;
		d->d.flags |= d->rule->parts_decl ? BT_DEF_DECL : 0;
		d->d.occ = i;
		d->d.name = w->occs[i].name;
		d->d.parent = parent;
		d->inner = nr++;
		w->occs[i].role = d->rule->parts_decl ? BT_ROLE_DECL : BT_ROLE_DEF;
		parent = part;
	}
	w->defs[def].d.parent = parent;
	w->defs[def].inner = nr;
}

/* Has it this name already? x = function x() {} */
static bool is_named(const struct walk *w, const struct walk_def *d, const char *text, uint32_t len)
{
	const struct bt_name *n = d->live ? &w->names[d->d.name] : NULL;

	return n && n->len == len && !memcmp(n->text, text, len);
}

void walk_bind(struct walk *w, const struct walk_pend *pend, const struct walk_frame *parent,
	       uint32_t start, uint32_t end, uint64_t hash)
{
	const char *text = w->src + start;
	uint32_t occ, def, len = end - start;
	struct walk_def *d;

	if (start < w->quoted_to)
		return;
	if (is_named(w, &w->defs[pend->own], text, len)) {
		walk_occ(w, start, end, hash, BT_ROLE_WRITE, pend);
		return;
	}
	def = w->defs[pend->own].live ? clone_def(w, pend->own) : pend->own;
	d = &w->defs[def];

	d->d.kind = final_kind(w, d, pend, text, len);
	occ = walk_occ(w, start, end, hash, BT_ROLE_DEF, pend);
	d->live = true;
	d->d.occ = occ;
	d->d.name = walk_name(w, text, len, hash);
	if (d->rule->each) {
		d->d.start = start;
		d->d.end = d->d.sig_end = end;
	}
	if (exported(w, d, parent, start, end))
		d->d.flags |= BT_DEF_EXPORTED;
	if (d->rule->decl_always || marked(w, d->rule->decl, d->d.start, start))
		d->d.flags |= BT_DEF_DECL;
	if (marked(w, d->rule->deflt, d->d.start, start))
		d->d.flags |= BT_DEF_DEFAULT;
	if (kind_callable(d->d.kind))
		d->d.flags |= BT_DEF_CALLABLE;
	if (d->rule->hashed || kind_callable(d->d.kind))
		d->d.flags |= BT_DEF_HASHED;
	if (d->rule->parts && pend->qual == BT_QUAL_NAME && occ != BT_NONE)
		bind_parts(w, def, occ, pend->qual_start);
}

static void close_hashes(const struct walk *w, struct walk_def *d)
{
	if (!(d->d.flags & BT_DEF_HASHED))
		return;
	if (d->has_body) {
		d->d.sig_hash = walk_hash_between(d->at_start, d->at_body);
		d->d.body_hash = walk_hash_between(d->at_body, w->hash);
	} else {
		d->d.sig_hash = walk_hash_between(d->at_start, w->hash);
	}
}

/* A comment on the line of the last token belongs to no definition, whatever the grammar says. */
static bool ends_in_comment(const struct walk *w, const struct walk_def *d)
{
	return w->comment_next == BT_NONE && !w->comment_first && w->comment_start != BT_NONE &&
	       w->comment_start > d->d.start && w->comment_end <= d->d.end;
}

/* One of several names before one body. */
static void share_body(const struct walk *w, struct walk_def *d, const struct walk_def *first)
{
	d->has_body = true;
	d->at_body = first->at_body;
	if (d->d.occ != BT_NONE && w->occs[d->d.occ].at < first->d.sig_end)
		d->d.sig_end = first->d.sig_end;
	d->d.params = first->d.params;
	d->d.complexity = first->d.complexity;
	d->d.nesting = first->d.nesting;
}

void walk_close(struct walk *w, struct walk_frame *f)
{
	struct walk_def *first = &w->defs[f->opened];

	walk_gap(w, f->end);
	if (!first->live && first->rule->fixed.nr) {
		first->live = true;
		first->d.flags |= BT_DEF_ANONYMOUS | BT_DEF_EXPORTED;
		if (kind_callable(first->d.kind))
			first->d.flags |= BT_DEF_CALLABLE | BT_DEF_HASHED;
		if (first->rule->deflt.nr)
			first->d.flags |= BT_DEF_DEFAULT;
	}
	if (first->rule->joins && !first->joined)
		walk_join_later(w, f->opened);
	for (uint32_t i = f->opened; i < w->defs_nr; i++) {
		struct walk_def *d = &w->defs[i];

		if (d->d.end > f->end || d->rule != first->rule || d->d.start != first->d.start)
			continue;
		if (first->has_body && !d->has_body)
			share_body(w, d, first);
		close_hashes(w, d);
		if (ends_in_comment(w, d))
			d->d.end = w->comment_start;
		while (d->d.end > d->d.start && strchr(" \t\r\n", w->src[d->d.end - 1]))
			d->d.end--;
		if (d->d.sig_end > d->d.end)
			d->d.sig_end = d->d.end;
		while (d->d.sig_end > d->d.start && strchr(" \t\r\n\\", w->src[d->d.sig_end - 1]))
			d->d.sig_end--;
		if (d->d.flags & BT_DEF_CALLABLE && !d->has_body)
			d->d.flags |= BT_DEF_DECL;
		if (d->live && d->d.occ != BT_NONE && d->d.flags & BT_DEF_DECL)
			w->occs[d->d.occ].role = BT_ROLE_DECL;
	}
}
