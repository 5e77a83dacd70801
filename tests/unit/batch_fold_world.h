/*
 * Small trees that are changed at random, and commits of them: for tests that fold.
 */
#ifndef BT_TESTS_UNIT_BATCH_FOLD_WORLD_H
#define BT_TESTS_UNIT_BATCH_FOLD_WORLD_H

#include "tests/unit/git_scratch.h"

#include "core/base/mem.h"
#include "core/git/object_write.h"
#include "core/git/tree_edit.h"

#define WORLD_FILES_MAX 64
#define WORLD_TEXT_MAX 1024

struct world_file {
	char path[64];
	uint32_t mode;
	char text[WORLD_TEXT_MAX]; /* what is in it; of a gitlink: digits of its id */
};

struct world {
	struct world_file files[WORLD_FILES_MAX];
	size_t nr;
};

static inline void world_drop(struct world *w, size_t i)
{
	w->files[i] = w->files[--w->nr];
}

static inline bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && path[len] == '/';
}

/* What is in the way, as a file or as a folder, goes. */
static inline void world_put(struct world *w, const char *path, uint32_t mode, const char *text)
{
	struct world_file f = { .mode = mode };

	snprintf(f.path, sizeof(f.path), "%s", path);
	snprintf(f.text, sizeof(f.text), "%s", text);
	for (size_t i = w->nr; i-- > 0;)
		if (!strcmp(w->files[i].path, f.path) || is_below(w->files[i].path, f.path) ||
		    is_below(f.path, w->files[i].path))
			world_drop(w, i);
	if (w->nr < WORLD_FILES_MAX)
		w->files[w->nr++] = f;
}

/* The commit of it, on parent (NULL: none). */
static inline struct bt_oid world_commit(struct bt_repo *repo, struct bt_odb *odb, const struct world *w,
					 const struct bt_oid *parent, const char *message)
{
	static const struct bt_oid none = { .len = 0 };
	struct bt_tree_edit *edit = bt_tree_edit_new(repo, odb, &none);
	struct bt_commit_draft d = { .parents = parent, .parents_nr = parent ? 1 : 0,
				     .author = "A U Thor <author@example.com> 1112911993 +0000",
				     .committer = "C O Mitter <committer@example.com> 1112911993 +0000",
				     .message = message, .message_len = strlen(message) };
	struct bt_err err = BT_ERR_INIT;
	struct bt_oid oid;

	for (size_t i = 0; i < w->nr; i++) {
		const struct world_file *f = &w->files[i];
		int rc;

		if (f->mode == 0160000)
			rc = bt_oid_parse(f->text, 2 * repo->oid_len, &oid, &err);
		else
			rc = bt_object_write(repo, BT_OBJECT_BLOB, f->text, strlen(f->text), false, &oid, &err);
		if (rc || bt_tree_edit_put(edit, f->path, strlen(f->path), f->mode, &oid, &err))
			fail_msg("%s", err.msg);
	}
	if (bt_tree_edit_write(edit, false, &d.tree, &err) || bt_commit_write(repo, &d, false, &oid, &err))
		fail_msg("%s", err.msg);
	bt_tree_edit_free(&edit);
	return oid;
}

/* --- at random --- */

static inline void world_text(uint64_t *s, char *ret_text)
{
	uint32_t number = test_random(s, 1000000);
	size_t len = 0;

	for (int i = 0; i < 12; i++)
		len += (size_t)snprintf(ret_text + len, WORLD_TEXT_MAX - len, "%u line %d\n", number, i);
}

/* One of few names, so that changes meet. */
static inline void world_path(uint64_t *s, char *ret_path, size_t size)
{
	static const char *const folders[] = { "", "a/", "a/x/", "b/", "b/y/z/", "c/" };

	snprintf(ret_path, size, "%sf%u", folders[test_random(s, 6)], test_random(s, 5));
}

