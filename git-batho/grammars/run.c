/*
 * git batho grammars: which subcommand it is.
 */
#include "git-batho/grammars/run.h"

#include <string.h>

#include "git-batho/indexer.h"

static int run_grammars(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const char *verb = args->nr ? args->items[0] : "list", *what = args->nr > 1 ? args->items[1] : NULL;

	if (!strcmp(verb, "list") && args->nr <= 1)
		return bt_grammars_list(c, opts, err);
	if (!strcmp(verb, "test") && (args->nr == 2 || args->nr == 3))
		return bt_grammars_test(c, what, args->nr == 3 ? args->items[2] : NULL, err);
	if (!strcmp(verb, "add") && args->nr == 2)
		return bt_grammars_add(c, opts, what, err);
	if (!strcmp(verb, "update") && args->nr <= 2)
		return bt_grammars_update(c, opts, what, err);
	if (!strcmp(verb, "remove") && args->nr == 2)
		return bt_grammars_remove(c, opts, what, err);
	for (const char *const *known = (const char *const[]){ "list", "test", "add", "update", "remove", NULL }; *known; known++) {
		if (strcmp(verb, *known))
			continue;
		bt_err_set(err, BT_ERR_USAGE, "'grammars %s' takes %s", verb,
			   !strcmp(verb, "list") ? "no argument" : !strcmp(verb, "test") ? "a language and a file"
							       : !strcmp(verb, "add") ? "one folder, tarball or package" : "one language");
		return bt_err_hint(err, "see `git batho grammars -h`");
	}
	bt_err_set(err, BT_ERR_USAGE, "'%s' is none of list, test, add, update and remove", verb);
	return bt_err_hint(err, "see `git batho grammars -h`");
}

const struct bt_command bt_indexer_grammars = {
	.name = "grammars",
	.summary = "list, test, add, update and remove grammars",
	.usage = bt_grammars_usage,
	.options = bt_grammars_options,
	.options_size = sizeof(struct bt_grammars_opts),
	.run = run_grammars,
};
