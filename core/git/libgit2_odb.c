/*
 * Objects through libgit2, which is loaded when this back-end is chosen (libgit2_api.h).
 *
 * Only the object database is opened, not the repository: references, index and configuration are
 * git's business, and ownership was checked by git when it discovered the repository. An object
 * that libgit2 does not find or cannot read is asked for from the git program before it counts as
 * missing or damaged (packs that have only a multi-pack index, objects fetched on demand).
 *
 * The header is read first (1.8 GB of blobs: 0.1 s of 3.4 s), so that nothing larger than wanted is
 * inflated.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/path.h"
#include "core/git/libgit2_api.h"
#include "core/git/odb_impl.h"

/*
 * Mapped windows of packs count as memory of the process. With these the same blobs took as long as
 * with libgit2's own 1 GiB windows.
 */
#define MWINDOW_SIZE ((size_t)32 << 20)
#define MWINDOW_MAPPED_MAX ((size_t)128 << 20)

#define RING_NR BT_ODB_INFLIGHT_MAX

struct libgit2_request {
	struct bt_oid oid;
	uint64_t size_max;
};

struct odb_libgit2 {
	struct bt_odb base;
	struct libgit2_api g;
	struct bt_repo *repo;
	git_odb *db;
	git_odb_object *object; /* the last answer */
	struct bt_odb *program; /* for what libgit2 does not find; opened on first use */
	struct libgit2_request ring[RING_NR];
	size_t head, nr;
};

static struct odb_libgit2 *libgit2_of(struct bt_odb *odb)
{
	return (struct odb_libgit2 *)odb;
}

/* The one place where errors of libgit2 become ours. */
static int libgit2_fail(const struct libgit2_api *g, struct bt_err *err, int error, const char *what,
			const char *name)
{
	const git_error *e = g->git_error_last();
	const char *text = e && e->message ? e->message : "unknown error";
	enum bt_code code = BT_ERR_FAIL;

	if (error == GIT_ENOTFOUND)
		code = BT_ERR_NOT_FOUND;
	else if (e && (e->klass == GIT_ERROR_ODB || e->klass == GIT_ERROR_ZLIB))
		code = BT_ERR_CORRUPT;
	return bt_err_set(err, code, "cannot %s '%s': %s", what, name, text);
}

static enum bt_object_type type_map(git_object_t type)
{
	switch (type) {
	case GIT_OBJECT_COMMIT:
		return BT_OBJECT_COMMIT;
	case GIT_OBJECT_TREE:
		return BT_OBJECT_TREE;
	case GIT_OBJECT_BLOB:
		return BT_OBJECT_BLOB;
	case GIT_OBJECT_TAG:
		return BT_OBJECT_TAG;
	default:
		return BT_OBJECT_NONE;
	}
}

static int libgit2_request(struct bt_odb *odb, const struct bt_oid *oid, uint64_t size_max,
			   struct bt_err *err)
{
	struct odb_libgit2 *o = libgit2_of(odb);
	struct libgit2_request *r = &o->ring[(o->head + o->nr) % RING_NR];

	if (oid->len != 20)
		return bt_err_set(err, BT_ERR_UNSUPPORTED, "libgit2 reads sha1 objects only");
	r->oid = *oid;
	r->size_max = size_max;
	o->nr++;
	return 0;
}

/* libgit2 does not find it or cannot read it: the git program has the last word. */
static int ask_program(struct odb_libgit2 *o, const struct libgit2_request *r,
		       struct bt_object *ret_obj, struct bt_err *err)
{
	int rc = o->program ? 0 : bt_odb_open(o->repo, &bt_odb_git_program, &o->program, err);

	if (rc)
		return rc;
	rc = bt_odb_read(o->program, &r->oid, r->size_max, ret_obj, err);
	return rc ? rc : BT_ROW;
}

static int object_read(struct odb_libgit2 *o, const struct libgit2_request *r,
		       struct bt_object *ret_obj, struct bt_err *err)
{
	struct bt_object obj = { .oid = r->oid };
	git_object_t type;
	git_oid id;
	size_t size;
	int error;

	memcpy(id.id, r->oid.raw, sizeof(id.id));
	error = o->g.git_odb_read_header(&size, &type, o->db, &id);
	if (!error && size <= r->size_max)
		error = o->g.git_odb_read(&o->object, o->db, &id);
	if (error)
		return ask_program(o, r, ret_obj, err);
	obj.type = type_map(type);
	obj.size = size;
	if (o->object) {
		/* Every back-end of libgit2 puts a NUL behind the bytes. */
		obj.data = o->g.git_odb_object_data(o->object);
		obj.size = o->g.git_odb_object_size(o->object);
		obj.type = type_map(o->g.git_odb_object_type(o->object));
	}
	*ret_obj = obj;
	return BT_ROW;
}

