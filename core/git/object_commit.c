/*
 * Commit objects: their bytes, and what stands in them.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/object_write.h"

static bool is_header_value(const char *s)
{
	return s && *s && !strchr(s, '\n');
}

int bt_commit_format(const struct bt_commit_draft *d, struct bt_buf *out, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];

	if (!is_header_value(d->author) || !is_header_value(d->committer) || (d->encoding && !is_header_value(d->encoding)))
		return bt_err_set(err, BT_ERR_FAIL, "a commit needs an author and a committer of one line each");
	if (d->message_len && memchr(d->message, 0, d->message_len))
		return bt_err_set(err, BT_ERR_FAIL, "a NUL byte in a commit message is not allowed");
	bt_buf_addf(out, "tree %s\n", bt_oid_hex(&d->tree, hex));
	for (size_t i = 0; i < d->parents_nr; i++)
		bt_buf_addf(out, "parent %s\n", bt_oid_hex(&d->parents[i], hex));
	bt_buf_addf(out, "author %s\ncommitter %s\n", d->author, d->committer);
	if (d->encoding)
		bt_buf_addf(out, "encoding %s\n", d->encoding);
	bt_buf_addch(out, '\n');
	if (d->message_len)
		bt_buf_add(out, d->message, d->message_len);
	return bt_buf_check(out, "a commit", err);
}

int bt_commit_write(const struct bt_repo *repo, const struct bt_commit_draft *d, bool durable, struct bt_oid *ret_oid,
		    struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf bytes = BT_BUF_INIT;
	int rc = bt_commit_format(d, &bytes, err);

	return rc ? rc : bt_object_write(repo, BT_OBJECT_COMMIT, bytes.data, bytes.len, durable, ret_oid, err);
}

/* The next line of the header, without its newline; NULL at the blank line or when there is no whole line. */
static const char *line_next(const char **at, const char *end, size_t *ret_len)
{
	const char *line = *at, *lf = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;

	if (!lf || lf == line)
		return NULL;
	*ret_len = (size_t)(lf - line);
	*at = lf + 1;
	return line;
}

/* Is it "name value"? Then its value. */
static const char *value_of(const char *line, size_t len, const char *name, size_t *ret_len)
{
	size_t name_len = strlen(name);

	if (len <= name_len || memcmp(line, name, name_len) || line[name_len] != ' ')
		return NULL;
	*ret_len = len - name_len - 1;
	return line + name_len + 1;
}

static bool take_oid(const char **at, const char *end, const char *name, size_t oid_len, struct bt_oid *ret_oid)
{
	const char *before = *at, *line, *value;
	size_t len, value_len;

	line = line_next(at, end, &len);
	value = line ? value_of(line, len, name, &value_len) : NULL;
	if (value && value_len == 2 * oid_len && !bt_oid_parse(value, value_len, ret_oid, NULL))
		return true;
	*at = before;
	return false;
}

static bool take_value(const char **at, const char *end, const char *name, const char **ret, size_t *ret_len)
{
	const char *line;
	size_t len;

	line = line_next(at, end, &len);
	*ret = line ? value_of(line, len, name, ret_len) : NULL;
	return *ret;
}

static bool starts_with(const char *line, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && !memcmp(line, prefix, strlen(prefix));
}

int bt_commit_parse(const void *data, size_t len, size_t oid_len, struct bt_commit_view *ret_v, struct bt_err *err)
{
	const char *at = data, *end = at + len, *line;
	struct bt_commit_view v = { .parents = NULL };
	struct bt_oid parent;
	size_t alloc = 0, line_len;
	bool good = take_oid(&at, end, "tree", oid_len, &v.tree);

	while (good && take_oid(&at, end, "parent", oid_len, &parent)) {
		BT_GROW(v.parents, alloc, v.parents_nr + 1);
		v.parents[v.parents_nr++] = parent;
	}
	if (!good || !take_value(&at, end, "author", &v.author, &v.author_len) ||
	    !take_value(&at, end, "committer", &v.committer, &v.committer_len)) {
		bt_commit_view_release(&v);
		return bt_err_set(err, BT_ERR_CORRUPT, "a commit without a tree, an author or a committer");
	}
	while ((line = line_next(&at, end, &line_len))) {
		const char *value = value_of(line, line_len, "encoding", &v.encoding_len);

		if (value)
			v.encoding = value;
		if (starts_with(line, line_len, "gpgsig ") || starts_with(line, line_len, "gpgsig-sha256 "))
			v.is_signed = true;
	}
	/* A header that ends with the object has no message. */
	v.message = at < end && *at == '\n' ? at + 1 : end;
	v.message_len = (size_t)(end - v.message);
	*ret_v = v;
	return 0;
}

void bt_commit_view_release(struct bt_commit_view *v)
{
	if (!v)
		return;
	free(v->parents);
	*v = (struct bt_commit_view){ .parents = NULL };
}
