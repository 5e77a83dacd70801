/*
 * git batho snapshot: what was recorded of revisions. Which subcommand is which, and which snapshot a name means.
 */
#include "git-batho/snapshot/snapshot.h"

#include <string.h>

#include "core/base/text.h"
#include "git-batho/commands.h"
#include "git-batho/spawn.h"

static const struct bt_opt snapshot_options[] = {
	{ .type = BT_OPT_GROUP, .help = "diff" },
	DIFF_ROWS(struct diff_opts, "diff"),
	{ .type = BT_OPT_FLAG, .name = "save", .of = "diff", .flags = BT_OPT_NO_NEG, .help = "keep the difference: it is told again at once",
	  BT_OPT_AT(struct snapshot_opts, save) },
	{ .type = BT_OPT_GROUP, .help = "verify, export, import, delete" },
	{ .type = BT_OPT_INT, .name = "sample", .of = "verify", .metavar = "<n>", .min = 0, .max = 100000,
	  .help = "verify: parse so many files anew and compare", BT_OPT_AT(struct snapshot_opts, sample) },
	{ .type = BT_OPT_FLAG, .letter = 'f', .name = "force", .of = "export", .flags = BT_OPT_NO_NEG, .help = "export: replace a file that is there",
	  BT_OPT_AT(struct snapshot_opts, force) },
	{ .type = BT_OPT_STRING, .name = "label", .of = "import", .metavar = "<label>", .help = "import: a name for the snapshot",
	  BT_OPT_AT(struct snapshot_opts, label) },
	{ .type = BT_OPT_FLAG, .name = "apply", .of = "delete", .flags = BT_OPT_NO_NEG, .help = "delete: do it",
	  BT_OPT_AT(struct snapshot_opts, apply) },
	BT_OPT_END
};

static const char *const snapshot_usage[] = {
	"list",
	"show <snapshot>",
	"diff <snapshot> <snapshot> [--save] [<options>]",
	"verify [--sample <n>] [<snapshot>...]",
	"export [--force] <snapshot> <file>",
	"import [--label <label>] <file>",
	"delete [--apply] <snapshot>...",
	NULL,
};

/* --- names --- */

static int unknown(struct snapshots *s, const char *name, bool is_revision, struct bt_err *err)
{
	(void)s;
	if (is_revision) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "no snapshot of revision '%s' was recorded", name);
		return bt_err_hint(err, "`git batho index --snapshot %s` records one", name);
	}
	bt_err_set(err, BT_ERR_NOT_FOUND, "no snapshot is called '%s'", name);
	return bt_err_hint(err, "`git batho snapshot list` names them");
}

static int find_by_revision(struct snapshots *s, const char *name, struct bt_snapshot *ret_s, struct bt_err *err)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_rev rev = { .spec = name };
	int rc = bt_repo_resolve(&s->c->repo, &rev, 1, &ignored);

	if (rc || !rev.found)
		return rc == BT_ERR_CANCELED ? (*err = ignored, rc) : unknown(s, name, false, err);
	rc = s->q && rev.commit.len ? bt_snapshot_by_commit(s->q, &rev.commit, &s->arena, ret_s, err) : BT_DONE;
	if (rc == BT_DONE)
		return unknown(s, name, true, err);
	return rc < 0 ? rc : 0;
}

int snapshot_find(struct snapshots *s, const char *name, struct bt_snapshot *ret_s, struct bt_err *err)
{
	int64_t id;
	int rc = s->q && bt_label_ok(name) ? bt_snapshot_by_label(s->q, name, &s->arena, ret_s, err) : BT_DONE;

	if (rc == BT_DONE && s->q && bt_text_int(name, &id) && id > 0)
		rc = bt_snapshot_get(s->q, (uint64_t)id, &s->arena, ret_s, err);
	if (rc)
		return rc < 0 ? rc : 0;
	return find_by_revision(s, name, ret_s, err);
}

/* --- rows of the index --- */

static int find_root(struct snapshots *s, const struct bt_snapshot *snap, uint32_t *ret_row, struct bt_err *err)
{
	struct bt_index_root root;
	int rc = bt_context_store(s->c, err);

	if (rc)
		return rc == BT_ERR_NOT_FOUND ? BT_DONE : rc;
	rc = bt_index_root_find(s->c->store, &snap->tree, snap->selection, &root, err);
	if (rc == BT_ROW)
		*ret_row = root.row;
	return rc;
}

int snapshot_root(struct snapshots *s, const struct bt_snapshot *snap, bool make, uint32_t *ret_row, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	const char *args[] = { "index", "--quiet", hex, NULL };
	struct bt_err ignored = BT_ERR_INIT;
	uint64_t selection;
	int rc = find_root(s, snap, ret_row, err);

	if (rc || !make)
		return rc;
	if (bt_selection_root(&s->c->repo, s->c->conf, &selection, err))
		return err->code;
	if (selection != snap->selection)	/* other files, or other versions: another snapshot would come of it */
		return BT_DONE;
	bt_oid_hex(snap->commit.len ? &snap->commit : &snap->tree, hex);
	bt_store_free(&s->c->store);
	rc = bt_indexer_run(s->c, args, NULL, &ignored);
	if (rc == BT_ERR_CANCELED)
		return *err = ignored, rc;
	return find_root(s, snap, ret_row, err);
}

