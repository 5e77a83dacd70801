/*
 * The answer: one buffer in front of one descriptor, and the three formats. Fields and text are
 * kept apart here once, so that no command asks for the format.
 */
#include "core/base/out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/path.h"
#include "core/base/text.h"

/* Written out when it holds this much at the end of a record or line. */
#define FLUSH_AT ((size_t)64 << 10)
/*
 * One record is never larger than what a blob can be; a line of porcelain or JSON is written
 * whole.
 */
#define RECORD_MAX ((size_t)1 << 30)

const char *const bt_format_names[] = { "human", "json", "porcelain", NULL };

struct bt_out {
	struct bt_out_opts opts;
	struct bt_buf buf;
	struct bt_buf scratch;
	struct bt_err err;	/* the first failure */
	bool failed;
	bool started;		/* the header was written */
	bool comma;		/* json: something stands before, on this level */
	unsigned depth;		/* 1: inside a record; more: nested */
	unsigned fields;	/* porcelain: of this record */
	size_t record_at;	/* porcelain -z: where the fields of this record start */
	size_t line_at;		/* human: where the current line starts in buf */
	size_t line_hidden;	/* human: bytes of this line that take no column */
};

struct bt_out *bt_out_new(const struct bt_out_opts *opts)
{
	struct bt_out *o = bt_xcalloc(1, sizeof(*o));

	o->opts = *opts;
	bt_buf_init(&o->buf, RECORD_MAX);
	bt_buf_init(&o->scratch, RECORD_MAX);
	return o;
}

void bt_out_free(struct bt_out **po)
{
	struct bt_out *o = *po;

	if (!o)
		return;
	bt_buf_release(&o->buf);
	bt_buf_release(&o->scratch);
	free(o);
	*po = NULL;
}

bool bt_out_is_human(const struct bt_out *o)
{
	return o->opts.format == BT_FORMAT_HUMAN;
}

bool bt_out_failed(const struct bt_out *o)
{
	return o->failed;
}

/* --- writing --- */

static const char *out_where(const struct bt_out *o)
{
	return o->opts.where ? o->opts.where : "stdout";
}

static void out_write(struct bt_out *o)
{
	struct bt_err err = BT_ERR_INIT;
	int rc = bt_buf_check(&o->buf, "the answer", &o->err);

	if (rc) {
		o->failed = true;
	} else if (bt_fd_write_full(o->opts.fd, o->buf.data, o->buf.len, "stdout", &err)) {
		/* The reason alone: the place is always the same. */
		const char *reason = strstr(err.msg, "': ");

		o->failed = true;
		bt_err_set(&o->err, err.code, "cannot write the answer to %s: %s", out_where(o),
			   reason ? reason + 3 : err.msg);
	}
	bt_buf_clear(&o->buf);
}

/* At the end of a record or line. */
static void out_pass(struct bt_out *o)
{
	o->line_at = o->buf.len;
	o->line_hidden = 0;
	if (o->buf.len >= FLUSH_AT || o->buf.failed) {
		out_write(o);
		o->line_at = 0;
	}
}

int bt_out_flush(struct bt_out *o, struct bt_err *err)
{
	if (!o->failed && (o->buf.len || o->buf.failed)) {
		out_write(o);
		o->line_at = 0;
		o->line_hidden = 0;
	}
	if (!o->failed)
		return 0;
	return bt_err_set(err, o->err.code, "%s", o->err.msg);
}

static void out_header(struct bt_out *o);

int bt_out_finish(struct bt_out *o, struct bt_err *err)
{
	int rc, fd;

	out_header(o);
	rc = bt_out_flush(o, err);
	if (rc)
		return rc;
	/*
	 * Some file systems report a full disk on close only; a copy tells without losing stdout.
	 */
	fd = dup(o->opts.fd);
	if (fd >= 0 && close(fd))
		return bt_err_errno(err, "cannot write the answer to %s", out_where(o));
	return 0;
}

/* --- json --- */

/* The comma and the key. Keys are ours: plain ASCII. */
static void json_key(struct bt_out *o, const char *key)
{
	if (o->comma)
		bt_buf_addch(&o->buf, ',');
	o->comma = true;
	if (!key)
		return;
	bt_buf_addch(&o->buf, '"');
	bt_buf_adds(&o->buf, key);
	bt_buf_adds(&o->buf, "\":");
}

static void json_base64(struct bt_out *o, const char *p, size_t len)
{
	bt_buf_addch(&o->buf, '"');
	bt_text_base64(&o->buf, p, len);
	bt_buf_addch(&o->buf, '"');
}

