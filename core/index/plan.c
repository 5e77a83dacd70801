/*
 * Planning: walks trees that are not known complete and finds the blobs that are not known.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/metric.h"
#include "core/facts/facts.h"
#include "core/index/index_state.h"

/* A folder while it is walked. */
struct plan_dir {
	struct bt_buf path;		/* "" or "a/b" */
	struct ix_entry *entries;
	size_t nr, alloc;
	bool attrs_missing;		/* its .gitattributes is not in the object database */
};

#define PLAN_DIR_OWNED BT_CLEANUP(plan_dir_release)

static void plan_dir_release(struct plan_dir *d)
{
	bt_buf_release(&d->path);
	free(d->entries);
}

static struct ix_entry *add_entry(struct plan_dir *d)
{
	BT_GROW(d->entries, d->alloc, d->nr + 1);
	memset(&d->entries[d->nr], 0, sizeof(*d->entries));
	return &d->entries[d->nr++];
}

static void child_path(const struct plan_dir *d, const char *name, size_t len, struct bt_buf *out)
{
	bt_buf_clear(out);
	bt_buf_add(out, bt_buf_cstr(&d->path), d->path.len);
	if (d->path.len)
		bt_buf_addch(out, '/');
	bt_buf_add(out, name, len);
}

static bool is_attributes(const char *name, size_t len)
{
	static const char attributes[] = ".gitattributes";

	return len == sizeof(attributes) - 1 && !memcmp(name, attributes, len);
}

/* What decides about more than itself and is not in the object database: the folder is incomplete. */
static void add_missing(struct bt_index *ix, struct plan_dir *d, const char *name, size_t name_len)
{
	struct ix_entry *e = add_entry(d);

	e->name = bt_arena_strndup(&ix->arena, name, name_len);
	e->name_len = (uint32_t)name_len;
	e->fixed_state = BT_BLOB_MISSING;
	e->target = BT_NONE;
	ix->stats.blobs_missing++;
}

/* The tables of a language that will be parsed are made while the plan goes on. */
static int plan_job(struct bt_index *ix, const struct bt_oid *oid, const struct bt_lang *lang,
		    const struct bt_detect_class *cls, const char *path, size_t path_len, uint32_t *ret_job,
		    struct bt_err *err)
{
	size_t todo_nr = ix->todo_nr;

	if (ix_job_for_file(ix, oid, lang, lang ? NULL : cls, path, path_len, ret_job, err))
		return err->code;
	return lang && ix->todo_nr > todo_nr && ix->o.pool ? bt_pool_prepare(ix->o.pool, lang, err) : 0;
}

/* One file of the folder whose attributes are on the stack. */
static int plan_file(struct bt_index *ix, struct plan_dir *d, const char *path, size_t path_len,
		     const char *name, size_t name_len, const struct bt_oid *oid, struct bt_err *err)
{
	const struct bt_detect_class *cls = NULL;
	const struct bt_lang *lang = NULL;
	const char *language;
	enum bt_choice choice;
	struct ix_entry *e;
	uint8_t flags;
	uint32_t job;

	if (d->attrs_missing && is_attributes(name, name_len)) {
		add_missing(ix, d, name, name_len);
		return 0;
	}
	choice = bt_selection_file(ix->o.selection, path, &flags, &language);
	if (choice == BT_CHOICE_SKIP ||
	    bt_detect_path(path, path_len, language, &lang, &cls) == BT_DETECT_NONE)
		return 0;
	ix->stats.files++;
	if (choice == BT_CHOICE_BINARY) {
		job = BT_NONE;
	} else if (plan_job(ix, oid, lang, cls, path, path_len, &job, err)) {
		return err->code;
	}
	e = add_entry(d);
	e->name = bt_arena_strndup(&ix->arena, name, name_len);
	e->name_len = (uint32_t)name_len;
	e->flags = lang ? flags : flags | BT_FILE_BY_CONTENT;
	e->fixed_state = choice == BT_CHOICE_BINARY ? BT_BLOB_BINARY : BT_BLOB_FACTS;
	e->target = job;
	return 0;
}

