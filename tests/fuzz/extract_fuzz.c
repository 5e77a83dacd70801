/*
 * Extraction of every language. The first line names the language, else the first byte picks one. The fast
 * path and the stock path give the same record; a record decodes, and encodes to itself; a failure is a limit.
 */
#include "core/facts/facts.h"
#include "core/lang/extract.h"
#include "tests/fuzz/fuzz.h"

/* Time, not shape, is what larger inputs add. */
#define SOURCE_MAX ((size_t)128 << 10)

static const struct bt_lang *pick(const uint8_t **data, size_t *size)
{
	const uint8_t *nl = memchr(*data, '\n', *size < 32 ? *size : 32);
	const struct bt_lang *lang = NULL;
	uint8_t first = **data;
	size_t used = 1;

	if (nl) {
		char name[33] = "";

		memcpy(name, *data, (size_t)(nl - *data));
		lang = bt_lang_find(name);
		if (lang)
			used = (size_t)(nl - *data) + 1;
	}
	*data += used;
	*size -= used;
	return lang ? lang : bt_lang_get(first % bt_langs_nr());
}

static int extract(const struct bt_lang *lang, bool fast, const uint8_t *data, size_t size, struct bt_buf *out)
{
	struct bt_err err = BT_ERR_INIT;
	int rc;

	bt_extract_set_fast(fast);
	rc = bt_extract(lang, (const char *)data, size, out, &err);
	if (rc && rc != BT_ERR_LIMIT)
		fprintf(stderr, "%s: %s\n", lang->name, err.msg);
	FUZZ_CHECK(!rc || rc == BT_ERR_LIMIT);
	return rc;
}

static void check_record(const struct bt_buf *record, size_t size)
{
	struct bt_arena arena = BT_ARENA_INIT;
	struct bt_err err = BT_ERR_INIT;
	BT_BUF_OWNED struct bt_buf again = BT_BUF_INIT;
	struct bt_facts f;

	FUZZ_CHECK(!bt_facts_decode(record->data, record->len, &arena, &f, &err));
	FUZZ_CHECK(f.size == size && f.code_lines + f.comment_lines + f.blank_lines >= f.lines_nr);
	bt_facts_encode(&f, &again);
	FUZZ_CHECK(again.len == record->len && !memcmp(again.data, record->data, record->len));
	bt_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	BT_BUF_OWNED struct bt_buf fast = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf stock = BT_BUF_INIT;
	const struct bt_lang *lang;
	int rc;

	if (!size)
		return 0;
	lang = pick(&data, &size);
	if (size > SOURCE_MAX)
		size = SOURCE_MAX;
	/* Detection by content sees the same bytes. */
	bt_content_is_binary((const char *)data, size);
	bt_content_is_lfs_pointer((const char *)data, size);
	rc = extract(lang, true, data, size, &fast);
	/* The limit on memory is the fast path's alone. */
	if (rc)
		return 0;
	check_record(&fast, size);
	rc = extract(lang, false, data, size, &stock);
	FUZZ_CHECK(!rc);
	FUZZ_CHECK(fast.len == stock.len && !memcmp(fast.data, stock.data, fast.len));
	return 0;
}
