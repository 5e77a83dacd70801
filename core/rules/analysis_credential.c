/*
 * Secrets that are recognised by what stands around them: keys in PEM's armour, passwords in addresses, signed tokens.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/rules/analysis.h"
#include "core/rules/secret.h"

/* ---- private keys ---- */

#define ARMOUR "-----BEGIN "
/* The label between the dashes, and how far the first lines of a key reach. */
#define LABEL_MAX 40
#define BODY_LOOK_MAX 1024
/* The shortest key there is (Ed25519 in PKCS #8) has 64. */
#define BODY_MIN 60
/* base64 of "openssh-key-v1", the cipher and the key derivation of a key without a passphrase. */
#define OPENSSH "b3BlbnNzaC1rZXktdjE"
#define OPENSSH_OPEN OPENSSH "AAAAABG5vbmU"

static bool is_base64(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '/' || c == '=';
}

static bool ends_with(const char *p, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && !memcmp(p + len - n, with, n);
}

/* "RSA PRIVATE KEY", but not "ENCRYPTED PRIVATE KEY". */
static bool is_private_label(const char *p, size_t len)
{
	return (ends_with(p, len, "PRIVATE KEY") || ends_with(p, len, "PRIVATE KEY BLOCK")) &&
	       !ends_with(p, len, "ENCRYPTED PRIVATE KEY");
}

/*
 * The base64 of the first lines, whatever stands between them: newlines, written "\n" or real, quotes, marks of comments. Its
 * length; *ret_start is where it begins. Headers (a colon in the line) are passed by.
 */
static size_t read_body(const char *p, const char *end, char *body, size_t max, const char **ret_start)
{
	size_t nr = 0;

	*ret_start = NULL;
	while (p < end && nr < max && strncmp(p, "-----", (size_t)(end - p) < 5 ? (size_t)(end - p) : 5)) {
		const char *start = p;

		if (end - p > 1 && p[0] == '\\' && (p[1] == 'n' || p[1] == 'r')) {
			p += 2;
			continue;
		}
		while (p < end && is_base64(*p))
			p++;
		if (p == start) {
			p++;
			continue;
		}
		if (p - start < 16) /* a header's word, the checksum of an armour */
			continue;
		if (!*ret_start)
			*ret_start = start;
		for (; start < p && nr < max; start++)
			body[nr++] = *start;
	}
	return nr;
}

static bool is_open_key(const char *label_end, const char *end, const char **ret_body)
{
	char body[160];
	const char *stop = (size_t)(end - label_end) > BODY_LOOK_MAX ? label_end + BODY_LOOK_MAX : end;
	size_t nr = read_body(label_end, stop, body, sizeof(body), ret_body);

	if (nr < BODY_MIN || memmem(label_end, (size_t)(stop - label_end), "ENCRYPTED", 9))
		return false;
	if (!strncmp(body, OPENSSH, strlen(OPENSSH)) && strncmp(body, OPENSSH_OPEN, strlen(OPENSSH_OPEN)))
		return false;
	return bt_secret_is_random(body + nr - BODY_MIN, BODY_MIN);
}

void bt_analysis_private_key(const struct bt_look *look, struct bt_findings_sink *s)
{
	const char *p = look->data, *end = p + look->len, *hit;

	while ((hit = memmem(p, (size_t)(end - p), ARMOUR, strlen(ARMOUR)))) {
		const char *label = hit + strlen(ARMOUR), *label_end, *body, *close;

		p = label;
		label_end = memmem(label,
				   (size_t)(end - label) < LABEL_MAX ? (size_t)(end - label) : LABEL_MAX,
				   "-----", 5);
		if (!label_end || !is_private_label(label, (size_t)(label_end - label)) ||
		    !is_open_key(label_end + 5, end, &body))
			continue;
		if (!bt_sink_add(s, (size_t)(hit - look->data), (size_t)(label_end + 5 - look->data), label,
				 (size_t)(label_end - label)))
			return;
		close = memmem(body, (size_t)(end - body), "-----END", 8);
		p = close ? close : end;
		bt_sink_hide(s, (size_t)(body - look->data), (size_t)(p - look->data));
	}
}

/* ---- passwords in addresses ---- */

struct text {
	const char *p;
	size_t len;
};

static bool is_text(struct text t, const char *word)
{
	return t.len == strlen(word) && !strncasecmp(t.p, word, t.len);
}

static bool is_one_of(struct text t, const char *const *words)
{
	for (; *words; words++)
		if (is_text(t, *words))
			return true;
	return false;
}

/* A name or password in an address: up to one of these it is made of plain characters. */
static struct text part(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && (isalnum((unsigned char)*p) || (*p && strchr("._~!&+=-^%", *p))))
		p++;
	return (struct text){ start, (size_t)(p - start) };
}

