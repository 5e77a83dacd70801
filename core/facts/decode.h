/*
 * The parts of a record in their order, for decode.c and partial.c. Not for others.
 *
 * Each reads what its part of struct bt_facts holds and sets r->bad when the bytes break a rule; arrays live in
 * the arena.
 */
#ifndef BT_FACTS_DECODE_H
#define BT_FACTS_DECODE_H

#include "core/base/varint.h"
#include "core/facts/facts.h"

void bt_decode_header(struct bt_reader *r, struct bt_facts *f);
void bt_decode_names(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f);	/* texts too */
/* A definition with an occurrence gets no name here: d->name is BT_NONE. */
void bt_decode_defs(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f);
void bt_decode_rest(struct bt_reader *r, struct bt_arena *a, struct bt_facts *f);
/* What decoders say about bytes that break a rule: BT_ERR_CORRUPT. */
int bt_decode_refuse(size_t len, struct bt_err *err);

#endif
