/*
 * One `git batho diff`. Between cmd_diff.c and diff_*.c.
 */
#ifndef BT_PROGRAM_DIFF_DIFF_H
#define BT_PROGRAM_DIFF_DIFF_H

#include "git-batho/commands.h"
#include "git-batho/range.h"

struct diff_opts {
	struct bt_range_opts range;
	struct bt_opt_list kinds, changes;
	bool exported, members, stat, exit_code;
};

/* What is told of a change; T: a struct that begins with struct diff_opts. */
#define DIFF_ROWS(T, subcommands) \
	{ .type = BT_OPT_LIST, .letter = 'k', .name = "kind", .of = (subcommands), .metavar = "<kind>", \
	  .help = "definitions of this kind only", BT_OPT_AT(T, kinds) }, \
	{ .type = BT_OPT_LIST, .letter = 'c', .name = "change", .of = (subcommands), .metavar = "<change>", \
	  .help = "this change only: added, removed, renamed, moved,\nsignature, body, documentation", \
	  BT_OPT_AT(T, changes) }, \
	{ .type = BT_OPT_FLAG, .name = "exported", .of = (subcommands), .flags = BT_OPT_NO_NEG, \
	  .help = "what can be seen outside its file only", BT_OPT_AT(T, exported) }, \
	{ .type = BT_OPT_FLAG, .name = "members", .of = (subcommands), .flags = BT_OPT_NO_NEG, \
	  .help = "also what is inside of added and removed definitions", BT_OPT_AT(T, members) }, \
	{ .type = BT_OPT_FLAG, .name = "stat", .of = (subcommands), .flags = BT_OPT_NO_NEG, .help = "numbers per file", \
	  BT_OPT_AT(T, stat) }, \
	{ .type = BT_OPT_FLAG, .name = "exit-code", .of = (subcommands), .flags = BT_OPT_NO_NEG, \
	  .help = "status 1 when definitions changed", BT_OPT_AT(T, exit_code) }

struct diff {
	struct bt_context *c;
	const struct diff_opts *o;
	struct bt_change_set *set;
	uint32_t kinds; /* bits; 0: any */
	uint32_t changes;
	bool filtered;
	uint64_t counts[BT_CHANGE_NR]; /* of what is shown */
	uint64_t quiet_files;	       /* compared, and no definition differs */
	uint64_t unknown_files;	       /* not compared */
};

/* cmd_diff.c: what the options ask for; then all of d->set. The status, or an error. */
int diff_parse_filters(struct diff *d, struct bt_err *err);
int diff_print(struct diff *d, uint64_t others, struct bt_err *err);

/* The side that a change is shown by. */
const struct bt_change_def *diff_now_or_then(const struct bt_change *ch);
/* "renamed, signature, body" or with another separator: all that holds, or all but the main one. */
void diff_words(struct bt_buf *out, unsigned what, const char *separator);
/* The state of a side without facts, or NULL. */
const char *diff_unknown_state(const struct bt_change_side *s);

/* record.c: nothing when people read */
int diff_file_record(struct diff *d, const struct bt_change_file *f, const uint64_t counts[BT_CHANGE_NR],
		     struct bt_err *err);
void diff_change_record(struct diff *d, const struct bt_change *ch);
void diff_summary_record(struct diff *d, uint64_t others);

/* text.c */
void diff_text(struct diff *d, enum bt_color color, const char *words);
void diff_file_head(struct diff *d, const struct bt_change_file *f);
/* members: how many changed along, which are not listed. */
void diff_change_line(struct diff *d, const struct bt_change *ch, size_t members);
void diff_counts_text(struct diff *d, const uint64_t counts[BT_CHANGE_NR]);

#endif
