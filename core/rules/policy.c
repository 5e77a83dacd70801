/*
 * Which files of the policy there are, and their bytes.
 */
#include "core/rules/policy.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/git/index_file.h"
#include "core/git/odb.h"
#include "core/git/program.h"
#include "core/rules/policy_cache.h"

#define CONFIG_PATH BT_POLICY_DIR "/config.ini"
#define BASELINE_PATH BT_POLICY_DIR "/baseline.json"
#define RULES_DIR BT_POLICY_DIR "/rules/"
#define ATTRIBUTES ".gitattributes"
#define LIST_BUF_MAX ((size_t)1 << 20)
/* Paths in one command line. */
#define ARGS_MAX 500

struct policy_file {
	const char *path;
	struct bt_oid oid;
};

struct loader {
	struct bt_repo *repo;
	const struct bt_policy_source *source;
	struct bt_policy *p;
	const char **paths;		/* that may exist; sorted, each once */
	size_t paths_nr, paths_alloc;
	struct policy_file *files;	/* that do */
	size_t files_nr, files_alloc;
	struct bt_err *err;
};

void bt_policy_release(struct bt_policy *p)
{
	bt_arena_release(&p->arena);
	free(p->rules);
	free(p->attrs);
	memset(p, 0, sizeof(*p));
}

static int str_cmp(const void *pa, const void *pb)
{
	return strcmp(*(const char *const *)pa, *(const char *const *)pb);
}

static void add_path(struct loader *l, const char *dir, size_t dir_len)
{
	char *path = bt_arena_alloc(&l->p->arena, dir_len + sizeof(ATTRIBUTES) + 1);

	memcpy(path, dir, dir_len);
	if (dir_len)
		path[dir_len++] = '/';
	memcpy(path + dir_len, ATTRIBUTES, sizeof(ATTRIBUTES));
	BT_GROW(l->paths, l->paths_alloc, l->paths_nr + 1);
	l->paths[l->paths_nr++] = path;
}

/* The .gitattributes of every folder and of those above it. */
static void list_attributes(struct loader *l, const char *const *dirs, size_t nr)
{
	size_t kept = 0;

	add_path(l, "", 0);
	for (size_t i = 0; i < nr; i++) {
		if (i && !strcmp(dirs[i], dirs[i - 1]))
			continue;
		for (const char *slash = dirs[i]; (slash = strchr(slash, '/')); slash++)
			add_path(l, dirs[i], (size_t)(slash - dirs[i]));
		if (*dirs[i])
			add_path(l, dirs[i], strlen(dirs[i]));
	}
	qsort(l->paths, l->paths_nr, sizeof(*l->paths), str_cmp);
	for (size_t i = 0; i < l->paths_nr; i++)
		if (!kept || strcmp(l->paths[i], l->paths[kept - 1]))
			l->paths[kept++] = l->paths[i];
	l->paths_nr = kept;
}

/* ---- where the bytes go ---- */

static bool is_rule(const char *path, const char **ret_id, size_t *ret_len)
{
	size_t len = strlen(path), dir = strlen(RULES_DIR);

	if (len <= dir + 4 || memcmp(path, RULES_DIR, dir) || strcmp(path + len - 4, ".scm") ||
	    strchr(path + dir, '/'))
		return false;
	*ret_id = path + dir;
	*ret_len = len - dir - 4;
	return true;
}

static bool is_attributes(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(slash ? slash + 1 : path, ATTRIBUTES);
}

static size_t size_max(const char *path)
{
	if (!strcmp(path, CONFIG_PATH))
		return BT_CONFIG_FILE_MAX;
	if (!strcmp(path, BASELINE_PATH))
		return BT_BASELINE_FILE_MAX;
	return is_attributes(path) ? BT_ATTR_FILE_MAX : BT_RULE_FILE_MAX;
}

static bool is_wanted(const char *path)
{
	const char *id;
	size_t len;

	return !strcmp(path, CONFIG_PATH) || !strcmp(path, BASELINE_PATH) || is_attributes(path) ||
	       is_rule(path, &id, &len);
}

