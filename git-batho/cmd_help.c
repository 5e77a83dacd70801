/*
 * git batho help: a manual page, or the list of commands.
 */
#include <string.h>

#include "git-batho/commands.h"
#include "git-batho/context.h"
#include "git-batho/manual.h"

static const char *const help_usage[] = { "[<command>]", NULL };

static void print_list(struct bt_context *c)
{
	for (size_t i = 0; bt_commands[i]; i++) {
		bt_out_record(c->out, "command");
		bt_out_cstr(c->out, "name", bt_commands[i]->name);
		bt_out_cstr(c->out, "summary", bt_commands[i]->summary);
		bt_out_record_end(c->out);
		bt_out_textf(c->out, BT_COLOR_NAME, "%-12s", bt_commands[i]->name);
		bt_out_textf(c->out, BT_COLOR_NONE, "  %s", bt_commands[i]->summary);
		bt_out_nl(c->out);
	}
}

static int run_help(struct bt_context *c, void *opts BT_UNUSED, const struct bt_args *args,
		    struct bt_err *err)
{
	const struct bt_command *cmd;
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_FREE char *name = NULL;
	struct bt_opt_set set = { 0 };
	struct bt_opt_spec spec = { .sets = &set };

	if (args->nr > 1)
		return bt_err_set(err, BT_ERR_USAGE, "help takes one command");
	if (!args->nr) {
		print_list(c);
		return 0;
	}
	cmd = bt_command_find(args->items[0]);
	if (!cmd) {
		bt_err_set(err, BT_ERR_USAGE, "'%s' is not a git-batho command", args->items[0]);
		return bt_err_hint(err, "`git batho help` lists them");
	}
	if (bt_term_is_user() && !bt_manual_open(cmd->name))
		return 0;
	name = bt_xasprintf("git batho %s", cmd->name);
	spec.command = name;
	spec.usage = cmd->usage;
	set.rows = cmd->options;
	spec.sets_nr = cmd->options != NULL;
	bt_opt_usage(&spec, &text);
	for (const char *p = bt_buf_cstr(&text); *p; p += strcspn(p, "\n") + 1) {
		bt_out_text(c->out, BT_COLOR_NONE, p, strcspn(p, "\n"));
		bt_out_nl(c->out);
		if (!p[strcspn(p, "\n")])
			break;
	}
	return 0;
}

const struct bt_command bt_cmd_help = {
	.name = "help",
	.summary = "the manual page of a command, or the list of commands",
	.usage = help_usage,
	.run = run_help,
};
