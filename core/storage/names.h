/*
 * The names that the record of a blob puts into the name segments: one rule for the writer of segments and for those who
 * compare.
 */
#ifndef BT_STORAGE_NAMES_H
#define BT_STORAGE_NAMES_H

#include "core/facts/facts.h"
#include "store/postings.h"

/* The kinds (bits) that each name of a record is defined as; in the arena, f->names_nr of them. */
uint32_t *bt_names_kinds(const struct bt_facts *f, struct bt_arena *arena);
/* A number for (name, kinds), of which sums are compared. len is cut as postings cut it. */
uint64_t bt_names_mark(const char *name, size_t len, uint32_t kinds);
/* The sum over a record. */
uint64_t bt_names_sum(const struct bt_facts *f, struct bt_arena *arena);
/* Decodes the record and adds its names: what struct bt_rewrite_opts wants. ctx: a struct bt_arena to work in. */
int bt_names_add(void *arena, uint32_t blob, const void *rec, size_t len, struct bt_postings *p, struct bt_err *err);

#endif
