/*
 * What the code of a grammar is: read line by line, since a parser.c may have a hundred megabytes.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/grammars/source.h"

static void file_close(FILE **f)
{
	if (*f)
		fclose(*f);
}

static char *code_path(const struct bt_stage *s, const struct bt_source *g, const char *name)
{
	return bt_xasprintf("%s/%s%ssrc/%s", s->root, g->path, *g->path ? "/" : "", name);
}

/* tree_sitter_NAME(void) where it is defined, not declared, and no part of a scanner. */
static void see_symbol(struct bt_sources *l, struct bt_source *g, const char *line)
{
	const char *p = strstr(line, "tree_sitter_");
	size_t len;

	if (!p || strstr(line, "_external_scanner_") || strchr(line, ';'))
		return;
	len = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	if (len > 12 && len <= BT_USER_NAME_MAX && (!strncmp(p + len, "(void)", 6) || !strncmp(p + len, "()", 2)))
		g->symbol = bt_arena_strndup(&l->arena, p, len);
}

static void see_include(struct bt_sources *l, struct bt_source *g, const char *line)
{
	const char *p = line + strspn(line, " \t");
	size_t len;

	if (*p != '#')
		return;
	p += 1 + strspn(p + 1, " \t");
	if (strncmp(p, "include", 7))
		return;
	p += 7 + strspn(p + 7, " \t");
	len = strcspn(p + (*p != '\0'), ">\"\r\n") + 2;
	if ((*p != '<' && *p != '"') || len > 100 || len > strlen(p))
		return;
	if (*p == '"' && !strncmp(p + 1, "tree_sitter/", 12))
		return;
	for (size_t i = 0; i < g->includes_nr; i++)
		if (strlen(g->includes[i]) == len && !strncmp(g->includes[i], p, len))
			return;
	if (g->includes_nr < BT_SOURCE_INCLUDES_MAX)
		g->includes[g->includes_nr++] = bt_arena_strndup(&l->arena, p, len);
}

static int read_lines(struct bt_sources *l, struct bt_source *g, const char *path, bool parser, uint64_t *lines,
		      struct bt_err *err)
{
	BT_CLEANUP(file_close) FILE *f = fopen(path, "re");
	BT_FREE char *line = NULL;
	size_t alloc = 0;

	if (!f)
		return bt_err_errno(err, "cannot read '%s'", path);
	while (getline(&line, &alloc, f) > 0) {
		if (!(++*lines & 0xffff) && bt_cancel_check(err))
			return err->code;
		see_include(l, g, line);
		if (!parser)
			continue;
		see_symbol(l, g, line);
		if (!strncmp(line, "#define LANGUAGE_VERSION ", 25))
			g->abi = (unsigned)strtoul(line + 25, NULL, 10);
	}
	return ferror(f) ? bt_err_errno(err, "cannot read '%s'", path) : 0;
}

/* Sources and headers of its own that are compiled along, wherever in the stage they lie: whatever is no parser. */
static int read_others(const struct bt_stage *s, struct bt_sources *l, struct bt_source *g, const char *path, struct bt_err *err)
{
	BT_FREE char *full = bt_xasprintf("%s/%s", s->root, path);
	struct dirent **names = NULL;
	int nr = scandir(full, &names, NULL, alphasort), rc = 0;

	for (int i = 0; i < nr; i++) {
		const char *name = names[i]->d_name, *dot = strrchr(name, '.');
		BT_FREE char *below = bt_xasprintf("%s%s%s", path, *path ? "/" : "", name);
		BT_FREE char *at = bt_xasprintf("%s/%s", s->root, below);
		struct stat st;

		if (!rc && *name != '.' && !lstat(at, &st)) {
			if (S_ISDIR(st.st_mode))
				rc = read_others(s, l, g, below, err);
			else if (dot && strchr("ch", dot[1]) && strcmp(name, "parser.c"))
				rc = read_lines(l, g, at, false, &g->other_lines, err);
		}
		free(names[i]);
	}
	free(names);
	return rc;
}

static void find_scanner(const struct bt_stage *s, struct bt_source *g)
{
	static const char *const names[] = { "scanner.c", "scanner.cc", "scanner.cpp" };

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
		BT_FREE char *path = code_path(s, g, names[i]);
		struct stat st;

		if (lstat(path, &st) || !S_ISREG(st.st_mode))
			continue;
		g->scanner = names[i];
		g->cxx = i > 0;
		return;
	}
}

int bt_source_read_code(const struct bt_stage *s, struct bt_sources *l, struct bt_source *g, struct bt_err *err)
{
	BT_FREE char *parser = code_path(s, g, "parser.c");

	if (read_lines(l, g, parser, true, &g->parser_lines, err))
		return err->code;
	if (!g->symbol)
		return bt_err_set(err, BT_ERR_FAIL, "%s%ssrc/parser.c defines no language", g->path, *g->path ? "/" : "");
	find_scanner(s, g);
	if (!g->name)
		g->name = g->symbol + strlen("tree_sitter_");
	if (!bt_user_name_sane(g->name))
		return bt_err_set(err, BT_ERR_FAIL, "'%s' is no name of a language", g->name);
	return read_others(s, l, g, "", err);
}
