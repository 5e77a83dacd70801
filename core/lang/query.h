/*
 * The door to tree-sitter's queries: several rules of one language in one compiled query, run over a parsed blob.
 *
 * Compiling costs between half a millisecond and ten, whatever the length of the text, so that the rules of a language are
 * compiled together, and only those that can find something. A pattern is one top-level parenthesis of a text; it belongs to
 * the text it stands in. Every pattern has a capture @finding, whose span is what is found; @detail is a text to be shown,
 * others are for predicates.
 *
 * Predicates (each of them also as not-...; a text of a node is its source text, at most BT_QUERY_TEXT_MAX bytes of it):
 *	(#eq? @a "text")  (#eq? @a @b)	the texts are equal
 *	(#any-of? @a "x" "y")		the text is one of these
 *	(#match? @a "regexp")		a POSIX extended regular expression matches somewhere in it
 *	(#contains? @a "x" "y")		the text holds one of these
 *	(#file-has? @a "x" "y")		the file holds one of these
 *	(#empty? @a)			it has no named child but comments
 *	(#has-comment? @a)		it has a comment as a child
 *	(#has-parent? @a type...)	its parent is one of these types
 *	(#has-ancestor? @a type...)	one of those around it is
 *	(#has-child? @a type...)	one of its children is
 *	(#has-descendant? @a type...)	something in it is
 *	(#has-field? @a name...)	it has a child in one of these fields
 *	(#uses? @a @b)			a leaf of @a has the text of @b (and is not @b itself)
 *	(#mentions? @a "x" "y")		a leaf of @a has one of these texts
 *	(#same-line? @a @b)		they start on one line
 *	(#follows? @a "regexp")		the named sibling before it, comments apart, matches, as in #match?
 *	(#precedes? @a "regexp")	so does the one behind it
 *	(#first? @a) (#last? @a)	it is the first, or last, named child of its parent, comments apart
 *	(#explained? @a)		a comment of four words or more, or with a reference ("BUG-2065", "#17", an address),
 *					stands in it, behind it on its last line, or on the lines right above its first
 *					one; a comment that puts it off does not count
 *	(#foretold? @a "regexp")	a comment before it, in the blocks around it or above the definition, matches
 *	(#long-line? @a 1000)		the line on which it starts has more bytes: made by a program
 *	(#marked? @a "x" "y")		an attribute or annotation of it, or of something around it, holds one of these
 *	(#used-unchecked? @a "f" "g")	C, C++: its next mention, behind the statement it stands in and in the same
 *					block, is *a, a->x, a[i], or goes to one of these functions
 *	(#calls? @a "f" "g")		a call of one of these names stands in @a (facts)
 *	(#acts? @a)			a call in it changes something that lasts, as its name says (save, sendMail,
 *					cursor.execute), or is made for its effect alone and says nothing (doIt, f); no name in
 *					it, and none of the callables around it, is of what may fail (telemetry, cache, focus,
 *					close, response) (facts)
 *	(#in? @a kind...)		a definition of one of these kinds stands around it (facts): "function", "test"
 *	(#in-named? @a "glob"...)	a definition around it has such a name; * and ? (facts)
 *	(#declared-with? @a "x" "y")	a definition or declaration of this name holds one of these in its head (facts)
 *	(#signed? @a "w"...)		the signature of the innermost callable around it has one of these words (facts)
 *	(#each-signed? @a "w"...)	callables of this file have this name, each has such a word in its signature, and none
 *					has a decorator, which may make something else of it (facts)
 *	(#each-mentions? @a "w"...)	callables of this file have this name, and the body of each has such a word (facts)
 *	(#again? @a)			its text stands behind it once more, as a word, in the definition around it (facts)
 *	(#tested? @a)			so does it, or what the only statement in it assigns to, and in a condition: behind if,
 *					while, not, !, ..., before ?, &&, ==, ... (facts)
 *	(#metric-over? @a "complexity" 10)	of the innermost definition at @a: complexity, nesting, params, lines (facts)
 *	(#blast-radius-over? @a 20)	decided when findings are read: more definitions depend on the one at @a
 * A predicate about a capture that the match does not have holds, negated or not. With several nodes under one
 * capture all of them must satisfy it, or with any- in front (#any-eq?) one of them.
 *
 * A match whose @finding has a syntax error in it is dropped.
 */
#ifndef BT_LANG_QUERY_H
#define BT_LANG_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/lang/langs.h"
#include "core/lang/syntax.h"

#define BT_QUERY_TEXT_MAX 4096

struct bt_query;

struct bt_query_text {
	const char *text;
	size_t len;
	uint32_t tag;			/* given back with each match */
};

struct bt_query_mistake {
	uint32_t tag;			/* of the text that is wrong */
	unsigned row, col;		/* in it, from 0 */
};

/*
 * Compiles. BT_ERR_FAIL: a text is wrong; the message says what ("no node type 'x' in javascript"), *ret_bad where.
 * The language must be prepared (bt_extract_prepare).
 */
int bt_query_new(const struct bt_lang *lang, const struct bt_query_text *texts, size_t nr, struct bt_query **ret_query,
		 struct bt_query_mistake *ret_bad, struct bt_err *err);
/*
 * The same for texts that bt_query_new has compiled before, in whatever process: built-in ones. What costs most, finding
 * patterns that can never match, is left out; with a system's tree-sitter it is not.
 */
int bt_query_new_known(const struct bt_lang *lang, const struct bt_query_text *texts, size_t nr,
		       struct bt_query **ret_query, struct bt_query_mistake *ret_bad, struct bt_err *err);
void bt_query_free(struct bt_query **pq);

/* Deterministic limits of a run over one blob. */
struct bt_query_limits {
	uint32_t in_progress_max;	/* matches under way at once; the oldest are dropped beyond it */
	uint32_t steps_max;		/* hundreds of steps of the matcher */
	uint64_t work_max;		/* captures compared among matches under way; 0: any number. Not counted with a
					   system's tree-sitter */
};
extern const struct bt_query_limits bt_query_limits_default;
/* Of queries that nobody has looked at: a fraction of a second. */
extern const struct bt_query_limits bt_query_limits_project;

struct bt_query_match {
	uint32_t tag;
	uint32_t start, end;
	uint32_t row, col, end_row, end_col;
	const char *detail;		/* or NULL */
	uint32_t detail_len;
	bool radius_asked;
	uint32_t radius;
};

/*
 * hit returns false to end the run. BT_ERR_LIMIT: a limit was reached; what was found before stands. A match may come
 * more than once with the same span.
 */
int bt_query_run(struct bt_query *q, struct bt_syntax *syntax, const struct bt_query_limits *limits,
		 bool (*hit)(void *ctx, const struct bt_query_match *m), void *ctx, struct bt_err *err);
/* What the last run of this process compared, as work_max counts. */
uint64_t bt_query_worked(void);

#endif
