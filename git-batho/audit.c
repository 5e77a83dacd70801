#include "git-batho/audit.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/batch/enqueue.h"
#include "store/queue_audit.h"

#define DETAIL_LEN_MAX 512

static int record(const struct bt_context *c, const char *what, const char *result, const char *detail, struct bt_err *err)
{
	BT_CLEANUP(bt_queue_free) struct bt_queue *q = NULL;

	if (bt_queue_open(c->store_dir, BT_QUEUE_WRITE, bt_conf_shared_mode(c->conf), BT_QUEUE_BUSY_MS, &q, err))
		return err->code;
	bt_queue_agent_set(q, bt_agent_default());
	return bt_queue_audit(q, what, result, detail, err);
}

void bt_audit(const struct bt_context *c, const char *what, const char *result, const char *fmt, ...)
{
	struct bt_err err = BT_ERR_INIT;
	char detail[DETAIL_LEN_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	if (!c->store_dir || c->store_temporary || !record(c, what, result, detail, &err) || err.code == BT_ERR_READONLY)
		return;
	bt_notice(c, "'%s' was done and is not in the audit: %s", what, err.msg);
}
