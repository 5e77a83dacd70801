/*
 * The option parser. It reads argv once, left to right; every value goes through bt_opt_set_text,
 * so that an option and its configuration key accept the same texts.
 */
#include "core/base/opt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"

void bt_opt_list_release(struct bt_opt_list *l)
{
	if (!l)
		return;
	free(l->items);
	*l = (struct bt_opt_list){ NULL, 0, 0 };
}

void bt_args_release(struct bt_args *a)
{
	if (!a)
		return;
	free(a->items);
	*a = (struct bt_args){ .items = NULL };
}

int bt_text_bool(const char *text)
{
	static const char *const yes[] = { "true", "yes", "on", "1" };
	static const char *const no[] = { "false", "no", "off", "0", "" };
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(yes); i++)
		if (!strcasecmp(text, yes[i]))
			return 1;
	for (i = 0; i < BT_ARRAY_NR(no); i++)
		if (!strcasecmp(text, no[i]))
			return 0;
	return -1;
}

bool bt_text_int(const char *text, int64_t *ret_int)
{
	const char *digits = text + (*text == '-');
	char *end;
	long long v;

	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno || *end)
		return false;
	*ret_int = v;
	return true;
}

bool bt_text_size(const char *text, uint64_t *ret_size)
{
	unsigned shift = 0;
	unsigned long long v;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno)
		return false;
	if (*end == 'k' || *end == 'K')
		shift = 10;
	else if (*end == 'm' || *end == 'M')
		shift = 20;
	else if (*end == 'g' || *end == 'G')
		shift = 30;
	if (*end && (!shift || end[1]))
		return false;
	if (v > UINT64_MAX >> shift)
		return false;
	*ret_size = (uint64_t)v << shift;
	return true;
}

/* --- values --- */

/* The place in the target; the sizes are checked, since the tables are not typed. */
static void *target_at(const struct bt_opt *o, void *target, size_t size)
{
	if (o->size && o->size != size)
		abort();	/* the row names a member of another type */
	return (char *)target + o->offset;
}

static int set_int(const struct bt_opt *o, void *target, const char *text, const char *where,
		   struct bt_err *err)
{
	int64_t v;

	if (!bt_text_int(text, &v))
		return bt_err_set(err, BT_ERR_USAGE, "%s wants a number, not '%s'", where, text);
	if (v < o->min || v > o->max)
		return bt_err_set(err, BT_ERR_USAGE,
				  "%s wants a number from %lld to %lld, not '%s'", where,
				  (long long)o->min, (long long)o->max, text);
	*(int64_t *)target_at(o, target, sizeof(int64_t)) = v;
	return 0;
}

static int set_size(const struct bt_opt *o, void *target, const char *text, const char *where,
		    struct bt_err *err)
{
	uint64_t v, max = o->max ? (uint64_t)o->max : UINT64_MAX;

	if (!bt_text_size(text, &v))
		return bt_err_set(err, BT_ERR_USAGE,
				  "%s wants a size (a number, then k, m or g), not '%s'", where,
				  text);
	if (v < (uint64_t)o->min || v > max)
		return bt_err_set(err, BT_ERR_USAGE, "%s wants a size from %llu to %llu, not '%s'",
				  where, (unsigned long long)o->min, (unsigned long long)max, text);
	*(uint64_t *)target_at(o, target, sizeof(uint64_t)) = v;
	return 0;
}

static int set_choice(const struct bt_opt *o, void *target, const char *text, const char *where,
		      struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf all = BT_BUF_INIT;
	size_t i;

	for (i = 0; o->choices[i]; i++) {
		if (!strcmp(o->choices[i], text)) {
			*(int *)target_at(o, target, sizeof(int)) = (int)i;
			return 0;
		}
		bt_buf_addf(&all, "%s%s", i ? ", " : "", o->choices[i]);
	}
	return bt_err_set(err, BT_ERR_USAGE, "%s wants one of %s, not '%s'", where,
			  bt_buf_cstr(&all), text);
}

static void set_bool(const struct bt_opt *o, void *target, bool on)
{
	int *n;

	switch (o->type) {
	case BT_OPT_FLAG:
		*(bool *)target_at(o, target, sizeof(bool)) = on;
		break;
	case BT_OPT_TRI:
		*(enum bt_tri *)target_at(o, target, sizeof(enum bt_tri)) =
			on ? BT_TRI_YES : BT_TRI_NO;
		break;
	case BT_OPT_COUNT:
		n = target_at(o, target, sizeof(int));
		*n = on ? *n + (*n < 1000) : 0;
		break;
	default:
		*(int *)target_at(o, target, sizeof(int)) = o->value;
	}
}

static bool wants_value(const struct bt_opt *o)
{
	return o->type >= BT_OPT_INT;
}

int bt_opt_set_text(const struct bt_opt *o, void *target, const char *text, const char *where,
		    struct bt_err *err)
{
	struct bt_opt_list *l;
	int on;

