/*
 * The named parts of a rule's file, and queries with them put in: rule.h says how they are written.
 *
 * A part is finished when it is added: it holds what it means, without names of others, so that nothing can go round in
 * circles. What comes out has a maximum, whatever is put into what.
 */
#ifndef BT_RULES_RULE_PARTS_H
#define BT_RULES_RULE_PARTS_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/rules/rule_lex.h"

#define BT_RULE_PARTS_MAX 64
#define BT_RULE_PART_NAME_MAX 40

struct bt_rule_parts {
	struct bt_rule_part {
		struct bt_piece name, text;
	} part[BT_RULE_PARTS_MAX];
	size_t nr;
};

/* May a part be called so? Messages of these functions tell no place. */
int bt_rule_parts_check(const struct bt_rule_parts *ps, struct bt_piece name, struct bt_err *err);
/* Adds one whose name was checked. Name and text are copied to the arena. */
int bt_rule_parts_add(struct bt_rule_parts *ps, struct bt_piece name, struct bt_piece text, struct bt_arena *arena,
		      struct bt_err *err);
/*
 * The text with parts put in: the piece itself where there is none, else a copy in the arena. It has as many lines as
 * before. *ret_row: the line, from 0, of what is wrong.
 */
int bt_rule_parts_expand(const struct bt_rule_parts *ps, struct bt_piece text, struct bt_arena *arena,
			 struct bt_piece *ret, unsigned *ret_row, struct bt_err *err);

#endif
