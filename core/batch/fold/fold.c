/*
 * Members folded one after the other onto a tree that starts as the tip's.
 *
 * The shortcut. A member that only adds files and changes content or modes is applied path by path when each path is
 * in the tree as it was at the member's parent (an added one: not there, with no file in the way of its folders).
 * This is what git makes of it:
 * - The member's side deletes nothing, so nothing on it is renamed, neither files nor folders.
 * - On the other side (parent to tree) a rename could carry a changed file elsewhere: then its path is gone, and it
 *   is not as it was. It could have put a file where the member adds one: then something is there.
 * - Folders count as renamed when they are gone altogether, and carry along what is added below: so no folder of the
 *   parent that is gone may be above an added path.
 * - All other paths are as the other side has them, because the member's side did not touch them.
 * The second shortcut: a tree that equals the parent's becomes the member's.
 */
#include "core/batch/fold/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/batch/fold/impl.h"

#define MODE_TREE 0040000

struct fold {
	struct bt_repo *repo;
	struct bt_fold *f;
	struct bt_odb *odb;
	struct bt_arena arena;
	struct fold_change *changes; /* one a member */
	struct fold_truth truth;
	bool truth_runs;
	struct bt_tree_edit *acc; /* what was folded so far */
	struct bt_oid acc_tree;	  /* its id, unless there were edits since */
	bool acc_edited;
	struct bt_oid tip_tree;
	struct bt_tree_edit *parent; /* for looking things up in a parent's tree */
	struct bt_oid parent_tree;
	struct fold_touched touched;
	struct bt_oid *commits; /* of the result, in order */
	struct bt_oid *trees;	/* theirs */
	size_t commits_nr;
};

static void fold_release(struct fold *s)
{
	for (size_t i = 0; s->changes && i < s->f->members_nr; i++)
		bt_commit_view_release(&s->changes[i].view);
	free(s->changes);
	free(s->commits);
	free(s->trees);
	fold_truth_release(&s->truth);
	bt_tree_edit_free(&s->acc);
	bt_tree_edit_free(&s->parent);
	fold_touched_release(&s->touched);
	bt_odb_free(&s->odb);
	bt_arena_release(&s->arena);
}

static struct bt_tree_edit *edit_new(struct fold *s, const struct bt_oid *tree)
{
	struct bt_oid empty = fold_empty_tree(s->repo), none = { .len = 0 };

	return bt_tree_edit_new(s->repo, s->odb, bt_oid_equal(tree, &empty) ? &none : tree);
}

static void acc_set(struct fold *s, const struct bt_oid *tree)
{
	bt_tree_edit_free(&s->acc);
	s->acc = edit_new(s, tree);
	s->acc_tree = *tree;
	s->acc_edited = false;
}

/* The id of what was folded so far. */
static int acc_write(struct fold *s, struct bt_err *err)
{
	int rc = s->acc_edited ? bt_tree_edit_write(s->acc, false, &s->acc_tree, err) : 0;

	s->acc_edited = s->acc_edited && rc;
	return rc;
}

/* --- the shortcut --- */

/* Is there a folder at this path of the member's parent? BT_ROW or BT_DONE. */
static int parent_has_folder(struct fold *s, const struct fold_change *ch, const char *path, size_t len,
			     struct bt_err *err)
{
	struct bt_oid oid;
	uint32_t mode;
	int rc;

	if (!s->parent || !bt_oid_equal(&s->parent_tree, &ch->parent_tree)) {
		bt_tree_edit_free(&s->parent);
		s->parent = edit_new(s, &ch->parent_tree);
		s->parent_tree = ch->parent_tree;
	}
	rc = bt_tree_edit_get(s->parent, path, len, &mode, &oid, err);
	return rc ? rc : mode == MODE_TREE ? BT_ROW : BT_DONE;
}

