/*
 * Records in part: finding one name's occurrences in the columns, and what stands around them.
 */
#include "core/facts/partial.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/facts/column.h"
#include "core/facts/decode.h"

/* Values between two marks. */
#define MARK_NR 128
/* What lies between them may not be longer, or it holds no values: it is run over once per definition. */
#define MARK_LEN_MAX ((MARK_NR + 16) * BT_VARINT_MAX)

/* --- opening --- */

static void mark_add(struct bt_partial *p, struct bt_reader *r, const uint8_t *at, uint32_t occ,
		     uint32_t seen)
{
	const struct bt_partial_mark *last = p->marks_nr ? &p->marks[p->marks_nr - 1] : NULL;

	/* to where the value starts */
	while (at > p->names && at[-1] >= 0x80)
		at--;
	if (last && at - p->names - last->at > MARK_LEN_MAX)
		r->bad = true;
	p->marks[p->marks_nr++] = (struct bt_partial_mark){ (uint32_t)(at - p->names), occ, seen };
}

/* Over the column of names. */
static void names_open(struct bt_partial *p, struct bt_reader *r, struct bt_arena *a)
{
	const uint8_t *at = r->at;
	uint32_t occ = 0, seen = 0;

	p->names = at;
	p->marks = bt_arena_alloc(a, (p->occs_nr / MARK_NR + 1) * sizeof(*p->marks));
	mark_add(p, r, at, 0, 0);
	for (; p->occs_nr - occ >= 8 && r->end - at >= 8; at += 8) {
		uint64_t w = bt_column_word(at);

		if (occ >= p->marks_nr * MARK_NR)
			mark_add(p, r, at, occ, seen);
		occ += bt_column_count(bt_column_ends(w));
		seen += bt_column_count(bt_column_zeros(w));
	}
	for (; occ < p->occs_nr && at < r->end; at++)
		occ += *at < 0x80;
	if (occ < p->occs_nr || at - p->names - p->marks[p->marks_nr - 1].at > MARK_LEN_MAX)
		r->bad = true;
	p->names_end = r->at = at;
}

/* How many of the occurrences have a qualifier, and so a value in the column of its lengths. */
static uint32_t count_qualified(const uint8_t *roles, uint32_t nr)
{
	uint32_t qualified = 0, i = 0;

	for (; i + 8 <= nr; i += 8)
		qualified += 8 - bt_column_count(bt_column_zeros(bt_column_word(roles + i) &
								 0xf0 * BT_COLUMN_ONES));
	for (; i < nr; i++)
		qualified += roles[i] >> 4 != 0;
	return qualified;
}

static void occs_open(struct bt_partial *p, struct bt_reader *r, struct bt_arena *a)
{
	uint32_t nr = p->occs_nr;

	names_open(p, r, a);
	p->ats = r->at;
	bt_column_skip(r, nr);
	p->ats_end = r->at;
	p->roles = bt_reader_bytes(r, nr);
	if (r->bad)
		return;
	p->lens = r->at;
	bt_column_skip(r, count_qualified(p->roles, nr));
	p->lens_end = r->at;
}

static void defs_open(struct bt_partial *p, struct bt_reader *r, struct bt_arena *a)
{
	struct bt_facts *f = &p->facts;

	f->occs_nr = p->occs_nr;	/* what the numbers in definitions are checked against */
	bt_decode_defs(r, a, f);
	f->occs_nr = 0;
	p->def_occs = bt_arena_alloc(a, (f->defs_nr + (size_t)1) * 2 * sizeof(*p->def_occs));
	p->def_names = p->def_occs + f->defs_nr;
	for (uint32_t i = 0; i < f->defs_nr && !r->bad; i++) {
		p->def_occs[i] = f->defs[i].occ;
		p->def_names[i] = f->defs[i].name;
		f->defs[i].occ = BT_NONE;
	}
}

int bt_partial_open(const void *rec, size_t len, struct bt_arena *arena, struct bt_partial *ret_p,
		    struct bt_err *err)
{
	struct bt_reader r = bt_reader_make(rec, len);
	struct bt_partial p = { .len = len };

	bt_decode_header(&r, &p.facts);
	p.occs_nr = p.facts.occs_nr;
	bt_decode_names(&r, arena, &p.facts);
	if (!r.bad)
		occs_open(&p, &r, arena);
	if (!r.bad)
		defs_open(&p, &r, arena);
	bt_decode_rest(&r, arena, &p.facts);
	if (r.bad || r.at != r.end)
		return bt_decode_refuse(len, err);
	p.facts.occs_nr = 0;
	*ret_p = p;
	return 0;
}

