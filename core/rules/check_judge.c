/*
 * One file: from the record of its blob to findings, and which of them are new.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/rules/radius/radius.h"
#include "core/rules/secret.h"

/* Definitions around a place that are named. */
#define SYMBOL_DEPTH_MAX 8
#define SYMBOL_LEN_MAX 200
/* Of what a change introduces the first ones say where: one wrong character may make many. */
#define INTRODUCED_MAX 3

/* "A.b": the definition around a place and those around it; "" when there is none. */
static const char *symbol_at(struct check *k, const struct bt_facts *facts, uint32_t at)
{
	uint32_t chain[SYMBOL_DEPTH_MAX], nr = 0, d = facts ? bt_facts_enclosing(facts, at) : BT_NONE;
	char *out;
	size_t len = 0;

	for (; d != BT_NONE && nr < SYMBOL_DEPTH_MAX; d = facts->defs[d].parent)
		chain[nr++] = d;
	if (!nr)
		return "";
	out = bt_arena_alloc(&k->arena, SYMBOL_LEN_MAX + 1);
	while (nr-- > 0) {
		const struct bt_name *name = &facts->names[facts->defs[chain[nr]].name];

		if (len + name->len + 1 > SYMBOL_LEN_MAX)
			break;
		if (len)
			out[len++] = '.';
		memcpy(out + len, name->text, name->len);
		len += name->len;
	}
	out[len] = '\0';
	return out;
}

bool check_touches(const struct bt_incoming_file *in, uint32_t row, uint32_t end_row)
{
	for (size_t i = 0; in->lines_known && i < in->lines_nr; i++)
		if (in->lines[i].first <= end_row && row < in->lines[i].first + in->lines[i].nr)
			return true;
	return false;
}

static const struct bt_rule *rule_of(struct check *k, const struct check_blob *b, const struct bt_found *found)
{
	return &k->c->rules.rules[bt_ruleset_for(&k->c->rules, b->lang)->rules[found->rule]];
}

void check_count_blob(struct check *k, struct check_blob *b, struct bt_fingerprints *set)
{
	const struct bt_facts *facts = b->rec.found_nr ? check_facts(k, b) : NULL;

	for (uint32_t i = 0; i < b->rec.found_nr; i++) {
		const struct bt_found *found = &b->rec.found[i];

		bt_fingerprints_add(set, bt_fingerprint(rule_of(k, b, found)->info.id, found->code_hash,
							symbol_at(k, facts, found->start)));
	}
}

static void add_candidates(struct check *k, struct check_file *f)
{
	uint32_t roles = check_roles(f);

	k->candidates_nr = 0;
	for (uint32_t i = 0; i < f->now.rec.found_nr; i++) {
		const struct bt_found *found = &f->now.rec.found[i];
		const struct bt_rule *rule = rule_of(k, &f->now, found);

		if (rule->info.severity == BT_SEVERITY_OFF || rule->skip & roles)
			continue;
		BT_GROW(k->candidates, k->candidates_alloc, k->candidates_nr + 1);
		k->candidates[k->candidates_nr++] = (struct check_candidate){ .found = found, .rule = rule };
	}
}

static void name_candidates(struct check *k, struct check_file *f)
{
	const struct bt_facts *facts = k->candidates_nr ? check_facts(k, &f->now) : NULL;
	BT_CLEANUP(bt_fingerprints_release) struct bt_fingerprints seen = BT_FINGERPRINTS_INIT;

	for (size_t i = 0; i < k->candidates_nr; i++) {
		struct check_candidate *c = &k->candidates[i];

		c->symbol = symbol_at(k, facts, c->found->start);
		c->fingerprint = bt_fingerprint(c->rule->info.id, c->found->code_hash, c->symbol);
		c->ordinal = bt_fingerprints_count(&seen, c->fingerprint);
		bt_fingerprints_add(&seen, c->fingerprint);
	}
}

