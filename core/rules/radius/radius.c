/*
 * What the rules share: the facts of both sides, the view around the change, texts, and findings.
 */
#include "core/rules/radius/search.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/git/odb.h"
#include "core/index/index.h"

/* Lines of a finding that are shown. */
#define CODE_LINES_MAX 5

void radius_free(struct radius **pr)
{
	struct radius *r = *pr;

	if (!r)
		return;
	radius_imports_free(&r->imports);
	bt_view_release(&r->view);
	bt_odb_free(&r->odb);
	free(r->before);
	free(r->after);
	free(r->unread);
	free(r->inner);
	free(r->defs);
	bt_arena_release(&r->arena);
	free(r);
	*pr = NULL;
}

/* ---- both sides ---- */

static bool is_looked_at(const struct check_file *f)
{
	return !f->skipped && !f->binary && (f->lang || f->cls);
}

static int open_store(struct radius *r)
{
	return r->k->store ? 0 : check_open_store(r->k);
}

static int read_before(struct radius *r, size_t i)
{
	struct check_file *f = &r->k->files[i];

	if (!f->base.id && !f->base.looked && check_look_up(r->k, &f->in->old_oid, f, &f->base))
		return r->k->err->code;
	r->before[i] = check_facts(r->k, &f->base);
	r->unread[i] |= !r->before[i] && !f->base.id && !f->base.looked;
	return 0;
}

/* Has the blobs of before made that the index has not seen. */
static int make_before(struct radius *r)
{
	bool any = false;

	for (size_t i = 0; i < r->k->files_nr; i++)
		any |= r->unread[i];
	if (!any)
		return 0;
	if (check_make_before(r->k, r->unread))
		return r->k->err->code;
	for (size_t i = 0; i < r->k->files_nr; i++) {
		if (!r->unread[i])
			continue;
		r->unread[i] = false;
		if (read_before(r, i))
			return r->k->err->code;
	}
	return 0;
}

static void read_after(struct radius *r, size_t i)
{
	struct check_file *f = &r->k->files[i];

	r->after[i] = check_facts(r->k, &f->now);
	r->unread[i] = !r->after[i] && f->now.state != CHECK_NOTHING && f->now.stored != BT_BLOB_NO_LANGUAGE;
}

/*
 * What a commit's hook can tell without a store. Definitions that came count as nothing only where none went: in another
 * file they may be where it went to.
 */
static void find_inner(struct radius *r)
{
	struct check *k = r->k;
	bool others = false;

	for (size_t i = 0; i < k->files_nr; i++) {
		const struct check_file *f = &k->files[i];

		if (!is_looked_at(f) || !f->in->old_oid.len)
			continue;
		r->inner[i] = radius_is_inner(f->in, r->after[i]);
		others |= !r->inner[i] && !radius_is_addition(f->in, f->now.lang, r->after[i]);
	}
	for (size_t i = 0; i < k->files_nr && !others; i++)
		r->inner[i] |= is_looked_at(&k->files[i]) && k->files[i].in->old_oid.len;
}

static int read_sides(struct radius *r)
{
	struct check *k = r->k;
	struct bt_view *v;
	bool missing = false;

	for (size_t i = 0; i < k->files_nr; i++)
		if (is_looked_at(&k->files[i]) && k->files[i].in->new_oid.len)
			read_after(r, i);
	if (k->o->hurry)
		find_inner(r);
	for (size_t i = 0; i < k->files_nr; i++) {
		struct check_file *f = &k->files[i];

		if (!is_looked_at(f) || !f->in->old_oid.len)
			continue;
		if (r->inner[i])
			continue;
		if (open_store(r))
			return k->err->code;
		r->unread[i] |= !k->store;
		if (k->store && read_before(r, i))
			return k->err->code;
		missing |= r->unread[i];
	}
	/* What is to be compared is worth making only where the answer can be found. */
	if (missing && !k->o->hurry && (radius_view(r, &v) || (v && make_before(r))))
		return k->err->code;
	return 0;
}

static struct radius *state_of(struct check *k)
{
	struct radius *r = k->radius;

	if (r)
		return r;
	r = k->radius = bt_xcalloc(1, sizeof(*r));
	r->k = k;
	r->before = bt_xcalloc(k->files_nr + 1, sizeof(*r->before));
	r->after = bt_xcalloc(k->files_nr + 1, sizeof(*r->after));
	r->unread = bt_xcalloc(k->files_nr + 1, sizeof(*r->unread));
	r->inner = bt_xcalloc(k->files_nr + 1, sizeof(*r->inner));
	return r;
}

