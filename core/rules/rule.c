/*
 * Reading a rule's file: lines of ";;" first, then the query. What a project gives is hostile: every line is
 * bounded by the file, which is bounded by BT_RULE_FILE_MAX, and nothing in it is a name of anything but
 * languages, roles and analyses of ours.
 */
#include "core/rules/rule.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/conf/conf.h"
#include "core/rules/analysis.h"
#include "core/rules/role.h"
#include "core/rules/rule_lex.h"
#include "core/rules/rule_parts.h"

#define LANGS_MAX 64
#define WORDS_MAX 64
#define EXAMPLES_MAX 256
#define MESSAGE_MAX 200

const char *bt_severity_name(enum bt_severity s)
{
	return s < BT_SEVERITY_NR ? bt_conf_severities[s] : "unknown";
}

int bt_severity_find(const char *name)
{
	for (int i = 0; bt_conf_severities[i]; i++)
		if (!strcmp(bt_conf_severities[i], name))
			return i;
	return -1;
}

enum block { BLOCK_NONE, BLOCK_HELP, BLOCK_EXAMPLE, BLOCK_MESSAGE, BLOCK_PART };

struct parser {
	struct bt_arena *arena;
	struct bt_rule *r;
	const char *where;
	const char *at, *end;		/* lines that are not read yet */
	unsigned line;
	enum block block;		/* what a line that goes on belongs to */
	struct bt_buf text;		/* of that block */
	bool example_bad;
	unsigned example_line;
	struct bt_piece part_name;	/* of the block at hand */
	unsigned part_line;
	bool has_severity, has_skip;
	bool brief;			/* examples are passed over */
	struct bt_err *err;
	/* Those counted are set: the built-in rules are read at every start, and clearing all this would be most of it. */
	size_t langs_nr, example_langs_nr;
	const struct bt_lang *langs[LANGS_MAX];		/* named by `languages` */
	const struct bt_lang *example_langs[LANGS_MAX];	/* of the block at hand */
	struct bt_rule_query queries[LANGS_MAX];
	struct bt_rule_word words[WORDS_MAX];
	struct bt_rule_example examples[EXAMPLES_MAX];
	struct bt_rule_parts parts;
};

