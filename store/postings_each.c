/*
 * All names that are defined: the segments are read side by side, a block of each at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/signal.h"
#include "store/segment.h"

struct input {
	struct bt_segment segment;
	struct bt_segment_blobs blobs;
	struct bt_block block;
	uint32_t blocks_read;
	uint32_t at; /* the current name of the block */
};

struct each {
	struct bt_store *s;
	struct input *inputs;
	size_t nr;
	uint32_t *heap; /* inputs that have a name, the least name first */
	size_t heap_nr;
	uint32_t *same; /* inputs that are at the name at hand */
	size_t same_nr;
	struct bt_postings_list list;
};

static void each_release(struct each *e)
{
	for (size_t i = 0; i < e->nr; i++)
		bt_block_release(&e->inputs[i].block);
	free(e->inputs);
	free(e->heap);
	free(e->same);
	bt_postings_list_release(&e->list);
}

/* The next name of an input: BT_ROW, BT_DONE or an error. */
static int input_next(struct bt_store *s, struct input *in, struct bt_err *err)
{
	if (in->blocks_read)
		in->at++;
	while (!in->blocks_read || in->at == in->block.nr) {
		if (in->blocks_read == in->segment.blocks)
			return BT_DONE;
		if (bt_block_read(s, in->segment.id, in->blocks_read++, &in->block, err))
			return err->code;
		in->at = 0;
	}
	return BT_ROW;
}

static int compare(const struct each *e, uint32_t a, uint32_t b)
{
	const struct input *x = &e->inputs[a], *y = &e->inputs[b];

	return bt_name_compare(bt_block_name(&x->block, x->at), x->block.names[x->at].len,
			       bt_block_name(&y->block, y->at), y->block.names[y->at].len);
}

static void heap_sink(struct each *e, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		uint32_t moved = e->heap[at];

		if (child >= e->heap_nr)
			return;
		if (child + 1 < e->heap_nr && compare(e, e->heap[child + 1], e->heap[child]) < 0)
			child++;
		if (compare(e, e->heap[child], moved) >= 0)
			return;
		e->heap[at] = e->heap[child];
		e->heap[child] = moved;
		at = child;
	}
}

static int start(struct each *e, struct bt_err *err)
{
	BT_FREE struct bt_segment *list = NULL;
	size_t nr = 0;
	int rc = bt_segment_list(e->s, &list, &nr, err);

	if (rc)
		return rc;
	e->inputs = bt_xcalloc(nr + 1, sizeof(*e->inputs));
	e->heap = bt_xcalloc(nr + 1, sizeof(*e->heap));
	e->same = bt_xcalloc(nr + 1, sizeof(*e->same));
	for (; e->nr < nr; e->nr++) {
		struct input *in = &e->inputs[e->nr];

		in->segment = list[e->nr];
		rc = bt_segment_blobs(e->s, in->segment.id, &in->blobs, err);
		if (!rc)
			rc = input_next(e->s, in, err);
		if (rc < 0) {
			e->nr++;
			return rc;
		}
		if (rc == BT_ROW)
			e->heap[e->heap_nr++] = (uint32_t)e->nr;
	}
	for (size_t i = e->heap_nr / 2; i--;)
		heap_sink(e, i);
	return 0;
}

/* Takes the inputs that are at the least name off the heap; true when one of them defines it. */
static bool take_least(struct each *e)
{
	bool defined = false;

	e->same_nr = 0;
	do {
		const struct input *in = &e->inputs[e->heap[0]];

		defined |= in->block.names[in->at].defined;
		e->same[e->same_nr++] = e->heap[0];
		e->heap[0] = e->heap[--e->heap_nr];
		heap_sink(e, 0);
	} while (e->heap_nr && !compare(e, e->heap[0], e->same[0]));
	return defined;
}

/* Moves them on and puts them back. */
static int move_on(struct each *e, struct bt_err *err)
{
	for (size_t i = 0; i < e->same_nr; i++) {
		int rc = input_next(e->s, &e->inputs[e->same[i]], err);

		if (rc < 0)
			return rc;
		if (rc == BT_DONE)
			continue;
		/* up from the end */
		for (size_t at = e->heap_nr++;; at = (at - 1) / 2) {
			size_t parent = at ? (at - 1) / 2 : 0;

			if (!at || compare(e, e->heap[parent], e->same[i]) <= 0) {
				e->heap[at] = e->same[i];
				break;
			}
			e->heap[at] = e->heap[parent];
		}
	}
	return 0;
}

static int read_lists(struct each *e, struct bt_err *err)
{
	e->list.nr = 0;
	for (size_t i = 0; i < e->same_nr; i++) {
		struct input *in = &e->inputs[e->same[i]];
		size_t from = e->list.nr;
		int rc = bt_block_list(e->s, &in->block, in->at, in->blobs.nr, &e->list, err);

		if (rc)
			return rc;
		for (; from < e->list.nr; from++)
			e->list.list[from].blob_id = in->blobs.ids[e->list.list[from].blob_id];
	}
	if (e->same_nr > 1)
		e->list.nr = bt_postings_tidy(e->list.list, (uint32_t)e->list.nr);
	return 0;
}

static int run(struct each *e, bt_postings_each_fn *each, void *ctx, struct bt_err *err)
{
	uint64_t names = 0;

	while (e->heap_nr) {
		bool defined = take_least(e);
		const struct input *in = &e->inputs[e->same[0]];
		int rc = 0;

		if (defined)
			rc = read_lists(e, err);
		if (defined && !rc)
			rc = each(ctx, bt_block_name(&in->block, in->at), in->block.names[in->at].len,
				  e->list.list, e->list.nr, err);
		if (!rc && ++names % 4096 == 0)
			rc = bt_cancel_check(err);
		if (rc)
			return rc > 0 ? 0 : rc;
		if (move_on(e, err))
			return err->code;
	}
	return 0;
}

int bt_postings_each(struct bt_store *s, bt_postings_each_fn *each, void *ctx, struct bt_err *err)
{
	BT_CLEANUP(each_release) struct each e = { .s = s };
	int rc = bt_store_read_begin(s, err);

	if (rc)
		return rc;
	rc = start(&e, err);
	if (!rc)
		rc = run(&e, each, ctx, err);
	bt_store_read_end(s);
	return rc;
}
