/*
 * Checking a message: emptiness, length of the subject, a ticket, conventional commits 1.0.
 */
#include "hooks/message.h"

#include <ctype.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "hooks/event.h"

/*
 * A pattern may come from a tracked file: what regcomp makes of a{1,255}{1,255} does not fit into memory.
 * Bounds are multiplied up to this, wherever they stand.
 */
#define PATTERN_LEN_MAX 256
#define PATTERN_REPEATS_MAX 2000
/* Back-references make matching exponential; the text that is matched is short in any case. */
#define MATCHED_LEN_MAX 8192

static const char *const fault_names[BT_MESSAGE_NR] = {
	[BT_MESSAGE_EMPTY] = "message-empty",
	[BT_MESSAGE_SUBJECT] = "message-subject",
	[BT_MESSAGE_TICKET] = "message-ticket",
	[BT_MESSAGE_CONVENTIONAL] = "message-conventional",
};

void bt_message_rules_from(const struct bt_conf *conf, struct bt_message_rules *ret_rules)
{
	const char *pattern = bt_conf_get(conf, BT_KEY_HOOKS_TICKET_PATTERN)->text;

	*ret_rules = (struct bt_message_rules){
		.subject_max = bt_conf_get(conf, BT_KEY_HOOKS_SUBJECT_MAX)->number,
		.ticket_pattern = pattern ? pattern : "",
		.conventional = bt_conf_get(conf, BT_KEY_HOOKS_CONVENTIONAL)->number,
		.types = bt_conf_get(conf, BT_KEY_HOOKS_TYPES)->text,
	};
}

static bool is_scissors(const char *line, size_t len, const char *comment)
{
	static const char mark[] = " ------------------------ >8 ------------------------";
	size_t skip = strlen(comment);

	return len == skip + sizeof(mark) - 1 && !memcmp(line, comment, skip) &&
	       !memcmp(line + skip, mark, sizeof(mark) - 1);
}

void bt_message_clean(const char *text, size_t len, const char *comment, struct bt_buf *out)
{
	const char *end = text + len;

	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((nl ? nl : end) - text), kept = n;

		if (comment && is_scissors(text, n, comment))
			return;
		while (kept && isspace((unsigned char)text[kept - 1]))
			kept--;
		if (!comment || n < strlen(comment) || memcmp(text, comment, strlen(comment)) || !*comment) {
			if (kept || out->len) {	/* no blank lines in front */
				bt_buf_add(out, text, kept);
				bt_buf_addch(out, '\n');
			}
		}
		text = nl ? nl + 1 : end;
	}
}

/* "Signed-off-by: ...": alone it says nothing about the change. */
static bool is_trailer(const char *line, size_t len)
{
	static const char *const ends[] = { "-by: ", "Change-Id: " };
	size_t key = 0;

	while (key < len && (isalpha((unsigned char)line[key]) || line[key] == '-'))
		key++;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t n = strlen(ends[i]);

		if (key + 2 >= n && key + 2 <= len && !memcmp(line + key + 2 - n, ends[i], n))
			return true;
	}
	return false;
}

static bool is_empty(const char *text)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t len = strcspn(text, "\n");

		if (len && !is_trailer(text, len))
			return false;
	}
	return true;
}

/* A merge is told by its state, for anybody may begin a line with this word. */
static bool is_made_by_git(const char *subject)
{
	static const char *const starts[] = { "Revert \"", "Reapply \"", "fixup! ", "squash! ", "amend! " };

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (!strncmp(subject, starts[i], strlen(starts[i])))
			return true;
	return false;
}

static size_t characters(const char *p, size_t len)
{
	const char *end = p + len;
	uint32_t c;
	size_t nr = 0;

	for (; p < end; nr++) {
		size_t step = bt_utf8_next(p, end, &c);

		p += step ? step : 1;
	}
	return nr;
}

/* type[(scope)][!]: description */
static bool is_conventional(const char *subject, size_t len, const char *types)
{
	size_t type_len = strcspn(subject, "(!: \n");
	const char *p = subject + type_len, *end = subject + len;
	bool known = false;

	for (const char *t = types; *t; t += strcspn(t, ","), t += *t == ',') {
		size_t n = strcspn(t, ",");

		while (n && *t == ' ')
			t++, n--;
		while (n && t[n - 1] == ' ')
			n--;
		known = known || (n == type_len && n && !memcmp(t, subject, n));
	}
	if (!known)
		return false;
	if (p < end && *p == '(') {
		const char *close = memchr(p, ')', (size_t)(end - p));

		if (!close || close == p + 1)
			return false;
		p = close + 1;
	}
	p += p < end && *p == '!';
	return end - p > 2 && p[0] == ':' && p[1] == ' ' && p[2] != ' ';
}

