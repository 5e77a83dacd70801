/*
 * Definitions, references and outlines.
 */
#include "core/query/gather.h"

#include <string.h>

#include "core/query/super.h"

static bool kind_passes(const struct bt_filter *f, uint8_t kind)
{
	return !f || !f->kinds || (f->kinds & (1u << kind));
}

/* Files may share the facts of one blob; qualifiers look at the path of each. */
static struct bt_view_file file_at_path(const struct bt_answer_file *file)
{
	struct bt_view_file at = *file->f;

	at.path = file->path;
	at.path_len = file->path_len;
	return at;
}

/* Definitions in a C++ or Rust method's own file are found by scope; so is everything else. */
static void add_defs_of(const struct bt_gather *g, struct bt_answer *a, uint32_t file)
{
	const struct bt_view_file at = file_at_path(&a->files[file]), *vf = &at;
	size_t len;
	const char *name = bt_symbol_name(g->symbol, &len);

	for (uint32_t d = 0; d < vf->facts.defs_nr; d++)
		if (bt_name_is(&vf->facts, vf->facts.defs[d].name, name, len) &&
		    kind_passes(g->filter, vf->facts.defs[d].kind) &&
		    bt_symbol_matches_def(g->symbol, vf, d))
			bt_answer_add_def(a, file, d);
}

int bt_find_defs(struct bt_view *v, const struct bt_symbol *s, const struct bt_filter *f,
		 struct bt_answer *a, struct bt_err *err)
{
	struct bt_gather g = { .symbol = s, .filter = f, .defs_only = true, .each = add_defs_of };
	const struct bt_symbol whole = bt_symbol_whole(s);
	int rc = bt_gather_run(&g, v, a, err);

	if (!rc && !a->hits_nr && s->nr > 1) {	/* a name with separators in it */
		g.symbol = &whole;
		rc = bt_gather_run(&g, v, a, err);
	}
	if (!rc)
		bt_answer_sort(a, f ? f->max : 0);
	return rc;
}

static bool role_passes(const struct bt_filter *f, uint8_t role)
{
	return !f || !f->roles || (f->roles & (1u << role));
}

static void add_refs_of(const struct bt_gather *g, struct bt_answer *a, uint32_t file)
{
	const struct bt_view_file at = file_at_path(&a->files[file]), *vf = &at;
	size_t len;
	const char *name = bt_symbol_name(g->symbol, &len);

	for (uint32_t i = 0; i < vf->facts.occs_nr; i++) {
		const struct bt_occ *o = &vf->facts.occs[i];
		struct bt_hit *h;

		if (!role_passes(g->filter, o->role) || !bt_name_is(&vf->facts, o->name, name, len))
			continue;
		bt_answer_add_occ(a, file, i);
		h = &a->hits[a->hits_nr - 1];
		h->on_super = g->symbol->nr > 1 && o->qual == BT_QUAL_SUPER;
		if (h->on_super)	/* see keep_meant_by_super */
			continue;
		if (o->role <= BT_ROLE_DECL && h->def != BT_NONE
			    ? !bt_symbol_matches_def(g->symbol, vf, h->def)
			    : !bt_symbol_matches_occ(g->symbol, vf, i))
			a->hits_nr--;
	}
}

/* Is every definition of the last name one of those meant? Then every use of the name is meant. */
static int only_meaning(struct bt_view *v, const struct bt_symbol *s, bool *ret_only, struct bt_err *err)
{
	BT_CLEANUP(bt_answer_release) struct bt_answer named = BT_ANSWER_INIT, meant = BT_ANSWER_INIT;
	struct bt_symbol last = { .text = s->text, .nr = 1 };

	*ret_only = false;
	last.parts[0] = bt_symbol_name(s, &last.lens[0]);
	if (bt_find_defs(v, &last, NULL, &named, err) || bt_find_defs(v, s, NULL, &meant, err))
		return err->code;
	*ret_only = meant.hits_nr && meant.hits_nr == named.hits_nr;
	return 0;
}

/* Takes out what is called on super and does not mean the symbol. All facts of these few files must be read for it. */
static int keep_meant_by_super(struct bt_view *v, const struct bt_symbol *s, struct bt_answer *a, struct bt_err *err)
{
	const struct bt_name base = { s->parts[s->nr - 2], (uint32_t)s->lens[s->nr - 2] };
	BT_CLEANUP(bt_arena_release) struct bt_arena scratch = BT_ARENA_INIT;
	struct bt_view_file f = { .path = NULL };
	uint32_t file = BT_NONE;
	size_t to = 0;

	for (size_t i = 0; i < a->hits_nr; i++) {
		const struct bt_hit *h = &a->hits[i];

		if (h->on_super && h->file != file) {
			bt_arena_reset(&scratch);
			f = *a->files[h->file].f;
			file = h->file;
			if (bt_view_read_facts(v, &scratch, true, &f, err))
				return err->code;
		}
		if (!h->on_super || bt_super_means(&f.facts, bt_facts_occ_from(&f.facts, h->at), &base))
			a->hits[to++] = *h;
	}
	a->hits_nr = to;
	return 0;
}

int bt_find_refs(struct bt_view *v, const struct bt_symbol *s, const struct bt_filter *f,
		 struct bt_answer *a, struct bt_err *err)
{
	struct bt_symbol last = { .text = s->text, .nr = 1 };
	struct bt_gather g = { .symbol = s, .filter = f, .each = add_refs_of };
	bool only = false;
	int rc = 0;

	if (s->nr > 1)
		rc = only_meaning(v, s, &only, err);
	last.parts[0] = bt_symbol_name(s, &last.lens[0]);
	if (only)
		g.symbol = &last;
	if (!rc)
		rc = bt_gather_run(&g, v, a, err);
	if (!rc && g.symbol->nr > 1)
		rc = keep_meant_by_super(v, s, a, err);
	if (!rc && !a->hits_nr && s->nr > 1) {
		last = bt_symbol_whole(s);
		g.symbol = &last;
		rc = bt_gather_run(&g, v, a, err);
	}
	if (!rc)
		bt_answer_sort(a, f ? f->max : 0);
	return rc;
}

static int find_file(struct bt_view *v, const char *path, uint32_t *ret_file, struct bt_err *err)
{
	int rc = bt_manifest_find(&v->manifest, path, strlen(path), ret_file, err);

	if (rc < 0)
		return rc;
	if (rc == BT_DONE) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "no indexed file '%s'", path);
		return bt_err_hint(err, "files are indexed when git tracks them, their language is known, and neither "
					"attributes nor patterns leave them out");
	}
	return 0;
}

int bt_find_outline(struct bt_view *v, const char *path, const struct bt_filter *f, struct bt_answer *a,
		    struct bt_err *err)
{
	struct bt_manifest_file file;
	size_t first, nr;
	uint32_t number;

	a->keep = true;
	if (find_file(v, path, &number, err))
		return err->code;
	file = bt_manifest_file_get(&v->manifest, number);
	if (file.state != BT_BLOB_FACTS)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "file '%s' has no facts: %s", path,
				  bt_blob_state_name(file.state));
	if (bt_answer_add_blob(v, a, file.blob, NULL, &first, &nr, err) ||
	    (nr && bt_answer_read_whole(v, a, first, err)))
		return err->code;
	for (size_t i = first; i < first + nr; i++) {
		if (a->files[i].manifest_file != number)
			continue;
		for (uint32_t d = 0; d < a->files[i].f->facts.defs_nr; d++)
			if (kind_passes(f, a->files[i].f->facts.defs[d].kind))
				bt_answer_add_def(a, (uint32_t)i, d);
	}
	return 0;
}
