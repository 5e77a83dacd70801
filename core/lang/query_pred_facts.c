/*
 * Tests on the facts of the blob, which are made when the first of them is asked. Without facts (a limit) none holds.
 */
#include <string.h>

#include "core/lang/query_impl.h"

static const struct bt_facts *facts_of(struct query_run *r)
{
	struct bt_err ignored = BT_ERR_INIT;
	const struct bt_facts *f;

	return bt_syntax_facts(r->syntax, &f, &ignored) ? NULL : f;
}

bool query_test_calls(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t end = ts_node_end_byte(node);

	for (uint32_t i = f ? bt_facts_occ_from(f, ts_node_start_byte(node)) : 0; f && i < f->occs_nr; i++) {
		const struct bt_name *name = &f->names[f->occs[i].name];

		if (f->occs[i].at >= end)
			break;
		if (f->occs[i].role != BT_ROLE_CALL)
			continue;
		for (size_t k = 0; k < p->texts_nr; k++)
			if (p->lens[k] == name->len && !memcmp(p->texts[k], name->text, name->len))
				return true;
	}
	return false;
}

bool query_test_in(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t d = f ? bt_facts_enclosing(f, ts_node_start_byte(node)) : BT_NONE;

	for (; d != BT_NONE; d = f->defs[d].parent)
		if (p->number >> f->defs[d].kind & 1)
			return true;
	return false;
}

