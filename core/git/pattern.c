/*
 * Patterns by the rules of gitignore(5), for .gitattributes and for index.include / index.exclude.
 *
 * The part before the first wildcard is compared as bytes and only the rest is a glob, as in git;
 * so the '**' of "foo**" + "/bar" stands at the start of a glob and spans folders, there as here.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/git/attr.h"
#include "core/git/glob.h"

bool bt_path_equal(const char *a, const char *b, size_t len, bool ignore_case)
{
	if (!ignore_case)
		return !memcmp(a, b, len);
	for (size_t i = 0; i < len; i++) {
		unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];

		if (x != y && (x >= 0x80 || y >= 0x80 || tolower(x) != tolower(y)))
			return false;
	}
	return true;
}

void bt_glob_parse(struct bt_glob *g, const char *text, size_t len)
{
	size_t i;

	*g = (struct bt_glob){ .text = text, .len = len };
	if (len && text[len - 1] == '/') {
		g->dir_only = true;
		g->len--;
	}
	g->anchored = memchr(g->text, '/', g->len) != NULL;
	if (g->len && *g->text == '/') {
		g->text++;
		g->len--;
	}
	for (i = 0; i < g->len && !strchr("*?[\\", g->text[i]); i++)
		;
	g->literal_len = i;
}

static bool base_match(const struct bt_glob *g, const char *path, size_t path_len, bool ignore_case)
{
	const char *slash = memrchr(path, '/', path_len);
	const char *base = slash ? slash + 1 : path;
	size_t len = (size_t)(path + path_len - base);

	if (g->literal_len == g->len)
		return g->len == len && bt_path_equal(g->text, base, len, ignore_case);
	return bt_wild(g->text, g->len, base, len, ignore_case ? BT_WILD_ICASE : 0);
}

bool bt_glob_match(const struct bt_glob *g, const char *path, size_t path_len, bool ignore_case)
{
	size_t n = g->literal_len;

	if (!g->anchored)
		return base_match(g, path, path_len, ignore_case);
	if (n > path_len || !bt_path_equal(g->text, path, n, ignore_case))
		return false;
	return bt_wild(g->text + n, g->len - n, path + n, path_len - n,
		       BT_WILD_PATHNAME | (ignore_case ? BT_WILD_ICASE : 0));
}

int bt_pattern_parse(const char *text, struct bt_pattern *ret_p, struct bt_err *err)
{
	size_t len = strlen(text);
	struct bt_glob g;

	if (*text == '!')
		return bt_err_set(err, BT_ERR_USAGE,
				  "pattern '%s' starts with '!': "
				  "patterns cannot take others back",
				  text);
	if (len > BT_PATH_LEN_MAX)
		return bt_err_set(err, BT_ERR_USAGE, "a pattern is longer than %d bytes",
				  BT_PATH_LEN_MAX);
	bt_glob_parse(&g, text, len);
	if (!g.len)
		return bt_err_set(err, BT_ERR_USAGE, "pattern '%s' matches nothing", text);
	ret_p->text = bt_xstrdup(text);
	ret_p->glob = bt_xstrndup(g.text, g.len);
	ret_p->anchored = g.anchored;
	ret_p->dir_only = g.dir_only;
	ret_p->literal_len = g.literal_len;
	return 0;
}

void bt_pattern_release(struct bt_pattern *p)
{
	if (!p)
		return;
	free(p->text);
	free(p->glob);
	memset(p, 0, sizeof(*p));
}

bool bt_pattern_match(const struct bt_pattern *p, const char *path, bool ignore_case)
{
	const struct bt_glob g = {
		.text = p->glob,
		.len = strlen(p->glob),
		.literal_len = p->literal_len,
		.anchored = p->anchored,
	};
	const char *slash;

	/* Each folder above it, then the path itself. */
	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		if (bt_glob_match(&g, path, (size_t)(slash - path), ignore_case))
			return true;
	return !p->dir_only && *path && bt_glob_match(&g, path, strlen(path), ignore_case);
}

bool bt_pattern_may_match_below(const struct bt_pattern *p, const char *dir)
{
	size_t dir_len = strlen(dir);
	size_t n = p->literal_len < dir_len ? p->literal_len : dir_len;

	if (!p->anchored || !dir_len)
		return true;
	/* Whether case counts is not known here: it does not. */
	if (!bt_path_equal(p->glob, dir, n, true))
		return false;
	if (p->literal_len > dir_len)
		return p->glob[dir_len] == '/';
	/* The literal part ends within dir, or with it. */
	return p->glob[p->literal_len] || p->literal_len == dir_len || dir[p->literal_len] == '/';
}
