/*
 * Loading libgit2.
 */
#include "core/git/libgit2_api.h"

#include <stddef.h>

#include "core/base/library.h"

int libgit2_load(struct libgit2_api *ret_api, struct bt_err *err)
{
#define LIBGIT2_SYMBOL(name) { #name, offsetof(struct libgit2_api, name) },
	static const struct bt_library_symbol symbols[] = {
		LIBGIT2_FUNCTIONS(LIBGIT2_SYMBOL){ NULL, 0 },
	};
#undef LIBGIT2_SYMBOL

	return bt_library_load(LIBGIT2_SONAME, symbols, ret_api, err);
}
