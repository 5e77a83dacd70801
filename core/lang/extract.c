/*
 * Parse and walk of one blob, and what is prepared for it per language.
 *
 * The state is one process's: workers are processes, and tree-sitter's allocator hooks are global.
 */
#include "core/lang/extract.h"

#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/facts/facts.h"
#include "core/lang/dense.h"
#include "core/lang/desc.h"
#include "core/lang/grammar_table.h"
#include "core/lang/grammar_versions.h"
#include "core/lang/scanner_guard.h"
#include "core/lang/syntax_impl.h"
#include "core/lang/tables.h"
#include "core/lang/tags.h"
#include "core/lang/ts_arena.h"
#include "core/lang/user_grammars.h"
#include "core/lang/user_load.h"
#include "core/lang/walk.h"

const struct bt_extract_limits bt_extract_limits_default = {
	.callbacks_max = 400000,
	.arena_max = (uint64_t)192 << 20,
	.nodes_max = 20000000,
};

struct prepared {
	bool done;
	const TSLanguage *grammar;	/* as compiled; the tables hold copies */
	struct bt_desc desc;		/* the tables point into its words */
	struct bt_lang_tables tables;
	struct bt_tags *tags;		/* of a user's grammar without a description, or NULL */
	char *refused;			/* why it is never prepared, or NULL */
};

static struct {
	struct prepared *langs;		/* by bt_lang.index */
	struct walk *walk;
	TSParser *stock_parser;
	struct bt_buf masked;		/* the text that is parsed, where macros are blanked */
	size_t shared_bytes;
	bool stock;
	bool few;			/* no dense tables */
	bool allocator_set;
} state;

static const struct bt_grammar *grammar_of(const struct bt_lang *lang)
{
	for (const struct bt_grammar *g = bt_grammars; g->name; g++)
		if (!strcmp(g->name, lang->grammar))
			return g;
	return NULL;
}

static const char *desc_text(const char *name)
{
	for (const struct bt_lang_desc_text *t = bt_lang_desc_texts; t->name; t++)
		if (!strcmp(t->name, name))
			return t->text;
	return NULL;
}

static int find_built_in(const struct bt_lang *lang, struct prepared *p, struct bt_err *err)
{
	const struct bt_grammar *g = grammar_of(lang);
	const char *text = desc_text(lang->name);

	if (!g || !text)
		return bt_err_set(err, BT_ERR_FAIL, "language '%s' has no grammar in this build", lang->name);
	p->grammar = g->language();
	bt_desc_init(&p->desc, text);
	return 0;
}

static int find_user(const struct bt_lang *lang, struct prepared *p, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf made = BT_BUF_INIT;
	bool described = lang->user->text == BT_USER_DESCRIBED;
	const struct bt_buf *text;

	if (p->refused)
		return bt_err_set(err, BT_ERR_FAIL, "%s", p->refused);
	if (bt_user_load(lang, &p->grammar, &text, err))
		return err->code;
	if (!described)
		bt_tags_describe(p->grammar, bt_buf_cstr(text), &made);
	bt_desc_init(&p->desc, bt_buf_cstr(described ? text : &made));
	if (lang->user->text == BT_USER_TAGS && bt_tags_new(p->grammar, bt_buf_cstr(text), text->len, &p->tags, err)) {
		bt_desc_release(&p->desc);
		return err->code;
	}
	return 0;
}

static int prepare(const struct bt_lang *lang, struct prepared *p, struct bt_err *err)
{
	size_t bytes = 0;
	int rc = lang->user ? find_user(lang, p, err) : find_built_in(lang, p, err);

	if (rc)
		return rc;
	rc = bt_tables_make(&p->desc, lang->name, lang->user != NULL, p->grammar, &p->tables, err);
	if (!rc)
		rc = bt_scanner_guard(p->grammar, &p->tables.stock, err);
	if (!rc && state.few)
		p->tables.ts = p->tables.stock;
	else if (!rc)
		rc = bt_dense_make(p->tables.stock, &p->tables.ts, &bytes, err);
	if (rc) {
		bt_desc_release(&p->desc);
		bt_tags_free(&p->tags);
		return rc;
	}
	state.shared_bytes += bytes;
	p->done = true;
	return 0;
}

