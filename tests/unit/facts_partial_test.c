/* core/facts/partial.[ch]: what is picked for a name agrees with all facts, and no bytes lead out of a record. */
#include "core/facts/partial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "tests/unit/facts_agree.h"

static uint64_t seed(void)
{
	const char *given = getenv("BATHO_TEST_SEED");

	return given ? strtoull(given, NULL, 0) : 0x5eed;
}

static uint32_t dice(uint64_t *state, uint32_t below)
{
	*state += 0x9e3779b97f4a7c15ull;
	return (uint32_t)((bt_mix64(*state) >> 32) * below >> 32);
}

/* --- facts that nobody wrote --- */

/* What a record is made of; chances are per cent. */
struct shape {
	uint32_t occs, names_max;
	uint32_t new_name;	/* an occurrence has a name that was not met before */
	uint32_t far;		/* another one that was met long ago */
	uint32_t wide_gap;	/* more than 127 bytes before it */
	uint32_t def;
};

static void names_make(struct bt_facts *f, struct bt_arena *a, uint32_t nr, uint64_t *state)
{
	f->names = bt_arena_alloc(a, (nr + 1) * sizeof(*f->names));
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t len = 1 + dice(state, 20) + (dice(state, 50) ? 0 : dice(state, BT_NAME_LEN_MAX - 30));
		char *text = bt_arena_alloc(a, len + 16);
		int tail;

		memset(text, 'a' + (int)(i % 26), len);
		tail = sprintf(text + len, "%x", i);
		f->names[i] = (struct bt_name){ text, len + (uint32_t)tail };
	}
	f->names_nr = nr;
}

static void occs_make(struct bt_facts *f, struct bt_arena *a, const struct shape *s, uint64_t *state)
{
	uint32_t seen = 0, at = 0;

	f->occs = bt_arena_alloc(a, (s->occs + 1) * sizeof(*f->occs));
	for (uint32_t i = 0; i < s->occs; i++) {
		struct bt_occ *o = &f->occs[i];
		uint32_t gap = 1 + dice(state, 20);

		if (dice(state, 100) < s->wide_gap)
			gap += dice(state, 3) ? dice(state, 400) : dice(state, 40000);
		at += gap;
		if (!seen || (seen < f->names_nr && dice(state, 100) < s->new_name))
			o->name = seen++;
		else if (dice(state, 100) < s->far)
			o->name = dice(state, seen);
		else
			o->name = seen - 1 - dice(state, seen < 30 ? seen : 30);
		o->at = at;
		o->role = (uint8_t)dice(state, BT_ROLE_NR);
		o->qual = dice(state, 3) ? BT_QUAL_NONE : (uint8_t)dice(state, BT_QUAL_NR);
		if (!i && o->qual == BT_QUAL_NAME)
			o->qual = BT_QUAL_SELF;
		o->qual_len = o->qual == BT_QUAL_NONE ? 0 : dice(state, at < 300 ? at : 300);
	}
	f->occs_nr = s->occs;
	f->size = at + 200 + dice(state, 100);
}

/* Nested definitions over [start, end): by start, the outer one first. */
static void defs_nest(struct bt_facts *f, uint32_t parent, uint32_t start, uint32_t end, uint32_t max,
		      unsigned depth, uint64_t *state)
{
	while (start < end && f->defs_nr < max) {
		uint32_t self = f->defs_nr++, occ = dice(state, f->occs_nr);
		struct bt_def *d = &f->defs[self];

		start += dice(state, (end - start) / 3 + 1);
		*d = (struct bt_def){ .occ = BT_NONE, .kind = (uint8_t)dice(state, BT_KIND_NR),
				      .flags = (uint8_t)dice(state, BT_DEF_FLAGS_ALL + 1), .parent = parent };
		d->start = start;
		d->end = start + dice(state, end - start + 1);
		d->sig_end = d->start + dice(state, d->end - d->start + 1);
		if (dice(state, 10) && f->occs_nr)
			d->occ = occ;
		d->name = d->occ == BT_NONE ? dice(state, f->names_nr) : f->occs[occ].name;
		if (d->flags & BT_DEF_DOC) {
			d->doc_start = dice(state, d->start + 1);
			d->doc_end = d->doc_start + dice(state, f->size - d->doc_start);
		}
		if (d->flags & BT_DEF_CALLABLE) {
			d->params = dice(state, 10);
			d->complexity = dice(state, 200);
			d->nesting = dice(state, 9);
		}
		if (d->flags & BT_DEF_HASHED) {
			d->sig_hash = bt_mix64(self);
			d->body_hash = bt_mix64(d->sig_hash);
		}
		if (depth < 6 && dice(state, 2))
			defs_nest(f, self, d->start, d->end, max, depth + 1, state);
		start = d->end + 1;
	}
}

