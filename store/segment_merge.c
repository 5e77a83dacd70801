/*
 * Merging segments: all inputs are read side by side, a block of each at a time; what is held
 * besides is the numbering of blobs and the longest list.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/signal.h"
#include "store/segment.h"

/* The number of a blob that is not in the result. */
#define LEFT_OUT UINT32_MAX

struct input {
	struct bt_segment segment;
	struct bt_segment_blobs blobs;
	uint32_t *numbers; /* per number of a blob: its number in the result */
	struct bt_block block;
	uint32_t blocks_read;
	uint32_t at; /* the current name of the block */
};

struct merge {
	struct bt_store *s;
	bool keep_inputs;		/* they are left as they are */
	const struct bt_idset *only;	/* blobs that are kept; NULL: all */
	void (*progress)(void *ctx, uint64_t names);
	void *progress_ctx;
	struct input *inputs;
	size_t nr;
	uint32_t *heap; /* inputs that have a name, the least name first */
	size_t heap_nr;
	uint32_t *ids; /* blobs of the result, ascending */
	size_t ids_nr;
	struct bt_postings_list list;
	uint64_t names;	/* taken */
};

static void merge_release(struct merge *m)
{
	size_t i;

	for (i = 0; i < m->nr; i++) {
		bt_block_release(&m->inputs[i].block);
		free(m->inputs[i].numbers);
	}
	free(m->inputs);
	free(m->heap);
	free(m->ids);
	bt_postings_list_release(&m->list);
}

static int id_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int merge_number(struct merge *m, struct bt_err *err)
{
	size_t i, j, nr = 0, at;
	int rc;

	for (i = 0; i < m->nr; i++) {
		struct input *in = &m->inputs[i];

		rc = bt_segment_blobs(m->s, in->segment.id, &in->blobs, err);
		if (rc)
			return rc;
		nr += in->blobs.nr;
	}
	m->ids = bt_xmalloc((nr + 1) * sizeof(*m->ids));
	for (i = 0, nr = 0; i < m->nr; nr += m->inputs[i++].blobs.nr)
		memcpy(m->ids + nr, m->inputs[i].blobs.ids,
		       m->inputs[i].blobs.nr * sizeof(*m->ids));
	qsort(m->ids, nr, sizeof(*m->ids), id_compare);
	for (i = 0; i < nr; i++)
		if ((!m->ids_nr || m->ids[m->ids_nr - 1] != m->ids[i]) && (!m->only || bt_idset_has(m->only, m->ids[i])))
			m->ids[m->ids_nr++] = m->ids[i];
	for (i = 0; i < m->nr; i++) {
		struct input *in = &m->inputs[i];

		in->numbers = bt_xmalloc((in->blobs.nr + (size_t)1) * sizeof(*in->numbers));
		for (j = 0, at = 0; j < in->blobs.nr; j++) {
			while (at < m->ids_nr && m->ids[at] < in->blobs.ids[j])
				at++;
			in->numbers[j] = at < m->ids_nr && m->ids[at] == in->blobs.ids[j] ? (uint32_t)at : LEFT_OUT;
		}
	}
	return 0;
}

/* Rows first .. last of a segment. */
static int rows_drop(struct bt_store *s, enum bt_sql sql, int64_t first, int64_t last,
		     struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, sql, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, first);
	sqlite3_bind_int64(q, 2, last);
	return bt_sql_run(s, q, err);
}

/* What merging does not need goes first, so that the result takes its place in the file. */
static int input_drop_indexes(struct bt_store *s, int64_t id, struct bt_err *err)
{
	int rc = bt_sql_exec(s, BT_SQL_SEGMENT_DELETE, id, err);

	if (!rc)
		rc = bt_sql_exec(s, BT_SQL_NAME_KEY_DELETE, id, err);
	if (!rc)
		rc = rows_drop(s, BT_SQL_TRIGRAM_DELETE, id << BT_TRIGRAM_SHIFT,
			       ((id + 1) << BT_TRIGRAM_SHIFT) - 1, err);
	return rc;
}

