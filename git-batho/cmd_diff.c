/*
 * git batho diff: what changed between two revisions, told in definitions.
 */
#include <stdlib.h>
#include <string.h>

#include "git-batho/commands.h"
#include "git-batho/diff/diff.h"
#include "git-batho/scope.h"

static const struct bt_opt diff_options[] = {
	{ .type = BT_OPT_GROUP, .help = "which change" },
	BT_RANGE_ROWS(struct diff_opts, range),
	{ .type = BT_OPT_GROUP, .help = "what is told of it" },
	DIFF_ROWS(struct diff_opts, NULL),
	BT_OPT_END
};

static const char *const diff_usage[] = { "[<options>] [<revision>..<revision>] [--] [<path>...]",
					  NULL };

int diff_parse_filters(struct diff *d, struct bt_err *err)
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

static bool is_shown(const struct diff *d, const struct bt_change *ch)
{
	const struct bt_change_def *def = diff_now_or_then(ch);
	uint8_t flags = (uint8_t)(def->flags | (ch->before ? ch->before->flags : 0));

	return (!d->kinds || d->kinds >> def->kind & 1) && (!d->changes || d->changes & ch->what) &&
	       (!d->o->exported || flags & BT_DEF_EXPORTED);
}

/* --- what is shown --- */

/* Members that came or went with the definition at `at`; those stand right behind it. */
static size_t members_of(const struct diff *d, size_t at, size_t end)
{
	const struct bt_change *ch = &d->set->changes[at];
	const struct bt_change_def *def = diff_now_or_then(ch);
	size_t nr = 0;

	if (ch->before && ch->after)
		return 0;
	for (size_t i = at + 1; i < end && diff_now_or_then(&d->set->changes[i])->start < def->end; i++)
		nr += d->set->changes[i].inside && d->set->changes[i].kind == ch->kind;
	return nr;
}

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
		diff_change_record(d, ch);
		if (human && (!ch->inside || d->o->members))
			diff_change_line(d, ch, d->o->members ? 0 : members_of(d, i, f->first + f->nr));
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
	if (diff_file_record(d, f, counts, err))
		return err->code;
	if (!listed || (d->filtered && !all))
		return 0;
	diff_file_head(d, f);
	if (d->o->stat && all) {
		diff_text(d, BT_COLOR_NONE, "  ");
		diff_counts_text(d, counts);
	}
	bt_out_nl(d->c->out);
	if (d->o->stat)
		return 0;
	print_changes(d, f);
	if (f->outside && !d->filtered && bt_out_is_human(d->c->out)) {
		diff_text(d, BT_COLOR_NOTE, "  outside of definitions");
		bt_out_nl(d->c->out);
	}
	return 0;
}

static void print_summary(struct diff *d, uint64_t others)
{
	struct bt_out *out = d->c->out;
	uint64_t all = 0;

	diff_summary_record(d, others);
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		all += d->counts[k];
	if (!d->set->files_nr && !others)
		return;
	bt_out_textf(out, BT_COLOR_NONE, "%zu file%s: ", d->set->files_nr,
		     d->set->files_nr == 1 ? "" : "s");
	if (all)
		diff_counts_text(d, d->counts);
	else
		diff_text(d, BT_COLOR_NONE, "no definition changed");
	if (others)
		bt_out_textf(out, BT_COLOR_NOTE, "; %llu file%s in no language",
			     (unsigned long long)others, others == 1 ? "" : "s");
	bt_out_nl(out);
}

int diff_print(struct diff *d, uint64_t others, struct bt_err *err)
{
	uint64_t all = 0;

	for (size_t i = 0; i < d->set->files_nr && !bt_out_failed(d->c->out); i++)
		if (print_file(d, &d->set->files[i], err))
			return err->code;
	print_summary(d, others);
	if (d->set->cut)
		bt_notice(d->c, "too many definitions: some are counted and not listed");
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		all += d->counts[k];
	return d->o->exit_code && all ? 1 : 0;
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
	uint64_t others = 0;
	const char *spec;
	size_t paths_nr = 0;

	if (diff_parse_filters(&d, err) || parse_arguments(c, args, &spec, &paths, &paths_nr, err) ||
	    bt_range_open(c, &d.o->range, spec, &range, err) ||
	    bt_range_changes(c, &range, (const char *const *)paths, paths_nr, &set, &others, err))
		return err->code;
	return diff_print(&d, others, err);
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
