/*
 * ignored-must-check, of functions that other files declare: calls on changed lines of C whose result nobody takes. Calls of
 * what a file declares itself are found in the file; this asks the index for the rest.
 *
 * A function counts as marked when it has one body at most, and every header that declares it says so. That a call is a
 * statement of its own is read from the text around it; what is in doubt is none.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/git/odb.h"
#include "core/rules/radius/search.h"
#include "store/postings.h"

#define RULE "ignored-must-check"
/* Calls that are looked at: with more a change is no one's work of a day. */
#define CALLS_MAX 400
/* With more files that define or declare a name it is none that is known for sure. */
#define DEFINERS_MAX 16

struct search {
	struct radius *r;
	struct bt_view *v;
	const struct bt_rule *rule;	/* its words are the marks */
	struct bt_strmap marked;	/* by name: 1, or 0 */
	struct bt_arena arena, scratch;
	struct bt_err *err;
};

/* What declarations of a name say. */
struct declared {
	unsigned bodies, marked, unmarked;
};

static void search_release(struct search *s)
{
	bt_strmap_release(&s->marked);
	bt_arena_release(&s->scratch);
	bt_arena_release(&s->arena);
}

/* ---- is a call a statement? ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Behind the last byte before `at` that is neither blank nor part of a comment of its own. */
static size_t code_before(const char *text, size_t at)
{
	for (;;) {
		while (at && is_blank(text[at - 1]))
			at--;
		if (at < 4 || text[at - 1] != '/' || text[at - 2] != '*')
			return at;
		for (at -= 3; at > 1 && (text[at - 2] != '/' || text[at - 1] != '*');)
			at--;
		at = at > 1 ? at - 2 : 0;
	}
}

static bool ends_with_word(const char *text, size_t at, const char *const *words)
{
	for (; *words; words++) {
		size_t len = strlen(*words);

		if (at >= len && !memcmp(text + at - len, *words, len) && (at == len || !is_word(text[at - len - 1])))
			return true;
	}
	return false;
}

/* Does a statement begin behind this place? */
static bool begins(const char *text, size_t at)
{
	int depth = 0;

	if (!at || strchr(";{}", text[at - 1]))
		return at > 0;
	if (text[at - 1] != ')')
		return ends_with_word(text, at, (const char *const[]){ "else", "do", NULL });
	for (; at; at--) {
		depth += text[at - 1] == ')';
		depth -= text[at - 1] == '(';
		if (!depth)
			break;
	}
	return at && ends_with_word(text, code_before(text, at - 1), (const char *const[]){ "if", "while", "for", "switch", NULL });
}

/* Is the name called right there, and is that all of the statement? */
static bool ends(const char *text, size_t len, size_t at)
{
	int depth = 0;

	while (at < len && is_blank(text[at]))
		at++;
	if (at == len || text[at] != '(')
		return false;
	for (; at < len; at++) {
		if (text[at] == '"' || text[at] == '\'') {
			char quote = text[at++];

			while (at < len && text[at] != quote)
				at += text[at] == '\\' ? 2 : 1;
			continue;
		}
		depth += text[at] == '(';
		depth -= text[at] == ')';
		if (!depth)
			break;
	}
	for (at++; at < len && is_blank(text[at]);)
		at++;
	return at < len && text[at] == ';';
}

/* ---- what declares a name ---- */

static bool is_marked(const struct search *s, const char *text, size_t len)
{
	for (size_t i = 0; i < s->rule->words_nr; i++)
		if (memmem(text, len, s->rule->words[i].text, strlen(s->rule->words[i].text)))
			return true;
	return false;
}

static bool is_header(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (dot[1] == 'h' || dot[1] == 'H');
}

