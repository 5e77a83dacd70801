/*
 * The writer: settled jobs and finished trees become rows. Blob rows, their facts and the postings that make
 * them findable are written in one transaction; trees only after every blob below them. What can be done
 * before the transaction (checking, compressing, gathering names) was done as the results came in: run.c.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/trace.h"
#include "core/facts/facts.h"
#include "core/index/digest.h"
#include "core/index/index_state.h"
#include "core/index/tree_row.h"
#include "store/frozen.h"

/* Tree rows in one transaction: a run of history has tens of thousands. */
#define TREES_NR 4096

/* The add-on's part; a blob that another process wrote first has its own. */
static int store_more(struct bt_index *ix, const struct ix_job *j, struct bt_err *err)
{
	const struct bt_addon *a = ix->o.addon;

	if (j->more == IX_MORE_NONE || (j->state != BT_BLOB_FACTS && !j->text))
		return 0;
	return a->put(a->ctx, ix->o.store, j->id, j->lang, j->more == IX_MORE_FAILED,
		      bt_buf_cstr(&ix->records) + j->more_at, j->more_len, err);
}

static int store_job(struct bt_index *ix, size_t job, struct bt_err *err)
{
	struct ix_job *j = &ix->jobs[job];
	struct bt_blob b = {
		.oid = j->oid, .lang = j->lang_id, .state = (enum bt_blob_state)j->state,
		.size = j->size, .digest = j->digest, .hint = j->hint,
	};

	if (j->stored)
		return store_more(ix, j, err);
	if (j->state == BT_BLOB_REDIRECT)
		b.resolved = ix->jobs[j->resolved].lang_id;
	if (bt_store_blob_add(ix->o.store, &b, &j->id, &j->known, err))
		return err->code;
	j->stored = true;
	if (store_more(ix, j, err))
		return err->code;
	if (j->state != BT_BLOB_FACTS)
		return 0;
	if (j->known) {	/* another process was faster and wrote the facts too, or they are frozen and away */
		int rc = bt_store_facts_there(ix->o.store, j->id, err);

		if (rc != BT_DONE)
			return rc < 0 ? rc : 0;
	}
	return bt_store_facts_put_packed(ix->o.store, j->id, ix->records.data + j->rec, j->rec_len, err);
}

/* Names were gathered under the numbers of their jobs, before there were ids. */
static uint32_t posting_id(void *ctx, uint32_t label)
{
	const struct bt_index *ix = ctx;
	const struct ix_job *j = &ix->jobs[label - 1];

	return j->known ? 0 : j->id;
}

static int write_batch(struct bt_index *ix, struct bt_err *err)
{
	int rc = bt_store_begin(ix->o.store, err);

	for (size_t i = 0; i < ix->unstored_nr && !rc; i++)
		rc = store_job(ix, ix->unstored[i], err);
	if (!rc) {
		bt_postings_relabel(ix->postings, posting_id, ix);
		rc = bt_postings_flush(ix->postings, ix->o.store, err);
	}
	if (!rc)
		rc = bt_store_commit(ix->o.store, err);
	if (rc)
		bt_store_rollback(ix->o.store);
	return rc;
}

int ix_commit_batch(struct bt_index *ix, struct bt_err *err)
{
	int rc = 0;

	bt_trace("write %zu blobs, %zu bytes of facts", ix->unstored_nr, ix->records.len);
	if (ix->unstored_nr)
		rc = write_batch(ix, err);
	if (rc)
		return rc;
	ix->unstored_nr = 0;
	ix->records_bytes = 0;
	bt_buf_clear(&ix->records);
	ix->commit_ms = bt_clock_ms();
	return 0;
}

static void digest_file(struct bt_blake2b *h, const struct ix_entry *e, const struct ix_job *j, uint8_t state)
{
	struct bt_digest_file f = { .name = e->name, .name_len = e->name_len, .state = state };

	if (j) {
		f.oid = &j->oid;
		f.facts = &j->digest;
	}
	if (state == BT_BLOB_FACTS) {
		f.lang = j->lang->name;
		f.version = j->lang->version;
	}
	bt_digest_add_file(h, &f);
}

/* What an entry is under the limits of this run, whatever earlier runs allowed. */
uint8_t ix_entry_state(const struct bt_index *ix, const struct ix_entry *e, const struct ix_job *j)
{
	if (e->fixed_state != BT_BLOB_FACTS)
		return e->fixed_state;
	if (j->size > ix->o.selection->max_blob_size)	/* whatever else it turned out to be */
		return BT_BLOB_TOO_LARGE;
	return j->state;
}

