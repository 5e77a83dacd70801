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
#include "core/git/program.h"

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

int conf_unknown(const char *name, const char *where, struct bt_err *err)
{
	int best = -1, best_like = (int)strlen(name) / 2;

	for (int i = 0; i < BT_KEY_NR; i++) {
		int like = likeness(bt_keys[i].name, name);

		if (like > best_like) {
			best_like = like;
			best = i;
		}
	}
	bt_err_set(err, BT_ERR_FAIL, "unknown key '%s' in %s", name, where);
	return best < 0 ? err->code : bt_err_hint(err, "did you mean '%s'?", bt_keys[best].name);
}

static int bad_value(const struct bt_key *k, const char *text, const char *where, const char *want,
		     struct bt_err *err)
{
	if (k->type == BT_TYPE_INT || k->type == BT_TYPE_SIZE)
		return bt_err_set(err, BT_ERR_FAIL, "key '%s' in %s is '%s': %s from %lld to %lld is expected",
				  k->name, where, text, want, (long long)k->min, (long long)k->max);
	return bt_err_set(err, BT_ERR_FAIL, "key '%s' in %s is '%s': %s is expected", k->name, where, text,
			  want);
}

static int parse_choice(const struct bt_key *k, const char *text, const char *where, int64_t *ret,
			struct bt_err *err)
{
	char want[128] = "one of";

	for (int i = 0; k->choices[i]; i++) {
		size_t len = strlen(want);

		if (!strcmp(k->choices[i], text)) {
			*ret = i;
			return 0;
		}
		snprintf(want + len, sizeof(want) - len, " %s", k->choices[i]);
	}
	return bad_value(k, text, where, want, err);
}

static int parse_number(const struct bt_key *k, const char *text, const char *where, int64_t *ret,
			struct bt_err *err)
{
	uint64_t size;

