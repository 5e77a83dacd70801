/*
 * With whom a member conflicts: the last earlier member of the batch that changed one of the paths and conflicts with
 * it by itself (the last that changed one, when none does by itself), or the newest commit of the tip that changed one.
 * Conflicts of renamed folders are told of paths that only one side has: then it is who
 * changed something beside them.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/fold/impl.h"

/* Members that are tried by themselves, the last ones first: each is two merges. */
#define ALONE_MAX 10
/* Paths that the history of the tip is searched for: each is a child, and the first nearly always answers. */
#define TIP_PATHS_MAX 4

void fold_touched_init(struct fold_touched *t)
{
	*t = (struct fold_touched){ .arena = BT_ARENA_INIT };
	bt_strmap_init(&t->paths, NULL);
	bt_strmap_init(&t->folders, &t->arena);
}

void fold_touched_release(struct fold_touched *t)
{
	bt_strmap_release(&t->paths);
	bt_strmap_release(&t->folders);
	bt_arena_release(&t->arena);
}

/* Up to the last slash, with it; 0 at the top. */
static size_t folder_len(const char *path, size_t len)
{
	while (len && path[len - 1] != '/')
		len--;
	return len;
}

void fold_touched_add(struct fold_touched *t, const struct fold_change *ch, size_t member)
{
	for (size_t i = 0; i < ch->nr; i++) {
		const struct fold_entry *e = &ch->entries[i];

		bt_strmap_put(&t->paths, e->path, e->len, member + 1);
		bt_strmap_put(&t->folders, e->path, folder_len(e->path, e->len), member + 1);
	}
}

/* The later of the two. */
static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t who_at(const struct fold_touched *t, const char *path)
{
	return bt_strmap_get(&t->paths, path, strlen(path), 0);
}

/* Something in the folder of the path, or in the folder that stands at the path. */
static uint64_t who_beside(const struct fold_touched *t, const char *path)
{
	BT_FREE char *inside = bt_xasprintf("%s/", path);
	uint64_t who = bt_strmap_get(&t->folders, inside, strlen(inside), 0);

	return later(who, bt_strmap_get(&t->folders, path, folder_len(path, strlen(path)), 0));
}

/* The newest commit of the tip, not in the member's history, that touched the path (or what is below it). */
static int tip_search(struct bt_repo *repo, const struct bt_fold *f, struct bt_fold_member *m, const char *path,
		      size_t path_len, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_FREE char *spec = bt_xasprintf(":(top,literal)%.*s", (int)path_len, path);
	char tip[BT_OID_HEX_MAX + 1], not_this[BT_OID_HEX_MAX + 2] = "^";
	int rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "rev-list", "-1", bt_oid_hex(&f->tip, tip), NULL);
	bt_oid_hex(&m->commit, not_this + 1);
	bt_git_cmd_addl(&c, not_this, "--", spec, NULL);
	rc = bt_git_run(&c, "cannot search the history of the tip", NULL, 0, &out, err);
	if (rc || !out.len)
		return rc;
	return bt_oid_parse(bt_buf_cstr(&out), out.len - 1, &m->with_commit, err);
}

/* Who of the tip touched the first of the paths that somebody touched. */
static int tip_paths(struct bt_repo *repo, const struct bt_fold *f, struct bt_fold_member *m, struct bt_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < TIP_PATHS_MAX && m->paths[i] && !m->with_commit.len; i++)
		rc = tip_search(repo, f, m, m->paths[i], strlen(m->paths[i]), err);
	return rc;
}

/* The same for the folders of what the member changes. */
static int tip_folders(struct bt_repo *repo, const struct bt_fold *f, struct bt_fold_member *m,
		       const struct fold_change *ch, struct bt_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < TIP_PATHS_MAX && i < ch->nr && !m->with_commit.len; i++) {
		size_t len = folder_len(ch->entries[i].path, ch->entries[i].len);

		if (len)
			rc = tip_search(repo, f, m, ch->entries[i].path, len - 1, err);
	}
	return rc;
}

