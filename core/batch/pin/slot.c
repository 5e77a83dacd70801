/*
 * Slots: reading the tag and the nodes, and writing new ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/batch/pin/impl.h"
#include "core/git/refs.h"

#define KEEPER "batho <batho@localhost>"
/* Blobs of 500 commits. */
#define OBJECT_SIZE_MAX ((uint64_t)256 << 20)
/* A chain that leads in a circle cannot be made; one that is damaged ends somewhere. */
#define NODES_NR_MAX ((size_t)1 << 20)

void pin_slot_release(struct pin_slot *s)
{
	free(s->bases);
	*s = (struct pin_slot){ .ref = "" };
}

void pin_records_release(struct pin_records *r)
{
	for (size_t i = 0; i < r->nr; i++)
		free(r->list[i].bytes);
	free(r->list);
	*r = (struct pin_records){ .list = NULL };
}

int pin_store_open(struct pin_store *st, struct bt_repo *repo, struct bt_err *err)
{
	*st = (struct pin_store){ .repo = repo, .batch = bt_object_batch_new(repo) };
	return bt_odb_open(repo, &bt_odb_git_program, &st->odb, err);
}

void pin_store_close(struct pin_store *st)
{
	bt_object_batch_free(&st->batch);
	bt_odb_free(&st->odb);
}

int pin_object_read(struct pin_store *st, const struct bt_oid *oid, enum bt_object_type type, struct bt_buf *out, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	struct bt_object obj;
	int rc = bt_object_read_loose(st->repo, oid, type, out, err);

	if (rc)
		return rc == BT_ROW ? 0 : rc;
	rc = bt_odb_read(st->odb, oid, OBJECT_SIZE_MAX, &obj, err);
	if (rc)
		return rc;
	if (obj.type == BT_OBJECT_NONE)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "object %s is missing", bt_oid_hex(oid, hex));
	if (obj.type != type || !obj.data)
		return bt_err_set(err, BT_ERR_CORRUPT, "object %s is not what a pin says", bt_oid_hex(oid, hex));
	bt_buf_add(out, obj.data, obj.size);
	return bt_buf_check(out, "an object of a pin", err);
}

/* --- the tag --- */

/* "name <id>\n" */
static bool take_id(const char **at, const char *name, size_t oid_len, struct bt_oid *ret_oid)
{
	size_t len = strlen(name);

	if (strncmp(*at, name, len) || (*at)[len] != ' ' || strcspn(*at + len + 1, "\n") != 2 * oid_len ||
	    bt_oid_parse(*at + len + 1, 2 * oid_len, ret_oid, NULL))
		return false;
	*at += len + 1 + 2 * oid_len + 1;
	return true;
}

static int tag_parse(struct pin_store *st, const char *text, struct pin_slot *s, struct bt_err *err)
{
	size_t oid_len = st->repo->oid_len;
	const char *body = strstr(text, "\n\nbatho keep\ndepth ");
	struct bt_oid base;
	char *end;

	if (!take_id(&text, "object", oid_len, &s->node) || strncmp(text, "type tree\n", 10) || !body)
		return bt_err_set(err, BT_ERR_CORRUPT, "'%s' is no pin of the queue", s->ref);
	s->depth = (unsigned)strtoul(body + strlen("\n\nbatho keep\ndepth "), &end, 10);
	body = end + (*end == '\n');
	if (!take_id(&body, "older", oid_len, &s->older))
		s->older.len = 0;
	while (take_id(&body, "base", oid_len, &base)) {
		BT_GROW(s->bases, s->bases_alloc, s->bases_nr + 1);
		s->bases[s->bases_nr++] = base;
	}
	return 0;
}

