/*
 * The state of one indexing run; shared by plan.c, jobs.c, run.c, commit.c, nobody else includes it.
 */
#ifndef BT_INDEX_INDEX_STATE_H
#define BT_INDEX_INDEX_STATE_H

#include "core/base/arena.h"
#include "core/base/map.h"
#include "core/index/index.h"
#include "core/lang/langs.h"
#include "store/postings.h"

/* The add-on's part of a job. */
enum ix_more {
	IX_MORE_NONE,		/* not asked for, or there already */
	IX_MORE_MADE,		/* in ix->records */
	IX_MORE_FAILED,		/* it could not be made: stored too, so that it is not tried each time */
};

/* One (blob, language or class): known from the store, or to be read and parsed. */
struct ix_job {
	struct bt_oid oid;
	uint32_t lang_id;		/* in the store; of the class for a class job */
	const struct bt_lang *lang;	/* NULL for a class job */
	const struct bt_detect_class *cls;
	bool settled;			/* state, size and digest are final */
	bool stored;			/* id is final */
	bool known;			/* another process stored it, and its facts, first */
	bool text;			/* no language: for the add-on alone */
	uint8_t want;			/* BT_WANT_*, while it is to be done */
	uint8_t more;			/* enum ix_more */
	uint8_t state;			/* enum bt_blob_state */
	uint32_t id;
	uint32_t resolved;		/* job of the language a class came to, or BT_NONE */
	uint64_t size;
	const char *hint;
	size_t rec, rec_len;		/* facts, packed, in ix->records until they are stored */
	size_t more_at, more_len;	/* the add-on's, likewise */
	const void *bytes;		/* its content where the caller gave it */
	size_t bytes_len;
	struct bt_digest digest;
};

struct ix_entry {
	const char *name;
	uint32_t name_len;
	bool tree;
	uint8_t flags;			/* BT_FILE_* */
	uint8_t fixed_state;		/* state that the path decides, or BT_BLOB_FACTS */
	uint32_t target;		/* node or job */
};

/* A folder of the run; children have smaller numbers. */
struct ix_node {
	struct bt_oid oid;		/* len 0 in a listing */
	uint64_t selection;
	const char *dir;		/* path, for the base of compression */
	struct ix_entry *entries;
	uint32_t entries_nr;
	bool done;			/* row, digest and counts are final */
	struct bt_index_root result;
};

struct bt_index {
	struct bt_index_opts o;
	struct bt_arena arena;		/* nodes' entries and names; reset between batches */
	struct ix_job *jobs;
	size_t jobs_nr, jobs_alloc;
	struct bt_oidmap job_of;	/* (oid, language id) -> job */
	struct ix_node *nodes;
	size_t nodes_nr, nodes_alloc;
	struct bt_strmap node_of;	/* oid bytes + selection -> node */
	struct bt_strmap row_of_dir;	/* path -> newest row, a base for compression */
	struct bt_arena dirs;
	uint32_t *lang_ids;		/* store id per bt_lang.index */
	size_t *todo;			/* jobs to read, in order */
	size_t todo_nr, todo_alloc, todo_at;
	size_t *unstored;		/* settled jobs whose rows are not written */
	size_t unstored_nr, unstored_alloc;
	struct bt_buf records;		/* of the unstored jobs, packed */
	size_t records_bytes;		/* of these before they were packed */
	uint64_t inflight;		/* jobs given to the pool */
	uint64_t planned, finished;
	uint64_t commit_ms;		/* when the last batch was written */
	bool ran;
	bool planning;			/* in a reading transaction of the store */
	struct bt_postings *postings;
	struct bt_arena scratch;	/* decoding one record */
	struct bt_index_stats stats;
};

/* jobs.c */
int ix_job_for_file(struct bt_index *ix, const struct bt_oid *oid, const struct bt_lang *lang,
		    const struct bt_detect_class *cls, const char *path, size_t path_len,
		    uint32_t *ret_job, struct bt_err *err);
/* The job of a text without a language. */
int ix_job_for_text(struct bt_index *ix, const struct bt_oid *oid, const char *path, size_t path_len,
		    uint32_t *ret_job, struct bt_err *err);
/* Follows a class to what it came to. */
const struct ix_job *ix_job_final(const struct bt_index *ix, uint32_t job);
void ix_job_settle(struct bt_index *ix, size_t job, enum bt_blob_state state);
/* A job that was settled before and has now been asked for the add-on's part alone. */
void ix_job_more_done(struct bt_index *ix, size_t job);

/* commit.c */
int ix_commit_batch(struct bt_index *ix, struct bt_err *err);
int ix_commit_trees(struct bt_index *ix, struct bt_err *err);
/* Its row from its entries, and n->result but for the row's id; those below it are finished. */
void ix_finish_node(struct bt_index *ix, struct ix_node *n, struct bt_buf *row);
/* enum bt_blob_state of an entry whose final job is j. */
uint8_t ix_entry_state(const struct bt_index *ix, const struct ix_entry *e, const struct ix_job *j);

#endif
