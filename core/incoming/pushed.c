/*
 * What a push brings: the commits that the other side has not, the paths they touch, and the blobs of these
 * paths at the tips.
 *
 * Two processes, however many references there are (three when there are tags): `git rev-list --boundary`
 * gives the new commits and those they grew from; one `git diff-tree --stdin` says what each new commit
 * changes (a merge: what differs from all its parents) and how each tip differs from where it left the
 * other side. A file of a tip counts when a new commit made its blob. It is compared with the blob it grew
 * from: the oldest one on its path that no new commit made. What was changed and changed back brings
 * nothing.
 *
 * Where nothing is known to the other side (the first push), every file of the tips is new, and the commits
 * are not looked at one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/map.h"
#include "core/base/path.h"
#include "core/git/program.h"
#include "core/incoming/read.h"

/* Unread output of git: far more than a pipe holds. */
#define STREAM_MAX ((size_t)64 << 20)
/* Paths that all commits together may touch: more is no push anybody waits for. */
#define PATHS_MAX 1000000

/* --- commits --- */

/* A commit that is new, or a boundary: one the other side has, which a new one grew from. */
struct commit {
	struct bt_oid oid, tree, parent;	/* the first parent; len 0: a root */
	bool boundary;
};

/* What one path goes through. */
struct touched {
	struct bt_oid commit;		/* the newest that touches it */
	struct bt_oid base;		/* the oldest blob so far; len 0: none */
	uint32_t base_mode;
};

struct walk {
	const struct bt_repo *repo;
	struct bt_incoming *in;
	struct bt_arena arena;
	struct commit *commits;		/* newest first */
	size_t commits_nr, commits_alloc;
	struct bt_oidmap numbers;	/* commit -> number in commits */
	bool all_new;			/* no boundary */
	struct bt_strmap paths;		/* -> number in touched */
	struct touched *touched;
	size_t touched_nr, touched_alloc;
	struct bt_oidmap made;		/* blobs that new commits made */
	struct bt_strmap listed;	/* path NUL raw id, of the files that are in the list */
};

static void walk_release(struct walk *w)
{
	bt_strmap_release(&w->paths);
	bt_strmap_release(&w->listed);
	bt_oidmap_release(&w->made);
	bt_oidmap_release(&w->numbers);
	free(w->commits);
	free(w->touched);
	bt_arena_release(&w->arena);
}

static void add_hex(struct bt_buf *out, const char *before, const struct bt_oid *oid, const char *after)
{
	char hex[BT_OID_HEX_MAX + 1];

	bt_buf_addf(out, "%s%s%s", before, bt_oid_hex(oid, hex), after);
}

/* "<mark><id> <tree>[ <parent>...]" */
static int add_commit(struct walk *w, char *line, struct bt_err *err)
{
	struct commit c = { .boundary = *line == '-' };
	char *word[4] = { NULL };
	size_t nr = bt_raw_words(line + 1, word, 4);

	if (nr < 2 || bt_oid_parse(word[0], strlen(word[0]), &c.oid, err) ||
	    bt_oid_parse(word[1], strlen(word[1]), &c.tree, err) ||
	    (nr > 2 && *word[2] && bt_oid_parse(word[2], strlen(word[2]), &c.parent, err)))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read git's list of commits");
	w->all_new = w->all_new && !c.boundary;
	w->in->commits_nr += !c.boundary;
	bt_oidmap_put(&w->numbers, &c.oid, 0, (int64_t)w->commits_nr);
	BT_GROW(w->commits, w->commits_alloc, w->commits_nr + 1);
	w->commits[w->commits_nr++] = c;
	return 0;
}

/*
 * What the other side has need not be here: --ignore-missing passes over such ids. Tags of things that are
 * no commits are passed over as well.
 */
static int list_commits(struct walk *w, const struct bt_pushed *p, const char *known, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream s;
	size_t len;
	char *line;
	int rc;

	bt_git_stream_init(&s);
	for (size_t i = 0; i < p->nr; i++) {
		if (!p->refs[i].left_out)
			add_hex(&s.send, "", &p->refs[i].new_oid, "\n");
		if (p->refs[i].old_oid.len)
			add_hex(&s.send, "^", &p->refs[i].old_oid, "\n");
	}
	bt_git_cmd_init(&c, w->repo);
	bt_git_cmd_addl(&c, "rev-list", "--topo-order", "--ignore-missing", "--boundary",
			"--no-commit-header", "--format=tformat:%m%H %T %P", "--stdin",
			known ? "--not" : NULL, known, NULL);
	s.send_ends = true;
	if (bt_git_stream_start(&s, &c, true, STREAM_MAX, err))
		return err->code;
	while ((rc = bt_git_stream_record(&s, '\n', &line, &len, err)) == BT_ROW)
		if (add_commit(w, line, err))
			return err->code;
	return rc ? rc : bt_git_stream_finish(&s, "cannot list what is pushed", err);
}

