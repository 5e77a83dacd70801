/*
 * git batho snapshot verify: is the index still what was recorded, are the objects still in git, do files parsed anew say the same?
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/archive/archive.h"
#include "core/base/progress.h"
#include "core/base/signal.h"
#include "git-batho/snapshot/snapshot.h"
#include "git-batho/spawn.h"

enum state { V_OK, V_ABSENT, V_OTHER, V_DAMAGED };
static const char *const state_names[] = { "ok", "absent", "other-digest", "damaged" };

/* A blob that was picked. */
struct pick {
	struct bt_oid oid;
	struct bt_digest digest;
	char lang[32];
	char *path;
};

struct verify {
	struct snapshots *s;
	struct bt_progress progress;
	struct bt_oid *oids;		/* of all blobs */
	size_t oids_nr, oids_alloc;
	struct pick *picks;
	size_t picks_nr, picks_max;
	uint64_t with_facts;		/* seen so far */
	/* the answer */
	enum state state;
	size_t gone;			/* the first so many of oids are what git has not got */
	uint64_t sampled, wrong;
	struct bt_oid first_wrong;
	char why[sizeof(((struct bt_err *)NULL)->msg)];
};

static void verify_release(struct verify *v)
{
	for (size_t i = 0; i < v->picks_nr; i++)
		free(v->picks[i].path);
	free(v->picks);
	free(v->oids);
}

static uint64_t random_below(uint64_t n)
{
	uint64_t r = 0;

	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
		r = n * 0x9e3779b97f4a7c15u;
	return r % n;
}

/* Every blob has the same chance to be among the picks, however many come. */
static void pick(struct verify *v, const struct bt_blob *b, const char *lang, const char *path)
{
	uint64_t at = v->with_facts++;

	if (at >= v->picks_max)
		at = random_below(at + 1);
	if (at >= v->picks_max)
		return;
	if (at < v->picks_nr)
		free(v->picks[at].path);
	else
		v->picks_nr++;
	v->picks[at] = (struct pick){ .oid = b->oid, .digest = b->digest, .path = bt_xstrdup(path) };
	strncpy(v->picks[at].lang, lang, sizeof(v->picks[at].lang) - 1);
}

static int see_blob(void *ctx, const struct bt_blob *b, const char *lang, const char *path, struct bt_err *err)
{
	struct verify *v = ctx;

	(void)err;
	BT_GROW(v->oids, v->oids_alloc, v->oids_nr + 1);
	v->oids[v->oids_nr++] = b->oid;
	if (v->picks_max && b->state == BT_BLOB_FACTS)
		pick(v, b, lang, path);
	return 0;
}

static void see_progress(void *ctx, uint64_t blobs)
{
	bt_progress_set(ctx, blobs);
}

/* --- the index --- */

static int check_index(struct verify *v, const struct bt_snapshot *snap, uint32_t row, struct bt_err *err)
{
	struct bt_archive_source src = {
		.store = v->s->c->store, .root = row, .blob = see_blob, .blob_ctx = v, .progress = see_progress, .progress_ctx = &v->progress,
	};
	struct bt_archive_stats stats;
	struct bt_index_root root;
	struct bt_err why = BT_ERR_INIT;
	int rc = bt_archive_write(&src, NULL, &stats, &why);

	if (rc == BT_ERR_CORRUPT) {
		v->state = V_DAMAGED;
		memcpy(v->why, why.msg, sizeof(v->why));
		return 0;
	}
	if (rc)
		return *err = why, rc;
	rc = bt_index_root_find(v->s->c->store, &snap->tree, snap->selection, &root, err);
	if (rc < 0)
		return rc;
	if (rc == BT_DONE || root.blobs != snap->files || root.killed != snap->incomplete ||
	    (snap->complete && memcmp(&root.digest, &snap->digest, sizeof(root.digest))))
		v->state = V_OTHER;
	return 0;
}

/* --- git --- */

/* In a partial clone blobs come when they are wanted. */
static bool is_promised(const struct verify *v, const struct bt_snapshot *snap, const struct bt_oid *oid)
{
	return bt_conf_git(v->s->c->conf, "extensions.partialclone") && !bt_oid_equal(oid, &snap->tree) && !bt_oid_equal(oid, &snap->commit);
}

static void see_object(struct verify *v, const struct bt_snapshot *snap, const struct bt_object *obj)
{
	if (obj->type == BT_OBJECT_NONE && !is_promised(v, snap, &obj->oid))
		v->oids[v->gone++] = obj->oid;
}

