/*
 * Workflows and deployments: what the user's own configuration says under that name, a command or a tag that is created.
 *
 *	batho.workflow.<file>.tag	a prefix: a tag <prefix><key> at the branch is pushed, once
 *	batho.workflow.<file>.command	a command of the user's, run by sh
 *	batho.deploy.<name>.command, batho.deploy.<name>.probe
 *
 * A command finds BATHO_ACTION (the id), BATHO_KEY (an idempotency key: the same however often it is run), BATHO_REF,
 * BATHO_COMMIT, and for each field BATHO_FIELD_<KEY> in its environment; it starts in the main worktree; nothing from outside is part
 * of its text. A command that was begun and whose end is not known is not run again, unless a probe says that nothing happened (status 1): it is unknown.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/child.h"
#include "core/base/fault.h"
#include "core/base/text.h"
#include "core/batch/lane.h"
#include "core/batch/params.h"
#include "core/batch/push/push.h"
#include "core/batch/run/run.h"
#include "core/git/refs.h"

#define COMMAND_TIMEOUT_MS (3600 * 1000)
#define SAID_MAX ((size_t)1 << 20)

struct start {
	struct bt_action *a;
	const char *what;		/* "workflow", "deploy" */
	const char *name;
	struct bt_oid commit;
};

/* The last line that says something, for people. */
static const char *last_line(struct run *w, const struct bt_buf *said)
{
	BT_BUF_OWNED struct bt_buf safe = BT_BUF_INIT;
	size_t end = said->len, start;

	while (end && isspace((unsigned char)said->data[end - 1]))
		end--;
	for (start = end; start && said->data[start - 1] != '\n' && end - start < 300;)
		start--;
	bt_text_safe(&safe, said->len ? said->data + start : "", end - start, 0);
	return bt_arena_strndup(&w->arena, bt_buf_cstr(&safe), safe.len);
}

/* --- commands --- */

static void env_add(struct run *w, const char **env, size_t *nr, const char *name, const char *value)
{
	BT_FREE char *entry = bt_xasprintf("%s=%s", name, value);

	env[(*nr)++] = bt_arena_strndup(&w->arena, entry, strlen(entry));
}

static void env_field(struct run *w, const char **env, size_t *nr, const char *field)
{
	BT_BUF_OWNED struct bt_buf name = BT_BUF_INIT;
	const char *eq = strchr(field, '=');

	bt_buf_adds(&name, "BATHO_FIELD_");
	for (const char *p = field; p < eq; p++)
		bt_buf_addch(&name, isalnum((unsigned char)*p) ? toupper((unsigned char)*p) : '_');
	env_add(w, env, nr, bt_buf_cstr(&name), eq + 1);
}

static const char *const *environment(struct run *w, const struct start *s)
{
	/* a parameter has two NULs at least; five are ours, and the NULL */
	const char **env = bt_arena_zalloc(&w->arena, (s->a->params_len / 2 + 6) * sizeof(*env));
	const char *name, *value;
	char text[BT_OID_HEX_MAX + 1];
	size_t nr = 0, at = 0;

	snprintf(text, sizeof(text), "%llu", (unsigned long long)s->a->id);
	env_add(w, env, &nr, "BATHO_ACTION", text);
	env_add(w, env, &nr, "BATHO_KEY", s->a->key);
	env_add(w, env, &nr, "BATHO_REF", w->b.lane);
	env_add(w, env, &nr, "BATHO_COMMIT", bt_oid_hex(&s->commit, text));
	env_add(w, env, &nr, "BATHO_NAME", s->name);
	while (bt_params_next(s->a->params, s->a->params_len, &at, &name, &value))
		if (!strcmp(name, "field"))
			env_field(w, env, &nr, value);
	return env;
}

static int run_command(struct run *w, const struct start *s, const char *command, int *ret_status, const char **ret_said,
		       struct bt_err *err)
{
	BT_FREE char *home = bt_repo_home(w->r->repo);
	const char *const argv[] = { "sh", "-c", command, NULL };
	struct bt_child_opts o = {
		.argv = argv, .env = environment(w, s), .cwd = home,
		.in = BT_CHILD_NULL, .out = BT_CHILD_PIPE, .err = BT_CHILD_PIPE, .timeout_ms = COMMAND_TIMEOUT_MS, .out_max = SAID_MAX,
	};
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, said = BT_BUF_INIT;

	if (bt_child_run(&o, NULL, 0, &out, &said, ret_status, err))
		return err->code;
	*ret_said = last_line(w, said.len ? &said : &out);
	return 0;
}

static int end(struct run *w, struct start *s, enum bt_action_state state, const char *detail, struct bt_err *err)
{
	int rc = bt_queue_begin(w->r->q, err);

	if (!rc)
		rc = run_member_end(w, s->a, state, detail && *detail ? detail : NULL, &s->commit, err);
	return bt_queue_end(w->r->q, rc, err);
}

