/*
 * Queueing: what was asked for is captured, pinned and written down, in this order; then the caller may be told its number.
 * A crash in between leaves objects or a pin that go by themselves.
 */
#ifndef BT_BATCH_ENQUEUE_H
#define BT_BATCH_ENQUEUE_H

#include "core/batch/capture/capture.h"
#include "core/batch/fold/fold.h"
#include "core/conf/conf.h"
#include "store/queue.h"

#define BT_PRIORITY_MAX 100
#define BT_DELAY_MAX_S (7 * 24 * 3600)
#define BT_AFTER_MAX 1000
/* --key, --agent, a remote, a file, a field: more is a mistake. */
#define BT_REQUEST_WORD_MAX 1024

/* BATHO_AGENT, else the user's login name: borrowed, until the next call. */
const char *bt_agent_default(void);

struct bt_request {
	enum bt_action_kind kind;
	const char *target;		/* a branch; NULL: the current one */
	const char *agent;		/* NULL: bt_agent_default */
	const char *idem_key;		/* or NULL */
	int priority;
	bool urgent;
	int64_t delay_ms;
	const uint64_t *after;
	size_t after_nr;
	bool sign;			/* commit, merge */
	struct bt_capture_opts capture;	/* commit */
	const char *source;		/* merge: a revision of the user's command line */
	enum bt_merge_strategy strategy;
	const char *message;		/* merge; NULL: git's words */
	const char *remote;		/* push; NULL: bt_lane_remote */
	const char *const *push_options;
	size_t push_options_nr;
	const char *name;		/* workflow: the file; deploy: the name */
	const char *const *fields;	/* workflow: "key=value" each */
	size_t fields_nr;
	size_t line;			/* of the input it stood in, for messages; 0: none */
};

struct bt_enqueuer {
	struct bt_repo *repo;
	const struct bt_conf *conf;
	struct bt_queue *q;
	struct bt_arena *arena;		/* results live here */
	/* what was asked of git last, so that `bulk` asks once; start with NULL */
	const char *current, *target_there;
	const char *remote_lane, *remote_of_lane, *remote_checked;
};

/*
 * *ret_known: the request was made before, under its key. BT_ERR_NOT_FOUND: there is nothing to commit, or what it names is
 * not there. BT_ERR_USAGE: a value that cannot be.
 */
int bt_enqueue(struct bt_enqueuer *e, const struct bt_request *r, struct bt_action *ret_a, bool *ret_known, struct bt_err *err);
/*
 * Several, all or none, in one transaction: `bulk`. results[i] and known[i] belong to requests[i]. A failure names the line of
 * the request.
 */
int bt_enqueue_many(struct bt_enqueuer *e, const struct bt_request *requests, size_t nr, struct bt_action *results, bool *known,
		    struct bt_err *err);

#endif
