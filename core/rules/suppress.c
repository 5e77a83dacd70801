/*
 * batho:ignore RULE... -- REASON, in a comment: for the line it stands on; alone on its line for the line below, and when a
 * definition starts there (or the comment belongs to one) for all of the definition. A finding of several lines, an empty
 * handler for one, is on each of them.
 *
 * A suppression without a reason does not count. One that names no rule, or finds nothing to suppress, is a finding of its
 * own, so that they do not pile up.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/rules/analysis.h"
#include "core/rules/check_state.h"

struct target {
	uint32_t row, end_row;
};

/* The definition that the comment stands in front of, or documents. */
static bool def_below(const struct bt_facts *f, const struct bt_mark *m, uint32_t row, struct target *ret)
{
	for (uint32_t i = 0; f && i < f->defs_nr; i++) {
		const struct bt_def *d = &f->defs[i];
		bool documents = d->flags & BT_DEF_DOC && d->doc_start <= m->start && m->start < d->doc_end;
		uint32_t start_row;

		if (d->start < m->start)
			continue;
		start_row = bt_facts_point(f, d->start).row;
		if (!documents && start_row != row)
			return false;	/* they come in the order of their starts */
		*ret = (struct target){ row, bt_facts_point(f, d->end).row };
		return true;
	}
	return false;
}

static struct target target_of(const struct bt_facts *facts, const struct bt_record *rec, uint32_t at)
{
	const struct bt_mark *m = &rec->marks[at];
	uint32_t row = m->row + 1;
	struct target t = { m->row, m->row };

	if (!(m->flags & BT_MARK_OWN_LINE))
		return t;
	/* Several of them stand one below the other. */
	for (uint32_t i = at + 1; i < rec->marks_nr && rec->marks[i].row == row; i++)
		row += (rec->marks[i].flags & BT_MARK_OWN_LINE) != 0;
	if (!def_below(facts, m, row, &t))
		t = (struct target){ m->row, row };
	return t;
}

static bool next_rule(const char **at, const char *end, const char **ret, size_t *ret_len)
{
	while (*at < end && (isspace((unsigned char)**at) || **at == ','))
		(*at)++;
	*ret = *at;
	while (*at < end && !isspace((unsigned char)**at) && **at != ',')
		(*at)++;
	*ret_len = (size_t)(*at - *ret);
	return *ret_len;
}

/* Did the blob before have the same comment? Then it is not new that it is wrong. */
static bool is_new(const struct check *k, const struct check_file *f, const struct bt_mark *m)
{
	if (k->o->full || check_touches(f->in, m->row, m->row))
		return true;
	for (uint32_t i = 0; i < f->base.rec.marks_nr; i++) {
		const struct bt_mark *b = &f->base.rec.marks[i];

		if (b->rules_len == m->rules_len && !memcmp(b->rules, m->rules, m->rules_len))
			return false;
	}
	return true;
}

static void invalid(struct check *k, const struct check_file *f, const struct bt_mark *m, const char *detail)
{
	check_add_of_change(k, f, "suppression-invalid", m->row, m->col, m->start, is_new(k, f, m), detail, strlen(detail));
}

/* One rule of one comment. */
static void apply(struct check *k, const struct check_file *f, const struct bt_mark *m, const struct target *t,
		  const char *id, size_t len)
{
	const struct bt_rule *rule = bt_ruleset_find(&k->c->rules, id, len);
	char what[120];
	bool used = false;

	if (!rule) {
		snprintf(what, sizeof(what), "no rule is called '%.*s'", (int)(len < 64 ? len : 64), id);
		invalid(k, f, m, what);
		return;
	}
	for (size_t i = 0; i < k->candidates_nr; i++) {
		struct check_candidate *c = &k->candidates[i];

		if (c->rule != rule || c->found->row > t->end_row || c->found->end_row < t->row)
			continue;
		c->suppressed = used = true;
		c->by = m;
	}
	if (!used && rule->info.severity != BT_SEVERITY_OFF && !(rule->skip & check_roles(f)) &&
	    bt_rule_applies(rule, f->now.lang) && !(rule->analysis && rule->analysis->of_change))
		check_add_of_change(k, f, "suppression-unused", m->row, m->col, m->start, is_new(k, f, m), id, len);
}

bool check_is_suppressed(struct check *k, struct check_file *f, const struct bt_rule *rule, uint32_t row, bool anywhere)
{
	const struct bt_facts *facts = f->now.rec.marks_nr ? check_facts(k, &f->now) : NULL;
	const struct bt_record *rec = &f->now.rec;

	for (uint32_t i = 0; i < rec->marks_nr; i++) {
		const struct bt_mark *m = &rec->marks[i];
		const char *at = m->rules, *end = m->rules + m->rules_len, *id;
		struct target t = target_of(facts, rec, i);
		size_t len;

		if (m->flags & BT_MARK_NO_REASON || (!anywhere && (row < t.row || row > t.end_row)))
			continue;
		while (next_rule(&at, end, &id, &len))
			if (bt_ruleset_find(&k->c->rules, id, len) == rule)
				return true;
	}
	return false;
}

int check_suppress(struct check *k, struct check_file *f)
{
	const struct bt_facts *facts = check_facts(k, &f->now);
	const struct bt_record *rec = &f->now.rec;

	for (uint32_t i = 0; i < rec->marks_nr; i++) {
		const struct bt_mark *m = &rec->marks[i];
		const char *at = m->rules, *end = m->rules + m->rules_len, *id;
		struct target t = target_of(facts, rec, i);
		size_t len, nr = 0;

		if (m->flags & BT_MARK_NO_REASON) {
			invalid(k, f, m, "it has no reason: batho:ignore <rule> -- <reason>");
			continue;
		}
		for (; next_rule(&at, end, &id, &len); nr++)
			apply(k, f, m, &t, id, len);
		if (!nr)
			invalid(k, f, m, "it names no rule");
	}
	return 0;
}
