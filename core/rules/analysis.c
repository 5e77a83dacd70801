/*
 * The table of analyses: their names. The functions are in analysis_run.c, which programs that only answer do not link.
 */
#include "core/rules/analysis.h"

#include <string.h>

#include "core/base/mem.h"

static const struct bt_analysis analyses[] = {
	{ "conflict-marker", 1, false },
	{ "policy-change", 1, true },
	{ "suppression-invalid", 1, true },
	{ "suppression-unused", 1, true },
	{ "syntax-error", 1, false },
};

const struct bt_analysis *bt_analysis_find(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(analyses); i++)
		if (!strcmp(analyses[i].name, name))
			return &analyses[i];
	return NULL;
}
