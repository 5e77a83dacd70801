/*
 * Telling the audit (store/queue_audit.h) what a command changed: settings, grammars, baselines, hooks, restores.
 */
#ifndef BT_PROGRAM_AUDIT_H
#define BT_PROGRAM_AUDIT_H

#include "git-batho/context.h"

/*
 * After the deed: `what` in one or two words ("config set"), `result` "ok" or what went wrong, the rest which ("batho.log.level in local
 * scope"; never a secret). Makes queue.db when there is none. A repository that cannot be written has no audit; any other failure is told
 * in a notice, since the deed is done. c has an open repository.
 */
void bt_audit(const struct bt_context *c, const char *what, const char *result, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
