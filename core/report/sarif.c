/*
 * SARIF 2.1.0, as GitHub's code scanning takes it.
 *
 * Its limits: 25,000 results in a run, and 10 MB compressed. Who has more gets the worst of them, and a
 * notification says how many are left out. How small a report gets when compressed is estimated from above:
 * text of the repository as if it did not get smaller at all, the rest at a flat rate. Code goes first when
 * there is no room, then the findings of low severity.
 *
 * Messages are plain text in which SARIF gives a meaning to "[text](1)" and "{0}"; text of a repository that
 * looks like one of these is broken up, see put_sentence.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/report/impl.h"

#define RESULTS_MAX 25000
/* Compressed bytes, a tenth below what GitHub takes. */
#define SIZE_MAX_PACKED ((size_t)9000000)
/* A result without its texts, compressed. */
#define RESULT_COST 96
/* Of these, for the rules' texts; behind it they have a message alone. */
#define RULES_COST_MAX ((size_t)2000000)
/* What GitHub shows of a description. */
#define DESCRIPTION_MAX 1024

static const char *const levels[BT_SEVERITY_NR] = {
	[BT_SEVERITY_OFF] = "none",
	[BT_SEVERITY_NOTE] = "note",
	[BT_SEVERITY_WARNING] = "warning",
	[BT_SEVERITY_ERROR] = "error",
};

enum how { LEFT_OUT, WITHOUT_CODE, WHOLE };

struct sarif {
	const struct bt_report *r;
	uint32_t *places; /* of the rules in the list of rules */
	uint8_t *how;	  /* enum how, of the findings */
	size_t left_out, hidden_nr; /* hidden_nr: of the hidden ones, how many there is room for */
	size_t room; /* compressed bytes to go */
};

/* ---- texts ---- */

static void put_string(struct bt_buf *b, const char *s)
{
	bt_text_json(b, s, strlen(s));
}

/* "{" before digits and "}", and "](", mean something. */
static bool is_special(const char *p)
{
	size_t digits = *p == '{' ? strspn(p + 1, "0123456789") : 0;

	return (digits && p[1 + digits] == '}') || (*p == ']' && p[1] == '(');
}