/* --- picking --- */

/* Occurrences of one name, by their numbers in the record. */
struct match {
	uint32_t number;
	uint32_t from;		/* the first one before it that goes with it */
	uint32_t qual_len;	/* when its qualifier is a name */
};

struct matches {
	struct match *list;
	size_t nr, alloc;
};

static void matches_release(struct matches *m)
{
	free(m->list);
}

static void match_add(struct matches *m, uint32_t occ)
{
	BT_GROW(m->list, m->alloc, m->nr + 1);
	m->list[m->nr++] = (struct match){ .number = occ, .from = occ };
}

/* A word of the column of names: what is known before one looks at its values. */
struct names_word {
	const uint8_t *at;
	uint32_t occ, seen;	/* before the first value that starts here */
	uint64_t w, starts, ends, zeros;
};

/* Value by value: around the first appearance of the name, and where a number is about to get another byte. */
static void word_match_slowly(const struct bt_partial *p, const struct names_word *n, uint32_t name,
			      struct matches *out)
{
	uint32_t occ = n->occ, seen = n->seen;

	for (unsigned i = 0; i < 64 && occ < p->occs_nr; i += 8) {
		struct bt_reader r = bt_reader_make(n->at + i / 8, 0);

		r.end = p->names_end;
		if (n->starts >> i & 0x80) {
			uint64_t back = bt_reader_varint(&r);

			if (!r.bad && back <= seen && seen - back == name)
				match_add(out, occ);
			seen += !back && !r.bad;
		}
		occ += n->ends >> i >> 7 & 1;
	}
}

/* Candidates are values whose first byte is right; `second`: the byte behind it, or 0x80 for none. */
static void word_match_at(const struct bt_partial *p, const struct names_word *n, uint64_t candidates,
			  unsigned second, struct matches *out)
{
	for (; candidates; candidates &= candidates - 1) {
		unsigned byte = (unsigned)__builtin_ctzll(candidates) / 8;
		uint64_t before = n->ends & ((UINT64_C(1) << 8 * byte) - 1);

		if (second < 0x80 && (n->at + byte + 1 >= p->names_end || n->at[byte + 1] != second))
			continue;
		match_add(out, n->occ + bt_column_count(before));
	}
}

static void word_match(const struct bt_partial *p, const struct names_word *n, uint32_t name,
		       struct matches *out)
{
	/* zeros before each byte: every new name makes the distance to ours larger by one */
	uint64_t steps = (n->zeros >> 7 << 8) * BT_COLUMN_ONES, wanted;
	uint32_t back = n->seen - name;

	if (n->seen < name) {
		if (name - n->seen < bt_column_count(n->zeros))
			word_match_slowly(p, n, name, out);
		return;
	}
	if ((back & 0x7f) > 0x7f - 8 || back >= 0x3f80) {
		word_match_slowly(p, n, name, out);
		return;
	}
	wanted = (back & 0x7f) * BT_COLUMN_ONES + steps;
	if (back >= 0x80)
		wanted |= BT_COLUMN_HIGHS;
	word_match_at(p, n, bt_column_zeros(n->w ^ wanted) & n->starts, back >= 0x80 ? back >> 7 : 0x80, out);
}

/* All occurrences of a name: its number is the distance to the newest name at every place. */
static void find_matches(const struct bt_partial *p, uint32_t name, struct matches *out)
{
	const struct bt_partial_mark *m = p->marks;
	struct names_word n = { .at = p->names };
	uint64_t going_on = 0;

	while (m + 1 < p->marks + p->marks_nr && m[1].seen <= name)
		m++;
	n.at += m->at;
	n.occ = m->occ;
	n.seen = m->seen;
	for (; n.at < p->names_end; n.at += 8) {
		size_t left = (size_t)(p->names_end - n.at);

		if (left >= 8) {
			n.w = bt_column_word(n.at);
		} else {	/* what is not there neither ends a value nor is one of ours */
			uint8_t tail[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };

			memcpy(tail, n.at, left);
			n.w = bt_column_word(tail);
		}
		n.ends = bt_column_ends(n.w);
		n.starts = ~(~n.ends << 8 | going_on) & BT_COLUMN_HIGHS;
		n.zeros = bt_column_zeros(n.w);
		if (left < 8)
			n.starts &= (UINT64_C(1) << 8 * left) - 1;
		word_match(p, &n, name, out);
		n.occ += bt_column_count(n.ends);
		n.seen += bt_column_count(n.zeros);
		going_on = (n.w & BT_COLUMN_HIGHS) >> 56;
	}
}

