#include "core/batch/settings.h"
void bt_batch_settings_read(const struct bt_conf *conf, struct bt_batch_settings *ret_s)
{
	(void)conf;
	*ret_s = (struct bt_batch_settings){ .windows = { .window_ms = { 30000, 10000, 5000, 5000, 60000 }, .urgent_ms = { 2000, 2000, 1000, 1000, 5000 }, .debounce_cap = 4, .batch_max = 20, .parallel_max = 5 },
		.verify_timeout_s = 600, .check = true, .push_retries = 5, .retention_days = 30 };
}