	switch (o->type) {
	case BT_OPT_INT:
		return set_int(o, target, text, where, err);
	case BT_OPT_SIZE:
		return set_size(o, target, text, where, err);
	case BT_OPT_ENUM:
		return set_choice(o, target, text, where, err);
	case BT_OPT_STRING:
		*(const char **)target_at(o, target, sizeof(char *)) = text;
		return 0;
	case BT_OPT_LIST:
		l = target_at(o, target, sizeof(*l));
		BT_GROW(l->items, l->alloc, l->nr + 1);
		l->items[l->nr++] = text;
		return 0;
	default:
		on = bt_text_bool(text);
		if (on < 0)
			return bt_err_set(err, BT_ERR_USAGE, "%s wants true or false, not '%s'",
					  where, text);
		if (on || o->type != BT_OPT_SET)
			set_bool(o, target, on);
		return 0;
	}
}

/* --- finding the row --- */

struct hit {
	struct bt_opt_set *set;
	const struct bt_opt *row;
	bool negated;
};

bool bt_opt_can_negate(const struct bt_opt *o)
{
	return o->name && !(o->flags & BT_OPT_NO_NEG) &&
	       (o->type == BT_OPT_FLAG || o->type == BT_OPT_TRI || o->type == BT_OPT_COUNT);
}

static bool is_option(const struct bt_opt *o)
{
	return o->type > BT_OPT_GROUP;
}

const struct bt_opt *bt_opt_find(const struct bt_opt *rows, const char *name)
{
	size_t i;

	for (i = 0; rows[i].type != BT_OPT_NONE; i++) {
		if (!is_option(&rows[i]) || !rows[i].name || strcmp(rows[i].name, name) != 0)
			continue;
		return &rows[i];
	}
	return NULL;
}

static bool find_letter(const struct bt_opt_spec *spec, char letter, struct hit *ret_hit)
{
	size_t s;

	for (s = 0; s < spec->sets_nr; s++) {
		const struct bt_opt *o = spec->sets[s].rows;

		for (; o->type != BT_OPT_NONE; o++) {
			if (!is_option(o) || o->letter != letter)
				continue;
			*ret_hit = (struct hit){ &spec->sets[s], o, false };
			return true;
		}
	}
	return false;
}

/* Names that `text` of len bytes begins. An exact one wins; two others are ambiguous. */
struct search {
	const char *text;
	size_t len;
	struct hit best;
	const char *best_prefix;	/* "" or "no-" */
	bool exact;
	const char *other, *other_prefix;
};

static void search_try(struct search *s, struct bt_opt_set *set, const struct bt_opt *row,
		       bool negated)
{
	const char *prefix = negated ? "no-" : "";
	size_t prefix_len = strlen(prefix), name_len = prefix_len + strlen(row->name);
	size_t head = s->len < prefix_len ? s->len : prefix_len;

	if (s->exact || s->len > name_len || strncmp(s->text, prefix, head) != 0 ||
	    strncmp(s->text + head, row->name, s->len - head) != 0)
		return;
	s->exact = s->len == name_len;
	if (s->best.row && !s->exact) {
		s->other = row->name;
		s->other_prefix = prefix;
		return;
	}
	s->best = (struct hit){ set, row, negated };
	s->best_prefix = prefix;
}

static int find_name(const struct bt_opt_spec *spec, const char *text, size_t len,
		     struct hit *ret_hit, struct bt_err *err)
{
	struct search s = { .text = text, .len = len };
	size_t i;

	for (i = 0; i < spec->sets_nr; i++) {
		const struct bt_opt *o = spec->sets[i].rows;

		for (; o->type != BT_OPT_NONE; o++) {
			if (!is_option(o) || !o->name)
				continue;
			search_try(&s, &spec->sets[i], o, false);
			if (bt_opt_can_negate(o))
				search_try(&s, &spec->sets[i], o, true);
		}
	}
	if (!s.best.row)
		return bt_err_set(err, BT_ERR_USAGE, "unknown option '--%.*s'", (int)len, text);
	if (s.other && !s.exact)
		return bt_err_set(err, BT_ERR_USAGE,
				  "option '--%.*s' is ambiguous: '--%s%s' or '--%s%s'", (int)len,
				  text, s.best_prefix, s.best.row->name, s.other_prefix, s.other);
	*ret_hit = s.best;
	return 0;
}

/* --- the parse --- */

struct parse {
	const struct bt_opt_spec *spec;
	const char *const *argv;
	int argc, at;
	struct bt_args *args;
	bool done;	/* only arguments follow, or an -h was met */
	const struct bt_opt *bound[BT_OPT_ROWS_MAX];	/* given, and not for every subcommand */
	size_t bound_nr;
};

