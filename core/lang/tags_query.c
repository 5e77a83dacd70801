/*
 * Compiling a tags.scm: the query, its predicates, what its captures mean.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/lang/syntax_impl.h"
#include "core/lang/tags_int.h"

/* ---- the generated description ---- */

bool tags_is_comment(const TSLanguage *language, TSSymbol symbol)
{
	const char *name = ts_language_symbol_name(language, symbol);

	return name && ts_language_symbol_type(language, symbol) == TSSymbolTypeRegular && strstr(name, "comment");
}

#define DEPTH_MAX 64
#define TYPES_MAX 64

/* Node types of the group that was closed last, at each depth of parentheses. */
struct scan {
	const char *types[TYPES_MAX];
	size_t lens[TYPES_MAX];
	size_t nr;		/* of the last group, or of an open alternation */
	bool open[DEPTH_MAX];	/* is it an alternation? */
	const char *heads[DEPTH_MAX];
	size_t head_lens[DEPTH_MAX];
	size_t depth;
};

static size_t word_len(const char *p)
{
	return strcspn(p, " \t\r\n()[]\"@:.!?*+;#/");
}

static const char *skip_text(const char *p)
{
	for (p++; *p && *p != '"'; p++)
		if (*p == '\\' && p[1])
			p++;
	return p + (*p == '"');
}

static void scan_open(struct scan *s, const char *p)
{
	const char *head = p + 1 + strspn(p + 1, " \t\r\n");

	if (s->depth == DEPTH_MAX)
		return;
	s->open[s->depth] = *p == '[';
	s->heads[s->depth] = head;
	s->head_lens[s->depth] = *p == '[' ? 0 : word_len(head);
	s->depth++;
	if (*p == '[')
		s->nr = 0;
}

static void scan_close(struct scan *s)
{
	bool in_choice;

	if (!s->depth)
		return;
	s->depth--;
	if (s->open[s->depth])
		return;
	in_choice = s->depth && s->open[s->depth - 1];
	if (!in_choice)
		s->nr = 0;
	if (s->head_lens[s->depth] && s->nr < TYPES_MAX) {
		s->types[s->nr] = s->heads[s->depth];
		s->lens[s->nr++] = s->head_lens[s->depth];
	}
}

/* The types in front of @name; true: once more for the next one. */
static bool next_name(struct scan *s, const char **p)
{
	while (**p) {
		if (**p == '"') {
			*p = skip_text(*p);
		} else if (**p == ';') {
			*p += strcspn(*p, "\n");
		} else if (**p == '@') {
			size_t len = word_len(++*p);

			*p += len;
			if (len == 4 && !strncmp(*p - len, "name", 4) && **p != '.')
				return true;
		} else {
			if (**p == '(' || **p == '[')
				scan_open(s, *p);
			else if (**p == ')' || **p == ']')
				scan_close(s);
			++*p;
		}
	}
	return false;
}

/* What grammars call names, where no query says it: they are found then, if nothing more. */
static void describe_usual(const TSLanguage *language, uint32_t nr, struct bt_buf *out)
{
	static const char *const usual[] = { "identifier", "name", "variable", "symbol", "word", "constructor", "type_identifier",
					     "field_identifier", "property_identifier", "constant", "function_name" };

	for (size_t i = 0; i < BT_ARRAY_NR(usual); i++) {
		TSSymbol symbol = ts_language_symbol_for_name(language, usual[i], (uint32_t)strlen(usual[i]), true);

		if (symbol && symbol < nr)
			bt_buf_addf(out, "ident %s read whole\n", usual[i]);
	}
}

void bt_tags_describe(const TSLanguage *language, const char *text, struct bt_buf *out)
{
	uint32_t nr = ts_language_symbol_count(language);
	BT_FREE bool *seen = bt_xcalloc(nr + (size_t)1, sizeof(*seen));
	struct scan s = { .nr = 0 };
	const char *last = "";

	for (uint32_t i = 0; i < nr; i++) {
		const char *name = ts_language_symbol_name(language, (TSSymbol)i);

		if (!tags_is_comment(language, (TSSymbol)i) || !strcmp(name, last))
			continue;
		bt_buf_addf(out, "comment %s\n", name);
		last = name;
	}
	if (!*text)
		describe_usual(language, nr, out);
	while (next_name(&s, &text))
		for (size_t i = 0; i < s.nr; i++) {
			TSSymbol symbol = ts_language_symbol_for_name(language, s.types[i], (uint32_t)s.lens[i], true);

			if (!symbol || symbol >= nr || seen[symbol] || tags_is_comment(language, symbol))
				continue;
			seen[symbol] = true;
			bt_buf_addf(out, "ident %.*s read whole\n", (int)s.lens[i], s.types[i]);
		}
}

