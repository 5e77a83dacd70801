/*
 * Importing: a first pass that writes nothing and refuses what is wrong, a second one that writes what the first one saw.
 *
 * Known blobs stay as they are, and must say the same. A transaction holds some megabytes of facts with their names; trees come after
 * everything below them, so that each transaction leaves a sound index.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/archive/frame.h"
#include "core/archive/import_state.h"
#include "core/base/limits.h"
#include "core/index/selection.h"
#include "core/index/tree_row.h"
#include "core/lang/langs.h"
#include "core/lang/langs_table.h"

/* As the writer of the index has it: few large segments of names. */
#define GROUP_BYTES ((size_t)32 << 20)

void bt_archive_imported_release(struct bt_archive_imported *i)
{
	free(i->foreign);
	i->foreign = NULL;
}

static void import_release(struct import *im)
{
	if (im->writing)
		bt_store_rollback(im->o->store);
	bt_archive_free(&im->r);
	bt_postings_free(&im->postings);
	bt_arena_release(&im->scratch);
	bt_buf_release(&im->packed);
	bt_buf_release(&im->row);
	free(im->langs);
	free(im->blobs);
	free(im->trees);
	free(im->marks);
}

/* --- both passes --- */

static bool is_ours(const struct bt_archive_lang *l)
{
	const struct bt_detect_class *cls = *l->name == '?' ? bt_detect_class_find(l->name) : NULL;
	const struct bt_lang *lang = *l->name == '?' ? NULL : bt_lang_find(l->name);

	if (lang)
		return !strcmp(lang->name, l->name) && lang->version == l->version;
	return cls && cls->version == l->version;
}

static void take_lang(struct import *im, const struct bt_archive_item *item)
{
	struct im_lang l = { .l = item->lang, .foreign = !is_ours(&item->lang) };

	BT_GROW(im->langs, im->langs_alloc, im->langs_nr + 1);
	im->langs[im->langs_nr++] = l;
}

/* The store's own row of a blob, if it has one that counts. BT_ROW, BT_DONE. */
static int find_blob(struct import *im, const struct bt_oid *oid, uint32_t lang, enum bt_blob_state state, struct bt_blob *ret_b,
		     struct bt_err *err)
{
	int rc = lang ? bt_store_blob_find(im->o->store, oid, lang, ret_b, err) : BT_DONE;

	if (rc != BT_ROW)
		return rc;
	/* Of this machine alone, or of a run with another limit. */
	if (bt_blob_state_killed(ret_b->state) || ret_b->state == BT_BLOB_MISSING ||
	    (ret_b->state == BT_BLOB_TOO_LARGE && state != BT_BLOB_TOO_LARGE))
		return BT_DONE;
	return BT_ROW;
}

static int contradiction(const struct bt_oid *oid, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];

	bt_err_set(err, BT_ERR_CORRUPT, "the archive and the index say different things of blob %s", bt_oid_hex(oid, hex));
	return bt_err_hint(err, "one of them is wrong: `git batho index --rebuild` makes the index anew");
}

static int known_agrees(const struct bt_archive_blob *b, const struct bt_blob *known, struct bt_err *err)
{
	bool agrees = known->state == b->state || b->state == BT_BLOB_TOO_LARGE;

	if (agrees && b->state == BT_BLOB_FACTS)
		agrees = !memcmp(&b->digest, &known->digest, sizeof(b->digest));
	return agrees ? 0 : contradiction(&b->oid, err);
}

/* --- the first pass --- */

/* Languages of the store without making any. */
static int lang_id_find(struct import *im, struct im_lang *l, struct bt_err *err)
{
	struct bt_store_language row;
	uint32_t cursor = 0;
	int rc;

	while ((rc = bt_store_language_next(im->o->store, &cursor, &row, err)) == BT_ROW)
		if (!strcmp(row.name, l->l.name) && row.version == l->l.version)
			l->id = row.id;
	return rc;
}

static int look_at_blob(struct import *im, const struct bt_archive_blob *b, struct bt_err *err)
{
	struct im_lang *l = &im->langs[b->lang];
	struct im_blob mine = { .foreign = l->foreign };
	struct bt_blob known;
	int rc = l->foreign ? BT_DONE : find_blob(im, &b->oid, l->id, b->state, &known, err);

	l->foreign_blobs += l->foreign;
	im->out->blobs_foreign += l->foreign;
	if (rc < 0 || (rc == BT_ROW && known_agrees(b, &known, err)))
		return err->code;
	BT_GROW(im->blobs, im->blobs_alloc, im->blobs_nr + 1);
	im->blobs[im->blobs_nr++] = mine;
	return 0;
}

