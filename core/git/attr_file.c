/*
 * The lines of attribute files, by the letter of git's parser: what it ignores with a warning is
 * ignored here in silence.
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/path.h"
#include "core/git/attr_impl.h"

#define MACRO_PREFIX "[attr]"
#define MACRO_PREFIX_LEN (sizeof(MACRO_PREFIX) - 1)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip_blank(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

static const char *skip_word(const char *at, const char *end)
{
	while (at < end && !is_blank(*at))
		at++;
	return at;
}

void bt_attr_reader_init(struct bt_attr_reader *r, const char *data, size_t len, bool macro_ok)
{
	static const char bom[] = "\xef\xbb\xbf";

	if (len > BT_ATTR_FILE_MAX)
		len = 0;
	*r = (struct bt_attr_reader){ .at = data,
				      .end = len ? data + len : data,
				      .macro_ok = macro_ok };
	if (len >= 3 && !memcmp(data, bom, 3))
		r->at += 3;
	bt_buf_init(&r->unquoted, ATTR_LINE_LEN_MAX);
}

void bt_attr_reader_release(struct bt_attr_reader *r)
{
	bt_buf_release(&r->unquoted);
}

static bool name_valid(const char *name, size_t len)
{
	if (!len || *name == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (!(c == '-' || c == '.' || c == '_' || (c >= '0' && c <= '9') ||
		      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return true;
}

bool bt_attr_word_next(struct bt_attr_line *l, struct bt_attr_word *ret_word)
{
	const char *end = skip_word(l->words, l->words_end);
	const char *equals;
	struct bt_attr_word w = { .name = l->words, .state = BT_ATTR_SET };

	if (l->words == l->words_end)
		return false;
	equals = memchr(w.name, '=', (size_t)(end - w.name));
	w.name_len = (size_t)((equals ? equals : end) - w.name);
	if (*w.name == '-' || *w.name == '!') {
		w.state = *w.name == '-' ? BT_ATTR_UNSET : BT_ATTR_UNSPECIFIED;
		w.name++;
		/* "-=x": nothing is left, and that is no name. */
		w.name_len -= w.name_len > 0;
	} else if (equals) {
		w.state = BT_ATTR_VALUE;
		w.value = equals + 1;
		w.value_len = (size_t)(end - w.value);
	}
	l->words = skip_blank(end, l->words_end);
	*ret_word = w;
	return true;
}

/* One bad name makes the whole line count for nothing. */
static bool words_valid(struct bt_attr_line line)
{
	struct bt_attr_word w;

	while (bt_attr_word_next(&line, &w))
		if (!name_valid(w.name, w.name_len))
			return false;
	return true;
}

static bool line_parse(struct bt_attr_reader *r, const char *at, const char *end,
		       struct bt_attr_line *l)
{
	const char *start = skip_blank(at, end);
	const char *behind = NULL;
	size_t used;

	if (start == end || *start == '#' || end - at >= ATTR_LINE_LEN_MAX)
		return false;
	l->name = start;
	if (*start == '"') { /* when broken, it is part of the pattern */
		bt_buf_clear(&r->unquoted);
		if (!bt_path_unquote(&r->unquoted, start, (size_t)(end - start), &used, NULL))
			behind = start + used;
	}
	if (behind) {
		l->name = bt_buf_cstr(&r->unquoted);
		l->name_len = strlen(l->name); /* as in git, a NUL ends it */
	} else {
		behind = skip_word(start, end);
		l->name_len = (size_t)(behind - start);
	}
	l->macro = l->name_len > MACRO_PREFIX_LEN &&
		   !memcmp(l->name, MACRO_PREFIX, MACRO_PREFIX_LEN);
	if (l->macro) {
		const char *name_end = l->name + l->name_len;

		l->name = skip_blank(l->name + MACRO_PREFIX_LEN, name_end);
		l->name_len = (size_t)(skip_word(l->name, name_end) - l->name);
		if (!r->macro_ok || !name_valid(l->name, l->name_len))
			return false;
	} else if (l->name_len && *l->name == '!') {
		return false;
	}
	l->words = skip_blank(behind, end);
	l->words_end = end;
	return words_valid(*l);
}

bool bt_attr_reader_next(struct bt_attr_reader *r, struct bt_attr_line *ret_line)
{
	while (r->at < r->end) {
		const char *at = r->at;
		const char *newline = memchr(at, '\n', (size_t)(r->end - at));
		const char *end = newline ? newline : r->end;
		const char *nul = memchr(at, '\0', (size_t)(end - at));

		r->at = newline ? newline + 1 : r->end;
		if (line_parse(r, at, nul ? nul : end, ret_line))
			return true;
	}
	return false;
}

void bt_attr_frame_load(struct bt_attr_frame *f, const struct bt_attr_names *n, const char *dir,
			const char *data, size_t len, bool macro_ok)
{
	struct bt_attr_reader r;
	struct bt_attr_line line;

	*f = (struct bt_attr_frame){ .dir = bt_xstrdup(dir),
				     .dir_len = strlen(dir),
				     .arena = BT_ARENA_INIT };
	bt_attr_reader_init(&r, data, len, macro_ok);
	while (bt_attr_reader_next(&r, &line)) {
		struct bt_attr_rule rule;

		if (line.macro)
			continue;
		rule.states = bt_attr_states_take(n, line, &f->arena);
		if (!rule.states.nr)
			continue;
		bt_glob_parse(&rule.glob, bt_arena_strndup(&f->arena, line.name, line.name_len),
			      line.name_len);
		/* Only files are asked about. */
		if (rule.glob.dir_only)
			continue;
		BT_GROW(f->rules, f->rules_alloc, f->rules_nr + 1);
		f->rules[f->rules_nr++] = rule;
	}
	bt_attr_reader_release(&r);
}

void bt_attr_frame_release(struct bt_attr_frame *f)
{
	if (!f)
		return;
	bt_free_ptr(&f->dir);
	bt_free_ptr(&f->rules);
	bt_arena_release(&f->arena);
	*f = (struct bt_attr_frame){ .arena = BT_ARENA_INIT };
}