/* ---- predicates ---- */

/* A class of the notation of the queries, within brackets; NULL: none. */
static const char *class_of(char c)
{
	return c == 'd' ? "[:digit:]" : c == 'w' ? "[:alnum:]_" : c == 's' ? "[:space:]" : NULL;
}

/* From the queries' regular expressions (those of Rust) to POSIX: what identifiers are tested with. */
static void translate(const char *re, struct bt_buf *out)
{
	const char *first = re;		/* of what stands in the brackets: a ']' there does not close them */
	bool brackets = false;

	for (const char *p = re; *p; p++) {
		if (*p == '\\' && p[1]) {
			const char *cls = class_of(p[1]);

			p++;
			if (cls)
				bt_buf_addf(out, brackets ? "%s" : "[%s]", cls);
			else if (brackets)
				bt_buf_addch(out, *p);
			else
				bt_buf_addf(out, "\\%c", *p);
			continue;
		}
		if (!brackets && !strncmp(p, "(?:", 3)) {
			bt_buf_addch(out, '(');
			p += 2;
			continue;
		}
		if (!brackets && *p == '?' && p > re && strchr("*+?", p[-1]))
			continue;	/* lazy: whether it matches does not depend on it */
		if (*p == ']' && brackets && p > first)
			brackets = false;
		if (*p == '[' && !brackets) {
			brackets = true;
			first = p + 1 + (p[1] == '^');
		}
		bt_buf_addch(out, *p);
	}
}

static regex_t *make_regex(struct bt_tags *t, const char *text, struct bt_err *err)
{
	regex_t *re = bt_arena_zalloc(&t->arena, sizeof(*re));
	BT_BUF_OWNED struct bt_buf posix = BT_BUF_INIT;
	int flags = REG_EXTENDED | REG_NOSUB;

	if (!strncmp(text, "(?i)", 4)) {
		flags |= REG_ICASE;
		text += 4;
	}
	translate(text, &posix);
	if (!regcomp(re, bt_buf_cstr(&posix), flags))
		return re;
	bt_err_set(err, BT_ERR_FAIL, "the expression \"%.80s\" of its tags.scm is not understood", text);
	return NULL;
}

static const struct {
	const char *name;
	bool match, negated, any;
} pred_names[] = {
	{ "eq?", false, false, false },		{ "not-eq?", false, true, false },
	{ "any-eq?", false, false, true },	{ "any-not-eq?", false, true, true },
	{ "match?", true, false, false },	{ "not-match?", true, true, false },
	{ "any-match?", true, false, true },	{ "any-not-match?", true, true, true },
	{ "any-of?", false, false, false },	{ "not-any-of?", false, true, false },
};

static const char *step_text(const struct bt_tags *t, const TSQueryPredicateStep *step)
{
	uint32_t len;

	return ts_query_string_value_for_id(t->query, step->value_id, &len);
}

/* One predicate: steps[0] is its name. BT_DONE: it is not one of ours. */
static int make_pred(struct bt_tags *t, const TSQueryPredicateStep *steps, uint32_t nr, struct tags_pred *ret,
		     struct bt_err *err)
{
	struct tags_pred p = { .other = UINT32_MAX };
	bool match = false, known = false;

	if (nr < 3 || steps[0].type != TSQueryPredicateStepTypeString || steps[1].type != TSQueryPredicateStepTypeCapture)
		return BT_DONE;
	for (size_t i = 0; i < BT_ARRAY_NR(pred_names) && !known; i++) {
		known = !strcmp(step_text(t, &steps[0]), pred_names[i].name);
		match = pred_names[i].match;
		p.negated = pred_names[i].negated;
		p.any = pred_names[i].any;
	}
	if (!known)
		return BT_DONE;
	p.capture = steps[1].value_id;
	p.texts = bt_arena_zalloc(&t->arena, nr * sizeof(*p.texts));
	for (uint32_t i = 2; i < nr; i++) {
		if (steps[i].type == TSQueryPredicateStepTypeCapture)
			p.other = steps[i].value_id;
		else
			p.texts[p.texts_nr++] = step_text(t, &steps[i]);
	}
	if (match && p.texts_nr) {
		p.regex = make_regex(t, p.texts[0], err);
		if (!p.regex)
			return err->code;
	}
	*ret = p;
	return BT_ROW;
}

