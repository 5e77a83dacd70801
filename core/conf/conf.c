/*
 * Resolution: every key once, from the highest origin that speaks.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/conf/conf_state.h"

const char *const bt_git_scope_names[BT_GIT_SCOPE_NR] = {
	[BT_GIT_SCOPE_SYSTEM] = "system",	[BT_GIT_SCOPE_GLOBAL] = "global",   [BT_GIT_SCOPE_LOCAL] = "local",
	[BT_GIT_SCOPE_WORKTREE] = "worktree", [BT_GIT_SCOPE_COMMAND] = "command",
};

static void list_add(struct bt_conf *c, struct bt_value *v, const char *text)
{
	const char **list = bt_arena_alloc(&c->arena, (v->list_nr + 1) * sizeof(*list));

	if (v->list_nr)
		memcpy(list, v->list, v->list_nr * sizeof(*list));
	list[v->list_nr++] = text;
	v->list = list;
}

/* The text of a value, in the arena; "~/" of a path is the home folder, as it is for git. */
static const char *keep_text(struct bt_conf *c, enum bt_key_id key, const char *text)
{
	const char *home = bt_keys[key].type == BT_TYPE_PATH && *text == '~' ? getenv("HOME") : NULL;
	BT_FREE char *whole = home ? bt_xasprintf("%s%s", home, text + 1) : NULL;

	if (whole)
		text = whole;
	return bt_arena_strndup(&c->arena, text, strlen(text));
}

int conf_set(struct bt_conf *c, enum bt_key_id key, const char *text, const struct conf_place *place,
	     struct bt_err *err)
{
	struct bt_value *v = &c->values[key];
	bool list = bt_keys[key].type == BT_TYPE_PATTERNS;
	int64_t number;
	int rc;

	/* What is wrong is told although a better place has a value. */
	rc = conf_parse_value(c, &bt_keys[key], text, place, &number, err);
	if (rc || v->origin > place->origin)
		return rc;
	text = keep_text(c, key, text);
	if (list && v->origin != place->origin)
		v->list_nr = 0;
	v->origin = place->origin;
	v->number = number;
	v->text = text;
	if (list)
		list_add(c, v, text);
	return 0;
}

static int set_default(struct bt_conf *c, enum bt_key_id key, struct bt_err *err)
{
	struct conf_place place = { .origin = BT_FROM_DEFAULT, .name = bt_keys[key].name, .where = "in the defaults" };

	return bt_keys[key].deflt ? conf_set(c, key, bt_keys[key].deflt, &place, err) : 0;
}

static int set_defaults(struct bt_conf *c, struct bt_err *err)
{
	for (int i = 0; i < BT_KEY_NR; i++)
		if (set_default(c, (enum bt_key_id)i, err))
			return err->code;
	return 0;
}

/* What git's listing and the environment say, once the listing was read with `rc`. */
static int settle(struct bt_conf *c, int rc, struct bt_conf **ret_conf, struct bt_err *err)
{
	if (!rc)
		rc = conf_take_git(c, err);
	if (!rc)
		rc = conf_take_env(c, err);
	if (rc)
		bt_conf_free(&c);
	else
		*ret_conf = c;
	return rc;
}

int bt_conf_open(const struct bt_repo *repo, struct bt_git_stream *listing, struct bt_conf **ret_conf,
		 struct bt_err *err)
{
	struct bt_conf *c = bt_xcalloc(1, sizeof(*c));
	int rc = set_defaults(c, err);

	if (!rc)
		rc = conf_read_git(c, repo, listing, err);
	return settle(c, rc, ret_conf, err);
}

int bt_conf_open_listed(const char *listing, size_t len, bt_conf_warn *warn, void *ctx, struct bt_conf **ret_conf,
			struct bt_err *err)
{
	struct bt_conf *c = bt_xcalloc(1, sizeof(*c));
	BT_FREE char *copy = bt_xmalloc(len + 1);
	int rc;

	memcpy(copy, listing, len);
	copy[len] = '\0';
	c->warn = warn;
	c->warn_ctx = ctx;
	rc = set_defaults(c, err);
	if (!rc)
		conf_parse_git(c, copy, len);
	return settle(c, rc, ret_conf, err);
}

