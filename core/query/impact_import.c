/*
 * What the file of a site imports. Hashes of the last parts of names say which of its imports are worth resolving.
 */
#include <string.h>

#include "core/query/impact_state.h"

static bool fits(uint64_t stem, const struct bt_edge_stems *s)
{
	return stem && (stem == s->stem || stem == s->folder);
}

/* The import of stem number `at`: imports come first, then their items. */
static uint32_t import_of(const struct bt_facts *f, size_t at)
{
	size_t item = at - f->imports_nr;

	if (at < f->imports_nr)
		return (uint32_t)at;
	for (uint32_t i = 0; i < f->imports_nr; i++)
		if (item >= f->imports[i].items && item - f->imports[i].items < f->imports[i].items_nr)
			return i;
	return BT_NONE;
}

static size_t base_at(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* In C a header stands for the file of its name, beside it or elsewhere. */
static enum impact_reach reach_of(const char *lang, const char *imported, const char *path)
{
	size_t a = base_at(imported), b = base_at(path);
	size_t len = bt_import_gate_len(lang, imported, strlen(imported)) - a;

	if (!strcmp(imported, path))
		return IMPACT_REACHED;
	if (!bt_langs_share_names(lang, "c") || len != bt_import_gate_len(lang, path, strlen(path)) - b ||
	    memcmp(imported + a, path + b, len))
		return IMPACT_UNREACHED;
	return a == b && !memcmp(imported, path, a) ? IMPACT_REACHED : IMPACT_REACHED_BY_NAME;
}

static int files_of(struct impact_walk *w, const struct impact_blob *b, uint32_t import, struct bt_import_files *ret,
		    struct bt_err *err)
{
	struct bt_importer *importer;

	if (bt_imports_open(&w->imports, b->files[0], b->imports, &importer, err))
		return err->code;
	return bt_imports_files(&w->imports, importer, import, ret, err);
}

int impact_imports_path(struct impact_walk *w, const struct impact_blob *b, const struct bt_edge_stems *s,
			const char *path, enum impact_reach *ret_reach, struct bt_err *err)
{
	*ret_reach = IMPACT_UNREACHED;
	for (size_t i = 0; i < b->stems_nr && *ret_reach != IMPACT_REACHED; i++) {
		struct bt_import_files files;
		uint32_t import;

		if (!fits(b->stems[i], s))
			continue;
		import = import_of(&b->p.facts, i);
		if (import == BT_NONE)
			continue;
		if (files_of(w, b, import, &files, err))
			return err->code;
		for (uint32_t k = 0; k < files.nr; k++) {
			enum impact_reach r = reach_of(b->lang, bt_imports_path(&w->imports, files.files[k]), path);

			if (r > *ret_reach)
				*ret_reach = r;
		}
	}
	return 0;
}

int impact_imports_name(struct impact_walk *w, const struct impact_blob *b, const char *name, size_t len,
			const char *path, enum impact_import *ret_import, struct bt_err *err)
{
	const struct bt_facts *f = &b->p.facts;

	*ret_import = IMPACT_NOT_NAMED;
	for (uint32_t i = 0; i < f->items_nr; i++) {
		struct bt_import_files files;
		uint32_t import;

		if (!bt_name_is(f, f->items[i].name, name, len))
			continue;
		import = import_of(f, f->imports_nr + (size_t)i);
		if (import == BT_NONE)
			continue;
		if (files_of(w, b, import, &files, err))
			return err->code;
		if (*ret_import < IMPACT_FROM_OUTSIDE)
			*ret_import = IMPACT_FROM_OUTSIDE;
		for (uint32_t k = 0; k < files.nr; k++) {
			if (reach_of(b->lang, bt_imports_path(&w->imports, files.files[k]), path) == IMPACT_REACHED)
				*ret_import = IMPACT_FROM_HERE;
			else if (*ret_import < IMPACT_FROM_ELSEWHERE)
				*ret_import = IMPACT_FROM_ELSEWHERE;
		}
	}
	return 0;
}
