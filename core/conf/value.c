/*
 * Keys by name, and values of the types that keys have.
 */
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/conf/conf_state.h"
#include "core/git/attr.h"

int conf_find(const char *name)
{
	for (int i = 0; i < BT_KEY_NR; i++)
		if (!strcasecmp(bt_keys[i].name, name))
			return i;
	return -1;
}

bool conf_has_area(const char *name)
{
	size_t area = strcspn(name, ".") + 1;

	for (int i = 0; i < BT_KEY_NR; i++)
		if (!strncasecmp(bt_keys[i].name, name, area))
			return true;
	return false;
}

const struct bt_key *bt_key_of(const char *name)
{
	int key;

	if (!strncasecmp(name, CONF_OURS, strlen(CONF_OURS)))
		name += strlen(CONF_OURS);
	key = conf_find(name);
	return key < 0 ? conf_family_of(name) : &bt_keys[key];
}

int conf_likeness(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), nr = 0, min = la < lb ? la : lb;

	while (nr < min && tolower((unsigned char)a[nr]) == tolower((unsigned char)b[nr]))
		nr++;
	for (size_t i = 1; i <= min - nr; i++)
		if (tolower((unsigned char)a[la - i]) == tolower((unsigned char)b[lb - i]))
			min = min > nr + i ? min : nr + i;
		else
			return (int)(nr + i - 1);
	return (int)min;
}

#define TYPED_LEN_MAX 63

/* Letters that were left out, put in, taken for others or swapped: how often, in names of a sane length. */
static int mistypings(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	int rows[3][TYPED_LEN_MAX + 1], *before = rows[0], *last = rows[1], *now = rows[2];

	if (la > TYPED_LEN_MAX || lb > TYPED_LEN_MAX)
		return INT_MAX;
	for (size_t k = 0; k <= lb; k++)
		last[k] = (int)k;
	for (size_t i = 1; i <= la; i++) {
		int *oldest = before;

		now[0] = (int)i;
		for (size_t k = 1; k <= lb; k++) {
			bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[k - 1]);
			int best = last[k - 1] + !same;

			best = last[k] + 1 < best ? last[k] + 1 : best;
			best = now[k - 1] + 1 < best ? now[k - 1] + 1 : best;
			if (i > 1 && k > 1 && !same && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && before[k - 2] + 1 < best)
				best = before[k - 2] + 1;
			now[k] = best;
		}
		before = last;
		last = now;
		now = oldest;
	}
	return last[lb];
}

static int nearest_by_typing(const char *name)
{
	int best = -1, best_nr = 1 + (int)strlen(name) / 6;

	for (int i = 0; i < BT_KEY_NR; i++) {
		int nr = mistypings(bt_keys[i].name, name);

		if (nr > best_nr || (nr == best_nr && best >= 0))
			continue;
		best_nr = nr;
		best = i;
	}
	return best;
}

/* An area they share says nothing about the rest. */
static int nearest_by_ends(const char *name)
{
	const char *dot = strchr(name, '.');
	size_t area = dot ? (size_t)(dot + 1 - name) : 0;
	int best = -1, best_like = 0;

	for (int i = 0; i < BT_KEY_NR; i++) {
		size_t skip = strncasecmp(bt_keys[i].name, name, area) ? 0 : area;
		int like = conf_likeness(bt_keys[i].name + skip, name + skip);

		if (like > best_like && like > (int)strlen(name + skip) / 2) {
			best_like = like;
			best = i;
		}
	}
	return best;
}

int conf_nearest(const char *name)
{
	int best = nearest_by_typing(name);

	return best < 0 ? nearest_by_ends(name) : best;
}

static void expected_number(const struct bt_key *k, struct bt_buf *out)
{
	bool mega = k->type == BT_TYPE_SIZE && !(k->max & ((1 << 20) - 1));

	bt_buf_addf(out, "%s from %lld to %lld%s", k->type == BT_TYPE_SIZE ? "a size" : "a number", (long long)k->min,
		    (long long)(mega ? k->max >> 20 : k->max), mega ? "m" : "");
}