/* The text with a capital at its start and a full stop at its end, as a JSON string. */
static void put_sentence(struct bt_buf *b, const char *text)
{
	BT_BUF_OWNED struct bt_buf s = BT_BUF_INIT;
	char last;

	for (const char *p = text; *p; p++) {
		bt_buf_addch(&s, p == text && *p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
		if (is_special(p))
			bt_buf_addch(&s, ' ');
	}
	last = s.len ? s.data[s.len - 1] : '.';
	if (!strchr(".!?", last))
		bt_buf_addch(&s, '.');
	bt_text_json(b, bt_buf_cstr(&s), s.len);
}

/* A fence that no line of the code ends. */
static void put_code(struct bt_buf *to, const char *title, const struct bt_rule_example *e)
{
	size_t fence = 3;

	for (const char *p = e->text; (p = strstr(p, "```"));) {
		size_t run = strspn(p, "`");

		fence = run >= fence ? run + 1 : fence;
		p += run;
	}
	bt_buf_addf(to, "\n\n%s:\n\n", title);
	for (size_t i = 0; i < fence; i++)
		bt_buf_addch(to, '`');
	bt_buf_addf(to, "%s\n", e->lang ? e->lang->name : "");
	bt_buf_add(to, e->text, e->len);
	if (e->len && e->text[e->len - 1] != '\n')
		bt_buf_addch(to, '\n');
	for (size_t i = 0; i < fence; i++)
		bt_buf_addch(to, '`');
}

static const struct bt_rule_example *example(const struct bt_rule *rule, bool bad)
{
	for (size_t i = 0; i < rule->examples_nr; i++)
		if (rule->examples[i].bad == bad && rule->examples[i].len)
			return &rule->examples[i];
	return NULL;
}

/* The help with an example of what is found and what is not. '<' is text, but in code. */
static void help_markdown(struct bt_buf *to, const struct bt_rule *rule, const char *help)
{
	const struct bt_rule_example *bad = example(rule, true), *good = example(rule, false);
	bool code = false;

	for (const char *p = help; *p; p++) {
		code ^= *p == '`';
		if (*p == '<' && !code)
			bt_buf_adds(to, "&lt;");
		else
			bt_buf_addch(to, *p);
	}
	if (bad)
		put_code(to, "Found", bad);
	if (good)
		put_code(to, "Not found", good);
}

/* ---- rules ---- */

static void put_rule(struct sarif *s, struct bt_buf *b, const struct bt_rule *rule)
{
	BT_BUF_OWNED struct bt_buf markdown = BT_BUF_INIT, full = BT_BUF_INIT;
	const struct bt_rule_info *info = &rule->info;
	const char *help = *info->help && s->room > SIZE_MAX_PACKED - RULES_COST_MAX ? info->help
										     : info->message;

	help_markdown(&markdown, rule, help);
	bt_buf_add(&full, help, bt_report_cut(help, strlen(help), DESCRIPTION_MAX - 1));
	bt_buf_adds(b, "{\"id\":");
	put_string(b, info->id);
	bt_buf_adds(b, ",\"shortDescription\":{\"text\":");
	put_sentence(b, info->message);
	bt_buf_adds(b, "},\"fullDescription\":{\"text\":");
	put_sentence(b, bt_buf_cstr(&full));
	bt_buf_adds(b, "},\"help\":{\"text\":");
	put_sentence(b, help);
	bt_buf_adds(b, ",\"markdown\":");
	bt_text_json(b, bt_buf_cstr(&markdown), markdown.len);
	bt_buf_adds(b, "}");
	if (info->help_uri) {
		bt_buf_adds(b, ",\"helpUri\":");
		put_string(b, info->help_uri);
	}
	bt_buf_addf(b, ",\"defaultConfiguration\":{\"level\":\"%s\"},\"properties\":{\"tags\":[",
		    levels[info->severity]);
	put_string(b, info->pack);
	bt_buf_addf(b, "],\"problem.severity\":\"%s\"}}",
		    info->severity == BT_SEVERITY_NOTE ? "recommendation" : levels[info->severity]);
}

static void put_rules(struct sarif *s, struct bt_report_text *t)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < s->r->rules->nr && bt_report_pass(t); i++) {
		const struct bt_rule *rule = &s->r->rules->rules[i];
		size_t before, cost;

		if (rule->info.severity == BT_SEVERITY_OFF)
			continue;
		bt_buf_adds(&t->buf, nr ? ",\n" : "\n");
		before = t->buf.len;
		put_rule(s, &t->buf, rule);
		s->places[i] = nr++;
		cost = t->buf.len - before;
		s->room -= cost < s->room ? cost : s->room;
	}
}

/* ---- which results ---- */

static size_t length(const char *s)
{
	return s ? strlen(s) : 0;
}

/* The worst first; of the same severity in their order. */
static void choose(struct sarif *s)
{
	const struct bt_findings *l = s->r->findings;
	size_t nr = 0;

	for (int severity = BT_SEVERITY_NR - 1; severity > BT_SEVERITY_OFF; severity--) {
		const char *path = "";

		for (size_t i = 0; i < l->nr; i++) {
			const struct bt_finding *f = &l->items[i];
			size_t cost = RESULT_COST + length(f->detail) + length(f->symbol) +
				      (strcmp(path, f->path) ? f->path_len : f->path_len / 8);

			if ((int)f->rule->severity != severity || nr == RESULTS_MAX || cost > s->room)
				continue;
			s->how[i] = WITHOUT_CODE;
			s->room -= cost;
			path = f->path;
			nr++;
		}
	}
	s->left_out = l->nr - nr;
	for (size_t cost; s->hidden_nr < l->hidden_nr && nr < RESULTS_MAX; nr++) {
		const struct bt_finding *f = &l->hidden[s->hidden_nr];

		cost = RESULT_COST + length(f->detail) + length(f->symbol) + f->path_len + length(f->reason);
		if (cost > s->room)
			break;
		s->room -= cost;
		s->hidden_nr++;
	}
	for (size_t i = 0; i < l->nr; i++) {
		size_t cost = length(l->items[i].code);

		if (s->how[i] == LEFT_OUT || cost > s->room)
			continue;
		s->how[i] = WHOLE;
		s->room -= cost;
	}
}

