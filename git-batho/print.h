/*
 * Printing places: the record and the line of a hit, the same for all queries.
 */
#ifndef BT_PROGRAM_PRINT_H
#define BT_PROGRAM_PRINT_H

#include "core/query/graph.h"
#include "core/query/lines.h"
#include "git-batho/context.h"

/* The fields of a place inside an open record: path, line, column, blob, language, ... */
void bt_print_place(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h);
/* Fields of a definition: name, kind, scope, flags, metrics, hashes. */
void bt_print_def_fields(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h);
/* "path:line:column" for people. */
void bt_print_location(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h);
/* The source line with the name marked. */
void bt_print_source(struct bt_context *c, const struct bt_hit *h, const struct bt_line *line);

/* All hits of an answer, each as a record of `type` and a line; files are set apart on a terminal. */
int bt_print_hits(struct bt_context *c, struct bt_answer *a, const char *type, bool worktree,
		  struct bt_err *err);
/* "Class.method": the name of a definition with those around it. */
void bt_print_qualified(const struct bt_facts *f, uint32_t def, struct bt_buf *out);

#endif
