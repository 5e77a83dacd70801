/*
 * Resolution: every key once, from the highest origin that speaks.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/conf/conf_state.h"
#include "core/git/attr.h"

int conf_find(const char *name)
{
	for (int i = 0; i < BT_KEY_NR; i++)
		if (!strcasecmp(bt_keys[i].name, name))
			return i;
	return -1;
}

/* Letters in common, position for position from both ends: enough to guess a misspelt key. */
static int likeness(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), nr = 0, min = la < lb ? la : lb;

	while (nr < min && tolower((unsigned char)a[nr]) == tolower((unsigned char)b[nr]))
		nr++;
	for (size_t i = 1; i <= min - nr; i++)
		if (tolower((unsigned char)a[la - i]) == tolower((unsigned char)b[lb - i]))
			min = min > nr + i ? min : nr + i;
		else
			return (int)(nr + i - 1);
	return (int)min;
}

/* The known key nearest to a name, or -1. An area they share says nothing about the rest. */
static int nearest(const char *name)
{
	const char *dot = strchr(name, '.');
	size_t area = dot ? (size_t)(dot + 1 - name) : 0;
	int best = -1, best_like = 0;

	for (int i = 0; i < BT_KEY_NR; i++) {
		size_t skip = strncasecmp(bt_keys[i].name, name, area) ? 0 : area;
		int like = likeness(bt_keys[i].name + skip, name + skip);

		if (like > best_like && like > (int)strlen(name + skip) / 2) {
			best_like = like;
			best = i;
		}
	}
	return best;
}

int conf_unknown(const struct conf_place *place, size_t len, struct bt_err *err)
{
	size_t before = strlen(place->name) - len;
	const char *commands = conf_command_hint(place->name + before);
	int best = nearest(place->name + before);

	bt_err_set(err, BT_ERR_FAIL, "unknown key '%s' %s", place->name, place->where);
	if (commands)
		return bt_err_hint(err, "%s", commands);
	if (best < 0)
		return bt_err_hint(err, "`git help batho-config` lists the keys");
	return bt_err_hint(err, "did you mean '%.*s%s'?", (int)before, place->name,
			   bt_keys[best].name);
}

static int bad_value(const char *text, const struct conf_place *place, const char *want,
		     struct bt_err *err)
{
	return bt_err_set(err, BT_ERR_FAIL, "'%s' %s is '%s': %s is expected", place->name, place->where,
			  text, want);
}

static int bad_number(const struct bt_key *k, const char *text, const struct conf_place *place,
		      struct bt_err *err)
{
	bool mega = k->type == BT_TYPE_SIZE && !(k->max & ((1 << 20) - 1));
	char want[80];

	snprintf(want, sizeof(want), "%s from %lld to %lld%s",
		 k->type == BT_TYPE_SIZE ? "a size" : "a number", (long long)k->min,
		 (long long)(mega ? k->max >> 20 : k->max), mega ? "m" : "");
	return bad_value(text, place, want, err);
}

static int parse_choice(const struct bt_key *k, const char *text, const struct conf_place *place,
			int64_t *ret, struct bt_err *err)
{
	char want[128] = "one of";

	for (int i = 0; k->choices[i]; i++) {
		size_t len = strlen(want);

		if (!strcmp(k->choices[i], text)) {
			*ret = i;
			return 0;
		}
		snprintf(want + len, sizeof(want) - len, "%s %s", i ? "," : "", k->choices[i]);
	}
	return bad_value(text, place, want, err);
}

static int check_pattern(const char *text, const struct conf_place *place, struct bt_err *err)
{
	struct bt_pattern pattern;

	if (bt_pattern_parse(text, &pattern, err)) {
		if (err)	/* nobody misused the program */
			err->code = BT_ERR_FAIL;
		bt_err_wrap(err, "'%s' %s", place->name, place->where);
		return BT_ERR_FAIL;
	}
	bt_pattern_release(&pattern);
	return 0;
}

