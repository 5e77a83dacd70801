/*
 * Refs that lead to no commit, from `git for-each-ref`.
 */
#include "core/git/reflist.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/program.h"

/* One line: two types, an id and the name of a ref. */
#define REFLIST_LINE_MAX ((size_t)64 << 10)
/* A tag may point to a tag; git writes no longer messages than this into one by accident. */
#define TAGS_NR_MAX 32
#define TAG_SIZE_MAX ((uint64_t)1 << 20)

struct bt_reflist {
	struct bt_git_stream stream;
	struct bt_odb *odb;
	size_t oid_len;
	bool done;
};

int bt_reflist_open(struct bt_repo *repo, struct bt_odb *odb, struct bt_reflist **ret_list, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_reflist *l = bt_xcalloc(1, sizeof(*l));

	bt_git_stream_init(&l->stream);
	l->odb = odb;
	l->oid_len = repo->oid_len;
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "for-each-ref", "--format=%(objecttype) %(*objecttype) %(objectname) %(refname)", NULL);
	if (bt_git_stream_start(&l->stream, &c, false, REFLIST_LINE_MAX, err)) {
		bt_reflist_free(&l);
		return err->code;
	}
	*ret_list = l;
	return 0;
}

/* "object <id>\n" at the start of a tag. */
static bool tag_target(const struct bt_object *tag, struct bt_oid *ret_oid)
{
	static const char head[] = "object ";
	size_t skip = sizeof(head) - 1, hex_len = 2 * (size_t)tag->oid.len;

	return tag->data && tag->size > skip + hex_len && !memcmp(tag->data, head, skip) &&
	       !bt_oid_parse(tag->data + skip, hex_len, ret_oid, NULL);
}

/* Follows tags. A tag that cannot be read leads nowhere: BT_OBJECT_NONE. */
static int peel(struct bt_reflist *l, struct bt_oid *oid, enum bt_object_type *ret_type, struct bt_err *err)
{
	struct bt_err bad = BT_ERR_INIT;
	struct bt_object obj;

	*ret_type = BT_OBJECT_NONE;
	for (int i = 0; i < TAGS_NR_MAX; i++) {
		int rc = bt_odb_read(l->odb, oid, TAG_SIZE_MAX, &obj, &bad);

		if (rc == BT_ERR_CORRUPT)
			return 0;
		if (rc)
			return *err = bad, rc;
		if (obj.type != BT_OBJECT_TAG) {
			*ret_type = obj.type;
			return 0;
		}
		if (!tag_target(&obj, oid))
			return 0;
	}
	return 0;
}

/* One line of git's: BT_ROW when it is one of ours, BT_DONE when it leads to a commit. */
static int take_line(struct bt_reflist *l, char *line, struct bt_reflist_row *row, struct bt_err *err)
{
	const char *type = strsep(&line, " "), *peeled = strsep(&line, " "), *hex = strsep(&line, " ");

	if (!line || bt_oid_parse(hex, strlen(hex), &row->oid, NULL) || row->oid.len != l->oid_len)
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the answer of git for-each-ref");
	row->name = line;
	if (!strcmp(type, "commit") || !strcmp(peeled, "commit"))
		return BT_DONE;
	if (peel(l, &row->oid, &row->type, err))
		return err->code;
	return row->type == BT_OBJECT_TREE || row->type == BT_OBJECT_BLOB ? BT_ROW : BT_DONE;
}

int bt_reflist_next(struct bt_reflist *l, struct bt_reflist_row *ret_row, struct bt_err *err)
{
	size_t len;
	char *line;
	int rc;

	if (l->done)
		return BT_DONE;
	while ((rc = bt_git_stream_record(&l->stream, '\n', &line, &len, err)) == BT_ROW) {
		rc = take_line(l, line, ret_row, err);
		if (rc != BT_DONE)
			return rc;
	}
	if (rc == BT_DONE) {
		l->done = true;
		rc = bt_git_stream_finish(&l->stream, "cannot list refs", err);
	}
	return rc;
}

void bt_reflist_free(struct bt_reflist **pl)
{
	if (!pl || !*pl)
		return;
	bt_git_stream_release(&(*pl)->stream);
	free(*pl);
	*pl = NULL;
}
