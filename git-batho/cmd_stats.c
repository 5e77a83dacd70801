/*
 * git batho stats: what a revision's index holds, and what was left out of it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "git-batho/commands.h"
#include "git-batho/print.h"
#include "git-batho/scope.h"

struct stats_opts {
	struct bt_scope_opts scope;
	bool skipped, digest;
};

static const struct bt_opt stats_options[] = {
	{ .type = BT_OPT_FLAG, .name = "skipped", .flags = BT_OPT_NO_NEG,
	  .help = "list the files that have no facts, and why", BT_OPT_AT(struct stats_opts, skipped) },
	{ .type = BT_OPT_FLAG, .name = "digest", .flags = BT_OPT_NO_NEG,
	  .help = "print the digest alone; status 1 when it is incomplete",
	  BT_OPT_AT(struct stats_opts, digest) },
	BT_VIEW_ROWS(struct stats_opts, scope),
	BT_ALL_ROW(struct stats_opts, scope),
	BT_OPT_END
};

static const char *const stats_usage[] = { "[<options>]", NULL };

/* One language of the view. */
struct lang_stats {
	uint32_t id;
	char name[32];
	uint64_t files, bytes, skipped;
};

struct totals {
	struct lang_stats *langs;
	size_t nr, alloc;
	uint64_t states[BT_BLOB_STATE_NR];
	uint64_t files, bytes;
};

static struct lang_stats *lang_of(struct totals *t, struct bt_store *s, uint32_t id, struct bt_err *err)
{
	struct bt_store_language l;
	uint32_t cursor = 0;

	for (size_t i = 0; i < t->nr; i++)
		if (t->langs[i].id == id)
			return &t->langs[i];
	BT_GROW(t->langs, t->alloc, t->nr + 1);
	memset(&t->langs[t->nr], 0, sizeof(*t->langs));
	t->langs[t->nr].id = id;
	strcpy(t->langs[t->nr].name, "?");
	while (bt_store_language_next(s, &cursor, &l, err) == BT_ROW)
		if (l.id == id)
			memcpy(t->langs[t->nr].name, l.name, sizeof(l.name));
	return &t->langs[t->nr++];
}

static int count_manifest(struct bt_view *v, struct totals *t, struct bt_err *err)
{
	for (uint32_t i = 0; i < v->manifest.nr; i++) {
		struct bt_manifest_file f = bt_manifest_file_get(&v->manifest, i);
		struct lang_stats *l = lang_of(t, v->store, f.lang, err);
		struct bt_blob b;

		t->states[f.state]++;
		if (f.state != BT_BLOB_FACTS) {
			l->skipped++;
			continue;
		}
		if (bt_store_blob_get(v->store, f.blob, &b, err))
			return err->code;
		l->files++;
		l->bytes += b.size;
		t->files++;
		t->bytes += b.size;
	}
	return 0;
}

