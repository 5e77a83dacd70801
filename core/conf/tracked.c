/*
 * .batho/config.ini: policy that travels with the project, hence hostile until checked.
 *
 * inih cuts over-long lines, sections and names in silence, continues values over indented lines, and calls
 * back before it reports an error; so lines are checked before it sees them, what it gives is gathered, and it
 * takes effect only after a clean end.
 */
#include <ctype.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/conf/conf_state.h"

#define LINE_LEN_MAX 190	/* INI_MAX_LINE is 200 */
#define NAME_LEN_MAX 49		/* MAX_SECTION and MAX_NAME are 50 */
#define SETTINGS_MAX 256
#define VERSION 1

struct setting {
	int key, line;
	const char *value;
	const char *name;	/* of a rule's severity, whose key is -1 */
};

struct reader {
	struct bt_conf *conf;
	const char *where;
	const char *at, *end;		/* bytes inih has not seen */
	int line;
	struct setting settings[SETTINGS_MAX];
	size_t nr;
	struct bt_err *err;
	bool failed;
};

static int fail(struct reader *r, int line, const char *what)
{
	r->failed = true;
	return bt_err_set(r->err, BT_ERR_FAIL, "%s:%d: %s", r->where, line, what);
}

static void put_place(const struct reader *r, int line, const char *name, struct bt_buf *where,
		      struct conf_place *ret_place)
{
	bt_buf_addf(where, "in %s:%d", r->where, line);
	*ret_place = (struct conf_place){ BT_FROM_TRACKED, name, bt_buf_cstr(where) };
}

static int fail_unknown(struct reader *r, const char *name)
{
	BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT;
	struct conf_place place;

	r->failed = true;
	put_place(r, r->line, name, &where, &place);
	return conf_unknown(&place, strlen(name), r->err);
}

static int fail_untaken(struct reader *r, const char *name)
{
	r->failed = true;
	bt_err_set(r->err, BT_ERR_FAIL, "%s:%d: '%s' is not taken from a tracked file", r->where, r->line, name);
	return bt_err_hint(r->err, "`git config batho.%s` sets it for this repository", name);
}

static int set_one(struct reader *r, const struct setting *s)
{
	BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT;
	struct conf_place place;

	put_place(r, s->line, s->key < 0 ? s->name : bt_keys[s->key].name, &where, &place);
	if (s->key < 0)
		return conf_set_severity(r->conf, s->value, &place, r->err);
	return conf_set(r->conf, (enum bt_key_id)s->key, s->value, &place, r->err);
}

/* A key that is wrong: inih goes on, with or without an end in failure. */
static int pass_over_key(struct reader *r)
{
	r->failed = bt_conf_pass_over(r->conf, r->err) != 0;
	return !r->failed;
}

static bool is_blank(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isspace((unsigned char)p[i]))
			return false;
	return true;
}

/* What inih would change in silence is refused. */
static const char *line_trouble(const char *p, size_t len, bool after_value)
{
	const char *eq, *close;

	if (len > LINE_LEN_MAX)
		return "the line is too long";
	if (memchr(p, '\0', len))
		return "the line holds a NUL byte";
	if (!len || p[0] == ';' || p[0] == '#')
		return NULL;
	if (isspace((unsigned char)p[0]))
		return after_value && !is_blank(p, len) ? "an indented line would continue the value above"
							: NULL;
	close = memchr(p, ']', len);
	if (p[0] == '[')
		return close && close - p - 1 > NAME_LEN_MAX ? "the section's name is too long" : NULL;
	eq = memchr(p, '=', len);
	if (!eq)
		return "'=' is missing";
	return eq - p > NAME_LEN_MAX ? "the key's name is too long" : NULL;
}

static int check_lines(struct reader *r, const char *data, size_t len)
{
	const char *p = data, *end = data + len;
	bool after_value = false;

	for (int line = 1; p < end; line++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl : end) - p);
		const char *trouble = line_trouble(p, n, after_value);

		if (trouble)
			return fail(r, line, trouble);
		after_value = n && memchr(p, '=', n);
		p = nl ? nl + 1 : end;
	}
	return 0;
}

static char *next_line(char *to, int size, void *ctx)
{
	struct reader *r = ctx;
	const char *nl;
	size_t len;

	if (r->at >= r->end || size < 2)
		return NULL;
	nl = memchr(r->at, '\n', (size_t)(r->end - r->at));
	len = (size_t)((nl ? nl + 1 : r->end) - r->at);
	if (len > (size_t)size - 1)
		len = (size_t)size - 1;
	memcpy(to, r->at, len);
	to[len] = '\0';
	r->at += len;
	r->line++;
	return to;
}

static int take(void *ctx, const char *section, const char *name, const char *value)
{
	struct reader *r = ctx;
	char full[120];
	int64_t version;
	int key;

	if (r->failed || !name)
		return 1;
	if ((!*section || !strcmp(section, "batho")) && !strcmp(name, "version")) {
		if (!bt_text_int(value, &version) || version < 1)
			return fail(r, r->line, "version is a number from 1"), 0;
		if (version > VERSION)
			return fail(r, r->line, "the file was written for a newer git-batho"), 0;
		return 1;
	}
	snprintf(full, sizeof(full), "%s.%s", section, name);
	key = conf_find(full);
	if (conf_is_command(full))
		return fail_untaken(r, full), pass_over_key(r);
	if (key < 0 && !conf_is_severity(full))
		return fail_unknown(r, full), pass_over_key(r);
	if (key >= 0 && !bt_keys[key].tracked)
		return fail_untaken(r, bt_keys[key].name), pass_over_key(r);
	if (r->nr == SETTINGS_MAX)
		return fail(r, r->line, "too many settings"), 0;
	r->settings[r->nr++] = (struct setting){
		.key = key, .line = r->line,
		.value = bt_arena_strndup(&r->conf->arena, value, strlen(value)),
		.name = key < 0 ? bt_arena_strndup(&r->conf->arena, full, strlen(full)) : NULL,
	};
	return 1;
}

int conf_read_tracked(struct bt_conf *c, const char *data, size_t len, const char *where,
		      struct bt_err *err)
{
	static const char mark[] = "\xef\xbb\xbf";	/* of UTF-8, as some editors leave it */
	BT_FREE struct reader *r = bt_xcalloc(1, sizeof(*r));
	int line;

	if (len >= sizeof(mark) - 1 && !memcmp(data, mark, sizeof(mark) - 1)) {
		data += sizeof(mark) - 1;
		len -= sizeof(mark) - 1;
	}
	r->conf = c;
	r->where = where;
	r->at = data;
	r->end = data + len;
	r->err = err;
	if (len > BT_CONFIG_FILE_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "'%s' is larger than %u bytes", where,
				  BT_CONFIG_FILE_MAX);
	if (check_lines(r, data, len))
		return err->code;
	line = ini_parse_stream(next_line, r, take, r);
	if (!r->failed && line)
		fail(r, line, "not a section, a comment or 'key = value'");
	if (r->failed)
		return err->code;
	for (size_t i = 0; i < r->nr; i++)
		if (set_one(r, &r->settings[i]) && bt_conf_pass_over(c, err))
			return err->code;
	return 0;
}
