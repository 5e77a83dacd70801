/*
 * core/rules/analysis_secret.c, analysis_credential.c, secret.c: every shape of a secret, and what only looks like one. The texts
 * are put together here, so that nothing in this file has the shape itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "core/rules/analysis.h"
#include "core/rules/brackets.h"
#include "core/rules/record.h"
#include "core/rules/ruleset.h"
#include "core/rules/secret.h"
#include "core/rules/sink.h"

enum { LOWER = 1, UPPER = 2, DIGIT = 4, HEX = 8, BASE32 = 16 };

/* n characters that look like chance, the same in every run. */
static void add_random(struct bt_buf *out, unsigned kinds, size_t n, uint32_t seed)
{
	char set[80] = "";
	uint32_t x = seed * 2654435761u + 12345;

	if (kinds & LOWER)
		strcat(set, "abcdefghijklmnopqrstuvwxyz");
	if (kinds & UPPER)
		strcat(set, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (kinds & DIGIT)
		strcat(set, "0123456789");
	if (kinds & HEX)
		strcat(set, "0123456789abcdef");
	if (kinds & BASE32)
		strcat(set, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		bt_buf_addch(out, set[x % strlen(set)]);
	}
}

typedef void analysis(const struct bt_look *look, struct bt_findings_sink *s);

static struct bt_arena arena;

/* The record of a text, which must live as long as it is looked at. */
static struct bt_record look_at(analysis *run, const struct bt_buf *text, struct bt_buf *bytes)
{
	struct bt_findings_sink s = { .data = NULL };
	struct bt_look look = { .data = text->data, .len = text->len };
	struct bt_err err = BT_ERR_INIT;
	struct bt_record r;

	bt_sink_begin(&s, text->data, text->len);
	run(&look, &s);
	bt_sink_end(&s, bytes);
	bt_sink_release(&s);
	assert_int_equal(bt_record_decode(bt_buf_cstr(bytes), bytes->len, 1, &arena, &r, &err), 0);
	return r;
}

static size_t count(analysis *run, const char *text)
{
	BT_BUF_OWNED struct bt_buf buf = BT_BUF_INIT, bytes = BT_BUF_INIT;

	bt_buf_adds(&buf, text);
	bt_buf_cstr(&buf);
	return look_at(run, &buf, &bytes).found_nr;
}

static const struct made {
	const char *mark;
	unsigned kinds;
	size_t len;
	const char *before, *after; /* what else the blob holds */
} shapes[] = {
	{ "github_pat"
	  "_",
	  LOWER | UPPER | DIGIT, 82, "", "" },
	{ "glp"
	  "at-",
	  LOWER | UPPER | DIGIT, 20, "", "" },
	{ "gl"
	  "dt-",
	  LOWER | UPPER | DIGIT, 20, "", "" },
	{ "gl"
	  "rt-",
	  LOWER | UPPER | DIGIT, 20, "", "" },
	{ "gl"
	  "ptt-",
	  LOWER | UPPER | DIGIT, 40, "", "" },
	{ "gl"
	  "soat-",
	  LOWER | UPPER | DIGIT, 20, "", "" },
	{ "xo"
	  "xb-17653672481-19874698323-",
	  LOWER | UPPER | DIGIT, 24, "", "" },
	{ "xo"
	  "xp-17653672481-19874698323-",
	  LOWER | UPPER | DIGIT, 24, "", "" },
	{ "xo"
	  "xa-17653672481-19874698323-",
	  LOWER | UPPER | DIGIT, 24, "", "" },
	{ "xo"
	  "xr-17653672481-19874698323-",
	  LOWER | UPPER | DIGIT, 24, "", "" },
	{ "xo"
	  "xs-17653672481-19874698323-",
	  LOWER | UPPER | DIGIT, 24, "", "" },
	{ "xa"
	  "pp-1-A0176536724-1987469832374-",
	  LOWER | DIGIT, 64, "", "" },
	{ "https://hooks.slack.com/"
	  "services/T0176536A/B0987469Z/",
	  LOWER | UPPER | DIGIT, 24, "", "" },
	{ "sk_"
	  "live_",
	  LOWER | UPPER | DIGIT, 24, "", "" },
	{ "rk_"
	  "live_",
	  LOWER | UPPER | DIGIT, 99, "", "" },
	{ "AI"
	  "za",
	  LOWER | UPPER | DIGIT, 35, "", "" },
	{ "GOC"
	  "SPX-",
	  LOWER | UPPER | DIGIT, 28, "", "" },
	{ "Account"
	  "Key=",
	  LOWER | UPPER | DIGIT, 86, "", "==;" },
	{ "np"
	  "m_",
	  LOWER | UPPER | DIGIT, 36, "", "" },
	{ "py"
	  "pi-AgEIcHlwaS5vcmc",
	  LOWER | UPPER | DIGIT, 120, "", "" },
	{ "ruby"
	  "gems_",
	  HEX, 48, "", "" },
	{ "S"
	  "K",
	  HEX, 32, "TWILIO: twilio ", "" },
	{ "12345678:A"
	  "A",
	  LOWER | UPPER | DIGIT, 33, "telegram ", "" },
	{ "sk-"
	  "ant-api03-",
	  LOWER | UPPER | DIGIT, 95, "", "" },
	{ "sk-"
	  "proj-",
	  LOWER | UPPER | DIGIT, 64, "", "" },
	{ "sk-"
	  "svcacct-",
	  LOWER | UPPER | DIGIT, 64, "", "" },
	{ "h"
	  "f_",
	  LOWER | UPPER | DIGIT, 34, "", "" },
	{ "gs"
	  "k_",
	  LOWER | UPPER | DIGIT, 52, "", "" },
	{ "dop_"
	  "v1_",
	  HEX, 64, "", "" },
	{ "sh"
	  "pat_",
	  HEX, 32, "", "" },
	{ "sh"
	  "pss_",
	  HEX, 32, "", "" },
	{ "sq0"
	  "csp-",
	  LOWER | UPPER | DIGIT, 43, "", "" },
	{ "dckr_"
	  "pat_",
	  LOWER | UPPER | DIGIT, 27, "", "" },
	{ "hv"
	  "s.",
	  LOWER | UPPER | DIGIT, 95, "", "" },
	{ "da"
	  "pi",
	  HEX, 32, "", "" },
	{ "NR"
	  "AK-",
	  UPPER | DIGIT, 27, "", "" },
	{ "gl"
	  "sa_",
	  LOWER | UPPER | DIGIT, 41, "", "" },
	{ "lin_"
	  "api_",
	  LOWER | UPPER | DIGIT, 40, "", "" },
	{ "PM"
	  "AK-",
	  LOWER | DIGIT, 59, "", "" },
	{ "sb"
	  "p_",
	  HEX, 40, "", "" },
	{ "AT"
	  "ATT3xFfGF0",
	  LOWER | UPPER | DIGIT, 180, "", "" },
	{ "AGE-"
	  "SECRET-KEY-1",
	  UPPER | DIGIT, 58, "", "" },
	{ "AK"
	  "IA",
	  BASE32, 16, "", "" },
	{ "AS"
	  "IA",
	  BASE32, 16, "", "" },
};

static void make_text(const struct made *m, const char *before, size_t len, struct bt_buf *out)
{
	bt_buf_clear(out);
	bt_buf_addf(out, "%skey = \"%s%s", m->before, before, m->mark);
	add_random(out, m->kinds, len, (uint32_t)m->len);
	bt_buf_addf(out, "%s\"\n", m->after);
	bt_buf_cstr(out);
}

static void test_every_shape(void **state)
{
	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(shapes); i++) {
		BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT, bytes = BT_BUF_INIT;
		struct bt_record r;

		make_text(&shapes[i], "", shapes[i].len, &text);
		r = look_at(bt_analysis_secret, &text, &bytes);
		if (r.found_nr != 1)
			fail_msg("%u findings in %s", r.found_nr, text.data);
		/* Neither what is said nor what is shown gives it away. */
		for (size_t at = 0; at + 12 < text.len; at++)
			if (at > strlen(shapes[i].before) + 7 + strlen(shapes[i].mark) + 4 &&
			    at + 12 < text.len - strlen(shapes[i].after) - 2 &&
			    memmem(bytes.data, bytes.len, text.data + at, 8))
				fail_msg("it is shown: %s", text.data + at);
		bt_arena_reset(&arena);
	}
}

