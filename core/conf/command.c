/*
 * Keys with a name of the user's own in them: deploy.<name>.command and the like. What they say is run, so that git's own
 * configuration alone says it; git has looked whose that is. And rules.<rule>.severity, which is severity.c's.
 */
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/conf/conf_state.h"

#define NAME_OPEN '<'
#define NAME_CLOSE '>'

static const char probe_help[] =
	"Tells whether the command took effect when nobody saw its end: status 0 means that it did, 1 that it did not.";

const struct bt_key bt_key_families[] = {
	{ .name = "rules.<rule>.severity", .type = BT_TYPE_CHOICE, .choices = bt_conf_severities, .unit = "", .tracked = true,
	  .help = "How much a rule's findings weigh, instead of what the rule says itself." },
	{ .name = "deploy.<name>.command", .type = BT_TYPE_STRING, .unit = "", .scope = BT_SCOPE_GIT,
	  .help = "What deploys." },
	{ .name = "deploy.<name>.probe", .type = BT_TYPE_STRING, .unit = "", .scope = BT_SCOPE_GIT, .help = probe_help },
	{ .name = "workflow.<name>.command", .type = BT_TYPE_STRING, .unit = "", .scope = BT_SCOPE_GIT,
	  .help = "What starts the workflow." },
	{ .name = "workflow.<name>.probe", .type = BT_TYPE_STRING, .unit = "", .scope = BT_SCOPE_GIT, .help = probe_help },
	{ .name = "workflow.<name>.tag", .type = BT_TYPE_STRING, .unit = "", .scope = BT_SCOPE_GIT,
	  .help = "Instead of a command: the beginning of the name of a tag that is created and pushed." },
	{ .name = NULL },
};

static const struct {
	const char *area, *hint;
} hints[] = {
	{ "rules.", "`rules.<rule>` has severity" },
	{ "deploy.", "`deploy.<name>` has command and probe" },
	{ "workflow.", "`workflow.<name>` has command, probe and tag" },
};

/* Is it the pattern with a name of at least one letter in the place of <...>? */
static bool is_of_family(const char *pattern, const char *name)
{
	const char *open = strchr(pattern, NAME_OPEN), *tail = strchr(open, NAME_CLOSE) + 1;
	size_t before = (size_t)(open - pattern), after = strlen(tail), len = strlen(name);

	return len > before + after && !strncasecmp(name, pattern, before) && !strcasecmp(name + len - after, tail);
}

const struct bt_key *conf_family_of(const char *name)
{
	for (const struct bt_key *k = bt_key_families; k->name; k++)
		if (is_of_family(k->name, name))
			return k;
	return NULL;
}

bool conf_is_command(const char *name)
{
	const struct bt_key *k = conf_family_of(name);

	return k && k->scope == BT_SCOPE_GIT;
}

const char *conf_family_hint(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(hints); i++)
		if (!strncasecmp(name, hints[i].area, strlen(hints[i].area)))
			return hints[i].hint;
	return NULL;
}

int conf_check_command(struct bt_conf *c, const char *text, const struct conf_place *place, struct bt_err *err)
{
	return text ? 0 : conf_no_value(c, place, err);
}

/* A name of the user's stands between the first and the last dot, and may hold dots itself. */
bool conf_same_name(const char *a, const char *b)
{
	const char *first = strchr(a, '.'), *last = strrchr(a, '.');
	size_t len = strlen(a), head = first ? (size_t)(first - a) : 0, tail = last ? (size_t)(last - a) : 0;

	if (len != strlen(b))
		return false;
	if (!conf_family_of(a))
		return !strcasecmp(a, b);
	return !strncasecmp(a, b, head) && !strncmp(a + head, b + head, tail - head) && !strcasecmp(a + tail, b + tail);
}

char *bt_key_name(const char *name)
{
	const struct bt_key *k = bt_key_of(name);
	const char *open = strchr(k->name, NAME_OPEN), *tail;
	size_t before;

	if (!open)
		return bt_xstrdup(k->name);
	if (!strncasecmp(name, CONF_OURS, strlen(CONF_OURS)))
		name += strlen(CONF_OURS);
	before = (size_t)(open - k->name);
	tail = strchr(open, NAME_CLOSE) + 1;
	return bt_xasprintf("%.*s%.*s%s", (int)before, k->name, (int)(strlen(name) - before - strlen(tail)), name + before, tail);
}

const char *bt_conf_command(const struct bt_conf *c, const char *area, const char *name,
			    const char *key, const char **ret_origin)
{
	BT_FREE char *full = bt_xasprintf("%s.%s.%s", area, name, key);

	for (size_t i = c->git_nr; i-- > 0;) {
		const struct conf_git *g = &c->git[i];

		if (strncmp(g->name, CONF_OURS, strlen(CONF_OURS)) || !conf_same_name(full, g->name + strlen(CONF_OURS)))
			continue;
		if (!g->value || !*g->value)
			return NULL;
		if (ret_origin)
			*ret_origin = g->origin;
		return g->value;
	}
	return NULL;
}