static uint32_t add_node(struct bt_index *ix, const struct bt_oid *oid, uint64_t selection,
			 const struct plan_dir *d)
{
	struct ix_node *n;

	BT_GROW(ix->nodes, ix->nodes_alloc, ix->nodes_nr + 1);
	n = &ix->nodes[ix->nodes_nr];
	memset(n, 0, sizeof(*n));
	if (oid)
		n->oid = *oid;
	n->selection = selection;
	if (d) {
		n->dir = bt_arena_strndup(&ix->arena, bt_buf_cstr(&d->path), d->path.len);
		n->entries = bt_arena_alloc(&ix->arena, (d->nr + 1) * sizeof(*n->entries));
		if (d->nr)
			memcpy(n->entries, d->entries, d->nr * sizeof(*n->entries));
		n->entries_nr = (uint32_t)d->nr;
	}
	return (uint32_t)ix->nodes_nr++;
}

#define NODE_KEY_LEN (BT_OID_RAW_MAX + 8)

static void node_key(const struct bt_oid *oid, uint64_t selection, char key[NODE_KEY_LEN])
{
	memcpy(key, oid->raw, BT_OID_RAW_MAX);
	memcpy(key + BT_OID_RAW_MAX, &selection, 8);
}

/* A folder of this run or of the store: true when found. */
static int find_node(struct bt_index *ix, const struct bt_oid *oid, uint64_t selection,
		     uint32_t *ret_node, struct bt_err *err)
{
	char key[NODE_KEY_LEN];
	uint64_t found;
	struct bt_index_root known;
	int rc;

	node_key(oid, selection, key);
	found = bt_strmap_get(&ix->node_of, key, sizeof(key), BT_NONE);
	if (found != BT_NONE) {
		*ret_node = (uint32_t)found;
		return BT_ROW;
	}
	rc = ix->o.distrust ? BT_DONE : bt_index_root_find(ix->o.store, oid, selection, &known, err);
	if (rc != BT_ROW)
		return rc;
	ix->stats.trees_seen++;
	bt_count(BT_METRIC_CACHE_HITS, 0, known.blobs);
	*ret_node = add_node(ix, oid, selection, NULL);
	ix->nodes[*ret_node].done = true;
	ix->nodes[*ret_node].result = known;
	bt_strmap_put(&ix->node_of, key, sizeof(key), *ret_node);
	return BT_ROW;
}

static int read_attributes(struct bt_index *ix, const struct bt_oid *oid, struct plan_dir *d,
			   struct bt_buf *out, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	struct bt_object obj;
	int rc = bt_odb_read(ix->o.odb, oid, BT_ATTR_FILE_MAX, &obj, &why);

	if (rc && rc != BT_ERR_CORRUPT)
		return *err = why, rc;
	d->attrs_missing = rc || obj.type == BT_OBJECT_NONE;
	if (!rc && obj.data)
		bt_buf_add(out, obj.data, obj.size);
	return 0;
}

/* A tree that is not there, or that nobody can read, stands for its files: they are missing. */
static int bad_tree(const struct bt_oid *oid, const char *dir, const char *why, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];

	bt_err_set(err, BT_ERR_NOT_FOUND, "cannot read tree %s%s%s%s: %s", bt_oid_hex(oid, hex),
		   *dir ? " of folder '" : "", dir, *dir ? "'" : "", why);
	return bt_err_hint(err, "`git fsck` tells what is wrong with it");
}

static int read_tree(struct bt_index *ix, const struct bt_oid *oid, const char *dir, struct bt_buf *out,
		     struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	struct bt_object obj;
	int rc = bt_odb_read(ix->o.odb, oid, BT_TREE_SIZE_MAX, &obj, &why);

	if (rc == BT_ERR_CORRUPT)
		return bad_tree(oid, dir, "it is damaged", err);
	if (rc)
		return *err = why, rc;
	if (obj.type == BT_OBJECT_NONE)
		return bad_tree(oid, dir, "it is missing", err);
	if (obj.type != BT_OBJECT_TREE)
		return bad_tree(oid, dir, "it is no tree", err);
	if (!obj.data)
		return bt_err_set(err, BT_ERR_LIMIT, "the tree of folder '%s' is larger than %zu bytes", dir,
				  (size_t)BT_TREE_SIZE_MAX);
	bt_buf_add(out, obj.data, obj.size);
	return bt_buf_check(out, "a tree object", err);
}

