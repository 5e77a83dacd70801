/*
 * Prefix, substring and the common part of all matchers.
 */
#include <stdlib.h>
#include <string.h>

#include "store/search.h"

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Eight bytes at a time. */
static uint64_t fold_word(uint64_t w)
{
	const uint64_t ones = 0x0101010101010101ull;
	uint64_t low = w & 0x7f * ones;
	/* The high bit of a byte says: at least 'A'; more than 'Z'. */
	uint64_t from = low + (0x80 - 'A') * ones, behind = low + (0x7f - 'Z') * ones;

	return w | ((from & ~behind & ~w & 0x80 * ones) >> 2);
}

static void text_fold(struct bt_buf *to, const char *text, size_t len)
{
	size_t i;

	bt_buf_clear(to);
	if (!bt_buf_reserve(to, len + 8))
		return;
	for (i = 0; i + 8 <= len; i += 8) {
		uint64_t w;

		memcpy(&w, text + i, 8);
		w = fold_word(w);
		memcpy(to->data + i, &w, 8);
	}
	for (; i < len; i++)
		to->data[i] = fold(text[i]);
}

/* How often bytes stand in names, from the most frequent one on; others are rarer. */
static size_t rarest(const char *p, size_t len)
{
	static const char frequent[] = "_eEtTrRasSiAnIocCldNDmpLMO0uPFfgG1BbhU2xHkvyXwzV3";
	size_t i, best = 0, best_rank = 0;

	for (i = 0; i < len; i++) {
		const char *at = p[i] ? strchr(frequent, p[i]) : NULL;
		size_t rank = at ? (size_t)(at - frequent) + 1 : sizeof(frequent);

		if (rank > best_rank) {
			best_rank = rank;
			best = i;
		}
	}
	return best;
}

static void text_add(struct bt_matcher *m, const char *text, size_t len)
{
	if (len >= 3 && m->texts_nr < BT_MATCHER_TEXTS)
		m->texts[m->texts_nr++] = (struct bt_matcher_text){ text, len };
}

/* What is known about every match without looking at it. */
static void matcher_prepare(struct bt_matcher *m)
{
	const char *run;
	size_t at = 0, len;

	m->shortest = 1;
	m->longest = BT_NAME_LEN_MAX;
	switch (m->query->match) {
	case BT_MATCH_PREFIX:
		m->shortest = m->start_len = m->len;
		break;
	case BT_MATCH_SUBSTRING:
		m->shortest = m->len;
		m->rare = rarest(m->pattern, m->len);
		text_add(m, m->pattern, m->len);
		break;
	case BT_MATCH_GLOB:
		while (bt_name_glob_run(m->pattern, m->len, &at, &run, &len)) {
			if (run == m->pattern)
				m->start_len = len;
			text_add(m, run, len);
		}
		break;
	case BT_MATCH_FUZZY:
		m->shortest = m->len > m->edits ? m->len - m->edits : 1;
		m->longest = m->len + m->edits;
		m->any = true;
		bt_fuzzy_texts(m);
		break;
	}
}

int bt_matcher_init(struct bt_matcher *m, const struct bt_name_query *q, struct bt_err *err)
{
	size_t len = strlen(q->pattern), i;

	memset(m, 0, sizeof(*m));
	m->query = q;
	if (!len)
		return bt_err_set(err, BT_ERR_USAGE, "the pattern is empty");
	if (len > BT_PATTERN_LEN_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "the pattern is longer than %d bytes",
				  BT_PATTERN_LEN_MAX);
	for (i = 0; i < len; i++)
		m->pattern[i] = q->ignore_case ? fold(q->pattern[i]) : q->pattern[i];
	m->len = len;
	m->edits = q->edits < 1 ? 1 : q->edits > 2 ? 2 : q->edits;
	matcher_prepare(m);
	return 0;
}

void bt_matcher_release(struct bt_matcher *m)
{
	bt_buf_release(&m->folded);
	free(m->rows);
	m->rows = NULL;
}

void bt_matcher_begin(struct bt_matcher *m, const struct bt_block *b)
{
	if (m->query->ignore_case)
		text_fold(&m->folded, b->text.data, b->text.len);
	if (m->query->match == BT_MATCH_FUZZY)
		bt_fuzzy_begin(m);
}

bool bt_matcher_alive(struct bt_matcher *m, const char *start, size_t len)
{
	if (m->query->ignore_case) {
		text_fold(&m->folded, start, len);
		start = m->folded.data;
	}
	if (m->query->match == BT_MATCH_FUZZY)
		return bt_fuzzy_alive(m, start, len);
	return !memcmp(start, m->pattern, len < m->start_len ? len : m->start_len);
}

/*
 * All names at once: jumps from one rare byte to the next, wherever names end, and looks then
 * which name it is.
 */
static uint32_t substring_next(const struct bt_matcher *m, const struct bt_block *b,
			       const char *text, uint32_t from)
{
	const struct bt_block_name *n = b->names + from, *last = b->names + b->nr;
	const char *end = text + b->text.len, *p = n < last ? text + n->at + m->rare : end;

	while (p < end) {
		size_t start;

		p = memchr(p, m->pattern[m->rare], (size_t)(end - p));
		if (!p)
			break;
		start = (size_t)(p++ - text) - m->rare;
		while (n->at + n->len <= start)
			n++;
		if (start + m->len <= n->at + n->len && !memcmp(text + start, m->pattern, m->len))
			return (uint32_t)(n - b->names);
	}
	return b->nr;
}

static bool name_match(const struct bt_matcher *m, const char *name, size_t len)
{
	if (len < m->start_len || memcmp(name, m->pattern, m->start_len))
		return false;
	return m->query->match == BT_MATCH_PREFIX ||
	       bt_name_glob_match(m->pattern, m->len, name, len);
}

uint32_t bt_matcher_next(struct bt_matcher *m, const struct bt_block *b, uint32_t from)
{
	const char *text = m->query->ignore_case ? m->folded.data : b->text.data;
	uint32_t i;

	if (m->query->match == BT_MATCH_SUBSTRING)
		return substring_next(m, b, text, from);
	if (m->query->match == BT_MATCH_FUZZY)
		return bt_fuzzy_next(m, b, text, from);
	for (i = from; i < b->nr; i++)
		if (name_match(m, text + b->names[i].at, b->names[i].len))
			break;
	return i;
}
