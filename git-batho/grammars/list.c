/*
 * git batho grammars list and remove: what there is, and what the index of this repository has of it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/grammars/build.h"
#include "core/lang/extract.h"
#include "core/lang/grammar_versions.h"
#include "core/lang/langs.h"
#include "git-batho/audit.h"
#include "git-batho/grammars/run.h"

/* One grammar, with the languages that are parsed with it. */
struct row {
	const char *name, *package, *version, *from, *hash;
	unsigned abi;
	const struct bt_user_grammar *user;
	const char *trouble;
};

struct counts {
	struct bt_store_count *rows;
	size_t nr;
	bool known;		/* there is an index here */
};

static void counts_release(struct counts *n)
{
	free(n->rows);
}

static void count_blobs(struct bt_context *c, struct counts *n)
{
	struct bt_err ignored = BT_ERR_INIT;

	n->known = !bt_context_repo(c, &ignored) && !bt_context_store(c, &ignored) &&
		   !bt_store_counts(c->store, &n->rows, &n->nr, &ignored);
}

/* Blobs with facts that this very grammar gave: the version of the language tells. */
static uint64_t blobs_of(struct bt_context *c, const struct counts *n, const struct bt_lang *lang)
{
	struct bt_store_language l;
	struct bt_err ignored = BT_ERR_INIT;
	uint32_t cursor = 0;
	uint64_t blobs = 0;

	while (n->known && bt_store_language_next(c->store, &cursor, &l, &ignored) == BT_ROW) {
		if (strcmp(l.name, lang->name) || l.version != lang->version)
			continue;
		for (size_t i = 0; i < n->nr; i++)
			if (n->rows[i].lang == l.id && n->rows[i].state == BT_BLOB_FACTS)
				blobs += n->rows[i].blobs;
	}
	return blobs;
}

static bool is_of(const struct bt_lang *lang, const struct row *r)
{
	return r->user ? lang->user == r->user : !lang->user && !strcmp(lang->grammar, r->name);
}

static void put_row(struct bt_context *c, const struct counts *n, const struct row *r)
{
	BT_BUF_OWNED struct bt_buf names = BT_BUF_INIT;
	struct bt_out *out = c->out;
	uint64_t blobs = 0;

	bt_out_record(out, "grammar");
	bt_out_cstr(out, "name", r->name);
	bt_out_cstr(out, "version", r->version);
	bt_out_uint(out, "abi", r->abi);
	bt_out_cstr(out, "source", r->user ? "user" : "built-in");
	bt_out_cstr(out, "from", r->from);
	bt_out_cstr(out, "hash", r->hash);
	bt_out_array(out, "languages");
	for (size_t i = 0; i < bt_langs_nr(); i++) {
		const struct bt_lang *lang = bt_lang_get(i);

		if (!is_of(lang, r))
			continue;
		bt_out_cstr(out, NULL, lang->name);
		if (strcmp(lang->name, r->name))
			bt_buf_addf(&names, "%s %s", names.len ? "," : "", lang->name);
		blobs += blobs_of(c, n, lang);
	}
	bt_out_array_end(out);
	if (n->known)
		bt_out_uint(out, "blobs", blobs);
	else
		bt_out_null(out, "blobs");
	bt_out_cstr(out, "trouble", r->trouble);
	bt_out_record_end(out);
	bt_out_textf(out, BT_COLOR_NAME, "%s", r->name);
	bt_out_pad(out, 14);
	bt_out_textf(out, BT_COLOR_NONE, "%s", *r->version ? r->version : "-");
	bt_out_pad(out, 25);
	bt_out_textf(out, BT_COLOR_NONE, "ABI %u", r->abi);
	bt_out_pad(out, 33);
	if (n->known)
		bt_out_textf(out, BT_COLOR_NONE, "%6" PRIu64 " blobs  ", blobs);
	bt_out_textf(out, r->user ? BT_COLOR_WARN : BT_COLOR_NOTE, "%s", r->user ? "user    " : "built in");
	bt_out_textf(out, BT_COLOR_NOTE, "  %.19s  %s", r->hash, r->from);
	if (names.len)
		bt_out_textf(out, BT_COLOR_NONE, " (as%s)", bt_buf_cstr(&names));
	bt_out_nl(out);
	if (r->trouble) {
		bt_out_textf(out, BT_COLOR_BAD, "  not used: %s", r->trouble);
		bt_out_nl(out);
	}
}

