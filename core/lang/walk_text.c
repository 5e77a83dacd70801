/*
 * The bytes of a walk: lines, tokens and their running hash, names, identifiers in opaque text.
 *
 * Every byte is looked at once, in order: a leaf's bytes when it is met, the bytes between two
 * leaves (white space, and text that the grammar hides) by walk_gap. So rows are counted here and
 * tree-sitter is not asked for them.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/lang/walk_state.h"

#define HASH_PRIME ((1ULL << 61) - 1)
#define HASH_BASE 0x0f3a7c1d5b9e2468ULL	/* any number below the prime with mixed bits */

static uint64_t mul_mod(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;
	uint64_t r = (uint64_t)(p & HASH_PRIME) + (uint64_t)(p >> 61);

	return r >= HASH_PRIME ? r - HASH_PRIME : r;
}

static uint64_t pow_mod(uint64_t base, uint64_t nr)
{
	uint64_t r = 1;

	for (; nr; nr >>= 1) {
		if (nr & 1)
			r = mul_mod(r, base);
		base = mul_mod(base, base);
	}
	return r;
}

void walk_token(struct walk *w, uint64_t token)
{
	uint64_t v = mul_mod(w->hash.value, HASH_BASE) + (token >> 3);

	w->hash.value = v >= HASH_PRIME ? v - HASH_PRIME : v;
	w->hash.nr++;
}

uint64_t walk_hash_between(struct walk_hash from, struct walk_hash to)
{
	uint64_t head = mul_mod(from.value, pow_mod(HASH_BASE, to.nr - from.nr));
	uint64_t v = to.value >= head ? to.value - head : to.value + HASH_PRIME - head;

	return bt_mix64(v ^ (to.nr - from.nr));
}

void walk_lines_init(struct walk *w)
{
	const char *p = w->src, *end = w->src + w->size;

	w->lines_nr = 0;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		BT_GROW(w->line_starts, w->lines_alloc, w->lines_nr + 1);
		w->line_starts[w->lines_nr++] = (uint32_t)(p - w->src);
		p = nl ? nl + 1 : end;
	}
	BT_GROW(w->line_flags, w->line_flags_alloc, w->lines_nr + 1);
	memset(w->line_flags, 0, w->lines_nr + 1);
	w->covered = w->row = w->gap_words_to = 0;
	w->last_code_row = BT_NONE;
	w->comment_end = 0;
	w->comment_start = BT_NONE;
	w->comment_next = BT_NONE;
}

static void mark_rows(struct walk *w, uint32_t from, uint32_t to, uint8_t flag)
{
	for (uint32_t row = from; row <= to && row < w->lines_nr; row++)
		w->line_flags[row] |= flag;
}

/* Moves over [covered, to), counting rows. */
static void cover(struct walk *w, uint32_t to)
{
	const char *p = w->src + w->covered, *end = w->src + to;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		w->row++;
		p++;
	}
	w->covered = to;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void walk_leaf(struct walk *w, uint32_t start, uint32_t end, uint64_t token)
{
	uint32_t row;

	if (w->comment_next == BT_NONE)
		w->comment_next = start;
	walk_gap(w, start);
	if (end <= w->covered)
		return;
	walk_token(w, token);
	row = w->row;
	if (end - start > 2 || w->src[start] == '\n')
		cover(w, end);
	else
		w->covered = end;
	mark_rows(w, row, w->row, LINE_CODE);
	w->last_code_row = w->row;
}

void walk_comment(struct walk *w, uint32_t start, uint32_t end)
{
	uint32_t row, last = end;
	bool joined;

	walk_gap(w, start);
	if (end <= w->covered)
		return;
	while (last > start && is_space(w->src[last - 1]))
		last--;
	row = w->row;
	joined = w->comment_start != BT_NONE && w->comment_next == BT_NONE && w->comment_first &&
		 row <= w->comment_end_row + 1;
	if (!joined) {
		w->comment_start = start;
		w->comment_first = w->last_code_row == BT_NONE || w->last_code_row < row;
	}
	cover(w, last);
	mark_rows(w, row, w->row, LINE_COMMENT);
	if (!start && last > 2 && w->src[0] == '#' && w->src[1] == '!') {
		w->comment_start = BT_NONE;	/* a shebang documents nothing */
		cover(w, end);
		return;
	}
	w->comment_end = last;
	w->comment_end_row = w->row;
	w->comment_next = BT_NONE;
	cover(w, end);
}

uint64_t walk_name_hash(const char *text, uint32_t len)
{
	return bt_hash64(text, len, 0);
}

