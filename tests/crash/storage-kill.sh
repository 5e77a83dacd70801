#!/bin/sh
test_description='kill -9 at every write of a compaction and of a repair: the index is as it was, or as it was to be'
# TEST_LONG=1 kills at every call; otherwise at some of them.
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

test_lazy_prereq INJECT 'no ptrace, or a strace that cannot inject signals' \
	'strace -f -o /dev/null -e inject=mkdir:signal=SIGKILL:when=1 mkdir x; test $? -eq 137'

test_have_prereq INJECT || test_skip "$test_missing"
test -z "${TEST_VALGRIND:-}" || test_skip 'valgrind and strace do not go together'

# The sanitizer's search for leaks is a tracer as well, and there can be one.
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" && export ASAN_OPTIONS

calls='pwrite64 fdatasync fsync ftruncate ?unlink,unlinkat ?rename,renameat,?renameat2'

same_answers() {
	git batho stats --digest >../digest.now && test_cmp ../digest ../digest.now &&
		git batho refs add >../refs.now && test_cmp ../refs ../refs.now
}

# kill_at_each CALLS STEP FROM CHECK COMMAND...: FROM is the index to begin with
kill_at_each() {
	kill_calls=$1 kill_step=$2 kill_from=$3 kill_check=$4 at=1 killed=0
	shift 4
	while test "$at" -lt 2000; do
		rm -rf .git/batho && cp -R "$kill_from" .git/batho || return 1
		timeout 60 strace -f -o /dev/null -e trace="$kill_calls" -e inject="$kill_calls:signal=SIGKILL:when=$at" \
			git-batho-indexer "$@" >../killed.out 2>&1
		case $? in
		0) break ;;
		137) killed=$((killed + 1)) ;;
		*)
			echo "killed at number $at of $kill_calls: no orderly end:"
			cat ../killed.out
			return 1
			;;
		esac
		$kill_check || {
			echo "after a kill at number $at of $kill_calls"
			return 1
		}
		at=$((at + kill_step))
	done
	test "$at" -lt 2000 && $kill_check && echo "killed $killed times at $kill_calls"
}

# Nothing is lost, and what was being made goes with the next one.
compacted() {
	git batho storage verify --sample 0 -q >../out && same_answers && git batho storage compact --apply -q >../out &&
		ls .git/batho >../files && test_grep ! "index\.db\.new" ../files && same_answers
}

mended() {
	git batho storage verify --sample 0 --repair -q >../out && git batho index -q && same_answers
}

kill_everywhere() {
	for call in $calls; do
		case ${TEST_LONG:-},$call in
		,pwrite64) step=17 ;;
		,*) step=2 ;;
		*) step=1 ;;
		esac
		kill_at_each "$call" "$step" "$@" || return 1
	done
}

test_expect_success 'an index with holes in it, and a damaged one' '
	for i in 1 2 3 4 5 6; do
		awk -v n=$i "BEGIN { for (i = 0; i < 40; i++) printf \"int f%d_%d(int a)\n{\n\treturn add(a) + g%d;\n}\n\", n, i, i }" >f$i.c || return 1
	done &&
	git add . && git commit -q -m one && git batho index -q && echo "int more(void);" >>f1.c && git commit -q -a -m two &&
	git batho index -q && git batho stats --digest >../digest && git batho refs add >../refs && cp -R .git/batho ../good &&
	cp -R ../good ../damaged && dd if=/dev/zero of=../damaged/index.db bs=8192 seek=8 count=3 conv=notrunc 2>/dev/null
'

test_expect_success 'killed while it compacts' '
	kill_everywhere "$TEST_TRASH/good" compacted storage compact --apply >../kills && cat ../kills &&
	test_grep "killed [1-9][0-9]* times at pwrite64" ../kills &&
	test_grep "killed [1-9][0-9]* times at fsync" ../kills
'

test_expect_success 'killed while it repairs' '
	kill_everywhere "$TEST_TRASH/damaged" mended storage verify --repair --sample 0 >../kills && cat ../kills &&
	test_grep "killed [1-9][0-9]* times at pwrite64" ../kills
'

test_done
