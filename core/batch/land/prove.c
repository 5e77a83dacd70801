/*
 * The proof of a landing: what was gated is what landed, and nothing that a member did is lost on the way.
 *
 * Where a path does not hold what a member made of it, something else must have been at work there: a later member that replaced it, an
 * earlier one or the tip that it was merged with, or a rename that took it elsewhere. That the merge itself is right is not shown
 * here; that a change is gone without anybody's having touched its path is found.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/limits.h"
#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/base/path.h"
#include "core/batch/land/land.h"
#include "core/batch/land/sides.h"
#include "core/git/object_write.h"
#include "core/git/program.h"
#include "core/git/tree_edit.h"

/* A commit: its message is all that may be long. */
#define COMMIT_MAX ((uint64_t)64 << 20)

/* What one member did to one path. */
struct change {
	const char *path;
	size_t member;
	struct bt_side before, after;
};

struct proof {
	struct bt_repo *repo;
	const struct bt_prove_member *members;
	size_t members_nr;
	struct bt_odb *odb;
	struct bt_tree_edit *landed, *tip;
	struct bt_oid landed_tree, tip_tree;	/* tip_tree.len 0: there was none */
	struct change *list;
	size_t nr, alloc;
	struct bt_strmap last;	/* path -> number of the last member that changed it */
	struct bt_strmap first;	/* path -> number of the first */
	struct bt_strmap moved;	/* "<mode> <id> <name>" of files that have come to a folder; read when it is asked for */
	bool moved_known;
	struct bt_arena arena;
};

static void proof_release(struct proof *p)
{
	bt_tree_edit_free(&p->landed);
	bt_tree_edit_free(&p->tip);
	bt_odb_free(&p->odb);
	free(p->list);
	bt_strmap_release(&p->last);
	bt_strmap_release(&p->first);
	bt_strmap_release(&p->moved);
	bt_arena_release(&p->arena);
}

/* --- reading --- */

static int commit_read(struct proof *p, const struct bt_oid *commit, struct bt_oid *ret_tree, struct bt_oid *ret_parent, struct bt_err *err)
{
	BT_CLEANUP(bt_commit_view_release) struct bt_commit_view v = { .parents = NULL };
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_object o;
	int rc = bt_odb_read(p->odb, commit, COMMIT_MAX, &o, err);

	if (rc)
		return rc;
	if (o.type != BT_OBJECT_COMMIT || !o.data)
		return bt_err_set(err, BT_ERR_CORRUPT, "'%s' is no commit that can be read", bt_oid_hex(commit, hex));
	rc = bt_commit_parse(o.data, o.size, p->repo->oid_len, &v, err);
	if (rc)
		return rc;
	*ret_tree = v.tree;
	*ret_parent = v.parents_nr ? v.parents[0] : (struct bt_oid){ .len = 0 };
	return 0;
}

/* "<commit> <its first parent>": a merge is what it changed against that one. */
static int ask_member(struct proof *p, const struct bt_oid *commit, struct bt_buf *in, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_oid tree, parent;
	int rc = commit_read(p, commit, &tree, &parent, err);

	if (rc)
		return rc;
	bt_buf_adds(in, bt_oid_hex(commit, hex));
	if (parent.len)
		bt_buf_addf(in, " %s", bt_oid_hex(&parent, hex));
	bt_buf_addch(in, '\n');
	return 0;
}

static int diff_trees(struct bt_repo *repo, const struct bt_buf *in, struct bt_buf *out, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--root", "--ignore-submodules=none", NULL);
	return bt_git_run(&c, "cannot compare commits", bt_buf_cstr(in), in->len, out, err);
}

static void change_add(struct proof *p, size_t member, const char *path, const struct bt_side *before, const struct bt_side *after)
{
	struct bt_strmap_entry *e;
	bool is_new;

	BT_GROW(p->list, p->alloc, p->nr + 1);
	p->list[p->nr++] = (struct change){ .path = bt_arena_strndup(&p->arena, path, strlen(path)), .member = member, .before = *before, .after = *after };
	path = p->list[p->nr - 1].path;
	bt_strmap_put(&p->last, path, strlen(path), member);
	e = bt_strmap_intern(&p->first, path, strlen(path), bt_strmap_hash(path, strlen(path)), &is_new);
	if (is_new)
		e->value = member;
}

/* The member whose id this is, from `from` on: those without a change are not mentioned. */
static size_t member_find(const struct proof *p, const char *hex, size_t from)
{
	struct bt_oid oid;

	if (bt_oid_parse(hex, strlen(hex), &oid, NULL))
		return p->members_nr;
	while (from < p->members_nr && !(p->members[from].taken && bt_oid_equal(&p->members[from].commit, &oid)))
		from++;
	return from;
}

