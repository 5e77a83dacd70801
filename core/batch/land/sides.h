/*
 * A file as a tree or an index has it, and the records of `git diff-tree --raw -z`; private to core/batch.
 */
#ifndef BT_BATCH_SIDES_H
#define BT_BATCH_SIDES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/oid.h"

/* mode 0: nothing, and then the id has len 0. */
struct bt_side {
	uint32_t mode;
	struct bt_oid oid;
};

bool bt_side_equal(const struct bt_side *a, const struct bt_side *b);
/* As an index has it: old trees hold group-writable files. */
uint32_t bt_side_mode(uint32_t mode);
/* ":<mode> <mode> <id> <id> <letter>"; -1 for anything else. */
int bt_sides_parse(const char *text, struct bt_side *ret_before, struct bt_side *ret_after);

#endif
