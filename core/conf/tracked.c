/*
 * .batho/config.ini: policy that travels with the project, hence hostile until checked.
 *
 * inih cuts over-long lines, sections and names in silence, continues values over indented lines, takes ':' for '=' and calls
 * back before it reports an error; so lines are checked before it sees them, what it gives is gathered, and it
 * takes effect only after a clean end. Where mistakes are told one by one (hooks, `config validate`) a line that is wrong
 * is as one that is not there.
 */
#include <ctype.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/conf/conf_state.h"

#define LINE_LEN_MAX 190	/* INI_MAX_LINE is 200 */
#define NAME_LEN_MAX 49		/* MAX_SECTION and MAX_NAME are 50 */
#define SETTINGS_MAX 256
#define VERSION 1

struct reader {
	struct bt_conf *conf;
	const char *where;
	const char *at, *end;		/* bytes inih has not seen */
	unsigned line;
	bool after_value;		/* inih would continue it */
	bool skips;			/* the section is wrong: so is what stands in it */
	struct conf_tracked settings[SETTINGS_MAX];
	size_t nr;
	size_t problems;
	struct bt_err *err;
	bool failed;			/* nothing of it counts */
};

static void put_place(const struct reader *r, unsigned line, const char *name, struct bt_buf *where,
		      struct conf_place *ret_place)
{
	bt_buf_addf(where, "in %s:%u", r->where, line);
	*ret_place = (struct conf_place){ .origin = BT_FROM_TRACKED, .name = name, .where = bt_buf_cstr(where),
					  .file = r->where, .line = line };
}

/* The file ends here. */
static void fail(struct reader *r, const char *what)
{
	BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT;
	struct conf_place place;

	put_place(r, r->line, NULL, &where, &place);
	conf_bad_line(r->conf, &place, what, r->err);
	r->failed = true;
}

/* r->err is about one line: told, and on to the next; or it is an end in failure. */
static void pass_over(struct reader *r)
{
	if (bt_conf_pass_over(r->conf, r->err))
		r->failed = true;
	else if (++r->problems == CONF_PROBLEMS_MAX)
		fail(r, "too many mistakes; the rest was not read");
}

static void bad_line(struct reader *r, const char *what)
{
	BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT;
	struct conf_place place;

	put_place(r, r->line, NULL, &where, &place);
	conf_bad_line(r->conf, &place, what, r->err);
	pass_over(r);
}

/* --- lines, before inih sees them --- */

static bool is_blank(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p == end;
}

/* A ';' behind a blank begins a comment for inih, wherever it stands. */
static bool has_comment(const char *p, const char *end)
{
	for (p++; p < end; p++)
		if (*p == ';' && isspace((unsigned char)p[-1]))
			return true;
	return false;
}

/* p: at the '['. */
static const char *section_trouble(const char *p, const char *end)
{
	const char *close = memchr(p, ']', (size_t)(end - p));

	if (!close)
		return "']' is missing";
	if (close - p - 1 > NAME_LEN_MAX)
		return "the section's name is too long";
	if (has_comment(p, close))
		return "a comment stands in the section's name";
	if (close - p > 6 && !strncasecmp(p + 1, "batho", 5) && p[6] != ']')
		return "sections have the names of areas alone, such as [index]";
	p = close + 1;
	if (!is_blank(p, end) && !has_comment(close, end) && *p != ';' && *p != '#')
		return "only a comment may follow the ']'";
	return NULL;
}

static const char *key_trouble(const char *p, const char *end)
{
	const char *eq = memchr(p, '=', (size_t)(end - p));

	if (!eq)
		return "'=' is missing";
	if (eq == p)
		return "the key's name is missing";
	if (memchr(p, ':', (size_t)(eq - p)))
		return "a ':' stands before the '='";
	if (has_comment(p, eq))
		return "a comment stands before the '='";
	return eq - p > NAME_LEN_MAX ? "the key's name is too long" : NULL;
}

/* What inih would change in silence is refused. */
static const char *line_trouble(const struct reader *r, const char *p, const char *end)
{
	const char *start = p;

	if (end - p > LINE_LEN_MAX)
		return "the line is too long";
	if (memchr(p, '\0', (size_t)(end - p)))
		return "the line holds a NUL byte";
	while (start < end && isspace((unsigned char)*start))
		start++;
	if (start == end || *start == ';' || *start == '#')
		return NULL;
	if (start > p && r->after_value)
		return "an indented line would continue the value above";
	return *start == '[' ? section_trouble(start, end) : key_trouble(start, end);
}