void bt_conf_free(struct bt_conf **pc)
{
	struct bt_conf *c = *pc;

	if (!c)
		return;
	free(c->git);
	free(c->severities);
	bt_arena_release(&c->arena);
	free(c);
	*pc = NULL;
}

/* Keys that an earlier tracked file set go back to their defaults. */
static int drop_tracked(struct bt_conf *c, struct bt_err *err)
{
	conf_drop_tracked_severities(c);
	c->tracked_nr = 0;
	for (int i = 0; i < BT_KEY_NR; i++) {
		if (c->values[i].origin != BT_FROM_TRACKED)
			continue;
		memset(&c->values[i], 0, sizeof(c->values[i]));
		if (set_default(c, (enum bt_key_id)i, err))
			return err->code;
	}
	return 0;
}

int bt_conf_set_tracked(struct bt_conf *c, const char *data, size_t len, const char *where,
			struct bt_err *err)
{
	if (drop_tracked(c, err))
		return err->code;
	return conf_read_tracked(c, data, len, where, err) ? bt_conf_pass_over(c, err) : 0;
}

int bt_conf_set_command(struct bt_conf *c, enum bt_key_id key, const char *text, struct bt_err *err)
{
	const struct conf_place place = { .origin = BT_FROM_COMMAND, .name = bt_keys[key].name,
					  .where = "on the command line" };
	int rc = conf_set(c, key, text, &place, err);

	if (rc)
		err->code = BT_ERR_USAGE;
	return rc ? BT_ERR_USAGE : 0;
}

const struct bt_value *bt_conf_get(const struct bt_conf *c, enum bt_key_id key)
{
	return &c->values[key];
}

const char *bt_conf_git(const struct bt_conf *c, const char *name)
{
	for (size_t i = c->git_nr; i-- > 0;)
		if (!strcmp(c->git[i].name, name))
			return c->git[i].value ? c->git[i].value : "true";
	return NULL;
}

const char *bt_conf_git_own(const struct bt_conf *c, const char *name)
{
	for (size_t i = c->git_nr; i-- > 0;)
		if ((c->git[i].scope == BT_GIT_SCOPE_SYSTEM || c->git[i].scope == BT_GIT_SCOPE_GLOBAL) && !strcmp(c->git[i].name, name))
			return c->git[i].value ? c->git[i].value : "true";
	return NULL;
}

unsigned bt_conf_shared_mode(const struct bt_conf *c)
{
	const char *v = bt_conf_git(c, "core.sharedrepository");

	if (!v || !strcmp(v, "umask") || !bt_text_bool(v))
		return 0;
	if (!strcmp(v, "all") || !strcmp(v, "world") || !strcmp(v, "everybody") || !strcmp(v, "2"))
		return 0664;
	if (*v == '0' && v[1])
		return (unsigned)strtoul(v, NULL, 8) & 0666;
	return 0660;
}

static uint64_t hash_value(const struct bt_value *v, uint64_t h)
{
	h = bt_mix64(h ^ (uint64_t)v->number);
	for (size_t i = 0; i < v->list_nr; i++)
		h = bt_hash64(v->list[i], strlen(v->list[i]), h + i);
	/* a value from above the tracked file hides it, a default does not */
	return bt_mix64(h ^ (v->origin > BT_FROM_TRACKED));
}

uint64_t bt_conf_selection_hash(const struct bt_conf *c)
{
	static const enum bt_key_id keys[] = { BT_KEY_INDEX_MAX_BLOB_SIZE, BT_KEY_INDEX_INCLUDE,
					       BT_KEY_INDEX_EXCLUDE };
	const char *icase = bt_conf_git(c, "core.ignorecase");
	uint64_t h = icase && bt_text_bool(icase) == 1;

	for (size_t i = 0; i < BT_ARRAY_NR(keys); i++) {
		struct bt_value v = c->values[keys[i]];

		if (v.origin == BT_FROM_TRACKED) {	/* its tree object stands for it */
			memset(&v, 0, sizeof(v));
			v.origin = BT_FROM_DEFAULT;
		}
		if (v.origin == BT_FROM_DEFAULT)
			v.number = 0;
		h = hash_value(&v, h + i);
	}
	return h;
}
