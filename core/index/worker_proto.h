/*
 * What goes over a worker's socket: host byte order, both ends are one program on one machine.
 *
 * To the worker: struct bt_work_head, then the blob's bytes. Back: struct bt_answer_head, then the
 * record. Answers come in the order of the work. The end of the stream tells the worker to leave.
 * The parent believes none of it: see bt_answer_len_max.
 */
#ifndef BT_INDEX_WORKER_PROTO_H
#define BT_INDEX_WORKER_PROTO_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/limits.h"

struct bt_work_head {
	uint64_t seq;
	uint32_t lang;		/* bt_lang.index */
	uint32_t len;
};

enum bt_answer_status {
	BT_ANSWER_FACTS,	/* the payload is the record */
	BT_ANSWER_LIMIT,	/* the payload is the reason, as text */
};

struct bt_answer_head {
	uint64_t seq;
	uint32_t status;	/* enum bt_answer_status */
	uint32_t len;
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
