/*
 * npm fetches: it knows the user's registry and how to log in there. What it packs is held to the hash that the registry
 * names, once more and by us.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/mem.h"
#include "core/grammars/stage.h"
#include "core/json/json.h"

#define VIEW_MAX ((size_t)1 << 20)
#define TIMEOUT_MS 300000

static bool is_word(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-~", p[i]))
			return false;
	return len && len <= 214 && *p != '.' && *p != '-';
}

/* [@scope/]name[@version] */
bool bt_stage_is_package(const char *text)
{
	const char *name = text, *at;
	size_t len;

	if (*name == '@') {
		len = strcspn(++name, "/");
		if (!is_word(name, len) || name[len] != '/')
			return false;
		name += len + 1;
	}
	at = strchr(name, '@');
	len = at ? (size_t)(at - name) : strlen(name);
	if (!is_word(name, len))
		return false;
	return !at || (is_word(at + 1, strlen(at + 1)) && strlen(at + 1) < 100);
}

/* The name alone. */
static size_t name_len(const char *package)
{
	const char *at = strchr(package + 1, '@');

	return at ? (size_t)(at - package) : strlen(package);
}

static int run_npm(const char *const *argv, const char *cwd, struct bt_buf *out, const char *package, struct bt_err *err)
{
	static const char *const env[] = { "npm_config_ignore_scripts=true", "npm_config_update_notifier=false",
					   "npm_config_audit=false", "npm_config_fund=false", NULL };
	struct bt_child_opts o = { .argv = argv, .env = env, .cwd = cwd, .in = BT_CHILD_NULL, .timeout_ms = TIMEOUT_MS,
				   .out_max = VIEW_MAX };
	BT_BUF_OWNED struct bt_buf said = BT_BUF_INIT;
	const char *line;
	int status;

	if (bt_child_run(&o, NULL, 0, out, &said, &status, err)) {
		bt_err_wrap(err, "cannot fetch '%s' with npm", package);
		return bt_err_hint(err, "install npm, or give the folder or the tarball of the grammar");
	}
	if (!status)
		return 0;
	/* Its first line is a code, the second one a reason. */
	line = strstr(bt_buf_cstr(&said), "npm error 404 ");
	if (line || strstr(bt_buf_cstr(&said), "E404"))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "the registry has no package '%s'", package);
	line = bt_buf_cstr(&said);
	return bt_err_set(err, BT_ERR_FAIL, "npm cannot fetch '%s': status %d, %.*s", package, status,
			  (int)strcspn(line, "\n"), line);
}

/* What the registry says of it. */
static int view(struct bt_stage *s, const char *package, char **ret_exact, char **ret_integrity, struct bt_err *err)
{
	const char *const argv[] = { "npm", "view", "--json", "--", package, "name", "version", "dist.integrity", NULL };
	const char *name = NULL, *version = NULL, *integrity = NULL;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_JSON_OWNED struct bt_json *j = NULL;

	if (run_npm(argv, s->dir, &out, package, err))
		return err->code;
	if (bt_json_parse(bt_buf_cstr(&out), out.len, &j, err) || bt_json_string(j, "name", &name, err) ||
	    bt_json_string(j, "version", &version, err) || bt_json_string(j, "dist.integrity", &integrity, err))
		return bt_err_set(err, BT_ERR_FAIL, "what npm says about '%s' is not understood: is it one version?", package);
	if (!name || !version || !integrity || strncmp(integrity, "sha512-", 7) || !is_word(version, strlen(version)))
		return bt_err_set(err, BT_ERR_FAIL, "the registry has no SHA-512 of '%s'", package);
	if (strlen(name) != name_len(package) || strncmp(name, package, strlen(name)))
		return bt_err_set(err, BT_ERR_FAIL, "the registry has another package for '%s'", package);
	*ret_exact = bt_xasprintf("%s@%s", name, version);
	*ret_integrity = bt_xstrdup(integrity);
	s->version = bt_xstrdup(version);
	return 0;
}

/* The tarball that npm has made, whatever it calls it. */
static char *find_tarball(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	char *path = NULL;

	while (d && !path && (e = readdir(d))) {
		size_t len = strlen(e->d_name);

		if (len > 4 && !strcmp(e->d_name + len - 4, ".tgz"))
			path = bt_xasprintf("%s/%s", dir, e->d_name);
	}
	if (d)
		closedir(d);
	return path;
}

int bt_stage_npm(struct bt_stage *s, const char *package, struct bt_err *err)
{
	BT_FREE char *exact = NULL, *integrity = NULL, *tarball = NULL;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	if (!bt_stage_is_package(package))
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is no name of a package", package);
	if (view(s, package, &exact, &integrity, err))
		return err->code;
	const char *const argv[] = { "npm", "pack", "--ignore-scripts", "--silent", "--", exact, NULL };
	if (run_npm(argv, s->dir, &out, exact, err))
		return err->code;
	tarball = find_tarball(s->dir);
	if (!tarball)
		return bt_err_set(err, BT_ERR_FAIL, "npm has packed nothing for '%s'", exact);
	s->from = bt_xasprintf("npm %.*s", (int)name_len(package), package);
	return bt_stage_tarball(s, tarball, integrity, err);
}
