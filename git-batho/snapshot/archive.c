/*
 * git batho snapshot export and import.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/archive/archive.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "git-batho/snapshot/snapshot.h"
#include "store/queue_audit.h"

static void show_progress(void *ctx, uint64_t blobs)
{
	bt_progress_set(ctx, blobs);
}

static void start_progress(struct snapshots *s, struct bt_progress *p, const char *title)
{
	bt_progress_start(p, title, 0, bt_progress_wanted(s->c->common.progress, s->c->common.quiet));
}

/* --- export --- */

/* A file that gets its name when it is whole and on the disk. */
struct new_file {
	const char *path;
	char *temp;
	int fd;
	bool done;
};

static void new_file_release(struct new_file *f)
{
	if (f->fd >= 0 && f->temp)
		close(f->fd);
	if (f->temp && !f->done)
		unlink(f->temp);
	free(f->temp);
}

static int new_file_open(struct new_file *f, bool force, struct bt_err *err)
{
	struct stat st;

	if (!strcmp(f->path, "-")) {
		f->fd = STDOUT_FILENO;
		return 0;
	}
	if (!force && !lstat(f->path, &st)) {
		bt_err_set(err, BT_ERR_FAIL, "'%s' is there already", f->path);
		return bt_err_hint(err, "--force replaces it");
	}
	f->temp = bt_xasprintf("%s.new-XXXXXX", f->path);
	f->fd = mkostemp(f->temp, O_CLOEXEC);
	if (f->fd >= 0)
		return 0;
	free(f->temp);
	f->temp = NULL;
	return bt_err_errno(err, "cannot make the archive '%s'", f->path);
}

static int new_file_end(struct new_file *f, struct bt_err *err)
{
	mode_t mask;

	if (!f->temp)
		return 0;
	mask = umask(0);
	umask(mask);
	if (fchmod(f->fd, 0666 & ~mask) || fsync(f->fd) || rename(f->temp, f->path))
		return bt_err_errno(err, "cannot write the archive '%s'", f->path);
	f->done = true;
	return bt_file_sync_folder(f->path, err);
}

static int new_file_write(void *ctx, const void *p, size_t len, struct bt_err *err)
{
	const struct new_file *f = ctx;

	return bt_fd_write_full(f->fd, p, len, f->path, err);
}

static void tell_export(struct snapshots *s, const struct bt_snapshot *snap, const char *file, const struct bt_archive_stats *st)
{
	struct bt_out *out = s->c->out;

	bt_out_record(out, "exported");
	bt_out_uint(out, "id", snap->id);
	bt_out_cstr(out, "file", file);
	bt_out_uint(out, "blobs", st->blobs);
	bt_out_uint(out, "trees", st->trees);
	bt_out_uint(out, "left_out", st->left_out);
	bt_out_uint(out, "bytes", st->stored);
	bt_out_uint(out, "unpacked_bytes", st->raw);
	bt_out_record_end(out);
	if (s->c->common.quiet)
		return;
	bt_out_textf(out, BT_COLOR_NONE, "snapshot ");
	snapshot_print_name(out, snap);
	bt_out_textf(out, BT_COLOR_NONE, " exported to ");
	bt_out_path(out, BT_COLOR_PATH, file, strlen(file));
	bt_out_textf(out, BT_COLOR_NONE, ": %" PRIu64 " blob%s, %" PRIu64 " folder%s, %" PRIu64 " bytes", st->blobs,
		     st->blobs == 1 ? "" : "s", st->trees, st->trees == 1 ? "" : "s", st->stored);
	if (st->left_out)
		bt_out_textf(out, BT_COLOR_WARN, "; %" PRIu64 " file%s without facts left out", st->left_out,
			     st->left_out == 1 ? "" : "s");
	bt_out_nl(out);
}

