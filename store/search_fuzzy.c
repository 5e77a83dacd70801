/*
 * Names within one or two edits of the pattern: bytes put in, left out, replaced, or two
 * neighbours swapped (no byte is edited twice: the optimal string alignment distance).
 *
 * Row i of the table holds the distances between the first i bytes of a name and every start of
 * the pattern. Names in order share their first rows. A row whose entries are all too large is the
 * end of all names that start like this; a swap looks back one row further, so that one must be
 * too large as well.
 */
#include <stdlib.h>

#include "store/search.h"

/* Distances are cut here: they are compared with two at most. */
#define FAR 100
/* A match is no longer than the pattern and its edits: deeper rows are dead. */
#define ROWS_EXTRA 4

/*
 * Edits + 1 pieces: an edit spoils one of them, so one is left whole, unless a swap across a
 * border spoils two. Then the pieces that touch the border are whole but for one byte each, and
 * the swapped bytes stand behind the last whole byte of the first; another edit, which spoils the
 * third piece, does not reach there.
 */
void bt_fuzzy_texts(struct bt_matcher *m)
{
	size_t nr = m->edits + 1, i;

	if (m->len < 3 * nr)
		return;
	for (i = 0; i < nr; i++) {
		size_t from = m->len * i / nr, to = m->len * (i + 1) / nr;

		m->texts[m->texts_nr++] = (struct bt_matcher_text){ m->pattern + from, to - from };
		if (!i)
			continue;
		m->swapped[i - 1][0] = m->pattern[from - 2];
		m->swapped[i - 1][1] = m->pattern[from];
		m->swapped[i - 1][2] = m->pattern[from - 1];
		m->texts[m->texts_nr++] = (struct bt_matcher_text){ m->swapped[i - 1], 3 };
	}
}

static uint8_t *row_at(const struct bt_matcher *m, size_t depth)
{
	return m->rows + depth * (m->len + 1);
}

static uint8_t least(unsigned a, unsigned b)
{
	return (uint8_t)(a < b ? a : b);
}

/* Row `depth` from the rows before; text[depth - 1] is its byte. False: dead. */
static bool row_make(const struct bt_matcher *m, const char *text, size_t depth)
{
	const uint8_t *up = row_at(m, depth - 1), *upper = depth > 1 ? row_at(m, depth - 2) : NULL;
	uint8_t *row = row_at(m, depth), low, low_up;
	size_t j;

	row[0] = least(up[0] + 1u, FAR);
	low = row[0];
	low_up = up[0];
	for (j = 1; j <= m->len; j++) {
		bool same = m->pattern[j - 1] == text[depth - 1];
		uint8_t d = least(up[j - 1] + !same, least(up[j] + 1u, row[j - 1] + 1u));

		if (upper && j > 1 && m->pattern[j - 1] == text[depth - 2] &&
		    m->pattern[j - 2] == text[depth - 1])
			d = least(d, upper[j - 2] + 1u);
		row[j] = least(d, FAR);
		low = least(low, row[j]);
		low_up = least(low_up, up[j]);
	}
	return low <= m->edits || low_up < m->edits;
}

void bt_fuzzy_begin(struct bt_matcher *m)
{
	size_t j;

	if (!m->rows)
		m->rows = bt_xmalloc((m->len + m->edits + ROWS_EXTRA) * (m->len + 1));
	for (j = 0; j <= m->len; j++)
		m->rows[j] = least((unsigned)j, FAR);
	m->depth = 0;
	m->dead = 0;
}

/* False, and m->dead, when no name with this start matches. */
static bool rows_make(struct bt_matcher *m, const char *text, size_t len, size_t shared)
{
	m->dead = 0;
	if (m->depth > shared)
		m->depth = shared;
	while (m->depth < len) {
		if (!row_make(m, text, ++m->depth)) {
			m->dead = m->depth;
			return false;
		}
	}
	return true;
}

uint32_t bt_fuzzy_next(struct bt_matcher *m, const struct bt_block *b, const char *text,
		       uint32_t from)
{
	uint32_t i;

	for (i = from; i < b->nr; i++) {
		const struct bt_block_name *n = &b->names[i];

		if (m->dead && n->shared >= m->dead)
			continue;
		if (!rows_make(m, text + n->at, n->len, n->shared))
			continue;
		m->distance = row_at(m, n->len)[m->len];
		if (m->distance <= m->edits)
			return i;
	}
	return i;
}

bool bt_fuzzy_alive(struct bt_matcher *m, const char *start, size_t len)
{
	bt_fuzzy_begin(m);
	return rows_make(m, start, len, 0);
}
