/*
 * A parse worker: the loop of a sandboxed process between its socket and bt_extract.
 */
#ifndef BT_INDEX_WORKER_H
#define BT_INDEX_WORKER_H

#include <stdbool.h>
#include <stdint.h>

struct bt_addon;

struct bt_worker_opts {
	uint64_t address_space;	/* all of it, what was inherited too; 0: no limit */
	unsigned cpu_s;		/* per blob */
	bool seccomp;
	const struct bt_addon *addon;	/* or NULL */
};

/*
 * Puts on the limits and the filter, then serves fd until the other end is closed. Never returns.
 */
void bt_worker_run(int fd, const struct bt_worker_opts *o) __attribute__((noreturn));

#endif
