/*
 * Progress as git shows it: on stderr, when that is a terminal and we are in its foreground;
 * after GIT_PROGRESS_DELAY seconds (2); repainted at most once a second; "Indexing blobs: 45%
 * (123/456), done.".
 */
#ifndef BT_BASE_PROGRESS_H
#define BT_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/opt.h"

struct bt_progress {
	const char *title;	/* borrowed */
	uint64_t total;		/* 0: unknown */
	uint64_t done;
	int64_t next_ms;	/* no paint before */
	size_t width;		/* of the line that is painted */
	bool on, painted;
};

/* The decision: --progress or --no-progress, else not with --quiet, else on a terminal. */
bool bt_progress_wanted(enum bt_tri option, bool quiet);

void bt_progress_start(struct bt_progress *p, const char *title, uint64_t total, bool wanted);
void bt_progress_set(struct bt_progress *p, uint64_t done);
/*
 * Ends the line with ", done." when one was painted. Harmless when nothing was started or it is
 * repeated.
 */
void bt_progress_stop(struct bt_progress *p);

#endif