int snapshot_export(struct snapshots *s, const char *name, const char *file, struct bt_err *err)
{
	BT_CLEANUP(new_file_release) struct new_file f = { .path = file, .fd = -1 };
	struct bt_archive_sink sink = { new_file_write, &f };
	struct bt_archive_source source = { .progress = show_progress };
	struct bt_archive_stats st;
	struct bt_progress p;
	struct bt_snapshot snap;
	int rc;

	if (!strcmp(file, "-") && !bt_out_is_human(s->c->out))
		return bt_err_set(err, BT_ERR_USAGE, "an archive on stdout leaves no room for --format");
	if (!strcmp(file, "-") && isatty(STDOUT_FILENO))
		return bt_err_set(err, BT_ERR_USAGE, "an archive is nothing for a terminal: name a file");
	if (snapshot_find(s, name, &snap, err) || snapshot_root_needed(s, &snap, &source.root, err) ||
	    new_file_open(&f, s->o->force, err))
		return err->code;
	source.store = s->c->store;
	source.commit = snap.commit;
	source.progress_ctx = &p;
	start_progress(s, &p, "Exporting blobs");
	rc = bt_archive_write(&source, &sink, &st, err);
	bt_progress_stop(&p);
	if (rc || new_file_end(&f, err))
		return err->code;
	if (f.temp)
		tell_export(s, &snap, file, &st);
	return 0;
}

/* --- import --- */

/* What comes through a pipe is kept in a file without a name: it is read twice. */
static int spool(struct snapshots *s, int from, int *ret_fd, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/import-XXXXXX", s->c->store_dir);
	BT_CLOSE int fd = mkostemp(path, O_CLOEXEC);
	char bytes[65536];
	size_t len;

	if (fd < 0)
		return bt_err_errno(err, "cannot make a temporary file in '%s'", s->c->store_dir);
	unlink(path);
	do {
		if (bt_fd_read_full(from, bytes, sizeof(bytes), &len, "stdin", err) ||
		    bt_fd_write_full(fd, bytes, len, "a temporary file", err))
			return err->code;
	} while (len == sizeof(bytes));
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int open_archive(struct snapshots *s, const char *file, int *ret_fd, struct bt_err *err)
{
	BT_CLOSE int fd = -1;
	struct stat st;

	if (!strcmp(file, "-"))
		return spool(s, STDIN_FILENO, ret_fd, err);
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st))
		return bt_err_errno(err, "cannot open the archive '%s'", file);
	if (!S_ISREG(st.st_mode))
		return bt_err_set(err, BT_ERR_FAIL, "'%s' is no file; a pipe is read as '-'", file);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static void tell_kept_out(struct snapshots *s, const struct bt_archive_imported *i)
{
	for (size_t k = 0; k < i->foreign_nr; k++)
		bt_notice(s->c, "%" PRIu64 " blob%s in '%s' kept out: their facts are of another version of the extractor",
			  i->foreign[k].blobs, i->foreign[k].blobs == 1 ? "" : "s", i->foreign[k].name);
	if (i->trees_absent)
		bt_notice(s->c, "%" PRIu64 " folder%s kept out: the repository has not got them; fetch, and import again", i->trees_absent,
			  i->trees_absent == 1 ? "" : "s");
	if (!i->head.complete)
		bt_notice(s->c, "files of the snapshot are missing in the archive: there is no digest");
}

static void tell_import(struct snapshots *s, const struct bt_archive_imported *i, const struct bt_snapshot *snap)
{
	uint64_t trees = i->trees_new + i->trees_known;
	struct bt_out *out = s->c->out;

	bt_out_record(out, "imported");
	if (snap)
		bt_out_uint(out, "id", snap->id);
	else
		bt_out_null(out, "id");
	if (i->head.commit.len)
		bt_out_oid(out, "commit", &i->head.commit);
	else
		bt_out_null(out, "commit");
	bt_out_oid(out, "tree", &i->head.tree);
	if (i->head.complete)
		bt_out_hex(out, "digest", i->head.digest.raw, BT_DIGEST_LEN);
	else
		bt_out_null(out, "digest");
	bt_out_uint(out, "blobs", i->blobs_new);
	bt_out_uint(out, "known", i->blobs_known);
	bt_out_uint(out, "kept_out", i->blobs_foreign);
	bt_out_uint(out, "trees", trees);
	bt_out_uint(out, "trees_kept_out", i->trees_absent + i->trees_foreign);
	bt_out_record_end(out);
	if (s->c->common.quiet)
		return;
	bt_out_textf(out, BT_COLOR_NONE, "%" PRIu64 " blob%s imported, %" PRIu64 " known before, %" PRIu64 " folder%s", i->blobs_new,
		     i->blobs_new == 1 ? "" : "s", i->blobs_known, trees, trees == 1 ? "" : "s");
	if (snap) {
		bt_out_textf(out, BT_COLOR_NONE, "; snapshot ");
		snapshot_print_name(out, snap);
	}
	bt_out_nl(out);
}

