/*
 * Reports: any bytes as paths, code, details, names and reasons. Every format stays what it is: JSON and XML that
 * parse, lines that begin as they should, text that does nothing to a terminal.
 *
 * An input is findings one after the other: five bytes (severity and kind, columns and rows), then path, message,
 * detail, code, symbol and reason, each ended by a NUL.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/query/jsonc.h"
#include "core/report/impl.h"
#include "tests/fuzz/fuzz.h"

#define FINDINGS_MAX 40
#define HEAD_LEN 5

struct input {
	struct bt_findings list;
	struct bt_ruleset rules;
	struct bt_rule rule[FINDINGS_MAX];
};

static const char *piece(struct bt_arena *a, const uint8_t **at, const uint8_t *end)
{
	char *raw = fuzz_piece(at, end, '\0');
	const char *kept = raw && *raw ? bt_arena_strndup(a, raw, strlen(raw)) : NULL;

	free(raw);
	return kept;
}

static const char *text_or(const char *text, const char *other)
{
	return text ? text : other;
}

static void take_finding(struct input *in, const uint8_t **at, const uint8_t *end)
{
	struct bt_arena *a = &in->list.arena;
	const uint8_t *head = *at;
	struct bt_rule *rule = &in->rule[in->rules.nr];
	struct bt_finding f = { .rule = &rule->info,
				.col = head[1],
				.end_col = head[2],
				.row = head[3],
				.end_row = head[3] + (uint32_t)head[4] % 9,
				.is_new = head[0] & 4,
				.fingerprint = head[1] + 1u };

	*at += HEAD_LEN;
	f.path = text_or(piece(a, at, end), "p");
	f.path_len = strlen(f.path);
	rule->info = (struct bt_rule_info){
		.id = "a-rule", .pack = "core", .help = "", .severity = (enum bt_severity)(1 + head[0] % 3)
	};
	rule->info.message = rule->info.help = text_or(piece(a, at, end), "m");
	f.detail = piece(a, at, end);
	f.code = piece(a, at, end);
	f.symbol = piece(a, at, end);
	f.reason = piece(a, at, end);
	in->rules.nr++;
	if (head[0] & 8)
		bt_findings_hide(&in->list, &f, head[0] & 16 ? "comment" : "baseline", f.reason);
	else
		*bt_findings_add(&in->list) = f;
}

static void write_format(const struct input *in, const char *format, struct bt_buf *out)
{
	struct bt_report r = { .findings = &in->list, .rules = &in->rules, .fail_on = BT_SEVERITY_WARNING };
	struct bt_err err = BT_ERR_INIT;
	int fd = memfd_create("report", 0);

	FUZZ_CHECK(fd >= 0);
	FUZZ_CHECK(!bt_report_stream(&r, bt_report_find(format, strlen(format)), false, fd, NULL, &err));
	FUZZ_CHECK(!lseek(fd, 0, SEEK_SET));
	FUZZ_CHECK(!bt_fd_read_all(fd, (size_t)1 << 28, out, "the report", &err));
	FUZZ_CHECK(*bt_buf_cstr(out)); /* which ends it with a NUL */
	close(fd);
}

/* UTF-8, and no controls but the ends of lines, and tabs where they are ours or stand in code. */
static void check_text(const struct bt_buf *b, bool tabs)
{
	const char *at = bt_buf_cstr(b), *end = at + b->len;

	for (size_t n; at < end; at += n) {
		uint32_t c;

		n = bt_utf8_next(at, end, &c);
		FUZZ_CHECK(n);
		FUZZ_CHECK(c == '\n' || (tabs && c == '\t') || !bt_char_is_control(c));
	}
}

static size_t count(const struct bt_jsonc *array)
{
	size_t nr = 0;

	FUZZ_CHECK(array && array->type == BT_JSONC_ARRAY);
	for (const struct bt_jsonc *i = array->child; i; i = i->next)
		nr++;
	return nr;
}

