/*
 * The attributes in force in a folder.
 *
 * From strong to weak: info/attributes, the folder's own file, those of the folders above, the
 * user's file. In a file the last line that names an attribute wins, on a line the last word. An
 * attribute that is set and is a macro brings its words at that place.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/attr_impl.h"

/* Values found so far; the first one found for a name stays. */
struct bt_attr_answer {
	const struct bt_attr_names *names;
	struct bt_attr_value values[ATTR_NAME_NR_MAX];
	bool known[ATTR_NAME_NR_MAX];
};

/* Names, user's and info's rules: they depend on each other through the macros. */
static void outer_load(struct bt_attr_stack *s, const char *top, size_t top_len)
{
	const struct bt_attr_source sources[] = {
		{ s->user, s->user_len },
		{ top, top_len },
		{ s->info, s->info_len },
	};

	bt_attr_frame_release(&s->user_frame);
	bt_attr_frame_release(&s->info_frame);
	bt_attr_names_build(&s->names, sources, BT_ARRAY_NR(sources));
	bt_attr_frame_load(&s->user_frame, &s->names, "", s->user, s->user_len, true);
	bt_attr_frame_load(&s->info_frame, &s->names, "", s->info, s->info_len, true);
}

struct bt_attr_stack *bt_attr_stack_new(bool ignore_case)
{
	struct bt_attr_stack *s = bt_xcalloc(1, sizeof(*s));

	s->ignore_case = ignore_case;
	bt_attr_stack_set_outer(s, "", 0, "", 0);
	return s;
}

void bt_attr_stack_free(struct bt_attr_stack **ps)
{
	struct bt_attr_stack *s;

	if (!ps || !*ps)
		return;
	s = *ps;
	while (s->frames_nr)
		bt_attr_frame_release(&s->frames[--s->frames_nr]);
	free(s->frames);
	bt_attr_frame_release(&s->user_frame);
	bt_attr_frame_release(&s->info_frame);
	bt_attr_names_release(&s->names);
	free(s->user);
	free(s->info);
	free(s);
	*ps = NULL;
}

void bt_attr_stack_set_outer(struct bt_attr_stack *s, const char *user, size_t user_len,
			     const char *info, size_t info_len)
{
	free(s->user);
	free(s->info);
	s->user = bt_xmalloc(user_len + 1);
	s->info = bt_xmalloc(info_len + 1);
	memcpy(s->user, user_len ? user : "", user_len);
	memcpy(s->info, info_len ? info : "", info_len);
	s->user_len = user_len;
	s->info_len = info_len;
	outer_load(s, "", 0);
}

void bt_attr_stack_push(struct bt_attr_stack *s, const char *dir, const char *data, size_t len)
{
	bool top = !*dir;

	if (top && len)
		outer_load(s, data, len);
	BT_GROW(s->frames, s->frames_alloc, s->frames_nr + 1);
	bt_attr_frame_load(&s->frames[s->frames_nr++], &s->names, dir, data, len, top);
}

void bt_attr_stack_pop(struct bt_attr_stack *s)
{
	bool top;

	if (!s->frames_nr)
		return;
	top = !s->frames[--s->frames_nr].dir_len;
	bt_attr_frame_release(&s->frames[s->frames_nr]);
	if (top)
		outer_load(s, "", 0);
}

/* Takes the states from the last to the first; a macro that gets set brings its own. */
static void states_apply(struct bt_attr_answer *a, const struct bt_attr_states *states)
{
	for (size_t i = states->nr; i-- > 0;) {
		const struct bt_attr_item *st = &states->list[i];

		if (a->known[st->id])
			continue;
		a->known[st->id] = true;
		a->values[st->id] = st->v;
		if (st->v.state == BT_ATTR_SET && a->names->list[st->id].macro)
			states_apply(a, &a->names->list[st->id].states);
	}
}

static void frame_apply(struct bt_attr_answer *a, const struct bt_attr_frame *f, const char *path,
			size_t path_len, bool ignore_case)
{
	size_t skip = f->dir_len ? f->dir_len + 1 : 0;

	if (path_len <= skip)
		return;
	for (size_t i = f->rules_nr; i-- > 0;)
		if (bt_glob_match(&f->rules[i].glob, path + skip, path_len - skip, ignore_case))
			states_apply(a, &f->rules[i].states);
}

void bt_attr_lookup(const struct bt_attr_stack *s, const char *path,
		    struct bt_attr_value ret_values[BT_ATTR_NR])
{
	struct bt_attr_answer a;
	size_t path_len = strlen(path);

	a.names = &s->names;
	memset(a.known, false, s->names.nr * sizeof(a.known[0]));
	frame_apply(&a, &s->info_frame, path, path_len, s->ignore_case);
	for (size_t i = s->frames_nr; i-- > 0;)
		frame_apply(&a, &s->frames[i], path, path_len, s->ignore_case);
	frame_apply(&a, &s->user_frame, path, path_len, s->ignore_case);
	for (size_t i = 0; i < BT_ATTR_NR; i++)
		ret_values[i] = a.known[i] ? a.values[i]
					   : (struct bt_attr_value){ .state = BT_ATTR_UNSPECIFIED };
}
