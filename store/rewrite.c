/*
 * Copying what lives into a new file, which takes the place of the old one. Every row is asked for by its id, so that one that
 * cannot be read costs no other.
 */
#include "store/rewrite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/signal.h"
#include "core/base/trace.h"
#include "store/inspect.h"
#include "store/forget.h"
#include "store/frozen_int.h"
#include "store/open.h"
#include "store/schema.h"
#include "store/segment.h"

/* Names of this much memory become a segment, as in an index run. */
#define NAMES_RECORDS_BYTES ((uint64_t)32 << 20)

struct rewrite {
	struct bt_store *from, *to;
	const struct bt_rewrite_opts *o;
	struct bt_rewritten done;
	struct bt_idset kept;		/* blobs that are in the new file */
	struct bt_buf packed, record;
	struct bt_postings *postings;
	uint64_t gathered;		/* bytes of the records whose names are in postings */
	uint64_t steps, steps_all;
};

static void rewrite_release(struct rewrite *w)
{
	bt_idset_release(&w->kept);
	bt_buf_release(&w->packed);
	bt_buf_release(&w->record);
	bt_postings_free(&w->postings);
}

static void progress_step(struct rewrite *w, uint64_t steps)
{
	w->steps = steps;
	if (w->o->progress)
		w->o->progress(w->o->ctx, steps, w->steps_all);
}

/* Damage is passed over where that is wanted. */
static bool passed_over(const struct rewrite *w, int rc)
{
	return w->o->salvage && rc == BT_ERR_CORRUPT;
}

/* --- rows --- */

/* The row under `from` as it is. */
static int row_put(struct rewrite *w, sqlite3_stmt *from, enum bt_sql put, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *to = NULL;
	int rc = bt_sql_get(w->to, put, &to, err);

	for (int i = 0; !rc && i < sqlite3_column_count(from); i++)
		sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
	return rc ? rc : bt_sql_run(w->to, to, err);
}

/* All rows of a small table. */
static int table_copy(struct rewrite *w, enum bt_sql get, enum bt_sql put, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(w->from, get, &q, err);

	if (rc)
		return rc;
	while ((rc = bt_sql_step(w->from, q, err)) == BT_ROW)
		if (row_put(w, q, put, err))
			return err->code;
	return rc;
}

/* The row of one id: BT_ROW, BT_DONE when there is none. *ret_why: what the reading side said. */
static int row_copy(struct rewrite *w, enum bt_sql get, enum bt_sql put, uint32_t id, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(w->from, get, &q, err);

	if (rc)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	rc = bt_sql_step(w->from, q, err);
	if (rc != BT_ROW)
		return rc;
	rc = row_put(w, q, put, err);
	return rc ? rc : BT_ROW;
}

static int sequences_copy(struct rewrite *w, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(w->from, BT_SQL_COPY_SEQUENCES, &q, err);

	if (rc)
		return rc;
	while ((rc = bt_sql_step(w->from, q, err)) == BT_ROW) {
		BT_SQL_OWNED sqlite3_stmt *drop = NULL;

		/* the segments are others: their ids go on from where they are */
		if (!strcmp((const char *)sqlite3_column_text(q, 0), "segment"))
			continue;
		if (bt_sql_get(w->to, BT_SQL_COPY_SEQUENCE_DROP, &drop, err))
			return err->code;
		sqlite3_bind_value(drop, 1, sqlite3_column_value(q, 0));
		if (bt_sql_run(w->to, drop, err) || row_put(w, q, BT_SQL_COPY_SEQUENCE_PUT, err))
			return err->code;
	}
	return rc;
}

/* --- blobs --- */

static int names_flush(struct rewrite *w, struct bt_err *err)
{
	w->gathered = 0;
	return bt_postings_flush(w->postings, w->to, err);
}

static int record_names(struct rewrite *w, uint32_t id, struct bt_err *err)
{
	if (!w->o->names)
		return 0;
	w->gathered += w->record.len;
	return w->o->names(w->o->ctx, id, w->record.data, w->record.len, w->postings, err);
}

/* BT_ERR_CORRUPT: the record cannot be used. */
static int warm_load(struct rewrite *w, uint32_t id, struct bt_err *err)
{
	int rc = bt_store_facts_packed(w->from, id, &w->packed, err);

	if (rc)
		return rc;
	if (!bt_value_sealed(BT_VALUE_FACTS, id, w->packed.data, w->packed.len))
		return bt_store_corrupt(w->from, err, "the checksum of a record is wrong");
	if (w->o->names)
		rc = bt_store_facts_unpack(w->from, &w->from->compressor, id, &w->packed, &w->record, err);
	return rc ? rc : record_names(w, id, err);
}

