/*
 * git batho config profile: settings that go well together in repositories of a size, shown beside what is in force and written
 * on request. A profile says nothing of what is right for every size.
 */
#include <stdlib.h>
#include <string.h>

#include "git-batho/audit.h"
#include "git-batho/config/config.h"

#define VALUES_MAX 24

static const struct profile {
	const char *name;
	const char *when;
	struct {
		enum bt_key_id key;
		const char *value;
	} settings[VALUES_MAX];
	size_t nr;
} profiles[] = {
	{ .name = "small",
	  .when = "up to some 10,000 files: little memory and disk, history is kept for a month",
	  .settings = {
		  { BT_KEY_INDEX_JOBS, "2" },
		  { BT_KEY_CACHE_MEMORY_MB, "50" },
		  { BT_KEY_CACHE_MAX_SIZE_MB, "512" },
		  { BT_KEY_RETENTION_SNAPSHOT_DAYS, "30" },
		  { BT_KEY_RETENTION_MAX_SNAPSHOTS, "100" },
		  { BT_KEY_RETENTION_PATCH_DAYS, "30" },
		  { BT_KEY_RETENTION_MAX_PATCHES, "1000" },
		  { BT_KEY_RETENTION_AUDIT_DAYS, "365" },
		  { BT_KEY_QUEUE_RETENTION, "30" },
	  },
	  .nr = 9 },
	{ .name = "large",
	  .when = "up to some 100,000 files: every core, what others have written or tools have made is left out",
	  .settings = {
		  { BT_KEY_INDEX_JOBS, "0" },
		  { BT_KEY_INDEX_EXCLUDE, "node_modules/" },
		  { BT_KEY_INDEX_EXCLUDE, "third_party/" },
		  { BT_KEY_INDEX_EXCLUDE, "vendor/" },
		  { BT_KEY_INDEX_EXCLUDE, "*.min.js" },
		  { BT_KEY_INDEX_EXCLUDE, "*.min.css" },
		  { BT_KEY_CACHE_MEMORY_MB, "200" },
		  { BT_KEY_CACHE_MAX_SIZE_MB, "8192" },
		  { BT_KEY_RETENTION_SNAPSHOT_DAYS, "90" },
		  { BT_KEY_RETENTION_MAX_SNAPSHOTS, "500" },
		  { BT_KEY_RETENTION_PATCH_DAYS, "90" },
		  { BT_KEY_RETENTION_MAX_PATCHES, "5000" },
		  { BT_KEY_RETENTION_AUDIT_DAYS, "365" },
		  { BT_KEY_QUEUE_RETENTION, "30" },
	  },
	  .nr = 14 },
	{ .name = "monorepo",
	  .when = "more than that, and many people: a part with --include, generated code is left out, history is kept short",
	  .settings = {
		  { BT_KEY_INDEX_JOBS, "0" },
		  { BT_KEY_INDEX_MAX_BLOB_SIZE, "512k" },
		  { BT_KEY_INDEX_EXCLUDE, "node_modules/" },
		  { BT_KEY_INDEX_EXCLUDE, "third_party/" },
		  { BT_KEY_INDEX_EXCLUDE, "vendor/" },
		  { BT_KEY_INDEX_EXCLUDE, "*.min.js" },
		  { BT_KEY_INDEX_EXCLUDE, "*.min.css" },
		  { BT_KEY_INDEX_EXCLUDE, "*.pb.go" },
		  { BT_KEY_INDEX_EXCLUDE, "*.pb.cc" },
		  { BT_KEY_INDEX_EXCLUDE, "*.pb.h" },
		  { BT_KEY_INDEX_EXCLUDE, "*_pb2.py" },
		  { BT_KEY_INDEX_EXCLUDE, "*.generated.*" },
		  { BT_KEY_CACHE_MEMORY_MB, "400" },
		  { BT_KEY_CACHE_MAX_SIZE_MB, "32768" },
		  { BT_KEY_RETENTION_SNAPSHOT_DAYS, "30" },
		  { BT_KEY_RETENTION_MAX_SNAPSHOTS, "200" },
		  { BT_KEY_RETENTION_PATCH_DAYS, "30" },
		  { BT_KEY_RETENTION_MAX_PATCHES, "5000" },
		  { BT_KEY_RETENTION_AUDIT_DAYS, "365" },
		  { BT_KEY_QUEUE_RETENTION, "14" },
	  },
	  .nr = 20 },
};

