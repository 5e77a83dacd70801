/*
 * One line with a hash of all that follows, then for each blob a line "<id> <length>" and its bytes.
 */
#include "core/rules/policy_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"

#define HEAD "batho policy 1 "
#define HEAD_LEN (sizeof(HEAD) - 1 + 16 + 1)
/* A baseline may be large: such a policy is read from the objects. */
#define CACHE_MAX ((size_t)1 << 20)

static char *path_of(const struct bt_repo *repo)
{
	return bt_xasprintf("%s/batho/policy", repo->common_dir);
}

static void head_of(const char *rest, size_t len, char head[HEAD_LEN + 1])
{
	snprintf(head, HEAD_LEN + 1, HEAD "%016llx\n", (unsigned long long)bt_hash64(rest, len, 0));
}

void bt_policy_cache_read(struct bt_policy_cache *c, const struct bt_repo *repo)
{
	BT_FREE char *path = path_of(repo);
	struct bt_err ignored = BT_ERR_INIT;
	char head[HEAD_LEN + 1];

	if (bt_file_read(path, CACHE_MAX, &c->bytes, &ignored) || c->bytes.len < HEAD_LEN) {
		bt_buf_clear(&c->bytes);
		return;
	}
	bt_buf_cstr(&c->bytes);
	head_of(c->bytes.data + HEAD_LEN, c->bytes.len - HEAD_LEN, head);
	if (memcmp(c->bytes.data, head, HEAD_LEN))
		bt_buf_clear(&c->bytes);
}

void bt_policy_cache_release(struct bt_policy_cache *c)
{
	bt_buf_release(&c->bytes);
}

const char *bt_policy_cache_find(const struct bt_policy_cache *c, const struct bt_oid *oid,
				 size_t *ret_len)
{
	char hex[BT_OID_HEX_MAX + 1];
	size_t at = HEAD_LEN, hex_len = strlen(bt_oid_hex(oid, hex));

	while (at + hex_len + 1 < c->bytes.len) {
		const char *p = c->bytes.data + at, *nl = memchr(p, '\n', c->bytes.len - at);
		size_t left, len;

		if (!nl)
			return NULL;
		left = c->bytes.len - (size_t)(nl + 1 - c->bytes.data);
		len = p[hex_len] == ' ' ? (size_t)strtoul(p + hex_len, NULL, 10) : left + 1;
		if (len > left)
			return NULL;
		if (!memcmp(p, hex, hex_len)) {
			*ret_len = len;
			return nl + 1;
		}
		at = c->bytes.len - left + len;
	}
	return NULL;
}

void bt_policy_cache_add(struct bt_buf *out, const struct bt_oid *oid, const char *data, size_t len)
{
	char hex[BT_OID_HEX_MAX + 1];

	bt_buf_addf(out, "%s %zu\n", bt_oid_hex(oid, hex), len);
	bt_buf_add(out, data, len);
}

void bt_policy_cache_write(const struct bt_buf *out, const struct bt_repo *repo)
{
	BT_BUF_OWNED struct bt_buf all = BT_BUF_INIT;
	BT_FREE char *path = path_of(repo);
	struct bt_err ignored = BT_ERR_INIT;
	char head[HEAD_LEN + 1];
	struct stat st;

	path[strlen(path) - strlen("/policy")] = '\0';
	if (out->len + HEAD_LEN > CACHE_MAX || stat(path, &st) || !S_ISDIR(st.st_mode))
		return;
	path[strlen(path)] = '/';
	head_of(out->data, out->len, head);
	bt_buf_add(&all, head, HEAD_LEN);
	bt_buf_add(&all, out->data, out->len);
	/* As open to others as the folder is. Nothing depends on it. */
	if (!bt_buf_check(&all, "the policy", &ignored))
		bt_file_write_atomic(path, all.data, all.len, st.st_mode & 0666, &ignored);
}
