/*
 * Makes the part of the tables that says what becomes of names: the statement `role`.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/lang/tables_make.h"

static const struct {
	const char *word;
	uint8_t pend;
} pend_names[] = {
	{ "none", BT_PEND_NONE },	{ "pass", BT_PEND_PASS },   { "bind", BT_PEND_BIND },
	{ "names", BT_PEND_NAMES },	{ "export", BT_PEND_EXPORT },
	{ "own", BT_PEND_OWN },		{ "body", BT_PEND_BODY },   { "params", BT_PEND_PARAMS },
	{ "module", BT_PEND_MODULE },	{ "item", BT_PEND_ITEM },   { "alias", BT_PEND_ALIAS },
	{ "all", BT_PEND_ALL },		{ "object", BT_PEND_OBJECT }, { "tail", BT_PEND_TAIL },
	{ "tail-bind", BT_PEND_TAIL_BIND }, { "prefix", BT_PEND_PREFIX }, { "text", BT_PEND_TEXT },
	{ "past", BT_PEND_PAST },
	{ "param", BT_PEND_PARAM },	{ "part", BT_PEND_PART },	{ "flat", BT_PEND_FLAT },
};

static int find_pend(struct bt_maker *m, const char *word, uint8_t *ret_pend)
{
	int role;

	for (size_t i = 0; i < BT_ARRAY_NR(pend_names); i++) {
		if (!strcmp(pend_names[i].word, word)) {
			*ret_pend = pend_names[i].pend;
			return 0;
		}
	}
	role = bt_role_find(word);
	if (role < 0)
		return bt_maker_fail(m, "no role", word);
	*ret_pend = (uint8_t)role;
	return 0;
}

static bool take_suffix(char *word, struct bt_role_entry *e)
{
	static const struct {
		char c;
		uint8_t flag;
	} suffixes[] = { { '+', BT_ENTRY_SPREAD }, { '*', BT_ENTRY_DEEP }, { '!', BT_ENTRY_BEFORE } };
	size_t len = strlen(word);

	for (size_t i = 0; len && i < BT_ARRAY_NR(suffixes); i++) {
		if (word[len - 1] != suffixes[i].c)
			continue;
		e->flags |= suffixes[i].flag;
		word[len - 1] = '\0';
		return true;
	}
	return false;
}

/* ROLE [ (as=KIND) | (if=ROLE) | (next=CHARS) ] [ + | * ] [ ! ] */
static int parse_pend(struct bt_maker *m, char *word, struct bt_role_entry *e)
{
	char *as = strstr(word, "(as="), *under = strstr(word, "(if=");
	char *next = strstr(word, "(next=");

	e->as = BT_AS_KEEP;
	while (take_suffix(word, e))
		;
	if (as) {
		*as = '\0';
		as += 4;
		as[strcspn(as, ")")] = '\0';
		if (!strcmp(as, "base"))
			e->as = BT_AS_BASE;
		else if (bt_maker_kind(m, as, &e->as))
			return m->err->code;
	}
	if (next) {
		*next = '\0';
		next += 6;
		next[strlen(next) - 1] = '\0';
		e->flags |= BT_ENTRY_NEXT;
		e->next = next;
	}
	if (under) {
		*under = '\0';
		under += 4;
		under[strcspn(under, ")")] = '\0';
		e->flags |= BT_ENTRY_UNDER;
		if (find_pend(m, under, &e->under))
			return m->err->code;
	}
	return find_pend(m, word, &e->pend);
}

int bt_maker_entry_add(struct bt_maker *m, TSSymbol symbol, bool import, const char *key, char *pend)
{
	struct bt_maker_entry *e;

	BT_GROW(m->entries, m->entries_alloc, m->entries_nr + 1);
	e = &m->entries[m->entries_nr++];
	memset(e, 0, sizeof(*e));
	e->node = symbol;
	e->import = import;
	for (; *key == '^' || *key == '$'; key++)
		e->entry.flags |= *key == '^' ? BT_ENTRY_FIRST : BT_ENTRY_LAST;
	if (bt_maker_key(m, key, &e->entry.field, &e->entry.symbol))
		return m->err->code;
	return parse_pend(m, pend, &e->entry);
}

int bt_maker_roles(struct bt_maker *m)
{
	char *type = (char *)(m->stmt->nr > 1 ? m->stmt->words[1] : "");
	char *at = strstr(type, "@import");
	TSSymbol symbol;

	if (at)
		*at = '\0';
	if (bt_maker_symbol(m, type, &symbol))
		return m->err->code;
	for (size_t i = 2; i < m->stmt->nr; i++) {
		char *key = (char *)m->stmt->words[i];
		char *type_end = strchr(key, '>'), *eq = key;

		if (type_end && key[strspn(key, "^$")] == '<')
			eq = type_end;
		eq = strchr(eq, '=');
		if (!eq)
			return bt_maker_fail(m, "no '=' in", key);
		*eq = '\0';
		if (bt_maker_entry_add(m, symbol, at != NULL, key, eq + 1))
			return m->err->code;
	}
	return 0;
}
