/*
 * Settings in the environment: BATHO_INDEX_MAX_BLOB_SIZE and BATHO_INDEX_MAXBLOBSIZE name index.maxBlobSize.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/conf/conf_state.h"

#define PREFIX "BATHO_"

extern char **environ;

/* With words apart: before a capital that begins one. "memoryMB" is two words. */
static char *variable(const char *key, bool apart)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;

	bt_buf_adds(&name, PREFIX);
	for (const char *p = key; *p; p++) {
		bool starts = isupper((unsigned char)*p) && p > key && islower((unsigned char)p[-1]);

		if (starts && apart)
			bt_buf_addch(&name, '_');
		bt_buf_addch(&name, *p == '.' || *p == '-' ? '_' : toupper((unsigned char)*p));
	}
	return bt_buf_take(&name, NULL);
}

char *bt_key_env_name(const char *name)
{
	const struct bt_key *k = bt_key_of(name);

	return !k || k->scope == BT_SCOPE_GIT ? NULL : variable(k->name, true);
}

const char *conf_env_find(const char *key, char **ret_name)
{
	const char *v;

	*ret_name = variable(key, true);
	v = getenv(*ret_name);
	if (v)
		return v;
	free(*ret_name);
	*ret_name = variable(key, false);
	return getenv(*ret_name);
}

static bool is_ours(const char *assignment)
{
	return !strncmp(assignment, PREFIX, strlen(PREFIX));
}

static int take_key(struct bt_conf *c, enum bt_key_id key, struct bt_err *err)
{
	BT_FREE char *name = NULL;
	const char *v = conf_env_find(bt_keys[key].name, &name);
	const struct conf_place place = { .origin = BT_FROM_ENV, .name = name, .where = "in the environment" };

	return v ? conf_set(c, key, v, &place, err) : 0;
}

int conf_take_env(struct bt_conf *c, struct bt_err *err)
{
	struct bt_err wrong = BT_ERR_INIT;
	bool any = false;

	for (char **p = environ; p && *p; p++) {
		if (!is_ours(*p))
			continue;
		any = true;
		if (conf_take_severity(c, *p, &wrong) && conf_tolerate(c, &wrong))
			return *err = wrong, err->code;
	}
	for (int i = 0; any && i < BT_KEY_NR; i++)
		if (take_key(c, (enum bt_key_id)i, &wrong) && conf_tolerate(c, &wrong))
			return *err = wrong, err->code;
	return 0;
}
