/*
 * Archives: what the index knows of one tree (facts of its blobs, rows of its folders) as one file that any index of the same
 * project can take in. git-batho-format(5), "ARCHIVE", describes the bytes.
 *
 * The bytes follow from the tree, the choice of files and the extractor versions: no number of the store is in them, no time, and no
 * name of a place. (Another release of the compression library may pack the same bytes in another way.) What was killed or is
 * missing is left out, and so are the folders above it.
 *
 * Whoever reads an archive does not believe it: every length is checked, facts are decoded as those of workers are, digests of
 * folders are computed from what is in them. What cannot be checked from the bytes alone (that facts are what a parser says of a
 * blob) is the business of `snapshot verify --sample`.
 */
#ifndef BT_ARCHIVE_ARCHIVE_H
#define BT_ARCHIVE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/oid.h"
#include "core/facts/facts.h"
#include "core/git/odb.h"
#include "store/store.h"

#define BT_ARCHIVE_VERSION 1
/* Blobs and folders of one archive: what is kept of each while one is read takes a hundred bytes. */
#define BT_ARCHIVE_BLOBS_MAX (8u << 20)
#define BT_ARCHIVE_TREES_MAX (4u << 20)
#define BT_ARCHIVE_LANGS_MAX 1024
/* The entries of one folder: a million of them. */
#define BT_ARCHIVE_FOLDER_LEN_MAX (32u << 20)
/* Files of a tree, those of a folder that stands in it twice counted twice. */
#define BT_ARCHIVE_FILES_MAX (64u << 20)

struct bt_archive_head {
	struct bt_oid commit;		/* len 0: none */
	struct bt_oid tree;
	uint64_t selection;		/* of the root */
	uint64_t detection;		/* version of the detection of languages */
	bool complete;			/* nothing was left out: */
	struct bt_digest digest;
	uint32_t files;			/* with facts */
};

struct bt_archive_stats {
	uint64_t languages, blobs, trees;
	uint64_t left_out;		/* places of files of which nothing is known */
	uint64_t raw, stored;		/* bytes before and after compression */
};

/* --- writing --- */

/* Takes the bytes one after the other. */
struct bt_archive_sink {
	int (*write)(void *ctx, const void *p, size_t len, struct bt_err *err);
	void *ctx;
};

struct bt_archive_source {
	struct bt_store *store;
	uint32_t root;			/* row of the root tree */
	struct bt_oid commit;		/* len 0: none */
	/* Called for every blob that is written; may be NULL. */
	int (*blob)(void *ctx, const struct bt_blob *b, const char *lang, const char *path, struct bt_err *err);
	void *blob_ctx;
	void (*progress)(void *ctx, uint64_t blobs);
	void *progress_ctx;
};

/*
 * Everything below the root. Digests are computed anew from the facts as they are read: an index that contradicts itself is
 * BT_ERR_CORRUPT, and what was written by then is worthless. sink NULL: nothing is written, it is only looked at.
 */
int bt_archive_write(const struct bt_archive_source *s, const struct bt_archive_sink *sink, struct bt_archive_stats *ret_stats,
		     struct bt_err *err);

/* --- reading --- */

/* Gives up to len bytes; fewer at the end alone. */
struct bt_archive_input {
	int (*read)(void *ctx, void *p, size_t len, size_t *ret_len, struct bt_err *err);
	void *ctx;
};

/* A file from its start on. */
int bt_archive_input_read_fd(void *fd, void *p, size_t len, size_t *ret_len, struct bt_err *err);
static inline struct bt_archive_input bt_archive_input_fd(int *fd)
{
	return (struct bt_archive_input){ bt_archive_input_read_fd, fd };
}

struct bt_archive_reader;

/* Reads the head. BT_ERR_CORRUPT: this is no archive of ours, or it is damaged; BT_ERR_VERSION: of a newer version. */
int bt_archive_open(const struct bt_archive_input *in, struct bt_archive_reader **ret_r, struct bt_err *err);
void bt_archive_free(struct bt_archive_reader **pr);
const struct bt_archive_head *bt_archive_head(const struct bt_archive_reader *r);

