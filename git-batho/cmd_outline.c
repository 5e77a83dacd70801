/*
 * git batho outline: the definitions of a file, as they nest.
 */
#include <string.h>

#include "git-batho/commands.h"
#include "git-batho/print.h"
#include "git-batho/query_opts.h"

struct outline_opts {
	struct bt_scope_opts scope;
};

static const struct bt_opt outline_options[] = {
	BT_KIND_ROW(struct outline_opts, scope),
	BT_VIEW_ROWS(struct outline_opts, scope),
	BT_OPT_END
};

static const char *const outline_usage[] = { "[<options>] <path>", NULL };

static unsigned depth_of(const struct bt_facts *f, uint32_t def)
{
	unsigned depth = 0;

	for (def = f->defs[def].parent; def != BT_NONE; def = f->defs[def].parent)
		depth++;
	return depth;
}

static void print_signature(struct bt_context *c, const struct bt_def *d, const struct bt_line *text)
{
	bool space = false;

	for (uint32_t i = d->start; text->text && i < d->sig_end && i < text->len; i++) {
		bool blank = strchr(" \t\r\n", text->text[i]) != NULL;

		if (blank) {
			space = true;
			continue;
		}
		if (space)
			bt_out_text(c->out, BT_COLOR_NONE, " ", 1);
		space = false;
		uint32_t end = i + 1;

		while (end < d->sig_end && end < text->len && !strchr(" \t\r\n", text->text[end]))
			end++;
		bt_out_text(c->out, BT_COLOR_NONE, text->text + i, end - i);
		i = end - 1;
	}
}

static void print_entry(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h,
			const struct bt_line *text)
{
	const struct bt_facts *f = &a->files[h->file].f->facts;
	const struct bt_def *d = &f->defs[h->def];
	const char *kind = bt_kind_name(d->kind);
	uint32_t sig_end = d->sig_end < text->len ? d->sig_end : text->len;

	bt_out_record(c->out, "definition");
	bt_print_place(c, a, h);
	bt_print_def_fields(c, h);
	bt_out_uint(c->out, "depth", depth_of(f, h->def));
	if (text->text && d->start <= sig_end)
		bt_out_str(c->out, "signature", text->text + d->start, sig_end - d->start);
	else
		bt_out_null(c->out, "signature");
	bt_out_record_end(c->out);

	bt_out_textf(c->out, BT_COLOR_LINE, "%6u", h->row + 1);
	bt_out_textf(c->out, BT_COLOR_NONE, "  %*s", (int)(2 * depth_of(f, h->def)), "");
	bt_out_text(c->out, BT_COLOR_KIND, kind, strlen(kind));
	bt_out_text(c->out, BT_COLOR_NONE, " ", 1);
	bt_out_text(c->out, BT_COLOR_NAME, f->names[d->name].text, f->names[d->name].len);
	if (d->flags & BT_DEF_CALLABLE) {
		bt_out_text(c->out, BT_COLOR_NONE, "  ", 2);
		print_signature(c, d, text);
	}
	bt_out_nl(c->out);
}

static int run_outline(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct outline_opts *o = opts;
	BT_CLEANUP(bt_view_release) struct bt_view v = BT_VIEW_INIT;
	BT_CLEANUP(bt_answer_release) struct bt_answer a = BT_ANSWER_INIT;
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	struct bt_line text = { NULL, 0 };
	struct bt_filter f;
	const char *arg;

	if (bt_one_argument(args, "path", &arg, err) || bt_scope_filter(&o->scope, &f, err))
		return err->code;
	if (bt_tree_path(c, arg, &path, err) || bt_scope_open(c, &o->scope, &v, err) ||
	    bt_find_outline(&v, bt_buf_cstr(&path), &f, &a, err))
		return err->code;
	if (a.hits_nr && bt_lines_blob(&c->repo, &a, a.hits[0].file, bt_scope_lines(c, &o->scope), &text, err))
		return err->code;
	for (size_t i = 0; i < a.hits_nr && !bt_out_failed(c->out); i++)
		print_entry(c, &a, &a.hits[i], &text);
	return a.hits_nr ? 0 : 1;
}

const struct bt_command bt_cmd_outline = {
	.name = "outline",
	.summary = "the definitions of a file, as they nest",
	.usage = outline_usage,
	.options = outline_options,
	.options_size = sizeof(struct outline_opts),
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_outline,
};
