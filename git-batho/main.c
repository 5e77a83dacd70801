/*
 * git-batho: the program that answers. It links SQLite and nothing that starts slowly; parsing is the work
 * of git-batho-indexer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/conf/conf.h"
#include "core/facts/facts.h"
#include "core/lang/langs.h"
#include "git-batho/command.h"
#include "git-batho/manual.h"

#define STATUS_USAGE 129

static int print(const struct bt_buf *text, int status)
{
	struct bt_err err = BT_ERR_INIT;

	if (!bt_fd_write_full(STDOUT_FILENO, bt_buf_cstr(text), text->len, "stdout", &err))
		return status;
	if (err.code == BT_ERR_PIPE)
		return 141;
	fprintf(stderr, "git-batho: %s\n", err.msg);
	return 128;
}

static int usage(int status)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_buf_adds(&text, "usage: git batho [--version] [--help] [-h] <command> [<args>]\n\n");
	for (size_t i = 0; bt_commands[i]; i++)
		if (!(bt_commands[i]->flags & BT_PLUMBING))
			bt_buf_addf(&text, "    %-12s %s\n", bt_commands[i]->name, bt_commands[i]->summary);
	bt_buf_adds(&text, "\n`git batho help <command>` or `git batho <command> -h` says more.\n");
	return print(&text, status);
}

static int list_commands(void)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	for (size_t i = 0; bt_commands[i]; i++)
		bt_buf_addf(&text, "%s\n", bt_commands[i]->name);
	return print(&text, 0);
}

/* The words that a <kind>, <role>, <language> or <key> may be: for completion. */
static int list_values(const char *what)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	if (what && !strcmp(what, "kind"))
		for (int i = 0; i < BT_KIND_NR; i++)
			bt_buf_addf(&text, "%s\n", bt_kind_name((enum bt_kind)i));
	else if (what && !strcmp(what, "role"))
		for (int i = 0; i < BT_ROLE_NR; i++)
			bt_buf_addf(&text, "%s\n", bt_role_name((enum bt_role)i));
	else if (what && !strcmp(what, "language"))
		for (size_t i = 0; i < bt_langs_nr(); i++)
			bt_buf_addf(&text, "%s\n", bt_lang_get(i)->name);
	else if (what && !strcmp(what, "key"))
		for (int i = 0; i < BT_KEY_NR; i++)
			bt_buf_addf(&text, "%s\n", bt_keys[i].name);
	else
		return usage(STATUS_USAGE);
	return print(&text, 0);
}

/* `git-batho-index ...` is `git-batho index ...`: *ret_made is to be freed. */
static char **expand_name(int *argc, char **argv, char ***ret_made)
{
	const char *slash = strrchr(argv[0], '/'), *base = slash ? slash + 1 : argv[0];
	char **out;

	if (strncmp(base, "git-batho-", 10))
		return argv;
	*ret_made = out = bt_xcalloc((size_t)*argc + 2, sizeof(*out));
	out[0] = argv[0];
	out[1] = (char *)base + 10;
	memcpy(out + 2, argv + 1, (size_t)(*argc - 1) * sizeof(*argv));
	(*argc)++;
	return out;
}

int main(int argc, char **argv)
{
	static const char version[] = "version";
	BT_FREE char **made = NULL;

	if (argc < 1)
		return STATUS_USAGE;
	argv = expand_name(&argc, argv, &made);
	if (argc < 2 || !strcmp(argv[1], "-h"))
		return usage(STATUS_USAGE);
	if (!strcmp(argv[1], "--help"))
		return bt_manual_open(NULL) ? usage(0) : 0;
	if (!strcmp(argv[1], "--list-commands"))
		return list_commands();
	if (!strcmp(argv[1], "--list-values"))
		return list_values(argc > 2 ? argv[2] : NULL);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-v"))
		argv[1] = (char *)version;
	return bt_program_main(bt_commands, argc, argv);
}
