#include "core/rules/rule_parts.h"

#include <string.h>

#include "core/rules/rule.h"

static const struct bt_piece *find_part(const struct bt_rule_parts *ps, struct bt_piece name)
{
	for (size_t i = 0; i < ps->nr; i++)
		if (ps->part[i].name.len == name.len && !memcmp(ps->part[i].name.p, name.p, name.len))
			return &ps->part[i].text;
	return NULL;
}

/*
 * "{name}" at the start of a text. A brace with anything else behind it is one of a regular expression or of a text:
 * {2,3}, [^{}].
 */
static bool part_at(struct bt_piece rest, struct bt_piece *ret_name)
{
	const char *end;

	if (rest.p[0] != '{' || rest.len < 3 || rest.p[1] < 'a' || rest.p[1] > 'z')
		return false;
	end = memchr(rest.p, '}', rest.len);
	if (!end)
		return false;
	*ret_name = (struct bt_piece){ rest.p + 1, (size_t)(end - rest.p) - 1 };
	return bt_piece_is_id(*ret_name, BT_RULE_PART_NAME_MAX);
}

/* The first part from a place on; false: there is none. All built-in rules come by here at every start of a hook. */
static bool next_part(struct bt_piece text, size_t *at, struct bt_piece *ret_name)
{
	const char *brace;

	for (; (brace = memchr(text.p + *at, '{', text.len - *at)); ++*at) {
		*at = (size_t)(brace - text.p);
		if ((!*at || brace[-1] != '\\') && part_at((struct bt_piece){ brace, text.len - *at }, ret_name))
			return true;
	}
	return false;
}

static unsigned rows_before(struct bt_piece text, size_t at)
{
	unsigned nr = 0;

	for (size_t i = 0; i < at; i++)
		nr += text.p[i] == '\n';
	return nr;
}

static int put_parts(const struct bt_rule_parts *ps, struct bt_piece text, struct bt_buf *out, unsigned *ret_row,
		     struct bt_err *err)
{
	struct bt_piece name;
	size_t done = 0;

	for (size_t at = 0; next_part(text, &at, &name); done = at) {
		const struct bt_piece *part = find_part(ps, name);

		if (part) {
			bt_buf_add(out, text.p + done, at - done);
			bt_buf_add(out, part->p, part->len);
		}
		if (!part || out->failed)
			*ret_row = rows_before(text, at);
		if (!part)
			return bt_err_set(err, BT_ERR_FAIL, "no part above it is called '%.*s'", (int)name.len, name.p);
		if (out->failed)
			return bt_err_set(err, BT_ERR_FAIL, "with the part '%.*s' it has more than %zu bytes", (int)name.len,
					  name.p, out->max);
		at += name.len + 2;
	}
	bt_buf_add(out, text.p + done, text.len - done);
	*ret_row = rows_before(text, out->failed ? text.len : 0);
	return bt_buf_check(out, "a rule's text", err);
}

static struct bt_piece keep_piece(const char *p, size_t len, struct bt_arena *arena)
{
	return (struct bt_piece){ bt_arena_strndup(arena, p, len), len };
}

int bt_rule_parts_check(const struct bt_rule_parts *ps, struct bt_piece name, struct bt_err *err)
{
	if (!bt_piece_is_id(name, BT_RULE_PART_NAME_MAX) || name.p[0] < 'a')
		return bt_err_set(err, BT_ERR_FAIL,
				  "the name of a part is small letters, digits and '-', a letter first, at most %d",
				  BT_RULE_PART_NAME_MAX);
	if (find_part(ps, name))
		return bt_err_set(err, BT_ERR_FAIL, "a second part is called '%.*s'", (int)name.len, name.p);
	if (ps->nr == BT_RULE_PARTS_MAX)
		return bt_err_set(err, BT_ERR_FAIL, "more than %d parts", BT_RULE_PARTS_MAX);
	return 0;
}

int bt_rule_parts_add(struct bt_rule_parts *ps, struct bt_piece name, struct bt_piece text, struct bt_arena *arena,
		      struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	unsigned row;

	out.max = BT_RULE_PART_MAX;
	if (!text.len)
		return bt_err_set(err, BT_ERR_FAIL, "the part '%.*s' has no text", (int)name.len, name.p);
	if (text.len > BT_RULE_PART_MAX)
		return bt_err_set(err, BT_ERR_FAIL, "the part '%.*s' has more than %u bytes", (int)name.len, name.p,
				  BT_RULE_PART_MAX);
	if (put_parts(ps, text, &out, &row, err))
		return err->code;
	ps->part[ps->nr++] = (struct bt_rule_part){ keep_piece(name.p, name.len, arena),
						    keep_piece(bt_buf_cstr(&out), out.len, arena) };
	return 0;
}

int bt_rule_parts_expand(const struct bt_rule_parts *ps, struct bt_piece text, struct bt_arena *arena,
			 struct bt_piece *ret, unsigned *ret_row, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_piece name;
	size_t at = 0;

	*ret = text;
	if (!next_part(text, &at, &name))
		return 0;
	out.max = BT_RULE_QUERY_MAX;
	if (put_parts(ps, text, &out, ret_row, err))
		return err->code;
	*ret = keep_piece(out.data, out.len, arena);
	return 0;
}