static struct prepared *slot_of(const struct bt_lang *lang)
{
	if (!state.langs)
		state.langs = bt_xcalloc(bt_langs_nr(), sizeof(*state.langs));
	return &state.langs[lang->index];
}

int bt_extract_prepare(const struct bt_lang *lang, struct bt_err *err)
{
	struct prepared *p = slot_of(lang);

	return p->done ? 0 : prepare(lang, p, err);
}

void bt_extract_open_users(void)
{
	bt_user_load_open();
}

void bt_extract_refuse(const struct bt_lang *lang, const char *reason)
{
	struct prepared *p = slot_of(lang);

	free(p->refused);
	p->refused = bt_xstrdup(reason);
}

const char *bt_extract_refused(const struct bt_lang *lang)
{
	return slot_of(lang)->refused;
}

bool bt_extract_has_scanner(const struct bt_lang *lang)
{
	const struct bt_grammar *g = lang->user ? NULL : grammar_of(lang);

	return !g || g->has_scanner;
}

size_t bt_extract_shared_bytes(void)
{
	return state.shared_bytes;
}

struct input {
	const char *data;	/* what is parsed */
	const char *src;	/* what is walked: the true bytes */
	uint32_t len;
	uint64_t callbacks;
};

static const char *input_read(void *payload, uint32_t at, TSPoint point BT_UNUSED, uint32_t *ret_len)
{
	const struct input *in = payload;

	*ret_len = at < in->len ? in->len - at : 0;
	return at < in->len ? in->data + at : "";
}

static bool input_progress(TSParseState *s)
{
	struct input *in = s->payload;

	return ++in->callbacks > bt_extract_limits_default.callbacks_max || bt_scanner_guard_overflowed();
}

static TSTree *parse(TSParser *parser, struct input *in)
{
	TSInput input = { .payload = in, .read = input_read, .encoding = TSInputEncodingUTF8 };
	TSParseOptions options = { .payload = in, .progress_callback = input_progress };
	TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, options);

	bt_scanner_guard_end();
	return tree;
}

int bt_syntax_facts(struct bt_syntax *s, const struct bt_facts **ret_facts, struct bt_err *err)
{
	struct bt_tags *tags = state.langs[s->lang->index].tags;
	int rc = s->walked ? 0
			   : bt_walk_run(state.walk, s->tables, s->tree, s->src, s->len,
					 bt_extract_limits_default.nodes_max, &s->facts, err);

	if (!rc && !s->walked && tags)
		rc = bt_tags_apply(tags, s->tree, s->src, &s->facts, err);

	s->walked = !rc;
	*ret_facts = &s->facts;
	return rc;
}

static int work_on_tree(const struct bt_lang_tables *t, TSTree *tree, const struct input *in,
			const struct bt_extract_job *j, struct bt_err *err)
{
	struct bt_syntax s = { .tables = t, .lang = j->lang, .tree = tree, .src = in->src, .len = in->len };
	const struct bt_facts *facts;

	if (bt_scanner_guard_overflowed())
		return bt_err_set(err, BT_ERR_LIMIT, "the state of the grammar's scanner is too large");
	if (!tree)
		return bt_err_set(err, BT_ERR_LIMIT, "parsing took more than %llu steps",
				  (unsigned long long)bt_extract_limits_default.callbacks_max * 100);
	if (j->facts) {
		if (bt_syntax_facts(&s, &facts, err))
			return err->code;
		bt_facts_encode(facts, j->facts);
		if (bt_buf_check(j->facts, "the facts of a blob", err))
			return err->code;
	}
	return j->also ? j->also(j->ctx, &s, err) : 0;
}

/* Everything lies in the arena but an external scanner's own state. */
static int extract_fast(const struct bt_lang_tables *t, struct input *in, const struct bt_extract_job *j,
			struct bt_err *err)
{
	jmp_buf full;
	TSParser *parser;
	int rc;

