/*
 * Who means a definition, for sure. What is wrong here is a false alarm in somebody's way, so whatever is in doubt is left out:
 *
 *  - a file that defines the name itself means its own;
 *  - an occurrence on some other object (a.name) may be about anything, unless what stands before it is the scope, the file
 *    or the folder of the definition; of methods whose name nobody else has a call counts where the class is mentioned too;
 *  - a name that the function around it writes as a local one is that local one;
 *  - in languages with modules a file must import the name from a module that is called as the definition's file or folder
 *    is; in those with packages it must stand in the same folder, or import it; elsewhere nobody else may define the name, or
 *    the file must include the definition's own and no other's.
 *
 * Places in files of the change count where the change left their lines alone.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/rules/radius/search.h"
#include "store/postings.h"

/* Files that are read for one definition. */
#define READS_MAX 2000
/* Places that are told by name. */
#define SITES_SHOWN 3
/* Lines of a call behind its name that may hold what was changed. */
#define CALL_LINES 6

void radius_sites_release(struct radius_sites *s)
{
	free(s->list);
	memset(s, 0, sizeof(*s));
}

/* ---- who else defines it ---- */

/* In these languages what is not exported is known in its file alone. */
static bool is_private(const struct radius_search *s, const struct bt_def *d, const char *path)
{
	const char *dot = strrchr(path, '.');

	if (d->flags & BT_DEF_EXPORTED)
		return false;
	if (s->family == RADIUS_GLOBAL)	/* what a header holds is everywhere */
		return dot && (!strcmp(dot, ".c") || !strcmp(dot, ".cc") || !strcmp(dot, ".cpp") || !strcmp(dot, ".cxx"));
	return s->family == RADIUS_MODULE && strcmp(s->lang, "python") != 0;
}

static void add_definer(struct radius_search *s, const struct bt_facts *f, const char *path)
{
	for (uint32_t d = 0; d < f->defs_nr; d++) {
		const struct bt_def *def = &f->defs[d];

		if (!radius_is_name(s, f, def->name) || def->kind == BT_KIND_FIELD || def->kind == BT_KIND_KEY)
			continue;
		if (def->flags & BT_DEF_DECL) {
			s->declared = true;
			continue;
		}
		if (is_private(s, def, path))
			continue;
		s->many |= s->others_nr == RADIUS_DEFINERS_MAX;
		if (!s->many)
			s->others[s->others_nr++] = (struct radius_other){
				bt_edge_path_stems(path), bt_arena_strndup(&s->r->arena, path, strlen(path)),
			};
		return;
	}
}

/* ---- one file ---- */

static bool defines_itself(const struct radius_search *s, const struct radius_user *u)
{
	for (uint32_t d = 0; d < u->f->defs_nr; d++)
		if (radius_is_name(s, u->f, u->f->defs[d].name) && !(u->f->defs[d].flags & BT_DEF_DECL))
			return true;
	return false;
}

/*
 * Did the change leave an occurrence, and the rest of a call that starts there, alone? Where only types changed what is given
 * may have changed its type elsewhere in the file.
 */
static bool is_untouched(const struct radius_search *s, const struct radius_user *u, uint32_t row)
{
	uint32_t last = row + CALL_LINES;

	if (!u->file)
		return true;
	if (s->d->types_only)
		return false;
	return u->file->in->lines_known && u->file->in->old_oid.len &&
	       !check_touches(u->file->in, row, last < u->f->lines_nr ? last : u->f->lines_nr);
}

static bool is_inside(const struct radius_search *s, const struct radius_user *u, uint32_t at)
{
	const struct bt_def *d;

	if (!u->own || s->d->after == BT_NONE || u->f != s->r->after[s->d->file])
		return false;
	d = &u->f->defs[s->d->after];
	return d->start <= at && at < d->end;
}

/*
 * Names that the change writes in other ways than to use them: arguments of macros that define something, names that are
 * passed on from elsewhere.
 */
static bool may_define(const struct radius_user *u, const struct bt_occ *o, uint32_t row)
{
	if (!u->file || o->role == BT_ROLE_CALL || o->role == BT_ROLE_MACRO || o->role == BT_ROLE_INHERIT ||
	    o->role == BT_ROLE_TYPE)
		return false;
	if (o->role == BT_ROLE_IMPORT)
		return u->own;
	return !u->file->in->lines_known || check_touches(u->file->in, row, row);
}

