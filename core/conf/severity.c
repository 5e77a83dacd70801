/*
 * rules.<id>.severity: a key for every rule there is. The ids are not known here; whoever knows the rules asks for them one by
 * one and goes through all that was said to find those that name no rule.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/conf/conf_state.h"

#define AREA "rules."
#define KEY ".severity"
#define ENV_AREA "BATHO_RULES_"
#define ENV_KEY "_SEVERITY"

const char *const bt_conf_severities[] = { "off", "note", "warning", "error", NULL };

bool conf_is_severity(const char *name)
{
	const struct bt_key *k = conf_family_of(name);

	return k && k->choices == bt_conf_severities;
}

static int add(struct bt_conf *c, const char *id, const char *text, const struct conf_place *place, struct bt_err *err)
{
	struct conf_severity *s;
	int64_t ignored;

	if (conf_parse_value(c, conf_family_of(AREA "x" KEY), text, place, &ignored, err))
		return BT_ERR_FAIL;
	BT_GROW(c->severities, c->severities_alloc, c->severities_nr + 1);
	s = &c->severities[c->severities_nr++];
	*s = (struct conf_severity){
		.origin = place->origin,
		.said = { .id = id, .severity = bt_arena_strndup(&c->arena, text, strlen(text)),
			  .where = bt_arena_strndup(&c->arena, place->where, strlen(place->where)),
			  .tracked = place->origin == BT_FROM_TRACKED },
	};
	return 0;
}

int conf_set_severity(struct bt_conf *c, const char *name, const char *text, const struct conf_place *place, struct bt_err *err)
{
	size_t len = strlen(name) - strlen(AREA) - strlen(KEY);

	return add(c, bt_arena_strndup(&c->arena, name + strlen(AREA), len), text, place, err);
}

/* The id of a rule is small letters, digits and '-'. NULL: the variable is another. */
const char *conf_severity_of_variable(struct bt_conf *c, const char *name, size_t len)
{
	size_t before = strlen(ENV_AREA), after = strlen(ENV_KEY);
	char *id;

	if (len <= before + after || strncmp(name, ENV_AREA, before) || strncmp(name + len - after, ENV_KEY, after))
		return NULL;
	id = bt_arena_strndup(&c->arena, name + before, len - before - after);
	for (char *p = id; *p; p++)
		*p = *p == '_' ? '-' : (char)tolower((unsigned char)*p);
	return id;
}

int conf_take_severity(struct bt_conf *c, const char *assignment, struct bt_err *err)
{
	size_t len = strcspn(assignment, "=");
	const char *id = assignment[len] ? conf_severity_of_variable(c, assignment, len) : NULL;
	BT_FREE char *name = bt_xstrndup(assignment, len);
	const struct conf_place place = { .origin = BT_FROM_ENV, .name = name, .where = "in the environment" };

	return id ? add(c, id, assignment + len + 1, &place, err) : 0;
}

void conf_drop_tracked_severities(struct bt_conf *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->severities_nr; i++)
		if (c->severities[i].origin != BT_FROM_TRACKED)
			c->severities[kept++] = c->severities[i];
	c->severities_nr = kept;
}

void bt_conf_rule_severity(const struct bt_conf *c, const char *id, const char **ret_severity, bool *ret_tracked)
{
	const struct conf_severity *best = NULL;

	for (size_t i = 0; i < c->severities_nr; i++) {
		const struct conf_severity *s = &c->severities[i];

		if (!strcmp(s->said.id, id) && (!best || s->origin >= best->origin))
			best = s;
	}
	*ret_severity = best ? best->said.severity : NULL;
	*ret_tracked = best && best->said.tracked;
}

bool bt_conf_rule_said(const struct bt_conf *c, size_t i, struct bt_conf_said *ret)
{
	if (i >= c->severities_nr)
		return false;
	*ret = c->severities[i].said;
	return true;
}