static void take_file(const struct search *s, const struct bt_facts *f, const char *path, const char *text, size_t len,
		      const struct bt_name *name, struct declared *d)
{
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		const struct bt_def *def = &f->defs[i];
		bool body = !(def->flags & BT_DEF_DECL);
		size_t end = body ? def->sig_end : def->end, start;

		if (!bt_name_is(f, def->name, name->text, name->len) || def->kind == BT_KIND_FIELD || end > len || def->start > end)
			continue;
		/* a macro may stand before what the grammar takes for the declaration */
		start = f->line_starts[bt_facts_point(f, def->start).row];
		/* static in a source file: of nobody else */
		if (!(def->flags & BT_DEF_EXPORTED) && !is_header(path))
			continue;
		d->bodies += body;
		if (def->flags & BT_DEF_CALLABLE && is_marked(s, text + start, end - start))
			d->marked++;
		else
			d->unmarked += !body || is_header(path) || !(def->flags & BT_DEF_CALLABLE);
	}
}

static int take_blob(struct search *s, uint32_t blob, const struct bt_name *name, struct declared *d)
{
	struct bt_view_file vf, at;
	struct bt_object o;
	const char *lang;
	uint32_t first, nr, file;

	bt_view_files_of(s->v, blob, &first, &nr);
	if (!nr)
		return 0;
	bt_arena_reset(&s->scratch);
	file = s->v->by_blob[first];
	if (bt_view_set_file(s->v, file, &s->scratch, &at, s->err))
		return s->err->code;
	if (radius_file_at(s->r, at.path) != SIZE_MAX)	/* its side of the change counts */
		return 0;
	if (bt_view_lang(s->v, bt_manifest_file_get(&s->v->manifest, file).lang, &lang, s->err) ||
	    bt_view_read_row(s->v, blob, &s->scratch, &vf, s->err))
		return s->err->code;
	if (!bt_langs_share_names(lang, "c"))
		return 0;
	if (bt_view_read_facts(s->v, &s->scratch, true, &vf, s->err) ||
	    (!s->r->odb && bt_odb_open(s->r->k->o->repo, &bt_odb_git_program, &s->r->odb, s->err)) ||
	    bt_odb_read(s->r->odb, &vf.blob.oid, BT_BLOB_SIZE_CAP, &o, s->err) < 0)
		return s->err->code;
	if (o.data && o.type == BT_OBJECT_BLOB)
		take_file(s, &vf.facts, at.path, o.data, (size_t)o.size, name, d);
	return 0;
}

static int take_changed(struct search *s, const struct bt_name *name, struct declared *d)
{
	for (size_t i = 0; i < s->r->k->files_nr; i++) {
		const struct check_file *f = &s->r->k->files[i];
		const char *text;
		size_t len;

		if (!s->r->after[i] || !f->now.lang || !bt_langs_share_names(f->now.lang->name, "c"))
			continue;
		if (radius_text(s->r, i, false, &text, &len))
			return s->err->code;
		if (text)
			take_file(s, s->r->after[i], f->in->path, text, len, name, d);
	}
	return 0;
}

static int ask(struct search *s, const struct bt_name *name, bool *ret_marked)
{
	BT_FREE struct bt_posting *list = NULL;
	struct declared d = { .bodies = 0 };
	size_t nr = 0, definers = 0;

	*ret_marked = false;
	if (bt_postings_find(s->v->store, name->text, name->len, true, &list, &nr, s->err))
		return s->err->code;
	for (size_t i = 0; i < nr; i++) {
		uint32_t first, files;

		bt_view_files_of(s->v, list[i].blob_id, &first, &files);
		definers += files > 0;
	}
	for (size_t i = 0; i < nr && definers <= DEFINERS_MAX && !d.unmarked && d.bodies < 2; i++)
		if (take_blob(s, list[i].blob_id, name, &d))
			return s->err->code;
	if (definers > DEFINERS_MAX || d.unmarked || d.bodies > 1)
		return 0;
	if (take_changed(s, name, &d))
		return s->err->code;
	*ret_marked = d.marked && !d.unmarked && d.bodies < 2;
	return 0;
}

