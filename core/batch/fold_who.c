/*
 * With whom a member conflicts: the last earlier member of the batch that changed one of the paths, else the newest
 * commit of the tip that did. Conflicts of renamed folders are told of paths that only one side has: then it is who
 * changed something beside them.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/fold_impl.h"

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
