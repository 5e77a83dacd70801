/*
 * The rules about definitions.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/rules/radius/radius.h"
#include "core/rules/radius/signature.h"

/* Definitions of one change that a rule looks at: more is a reformat of the world, and takes its time. */
#define DEFS_MAX 400
/* The same where each takes a walk. */
#define WALKS_MAX 64
/* Files whose includes are followed to see whether they can mean what went. */
#define INCLUDERS_MAX 20
/* Dependents that are told by name. */
#define SHOWN 3

static void place_name(const struct bt_facts *f, uint32_t def, struct radius_place *p)
{
	const struct bt_def *d = &f->defs[def];

	p->start = d->start;
	p->end = d->sig_end > d->start ? d->sig_end : d->start;
	if (d->occ == BT_NONE)
		return;
	p->start = f->occs[d->occ].at;
	p->end = p->start + f->names[d->name].len;
}

/* ---- the signature changed ---- */

static int signature_of(struct radius *r, const struct radius_def *d, bool before, struct bt_signature *ret)
{
	size_t file = before ? d->old_file : d->file, len;
	const struct bt_facts *f = before ? r->before[file] : r->after[file];
	const struct bt_def *def = &f->defs[before ? d->before : d->after];
	const char *text;

	*ret = (struct bt_signature){ .name = d->name, .name_len = d->name_len };
	if (radius_text(r, file, before, &text, &len))
		return r->k->err->code;
	if (text && def->sig_end <= len && def->start < def->sig_end) {
		ret->text = text + def->start;
		ret->len = def->sig_end - def->start;
	}
	return 0;
}

static int how_broken(struct radius *r, const struct radius_def *d, enum bt_signature_break *ret)
{
	const struct bt_def *a = &r->before[d->old_file]->defs[d->before], *b = &r->after[d->file]->defs[d->after];
	const struct bt_lang *lang = r->k->files[d->file].now.lang;
	struct bt_signature old, now;

	if (signature_of(r, d, true, &old) || signature_of(r, d, false, &now))
		return r->k->err->code;
	if (old.text && now.text && lang)
		*ret = bt_signature_compare(lang->name, &old, &now);
	else
		*ret = a->params != b->params ? BT_SIGNATURE_BREAKS : BT_SIGNATURE_TYPES;
	return 0;
}

static int judge_signature(struct radius *r, struct radius_def *d, size_t min)
{
	BT_CLEANUP(radius_sites_release) struct radius_sites sites = { .list = NULL };
	struct radius_place p = { .rule = "signature-changed", .file = d->file, .symbol = d->symbol, .key = d->name };
	BT_FREE char *detail = NULL;
	enum bt_signature_break broken = BT_SIGNATURE_FITS;
	bool ignored;

	if (how_broken(r, d, &broken))
		return r->k->err->code;
	if (broken == BT_SIGNATURE_FITS)
		return 0;
	d->types_only = broken == BT_SIGNATURE_TYPES;
	if (radius_find_sites(r, d, &sites, &ignored))
		return r->k->err->code;
	if (sites.nr < min || !sites.nr)
		return 0;
	detail = bt_xasprintf("%zu %s '%s' %s as before: %s", sites.nr, sites.nr == 1 ? "call of" : "calls of", d->name,
			      sites.nr == 1 ? "is" : "are", radius_sites_text(r, &sites));
	p.detail = detail;
	place_name(r->after[d->file], d->after, &p);
	radius_add(r, &p);
	return 0;
}

int radius_signatures(struct check *k)
{
	size_t min = (size_t)bt_conf_get(k->o->conf, BT_KEY_RULES_SIGNATURE_CALLS)->number, asked = 0;
	struct radius *r;

	if (radius_get(k, &r))
		return k->err->code;
	for (size_t i = 0; r && i < r->defs_nr && asked < DEFS_MAX; i++) {
		if (r->defs[i].what != RADIUS_SIGNATURE)
			continue;
		asked++;
		if (judge_signature(r, &r->defs[i], min))
			return k->err->code;
	}
	return 0;
}

/* ---- removed, and still used ---- */

/* Where it was: behind what stood before it. */
static uint32_t place_of_removed(const struct radius *r, const struct radius_def *d)
{
	const struct bt_facts *before = r->before[d->old_file], *after = r->after[d->old_file];
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	if (!after)
		return before->defs[d->before].start;
	for (uint32_t i = d->before; i-- > 0;) {
		uint32_t n;

		if (before->defs[i].parent != before->defs[d->before].parent || before->defs[i].name == BT_NONE)
			continue;
		bt_buf_clear(&text);
		bt_symbol_qualified(before, i, &text);
		n = radius_find_symbol(after, bt_buf_cstr(&text));
		if (n != BT_NONE)
			return after->defs[n].end < after->size ? after->defs[n].end : after->defs[n].start;
	}
	return 0;
}

/*
 * C: what stood between #if and #endif, or behind an #undef of its name, stood in for something that others have, most of the
 * time. The first #ifndef of a file is the guard of a header.
 */
