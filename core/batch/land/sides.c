/*
 * Records of `git diff-tree --raw -z`.
 */
#include "core/batch/land/sides.h"

#include <stdlib.h>
#include <string.h>

bool bt_side_equal(const struct bt_side *a, const struct bt_side *b)
{
	return a->mode == b->mode && (!a->mode || bt_oid_equal(&a->oid, &b->oid));
}

uint32_t bt_side_mode(uint32_t mode)
{
	if ((mode & 0170000) != 0100000)
		return mode;
	return mode & 0100 ? 0100755 : 0100644;
}

int bt_sides_parse(const char *text, struct bt_side *ret_before, struct bt_side *ret_after)
{
	struct bt_side *sides[] = { ret_before, ret_after };
	char *at = (char *)text + 1;

	if (*text != ':')
		return -1;
	for (int i = 0; i < 2; i++, at++) {
		sides[i]->mode = bt_side_mode((uint32_t)strtoul(at, &at, 8));
		if (*at != ' ')
			return -1;
	}
	for (int i = 0; i < 2; i++) {
		size_t len = strcspn(at, " ");

		if (bt_oid_parse(at, len, &sides[i]->oid, NULL) || at[len] != ' ')
			return -1;
		at += len + 1;
		/* Nothing has an id of zeros. */
		if (!sides[i]->mode)
			sides[i]->oid = (struct bt_oid){ .len = 0 };
	}
	return 0;
}
