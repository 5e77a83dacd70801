/*
 * Writing graphs. Labels come from anywhere and are quoted for the format; controls are made visible by
 * bt_out.
 */
#include "git-batho/draw.h"

#include <string.h>

const char *const bt_draw_format_names[] = { "human", "json", "porcelain", "dot", "mermaid", NULL };

static void put(struct bt_drawing *d, const char *text)
{
	bt_out_text(d->c->out, BT_COLOR_NONE, text, strlen(text));
}

/* Mermaid has entities, DOT a backslash. */
static void put_label(struct bt_drawing *d, const char *p, size_t len)
{
	static const struct {
		char c;
		const char *mermaid, *dot;
	} special[] = {
		{ '"', "#quot;", "\\\"" }, { '\\', "\\", "\\\\" }, { '#', "#35;", "#" },
		{ '<', "#lt;", "<" },	   { '>', "#gt;", ">" },   { '`', "#96;", "`" },
	};
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	for (size_t i = 0; i < len; i++) {
		const char *as = NULL;

		for (size_t k = 0; k < BT_ARRAY_NR(special); k++)
			if (special[k].c == p[i])
				as = d->mermaid ? special[k].mermaid : special[k].dot;
		if (as)
			bt_buf_adds(&out, as);
		else
			bt_buf_addch(&out, p[i]);
	}
	bt_out_text(d->c->out, BT_COLOR_NONE, bt_buf_cstr(&out), out.len);
}

bool bt_draw_wanted(const struct bt_context *c)
{
	return c->common.format == BT_FORMAT_DOT || c->common.format == BT_FORMAT_MERMAID;
}

void bt_draw_begin(struct bt_drawing *d, struct bt_context *c)
{
	d->c = c;
	d->mermaid = c->common.format == BT_FORMAT_MERMAID;
	put(d, d->mermaid ? "flowchart LR" : "digraph batho {");
	bt_out_nl(c->out);
	if (!d->mermaid) {
		put(d, "  rankdir=LR; node [shape=box];");
		bt_out_nl(c->out);
	}
}

void bt_draw_node(struct bt_drawing *d, uint32_t id, const char *label, size_t len, bool marked)
{
	bt_out_textf(d->c->out, BT_COLOR_NONE, d->mermaid ? "  n%u[\"" : "  n%u [label=\"", id);
	put_label(d, label, len);
	if (d->mermaid)
		put(d, marked ? "\"]:::start" : "\"]");
	else
		put(d, marked ? "\", style=bold];" : "\"];");
	bt_out_nl(d->c->out);
}

void bt_draw_edge(struct bt_drawing *d, uint32_t from, uint32_t to, const char *label, bool weak)
{
	bt_out_textf(d->c->out, BT_COLOR_NONE, "  n%u ", from);
	if (d->mermaid) {
		put(d, weak ? "-.->" : "-->");
		if (label) {
			put(d, "|");
			put_label(d, label, strlen(label));
			put(d, "|");
		}
		bt_out_textf(d->c->out, BT_COLOR_NONE, " n%u", to);
	} else {
		bt_out_textf(d->c->out, BT_COLOR_NONE, "-> n%u", to);
		if (label || weak) {
			put(d, " [");
			if (label) {
				put(d, "label=\"");
				put_label(d, label, strlen(label));
				put(d, weak ? "\", " : "\"");
			}
			put(d, weak ? "style=dashed]" : "]");
		}
		put(d, ";");
	}
	bt_out_nl(d->c->out);
}

void bt_draw_end(struct bt_drawing *d)
{
	put(d, d->mermaid ? "  classDef start stroke-width:3px" : "}");
	bt_out_nl(d->c->out);
}
