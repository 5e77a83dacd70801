/*
 * Sets of changes: from a list of files to changes in order.
 */
#include "core/query/change.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/query/change_state.h"

/* Whole files that came or went, up to which their texts are read: to tell whether a value moved. */
#define WHOLE_TEXTS_MAX 2000

static const char *const kind_names[BT_CHANGE_NR] = {
	"added", "removed", "renamed", "moved", "signature", "body", "documentation",
};

const char *bt_change_kind_name(enum bt_change_kind kind)
{
	return kind_names[kind];
}

int bt_change_kind_find(const char *name)
{
	for (int i = 0; i < BT_CHANGE_NR; i++)
		if (!strcmp(kind_names[i], name))
			return i;
	return -1;
}

const char *bt_change_file_kind_name(enum bt_change_file_kind kind)
{
	static const char *const names[] = { "added", "removed", "modified", "renamed" };

	return names[kind];
}

void bt_change_set_release(struct bt_change_set *set)
{
	free(set->files);
	free(set->changes);
	bt_arena_release(&set->arena);
	memset(set, 0, sizeof(*set));
}

void ch_tell(struct ch_work *w, unsigned what, uint32_t file, const struct bt_change_def *before,
	     const struct bt_change_def *after, bool inside)
{
	struct bt_change_set *set = w->set;
	uint8_t kind = 0;

	while (!(what >> kind & 1))
		kind++;
	BT_GROW(set->changes, set->changes_alloc, set->changes_nr + 1);
	set->changes[set->changes_nr++] = (struct bt_change){
		.kind = kind,
		.what = (uint8_t)what,
		.inside = inside,
		.file = file,
		.before = before,
		.after = after,
	};
}

static bool side_known(const struct bt_change_side *s)
{
	return !s->path || s->state == BT_BLOB_FACTS;
}

static bool same_blob(const struct bt_change_file *f)
{
	return f->before.path && f->after.path && f->before.blob == f->after.blob;
}

static int name_file(struct ch_work *w, struct bt_change_file *f, struct bt_err *err)
{
	const struct bt_change_side *s = f->after.path && side_known(&f->after) ? &f->after
										: &f->before;
	const char *lang;

	if (!s->path)
		s = &f->after;
	f->compared = side_known(&f->before) && side_known(&f->after);
	if (bt_view_lang(&w->view, s->lang, &lang, err))
		return err->code;
	f->lang = bt_arena_strndup(&w->set->arena, lang, strlen(lang));
	return 0;
}

static int compare_file(struct ch_work *w, uint32_t i, bool texts, struct bt_err *err)
{
	struct bt_change_file *f = &w->set->files[i];
	int rc = 0;

	if (name_file(w, f, err))
		return err->code;
	if (!f->compared || same_blob(f))
		return 0;
	if (ch_side_load(w, &w->before, i, false, texts, err) ||
	    ch_side_load(w, &w->after, i, true, texts, err))
		rc = err->code;
	else
		ch_match_files(w);
	ch_sides_reset(w);
	return rc;
}

/* Can something have moved at all? And are there few enough whole files to read their texts for that? */
static bool look_around(struct ch_work *w)
{
	size_t whole = 0, gone = 0, come = 0;

	for (size_t i = 0; i < w->set->files_nr; i++) {
		const struct bt_change_file *f = &w->set->files[i];

		whole += f->kind <= BT_CHANGE_FILE_REMOVED;
		gone += f->before.path != NULL;
		come += f->after.path != NULL;
	}
	w->both = gone && come;
	return w->both && whole <= WHOLE_TEXTS_MAX;
}

static int compare_files(struct ch_work *w, struct bt_err *err)
{
	bool whole_texts = look_around(w);

	for (uint32_t i = 0; i < w->set->files_nr; i++) {
		bool whole = w->set->files[i].kind <= BT_CHANGE_FILE_REMOVED;

		if (bt_cancel_check(err) || compare_file(w, i, !whole || whole_texts, err))
			return err->code;
	}
	ch_pool_match(w);
	ch_pool_tell(w);
	return 0;
}

static uint32_t position(const struct bt_change *c)
{
	return c->after ? c->after->start : c->before->start;
}

static int change_cmp(const void *pa, const void *pb)
{
	const struct bt_change *a = pa, *b = pb;
	uint32_t da = a->after ? a->after->def : a->before->def,
		 db = b->after ? b->after->def : b->before->def;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (position(a) != position(b))
		return position(a) < position(b) ? -1 : 1;
	if (a->kind != b->kind && (!a->after || !b->after))
		return a->kind < b->kind ? -1 : 1;
	return (da > db) - (da < db);
}

static void put_in_order(struct bt_change_set *set)
{
	if (set->changes_nr > 1)
		qsort(set->changes, set->changes_nr, sizeof(*set->changes), change_cmp);
	for (size_t i = 0; i < set->changes_nr; i++) {
		struct bt_change_file *f = &set->files[set->changes[i].file];

		if (!f->nr++)
			f->first = i;
		f->counts[set->changes[i].kind]++;
	}
	for (size_t i = 0; i < set->files_nr; i++)
		for (unsigned k = 0; k < BT_CHANGE_NR; k++)
			set->counts[k] += set->files[i].counts[k];
}

static void work_release(struct ch_work *w)
{
	bt_view_release(&w->view);
	bt_arena_release(&w->arena);
	bt_buf_release(&w->before.record);
	bt_buf_release(&w->before.text);
	bt_buf_release(&w->after.record);
	bt_buf_release(&w->after.text);
	bt_buf_release(&w->scratch);
	free(w->pool.old.list);
	free(w->pool.new.list);
}

int bt_change_compare(struct bt_change_set *set, struct bt_store *store,
		      const struct bt_change_source *source, struct bt_err *err)
{
	BT_CLEANUP(work_release)
	struct ch_work w = { .set = set, .store = store, .source = source };
	int rc;

	bt_view_init_all(&w.view, store);
	ch_sides_reset(&w);
	if (bt_store_read_begin(store, err))
		return err->code;
	rc = ch_rename_by_blob(&w, err);
	if (!rc)
		rc = ch_rename_by_content(&w, err);
	if (!rc)
		rc = compare_files(&w, err);
	bt_store_read_end(store);
	if (!rc)
		put_in_order(set);
	return rc;
}
