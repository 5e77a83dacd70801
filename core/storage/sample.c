/*
 * Parsing a sample: blobs are drawn without putting back, read ahead, parsed by the pool, compared by their digests.
 */
#include "core/storage/sample.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/signal.h"
#include "store/forget.h"

#define AHEAD 32

struct drawn {
	uint32_t id;
	uint32_t lang_id;
	const struct bt_lang *lang;
	struct bt_oid oid;
	struct bt_digest digest;
};

struct sample {
	const struct bt_sample_opts *o;
	struct bt_verify_report *r;
	struct drawn *list;
	size_t nr, alloc;
	uint64_t inflight, done;
};

static void sample_release(struct sample *s)
{
	free(s->list);
}

static const struct bt_lang **langs_by_id(struct bt_store *store, size_t *ret_nr, struct bt_err *err)
{
	const struct bt_lang **langs = NULL;
	struct bt_store_language l;
	size_t nr = 0, alloc = 0;
	uint32_t cursor = 0;
	int rc;

	while ((rc = bt_store_language_next(store, &cursor, &l, err)) == BT_ROW && l.id <= UINT16_MAX) {
		const struct bt_lang *lang = bt_lang_find(l.name);

		BT_GROW(langs, alloc, l.id + (size_t)1);
		while (nr <= l.id)
			langs[nr++] = NULL;
		langs[l.id] = lang && lang->version == l.version ? lang : NULL;
	}
	if (rc < 0) {
		free(langs);
		return NULL;
	}
	BT_GROW(langs, alloc, nr + 1);
	*ret_nr = nr;
	return langs;
}

static int list_blobs(struct sample *s, struct bt_err *err)
{
	BT_IDSET_OWNED struct bt_idset ids = BT_IDSET_INIT;
	size_t langs_nr = 0;
	BT_FREE const struct bt_lang **langs = langs_by_id(s->o->store, &langs_nr, err);
	struct bt_blob b;

	if (!langs || bt_store_blob_ids(s->o->store, &ids, err))
		return err->code;
	for (uint32_t id = 0; bt_idset_next(&ids, &id); id++) {
		if (bt_idset_has(&s->r->bad_blobs, id))
			continue;
		if (bt_store_blob_get(s->o->store, id, &b, err))
			return err->code;
		if (b.state != BT_BLOB_FACTS || b.size > s->o->max_blob_size || b.lang >= langs_nr || !langs[b.lang])
			continue;
		BT_GROW(s->list, s->alloc, s->nr + 1);
		s->list[s->nr++] = (struct drawn){ id, b.lang, langs[b.lang], b.oid, b.digest };
	}
	return 0;
}

static int by_id(const void *pa, const void *pb)
{
	const struct drawn *a = pa, *b = pb;

	return (a->id > b->id) - (a->id < b->id);
}

static void draw(struct sample *s)
{
	uint64_t random = s->o->seed;
	size_t nr = s->o->nr < s->nr ? (size_t)s->o->nr : s->nr;

	for (size_t i = 0; i < nr && nr < s->nr; i++) {
		size_t at = i + (size_t)(bt_mix64(random += 0x9e3779b97f4a7c15ull) % (s->nr - i));
		struct drawn moved = s->list[i];

		s->list[i] = s->list[at];
		s->list[at] = moved;
	}
	s->nr = nr;
	if (nr)
		qsort(s->list, nr, sizeof(*s->list), by_id);
}

static void take_result(struct sample *s, const struct bt_result *r)
{
	const struct drawn *d = &s->list[r->tag];
	struct bt_digest digest;
	char hex[BT_OID_HEX_MAX + 1];

	s->inflight--;
	s->done++;
	if (s->o->progress)
		s->o->progress(s->o->progress_ctx, "sample", s->done, s->nr);
	if (r->status != BT_RESULT_FACTS && r->status != BT_RESULT_LIMIT)
		return;
	s->r->sampled++;
	if (r->rec)
		bt_blake2b(r->rec, r->len, &digest);
	if (r->status == BT_RESULT_FACTS && r->rec && !memcmp(&digest, &d->digest, sizeof(digest)))
		return;
	bt_verify_found(s->r, BT_PROBLEM_FACTS, "blob %u (%s, %s): a fresh parse gives other facts", d->id,
			bt_oid_hex(&d->oid, hex), d->lang->name);
	bt_idset_add(&s->r->bad_blobs, d->id);
	BT_GROW(s->r->lost, s->r->lost_alloc, s->r->lost_nr + 1);
	s->r->lost[s->r->lost_nr++] = (struct bt_lost_blob){ d->oid, d->lang_id };
}

static int take_results(struct sample *s, bool wait, struct bt_err *err)
{
	struct bt_result r;
	int rc;

	while ((rc = bt_pool_next(s->o->pool, wait, &r, err)) == BT_ROW) {
		take_result(s, &r);
		wait = false;
	}
	return rc;
}

static int submit(struct sample *s, size_t at, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	struct bt_object obj;
	int rc = bt_odb_next(s->o->odb, &obj, &why);

	if (rc == BT_ERR_CORRUPT || (rc == BT_ROW && (obj.type != BT_OBJECT_BLOB || !obj.data))) {
		s->r->samples_gone++;
		s->done++;
		return 0;
	}
	if (rc < 0)
		return *err = why, rc;
	while ((rc = bt_pool_submit(s->o->pool, s->list[at].lang, BT_WANT_FACTS, at, obj.data, obj.size, err)) ==
	       BT_ERR_BUSY)
		if (take_results(s, true, err) < 0)
			return err->code;
	s->inflight += !rc;
	return rc;
}

static int run(struct sample *s, struct bt_err *err)
{
	size_t asked = 0;
	int rc = 0;

	for (size_t i = 0; i < s->nr && !rc; i++) {
		for (; asked < s->nr && asked - i < AHEAD && !rc; asked++)
			rc = bt_odb_request(s->o->odb, &s->list[asked].oid, s->o->max_blob_size, err);
		if (!rc)
			rc = submit(s, i, err);
		if (!rc)
			rc = take_results(s, false, err);
		if (!rc)
			rc = bt_cancel_check(err);
	}
	if (!rc)
		rc = bt_pool_flush(s->o->pool, err);
	while (!rc && s->inflight)
		rc = bt_cancel_check(err) ? err->code : take_results(s, true, err);
	return rc;
}

int bt_verify_sample(const struct bt_sample_opts *o, struct bt_verify_report *r, struct bt_err *err)
{
	BT_CLEANUP(sample_release) struct sample s = { .o = o, .r = r };
	int rc = bt_store_read_begin(o->store, err);

	if (rc)
		return rc;
	rc = list_blobs(&s, err);
	bt_store_read_end(o->store);
	if (rc)
		return rc;
	draw(&s);
	for (size_t i = 0; i < s.nr; i++)
		if (bt_pool_prepare(o->pool, s.list[i].lang, err))
			return err->code;
	return run(&s, err);
}
