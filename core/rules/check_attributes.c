/*
 * A changed .gitattributes may decide what is checked, and as what: it is policy, though it does not lie below .batho. Only
 * new lines that say something of this count; line endings, filters and merges are no business of ours. What Git LFS keeps
 * elsewhere is not checked: its lines count where they are about files that would be.
 */
#include <string.h>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/git/odb.h"
#include "core/lang/langs.h"
#include "core/rules/check_state.h"

struct word {
	const char *p;
	size_t len;
};

static struct word next_word(const char **at, const char *end)
{
	struct word w;

	while (*at < end && strchr(" \t\r", **at))
		(*at)++;
	w.p = *at;
	while (*at < end && !strchr(" \t\r", **at))
		(*at)++;
	w.len = (size_t)(*at - w.p);
	return w;
}

/* In quotes there may be blanks. */
static struct word next_pattern(const char **at, const char *end)
{
	const char *from;

	while (*at < end && strchr(" \t\r", **at))
		(*at)++;
	from = *at;
	if (*at < end && **at == '"')
		for ((*at)++; *at < end && **at != '"'; (*at)++)
			*at += **at == '\\' && *at + 1 < end;
	next_word(at, end);
	return (struct word){ from, (size_t)(*at - from) };
}

/* What files a pattern is about: its end may be that of names of a language, or of none. */
enum about {
	ABOUT_ANY,
	ABOUT_SOURCES,
	ABOUT_OTHERS,
};

static enum about about_of(struct word pattern)
{
	const char *slash = memrchr(pattern.p, '/', pattern.len), *end = pattern.p + pattern.len;
	const char *name = slash ? slash + 1 : pattern.p;
	const struct bt_detect_class *class;
	const struct bt_lang *lang;
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	bool star = name < end && *name == '*';

	while (name < end && *name == '*')
		name++;
	for (const char *p = name; p < end; p++)
		if (strchr("*?[\\\"", *p))
			return ABOUT_ANY;
	if (name == end || (star && !memchr(name, '.', (size_t)(end - name))))
		return ABOUT_ANY;
	bt_buf_addf(&path, "%s%.*s", star ? "x" : "", (int)(end - name), name);
	switch (bt_detect_path(bt_buf_cstr(&path), path.len, NULL, &lang, &class)) {
	case BT_DETECT_LANG:
		return ABOUT_SOURCES;
	case BT_DETECT_CLASS:
		return strcmp(class->name, BT_DETECT_SCRIPT) != 0 ? ABOUT_SOURCES : ABOUT_ANY;
	default:
		return ABOUT_OTHERS;
	}
}

static bool is_name(struct word w, const char *name)
{
	return strlen(name) == w.len && !memcmp(w.p, name, w.len);
}

/* Does an attribute decide what is checked? Of text and diff only that they are taken away: then a file is binary. */
static bool decides(struct word w)
{
	static const char *const names[] = { "batho", "binary", "linguist-generated", "linguist-vendored",
					     "linguist-documentation", "linguist-language" };
	bool unset = w.len && *w.p == '-', away = unset || (w.len && *w.p == '!');
	const char *value;

	w.p += away;
	w.len -= away;
	value = memchr(w.p, '=', w.len);
	if (value)
		w.len = (size_t)(value - w.p);
	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (is_name(w, names[i]))
			return true;
	return unset && (is_name(w, "text") || is_name(w, "diff"));
}

static bool is_taken_away(struct word w)
{
	return is_name(w, "-text") || is_name(w, "-diff");
}

/* "*.bin filter=lfs diff=lfs merge=lfs -text" says nothing about files that are checked. */
static struct word deciding_word(const char *line, const char *end)
{
	struct word w, pattern, lfs = { NULL, 0 };
	enum about about = ABOUT_ANY;

	while (line < end && strchr(" \t\r", *line))
		line++;
	if (line < end && *line == '#')
		return (struct word){ NULL, 0 };
	pattern = next_pattern(&line, end);
	for (const char *p = line; (w = next_word(&p, end)).len && !lfs.len;)
		if (is_name(w, "filter=lfs"))
			lfs = w;
	if (lfs.len)
		about = about_of(pattern);
	while ((w = next_word(&line, end)).len)
		if (decides(w) && !(about == ABOUT_OTHERS && is_taken_away(w)))
			return w;
	return about == ABOUT_SOURCES ? lfs : w;
}

/* The bytes of one side: at hand, or from the objects, which the caller opens and closes; len 0 where there are none. */
static int read_side(struct check *k, struct bt_odb **odb, const struct bt_oid *oid, const char *data, size_t len, struct bt_buf *out)
{
	struct bt_object o;

	bt_buf_clear(out);
	if (!oid->len)
		return 0;
	if (data) {
		bt_buf_add(out, data, len);
		return 0;
	}
	if ((!*odb && bt_odb_open(k->o->repo, &bt_odb_git_program, odb, k->err)) ||
	    bt_odb_read(*odb, oid, BT_ATTR_FILE_MAX, &o, k->err))
		return k->err->code;
	if (o.data && o.type == BT_OBJECT_BLOB)
		bt_buf_add(out, o.data, (size_t)o.size);
	return 0;
}

static uint64_t line_hash(const char *line, const char *end)
{
	return bt_hash64(line, (size_t)(end - line), 0) | 1;
}

static const char *line_end(const char *line, const char *end)
{
	const char *nl = memchr(line, '\n', (size_t)(end - line));

	return nl ? nl : end;
}

/* The first new line that decides something is told. */
static void tell(struct check *k, const struct check_file *f, const struct bt_buf *before, const struct bt_buf *now)
{
	BT_CLEANUP(bt_fingerprints_release) struct bt_fingerprints had = BT_FINGERPRINTS_INIT;
	const char *end = before->data + before->len, *nl;
	uint32_t row = 0;

	for (const char *p = before->data; p < end; p = nl + 1) {
		nl = line_end(p, end);
		bt_fingerprints_add(&had, line_hash(p, nl));
	}
	end = now->data + now->len;
	for (const char *p = now->data; p < end; p = nl + 1, row++) {
		BT_FREE char *what = NULL;
		struct word w;

		nl = line_end(p, end);
		w = deciding_word(p, nl);
		if (!w.len || bt_fingerprints_take(&had, line_hash(p, nl)))
			continue;
		what = bt_xasprintf("'%.*s' decides what is checked", (int)(w.len < 80 ? w.len : 80), w.p);
		check_add_of_change(k, f, "policy-change", row, 0, (uint32_t)(p - now->data), true, what, strlen(what));
		return;
	}
}

static bool is_attributes(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(slash ? slash + 1 : path, ".gitattributes");
}

int check_attributes(struct check *k)
{
	BT_BUF_OWNED struct bt_buf before = BT_BUF_INIT, now = BT_BUF_INIT;
	struct bt_odb *odb = NULL;
	int rc = 0;

	for (size_t i = 0; i < k->files_nr && !rc; i++) {
		const struct bt_incoming_file *in = k->files[i].in;

		if (!in->new_oid.len || !is_attributes(in->path) || bt_oid_equal(&in->old_oid, &in->new_oid))
			continue;
		rc = read_side(k, &odb, &in->old_oid, in->old_data, in->old_len, &before);
		if (!rc)
			rc = read_side(k, &odb, &in->new_oid, in->new_data, in->new_len, &now);
		if (!rc)
			tell(k, &k->files[i], &before, &now);
	}
	bt_odb_free(&odb);
	return rc;
}
