/*
 * Asks man whether it has the page before becoming it, so that there is always an answer.
 */
#include "git-batho/manual.h"

#include <stdio.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/mem.h"

int bt_manual_open(const char *name)
{
	BT_FREE char *page = name ? bt_xasprintf("git-batho-%s", name) : bt_xstrdup("git-batho");
	const char *const probe[] = { "man", "-w", page, NULL };
	struct bt_child_opts o = { .argv = probe, .in = BT_CHILD_NULL, .out = BT_CHILD_NULL,
				   .err = BT_CHILD_NULL };
	struct bt_err err = BT_ERR_INIT;
	int status;

	if (bt_child_run(&o, NULL, 0, NULL, NULL, &status, &err) || status)
		return -1;
	execlp("man", "man", page, (char *)NULL);
	return -1;
}