/* ---- results ---- */

/* The text of the finding alone, when all of it is at hand. */
static void put_snippet(struct bt_buf *b, const struct bt_finding *f)
{
	size_t len, end_len;
	const char *first = bt_report_line(f, 0, &len),
		   *last = bt_report_line(f, f->end_row - f->row, &end_len);
	const char *from = first + (f->col < len ? f->col : len);
	const char *to = last + (f->end_col < end_len ? f->end_col : end_len);

	if (to <= from)
		return;
	bt_buf_adds(b, ",\"snippet\":{\"text\":");
	bt_text_json(b, from, (size_t)(to - from));
	bt_buf_addch(b, '}');
}

static void put_region(struct bt_buf *b, const struct bt_finding *f, enum how how)
{
	struct bt_report_span s = bt_report_span(f);

	bt_buf_addf(b, "{\"startLine\":%" PRIu64, f->row + (uint64_t)1);
	if (s.col)
		bt_buf_addf(b, ",\"startColumn\":%" PRIu32, s.col);
	bt_buf_addf(b, ",\"endLine\":%" PRIu64, f->end_row + (uint64_t)1);
	if (s.end_col) {
		bt_buf_addf(b, ",\"endColumn\":%" PRIu32, s.end_col);
		if (how == WHOLE)
			put_snippet(b, f);
	}
	bt_buf_addch(b, '}');
}