/* Its bytes stay where they are. */
static int frozen_load(struct rewrite *w, uint32_t id, struct bt_err *err)
{
	int rc;

	if (!w->o->names)
		return 0;
	rc = bt_store_facts_there(w->from, id, err);
	if (rc == BT_DONE) {
		bt_err_set(err, w->o->salvage ? BT_ERR_CORRUPT : BT_ERR_NOT_FOUND,
			   "the facts of blob %u are frozen, and their file is away", id);
		return bt_err_hint(err, "bring the disk of cache.frozenDir back");
	}
	if (rc < 0)
		return rc;
	bt_buf_clear(&w->record);
	rc = bt_store_facts_read(w->from, id, &w->record, err);
	return rc ? rc : record_names(w, id, err);
}

static int record_load(struct rewrite *w, uint32_t id, bool *ret_frozen, struct bt_err *err)
{
	struct bt_frozen_place place;
	int rc = bt_store_facts_warm(w->from, id, err);

	*ret_frozen = false;
	if (rc == BT_DONE)
		rc = bt_frozen_find(w->from, id, &place, err) == BT_ROW ? BT_DONE : BT_ROW;
	if (rc < 0)
		return rc;
	*ret_frozen = rc == BT_DONE;
	return *ret_frozen ? frozen_load(w, id, err) : warm_load(w, id, err);
}

static int record_copy(struct rewrite *w, uint32_t id, bool frozen, struct bt_err *err)
{
	int rc;

	if (!frozen)
		return bt_store_facts_put_packed(w->to, id, w->packed.data, w->packed.len, err);
	rc = row_copy(w, BT_SQL_COPY_FROZEN, BT_SQL_FROZEN_PUT, id, err);
	return rc < 0 ? rc : 0;
}

static int blob_copy(struct rewrite *w, uint32_t id, struct bt_err *err)
{
	struct bt_blob b;
	bool frozen = false;
	int rc = bt_store_blob_exists(w->from, id, err);

	if (rc != BT_ROW)
		return rc;
	rc = bt_store_blob_get(w->from, id, &b, err);
	if (!rc && b.state == BT_BLOB_FACTS)
		rc = record_load(w, id, &frozen, err);
	if (rc)
		return rc;
	rc = row_copy(w, BT_SQL_BLOB_GET, BT_SQL_COPY_BLOB_PUT, id, err);
	if (rc == BT_ROW && b.state == BT_BLOB_FACTS)
		rc = record_copy(w, id, frozen, err);
	if (rc < 0)
		return rc;
	bt_idset_add(&w->kept, id);
	w->done.blobs++;
	return 0;
}

/* Findings that cannot be read are made again: they are no loss. */
static int finding_copy(struct rewrite *w, uint32_t id, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc = w->o->salvage ? bt_store_check_findings(w->from, id, &why) : 0;

	if (!rc)
		rc = row_copy(w, BT_SQL_COPY_FINDING, BT_SQL_COPY_FINDING_PUT, id, &why);
	if (rc >= 0 || passed_over(w, rc))
		return 0;
	return *err = why, rc;
}

static int blob_step(struct rewrite *w, uint32_t id, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc;

	if (w->o->without && bt_idset_has(w->o->without, id))
		return 0;
	rc = blob_copy(w, id, &why);
	if (passed_over(w, rc)) {
		bt_trace("left out: %s", why.msg);
		w->done.blobs_lost++;
		return 0;
	}
	if (rc)
		return *err = why, rc;
	if (bt_idset_has(&w->kept, id))
		rc = finding_copy(w, id, err);
	if (!rc && w->gathered >= NAMES_RECORDS_BYTES)
		rc = names_flush(w, err);
	return rc;
}

static int blobs_copy(struct rewrite *w, uint32_t last, struct bt_err *err)
{
	int rc = 0;

	for (uint32_t id = 1; id <= last && !rc; id++) {
		rc = blob_step(w, id, err);
		if (id % 256)
			continue;
		progress_step(w, id);
		if (!rc)
			rc = bt_cancel_check(err);
	}
	return rc;
}

/* --- the rest --- */

