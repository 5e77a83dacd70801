/*
 * The bytes of a request: texts with their length, ended by NUL so that they can be used in place; numbers as varints.
 */
#include "core/rules/request.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/varint.h"

#define HAS_BYTES 1u
#define IS_BASE 2u
#define BLOBS_MAX (1u << 24)

void bt_request_release(struct bt_request *r)
{
	bt_arena_release(&r->arena);
	free(r->blobs);
	memset(r, 0, sizeof(*r));
}

void bt_request_add(struct bt_request *r, const struct bt_request_blob *b)
{
	BT_GROW(r->blobs, r->blobs_alloc, r->blobs_nr + 1);
	r->blobs[r->blobs_nr++] = *b;
}

static void put(struct bt_buf *out, uint64_t v)
{
	uint8_t p[BT_VARINT_MAX];

	bt_buf_add(out, p, (size_t)(bt_varint_put(p, v) - p));
}

static void put_bytes(struct bt_buf *out, const char *p, size_t len)
{
	put(out, len);
	bt_buf_add(out, p, len);
	bt_buf_addch(out, '\0');
}

/* NULL and "" are told apart. */
static void put_text(struct bt_buf *out, const char *s)
{
	put(out, s != NULL);
	if (s)
		put_bytes(out, s, strlen(s));
}

static void put_repo(struct bt_buf *out, const struct bt_repo *r)
{
	put_text(out, r->git_dir);
	put_text(out, r->common_dir);
	put_text(out, r->top);
	put_text(out, r->prefix);
	put_text(out, r->index_file);
	put_text(out, r->objects_dir);
	put_text(out, r->extra_objects);
	put(out, r->oid_len);
	put(out, r->bare);
	put(out, r->shallow);
}

int bt_request_encode(const struct bt_request *r, struct bt_buf *out, struct bt_err *err)
{
	put_repo(out, &r->repo);
	put_text(out, r->store_dir);
	put(out, r->shared_mode);
	put(out, r->max_blob_size);
	put(out, r->jobs);
	put(out, r->cpu_s);
	put(out, r->wall_ms);
	put(out, r->worktree);
	put(out, r->compile);
	put(out, r->packs);
	put(out, r->rules_nr);
	for (size_t i = 0; i < r->rules_nr; i++) {
		put_text(out, r->rules[i].id);
		put_bytes(out, r->rules[i].text, r->rules[i].len);
	}
	put(out, r->blobs_nr);
	for (size_t i = 0; i < r->blobs_nr; i++) {
		const struct bt_request_blob *b = &r->blobs[i];

		put(out, (b->bytes ? HAS_BYTES : 0) | (b->base ? IS_BASE : 0));
		bt_buf_add(out, b->oid.raw, r->repo.oid_len);
		put_text(out, b->lang);
		put_text(out, b->path);
		if (b->bytes)
			put_bytes(out, b->bytes, b->len);
	}
	return bt_buf_check(out, "what is to be checked", err);
}

static const char *get_bytes(struct bt_reader *r, size_t *ret_len)
{
	uint64_t len = bt_reader_upto(r, BT_REQUEST_LEN_MAX);
	const uint8_t *p = bt_reader_bytes(r, len + 1);

	*ret_len = p ? (size_t)len : 0;
	if (p && p[len])
		r->bad = true;
	return p && !r->bad ? (const char *)p : "";
}

static char *get_text(struct bt_reader *r)
{
	size_t len;

	return bt_reader_upto(r, 1) ? (char *)(uintptr_t)get_bytes(r, &len) : NULL;
}

static void get_repo(struct bt_reader *r, struct bt_repo *repo)
{
	repo->git_dir = get_text(r);
	repo->common_dir = get_text(r);
	repo->top = get_text(r);
	repo->prefix = get_text(r);
	repo->index_file = get_text(r);
	repo->objects_dir = get_text(r);
	repo->extra_objects = get_text(r);
	repo->oid_len = (size_t)bt_reader_upto(r, BT_OID_RAW_MAX);
	repo->bare = bt_reader_upto(r, 1);
	repo->shallow = bt_reader_upto(r, 1);
	if (repo->oid_len != 20 && repo->oid_len != 32)
		r->bad = true;
}

static void get_rules(struct bt_reader *r, struct bt_request *q)
{
	struct bt_rule_file *rules;

	q->rules_nr = (size_t)bt_reader_upto(r, BT_RULES_MAX);
	q->rules = rules = bt_arena_zalloc(&q->arena, (q->rules_nr + 1) * sizeof(*rules));
	for (size_t i = 0; i < q->rules_nr && !r->bad; i++) {
		rules[i].id = get_text(r);
		rules[i].text = get_bytes(r, &rules[i].len);
		if (!rules[i].id)
			r->bad = true;
	}
}

static void get_blobs(struct bt_reader *r, struct bt_request *q)
{
	uint64_t nr = bt_reader_upto(r, BLOBS_MAX);

	for (uint64_t i = 0; i < nr && !r->bad; i++) {
		uint64_t flags = bt_reader_upto(r, HAS_BYTES | IS_BASE);
		const uint8_t *raw = bt_reader_bytes(r, q->repo.oid_len);
		struct bt_request_blob b = { .base = flags & IS_BASE };

		if (!raw)
			return;
		b.oid = bt_oid_make(raw, q->repo.oid_len);
		b.lang = get_text(r);
		b.path = get_text(r);
		if (flags & HAS_BYTES)
			b.bytes = get_bytes(r, &b.len);
		if (!b.lang || !b.path)
			r->bad = true;
		bt_request_add(q, &b);
	}
}

int bt_request_decode(const void *p, size_t len, struct bt_request *ret_r, struct bt_err *err)
{
	struct bt_reader r = bt_reader_make(p, len);

	memset(ret_r, 0, sizeof(*ret_r));
	get_repo(&r, &ret_r->repo);
	ret_r->store_dir = get_text(&r);
	ret_r->shared_mode = (unsigned)bt_reader_upto(&r, 07777);
	ret_r->max_blob_size = bt_reader_upto(&r, BT_BLOB_SIZE_CAP);
	ret_r->jobs = (uint32_t)bt_reader_upto(&r, BT_JOBS_MAX);
	ret_r->cpu_s = (uint32_t)bt_reader_upto(&r, 1u << 20);
	ret_r->wall_ms = (uint32_t)bt_reader_upto(&r, UINT32_MAX);
	ret_r->worktree = bt_reader_upto(&r, 1);
	ret_r->compile = bt_reader_upto(&r, 1);
	ret_r->packs = (unsigned)bt_reader_upto(&r, BT_RULESET_PACKS_ALL);
	if (!r.bad)
		get_rules(&r, ret_r);
	if (!r.bad)
		get_blobs(&r, ret_r);
	if (r.bad || r.at != r.end || !ret_r->store_dir || !ret_r->repo.common_dir) {
		bt_request_release(ret_r);
		return bt_err_set(err, BT_ERR_CORRUPT, "the request to make findings makes no sense");
	}
	return 0;
}