/* With its root there the snapshot is one of this repository too. */
static int record_import(struct snapshots *s, const struct bt_archive_imported *i, struct bt_snapshot *snap, struct bt_err *err)
{
	bool known;

	*snap = (struct bt_snapshot){
		.label = s->o->label, .commit = i->head.commit, .tree = i->head.tree, .selection = i->head.selection, .complete = true,
		.digest = i->head.digest, .files = i->head.files,
	};
	bt_queue_free(&s->q);
	return snapshot_add(s->c, snap, i->root, &s->arena, &known, err);
}

/* Facts that came from elsewhere: the audit says from which file. A queue is made for it by the snapshot alone. */
static int note_import(struct snapshots *s, const char *file, const struct bt_archive_imported *i, struct bt_err *err)
{
	BT_FREE char *detail = NULL;
	char hex[BT_OID_HEX_MAX + 1];

	if (!i->root)
		return 0;
	detail = bt_xasprintf("%s, tree %s", file, bt_oid_hex(&i->head.tree, hex));
	return queue_open(s->c, BT_QUEUE_WRITE, &s->q, err) || bt_queue_audit(s->q, "snapshot import", "ok", detail, err) ? err->code : 0;
}

static int import_into(struct snapshots *s, int fd, struct bt_archive_imported *i, struct bt_err *err)
{
	BT_CLEANUP(bt_odb_free) struct bt_odb *odb = NULL;
	struct bt_archive_import_opts o = { .progress = show_progress };
	struct bt_progress p;
	int rc;

	/* Nobody's archive makes git ask a server for objects. */
	setenv("GIT_NO_LAZY_FETCH", "1", 1);
	if (bt_odb_open(&s->c->repo, &bt_odb_git_program, &odb, err))
		return err->code;
	o.store = s->c->store;
	o.odb = odb;
	o.progress_ctx = &p;
	start_progress(s, &p, "Importing blobs");
	rc = bt_archive_import(fd, &o, i, err);
	bt_progress_stop(&p);
	return rc;
}

int snapshot_import(struct snapshots *s, const char *file, struct bt_err *err)
{
	BT_CLEANUP(bt_archive_imported_release) struct bt_archive_imported i = { .foreign = NULL };
	BT_CLOSE int fd = -1;
	struct bt_snapshot snap;
	int rc;

	if (s->o->label && !bt_label_ok(s->o->label))
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is no label for a snapshot", s->o->label);
	bt_store_free(&s->c->store);
	if (bt_store_open(s->c->store_dir, BT_STORE_WRITE, bt_conf_shared_mode(s->c->conf), &s->c->store, err))
		return err->code;
	bt_context_store_place(s->c);
	if (open_archive(s, file, &fd, err))
		return err->code;
	rc = import_into(s, fd, &i, err);
	if (rc == BT_ERR_CORRUPT || rc == BT_ERR_VERSION)
		bt_err_wrap(err, "cannot import '%s'", file);
	if (rc || (i.root && record_import(s, &i, &snap, err)) || note_import(s, file, &i, err))
		return err->code;
	tell_import(s, &i, i.root ? &snap : NULL);
	tell_kept_out(s, &i);
	return i.root ? 0 : 1;
}
