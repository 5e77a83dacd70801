/*
 * Which definitions a repository turns on: a rank over files and the names they share.
 *
 * A file that uses a name passes a part of its rank to the files that define it; the rarer the name and the
 * fewer define it, the larger the part. Round after round this settles (as PageRank does). A definition's
 * score is what passes through its name. All of it comes from the inverted index: no record is read.
 *
 * In C and C++, where a name is anybody's, a definition counts for what can see it: a header in an include
 * folder for all that is around that folder, another header for its own folder, a source file for nobody
 * else.
 *
 * Tests, examples, generated and vendored files have little to pass on, and what they define is left out,
 * unless they are in focus. Data (JSON, YAML, ...) and prose take no part.
 */
#ifndef BT_QUERY_RANK_H
#define BT_QUERY_RANK_H

#include "core/query/view.h"

struct bt_rank_opts {
	/* Files and folders, from the top, that rank starts from; none: all files alike. */
	const char *const *focus;
	size_t focus_nr;
	size_t max;		/* names wanted */
};

/* A name and a blob that defines it. */
struct bt_ranked {
	const char *name;	/* NUL-terminated */
	uint32_t len;
	uint32_t blob;
	double score;		/* all scores of the repository add up to 1 */
};

struct bt_rank {
	struct bt_arena arena;
	struct bt_ranked *list;	/* best first */
	size_t nr;
	size_t focused;		/* files that focus names */
};

#define BT_RANK_INIT { .list = NULL }

void bt_rank_release(struct bt_rank *r);
/* The view has a manifest. */
int bt_rank_names(struct bt_view *v, const struct bt_rank_opts *o, struct bt_rank *ret_r, struct bt_err *err);

#endif
