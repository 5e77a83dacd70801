/*
 * How places look.
 */
#include "git-batho/print.h"

#include <string.h>

#include "core/base/text.h"

/* Digits that tell the blobs of one path apart, as git takes them for a repository of middling size. */
#define SHORT_ID_LEN 10
/* Longer source lines are cut around the hit, at this many bytes; data that was written as code has lines of megabytes. */
#define SOURCE_LEN_MAX 200

void bt_print_place(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h)
{
	const struct bt_answer_file *f = &a->files[h->file];

	bt_out_str(c->out, "path", f->path, f->path_len);
	bt_out_uint(c->out, "line", h->row + 1);
	bt_out_uint(c->out, "column", h->col + 1);
	bt_out_uint(c->out, "offset", h->at);
	bt_out_oid(c->out, "blob", &f->f->blob.oid);
	bt_out_cstr(c->out, "language", f->lang);
}

/* 0 stands for no body, as of a name that is only announced. */
void bt_print_body_hash(struct bt_out *out, const char *key, uint64_t hash)
{
	if (hash)
		bt_out_hex64(out, key, hash);
	else
		bt_out_null(out, key);
}

/* Records have the same fields, in the same order, whatever is defined: what does not apply is null. */
void bt_print_def_measures(struct bt_out *out, const struct bt_def *d)
{
	static const char *const callable[] = { "params", "complexity", "nesting" };
	const uint32_t values[] = { d->params, d->complexity, d->nesting };

	for (size_t i = 0; i < BT_ARRAY_NR(callable); i++) {
		if (d->flags & BT_DEF_CALLABLE)
			bt_out_uint(out, callable[i], values[i]);
		else
			bt_out_null(out, callable[i]);
	}
	if (d->flags & BT_DEF_HASHED) {
		bt_out_hex64(out, "signature_hash", d->sig_hash);
		bt_print_body_hash(out, "body_hash", d->body_hash);
	} else {
		bt_out_null(out, "signature_hash");
		bt_out_null(out, "body_hash");
	}
}

void bt_print_def_fields(struct bt_context *c, const struct bt_hit *h)
{
	const struct bt_def *d = &h->d;
	struct bt_out *out = c->out;

	bt_out_str(out, "name", h->name, h->name_len);
	bt_out_cstr(out, "kind", bt_kind_name(d->kind));
	bt_out_cstr(out, "scope", h->scope);
	bt_out_uint(out, "end_line", h->end_row + 1);
	bt_out_bool(out, "exported", d->flags & BT_DEF_EXPORTED);
	bt_out_bool(out, "declaration", d->flags & BT_DEF_DECL);
	bt_print_def_measures(out, d);
}

void bt_print_short_id(struct bt_context *c, const struct bt_oid *oid)
{
	char hex[BT_OID_HEX_MAX + 1];

	bt_out_text(c->out, BT_COLOR_SEP, "@", 1);
	bt_out_text(c->out, BT_COLOR_NOTE, bt_oid_hex(oid, hex), SHORT_ID_LEN);
}

void bt_print_location(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h)
{
	const struct bt_answer_file *f = &a->files[h->file];
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	bt_display_path(c, f->path, &path);
	bt_out_path(c->out, BT_COLOR_PATH, bt_buf_cstr(&path), path.len);
	if (f->manifest_file == BT_NONE)	/* of all that is indexed: one path stands for many blobs */
		bt_print_short_id(c, &f->f->blob.oid);
	bt_out_text(c->out, BT_COLOR_SEP, ":", 1);
	bt_out_textf(c->out, BT_COLOR_LINE, "%u", h->row + 1);
	bt_out_text(c->out, BT_COLOR_SEP, ":", 1);
	bt_out_textf(c->out, BT_COLOR_LINE, "%u", h->col + 1);
	bt_out_text(c->out, BT_COLOR_SEP, ":", 1);
}

/* Does a character start here? */
static bool is_start(const struct bt_line *line, uint32_t at)
{
	return at >= line->len || ((unsigned char)line->text[at] & 0xc0) != 0x80;
}

