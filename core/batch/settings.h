/*
 * The queue's configuration, read once.
 */
#ifndef BT_BATCH_SETTINGS_H
#define BT_BATCH_SETTINGS_H

#include "core/batch/fold/fold.h"
#include "core/batch/plan/plan.h"
#include "core/conf/conf.h"

enum bt_batch_hooks { BT_BATCH_HOOKS_PER_BATCH, BT_BATCH_HOOKS_PER_ACTION, BT_BATCH_HOOKS_NONE };

struct bt_batch_settings {
	struct bt_plan_windows windows;
	enum bt_fold_style style;
	enum bt_batch_hooks hooks;
	const char *verify;		/* the user's command, or NULL; borrowed from conf */
	int verify_timeout_s;
	bool check;			/* the built-in gate */
	unsigned push_retries;
	int retention_days;
	int audit_days;
};
void bt_batch_settings_read(const struct bt_conf *conf, struct bt_batch_settings *ret_s);

#endif
