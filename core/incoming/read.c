/*
 * git's raw lists, and patches whose context is the whole file.
 */
#include "core/incoming/read.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/base/path.h"
#include "core/git/program.h"

bool bt_raw_mode_is_file(uint32_t mode)
{
	return S_ISREG(mode);
}

int bt_raw_oid(const char *hex, struct bt_oid *ret_oid, struct bt_err *err)
{
	if (bt_oid_parse(hex, strlen(hex), ret_oid, err))
		return err->code;
	if (hex[strspn(hex, "0")] == '\0')
		ret_oid->len = 0;
	return 0;
}

size_t bt_raw_words(char *line, char **words, size_t nr)
{
	size_t i = 0;

	while (i < nr) {
		words[i++] = line;
		line = i < nr ? strchr(line, ' ') : NULL;
		if (!line)
			break;
		*line++ = '\0';
	}
	return i;
}

static bool take_mode(const char **at, const char *end, uint32_t *ret_mode)
{
	uint32_t mode = 0;
	const char *p = *at;

	for (; p < end && *p >= '0' && *p <= '7' && p - *at < 6; p++)
		mode = mode << 3 | (uint32_t)(*p - '0');
	if (p - *at != 6 || p == end || *p != ' ')
		return false;
	*at = p + 1;
	*ret_mode = mode;
	return true;
}

static bool take_oid(const char **at, const char *end, struct bt_oid *ret_oid)
{
	const char *space = memchr(*at, ' ', (size_t)(end - *at));
	static const uint8_t zeros[BT_OID_RAW_MAX];

	if (!space || bt_oid_parse(*at, (size_t)(space - *at), ret_oid, NULL))
		return false;
	if (!memcmp(ret_oid->raw, zeros, sizeof(zeros)))
		ret_oid->len = 0;
	*at = space + 1;
	return true;
}

int bt_raw_entry_next(const char **at, const char *end, struct bt_raw_entry *ret_e, struct bt_err *err)
{
	const char *p = *at, *path_end;

	if (p >= end || *p != ':')
		return BT_DONE;
	p++;
	if (!take_mode(&p, end, &ret_e->old_mode) || !take_mode(&p, end, &ret_e->new_mode) ||
	    !take_oid(&p, end, &ret_e->old_oid) || !take_oid(&p, end, &ret_e->new_oid) || end - p < 3)
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read git's list of changes");
	ret_e->status = *p;
	p += strlen(p) + 1;	/* a score may follow the letter */
	path_end = p < end ? memchr(p, '\0', (size_t)(end - p)) : NULL;
	if (!path_end || !bt_path_sane(p, (size_t)(path_end - p)))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read a path in git's list of changes");
	ret_e->path = p;
	ret_e->path_len = (size_t)(path_end - p);
	*at = path_end + 1;
	return BT_ROW;
}