static void count_unnamable(struct bt_index *ix, const struct bt_oid *tree)
{
	if (!ix->stats.unnamable++)
		ix->stats.unnamable_tree = *tree;
}

/* Looks through all entries first: afterwards they are known to be whole. Gives the .gitattributes among them. */
static int check_tree(struct bt_index *ix, const struct bt_oid *oid, const char *dir, const struct bt_buf *tree,
		      struct bt_oid *ret_attributes, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT;
	struct bt_tree_reader r;
	struct bt_tree_entry e;
	int rc;

	ret_attributes->len = 0;
	bt_tree_reader_init(&r, bt_buf_cstr(tree), tree->len, ix->o.repo->oid_len);
	while ((rc = bt_tree_reader_next(&r, &e, &why)) == BT_ROW) {
		if (e.kind == BT_ENTRY_UNNAMABLE)
			count_unnamable(ix, oid);
		else if (e.kind == BT_ENTRY_BLOB && !ret_attributes->len && is_attributes(e.name, e.name_len))
			*ret_attributes = e.oid;
	}
	return rc ? bad_tree(oid, dir, why.msg, err) : 0;
}

static int plan_tree(struct bt_index *ix, const struct bt_oid *oid, const char *dir, uint64_t selection,
		     unsigned depth, uint32_t *ret_node, struct bt_err *err);

static int plan_subtree(struct bt_index *ix, struct plan_dir *d, const char *path,
			const struct bt_tree_entry *e, unsigned depth, struct bt_err *err)
{
	struct ix_entry *entry;
	uint64_t selection;
	uint32_t node;
	int rc;

	if (bt_selection_dir_excluded(ix->o.selection, path))
		return 0;
	selection = bt_selection_dir(ix->o.selection, path);
	rc = find_node(ix, &e->oid, selection, &node, err);
	if (rc == BT_DONE)
		rc = plan_tree(ix, &e->oid, path, selection, depth + 1, &node, err);
	if (rc == BT_ERR_NOT_FOUND) {
		add_missing(ix, d, e->name, e->name_len);
		return 0;
	}
	if (rc < 0)
		return rc;
	entry = add_entry(d);
	entry->tree = true;
	entry->name = bt_arena_strndup(&ix->arena, e->name, e->name_len);
	entry->name_len = (uint32_t)e->name_len;
	entry->target = node;
	return 0;
}

static int plan_entries(struct bt_index *ix, struct plan_dir *d, const struct bt_buf *tree,
			unsigned depth, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	struct bt_tree_reader r;
	struct bt_tree_entry e;
	int rc;

	bt_tree_reader_init(&r, bt_buf_cstr(tree), tree->len, ix->o.repo->oid_len);
	while ((rc = bt_tree_reader_next(&r, &e, err)) == BT_ROW) {
		if (e.kind != BT_ENTRY_BLOB && e.kind != BT_ENTRY_TREE)
			continue;
		child_path(d, e.name, e.name_len, &path);
		if (path.len > BT_PATH_LEN_MAX - 1)
			continue;
		rc = e.kind == BT_ENTRY_TREE
			     ? plan_subtree(ix, d, path.data, &e, depth, err)
			     : plan_file(ix, d, path.data, path.len, e.name, e.name_len, &e.oid, err);
		if (rc)
			return rc;
	}
	return rc;
}

static int plan_tree(struct bt_index *ix, const struct bt_oid *oid, const char *dir, uint64_t selection,
		     unsigned depth, uint32_t *ret_node, struct bt_err *err)
{
	PLAN_DIR_OWNED struct plan_dir d = { .path = BT_BUF_INIT };
	BT_BUF_OWNED struct bt_buf tree = BT_BUF_INIT, attrs = BT_BUF_INIT;
	char key[NODE_KEY_LEN];
	struct bt_oid attributes;
	int rc;

	if (depth > BT_TREE_DEPTH_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "folders are nested deeper than %d at '%s'",
				  BT_TREE_DEPTH_MAX, dir);
	bt_buf_adds(&d.path, dir);
	if (read_tree(ix, oid, dir, &tree, err) || check_tree(ix, oid, dir, &tree, &attributes, err) ||
	    (attributes.len && read_attributes(ix, &attributes, &d, &attrs, err)))
		return err->code;
	ix->stats.trees_walked++;
	bt_attr_stack_push(ix->o.selection->attrs, dir, bt_buf_cstr(&attrs), attrs.len);
	rc = plan_entries(ix, &d, &tree, depth, err);
	bt_attr_stack_pop(ix->o.selection->attrs);
	if (rc)
		return rc;
	*ret_node = add_node(ix, oid, selection, &d);
	node_key(oid, selection, key);
	bt_strmap_put(&ix->node_of, key, sizeof(key), *ret_node);
	return 0;
}

