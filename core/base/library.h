/*
 * Shared libraries that are loaded when they are needed, not when the program starts: what few runs use
 * and every run would pay for.
 *
 * The library is named by the soname it was compiled against, so that its binary interface is the one of
 * its header. It stays loaded until the process ends.
 */
#ifndef BT_BASE_LIBRARY_H
#define BT_BASE_LIBRARY_H

#include <stddef.h>

#include "core/base/err.h"

struct bt_library_symbol {
	const char *name;
	size_t offset;		/* of the pointer to the function, in the caller's table */
};

/*
 * Loads `soname` and puts the addresses of the symbols (ended by a NULL name) into `table`, which is
 * complete or was not touched. BT_ERR_UNSUPPORTED: the library or a symbol of it is not there.
 */
int bt_library_load(const char *soname, const struct bt_library_symbol *symbols, void *table,
		    struct bt_err *err);

#endif
