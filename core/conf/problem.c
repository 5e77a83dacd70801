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

/* The error that is set, as one about this place; what: without it. */
static int note(struct bt_conf *c, const struct conf_place *place, const struct bt_err *err, const char *what)
{
	if (c->warn && err)
		c->problem = (struct bt_conf_problem){
			.msg = keep(c, err->msg), .what = keep(c, what), .file = keep(c, place->file), .line = place->line,
			.key = keep(c, place->name),
		};
	return BT_ERR_FAIL;
}

int conf_bad_value(struct bt_conf *c, const struct conf_place *place, const char *text, const char *want,
		   struct bt_err *err)
{
	BT_FREE char *what = bt_xasprintf("'%s' is '%s': %s is expected", place->name, text, want);

	bt_err_set(err, BT_ERR_FAIL, "'%s' %s is '%s': %s is expected", place->name, place->where, text, want);
	note(c, place, err, what);
	c->problem.value = c->warn ? keep(c, text) : NULL;
	c->problem.expected = c->warn ? keep(c, want) : NULL;
	return BT_ERR_FAIL;
}

int conf_bad_pattern(struct bt_conf *c, const struct conf_place *place, const char *text, const struct bt_err *why,
		     struct bt_err *err)
{
	BT_FREE char *what = bt_xasprintf("'%s': %s", place->name, why->msg);

	bt_err_set(err, BT_ERR_FAIL, "'%s' %s: %s", place->name, place->where, why->msg);
	note(c, place, err, what);
	c->problem.value = c->warn ? keep(c, text) : NULL;
	c->problem.expected = "a pattern as in gitignore";
	return BT_ERR_FAIL;
}

int conf_no_value(struct bt_conf *c, const struct conf_place *place, struct bt_err *err)
{
	BT_FREE char *what = bt_xasprintf("'%s' has no value", place->name);

	bt_err_set(err, BT_ERR_FAIL, "'%s' %s has no value", place->name, place->where);
	return note(c, place, err, what);
}

int conf_unknown_variable(struct bt_conf *c, const struct conf_place *place, const char *near, struct bt_err *err)
{
	BT_FREE char *what = bt_xasprintf("unknown key '%s'", place->name);

	bt_err_set(err, BT_ERR_FAIL, "%s %s", what, place->where);
	note(c, place, err, what);
	c->problem.nearest = c->warn ? keep(c, near) : NULL;
	if (near)
		return bt_err_hint(err, "did you mean '%s'?", near);
	return bt_err_hint(err, "`man 5 git-batho-config` lists the keys");
}

int conf_unknown(struct bt_conf *c, const struct conf_place *place, size_t len, struct bt_err *err)
{
	size_t before = strlen(place->name) - len;
	const char *own = place->name + before, *family = conf_family_hint(own);
	int best = family && !conf_has_area(own) ? -1 : conf_nearest(own);
	BT_FREE char *near = best < 0 ? NULL : bt_xasprintf("%.*s%s", (int)before, place->name, bt_keys[best].name);

	conf_unknown_variable(c, place, near, err);
	return family && !near ? bt_err_hint(err, "%s", family) : BT_ERR_FAIL;
}

int conf_untaken(struct bt_conf *c, const struct conf_place *place, const char *where, bool user,
		 struct bt_err *err)
{
	const char *name = strncmp(place->name, CONF_OURS, strlen(CONF_OURS)) ? place->name : place->name + strlen(CONF_OURS);
	BT_FREE char *what = bt_xasprintf("'%s' is not taken from %s", place->name, where);

	if (place->line)
		bt_err_set(err, BT_ERR_FAIL, "%s:%u: %s", place->file, place->line, what);
	else
		bt_err_set(err, BT_ERR_FAIL, "'%s' %s is not taken from %s", place->name, place->where, where);
	note(c, place, err, what);
	return user ? bt_err_hint(err, "`git config --global batho.%s` sets it for you", name)
		    : bt_err_hint(err, "`git config batho.%s` sets it for this repository", name);
}

int conf_bad_line(struct bt_conf *c, const struct conf_place *place, const char *what, struct bt_err *err)
{
	bt_err_set(err, BT_ERR_FAIL, "%s:%u: %s", place->file, place->line, what);
	return note(c, place, err, what);
}

int conf_too_large(struct bt_conf *c, const char *file, unsigned max, struct bt_err *err)
{
	const struct conf_place place = { .file = file };
	BT_FREE char *what = bt_xasprintf("the file is larger than %u bytes", max);

	bt_err_set(err, BT_ERR_LIMIT, "'%s' is larger than %u bytes", file, max);
	note(c, &place, err, what);
	return BT_ERR_LIMIT;
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
	p.what = p.what ? p.what : err->msg;
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