/* Another text for one line, or for line ends. */
static inline void world_edit(uint64_t *s, char *text)
{
	char copy[WORLD_TEXT_MAX];
	uint32_t at = test_random(s, 12), n = 0;
	bool crlf = !test_random(s, 12);
	size_t len = 0;

	memcpy(copy, text, sizeof(copy));
	for (char *line = copy; *line && len < WORLD_TEXT_MAX - 80; n++) {
		size_t line_len = strcspn(line, "\n");

		len += (size_t)snprintf(text + len, WORLD_TEXT_MAX - len, "%.*s%s%s\n", (int)(line_len < 60 ? line_len : 60),
					line, n == at && !crlf ? "!" : "", crlf ? "\r" : "");
		line += line_len + (line[line_len] == '\n');
	}
}

static inline void world_rename_folder(uint64_t *s, struct world *w)
{
	static const char *const from[] = { "a", "a/x", "b", "b/y", "c" };
	static const char *const to[] = { "d", "c", "a/w", "b/q", "e/e" };
	const char *old = from[test_random(s, 5)], *new = to[test_random(s, 5)];
	struct world before = *w;

	for (size_t i = 0; i < before.nr; i++) {
		char path[128];

		if (!is_below(before.files[i].path, old) || is_below(new, old))
			continue;
		snprintf(path, sizeof(path), "%s%s", new, before.files[i].path + strlen(old));
		for (size_t k = w->nr; k-- > 0;)
			if (!strcmp(w->files[k].path, before.files[i].path))
				world_drop(w, k);
		if (strlen(path) < sizeof(w->files[0].path))
			world_put(w, path, before.files[i].mode, before.files[i].text);
	}
}

/* What was edited as if it were a file is a gitlink again. */
static inline void world_mend_gitlinks(struct world *w, size_t oid_len)
{
	for (size_t i = 0; i < w->nr; i++)
		if (w->files[i].mode == 0160000 &&
		    (strlen(w->files[i].text) != 2 * oid_len ||
		     strspn(w->files[i].text, "123") != 2 * oid_len)) {
			memset(w->files[i].text, '2', 2 * oid_len);
			w->files[i].text[2 * oid_len] = '\0';
		}
}

/* One change; simple ones come more often. */
static inline void world_change(uint64_t *s, struct world *w, size_t oid_len)
{
	char path[64], text[WORLD_TEXT_MAX];
	struct world_file f;
	size_t i = w->nr ? test_random(s, (uint32_t)w->nr) : 0;

	world_path(s, path, sizeof(path));
	world_text(s, text);
	switch (w->nr ? test_random(s, 16) : 5) {
	case 0:
	case 1:
	case 2:
	case 3:
		world_edit(s, w->files[i].text);
		break;
	case 4:
	case 5:
	case 6:
		world_put(w, path, 0100644, text);
		break;
	case 7:
		if (w->files[i].mode == 0100644 || w->files[i].mode == 0100755)
			w->files[i].mode ^= 0111;
		break;
	case 8:
		world_drop(w, i);
		break;
	case 9:
	case 10:
		f = w->files[i];
		world_drop(w, i);
		if (test_random(s, 2))
			world_edit(s, f.text);
		world_put(w, path, f.mode, f.text);
		break;
	case 11:
	case 12:
		world_rename_folder(s, w);
		break;
	case 13:
		world_put(w, path, 0120000, "f1");
		break;
	case 14:
		/* A folder in the place of a file. */
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "/in");
		world_put(w, path, 0100644, text);
		break;
	default:
		/* A file in the place of a folder, or a gitlink. */
		memset(text, '1' + (int)test_random(s, 3), 2 * oid_len);
		text[2 * oid_len] = '\0';
		if (test_random(s, 2))
			world_put(w, path, 0160000, text);
		else
			world_put(w, test_random(s, 2) ? "a/x" : "b", 0100644, text);
	}
	world_mend_gitlinks(w, oid_len);
}

#endif
