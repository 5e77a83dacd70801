/*
 * Reading JSON as configuration files have it: comments and trailing commas are let pass.
 *
 * For programs that must start fast and read small files; nothing is written here.
 */
#ifndef BT_QUERY_JSONC_H
#define BT_QUERY_JSONC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"

enum bt_jsonc_type {
	BT_JSONC_NULL,
	BT_JSONC_FALSE,
	BT_JSONC_TRUE,
	BT_JSONC_NUMBER,	/* text is as written */
	BT_JSONC_STRING,	/* text has its escapes resolved */
	BT_JSONC_ARRAY,
	BT_JSONC_OBJECT,
};

struct bt_jsonc {
	enum bt_jsonc_type type;
	const char *key;	/* in an object; NUL-terminated, as text is */
	size_t key_len;
	const char *text;
	size_t text_len;
	struct bt_jsonc *child;	/* the first of an array or object */
	struct bt_jsonc *next;	/* beside it */
};

/* Deeper values are refused. */
#define BT_JSONC_DEPTH_MAX 64

/* Everything lives in the arena. NULL: it is not JSON. */
const struct bt_jsonc *bt_jsonc_parse(const char *text, size_t len, struct bt_arena *a);
/* The value of a key; NULL: there is none, or `o` is no object (or NULL). */
const struct bt_jsonc *bt_jsonc_get(const struct bt_jsonc *o, const char *key);
/* The text of a string value, or NULL. */
const char *bt_jsonc_string(const struct bt_jsonc *o, const char *key);

#endif
