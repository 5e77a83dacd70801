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
#include "core/query/crew.h"

struct lines {
	struct bt_repo *repo;
	struct bt_answer *a;
	struct bt_line *of_hit;
	uint32_t *first;	/* per file: one of its hits (the last one), or BT_NONE */
	uint32_t *next;		/* per hit: another one of the same file */
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

static int same_cmp(const void *pa, const void *pb)
{
	const struct bt_answer_file *a = *(const struct bt_answer_file *const *)pa;
	const struct bt_answer_file *b = *(const struct bt_answer_file *const *)pb;

	if (a->blob != b->blob)
		return a->blob < b->blob ? -1 : 1;
	return (a->manifest_file > b->manifest_file) - (a->manifest_file < b->manifest_file);
}

/* A search meets a file once per name: all hits go to one of its entries, so that it is read once. */
static void merge_same(struct lines *l)
{
	const struct bt_answer *a = l->a;
	BT_FREE const struct bt_answer_file **files = bt_xcalloc(a->files_nr + 1, sizeof(*files));
	bool apart = true;

	for (size_t i = 0; i < a->files_nr; i++) {
		files[i] = &a->files[i];
		apart = apart && (!i || same_cmp(&files[i - 1], &files[i]) < 0);
	}
	if (apart)	/* as they come from a list of postings */
		return;
	qsort(files, a->files_nr, sizeof(*files), same_cmp);
	for (size_t i = 1; i < a->files_nr; i++) {
		uint32_t *to = &l->first[files[i] - a->files], *from = &l->first[files[i - 1] - a->files];

		if (same_cmp(&files[i - 1], &files[i]))
			continue;
		while (*to != BT_NONE)
			to = &l->next[*to];
		*to = *from;
		*from = BT_NONE;
	}
}

/* Lines that are farther apart than this are read one by one: what is between them would only be copied. */
#define GAP_MAX 4096

struct line_span {
	uint32_t start, end, hit;
};

static int span_cmp(const void *pa, const void *pb)
{
	const struct line_span *a = pa, *b = pb;

	return (a->start > b->start) - (a->start < b->start);
}

/* One thread's part of the files of the worktree. */
struct lines_worker {
	struct line_span *spans;
	size_t alloc;
	struct bt_buf data;
};

struct wanted {
	const char *path;
	uint32_t file;			/* number in the answer */
};

struct worktree {
	struct lines *l;
	int top;
	struct timespec index_written;
	struct wanted *wanted;		/* by path */
	struct bt_clean_file *files;	/* of wanted, in the same order */
	size_t nr;
	bool *served;			/* per file of the answer */
	struct lines_worker workers[BT_CREW_NR];
};

static size_t spans_of(struct lines *l, uint32_t file, struct lines_worker *w)
{
	size_t nr = 0;

	for (uint32_t i = l->first[file]; i != BT_NONE; i = l->next[i]) {
		const struct bt_hit *h = &l->a->hits[i];

		BT_GROW(w->spans, w->alloc, nr + 1);
		w->spans[nr++] = (struct line_span){ h->line_start, h->line_end, i };
	}
	if (nr > 1)
		qsort(w->spans, nr, sizeof(*w->spans), span_cmp);
	return nr;
}

/* Reads a run of spans and keeps their lines. */
static bool cut_run(struct lines *l, int fd, const struct line_span *spans, size_t nr, struct bt_buf *data,
		    struct bt_arena *arena)
{
	uint32_t from = spans[0].start, to = spans[nr - 1].end;
	char *p;

