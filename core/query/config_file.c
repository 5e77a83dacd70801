/*
 * Listing by the git program, reading by its cat-file or from the worktree.
 */
#include "core/query/config_file.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/git/odb.h"
#include "core/git/program.h"
#include "core/git/worktree.h"

/* Records of a listing are short; this bounds what git may have sent and we have not read. */
#define LIST_BUF_MAX ((size_t)1 << 20)
/* Objects asked for at a time. */
#define READ_AHEAD 64

struct found {
	struct bt_arena *arena;
	struct bt_config_file *files;
	struct bt_oid *oids;
	size_t nr, alloc, oids_alloc;
};

static void found_release(struct found *f)
{
	free(f->files);
	free(f->oids);
}

static void command_for(struct bt_git_cmd *c, const struct bt_content_source *s, const char *const *names)
{
	char hex[BT_OID_HEX_MAX + 1];

	bt_git_cmd_init(c, s->repo);
	if (s->kind == BT_CONTENT_TREE) {
		bt_git_cmd_addl(c, "ls-tree", "-r", "-z", "--full-tree", bt_oid_hex(&s->tree, hex), NULL);
		return;
	}
	bt_git_cmd_index(c, s->repo, NULL);
	c->cwd = s->repo->top;
	bt_git_cmd_addl(c, "ls-files", "-z", NULL);
	if (s->kind == BT_CONTENT_STAGED)
		bt_git_cmd_add(c, "--stage");
	else
		bt_git_cmd_addl(c, "--cached", "--others", "--exclude-standard", NULL);
	bt_git_cmd_add(c, "--");
	for (; *names; names++) {
		BT_FREE char *spec = bt_xasprintf(":(glob)**/%s", *names);

		bt_git_cmd_add(c, spec);
	}
}

static bool wanted(const char *path, const char *const *names)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

	for (; *names; names++)
		if (!fnmatch(*names, base, 0))
			return true;
	return false;
}

/* "<mode> [<type>] <id>[ <stage>]\t<path>", or a path alone. */
static void take_record(struct found *f, char *rec, const struct bt_content_source *s,
			const char *const *names)
{
	char *path = s->kind == BT_CONTENT_WORKTREE ? rec : strchr(rec, '\t');
	struct bt_oid oid = { .len = 0 };
	size_t hex_len = 2 * s->repo->oid_len;
	struct bt_err ignored = BT_ERR_INIT;

	if (path && s->kind != BT_CONTENT_WORKTREE) {
		size_t back = s->kind == BT_CONTENT_STAGED ? 2 : 0;

		*path++ = '\0';
		/* regular files alone; of unmerged ones our side */
		if (strncmp(rec, "100", 3) || strlen(rec) < hex_len + back || (back && !strchr("02", path[-2])) ||
		    bt_oid_parse(rec + strlen(rec) - back - hex_len, hex_len, &oid, &ignored))
			return;
	}
	if (!path || !wanted(path, names))
		return;
	if (f->nr && !strcmp(f->files[f->nr - 1].path, path))
		return;
	BT_GROW(f->files, f->alloc, f->nr + 1);
	BT_GROW(f->oids, f->oids_alloc, f->nr + 1);
	f->files[f->nr] = (struct bt_config_file){ .path_len = strlen(path) };
	f->files[f->nr].path = bt_arena_strndup(f->arena, path, strlen(path));
	f->oids[f->nr++] = oid;
}

static int list(const struct bt_content_source *s, const char *const *names, struct found *f,
		struct bt_err *err)
{
	BT_CLEANUP(bt_git_stream_release) struct bt_git_stream stream;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	size_t len;
	char *rec;
	int rc;

	bt_git_stream_init(&stream);
	command_for(&c, s, names);
	rc = bt_git_stream_start(&stream, &c, false, LIST_BUF_MAX, err);
	while (!rc && (rc = bt_git_stream_record(&stream, '\0', &rec, &len, err)) == BT_ROW) {
		take_record(f, rec, s, names);
		rc = 0;
	}
	return rc < 0 ? rc : bt_git_stream_finish(&stream, "cannot list files", err);
}

static int read_objects(const struct bt_content_source *s, struct found *f, struct bt_err *err)
{
	BT_CLEANUP(bt_odb_free) struct bt_odb *odb = NULL;
	size_t asked = 0;

	if (f->nr && bt_odb_open(s->repo, &bt_odb_git_program, &odb, err))
		return err->code;
	for (size_t i = 0; i < f->nr; i++) {
		struct bt_object obj;

		for (; asked < f->nr && asked - i < READ_AHEAD; asked++)
			if (bt_odb_request(odb, &f->oids[asked], BT_CONFIG_TEXT_MAX, err))
				return err->code;
		if (bt_odb_next(odb, &obj, err) < 0)
			return err->code;
		if (!obj.data || obj.type != BT_OBJECT_BLOB)
			continue;
		f->files[i].text = bt_arena_strndup(f->arena, obj.data, obj.size);
		f->files[i].text_len = obj.size;
	}
	return 0;
}

/* A file of the worktree; a link is not followed. */
static void read_file(const struct bt_content_source *s, struct found *f, size_t i)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", s->repo->top, f->files[i].path);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	struct stat st;

	if (lstat(path, &st) || !S_ISREG(st.st_mode) ||
	    bt_file_read(path, BT_CONFIG_TEXT_MAX, &text, &ignored))
		return;
	f->files[i].text = bt_arena_strndup(f->arena, bt_buf_cstr(&text), text.len);
	f->files[i].text_len = text.len;
}

static int path_cmp(const void *pa, const void *pb)
{
	const struct bt_config_file *a = pa, *b = pb;

	return strcmp(a->path, b->path);
}

int bt_config_files_read(const struct bt_content_source *s, const char *const *names, struct bt_arena *a,
			 struct bt_config_file **ret_files, size_t *ret_nr, struct bt_err *err)
{
	BT_CLEANUP(found_release) struct found f = { .arena = a };
	size_t size;

	if (list(s, names, &f, err))
		return err->code;
	if (s->kind != BT_CONTENT_WORKTREE && read_objects(s, &f, err))
		return err->code;
	for (size_t i = 0; i < f.nr && s->kind == BT_CONTENT_WORKTREE; i++)
		read_file(s, &f, i);
	size = f.nr * sizeof(*f.files);
	*ret_files = bt_arena_alloc(a, size + 1);
	if (size)
		memcpy(*ret_files, f.files, size);
	qsort(*ret_files, f.nr, sizeof(*f.files), path_cmp);
	*ret_nr = f.nr;
	return 0;
}