static bool passes_all_on(const struct radius_user *u)
{
	unsigned all = BT_IMPORT_ALL | (strcmp(u->lang, "python") != 0 ? BT_IMPORT_REEXPORT : 0);

	for (uint32_t i = 0; u->own && i < u->f->imports_nr; i++)
		if ((u->f->imports[i].flags & all) == all)
			return true;
	return false;
}

static void look_at(struct radius_search *s, struct radius_user *u)
{
	uint32_t last_row = UINT32_MAX;

	if (u->own ? s->d->what == RADIUS_HIDDEN : defines_itself(s, u))
		return;
	s->written |= passes_all_on(u);
	u->stems_nr = bt_edge_import_stems(u->f, &s->scratch, &u->stems);
	for (uint32_t i = 0; i < u->f->occs_nr; i++) {
		const struct bt_occ *o = &u->f->occs[i];
		uint32_t row;

		if (!radius_is_name(s, u->f, o->name))
			continue;
		row = bt_facts_point(u->f, o->at).row;
		s->written |= may_define(u, o, row);
		if (row == last_row || is_inside(s, u, o->at) || !is_untouched(s, u, row) || !radius_means(s, u, i))
			continue;
		last_row = row;
		BT_GROW(s->out->list, s->out->alloc, s->out->nr + 1);
		s->out->list[s->out->nr++] =
			(struct radius_site){ bt_arena_strndup(&s->r->arena, u->path, strlen(u->path)), row };
	}
	bt_dep_list_release(&u->deps);
}

/* ---- all of them ---- */

/* The facts of a blob: what they say about the name, or in Rust, whose imports lean on all of them, everything. */
static int read_facts(struct radius_search *s, uint32_t blob, struct bt_view_file *vf)
{
	struct bt_partial p;

	vf->blob.id = blob;
	if (bt_view_read_row(s->v, blob, &s->scratch, vf, s->err))
		return s->err->code;
	if (!strcmp(s->lang, "rust"))
		return bt_view_read_facts(s->v, &s->scratch, true, vf, s->err);
	if (bt_view_open_facts(s->v, &s->scratch, true, vf, &p, s->err) ||
	    bt_partial_pick(&p, &s->scratch, s->d->name, s->d->name_len, s->err))
		return s->err->code;
	vf->facts = p.facts;
	return 0;
}

/* Calls `each` for the untouched files that show a blob. */
static int each_file(struct radius_search *s, uint32_t blob, void (*each)(struct radius_search *s, struct radius_user *u))
{
	struct bt_view_file vf;
	uint32_t first, nr;
	bool read = false;

	bt_arena_reset(&s->scratch);
	bt_view_files_of(s->v, blob, &first, &nr);
	for (uint32_t i = 0; i < nr; i++) {
		struct radius_user u = { .file = NULL };
		struct bt_view_file at;
		uint32_t file = s->v->by_blob[first + i];

		if (bt_view_set_file(s->v, file, &s->scratch, &at, s->err))
			return s->err->code;
		if (radius_file_at(s->r, at.path) != SIZE_MAX)
			continue;
		if (bt_view_lang(s->v, bt_manifest_file_get(&s->v->manifest, file).lang, &u.lang, s->err))
			return s->err->code;
		if (!bt_langs_share_names(u.lang, s->lang))
			continue;
		if (!read && read_facts(s, blob, &vf))
			return s->err->code;
		read = true;
		u.path = at.path;
		u.f = &vf.facts;
		each(s, &u);
		if (s->broke)
			return s->err->code;
	}
	return 0;
}

static void take_definer(struct radius_search *s, struct radius_user *u)
{
	add_definer(s, u->f, u->path);
}

