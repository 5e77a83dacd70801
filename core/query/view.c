/*
 * Views: from blobs to files and back.
 */
#include "core/query/view.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "store/frozen.h"
#include "store/forget.h"

/* Lists of wanted blobs that are worth a pass over the files; after that all files are ordered. */
#define WANTS_MAX 16
/* A bit per id costs memory: 8 MiB here. */
#define WANTED_ID_MAX (64u << 20)

void bt_view_init(struct bt_view *v, struct bt_store *store, struct bt_manifest *manifest)
{
	memset(v, 0, sizeof(*v));
	v->store = store;
	v->manifest = *manifest;
	memset(manifest, 0, sizeof(*manifest));
}

void bt_view_init_all(struct bt_view *v, struct bt_store *store)
{
	memset(v, 0, sizeof(*v));
	v->store = store;
	v->all = true;
}

void bt_view_release(struct bt_view *v)
{
	bt_manifest_release(&v->manifest);
	free(v->by_blob);
	free(v->wanted);
	free(v->langs);
	bt_buf_release(&v->record);
	memset(v, 0, sizeof(*v));
}

/* (blob id, file) packed into one number, so that sorting needs no call-back context. */
static int pair_cmp(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

/* Two passes of counting over 16 bits each: a fifth of the time of a comparison sort. */
static void sort_pairs(uint64_t *pairs, uint32_t nr)
{
	uint64_t *tmp;

	if (nr < 4096) {
		qsort(pairs, nr, sizeof(*pairs), pair_cmp);
		return;
	}
	tmp = bt_xmalloc(nr * sizeof(*tmp));
	for (int shift = 32; shift < 64; shift += 16) {
		uint32_t *count = bt_xcalloc(65537, sizeof(*count));

		for (uint32_t i = 0; i < nr; i++)
			count[((pairs[i] >> shift) & 0xffff) + 1]++;
		for (uint32_t i = 1; i <= 65536; i++)
			count[i] += count[i - 1];
		for (uint32_t i = 0; i < nr; i++)
			tmp[count[(pairs[i] >> shift) & 0xffff]++] = pairs[i];
		memcpy(pairs, tmp, nr * sizeof(*pairs));
		free(count);
	}
	free(tmp);
}

/* Blob id of a file: the first of its bytes in the manifest. */
static inline uint32_t blob_of(const struct bt_view *v, uint32_t file)
{
	const uint8_t *p = v->manifest.files + (size_t)file * BT_MANIFEST_FILE_LEN;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool is_wanted(const struct bt_view *v, uint32_t blob)
{
	return !v->wanted || (blob <= v->wanted_max && v->wanted[blob / 64] >> blob % 64 & 1);
}

static void make_by_blob(struct bt_view *v)
{
	uint32_t nr = 0;
	uint64_t *pairs = bt_xmalloc(((size_t)v->manifest.nr + 1) * sizeof(*pairs));

	for (uint32_t i = 0; i < v->manifest.nr; i++) {
		uint32_t blob = blob_of(v, i);

		if (is_wanted(v, blob))
			pairs[nr++] = (uint64_t)blob << 32 | i;
	}
	sort_pairs(pairs, nr);
	free(v->by_blob);
	v->by_blob = bt_xmalloc(((size_t)nr + 1) * sizeof(*v->by_blob));
	for (uint32_t i = 0; i < nr; i++)
		v->by_blob[i] = (uint32_t)pairs[i];
	v->by_blob_nr = nr;
	free(pairs);
}

static void want_all(struct bt_view *v)
{
	free(v->wanted);
	v->wanted = NULL;
	make_by_blob(v);
}

void bt_view_want(struct bt_view *v, const uint32_t *blobs, size_t nr)
{
	if (v->all || (v->by_blob && !v->wanted))
		return;
	v->wanted_max = 0;
	for (size_t i = 0; i < nr; i++)
		if (blobs[i] > v->wanted_max)
			v->wanted_max = blobs[i];
	if (v->asked++ == WANTS_MAX || v->wanted_max > WANTED_ID_MAX) {
		want_all(v);
		return;
	}
	free(v->wanted);
	v->wanted = bt_xcalloc((size_t)v->wanted_max / 64 + 1, sizeof(*v->wanted));
	for (size_t i = 0; i < nr; i++)
		v->wanted[blobs[i] / 64] |= UINT64_C(1) << blobs[i] % 64;
	make_by_blob(v);
}

void bt_view_files_of(struct bt_view *v, uint32_t blob, uint32_t *ret_first, uint32_t *ret_nr)
{
	uint32_t lo = 0, hi, end;

	if (!v->by_blob || !is_wanted(v, blob))
		want_all(v);
	hi = v->by_blob_nr;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (blob_of(v, v->by_blob[mid]) < blob)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < v->by_blob_nr; end++) {
		struct bt_manifest_file f = bt_manifest_file_get(&v->manifest, v->by_blob[end]);

		if (f.blob != blob || f.state != BT_BLOB_FACTS)
			break;
	}
	*ret_first = lo;
	*ret_nr = end - lo;
}

int bt_view_blob_files(struct bt_view *v, uint32_t blob, uint32_t *ret_first, uint32_t *ret_nr, struct bt_err *err)
{
	int rc;

	*ret_first = *ret_nr = 0;
	if (!v->all) {
		bt_view_files_of(v, blob, ret_first, ret_nr);
		return 0;
	}
	rc = bt_store_blob_exists(v->store, blob, err);
	if (rc == BT_ROW)	/* what is frozen and away is not indexed, as long as nobody wants a revision of it */
		rc = bt_store_facts_there(v->store, blob, err);
	*ret_nr = rc == BT_ROW;
	return rc < 0 ? rc : 0;
}

static int read_langs(struct bt_view *v, struct bt_err *err)
{
	struct bt_store_language l;
	uint32_t cursor = 0;
	size_t alloc = 0;
	int rc;

	while ((rc = bt_store_language_next(v->store, &cursor, &l, err)) == BT_ROW) {
		if (l.id > UINT16_MAX)	/* the width in manifests */
			break;
		BT_GROW(v->langs, alloc, l.id + (size_t)1);
		while (v->langs_nr <= l.id)
			strcpy(v->langs[v->langs_nr++], "?");
		memcpy(v->langs[l.id], l.name, sizeof(l.name));
	}
	return rc < 0 ? rc : 0;
}

int bt_view_lang(struct bt_view *v, uint32_t lang, const char **ret_name, struct bt_err *err)
{
	int rc = v->langs ? 0 : read_langs(v, err);

	*ret_name = lang < v->langs_nr ? v->langs[lang] : "?";
	return rc;
}

int bt_view_read_row(struct bt_view *v, uint32_t blob, struct bt_arena *a, struct bt_view_file *ret_f,
		     struct bt_err *err)
{
	memset(ret_f, 0, sizeof(*ret_f));
	if (bt_store_blob_get(v->store, blob, &ret_f->blob, err))
		return err->code;
	ret_f->path = "";
	if (ret_f->blob.hint) {
		ret_f->path_len = strlen(ret_f->blob.hint);
		ret_f->path = bt_arena_strndup(a, ret_f->blob.hint, ret_f->path_len);
	}
	ret_f->blob.hint = ret_f->path;
	return 0;
}

static int read_record(struct bt_view *v, struct bt_arena *a, bool keep, uint32_t blob, const char **ret_rec,
		       struct bt_err *err)
{
	bt_buf_clear(&v->record);
	if (bt_store_facts_read(v->store, blob, &v->record, err))
		return err->code;
	*ret_rec = keep ? bt_arena_strndup(a, bt_buf_cstr(&v->record), v->record.len)
			: bt_buf_cstr(&v->record);
	return 0;
}

int bt_view_read_facts(struct bt_view *v, struct bt_arena *a, bool keep, struct bt_view_file *f,
		       struct bt_err *err)
{
	const char *rec;

	if (read_record(v, a, keep, f->blob.id, &rec, err))
		return err->code;
	f->whole = true;
	return bt_facts_decode(rec, v->record.len, a, &f->facts, err);
}

int bt_view_read_blob(struct bt_view *v, uint32_t blob, struct bt_arena *a, struct bt_view_file *ret_f,
		      struct bt_err *err)
{
	int rc = bt_view_read_row(v, blob, a, ret_f, err);

	return rc ? rc : bt_view_read_facts(v, a, true, ret_f, err);
}

int bt_view_open_facts(struct bt_view *v, struct bt_arena *a, bool keep, const struct bt_view_file *f,
		       struct bt_partial *ret_p, struct bt_err *err)
{
	const char *rec;

	if (read_record(v, a, keep, f->blob.id, &rec, err))
		return err->code;
	return bt_partial_open(rec, v->record.len, a, ret_p, err);
}

int bt_view_set_file(struct bt_view *v, uint32_t file, struct bt_arena *a, struct bt_view_file *f,
		     struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	if (bt_manifest_path(&v->manifest, file, &path, err))
		return err->code;
	f->path_len = path.len;
	f->path = bt_arena_strndup(a, bt_buf_cstr(&path), path.len);
	f->flags = bt_manifest_file_get(&v->manifest, file).flags;
	return 0;
}
