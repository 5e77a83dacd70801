/*
 * Changes: what is code, which files differ, which definition is which. The store and the extractor are
 * real, the texts come from an object database in memory.
 */
#include <time.h>

#include "core/base/sha.h"
#include "core/git/odb_impl.h"
#include "core/lang/extract.h"
#include "core/query/change_state.h"
#include "tests/unit/store_scratch.h"

/* --- white space and comments --- */

static void mask_is(const char *lang, const char *text, const char *want)
{
	size_t len = strlen(text);
	uint8_t mask[512] = { 0 };
	char have[512];

	assert_true(len < sizeof(have));
	ch_mask_fill(lang, text, len, mask);
	for (size_t i = 0; i < len; i++)
		have[i] = mask[i] == CH_MASK_BLANK ? '.' : text[i];
	have[len] = '\0';
	assert_string_equal(have, want);
}

static void test_mask(void **state)
{
	(void)state;
	mask_is("c", "a /* b */ c // d\ne", "a.........c......e");
	mask_is("c", "\"/* no */\" '\"' '/' x", "\"/* no */\".'\"'.'/'.x");
	mask_is("c", "a \\\n b", "a....b");
	mask_is("c", "/* open", ".......");
	mask_is("c", "\"open // yes\n\"x\"", "\"open........\"x\"");
	mask_is("rust", "/* a /* b */ c */ 'a x: &'b // y", "..................'a.x:.&'b.....");
	mask_is("rust", "'\\'' '/' x", "'\\''.'/'.x");
	mask_is("python", "'#' \"\"\"# a\n\"\"\" # b\nc", "'#'.\"\"\"# a\n\"\"\".....c");
	mask_is("bash", "${a#b} $# # c", "${a#b}.$#....");
	mask_is("lua", "a -- b\n--[[ c\n]] d", "a................d");
	mask_is("javascript", "`// ${a}\n` // b", "`// ${a}\n`.....");
	mask_is("html", "<a> <!-- b --> it's", "<a>............it's");
	mask_is("json", "\"a // b\"", "\"a // b\"");
	mask_is("no such language", "a # b", "a.#.b");
	mask_is("c", "", "");
}

static void test_names(void **state)
{
	(void)state;
	for (int k = 0; k < BT_CHANGE_NR; k++)
		assert_int_equal(bt_change_kind_find(bt_change_kind_name((enum bt_change_kind)k)),
				 k);
	assert_int_equal(bt_change_kind_find("nothing"), -1);
	assert_string_equal(bt_change_file_kind_name(BT_CHANGE_FILE_RENAMED), "renamed");
}

/* --- objects in memory --- */

#define TEXTS_MAX 64

struct memory_odb {
	struct bt_odb odb;
	const char *texts[TEXTS_MAX]; /* NULL: missing */
	struct bt_oid ids[TEXTS_MAX], asked;
	size_t nr;
};

/* What git calls a blob with these bytes. */
static struct bt_oid blob_id(const char *text)
{
	uint8_t raw[BT_SHA_RAW_MAX];
	struct bt_sha sha;
	char head[32];

	bt_sha_init(&sha, 20);
	bt_sha_add(&sha, head, (size_t)snprintf(head, sizeof(head), "blob %zu", strlen(text)) + 1);
	bt_sha_add(&sha, text, strlen(text));
	bt_sha_end(&sha, raw);
	return bt_oid_make(raw, 20);
}

static int memory_request(struct bt_odb *odb, const struct bt_oid *oid, uint64_t size_max,
			  struct bt_err *err)
{
	(void)size_max;
	(void)err;
	((struct memory_odb *)odb)->asked = *oid;
	return 0;
}

static int memory_next(struct bt_odb *odb, struct bt_object *ret_obj, struct bt_err *err)
{
	struct memory_odb *m = (struct memory_odb *)odb;
	const char *text = NULL;

	(void)err;
	for (size_t i = 0; i < m->nr; i++)
		if (bt_oid_equal(&m->ids[i], &m->asked))
			text = m->texts[i];
	*ret_obj = (struct bt_object){ .oid = m->asked };
	if (text) {
		ret_obj->type = BT_OBJECT_BLOB;
		ret_obj->data = text;
		ret_obj->size = strlen(text);
	}
	return BT_ROW;
}

static const struct bt_odb_ops memory_ops = { .request = memory_request, .next = memory_next };

/* --- a store with blobs --- */

