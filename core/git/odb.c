/*
 * The object database as callers see it; the work is in odb_program.c and libgit2_odb.c.
 */
#include "core/git/odb.h"

#include "core/git/odb_impl.h"

int bt_odb_open(struct bt_repo *repo, const struct bt_odb_backend *backend, struct bt_odb **ret_odb,
		struct bt_err *err)
{
	struct bt_odb *odb;
	int rc = backend->open(repo, &odb, err);

	if (rc)
		return rc;
	odb->name = backend->name;
	*ret_odb = odb;
	return 0;
}

void bt_odb_free(struct bt_odb **podb)
{
	if (!podb || !*podb)
		return;
	(*podb)->ops->free(*podb);
	*podb = NULL;
}

const char *bt_odb_name(const struct bt_odb *odb)
{
	return odb->name;
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

int bt_odb_next(struct bt_odb *odb, struct bt_object *ret_obj, struct bt_err *err)
{
	int rc;

	if (!odb->inflight)
		return BT_DONE;
	rc = odb->ops->next(odb, ret_obj, err);
	if (rc == BT_ROW || rc == BT_ERR_CORRUPT)
		odb->inflight--;
	return rc;
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
