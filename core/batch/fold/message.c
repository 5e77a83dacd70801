/*
 * The message of what lands: the members' own, whole, and at the end trailers that git and the queue find again.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/batch/fold/impl.h"

static const char co_author[] = "Co-authored-by: ";

/* --- is there a block of trailers at the end? --- */

struct line_count {
	size_t trailers, others, continued; /* continued: lines that go on, of what is not known yet */
	bool known;			    /* one that git itself writes */
};

/* "Token: value", as git reads it. */
static bool is_trailer(const char *line, size_t len)
{
	size_t i = 0;

	while (i < len && (isalnum((unsigned char)line[i]) || line[i] == '-'))
		i++;
	if (!i)
		return false;
	while (i < len && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return i < len && line[i] == ':';
}

static bool starts_with(const char *line, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && !memcmp(line, prefix, strlen(prefix));
}

/* Lines come from the last one upwards. */
static void line_judge(struct line_count *c, const char *line, size_t len)
{
	if (len && *line == '#') {
		c->others += c->continued;
		c->continued = 0;
	} else if (starts_with(line, len, "Signed-off-by: ") ||
		   starts_with(line, len, "(cherry picked from commit ")) {
		c->trailers++;
		c->known = true;
		c->continued = 0;
	} else if (is_trailer(line, len)) {
		c->trailers++;
		c->continued = 0;
	} else if (len && isspace((unsigned char)*line)) {
		c->continued++;
	} else {
		c->others += 1 + c->continued;
		c->continued = 0;
	}
}

static bool is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isspace((unsigned char)line[i]))
			return false;
	return true;
}

/*
 * Is the last paragraph one of trailers, by git's rule: all lines are, or a quarter of them with one that git wrote?
 * The first paragraph is the title and never one. The message does not end in a newline.
 */
static bool ends_in_trailers(const char *message, size_t len)
{
	struct line_count c = { .trailers = 0 };
	size_t end = len;

	while (end) {
		size_t start = end;

		while (start && message[start - 1] != '\n')
			start--;
		if (is_blank(message + start, end - start)) {
			c.others += c.continued;
			return (c.known && c.trailers * 3 >= c.others) || (c.trailers && !c.others);
		}
		line_judge(&c, message + start, end - start);
		end = start ? start - 1 : 0;
	}
	return false;
}

/* --- composing --- */

static void message_add(struct bt_buf *out, const struct fold_words *w)
{
	if (w->message_len)
		bt_buf_add(out, w->message, w->message_len);
	else
		bt_buf_adds(out, "(no message)");
	bt_buf_addch(out, '\n');
}

static void trailer_add(struct bt_buf *out, const char *token, const char *value)
{
	if (value)
		bt_buf_addf(out, "%s: %s\n", token, value);
}

int fold_message_one(const struct fold_words *w, const char *batch_key, struct bt_buf *out, struct bt_err *err)
{
	out->max = BT_COMMIT_SIZE_MAX;
	message_add(out, w);
	if (!ends_in_trailers(w->message, w->message_len))
		bt_buf_addch(out, '\n');
	trailer_add(out, "Batho-Batch", batch_key);
	trailer_add(out, "Batho-Action", w->key);
	return bt_buf_check(out, "the message of a commit", err);
}

struct authors {
	struct bt_arena arena;
	struct bt_strmap seen;	/* mails in lower case */
	struct bt_buf *out;
};

static void authors_release(struct authors *a)
{
	bt_strmap_release(&a->seen);
	bt_arena_release(&a->arena);
}

/* Is this mail (or name, where there is no mail) new? */
static bool author_is_new(struct authors *a, const char *ident, size_t len)
{
	const char *mail = memchr(ident, '<', len);
	BT_FREE char *key = NULL;
	bool is_new;

	if (mail && ident + len - mail > 2) {
		len -= (size_t)(mail - ident);
		ident = mail;
	}
	key = bt_xstrndup(ident, len);
	for (char *p = key; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	bt_strmap_intern(&a->seen, key, strlen(key), bt_strmap_hash(key, strlen(key)), &is_new);
	return is_new;
}

static void author_add(struct authors *a, const char *ident)
{
	size_t len = fold_ident_len(ident);

	if (!len || !author_is_new(a, ident, len))
		return;
	bt_buf_adds(a->out, co_author);
	bt_buf_add(a->out, ident, len);
	bt_buf_addch(a->out, '\n');
}

/* Those that a message names itself: forges read them at the end of a message alone. */
static void named_authors_add(struct authors *a, const struct fold_words *w)
{
	const char *at = w->message, *end = w->message + w->message_len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);

		if (len > sizeof(co_author) - 1 && !strncasecmp(at, co_author, sizeof(co_author) - 1)) {
			BT_FREE char *ident = bt_xstrndup(at + sizeof(co_author) - 1, len - (sizeof(co_author) - 1));

			author_add(a, ident + strspn(ident, " \t"));
		}
		at += len + 1;
	}
}

int fold_message_many(const struct fold_squash *q, struct bt_buf *out, struct bt_err *err)
{
	BT_CLEANUP(authors_release) struct authors a = { .arena = BT_ARENA_INIT, .out = out };

	out->max = BT_COMMIT_SIZE_MAX;
	bt_strmap_init(&a.seen, &a.arena);
	author_is_new(&a, q->author, fold_ident_len(q->author));
	bt_buf_addf(out, "%s\n", q->title);
	for (size_t i = 0; i < q->nr && i < q->shown; i++) {
		bt_buf_adds(out, "\n* ");
		message_add(out, &q->words[i]);
	}
	if (q->nr > q->shown)
		bt_buf_addf(out, "\n* and %zu more\n", q->nr - q->shown);
	bt_buf_addch(out, '\n');
	for (size_t i = 0; i < q->nr; i++)
		author_add(&a, q->words[i].author);
	for (size_t i = 0; i < q->nr; i++)
		named_authors_add(&a, &q->words[i]);
	trailer_add(out, "Batho-Batch", q->batch_key);
	for (size_t i = 0; i < q->nr; i++)
		trailer_add(out, "Batho-Action", q->words[i].key);
	trailer_add(out, "Batho-Action", q->action_key);
	return bt_buf_check(out, "the message of a squashed commit", err);
}
