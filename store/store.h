/*
 * index.db: derived data, never migrated, only rebuilt.
 *
 * One SQLite file in <common dir>/batho. Rows:
 *   language  (name, extractor version) -> small id; a new version is a new id
 *   blob      (oid, language id) -> blob id, state, size, path hint, digest of its facts
 *   facts     blob id -> packed record (core/facts), compressed, in one stream cut into pages
 *   tree      (oid, selection id) -> entries, digest, counts; compressed against an earlier tree
 *   manifest  (key) -> the flat list of a whole revision, kept for the last few asked for
 *   segment   sorted string tables: name -> blobs, and trigram -> blocks of names
 *   finding   blob id -> key of the rules, packed record of what they found (core/rules)
 * Blob ids ascend with time and are never reused. Every row can be dropped and made again.
 *
 * One connection per process, opened after fork. Writers group rows in bt_store_begin/commit (BEGIN
 * IMMEDIATE); a store closed inside a transaction rolls back. Corruption of any kind is
 * BT_ERR_CORRUPT with the hint `git batho index --rebuild`; a file of another version of
 * the format is BT_ERR_VERSION; a file that is not ours is BT_ERR_CORRUPT and is not touched. Every
 * page and every value has a checksum: a flipped bit is an error and never a wrong answer.
 */
#ifndef BT_STORE_STORE_H
#define BT_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/compress.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/oid.h"

struct bt_store;

enum bt_store_mode {
	/* BT_ERR_NOT_FOUND when there is none; works where nothing can be written */
	BT_STORE_READ,
	BT_STORE_WRITE,		/* created when there is none */
};

/* dir: <common dir>/batho (real path). shared: core.sharedRepository as a mode mask, 0: private. */
int bt_store_open(const char *dir, enum bt_store_mode mode, unsigned shared_mode,
		  struct bt_store **ret_store, struct bt_err *err);
/*
 * For writing, and nobody else has it open until it is closed: what removes rows that others may have read wants that
 * (store/forget.h). Waits wait_ms for the others: BT_ERR_BUSY. BT_ERR_UNSUPPORTED where folders cannot be locked.
 * Whoever has it open himself closes it first.
 */
int bt_store_open_alone(const char *dir, unsigned shared_mode, int wait_ms, struct bt_store **ret_store,
			struct bt_err *err);
/* For reading, for who would rather have no answer than wait longer for others. */
int bt_store_open_soon(const char *dir, int wait_ms, struct bt_store **ret_store, struct bt_err *err);
void bt_store_free(struct bt_store **ps);
/*
 * Removes index.db and its companions and starts again. Waits until nobody has it open: BT_ERR_BUSY
 * after five seconds.
 */
int bt_store_rebuild(const char *dir, unsigned shared_mode, struct bt_store **ret_store,
		     struct bt_err *err);
const char *bt_store_sqlite_version(void);

/*
 * BT_ERR_BUSY after five seconds. A commit that fails has rolled back. Calls that write outside of
 * a transaction make one of their own. After a rollback, ids given inside are void, those of
 * languages too.
 */
int bt_store_begin(struct bt_store *s, struct bt_err *err);
int bt_store_commit(struct bt_store *s, struct bt_err *err);
void bt_store_rollback(struct bt_store *s);
/*
 * Between them all calls see one state, and cost less; they nest. Keep it short: a writer's log
 * grows meanwhile.
 */
int bt_store_read_begin(struct bt_store *s, struct bt_err *err);
void bt_store_read_end(struct bt_store *s);

/*
 * Languages: `name` may also be a detection class (see core/lang/langs.h), with its own version.
 * One that is not there gets an id when the store was opened for writing, else BT_ERR_NOT_FOUND.
 */
int bt_store_language_id(struct bt_store *s, const char *name, uint64_t version, uint32_t *ret_id,
			 struct bt_err *err);
/* Iterates the known languages: BT_ROW / BT_DONE. Start with *cursor = 0. */
struct bt_store_language {
	uint32_t id;
	char name[32];
	uint64_t version;
};
int bt_store_language_next(struct bt_store *s, uint32_t *cursor, struct bt_store_language *ret_l,
			   struct bt_err *err);

