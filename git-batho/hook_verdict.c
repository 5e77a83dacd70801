/*
 * Settings, time and failures of a hook that runs.
 */
#include "git-batho/hook_verdict.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/metric.h"
#include "core/base/tally.h"
#include "core/base/text.h"
#include "core/git/program.h"
#include "git-batho/logs.h"

#define say(...) bt_say(BT_LOG_WARN, "hooks", __VA_ARGS__)

static void warn(void *ctx, const struct bt_conf_problem *p)
{
	const struct bt_hook_run *r = ctx;

	say("git-batho: %s: %s (ignored)", bt_hooks[r->event].name, p->msg);
}

int bt_hook_conf(struct bt_hook_run *r, const struct bt_buf *listing, struct bt_err *err)
{
	bt_conf_free(&r->c->conf);
	if (bt_conf_open_listed(bt_buf_cstr(listing), listing->len, warn, r, &r->c->conf, err))
		return err->code;
	bt_logs_open(r->c);
	return 0;
}

int bt_hook_conf_ask(struct bt_hook_run *r, struct bt_err *err)
{
	static const char *const argv[] = { BT_GIT_CONFIG_LISTING, NULL };
	BT_BUF_OWNED struct bt_buf listing = BT_BUF_INIT;

	if (bt_git_run_argv(&r->c->repo, argv, &listing, err))
		return bt_err_wrap(err, "cannot read git's configuration");
	return bt_hook_conf(r, &listing, err);
}

int bt_hook_mode(const struct bt_hook_run *r)
{
	return (int)bt_conf_get(r->c->conf, bt_hook_mode_key(r->event))->number;
}

int bt_hook_timeout_ms(const struct bt_hook_run *r)
{
	int64_t s = r->c->conf ? bt_conf_get(r->c->conf, BT_KEY_HOOKS_TIMEOUT)->number : 0;

	return 1000 * (int)(s ? s : bt_hooks[r->event].timeout_s);
}

/* At least 1. */
static int left_ms(const struct bt_hook_run *r)
{
	int64_t left = r->start_ms + bt_hook_timeout_ms(r) - bt_clock_ms();

	return left > 1 ? (int)left : 1;
}

/* A failure may come before anything could be read: then the environment and the defaults decide. */
static bool policy_refuses(const struct bt_hook_run *r, enum bt_key_id key)
{
	struct bt_conf *bare = NULL;
	struct bt_err ignored = BT_ERR_INIT;
	bool refuses = false;

	if (r->c->conf)
		return bt_conf_get(r->c->conf, key)->number == BT_HOOK_ON_FAIL;
	if (!bt_conf_open_listed("", 0, warn, (void *)r, &bare, &ignored))
		refuses = bt_conf_get(bare, key)->number == BT_HOOK_ON_FAIL;
	bt_conf_free(&bare);
	return refuses;
}

int bt_hook_failed(const struct bt_hook_run *r, struct bt_err *err)
{
	const struct bt_hook *h = &bt_hooks[r->event];
	bool late = bt_clock_ms() >= r->start_ms + bt_hook_timeout_ms(r);
	bool refuses = policy_refuses(r, late ? BT_KEY_HOOKS_ON_TIMEOUT : BT_KEY_HOOKS_ON_ERROR);

	if (err->code == BT_ERR_CANCELED)
		return err->code;
	if (late)
		bt_err_set(err, BT_ERR_LIMIT, "not done within %d seconds", bt_hook_timeout_ms(r) / 1000);
	say("git-batho: %s: %s; %s %s", h->name, *err->msg ? err->msg : "git-batho-indexer failed", h->passes,
	    refuses ? "is refused" : "goes on unchecked");
	if (*err->hint)
		say("hint: %s", err->hint);
	return refuses;
}

int bt_hook_end(const struct bt_hook_run *r, int rc, struct bt_err *err)
{
	enum bt_metric_verdict verdict = rc ? BT_VERDICT_REFUSE : BT_VERDICT_PASS;

	if (rc < 0) {
		rc = bt_hook_failed(r, err);
		verdict = err->code == BT_ERR_LIMIT ? BT_VERDICT_TIMEOUT : BT_VERDICT_ERROR;
	}
	bt_count(BT_METRIC_HOOK_VERDICTS, verdict, 1);
	bt_observe_us(BT_METRIC_HOOK_SECONDS, r->event, 1000 * (bt_clock_ms() - r->start_ms));
	return rc;
}

int bt_hook_objects(const struct bt_hook_run *r)
{
	const struct bt_hook *h = &bt_hooks[r->event];

	if (bt_hook_mode(r) == BT_HOOK_WARN) {
		say("git-batho: %s: %s goes on (batho.hooks.%s.mode is warn)", h->name, h->passes, h->name);
		return 0;
	}
	return 1;
}

/* --- time --- */

/* What the handler writes and how it ends, made before it can run. */
static char late_text[160];
static volatile sig_atomic_t late_status;
static char late_dir[BT_PATH_LEN_MAX];
static enum bt_hook_event late_event;
static int late_ms;

static void on_alarm(int signum)
{
	(void)signum;
	bt_count(BT_METRIC_HOOK_VERDICTS, BT_VERDICT_TIMEOUT, 1);
	bt_observe_us(BT_METRIC_HOOK_SECONDS, late_event, (int64_t)late_ms * 1000);
	bt_tally_flush(late_dir, 0, false);	/* an addition in a mapping: nothing that must not be done here */
	if (write(STDERR_FILENO, late_text, strlen(late_text)) < 0)
		_exit(late_status);
	_exit(late_status);
}

void bt_hook_watch(const struct bt_hook_run *r)
{
	const struct bt_hook *h = &bt_hooks[r->event];
	bool refuses = policy_refuses(r, BT_KEY_HOOKS_ON_TIMEOUT);
	int left = left_ms(r);
	struct itimerval when = { .it_value = { left / 1000, left % 1000 * 1000 } };
	struct sigaction act = { .sa_handler = on_alarm };

	late_status = refuses;
	late_event = r->event;
	late_ms = bt_hook_timeout_ms(r);
	snprintf(late_dir, sizeof(late_dir), "%s/batho", r->c->repo.common_dir);
	snprintf(late_text, sizeof(late_text), "git-batho: %s: not done within %d seconds; %s %s\n", h->name,
		 bt_hook_timeout_ms(r) / 1000, h->passes, refuses ? "is refused" : "goes on unchecked");
	sigemptyset(&act.sa_mask);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &when, NULL);
}
