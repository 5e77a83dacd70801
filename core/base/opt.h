/*
 * Command-line options as const tables.
 *
 * A table is an array of struct bt_opt that ends with BT_OPT_END; `offset` is the place in the
 * caller's struct, which starts out holding the defaults. A command has one or more tables, each
 * with its struct (its own options, those that all commands share). Nothing is called back and
 * nothing is static: what was given is found in the struct.
 *
 *	struct def_opts { bool all; int64_t depth; };
 *	static const struct bt_opt def_table[] = {
 *		{ .type = BT_OPT_FLAG, .letter = 'a', .name = "all", .help = "…",
 *		  BT_OPT_AT(struct def_opts, all) },
 *		{ .type = BT_OPT_INT, .name = "depth", .metavar = "<n>", .min = 1, .max = 100,
 *		  .help = "…", BT_OPT_AT(struct def_opts, depth) },
 *		BT_OPT_END
 *	};
 *
 * The syntax is git's: -a, -ab, -n5, -n 5, --name, --name=value, --name value, --no-name for
 * flags, unique beginnings of names, options and other arguments in any order, `--` ends the
 * options and so does --end-of-options. -h asks for the usage text, --help for the manual page.
 */
#ifndef BT_BASE_OPT_H
#define BT_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

enum bt_opt_type {
	BT_OPT_NONE,		/* the end of a table */
	BT_OPT_GROUP,		/* a heading in the usage text: help alone is set */
	BT_OPT_FLAG,		/* bool; --no-name makes it false */
	BT_OPT_TRI,		/* enum bt_tri: --name yes, --no-name no, otherwise unset */
	BT_OPT_COUNT,		/* int; each time one more; --no-name makes it 0 */
	BT_OPT_SET,		/* int; becomes `value` (--json: the format is JSON) */
	BT_OPT_INT,		/* int64_t from min to max */
	BT_OPT_SIZE,		/* uint64_t from min to max (0: no maximum); k, m or g may follow */
	BT_OPT_STRING,		/* const char *, borrowed from argv */
	BT_OPT_LIST,		/* struct bt_opt_list; each time one more string */
	BT_OPT_ENUM,		/* int; the index in `choices` */
	BT_OPT_TYPE_NR
};

enum bt_tri {
	BT_TRI_NO = -1,
	BT_TRI_UNSET = 0,
	BT_TRI_YES = 1,
};

struct bt_opt_list {
	const char **items;
	size_t nr, alloc;
};
void bt_opt_list_release(struct bt_opt_list *l);

#define BT_OPT_HIDDEN (1u << 0)		/* not in the usage text; in the machine-readable list */
#define BT_OPT_NO_NEG (1u << 1)		/* a flag without --no-name */
/* The value may be left out and is `optional` then; it is given as --name=value or -nvalue only. */
#define BT_OPT_OPTIONAL (1u << 2)

struct bt_opt {
	enum bt_opt_type type;
	char letter;			/* or 0 */
	unsigned flags;
	const char *name;		/* without the dashes, or NULL */
	size_t offset, size;		/* BT_OPT_AT fills both */
	int64_t min, max;
	int value;			/* for BT_OPT_SET */
	const char *metavar;		/* "<n>"; NULL for choices: made from them */
	const char *help;		/* lower case, no full stop; may hold \n */
	const char *config;		/* key of the default ("batho.index.jobs"), or NULL */
	const char *const *choices;	/* for BT_OPT_ENUM, NULL-terminated */
	const char *optional;
	const char *of;			/* the subcommands that take it, "push merge"; NULL: every one */
};

#define BT_OPT_AT(type, member) \
	.offset = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define BT_OPT_END { .type = BT_OPT_NONE }
/* Rows per table. */
#define BT_OPT_ROWS_MAX 64

struct bt_opt_set {
	const struct bt_opt *rows;
	void *target;
};

struct bt_opt_spec {
	const char *command;		/* "git batho def" */
	/* What follows it, one form each, NULL-terminated: "[<options>] <name>..." */
	const char *const *usage;
	struct bt_opt_set *sets;
	size_t sets_nr;
	bool stop_at_argument;		/* the first other argument ends the options (main) */
};

enum bt_opt_ask {
	BT_ASK_RUN,
	BT_ASK_USAGE,		/* -h: bt_opt_usage on stdout, status 129 */
	BT_ASK_MANUAL,		/* --help */
	BT_ASK_LIST,		/* --list-options: bt_opt_describe on stdout, status 0 */
};

/* The arguments that are no options, in order; the strings are argv's. */
struct bt_args {
	enum bt_opt_ask ask;
	const char **items;
	size_t nr, alloc;
	size_t dashes;		/* items from here on stood behind `--`; nr when there was none */
	bool had_dashes;
};
void bt_args_release(struct bt_args *a);

/*
 * argv[0] is the command and is skipped. The first argument is the subcommand, where rows say whose they are. BT_ERR_USAGE with one line and a hint when something is
 * wrong; the targets are half filled then. -h and its kin end the parse at once. Lists append.
 * Initialise *ret_args with { 0 }; release it in any case.
 */
int bt_opt_parse(const struct bt_opt_spec *spec, int argc, const char *const *argv,
		 struct bt_args *ret_args, struct bt_err *err);

/*
 * Gives one option its value from text: what the configuration layer uses for defaults, and the
 * parser for arguments. Flags take git's booleans. `where` begins the message ("option
 * '--depth'"). BT_ERR_USAGE.
 */
int bt_opt_set_text(const struct bt_opt *o, void *target, const char *text, const char *where,
		    struct bt_err *err);
/* True for rows that --no-name turns off. */
bool bt_opt_can_negate(const struct bt_opt *o);
/* The row of this name, or NULL. */
const struct bt_opt *bt_opt_find(const struct bt_opt *rows, const char *name);
/* "usage: git batho def [<options>] <name>..." and the aligned list, as git prints it. */
void bt_opt_usage(const struct bt_opt_spec *spec, struct bt_buf *out);
/*
 * For completion and the check of manual pages, one line per option, seven fields with tabs
 * between: --name or empty, -letter or empty, type, "neg" or empty, argument ("<n>", "[=<when>]",
 * "(a|b)") or empty, configuration key or empty, help.
 */
void bt_opt_describe(const struct bt_opt_spec *spec, struct bt_buf *out);

/* git's booleans: true yes on 1 / false no off 0 and "" (false). 1, 0, or -1 when it is neither. */
int bt_text_bool(const char *text);
/* A whole number with an optional k, m or g. False when it is none or does not fit. */
bool bt_text_size(const char *text, uint64_t *ret_size);
/* A whole decimal number. */
bool bt_text_int(const char *text, int64_t *ret_int);

#endif
