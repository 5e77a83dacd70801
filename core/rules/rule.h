/*
 * A rule is data: one file, core/rules/packs/<pack>/<id>.scm for those that are built in, .batho/rules/<id>.scm
 * for those of a project. Nothing else has to be touched to add one, but for the line in a list:
 *
 *  1. write packs/<pack>/<id>.scm; the name of the file is the rule's id (kebab-case);
 *  2. add the file to rule_files in core/rules/Makemodule.am;
 *  3. `git batho rules test <id>` runs its own good and bad examples, tests/cli/rules.sh those of all rules.
 *
 * The head of the file is lines that start with ";;", the rest is one tree-sitter query:
 *
 *	;; severity: error			error, warning, note
 *	;; languages: javascript, typescript	names of core/lang/desc; "any": every text, known language or not
 *	;; message: empty catch block drops the error
 *	;; words: catch				see below; a word with blanks stands in double quotes
 *	;; names: malloc			the same for words that are not part of a longer one
 *	;; skip: test				roles of files it does not apply to (role.h); generated and vendored
 *						ones are left out by themselves, unless it says "none"
 *	;; when: introduced			a file that had findings of this rule before gets new ones only when they
 *						become more, and then those on changed lines alone
 *	;; help: Why, and what to do instead.
 *	;;  A line that starts with a blank goes on with the text above.
 *	;; bad: javascript
 *	;;| try { a() } catch (e) {}		";;\" instead of ";;|": with \r and \xNN for bytes that no text holds
 *	;; good: javascript
 *	;;| try { a() } catch (e) { log(e) }
 *	;; part: cleaning-up			a piece of text with a name, see below
 *	;;| close|destroy|
 *	;;| unlink|remove
 *	;; query: typescript, tsx		the text that follows is for these languages; without such a line it
 *						is for all that are named above
 *	;; analysis: conflict-marker		instead of a query: a function of analysis.c
 *
 * `words`: texts of which at least one stands in every blob in which the rule can find something. A blob without
 * them is never asked, and when few blobs are checked the query is not even compiled: give them wherever possible.
 * Case counts. A rule without words is run on every blob of its languages. `names` are such texts with no letter, digit,
 * '_' or byte above 0x7f on either side: what calls strdup is not asked for because something calls xstrdup.
 *
 * In the query @finding marks what is found (else it is the first capture, else the whole match); @detail a
 * text of at most BT_RULE_DETAIL_MAX bytes that is shown behind the message. The predicates are listed in
 * core/lang/query.h. Examples are what proves a rule: at least one bad and one good one for each language; a bad
 * one must give at least one finding of this rule, a good one none. The examples of an analysis of paths or of
 * changes are empty: they are tested elsewhere.
 *
 * `part`: what stands in the queries more than once is written once. Its lines are put together as they are, without a
 * blank or a line end between them; {cleaning-up} in a query below, or in a part below, stands for that text: in a
 * regular expression, a list of strings, or for whole predicates. A query keeps its lines, so that messages name the
 * right one. A brace behind a backslash starts no part, nor does one that no small letter follows.
 *
 * A rule's hash covers all of its file that decides on findings, and the version of our code: findings are kept
 * under it, and are made anew when it changes.
 */
#ifndef BT_RULES_RULE_H
#define BT_RULES_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/lang/langs.h"

/* Raised when the code of predicates or of the engine changes what is found. */
#define BT_RULES_CODE_VERSION 4

/* A rule's file: more would be a program. */
#define BT_RULE_FILE_MAX (64u << 10)
#define BT_RULE_ID_MAX 64
/* A part, and a query with its parts put in: a few times of what is written. */
#define BT_RULE_PART_MAX (8u << 10)
#define BT_RULE_QUERY_MAX (256u << 10)
#define BT_RULE_DETAIL_MAX 120
/* Rules in force at once. */
#define BT_RULES_MAX 1024

enum bt_severity { BT_SEVERITY_OFF, BT_SEVERITY_NOTE, BT_SEVERITY_WARNING, BT_SEVERITY_ERROR, BT_SEVERITY_NR };
const char *bt_severity_name(enum bt_severity s);
int bt_severity_find(const char *name);	/* -1: no such severity; "off" is one */

/* What reports need to know. */
struct bt_rule_info {
	const char *id, *pack;		/* pack: "core", ...; "project" for .batho/rules */
	enum bt_severity severity;	/* as configured */
	const char *message;		/* one line, lower case, without a full stop */
	const char *help;		/* lines ended by \n but the last; "" when there is none */
	const char *help_uri;		/* or NULL */
	const char *path;		/* of a project's rule: ".batho/rules/<id>.scm"; NULL when built in */
	bool on_policy;			/* tells that policy changes: what is tracked never silences it */
};

struct bt_rule_example {
	const struct bt_lang *lang;
	bool bad;
	const char *text;
	size_t len;
	unsigned line;			/* in the file */
};

/* The query for one language: sections of several languages may share a text. */
struct bt_rule_query {
	const struct bt_lang *lang;
	const char *text;
	size_t len;
	unsigned line;			/* of the file, at which the text starts; from 1 */
};

struct bt_rule_word {
	const char *text;
	bool is_name;			/* nothing longer */
};

struct bt_analysis;

struct bt_rule {
	struct bt_rule_info info;
	uint64_t hash;
	bool any;			/* every text, whatever its language */
	bool introduced;
	uint32_t skip;			/* bits of enum bt_file_role */
	const struct bt_lang **langs;	/* those it names; none when `any` */
	size_t langs_nr;
	struct bt_rule_word *words;
	size_t words_nr;
	struct bt_rule_query *queries;	/* one per language, or none */
	size_t queries_nr;
	const struct bt_analysis *analysis;	/* or NULL */
	struct bt_rule_example *examples;
	size_t examples_nr;
};

/*
 * Reads a file. What is kept lives in the arena. `where` begins the messages and is the file's name:
 * "<where>:<line>: ...". pack "project": a rule of the project, which gets info.path and of whose text and names copies are
 * made; those of the built-in ones, constants, are borrowed. brief: without the examples, which nobody asks for in a hurry.
 */
int bt_rule_parse(const char *id, size_t id_len, const char *pack, const char *where, const char *text, size_t len,
		  bool brief, struct bt_arena *arena, struct bt_rule *ret_rule, struct bt_err *err);
/* The query for a language, or NULL. */
const struct bt_rule_query *bt_rule_query_for(const struct bt_rule *r, const struct bt_lang *lang);
/* Does it apply to a blob of this language? NULL: a text without a known language. */
bool bt_rule_applies(const struct bt_rule *r, const struct bt_lang *lang);

/* The built-in files, made by the build from packs/ (pack_data.c); ended by a NULL id. */
struct bt_rule_text {
	const char *pack, *id, *where, *text;
};
extern const struct bt_rule_text bt_rule_texts[];

#endif
