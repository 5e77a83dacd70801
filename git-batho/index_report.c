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
	if (!s->blobs_parsed && !s->blobs_skipped && !s->blobs_killed && !s->blobs_missing) {
		bt_out_text(out, BT_COLOR_NONE, "nothing to do", 13);
		return;
	}
	bt_out_textf(out, BT_COLOR_NONE, "%" PRIu64 " parsed (%" PRIu64 " bytes), %" PRIu64 " skipped",
		     s->blobs_parsed, s->bytes_parsed, s->blobs_skipped);
	if (s->blobs_killed)
		bt_out_textf(out, BT_COLOR_WARN, ", %" PRIu64 " killed", s->blobs_killed);
	if (s->blobs_missing)
		bt_out_textf(out, BT_COLOR_WARN, ", %" PRIu64 " missing", s->blobs_missing);
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
		char hex[BT_DIGEST_HEX_LEN + 1];

		bt_out_textf(out, BT_COLOR_NOTE, "digest %s", bt_digest_hex(&root->digest, hex));
	}
	bt_out_nl(out);
	return root->missing ? 1 : 0;
}

int bt_index_report_many(struct bt_context *c, const struct bt_index_many *many,
			 const struct bt_index_stats *stats)
{
	struct bt_out *out = c->out;
	char hex[BT_OID_HEX_MAX + 1];

	bt_out_record(out, "summary");
	bt_out_uint(out, "revisions", many->revisions);
	put_stats(out, stats);
	bt_out_uint(out, "incomplete", many->incomplete);
	bt_out_record_end(out);
	if (c->common.quiet && !many->incomplete)
		return 0;
	bt_out_textf(out, BT_COLOR_NONE, "%" PRIu64 " revision%s indexed; ", many->revisions,
		     many->revisions == 1 ? "" : "s");
	text_stats(out, stats);
	bt_out_nl(out);
	if (many->incomplete) {
		bt_out_textf(out, BT_COLOR_WARN, "incomplete (%" PRIu64 " revision%s)", many->incomplete,
			     many->incomplete == 1 ? "" : "s");
		bt_out_textf(out, BT_COLOR_NOTE, "; see `git batho stats --skipped --rev %s`",
			     bt_oid_hex(&many->first_incomplete, hex));
		bt_out_nl(out);
	}
	return many->missing ? 1 : 0;
}
