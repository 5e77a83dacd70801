/*
 * Secrets by their shape: what issuers print before a token so that it can be recognised, the characters and the length of what
 * follows, and a checksum where the format has one. A row of the table is a shape; a rule's `words` are their marks.
 *
 * What stands in manuals is none: text that spells "example" and the like, rows of the alphabet, one character many times.
 */
#include <ctype.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/rules/secret.h"

enum alphabet { LOWER_HEX, BASE32, UPPER_ALNUM, ALNUM, URL_SAFE, BASE64, DOTTED, WORD };

struct shape {
	const char *name;			     /* what people call it */
	const char *mark;			     /* how it begins */
	enum alphabet alphabet;			     /* of what follows the mark */
	uint16_t min, max;			     /* how much of it */
	bool (*check)(const char *tail, size_t len); /* NULL: it looks random */
	const char *near;			     /* a text that is somewhere in the blob, or NULL */
};

/* ---- what a row may ask for ---- */

static uint32_t crc32_of(const char *p, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* The last six characters are the CRC-32 of those before them, in base 62. */
static bool has_github_checksum(const char *tail, size_t len)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint32_t crc = crc32_of(tail, len - 6);

	for (size_t i = len; i > len - 6; i--, crc /= 62)
		if (tail[i - 1] != digits[crc % 62])
			return false;
	return true;
}

/* Account ids and keys, with dashes between them: the last part is the secret one. */
static bool is_slack(const char *tail, size_t len)
{
	const char *dash = memrchr(tail, '-', len);

	return dash && isdigit((unsigned char)tail[0]) && tail + len - dash > 20 &&
	       bt_secret_is_random(dash + 1, (size_t)(tail + len - dash - 1));
}

/* T..../B..../twenty-four letters and digits */
static bool is_slack_hook(const char *tail, size_t len)
{
	const char *slash = memrchr(tail, '/', len);

	return tail[0] == 'T' && slash && tail + len - slash == 25 && bt_secret_is_random(slash + 1, 24);
}

static bool is_sendgrid(const char *tail, size_t len)
{
	return tail[22] == '.' && !memchr(tail, '.', 22) && !memchr(tail + 23, '.', len - 23) &&
	       bt_secret_is_random(tail + 23, len - 23);
}

/* Not the one that every storage emulator has. */
static bool is_azure(const char *tail, size_t len)
{
	return memcmp(tail, "Eby8vdM02xNOcqFlqUwJ", 20) && !memcmp(tail + len - 2, "==", 2) &&
	       !memchr(tail, '=', len - 2) && bt_secret_is_random(tail, len);
}

static bool is_bot(const char *tail, size_t len)
{
	return tail[0] == 'A' && bt_secret_is_random(tail, len);
}

static const struct shape shapes[] = {
	{ "GitHub token", "ghp_", ALNUM, 36, 36, has_github_checksum, NULL },
	{ "GitHub token", "gho_", ALNUM, 36, 36, has_github_checksum, NULL },
	{ "GitHub token", "ghu_", ALNUM, 36, 36, has_github_checksum, NULL },
	{ "GitHub token", "ghs_", ALNUM, 36, 36, has_github_checksum, NULL },
	{ "GitHub token", "ghr_", ALNUM, 36, 76, has_github_checksum, NULL },
	{ "GitHub token", "github_pat_", WORD, 82, 82, NULL, NULL },
	{ "GitLab token", "glpat-", DOTTED, 20, 60, NULL, NULL },
	{ "GitLab token", "gldt-", URL_SAFE, 20, 60, NULL, NULL },
	{ "GitLab token", "glrt-", DOTTED, 20, 60, NULL, NULL },
	{ "GitLab token", "glptt-", URL_SAFE, 40, 60, NULL, NULL },
	{ "GitLab token", "glsoat-", URL_SAFE, 20, 60, NULL, NULL },
	{ "Slack token", "xoxb-", URL_SAFE, 40, 120, is_slack, NULL },
	{ "Slack token", "xoxp-", URL_SAFE, 40, 120, is_slack, NULL },
	{ "Slack token", "xoxa-", URL_SAFE, 40, 120, is_slack, NULL },
	{ "Slack token", "xoxr-", URL_SAFE, 40, 120, is_slack, NULL },
	{ "Slack token", "xoxs-", URL_SAFE, 40, 120, is_slack, NULL },
	{ "Slack app token", "xapp-", URL_SAFE, 60, 160, is_slack, NULL },
	{ "Slack webhook", "https://hooks.slack.com/services/", BASE64, 40, 48, is_slack_hook, NULL },
	{ "Stripe key", "sk_live_", ALNUM, 24, 120, NULL, NULL },
	{ "Stripe key", "rk_live_", ALNUM, 24, 120, NULL, NULL },
	{ "Google API key", "AIza", URL_SAFE, 35, 35, NULL, NULL },
	{ "Google OAuth secret", "GOCSPX-", URL_SAFE, 28, 28, NULL, NULL },
	{ "Azure storage key", "AccountKey=", BASE64, 88, 88, is_azure, NULL },
	{ "npm token", "npm_", ALNUM, 36, 36, NULL, NULL },
	{ "PyPI token", "pypi-AgEIcHlwaS5vcmc", URL_SAFE, 50, 400, NULL, NULL },
	{ "RubyGems key", "rubygems_", LOWER_HEX, 48, 48, NULL, NULL },
	{ "SendGrid key", "SG.", DOTTED, 66, 66, is_sendgrid, NULL },
	{ "Twilio key", "SK", LOWER_HEX, 32, 32, NULL, "wilio" },
	{ "Telegram bot token", ":A", URL_SAFE, 34, 34, is_bot, "elegram" },
	{ "Anthropic key", "sk-ant-", URL_SAFE, 80, 140, NULL, NULL },
	{ "OpenAI key", "sk-proj-", URL_SAFE, 40, 200, NULL, NULL },
	{ "OpenAI key", "sk-svcacct-", URL_SAFE, 40, 200, NULL, NULL },
	{ "Hugging Face token", "hf_", ALNUM, 34, 34, NULL, NULL },
	{ "Groq key", "gsk_", ALNUM, 52, 52, NULL, NULL },
	{ "DigitalOcean token", "dop_v1_", LOWER_HEX, 64, 64, NULL, NULL },
	{ "Shopify token", "shpat_", LOWER_HEX, 32, 32, NULL, NULL },
	{ "Shopify secret", "shpss_", LOWER_HEX, 32, 32, NULL, NULL },
	{ "Square secret", "sq0csp-", URL_SAFE, 43, 43, NULL, NULL },
	{ "Docker token", "dckr_pat_", URL_SAFE, 27, 27, NULL, NULL },
	{ "Vault token", "hvs.", URL_SAFE, 90, 200, NULL, NULL },
	{ "Databricks token", "dapi", LOWER_HEX, 32, 32, NULL, NULL },
	{ "New Relic key", "NRAK-", UPPER_ALNUM, 27, 27, NULL, NULL },
	{ "Grafana token", "glsa_", WORD, 41, 41, NULL, NULL },
	{ "Linear key", "lin_api_", ALNUM, 40, 40, NULL, NULL },
	{ "Postman key", "PMAK-", URL_SAFE, 59, 59, NULL, NULL },
	{ "Supabase token", "sbp_", LOWER_HEX, 40, 40, NULL, NULL },
	{ "Atlassian token", "ATATT3xFfGF0", URL_SAFE, 100, 400, NULL, NULL },
	{ "age key", "AGE-SECRET-KEY-1", UPPER_ALNUM, 58, 58, NULL, NULL },
	{ "AWS access key id", "AKIA", BASE32, 16, 16, NULL, NULL },
	{ "AWS access key id", "ASIA", BASE32, 16, 16, NULL, NULL },
};

