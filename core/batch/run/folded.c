/*
 * Members of a batch of commits, folded; and what the fold says of each.
 */
#include "core/batch/run/folded.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/batch/land/land.h"
#include "core/batch/params.h"

/* Paths that are told one by one. */
#define PATHS_TOLD 10

void run_folded_release(struct run_folded *f)
{
	bt_fold_release(&f->fold);
	free(f->members);
	free(f->place);
	*f = (struct run_folded){ .nr = 0 };
}

bool run_wants_signature(const struct bt_action *a)
{
	return bt_params_get(a->params, a->params_len, "sign");
}

int run_fold(struct run *w, const struct bt_oid *tip, const bool *pick, struct run_folded *f, struct bt_err *err)
{
	run_folded_release(f);
	f->members = bt_xcalloc(w->members_nr + 1, sizeof(*f->members));
	f->place = bt_xcalloc(w->members_nr + 1, sizeof(*f->place));
	f->fold = (struct bt_fold){
		.tip = *tip, .style = w->r->settings->style, .batch_key = w->b.key, .committer = w->b.committer, .members = f->members,
	};
	for (size_t i = 0; i < w->members_nr; i++) {
		if (!run_member_open(&w->members[i]) || (pick && !pick[i]))
			continue;
		f->fold.sign = f->fold.sign || run_wants_signature(&w->members[i]);
		f->members[f->nr].commit = w->members[i].content;
		f->members[f->nr].key = w->members[i].key;
		f->place[f->nr++] = i;
	}
	f->fold.members_nr = f->nr;
	return bt_fold(w->r->repo, &f->fold, err);
}

void run_describe_paths(struct bt_buf *out, char *const *paths, size_t nr)
{
	for (size_t i = 0; paths && paths[i] && i < PATHS_TOLD; i++)
		bt_buf_addf(out, "%s%s", i ? ", " : "", paths[i]);
	if (nr > PATHS_TOLD)
		bt_buf_addf(out, " and %zu more", nr - PATHS_TOLD);
}

static const char *conflict_text(struct run *w, const struct run_folded *f, const struct bt_fold_member *m)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];

	bt_buf_adds(&text, "conflict in ");
	run_describe_paths(&text, m->paths, m->paths_nr);
	if (m->with_member != SIZE_MAX)
		bt_buf_addf(&text, " with action %llu", (unsigned long long)w->members[f->place[m->with_member]].id);
	else if (m->with_commit.len)
		bt_buf_addf(&text, " with commit %.12s", bt_oid_hex(&m->with_commit, hex));
	return bt_arena_strndup(&w->arena, bt_buf_cstr(&text), text.len);
}

int run_part(struct run *w, const struct run_folded *f, struct bt_err *err)
{
	int rc = bt_queue_begin(w->r->q, err);

	for (size_t i = 0; i < f->nr && !rc; i++) {
		const struct bt_fold_member *m = &f->members[i];
		struct bt_action *a = &w->members[f->place[i]];

		if (m->outcome == BT_FOLD_CONFLICT)
			rc = run_member_end(w, a, BT_ACTION_PARKED, conflict_text(w, f, m), NULL, err);
		else if (m->outcome == BT_FOLD_EMPTY)
			rc = run_member_end(w, a, BT_ACTION_LANDED, "the branch has all of it already", &f->fold.tip, err);
	}
	return bt_queue_end(w->r->q, rc, err);
}

/* --- by their trailers --- */

void run_applied_release(struct run_applied *a)
{
	free(a->commits);
	free(a->found);
	*a = (struct run_applied){ .commits = NULL };
}

int run_applied_find(struct run *w, const struct bt_oid *base, const struct bt_oid *tip, struct run_applied *ret, struct bt_err *err)
{
	BT_FREE const char **keys = bt_xcalloc(w->members_nr + 1, sizeof(*keys));

	for (size_t i = 0; i < w->members_nr; i++)
		keys[i] = w->members[i].key;
	ret->commits = bt_xcalloc(w->members_nr + 1, sizeof(*ret->commits));
	ret->found = bt_xcalloc(w->members_nr + 1, sizeof(*ret->found));
	return bt_land_applied(w->r->repo, base, tip, keys, w->members_nr, ret->commits, ret->found, err);
}

int run_results(struct run *w, const struct run_folded *f, struct bt_oid *results, struct bt_err *err)
{
	BT_CLEANUP(run_applied_release) struct run_applied known = { .commits = NULL };

	if (!f->nr && w->b.kind == BT_ACTION_COMMIT && run_applied_find(w, &w->b.base, &w->b.commit, &known, err))
		return err->code;
	for (size_t i = 0; i < w->members_nr; i++)
		results[i] = known.found && known.found[i] ? known.commits[i] : w->b.commit;
	for (size_t i = 0; i < f->nr; i++)
		if (f->members[i].result.len)
			results[f->place[i]] = f->members[i].result;
	return 0;
}
