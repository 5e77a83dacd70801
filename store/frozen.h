/*
 * The frozen tier: facts that only history needs, packed tight in a file of their own.
 *
 * Records of one language that lie at the same path are much alike. They are put one after the other into groups of about
 * BT_FROZEN_GROUP_LEN bytes, and a group is compressed as one value. To read one record a group is unpacked ("thawed") into
 * memory, where the last few groups stay; nothing is written for that.
 *
 * The file is "frozen-<16 hex digits>.db", an SQLite database sealed as index.db is (vfs.h), beside index.db or in the folder that
 * bt_store_frozen_folder names. Which digits are ours stands in index.db alone: nothing that arrives with a clone names a
 * file. index.db says which record lies where:
 *   frozen_file   the digits
 *   frozen_group  group -> language, bytes raw and packed
 *   frozen        blob -> group, place in it, length, checksum of the record
 * A blob has a row in `facts` (it is warm), one in `frozen`, or was forgotten with its own row.
 *
 * Order of writing: groups are on the disk before a row of index.db speaks of them, and the warm record goes in the same
 * transaction in which the frozen one comes. A process that dies leaves groups that nobody speaks of; the next freezing takes
 * them away. One process at a time freezes (frozen.lock beside index.db); others read and write meanwhile.
 *
 * When the file is not there, or cannot be read at all (its disk is away), what is in it counts as not there:
 * bt_store_facts_there says so, and who indexes makes those facts anew. They are warm then. What is damaged is
 * BT_ERR_CORRUPT, and never a wrong answer.
 */
#ifndef BT_STORE_FROZEN_H
#define BT_STORE_FROZEN_H

#include "store/store.h"

/* Measured: docs/decisions/0020-frozen-facts.md. */
#define BT_FROZEN_GROUP_LEN ((size_t)1 << 20)

/* Right after opening. NULL or empty: beside index.db, which is where it is looked for too. Absolute. */
void bt_store_frozen_folder(struct bt_store *s, const char *folder);

/* Are facts frozen, in a file that is not there? Cheap where nothing is frozen. */
int bt_store_frozen_away(struct bt_store *s, bool *ret_away, struct bt_err *err);
/* Of a blob in state BT_BLOB_FACTS: BT_ROW when its facts can be read here, BT_DONE when they are in a file that is away. */
int bt_store_facts_there(struct bt_store *s, uint32_t blob_id, struct bt_err *err);
/* Where the file is, or would be; borrowed. NULL: nothing was frozen yet. */
const char *bt_store_frozen_path(struct bt_store *s, struct bt_err *err);

struct bt_freeze_opts {
	/* True for blobs that stay warm. */
	bool (*warm)(void *ctx, uint32_t blob_id);
	void *ctx;
	uint64_t bytes_max;	/* of stored warm facts; 0: any. What is left is the next one's work */
	unsigned shared_mode;
	/* Called often; may be NULL. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

struct bt_freeze_sum {
	uint64_t blobs;
	uint64_t warm_bytes;	/* what their facts took */
	uint64_t frozen_bytes;	/* what they take now */
	bool more;		/* bytes_max ended it */
};

/* What there is to freeze: blobs and warm_bytes. Changes nothing. */
int bt_store_freeze_measure(struct bt_store *s, const struct bt_freeze_opts *o, struct bt_freeze_sum *ret_sum,
			    struct bt_err *err);
/*
 * Freezes, in transactions of its own; interrupted, what is done is kept. BT_ERR_BUSY: another process freezes.
 * BT_ERR_NOT_FOUND: the folder is not there, or the file is away.
 */
int bt_store_freeze(struct bt_store *s, const struct bt_freeze_opts *o, struct bt_freeze_sum *ret_sum, struct bt_err *err);

/* Makes these warm again: those of them that are frozen and can be read. */
int bt_store_thaw(struct bt_store *s, const uint32_t *blobs, size_t nr, uint64_t *ret_nr, struct bt_err *err);

/* Groups that were unpacked by this store since it was opened, and how often one was still at hand. */
struct bt_thaws {
	uint64_t groups, hits;
};
void bt_store_thaws_get(const struct bt_store *s, struct bt_thaws *ret_t);
/* How many bytes of thawed groups are kept at hand. */
void bt_store_thawed_max(struct bt_store *s, size_t bytes);

/* The tiers, by language id. raw: known of frozen facts alone. *ret_list is free()d. */
struct bt_tier {
	uint32_t lang;
	bool frozen;
	uint64_t blobs;
	uint64_t bytes;		/* stored; a frozen one's is its part of its groups */
	uint64_t raw;
};
int bt_store_tiers(struct bt_store *s, struct bt_tier **ret_list, size_t *ret_nr, struct bt_err *err);

struct bt_frozen_space {
	uint64_t file;		/* bytes of the file; 0: there is none */
	uint64_t groups, raw, stored;
	uint64_t alive_raw;	/* of records that are still spoken of */
};
int bt_store_frozen_space(struct bt_store *s, struct bt_frozen_space *ret_space, struct bt_err *err);
/*
 * Writes the file anew, without what nobody speaks of any more, into the folder that is set now, and removes the old one. With
 * nothing left the file goes. Needs the index alone (bt_store_open_alone).
 */
int bt_store_frozen_rewrite(struct bt_store *s, unsigned shared_mode, struct bt_frozen_space *ret_before,
			    struct bt_frozen_space *ret_after, struct bt_err *err);

/* Ids of all frozen blobs, ascending; *ret_list is free()d. */
int bt_store_frozen_blobs(struct bt_store *s, uint32_t **ret_list, size_t *ret_nr, struct bt_err *err);

/* Gives back the rows of index.db in which no warm record is left; in the caller's transaction or its own. */
int bt_store_facts_sweep(struct bt_store *s, struct bt_err *err);

/* A blob's part of the stored bytes of its group; 0 when it is not frozen. */
int bt_store_frozen_stored(struct bt_store *s, uint32_t blob_id, uint64_t *ret_len, struct bt_err *err);
/* The row of a blob that is forgotten, or warm again; in the caller's transaction. */
int bt_store_frozen_drop(struct bt_store *s, uint32_t blob_id, struct bt_err *err);

#endif
