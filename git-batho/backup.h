/*
 * What backup and restore share.
 */
#ifndef BT_PROGRAM_BACKUP_H
#define BT_PROGRAM_BACKUP_H

#include <stdint.h>
#include <time.h>

/* "2026-11-22 01:30:00 UTC"; nothing for 0. */
void backup_date_text(int64_t ms, char to[32]);

#endif
