#!/bin/sh
test_description='map: the definitions a repository turns on, within a budget'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# cost FILE: tokens of an outline, as the manual counts them.
cost() {
	awk '{ t += int((length($0) + 1 + 3) / 4) } END { print t }' "$1"
}

test_expect_success 'a project: one central type, one helper that one file uses' '
	mkdir -p include src test vendor &&
	cat >include/store.h <<-\EOT &&
	typedef struct record {
		int id;
	} record_t;
	struct store_handle;
	int store_open(struct store_handle **h,
		       const char *path);
	#define STORE_LIMIT 16
	EOT
	echo "int rarely_used(void);" >include/rare.h &&
	for i in 1 2 3 4 5 6 7 8; do
		printf "#include \"store.h\"\nint user_number_%s(struct store_handle *h)\n{\n\tstore_open(&h, \"x\");\n\treturn rare%s();\n}\n" $i $i \
			>src/user$i.c || return 1
	done &&
	echo "#include \"rare.h\"" >src/one.c && echo "int one(void) { return rarely_used(); }" >>src/one.c &&
	echo "int test_everything(void) { return store_open(0, 0) + rarely_used(); }" >test/all_test.c &&
	cp include/store.h vendor/copy.h &&
	git add . && git commit -q -m one
'

test_expect_success 'what most files use comes first' '
	git batho map --budget 28 >have &&
	cat >want <<-\EOT &&
	include/store.h:
	  4: struct store_handle
	  5: int store_open(struct store_handle **h, const char *path);
	EOT
	test_cmp want have &&
	git batho map >have && head -n 1 have >first && echo include/store.h: >want && test_cmp want first &&
	test_grep "^  3: typedef struct record {...} record_t$" have &&
	test_grep "rarely_used" have && test_grep ! "^test/" have && test_grep ! "^vendor/" have
'

test_expect_success 'the budget holds, and more of it shows more' '
	last=0 &&
	for budget in 16 32 64 128 256 1024; do
		git batho map --budget $budget >have; test $? -le 1 || return 1
		used=$(cost have) && test "${used:-0}" -le $budget && lines=$(wc -l <have) && test $lines -ge $last &&
		last=$lines || return 1
	done && test $last -gt 8
'

test_expect_success 'focus: what a file defines and uses' '
	git batho map --focus src/one.c --budget 32 >have && test_grep "rarely_used" have &&
	test_grep ! "store_open" have &&
	(cd src && git batho map --focus one.c --budget 32) >again && test_cmp have again &&
	git batho map --focus test --budget 200 >have && test_grep "store_open" have &&
	test_expect_code 128 git batho map --focus nowhere 2>err && test_grep "nowhere" err &&
	test_expect_code 129 git batho map --focus ../outside 2>err
'

test_expect_success PYTHON 'records' '
	git batho map --json >have &&
	python3 - have <<-\EOT
	import json, sys
	rows = [json.loads(line) for line in open(sys.argv[1])][1:]
	assert rows[0]["name"] == "store_open" or rows[0]["path"] == "include/store.h", rows[0]
	assert sum(r["rank_ppm"] for r in rows) <= 1000000
	assert all(r["record"] == "definition" and r["signature"] for r in rows)
	EOT
'

test_expect_success 'the same every time; of what is staged and of the worktree' '
	git batho map >one && git batho map >two && test_cmp one two &&
	echo "int brand_new_name(void);" >include/new.h && git add include/new.h &&
	for i in 1 2 3 4 5 6 7 8; do echo "int x$i(void) { return brand_new_name(); }" >>src/user$i.c || return 1; done &&
	git batho map --worktree --budget 60 >have && test_grep brand_new_name have &&
	git batho map --budget 60 >have && test_grep ! brand_new_name have
'

test_expect_success 'nothing to show is status 1' '
	test_create_repo ../data && cd ../data && echo "{}" >a.json && git add . && git commit -q -m data &&
	test_expect_code 1 git batho map >out && test_must_be_empty out &&
	test_expect_code 129 git batho map x 2>err && test_expect_code 129 git batho map --budget 3 2>err
'

test_done
