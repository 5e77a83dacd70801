/*
 * What rules get from outside, on any bytes. The first byte says which reader: a project's rule file, the record of a
 * blob's findings, a request, a baseline. They refuse, or what they give holds what its header promises; a record
 * that was let in encodes to the same bytes again.
 */
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/rules/baseline.h"
#include "core/rules/record.h"
#include "core/rules/request.h"
#include "core/rules/ruleset.h"
#include "tests/fuzz/fuzz.h"

#define RULES_NR 40

static void read_rule(const uint8_t *data, size_t size)
{
	const struct bt_rule_file file = { "a-rule", (const char *)data, size };
	struct bt_ruleset set = BT_RULESET_INIT;
	struct bt_err err = BT_ERR_INIT;

	if (!bt_ruleset_init(&set, &file, 1, &err)) {
		const struct bt_rule *r = bt_ruleset_find(&set, "a-rule", 6);

		FUZZ_CHECK(r && r->info.path && !r->analysis && !r->any && r->queries_nr && r->langs_nr);
		FUZZ_CHECK(r->info.severity < BT_SEVERITY_NR && *r->info.message);
		for (size_t i = 0; i < r->queries_nr; i++)
			FUZZ_CHECK(r->queries[i].len <= BT_RULE_QUERY_MAX && bt_rule_applies(r, r->queries[i].lang));
		for (size_t i = 0; i < r->words_nr; i++)
			FUZZ_CHECK(*r->words[i].text);
	} else {
		FUZZ_CHECK(*err.msg && !strchr(err.msg, '\n'));
	}
	bt_ruleset_release(&set);
}

static void read_record(const uint8_t *data, size_t size)
{
	BT_BUF_OWNED struct bt_buf again = BT_BUF_INIT;
	struct bt_arena arena = BT_ARENA_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_record r;

	if (!bt_record_decode(data, size, RULES_NR, &arena, &r, &err)) {
		for (uint32_t i = 0; i < r.found_nr; i++) {
			const struct bt_found *f = &r.found[i];

			FUZZ_CHECK(f->rule < RULES_NR && f->start <= f->end && f->end <= r.size && f->row <= f->end_row);
			FUZZ_CHECK(f->end_row <= r.size && f->code_len <= BT_RECORD_CODE_MAX);
			FUZZ_CHECK(!i || f->start >= r.found[i - 1].start);
		}
		for (uint32_t i = 0; i < r.marks_nr; i++)
			FUZZ_CHECK(r.marks[i].start <= r.size && r.marks[i].rules_len <= BT_RECORD_RULES_MAX);
		for (uint32_t i = 0; i < r.troubles_nr; i++)
			FUZZ_CHECK(r.troubles[i].rule < RULES_NR && r.troubles[i].len <= BT_RECORD_TROUBLE_MAX);
		bt_record_encode(&r, &again);
		if (again.len)
			FUZZ_CHECK(again.len == size && !memcmp(again.data, data, size));
	}
	bt_arena_release(&arena);
}

static void read_request(const uint8_t *data, size_t size)
{
	struct bt_request r = BT_REQUEST_INIT;
	struct bt_err err = BT_ERR_INIT;
	size_t bytes = 0;

	if (bt_request_decode(data, size, &r, &err))
		return;
	for (size_t i = 0; i < r.blobs_nr; i++)
		bytes += strlen(r.blobs[i].path) + strlen(r.blobs[i].lang) + r.blobs[i].len;
	FUZZ_CHECK(bytes <= size && strlen(r.store_dir) < size);
	bt_request_release(&r);
}

static void read_baseline(const uint8_t *data, size_t size)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_baseline b = BT_BASELINE_INIT, again = BT_BASELINE_INIT;
	struct bt_err err = BT_ERR_INIT;

	if (!bt_baseline_read((const char *)data, size, "x", &b, &err)) {
		for (size_t i = 0; i < b.nr; i++)
			b.entries[i].left = 0;	/* as if all had matched */
		bt_baseline_shrink(&b, &text);
		FUZZ_CHECK(!bt_baseline_read(bt_buf_cstr(&text), text.len, "x", &again, &err));
		FUZZ_CHECK(again.nr <= b.nr);
	}
	bt_baseline_release(&again);
	bt_baseline_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0] % 4) {
	case 0:
		read_rule(data + 1, size - 1);
		break;
	case 1:
		read_record(data + 1, size - 1);
		break;
	case 2:
		read_request(data + 1, size - 1);
		break;
	default:
		read_baseline(data + 1, size - 1);
	}
	return 0;
}