static int changes_take(struct proof *p, const struct bt_buf *out, struct bt_err *err)
{
	size_t member = p->members_nr, next = 0;

	for (size_t at = 0; at < out->len; at += strlen(out->data + at) + 1) {
		const char *text = out->data + at;
		struct bt_side before = { .mode = 0 }, after = { .mode = 0 };

		if (*text != ':') {
			member = member_find(p, text, next);
			next = member + 1;
			if (member == p->members_nr)
				return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git diff-tree");
			continue;
		}
		at += strlen(text) + 1;
		if (member == p->members_nr || bt_sides_parse(text, &before, &after) || at >= out->len)
			return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git diff-tree");
		change_add(p, member, out->data + at, &before, &after);
	}
	return 0;
}

static int changes_read(struct proof *p, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT, out = BT_BUF_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && i < p->members_nr; i++)
		if (p->members[i].taken)
			rc = ask_member(p, &p->members[i].commit, &in, err);
	if (!rc)
		rc = bt_buf_check(&in, "the members of a batch", err);
	if (!rc && in.len)
		rc = diff_trees(p->repo, &in, &out, err);
	return rc ? rc : changes_take(p, &out, err);
}

/* --- judging --- */

static int side_get(struct bt_tree_edit *tree, const char *path, struct bt_side *ret, struct bt_err *err)
{
	int rc = bt_tree_edit_get(tree, path, strlen(path), &ret->mode, &ret->oid, err);

	/* A folder is no file; a file of it is another path. */
	if (!rc && (ret->mode & 0170000) == 0040000)
		ret->mode = 0;
	ret->mode = bt_side_mode(ret->mode);
	return rc;
}

static char *side_key(struct proof *p, const struct bt_side *s, const char *path)
{
	const char *slash = strrchr(path, '/');
	char hex[BT_OID_HEX_MAX + 1];
	BT_FREE char *text = bt_xasprintf("%o %s %s", s->mode, bt_oid_hex(&s->oid, hex), slash ? slash + 1 : path);

	return bt_arena_strndup(&p->arena, text, strlen(text));
}

/* Files that are in the result and not so in the tip, at paths that no member has changed. */
static int moved_read(struct proof *p, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT, out = BT_BUF_INIT;
	char from[BT_OID_HEX_MAX + 1], to[BT_OID_HEX_MAX + 1];
	struct bt_side before = { .mode = 0 }, after = { .mode = 0 };
	struct bt_oid empty;
	int rc;

	bt_object_id(p->repo, BT_OBJECT_TREE, "", 0, &empty);
	bt_buf_addf(&in, "%s %s\n", bt_oid_hex(p->tip_tree.len ? &p->tip_tree : &empty, from), bt_oid_hex(&p->landed_tree, to));
	rc = diff_trees(p->repo, &in, &out, err);
	for (size_t at = 0; !rc && at < out.len; at += strlen(out.data + at) + 1) {
		const char *path, *key;

		if (bt_sides_parse(out.data + at, &before, &after))
			continue;
		at += strlen(out.data + at) + 1;
		path = at < out.len ? out.data + at : "";
		if (!after.mode || bt_strmap_get(&p->first, path, strlen(path), SIZE_MAX) != SIZE_MAX)
			continue;
		key = side_key(p, &after, path);
		bt_strmap_put(&p->moved, key, strlen(key), 1);
	}
	p->moved_known = !rc;
	return rc;
}

/* Has this very file come to the result in another folder? One that the tip has renamed takes along what is added to it. */
static int came_elsewhere(struct proof *p, const struct change *c, bool *ret_came, struct bt_err *err)
{
	const char *key = side_key(p, &c->after, c->path);
	int rc = p->moved_known ? 0 : moved_read(p, err);

	if (!rc)
		*ret_came = bt_strmap_get(&p->moved, key, strlen(key), 0);
	return rc;
}

/* Did another member, or the tip, change the path of c? */
static int touched_by_others(struct proof *p, const struct change *c, bool *ret_touched, struct bt_err *err)
{
	size_t len = strlen(c->path);
	struct bt_side tip;
	int rc;

	*ret_touched = bt_strmap_get(&p->last, c->path, len, 0) != c->member || bt_strmap_get(&p->first, c->path, len, 0) != c->member;
	if (*ret_touched)
		return 0;
	rc = side_get(p->tip, c->path, &tip, err);
	*ret_touched = !rc && !bt_side_equal(&tip, &c->before);
	return rc;
}

