/*
 * Rows of index.db that this program decodes itself: tree rows and manifests. The first byte picks: 'r' or 'm',
 * else both.
 */
#include "core/base/limits.h"
#include "core/index/manifest.h"
#include "core/index/tree_row.h"
#include "tests/fuzz/fuzz.h"

static void check_again(const struct bt_row_entry *e)
{
	BT_BUF_OWNED struct bt_buf row = BT_BUF_INIT;
	struct bt_row_reader r;
	struct bt_row_entry again;
	struct bt_err err = BT_ERR_INIT;

	bt_row_entry_put(&row, e);
	bt_row_reader_init(&r, row.data, row.len);
	FUZZ_CHECK(bt_row_reader_next(&r, &again, &err) == BT_ROW);
	FUZZ_CHECK(again.tree == e->tree && again.id == e->id && again.lang == e->lang);
	FUZZ_CHECK(e->tree || (again.state == e->state && again.flags == e->flags));
	FUZZ_CHECK(again.name_len == e->name_len && !memcmp(again.name, e->name, e->name_len));
	FUZZ_CHECK(bt_row_reader_next(&r, &again, &err) == BT_DONE);
}

static void tree_row(const uint8_t *data, size_t size)
{
	struct bt_row_reader r;
	struct bt_row_entry e;
	struct bt_err err = BT_ERR_INIT;
	int rc;

	bt_row_reader_init(&r, data, size);
	while ((rc = bt_row_reader_next(&r, &e, &err)) == BT_ROW)
		check_again(&e);
	FUZZ_CHECK(rc == BT_DONE || (rc == BT_ERR_CORRUPT && *err.msg));
}

/* Walking gives what asking gives, until something is damaged. */
static void walk(const struct bt_manifest *m)
{
	struct bt_manifest_walk w;
	struct bt_manifest_file f;
	struct bt_err err = BT_ERR_INIT;

	bt_manifest_walk_init(&w, m);
	for (uint32_t i = 0; i < 64 && bt_manifest_walk_next(&w, &f, &err) == BT_ROW; i++) {
		BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

		FUZZ_CHECK(w.len <= BT_PATH_LEN_MAX && !w.path[w.len]);
		FUZZ_CHECK(!bt_manifest_path(m, i, &path, &err));
		FUZZ_CHECK(path.len == w.len && !memcmp(bt_buf_cstr(&path), w.path, w.len));
	}
}

static void manifest(const uint8_t *data, size_t size)
{
	struct bt_manifest m = BT_MANIFEST_INIT;
	struct bt_err err = BT_ERR_INIT;

	bt_buf_add(&m.data, data, size);
	if (!bt_manifest_load(&m, &err)) {
		uint32_t step = m.nr / 64 + 1, at = 0;

		walk(&m);
		for (uint32_t i = 0; i < m.nr; i += step) {
			BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

			bt_manifest_file_get(&m, i);
			if (bt_manifest_path(&m, i, &path, &err))
				continue;
			FUZZ_CHECK(path.len <= BT_PATH_LEN_MAX);
			if (!bt_manifest_lower_bound(&m, path.data ? path.data : "", path.len, &at, &err))
				FUZZ_CHECK(at <= m.nr);
			if (bt_manifest_find(&m, path.data ? path.data : "", path.len, &at, &err) == BT_ROW)
				FUZZ_CHECK(at < m.nr);
		}
		if (bt_manifest_find(&m, "no/such/file", 12, &at, &err) == BT_ROW)
			FUZZ_CHECK(at < m.nr);
	}
	bt_manifest_release(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int what = size ? *data : 0;

	if (what != 'm')
		tree_row(size ? data + 1 : data, size ? size - 1 : 0);
	if (what != 'r')
		manifest(size ? data + 1 : data, size ? size - 1 : 0);
	return 0;
}