static int fail(struct parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int fail(struct parser *p, const char *fmt, ...)
{
	char what[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return bt_err_set(p->err, BT_ERR_FAIL, "%s:%u: %s", p->where, p->line, what);
}

static int add_langs(struct parser *p, struct bt_piece list, const struct bt_lang **langs, size_t *nr, bool may_any)
{
	struct bt_piece w;

	*nr = 0;
	while (bt_piece_next_word(&list, &w)) {
		char name[64];
		const struct bt_lang *lang;

		if (may_any && bt_piece_is(w, "any")) {
			p->r->any = true;
			continue;
		}
		w.len = w.len < sizeof(name) ? w.len : sizeof(name) - 1;
		memcpy(name, w.p, w.len);
		name[w.len] = '\0';
		lang = bt_piece_is(w, "text") ? NULL : bt_lang_find(name);
		if (!lang && (!bt_piece_is(w, "text") || may_any)) {
			const char *near = bt_lang_nearest(name);

			return near ? fail(p, "unknown language '%s', did you mean '%s'?", name, near)
				    : fail(p, "unknown language '%s'", name);
		}
		if (*nr == LANGS_MAX)
			return fail(p, "more than %d languages", LANGS_MAX);
		langs[(*nr)++] = lang;
	}
	if (!*nr && !p->r->any)
		return fail(p, "a language is expected");
	return 0;
}

static int add_words(struct parser *p, struct bt_piece list, bool are_names)
{
	struct bt_piece w;

	while (bt_piece_next_word(&list, &w)) {
		if (p->r->words_nr == WORDS_MAX)
			return fail(p, "more than %d words", WORDS_MAX);
		if (!w.len || w.len > 100)
			return fail(p, "a word has 1 to 100 bytes");
		p->words[p->r->words_nr++] = (struct bt_rule_word){ bt_arena_strndup(p->arena, w.p, w.len), are_names };
	}
	return 0;
}

static int add_roles(struct parser *p, struct bt_piece list)
{
	struct bt_piece w;

	p->has_skip = true;
	while (bt_piece_next_word(&list, &w)) {
		int role = bt_file_role_find(w.p, w.len);

		if (bt_piece_is(w, "none")) {
			p->r->skip = 0;
			return 0;
		}
		if (role < 0)
			return fail(p, "unknown role of a file '%.*s'", (int)w.len, w.p);
		p->r->skip |= 1u << role;
	}
	return 0;
}

static void end_example(struct parser *p)
{
	const char *text = bt_arena_strndup(p->arena, bt_buf_cstr(&p->text), p->text.len);

	for (size_t i = 0; i < p->example_langs_nr && p->r->examples_nr < EXAMPLES_MAX; i++)
		p->examples[p->r->examples_nr++] = (struct bt_rule_example){
			.lang = p->example_langs[i], .bad = p->example_bad, .text = text,
			.len = p->text.len, .line = p->example_line,
		};
}

static int begin_part(struct parser *p, struct bt_piece name)
{
	struct bt_err wrong = BT_ERR_INIT;

	if (bt_rule_parts_check(&p->parts, name, &wrong))
		return fail(p, "%s", wrong.msg);
	p->part_name = name;
	p->part_line = p->line;
	p->block = BLOCK_PART;
	return 0;
}

static int end_part(struct parser *p)
{
	struct bt_piece text = { bt_buf_cstr(&p->text), p->text.len };
	struct bt_err wrong = BT_ERR_INIT;

	if (!bt_rule_parts_add(&p->parts, p->part_name, text, p->arena, &wrong))
		return 0;
	p->line = p->part_line;
	return fail(p, "%s", wrong.msg);
}

/* What was gathered over several lines becomes final. */
static int end_block(struct parser *p)
{
	size_t len = p->text.len;
	const char *text = bt_buf_cstr(&p->text);
	int rc = 0;

	while (p->block != BLOCK_EXAMPLE && len && isspace((unsigned char)text[len - 1]))
		len--;
	if (p->block == BLOCK_HELP)
		p->r->info.help = bt_arena_strndup(p->arena, text, len);
	else if (p->block == BLOCK_MESSAGE)
		p->r->info.message = bt_arena_strndup(p->arena, text, len);
	else if (p->block == BLOCK_EXAMPLE)
		end_example(p);
	else if (p->block == BLOCK_PART)
		rc = end_part(p);
	p->block = BLOCK_NONE;
	bt_buf_clear(&p->text);
	return rc;
}

static void begin_block(struct parser *p, enum block block, struct bt_piece first)
{
	p->block = block;
	bt_buf_add(&p->text, first.p, first.len);
}

static int set_severity(struct parser *p, struct bt_piece v)
{
	char name[16];
	int s;

	snprintf(name, sizeof(name), "%.*s", (int)(v.len < 15 ? v.len : 15), v.p);
	s = bt_severity_find(name);
	if (s < 0)
		return fail(p, "severity is error, warning, note or off, not '%s'", name);
	p->r->info.severity = (enum bt_severity)s;
	p->has_severity = true;
	return 0;
}

static int set_analysis(struct parser *p, struct bt_piece v)
{
	const char *name = bt_arena_strndup(p->arena, v.p, v.len);

	if (p->r->info.path)
		return fail(p, "a rule of a project is a query; analyses are built in");
	p->r->analysis = bt_analysis_find(name);
	p->r->info.on_policy = !strcmp(name, "policy-change");
	return p->r->analysis ? 0 : fail(p, "no analysis is called '%s'", name);
}

static int begin_example(struct parser *p, struct bt_piece langs, bool bad)
{
	p->example_bad = bad;
	p->example_line = p->line + 1;
	begin_block(p, BLOCK_EXAMPLE, (struct bt_piece){ "", 0 });
	return add_langs(p, langs, p->example_langs, &p->example_langs_nr, false);
}

static int set_key(struct parser *p, struct bt_piece key, struct bt_piece v)
{
	if (bt_piece_is(key, "severity"))
		return set_severity(p, v);
	if (bt_piece_is(key, "languages"))
		return add_langs(p, v, p->langs, &p->langs_nr, true);
	if (bt_piece_is(key, "message")) {
		begin_block(p, BLOCK_MESSAGE, v);
		return v.len <= MESSAGE_MAX ? 0 : fail(p, "the message has more than %d bytes", MESSAGE_MAX);
	}
	if (bt_piece_is(key, "words") || bt_piece_is(key, "names"))
		return add_words(p, v, bt_piece_is(key, "names"));
	if (bt_piece_is(key, "skip"))
		return add_roles(p, v);
	if (bt_piece_is(key, "when")) {
		p->r->introduced = bt_piece_is(v, "introduced");
		return p->r->introduced ? 0 : fail(p, "'when' knows 'introduced' alone");
	}
	if (bt_piece_is(key, "help")) {
		begin_block(p, BLOCK_HELP, v);
		return 0;
	}
	if (bt_piece_is(key, "help-uri")) {
		p->r->info.help_uri = bt_arena_strndup(p->arena, v.p, v.len);
		return v.len > 8 && !memcmp(v.p, "https://", 8) ? 0 : fail(p, "an https address is expected");
	}
	if (bt_piece_is(key, "analysis"))
		return set_analysis(p, v);
	if (bt_piece_is(key, "part"))
		return begin_part(p, v);
	if (bt_piece_is(key, "bad") || bt_piece_is(key, "good"))
		return p->brief ? 0 : begin_example(p, v, bt_piece_is(key, "bad"));
	return fail(p, "unknown key '%.*s'", (int)(key.len < 40 ? key.len : 40), key.p);
}

/* A line of an example or a part; behind ";;\" with escapes, for examples alone. */
static int text_line(struct parser *p, struct bt_piece t)
{
	bool escaped = t.p[0] == '\\';

	if (p->block != BLOCK_EXAMPLE && (p->block != BLOCK_PART || escaped))
		return fail(p, "a line with ;;%c belongs behind 'bad' or 'good'%s", t.p[0], escaped ? "" : " or 'part'");
	t.p++;
	t.len--;
	if (t.len && t.p[0] == ' ') {
		t.p++;
		t.len--;
	}
	if (!escaped)
		bt_buf_add(&p->text, t.p, t.len);
	else if (!bt_piece_unescape(t, &p->text))
		return fail(p, "behind a backslash 'r' or 'xNN' is expected");
	if (p->block == BLOCK_EXAMPLE)
		bt_buf_addch(&p->text, '\n');
	return 0;
}

/* A line of the head, without ";;". */
static int head_line(struct parser *p, struct bt_piece t)
{
	const char *colon;
	struct bt_piece key;

	if (t.len && (t.p[0] == '|' || t.p[0] == '\\'))
		return p->brief && p->block != BLOCK_PART ? 0 : text_line(p, t);
	if (t.len > 1 && t.p[0] == ' ' && t.p[1] == ' ' && (p->block == BLOCK_HELP || p->block == BLOCK_MESSAGE)) {
		t = bt_piece_trim(t);
		bt_buf_addch(&p->text, p->block == BLOCK_HELP ? '\n' : ' ');
		bt_buf_add(&p->text, t.p, t.len);
		return 0;
	}
	t = bt_piece_trim(t);
	if (!t.len)
		return 0;
	if (end_block(p))
		return p->err->code;
	colon = memchr(t.p, ':', t.len);
	if (!colon)
		return fail(p, "'key: value' is expected");
	key = (struct bt_piece){ t.p, (size_t)(colon - t.p) };
	return set_key(p, bt_piece_trim(key), bt_piece_trim((struct bt_piece){ colon + 1, (size_t)(t.p + t.len - colon - 1) }));
}

static bool next_line(struct parser *p, struct bt_piece *ret)
{
	const char *nl;

	if (p->at >= p->end)
		return false;
	nl = memchr(p->at, '\n', (size_t)(p->end - p->at));
	ret->p = p->at;
	ret->len = (size_t)((nl ? nl : p->end) - p->at);
	if (ret->len && ret->p[ret->len - 1] == '\r')
		ret->len--;
	p->at = nl ? nl + 1 : p->end;
	p->line++;
	return true;
}

static int add_query(struct parser *p, const struct bt_lang **langs, size_t nr, const char *from, const char *to,
		     unsigned line)
{
	struct bt_rule *r = p->r;
	struct bt_piece text = { from, (size_t)(to - from) };
	struct bt_err wrong = BT_ERR_INIT;
	unsigned row;

	if (bt_piece_is_blank(text))
		return 0;
	if (bt_rule_parts_expand(&p->parts, text, p->arena, &text, &row, &wrong)) {
		p->line = line + row;
		return fail(p, "%s", wrong.msg);
	}
	for (size_t i = 0; i < nr; i++) {
		if (bt_rule_query_for(r, langs[i]))
			return fail(p, "a second query for %s", langs[i]->name);
		if (r->queries_nr == LANGS_MAX)
			return fail(p, "more than %d languages", LANGS_MAX);
		r->queries[r->queries_nr++] = (struct bt_rule_query){ langs[i], text.p, text.len, line };
	}
	return 0;
}

/* The rest of the file: one text, or sections for languages. */
static int parse_queries(struct parser *p, const char *from, unsigned line)
{
	const struct bt_lang *langs[LANGS_MAX];
	size_t nr = p->langs_nr;
	struct bt_piece t;

	memcpy(langs, p->langs, nr * sizeof(*langs));
	for (;;) {
		const char *start = p->at;
		bool more = next_line(p, &t);

		if (more && !bt_piece_starts(t, ";; query:"))
			continue;
		if (add_query(p, langs, nr, from, more ? start : p->end, line))
			return p->err->code;
		if (!more)
			return 0;
		t.p += strlen(";; query:");
		t.len -= strlen(";; query:");
		if (add_langs(p, t, langs, &nr, false))
			return p->err->code;
		from = p->at;
		line = p->line + 1;
	}
}

static int parse_head(struct parser *p, const char **ret_rest, unsigned *ret_line)
{
	struct bt_piece t;

	for (;;) {
		const char *start = p->at;
		unsigned line = p->line;

		if (!next_line(p, &t) || !bt_piece_starts(t, ";;") || bt_piece_starts(t, ";; query:")) {
			bool blank = p->at < p->end && !bt_piece_trim(t).len;

			if (blank)
				continue;
			p->at = *ret_rest = start;
			*ret_line = line + 1;
			p->line = line;
			return end_block(p) ? p->err->code : bt_buf_check(&p->text, "the head of a rule", p->err);
		}
		if (memchr(t.p, '\0', t.len))
			return fail(p, "the line holds a NUL byte");
		if (head_line(p, (struct bt_piece){ t.p + 2, t.len - 2 }))
			return p->err->code;
	}
}

static int check_rule(struct parser *p)
{
	struct bt_rule *r = p->r;

	if (!p->has_severity)
		return fail(p, "';; severity:' is missing");
	if (!*r->info.message)
		return fail(p, "';; message:' is missing");
	if (!r->langs_nr && !r->any)
		return fail(p, "';; languages:' is missing");
	if (r->analysis ? r->queries_nr : !r->queries_nr)
		return fail(p, r->analysis ? "a rule with an analysis has no query"
					   : "the file has no query");
	if (r->any && !r->analysis)
		return fail(p, "'languages: any' goes with an analysis; a query is for languages");
	for (size_t i = 0; i < r->langs_nr && !r->analysis; i++)
		if (!bt_rule_query_for(r, r->langs[i]))
			return fail(p, "there is no query for %s", r->langs[i]->name);
	for (size_t i = 0; i < r->queries_nr; i++)
		if (!bt_rule_applies(r, r->queries[i].lang))
			return fail(p, "the query for %s is of a language that 'languages' does not name",
				    r->queries[i].lang->name);
	return 0;
}

/* What decides on findings; not the message, the help and the examples. */
static uint64_t rule_hash(const struct bt_rule *r)
{
	uint64_t h = bt_hash64(r->info.id, strlen(r->info.id), BT_RULES_CODE_VERSION);

	h = bt_mix64(h ^ (uint64_t)r->any);
	if (r->analysis)
		h = bt_hash64(r->analysis->name, strlen(r->analysis->name), h + r->analysis->version);
	for (size_t i = 0; i < r->langs_nr; i++)
		h = bt_hash64(r->langs[i]->name, strlen(r->langs[i]->name), h);
	for (size_t i = 0; i < r->words_nr; i++)
		h = bt_hash64(r->words[i].text, strlen(r->words[i].text), h + r->words[i].is_name);
	for (size_t i = 0; i < r->queries_nr; i++) {
		h = bt_hash64(r->queries[i].lang->name, strlen(r->queries[i].lang->name), h);
		h = bt_hash64(r->queries[i].text, r->queries[i].len, h);
	}
	return h;
}

static void *keep(struct bt_arena *a, const void *p, size_t nr, size_t size)
{
	void *to = bt_arena_alloc(a, nr * size + 1);

	if (nr)
		memcpy(to, p, nr * size);
	return to;
}

static int parse(struct parser *p)
{
	struct bt_rule *r = p->r;
	const char *rest = p->at;
	unsigned line = 1;

	r->queries = p->queries;
	if (parse_head(p, &rest, &line) || parse_queries(p, rest, line))
		return p->err->code;
	r->langs = keep(p->arena, p->langs, p->langs_nr, sizeof(*r->langs));
	r->langs_nr = p->langs_nr;
	r->queries = keep(p->arena, p->queries, r->queries_nr, sizeof(*r->queries));
	r->words = keep(p->arena, p->words, r->words_nr, sizeof(*r->words));
	r->examples = keep(p->arena, p->examples, r->examples_nr, sizeof(*r->examples));
	if (!p->has_skip)
		r->skip = 1u << BT_FILE_ROLE_GENERATED | 1u << BT_FILE_ROLE_VENDORED;
	else if (r->skip)
		r->skip |= 1u << BT_FILE_ROLE_GENERATED | 1u << BT_FILE_ROLE_VENDORED;
	if (check_rule(p))
		return p->err->code;
	r->hash = rule_hash(r);
	return 0;
}

int bt_rule_parse(const char *id, size_t id_len, const char *pack, const char *where, const char *text, size_t len,
		  bool brief, struct bt_arena *arena, struct bt_rule *ret_rule, struct bt_err *err)
{
	BT_FREE struct parser *p = bt_xmalloc(sizeof(*p));
	bool project = !strcmp(pack, "project");
	int rc;

	if (!bt_piece_is_id((struct bt_piece){ id, id_len }, BT_RULE_ID_MAX))
		return bt_err_set(err, BT_ERR_FAIL,
				  "%s: the name of a rule is small letters, digits and '-', at most %d", where,
				  BT_RULE_ID_MAX);
	if (len > BT_RULE_FILE_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "'%s' is larger than %u bytes", where, BT_RULE_FILE_MAX);
	memset(ret_rule, 0, sizeof(*ret_rule));
	ret_rule->info = (struct bt_rule_info){
		.id = id, .pack = pack, .message = "", .help = "",
	};
	if (project) {
		text = bt_arena_strndup(arena, text, len);
		ret_rule->info.id = bt_arena_strndup(arena, id, id_len);
		ret_rule->info.path = bt_arena_strndup(arena, where, strlen(where));
	}
	memset(p, 0, offsetof(struct parser, langs));
	p->parts.nr = 0;
	p->arena = arena;
	p->r = ret_rule;
	p->where = where;
	p->at = text;
	p->end = text + len;
	p->brief = brief;
	p->err = err;
	bt_buf_init(&p->text, BT_RULE_FILE_MAX);
	rc = parse(p);
	bt_buf_release(&p->text);
	return rc;
}

const struct bt_rule_query *bt_rule_query_for(const struct bt_rule *r, const struct bt_lang *lang)
{
	for (size_t i = 0; i < r->queries_nr; i++)
		if (r->queries[i].lang == lang)
			return &r->queries[i];
	return NULL;
}

bool bt_rule_applies(const struct bt_rule *r, const struct bt_lang *lang)
{
	if (r->any)
		return true;
	for (size_t i = 0; lang && i < r->langs_nr; i++)
		if (r->langs[i] == lang)
			return true;
	return false;
}