/* ---- the calls ---- */

static bool defines_itself(const struct bt_facts *f, uint32_t name)
{
	for (uint32_t d = 0; d < f->defs_nr; d++)
		if (f->defs[d].name == name)
			return true;
	return false;
}

static void tell(struct search *s, size_t file, uint32_t occ)
{
	const struct bt_facts *f = s->r->after[file];
	const struct bt_name *name = &f->names[f->occs[occ].name];
	uint32_t def = bt_facts_enclosing(f, f->occs[occ].at);
	BT_BUF_OWNED struct bt_buf symbol = BT_BUF_INIT;
	BT_FREE char *key = bt_xstrndup(name->text, name->len);
	struct radius_place p = { .rule = RULE, .file = file, .start = f->occs[occ].at, .end = f->occs[occ].at + name->len,
				  .key = key, .detail = key };

	if (def != BT_NONE && f->defs[def].name != BT_NONE) {
		bt_symbol_qualified(f, def, &symbol);
		p.symbol = bt_buf_cstr(&symbol);
	}
	radius_add(s->r, &p);
}

static int judge_call(struct search *s, size_t file, uint32_t occ)
{
	const struct bt_facts *f = s->r->after[file];
	const struct bt_name *name = &f->names[f->occs[occ].name];
	struct bt_strmap_entry *e;
	bool is_new, marked;

	if (!s->v && radius_view(s->r, &s->v))
		return s->err->code;
	if (!s->v)
		return 0;
	e = bt_strmap_intern(&s->marked, name->text, name->len, bt_strmap_hash(name->text, name->len), &is_new);
	if (is_new) {
		if (ask(s, name, &marked))
			return s->err->code;
		e->value = marked;
	}
	if (e->value)
		tell(s, file, occ);
	return 0;
}

static int judge_file(struct search *s, size_t file, size_t *calls)
{
	const struct check_file *c = &s->r->k->files[file];
	const struct bt_facts *f = s->r->after[file];
	const char *text = NULL;
	size_t len = 0;

	for (uint32_t i = 0; i < f->occs_nr && *calls < CALLS_MAX; i++) {
		const struct bt_occ *o = &f->occs[i];
		uint32_t row;

		if (o->role != BT_ROLE_CALL || o->qual != BT_QUAL_NONE)
			continue;
		row = bt_facts_point(f, o->at).row;
		if ((c->in->lines_known && c->in->old_oid.len && !check_touches(c->in, row, row)) || defines_itself(f, o->name))
			continue;
		if (!text && radius_text(s->r, file, false, &text, &len))
			return s->err->code;
		if (!text || !begins(text, code_before(text, o->at)) || !ends(text, len, o->at + f->names[o->name].len))
			continue;
		++*calls;
		if (judge_call(s, file, i))
			return s->err->code;
	}
	return 0;
}

/* Before a commit somebody waits: there the file alone is asked. */
int radius_must_check(struct check *k)
{
	BT_CLEANUP(search_release) struct search s = { .rule = bt_ruleset_find(&k->c->rules, RULE, strlen(RULE)), .err = k->err };
	bool unknown = k->c->radius_unknown;
	size_t calls = 0;
	int rc = 0;

	if (k->o->hurry)
		return 0;
	bt_strmap_init(&s.marked, &s.arena);
	for (size_t i = 0; i < k->files_nr && !rc; i++) {
		const struct check_file *f = &k->files[i];

		if (!f->in->new_oid.len || !f->now.lang || !bt_rule_applies(s.rule, f->now.lang))
			continue;
		if (!s.r && radius_get(k, &s.r))
			return k->err->code;
		if (!s.r)
			return 0;
		if (s.r->after[i])
			rc = judge_file(&s, i, &calls);
	}
	k->c->radius_unknown = unknown;	/* a file's own marks are most of it */
	return rc;
}
