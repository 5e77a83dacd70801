/*
 * The table of commands.
 */
#include <string.h>

#include "git-batho/commands.h"

const struct bt_command *const bt_commands[] = {
	/* what is indexed; what it answers; what lands; who lands it; how it is kept running; this program */
	&bt_cmd_init, &bt_cmd_index, &bt_cmd_stats, &bt_cmd_snapshot,
	&bt_cmd_def, &bt_cmd_refs, &bt_cmd_callers, &bt_cmd_callees, &bt_cmd_outline, &bt_cmd_search,
	&bt_cmd_deps, &bt_cmd_diff, &bt_cmd_impact, &bt_cmd_map, &bt_cmd_cat_facts,
	&bt_cmd_check, &bt_cmd_rules, &bt_cmd_hooks,
	&bt_cmd_queue,
	&bt_cmd_config, &bt_cmd_cache, &bt_cmd_storage, &bt_cmd_grammars, &bt_cmd_backup, &bt_cmd_restore,
	&bt_cmd_doctor, &bt_cmd_health, &bt_cmd_audit,
	&bt_cmd_help, &bt_cmd_version,
	NULL,
};

const struct bt_command *bt_command_find(const char *name)
{
	for (size_t i = 0; bt_commands[i]; i++)
		if (!strcmp(bt_commands[i]->name, name))
			return bt_commands[i];
	return NULL;
}
