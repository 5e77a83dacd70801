/*
 * The course of a check.
 */
#include "core/rules/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/metric.h"
#include "core/base/path.h"
#include "core/rules/radius/radius.h"

/* Lines about rules that were stopped: a rule that is too dear is so in many files. */
#define STOPPED_MAX 10

void bt_check_release(struct bt_check *c)
{
	bt_findings_release(&c->findings);
	bt_ruleset_release(&c->rules);
	bt_policy_release(&c->policy);
	bt_baseline_release(&c->baseline);
	free(c->complaints);
	free(c->stopped);
	memset(c, 0, sizeof(*c));
}

void check_complain(struct check *k, const struct bt_rule *rule, const char *text, size_t len)
{
	BT_FREE char *line = bt_xasprintf("%s: %.*s\n", rule->info.path ? rule->info.path : rule->info.id, (int)len, text);

	if (!strstr(bt_buf_cstr(&k->complaints), line))
		bt_buf_adds(&k->complaints, line);
}

void check_tell_stopped(struct check *k, const struct bt_rule *rule, const struct check_file *f)
{
	if (k->stopped_nr++ >= STOPPED_MAX)
		return;
	bt_buf_addf(&k->stopped, "rule '%s' was stopped at its limit in ", rule->info.id);
	bt_buf_addch(&k->stopped, '\'');
	bt_path_quote(&k->stopped, f->in->path, f->in->path_len, BT_QUOTE_HIGH);
	bt_buf_adds(&k->stopped, "'\n");
}

void check_add_of_change(struct check *k, const struct check_file *f, const char *rule_id, uint32_t row, uint32_t col,
			 uint32_t start, bool is_new, const char *detail, size_t detail_len)
{
	const struct bt_rule *rule = bt_ruleset_find(&k->c->rules, rule_id, strlen(rule_id));
	struct bt_findings *to = &k->c->findings;
	struct bt_finding *out;

	if (!rule || rule->info.severity == BT_SEVERITY_OFF || rule->skip & check_roles(f))
		return;
	if (!is_new && !k->o->full) {
		to->known_nr++;
		return;
	}
	out = bt_findings_add(to);
	*out = (struct bt_finding){
		.rule = &rule->info, .path = bt_arena_strndup(&to->arena, f->in->path, f->in->path_len),
		.path_len = f->in->path_len, .start = start, .end = start, .row = row, .end_row = row, .col = col, .end_col = col,
		.detail = detail_len ? bt_arena_strndup(&to->arena, detail, detail_len) : NULL,
		.fingerprint = bt_fingerprint(rule_id, bt_hash64(detail, detail_len, 0), ""), .is_new = is_new,
	};
}

static const char *keep(struct bt_findings *to, const char *text)
{
	return text && *text ? bt_arena_strndup(&to->arena, text, strlen(text)) : NULL;
}

void check_add_about(struct check *k, struct check_file *f, const struct check_about *a)
{
	const struct bt_rule *rule = bt_ruleset_find(&k->c->rules, a->rule, strlen(a->rule));
	struct bt_findings *to = &k->c->findings;
	const char *key = a->key ? a->key : "";
	struct bt_finding made;

	if (!rule || rule->info.severity == BT_SEVERITY_OFF || rule->skip & check_roles(f))
		return;
	made = (struct bt_finding){
		.rule = &rule->info, .path = bt_arena_strndup(&to->arena, f->in->path, f->in->path_len),
		.path_len = f->in->path_len, .start = a->start, .end = a->end, .row = a->row, .col = a->col,
		.end_row = a->end_row, .end_col = a->end_col, .detail = check_keep_shown(to, a->detail), .code = keep(to, a->code),
		.symbol = check_keep_shown(to, a->symbol), .is_new = true,
		.fingerprint = bt_fingerprint(a->rule, bt_hash64(key, strlen(key), 0), a->symbol ? a->symbol : ""),
	};
	if (check_is_suppressed(k, f, rule, a->row, a->anywhere)) {
		to->suppressed_nr++;
		bt_findings_hide(to, &made, "comment", NULL);
	} else {
		*bt_findings_add(to) = made;
	}
}

/* ---- the policy ---- */

static int read_policy(struct check *k)
{
	const struct bt_incoming *in = k->o->files;
	const char **dirs = bt_xcalloc(in->nr + 1, sizeof(*dirs));
	size_t nr = 0;
	int rc;

	for (size_t i = 0; i < in->nr; i++) {
		const char *slash = strrchr(in->files[i].path, '/');
		size_t len = slash ? (size_t)(slash - in->files[i].path) : 0;

		if (nr && strlen(dirs[nr - 1]) == len && !memcmp(dirs[nr - 1], in->files[i].path, len))
			continue;
		dirs[nr++] = bt_arena_strndup(&k->arena, in->files[i].path, len);
	}
	rc = bt_policy_read(k->o->repo, &k->o->policy, dirs, nr, &k->c->policy, k->err);
	free(dirs);
	if (rc || bt_policy_apply(&k->c->policy, k->o->conf, k->o->hurry, &k->c->rules, k->err))
		return k->err->code;
	if (!k->c->policy.baseline || k->o->no_baseline)
		return 0;
	return bt_baseline_read(k->c->policy.baseline, k->c->policy.baseline_len, BT_BASELINE_PATH, &k->c->baseline,
				k->err);
}