static int make_preds(struct bt_tags *t, uint32_t pattern, struct bt_err *err)
{
	struct tags_pattern *p = &t->patterns[pattern];
	uint32_t nr, from = 0;
	const TSQueryPredicateStep *steps = ts_query_predicates_for_pattern(t->query, pattern, &nr);

	p->preds = bt_arena_zalloc(&t->arena, (nr + (size_t)1) * sizeof(*p->preds));
	for (uint32_t i = 0; i < nr; i++) {
		int rc;

		if (steps[i].type != TSQueryPredicateStepTypeDone)
			continue;
		rc = make_pred(t, steps + from, i - from, &p->preds[p->preds_nr], err);
		if (rc < 0)
			return rc;
		p->preds_nr += rc == BT_ROW;
		from = i + 1;
	}
	return 0;
}

static bool text_is(const char *src, TSNode node, const char *text, size_t len)
{
	uint32_t at = ts_node_start_byte(node), end = ts_node_end_byte(node);

	return end - at == len && !memcmp(src + at, text, len);
}

static bool node_matches(const struct tags_pred *p, const TSQueryMatch *m, const char *src, TSNode node)
{
	uint32_t at = ts_node_start_byte(node), len = ts_node_end_byte(node) - at;
	char text[BT_NAME_LEN_MAX + 1];

	if (p->regex) {
		len = len < sizeof(text) ? len : (uint32_t)sizeof(text) - 1;
		memcpy(text, src + at, len);
		text[len] = '\0';
		return !regexec(p->regex, text, 0, NULL, 0);
	}
	for (size_t i = 0; i < p->texts_nr; i++)
		if (text_is(src, node, p->texts[i], strlen(p->texts[i])))
			return true;
	for (uint16_t i = 0; i < m->capture_count && p->other != UINT32_MAX; i++) {
		uint32_t other = ts_node_start_byte(m->captures[i].node);

		if (m->captures[i].index == p->other &&
		    text_is(src, node, src + other, ts_node_end_byte(m->captures[i].node) - other))
			return true;
	}
	return false;
}

static bool pred_holds(const struct tags_pred *p, const TSQueryMatch *m, const char *src)
{
	bool any = false, found = false;

	for (uint16_t i = 0; i < m->capture_count; i++) {
		bool holds;

		if (m->captures[i].index != p->capture)
			continue;
		any = true;
		holds = node_matches(p, m, src, m->captures[i].node) != p->negated;
		if (!holds && !p->any)
			return false;
		found |= holds;
	}
	return !any || found;
}

bool tags_holds(const struct bt_tags *t, const TSQueryMatch *m, const char *src)
{
	const struct tags_pattern *p = &t->patterns[m->pattern_index];

	for (size_t i = 0; i < p->preds_nr; i++)
		if (!pred_holds(&p->preds[i], m, src))
			return false;
	return true;
}

/* ---- captures ---- */

static const struct {
	const char *name;
	uint8_t kind;
} def_kinds[] = {
	{ "function", BT_KIND_FUNCTION }, { "method", BT_KIND_METHOD },	    { "constructor", BT_KIND_CONSTRUCTOR },
	{ "class", BT_KIND_CLASS },	  { "struct", BT_KIND_STRUCT },	    { "union", BT_KIND_UNION },
	{ "enum", BT_KIND_ENUM },	  { "interface", BT_KIND_INTERFACE }, { "trait", BT_KIND_TRAIT },
	{ "type", BT_KIND_TYPE },	  { "macro", BT_KIND_MACRO },	    { "constant", BT_KIND_CONSTANT },
	{ "variable", BT_KIND_VARIABLE }, { "var", BT_KIND_VARIABLE },	    { "field", BT_KIND_FIELD },
	{ "property", BT_KIND_FIELD },	  { "module", BT_KIND_MODULE },	    { "namespace", BT_KIND_MODULE },
	{ "package", BT_KIND_PACKAGE },	  { "test", BT_KIND_TEST },	    { "object", BT_KIND_CLASS },
	{ "implementation", BT_KIND_IMPL }, { "enumerator", BT_KIND_ENUMERATOR }, { "predicate", BT_KIND_FUNCTION },
	{ "heading", BT_KIND_HEADING },	  { "section", BT_KIND_HEADING },   { "key", BT_KIND_KEY },
};

static const struct {
	const char *name;
	uint8_t role;
} ref_roles[] = {
	{ "call", BT_ROLE_CALL },	    { "send", BT_ROLE_CALL },	  { "function", BT_ROLE_CALL },
	{ "method", BT_ROLE_CALL },	    { "class", BT_ROLE_TYPE },	  { "type", BT_ROLE_TYPE },
	{ "interface", BT_ROLE_TYPE },	    { "implementation", BT_ROLE_INHERIT }, { "superclass", BT_ROLE_INHERIT },
	{ "extends", BT_ROLE_INHERIT },	    { "module", BT_ROLE_IMPORT }, { "import", BT_ROLE_IMPORT },
	{ "macro", BT_ROLE_MACRO },	    { "variable", BT_ROLE_READ },
};

