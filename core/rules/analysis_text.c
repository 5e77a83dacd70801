/*
 * Analyses of text, whatever its language.
 */
#include <string.h>

#include "core/rules/analysis.h"

/* A line of seven equal characters, alone or with a blank behind them. */
static bool is_marker(const char *line, size_t len, char c)
{
	if (len < 7 || line[0] != c)
		return false;
	for (size_t i = 1; i < 7; i++)
		if (line[i] != c)
			return false;
	return len == 7 || line[7] == ' ' || line[7] == '\r';
}

/*
 * "<<<<<<< x" opens, "=======" divides, ">>>>>>> x" closes, in this order: one line of seven equal signs underlines
 * a title in many texts. What is left open at the end is found by its opening and dividing lines.
 */
void bt_analysis_conflict_marker(const struct bt_look *look, struct bt_findings_sink *s)
{
	const char *p = look->data, *end = p + look->len, *open = NULL, *open_end = NULL;
	bool divided = false;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ? nl : end) - p);

		if (is_marker(p, len, '<') && len > 8) {
			open = p;
			open_end = p + len;
			divided = false;
		} else if (open && is_marker(p, len, '=')) {
			divided = true;
		} else if (open && divided && is_marker(p, len, '>')) {
			if (!bt_sink_add(s, (size_t)(open - look->data), (size_t)(open_end - look->data), NULL, 0))
				return;
			open = NULL;
		}
		p = nl ? nl + 1 : end;
	}
	if (open && divided)
		bt_sink_add(s, (size_t)(open - look->data), (size_t)(open_end - look->data), NULL, 0);
}
