/*
 * A signature that was read. Between signature.c and signature_read.c.
 */
#ifndef BT_RULES_RADIUS_SIGNATURE_IMPL_H
#define BT_RULES_RADIUS_SIGNATURE_IMPL_H

#include <stdint.h>

#include "core/rules/radius/signature.h"

/* More is no signature that a person reads. */
#define TOKENS_MAX 1024
#define PARAMS_MAX 128
#define GENERICS_MAX 16

/* What is known of a language's way to write them. */
enum {
	NAME_LAST = 1u << 0,	/* int a = 1; otherwise a: int = 1 */
	GO_STYLE = 1u << 1,	/* a, b int */
	TYPES = 1u << 2,	/* another type breaks calls */
	NAMES = 1u << 3,	/* those with a default are given by their names */
	HEAD = 1u << 4,		/* the result stands in front */
	TAIL = 1u << 5,		/* it stands behind */
	INFERRED = 1u << 6,	/* no result written is one that is found out */
	AWAITED = 1u << 7,	/* async is part of what callers see */
	WORDS = 1u << 8,	/* parameters may stand without brackets */
	NUMBERS = 1u << 9,	/* what is no pointer and no structure is a number, and converted */
};

struct sig_token {
	const char *p;
	size_t len;
};

struct sig_param {
	uint64_t type;		/* 0: none is written */
	struct sig_token name;	/* len 0: none */
	bool optional, variadic, by_name;
};

struct sig_reading {
	unsigned flags;
	struct sig_token tokens[TOKENS_MAX];
	size_t nr, name;	/* name: its token, or nr */
	size_t open, close;	/* the brackets of the parameters; open nr: there are none */
	struct sig_param params[PARAMS_MAX];
	size_t params_nr;
	struct sig_token generics[GENERICS_MAX];	/* names of types that it declares itself: any other name would do */
	size_t generics_nr;
	bool odd;		/* too much of something, or brackets that do not match */
};

bool sig_token_is(const struct sig_token *t, const char *word);
/* words: ended by NULL */
bool sig_token_in(const struct sig_token *t, const char *const *words);
/* Macros that say something to the compiler: UNUSED, NORETURN. */
bool sig_token_is_loud(const struct sig_token *t);
/* 1: a bracket opens; -1: one closes. angles: these count too. */
int sig_nesting(const struct sig_token *t, bool angles);
/* Behind the group that starts at `at`; r->nr when it does not end. */
size_t sig_behind_group(const struct sig_reading *r, size_t at, bool angles);
/* Are these tokens a type that is no pointer and no structure, where such are numbers? `without` is passed over. */
bool sig_is_number(const struct sig_reading *r, size_t at, size_t end, size_t without);
/* Of what callers see of these tokens; 0: of none. */
uint64_t sig_hash(const struct sig_reading *r, size_t at, size_t end, size_t without);

void sig_read(struct sig_reading *r, unsigned flags, const struct bt_signature *s);

#endif
