/*
 * What is installed. Statuses of `git batho hooks run`: 0 goes on, 1 refuses, 130 and 143 are
 * interruptions; anything else is a program that does not work, which must not keep anybody from committing
 * unless hooks.onError says so.
 */
#include "hooks/shim.h"

#include <string.h>

#define MARK "# Installed by git-batho: "

/* A word for the shell, whatever is in it. */
static void add_quoted(struct bt_buf *out, const char *text)
{
	bt_buf_addch(out, '\'');
	for (; *text; text++)
		if (*text == '\'')
			bt_buf_adds(out, "'\\''");
		else
			bt_buf_addch(out, *text);
	bt_buf_addch(out, '\'');
}

/* policy KEY ENVIRONMENT TEXT: says the text unless it is to be ignored; 0 goes on, 1 does not. */
static const char policy_text[] =
	"policy() {\n"
	"\tcase ${2:-$(git config \"batho.hooks.$1\" 2>/dev/null)} in\n"
	"\tignore) return 0 ;;\n"
	"\tfail) echo \"git-batho: $3: refused (batho.hooks.$1)\" >&2; return 1 ;;\n"
	"\tesac\n"
	"\techo \"git-batho: $3: left out\" >&2\n"
	"}\n";

/* What judges is run by itself; git-batho stands for all that may be elsewhere today. */
static const char judge_text[] =
	"\tif test -z \"$BATHO_EXEC_PATH\" && test -x \"$batho\" && test -x \"$judge\"; then\n"
	"\t\t\"$judge\" hooks \"$event\" -- \"$@\"\n"
	"\telif test -x \"$batho\" || batho=$(command -v git-batho); then\n";
static const char find_text[] = "\tif test -x \"$batho\" || batho=$(command -v git-batho); then\n";
static const char run_text[] =
	"\t\t\"$batho\" hooks run \"$event\" \"$@\"\n"
	"\telse\n"
	"\t\tpolicy onMissing \"$BATHO_HOOKS_ON_MISSING\" \"$event: git-batho is not there any more\"\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tstatus=$?\n"
	"\tcase $status in\n"
	"\t0 | 1 | 130 | 143) return $status ;;\n"
	"\tesac\n"
	"\tpolicy onError \"$BATHO_HOOKS_ON_ERROR\" \"$event: git-batho ended with status $status\"\n"
	"}\n";

/* Names and functions. */
static void add_head(const struct bt_hook *h, const struct bt_shim_paths *paths, struct bt_buf *out)
{
	bool judges = paths->judge &&
		      (h->work == BT_HOOK_CHECKS_STAGED || h->work == BT_HOOK_CHECKS_PUSHED);

	bt_buf_adds(out, "batho=");
	add_quoted(out, paths->program);
	if (judges) {
		bt_buf_adds(out, " judge=");
		add_quoted(out, paths->judge);
	}
	bt_buf_addf(out, " event=%s\n", h->name);
	bt_buf_adds(out, policy_text);
	bt_buf_adds(out, "run() {\n");
	bt_buf_adds(out, judges ? judge_text : find_text);
	bt_buf_adds(out, run_text);
}

static void add_chain(const struct bt_hook *h, struct bt_buf *out)
{
	bool gate = h->work != BT_HOOK_INDEXES;

	bt_buf_adds(out, "saved=$0" BT_SHIM_SAVED "\n"
			 "if test -f \"$saved\" && test -x \"$saved\"; then\n");
	if (h->has_stdin)
		bt_buf_adds(out, "\tinput=$(cat; echo .)\n"
				 "\tinput=${input%.}\n"
				 "\tprintf %s \"$input\" | \"$saved\" \"$@\"");
	else
		bt_buf_adds(out, "\t\"$saved\" \"$@\"");
	if (gate) {
		bt_buf_adds(out, " || exit\n");
		if (h->has_stdin)
			bt_buf_adds(out, "\tprintf %s \"$input\" | run \"$@\"\n\texit\n");
		bt_buf_adds(out, "fi\nrun \"$@\"\n");
		return;
	}
	/* the status of the chained hook is git's, ours comes too late to change anything */
	bt_buf_adds(out, "\n\tkeep=$?\n");
	bt_buf_adds(out, "fi\nrun \"$@\" </dev/null\nexit \"${keep:-0}\"\n");
}

void bt_shim_script(const struct bt_hook *h, const struct bt_shim_paths *paths, struct bt_buf *out)
{
	bt_buf_addf(
		out,
		"#!/bin/sh\n" MARK "%s.\n"
		"# `git batho hooks uninstall` takes it out and puts back what was here before.\n",
		h->name);
	add_head(h, paths, out);
	add_chain(h, out);
}

void bt_shim_command(const struct bt_hook *h, const struct bt_shim_paths *paths, struct bt_buf *out)
{
	add_head(h, paths, out);
	bt_buf_adds(out, "run");
}

bool bt_shim_is_ours(const char *text, size_t len)
{
	return memmem(text, len < 256 ? len : 256, "\n" MARK, strlen("\n" MARK)) != NULL;
}
