/*
 * The option tables as text: the usage screen in git's layout, and the list for machines.
 */
#include "core/base/opt.h"

#include <string.h>

#include "core/base/mem.h"

/* git's: option names take 24 columns, help starts 2 behind. */
#define USAGE_WIDTH 24
#define USAGE_GAP 2

/* What stands behind the name: " <n>", "[=<when>]", " (a|b)" or nothing. */
static void add_argument(struct bt_buf *out, const struct bt_opt *o, const char *sep)
{
	BT_BUF_OWNED struct bt_buf choices = BT_BUF_INIT;
	const char *metavar = o->metavar;
	size_t i;

	if (o->type < BT_OPT_INT)
		return;
	if (!metavar && o->type == BT_OPT_ENUM) {
		bt_buf_addch(&choices, '(');
		for (i = 0; o->choices[i]; i++)
			bt_buf_addf(&choices, "%s%s", i ? "|" : "", o->choices[i]);
		bt_buf_addch(&choices, ')');
		metavar = bt_buf_cstr(&choices);
	}
	if (!metavar)
		metavar = "<value>";
	if (o->flags & BT_OPT_OPTIONAL)
		bt_buf_addf(out, "[%s%s]", o->name ? "=" : "", metavar);
	else
		bt_buf_addf(out, "%s%s", sep, metavar);
}

static void usage_row(struct bt_buf *out, const struct bt_opt *o)
{
	size_t start = out->len, width;
	const char *help = o->help ? o->help : "";

	bt_buf_adds(out, "    ");
	if (o->letter)
		bt_buf_addf(out, "-%c%s", o->letter, o->name ? ", " : "");
	if (o->name)
		bt_buf_addf(out, "--%s%s", bt_opt_can_negate(o) ? "[no-]" : "", o->name);
	add_argument(out, o, " ");
	width = out->len - start;
	if (width > USAGE_WIDTH) {
		bt_buf_addch(out, '\n');
		width = 0;
	}
	for (;;) {
		size_t len = strcspn(help, "\n");

		bt_buf_addf(out, "%*s%.*s\n", (int)(USAGE_WIDTH + USAGE_GAP - width), "", (int)len,
			    help);
		if (!help[len])
			return;
		help += len + 1;
		width = 0;
	}
}

void bt_opt_usage(const struct bt_opt_spec *spec, struct bt_buf *out)
{
	bool heading = true;	/* a blank line is due */
	size_t i;

	for (i = 0; spec->usage[i]; i++)
		bt_buf_addf(out, "%s%s%s%s\n", i ? "   or: " : "usage: ", spec->command,
			    *spec->usage[i] ? " " : "", spec->usage[i]);
	for (i = 0; i < spec->sets_nr; i++) {
		const struct bt_opt *o = spec->sets[i].rows;

		for (; o->type != BT_OPT_NONE; o++) {
			if (o->flags & BT_OPT_HIDDEN)
				continue;
			if (heading || o->type == BT_OPT_GROUP)
				bt_buf_addch(out, '\n');
			heading = false;
			if (o->type == BT_OPT_GROUP)
				bt_buf_addf(out, "%s\n", o->help);
			else
				usage_row(out, o);
		}
	}
	bt_buf_addch(out, '\n');
}

static void describe_row(struct bt_buf *out, const struct bt_opt *o)
{
	static const char *const types[BT_OPT_TYPE_NR] = {
		[BT_OPT_NONE] = "",	  [BT_OPT_GROUP] = "",	    [BT_OPT_FLAG] = "flag",
		[BT_OPT_TRI] = "tri",	  [BT_OPT_COUNT] = "count", [BT_OPT_SET] = "set",
		[BT_OPT_INT] = "int",	  [BT_OPT_SIZE] = "size",   [BT_OPT_STRING] = "string",
		[BT_OPT_LIST] = "list",	  [BT_OPT_ENUM] = "enum",
	};
	const char *help = o->help ? o->help : "";

	if (o->name)
		bt_buf_addf(out, "--%s", o->name);
	bt_buf_addch(out, '\t');
	if (o->letter)
		bt_buf_addf(out, "-%c", o->letter);
	bt_buf_addf(out, "\t%s\t%s\t", types[o->type], bt_opt_can_negate(o) ? "neg" : "");
	add_argument(out, o, "");
	bt_buf_addf(out, "\t%s\t", o->config ? o->config : "");
	for (; *help; help++)
		bt_buf_addch(out, *help == '\n' ? ' ' : *help);
	bt_buf_addch(out, '\n');
}

void bt_opt_describe(const struct bt_opt_spec *spec, struct bt_buf *out)
{
	const struct bt_opt *o;
	size_t i;

	for (i = 0; i < spec->sets_nr; i++)
		for (o = spec->sets[i].rows; o->type != BT_OPT_NONE; o++)
			if (o->type != BT_OPT_GROUP)
				describe_row(out, o);
}
