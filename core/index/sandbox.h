/*
 * The cage of a parse worker: no files, no network, no new processes, no new code, little memory.
 *
 * Landlock is put on once, by the zygote, and inherited; limits and the system call filter are put
 * on by each worker. All of it needs no privileges. Where the kernel lacks landlock or seccomp the
 * rest holds; bt_sandbox_has_seccomp and *ret_in_force say what is in force.
 */
#ifndef BT_INDEX_SANDBOX_H
#define BT_INDEX_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

/* Compiled for this architecture, and this kernel has it. */
bool bt_sandbox_has_seccomp(void);
/* Does this kernel have landlock switched on? Changes nothing. */
bool bt_sandbox_has_landlock(void);

/* No new privileges, and no file can be opened any more, in this process and all it forks. */
int bt_sandbox_deny_files(bool *ret_in_force, struct bt_err *err);
/*
 * No core, no file growth, no new descriptors, no new processes; at most address_space bytes mapped
 * (0: no limit). Not to be undone.
 */
int bt_sandbox_limit(uint64_t address_space, struct bt_err *err);
/* Allows cpu_s more seconds of CPU time from now (rounded up); SIGXCPU comes after that. */
int bt_sandbox_allow_cpu(unsigned cpu_s, uint64_t *soft_s, struct bt_err *err);
/*
 * The filter: any other system call than those of reading, answering and memory ends the process.
 */
int bt_sandbox_deny_calls(struct bt_err *err);

#endif