static int libgit2_next(struct bt_odb *odb, struct bt_object *ret_obj, struct bt_err *err)
{
	struct odb_libgit2 *o = libgit2_of(odb);
	struct libgit2_request r = o->ring[o->head];

	o->g.git_odb_object_free(o->object);
	o->object = NULL;
	o->head = (o->head + 1) % RING_NR;
	o->nr--;
	return object_read(o, &r, ret_obj, err);
}

static void libgit2_free(struct bt_odb *odb)
{
	struct odb_libgit2 *o = libgit2_of(odb);

	o->g.git_odb_object_free(o->object);
	o->g.git_odb_free(o->db);
	bt_odb_free(&o->program);
	o->g.git_libgit2_shutdown();
	free(o);
}

static const struct bt_odb_ops libgit2_ops = {
	.request = libgit2_request,
	.next = libgit2_next,
	.free = libgit2_free,
};

static int alternate_add(struct odb_libgit2 *o, const char *dir, struct bt_err *err)
{
	BT_FREE char *path = *dir == '/' || !o->repo->top
				     ? bt_xstrdup(dir)
				     : bt_xasprintf("%s/%s", o->repo->top, dir);
	int error = o->g.git_odb_add_disk_alternate(o->db, path);

	/* git passes over a folder that is not there. */
	if (error && error != GIT_ENOTFOUND)
		return libgit2_fail(&o->g, err, error, "open objects", path);
	return 0;
}

/* GIT_ALTERNATE_OBJECT_DIRECTORIES: between ':' paths, those with a '"' in front quoted. */
static int alternates_from_env(struct odb_libgit2 *o, struct bt_err *err)
{
	const char *at = getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	BT_BUF_OWNED struct bt_buf dir = BT_BUF_INIT;
	int rc = 0;

	while (at && *at && !rc) {
		size_t used;

		bt_buf_clear(&dir);
		if (*at != '"' || bt_path_unquote(&dir, at, strlen(at), &used, NULL)) {
			bt_buf_clear(&dir);
			used = strcspn(at, ":");
			bt_buf_add(&dir, at, used);
		}
		if (dir.len)
			rc = alternate_add(o, bt_buf_cstr(&dir), err);
		at += used;
		at += strspn(at, ":");
	}
	return rc;
}

static int options_set(const struct libgit2_api *g, struct bt_err *err)
{
	/* odb.c does that, for both back-ends */
	int error = g->git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);

	/* Every object is read once: nothing is worth keeping. */
	if (!error)
		error = g->git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	if (!error)
		error = g->git_libgit2_opts(GIT_OPT_DISABLE_PACK_KEEP_FILE_CHECKS, 1);
	if (!error)
		error = g->git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, MWINDOW_SIZE);
	if (!error)
		error = g->git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, MWINDOW_MAPPED_MAX);
	return error ? libgit2_fail(g, err, error, "set up", "libgit2") : 0;
}

static int libgit2_open(struct bt_repo *repo, struct bt_odb **ret_odb, struct bt_err *err)
{
	struct odb_libgit2 *o;
	struct libgit2_api g;
	int error, rc;

	if (repo->oid_len != 20)
		return bt_err_set(err, BT_ERR_UNSUPPORTED, "libgit2 reads sha1 repositories only");
	if (libgit2_load(&g, err))
		return bt_err_hint(err, "leave index.backend at 'auto'");
	error = g.git_libgit2_init();
	if (error < 0)
		return libgit2_fail(&g, err, error, "start", "libgit2");
	o = bt_xcalloc(1, sizeof(*o));
	o->base.ops = &libgit2_ops;
	o->g = g;
	o->repo = repo;
	rc = options_set(&g, err);
	if (!rc) {
		error = o->g.git_odb_open(&o->db, repo->objects_dir);
		rc = error ? libgit2_fail(&g, err, error, "open objects", repo->objects_dir) : 0;
	}
	if (!rc)
		rc = alternates_from_env(o, err);
	if (!rc && repo->extra_objects)
		rc = alternate_add(o, repo->extra_objects, err);
	if (rc)
		libgit2_free(&o->base);
	else
		*ret_odb = &o->base;
	return rc;
}

const struct bt_odb_backend bt_odb_libgit2 = { .name = "libgit2", .open = libgit2_open };
