/*
 * The queue of the repository at hand, and its executor: for both programs.
 */
#include "git-batho/queue/queue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "git-batho/metrics.h"

int queue_open(struct bt_context *c, enum bt_queue_mode mode, struct bt_queue **ret_q, struct bt_err *err)
{
	return bt_queue_open(c->store_dir, mode, bt_conf_shared_mode(c->conf), BT_QUEUE_BUSY_MS, ret_q, err);
}

/* <folder>/git-batho, when it is there. */
static bool try_folder(const char *folder, size_t len, char **ret_path)
{
	char *path = bt_xasprintf("%.*s/git-batho", (int)len, folder);

	if (!access(path, X_OK)) {
		*ret_path = path;
		return true;
	}
	free(path);
	return false;
}

/* Told by who started this one; this one itself; beside it (build tree); where both are installed. */
int queue_program(char **ret_path, struct bt_err *err)
{
	const char *told = getenv(QUEUE_PROGRAM_ENV);
	BT_FREE char *self = NULL, *moved = NULL;
	const char *slash;

	if (told && *told == '/') {
		*ret_path = bt_xstrdup(told);
		return 0;
	}
	if (bt_file_program_path(&self, err))
		return err->code;
	slash = strrchr(self, '/');
	if (!slash || strcmp(slash, "/git-batho-indexer")) {
		*ret_path = self;
		self = NULL;
		return 0;
	}
	moved = bt_xasprintf("%.*s/../../bin", (int)(slash - self), self);
	if (try_folder(self, (size_t)(slash - self), ret_path) || try_folder(moved, strlen(moved), ret_path) ||
	    try_folder(BINDIR, strlen(BINDIR), ret_path))
		return 0;
	return bt_err_set(err, BT_ERR_FAIL, "cannot find git-batho");
}

static void tell(void *ctx, const char *line)
{
	bt_notice(ctx, "%s", line);
}

static void counted(void *ctx)
{
	bt_metrics_publish(ctx);
}

int queue_executor(struct bt_context *c, struct bt_executor_opts *ret_o, char **ret_path, struct bt_err *err)
{
	if (queue_program(ret_path, err))
		return err->code;
	*ret_o = (struct bt_executor_opts){
		.repo = &c->repo, .conf = c->conf, .dir = c->store_dir, .shared_mode = bt_conf_shared_mode(c->conf), .program = *ret_path,
		.tell = tell, .tell_ctx = c, .counted = counted, .counted_ctx = c,
	};
	return 0;
}

int queue_wake(struct bt_context *c, struct bt_err *err)
{
	BT_FREE char *path = NULL;

	if (bt_conf_get(c->conf, BT_KEY_BATCH_AUTO_EXECUTE)->number == BT_BATCH_EXECUTE_MANUAL)
		return 0;
	return queue_program(&path, err) || bt_executor_detach(&c->repo, path, c->store_dir, err) ? err->code : 0;
}

void queue_record_queued(struct bt_context *c, const struct bt_action *a, bool known)
{
	bt_out_record(c->out, "queued");
	bt_out_uint(c->out, "id", a->id);
	bt_out_cstr(c->out, "kind", bt_action_kind_name(a->kind));
	bt_out_cstr(c->out, "target", a->lane);
	bt_out_cstr(c->out, "state", bt_action_state_name(a->state));
	bt_out_bool(c->out, "known", known);
	if (a->leader)
		bt_out_uint(c->out, "joined", a->leader);
	else
		bt_out_null(c->out, "joined");
	if (a->content.len)
		bt_out_oid(c->out, "content", &a->content);
	else
		bt_out_null(c->out, "content");
	if (a->result.len)
		bt_out_oid(c->out, "result", &a->result);
	else
		bt_out_null(c->out, "result");
	bt_out_cstr(c->out, "detail", a->detail);
	bt_out_record_end(c->out);
}
