/*
 * The walk: nodes, edges, levels, and which names are looked up.
 */
#include "core/query/impact.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/signal.h"
#include "core/query/impact_state.h"
#include "core/query/test_path.h"

static const char *const relation_names[BT_RELATION_NR] = {
	[BT_RELATION_CALLER] = "caller",       [BT_RELATION_USER] = "user",
	[BT_RELATION_IMPORTER] = "importer",   [BT_RELATION_SUBCLASS] = "subclass",
	[BT_RELATION_OVERRIDER] = "overrider",
};

const char *const bt_confidence_names[] = { "certain", "likely", "possible", NULL };

const char *bt_relation_name(enum bt_relation r)
{
	return relation_names[r];
}

void bt_impact_release(struct bt_impact *im)
{
	free(im->nodes);
	free(im->edges);
	bt_arena_release(&im->arena);
	memset(im, 0, sizeof(*im));
}

static void walk_release(struct impact_walk *w)
{
	bt_strmap_release(&w->blobs);
	bt_strmap_release(&w->seen);
	bt_strmap_release(&w->pairs);
	bt_imports_release(&w->imports);
	bt_arena_release(&w->arena);
	bt_arena_release(&w->scratch);
	bt_arena_release(&w->over);
}

/* --- nodes and edges --- */

static const char *copy_text(struct bt_impact *im, const char *text)
{
	return text ? bt_arena_strndup(&im->arena, text, strlen(text)) : NULL;
}

void bt_impact_add_start(struct bt_impact *im, const struct bt_impact_node *start)
{
	struct bt_impact_node *n;

	BT_GROW(im->nodes, im->nodes_alloc, im->nodes_nr + 1);
	n = &im->nodes[im->nodes_nr++];
	*n = *start;
	n->path = copy_text(im, start->path);
	n->name = copy_text(im, start->name);
	n->scope = copy_text(im, start->scope);
	n->test = n->kind == BT_KIND_TEST || bt_path_is_test(n->path);
	n->confidence = BT_CERTAIN;
	n->depth = 0;
	n->edge = BT_NONE;
	im->starts_nr = im->nodes_nr;
}

int bt_impact_add_symbol(struct bt_impact *im, struct bt_view *v, const struct bt_symbol *s,
			 size_t *ret_found, struct bt_err *err)
{
	BT_CLEANUP(bt_answer_release) struct bt_answer a = BT_ANSWER_INIT;
	bool bodies = false;

	if (bt_find_defs(v, s, NULL, &a, err))
		return err->code;
	for (size_t i = 0; i < a.hits_nr; i++)
		bodies |= a.hits[i].role == BT_ROLE_DEF;
	*ret_found = 0;
	for (size_t i = 0; i < a.hits_nr; i++) {
		const struct bt_hit *h = &a.hits[i];
		const struct bt_answer_file *f = &a.files[h->file];
		struct bt_impact_node n = {
			.path = f->path,
			.name = h->name,
			.scope = h->scope,
			.lang = f->lang,
			.file = f->manifest_file,
			.blob = f->blob,
			.def = h->def,
			.row = h->row,
			.kind = h->kind,
			.flags = h->d.flags,
		};

		if (bodies && h->role == BT_ROLE_DECL)
			continue;
		bt_impact_add_start(im, &n);
		++*ret_found;
	}
	return 0;
}

static uint64_t key_hash(const uint32_t key[2])
{
	return bt_strmap_hash((const char *)key, 2 * sizeof(*key));
}

static struct bt_strmap_entry *seen_intern(struct impact_walk *w, uint32_t file, uint32_t def, bool *ret_new)
{
	uint32_t key[2] = { file, def };

	return bt_strmap_intern(&w->seen, (const char *)key, sizeof(key), key_hash(key), ret_new);
}

static const char *qualified(struct impact_walk *w, const struct bt_facts *f, uint32_t def)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;

	if (def == BT_NONE)
		return NULL;
	bt_symbol_qualified(f, def, &name);
	return bt_arena_strndup(&w->im->arena, bt_buf_cstr(&name), name.len);
}

