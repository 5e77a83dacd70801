/*
 * One line of `version --build-options`, the same from both programs.
 */
#ifndef BT_PROGRAM_VERSION_PRINT_H
#define BT_PROGRAM_VERSION_PRINT_H

#include "git-batho/context.h"

void bt_version_print(struct bt_context *c, const char *name, const char *value);

#endif
