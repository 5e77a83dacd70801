/*
 * The statements `def` and `import`: when a node is a definition, of which kind, and how it is called.
 */
#include <stdlib.h>
#include <string.h>

#include "core/lang/tables_make.h"

#define CONDS_MAX 8

struct def_parse {
	struct bt_maker *m;
	struct bt_def_rule *rule;
	struct bt_cond conds[CONDS_MAX];
	size_t conds_nr;
};

int bt_maker_export(struct bt_maker *m, const char *policy, char *arg, struct bt_export_rule *ret)
{
	static const char *const names[] = {
		[BT_EXPORT_ALL] = "all",
		[BT_EXPORT_NONE] = "none",
		[BT_EXPORT_CAPITAL] = "capital",
		[BT_EXPORT_NO_UNDERSCORE] = "no-underscore",
		[BT_EXPORT_MARKED] = "marked",
		[BT_EXPORT_UNMARKED] = "unmarked",
		[BT_EXPORT_PARENT] = "parent",
		[BT_EXPORT_SCOPE] = "scope",
	};

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
		if (strcmp(names[i], policy))
			continue;
		ret->policy = (enum bt_export)i;
		if (i == BT_EXPORT_PARENT)
			return bt_maker_symbols(m, arg, &ret->symbols, &ret->symbols_nr);
		ret->words = bt_maker_words(m, arg);
		return 0;
	}
	return bt_maker_fail(m, "no export policy", policy);
}

static int parse_kinds(struct bt_maker *m, char *list, uint32_t *ret_kinds)
{
	const char *word;

	*ret_kinds = 0;
	while ((word = bt_desc_alt(&list))) {
		uint8_t kind = 0;

		if (!strcmp(word, "file"))
			*ret_kinds |= BT_COND_FILE_LEVEL;
		else if (bt_maker_kind(m, word, &kind))
			return m->err->code;
		else
			*ret_kinds |= 1u << kind;
	}
	return 0;
}

/* KEY or KEY/KEY: a child, or a child's child */
static int parse_path(struct def_parse *p, struct bt_cond *c, char *arg)
{
	char *slash = strchr(arg, '/');

	if (slash && slash > arg && slash[1] && slash[-1] != '"' && slash[1] != '"') {
		*slash++ = '\0';
		c->deep = true;
		if (bt_maker_key(p->m, slash, &c->deep_field, &c->deep_symbol))
			return p->m->err->code;
	}
	return bt_maker_key(p->m, arg, &c->field, &c->child_symbol);
}

static bool has_texts(enum bt_cond_op op)
{
	return op == BT_COND_TEXT || op == BT_COND_NOT_TEXT || op == BT_COND_LIKE;
}

static void set_texts(struct def_parse *p, struct bt_cond *c, char *list)
{
	struct bt_words w = bt_maker_words(p->m, list);

	c->texts = w.words;
	c->texts_nr = w.nr;
}

/* if=KEY:A|B, iftext=KEY:A|B and nottext=KEY:A|B */
static int parse_child_cond(struct def_parse *p, struct bt_cond *c, char *arg)
{
	char *colon = strchr(arg[0] == '<' && strchr(arg, '>') ? strchr(arg, '>') : arg, ':');

	if (c->op == BT_COND_TYPE || has_texts(c->op)) {
		if (!colon)
			return bt_maker_fail(p->m, "no ':' in", arg);
		*colon++ = '\0';
	}
	if (parse_path(p, c, arg))
		return p->m->err->code;
	if (c->op == BT_COND_TYPE)
		return bt_maker_symbols(p->m, colon, &c->symbols, &c->symbols_nr);
	if (has_texts(c->op))
		set_texts(p, c, colon);
	return 0;
}

static const struct {
	const char *name;
	enum bt_cond_op op;
} cond_names[] = {
	{ "if=", BT_COND_TYPE },     { "iftext=", BT_COND_TEXT }, { "has=", BT_COND_HAS },
	{ "nottext=", BT_COND_NOT_TEXT },
	{ "like=", BT_COND_LIKE },   { "caps=", BT_COND_CAPS },	  { "followed=", BT_COND_FOLLOWED },
	{ "ends=", BT_COND_ENDS },   { "starts=", BT_COND_STARTS },
	{ "after=", BT_COND_AFTER },
	{ "no=", BT_COND_HAS_NOT },  { "parent=", BT_COND_PARENT },
	{ "notparent=", BT_COND_NOT_PARENT }, { "grandparent=", BT_COND_GRANDPARENT },
	{ "in=", BT_COND_IN },	     { "notin=", BT_COND_NOT_IN }, { "open", BT_COND_OPEN },
	{ "depth=", BT_COND_DEPTH },
};