struct world {
	struct bt_store *store;
	struct memory_odb odb;
	struct bt_change_source source;
	struct bt_change_set set;
	const char *shown;	/* not NULL: the bytes of the next sides, whatever was indexed */
};

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->store = store_open_mode(BT_STORE_WRITE);
	w->odb.odb.ops = &memory_ops;
	w->source.odb = &w->odb.odb;
}

static void world_release(struct world *w)
{
	bt_change_set_release(&w->set);
	bt_store_free(&w->store);
}

/* One side of a file; without a text it is not there. */
static struct bt_change_side side(struct world *w, const char *path, const char *lang_name,
				  const char *text)
{
	const struct bt_lang *lang = bt_lang_find(lang_name);
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	struct bt_change_side s = { .path = path, .path_len = path ? strlen(path) : 0 };
	struct bt_blob b = { .state = BT_BLOB_FACTS };
	const char *shown = w->shown ? w->shown : text;
	bool known;

	if (!text)
		return (struct bt_change_side){ .path = NULL };
	assert_non_null(lang);
	assert_true(w->odb.nr < TEXTS_MAX);
	b.oid = blob_id(shown);
	w->odb.ids[w->odb.nr] = b.oid;
	w->odb.texts[w->odb.nr++] = shown;
	b.size = strlen(text);
	expect_ok(bt_extract(lang, text, strlen(text), &rec, &err));
	expect_ok(bt_store_begin(w->store, &err));
	expect_ok(bt_store_language_id(w->store, lang->name, lang->version, &s.lang, &err));
	b.lang = s.lang;
	expect_ok(bt_store_blob_add(w->store, &b, &s.blob, &known, &err));
	if (!known)
		expect_ok(facts_put(w->store, s.blob, rec.data, rec.len, &err));
	expect_ok(bt_store_commit(w->store, &err));
	return s;
}

static void add(struct world *w, const char *path, const char *lang, const char *before,
		const char *after)
{
	struct bt_change_side a = side(w, path, lang, before), b = side(w, path, lang, after);

	bt_change_add_file(&w->set, &a, &b);
}

/* "kind what name[<old name];" for every change, in order. */
static void told(const struct world *w, struct bt_buf *out)
{
	for (size_t i = 0; i < w->set.changes_nr; i++) {
		const struct bt_change *c = &w->set.changes[i];
		const struct bt_change_def *d = c->after ? c->after : c->before;

		for (unsigned k = 0; k < BT_CHANGE_NR; k++)
			if (c->what >> k & 1)
				bt_buf_addf(out, "%s ",
					    bt_change_kind_name((enum bt_change_kind)k));
		bt_buf_addf(out, "%s%s%s%s", d->scope ? d->scope : "", d->scope ? "." : "", d->name,
			    c->inside ? "^" : "");
		if (c->before && c->after && strcmp(c->before->name, c->after->name) != 0)
			bt_buf_addf(out, "<%s", c->before->name);
		bt_buf_adds(out, "; ");
	}
}

static void set_tells(struct world *w, const struct bt_change_source *source, const char *want)
{
	BT_BUF_OWNED struct bt_buf have = BT_BUF_INIT;
	uint64_t all = 0;

	expect_ok(bt_change_compare(&w->set, w->store, source, &err));
	told(w, &have);
	assert_string_equal(bt_buf_cstr(&have), want);
	for (size_t i = 0; i < w->set.files_nr; i++)
		for (size_t k = w->set.files[i].first;
		     k < w->set.files[i].first + w->set.files[i].nr; k++)
			assert_int_equal(w->set.changes[k].file, i);
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		all += w->set.counts[k];
	assert_int_equal(all, w->set.changes_nr);
}

/* One file, with its texts and by the facts alone. */
static void one_file(const char *lang, const char *before, const char *after,
		     const char *with_texts, const char *by_facts)
{
	for (int texts = 1; texts >= 0; texts--) {
		BT_CLEANUP(world_release) struct world w;

		scratch_reset(NULL);
		world_init(&w);
		add(&w, "a", lang, before, after);
		set_tells(&w, texts ? &w.source : NULL, texts ? with_texts : by_facts);
	}
}

