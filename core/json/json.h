/*
 * The door to cJSON: reading JSON that may come from anywhere. Writing is core/base/out.h.
 *
 * A text is taken whole or not at all: JSON as the standard has it, valid UTF-8, no NUL (raw or as \u0000), nothing behind
 * it, not nested deeper than BT_JSON_DEPTH_MAX, no name twice in one object. Names are compared exactly. Values are asked
 * for by name and type; what has another type is BT_ERR_USAGE naming the field.
 */
#ifndef BT_JSON_JSON_H
#define BT_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"

#define BT_JSON_DEPTH_MAX 64
/* Names in one object. */
#define BT_JSON_NAMES_MAX 1000

/* The version of the cJSON that is linked. */
const char *bt_json_version(void);

struct bt_json;
/* One object. BT_ERR_USAGE says what is wrong, with the column. */
int bt_json_parse(const char *text, size_t len, struct bt_json **ret_json, struct bt_err *err);
void bt_json_free(struct bt_json **pj);
#define BT_JSON_OWNED BT_CLEANUP(bt_json_free)

/* Has it no other names than these (NULL-terminated)? BT_ERR_USAGE names the first that is unknown. */
int bt_json_only(const struct bt_json *j, const char *const *names, struct bt_err *err);
/* Absent, or null: the value is left as it is. Strings live as long as j. */
int bt_json_string(const struct bt_json *j, const char *name, const char **ret, struct bt_err *err);
int bt_json_bool(const struct bt_json *j, const char *name, bool *ret, struct bt_err *err);
/* A whole number, or a string of digits (for 2^53 and more, which other readers round). */
int bt_json_int(const struct bt_json *j, const char *name, int64_t min, int64_t max, int64_t *ret, struct bt_err *err);
int bt_json_strings(const struct bt_json *j, const char *name, struct bt_arena *arena, const char ***ret_list, size_t *ret_nr,
		    struct bt_err *err);
int bt_json_ints(const struct bt_json *j, const char *name, struct bt_arena *arena, int64_t min, int64_t max, int64_t **ret_list,
		 size_t *ret_nr, struct bt_err *err);
/* The object under this name, or the i-th of a list of objects; NULL: there is none. It lives as long as j. */
const struct bt_json *bt_json_object(const struct bt_json *j, const char *name);
const struct bt_json *bt_json_at(const struct bt_json *j, const char *name, size_t i);
/* An object of strings, as "name=value" each; no name has a '=' in it. */
int bt_json_pairs(const struct bt_json *j, const char *name, struct bt_arena *arena, const char ***ret_list, size_t *ret_nr,
		  struct bt_err *err);

#endif
