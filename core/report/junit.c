/*
 * Test results: one suite with a case for every rule that found something in a file. It fails when one of
 * these findings makes the check fail; the others, for which the format has no word, are skipped cases, so
 * that the tests are as red as the exit status. Without findings there is one case that passes: some readers
 * take an empty suite for a broken one.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/report/impl.h"

/* Findings of one rule in one file. */
struct test {
	const struct bt_finding **items;
	size_t nr;
	bool fails;
};

/* The findings of one file, by rule. */
struct suite {
	const struct bt_report *r;
	const struct bt_finding **sorted;
	size_t nr, alloc;
};

/* What has the same rule keeps its order. */
static int by_rule(const void *pa, const void *pb)
{
	const struct bt_finding *a = *(const struct bt_finding *const *)pa,
				*b = *(const struct bt_finding *const *)pb;
	int c = strcmp(a->rule->id, b->rule->id);

	return c ? c : (a > b) - (a < b);
}

static bool counts(const struct bt_report *r, const struct bt_finding *f)
{
	return f->is_new && r->fail_on && f->rule->severity >= r->fail_on;
}

/* The findings of the file that begins at `first`. */
static void take_file(struct suite *s, size_t first)
{
	const struct bt_findings *l = s->r->findings;
	size_t i = first;

	s->nr = 0;
	for (; i < l->nr && (i == first || !strcmp(l->items[i].path, l->items[first].path)); i++) {
		BT_GROW(s->sorted, s->alloc, s->nr + 1);
		s->sorted[s->nr++] = &l->items[i];
	}
	qsort(s->sorted, s->nr, sizeof(*s->sorted), by_rule);
}

/* The case at `at` of the file; false when there is none. */
static bool take_test(const struct suite *s, size_t at, struct test *ret)
{
	if (at >= s->nr)
		return false;
	*ret = (struct test){ &s->sorted[at], 0, false };
	while (at + ret->nr < s->nr && s->sorted[at + ret->nr]->rule == ret->items[0]->rule)
		ret->fails |= counts(s->r, ret->items[ret->nr++]);
	return true;
}

static void put_text(struct bt_buf *b, const struct test *c)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;

	for (size_t i = 0; i < c->nr; i++) {
		const struct bt_finding *f = c->items[i];

		bt_buf_clear(&line);
		bt_buf_addf(&line, "%s:%" PRIu64 ":%" PRIu64 ": %s: ", f->path, f->row + (uint64_t)1,
			    f->col + (uint64_t)1, bt_severity_name(f->rule->severity));
		bt_report_message(&line, f);
		bt_buf_addch(&line, '\n');
		bt_report_xml(b, bt_buf_cstr(&line), line.len);
	}
}

static void put_test(struct bt_buf *b, const struct test *c)
{
	BT_BUF_OWNED struct bt_buf message = BT_BUF_INIT;
	const struct bt_finding *f = c->items[0];

	bt_buf_adds(b, "  <testcase classname=\"");
	bt_report_xml(b, f->path, f->path_len);
	bt_buf_addf(b, "\" name=\"%s\" file=\"", f->rule->id);
	bt_report_xml(b, f->path, f->path_len);
	bt_buf_addf(b, "\" line=\"%" PRIu64 "\" time=\"0\">\n", f->row + (uint64_t)1);
	bt_buf_addf(b, "   <%s message=\"", c->fails ? "failure" : "skipped");
	if (c->nr > 1)
		bt_buf_addf(&message, "%zu times, first in line %" PRIu64 ": ", c->nr, f->row + (uint64_t)1);
	bt_report_message(&message, f);
	bt_report_xml(b, bt_buf_cstr(&message), message.len);
	if (c->fails)
		bt_buf_addf(b, "\" type=\"%s", bt_severity_name(f->rule->severity));
	bt_buf_adds(b, "\">");
	put_text(b, c);
	bt_buf_addf(b, "</%s>\n  </testcase>\n", c->fails ? "failure" : "skipped");
}

static void put_head(const struct suite *s, struct bt_buf *b, size_t tests, size_t failures, size_t skipped)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_report_summary(s->r, &text);
	bt_buf_addf(
		b,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"git-batho\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" time=\"0\">\n"
		" <testsuite name=\"git batho check\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" "
		"time=\"0\">\n",
		tests, failures, tests, failures, skipped);
	if (!s->r->findings->nr)
		bt_buf_addf(b,
			    "  <testcase classname=\"git-batho\" name=\"check\" time=\"0\">\n"
			    "   <system-out>%s</system-out>\n  </testcase>\n",
			    bt_buf_cstr(&text));
}

void bt_report_junit(const struct bt_report *r, struct bt_report_text *t)
{
	struct suite s = { .r = r };
	size_t tests = 0, failures = 0;
	struct test c;

	for (size_t i = 0; i < r->findings->nr; i += s.nr) {
		take_file(&s, i);
		for (size_t at = 0; take_test(&s, at, &c); at += c.nr) {
			tests++;
			failures += c.fails;
		}
	}
	put_head(&s, &t->buf, tests ? tests : 1, failures, tests - failures);
	for (size_t i = 0; i < r->findings->nr && bt_report_pass(t); i += s.nr) {
		take_file(&s, i);
		for (size_t at = 0; take_test(&s, at, &c) && bt_report_pass(t); at += c.nr)
			put_test(&t->buf, &c);
	}
	bt_buf_adds(&t->buf, " </testsuite>\n</testsuites>\n");
	free(s.sorted);
}
