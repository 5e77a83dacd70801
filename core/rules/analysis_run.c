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
	{ "invalid-utf8", bt_analysis_invalid_utf8 },
	{ "mixed-line-endings", bt_analysis_mixed_line_endings },
	{ "password-in-url", bt_analysis_password_in_url },
	{ "private-key", bt_analysis_private_key },
	{ "secret", bt_analysis_secret },
	{ "signed-token", bt_analysis_signed_token },
	{ "syntax-error", bt_analysis_syntax_error },
	{ "todo", bt_analysis_todo },
	{ "trailing-comma", bt_analysis_trailing_comma },
};

void bt_analysis_run(const struct bt_analysis *a, const struct bt_look *look, struct bt_findings_sink *s)
{
	for (size_t i = 0; i < BT_ARRAY_NR(runs); i++)
		if (!strcmp(runs[i].name, a->name))
			runs[i].run(look, s);
}
