/*
 * From sources to a grammar that is trusted: compiling, trying, installing; and the way back.
 */
#ifndef BT_GRAMMARS_BUILD_H
#define BT_GRAMMARS_BUILD_H

#include "core/grammars/source.h"

struct bt_cage {
	bool works;		/* bwrap is there and can be used */
	char why_not[120];
};

/* Can the compiler be locked in? */
void bt_cage_look(struct bt_cage *ret_cage);

/*
 * Compiles g into `out`/grammar.so with the flags of git-batho itself: by $CC (cc), or $CXX (c++) for a scanner in C++. In a
 * cage that works the compiler sees the sources, the system's tools and nothing else, and has no network.
 */
int bt_grammar_compile(const struct bt_stage *s, const struct bt_source *g, const struct bt_cage *cage, const char *out,
		       struct bt_err *err);

/*
 * Compiles g and makes a folder and a list of its own for it in the stage: *ret_env are two settings of the environment with
 * which a process finds that one grammar alone, as it will be.
 */
struct bt_trial {
	char *config, *data;	/* "XDG_CONFIG_HOME=...", "XDG_DATA_HOME=..." */
	char *folder;		/* the grammar's, in it */
	struct bt_user_grammar entry;	/* borrows from the trial, the source and its options */
	struct bt_arena arena;
};
#define BT_TRIAL_INIT { .config = NULL }

struct bt_trial_opts {
	const char *extensions;	/* given by the user: with commas between them; NULL: those of the sources */
	const char *header;	/* kept from before; NULL: made of the above */
	bool text_given;
	bool replaces;
};

int bt_trial_make(const struct bt_stage *s, const struct bt_source *g, const struct bt_cage *cage,
		  const struct bt_trial_opts *o, struct bt_trial *ret_trial, struct bt_err *err);
void bt_trial_release(struct bt_trial *t);

/*
 * Puts what was tried into the user's folder and onto the list, in the place of one of the same name, whose folder goes.
 * The entry's abi and scanner are known by then.
 */
int bt_grammar_install(struct bt_trial *t, struct bt_err *err);
/* Takes it off the list and its folder away. BT_ERR_NOT_FOUND: it is not there. */
int bt_grammar_remove(const char *name, struct bt_err *err);
/* Bytes of the folder of a grammar. */
uint64_t bt_grammar_bytes(const struct bt_user_grammar *g);

#endif