/* What a profile comes to here. */
struct plan {
	struct bt_context *c;
	enum bt_git_scope scope;
	bool apply;
	size_t changes;
};

static const char *value_of(const struct bt_conf_source *s)
{
	return s->value ? s->value : "true";
}

/* What counts now as one text; *ret_has: `value` is (one of) it. */
static char *in_force(struct bt_context *c, const char *name, const char *value, bool *ret_has)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_conf_source *sources;
	size_t nr;

	*ret_has = false;
	bt_conf_sources(c->conf, name, &sources, &nr);
	for (size_t i = 0; i < nr; i++) {
		if (!sources[i].counts)
			continue;
		bt_buf_addf(&text, "%s%s", text.len ? ", " : "", value_of(&sources[i]));
		*ret_has = *ret_has || !strcmp(value_of(&sources[i]), value);
	}
	free(sources);
	return bt_buf_take(&text, NULL);
}

static void put(struct plan *p, const struct bt_key *k, const char *value, const char *now, bool has)
{
	bool list = k->type == BT_TYPE_PATTERNS;
	struct bt_out *out = p->c->out;

	bt_out_record(out, "change");
	bt_out_cstr(out, "key", k->name);
	bt_out_cstr(out, "value", value);
	bt_out_cstr(out, "before", *now ? now : NULL);
	bt_out_cstr(out, "result", has ? "unchanged" : p->apply ? "set" : "would-set");
	bt_out_cstr(out, "scope", bt_git_scope_names[p->scope]);
	bt_out_record_end(out);
	bt_out_textf(out, BT_COLOR_NAME, "%s", k->name);
	bt_out_textf(out, BT_COLOR_SEP, list ? "+=" : "=");
	bt_out_textf(out, has ? BT_COLOR_NOTE : BT_COLOR_NONE, "%s", value);
	bt_out_pad(out, 48);
	if (has)
		bt_out_textf(out, BT_COLOR_NOTE, "as it is");
	else if (*now && !list)
		bt_out_textf(out, BT_COLOR_NOTE, "instead of %s", now);
	else
		bt_out_textf(out, BT_COLOR_NOTE, list ? "added" : "new");
	bt_out_nl(out);
}

static int take(struct plan *p, enum bt_key_id key, const char *value, struct bt_err *err)
{
	const struct bt_key *k = &bt_keys[key];
	bool has, nothing;
	BT_FREE char *now = in_force(p->c, k->name, value, &has);

	put(p, k, value, now, has);
	if (has)
		return 0;
	p->changes++;
	if (!p->apply)
		return 0;
	return config_write(p->c, p->scope, k->name, &value, 1, k->type == BT_TYPE_PATTERNS, &nothing, err);
}

/*
 * A list keeps what it has: taking away what somebody has excluded is no business of a profile. What the tracked file says of it would be
 * hidden by the first value that is set here, so that it is set along.
 */
static int keep_tracked(struct plan *p, enum bt_key_id key, struct bt_err *err)
{
	struct bt_conf_source *sources;
	int rc = 0;
	size_t nr;

	bt_conf_sources(p->c->conf, bt_keys[key].name, &sources, &nr);
	for (size_t i = 0; i < nr && !rc; i++) {
		if (sources[i].origin != BT_FROM_TRACKED || !sources[i].counts)
			continue;
		put(p, &bt_keys[key], value_of(&sources[i]), "", false);
		p->changes++;
		if (p->apply)
			rc = config_write(p->c, p->scope, bt_keys[key].name, &sources[i].value, 1, true, &(bool){ false }, err);
	}
	free(sources);
	return rc;
}

