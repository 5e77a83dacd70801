/*
 * One name: who defines it, and what each occurrence of it means.
 */
#include <stdlib.h>
#include <string.h>

#include "core/query/impact_state.h"
#include "core/query/paths.h"
#include "core/query/resolve.h"

/* With more blobs that define a name none of its definitions is called the only one, or imported, unread. */
#define DEFINERS_MAX 64

#define WANTED_ROLES                                                                             \
	(1u << BT_ROLE_CALL | 1u << BT_ROLE_MACRO | 1u << BT_ROLE_TYPE | 1u << BT_ROLE_INHERIT | \
	 1u << BT_ROLE_IMPORT | 1u << BT_ROLE_WRITE | 1u << BT_ROLE_READ)

/* --- who defines it --- */

struct definer {
	const char *path; /* of the first file */
	struct bt_edge_stems stems;
	uint32_t blob;
};

struct definers {
	struct definer list[DEFINERS_MAX];
	size_t nr;
	uint32_t bodies;	     /* definitions with a body; a declaration counts where there is none */
	bool many;		     /* more than there is room for */
	struct bt_edge_stems *nodes; /* of the paths of the nodes */
};

/* Can a name of this language be that of one of the nodes? */
static bool concerns(const struct impact_walk *w, const struct impact_name *n, const char *lang)
{
	for (size_t i = 0; i < n->nr; i++)
		if (bt_langs_share_names(w->im->nodes[n->nodes[i]].lang, lang))
			return true;
	return false;
}

static int find_definers(struct impact_walk *w, const struct impact_name *n, struct definers *d,
			 struct bt_err *err)
{
	uint32_t decls = 0;

	for (size_t i = 0; i < n->list_nr && !d->many; i++) {
		struct impact_blob *b;
		uint32_t bodies = 0;

		if (!n->list[i].kinds)
			continue;
		if (impact_blob_open(w, n->list[i].blob_id, &b, err))
			return err->code;
		if (!b || !concerns(w, n, b->lang))
			continue;
		if (d->nr == DEFINERS_MAX) {
			d->many = true;
			break;
		}
		if (impact_blob_pick(w, b, n->name, n->len, err))
			return err->code;
		for (uint32_t k = 0; k < b->p.facts.defs_nr; k++) {
			if (!impact_is_name(&b->p.facts, k, n))
				continue;
			if (b->p.facts.defs[k].flags & BT_DEF_DECL)
				decls++;
			else
				bodies++;
		}
		d->bodies += bodies * b->nr;
		if (bodies)
			d->list[d->nr++] = (struct definer){
				.path = bt_arena_strndup(&w->arena, b->paths[0], strlen(b->paths[0])),
				.stems = bt_edge_path_stems(b->paths[0]),
				.blob = n->list[i].blob_id,
			};
	}
	if (!d->bodies)
		d->bodies = decls;
	return 0;
}

/* --- what occurrences mean --- */

static enum bt_relation relation_of(uint8_t role)
{
	switch (role) {
	case BT_ROLE_CALL:
	case BT_ROLE_MACRO:
		return BT_RELATION_CALLER;
	case BT_ROLE_INHERIT:
		return BT_RELATION_SUBCLASS;
	case BT_ROLE_IMPORT:
		return BT_RELATION_IMPORTER;
	default:
		return BT_RELATION_USER;
	}
}

/*
 * The definition an occurrence is part of: the callable around it; else the type or variable, not its field.
 */