static bool is_placeholder(struct text user, struct text password)
{
	static const char *const words[] = {
		"user",	    "username", "name",	  "login",    "pass",	"passwd", "password",
		"pwd",	    "pw",	"secret", "token",    "key",	"apikey", "api_key",
		"foo",	    "bar",	"baz",	  "test",     "guest",	"admin",  "root",
		"postgres", "mysql",	"redis",  "changeme", "none",	"null",	  "x-oauth-basic",
		"letmein",  "hunter2",	"1234",	  "12345",    "123456", "abc",	  "abc123",
		"p4ssw0rd", "passw0rd", NULL
	};

	return password.len < 6 || is_one_of(password, words) ||
	       bt_secret_is_made_up(password.p, password.len) ||
	       (user.len == password.len && !strncasecmp(user.p, password.p, user.len)) ||
	       memchr(password.p, '%', password.len) || !strncasecmp(password.p, "my", 2) ||
	       memmem(password.p, password.len, "pass", 4) || memmem(password.p, password.len, "PASS", 4) ||
	       memmem(password.p, password.len, "...", 3);
}

/* Nobody is at home there. */
static bool is_nowhere(struct text host)
{
	static const char *const words[] = { "example.com", "example.org", "example.net", "127.0.0.1",
					     "0.0.0.0",	    "host.com",	   "server.com",  "domain.com",
					     "foo.com",	    "bar.com",	   NULL };
	static const char *const ends[] = { ".example.com", ".example.org", ".example.net", ".example",
					    ".test",	    ".invalid",	    ".localhost",   ".local",
					    ".localdomain", ".tld" };

	if (!memchr(host.p, '.', host.len) || is_one_of(host, words))
		return true;
	for (size_t i = 0; i < BT_ARRAY_NR(ends); i++)
		if (ends_with(host.p, host.len, ends[i]))
			return true;
	return false;
}

static struct text host_part(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && (isalnum((unsigned char)*p) || *p == '.' || *p == '-'))
		p++;
	while (p > start && p[-1] == '.')
		p--;
	return (struct text){ start, (size_t)(p - start) };
}

void bt_analysis_password_in_url(const struct bt_look *look, struct bt_findings_sink *s)
{
	const char *p = look->data, *end = p + look->len, *hit;

	while ((hit = memmem(p, (size_t)(end - p), "://", 3))) {
		struct text user = part(hit + 3, end), password, host;

		p = user.p + user.len;
		if (p >= end || *p != ':' || hit == look->data || !isalpha((unsigned char)hit[-1]))
			continue;
		password = part(p + 1, end);
		p = password.p + password.len;
		if (!password.len || p >= end || *p != '@')
			continue;
		host = host_part(p + 1, end);
		if (is_nowhere(host) || is_placeholder(user, password))
			continue;
		if (!bt_sink_add(s, (size_t)(user.p - look->data), (size_t)(host.p + host.len - look->data),
				 host.p, host.len))
			return;
		bt_sink_hide(s, (size_t)(password.p - look->data), (size_t)(p - look->data));
	}
}

/* ---- signed tokens ---- */

/* The shortest signature in use (HMAC with SHA-256) has 43 characters. */
#define SIGNATURE_MIN 43

static size_t url_safe_len(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && (isalnum((unsigned char)*p) || *p == '-' || *p == '_'))
		p++;
	return (size_t)(p - start);
}

/* header.payload.signature, the first two JSON objects in base64; its length or 0. */
static size_t token_len(const char *p, const char *end, const char **ret_signature, size_t *ret_signature_len)
{
	const char *at = p + url_safe_len(p, end);
	size_t len;

	if (end - at < 4 || strncmp(at, ".eyJ", 4))
		return 0;
	at++;
	at += url_safe_len(at, end);
	if (at >= end || *at != '.')
		return 0;
	at++;
	len = url_safe_len(at, end);
	*ret_signature = at;
	*ret_signature_len = len;
	return len >= SIGNATURE_MIN ? (size_t)(at + len - p) : 0;
}

/* The one of the first manuals, that everybody copies. */
static bool is_known_example(const char *signature, size_t len)
{
	static const char *const known[] = { "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
					     "TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ",
					     "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" };

	for (size_t i = 0; i < BT_ARRAY_NR(known); i++)
		if (len == strlen(known[i]) && !memcmp(signature, known[i], len))
			return true;
	return bt_secret_is_made_up(signature, len) || !bt_secret_is_random(signature, len);
}

void bt_analysis_signed_token(const struct bt_look *look, struct bt_findings_sink *s)
{
	/* {"alg, {"typ, {"kid in base64: what a header begins with. */
	static const char *const heads[] = { "eyJhbGci", "eyJ0eXAi", "eyJraWQi" };
	const char *end = look->data + look->len;

	for (size_t i = 0; i < BT_ARRAY_NR(heads); i++) {
		const char *p = look->data, *hit, *signature;
		size_t len, signature_len;

		while ((hit = memmem(p, (size_t)(end - p), heads[i], strlen(heads[i])))) {
			p = hit + strlen(heads[i]);
			if (hit > look->data && url_safe_len(hit - 1, hit))
				continue;
			len = token_len(hit, end, &signature, &signature_len);
			if (!len || is_known_example(signature, signature_len))
				continue;
			if (!bt_sink_add(s, (size_t)(hit - look->data), (size_t)(hit - look->data) + len,
					 NULL, 0))
				return;
			bt_sink_hide(s, (size_t)(signature - look->data) + 4,
				     (size_t)(signature - look->data) + signature_len);
			p = hit + len;
		}
	}
}
