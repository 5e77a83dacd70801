/*
 * Blobs, their records and findings, and the name segments.
 *
 * A segment says which blobs have a name, a record which names a blob has. A sum over hashes of (name, kinds) per blob compares
 * both in one pass over each: what the record has is added, what the segments say is taken away.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/signal.h"
#include "core/facts/facts.h"
#include "core/storage/names.h"
#include "core/storage/verify_state.h"
#include "store/inspect.h"
#include "store/forget.h"
#include "store/frozen.h"

/* --- rows and records --- */

static void bad_blob(struct verify *v, uint32_t id, const char *hint, const char *what)
{
	bt_verify_found(v->r, BT_PROBLEM_BLOB, "blob %u%s%s%s: %s", id, hint ? " (" : "", hint ? hint : "",
			hint ? ")" : "", what);
	verify_blob_bad(v, id);
}

static const char *check_row(const struct verify *v, const struct bt_blob *b)
{
	if (b->oid.len != v->o->oid_len)
		return "its id is of another length than those of this repository";
	if (!b->lang || b->lang >= v->langs_nr || !v->langs[b->lang].id)
		return "its language is missing";
	if (b->state == BT_BLOB_REDIRECT &&
	    (!b->resolved || b->resolved >= v->langs_nr || !v->langs[b->resolved].id))
		return "the language that its content told is missing";
	return NULL;
}

/* A record is whole, is the one its row tells, and is about a blob of this size. */
static int check_record(struct verify *v, const struct bt_blob *b, struct bt_buf *record, struct bt_err *err)
{
	struct bt_digest digest;
	struct bt_facts f;
	int rc = bt_store_facts_there(v->store, b->id, err);

	if (rc == BT_DONE) {
		v->blobs[b->id].unread = true;
		v->r->frozen_away++;
		return 0;
	}
	if (rc < 0)
		return rc;
	if (bt_store_facts_read(v->store, b->id, (bt_buf_clear(record), record), err))
		return err->code;
	v->r->records++;
	v->r->record_bytes += record->len;
	bt_blake2b(bt_buf_cstr(record), record->len, &digest);
	if (memcmp(&digest, &b->digest, sizeof(digest)))
		return bt_err_set(err, BT_ERR_CORRUPT, "its record is another one");
	bt_arena_reset(&v->arena);
	if (bt_facts_decode(bt_buf_cstr(record), record->len, &v->arena, &f, err))
		return err->code;
	if (f.size != b->size)
		return bt_err_set(err, BT_ERR_CORRUPT, "its record is about another size");
	v->blobs[b->id].names = bt_names_sum(&f, &v->arena);
	return 0;
}

static int check_findings(struct verify *v, uint32_t id, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_store_check_findings(v->store, id, &why);

	if (!rc)
		return 0;
	if (rc != BT_ERR_CORRUPT)
		return *err = why, rc;
	bt_verify_found(v->r, BT_PROBLEM_FINDING, "findings of blob %u: %s", id, verify_plain(why.msg));
	return 0;
}

static int check_blob(struct verify *v, uint32_t id, struct bt_buf *record, struct bt_err *err)
{
	struct verify_blob *to = &v->blobs[id];
	struct bt_err why = BT_ERR_INIT;
	const char *wrong;
	struct bt_blob b;
	int rc = bt_store_blob_exists(v->store, id, &why);

	if (rc == BT_ROW)
		rc = bt_store_blob_get(v->store, id, &b, &why);
	else if (rc == BT_DONE)
		return 0;
	if (rc == BT_ERR_CORRUPT) {
		bad_blob(v, id, NULL, verify_plain(why.msg));
		return 0;
	}
	if (rc)
		return *err = why, rc;
	v->r->blobs++;
	*to = (struct verify_blob){
		.oid = b.oid, .digest = b.digest, .lang = b.lang, .state = (uint8_t)b.state, .there = true,
	};
	wrong = check_row(v, &b);
	if (!wrong && b.state == BT_BLOB_FACTS) {
		rc = check_record(v, &b, record, &why);
		if (rc && rc != BT_ERR_CORRUPT)
			return *err = why, rc;
		wrong = rc ? verify_plain(why.msg) : NULL;
	}
	if (wrong)
		bad_blob(v, id, b.hint, wrong);
	return check_findings(v, id, err);
}