/* ---- the baseline ---- */

struct gone {
	const struct bt_incoming *files;
	bool everything;
};

static int path_cmp(const void *key, const void *item)
{
	return strcmp(key, ((const struct bt_incoming_file *)item)->path);
}

/* Is the file of a baseline's entry not there any more? What is not looked at may well be. */
static bool is_gone(void *ctx, const char *path)
{
	const struct gone *g = ctx;
	const struct bt_incoming_file *f =
		g->files->nr ? bsearch(path, g->files->files, g->files->nr, sizeof(*f), path_cmp) : NULL;

	return f ? !f->new_oid.len : g->everything;
}

static void in_baseline(struct bt_findings *l, struct bt_finding *f)
{
	l->baseline_nr++;
	f->is_new = false;
	bt_findings_hide(l, f, "baseline", NULL);
}

static void apply_baseline(struct check *k)
{
	struct bt_findings *l = &k->c->findings;
	struct bt_baseline *b = &k->c->baseline;
	struct gone g = { k->o->files, k->o->everything };
	size_t kept = 0;

	if (!b->nr)
		return;
	for (size_t i = 0; i < l->nr; i++) {
		if (bt_baseline_take(b, &l->items[i]))
			in_baseline(l, &l->items[i]);
		else
			l->items[kept++] = l->items[i];
	}
	l->nr = kept;
	kept = 0;
	for (size_t i = 0; i < l->nr; i++) {
		if (bt_baseline_take_moved(b, &l->items[i], is_gone, &g))
			in_baseline(l, &l->items[i]);
		else
			l->items[kept++] = l->items[i];
	}
	l->nr = kept;
}

static void decide(struct check *k)
{
	struct bt_check *c = k->c;

	c->fail_on = (enum bt_severity)bt_conf_get(k->o->conf, BT_KEY_CHECK_FAIL_ON)->number;
	for (size_t i = 0; i < c->findings.nr; i++)
		if (c->fail_on && c->findings.items[i].is_new && c->findings.items[i].rule->severity >= c->fail_on)
			c->fails = true;
}

/* ---- the files ---- */

static int read_moved(struct check *k)
{
	bool added = false, removed = false;

	for (size_t i = 0; i < k->files_nr && !k->o->full; i++) {
		const struct check_file *f = &k->files[i];

		added |= !f->in->old_oid.len && f->now.rec.found_nr;
		removed |= !f->in->new_oid.len;
	}
	if (!added || !removed)
		return 0;
	if (check_read_removed(k))
		return k->err->code;
	for (size_t i = 0; i < k->files_nr; i++)
		if (!k->files[i].in->new_oid.len)
			check_count_blob(k, &k->files[i].base, &k->moved);
	return 0;
}

static int run(struct check *k)
{
	int rc = 0;

	if (read_policy(k) || check_choose(k) || check_make_missing(k) || read_moved(k))
		return k->err->code;
	for (size_t i = 0; i < k->files_nr && !rc; i++)
		rc = check_judge(k, &k->files[i]);
	if (rc || check_change(k))
		return k->err->code;
	bt_findings_sort(&k->c->findings);
	apply_baseline(k);
	decide(k);
	if (k->complaints.len)
		k->c->complaints = bt_buf_take(&k->complaints, NULL);
	if (k->stopped_nr > STOPPED_MAX)
		bt_buf_addf(&k->stopped, "rules were stopped at their limits %zu times more\n", k->stopped_nr - STOPPED_MAX);
	if (k->stopped_nr)
		k->c->stopped = bt_buf_take(&k->stopped, NULL);
	return 0;
}

static void count_new(const struct bt_findings *l)
{
	for (size_t i = 0; i < l->nr; i++)
		if (l->items[i].is_new && l->items[i].rule->severity > BT_SEVERITY_OFF)
			bt_count(BT_METRIC_RULE_FINDINGS, (unsigned)l->items[i].rule->severity - BT_SEVERITY_NOTE, 1);
}

int bt_check_run(const struct bt_check_opts *o, struct bt_check *ret_c, struct bt_err *err)
{
	struct check k = { .o = o, .c = ret_c, .err = err };
	int rc;

	k.files_nr = o->files->nr;
	k.files = bt_xcalloc(k.files_nr + 1, sizeof(*k.files));
	k.lang_ids = bt_xcalloc(bt_langs_nr() + 1, sizeof(*k.lang_ids));
	for (size_t i = 0; i < k.files_nr; i++)
		k.files[i].in = &o->files->files[i];
	rc = run(&k);
	if (!rc)
		count_new(&ret_c->findings);
	radius_free(&k.radius);
	bt_store_free(&k.store);
	bt_fingerprints_release(&k.moved);
	bt_arena_release(&k.looks.arena);
	free(k.looks.items);
	bt_buf_release(&k.scratch);
	bt_buf_release(&k.complaints);
	bt_buf_release(&k.stopped);
	bt_arena_release(&k.arena);
	free(k.candidates);
	free(k.lang_ids);
	free(k.files);
	return rc;
}
