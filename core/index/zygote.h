/*
 * The zygote: a small process that forks the parse workers, and its handle in the parent.
 *
 * It is forked once, makes the shared tables of languages when told, forks a worker when told,
 * hands the parent's end of the worker's socket over, kills and reaps. It never sees a byte of a
 * blob. It and the workers live in a session of their own (no signals from the terminal) and die
 * with the thread that started them, even by kill -9.
 *
 * Nothing in the parent's half blocks: requests return BT_ERR_BUSY when the zygote is behind.
 */
#ifndef BT_INDEX_ZYGOTE_H
#define BT_INDEX_ZYGOTE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/err.h"

struct bt_addon;

struct bt_zygote_opts {
	uint64_t address_space_max;	/* of a worker, beyond what is shared; 0: no limit */
	unsigned cpu_s;
	bool seccomp;			/* wanted; used when the kernel has it */
	const struct bt_addon *addon;	/* or NULL */
};

struct bt_zygote {
	pid_t pid;	/* 0: none */
	int fd;
};

#define BT_ZYGOTE_INIT { .pid = 0, .fd = -1 }

enum bt_zygote_event_kind {
	BT_ZYGOTE_READY,	/* seccomp, landlock: in force in the workers */
	BT_ZYGOTE_PREPARED,	/* arg: the language's index; code and text when that failed */
	BT_ZYGOTE_SPAWNED,	/* pid, fd (nonblocking, the receiver's), arg: as given to spawn */
	BT_ZYGOTE_NOT_SPAWNED,	/* arg, text */
	BT_ZYGOTE_ENDED,	/* pid, status of waitpid */
	BT_ZYGOTE_BROKEN,	/* it cannot work: text */
};

struct bt_zygote_event {
	uint32_t kind;
	uint32_t arg;
	int32_t pid, status, code;
	int32_t fd;
	bool seccomp, landlock;
	char text[480];
};

int bt_zygote_start(struct bt_zygote *z, const struct bt_zygote_opts *o, struct bt_err *err);
/* Nothing more will be asked: it kills the workers and leaves by itself, which takes it some milliseconds. */
void bt_zygote_dismiss(struct bt_zygote *z);
/* Kills the workers, reaps all, waits for the zygote. Accepts one that was never started. */
void bt_zygote_stop(struct bt_zygote *z);

int bt_zygote_prepare(struct bt_zygote *z, unsigned lang_index, struct bt_err *err);
int bt_zygote_spawn(struct bt_zygote *z, uint32_t arg, struct bt_err *err);
/* A pid that has ended already is ignored. */
int bt_zygote_kill(struct bt_zygote *z, pid_t pid, struct bt_err *err);
/* BT_ROW: an event. BT_DONE: none is there now. An error when the zygote is gone. */
int bt_zygote_next(struct bt_zygote *z, struct bt_zygote_event *ret_event, struct bt_err *err);

/*
 * A worker without a zygote, in a process that has just been forked for it: puts on the cage and serves fd (a stream
 * socket). `parent` is who forked it.
 */
void bt_zygote_be_worker(int fd, pid_t parent, const struct bt_zygote_opts *o) __attribute__((noreturn));
/* Of the zygote's own half: serves the socket until its other end is closed. */
void bt_zygote_run(int fd, const struct bt_zygote_opts *o) __attribute__((noreturn));

enum bt_zygote_op { BT_ZYGOTE_OP_PREPARE, BT_ZYGOTE_OP_SPAWN, BT_ZYGOTE_OP_KILL };
struct bt_zygote_request {
	uint32_t op;
	uint32_t arg;
};

#endif
