/*
 * Keys with a name of the user's own in them: deploy.<name>.command and the like. What they say is run, so that git's own
 * configuration alone says it; git has looked whose that is.
 */
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/conf/conf_state.h"

static const struct family {
	const char *area, *keys[4];
	const char *hint;
} families[] = {
	{ "deploy.", { ".command", ".probe" }, "`deploy.<name>` has command and probe" },
	{ "workflow.", { ".command", ".probe", ".tag" }, "`workflow.<name>` has command, probe and tag" },
};

static const struct family *family_of(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(families); i++)
		if (!strncasecmp(name, families[i].area, strlen(families[i].area)))
			return &families[i];
	return NULL;
}

bool conf_is_command(const char *name)
{
	const struct family *f = family_of(name);
	size_t len = f ? strlen(name) - strlen(f->area) : 0;

	for (int i = 0; f && f->keys[i]; i++) {
		size_t key = strlen(f->keys[i]);

		if (len > key && !strcasecmp(name + strlen(f->area) + len - key, f->keys[i]))
			return true;
	}
	return false;
}

const char *conf_command_hint(const char *name)
{
	const struct family *f = family_of(name);

	return f ? f->hint : NULL;
}

int conf_check_command(const char *text, const struct conf_place *place, struct bt_err *err)
{
	if (text)
		return 0;
	return bt_err_set(err, BT_ERR_FAIL, "'%s' %s has no value", place->name, place->where);
}

const char *bt_conf_command(const struct bt_conf *c, const char *area, const char *name,
			    const char *key, const char **ret_origin)
{
	BT_FREE char *full = bt_xasprintf("batho.%s.%s.%s", area, name, key);

	for (size_t i = c->git_nr; i-- > 0;) {
		const struct conf_git *g = &c->git[i];

		if (strcmp(g->name, full))
			continue;
		if (!g->value || !*g->value)
			return NULL;
		if (ret_origin)
			*ret_origin = g->origin;
		return g->value;
	}
	return NULL;
}