static int take_rule(struct loader *l, const char *id, size_t id_len, const char *text, size_t len)
{
	struct bt_policy *p = l->p;

	if (p->rules_nr == BT_POLICY_RULES_MAX)
		return bt_err_set(l->err, BT_ERR_LIMIT, "more than %d rules in " RULES_DIR, BT_POLICY_RULES_MAX);
	BT_GROW(p->rules, p->rules_alloc, p->rules_nr + 1);
	p->rules[p->rules_nr++] = (struct bt_rule_file){ bt_arena_strndup(&p->arena, id, id_len), text, len };
	return 0;
}

static int take_bytes(struct loader *l, const char *path, const char *data, size_t len)
{
	struct bt_policy *p = l->p;
	const char *text = bt_arena_strndup(&p->arena, data, len), *id;
	size_t id_len;

	if (!strcmp(path, CONFIG_PATH)) {
		p->config = text;
		p->config_len = len;
	} else if (!strcmp(path, BASELINE_PATH)) {
		p->baseline = text;
		p->baseline_len = len;
	} else if (is_rule(path, &id, &id_len)) {
		return take_rule(l, id, id_len, text, len);
	} else {
		size_t dir = strlen(path) - strlen(ATTRIBUTES);

		BT_GROW(p->attrs, p->attrs_alloc, p->attrs_nr + 1);
		p->attrs[p->attrs_nr++] = (struct bt_policy_attrs){
			bt_arena_strndup(&p->arena, path, dir ? dir - 1 : 0), text, len
		};
	}
	return 0;
}

static int too_large(struct loader *l, const char *path)
{
	return bt_err_set(l->err, BT_ERR_LIMIT, "'%s' is larger than %zu bytes", path, size_max(path));
}

/* ---- index and trees ---- */

/* "<mode> [type] <id>[ <stage>]\t<path>" of ls-tree and ls-files */
static int take_entry(struct loader *l, char *rec, size_t len)
{
	char *tab = memchr(rec, '\t', len), *p = rec;
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_oid oid;

	if (!tab || strncmp(rec, "100", 3) || !is_wanted(tab + 1))
		return 0;
	*tab = '\0';
	/* A path with conflicts is not checked, and nothing is checked by it. */
	if (tab - rec > 2 && tab[-2] == ' ' && tab[-1] != '0')
		return 0;
	for (char *word = strtok_r(p, " ", &p); word; word = strtok_r(NULL, " ", &p)) {
		if (bt_oid_parse(word, strlen(word), &oid, &ignored))
			continue;
		BT_GROW(l->files, l->files_alloc, l->files_nr + 1);
		l->files[l->files_nr++] = (struct policy_file){
			bt_arena_strndup(&l->p->arena, tab + 1, strlen(tab + 1)), oid
		};
		return 0;
	}
	return 0;
}

static int list_some(struct loader *l, size_t from, size_t to)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	char hex[BT_OID_HEX_MAX + 1], *rec;
	struct bt_git_stream s;
	size_t len;
	int rc;

	bt_git_cmd_init(&c, l->repo);
	bt_git_cmd_env(&c, "GIT_LITERAL_PATHSPECS=1");
	if (l->source->from == BT_POLICY_INDEX)
		bt_git_cmd_addl(&c, "ls-files", "-s", "-z", "--full-name", "--", NULL);
	else
		bt_git_cmd_addl(&c, "ls-tree", "-r", "-z", "--full-tree", bt_oid_hex(l->source->tree, hex), "--", NULL);
	if (l->repo->top && l->source->from == BT_POLICY_INDEX)
		c.cwd = l->repo->top;
	if (!from)
		bt_git_cmd_add(&c, BT_POLICY_DIR);
	for (size_t i = from; i < to; i++)
		bt_git_cmd_add(&c, l->paths[i]);
	bt_git_stream_init(&s);
	rc = bt_git_stream_start(&s, &c, false, LIST_BUF_MAX, l->err);
	while (!rc && (rc = bt_git_stream_record(&s, '\0', &rec, &len, l->err)) == BT_ROW)
		rc = take_entry(l, rec, len);
	if (!rc)
		rc = bt_git_stream_finish(&s, "cannot read the policy", l->err);
	bt_git_stream_release(&s);
	return rc;
}

