/*
 * Roles of files, from their path and the attributes of selection.h. A file may have several.
 */
#ifndef BT_RULES_ROLE_H
#define BT_RULES_ROLE_H

#include <stddef.h>
#include <stdint.h>

enum bt_file_role {
	BT_FILE_ROLE_TEST,
	BT_FILE_ROLE_DOCS,
	BT_FILE_ROLE_CONFIG,
	BT_FILE_ROLE_INFRASTRUCTURE,	/* builds, containers, pipelines */
	BT_FILE_ROLE_GENERATED,
	BT_FILE_ROLE_VENDORED,
	BT_FILE_ROLE_NR
};

const char *bt_file_role_name(enum bt_file_role role);
int bt_file_role_find(const char *name, size_t len);	/* -1: no such role */

/* Bits (1u << role). path: len bytes and a NUL. flags: BT_FILE_* of core/index/selection.h. */
uint32_t bt_file_roles(const char *path, size_t len, unsigned flags);

#endif
