/*
 * Words are filed under their first two bytes; one of a single byte under all pairs it begins.
 */
#include "core/rules/words.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define NONE UINT32_MAX

static uint32_t pair_of(const char *p)
{
	return (uint32_t)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

static uint32_t head_of(uint32_t pair)
{
	return (pair * 2654435761u) >> 20;
}

void bt_wordset_init(struct bt_wordset *w)
{
	memset(w, 0, sizeof(*w));
	memset(w->heads, 0xff, sizeof(w->heads));
}

void bt_wordset_release(struct bt_wordset *w)
{
	free(w->words);
	bt_wordset_init(w);
}

static void file_under(struct bt_wordset *w, uint32_t pair, struct bt_word word)
{
	uint32_t head = head_of(pair);

	BT_GROW(w->words, w->alloc, w->nr + 1);
	word.next = w->heads[head];
	w->words[w->nr] = word;
	w->heads[head] = (uint32_t)w->nr++;
	w->first[pair / 64] |= UINT64_C(1) << pair % 64;
}

void bt_wordset_add(struct bt_wordset *w, const char *text, size_t len, bool is_name, uint32_t owner)
{
	struct bt_word word = { .text = text, .len = (uint32_t)len, .is_name = is_name, .owner = owner };

	if (len > 1) {
		file_under(w, pair_of(text), word);
		return;
	}
	for (uint32_t second = 0; second < 256; second++)
		file_under(w, (uint32_t)(unsigned char)text[0] << 8 | second, word);
}

static bool is_part(char c)
{
	return (unsigned char)c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Does the blob, whose first byte is `data`, go on with a longer name on either side? */
static bool is_in_longer(const char *data, const char *p, size_t len, size_t left)
{
	return (p > data && is_part(p[-1])) || (len < left && is_part(p[len]));
}

static void look_at(const struct bt_wordset *w, const char *data, const char *p, size_t left, uint32_t pair, bool *found)
{
	for (uint32_t i = w->heads[head_of(pair)]; i != NONE; i = w->words[i].next) {
		const struct bt_word *word = &w->words[i];

		if (!found[word->owner] && word->len <= left && !memcmp(word->text, p, word->len) &&
		    !(word->is_name && is_in_longer(data, p, word->len, left)))
			found[word->owner] = true;
	}
}

void bt_wordset_scan(const struct bt_wordset *w, const char *data, size_t len, bool *found)
{
	const char last[2] = { len ? data[len - 1] : '\0', '\0' };

	if (!w->nr || !len)
		return;
	for (size_t i = 0; i + 1 < len; i++) {
		uint32_t pair = pair_of(data + i);

		if (w->first[pair / 64] >> pair % 64 & 1)
			look_at(w, data, data + i, len - i, pair, found);
	}
	/* The last byte has no second one. */
	if (w->first[pair_of(last) / 64] >> pair_of(last) % 64 & 1)
		look_at(w, data, data + len - 1, 1, pair_of(last), found);
}
