/*
 * Whose policy judges what of a push. References with the same .batho and the same .gitattributes at the top and above the
 * files of the push are judged together: a push of thousands is mostly one part.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/git/program.h"
#include "core/gate/gate.h"

/* What is asked of each reference. */
static const char *const asked[] = { "^{tree}", ":.batho", ":.gitattributes" };
/* Questions about .gitattributes in folders, a few microseconds each; with more the deepest folders are not asked about. */
#define FOLDERS_ASKED_MAX 50000

void bt_gate_parts_release(struct bt_gate_parts *parts)
{
	free(parts->part_of);
	free(parts->trees);
	memset(parts, 0, sizeof(*parts));
}

static void ask(struct bt_buf *in, const char *what)
{
	for (size_t i = 0; i < BT_ARRAY_NR(asked); i++)
		bt_buf_addf(in, "%s%s\n", what, asked[i]);
}

/* The id in an answer, or len 0: there is no such thing. */
static struct bt_oid next_id(const char **at)
{
	struct bt_err ignored = BT_ERR_INIT;
	size_t len = strcspn(*at, "\n");
	struct bt_oid oid;

	if (bt_oid_parse(*at, len, &oid, &ignored))
		oid = (struct bt_oid){ .len = 0 };
	*at += len;
	*at += **at == '\n';
	return oid;
}

struct policy {
	struct bt_oid id[BT_ARRAY_NR(asked)];
	uint32_t tree;			/* number among the different trees */
};

static struct policy next_policy(const char **at)
{
	struct policy p = { .tree = 0 };

	for (size_t i = 0; i < BT_ARRAY_NR(p.id); i++)
		p.id[i] = next_id(at);
	return p;
}

/* A push that is taken apart. */
struct split {
	const struct bt_repo *repo;
	const struct bt_pushed *p;
	struct bt_gate_parts *parts;
	struct policy *own;		/* of each reference */
	struct bt_oid *trees;		/* that differ */
	size_t trees_nr;
	struct bt_buf *folders;		/* per tree: what .gitattributes it has in which folders */
	struct bt_arena arena;
	struct bt_err *err;
};

static void split_release(struct split *s)
{
	for (size_t i = 0; s->folders && i < s->trees_nr; i++)
		bt_buf_release(&s->folders[i]);
	free(s->folders);
	free(s->trees);
	free(s->own);
	bt_arena_release(&s->arena);
}

static int run(struct split *s, const struct bt_buf *in, struct bt_buf *out)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;

	bt_git_cmd_init(&c, s->repo);
	bt_git_cmd_addl(&c, "cat-file", "--batch-check=%(objectname)", NULL);
	return bt_git_run(&c, "cannot look for the policy of what is pushed", in->data, in->len, out, s->err);
}

/* ---- whose policy ---- */

/* HEAD leads nowhere: the newest of the branches that are there stands for it. ret_name is empty when there is none. */
static int newest_branch(struct split *s, struct bt_buf *ret_name)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;

	bt_git_cmd_init(&c, s->repo);
	bt_git_cmd_addl(&c, "for-each-ref", "--sort=-committerdate", "--count=1", "--format=%(objectname)", "refs/heads/", NULL);
	if (bt_git_run(&c, "cannot list the branches", NULL, 0, ret_name, s->err))
		return s->err->code;
	ret_name->len = strcspn(bt_buf_cstr(ret_name), "\n");
	return 0;
}

/* *ret_none: nothing is there that could judge. */
static int read_newest(struct split *s, struct policy *ret, bool *ret_none)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT, in = BT_BUF_INIT, out = BT_BUF_INIT;
	const char *at;

	if (newest_branch(s, &name))
		return s->err->code;
	*ret_none = !name.len;
	if (*ret_none)
		return 0;
	ask(&in, bt_buf_cstr(&name));
	if (run(s, &in, &out))
		return s->err->code;
	at = bt_buf_cstr(&out);
	*ret = next_policy(&at);
	return 0;
}

/* Of each reference: what is pushed, or what is there: what it was, what it grew from, HEAD. */
static int read_policies(struct split *s, enum bt_gate_policy policy)
{
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT, out = BT_BUF_INIT;
	struct policy head;
	bool homeless = false, none = false;
	const char *at;

	ask(&in, "HEAD");
	for (size_t i = 0; i < s->p->nr; i++) {
		const struct bt_pushed_ref *r = &s->p->refs[i];
		const struct bt_oid *oid = policy == BT_GATE_PUSHED ? &r->new_oid : r->old_oid.len ? &r->old_oid : &r->base;
		char hex[BT_OID_HEX_MAX + 1];

		/* of one that may have nobody to judge it its own is asked for */
		ask(&in, bt_oid_hex(oid->len ? oid : &r->new_oid, hex));
		homeless |= !oid->len;
	}
	if (run(s, &in, &out))
		return s->err->code;
	at = bt_buf_cstr(&out);
	head = next_policy(&at);
	if (homeless && !head.id[0].len && read_newest(s, &head, &none))
		return s->err->code;
	for (size_t i = 0; i < s->p->nr; i++) {
		const struct bt_pushed_ref *r = &s->p->refs[i];
		bool has = policy == BT_GATE_PUSHED || r->old_oid.len || r->base.len;

		s->own[i] = next_policy(&at);
		/* a tag of a blob may have become one of a commit */
		if ((!has && !none) || !s->own[i].id[0].len)
			s->own[i] = head;
		s->parts->first_push |= !has && (s->own[i].id[1].len || s->own[i].id[2].len) && none;
	}
	return 0;
}

/* ---- .gitattributes of folders ---- */

