/*
 * git batho diff: what changed between two revisions, told in definitions.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/path.h"
#include "git-batho/commands.h"
#include "git-batho/print.h"
#include "git-batho/range.h"
#include "git-batho/scope.h"

struct diff_opts {
	struct bt_range_opts range;
	struct bt_opt_list kinds, changes;
	bool exported, members, stat, exit_code;
};

static const struct bt_opt diff_options[] = {
	{ .type = BT_OPT_GROUP, .help = "which change" },
	BT_RANGE_ROWS(struct diff_opts, range),
	{ .type = BT_OPT_GROUP, .help = "what is told of it" },
	{ .type = BT_OPT_LIST,
	  .letter = 'k',
	  .name = "kind",
	  .metavar = "<kind>",
	  .help = "definitions of this kind only",
	  BT_OPT_AT(struct diff_opts, kinds) },
	{ .type = BT_OPT_LIST,
	  .letter = 'c',
	  .name = "change",
	  .metavar = "<change>",
	  .help = "this change only: added, removed, renamed, moved,\nsignature, body, documentation",
	  BT_OPT_AT(struct diff_opts, changes) },
	{ .type = BT_OPT_FLAG,
	  .name = "exported",
	  .flags = BT_OPT_NO_NEG,
	  .help = "what can be seen outside its file only",
	  BT_OPT_AT(struct diff_opts, exported) },
	{ .type = BT_OPT_FLAG,
	  .name = "members",
	  .flags = BT_OPT_NO_NEG,
	  .help = "also what is inside of added and removed definitions",
	  BT_OPT_AT(struct diff_opts, members) },
	{ .type = BT_OPT_FLAG,
	  .name = "stat",
	  .flags = BT_OPT_NO_NEG,
	  .help = "numbers per file",
	  BT_OPT_AT(struct diff_opts, stat) },
	{ .type = BT_OPT_FLAG,
	  .name = "exit-code",
	  .flags = BT_OPT_NO_NEG,
	  .help = "status 1 when definitions changed",
	  BT_OPT_AT(struct diff_opts, exit_code) },
	BT_OPT_END
};

static const char *const diff_usage[] = { "[<options>] [<revision>..<revision>] [--] [<path>...]",
					  NULL };

struct diff {
	struct bt_context *c;
	const struct diff_opts *o;
	struct bt_change_set *set;
	uint32_t kinds; /* bits; 0: any */
	uint32_t changes;
	bool filtered;
	uint64_t counts[BT_CHANGE_NR]; /* of what is shown */
	uint64_t quiet_files;	       /* compared, and no definition differs */
	uint64_t unknown_files;	       /* not compared */
};

static int parse_filters(struct diff *d, struct bt_err *err)
{
	struct bt_scope_opts scope = { .kinds = d->o->kinds };
	const struct bt_opt_list *list = &d->o->changes;
	struct bt_filter f;

	if (bt_scope_filter(&scope, &f, err))
		return err->code;
	d->kinds = f.kinds;
	for (size_t i = 0; i < list->nr; i++) {
		int k = bt_change_kind_find(list->items[i]);

		if (k < 0) {
			bt_err_set(err, BT_ERR_USAGE, "unknown change '%s'", list->items[i]);
			return bt_err_hint(
				err,
				"added, removed, renamed, moved, signature, body, documentation");
		}
		d->changes |= 1u << k;
	}
	d->filtered = d->kinds || d->changes || d->o->exported;
	return 0;
}

static const struct bt_change_def *now_or_then(const struct bt_change *ch)
{
	return ch->after ? ch->after : ch->before;
}

static bool is_shown(const struct diff *d, const struct bt_change *ch)
{
	const struct bt_change_def *def = now_or_then(ch);
	uint8_t flags = (uint8_t)(def->flags | (ch->before ? ch->before->flags : 0));

	return (!d->kinds || d->kinds >> def->kind & 1) && (!d->changes || d->changes & ch->what) &&
	       (!d->o->exported || flags & BT_DEF_EXPORTED);
}

/* "renamed, signature, body" or with another separator: all that holds, or all but the main one. */
static void add_words(struct bt_buf *out, unsigned what, const char *separator)
{
	for (unsigned k = 0; k < BT_CHANGE_NR; k++) {
		if (!(what >> k & 1))
			continue;
		if (out->len)
			bt_buf_adds(out, separator);
		bt_buf_adds(out, bt_change_kind_name((enum bt_change_kind)k));
	}
}