	switch (k->type) {
	case BT_TYPE_INT:
		if (!bt_text_int(text, ret) || *ret < k->min || *ret > k->max)
			return bad_value(k, text, where, "a number", err);
		return 0;
	case BT_TYPE_SIZE:
		if (!bt_text_size(text, &size) || size < (uint64_t)k->min || size > (uint64_t)k->max)
			return bad_value(k, text, where, "a size", err);
		*ret = (int64_t)size;
		return 0;
	case BT_TYPE_BOOL:
		*ret = bt_text_bool(text);
		return *ret < 0 ? bad_value(k, text, where, "true or false", err) : 0;
	case BT_TYPE_CHOICE:
		return parse_choice(k, text, where, ret, err);
	case BT_TYPE_STRING:
	case BT_TYPE_LIST:
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

int conf_set(struct bt_conf *c, enum bt_key_id key, enum bt_origin origin, const char *text,
	     const char *where, struct bt_err *err)
{
	struct bt_value *v = &c->values[key];
	int64_t number;

	if (v->origin > origin)
		return 0;
	if (parse_number(&bt_keys[key], text, where, &number, err))
		return err->code;
	text = bt_arena_strndup(&c->arena, text, strlen(text));
	if (bt_keys[key].type == BT_TYPE_LIST && v->origin != origin)
		v->list_nr = 0;
	v->origin = origin;
	v->number = number;
	v->text = text;
	if (bt_keys[key].type == BT_TYPE_LIST)
		list_add(c, v, text);
	return 0;
}

static int set_defaults(struct bt_conf *c, struct bt_err *err)
{
	for (int i = 0; i < BT_KEY_NR; i++)
		if (bt_keys[i].deflt &&
		    conf_set(c, (enum bt_key_id)i, BT_FROM_DEFAULT, bt_keys[i].deflt, "the defaults", err))
			return err->code;
	return 0;
}

static void add_git(struct bt_conf *c, const char *name, const char *value, const char *origin)
{
	if (!strcmp(origin, "command line:"))
		origin = "the command line";
	BT_GROW(c->git, c->git_alloc, c->git_nr + 1);
	c->git[c->git_nr++] = (struct conf_git){
		.name = bt_arena_strndup(&c->arena, name, strlen(name)),
		.value = value ? bt_arena_strndup(&c->arena, value, strlen(value)) : NULL,
		.origin = bt_arena_strndup(&c->arena, origin, strlen(origin)),
	};
}

/* `git config -z --list --show-origin`: origin NUL name LF value NUL, again and again. */
static void parse_git(struct bt_conf *c, char *data, size_t len)
{
	static const char *const wanted[] = { "batho.", "core.", "color.", "pager." };
	char *p = data, *end = data + len;

	while (p < end) {
		char *origin = p, *name = p + strlen(p) + 1, *lf;

		if (name >= end)
			return;
		p = name + strlen(name) + 1;
		lf = strchr(name, '\n');
		if (lf)
			*lf = '\0';
		for (size_t i = 0; i < BT_ARRAY_NR(wanted); i++)
			if (!strncmp(name, wanted[i], strlen(wanted[i])))
				add_git(c, name, lf ? lf + 1 : NULL, origin);
	}
}

static int read_git(struct bt_conf *c, struct bt_repo *repo, struct bt_err *err)
{
	static const char *const argv[] = { "config", "-z", "--list", "--show-origin", NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;

	if (bt_git_run_argv(repo, argv, &out, err))
		return bt_err_wrap(err, "cannot read git's configuration");
	parse_git(c, out.data, out.len);
	return 0;
}

static int take_git(struct bt_conf *c, struct bt_err *err)
{
	for (size_t i = 0; i < c->git_nr; i++) {
		const struct conf_git *g = &c->git[i];
		const char *name = g->name + 6;
		int key;

		/* other areas belong to other commands, of this version or a later one */
		if (strncmp(g->name, "batho.index.", 12))
			continue;
		key = conf_find(name);
		if (key < 0)
			return conf_unknown(name, g->origin, err);
		if (conf_set(c, (enum bt_key_id)key, BT_FROM_GIT, g->value ? g->value : "true", g->origin,
			     err))
			return err->code;
	}
	return 0;
}

/* BATHO_INDEX_MAX_BLOB_SIZE and BATHO_INDEX_MAXBLOBSIZE name index.maxBlobSize. */
static const char *from_env(const char *key)
{
	char plain[80] = "BATHO_", split[96] = "BATHO_";
	size_t p = 6, s = 6;
	const char *v;

	for (; *key && s + 2 < sizeof(split) && p + 1 < sizeof(plain); key++) {
		char up = *key == '.' ? '_' : (char)toupper((unsigned char)*key);

		if (isupper((unsigned char)*key))
			split[s++] = '_';
		plain[p++] = split[s++] = up;
	}
	plain[p] = split[s] = '\0';
	v = getenv(split);
	return v ? v : getenv(plain);
}

static int take_env(struct bt_conf *c, struct bt_err *err)
{
	for (int i = 0; i < BT_KEY_NR; i++) {
		const char *v = from_env(bt_keys[i].name);

		if (v && conf_set(c, (enum bt_key_id)i, BT_FROM_ENV, v, "the environment", err))
			return err->code;
	}
	return 0;
}

int bt_conf_open(struct bt_repo *repo, struct bt_conf **ret_conf, struct bt_err *err)
{
	struct bt_conf *c = bt_xcalloc(1, sizeof(*c));
	int rc = set_defaults(c, err);

	if (!rc)
		rc = read_git(c, repo, err);
	if (!rc)
		rc = take_git(c, err);
	if (!rc)
		rc = take_env(c, err);
	if (rc)
		bt_conf_free(&c);
	else
		*ret_conf = c;
	return rc;
}

void bt_conf_free(struct bt_conf **pc)
{
	struct bt_conf *c = *pc;

	if (!c)
		return;
	free(c->git);
	bt_arena_release(&c->arena);
	free(c);
	*pc = NULL;
}

/* Keys that an earlier tracked file set go back to their defaults. */
static int drop_tracked(struct bt_conf *c, struct bt_err *err)
{
	for (int i = 0; i < BT_KEY_NR; i++) {
		if (c->values[i].origin != BT_FROM_TRACKED)
			continue;
		memset(&c->values[i], 0, sizeof(c->values[i]));
		if (bt_keys[i].deflt && conf_set(c, (enum bt_key_id)i, BT_FROM_DEFAULT, bt_keys[i].deflt,
						 "the defaults", err))
			return err->code;
	}
	return 0;
}

int bt_conf_set_tracked(struct bt_conf *c, const char *data, size_t len, const char *where,
			struct bt_err *err)
{
	return drop_tracked(c, err) ? err->code : conf_read_tracked(c, data, len, where, err);
}

int bt_conf_set_command(struct bt_conf *c, enum bt_key_id key, const char *text, struct bt_err *err)
{
	int rc = conf_set(c, key, BT_FROM_COMMAND, text, "the command line", err);

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
