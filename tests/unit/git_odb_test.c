/* core/git/odb.c, odb_program.c, libgit2_odb.c: both back-ends against git and each other. */
#include "tests/unit/git_scratch.h"

#include "core/git/odb.h"

static const struct bt_odb_backend *const backends[] = { &bt_odb_git_program, &bt_odb_libgit2 };

struct want {
	struct bt_oid oid;
	enum bt_object_type type; /* BT_OBJECT_NONE: missing */
	uint64_t size;
	char *data;
};

static struct want *wants;
static size_t wants_nr;

static void wants_free(void)
{
	while (wants_nr)
		free(wants[--wants_nr].data);
	free(wants);
	wants = NULL;
}

/* Everything `git cat-file --batch` says of all objects (and some that are not there). */
static void wants_load(size_t hex_len)
{
	char *all, *at;
	size_t len, alloc = 0;

	wants_free();
	sh("git cat-file --batch-all-objects --batch-check='%%(objectname)' >all && "
	   "awk '{ print } NR %% 7 == 3 { printf(\"%%0%zud\\n\", NR) }' all >ids && "
	   "git cat-file --batch <ids >bytes",
	   hex_len);
	all = file_bytes("bytes", &len);
	for (at = all; at < all + len;) {
		char type[16] = "";
		struct want w = { .size = 0 };
		struct bt_err err = BT_ERR_INIT;
		char *line = at;

		at = memchr(at, '\n', (size_t)(all + len - at));
		*at++ = '\0';
		assert_int_equal(bt_oid_parse(line, hex_len, &w.oid, &err), 0);
		if (!strstr(line, " missing")) {
			unsigned long size;

			assert_int_equal(sscanf(line + hex_len, " %15s %lu", type, &size), 2);
			w.size = size;
			w.type = *type == 'b'	  ? BT_OBJECT_BLOB
				 : *type == 'c'	  ? BT_OBJECT_COMMIT
				 : type[1] == 'r' ? BT_OBJECT_TREE
						  : BT_OBJECT_TAG;
			w.data = malloc(size + 1);
			memcpy(w.data, at, size);
			w.data[size] = '\0';
			at += size + 1;
		}
		if (wants_nr == alloc) {
			alloc = alloc ? 2 * alloc : 64;
			wants = realloc(wants, alloc * sizeof(*wants));
		}
		wants[wants_nr++] = w;
	}
	free(all);
	assert_true(wants_nr > 20);
}

/* Small and large blobs, with deltas, packed and loose, trees, tags. */
static void make(const char *format)
{
	sh("rm -rf o && git init -q --object-format=%s o && cd o && git config gc.auto 0 && "
	   "git config core.bigFileThreshold 2m",
	   format);
	assert_int_equal(chdir("o"), 0);
	sh(": >empty && printf x >one && head -c 65535 /dev/urandom >r1 && "
	   "head -c 65536 /dev/urandom >r2 && head -c 1048576 /dev/urandom >r3 && "
	   "head -c 1048577 /dev/urandom >r4 && head -c 3000000 /dev/zero >r5 && "
	   "printf 'a\\000b\\n\\n' >nul && mkdir -p d/e && i=0 && while test $i -lt 40; do "
	   "seq $i 400 >d/e/f$i; i=$((i + 1)); done && git add . && git commit -q -m 1 && "
	   "git tag -a -m tag t1 && git repack -q -a -d -f && seq 17 399 >d/e/f17 && "
	   "printf y >two && git add . && git commit -q -m 2");
	wants_load(strcmp(format, "sha1") ? 64 : 40);
}

static void check_object(const struct want *w, const struct bt_object *obj, uint64_t size_max)
{
	assert_true(bt_oid_equal(&w->oid, &obj->oid));
	assert_int_equal(obj->type, w->type);
	assert_int_equal(obj->size, w->size);
	if (w->type == BT_OBJECT_NONE || w->size > size_max) {
		assert_null(obj->data);
		return;
	}
	assert_non_null(obj->data);
	assert_memory_equal(obj->data, w->data, w->size);
	assert_int_equal(obj->data[obj->size], 0);
}