/* Findings that count only where a definition has many users: asked last, and of few. */
static int drop_small_radius(struct check *k, const struct check_file *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->candidates_nr; i++) {
		const struct check_candidate *c = &k->candidates[i];
		bool more = true;

		if (c->found->radius_asked && radius_has_more(k, f, c->symbol, c->found->radius, &more))
			return k->err->code;
		if (more)
			k->candidates[kept++] = *c;
	}
	k->candidates_nr = kept;
	return 0;
}

/* ---- new or not ---- */

/* The names of a definition and of those around it, with the hashes of its tokens. */
static uint64_t def_hash(const struct bt_facts *f, uint32_t d)
{
	uint64_t h = bt_mix64(f->defs[d].sig_hash) ^ f->defs[d].body_hash;

	for (; d != BT_NONE; d = f->defs[d].parent)
		h = bt_hash64(f->names[f->defs[d].name].text, f->names[f->defs[d].name].len, h);
	return h ? h : 1;
}

static uint32_t callable_at(const struct bt_facts *f, uint32_t at)
{
	uint32_t d = bt_facts_enclosing(f, at);

	while (d != BT_NONE &&
	       (f->defs[d].flags & (BT_DEF_CALLABLE | BT_DEF_HASHED)) != (BT_DEF_CALLABLE | BT_DEF_HASHED))
		d = f->defs[d].parent;
	return d;
}

/* The callables of the blob before. */
static void count_callables(const struct bt_facts *f, struct bt_fingerprints *set)
{
	for (uint32_t i = 0; f && i < f->defs_nr; i++)
		if (f->defs[i].flags & BT_DEF_HASHED)
			bt_fingerprints_add(set, def_hash(f, i));
}

static bool in_changed_callable(struct check *k, struct check_file *f, const struct bt_fingerprints *before, uint32_t at)
{
	const struct bt_facts *facts = check_facts(k, &f->now);
	uint32_t d = facts && f->base.facts ? callable_at(facts, at) : BT_NONE;

	return d != BT_NONE && !bt_fingerprints_count(before, def_hash(facts, d));
}

static size_t count_rule(struct check *k, const struct check_blob *b, const struct bt_rule *rule)
{
	size_t nr = 0;

	for (uint32_t i = 0; i < b->rec.found_nr; i++)
		nr += rule_of(k, b, &b->rec.found[i]) == rule;
	return nr;
}

/* New ones of the same rule among those before it in the file. */
static size_t count_new(struct check *k, const struct check_candidate *c)
{
	size_t nr = 0;

	for (const struct check_candidate *d = k->candidates; d < c; d++)
		nr += d->rule == c->rule && d->is_new;
	return nr;
}

/*
 * A rule that counts what is introduced: in a file that had none, the first ones are new. One that had some is known to be beyond
 * the rule: there only those count by which they have become more, on changed lines, and unlike those from before.
 */
static bool is_introduced(struct check *k, const struct check_file *f, const struct check_candidate *c,
			  struct bt_fingerprints *had)
{
	size_t had_nr = count_rule(k, &f->base, c->rule), new_nr = count_new(k, c);

	if (!had_nr)
		return new_nr < INTRODUCED_MAX;
	return had_nr + new_nr < count_rule(k, &f->now, c->rule) && !bt_fingerprints_take(had, c->fingerprint) &&
	       (!f->in->lines_known || check_touches(f->in, c->found->row, c->found->end_row));
}

/* Against the blob before: changed places are new, the rest uses up what was there. */
static void compare_with_base(struct check *k, struct check_file *f)
{
	BT_CLEANUP(bt_fingerprints_release) struct bt_fingerprints had = BT_FINGERPRINTS_INIT;
	BT_CLEANUP(bt_fingerprints_release) struct bt_fingerprints callables = BT_FINGERPRINTS_INIT;

	check_count_blob(k, &f->base, &had);
	count_callables(check_facts(k, &f->base), &callables);
	for (size_t i = 0; i < k->candidates_nr; i++) {
		struct check_candidate *c = &k->candidates[i];

		if (c->rule->introduced)
			c->is_new = is_introduced(k, f, c, &had);
		else
			c->is_new = check_touches(f->in, c->found->row, c->found->end_row) ||
				    in_changed_callable(k, f, &callables, c->found->start) ||
				    !bt_fingerprints_take(&had, c->fingerprint);
	}
}

