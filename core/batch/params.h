/*
 * The parameters of an action beside those that every action has: a list of names and values, in a fixed order for each
 * kind, so that equal requests are equal bytes.
 *
 *	commit		tree, sign
 *	merge		source, strategy, message, sign
 *	push		remote, option (any number)
 *	workflow	file, field ("key=value", any number, sorted)
 *	deploy		name
 */
#ifndef BT_BATCH_PARAMS_H
#define BT_BATCH_PARAMS_H

#include "core/base/buf.h"

/* All parameters of one action. */
#define BT_PARAMS_LEN_MAX ((size_t)1 << 20)

/* NULL: is left out. */
void bt_params_add(struct bt_buf *p, const char *name, const char *value);
/* The first value of this name, or NULL; it lives as long as the bytes. */
const char *bt_params_get(const char *params, size_t len, const char *name);
/* Iterates: *at = 0 to start; false at the end (and for bytes that are no list). */
bool bt_params_next(const char *params, size_t len, size_t *at, const char **ret_name, const char **ret_value);

#endif
