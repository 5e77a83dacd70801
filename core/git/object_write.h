/*
 * New objects: written loose, as git writes them, for repositories of either hash. The id is made here; a duplicate is harmless.
 */
#ifndef BT_GIT_OBJECT_WRITE_H
#define BT_GIT_OBJECT_WRITE_H

#include "core/git/odb.h"

/*
 * durable: fsync of the file and of its folder before it returns, so that a ref or row that names it can follow. Else the
 * caller makes it durable later or does not care (an object that can be made again).
 */
int bt_object_write(const struct bt_repo *repo, enum bt_object_type type, const void *data, size_t len, bool durable,
		    struct bt_oid *ret_oid, struct bt_err *err);
/* The id alone. */
void bt_object_id(const struct bt_repo *repo, enum bt_object_type type, const void *data, size_t len, struct bt_oid *ret_oid);

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

/* A commit as read: every value borrows from the bytes given. BT_ERR_CORRUPT for what git would not take. */
struct bt_commit_view {
	struct bt_oid tree;
	struct bt_oid *parents;		/* free() */
	size_t parents_nr;
	const char *author, *committer;	/* not NUL-terminated */
	size_t author_len, committer_len;
	const char *encoding;
	size_t encoding_len;
	const char *message;
	size_t message_len;
	bool is_signed;			/* it has a gpgsig header */
};
int bt_commit_parse(const void *data, size_t len, size_t oid_len, struct bt_commit_view *ret_v, struct bt_err *err);
void bt_commit_view_release(struct bt_commit_view *v);
#endif
