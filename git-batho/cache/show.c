/*
 * git batho cache stats.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/metric.h"
#include "git-batho/cache/cache.h"
#include "git-batho/metrics.h"
#include "store/frozen.h"

static int lang_name(struct bt_store *s, uint32_t id, char name[32], struct bt_err *err)
{
	struct bt_store_language l;
	uint32_t cursor = id ? id - 1 : 0;
	int rc = bt_store_language_next(s, &cursor, &l, err);

	strcpy(name, "?");
	if (rc == BT_ROW && l.id == id)
		memcpy(name, l.name, sizeof(l.name));
	return rc < 0 ? rc : 0;
}

static int tier_cmp(const void *pa, const void *pb)
{
	const struct bt_tier *a = pa, *b = pb;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	if (a->lang != b->lang)
		return a->lang < b->lang ? -1 : 1;
	return (int)a->frozen - (int)b->frozen;
}

static int put_tiers(struct bt_context *c, const struct bt_tier *list, size_t nr, struct bt_err *err)
{
	char name[32];

	for (size_t i = 0; i < nr; i++) {
		if (lang_name(c->store, list[i].lang, name, err))
			return err->code;
		bt_out_record(c->out, "tier");
		bt_out_cstr(c->out, "language", name);
		bt_out_cstr(c->out, "tier", list[i].frozen ? "frozen" : "warm");
		bt_out_uint(c->out, "blobs", list[i].blobs);
		bt_out_uint(c->out, "bytes", list[i].bytes);
		bt_out_record_end(c->out);
		bt_out_textf(c->out, BT_COLOR_NAME, "%s", name);
		bt_out_pad(c->out, 12);
		bt_out_textf(c->out, BT_COLOR_NONE, "%-6s %9" PRIu64 " blobs %12" PRIu64 " bytes",
			     list[i].frozen ? "frozen" : "warm", list[i].blobs, list[i].bytes);
		bt_out_nl(c->out);
	}
	return 0;
}

static int count_failed(struct bt_store *s, uint64_t *ret_nr, struct bt_err *err)
{
	BT_FREE struct bt_store_count *rows = NULL;
	size_t nr = 0;

	*ret_nr = 0;
	if (bt_store_counts(s, &rows, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		if (bt_blob_state_killed(rows[i].state) || rows[i].state == BT_BLOB_LIMIT)
			*ret_nr += rows[i].blobs;
	return 0;
}

struct totals {
	uint64_t blobs, warm_blobs, warm_bytes, frozen_blobs, frozen_bytes, failed;
	uint64_t index, frozen_file, memory_max, size_max;
	uint64_t hits, misses, thawed;
	bool away;
};

/* Since the repository has been counting. */
static void count_hits(struct bt_context *c, struct totals *t)
{
	BT_FIGURES_OWNED struct bt_figures f = { .samples = NULL };

	bt_metrics_gather(c, &f);
	t->hits = f.slots[bt_metric_slot(BT_METRIC_CACHE_HITS, 0)];
	t->misses = f.slots[bt_metric_slot(BT_METRIC_CACHE_MISSES, 0)];
	t->thawed = f.slots[bt_metric_slot(BT_METRIC_CACHE_THAWED, 0)];
}

static void put_hits(struct bt_out *out, const struct totals *t)
{
	uint64_t wanted = t->hits + t->misses;

	if (wanted)
		bt_out_textf(out, BT_COLOR_NONE, "hits: %" PRIu64 " of %" PRIu64 " blobs that were wanted (%.1f %%); ", t->hits,
			     wanted, 100.0 * (double)t->hits / (double)wanted);
	bt_out_textf(out, BT_COLOR_NONE, "thawed: %" PRIu64 " records", t->thawed);
	bt_out_nl(out);
}

static void put_totals(struct bt_context *c, const struct totals *t)
{
	struct bt_err ignored = BT_ERR_INIT;
	const char *path = c->store ? bt_store_frozen_path(c->store, &ignored) : NULL;
	struct bt_out *out = c->out;

	bt_out_record(out, "cache");
	bt_out_uint(out, "entries", t->warm_blobs + t->frozen_blobs);
	bt_out_uint(out, "warm_bytes", t->warm_bytes);
	bt_out_uint(out, "frozen_entries", t->frozen_blobs);
	bt_out_uint(out, "frozen_bytes", t->frozen_bytes);
	bt_out_uint(out, "index_bytes", t->index);
	bt_out_uint(out, "frozen_file_bytes", t->frozen_file);
	bt_out_cstr(out, "frozen_file", path);
	bt_out_bool(out, "frozen_away", t->away);
	bt_out_uint(out, "failures", t->failed);
	bt_out_uint(out, "hits", t->hits);
	bt_out_uint(out, "misses", t->misses);
	bt_out_uint(out, "thawed", t->thawed);
	bt_out_uint(out, "memory_max", t->memory_max);
	bt_out_uint(out, "size_max", t->size_max);
	bt_out_record_end(out);
	bt_out_textf(out, BT_COLOR_NAME, "total");
	bt_out_pad(out, 12);
	bt_out_textf(out, BT_COLOR_NONE, "       %9" PRIu64 " blobs %12" PRIu64 " bytes; index.db %" PRIu64 " bytes, frozen %" PRIu64,
		     t->warm_blobs + t->frozen_blobs, t->warm_bytes + t->frozen_bytes, t->index, t->frozen_file);
	if (t->size_max)
		bt_out_textf(out, BT_COLOR_NONE, ", of %" PRIu64 " at most", t->size_max);
	bt_out_nl(out);
	if (path) {
		bt_out_textf(out, BT_COLOR_NOTE, "frozen facts: %s%s", path, t->away ? " (not there)" : "");
		bt_out_nl(out);
	}
	put_hits(out, t);
	bt_out_textf(out, t->failed ? BT_COLOR_WARN : BT_COLOR_NONE, "parse failures: %" PRIu64, t->failed);
	bt_out_nl(out);
}

int bt_cache_stats(struct bt_context *c, struct bt_err *err)
{
	BT_FREE struct bt_tier *list = NULL;
	struct totals t = {
		.memory_max = (uint64_t)bt_conf_get(c->conf, BT_KEY_CACHE_MEMORY_MB)->number << 20,
		.size_max = (uint64_t)bt_conf_get(c->conf, BT_KEY_CACHE_MAX_SIZE_MB)->number << 20,
	};
	size_t nr = 0;
	int rc = bt_context_store(c, err);

	if (rc == BT_ERR_NOT_FOUND) {	/* nothing is indexed yet: nothing is kept */
		put_totals(c, &t);
		return 0;
	}
	if (rc || bt_store_tiers(c->store, &list, &nr, err) || count_failed(c->store, &t.failed, err) ||
	    bt_cache_bytes(c, &t.index, &t.frozen_file, err) || bt_store_frozen_away(c->store, &t.away, err))
		return err->code;
	if (nr)
		qsort(list, nr, sizeof(*list), tier_cmp);
	for (size_t i = 0; i < nr; i++) {
		*(list[i].frozen ? &t.frozen_blobs : &t.warm_blobs) += list[i].blobs;
		*(list[i].frozen ? &t.frozen_bytes : &t.warm_bytes) += list[i].bytes;
	}
	if (put_tiers(c, list, nr, err))
		return err->code;
	count_hits(c, &t);
	put_totals(c, &t);
	return 0;
}
