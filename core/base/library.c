/*
 * Loading a library while running.
 */
#include "core/base/library.h"

#include <dlfcn.h>
#include <string.h>

static int library_fail(const char *soname, struct bt_err *err)
{
	const char *text = dlerror();

	return bt_err_set(err, BT_ERR_UNSUPPORTED, "cannot load '%s': %s", soname,
			  text ? text : "a symbol is missing");
}

int bt_library_load(const char *soname, const struct bt_library_symbol *symbols, void *table,
		    struct bt_err *err)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return library_fail(soname, err);
	for (const struct bt_library_symbol *s = symbols; s->name; s++)
		if (!dlsym(library, s->name))
			return library_fail(soname, err);
	for (const struct bt_library_symbol *s = symbols; s->name; s++) {
		void *address = dlsym(library, s->name);

		memcpy((char *)table + s->offset, &address, sizeof(address));
	}
	return 0;
}