static uint32_t owner_of(const struct bt_facts *f, uint32_t at_byte, enum bt_relation relation)
{
	uint32_t at = bt_facts_enclosing(f, at_byte), up = at;

	if (relation == BT_RELATION_IMPORTER)
		return BT_NONE;
	if (relation == BT_RELATION_SUBCLASS)
		return at;
	while (up != BT_NONE && !(f->defs[up].flags & BT_DEF_CALLABLE) && f->defs[up].kind != BT_KIND_MACRO &&
	       f->defs[up].kind != BT_KIND_TEST)
		up = f->defs[up].parent;
	if (up != BT_NONE)
		return up;
	while (at != BT_NONE && f->defs[at].parent != BT_NONE &&
	       (f->defs[at].kind == BT_KIND_FIELD || f->defs[at].kind == BT_KIND_ENUMERATOR))
		at = f->defs[at].parent;
	/* a package or module is no one's dependent: what stands right in it is at the top level */
	while (at != BT_NONE && (f->defs[at].kind == BT_KIND_MODULE || f->defs[at].kind == BT_KIND_PACKAGE ||
				 f->defs[at].kind == BT_KIND_HEADING || f->defs[at].name == BT_NONE))
		at = f->defs[at].parent;
	return at;
}

/* The name written before an occurrence. */
static const struct bt_name *qualifier(const struct bt_facts *f, uint32_t occ)
{
	return occ && f->occs[occ].qual == BT_QUAL_NAME ? &f->names[f->occs[occ - 1].name] : NULL;
}

/* Is it "Class" of a scope "ns.Class", or the stem or folder of its file? */
static bool qualifier_fits(const struct bt_impact_node *n, const struct bt_name *q)
{
	const char *last = n->scope ? strrchr(n->scope, '.') : NULL, *slash = strrchr(n->path, '/'), *stem;

	last = last ? last + 1 : n->scope;
	if (last && strlen(last) == q->len && !memcmp(last, q->text, q->len))
		return true;
	stem = slash ? slash + 1 : n->path;
	if (strcspn(stem, ".") == q->len && !memcmp(stem, q->text, q->len))
		return true;
	return slash && (size_t)(slash - n->path) >= q->len && !memcmp(slash - q->len, q->text, q->len) &&
	       (slash - q->len == n->path || slash[-(ptrdiff_t)q->len - 1] == '/');
}

static enum bt_confidence confidence_of(const struct bt_facts *f, uint32_t occ,
					const struct bt_impact_node *n, enum bt_edge edge)
{
	const struct bt_name *q = qualifier(f, occ);
	bool plain = f->occs[occ].qual == BT_QUAL_NONE || f->occs[occ].qual == BT_QUAL_SELF ||
		     (q && qualifier_fits(n, q));

	if (edge == BT_EDGE_NAME)
		return BT_POSSIBLE;
	if (edge == BT_EDGE_SCOPE)
		return BT_CERTAIN;
	if (edge == BT_EDGE_FILE || edge == BT_EDGE_IMPORT)
		return plain ? BT_CERTAIN : BT_LIKELY;
	return BT_LIKELY;
}

/* nearest: of several definitions it is the one that stands nearest. */
void impact_site_add(struct impact_walk *w, const struct impact_site *s, uint32_t from, enum bt_edge edge,
		     bool nearest, uint32_t depth)
{
	const struct bt_facts *f = &s->b->p.facts;
	struct bt_point p = bt_facts_point(f, f->occs[s->occ].at);
	struct bt_impact_edge e = {
		.from = from,
		.row = p.row,
		.col = p.col,
		.sites = 1,
		.relation = (uint8_t)s->relation,
		.edge = (uint8_t)edge,
	};

	e.confidence = edge == BT_EDGE_NONE || nearest
			       ? BT_LIKELY
			       : (uint8_t)confidence_of(f, s->occ, &w->im->nodes[from], edge);
	if (e.confidence > w->o->confidence ||
	    bt_edge_is_local(f, s->b->lang, s->occ, w->im->nodes[from].kind))
		return;
	for (size_t i = 0; i < s->b->nr; i++) {
		/* what a file defines itself is meant by itself */
		if (w->im->nodes[from].blob == s->b->vf.blob.id && w->im->nodes[from].file != s->b->files[i])
			continue;
		e.to = impact_node_get(w, s->b, i, s->def, depth);
		if (e.to != BT_NONE)
			impact_edge_add(w, &e);
	}
}