/* Would the profile, or the command line, add to this list? */
static bool adds(struct plan *p, const struct config_opts *o, const struct profile *f, enum bt_key_id key)
{
	size_t missing = 0;

	for (size_t i = 0; i < (key == BT_KEY_INDEX_INCLUDE ? o->include.nr : f->nr); i++) {
		const char *value = key == BT_KEY_INDEX_INCLUDE ? o->include.items[i] : f->settings[i].value;
		bool has = true;

		if (key == BT_KEY_INDEX_INCLUDE || f->settings[i].key == key)
			free(in_force(p->c, bt_keys[key].name, value, &has));
		missing += !has;
	}
	return missing;
}

static int list_profiles(struct bt_context *c)
{
	for (size_t i = 0; i < BT_ARRAY_NR(profiles); i++) {
		bt_out_record(c->out, "profile");
		bt_out_cstr(c->out, "profile", profiles[i].name);
		bt_out_cstr(c->out, "when", profiles[i].when);
		bt_out_uint(c->out, "settings", profiles[i].nr);
		bt_out_record_end(c->out);
		bt_out_textf(c->out, BT_COLOR_NAME, "%s", profiles[i].name);
		bt_out_pad(c->out, 10);
		bt_out_textf(c->out, BT_COLOR_NONE, "%s", profiles[i].when);
		bt_out_nl(c->out);
	}
	return 0;
}

static const struct profile *find(const char *name, struct bt_err *err)
{
	for (size_t i = 0; i < BT_ARRAY_NR(profiles); i++)
		if (!strcmp(profiles[i].name, name))
			return &profiles[i];
	bt_err_set(err, BT_ERR_USAGE, "no profile is called '%s'", name);
	bt_err_hint(err, "the profiles are small, large and monorepo");
	return NULL;
}

static int check_place(struct plan *p, const struct config_opts *o, struct bt_err *err)
{
	for (size_t i = 0; i < o->include.nr; i++)
		if (bt_conf_check_value(p->c->conf, "index.include", o->include.items[i], err))
			return err->code;
	if (p->scope != BT_GIT_SCOPE_LOCAL || p->c->repo.git_dir)
		return 0;
	bt_err_set(err, BT_ERR_NOT_FOUND, "not a git repository: there is nothing here to configure");
	return bt_err_hint(err, "--global is about all your repositories");
}

static int apply(struct plan *p, const struct config_opts *o, const struct profile *f, struct bt_err *err)
{
	static const enum bt_key_id lists[] = { BT_KEY_INDEX_INCLUDE, BT_KEY_INDEX_EXCLUDE };

	for (size_t i = 0; i < BT_ARRAY_NR(lists); i++)
		if (adds(p, o, f, lists[i]) && keep_tracked(p, lists[i], err))
			return err->code;
	for (size_t i = 0; i < o->include.nr; i++)
		if (take(p, BT_KEY_INDEX_INCLUDE, o->include.items[i], err))
			return err->code;
	for (size_t i = 0; i < f->nr; i++)
		if (take(p, f->settings[i].key, f->settings[i].value, err))
			return err->code;
	if (p->apply && p->changes && p->c->repo.git_dir)
		bt_audit(p->c, "config profile", "ok", "%s in %s scope, %zu settings", f->name, bt_git_scope_names[p->scope], p->changes);
	if (!p->apply && p->changes)
		bt_notice(p->c, "nothing was set; --apply does it");
	return 0;
}

int config_profile(struct bt_context *c, const struct config_opts *o, const char *name, struct bt_err *err)
{
	BT_CLEANUP(config_problems_release) struct config_problems problems = CONFIG_PROBLEMS_INIT;
	const struct profile *f = name ? find(name, err) : NULL;
	struct plan p = { .c = c, .apply = o->apply };

	if (!name && (o->apply || o->include.nr))
		return bt_err_set(err, BT_ERR_USAGE, "'config profile' wants the name of a profile");
	if (!name)
		return list_profiles(c);
	if (!f || config_scope(o, &p.scope, err) || config_open(c, o, &problems, err) || check_place(&p, o, err))
		return err->code;
	return apply(&p, o, f, err);
}