/* Several languages share a grammar; one that the user's grammars stand in for all of is not there. */
static bool is_used(const char *grammar)
{
	for (size_t i = 0; i < bt_langs_nr(); i++)
		if (!bt_lang_get(i)->user && !strcmp(bt_lang_get(i)->grammar, grammar))
			return true;
	return false;
}

int bt_grammars_list(struct bt_context *c, const struct bt_grammars_opts *o, struct bt_err *err)
{
	const struct bt_user_grammars *users = bt_user_grammars();
	BT_CLEANUP(counts_release) struct counts n = { .nr = 0 };
	size_t nr = 0;

	count_blobs(c, &n);
	for (const struct bt_grammar_version *v = bt_grammar_versions; v->name && !o->user; v++) {
		struct row r = { .name = v->name, .version = v->version, .from = v->package, .hash = v->integrity };

		if (!is_used(v->name))
			continue;
		r.abi = bt_extract_abi(v->name);
		put_row(c, &n, &r);
		nr++;
	}
	for (size_t i = 0; i < users->nr; i++) {
		const struct bt_user_grammar *g = &users->items[i];
		struct row r = { .name = g->name, .version = g->version, .from = g->from, .abi = g->abi, .user = g,
				 .hash = g->hash ? g->hash : "", .trouble = g->trouble };

		if (!r.trouble && !g->replaces && bt_lang_is_built_in(g->name))
			r.trouble = "a built-in language has this name; add it with --replace";
		put_row(c, &n, &r);
		nr++;
	}
	if (users->trouble)
		return bt_err_set(err, BT_ERR_FAIL, "the list of grammars '%s' is not used: it %s", users->list, users->trouble);
	return nr ? 0 : 1;
}

int bt_grammars_remove(struct bt_context *c, const struct bt_grammars_opts *o, const char *language, struct bt_err *err)
{
	BT_CLEANUP(bt_user_grammars_release) struct bt_user_grammars l = BT_USER_GRAMMARS_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	const struct bt_user_grammar *g;
	uint64_t bytes;

	bt_user_grammars_read(&l, false);
	g = bt_user_grammar_find(&l, language);
	if (!g) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "no grammar '%s' was added", language);
		return bt_err_hint(err, bt_lang_is_built_in(language) ? "it is built in; index.exclude leaves files out"
								      : "`git batho grammars list --user` shows them");
	}
	bytes = bt_grammar_bytes(g);
	if (o->apply && bt_grammar_remove(language, err))
		return err->code;
	bt_out_record(c->out, "removed");
	bt_out_cstr(c->out, "name", language);
	bt_out_cstr(c->out, "hash", g->hash);
	bt_out_uint(c->out, "bytes", bytes);
	bt_out_bool(c->out, "applied", o->apply);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "%s %s: %" PRIu64 " bytes in %s", o->apply ? "removed" : "would remove", language, bytes,
		     g->folder ? g->folder : "no folder");
	bt_out_nl(c->out);
	if (!o->apply) {
		bt_out_textf(c->out, BT_COLOR_NOTE, "nothing was done: repeat it with --apply");
		bt_out_nl(c->out);
		return 0;
	}
	if (!bt_context_repo(c, &ignored))
		bt_audit(c, "grammar remove", "ok", "%s %.16s", language, g->hash ? g->hash : "");
	return 0;
}