/* The next name of an input: BT_ROW, BT_DONE or an error. */
static int input_next(struct merge *m, struct input *in, struct bt_err *err)
{
	int64_t row;
	int rc;

	if (in->blocks_read)
		in->at++;
	while (!in->blocks_read || in->at == in->block.nr) {
		if (in->blocks_read == in->segment.blocks)
			return BT_DONE;
		row = bt_segment_row(in->segment.id, in->blocks_read);
		rc = bt_block_read(m->s, in->segment.id, in->blocks_read++, &in->block, err);
		if (!rc && !m->keep_inputs)
			rc = rows_drop(m->s, BT_SQL_NAME_BLOCK_DELETE, row, row, err);
		if (rc)
			return rc;
		in->at = 0;
	}
	return BT_ROW;
}

static const char *input_name(const struct input *in, size_t *ret_len)
{
	*ret_len = in->block.names[in->at].len;
	return bt_block_name(&in->block, in->at);
}

static bool heap_less(const struct merge *m, uint32_t a, uint32_t b)
{
	size_t x_len, y_len;
	const char *x = input_name(&m->inputs[a], &x_len), *y = input_name(&m->inputs[b], &y_len);
	int c = bt_name_compare(x, x_len, y, y_len);

	/* Older segments first: then lists are in the order of their blobs most of the time. */
	return c ? c < 0 : a < b;
}

