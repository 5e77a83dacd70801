/*
 * One grammar after the other: its code, its text, its hash.
 */
#include "core/grammars/source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"

void bt_sources_release(struct bt_sources *l)
{
	for (size_t i = 0; i < l->nr; i++)
		bt_buf_release(&l->items[i].text);
	bt_arena_release(&l->arena);
	l->nr = 0;
}

static int read_text(struct bt_source *g, enum bt_user_text kind, const char *path, struct bt_err *err)
{
	if (bt_file_read(path, BT_USER_TEXT_MAX, &g->text, err))
		return err->code;
	if (memchr(bt_buf_cstr(&g->text), '\0', g->text.len))
		return bt_err_set(err, BT_ERR_FAIL, "'%s' is no text", path);
	g->text_kind = kind;
	return 0;
}

/* One of these, relative to the root, the grammar's folder or its src/. */
static int find_text(const struct bt_stage *s, struct bt_source *g, enum bt_user_text kind, const char *name,
		     struct bt_err *err)
{
	const char *const where[] = { g->path, "", "queries" };

	for (size_t i = 0; i < BT_ARRAY_NR(where); i++) {
		BT_FREE char *path = bt_xasprintf("%s/%s/%s", s->root, where[i], name);

		if (!access(path, F_OK))
			return read_text(g, kind, path, err);
	}
	return 0;
}

/* A description of ours goes before queries, and what the user gives before what comes along. */
static int choose_text(const struct bt_stage *s, const struct bt_source_texts *texts, struct bt_source *g, struct bt_err *err)
{
	BT_FREE char *described = bt_xasprintf("%s.lang", g->name), *tags = bt_xasprintf("queries/%s/tags.scm", g->name);

	if (texts->kept) {
		g->text_kind = texts->kept->text;
		return bt_user_grammar_text(texts->kept, &g->text, err);
	}
	if (texts->described)
		return read_text(g, BT_USER_DESCRIBED, texts->described, err);
	if (texts->tags)
		return read_text(g, BT_USER_TAGS, texts->tags, err);
	if (find_text(s, g, BT_USER_DESCRIBED, described, err))
		return err->code;
	if (!g->text_kind && find_text(s, g, BT_USER_TAGS, tags, err))
		return err->code;
	if (!g->text_kind && find_text(s, g, BT_USER_TAGS, "queries/tags.scm", err))
		return err->code;
	return g->text_kind ? 0 : find_text(s, g, BT_USER_TAGS, "tags.scm", err);
}

/* Keeps the one of this name. */
static int keep_one(struct bt_sources *l, const char *name, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf names = BT_BUF_INIT;

	for (size_t i = 0; i < l->nr; i++) {
		bt_buf_addf(&names, "%s%s", i ? ", " : "", l->items[i].name);
		if (strcmp(l->items[i].name, name))
			continue;
		l->items[0] = l->items[i];
		l->nr = 1;
		return 0;
	}
	bt_err_set(err, BT_ERR_NOT_FOUND, "there is no grammar '%s' in it", name);
	return bt_err_hint(err, "it has: %s", bt_buf_cstr(&names));
}

int bt_sources_find(const struct bt_stage *s, const char *name, const struct bt_source_texts *texts,
		    struct bt_sources *ret_sources, struct bt_err *err)
{
	struct bt_sources *l = ret_sources;

	*l = (struct bt_sources){ .nr = 0 };
	if (bt_sources_list(s, l, err))
		return err->code;
	if (!l->nr) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "there is no src/parser.c in it");
		return bt_err_hint(err, "`tree-sitter generate` makes it of a grammar.js");
	}
	for (size_t i = 0; i < l->nr; i++)	/* where nobody says what it is called, the code does */
		if (bt_source_read_code(s, l, &l->items[i], err))
			return err->code;
	if (name && keep_one(l, name, err))
		return err->code;
	if (l->nr > 1 && (texts->described || texts->tags)) {
		bt_err_set(err, BT_ERR_USAGE, "there are %zu grammars in it, and one text cannot be for all", l->nr);
		return bt_err_hint(err, "say which one with --grammar");
	}
	for (size_t i = 0; i < l->nr; i++) {
		struct bt_source *g = &l->items[i];

		if (choose_text(s, texts, g, err) || bt_source_hash(s, g, err))
			return err->code;
	}
	return 0;
}
