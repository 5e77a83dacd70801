/*
 * Files that are added although no change of them can ever be reviewed, or that everybody who clones will have to fetch for ever:
 * binary ones, large ones. Nothing is read: sizes are in the store, or git is asked for those that never came there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/git/program.h"
#include "core/rules/check_state.h"

/* The contents that this change takes away: where they come back under another path, nothing is added. */
static void find_removed(const struct check *k, struct bt_fingerprints *removed)
{
	for (size_t i = 0; i < k->files_nr; i++) {
		const struct bt_incoming_file *in = k->files[i].in;

		if (!in->new_oid.len)
			bt_fingerprints_add(removed, bt_hash64(in->old_oid.raw, in->old_oid.len, 0));
	}
}

static bool is_moved(const struct bt_fingerprints *removed, const struct bt_incoming_file *in)
{
	return bt_fingerprints_count(removed, bt_hash64(in->new_oid.raw, in->new_oid.len, 0)) > 0;
}

/* ---- binary files ---- */

/* What is no text by its nature, and is looked at in its own way. */
static bool is_media(const char *path)
{
	static const char *const ends[] = {
		"avif", "bmp",	"eot", "flac", "gif", "heic", "icns", "ico",  "jpeg",  "jpg",
		"m4a",	"mov",	"mp3", "mp4",  "ogg", "otf",  "pdf",  "png",  "psd",   "svgz",
		"tif",	"tiff", "ttc", "ttf",  "wav", "webm", "webp", "woff", "woff2",
	};
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot && i < BT_ARRAY_NR(ends); i++)
		if (!strcasecmp(dot + 1, ends[i]))
			return true;
	return false;
}

static bool is_binary(const struct check_file *f)
{
	if (f->in->new_data)
		return bt_content_is_binary(f->in->new_data, f->in->new_len);
	return f->now.stored == BT_BLOB_BINARY || (f->in->binary && f->now.state == CHECK_UNKNOWN);
}

int check_binary_files(struct check *k)
{
	BT_CLEANUP(bt_fingerprints_release) struct bt_fingerprints removed = BT_FINGERPRINTS_INIT;

	find_removed(k, &removed);
	for (size_t i = 0; i < k->files_nr; i++) {
		const struct check_file *f = &k->files[i];

		/* An attribute that calls it binary says that it is meant to be here. */
		if (!f->in->new_oid.len || f->in->old_oid.len || f->skipped || f->binary ||
		    is_media(f->in->path) || !is_binary(f))
			continue;
		check_add_of_change(k, f, "binary-file", 0, 0, 0, k->o->full || !is_moved(&removed, f->in),
				    NULL, 0);
	}
	return 0;
}

/* ---- large files ---- */

struct asked {
	const struct bt_oid *oid;
	uint64_t size; /* 0: missing */
};

/* One `git cat-file` for all of them. */
static int ask_sizes(struct check *k, struct asked *a, size_t nr)
{
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT, out = BT_BUF_INIT;
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	const char *p;

	if (!nr)
		return 0;
	for (size_t i = 0; i < nr; i++)
		bt_buf_addf(&in, "%s\n", bt_oid_hex(a[i].oid, hex));
	bt_git_cmd_init(&c, k->o->repo);
	bt_git_cmd_addl(&c, "cat-file", "--batch-check=%(objectsize)", NULL);
	bt_git_cmd_env(&c, "GIT_NO_LAZY_FETCH=1");
	if (bt_git_run(&c, "cannot ask for the sizes of files", in.data, in.len, &out, k->err))
		return k->err->code;
	p = bt_buf_cstr(&out);
	/* "<id> missing" begins with a digit as well. */
	for (size_t i = 0; i < nr && *p; i++, p += strcspn(p, "\n"), p += *p == '\n')
		if (p[strspn(p, "0123456789")] == '\n')
			a[i].size = strtoull(p, NULL, 10);
	return 0;
}

static bool is_unknown(const struct check_file *f)
{
	return f->in->new_oid.len && !f->skipped && !f->in->new_data && !f->now.size &&
	       f->now.state != CHECK_READY;
}

static uint64_t size_of(const struct check_file *f)
{
	return f->in->new_data ? f->in->new_len : f->now.size;
}

/* The sizes of files that no store knows: those that an attribute calls binary, mostly. */
static int find_sizes(struct check *k)
{
	BT_FREE struct asked *a = bt_xcalloc(k->files_nr + 1, sizeof(*a));
	size_t nr = 0;

	for (size_t i = 0; i < k->files_nr; i++)
		if (is_unknown(&k->files[i]))
			a[nr++].oid = &k->files[i].in->new_oid;
	if (ask_sizes(k, a, nr))
		return k->err->code;
	nr = 0;
	for (size_t i = 0; i < k->files_nr; i++)
		if (is_unknown(&k->files[i]))
			k->files[i].now.size = a[nr++].size;
	return 0;
}

/* A file that was too large before is not added. */
static int was_large(struct check *k, const struct check_file *f, const struct bt_fingerprints *removed,
		     uint64_t limit, bool *ret_was)
{
	struct asked before = { &f->in->old_oid, 0 };

	if (f->in->old_oid.len && ask_sizes(k, &before, 1))
		return k->err->code;
	*ret_was = before.size > limit || (!f->in->old_oid.len && is_moved(removed, f->in));
	return 0;
}

int check_large_files(struct check *k)
{
	BT_CLEANUP(bt_fingerprints_release) struct bt_fingerprints removed = BT_FINGERPRINTS_INIT;
	uint64_t limit = (uint64_t)bt_conf_get(k->o->conf, BT_KEY_CHECK_LARGE_FILE)->number;

	if (limit && find_sizes(k))
		return k->err->code;
	find_removed(k, &removed);
	for (size_t i = 0; limit && i < k->files_nr; i++) {
		const struct check_file *f = &k->files[i];
		char detail[40];
		bool was = false;
		int len;

		if (!f->in->new_oid.len || f->skipped || size_of(f) <= limit)
			continue;
		if (!k->o->full && was_large(k, f, &removed, limit, &was))
			return k->err->code;
		len = snprintf(detail, sizeof(detail), "%.1f MiB", (double)size_of(f) / (1 << 20));
		check_add_of_change(k, f, "large-file", 0, 0, 0, !was, detail, (size_t)len);
	}
	return 0;
}