/* The words of the rule let every shape through. */
static void test_words(void **state)
{
	BT_CLEANUP(bt_ruleset_release) struct bt_ruleset set = BT_RULESET_INIT;
	struct bt_err err = BT_ERR_INIT;
	const struct bt_rule *r;

	(void)state;
	assert_int_equal(bt_ruleset_init(&set, NULL, 0, &err), 0);
	r = bt_ruleset_find(&set, "secret", 6);
	assert_non_null(r);
	for (size_t i = 0; i < BT_ARRAY_NR(shapes); i++) {
		BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
		bool found = false;

		make_text(&shapes[i], "", shapes[i].len, &text);
		for (size_t k = 0; k < r->words_nr; k++)
			found |= strstr(text.data, r->words[k].text) != NULL;
		if (!found)
			fail_msg("%s", text.data);
	}
}

static void test_not_quite(void **state)
{
	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(shapes); i++) {
		BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

		make_text(&shapes[i], "", 11, &text);
		if (count(bt_analysis_secret, text.data))
			fail_msg("too short: %s", text.data);
		make_text(&shapes[i], "", 700, &text);
		if (count(bt_analysis_secret, text.data))
			fail_msg("too long: %s", text.data);
		if (shapes[i].mark[0] > '9' && strncmp(shapes[i].mark, "Acc", 3)) {
			make_text(&shapes[i], "x", shapes[i].len, &text);
			if (count(bt_analysis_secret, text.data))
				fail_msg("the end of a word: %s", text.data);
		}
		bt_buf_clear(&text);
		bt_buf_addf(&text, "%s%s", shapes[i].before, shapes[i].mark);
		for (size_t k = 0; k < shapes[i].len; k++)
			bt_buf_addch(&text, 'a' + (int)(k % 6));
		if (count(bt_analysis_secret, bt_buf_cstr(&text)))
			fail_msg("no chance: %s", text.data);
		bt_arena_reset(&arena);
	}
}