int fold_who(struct bt_repo *repo, const struct fold_touched *t, const struct bt_fold *f, size_t member,
	     const struct fold_change *ch, struct bt_err *err)
{
	struct bt_fold_member *m = &f->members[member];
	uint64_t who = 0;
	int rc;

	m->with_member = SIZE_MAX;
	for (char **p = m->paths; *p; p++)
		who = later(who, who_at(t, *p));
	if (!who && f->tip.len) {
		rc = tip_paths(repo, f, m, err);
		if (rc || m->with_commit.len)
			return rc;
	}
	for (size_t i = 0; !who && i < ch->nr; i++)
		who = later(who, who_beside(t, ch->entries[i].path));
	if (!who)
		return f->tip.len ? tip_folders(repo, f, m, ch, err) : 0;
	m->with_member = (size_t)who - 1;
	m->with_commit = f->members[who - 1].commit;
	return 0;
}

/* --- which of several --- */

static bool touches(const struct fold_change *ch, const struct bt_strmap *paths)
{
	for (size_t i = 0; i < ch->nr; i++)
		if (bt_strmap_get(paths, ch->entries[i].path, ch->entries[i].len, 0))
			return true;
	return !ch->kept;
}

/* The members that it can be, the last one first. */
static size_t find_suspects(const struct bt_fold *f, size_t member, const struct fold_change *changes, size_t *list)
{
	struct bt_strmap paths;
	size_t nr = 0;

	bt_strmap_init(&paths, NULL);
	for (char **p = f->members[member].paths; *p; p++)
		bt_strmap_put(&paths, *p, strlen(*p), 1);
	for (size_t i = member; i-- > 0 && nr < ALONE_MAX;)
		if (f->members[i].outcome == BT_FOLD_TAKEN && touches(&changes[i], &paths))
			list[nr++] = i;
	bt_strmap_release(&paths);
	return nr;
}

/* BT_ROW: the change goes onto the tree, which becomes *ret_tree. BT_DONE: it conflicts. */
static int merges(struct fold_truth *t, const struct fold_change *ch, const struct bt_oid *on, struct bt_oid *ret_tree,
		  struct bt_err *err)
{
	struct fold_verdict v = { .clean = false };
	bool clean;
	int rc = fold_truth_trees(t, &ch->parent_tree, on, &ch->view.tree, &v, err);

	if (rc)
		return rc;
	clean = v.clean;
	*ret_tree = v.tree;
	fold_verdict_release(&v);
	return clean ? BT_ROW : BT_DONE;
}

/* The tip, then the suspects. *ret_who: a member, or SIZE_MAX for the tip; as it is when nobody does by himself. */
static int try_each(struct fold_truth *t, const size_t *suspects, size_t nr, size_t member,
		    const struct fold_change *changes, const struct bt_oid *tip_tree, size_t *ret_who,
		    struct bt_err *err)
{
	struct bt_oid on, ignored;
	int rc = merges(t, &changes[member], tip_tree, &ignored, err);

	if (rc == BT_DONE)
		*ret_who = SIZE_MAX;
	/* with one suspect it is enough that the tip is innocent */
	for (size_t i = 0; rc == BT_ROW && nr > 1 && i < nr; i++) {
		rc = merges(t, &changes[suspects[i]], tip_tree, &on, err);
		if (rc == BT_DONE) {
			rc = BT_ROW;
			continue;
		}
		if (rc == BT_ROW)
			rc = merges(t, &changes[member], &on, &ignored, err);
		if (rc == BT_DONE)
			*ret_who = suspects[i];
	}
	return rc < 0 ? rc : 0;
}

int fold_who_exactly(struct fold_truth *t, const struct bt_fold *f, size_t member, const struct fold_change *changes,
		     const struct bt_oid *tip_tree, struct bt_err *err)
{
	struct bt_fold_member *m = &f->members[member];
	size_t suspects[ALONE_MAX], who = m->with_member;
	size_t nr = find_suspects(f, member, changes, suspects);
	struct bt_err why = BT_ERR_INIT;
	int rc;

	if (!nr || who == SIZE_MAX || m->git_crashed)
		return 0;
	rc = try_each(t, suspects, nr, member, changes, tip_tree, &who, &why);
	/* git crashed in a merge that nobody wants: what is known is good enough */
	if (rc && rc != BT_ERR_UNSUPPORTED)
		return *err = why, rc;
	if (rc || who == m->with_member)
		return 0;
	m->with_member = who;
	if (who != SIZE_MAX) {
		m->with_commit = f->members[who].commit;
		return 0;
	}
	m->with_commit.len = 0;
	return f->tip.len ? tip_paths(t->repo, f, m, err) : 0;
}
