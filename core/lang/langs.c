/*
 * The table of languages and their versions, from the headers of the embedded descriptions, and from the user's list.
 */
#include "core/lang/langs.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/lang/desc.h"
#include "core/lang/grammar_versions.h"
#include "core/lang/langs_table.h"
#include "core/lang/user_grammars.h"

/* Built once, on first use, and never changed: constant data that the build could have printed. */
static struct bt_langs_table table;

static uint64_t grammar_version(const char *grammar, uint64_t seed)
{
	const struct bt_grammar_version *v;

	for (v = bt_grammar_versions; v->name; v++) {
		if (strcmp(v->name, grammar) && strcmp(v->name, "tree-sitter"))
			continue;
		seed = bt_hash64(v->version, strlen(v->version), seed);
		seed = bt_hash64(v->integrity, strlen(v->integrity), seed);
	}
	return seed;
}

static void add_name(const char *name, unsigned lang)
{
	BT_GROW(table.names, table.names_alloc, table.names_nr + 1);
	table.names[table.names_nr++] = (struct bt_langs_name){ name, lang };
}

static void add_glob(const char *glob, unsigned lang)
{
	BT_GROW(table.globs, table.globs_alloc, table.globs_nr + 1);
	table.globs[table.globs_nr++] = (struct bt_langs_name){ glob, lang };
}

static void add_shebang(const char *name, unsigned lang)
{
	BT_GROW(table.shebangs, table.shebangs_alloc, table.shebangs_nr + 1);
	table.shebangs[table.shebangs_nr++] = (struct bt_langs_name){ name, lang };
}

/*
 * The statements of a description's header, one word after the other; NULL at the end.
 */
struct header {
	const char *at;		/* in a line: behind the last word */
	int verb;		/* index of the line's verb, or -1: at the start of a line */
};

enum { VERB_ALIAS, VERB_GLOB, VERB_SHEBANG, VERB_GRAMMAR, VERB_NR };
static const char *const verbs[VERB_NR] = { "alias ", "glob ", "shebang ", "grammar " };

static const char *next_word(struct header *h)
{
	for (;;) {
		size_t len;

		h->at += strspn(h->at, " \t");
		len = strcspn(h->at, " \t\n");
		if (h->verb >= 0 && len && *h->at != '#') {
			const char *word = bt_arena_strndup(&table.words, h->at, len);

			h->at += len;
			return word;
		}
		h->at += strcspn(h->at, "\n");
		if (!*h->at)
			return NULL;
		h->at++;
		h->verb = -1;
		for (int v = 0; v < VERB_NR && h->verb < 0; v++) {
			if (strncmp(h->at, verbs[v], strlen(verbs[v])))
				continue;
			h->verb = v;
			h->at += strlen(verbs[v]);
		}
	}
}

static struct bt_lang *add_lang(const char *name, const char *header)
{
	static void (*const add[])(const char *word, unsigned lang) = {
		[VERB_ALIAS] = add_name, [VERB_GLOB] = add_glob, [VERB_SHEBANG] = add_shebang,
	};
	struct bt_lang *l = &table.langs[table.nr];
	struct header h = { .at = header, .verb = -1 };
	const char *word;

	*l = (struct bt_lang){ .name = name, .grammar = name, .index = (unsigned)table.nr };
	add_name(l->name, l->index);
	while ((word = next_word(&h))) {
		if (h.verb == VERB_GRAMMAR)
			l->grammar = word;
		else
			add[h.verb](word, l->index);
	}
	table.nr++;
	return l;
}

/* Sources, the library that was made of them, the text, the runtime: facts of another build are other facts. */
static void add_user_lang(const struct bt_user_grammar *g)
{
	struct bt_lang *l = add_lang(g->name, g->header);
	uint64_t h = grammar_version("", BT_EXTRACTOR_CODE_VERSION);

	h = bt_hash64(g->hash, strlen(g->hash), h);
	h = bt_hash64(g->object, strlen(g->object), h);
	h = bt_hash64(g->symbol, strlen(g->symbol), h);
	if (g->text)
		h = bt_hash64(g->text_hash, strlen(g->text_hash), bt_mix64(h ^ g->text));
	l->version = h;
	l->user = g;
}