static void json_text(struct bt_out *o, const char *key, const char *p, size_t len)
{
	json_key(o, key);
	if (!key && !bt_utf8_valid(p, len)) {
		bt_buf_adds(&o->buf, "{\"text\":");
		bt_text_json(&o->buf, p, len);
		bt_buf_adds(&o->buf, ",\"b64\":");
		json_base64(o, p, len);
		bt_buf_addch(&o->buf, '}');
		return;
	}
	if (bt_text_json(&o->buf, p, len))
		return;
	bt_buf_addf(&o->buf, ",\"%s_b64\":", key);
	json_base64(o, p, len);
}

/* --- porcelain --- */

static void porcelain_field(struct bt_out *o, const char *p, size_t len)
{
	if (o->opts.nul) {
		bt_buf_add(&o->buf, p, len);
		bt_buf_addch(&o->buf, '\0');
	} else {
		if (o->fields)
			bt_buf_addch(&o->buf, '\t');
		bt_path_quote(&o->buf, p, len, 0);
	}
	o->fields++;
}

/* -z: puts the number of fields before them. */
static void porcelain_count(struct bt_out *o)
{
	char digits[16];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%u", o->fields) + 1;
	size_t fields_len = o->buf.len - o->record_at;
	char *at;

	if (!bt_buf_reserve(&o->buf, len))
		return;
	at = o->buf.data + o->record_at;
	memmove(at + len, at, fields_len);
	memcpy(at, digits, len);
	o->buf.len += len;
}

/* --- fields --- */

/* False for people, after a failure, and for what porcelain leaves out. */
static bool fields_on(const struct bt_out *o)
{
	if (o->failed || o->opts.format == BT_FORMAT_HUMAN)
		return false;
	return o->opts.format == BT_FORMAT_JSON || o->depth == 1;
}

static void out_header(struct bt_out *o)
{
	if (o->started || o->failed || o->opts.format == BT_FORMAT_HUMAN)
		return;
	o->started = true;
	if (o->opts.format == BT_FORMAT_JSON)
		bt_buf_addf(&o->buf, "{\"batho\":1,\"command\":\"%s\"}\n", o->opts.command);
	else
		bt_buf_addf(&o->buf, "# batho porcelain 1 %s%c", o->opts.command,
			    o->opts.nul ? '\0' : '\n');
}

void bt_out_record(struct bt_out *o, const char *type)
{
	if (o->failed || o->opts.format == BT_FORMAT_HUMAN)
		return;
	out_header(o);
	o->depth = 1;
	o->fields = 0;
	o->comma = false;
	o->record_at = o->buf.len;
	if (o->opts.format == BT_FORMAT_JSON)
		bt_buf_addch(&o->buf, '{');
	bt_out_cstr(o, "record", type);
}

void bt_out_record_end(struct bt_out *o)
{
	if (o->failed || o->opts.format == BT_FORMAT_HUMAN)
		return;
	if (o->opts.format == BT_FORMAT_JSON)
		bt_buf_adds(&o->buf, "}\n");
	else if (o->opts.nul)
		porcelain_count(o);
	else
		bt_buf_addch(&o->buf, '\n');
	o->depth = 0;
	out_pass(o);
}

static void nest(struct bt_out *o, const char *key, char open)
{
	if (o->opts.format == BT_FORMAT_JSON && !o->failed) {
		json_key(o, key);
		bt_buf_addch(&o->buf, open);
		o->comma = false;
	}
	o->depth++;
}

static void nest_end(struct bt_out *o, char shut)
{
	if (o->opts.format == BT_FORMAT_JSON && !o->failed) {
		bt_buf_addch(&o->buf, shut);
		o->comma = true;
	}
	o->depth--;
}

void bt_out_object(struct bt_out *o, const char *key)
{
	nest(o, key, '{');
}

void bt_out_object_end(struct bt_out *o)
{
	nest_end(o, '}');
}

void bt_out_array(struct bt_out *o, const char *key)
{
	nest(o, key, '[');
}

void bt_out_array_end(struct bt_out *o)
{
	nest_end(o, ']');
}

void bt_out_str(struct bt_out *o, const char *key, const char *p, size_t len)
{
	if (!fields_on(o))
		return;
	if (o->opts.format == BT_FORMAT_JSON)
		json_text(o, key, p, len);
	else
		porcelain_field(o, p, len);
}

void bt_out_cstr(struct bt_out *o, const char *key, const char *s)
{
	if (s)
		bt_out_str(o, key, s, strlen(s));
	else
		bt_out_null(o, key);
}

/* Digits and words that need no escaping; `quoted` in JSON only. */
static void field_plain(struct bt_out *o, const char *key, const char *text, bool quoted)
{
	if (!fields_on(o))
		return;
	if (o->opts.format == BT_FORMAT_PORCELAIN) {
		porcelain_field(o, text, strlen(text));
		return;
	}
	json_key(o, key);
	if (quoted)
		bt_buf_addch(&o->buf, '"');
	bt_buf_adds(&o->buf, text);
	if (quoted)
		bt_buf_addch(&o->buf, '"');
}

