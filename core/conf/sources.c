/*
 * Who said what about a key: for people who want to know where a value comes from, so that nothing of this is kept while
 * settings are read for a command.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/conf/conf_state.h"

extern char **environ;

struct list {
	struct bt_conf *conf;
	const struct bt_key *key;
	const char *name;	/* without "batho." */
	struct bt_conf_source *items;
	size_t nr, alloc;
};

static const char *own_name(const char *name)
{
	return strncasecmp(name, CONF_OURS, strlen(CONF_OURS)) ? name : name + strlen(CONF_OURS);
}

static void add(struct list *l, const struct bt_conf_source *s)
{
	const struct conf_place place = { .origin = s->origin, .name = "", .where = "", .scope = s->scope };
	const char *text = s->value ? s->value : "true";
	int64_t number;

	BT_GROW(l->items, l->alloc, l->nr + 1);
	l->items[l->nr] = *s;
	l->items[l->nr].valid = !conf_is_out_of_scope(l->key, s->scope) && (s->value || l->key->scope != BT_SCOPE_GIT) &&
				!conf_parse_value(l->conf, l->key, text, &place, &number, NULL);
	l->nr++;
}

static void add_tracked(struct list *l)
{
	const struct bt_conf *c = l->conf;

	for (size_t i = 0; i < c->tracked_nr; i++)
		if (conf_same_name(l->name, c->tracked[i].name))
			add(l, &(struct bt_conf_source){ .origin = BT_FROM_TRACKED, .name = c->tracked[i].name,
							 .value = c->tracked[i].value, .file = c->tracked_where,
							 .line = c->tracked[i].line });
}

static bool is_ours(const struct conf_git *g)
{
	return !strncmp(g->name, CONF_OURS, strlen(CONF_OURS));
}

static void add_git(struct list *l)
{
	struct bt_conf *c = l->conf;

	for (size_t i = 0; i < c->git_nr; i++) {
		BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT;
		const struct conf_git *g = &c->git[i];
		struct conf_place place;

		if (!is_ours(g) || !conf_same_name(l->name, own_name(g->name)))
			continue;
		conf_git_place(c, i, &where, &place);
		add(l, &(struct bt_conf_source){ .origin = BT_FROM_GIT, .scope = g->scope, .name = g->name, .value = g->value,
						 .file = place.file, .line = place.line });
	}
}

static void add_env(struct list *l)
{
	BT_FREE char *name = NULL;
	const char *value = l->key->scope == BT_SCOPE_GIT ? NULL : conf_env_find(l->name, &name);
	struct bt_arena *arena = &l->conf->arena;

	if (value)
		add(l, &(struct bt_conf_source){ .origin = BT_FROM_ENV, .name = bt_arena_strndup(arena, name, strlen(name)),
						 .value = value });
}

/* The strongest that is valid, and of a list all that stand with it. */
static void mark_counting(struct list *l)
{
	bool one = l->key->type != BT_TYPE_PATTERNS;
	enum bt_origin best = BT_FROM_DEFAULT;

	for (size_t i = 0; i < l->nr; i++)
		if (l->items[i].valid && l->items[i].origin > best)
			best = l->items[i].origin;
	for (size_t i = l->nr; i-- > 0;) {
		if (!l->items[i].valid || l->items[i].origin != best)
			continue;
		l->items[i].counts = true;
		if (one)
			return;
	}
}

void bt_conf_sources(struct bt_conf *c, const char *name, struct bt_conf_source **ret, size_t *ret_nr)
{
	struct list l = { .conf = c, .key = bt_key_of(name), .name = own_name(name) };

	if (l.key && l.key->deflt)
		add(&l, &(struct bt_conf_source){ .origin = BT_FROM_DEFAULT, .name = l.key->name, .value = l.key->deflt });
	if (l.key) {
		add_tracked(&l);
		add_git(&l);
		add_env(&l);
		mark_counting(&l);
	}
	*ret = l.items;
	*ret_nr = l.nr;
}

/* --- names --- */

struct names {
	struct bt_conf *conf;
	const char **items;
	size_t nr, alloc;
};

static void add_name(struct names *n, const char *name)
{
	char *copy;

	for (size_t i = 0; i < n->nr; i++)
		if (conf_same_name(n->items[i], name))
			return;
	copy = bt_key_name(name);
	BT_GROW(n->items, n->alloc, n->nr + 1);
	n->items[n->nr++] = bt_arena_strndup(&n->conf->arena, copy, strlen(copy));
	free(copy);
}

static int name_cmp(const void *pa, const void *pb)
{
	const char *const *a = pa, *const *b = pb;
	int diff = strcasecmp(*a, *b);

	return diff ? diff : strcmp(*a, *b);
}

void bt_conf_names(struct bt_conf *c, const char ***ret, size_t *ret_nr)
{
	struct names n = { .conf = c };

	for (int i = 0; i < BT_KEY_NR; i++)
		add_name(&n, bt_keys[i].name);
	for (size_t i = 0; i < c->git_nr; i++)
		if (is_ours(&c->git[i]) && conf_family_of(own_name(c->git[i].name)))
			add_name(&n, own_name(c->git[i].name));
	for (size_t i = 0; i < c->tracked_nr; i++)
		if (conf_family_of(c->tracked[i].name))
			add_name(&n, c->tracked[i].name);
	for (char **p = environ; p && *p; p++) {
		const char *id = conf_severity_of_variable(c, *p, strcspn(*p, "="));
		BT_FREE char *name = id ? bt_xasprintf("rules.%s.severity", id) : NULL;

		if (name)
			add_name(&n, name);
	}
	qsort(n.items, n.nr, sizeof(*n.items), name_cmp);
	*ret = n.items;
	*ret_nr = n.nr;
}

/* --- names that nobody knows --- */

static void check_git_names(struct bt_conf *c)
{
	for (size_t i = 0; i < c->git_nr; i++) {
		BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT;
		const struct conf_git *g = &c->git[i];
		struct bt_err err = BT_ERR_INIT;
		struct conf_place place;

		if (!is_ours(g) || conf_is_known_area(own_name(g->name)))
			continue;
		conf_git_place(c, i, &where, &place);
		place.name = g->name;
		conf_unknown(c, &place, strlen(own_name(g->name)), &err);
		conf_tolerate(c, &err);
	}
}

void bt_conf_check_names(struct bt_conf *c)
{
	check_git_names(c);
	for (char **p = environ; p && *p; p++)
		conf_check_variable(c, *p);
}
