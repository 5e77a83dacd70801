/*
 * Gathers what rules find in one blob and makes a record of it; for evaluate.c, the analyses see bt_sink_add alone.
 */
#ifndef BT_RULES_SINK_H
#define BT_RULES_SINK_H

#include "core/base/arena.h"
#include "core/lang/query.h"
#include "core/rules/analysis.h"
#include "core/rules/record.h"
#include "core/rules/rule.h"

struct bt_findings_sink {
	const char *data;
	uint32_t len;
	uint32_t rule;		/* the analysis at work: its number in the record */
	struct bt_arena arena;	/* texts */
	struct bt_found *found;
	size_t found_nr, found_alloc;
	struct bt_mark *marks;
	size_t marks_nr, marks_alloc;
	struct bt_trouble troubles[BT_RECORD_TROUBLES_MAX];
	size_t troubles_nr;
	struct bt_span *hidden;	/* no code that is kept shows these */
	size_t hidden_nr, hidden_alloc;
	uint32_t *lines;	/* where they start; made on first use */
	size_t lines_nr, lines_alloc;
	bool cut;
};

void bt_sink_begin(struct bt_findings_sink *s, const char *data, size_t len);
void bt_sink_release(struct bt_findings_sink *s);
/* False: enough. */
bool bt_sink_add_match(struct bt_findings_sink *s, uint32_t rule, const struct bt_query_match *m);
void bt_sink_trouble(struct bt_findings_sink *s, uint32_t rule, const char *text);
/* The suppressing comments of the blob. */
void bt_sink_find_marks(struct bt_findings_sink *s, struct bt_syntax *syntax);
/* Appends the record. */
void bt_sink_end(struct bt_findings_sink *s, struct bt_buf *out);

#endif