/* May a file of the change hold the name? Its blob may be one that no posting knows, since it was never stored. */
static bool holds_name(const struct radius_search *s, size_t file, const struct bt_posting *list, size_t nr, bool defined)
{
	const struct check_file *f = &s->r->k->files[file];
	size_t lo = 0, hi = nr;

	if (!s->r->after[file] || !f->now.lang || !bt_langs_share_names(f->now.lang->name, s->lang))
		return false;
	if (!f->now.id)
		return true;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (list[mid].blob_id < f->now.id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < nr && list[lo].blob_id == f->now.id && (!defined || list[lo].kinds);
}

static int find_definers(struct radius_search *s, const struct bt_posting *list, size_t nr)
{
	for (size_t i = 0; i < nr && !s->many; i++)
		if (list[i].kinds && each_file(s, list[i].blob_id, take_definer))
			return s->err->code;
	for (size_t i = 0; i < s->r->k->files_nr; i++)
		if (i != s->d->file && holds_name(s, i, list, nr, true))
			add_definer(s, s->r->after[i], s->r->k->files[i].in->path);
	return 0;
}

static void find_changed_users(struct radius_search *s, const struct bt_posting *list, size_t nr)
{
	for (size_t i = 0; i < s->r->k->files_nr && !s->broke; i++) {
		const struct check_file *f = &s->r->k->files[i];
		struct radius_user u = { .path = f->in->path, .f = s->r->after[i], .file = f, .own = i == s->d->file };

		/* the file itself may pass on what it does not name */
		if (!holds_name(s, i, list, nr, false) && !(u.own && u.f && f->now.lang))
			continue;
		u.lang = f->now.lang->name;
		bt_arena_reset(&s->scratch);
		look_at(s, &u);
	}
}

static int site_cmp(const void *pa, const void *pb)
{
	const struct radius_site *a = pa, *b = pb;
	int c = strcmp(a->path, b->path);

	return c ? c : (a->row > b->row) - (a->row < b->row);
}

static int find_users(struct radius_search *s, const struct bt_posting *list, size_t nr)
{
	if (find_definers(s, list, nr))
		return s->err->code;
	for (size_t i = 0; i < nr && i < READS_MAX; i++)
		if (bt_cancel_check(s->err) || each_file(s, list[i].blob_id, look_at))
			return s->err->code;
	find_changed_users(s, list, nr);
	if (s->broke)
		return s->err->code;
	if (s->out->nr)
		qsort(s->out->list, s->out->nr, sizeof(*s->out->list), site_cmp);
	return 0;
}

/* A declaration may be that of something in a file that is none of ours, or could not be read: assembly, generated code. */
static bool all_are_read(const struct radius *r)
{
	for (size_t i = 0; i < r->k->files_nr; i++)
		if (r->k->files[i].in->new_oid.len && !r->after[i])
			return false;
	return true;
}

int radius_find_sites(struct radius *r, const struct radius_def *d, struct radius_sites *out, bool *ret_known)
{
	const struct check_file *f = &r->k->files[d->old_file];
	struct radius_search s = { .r = r, .d = d, .path = f->in->path, .out = out, .err = r->k->err };
	BT_FREE struct bt_posting *list = NULL;
	size_t nr = 0;
	int rc = 0;

	*ret_known = false;
	if (radius_view(r, &s.v))
		return s.err->code;
	if (!s.v)
		return 0;
	s.lang = f->base.lang ? f->base.lang->name : "";
	s.kind = r->before[d->old_file]->defs[d->before].kind;
	s.family = radius_family_of(s.lang);
	s.stems[0] = bt_edge_path_stems(s.path);
	s.stems[1] = bt_edge_path_stems(r->k->files[d->file].in->path);
	rc = bt_postings_find(s.v->store, d->name, d->name_len, false, &list, &nr, s.err);
	if (!rc)
		rc = find_users(&s, list, nr);
	bt_arena_release(&s.scratch);
	*ret_known = !s.written && !s.many && (!s.declared || all_are_read(r));
	return rc;
}

const char *radius_sites_text(struct radius *r, const struct radius_sites *s)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	size_t shown = s->nr > SITES_SHOWN + 1 ? SITES_SHOWN : s->nr;

	for (size_t i = 0; i < shown; i++)
		bt_buf_addf(&text, "%s%s:%u", i ? ", " : "", s->list[i].path, s->list[i].row + 1);
	if (shown < s->nr)
		bt_buf_addf(&text, " and %zu more", s->nr - shown);
	return bt_arena_strndup(&r->arena, bt_buf_cstr(&text), text.len);
}