static void grow_slots(struct walk *w)
{
	size_t nr = w->slots_nr ? w->slots_nr * 2 : 1024;
	struct walk_name_slot *slots = bt_xcalloc(nr, sizeof(*slots));

	for (size_t i = 0; i < w->slots_nr; i++) {
		size_t at = w->slots[i].hash & (nr - 1);

		if (w->slots[i].generation != w->generation)
			continue;
		while (slots[at].generation)
			at = (at + 1) & (nr - 1);
		slots[at] = w->slots[i];
	}
	free(w->slots);
	w->slots = slots;
	w->slots_nr = nr;
}

uint32_t walk_name(struct walk *w, const char *text, uint32_t len, uint64_t hash)
{
	size_t at;

	if (len > BT_NAME_LEN_MAX)
		len = BT_NAME_LEN_MAX;
	if ((size_t)w->names_nr * 2 >= w->slots_nr)
		grow_slots(w);
	at = hash & (w->slots_nr - 1);
	for (; w->slots[at].generation == w->generation; at = (at + 1) & (w->slots_nr - 1)) {
		const struct bt_name *n = &w->names[w->slots[at].name];

		if (w->slots[at].hash == hash && n->len == len && !memcmp(n->text, text, len))
			return w->slots[at].name;
	}
	BT_GROW(w->names, w->names_alloc, (size_t)w->names_nr + 1);
	w->names[w->names_nr] = (struct bt_name){ text, len };
	w->slots[at] = (struct walk_name_slot){ hash, w->names_nr, w->generation };
	return w->names_nr++;
}

uint32_t walk_occ(struct walk *w, uint32_t start, uint32_t end, uint64_t hash, uint8_t role,
		  const struct walk_pend *pend)
{
	struct bt_occ *o;

	if (start < w->quoted_to || (w->occs_nr && w->occs[w->occs_nr - 1].at >= start))
		return BT_NONE;
	BT_GROW(w->occs, w->occs_alloc, w->occs_nr + 1);
	o = &w->occs[w->occs_nr];
	o->name = walk_name(w, w->src + start, end - start, hash);
	o->at = start;
	o->role = role;
	o->qual = pend ? pend->qual : BT_QUAL_NONE;
	o->qual_len = o->qual != BT_QUAL_NONE ? start - pend->qual_start : 0;
	if (role == BT_ROLE_MACRO && w->t->test_marks.nr &&
	    walk_words_have(w->t->test_marks, w->src + start, end - start))
		w->test_mark = true;
	return (uint32_t)w->occs_nr++;
}

bool walk_text_is(const char *text, uint32_t len, const char *word)
{
	return len && *word == *text && strlen(word) == len && !memcmp(text, word, len);
}

bool walk_is_excepted(const struct bt_node_rule *rule, const char *text, uint32_t len, uint64_t hash)
{
	return rule->except_bits >> (hash & 63) & 1 && walk_words_have(rule->except, text, len);
}

bool walk_words_have(struct bt_words words, const char *text, uint32_t len)
{
	for (size_t i = 0; i < words.nr; i++)
		if ((!len || *text == *words.words[i]) && walk_text_is(text, len, words.words[i]))
			return true;
	return false;
}

static bool is_ident_start(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80 || c == '$';
}

static bool is_ident(unsigned char c)
{
	return is_ident_start(c) || (c >= '0' && c <= '9');
}

/* Behind the literal that starts at `at` with its quote, at most `end`; or `at` when it does not end on its line. */
static uint32_t literal_end(const struct walk *w, uint32_t at, uint32_t end)
{
	const char *s = w->src;
	char quote = s[at];
	bool filled = false;

	for (uint32_t i = at + 1; i < w->size && s[i] != '\n'; i++) {
		if (s[i] == quote)
			return filled ? at : i < end ? i + 1 : end;
		if (quote == '"' && w->t->lexis & BT_LEXIS_FILLED)
			filled |= s[i] == '$' || s[i] == '{' ||
				  (s[i] == '\\' && i + 1 < w->size && s[i + 1] == '(');
		if (s[i] == '\\')
			i += i + 2 < w->size && s[i + 1] == '\r' ? 2 : 1;
	}
	return at;
}

/* Where the line ends, which a backslash joins to the next. */
static uint32_t line_end(const struct walk *w, uint32_t at, uint32_t end)
{
	while (at < end && (w->src[at] != '\n' || w->src[at - 1] == '\\'))
		at++;
	return at;
}

