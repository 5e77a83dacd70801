#!/bin/sh
test_description='git batho storage: an index that is well, none, read-only, of another version, in use, on a full disk; room that comes back'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

db=.git/batho/index.db
test_lazy_prereq FLOCK 'no flock(1)' 'flock -n . true'

test_expect_success 'a repository with some history' '
	mkdir src && for i in 1 2 3 4 5 6 7 8; do
		awk -v n=$i "BEGIN { for (i = 0; i < 60; i++) printf \"int f%d_%d(int a)\n{\n\treturn add(a) + g%d;\n}\n\", n, i, i }" >src/f$i.c || return 1
	done &&
	printf "int add(int a)\n{\n\treturn a;\n}\n" >a.c && printf "def g(x):\n    return add(x)\n" >b.py &&
	git add . && git commit -q -m one &&
	for i in 1 2 3 4 5 6; do
		printf "int later%d(void)\n{\n\treturn add(%d);\n}\n" $i $i >>src/f$i.c && git commit -q -a -m "later $i" || return 1
	done
'

test_expect_success 'without an index there is nothing wrong, and nothing to write anew' '
	git batho storage verify >out 2>err && test_must_be_empty err && test_grep "^0 blobs" out &&
	for verb in "compact" "stats"; do
		test_expect_code 128 git batho storage $verb >out 2>err && test_must_be_empty out && test_grep "^hint: .git batho index" err || return 1
	done && git batho storage cleanup
'

test_expect_success 'backfill indexes the history of what is named, or all of it, and then has nothing to do' '
	git batho storage backfill HEAD~3 >out && test_grep "^4 revisions indexed" out &&
	git batho storage backfill >out && test_grep "^7 revisions indexed" out &&
	git batho storage backfill >out && test_grep "7 revisions indexed; nothing to do" out &&
	git batho storage backfill HEAD~2..HEAD >out && test_grep "^2 revisions indexed; nothing" out &&
	git batho index && git batho stats --digest >digest && git batho refs add >refs && test_line_count -gt 480 refs
'

test_expect_success 'an index that is well' '
	git batho storage verify >out 2>err && test_must_be_empty err && test_grep ! "problem" out &&
	git batho storage verify --sample all >out && test_grep "; 16 parsed afresh" out &&
	git batho storage verify --sample 0 --repair >out && test_grep "; 0 parsed afresh" out
'

test_expect_success 'usage' '
	test_expect_code 129 git batho storage 2>err && test_grep "^hint: " err &&
	test_expect_code 129 git batho storage polish 2>err && test_grep "polish" err &&
	test_expect_code 129 git batho storage verify now 2>err && test_grep "one argument too many" err &&
	test_expect_code 129 git batho storage verify --sample many 2>err && test_grep "many" err &&
	test_expect_code 129 git batho storage verify --sample -1 2>err &&
	test_expect_code 129 git batho storage stats --apply 2>err && test_grep "apply" err &&
	test_expect_code 129 git batho storage compact --repair 2>err
'

test_expect_success PYTHON 'records have the fields of the manual page' '
	page=$TEST_SOURCE/man/git-batho-format.5 &&
	{ git batho storage verify --json && git batho storage compact --json && git batho storage cleanup --apply --json &&
		git batho storage stats --json; } >rows &&
	python3 - "$page" rows <<-\EOT
	import json, re, sys
	page = open(sys.argv[1]).read()
	seen = set()
	for line in open(sys.argv[2]):
	    row = json.loads(line)
	    if "record" not in row:
	        continue
	    kind = row.pop("record")
	    sections = [s for s in re.split(r"(?m)^\.S[sh] ", page) if re.match(r"[^\n]*\b%s\b[^\n]*, of storage" % kind, s)]
	    assert sections, kind
	    want = [f for s in sections for it in re.findall(r"(?m)^\.It Va (.*)$", s) for f in it.split(" , ")]
	    assert sorted(row) == sorted(want), (kind, row, want)
	    seen.add(kind)
	assert {"verified", "compact", "file", "table", "language", "waste"} <= seen, seen
	EOT
'

test_expect_success 'a dry run changes nothing' '
	cksum <$db >before && git batho storage compact >out && test_grep "about" out && git batho storage cleanup >out &&
	cksum <$db >after && test_cmp before after
'

test_expect_success 'compacting keeps every answer, and an index that is compact stays as large as it is' '
	git batho storage compact --apply >out && test_grep ", now " out &&
	git batho stats --digest >have && test_cmp digest have && git batho refs add >have && test_cmp refs have &&
	git batho storage verify --sample all && git batho index >out && test_grep "nothing to do" out &&
	wc -c <$db >before && git batho storage compact --apply && wc -c <$db >after && test_cmp before after &&
	git batho def later3 --rev HEAD >out && test_grep later3 out
'

test_expect_success 'names are made again from the records' '
	git batho storage rebuild-indexes >out && git batho refs add >have && test_cmp refs have &&
	git batho storage verify && git batho search "later*" >out && test_line_count = 6 out
'

