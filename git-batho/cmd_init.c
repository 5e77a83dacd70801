/*
 * git batho init: makes the place for the index. Safe to repeat.
 */
#include <string.h>

#include "git-batho/commands.h"
#include "git-batho/context.h"

static const char *const init_usage[] = { "[<options>]", NULL };

static int run_init(struct bt_context *c, void *opts BT_UNUSED, const struct bt_args *args,
		    struct bt_err *err)
{
	BT_FREE char *db = bt_xasprintf("%s/index.db", c->store_dir);
	struct bt_store *existing = NULL;
	struct bt_err found = BT_ERR_INIT;
	const char *done;
	int rc;

	if (args->nr)
		return bt_err_set(err, BT_ERR_USAGE, "init takes no argument");
	rc = bt_store_open(c->store_dir, BT_STORE_READ, 0, &existing, &found);
	bt_store_free(&existing);
	if (rc && rc != BT_ERR_NOT_FOUND)
		return *err = found, rc;
	if (!bt_context_can_write(c))
		return bt_err_set(err, BT_ERR_READONLY, "cannot write to '%s'", c->repo.common_dir);
	if (bt_store_open(c->store_dir, BT_STORE_WRITE, bt_conf_shared_mode(c->conf), &c->store, err))
		return err->code;
	done = rc ? "created" : "already there";
	bt_out_record(c->out, "store");
	bt_out_cstr(c->out, "path", db);
	bt_out_bool(c->out, "created", rc != 0);
	bt_out_record_end(c->out);
	if (!c->common.quiet) {
		bt_out_path(c->out, BT_COLOR_PATH, db, strlen(db));
		bt_out_textf(c->out, BT_COLOR_NONE, ": %s", done);
		bt_out_nl(c->out);
	}
	return 0;
}

const struct bt_command bt_cmd_init = {
	.name = "init",
	.summary = "make the place for the index",
	.usage = init_usage,
	.flags = BT_NEEDS_REPO,
	.run = run_init,
};
