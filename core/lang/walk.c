/*
 * The walk: every visible node of the tree once, in order, driven by the tables of the language.
 *
 * What a node is to its parent (walk_pend) is worked out when it is entered; a stack of frames holds
 * what is pending. Leaves are most of the nodes, so that is the path kept short: no field look-up
 * where the parent has no entries, no row from tree-sitter at all.
 */
#include "core/lang/walk.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/lang/walk_state.h"

#define SYMBOL_ERROR ((TSSymbol)-1)

struct walk *bt_walk_new(void)
{
	struct walk *w = bt_xcalloc(1, sizeof(*w));

	w->iter = bt_tree_iter_new();
	return w;
}

void bt_walk_free(struct walk **pw)
{
	struct walk *w = *pw;

	if (!w)
		return;
	bt_tree_iter_free(&w->iter);
	free(w->frames);
	free(w->names);
	free(w->slots);
	free(w->occs);
	free(w->defs);
	free(w->texts);
	free(w->imports);
	free(w->import_alias);
	free(w->items);
	free(w->errors);
	free(w->line_starts);
	free(w->line_flags);
	free(w->exports.names);
	bt_arena_release(&w->arena);
	free(w);
	*pw = NULL;
}

static const struct walk_pend no_pend = {
	.role = BT_PEND_NONE, .as = BT_AS_KEEP, .deep = BT_PEND_NONE, .spread = BT_PEND_NONE,
	.qual = BT_QUAL_NONE, .own = BT_NONE, .body_of = BT_NONE,
};

/* Filled in place, in memory: a copy of bytes just stored one by one stalls the processor, at every node. */
static void pend_of(struct walk *w, struct walk_frame *parent, struct walk_child *c, struct walk_pend *ret_p)
{
	const struct bt_node_rule *r = parent->rule;
	const struct bt_role_entry *e = NULL;

	if (r->entries_nr || (parent->import && r->import_entries_nr))
		e = walk_entry_of(parent, c);
	*ret_p = no_pend;
	ret_p->deep = parent->pend.deep;
	if (e)
		walk_pend_from_entry(w, parent, e, ret_p);
	else if (parent->pend.spread != BT_PEND_NONE && c->named)
		ret_p->role = parent->pend.spread;
}

/* private, public and their like as a statement of a body */
static void section(struct walk_frame *parent, const struct bt_node_rule *rule, const char *text,
		    uint32_t len)
{
	if (parent->opened == BT_NONE && parent[-1].opened == BT_NONE)
		return;
	if (walk_words_have(rule->hidden, text, len))
		parent->hidden = true;
	else if (walk_words_have(rule->shown, text, len))
		parent->hidden = false;
}

/* What only some types of identifiers need. False: this text is none. */
static bool special_identifier(struct walk *w, const struct walk_frame *parent,
			       const struct bt_node_rule *rule, uint8_t role, uint32_t start, uint32_t end)
{
	if (rule->flags & BT_NODE_SECTION && w->depth > 1)
		section(&w->frames[w->depth - 1], rule, w->src + start, end - start);
	if (rule->flags & BT_NODE_BRANCH && parent->callable != BT_NONE &&
	    walk_words_have(rule->branches, w->src + start, end - start))
		w->defs[parent->callable].d.complexity++;
	return !(rule->flags & (BT_NODE_PLAIN | BT_NODE_LIKE)) || walk_is_plain(w, rule, role, start, end);
}

/* What an identifier does that names no definition. */
static uint8_t settle_role(const struct walk *w, const struct bt_node_rule *rule, struct walk_pend *p,
			   uint8_t role, uint32_t start, uint32_t end)
{
	char first = w->src[start];

	if (role == BT_ROLE_WRITE && rule->flags & BT_NODE_CAPITAL &&
	    ((first >= 'A' && first <= 'Z') || first == '`'))
		role = BT_PEND_NONE;
	if (role == BT_PEND_TEXT)
		role = walk_text_role(w, start, end, p);
	if (role == BT_PEND_BIND)	/* no definition was opened: a local, or a mere mention */
		role = rule->role == BT_ROLE_READ ? BT_ROLE_WRITE : BT_PEND_NONE;
	if (role >= BT_PEND_NONE)
		role = p->deep != BT_PEND_NONE && rule->role != BT_PEND_NONE ? p->deep : rule->role;
	return role;
}

