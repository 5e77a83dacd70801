/*
 * The list of what is about to land.
 */
#include "core/incoming/incoming.h"

#include <stdlib.h>
#include <string.h>

void bt_incoming_release(struct bt_incoming *in)
{
	if (!in)
		return;
	free(in->files);
	free(in->pairs);
	bt_arena_release(&in->arena);
	*in = (struct bt_incoming)BT_INCOMING_INIT;
}

void bt_pushed_release(struct bt_pushed *p)
{
	if (!p)
		return;
	free(p->refs);
	bt_arena_release(&p->arena);
	*p = (struct bt_pushed)BT_PUSHED_INIT;
}
