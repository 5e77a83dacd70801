/*
 * The files of a check: what language and roles they have, what the store knows of their blobs, and what has to be made.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/index/budget.h"
#include "core/index/index.h"
#include "core/rules/check_state.h"

#define NO_ID UINT32_MAX
/* Removed files whose findings are looked at, to see what moved. */
#define REMOVED_MAX 1000
/* Files for which the quick way is the quicker one. */
#define LOOKS_MAX 16

/* ---- languages and roles ---- */

/* The attributes of a folder and of those above it, as a walk over sorted paths enters and leaves them. */
struct dirs {
	struct bt_attr_stack *stack;
	const struct bt_policy *policy;
	char **names;		/* of those entered */
	size_t nr, alloc;
};

static const struct bt_policy_attrs *attrs_of(const struct bt_policy *p, const char *dir)
{
	size_t lo = 0, hi = p->attrs_nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(p->attrs[mid].dir, dir);

		if (!c)
			return &p->attrs[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static void leave(struct dirs *d)
{
	bt_attr_stack_pop(d->stack);
	free(d->names[--d->nr]);
}

static void enter(struct dirs *d, const char *path, size_t len)
{
	char *name = bt_xstrndup(path, len);
	const struct bt_policy_attrs *a = attrs_of(d->policy, name);

	bt_attr_stack_push(d->stack, name, a ? a->text : "", a ? a->len : 0);
	BT_GROW(d->names, d->alloc, d->nr + 1);
	d->names[d->nr++] = name;
}

/* Is `path` below this folder? */
static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !len || (!strncmp(path, dir, len) && path[len] == '/');
}

static void go_to(struct dirs *d, const char *path)
{
	const char *slash;
	size_t at;

	while (d->nr && !is_below(path, d->names[d->nr - 1]))
		leave(d);
	if (!d->nr)
		enter(d, "", 0);
	at = strlen(d->names[d->nr - 1]);
	for (at += at > 0; (slash = strchr(path + at, '/')); at = (size_t)(slash - path) + 1)
		enter(d, path, (size_t)(slash - path));
}

static void choose_file(const struct bt_selection *s, struct check_file *f)
{
	const char *language;
	enum bt_choice choice = bt_selection_file(s, f->in->path, &f->flags, &language);

	f->skipped = choice == BT_CHOICE_SKIP;
	f->binary = choice == BT_CHOICE_BINARY;
	bt_detect_path(f->in->path, f->in->path_len, language, &f->lang, &f->cls);
	if (f->lang)
		f->cls = NULL;
}

uint32_t check_roles(const struct check_file *f)
{
	return bt_file_roles(f->in->path, f->in->path_len, f->flags);
}

int check_choose(struct check *k)
{
	struct bt_selection s;
	struct dirs d = { .policy = &k->c->policy };
	int rc = bt_selection_init(&s, k->o->repo, k->o->conf, k->err);

	d.stack = s.attrs;
	k->max_blob_size = s.max_blob_size;
	for (size_t i = 0; i < k->files_nr && !rc; i++) {
		if (!k->files[i].in->new_oid.len && !k->files[i].in->old_oid.len)
			continue;
		go_to(&d, k->files[i].in->path);
		choose_file(&s, &k->files[i]);
	}
	while (d.nr)
		leave(&d);
	free(d.names);
	bt_selection_release(&s);
	return rc;
}

/* ---- the store ---- */

/* The id of a language or class, or NO_ID: the store has never seen it. */
static int store_lang_id(struct check *k, const char *name, uint64_t version, uint32_t *cache)
{
	int rc;

	if (*cache)
		return 0;
	rc = bt_store_language_id(k->store, name, version, cache, k->err);
	if (rc == BT_ERR_NOT_FOUND) {
		*cache = NO_ID;
		*k->err = (struct bt_err)BT_ERR_INIT;	/* others ask it whether there was one */
		return 0;
	}
	return rc;
}

static int take_record(struct check *k, struct check_blob *b)
{
	const struct bt_ruleset_lang *l = bt_ruleset_for(&k->c->rules, b->lang);
	enum bt_findings_state state;
	const char *bytes;
	int rc;

	bt_buf_clear(&k->scratch);
	rc = bt_store_findings_find(k->store, b->id, l->key, &state, &k->scratch, k->err);
	if (rc != BT_ROW)
		return rc;
	b->state = state == BT_FINDINGS_MADE ? CHECK_READY : CHECK_UNCHECKED;
	if (!k->scratch.len)
		return 0;
	bytes = bt_arena_strndup(&k->arena, k->scratch.data, k->scratch.len);
	return bt_record_decode(bytes, k->scratch.len, l->nr, &k->arena, &b->rec, k->err);
}

static int look_up_lang(struct check *k, const struct bt_oid *oid, const struct bt_lang *lang, struct check_blob *b);

/* The language that a class came to; NULL: it is of another version. */
static const struct bt_lang *resolved_lang(struct check *k, uint32_t id)
{
	for (size_t i = 0; i < bt_langs_nr(); i++) {
		const struct bt_lang *l = bt_lang_get(i);

		if (!store_lang_id(k, l->name, l->version, &k->lang_ids[i]) && k->lang_ids[i] == id)
			return l;
	}
	return NULL;
}

/* What a row says; BT_ROW with *ret_again: look there instead. */
static int take_row(struct check *k, const struct bt_blob *row, const struct bt_lang *lang, bool text, struct check_blob *b)
{
	b->id = row->id;
	b->stored = row->state;
	b->size = row->size;
	b->lang = lang;
	switch (row->state) {
	case BT_BLOB_FACTS:
		return take_record(k, b);
	case BT_BLOB_NO_LANGUAGE:
		return text ? take_record(k, b) : look_up_lang(k, &row->oid, NULL, b);
	case BT_BLOB_REDIRECT:
		lang = resolved_lang(k, row->resolved);
		return lang ? look_up_lang(k, &row->oid, lang, b) : 0;
	case BT_BLOB_BINARY:
	case BT_BLOB_LFS:
		b->state = CHECK_NOTHING;
		return 0;
	case BT_BLOB_TOO_LARGE:
		if (row->size > k->max_blob_size)
			b->state = CHECK_UNCHECKED;
		return 0;
	default:
		b->state = CHECK_UNCHECKED;
		return 0;
	}
}

static int look_up_id(struct check *k, const struct bt_oid *oid, uint32_t id, const struct bt_lang *lang, bool text,
		      struct check_blob *b)
{
	struct bt_blob row;
	int rc;

	if (id == NO_ID)
		return 0;
	rc = bt_store_blob_find(k->store, oid, id, &row, k->err);
	return rc == BT_ROW ? take_row(k, &row, lang, text, b) : rc;
}

/* lang NULL: a text. */
static int look_up_lang(struct check *k, const struct bt_oid *oid, const struct bt_lang *lang, struct check_blob *b)
{
	const struct bt_detect_class *text = &bt_index_text_class;
	uint32_t *id = &k->lang_ids[lang ? lang->index : bt_langs_nr()];

	if (store_lang_id(k, lang ? lang->name : text->name, lang ? lang->version : text->version, id))
		return k->err->code;
	return look_up_id(k, oid, *id, lang, !lang, b);
}

static const char *name_of(const struct check_file *f)
{
	return f->lang ? f->lang->name : f->cls ? f->cls->name : "";
}

/* What was looked at a moment ago; false: it was not. */
static bool find_look(struct check *k, const struct bt_oid *oid, const struct check_file *f, struct check_blob *b)
{
	for (size_t i = 0; i < k->looks.nr; i++) {
		const struct bt_check_looked *l = &k->looks.items[i];

		if (!bt_oid_equal(&l->oid, oid) || strcmp(l->lang_asked, name_of(f)))
			continue;
		b->looked = l;
		b->lang = l->lang;
		b->state = l->nothing ? CHECK_NOTHING : CHECK_READY;
		return true;
	}
	return false;
}

int check_look_up(struct check *k, const struct bt_oid *oid, const struct check_file *f, struct check_blob *b)
{
	uint32_t id = 0;

	memset(b, 0, sizeof(*b));
	if (f->skipped || f->binary || !oid->len) {
		b->state = CHECK_NOTHING;
		return 0;
	}
	if (find_look(k, oid, f, b))
		return b->looked->nothing ? 0
					  : bt_record_decode(b->looked->rec, b->looked->rec_len,
							     bt_ruleset_for(&k->c->rules, b->lang)->nr, &k->arena,
							     &b->rec, k->err);
	if (!k->store)
		return 0;
	if (!f->cls)
		return look_up_lang(k, oid, f->lang, b);
	if (store_lang_id(k, f->cls->name, f->cls->version, &id))
		return k->err->code;
	return look_up_id(k, oid, id, NULL, false, b);
}

int check_open_store(struct check *k)
{
	struct bt_err missing = BT_ERR_INIT;
	int rc;

	memset(k->lang_ids, 0, (bt_langs_nr() + 1) * sizeof(*k->lang_ids));
	rc = bt_store_open(k->o->store_dir, BT_STORE_READ, 0, &k->store, &missing);
	if (rc == BT_ERR_NOT_FOUND)
		return 0;
	if (rc) {
		*k->err = missing;
		return rc;
	}
	bt_budget_apply(k->store, k->o->conf);
	return bt_store_read_begin(k->store, k->err);
}

/* ---- what is missing ---- */

static void ask(struct bt_request *r, const struct check_file *f, bool base)
{
	struct bt_request_blob b = {
		.oid = base ? f->in->old_oid : f->in->new_oid, .lang = name_of(f), .path = f->in->path,
		.bytes = base ? f->in->old_data : f->in->new_data, .len = base ? f->in->old_len : f->in->new_len,
		.base = base,
	};

	bt_request_add(r, &b);
}

static void fill_request(struct check *k, struct bt_request *r)
{
	const struct bt_conf *conf = k->o->conf;

	r->repo = *k->o->repo;
	r->store_dir = k->o->store_dir;
	r->shared_mode = bt_conf_shared_mode(conf);
	r->max_blob_size = k->max_blob_size;
	r->jobs = (uint32_t)bt_conf_get(conf, BT_KEY_INDEX_JOBS)->number;
	r->cpu_s = (uint32_t)bt_conf_get(conf, BT_KEY_INDEX_CPU_LIMIT)->number;
	r->wall_ms = (uint32_t)bt_conf_get(conf, BT_KEY_INDEX_TIMEOUT)->number * 1000;
	r->rules = k->c->policy.rules;
	r->rules_nr = k->c->policy.rules_nr;
	r->packs = k->c->rules.packs;
	r->set = &k->c->rules;
}

static bool has_something(const struct check_file *f)
{
	return f->now.rec.found_nr || f->now.rec.marks_nr;
}

static int look_up_files(struct check *k)
{
	for (size_t i = 0; i < k->files_nr; i++) {
		struct check_file *f = &k->files[i];

		if (check_look_up(k, &f->in->new_oid, f, &f->now))
			return k->err->code;
		/* Of a file that has nothing to say nobody asks what it had before. */
		if (k->o->full || (f->now.state == CHECK_READY && !has_something(f)) ||
		    f->now.state == CHECK_NOTHING || f->now.state == CHECK_UNCHECKED)
			continue;
		if (f->in->old_oid.len && check_look_up(k, &f->in->old_oid, f, &f->base))
			return k->err->code;
	}
	return 0;
}

static int look_up_all(struct check *k)
{
	return check_open_store(k) ? k->err->code : look_up_files(k);
}

static void ask_for_missing(struct check *k, struct bt_request *r)
{
	for (size_t i = 0; i < k->files_nr; i++) {
		const struct check_file *f = &k->files[i];
		bool has_findings = f->now.state == CHECK_READY && has_something(f);

		if (f->now.state == CHECK_UNKNOWN)
			ask(r, f, false);
		if (k->o->full || !f->in->old_oid.len || f->base.state != CHECK_UNKNOWN ||
		    (f->now.state != CHECK_UNKNOWN && !has_findings))
			continue;
		ask(r, f, true);
		/* Its condition is in this program: the findings are known. */
		if (has_findings)
			r->blobs[r->blobs_nr - 1].base = false;
	}
}

/* Has it made; the store is closed afterwards. */
static int make(struct check *k, struct bt_request *r)
{
	bt_store_free(&k->store);
	fill_request(k, r);
	return k->o->make(k->o->make_ctx, r, &k->complaints, k->err);
}

/* Is everything at hand that a file may be asked for? */
static bool has_bytes(const struct check_file *f)
{
	const struct bt_incoming_file *in = f->in;

	return f->skipped || f->binary || !in->new_oid.len || (in->new_data && (!in->old_oid.len || in->old_data));
}

/* The quick way: true when it led to the end. */
static bool look_at_all(struct check *k)
{
	BT_CLEANUP(bt_request_release) struct bt_request r = BT_REQUEST_INIT;
	struct bt_err ignored = BT_ERR_INIT;

	if (!k->o->look || k->o->compile || k->o->full || k->files_nr > LOOKS_MAX)
		return false;
	for (size_t i = 0; i < k->files_nr; i++)
		if (!has_bytes(&k->files[i]))
			return false;
	for (size_t i = 0; i < k->files_nr; i++) {
		struct check_file *f = &k->files[i];

		if (f->skipped || f->binary || !f->in->new_oid.len)
			continue;
		ask(&r, f, false);
		if (f->in->old_oid.len)
			ask(&r, f, true);
	}
	fill_request(k, &r);
	if (k->o->look(k->o->make_ctx, &r, &k->looks, &ignored)) {
		k->looks.nr = 0;
		return false;
	}
	return true;
}

/* Lines decide where a file has findings and had a content before. */
static int ask_for_lines(struct check *k)
{
	BT_FREE bool *wanted = bt_xcalloc(k->files_nr + 1, sizeof(*wanted));
	bool any = false;

	for (size_t i = 0; i < k->files_nr; i++) {
		const struct check_file *f = &k->files[i];

		wanted[i] = f->now.rec.found_nr && f->in->old_oid.len && !f->in->lines_known;
		any |= wanted[i];
	}
	return any && k->o->lines && !k->o->full ? k->o->lines(k->o->lines_ctx, wanted, k->err) : 0;
}

int check_make_missing(struct check *k)
{
	BT_CLEANUP(bt_request_release) struct bt_request r = BT_REQUEST_INIT;

	if (look_at_all(k))
		return look_up_files(k);
	if (look_up_all(k))
		return k->err->code;
	ask_for_missing(k, &r);
	r.compile = k->o->compile && k->c->policy.rules_nr;
	if ((r.blobs_nr || r.compile) && (make(k, &r) || look_up_all(k)))
		return k->err->code;
	return ask_for_lines(k);
}

static int look_up_removed(struct check *k, struct bt_request *r)
{
	for (size_t i = 0; i < k->files_nr; i++) {
		struct check_file *f = &k->files[i];

		if (f->in->new_oid.len || !f->in->old_oid.len)
			continue;
		if (check_look_up(k, &f->in->old_oid, f, &f->base))
			return k->err->code;
		if (r && f->base.state == CHECK_UNKNOWN && r->blobs_nr < REMOVED_MAX) {
			ask(r, f, true);
			r->blobs[r->blobs_nr - 1].base = false;
		}
	}
	return 0;
}

int check_read_removed(struct check *k)
{
	BT_CLEANUP(bt_request_release) struct bt_request r = BT_REQUEST_INIT;

	if (look_up_removed(k, &r))
		return k->err->code;
	if (!r.blobs_nr)
		return 0;
	/* The records that were read live on; what is asked of the store later is the same store. */
	if (make(k, &r) || check_open_store(k))
		return k->err->code;
	return look_up_removed(k, NULL);
}

int check_make_before(struct check *k, const bool *wanted)
{
	BT_CLEANUP(bt_request_release) struct bt_request r = BT_REQUEST_INIT;

	for (size_t i = 0; i < k->files_nr; i++) {
		if (!wanted[i] || !k->files[i].in->old_oid.len)
			continue;
		ask(&r, &k->files[i], true);
		r.blobs[r.blobs_nr - 1].base = false;
	}
	if (!r.blobs_nr)
		return 0;
	return make(k, &r) || check_open_store(k) ? k->err->code : 0;
}

const struct bt_facts *check_facts(struct check *k, struct check_blob *b)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_facts *f;
	const char *bytes;
	size_t len;

	if (b->facts_asked || (!b->looked && (b->stored != BT_BLOB_FACTS || !b->id || !k->store)))
		return b->facts;
	b->facts_asked = true;
	if (b->looked) {
		bytes = b->looked->facts;
		len = b->looked->facts_len;
	} else {
		bt_buf_clear(&k->scratch);
		if (bt_store_facts_read(k->store, b->id, &k->scratch, &ignored))
			return NULL;
		len = k->scratch.len;
		bytes = bt_arena_strndup(&k->arena, bt_buf_cstr(&k->scratch), len);
	}
	f = bt_arena_alloc(&k->arena, sizeof(*f));
	if (bytes && !bt_facts_decode(bytes, len, &k->arena, f, &ignored))
		b->facts = f;
	return b->facts;
}
