/*
 * Symbol search. In every segment: which blocks can hold a match, then the names of those.
 *
 * A start that is known (prefix; glob without star in front) is a range of blocks; when case is
 * ignored it is one per spelling of its first letters. A text of three bytes or more inside is
 * looked up by its trigrams. What depends on the first bytes in another way (the other letters,
 * edits) is tried on the fences: the bytes that all names of a block share.
 * What is left, a pattern of one or two bytes, reads all blocks, which is fast enough to stop at
 * names_max.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/signal.h"
#include "store/search.h"

struct search {
	struct bt_store *s;
	const struct bt_name_query *query;
	int (*each)(void *ctx, const struct bt_name_hit *hit, struct bt_err *err);
	void *ctx;
	struct bt_matcher matcher;
	struct bt_block block;
	struct bt_postings_list list;
	struct bt_buf scratch;
	uint64_t *wanted; /* bits: blocks of the segment */
	size_t words_alloc;
	/* Distinct names so far, when they are counted: hashes, 0 is free. */
	uint64_t *seen;
	size_t seen_nr, seen_size;
	bool stop;
};

static void search_release(struct search *c)
{
	bt_matcher_release(&c->matcher);
	bt_block_release(&c->block);
	bt_postings_list_release(&c->list);
	bt_buf_release(&c->scratch);
	free(c->wanted);
	free(c->seen);
}

/* --- which blocks --- */

static void wanted_set(struct search *c, uint32_t block)
{
	c->wanted[block / 64] |= (uint64_t)1 << block % 64;
}

static void wanted_reset(struct search *c, uint32_t blocks, bool all)
{
	/* Whole regions. */
	size_t words = (blocks / BT_TRIGRAM_REGION + (size_t)1) * BT_REGION_WORDS;

	BT_GROW(c->wanted, c->words_alloc, words);
	memset(c->wanted, all ? 0xff : 0, words * sizeof(*c->wanted));
}

/* Letters at the start that are looked up in either case: 8 look-ups. */
#define CASES_MAX 3

/*
 * By what the row of each block says: the lengths of its defined names, and the bytes that all its
 * names share, which are those its fence shares with the next one. From the block that may hold
 * `start` on, as long as a block may hold names that start like it; all blocks when it is empty.
 */
static int wanted_by_fences(struct search *c, const struct bt_segment *seg, const char *start,
			    size_t start_len, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	char low[BT_NAME_LEN_MAX];
	size_t low_len = 0;
	uint32_t block = 0;
	bool fits = false; /* the lengths of the block before */
	int rc = bt_segment_fence(c->s, seg->id, start, start_len, low, &low_len, err);

	if (rc == BT_ROW)
		rc = bt_sql_get(c->s, BT_SQL_NAME_KEY_FROM, &q, err);
	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, seg->id);
	bt_sql_bind_bytes(q, 2, low, low_len);
	while ((rc = bt_sql_step(c->s, q, err)) == BT_ROW) {
		size_t len;
		const char *key = bt_sql_bytes(q, 0, &len);

		if (fits &&
		    bt_matcher_alive(&c->matcher, low, bt_name_shared(low, low_len, key, len)))
			wanted_set(c, block);
		if (len && memcmp(key, start, len < start_len ? len : start_len) > 0)
			return 0;
		block = (uint32_t)sqlite3_column_int64(q, 1);
		if (block >= seg->blocks || len > sizeof(low))
			return bt_store_corrupt(c->s, err, "a key of names makes no sense");
		if (len)
			memcpy(low, key, len);
		low_len = len;
		fits = sqlite3_column_int64(q, 2) <= (int64_t)c->matcher.longest &&
		       sqlite3_column_int64(q, 3) >= (int64_t)c->matcher.shortest;
	}
	/* Nothing is known about the names behind the last fence. */
	if (!rc && fits)
		wanted_set(c, block);
	return rc;
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* The start is known but for the case of its letters: the pattern has them in lower case. */
static int wanted_by_cases(struct search *c, const struct bt_segment *seg, struct bt_err *err)
{
	const struct bt_matcher *m = &c->matcher;
	char start[BT_PATTERN_LEN_MAX];
	size_t len, letters[CASES_MAX], nr = 0;
	unsigned upper, k;
	int rc = 0;

	for (len = 0; len < m->start_len; len++) {
		if (!is_lower(m->pattern[len]))
			continue;
		if (nr == CASES_MAX)
			break;
		letters[nr++] = len;
	}
	for (upper = 0; upper < 1u << nr && !rc; upper++) {
		memcpy(start, m->pattern, len);
		for (k = 0; k < nr; k++)
			if (upper & 1u << k)
				start[letters[k]] += 'A' - 'a';
		rc = wanted_by_fences(c, seg, start, len, err);
	}
	return rc;
}

