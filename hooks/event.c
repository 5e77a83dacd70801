/*
 * The table of events.
 */
#include "hooks/event.h"

#include <stdlib.h>
#include <string.h>

const struct bt_hook bt_hooks[BT_HOOK_NR] = {
	[BT_HOOK_PRE_COMMIT] = { "pre-commit", BT_HOOK_CHECKS_STAGED, .by_default = true, .timeout_s = 10,
				 .passes = "the commit" },
	[BT_HOOK_PRE_MERGE_COMMIT] = { "pre-merge-commit", BT_HOOK_CHECKS_STAGED, .timeout_s = 10,
				       .passes = "the merge" },
	[BT_HOOK_COMMIT_MSG] = { "commit-msg", BT_HOOK_CHECKS_MESSAGE, .timeout_s = 10,
				 .passes = "the commit" },
	[BT_HOOK_PRE_PUSH] = { "pre-push", BT_HOOK_CHECKS_PUSHED, .has_stdin = true, .in_bare = true,
			       .by_default = true, .timeout_s = 60, .passes = "the push" },
	[BT_HOOK_PRE_RECEIVE] = { "pre-receive", BT_HOOK_CHECKS_PUSHED, .has_stdin = true, .in_bare = true,
				  .timeout_s = 60, .passes = "the push" },
	[BT_HOOK_UPDATE] = { "update", BT_HOOK_CHECKS_PUSHED, .in_bare = true, .timeout_s = 60,
			     .passes = "the push" },
	[BT_HOOK_POST_COMMIT] = { "post-commit", BT_HOOK_INDEXES, .timeout_s = 10, .passes = "it" },
	[BT_HOOK_POST_MERGE] = { "post-merge", BT_HOOK_INDEXES, .timeout_s = 10, .passes = "it" },
	[BT_HOOK_POST_CHECKOUT] = { "post-checkout", BT_HOOK_INDEXES, .timeout_s = 10, .passes = "it" },
	[BT_HOOK_POST_REWRITE] = { "post-rewrite", BT_HOOK_INDEXES, .has_stdin = true, .timeout_s = 10,
				   .passes = "it" },
};

int bt_hook_find(const char *name)
{
	for (int i = 0; i < BT_HOOK_NR; i++)
		if (!strcmp(bt_hooks[i].name, name))
			return i;
	return -1;
}

bool bt_hook_is_skipped(const char *name)
{
	const char *p = getenv("BATHO_SKIP");

	while (p && *p) {
		size_t len = strcspn(p, ", ");

		if ((len == strlen(name) && !memcmp(p, name, len)) || (len == 3 && !memcmp(p, "all", 3)))
			return true;
		p += len + (p[len] != '\0');
	}
	return false;
}