/* Does it hold what is kept out? */
static bool holds_foreign(const struct import *im, const struct bt_archive_tree *t)
{
	for (size_t i = 0; i < t->entries_nr; i++) {
		const struct bt_archive_entry *e = &t->entries[i];

		if (e->tree ? im->trees[e->target].out : e->target != BT_NONE && im->blobs[e->target].foreign)
			return true;
	}
	return false;
}

/* The class that a name gives: the archive does not say it, and needs not. */
static const struct bt_detect_class *class_of(const struct bt_archive_entry *e)
{
	const struct bt_detect_class *cls = NULL;
	const struct bt_lang *lang;

	return bt_detect_path(e->name, e->name_len, NULL, &lang, &cls) == BT_DETECT_CLASS ? cls : NULL;
}

static int classes_agree(struct import *im, const struct bt_archive_tree *t, struct bt_err *err)
{
	for (size_t i = 0; i < t->entries_nr && im->by_content; i++)
		if (t->entries[i].flags & BT_FILE_BY_CONTENT && !class_of(&t->entries[i]))
			return bt_archive_refuse(err, "a name that tells its language is said not to");
	return 0;
}

static int look_at_tree(struct import *im, const struct bt_archive_tree *t, struct bt_err *err)
{
	struct im_tree mine = { .digest = t->digest, .files = t->files };
	int rc = im_tree_compare(im, t, err);

	if (rc < 0 || classes_agree(im, t, err))
		return err->code;
	mine.out = holds_foreign(im, t);
	im->out->trees_foreign += mine.out;
	if (!mine.out && rc == BT_DONE) {
		mine.out = true;
		im->out->trees_absent++;
	}
	BT_GROW(im->trees, im->trees_alloc, im->trees_nr + 1);
	im->trees[im->trees_nr++] = mine;
	return 0;
}

static int look_at(struct import *im, const struct bt_archive_item *item, struct bt_err *err)
{
	switch (item->kind) {
	case BT_ARCHIVE_LANG:
		take_lang(im, item);
		return lang_id_find(im, &im->langs[im->langs_nr - 1], err);
	case BT_ARCHIVE_BLOB:
		return look_at_blob(im, &item->blob, err);
	case BT_ARCHIVE_TREE:
		return look_at_tree(im, &item->tree, err);
	}
	return 0;
}

static void keep_mark(struct import *im)
{
	uint64_t mark = bt_archive_mark(im->r);

	if (im->marks_nr && im->marks[im->marks_nr - 1] == mark)
		return;
	BT_GROW(im->marks, im->marks_alloc, im->marks_nr + 1);
	im->marks[im->marks_nr++] = mark;
}

static int first_pass(struct import *im, const struct bt_archive_input *in, struct bt_err *err)
{
	struct bt_archive_item item;
	int rc = bt_archive_open(in, &im->r, err);

	if (rc)
		return rc;
	im->out->head = *bt_archive_head(im->r);
	im->by_content = im->out->head.detection == bt_detect_version();
	while ((rc = bt_archive_next(im->r, &item, err)) == BT_ROW) {
		keep_mark(im);
		if (look_at(im, &item, err))
			return err->code;
	}
	bt_archive_reader_stats(im->r, &im->out->stats);
	return rc;
}

/* --- the second pass --- */

static int group_end(struct import *im, struct bt_err *err)
{
	int rc;

	if (!im->writing)
		return 0;
	im->writing = false;
	im->group_bytes = 0;
	rc = bt_postings_flush(im->postings, im->o->store, err);
	if (!rc)
		rc = bt_store_commit(im->o->store, err);
	if (rc)
		bt_store_rollback(im->o->store);
	return rc;
}

static int group_begin(struct import *im, struct bt_err *err)
{
	if (im->writing)
		return 0;
	if (bt_store_begin(im->o->store, err))
		return err->code;
	im->writing = true;
	return 0;
}

static int lang_id(struct import *im, struct im_lang *l, uint32_t *ret_id, struct bt_err *err)
{
	if (!l->id && bt_store_language_id(im->o->store, l->l.name, l->l.version, &l->id, err))
		return err->code;
	*ret_id = l->id;
	return 0;
}