/* Ids that there may be: told by the rows, or, where these cannot be read, by nothing. */
static int ids_end(struct verify *v, int (*last)(struct bt_store *, uint32_t *, struct bt_err *), const char *what,
		   uint32_t *ret_end, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	uint32_t id = 0;
	int rc = last(v->store, &id, &why);

	if (rc == BT_ERR_CORRUPT)
		bt_verify_found(v->r, BT_PROBLEM_FILE, "the rows of %s: %s", what, verify_plain(why.msg));
	else if (rc)
		return *err = why, rc;
	*ret_end = id + 1;
	return 0;
}

int verify_blobs(struct verify *v, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf record = BT_BUF_INIT;

	bt_buf_init(&record, BT_FACTS_LEN_MAX);
	if (ids_end(v, bt_store_blob_last, "blobs", &v->blobs_nr, err) ||
	    ids_end(v, bt_store_tree_last, "trees", &v->trees_nr, err))
		return err->code;
	v->blobs = bt_xcalloc(v->blobs_nr, sizeof(*v->blobs));
	v->trees = bt_xcalloc(v->trees_nr, sizeof(*v->trees));
	for (uint32_t id = 1; id < v->blobs_nr; id++) {
		if (check_blob(v, id, &record, err))
			return err->code;
		if (id % 128)
			continue;
		verify_progress(v, "blobs", id, v->blobs_nr);
		if (bt_cancel_check(err))
			return err->code;
	}
	return 0;
}

/* --- names --- */

struct names_check {
	struct verify *v;
	struct bt_idset dead;
};

static void take_name(void *ctx, const char *name, size_t len, const struct bt_posting *list, size_t nr)
{
	struct names_check *c = ctx;
	uint32_t kinds = 0;
	uint64_t mark = bt_names_mark(name, len, 0);

	for (size_t i = 0; i < nr; i++) {
		struct verify_blob *b = verify_blob_of(c->v, list[i].blob_id);

		if (list[i].kinds != kinds) {
			kinds = list[i].kinds;
			mark = bt_names_mark(name, len, kinds);
		}
		if (b)
			b->names -= mark;
		else
			bt_idset_add(&c->dead, list[i].blob_id);
	}
}

static void names_problem(void *ctx, const char *what)
{
	struct names_check *c = ctx;

	bt_verify_found(c->v->r, BT_PROBLEM_NAMES, "%s", verify_plain(what));
}

static void names_progress(void *ctx, uint64_t names)
{
	struct names_check *c = ctx;

	verify_progress(c->v, "names", names, 0);
}

int verify_names(struct verify *v, struct bt_err *err)
{
	struct names_check c = { .v = v };
	struct bt_names_check n = {
		.name = take_name, .problem = names_problem, .progress = names_progress, .ctx = &c,
	};
	int rc = bt_store_check_names(v->store, &n, err);

	v->r->names = n.names;
	v->r->dead_blobs = c.dead.nr;
	bt_idset_release(&c.dead);
	/* where a segment cannot be read, every blob of it would be told again */
	if (rc || v->r->by_kind[BT_PROBLEM_NAMES])
		return rc;
	for (uint32_t id = 1; id < v->blobs_nr; id++)
		if (v->blobs[id].there && !v->blobs[id].bad && !v->blobs[id].unread && v->blobs[id].names)
			bt_verify_found(v->r, BT_PROBLEM_NAMES, "the names of blob %u are not those of its record", id);
	return 0;
}
