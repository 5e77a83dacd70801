/*
 * One side of a file: its facts as nodes, its text.
 */
#include <string.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/query/change_state.h"

static uint64_t name_hash(const struct bt_facts *f, uint32_t name)
{
	return bt_hash64(f->names[name].text, f->names[name].len, 0);
}

/* The name written before an occurrence, or BT_NONE. */
static uint32_t written_before(const struct bt_facts *f, uint32_t occ)
{
	return occ != BT_NONE && occ && f->occs[occ].qual == BT_QUAL_NAME ? f->occs[occ - 1].name
									  : BT_NONE;
}

static uint64_t occs_hash(const struct bt_facts *f, const struct bt_def *d)
{
	uint64_t h = 1;

	for (uint32_t i = bt_facts_occ_from(f, d->start); i < f->occs_nr && f->occs[i].at < d->end; i++)
		h = ch_mix(h, name_hash(f, f->occs[i].name) + f->occs[i].role);
	return h;
}

static void node_fill(const struct ch_side *s, uint32_t i, struct ch_node *n)
{
	const struct bt_facts *f = &s->facts;
	const struct bt_def *d = &f->defs[i];
	uint32_t before = written_before(f, d->occ);

	*n = (struct ch_node){
		.parent = d->parent,
		.child = BT_NONE,
		.next = BT_NONE,
		.match = BT_NONE,
		.file = s->number,
		.lang = s->file->lang,
		.kind = d->kind,
		.flags = d->flags,
		.params = d->params,
		.body_len = d->end - d->sig_end,
	};
	n->name = name_hash(f, d->name);
	n->key = before == BT_NONE ? n->name : ch_mix(name_hash(f, before), n->name);
	n->path = ch_mix(d->parent == BT_NONE ? 0 : s->nodes.list[d->parent].path, n->key);
	n->doc_inside = d->flags & BT_DEF_DOC && d->doc_start >= d->start && d->doc_end <= d->end;
	if (d->flags & BT_DEF_HASHED) {
		n->sig = d->sig_hash;
		n->body = d->body_hash;
	}
}

/* Children stand behind their parents: from the last to the first each is put before its siblings. */
static void make_nodes(struct ch_work *w, struct ch_side *s)
{
	struct ch_nodes *n = &s->nodes;

	n->nr = s->facts.defs_nr;
	n->root = BT_NONE;
	n->list = bt_arena_alloc(&w->arena, ((size_t)n->nr + 1) * sizeof(*n->list));
	for (uint32_t i = 0; i < n->nr; i++)
		node_fill(s, i, &n->list[i]);
	for (uint32_t i = n->nr; i-- > 0;) {
		uint32_t *first = n->list[i].parent == BT_NONE ? &n->root
							       : &n->list[n->list[i].parent].child;

		n->list[i].next = *first;
		*first = i;
		/* Of those that hold others nobody asks; where they nest deeply it would take for ever. */
		if (n->list[i].child == BT_NONE && !(n->list[i].flags & BT_DEF_HASHED))
			n->list[i].occs = occs_hash(&s->facts, &s->facts.defs[i]);
	}
}

/* A file of the worktree as it was indexed a moment ago; false when it is another one by now. */
static bool read_worktree(const struct bt_change_source *source, const char *path, size_t size,
			  struct bt_buf *out)
{
	struct bt_err ignored = BT_ERR_INIT;
	BT_FREE char *full = bt_xasprintf("%s/%s", source->top, path);

	bt_buf_clear(out);
	return !bt_file_read(full, BT_BLOB_SIZE_CAP, out, &ignored) && out->len == size;
}

/* A text that cannot be had is none: the facts alone have to do then. */
static int read_text(struct ch_work *w, struct ch_side *s, const struct bt_oid *oid, bool after,
		     struct bt_err *err)
{
	struct bt_object obj;
	int rc;

	s->has_text = false;
	if (!w->source || !w->source->odb)
		return 0;
	rc = bt_odb_read(w->source->odb, oid, BT_BLOB_SIZE_CAP, &obj, err);
	if (rc && rc != BT_ERR_CORRUPT)
		return rc;
	if (!rc && obj.type == BT_OBJECT_BLOB && obj.data && obj.size == s->facts.size) {
		bt_buf_clear(&s->text);
		bt_buf_add(&s->text, obj.data, obj.size);
		s->has_text = !s->text.failed;
	} else if (after && w->source->top) {
		s->has_text = read_worktree(w->source, s->file->path, s->facts.size, &s->text);
	}
	return 0;
}

static int make_mask(struct ch_work *w, struct ch_side *s, struct bt_err *err)
{
	const char *lang;

	if (!s->has_text)
		return 0;
	if (bt_view_lang(&w->view, s->file->lang, &lang, err))
		return err->code;
	s->mask = bt_arena_zalloc(&w->arena, s->text.len + 1);
	ch_mask_fill(lang, bt_buf_cstr(&s->text), s->text.len, s->mask);
	return 0;
}

