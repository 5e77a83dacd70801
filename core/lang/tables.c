/*
 * Makes the tables of a language: every statement of its description, checked against the grammar.
 *
 * Statements are gathered per symbol first (they may come in any order and more than once), then laid
 * out as arrays. tables_def.c reads the options of `def` and `import`, tables_role.c those of
 * `role`.
 */
#include "core/lang/tables.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/lang/tables_make.h"

int bt_maker_fail(struct bt_maker *m, const char *what, const char *word)
{
	return bt_err_set(m->err, BT_ERR_FAIL, "%s%s.lang:%u: %s '%s'", m->user ? "" : "core/lang/desc/", m->name,
			  m->stmt->line, what, word);
}

int bt_maker_symbol(struct bt_maker *m, const char *word, TSSymbol *ret_symbol)
{
	const char *text = word;
	size_t len = strlen(word);
	bool named = true;

	if (!strcmp(word, "ERROR")) {
		*ret_symbol = (TSSymbol)-1;
		return 0;
	}
	if (len > 1 && word[0] == '"' && word[len - 1] == '"') {
		named = false;
		text++;
		len -= 2;
	}
	*ret_symbol = ts_language_symbol_for_name(m->t->stock, text, (uint32_t)len, named);
	return *ret_symbol ? 0 : bt_maker_fail(m, "no node type", word);
}

int bt_maker_rule(struct bt_maker *m, const char *word, struct bt_node_rule **ret_rule)
{
	TSSymbol symbol;

	if (bt_maker_symbol(m, word, &symbol))
		return m->err->code;
	if (symbol >= m->t->symbols_nr)
		return bt_maker_fail(m, "no rule can be made for", word);
	*ret_rule = &m->t->rules[symbol];
	return 0;
}

int bt_maker_key(struct bt_maker *m, const char *word, TSFieldId *ret_field, TSSymbol *ret_symbol)
{
	size_t len = strlen(word);

	*ret_field = 0;
	*ret_symbol = 0;
	if (!strcmp(word, "*"))
		return 0;
	if (len > 2 && word[0] == '<' && word[len - 1] == '>') {
		char *inner = bt_arena_strndup(&m->t->arena, word + 1, len - 2);

		return bt_maker_symbol(m, inner, ret_symbol);
	}
	*ret_field = ts_language_field_id_for_name(m->t->stock, word, (uint32_t)len);
	return *ret_field ? 0 : bt_maker_fail(m, "no field", word);
}

int bt_maker_symbols(struct bt_maker *m, char *list, const TSSymbol **ret, size_t *ret_nr)
{
	TSSymbol *symbols = bt_arena_alloc(&m->t->arena, sizeof(*symbols) * (strlen(list) + 1));
	const char *word;
	size_t nr = 0;

	while ((word = bt_desc_alt(&list)))
		if (bt_maker_symbol(m, word, &symbols[nr++]))
			return m->err->code;
	*ret = symbols;
	*ret_nr = nr;
	return 0;
}

struct bt_words bt_maker_words(struct bt_maker *m, char *list)
{
	const char **words = bt_arena_alloc(&m->t->arena, sizeof(*words) * (strlen(list) + 1));
	const char *word;
	size_t nr = 0;

	while ((word = bt_desc_alt(&list)))
		words[nr++] = word;
	return (struct bt_words){ words, nr };
}

int bt_maker_kind(struct bt_maker *m, const char *word, uint8_t *ret_kind)
{
	int kind = bt_kind_find(word);

	if (kind < 0)
		return bt_maker_fail(m, "no kind", word);
	*ret_kind = (uint8_t)kind;
	return 0;
}

static struct bt_words rest_words(const struct bt_stmt *s, size_t from)
{
	return (struct bt_words){ s->words + from, s->nr > from ? s->nr - from : 0 };
}

static int add_flags(struct bt_maker *m, unsigned flag)
{
	m->t->has_params |= flag == BT_NODE_PARAM;
	for (size_t i = 1; i < m->stmt->nr; i++) {
		TSSymbol symbol;

		if (bt_maker_symbol(m, m->stmt->words[i], &symbol))
			return m->err->code;
		if (symbol < m->t->symbols_nr)
			m->t->rules[symbol].flags |= flag;
	}
	return 0;
}

static void set_except(struct bt_lang_tables *t, struct bt_node_rule *rule, struct bt_words words)
{
	if (!t->words)
		t->words = rule;
	rule->except = words;
	for (size_t i = 0; i < words.nr; i++)
		rule->except_bits |= 1ULL << (bt_hash64(words.words[i], strlen(words.words[i]), 0) & 63);
}

