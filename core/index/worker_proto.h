/*
 * What goes over a worker's socket: host byte order, both ends are one program on one machine.
 *
 * To the worker: struct bt_work_head, then the blob's bytes. Back: struct bt_answer_head, then the
 * record, then what the add-on (addon.h) makes. Answers come in the order of the work. The end of the stream
 * tells the worker to leave.
 * The parent believes none of it: see bt_answer_len_max.
 */
#ifndef BT_INDEX_WORKER_PROTO_H
#define BT_INDEX_WORKER_PROTO_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/limits.h"

struct bt_work_head {
	uint64_t seq;
	uint32_t lang;		/* bt_lang.index, or BT_WORK_NO_LANG */
	uint32_t len;
	uint32_t want;		/* BT_WANT_* of pool.h */
	uint32_t spare;
};

/* A text without a known language: for the add-on alone. */
#define BT_WORK_NO_LANG UINT32_MAX

enum bt_answer_status {
	BT_ANSWER_FACTS,	/* the payload is the record; empty when no facts were wanted */
	BT_ANSWER_LIMIT,	/* the payload is the reason, as text */
	BT_ANSWER_REFUSED,	/* likewise: the user's grammar of this language cannot be loaded */
};

struct bt_answer_head {
	uint64_t seq;
	uint32_t status;	/* enum bt_answer_status */
	uint32_t len;
	uint32_t more_len;	/* of what the add-on made, behind the payload */
	uint32_t more;		/* it was run to its end */
	uint64_t us;		/* how long it took */
};

/* Exit statuses of a worker that cannot go on. */
#define BT_WORKER_EXIT_MEMORY 77
#define BT_WORKER_EXIT_SANDBOX 78
/* core/base/mem.c ends the process with it when memory for small things is gone. */
#define BT_WORKER_EXIT_XMALLOC 128

/*
 * Longest answer about a blob: a definition of two source bytes takes under 64 bytes of record. A
 * function of the blob's size alone, since the worker turns more into a deterministic limit.
 */
static inline size_t bt_answer_len_max(size_t blob_len)
{
	size_t len = ((size_t)64 << 10) + 32 * blob_len;

	return len < BT_FACTS_LEN_MAX ? len : BT_FACTS_LEN_MAX;
}

#endif
