/*
 * The lists of kinds, roles and qualifier forms, by the numbers that the format gives them.
 */
#include "core/facts/facts.h"

#include <string.h>

static const char *const kind_names[BT_KIND_NR] = {
	[BT_KIND_FUNCTION] = "function",
	[BT_KIND_METHOD] = "method",
	[BT_KIND_CONSTRUCTOR] = "constructor",
	[BT_KIND_CLASS] = "class",
	[BT_KIND_STRUCT] = "struct",
	[BT_KIND_UNION] = "union",
	[BT_KIND_ENUM] = "enum",
	[BT_KIND_ENUMERATOR] = "enumerator",
	[BT_KIND_INTERFACE] = "interface",
	[BT_KIND_TRAIT] = "trait",
	[BT_KIND_IMPL] = "impl",
	[BT_KIND_TYPE] = "type",
	[BT_KIND_MACRO] = "macro",
	[BT_KIND_CONSTANT] = "constant",
	[BT_KIND_VARIABLE] = "variable",
	[BT_KIND_FIELD] = "field",
	[BT_KIND_MODULE] = "module",
	[BT_KIND_PACKAGE] = "package",
	[BT_KIND_TEST] = "test",
	[BT_KIND_HEADING] = "heading",
	[BT_KIND_KEY] = "key",
};

static const char *const role_names[BT_ROLE_NR] = {
	[BT_ROLE_DEF] = "definition",
	[BT_ROLE_DECL] = "declaration",
	[BT_ROLE_CALL] = "call",
	[BT_ROLE_TYPE] = "type",
	[BT_ROLE_INHERIT] = "inherit",
	[BT_ROLE_IMPORT] = "import",
	[BT_ROLE_MACRO] = "macro",
	[BT_ROLE_WRITE] = "write",
	[BT_ROLE_READ] = "read",
	[BT_ROLE_OTHER] = "other",
};

static const char *const qual_names[BT_QUAL_NR] = {
	[BT_QUAL_NONE] = "none",
	[BT_QUAL_NAME] = "name",
	[BT_QUAL_SELF] = "self",
	[BT_QUAL_SUPER] = "super",
	[BT_QUAL_EXPR] = "expression",
};

static int name_find(const char *const *names, int nr, const char *name)
{
	for (int i = 0; i < nr; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

const char *bt_kind_name(enum bt_kind kind)
{
	return (unsigned)kind < BT_KIND_NR ? kind_names[kind] : "unknown";
}

int bt_kind_find(const char *name)
{
	return name_find(kind_names, BT_KIND_NR, name);
}

const char *bt_role_name(enum bt_role role)
{
	return (unsigned)role < BT_ROLE_NR ? role_names[role] : "unknown";
}

int bt_role_find(const char *name)
{
	return name_find(role_names, BT_ROLE_NR, name);
}

const char *bt_qual_name(enum bt_qual qual)
{
	return (unsigned)qual < BT_QUAL_NR ? qual_names[qual] : "unknown";
}
