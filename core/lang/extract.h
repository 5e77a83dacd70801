/*
 * Bytes in, facts out: parses one blob and walks its syntax tree once, driven by the tables of its
 * language. Runs inside a sandboxed worker; nothing here is trusted by the parent.
 */
#ifndef BT_LANG_EXTRACT_H
#define BT_LANG_EXTRACT_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/lang/langs.h"
#include "core/lang/syntax.h"

/* Deterministic limits: the same on every machine, part of the extractor version. */
struct bt_extract_limits {
	uint64_t callbacks_max;	/* of the parser's progress callback: every 100 parse operations */
	uint64_t arena_max;	/* bytes of syntax tree and parser */
	uint64_t nodes_max;	/* visited by the walk */
};
extern const struct bt_extract_limits bt_extract_limits_default;

/*
 * Before forking: resolves the language's description against its grammar, guards its scanner, and makes the
 * dense copy of its parse table in shared memory, so that workers share it.
 */
int bt_extract_prepare(const struct bt_lang *lang, struct bt_err *err);
/*
 * Languages of grammars that the user has added are prepared only in a process that has called this, right before it locked
 * itself in: their code is run by whoever prepares them.
 */
void bt_extract_open_users(void);
/* From now on preparing this language fails with that reason, here and in all processes that are forked. */
void bt_extract_refuse(const struct bt_lang *lang, const char *reason);
/* The reason, or NULL. */
const char *bt_extract_refused(const struct bt_lang *lang);
/* Has the grammar an external scanner, or is it the user's own? Such grammars are parsed in small groups per fork. */
bool bt_extract_has_scanner(const struct bt_lang *lang);
/* Bytes of tables that all workers share. */
size_t bt_extract_shared_bytes(void);

/*
 * Appends the facts record (core/facts) of data[0..len) to *out. BT_ERR_LIMIT: a soft limit was
 * reached; the same input reaches it everywhere. Other errors: out of memory.
 */
int bt_extract(const struct bt_lang *lang, const char *data, size_t len, struct bt_buf *out,
	       struct bt_err *err);

/* The same with more than facts: what else is to be done with the tree of the one parse. */
struct bt_extract_job {
	const struct bt_lang *lang;
	const char *data;
	size_t len;
	struct bt_buf *facts;	/* NULL: no record is wanted */
	/* Called last, with the syntax, which is valid inside the call; NULL: nothing. Its error is the job's. */
	int (*also)(void *ctx, struct bt_syntax *syntax, struct bt_err *err);
	void *ctx;
};
int bt_extract_job(const struct bt_extract_job *j, struct bt_err *err);

/*
 * For a handful of blobs: languages that are prepared from now on keep the grammar's own parse table, since making the
 * dense one takes longer than it saves. The result is the same.
 */
void bt_extract_set_few(bool few);

/* The ABI of a built-in grammar; 0: there is none of this name. */
unsigned bt_extract_abi(const char *grammar);
/* The version of tree-sitter's runtime. */
const char *bt_extract_runtime_version(void);
/* For tests, the floor and fuzzing: stock tables and the C library's allocator when false. */
void bt_extract_set_fast(bool fast);
/* Frees what this process keeps between blobs. */
void bt_extract_release(void);

#endif
