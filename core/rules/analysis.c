/*
 * The table of analyses: their names. The functions are in analysis_run.c, which programs that only answer do not link.
 */
#include "core/rules/analysis.h"

#include <string.h>

#include "core/base/mem.h"

static const struct bt_analysis analyses[] = {
	{ "binary-file", 1, true },
	{ "conflict-marker", 1, false },
	{ "import-cycle", 1, true },
	{ "invalid-utf8", 1, false },
	{ "large-file", 1, true },
	{ "mixed-line-endings", 1, false },
	{ "password-in-url", 1, false },
	{ "policy-change", 1, true },
	{ "private-key", 1, false },
	{ "removed-while-referenced", 1, true },
	{ "secret", 1, false },
	{ "signature-changed", 1, true },
	{ "signed-token", 1, false },
	{ "suppression-invalid", 1, true },
	{ "suppression-unused", 1, true },
	{ "syntax-error", 2, false },
	{ "todo", 1, false },
	{ "trailing-comma", 1, false },
	{ "unresolved-import", 1, true },
	{ "wide-impact", 1, true },
};

const struct bt_analysis *bt_analysis_find(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(analyses); i++)
		if (!strcmp(analyses[i].name, name))
			return &analyses[i];
	return NULL;
}
