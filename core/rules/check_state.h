/*
 * The state of one check; shared by check*.c and suppress.c, nobody else includes it.
 */
#ifndef BT_RULES_CHECK_STATE_H
#define BT_RULES_CHECK_STATE_H

#include "core/facts/facts.h"
#include "core/index/selection.h"
#include "core/rules/check.h"
#include "core/rules/fingerprints.h"
#include "core/rules/record.h"
#include "core/rules/role.h"
#include "store/store.h"

enum check_blob_state {
	CHECK_UNKNOWN,		/* not looked up, or not in the store */
	CHECK_READY,		/* rec is there (it may be empty) */
	CHECK_NOTHING,		/* binary and the like: there is nothing to find */
	CHECK_UNCHECKED,	/* too large, killed, missing */
};

struct check_blob {
	enum check_blob_state state;
	enum bt_blob_state stored;	/* as the store has it */
	uint32_t id;
	uint64_t size;			/* as the store has it; 0: unknown */
	const struct bt_lang *lang;	/* NULL: a text */
	struct bt_record rec;
	const struct bt_check_looked *looked;	/* where it is from, when not from the store */
	const struct bt_facts *facts;	/* read on demand; NULL: none */
	bool facts_asked;
};

struct check_file {
	const struct bt_incoming_file *in;
	const struct bt_lang *lang;		/* by path and attributes; or cls; or neither: a text */
	const struct bt_detect_class *cls;
	bool skipped;				/* by configuration or attributes */
	bool binary;				/* by attribute */
	uint8_t flags;				/* BT_FILE_* of selection.h */
	struct check_blob now, base;
	size_t first, nr;			/* its candidates */
};

/* A finding that roles and severities let pass. */
struct check_candidate {
	const struct bt_found *found;
	const struct bt_rule *rule;
	const char *symbol;			/* "" for none */
	uint64_t fingerprint;
	bool suppressed, is_new;
	const struct bt_mark *by;		/* the comment that suppresses it */
	uint32_t ordinal;
};

struct check {
	const struct bt_check_opts *o;
	struct bt_check *c;
	struct bt_store *store;			/* NULL: there is none yet, or none is needed */
	struct bt_check_looks looks;		/* what was looked at without one */
	struct bt_arena arena;
	struct bt_buf scratch;
	struct check_file *files;
	size_t files_nr;
	uint32_t *lang_ids;			/* store ids by bt_lang.index, text behind; 0: not asked, UINT32_MAX: none */
	uint64_t max_blob_size;
	struct check_candidate *candidates;	/* of the file at hand */
	size_t candidates_nr, candidates_alloc;
	struct bt_fingerprints moved;		/* of files that are removed */
	struct bt_buf complaints;
	struct bt_buf stopped;
	size_t stopped_nr;
	struct radius *radius;			/* radius.h; NULL: not asked yet */
	struct bt_err *err;
};

/* check_files.c */
/* Language or class of every file. */
int check_choose(struct check *k);
/* Bits of enum bt_file_role; asked of files that have findings. */
uint32_t check_roles(const struct check_file *f);
/* What the store has. */
int check_look_up(struct check *k, const struct bt_oid *oid, const struct check_file *f, struct check_blob *b);
/* Has everything made that is missing. */
int check_make_missing(struct check *k);
/* The findings of removed files, in their `base`. */
int check_read_removed(struct check *k);
const struct bt_facts *check_facts(struct check *k, struct check_blob *b);
/* Opens it for reading, if there is one. */
int check_open_store(struct check *k);
/* Has the blobs before the change made of the files that `wanted` says, by number. The store is another one then. */
int check_make_before(struct check *k, const bool *wanted);

/* check_attributes.c: changed attributes that decide what is checked, findings of policy-change */
int check_attributes(struct check *k);

/* check_judge.c: the findings of one file, in order */
int check_judge(struct check *k, struct check_file *f);
/* A copy for a report, secrets masked; NULL for nothing. */
const char *check_keep_shown(struct bt_findings *to, const char *text);
/* Fingerprints of a blob's findings, before roles and suppressions: added to the set. */
void check_count_blob(struct check *k, struct check_blob *b, struct bt_fingerprints *set);
/* Is one of these lines new or changed? */
bool check_touches(const struct bt_incoming_file *in, uint32_t row, uint32_t end_row);

/* suppress.c: marks candidates of the file as suppressed, and adds findings about the comments themselves */
int check_suppress(struct check *k, struct check_file *f);
/* Does a comment say so of a finding of no blob? With `anywhere` one in any line of the file. */
bool check_is_suppressed(struct check *k, struct check_file *f, const struct bt_rule *rule, uint32_t row, bool anywhere);

/* check_size.c: of check_change.c */
int check_binary_files(struct check *k);
int check_large_files(struct check *k);

/* check_change.c: the rules that look at the change as a whole, one after the other */
int check_change(struct check *k);

/* check.c: adds a finding of a rule that is no blob's, about a place in a file, when the rule is in force. */
void check_add_of_change(struct check *k, const struct check_file *f, const char *rule_id, uint32_t row, uint32_t col,
			 uint32_t start, bool is_new, const char *detail, size_t detail_len);
/*
 * The same for a finding that people can suppress and a baseline can hold: its fingerprint is made of rule, symbol and key.
 * Always new.
 */
struct check_about {
	const char *rule;
	const char *symbol, *key;		/* may be NULL */
	const char *detail, *code;		/* may be NULL */
	uint32_t start, end, row, col, end_row, end_col;
	bool anywhere;				/* see check_is_suppressed */
};
void check_add_about(struct check *k, struct check_file *f, const struct check_about *a);
/* A complaint about a rule, once. */
void check_complain(struct check *k, const struct bt_rule *rule, const char *text, size_t len);
/* A rule that needed too much on this file. */
void check_tell_stopped(struct check *k, const struct bt_rule *rule, const struct check_file *f);

#endif
