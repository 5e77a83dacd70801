/*
 * Reading frozen facts: a group is unpacked, and the last few stay at hand.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/limits.h"
#include "core/base/metric.h"
#include "core/base/varint.h"
#include "store/frozen_int.h"

void bt_frozen_thawed_forget(struct bt_frozen *f)
{
	for (size_t i = 0; i < BT_THAWED_NR; i++) {
		bt_buf_release(&f->thawed[i].raw);
		f->thawed[i].group = 0;
	}
	f->thawed_len = 0;
}

void bt_frozen_release(struct bt_store *s)
{
	struct bt_frozen *f = s->frozen;

	if (!f)
		return;
	bt_frozen_close(f);
	bt_frozen_thawed_forget(f);
	bt_compressor_release(&f->file.compressor);
	bt_buf_release(&f->scratch);
	free(f->folder);
	free(f->path);
	free(f);
	s->frozen = NULL;
}

/* --- is it there? --- */

int bt_frozen_any(struct bt_store *s, bool *ret_any, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	struct bt_frozen *f = bt_frozen_get(s);
	int rc;

	if (!f->looked) {
		rc = bt_sql_get(s, BT_SQL_FROZEN_ANY, &q, err);
		if (!rc)
			rc = bt_sql_step(s, q, err);
		if (rc < 0)
			return rc;
		f->any = rc == BT_ROW;
		f->looked = true;
	}
	*ret_any = f->any;
	return 0;
}

int bt_store_frozen_away(struct bt_store *s, bool *ret_away, struct bt_err *err)
{
	bool any = false;
	int rc = bt_frozen_any(s, &any, err);

	*ret_away = false;
	if (rc || !any || s->frozen->file.db)
		return rc;
	rc = bt_frozen_find_file(s, err);
	if (rc < 0)
		return rc;
	*ret_away = rc == BT_DONE || access(s->frozen->path, R_OK);
	return 0;
}

int bt_frozen_find(struct bt_store *s, uint32_t blob_id, struct bt_frozen_place *ret_p, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int64_t place, len;
	int rc = bt_sql_get(s, BT_SQL_FROZEN_FIND, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, blob_id);
	rc = bt_sql_step(s, q, err);
	if (rc != BT_ROW)
		return rc;
	ret_p->group = sqlite3_column_int64(q, 0);
	place = sqlite3_column_int64(q, 1);
	len = sqlite3_column_int64(q, 2);
	ret_p->seal = (uint32_t)sqlite3_column_int64(q, 3);
	if (ret_p->group <= 0 || place < 0 || len < 0 || place > INT32_MAX || len > (int64_t)BT_FACTS_LEN_MAX)
		return bt_store_corrupt(s, err, "the place of frozen facts makes no sense");
	ret_p->place = (size_t)place;
	ret_p->len = (size_t)len;
	return BT_ROW;
}

int bt_store_facts_there(struct bt_store *s, uint32_t blob_id, struct bt_err *err)
{
	struct bt_frozen_place p;
	bool away = false;
	int rc = bt_store_frozen_away(s, &away, err);

	if (rc || !away)
		return rc ? rc : BT_ROW;
	rc = bt_frozen_find(s, blob_id, &p, err);
	return rc < 0 ? rc : rc == BT_ROW ? BT_DONE : BT_ROW;
}

/* --- groups at hand --- */

static struct bt_thawed *thawed_find(struct bt_frozen *f, int64_t group)
{
	for (size_t i = 0; i < BT_THAWED_NR; i++)
		if (f->thawed[i].group == group)
			return &f->thawed[i];
	return NULL;
}

static void thawed_drop(struct bt_frozen *f, struct bt_thawed *t)
{
	f->thawed_len -= t->raw.len;
	bt_buf_release(&t->raw);
	t->group = 0;
}

/* A free place, and room for len bytes: what was used longest ago goes. */
static struct bt_thawed *thawed_room(struct bt_frozen *f, size_t len)
{
	for (;;) {
		struct bt_thawed *oldest = NULL, *empty = NULL;

		for (size_t i = 0; i < BT_THAWED_NR; i++) {
			struct bt_thawed *t = &f->thawed[i];

			if (!t->group)
				empty = t;
			else if (!oldest || t->used < oldest->used)
				oldest = t;
		}
		if (empty && (!oldest || f->thawed_len + len <= f->thawed_max))
			return empty;
		thawed_drop(f, oldest);
	}
}

