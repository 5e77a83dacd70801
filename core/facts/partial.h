/*
 * What a record says about one name, without decoding the rest.
 *
 * Four fifths of a decoder's time go into occurrences, and a query wants those of one name. Here all columns but
 * theirs are decoded; of theirs the starts are found, and bt_partial_pick runs over them eight bytes at a time.
 *
 * The bytes may come from anywhere: what is read stays inside the record, and what is given keeps the bounds
 * of facts.h. But what nobody asks for is not looked at, so that a damaged record may be refused late
 * or never: who must know decodes it whole.
 */
#ifndef BT_FACTS_PARTIAL_H
#define BT_FACTS_PARTIAL_H

#include "core/facts/facts.h"

#define BT_PARTIAL_BEFORE 8	/* what is longer is no name that people ask for */

/* A place in the column of names of occurrences from where one can go on. */
struct bt_partial_mark {
	uint32_t at;		/* byte of the column; a value starts here */
	uint32_t occ;		/* the occurrence that it belongs to */
	uint32_t seen;		/* names met before it */
};

struct bt_partial {
	/*
	 * As bt_facts_decode has it, but of the occurrences only those of the name that was picked. One whose
	 * qualifier is a name comes behind up to BT_PARTIAL_BEFORE that stand in it (a and b of a::b::f), and has its
	 * qual_len; that of a definition with any qualifier behind as many as there are, which hold it (List of
	 * "func (l *List[T]) Push"). The qual_len of others is 0. A definition has a name and an occurrence (a
	 * number in this occs) where
	 *	- it has the picked name: both;
	 *	- it is around one of these, or around such an occurrence, or it is a package or module at
	 *	  the top: the name; the occurrence when it is in occs;
	 *	- anything else: neither (BT_NONE), unless its name comes from elsewhere.
	 * bt_facts_enclosing and chains of parents of what is in occs give what they give for all facts.
	 */
	struct bt_facts facts;
	uint32_t *def_occs;	/* per definition: its occurrence in the record, or BT_NONE */
	uint32_t *def_names;	/* the name that came from elsewhere, or BT_NONE */
	const uint8_t *names, *names_end;	/* columns of occurrences */
	const uint8_t *ats, *ats_end;
	const uint8_t *roles;
	const uint8_t *lens, *lens_end;		/* of qualifiers */
	struct bt_partial_mark *marks;
	uint32_t marks_nr;
	uint32_t occs_nr;	/* in the record */
	size_t len;		/* of the record */
};

/*
 * Everything lives in the arena; names and texts point into the record, which must outlive them. No name is picked
 * yet: facts has no occurrences.
 */
int bt_partial_open(const void *rec, size_t len, struct bt_arena *arena, struct bt_partial *ret_p,
		    struct bt_err *err);
/* A name that the record does not have: no occurrences. What was picked before is void. */
int bt_partial_pick(struct bt_partial *p, struct bt_arena *arena, const char *name, size_t len,
		    struct bt_err *err);

#endif