/* Reads everything, in a random order, with so many requests in flight. */
static void check_all(struct bt_odb *odb, size_t window, uint64_t size_max, uint64_t *seed)
{
	size_t asked = 0, taken = 0;
	size_t *order = malloc(2 * wants_nr * sizeof(*order));
	struct bt_err err = BT_ERR_INIT;
	struct bt_object obj;

	for (size_t i = 0; i < 2 * wants_nr; i++)
		order[i] = test_random(seed, (uint32_t)wants_nr);
	while (taken < 2 * wants_nr) {
		size_t room = 1 + test_random(seed, (uint32_t)window);

		while (asked < 2 * wants_nr && asked - taken < room) {
			const struct want *w = &wants[order[asked++]];

			assert_int_equal(bt_odb_request(odb, &w->oid, size_max, &err), 0);
		}
		assert_int_equal(bt_odb_next(odb, &obj, &err), BT_ROW);
		check_object(&wants[order[taken++]], &obj, size_max);
	}
	assert_int_equal(bt_odb_next(odb, &obj, &err), BT_DONE);
	free(order);
}

static void check_backend(struct bt_repo *repo, const struct bt_odb_backend *backend,
			  uint64_t *seed)
{
	static const uint64_t limits[] = { 1 << 20, 0, 1, 65535, UINT64_MAX, (uint64_t)64 << 20 };
	static const size_t windows[] = { 1, 3, 64, BT_ODB_INFLIGHT_MAX };
	struct bt_err err = BT_ERR_INIT;
	struct bt_object obj;
	struct bt_odb *odb;

	if (bt_odb_open(repo, backend, &odb, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(bt_odb_next(odb, &obj, &err), BT_DONE);
	for (size_t i = 0; i < BT_ARRAY_NR(limits); i++)
		for (size_t j = 0; j < BT_ARRAY_NR(windows); j++)
			check_all(odb, windows[j], limits[i], seed);
	for (size_t i = 0; i < wants_nr; i++) {
		assert_int_equal(bt_odb_read(odb, &wants[i].oid, 1 << 20, &obj, &err), 0);
		check_object(&wants[i], &obj, 1 << 20);
	}
	for (size_t i = 0; i < BT_ODB_INFLIGHT_MAX; i++)
		assert_int_equal(bt_odb_request(odb, &wants[0].oid, 1, &err), 0);
	assert_int_equal(bt_odb_request(odb, &wants[0].oid, 1, &err), BT_ERR_LIMIT);
	assert_int_equal(bt_odb_read(odb, &wants[0].oid, 1, &obj, &err), BT_ERR_FAIL);
	bt_odb_free(&odb); /* with requests in flight */
	bt_odb_free(&odb);
}

static void test_both(void **state)
{
	uint64_t seed = test_seed();
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	make("sha1");
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++)
		check_backend(&repo, backends[i], &seed);
	bt_repo_release(&repo);
}

static void test_sha256(void **state)
{
	uint64_t seed = test_seed();
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	struct bt_odb *odb;

	(void)state;
	if (!sh_ok("git init -q --object-format=sha256 probe 2>/dev/null"))
		skip();
	make("sha256");
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	check_backend(&repo, &bt_odb_git_program, &seed);
	assert_int_equal(bt_odb_open(&repo, &bt_odb_libgit2, &odb, &err), BT_ERR_UNSUPPORTED);
	bt_repo_release(&repo);
}

/* Alternates by file and by environment, with names that need quotes. */
static void test_alternates(void **state)
{
	uint64_t seed = test_seed();
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	char env[12000];

	(void)state;
	make("sha1");
	sh("cd .. && rm -rf borrower plain 'odd:na\"me\n' && "
	   "git clone -q -s -n o borrower && git init -q plain && "
	   "mkdir 'odd:na\"me\n' && cp -r o/.git/objects/* 'odd:na\"me\n'");
	assert_int_equal(chdir("../borrower"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++)
		check_backend(&repo, backends[i], &seed);
	bt_repo_release(&repo);
	assert_int_equal(chdir("../plain"), 0);
	snprintf(env, sizeof(env), "/nowhere:\"%s/odd:na\\\"me\\n\":/also/nowhere", scratch_dir);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", env, 1);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++)
		check_backend(&repo, backends[i], &seed);
	bt_repo_release(&repo);
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	/* The same folder as the repository's extra one. */
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	snprintf(env, sizeof(env), "%s/odd:na\"me\n", scratch_dir);
	repo.extra_objects = strdup(env);
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++)
		check_backend(&repo, backends[i], &seed);
	bt_repo_release(&repo);
	/* Objects elsewhere altogether. */
	setenv("GIT_OBJECT_DIRECTORY", env, 1);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++)
		check_backend(&repo, backends[i], &seed);
	bt_repo_release(&repo);
}