/* May a file be added at the path, as far as the folders above it go? BT_ROW or BT_DONE. */
static int folders_fit(struct fold *s, const struct fold_change *ch, const char *path, size_t len, struct bt_err *err)
{
	size_t gone = 0; /* the highest folder that is not there */

	while (len) {
		struct bt_oid oid;
		uint32_t mode;
		int rc;

		while (len && path[len - 1] != '/')
			len--;
		if (!len)
			break;
		len--;
		rc = bt_tree_edit_get(s->acc, path, len, &mode, &oid, err);
		if (rc)
			return rc;
		if (mode && mode != MODE_TREE)
			return BT_DONE;
		if (mode)
			break;
		gone = len;
	}
	if (gone) {
		int rc = parent_has_folder(s, ch, path, gone, err);

		return rc < 0 ? rc : rc == BT_ROW ? BT_DONE : BT_ROW;
	}
	return BT_ROW;
}

/* BT_ROW or BT_DONE; *ret_there: the tree has it already. */
static int entry_fits(struct fold *s, const struct fold_change *ch, const struct fold_entry *e, bool *ret_there,
		      struct bt_err *err)
{
	struct bt_oid oid;
	uint32_t mode;
	int rc = bt_tree_edit_get(s->acc, e->path, e->len, &mode, &oid, err);

	*ret_there = false;
	if (rc)
		return rc;
	if (!e->old_mode)
		return mode ? BT_DONE : folders_fit(s, ch, e->path, e->len, err);
	*ret_there = mode == e->new_mode && bt_oid_equal(&oid, &e->after);
	return *ret_there || (mode == e->old_mode && bt_oid_equal(&oid, &e->before)) ? BT_ROW : BT_DONE;
}

/* BT_ROW: the member is folded (or all of it was there); BT_DONE: ask git. */
static int shortcut(struct fold *s, struct bt_fold_member *m, const struct fold_change *ch, struct bt_err *err)
{
	size_t there_nr = 0;

	if (s->f->no_shortcut || !ch->kept || !ch->plain)
		return BT_DONE;
	for (size_t i = 0; i < ch->nr; i++) {
		bool there;
		int rc = entry_fits(s, ch, &ch->entries[i], &there, err);

		if (rc != BT_ROW)
			return rc;
		there_nr += there;
	}
	m->by_shortcut = true;
	m->outcome = there_nr == ch->nr ? BT_FOLD_EMPTY : BT_FOLD_TAKEN;
	for (size_t i = 0; m->outcome == BT_FOLD_TAKEN && i < ch->nr; i++) {
		const struct fold_entry *e = &ch->entries[i];
		int rc = bt_tree_edit_put(s->acc, e->path, e->len, e->new_mode, &e->after, err);

		if (rc)
			return rc;
		s->acc_edited = true;
	}
	return BT_ROW;
}

/* --- the truth --- */

/* What the member changes: git did not say more. */
static char **all_paths(const struct fold_change *ch)
{
	char **paths = bt_xcalloc(BT_FOLD_PATHS_MAX + 1, sizeof(*paths));

	for (size_t i = 0; i < ch->nr && i < BT_FOLD_PATHS_MAX; i++)
		paths[i] = bt_xstrndup(ch->entries[i].path, ch->entries[i].len);
	return paths;
}

/* Asks git. That it crashes is an answer: this member cannot be merged. */
static int truth_ask(struct fold *s, struct bt_fold_member *m, const struct fold_change *ch,
		     struct fold_verdict *ret_v, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc = 0;

	if (!s->truth_runs)
		rc = fold_truth_start(&s->truth, s->repo, s->odb, &s->tip_tree, &why);
	s->truth_runs = true;
	if (!rc)
		rc = fold_truth_trees(&s->truth, &ch->parent_tree, &s->acc_tree, &ch->view.tree,
				      ret_v, &why);
	m->git_crashed = rc == BT_ERR_UNSUPPORTED;
	if (m->git_crashed) {
		*ret_v = (struct fold_verdict){ .paths = all_paths(ch), .paths_nr = ch->nr };
		return 0;
	}
	if (rc && err)
		*err = why;
	return rc;
}

static int who(struct fold *s, size_t i, struct bt_err *err)
{
	struct bt_oid nothing = fold_empty_tree(s->repo);

	if (fold_who(s->repo, &s->touched, s->f, i, &s->changes[i], err))
		return err->code;
	return fold_who_exactly(&s->truth, s->f, i, s->changes, s->tip_tree.len ? &s->tip_tree : &nothing, err);
}