static int is_conditional(struct radius *r, const struct radius_def *d, bool *ret)
{
	const struct bt_lang *lang = r->k->files[d->old_file].base.lang;
	uint32_t start = r->before[d->old_file]->defs[d->before].start;
	const char *text, *p;
	size_t len, depth = 0;
	bool guard = false, first = true;

	*ret = false;
	if (!lang || (strcmp(lang->name, "c") != 0 && strcmp(lang->name, "cpp") != 0))
		return 0;
	if (radius_text(r, d->old_file, true, &text, &len))
		return r->k->err->code;
	for (p = text; text && p < text + start && p < text + len; p += strcspn(p, "\n"), p += *p == '\n') {
		const char *word = p + strspn(p, " \t");

		if (*word != '#')
			continue;
		word += 1 + strspn(word + 1, " \t");
		*ret |= !strncmp(word, "undef", 5) && !strncmp(word + 5 + strspn(word + 5, " \t"), d->name, d->name_len);
		if (!strncmp(word, "if", 2)) {
			guard |= first && !strncmp(word, "ifndef", 6);
			first = false;
			depth++;
		} else if (!strncmp(word, "endif", 5) && depth) {
			guard &= --depth > 0;
		}
	}
	*ret |= depth > guard;
	return 0;
}

/*
 * C: macros and types are seen by those who include them alone. Leaves the places in such files; of many files the first ones.
 */
static int keep_includers(struct radius *r, const struct radius_def *d, struct radius_sites *sites)
{
	const struct bt_lang *lang = r->k->files[d->old_file].base.lang;
	uint8_t kind = r->before[d->old_file]->defs[d->before].kind;
	size_t kept = 0, asked = 0;
	bool reaches = false;

	if (!lang || (strcmp(lang->name, "c") != 0 && strcmp(lang->name, "cpp") != 0) || kind == BT_KIND_FUNCTION ||
	    kind == BT_KIND_METHOD || kind == BT_KIND_VARIABLE)
		return 0;
	for (size_t i = 0; i < sites->nr; i++) {
		if (!i || strcmp(sites->list[i].path, sites->list[i - 1].path) != 0) {
			reaches = false;
			if (asked++ < INCLUDERS_MAX &&
			    radius_reaches(r, sites->list[i].path, r->k->files[d->old_file].in->path, &reaches))
				return r->k->err->code;
		}
		if (reaches)
			sites->list[kept++] = sites->list[i];
	}
	sites->nr = kept;
	return 0;
}

static int judge_removed(struct radius *r, const struct radius_def *d)
{
	BT_CLEANUP(radius_sites_release) struct radius_sites sites = { .list = NULL };
	struct radius_place p = { .rule = "removed-while-referenced", .file = d->old_file, .symbol = d->symbol, .key = d->name };
	BT_FREE char *detail = NULL;
	bool known, conditional;

	if (radius_find_sites(r, d, &sites, &known))
		return r->k->err->code;
	if (!known || !sites.nr)
		return 0;
	if (is_conditional(r, d, &conditional))
		return r->k->err->code;
	if (conditional)
		return 0;
	if (keep_includers(r, d, &sites))
		return r->k->err->code;
	if (!sites.nr)
		return 0;
	detail = bt_xasprintf("'%s'%s is used in %s", d->symbol,
			      d->what == RADIUS_HIDDEN ? ", which cannot be seen outside of its file any more," : "",
			      radius_sites_text(r, &sites));
	p.detail = detail;
	if (d->what == RADIUS_HIDDEN) {
		place_name(r->after[d->file], d->after, &p);
	} else {
		p.start = p.end = place_of_removed(r, d);
		p.gone = true;
	}
	radius_add(r, &p);
	return 0;
}

int radius_removed(struct check *k)
{
	struct radius *r;
	size_t asked = 0;

	if (radius_get(k, &r))
		return k->err->code;
	for (size_t i = 0; r && i < r->defs_nr && asked < DEFS_MAX; i++) {
		if (r->defs[i].what != RADIUS_REMOVED && r->defs[i].what != RADIUS_HIDDEN)
			continue;
		asked++;
		if (judge_removed(r, &r->defs[i]))
			return k->err->code;
	}
	return 0;
}

/* ---- many depend on it ---- */

static void add_shown(struct bt_buf *text, const struct bt_impact *im)
{
	size_t shown = 0;

	for (size_t i = im->starts_nr; i < im->nodes_nr && shown < SHOWN; i++) {
		const struct bt_impact_node *n = &im->nodes[i];

		if (n->confidence >= BT_POSSIBLE)
			continue;
		bt_buf_addf(text, "%s%s (%s:%u)", shown++ ? ", " : "", n->name ? n->name : "the top level", n->path,
			    im->edges[n->edge].row + 1);
	}
}

static int judge_wide(struct radius *r, const struct radius_def *d, size_t over)
{
	BT_CLEANUP(bt_impact_release) struct bt_impact im = BT_IMPACT_INIT;
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct radius_place p = { .rule = "wide-impact", .file = d->file, .symbol = d->symbol, .key = d->name };
	size_t nr;

	if (radius_dependents(r, &r->k->files[d->old_file], d->symbol, over, &im, &nr))
		return r->k->err->code;
	if (nr <= over)
		return 0;
	bt_buf_addf(&text, "more than %zu depend on '%s', such as ", over, d->symbol);
	add_shown(&text, &im);
	p.detail = bt_buf_cstr(&text);
	place_name(r->after[d->file], d->after, &p);
	radius_add(r, &p);
	return 0;
}

/* A walk per definition is more than a commit can wait for. */
int radius_wide(struct check *k)
{
	size_t over = (size_t)bt_conf_get(k->o->conf, BT_KEY_RULES_WIDE_DEPENDENTS)->number, asked = 0;
	struct radius *r = NULL;

	if (k->o->hurry)
		return 0;
	if (radius_get(k, &r))
		return k->err->code;
	for (size_t i = 0; r && i < r->defs_nr && asked < WALKS_MAX; i++) {
		if (r->defs[i].what != RADIUS_BODY && r->defs[i].what != RADIUS_SIGNATURE)
			continue;
		asked++;
		if (judge_wide(r, &r->defs[i], over))
			return k->err->code;
	}
	return 0;
}