/* --- tickets --- */

static int check_pattern(const char *pattern, struct bt_err *err)
{
	double repeats = 1;

	if (strlen(pattern) > PATTERN_LEN_MAX)
		return bt_err_set(err, BT_ERR_FAIL, "hooks.commit-msg.ticketPattern is longer than %d bytes",
				  PATTERN_LEN_MAX);
	for (const char *p = strchr(pattern, '{'); p; p = strchr(p + 1, '{')) {
		char *after;
		double low = (double)strtoul(p + 1, &after, 10), high = low;

		if (*after == ',')
			high = (double)strtoul(after + 1, NULL, 10);
		repeats *= high > low ? high : low > 1 ? low : 1;
	}
	for (const char *p = strchr(pattern, '\\'); p && p[1]; p = strchr(p + 2, '\\'))
		if (isdigit((unsigned char)p[1]))
			return bt_err_set(err, BT_ERR_FAIL,
					  "hooks.commit-msg.ticketPattern must not refer back to a group");
	if (repeats > PATTERN_REPEATS_MAX)
		return bt_err_set(err, BT_ERR_FAIL, "hooks.commit-msg.ticketPattern repeats too much");
	return 0;
}

static int has_ticket(const char *pattern, const struct bt_buf *message, bool *ret_has, struct bt_err *err)
{
	size_t len = message->len < MATCHED_LEN_MAX ? message->len : MATCHED_LEN_MAX;
	BT_FREE char *text = bt_xstrndup(bt_buf_cstr(message), len);
	regex_t re;
	char why[128];
	int rc;

	if (check_pattern(pattern, err))
		return err->code;
	rc = regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
	if (rc) {
		regerror(rc, &re, why, sizeof(why));
		return bt_err_set(err, BT_ERR_FAIL, "hooks.commit-msg.ticketPattern '%s': %s", pattern, why);
	}
	*ret_has = !regexec(&re, text, 0, NULL, 0);
	regfree(&re);
	return 0;
}

/* --- */

static void fault(enum bt_message_fault f, unsigned *faults, struct bt_buf *why, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static void fault(enum bt_message_fault f, unsigned *faults, struct bt_buf *why, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (bt_hook_is_skipped(fault_names[f]))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*faults |= 1u << f;
	bt_buf_addf(why, "%s (%s)\n", text, fault_names[f]);
}

/* A pattern that is none costs this check alone. */
int bt_message_pattern_check(const char *pattern, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;
	bool has;

	return *pattern ? has_ticket(pattern, &message, &has, err) : 0;
}

static void check_ticket(const char *pattern, const struct bt_buf *message, unsigned *faults, struct bt_buf *why)
{
	struct bt_err err = BT_ERR_INIT;
	bool has = true;

	if (bt_hook_is_skipped(fault_names[BT_MESSAGE_TICKET]))
		return;
	if (has_ticket(pattern, message, &has, &err))
		bt_buf_addf(why, "%s (ignored)\n", err.msg);
	else if (!has)
		fault(BT_MESSAGE_TICKET, faults, why, "nothing in the message matches '%s'", pattern);
}

void bt_message_check(const struct bt_message_rules *rules, const struct bt_buf *message, unsigned *ret_faults,
		      struct bt_buf *why)
{
	const char *subject = bt_buf_cstr(message);
	size_t len = strcspn(subject, "\n"), nr;
	unsigned faults = 0;

	if (is_empty(subject)) {
		fault(BT_MESSAGE_EMPTY, &faults, why, "the message is empty");
		*ret_faults = faults;
		return;
	}
	if (rules->is_merge || is_made_by_git(subject)) {
		*ret_faults = 0;
		return;
	}
	nr = characters(subject, len);
	if (rules->subject_max && nr > (uint64_t)rules->subject_max)
		fault(BT_MESSAGE_SUBJECT, &faults, why, "the first line has %zu characters, more than %lld",
		      nr, (long long)rules->subject_max);
	if (*rules->ticket_pattern)
		check_ticket(rules->ticket_pattern, message, &faults, why);
	if (rules->conventional && !is_conventional(subject, len, rules->types))
		fault(BT_MESSAGE_CONVENTIONAL, &faults, why,
		      "the first line is not '<type>[(<scope>)][!]: <description>' with a type of %s",
		      rules->types);
	*ret_faults = faults;
}