/* What becomes of the lines behind this one. */
static void note_line(struct reader *r, const char *p, const char *end, bool trouble)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	if (p == end || *p == ';' || *p == '#')
		return;
	if (*p == '[') {
		r->skips = trouble;
		r->after_value = false;
	} else if (!trouble && !r->skips) {
		r->after_value = true;
	}
}

static char *next_line(char *to, int size, void *ctx)
{
	struct reader *r = ctx;
	const char *p = r->at, *end, *trouble;
	size_t len = 0;

	if (r->failed || p >= r->end || size < LINE_LEN_MAX + 3)
		return NULL;
	end = memchr(p, '\n', (size_t)(r->end - p));
	r->at = end ? end + 1 : r->end;
	end = end ? end : r->end;
	r->line++;
	trouble = line_trouble(r, p, end);
	note_line(r, p, end, trouble != NULL);
	if (trouble) {
		bad_line(r, trouble);
		if (r->failed)
			return NULL;
	} else if (!r->skips) {
		len = (size_t)(end - p);
		memcpy(to, p, len);
	}
	to[len++] = '\n';
	to[len] = '\0';
	return to;
}

/* --- what inih found in them --- */

static void take_version(struct reader *r, const char *value)
{
	int64_t version;

	if (!bt_text_int(value, &version) || version < 1)
		fail(r, "version is a number from 1");
	else if (version > VERSION)
		fail(r, "the file was written for a newer git-batho");
}

/* BT_ERR_FAIL in *r->err when this key is not to be set here. */
static int check_key(struct reader *r, const char *name)
{
	const struct bt_key *k = bt_key_of(name);
	BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT;
	struct conf_place place;

	if (k && k->tracked)
		return 0;
	put_place(r, r->line, k && conf_find(name) >= 0 ? k->name : name, &where, &place);
	if (!k)
		return conf_unknown(r->conf, &place, strlen(name), r->err);
	return conf_untaken(r->conf, &place, "a tracked file", k->scope == BT_SCOPE_USER, r->err);
}

/* A '#' begins a comment only where it begins the line; in a pattern nobody means it otherwise. */
static bool has_hash(const char *name, const char *value)
{
	const struct bt_key *k = bt_key_of(name);

	return k && k->type == BT_TYPE_PATTERNS && (strstr(value, " #") || strstr(value, "\t#"));
}

static int take(void *ctx, const char *section, const char *name, const char *value)
{
	struct reader *r = ctx;
	struct bt_arena *arena = &r->conf->arena;
	char full[2 * NAME_LEN_MAX + 2];

	if (r->failed || !name)
		return 1;
	if ((!*section || !strcasecmp(section, "batho")) && !strcasecmp(name, "version"))
		return take_version(r, value), 1;
	snprintf(full, sizeof(full), "%s%s%s", section, *section ? "." : "", name);
	if (check_key(r, full))
		return pass_over(r), 1;
	if (has_hash(full, value))
		return bad_line(r, "a comment has a line of its own"), 1;
	if (r->nr == SETTINGS_MAX)
		return fail(r, "too many settings"), 1;
	r->settings[r->nr++] = (struct conf_tracked){
		.name = bt_arena_strndup(arena, full, strlen(full)), .line = r->line,
		.value = bt_arena_strndup(arena, value, strlen(value)),
	};
	return 1;
}

static int set_one(struct reader *r, const struct conf_tracked *s)
{
	int key = conf_find(s->name);
	BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT;
	struct conf_place place;

	put_place(r, s->line, key < 0 ? s->name : bt_keys[key].name, &where, &place);
	if (key < 0)
		return conf_set_severity(r->conf, s->name, s->value, &place, r->err);
	return conf_set(r->conf, (enum bt_key_id)key, s->value, &place, r->err);
}

static int set_all(struct reader *r)
{
	struct bt_conf *c = r->conf;
	struct conf_tracked *kept = bt_arena_alloc(&c->arena, (r->nr + 1) * sizeof(*kept));

	memcpy(kept, r->settings, r->nr * sizeof(*kept));
	c->tracked = kept;
	c->tracked_nr = r->nr;
	c->tracked_where = bt_arena_strndup(&c->arena, r->where, strlen(r->where));
	for (size_t i = 0; i < r->nr; i++)
		if (set_one(r, &r->settings[i]) && bt_conf_pass_over(c, r->err))
			return r->err->code;
	return 0;
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
		return conf_too_large(c, where, BT_CONFIG_FILE_MAX, err);
	line = ini_parse_stream(next_line, r, take, r);
	if (!r->failed && line) {
		r->line = (unsigned)line;
		fail(r, "not a section, a comment or 'key = value'");
	}
	return r->failed ? err->code : set_all(r);
}