static int parse_value(const struct bt_key *k, const char *text, const struct conf_place *place,
		       int64_t *ret, struct bt_err *err)
{
	uint64_t size;

	switch (k->type) {
	case BT_TYPE_INT:
		if (!bt_text_int(text, ret) || *ret < k->min || *ret > k->max)
			return bad_number(k, text, place, err);
		return 0;
	case BT_TYPE_SIZE:
		if (!bt_text_size(text, &size) || size < (uint64_t)k->min || size > (uint64_t)k->max)
			return bad_number(k, text, place, err);
		*ret = (int64_t)size;
		return 0;
	case BT_TYPE_BOOL:
		*ret = bt_text_bool(text);
		return *ret < 0 ? bad_value(text, place, "true or false", err) : 0;
	case BT_TYPE_CHOICE:
		return parse_choice(k, text, place, ret, err);
	case BT_TYPE_PATTERNS:
		*ret = 0;
		return check_pattern(text, place, err);
	case BT_TYPE_STRING:
		break;
	}
	*ret = 0;
	return 0;
}

static void list_add(struct bt_conf *c, struct bt_value *v, const char *text)
{
	const char **list = bt_arena_alloc(&c->arena, (v->list_nr + 1) * sizeof(*list));

	if (v->list_nr)
		memcpy(list, v->list, v->list_nr * sizeof(*list));
	list[v->list_nr++] = text;
	v->list = list;
}

int conf_set(struct bt_conf *c, enum bt_key_id key, const char *text, const struct conf_place *place,
	     struct bt_err *err)
{
	struct bt_value *v = &c->values[key];
	bool list = bt_keys[key].type == BT_TYPE_PATTERNS;
	int64_t number;
	int rc;

	/* What is wrong is told although a better place has a value. */
	rc = parse_value(&bt_keys[key], text, place, &number, err);
	if (rc || v->origin > place->origin)
		return rc;
	text = bt_arena_strndup(&c->arena, text, strlen(text));
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
	struct conf_place place = { BT_FROM_DEFAULT, bt_keys[key].name, "in the defaults" };

	return bt_keys[key].deflt ? conf_set(c, key, bt_keys[key].deflt, &place, err) : 0;
}

static int set_defaults(struct bt_conf *c, struct bt_err *err)
{
	for (int i = 0; i < BT_KEY_NR; i++)
		if (set_default(c, (enum bt_key_id)i, err))
			return err->code;
	return 0;
}

int conf_tolerate(const struct bt_conf *c, const struct bt_err *err)
{
	if (!c->warn)
		return err->code;
	c->warn(c->warn_ctx, err->msg);
	return 0;
}

int bt_conf_pass_over(const struct bt_conf *c, struct bt_err *err)
{
	if (conf_tolerate(c, err))
		return err->code;
	*err = (struct bt_err)BT_ERR_INIT;
	return 0;
}

#define ENV_NAME_LEN 96

/* BATHO_INDEX_MAX_BLOB_SIZE and BATHO_INDEX_MAXBLOBSIZE name index.maxBlobSize. */
static const char *from_env(const char *key, char ret_name[ENV_NAME_LEN])
{
	char plain[ENV_NAME_LEN] = "BATHO_", split[ENV_NAME_LEN] = "BATHO_";
	size_t p = 6, s = 6;
	const char *v;

	for (; *key && s + 2 < ENV_NAME_LEN; key++) {
		char up = *key == '.' || *key == '-' ? '_' : (char)toupper((unsigned char)*key);

		if (isupper((unsigned char)*key))
			split[s++] = '_';
		plain[p++] = split[s++] = up;
	}
	plain[p] = split[s] = '\0';
	v = getenv(split);
	memcpy(ret_name, v ? split : plain, ENV_NAME_LEN);
	return v ? v : getenv(plain);
}

static int take_env(struct bt_conf *c, struct bt_err *err)
{
	char name[ENV_NAME_LEN];
	const struct conf_place place = { BT_FROM_ENV, name, "in the environment" };

	for (int i = 0; i < BT_KEY_NR; i++) {
		const char *v = from_env(bt_keys[i].name, name);

		struct bt_err wrong = BT_ERR_INIT;

		if (v && conf_set(c, (enum bt_key_id)i, v, &place, &wrong) && conf_tolerate(c, &wrong))
			return *err = wrong, err->code;
	}
	return 0;
}

/* What git's listing and the environment say, once the listing was read with `rc`. */
static int settle(struct bt_conf *c, int rc, struct bt_conf **ret_conf, struct bt_err *err)
{
	if (!rc)
		rc = conf_take_git(c, err);
	if (!rc)
		rc = take_env(c, err);
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

int bt_conf_open_listed(const char *listing, size_t len, void (*warn)(void *ctx, const char *msg),
			void *ctx, struct bt_conf **ret_conf, struct bt_err *err)
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
	const struct conf_place place = { BT_FROM_COMMAND, bt_keys[key].name, "on the command line" };
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
