/*
 * git batho stats: what a revision's index holds, and what was left out of it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/index/index.h"
#include "core/lang/langs.h"
#include "git-batho/commands.h"
#include "git-batho/print.h"
#include "git-batho/scope.h"
#include "git-batho/stats/metrics.h"

enum skipped { SKIPPED_NONE, SKIPPED_LIKELY, SKIPPED_ALL };
static const char *const skipped_names[] = { "none", "likely", "all", NULL };

struct stats_opts {
	struct bt_scope_opts scope;
	int skipped;		/* enum skipped */
	bool digest, metrics;
};

static const struct bt_opt stats_options[] = {
	{ .type = BT_OPT_ENUM, .name = "skipped", .choices = skipped_names, .flags = BT_OPT_OPTIONAL,
	  .optional = "likely", .help = "list the files that have no facts, and why",
	  BT_OPT_AT(struct stats_opts, skipped) },
	{ .type = BT_OPT_FLAG, .name = "digest", .flags = BT_OPT_NO_NEG,
	  .help = "print the digest alone; status 1 when it is incomplete",
	  BT_OPT_AT(struct stats_opts, digest) },
	{ .type = BT_OPT_FLAG, .name = "metrics", .flags = BT_OPT_NO_NEG,
	  .help = "every figure that is counted; implied by --format=prometheus", BT_OPT_AT(struct stats_opts, metrics) },
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
	uint64_t generated, vendored;	/* of the files */
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
		t->generated += (f.flags & BT_FILE_GENERATED) != 0;
		t->vendored += (f.flags & BT_FILE_VENDORED) != 0;
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

/* Attributes belong to paths: of blobs without one they are not known. */
static void put_role(struct bt_out *out, const char *key, const struct bt_view *v, uint64_t nr)
{
	if (v->all)
		bt_out_null(out, key);
	else
		bt_out_uint(out, key, nr);
}

static void text_count(struct bt_out *out, enum bt_color color, const char *what, uint64_t nr)
{
	if (!nr)
		return;
	bt_out_textf(out, color, "%-12s", what);
	bt_out_textf(out, BT_COLOR_NONE, " %8" PRIu64 " files", nr);
	bt_out_nl(out);
}

static void print_totals(struct bt_context *c, const struct bt_view *v, const struct totals *t,
			 uint64_t db_bytes)
{
	struct bt_out *out = c->out;

	bt_out_record(out, "total");
	bt_out_uint(out, "files", t->files);
	bt_out_uint(out, "bytes", t->bytes);
	bt_out_uint(out, "index_bytes", db_bytes);
	for (int s = 0; s < BT_BLOB_STATE_NR; s++)
		if (s != BT_BLOB_FACTS && s != BT_BLOB_REDIRECT)
			bt_out_uint(out, bt_blob_state_name((enum bt_blob_state)s), t->states[s]);
	put_role(out, "generated", v, t->generated);
	put_role(out, "vendored", v, t->vendored);
	bt_out_record_end(out);

	bt_out_textf(out, BT_COLOR_NAME, "%-12s", "total");
	bt_out_textf(out, BT_COLOR_NONE, " %8" PRIu64 " files %12" PRIu64 " bytes; index.db %" PRIu64
		     " bytes", t->files, t->bytes, db_bytes);
	bt_out_nl(out);
	text_count(out, BT_COLOR_NOTE, "generated", t->generated);
	text_count(out, BT_COLOR_NOTE, "vendored", t->vendored);
	for (int s = 0; s < BT_BLOB_STATE_NR; s++)
		if (s != BT_BLOB_FACTS && s != BT_BLOB_REDIRECT)
			text_count(out, BT_COLOR_WARN, bt_blob_state_name((enum bt_blob_state)s),
				   t->states[s]);
}

/*
 * Does anybody expect facts of it? Names that say nothing (README, .gitignore, a.in) are looked into for a
 * first line that names a script's language; most of them are no scripts.
 */
static bool is_likely(enum bt_blob_state state, const struct lang_stats *l)
{
	if (strcmp(l->name, BT_DETECT_SCRIPT))
		return true;
	return state != BT_BLOB_NO_LANGUAGE && state != BT_BLOB_BINARY && state != BT_BLOB_LFS;
}

/* b: its row, or NULL where there is none; of all that is indexed the path is where it was first seen. */
static void print_skipped_file(struct bt_context *c, const struct bt_view *v, const char *path,
			       const struct bt_blob *b, const char *why)
{
	BT_BUF_OWNED struct bt_buf shown = BT_BUF_INIT;

	bt_out_record(c->out, "skipped");
	bt_out_str(c->out, "path", path, strlen(path));
	bt_out_cstr(c->out, "reason", why);
	if (b)
		bt_out_oid(c->out, "blob", &b->oid);
	else
		bt_out_null(c->out, "blob");
	bt_out_record_end(c->out);
	bt_display_path(c, path, &shown);
	bt_out_path(c->out, BT_COLOR_PATH, bt_buf_cstr(&shown), shown.len);
	if (v->all)
		bt_print_short_id(c, &b->oid);
	bt_out_text(c->out, BT_COLOR_SEP, ": ", 2);
	bt_out_text(c->out, BT_COLOR_NOTE, why, strlen(why));
	bt_out_nl(c->out);
}

static void print_unlisted(struct bt_context *c, const char *why, uint64_t nr)
{
	if (!nr)
		return;
	bt_out_record(c->out, "unlisted");
	bt_out_cstr(c->out, "reason", why);
	bt_out_uint(c->out, "files", nr);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NOTE, "%" PRIu64 " file%s of a name that says nothing: %s (see --skipped=all)",
		     nr, nr == 1 ? "" : "s", why);
	bt_out_nl(c->out);
}