/* Nodes in the blob itself: they hide all others. *ret_own: does the blob define the name, node or not? */
static void link_own(struct impact_walk *w, const struct impact_name *n, const struct impact_site *s, uint32_t depth,
		     bool *ret_own)
{
	const struct bt_facts *f = &s->b->p.facts;
	bool scoped = false;

	*ret_own = false;
	for (uint32_t d = 0; d < f->defs_nr; d++) {
		if (!impact_is_name(f, d, n) || (f->defs[d].flags & BT_DEF_DECL))
			continue;
		*ret_own = true;
		scoped |= bt_edge_same_scope(f, s->def, s->occ, d);
	}
	for (size_t i = 0; i < n->nr; i++) {
		const struct bt_impact_node *node = &w->im->nodes[n->nodes[i]];
		bool same;

		if (node->blob != s->b->vf.blob.id || node->file == BT_NONE || node->def == BT_NONE)
			continue;
		*ret_own = true;
		same = bt_edge_same_scope(f, s->def, s->occ, node->def);
		if (same || !scoped)
			impact_site_add(w, s, n->nodes[i], same ? BT_EDGE_SCOPE : BT_EDGE_FILE, false, depth);
	}
}

static unsigned shared_folders(const char *a, const char *b)
{
	return bt_path_shared(a, bt_path_dir_len(a, strlen(a)), b, bt_path_dir_len(b, strlen(b)));
}

/* Of several definitions, does the node's share more folders with a site than every other? */
static bool is_nearest(const struct definers *d, const char *site, const struct bt_impact_node *node)
{
	unsigned shared = shared_folders(site, node->path);

	for (size_t i = 0; i < d->nr; i++)
		if (d->list[i].blob != node->blob && shared_folders(site, d->list[i].path) >= shared)
			return false;
	return !d->many && node->file != BT_NONE;
}

/* What all sites of a blob have in common: how they reach each node. */
struct link {
	bool out; /* not at all */
	enum impact_reach reach;
	enum bt_edge edge;
	bool nearest;
};

/* How well does the file import a definition of the name, whichever? The one it imports best is meant. */
static int reach_best(struct impact_walk *w, const struct definers *d, const struct impact_blob *b,
		      enum impact_reach *ret_best, struct bt_err *err)
{
	*ret_best = IMPACT_UNREACHED;
	for (size_t i = 0; i < d->nr && *ret_best != IMPACT_REACHED; i++) {
		enum impact_reach reach;

		if (impact_imports_path(w, b, &d->list[i].stems, d->list[i].path, &reach, err))
			return err->code;
		if (reach > *ret_best)
			*ret_best = reach;
	}
	return 0;
}

/* How a site in one blob reaches a node in another one; best: how it reaches some definition of the name. */
static int link_across(struct impact_walk *w, const struct impact_name *n, const struct definers *d,
		       const struct impact_blob *b, size_t i, enum impact_reach best, struct link *l,
		       struct bt_err *err)
{
	const struct bt_impact_node *node = &w->im->nodes[n->nodes[i]];
	enum impact_import named;

	if (node->file == BT_NONE) {	/* gone: nobody else has the name, or it is another one now */
		l->edge = d->bodies || d->many ? BT_EDGE_NAME : BT_EDGE_NONE;
	} else {
		if (impact_imports_name(w, b, n->name, n->len, node->path, &named, err))
			return err->code;
		if (named == IMPACT_FROM_HERE || (l->reach && l->reach >= best))
			l->edge = BT_EDGE_IMPORT;
		else if (d->many || d->bodies > 1 || named == IMPACT_FROM_OUTSIDE)
			l->edge = BT_EDGE_NAME;
		else
			l->edge = BT_EDGE_UNIQUE;
		if (named != IMPACT_FROM_OUTSIDE)
			l->nearest = l->edge == BT_EDGE_NAME && is_nearest(d, b->paths[0], node);
	}
	l->out = l->edge == BT_EDGE_NAME && best;
	return 0;
}

