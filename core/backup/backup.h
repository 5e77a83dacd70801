/*
 * Backups: what is precious, in one file. The queue as it was committed at one moment (others go on writing), checked; the settings
 * batho.* of the repository; the files below .batho/; the index only when it is asked for, since git can give it again.
 *
 * A file gets its name when it is whole, on the disk, and was read back.
 */
#ifndef BT_BACKUP_BACKUP_H
#define BT_BACKUP_BACKUP_H

#include "core/backup/container.h"
#include "core/base/arena.h"
#include "core/git/repo.h"
#include "store/queue_restore.h"

/* A file below .batho/, and how many. */
#define BT_BACKUP_FILE_LEN_MAX ((size_t)16 << 20)
#define BT_BACKUP_FILES_MAX 10000
#define BT_BACKUP_CONFIG_LEN_MAX ((size_t)1 << 20)

struct bt_backup_opts {
	struct bt_repo *repo;
	const char *dir;		/* <common dir>/batho */
	unsigned shared_mode;
	bool with_index;
	bool with_snapshots;		/* archives of snapshots that have a label, as far as the index holds them */
	int64_t now_ms;
};
struct bt_backup_sum {
	uint64_t bytes;			/* of the file */
	bool queue, index;
	uint64_t actions, open;		/* of the queue */
	uint64_t settings, files, snapshots;
};
/* BT_ERR_CORRUPT: the queue (or index) is damaged, and nothing was made. What is no backup is not replaced. */
int bt_backup_make(const struct bt_backup_opts *o, const char *file, struct bt_backup_sum *ret_sum, struct bt_err *err);

/*
 * "<repository>-20261122T013000Z.batho" in a folder. Of these, and of this repository, all but the newest `keep` are told to `old`, oldest first.
 */
char *bt_backup_dated(const struct bt_repo *repo, const char *folder, int64_t now_ms);	/* free() */
int bt_backup_old(const struct bt_repo *repo, const char *folder, size_t keep,
		  int (*old)(void *ctx, const char *path, uint64_t bytes, struct bt_err *err), void *ctx, struct bt_err *err);

/* --- reading --- */

struct bt_backup_file {
	const char *name;		/* below .batho/, of a form that we write ourselves */
	const char *data;
	size_t len;
};
struct bt_backup_setting {
	const char *key, *value;
};
/* All of a backup, unpacked. */
struct bt_backup_content {
	struct bt_arena arena;
	char *scratch;			/* a folder of its own: queue.db, index.db */
	bool raw;			/* no backup but a queue.db as it lay there */
	int64_t made_at;		/* milliseconds since 1970; 0: it does not say */
	const char *program, *repository;	/* as it says; or NULL */
	bool queue, index;
	uint64_t actions, open;
	struct bt_backup_setting *settings;
	size_t settings_nr, settings_alloc;
	struct bt_backup_file *files;
	size_t files_nr, files_alloc;
	uint64_t snapshots;		/* archives in it; with `archives` they are scratch/snapshot-<0...> */
};
#define BT_BACKUP_CONTENT_INIT { .scratch = NULL }
void bt_backup_content_release(struct bt_backup_content *c);	/* removes the folder */
/*
 * Reads and checks everything: the file, and the queue in it (brought to today's format). parent: where the scratch folder is made; NULL: where temporary files go.
 * A queue.db as a migration or a restore has left it is read as well. archives: unpacked, else they are only checked. BT_ERR_CORRUPT, BT_ERR_VERSION, ...
 */
int bt_backup_read_content(const char *file, const char *parent, bool archives, struct bt_backup_content *ret_c, struct bt_err *err);

/* --- putting back --- */

enum bt_backup_config { BT_BACKUP_CONFIG_NONE, BT_BACKUP_CONFIG_SAFE, BT_BACKUP_CONFIG_ALL };

/* How a setting or file of the backup stands to what is here. */
enum bt_backup_state { BT_BACKUP_SAME, BT_BACKUP_DIFFERS, BT_BACKUP_MISSING };
struct bt_backup_difference {
	const char *name, *value;	/* value: of the backup; NULL for a file */
	enum bt_backup_state state;
	bool guarded;			/* no setting for a project's own file: it may name commands, addresses, places, or switch off what guards */
};
/* Calls fn for every setting and file; name and value live as long as the content. */
int bt_backup_compare(struct bt_repo *repo, const struct bt_backup_content *c,
		      int (*fn)(void *ctx, bool file, const struct bt_backup_difference *d, struct bt_err *err), void *ctx, struct bt_err *err);
/* Puts one setting back into the repository's own configuration, one missing file into the worktree. */
int bt_backup_put_setting(struct bt_repo *repo, const struct bt_backup_difference *d, struct bt_err *err);
int bt_backup_put_file(struct bt_repo *repo, const struct bt_backup_content *c, const struct bt_backup_difference *d, struct bt_err *err);

struct bt_backup_restore_opts {
	struct bt_repo *repo;
	const char *dir;		/* <common dir>/batho */
	unsigned shared_mode;
	const char *note;		/* which backup, for the record of what happened */
	int64_t now_ms;
};
struct bt_backup_restored {
	struct bt_queue_restored queue;
	bool was_there, was_usable;	/* the queue that was here */
	char *kept;			/* where that one lies now; free(); NULL: there was none */
	uint64_t landed;		/* open in the backup, and found in the history of their branch */
	uint64_t lost;			/* what they had captured is gone: parked */
};
/* Nothing is changed. c: with a queue in it. */
int bt_backup_restore_look(const struct bt_backup_restore_opts *o, const struct bt_backup_content *c, struct bt_backup_restored *ret_r,
			   struct bt_err *err);
/*
 * Puts the queue back, keeps the one that was here beside it, and compares it with git: what has landed since is marked as landed, what was captured
 * is pinned again, or parked when it is gone. Executors are kept out meanwhile: BT_ERR_BUSY when one does not give way. What was begun is gone on with
 * by the next executor (bt_executor_recover).
 */
int bt_backup_restore(const struct bt_backup_restore_opts *o, const struct bt_backup_content *c, struct bt_backup_restored *ret_r,
		      struct bt_err *err);
/* Takes the archives of snapshots into the index, which is made when there is none; *ret_blobs that were new. */
int bt_backup_restore_snapshots(const struct bt_backup_restore_opts *o, const struct bt_backup_content *c, uint64_t *ret_blobs, struct bt_err *err);
/* Puts the index back, unless one is there. */
int bt_backup_restore_index(const struct bt_backup_restore_opts *o, const struct bt_backup_content *c, struct bt_err *err);

#endif