/* One that is not used, or is not allowed to stand in for a built-in one of its name, is no language. */
static bool is_used(const struct bt_user_grammar *g)
{
	return !g->trouble && (g->replaces || !bt_lang_is_built_in(g->name));
}

static bool is_replaced(const struct bt_user_grammars *users, const char *name)
{
	const struct bt_user_grammar *g = bt_user_grammar_find(users, name);

	return g && is_used(g);
}

bool bt_lang_is_built_in(const char *name)
{
	for (const struct bt_lang_desc_text *t = bt_lang_desc_texts; t->name; t++)
		if (!strcmp(t->name, name))
			return true;
	return false;
}

const struct bt_langs_table *bt_langs_table(void)
{
	const struct bt_user_grammars *users;
	size_t nr = 0;

	if (table.nr)
		return &table;
	users = bt_user_grammars();
	while (bt_lang_desc_texts[nr].name)
		nr++;
	table.langs = bt_xcalloc(nr + users->nr + 1, sizeof(*table.langs));
	for (size_t i = 0; i < nr; i++) {
		const struct bt_lang_desc_text *text = &bt_lang_desc_texts[i];
		struct bt_lang *l;

		if (is_replaced(users, text->name))
			continue;
		l = add_lang(text->name, text->header);
		l->version = grammar_version(l->grammar, bt_hash64(text->text, strlen(text->text),
								    BT_EXTRACTOR_CODE_VERSION));
	}
	for (size_t i = 0; i < users->nr; i++)
		if (is_used(&users->items[i]))
			add_user_lang(&users->items[i]);
	return &table;
}

size_t bt_langs_nr(void)
{
	return bt_langs_table()->nr;
}

const struct bt_lang *bt_lang_get(size_t index)
{
	const struct bt_langs_table *t = bt_langs_table();

	return index < t->nr ? &t->langs[index] : NULL;
}

const struct bt_lang *bt_lang_find(const char *name)
{
	const struct bt_langs_table *t = bt_langs_table();

	/* Rules name hundreds of languages: most names differ in their first letter, whatever its case. */
	for (size_t i = 0; i < t->names_nr; i++)
		if (!((t->names[i].name[0] ^ name[0]) & ~0x20) && !strcasecmp(t->names[i].name, name))
			return &t->langs[t->names[i].lang];
	return NULL;
}

/* Letters of the shorter that stand in both at the same distance from either end. */
static size_t likeness(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), nr = 0, max = la < lb ? la : lb;

	for (size_t i = 0; i < max; i++)
		nr += a[i] == b[i];
	for (size_t i = 1; i <= max; i++)
		nr += a[la - i] == b[lb - i];
	return la + lb > 2 * max + 2 ? 0 : nr;
}

const char *bt_lang_nearest(const char *name)
{
	const struct bt_langs_table *t = bt_langs_table();
	const char *best = NULL;
	size_t best_nr = strlen(name);

	for (size_t i = 0; i < t->names_nr; i++) {
		size_t nr = likeness(t->names[i].name, name);

		if (nr >= best_nr && nr > 1) {
			best = t->names[i].name;
			best_nr = nr + 1;
		}
	}
	return best;
}

uint64_t bt_langs_version(void)
{
	const struct bt_langs_table *t = bt_langs_table();
	uint64_t h = bt_detect_version();

	for (size_t i = 0; i < t->nr; i++) {
		h = bt_hash64(t->langs[i].name, strlen(t->langs[i].name), h);
		h = bt_mix64(h ^ t->langs[i].version);
	}
	return h;
}
