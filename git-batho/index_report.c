/*
 * The answer of `index`: what was done, and the digest of what is there.
 */
#include "git-batho/index_report.h"

#include <inttypes.h>

static void put_stats(struct bt_out *out, const struct bt_index_stats *s)
{
	bt_out_uint(out, "parsed", s->blobs_parsed);
	bt_out_uint(out, "parsed_bytes", s->bytes_parsed);
	bt_out_uint(out, "skipped", s->blobs_skipped);
	bt_out_uint(out, "killed", s->blobs_killed);
	bt_out_uint(out, "missing", s->blobs_missing);
}

static void text_stats(struct bt_out *out, const struct bt_index_stats *s)
{
	if (!s->blobs_parsed && !s->blobs_skipped && !s->blobs_killed) {
		bt_out_text(out, BT_COLOR_NONE, "nothing to do", 13);
		return;
	}
	bt_out_textf(out, BT_COLOR_NONE, "%" PRIu64 " parsed (%" PRIu64 " bytes), %" PRIu64 " skipped",
		     s->blobs_parsed, s->bytes_parsed, s->blobs_skipped);
	if (s->blobs_killed)
		bt_out_textf(out, BT_COLOR_WARN, ", %" PRIu64 " killed", s->blobs_killed);
}

int bt_index_report_root(struct bt_context *c, const char *name, const struct bt_rev *rev,
			 const struct bt_index_root *root, const struct bt_index_stats *stats)
{
	struct bt_out *out = c->out;

	bt_out_record(out, "root");
	bt_out_cstr(out, "name", name);
	if (rev && rev->commit.len)
		bt_out_oid(out, "commit", &rev->commit);
	else
		bt_out_null(out, "commit");
	if (root->killed)
		bt_out_null(out, "digest");
	else
		bt_out_hex(out, "digest", root->digest.raw, BT_DIGEST_LEN);
	bt_out_uint(out, "files", root->blobs);
	bt_out_uint(out, "incomplete", root->killed);
	put_stats(out, stats);
	bt_out_record_end(out);

	if (c->common.quiet && !root->killed)
		return 0;
	bt_out_textf(out, BT_COLOR_NAME, "%s", name);
	bt_out_textf(out, BT_COLOR_NONE, ": %" PRIu32 " file%s indexed; ", root->blobs,
		     root->blobs == 1 ? "" : "s");
	text_stats(out, stats);
	bt_out_nl(out);
	if (root->killed) {
		bt_out_textf(out, BT_COLOR_WARN, "incomplete (%" PRIu32 ")", root->killed);
		bt_out_textf(out, BT_COLOR_NOTE, "; see `git batho stats --skipped`");
	} else {
		bt_out_textf(out, BT_COLOR_NOTE, "digest ");
		for (size_t i = 0; i < BT_DIGEST_LEN; i++)
			bt_out_textf(out, BT_COLOR_NOTE, "%02x", root->digest.raw[i]);
	}
	bt_out_nl(out);
	return root->missing ? 1 : 0;
}

int bt_index_report_many(struct bt_context *c, uint64_t revisions, const struct bt_index_stats *stats)
{
	struct bt_out *out = c->out;

	bt_out_record(out, "summary");
	bt_out_uint(out, "revisions", revisions);
	put_stats(out, stats);
	bt_out_record_end(out);
	if (c->common.quiet)
		return 0;
	bt_out_textf(out, BT_COLOR_NONE, "%" PRIu64 " revision%s indexed; ", revisions,
		     revisions == 1 ? "" : "s");
	text_stats(out, stats);
	bt_out_nl(out);
	return 0;
}