static void note_given(struct parse *p, const struct bt_opt *o)
{
	if (o->of && p->bound_nr < BT_ARRAY_NR(p->bound))
		p->bound[p->bound_nr++] = o;
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += len)
		if ((at == words || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return len > 0;
	return false;
}

/* Options that belong to other subcommands than the one that was named. */
static int check_bound(const struct parse *p, struct bt_err *err)
{
	const char *sub = p->args->nr && p->args->dashes ? p->args->items[0] : NULL;

	for (size_t i = 0; sub && i < p->bound_nr; i++) {
		const struct bt_opt *o = p->bound[i];
		const char letter[] = { o->letter, '\0' };

		if (has_word(o->of, sub))
			continue;
		bt_err_set(err, BT_ERR_USAGE, "'%s %s' has no option '%s%s'", p->spec->command, sub, o->name ? "--" : "-",
			   o->name ? o->name : letter);
		return bt_err_hint(err, "'%s -h' says what each takes", p->spec->command);
	}
	return 0;
}

static void parse_argument(struct parse *p, const char *text)
{
	struct bt_args *a = p->args;

	BT_GROW(a->items, a->alloc, a->nr + 1);
	a->items[a->nr++] = text;
}

static void parse_ask(struct parse *p, enum bt_opt_ask ask)
{
	p->args->ask = ask;
	p->at = p->argc;
}

/* attached: the value in the same argument, or NULL. */
static int parse_value(struct parse *p, const struct hit *h, const char *attached,
		       const char *where, struct bt_err *err)
{
	const struct bt_opt *o = h->row;

	if (!attached && o->flags & BT_OPT_OPTIONAL)
		attached = o->optional;
	if (!attached) {
		if (p->at >= p->argc)
			return bt_err_set(err, BT_ERR_USAGE, "%s requires a value", where);
		attached = p->argv[p->at++];
	}
	return bt_opt_set_text(o, h->set->target, attached, where, err);
}

static int parse_letters(struct parse *p, const char *letters, struct bt_err *err)
{
	char where[] = "option '-x'";
	struct hit h = { NULL, NULL, false };

	for (; *letters; letters++) {
		where[9] = *letters;
		if (!find_letter(p->spec, *letters, &h)) {
			if (*letters != 'h')
				return bt_err_set(err, BT_ERR_USAGE, "unknown %s", where);
			parse_ask(p, BT_ASK_USAGE);
			return 0;
		}
		note_given(p, h.row);
		if (wants_value(h.row))
			return parse_value(p, &h, letters[1] ? letters + 1 : NULL, where, err);
		set_bool(h.row, h.set->target, true);
	}
	return 0;
}

/* The names that every command has. */
static bool parse_builtin(struct parse *p, const char *name)
{
	if (!strcmp(name, "help"))
		parse_ask(p, BT_ASK_MANUAL);
	else if (!strcmp(name, "list-options"))
		parse_ask(p, BT_ASK_LIST);
	else if (!strcmp(name, "end-of-options"))
		p->done = true;
	else
		return false;
	return true;
}

static int parse_name(struct parse *p, const char *name, struct bt_err *err)
{
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	BT_BUF_OWNED struct bt_buf where = BT_BUF_INIT;
	struct hit h = { NULL, NULL, false };
	int rc;

	if (parse_builtin(p, name))
		return 0;
	rc = find_name(p->spec, name, len, &h, err);
	if (rc)
		return rc;
	note_given(p, h.row);
	bt_buf_addf(&where, "option '--%s%s'", h.negated ? "no-" : "", h.row->name);
	if (wants_value(h.row))
		return parse_value(p, &h, value, bt_buf_cstr(&where), err);
	if (value)
		return bt_err_set(err, BT_ERR_USAGE, "%s takes no value", bt_buf_cstr(&where));
	set_bool(h.row, h.set->target, !h.negated);
	return 0;
}

static int parse_next(struct parse *p, struct bt_err *err)
{
	const char *text = p->argv[p->at++];

	if (p->done || text[0] != '-' || !text[1]) {
		p->done |= p->spec->stop_at_argument;
		parse_argument(p, text);
		return 0;
	}
	if (text[1] != '-')
		return parse_letters(p, text + 1, err);
	if (text[2])
		return parse_name(p, text + 2, err);
	p->done = true;
	p->args->had_dashes = true;
	p->args->dashes = p->args->nr;
	return 0;
}

int bt_opt_parse(const struct bt_opt_spec *spec, int argc, const char *const *argv,
		 struct bt_args *ret_args, struct bt_err *err)
{
	struct parse p = { .spec = spec, .argv = argv, .argc = argc, .at = 1, .args = ret_args };

	while (p.at < argc) {
		int rc = parse_next(&p, err);

		if (rc) {
			bt_err_hint(err, "'%s -h' lists the options", spec->command);
			return rc;
		}
	}
	if (!ret_args->had_dashes)
		ret_args->dashes = ret_args->nr;
	return ret_args->ask == BT_ASK_RUN ? check_bound(&p, err) : 0;
}