/* The name of an occurrence by its number in the record; BT_NONE when the bytes make no sense. */
static uint32_t name_of(const struct bt_partial *p, uint32_t wanted)
{
	uint32_t k = wanted / MARK_NR < p->marks_nr ? wanted / MARK_NR : p->marks_nr - 1, occ, seen;
	struct bt_reader r;
	const uint8_t *at, *start;
	uint64_t back;

	if (k && p->marks[k].occ > wanted)
		k--;
	occ = p->marks[k].occ;
	seen = p->marks[k].seen;
	at = start = p->names + p->marks[k].at;
	for (; wanted - occ >= 8 && p->names_end - at >= 8; at += 8) {
		uint64_t w = bt_column_word(at);

		occ += bt_column_count(bt_column_ends(w));
		seen += bt_column_count(bt_column_zeros(w));
	}
	while (at > start && at[-1] >= 0x80)
		at--;
	r = bt_reader_make(at, (size_t)(p->names_end - at));
	for (;; occ++) {
		back = bt_reader_varint(&r);
		if (occ == wanted || r.bad)
			break;
		seen += !back;
	}
	return r.bad || back > seen || seen - back >= p->facts.names_nr ? BT_NONE : seen - (uint32_t)back;
}

/* Running along the columns of places and of lengths of qualifiers. */
struct qualifiers {
	const struct bt_partial *p;
	struct bt_column_sum ats, lens;
	uint32_t counted, qualified;	/* so many of the first `counted` have a qualifier */
};

static uint32_t qual_len_of(struct qualifiers *q, uint32_t number)
{
	uint64_t before;

	q->qualified += count_qualified(q->p->roles + q->counted, number - q->counted);
	q->counted = number;
	bt_column_sum_to(&q->lens, q->qualified);
	before = q->lens.sum;
	bt_column_sum_to(&q->lens, (uint64_t)q->qualified + 1);
	return (uint32_t)(q->lens.sum - before);
}

/* Those that stand in the qualifier of a match, back from the one right before it. */
static void find_qualifier(struct qualifiers *q, struct match *m)
{
	uint32_t first = m->number < BT_PARTIAL_BEFORE ? 0 : m->number - BT_PARTIAL_BEFORE, nr = 0;
	uint64_t at[BT_PARTIAL_BEFORE + 1];
	struct bt_column_sum ats;

	bt_column_sum_to(&q->ats, first);	/* no farther: the next match may be the next occurrence */
	ats = q->ats;
	for (uint32_t i = first; i <= m->number; i++) {
		bt_column_sum_to(&ats, (uint64_t)i + 1);
		at[nr++] = ats.sum;
	}
	q->ats.bad |= ats.bad;
	m->qual_len = qual_len_of(q, m->number);
	m->from = m->number - 1;
	while (m->from > first && at[m->from - 1 - first] + m->qual_len >= at[nr - 1])
		m->from--;
}

/* What goes with each match: its qualifier; what may be one of a definition. */
static bool find_froms(const struct bt_partial *p, struct matches *m)
{
	struct qualifiers q = { .p = p, .ats = { .at = p->ats, .end = p->ats_end },
				.lens = { .at = p->lens, .end = p->lens_end } };

	for (size_t i = 0; i < m->nr; i++) {
		struct match *at = &m->list[i];
		uint8_t qual = p->roles[at->number] >> 4;

		if (qual == BT_QUAL_NAME && at->number)
			find_qualifier(&q, at);
		if (qual != BT_QUAL_NONE && (p->roles[at->number] & 15) <= BT_ROLE_DECL)
			at->from = at->number < BT_PARTIAL_BEFORE ? 0 : at->number - BT_PARTIAL_BEFORE;
	}
	/* what goes with a match goes before the matches that it holds, and each is there once */
	for (size_t i = m->nr; i-- > 1;)
		if (m->list[i].from < m->list[i - 1].from)
			m->list[i - 1].from = m->list[i].from;
	for (size_t i = 1; i < m->nr; i++)
		if (m->list[i].from <= m->list[i - 1].number)
			m->list[i].from = m->list[i - 1].number + 1;
	return !q.ats.bad && !q.lens.bad;
}