/* Asked without their bytes. */
static int ask_objects(struct verify *v, const struct bt_snapshot *snap, struct bt_err *err)
{
	BT_CLEANUP(bt_odb_free) struct bt_odb *odb = NULL;
	struct bt_object obj;
	size_t asked = 0, got = 0;
	int rc = bt_odb_open(&v->s->c->repo, &bt_odb_git_program, &odb, err);

	while (!rc && got < v->oids_nr) {
		for (; asked < v->oids_nr && asked - got < BT_ODB_INFLIGHT_MAX / 2 && !rc; asked++)
			rc = bt_odb_request(odb, &v->oids[asked], 0, err);
		if (rc || bt_cancel_check(err))
			return err->code;
		rc = bt_odb_next(odb, &obj, err);
		if (rc != BT_ROW && rc != BT_ERR_CORRUPT)
			return rc;
		if (rc == BT_ERR_CORRUPT)
			obj.type = BT_OBJECT_NONE;
		rc = 0;
		see_object(v, snap, &obj);
		got++;
	}
	return rc;
}

/* Which of them git has not got here, whatever a server has. */
static int check_objects(struct verify *v, const struct bt_snapshot *snap, struct bt_err *err)
{
	bool set = getenv("GIT_NO_LAZY_FETCH") != NULL;
	int rc;

	BT_GROW(v->oids, v->oids_alloc, v->oids_nr + 2);
	v->oids[v->oids_nr++] = snap->tree;
	if (snap->commit.len)
		v->oids[v->oids_nr++] = snap->commit;
	setenv("GIT_NO_LAZY_FETCH", "1", 0);
	rc = ask_objects(v, snap, err);
	if (!set)
		unsetenv("GIT_NO_LAZY_FETCH");
	return rc;
}

/* --- a sample, parsed anew into an index of its own --- */

static int parse_pick(struct bt_context *c, const struct pick *p, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	const char *args[] = { "index", "--quiet", "--blob", bt_oid_hex(&p->oid, hex), p->path, p->lang, NULL };

	return bt_indexer_run(c, args, NULL, err);
}

static int compare_pick(struct verify *v, struct bt_store *fresh, const struct pick *p, struct bt_err *err)
{
	struct bt_store_language l;
	struct bt_blob b;
	uint32_t cursor = 0;
	int rc, found = BT_DONE;

	while ((rc = bt_store_language_next(fresh, &cursor, &l, err)) == BT_ROW && found == BT_DONE)
		if (!strcmp(l.name, p->lang))
			found = bt_store_blob_find(fresh, &p->oid, l.id, &b, err);
	if (rc < 0 || found < 0)
		return err->code;
	v->sampled++;
	if ((found == BT_DONE || b.state != BT_BLOB_FACTS || memcmp(&b.digest, &p->digest, sizeof(b.digest))) && !v->wrong++)
		v->first_wrong = p->oid;
	return 0;
}

static int sample_in(struct verify *v, struct bt_context *aside, struct bt_err *err)
{
	BT_CLEANUP(bt_store_free) struct bt_store *fresh = NULL;
	int rc = 0;

	for (size_t i = 0; i < v->picks_nr && rc >= 0; i++) {
		rc = bt_cancel_check(err);
		if (!rc)
			rc = parse_pick(aside, &v->picks[i], err);
		bt_progress_set(&v->progress, i + 1);
	}
	if (rc < 0 || bt_store_open(aside->store_dir, BT_STORE_READ, 0, &fresh, err))
		return err->code;
	for (size_t i = 0; i < v->picks_nr; i++)
		if (compare_pick(v, fresh, &v->picks[i], err))
			return err->code;
	return 0;
}

static int check_sample(struct verify *v, struct bt_err *err)
{
	const char *tmp = getenv("TMPDIR");
	BT_FREE char *dir = bt_xasprintf("%s/batho-XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp");
	struct bt_context aside = *v->s->c;
	int rc;

	if (!v->picks_nr)
		return 0;
	if (!mkdtemp(dir))
		return bt_err_errno(err, "cannot make a temporary folder '%s'", dir);
	aside.store_dir = dir;
	aside.store_temporary = true;
	rc = sample_in(v, &aside, err);
	bt_context_store_remove(&aside);
	return rc;
}

/* --- one snapshot --- */

