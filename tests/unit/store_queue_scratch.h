/*
 * What the tests of queue.db share: opening one in a scratch folder, and short ways to queue.
 */
#ifndef BT_TESTS_UNIT_STORE_QUEUE_SCRATCH_H
#define BT_TESTS_UNIT_STORE_QUEUE_SCRATCH_H

#include "store/queue_int.h"
#include "tests/unit/store_scratch.h"

#define QUEUE_OWNED BT_CLEANUP(bt_queue_free)
#define ARENA_OWNED BT_CLEANUP(bt_arena_release)
#define MAIN "refs/heads/main"
#define SIDE "refs/heads/side"

/* The file, or one beside it: "-wal". Good until the next call but one. */
static inline const char *queue_path(const char *end)
{
	static char paths[2][sizeof(scratch_dir) + 40];
	static unsigned turn;
	char *path = paths[turn++ % 2];

	snprintf(path, sizeof(paths[0]), "%s/queue.db%s", scratch_dir, end);
	return path;
}

static inline struct bt_queue *queue_open_mode(enum bt_queue_mode mode)
{
	struct bt_queue *q = NULL;

	expect_ok(bt_queue_open(scratch_dir, mode, 0, BT_QUEUE_BUSY_MS, &q, &err));
	/* The power stays on: waiting for the disk would be most of the test. */
	sqlite3_exec(q->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	return q;
}

static inline struct bt_queue *queue_open(void)
{
	return queue_open_mode(BT_QUEUE_WRITE);
}

static inline struct bt_action action_make(enum bt_action_kind kind, const char *lane, const char *params)
{
	return (struct bt_action){
		.kind = kind, .lane = lane, .agent = "an agent", .params = params, .params_len = params ? strlen(params) : 0,
	};
}

/* Adds it; what it has become is in *a. */
static inline uint64_t queue_put_after(struct bt_queue *q, struct bt_action *a, uint64_t after)
{
	ARENA_OWNED struct bt_arena arena = { NULL };
	bool known = true;

	expect_ok(bt_queue_add(q, a, &after, !!after, &arena, &known, &err));
	assert_false(known);
	return a->id;
}

static inline uint64_t queue_put(struct bt_queue *q, enum bt_action_kind kind, const char *lane, const char *params)
{
	struct bt_action a = action_make(kind, lane, params);

	return queue_put_after(q, &a, 0);
}

static inline struct bt_action action_get(struct bt_queue *q, uint64_t id, struct bt_arena *arena)
{
	struct bt_action a = { .id = 0 };

	expect_code(BT_ROW, bt_queue_action(q, id, arena, &a, &err));
	assert_int_equal(a.id, id);
	return a;
}

static inline enum bt_action_state state_of(struct bt_queue *q, uint64_t id)
{
	ARENA_OWNED struct bt_arena arena = { NULL };

	return action_get(q, id, &arena).state;
}

static inline uint64_t leader_of(struct bt_queue *q, uint64_t id)
{
	ARENA_OWNED struct bt_arena arena = { NULL };

	return action_get(q, id, &arena).leader;
}

/* An action in a batch of its own; the caller has raised the fence. */
static inline uint64_t batch_put(struct bt_queue *q, enum bt_action_kind kind, uint64_t id)
{
	struct bt_batch b = { .kind = kind, .lane = MAIN, .committer = "A U Thor <a@example.com> 1700000000 +0100" };

	expect_ok(bt_queue_batch_add(q, &b, &id, 1, &err));
	return b.id;
}

/* The one number that a statement gives. */
static inline int64_t queue_ask(struct bt_queue *q, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t n;

	if (sqlite3_prepare_v2(q->db, sql, -1, &s, NULL) || sqlite3_step(s) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(q->db));
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static inline void queue_do(struct bt_queue *q, const char *sql)
{
	if (sqlite3_exec(q->db, sql, NULL, NULL, NULL))
		fail_msg("%s: %s", sql, sqlite3_errmsg(q->db));
}

#endif
