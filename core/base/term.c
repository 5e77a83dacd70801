/*
 * Terminal and pager. git's pager.c and color.c are the model; unlike git we know NO_COLOR.
 */
#include "core/base/term.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/opt.h"

const char *const bt_color_when_names[] = { "never", "always", "auto", NULL };

static bool pager_in_use(void)
{
	const char *s = getenv("GIT_PAGER_IN_USE");

	return s && bt_text_bool(s) == 1;
}

bool bt_term_is_user(void)
{
	return isatty(1) || pager_in_use();
}

static bool term_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !strcmp(term, "dumb");
}

/* A colour word or boolean of the configuration; BT_COLOR_UNSAID when it is none. */
static enum bt_color_when when_parse(const char *text)
{
	int i;

	if (!text)
		return BT_COLOR_UNSAID;
	for (i = 0; bt_color_when_names[i]; i++)
		if (!strcasecmp(text, bt_color_when_names[i]))
			return (enum bt_color_when)i;
	switch (bt_text_bool(text)) {
	case 1:
		return BT_COLOR_AUTO;
	case 0:
		return BT_COLOR_NEVER;
	default:
		return BT_COLOR_UNSAID;
	}
}

static bool color_auto(const struct bt_color_conf *conf)
{
	bool user = isatty(1);

	if (!user && pager_in_use())
		user = !conf->color_pager || bt_text_bool(conf->color_pager) != 0;
	return user && !term_dumb();
}

bool bt_term_color(const struct bt_color_conf *conf)
{
	enum bt_color_when when = conf->option;

	if (when == BT_COLOR_UNSAID) {
		const char *no_color = getenv("NO_COLOR");

		if (no_color && *no_color)
			return false;
		when = when_parse(conf->color_batho);
	}
	if (when == BT_COLOR_UNSAID)
		when = when_parse(conf->color_ui);
	if (when == BT_COLOR_NEVER || when == BT_COLOR_ALWAYS)
		return when == BT_COLOR_ALWAYS;
	return color_auto(conf);
}

/* --- the pager --- */

/* What git was built with. Debian's says "pager", which no environment tells. */
static void ask_git(struct bt_buf *command)
{
	const char *argv[] = { "git", "var", "GIT_PAGER", NULL };
	struct bt_child_opts o = { .argv = argv, .err = BT_CHILD_NULL, .timeout_ms = 5000,
				   .out_max = 4096 };
	int status;

	if (bt_child_run(&o, NULL, 0, command, NULL, &status, NULL) || status)
		bt_buf_clear(command);
	while (command->len && command->data[command->len - 1] == '\n')
		command->len--;
	if (!command->len)
		bt_buf_adds(command, "less");
}

/* The command, or "" for none. */
static void pager_command(const struct bt_pager_conf *conf, struct bt_buf *command)
{
	const char *from[] = { getenv("GIT_PAGER"), conf->core_pager, getenv("PAGER") };
	size_t i;

	if (conf->pager_batho) {
		int on = bt_text_bool(conf->pager_batho);

		if (on < 0)
			bt_buf_adds(command, conf->pager_batho);
		if (on < 1)
			return;
	}
	for (i = 0; i < BT_ARRAY_NR(from); i++) {
		if (!from[i])
			continue;
		bt_buf_adds(command, from[i]);
		return;
	}
	ask_git(command);
}

/* As git runs it: through the shell only when there is something for a shell in it. */
static int pager_spawn(struct bt_child *c, const char *command)
{
	const char *shell[] = { "sh", "-c", command, NULL };
	const char *direct[] = { command, NULL };
	const char *env[3] = { NULL };
	struct bt_child_opts o = { .argv = shell, .env = env, .in = BT_CHILD_PIPE,
				   .same_group = true };
	size_t nr = 0;

	if (!command[strcspn(command, "|&;<>()$`\\\"' \t\n*?[#~=%")])
		o.argv = direct;
	if (!getenv("LESS"))
		env[nr++] = "LESS=FRX";
	if (!getenv("LV"))
		env[nr++] = "LV=-c";
	return bt_child_start(c, &o, NULL);
}

void bt_pager_start(struct bt_pager *p, const struct bt_pager_conf *conf)
{
	BT_BUF_OWNED struct bt_buf command = BT_BUF_INIT;
	struct bt_child c = BT_CHILD_INIT;
	const char *text;

	p->pid = 0;
	if (conf->off || !isatty(1) || pager_in_use())
		return;
	pager_command(conf, &command);
	text = bt_buf_cstr(&command);
	if (!*text || !strcmp(text, "cat") || pager_spawn(&c, text))
		return;
	setenv("GIT_PAGER_IN_USE", "true", 1);
	dup2(c.in, 1);
	if (isatty(2))
		dup2(c.in, 2);
	bt_close_fd(&c.in);
	p->pid = c.pid;
}

void bt_pager_finish(struct bt_pager *p)
{
	int status;

	if (p->pid <= 0)
		return;
	close(1);
	close(2);
	/* A signal does not end the wait: the reader does, with the terminal in a sane state. */
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
}
