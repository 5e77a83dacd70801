/*
 * Names of attributes as numbers, and the macros among them.
 *
 * A macro matters when it leads, through whatever other macros, to an attribute that is asked for;
 * the others are dropped. Of several definitions the one of the strongest file counts, in one file
 * the last.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/git/attr_impl.h"

/* In the order of enum bt_attr_id. */
static const char *const attr_ids[BT_ATTR_NR] = {
	[BT_ATTR_BATHO] = "batho",
	[BT_ATTR_LINGUIST_GENERATED] = "linguist-generated",
	[BT_ATTR_LINGUIST_VENDORED] = "linguist-vendored",
	[BT_ATTR_LINGUIST_DOCUMENTATION] = "linguist-documentation",
	[BT_ATTR_LINGUIST_LANGUAGE] = "linguist-language",
	[BT_ATTR_BINARY] = "binary",
	[BT_ATTR_TEXT] = "text",
	[BT_ATTR_DIFF] = "diff",
	[BT_ATTR_FILTER] = "filter",
};

static const char builtin_macros[] = "[attr]binary -diff -merge -text\n";

int bt_attr_names_find(const struct bt_attr_names *n, const char *name, size_t len)
{
	for (size_t i = 0; i < n->nr; i++)
		if (n->list[i].len == len && !memcmp(n->list[i].name, name, len))
			return (int)i;
	return -1;
}

struct bt_attr_states bt_attr_states_take(const struct bt_attr_names *n, struct bt_attr_line line,
					  struct bt_arena *arena)
{
	struct bt_attr_item taken[ATTR_LINE_LEN_MAX / 2];
	struct bt_attr_states s = { .nr = 0 };
	struct bt_attr_word w;

	while (s.nr < BT_ARRAY_NR(taken) && bt_attr_word_next(&line, &w)) {
		int id = bt_attr_names_find(n, w.name, w.name_len);

		if (id < 0)
			continue;
		taken[s.nr].id = id;
		taken[s.nr].v.state = w.state;
		taken[s.nr].v.value = w.state == BT_ATTR_VALUE
					      ? bt_arena_strndup(arena, w.value, w.value_len)
					      : NULL;
		s.nr++;
	}
	if (s.nr) {
		s.list = bt_arena_alloc(arena, s.nr * sizeof(*s.list));
		memcpy(s.list, taken, s.nr * sizeof(*s.list));
	}
	return s;
}

/* Notes the macros of a source; a later definition takes the place of an earlier one. */
static void macros_collect(struct bt_attr_names *n, const struct bt_attr_source *source)
{
	struct bt_attr_reader r;
	struct bt_attr_line line;

	bt_attr_reader_init(&r, source->data, source->len, true);
	while (bt_attr_reader_next(&r, &line)) {
		size_t words_len = (size_t)(line.words_end - line.words);
		struct bt_attr_name *m;
		int id;

		if (!line.macro)
			continue;
		id = bt_attr_names_find(n, line.name, line.name_len);
		if (id < 0) {
			if (n->nr == ATTR_NAME_NR_MAX)
				continue;
			id = (int)n->nr++;
			n->list[id] = (struct bt_attr_name){
				.name = bt_arena_strndup(&n->arena, line.name, line.name_len),
				.len = line.name_len,
			};
		}
		m = &n->list[id];
		m->macro = true;
		m->words = bt_arena_strndup(&n->arena, line.words, words_len);
		m->words_len = words_len;
	}
	bt_attr_reader_release(&r);
}

static struct bt_attr_line words_line(const struct bt_attr_name *m)
{
	return (struct bt_attr_line){ .words = m->words, .words_end = m->words + m->words_len };
}

/* Does one of its words lead to an attribute of ours, as far as is known? */
static bool macro_leads(const struct bt_attr_names *n, const struct bt_attr_name *m,
			const bool *known)
{
	struct bt_attr_line line = words_line(m);
	struct bt_attr_word w;

	while (bt_attr_word_next(&line, &w)) {
		int id = bt_attr_names_find(n, w.name, w.name_len);

		if (id >= 0 && known[id])
			return true;
	}
	return false;
}

/* Drops the macros that lead nowhere. */
static void macros_prune(struct bt_attr_names *n)
{
	bool known[ATTR_NAME_NR_MAX] = { false };
	bool more = true;
	size_t to = BT_ATTR_NR;

	memset(known, true, BT_ATTR_NR);
	while (more) {
		more = false;
		for (size_t i = BT_ATTR_NR; i < n->nr; i++) {
			if (known[i] || !macro_leads(n, &n->list[i], known))
				continue;
			known[i] = more = true;
		}
	}
	for (size_t i = BT_ATTR_NR; i < n->nr; i++)
		if (known[i])
			n->list[to++] = n->list[i];
	n->nr = to;
}

void bt_attr_names_build(struct bt_attr_names *n, const struct bt_attr_source *sources,
			 size_t sources_nr)
{
	const struct bt_attr_source builtin = { builtin_macros, sizeof(builtin_macros) - 1 };

	bt_attr_names_release(n);
	for (n->nr = 0; n->nr < BT_ATTR_NR; n->nr++)
		n->list[n->nr] = (struct bt_attr_name){ .name = attr_ids[n->nr],
							.len = strlen(attr_ids[n->nr]) };
	macros_collect(n, &builtin);
	for (size_t i = 0; i < sources_nr; i++)
		macros_collect(n, &sources[i]);
	macros_prune(n);
	for (size_t i = 0; i < n->nr; i++)
		if (n->list[i].macro)
			n->list[i].states = bt_attr_states_take(n, words_line(&n->list[i]),
								&n->arena);
}

void bt_attr_names_release(struct bt_attr_names *n)
{
	bt_arena_release(&n->arena);
	n->nr = 0;
	n->arena = (struct bt_arena)BT_ARENA_INIT;
}
