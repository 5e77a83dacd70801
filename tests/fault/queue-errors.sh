#!/bin/sh
test_description='reads and writes of the queue that fail: one clear line, status 128, and what was acknowledged stays'
# TEST_LONG=1 fails at every call; otherwise at some of them.
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/queue-lib.sh
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

test_lazy_prereq INJECT 'no ptrace, or a strace that cannot inject errors' \
	'! strace -f -o /dev/null -e inject=mkdir:error=EIO:when=1 mkdir x && test ! -d x'

test -z "${TEST_VALGRIND:-}" || test_skip 'valgrind and strace do not go together'

# The sanitizer's search for leaks is a tracer as well, and there can be one.
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
BATHO_BATCH_CHECK=false
export ASAN_OPTIONS BATHO_BATCH_CHECK

step=3
test -z "${TEST_LONG:-}" || step=1

test_expect_success 'set-up' 'queue_setup && git config batho.deploy.site.command true && : >../acknowledged'

# check_line FILE: one line of ours, and at most one hint; git may have complained before it.
check_line() {
	test "$(grep -c '^git-batho: ' "$1")" -eq 1 && test "$(grep -c '^hint: ' "$1")" -le 1 &&
		! grep -v -e '^git-batho: ' -e '^hint: ' -e '^fatal: ' -e '^error: ' -e '^warning: ' "$1"
}

# check_kept: every number that was told is there, once, and the next request works
check_kept() {
	git batho queue log -n 1000000 --json | sed -n 's/.*"record":"action","id":\([0-9]*\),.*/\1/p' | sort >../have &&
		sort ../acknowledged >../want && test -z "$(comm -23 ../want ../have)" &&
		git batho queue push | sed 's/queued as //; s/,.*//' >>../acknowledged
}

# fail_at_each CALL ERROR FOREVER: this process alone, at the writes and syncs of its files
fail_at_each() {
	at=1 reported=0 quiet=0
	while test $at -lt 400 && test $quiet -lt 4; do
		timeout 60 strace -o /dev/null -e trace="$1" -e inject="$1:error=$2:when=$at$3" \
			git-batho queue deploy site --key "$1 $2 $at$3" >../out 2>../err
		case $? in
		0) quiet=$((quiet + 1)) && sed 's/queued as //' ../out >>../acknowledged ;;
		127) ;; # before main
		128) quiet=0 reported=$((reported + 1)) && test_must_be_empty ../out && check_line ../err ;;
		*) false ;;
		esac && check_kept || {
			echo "$2 at number $at$3 of $1:"
			cat ../err
			return 1
		}
		at=$((at + step))
	done
	echo "$2 at $1$3: reported $reported times"
}

test_expect_success INJECT 'writes fail' '
	for error in EIO ENOSPC; do
		fail_at_each pwrite64 $error + && fail_at_each pwrite64 $error "" || return 1
	done >../report && cat ../report && test_grep "EIO at pwrite64+: reported [1-9]" ../report &&
	test_grep "ENOSPC at pwrite64+: reported [1-9]" ../report
'

test_expect_success INJECT 'what is written cannot be made safe or cut' '
	for call in fdatasync fsync ftruncate; do
		fail_at_each $call EIO + || return 1
	done >../report && cat ../report && test_grep "EIO at fdatasync+: reported [1-9]" ../report
'

test_expect_success INJECT 'reads fail: no word of damage' '
	fail_at_each pread64 EIO + >../report && cat ../report && test_grep "reported [1-9]" ../report &&
	strace -o /dev/null -e trace=pread64 -e inject=pread64:error=EIO:when=3+ git-batho queue status >../out 2>../err;
	test $? = 128 && check_line ../err && test_grep ! damaged ../err && test_grep "Input/output error" ../err
'

test_expect_success INJECT 'a full disk says that it is full; the same key afterwards is a new action' '
	test_expect_code 128 strace -o /dev/null -e trace=pwrite64 -e inject=pwrite64:error=ENOSPC:when=1+ \
		git-batho queue deploy site --key full 2>../err && check_line ../err &&
	test_grep -i -e "disk is full" -e "No space left" ../err && git batho queue deploy site --key full >../out &&
	test_grep ! "as before" ../out && sed "s/queued as //" ../out >>../acknowledged && check_kept
'

test_expect_success LOOP_MOUNT 'a disk that is really full' '
	mkdir -p ../small && mount -t tmpfs -o size=400k none ../small && test_when_finished "umount \"$TEST_TRASH/small\"" &&
	BATHO_STORE_DIR=$TEST_TRASH/small/batho && export BATHO_STORE_DIR && test_when_finished "unset BATHO_STORE_DIR" && nr=0 &&
	long=$(awk "BEGIN { for (i = 0; i < 1000; i++) printf \"x\" }") &&
	while git batho queue workflow "$long" -f "n=$nr" >../out 2>../err; do
		nr=$((nr + 1)) && test $nr -lt 500 || return 1
	done;
	test $nr -gt 0 && check_line ../err && test_grep -i -e "disk is full" -e "No space left" ../err &&
	git batho queue status >../out && test_grep "^$nr open" ../out && mount -o remount,size=16m "$TEST_TRASH/small" &&
	git batho queue push -q && git batho queue status >../out && test_grep "^$((nr + 1)) open" ../out
'

test_expect_success 'afterwards everything that was acknowledged is done, and the repository is sound' '
	flush && git batho queue status >../out && test_grep "^0 open" ../out && git batho queue log -n 100000 --json >../log &&
	test_grep ! -e "\"state\":\"failed\"" ../log && git batho queue recover -q && no_pins && git fsck --strict 2>err && test_must_be_empty err
'

test_done
