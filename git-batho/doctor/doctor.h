/*
 * What `git batho doctor` looks at: one table of checks, each of which says what it found, and how what is wrong is put right.
 *
 * To add one: a function, a declaration below, a row in the table of doctor.c. A check is called with what its row asks for, prints
 * nothing, changes nothing, and says at least one thing. What it cannot find out it says as well.
 */
#ifndef BT_PROGRAM_DOCTOR_H
#define BT_PROGRAM_DOCTOR_H

#include "git-batho/context.h"

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_NOTE,		/* worth knowing; nothing has to be done */
	DOCTOR_WARNING,		/* needs attention */
	DOCTOR_ERROR,		/* does not work */
	DOCTOR_LEVEL_NR
};

struct doctor {
	struct bt_context *c;
	bool repo;		/* c->repo and c->store_dir are there */
	bool conf;		/* c->conf is there */
	const struct doctor_check *at;
	struct bt_err trouble;	/* why there is no repository, or no configuration */
	unsigned nr[DOCTOR_LEVEL_NR];	/* of what was said */
};

#define DOCTOR_NEEDS_REPO (1u << 0)
#define DOCTOR_NEEDS_CONF (1u << 1)

struct doctor_check {
	const char *name;	/* a word for scripts: never renamed */
	unsigned needs;
	void (*look)(struct doctor *d);
};

/* One finding. fix: a command, or a few words on what to do; NULL: nothing is to be done. */
void doctor_say(struct doctor *d, enum doctor_level level, const char *fix, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The message of an error as a finding; its hint is the fix, or else `fix`. */
void doctor_say_err(struct doctor *d, enum doctor_level level, const struct bt_err *err, const char *fix);

/* git.c */
void doctor_git(struct doctor *d);
void doctor_repository(struct doctor *d);
void doctor_configuration(struct doctor *d);
void doctor_head(struct doctor *d);
void doctor_features(struct doctor *d);
/* place.c */
void doctor_owner(struct doctor *d);
void doctor_permissions(struct doctor *d);
void doctor_disk(struct doctor *d);
void doctor_file_system(struct doctor *d);
void doctor_leftovers(struct doctor *d);
/* stores.c */
void doctor_index(struct doctor *d);
void doctor_queue(struct doctor *d);
void doctor_executor(struct doctor *d);
void doctor_pins(struct doctor *d);
/* hooks.c */
void doctor_hooks(struct doctor *d);
/* machine.c */
void doctor_programs(struct doctor *d);
void doctor_sandbox(struct doctor *d);
void doctor_grammars(struct doctor *d);
void doctor_clock(struct doctor *d);

#endif