/* The blocks that may hold names with the start that is known. */
static int wanted_by_start(struct search *c, const struct bt_segment *seg, struct bt_err *err)
{
	char after[BT_PATTERN_LEN_MAX];
	size_t len = c->matcher.start_len;
	uint32_t first, last = seg->blocks - 1;
	int rc = bt_segment_seek(c->s, seg->id, c->matcher.pattern, len, &first, err);

	if (rc != BT_ROW)
		return rc;
	/* The first text behind all that start like this. */
	memcpy(after, c->matcher.pattern, len);
	while (len && (uint8_t)after[len - 1] == 0xff)
		len--;
	if (len) {
		after[len - 1]++;
		rc = bt_segment_seek(c->s, seg->id, after, len, &last, err);
		if (rc < 0)
			return rc;
	}
	if (last >= seg->blocks || first > last)
		return bt_store_corrupt(c->s, err, "a key of names makes no sense");
	for (; first <= last; first++)
		wanted_set(c, first);
	return 0;
}

/* The blocks of a region that hold all trigrams of a text. */
static int text_blocks(struct search *c, const struct bt_segment *seg, uint32_t region,
		       const struct bt_matcher_text *text, struct bt_region *ret_blocks,
		       struct bt_err *err)
{
	struct bt_region blocks;
	uint32_t t = 0;
	uint64_t left = 1;
	size_t i, j;
	int rc;

	memset(ret_blocks, 0xff, sizeof(*ret_blocks));
	for (i = 0; i < text->len && left; i++) {
		t = bt_trigram_next(t, (uint8_t)text->text[i]);
		if (i < 2)
			continue;
		rc = bt_trigram_read(c->s, seg->id, region, t, &c->scratch, &blocks, err);
		if (rc)
			return rc;
		for (j = 0, left = 0; j < BT_REGION_WORDS; j++)
			left |= ret_blocks->words[j] &= blocks.words[j];
	}
	return 0;
}

/* Takes away blocks that lack a trigram of a text that is in every match. */
static int wanted_by_trigrams(struct search *c, const struct bt_segment *seg, struct bt_err *err)
{
	const struct bt_matcher *m = &c->matcher;
	uint32_t region, regions = (seg->blocks + BT_TRIGRAM_REGION - 1) / BT_TRIGRAM_REGION;
	size_t i, j;
	int rc;

	for (region = 0; region < regions; region++) {
		uint64_t *words = c->wanted + (size_t)region * BT_REGION_WORDS;
		struct bt_region all, one;

		memset(&all, m->any ? 0 : 0xff, sizeof(all));
		for (i = 0; i < m->texts_nr; i++) {
			rc = text_blocks(c, seg, region, &m->texts[i], &one, err);
			if (rc)
				return rc;
			for (j = 0; j < BT_REGION_WORDS; j++)
				all.words[j] = m->any ? all.words[j] | one.words[j]
						      : all.words[j] & one.words[j];
		}
		for (j = 0; j < BT_REGION_WORDS; j++)
			words[j] &= all.words[j];
	}
	return 0;
}

static int wanted_find(struct search *c, const struct bt_segment *seg, struct bt_err *err)
{
	const struct bt_matcher *m = &c->matcher;
	int rc = 0;

	if (c->query->match == BT_MATCH_FUZZY) {
		wanted_reset(c, seg->blocks, false);
		rc = wanted_by_fences(c, seg, "", 0, err);
	} else if (m->start_len && c->query->ignore_case) {
		wanted_reset(c, seg->blocks, false);
		rc = wanted_by_cases(c, seg, err);
	} else if (m->start_len) {
		wanted_reset(c, seg->blocks, false);
		rc = wanted_by_start(c, seg, err);
	} else {
		wanted_reset(c, seg->blocks, true);
	}
	if (!rc && m->texts_nr)
		rc = wanted_by_trigrams(c, seg, err);
	return rc;
}