int pin_slot_read(struct pin_store *st, unsigned slot, struct pin_slot *ret_s, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	int rc;

	*ret_s = (struct pin_slot){ .depth = 0 };
	snprintf(ret_s->ref, sizeof(ret_s->ref), BT_PIN_PREFIX "%02u", slot);
	snprintf(ret_s->base_ref, sizeof(ret_s->base_ref), BT_PIN_BASE_PREFIX "%02u", slot);
	rc = bt_ref_read(st->repo, ret_s->ref, &ret_s->tag, err);
	if (rc == BT_ROW) {
		rc = pin_object_read(st, &ret_s->tag, BT_OBJECT_TAG, &text, err);
		if (!rc)
			rc = tag_parse(st, bt_buf_cstr(&text), ret_s, err);
		/* Somebody has moved it on, and gc was fast: the caller looks again. */
		if (rc == BT_ERR_NOT_FOUND)
			rc = err->code = BT_ERR_BUSY;
	} else if (!rc) {
		ret_s->tag.len = 0;
	}
	if (!rc)
		rc = bt_ref_read(st->repo, ret_s->base_ref, &ret_s->base_ref_oid, err);
	if (!rc)
		ret_s->base_ref_oid.len = 0;
	if (rc < 0)
		pin_slot_release(ret_s);
	return rc < 0 ? rc : 0;
}

static int tag_make(struct pin_store *st, const struct pin_slot *s, struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];

	bt_buf_addf(&text, "object %s\ntype tree\ntag batho-pin\ntagger " KEEPER " %lld +0000\n\nbatho keep\ndepth %u\n",
		    bt_oid_hex(&s->node, hex), (long long)time(NULL), s->depth);
	if (s->older.len)
		bt_buf_addf(&text, "older %s\n", bt_oid_hex(&s->older, hex));
	for (size_t i = 0; i < s->bases_nr; i++)
		bt_buf_addf(&text, "base %s\n", bt_oid_hex(&s->bases[i], hex));
	if (bt_buf_check(&text, "a pin", err))
		return err->code;
	return bt_object_batch_add(st->batch, BT_OBJECT_TAG, text.data, text.len, ret_oid, err);
}

/* --- nodes --- */

/* "commit <time> <length>\n", the bytes, a newline. */
static int records_parse(struct pin_store *st, const struct bt_buf *blob, struct pin_records *r, struct bt_err *err)
{
	const char *at = bt_buf_cstr(blob), *end = at + blob->len;

	while (at < end) {
		BT_CLEANUP(bt_commit_view_release) struct bt_commit_view v = { .parents = NULL };
		struct pin_record rec;
		char *next = NULL;

		if (strncmp(at, "commit ", 7))
			return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the commits of a pin");
		rec.time_ms = strtoll(at + 7, &next, 10);
		rec.len = *next == ' ' ? strtoull(next + 1, &next, 10) : SIZE_MAX;
		if (*next != '\n' || rec.len >= (size_t)(end - next) || bt_commit_parse(next + 1, rec.len, st->repo->oid_len, &v, err))
			return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the commits of a pin");
		rec.tree = v.tree;
		bt_object_id(st->repo, BT_OBJECT_COMMIT, next + 1, rec.len, &rec.commit);
		rec.bytes = bt_xmalloc(rec.len);
		memcpy(rec.bytes, next + 1, rec.len);
		BT_GROW(r->list, r->alloc, r->nr + 1);
		r->list[r->nr++] = rec;
		at = next + 1 + rec.len + 1;
	}
	return 0;
}

/* Nodes that are still to be read. */
struct nodes {
	struct bt_oid *list;
	size_t nr, alloc;
};

static void nodes_release(struct nodes *n)
{
	free(n->list);
}

static void nodes_add(struct nodes *n, const struct bt_oid *oid)
{
	BT_GROW(n->list, n->alloc, n->nr + 1);
	n->list[n->nr++] = *oid;
}

static bool has_name(const struct bt_tree_entry *e, const char *name)
{
	return e->name_len == strlen(name) && !memcmp(e->name, name, e->name_len);
}

