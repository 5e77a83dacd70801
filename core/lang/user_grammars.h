/*
 * Grammars that the user has added: the list of those that are trusted, in the user's own configuration folder, and what
 * lies in the folder of each. No tree-sitter in here, and nothing of theirs is run.
 *
 * The list is $XDG_CONFIG_HOME/git-batho/grammars (~/.config), the folders are
 * $XDG_DATA_HOME/git-batho/grammars/<hash>/ (~/.local/share), with the library as grammar.so and the text that describes the
 * language as described.lang or tags.scm. A list, a folder or a file that belongs to somebody else, that somebody else may
 * write to, or that is not what the list says, is not used: its language is none, and `trouble` says why.
 *
 * The list is text, a statement a line: a name and a value. `grammar NAME` begins the next one; lines with an unknown name
 * are skipped. The first line is "git-batho grammars 1".
 */
#ifndef BT_LANG_USER_GRAMMARS_H
#define BT_LANG_USER_GRAMMARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"

/* More would make every start slow: the list is read by each process that names a language. */
#define BT_USER_GRAMMARS_MAX 64
#define BT_USER_LIST_MAX ((size_t)256 << 10)
/* A description or a tags.scm: the largest of ours has 12 KiB. */
#define BT_USER_TEXT_MAX ((size_t)1 << 20)
/* What a compiler makes of a parser.c of 100 MB. */
#define BT_USER_OBJECT_MAX ((size_t)256 << 20)
/* The index has so much room for the name of a language. */
#define BT_USER_NAME_MAX 31

enum bt_user_text {
	BT_USER_NO_TEXT,	/* files are parsed; no names are found in them */
	BT_USER_TAGS,		/* queries in tree-sitter's notation for tags */
	BT_USER_DESCRIBED,	/* a description of ours */
	BT_USER_TEXT_NR
};

struct bt_user_grammar {
	const char *name;	/* of the language */
	const char *symbol;	/* the function in the library: tree_sitter_<...> */
	const char *hash;	/* SHA-512 in hex of everything that was compiled, or describes it: the folder's name */
	const char *object;	/* SHA-512 in hex of the library */
	const char *text_hash;	/* SHA-512 in hex of the text; NULL: there is none */
	const char *from;	/* "npm PACKAGE", "folder PATH", "tarball PATH" */
	const char *path;	/* of the grammar in what it came from, "" for the top */
	const char *version, *licence;	/* or "" */
	const char *given;	/* what the user gave with it, and an update keeps: "text", "extensions", both, or "" */
	const char *integrity;	/* that the source was held to, as the registry writes it, or "" */
	const char *header;	/* statements of a description: alias, glob, shebang; a line each, the first one empty */
	enum bt_user_text text;
	uint32_t abi;
	bool scanner;
	bool replaces;		/* stands in for a built-in language of the same name */
	uint64_t size, mtime_ns, ctime_ns, inode;	/* of the library, when its hash was made */
	const char *folder;	/* absolute */
	const char *trouble;	/* why it is not used, or NULL */
};

struct bt_user_grammars {
	struct bt_user_grammar *items;
	size_t nr, alloc;
	char *list;		/* path of the list; NULL: there is no home */
	char *data;		/* of the folders' parent */
	const char *trouble;	/* why the whole list is not used, or NULL */
	struct bt_arena arena;
};

#define BT_USER_GRAMMARS_INIT { .items = NULL }

/* Those of this process; read by the first call. */
const struct bt_user_grammars *bt_user_grammars(void);
/*
 * Reads them into *g, which is released in any case. With `check` false the folders are not looked at: nothing is found
 * wrong with them.
 */
void bt_user_grammars_read(struct bt_user_grammars *g, bool check);
void bt_user_grammars_release(struct bt_user_grammars *g);
const struct bt_user_grammar *bt_user_grammar_find(const struct bt_user_grammars *g, const char *name);
/* The bytes of a list with these in it. */
void bt_user_grammars_format(const struct bt_user_grammars *g, struct bt_buf *out);
/* Is it a word that may name a language, or a function of C? */
bool bt_user_name_sane(const char *name);

/* Opens the library; fails with one line unless it is what the list says, content aside. */
int bt_user_grammar_open(const struct bt_user_grammar *g, int *ret_fd, struct bt_err *err);
/* The text that describes it, held to its hash; nothing when there is none. */
int bt_user_grammar_text(const struct bt_user_grammar *g, struct bt_buf *out, struct bt_err *err);
/* Takes down what the library looks like from outside. */
void bt_user_grammar_note(struct bt_user_grammar *g, const struct stat *st);
/* SHA-512 in hex of everything that can be read from fd. */
int bt_user_hash_fd(int fd, char *hex, struct bt_err *err);

#endif
