/*
 * What was compiled in: the npm packages of the grammars, of tree-sitter's runtime (row "tree-sitter")
 * and of SQLite (row "sqlite"), with the versions and integrity hashes of package-lock.json. The rows
 * are made by build-aux/grammar-tables.awk. No tree-sitter in here.
 */
#ifndef BT_LANG_GRAMMAR_VERSIONS_H
#define BT_LANG_GRAMMAR_VERSIONS_H

struct bt_grammar_version {
	const char *name;	/* as in grammars.list */
	const char *package;
	const char *version;
	const char *integrity;	/* "sha512-..." */
};

/* Ended by a NULL name. */
extern const struct bt_grammar_version bt_grammar_versions[];

#endif
