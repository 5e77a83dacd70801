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
	BT_FREE char *known = k && k->scope != BT_SCOPE_GIT ? bt_key_name(name) : NULL;

	return known ? variable(known, true) : NULL;
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

/* Variables that are no settings: said to the program, or by it to what it starts. */
static const char *const reserved[] = {
	"BATHO_ACTION", "BATHO_AGENT", "BATHO_BASE", "BATHO_BATCH", "BATHO_COMMIT", "BATHO_EXEC_PATH", "BATHO_KEY",
	"BATHO_NAME", "BATHO_QUEUE_FENCE", "BATHO_QUEUE_PROGRAM", "BATHO_QUEUE_PUSH", "BATHO_REF", "BATHO_SKIP",
	"BATHO_STORE_DIR", "BATHO_TRACE",
};
#define RESERVED_PREFIX "BATHO_FIELD_"

static bool is_reserved(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(reserved); i++)
		if (!strcmp(reserved[i], name))
			return true;
	return !strncmp(name, RESERVED_PREFIX, strlen(RESERVED_PREFIX));
}

/* Is it a key's? If not, *ret_near is the one that is nearest, or NULL. free() */
static bool is_key(const char *name, char **ret_near)
{
	int best_like = (int)(strlen(name) - strlen(PREFIX)) / 2 + (int)strlen(PREFIX);

	*ret_near = NULL;
	for (int i = 0; i < BT_KEY_NR; i++) {
		BT_FREE char *apart = variable(bt_keys[i].name, true), *joined = variable(bt_keys[i].name, false);
		int like;

		if (!strcmp(apart, name) || !strcmp(joined, name))
			return true;
		like = conf_likeness(apart, name);
		if (like <= best_like)
			continue;
		best_like = like;
		free(*ret_near);
		*ret_near = apart;
		apart = NULL;
	}
	return false;
}

void conf_check_variable(struct bt_conf *c, const char *assignment)
{
	BT_FREE char *name = bt_xstrndup(assignment, strcspn(assignment, "=")), *near = NULL;
	const struct conf_place place = { .origin = BT_FROM_ENV, .name = name, .where = "in the environment" };
	struct bt_err err = BT_ERR_INIT;

	if (!is_ours(name) || is_reserved(name) || conf_severity_of_variable(c, name, strlen(name)) || is_key(name, &near))
		return;
	conf_unknown_variable(c, &place, near, &err);
	conf_tolerate(c, &err);
}

/* Is the variable of this name (len bytes) the key's, with its words apart, or with none of them apart? */
static bool is_variable_of(const char *name, size_t len, const char *key, bool apart)
{
	const char *end = name + len;

	name += strlen(PREFIX);
	for (const char *p = key; *p; p++) {
		bool starts = apart && isupper((unsigned char)*p) && p > key && islower((unsigned char)p[-1]);

		if (starts && (name >= end || *name++ != '_'))
			return false;
		if (name >= end || *name++ != (*p == '.' || *p == '-' ? '_' : toupper((unsigned char)*p)))
			return false;
	}
	return name == end;
}

static int take_key(struct bt_conf *c, enum bt_key_id key, const char *assignment, size_t len, struct bt_err *err)
{
	BT_FREE char *name = bt_xstrndup(assignment, len), *better = NULL;
	const struct conf_place place = { .origin = BT_FROM_ENV, .name = name, .where = "in the environment" };

	/* the other spelling wins where both are there */
	if (!conf_env_find(bt_keys[key].name, &better) || strcmp(better, name))
		return 0;
	return conf_set(c, key, assignment + len + 1, &place, err);
}

static int take(struct bt_conf *c, const char *assignment, struct bt_err *err)
{
	size_t len = strcspn(assignment, "=");

	for (int i = 0; i < BT_KEY_NR && assignment[len]; i++)
		if (is_variable_of(assignment, len, bt_keys[i].name, true) || is_variable_of(assignment, len, bt_keys[i].name, false))
			return take_key(c, (enum bt_key_id)i, assignment, len, err);
	return conf_take_severity(c, assignment, err);
}

int conf_take_env(struct bt_conf *c, struct bt_err *err)
{
	struct bt_err wrong = BT_ERR_INIT;

	for (char **p = environ; p && *p; p++)
		if (is_ours(*p) && take(c, *p, &wrong) && conf_tolerate(c, &wrong))
			return *err = wrong, err->code;
	return 0;
}