static void check_json(const struct input *in)
{
	BT_BUF_OWNED struct bt_buf sarif = BT_BUF_INIT, gitlab = BT_BUF_INIT, json = BT_BUF_INIT;
	BT_CLEANUP(bt_arena_release) struct bt_arena a = BT_ARENA_INIT;
	const struct bt_jsonc *run;
	size_t lines = 0;

	write_format(in, "sarif", &sarif);
	check_text(&sarif, false);
	run = bt_jsonc_get(bt_jsonc_parse(sarif.data, sarif.len, &a), "runs");
	FUZZ_CHECK(count(run) == 1);
	FUZZ_CHECK(count(bt_jsonc_get(run->child, "results")) == in->list.nr + in->list.hidden_nr);
	write_format(in, "gitlab", &gitlab);
	check_text(&gitlab, false);
	FUZZ_CHECK(count(bt_jsonc_parse(gitlab.data, gitlab.len, &a)) == in->list.nr);
	write_format(in, "json", &json);
	check_text(&json, false);
	for (char *at = json.data, *nl; (nl = strchr(at, '\n')); at = nl + 1, lines++)
		FUZZ_CHECK(bt_jsonc_parse(at, (size_t)(nl - at), &a));
	FUZZ_CHECK(lines == in->list.nr + in->list.hidden_nr + 2);
}

/* Tags open and close, and nothing of the input opens one, ends a value or is an entity of its own. */
static void check_xml(const struct input *in, const char *format)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	bool in_tag = false, in_value = false;

	write_format(in, format, &b);
	check_text(&b, false);
	for (const char *p = b.data; *p; p++) {
		if (*p == '&') {
			size_t len = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz#0123456789");

			FUZZ_CHECK(len && len < 5 && p[1 + len] == ';');
		}
		FUZZ_CHECK(*p != '<' || (!in_tag && !in_value));
		FUZZ_CHECK(*p != '>' || (in_tag && !in_value));
		FUZZ_CHECK(*p != '"' || in_tag);
		in_value ^= *p == '"';
		in_tag = (in_tag || *p == '<') && *p != '>';
	}
	FUZZ_CHECK(!in_tag && !in_value);
}

static bool begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

static void check_commands(const struct input *in)
{
	BT_BUF_OWNED struct bt_buf b = BT_BUF_INIT;
	size_t nr = 0;

	write_format(in, "github", &b);
	check_text(&b, false);
	for (char *line = b.data, *nl; (nl = strchr(line, '\n')); line = nl + 1, nr++) {
		*nl = '\0';
		if (begins(line, "::error ") || begins(line, "::warning ") || begins(line, "::notice ")) {
			const char *data = strstr(line + 2, "::");

			FUZZ_CHECK(data && !memcmp(data - 13, ",title=a-rule", 13));
			continue;
		}
		FUZZ_CHECK(!strstr(line, "##["));
		FUZZ_CHECK(begins(line, "::group::") || begins(line, "::endgroup::") || *line != ':');
	}
	FUZZ_CHECK(nr == in->list.nr + 1 || nr == in->list.nr + 3);
}

static void check_lines(const struct input *in)
{
	BT_BUF_OWNED struct bt_buf human = BT_BUF_INIT, porcelain = BT_BUF_INIT;
	size_t nr = 0;

	write_format(in, "human", &human);
	check_text(&human, true);
	write_format(in, "porcelain", &porcelain);
	for (char *line = porcelain.data, *nl; (nl = strchr(line, '\n')); line = nl + 1, nr++) {
		size_t tabs = 0;

		for (const char *p = line; p < nl; p++)
			tabs += *p == '\t';
		FUZZ_CHECK(tabs == (begins(line, "finding\t")	   ? 15u
				    : begins(line, "suppressed\t") ? 17u
				    : nr			   ? 9u
								   : 0u));
	}
	FUZZ_CHECK(nr == in->list.nr + in->list.hidden_nr + 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input *in = calloc(1, sizeof(*in));
	const uint8_t *end = data + size;

	FUZZ_CHECK(in);
	in->rules.rules = in->rule;
	in->list.keep_hidden = true;
	while (in->rules.nr < FINDINGS_MAX && end - data >= HEAD_LEN)
		take_finding(in, &data, end);
	bt_findings_sort(&in->list);
	check_json(in);
	check_xml(in, "junit");
	check_xml(in, "checkstyle");
	check_commands(in);
	check_lines(in);
	bt_findings_release(&in->list);
	free(in);
	return 0;
}