int radius_get(struct check *k, struct radius **ret_r)
{
	struct radius *r;

	*ret_r = NULL;
	if (k->o->everything || k->o->no_radius || !k->files_nr)
		return 0;
	r = state_of(k);
	if (!r->compared) {
		r->compared = true;
		if (read_sides(r))
			return k->err->code;
		radius_compare(r);
	}
	*ret_r = r;
	return 0;
}

/* ---- the view ---- */

static int open_view(struct radius *r, const struct bt_oid *tree, uint64_t selection)
{
	struct check *k = r->k;
	struct bt_manifest m = BT_MANIFEST_INIT;
	struct bt_index_root root;
	int rc;

	if (!tree->len || r->view_found)
		return 0;
	rc = bt_index_root_find(k->store, tree, selection, &root, k->err);
	if (rc != BT_ROW || !root.row)
		return rc < 0 ? rc : 0;
	if (bt_index_manifest(k->store, root.row, false, &m, k->err))
		return k->err->code;
	bt_view_init(&r->view, k->store, &m);
	r->tree = *tree;
	r->view_found = true;
	return 0;
}

/*
 * A view is of the store that is open now: what reopens the store (check_make_before) comes before the first use of it, and
 * is followed by this again.
 */
int radius_view(struct radius *r, struct bt_view **ret_v)
{
	struct check *k = r->k;
	struct bt_rev head = { .spec = "HEAD", .optional = true };
	struct bt_oid trees[2] = { k->o->trees[0], k->o->trees[1] };
	uint64_t selection;

	*ret_v = NULL;
	if (r->view_asked) {
		r->view.store = k->store;
		*ret_v = r->view_found ? &r->view : NULL;
		return 0;
	}
	r->view_asked = true;
	if (open_store(r))
		return k->err->code;
	if (k->store) {
		if (!trees[0].len && !trees[1].len) {
			if (bt_repo_resolve(k->o->repo, &head, 1, k->err))
				return k->err->code;
			trees[0] = head.tree;
		}
		if (bt_selection_root(k->o->repo, k->o->conf, &selection, k->err) || open_view(r, &trees[0], selection) ||
		    open_view(r, &trees[1], selection))
			return k->err->code;
	}
	k->c->radius_unknown |= !r->view_found;
	*ret_v = r->view_found ? &r->view : NULL;
	return 0;
}

size_t radius_file_at(const struct radius *r, const char *path)
{
	size_t lo = 0, hi = r->k->files_nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(r->k->files[mid].in->path, path);

		if (!c)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return SIZE_MAX;
}

/* ---- texts and findings ---- */

int radius_text(struct radius *r, size_t file, bool before, const char **ret_text, size_t *ret_len)
{
	struct check *k = r->k;
	const struct bt_incoming_file *in = k->files[file].in;
	const struct bt_oid *oid = before ? &in->old_oid : &in->new_oid;
	struct bt_object o;

	*ret_text = before ? in->old_data : in->new_data;
	*ret_len = before ? in->old_len : in->new_len;
	if (*ret_text || !oid->len)
		return 0;
	if (!r->odb && bt_odb_open(k->o->repo, &bt_odb_git_program, &r->odb, k->err))
		return k->err->code;
	if (bt_odb_read(r->odb, oid, BT_BLOB_SIZE_CAP, &o, k->err) < 0)
		return k->err->code;
	if (o.data && o.type == BT_OBJECT_BLOB) {
		*ret_text = bt_arena_strndup(&r->arena, o.data, o.size);
		*ret_len = o.size;
	}
	return 0;
}

/* The lines from `start` on, up to the one of `end`. */
static const char *code_of(struct bt_arena *a, const char *text, size_t len, uint32_t start, uint32_t end)
{
	size_t from = start < len ? start : len, to = from;

	while (from && text[from - 1] != '\n')
		from--;
	for (int i = 0; i < CODE_LINES_MAX && to < len; i++) {
		const char *nl = memchr(text + to, '\n', len - to);

		to = nl ? (size_t)(nl - text) : len;
		if (to >= end || to >= len)
			break;
		to++;
	}
	while (to > from && text[to - 1] == '\n')
		to--;
	return to > from ? bt_arena_strndup(a, text + from, to - from) : NULL;
}

