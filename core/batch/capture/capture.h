/*
 * The content of a queued commit, taken now: blobs through git's filters, a tree, a commit on the base its author saw. Durable
 * when it returns; neither the index (nor its lock) nor the worktree is touched. Nothing refers to the commit yet: pin.h does.
 *
 * Files are read by `git add` on an index of our own: filters, modes, symbolic links, submodules, ignored files, sparse checkouts and pathspecs are
 * git's business. For paths that are plain names of files that index has the entries that matter and no others, so that a large repository
 * costs no more than a small one. What differs from the base goes into its tree path by path.
 */
#ifndef BT_BATCH_CAPTURE_H
#define BT_BATCH_CAPTURE_H

#include "core/conf/conf.h"
#include "core/git/repo.h"

enum bt_capture_what {
	BT_CAPTURE_STAGED,	/* what the index holds against HEAD, as `git commit` takes it; what is only intended to be added is left out */
	BT_CAPTURE_ALL,		/* and tracked files as they lie on disk, as `git commit -a` */
	BT_CAPTURE_PATHS,	/* HEAD and these paths as they lie on disk, whatever else is staged; files git does not know yet are taken, ignored ones refused */
	BT_CAPTURE_COMMIT,	/* an existing commit: its change against its first parent, its message and author unless said otherwise; unchanged it is
				   itself the result */
};

struct bt_capture_opts {
	enum bt_capture_what what;
	const char *const *paths;	/* pathspecs as git takes them, relative to the current folder */
	size_t paths_nr;
	const char *commit;		/* BT_CAPTURE_COMMIT: an exact ref, id or revision of the user's command line */
	const char *message;		/* NULL: only for BT_CAPTURE_COMMIT. Cleaned up as `git commit -m` does (whitespace); empty is refused */
	size_t message_len;
	const struct bt_conf *conf;	/* who the user is, encoding: as git is configured */
	const char *author;		/* "A U Thor <a@b>"; NULL: as git says (GIT_AUTHOR_*, user.*) */
	const char *const *trailers;	/* "Key: value" each, as `git interpret-trailers` puts them */
	size_t trailers_nr;
	bool allow_empty;
};

struct bt_captured {
	struct bt_oid base;		/* HEAD's commit (BT_CAPTURE_COMMIT: its first parent); len 0: there is none */
	struct bt_oid tree, commit;
	size_t files;			/* paths that differ from base */
};
/* BT_ERR_NOT_FOUND: there is nothing to commit. Unmerged files, a merge in progress, a path git does not know, a missing identity: one clear line each. */
int bt_capture(struct bt_repo *repo, const struct bt_capture_opts *o, struct bt_captured *ret_c, struct bt_err *err);

/*
 * Many commits of one file each (`queue bulk`), in one go: at least 2,000 a second. Same meaning as BT_CAPTURE_PATHS, all on the same
 * base; all or nothing. items[i].paths may have several; files may repeat among items.
 */
struct bt_capture_item {
	struct bt_capture_opts opts;	/* BT_CAPTURE_PATHS alone */
	struct bt_captured result;	/* out */
};
int bt_capture_many(struct bt_repo *repo, struct bt_capture_item *items, size_t nr, struct bt_err *err);
#endif
