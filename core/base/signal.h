/*
 * Being interrupted. SIGINT, SIGTERM and SIGHUP set one flag (the only thing a handler may do);
 * whoever loops or waits looks at it and returns BT_ERR_CANCELED. A second signal ends the
 * process at once. Handlers are installed without SA_RESTART, so that waiting calls come back
 * with EINTR.
 *
 * SIGPIPE is ignored: a reader that went away is an error of write(), see out.h. Children get the
 * default dispositions back (child.h).
 */
#ifndef BT_BASE_SIGNAL_H
#define BT_BASE_SIGNAL_H

#include <stdbool.h>

#include "core/base/err.h"

/* Once, by main. A signal that was ignored when we started (nohup) stays ignored. */
void bt_cancel_install(void);
/* In a forked child that should die like any other: default dispositions, flag cleared. */
void bt_cancel_uninstall(void);

bool bt_canceled(void);
int bt_cancel_signal(void);	/* the first signal that came, or 0 */
/* 0, or BT_ERR_CANCELED with the message "interrupted". */
int bt_cancel_check(struct bt_err *err);

#endif