void radius_add(struct radius *r, const struct radius_place *p)
{
	struct check *k = r->k;
	struct check_file *f = &k->files[p->file];
	const struct bt_facts *facts = f->in->new_oid.len ? r->after[p->file] : r->before[p->file];
	struct bt_err ignored = BT_ERR_INIT, *err = k->err;
	struct check_about about = {
		.rule = p->rule, .symbol = p->symbol, .key = p->key, .detail = p->detail, .start = p->start, .end = p->end,
		.anywhere = p->gone,
	};
	struct bt_point from = { 0, 0 }, to = from;
	const char *text = NULL;
	size_t len = 0;

	if (facts) {
		from = bt_facts_point(facts, p->start);
		to = bt_facts_point(facts, p->end);
	}
	about.row = from.row;
	about.col = from.col;
	about.end_row = to.row;
	about.end_col = to.col;
	/* a finding without its lines is one all the same */
	k->err = &ignored;
	if (!p->gone && !radius_text(r, p->file, !f->in->new_oid.len, &text, &len) && text)
		about.code = code_of(&r->arena, text, len, p->start, p->end);
	k->err = err;
	check_add_about(k, f, &about);
}

/* ---- #blast-radius-over? ---- */

/* The start of a walk: the definition in the blob that the view shows, when it is there. */
static int find_start(struct radius *r, struct bt_view *v, const struct check_file *f, const char *symbol,
		      struct bt_impact *im)
{
	struct bt_err *err = r->k->err;
	struct bt_view_file vf;
	struct bt_manifest_file mf;
	struct bt_impact_node n = { .path = f->in->path };
	const char *dot;
	uint32_t file;
	int rc = bt_manifest_find(&v->manifest, f->in->path, f->in->path_len, &file, err);

	if (rc != BT_ROW)
		return rc;
	mf = bt_manifest_file_get(&v->manifest, file);
	if (mf.state != BT_BLOB_FACTS)
		return 0;
	if (bt_view_read_blob(v, mf.blob, &r->arena, &vf, err) || bt_view_lang(v, mf.lang, &n.lang, err))
		return err->code;
	n.def = radius_find_symbol(&vf.facts, symbol);
	if (n.def == BT_NONE)
		return 0;
	dot = strrchr(symbol, '.');
	n.file = file;
	n.blob = mf.blob;
	n.name = dot ? dot + 1 : symbol;
	n.scope = dot ? bt_arena_strndup(&r->arena, symbol, (size_t)(dot - symbol)) : NULL;
	n.row = bt_facts_point(&vf.facts, vf.facts.defs[n.def].start).row;
	n.kind = vf.facts.defs[n.def].kind;
	n.flags = vf.facts.defs[n.def].flags;
	bt_impact_add_start(im, &n);
	return 0;
}

/* Definitions and files that were reached for sure enough, without the start. */
static size_t count_dependents(const struct bt_impact *im)
{
	size_t nr = 0;

	for (size_t i = im->starts_nr; i < im->nodes_nr; i++)
		nr += im->nodes[i].confidence < BT_POSSIBLE;
	return nr;
}

int radius_dependents(struct radius *r, const struct check_file *f, const char *symbol, size_t over,
		      struct bt_impact *im, size_t *ret_nr)
{
	struct bt_impact_opts io = { .nodes_max = over + 1, .confidence = BT_CERTAIN };
	struct bt_content_source source;
	struct bt_err *err = r->k->err;
	struct bt_view *v;

	*ret_nr = 0;
	if (radius_view(r, &v))
		return err->code;
	if (!v)
		return 0;
	if (find_start(r, v, f, symbol, im) < 0)
		return err->code;
	if (!im->starts_nr)
		return 0;
	/* Where a name is one of all files the only one of that name is meant; elsewhere, and on objects, that is a guess. */
	if (radius_family_of(im->nodes[0].lang) == RADIUS_GLOBAL && im->nodes[0].kind != BT_KIND_METHOD)
		io.confidence = BT_LIKELY;
	source = (struct bt_content_source){ .repo = r->k->o->repo, .kind = BT_CONTENT_TREE, .tree = r->tree };
	io.source = &source;
	if (bt_impact_run(im, v, &io, err))
		return err->code;
	*ret_nr = count_dependents(im);
	return 0;
}

int radius_has_more(struct check *k, const struct check_file *f, const char *symbol, uint32_t over, bool *ret_more)
{
	BT_CLEANUP(bt_impact_release) struct bt_impact im = BT_IMPACT_INIT;
	size_t nr = 0;

	int rc = 0;

	if (*symbol && !k->o->no_radius)
		rc = radius_dependents(state_of(k), f, symbol, over, &im, &nr);
	*ret_more = nr > over;
	if (!rc || !k->o->hurry || rc == BT_ERR_CANCELED)
		return rc;
	*k->err = (struct bt_err)BT_ERR_INIT;	/* as in check_change.c */
	return 0;
}