	bt_buf_clear(data);
	p = to > from ? bt_buf_reserve(data, to - from) : NULL;
	if (!p || pread(fd, p, to - from, from) != (ssize_t)(to - from))
		return false;
	for (size_t i = 0; i < nr; i++) {
		uint32_t start = spans[i].start, end = spans[i].end;

		while (end > start && strchr("\r\n", p[end - 1 - from]))
			end--;
		l->of_hit[spans[i].hit] = copy(arena, p + (start - from), end - start);
	}
	return true;
}

static void cut_from_worktree(void *ctx, unsigned worker, size_t number)
{
	struct worktree *t = ctx;
	struct lines_worker *w = &t->workers[worker];
	const struct bt_clean_file *f = &t->files[number];
	uint32_t file = t->wanted[number].file;
	/* not blocking: what is no file any more may be a pipe */
	BT_CLOSE int fd =
		f->known ? openat(t->top, f->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
	size_t nr, done, end;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !bt_index_file_clean(f, &t->index_written, &st))
		return;
	nr = spans_of(t->l, file, w);
	for (done = 0; done < nr; done = end) {
		for (end = done + 1; end < nr && w->spans[end].start < w->spans[end - 1].end + GAP_MAX; end++)
			;
		if (!cut_run(t->l, fd, w->spans + done, end - done, &w->data, &t->l->a->parts[worker]))
			return;
	}
	t->served[file] = true;
}

static int wanted_cmp(const void *pa, const void *pb)
{
	const struct wanted *a = pa, *b = pb;

	return strcmp(a->path, b->path);
}

/* Most answers have their hits in the order of paths. */
static void want_files(struct worktree *t)
{
	const struct bt_answer *a = t->l->a;
	bool sorted = true;

	t->wanted = bt_xcalloc(a->files_nr + 1, sizeof(*t->wanted));
	t->files = bt_xcalloc(a->files_nr + 1, sizeof(*t->files));
	for (uint32_t i = 0; i < a->hits_nr; i++) {
		uint32_t file = a->hits[i].file;

		/* once per file, and not at what was merged into another one */
		if (t->l->first[file] != i || a->files[file].manifest_file == BT_NONE)
			continue;
		t->wanted[t->nr] = (struct wanted){ a->files[file].path, file };
		sorted = sorted && (!t->nr || wanted_cmp(&t->wanted[t->nr - 1], &t->wanted[t->nr]) < 0);
		t->nr++;
	}
	if (!sorted)
		qsort(t->wanted, t->nr, sizeof(*t->wanted), wanted_cmp);
	for (size_t i = 0; i < t->nr; i++) {
		const struct bt_answer_file *f = &a->files[t->wanted[i].file];

		t->files[i] = (struct bt_clean_file){ .path = f->path, .oid = f->f->blob.oid,
						      .size = f->f->facts.size };
	}
}

static void worktree_release(struct worktree *t)
{
	for (unsigned i = 0; i < BT_CREW_NR; i++) {
		free(t->workers[i].spans);
		bt_buf_release(&t->workers[i].data);
	}
	free(t->wanted);
	free(t->files);
}

static void try_worktree(struct lines *l, bool *served)
{
	BT_CLOSE int top = open(l->repo->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	BT_CLEANUP(worktree_release) struct worktree t = { .l = l, .top = top, .served = served };
	struct bt_crew crew;

	want_files(&t);
	bt_index_file_find(l->repo, t.files, t.nr, &t.index_written);
	bt_crew_init(&crew, cut_from_worktree, &t);
	for (size_t i = 0; i < t.nr && top >= 0; i++)
		bt_crew_post(&crew);
	bt_crew_finish(&crew);
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

static bool file_clean(const struct bt_repo *repo, const struct bt_answer_file *f)
{
	struct bt_clean_file c = { .path = f->path, .oid = f->f->blob.oid, .size = f->f->facts.size };
	BT_FREE char *full = bt_xasprintf("%s/%s", repo->top, f->path);
	struct timespec written;
	struct stat st;

	bt_index_file_find(repo, &c, 1, &written);
	return !lstat(full, &st) && bt_index_file_clean(&c, &written, &st);
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

/* May a file that git takes for unchanged stand for its blob? */
static bool is_direct(enum bt_lines_from from)
{
	return from == BT_LINES_CLEAN || from == BT_LINES_WORKTREE;
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
	merge_same(&l);
	if (is_direct(from) && repo->top)
		try_worktree(&l, served);
	if (from_objects(&l, served, err))
		return err->code;
	if (from >= BT_LINES_WORKTREE)
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
	struct bt_object obj;

	memset(ret_text, 0, sizeof(*ret_text));
	if (is_direct(from) && repo->top && file_clean(repo, f) && read_worktree(repo, f, &data)) {
		*ret_text = copy(&a->arena, bt_buf_cstr(&data), data.len);
		return 0;
	}
	if (bt_odb_open(repo, &bt_odb_git_program, &odb, err) ||
	    bt_odb_read(odb, &f->f->blob.oid, BT_BLOB_SIZE_CAP, &obj, err))
		return err->code;
	if (obj.data)
		*ret_text = copy(&a->arena, obj.data, obj.size);
	else if (from >= BT_LINES_WORKTREE && read_worktree(repo, f, &data))
		*ret_text = copy(&a->arena, bt_buf_cstr(&data), data.len);
	return 0;
}