uint32_t impact_node_get(struct impact_walk *w, const struct impact_blob *b, size_t file, uint32_t def,
			 uint32_t depth)
{
	const struct bt_facts *f = &b->p.facts;
	struct bt_impact *im = w->im;
	struct bt_strmap_entry *e;
	struct bt_impact_node *n;
	bool fresh;

	e = seen_intern(w, b->files[file], def, &fresh);
	if (!fresh)
		return (uint32_t)e->value;
	if (im->nodes_nr >= w->nodes_max) {
		im->cut = w->full = true;
		e->value = BT_NONE;
		return BT_NONE;
	}
	e->value = im->nodes_nr;
	BT_GROW(im->nodes, im->nodes_alloc, im->nodes_nr + 1);
	n = &im->nodes[im->nodes_nr++];
	*n = (struct bt_impact_node){
		.path = bt_arena_strndup(&im->arena, b->paths[file], strlen(b->paths[file])),
		.lang = b->lang,
		.file = b->files[file],
		.blob = b->vf.blob.id,
		.def = def,
		.kind = BT_KIND_NR,
		.confidence = BT_CONFIDENCE_NR,
		.depth = depth,
		.edge = BT_NONE,
	};
	if (def != BT_NONE) {
		const struct bt_def *d = &f->defs[def];
		const struct bt_name *name = &f->names[d->name];

		n->name = bt_arena_strndup(&im->arena, name->text, name->len);
		n->scope = qualified(w, f, d->parent);
		n->row = bt_facts_point(f, d->start).row;
		n->kind = d->kind;
		n->flags = d->flags;
	}
	n->test = n->kind == BT_KIND_TEST || bt_path_is_test(n->path);
	return (uint32_t)im->nodes_nr - 1;
}

/* How sure one can be of a node that is reached by an edge. */
static uint8_t along(const struct bt_impact *im, const struct bt_impact_edge *e)
{
	uint8_t from = im->nodes[e->from].confidence;

	return from > e->confidence ? from : e->confidence;
}

void impact_edge_add(struct impact_walk *w, const struct bt_impact_edge *e)
{
	struct bt_impact *im = w->im;
	uint32_t key[2] = { e->from, e->to };
	struct bt_impact_node *n = &im->nodes[e->to];
	struct bt_strmap_entry *entry;
	struct bt_impact_edge *old;
	uint32_t number;
	bool fresh;

	if (e->from == e->to)
		return;
	entry = bt_strmap_intern(&w->pairs, (const char *)key, sizeof(key), key_hash(key), &fresh);
	if (!fresh) {
		old = &im->edges[entry->value];
		old->sites += e->sites;
		if (e->confidence < old->confidence) {
			old->confidence = e->confidence;
			old->edge = e->edge;
		}
		number = (uint32_t)entry->value;
	} else {
		number = (uint32_t)im->edges_nr;
		entry->value = number;
		BT_GROW(im->edges, im->edges_alloc, im->edges_nr + 1);
		im->edges[im->edges_nr++] = *e;
	}
	/* of the edges that lead to a node in its level the surest is its own */
	if (n->depth && n->depth == im->nodes[e->from].depth + 1 &&
	    (n->edge == BT_NONE || along(im, &im->edges[number]) < n->confidence)) {
		n->confidence = along(im, &im->edges[number]);
		n->edge = number;
	}
}

/* --- levels --- */

/* Languages where what is not exported is known in its file alone. */
static bool is_file_private(const struct bt_impact_node *n)
{
	static const char *const endings[] = { ".c",   ".cc", ".cpp", ".cxx", ".js",  ".jsx", ".mjs",
					       ".cjs", ".ts", ".tsx", ".mts", ".cts", ".rs" };
	const char *dot = strrchr(n->path, '.');

	if (n->def == BT_NONE || (n->flags & BT_DEF_EXPORTED) || n->kind == BT_KIND_FIELD ||
	    n->kind == BT_KIND_METHOD || n->kind == BT_KIND_ENUMERATOR)
		return false;
	for (size_t i = 0; dot && i < BT_ARRAY_NR(endings); i++)
		if (!strcmp(dot, endings[i]))
			return true;
	return false;
}

static bool is_followed(const struct bt_impact_node *n)
{
	/* nobody calls main */
	if (!n->name || !strcmp(n->name, "main") || n->kind == BT_KIND_HEADING || n->kind == BT_KIND_KEY ||
	    n->kind == BT_KIND_PACKAGE)
		return false;
	return !n->depth || n->confidence < BT_POSSIBLE;
}

struct level {
	struct impact_name *names;
	size_t nr, alloc;
	struct bt_strmap by_name;
};

static void level_release(struct level *l)
{
	for (size_t i = 0; i < l->nr; i++) {
		free(l->names[i].nodes);
		free(l->names[i].list);
	}
	free(l->names);
	bt_strmap_release(&l->by_name);
}