static int trees_copy(struct rewrite *w, uint32_t last, struct bt_err *err)
{
	for (uint32_t id = 1; id <= last; id++) {
		struct bt_err why = BT_ERR_INIT;
		int rc = row_copy(w, BT_SQL_COPY_TREE, BT_SQL_COPY_TREE_PUT, id, &why);

		if (passed_over(w, rc)) {
			w->done.trees_lost++;
			continue;
		}
		if (rc < 0)
			return *err = why, rc;
		if (id % 1024 == 0 && bt_cancel_check(err))
			return err->code;
	}
	return 0;
}

struct names_progress {
	struct rewrite *w;
	uint64_t from;
};

static void names_merged(void *ctx, uint64_t names)
{
	struct names_progress *p = ctx;

	progress_step(p->w, p->from + names);
}

static int names_copy(struct rewrite *w, struct bt_err *err)
{
	struct names_progress p = { w, w->steps };

	if (w->o->names)
		return names_flush(w, err);
	return bt_segment_copy(w->from, w->to, &w->kept, names_merged, &p, err);
}

static int names_count(struct rewrite *w, struct bt_err *err)
{
	BT_FREE struct bt_segment *list = NULL;
	size_t nr = 0;
	int rc = bt_segment_list(w->from, &list, &nr, err);

	for (size_t i = 0; !rc && i < nr; i++)
		w->steps_all += list[i].names;
	return rc;
}

/* What is kept of the last revisions asked for says the same as before, unless something was left out. */
static int manifests_copy(struct rewrite *w, struct bt_err *err)
{
	if (w->o->salvage || (w->o->without && w->o->without->nr))
		return 0;
	return table_copy(w, BT_SQL_COPY_MANIFESTS, BT_SQL_COPY_MANIFEST_PUT, err);
}

/* Without a last row there are none: folders are walked again. */
static int trees_end(struct rewrite *w, uint32_t *ret_last, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_store_tree_last(w->from, ret_last, &why);

	if (!rc || passed_over(w, rc))
		return 0;
	return *err = why, rc;
}

static int rows_copy(struct rewrite *w, struct bt_err *err)
{
	uint32_t blobs = 0, trees = 0;
	int rc = bt_store_blob_last(w->from, &blobs, err);

	if (!rc)
		rc = trees_end(w, &trees, err);
	w->steps_all = blobs;
	if (!rc && !w->o->names)
		rc = names_count(w, err);
	if (!rc)
		rc = table_copy(w, BT_SQL_COPY_LANGUAGES, BT_SQL_COPY_LANGUAGE_PUT, err);
	if (!rc)
		rc = table_copy(w, BT_SQL_COPY_FROZEN_FILE, BT_SQL_COPY_FROZEN_FILE_PUT, err);
	if (!rc)
		rc = table_copy(w, BT_SQL_COPY_FROZEN_GROUPS, BT_SQL_COPY_FROZEN_GROUP_PUT, err);
	if (!rc)
		rc = blobs_copy(w, blobs, err);
	if (!rc)
		rc = trees_copy(w, trees, err);
	if (!rc)
		rc = names_copy(w, err);
	if (!rc)
		rc = manifests_copy(w, err);
	if (!rc)
		rc = sequences_copy(w, err);
	if (passed_over(w, rc))	/* ids that nobody knows may come again */
		rc = 0;
	if (!rc && w->o->finish)
		rc = w->o->finish(w->o->ctx, w->to, err);
	return rc;
}

/* --- the new file --- */

static const char file_alone_text[] = "PRAGMA journal_mode = OFF;"
				      "PRAGMA locking_mode = EXCLUSIVE;"
				      "PRAGMA synchronous = OFF;"
				      "PRAGMA cache_size = -24576;";

static struct bt_store *new_store(const struct bt_store *s)
{
	struct bt_store *to = bt_xcalloc(1, sizeof(*to));

	to->path = bt_xstrdup(s->path);
	to->mode = BT_STORE_WRITE;
	to->alone = true;
	to->folder = -1;
	return to;
}

static int copy_into(struct rewrite *w, const char *temp, struct bt_err *err)
{
	BT_CLEANUP(bt_store_free) struct bt_store *to = new_store(w->from);
	int rc = bt_connection_open(to, temp, SQLITE_OPEN_READWRITE, err);

	if (!rc)
		rc = bt_connection_exec(to, file_alone_text, err);
	if (!rc)
		rc = bt_store_begin(to, err);
	if (rc)
		return rc;
	w->to = to;
	rc = bt_store_read_begin(w->from, err);
	if (!rc) {
		rc = rows_copy(w, err);
		bt_store_read_end(w->from);
	}
	if (!rc)
		rc = bt_store_commit(to, err);
	w->to = NULL;
	return rc;
}

