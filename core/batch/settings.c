#include "core/batch/settings.h"

static int64_t number(const struct bt_conf *conf, enum bt_key_id key)
{
	return bt_conf_get(conf, key)->number;
}

void bt_batch_settings_read(const struct bt_conf *conf, struct bt_batch_settings *ret_s)
{
	static const enum bt_key_id windows[BT_ACTION_KIND_NR] = {
		[BT_ACTION_COMMIT] = BT_KEY_BATCH_WINDOW_COMMIT,     [BT_ACTION_MERGE] = BT_KEY_BATCH_WINDOW_MERGE,
		[BT_ACTION_PUSH] = BT_KEY_BATCH_WINDOW_PUSH,	     [BT_ACTION_WORKFLOW] = BT_KEY_BATCH_WINDOW_WORKFLOW,
		[BT_ACTION_DEPLOY] = BT_KEY_BATCH_WINDOW_DEPLOY,
	};
	static const enum bt_key_id urgent[BT_ACTION_KIND_NR] = {
		[BT_ACTION_COMMIT] = BT_KEY_BATCH_URGENT_COMMIT,     [BT_ACTION_MERGE] = BT_KEY_BATCH_URGENT_MERGE,
		[BT_ACTION_PUSH] = BT_KEY_BATCH_URGENT_PUSH,	     [BT_ACTION_WORKFLOW] = BT_KEY_BATCH_URGENT_WORKFLOW,
		[BT_ACTION_DEPLOY] = BT_KEY_BATCH_URGENT_DEPLOY,
	};
	const char *verify = bt_conf_get(conf, BT_KEY_BATCH_VERIFY)->text;

	*ret_s = (struct bt_batch_settings){
		.windows = { .debounce_cap = (unsigned)number(conf, BT_KEY_BATCH_DEBOUNCE_CAP),
			     .batch_max = (unsigned)number(conf, BT_KEY_BATCH_MAX_SIZE),
			     .parallel_max = (unsigned)number(conf, BT_KEY_BATCH_MAX_PARALLEL) },
		.style = (enum bt_fold_style)number(conf, BT_KEY_BATCH_STYLE),
		.hooks = (enum bt_batch_hooks)number(conf, BT_KEY_BATCH_HOOKS),
		.verify = verify && *verify ? verify : NULL,
		.verify_timeout_s = (int)number(conf, BT_KEY_BATCH_VERIFY_TIMEOUT),
		.check = number(conf, BT_KEY_BATCH_CHECK),
		.push_retries = (unsigned)number(conf, BT_KEY_BATCH_PUSH_RETRIES),
		.retention_days = (int)number(conf, BT_KEY_QUEUE_RETENTION),
		.audit_days = (int)number(conf, BT_KEY_RETENTION_AUDIT_DAYS),
	};
	for (int i = 0; i < BT_ACTION_KIND_NR; i++) {
		ret_s->windows.window_ms[i] = number(conf, windows[i]) * 1000;
		ret_s->windows.urgent_ms[i] = number(conf, urgent[i]) * 1000;
	}
}