/* * and ? only; the texts are names. */
static bool glob_match(const char *glob, const char *text, size_t len)
{
	const char *star = NULL, *star_text = NULL, *end = text + len;

	while (text < end) {
		if (*glob == '*') {
			star = glob++;
			star_text = text;
		} else if (*glob && (*glob == '?' || *glob == *text)) {
			glob++;
			text++;
		} else if (star) {
			glob = star + 1;
			text = ++star_text;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

bool query_test_in_named(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t d = f ? bt_facts_enclosing(f, ts_node_start_byte(node)) : BT_NONE;

	for (; d != BT_NONE; d = f->defs[d].parent)
		for (size_t i = 0; i < p->texts_nr; i++)
			if (glob_match(p->texts[i], f->names[f->defs[d].name].text, f->names[f->defs[d].name].len))
				return true;
	return false;
}

/* The head from the start of its line: a macro may stand before what the grammar takes for the declaration. */
static bool head_holds(const struct bt_facts *f, const struct bt_syntax *s, const struct bt_def *d,
		       const struct query_pred *p)
{
	uint32_t start = f->line_starts[bt_facts_point(f, d->start).row];

	for (size_t i = 0; i < p->texts_nr; i++)
		if (memmem(s->src + start, d->sig_end - start, p->texts[i], p->lens[i]))
			return true;
	return false;
}

bool query_test_declared_with(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	size_t len;
	const char *text = query_text(r, node, &len);

	for (uint32_t i = 0; f && i < f->defs_nr; i++) {
		const struct bt_name *name = &f->names[f->defs[i].name];

		if (name->len == len && !memcmp(name->text, text, len) && head_holds(f, r->syntax, &f->defs[i], p))
			return true;
	}
	return false;
}

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/* The next place of a word in src[from..to), or NULL. */
static const char *find_word(const struct query_run *r, uint32_t from, uint32_t to, const char *word, size_t len)
{
	const char *src = r->syntax->src, *at = src + from, *end = src + to;

	while (len && at < end && (at = memmem(at, (size_t)(end - at), word, len))) {
		if ((at == src || !is_word_byte(at[-1])) && (at + len == end || !is_word_byte(at[len])))
			return at;
		at++;
	}
	return NULL;
}

static bool signature_has(const struct query_run *r, const struct query_pred *p, const struct bt_def *def)
{
	for (size_t i = 0; i < p->texts_nr; i++)
		if (find_word(r, def->start, def->sig_end, p->texts[i], p->lens[i]))
			return true;
	return false;
}

bool query_test_signed(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t d = f ? bt_facts_enclosing(f, ts_node_start_byte(node)) : BT_NONE;

	while (d != BT_NONE && !(f->defs[d].flags & BT_DEF_CALLABLE))
		d = f->defs[d].parent;
	return d != BT_NONE && signature_has(r, p, &f->defs[d]);
}

/* Does a definition start with @, or the line before it, or does that line end what started so? */
static bool is_decorated(const struct query_run *r, uint32_t at)
{
	const char *src = r->syntax->src, *p = src + at;

	if (at < r->syntax->len && *p == '@')
		return true;
	while (p > src && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	if (p == src || p[-1] != '\n')
		return false;
	while (p > src && (p[-1] == '\n' || p[-1] == '\r'))
		p--;
	while (p > src && p[-1] != '\n')
		p--;
	while (*p == ' ' || *p == '\t')
		p++;
	return *p == '@' || *p == ')';
}

/* Is there a callable of the node's name, and does the test hold for each? A name alone means no method. */
static bool each_callable(struct query_run *r, const struct query_pred *p, TSNode node,
			  bool (*test)(const struct query_run *r, const struct query_pred *p, const struct bt_def *def))
{
	const struct bt_facts *f = facts_of(r);
	uint32_t start = ts_node_start_byte(node);
	bool any = false, plain = !start || !strchr(".>:", r->syntax->src[start - 1]);
	size_t len;
	const char *text = query_text(r, node, &len);

	for (uint32_t i = 0; f && i < f->defs_nr; i++) {
		const struct bt_def *def = &f->defs[i];
		const struct bt_name *name = &f->names[def->name];

		if (!(def->flags & BT_DEF_CALLABLE) || name->len != len || memcmp(name->text, text, len))
			continue;
		if (plain && def->kind == BT_KIND_METHOD)
			continue;
		if (!test(r, p, def))
			return false;
		any = true;
	}
	return any;
}

static bool is_signed_plainly(const struct query_run *r, const struct query_pred *p, const struct bt_def *def)
{
	return signature_has(r, p, def) && !is_decorated(r, def->start);
}

bool query_test_each_signed(struct query_run *r, const struct query_pred *p, TSNode node)
{
	return each_callable(r, p, node, is_signed_plainly);
}

static bool body_mentions(const struct query_run *r, const struct query_pred *p, const struct bt_def *def)
{
	for (size_t i = 0; i < p->texts_nr; i++)
		if (find_word(r, def->sig_end, def->end, p->texts[i], p->lens[i]))
			return true;
	return false;
}

bool query_test_each_mentions(struct query_run *r, const struct query_pred *p, TSNode node)
{
	return each_callable(r, p, node, body_mentions);
}

/* Where the definition around a node ends. */
static uint32_t scope_end(struct query_run *r, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t d = f ? bt_facts_enclosing(f, ts_node_start_byte(node)) : BT_NONE;

	return d == BT_NONE ? r->syntax->len : f->defs[d].end;
}

bool query_test_again(struct query_run *r, const struct query_pred *p BT_UNUSED, TSNode node)
{
	size_t len;
	const char *text = query_text(r, node, &len);

	return find_word(r, ts_node_end_byte(node), scope_end(r, node), text, len);
}

/* Does one of these stand at a place, and, when `whole`, nothing behind it? */
static bool one_at(const char *at, size_t left, bool whole, const char *const *list)
{
	for (; *list; list++) {
		size_t len = strlen(*list);

		if ((whole ? len == left : len <= left) && !memcmp(at, *list, len))
			return true;
	}
	return false;
}

/* Is the word at src[from..to) part of a condition, as most languages write them? */
static bool in_condition(const char *src, uint32_t from, uint32_t to, uint32_t end)
{
	static const char *const before[] = { "if",   "elif", "elsif", "elseif", "unless", "while", "until", "when",
					      "and",  "or",   "not",   "isset",	 "empty",  "&&",    "||",    "!",
					      NULL };
	static const char *const behind[] = { "?", "&&", "||", "==", "!=", "is ", "and ", "or ", "not ", NULL };
	uint32_t at = from;

	while (to < end && strchr(" \t)", src[to]))
		to++;
	if (one_at(src + to, end - to, false, behind))
		return true;
	while (at && strchr(" \t(", src[at - 1]))
		at--;
	from = at;
	while (from && is_word_byte(src[from - 1]) && at - from < 10)
		from--;
	if (from == at)
		from -= from > 1 && (src[from - 1] == '&' || src[from - 1] == '|') ? 2 : from > 0;
	return one_at(src + from, at - from, true, before);
}

/* The last named child, and how many there are, comments apart. */
static TSNode last_child(const struct query_run *r, TSNode node, uint32_t *ret_nr)
{
	TSNode last = { .id = NULL };
	uint32_t nr = ts_node_named_child_count(node);

	*ret_nr = 0;
	for (uint32_t i = 0; i < nr && *ret_nr < 3; i++) {
		TSNode child = ts_node_named_child(node, i);

		if (query_is_comment(r, child))
			continue;
		last = child;
		++*ret_nr;
	}
	return last;
}

/* What the only statement in a node assigns to; the node itself when it holds none. */
static TSNode assigned_name(const struct query_run *r, TSNode node)
{
	TSNode at = node;
	uint32_t nr;

	while (!ts_node_is_null(at)) {
		TSNode left = ts_node_child_by_field_name(at, "left", 4);
		bool is_if = !strcmp(ts_node_type(at), "if_statement");

		if (!ts_node_is_null(left))
			return left;
		at = last_child(r, at, &nr);
		if (nr != (is_if ? 2 : 1))
			break;
	}
	return node;
}

bool query_test_tested(struct query_run *r, const struct query_pred *p BT_UNUSED, TSNode node)
{
	const char *src = r->syntax->src, *at;
	uint32_t from = ts_node_end_byte(node), end = scope_end(r, node);
	size_t len;
	const char *text = query_text(r, assigned_name(r, node), &len);

	while ((at = find_word(r, from, end, text, len))) {
		uint32_t start = (uint32_t)(at - src);

		if (in_condition(src, start, start + (uint32_t)len, end))
			return true;
		from = start + (uint32_t)len;
	}
	return false;
}

static const char *const metrics[] = { "complexity", "nesting", "params", "lines" };

bool query_metric_known(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(metrics); i++)
		if (!strcmp(metrics[i], name))
			return true;
	return false;
}

bool query_test_metric_over(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t d = f ? bt_facts_enclosing(f, ts_node_start_byte(node)) : BT_NONE;
	const struct bt_def *def;

	while (d != BT_NONE && !(f->defs[d].flags & BT_DEF_CALLABLE))
		d = f->defs[d].parent;
	if (d == BT_NONE)
		return false;
	def = &f->defs[d];
	switch (*p->texts[0]) {
	case 'c':
		return def->complexity > p->number;
	case 'n':
		return def->nesting > p->number;
	case 'p':
		return def->params > p->number;
	default:
		return bt_facts_point(f, def->end).row - bt_facts_point(f, def->start).row + 1 > p->number;
	}
}