static int count_all(struct bt_view *v, struct totals *t, struct bt_err *err)
{
	BT_FREE struct bt_store_count *rows = NULL;
	size_t nr;

	if (bt_store_counts(v->store, &rows, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		struct lang_stats *l = lang_of(t, v->store, rows[i].lang, err);

		t->states[rows[i].state] += rows[i].blobs;
		if (rows[i].state != BT_BLOB_FACTS) {
			l->skipped += rows[i].blobs;
			continue;
		}
		l->files += rows[i].blobs;
		l->bytes += rows[i].bytes;
		t->files += rows[i].blobs;
		t->bytes += rows[i].bytes;
	}
	return 0;
}

static int lang_cmp(const void *pa, const void *pb)
{
	const struct lang_stats *a = pa, *b = pb;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void print_langs(struct bt_context *c, struct totals *t)
{
	if (t->nr)
		qsort(t->langs, t->nr, sizeof(*t->langs), lang_cmp);
	for (size_t i = 0; i < t->nr; i++) {
		const struct lang_stats *l = &t->langs[i];

		if (!l->files && l->name[0] == '?')
			continue;
		bt_out_record(c->out, "language");
		bt_out_cstr(c->out, "name", l->name);
		bt_out_uint(c->out, "files", l->files);
		bt_out_uint(c->out, "bytes", l->bytes);
		bt_out_uint(c->out, "skipped", l->skipped);
		bt_out_record_end(c->out);
		bt_out_textf(c->out, BT_COLOR_NAME, "%-12s", l->name);
		bt_out_textf(c->out, BT_COLOR_NONE, " %8" PRIu64 " files %12" PRIu64 " bytes", l->files,
			     l->bytes);
		bt_out_nl(c->out);
	}
}

static void print_totals(struct bt_context *c, const struct totals *t, uint64_t db_bytes)
{
	bt_out_record(c->out, "total");
	bt_out_uint(c->out, "files", t->files);
	bt_out_uint(c->out, "bytes", t->bytes);
	bt_out_uint(c->out, "index_bytes", db_bytes);
	for (int s = 0; s < BT_BLOB_STATE_NR; s++)
		if (s != BT_BLOB_FACTS && s != BT_BLOB_REDIRECT)
			bt_out_uint(c->out, bt_blob_state_name((enum bt_blob_state)s), t->states[s]);
	bt_out_record_end(c->out);

	bt_out_textf(c->out, BT_COLOR_NAME, "%-12s", "total");
	bt_out_textf(c->out, BT_COLOR_NONE, " %8" PRIu64 " files %12" PRIu64 " bytes; index.db %" PRIu64
		     " bytes", t->files, t->bytes, db_bytes);
	bt_out_nl(c->out);
	for (int s = 0; s < BT_BLOB_STATE_NR; s++) {
		if (s == BT_BLOB_FACTS || s == BT_BLOB_REDIRECT || !t->states[s])
			continue;
		bt_out_textf(c->out, BT_COLOR_WARN, "%-12s", bt_blob_state_name((enum bt_blob_state)s));
		bt_out_textf(c->out, BT_COLOR_NONE, " %8" PRIu64 " files", t->states[s]);
		bt_out_nl(c->out);
	}
}

static int print_skipped(struct bt_context *c, struct bt_view *v, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT, shown = BT_BUF_INIT;
	uint32_t nr = 0;

	for (uint32_t i = 0; i < v->manifest.nr && !bt_out_failed(c->out); i++) {
		struct bt_manifest_file f = bt_manifest_file_get(&v->manifest, i);
		const char *why = bt_blob_state_name((enum bt_blob_state)f.state);

		if (f.state == BT_BLOB_FACTS)
			continue;
		bt_buf_clear(&path);
		bt_buf_clear(&shown);
		if (bt_manifest_path(&v->manifest, i, &path, err))
			return err->code;
		nr++;
		bt_out_record(c->out, "skipped");
		bt_out_str(c->out, "path", bt_buf_cstr(&path), path.len);
		bt_out_cstr(c->out, "reason", why);
		bt_out_record_end(c->out);
		bt_display_path(c, bt_buf_cstr(&path), &shown);
		bt_out_path(c->out, BT_COLOR_PATH, bt_buf_cstr(&shown), shown.len);
		bt_out_text(c->out, BT_COLOR_SEP, ": ", 2);
		bt_out_text(c->out, BT_COLOR_NOTE, why, strlen(why));
		bt_out_nl(c->out);
	}
	return nr ? 0 : 1;
}

static int print_digest(struct bt_context *c, const struct bt_view *v)
{
	bt_out_record(c->out, "digest");
	bt_out_uint(c->out, "incomplete", v->manifest.killed);
	if (v->manifest.killed)
		bt_out_null(c->out, "digest");
	else
		bt_out_hex(c->out, "digest", v->manifest.digest.raw, BT_DIGEST_LEN);
	bt_out_record_end(c->out);
	if (v->manifest.killed)
		bt_out_textf(c->out, BT_COLOR_WARN, "incomplete (%" PRIu32 ")", v->manifest.killed);
	for (size_t i = 0; i < BT_DIGEST_LEN && !v->manifest.killed; i++)
		bt_out_textf(c->out, BT_COLOR_NONE, "%02x", v->manifest.digest.raw[i]);
	bt_out_nl(c->out);
	return v->manifest.killed ? 1 : 0;
}

static void totals_release(struct totals *t)
{
	free(t->langs);
}

static int run_stats(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct stats_opts *o = opts;
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	BT_CLEANUP(totals_release) struct totals t = { .nr = 0 };
	struct bt_filter unused;
	uint64_t db_bytes;

	if (args->nr)
		return bt_err_set(err, BT_ERR_USAGE, "stats takes no argument; revisions follow --rev");
	if ((o->skipped || o->digest) && o->scope.all)
		return bt_err_set(err, BT_ERR_USAGE, "--all has no list of files and no digest");
	if (bt_scope_filter(&o->scope, &unused, err) || bt_scope_open(c, &o->scope, &v, err))
		return err->code;
	if (o->skipped)
		return print_skipped(c, &v, err);
	if (o->digest)
		return print_digest(c, &v);
	if ((v.all ? count_all(&v, &t, err) : count_manifest(&v, &t, err)) ||
	    bt_store_bytes(c->store, &db_bytes, err))
		return err->code;
	print_langs(c, &t);
	print_totals(c, &t, db_bytes);
	return 0;
}

const struct bt_command bt_cmd_stats = {
	.name = "stats",
	.summary = "what the index holds of a revision",
	.usage = stats_usage,
	.options = stats_options,
	.options_size = sizeof(struct stats_opts),
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_stats,
};
