/*
 * Building the set of rules in force.
 */
#include "core/rules/ruleset.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/rules/analysis.h"
#include "core/rules/record.h"

static const char *const packs[] = { "core", "silent-failure", "blast-radius" };
#define PACKS_NR (sizeof(packs) / sizeof(packs[0]))
_Static_assert(BT_RULESET_PACKS_ALL == (1u << PACKS_NR) - 1, "a bit for each pack");

/* The bit of a rule's pack; 0: it is the project's own. */
static unsigned pack_bit(const struct bt_rule *r)
{
	for (size_t i = 0; i < PACKS_NR; i++)
		if (!strcmp(packs[i], r->info.pack))
			return 1u << i;
	return 0;
}

static int add(struct bt_ruleset *s, const char *id, const char *pack, const char *where, const char *text, size_t len,
	       bool brief, struct bt_err *err)
{
	const struct bt_rule *taken = bt_ruleset_find(s, id, strlen(id));

	if (taken)
		return bt_err_set(err, BT_ERR_FAIL, "%s: a rule of pack %s has this name", where, taken->info.pack);
	if (s->nr == BT_RULES_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "more than %d rules", BT_RULES_MAX);
	BT_GROW(s->rules, s->alloc, s->nr + (size_t)1);
	if (bt_rule_parse(id, strlen(id), pack, where, text, len, brief, &s->arena, &s->rules[s->nr], err))
		return err->code;
	s->nr++;
	return 0;
}

static int add_builtin(struct bt_ruleset *s, bool brief, struct bt_err *err)
{
	for (const struct bt_rule_text *t = bt_rule_texts; t->id; t++)
		if (add(s, t->id, t->pack, t->where, t->text, strlen(t->text), brief, err))
			return err->code;
	s->builtin_nr = s->nr;
	return 0;
}

static int add_files(struct bt_ruleset *s, const struct bt_rule_file *files, size_t nr, struct bt_err *err)
{
	for (size_t i = 0; i < nr; i++) {
		BT_FREE char *where = bt_xasprintf(".batho/rules/%s.scm", files[i].id);

		if (add(s, files[i].id, "project", where, files[i].text, files[i].len, false, err))
			return err->code;
	}
	return 0;
}

static bool is_of_change(const struct bt_rule *r)
{
	return r->analysis && r->analysis->of_change;
}

static void list_lang(struct bt_ruleset *s, const struct bt_lang *lang, struct bt_ruleset_lang *l)
{
	l->rules = bt_arena_alloc(&s->arena, (s->nr + (size_t)1) * sizeof(*l->rules));
	l->key = bt_mix64(BT_RULES_CODE_VERSION << 8 | BT_RECORD_VERSION);
	for (uint32_t i = 0; i < s->nr; i++) {
		const struct bt_rule *r = &s->rules[i];

		if (is_of_change(r) || !bt_rule_applies(r, lang) || pack_bit(r) & ~s->packs)
			continue;
		l->rules[l->nr++] = i;
		l->key = bt_mix64(l->key ^ r->hash);
	}
}

static void list_all(struct bt_ruleset *s, unsigned in_lists)
{
	s->packs = in_lists;
	s->langs = bt_arena_zalloc(&s->arena, (bt_langs_nr() + 1) * sizeof(*s->langs));
	for (size_t i = 0; i < bt_langs_nr(); i++)
		list_lang(s, bt_lang_get(i), &s->langs[i]);
	list_lang(s, NULL, &s->langs[bt_langs_nr()]);
}

void bt_ruleset_narrow(struct bt_ruleset *s, unsigned in_lists)
{
	if (in_lists != s->packs)
		list_all(s, in_lists);
}

static int init(struct bt_ruleset *s, const struct bt_rule_file *files, size_t files_nr, bool brief, struct bt_err *err)
{
	memset(s, 0, sizeof(*s));
	if (add_builtin(s, brief, err) || add_files(s, files, files_nr, err))
		return err->code;
	list_all(s, BT_RULESET_PACKS_ALL);
	return 0;
}

int bt_ruleset_init(struct bt_ruleset *s, const struct bt_rule_file *files, size_t files_nr, struct bt_err *err)
{
	return init(s, files, files_nr, false, err);
}

int bt_ruleset_init_brief(struct bt_ruleset *s, const struct bt_rule_file *files, size_t files_nr, struct bt_err *err)
{
	return init(s, files, files_nr, true, err);
}

void bt_ruleset_release(struct bt_ruleset *s)
{
	free(s->rules);
	bt_arena_release(&s->arena);
	memset(s, 0, sizeof(*s));
}

