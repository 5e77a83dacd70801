/*
 * rules.<id>.severity: a key for every rule there is. The ids are not known here; whoever knows the rules asks for them one by
 * one and goes through all that was said to find those that name no rule.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/conf/conf_state.h"

#define AREA "rules."
#define KEY ".severity"

const char *const bt_conf_severities[] = { "off", "note", "warning", "error", NULL };

bool conf_is_severity(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(AREA) + strlen(KEY) && !strncmp(name, AREA, strlen(AREA)) &&
	       !strcmp(name + len - strlen(KEY), KEY);
}

static int check(const char *text, const struct conf_place *place, struct bt_err *err)
{
	for (int i = 0; bt_conf_severities[i]; i++)
		if (!strcmp(bt_conf_severities[i], text))
			return 0;
	return bt_err_set(err, BT_ERR_FAIL, "'%s' %s is '%s': one of off, note, warning, error is expected",
			  place->name, place->where, text);
}

int conf_set_severity(struct bt_conf *c, const char *text, const struct conf_place *place, struct bt_err *err)
{
	const char *name = strstr(place->name, AREA);
	struct conf_severity *s;
	size_t len;

	if (check(text, place, err))
		return err->code;
	name += strlen(AREA);
	len = strlen(name) - strlen(KEY);
	BT_GROW(c->severities, c->severities_alloc, c->severities_nr + 1);
	s = &c->severities[c->severities_nr++];
	*s = (struct conf_severity){
		.origin = place->origin,
		.said = { .id = bt_arena_strndup(&c->arena, name, len),
			  .severity = bt_arena_strndup(&c->arena, text, strlen(text)),
			  .where = bt_arena_strndup(&c->arena, place->where, strlen(place->where)),
			  .tracked = place->origin == BT_FROM_TRACKED },
	};
	return 0;
}

void conf_drop_tracked_severities(struct bt_conf *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->severities_nr; i++)
		if (c->severities[i].origin != BT_FROM_TRACKED)
			c->severities[kept++] = c->severities[i];
	c->severities_nr = kept;
}

/* BATHO_RULES_EMPTY_CATCH_SEVERITY */
static int from_env(const char *id, const char **ret, struct bt_err *err)
{
	BT_FREE char *name = bt_xasprintf("BATHO_RULES_%s_SEVERITY", id);
	struct conf_place place = { BT_FROM_ENV, name, "in the environment" };

	for (char *p = name; *p; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
	*ret = getenv(name);
	return *ret ? check(*ret, &place, err) : 0;
}

int bt_conf_rule_severity(const struct bt_conf *c, const char *id, const char **ret_severity, bool *ret_tracked,
			  struct bt_err *err)
{
	const struct conf_severity *best = NULL;

	*ret_tracked = false;
	if (from_env(id, ret_severity, err))
		return err->code;
	for (size_t i = 0; i < c->severities_nr && !*ret_severity; i++) {
		const struct conf_severity *s = &c->severities[i];

		if (!strcmp(s->said.id, id) && (!best || s->origin >= best->origin))
			best = s;
	}
	if (best) {
		*ret_severity = best->said.severity;
		*ret_tracked = best->said.tracked;
	}
	return 0;
}

bool bt_conf_rule_said(const struct bt_conf *c, size_t i, struct bt_conf_said *ret)
{
	if (i >= c->severities_nr)
		return false;
	*ret = c->severities[i].said;
	return true;
}
