/*
 * Running the rules over one blob. It happens in a parse worker: what is looked at is hostile, and so are the
 * queries of a project.
 *
 * An evaluator is made before workers are forked, so that they share what the zygote compiles: the built-in
 * queries of a language, once, when its first blob comes. With `few` nothing is compiled ahead: a worker
 * compiles the rules whose words occur in the blob at hand. A project's queries are compiled in workers alone, one by
 * one, so that none of them spoils the others.
 *
 * The result is the same either way: a rule finds nothing in a blob that has none of its words.
 */
#ifndef BT_RULES_EVALUATE_H
#define BT_RULES_EVALUATE_H

#include "core/base/buf.h"
#include "core/lang/syntax.h"
#include "core/rules/ruleset.h"

struct bt_evaluator;

/* The ruleset outlives it. */
struct bt_evaluator *bt_evaluator_new(const struct bt_ruleset *rules, bool few);
void bt_evaluator_free(struct bt_evaluator **pe);
/* In the zygote. An error is a bug in a built-in rule. */
int bt_evaluator_prepare(struct bt_evaluator *e, const struct bt_lang *lang, struct bt_err *err);
/*
 * Appends the record (record.h) of data[0..len) to *out; nothing when there is nothing to say. lang and syntax are
 * NULL for a text without a known language. Rules that cannot be run are troubles in the record, not errors; an
 * empty blob has all queries of the project's rules compiled, so that it tells what is wrong with any of them.
 */
int bt_evaluate(struct bt_evaluator *e, const struct bt_lang *lang, const char *data, size_t len,
		struct bt_syntax *syntax, struct bt_buf *out, struct bt_err *err);
/* The same for a blob that killed a worker: those of the project's rules that would be asked are troubles instead. */
int bt_evaluate_builtin(struct bt_evaluator *e, const struct bt_lang *lang, const char *data, size_t len,
			struct bt_syntax *syntax, struct bt_buf *out, struct bt_err *err);
#endif
