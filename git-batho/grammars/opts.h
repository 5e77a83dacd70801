/*
 * What `grammars` takes, shared by the program that is started and the one that does it.
 */
#ifndef BT_PROGRAM_GRAMMARS_OPTS_H
#define BT_PROGRAM_GRAMMARS_OPTS_H

#include <stdbool.h>

#include "core/base/opt.h"

struct bt_grammars_opts {
	bool consent, replace, apply, user;
	const char *integrity, *grammar, *extensions, *described, *tags;
};

extern const struct bt_opt bt_grammars_options[];
extern const char *const bt_grammars_usage[];

#endif