#define SPECIAL_FLAGS (BT_NODE_SECTION | BT_NODE_BRANCH | BT_NODE_PLAIN | BT_NODE_LIKE)

static void identifier(struct walk *w, const struct walk_frame *parent, const struct bt_node_rule *rule,
		       struct walk_pend *p, uint32_t start, uint32_t end)
{
	uint8_t role = p->role;
	uint64_t hash;

	if (rule->trim)
		walk_trim(w, rule, &start, &end);
	if (start == end)
		return;
	hash = walk_name_hash(w->src + start, end - start);
	walk_leaf(w, start, end, hash);
	if (rule->flags & SPECIAL_FLAGS && !special_identifier(w, parent, rule, role, start, end))
		return;
	if (start == w->named_at || role == BT_PEND_BIND)
		role = walk_bind_role(w, p, start);
	if (role == BT_PEND_BIND && p->own != BT_NONE) {
		walk_bind(w, p, parent, start, end, hash);
		return;
	}
	if (role == BT_PEND_EXPORT)
		walk_export(w, start, end, hash);
	role = settle_role(w, rule, p, role, start, end);
	if (role >= BT_ROLE_NR || walk_is_excepted(rule, w->src + start, end - start, hash))
		return;
	walk_occ(w, start, end, hash, role, p);
}

static bool is_docstring(const struct walk *w, const struct bt_node_rule *rule, uint32_t start)
{
	const struct walk_frame *f = &w->frames[w->depth - 1];

	return rule->flags & BT_NODE_DOC && w->depth >= 2 && f->start == start &&
	       f[-1].start == start && f[-1].pend.body_of != BT_NONE;
}

static struct walk_frame *push(struct walk *w, const struct bt_node_rule *rule,
			       const struct walk_pend *p, TSSymbol symbol, uint32_t start, uint32_t end)
{
	struct walk_frame *f, *parent;

	BT_GROW(w->frames, w->frames_alloc, w->depth + 1);
	f = &w->frames[w->depth++];
	parent = w->depth > 1 ? f - 1 : NULL;
	*f = (struct walk_frame){
		.rule = rule, .pend = *p, .symbol = symbol, .start = start, .start_row = w->row,
		.end = end, .opened = BT_NONE,
		.import = parent && parent->import && !p->taken,
		.hidden = parent && parent->hidden && parent->opened == BT_NONE,
		.scope = parent ? parent->scope : BT_NONE,
		.any = parent ? parent->any : BT_NONE,
		.callable = parent ? parent->callable : BT_NONE,
		.nest = parent ? parent->nest : 0,
	};
	return f;
}

/* Row of an offset at or after what is covered: only white space lies between. */
static uint32_t row_at(const struct walk *w, uint32_t start)
{
	uint32_t row = w->row;

	for (uint32_t at = w->covered; at < start; at++)
		row += w->src[at] == '\n';
	return row;
}

static void mark_node(struct walk *w, struct walk_frame *f, TSNode node)
{
	struct walk_def *d;

	if (f->rule->flags & BT_NODE_LEAD)
		walk_lead_begin(w, f);
	if (f->rule->flags & BT_NODE_JOIN)
		walk_join(w, f);
	if (f->callable == BT_NONE)
		return;
	d = &w->defs[f->callable];
	if (f->rule->flags & BT_NODE_BRANCH &&
	    walk_conds_hold(w, f->rule->branch_conds, f->rule->branch_conds_nr, f, node))
		d->d.complexity++;
	if (f->rule->flags & BT_NODE_NEST && f->pend.role != BT_PEND_FLAT && ++f->nest > d->d.nesting)
		d->d.nesting = f->nest;
}

