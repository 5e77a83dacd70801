/*
 * What the files of the frozen tier share. Not for others.
 */
#ifndef BT_STORE_FROZEN_INT_H
#define BT_STORE_FROZEN_INT_H

#include "store/frozen.h"
#include "store/store_int.h"

/* "batF" */
#define BT_FROZEN_APPLICATION_ID 0x62617446
#define BT_FROZEN_VERSION 1
#define BT_FROZEN_NAME_LEN 16
/* Groups that are at hand: their number is small, their bytes count. */
#define BT_THAWED_NR 64
#define BT_THAWED_DEFAULT ((size_t)24 << 20)

struct bt_thawed {
	int64_t group;		/* 0: free */
	uint64_t used;		/* when, counted in uses */
	struct bt_buf raw;
};

struct bt_frozen {
	char *folder;		/* NULL: beside index.db */
	char *path;		/* of the file, when its name is known */
	char name[BT_FROZEN_NAME_LEN + 1];
	bool looked, any;	/* any: some blob was frozen when it was looked */
	struct bt_store file;	/* the connection to it: path, db; nothing else of it is used */
	struct bt_thawed thawed[BT_THAWED_NR];
	size_t thawed_len, thawed_max;
	uint64_t uses;
	struct bt_thaws thaws;
	struct bt_buf scratch;
};

/* Made on first use. */
struct bt_frozen *bt_frozen_get(struct bt_store *s);

/* --- frozen_file.c --- */

/* The name that index.db has; BT_ROW or BT_DONE. Sets f->path to where the file is, or would be. */
int bt_frozen_find_file(struct bt_store *s, struct bt_err *err);
/* Opens it when it is not open. BT_ERR_NOT_FOUND: it is away. */
int bt_frozen_open(struct bt_store *s, struct bt_err *err);
void bt_frozen_close(struct bt_frozen *f);
/* A file of a new name in the folder; not yet known to index.db. Then f speaks of it. */
int bt_frozen_make(struct bt_store *s, unsigned shared_mode, struct bt_err *err);
int bt_frozen_exec(struct bt_frozen *f, const char *sql, struct bt_err *err);
/* Replaces what *out holds with the packed bytes: BT_ROW or BT_DONE. */
int bt_frozen_group_read(struct bt_frozen *f, int64_t group, struct bt_buf *out, struct bt_err *err);
int bt_frozen_group_put(struct bt_frozen *f, int64_t group, const void *p, size_t len, struct bt_err *err);
int bt_frozen_groups_drop_above(struct bt_frozen *f, int64_t group, struct bt_err *err);
/* "…, where the frozen facts are, is damaged", with the way out. */
int bt_frozen_damaged(struct bt_frozen *f, const char *what, struct bt_err *err);
/* One process at a time: BT_ERR_BUSY. *ret_fd is to be closed. */
int bt_frozen_lock(struct bt_store *s, int *ret_fd, struct bt_err *err);
/* frozen_tidy.c: the name of the file into index.db. */
int bt_frozen_name_put(struct bt_store *s, struct bt_err *err);
/* What a group comes to, in index.db. */
int bt_frozen_group_size(struct bt_store *s, int64_t id, uint64_t raw, uint64_t len, struct bt_err *err);
/* Files beside index.db that are not its own: what a process that died, or an earlier index, has left. Under the lock. */
void bt_frozen_strays_remove(struct bt_store *s);
/* Removes a file and what SQLite puts beside it. */
void bt_frozen_unlink(const char *path);

/* --- frozen_read.c --- */

struct bt_frozen_place {
	int64_t group;
	size_t place, len;
	uint32_t seal;
};
/* Was anything frozen, when this store first looked? */
int bt_frozen_any(struct bt_store *s, bool *ret_any, struct bt_err *err);
int bt_frozen_find(struct bt_store *s, uint32_t blob_id, struct bt_frozen_place *ret_p, struct bt_err *err);
/* The group, unpacked; valid until the next one. */
int bt_frozen_thaw_group(struct bt_store *s, int64_t group, const struct bt_buf **ret_raw, struct bt_err *err);
/* Also checks the record's seal. */
int bt_frozen_record(struct bt_store *s, uint32_t blob_id, const struct bt_frozen_place *p, const char **ret_rec,
		     struct bt_err *err);
void bt_frozen_thawed_forget(struct bt_frozen *f);

#endif