/* --- records --- */

static void put_path(struct bt_out *out, const char *key, const struct bt_change_side *s)
{
	if (s->path)
		bt_out_str(out, key, s->path, s->path_len);
	else
		bt_out_null(out, key);
}

static int put_blob(struct diff *d, const char *key, const struct bt_change_side *s,
		    struct bt_err *err)
{
	struct bt_blob blob;

	if (!s->path || !s->blob) {
		bt_out_null(d->c->out, key);
		return 0;
	}
	if (bt_store_blob_get(d->c->store, s->blob, &blob, err))
		return err->code;
	bt_out_oid(d->c->out, key, &blob.oid);
	return 0;
}

static const char *unknown_state(const struct bt_change_side *s)
{
	return s->path && s->state != BT_BLOB_FACTS ? bt_blob_state_name(s->state) : NULL;
}

static void put_counts(struct bt_out *out, const uint64_t counts[BT_CHANGE_NR])
{
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		bt_out_uint(out, bt_change_kind_name((enum bt_change_kind)k), counts[k]);
}

static int file_record(struct diff *d, const struct bt_change_file *f,
		       const uint64_t counts[BT_CHANGE_NR], struct bt_err *err)
{
	struct bt_out *out = d->c->out;

	if (bt_out_is_human(out))
		return 0;
	bt_out_record(out, "file");
	bt_out_cstr(out, "status", bt_change_file_kind_name(f->kind));
	put_path(out, "path", &f->after);
	put_path(out, "old_path", &f->before);
	if (put_blob(d, "blob", &f->after, err) || put_blob(d, "old_blob", &f->before, err))
		return err->code;
	bt_out_cstr(out, "language", f->lang);
	bt_out_bool(out, "compared", f->compared);
	bt_out_cstr(out, "state", unknown_state(&f->after));
	bt_out_cstr(out, "old_state", unknown_state(&f->before));
	bt_out_bool(out, "outside", f->outside);
	put_counts(out, counts);
	bt_out_record_end(out);
	return 0;
}

struct side_keys {
	const char *path, *line, *end_line, *kind, *name, *scope, *exported, *declaration,
		*signature, *signature_hash, *body_hash;
};

static const struct side_keys new_keys = {
	"path",	    "line",	   "end_line",	"kind",		  "name",      "scope",
	"exported", "declaration", "signature", "signature_hash", "body_hash",
};
static const struct side_keys old_keys = {
	"old_path",	 "old_line",	       "old_end_line",	"old_kind",
	"old_name",	 "old_scope",	       "old_exported",	"old_declaration",
	"old_signature", "old_signature_hash", "old_body_hash",
};

static void put_text(struct bt_out *out, const char *key, const char *text, size_t len)
{
	if (text)
		bt_out_str(out, key, text, len);
	else
		bt_out_null(out, key);
}

static void put_nothing(struct bt_out *out, const struct side_keys *k)
{
	const char *const keys[] = { k->path,	   k->line,	      k->end_line, k->kind,
				     k->name,	   k->scope,	      k->exported, k->declaration,
				     k->signature, k->signature_hash, k->body_hash };

	for (size_t i = 0; i < BT_ARRAY_NR(keys); i++)
		bt_out_null(out, keys[i]);
}

static void put_side(struct diff *d, const struct side_keys *k, const struct bt_change_side *s,
		     const struct bt_change_def *def)
{
	struct bt_out *out = d->c->out;

	if (!def) {
		put_nothing(out, k);
		return;
	}
	bt_out_str(out, k->path, s->path, s->path_len);
	bt_out_uint(out, k->line, def->row + 1);
	bt_out_uint(out, k->end_line, def->end_row + 1);
	bt_out_cstr(out, k->kind, bt_kind_name(def->kind));
	bt_out_str(out, k->name, def->name, def->name_len);
	put_text(out, k->scope, def->scope, def->scope_len);
	bt_out_bool(out, k->exported, def->flags & BT_DEF_EXPORTED);
	bt_out_bool(out, k->declaration, def->flags & BT_DEF_DECL);
	put_text(out, k->signature, def->signature, def->signature_len);
	if (def->flags & BT_DEF_HASHED) {
		bt_out_hex64(out, k->signature_hash, def->sig_hash);
		bt_print_body_hash(out, k->body_hash, def->body_hash);
	} else {
		bt_out_null(out, k->signature_hash);
		bt_out_null(out, k->body_hash);
	}
}