static void add_names(struct import *im, uint32_t id, const struct bt_facts *f)
{
	uint32_t *kinds;

	bt_arena_reset(&im->scratch);
	kinds = bt_arena_zalloc(&im->scratch, ((size_t)f->names_nr + 1) * sizeof(*kinds));
	for (uint32_t i = 0; i < f->defs_nr; i++)
		kinds[f->defs[i].name] |= 1u << f->defs[i].kind;
	for (uint32_t i = 0; i < f->names_nr; i++)
		bt_postings_add(im->postings, id, f->names[i].text, f->names[i].len, kinds[i]);
}

static int add_facts(struct import *im, uint32_t id, const struct bt_archive_blob *b, struct bt_err *err)
{
	bt_buf_clear(&im->packed);
	if (bt_store_facts_pack(im->o->store, b->rec, b->rec_len, &im->packed, err) ||
	    bt_store_facts_put_packed(im->o->store, id, im->packed.data, im->packed.len, err))
		return err->code;
	add_names(im, id, &b->facts);
	im->group_bytes += b->rec_len;
	return 0;
}

static int write_blob(struct import *im, uint32_t number, const struct bt_archive_blob *b, struct bt_err *err)
{
	struct im_blob *mine = &im->blobs[number];
	struct bt_blob row = { .oid = b->oid, .state = b->state, .size = b->size, .digest = b->digest, .hint = b->path };
	struct bt_blob known;
	bool was_known;
	int rc;

	if (mine->foreign)
		return 0;
	if (lang_id(im, &im->langs[b->lang], &row.lang, err))
		return err->code;
	rc = find_blob(im, &b->oid, row.lang, b->state, &known, err);
	if (rc == BT_ROW) {	/* seen by the first pass, or another run was faster */
		mine->id = known.id;
		im->out->blobs_known++;
		return known_agrees(b, &known, err);
	}
	if (rc < 0 || bt_store_blob_add(im->o->store, &row, &mine->id, &was_known, err))
		return err->code;
	im->out->blobs_new++;
	return b->state == BT_BLOB_FACTS ? add_facts(im, mine->id, b, err) : 0;
}

/* A file whose content was asked: the same question needs not be asked here. */
static int write_redirect(struct import *im, const struct bt_archive_entry *e, const struct bt_blob *to, struct bt_err *err)
{
	const struct bt_detect_class *cls = class_of(e);
	struct bt_blob row = { .oid = to->oid, .state = BT_BLOB_REDIRECT, .size = to->size, .resolved = to->lang, .hint = to->hint };
	struct bt_blob known;
	bool was_known;
	uint32_t id;
	int rc;

	if (!cls)
		return 0;
	if (bt_store_language_id(im->o->store, cls->name, cls->version, &row.lang, err))
		return err->code;
	if (row.lang == to->lang)	/* it said nothing */
		return 0;
	rc = find_blob(im, &row.oid, row.lang, BT_BLOB_REDIRECT, &known, err);
	if (rc == BT_ROW)
		return known.state == BT_BLOB_REDIRECT && known.resolved == to->lang ? 0 : contradiction(&row.oid, err);
	return rc < 0 ? rc : bt_store_blob_add(im->o->store, &row, &id, &was_known, err);
}

static int row_entry(struct import *im, const struct bt_archive_entry *e, struct bt_err *err)
{
	struct bt_row_entry out = { .tree = e->tree, .flags = e->flags, .name = e->name, .name_len = e->name_len };
	struct bt_buf hint = BT_BUF_INIT;
	struct bt_blob b;
	int rc = 0;

	if (e->tree) {
		out.id = im->trees[e->target].row;
	} else if (e->target == BT_NONE) {
		out.state = BT_BLOB_BINARY;
	} else {
		rc = bt_store_blob_get(im->o->store, im->blobs[e->target].id, &b, err);
		if (!rc) {
			bt_buf_adds(&hint, b.hint ? b.hint : "");
			b.hint = b.hint ? bt_buf_cstr(&hint) : NULL;
			out.id = b.id;
			out.lang = b.lang;
			out.state = (uint8_t)bt_archive_blob_state(im->r, e->target);
			rc = e->flags & BT_FILE_BY_CONTENT && im->by_content ? write_redirect(im, e, &b, err) : 0;
		}
	}
	if (!rc)
		bt_row_entry_put(&im->row, &out);
	bt_buf_release(&hint);
	return rc;
}