static void add_error(struct walk *w, uint32_t start, uint32_t end)
{
	BT_GROW(w->errors, w->errors_alloc, w->errors_nr + 1);
	w->errors[w->errors_nr++] = (struct bt_span){ start, end };
}

static void leaf(struct walk *w, const struct bt_node_rule *rule, struct walk_pend *p, bool named,
		 uint32_t start, uint32_t end)
{
	const struct walk_frame *parent = &w->frames[w->depth - 1];

	if (rule->flags & BT_NODE_IDENT) {
		identifier(w, parent, rule, p, start, end);
	} else if (rule->flags & BT_NODE_DOLLAR) {
		walk_dollar(w, start, end);
	} else if (rule->flags & BT_NODE_LEX) {
		walk_lex(w, start, end);
	} else {
		if (rule->flags & BT_NODE_QUOTE)
			walk_quote(w, start, parent->symbol == SYMBOL_ERROR);
		if (rule->flags & BT_NODE_BRANCH && parent->callable != BT_NONE && p->role != BT_PEND_FLAT)
			w->defs[parent->callable].d.complexity++;
		walk_leaf(w, start, end, named ? bt_hash64(w->src + start, end - start, 0)
					       : rule->token);
	}
}

/* Where the name of a node with an `until` child ends: behind that child and pointer signs after it. */
static uint32_t name_end(const struct walk *w, const struct bt_node_rule *rule, uint32_t end)
{
	uint32_t last_end = 0;
	TSNode last = ts_node_child_by_field_id(bt_tree_iter_node(w->iter), rule->until);

	if (ts_node_is_null(last))
		return end;
	for (uint32_t at = ts_node_end_byte(last); at < end && strchr(" \t*&", w->src[at]); at++)
		if (w->src[at] == '*' || w->src[at] == '&')
			last_end = at + 1;
	return last_end ? last_end : ts_node_end_byte(last);
}

/* Enters a node with children: true when they are to be visited. */
static bool branch(struct walk *w, const struct bt_node_rule *rule, struct walk_pend *p, TSSymbol symbol,
		   uint32_t start, uint32_t end)
{
	struct walk_frame *f;

	if (rule->flags & BT_NODE_IDENT && (rule->flags & BT_NODE_WHOLE || p->role == BT_PEND_BIND)) {
		identifier(w, &w->frames[w->depth - 1], rule, p, start,
			   rule->until ? name_end(w, rule, end) : end);
		if (!rule->until)
			return false;
	}
	if (w->depth >= BT_SYNTAX_DEPTH_MAX) {
		w->truncated = true;
		walk_gap(w, end);
		return false;
	}
	f = push(w, rule, p, symbol, start, end);
	if (rule->flags & (BT_NODE_BRANCH | BT_NODE_NEST | BT_NODE_LEAD | BT_NODE_JOIN))
		mark_node(w, f, bt_tree_iter_node(w->iter));
	if (rule->defs_nr) {
		f->start_row = row_at(w, start);
		walk_open(w, f, bt_tree_iter_node(w->iter));
	} else if (w->comment_end && w->comment_next == BT_NONE) {
		f->start_row = row_at(w, start);
	}
	if (rule->flags & BT_NODE_INDENT) {
		walk_gap(w, start);
		walk_token(w, 0x1111111111111111ULL);
	}
	return true;
}