/* How it is kept from now on stands in its header. */
static int set_journal(const struct bt_store *s, const char *dir, const char *temp, struct bt_err *err)
{
	struct bt_store to = { .path = s->path };
	int rc;

	if (!bt_store_wal_usable(dir))
		return 0;
	rc = bt_connection_open(&to, temp, SQLITE_OPEN_READWRITE, err);
	if (!rc)
		rc = bt_connection_exec(&to, bt_schema_wal_text, err);
	bt_connection_close(&to);
	return rc;
}

static int size_of(const char *path, uint64_t *ret_size, struct bt_err *err)
{
	struct stat st;

	if (stat(path, &st))
		return bt_err_errno(err, "cannot look at the index '%s'", path);
	*ret_size = (uint64_t)st.st_size;
	return 0;
}

/* Under the lock of the folder: nobody looks. */
static int swap(struct rewrite *w, const char *temp, struct bt_err *err)
{
	struct bt_store *s = w->from;
	BT_FREE char *wal = bt_xasprintf("%s-wal", s->path);
	struct stat st;
	int rc;

	bt_connection_close(s);
	if (!stat(wal, &st) && st.st_size)
		rc = bt_err_set(err, BT_ERR_FAIL, "index '%s' has changes that could not be written to it", s->path);
	else
		rc = bt_store_companions_remove(s->path, err);
	if (!rc && rename(temp, s->path))
		rc = bt_err_errno(err, "cannot replace the index '%s'", s->path);
	if (!rc && fsync(s->folder) && errno != EINVAL && errno != ENOTSUP)
		rc = bt_err_errno(err, "cannot write the folder of the index '%s'", s->path);
	if (rc) {
		struct bt_err ignored = BT_ERR_INIT;

		bt_store_reconnect(s, &ignored);
		return rc;
	}
	return bt_store_reconnect(s, err);
}

/* What stands in the log goes into the file: it is not needed when the file is replaced. */
static int settle_log(struct bt_store *s, struct bt_err *err)
{
	int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	return rc ? bt_store_fail(s, rc, err) : 0;
}

static int rewrite_file(struct rewrite *w, const char *dir, const char *temp, int fd, struct bt_err *err)
{
	int rc = bt_store_file_fill(temp, w->from->path, false, err);

	if (!rc)
		rc = copy_into(w, temp, err);
	if (!rc)
		rc = set_journal(w->from, dir, temp, err);
	if (!rc && fsync(fd))
		rc = bt_err_errno(err, "cannot write the index '%s'", w->from->path);
	if (!rc)
		rc = size_of(temp, &w->done.bytes_after, err);
	return rc ? rc : swap(w, temp, err);
}

int bt_store_rewrite(struct bt_store *s, const struct bt_rewrite_opts *o, struct bt_rewritten *ret_done,
		     struct bt_err *err)
{
	BT_CLEANUP(rewrite_release) struct rewrite w = { .from = s, .o = o, .postings = bt_postings_new() };
	BT_FREE char *dir = bt_xasprintf("%.*s", (int)(strlen(s->path) - strlen("/index.db")), s->path);
	BT_BUF_OWNED struct bt_buf temp = BT_BUF_INIT;
	BT_CLOSE int fd = -1;
	struct stat st;
	int rc;

	if (!s->alone || s->writing || s->reading)
		return bt_err_set(err, BT_ERR_FAIL, "index '%s' is not held alone", s->path);
	bt_buf_init(&w.packed, 0);
	bt_buf_init(&w.record, BT_FACTS_LEN_MAX);
	/* a log that cannot be read belongs to a file that is damaged anyway */
	rc = settle_log(s, err);
	if (rc && !passed_over(&w, rc))
		return rc;
	if (stat(s->path, &st))
		return bt_err_errno(err, "cannot look at the index '%s'", s->path);
	w.done.bytes_before = (uint64_t)st.st_size;
	bt_store_leftovers_remove(s->folder, true);
	if (bt_store_temp_make(dir, s->path, st.st_mode & 0777, &temp, &fd, err))
		return err->code;
	if (fchown(fd, st.st_uid, st.st_gid))
		bt_trace("the new index belongs to whoever made it");
	rc = rewrite_file(&w, dir, bt_buf_cstr(&temp), fd, err);
	if (rc)
		bt_store_temp_remove(bt_buf_cstr(&temp));
	else
		*ret_done = w.done;
	return rc;
}