/* The raw length stands in the value; a record may be large, a group is one record then. */
static int group_unpack(struct bt_store *s, int64_t group, struct bt_buf *out, struct bt_err *err)
{
	struct bt_frozen *f = s->frozen;
	struct bt_err cause = BT_ERR_INIT;
	int rc = bt_value_unpack_with(&f->file, &f->file.compressor, BT_VALUE_FROZEN, group, NULL, 0, f->scratch.data,
				      f->scratch.len, BT_FACTS_LEN_MAX, out, &cause);

	if (rc == BT_ERR_CORRUPT)
		return bt_frozen_damaged(f, "the checksum of a group is wrong", err);
	if (rc)
		*err = cause;
	return rc;
}

static int group_missing(struct bt_frozen *f, struct bt_err *err)
{
	return bt_frozen_damaged(f, "a group is missing", err);
}

int bt_frozen_thaw_group(struct bt_store *s, int64_t group, const struct bt_buf **ret_raw, struct bt_err *err)
{
	struct bt_frozen *f = bt_frozen_get(s);
	struct bt_thawed *t = thawed_find(f, group);
	struct bt_buf raw = BT_BUF_INIT;
	int rc;

	if (t) {
		f->thaws.hits++;
		t->used = ++f->uses;
		*ret_raw = &t->raw;
		return 0;
	}
	rc = bt_frozen_find_file(s, err);
	if (rc == BT_DONE)
		return bt_store_corrupt(s, err, "facts are frozen in a file without a name");
	if (rc == BT_ROW)
		rc = bt_frozen_open(s, err);
	if (!rc)
		rc = bt_frozen_group_read(f, group, &f->scratch, err);
	if (rc != BT_ROW)
		return rc ? rc : group_missing(f, err);
	bt_buf_init(&raw, BT_FACTS_LEN_MAX);
	rc = group_unpack(s, group, &raw, err);
	if (rc) {
		bt_buf_release(&raw);
		return rc;
	}
	f->thaws.groups++;
	t = thawed_room(f, raw.len);
	*t = (struct bt_thawed){ .group = group, .used = ++f->uses, .raw = raw };
	f->thawed_len += raw.len;
	*ret_raw = &t->raw;
	return 0;
}

/* --- records --- */

int bt_frozen_record(struct bt_store *s, uint32_t blob_id, const struct bt_frozen_place *p, const char **ret_rec,
		     struct bt_err *err)
{
	const struct bt_buf *raw = NULL;
	int rc = bt_frozen_thaw_group(s, p->group, &raw, err);

	if (rc)
		return rc;
	if (p->place > raw->len || p->len > raw->len - p->place ||
	    bt_value_check(BT_VALUE_THAWED, blob_id, raw->data + p->place, p->len) != p->seal)
		return bt_store_corrupt(s, err, "the checksum of a frozen record is wrong");
	bt_count(BT_METRIC_CACHE_THAWED, 0, 1);
	*ret_rec = raw->data + p->place;
	return 0;
}

/* As if it were stored warm, and did not get smaller when it was compressed. */
int bt_frozen_packed(struct bt_store *s, uint32_t blob_id, struct bt_buf *out, struct bt_err *err)
{
	uint8_t head[BT_VALUE_CHECK_LEN + BT_VARINT_MAX + 1] = { 0 }, *at;
	struct bt_frozen_place p;
	const char *rec = NULL;
	int rc = bt_frozen_find(s, blob_id, &p, err);

	if (rc == BT_ROW)
		rc = bt_frozen_record(s, blob_id, &p, &rec, err);
	else
		return rc;
	if (rc)
		return rc;
	at = bt_varint_put(head + BT_VALUE_CHECK_LEN, p.len);
	*at++ = BT_CODEC_STORED;
	bt_buf_clear(out);
	bt_buf_add(out, head, (size_t)(at - head));
	bt_buf_add(out, rec, p.len);
	rc = bt_buf_check(out, "facts", err);
	if (rc)
		return rc;
	bt_value_seal(BT_VALUE_FACTS, blob_id, out->data, out->len);
	return BT_ROW;
}

void bt_store_thaws_get(const struct bt_store *s, struct bt_thaws *ret_t)
{
	*ret_t = s->frozen ? s->frozen->thaws : (struct bt_thaws){ 0 };
}

void bt_store_thawed_max(struct bt_store *s, size_t bytes)
{
	bt_frozen_get(s)->thawed_max = bytes;
}
