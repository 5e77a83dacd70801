/*
 * Whose policy judges what of a push. References with the same .batho and the same .gitattributes at the top are judged
 * together: a push of thousands is mostly one part.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/git/program.h"
#include "core/gate/gate.h"

/* What is asked of each reference. */
static const char *const asked[] = { "^{tree}", ":.batho", ":.gitattributes" };

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
};

static struct policy next_policy(const char **at)
{
	struct policy p;

	for (size_t i = 0; i < BT_ARRAY_NR(p.id); i++)
		p.id[i] = next_id(at);
	return p;
}

/* The part that is judged by this policy; a new one, when there is none yet. */
static uint32_t part_for(struct bt_gate_parts *parts, struct bt_strmap *seen, const struct policy *p)
{
	char key[2 * (BT_OID_RAW_MAX + 1)];
	struct bt_strmap_entry *e;
	bool is_new;

	memset(key, 0, sizeof(key));
	for (size_t i = 0; i < 2; i++) {
		key[i * (BT_OID_RAW_MAX + 1)] = (char)p->id[i + 1].len;
		memcpy(key + i * (BT_OID_RAW_MAX + 1) + 1, p->id[i + 1].raw, p->id[i + 1].len);
	}
	e = bt_strmap_intern(seen, key, sizeof(key), bt_strmap_hash(key, sizeof(key)), &is_new);
	if (is_new) {
		e->value = parts->nr;
		parts->trees[parts->nr++] = p->id[0];
	}
	return (uint32_t)e->value;
}

int bt_gate_split(struct bt_gate_parts *ret_parts, const struct bt_repo *repo, const struct bt_pushed *p,
		  enum bt_gate_policy policy, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf in = BT_BUF_INIT, out = BT_BUF_INIT;
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_CLEANUP(bt_strmap_release) struct bt_strmap seen;
	struct policy head;
	const char *at;

	bt_strmap_init(&seen, &arena);
	ask(&in, "HEAD");
	for (size_t i = 0; i < p->nr; i++) {
		const struct bt_pushed_ref *r = &p->refs[i];
		const struct bt_oid *oid = policy == BT_GATE_PUSHED ? &r->new_oid : r->old_oid.len ? &r->old_oid : &r->base;
		char hex[BT_OID_HEX_MAX + 1];

		ask(&in, oid->len ? bt_oid_hex(oid, hex) : "HEAD");
	}
	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "cat-file", "--batch-check=%(objectname)", NULL);
	if (bt_git_run(&c, "cannot look for the policy of what is pushed", in.data, in.len, &out, err))
		return err->code;
	ret_parts->part_of = bt_xcalloc(p->nr + 1, sizeof(*ret_parts->part_of));
	ret_parts->trees = bt_xcalloc(p->nr + 1, sizeof(*ret_parts->trees));
	at = bt_buf_cstr(&out);
	head = next_policy(&at);
	for (size_t i = 0; i < p->nr; i++) {
		struct policy own = next_policy(&at);

		/* a tag of a blob may have become one of a commit */
		ret_parts->part_of[i] = part_for(ret_parts, &seen, own.id[0].len ? &own : &head);
	}
	return 0;
}
