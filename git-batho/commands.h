/*
 * The entries of the commands, one per cmd_<name>.c.
 */
#ifndef BT_PROGRAM_COMMANDS_H
#define BT_PROGRAM_COMMANDS_H

#include "git-batho/command.h"

extern const struct bt_command bt_cmd_backup;
extern const struct bt_command bt_cmd_audit;
extern const struct bt_command bt_cmd_cache;
extern const struct bt_command bt_cmd_callees;
extern const struct bt_command bt_cmd_callers;
extern const struct bt_command bt_cmd_cat_facts;
extern const struct bt_command bt_cmd_check;
extern const struct bt_command bt_cmd_config;
extern const struct bt_command bt_cmd_def;
extern const struct bt_command bt_cmd_deps;
extern const struct bt_command bt_cmd_diff;
extern const struct bt_command bt_cmd_doctor;
extern const struct bt_command bt_cmd_health;
extern const struct bt_command bt_cmd_grammars;
extern const struct bt_command bt_cmd_help;
extern const struct bt_command bt_cmd_hooks;
extern const struct bt_command bt_cmd_impact;
extern const struct bt_command bt_cmd_index;
extern const struct bt_command bt_cmd_init;
extern const struct bt_command bt_cmd_map;
extern const struct bt_command bt_cmd_outline;
extern const struct bt_command bt_cmd_queue;
extern const struct bt_command bt_cmd_refs;
extern const struct bt_command bt_cmd_restore;
extern const struct bt_command bt_cmd_rules;
extern const struct bt_command bt_cmd_search;
extern const struct bt_command bt_cmd_snapshot;
extern const struct bt_command bt_cmd_stats;
extern const struct bt_command bt_cmd_storage;
extern const struct bt_command bt_cmd_version;

#endif
