/*
 * Shared by tags.c and tags_query.c; nobody else includes it.
 */
#ifndef BT_LANG_TAGS_INT_H
#define BT_LANG_TAGS_INT_H

#include <regex.h>

#include "core/base/arena.h"
#include "core/lang/tags.h"

struct tags_pred {
	uint32_t capture;
	uint32_t other;			/* second capture, or UINT32_MAX */
	const char **texts;
	size_t texts_nr;
	regex_t *regex;			/* NULL: the texts, or the other capture, are compared */
	bool negated, any;
};

struct tags_pattern {
	struct tags_pred *preds;
	size_t preds_nr;
};

/* What a capture's name says. */
struct tags_capture {
	bool is_name, is_tag, is_def;
	uint8_t value;			/* enum bt_kind or enum bt_role */
};

/* A name that was found. */
struct tags_entry {
	uint32_t at, end;		/* of the name */
	uint32_t start, stop, sig_end;	/* of the definition */
	uint32_t pattern;
	uint32_t params;
	bool is_def;
	uint8_t value;
};

struct tags_token {
	uint32_t at;
	uint64_t hash;
};

struct bt_tags {
	TSQuery *query;
	const TSLanguage *language;
	struct tags_pattern *patterns;
	struct tags_capture *captures;
	uint32_t patterns_nr, captures_nr;
	TSFieldId body, parameters;
	bool *comments;			/* by symbol */
	struct bt_arena arena;		/* of what is compiled */
	/* Of the run at hand; a run may end by a jump, so that nothing is owned by a local. */
	struct bt_arena run;
	struct tags_entry *entries;
	struct tags_token *tokens;
	size_t entries_nr, entries_alloc, tokens_nr, tokens_alloc;
};

bool tags_is_comment(const TSLanguage *language, TSSymbol symbol);
/* Do the predicates of the pattern hold? */
bool tags_holds(const struct bt_tags *t, const TSQueryMatch *m, const char *src);

#endif
