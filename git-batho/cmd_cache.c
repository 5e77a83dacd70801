/*
 * git batho cache: facts that are kept, where, and for how long.
 */
#include <string.h>

#include "git-batho/cache/cache.h"
#include "git-batho/commands.h"
#include "store/frozen.h"

static const struct bt_opt cache_options[] = {
	{ .type = BT_OPT_GROUP, .help = "what goes" },
	{ .type = BT_OPT_FLAG, .name = "apply", .flags = BT_OPT_NO_NEG, .of = "invalidate clear cleanup defrag",
	  .help = "do it; else it is only said what would go", BT_OPT_AT(struct bt_cache_opts, apply) },
	{ .type = BT_OPT_STRING, .name = "language", .metavar = "<language>", .of = "clear",
	  .help = "facts of this language", BT_OPT_AT(struct bt_cache_opts, language) },
	{ .type = BT_OPT_FLAG, .name = "frozen", .flags = BT_OPT_NO_NEG, .of = "clear",
	  .help = "facts that are frozen", BT_OPT_AT(struct bt_cache_opts, frozen) },
	{ .type = BT_OPT_FLAG, .name = "all", .flags = BT_OPT_NO_NEG, .of = "clear", .help = "all facts",
	  BT_OPT_AT(struct bt_cache_opts, all) },
	{ .type = BT_OPT_STRING, .name = "older-than", .metavar = "<age>", .of = "cleanup",
	  .help = "facts that only commits of this age need (7d, 12w, 2y)",
	  BT_OPT_AT(struct bt_cache_opts, older_than) },
	{ .type = BT_OPT_FLAG, .name = "unreachable", .flags = BT_OPT_NO_NEG, .of = "cleanup",
	  .help = "facts that no ref, reflog or snapshot leads to", BT_OPT_AT(struct bt_cache_opts, unreachable) },
	BT_OPT_END
};

static const char *const cache_usage[] = {
	"[<options>] stats",
	"[<options>] prewarm [<revision>...] [-- <path>...]",
	"[<options>] freeze",
	"[<options>] invalidate <pattern>...",
	"[<options>] clear (--language=<language> | --frozen | --all)",
	"[<options>] cleanup (--older-than=<age> | --unreachable)",
	"[<options>] defrag",
	NULL
};

int bt_cache_open(struct bt_context *c, struct bt_err *err)
{
	struct bt_err none = BT_ERR_INIT;
	int rc;

	bt_store_free(&c->store);
	rc = bt_context_store(c, &none);
	bt_store_free(&c->store);
	if (rc == BT_ERR_NOT_FOUND) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "nothing is indexed yet");
		return bt_err_hint(err, "run `git batho index`");
	}
	if (rc)
		return *err = none, rc;
	rc = bt_store_open(c->store_dir, BT_STORE_WRITE, bt_conf_shared_mode(c->conf), &c->store, err);
	if (!rc)
		bt_context_store_place(c);
	return rc;
}

int bt_cache_open_alone(struct bt_context *c, struct bt_err *err)
{
	enum { WAIT_MS = 5000 };
	int rc;

	bt_store_free(&c->store);
	rc = bt_store_open_alone(c->store_dir, bt_conf_shared_mode(c->conf), WAIT_MS, &c->store, err);
	if (!rc)
		bt_context_store_place(c);
	return rc;
}

int bt_cache_bytes(struct bt_context *c, uint64_t *ret_index, uint64_t *ret_frozen, struct bt_err *err)
{
	struct bt_frozen_space space;

	if (bt_store_bytes(c->store, ret_index, err) || bt_store_frozen_space(c->store, &space, err))
		return err->code;
	*ret_frozen = space.file;
	return 0;
}

static int unknown(const char *verb, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_USAGE, "'%s' is none of stats, prewarm, freeze, invalidate, clear, cleanup and defrag", verb);
	return bt_err_hint(err, "see `git batho cache -h`");
}

static int too_many(const char *verb, const struct bt_args *args, struct bt_err *err)
{
	return bt_err_set(err, BT_ERR_USAGE, "'cache %s' takes no '%s'", verb, args->items[1]);
}

static int run_cache(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct bt_cache_opts *o = opts;
	const char *verb = args->nr ? args->items[0] : "stats";

	if (!strcmp(verb, "prewarm"))
		return bt_cache_prewarm(c, args, err);
	if (!strcmp(verb, "invalidate"))
		return bt_cache_invalidate(c, o, args, err);
	if (strcmp(verb, "stats") && strcmp(verb, "freeze") && strcmp(verb, "clear") && strcmp(verb, "cleanup") &&
	    strcmp(verb, "defrag"))
		return unknown(verb, err);
	if (args->nr > 1)
		return too_many(verb, args, err);
	if (!strcmp(verb, "stats"))
		return bt_cache_stats(c, err);
	if (!strcmp(verb, "freeze"))
		return bt_cache_freeze(c, err);
	if (!strcmp(verb, "clear"))
		return bt_cache_clear(c, o, err);
	if (!strcmp(verb, "cleanup"))
		return bt_cache_cleanup(c, o, err);
	return bt_cache_defrag(c, o, err);
}

const struct bt_command bt_cmd_cache = {
	.name = "cache",
	.summary = "facts that are kept: figures, budgets, frozen history, what goes",
	.usage = cache_usage,
	.options = cache_options,
	.options_size = sizeof(struct bt_cache_opts),
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_LONG,
	.run = run_cache,
};