/* A token of GitHub's ends with a checksum: the one of their own announcement has a right one. */
static void test_checksum(void **state)
{
	(void)state;
	assert_int_equal(count(bt_analysis_secret, "t=gh"
						   "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"),
			 1);
	assert_int_equal(count(bt_analysis_secret, "t=gh"
						   "o_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17;"),
			 1);
	assert_int_equal(count(bt_analysis_secret, "f(\"a\\ngh"
						   "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17\")"),
			 1);
	assert_int_equal(count(bt_analysis_secret, "t=gh"
						   "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"),
			 0);
	assert_int_equal(count(bt_analysis_secret, "t=gh"
						   "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkj0mLq17"),
			 0);
	assert_int_equal(count(bt_analysis_secret, "t=gh"
						   "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17x"),
			 0);
}

static void test_parts(void **state)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	(void)state;
	bt_buf_adds(&text, "key=S"
			   "G.");
	add_random(&text, LOWER | UPPER | DIGIT, 22, 1);
	bt_buf_addch(&text, '.');
	add_random(&text, LOWER | UPPER | DIGIT, 43, 2);
	assert_int_equal(count(bt_analysis_secret, bt_buf_cstr(&text)), 1);
	text.data[29] = 'x';
	assert_int_equal(count(bt_analysis_secret, text.data), 0);
	/* The id and the secret that belongs to it. */
	bt_buf_clear(&text);
	bt_buf_adds(&text, "[default]\naws_access_key_id = AK"
			   "IA");
	add_random(&text, BASE32, 16, 3);
	bt_buf_adds(&text, "\naws_secret_access_key = ");
	add_random(&text, LOWER | UPPER | DIGIT, 40, 4);
	bt_buf_adds(&text, "\nsha1 = 0123bb6789ab0d2f4567c9abcdef0123f5678e01\n");
	assert_int_equal(count(bt_analysis_secret, bt_buf_cstr(&text)), 2);
	assert_int_equal(count(bt_analysis_secret, "AKIA"
						   "IOSFODNN7EXAMPLE"),
			 0);
	/* The emulator's key, which everybody has. */
	assert_int_equal(count(bt_analysis_secret,
			       "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6"
			       "tq/K1SZFPTOtr/KBHBeksoGMGw==;"),
			 0);
}