static void heap_sink(struct merge *m, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		uint32_t moved = m->heap[at];

		if (child >= m->heap_nr)
			return;
		if (child + 1 < m->heap_nr && heap_less(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (!heap_less(m, m->heap[child], moved))
			return;
		m->heap[at] = m->heap[child];
		m->heap[child] = moved;
		at = child;
	}
}

/* Adds the list of the first input's name and moves that input on. */
static int merge_take(struct merge *m, struct bt_err *err)
{
	struct input *in = &m->inputs[m->heap[0]];
	size_t i = m->list.nr, kept = i;
	int rc = bt_block_list(m->s, &in->block, in->at, in->blobs.nr, &m->list, err);

	if (rc)
		return rc;
	for (; i < m->list.nr; i++) {
		struct bt_posting p = m->list.list[i];

		p.blob_id = in->numbers[p.blob_id];
		if (p.blob_id != LEFT_OUT)
			m->list.list[kept++] = p;
	}
	m->list.nr = kept;
	rc = input_next(m, in, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE)
		m->heap[0] = m->heap[--m->heap_nr];
	heap_sink(m, 0);
	return 0;
}

/* The name at hand with its list; without one it is left out. */
static int merge_put(struct merge *m, struct bt_segment_writer *w, const char *name, size_t len, struct bt_err *err)
{
	int rc = 0;

	m->list.nr = m->list.nr ? bt_postings_tidy(m->list.list, (uint32_t)m->list.nr) : 0;
	if (m->list.nr)
		rc = bt_segment_add(w, name, len, m->list.list, (uint32_t)m->list.nr, err);
	if (rc || ++m->names % 4096)
		return rc;
	if (m->progress)
		m->progress(m->progress_ctx, m->names);
	return bt_cancel_check(err);
}

static int merge_run(struct merge *m, struct bt_segment_writer *w, struct bt_err *err)
{
	char name[BT_NAME_LEN_MAX], last[BT_NAME_LEN_MAX];
	size_t len, last_len = 0;
	int rc;

	while (m->heap_nr) {
		const char *next = input_name(&m->inputs[m->heap[0]], &len);
		size_t next_len;

		memcpy(name, next, len);
		if (m->names && bt_name_compare(last, last_len, name, len) >= 0)
			return bt_store_corrupt(m->s, err, "names are not in their order");
		m->list.nr = 0;
		do {
			rc = merge_take(m, err);
			if (rc)
				return rc;
			if (!m->heap_nr)
				break;
			next = input_name(&m->inputs[m->heap[0]], &next_len);
		} while (next_len == len && !memcmp(next, name, len));
		rc = merge_put(m, w, name, len, err);
		if (rc)
			return rc;
		memcpy(last, name, len);
		last_len = len;
	}
	return 0;
}

static int merge_start(struct merge *m, const struct bt_segment *list, size_t nr, struct bt_err *err)
{
	size_t i;
	int rc;

	m->inputs = bt_xcalloc(nr + 1, sizeof(*m->inputs));
	m->heap = bt_xcalloc(nr + 1, sizeof(*m->heap));
	m->nr = nr;
	for (i = 0; i < nr; i++)
		m->inputs[i].segment = list[i];
	rc = merge_number(m, err);
	for (i = 0; !rc && i < nr && !m->keep_inputs; i++)
		rc = input_drop_indexes(m->s, list[i].id, err);
	for (i = 0; !rc && i < nr; i++) {
		rc = input_next(m, &m->inputs[i], err);
		if (rc != BT_ROW)
			continue;
		m->heap[m->heap_nr++] = (uint32_t)i;
		rc = 0;
	}
	for (i = m->heap_nr / 2; i--;)
		heap_sink(m, i);
	return rc;
}

static int merge_segments(struct bt_store *s, const struct bt_segment *list, size_t nr,
			  struct bt_err *err)
{
	BT_CLEANUP(bt_segment_writer_release) struct bt_segment_writer w;
	BT_CLEANUP(merge_release) struct merge m = { .s = s };
	size_t i;
	int rc = bt_segment_begin(&w, s, err);

	if (!rc)
		rc = merge_start(&m, list, nr, err);
	if (!rc)
		rc = merge_run(&m, &w, err);
	if (!rc)
		rc = bt_segment_end(&w, m.ids, (uint32_t)m.ids_nr, err);
	for (i = 0; !rc && i < nr; i++)
		rc = rows_drop(s, BT_SQL_POSTING_DELETE, bt_segment_row(list[i].id, 0),
			       bt_segment_row(list[i].id + 1, 0) - 1, err);
	bt_store_segments_release(s);
	return rc;
}

int bt_segment_copy(struct bt_store *from, struct bt_store *to, const struct bt_idset *only,
		    void (*progress)(void *ctx, uint64_t names), void *progress_ctx, struct bt_err *err)
{
	BT_CLEANUP(bt_segment_writer_release) struct bt_segment_writer w = { .s = NULL };
	BT_CLEANUP(merge_release) struct merge m = {
		.s = from, .keep_inputs = true, .only = only, .progress = progress, .progress_ctx = progress_ctx,
	};
	BT_FREE struct bt_segment *list = NULL;
	size_t nr = 0;
	int rc = bt_segment_list(from, &list, &nr, err);

	if (!rc)
		rc = merge_start(&m, list, nr, err);
	if (rc || !m.ids_nr || !m.heap_nr)
		return rc;
	rc = bt_segment_begin(&w, to, err);
	if (!rc)
		rc = merge_run(&m, &w, err);
	return rc ? rc : bt_segment_end(&w, m.ids, (uint32_t)m.ids_nr, err);
}

/* Moves the segments of a level to the front; returns how many there are. */
static size_t segments_pick(struct bt_segment *list, size_t nr, uint32_t level)
{
	size_t i, picked = 0;

	for (i = 0; i < nr; i++)
		if (list[i].level == level)
			list[picked++] = list[i];
	return picked;
}

int bt_segment_merge_due(struct bt_store *s, struct bt_err *err)
{
	uint32_t level = 0, top = 0;
	int rc = 0;

	/* A merge may fill the next level. */
	for (; !rc && level <= top; level++) {
		BT_FREE struct bt_segment *list = NULL;
		size_t nr = 0, i;

		rc = bt_segment_list(s, &list, &nr, err);
		for (i = 0; !rc && i < nr; i++)
			if (list[i].level > top)
				top = list[i].level;
		if (rc)
			return rc;
		nr = segments_pick(list, nr, level);
		if (nr >= BT_SEGMENT_FANOUT)
			rc = merge_segments(s, list, nr, err);
	}
	return rc;
}
