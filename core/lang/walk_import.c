/*
 * Import statements: module, names and aliases, gathered while the walk passes through them.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/lang/walk_state.h"

/* Of an import such as a.b.C, all of it read as the module, the last part is an item. */
static void split_module(struct walk *w)
{
	struct walk_import *i = &w->import;
	struct bt_name *module = &w->texts[i->m.module];
	uint32_t at = module->len, sep_len = (uint32_t)strlen(i->rule->split);

	while (at > sep_len && memcmp(module->text + at - sep_len, i->rule->split, sep_len))
		at--;
	if (at <= sep_len || at == module->len || module->len - at > BT_NAME_LEN_MAX)
		return;
	BT_GROW(w->items, w->items_alloc, w->items_nr + 1);
	w->items[w->items_nr++] = (struct walk_item){
		.name = { module->text + at, module->len - at }, .alias = i->alias,
	};
	i->m.items_nr++;
	i->alias = (struct walk_text){ NULL, 0 };
	module->len = at - sep_len;
}

static void flush(struct walk *w)
{
	struct walk_import *i = &w->import;

	if (i->has_module && i->rule->split && !i->m.items_nr && !(i->m.flags & BT_IMPORT_ALL))
		split_module(w);
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
	i->m.flags = i->rule->reexport ? BT_IMPORT_REEXPORT : 0;
	i->has_module = false;
	i->alias = (struct walk_text){ NULL, 0 };
}

void walk_import_begin(struct walk *w, const struct bt_def_rule *rule, uint32_t start, uint32_t end)
{
	struct walk_import *i = &w->import;

	memset(i, 0, sizeof(*i));
	i->active = true;
	i->rule = rule;
	i->m.flags = rule->reexport ? BT_IMPORT_REEXPORT : 0;
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

static bool is_relative(const struct walk_import *i, const struct bt_name *module)
{
	char text[256];

	if (!i->rule->relative.nr || module->len >= sizeof(text))
		return false;
	memcpy(text, module->text, module->len);
	text[module->len] = '\0';
	for (size_t k = 0; k < i->rule->relative.nr; k++)
		if (!fnmatch(i->rule->relative.words[k], text, 0))
			return true;
	return false;
}

static void set_module(struct walk *w, struct bt_name module)
{
	struct walk_import *i = &w->import;

	if (is_relative(i, &module))
		i->m.flags |= BT_IMPORT_RELATIVE;
	BT_GROW(w->texts, w->texts_alloc, w->texts_nr + 1);
	w->texts[w->texts_nr] = module;
	i->m.module = (uint32_t)w->texts_nr++;
	i->has_module = true;
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
	if ((start < end && s[start] == '.') || (quoted && i->rule->quoted_relative))
		i->m.flags |= BT_IMPORT_RELATIVE;
	set_module(w, (struct bt_name){ s + start, end - start });
}

void walk_import_part(struct walk *w, uint32_t start, uint32_t end)
{
	struct bt_name *last = w->texts_nr ? &w->texts[w->texts_nr - 1] : NULL;

	if (!w->import.has_module || memchr(last->text + last->len, ',', start - (last->text + last->len - w->src)))
		walk_import_module(w, start, end);
	else if (w->src + end - last->text <= BT_PATH_LEN_MAX)
		last->len = (uint32_t)(w->src + end - last->text);
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

/* The prefixes on the way from the statement to the node at hand, with the separator between. */
static struct bt_name join_prefixes(struct walk *w)
{
	const char *sep = w->import.rule->nested;
	size_t len = 0, top = w->depth - 1, sep_len = strlen(sep);
	struct bt_name name = { "", 0 };
	char *text;

	while (top && !w->frames[top].import_top)
		top--;
	for (size_t at = top; at < w->depth; at++)
		if (w->frames[at].object_end)
			len += w->frames[at].object_end - w->frames[at].object_start + sep_len;
	if (!len || len > BT_PATH_LEN_MAX)
		return name;
	text = bt_arena_alloc(&w->arena, len);
	for (size_t at = top; at < w->depth; at++) {
		const struct walk_frame *f = &w->frames[at];
		uint32_t part = f->object_end - f->object_start;

		if (!f->object_end)
			continue;
		if (name.len) {
			memcpy(text + name.len, sep, sep_len);
			name.len += (uint32_t)sep_len;
		}
		memcpy(text + name.len, w->src + f->object_start, part);
		name.len += part;
	}
	name.text = text;
	return name;
}

/* Imports that nest: the module of a name is made of the prefixes around it. False: it has none. */
static bool nested_module(struct walk *w)
{
	struct bt_name module = join_prefixes(w);
	const struct bt_name *last = w->texts_nr ? &w->texts[w->texts_nr - 1] : NULL;

	if (!module.len)
		return false;
	if (w->import.has_module && last->len == module.len &&
	    !memcmp(last->text, module.text, module.len))
		return true;
	flush(w);
	set_module(w, module);
	return true;
}

void walk_import_all(struct walk *w)
{
	if (!w->import.active)
		return;
	if (w->import.rule->nested)
		nested_module(w);
	w->import.m.flags |= BT_IMPORT_ALL;
}

void walk_import_item(struct walk *w, uint32_t start, uint32_t end)
{
	struct walk_text name = last_word(w, start, end);

	if (w->import.rule->nested && !nested_module(w)) {
		walk_import_module(w, start, end);
		return;
	}
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
	if (w->import.m.items_nr && !(w->import.m.flags & BT_IMPORT_ALL))
		w->items[w->items_nr - 1].alias = name;
	else
		w->import.alias = name;
}