/* kept: where what is read is noted for the cache; or NULL. */
static int read_objects(struct loader *l, struct bt_buf *kept)
{
	struct bt_odb *odb = NULL;
	struct bt_object obj;
	int rc = l->files_nr ? bt_odb_open(l->repo, &bt_odb_git_program, &odb, l->err) : 0;

	for (size_t i = 0; i < l->files_nr && !rc; i++) {
		const struct policy_file *f = &l->files[i];

		rc = bt_odb_read(odb, &f->oid, size_max(f->path), &obj, l->err);
		if (!rc && obj.type != BT_OBJECT_BLOB)
			rc = bt_err_set(l->err, BT_ERR_FAIL, "'%s' is not in the object database", f->path);
		if (!rc && !obj.data)
			rc = too_large(l, f->path);
		if (!rc)
			rc = take_bytes(l, f->path, obj.data, obj.size);
		if (!rc && kept)
			bt_policy_cache_add(kept, &f->oid, obj.data, obj.size);
	}
	bt_odb_free(&odb);
	return rc;
}

static int read_git(struct loader *l)
{
	for (size_t from = 0; from < l->paths_nr; from += ARGS_MAX)
		if (list_some(l, from, from + ARGS_MAX < l->paths_nr ? from + ARGS_MAX : l->paths_nr))
			return l->err->code;
	return read_objects(l, NULL);
}

/* ---- the index, without git ---- */