static void change_record(struct diff *d, const struct bt_change *ch)
{
	BT_BUF_OWNED struct bt_buf what = BT_BUF_INIT;
	const struct bt_change_file *files = d->set->files;
	struct bt_out *out = d->c->out;

	if (bt_out_is_human(out))
		return;
	add_words(&what, ch->what, ",");
	bt_out_record(out, "change");
	bt_out_cstr(out, "change", bt_change_kind_name((enum bt_change_kind)ch->kind));
	bt_out_str(out, "what", bt_buf_cstr(&what), what.len);
	bt_out_bool(out, "inside", ch->inside);
	put_side(d, &new_keys, ch->after ? &files[ch->after->file].after : NULL, ch->after);
	put_side(d, &old_keys, ch->before ? &files[ch->before->file].before : NULL, ch->before);
	bt_out_record_end(out);
}

static void summary_record(struct diff *d, uint64_t others)
{
	struct bt_out *out = d->c->out;

	bt_out_record(out, "summary");
	bt_out_uint(out, "files", d->set->files_nr);
	bt_out_uint(out, "other_files", others);
	put_counts(out, d->counts);
	bt_out_bool(out, "cut", d->set->cut);
	bt_out_record_end(out);
}

/* --- people --- */

static void text_path(struct diff *d, const struct bt_change_side *s)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	bt_display_path(d->c, s->path, &path);
	bt_out_path(d->c->out, BT_COLOR_PATH, bt_buf_cstr(&path), path.len);
}

static void text(struct diff *d, enum bt_color color, const char *words)
{
	bt_out_text(d->c->out, color, words, strlen(words));
}

static void file_head(struct diff *d, const struct bt_change_file *f)
{
	const struct bt_change_side *s = f->after.path ? &f->after : &f->before;
	const char *state = unknown_state(&f->after) ? unknown_state(&f->after)
						     : unknown_state(&f->before);

	text_path(d, s);
	if (f->kind == BT_CHANGE_FILE_RENAMED) {
		text(d, BT_COLOR_NOTE, " (renamed from ");
		text_path(d, &f->before);
		text(d, BT_COLOR_NOTE, ")");
	} else if (f->kind != BT_CHANGE_FILE_MODIFIED) {
		bt_out_textf(d->c->out, BT_COLOR_NOTE, " (%s)", bt_change_file_kind_name(f->kind));
	}
	if (!f->compared)
		bt_out_textf(d->c->out, BT_COLOR_NOTE, " (not compared: %s)",
			     state ? state : "unknown");
}

static enum bt_color change_color(const struct bt_change *ch)
{
	if (ch->kind == BT_CHANGE_ADDED)
		return BT_COLOR_GOOD;
	return ch->kind == BT_CHANGE_REMOVED ? BT_COLOR_BAD : BT_COLOR_WARN;
}

static void text_name(struct diff *d, const struct bt_change_def *def)
{
	if (def->scope) {
		bt_out_text(d->c->out, BT_COLOR_NAME, def->scope, def->scope_len);
		bt_out_text(d->c->out, BT_COLOR_NAME, ".", 1);
	}
	bt_out_text(d->c->out, BT_COLOR_NAME, def->name, def->name_len);
}

/* What else happened to it: where it was, what it was called, what changed besides. */
static void change_notes(struct diff *d, const struct bt_change *ch)
{
	BT_BUF_OWNED struct bt_buf more = BT_BUF_INIT;
	unsigned rest = ch->what & ~(1u << ch->kind) & ~(1u << BT_CHANGE_MOVED);

	if (ch->what >> BT_CHANGE_RENAMED & 1) {
		text(d, BT_COLOR_NOTE, ", was ");
		text_name(d, ch->before);
	}
	if (ch->what >> BT_CHANGE_MOVED & 1) {
		text(d, BT_COLOR_NOTE, ", from ");
		if (ch->before->file == ch->after->file && !(ch->what >> BT_CHANGE_RENAMED & 1))
			text_name(d, ch->before);
		else
			text_path(d, &d->set->files[ch->before->file].before);
		bt_out_textf(d->c->out, BT_COLOR_NOTE, ":%u", ch->before->row + 1);
	}
	add_words(&more, rest, ", ");
	if (more.len) {
		text(d, BT_COLOR_NOTE, ", ");
		bt_out_text(d->c->out, BT_COLOR_NOTE, more.data, more.len);
	}
}

