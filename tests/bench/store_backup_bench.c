/*
 * Ways to copy queue.db while others write: how long it takes, and how long a writer waits.
 *
 *	store_backup_bench fill FOLDER NR	a queue with so many actions
 *	store_backup_bench write FOLDER MS	queues for so long; prints how often, and the median, 99th percentile and longest
 *						time of one, in milliseconds
 *	store_backup_bench copy FOLDER FILE HOW	HOW: held (the backup API in steps, within one transaction of the source), steps (the same without),
 *						vacuum (VACUUM INTO)
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "store/queue_int.h"

#define STEP_PAGES 512
/* Where every step may begin from the start. */
#define STEPS_PATIENCE_MS 20000

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "store_backup_bench: %s\n", what);
	exit(1);
}

static struct bt_queue *open_queue(const char *dir)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_queue *q = NULL;

	if (bt_queue_open(dir, BT_QUEUE_WRITE, 0, BT_QUEUE_BUSY_MS, &q, &err))
		die(err.msg);
	return q;
}

static void add(struct bt_queue *q, const char *agent, unsigned n)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_err err = BT_ERR_INIT;
	char params[64];
	struct bt_action a = { .kind = BT_ACTION_DEPLOY, .lane = "refs/heads/main", .agent = agent };
	bool known;

	a.params = params;
	a.params_len = (size_t)snprintf(params, sizeof(params), "name%csite-%u", 0, n) + 1;
	if (bt_queue_add(q, &a, NULL, 0, &arena, &known, &err))
		die(err.msg);
}

static void fill(const char *dir, unsigned nr)
{
	struct bt_queue *q = open_queue(dir);
	struct bt_err err = BT_ERR_INIT;

	for (unsigned i = 0; i < nr; i++) {
		if (i % 1000 == 0 && bt_queue_begin(q, &err))
			die(err.msg);
		add(q, "filler", i);
		if ((i % 1000 == 999 || i + 1 == nr) && bt_queue_commit(q, &err))
			die(err.msg);
	}
	bt_queue_free(&q);
}

static int cmp_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void write_for(const char *dir, int64_t ms)
{
	struct bt_queue *q = open_queue(dir);
	int64_t until = bt_clock_ms() + ms, *times = NULL;
	size_t nr = 0, alloc = 0;
	char agent[32];

	snprintf(agent, sizeof(agent), "writer-%ld", (long)getpid());
	while (bt_clock_ms() < until) {
		int64_t from = bt_clock_us();

		add(q, agent, (unsigned)nr);
		BT_GROW(times, alloc, nr + 1);
		times[nr++] = bt_clock_us() - from;
		usleep(2000);
	}
	qsort(times, nr, sizeof(*times), cmp_time);
	if (nr)
		printf("%zu %.1f %.1f %.1f\n", nr, (double)times[nr / 2] / 1e3, (double)times[nr * 99 / 100] / 1e3, (double)times[nr - 1] / 1e3);
	free(times);
	bt_queue_free(&q);
}

/* Without a transaction every write of another process begins it anew. */
static void copy_in_steps(const char *from, const char *to)
{
	struct bt_queue source = { .path = (char *)from }, copy = { .path = (char *)to };
	struct bt_err err = BT_ERR_INIT;
	int64_t until = bt_clock_ms() + STEPS_PATIENCE_MS;
	sqlite3_backup *b;
	int rc;

	if (bt_queue_connect(&source, from, SQLITE_OPEN_READWRITE, BT_QUEUE_BUSY_MS, &err) ||
	    bt_queue_connect(&copy, to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0, &err))
		die(err.msg);
	b = sqlite3_backup_init(copy.db, "main", source.db, "main");
	do {
		rc = sqlite3_backup_step(b, STEP_PAGES);
		usleep(1000);
	} while ((rc == SQLITE_OK || rc == SQLITE_BUSY) && bt_clock_ms() < until);
	sqlite3_backup_finish(b);
	if (rc != SQLITE_DONE)
		printf("never whole: ");
	bt_queue_disconnect(&copy);
	bt_queue_disconnect(&source);
}

static void copy_by_vacuum(const char *from, const char *to)
{
	struct bt_queue source = { .path = (char *)from };
	BT_FREE char *sql = bt_xasprintf("VACUUM INTO '%s'", to);
	struct bt_err err = BT_ERR_INIT;

	if (bt_queue_connect(&source, from, SQLITE_OPEN_READWRITE, BT_QUEUE_BUSY_MS, &err))
		die(err.msg);
	sqlite3_limit(source.db, SQLITE_LIMIT_ATTACHED, 1);
	if (bt_queue_exec(&source, sql, &err))
		die(err.msg);
	bt_queue_disconnect(&source);
}

static void copy(const char *dir, const char *to, const char *how)
{
	BT_FREE char *from = bt_xasprintf("%s/queue.db", dir);
	struct bt_err err = BT_ERR_INIT;
	struct bt_queue *q = open_queue(dir);	/* registers our VFS */
	int64_t start = bt_clock_us();

	if (!strcmp(how, "held")) {
		if (bt_queue_copy(from, to, 0600, &err))
			die(err.msg);
	} else if (!strcmp(how, "steps")) {
		copy_in_steps(from, to);
	} else {
		copy_by_vacuum(from, to);
	}
	printf("%.1f\n", (double)(bt_clock_us() - start) / 1e3);
	bt_queue_free(&q);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "fill"))
		fill(argv[2], (unsigned)atoi(argv[3]));
	else if (argc == 4 && !strcmp(argv[1], "write"))
		write_for(argv[2], atoi(argv[3]));
	else if (argc == 5 && !strcmp(argv[1], "copy"))
		copy(argv[2], argv[3], argv[4]);
	else
		die("see the top of its source");
	return 0;
}
