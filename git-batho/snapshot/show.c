/*
 * git batho snapshot list, show, delete.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "core/archive/census.h"
#include "git-batho/snapshot/snapshot.h"
#include "store/queue_audit.h"

static void print_time(struct bt_out *out, int64_t at_ms)
{
	time_t at = (time_t)(at_ms / 1000);
	struct tm tm;
	char text[32];

	if (localtime_r(&at, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
		bt_out_textf(out, BT_COLOR_NONE, "%s", text);
}

static const char *branch_name(const char *ref)
{
	static const char prefix[] = "refs/heads/";

	return strncmp(ref, prefix, sizeof(prefix) - 1) ? ref : ref + sizeof(prefix) - 1;
}

static void print_line(struct bt_out *out, const struct bt_snapshot *s)
{
	char hex[BT_OID_HEX_MAX + 1];

	bt_out_textf(out, BT_COLOR_NAME, "%" PRIu64, s->id);
	bt_out_pad(out, 6);
	bt_out_textf(out, BT_COLOR_NONE, "%.10s", bt_oid_hex(s->commit.len ? &s->commit : &s->tree, hex));
	bt_out_pad(out, 18);
	print_time(out, s->at);
	bt_out_pad(out, 36);
	bt_out_textf(out, BT_COLOR_NONE, "%" PRIu64 " file%s", s->files, s->files == 1 ? "" : "s");
	if (s->incomplete)
		bt_out_textf(out, BT_COLOR_WARN, " (%" PRIu64 " missing)", s->incomplete);
	if (s->label || s->branch)
		bt_out_pad(out, 50);
	if (s->label)
		bt_out_textf(out, BT_COLOR_NAME, "%s", s->label);
	if (s->branch)
		bt_out_textf(out, BT_COLOR_PATH, "%s[%s]", s->label ? " " : "", branch_name(s->branch));
	bt_out_nl(out);
}

static void print_snapshot(struct bt_out *out, const struct bt_snapshot *s)
{
	bt_out_record(out, "snapshot");
	snapshot_print_record(out, s);
	bt_out_record_end(out);
	if (bt_out_is_human(out))
		print_line(out, s);
}

int snapshot_list(struct snapshots *s, struct bt_err *err)
{
	struct bt_snapshot *list = NULL;
	size_t nr = 0;

	if (s->q && bt_snapshots(s->q, &s->arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++)
		print_snapshot(s->c->out, &list[i]);
	if (!nr && bt_out_is_human(s->c->out)) {
		bt_out_textf(s->c->out, BT_COLOR_NONE, "there are no snapshots");
		bt_out_nl(s->c->out);
	}
	return 0;
}

/* --- one --- */

static int print_languages(struct bt_out *out, const struct bt_snapshot *s, struct bt_err *err)
{
	struct bt_reader r = bt_reader_make(s->versions, s->versions_len);
	struct bt_census_lang l;
	int rc;

	while ((rc = bt_census_next(&r, &l, err)) == BT_ROW) {
		bt_out_record(out, "language");
		bt_out_cstr(out, "name", l.name);
		bt_out_hex64(out, "version", l.version);
		bt_out_uint(out, "files", l.files);
		bt_out_record_end(out);
		bt_out_textf(out, BT_COLOR_NONE, "  %s", l.name);
		bt_out_pad(out, 16);
		bt_out_textf(out, BT_COLOR_NONE, "%" PRIu64 " file%s", l.files, l.files == 1 ? "" : "s");
		bt_out_pad(out, 30);
		bt_out_textf(out, BT_COLOR_NOTE, "version %016" PRIx64, l.version);
		bt_out_nl(out);
	}
	return rc;
}

static int print_patches(struct snapshots *s, const struct bt_snapshot *snap, struct bt_err *err)
{
	struct bt_out *out = s->c->out;
	struct bt_patch *list;
	size_t nr;

	if (bt_patches(s->q, snap->id, &s->arena, &list, &nr, err))
		return err->code;
	for (size_t i = 0; i < nr; i++) {
		bt_out_record(out, "patch");
		bt_out_uint(out, "older", list[i].older);
		bt_out_uint(out, "newer", list[i].newer);
		bt_out_uint(out, "changes", list[i].changes);
		bt_out_uint(out, "bytes", list[i].bytes);
		bt_out_int(out, "saved_at_ms", list[i].at);
		bt_out_record_end(out);
		bt_out_textf(out, BT_COLOR_NONE, "difference %" PRIu64 " %" PRIu64 ": %" PRIu64 " change%s, %" PRIu64 " bytes, saved ",
			     list[i].older, list[i].newer, list[i].changes, list[i].changes == 1 ? "" : "s", list[i].bytes);
		print_time(out, list[i].at);
		bt_out_nl(out);
	}
	return 0;
}

static void line(struct bt_out *out, const char *what, const char *text)
{
	bt_out_textf(out, BT_COLOR_NONE, "%s", what);
	bt_out_pad(out, 12);
	bt_out_textf(out, BT_COLOR_NONE, "%s", text);
	bt_out_nl(out);
}