static int find_links(struct impact_walk *w, const struct impact_name *n, const struct definers *d,
		      const struct impact_blob *b, struct link **ret_links, struct bt_err *err)
{
	struct link *links = bt_arena_zalloc(&w->scratch, (n->nr + 1) * sizeof(*links));
	enum impact_reach best;

	if (reach_best(w, d, b, &best, err))
		return err->code;
	for (size_t i = 0; i < n->nr; i++) {
		const struct bt_impact_node *node = &w->im->nodes[n->nodes[i]];
		struct link *l = &links[i];

		l->out = node->blob == b->vf.blob.id || !bt_langs_share_names(node->lang, b->lang);
		if (!l->out && node->file != BT_NONE &&
		    impact_imports_path(w, b, &d->nodes[i], node->path, &l->reach, err))
			return err->code;
		if (l->reach > best)	/* one blob may be at several paths */
			best = l->reach;
	}
	for (size_t i = 0; i < n->nr; i++)
		if (!links[i].out && link_across(w, n, d, b, i, best, &links[i], err))
			return err->code;
	*ret_links = links;
	return 0;
}

static void link_others(struct impact_walk *w, const struct impact_name *n, const struct link *links,
			const struct impact_site *s, uint32_t depth)
{
	const struct bt_name *q = qualifier(&s->b->p.facts, s->occ);
	bool fits = false;

	for (size_t i = 0; q && i < n->nr; i++)
		fits |= qualifier_fits(&w->im->nodes[n->nodes[i]], q);
	for (size_t i = 0; i < n->nr; i++) {
		if (links[i].out)
			continue;
		/* Base.total() is not about Cart.total */
		if (fits && !qualifier_fits(&w->im->nodes[n->nodes[i]], q))
			continue;
		impact_site_add(w, s, n->nodes[i], links[i].edge, links[i].nearest, depth);
	}
}

static int run_blob(struct impact_walk *w, struct impact_name *n, const struct definers *d, uint32_t blob,
		    uint32_t depth, struct bt_err *err)
{
	struct link *links = NULL;
	struct impact_blob *b;
	const struct bt_facts *f;

	if (impact_blob_open(w, blob, &b, err))
		return err->code;
	if (!b || !impact_blob_passes(w, b))
		return 0;
	if (impact_blob_pick(w, b, n->name, n->len, err))
		return err->code;
	f = &b->p.facts;
	for (uint32_t o = 0; o < f->occs_nr; o++) {
		struct impact_site s = { .b = b, .occ = o };
		bool own;

		if (!(WANTED_ROLES & 1u << f->occs[o].role) ||
		    !bt_name_is(f, f->occs[o].name, n->name, n->len))
			continue;
		s.relation = relation_of(f->occs[o].role);
		s.def = owner_of(f, f->occs[o].at, s.relation);
		if (s.def != BT_NONE && f->defs[s.def].name == BT_NONE)
			continue;
		link_own(w, n, &s, depth, &own);
		if (own || n->local)
			continue;
		if (!links && find_links(w, n, d, b, &links, err))
			return err->code;
		link_others(w, n, links, &s, depth);
	}
	return 0;
}

int impact_name_run(struct impact_walk *w, struct impact_name *n, uint32_t depth, struct bt_err *err)
{
	struct definers d = { .nr = 0 };

	d.nodes = bt_arena_alloc(&w->arena, (n->nr + 1) * sizeof(*d.nodes));
	for (size_t i = 0; i < n->nr; i++)
		d.nodes[i] = bt_edge_path_stems(w->im->nodes[n->nodes[i]].path);
	if (!n->local && find_definers(w, n, &d, err))
		return err->code;
	for (size_t i = 0; i < n->list_nr && !w->full; i++)
		if (run_blob(w, n, &d, n->list[i].blob_id, depth, err))
			return err->code;
	for (size_t i = 0; i < n->nr && !w->full; i++)
		if (impact_overriders_run(w, n, n->nodes[i], depth, err))
			return err->code;
	return 0;
}