/* The first part of what follows "definition." or "reference." */
static void read_capture(const char *name, uint32_t len, struct tags_capture *c)
{
	BT_FREE char *all = bt_xstrndup(name, len);
	char *dot = strchr(all, '.'), *more;

	c->is_name = !strcmp(all, "name");
	if (!dot)
		return;
	*dot++ = '\0';
	more = strchr(dot, '.');
	if (more)
		*more = '\0';
	c->is_def = !strcmp(all, "definition");
	c->is_tag = c->is_def || !strcmp(all, "reference");
	c->value = c->is_def ? BT_KIND_VARIABLE : BT_ROLE_READ;
	for (size_t i = 0; i < BT_ARRAY_NR(def_kinds) && c->is_def; i++)
		if (!strcmp(def_kinds[i].name, dot))
			c->value = def_kinds[i].kind;
	for (size_t i = 0; i < BT_ARRAY_NR(ref_roles) && !c->is_def; i++)
		if (!strcmp(ref_roles[i].name, dot))
			c->value = ref_roles[i].role;
}

static int query_fail(const char *text, uint32_t at, TSQueryError kind, struct bt_err *err)
{
	static const char *const what[] = {
		[TSQueryErrorNone] = "is wrong", [TSQueryErrorSyntax] = "is no query", [TSQueryErrorNodeType] = "has an unknown node type",
		[TSQueryErrorField] = "has an unknown field", [TSQueryErrorCapture] = "has an unknown capture",
		[TSQueryErrorStructure] = "can never match", [TSQueryErrorLanguage] = "does not fit tree-sitter",
	};
	unsigned line = 1;
	int len;

	for (uint32_t i = 0; i < at && text[i]; i++)
		line += text[i] == '\n';
	len = (int)strcspn(text + at, " \t\r\n()[]\"@:.!?*+;#");
	return bt_err_set(err, BT_ERR_FAIL, "its tags.scm, line %u, %s: '%.*s'", line, what[kind], len > 40 ? 40 : len,
			  text + at);
}

static int compile(struct bt_tags *t, const char *text, size_t len, struct bt_err *err)
{
	TSQueryError kind = TSQueryErrorNone;
	uint32_t at = 0, symbols = ts_language_symbol_count(t->language);

	bt_extract_heap(true);
	t->query = ts_query_new(t->language, text, (uint32_t)len, &at, &kind);
	bt_extract_heap(false);
	if (!t->query)
		return query_fail(text, at, kind, err);
	t->patterns_nr = ts_query_pattern_count(t->query);
	t->captures_nr = ts_query_capture_count(t->query);
	t->patterns = bt_arena_zalloc(&t->arena, (t->patterns_nr + (size_t)1) * sizeof(*t->patterns));
	t->captures = bt_arena_zalloc(&t->arena, (t->captures_nr + (size_t)1) * sizeof(*t->captures));
	t->comments = bt_arena_zalloc(&t->arena, (symbols + (size_t)1) * sizeof(*t->comments));
	for (uint32_t i = 0; i < symbols; i++)
		t->comments[i] = tags_is_comment(t->language, (TSSymbol)i);
	for (uint32_t i = 0; i < t->captures_nr; i++) {
		uint32_t name_len;
		const char *name = ts_query_capture_name_for_id(t->query, i, &name_len);

		read_capture(name, name_len, &t->captures[i]);
	}
	for (uint32_t i = 0; i < t->patterns_nr; i++)
		if (make_preds(t, i, err))
			return err->code;
	t->body = ts_language_field_id_for_name(t->language, "body", 4);
	t->parameters = ts_language_field_id_for_name(t->language, "parameters", 10);
	return 0;
}

int bt_tags_new(const TSLanguage *language, const char *text, size_t len, struct bt_tags **ret_tags, struct bt_err *err)
{
	struct bt_tags *t = bt_xcalloc(1, sizeof(*t));

	t->language = language;
	if (compile(t, text, len, err)) {
		bt_tags_free(&t);
		return err->code;
	}
	*ret_tags = t;
	return 0;
}

void bt_tags_free(struct bt_tags **pt)
{
	struct bt_tags *t = *pt;

	if (!t)
		return;
	for (uint32_t i = 0; t->patterns && i < t->patterns_nr; i++)
		for (size_t k = 0; k < t->patterns[i].preds_nr; k++)
			if (t->patterns[i].preds[k].regex)
				regfree(t->patterns[i].preds[k].regex);
	if (t->query) {
		bt_extract_heap(true);
		ts_query_delete(t->query);
		bt_extract_heap(false);
	}
	free(t->entries);
	free(t->tokens);
	bt_arena_release(&t->run);
	bt_arena_release(&t->arena);
	free(t);
	*pt = NULL;
}