static void signature_lines(struct diff *d, const struct bt_change *ch)
{
	static const char *const marks[2] = { "-", "+" };
	const struct bt_change_def *sides[2] = { ch->before, ch->after };

	if (!(ch->what >> BT_CHANGE_SIGNATURE & 1) || !ch->before->signature ||
	    !ch->after->signature)
		return;
	for (size_t i = 0; i < 2; i++) {
		enum bt_color color = i ? BT_COLOR_GOOD : BT_COLOR_BAD;

		bt_out_textf(d->c->out, color, "%24s %s ", "", marks[i]);
		bt_out_text(d->c->out, color, sides[i]->signature, sides[i]->signature_len);
		bt_out_nl(d->c->out);
	}
}

static void change_line(struct diff *d, const struct bt_change *ch, size_t members)
{
	const struct bt_change_def *def = now_or_then(ch);

	bt_out_textf(d->c->out, change_color(ch), "  %-13s",
		     bt_change_kind_name((enum bt_change_kind)ch->kind));
	bt_out_textf(d->c->out, BT_COLOR_LINE, " %6u", def->row + 1);
	bt_out_textf(d->c->out, BT_COLOR_KIND, "  %s%s", bt_kind_name(def->kind),
		     def->flags & BT_DEF_DECL ? " (declaration)" : "");
	text(d, BT_COLOR_NONE, " ");
	text_name(d, def);
	change_notes(d, ch);
	if (members)
		bt_out_textf(d->c->out, BT_COLOR_NOTE, ", with %zu inside", members);
	bt_out_nl(d->c->out);
	signature_lines(d, ch);
}

/* Members that came or went with the definition at `at`; those stand right behind it. */
static size_t members_of(const struct diff *d, size_t at, size_t end)
{
	const struct bt_change *ch = &d->set->changes[at];
	const struct bt_change_def *def = now_or_then(ch);
	size_t nr = 0;

	if (ch->before && ch->after)
		return 0;
	for (size_t i = at + 1; i < end && now_or_then(&d->set->changes[i])->start < def->end; i++)
		nr += d->set->changes[i].inside && d->set->changes[i].kind == ch->kind;
	return nr;
}

static void counts_text(struct diff *d, const uint64_t counts[BT_CHANGE_NR])
{
	const char *before = "";

	for (unsigned k = 0; k < BT_CHANGE_NR; k++) {
		if (!counts[k])
			continue;
		bt_out_textf(d->c->out, BT_COLOR_NONE, "%s%llu %s", before,
			     (unsigned long long)counts[k],
			     bt_change_kind_name((enum bt_change_kind)k));
		before = ", ";
	}
}

/* --- all of it --- */

/* What is shown of a file. Without a filter the set tells, which counts those too that it does not list. */
static uint64_t count_file(const struct diff *d, const struct bt_change_file *f,
			   uint64_t counts[BT_CHANGE_NR])
{
	uint64_t all = 0;

	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		counts[k] = d->filtered ? 0 : f->counts[k];
	for (size_t i = f->first; d->filtered && i < f->first + f->nr; i++)
		counts[d->set->changes[i].kind] += is_shown(d, &d->set->changes[i]);
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		all += counts[k];
	return all;
}

static void print_changes(struct diff *d, const struct bt_change_file *f)
{
	bool human = bt_out_is_human(d->c->out);

	for (size_t i = f->first; i < f->first + f->nr && !bt_out_failed(d->c->out); i++) {
		const struct bt_change *ch = &d->set->changes[i];

		if (!is_shown(d, ch))
			continue;
		change_record(d, ch);
		if (human && (!ch->inside || d->o->members))
			change_line(d, ch, d->o->members ? 0 : members_of(d, i, f->first + f->nr));
	}
}

