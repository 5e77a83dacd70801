#include "core/batch/params.h"

#include <string.h>

void bt_params_add(struct bt_buf *p, const char *name, const char *value)
{
	if (!value)
		return;
	bt_buf_add(p, name, strlen(name) + 1);
	bt_buf_add(p, value, strlen(value) + 1);
}

/* The string at *at, which must end inside. */
static const char *take(const char *params, size_t len, size_t *at)
{
	const char *start = params + *at;
	const char *end = *at < len ? memchr(start, '\0', len - *at) : NULL;

	if (!end)
		return NULL;
	*at = (size_t)(end - params) + 1;
	return start;
}

bool bt_params_next(const char *params, size_t len, size_t *at, const char **ret_name, const char **ret_value)
{
	*ret_name = take(params, len, at);
	*ret_value = *ret_name ? take(params, len, at) : NULL;
	return *ret_value;
}

const char *bt_params_get(const char *params, size_t len, const char *name)
{
	const char *key, *value;
	size_t at = 0;

	while (bt_params_next(params, len, &at, &key, &value))
		if (!strcmp(key, name))
			return value;
	return NULL;
}