/* Blobs. */
enum bt_blob_state {		/* values are stored: append only */
	BT_BLOB_FACTS,		/* parsed; a facts row is there */
	BT_BLOB_BINARY,
	BT_BLOB_TOO_LARGE,	/* over the limit of the run that met it; size tells */
	BT_BLOB_LFS,		/* a Git LFS pointer */
	BT_BLOB_NO_LANGUAGE,	/* content did not say which language it is */
	BT_BLOB_REDIRECT,	/* a class was resolved: `resolved` is the language id */
	BT_BLOB_MISSING,	/* not in the object database (partial clone offline, broken) */
	BT_BLOB_KILLED_TIME,	/* hard limits; never exported, cleared by index --retry */
	BT_BLOB_KILLED_CPU,
	BT_BLOB_KILLED_MEMORY,
	BT_BLOB_KILLED_CRASH,
	BT_BLOB_LIMIT,		/* a deterministic soft limit: part of the digest */
	BT_BLOB_STATE_NR
};
const char *bt_blob_state_name(enum bt_blob_state state);
static inline bool bt_blob_state_killed(enum bt_blob_state s)
{
	return s >= BT_BLOB_KILLED_TIME && s <= BT_BLOB_KILLED_CRASH;
}

struct bt_blob {
	uint32_t id;
	struct bt_oid oid;
	uint32_t lang;		/* language or class id */
	enum bt_blob_state state;
	uint64_t size;		/* of the blob; 0 when unknown */
	uint32_t resolved;	/* for BT_BLOB_REDIRECT */
	struct bt_digest digest;	/* of the record, for BT_BLOB_FACTS; otherwise zero */
	const char *hint;	/* a path it was seen at, or NULL; out: until the next call */
};

int bt_store_blob_find(struct bt_store *s, const struct bt_oid *oid, uint32_t lang,
		       struct bt_blob *ret_blob, struct bt_err *err);	/* BT_ROW or BT_DONE */
int bt_store_blob_get(struct bt_store *s, uint32_t id, struct bt_blob *ret_blob,
		      struct bt_err *err);
/*
 * Inserts and gives the id. A row of the same key keeps its id and is replaced; one that has facts
 * stays as it is, since another writer was faster: *ret_known then, its facts and postings are there and
 * need not be written again.
 */
int bt_store_blob_add(struct bt_store *s, const struct bt_blob *b, uint32_t *ret_id,
		      bool *ret_known, struct bt_err *err);
/* All rows of one blob whatever the language, for cat-facts: *cursor = 0 to start. */
int bt_store_blob_by_oid(struct bt_store *s, const struct bt_oid *oid, uint32_t *cursor,
			 struct bt_blob *ret_blob, struct bt_err *err);
/*
 * All rows that have no facts, without those that only say which language a blob is in: *cursor = 0
 * to start; BT_ROW or BT_DONE.
 */
int bt_store_blob_without_facts(struct bt_store *s, uint32_t *cursor, struct bt_blob *ret_blob,
				struct bt_err *err);
/* Forgets killed blobs; *ret_nr of them. */
int bt_store_blob_clear_killed(struct bt_store *s, uint64_t *ret_nr, struct bt_err *err);

/*
 * The record of a blob. bt_store_facts_pack appends its compressed bytes to out, which needs no id and no
 * transaction; bt_store_facts_put_packed stores them (and writes their checksum into them).
 */
int bt_store_facts_pack(struct bt_store *s, const void *rec, size_t len, struct bt_buf *out,
			struct bt_err *err);
int bt_store_facts_put_packed(struct bt_store *s, uint32_t blob_id, void *packed, size_t len,
			      struct bt_err *err);
int bt_store_facts_read(struct bt_store *s, uint32_t blob_id, struct bt_buf *out,
			struct bt_err *err);
/*
 * The same in two steps, each of which replaces what *out holds: the bytes as they are stored, and the
 * record from them. The second one looks at no database: another thread with a compressor of its
 * own may take it while this one goes on.
 */
