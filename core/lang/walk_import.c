/*
 * Import statements: module, names and aliases, gathered while the walk passes through them.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/lang/walk_state.h"

static void flush(struct walk *w)
{
	struct walk_import *i = &w->import;

	if (!i->has_module && !i->m.items_nr)
		return;
	if (!i->has_module) {
		BT_GROW(w->texts, w->texts_alloc, w->texts_nr + 1);
		w->texts[w->texts_nr] = (struct bt_name){ "", 0 };
		i->m.module = (uint32_t)w->texts_nr++;
	}
	BT_GROW(w->imports, w->imports_alloc, w->imports_nr + 1);
	BT_GROW(w->import_alias, w->import_alias_alloc, w->imports_nr + 1);
	w->imports[w->imports_nr] = i->m;
	w->import_alias[w->imports_nr++] = i->alias;
	i->m.items = (uint32_t)w->items_nr;
	i->m.items_nr = 0;
	i->m.flags = 0;
	i->has_module = false;
	i->alias = (struct walk_text){ NULL, 0 };
}

void walk_import_begin(struct walk *w, const struct bt_def_rule *rule, uint32_t start, uint32_t end)
{
	struct walk_import *i = &w->import;

	memset(i, 0, sizeof(*i));
	i->active = true;
	i->quoted_relative = rule->quoted_relative;
	i->m.start = start;
	i->m.end = end;
	i->m.alias = BT_NONE;
	i->m.items = (uint32_t)w->items_nr;
}

void walk_import_end(struct walk *w)
{
	flush(w);
	w->import.active = false;
}

void walk_import_module(struct walk *w, uint32_t start, uint32_t end)
{
	struct walk_import *i = &w->import;
	const char *s = w->src;
	bool quoted = false;

	if (i->has_module)
		flush(w);
	while (start < end && strchr(" \t\r\n", s[end - 1]))
		end--;
	while (end - start >= 2 && strchr("\"'`<", s[start])) {
		quoted = s[start] != '<';
		if (!quoted)
			i->m.flags |= BT_IMPORT_SYSTEM;
		start++;
		end--;
	}
	if (end - start > BT_PATH_LEN_MAX)
		end = start + BT_PATH_LEN_MAX;
	if ((start < end && s[start] == '.') || (quoted && i->quoted_relative))
		i->m.flags |= BT_IMPORT_RELATIVE;
	BT_GROW(w->texts, w->texts_alloc, w->texts_nr + 1);
	w->texts[w->texts_nr] = (struct bt_name){ s + start, end - start };
	i->m.module = (uint32_t)w->texts_nr++;
	i->has_module = true;
}

static bool is_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || c >= 0x80;
}

/* The last word of a text such as a.b.C; empty when it does not end in one. */
static struct walk_text last_word(const struct walk *w, uint32_t start, uint32_t end)
{
	uint32_t at = end;

	while (at > start && is_word((unsigned char)w->src[at - 1]))
		at--;
	if (end - at > BT_NAME_LEN_MAX)
		end = at + BT_NAME_LEN_MAX;
	return (struct walk_text){ w->src + at, end - at };
}

void walk_import_item(struct walk *w, uint32_t start, uint32_t end)
{
	struct walk_text name = last_word(w, start, end);

	if (!name.len)
		return;
	BT_GROW(w->items, w->items_alloc, w->items_nr + 1);
	w->items[w->items_nr++] = (struct walk_item){ .name = name };
	w->import.m.items_nr++;
}

void walk_import_alias(struct walk *w, uint32_t start, uint32_t end)
{
	struct walk_text name = last_word(w, start, end);

	if (!name.len)
		return;
	if (w->import.m.items_nr)
		w->items[w->items_nr - 1].alias = name;
	else
		w->import.alias = name;
}