int bt_raw_empty_tree(const struct bt_repo *repo, struct bt_buf *out, struct bt_err *err)
{
	static const char *const argv[] = { "hash-object", "-t", "tree", "/dev/null", NULL };

	if (bt_git_run_argv(repo, argv, out, err))
		return err->code;
	bt_buf_cstr(out);
	while (out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	return 0;
}

static void add_entry(struct bt_incoming *in, const struct bt_raw_entry *e)
{
	struct bt_incoming_file *f;

	BT_GROW(in->files, in->alloc, in->nr + 1);
	f = &in->files[in->nr++];
	memset(f, 0, sizeof(*f));
	f->path = bt_arena_strndup(&in->arena, e->path, e->path_len);
	f->path_len = e->path_len;
	f->status = e->status;
	f->old_mode = e->old_mode;
	f->new_mode = e->new_mode;
	f->old_oid = e->old_oid;
	f->new_oid = e->new_oid;
	if (e->old_oid.len || e->new_oid.len)
		in->oid_len = e->old_oid.len ? e->old_oid.len : e->new_oid.len;
}

int bt_incoming_take_raw(struct bt_incoming *in, const char *data, size_t len, const char **ret_rest,
			 struct bt_err *err)
{
	const char *at = data, *end = data + len;
	struct bt_raw_entry e;
	int rc;

	while ((rc = bt_raw_entry_next(&at, end, &e, err)) == BT_ROW) {
		if (e.status == 'U')
			in->unmerged_nr++;
		else if (bt_raw_mode_is_file(e.old_mode) || bt_raw_mode_is_file(e.new_mode))
			add_entry(in, &e);
		else
			in->others_nr++;
	}
	if (ret_rest)
		*ret_rest = at + (at < end && !*at);	/* a NUL stands between list and patches */
	return rc;
}

/* --- patches --- */

static size_t line_len(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return (size_t)((nl ? nl + 1 : end) - p);
}

static bool starts(const char *p, const char *end, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(end - p) >= len && !memcmp(p, with, len);
}

/* "<first>,<n>", or "<first>" alone, which means one line. */
static size_t take_range(const char **p, size_t *ret_first)
{
	*ret_first = strtoul(*p, (char **)p, 10);
	return **p == ',' ? strtoul(*p + 1, (char **)p, 10) : 1;
}

/* One hunk that is the whole file: its lines, without the header. */
struct hunk {
	const char *at, *end;
	size_t old_len, new_len, spans_nr;
};

static bool take_hunk_header(const char *p, const char *end, size_t *ret_old, size_t *ret_new)
{
	size_t old_first, new_first;

	/* a NUL stands behind the whole patch: numbers end there at the latest */
	if (!starts(p, end, "@@ -"))
		return false;
	p += 4;
	*ret_old = take_range(&p, &old_first);
	if (!starts(p, end, " +"))
		return false;
	p += 2;
	*ret_new = take_range(&p, &new_first);
	return old_first <= 1 && new_first <= 1;
}

/* Where the hunk ends and how long both sides are. False when its lines do not add up. */
static bool measure_hunk(const char *p, const char *end, struct hunk *h)
{
	size_t old_left, new_left;
	bool old_ended = false, new_ended = false;	/* without a newline: nothing may follow */
	char last = 0;

	*h = (struct hunk){ .at = p };
	if (!take_hunk_header(p, end, &old_left, &new_left))
		return false;
	p += line_len(p, end);
	h->at = p;
	while (p < end && (old_left || new_left || *p == '\\')) {
		size_t len = line_len(p, end);
		bool to_old = *p == ' ' || *p == '-', to_new = *p == ' ' || *p == '+';

		if (*p == '\\') {	/* "\ No newline at end of file": of the line above */
			bool of_old = last == ' ' || last == '-', of_new = last == ' ' || last == '+';

			h->old_len -= of_old;
			h->new_len -= of_new;
			old_ended |= of_old;
			new_ended |= of_new;
			last = 0;
		} else if ((!to_old && !to_new) || old_left < to_old || new_left < to_new ||
			   (to_old && old_ended) || (to_new && new_ended)) {
			return false;
		} else {
			old_left -= to_old;
			new_left -= to_new;
			h->old_len += to_old ? len - 1 : 0;
			h->new_len += to_new ? len - 1 : 0;
			h->spans_nr += *p == '+' && last != '+';
			last = *p;
		}
		p += len;
	}
	h->end = p;
	return !old_left && !new_left;
}

/*
 * The bytes of one side: its lines, cut to the measured length (which drops a newline that is not there).
 */
static const char *side_data(struct bt_arena *arena, const struct hunk *h, char sign, size_t want)
{
	char *data = bt_arena_alloc(arena, want + 2), *to = data;

	for (const char *p = h->at; p < h->end; p += line_len(p, h->end)) {
		size_t len = line_len(p, h->end) - 1;

		if (*p != ' ' && *p != sign)
			continue;
		memcpy(to, p + 1, len);
		to += len;
	}
	data[want] = '\0';
	return data;
}

static void take_spans(struct bt_arena *arena, const struct hunk *h, struct bt_incoming_file *f)
{
	struct bt_line_span *spans = bt_arena_alloc(arena, (h->spans_nr + 1) * sizeof(*spans));
	uint32_t row = 0;
	size_t nr = 0;

	for (const char *p = h->at; p < h->end; p += line_len(p, h->end)) {
		if (*p == '+' && nr && spans[nr - 1].first + spans[nr - 1].nr == row)
			spans[nr - 1].nr++;
		else if (*p == '+')
			spans[nr++] = (struct bt_line_span){ row, 1 };
		row += *p == '+' || *p == ' ';
	}
	f->lines = spans;
	f->lines_nr = nr;
	f->lines_known = true;
}

/* "index <id>..<id>[ <mode>]": are they the file's? */
static bool ids_match(const char *p, const char *end, const struct bt_incoming_file *f)
{
	char old_hex[BT_OID_HEX_MAX + 1], new_hex[BT_OID_HEX_MAX + 1];
	size_t len = 2 * (f->old_oid.len ? f->old_oid.len : f->new_oid.len);

	if ((size_t)(end - p) < 2 * len + 2)
		return false;
	memset(old_hex, '0', sizeof(old_hex));
	memset(new_hex, '0', sizeof(new_hex));
	if (f->old_oid.len)
		bt_oid_hex(&f->old_oid, old_hex);
	if (f->new_oid.len)
		bt_oid_hex(&f->new_oid, new_hex);
	return !memcmp(p, old_hex, len) && !memcmp(p + len, "..", 2) && !memcmp(p + len + 2, new_hex, len);
}

/*
 * One file's part, from its "diff --git" line on. `f` is the file it may be of; it is filled when the part
 * is complete and the ids are its own. True when it was of this file; *at goes to the next part.
 */
static bool take_section(struct bt_arena *arena, const char **at, const char *end, struct bt_incoming_file *f)
{
	const char *p = *at + line_len(*at, end);
	struct hunk h = { .at = NULL };
	bool ours = false, binary = false, hunk = false;

	while (p < end && !starts(p, end, "diff --git ") && !starts(p, end, "* Unmerged path ")) {
		if (starts(p, end, "index ") && f)
			ours = ids_match(p + 6, end, f);
		binary = binary || starts(p, end, "Binary files ");
		if (*p == '@') {
			hunk = measure_hunk(p, end, &h);
			if (!hunk)
				break;
			p = h.end;
			continue;
		}
		p += line_len(p, end);
	}
	*at = p;
	if (!ours)
		return false;
	f->binary = binary;
	if (hunk) {
		if (f->old_oid.len)
			f->old_data = side_data(arena, &h, '-', f->old_len = h.old_len);
		if (f->new_oid.len)
			f->new_data = side_data(arena, &h, '+', f->new_len = h.new_len);
		take_spans(arena, &h, f);
	} else if (!binary && (!f->old_oid.len || !f->new_oid.len)) {	/* an empty file came or went */
		if (f->old_oid.len)
			f->old_data = "";
		else
			f->new_data = "";
		f->lines_known = true;
	}
	return true;
}

void bt_incoming_take_patch(struct bt_incoming *in, const char *at, const char *end)
{
	size_t i = 0;

	while (at < end && i < in->nr) {
		/* A change of type has two parts, one of mode alone none that is of use. */
		while (i < in->nr && (in->files[i].status == 'T' ||
				      bt_oid_equal(&in->files[i].old_oid, &in->files[i].new_oid)))
			i++;
		if (!starts(at, end, "diff --git ")) {
			at += line_len(at, end);	/* "* Unmerged path …" */
			continue;
		}
		if (take_section(&in->arena, &at, end, i < in->nr ? &in->files[i] : NULL))
			i++;
	}
}

/* --- patches without context --- */

/* The arena has no realloc: a list that grows moves, and doubles. */
static void add_span(struct bt_arena *arena, struct bt_incoming_file *f, size_t *alloc,
		     struct bt_line_span span)
{
	struct bt_line_span *spans = (struct bt_line_span *)f->lines;

	if (f->lines_nr == *alloc) {
		*alloc = *alloc ? 2 * *alloc : 16;
		spans = bt_arena_alloc(arena, *alloc * sizeof(*spans));
		if (f->lines_nr)
			memcpy(spans, f->lines, f->lines_nr * sizeof(*spans));
		f->lines = spans;
	}
	spans[f->lines_nr++] = span;
}

/* The lines of a hunk's header; they are passed over by their number. */
static bool pass_hunk(const char **at, const char *end, struct bt_line_span *ret_span)
{
	const char *p = *at + 4;
	size_t first, left = take_range(&p, &first);

	if (!starts(p, end, " +"))
		return false;
	p += 2;
	ret_span->nr = (uint32_t)take_range(&p, &first);
	ret_span->first = (uint32_t)(first ? first - 1 : 0);
	left += ret_span->nr;
	p += line_len(p, end);
	for (; left && p < end; left -= *p != '\\', p += line_len(p, end))
		;
	while (p < end && *p == '\\')
		p += line_len(p, end);
	*at = p;
	return true;
}

static struct bt_incoming_file *find_ids(struct bt_incoming *in, size_t *from, const char *p, const char *end)
{
	for (size_t i = *from; i < in->nr; i++)
		if (ids_match(p, end, &in->files[i])) {
			*from = i + 1;
			return &in->files[i];
		}
	return NULL;
}

void bt_incoming_take_lines(struct bt_incoming *in, const char *at, const char *end)
{
	struct bt_incoming_file *f = NULL;
	size_t from = 0, alloc = 0;

	while (at < end) {
		struct bt_line_span span;

		if (starts(at, end, "diff --git ")) {
			f = NULL;
		} else if (starts(at, end, "index ")) {
			f = find_ids(in, &from, at + 6, end);
			alloc = 0;
			if (f)
				f->lines_known = true;
		} else if (starts(at, end, "Binary files ") && f) {
			f->lines_known = false;
			f->lines_nr = 0;
			f->binary = true;
			f = NULL;
		} else if (starts(at, end, "@@ -")) {
			if (!pass_hunk(&at, end, &span))
				return;
			if (f && span.nr)
				add_span(&in->arena, f, &alloc, span);
			continue;
		}
		at += line_len(at, end);
	}
}
