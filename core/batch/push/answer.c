/*
 * What a push said. The lines of --porcelain decide; messages are looked at only where there is none, and then
 * only to tell "nothing was sent" from "nobody knows": the worst a lying server gets is another look.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/batch/push/impl.h"

static bool starts(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* Length of the escape sequence at p (*p is ESC); it ends with the text at the latest. */
static size_t escape_len(const char *p, const char *end)
{
	const char *at = p + 1;

	if (at == end)
		return 1;
	if (*at == '[') {
		for (at++; at < end && (unsigned char)*at < 0x40; at++)
			;
	} else if (*at && strchr("]PX^_", *at)) {
		/* A string for the terminal: up to BEL or ESC \. */
		for (at++; at < end && *at != '\a' && *at != '\033'; at++)
			;
		if (at + 1 < end && *at == '\033')
			at++;
	}
	return (size_t)(at - p) + (at < end);
}

void bt_push_clean(struct bt_buf *out, const char *text, size_t len)
{
	const char *end = text + len;
	size_t start = out->len;

	while (text < end) {
		uint32_t c;
		size_t n;

		if (*text == '\033') {
			text += escape_len(text, end);
			continue;
		}
		n = bt_utf8_next(text, end, &c);
		if (!n)
			bt_buf_addch(out, '?');
		else if (c == '\t')
			bt_buf_addch(out, ' ');
		else if (!bt_char_is_control(c))
			bt_buf_add(out, text, n);
		text += n ? n : 1;
	}
	while (out->len > start && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

/* Fits into detail; cut between two characters. */
static void detail_set(const struct bt_buf *text, char *detail, size_t size)
{
	size_t len = text->len < size ? text->len : size - 1;

	while (len && len < text->len && ((unsigned char)text->data[len] & 0xc0) == 0x80)
		len--;
	memcpy(detail, bt_buf_cstr(text), len);
	detail[len] = '\0';
}

/* Does a line of stderr say something of its own? */
static bool tells(const char *line, const char *mark)
{
	if (mark)
		return starts(line, mark);
	return !starts(line, "error: failed to push some refs") && !starts(line, "hint: ");
}

/* Adds the lines that start with `mark` (without it), or with NULL all that tell something; "; " between them. */
static void add_lines(struct bt_buf *text, const char *errout, const char *mark)
{
	size_t skip = mark ? strlen(mark) : 0;

	for (size_t len; *errout; errout += len + (errout[len] != '\0')) {
		size_t before = text->len, from;

		len = strcspn(errout, "\r\n");
		if (!tells(errout, mark) || len <= skip)
			continue;
		if (before)
			bt_buf_adds(text, "; ");
		from = text->len;
		bt_push_clean(text, errout + skip, len - skip);
		if (text->len == from && before)
			text->data[text->len = before] = '\0';
	}
}

static void detail_make(const char *reason, size_t reason_len, const char *errout, char *detail,
			size_t size)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT, remote = BT_BUF_INIT;

	bt_push_clean(&text, reason, reason_len);
	add_lines(&remote, errout, "remote: ");
	if (!remote.len && !reason_len)
		add_lines(&remote, errout, NULL);
	if (text.len && remote.len)
		bt_buf_adds(&text, ": ");
	bt_buf_add(&text, bt_buf_cstr(&remote), remote.len);
	detail_set(&text, detail, size);
}

/* The line of one ref: "<flag>\t<from>:<to>\t<summary>"; NULL when there is none, or not exactly one. */
static const char *ref_line(const char *out, const struct bt_push *p)
{
	BT_BUF_OWNED struct bt_buf wanted = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	const char *found = NULL;

	bt_buf_addf(&wanted, "\t%s:%s\t", bt_oid_hex(&p->commit, hex), p->ref);
	for (size_t len; *out; out += len + (out[len] != '\0')) {
		len = strcspn(out, "\n");
		if (len <= wanted.len || !starts(out + 1, wanted.data))
			continue;
		if (found)
			return NULL;
		found = out;
	}
	return found;
}

/* Refusals of the other side that come of somebody else's writing at the same time. */
static bool is_by_chance(const char *reason, size_t len)
{
	static const char *const said[] = {
		"cannot lock ref",
		"failed to lock",
		"failed to update ref",
		"fetch first",
		"incorrect old value provided",
		"reference already exists",
	};

	for (size_t i = 0; i < BT_ARRAY_NR(said); i++)
		if (len >= strlen(said[i]) && starts(reason, said[i]))
			return true;
	return false;
}

/* "[rejected] (reason)" and the like. */
static enum bt_push_said refusal(const char *summary, const char *errout, char *detail, size_t size)
{
	size_t len = strcspn(summary, "\n");
	const char *open = memchr(summary, '(', len);
	const char *reason = open ? open + 1 : summary;
	size_t reason_len = len - (size_t)(reason - summary);

	if (open && reason_len && reason[reason_len - 1] == ')')
		reason_len--;
	detail_make(reason, reason_len, errout, detail, size);
	if (starts(summary, "[rejected]"))
		return BT_PUSH_SAID_STALE;
	if (!starts(summary, "[remote rejected]"))
		return BT_PUSH_SAID_UNCLEAR;
	return is_by_chance(reason, reason_len) ? BT_PUSH_SAID_LOCKED : BT_PUSH_SAID_NO;
}

/* git's own words for an end before the refs of the other side were known. */
static bool is_unsent(const char *errout)
{
	static const char *const said[] = {
		"Could not read from remote repository",
		"unable to access '",
		"Authentication failed for ",
		"could not read Username for ",
		"could not read Password for ",
		"unable to find remote helper for ",
		"Unable to find remote helper for ",
		"transport '",
		"unable to connect to ",
		"unable to look up ",
		"unable to fork",
		"unable to start ",
	};
	static const char mark[] = "fatal: ";

	for (size_t len; *errout; errout += len + (errout[len] != '\0')) {
		const char *words = errout + sizeof(mark) - 1;

		len = strcspn(errout, "\n");
		if (!starts(errout, mark))
			continue;
		for (size_t i = 0; i < BT_ARRAY_NR(said); i++)
			if (starts(words, said[i]))
				return true;
		if (starts(words, "repository '") || starts(words, "'"))
			return true; /* not found; does not appear to be a git repository */
	}
	return false;
}

enum bt_push_said bt_push_answer(const char *out, const char *errout, int status,
				 const struct bt_push *p, char *detail, size_t detail_size)
{
	const char *line = ref_line(out, p);

	if (line && *line == '!') {
		const char *summary = strchr(strchr(line, '\t') + 1, '\t') + 1;

		return refusal(summary, errout, detail, detail_size);
	}
	if (line && !status) {
		detail_make("", 0, "", detail, detail_size);
		return *line == '=' ? BT_PUSH_SAID_SAME : BT_PUSH_SAID_DONE;
	}
	detail_make("", 0, errout, detail, detail_size);
	if (line || status <= 0)
		return BT_PUSH_SAID_UNCLEAR;
	if (is_unsent(errout))
		return BT_PUSH_SAID_UNSENT;
	/* A hook here that says no ends it with 1 and nothing but its own words. */
	if (status == 1 && p->run_hooks && !strstr(errout, "fatal: ") &&
	    !strstr(errout, "remote: ")) {
		if (!*detail)
			snprintf(detail, detail_size, "the pre-push hook says no");
		return BT_PUSH_SAID_NO;
	}
	return BT_PUSH_SAID_UNCLEAR;
}
