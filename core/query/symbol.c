/*
 * Splitting qualified names and matching their qualifiers.
 */
#include "core/query/symbol.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/facts/partial.h"

static size_t separator_len(const char *p)
{
	if (!strncmp(p, "::", 2) || !strncmp(p, "->", 2))
		return 2;
	return *p == '.' || *p == '#' || *p == '\\' || *p == ':';
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

struct bt_symbol bt_symbol_whole(const struct bt_symbol *s)
{
	struct bt_symbol whole = { .text = s->text, .nr = 1 };

	whole.parts[0] = s->text;
	whole.lens[0] = strlen(s->text);
	return whole;
}

const char *bt_symbol_name(const struct bt_symbol *s, size_t *ret_len)
{
	*ret_len = s->lens[s->nr - 1];
	return s->parts[s->nr - 1];
}

bool bt_name_is(const struct bt_facts *f, uint32_t name, const char *text, size_t len)
{
	return name != BT_NONE && f->names[name].len == len && !memcmp(f->names[name].text, text, len);
}

/* The same, or one of the parts of a package or namespace: "b" of a.b.c, A\B\C, a::b::c. */
static bool def_has_part(const struct bt_facts *f, uint32_t def, const char *part, size_t len)
{
	const struct bt_name *n;
	size_t at = 0;

	if (bt_name_is(f, f->defs[def].name, part, len))
		return true;
	if (f->defs[def].kind != BT_KIND_PACKAGE && f->defs[def].kind != BT_KIND_MODULE)
		return false;
	if (f->defs[def].name == BT_NONE)
		return false;
	n = &f->names[f->defs[def].name];
	while (at < n->len) {
		size_t end = at;

		while (end < n->len && !strchr(".\\:", n->text[end]))
			end++;
		if (end - at == len && !memcmp(n->text + at, part, len))
			return true;
		at = end + 1;
	}
	return false;
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

/* Definitions come right behind what is around them. */
static bool holds_definitions(const struct bt_facts *f, uint32_t def)
{
	return def + 1 < f->defs_nr && f->defs[def + 1].parent == def;
}

/* bodies: those count as well that hold what is in them only, as namespaces of C++ do. */
static bool file_has_package(const struct bt_facts *f, const char *part, size_t len, bool bodies)
{
	for (uint32_t i = 0; i < f->defs_nr; i++)
		if ((f->defs[i].kind == BT_KIND_PACKAGE || f->defs[i].kind == BT_KIND_MODULE) &&
		    f->defs[i].parent == BT_NONE && (bodies || !holds_definitions(f, i)) &&
		    def_has_part(f, i, part, len))
			return true;
	return false;
}

/*
 * What is written before the name of a definition: the occurrences [first, last) hold "a" and "b" of void a::b::f(),
 * "List" of func (l *List[T]) Push. Next to each other they are a qualifier; when something else stands between,
 * any from the definition's start on may be it.
 */
struct written {
	uint32_t first, last;
};

static struct written written_before(const struct bt_facts *f, uint32_t def)
{
	const struct bt_def *d = &f->defs[def];
	struct written w = { d->occ, d->occ };

	if (d->occ == BT_NONE || !d->occ ||
	    (f->occs[d->occ].qual != BT_QUAL_NAME && f->occs[d->occ].qual != BT_QUAL_EXPR))
		return (struct written){ 0, 0 };
	while (w.first && w.last - w.first < BT_PARTIAL_BEFORE) {
		const struct bt_occ *o = &f->occs[w.first - 1];
		uint32_t end = o->at + f->names[o->name].len;

		if (o->at < d->start || o->role == BT_ROLE_WRITE)
			break;
		if (f->occs[d->occ].qual == BT_QUAL_NAME && w.first < w.last && end + 2 < o[1].at)
			break;
		w.first--;
	}
	return w;
}

/* Goes outwards, to behind the part. */
static bool written_has(const struct bt_facts *f, struct written *w, const char *part, size_t len)
{
	for (uint32_t i = w->last; i > w->first; i--)
		if (bt_name_is(f, f->occs[i - 1].name, part, len)) {
			w->last = i - 1;
			return true;
		}
	return false;
}

bool bt_symbol_matches_def(const struct bt_symbol *s, const struct bt_view_file *f, uint32_t def)
{
	const struct bt_facts *facts = &f->facts;
	struct written written = { 0, 0 };
	uint32_t around = facts->defs[def].parent;

	if (s->nr > 1)
		written = written_before(facts, def);
	for (size_t i = s->nr - 1; i-- > 0;) {
		const char *part = s->parts[i];
		size_t len = s->lens[i];
		uint32_t up = around;

		if (written_has(facts, &written, part, len))
			continue;
		while (up != BT_NONE && !def_has_part(facts, up, part, len))
			up = facts->defs[up].parent;
		if (up != BT_NONE) {	/* a.b.c may have the next part as well */
			around = bt_name_is(facts, facts->defs[up].name, part, len) ? facts->defs[up].parent : up;
			continue;
		}
		if (!file_has_package(facts, part, len, false) && !path_has(f, part, len))
			return false;
	}
	return true;
}

struct bt_symbol bt_symbol_of_occ(const struct bt_facts *f, uint32_t occ)
{
	const struct bt_occ *o = &f->occs[occ];
	uint32_t first = occ, start = o->at - o->qual_len;
	struct bt_symbol s = { .nr = 0 };

	if (o->qual == BT_QUAL_NAME)
		first--;
	while (first < occ && first && occ - first < BT_PARTIAL_BEFORE) {
		const struct bt_occ *q = &f->occs[first];

		/* b of x().b and this.b is all that is known */
		if (q->qual > BT_QUAL_NAME || q[-1].at < start || q[-1].at + f->names[q[-1].name].len + 2 < q->at)
			break;
		first--;
	}
	for (uint32_t i = first; i <= occ; i++) {
		const struct bt_name *n = &f->names[f->occs[i].name];

		s.parts[s.nr] = n->text;
		s.lens[s.nr++] = n->len;
	}
	s.text = s.parts[0];
	return s;
}

/* Are the qualifiers that stand there the last ones of a symbol's, as far as both go? */
static bool same_ends(const struct bt_symbol *a, const struct bt_symbol *b)
{
	size_t nr = a->nr < b->nr ? a->nr : b->nr;

	for (size_t i = 2; i <= nr; i++)
		if (a->lens[a->nr - i] != b->lens[b->nr - i] ||
		    memcmp(a->parts[a->nr - i], b->parts[b->nr - i], a->lens[a->nr - i]))
			return false;
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
	if (o->qual == BT_QUAL_NAME) {
		const struct bt_symbol written = bt_symbol_of_occ(&f->facts, occ);

		return same_ends(s, &written);
	}
	part = s->parts[s->nr - 2];
	len = s->lens[s->nr - 2];
	if (o->qual == BT_QUAL_EXPR || o->qual == BT_QUAL_SUPER)
		return false;
	around = bt_facts_enclosing(&f->facts, o->at);
	while (around != BT_NONE && !def_has_part(&f->facts, around, part, len))
		around = f->facts.defs[around].parent;
	return around != BT_NONE || (o->qual == BT_QUAL_NONE && file_has_package(&f->facts, part, len, true));
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
