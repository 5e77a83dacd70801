/*
 * Tests on the facts of the blob, which are made when the first of them is asked. Without facts (a limit) none holds.
 */
#include <string.h>

#include "core/lang/query_impl.h"

static const struct bt_facts *facts_of(struct query_run *r)
{
	struct bt_err ignored = BT_ERR_INIT;
	const struct bt_facts *f;

	return bt_syntax_facts(r->syntax, &f, &ignored) ? NULL : f;
}

bool query_test_calls(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t end = ts_node_end_byte(node);

	for (uint32_t i = f ? bt_facts_occ_from(f, ts_node_start_byte(node)) : 0; f && i < f->occs_nr; i++) {
		const struct bt_name *name = &f->names[f->occs[i].name];

		if (f->occs[i].at >= end)
			break;
		if (f->occs[i].role != BT_ROLE_CALL)
			continue;
		for (size_t k = 0; k < p->texts_nr; k++)
			if (p->lens[k] == name->len && !memcmp(p->texts[k], name->text, name->len))
				return true;
	}
	return false;
}

bool query_test_in(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t d = f ? bt_facts_enclosing(f, ts_node_start_byte(node)) : BT_NONE;

	for (; d != BT_NONE; d = f->defs[d].parent)
		if (p->number >> f->defs[d].kind & 1)
			return true;
	return false;
}

/* * and ? only; the texts are names. */
static bool glob_match(const char *glob, const char *text, size_t len)
{
	const char *star = NULL, *star_text = NULL, *end = text + len;

	while (text < end) {
		if (*glob == '*') {
			star = glob++;
			star_text = text;
		} else if (*glob && (*glob == '?' || *glob == *text)) {
			glob++;
			text++;
		} else if (star) {
			glob = star + 1;
			text = ++star_text;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

bool query_test_in_named(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t d = f ? bt_facts_enclosing(f, ts_node_start_byte(node)) : BT_NONE;

	for (; d != BT_NONE; d = f->defs[d].parent)
		for (size_t i = 0; i < p->texts_nr; i++)
			if (glob_match(p->texts[i], f->names[f->defs[d].name].text, f->names[f->defs[d].name].len))
				return true;
	return false;
}

static const char *const metrics[] = { "complexity", "nesting", "params", "lines" };

bool query_metric_known(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(metrics); i++)
		if (!strcmp(metrics[i], name))
			return true;
	return false;
}

bool query_test_metric_over(struct query_run *r, const struct query_pred *p, TSNode node)
{
	const struct bt_facts *f = facts_of(r);
	uint32_t d = f ? bt_facts_enclosing(f, ts_node_start_byte(node)) : BT_NONE;
	const struct bt_def *def;

	while (d != BT_NONE && !(f->defs[d].flags & BT_DEF_CALLABLE))
		d = f->defs[d].parent;
	if (d == BT_NONE)
		return false;
	def = &f->defs[d];
	switch (*p->texts[0]) {
	case 'c':
		return def->complexity > p->number;
	case 'n':
		return def->nesting > p->number;
	case 'p':
		return def->params > p->number;
	default:
		return bt_facts_point(f, def->end).row - bt_facts_point(f, def->start).row + 1 > p->number;
	}
}