/* `list`: the tree is the list of older nodes, and not a node. */
static int node_read(struct pin_store *st, const struct bt_oid *oid, bool list, struct nodes *more, struct pin_records *r, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf tree = BT_BUF_INIT, blob = BT_BUF_INIT;
	struct bt_tree_reader reader;
	struct bt_tree_entry e;
	int rc = pin_object_read(st, oid, BT_OBJECT_TREE, &tree, err);

	if (rc)
		return rc;
	bt_tree_reader_init(&reader, bt_buf_cstr(&tree), tree.len, oid->len);
	while ((rc = bt_tree_reader_next(&reader, &e, err)) == BT_ROW) {
		if (list || has_name(&e, "next"))
			nodes_add(more, &e.oid);
		else if (has_name(&e, "commits"))
			rc = pin_object_read(st, &e.oid, BT_OBJECT_BLOB, &blob, err);
		if (rc < 0)
			return rc;
	}
	if (rc)
		return rc;
	r->nodes_nr += !list;
	return records_parse(st, &blob, r, err);
}

int pin_slot_records(struct pin_store *st, const struct pin_slot *s, struct pin_records *r, struct bt_err *err)
{
	BT_CLEANUP(nodes_release) struct nodes more = { .list = NULL };
	int rc = 0;

	if (s->tag.len)
		nodes_add(&more, &s->node);
	if (s->older.len)
		rc = node_read(st, &s->older, true, &more, r, err);
	while (!rc && more.nr) {
		struct bt_oid oid = more.list[--more.nr];

		rc = node_read(st, &oid, false, &more, r, err);
		if (!rc && r->nodes_nr > NODES_NR_MAX)
			rc = bt_err_set(err, BT_ERR_CORRUPT, "'%s' has no end", s->ref);
	}
	return rc;
}

/* The chain goes to the older ones. */
static int chain_end(struct pin_store *st, struct pin_slot *s, struct bt_err *err)
{
	BT_CLEANUP(bt_tree_edit_free) struct bt_tree_edit *t = bt_tree_edit_new(st->repo, st->odb, &s->older);
	char hex[BT_OID_HEX_MAX + 1], name[BT_OID_HEX_MAX + 2];
	int len = snprintf(name, sizeof(name), "%s", bt_oid_hex(&s->node, hex));
	int rc = bt_tree_edit_put(t, name, (size_t)len, 0040000, &s->node, err);

	if (!rc)
		rc = bt_tree_edit_write_batch(t, st->batch, &s->older, err);
	if (!rc)	/* it may be read again soon */
		rc = bt_object_batch_end(st->batch, err);
	s->node.len = 0;
	s->depth = 0;
	return rc;
}

static int node_make(struct pin_store *st, struct pin_slot *s, const struct pin_record *records, size_t nr, struct bt_err *err)
{
	struct bt_oid none = { .len = 0 }, blob;
	BT_CLEANUP(bt_tree_edit_free) struct bt_tree_edit *t = bt_tree_edit_new(st->repo, st->odb, &none);
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1], name[BT_OID_HEX_MAX + 2];
	int rc;

	for (size_t i = 0; i < nr; i++) {
		bt_buf_addf(&bytes, "commit %lld %zu\n", (long long)records[i].time_ms, records[i].len);
		bt_buf_add(&bytes, records[i].bytes, records[i].len);
		bt_buf_addch(&bytes, '\n');
	}
	rc = bt_buf_check(&bytes, "the commits of a pin", err);
	if (!rc)
		rc = bt_object_batch_add(st->batch, BT_OBJECT_BLOB, bytes.data, bytes.len, &blob, err);
	if (!rc)
		rc = bt_tree_edit_put(t, "commits", 7, 0100644, &blob, err);
	for (size_t i = 0; !rc && i < nr; i++) {
		int len = snprintf(name, sizeof(name), "t%s", bt_oid_hex(&records[i].tree, hex));

		rc = bt_tree_edit_put(t, name, (size_t)len, 0040000, &records[i].tree, err);
	}
	if (!rc && s->node.len)
		rc = bt_tree_edit_put(t, "next", 4, 0040000, &s->node, err);
	if (!rc && s->older.len)
		rc = bt_tree_edit_put(t, "older", 5, 0040000, &s->older, err);
	if (!rc)
		rc = bt_tree_edit_write_batch(t, st->batch, &s->node, err);
	s->depth++;
	return rc;
}

