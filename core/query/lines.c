/*
 * Fetching the texts of files with hits: clean worktree files first, then objects in one stream.
 */
#include "core/query/lines.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/git/index_file.h"
#include "core/git/odb.h"

struct lines {
	struct bt_repo *repo;
	struct bt_answer *a;
	struct bt_line *of_hit;
	uint32_t *first;	/* per file: its first hit in `chain`, or BT_NONE */
	uint32_t *next;		/* per hit: the next one of the same file */
};

static struct bt_line copy(struct bt_arena *arena, const char *p, size_t len)
{
	return (struct bt_line){ bt_arena_strndup(arena, p, len), (uint32_t)len };
}

/* Cuts the lines of one file's hits out of its text. */
static void cut(struct lines *l, uint32_t file, const char *data, size_t len)
{
	for (uint32_t i = l->first[file]; i != BT_NONE; i = l->next[i]) {
		const struct bt_hit *h = &l->a->hits[i];
		uint32_t end = h->line_end;

		if (end > len || h->line_start > end)
			continue;
		while (end > h->line_start && strchr("\r\n", data[end - 1]))
			end--;
		l->of_hit[i] = copy(&l->a->arena, data + h->line_start, end - h->line_start);
	}
}

static void chain_hits(struct lines *l)
{
	for (size_t i = 0; i < l->a->files_nr; i++)
		l->first[i] = BT_NONE;
	for (uint32_t i = 0; i < l->a->hits_nr; i++) {
		l->next[i] = l->first[l->a->hits[i].file];
		l->first[l->a->hits[i].file] = i;
	}
}

struct wanted {
	struct bt_clean_file clean;
	uint32_t file;
};

static int wanted_cmp(const void *pa, const void *pb)
{
	const struct wanted *a = pa, *b = pb;

	return strcmp(a->clean.path, b->clean.path);
}