/* One occurrence to facts.occs; false when the bytes make no sense. */
static bool occ_put(struct bt_partial *p, struct bt_column_sum *ats, uint32_t number, uint32_t name,
		    uint32_t *numbers)
{
	struct bt_facts *f = &p->facts;
	struct bt_occ *o = &f->occs[f->occs_nr];

	bt_column_sum_to(ats, (uint64_t)number + 1);
	o->name = name;
	o->at = (uint32_t)ats->sum;
	o->qual_len = 0;
	o->role = p->roles[number] & 15;
	o->qual = p->roles[number] >> 4;
	numbers[f->occs_nr++] = number;
	return !ats->bad && ats->sum < f->size && name < f->names_nr && o->role < BT_ROLE_NR &&
	       o->qual < BT_QUAL_NR && (f->occs_nr < 2 || o->at > o[-1].at) &&
	       (number || o->qual != BT_QUAL_NAME);
}

static bool occs_pick(struct bt_partial *p, uint32_t name, const struct matches *m, uint32_t *numbers)
{
	struct bt_column_sum ats = { .at = p->ats, .end = p->ats_end };

	for (size_t i = 0; i < m->nr; i++) {
		for (uint32_t before = m->list[i].from; before < m->list[i].number; before++)
			if (!occ_put(p, &ats, before, name_of(p, before), numbers))
				return false;
		if (!occ_put(p, &ats, m->list[i].number, name, numbers))
			return false;
		if (m->list[i].qual_len > p->facts.occs[p->facts.occs_nr - 1].at)
			return false;
		p->facts.occs[p->facts.occs_nr - 1].qual_len = m->list[i].qual_len;
	}
	return true;
}

/* A definition and those around it get their names. */
static bool def_pick(struct bt_partial *p, uint32_t def, uint8_t *done)
{
	struct bt_def *defs = p->facts.defs;

	for (; def != BT_NONE && !done[def]; def = defs[def].parent) {
		done[def] = 1;
		if (defs[def].name == BT_NONE)
			defs[def].name = name_of(p, p->def_occs[def]);
		if (defs[def].name == BT_NONE)
			return false;
	}
	return true;
}

static uint32_t index_of(const uint32_t *numbers, uint32_t nr, uint32_t number)
{
	uint32_t lo = 0, hi = nr;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (numbers[mid] < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < nr && numbers[lo] == number ? lo : BT_NONE;
}

static bool at_the_top(const struct bt_def *d)
{
	return (d->kind == BT_KIND_PACKAGE || d->kind == BT_KIND_MODULE) && d->parent == BT_NONE;
}

static bool defs_pick(struct bt_partial *p, uint32_t name, const uint32_t *numbers, uint8_t *done)
{
	struct bt_facts *f = &p->facts;

	for (uint32_t i = 0; i < f->defs_nr; i++) {
		struct bt_def *d = &f->defs[i];

		d->name = p->def_names[i];
		d->occ = p->def_occs[i] == BT_NONE ? BT_NONE : index_of(numbers, f->occs_nr, p->def_occs[i]);
		if (d->occ != BT_NONE)
			d->name = f->occs[d->occ].name;
	}
	for (uint32_t i = 0; i < f->defs_nr; i++)
		if (((name != BT_NONE && f->defs[i].name == name) || at_the_top(&f->defs[i])) &&
		    !def_pick(p, i, done))
			return false;
	for (uint32_t i = 0; i < f->occs_nr; i++)
		if (!def_pick(p, bt_facts_def_before(f, f->occs[i].at), done))
			return false;
	return true;
}

static uint32_t name_find(const struct bt_facts *f, const char *name, size_t len)
{
	for (uint32_t i = 0; i < f->names_nr; i++)
		if (f->names[i].len == len && !memcmp(f->names[i].text, name, len))
			return i;
	return BT_NONE;
}

int bt_partial_pick(struct bt_partial *p, struct bt_arena *arena, const char *name, size_t len,
		    struct bt_err *err)
{
	BT_CLEANUP(matches_release) struct matches m = { .list = NULL };
	struct bt_facts *f = &p->facts;
	uint32_t number = name_find(f, name, len), *numbers;
	size_t room = 1;

	f->occs_nr = 0;
	if (number != BT_NONE)
		find_matches(p, number, &m);
	if (!find_froms(p, &m))
		return bt_decode_refuse(p->len, err);
	for (size_t i = 0; i < m.nr; i++)
		room += 1 + m.list[i].number - m.list[i].from;
	f->occs = bt_arena_alloc(arena, room * (sizeof(*f->occs) + sizeof(*numbers)) + f->defs_nr);
	numbers = (uint32_t *)(f->occs + room);
	if (!occs_pick(p, number, &m, numbers) ||
	    !defs_pick(p, number, numbers, memset(numbers + room, 0, f->defs_nr)))
		return bt_decode_refuse(p->len, err);
	return 0;
}