/* After a run everything of the batch is done: start the next one with empty tables. */
static void begin_batch(struct bt_index *ix)
{
	if (!ix->ran)
		return;
	ix->ran = false;
	ix->jobs_nr = ix->nodes_nr = ix->todo_nr = ix->todo_at = 0;
	bt_oidmap_clear(&ix->job_of);
	bt_strmap_clear(&ix->node_of);
	bt_arena_reset(&ix->arena);
}

/* One reading transaction for thousands of look-ups, which would each take and drop its locks. */
static int plan_begin(struct bt_index *ix, struct bt_err *err)
{
	int rc;

	begin_batch(ix);
	rc = bt_store_read_begin(ix->o.store, err);
	ix->planning = !rc;
	return rc;
}

static int plan_end(struct bt_index *ix, int rc)
{
	if (ix->planning)
		bt_store_read_end(ix->o.store);
	ix->planning = false;
	return rc;
}

int bt_index_add_tree(struct bt_index *ix, const struct bt_oid *tree, uint32_t *ret_number,
		      struct bt_err *err)
{
	int rc = plan_begin(ix, err);

	if (rc)
		return rc;
	rc = find_node(ix, tree, ix->o.root_selection, ret_number, err);
	if (rc == BT_ROW)
		rc = 0;
	else if (rc == BT_DONE)
		rc = plan_tree(ix, tree, "", ix->o.root_selection, 0, ret_number, err);
	return plan_end(ix, rc);
}

int bt_index_add_blob(struct bt_index *ix, const struct bt_oid *oid, const char *path,
		      uint32_t *ret_number, struct bt_err *err)
{
	PLAN_DIR_OWNED struct plan_dir d = { .path = BT_BUF_INIT };
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (plan_begin(ix, err) ||
	    plan_end(ix, plan_file(ix, &d, path, strlen(path), name, strlen(name), oid, err)))
		return err->code;
	if (!d.nr)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' is in no language that is known here", path);
	*ret_number = add_node(ix, NULL, 0, &d);
	return 0;
}

static int add_known(struct bt_index *ix, const struct bt_index_blob *b, struct bt_err *err)
{
	const char *path = b->path ? b->path : "";
	uint32_t job;
	int rc = b->lang || b->cls ? ix_job_for_file(ix, &b->oid, b->lang, b->lang ? NULL : b->cls, path, strlen(path),
						     &job, err)
				   : ix_job_for_text(ix, &b->oid, path, strlen(path), &job, err);

	if (!rc && b->bytes) {
		ix->jobs[job].bytes = b->bytes;
		ix->jobs[job].bytes_len = b->len;
	}
	return rc;
}

int bt_index_add_known(struct bt_index *ix, const struct bt_index_blob *blobs, size_t nr, struct bt_err *err)
{
	int rc = plan_begin(ix, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < nr && !rc; i++)
		rc = add_known(ix, &blobs[i], err);
	return plan_end(ix, rc);
}

/* ---- listings: the same, from a flat list in path order ---- */

struct plan_list {
	struct bt_index *ix;
	struct bt_listing_entry *list;
	size_t nr, alloc;
};

static int list_read(struct plan_list *p, struct bt_listing *l, struct bt_err *err)
{
	struct bt_listing_entry e;
	int rc;

	while ((rc = bt_listing_next(l, &e, err)) == BT_ROW) {
		/* unmerged: ours stands for the path, and where we have removed it there is none */
		if ((e.stage && e.stage != 2) || strlen(e.path) >= BT_PATH_LEN_MAX)
			continue;
		e.path = bt_arena_strndup(&p->ix->arena, e.path, strlen(e.path));
		BT_GROW(p->list, p->alloc, p->nr + 1);
		p->list[p->nr++] = e;
	}
	return rc;
}

