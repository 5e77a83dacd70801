/*
 * The options of `grammars`.
 */
#include "git-batho/grammars/opts.h"

const struct bt_opt bt_grammars_options[] = {
	{ .type = BT_OPT_FLAG, .name = "user", .flags = BT_OPT_NO_NEG, .of = "list", .help = "only those that were added",
	  BT_OPT_AT(struct bt_grammars_opts, user) },
	{ .type = BT_OPT_GROUP, .help = "adding" },
	{ .type = BT_OPT_FLAG, .name = "yes-run-code", .flags = BT_OPT_NO_NEG, .of = "add update",
	  .help = "compile and run the code of the grammar without being asked", BT_OPT_AT(struct bt_grammars_opts, consent) },
	{ .type = BT_OPT_STRING, .name = "grammar", .metavar = "<name>", .of = "add",
	  .help = "only this one, when there are several", BT_OPT_AT(struct bt_grammars_opts, grammar) },
	{ .type = BT_OPT_STRING, .name = "extensions", .metavar = "<list>", .of = "add",
	  .help = "endings of its files, with commas between them", BT_OPT_AT(struct bt_grammars_opts, extensions) },
	{ .type = BT_OPT_STRING, .name = "description", .metavar = "<file>", .of = "add",
	  .help = "a description of the language, as git-batho's own have it", BT_OPT_AT(struct bt_grammars_opts, described) },
	{ .type = BT_OPT_STRING, .name = "tags", .metavar = "<file>", .of = "add",
	  .help = "queries for definitions and references, when it has none", BT_OPT_AT(struct bt_grammars_opts, tags) },
	{ .type = BT_OPT_STRING, .name = "integrity", .metavar = "<hash>", .of = "add",
	  .help = "the SHA-512 that a tarball must have", BT_OPT_AT(struct bt_grammars_opts, integrity) },
	{ .type = BT_OPT_FLAG, .name = "replace", .flags = BT_OPT_NO_NEG, .of = "add",
	  .help = "let it stand in for a built-in language of that name", BT_OPT_AT(struct bt_grammars_opts, replace) },
	{ .type = BT_OPT_GROUP, .help = "removing" },
	{ .type = BT_OPT_FLAG, .name = "apply", .flags = BT_OPT_NO_NEG, .of = "remove", .help = "do it, instead of telling what would go",
	  BT_OPT_AT(struct bt_grammars_opts, apply) },
	BT_OPT_END
};

const char *const bt_grammars_usage[] = {
	"[<options>] list",
	"[<options>] test <language> [<file>]",
	"[<options>] add (<folder> | <tarball> | <npm-package>)",
	"[<options>] update [<language>]",
	"[<options>] remove <language>",
	NULL,
};
