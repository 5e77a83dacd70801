#include "core/batch/verify/verify.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/batch/verify/impl.h"
#include "core/git/object_write.h"

/* 126 and 127: the shell could not run it; above: it died of a signal. Such an end may be another one tomorrow. */
#define STATUS_JUDGED_MAX 125
#define COMMIT_MAX ((size_t)16 << 20)

/* --- what is said --- */

void gate_refuse(struct gate *g, const char *judge, const char *fmt, ...)
{
	BT_BUF_OWNED struct bt_buf safe = BT_BUF_INIT;
	size_t len = sizeof(g->v->detail) - 1;
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	bt_text_safe(&safe, text, strlen(text), 0);
	bt_buf_cstr(&safe);
	g->v->passed = false;
	g->v->judge = judge;
	if (safe.len < len)
		len = safe.len;
	else	/* no half character */
		while (len && ((unsigned char)safe.data[len] & 0xc0) == 0x80)
			len--;
	if (len)
		memcpy(g->v->detail, safe.data, len);
	g->v->detail[len] = '\0';
}

void gate_refuse_end(struct gate *g, const char *judge, const struct gate_end *e, int timeout_s)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;
	const char *text, *sep;

	gate_last_line(&e->said, &line);
	text = bt_buf_cstr(&line);
	sep = line.len ? ": " : "";
	if (e->timed_out)
		gate_refuse(g, judge, "timed out after %d s%s%s", timeout_s, sep, text);
	else if (e->status > 128)
		gate_refuse(g, judge, "died of signal %d%s%s", e->status - 128, sep, text);
	else
		gate_refuse(g, judge, "status %d%s%s", e->status, sep, text);
}

int gate_note(struct gate *g, struct bt_err *err, const char *fmt, ...)
{
	char line[480];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (g->r->tell)
		g->r->tell(g->r->tell_ctx, line);
	return bt_queue_event_add(g->r->q, 0, g->b->id, NULL, "gate", line, err);
}

/* --- the commit --- */

static void gate_release(struct gate *g)
{
	free(g->author);
	free(g->message);
}

/* Its tree, parents, author and message, once. */
static int commit_read(struct gate *g, struct bt_oid *ret_parent, struct bt_err *err)
{
	BT_CLEANUP(bt_commit_view_release) struct bt_commit_view view = { .parents = NULL };
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	const char *const argv[] = { "cat-file", "commit", bt_oid_hex(&g->commit, hex), NULL };

	if (bt_git_run_argv(g->r->repo, argv, &text, err) || bt_commit_parse(bt_buf_cstr(&text), text.len, g->commit.len, &view, err))
		return err->code;
	g->tree = view.tree;
	g->parents_nr = view.parents_nr;
	g->author = bt_xstrndup(view.author, view.author_len);
	g->message = bt_xstrndup(view.message, view.message_len);
	if (ret_parent)
		*ret_parent = view.parents_nr ? view.parents[0] : (struct bt_oid){ .len = 0 };
	return 0;
}

/* --- the user's command --- */

/* A yes is one wherever the tree comes from; a no is forgotten with its batch, so that a retry asks again. */
static uint64_t key_of(const struct gate *g, bool passed)
{
	const char *command = g->r->settings->verify;

	return bt_hash64(command, strlen(command), passed ? 0 : bt_mix64(g->b->id)) >> 1;	/* SQLite has 63 bits */
}

/* *ret_known: the verdict is there. */
static int verdict_find(struct gate *g, bool *ret_known, struct bt_err *err)
{
	bool passed = false;
	int rc = bt_queue_verdict(g->r->q, &g->tree, key_of(g, true), &passed, err);

	*ret_known = rc == BT_ROW && passed;
	if (rc < 0 || *ret_known)
		return rc < 0 ? rc : 0;
	rc = bt_queue_verdict(g->r->q, &g->tree, key_of(g, false), &passed, err);
	if (rc < 0)
		return rc;
	*ret_known = rc == BT_ROW && !passed;
	if (*ret_known)
		gate_refuse(g, "batch.verify", "it said no to the same content before");
	return 0;
}

