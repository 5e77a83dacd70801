/*
 * git batho grammars test: one file through a parse worker, as if it were indexed; its tree, its facts, the time it takes.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/index/pool.h"
#include "core/lang/extract.h"
#include "core/lang/user_grammars.h"
#include "git-batho/grammars/run.h"

/* A tree as text has some twenty bytes for each of the source. */
#define TREE_MAX ((size_t)64 << 20)

/* ---- in the worker ---- */

static int prepare(void *ctx BT_UNUSED, const struct bt_lang *lang BT_UNUSED, struct bt_err *err BT_UNUSED)
{
	return 0;
}

/* The first line: ABI and number of symbols. */
static int look(void *ctx BT_UNUSED, const struct bt_lang *lang BT_UNUSED, const char *data BT_UNUSED, size_t len BT_UNUSED,
		struct bt_syntax *syntax, struct bt_buf *out, struct bt_err *err BT_UNUSED)
{
	out->max = TREE_MAX - 256;
	bt_buf_addf(out, "%u\t%u\n", bt_syntax_abi(syntax), bt_syntax_symbols(syntax));
	bt_syntax_dump(syntax, out);
	if (out->failed) {
		out->failed = false;
		out->max = TREE_MAX;
		bt_buf_adds(out, "0\t\t...\tcut\t0\t0\t0\t0\n");
	}
	return 0;
}

/* ---- the answer, which a worker gave that nobody trusts ---- */

struct node {
	unsigned long depth, at[4];
	const char *field, *type, *state;
};

/* One line, taken apart; false: it is none. */
static bool read_node(char *line, struct node *ret)
{
	char *fields[8], *p = line;

	for (int i = 0; i < 8; i++) {
		fields[i] = p;
		p = strchr(p, '\t');
		if (p)
			*p++ = '\0';
		else if (i < 7)
			return false;
		else
			p = line;
	}
	ret->depth = strtoul(fields[0], NULL, 10);
	ret->field = fields[1];
	ret->type = fields[2];
	ret->state = fields[3];
	for (int i = 0; i < 4; i++)
		ret->at[i] = strtoul(fields[4 + i], NULL, 10);
	return ret->depth < (1u << 20);
}

static void put_node(struct bt_out *out, const struct node *n)
{
	bool wrong = strcmp(n->state, "-") != 0;

	bt_out_record(out, "node");
	bt_out_uint(out, "depth", n->depth);
	bt_out_cstr(out, "field", *n->field ? n->field : NULL);
	bt_out_cstr(out, "type", n->type);
	bt_out_cstr(out, "state", wrong ? n->state : "ok");
	bt_out_uint(out, "start_row", n->at[0]);
	bt_out_uint(out, "start_column", n->at[1]);
	bt_out_uint(out, "end_row", n->at[2]);
	bt_out_uint(out, "end_column", n->at[3]);
	bt_out_record_end(out);
	if (!bt_out_is_human(out))
		return;
	for (unsigned long i = 0; i < n->depth && i < 60; i++)
		bt_out_text(out, BT_COLOR_NONE, "  ", 2);
	if (*n->field)
		bt_out_textf(out, BT_COLOR_NOTE, "%s: ", n->field);
	bt_out_textf(out, wrong ? BT_COLOR_BAD : BT_COLOR_NAME, "(%s%s)", !strcmp(n->state, "missing") ? "MISSING " : "", n->type);
	bt_out_textf(out, BT_COLOR_LINE, " %lu:%lu-%lu:%lu", n->at[0] + 1, n->at[1] + 1, n->at[2] + 1, n->at[3] + 1);
	bt_out_nl(out);
}

static size_t put_tree(struct bt_out *out, char *text)
{
	size_t errors = 0;
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct node n;

		if (!read_node(line, &n))
			continue;
		errors += !strcmp(n.state, "error") || !strcmp(n.state, "missing");
		put_node(out, &n);
	}
	return errors;
}

/* A line for people: where, what, and how it is called. */
static void put_line(struct bt_out *out, uint32_t row, const char *what, enum bt_color color, const struct bt_name *name)
{
	bt_out_textf(out, BT_COLOR_LINE, "%u", row);
	bt_out_pad(out, 7);
	bt_out_textf(out, BT_COLOR_NOTE, "%s ", what);
	bt_out_text(out, color, name->text, name->len);
	bt_out_nl(out);
}

static void put_imports(struct bt_out *out, const struct bt_facts *f)
{
	for (uint32_t i = 0; i < f->imports_nr; i++) {
		const struct bt_name *module = &f->texts[f->imports[i].module];
		uint32_t row = bt_facts_point(f, f->imports[i].start).row + 1;

		bt_out_record(out, "import");
		bt_out_str(out, "module", module->text, module->len);
		bt_out_uint(out, "line", row);
		bt_out_record_end(out);
		put_line(out, row, "import of", BT_COLOR_NONE, module);
	}
}

static void put_facts(struct bt_out *out, const struct bt_facts *f)
{
	put_imports(out, f);
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		const struct bt_def *d = &f->defs[i];
		const struct bt_name *name = &f->names[d->name];
		uint32_t row = bt_facts_point(f, d->start).row + 1;

		bt_out_record(out, "definition");
		bt_out_str(out, "name", name->text, name->len);
		bt_out_cstr(out, "kind", bt_kind_name(d->kind));
		bt_out_uint(out, "line", row);
		bt_out_uint(out, "end_line", bt_facts_point(f, d->end).row + 1);
		bt_out_record_end(out);
		put_line(out, row, bt_kind_name(d->kind), BT_COLOR_NAME, name);
	}
	for (uint32_t i = 0; i < f->occs_nr; i++) {
		const struct bt_occ *o = &f->occs[i];
		const struct bt_name *name = &f->names[o->name];
		uint32_t row = bt_facts_point(f, o->at).row + 1;

		if (o->role == BT_ROLE_DEF)
			continue;
		bt_out_record(out, "reference");
		bt_out_str(out, "name", name->text, name->len);
		bt_out_cstr(out, "role", bt_role_name(o->role));
		bt_out_uint(out, "line", row);
		bt_out_record_end(out);
		put_line(out, row, bt_role_name(o->role), BT_COLOR_NONE, name);
	}
}