void bt_key_expected(const struct bt_key *k, struct bt_buf *out)
{
	switch (k->type) {
	case BT_TYPE_INT:
	case BT_TYPE_SIZE:
		expected_number(k, out);
		return;
	case BT_TYPE_BOOL:
		bt_buf_adds(out, "true or false");
		return;
	case BT_TYPE_CHOICE:
		bt_buf_adds(out, "one of");
		for (int i = 0; k->choices[i]; i++)
			bt_buf_addf(out, "%s %s", i ? "," : "", k->choices[i]);
		return;
	case BT_TYPE_PATTERNS:
		bt_buf_adds(out, "a pattern as in gitignore");
		return;
	case BT_TYPE_PATH:
		bt_buf_adds(out, "an absolute path");
		for (int i = 0; k->choices && k->choices[i]; i++)
			bt_buf_addf(out, " or %s", k->choices[i]);
		return;
	case BT_TYPE_STRING:
		bt_buf_adds(out, "text");
		return;
	}
}

static int bad_value(struct bt_conf *c, const struct bt_key *k, const char *text, const struct conf_place *place,
		     struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf want = BT_BUF_INIT;

	bt_key_expected(k, &want);
	return conf_bad_value(c, place, text, bt_buf_cstr(&want), err);
}

static int check_pattern(struct bt_conf *c, const char *text, const struct conf_place *place, struct bt_err *err)
{
	struct bt_err own = BT_ERR_INIT;
	struct bt_pattern pattern;

	if (bt_pattern_parse(text, &pattern, &own))
		return conf_bad_pattern(c, place, text, &own, err);
	bt_pattern_release(&pattern);
	return 0;
}

static int find_choice(const struct bt_key *k, const char *text)
{
	for (int i = 0; k->choices && k->choices[i]; i++)
		if (!strcmp(k->choices[i], text))
			return i;
	return -1;
}

int conf_parse_value(struct bt_conf *c, const struct bt_key *k, const char *text, const struct conf_place *place,
		     int64_t *ret_number, struct bt_err *err)
{
	uint64_t size;
	int64_t n = 0;
	bool ok = true;

	switch (k->type) {
	case BT_TYPE_INT:
		ok = bt_text_int(text, &n) && n >= k->min && n <= k->max;
		break;
	case BT_TYPE_SIZE:
		ok = bt_text_size(text, &size) && size >= (uint64_t)k->min && size <= (uint64_t)k->max;
		n = ok ? (int64_t)size : 0;
		break;
	case BT_TYPE_BOOL:
		n = bt_text_bool(text);
		ok = n >= 0;
		break;
	case BT_TYPE_CHOICE:
		n = find_choice(k, text);
		ok = n >= 0;
		break;
	case BT_TYPE_PATTERNS:
		if (check_pattern(c, text, place, err))
			return BT_ERR_FAIL;
		break;
	case BT_TYPE_PATH:
		ok = !*text || *text == '/' || !strncmp(text, "~/", 2) || find_choice(k, text) >= 0;
		break;
	case BT_TYPE_STRING:
		break;
	}
	if (!ok)
		return bad_value(c, k, text, place, err);
	*ret_number = n;
	return 0;
}

/* As far as people see it, the command line is where they have said it. */
int bt_conf_check_value(struct bt_conf *c, const char *name, const char *text, struct bt_err *err)
{
	BT_FREE char *known = bt_key_name(name);
	const struct conf_place place = { .origin = BT_FROM_COMMAND, .name = known, .where = "on the command line" };
	int64_t ignored;

	if (!conf_parse_value(c, bt_key_of(name), text, &place, &ignored, err))
		return 0;
	err->code = BT_ERR_USAGE;
	return BT_ERR_USAGE;
}

int bt_conf_unknown_key(struct bt_conf *c, const char *name, struct bt_err *err)
{
	const struct conf_place place = { .origin = BT_FROM_COMMAND, .name = name, .where = "on the command line" };
	bool whole = !strncasecmp(name, CONF_OURS, strlen(CONF_OURS));

	conf_unknown(c, &place, strlen(name) - (whole ? strlen(CONF_OURS) : 0), err);
	err->code = BT_ERR_USAGE;
	return BT_ERR_USAGE;
}