/* The end of the literal or comment that starts at `at`, or `at` when none does. */
static uint32_t lex_skip(const struct walk *w, uint32_t at, uint32_t end)
{
	const char *s = w->src;
	uint32_t lexis = w->t->lexis;
	char next = at + 1 < end ? s[at + 1] : '\0';

	switch (s[at]) {
	case '"':
		return lexis & BT_LEXIS_DOUBLE ? literal_end(w, at, end) : at;
	case '\'':
		return lexis & BT_LEXIS_SINGLE ? literal_end(w, at, end) : at;
	case '#':
		return lexis & BT_LEXIS_HASH && (!at || is_space(s[at - 1])) ? line_end(w, at, end) : at;
	case '-':
		return lexis & BT_LEXIS_DASHES && next == '-' ? line_end(w, at, end) : at;
	case '/':
		if (next == '*' && lexis & BT_LEXIS_BLOCK) {
			const char *close = memmem(s + at + 2, end - at - 2, "*/", 2);

			return close ? (uint32_t)(close + 2 - s) : end;
		}
		return next == '/' && lexis & BT_LEXIS_SLASHES ? line_end(w, at, end) : at;
	default:
		return at;
	}
}

#define LINE_LEN 4096	/* bytes of a line that are lexed to know what a quotation mark is */

/*
 * In an ERROR the text of a literal may come out as code. Does the mark at `at` open one that ends on its line? The
 * line says so, lexed from its start.
 */
static void quote_opens(struct walk *w, uint32_t at)
{
	uint32_t from = at, end = at, to;

	while (from && w->src[from - 1] != '\n' && at - from < LINE_LEN)
		from--;
	if (at - from == LINE_LEN)
		return;
	while (end < w->size && w->src[end] != '\n' && end - at < LINE_LEN)
		end++;
	while (from < at) {
		to = lex_skip(w, from, end);
		from = to > from ? to : from + 1;
	}
	to = from == at ? lex_skip(w, at, end) : at;
	if (to > at)
		w->quoted_to = to;
}

static uint32_t lex_word(struct walk *w, uint32_t at, uint32_t end)
{
	uint32_t start = at, next;
	uint64_t hash;

	while (at < end && is_ident((unsigned char)w->src[at]))
		at++;
	hash = walk_name_hash(w->src + start, at - start);
	walk_token(w, hash);
	if (!is_ident_start((unsigned char)w->src[start]) ||
	    (w->t->words && walk_is_excepted(w->t->words, w->src + start, at - start, hash)))
		return at;
	for (next = at; next < end && is_space(w->src[next]);)
		next++;
	walk_occ(w, start, at, hash, next < end && w->src[next] == '(' ? BT_ROLE_CALL : BT_ROLE_READ,
		 NULL);
	return at;
}

void walk_lex(struct walk *w, uint32_t start, uint32_t end)
{
	uint32_t at = start, row;

	if (w->comment_next == BT_NONE)
		w->comment_next = start;
	walk_gap(w, start);
	if (end <= w->covered)
		return;
	while (at < end) {
		uint32_t skipped = lex_skip(w, at, end);

		if (skipped > at) {
			if (w->src[at] != '/')
				walk_token(w, bt_hash64(w->src + at, skipped - at, 0));
			at = skipped;
		} else if (is_ident((unsigned char)w->src[at])) {
			at = lex_word(w, at, end);
		} else {
			if (!is_space(w->src[at]) && w->src[at] != '\\')
				walk_token(w, (uint64_t)(unsigned char)w->src[at] << 8);
			at++;
		}
	}
	row = w->row;
	cover(w, end);
	mark_rows(w, row, w->row, LINE_CODE);
	w->last_code_row = w->row;
}

/* The mark that closes such a literal looks like one that opens another: its text is code. */
static void quote_closes(struct walk *w, uint32_t at, uint32_t end)
{
	while (at < end) {
		uint32_t to = lex_skip(w, at, end);

		if (to == at)
			to = is_ident((unsigned char)w->src[at]) ? lex_word(w, at, end) : at + 1;
		at = to;
	}
}

void walk_quote(struct walk *w, uint32_t at, bool error)
{
	uint32_t max = w->size - at > LINE_LEN ? at + LINE_LEN : w->size;

	if (at + 1 == w->quoted_to)
		quote_closes(w, at + 1, line_end(w, at + 1, max));
	else if (error)
		quote_opens(w, at);
}

void walk_dollar(struct walk *w, uint32_t start, uint32_t end)
{
	const char *s = w->src;

	walk_leaf(w, start, end, bt_hash64(s + start, end - start, 0));
	for (uint32_t at = start ? start - 1 : 0; at + 1 < end; at++) {
		uint32_t word = at + 1, to = word;

		if (s[at] != '$' || (at && s[at - 1] == '\\') || !is_ident_start((unsigned char)s[word]))
			continue;
		while (to < end && is_ident((unsigned char)s[to]) && s[to] != '$')
			to++;
		if (word >= start && to > word)
			walk_occ(w, word, to, walk_name_hash(s + word, to - word), BT_ROLE_READ, NULL);
	}
}