/* Does what a member has kept of a path stand under another name? */
static int is_displaced(struct proof *p, const struct change *c, bool *ret_displaced, struct bt_err *err)
{
	struct bt_side landed;
	int rc = c->after.mode ? side_get(p->landed, c->path, &landed, err) : 0;

	*ret_displaced = !rc && c->after.mode && !landed.mode;
	return rc;
}

/*
 * A member that renamed a file which others changed: the merge stands under the new name. git knows renames by likeness, so that
 * it may as well take a new file for the new name of an old one: then somebody's change to that one is displaced.
 */
static int has_taken_in(struct proof *p, const struct change *added, bool *ret_taken_in, struct bt_err *err)
{
	int rc = 0;

	*ret_taken_in = false;
	for (size_t i = 0; !rc && !*ret_taken_in && i < p->nr; i++) {
		rc = is_displaced(p, &p->list[i], ret_taken_in, err);
		if (!rc && !*ret_taken_in && p->list[i].member == added->member && !p->list[i].after.mode)
			rc = touched_by_others(p, &p->list[i], ret_taken_in, err);
	}
	return rc;
}

/* The path is not as the member made it: may that be? */
static int excused(struct proof *p, const struct change *c, const struct bt_side *landed, bool *ret_excused, struct bt_err *err)
{
	int rc;

	/* A later member may do anything. */
	*ret_excused = bt_strmap_get(&p->last, c->path, strlen(c->path), 0) > c->member;
	if (*ret_excused)
		return 0;
	/* What it replaced or removed does not come back by merging. */
	if (bt_side_equal(landed, &c->before) ? c->before.mode != 0 : !c->after.mode)
		return 0;
	rc = touched_by_others(p, c, ret_excused, err);
	if (!rc && !*ret_excused && c->after.mode && !c->before.mode)
		rc = landed->mode ? has_taken_in(p, c, ret_excused, err) : came_elsewhere(p, c, ret_excused, err);
	return rc;
}

static int change_prove(struct proof *p, const struct change *c, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_side landed;
	bool may;
	int rc = side_get(p->landed, c->path, &landed, err);

	if (rc || bt_side_equal(&landed, &c->after))
		return rc;
	rc = excused(p, c, &landed, &may, err);
	if (rc || may)
		return rc;
	bt_path_quote(&path, c->path, strlen(c->path), 0);
	return bt_err_set(err, BT_ERR_CORRUPT, "what member %zu (%.12s) made of '%s' is not in what landed", c->member + 1,
			  bt_oid_hex(&p->members[c->member].commit, hex), bt_buf_cstr(&path));
}

static int trees_open(struct proof *p, const struct bt_oid *landed, const struct bt_oid *gated_tree, const struct bt_oid *tip_before, struct bt_err *err)
{
	char have[BT_OID_HEX_MAX + 1], want[BT_OID_HEX_MAX + 1];
	struct bt_oid none;
	int rc = commit_read(p, landed, &p->landed_tree, &none, err);

	if (!rc && !bt_oid_equal(&p->landed_tree, gated_tree))
		rc = bt_err_set(err, BT_ERR_CORRUPT, "what landed is tree %.12s, what was checked is %.12s", bt_oid_hex(&p->landed_tree, have),
				bt_oid_hex(gated_tree, want));
	if (!rc && tip_before->len)
		rc = commit_read(p, tip_before, &p->tip_tree, &none, err);
	if (rc)
		return rc;
	p->landed = bt_tree_edit_new(p->repo, p->odb, &p->landed_tree);
	p->tip = bt_tree_edit_new(p->repo, p->odb, &p->tip_tree);
	return 0;
}

int bt_land_prove(struct bt_repo *repo, const struct bt_oid *landed, const struct bt_oid *gated_tree, const struct bt_oid *tip_before,
		  const struct bt_prove_member *members, size_t nr, struct bt_err *err)
{
	BT_CLEANUP(proof_release) struct proof p = { .repo = repo, .members = members, .members_nr = nr, .arena = BT_ARENA_INIT };
	int rc;

	bt_strmap_init(&p.last, NULL);
	bt_strmap_init(&p.first, NULL);
	bt_strmap_init(&p.moved, NULL);
	rc = bt_odb_open(repo, &bt_odb_git_program, &p.odb, err);
	if (!rc)
		rc = trees_open(&p, landed, gated_tree, tip_before, err);
	if (!rc)
		rc = changes_read(&p, err);
	for (size_t i = 0; !rc && i < p.nr; i++)
		rc = change_prove(&p, &p.list[i], err);
	return rc;
}
