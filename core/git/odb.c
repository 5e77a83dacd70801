/*
 * The object database as callers see it; the work is in odb_program.c and libgit2_odb.c.
 */
#include "core/git/odb.h"

#include <stdio.h>
#include <string.h>

#include "core/base/sha.h"
#include "core/git/odb_impl.h"

int bt_odb_open(struct bt_repo *repo, const struct bt_odb_backend *backend, struct bt_odb **ret_odb,
		struct bt_err *err)
{
	return backend->open(repo, ret_odb, err);
}

void bt_odb_free(struct bt_odb **podb)
{
	if (!podb || !*podb)
		return;
	(*podb)->ops->free(*podb);
	*podb = NULL;
}

int bt_odb_request(struct bt_odb *odb, const struct bt_oid *oid, uint64_t size_max,
		   struct bt_err *err)
{
	int rc;

	if (odb->inflight >= BT_ODB_INFLIGHT_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %d objects are asked for at once",
				  BT_ODB_INFLIGHT_MAX);
	rc = odb->ops->request(odb, oid, size_max, err);
	if (!rc)
		odb->inflight++;
	return rc;
}

/* Do the bytes have this id? "<type> <size>", a NUL and the bytes are what git hashes. */
static bool has_own_id(const struct bt_object *obj)
{
	static const char *const names[] = {
		[BT_OBJECT_COMMIT] = "commit",
		[BT_OBJECT_TREE] = "tree",
		[BT_OBJECT_BLOB] = "blob",
		[BT_OBJECT_TAG] = "tag",
	};
	uint8_t raw[BT_SHA_RAW_MAX];
	struct bt_sha sha;
	char head[32];
	int len = snprintf(head, sizeof(head), "%s %llu", names[obj->type], (unsigned long long)obj->size);

	bt_sha_init(&sha, obj->oid.len);
	bt_sha_add(&sha, head, (size_t)len + 1);
	bt_sha_add(&sha, obj->data, obj->size);
	bt_sha_end(&sha, raw);
	return !memcmp(raw, obj->oid.raw, obj->oid.len);
}

static int verify(struct bt_object *obj, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];

	if (!obj->data || has_own_id(obj))
		return BT_ROW;
	*obj = (struct bt_object){ .oid = obj->oid };
	return bt_err_set(err, BT_ERR_CORRUPT, "cannot read object %s: its bytes are not those that have this id",
			  bt_oid_hex(&obj->oid, hex));
}

int bt_odb_next(struct bt_odb *odb, struct bt_object *ret_obj, struct bt_err *err)
{
	int rc;

	if (!odb->inflight)
		return BT_DONE;
	rc = odb->ops->next(odb, ret_obj, err);
	if (rc == BT_ROW || rc == BT_ERR_CORRUPT)
		odb->inflight--;
	return rc == BT_ROW ? verify(ret_obj, err) : rc;
}

int bt_odb_read(struct bt_odb *odb, const struct bt_oid *oid, uint64_t size_max,
		struct bt_object *ret_obj, struct bt_err *err)
{
	int rc;

	if (odb->inflight)
		return bt_err_set(err, BT_ERR_FAIL, "an object is read while others are awaited");
	rc = bt_odb_request(odb, oid, size_max, err);
	if (rc)
		return rc;
	rc = bt_odb_next(odb, ret_obj, err);
	return rc == BT_ROW ? 0 : rc;
}
