/*
 * Identities. A child of git costs more than all the rest of it: the plain case does without.
 */
#include "core/batch/identity.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/git/program.h"

struct part_names {
	const char *name_env, *mail_env, *date_env, *name_key, *mail_key, *var;
};

static const struct part_names parts[] = {
	[BT_AUTHOR] = { "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE", "author.name", "author.email", "GIT_AUTHOR_IDENT" },
	[BT_COMMITTER] = { "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE", "committer.name", "committer.email",
			   "GIT_COMMITTER_IDENT" },
};

/* What git takes off the ends of a name. */
static bool is_crud(char c)
{
	return (unsigned char)c <= ' ' || strchr(".,:;<>\"\\'", c);
}

/* Would git take it as it is? */
static bool is_plain(const char *s)
{
	size_t len = s ? strlen(s) : 0;

	return len && !is_crud(s[0]) && !is_crud(s[len - 1]) && !strpbrk(s, "<>\n");
}

static const char *first_said(const char *env, const struct bt_conf *conf, const char *key, const char *user_key)
{
	const char *v = getenv(env);

	if (!v && conf)
		v = bt_conf_git(conf, key);
	if (!v && conf)
		v = bt_conf_git(conf, user_key);
	return v;
}

/* "1700000000 +0100": of the environment when it says that, or now. NULL: git must read it. */
static char *date_plain(const char *said)
{
	time_t now = time(NULL);
	struct tm tm;
	long minutes;

	if (said) {
		size_t at = *said == '@', digits = strspn(said + at, "0123456789");
		const char *zone = said + at + digits;

		if (digits < 9 || digits > 10 || zone[0] != ' ' || (zone[1] != '+' && zone[1] != '-') || strspn(zone + 2, "0123456789") != 4 ||
		    strlen(zone) != 6)
			return NULL;
		return bt_xstrdup(said + at);
	}
	if (!localtime_r(&now, &tm))
		return NULL;
	minutes = tm.tm_gmtoff / 60;
	return bt_xasprintf("%lld %c%02ld%02ld", (long long)now, minutes < 0 ? '-' : '+', labs(minutes) / 60, labs(minutes) % 60);
}

/* "A U Thor <a@b>" */
static int given_split(const char *given, char **ret_name, char **ret_mail, struct bt_err *err)
{
	const char *open = strchr(given, '<'), *close = open ? strchr(open, '>') : NULL;
	size_t name_len;

	if (!close || close[1] || strchr(given, '\n') || open == given)
		return bt_err_set(err, BT_ERR_FAIL, "author '%.200s' is not 'Name <email>'", given);
	name_len = (size_t)(open - given);
	while (name_len && given[name_len - 1] == ' ')
		name_len--;
	*ret_name = bt_xstrndup(given, name_len);
	*ret_mail = bt_xstrndup(open + 1, (size_t)(close - open) - 1);
	return 0;
}

static void env_add(struct bt_git_cmd *c, const char *name, const char *value)
{
	BT_FREE char *assignment = bt_xasprintf("%s=%s", name, value);

	bt_git_cmd_env(c, assignment);
}

static int ask_git(const struct bt_repo *repo, const struct part_names *p, const char *name, const char *mail, char **ret_line, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	int rc;

	bt_git_cmd_init(&c, repo);
	if (name)
		env_add(&c, p->name_env, name);
	if (mail)
		env_add(&c, p->mail_env, mail);
	bt_git_cmd_addl(&c, "var", p->var, NULL);
	rc = bt_git_run(&c, NULL, NULL, 0, &out, err);
	if (rc)
		return bt_err_hint(err, "git config user.name and user.email say who you are");
	*ret_line = bt_xstrndup(bt_buf_cstr(&out), strcspn(bt_buf_cstr(&out), "\n"));
	return 0;
}

int bt_identity(const struct bt_repo *repo, const struct bt_conf *conf, enum bt_identity_who who, const char *given, char **ret_line,
		struct bt_err *err)
{
	const struct part_names *p = &parts[who];
	BT_FREE char *given_name = NULL, *given_mail = NULL, *date = date_plain(getenv(p->date_env));
	const char *name, *mail;
	int rc = given ? given_split(given, &given_name, &given_mail, err) : 0;

	if (rc)
		return rc;
	name = given_name ? given_name : first_said(p->name_env, conf, p->name_key, "user.name");
	mail = given_mail ? given_mail : first_said(p->mail_env, conf, p->mail_key, "user.email");
	if (!date || !is_plain(name) || !is_plain(mail))
		return ask_git(repo, p, given_name, given_mail, ret_line, err);
	*ret_line = bt_xasprintf("%s <%s> %s", name, mail, date);
	return 0;
}
