/*
 * Counting the files of a tree by language, and the few bytes that keep it.
 */
#include "core/archive/census.h"

#include <stdlib.h>
#include <string.h>

#include "core/index/index.h"

struct census {
	struct bt_census_lang *langs;
	uint32_t *ids;
	size_t nr, alloc, ids_alloc;
};

static void census_release(struct census *c)
{
	free(c->langs);
	free(c->ids);
}

static int read_langs(struct census *c, struct bt_store *store, struct bt_err *err)
{
	struct bt_store_language row;
	uint32_t cursor = 0;
	int rc;

	while ((rc = bt_store_language_next(store, &cursor, &row, err)) == BT_ROW) {
		BT_GROW(c->langs, c->alloc, c->nr + 1);
		BT_GROW(c->ids, c->ids_alloc, c->nr + 1);
		c->langs[c->nr] = (struct bt_census_lang){ .version = row.version };
		memcpy(c->langs[c->nr].name, row.name, sizeof(row.name));
		c->ids[c->nr++] = row.id;
	}
	return rc;
}

static int count(struct census *c, const struct bt_manifest *m, struct bt_err *err)
{
	size_t at = 0;

	for (uint32_t i = 0; i < m->nr; i++) {
		struct bt_manifest_file f = bt_manifest_file_get(m, i);

		if (f.state != BT_BLOB_FACTS)
			continue;
		for (size_t k = 0; k < c->nr && (at >= c->nr || c->ids[at] != f.lang); k++)
			at = k;
		if (at >= c->nr || c->ids[at] != f.lang)
			return bt_err_set(err, BT_ERR_CORRUPT, "language %u of the index is missing", f.lang);
		c->langs[at].files++;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct bt_census_lang *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : x->version < y->version ? -1 : x->version > y->version;
}

static void put(const struct bt_census_lang *l, struct bt_buf *out)
{
	uint8_t bytes[8 + BT_VARINT_MAX], *end;

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(l->version >> (8 * i));
	end = bt_varint_put(bytes + 8, l->files);
	bt_buf_addch(out, (int)strlen(l->name));
	bt_buf_adds(out, l->name);
	bt_buf_add(out, bytes, (size_t)(end - bytes));
}

int bt_census_take(struct bt_store *store, uint32_t root, struct bt_buf *out, struct bt_err *err)
{
	BT_CLEANUP(census_release) struct census c = { .nr = 0 };
	BT_CLEANUP(bt_manifest_release) struct bt_manifest m = BT_MANIFEST_INIT;

	if (bt_index_manifest(store, root, false, &m, err) || read_langs(&c, store, err) || count(&c, &m, err))
		return err->code;
	if (c.nr)
		qsort(c.langs, c.nr, sizeof(*c.langs), by_name);
	for (size_t i = 0; i < c.nr; i++)
		if (c.langs[i].files)
			put(&c.langs[i], out);
	return bt_buf_check(out, "the languages of a snapshot", err);
}

int bt_census_next(struct bt_reader *r, struct bt_census_lang *ret_l, struct bt_err *err)
{
	const uint8_t *len, *name, *version;

	if (r->at == r->end && !r->bad)
		return BT_DONE;
	memset(ret_l, 0, sizeof(*ret_l));
	len = bt_reader_bytes(r, 1);
	name = bt_reader_bytes(r, len ? *len : 0);
	version = bt_reader_bytes(r, 8);
	ret_l->files = bt_reader_varint(r);
	if (r->bad || !len || !name || !version || *len >= sizeof(ret_l->name))
		return bt_err_set(err, BT_ERR_CORRUPT, "the languages of a snapshot make no sense");
	memcpy(ret_l->name, name, *len);
	for (int i = 7; i >= 0; i--)
		ret_l->version = ret_l->version << 8 | version[i];
	return BT_ROW;
}