static void finish_file(struct bt_index *ix, struct ix_node *n, const struct ix_entry *e,
			struct bt_blake2b *h, struct bt_buf *row)
{
	const struct ix_job *j = e->target == BT_NONE ? NULL : ix_job_final(ix, e->target);
	uint8_t state = ix_entry_state(ix, e, j);
	struct bt_row_entry out = {
		.state = state, .flags = e->flags, .name = e->name, .name_len = e->name_len,
	};

	if (j) {
		out.id = j->id;
		out.lang = j->lang_id;
	}
	digest_file(h, e, j, state);
	bt_row_entry_put(row, &out);
	n->result.blobs += state == BT_BLOB_FACTS;
	n->result.killed += state == BT_BLOB_MISSING || bt_blob_state_killed(state);
}

void ix_finish_node(struct bt_index *ix, struct ix_node *n, struct bt_buf *row)
{
	struct bt_blake2b h;

	bt_blake2b_init(&h);
	bt_buf_clear(row);
	memset(&n->result, 0, sizeof(n->result));
	for (uint32_t i = 0; i < n->entries_nr; i++) {
		const struct ix_entry *e = &n->entries[i];
		const struct ix_node *child = &ix->nodes[e->target];
		struct bt_row_entry out = { .tree = true, .name = e->name, .name_len = e->name_len };

		if (!e->tree) {
			finish_file(ix, n, e, &h, row);
			continue;
		}
		if (child->result.empty)
			continue;
		out.id = child->result.row;
		n->result.blobs += child->result.blobs;
		n->result.killed += child->result.killed;
		bt_digest_add_folder(&h, e->name, e->name_len, &child->result.digest);
		bt_row_entry_put(row, &out);
	}
	n->result.empty = !row->len;
	bt_blake2b_end(&h, &n->result.digest);
}

static int store_node(struct bt_index *ix, struct ix_node *n, const struct bt_buf *row,
		      struct bt_err *err)
{
	struct bt_tree_row r = {
		.oid = n->oid, .selection = n->selection, .digest = n->result.digest,
		.killed = n->result.killed, .blobs = n->result.blobs,
	};
	uint32_t base = (uint32_t)bt_strmap_get(&ix->row_of_dir, n->dir, strlen(n->dir), 0);

	if (bt_store_tree_put(ix->o.store, &r, base, bt_buf_cstr(row), row->len, err))
		return err->code;
	n->result.row = r.id;
	bt_strmap_put(&ix->row_of_dir, n->dir, strlen(n->dir), r.id);
	return 0;
}

/* Is anything below absent for now? Such a tree is not kept: it will be walked again. */
static bool has_missing(const struct bt_index *ix, const struct ix_node *n)
{
	for (uint32_t i = 0; i < n->entries_nr; i++) {
		const struct ix_entry *e = &n->entries[i];

		if (e->tree ? ix->nodes[e->target].result.missing
			    : e->fixed_state == BT_BLOB_MISSING ||
				      (e->target != BT_NONE &&
				       ix_job_final(ix, e->target)->state == BT_BLOB_MISSING))
			return true;
	}
	return false;
}

static int write_nodes(struct bt_index *ix, size_t from, size_t to, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf row = BT_BUF_INIT;
	int rc = bt_store_begin(ix->o.store, err);

	for (size_t i = from; i < to && !rc; i++) {
		struct ix_node *n = &ix->nodes[i];

		if (n->done)
			continue;
		ix_finish_node(ix, n, &row);
		n->result.missing = has_missing(ix, n);
		rc = bt_buf_check(&row, "the entries of a folder", err);
		if (!rc && n->oid.len && !n->result.missing)
			rc = store_node(ix, n, &row, err);
	}
	if (!rc)
		rc = bt_store_commit(ix->o.store, err);
	if (rc)
		bt_store_rollback(ix->o.store);
	return rc;
}

int ix_commit_trees(struct bt_index *ix, struct bt_err *err)
{
	size_t from = 0;
	int rc = 0;

	while (from < ix->nodes_nr && ix->nodes[from].done)
		from++;
	for (; from < ix->nodes_nr && !rc; from += TREES_NR) {
		size_t to = from + TREES_NR < ix->nodes_nr ? from + TREES_NR : ix->nodes_nr;

		rc = write_nodes(ix, from, to, err);
	}
	return rc;
}