static struct commit *find_commit(const struct walk *w, const struct bt_oid *oid)
{
	int64_t number;

	return bt_oidmap_find(&w->numbers, oid, 0, &number) ? &w->commits[number] : NULL;
}

/* The tree a tip is compared with: of the first commit down its first parents that the other side has. */
static const struct bt_oid *base_tree(const struct walk *w, const struct commit *c)
{
	while (c && !c->boundary)
		c = c->parent.len ? find_commit(w, &c->parent) : NULL;
	return c ? &c->tree : NULL;
}

/* The commit of a reference is known: what it grew from. */
static void take_base(const struct walk *w, struct bt_pushed_ref *ref, const struct bt_oid *commit)
{
	const struct bt_oid *base = base_tree(w, find_commit(w, commit));

	if (base)
		ref->base = *base;
}

/* The commits of tags among the tips, a line each: those that are no commits of the list may lead to one. */
static int ask_tags(struct walk *w, struct bt_pushed *p, const struct bt_buf *in, struct bt_buf *tips, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_oid oid;
	const char *line;

	bt_git_cmd_init(&c, w->repo);
	bt_git_cmd_addl(&c, "cat-file", "--batch-check=%(objectname)", NULL);
	if (bt_git_run(&c, "cannot look at what is pushed", in->data, in->len, &out, err))
		return err->code;
	line = bt_buf_cstr(&out);
	for (size_t i = 0; i < p->nr && *line; i++) {
		if (p->refs[i].left_out || find_commit(w, &p->refs[i].new_oid))
			continue;
		if (!bt_oid_parse(line, strcspn(line, "\n"), &oid, &ignored))
			take_base(w, &p->refs[i], &oid);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	bt_buf_add(tips, bt_buf_cstr(&out), out.len);
	return 0;
}

static int peel_tips(struct walk *w, struct bt_pushed *p, struct bt_buf *tips, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT;

	for (size_t i = 0; i < p->nr; i++) {
		struct bt_pushed_ref *ref = &p->refs[i];

		if (ref->left_out)
			continue;
		take_base(w, ref, &ref->new_oid);
		if (find_commit(w, &ref->new_oid))
			add_hex(tips, "", &ref->new_oid, "\n");
		else
			add_hex(&in, "", &ref->new_oid, "^{commit}\n");
	}
	return in.len ? ask_tags(w, p, &in, tips, err) : 0;
}

/* A line "<tree> <tree>" for every tip; lines of `tips` that are no ids of new commits are passed over. */
static int add_pairs(struct walk *w, struct bt_buf *tips, struct bt_buf *out, struct bt_err *err)
{
	BT_CLEANUP(bt_oidmap_release) struct bt_oidmap seen = BT_OIDMAP_INIT;
	BT_BUF_OWNED struct bt_buf empty = BT_BUF_INIT;

	bt_buf_cstr(tips);
	for (char *p = tips->data, *end = p + tips->len; p < end; p += strcspn(p, "\n") + 1) {
		const struct commit *c = NULL;
		const struct bt_oid *base;
		struct bt_oid oid;

		if (!bt_oid_parse(p, strcspn(p, "\n"), &oid, NULL))
			c = find_commit(w, &oid);
		if (!c || c->boundary || !bt_oidmap_intern(&seen, &c->tree, 0, 0, NULL))
			continue;
		base = base_tree(w, c);
		if (!base && !empty.len && bt_raw_empty_tree(w->repo, &empty, err))
			return err->code;
		if (base)
			add_hex(out, "", base, " ");
		else
			bt_buf_addf(out, "%s ", bt_buf_cstr(&empty));
		add_hex(out, "", &c->tree, "\n");
	}
	return 0;
}

/* --- changes --- */

static int touch(struct walk *w, const struct bt_raw_entry *e, const struct bt_oid *commit,
		 struct bt_err *err)
{
	uint64_t hash = bt_strmap_hash(e->path, e->path_len);
	struct bt_strmap_entry *entry;
	struct touched *t;
	bool is_new;

	entry = bt_strmap_intern(&w->paths, e->path, e->path_len, hash, &is_new);
	if (is_new) {
		if (w->touched_nr == PATHS_MAX)
			return bt_err_set(err, BT_ERR_LIMIT, "more than %d files are pushed", PATHS_MAX);
		entry->value = w->touched_nr;
		BT_GROW(w->touched, w->touched_alloc, w->touched_nr + 1);
		w->touched[w->touched_nr++] = (struct touched){ .commit = *commit };
	}
	t = &w->touched[entry->value];
	t->base = bt_raw_mode_is_file(e->old_mode) ? e->old_oid : (struct bt_oid){ .len = 0 };
	t->base_mode = e->old_mode;
	if (e->new_oid.len && bt_raw_mode_is_file(e->new_mode))
		bt_oidmap_intern(&w->made, &e->new_oid, 0, 0, NULL);
	return 0;
}

/* How a tip differs from where it left the other side. */
static int take_tip(struct walk *w, const struct bt_raw_entry *e)
{
	static const struct touched fresh = { .commit.len = 0 };
	struct bt_strmap_entry *entry;
	const struct touched *t = &fresh;
	struct bt_incoming_file *f;
	char key[BT_PATH_LEN_MAX + 1 + BT_OID_RAW_MAX];
	bool is_file = bt_raw_mode_is_file(e->new_mode), is_new;

	if (!is_file && !bt_raw_mode_is_file(e->old_mode))
		return 0;
	if (!w->all_new) {
		entry = bt_strmap_find(&w->paths, e->path, e->path_len, bt_strmap_hash(e->path, e->path_len));
		if (!entry || (is_file && !bt_oidmap_find(&w->made, &e->new_oid, 0, NULL)))
			return 0;
		t = &w->touched[entry->value];
		if (bt_oid_equal(&t->base, &e->new_oid) || (!t->base.len && !is_file))
			return 0;
	}
	memcpy(key, e->path, e->path_len + 1);
	memcpy(key + e->path_len + 1, e->new_oid.raw, BT_OID_RAW_MAX);
	bt_strmap_intern(&w->listed, key, e->path_len + 1 + BT_OID_RAW_MAX,
			 bt_strmap_hash(key, e->path_len + 1 + BT_OID_RAW_MAX), &is_new);
	if (!is_new)
		return 0;
	BT_GROW(w->in->files, w->in->alloc, w->in->nr + 1);
	f = &w->in->files[w->in->nr++];
	*f = (struct bt_incoming_file){
		.path = bt_arena_strndup(&w->in->arena, e->path, e->path_len), .path_len = e->path_len,
		.status = !is_file ? 'D' : t->base.len ? 'M' : 'A',
		.old_oid = t->base, .old_mode = t->base.len ? t->base_mode : 0,
		.new_mode = is_file ? e->new_mode : 0, .commit = t->commit, .pair = (uint32_t)w->in->pairs_nr - 1,
	};
	if (is_file)
		f->new_oid = e->new_oid;
	w->in->oid_len = w->repo->oid_len ? w->repo->oid_len : w->commits[0].oid.len;
	return 0;
}

/*
 * A merge with -c: "::<mode> <mode> <mode> <id> <id> <id> <letters>", then the path. What its result grew
 * from is told by the commits it joins, or is in the first parent when they do not touch the path.
 */
static int take_combined(char *head, const char *path, size_t path_len, struct bt_raw_entry *e,
			 struct bt_err *err)
{
	size_t parents = strspn(head, ":"), k = 0;
	char *save = NULL;

	memset(e, 0, sizeof(*e));
	for (char *word = strtok_r(head + parents, " ", &save); word;
	     word = strtok_r(NULL, " ", &save), k++) {
		struct bt_oid *oid = k == parents + 1	    ? &e->old_oid
				     : k == 2 * parents + 1 ? &e->new_oid
							    : NULL;

		if (k == 0)
			e->old_mode = (uint32_t)strtoul(word, NULL, 8);
		else if (k == parents)
			e->new_mode = (uint32_t)strtoul(word, NULL, 8);
		else if (oid && bt_raw_oid(word, oid, err))
			return err->code;
	}
	e->path = path;
	e->path_len = path_len;
	if (k != 2 * parents + 3 || !bt_path_sane(path, path_len))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read git's list of changes");
	return BT_ROW;
}

/* The path that follows the head of an entry; both are copied, since the next record moves the buffer. */
static int read_entry(struct bt_git_stream *s, struct bt_buf *copy, const char *head, size_t head_len,
		      struct bt_raw_entry *e, struct bt_err *err)
{
	bool combined = head_len > 1 && head[1] == ':';
	const char *at;
	size_t len;
	char *rec;
	int rc;

	bt_buf_clear(copy);
	bt_buf_add(copy, head, head_len + 1);
	rc = bt_git_stream_record(s, '\0', &rec, &len, err);
	if (rc != BT_ROW)
		return rc ? rc : bt_err_set(err, BT_ERR_CORRUPT, "git's list of changes is cut off");
	bt_buf_add(copy, rec, len + 1);
	at = copy->data;
	if (combined)
		return take_combined(copy->data, at + head_len + 1, len, e, err);
	rc = bt_raw_entry_next(&at, at + copy->len, e, err);
	return rc == BT_DONE ? bt_err_set(err, BT_ERR_CORRUPT, "cannot read git's list of changes") : rc;
}

/*
 * What diff-tree says: for a commit its id and its entries, all ended by NUL; for a pair "<id> <id>" and a
 * newline, then entries. Pairs come after the commits; the last ones may have no entries, and then no NUL
 * ends them.
 */
static bool only_heads_left(const struct bt_git_stream *s)
{
	const char *rest = s->buf.data + s->at;
	size_t len = s->buf.len - s->at;

	return s->eof && len && *rest != ':' && rest[len - 1] == '\n';
}

/* The last of the heads up to `end`, "<id> <id>": entries follow. */
static int take_pair(struct walk *w, const char *heads, const char *end, struct bt_err *err)
{
	struct bt_incoming *in = w->in;
	const char *nl = memrchr(heads, '\n', (size_t)(end - heads)), *from = nl ? nl + 1 : heads;
	const char *space = memchr(from, ' ', (size_t)(end - from));
	struct bt_oid oid;

	if (!space || bt_oid_parse(from, (size_t)(space - from), &oid, err) ||
	    bt_oid_parse(space + 1, (size_t)(end - space - 1), &oid, err))
		return bt_err_set(err, BT_ERR_CORRUPT, "cannot read git's list of changes");
	BT_GROW(in->pairs, in->pairs_alloc, in->pairs_nr + 1);
	in->pairs[in->pairs_nr++] = (struct bt_incoming_pair){
		bt_arena_strndup(&in->arena, from, (size_t)(space - from)),
		bt_arena_strndup(&in->arena, space + 1, (size_t)(end - space - 1)),
	};
	return 0;
}

static int read_changes(struct walk *w, struct bt_git_stream *s, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf copy = BT_BUF_INIT;
	struct bt_oid commit = { .len = 0 };
	struct bt_err last = BT_ERR_INIT;
	struct bt_raw_entry e;
	bool pairs = false;
	char *rec;
	size_t len;
	int rc;

	while ((rc = bt_git_stream_record(s, '\0', &rec, &len, &last)) == BT_ROW) {
		const char *nl = *rec == ':' ? NULL : memrchr(rec, '\n', len);

		if (nl) {
			pairs = true;
			if (take_pair(w, rec, nl, err))
				return err->code;
			len -= (size_t)(nl + 1 - rec);
			rec += nl + 1 - rec;
		} else if (*rec != ':') {
			if (bt_oid_parse(rec, len, &commit, err))
				return bt_err_wrap(err, "cannot read git's list of changes");
			continue;
		}
		if (read_entry(s, &copy, rec, len, &e, err) < 0)
			return err->code;
		if (pairs ? take_tip(w, &e) : touch(w, &e, &commit, err))
			return err->code;
	}
	if (rc && !(rc == BT_ERR_CORRUPT && only_heads_left(s)))
		return *err = last, rc;
	return 0;
}

static int list_changes(struct walk *w, struct bt_buf *tips, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream s;

	bt_git_stream_init(&s);
	for (size_t i = 0; i < w->commits_nr && !w->all_new; i++)
		if (!w->commits[i].boundary)
			add_hex(&s.send, "", &w->commits[i].oid, "\n");
	if (add_pairs(w, tips, &s.send, err))
		return err->code;
	bt_git_cmd_init(&c, w->repo);
	bt_git_cmd_addl(&c, "diff-tree", "--stdin", "-r", "-c", "--root", "--raw", "-z", "--no-renames",
			"--no-abbrev", "--ignore-submodules=none", NULL);
	s.send_ends = true;
	if (!s.send.len)
		return 0;
	if (bt_git_stream_start(&s, &c, true, STREAM_MAX, err) || read_changes(w, &s, err))
		return err->code;
	return bt_git_stream_finish(&s, "cannot list what the commits change", err);
}

static int path_order(const void *a, const void *b)
{
	const struct bt_incoming_file *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : memcmp(x->new_oid.raw, y->new_oid.raw, BT_OID_RAW_MAX);
}

int bt_incoming_pushed(struct bt_incoming *in, const struct bt_repo *repo, struct bt_pushed *p,
		       const char *known, struct bt_err *err)
{
	BT_CLEANUP(walk_release)
	struct walk w = {
		.repo = repo,
		.in = in,
		.arena = BT_ARENA_INIT,
		.numbers = BT_OIDMAP_INIT,
		.made = BT_OIDMAP_INIT,
		.all_new = true,
	};
	BT_BUF_OWNED struct bt_buf tips = BT_BUF_INIT;

	bt_strmap_init(&w.paths, &w.arena);
	bt_strmap_init(&w.listed, &w.arena);
	if (!p->nr)
		return 0;
	if (list_commits(&w, p, known, err))
		return err->code;
	if (!in->commits_nr)
		return 0;
	if (peel_tips(&w, p, &tips, err) || list_changes(&w, &tips, err))
		return err->code;
	if (in->nr)
		qsort(in->files, in->nr, sizeof(*in->files), path_order);
	return 0;
}
