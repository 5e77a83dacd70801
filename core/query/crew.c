/*
 * The second thread: it takes jobs until the list is closed. All signals stay with the first one.
 */
#include "core/query/crew.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* To start a thread and to share memory with it costs as much as a few jobs. */
#define JOBS_MIN 16
/* Looks for a job before the second thread goes to sleep: some microseconds, as long as waking it takes. */
#define LOOKS 2000

static bool one_processor(void)
{
	cpu_set_t set;

	return !sched_getaffinity(0, sizeof(set), &set) && CPU_COUNT(&set) < 2;
}

void bt_crew_init(struct bt_crew *c, void (*run)(void *ctx, unsigned worker, size_t job), void *ctx)
{
	memset(c, 0, sizeof(*c));
	c->run = run;
	c->ctx = ctx;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->news, NULL);
}

static bool take_one(struct bt_crew *c, unsigned worker)
{
	size_t job = atomic_load(&c->taken);

	do
		if (job >= atomic_load(&c->posted))
			return false;
	while (!atomic_compare_exchange_weak(&c->taken, &job, job + 1));
	c->run(c->ctx, worker, job);
	return true;
}

static bool nothing_to_do(struct bt_crew *c)
{
	return atomic_load(&c->taken) >= atomic_load(&c->posted) && !atomic_load(&c->closed);
}

/* Until there is a job, or there will be none. */
static void wait_for_news(struct bt_crew *c)
{
	for (int i = 0; i < LOOKS; i++)
		if (!nothing_to_do(c))
			return;
	pthread_mutex_lock(&c->lock);
	/* Said before the last look: who posts afterwards sees it. */
	atomic_store(&c->asleep, true);
	while (nothing_to_do(c))
		pthread_cond_wait(&c->news, &c->lock);
	atomic_store(&c->asleep, false);
	pthread_mutex_unlock(&c->lock);
}

static void wake(struct bt_crew *c)
{
	if (!atomic_load(&c->asleep))
		return;
	pthread_mutex_lock(&c->lock);
	pthread_cond_signal(&c->news);
	pthread_mutex_unlock(&c->lock);
}

static void *second_main(void *p)
{
	struct bt_crew *c = p;

	while (take_one(c, 1) || !atomic_load(&c->closed))
		wait_for_news(c);
	while (take_one(c, 1))
		;
	return NULL;
}

static void start_second(struct bt_crew *c)
{
	sigset_t all, before;

	c->alone = one_processor();
	if (c->alone)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	c->started = !pthread_create(&c->second, NULL, second_main, c);
	c->alone = !c->started;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void bt_crew_post(struct bt_crew *c)
{
	size_t posted = atomic_fetch_add(&c->posted, 1) + 1;

	if (c->started)
		wake(c);
	else if (!c->alone && posted >= JOBS_MIN)
		start_second(c);
	while (posted - atomic_load(&c->taken) > BT_CREW_BACKLOG)
		take_one(c, 0);
}

void bt_crew_finish(struct bt_crew *c)
{
	atomic_store(&c->closed, true);
	if (c->started)
		wake(c);
	while (take_one(c, 0))
		;
	if (c->started)
		pthread_join(c->second, NULL);
	pthread_cond_destroy(&c->news);
	pthread_mutex_destroy(&c->lock);
}
