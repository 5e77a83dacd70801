#!/bin/sh
test_description='an index.db that is corrupt, cut, foreign or newer: one clear line, the way out, never a wrong answer'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

db=.git/batho/index.db

# Puts the good index back.
restore() {
	rm -rf .git/batho && cp -R ../good .git/batho
}

# refuses [WORD]: every question and index say what is wrong, and how to go on.
refuses() {
	for refuses_command in "def add" "refs add" "search ad" "stats" "outline a.c" "index" "index HEAD~1" "init" \
		"cat-facts HEAD:a.c" "def --staged add"; do
		test_expect_code 128 git batho $refuses_command >../out 2>../err &&
			test_must_be_empty ../out && test_line_count -eq 2 ../err &&
			test_grep "^git-batho: .*index.db.*${1-}" ../err &&
			test_grep "^hint: .*git batho index --rebuild" ../err || {
			echo "this was: git batho $refuses_command"
			return 1
		}
	done
}

# rebuilds: the way out works, and gives the same digest.
rebuilds() {
	git batho index --rebuild >../out && test_grep "files indexed" ../out &&
		git batho stats --digest >../have && test_cmp ../digest ../have && git batho def add >../have &&
		test_cmp ../answer ../have
}

# put_bytes OFFSET OCTAL...: into the index.
put_bytes() {
	put_at=$1
	shift
	for put_byte; do
		printf "\\$put_byte" | dd of="$db" bs=1 seek="$put_at" conv=notrunc 2>/dev/null || return 1
		put_at=$((put_at + 1))
	done
}

test_expect_success 'an index' '
	awk "BEGIN { for (i = 0; i < 300; i++) printf \"int f%d(int a)\n{\n\treturn add(a) + g%d;\n}\n\", i, i }" >big.c &&
	printf "int add(int a)\n{\n\treturn a;\n}\n" >a.c && git add . && git commit -q -m one &&
	printf "def g(x):\n    return add(x)\n" >b.py && git add . && git commit -q -m two &&
	git batho index --all && git batho stats --digest >../digest && git batho def add >../answer &&
	git batho refs add >../refs && test_line_count -gt 300 ../refs && cp -R .git/batho ../good
'

test_expect_success 'no database at all' '
	echo "this is a text, and it is long enough to be looked at: $(seq 1 100)" >$db && refuses "is no database" && rebuilds
'

test_expect_success 'nothing but zeros' '
	restore && dd if=/dev/zero of=$db bs=8192 count=4 2>/dev/null && refuses && rebuilds
'

test_expect_success 'an empty file' '
	restore && rm -f $db-wal $db-shm && : >$db && refuses && rebuilds
'

test_expect_success 'the database of another program' '
	restore && rm -f $db-wal $db-shm && put_bytes 68 000 000 000 000 && refuses "another program" && rebuilds
'

test_expect_success SQLITE3 'a real one' '
	restore && rm -f $db $db-wal $db-shm && sqlite3 $db "create table t (a); insert into t values (1)" &&
	refuses && test "$(sqlite3 $db "select a from t")" = 1 && rebuilds
'

test_expect_success 'of a newer version, of an older one' '
	restore && rm -f $db-wal $db-shm && put_bytes 60 000 000 000 143 && refuses "newer" && rebuilds &&
	restore && rm -f $db-wal $db-shm && put_bytes 60 000 000 000 000 && refuses "older" && rebuilds
'

# refs_or_refusal: the right answer with status 0, or none with one line and the way out. Counts refusals.
refs_or_refusal() {
	git batho refs add >../out 2>../err
	case $? in
	0) test_cmp ../refs ../out ;;
	128)
		refused=$((refused + 1)) && test_must_be_empty ../out && test_line_count -le 2 ../err &&
			test_grep "^git-batho: .*index.db" ../err && test_grep "^hint: .*--rebuild" ../err
		;;
	*)
		cat ../err
		return 1
		;;
	esac
}

test_expect_success 'cut short at several places' '
	size=$(wc -c <../good/index.db) && refused=0 &&
	for keep in 50 8191 8192 $((size / 2)) $((size - 8192)) $((size - 1)); do
		restore && rm -f $db-wal $db-shm && dd if=../good/index.db of=$db bs=$keep count=1 2>/dev/null &&
		refs_or_refusal || { echo "cut at $keep"; return 1; }
	done && test $refused -ge 4 && rebuilds
'

# Wherever one byte differs: the right answer, or none.
test_expect_success 'a byte that changed is seen' '
	size=$(wc -c <../good/index.db) && refused=0 && at=101 &&
	while test $at -lt $size; do
		restore && rm -f $db-wal $db-shm && byte=$(od -An -tu1 -j$at -N1 $db) &&
		put_bytes $at $(printf "%03o" $((byte ^ 85))) || return 1
		refs_or_refusal || { echo "at byte $at"; return 1; }
		at=$((at + size / 60 + 1))
	done && echo "refused: $refused" && test $refused -gt 10 && rebuilds
'

