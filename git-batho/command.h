/*
 * Commands: one const entry each, all in one table (commands.c). Help, completion, man-page checks and
 * generic tests derive from the table.
 */
#ifndef BT_PROGRAM_COMMAND_H
#define BT_PROGRAM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/opt.h"

struct bt_context;

/* What a command needs before `run` is called. */
#define BT_NEEDS_REPO (1u << 0)		/* an open repository and its configuration */
#define BT_NEEDS_HEAD (1u << 1)		/* --rev or HEAD resolved; an empty repository is an error */
#define BT_PAGES (1u << 2)		/* a list: the pager may stand behind it */
#define BT_PLUMBING (1u << 3)		/* not in the short list of help */
#define BT_LONG (1u << 4)		/* the log tells when it began and how long it took (at the level debug it does so of all) */

struct bt_command {
	const char *name;
	const char *summary;			/* one line, lower case */
	const char *const *usage;		/* for struct bt_opt_spec */
	const struct bt_opt *options;		/* its own; NULL: none */
	size_t options_size;			/* of the struct they fill */
	const void *defaults;			/* that struct's start; NULL: zeroes */
	/*
	 * For --format: bt_format_names and more behind them, NULL-terminated; NULL: those alone. In one of the further
	 * ones the answer is text that the command makes, without colour and pager; context.common.format tells.
	 */
	const char *const *formats;
	/*
	 * Does the answer go into a file, so that stdout is for people whatever the format says? NULL: it never does. Tells
	 * context.aside.
	 */
	bool (*goes_aside)(const void *opts);
	unsigned flags;
	/*
	 * opts: the struct filled by `options`. Returns the exit status 0 or 1, or a negative code with *err set.
	 */
	int (*run)(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err);
};

/* Ended by a NULL name; ordered as help shows them. */
extern const struct bt_command *const bt_commands[];
const struct bt_command *bt_command_find(const char *name);

/*
 * The main of both programs: parses, prepares, runs, reports the one error. `commands` are those the
 * program knows.
 */
int bt_program_main(const struct bt_command *const *commands, int argc, char **argv);

#endif
