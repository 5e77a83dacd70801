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
void bt_print_def_fields(struct bt_context *c, const struct bt_hit *h);
/* Its metrics and hashes; null where they do not apply, so that every record has the same fields. */
void bt_print_def_measures(struct bt_out *out, const struct bt_def *d);
/* The hash of a body; null when there is none. */
void bt_print_body_hash(struct bt_out *out, const char *key, uint64_t hash);
/* "@" and the first digits of a blob's id, for people: behind a path that many blobs share. */
void bt_print_short_id(struct bt_context *c, const struct bt_oid *oid);
/* "path:line:column" for people; "path@blob:line:column" of all that is indexed. */
void bt_print_location(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h);
/* The source line with the name marked; a part of it when it is long. */
void bt_print_source(struct bt_context *c, const struct bt_hit *h, const struct bt_line *line);

enum bt_hit_record {
	BT_RECORD_DEFINITION,
	BT_RECORD_REFERENCE,
};
/* All hits of an answer, each as a record and a line; files are set apart on a terminal. */
int bt_print_hits(struct bt_context *c, struct bt_answer *a, enum bt_hit_record type,
		  enum bt_lines_from from, struct bt_err *err);
#endif
