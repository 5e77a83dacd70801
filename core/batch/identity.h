/*
 * Who made a commit and when, as git would say it.
 */
#ifndef BT_BATCH_IDENTITY_H
#define BT_BATCH_IDENTITY_H

#include "core/conf/conf.h"
#include "core/git/repo.h"

enum bt_identity_who { BT_AUTHOR, BT_COMMITTER };

/*
 * A whole header value, "A U Thor <a@b> 1700000000 +0100", for free(). given: "A U Thor <a@b>", or NULL: from GIT_AUTHOR_* (GIT_COMMITTER_*), author.*
 * (committer.*), user.*. The time is GIT_AUTHOR_DATE (GIT_COMMITTER_DATE) or now. What is plain is put together here; whatever needs a rule
 * of git's (a name to clean up, a date in words, nothing configured) is asked of `git var`, and fails with its message.
 */
int bt_identity(const struct bt_repo *repo, const struct bt_conf *conf, enum bt_identity_who who, const char *given, char **ret_line,
		struct bt_err *err);
#endif
