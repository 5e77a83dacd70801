/*
 * The inside of the pool, shared by pool*.c.
 *
 * A blob is in exactly one list: waiting (plain, scanner, alone), todo of a worker, answered of a
 * worker, or lost. It leaves the last two only as a result. Answers are checked when they are read
 * (pool_io.c), blobs are given to workers in one place (pool_plan.c), the ends of workers are
 * judged in one place (pool_end.c).
 */
#ifndef BT_INDEX_POOL_INT_H
#define BT_INDEX_POOL_INT_H

#include <poll.h>
#include <sys/types.h>

#include "core/index/pool.h"
#include "core/index/zygote.h"

/* A scanner group: what is parsed again one by one after a death. */
#define BT_GROUP_NR_MAX 64
#define BT_GROUP_BYTES_MAX ((size_t)512 << 10)
/* A long-lived worker, so that what leaks or rots in one goes away. */
#define BT_PLAIN_NR_MAX 4096
#define BT_PLAIN_BYTES_MAX ((size_t)64 << 20)
/* Queued per worker: about 20 ms of work; at the end, when balance counts, 5 ms. */
#define BT_DEPTH_BYTES ((size_t)256 << 10)
#define BT_DEPTH_END_BYTES ((size_t)64 << 10)
/* A worker with less than this left no longer keeps another one from starting. */
#define BT_DRAINED_BYTES ((size_t)64 << 10)

struct bt_pool_blob {
	struct bt_pool_blob *next;
	const struct bt_lang *lang;
	uint64_t tag, seq;
	size_t len;
	unsigned want;			/* BT_WANT_* */
	bool scanner;
	unsigned deaths;		/* those it has on its own account */
	enum bt_result_status status;	/* of a lost one */
	char reason[80];
	char data[];
};

struct bt_blob_list {
	struct bt_pool_blob *head, *last;
	size_t nr, bytes;
};

enum bt_pool_kind {
	BT_WORKER_SPARE,	/* forked ahead, nothing given yet */
	BT_WORKER_PLAIN,	/* long-lived; answers are given out at once */
	BT_WORKER_GROUP,	/* answers are held back until it has ended cleanly */
	BT_WORKER_ALONE,	/* a group of one, whose death is its own */
};

struct bt_pool_worker {
	pid_t pid;
	int fd;				/* -1: closed */
	enum bt_pool_kind kind;
	bool open;			/* takes more blobs */
	bool shut;			/* we have said that nothing more comes */
	bool filling;			/* has got something in this round of the plan */
	bool eof, ended;		/* all its bytes are read; it is reaped */
	bool judged, clean;		/* its end was looked at; it ended as told, all answered */
	int status;			/* of waitpid */
	bool condemned, kill_sent;	/* to be killed by us, for cause and reason */
	enum bt_result_status cause;
	char reason[80];
	struct bt_blob_list todo;	/* the head is being parsed, or will be next */
	struct bt_blob_list answered;	/* their answers stand in `in` from `given` on */
	struct bt_pool_blob *unsent;	/* in todo: the first that is not wholly written */
	size_t unsent_at;		/* bytes of it, head included, that are */
	size_t got_nr, got_bytes;	/* given to it so far */
	int64_t due_ms;			/* by the pool's clock; 0: nothing is expected of it */
	char *in;
	size_t in_alloc, in_len, checked, given;
};

enum bt_pool_lang { BT_LANG_UNKNOWN, BT_LANG_WANTED, BT_LANG_ASKED };

struct bt_pool {
	struct bt_pool_opts o;
	struct bt_zygote zygote;
	struct bt_err broken;		/* code set: nothing works any more */
	/* Waiting; `heavy` are those of the first two that had to let lighter ones pass. */
	struct bt_blob_list plain, scanner, heavy, alone;
	struct bt_blob_list lost;
	size_t inflight_nr, inflight_bytes;
	bool flushing, pressed;		/* flush was called; a blob was refused */
	uint8_t *langs;			/* enum bt_pool_lang by bt_lang.index */
	size_t langs_wanted;
	uint32_t generation;		/* languages asked for; older workers lack the newest */
	struct bt_pool_worker **workers;
	size_t workers_nr, workers_alloc;
	size_t spawns_asked;
	unsigned jobs;			/* fewer than wanted when the system refuses processes */
	unsigned blameless;		/* deaths in a row that no blob can have caused */
	uint64_t seq;
	int64_t clock_ms;		/* time in which we were looking */
	int64_t seen_ms, look_us;	/* when we looked last */
	unsigned nap_us;
	struct pollfd *pfds;
	size_t pfds_alloc;
	struct bt_pool_stats stats;
};

/* pool_list.c */
void bt_blob_list_push(struct bt_blob_list *l, struct bt_pool_blob *b);
void bt_blob_list_push_front(struct bt_blob_list *l, struct bt_pool_blob *b);
struct bt_pool_blob *bt_blob_list_pop(struct bt_blob_list *l);
void bt_blob_list_release(struct bt_blob_list *l);

/* pool_worker.c: one worker as the parent sees it */
struct bt_pool_worker *bt_pool_worker_add(struct bt_pool *p, pid_t pid, int fd);
void bt_pool_worker_drop(struct bt_pool *p, size_t index);
void bt_pool_worker_retire(struct bt_pool_worker *w);
void bt_pool_worker_condemn(struct bt_pool_worker *w, enum bt_result_status cause,
			    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Gives a blob to it. */
void bt_pool_worker_give(struct bt_pool *p, struct bt_pool_worker *w, struct bt_pool_blob *b);
/* Writes what fits. */
void bt_pool_worker_send(struct bt_pool *p, struct bt_pool_worker *w);
/* Reads one stretch and checks the answers in it. */
void bt_pool_worker_receive(struct bt_pool *p, struct bt_pool_worker *w);
/* May its answers be given out? */
bool bt_pool_worker_ripe(const struct bt_pool_worker *w);

/* pool_plan.c: who parses what */
int bt_pool_plan(struct bt_pool *p, struct bt_err *err);
/* Ends groups that have nothing left to parse. */
void bt_pool_plan_close(struct bt_pool *p);

/* pool_spawn.c: processes and slots */
/* A fresh worker when a slot is free and one is there, else NULL. */
struct bt_pool_worker *bt_pool_worker_obtain(struct bt_pool *p, enum bt_pool_kind kind);
/* Takes part in the count against jobs: what is nearly done lets the next one start. */
bool bt_pool_worker_busy(const struct bt_pool_worker *w);
/* Asks the zygote for the workers that will be wanted. */
int bt_pool_spawn_ahead(struct bt_pool *p, struct bt_err *err);
/*
 * Has the zygote make the tables that are wanted; langs_wanted: those it is too busy to hear of
 * yet.
 */
int bt_pool_ask_langs(struct bt_pool *p, struct bt_err *err);

/*
 * pool_end.c: judges a worker that is reaped and read to its end; its unparsed blobs are queued
 * again.
 */
int bt_pool_worker_judge(struct bt_pool *p, struct bt_pool_worker *w, struct bt_err *err);

/* pool_io.c: one look at all descriptors, waiting for at most wait_ms */
int bt_pool_look(struct bt_pool *p, int wait_ms, struct bt_err *err);
/*
 * Lets answers gather while every worker has enough to do: waking up for each costs more than
 * parsing a small blob's hundredth part.
 */
void bt_pool_nap(struct bt_pool *p);

/* Keeps err as the pool's own; returns its code. */
int bt_pool_break(struct bt_pool *p, struct bt_err *err);

#endif