static void add_key(struct bt_buf *out, const char *label, const char *nl, const char *first)
{
	bt_buf_addf(out, "-----BEGIN %s-----%s%s", label, nl, first);
	for (uint32_t i = 0; i < 4; i++) {
		add_random(out, LOWER | UPPER | DIGIT, 64, i + 7);
		bt_buf_adds(out, nl);
	}
	bt_buf_addf(out, "-----END %s-----\n", label);
	bt_buf_cstr(out);
}

static void test_private_keys(void **state)
{
	static const struct {
		const char *label, *nl, *first;
		size_t nr;
	} keys[] = {
		{ "PRIVATE KEY", "\n", "", 1 },
		{ "RSA PRIVATE KEY", "\r\n", "", 1 },
		{ "EC PRIVATE KEY", "\\n", "", 1 },
		{ "PRIVATE KEY", "\" +\n  \"", "", 1 },
		{ "PGP PRIVATE KEY BLOCK", "\n", "Version: GnuPG v2\n\n", 1 },
		{ "OPENSSH PRIVATE KEY", "\n", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", 1 },
		{ "OPENSSH PRIVATE KEY", "\n", "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAG", 0 },
		{ "ENCRYPTED PRIVATE KEY", "\n", "", 0 },
		{ "RSA PRIVATE KEY", "\n", "Proc-Type: 4,ENCRYPTED\n\n", 0 },
		{ "PUBLIC KEY", "\n", "", 0 },
		{ "CERTIFICATE", "\n", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(keys); i++) {
		BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT, bytes = BT_BUF_INIT;
		struct bt_record r;

		add_key(&text, keys[i].label, keys[i].nl, keys[i].first);
		r = look_at(bt_analysis_private_key, &text, &bytes);
		if (r.found_nr != keys[i].nr)
			fail_msg("%u findings in %s", r.found_nr, text.data);
		for (size_t at = text.len - 60; r.found_nr && at > text.len - 100; at--)
			assert_null(memmem(bytes.data, bytes.len, text.data + at, 8));
		bt_arena_reset(&arena);
	}
	assert_int_equal(count(bt_analysis_private_key, "-----BEGIN RSA PRIVATE KEY-----"), 0);
	assert_int_equal(count(bt_analysis_private_key, "-----BEGIN "), 0);
	assert_int_equal(count(bt_analysis_private_key,
			       "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----"),
			 0);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *text;
		size_t nr;
	} urls[] = {
		{ "https://bot:"
		  "q8Zr2LmX4v@git.corp.io/x",
		  1 },
		{ "amqp://app:"
		  "q8Zr2LmX4v@mq.corp.io:5672/%2f",
		  1 },
		{ "https://git.corp.io/x", 0 },
		{ "https://bot@git.corp.io/x", 0 },
		{ "https://bot:"
		  "q8Zr2LmX4v@localhost/x",
		  0 },
		{ "https://bot:"
		  "q8Zr2LmX4v@db/x",
		  0 },
		{ "https://bot:$PASSWORD@git.corp.io/x", 0 },
		{ "https://bot:${p}@git.corp.io/x", 0 },
		{ "https://bot:%s@git.corp.io/x", 0 },
		{ "https://bot:<password>@git.corp.io/x", 0 },
		{ "https://user:password@git.corp.io/x", 0 },
		{ "https://bot:********@git.corp.io/x", 0 },
		{ "https://bot:xxxxxxxx@git.corp.io/x", 0 },
		{ "://bot:"
		  "q8Zr2LmX4v@git.corp.io",
		  0 },
		{ "x://", 0 },
		{ "x://a:", 0 },
	};

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(urls); i++)
		if (count(bt_analysis_password_in_url, urls[i].text) != urls[i].nr)
			fail_msg("%s", urls[i].text);
}