const struct bt_rule *bt_ruleset_find(const struct bt_ruleset *s, const char *id, size_t len)
{
	for (uint32_t i = 0; i < s->nr; i++)
		if (strlen(s->rules[i].info.id) == len && !memcmp(s->rules[i].info.id, id, len))
			return &s->rules[i];
	return NULL;
}

/* Letters in common from both ends. */
static size_t likeness(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), min = la < lb ? la : lb, nr = 0, tail = 0;

	while (nr < min && a[nr] == b[nr])
		nr++;
	while (tail < min - nr && a[la - 1 - tail] == b[lb - 1 - tail])
		tail++;
	return nr + tail;
}

const char *bt_ruleset_nearest(const struct bt_ruleset *s, const char *id)
{
	const char *best = NULL;
	size_t best_like = strlen(id) / 2;

	for (uint32_t i = 0; i < s->nr; i++) {
		size_t like = likeness(s->rules[i].info.id, id);

		if (like > best_like) {
			best_like = like;
			best = s->rules[i].info.id;
		}
	}
	return best;
}

const struct bt_ruleset_lang *bt_ruleset_for(const struct bt_ruleset *s, const struct bt_lang *lang)
{
	return &s->langs[lang ? lang->index : bt_langs_nr()];
}

/* ---- configuration ---- */

/* The packs named by rules.packs, as bits. */
static int packs_in_force(const char *list, unsigned *ret_bits, struct bt_err *err)
{
	*ret_bits = 0;
	while (*list) {
		size_t len = strcspn(list, ", \t"), i = 0;

		while (len && i < PACKS_NR && (strlen(packs[i]) != len || memcmp(packs[i], list, len)))
			i++;
		if (i == PACKS_NR) {
			bt_err_set(err, BT_ERR_FAIL, "'rules.packs' names '%.*s', which is no pack",
				   (int)(len < 60 ? len : 60), list);
			return bt_err_hint(err, "there are core, silent-failure and blast-radius");
		}
		if (len)
			*ret_bits |= 1u << i;
		list += len;
		list += strspn(list, ", \t");
	}
	return 0;
}

/* A project cannot switch off what tells that its policy changes. */
static bool is_in_force(const struct bt_rule *r, const struct bt_conf *conf, unsigned bits)
{
	if (r->info.on_policy && bt_conf_get(conf, BT_KEY_RULES_PACKS)->origin == BT_FROM_TRACKED)
		return true;
	return !pack_bit(r) || pack_bit(r) & bits;
}

/* A project that grades a rule it does not have has misspelt it; what a user says may be about other projects. */
static int check_said(const struct bt_ruleset *s, const struct bt_conf *conf, struct bt_err *err)
{
	struct bt_conf_said said;

	for (size_t i = 0; bt_conf_rule_said(conf, i, &said); i++) {
		const char *near;

		if (!said.tracked || bt_ruleset_find(s, said.id, strlen(said.id)))
			continue;
		near = bt_ruleset_nearest(s, said.id);
		bt_err_set(err, BT_ERR_FAIL, "'rules.%s.severity' %s: no rule has this name", said.id, said.where);
		if (near)
			bt_err_hint(err, "did you mean '%s'?", near);
		else
			bt_err_hint(err, "`git batho rules list` shows them");
		if (bt_conf_pass_over(conf, err))
			return err->code;
	}
	return 0;
}

static void grade(struct bt_rule *r, const struct bt_conf *conf, unsigned bits)
{
	const char *said;
	bool tracked;
	enum bt_severity severity;

	bt_conf_rule_severity(conf, r->info.id, &said, &tracked);
	severity = said ? (enum bt_severity)bt_severity_find(said) : BT_SEVERITY_OFF;
	if (said && !(r->info.on_policy && tracked && severity < r->info.severity))
		r->info.severity = severity;
	else if (!said && !is_in_force(r, conf, bits))
		r->info.severity = BT_SEVERITY_OFF;
}

int bt_ruleset_configure(struct bt_ruleset *s, const struct bt_conf *conf, struct bt_err *err)
{
	unsigned bits, needed = 0;

	if (packs_in_force(bt_conf_get(conf, BT_KEY_RULES_PACKS)->text, &bits, err)) {
		if (bt_conf_pass_over(conf, err))
			return err->code;
		bits = BT_RULESET_PACKS_ALL;
	}
	if (check_said(s, conf, err))
		return err->code;
	for (uint32_t i = 0; i < s->nr; i++)
		grade(&s->rules[i], conf, bits);
	for (uint32_t i = 0; i < s->nr; i++)
		if (!is_of_change(&s->rules[i]) && s->rules[i].info.severity != BT_SEVERITY_OFF)
			needed |= pack_bit(&s->rules[i]);
	/* a pack that is asked for stays whole, whatever its rules are graded as: fewer keys */
	bt_ruleset_narrow(s, needed | bits);
	return 0;
}