static int list_attributes(struct plan_list *p, size_t from, size_t to, size_t skip, struct plan_dir *d,
			   struct bt_buf *out, struct bt_err *err)
{
	for (size_t i = from; i < to; i++)
		if (p->list[i].kind == BT_ENTRY_BLOB && !strcmp(p->list[i].path + skip, ".gitattributes"))
			return read_attributes(p->ix, &p->list[i].oid, d, out, err);
	return 0;
}

/* Plans list[from..to), which all lie in folder dir (skip bytes of every path, with the '/'). */
static int plan_range(struct plan_list *p, size_t from, size_t to, const char *dir, size_t skip,
		      unsigned depth, uint32_t *ret_node, struct bt_err *err);

static int plan_list_folder(struct plan_list *p, struct plan_dir *d, size_t from, size_t *ret_to,
			    size_t to, size_t skip, size_t name_len, unsigned depth, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	const char *name = p->list[from].path + skip;
	struct ix_entry *entry;
	size_t end = from;
	uint32_t node;

	while (end < to && !strncmp(p->list[end].path + skip, name, name_len + 1))
		end++;
	*ret_to = end;
	bt_buf_add(&path, p->list[from].path, skip + name_len);
	if (bt_selection_dir_excluded(p->ix->o.selection, path.data))
		return 0;
	if (plan_range(p, from, end, path.data, skip + name_len + 1, depth + 1, &node, err))
		return err->code;
	entry = add_entry(d);
	entry->tree = true;
	entry->name = name;
	entry->name_len = (uint32_t)name_len;
	entry->target = node;
	return 0;
}

static int plan_range(struct plan_list *p, size_t from, size_t to, const char *dir, size_t skip,
		      unsigned depth, uint32_t *ret_node, struct bt_err *err)
{
	PLAN_DIR_OWNED struct plan_dir d = { .path = BT_BUF_INIT };
	BT_BUF_OWNED struct bt_buf attrs = BT_BUF_INIT;
	size_t i = from;
	int rc = 0;

	if (depth > BT_TREE_DEPTH_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "folders are nested deeper than %d at '%s'",
				  BT_TREE_DEPTH_MAX, dir);
	bt_buf_adds(&d.path, dir);
	if (list_attributes(p, from, to, skip, &d, &attrs, err))
		return err->code;
	bt_attr_stack_push(p->ix->o.selection->attrs, dir, bt_buf_cstr(&attrs), attrs.len);
	while (i < to && !rc) {
		const struct bt_listing_entry *e = &p->list[i];
		const char *name = e->path + skip, *slash = strchr(name, '/');

		if (slash) {
			rc = plan_list_folder(p, &d, i, &i, to, skip, (size_t)(slash - name), depth, err);
			continue;
		}
		if (e->kind == BT_ENTRY_BLOB)
			rc = plan_file(p->ix, &d, e->path, strlen(e->path), name, strlen(name), &e->oid,
				       err);
		i++;
	}
	bt_attr_stack_pop(p->ix->o.selection->attrs);
	if (!rc)
		*ret_node = add_node(p->ix, NULL, 0, &d);
	return rc;
}

/* The listing's own configuration decides what of it is indexed. */
static int list_policy(struct plan_list *p, struct bt_err *err)
{
	struct bt_oid config = { .len = 0 };

	if (!p->ix->o.policy)
		return 0;
	for (size_t i = 0; i < p->nr; i++)
		if (p->list[i].kind == BT_ENTRY_BLOB && !strcmp(p->list[i].path, ".batho/config.ini"))
			config = p->list[i].oid;
	return p->ix->o.policy(p->ix->o.policy_ctx, &config, err);
}

int bt_index_add_listing(struct bt_index *ix, struct bt_listing *l, uint32_t *ret_number,
			 struct bt_err *err)
{
	struct plan_list p = { .ix = ix };
	int rc;

	begin_batch(ix);
	rc = list_read(&p, l, err);
	if (!rc)
		rc = list_policy(&p, err);
	if (!rc)
		rc = plan_begin(ix, err);
	if (!rc)
		rc = plan_end(ix, plan_range(&p, 0, p.nr, "", 0, 0, ret_number, err));
	free(p.list);
	return rc;
}
