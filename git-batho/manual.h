/*
 * Manual pages: `git batho <command> --help` opens man where it is.
 */
#ifndef BT_PROGRAM_MANUAL_H
#define BT_PROGRAM_MANUAL_H

/* Becomes man on git-batho-<name> (name NULL: git-batho). Returns -1 when there is no man or no page. */
int bt_manual_open(const char *name);

#endif
