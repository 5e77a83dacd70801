/*
 * Objects of a repository: one interface, two back-ends (libgit2 and the git program).
 *
 * Reads are pipelined: any number of ids (up to BT_ODB_INFLIGHT_MAX) is requested, answers come in
 * the order of the requests. The git program answers from one `git cat-file --batch` child, libgit2
 * when the answer is taken. Replace refs are off in both. An object larger than `size_max` is
 * reported with its size and without its bytes.
 *
 * Whose bytes these are is verified here, for both back-ends: git itself believes what a file or the index of a
 * pack says. That is 1 % of the time in which blobs are parsed.
 */
#ifndef BT_GIT_ODB_H
#define BT_GIT_ODB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/oid.h"
#include "core/git/repo.h"

#define BT_ODB_INFLIGHT_MAX 256

enum bt_object_type {
	BT_OBJECT_NONE,		/* missing */
	BT_OBJECT_COMMIT,
	BT_OBJECT_TREE,
	BT_OBJECT_BLOB,
	BT_OBJECT_TAG,
};

struct bt_object {
	struct bt_oid oid;
	enum bt_object_type type;
	uint64_t size;
	const char *data;	/* size bytes, followed by a NUL; NULL when missing or over the
				   limit; valid until the next call on the odb */
};

struct bt_odb;
struct bt_odb_backend {
	const char *name;	/* "libgit2", "git" */
	int (*open)(struct bt_repo *repo, struct bt_odb **ret_odb, struct bt_err *err);
};

extern const struct bt_odb_backend bt_odb_git_program;	/* core/git/odb_program.c */
extern const struct bt_odb_backend bt_odb_libgit2;	/* core/git/libgit2_odb.c: links libgit2 */

int bt_odb_open(struct bt_repo *repo, const struct bt_odb_backend *backend, struct bt_odb **ret_odb,
		struct bt_err *err);
void bt_odb_free(struct bt_odb **podb);

/* Asks for an object; BT_ERR_LIMIT when too many are in flight. */
int bt_odb_request(struct bt_odb *odb, const struct bt_oid *oid, uint64_t size_max,
		   struct bt_err *err);
/*
 * The answer to the oldest request: BT_ROW, or BT_DONE when none is in flight. BT_ERR_CORRUPT is
 * about that one object (its id is in ret_obj): the request is used up, the others go on.
 */
int bt_odb_next(struct bt_odb *odb, struct bt_object *ret_obj, struct bt_err *err);
/* Request and take one object; no other may be in flight. */
int bt_odb_read(struct bt_odb *odb, const struct bt_oid *oid, uint64_t size_max,
		struct bt_object *ret_obj, struct bt_err *err);

/*
 * In a partial clone: fetches those of the objects that are not here, in one go. Elsewhere, and
 * with GIT_NO_LAZY_FETCH set, it does nothing.
 */
int bt_odb_prefetch(struct bt_repo *repo, const struct bt_oid *oids, size_t oids_nr,
		    struct bt_err *err);

/* Entries of a tree object, in git's order; bytes are validated (mode, name, length) as strictly as git does. */
enum bt_entry_kind {
	BT_ENTRY_BLOB,		/* 100644, 100755 and old group-writable forms */
	BT_ENTRY_SYMLINK,
	BT_ENTRY_TREE,
	BT_ENTRY_GITLINK,
	BT_ENTRY_UNNAMABLE,	/* whatever it is: no path can hold its name ("", ".", "..", one with '/') */
};
struct bt_tree_entry {
	uint32_t mode;
	enum bt_entry_kind kind;
	const char *name;	/* not NUL-terminated: name_len bytes, inside the object's data */
	size_t name_len;
	struct bt_oid oid;
};
struct bt_tree_reader {
	const char *at, *end;
	size_t oid_len;
};
void bt_tree_reader_init(struct bt_tree_reader *r, const void *data, size_t len, size_t oid_len);
int bt_tree_reader_next(struct bt_tree_reader *r, struct bt_tree_entry *ret_e, struct bt_err *err);

#endif
