/*
 * Definitions that macros make: NAME(arg, ...) with a body behind it, as C test frameworks and kernels have
 * them. The grammar takes the two for two statements, so the definition goes on from one to the other;
 * what it is called is found in the text, since arguments may be anything.
 */
#include <string.h>

#include "core/lang/walk_state.h"

#define MACRO_LEN_MAX 4096	/* of the arguments looked through for a name */

static bool is_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '$' || c >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Behind white space and C comments. */
static uint32_t skip_space(const struct walk *w, uint32_t at)
{
	while (at < w->size) {
		const char *s = w->src + at, *end = NULL;
		uint32_t left = w->size - at;

		if (strchr(" \t\r\n\f\v", *s) && *s) {
			at++;
			continue;
		}
		if (left > 1 && s[0] == '/' && s[1] == '*')
			end = memmem(s, left, "*/", 2);
		else if (left > 1 && s[0] == '/' && s[1] == '/')
			end = memchr(s, '\n', left);
		if (!end)
			break;
		at = (uint32_t)(end - w->src) + (*s == '/' && s[1] == '*' ? 2 : 0);
	}
	return at;
}

bool walk_followed_by(const struct walk *w, uint32_t end, struct bt_words texts)
{
	uint32_t at = skip_space(w, end);

	if (w->size - at > 6 && !memcmp(w->src + at, "#endif", 6))
		at = skip_space(w, at + 6);
	for (size_t i = 0; i < texts.nr; i++) {
		size_t len = strlen(texts.words[i]);

		if (w->size - at >= len && !memcmp(w->src + at, texts.words[i], len))
			return true;
	}
	return false;
}

bool walk_is_caps(const char *text, uint32_t len)
{
	uint32_t at = 0, capitals = 0;

	for (; at < len && is_word((unsigned char)text[at]); at++) {
		if (text[at] >= 'a' && text[at] <= 'z')
			return false;
		capitals += text[at] >= 'A' && text[at] <= 'Z';
	}
	return at > 1 && capitals;
}

/* The first word of the nr'th argument (from 1) behind the bracket at `at`, or of the last one there is. */
static uint32_t argument(const struct walk *w, uint32_t at, unsigned nr)
{
	uint32_t end = w->size - at > MACRO_LEN_MAX ? at + MACRO_LEN_MAX : w->size, found = BT_NONE;
	int depth = 1;
	bool fresh = true;

	for (at++; at < end && depth > 0; at++) {
		char c = w->src[at];

		if (depth == 1 && fresh && !strchr(" \t\r\n", c)) {
			if (is_word((unsigned char)c) && !is_digit(c))
				found = at;
			fresh = false;
			if (!--nr)
				return found;
		}
		if (c == '(' || c == '[' || c == '{')
			depth++;
		else if (c == ')' || c == ']' || c == '}')
			depth--;
		else if (c == ',' && depth == 1)
			fresh = true;
		else if (c == '"')
			for (at++; at < end && w->src[at] != '"'; at++)
				at += w->src[at] == '\\';
	}
	return found;
}

void walk_name_by_argument(struct walk *w, const struct walk_frame *f, unsigned nr)
{
	uint32_t at = f->start, found;

	while (at < f->end && w->src[at] != '(')
		at++;
	found = nr && at < f->end ? argument(w, at, nr) : BT_NONE;
	w->named = f->opened;
	w->named_at = found == BT_NONE ? f->start : found;
}

/* What an identifier does that is to name a definition, or stands where a macro's name was found. */
uint8_t walk_bind_role(const struct walk *w, struct walk_pend *p, uint32_t start)
{
	if (start == w->named_at && w->named != BT_NONE) {
		p->own = w->named;
		p->as = BT_AS_KEEP;
		p->qual = BT_QUAL_NONE;
		return BT_PEND_BIND;
	}
	if (p->role == BT_PEND_BIND && p->own != BT_NONE && w->defs[p->own].rule->by_argument)
		return BT_ROLE_MACRO;
	if (p->role == BT_PEND_BIND && p->own != BT_NONE && w->defs[p->own].live &&
	    w->defs[p->own].rule->once)
		return BT_PEND_NONE;
	return p->role;
}

void walk_join_later(struct walk *w, uint32_t def)
{
	w->joined = def;
	w->joined_tokens_nr = w->hash.nr;
}

/* The node at hand is the body of the definition that ended right before it. */
void walk_join(struct walk *w, struct walk_frame *f)
{
	struct walk_def *d;
	uint32_t head_end;

	if (w->joined == BT_NONE)
		return;
	d = &w->defs[w->joined];
	head_end = d->d.end;
	walk_gap(w, f->start);
	if (w->joined_tokens_nr == w->hash.nr || w->joined_tokens_nr + 1 == w->hash.nr) {	/* #endif */
		f->opened = f->any = f->scope = f->callable = w->joined;
		f->nest = 0;
		d->d.end = d->d.sig_end = f->end;
		d->d.flags &= ~(uint8_t)BT_DEF_DECL;
		d->joined = true;
		if (d->d.occ != BT_NONE)
			w->occs[d->d.occ].role = BT_ROLE_DEF;
		walk_body(w, w->joined, f->start);
		d->d.sig_end = head_end;
	}
	w->joined = BT_NONE;
}
