/*
 * Importers, and their imports resolved one by one.
 */
#include "core/query/imports.h"

#include <string.h>

void bt_imports_init(struct bt_imports *im, struct bt_view *v, const struct bt_content_source *source)
{
	memset(im, 0, sizeof(*im));
	im->v = v;
	im->source = *source;
	im->none = v->all;
	bt_strmap_init(&im->files, &im->arena);
}

void bt_imports_release(struct bt_imports *im)
{
	bt_resolver_free(&im->resolver);
	bt_strmap_release(&im->files);
	bt_dep_list_release(&im->deps);
	bt_arena_release(&im->arena);
	bt_arena_release(&im->scratch);
}

static int need_resolver(struct bt_imports *im, struct bt_err *err)
{
	return im->resolver ? 0 : bt_resolver_new(im->v, &im->source, &im->resolver, err);
}

/* What im->deps has of one import. */
static void keep_files(struct bt_imports *im, struct bt_importer *importer, uint32_t import, uint32_t slot)
{
	struct bt_import_files *out = &importer->resolved[slot];
	uint32_t *files = bt_arena_alloc(&im->arena, (im->deps.nr + 1) * sizeof(*files));

	out->nr = 0;
	for (size_t i = 0; i < im->deps.nr; i++)
		if (im->deps.list[i].import == import && im->deps.list[i].to != BT_NONE && !im->deps.list[i].guess)
			files[out->nr++] = im->deps.list[i].to;
	out->files = files;
	out->done = true;
}

/* All at once, from the file's own facts. */
static int resolve_all(struct bt_imports *im, struct bt_importer *importer, struct bt_err *err)
{
	uint32_t nr = importer->facts.imports_nr;

	im->deps.nr = 0;
	if (bt_resolver_file(im->resolver, importer->file, &im->deps, err))
		return err->code;
	for (uint32_t i = 0; i < nr; i++)
		keep_files(im, importer, i, i);
	keep_files(im, importer, BT_NONE, nr);
	return 0;
}

int bt_imports_files(struct bt_imports *im, struct bt_importer *importer, uint32_t slot,
		     struct bt_import_files *ret_files, struct bt_err *err)
{
	if (!importer->resolved[slot].done) {
		if (need_resolver(im, err))
			return err->code;
		im->deps.nr = 0;
		if (bt_resolver_declares_modules(im->resolver, importer->file) ||
		    (importer->facts.items_nr && !importer->facts.items)) {
			if (resolve_all(im, importer, err))
				return err->code;
		} else {
			if (slot < importer->facts.imports_nr &&
			    bt_resolver_import(im->resolver, importer->file, &importer->facts, slot, &im->deps, err))
				return err->code;
			keep_files(im, importer, slot, slot);
		}
	}
	*ret_files = importer->resolved[slot];
	return 0;
}

/* Imports and texts live on; the rest of a record need not. */
static int read_imports(struct bt_imports *im, uint32_t file, struct bt_facts *ret_facts, struct bt_err *err)
{
	struct bt_manifest_file mf = bt_manifest_file_get(&im->v->manifest, file);
	struct bt_view_file vf = { .blob = { .id = mf.blob } };
	struct bt_facts *f = ret_facts;
	struct bt_partial p;

	memset(f, 0, sizeof(*f));
	if (mf.state != BT_BLOB_FACTS)
		return 0;
	bt_arena_reset(&im->scratch);
	if (bt_view_open_facts(im->v, &im->scratch, false, &vf, &p, err))
		return err->code;
	f->imports_nr = p.facts.imports_nr;
	f->items_nr = p.facts.items_nr;
	f->texts_nr = p.facts.texts_nr;
	f->imports = bt_arena_alloc(&im->arena, (f->imports_nr + (size_t)1) * sizeof(*f->imports));
	for (uint32_t i = 0; i < f->imports_nr; i++)
		f->imports[i] = p.facts.imports[i];
	f->texts = bt_arena_alloc(&im->arena, (f->texts_nr + (size_t)1) * sizeof(*f->texts));
	for (uint32_t i = 0; i < f->texts_nr; i++) {
		const struct bt_name *text = &p.facts.texts[i];

		f->texts[i] = (struct bt_name){ bt_arena_strndup(&im->arena, text->text, text->len), text->len };
	}
	return 0;
}

int bt_imports_open(struct bt_imports *im, uint32_t file, const struct bt_facts *facts,
		    struct bt_importer **ret_importer, struct bt_err *err)
{
	bool fresh;
	struct bt_strmap_entry *e = bt_strmap_intern(&im->files, (const char *)&file, sizeof(file),
						     bt_strmap_hash((const char *)&file, sizeof(file)), &fresh);
	struct bt_importer *importer = (struct bt_importer *)(uintptr_t)e->value;

	if (!importer) {
		importer = bt_arena_zalloc(&im->arena, sizeof(*importer));
		importer->file = file;
		if (facts)
			importer->facts = *facts;
		else if (read_imports(im, file, &importer->facts, err))
			return err->code;
		importer->resolved = bt_arena_zalloc(&im->arena, (importer->facts.imports_nr + (size_t)1) *
									 sizeof(*importer->resolved));
		e->value = (uintptr_t)importer;
	} else if (facts && !importer->facts.names) {	/* it was read for its imports alone */
		importer->facts = *facts;
	}
	*ret_importer = importer;
	return 0;
}

const char *bt_imports_path(const struct bt_imports *im, uint32_t file)
{
	return bt_resolver_paths(im->resolver)->path[file];
}

size_t bt_import_gate_len(const char *lang, const char *path, size_t len)
{
	size_t at = len;

	while (bt_langs_share_names(lang, "c") && at && path[at - 1] != '/')
		if (path[--at] == '.')
			return at;
	return len;
}
