/*
 * Which change a command is asked about: A..B, A...B, one commit, what is staged, the worktree. Both sides
 * are indexed on the way when they are not.
 */
#ifndef BT_PROGRAM_RANGE_H
#define BT_PROGRAM_RANGE_H

#include "core/query/change.h"
#include "git-batho/context.h"

/* Part of the options of a command; its row of --rev makes program.c resolve that revision. */
struct bt_range_opts {
	const char *rev;
	bool staged, worktree;
};

#define BT_RANGE_ROWS(T, M)                                                                      \
	{ .type = BT_OPT_STRING, .name = "rev", .metavar = "<revision>",                         \
	  .help = "what this commit changed", BT_OPT_AT(T, M.rev) },                             \
	{ .type = BT_OPT_FLAG, .name = "staged", .flags = BT_OPT_NO_NEG,                         \
	  .help = "what is staged, against HEAD", BT_OPT_AT(T, M.staged) },                      \
	{ .type = BT_OPT_FLAG, .name = "worktree", .flags = BT_OPT_NO_NEG,                       \
	  .help = "the files as they are, against HEAD", BT_OPT_AT(T, M.worktree) }

enum bt_range_kind {
	BT_RANGE_REVISIONS,
	BT_RANGE_STAGED,
	BT_RANGE_WORKTREE,
};

struct bt_range {
	enum bt_range_kind kind;
	struct bt_rev before,
		after; /* before.found false: nothing was there; after: of revisions */
	uint32_t before_row, after_row; /* rows of their root trees; 0: none */
	struct bt_manifest listing;	/* the new side, when it is none of revisions */
	char hex[BT_OID_HEX_MAX + 1];	/* of a merge base */
	char *specs[2];			/* owned */
};

#define BT_RANGE_INIT                      \
	{                                  \
		.kind = BT_RANGE_REVISIONS \
	}
void bt_range_release(struct bt_range *r);

/* Is an argument a range? "A..B", "A...B"; either may be left out and is HEAD then. */
bool bt_range_is(const char *arg);
/*
 * spec: a range, or NULL when the options say which change it is; without either it is the worktree. More
 * than one of them is BT_ERR_USAGE. The command wants BT_NEEDS_HEAD. Afterwards c->store is open.
 */
int bt_range_open(struct bt_context *c, const struct bt_range_opts *o, const char *spec,
		  struct bt_range *ret_r, struct bt_err *err);
/*
 * The files that differ and have a language, those below `paths` (from the top; none: all), and what
 * changed in them. *ret_others: files that differ besides them.
 */
int bt_range_changes(struct bt_context *c, const struct bt_range *r, const char *const *paths,
		     size_t paths_nr, struct bt_change_set *set, uint64_t *ret_others,
		     struct bt_err *err);

#endif