static void test_texts_and_facts(void **state)
{
	(void)state;
	/* A literal is in no fact; a name is. */
	one_file("c", "int a = 1;\nint b = X;\n", "int a = 2;\nint b = Y;\n", "body a; body b; ",
		 "body b; ");
	one_file("c", "/* One. */\nint f(void) { return 1; }\n",
		 "/* Two. */\nint f(void) { return 1; }\n", "documentation f; ", "");
	one_file("c", "int f(void) { return 1; }\n", "/* Two. */\nint f(void) { return 1; }\n",
		 "documentation f; ", "documentation f; ");
	one_file("python", "class A:\n    x = 1\n    def f(self):\n        return 1\n",
		 "class A:\n    x = 1\n    def f(self):\n        return 2\n", "body A.f; ",
		 "body A.f; ");
	one_file("python", "class A:\n    go()\n    def f(self):\n        return 1\n",
		 "class A:\n    stop()\n    def f(self):\n        return 1\n", "body A; ",
		 "body A; ");
	one_file("python", "class A:\n    go()\n    def f(self):\n        return 1\n",
		 "class A:\n    stop()\n    def f(self):\n        return 2\n", "body A; body A.f; ",
		 "body A.f; ");
	one_file("c", "struct s { int a; };\n", "struct s { long a; };\n", "signature s.a; ",
		 "body s; ");
	one_file("c", "int f(int a);\n", "int f(int a) { return a; }\n", "body f; ", "body f; ");
	one_file("python", "def f(a):\n    \"\"\"One.\"\"\"\n    return a\n",
		 "def f(a):\n    \"\"\"Two.\"\"\"\n    return a\n", "documentation f; ",
		 "body f; ");
}

static void test_missing_objects(void **state)
{
	BT_CLEANUP(world_release) struct world w;

	(void)state;
	world_init(&w);
	add(&w, "a", "c", "int a = 1;\nint f(int x) { return x; }\n",
	    "int a = 2;\nint f(int x) { return -x; }\n");
	w.odb.texts[1] = NULL;
	set_tells(&w, &w.source, "body f; ");
	assert_false(w.set.files[0].outside);
}

static void test_other_text_than_indexed(void **state)
{
	BT_CLEANUP(world_release) struct world w;
	struct bt_change_side before, after;

	(void)state;
	world_init(&w);
	before = side(&w, "a", "c", "int a = 1;\n");
	w.shown = "int a = 2; and some more";
	after = side(&w, "a", "c", "int a = 2;\n");
	bt_change_add_file(&w.set, &before, &after);
	set_tells(&w, &w.source, "");
}

static void test_outside(void **state)
{
	BT_CLEANUP(world_release) struct world w;

	(void)state;
	world_init(&w);
	add(&w, "a", "c", "#include <a.h>\nint a;\n", "#include <b.h>\nint a;\n");
	add(&w, "b", "c", "#include <a.h>\nint a;\n", "#include <a.h> /* b */\n\nint a;\n");
	set_tells(&w, &w.source, "");
	assert_true(w.set.files[0].outside);
	assert_false(w.set.files[1].outside);
}

static void test_other_language(void **state)
{
	BT_CLEANUP(world_release) struct world w;
	struct bt_change_side a, b;

	(void)state;
	world_init(&w);
	a = side(&w, "a.h", "c", "int f(int a);\nint g(int a);\n");
	b = side(&w, "a.h", "cpp", "int f(int a);\nint g(long a);\n");
	bt_change_add_file(&w.set, &a, &b);
	set_tells(&w, &w.source, "signature g; ");
}

static void test_across_files(void **state)
{
	static const char body[] =
		"int f(int a)\n{\n\treturn look(a) + find(a) + more(a) + and_still_more(a, a);\n}\n";
	static const char other[] =
		"int g(int a)\n{\n\treturn look(a) + find(a) + more(a) + and_still_more(a, a);\n}\n";
	BT_CLEANUP(world_release) struct world w;

	(void)state;
	world_init(&w);
	add(&w, "a.c", "c", body, "int x;\n");
	add(&w, "b.c", "c", "int y;\n", body);
	add(&w, "c.c", "c", "int z(void) { return 0; }\n", "int z2;\n");
	add(&w, "d.c", "c", NULL, "int z(void) { return 0; }\nint more;\n");
	set_tells(&w, &w.source, "added x; removed y; moved f; added z2; moved z; added more; ");
	assert_string_equal(w.set.files[w.set.changes[2].before->file].before.path, "a.c");
	assert_string_equal(w.set.files[w.set.changes[2].after->file].after.path, "b.c");
	bt_change_set_release(&w.set);
	add(&w, "a.c", "c", body, "int x;\n");
	add(&w, "b.c", "c", "int y;\n", other);
	set_tells(&w, &w.source, "added x; removed y; renamed moved g<f; ");
}

