/*
 * Which grammars there are. What package files say is taken where it can be used and left where not: a package.json that is
 * no JSON costs what it would have said, unless nothing else says where a grammar is.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/path.h"
#include "core/grammars/source.h"
#include "core/json/json.h"

#define PACKAGE_MAX ((size_t)1 << 20)

/* Shown, and written into a list of lines: nothing but plain text. */
static const char *plain(struct bt_sources *l, const char *text)
{
	char *copy = bt_arena_strndup(&l->arena, text ? text : "", text ? strnlen(text, 200) : 0);

	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '?';
	return copy;
}

/* A word that can be the end of a file's name, or a file's name. */
static bool is_extension(const char *text)
{
	return *text && strlen(text) <= 30 && !strpbrk(text, " \t\r\n*?[]/\\\"#|") && (unsigned char)*text > ' ';
}

static void take_extensions(struct bt_sources *l, const struct bt_json *j, struct bt_source *g)
{
	struct bt_err ignored = BT_ERR_INIT;
	const char **list = NULL;
	size_t nr = 0;

	if (bt_json_strings(j, "file-types", &l->arena, &list, &nr, &ignored))
		return;
	g->extensions = bt_arena_alloc(&l->arena, (nr + 1) * sizeof(*g->extensions));
	for (size_t i = 0; i < nr && i < 64; i++)
		if (is_extension(list[i]))
			g->extensions[g->extensions_nr++] = plain(l, list[i] + (list[i][0] == '.' && !strchr(list[i] + 1, '.')));
}

static bool has_parser(const struct bt_stage *s, const char *path)
{
	BT_FREE char *parser = bt_xasprintf("%s/%s%ssrc/parser.c", s->root, path, *path ? "/" : "");
	struct stat st;

	return !lstat(parser, &st) && S_ISREG(st.st_mode);
}

static struct bt_source *add(struct bt_sources *l, const struct bt_stage *s, const char *name, const char *path)
{
	while (path[0] == '.' && (path[1] == '/' || !path[1]))
		path += path[1] ? 2 : 1;
	if ((*path && !bt_path_sane(path, strlen(path))) || !has_parser(s, path) || l->nr == BT_SOURCE_GRAMMARS_MAX)
		return NULL;
	for (size_t i = 0; i < l->nr; i++)
		if (!strcmp(l->items[i].path, path))
			return NULL;
	l->items[l->nr] = (struct bt_source){ .name = name ? plain(l, name) : NULL, .path = plain(l, path), .licence = "",
					      .version = "" };
	bt_buf_init(&l->items[l->nr].text, BT_USER_TEXT_MAX);
	return &l->items[l->nr++];
}

/* "grammars" of tree-sitter.json, "tree-sitter" of package.json */
static void take_list(struct bt_sources *l, const struct bt_stage *s, const struct bt_json *j, const char *key)
{
	const struct bt_json *one;

	for (size_t i = 0; (one = bt_json_at(j, key, i)); i++) {
		struct bt_err ignored = BT_ERR_INIT;
		const char *name = NULL, *path = ".";
		struct bt_source *g;

		bt_json_string(one, "name", &name, &ignored);
		bt_json_string(one, "path", &path, &ignored);
		g = add(l, s, name, path);
		if (g)
			take_extensions(l, one, g);
	}
}

/* *ret stays NULL when there is no such file, or nothing can be made of it. */
static void read_json(const struct bt_stage *s, const char *name, struct bt_buf *text, struct bt_json **ret)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", s->root, name);
	struct bt_err ignored = BT_ERR_INIT;

	if (!bt_file_read(path, PACKAGE_MAX, text, &ignored))
		bt_json_parse(bt_buf_cstr(text), text->len, ret, &ignored);
}

static const char *string_of(const struct bt_json *j, const char *name)
{
	struct bt_err ignored = BT_ERR_INIT;
	const char *text = NULL;

	if (j)
		bt_json_string(j, name, &text, &ignored);
	return text;
}

/* src/parser.c at the top, or one or two folders below. */
static void search(struct bt_sources *l, const struct bt_stage *s, const char *path, int depth)
{
	BT_FREE char *full = bt_xasprintf("%s/%s", s->root, path);
	struct dirent **names = NULL;
	int nr;

	add(l, s, NULL, path);
	nr = depth ? scandir(full, &names, NULL, alphasort) : 0;
	for (int i = 0; i < nr; i++) {
		BT_FREE char *below = bt_xasprintf("%s%s%s", path, *path ? "/" : "", names[i]->d_name);
		BT_FREE char *at = bt_xasprintf("%s/%s", s->root, below);
		struct stat st;

		if (names[i]->d_name[0] != '.' && !lstat(at, &st) && S_ISDIR(st.st_mode) && strcmp(names[i]->d_name, "src"))
			search(l, s, below, depth - 1);
		free(names[i]);
	}
	free(names);
}

static const char *licence_line(struct bt_sources *l, const struct bt_stage *s)
{
	static const char *const names[] = { "LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING", "UNLICENSE" };

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
		BT_FREE char *path = bt_xasprintf("%s/%s", s->root, names[i]);
		BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
		struct bt_err ignored = BT_ERR_INIT;
		const char *p;

		if (bt_file_read(path, PACKAGE_MAX, &text, &ignored))
			continue;
		p = bt_buf_cstr(&text) + strspn(bt_buf_cstr(&text), " \t\r\n#");
		text.data[(size_t)(p - text.data) + strcspn(p, "\r\n")] = '\0';
		return plain(l, p);
	}
	return "";
}

int bt_sources_list(const struct bt_stage *s, struct bt_sources *l, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf own_text = BT_BUF_INIT, package_text = BT_BUF_INIT;
	BT_JSON_OWNED struct bt_json *own = NULL, *package = NULL;
	const struct bt_json *meta;
	const char *licence, *version;

	read_json(s, "tree-sitter.json", &own_text, &own);
	read_json(s, "package.json", &package_text, &package);
	meta = own ? bt_json_object(own, "metadata") : NULL;
	if (own)
		take_list(l, s, own, "grammars");
	if (package)
		take_list(l, s, package, "tree-sitter");
	if (!l->nr)
		search(l, s, "", 3);
	licence = string_of(package, "license");
	if (!licence)
		licence = string_of(meta, "license");
	licence = licence ? plain(l, licence) : licence_line(l, s);
	version = s->version ? s->version : string_of(package, "version");
	if (!version)
		version = string_of(meta, "version");
	for (size_t i = 0; i < l->nr; i++) {
		struct bt_source *g = &l->items[i];

		g->licence = licence;
		g->version = plain(l, version);
		if (g->name && !bt_user_name_sane(g->name))
			return bt_err_set(err, BT_ERR_FAIL, "'%s' is no name of a language", g->name);
	}
	return 0;
}