void walk_trim(const struct walk *w, const struct bt_node_rule *rule, uint32_t *start, uint32_t *end)
{
	uint32_t at = *end;

	if (w->src[*start] && strchr(rule->trim, w->src[*start]))
		++*start;
	if (*start < *end && w->src[*end - 1] && strchr(rule->trim, w->src[*end - 1]))
		--*end;
	at = *end;
	while (rule->closing && at > *start && w->src[at - 1] == rule->closing)
		at--;
	if (at == *end || at == *start || !is_space(w->src[at - 1]))
		return;
	while (at > *start && is_space(w->src[at - 1]))
		at--;
	if (at > *start)
		*end = at;
}

bool walk_is_plain(const struct walk *w, const struct bt_node_rule *rule, uint8_t role, uint32_t start,
		   uint32_t end)
{
	if (rule->flags & BT_NODE_LIKE)
		return walk_globs_match(rule->like, w->src + start, end - start);
	if (role == BT_PEND_BIND)
		return true;
	if (!is_ident_start((unsigned char)w->src[start]))
		return false;
	if (role == BT_ROLE_CALL)	/* what is called may be named more freely */
		return !memchr(w->src + start, '/', end - start);
	for (uint32_t at = start + 1; at < end; at++)
		if (!is_ident((unsigned char)w->src[at]) && w->src[at] != '-')
			return false;
	return true;
}

static void gap_word(struct walk *w, uint32_t start, uint32_t end, uint8_t role)
{
	uint64_t hash = walk_name_hash(w->src + start, end - start);

	if (is_ident_start((unsigned char)w->src[start]) &&
	    !(w->t->words && walk_is_excepted(w->t->words, w->src + start, end - start, hash)))
		walk_occ(w, start, end, hash, role, NULL);
}

/*
 * Masked macros (mask.h) and what the grammar hides: the words in [at, end) are occurrences too, those
 * outside brackets as macros.
 */
static void gap_words(struct walk *w, uint32_t at, uint32_t end)
{
	int depth = 0;

	while (at < end) {
		uint32_t start = at, skipped = lex_skip(w, at, end);

		if (skipped > at) {
			at = skipped;
			continue;
		}
		while (at < end && is_ident((unsigned char)w->src[at]))
			at++;
		if (at > start)
			gap_word(w, start, at, depth > 0 ? BT_ROLE_OTHER : BT_ROLE_MACRO);
		if (at == start) {
			depth += (w->src[at] == '(') - (w->src[at] == ')');
			at++;
		}
	}
}

void walk_gap(struct walk *w, uint32_t to)
{
	while (w->covered < to) {
		uint32_t at = w->covered, start;

		while (at < to && is_space(w->src[at])) {
			w->row += w->src[at] == '\n';
			at++;
		}
		w->covered = start = at;
		while (at < to && !is_space(w->src[at]))
			at++;
		if (at == start)
			return;
		if (w->t->mask && start >= w->gap_words_to) {
			gap_words(w, start, to);
			w->gap_words_to = to;
		}
		walk_token(w, bt_hash64(w->src + start, at - start, 0));
		mark_rows(w, w->row, w->row, LINE_CODE);
		w->last_code_row = w->row;
		w->covered = at;
	}
}

/* Where the separator that ends at `at` starts, or `at` when none does. */
static uint32_t separator(const struct walk *w, uint32_t at)
{
	if (at >= 1 && w->src[at - 1] == '.')
		return at - 1;
	return at >= 2 && w->src[at - 1] == ':' && w->src[at - 2] == ':' ? at - 2 : at;
}

uint8_t walk_text_role(const struct walk *w, uint32_t start, uint32_t end, struct walk_pend *pend)
{
	uint32_t sep = separator(w, start), word = sep, next = end;
	const struct bt_occ *last = w->occs_nr ? &w->occs[w->occs_nr - 1] : NULL;

	while (sep < start && word && is_ident((unsigned char)w->src[word - 1]))
		word--;
	if (word < sep && last && last->at == word && last->at + w->names[last->name].len == sep) {
		pend->qual = BT_QUAL_NAME;
		pend->qual_start = last->at - last->qual_len;
	} else if (word < sep && walk_words_have(w->t->self_texts, w->src + word, sep - word)) {
		pend->qual = BT_QUAL_SELF;
		pend->qual_start = word;
	}
	while (next < w->size && is_space(w->src[next]))
		next++;
	if (next < w->size && w->src[next] == '(')
		return BT_ROLE_CALL;
	if (next == end && end + 1 < w->size && w->src[end] == '!' && strchr("([{ ", w->src[end + 1]))
		return BT_ROLE_MACRO;
	return BT_PEND_NONE;
}
