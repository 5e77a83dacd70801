/*
 * The program for heavy work (parsing, libgit2): git-batho-indexer, beside this one or in libexec.
 */
#ifndef BT_PROGRAM_SPAWN_H
#define BT_PROGRAM_SPAWN_H

#include "core/base/buf.h"
#include "git-batho/context.h"

/* Its path: BATHO_EXEC_PATH, the folder of this program (build tree), the configured libexec folder. */
int bt_indexer_path(char **ret_path, struct bt_err *err);
/* Becomes the indexer, with the arguments this program got. Returns on failure only. */
int bt_indexer_exec(struct bt_context *c, struct bt_err *err);
/*
 * Runs it as a child: args as after `git-batho-indexer`, NULL-terminated; stdout into *out (may be NULL). 0, or
 * BT_ROW when it ended with status 1 (something is missing). When it fails it has said why on stderr: the message
 * in *err is empty then, and nobody says more.
 */
int bt_indexer_run(struct bt_context *c, const char *const *args, struct bt_buf *out,
		   struct bt_err *err);
/* The same with something on its stdin. */
int bt_indexer_ask(struct bt_context *c, const char *const *args, const void *in, size_t in_len, struct bt_buf *out,
		   struct bt_err *err);

#endif