int ch_side_load(struct ch_work *w, struct ch_side *s, uint32_t file, bool after, bool text,
		 struct bt_err *err)
{
	struct bt_change_file *f = &w->set->files[file];
	struct bt_blob blob;

	s->number = file;
	s->file = after ? &f->after : &f->before;
	s->has_text = false;
	memset(&s->facts, 0, sizeof(s->facts));
	if (!s->file->path || s->file->state != BT_BLOB_FACTS) {
		make_nodes(w, s);
		return 0;
	}
	bt_buf_clear(&s->record);
	if (bt_store_blob_get(w->store, s->file->blob, &blob, err) ||
	    bt_store_facts_read(w->store, s->file->blob, &s->record, err) ||
	    bt_facts_decode(bt_buf_cstr(&s->record), s->record.len, &w->arena, &s->facts, err))
		return err->code;
	make_nodes(w, s);
	if (text && read_text(w, s, &blob.oid, after, err))
		return err->code;
	return make_mask(w, s, err);
}

void ch_sides_reset(struct ch_work *w)
{
	bt_arena_reset(&w->arena);
	memset(&w->before.facts, 0, sizeof(w->before.facts));
	memset(&w->after.facts, 0, sizeof(w->after.facts));
	w->before.nodes = w->after.nodes = (struct ch_nodes){ .root = BT_NONE };
	w->before.has_text = w->after.has_text = false;
}

static void add_name(struct bt_buf *out, const struct bt_name *n)
{
	if (out->len)
		bt_buf_addch(out, '.');
	bt_buf_add(out, n->text, n->len);
}

/* The names around a definition, outermost first; of more than 16 the inner ones. */
static void add_scope(const struct bt_facts *f, uint32_t def, struct bt_buf *out)
{
	uint32_t chain[16], written = written_before(f, f->defs[def].occ);
	size_t nr = 0;

	for (def = f->defs[def].parent; def != BT_NONE && nr < BT_ARRAY_NR(chain);
	     def = f->defs[def].parent)
		chain[nr++] = def;
	while (nr--)
		add_name(out, &f->names[f->defs[chain[nr]].name]);
	if (written != BT_NONE)
		add_name(out, &f->names[written]);
}

/* The signature on one line. */
static void keep_signature(struct ch_work *w, const struct ch_side *s, const struct bt_def *d,
			   struct bt_change_def *to)
{
	const char *text = s->text.data;
	uint32_t end = d->sig_end < s->text.len ? d->sig_end : (uint32_t)s->text.len;

	if (!s->has_text || d->kind >= BT_KIND_HEADING)
		return;
	bt_buf_clear(&w->scratch);
	for (uint32_t i = d->start; i < end && w->scratch.len < CH_SIGNATURE_MAX; i++) {
		bool blank = strchr(" \t\r\n\f\v", text[i]) != NULL && text[i];

		if (!blank)
			bt_buf_addch(&w->scratch, text[i]);
		else if (w->scratch.len && w->scratch.data[w->scratch.len - 1] != ' ')
			bt_buf_addch(&w->scratch, ' ');
	}
	to->signature_len = (uint32_t)w->scratch.len;
	to->signature = bt_arena_strndup(&w->set->arena, bt_buf_cstr(&w->scratch), w->scratch.len);
}

struct bt_change_def *ch_side_def(struct ch_work *w, const struct ch_side *s, uint32_t node)
{
	struct bt_arena *arena = &w->set->arena;
	struct bt_change_def *to = bt_arena_zalloc(arena, sizeof(*to));
	const struct bt_facts *f = &s->facts;
	const struct bt_def *d = &f->defs[node];
	struct bt_point p;

	to->at = d->occ == BT_NONE ? d->start : f->occs[d->occ].at;
	p = bt_facts_point(f, to->at);
	to->row = p.row;
	to->col = p.col;
	to->end_row = bt_facts_point(f, d->end > d->start ? d->end - 1 : d->start).row;
	to->file = s->number;
	to->blob = s->file->blob;
	to->def = node;
	to->kind = d->kind;
	to->flags = d->flags;
	to->params = d->params;
	to->start = d->start;
	to->end = d->end;
	to->sig_end = d->sig_end;
	to->sig_hash = d->sig_hash;
	to->body_hash = d->body_hash;
	to->name_len = f->names[d->name].len;
	to->name = bt_arena_strndup(arena, f->names[d->name].text, to->name_len);
	bt_buf_clear(&w->scratch);
	add_scope(f, node, &w->scratch);
	to->scope_len = (uint32_t)w->scratch.len;
	if (w->scratch.len)
		to->scope = bt_arena_strndup(arena, bt_buf_cstr(&w->scratch), w->scratch.len);
	keep_signature(w, s, d, to);
	return to;
}