static void test_members(void **state)
{
	BT_CLEANUP(world_release) struct world w;

	(void)state;
	world_init(&w);
	add(&w, "a.py", "python",
	    "class A:\n    def f(self):\n        return look(self, 1, 2, 3)\n", NULL);
	add(&w, "b.py", "python", "x = 1\n", "x = 1\nclass B:\n    def g(self):\n        pass\n");
	set_tells(&w, &w.source, "removed A; removed A.f^; added B; added B.g^; ");
	bt_change_set_release(&w.set);
	/* a class moves, and one of its members changes on the way */
	add(&w, "a.py", "python",
	    "class A:\n  def f(self):\n    return look(self, 1, 2, 3)\n  def g(self):\n    return 5\n", "y = 1\n");
	add(&w, "b.py", "python", "x = 1\n",
	    "x = 1\nclass A:\n  def f(self):\n    return look(self, 1, 2, 4)\n  def g(self):\n    return 5\n");
	set_tells(&w, &w.source, "added y; moved A; body A.f; ");
}

/* --- the model: functions with bodies of their own --- */

#define MODEL_MAX 40

struct model {
	unsigned id[MODEL_MAX]; /* names it; 0: not there */
	unsigned body[MODEL_MAX];
	bool wide[MODEL_MAX]; /* another signature */
};

static void model_text(const struct model *m, struct bt_buf *out, bool loose)
{
	bt_buf_clear(out);
	for (unsigned i = 0; i < MODEL_MAX; i++) {
		if (!m->id[i])
			continue;
		bt_buf_addf(out, "int%sname_%u(%s a)%s{ %s return call_%u(a) + %u; }\n",
			    loose ? "\n\t" : " ", m->id[i], m->wide[i] ? "long" : "int",
			    loose ? " /* x */\n" : "\n", loose ? "/* y */" : "", m->body[i],
			    m->body[i]);
	}
}

static void test_against_a_model(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		BT_CLEANUP(world_release) struct world w;
		BT_BUF_OWNED struct bt_buf a = BT_BUF_INIT, b = BT_BUF_INIT;
		struct model m = { { 0 }, { 0 }, { false } };
		uint64_t want[BT_CHANGE_NR] = { 0 };

		scratch_reset(NULL);
		world_init(&w);
		for (unsigned i = 0; i < MODEL_MAX; i++) {
			m.id[i] = test_random(&seed, 4) ? 100 + i : 0;
			m.body[i] = 1000 + i;
		}
		model_text(&m, &a, false);
		for (unsigned i = 0; i < MODEL_MAX; i++) {
			unsigned what = test_random(&seed, 12);

			if (!m.id[i]) {
				m.id[i] = what ? 0 : 500 + i;
				m.body[i] = 5000 + i;
				want[BT_CHANGE_ADDED] += !what;
			} else if (what == 0) {
				m.id[i] = 0;
				want[BT_CHANGE_REMOVED]++;
			} else if (what == 1) {
				m.body[i] += 1000;
				want[BT_CHANGE_BODY]++;
			} else if (what == 2) {
				m.wide[i] = true;
				m.body[i] += test_random(&seed, 2) * 1000;
				want[BT_CHANGE_SIGNATURE]++;
			}
		}
		model_text(&m, &b, true);
		add(&w, "a.c", "c", bt_buf_cstr(&a), bt_buf_cstr(&b));
		expect_ok(bt_change_compare(&w.set, w.store, round % 2 ? &w.source : NULL, &err));
		/* No two of these bodies are so much alike that one could be a new name of the other. */
		for (unsigned k = 0; k < BT_CHANGE_NR; k++)
			assert_int_equal(w.set.counts[k], want[k]);
	}
}

/* --- lists of files --- */

static void manifest_make(struct bt_manifest *m, const uint32_t *blobs, unsigned nr)
{
	BT_CLEANUP(bt_manifest_builder_release) struct bt_manifest_builder b;
	struct bt_digest digest = { { 0 } };

	bt_manifest_builder_init(&b);
	for (unsigned i = 0; i < nr; i++) {
		struct bt_manifest_file f = { .blob = blobs[i], .lang = 1 };
		char path[64];

		snprintf(path, sizeof(path), "dir%u/%03u.c", i / 50, i);
		if (blobs[i])
			bt_manifest_builder_add(&b, path, strlen(path), &f);
	}
	*m = (struct bt_manifest)BT_MANIFEST_INIT;
	expect_ok(bt_manifest_builder_end(&b, 0, 0, &digest, &m->data, &err));
	expect_ok(bt_manifest_load(m, &err));
}

