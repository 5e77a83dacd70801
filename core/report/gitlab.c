/*
 * GitLab's Code Quality report: one array. GitLab tells findings apart by their fingerprints alone, and shows
 * those that the target branch does not have: the line is no part of it, the path and the ordinal are.
 */
#include <inttypes.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/report/impl.h"

static const char *const severities[BT_SEVERITY_NR] = {
	[BT_SEVERITY_OFF] = "info",
	[BT_SEVERITY_NOTE] = "info",
	[BT_SEVERITY_WARNING] = "minor",
	[BT_SEVERITY_ERROR] = "major",
};

static uint64_t fingerprint(const struct bt_finding *f, uint32_t ordinal)
{
	return bt_hash64(f->path, f->path_len, bt_mix64(f->fingerprint ^ bt_mix64(ordinal + (uint64_t)1)));
}

static void put_finding(struct bt_buf *b, const struct bt_finding *f, uint32_t ordinal)
{
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;

	bt_report_message(&message, f);
	bt_buf_adds(b, "{\"description\":");
	bt_text_json(b, bt_buf_cstr(&message), message.len);
	bt_buf_addf(b, ",\"check_name\":\"%s\",\"fingerprint\":\"%016" PRIx64 "\",\"severity\":\"%s\"",
		    f->rule->id, fingerprint(f, ordinal), severities[f->rule->severity]);
	bt_buf_adds(b, ",\"location\":{\"path\":");
	bt_text_json(b, f->path, f->path_len);
	bt_buf_addf(b, ",\"lines\":{\"begin\":%" PRIu64 ",\"end\":%" PRIu64 "}}}", f->row + (uint64_t)1,
		    f->end_row + (uint64_t)1);
}

void bt_report_gitlab(const struct bt_report *r, struct bt_report_text *t)
{
	BT_CLEANUP(bt_report_twins_release) struct bt_report_twins twins = { .path = NULL };
	const struct bt_findings *l = r->findings;

	bt_buf_addch(&t->buf, '[');
	for (size_t i = 0; i < l->nr && bt_report_pass(t); i++) {
		bt_buf_adds(&t->buf, i ? ",\n" : "\n");
		put_finding(&t->buf, &l->items[i], bt_report_ordinal(&twins, &l->items[i]));
	}
	bt_buf_adds(&t->buf, l->nr ? "\n]\n" : "]\n");
}