struct outcome {
	size_t errors, len;
	unsigned abi, symbols;
	int64_t us;
	struct bt_facts facts;
};

static int put_result(struct bt_context *c, const struct bt_lang *lang, const struct bt_result *r, struct outcome *o,
		      struct bt_err *err)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	char *text = bt_arena_strndup(&arena, r->more ? r->more : "", r->more_len), *rest = strchr(text, '\n');

	if (r->status != BT_RESULT_FACTS) {
		bt_err_set(err, BT_ERR_FAIL, "the grammar of %s does not parse it: %s", lang->name, r->reason);
		return lang->user ? bt_err_hint(err, "`git batho grammars remove %s` takes it away", lang->name) : err->code;
	}
	if (!rest || bt_facts_decode(r->rec, r->len, &arena, &o->facts, err))
		return rest ? err->code : bt_err_set(err, BT_ERR_FAIL, "the parse worker answers nonsense");
	*rest++ = '\0';
	o->abi = (unsigned)strtoul(text, &text, 10);
	o->symbols = (unsigned)strtoul(text, NULL, 10);
	if (o->len) {
		o->errors = put_tree(c->out, rest);
		bt_out_nl(c->out);
		put_facts(c->out, &o->facts);
	}
	bt_out_record(c->out, "test");
	bt_out_cstr(c->out, "language", lang->name);
	bt_out_uint(c->out, "abi", o->abi);
	bt_out_uint(c->out, "symbols", o->symbols);
	bt_out_uint(c->out, "bytes", o->len);
	bt_out_uint(c->out, "errors", o->errors);
	bt_out_uint(c->out, "definitions", o->facts.defs_nr);
	bt_out_uint(c->out, "occurrences", o->facts.occs_nr);
	bt_out_uint(c->out, "microseconds", (uint64_t)o->us);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, o->errors ? BT_COLOR_WARN : BT_COLOR_GOOD, "%s: ABI %u, %u symbols; ", lang->name, o->abi, o->symbols);
	bt_out_textf(c->out, BT_COLOR_NONE, "%zu bytes, %zu error%s, %u definitions, %u names, %" PRId64 ".%03" PRId64 " ms", o->len,
		     o->errors, o->errors == 1 ? "" : "s", o->facts.defs_nr, o->facts.occs_nr, o->us / 1000, o->us % 1000);
	bt_out_nl(c->out);
	return o->errors ? 1 : 0;
}

static int parse(struct bt_pool *pool, const struct bt_lang *lang, const struct bt_buf *text, struct bt_result *ret,
		 int64_t *ret_us, struct bt_err *err)
{
	int64_t from;
	int rc;

	/* The tables are made first, so that the time is that of the file. */
	if (bt_pool_submit(pool, lang, BT_WANT_FACTS, 0, "", 0, err) || bt_pool_flush(pool, err))
		return err->code;
	rc = bt_pool_next(pool, true, ret, err);
	if (rc == BT_ROW && ret->status == BT_RESULT_FACTS) {
		from = bt_clock_us();
		if (bt_pool_submit(pool, lang, BT_WANT_FACTS | BT_WANT_MORE, 0, bt_buf_cstr(text), text->len, err) ||
		    bt_pool_flush(pool, err))
			return err->code;
		rc = bt_pool_next(pool, true, ret, err);
		*ret_us = bt_clock_us() - from;
	}
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_FAIL, "the parse worker has no answer");
	return rc < 0 ? rc : 0;
}

static int find_language(const char *name, const struct bt_lang **ret, struct bt_err *err)
{
	const struct bt_user_grammar *g = bt_user_grammar_find(bt_user_grammars(), name);
	const char *near;

	*ret = bt_lang_find(name);
	if (*ret)
		return 0;
	if (g && g->trouble)
		return bt_err_set(err, BT_ERR_FAIL, "the grammar '%s' is not used: %s", name, g->trouble);
	near = bt_lang_nearest(name);
	bt_err_set(err, BT_ERR_NOT_FOUND, "unknown language '%s'", name);
	return near ? bt_err_hint(err, "did you mean '%s'?", near) : bt_err_hint(err, "`git batho grammars list` shows them");
}

int bt_grammars_test(struct bt_context *c, const char *language, const char *path, struct bt_err *err)
{
	const struct bt_addon addon = { .len_max = TREE_MAX, .prepare = prepare, .look = look };
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_CLEANUP(bt_pool_free) struct bt_pool *pool = NULL;
	const struct bt_lang *lang;
	struct outcome o = { .len = 0 };
	struct bt_pool_opts po;
	struct bt_result r;

	if (find_language(language, &lang, err) || (path && bt_file_read(path, BT_BLOB_SIZE_CAP, &text, err)))
		return err->code;
	bt_pool_opts_default(&po, 1);
	po.addon = &addon;
	po.inflight_bytes_max = 2 * (size_t)BT_BLOB_SIZE_CAP;
	o.len = text.len;
	if (bt_pool_open(&po, &pool, err) || parse(pool, lang, &text, &r, &o.us, err))
		return err->code;
	return put_result(c, lang, &r, &o, err);
}
