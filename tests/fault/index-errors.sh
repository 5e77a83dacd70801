#!/bin/sh
test_description='reads and writes that fail while indexing: one clear line, status 128, the next run completes'
# TEST_LONG=1 fails at every call; otherwise at some of them.
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

test_lazy_prereq INJECT 'no ptrace, or a strace that cannot inject errors' \
	'! strace -f -o /dev/null -e inject=mkdir:error=EIO:when=1 mkdir x && test ! -d x'

test -z "${TEST_VALGRIND:-}" || test_skip 'valgrind and strace do not go together'

# The sanitizer's search for leaks is a tracer as well, and there can be one.
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" && export ASAN_OPTIONS

test_expect_success 'a small repository, and what an undisturbed run makes of it' '
	mkdir src lib &&
	for i in $(test_seq 1 20); do
		printf "int c%d(int a)\n{\n\treturn c%d(a);\n}\n" $i $((i + 1)) >src/f$i.c &&
		printf "def p%d(x):\n    return p%d(x)\n" $i $((i + 1)) >lib/m$i.py || return 1
	done &&
	git add -A && git commit -q -m one &&
	git batho index -q && git batho stats --digest >../digest &&
	test_grep "^[0-9a-f]\{64\}$" ../digest && cp -R .git/batho ../whole
'

# check_line FILE: one line of ours, and at most one hint; git may have complained before it.
check_line() {
	test "$(grep -c '^git-batho: ' "$1")" -eq 1 && test "$(grep -c '^hint: ' "$1")" -le 1 &&
		! grep -v -e '^git-batho: ' -e '^hint: ' -e '^fatal: ' -e '^error: ' -e '^warning: ' "$1"
}

# fail_at CALL ERROR WHEN: the status is in $status; what does not reach main at all gives 127.
fail_at() {
	timeout 60 strace -f -o /dev/null -e trace="$1" -e inject="$1:error=$2:when=$3" \
		git-batho-indexer index -q >../out 2>../err
	status=$?
}

check_next_run() {
	git batho index -q && git batho stats --digest >../digest.now &&
		test_cmp ../digest ../digest.now
}

# fail_at_each CALL ERROR STEP FOREVER: FOREVER is + when all later calls fail too, else empty. At the end of a
# run nothing is lost when an error is not reported, as long as the digest is right.
fail_at_each() {
	at=1 reported=0 quiet=0
	while test "$at" -lt 1000 && test "$quiet" -lt 4; do
		rm -rf .git/batho
		fail_at "$1" "$2" "$at$4"
		case $status in
		0) quiet=$((quiet + 1)) ;;
		127) test_grep 'shared librar' ../err || return 1 ;;
		128)
			quiet=0 reported=$((reported + 1))
			check_line ../err
			;;
		*) false ;;
		esac && check_next_run || {
			echo "$2 at number $at$4 of $1: status $status:"
			cat ../err
			return 1
		}
		at=$((at + $3))
	done
	echo "$2 at $1: reported $reported times"
}

# fail_everywhere CALL...
fail_everywhere() {
	for call; do
		step=1
		case ${TEST_LONG:-},$call in
		,pwrite64) step=31 ;;
		,read) step=19 ;;
		,*) step=2 ;;
		esac
		for error in ENOSPC EIO; do
			fail_at_each "$call" "$error" "$step" + || return 1
			test -z "${TEST_LONG:-}" || fail_at_each "$call" "$error" "$step" '' || return 1
		done
	done
}

test_expect_success INJECT 'writes fail' '
	fail_everywhere pwrite64 >../report && cat ../report &&
	test_grep "ENOSPC at pwrite64: reported [1-9]" ../report &&
	test_grep "EIO at pwrite64: reported [1-9]" ../report
'

test_expect_success INJECT 'what is written cannot be made safe or cut' '
	fail_everywhere fdatasync fsync ftruncate
'

test_expect_success INJECT 'a full disk says that it is full' '
	rm -rf .git/batho && fail_at pwrite64 ENOSPC 1+ &&
	test $status -eq 128 && test_grep -i -e "disk is full" -e "No space left" ../err &&
	rm -rf .git/batho && cp -R ../whole .git/batho && echo "int more;" >more.c && git add more.c &&
	git commit -q -m more && test_when_finished "git reset -q --hard HEAD^" &&
	fail_at pwrite64 ENOSPC 1+ && test $status -eq 128 &&
	test_grep -i -e "disk is full" -e "No space left" ../err &&
	git batho def more >../out && test_grep "more.c:1" ../out
'

# The first reads are the dynamic linker's.
test_expect_success INJECT 'reads of objects, of git and of workers fail' '
	fail_everywhere read >../report && cat ../report &&
	test_grep "EIO at read: reported [1-9]" ../report
'

test_expect_success INJECT 'reads of the index fail while it answers: no word of damage' '
	rm -rf .git/batho && cp -R ../whole .git/batho && reported=0 &&
	for at in $(test_seq 1 30); do
		timeout 60 strace -f -o /dev/null -e trace=pread64 \
			-e inject=pread64:error=EIO:when=$at+ git-batho def c3 >../out 2>../err
		case $? in
		0) test_grep "src/f3.c:1" ../out ;;
		127 | 139) ;; # before main
		128)
			check_line ../err && test_must_be_empty ../out &&
				test_grep "cannot read.*Input/output error" ../err &&
				test_grep ! -e damaged -e "^hint:" ../err && reported=$((reported + 1))
			;;
		*) false ;;
		esac || return 1
	done && test $reported -gt 2 && check_next_run
'

test_expect_success INJECT 'a folder that cannot be locked' '
	rm -rf .git/batho && mkdir .git/batho && : >.git/batho/index.db.new-1 && : >.git/batho/index.db.new-2 &&
	touch -d "2 hours ago" .git/batho/index.db.new-1 && fail_at flock ENOLCK 1+ && test $status -eq 0 &&
	test_path_is_missing .git/batho/index.db.new-1 && test_path_is_file .git/batho/index.db.new-2 &&
	check_next_run && rm .git/batho/index.db && git batho index -q &&
	test_path_is_missing .git/batho/index.db.new-2
'

test_expect_success LOOP_MOUNT 'a disk that is really full' '
	rm -rf .git/batho && mkdir -p ../small && mount -t tmpfs -o size=96k none ../small &&
	test_when_finished "umount \"$TEST_TRASH/small\"" &&
	{ BATHO_STORE_DIR=$TEST_TRASH/small/batho git batho index >../out 2>../err; test $? -eq 128; } &&
	check_line ../err && test_grep -i -e "disk is full" -e "No space left" ../err &&
	mount -o remount,size=16m "$TEST_TRASH/small" &&
	BATHO_STORE_DIR=$TEST_TRASH/small/batho git batho index -q &&
	BATHO_STORE_DIR=$TEST_TRASH/small/batho git batho stats --digest >../digest.now &&
	test_cmp ../digest ../digest.now
'

test_done
