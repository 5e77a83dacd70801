/*
 * The hash of a grammar: its name, the text that describes it, and every file of the stage by its path, in order.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/sha512.h"
#include "core/grammars/source.h"

/* Another way of compiling makes another library of the same sources. */
#define BUILD_VERSION "git-batho grammar 1"

static void add_text(struct bt_sha512 *h, const char *text)
{
	bt_sha512_add(h, text, strlen(text) + 1);
}

static int add_file(struct bt_sha512 *h, const char *at, const char *path, uint64_t size, struct bt_err *err)
{
	BT_CLOSE int fd = open(at, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	BT_FREE char *chunk = bt_xmalloc((size_t)64 << 10);
	char len[32];
	size_t n;

	if (fd < 0)
		return bt_err_errno(err, "cannot read '%s'", path);
	snprintf(len, sizeof(len), "%llu", (unsigned long long)size);
	add_text(h, path);
	add_text(h, len);
	do {
		if (bt_fd_read_full(fd, chunk, (size_t)64 << 10, &n, path, err))
			return err->code;
		bt_sha512_add(h, chunk, n);
	} while (n);
	return 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(struct bt_sha512 *h, const struct bt_stage *s, const char *path, struct bt_err *err)
{
	BT_FREE char *full = bt_xasprintf("%s/%s", s->root, path);
	struct dirent **names = NULL;
	int nr = scandir(full, &names, NULL, by_bytes), rc = 0;

	if (nr < 0)
		return bt_err_errno(err, "cannot read folder '%s'", full);
	for (int i = 0; i < nr; i++) {
		const char *name = names[i]->d_name;
		BT_FREE char *below = bt_xasprintf("%s%s%s", path, *path ? "/" : "", name);
		BT_FREE char *at = bt_xasprintf("%s/%s", s->root, below);
		struct stat st;

		if (!rc && strcmp(name, ".") && strcmp(name, "..") && !lstat(at, &st))
			rc = S_ISDIR(st.st_mode) ? add_folder(h, s, below, err)
						 : add_file(h, at, below, (uint64_t)st.st_size, err);
		free(names[i]);
	}
	free(names);
	return rc;
}

int bt_source_hash(const struct bt_stage *s, struct bt_source *g, struct bt_err *err)
{
	uint8_t raw[BT_SHA512_LEN];
	struct bt_sha512 h;

	bt_sha512_init(&h);
	add_text(&h, BUILD_VERSION);
	add_text(&h, g->name);
	add_text(&h, g->path);
	add_text(&h, g->symbol);
	add_text(&h, bt_buf_cstr(&g->text));
	if (add_folder(&h, s, "", err))
		return err->code;
	bt_sha512_end(&h, raw);
	bt_sha512_hex(raw, g->hash);
	return 0;
}
