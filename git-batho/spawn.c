/*
 * Finding and running git-batho-indexer.
 */
#include "git-batho/spawn.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/file.h"
#include "core/base/trace2.h"

#ifndef PKGLIBEXECDIR
#define PKGLIBEXECDIR "/usr/local/libexec/git-batho"
#endif

static bool try_folder(const char *folder, size_t len, char **ret_path)
{
	char *path = bt_xasprintf("%.*s/git-batho-indexer", (int)len, folder);

	if (!access(path, X_OK)) {
		*ret_path = path;
		return true;
	}
	free(path);
	return false;
}

int bt_indexer_path(char **ret_path, struct bt_err *err)
{
	const char *from_env = getenv("BATHO_EXEC_PATH");
	BT_FREE char *self = NULL;

	if (from_env && *from_env && try_folder(from_env, strlen(from_env), ret_path))
		return 0;
	if (!bt_file_program_path(&self, err)) {
		const char *slash = strrchr(self, '/');
		BT_FREE char *beside = NULL;

		if (slash && try_folder(self, (size_t)(slash - self), ret_path))
			return 0;
		beside = bt_xasprintf("%.*s/../libexec/git-batho", slash ? (int)(slash - self) : 0, self);
		if (try_folder(beside, strlen(beside), ret_path))
			return 0;
	}
	if (try_folder(PKGLIBEXECDIR, strlen(PKGLIBEXECDIR), ret_path))
		return 0;
	bt_err_set(err, BT_ERR_FAIL, "cannot find git-batho-indexer");
	return bt_err_hint(err, "install git-batho whole, or set BATHO_EXEC_PATH to its folder");
}

int bt_indexer_exec(struct bt_context *c, struct bt_err *err)
{
	BT_FREE char *path = NULL;

	if (bt_indexer_path(&path, err))
		return err->code;
	bt_trace2_exec((const char *const *)c->argv);
	execv(path, c->argv);
	return bt_err_errno(err, "cannot run '%s'", path);
}

int bt_indexer_run(struct bt_context *c, const char *const *args, struct bt_buf *out, struct bt_err *err)
{
	return bt_indexer_ask(c, args, NULL, 0, out, err);
}

int bt_indexer_ask(struct bt_context *c, const char *const *args, const void *in, size_t in_len, struct bt_buf *out,
		   struct bt_err *err)
{
	BT_FREE const char **argv = NULL;
	BT_FREE char *path = NULL, *dir = NULL;
	const char *env[2] = { NULL, NULL };
	/* What it prints for people is not the answer of this process. */
	struct bt_child_opts o = { .in = in ? BT_CHILD_PIPE : BT_CHILD_NULL, .out = BT_CHILD_NULL, .err = BT_CHILD_INHERIT,
				   .same_group = true };
	size_t nr = 0;
	int status;

	if (bt_indexer_path(&path, err) || bt_context_store_aside(c, err))
		return err->code;
	while (args[nr])
		nr++;
	argv = bt_xcalloc(nr + 2, sizeof(*argv));
	argv[0] = path;
	memcpy(argv + 1, args, nr * sizeof(*args));
	if (c->store_temporary)
		env[0] = dir = bt_xasprintf("BATHO_STORE_DIR=%s", c->store_dir);
	o.argv = argv;
	o.env = env[0] ? env : NULL;
	if (bt_child_run(&o, in, in_len, out, NULL, &status, err))
		return err->code;
	if (status <= 1)
		return status ? BT_ROW : 0;
	if (status == 130)
		return bt_err_set(err, BT_ERR_CANCELED, "interrupted");
	if (status <= 129)	/* it said why itself */
		return bt_err_set(err, BT_ERR_FAIL, "%s", "");
	return bt_err_set(err, BT_ERR_FAIL, "git-batho-indexer ended with status %d", status);
}
