#include "core/base/fault.h"

void bt_fault_point(const char *name)
{
	(void)name;
}
