/*
 * Reading git's raw lists and patches; private to core/incoming.
 */
#ifndef BT_INCOMING_READ_H
#define BT_INCOMING_READ_H

#include "core/incoming/incoming.h"

/* One entry of a list with -z: ":<mode> <mode> <id> <id> <status>" NUL <path> NUL. */
struct bt_raw_entry {
	uint32_t old_mode, new_mode;
	struct bt_oid old_oid, new_oid;	/* len 0 for zeros */
	char status;
	const char *path;
	size_t path_len;
};
/* BT_ROW and the place behind it in *at; BT_DONE when there is no entry at *at. */
int bt_raw_entry_next(const char **at, const char *end, struct bt_raw_entry *ret_e, struct bt_err *err);

/* An id in hex; of zeros it gets len 0. */
int bt_raw_oid(const char *hex, struct bt_oid *ret_oid, struct bt_err *err);
/* Cuts a line at its first blanks: at most `nr` words, the last of which takes the rest. Gives how many there are. */
size_t bt_raw_words(char *line, char **words, size_t nr);

/* A mode whose content is checked: a regular file. */
bool bt_raw_mode_is_file(uint32_t mode);

/* Appends the id of the tree without entries, in hex. */
int bt_raw_empty_tree(const struct bt_repo *repo, struct bt_buf *out, struct bt_err *err);

/*
 * Adds the entries whose content can be checked on one side at least, and counts unmerged paths. *ret_rest
 * (may be NULL) is what follows the list.
 */
int bt_incoming_take_raw(struct bt_incoming *in, const char *data, size_t len, const char **ret_rest,
			 struct bt_err *err);
/* Lines and bytes of the files, from the patches that follow their list; what does not fit is left out. */
void bt_incoming_take_patch(struct bt_incoming *in, const char *at, const char *end);
/* Lines alone, from patches without context of some of the files. */
void bt_incoming_take_lines(struct bt_incoming *in, const char *at, const char *end);

#endif