static void rest_make(struct bt_facts *f, struct bt_arena *a, uint64_t *state)
{
	uint32_t lines = 1, at = 0;

	f->imports_nr = dice(state, 9);
	f->imports = bt_arena_zalloc(a, (f->imports_nr + 1) * sizeof(*f->imports));
	f->items = bt_arena_zalloc(a, (f->imports_nr + 1) * sizeof(*f->items));
	f->texts = bt_arena_alloc(a, sizeof(*f->texts));
	f->texts[0] = (struct bt_name){ "a/module.h", 10 };
	f->texts_nr = f->imports_nr ? 1 : 0;
	for (uint32_t i = 0; i < f->imports_nr; i++) {
		f->imports[i] = (struct bt_import){ .start = i, .end = i + 1, .alias = BT_NONE,
						    .items = f->items_nr, .items_nr = i & 1 };
		f->items[f->items_nr] = (struct bt_import_item){ dice(state, f->names_nr), BT_NONE };
		f->items_nr += i & 1;
	}
	f->line_starts = bt_arena_alloc(a, ((size_t)f->size + 1) * sizeof(*f->line_starts));
	f->line_starts[0] = 0;
	while (at < f->size) {
		at += 1 + dice(state, dice(state, 20) ? 60 : 3000);
		if (at < f->size)
			f->line_starts[lines++] = at;
	}
	f->lines_nr = lines;
}

static void facts_make(struct bt_facts *f, struct bt_arena *a, const struct shape *s, uint64_t *state)
{
	uint32_t defs = s->occs * s->def / 100;

	memset(f, 0, sizeof(*f));
	names_make(f, a, s->names_max, state);
	occs_make(f, a, s, state);
	f->defs = bt_arena_alloc(a, (defs + 1) * sizeof(*f->defs));
	defs_nest(f, BT_NONE, 0, f->size, defs, 0, state);
	rest_make(f, a, state);
}

/* --- agreement --- */

static void agree_on(const struct bt_facts *whole, struct bt_partial *p, struct bt_arena *a, uint32_t name)
{
	const struct bt_name *n = &whole->names[name];
	struct bt_err err = BT_ERR_INIT;
	const char *wrong;

	if (bt_partial_pick(p, a, n->text, n->len, &err))
		fail_msg("name %u: %s", name, err.msg);
	wrong = facts_disagree(whole, &p->facts, name);
	if (wrong)
		fail_msg("name %u of %u: %s", name, whole->names_nr, wrong);
}

static void agree(const struct bt_facts *f, uint32_t every)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT, picks = BT_ARENA_INIT;
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_facts whole;
	struct bt_partial p;

	bt_facts_encode(f, &rec);
	assert_false(rec.failed);
	assert_int_equal(bt_facts_decode(rec.data, rec.len, &a, &whole, &err), 0);
	assert_int_equal(bt_partial_open(rec.data, rec.len, &a, &p, &err), 0);
	assert_int_equal(p.facts.occs_nr, 0);
	for (uint32_t i = 0; i < whole.names_nr; i += every) {
		bt_arena_reset(&picks);
		agree_on(&whole, &p, &picks, i);
	}
	assert_int_equal(bt_partial_pick(&p, &picks, "not there", 9, &err), 0);
	assert_null(facts_disagree(&whole, &p.facts, BT_NONE));
}

