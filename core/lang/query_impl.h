/*
 * Shared by query.c and query_pred*.c; nobody else includes it.
 */
#ifndef BT_LANG_QUERY_IMPL_H
#define BT_LANG_QUERY_IMPL_H

#include <regex.h>
#include <tree_sitter/api.h>

#include "core/base/arena.h"
#include "core/lang/query.h"
#include "core/lang/syntax_impl.h"

#define QUERY_NO_CAPTURE UINT32_MAX

struct query_pred;
struct query_run;
typedef bool query_test(struct query_run *r, const struct query_pred *p, TSNode node);

/* A regular expression of a query. */
struct query_regex {
	const char *text;
	regex_t re;
	bool ready;
};
/* Compiles it when that was not done yet: 0, or what regcomp says. */
int query_regex_make(struct query_regex *r);

struct query_pred {
	query_test *test;
	bool negated, any;
	bool radius;			/* no test: asks for the radius */
	uint32_t capture;		/* that it is about */
	uint32_t other;			/* second capture, or QUERY_NO_CAPTURE */
	const char **texts;
	size_t *lens;
	size_t texts_nr;
	uint32_t number;
	struct query_regex *regex;	/* the query's */
};

struct query_pattern {
	uint32_t tag;
	struct query_pred *preds;
	size_t preds_nr;
};

struct bt_query {
	TSQuery *ts;
	const TSLanguage *language;	/* for looking names up */
	struct bt_arena arena;
	struct query_pattern *patterns;
	uint32_t patterns_nr;
	uint32_t finding, detail;	/* captures */
	struct query_regex **regexes;
	size_t regexes_nr, regexes_alloc;
	bool known;			/* its texts were compiled before: regular expressions wait for their first use */
};

/* One run over one blob, and the match at hand. */
struct query_run {
	struct bt_query *q;
	struct bt_syntax *syntax;
	const TSQueryMatch *match;
	uint32_t steps, steps_max;
	bool radius_asked;
	uint32_t radius;
};

/* The text of a node, cut to BT_QUERY_TEXT_MAX bytes. */
const char *query_text(const struct query_run *r, TSNode node, size_t *ret_len);
/* Compiles the predicates of a pattern; on error *err says what is wrong with them. */
int query_preds_make(struct bt_query *q, uint32_t pattern, struct bt_err *err);
/* Do they hold for r->match? */
bool query_preds_hold(struct query_run *r, const struct query_pattern *p);

/* query_pred_node.c, query_pred_flow.c, query_pred_deed.c, query_pred_facts.c: the tests */
query_test query_test_eq, query_test_match, query_test_contains, query_test_file_has, query_test_empty, query_test_has_comment,
	query_test_has_parent, query_test_has_ancestor, query_test_has_child, query_test_has_descendant,
	query_test_has_field, query_test_uses, query_test_mentions, query_test_same_line, query_test_first,
	query_test_last;
query_test query_test_long_line, query_test_follows, query_test_precedes, query_test_explained, query_test_foretold, query_test_marked, query_test_used_unchecked;
query_test query_test_calls, query_test_in, query_test_in_named, query_test_declared_with, query_test_signed,
	query_test_each_signed, query_test_each_mentions, query_test_again, query_test_tested, query_test_metric_over;
query_test query_test_acts;
/* Is it a comment, as the language's description has it? */
bool query_is_comment(const struct query_run *r, TSNode node);
/* Is this the name of a measure? */
bool query_metric_known(const char *name);
/* The first node of the match under a capture; a null node when there is none. */
TSNode query_capture(const struct query_run *r, uint32_t capture);

#endif