/* --- the names in them --- */

static void seen_grow(struct search *c)
{
	size_t old_size = c->seen_size, i, x;
	uint64_t *old = c->seen;

	c->seen_size = old_size ? 2 * old_size : 256;
	c->seen = bt_xcalloc(c->seen_size, sizeof(*c->seen));
	for (i = 0; i < old_size; i++) {
		if (!old[i])
			continue;
		for (x = old[i] & (c->seen_size - 1); c->seen[x]; x = (x + 1) & (c->seen_size - 1))
			;
		c->seen[x] = old[i];
	}
	free(old);
}

/* False: a name more than names_max. */
static bool seen_count(struct search *c, const char *name, size_t len)
{
	uint64_t hash = bt_hash64(name, len, 0) | 1;
	size_t x;

	if (!c->query->names_max)
		return true;
	if (2 * c->seen_nr >= c->seen_size)
		seen_grow(c);
	for (x = hash & (c->seen_size - 1); c->seen[x]; x = (x + 1) & (c->seen_size - 1))
		if (c->seen[x] == hash)
			return true;
	if (c->seen_nr == c->query->names_max)
		return false;
	c->seen[x] = hash;
	c->seen_nr++;
	return true;
}

/* Name number i of the block matches. */
static int hit_report(struct search *c, uint32_t i, struct bt_err *err)
{
	struct bt_block *b = &c->block;
	struct bt_name_hit hit = { .name = bt_block_name(b, i), .name_len = b->names[i].len };
	int rc;

	if (!seen_count(c, hit.name, hit.name_len)) {
		c->stop = true;
		return 0;
	}
	c->list.nr = 0;
	rc = bt_block_postings(c->s, b, i, true, &c->list, err);
	if (rc)
		return rc;
	if (!c->list.nr)
		return bt_store_corrupt(c->s, err, "a name has no definition where it should");
	hit.postings = c->list.list;
	hit.postings_nr = c->list.nr;
	hit.distance = c->matcher.distance;
	rc = c->each(c->ctx, &hit, err);
	if (rc <= 0)
		return rc;
	c->stop = true;
	return 0;
}

static int block_search(struct search *c, struct bt_err *err)
{
	const struct bt_block *b = &c->block;
	uint32_t i = 0;
	int rc = 0;

	bt_matcher_begin(&c->matcher, b);
	while (!rc && !c->stop && (i = bt_matcher_next(&c->matcher, b, i)) < b->nr) {
		if (b->names[i].defined)
			rc = hit_report(c, i, err);
		i++;
	}
	return rc;
}

static int segment_search(struct search *c, const struct bt_segment *seg, struct bt_err *err)
{
	uint32_t block;
	int rc = seg->blocks ? wanted_find(c, seg, err) : 0;

	for (block = 0; !rc && !c->stop && block < seg->blocks; block++) {
		uint64_t word = c->wanted[block / 64] >> block % 64;

		if (!word) {
			block |= 63;
			continue;
		}
		block += (uint32_t)__builtin_ctzll(word);
		if (block >= seg->blocks)
			break;
		rc = bt_block_read(c->s, seg->id, block, &c->block, err);
		if (!rc)
			rc = block_search(c, err);
		if (!rc && block % 64 == 0)
			rc = bt_cancel_check(err);
	}
	return rc;
}

int bt_postings_search(struct bt_store *s, const struct bt_name_query *q,
		       int (*each)(void *ctx, const struct bt_name_hit *hit, struct bt_err *err),
		       void *ctx, struct bt_err *err)
{
	BT_CLEANUP(search_release)
	struct search c = {
		.s = s,
		.query = q,
		.each = each,
		.ctx = ctx,
		.block = BT_BLOCK_INIT,
	};
	BT_FREE struct bt_segment *segments = NULL;
	size_t nr = 0, i;
	int rc = bt_matcher_init(&c.matcher, q, err);

	if (!rc)
		rc = bt_store_read_begin(s, err);
	if (rc)
		return rc;
	rc = bt_segment_list(s, &segments, &nr, err);
	for (i = 0; !rc && !c.stop && i < nr; i++)
		rc = segment_search(&c, &segments[i], err);
	bt_store_read_end(s);
	return rc;
}