static int truth(struct fold *s, size_t i, struct bt_err *err)
{
	struct bt_fold_member *m = &s->f->members[i];
	struct fold_change *ch = &s->changes[i];
	struct fold_verdict v = { .clean = true, .tree = ch->view.tree };
	int rc = acc_write(s, err);

	if (rc)
		return rc;
	m->by_shortcut = !s->f->no_shortcut && bt_oid_equal(&s->acc_tree, &ch->parent_tree);
	if (!m->by_shortcut)
		rc = truth_ask(s, m, ch, &v, err);
	if (rc)
		return rc;
	if (!v.clean) {
		m->outcome = BT_FOLD_CONFLICT;
		m->paths = v.paths;
		m->paths_nr = v.paths_nr;
		return who(s, i, err);
	}
	m->outcome = bt_oid_equal(&v.tree, &s->acc_tree) ? BT_FOLD_EMPTY : BT_FOLD_TAKEN;
	if (m->outcome == BT_FOLD_TAKEN)
		acc_set(s, &v.tree);
	return 0;
}

/* --- the result --- */

static int result_commit(struct fold *s, const struct bt_commit_draft *d, struct bt_err *err)
{
	struct bt_commit_draft draft = *d;
	const struct bt_oid *on = s->commits_nr ? &s->commits[s->commits_nr - 1] : &s->f->tip;
	int rc;

	draft.tree = s->acc_tree;
	draft.parents = on;
	draft.parents_nr = on->len ? 1 : 0;
	draft.committer = s->f->committer;
	rc = fold_commit_write(s->repo, &draft, s->f->sign, &s->commits[s->commits_nr], err);
	if (!rc)
		s->trees[s->commits_nr++] = s->acc_tree;
	return rc;
}

/* One member's own commit on what is there. */
static int member_commit(struct fold *s, size_t i, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;
	struct bt_commit_draft d = { .parents_nr = 0 };
	struct fold_words w;
	int rc = acc_write(s, err);

	if (rc)
		return rc;
	fold_words_take(&s->arena, &s->changes[i].view, &w);
	d.encoding = fold_words_unite(&s->arena, &w, 1, s->f->committer);
	w.key = s->f->members[i].key;
	rc = fold_message_one(&w, s->f->batch_key, &message, err);
	if (rc)
		return bt_err_wrap(err, "cannot keep the message of '%s'", w.key);
	d.author = w.author;
	d.message = bt_buf_cstr(&message);
	d.message_len = message.len;
	rc = result_commit(s, &d, err);
	if (!rc)
		s->f->members[i].result = s->commits[s->commits_nr - 1];
	return rc;
}

static int squash_commit(struct fold *s, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;
	BT_FREE struct fold_words *words = bt_xcalloc(s->f->taken, sizeof(*words));
	struct bt_commit_draft d = { .author = s->f->committer };
	struct fold_squash q = { .words = words, .author = d.author, .batch_key = s->f->batch_key };
	char title[64];
	int rc = acc_write(s, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < s->f->members_nr; i++) {
		if (s->f->members[i].outcome != BT_FOLD_TAKEN)
			continue;
		fold_words_take(&s->arena, &s->changes[i].view, &words[q.nr]);
		words[q.nr++].key = s->f->members[i].key;
	}
	snprintf(title, sizeof(title), "Squashed %zu commits", q.nr);
	q.title = title;
	q.shown = q.nr;
	d.encoding = fold_words_unite(&s->arena, words, q.nr, s->f->committer);
	rc = fold_message_many(&q, &message, err);
	if (rc)
		return rc;
	d.message = bt_buf_cstr(&message);
	d.message_len = message.len;
	return result_commit(s, &d, err);
}

static int result_make(struct fold *s, struct bt_err *err)
{
	struct bt_fold *f = s->f;
	int rc = 0;

	if (f->style == BT_FOLD_SQUASH && f->taken == 1) {
		for (size_t i = 0; !rc && i < f->members_nr; i++)
			if (f->members[i].outcome == BT_FOLD_TAKEN)
				rc = member_commit(s, i, err);
	} else if (f->style == BT_FOLD_SQUASH && f->taken) {
		rc = squash_commit(s, err);
	}
	for (size_t i = 0; f->style == BT_FOLD_SQUASH && i < f->members_nr; i++)
		f->members[i].result = (struct bt_oid){ .len = 0 };
	if (!rc)
		rc = fold_commits_sync(s->repo, &s->tip_tree, s->commits, s->trees, s->commits_nr, err);
	if (rc)
		return rc;
	f->commit = s->commits_nr ? s->commits[s->commits_nr - 1] : f->tip;
	f->tree = s->commits_nr ? s->acc_tree : s->tip_tree;
	return 0;
}

