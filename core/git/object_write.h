/*
 * New objects: written loose, as git writes them, for repositories of either hash. The id is made here; a duplicate is harmless.
 *
 * They are stored without compression: objects of the queue are small and short-lived, gc packs what stays.
 */
#ifndef BT_GIT_OBJECT_WRITE_H
#define BT_GIT_OBJECT_WRITE_H

#include "core/base/buf.h"
#include "core/git/odb.h"

/*
 * durable: fsync of the file and of its folder before it returns, so that a ref or row that names it can follow. Else the
 * caller makes it durable later or does not care (an object that can be made again).
 */
int bt_object_write(const struct bt_repo *repo, enum bt_object_type type, const void *data, size_t len, bool durable,
		    struct bt_oid *ret_oid, struct bt_err *err);
/* The id alone. */
void bt_object_id(const struct bt_repo *repo, enum bt_object_type type, const void *data, size_t len, struct bt_oid *ret_oid);
/*
 * The bytes of a loose object, without a child: BT_ROW, appended to *out, with its id verified; BT_DONE when it is not there in this form (packed,
 * elsewhere, large, damaged): ask an odb.
 */
int bt_object_read_loose(const struct bt_repo *repo, const struct bt_oid *oid, enum bt_object_type type, struct bt_buf *out, struct bt_err *err);

/*
 * Several objects that are made durable together, at about the price of one. None can be read before the end; when they are many, or
 * large, they become packs (git index-pack), which are one file to sync and to look into.
 */
struct bt_object_batch;
struct bt_object_batch *bt_object_batch_new(const struct bt_repo *repo);
void bt_object_batch_free(struct bt_object_batch **pb);
int bt_object_batch_add(struct bt_object_batch *b, enum bt_object_type type, const void *data, size_t len, struct bt_oid *ret_oid,
			struct bt_err *err);
/*
 * What lies loose already, whoever wrote it (git does not sync blobs by default), is made durable with the others, and new for gc. An id that is
 * not loose here is passed over: packs are synced by git.
 */
void bt_object_batch_cover(struct bt_object_batch *b, const struct bt_oid *oid);
/* Writes them, durable. The batch is empty afterwards and may be used again. */
int bt_object_batch_end(struct bt_object_batch *b, struct bt_err *err);

/* bt_object_batch_cover of several, at once. */
int bt_object_sync(const struct bt_repo *repo, const struct bt_oid *oids, size_t nr, struct bt_err *err);

/* A commit object. Identity and time are whole header values: "A U Thor <a@b> 1700000000 +0100". */
struct bt_commit_draft {
	struct bt_oid tree;
	const struct bt_oid *parents;
	size_t parents_nr;
	const char *author, *committer;
	const char *encoding;		/* NULL: UTF-8 */
	const char *message;		/* message_len bytes, with its newline at the end */
	size_t message_len;
};
int bt_commit_write(const struct bt_repo *repo, const struct bt_commit_draft *d, bool durable, struct bt_oid *ret_oid,
		    struct bt_err *err);
/* Its bytes, appended. BT_ERR_FAIL for what git would not take (a NUL in the message, a newline in a name). */
int bt_commit_format(const struct bt_commit_draft *d, struct bt_buf *out, struct bt_err *err);

/* A commit as read: every value borrows from the bytes given. BT_ERR_CORRUPT for what git would not take. */
struct bt_commit_view {
	struct bt_oid tree;
	struct bt_oid *parents;		/* free() */
	size_t parents_nr;
	const char *author, *committer;	/* not NUL-terminated */
	size_t author_len, committer_len;
	const char *encoding;		/* NULL: none is named */
	size_t encoding_len;
	const char *message;
	size_t message_len;
	bool is_signed;			/* it has a gpgsig header */
};
int bt_commit_parse(const void *data, size_t len, size_t oid_len, struct bt_commit_view *ret_v, struct bt_err *err);
void bt_commit_view_release(struct bt_commit_view *v);
#endif