static void test_tokens(void **state)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	(void)state;
	bt_buf_adds(&text, "t: eyJhbGci"
			   "OiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.");
	assert_int_equal(count(bt_analysis_signed_token, bt_buf_cstr(&text)), 0);
	add_random(&text, LOWER | UPPER | DIGIT, 43, 5);
	assert_int_equal(count(bt_analysis_signed_token, bt_buf_cstr(&text)), 1);
	assert_int_equal(count(bt_analysis_signed_token,
			       "eyJhbGci"
			       "OiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0."
			       "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"),
			 0);
}

static void test_brackets(void **state)
{
	static const struct {
		const char *text;
		bool match;
	} texts[] = {
		{ "", true },
		{ "int f(void) { return a[1]; }", true },
		{ "int f(void) { return a[1; }", false },
		{ "}", false },
		{ "{", false },
		{ "\"(\" '(' '\\'' /* ( */ // (", true },
		{ "#define A (\nint a;", true },
		{ "#define A 1 /* (\n */\nint a;", true },
		{ "#define A do { \\\n\tb\nint a;", true },
		{ "#if 0\nit's ) all wrong {\n#endif\nint a;", true },
		{ "#if 0\n(\n#else\n{ }\n#endif", true },
		{ "#if A\nf(\n#elif B\ng(\n#else\nh(\n#endif\n1)", true },
		{ "#if A\nf(\n#else\ng(\n#endif\n", false },
		{ "#ifdef __cplusplus\nextern \"C\" {\n#endif\nint a;\n#ifdef __cplusplus\n}\n#endif\n",
		  true },
		{ "#if A\n#if B\n{\n#endif\n#else\n{\n#endif\n}", true },
		{ "#endif\n#else\n()", true },
		{ "int a = 1'000'000; f(')');", true },
		{ "auto s = R\"x( )\" ( )x\";", true },
		{ "/*", true },
		{ "\"", true },
		{ "#if", true },
		{ "#define A \\", true },
	};
	static const struct {
		const char *text;
		unsigned flags;
		bool match;
	} others[] = {
		{ "a = $@\"{ \"\" (\"; @$\"(\n\";", BT_BRACKETS_VERBATIM, true },
		{ "a = \"\"\"(\n\" [\n\"\"\"", BT_BRACKETS_TRIPLE, true },
		{ "a = `(\n$[`", BT_BRACKETS_BACKTICKS, true },
		{ "a = `(\n`)", BT_BRACKETS_BACKTICKS, false },
		{ "a =\n  \\\\ (\n;", BT_BRACKETS_LINE_STRINGS, true },
		{ "a { b: url(http://c) }", BT_BRACKETS_NO_LINE_COMMENTS, true },
		{ "a.replace(/\\(([^/)]+)[(]/, b) / (c / d)", BT_BRACKETS_REGEXPS, true },
		{ "a = b / (c\n", BT_BRACKETS_REGEXPS, false },
		{ "#if A\nf(\n#else\ng(\n#endif\n1)\n#selector(a)", BT_BRACKETS_CONDITIONS, true },
		{ "#expect(a", BT_BRACKETS_CONDITIONS, false },
	};
	size_t at;

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(texts); i++)
		if (bt_brackets_match(texts[i].text, strlen(texts[i].text),
				      BT_BRACKETS_DIRECTIVES | BT_BRACKETS_RAW_STRINGS,
				      &at) != texts[i].match)
			fail_msg("%s", texts[i].text);
	for (size_t i = 0; i < BT_ARRAY_NR(others); i++)
		if (bt_brackets_match(others[i].text, strlen(others[i].text), others[i].flags, &at) !=
		    others[i].match)
			fail_msg("%s", others[i].text);
	assert_false(bt_brackets_match("f(g()", 5, BT_BRACKETS_DIRECTIVES, &at));
	assert_int_equal(at, 1);
	assert_false(bt_brackets_match("{ f(a; }", 8, BT_BRACKETS_DIRECTIVES, &at));
	assert_int_equal(at, 3);
	assert_false(bt_brackets_match("{ a); }", 7, BT_BRACKETS_DIRECTIVES, &at));
	assert_int_equal(at, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_shape), cmocka_unit_test(test_words),
		cmocka_unit_test(test_not_quite),   cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_parts),	    cmocka_unit_test(test_private_keys),
		cmocka_unit_test(test_addresses),   cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_brackets),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	bt_arena_release(&arena);
	return rc;
}
