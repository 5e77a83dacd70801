/* core/conf/command.c: commands with a name of the user's, and who may say them. */
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "core/conf/conf_state.h"

#define CONF_OWNED BT_CLEANUP(bt_conf_free)
#define HOME "file:/home/a/.gitconfig"
#define HERE "file:.git/config"
/* As git lists a setting; the NUL at the end is that of the string. */
#define SAID(origin, name, value) SCOPE(origin) origin "\0" name "\n" value
#define SCOPE(origin) "local\0"

static const char listing[] =
	SAID(HOME, "batho.deploy.prod.command", "deploy --all") "\0" SAID(HOME, "batho.deploy.prod.probe", "deploy --asked") "\0" SAID(
		HOME, "batho.deploy.Prod.command",
		"other case, other name") "\0" SAID(HERE, "batho.deploy.prod.command",
						    "./deploy") "\0" SAID(HOME,
									  "batho.deploy.gone.command",
									  "x") "\0" SAID(HERE,
											 "batho.deploy.gone.command",
											 "") "\0" SAID(HERE,
												       "batho.workflow.ci.yml.command",
												       "ci run") "\0" SAID(HERE,
															   "batho.workflow.tests.tag",
															   "ci/");

static char warned[4096];

static void warn(void *ctx, const struct bt_conf_problem *p)
{
	(void)ctx;
	strncat(warned, p->msg, sizeof(warned) - strlen(warned) - 1);
}

/* What a hook makes of it: what is wrong is told. */
static struct bt_conf *open_listing(const char *data, size_t len)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_conf *c = NULL;

	*warned = '\0';
	assert_int_equal(bt_conf_open_listed(data, len, warn, NULL, &c, &err), 0);
	return c;
}

static void test_last_place_wins(void **state)
{
	CONF_OWNED struct bt_conf *c = open_listing(listing, sizeof(listing));
	const char *origin = NULL;

	(void)state;
	assert_string_equal(warned, "");
	assert_string_equal(bt_conf_command(c, "deploy", "prod", "command", &origin), "./deploy");
	assert_string_equal(origin, HERE);
	assert_string_equal(bt_conf_command(c, "deploy", "prod", "probe", &origin),
			    "deploy --asked");
	assert_string_equal(origin, HOME);
	assert_string_equal(bt_conf_command(c, "deploy", "Prod", "command", NULL),
			    "other case, other name");
	assert_string_equal(bt_conf_command(c, "workflow", "ci.yml", "command", NULL), "ci run");
	assert_string_equal(bt_conf_command(c, "workflow", "tests", "tag", NULL), "ci/");
}

static void test_nothing_said(void **state)
{
	CONF_OWNED struct bt_conf *c = open_listing(listing, sizeof(listing));

	(void)state;
	assert_null(bt_conf_command(c, "deploy", "gone", "command", NULL));
	assert_null(bt_conf_command(c, "deploy", "test", "command", NULL));
	assert_null(bt_conf_command(c, "workflow", "prod", "command", NULL));
	assert_null(bt_conf_command(c, "workflow", "ci", "yml.command.more", NULL));
}

/* Neither a tracked file nor the environment. */
static void test_who_may_not_say_it(void **state)
{
	static const char *const files[] = {
		"[deploy]\nprod.command = rm\n", "[deploy.prod]\ncommand = rm\n",
		"[DEPLOY]\nprod.COMMAND = rm\n", "[workflow]\nci.yml.tag = x\n",
		"[batch]\nverify = rm\n",	 "[batch]\nhooks = none\n",
	};
	CONF_OWNED struct bt_conf *c = open_listing("", 0);

	(void)state;
	setenv("BATHO_DEPLOY_PROD_COMMAND", "rm", 1);
	for (size_t i = 0; i < BT_ARRAY_NR(files); i++) {
		struct bt_err err = BT_ERR_INIT;

		*warned = '\0';
		assert_int_equal(
			bt_conf_set_tracked(c, files[i], strlen(files[i]), "HEAD:config", &err), 0);
		assert_non_null(strstr(warned, "is not taken from a tracked file"));
		assert_null(bt_conf_command(c, "deploy", "prod", "command", NULL));
		assert_null(bt_conf_command(c, "workflow", "ci.yml", "tag", NULL));
		assert_null(bt_conf_get(c, BT_KEY_BATCH_VERIFY)->text);
		assert_int_equal(bt_conf_get(c, BT_KEY_BATCH_HOOKS)->number, 0);
	}
	unsetenv("BATHO_DEPLOY_PROD_COMMAND");
}

static void test_mistakes(void **state)
{
	static const char no_value[] = "global\0" HOME "\0"
					    "batho.deploy.prod.command",
			  misspelt[] = SAID(HOME, "batho.deploy.prod.comand", "x");
	CONF_OWNED struct bt_conf *c = open_listing(no_value, sizeof(no_value));
	CONF_OWNED struct bt_conf *d = NULL;

	(void)state;
	assert_non_null(
		strstr(warned, "'batho.deploy.prod.command' in /home/a/.gitconfig has no value"));
	assert_null(bt_conf_command(c, "deploy", "prod", "command", NULL));
	d = open_listing(misspelt, sizeof(misspelt));
	assert_non_null(strstr(warned, "unknown key 'batho.deploy.prod.comand'"));
}

/* What .batho/config.ini may tune. */
static void test_tuning(void **state)
{
	static const char file[] =
		"[batch]\nstyle = stack\nmaxSize = 50\n[batch.window]\ncommit = 0\n[batch.urgentWindow]\ndeploy = 7\n";
	CONF_OWNED struct bt_conf *c = open_listing("", 0);
	struct bt_err err = BT_ERR_INIT;

	(void)state;
	assert_int_equal(bt_conf_get(c, BT_KEY_BATCH_WINDOW_COMMIT)->number, 30);
	assert_int_equal(bt_conf_set_tracked(c, file, strlen(file), "HEAD:config", &err), 0);
	assert_string_equal(warned, "");
	assert_int_equal(bt_conf_get(c, BT_KEY_BATCH_WINDOW_COMMIT)->number, 0);
	assert_int_equal(bt_conf_get(c, BT_KEY_BATCH_URGENT_DEPLOY)->number, 7);
	assert_int_equal(bt_conf_get(c, BT_KEY_BATCH_MAX_SIZE)->number, 50);
	assert_int_equal(bt_conf_get(c, BT_KEY_BATCH_STYLE)->number, 1);
	setenv("BATHO_BATCH_URGENT_WINDOW_DEPLOY", "9", 1);
	bt_conf_free(&c);
	c = open_listing("", 0);
	unsetenv("BATHO_BATCH_URGENT_WINDOW_DEPLOY");
	assert_int_equal(bt_conf_get(c, BT_KEY_BATCH_URGENT_DEPLOY)->number, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_place_wins),
		cmocka_unit_test(test_nothing_said),
		cmocka_unit_test(test_who_may_not_say_it),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_tuning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