int bt_store_facts_packed(struct bt_store *s, uint32_t blob_id, struct bt_buf *out,
			  struct bt_err *err);
int bt_store_facts_unpack(struct bt_store *s, struct bt_compressor *c, uint32_t blob_id,
			  const struct bt_buf *packed, struct bt_buf *out, struct bt_err *err);

/*
 * Trees. `entries` is opaque here (core/index/tree_row.h); base: a tree id to compress against, or
 * 0.
 */
struct bt_tree_row {
	uint32_t id;
	struct bt_oid oid;
	uint64_t selection;
	struct bt_digest digest;
	uint32_t killed;	/* blobs below that are missing because they were killed */
	uint32_t blobs;		/* indexed files below */
};
/* BT_ROW or BT_DONE */
int bt_store_tree_find(struct bt_store *s, const struct bt_oid *oid, uint64_t selection,
		       struct bt_tree_row *ret_row, struct bt_err *err);
/*
 * Sets row->id: a new one, or that of a row of the same key and digest when neither lacks killed
 * blobs. The newest row of a key is found; older ones stay readable by id, since others may lean
 * on them.
 */
int bt_store_tree_put(struct bt_store *s, struct bt_tree_row *row, uint32_t base,
		      const void *entries, size_t len, struct bt_err *err);
/* Replaces what *entries holds. */
int bt_store_tree_read(struct bt_store *s, uint32_t id, struct bt_tree_row *ret_row,
		       struct bt_buf *entries, struct bt_err *err);
/* Ids of the rows of one tree, whatever the selection: *cursor = 0 to start; BT_ROW or BT_DONE. */
int bt_store_tree_of(struct bt_store *s, const struct bt_oid *oid, uint32_t *cursor, struct bt_err *err);
/* All rows, and manifests. */
int bt_store_tree_clear(struct bt_store *s, struct bt_err *err);

/* Manifests: flat list of a revision; the newest BT_MANIFESTS_KEPT stay. */
#define BT_MANIFESTS_KEPT 8
int bt_store_manifest_read(struct bt_store *s, const struct bt_digest *key, struct bt_buf *out,
			   struct bt_err *err);	/* BT_ROW or BT_DONE */
int bt_store_manifest_put(struct bt_store *s, const struct bt_digest *key, const void *data,
			  size_t len, struct bt_err *err);

/*
 * Findings, one record a blob: what is in it is the business of core/rules. `rules` is the key of the rules that made it.
 * find: BT_ROW when there is a record made by these rules, which is appended to *out (nothing: there are no
 * findings; out may be NULL); else BT_DONE.
 */
enum bt_findings_state {	/* values are stored: append only */
	BT_FINDINGS_MADE,
	BT_FINDINGS_FAILED,	/* they could not be made: a worker died of it, or ran into a limit */
	BT_FINDINGS_STATE_NR
};
int bt_store_findings_find(struct bt_store *s, uint32_t blob_id, uint64_t rules, enum bt_findings_state *ret_state,
			   struct bt_buf *out, struct bt_err *err);
int bt_store_findings_put(struct bt_store *s, uint32_t blob_id, uint64_t rules, enum bt_findings_state state,
			  const void *p, size_t len, struct bt_err *err);
/* Failed ones are tried again. */
int bt_store_findings_clear_failed(struct bt_store *s, struct bt_err *err);

/* Counters for `stats`. */
struct bt_store_count {
	uint32_t lang;
	enum bt_blob_state state;
	uint64_t blobs, bytes;
};
int bt_store_counts(struct bt_store *s, struct bt_store_count **ret_rows, size_t *ret_nr,
		    struct bt_err *err);	/* free() */
int bt_store_bytes(struct bt_store *s, uint64_t *ret_file_bytes, struct bt_err *err);
/* Of pages that hold something: the file may have free ones, which are used again. */
int bt_store_used_bytes(struct bt_store *s, uint64_t *ret_bytes, struct bt_err *err);
/* Pages of the file that are kept in memory, in bytes. */
void bt_store_pages_max(struct bt_store *s, size_t bytes);

#endif
