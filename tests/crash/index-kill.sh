#!/bin/sh
test_description='kill -9 at every write of a run: the next one completes, with the same digest'
# TEST_LONG=1 kills at every call; otherwise at some of them.
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

test_lazy_prereq INJECT 'no ptrace, or a strace that cannot inject signals' \
	'strace -f -o /dev/null -e inject=mkdir:signal=SIGKILL:when=1 mkdir x; test $? -eq 137'
test_lazy_prereq PYSQLITE 'no python3 with sqlite3, which would check the database' \
	'python3 -c "import sqlite3; sqlite3.connect(\"x\")"'

test_have_prereq INJECT || test_skip "$test_missing"
test -z "${TEST_VALGRIND:-}" || test_skip 'valgrind and strace do not go together'

# sources ROUND: files of several languages; each round changes some of them and adds one.
sources() {
	mkdir -p src/deep lib web
	for i in $(test_seq 1 12); do
		test $((i % $1)) -eq 0 || continue
		printf '#include "h%d.h"\nint c%d_%d(int a)\n{\n\treturn c%d(a) + %d;\n}\n' \
			"$i" "$i" "$1" "$((i + 1))" "$1" >"src/f$i.c"
		printf 'class P%d:\n    def run%d(self):\n        return helper%d(self.x)\n' \
			"$i" "$1" "$i" >"lib/m$i.py"
		printf 'export function js%d(a) { return other%d(a, %d); }\n' "$i" "$1" "$i" >"web/w$i.js"
		printf 'package deep\n\nfunc Go%d(v int) int { return Next%d(v) }\n' \
			"$i" "$1" >"src/deep/g$i.go"
	done
	printf '{"round": %d}\n' "$1" >web/data.json
	printf '# Round %d\n\ntext\n' "$1" >"notes$1.md"
	printf 'def round%d(x)\n  puts x\nend\n' "$1" >"lib/r$1.rb"
}

calls='pwrite64 fdatasync fsync ftruncate ?unlink,unlinkat ?rename,renameat,?renameat2
	?link,linkat ?mkdir,mkdirat'

# nothing_left: no file that the killed run was making.
nothing_left() {
	ls .git/batho >../files && test_grep ! "index\.db\.new" ../files
}

# check_store: what a run that was not disturbed says.
check_store() {
	git batho index --all >../index.out &&
		git batho stats --digest >../digest.now &&
		test_cmp ../digest ../digest.now &&
		git batho refs helper4 >../refs.now &&
		test_cmp ../refs ../refs.now &&
		nothing_left || return 1
	test_have_prereq PYSQLITE || return 0
	python3 - .git/batho/index.db <<-\SCRIPT
		import sqlite3, sys
		rows = sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchall()
		sys.exit(0 if rows == [("ok",)] else "integrity_check: %r" % rows)
	SCRIPT
}

# kill_at_each CALLS STEP FROM: FROM is a folder to begin with, or empty.
kill_at_each() {
	at=1 killed=0
	while test "$at" -lt 5000; do
		rm -rf .git/batho
		test -z "$3" || cp -R "$3" .git/batho || return 1
		timeout 60 strace -f -o /dev/null -e trace="$1" -e inject="$1:signal=SIGKILL:when=$at" \
			git-batho-indexer index --all -q >../killed.out 2>&1
		case $? in
		0) break ;;
		137) killed=$((killed + 1)) ;;
		*)
			echo "killed at number $at of $1: no orderly end:"
			cat ../killed.out
			return 1
			;;
		esac
		check_store || {
			echo "after a kill at number $at of $1"
			return 1
		}
		at=$((at + $2))
	done
	test "$at" -lt 5000 && check_store && echo "killed $killed times at $1"
}

# kill_everywhere FROM
kill_everywhere() {
	for call in $calls; do
		case ${TEST_LONG:-},$call in
		,pwrite64) step=31 ;;
		,*) step=3 ;;
		*) step=1 ;;
		esac
		kill_at_each "$call" "$step" "$1" || return 1
	done
}

# The sanitizer's search for leaks is a tracer as well, and there can be one.
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" && export ASAN_OPTIONS

test_expect_success 'a small repository, and what an undisturbed run makes of it' '
	for round in 1 2 3 4 5 6; do
		sources $round && git add -A && test_tick && git commit -q -m "round $round" || return 1
		test $round -eq 6 || git batho index -q || return 1
	done &&
	cp -R .git/batho ../older && rm -rf .git/batho &&
	git batho index --all -q && git batho stats --digest >../digest &&
	test_grep "^[0-9a-f]\{64\}$" ../digest &&
	git batho refs helper4 >../refs && test -s ../refs
'

test_expect_success 'killed while it makes a new index' '
	kill_everywhere "" >../kills && cat ../kills &&
	test_grep "killed [1-9][0-9]* times at pwrite64" ../kills &&
	test_grep "killed [1-9][0-9]* times at fdatasync" ../kills
'

test_expect_success 'killed while it adds to an index' '
	kill_everywhere "$TEST_TRASH/older" >../kills && cat ../kills &&
	test_grep "killed [1-9][0-9]* times at pwrite64" ../kills
'

test_expect_success 'killed while it throws a damaged index away' '
	dd if=/dev/urandom of=../junk bs=4096 count=3 2>/dev/null &&
	for call in unlink pwrite64 fdatasync; do
		for at in 1 2; do
			rm -rf .git/batho && cp -R ../older .git/batho && cp ../junk .git/batho/index.db &&
			{ timeout 60 strace -f -o /dev/null -e trace=?$call,?unlinkat \
				-e inject=?$call:signal=SIGKILL:when=$at \
				git-batho-indexer index --rebuild --all -q || :; } &&
			git batho index --rebuild -q && check_store || return 1
		done || return 1
	done
'

test_expect_success 'killed again and again, without a fresh start in between' '
	rm -rf .git/batho && at=1 &&
	while test $at -lt 400; do
		timeout 60 strace -f -o /dev/null -e trace=pwrite64 \
			-e inject=pwrite64:signal=SIGKILL:when=$at git-batho-indexer index --all -q && break
		test $? -eq 137 || return 1
		at=$((at + 7))
	done && test $at -gt 1 && test $at -lt 400 && check_store
'

test_done
