/*
 * The decoders of facts records on any bytes. The one that reads all refuses, or what it gives encodes to the same
 * bytes again and holds what the header promises. The one that reads a part holds the same bounds; where
 * the record is good they agree.
 */
#include "core/base/limits.h"
#include "core/facts/facts.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/facts_agree.h"

/* Names that are picked from one record. */
#define PICKS_MAX 16

static void check_occs(const struct bt_facts *f)
{
	for (uint32_t i = 0; i < f->occs_nr; i++) {
		const struct bt_occ *o = &f->occs[i];

		FUZZ_CHECK(o->name < f->names_nr && o->at < f->size && o->qual_len <= o->at);
		FUZZ_CHECK(!i || o->at > f->occs[i - 1].at);
		FUZZ_CHECK(o->role < BT_ROLE_NR && o->qual < BT_QUAL_NR);
		FUZZ_CHECK(bt_role_name(o->role) && bt_facts_point(f, o->at).col <= f->size);
	}
}

static void check_defs(const struct bt_facts *f)
{
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		const struct bt_def *d = &f->defs[i];

		FUZZ_CHECK(d->name < f->names_nr && (d->parent == BT_NONE || d->parent < i));
		FUZZ_CHECK(d->start <= d->sig_end && d->sig_end <= d->end && d->end <= f->size);
		FUZZ_CHECK(d->doc_start <= d->doc_end && d->doc_end <= f->size);
		FUZZ_CHECK(d->occ == BT_NONE || d->occ < f->occs_nr);
		FUZZ_CHECK(d->kind < BT_KIND_NR && bt_kind_name(d->kind));
	}
}

static void check_rest(const struct bt_facts *f)
{
	for (uint32_t i = 0; i < f->names_nr; i++)
		FUZZ_CHECK(f->names[i].len && f->names[i].len <= BT_NAME_LEN_MAX);
	for (uint32_t i = 0; i < f->imports_nr; i++) {
		const struct bt_import *m = &f->imports[i];

		FUZZ_CHECK(m->module < f->texts_nr && m->items + m->items_nr <= f->items_nr);
		FUZZ_CHECK(m->start <= m->end && m->end <= f->size);
	}
	for (uint32_t i = 0; i < f->errors_nr; i++)
		FUZZ_CHECK(f->errors[i].start <= f->errors[i].end && f->errors[i].end <= f->size);
	for (uint32_t i = 0; i < f->lines_nr; i++)
		FUZZ_CHECK(f->line_starts[i] <= f->size);
	for (uint64_t at = 0; at <= f->size; at += (uint64_t)f->size / 7 + 1) {
		uint32_t def = bt_facts_enclosing(f, (uint32_t)at);

		FUZZ_CHECK(def == BT_NONE || def < f->defs_nr);
		bt_facts_point(f, (uint32_t)at);
	}
}

/* What facts.h promises of facts in part: indices lead somewhere or nowhere. */
static void check_part(const struct bt_facts *f)
{
	check_occs(f);
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		FUZZ_CHECK(f->defs[i].name == BT_NONE || f->defs[i].name < f->names_nr);
		FUZZ_CHECK(f->defs[i].occ == BT_NONE || f->defs[i].occ < f->occs_nr);
	}
	for (uint32_t i = 0; i < f->occs_nr; i++)
		for (uint32_t d = bt_facts_enclosing(f, f->occs[i].at); d != BT_NONE; d = f->defs[d].parent)
			FUZZ_CHECK(d < f->defs_nr && f->defs[d].name < f->names_nr);
}

/* whole: NULL when the record is not good. */
static void check_picks(const uint8_t *data, size_t size, const struct bt_facts *whole)
{
	struct bt_arena arena = BT_ARENA_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_partial p;
	int rc = bt_partial_open(data, size, &arena, &p, &err);

	FUZZ_CHECK(rc == BT_ERR_CORRUPT || !rc);
	FUZZ_CHECK(!rc || !whole);
	for (uint32_t i = 0; !rc && i < p.facts.names_nr; i += 1 + p.facts.names_nr / PICKS_MAX) {
		const struct bt_name *n = &p.facts.names[i];
		int picked = bt_partial_pick(&p, &arena, n->text, n->len, &err);

		FUZZ_CHECK(!picked || (picked == BT_ERR_CORRUPT && !whole));
		if (!picked)
			check_part(&p.facts);
		if (whole && facts_text_is_new(whole, i))
			FUZZ_CHECK(!facts_disagree(whole, &p.facts, i));
	}
	bt_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bt_arena arena = BT_ARENA_INIT;
	struct bt_err err = BT_ERR_INIT;
	BT_BUF_OWNED struct bt_buf again = BT_BUF_INIT;
	struct bt_facts f;
	int rc = bt_facts_decode(data, size, &arena, &f, &err);

	FUZZ_CHECK(!rc || rc == BT_ERR_CORRUPT);
	if (!rc) {
		check_occs(&f);
		check_defs(&f);
		check_rest(&f);
		bt_facts_encode(&f, &again);
		FUZZ_CHECK(!again.failed && again.len == size && !memcmp(again.data, data, size));
	}
	check_picks(data, size, rc ? NULL : &f);
	bt_arena_release(&arena);
	return 0;
}