/* True when the children of the item are to be visited. */
static bool enter(struct walk *w, const struct bt_tree_item *item)
{
	const TSSymbol symbol = item->symbol;
	const struct bt_node_rule *rule = symbol < w->t->symbols_nr ? &w->t->rules[symbol] : &walk_no_rule;
	uint32_t start = item->start, end = item->end;
	struct walk_frame *parent = &w->frames[w->depth - 1];
	struct walk_child c = { .w = w, .symbol = symbol, .start = start, .end = end, .named = item->named };
	struct walk_pend *p = &w->pend;

	w->nodes++;
	if (start == end || end > w->size) {
		if (item->missing)
			add_error(w, start, end);
		return false;
	}
	if (rule->flags & BT_NODE_COMMENT) {
		walk_comment(w, start, end);
		return false;
	}
	pend_of(w, parent, &c, p);
	if ((p->role != BT_PEND_NONE || p->body_of != BT_NONE) && !walk_pend_passes_on(parent, rule, p->role))
		walk_pend_take(w, parent, p, symbol, start, end);
	if (is_docstring(w, rule, start)) {
		struct walk_def *d = &w->defs[w->frames[w->depth - 2].pend.body_of];

		d->d.flags |= BT_DEF_DOC;
		d->d.doc_start = start;
		d->d.doc_end = end;
	}
	if (symbol == SYMBOL_ERROR) {
		add_error(w, start, end);
		if (item->leaf) {	/* what the parser skipped has names too */
			walk_lex(w, start, end);
			return false;
		}
	}
	if (item->leaf) {
		leaf(w, rule, p, item->named, start, end);
		return false;
	}
	return branch(w, rule, p, symbol, start, end);
}

static void leave(struct walk *w)
{
	struct walk_frame *f = &w->frames[w->depth - 1];

	if (f->rule->flags & BT_NODE_INDENT) {
		walk_gap(w, f->end);
		walk_token(w, 0x2222222222222222ULL);
	}
	if (f->rule->flags & BT_NODE_LEAD)
		walk_lead_end(w, f);
	if (f->opened != BT_NONE)
		walk_close(w, f);
	if (f->import_top)
		walk_import_end(w);
	w->depth--;
}

static void begin(struct walk *w, const struct bt_lang_tables *t, const char *src, uint32_t size,
		  uint64_t nodes_max)
{
	w->t = t;
	w->src = src;
	w->size = size;
	w->nodes = 0;
	w->nodes_max = nodes_max;
	w->truncated = false;
	w->depth = 0;
	w->names_nr = 0;
	if (!++w->generation) {
		memset(w->slots, 0, w->slots_nr * sizeof(*w->slots));
		w->generation = 1;
	}
	w->occs_nr = w->defs_nr = w->texts_nr = w->imports_nr = w->items_nr = w->errors_nr = 0;
	w->hash = (struct walk_hash){ 0, 0 };
	w->import.active = false;
	w->test_mark = false;
	w->exports.nr = 0;
	w->named = w->named_at = w->joined = BT_NONE;
	w->lead.tokens_nr = UINT64_MAX;
	w->quoted_to = 0;
	bt_arena_reset(&w->arena);
	walk_lines_init(w);
}

/* The root's frame, opened by hand: a root has no parent that could say what it is. */
static void begin_root(struct walk *w, const struct bt_tree_item *root)
{
	TSSymbol symbol = root->symbol;

	if (symbol == SYMBOL_ERROR)
		add_error(w, root->start, root->end);
	push(w, symbol < w->t->symbols_nr ? &w->t->rules[symbol] : &walk_no_rule, &no_pend, symbol, 0, w->size);
}

/* Every node below the root, in order. */
static void visit(struct walk *w, TSTree *tree)
{
	struct bt_tree_item item;
	bool more;

	bt_tree_iter_begin(w->iter, tree, &item);
	begin_root(w, &item);
	more = bt_tree_iter_down(w->iter, &item);
	while (more && w->nodes <= w->nodes_max) {
		if (enter(w, &item)) {
			bt_tree_iter_down(w->iter, &item);
			continue;
		}
		while (!(more = bt_tree_iter_next(w->iter, &item)) && w->depth > 1)
			leave(w);
	}
	bt_tree_iter_end(w->iter);
}

int bt_walk_run(struct walk *w, const struct bt_lang_tables *t, TSTree *tree, const char *src,
		uint32_t size, uint64_t nodes_max, struct bt_facts *ret_facts, struct bt_err *err)
{
	begin(w, t, src, size, nodes_max);
	visit(w, tree);
	if (w->nodes > nodes_max)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %llu syntax nodes",
				  (unsigned long long)nodes_max);
	while (w->depth > 1)
		leave(w);
	walk_gap(w, size);
	walk_finish(w, ret_facts);
	return 0;
}
