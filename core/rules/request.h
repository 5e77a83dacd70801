/*
 * What a check asks of the program that parses: make the findings (and facts) of these blobs, by these rules.
 *
 * Both programs are of one build; the bytes go through a pipe. The repository, the limits and the project's rules are in it,
 * so that the child asks git for nothing it can do without. The answer is in the store; what the child prints are
 * mistakes in the project's rules, one a line.
 */
#ifndef BT_RULES_REQUEST_H
#define BT_RULES_REQUEST_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/git/repo.h"
#include "core/lang/langs.h"
#include "core/rules/ruleset.h"

/* A request holds the bytes of a patch, and the project's rules. */
#define BT_REQUEST_LEN_MAX ((size_t)256 << 20)

struct bt_request_blob {
	struct bt_oid oid;
	const char *lang;		/* name of a language or of a class; "": a text */
	const char *path;
	const char *bytes;		/* or NULL */
	size_t len;
	bool base;			/* only when the blob before it in the list has findings */
};

struct bt_request {
	struct bt_arena arena;		/* of a decoded one */
	struct bt_repo repo;		/* borrowed texts */
	const char *store_dir;
	unsigned shared_mode;
	uint64_t max_blob_size;
	uint32_t jobs, cpu_s, wall_ms;
	bool worktree;			/* objects may be those of the worktree's listing */
	bool compile;			/* look at the queries of all the project's rules */
	const struct bt_rule_file *rules;
	size_t rules_nr;
	unsigned packs;			/* see bt_ruleset_narrow */
	const struct bt_ruleset *set;	/* made of them already, for whoever is in this process; or NULL */
	struct bt_request_blob *blobs;
	size_t blobs_nr, blobs_alloc;
};

#define BT_REQUEST_INIT { .store_dir = NULL }
/* Of a decoded one: everything. Of one that was filled by hand: blobs. */
void bt_request_release(struct bt_request *r);
void bt_request_add(struct bt_request *r, const struct bt_request_blob *b);

int bt_request_encode(const struct bt_request *r, struct bt_buf *out, struct bt_err *err);
/* Texts point into the bytes, which must outlive the request. */
int bt_request_decode(const void *p, size_t len, struct bt_request *ret_r, struct bt_err *err);

#endif
