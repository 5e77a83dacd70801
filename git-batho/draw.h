/*
 * Graphs as text for other programs: DOT (Graphviz) and Mermaid.
 */
#ifndef BT_PROGRAM_DRAW_H
#define BT_PROGRAM_DRAW_H

#include "git-batho/context.h"

/* Further values of --format, behind those of enum bt_format. */
enum bt_draw_format {
	BT_FORMAT_DOT = BT_FORMAT_PORCELAIN + 1,
	BT_FORMAT_MERMAID,
};
/* "human", "json", "porcelain", "dot", "mermaid", NULL: for bt_command.formats. */
extern const char *const bt_draw_format_names[];

struct bt_drawing {
	struct bt_context *c;
	bool mermaid;
};

/* Is it one of these two that is asked for? */
bool bt_draw_wanted(const struct bt_context *c);
void bt_draw_begin(struct bt_drawing *d, struct bt_context *c);
/* marked: one of those that were asked about. Ids are the caller's. */
void bt_draw_node(struct bt_drawing *d, uint32_t id, const char *label, size_t len, bool marked);
/* label may be NULL; a weak edge is dashed. */
void bt_draw_edge(struct bt_drawing *d, uint32_t from, uint32_t to, const char *label, bool weak);
void bt_draw_end(struct bt_drawing *d);

#endif