static void test_manifests(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	for (unsigned round = 0; round < 50; round++) {
		BT_CLEANUP(bt_change_set_release) struct bt_change_set set = BT_CHANGE_SET_INIT;
		BT_CLEANUP(bt_manifest_release) struct bt_manifest a, b;
		uint32_t before[200], after[200];
		unsigned nr = test_random(&seed, 200);
		size_t differ = 0, at = 0;

		for (unsigned i = 0; i < nr; i++) {
			before[i] = test_random(&seed, 10) ? i + 1 : 0;
			after[i] = test_random(&seed, 10) ? before[i]
							  : test_random(&seed, 3) * 1000;
			differ += before[i] != after[i];
		}
		manifest_make(&a, before, nr);
		manifest_make(&b, after, nr);
		expect_ok(bt_change_add_manifests(&set, &a, &b, &err));
		assert_int_equal(set.files_nr, differ);
		for (unsigned i = 0; i < nr; i++) {
			if (before[i] == after[i])
				continue;
			assert_int_equal(set.files[at].before.blob, before[i]);
			assert_int_equal(set.files[at].after.blob, after[i]);
			assert_int_equal(set.files[at].kind, !before[i]	 ? BT_CHANGE_FILE_ADDED
							     : !after[i] ? BT_CHANGE_FILE_REMOVED
									 : BT_CHANGE_FILE_MODIFIED);
			at++;
		}
	}
}

/* --- much of it --- */

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

enum form { ONE_BODY, ALIKE, VALUES, TYPES, FORM_NR };

static void add_line(struct bt_buf *out, enum form form, char letter, unsigned name, unsigned body)
{
	if (form == ONE_BODY)
		bt_buf_addf(out,
			    "int %c%u(int a) { return look(a) + find(a) + something_else(a); }\n",
			    letter, name);
	else if (form == ALIKE)
		bt_buf_addf(
			out,
			"int %c%u(int a) { return look_%u(a) + find(a) + something_else(a); }\n",
			letter, name, body);
	else if (form == VALUES)
		bt_buf_addf(out, "int %c_%u = 1;\n", letter, name);
	else
		bt_buf_addf(out, "struct %c%u { int a, b, c; };\n", letter, name);
}

/* Thousands that went and came, alike or all the same: the work must not be their product. */
static void test_many(void **state)
{
	(void)state;
	for (int form = 0; form < FORM_NR; form++) {
		BT_CLEANUP(world_release) struct world w;
		BT_BUF_OWNED struct bt_buf a = BT_BUF_INIT, b = BT_BUF_INIT;
		double start;

		scratch_reset(NULL);
		world_init(&w);
		for (unsigned i = 0; i < 8000; i++) {
			add_line(&a, (enum form)form, 'f', i, i);
			add_line(&b, (enum form)form, 'g', 7999 - i, i + 5);
		}
		add(&w, "a.c", "c", bt_buf_cstr(&a), bt_buf_cstr(&b));
		start = cpu_seconds();
		expect_ok(bt_change_compare(&w.set, w.store, &w.source, &err));
		assert_true(cpu_seconds() - start < 20); /* a hundredth of it, but for valgrind */
		assert_true(w.set.changes_nr >= 8000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_names),
		cmocka_unit_test_setup(test_texts_and_facts, scratch_reset),
		cmocka_unit_test_setup(test_missing_objects, scratch_reset),
		cmocka_unit_test_setup(test_other_text_than_indexed, scratch_reset),
		cmocka_unit_test_setup(test_outside, scratch_reset),
		cmocka_unit_test_setup(test_other_language, scratch_reset),
		cmocka_unit_test_setup(test_across_files, scratch_reset),
		cmocka_unit_test_setup(test_members, scratch_reset),
		cmocka_unit_test_setup(test_against_a_model, scratch_reset),
		cmocka_unit_test(test_manifests),
		cmocka_unit_test_setup(test_many, scratch_reset),
	};

	return cmocka_run_group_tests_name("query_change", tests, scratch_setup, scratch_teardown);
}
