/*
 * The paths that a landing changes: what differs between two commits, as `git diff-tree` says.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/land/refresh.h"
#include "core/git/object_write.h"

/* One record: two modes, two ids, a letter; or a path. */
#define RECORD_MAX ((size_t)1 << 20)

void refresh_paths_release(struct refresh_paths *ps)
{
	free(ps->list);
	bt_strmap_release(&ps->by_path);
	bt_arena_release(&ps->arena);
}

struct refresh_path *refresh_paths_get(const struct refresh_paths *ps, const char *path, size_t len)
{
	const struct bt_strmap_entry *e = bt_strmap_find(&ps->by_path, path, len, bt_strmap_hash(path, len));

	return e && e->value ? &ps->list[e->value - 1] : NULL;
}

struct diff {
	struct refresh_paths *ps;
	bool takes_back;	/* its paths are taken out again */
};

static void diff_path(struct diff *d, const char *path, size_t len, const struct bt_side *before, const struct bt_side *after)
{
	struct refresh_paths *ps = d->ps;
	struct refresh_path *p;

	if (d->takes_back) {
		if (refresh_paths_get(ps, path, len))
			bt_strmap_put(&ps->by_path, path, len, 0);
		return;
	}
	BT_GROW(ps->list, ps->alloc, ps->nr + 1);
	p = &ps->list[ps->nr++];
	*p = (struct refresh_path){ .path = bt_arena_strndup(&ps->arena, path, len), .before = *before, .after = *after };
	bt_strmap_put(&ps->by_path, path, len, ps->nr);
}

static int diff(struct bt_repo *repo, const struct bt_oid *from, const struct bt_oid *to, struct diff *d, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream s;
	char one[BT_OID_HEX_MAX + 1], two[BT_OID_HEX_MAX + 1];
	struct bt_side before = { .mode = 0 }, after = { .mode = 0 };
	size_t len;
	char *text;
	int rc;

	bt_git_stream_init(&s);
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--ignore-submodules=none", bt_oid_hex(from, one), bt_oid_hex(to, two), NULL);
	rc = bt_git_stream_start(&s, &c, false, RECORD_MAX, err);
	while (!rc && (rc = bt_git_stream_record(&s, '\0', &text, &len, err)) == BT_ROW) {
		if (bt_sides_parse(text, &before, &after))
			return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git diff-tree");
		rc = bt_git_stream_record(&s, '\0', &text, &len, err);
		if (rc != BT_ROW)
			return rc < 0 ? rc : bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git diff-tree");
		diff_path(d, text, len, &before, &after);
		rc = 0;
	}
	return rc ? rc : bt_git_stream_finish(&s, "cannot compare commits", err);
}

int refresh_paths_find(struct bt_repo *repo, const struct bt_land_refresh_opts *o, const struct bt_oid *now, struct refresh_paths *ret_ps,
		       struct bt_err *err)
{
	struct diff d = { .ps = ret_ps };
	struct bt_oid before = o->before;
	size_t kept = 0;
	int rc;

	*ret_ps = (struct refresh_paths){ .arena = BT_ARENA_INIT };
	bt_strmap_init(&ret_ps->by_path, &ret_ps->arena);
	if (!before.len)
		bt_object_id(repo, BT_OBJECT_TREE, "", 0, &before);
	rc = diff(repo, &before, &o->after, &d, err);
	if (rc || !now->len || bt_oid_equal(now, &o->after))
		return rc;
	/* What came after that is not ours to bring along; what it changed again is not wanted any more. */
	d.takes_back = true;
	rc = diff(repo, &o->after, now, &d, err);
	for (size_t i = 0; i < ret_ps->nr; i++) {
		struct refresh_path *p = &ret_ps->list[i];

		if (!refresh_paths_get(ret_ps, p->path, strlen(p->path)))
			continue;
		ret_ps->list[kept++] = *p;
		bt_strmap_put(&ret_ps->by_path, p->path, strlen(p->path), kept);
	}
	ret_ps->nr = kept;
	return rc;
}
