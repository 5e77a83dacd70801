#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/base/text.h"
#include "core/json/json.h"

/* struct bt_json is never defined: it is a cJSON. */
static const cJSON *inside(const struct bt_json *j)
{
	return (const cJSON *)j;
}

/* --- what cJSON does not look at --- */

static size_t digits(const char *p, size_t len)
{
	size_t nr = 0;

	while (nr < len && p[nr] >= '0' && p[nr] <= '9')
		nr++;
	return nr;
}

/* The length of a number that JSON has; cJSON takes whatever strtod() takes. 0: none. */
static size_t number_len(const char *p, size_t len)
{
	size_t at = *p == '-', nr = digits(p + at, len - at);

	if (!nr || (nr > 1 && p[at] == '0'))
		return 0;
	at += nr;
	if (at < len && p[at] == '.') {
		nr = digits(p + at + 1, len - at - 1);
		if (!nr)
			return 0;
		at += nr + 1;
	}
	if (at < len && (p[at] == 'e' || p[at] == 'E')) {
		at++;
		at += at < len && (p[at] == '+' || p[at] == '-');
		nr = digits(p + at, len - at);
		if (!nr)
			return 0;
		at += nr;
	}
	return at;
}

static int no_json(size_t at, struct bt_err *err)
{
	return bt_err_set(err, BT_ERR_USAGE, "no JSON from column %zu", at + 1);
}

/* From behind its first quote to the last one, or to the end when there is none. */
static int scan_string(const char *text, size_t len, size_t *at, struct bt_err *err)
{
	for (; *at < len && text[*at] != '"'; ++*at) {
		if ((unsigned char)text[*at] < ' ')
			return no_json(*at, err);
		if (text[*at] != '\\')
			continue;
		if (len - *at >= 6 && !memcmp(text + *at + 1, "u0000", 5))
			return bt_err_set(err, BT_ERR_USAGE, "a NUL at column %zu", *at + 1);
		++*at;
	}
	return 0;
}

/* Blanks, numbers, strings and depth, in one walk. What is no JSON otherwise is cJSON's to find. */
static int scan(const char *text, size_t len, struct bt_err *err)
{
	int depth = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '"') {
			i++;
			if (scan_string(text, len, &i, err))
				return err->code;
		} else if (c == '{' || c == '[') {
			if (++depth > BT_JSON_DEPTH_MAX)
				return bt_err_set(err, BT_ERR_USAGE, "nested deeper than %d at column %zu", BT_JSON_DEPTH_MAX, i + 1);
		} else if (c == '}' || c == ']') {
			depth--;
		} else if (c == '-' || (c >= '0' && c <= '9')) {
			size_t nr = number_len(text + i, len - i);

			if (!nr)
				return no_json(i, err);
			i += nr - 1;
		} else if ((c < ' ' || c > '~') && !strchr("\t\r\n", c)) {
			return no_json(i, err);
		}
	}
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_names(const cJSON *object, struct bt_err *err)
{
	BT_FREE const char **names = NULL;
	const cJSON *item;
	size_t nr = 0, at = 0;

	cJSON_ArrayForEach(item, object)
		nr++;
	if (nr > BT_JSON_NAMES_MAX)
		return bt_err_set(err, BT_ERR_USAGE, "an object with more than %d names", BT_JSON_NAMES_MAX);
	if (nr < 2)
		return 0;
	names = bt_xcalloc(nr, sizeof(*names));
	cJSON_ArrayForEach(item, object)
		names[at++] = item->string;
	qsort(names, nr, sizeof(*names), compare_names);
	for (size_t i = 1; i < nr; i++)
		if (!strcmp(names[i - 1], names[i]))
			return bt_err_set(err, BT_ERR_USAGE, "'%s' stands there twice", names[i]);
	return 0;
}

/* Depth was checked before. */
static int check_tree(const cJSON *value, struct bt_err *err)
{
	const cJSON *item;

	if (cJSON_IsObject(value) && check_names(value, err))
		return err->code;
	if (cJSON_IsObject(value) || cJSON_IsArray(value))
		cJSON_ArrayForEach(item, value)
			if (check_tree(item, err))
				return err->code;
	return 0;
}

int bt_json_parse(const char *text, size_t len, struct bt_json **ret_json, struct bt_err *err)
{
	const char *end = text;
	cJSON *root;

	if (memchr(text, '\0', len))
		return bt_err_set(err, BT_ERR_USAGE, "there is a NUL in it");
	if (!bt_utf8_valid(text, len))
		return bt_err_set(err, BT_ERR_USAGE, "it is not UTF-8");
	if (scan(text, len, err))
		return err->code;
	root = cJSON_ParseWithLengthOpts(text, len, &end, 0);
	if (!root)
		return no_json((size_t)(end - text), err);
	while (end < text + len && strchr(" \t\r\n", *end))
		end++;
	if (end != text + len)
		bt_err_set(err, BT_ERR_USAGE, "something behind the object, at column %zu", (size_t)(end - text) + 1);
	else if (!cJSON_IsObject(root))
		bt_err_set(err, BT_ERR_USAGE, "it is no object");
	else if (!check_tree(root, err)) {
		*ret_json = (struct bt_json *)root;
		return 0;
	}
	cJSON_Delete(root);
	return err->code;
}

void bt_json_free(struct bt_json **pj)
{
	cJSON_Delete((cJSON *)*pj);
	*pj = NULL;
}

/* --- values --- */

