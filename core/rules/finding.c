/*
 * Lists of findings.
 */
#include "core/rules/finding.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"

void bt_findings_release(struct bt_findings *f)
{
	free(f->items);
	free(f->hidden);
	bt_arena_release(&f->arena);
	memset(f, 0, sizeof(*f));
}

struct bt_finding *bt_findings_add(struct bt_findings *f)
{
	BT_GROW(f->items, f->alloc, f->nr + 1);
	memset(&f->items[f->nr], 0, sizeof(*f->items));
	return &f->items[f->nr++];
}

void bt_findings_hide(struct bt_findings *f, const struct bt_finding *hidden, const char *by, const char *reason)
{
	struct bt_finding *to;

	if (!f->keep_hidden)
		return;
	BT_GROW(f->hidden, f->hidden_alloc, f->hidden_nr + 1);
	to = &f->hidden[f->hidden_nr++];
	*to = *hidden;
	to->hidden_by = by;
	to->reason = reason;
}

static int order(const void *pa, const void *pb)
{
	const struct bt_finding *a = pa, *b = pb;
	int c = strcmp(a->path, b->path);

	if (c)
		return c;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	if (a->col != b->col)
		return a->col < b->col ? -1 : 1;
	c = strcmp(a->rule->id, b->rule->id);
	return c ? c : (a->end > b->end) - (a->end < b->end);
}

void bt_findings_sort(struct bt_findings *f)
{
	if (f->nr)
		qsort(f->items, f->nr, sizeof(*f->items), order);
	if (f->hidden_nr)
		qsort(f->hidden, f->hidden_nr, sizeof(*f->hidden), order);
}

void bt_findings_count(const struct bt_findings *f, bool new_only, size_t ret_nr[BT_SEVERITY_NR])
{
	memset(ret_nr, 0, BT_SEVERITY_NR * sizeof(*ret_nr));
	for (size_t i = 0; i < f->nr; i++)
		if (!new_only || f->items[i].is_new)
			ret_nr[f->items[i].rule->severity]++;
}

uint64_t bt_fingerprint(const char *rule_id, uint64_t code_hash, const char *symbol)
{
	uint64_t h = bt_hash64(rule_id, strlen(rule_id), 0);

	h = bt_hash64(symbol, strlen(symbol), bt_mix64(h ^ code_hash));
	return h ? h : 1;	/* 0 is nobody's */
}