static int verify_one(struct verify *v, const struct bt_snapshot *snap, struct bt_err *err)
{
	bool wanted = bt_progress_wanted(v->s->c->common.progress, v->s->c->common.quiet);
	uint32_t row;
	int rc = snapshot_root(v->s, snap, false, &row, err);

	v->state = rc == BT_DONE ? V_ABSENT : V_OK;
	if (v->picks_max)
		v->picks = bt_xcalloc(v->picks_max, sizeof(*v->picks));
	bt_progress_start(&v->progress, "Verifying blobs", snap->files, wanted);
	if (rc == BT_ROW)
		rc = check_index(v, snap, row, err);
	bt_progress_stop(&v->progress);
	if (rc < 0 || check_objects(v, snap, err))
		return err->code;
	if (v->gone)	/* what is gone cannot be parsed */
		return 0;
	bt_progress_start(&v->progress, "Parsing a sample", v->picks_nr, wanted);
	rc = check_sample(v, err);
	bt_progress_stop(&v->progress);
	return rc;
}

static bool is_good(const struct verify *v)
{
	return v->state == V_OK && !v->gone && !v->wrong;
}

static void tell_record(struct bt_out *out, const struct verify *v, const struct bt_snapshot *snap)
{
	bt_out_record(out, "verified");
	bt_out_uint(out, "id", snap->id);
	bt_out_cstr(out, "label", snap->label);
	bt_out_bool(out, "good", is_good(v));
	bt_out_cstr(out, "index", state_names[v->state]);
	bt_out_cstr(out, "detail", v->state == V_DAMAGED ? v->why : NULL);
	bt_out_uint(out, "gone", v->gone);
	bt_out_uint(out, "sampled", v->sampled);
	bt_out_uint(out, "wrong", v->wrong);
	if (v->wrong)
		bt_out_oid(out, "first_wrong", &v->first_wrong);
	else
		bt_out_null(out, "first_wrong");
	bt_out_record_end(out);
	for (size_t i = 0; i < v->gone; i++) {
		bt_out_record(out, "gone");
		bt_out_uint(out, "id", snap->id);
		bt_out_oid(out, "object", &v->oids[i]);
		bt_out_record_end(out);
	}
}

static void tell_text(struct bt_out *out, const struct verify *v, const struct bt_snapshot *snap)
{
	static const char *const texts[] = {
		"the index agrees", "the index has not got it: `git batho index` of its commit brings it back",
		"the index says something else now", "the index is damaged",
	};
	char hex[BT_OID_HEX_MAX + 1];

	bt_out_textf(out, BT_COLOR_NONE, "snapshot ");
	snapshot_print_name(out, snap);
	bt_out_textf(out, is_good(v) ? BT_COLOR_GOOD : BT_COLOR_BAD, ": %s", texts[v->state]);
	if (v->state == V_DAMAGED)
		bt_out_textf(out, BT_COLOR_BAD, ": %s", v->why);
	if (v->gone)
		bt_out_textf(out, BT_COLOR_BAD, "; %zu object%s gone from git", v->gone, v->gone == 1 ? " is" : "s are");
	if (v->wrong)
		bt_out_textf(out, BT_COLOR_BAD, "; %" PRIu64 " of %" PRIu64 " files parsed anew differ, such as blob %s", v->wrong,
			     v->sampled, bt_oid_hex(&v->first_wrong, hex));
	else if (v->sampled)
		bt_out_textf(out, BT_COLOR_GOOD, "; %" PRIu64 " file%s parsed anew agree%s", v->sampled, v->sampled == 1 ? "" : "s",
			     v->sampled == 1 ? "s" : "");
	bt_out_nl(out);
	for (size_t i = 0; i < v->gone; i++) {
		bt_out_textf(out, BT_COLOR_NONE, "  gone: %s", bt_oid_hex(&v->oids[i], hex));
		bt_out_nl(out);
	}
}

int snapshot_verify(struct snapshots *s, char *const *names, size_t nr, struct bt_err *err)
{
	struct bt_snapshot *list = NULL;
	bool good = true;

	if (nr) {
		list = bt_arena_alloc(&s->arena, nr * sizeof(*list));
		for (size_t i = 0; i < nr; i++)
			if (snapshot_find(s, names[i], &list[i], err))
				return err->code;
	} else if (s->q && bt_snapshots(s->q, &s->arena, &list, &nr, err)) {
		return err->code;
	}
	for (size_t i = 0; i < nr && !bt_out_failed(s->c->out); i++) {
		BT_CLEANUP(verify_release) struct verify v = { .s = s, .picks_max = (size_t)s->o->sample };

		if (verify_one(&v, &list[i], err))
			return err->code;
		tell_record(s->c->out, &v, &list[i]);
		if (bt_out_is_human(s->c->out) && !(s->c->common.quiet && is_good(&v)))
			tell_text(s->c->out, &v, &list[i]);
		good = good && is_good(&v);
	}
	return good ? 0 : 1;
}