static int ident_option(struct bt_maker *m, struct bt_node_rule *rule, char *w)
{
	static const struct {
		const char *word;
		uint32_t flag;
	} flags[] = {
		{ "whole", BT_NODE_WHOLE }, { "plain", BT_NODE_PLAIN }, { "capital", BT_NODE_CAPITAL },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(flags); i++) {
		if (!strcmp(w, flags[i].word)) {
			rule->flags |= flags[i].flag;
			return 0;
		}
	}
	if (!strncmp(w, "until=", 6)) {
		TSSymbol none;

		return bt_maker_key(m, w + 6, &rule->until, &none);
	}
	if (!strncmp(w, "trim=", 5)) {
		rule->trim = w + 5;
	} else if (!strncmp(w, "closing=", 8)) {
		rule->closing = w[8];
		rule->trim = rule->trim ? rule->trim : "";
	} else if (!strncmp(w, "like=", 5)) {
		rule->flags |= BT_NODE_LIKE;
		rule->like = bt_maker_words(m, w + 5);
	} else if (!strncmp(w, "except=", 7)) {
		set_except(m->t, rule, bt_maker_words(m, w + 7));
	} else {
		return bt_maker_fail(m, "no such word in ident", w);
	}
	return 0;
}

/* ident TYPE ROLE [whole] [plain] [capital] [trim=ab] [closing=c] [until=FIELD] [like=glob] [except=a|b] */
static int add_ident(struct bt_maker *m)
{
	struct bt_node_rule *rule;
	int role;

	if (m->stmt->nr < 3)
		return bt_maker_fail(m, "a type and a role are wanted after", "ident");
	if (bt_maker_rule(m, m->stmt->words[1], &rule))
		return m->err->code;
	role = strcmp(m->stmt->words[2], "-") ? bt_role_find(m->stmt->words[2]) : BT_PEND_NONE;
	if (role < 0)
		return bt_maker_fail(m, "no role", m->stmt->words[2]);
	rule->flags |= BT_NODE_IDENT;
	rule->role = (uint8_t)role;
	for (size_t i = 3; i < m->stmt->nr; i++) {
		char *w = (char *)m->stmt->words[i];

		if (ident_option(m, rule, w))
			return m->err->code;
	}
	return 0;
}

/* section TYPE hidden=a|b shown=c: such words, right in a definition's body, start a section of it */
static int add_section(struct bt_maker *m)
{
	struct bt_node_rule *rule;
	TSSymbol symbol;

	if (m->stmt->nr < 3)
		return bt_maker_fail(m, "a type and words are wanted after", "section");
	if (bt_maker_symbol(m, m->stmt->words[1], &symbol))
		return m->err->code;
	rule = &m->t->rules[symbol];
	rule->flags |= BT_NODE_SECTION;
	for (size_t i = 2; i < m->stmt->nr; i++) {
		char *w = (char *)m->stmt->words[i];

		if (!strncmp(w, "hidden=", 7))
			rule->hidden = bt_maker_words(m, w + 7);
		else if (!strncmp(w, "shown=", 6))
			rule->shown = bt_maker_words(m, w + 6);
		else
			return bt_maker_fail(m, "no such word in section", w);
	}
	return 0;
}

/* branch-text TYPE a b: identifiers of that type with such a text are decision points */
static int add_branch_texts(struct bt_maker *m)
{
	struct bt_node_rule *rule;

	if (m->stmt->nr < 3)
		return bt_maker_fail(m, "a type and texts are wanted after", "branch-text");
	if (bt_maker_rule(m, m->stmt->words[1], &rule))
		return m->err->code;
	rule->flags |= BT_NODE_BRANCH;
	rule->branches = rest_words(m->stmt, 2);
	return 0;
}

/* member TYPE OBJECT TAIL [bind | ROLE] */
static int add_member(struct bt_maker *m)
{
	const struct bt_stmt *s = m->stmt;
	char object[] = "object", tail[] = "tail", tail_bind[] = "tail-bind";
	char *pend = s->nr < 5 ? tail : strcmp(s->words[4], "bind") ? (char *)s->words[4] : tail_bind;
	struct bt_node_rule *rule;
	TSSymbol symbol;

	if (s->nr < 4)
		return bt_maker_fail(m, "a type and two keys are wanted after", "member");
	if (bt_maker_rule(m, s->words[1], &rule))
		return m->err->code;
	symbol = (TSSymbol)(rule - m->t->rules);
	rule->flags |= BT_NODE_MEMBER;
	if (strcmp(s->words[2], "-") && bt_maker_entry_add(m, symbol, false, s->words[2], object))
		return m->err->code;
	if (bt_maker_entry_add(m, symbol, false, s->words[3], pend))
		return m->err->code;
	m->entries[m->entries_nr - 1].entry.flags |= BT_ENTRY_QUALIFY;
	return 0;
}

