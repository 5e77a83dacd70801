/*
 * Changes that no other file can notice, as the facts of the file as it is now and the two texts tell it. Both are
 * questions about one stretch: what stands between the first and the last byte that differ.
 */
#include <string.h>

#include "core/rules/radius/radius.h"

/* The part of two texts that differs. */
struct region {
	size_t at, old_end, new_end;
};

static struct region find_region(const struct bt_incoming_file *in)
{
	size_t least = in->old_len < in->new_len ? in->old_len : in->new_len, at = 0, back = 0;

	while (at < least && in->old_data[at] == in->new_data[at])
		at++;
	while (back < least - at && in->old_data[in->old_len - 1 - back] == in->new_data[in->new_len - 1 - back])
		back++;
	return (struct region){ at, in->old_len - back, in->new_len - back };
}

/* Do all lines of [at, end) stand deeper than `col`, so that none of them began a definition beside? */
static bool is_deeper(const char *text, size_t at, size_t end, uint32_t col)
{
	while (at && text[at - 1] != '\n')
		at--;
	for (size_t i = at; i < end;) {
		const char *nl = memchr(text + i, '\n', end - i);
		size_t len = (nl ? (size_t)(nl - text) : end) - i, blank = strspn(text + i, " \t\r");

		if (blank < len && blank <= col)
			return false;
		i += len + 1;
	}
	return true;
}

bool radius_is_inner(const struct bt_incoming_file *in, const struct bt_facts *now)
{
	const struct bt_def *d;
	struct region g;
	uint32_t at;

	if (!now || !in->old_data || !in->new_data)
		return false;
	g = find_region(in);
	at = bt_facts_enclosing(now, (uint32_t)g.at);
	while (at != BT_NONE && !(now->defs[at].flags & BT_DEF_CALLABLE))
		at = now->defs[at].parent;
	if (at == BT_NONE)
		return false;
	d = &now->defs[at];
	return g.at > d->sig_end && g.new_end < d->end && d->sig_end < d->end &&
	       is_deeper(in->old_data, g.at, g.old_end, bt_facts_point(now, d->start).col) &&
	       is_deeper(in->new_data, g.at, g.new_end, bt_facts_point(now, d->start).col);
}

/* Whole lines that came, and nothing that went: the stretch may be said to begin earlier where the same bytes end it. */
static bool find_added_lines(const struct bt_incoming_file *in, struct region *g)
{
	const char *now = in->new_data;

	*g = find_region(in);
	if (g->old_end != g->at || g->new_end == g->at)
		return false;
	for (; g->at && now[g->at - 1] != '\n' && now[g->at - 1] == now[g->new_end - 1]; g->at--)
		g->new_end--;
	return (!g->at || now[g->at - 1] == '\n') && (now[g->new_end - 1] == '\n' || g->new_end == in->new_len);
}

/*
 * Definitions that say nothing about others. A variable may: __all__ in Python, exports in JavaScript; in C it does not. Macros
 * and modules do.
 */
static bool stands_alone(const struct bt_def *d, const struct bt_lang *lang)
{
	static const uint32_t kinds = 1u << BT_KIND_FUNCTION | 1u << BT_KIND_CLASS | 1u << BT_KIND_STRUCT |
				      1u << BT_KIND_UNION | 1u << BT_KIND_ENUM | 1u << BT_KIND_INTERFACE |
				      1u << BT_KIND_TRAIT | 1u << BT_KIND_TYPE;
	bool c = !strcmp(lang->name, "c") || !strcmp(lang->name, "cpp");

	return (kinds | (c ? 1u << BT_KIND_VARIABLE | 1u << BT_KIND_CONSTANT : 0)) >> d->kind & 1;
}

/* Is there nothing but blanks and ends of statements in [at, end)? */
static bool is_empty(const char *text, size_t at, size_t end)
{
	while (at < end && text[at] && strchr(" \t\r\n;", text[at]))
		at++;
	return at >= end;
}

bool radius_is_addition(const struct bt_incoming_file *in, const struct bt_lang *lang, const struct bt_facts *now)
{
	struct region g;
	size_t covered;

	/* An error may swallow what stands around it. */
	if (!now || !lang || !in->old_data || !in->new_data || now->errors_nr || !find_added_lines(in, &g))
		return false;
	covered = g.at;
	for (uint32_t i = 0; i < now->defs_nr; i++) {
		const struct bt_def *d = &now->defs[i];
		size_t start = d->doc_end > d->doc_start && d->doc_start < d->start ? d->doc_start : d->start;

		if (start >= g.new_end || d->end <= g.at)
			continue;
		if (start < g.at || d->end > g.new_end)
			return false;
		if (d->parent != BT_NONE)
			continue;
		if (!stands_alone(d, lang) || (start > covered && !is_empty(in->new_data, covered, start)))
			return false;
		covered = d->end > covered ? d->end : covered;
	}
	for (uint32_t i = 0; i < now->imports_nr; i++)
		if (now->imports[i].start < g.new_end && now->imports[i].end > g.at)
			return false;
	return covered > g.at && is_empty(in->new_data, covered, g.new_end);
}
