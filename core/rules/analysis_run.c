/*
 * Analyses by name: the functions.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/rules/analysis.h"

static const struct {
	const char *name;
	void (*run)(const struct bt_look *look, struct bt_findings_sink *s);
} runs[] = {
	{ "conflict-marker", bt_analysis_conflict_marker },
	{ "syntax-error", bt_analysis_syntax_error },
};

void bt_analysis_run(const struct bt_analysis *a, const struct bt_look *look, struct bt_findings_sink *s)
{
	for (size_t i = 0; i < BT_ARRAY_NR(runs); i++)
		if (!strcmp(runs[i].name, a->name))
			runs[i].run(look, s);
}