/* The part of a worktree file that holds the hits: from the first line wanted to the last. */
static bool cut_from_worktree(struct lines *l, int top, uint32_t file, const char *path)
{
	BT_CLOSE int fd = openat(top, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	uint32_t from = UINT32_MAX, to = 0;
	char *data;
	ssize_t got;

	for (uint32_t i = l->first[file]; i != BT_NONE; i = l->next[i]) {
		const struct bt_hit *h = &l->a->hits[i];

		from = h->line_start < from ? h->line_start : from;
		to = h->line_end > to ? h->line_end : to;
	}
	if (fd < 0 || from >= to)
		return false;
	data = bt_arena_alloc(&l->a->arena, to - from + 1);
	got = pread(fd, data, to - from, from);
	if (got != (ssize_t)(to - from))
		return false;
	for (uint32_t i = l->first[file]; i != BT_NONE; i = l->next[i]) {
		const struct bt_hit *h = &l->a->hits[i];
		uint32_t end = h->line_end;

		while (end > h->line_start && strchr("\r\n", data[end - 1 - from]))
			end--;
		l->of_hit[i] = (struct bt_line){ data + (h->line_start - from), end - h->line_start };
	}
	return true;
}

static void try_worktree(struct lines *l, bool *served)
{
	struct wanted *w = bt_xcalloc(l->a->files_nr + 1, sizeof(*w));
	struct bt_clean_file *files = bt_xcalloc(l->a->files_nr + 1, sizeof(*files));
	BT_CLOSE int top = open(l->repo->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t nr = 0;

	for (uint32_t i = 0; i < l->a->files_nr; i++) {
		const struct bt_answer_file *f = &l->a->files[i];

		if (l->first[i] == BT_NONE || f->manifest_file == BT_NONE)
			continue;
		w[nr].clean = (struct bt_clean_file){ f->path, f->f->blob.oid, f->f->facts.size, false };
		w[nr++].file = i;
	}
	qsort(w, nr, sizeof(*w), wanted_cmp);
	for (size_t i = 0; i < nr; i++)
		files[i] = w[i].clean;
	bt_index_file_clean(l->repo, files, nr);
	for (size_t i = 0; i < nr && top >= 0; i++)
		if (files[i].clean)
			served[w[i].file] = cut_from_worktree(l, top, w[i].file, files[i].path);
	free(files);
	free(w);
}

/* Takes the carriage returns of CR LF out: what git's filters do to most files. */
static size_t without_crs(char *data, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++)
		if (data[i] != '\r' || i + 1 == len || data[i + 1] != '\n')
			data[to++] = data[i];
	return to;
}

/* The file of the worktree that was indexed a moment ago. False when it is another one by now. */
static bool read_worktree(const struct bt_repo *repo, const struct bt_answer_file *f, struct bt_buf *out)
{
	struct bt_err ignored = BT_ERR_INIT;
	BT_FREE char *full = bt_xasprintf("%s/%s", repo->top ? repo->top : "", f->path);

	bt_buf_clear(out);
	if (!repo->top || f->manifest_file == BT_NONE || bt_file_read(full, BT_BLOB_SIZE_CAP, out, &ignored))
		return false;
	if (out->len && out->len != f->f->facts.size)
		out->len = without_crs(out->data, out->len);
	return out->len == f->f->facts.size;
}

static void from_worktree(struct lines *l, const bool *served)
{
	BT_BUF_OWNED struct bt_buf data = BT_BUF_INIT;

	for (uint32_t i = 0; i < l->a->files_nr; i++) {
		uint32_t hit = l->first[i];

		if (served[i] || hit == BT_NONE || l->of_hit[hit].text)
			continue;
		if (read_worktree(l->repo, &l->a->files[i], &data))
			cut(l, i, bt_buf_cstr(&data), data.len);
	}
}

static int from_objects(struct lines *l, const bool *served, struct bt_err *err)
{
	BT_CLEANUP(bt_odb_free) struct bt_odb *odb = NULL;
	uint32_t asked = 0, answered = 0, nr = (uint32_t)l->a->files_nr;
	struct bt_object obj;
	int rc = 0;

	while (answered < nr && !rc) {
		uint32_t ahead = 0;

		if (served[answered] || l->first[answered] == BT_NONE) {
			answered++;
			continue;
		}
		if (!odb && bt_odb_open(l->repo, &bt_odb_git_program, &odb, err))
			return err->code;
		if (asked < answered)
			asked = answered;
		for (; asked < nr && ahead < 64 && asked - answered < 64 && !rc; asked++) {
			if (served[asked] || l->first[asked] == BT_NONE)
				continue;
			rc = bt_odb_request(odb, &l->a->files[asked].f->blob.oid, BT_BLOB_SIZE_CAP, err);
			ahead++;
		}
		if (!rc)
			rc = bt_odb_next(odb, &obj, err);
		if (rc == BT_ROW) {
			if (obj.data && obj.type == BT_OBJECT_BLOB)
				cut(l, answered, obj.data, obj.size);
			answered++;
			rc = 0;
		}
	}
	return rc;
}

int bt_lines_fetch(struct bt_repo *repo, struct bt_answer *a, enum bt_lines_from from,
		   struct bt_line **ret_lines, struct bt_err *err)
{
	struct lines l = { .repo = repo, .a = a };
	bool *served = bt_arena_zalloc(&a->arena, a->files_nr + 1);

	l.of_hit = bt_arena_zalloc(&a->arena, (a->hits_nr + 1) * sizeof(*l.of_hit));
	l.first = bt_arena_alloc(&a->arena, (a->files_nr + 1) * sizeof(*l.first));
	l.next = bt_arena_alloc(&a->arena, (a->hits_nr + 1) * sizeof(*l.next));
	chain_hits(&l);
	if (from != BT_LINES_OBJECTS && repo->top)
		try_worktree(&l, served);
	if (from_objects(&l, served, err))
		return err->code;
	if (from == BT_LINES_WORKTREE)
		from_worktree(&l, served);
	*ret_lines = l.of_hit;
	return 0;
}

int bt_lines_blob(struct bt_repo *repo, struct bt_answer *a, uint32_t file, enum bt_lines_from from,
		  struct bt_line *ret_text, struct bt_err *err)
{
	BT_CLEANUP(bt_odb_free) struct bt_odb *odb = NULL;
	BT_BUF_OWNED struct bt_buf data = BT_BUF_INIT;
	const struct bt_answer_file *f = &a->files[file];
	struct bt_clean_file c = { f->path, f->f->blob.oid, f->f->facts.size, false };
	struct bt_object obj;

	memset(ret_text, 0, sizeof(*ret_text));
	if (from != BT_LINES_OBJECTS && repo->top)
		bt_index_file_clean(repo, &c, 1);
	if (c.clean && read_worktree(repo, f, &data)) {
		*ret_text = copy(&a->arena, bt_buf_cstr(&data), data.len);
		return 0;
	}
	if (bt_odb_open(repo, &bt_odb_git_program, &odb, err) ||
	    bt_odb_read(odb, &f->f->blob.oid, BT_BLOB_SIZE_CAP, &obj, err))
		return err->code;
	if (obj.data)
		*ret_text = copy(&a->arena, obj.data, obj.size);
	else if (from == BT_LINES_WORKTREE && read_worktree(repo, f, &data))
		*ret_text = copy(&a->arena, bt_buf_cstr(&data), data.len);
	return 0;
}