/* Narrows [*from, *to) of a line to what is shown: all of a usual line, else a part with the hit inside. */
static void cut_source(const struct bt_line *line, uint32_t at, uint32_t *from, uint32_t *to)
{
	uint32_t start = *from, end;

	if (*to - *from <= SOURCE_LEN_MAX)
		return;
	if (at > start + SOURCE_LEN_MAX / 2)
		start = at - SOURCE_LEN_MAX / 2;
	if (start > *to - SOURCE_LEN_MAX)
		start = *to - SOURCE_LEN_MAX;
	end = start + SOURCE_LEN_MAX;
	while (start < at && !is_start(line, start))
		start++;
	while (end > start && !is_start(line, end))
		end--;
	*from = start;
	*to = end;
}

static void print_ellipsis(struct bt_context *c)
{
	bt_out_text(c->out, BT_COLOR_SEP, "...", 3);
}

void bt_print_source(struct bt_context *c, const struct bt_hit *h, const struct bt_line *line)
{
	uint32_t indent = 0, at = h->col, len = h->len, from, to = line->len;

	if (!line->text) {
		bt_out_text(c->out, BT_COLOR_NOTE, "(source not available)", 22);
		return;
	}
	while (indent < line->len && indent < at && (line->text[indent] == ' ' || line->text[indent] == '\t'))
		indent++;
	if (at + len > line->len)
		at = line->len, len = 0;
	from = indent;
	cut_source(line, at, &from, &to);
	if (at + len > to)	/* a name that is longer than what is shown */
		len = to - at;
	if (from > indent)
		print_ellipsis(c);
	bt_out_text(c->out, BT_COLOR_NONE, line->text + from, at - from);
	bt_out_text(c->out, BT_COLOR_MATCH, line->text + at, len);
	bt_out_text(c->out, BT_COLOR_NONE, line->text + at + len, to - at - len);
	if (to < line->len)
		print_ellipsis(c);
}

/* What an occurrence is: its name, the kind where it defines something, the definition around it. */
static void print_ref_fields(struct bt_context *c, const struct bt_hit *h)
{
	bool is_def = h->kind < BT_KIND_NR && h->def != BT_NONE;

	bt_out_str(c->out, "name", h->name, h->name_len);
	bt_out_cstr(c->out, "kind", is_def ? bt_kind_name(h->kind) : NULL);
	bt_out_cstr(c->out, "scope", h->scope);
}

static void print_record(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h,
			 const struct bt_line *line, enum bt_hit_record type)
{
	bt_out_record(c->out, type == BT_RECORD_DEFINITION ? "definition" : "reference");
	bt_print_place(c, a, h);
	bt_out_cstr(c->out, "role", bt_role_name(h->role));
	if (type == BT_RECORD_DEFINITION)
		bt_print_def_fields(c, h);
	else
		print_ref_fields(c, h);
	if (line->text)
		bt_out_str(c->out, "source", line->text, line->len);
	else
		bt_out_null(c->out, "source");
	bt_out_record_end(c->out);
}

static void print_line(struct bt_context *c, const struct bt_answer *a, const struct bt_hit *h,
		       const struct bt_line *line)
{
	const char *word = h->role == BT_ROLE_DEF && h->kind < BT_KIND_NR ? bt_kind_name(h->kind)
									  : bt_role_name(h->role);

	bt_print_location(c, a, h);
	bt_out_text(c->out, BT_COLOR_NONE, " ", 1);
	bt_out_text(c->out, BT_COLOR_KIND, word, strlen(word));
	bt_out_text(c->out, BT_COLOR_SEP, ": ", 2);
	bt_print_source(c, h, line);
	bt_out_nl(c->out);
}

int bt_print_hits(struct bt_context *c, struct bt_answer *a, enum bt_hit_record type,
		  enum bt_lines_from from, struct bt_err *err)
{
	bool apart = bt_out_is_human(c->out) && bt_term_is_user();
	struct bt_line *lines;

	if (bt_lines_fetch(&c->repo, a, from, &lines, err))
		return err->code;
	for (size_t i = 0; i < a->hits_nr && !bt_out_failed(c->out); i++) {
		if (apart && i && a->hits[i].file != a->hits[i - 1].file)
			bt_out_nl(c->out);
		print_record(c, a, &a->hits[i], &lines[i], type);
		print_line(c, a, &a->hits[i], &lines[i]);
	}
	if (a->cut)
		bt_notice(c, "there are more; --max raises the number shown");
	return a->hits_nr ? 0 : 1;
}