static int print_file(struct diff *d, const struct bt_change_file *f, struct bt_err *err)
{
	uint64_t counts[BT_CHANGE_NR], all = count_file(d, f, counts);
	bool listed = all || f->kind != BT_CHANGE_FILE_MODIFIED || !f->compared || f->outside;

	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		d->counts[k] += counts[k];
	d->unknown_files += !f->compared;
	d->quiet_files += f->compared && !all;
	if (file_record(d, f, counts, err))
		return err->code;
	if (!listed || (d->filtered && !all))
		return 0;
	file_head(d, f);
	if (d->o->stat && all) {
		text(d, BT_COLOR_NONE, "  ");
		counts_text(d, counts);
	}
	bt_out_nl(d->c->out);
	if (d->o->stat)
		return 0;
	print_changes(d, f);
	if (f->outside && !d->filtered && bt_out_is_human(d->c->out)) {
		text(d, BT_COLOR_NOTE, "  outside of definitions");
		bt_out_nl(d->c->out);
	}
	return 0;
}

static void print_summary(struct diff *d, uint64_t others)
{
	struct bt_out *out = d->c->out;
	uint64_t all = 0;

	summary_record(d, others);
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		all += d->counts[k];
	if (!d->set->files_nr && !others)
		return;
	bt_out_textf(out, BT_COLOR_NONE, "%zu file%s: ", d->set->files_nr,
		     d->set->files_nr == 1 ? "" : "s");
	if (all)
		counts_text(d, d->counts);
	else
		text(d, BT_COLOR_NONE, "no definition changed");
	if (others)
		bt_out_textf(out, BT_COLOR_NOTE, "; %llu file%s in no language",
			     (unsigned long long)others, others == 1 ? "" : "s");
	bt_out_nl(out);
}

static int parse_arguments(struct bt_context *c, const struct bt_args *args, const char **ret_spec,
			   char ***ret_paths, size_t *ret_nr, struct bt_err *err)
{
	size_t first = 0;

	*ret_spec = NULL;
	if (args->nr && args->dashes > 0) {
		*ret_spec = args->items[0];
		first = 1;
	}
	if (args->dashes > first)
		return bt_err_set(err, BT_ERR_USAGE, "paths stand behind `--`: '%s'",
				  args->items[first]);
	*ret_paths = bt_xcalloc(args->nr + 1, sizeof(**ret_paths));
	for (size_t i = first; i < args->nr; i++) {
		BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

		if (bt_tree_path(c, args->items[i], &path, err))
			return err->code;
		if (path.len && path.data[path.len - 1] == '/')
			path.len--;
		(*ret_paths)[(*ret_nr)++] = bt_xstrndup(bt_buf_cstr(&path), path.len);
	}
	return 0;
}

static void paths_release(char ***paths)
{
	for (size_t i = 0; *paths && (*paths)[i]; i++)
		free((*paths)[i]);
	free(*paths);
}

static int run_diff(struct bt_context *c, void *opts, const struct bt_args *args,
		    struct bt_err *err)
{
	BT_CLEANUP(bt_change_set_release) struct bt_change_set set = BT_CHANGE_SET_INIT;
	BT_CLEANUP(bt_range_release) struct bt_range range = BT_RANGE_INIT;
	BT_CLEANUP(paths_release) char **paths = NULL;
	struct diff d = { .c = c, .o = opts, .set = &set };
	uint64_t others = 0, all = 0;
	const char *spec;
	size_t paths_nr = 0;

	if (parse_filters(&d, err) || parse_arguments(c, args, &spec, &paths, &paths_nr, err) ||
	    bt_range_open(c, &d.o->range, spec, &range, err) ||
	    bt_range_changes(c, &range, (const char *const *)paths, paths_nr, &set, &others, err))
		return err->code;
	for (size_t i = 0; i < set.files_nr && !bt_out_failed(c->out); i++)
		if (print_file(&d, &set.files[i], err))
			return err->code;
	print_summary(&d, others);
	if (set.cut)
		bt_notice(c, "too many definitions: some are counted and not listed");
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		all += d.counts[k];
	return d.o->exit_code && all ? 1 : 0;
}

const struct bt_command bt_cmd_diff = {
	.name = "diff",
	.summary = "what changed between two revisions, told in definitions",
	.usage = diff_usage,
	.options = diff_options,
	.options_size = sizeof(struct diff_opts),
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_diff,
};