/* Names of local definitions are looked up file by file. */
static void level_add(const struct impact_walk *w, struct level *l, uint32_t node)
{
	const struct bt_impact_node *n = &w->im->nodes[node];
	bool local = is_file_private(n), fresh;
	BT_BUF_OWNED struct bt_buf key = BT_BUF_INIT;
	struct impact_name *name;
	struct bt_strmap_entry *e;

	bt_buf_addf(&key, "%u:%s", local ? n->blob : 0, n->name);
	e = bt_strmap_intern(&l->by_name, key.data, key.len, bt_strmap_hash(key.data, key.len), &fresh);
	if (fresh) {
		e->value = l->nr;
		BT_GROW(l->names, l->alloc, l->nr + 1);
		l->names[l->nr++] =
			(struct impact_name){ .name = n->name, .len = strlen(n->name), .local = local };
	}
	name = &l->names[e->value];
	BT_GROW(name->nodes, name->alloc, name->nr + 1);
	name->nodes[name->nr++] = node;
	name->defined |= n->file != BT_NONE;
}

static int name_cmp(const void *pa, const void *pb)
{
	const struct impact_name *a = pa, *b = pb;

	if (a->list_nr != b->list_nr)
		return a->list_nr < b->list_nr ? -1 : 1;
	return (a->nodes[0] > b->nodes[0]) - (a->nodes[0] < b->nodes[0]);
}

struct placed {
	uint32_t file;
	struct bt_posting p;
};

static int placed_cmp(const void *pa, const void *pb)
{
	const struct placed *a = pa, *b = pb;

	return (a->file > b->file) - (a->file < b->file);
}

/*
 * Leaves the postings whose blobs the view shows, in the order of their paths: ids tell when a blob was first
 * seen, and an answer must not depend on that.
 */
static void order_postings(struct impact_walk *w, struct bt_posting *list, size_t *nr)
{
	BT_FREE struct placed *placed = bt_xmalloc((*nr + 1) * sizeof(*placed));
	size_t to = 0;

	for (size_t i = 0; i < *nr; i++) {
		uint32_t first, files;

		bt_view_files_of(w->v, list[i].blob_id, &first, &files);
		if (files)
			placed[to++] = (struct placed){ w->v->by_blob[first], list[i] };
	}
	if (to)
		qsort(placed, to, sizeof(*placed), placed_cmp);
	for (size_t i = 0; i < to; i++)
		list[i] = placed[i].p;
	*nr = to;
}

/* Rare names first: they say most, and the limits then leave out what says least. */
static int level_run(struct impact_walk *w, struct level *l, uint32_t depth, struct bt_err *err)
{
	for (size_t i = 0; i < l->nr; i++) {
		struct impact_name *n = &l->names[i];

		if (n->local) {
			n->list = bt_xcalloc(1, sizeof(*n->list));
			n->list[0] = (struct bt_posting){ w->im->nodes[n->nodes[0]].blob, 1 };
			n->list_nr = 1;
		} else if (bt_postings_find(w->v->store, n->name, n->len, false, &n->list, &n->list_nr,
					    err)) {
			return err->code;
		} else {
			order_postings(w, n->list, &n->list_nr);
		}
	}
	if (l->nr)
		qsort(l->names, l->nr, sizeof(*l->names), name_cmp);
	for (size_t i = 0; i < l->nr && !w->full; i++)
		if (bt_cancel_check(err) || impact_name_run(w, &l->names[i], depth, err))
			return err->code;
	return 0;
}

int bt_impact_run(struct bt_impact *im, struct bt_view *v, const struct bt_impact_opts *o, struct bt_err *err)
{
	BT_CLEANUP(walk_release) struct impact_walk w = { .im = im, .v = v, .o = o };
	size_t from = 0;
	bool fresh;

	w.nodes_max = o->nodes_max ? o->nodes_max : BT_IMPACT_NODES_DEFAULT;
	w.reads_max = w.nodes_max * BT_IMPACT_READS;
	w.nodes_max += im->starts_nr;
	bt_strmap_init(&w.blobs, &w.arena);
	bt_strmap_init(&w.seen, &w.arena);
	bt_strmap_init(&w.pairs, &w.arena);
	bt_imports_init(&w.imports, v, o->source);
	for (size_t i = 0; i < im->starts_nr; i++)
		if (im->nodes[i].file != BT_NONE)
			seen_intern(&w, im->nodes[i].file, im->nodes[i].def, &fresh)->value = i;
	for (uint32_t depth = 1; from < im->nodes_nr && !w.full && (!o->depth || depth <= o->depth);
	     depth++) {
		BT_CLEANUP(level_release) struct level l = { .names = NULL };
		size_t to = im->nodes_nr;

		bt_strmap_init(&l.by_name, &w.arena);
		for (; from < to; from++)
			if (is_followed(&im->nodes[from]))
				level_add(&w, &l, (uint32_t)from);
		if (level_run(&w, &l, depth, err))
			return err->code;
	}
	return 0;
}
