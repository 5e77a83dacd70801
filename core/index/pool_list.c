/*
 * Lists of blobs: first in, first out.
 */
#include <stdlib.h>

#include "core/index/pool_int.h"

void bt_blob_list_push(struct bt_blob_list *l, struct bt_pool_blob *b)
{
	b->next = NULL;
	if (l->last)
		l->last->next = b;
	else
		l->head = b;
	l->last = b;
	l->nr++;
	l->bytes += b->len;
}

void bt_blob_list_push_front(struct bt_blob_list *l, struct bt_pool_blob *b)
{
	b->next = l->head;
	l->head = b;
	if (!l->last)
		l->last = b;
	l->nr++;
	l->bytes += b->len;
}

struct bt_pool_blob *bt_blob_list_pop(struct bt_blob_list *l)
{
	struct bt_pool_blob *b = l->head;

	if (!b)
		return NULL;
	l->head = b->next;
	if (!l->head)
		l->last = NULL;
	l->nr--;
	l->bytes -= b->len;
	b->next = NULL;
	return b;
}

void bt_blob_list_release(struct bt_blob_list *l)
{
	for (struct bt_pool_blob *b; (b = bt_blob_list_pop(l));)
		free(b);
}