void bt_out_int(struct bt_out *o, const char *key, int64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, v);
	field_plain(o, key, text, false);
}

void bt_out_uint(struct bt_out *o, const char *key, uint64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, v);
	field_plain(o, key, text, false);
}

void bt_out_hex64(struct bt_out *o, const char *key, uint64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%016" PRIx64, v);
	field_plain(o, key, text, true);
}

void bt_out_hex(struct bt_out *o, const char *key, const void *p, size_t len)
{
	const uint8_t *bytes = p;
	size_t i;

	bt_buf_clear(&o->scratch);
	for (i = 0; i < len; i++)
		bt_buf_addf(&o->scratch, "%02x", bytes[i]);
	field_plain(o, key, bt_buf_cstr(&o->scratch), true);
}

void bt_out_oid(struct bt_out *o, const char *key, const struct bt_oid *oid)
{
	char hex[BT_OID_HEX_MAX + 1];

	field_plain(o, key, bt_oid_hex(oid, hex), true);
}

void bt_out_bool(struct bt_out *o, const char *key, bool v)
{
	if (o->opts.format == BT_FORMAT_PORCELAIN)
		field_plain(o, key, v ? "1" : "0", false);
	else
		field_plain(o, key, v ? "true" : "false", false);
}

void bt_out_null(struct bt_out *o, const char *key)
{
	field_plain(o, key, o->opts.format == BT_FORMAT_PORCELAIN ? "" : "null", false);
}

/* --- text --- */

static bool text_on(const struct bt_out *o)
{
	return !o->failed && o->opts.format == BT_FORMAT_HUMAN;
}

static void color_add(struct bt_out *o, const char *code)
{
	bt_buf_adds(&o->buf, code);
	o->line_hidden += strlen(code);
}

/* Bytes that are safe already, in a colour. */
static void text_add(struct bt_out *o, enum bt_color color, const char *p, size_t len)
{
	const char *start = o->opts.palette ? o->opts.palette->start[color] : "";
	size_t i;

	if (!len)
		return;
	if (*start)
		color_add(o, start);
	bt_buf_add(&o->buf, p, len);
	for (i = 0; i < len; i++)
		o->line_hidden += ((unsigned char)p[i] & 0xc0) == 0x80;
	if (*start)
		color_add(o, "\033[m");
}

void bt_out_text(struct bt_out *o, enum bt_color color, const char *p, size_t len)
{
	if (!text_on(o))
		return;
	bt_buf_clear(&o->scratch);
	bt_text_safe(&o->scratch, p, len, BT_TEXT_KEEP_TAB);
	text_add(o, color, bt_buf_cstr(&o->scratch), o->scratch.len);
}

void bt_out_textf(struct bt_out *o, enum bt_color color, const char *fmt, ...)
{
	char small[512];
	va_list ap;
	int len;

	if (!text_on(o))
		return;
	va_start(ap, fmt);
	len = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < sizeof(small)) {
		bt_out_text(o, color, small, (size_t)len);
	} else if (len >= 0) {
		BT_FREE char *text = bt_xmalloc((size_t)len + 1);

		va_start(ap, fmt);
		vsnprintf(text, (size_t)len + 1, fmt, ap);
		va_end(ap);
		bt_out_text(o, color, text, (size_t)len);
	}
}

static bool path_is_text(const char *p, size_t len)
{
	const char *end = p + len;
	uint32_t c;

	for (size_t n; p < end; p += n) {
		n = bt_utf8_next(p, end, &c);
		if (!n || (c >= 0x80 && bt_char_is_control(c)))
			return false;
	}
	return true;
}

void bt_out_path(struct bt_out *o, enum bt_color color, const char *p, size_t len)
{
	BT_BUF_OWNED struct bt_buf quoted = BT_BUF_INIT;

	if (!text_on(o))
		return;
	if (o->opts.nul) {
		bt_buf_add(&o->buf, p, len);
		return;
	}
	/* What would not pass as text is quoted, so that there is one way to write it. */
	bt_path_quote(&quoted, p, len, path_is_text(p, len) ? 0 : BT_QUOTE_HIGH);
	bt_out_text(o, color, bt_buf_cstr(&quoted), quoted.len);
}

void bt_out_nl(struct bt_out *o)
{
	if (!text_on(o))
		return;
	bt_buf_addch(&o->buf, o->opts.nul ? '\0' : '\n');
	out_pass(o);
}

void bt_out_pad(struct bt_out *o, size_t column)
{
	size_t at;

	if (!text_on(o))
		return;
	at = o->buf.len - o->line_at - o->line_hidden;
	bt_buf_addch(&o->buf, ' ');
	for (at++; at < column; at++)
		bt_buf_addch(&o->buf, ' ');
}