static void put_location(struct bt_buf *b, const struct bt_finding *f, enum how how)
{
	bt_buf_adds(b, "{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
	bt_report_uri(b, f->path, f->path_len);
	bt_buf_adds(b, "\",\"uriBaseId\":\"%SRCROOT%\"},\"region\":");
	put_region(b, f, how);
	bt_buf_addch(b, '}');
	if (f->symbol) {
		bt_buf_adds(b, ",\"logicalLocations\":[{\"fullyQualifiedName\":");
		put_string(b, f->symbol);
		bt_buf_adds(b, "}]");
	}
	bt_buf_addch(b, '}');
}

/* Either all results tell whether they are suppressed, or none does. */
static void put_suppressions(struct bt_buf *b, const struct bt_finding *f)
{
	bt_buf_adds(b, ",\"suppressions\":[");
	if (f->hidden_by)
		bt_buf_addf(b, "{\"kind\":\"%s\"", strcmp(f->hidden_by, "baseline") ? "inSource" : "external");
	if (f->hidden_by && f->reason) {
		bt_buf_adds(b, ",\"justification\":");
		put_string(b, f->reason);
	}
	bt_buf_adds(b, f->hidden_by ? "}]" : "]");
}

_Static_assert(offsetof(struct bt_rule, info) == 0, "a finding's rule is one of the list");

static void put_result(const struct sarif *s, struct bt_buf *b, const struct bt_finding *f, uint32_t ordinal,
		       enum how how)
{
	const struct bt_rule *rules = s->r->rules->rules;
	const struct bt_rule *rule = (const struct bt_rule *)(const void *)f->rule;
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;

	bt_report_message(&message, f);
	bt_buf_adds(b, "{\"ruleId\":");
	put_string(b, f->rule->id);
	bt_buf_addf(b, ",\"ruleIndex\":%" PRIu32 ",\"level\":\"%s\",\"message\":{\"text\":",
		    s->places[rule - rules], levels[f->rule->severity]);
	put_sentence(b, bt_buf_cstr(&message));
	bt_buf_adds(b, "},\"locations\":[");
	put_location(b, f, how);
	bt_buf_addf(b,
		    "],\"partialFingerprints\":{\"primaryLocationLineHash\":\"%016" PRIx64 ":%" PRIu32 "\"}",
		    f->fingerprint, ordinal + 1);
	bt_buf_addf(b, ",\"baselineState\":\"%s\"", f->is_new ? "new" : "unchanged");
	if (s->r->findings->keep_hidden)
		put_suppressions(b, f);
	bt_buf_addch(b, '}');
}

static void put_results(const struct sarif *s, struct bt_report_text *t)
{
	BT_CLEANUP(bt_report_twins_release) struct bt_report_twins twins = { .path = NULL };
	const struct bt_findings *l = s->r->findings;
	bool first = true;

	for (size_t i = 0; i < l->nr && bt_report_pass(t); i++) {
		uint32_t ordinal = bt_report_ordinal(&twins, &l->items[i]);

		if (s->how[i] == LEFT_OUT)
			continue;
		bt_buf_adds(&t->buf, first ? "\n" : ",\n");
		put_result(s, &t->buf, &l->items[i], ordinal, (enum how)s->how[i]);
		first = false;
	}
	for (size_t i = 0; i < s->hidden_nr && bt_report_pass(t); i++) {
		bt_buf_adds(&t->buf, first ? "\n" : ",\n");
		put_result(s, &t->buf, &l->hidden[i], l->hidden[i].ordinal, WITHOUT_CODE);
		first = false;
	}
}

/* ---- the run ---- */

static void put_notification(struct bt_buf *b, bool *first, const char *level, size_t nr, const char *text)
{
	if (!nr)
		return;
	bt_buf_addf(b, "%s{\"level\":\"%s\",\"message\":{\"text\":\"%zu %s.\"}}", *first ? "" : ",", level,
		    nr, text);
	*first = false;
}

static void put_invocation(const struct sarif *s, struct bt_buf *b)
{
	const struct bt_findings *l = s->r->findings;
	bool first = true;

	bt_buf_adds(b, "\"invocations\":[{\"executionSuccessful\":true,\"toolExecutionNotifications\":[");
	put_notification(b, &first, "warning", s->left_out,
			 "findings are left out: code scanning takes no more");
	put_notification(b, &first, "warning", l->unchecked_nr, "files could not be checked");
	put_notification(b, &first, "note", l->suppressed_nr, "findings are suppressed in the source");
	put_notification(b, &first, "note", l->baseline_nr, "findings are in the baseline");
	bt_buf_adds(b, "]}]");
}

void bt_report_sarif(const struct bt_report *r, struct bt_report_text *t)
{
	struct sarif s = { .r = r, .room = SIZE_MAX_PACKED };

	s.places = bt_xcalloc(r->rules->nr + (size_t)1, sizeof(*s.places));
	s.how = bt_xcalloc(r->findings->nr + 1, sizeof(*s.how));
	bt_buf_adds(
		&t->buf,
		"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\n"
		"\"tool\":{\"driver\":{\"name\":\"git-batho\",\"version\":\"" PACKAGE_VERSION
		"\",\"semanticVersion\":\"" PACKAGE_VERSION "\",\"rules\":[");
	put_rules(&s, t);
	choose(&s);
	bt_buf_adds(
		&t->buf,
		"\n]}},\n\"automationDetails\":{\"id\":\"git-batho/check/\"},\n"
		"\"columnKind\":\"utf16CodeUnits\",\n"
		"\"originalUriBaseIds\":{\"%SRCROOT%\":{\"description\":{\"text\":\"The top folder of the repository.\"}}},\n");
	put_invocation(&s, &t->buf);
	bt_buf_adds(&t->buf, ",\n\"results\":[");
	put_results(&s, t);
	bt_buf_adds(&t->buf, "\n]}]}\n");
	free(s.places);
	free(s.how);
}
