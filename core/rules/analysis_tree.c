/*
 * Analyses of the syntax that a query cannot express.
 */
#include <string.h>

#include "core/rules/analysis.h"

/* One wrong character may make many: the first ones say where. */
#define ERRORS_MAX 3

void bt_analysis_syntax_error(const struct bt_look *look, struct bt_findings_sink *s)
{
	struct bt_err ignored = BT_ERR_INIT;
	const struct bt_facts *f;

	if (!look->syntax || bt_syntax_facts(look->syntax, &f, &ignored))
		return;
	for (uint32_t i = 0; i < f->errors_nr && i < ERRORS_MAX; i++) {
		size_t start = f->errors[i].start, end = f->errors[i].end;
		const char *nl = memchr(look->data + start, '\n', end - start);

		/* Its first line: an error may reach to the end of the file. */
		if (nl)
			end = (size_t)(nl - look->data);
		if (!bt_sink_add(s, start, end > start ? end : start, NULL, 0))
			return;
	}
}