static int write_tree(struct import *im, uint32_t number, const struct bt_archive_tree *t, struct bt_err *err)
{
	struct im_tree *mine = &im->trees[number];
	struct bt_tree_row row = { .oid = t->oid, .selection = t->selection, .digest = t->digest, .blobs = t->files }, old;
	int rc;

	if (mine->out)
		return 0;
	rc = bt_store_tree_find(im->o->store, &t->oid, t->selection, &old, err);
	if (rc < 0)
		return rc;
	if (rc == BT_ROW && !old.killed && memcmp(&old.digest, &t->digest, sizeof(old.digest)))
		return bt_err_set(err, BT_ERR_CORRUPT, "the archive and the index say different things of a folder");
	bt_buf_clear(&im->row);
	for (size_t i = 0; i < t->entries_nr; i++)
		if (row_entry(im, &t->entries[i], err))
			return err->code;
	if (bt_buf_check(&im->row, "the entries of a folder", err) ||
	    bt_store_tree_put(im->o->store, &row, 0, bt_buf_cstr(&im->row), im->row.len, err))
		return err->code;
	mine->row = row.id;
	im->out->trees_known += rc == BT_ROW && row.id == old.id;
	im->out->trees_new += !(rc == BT_ROW && row.id == old.id);
	return 0;
}

static int write_item(struct import *im, const struct bt_archive_item *item, struct bt_err *err)
{
	if (group_begin(im, err))
		return err->code;
	if (item->kind == BT_ARCHIVE_BLOB) {
		if (write_blob(im, item->number, &item->blob, err))
			return err->code;
		if (im->o->progress)
			im->o->progress(im->o->progress_ctx, item->number + 1);
	}
	if (item->kind == BT_ARCHIVE_TREE && write_tree(im, item->number, &item->tree, err))
		return err->code;
	if (im->group_bytes >= GROUP_BYTES)
		return group_end(im, err);
	return 0;
}

/* Is it still the file that the first pass saw? */
static int check_mark(struct import *im, struct bt_err *err)
{
	uint64_t mark = bt_archive_mark(im->r);

	if (im->marks_at && im->marks[im->marks_at - 1] == mark)
		return 0;
	if (im->marks_at < im->marks_nr && im->marks[im->marks_at++] == mark)
		return 0;
	return bt_archive_refuse(err, "it changed while it was read");
}

static int second_pass(struct import *im, const struct bt_archive_input *in, struct bt_err *err)
{
	struct bt_archive_item item;
	int rc;

	bt_archive_free(&im->r);
	rc = bt_archive_open(in, &im->r, err);
	if (rc)
		return rc;
	while ((rc = bt_archive_next(im->r, &item, err)) == BT_ROW)
		if (check_mark(im, err) || write_item(im, &item, err))
			return err->code;
	return rc ? rc : group_end(im, err);
}

/* --- the whole --- */

static void tell_foreign(struct import *im)
{
	size_t alloc = 0;

	for (size_t i = 0; i < im->langs_nr; i++) {
		struct bt_archive_foreign f = { .blobs = im->langs[i].foreign_blobs };

		if (!im->langs[i].foreign_blobs)
			continue;
		memcpy(f.name, im->langs[i].l.name, sizeof(f.name));
		BT_GROW(im->out->foreign, alloc, im->out->foreign_nr + 1);
		im->out->foreign[im->out->foreign_nr++] = f;
	}
}

static int rewind_input(int fd, struct bt_err *err)
{
	return lseek(fd, 0, SEEK_SET) ? bt_err_errno(err, "cannot read the archive from its start") : 0;
}

int bt_archive_import(int fd, const struct bt_archive_import_opts *o, struct bt_archive_imported *ret_i, struct bt_err *err)
{
	BT_CLEANUP(import_release) struct import im = {
		.o = o, .out = ret_i, .postings = bt_postings_new(), .packed = BT_BUF_INIT, .row = BT_BUF_INIT,
	};
	struct bt_archive_input in = bt_archive_input_fd(&fd);
	int rc;

	memset(ret_i, 0, sizeof(*ret_i));
	bt_buf_init(&im.packed, BT_FACTS_LEN_MAX);
	rc = rewind_input(fd, err);
	if (!rc)
		rc = first_pass(&im, &in, err);
	if (!rc)
		rc = rewind_input(fd, err);
	if (!rc)
		rc = second_pass(&im, &in, err);
	if (rc) {
		bt_archive_imported_release(ret_i);
		return rc;
	}
	tell_foreign(&im);
	if (ret_i->head.complete && im.trees_nr)
		ret_i->root = im.trees[im.trees_nr - 1].row;
	return 0;
}
