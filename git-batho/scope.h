/*
 * Which content a query is asked of: HEAD, --rev, --all, --staged or --worktree; what is not indexed yet
 * is indexed on the way.
 */
#ifndef BT_PROGRAM_SCOPE_H
#define BT_PROGRAM_SCOPE_H

#include "core/query/config_file.h"
#include "core/query/find.h"
#include "core/query/lines.h"
#include "git-batho/context.h"

/* Options of all queries; the first member of their structs. */
struct bt_scope_opts {
	const char *rev;
	bool all, staged, worktree;
	struct bt_opt_list kinds, roles;
	const char *lang, *path;
	int64_t max;
};

/* Which revision. */
#define BT_VIEW_ROWS(T, M)                                                                       \
	{ .type = BT_OPT_GROUP, .help = "where to look" },                                               \
	{ .type = BT_OPT_STRING, .name = "rev", .metavar = "<revision>",                                 \
	  .help = "at this revision instead of HEAD", BT_OPT_AT(T, M.rev) },                     \
	{ .type = BT_OPT_FLAG, .name = "staged", .flags = BT_OPT_NO_NEG,                                 \
	  .help = "in what is staged", BT_OPT_AT(T, M.staged) },                                 \
	{ .type = BT_OPT_FLAG, .name = "worktree", .flags = BT_OPT_NO_NEG,                               \
	  .help = "in the files as they are", BT_OPT_AT(T, M.worktree) }

#define BT_ALL_ROW(T, M)                                                                         \
	{ .type = BT_OPT_FLAG, .name = "all", .flags = BT_OPT_NO_NEG,                                    \
	  .help = "in everything that is indexed", BT_OPT_AT(T, M.all) }

/* Which revision, and which of its files. */
#define BT_SCOPE_ROWS(T, M)                                                                      \
	BT_VIEW_ROWS(T, M),                                                                              \
	BT_ALL_ROW(T, M),                                                                                \
	{ .type = BT_OPT_STRING, .name = "lang", .metavar = "<language>",                                \
	  .help = "in files of this language only", BT_OPT_AT(T, M.lang) },                      \
	{ .type = BT_OPT_STRING, .name = "path", .metavar = "<pattern>",                                 \
	  .help = "in paths that match only", BT_OPT_AT(T, M.path) }

#define BT_KIND_ROW(T, M)                                                                        \
	{ .type = BT_OPT_LIST, .letter = 'k', .name = "kind", .metavar = "<kind>",                       \
	  .help = "definitions of this kind only", BT_OPT_AT(T, M.kinds) }

#define BT_MAX_ROW(T, M)                                                                         \
	{ .type = BT_OPT_INT, .letter = 'n', .name = "max", .metavar = "<n>", .min = 1,                  \
	  .max = 1000000, .help = "stop after this many", BT_OPT_AT(T, M.max) }

/* Checks the options and fills the filter: unknown kinds, roles and languages are usage errors. */
int bt_scope_filter(const struct bt_scope_opts *o, struct bt_filter *ret_f, struct bt_err *err);
/* Opens the view that the options ask for; a notice says when files are missing from it. */
int bt_scope_open(struct bt_context *c, const struct bt_scope_opts *o, struct bt_view *ret_v,
		  struct bt_err *err);
/* The same without the notice, for who counts them. */
int bt_scope_open_silently(struct bt_context *c, const struct bt_scope_opts *o, struct bt_view *ret_v,
			   struct bt_err *err);
/* What the options ask about, for reading files that are not indexed. */
struct bt_content_source bt_scope_content(struct bt_context *c, const struct bt_scope_opts *o);
/* Where source lines may come from. */
enum bt_lines_from bt_scope_lines(const struct bt_context *c, const struct bt_scope_opts *o);

#endif