	if (!state.allocator_set) {
		bt_ts_arena_set(true);
		state.allocator_set = true;
	}
	if (!bt_ts_arena_begin(bt_extract_limits_default.arena_max, &full))
		return bt_err_set(err, BT_ERR_FAIL, "out of memory");
	if (setjmp(full)) {
		bt_scanner_guard_abandon();
		bt_ts_arena_end();
		return bt_err_set(err, BT_ERR_LIMIT, "the syntax tree needs more than %llu bytes",
				  (unsigned long long)bt_extract_limits_default.arena_max);
	}
	parser = ts_parser_new();
	if (ts_parser_set_language(parser, t->ts))
		rc = work_on_tree(t, parse(parser, in), in, j, err);
	else
		rc = bt_err_set(err, BT_ERR_FAIL, "the grammar's ABI does not fit tree-sitter");
	ts_parser_delete(parser);
	bt_ts_arena_end();
	return rc;
}

static int extract_stock(const struct bt_lang_tables *t, struct input *in, const struct bt_extract_job *j,
			 struct bt_err *err)
{
	TSTree *tree;
	int rc;

	if (!state.stock_parser)
		state.stock_parser = ts_parser_new();
	if (!ts_parser_set_language(state.stock_parser, t->stock))
		return bt_err_set(err, BT_ERR_FAIL, "the grammar's ABI does not fit tree-sitter");
	ts_parser_reset(state.stock_parser);
	tree = parse(state.stock_parser, in);
	rc = work_on_tree(t, tree, in, j, err);
	ts_tree_delete(tree);
	return rc;
}

int bt_extract_job(const struct bt_extract_job *j, struct bt_err *err)
{
	struct input in = { .data = j->data, .src = j->data, .len = (uint32_t)j->len };
	int rc = bt_extract_prepare(j->lang, err);
	const struct bt_lang_tables *t;

	if (rc)
		return rc;
	bt_scanner_guard_begin(state.langs[j->lang->index].grammar);
	if (j->len > BT_BLOB_SIZE_CAP)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %u bytes", BT_BLOB_SIZE_CAP);
	if (!state.walk)
		state.walk = bt_walk_new();
	t = &state.langs[j->lang->index].tables;
	if (t->mask)
		in.data = bt_mask_text(t->mask, j->data, j->len, &state.masked);
	return state.stock ? extract_stock(t, &in, j, err) : extract_fast(t, &in, j, err);
}

int bt_extract(const struct bt_lang *lang, const char *data, size_t len, struct bt_buf *out,
	       struct bt_err *err)
{
	struct bt_extract_job j = { .lang = lang, .data = data, .len = len, .facts = out };

	return bt_extract_job(&j, err);
}

const struct bt_lang_tables *bt_extract_tables(const struct bt_lang *lang, struct bt_err *err)
{
	return bt_extract_prepare(lang, err) ? NULL : &state.langs[lang->index].tables;
}

void bt_extract_heap(bool heap)
{
	if (state.allocator_set)
		bt_ts_arena_set(!heap);
}

void bt_extract_set_few(bool few)
{
	state.few = few;
}

unsigned bt_extract_abi(const char *grammar)
{
	for (const struct bt_grammar *g = bt_grammars; g->name; g++)
		if (!strcmp(g->name, grammar))
			return ts_language_abi_version(g->language());
	return 0;
}

const char *bt_extract_runtime_version(void)
{
	for (const struct bt_grammar_version *v = bt_grammar_versions; v->name; v++)
		if (!strcmp(v->name, "tree-sitter"))
			return v->version;
	return "unknown";
}

void bt_extract_set_fast(bool fast)
{
	bt_extract_release();
	state.stock = !fast;
}

void bt_extract_release(void)
{
	if (state.stock_parser)
		ts_parser_delete(state.stock_parser);
	state.stock_parser = NULL;
	if (state.allocator_set)
		bt_ts_arena_set(false);
	state.allocator_set = false;
	bt_ts_arena_release();
	bt_walk_free(&state.walk);
	bt_buf_release(&state.masked);
}