test_expect_success 'indexing goes on over no damage in silence' '
	size=$(wc -c <../good/index.db) && at=$((8192 + 17)) &&
	while test $at -lt $size; do
		restore && rm -f $db-wal $db-shm && put_bytes $at 252 252 252 || return 1
		echo "int more$at;" >more.c && git add more.c
		git batho index --staged >../out 2>../err
		case $? in
		0)	git batho def --staged --quiet more$at >../out 2>../err
			test $? -ne 1 || { echo "wrong answer, byte $at"; return 1; } ;;
		128) test_grep "^hint: .*--rebuild" ../err ;;
		*) false ;;
		esac || { echo "at byte $at"; cat ../err; return 1; }
		at=$((at + 8192 * 2))
	done && git reset -q --hard && rebuilds
'

test_expect_success 'the log of a writer that was killed, damaged' '
	restore && rm -f $db-shm && seq 1 5000 >$db-wal && git batho def add >../have && test_cmp ../answer ../have
'

test_expect_success 'another file in the place of the index' '
	rm -rf .git/batho && mkdir -p $db && test_expect_code 128 git batho index 2>../err && test_grep "index.db" ../err &&
	rm -rf .git/batho && echo file >.git/batho && test_expect_code 128 git batho index 2>../err &&
	test_grep "^git-batho: .*batho" ../err && rm .git/batho
'

test_expect_success SYMLINKS 'a symbolic link is not followed' '
	restore && mv .git/batho/index.db ../stolen.db && ln -s "$TEST_TRASH/stolen.db" $db &&
	test_expect_code 128 git batho index HEAD~1 2>../err && test_grep "symbolic link" ../err && rm $db &&
	restore && mv .git/batho ../elsewhere && ln -s "$TEST_TRASH/elsewhere" .git/batho &&
	for command in init index stats "def add"; do
		test_expect_code 128 git batho $command >../out 2>../err && test_must_be_empty ../out && test_line_count = 2 ../err &&
			test_grep "^git-batho: folder .*/batho. is a symbolic link" ../err && test_grep "^hint: remove it" ../err ||
			return 1
	done && rm .git/batho && mv ../elsewhere .git/batho
'

test_expect_success 'a folder in the place of the index, or a file in that of its folder' '
	mv .git/batho ../kept && test_when_finished "rm -rf .git/batho && mv ../kept .git/batho" &&
	mkdir -p .git/batho/index.db && for command in index "def one" stats; do
		test_expect_code 128 git batho $command 2>../err && test_grep "index.db.: Is a directory" ../err &&
			test_grep "^hint: move it away" ../err && test_line_count = 2 ../err || return 1
	done &&
	echo mine >.git/batho/index.db/file && test_expect_code 128 git batho index --rebuild 2>../err &&
	test_grep "^hint: move it away" ../err && test -f .git/batho/index.db/file && rm .git/batho/index.db/file &&
	git batho index --rebuild >../out && test_grep "^digest" ../out && test -f .git/batho/index.db &&
	rm -r .git/batho && echo mine >.git/batho && test_expect_code 128 git batho index 2>../err &&
	test_grep "^hint: BATHO_STORE_DIR" ../err && test -f .git/batho && rm .git/batho
'

test_expect_success 'the index may be deleted at any time' '
	rm -rf .git/batho && git batho def add >../have && test_cmp ../answer ../have &&
	rm .git/batho/index.db* && git batho def add >../have && test_cmp ../answer ../have
'

test_expect_success LOOP_MOUNT 'a full disk under the index' '
	mkdir ../small && mount -t tmpfs -o size=128k none ../small && test_when_finished "umount ../small" &&
	BATHO_STORE_DIR=$TEST_TRASH/small/batho && export BATHO_STORE_DIR && test_when_finished "unset BATHO_STORE_DIR" &&
	awk "BEGIN { srand(1); for (i = 0; i < 20000; i++) printf \"int v%d_%d;\n\", i, rand() * 1e9 }" >huge.c && git add . &&
	test_expect_code 128 git batho index --staged 2>../err && test_line_count = 2 ../err &&
	test_grep "^git-batho: cannot write the index .*\(disk is full\|No space left\)" ../err &&
	test_grep "^hint: free some space" ../err
'

test_expect_success LOOP_MOUNT 'on a full disk questions about what is indexed are answered' '
	mkdir -p ../small && mount -t tmpfs -o size=3m none ../small &&
	test_when_finished "cd / && umount \"$TEST_TRASH/small\"" &&
	git init -q ../small/repo && cd ../small/repo && printf "int add(int a)\n{\n\treturn a;\n}\n" >a.c && git add . &&
	git commit -q -m one && git batho index -q && git batho stats --digest >../../want &&
	{ dd if=/dev/zero of=../fill bs=1024 2>/dev/null || :; } &&
	git batho outline a.c >../../have && test_grep "function add" ../../have &&
	git batho stats --digest >../../have && test_cmp ../../want ../../have &&
	git batho index >../../have && test_grep "nothing to do" ../../have &&
	git batho def --worktree add >../../have && test_grep "^a.c:1:5" ../../have &&
	for i in 1 2 3 4; do
		git batho def add >../../have$i &
		eval "pid$i=\$!"
	done && wait $pid1 && wait $pid2 && wait $pid3 && wait $pid4 && test_line_count = 1 ../../have4 &&
	test_expect_code 128 git batho index --staged 2>../../err && test_line_count = 2 ../../err &&
	test_grep "^git-batho: cannot write the index [^:]*: " ../../err && test_grep "^hint: free some space" ../../err &&
	rm ../fill && git batho index --staged && git batho def add
'

test_done