static void bases_add(struct pin_slot *s, const struct bt_oid *base)
{
	for (size_t i = 0; i < s->bases_nr; i++)
		if (bt_oid_equal(&s->bases[i], base))
			return;
	BT_GROW(s->bases, s->bases_alloc, s->bases_nr + 1);
	s->bases[s->bases_nr++] = *base;
	s->bases_new = true;
}

int pin_slot_push(struct pin_store *st, struct pin_slot *s, const struct pin_record *records, size_t nr, struct bt_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < nr; i++) {
		BT_CLEANUP(bt_commit_view_release) struct bt_commit_view v = { .parents = NULL };

		rc = bt_commit_parse(records[i].bytes, records[i].len, st->repo->oid_len, &v, err);
		for (size_t k = 0; !rc && k < v.parents_nr; k++)
			bases_add(s, &v.parents[k]);
	}
	for (size_t i = 0; !rc && i < nr; i += PIN_NODE_NR_MAX) {
		if (s->depth >= PIN_DEPTH_MAX)
			rc = chain_end(st, s, err);
		if (!rc)
			rc = node_make(st, s, records + i, nr - i < PIN_NODE_NR_MAX ? nr - i : PIN_NODE_NR_MAX, err);
	}
	return rc;
}

/* --- refs --- */

int pin_merge(struct pin_store *st, const struct bt_oid *commits, size_t nr, struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_CLEANUP(bt_commit_view_release) struct bt_commit_view v = { .parents = NULL };
	BT_BUF_OWNED struct bt_buf newest = BT_BUF_INIT, bytes = BT_BUF_INIT;
	char who[64];
	struct bt_commit_draft d = { .parents = commits, .parents_nr = nr, .author = who, .committer = who, .message = "batho keep\n", .message_len = 11 };
	int rc = pin_object_read(st, &commits[nr - 1], BT_OBJECT_COMMIT, &newest, err);

	if (!rc)
		rc = bt_commit_parse(bt_buf_cstr(&newest), newest.len, st->repo->oid_len, &v, err);
	if (rc)
		return rc;
	snprintf(who, sizeof(who), KEEPER " %lld +0000", (long long)time(NULL));
	d.tree = v.tree;
	rc = bt_commit_format(&d, &bytes, err);
	return rc ? rc : bt_object_batch_add(st->batch, BT_OBJECT_COMMIT, bytes.data, bytes.len, ret_oid, err);
}

int pin_slot_swap(struct pin_store *st, struct pin_slot *s, struct bt_err *err)
{
	struct bt_ref_change ch[2] = { { .ref = s->ref, .before = s->tag }, { .ref = s->base_ref, .before = s->base_ref_oid } };
	size_t nr = 2;
	int rc = 0;

	if (s->node.len)
		rc = tag_make(st, s, &ch[0].after, err);
	/* The ref may have been lost: then it is made again. */
	if (!s->bases_new && (s->base_ref_oid.len || !s->bases_nr))
		ch[1].after = s->base_ref_oid;
	else if (!rc && s->bases_nr == 1)
		ch[1].after = s->bases[0];
	else if (!rc && s->bases_nr)
		rc = pin_merge(st, s->bases, s->bases_nr, &ch[1].after, err);
	if (!rc)
		rc = bt_object_batch_end(st->batch, err);
	if (!rc && bt_oid_equal(&ch[1].before, &ch[1].after))
		nr = 1;
	return rc ? rc : bt_refs_swap(st->repo, ch, nr, NULL, err);
}