/* One damaged object costs itself; those before and behind it are read. */
static void test_damaged(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;

	(void)state;
	sh("rm -rf dam && git init -q dam && cd dam && git config gc.auto 0 && i=0 && "
	   "while test $i -lt 9; do echo $i >f$i; i=$((i + 1)); done && git add . && "
	   "for i in 2 3 7; do f=.git/objects/$(git hash-object f$i | sed 's,^..,&/,') && "
	   "chmod u+w $f && printf 'no zlib at all, but longer than a header' >$f; done");
	assert_int_equal(chdir("dam"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	for (size_t b = 0; b < BT_ARRAY_NR(backends); b++) {
		struct bt_odb *odb;

		assert_int_equal(bt_odb_open(&repo, backends[b], &odb, &err), 0);
		for (int i = 0; i < 9; i++) {
			char command[64], line[80];
			struct bt_oid oid;

			snprintf(command, sizeof(command), "git hash-object f%d", i);
			sh_line(line, sizeof(line), command);
			assert_int_equal(bt_oid_parse(line, 40, &oid, &err), 0);
			assert_int_equal(bt_odb_request(odb, &oid, 1000, &err), 0);
		}
		for (int i = 0; i < 9; i++) {
			bool bad = i == 2 || i == 3 || i == 7;
			struct bt_object obj;
			int rc = bt_odb_next(odb, &obj, &err);

			assert_int_equal(rc, bad ? BT_ERR_CORRUPT : BT_ROW);
			assert_int_equal(obj.oid.len, 20);
			if (!bad)
				assert_int_equal(obj.data[0], '0' + i);
			else
				assert_non_null(strstr(err.msg, "cannot read object"));
		}
		bt_odb_free(&odb);
	}
	bt_repo_release(&repo);
}

/* Bytes of another object, of the same length: refused; what is asked for next comes. */
static void wrong_hash(const char *format, const struct bt_odb_backend *backend)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_object obj;
	struct bt_repo repo;
	struct bt_odb *odb;
	struct bt_oid a, b;
	char line[80];

	assert_int_equal(chdir(scratch_dir), 0);
	sh("rm -rf wh && git init -q --object-format=%s wh && cd wh && echo a >a && echo b >b && git add . && "
	   "a=$(git hash-object a | sed 's,^..,&/,') && "
	   "b=$(git hash-object b | sed 's,^..,&/,') && "
	   "chmod u+w .git/objects/$a && cp .git/objects/$b .git/objects/$a", format);
	assert_int_equal(chdir("wh"), 0);
	sh_line(line, sizeof(line), "git hash-object a");
	assert_int_equal(bt_oid_parse(line, strlen(line), &a, &err), 0);
	sh_line(line, sizeof(line), "git hash-object b");
	assert_int_equal(bt_oid_parse(line, strlen(line), &b, &err), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_int_equal(bt_odb_open(&repo, backend, &odb, &err), 0);
	assert_int_equal(bt_odb_request(odb, &a, 1000, &err), 0);
	assert_int_equal(bt_odb_request(odb, &b, 1000, &err), 0);
	assert_int_equal(bt_odb_next(odb, &obj, &err), BT_ERR_CORRUPT);
	assert_true(bt_oid_equal(&obj.oid, &a));
	assert_null(obj.data);
	assert_non_null(strstr(err.msg, "this id"));
	assert_int_equal(bt_odb_next(odb, &obj, &err), BT_ROW);
	assert_memory_equal(obj.data, "b\n", 3);
	assert_int_equal(bt_odb_next(odb, &obj, &err), BT_DONE);
	bt_odb_free(&odb);
	bt_repo_release(&repo);
}

static void test_wrong_hash(void **state)
{
	(void)state;
	wrong_hash("sha1", &bt_odb_libgit2);
	wrong_hash("sha1", &bt_odb_git_program);
	wrong_hash("sha256", &bt_odb_git_program);
}

/* A git that dies, one that babbles, one that is gone: an error, no loop and no hang. */
static void test_broken_program(void **state)
{
	static const char *const scripts[] = {
		"exit 1",     "echo 'fatal: out of luck' >&2; exit 128",
		"kill -9 $$", "echo nonsense; cat >/dev/null",
		"exec yes",   "exec yes | tr -d '\\n'",
		"exit 0",
	};
	static const char *const texts[] = {
		"cannot read object", "out of luck",  "signal 9",  "git cat-file",
		"git cat-file",	      "git cat-file", "too early",
	};
	char *path = strdup(getenv("PATH"));
	struct bt_err err = BT_ERR_INIT;
	struct bt_oid oid;
	struct bt_repo repo;

	(void)state;
	sh("rm -rf br bin && git init -q br && mkdir bin");
	assert_int_equal(chdir("br"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_int_equal(bt_oid_parse("0123456789012345678901234567890123456789", 40, &oid, &err),
			 0);
	for (size_t i = 0; i < BT_ARRAY_NR(scripts); i++) {
		struct bt_object obj;
		struct bt_odb *odb;
		int rc = 0, codes = 0;
		char text[8192];

		snprintf(text, sizeof(text), "#!/bin/sh\nPATH='%.4000s'\n%s\n", path, scripts[i]);
		file_make("../bin/git", text, strlen(text));
		sh("chmod +x ../bin/git");
		assert_int_equal(bt_odb_open(&repo, &bt_odb_git_program, &odb, &err), 0);
		snprintf(text, sizeof(text), "../bin:%.4000s", path);
		setenv("PATH", text, 1);
		while (rc != BT_ERR_FAIL && codes++ < 10) {
			rc = bt_odb_request(odb, &oid, 1000, &err);
			if (!rc)
				rc = bt_odb_next(odb, &obj, &err);
			if (rc == BT_ERR_CORRUPT && !strstr(err.msg, texts[i]))
				fail_msg("%s", err.msg);
			assert_true(rc < 0);
		}
		assert_true(codes < 10);
		bt_odb_free(&odb);
		setenv("PATH", path, 1);
	}
	free(path);
	bt_repo_release(&repo);
}

static void test_partial_clone(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_object obj;
	struct bt_repo repo;
	struct bt_odb *odb;
	struct bt_oid one, two;
	char line[80];

	(void)state;
	sh("rm -rf full part && git init -q full && cd full && echo one >one && echo two >two && "
	   "git add . && git commit -q -m x && git config uploadpack.allowFilter true && "
	   "git config uploadpack.allowAnySHA1InWant true && "
	   "git clone -q -n --filter=blob:none \"file://$PWD\" ../part");
	assert_int_equal(chdir("part"), 0);
	sh_line(line, sizeof(line), "git rev-parse HEAD:one");
	assert_int_equal(bt_oid_parse(line, 40, &one, &err), 0);
	sh_line(line, sizeof(line), "git rev-parse HEAD:two");
	assert_int_equal(bt_oid_parse(line, 40, &two, &err), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	assert_non_null(bt_repo_needs_git_program(&repo));
	setenv("GIT_NO_LAZY_FETCH", "1", 1);
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++) {
		assert_int_equal(bt_odb_open(&repo, backends[i], &odb, &err), 0);
		assert_int_equal(bt_odb_read(odb, &one, 1000, &obj, &err), 0);
		assert_int_equal(obj.type, BT_OBJECT_NONE);
		bt_odb_free(&odb);
	}
	unsetenv("GIT_NO_LAZY_FETCH");
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++) {
		assert_int_equal(bt_odb_open(&repo, backends[i], &odb, &err), 0);
		assert_int_equal(bt_odb_read(odb, i ? &two : &one, 1000, &obj, &err), 0);
		assert_int_equal(obj.type, BT_OBJECT_BLOB);
		assert_string_equal(obj.data, i ? "two\n" : "one\n");
		bt_odb_free(&odb);
	}
	bt_repo_release(&repo);
}

/* One fetch brings everything that is asked for. */
static void test_prefetch(void **state)
{
	struct bt_oid oids[30];
	char line[80];
	struct bt_err err = BT_ERR_INIT;
	struct bt_object obj;
	struct bt_repo repo;
	struct bt_odb *odb;

	(void)state;
	sh("rm -rf full part && git init -q full && cd full && for i in $(seq 30); do "
	   "echo $i >f$i; "
	   "done && git add . && git commit -q -m x && git config uploadpack.allowFilter true && "
	   "git config uploadpack.allowAnySHA1InWant true && "
	   "git clone -q -n --filter=blob:none \"file://$PWD\" ../part");
	assert_int_equal(chdir("part"), 0);
	for (int i = 0; i < 30; i++) {
		char command[64];

		snprintf(command, sizeof(command), "git rev-parse HEAD:f%d", i % 29 + 1);
		sh_line(line, sizeof(line), command);
		assert_int_equal(bt_oid_parse(line, 40, &oids[i], &err), 0);
	}
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	setenv("GIT_NO_LAZY_FETCH", "1", 1);
	assert_int_equal(bt_odb_prefetch(&repo, oids, 30, &err), 0);
	sh("test $(git cat-file --batch-all-objects --batch-check | grep -c blob) -eq 0");
	unsetenv("GIT_NO_LAZY_FETCH");
	if (bt_odb_prefetch(&repo, oids, 30, &err))
		fail_msg("%s", err.msg);
	sh("test $(git cat-file --batch-all-objects --batch-check | grep -c blob) -eq 29 && "
	   "mv ../full ../gone");
	/* A second time there is nothing to fetch, and nobody to ask. */
	assert_int_equal(bt_odb_prefetch(&repo, oids, 30, &err), 0);
	assert_int_equal(bt_odb_open(&repo, &bt_odb_git_program, &odb, &err), 0);
	assert_int_equal(bt_odb_read(odb, &oids[28], 10, &obj, &err), 0);
	assert_string_equal(obj.data, "29\n");
	sh_line(line, sizeof(line), "git rev-parse HEAD:f30");
	assert_int_equal(bt_oid_parse(line, 40, &oids[3], &err), 0);
	assert_int_equal(bt_odb_prefetch(&repo, oids, 30, &err), BT_ERR_FAIL);
	assert_int_equal(bt_odb_read(odb, &oids[3], 10, &obj, &err), BT_ERR_FAIL);
	assert_non_null(strstr(err.hint, "GIT_NO_LAZY_FETCH"));
	bt_odb_free(&odb);
	bt_repo_release(&repo);
}

/* Objects that come while the odb is open, and packs that are written anew. */
static void test_repack_meanwhile(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_object obj;
	struct bt_repo repo;
	struct bt_odb *odb;
	struct bt_oid oid;
	char line[80];

	(void)state;
	sh("rm -rf gc && git init -q gc && cd gc && seq 1000 >a && git add . && "
	   "git commit -q -m 1 && git gc -q");
	assert_int_equal(chdir("gc"), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++) {
		assert_int_equal(bt_odb_open(&repo, backends[i], &odb, &err), 0);
		sh_line(line, sizeof(line), "git rev-parse HEAD:a");
		assert_int_equal(bt_oid_parse(line, 40, &oid, &err), 0);
		assert_int_equal(bt_odb_read(odb, &oid, 10000, &obj, &err), 0);
		assert_non_null(obj.data);
		sh("echo %zu >b && git add . && git commit -q -m 2 && git repack -q -a -d -f", i);
		sh_line(line, sizeof(line), "git rev-parse HEAD:b");
		assert_int_equal(bt_oid_parse(line, 40, &oid, &err), 0);
		assert_int_equal(bt_odb_read(odb, &oid, 10000, &obj, &err), 0);
		assert_non_null(obj.data);
		assert_int_equal(obj.data[0], '0' + (int)i);
		bt_odb_free(&odb);
	}
	bt_repo_release(&repo);
}

/* git's replace refs are not followed by either. */
static void test_replace(void **state)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_object obj;
	struct bt_repo repo;
	struct bt_odb *odb;
	struct bt_oid oid;
	char line[80];

	(void)state;
	sh("rm -rf rep && git init -q rep && cd rep && echo a >a && echo b >b && git add . && "
	   "git replace $(git hash-object a) $(git hash-object b)");
	assert_int_equal(chdir("rep"), 0);
	sh_line(line, sizeof(line), "git hash-object a");
	assert_int_equal(bt_oid_parse(line, 40, &oid, &err), 0);
	assert_int_equal(bt_repo_open(&repo, NULL, 0, &err), 0);
	for (size_t i = 0; i < BT_ARRAY_NR(backends); i++) {
		assert_int_equal(bt_odb_open(&repo, backends[i], &odb, &err), 0);
		assert_int_equal(bt_odb_read(odb, &oid, 1000, &obj, &err), 0);
		assert_string_equal(obj.data, "a\n");
		bt_odb_free(&odb);
	}
	bt_repo_release(&repo);
}

static int teardown(void **state)
{
	wants_free();
	return scratch_teardown(state);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, scratch_reset)
	const struct CMUnitTest tests[] = {
		TEST(test_both),	  TEST(test_sha256),	 TEST(test_alternates),
		TEST(test_damaged),	  TEST(test_wrong_hash), TEST(test_broken_program),
		TEST(test_partial_clone), TEST(test_prefetch),	 TEST(test_repack_meanwhile),
		TEST(test_replace),
	};

	return cmocka_run_group_tests(tests, scratch_setup, teardown);
}
