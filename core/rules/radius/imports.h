/*
 * Imports as they are when the change has landed. Shared by radius*.c.
 */
#ifndef BT_RULES_RADIUS_IMPORTS_H
#define BT_RULES_RADIUS_IMPORTS_H

#include "core/query/paths.h"
#include "core/rules/radius/radius.h"

struct radius_imports {
	struct radius *r;
	struct bt_view view;		/* of the paths afterwards; store and blobs are those of r->view */
	struct bt_resolver *resolver;
	uint32_t *changed;		/* per file of the view: number in check.files + 1, or 0 */
	struct bt_strmap told;		/* pairs of files that are part of a cycle that was told */
	struct bt_arena scratch;
	struct bt_err *err;
};

/* Made on first use. *ret_m NULL: no tree is known. */
int radius_imports_get(struct radius *r, struct radius_imports **ret_m);
void radius_imports_free(struct radius_imports **pm);
/* The number of a path, or BT_NONE. */
uint32_t radius_imports_file(const struct radius_imports *m, const char *path);

/* The place of the import (or declaration of a module) that starts on a row. */
uint32_t radius_import_start(const struct bt_facts *f, uint32_t row);
/*
 * Calls `each` for the imports that files of the change have now and had not before: of languages that the rule is for, and of
 * files that are wanted (NULL: all).
 */
typedef int radius_import_fn(struct radius_imports *m, size_t file, const struct bt_dep *d);
int radius_imports_each_new(struct check *k, const char *rule_id, bool (*wanted)(const struct check_file *f),
			    radius_import_fn *each);
/* A finding on the line of an import. */
void radius_import_add(struct radius_imports *m, const char *rule, size_t file, const struct bt_dep *d, const char *key,
		       const char *detail);

#endif