static int path_cmp(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static void take_index_entry(void *ctx, const char *path, size_t len, uint32_t mode, const uint8_t *oid)
{
	struct loader *l = ctx;
	bool ours = !strncmp(path, BT_POLICY_DIR "/", strlen(BT_POLICY_DIR "/"));

	if (!ours && (len < strlen(ATTRIBUTES) || memcmp(path + len - strlen(ATTRIBUTES), ATTRIBUTES, strlen(ATTRIBUTES))))
		return;
	if (!S_ISREG(mode) || !is_wanted(path) ||
	    (!ours && !bsearch(path, l->paths, l->paths_nr, sizeof(*l->paths), path_cmp)))
		return;
	BT_GROW(l->files, l->files_alloc, l->files_nr + 1);
	l->files[l->files_nr++] = (struct policy_file){
		bt_arena_strndup(&l->p->arena, path, len), bt_oid_make(oid, l->repo->oid_len)
	};
}

/* All of it out of the cache; false: something is not there, and nothing was taken. */
static int read_cached(struct loader *l, bool *ret_done)
{
	BT_CLEANUP(bt_policy_cache_release) struct bt_policy_cache c = BT_POLICY_CACHE_INIT;
	size_t len;

	*ret_done = !l->files_nr;
	if (*ret_done)
		return 0;
	bt_policy_cache_read(&c, l->repo);
	for (size_t i = 0; i < l->files_nr; i++)
		if (!bt_policy_cache_find(&c, &l->files[i].oid, &len) || len > size_max(l->files[i].path))
			return 0;
	*ret_done = true;
	for (size_t i = 0; i < l->files_nr; i++) {
		const char *data = bt_policy_cache_find(&c, &l->files[i].oid, &len);

		if (take_bytes(l, l->files[i].path, data, len))
			return l->err->code;
	}
	return 0;
}

/* What git reads comes out of the cache the next time. */
static int read_index(struct loader *l)
{
	BT_BUF_OWNED struct bt_buf kept = BT_BUF_INIT;
	bool done;

	if (!bt_index_file_walk(l->repo, take_index_entry, l)) {
		l->files_nr = 0;
		return read_git(l);
	}
	if (read_cached(l, &done) || done)
		return l->err->code;
	if (read_objects(l, &kept))
		return l->err->code;
	bt_policy_cache_write(&kept, l->repo);
	return 0;
}

/* ---- files ---- */

static int read_file(struct loader *l, const char *path)
{
	BT_FREE char *full = bt_xasprintf("%s/%s", l->repo->top, path);
	BT_BUF_OWNED struct bt_buf data = BT_BUF_INIT;
	struct stat st;
	int rc;

	if (lstat(full, &st) || !S_ISREG(st.st_mode))
		return 0;
	rc = bt_file_read(full, size_max(path), &data, l->err);
	if (rc == BT_ERR_LIMIT)
		return too_large(l, path);
	return rc ? rc : take_bytes(l, path, bt_buf_cstr(&data), data.len);
}

static int read_rule_files(struct loader *l)
{
	BT_FREE char *full = bt_xasprintf("%s/" RULES_DIR, l->repo->top);
	DIR *dir = opendir(full);
	const char **names = NULL;
	size_t nr = 0, alloc = 0;
	int rc = 0;

	for (struct dirent *e; dir && (e = readdir(dir));) {
		BT_FREE char *path = bt_xasprintf(RULES_DIR "%s", e->d_name);

		if (!is_wanted(path) || nr > BT_POLICY_RULES_MAX)
			continue;
		BT_GROW(names, alloc, nr + 1);
		names[nr++] = bt_arena_strndup(&l->p->arena, path, strlen(path));
	}
	if (dir)
		closedir(dir);
	if (nr)
		qsort(names, nr, sizeof(*names), str_cmp);
	for (size_t i = 0; i < nr && !rc; i++)
		rc = read_file(l, names[i]);
	free(names);
	return rc;
}

static int read_files(struct loader *l)
{
	if (!l->repo->top)
		return 0;
	if (read_file(l, CONFIG_PATH) || read_file(l, BASELINE_PATH) || read_rule_files(l))
		return l->err->code;
	for (size_t i = 0; i < l->paths_nr; i++)
		if (read_file(l, l->paths[i]))
			return l->err->code;
	return 0;
}

static int rule_cmp(const void *pa, const void *pb)
{
	const struct bt_rule_file *a = pa, *b = pb;

	return strcmp(a->id, b->id);
}

static int attrs_cmp(const void *pa, const void *pb)
{
	const struct bt_policy_attrs *a = pa, *b = pb;

	return strcmp(a->dir, b->dir);
}

int bt_policy_read(struct bt_repo *repo, const struct bt_policy_source *source, const char *const *dirs,
		   size_t dirs_nr, struct bt_policy *ret_p, struct bt_err *err)
{
	struct loader l = { .repo = repo, .source = source, .p = ret_p, .err = err };
	const char *name = source->name ? source->name : "";
	int rc = 0;

	ret_p->config_where = CONFIG_PATH;
	if (source->from == BT_POLICY_INDEX || source->from == BT_POLICY_TREE) {
		char *where = bt_xasprintf("%s:" CONFIG_PATH, name);

		ret_p->config_where = bt_arena_strndup(&ret_p->arena, where, strlen(where));
		free(where);
	}
	list_attributes(&l, dirs, dirs_nr);
	if (source->from == BT_POLICY_FILES)
		rc = read_files(&l);
	else if (source->from == BT_POLICY_INDEX)
		rc = read_index(&l);
	else if (source->from == BT_POLICY_TREE)
		rc = read_git(&l);
	free(l.paths);
	free(l.files);
	if (ret_p->rules_nr)
		qsort(ret_p->rules, ret_p->rules_nr, sizeof(*ret_p->rules), rule_cmp);
	if (ret_p->attrs_nr)
		qsort(ret_p->attrs, ret_p->attrs_nr, sizeof(*ret_p->attrs), attrs_cmp);
	return rc;
}

/* All rules, but in a hook those that are none. */
static int make_rules(struct bt_policy *p, const struct bt_conf *conf, bool brief, struct bt_ruleset *ret_set,
		      struct bt_err *err)
{
	int rc;

	while ((rc = (brief ? bt_ruleset_init_brief : bt_ruleset_init)(ret_set, p->rules, p->rules_nr, err))) {
		size_t bad = ret_set->nr - ret_set->builtin_nr;

		if (!ret_set->builtin_nr || bad >= p->rules_nr || bt_conf_pass_over(conf, err))
			return err->code;
		bt_ruleset_release(ret_set);
		p->rules_nr--;
		memmove(&p->rules[bad], &p->rules[bad + 1], (p->rules_nr - bad) * sizeof(*p->rules));
	}
	return rc;
}

int bt_policy_apply(struct bt_policy *p, struct bt_conf *conf, bool brief, struct bt_ruleset *ret_set,
		    struct bt_err *err)
{
	if (bt_conf_set_tracked(conf, p->config ? p->config : "", p->config_len, p->config_where, err) ||
	    make_rules(p, conf, brief, ret_set, err))
		return err->code;
	return bt_ruleset_configure(ret_set, conf, err);
}
