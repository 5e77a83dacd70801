/*
 * The file <common dir>/batho/tally: one page of counters that all processes of a repository add to, until somebody who writes to
 * queue.db anyway takes them there.
 *
 * Adding is an atomic addition in a shared mapping: no lock, no fsync, nothing that waits. A file that is not ours (another layout of
 * the table of metrics, cut short, anything else) is replaced by a new one. What it held is lost, and so is what a crash of the machine
 * catches here; a process that is killed loses what it alone has counted.
 *
 * Nothing here fails: where it cannot be counted, it is not.
 */
#ifndef BT_BASE_TALLY_H
#define BT_BASE_TALLY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct bt_tally;

/*
 * Adds what this process has counted (metric.h) to the tally of the folder, which is made when the folder is there and `make` allows
 * it. shared_mode: as a mode mask, 0: private. What cannot be added stays counted.
 */
void bt_tally_flush(const char *dir, unsigned shared_mode, bool make);

/* For those who read or take: NULL when there is none. */
struct bt_tally *bt_tally_open(const char *dir);
void bt_tally_close(struct bt_tally **pt);
uint64_t bt_tally_get(const struct bt_tally *t, size_t slot);
uint64_t bt_tally_take(struct bt_tally *t, size_t slot);	/* 0 from here on */
void bt_tally_add(struct bt_tally *t, size_t slot, uint64_t n);

#endif
