/*
 * The cancel flag. File-scope state cannot be avoided: a signal handler gets no context.
 */
#include "core/base/signal.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "core/base/mem.h"

static volatile sig_atomic_t cancel_signal;

static const int cancel_signals[] = { SIGINT, SIGTERM, SIGHUP };

static void cancel_handler(int signum)
{
	int keep = errno;

	if (cancel_signal) {
		signal(signum, SIG_DFL);
		raise(signum);
	}
	cancel_signal = signum;
	errno = keep;
}

void bt_cancel_install(void)
{
	struct sigaction sa = { .sa_handler = cancel_handler }, old;
	size_t i;

	sigemptyset(&sa.sa_mask);
	for (i = 0; i < BT_ARRAY_NR(cancel_signals); i++) {
		if (!sigaction(cancel_signals[i], NULL, &old) && old.sa_handler == SIG_IGN)
			continue;
		sigaction(cancel_signals[i], &sa, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
}

void bt_cancel_uninstall(void)
{
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(cancel_signals); i++)
		signal(cancel_signals[i], SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	cancel_signal = 0;
}

bool bt_canceled(void)
{
	return cancel_signal != 0;
}

int bt_cancel_signal(void)
{
	return cancel_signal;
}

int bt_cancel_check(struct bt_err *err)
{
	if (!cancel_signal)
		return 0;
	return bt_err_set(err, BT_ERR_CANCELED, "interrupted");
}