enum bt_archive_kind { BT_ARCHIVE_LANG, BT_ARCHIVE_BLOB, BT_ARCHIVE_TREE };

struct bt_archive_lang {
	char name[32];
	uint64_t version;
};
struct bt_archive_blob {
	uint32_t lang;			/* number of its language */
	struct bt_oid oid;
	enum bt_blob_state state;
	uint64_t size;
	struct bt_digest digest;	/* of the record */
	const char *path;		/* where it was seen */
	const void *rec;		/* facts; NULL in another state than BT_BLOB_FACTS */
	size_t rec_len;
	struct bt_facts facts;		/* decoded */
};
struct bt_archive_entry {
	const char *name;
	uint32_t name_len;
	bool tree;
	uint8_t flags;			/* BT_FILE_* */
	uint32_t target;		/* number of a tree or a blob; BT_NONE: declared binary */
};
struct bt_archive_tree {
	struct bt_oid oid;
	uint64_t selection;
	struct bt_digest digest;
	uint32_t files;
	const struct bt_archive_entry *entries;
	size_t entries_nr;
};
/* One item; what it points to is valid until the next call. Numbers count items of one kind from 0. */
struct bt_archive_item {
	enum bt_archive_kind kind;
	uint32_t number;
	struct bt_archive_lang lang;
	struct bt_archive_blob blob;
	struct bt_archive_tree tree;
};
/*
 * BT_ROW, or BT_DONE when all of it was good: the root is what the head says, and nothing follows. Blobs and trees
 * come before the trees that hold them.
 */
int bt_archive_next(struct bt_archive_reader *r, struct bt_archive_item *ret_item, struct bt_err *err);
/* Of what was read so far. */
void bt_archive_reader_stats(const struct bt_archive_reader *r, struct bt_archive_stats *ret_stats);
/* What was read of a tree, a blob or a language by its number. */
const struct bt_oid *bt_archive_tree_oid(const struct bt_archive_reader *r, uint32_t number);
const struct bt_oid *bt_archive_blob_oid(const struct bt_archive_reader *r, uint32_t number);
enum bt_blob_state bt_archive_blob_state(const struct bt_archive_reader *r, uint32_t number);
/* A hash over all bytes up to and with the piece that the last item came from. */
uint64_t bt_archive_mark(const struct bt_archive_reader *r);

/* Reads it to its end. */
int bt_archive_check(const struct bt_archive_input *in, struct bt_archive_head *ret_head, struct bt_archive_stats *ret_stats,
		     struct bt_err *err);

/* --- importing --- */

struct bt_archive_foreign {		/* a language that this program has in another version, or not at all */
	char name[32];
	uint64_t blobs;
};
struct bt_archive_imported {
	struct bt_archive_head head;
	struct bt_archive_stats stats;
	uint64_t blobs_new, blobs_known, blobs_foreign;
	uint64_t trees_new, trees_known;
	uint64_t trees_absent;		/* the repository has no such tree: it cannot be told whether this is true */
	uint64_t trees_foreign;		/* hold blobs that were kept out */
	uint32_t root;			/* row of the root; 0: it was not taken */
	struct bt_archive_foreign *foreign;	/* free() */
	size_t foreign_nr;
};
void bt_archive_imported_release(struct bt_archive_imported *i);

struct bt_archive_import_opts {
	struct bt_store *store;		/* open for writing */
	struct bt_odb *odb;		/* the repository's objects: folders are compared with git's own trees */
	void (*progress)(void *ctx, uint64_t blobs);
	void *progress_ctx;
};
/*
 * Reads the file twice: all of it is checked before anything is written, in transactions of some megabytes. What is in the index
 * stays; an archive that contradicts it, or git, is BT_ERR_CORRUPT. One that was interrupted goes on where it stood when it is
 * imported again. fd: a file that can be read again from its start.
 */
int bt_archive_import(int fd, const struct bt_archive_import_opts *o, struct bt_archive_imported *ret_i, struct bt_err *err);

#endif
