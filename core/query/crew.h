/*
 * Two threads at one list of jobs: the caller's own, and a second one that is started when there are enough of them.
 *
 * Jobs are numbered in the order in which they are posted and taken in that order; they must not touch what
 * the caller goes on using meanwhile, the store above all. When the caller is ahead of both it
 * does a job itself, so that few wait at a time.
 */
#ifndef BT_QUERY_CREW_H
#define BT_QUERY_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define BT_CREW_NR 2		/* workers: 0 is the caller's thread */
#define BT_CREW_BACKLOG 32	/* jobs that wait, at most */

struct bt_crew {
	/* `worker` is 0 or 1; no two jobs of one worker run at a time. */
	void (*run)(void *ctx, unsigned worker, size_t job);
	void *ctx;
	pthread_t second;
	bool alone;		/* no second thread, and none to come */
	bool started;
	/* Jobs last microseconds: they are taken without a lock, which is for sleeping alone. */
	atomic_size_t posted, taken;
	atomic_bool closed, asleep;
	pthread_mutex_t lock;
	pthread_cond_t news;
};

void bt_crew_init(struct bt_crew *c, void (*run)(void *ctx, unsigned worker, size_t job), void *ctx);
/* One more job. */
void bt_crew_post(struct bt_crew *c);
/* Does what is left and waits for the second thread: all jobs have run, and what they wrote can be read. */
void bt_crew_finish(struct bt_crew *c);

#endif