static void print_details(struct bt_out *out, const struct bt_snapshot *s)
{
	char hex[BT_OID_HEX_MAX + 1], digest[BT_DIGEST_HEX_LEN + 1], number[64];

	bt_out_textf(out, BT_COLOR_NONE, "snapshot ");
	snapshot_print_name(out, s);
	bt_out_nl(out);
	if (s->commit.len)
		line(out, "commit", bt_oid_hex(&s->commit, hex));
	line(out, "tree", bt_oid_hex(&s->tree, hex));
	if (s->branch)
		line(out, "branch", branch_name(s->branch));
	line(out, "digest", s->complete ? bt_digest_hex(&s->digest, digest) : "none: files are missing");
	bt_out_textf(out, BT_COLOR_NONE, "recorded");
	bt_out_pad(out, 12);
	print_time(out, s->at);
	bt_out_nl(out);
	snprintf(number, sizeof(number), "%" PRIu64 "%s", s->files, s->incomplete ? " (incomplete)" : "");
	line(out, "files", number);
}

int snapshot_show(struct snapshots *s, const char *name, struct bt_err *err)
{
	struct bt_out *out = s->c->out;
	struct bt_snapshot snap;

	if (snapshot_find(s, name, &snap, err))
		return err->code;
	bt_out_record(out, "snapshot");
	snapshot_print_record(out, &snap);
	bt_out_record_end(out);
	if (bt_out_is_human(out))
		print_details(out, &snap);
	return print_languages(out, &snap, err) || print_patches(s, &snap, err) ? err->code : 0;
}

/* --- going --- */

/* A row, its place in indexes, and what belongs to it: about. */
static int count_bytes(struct snapshots *s, const struct bt_snapshot *snap, uint64_t *ret_bytes, size_t *ret_patches, struct bt_err *err)
{
	struct bt_patch *list;

	*ret_bytes = snap->versions_len + 300;
	if (bt_patches(s->q, snap->id, &s->arena, &list, ret_patches, err))
		return err->code;
	for (size_t i = 0; i < *ret_patches; i++)
		*ret_bytes += list[i].bytes + 100;
	return 0;
}

static int delete_row(struct snapshots *s, const struct bt_snapshot *snap, struct bt_err *err)
{
	BT_FREE char *detail = bt_xasprintf("%" PRIu64 "%s%s", snap->id, snap->label ? " " : "", snap->label ? snap->label : "");

	return bt_snapshot_delete(s->q, snap->id, err) || bt_queue_audit(s->q, "snapshot delete", "ok", detail, err) ? err->code : 0;
}

static int delete_one(struct snapshots *s, const struct bt_snapshot *snap, uint64_t *total, struct bt_err *err)
{
	struct bt_out *out = s->c->out;
	uint64_t bytes;
	size_t patches;

	if (count_bytes(s, snap, &bytes, &patches, err) || (s->o->apply && delete_row(s, snap, err)))
		return err->code;
	*total += bytes;
	bt_out_record(out, "deleted");
	bt_out_uint(out, "id", snap->id);
	bt_out_cstr(out, "label", snap->label);
	bt_out_uint(out, "patches", patches);
	bt_out_uint(out, "bytes", bytes);
	bt_out_bool(out, "applied", s->o->apply);
	bt_out_record_end(out);
	bt_out_textf(out, BT_COLOR_NONE, "%s snapshot ", s->o->apply ? "deleted" : "would delete");
	snapshot_print_name(out, snap);
	if (patches)
		bt_out_textf(out, BT_COLOR_NONE, " and %zu saved difference%s", patches, patches == 1 ? "" : "s");
	bt_out_textf(out, BT_COLOR_NOTE, ": about %" PRIu64 " bytes", bytes);
	bt_out_nl(out);
	return 0;
}

/* All or none: a name that is wrong is said before anything goes. One that is named twice goes once. */
int snapshot_delete(struct snapshots *s, char *const *names, size_t nr, struct bt_err *err)
{
	struct bt_snapshot *list = bt_arena_alloc(&s->arena, nr * sizeof(*list));
	uint64_t total = 0;
	size_t found = 0;

	for (size_t i = 0; i < nr; i++) {
		size_t k = 0;

		if (snapshot_find(s, names[i], &list[found], err))
			return err->code;
		while (k < found && list[k].id != list[found].id)
			k++;
		found += k == found;
	}
	if (s->o->apply && bt_queue_begin(s->q, err))
		return err->code;
	for (size_t i = 0; i < found; i++)
		if (delete_one(s, &list[i], &total, err)) {
			bt_queue_rollback(s->q);
			return err->code;
		}
	if (s->o->apply && bt_queue_commit(s->q, err))
		return err->code;
	if (!s->o->apply)
		bt_notice(s->c, "nothing was deleted; --apply does it");
	return 0;
}