static void decide_new(struct check *k, struct check_file *f)
{
	if (k->o->full || !f->in->old_oid.len) {
		for (size_t i = 0; i < k->candidates_nr; i++) {
			struct check_candidate *c = &k->candidates[i];

			c->is_new = k->o->full || (!bt_fingerprints_take(&k->moved, c->fingerprint) &&
						   (!c->rule->introduced || count_new(k, c) < INTRODUCED_MAX));
		}
		return;
	}
	compare_with_base(k, f);
}

/* ---- the result ---- */

static const char *keep(struct bt_findings *to, const char *p, size_t len)
{
	return len ? bt_arena_strndup(&to->arena, p, len) : NULL;
}

const char *check_keep_shown(struct bt_findings *to, const char *text)
{
	size_t len = text ? strlen(text) : 0;
	char *copy = len ? bt_arena_strndup(&to->arena, text, len) : NULL;

	if (copy)
		bt_secret_mask(copy, len);
	return copy;
}

static struct bt_finding finding_of(struct check *k, const struct check_file *f, const struct check_candidate *c)
{
	struct bt_findings *to = &k->c->findings;
	const struct bt_found *found = c->found;

	return (struct bt_finding){
		.rule = &c->rule->info, .path = keep(to, f->in->path, f->in->path_len),
		.path_len = f->in->path_len, .start = found->start, .end = found->end, .row = found->row,
		.col = found->col, .end_row = found->end_row, .end_col = found->end_col,
		.detail = keep(to, found->detail, found->detail_len),
		.code = keep(to, found->code, found->code_len),
		.symbol = check_keep_shown(to, c->symbol), .fingerprint = c->fingerprint,
		.ordinal = c->ordinal, .is_new = c->is_new,
	};
}

static void emit(struct check *k, const struct check_file *f, const struct check_candidate *c)
{
	struct bt_findings *to = &k->c->findings;
	struct bt_finding made;

	if (c->suppressed)
		to->suppressed_nr++;
	if (c->suppressed && !to->keep_hidden)
		return;
	made = finding_of(k, f, c);
	if (c->suppressed)
		bt_findings_hide(to, &made, "comment", keep(to, c->by->reason, c->by->reason_len));
	else
		*bt_findings_add(to) = made;
}

static void take_troubles(struct check *k, const struct check_file *f)
{
	const struct bt_ruleset_lang *l = bt_ruleset_for(&k->c->rules, f->now.lang);

	for (uint32_t i = 0; i < f->now.rec.troubles_nr; i++) {
		const struct bt_trouble *t = &f->now.rec.troubles[i];
		const struct bt_rule *rule = &k->c->rules.rules[l->rules[t->rule]];

		if (rule->info.severity == BT_SEVERITY_OFF)
			continue;
		if (t->len > strlen(BT_RECORD_STOPPED) && !memcmp(t->text, BT_RECORD_STOPPED, strlen(BT_RECORD_STOPPED)))
			check_tell_stopped(k, rule, f);
		else
			check_complain(k, rule, t->text, t->len);
	}
}

int check_judge(struct check *k, struct check_file *f)
{
	struct bt_findings *to = &k->c->findings;

	if (!f->in->new_oid.len || f->skipped)
		return 0;
	to->files_nr++;
	if (f->now.state == CHECK_UNCHECKED || f->now.state == CHECK_UNKNOWN)
		to->unchecked_nr++;
	if (f->now.state != CHECK_READY)
		return 0;
	take_troubles(k, f);
	if (!f->now.rec.found_nr && !f->now.rec.marks_nr)
		return 0;
	add_candidates(k, f);
	name_candidates(k, f);
	if (drop_small_radius(k, f))
		return k->err->code;
	if (f->now.rec.marks_nr && check_suppress(k, f))
		return k->err->code;
	decide_new(k, f);
	for (size_t i = 0; i < k->candidates_nr; i++) {
		const struct check_candidate *c = &k->candidates[i];

		if (c->suppressed || k->o->full || c->is_new)
			emit(k, f, c);
		else
			to->known_nr++;
	}
	return 0;
}