test_expect_success FLOCK 'an index in use is not written anew' '
	flock -s .git/batho sleep 8 & held=$! && tries=0 &&
	while flock -n -x .git/batho true && test $tries -lt 50; do tries=$((tries + 1)) && sleep 0.1; done &&
	test_expect_code 128 git batho storage compact --apply >out 2>err && test_must_be_empty out && test_grep "used by another process" err &&
	git batho storage verify && git batho refs add >have && test_cmp refs have &&
	wait $held && git batho storage compact --apply
'

test_expect_success 'what a process that died was making is removed' '
	: >$db.new-999999999 && git batho storage cleanup >out && test_grep ! "leftover" out &&
	touch -d "3 hours ago" $db.new-999999999 && git batho storage cleanup >out && test_grep "^leftover: index.db.new-" out &&
	test_path_is_file $db.new-999999999 && git batho storage cleanup --apply >out && test_path_is_missing $db.new-999999999 &&
	git batho storage cleanup >out && test_grep "^0 bytes" out &&
	mkdir .git/batho/worktree-abcdef && echo 12345 >.git/batho/worktree-abcdef/file && git batho storage cleanup >out && test_grep "^0 bytes" out &&
	touch -d "3 days ago" .git/batho/worktree-abcdef && git batho storage cleanup >out && test_grep "worktree-abcdef.*6 bytes" out &&
	git batho storage cleanup --apply >out && test_path_is_missing .git/batho/worktree-abcdef
'

test_expect_success 'what the queue keeps no longer goes, not before --apply' '
	export BATHO_BATCH_AUTO_EXECUTE=manual && git config batho.deploy.site.command true && git batho queue deploy site -q && git batho queue cancel 1 -q &&
	git batho index --snapshot -q && git batho index HEAD~1 --snapshot -q &&
	git batho storage cleanup >out && test_grep "^queue: 0" out && test_grep "^snapshots: 0" out &&
	git -c batho.retention.maxSnapshots=1 batho storage cleanup >out && git batho snapshot list >list && test_line_count = 2 list &&
	git -c batho.retention.maxSnapshots=1 batho storage cleanup --apply >have && test_cmp -s out have || grep snapshots have &&
	git batho queue show 1
'

test_expect_success 'a bare repository, and a linked worktree' '
	git clone -q --bare . ../bare.git && (cd ../bare.git && git batho index -q && git batho storage verify && git batho storage compact --apply) &&
	git worktree add -q ../linked && (cd ../linked && git batho storage verify && git batho storage stats)
'

test_expect_success 'one without a commit' '
	test_create_repo ../empty && cd ../empty && git batho storage verify && git batho storage backfill >out 2>&1
'

test_expect_success OTHER_USER 'a folder that cannot be written is verified, and left as it is' '
	git clone -q . ../theirs && mkdir -p ../nobody && chown -R 65534:65534 ../theirs ../nobody && chmod a+rx .. && cd ../theirs &&
	as_other git batho index -q && chmod a-w .git/batho .git/batho/* && cksum <$db >../before &&
	as_other git batho storage verify --sample 2 >../out && as_other git batho storage compact >../out &&
	test_expect_code 128 as_other git batho storage compact --apply >../out 2>../err && test_line_count -le 2 ../err &&
	test_expect_code 128 as_other git batho storage rebuild-indexes >../out 2>../err && cksum <$db >../after && test_cmp ../before ../after
'

test_expect_success LOOP_MOUNT 'a full disk leaves the index as it was' '
	git batho storage verify && size=$(($(wc -c <$db) * 3 / 2 / 1024)) &&
	mkdir ../small && mount -t tmpfs -o size=${size}k none ../small && test_when_finished "umount ../small && rmdir ../small" &&
	mkdir ../small/batho && cp $db ../small/batho/ && cksum <$db >before &&
	test_expect_code 128 env BATHO_STORE_DIR="$TEST_TRASH/small/batho" git batho storage compact --apply >out 2>err &&
	test_grep "^hint: free some space" err && cksum <../small/batho/index.db >after && test_cmp before after &&
	ls ../small/batho >files && test_grep ! "new-" files &&
	BATHO_STORE_DIR="$TEST_TRASH/small/batho" git batho storage verify
'

test_expect_success 'writers come and go meanwhile' '
	for i in 1 2 3 4 5 6; do
		printf "int meanwhile%d(void)\n{\n\treturn add(%d);\n}\n" $i $i >m$i.c && git add m$i.c && git commit -q -m "m $i" &&
		{ git batho index -q & first=$!; git batho storage compact --apply -q >/dev/null 2>&1 & second=$!;
		  git batho storage verify -q --sample 4 & third=$!; git batho refs add >/dev/null & fourth=$!;
		  wait $first && { wait $second || :; } && wait $third && wait $fourth; } || return 1
	done &&
	git batho storage verify --sample all && git batho stats --digest >have &&
	(BATHO_STORE_DIR="$TEST_TRASH/fresh" && export BATHO_STORE_DIR && git batho index -q && git batho stats --digest) >want && test_cmp want have
'

test_done
