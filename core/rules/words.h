/*
 * Which of many short texts stand in a blob: one pass over it, about a nanosecond a byte.
 */
#ifndef BT_RULES_WORDS_H
#define BT_RULES_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bt_word {
	const char *text;	/* borrowed */
	uint32_t len;
	bool is_name;		/* not as part of a longer one */
	uint32_t owner;		/* who asks for it */
	uint32_t next;		/* of the same first two bytes; UINT32_MAX: none */
};

struct bt_wordset {
	struct bt_word *words;
	size_t nr, alloc;
	uint64_t first[1024];		/* a bit per pair of first bytes */
	uint32_t heads[4096];		/* chains, by a hash of the pair */
};

void bt_wordset_init(struct bt_wordset *w);
void bt_wordset_release(struct bt_wordset *w);
/* text: at least one byte; it must outlive the set. is_name: neither side of it may be a letter, digit, '_' or not ASCII. */
void bt_wordset_add(struct bt_wordset *w, const char *text, size_t len, bool is_name, uint32_t owner);
/* Sets found[owner] for every word that occurs. */
void bt_wordset_scan(const struct bt_wordset *w, const char *data, size_t len, bool *found);

#endif