/* What is not listed is counted by its reason. */
struct skipped_list {
	struct totals *t;
	bool all;
	uint64_t nr, unlisted[BT_BLOB_STATE_NR];
};

static bool is_listed(struct skipped_list *l, struct bt_view *v, enum bt_blob_state state, uint32_t lang,
		      struct bt_err *err)
{
	l->nr++;
	if (l->all || is_likely(state, lang_of(l->t, v->store, lang, err)))
		return true;
	l->unlisted[state]++;
	return false;
}

static int list_manifest(struct bt_context *c, struct bt_view *v, struct skipped_list *l, struct bt_err *err)
{
	for (uint32_t i = 0; i < v->manifest.nr && !bt_out_failed(c->out); i++) {
		struct bt_manifest_file f = bt_manifest_file_get(&v->manifest, i);
		BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
		struct bt_blob b;

		if (f.state == BT_BLOB_FACTS || !is_listed(l, v, (enum bt_blob_state)f.state, f.lang, err))
			continue;
		if (bt_manifest_path(&v->manifest, i, &path, err) ||
		    (f.blob && bt_store_blob_get(v->store, f.blob, &b, err)))
			return err->code;
		print_skipped_file(c, v, bt_buf_cstr(&path), f.blob ? &b : NULL,
				   bt_blob_state_name((enum bt_blob_state)f.state));
	}
	return 0;
}

static int list_all(struct bt_context *c, struct bt_view *v, struct skipped_list *l, struct bt_err *err)
{
	uint32_t cursor = 0;
	struct bt_blob b;
	int rc;

	while ((rc = bt_store_blob_without_facts(v->store, &cursor, &b, err)) == BT_ROW) {
		if (bt_out_failed(c->out))
			return 0;
		/* The text of a blob that stands there under its class already. */
		if (!strcmp(lang_of(l->t, v->store, b.lang, err)->name, bt_index_text_class.name))
			continue;
		if (is_listed(l, v, b.state, b.lang, err))
			print_skipped_file(c, v, b.hint ? b.hint : "", &b, bt_blob_state_name(b.state));
	}
	return rc;
}

static int print_skipped(struct bt_context *c, struct bt_view *v, bool all, struct totals *t,
			 struct bt_err *err)
{
	struct skipped_list l = { .t = t, .all = all };

	if (v->all ? list_all(c, v, &l, err) : list_manifest(c, v, &l, err))
		return err->code;
	for (int s = 0; s < BT_BLOB_STATE_NR; s++)
		print_unlisted(c, bt_blob_state_name((enum bt_blob_state)s), l.unlisted[s]);
	return l.nr ? 0 : 1;
}

static int print_digest(struct bt_context *c, const struct bt_view *v)
{
	char hex[BT_DIGEST_HEX_LEN + 1];

	bt_out_record(c->out, "digest");
	bt_out_uint(c->out, "incomplete", v->manifest.killed);
	if (v->manifest.killed)
		bt_out_null(c->out, "digest");
	else
		bt_out_hex(c->out, "digest", v->manifest.digest.raw, BT_DIGEST_LEN);
	bt_out_record_end(c->out);
	if (v->manifest.killed)
		bt_out_textf(c->out, BT_COLOR_WARN, "incomplete (%" PRIu32 ")", v->manifest.killed);
	else
		bt_out_textf(c->out, BT_COLOR_NONE, "%s", bt_digest_hex(&v->manifest.digest, hex));
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
	if (o->digest && o->scope.all)
		return bt_err_set(err, BT_ERR_USAGE, "--all has no digest");
	if (o->metrics || c->common.format == BT_FORMAT_PROMETHEUS)
		return o->digest || o->skipped ? bt_err_set(err, BT_ERR_USAGE, "--metrics is about the program, --%s about files",
							    o->digest ? "digest" : "skipped")
					       : bt_stats_metrics(c, err);
	if (bt_scope_filter(&o->scope, &unused, err) || bt_scope_open_silently(c, &o->scope, &v, err))
		return err->code;
	if (o->skipped)
		return print_skipped(c, &v, o->skipped == SKIPPED_ALL, &t, err);
	if (o->digest)
		return print_digest(c, &v);
	if ((v.all ? count_all(&v, &t, err) : count_manifest(&v, &t, err)) ||
	    bt_store_bytes(c->store, &db_bytes, err))
		return err->code;
	print_langs(c, &t);
	print_totals(c, &v, &t, db_bytes);
	bt_stats_sections(c);
	return 0;
}

const struct bt_command bt_cmd_stats = {
	.name = "stats",
	.summary = "what the index holds of a revision",
	.usage = stats_usage,
	.options = stats_options,
	.options_size = sizeof(struct stats_opts),
	.formats = bt_stats_formats,
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_stats,
};
