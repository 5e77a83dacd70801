/*
 * What a running command has at hand. Made by program.c according to the command's flags; there are no globals.
 */
#ifndef BT_PROGRAM_CONTEXT_H
#define BT_PROGRAM_CONTEXT_H

#include <stdbool.h>

#include "core/base/opt.h"
#include "core/base/out.h"
#include "core/base/term.h"
#include "core/conf/conf.h"
#include "core/git/repo.h"
#include "core/query/view.h"
#include "git-batho/command.h"
#include "store/store.h"

/* Options that every command takes. */
struct bt_common_opts {
	int format;		/* enum bt_format */
	bool nul;
	bool quiet;
	enum bt_tri progress;
	int color;		/* enum bt_color_when */
	bool no_pager;
};
extern const struct bt_opt bt_common_options[];

struct bt_context {
	const struct bt_command *command;
	char **argv;			/* as the program got them */
	struct bt_common_opts common;
	bool aside;			/* command.goes_aside: `out` is for people */
	struct bt_repo repo;
	struct bt_conf *conf;
	struct bt_rev rev;		/* --rev or HEAD, when the command wants it */
	char *store_dir;		/* <common dir>/batho, or a temporary one */
	bool store_temporary;
	struct bt_store *store;
	struct bt_palette palette;
	struct bt_pager pager;
	struct bt_out *out;
};

/* One notice on stderr, unless --quiet: "git-batho: ..." */
void bt_notice(const struct bt_context *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The line of an error and its hint, on stderr; the exit status that goes with it. */
int bt_report(const struct bt_err *err);
/* A path as people want it here: relative to the current folder. Appends to out. */
void bt_display_path(const struct bt_context *c, const char *path, struct bt_buf *out);
/* A path argument (relative to the current folder) as a path from the top. */
int bt_tree_path(const struct bt_context *c, const char *arg, struct bt_buf *out, struct bt_err *err);

/* For commands without BT_NEEDS_REPO: opens repository and configuration after all. */
int bt_context_repo(struct bt_context *c, struct bt_err *err);
/*
 * For commands that also work where something is wrong: opens the repository, if there is one here (c->repo.git_dir is NULL when not),
 * and the configuration; its mistakes are told to `warn`, one by one, and count as not said.
 */
int bt_context_lenient(struct bt_context *c, bt_conf_warn *warn, void *ctx, struct bt_err *err);
/* May index.db be written (or made) where it belongs? */
bool bt_context_can_write(const struct bt_context *c);
/* The store, or the folder in which it would be made: free(). */
char *bt_context_place(const struct bt_context *c);
/* Before indexing for a query: in a repository that is read-only or full the store is a temporary one from here on. */
int bt_context_store_aside(struct bt_context *c, struct bt_err *err);
/* Removes the folder of a temporary store; another one stays. */
void bt_context_store_remove(struct bt_context *c);
/* Opens the store for reading into c->store; BT_ERR_NOT_FOUND when there is none. */
int bt_context_store(struct bt_context *c, struct bt_err *err);
/* After c->store was opened in another way: its budgets, and where its frozen facts lie. */
void bt_context_store_place(struct bt_context *c);
/* A notice when facts are frozen in a file that is not there; true when it is so. */
bool bt_context_tell_away(struct bt_context *c, const char *what);

#endif
