/*
 * The parser of options: the lines of the input are the arguments. What it accepts lies within the bounds of
 * the table, what it refuses has one line that says why.
 */
#include "core/base/opt.h"
#include "tests/fuzz/fuzz.h"

#define ARGS_MAX 64

struct target {
	bool flag, fixed;
	enum bt_tri tri;
	int count, set, choice;
	int64_t number;
	uint64_t size;
	const char *string, *maybe;
	struct bt_opt_list list;
};

static const char *const choices[] = { "human", "json", "porcelain", NULL };

static const struct bt_opt rows[] = {
	{ .type = BT_OPT_GROUP, .help = "all there is" },
	{ .type = BT_OPT_FLAG, .letter = 'f', .name = "flag", .help = "a", BT_OPT_AT(struct target, flag) },
	{ .type = BT_OPT_FLAG, .name = "fixed", .flags = BT_OPT_NO_NEG, .help = "b",
	  BT_OPT_AT(struct target, fixed) },
	{ .type = BT_OPT_TRI, .name = "tri", .help = "c", BT_OPT_AT(struct target, tri) },
	{ .type = BT_OPT_COUNT, .letter = 'v', .name = "verbose", .help = "d",
	  BT_OPT_AT(struct target, count) },
	{ .type = BT_OPT_SET, .name = "json", .value = 1, .help = "e", BT_OPT_AT(struct target, set) },
	{ .type = BT_OPT_INT, .letter = 'n', .name = "number", .metavar = "<n>", .min = -5, .max = 1000,
	  .help = "f", BT_OPT_AT(struct target, number) },
	{ .type = BT_OPT_SIZE, .name = "size", .metavar = "<size>", .min = 1, .max = 1 << 30, .help = "g",
	  BT_OPT_AT(struct target, size) },
	{ .type = BT_OPT_STRING, .letter = 'C', .name = "string", .metavar = "<text>", .help = "h",
	  BT_OPT_AT(struct target, string) },
	{ .type = BT_OPT_STRING, .name = "maybe", .metavar = "<when>", .flags = BT_OPT_OPTIONAL,
	  .optional = "always", .help = "i\nj", BT_OPT_AT(struct target, maybe) },
	{ .type = BT_OPT_LIST, .letter = 'l', .name = "list", .metavar = "<x>", .help = "k",
	  BT_OPT_AT(struct target, list) },
	{ .type = BT_OPT_ENUM, .name = "format", .choices = choices, .help = "l",
	  BT_OPT_AT(struct target, choice) },
	BT_OPT_END
};

static void check_line(const struct bt_err *err)
{
	FUZZ_CHECK(*err->msg && strlen(err->msg) < sizeof(err->msg) && !strchr(err->msg, '\n'));
	FUZZ_CHECK(strlen(err->hint) < sizeof(err->hint) && !strchr(err->hint, '\n'));
}

static void check_target(const struct target *t)
{
	FUZZ_CHECK(t->number >= -5 && t->number <= 1000);
	FUZZ_CHECK(t->size >= 1 && t->size <= 1 << 30);
	FUZZ_CHECK(t->choice >= 0 && t->choice < 3 && t->count >= 0);
	FUZZ_CHECK(t->tri >= BT_TRI_NO && t->tri <= BT_TRI_YES);
	for (size_t i = 0; i < t->list.nr; i++)
		FUZZ_CHECK(t->list.items[i]);
}

static void parse(int argc, const char *const *argv, bool stop)
{
	static const char *const usage[] = { "[<options>] <name>...", NULL };
	struct target t = { .size = 1 };
	struct bt_opt_set set = { .rows = rows, .target = &t };
	struct bt_opt_spec spec = { .command = "git batho fuzz", .usage = usage, .sets = &set, .sets_nr = 1,
				    .stop_at_argument = stop };
	struct bt_args args = { 0 };
	struct bt_err err = BT_ERR_INIT;
	int rc = bt_opt_parse(&spec, argc, argv, &args, &err);

	FUZZ_CHECK(!rc || rc == BT_ERR_USAGE);
	if (rc)
		check_line(&err);
	else
		FUZZ_CHECK(args.nr < (size_t)argc && args.dashes <= args.nr);
	check_target(&t);
	bt_opt_list_release(&t.list);
	bt_args_release(&args);
}

static void set_text(const char *text)
{
	for (const struct bt_opt *o = rows; o->type != BT_OPT_NONE; o++) {
		struct target t = { .size = 1 };
		struct bt_err err = BT_ERR_INIT;

		if (o->type == BT_OPT_GROUP)
			continue;
		if (bt_opt_set_text(o, &t, text, "the input", &err))
			check_line(&err);
		check_target(&t);
		bt_opt_list_release(&t.list);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *at = data, *end = data + size;
	char *argv[ARGS_MAX + 1] = { NULL };
	int argc = 0;

	while (argc < ARGS_MAX && (argv[argc] = fuzz_piece(&at, end, '\n')))
		argc++;
	if (argc) {
		parse(argc, (const char *const *)argv, false);
		parse(argc, (const char *const *)argv, true);
		set_text(argv[argc - 1]);
	}
	while (argc)
		free(argv[--argc]);
	return 0;
}
