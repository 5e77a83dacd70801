#include "git-batho/logs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/trace2.h"

static int choice(const char *const *names, const char *text)
{
	for (int i = 0; text && names[i]; i++)
		if (!strcmp(names[i], text))
			return i;
	return -1;
}

void bt_logs_early(void)
{
	int level = choice(bt_log_levels, getenv("BATHO_LOG_LEVEL"));
	struct bt_log_opts o = {
		.level = level < 0 ? BT_LOG_INFO : (enum bt_log_level)level,
		.json = choice(bt_log_formats, getenv("BATHO_LOG_FORMAT")) == 1,
		.target = getenv("BATHO_LOG_FILE"),
	};
	struct bt_err ignored = BT_ERR_INIT;	/* told when the configuration is known */

	bt_log_open(&o, &ignored);
}

static enum bt_log_level level_of(const struct bt_context *c)
{
	return c->command->flags & BT_LONG ? BT_LOG_INFO : BT_LOG_DEBUG;
}

void bt_logs_open(const struct bt_context *c)
{
	const struct bt_log_opts o = {
		.level = (enum bt_log_level)bt_conf_get(c->conf, BT_KEY_LOG_LEVEL)->number,
		.json = bt_conf_get(c->conf, BT_KEY_LOG_FORMAT)->number,
		.target = bt_conf_get(c->conf, BT_KEY_LOG_FILE)->text,
		.max_size = (uint64_t)bt_conf_get(c->conf, BT_KEY_LOG_MAX_SIZE)->number,
	};
	const char *targets[BT_TRACE2_NR];
	struct bt_err err = BT_ERR_INIT;

	if (bt_log_open(&o, &err))
		bt_notice(c, "%s", err.msg);
	for (int i = 0; i < BT_TRACE2_NR; i++)
		targets[i] = bt_conf_git_own(c->conf, bt_trace2_keys[i]);
	bt_trace2_configure(targets);
	bt_trace2_repo(c->repo.top ? c->repo.top : c->repo.git_dir);
	bt_log(level_of(c), c->command->name, "start", NULL, 0, "git batho %s", c->command->name);
}

void bt_logs_end(const struct bt_context *c, int64_t start_us, int status)
{
	const struct bt_log_field fields[] = {
		{ .key = "status", .number = status },
		{ .key = "duration_ms", .number = (bt_clock_us() - start_us) / 1000 },
	};

	bt_log(level_of(c), c->command->name, "end", fields, BT_ARRAY_NR(fields), "git batho %s", c->command->name);
}

void bt_say(enum bt_log_level level, const char *module, const char *fmt, ...)
{
	BT_BUF_OWNED struct bt_buf safe = BT_BUF_INIT;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	bt_text_safe(&safe, text, strlen(text), 0);
	fprintf(stderr, "%s\n", bt_buf_cstr(&safe));
	bt_log(level, module, "notice", NULL, 0, "%s", text);
}

void bt_logs_error(const char *module, const struct bt_err *err)
{
	const struct bt_log_field hint = { .key = "hint", .text = err->hint };

	if (!*err->msg)
		return;
	bt_log(BT_LOG_ERROR, module, "error", &hint, *err->hint ? 1 : 0, "%s", err->msg);
	bt_trace2_error(err->msg);
}
