/*
 * The built-in judge: `git batho check`, as a process of its own, so that nothing that a repository holds can take the executor
 * down.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/batch/verify/impl.h"
#include "core/git/object_write.h"

/* A check takes seconds, and minutes when nothing of a large repository is indexed yet. */
#define CHECK_TIMEOUT_MS (900 * 1000)
#define STATUS_INTERRUPTED 130

/* The fields of a finding in porcelain, behind its type: see git-batho-format(5). */
enum { F_PATH, F_LINE, F_SEVERITY = 5, F_RULE = 6, F_MESSAGE = 8, F_DETAIL = 9, F_NR };

struct finding {
	const char *fields[F_NR];
	int severity;
};

static int severity_of(const char *name)
{
	for (int i = 0; bt_conf_severities[i]; i++)
		if (!strcmp(bt_conf_severities[i], name))
			return i;
	return -1;
}

/* The next NUL-terminated field; NULL at the end. */
static const char *field_next(const char **at, const char *end)
{
	const char *field = *at, *nul = field < end ? memchr(field, '\0', (size_t)(end - field)) : NULL;

	if (!nul)
		return NULL;
	*at = nul + 1;
	return field;
}

/* A record: its number of fields, its type, the fields. */
static bool record_next(const char **at, const char *end, struct finding *f, const char **ret_type)
{
	const char *count = field_next(at, end);
	unsigned long nr = count ? strtoul(count, NULL, 10) : 0;

	*f = (struct finding){ .severity = -1 };
	*ret_type = nr ? field_next(at, end) : NULL;
	for (unsigned long i = 0; *ret_type && i + 1 < nr; i++) {
		const char *field = field_next(at, end);

		if (!field)
			return false;
		if (i < F_NR)
			f->fields[i] = field;
	}
	return *ret_type != NULL;
}

/* The first of the gravest, and how many there are of these. */
static size_t findings_read(const struct bt_buf *out, struct finding *ret_first)
{
	const char *at = bt_buf_cstr(out), *end = at + out->len, *type;
	struct finding f;
	size_t nr = 0;

	*ret_first = (struct finding){ .severity = -1 };
	if (!field_next(&at, end))	/* the header */
		return 0;
	while (record_next(&at, end, &f, &type)) {
		if (strcmp(type, "finding") || !f.fields[F_DETAIL])
			continue;
		f.severity = severity_of(f.fields[F_SEVERITY]);
		if (f.severity > ret_first->severity) {
			*ret_first = f;
			nr = 0;
		}
		nr += f.severity == ret_first->severity;
	}
	return nr;
}

static void refuse(struct gate *g, const struct bt_buf *out)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct finding f;
	size_t nr = findings_read(out, &f);

	if (!nr) {
		gate_refuse(g, "check", "status 1 and no finding");
		return;
	}
	bt_buf_addf(&text, "%s:%s: %s", f.fields[F_PATH], f.fields[F_LINE], f.fields[F_MESSAGE]);
	if (*f.fields[F_DETAIL])
		bt_buf_addf(&text, ": %s", f.fields[F_DETAIL]);
	bt_buf_addf(&text, " [%s]", f.fields[F_RULE]);
	if (nr > 1)
		bt_buf_addf(&text, " and %zu more", nr - 1);
	gate_refuse(g, "check", "%s", bt_buf_cstr(&text));
}

/* It could not judge: as the hooks do. */
static int failed(struct gate *g, enum bt_key_id policy, const char *why, struct bt_err *err)
{
	if (bt_conf_get(g->r->conf, policy)->number == BT_HOOK_ON_FAIL)
		return bt_err_set(err, BT_ERR_FAIL, "the check of batch %" PRIu64 " failed: %s", g->b->id, why);
	return gate_note(g, err, "the check could not judge, the batch goes on without it: %s", why);
}

/* The empty tree stands for what was there before the first commit: then nothing says that the policy is another. */
static char *range_of(const struct gate *g)
{
	char from[BT_OID_HEX_MAX + 1], to[BT_OID_HEX_MAX + 1];
	struct bt_oid before = g->base;

	if (!before.len)
		bt_object_id(g->r->repo, BT_OBJECT_TREE, "", 0, &before);
	return bt_xasprintf("%s..%s", bt_oid_hex(&before, from), bt_oid_hex(&g->commit, to));
}

int gate_check(struct gate *g, struct bt_err *err)
{
	BT_FREE char *range = range_of(g);
	const char *const argv[] = { g->r->program, "check", range, "--format=porcelain", "-z", "--quiet", NULL };
	BT_GIT_CMD_OWNED struct bt_git_cmd place = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT, why = BT_BUF_INIT;
	struct bt_child_opts o = { .argv = argv, .timeout_ms = CHECK_TIMEOUT_MS };
	struct bt_err told = BT_ERR_INIT;
	int status;

	gate_cmd_here(&place, g->r->repo);
	o.env = place.env;
	o.cwd = place.cwd;
	if (bt_child_run(&o, NULL, 0, &out, &errout, &status, &told)) {
		if (told.code != BT_ERR_CANCELED)
			return failed(g, told.code == BT_ERR_LIMIT ? BT_KEY_HOOKS_ON_TIMEOUT : BT_KEY_HOOKS_ON_ERROR, told.msg, err);
		*err = told;
		return err->code;
	}
	if (status == STATUS_INTERRUPTED || status == 128 + SIGTERM)
		return bt_err_set(err, BT_ERR_CANCELED, "interrupted");
	if (status <= 1) {
		if (status)
			refuse(g, &out);
		return 0;
	}
	gate_last_line(&errout, &why);
	return failed(g, BT_KEY_HOOKS_ON_ERROR, why.len ? why.data : "git-batho says nothing", err);
}