/* ---- looking ---- */

static bool is_of(enum alphabet a, char c)
{
	switch (a) {
	case LOWER_HEX:
		return isdigit((unsigned char)c) || (c >= 'a' && c <= 'f');
	case BASE32:
		return isupper((unsigned char)c) || (c >= '2' && c <= '7');
	case UPPER_ALNUM:
		return isupper((unsigned char)c) || isdigit((unsigned char)c);
	case ALNUM:
		return isalnum((unsigned char)c);
	case URL_SAFE:
		return isalnum((unsigned char)c) || c == '-' || c == '_';
	case BASE64:
		return isalnum((unsigned char)c) || c == '+' || c == '/' || c == '=';
	case DOTTED:
		return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
	case WORD:
		break;
	}
	return isalnum((unsigned char)c) || c == '_';
}

/* A sentence's end is no part of a token. */
static size_t tail_len(const struct shape *sh, const char *tail, const char *end)
{
	size_t n = 0;

	while (tail + n < end && n <= sh->max && is_of(sh->alphabet, tail[n]))
		n++;
	while (n && tail[n - 1] == '.')
		n--;
	return n;
}

/* Is this the end of something longer? "\\n" in front of it is a newline that somebody wrote so. */
static bool is_in_word(const char *start, const char *p)
{
	if (p == start || !isalnum((unsigned char)*p) || !(isalnum((unsigned char)p[-1]) || p[-1] == '_'))
		return false;
	return !(p - start > 1 && p[-2] == '\\' && strchr("nrt", p[-1]));
}

static bool is_secret(const struct shape *sh, const char *data, const char *hit, const char *tail, size_t len)
{
	if (len < sh->min || len > sh->max || is_in_word(data, hit))
		return false;
	return (sh->check ? sh->check(tail, len) : bt_secret_is_random(tail, len)) && !bt_secret_is_made_up(tail, len);
}

/* The next one of the shape at hand. */
static bool next_of(struct bt_secret_scan *s, const struct shape *sh, struct bt_secret_hit *ret)
{
	const char *end = s->data + s->len, *hit;
	size_t mark = strlen(sh->mark);

	while ((hit = memmem(s->data + s->at, s->len - s->at, sh->mark, mark))) {
		const char *tail = hit + mark;
		size_t len = tail_len(sh, tail, end);

		s->at = (size_t)(tail - s->data);
		if (!is_secret(sh, s->data, hit, tail, len))
			continue;
		*ret = (struct bt_secret_hit){
			.name = sh->name, .start = s->at - mark, .tail = s->at, .end = s->at + len, .is_aws_id = sh->alphabet == BASE32,
		};
		return true;
	}
	return false;
}

bool bt_secret_next(struct bt_secret_scan *s, struct bt_secret_hit *ret)
{
	for (; s->shape < BT_ARRAY_NR(shapes); s->shape++, s->at = 0) {
		const struct shape *sh = &shapes[s->shape];

		if (!s->at && sh->near && !s->is_part && !memmem(s->data, s->len, sh->near, strlen(sh->near)))
			continue;
		if (next_of(s, sh, ret))
			return true;
	}
	return false;
}

void bt_secret_mask(char *text, size_t len)
{
	struct bt_secret_scan s = { .data = text, .len = len, .is_part = true };
	struct bt_secret_hit hit;

	while (bt_secret_next(&s, &hit))
		memset(text + hit.tail + BT_SECRET_SHOWN, '*', hit.end - hit.tail - BT_SECRET_SHOWN);
}