/* Was it begun by a process that is gone? A probe may know what came of it. *ret_run: it has not happened. */
static int ask_probe(struct run *w, struct start *s, bool *ret_run, struct bt_err *err)
{
	const char *probe = bt_conf_command(w->r->conf, s->what, s->name, "probe", NULL), *said;
	int status;

	*ret_run = false;
	if (!probe)
		return end(w, s, BT_ACTION_UNKNOWN, "it was begun, and nobody can tell what came of it", err);
	if (run_command(w, s, probe, &status, &said, err))
		return err->code;
	if (status == 0)
		return end(w, s, BT_ACTION_COMPLETED, said, err);
	if (status == 1) {
		*ret_run = true;
		return 0;
	}
	return end(w, s, BT_ACTION_UNKNOWN, "it was begun, and the probe does not know what came of it", err);
}

static int start_command(struct run *w, struct start *s, const char *command, bool begun, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf why = BT_BUF_INIT;
	const char *said;
	bool again = true;
	unsigned seq;
	int status;

	if (begun && (ask_probe(w, s, &again, err) || !again))
		return err->code;
	if (bt_queue_effect_begin(w->r->q, w->b.id, "dispatch", s->a->key, &seq, err))
		return err->code;
	bt_fault_point("dispatch-intent");
	if (run_command(w, s, command, &status, &said, err))
		return err->code;
	bt_fault_point("dispatched");
	if (bt_queue_effect_end(w->r->q, w->b.id, seq, status ? "failed" : "done", err))
		return err->code;
	if (!status)
		return end(w, s, BT_ACTION_COMPLETED, said, err);
	bt_buf_addf(&why, "the command ended with status %d%s%s", status, *said ? ": " : "", said);
	return end(w, s, BT_ACTION_FAILED, bt_buf_cstr(&why), err);
}

/* --- a tag: the name says whose it is, and it is created or was created: never moved --- */

static int start_tag(struct run *w, struct start *s, const char *prefix, struct bt_err *err)
{
	BT_FREE char *ref = bt_xasprintf("refs/tags/%s%s", prefix, s->a->key);
	struct bt_push p = { .ref = ref, .commit = s->commit, .create_only = true, .run_hooks = w->r->settings->hooks != BT_BATCH_HOOKS_NONE };
	BT_FREE char *remote = NULL;
	unsigned seq;

	if (!bt_ref_name_ok(ref))
		return end(w, s, BT_ACTION_FAILED, "the configured tag is not a name that git takes", err);
	if (bt_lane_remote(w->r->repo, w->b.lane, &remote, err) ||
	    bt_queue_effect_begin(w->r->q, w->b.id, "tag", ref, &seq, err))
		return err->code;
	p.remote = remote;
	bt_fault_point("dispatch-intent");
	if (bt_push(w->r->repo, &p, err))
		return err->code;
	bt_fault_point("dispatched");
	if (bt_queue_effect_end(w->r->q, w->b.id, seq, p.result == BT_PUSH_DONE || p.result == BT_PUSH_ALREADY ? "done" : "failed", err))
		return err->code;
	if (p.result == BT_PUSH_DONE || p.result == BT_PUSH_ALREADY)
		return end(w, s, BT_ACTION_COMPLETED, ref, err);
	return end(w, s, p.result == BT_PUSH_UNKNOWN ? BT_ACTION_UNKNOWN : BT_ACTION_FAILED, p.detail, err);
}

/* --- the batch --- */

static int start_one(struct run *w, struct bt_action *a, bool begun, struct bt_err *err)
{
	struct start s = { .a = a, .what = a->kind == BT_ACTION_WORKFLOW ? "workflow" : "deploy" };
	BT_FREE char *why = NULL;
	const char *command, *tag;
	int rc = bt_ref_read(w->r->repo, w->b.lane, &s.commit, err);

	if (rc < 0)
		return rc;
	s.name = bt_params_get(a->params, a->params_len, a->kind == BT_ACTION_WORKFLOW ? "file" : "name");
	if (rc == BT_DONE || !s.name)
		return end(w, &s, BT_ACTION_FAILED, "the branch is not there any more", err);
	tag = a->kind == BT_ACTION_WORKFLOW ? bt_conf_command(w->r->conf, "workflow", s.name, "tag", NULL) : NULL;
	command = bt_conf_command(w->r->conf, s.what, s.name, "command", NULL);
	if (tag)
		return start_tag(w, &s, tag, err);
	if (command)
		return start_command(w, &s, command, begun, err);
	why = bt_xasprintf("git's configuration does not say how: set batho.%s.%s.command", s.what, s.name);
	return end(w, &s, BT_ACTION_FAILED, why, err);
}

/* Actions whose command was begun: their keys are the intents of effects without an end. */
static bool was_begun(const struct bt_effect *list, size_t nr, const struct bt_action *a)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(list[i].kind, "dispatch") && !list[i].done_at && list[i].intent && !strcmp(list[i].intent, a->key))
			return true;
	return false;
}

int run_start(struct run *w, struct bt_err *err)
{
	struct bt_effect *effects;
	size_t nr;

	w->b.state = BT_BATCH_DISPATCH_INTENT;
	if (run_save(w, err) || bt_queue_effects(w->r->q, w->b.id, &w->arena, &effects, &nr, err))
		return err->code;
	for (size_t i = 0; i < w->members_nr; i++)
		if (run_member_open(&w->members[i]) && start_one(w, &w->members[i], was_begun(effects, nr, &w->members[i]), err))
			return err->code;
	return run_end(w, BT_BATCH_DONE, NULL, err);
}