static int add_word_list(struct bt_maker *m, struct bt_words *ret)
{
	*ret = rest_words(m->stmt, 1);
	return 0;
}

/* mask WORD WORD()..., mask-capitals KEYWORD... */
static int add_masks(struct bt_maker *m)
{
	bool keywords = !strcmp(m->stmt->words[0], "mask-capitals");

	if (!m->t->mask)
		m->t->mask = bt_mask_new(&m->t->arena);
	for (size_t i = 1; i < m->stmt->nr; i++) {
		if (keywords)
			bt_mask_add_keyword(m->t->mask, m->stmt->words[i]);
		else
			bt_mask_add_word(m->t->mask, m->stmt->words[i]);
	}
	return 0;
}

/* How comments and literals look in text that is not parsed. */
static int add_lexis(struct bt_maker *m)
{
	static const struct {
		const char *word;
		uint32_t flags;
	} words[] = {
		{ "//", BT_LEXIS_SLASHES },   { "/*", BT_LEXIS_BLOCK },
		{ "#", BT_LEXIS_HASH },	      { "--", BT_LEXIS_DASHES },
		{ "double", BT_LEXIS_DOUBLE }, { "filled", BT_LEXIS_DOUBLE | BT_LEXIS_FILLED },
		{ "single", BT_LEXIS_SINGLE },
	};

	for (size_t i = 1; i < m->stmt->nr; i++) {
		size_t k = 0;

		while (k < BT_ARRAY_NR(words) && strcmp(words[k].word, m->stmt->words[i]))
			k++;
		if (k == BT_ARRAY_NR(words))
			return bt_maker_fail(m, "no such comment or literal", m->stmt->words[i]);
		m->t->lexis |= words[k].flags;
	}
	for (uint32_t i = 0; i < m->t->symbols_nr; i++) {
		const char *text = ts_language_symbol_name(m->t->stock, (TSSymbol)i);

		if (text && ((!strcmp(text, "\"") && m->t->lexis & BT_LEXIS_DOUBLE) ||
			     (!strcmp(text, "'") && m->t->lexis & BT_LEXIS_SINGLE)))
			m->t->rules[i].flags |= BT_NODE_QUOTE;
	}
	return 0;
}

static int add_default_export(struct bt_maker *m)
{
	char *arg = (char *)(m->stmt->nr > 2 ? m->stmt->words[2] : "");

	if (m->stmt->nr < 2)
		return bt_maker_fail(m, "a policy is wanted after", "export");
	return bt_maker_export(m, m->stmt->words[1], arg, &m->t->export);
}

static const struct {
	const char *verb;
	unsigned flag;
} flag_verbs[] = {
	{ "comment", BT_NODE_COMMENT }, { "lex", BT_NODE_LEX },	      { "branch", BT_NODE_BRANCH },
	{ "nest", BT_NODE_NEST },	{ "indent", BT_NODE_INDENT }, { "self", BT_NODE_SELF },
	{ "super", BT_NODE_SUPER },	{ "docstring", BT_NODE_DOC },
	{ "param-skip", BT_NODE_PARAM_SKIP }, { "lead", BT_NODE_LEAD },
	{ "join", BT_NODE_JOIN },	{ "param", BT_NODE_PARAM },
	{ "dollar", BT_NODE_DOLLAR },
};

/* Statements about detection: langs.c reads them. */
static const char *const header_verbs[] = { "name", "alias", "grammar", "glob", "shebang" };

static int add_stmt(struct bt_maker *m)
{
	const char *verb = m->stmt->words[0];

	for (size_t i = 0; i < BT_ARRAY_NR(header_verbs); i++)
		if (!strcmp(verb, header_verbs[i]))
			return 0;
	for (size_t i = 0; i < BT_ARRAY_NR(flag_verbs); i++)
		if (!strcmp(verb, flag_verbs[i].verb))
			return add_flags(m, flag_verbs[i].flag);
	if (!strcmp(verb, "ident"))
		return add_ident(m);
	if (!strcmp(verb, "section"))
		return add_section(m);
	if (!strcmp(verb, "branch-text"))
		return add_branch_texts(m);
	if (!strcmp(verb, "branch-when"))
		return bt_maker_branch_when(m);
	if (!strcmp(verb, "role"))
		return bt_maker_roles(m);
	if (!strcmp(verb, "member"))
		return add_member(m);
	if (!strcmp(verb, "def") || !strcmp(verb, "import"))
		return bt_maker_def(m);
	if (!strcmp(verb, "mask") || !strcmp(verb, "mask-capitals"))
		return add_masks(m);
	if (!strcmp(verb, "lexis"))
		return add_lexis(m);
	if (!strcmp(verb, "self-text"))
		return add_word_list(m, &m->t->self_texts);
	if (!strcmp(verb, "super-text"))
		return add_word_list(m, &m->t->super_texts);
	if (!strcmp(verb, "test-mark"))
		return add_word_list(m, &m->t->test_marks);
	if (!strcmp(verb, "export"))
		return add_default_export(m);
	return bt_maker_fail(m, "no such statement", verb);
}