/* 1: it was a condition; 0: it was none. */
static int parse_cond(struct def_parse *p, char *word)
{
	struct bt_cond *c = &p->conds[p->conds_nr];

	for (size_t i = 0; i < BT_ARRAY_NR(cond_names); i++) {
		size_t len = strlen(cond_names[i].name);
		int rc = 0;

		if (strncmp(word, cond_names[i].name, len))
			continue;
		if (p->conds_nr == CONDS_MAX)
			return bt_maker_fail(p->m, "too many conditions at", word);
		memset(c, 0, sizeof(*c));
		c->op = cond_names[i].op;
		p->conds_nr++;
		if (c->op >= BT_COND_PARENT && c->op <= BT_COND_GRANDPARENT)
			rc = bt_maker_symbols(p->m, word + len, &c->symbols, &c->symbols_nr);
		else if (c->op == BT_COND_IN || c->op == BT_COND_NOT_IN)
			rc = parse_kinds(p->m, word + len, &c->kinds);
		else if (c->op >= BT_COND_FOLLOWED && c->op <= BT_COND_AFTER)
			set_texts(p, c, word + len);
		else if (c->op == BT_COND_DEPTH)
			c->kinds = (uint32_t)atoi(word + len);
		else if (c->op != BT_COND_OPEN)
			rc = parse_child_cond(p, c, word + len);
		return rc ? rc : 1;
	}
	return 0;
}

/* within=class|struct:method */
static int parse_within(struct def_parse *p, char *arg)
{
	char *colon = strchr(arg, ':');

	if (!colon)
		return bt_maker_fail(p->m, "no ':' in", arg);
	*colon = '\0';
	if (parse_kinds(p->m, arg, &p->rule->within))
		return p->m->err->code;
	return bt_maker_kind(p->m, colon + 1, &p->rule->within_kind);
}

static int parse_own_export(struct def_parse *p, char *arg)
{
	char *colon = strchr(arg, ':');

	if (colon)
		*colon++ = '\0';
	p->rule->own_export = true;
	return bt_maker_export(p->m, arg, colon ? colon : arg + strlen(arg), &p->rule->export);
}

static bool parse_word_option(struct def_parse *p, char *word)
{
	struct bt_def_rule *r = p->rule;
	const struct {
		const char *name;
		struct bt_words *to;
	} options[] = {
		{ "ctor=", &r->ctor }, { "test=", &r->tests },	   { "decl=", &r->decl },
		{ "fixed=", &r->fixed }, { "default=", &r->deflt }, { "relative=", &r->relative },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(options); i++) {
		size_t len = strlen(options[i].name);

		if (!strncmp(word, options[i].name, len)) {
			*options[i].to = bt_maker_words(p->m, word + len);
			return true;
		}
	}
	return false;
}

/* An option that is there or not. */
static bool parse_flag(struct bt_def_rule *r, const char *word)
{
	const struct {
		const char *name;
		bool *to;
	} flags[] = {
		{ "decl", &r->decl_always },	{ "quoted-relative", &r->quoted_relative },
		{ "reexport", &r->reexport },	{ "keeps-kind", &r->keeps_kind },
		{ "each", &r->each },		{ "parts", &r->parts },
		{ "rest", &r->rest },		{ "closed", &r->closed },
		{ "joins", &r->joins },		{ "curried", &r->curried },
		{ "sections", &r->sections },	{ "hoisted", &r->hoisted },
		{ "once", &r->once },		{ "bodied", &r->bodied },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(flags); i++)
		if (!strcmp(word, flags[i].name)) {
			*flags[i].to = true;
			return true;
		}
	return false;
}