static void test_agreement(void **state)
{
	static const struct shape shapes[] = {
		{ 0, 1, 0, 0, 0, 0 },
		{ 1, 1, 0, 0, 0, 100 },
		{ 7, 3, 40, 50, 0, 50 },
		{ 200, 60, 30, 50, 5, 20 },
		{ 1000, 140, 15, 60, 10, 10 },	/* distances of one byte and two */
		{ 3000, 900, 30, 80, 60, 5 },
		{ 2000, 2000, 95, 90, 1, 2 },
		{ 1500, 3, 1, 100, 0, 30 },
	};
	uint64_t random = seed();

	(void)state;
	for (unsigned round = 0; round < 12; round++)
		for (size_t i = 0; i < BT_ARRAY_NR(shapes); i++) {
			BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;
			struct bt_facts f;

			facts_make(&f, &a, &shapes[i], &random);
			agree(&f, 1 + shapes[i].names_max / 300);
		}
}

/* Distances of three bytes. */
static void test_many_names(void **state)
{
	static const struct shape shape = { 60000, 40000, 70, 95, 2, 1 };
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;
	uint64_t random = seed() + 1;
	struct bt_facts f;

	(void)state;
	facts_make(&f, &a, &shape, &random);
	agree(&f, 997);
}

/* --- bytes that make no sense --- */

/* In a block of its own size, so that tools see a read behind the end. */
static void try_bytes(const char *bytes, size_t len)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT, b = BT_ARENA_INIT;
	BT_FREE char *copy = bt_xmalloc(len + 1);
	struct bt_err err = BT_ERR_INIT;
	struct bt_facts whole;
	struct bt_partial p;
	bool good;

	memmove(copy + 1, bytes, len);
	good = !bt_facts_decode(copy + 1, len, &a, &whole, &err);
	if (bt_partial_open(copy + 1, len, &b, &p, &err)) {
		assert_int_equal(err.code, BT_ERR_CORRUPT);
		assert_false(good);
		return;
	}
	for (uint32_t i = 0; i < p.facts.names_nr; i += 1 + p.facts.names_nr / 7) {
		const struct bt_name *n = &p.facts.names[i];

		if (good && facts_text_is_new(&whole, i))
			agree_on(&whole, &p, &b, i);
		else if (!good && bt_partial_pick(&p, &b, n->text, n->len, &err))
			assert_int_equal(err.code, BT_ERR_CORRUPT);
	}
}

static void test_damage(void **state)
{
	static const struct shape shape = { 300, 150, 30, 70, 20, 15 };
	uint64_t random = seed() + 2;

	(void)state;
	for (unsigned round = 0; round < 6; round++) {
		BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;
		BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
		struct bt_facts f;

		facts_make(&f, &a, &shape, &random);
		bt_facts_encode(&f, &rec);
		for (size_t cut = 0; cut < rec.len; cut += 1 + rec.len / 200)
			try_bytes(rec.data, cut);
		for (unsigned i = 0; i < 1500; i++) {
			size_t at = dice(&random, (uint32_t)rec.len);
			char old = rec.data[at];

			rec.data[at] = (char)(dice(&random, 3) ? dice(&random, 256) : 0x80);
			try_bytes(rec.data, rec.len);
			rec.data[at] = old;
		}
	}
}

/* Continuation bytes without end must not be run over again and again. */
static void test_no_values(void **state)
{
	static const struct shape shape = { 1000, 200, 30, 70, 0, 50 };
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	uint64_t random = seed() + 3;
	struct bt_facts f;

	(void)state;
	facts_make(&f, &a, &shape, &random);
	bt_facts_encode(&f, &rec);
	for (size_t from = 0; from + 4000 < rec.len; from += 501) {
		BT_FREE char *bytes = bt_xmalloc(rec.len);

		memcpy(bytes, rec.data, rec.len);
		memset(bytes + from, 0x80, 4000);
		try_bytes(bytes, rec.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agreement),
		cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
