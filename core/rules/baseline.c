/*
 * Reading, matching and writing baselines. The file is tracked, hence hostile: it can hide findings, which is
 * its purpose, and nothing else.
 */
#include "core/rules/baseline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/base/text.h"
#include "core/query/jsonc.h"

void bt_baseline_release(struct bt_baseline *b)
{
	bt_arena_release(&b->arena);
	memset(b, 0, sizeof(*b));
}

static int entry_cmp(const void *pa, const void *pb)
{
	const struct bt_baseline_entry *a = pa, *b = pb;
	int c = strcmp(a->path, b->path);

	return c ? c : (a->fingerprint > b->fingerprint) - (a->fingerprint < b->fingerprint);
}

static bool take_number(const struct bt_jsonc *o, const char *key, int64_t max, int64_t *ret)
{
	const struct bt_jsonc *v = bt_jsonc_get(o, key);

	return v && v->type == BT_JSONC_NUMBER && bt_text_int(v->text, ret) && *ret >= 0 && *ret <= max;
}

static bool take_entry(const struct bt_jsonc *o, struct bt_baseline_entry *e)
{
	const char *hex = bt_jsonc_string(o, "fingerprint"), *symbol = bt_jsonc_string(o, "symbol");
	int64_t count = 1;
	char *end;

	e->rule = bt_jsonc_string(o, "rule");
	e->path = bt_jsonc_string(o, "path");
	e->symbol = symbol ? symbol : "";
	if (!e->rule || !e->path || !hex || strlen(hex) != 16)
		return false;
	e->fingerprint = strtoull(hex, &end, 16);
	if (*end || (bt_jsonc_get(o, "count") && !take_number(o, "count", 1000000, &count)))
		return false;
	e->count = e->left = (uint32_t)count;
	return true;
}

int bt_baseline_read(const char *text, size_t len, const char *where, struct bt_baseline *ret_b, struct bt_err *err)
{
	const struct bt_jsonc *o = bt_jsonc_parse(text, len, &ret_b->arena), *list;
	int64_t version;
	size_t nr = 0;

	if (!o || !take_number(o, "batho_baseline", INT32_MAX, &version)) {
		bt_err_set(err, BT_ERR_FAIL, "'%s' is not a baseline of git-batho", where);
		return bt_err_hint(err, "`git batho check --all --write-baseline` makes one");
	}
	if (version != BT_BASELINE_VERSION) {
		bt_err_set(err, BT_ERR_VERSION, "'%s' is a baseline of version %lld, here %d", where,
			   (long long)version, BT_BASELINE_VERSION);
		return bt_err_hint(err, "`git batho check --all --write-baseline` makes it anew");
	}
	list = bt_jsonc_get(o, "findings");
	if (!list || list->type != BT_JSONC_ARRAY)
		return bt_err_set(err, BT_ERR_FAIL, "'%s' has no list of findings", where);
	for (const struct bt_jsonc *i = list->child; i; i = i->next)
		nr++;
	ret_b->entries = bt_arena_zalloc(&ret_b->arena, (nr + 1) * sizeof(*ret_b->entries));
	for (const struct bt_jsonc *i = list->child; i; i = i->next)
		if (!take_entry(i, &ret_b->entries[ret_b->nr++]))
			return bt_err_set(err, BT_ERR_FAIL, "'%s': finding %zu makes no sense", where, ret_b->nr);
	qsort(ret_b->entries, ret_b->nr, sizeof(*ret_b->entries), entry_cmp);
	return 0;
}

bool bt_baseline_take(struct bt_baseline *b, const struct bt_finding *f)
{
	struct bt_baseline_entry key = { .path = f->path, .fingerprint = f->fingerprint };
	struct bt_baseline_entry *e;

	e = b->nr && !f->rule->on_policy ? bsearch(&key, b->entries, b->nr, sizeof(key), entry_cmp) : NULL;
	if (!e || !e->left)
		return false;
	e->left--;
	return true;
}

bool bt_baseline_take_moved(struct bt_baseline *b, const struct bt_finding *f, bool (*gone)(void *ctx, const char *path),
			    void *ctx)
{
	for (size_t i = 0; i < b->nr && !f->rule->on_policy; i++) {
		struct bt_baseline_entry *e = &b->entries[i];

		if (e->fingerprint != f->fingerprint || !e->left || !gone(ctx, e->path))
			continue;
		e->left--;
		return true;
	}
	return false;
}

size_t bt_baseline_stale(const struct bt_baseline *b)
{
	size_t nr = 0;

	for (size_t i = 0; i < b->nr; i++)
		nr += b->entries[i].left;
	return nr;
}

static void put_text(struct bt_buf *out, const char *key, const char *text)
{
	bt_buf_addf(out, "\"%s\":", key);
	bt_text_json(out, text, strlen(text));
	bt_buf_addch(out, ',');
}

static void put_entry(struct bt_buf *out, bool first, const struct bt_baseline_entry *e, uint32_t count)
{
	bt_buf_adds(out, first ? "\n  {" : ",\n  {");
	put_text(out, "rule", e->rule);
	put_text(out, "path", e->path);
	if (*e->symbol)
		put_text(out, "symbol", e->symbol);
	bt_buf_addf(out, "\"fingerprint\":\"%016" PRIx64 "\",\"count\":%" PRIu32 "}", e->fingerprint, count);
}

static void put_head(struct bt_buf *out)
{
	bt_buf_addf(out, "{\"batho_baseline\":%d,\n \"findings\":[", BT_BASELINE_VERSION);
}

static size_t list_findings(const struct bt_findings *f, struct bt_baseline_entry *entries)
{
	size_t nr = 0;

	for (size_t i = 0; i < f->nr; i++) {
		if (f->items[i].rule->on_policy)
			continue;
		entries[nr++] = (struct bt_baseline_entry){
			.rule = f->items[i].rule->id, .path = f->items[i].path,
			.symbol = f->items[i].symbol ? f->items[i].symbol : "",
			.fingerprint = f->items[i].fingerprint, .count = 1,
		};
	}
	return nr;
}

static void put_list(const struct bt_baseline_entry *entries, size_t nr, struct bt_buf *out)
{
	put_head(out);
	for (size_t i = 0, k; i < nr; i = k) {
		uint32_t count = entries[i].count;

		for (k = i + 1; k < nr && !entry_cmp(&entries[i], &entries[k]); k++)
			count += entries[k].count;
		put_entry(out, !i, &entries[i], count);
	}
	bt_buf_adds(out, "]}\n");
}

size_t bt_baseline_write(const struct bt_findings *f, const struct bt_baseline *before,
			 bool (*looked_at)(void *ctx, const char *path), void *ctx, struct bt_buf *out)
{
	struct bt_baseline_entry *entries = bt_xcalloc(f->nr + (before ? before->nr : 0) + 1, sizeof(*entries));
	size_t found = list_findings(f, entries), nr = found;

	for (size_t i = 0; before && i < before->nr; i++)
		if (!looked_at(ctx, before->entries[i].path))
			entries[nr++] = before->entries[i];
	qsort(entries, nr, sizeof(*entries), entry_cmp);
	put_list(entries, nr, out);
	free(entries);
	return found;
}

void bt_baseline_shrink(const struct bt_baseline *b, struct bt_buf *out)
{
	bool first = true;

	put_head(out);
	for (size_t i = 0; i < b->nr; i++) {
		const struct bt_baseline_entry *e = &b->entries[i];

		if (e->count == e->left)
			continue;
		put_entry(out, first, e, e->count - e->left);
		first = false;
	}
	bt_buf_adds(out, "]}\n");
}
