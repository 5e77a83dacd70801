/*
 * Names as people write them: f, Class.method, ns::f, pkg.Func, Class#method, struct->field, a\b, Table:method.
 */
#ifndef BT_QUERY_SYMBOL_H
#define BT_QUERY_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/query/view.h"

#define BT_SYMBOL_PARTS_MAX 16

struct bt_symbol {
	const char *text;		/* as given, borrowed */
	const char *parts[BT_SYMBOL_PARTS_MAX];	/* outermost first; the last one is the name */
	size_t lens[BT_SYMBOL_PARTS_MAX];
	size_t nr;
};

/* Splits. A name that holds separators only, or is empty: BT_ERR_USAGE. */
int bt_symbol_parse(const char *text, struct bt_symbol *ret_s, struct bt_err *err);
/* Its text as one name: "build:css" and "tool.ruff" are keys of data files, "org.k" a package. */
struct bt_symbol bt_symbol_whole(const struct bt_symbol *s);
const char *bt_symbol_name(const struct bt_symbol *s, size_t *ret_len);

/*
 * Does definition `def` of file f carry the qualifiers? Each must be the name of a definition around it (or a part of
 * a package's: "b" of a.b.c), of what stands before its name (void Foo::bar, func (f *Foo) Bar), of the file's
 * package or of a module that holds nothing but is said (namespace A;), or for the outermost ones of the file's
 * stem or folder.
 */
bool bt_symbol_matches_def(const struct bt_symbol *s, const struct bt_view_file *f, uint32_t def);
/* Does an occurrence say so itself: by its written qualifiers, or self inside the class that is meant? */
bool bt_symbol_matches_occ(const struct bt_symbol *s, const struct bt_view_file *f, uint32_t occ);

/* The names of an occurrence's qualifier: "a", "b" and "f" of a::b::f(). nr is 1 for those without. */
struct bt_symbol bt_symbol_of_occ(const struct bt_facts *f, uint32_t occ);

/* "Class.method": the name of a definition with those around it. Appends. */
void bt_symbol_qualified(const struct bt_facts *f, uint32_t def, struct bt_buf *out);

/* BT_NONE is no name. */
bool bt_name_is(const struct bt_facts *f, uint32_t name, const char *text, size_t len);

#endif