/* How many entries and rules each symbol has; those of ERROR are nobody's. */
static void count(struct bt_maker *m)
{
	for (size_t i = 0; i < m->entries_nr; i++) {
		const struct bt_maker_entry *e = &m->entries[i];

		if (e->node < m->t->symbols_nr && e->import)
			m->t->rules[e->node].import_entries_nr++;
		else if (e->node < m->t->symbols_nr)
			m->t->rules[e->node].entries_nr++;
	}
	for (size_t i = 0; i < m->defs_nr; i++)
		if (m->defs[i].node < m->t->symbols_nr)
			m->t->rules[m->defs[i].node].defs_nr++;
}

/* Lays the gathered entries and rules out as one array each, by symbol, in the order of the description. */
static void lay_out(struct bt_maker *m)
{
	struct bt_role_entry *entries = bt_arena_alloc(&m->t->arena, sizeof(*entries) * (m->entries_nr + 1));
	struct bt_def_rule *defs = bt_arena_alloc(&m->t->arena, sizeof(*defs) * (m->defs_nr + 1));

	count(m);
	for (uint32_t i = 0; i < m->t->symbols_nr; i++) {
		struct bt_node_rule *rule = &m->t->rules[i];

		if (m->t->has_params && !(rule->flags & BT_NODE_PARAM))
			rule->flags |= BT_NODE_PARAM_SKIP;
		rule->entries = entries;
		rule->import_entries = entries += rule->entries_nr;
		entries += rule->import_entries_nr;
		rule->defs = defs;
		defs += rule->defs_nr;
		rule->entries_nr = rule->import_entries_nr = rule->defs_nr = 0;
	}
	for (size_t i = 0; i < m->entries_nr; i++) {
		const struct bt_maker_entry *e = &m->entries[i];
		struct bt_node_rule *rule = e->node < m->t->symbols_nr ? &m->t->rules[e->node] : NULL;

		if (!rule)
			continue;
		if (e->import)
			((struct bt_role_entry *)rule->import_entries)[rule->import_entries_nr++] = e->entry;
		else
			((struct bt_role_entry *)rule->entries)[rule->entries_nr++] = e->entry;
	}
	for (size_t i = 0; i < m->defs_nr; i++) {
		TSSymbol node = m->defs[i].node;
		struct bt_node_rule *rule = node < m->t->symbols_nr ? &m->t->rules[node] : NULL;

		if (rule)
			((struct bt_def_rule *)rule->defs)[rule->defs_nr++] = m->defs[i].rule;
	}
}

static void hash_tokens(struct bt_lang_tables *t)
{
	for (uint32_t i = 0; i < t->symbols_nr; i++) {
		const char *text = ts_language_symbol_name(t->stock, (TSSymbol)i);

		t->rules[i].token = bt_hash64(text ? text : "", text ? strlen(text) : 0, 1);
	}
}

int bt_tables_make(const struct bt_desc *d, const char *name, bool user, const TSLanguage *ts,
		   struct bt_lang_tables *ret_tables, struct bt_err *err)
{
	struct bt_lang_tables t = { .ts = ts, .stock = ts, .symbols_nr = ts_language_symbol_count(ts) };
	struct bt_maker m = { .t = &t, .name = name, .user = user, .err = err };
	int rc = 0;

	t.rules = bt_arena_zalloc(&t.arena, sizeof(*t.rules) * (t.symbols_nr + 1));
	for (uint32_t i = 0; i < t.symbols_nr; i++)
		t.rules[i].role = BT_PEND_NONE;
	hash_tokens(&t);
	for (size_t i = 0; i < d->nr && !rc; i++) {
		m.stmt = &d->stmts[i];
		rc = add_stmt(&m);
	}
	if (!rc)
		lay_out(&m);
	free(m.entries);
	free(m.defs);
	if (rc)
		bt_arena_release(&t.arena);
	else
		*ret_tables = t;
	return rc;
}

void bt_tables_release(struct bt_lang_tables *t)
{
	bt_arena_release(&t->arena);
	memset(t, 0, sizeof(*t));
}