int snapshot_root_needed(struct snapshots *s, const struct bt_snapshot *snap, uint32_t *ret_row, struct bt_err *err)
{
	uint64_t selection;
	int rc = snapshot_root(s, snap, true, ret_row, err);

	if (rc)
		return rc < 0 ? rc : 0;
	if (bt_selection_root(&s->c->repo, s->c->conf, &selection, err))
		return err->code;
	bt_err_set(err, BT_ERR_NOT_FOUND, "the index has not got snapshot %llu", (unsigned long long)snap->id);
	if (selection != snap->selection)
		return bt_err_hint(err, "it was recorded under other settings or by another version: `git batho index --snapshot` "
					"records one of today");
	return bt_err_hint(err, "its commit cannot be indexed: is it still in the repository?");
}

/* --- which one --- */

enum what { S_LIST, S_SHOW, S_DIFF, S_VERIFY, S_EXPORT, S_IMPORT, S_DELETE };

static const struct {
	const char *name;
	size_t min, max;		/* arguments behind it */
} subcommands[] = {
	[S_LIST] = { "list", 0, 0 },	     [S_SHOW] = { "show", 1, 1 },     [S_DIFF] = { "diff", 2, 2 },
	[S_VERIFY] = { "verify", 0, SIZE_MAX }, [S_EXPORT] = { "export", 2, 2 }, [S_IMPORT] = { "import", 1, 1 },
	[S_DELETE] = { "delete", 1, SIZE_MAX },
};

static int dispatch(struct snapshots *s, enum what what, const struct bt_args *args, struct bt_err *err)
{
	char *const *rest = (char *const *)args->items + 1;

	switch (what) {
	case S_LIST:
		return snapshot_list(s, err);
	case S_SHOW:
		return snapshot_show(s, rest[0], err);
	case S_DIFF:
		return snapshot_diff(s, rest[0], rest[1], err);
	case S_VERIFY:
		return snapshot_verify(s, rest, args->nr - 1, err);
	case S_EXPORT:
		return snapshot_export(s, rest[0], rest[1], err);
	case S_IMPORT:
		return snapshot_import(s, rest[0], err);
	case S_DELETE:
		return snapshot_delete(s, rest, args->nr - 1, err);
	}
	return 0;
}

static void snapshots_release(struct snapshots *s)
{
	bt_queue_free(&s->q);
	bt_arena_release(&s->arena);
}

static int run(struct bt_context *c, const struct snapshot_opts *o, enum what what, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(snapshots_release) struct snapshots s = { .c = c, .o = o };
	bool writes = (what == S_DELETE && o->apply) || (what == S_DIFF && o->save);
	struct diff filters = { .c = c, .o = &o->diff };
	struct bt_err why = BT_ERR_INIT;
	int rc = diff_parse_filters(&filters, err);

	if (rc)
		return rc;
	rc = queue_open(c, BT_QUEUE_READ, &s.q, &why);
	if (rc && rc != BT_ERR_NOT_FOUND)
		return *err = why, rc;
	if (!rc && writes) {
		bt_queue_free(&s.q);
		if (queue_open(c, BT_QUEUE_WRITE, &s.q, err))
			return err->code;
	}
	return dispatch(&s, what, args, err);
}

static int run_snapshot(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const char *name = args->nr && args->dashes > 0 ? args->items[0] : NULL;

	for (size_t i = 0; name && i < BT_ARRAY_NR(subcommands); i++) {
		if (strcmp(subcommands[i].name, name))
			continue;
		if (args->nr - 1 < subcommands[i].min)
			return bt_err_set(err, BT_ERR_USAGE, "'snapshot %s' wants %zu argument%s", name, subcommands[i].min,
					  subcommands[i].min == 1 ? "" : "s");
		if (args->nr - 1 > subcommands[i].max)
			return bt_err_set(err, BT_ERR_USAGE, "'%s' is one argument too many", args->items[1 + subcommands[i].max]);
		return run(c, opts, (enum what)i, args, err);
	}
	if (name)
		bt_err_set(err, BT_ERR_USAGE, "'%s' is nothing that can be done with snapshots", name);
	else
		bt_err_set(err, BT_ERR_USAGE, "what is to be done with snapshots?");
	return bt_err_hint(err, "see `git batho snapshot -h`");
}

const struct bt_command bt_cmd_snapshot = {
	.name = "snapshot",
	.summary = "list, compare, verify, export and import what was recorded of revisions",
	.usage = snapshot_usage,
	.options = snapshot_options,
	.options_size = sizeof(struct snapshot_opts),
	.flags = BT_NEEDS_REPO,
	.run = run_snapshot,
};