int bt_json_only(const struct bt_json *j, const char *const *names, struct bt_err *err)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, inside(j)) {
		size_t i = 0;

		while (names[i] && strcmp(names[i], item->string))
			i++;
		if (!names[i])
			return bt_err_set(err, BT_ERR_USAGE, "'%s' is not known here", item->string);
	}
	return 0;
}

/* NULL when it is not there, or null. */
static const cJSON *find(const struct bt_json *j, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(inside(j), name);

	return item && !cJSON_IsNull(item) ? item : NULL;
}

static int wrong(const char *name, const char *what, struct bt_err *err)
{
	return bt_err_set(err, BT_ERR_USAGE, "'%s' is not %s", name, what);
}

int bt_json_string(const struct bt_json *j, const char *name, const char **ret, struct bt_err *err)
{
	const cJSON *item = find(j, name);

	if (item && !cJSON_IsString(item))
		return wrong(name, "a string", err);
	if (item)
		*ret = item->valuestring;
	return 0;
}

int bt_json_bool(const struct bt_json *j, const char *name, bool *ret, struct bt_err *err)
{
	const cJSON *item = find(j, name);

	if (item && !cJSON_IsBool(item))
		return wrong(name, "true or false", err);
	if (item)
		*ret = cJSON_IsTrue(item);
	return 0;
}

static int to_int(const cJSON *item, const char *name, int64_t min, int64_t max, int64_t *ret, struct bt_err *err)
{
	int64_t v = 0;

	if (cJSON_IsString(item)) {
		if (!bt_text_int(item->valuestring, &v))
			return wrong(name, "a whole number", err);
	} else if (!cJSON_IsNumber(item) || item->valuedouble != floor(item->valuedouble) || fabs(item->valuedouble) >= 9007199254740992.0) {
		return wrong(name, "a whole number", err);
	} else {
		v = (int64_t)item->valuedouble;
	}
	if (v < min || v > max)
		return bt_err_set(err, BT_ERR_USAGE, "'%s' is not between %lld and %lld", name, (long long)min, (long long)max);
	*ret = v;
	return 0;
}

int bt_json_int(const struct bt_json *j, const char *name, int64_t min, int64_t max, int64_t *ret, struct bt_err *err)
{
	const cJSON *item = find(j, name);

	return item ? to_int(item, name, min, max, ret, err) : 0;
}

/* --- lists --- */

int bt_json_strings(const struct bt_json *j, const char *name, struct bt_arena *arena, const char ***ret_list, size_t *ret_nr,
		    struct bt_err *err)
{
	const cJSON *list = find(j, name), *item;
	size_t nr = 0;

	if (!list)
		return 0;
	if (!cJSON_IsArray(list))
		return wrong(name, "a list of strings", err);
	*ret_list = bt_arena_alloc(arena, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof(**ret_list));
	cJSON_ArrayForEach(item, list) {
		if (!cJSON_IsString(item))
			return wrong(name, "a list of strings", err);
		(*ret_list)[nr++] = item->valuestring;
	}
	*ret_nr = nr;
	return 0;
}

int bt_json_ints(const struct bt_json *j, const char *name, struct bt_arena *arena, int64_t min, int64_t max, int64_t **ret_list,
		 size_t *ret_nr, struct bt_err *err)
{
	const cJSON *list = find(j, name), *item;
	size_t nr = 0;

	if (!list)
		return 0;
	if (!cJSON_IsArray(list))
		return wrong(name, "a list of numbers", err);
	*ret_list = bt_arena_alloc(arena, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof(**ret_list));
	cJSON_ArrayForEach(item, list)
		if (to_int(item, name, min, max, &(*ret_list)[nr++], err))
			return err->code;
	*ret_nr = nr;
	return 0;
}

int bt_json_pairs(const struct bt_json *j, const char *name, struct bt_arena *arena, const char ***ret_list, size_t *ret_nr,
		  struct bt_err *err)
{
	const cJSON *object = find(j, name), *item;
	size_t nr = 0;

	if (!object)
		return 0;
	if (!cJSON_IsObject(object))
		return wrong(name, "an object of strings", err);
	*ret_list = bt_arena_alloc(arena, ((size_t)cJSON_GetArraySize(object) + 1) * sizeof(**ret_list));
	cJSON_ArrayForEach(item, object) {
		BT_FREE char *pair = NULL;

		if (!cJSON_IsString(item))
			return wrong(name, "an object of strings", err);
		if (strchr(item->string, '='))
			return bt_err_set(err, BT_ERR_USAGE, "name '%s' in '%s' has a '=' in it", item->string, name);
		pair = bt_xasprintf("%s=%s", item->string, item->valuestring);
		(*ret_list)[nr++] = bt_arena_strndup(arena, pair, strlen(pair));
	}
	*ret_nr = nr;
	return 0;
}

/* --- what lies deeper --- */

const struct bt_json *bt_json_object(const struct bt_json *j, const char *name)
{
	const cJSON *item = find(j, name);

	return cJSON_IsObject(item) ? (const struct bt_json *)item : NULL;
}

const struct bt_json *bt_json_at(const struct bt_json *j, const char *name, size_t i)
{
	const cJSON *list = find(j, name), *item;

	if (!cJSON_IsArray(list))
		return NULL;
	cJSON_ArrayForEach(item, list) {
		if (!cJSON_IsObject(item))
			return NULL;
		if (!i--)
			return (const struct bt_json *)item;
	}
	return NULL;
}
