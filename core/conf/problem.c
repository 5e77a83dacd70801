/*
 * What is wrong in a configuration, in words: one line that names the key, the place, the value and what is expected, and a
 * hint. Where somebody gathers the problems, their parts are kept too.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/conf/conf_state.h"

static const char *keep(struct bt_conf *c, const char *s)
{
	return s ? bt_arena_strndup(&c->arena, s, strlen(s)) : NULL;
}

int conf_note(struct bt_conf *c, const struct conf_place *place, const char *text, const char *want, struct bt_err *err)
{
	if (!c->warn || !err)
		return BT_ERR_FAIL;
	c->problem = (struct bt_conf_problem){
		.msg = keep(c, err->msg), .file = keep(c, place->file), .line = place->line, .key = keep(c, place->name),
		.value = keep(c, text), .expected = keep(c, want),
	};
	return BT_ERR_FAIL;
}

int conf_bad_value(struct bt_conf *c, const struct conf_place *place, const char *text, const char *want,
		   struct bt_err *err)
{
	bt_err_set(err, BT_ERR_FAIL, "'%s' %s is '%s': %s is expected", place->name, place->where, text, want);
	return conf_note(c, place, text, want, err);
}

int conf_unknown(struct bt_conf *c, const struct conf_place *place, size_t len, struct bt_err *err)
{
	size_t before = strlen(place->name) - len;
	const char *family = conf_family_hint(place->name + before);
	int best = family && !conf_has_area(place->name + before) ? -1 : conf_nearest(place->name + before);
	BT_FREE char *near = NULL;

	bt_err_set(err, BT_ERR_FAIL, "unknown key '%s' %s", place->name, place->where);
	conf_note(c, place, NULL, NULL, err);
	if (best >= 0) {
		near = bt_xasprintf("%.*s%s", (int)before, place->name, bt_keys[best].name);
		c->problem.nearest = c->warn ? keep(c, near) : NULL;
		bt_err_hint(err, "did you mean '%s'?", near);
	} else if (family) {
		bt_err_hint(err, "%s", family);
	} else {
		bt_err_hint(err, "`git help batho-config` lists the keys");
	}
	return BT_ERR_FAIL;
}

int conf_untaken(struct bt_conf *c, const struct conf_place *place, const char *where, bool user,
		 struct bt_err *err)
{
	const char *name = strncmp(place->name, CONF_OURS, strlen(CONF_OURS)) ? place->name : place->name + strlen(CONF_OURS);

	if (place->line)
		bt_err_set(err, BT_ERR_FAIL, "%s:%u: '%s' is not taken from %s", place->file, place->line, place->name, where);
	else
		bt_err_set(err, BT_ERR_FAIL, "'%s' %s is not taken from %s", place->name, place->where, where);
	conf_note(c, place, NULL, NULL, err);
	return user ? bt_err_hint(err, "`git config --global batho.%s` sets it for you", name)
		    : bt_err_hint(err, "`git config batho.%s` sets it for this repository", name);
}

int conf_bad_line(struct bt_conf *c, const struct conf_place *place, const char *what, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_FAIL, "%s:%u: %s", place->file, place->line, what);
	return conf_note(c, place, NULL, NULL, err);
}

int conf_tolerate(const struct bt_conf *c, const struct bt_err *err)
{
	struct bt_conf_problem p = { .msg = NULL };

	if (!c->warn)
		return err->code;
	/* what others found wrong has no parts */
	if (c->problem.msg && !strcmp(c->problem.msg, err->msg))
		p = c->problem;
	p.msg = err->msg;
	p.hint = err->hint;
	c->warn(c->warn_ctx, &p);
	return 0;
}

int bt_conf_pass_over(const struct bt_conf *c, struct bt_err *err)
{
	if (conf_tolerate(c, err))
		return err->code;
	*err = (struct bt_err)BT_ERR_INIT;
	return 0;
}