/* --- all of it --- */

static int tip_read(struct fold *s, struct bt_err *err)
{
	struct bt_commit_view v;
	struct bt_oid start = fold_empty_tree(s->repo);
	int rc;

	if (s->f->tip.len) {
		rc = fold_commits_read(s->odb, &s->f->tip, 1, &s->arena, &v, err);
		if (rc)
			return rc;
		s->tip_tree = start = v.tree;
		bt_commit_view_release(&v);
	}
	acc_set(s, &start);
	return 0;
}

static int members_read(struct fold *s, struct bt_err *err)
{
	size_t nr = s->f->members_nr;
	BT_FREE struct bt_oid *ids = bt_xcalloc(nr, sizeof(*ids));
	BT_FREE struct bt_commit_view *views = bt_xcalloc(nr, sizeof(*views));
	int rc;

	for (size_t i = 0; i < nr; i++)
		ids[i] = s->f->members[i].commit;
	rc = fold_commits_read(s->odb, ids, nr, &s->arena, views, err);
	for (size_t i = 0; i < nr; i++) {
		s->changes[i].view = views[i];
		s->f->members[i].was_signed = views[i].is_signed;
	}
	return rc ? rc : fold_changes_read(s->repo, s->odb, s->changes, nr, &s->arena, err);
}

static int member_fold(struct fold *s, size_t i, struct bt_err *err)
{
	struct bt_fold_member *m = &s->f->members[i];
	int rc = bt_cancel_check(err);

	if (!rc)
		rc = shortcut(s, m, &s->changes[i], err);
	if (rc == BT_DONE)
		rc = truth(s, i, err);
	if (rc < 0 || m->outcome != BT_FOLD_TAKEN)
		return rc < 0 ? rc : 0;
	s->f->taken++;
	fold_touched_add(&s->touched, &s->changes[i], i);
	return s->f->style == BT_FOLD_STACK ? member_commit(s, i, err) : 0;
}

static int fold_run(struct fold *s, struct bt_err *err)
{
	size_t nr = s->f->members_nr;
	int rc = bt_odb_open(s->repo, &bt_odb_git_program, &s->odb, err);

	s->changes = bt_xcalloc(nr ? nr : 1, sizeof(*s->changes));
	s->commits = bt_xcalloc(nr ? nr : 1, sizeof(*s->commits));
	s->trees = bt_xcalloc(nr ? nr : 1, sizeof(*s->trees));
	if (!rc)
		rc = tip_read(s, err);
	if (!rc && nr)
		rc = members_read(s, err);
	for (size_t i = 0; !rc && i < nr; i++)
		rc = member_fold(s, i, err);
	return rc ? rc : result_make(s, err);
}

static void outputs_clear(struct bt_fold *f)
{
	bt_fold_release(f);
	for (size_t i = 0; i < f->members_nr; i++) {
		struct bt_fold_member *m = &f->members[i];

		*m = (struct bt_fold_member){ .commit = m->commit, .key = m->key, .with_member = SIZE_MAX };
	}
	f->commit = f->tree = (struct bt_oid){ .len = 0 };
	f->taken = 0;
}

int bt_fold(struct bt_repo *repo, struct bt_fold *f, struct bt_err *err)
{
	BT_CLEANUP(fold_release) struct fold s = { .repo = repo, .f = f, .arena = BT_ARENA_INIT };
	int rc;

	outputs_clear(f);
	fold_touched_init(&s.touched);
	rc = fold_run(&s, err);
	if (rc)
		outputs_clear(f);
	return rc;
}

void bt_fold_release(struct bt_fold *f)
{
	for (size_t i = 0; i < f->members_nr; i++) {
		struct bt_fold_member *m = &f->members[i];

		for (char **p = m->paths; p && *p; p++)
			free(*p);
		free(m->paths);
		m->paths = NULL;
		m->paths_nr = 0;
	}
}