static void number_trees(struct split *s)
{
	BT_CLEANUP(bt_strmap_release) struct bt_strmap seen;

	bt_strmap_init(&seen, &s->arena);
	for (size_t i = 0; i < s->p->nr; i++) {
		const struct bt_oid *id = &s->own[i].id[0];
		const char *key = (const char *)id->raw;
		struct bt_strmap_entry *e;
		bool is_new;

		e = bt_strmap_intern(&seen, key, id->len, bt_strmap_hash(key, id->len), &is_new);
		if (is_new) {
			e->value = s->trees_nr;
			s->trees[s->trees_nr++] = *id;
		}
		s->own[i].tree = (uint32_t)e->value;
	}
}

struct folders {
	const char **list;
	size_t nr, alloc;
};

static void folders_release(struct folders *f)
{
	free(f->list);
}

static size_t dir_len(const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len);

	return slash ? (size_t)(slash - path) : 0;
}

/* Folders of the files of the push and those above them; the top is asked about anyhow. */
static void list_folders(struct split *s, const struct bt_incoming *in, struct folders *f)
{
	BT_CLEANUP(bt_strmap_release) struct bt_strmap seen;

	bt_strmap_init(&seen, &s->arena);
	for (size_t i = 0; i < in->nr; i++) {
		const char *path = in->files[i].path;
		bool is_new = true;

		for (size_t len = dir_len(path, in->files[i].path_len); len && is_new; len = dir_len(path, len)) {
			bt_strmap_intern(&seen, path, len, bt_strmap_hash(path, len), &is_new);
			if (!is_new || memchr(path, '\n', len))	/* questions are lines */
				continue;
			BT_GROW(f->list, f->alloc, f->nr + 1);
			f->list[f->nr++] = bt_arena_strndup(&s->arena, path, len);
		}
	}
}

/* Those that rule more files first. */
static int folder_cmp(const void *pa, const void *pb)
{
	const char *a = *(const char *const *)pa, *b = *(const char *const *)pb;
	size_t a_len = strlen(a), b_len = strlen(b);

	return a_len != b_len ? (a_len < b_len ? -1 : 1) : strcmp(a, b);
}

static int read_folders(struct split *s, const struct bt_incoming *in)
{
	BT_CLEANUP(folders_release) struct folders f = { .list = NULL };
	BT_BUF_OWNED struct bt_buf questions = BT_BUF_INIT, out = BT_BUF_INIT;
	const char *at;

	number_trees(s);
	s->folders = bt_xcalloc(s->trees_nr + 1, sizeof(*s->folders));
	list_folders(s, in, &f);
	if (s->trees_nr < 2 || !f.nr)
		return 0;
	qsort(f.list, f.nr, sizeof(*f.list), folder_cmp);
	if (f.nr > FOLDERS_ASKED_MAX / s->trees_nr)
		f.nr = FOLDERS_ASKED_MAX / s->trees_nr;
	for (size_t t = 0; t < s->trees_nr; t++)
		for (size_t i = 0; i < f.nr; i++) {
			char hex[BT_OID_HEX_MAX + 1];

			bt_buf_addf(&questions, "%s:%s/.gitattributes\n", bt_oid_hex(&s->trees[t], hex), f.list[i]);
		}
	if (run(s, &questions, &out))
		return s->err->code;
	at = bt_buf_cstr(&out);
	for (size_t t = 0; t < s->trees_nr; t++)
		for (size_t i = 0; i < f.nr; i++) {
			struct bt_oid id = next_id(&at);

			if (!id.len)
				continue;
			bt_buf_add(&s->folders[t], f.list[i], strlen(f.list[i]) + 1);
			bt_buf_add(&s->folders[t], id.raw, id.len);
		}
	return 0;
}

/* ---- parts ---- */

/* The part that is judged by this policy; a new one, when there is none yet. */
static uint32_t part_for(struct split *s, struct bt_strmap *seen, const struct policy *p)
{
	BT_BUF_OWNED struct bt_buf key = BT_BUF_INIT;
	struct bt_strmap_entry *e;
	bool is_new;

	for (size_t i = 1; i < BT_ARRAY_NR(p->id); i++) {
		bt_buf_addch(&key, (char)p->id[i].len);
		bt_buf_add(&key, p->id[i].raw, p->id[i].len);
	}
	bt_buf_add(&key, bt_buf_cstr(&s->folders[p->tree]), s->folders[p->tree].len);
	e = bt_strmap_intern(seen, key.data, key.len, bt_strmap_hash(key.data, key.len), &is_new);
	if (is_new) {
		e->value = s->parts->nr;
		s->parts->trees[s->parts->nr++] = p->id[0];
	}
	return (uint32_t)e->value;
}

int bt_gate_split(struct bt_gate_parts *ret_parts, const struct bt_repo *repo, const struct bt_pushed *p,
		  const struct bt_incoming *in, enum bt_gate_policy policy, struct bt_err *err)
{
	BT_CLEANUP(split_release) struct split s = { .repo = repo, .p = p, .parts = ret_parts, .err = err };
	BT_CLEANUP(bt_strmap_release) struct bt_strmap seen;

	bt_strmap_init(&seen, &s.arena);
	s.own = bt_xcalloc(p->nr + 1, sizeof(*s.own));
	s.trees = bt_xcalloc(p->nr + 1, sizeof(*s.trees));
	ret_parts->part_of = bt_xcalloc(p->nr + 1, sizeof(*ret_parts->part_of));
	ret_parts->trees = bt_xcalloc(p->nr + 1, sizeof(*ret_parts->trees));
	if (read_policies(&s, policy) || read_folders(&s, in))
		return err->code;
	for (size_t i = 0; i < p->nr; i++)
		ret_parts->part_of[i] = part_for(&s, &seen, &s.own[i]);
	return 0;
}
