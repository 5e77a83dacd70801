/*
 * Named points between a write and what follows it, where a test kills the process. In the programs it is nothing; a test
 * links a function of its own instead (tests/lib/fault_points.c).
 */
#ifndef BT_BASE_FAULT_H
#define BT_BASE_FAULT_H

void bt_fault_point(const char *name);

#endif
