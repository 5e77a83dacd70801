/*
 * One `git batho diff`. Between cmd_diff.c and diff_*.c.
 */
#ifndef BT_PROGRAM_DIFF_STATE_H
#define BT_PROGRAM_DIFF_STATE_H

#include "git-batho/commands.h"
#include "git-batho/range.h"

struct diff_opts {
	struct bt_range_opts range;
	struct bt_opt_list kinds, changes;
	bool exported, members, stat, exit_code;
};

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

/* The side that a change is shown by. */
const struct bt_change_def *diff_now_or_then(const struct bt_change *ch);
/* "renamed, signature, body" or with another separator: all that holds, or all but the main one. */
void diff_words(struct bt_buf *out, unsigned what, const char *separator);
/* The state of a side without facts, or NULL. */
const char *diff_unknown_state(const struct bt_change_side *s);

/* diff_record.c: nothing when people read */
int diff_file_record(struct diff *d, const struct bt_change_file *f, const uint64_t counts[BT_CHANGE_NR],
		     struct bt_err *err);
void diff_change_record(struct diff *d, const struct bt_change *ch);
void diff_summary_record(struct diff *d, uint64_t others);

/* diff_text.c */
void diff_text(struct diff *d, enum bt_color color, const char *words);
void diff_file_head(struct diff *d, const struct bt_change_file *f);
/* members: how many changed along, which are not listed. */
void diff_change_line(struct diff *d, const struct bt_change *ch, size_t members);
void diff_counts_text(struct diff *d, const uint64_t counts[BT_CHANGE_NR]);

#endif