static int command_run(struct gate *g, struct gate_end *ret_end, struct bt_err *err)
{
	/* both of its outputs in the order in which they were written */
	const char *const argv[] = { "sh", "-c", "exec sh -c \"$1\" 2>&1", "sh", g->r->settings->verify, NULL };
	BT_GIT_CMD_OWNED struct bt_git_cmd place = BT_GIT_CMD_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	BT_FREE char *base = bt_xasprintf("BATHO_BASE=%s", g->base.len ? bt_oid_hex(&g->base, hex) : "");
	BT_FREE char *commit = bt_xasprintf("BATHO_COMMIT=%s", bt_oid_hex(&g->commit, hex));
	BT_FREE char *ref = bt_xasprintf("BATHO_REF=%s", g->b->lane ? g->b->lane : "");
	BT_FREE char *batch = bt_xasprintf("BATHO_BATCH=%" PRIu64, g->b->id);
	struct bt_child_opts o = { .argv = argv };

	gate_cmd_clean(&place);
	bt_git_cmd_env(&place, base);
	bt_git_cmd_env(&place, commit);
	bt_git_cmd_env(&place, ref);
	bt_git_cmd_env(&place, batch);
	o.env = place.env;
	o.cwd = g->kept->place.dir;
	g->kept->place.used = true;
	return gate_child_run(&g->kept->place, &o, g->r->settings->verify_timeout_s, ret_end, err);
}

static int command_judge(struct gate *g, struct bt_err *err)
{
	BT_CLEANUP(gate_end_release) struct gate_end end;
	bool known = false;

	end = (struct gate_end){ .status = 0 };
	if (verdict_find(g, &known, err) || known)
		return err->code;
	if (gate_place_ready(&g->kept->place, g->r->repo, &g->commit, err) || command_run(g, &end, err))
		return err->code;
	if (end.status || end.timed_out)
		gate_refuse_end(g, "batch.verify", &end, g->r->settings->verify_timeout_s);
	if (end.timed_out || end.status > STATUS_JUDGED_MAX)
		return 0;
	return bt_queue_verdict_put(g->r->q, &g->tree, key_of(g, !end.status), !end.status, err);
}

/* --- the gate --- */

/* What an earlier process left is taken away, whether there is something to judge there or not. */
static struct bt_verify_kept *kept_of(struct bt_run *r)
{
	if (!r->kept) {
		gate_place_sweep(r->repo);
		r->kept = bt_xcalloc(1, sizeof(*r->kept));
		r->kept->place.lock = -1;
	}
	return r->kept;
}

static int hooks_judge(struct gate *g, struct bt_err *err)
{
	bool any = false;

	if (g->r->settings->hooks == BT_BATCH_HOOKS_NONE) {
		if (g->kept->told == g->b->id)
			return 0;
		g->kept->told = g->b->id;
		return gate_note(g, err, "hooks are not run: batch.hooks is none");
	}
	if (gate_hooks_any(g, &any, err) || !any)
		return err->code;
	return gate_hooks_run(g, err);
}

/* A merge has no commit before it is made: its hooks run for the result. */
static bool by_member(const struct bt_run *r, const struct bt_batch *b)
{
	return r->settings->hooks == BT_BATCH_HOOKS_PER_ACTION && b->kind == BT_ACTION_COMMIT;
}

int bt_verify(struct bt_run *r, const struct bt_batch *b, const struct bt_oid *base, const struct bt_oid *commit,
	      struct bt_verdict *ret_v, struct bt_err *err)
{
	BT_CLEANUP(gate_release) struct gate g = { .r = r, .b = b, .kept = kept_of(r), .base = *base, .commit = *commit, .v = ret_v };
	bool command = r->settings->verify && *r->settings->verify;

	*ret_v = (struct bt_verdict){ .passed = true };
	if (r->settings->check && gate_check(&g, err))
		return err->code;
	if (!ret_v->passed || (by_member(r, b) && !command))
		return 0;
	if (commit_read(&g, NULL, err) || (!by_member(r, b) && hooks_judge(&g, err)))
		return err->code;
	return ret_v->passed && command ? command_judge(&g, err) : 0;
}

int bt_verify_member(struct bt_run *r, const struct bt_batch *b, const struct bt_oid *commit, struct bt_verdict *ret_v,
		     struct bt_err *err)
{
	BT_CLEANUP(gate_release) struct gate g = { .r = r, .b = b, .kept = kept_of(r), .commit = *commit, .alone = true, .v = ret_v };

	*ret_v = (struct bt_verdict){ .passed = true };
	if (!by_member(r, b))
		return 0;
	return commit_read(&g, &g.base, err) ? err->code : hooks_judge(&g, err);
}

int bt_verify_tip(struct bt_run *r, const struct bt_batch *b, const struct bt_oid *tip, struct bt_verdict *ret_v, struct bt_err *err)
{
	BT_CLEANUP(gate_release) struct gate g = { .r = r, .b = b, .kept = kept_of(r), .base = *tip, .commit = *tip, .v = ret_v };

	*ret_v = (struct bt_verdict){ .passed = true };
	if (!tip->len || !r->settings->verify || !*r->settings->verify || commit_read(&g, NULL, err))
		return err->code;
	return command_judge(&g, err);
}

void bt_verify_end(struct bt_run *r)
{
	if (!r->kept)
		return;
	gate_place_remove(&r->kept->place, r->repo);
	free(r->kept);
	r->kept = NULL;
}
