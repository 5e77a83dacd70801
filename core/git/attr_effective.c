/*
 * What of the attributes above a folder can change an answer in or below it, as a text: equal texts
 * give equal answers for the same tree. Every part ends in NUL, so that no two lists run together.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/git/attr_impl.h"

static const char state_letters[] = {
	[BT_ATTR_UNSPECIFIED] = '!',
	[BT_ATTR_SET] = '+',
	[BT_ATTR_UNSET] = '-',
	[BT_ATTR_VALUE] = '=',
};

static void text_add(struct bt_buf *out, const char *s, size_t len)
{
	bt_buf_add(out, s, len);
	bt_buf_addch(out, '\0');
}

static void states_add(const struct bt_attr_names *n, const struct bt_attr_states *states,
		       struct bt_buf *out)
{
	for (size_t i = 0; i < states->nr; i++) {
		const struct bt_attr_item *st = &states->list[i];

		bt_buf_addch(out, state_letters[st->v.state]);
		text_add(out, n->list[st->id].name, n->list[st->id].len);
		if (st->v.state == BT_ATTR_VALUE)
			text_add(out, st->v.value, strlen(st->v.value));
	}
	bt_buf_addch(out, '\0');
}

/* Can the anchored glob match a file in rel (a folder, relative to the rule's) or below it? */
static bool glob_reaches(const struct bt_glob *g, const char *rel, bool ignore_case)
{
	size_t rel_len = strlen(rel);
	size_t n = g->literal_len < rel_len ? g->literal_len : rel_len;

	if (!bt_path_equal(g->text, rel, n, ignore_case))
		return false;
	if (g->literal_len > rel_len)
		return g->text[rel_len] == '/';
	/*
	 * What is left holds a wildcard, or the glob is a path that ends here: a file, not a
	 * folder.
	 */
	return g->literal_len < g->len;
}

static void frame_add(const struct bt_attr_stack *s, const struct bt_attr_frame *f, const char *dir,
		      struct bt_buf *out)
{
	size_t dir_len = strlen(dir);
	const char *rel = dir;

	if (f->dir_len)
		rel = dir_len > f->dir_len ? dir + f->dir_len + 1 : "";
	for (size_t i = 0; i < f->rules_nr; i++) {
		const struct bt_attr_rule *r = &f->rules[i];

		if (r->glob.anchored && *rel && !glob_reaches(&r->glob, rel, s->ignore_case))
			continue;
		bt_buf_addch(out, r->glob.anchored ? 'a' : 'b');
		text_add(out, r->glob.text, r->glob.len);
		if (r->glob.anchored)
			text_add(out, rel, strlen(rel));
		states_add(&s->names, &r->states, out);
	}
}

/*
 * The macros that files define, for the files below; the built-in one in its own form is not told.
 */
static void macros_add(const struct bt_attr_stack *s, struct bt_buf *out)
{
	static const char builtin[] = "-diff -merge -text";

	for (size_t i = 0; i < s->names.nr; i++) {
		const struct bt_attr_name *m = &s->names.list[i];

		if (!m->macro)
			continue;
		if (i == BT_ATTR_BINARY && m->words_len == sizeof(builtin) - 1 &&
		    !memcmp(m->words, builtin, m->words_len))
			continue;
		bt_buf_addch(out, 'm');
		text_add(out, m->name, m->len);
		states_add(&s->names, &m->states, out);
	}
}

void bt_attr_effective_above(const struct bt_attr_stack *s, const char *dir, struct bt_buf *out)
{
	size_t start = out->len;

	macros_add(s, out);
	frame_add(s, &s->user_frame, dir, out);
	for (size_t i = 0; i < s->frames_nr; i++)
		frame_add(s, &s->frames[i], dir, out);
	/* The folder's own file comes between these and what follows. */
	if (s->info_frame.rules_nr) {
		bt_buf_addch(out, 'i');
		frame_add(s, &s->info_frame, dir, out);
	}
	if (out->len > start && s->ignore_case)
		bt_buf_addch(out, 'c');
}