static int parse_option(struct def_parse *p, char *word)
{
	int rc = parse_cond(p, word);

	if (rc)
		return rc < 0 ? rc : 0;
	if (parse_word_option(p, word))
		return 0;
	if (!strncmp(word, "within=", 7))
		return parse_within(p, word + 7);
	if (!strncmp(word, "qualified=", 10))
		return bt_maker_kind(p->m, word + 10, &p->rule->qualified_kind);
	if (!strncmp(word, "outer=", 6))
		return bt_maker_symbols(p->m, word + 6, &p->rule->outer, &p->rule->outer_nr);
	if (!strncmp(word, "export=", 7))
		return parse_own_export(p, word + 7);
	if (parse_flag(p->rule, word))
		return 0;
	if (!strncmp(word, "split=", 6)) {
		p->rule->split = word + 6;
	} else if (!strncmp(word, "nested=", 7)) {
		p->rule->nested = word + 7;
	} else if (!strcmp(word, "parts=decl")) {
		p->rule->parts = p->rule->parts_decl = true;
	} else if (!strncmp(word, "args=", 5)) {
		p->rule->by_argument = true;
		p->rule->argument = (uint8_t)atoi(word + 5);
	} else if (!strcmp(word, "transparent") || !strcmp(word, "opaque")) {
		p->rule->transparent = word[0] == 't';
	} else {
		return bt_maker_fail(p->m, "no such option", word);
	}
	return 0;
}

static bool kind_hashed(enum bt_kind kind)
{
	return kind <= BT_KIND_CONSTRUCTOR || kind == BT_KIND_TEST ||
	       (kind >= BT_KIND_CLASS && kind <= BT_KIND_TYPE && kind != BT_KIND_ENUMERATOR);
}

/* Variables and their like do not hold names of their own. */
static bool kind_transparent(enum bt_kind kind)
{
	return kind == BT_KIND_VARIABLE || kind == BT_KIND_FIELD || kind == BT_KIND_CONSTANT ||
	       kind == BT_KIND_ENUMERATOR || kind == BT_KIND_TYPE;
}

static const struct bt_cond *keep_conds(const struct def_parse *p)
{
	struct bt_cond *conds = bt_arena_alloc(&p->m->t->arena, sizeof(*conds) * (p->conds_nr + 1));

	memcpy(conds, p->conds, sizeof(*conds) * p->conds_nr);
	return conds;
}

int bt_maker_branch_when(struct bt_maker *m)
{
	struct def_parse p = { .m = m };
	struct bt_node_rule *rule;

	if (m->stmt->nr < 3)
		return bt_maker_fail(m, "a type and conditions are wanted after", m->stmt->words[0]);
	if (bt_maker_rule(m, m->stmt->words[1], &rule))
		return m->err->code;
	for (size_t i = 2; i < m->stmt->nr; i++) {
		int rc = parse_cond(&p, (char *)m->stmt->words[i]);

		if (rc != 1)
			return rc ? rc : bt_maker_fail(m, "no such condition", m->stmt->words[i]);
	}
	rule->flags |= BT_NODE_BRANCH;
	rule->branch_conds = keep_conds(&p);
	rule->branch_conds_nr = p.conds_nr;
	return 0;
}

int bt_maker_def(struct bt_maker *m)
{
	bool import = !strcmp(m->stmt->words[0], "import");
	struct def_parse p = { .m = m };
	struct bt_maker_def *def;
	size_t first = import ? 2 : 3;

	if (m->stmt->nr < first)
		return bt_maker_fail(m, "words are missing after", m->stmt->words[0]);
	BT_GROW(m->defs, m->defs_alloc, m->defs_nr + 1);
	def = &m->defs[m->defs_nr++];
	memset(def, 0, sizeof(*def));
	def->rule.import = import;
	def->rule.qualified_kind = BT_AS_KEEP;
	p.rule = &def->rule;
	if (bt_maker_symbol(m, m->stmt->words[1], &def->node))
		return m->err->code;
	if (!import && bt_maker_kind(m, m->stmt->words[2], &def->rule.kind))
		return m->err->code;
	def->rule.hashed = !import && kind_hashed(def->rule.kind);
	def->rule.transparent = !import && kind_transparent(def->rule.kind);
	for (size_t i = first; i < m->stmt->nr; i++)
		if (parse_option(&p, (char *)m->stmt->words[i]))
			return m->err->code;
	def->rule.conds = keep_conds(&p);
	def->rule.conds_nr = p.conds_nr;
	return 0;
}
