/*
 * Splitting qualified names and matching their qualifiers.
 */
#include "core/query/symbol.h"

#include <string.h>

#include "core/base/mem.h"

static size_t separator_len(const char *p)
{
	if (!strncmp(p, "::", 2) || !strncmp(p, "->", 2))
		return 2;
	return *p == '.' || *p == '#' || *p == '\\';
}

int bt_symbol_parse(const char *text, struct bt_symbol *ret_s, struct bt_err *err)
{
	const char *start = text, *p = text;

	memset(ret_s, 0, sizeof(*ret_s));
	ret_s->text = text;
	for (;; p++) {
		size_t sep = separator_len(p);

		if (*p && !sep)
			continue;
		if (p > start && ret_s->nr < BT_SYMBOL_PARTS_MAX) {
			ret_s->parts[ret_s->nr] = start;
			ret_s->lens[ret_s->nr++] = (size_t)(p - start);
		}
		if (!*p)
			break;
		p += sep - 1;
		start = p + 1;
	}
	if (!ret_s->nr && *text) {	/* an operator, such as "->" */
		ret_s->parts[0] = text;
		ret_s->lens[0] = strlen(text);
		ret_s->nr = 1;
	}
	if (!ret_s->nr)
		return bt_err_set(err, BT_ERR_USAGE, "the name is empty");
	return 0;
}

const char *bt_symbol_name(const struct bt_symbol *s, size_t *ret_len)
{
	*ret_len = s->lens[s->nr - 1];
	return s->parts[s->nr - 1];
}

bool bt_name_is(const struct bt_facts *f, uint32_t name, const char *text, size_t len)
{
	return f->names[name].len == len && !memcmp(f->names[name].text, text, len);
}

/* Is part the file's stem, or a folder of its path? */
static bool path_has(const struct bt_view_file *f, const char *part, size_t len)
{
	const char *p = f->path;

	while (p && *p) {
		const char *slash = strchr(p, '/');
		size_t n = slash ? (size_t)(slash - p) : strcspn(p, ".");

		if (n == len && !memcmp(p, part, len))
			return true;
		p = slash ? slash + 1 : NULL;
	}
	return false;
}

static bool file_has_package(const struct bt_facts *f, const char *part, size_t len)
{
	for (uint32_t i = 0; i < f->defs_nr; i++)
		if ((f->defs[i].kind == BT_KIND_PACKAGE || f->defs[i].kind == BT_KIND_MODULE) &&
		    f->defs[i].parent == BT_NONE && bt_name_is(f, f->defs[i].name, part, len))
			return true;
	return false;
}

/* The name written before an occurrence, or BT_NONE. */
static uint32_t written_qualifier(const struct bt_facts *f, uint32_t occ)
{
	return occ != BT_NONE && occ && f->occs[occ].qual == BT_QUAL_NAME ? f->occs[occ - 1].name : BT_NONE;
}

bool bt_symbol_matches_def(const struct bt_symbol *s, const struct bt_view_file *f, uint32_t def)
{
	const struct bt_facts *facts = &f->facts;
	uint32_t written = written_qualifier(facts, facts->defs[def].occ);
	uint32_t around = facts->defs[def].parent;

	for (size_t i = s->nr - 1; i-- > 0;) {
		const char *part = s->parts[i];
		size_t len = s->lens[i];
		uint32_t up = around;

		if (written != BT_NONE && bt_name_is(facts, written, part, len)) {
			written = BT_NONE;
			continue;
		}
		while (up != BT_NONE && !bt_name_is(facts, facts->defs[up].name, part, len))
			up = facts->defs[up].parent;
		if (up != BT_NONE) {
			around = facts->defs[up].parent;
			continue;
		}
		if (!file_has_package(facts, part, len) && !path_has(f, part, len))
			return false;
	}
	return true;
}

bool bt_symbol_matches_occ(const struct bt_symbol *s, const struct bt_view_file *f, uint32_t occ)
{
	const struct bt_occ *o = &f->facts.occs[occ];
	const char *part;
	uint32_t around;
	size_t len;

	if (s->nr < 2)
		return true;
	part = s->parts[s->nr - 2];
	len = s->lens[s->nr - 2];
	if (o->qual == BT_QUAL_NAME)
		return bt_name_is(&f->facts, f->facts.occs[occ - 1].name, part, len);
	if (o->qual == BT_QUAL_EXPR)
		return false;
	around = bt_facts_enclosing(&f->facts, o->at);
	while (around != BT_NONE && !bt_name_is(&f->facts, f->facts.defs[around].name, part, len))
		around = f->facts.defs[around].parent;
	return around != BT_NONE || (o->qual == BT_QUAL_NONE && file_has_package(&f->facts, part, len));
}

void bt_symbol_qualified(const struct bt_facts *f, uint32_t def, struct bt_buf *out)
{
	uint32_t chain[16];
	size_t nr = 0;

	for (; def != BT_NONE && nr < BT_ARRAY_NR(chain); def = f->defs[def].parent)
		chain[nr++] = def;
	while (nr--) {
		const struct bt_name *n = &f->names[f->defs[chain[nr]].name];

		bt_buf_add(out, n->text, n->len);
		if (nr)
			bt_buf_addch(out, '.');
	}
}
