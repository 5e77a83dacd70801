#!/bin/sh
test_description='the gate of the queue: who is to blame, what is judged by whom, and what is left behind'
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/queue-lib.sh
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

# nothing_left: no worktree of the gate, no file of one
nothing_left() {
	git worktree list >trees && test_line_count -eq 1 trees &&
	for f in .git/batho/gate-*; do
		test ! -e "$f" || return 1
	done
}

# is_alive PID: and not merely waiting to be buried
is_alive() {
	ps -o stat= -p "$1" | grep -v Z
}

test_expect_success 'set-up' 'queue_setup && echo "runs" >>.git/info/exclude && git config batho.batch.check false'

test_expect_success 'the one that does not pass is parked, the others land' '
	git config batho.batch.verify "echo x >>\"$PWD/runs\"; ! grep -q BAD b" &&
	for i in 1 2 3 4; do
		enqueue "a$i" a $((2 * i)) "a$i" || return 1
	done &&
	enqueue bad b 3 BAD &&
	enqueue c1 c 1 c1 &&
	test_expect_code 1 flush &&
	expect_states 1 landed 2 landed 3 landed 4 landed 5 parked 6 landed &&
	field 5 detail >out && test_grep "batch.verify says no: status 1" out &&
	! git grep -q BAD main && test $(wc -l <runs) -le 7 && nothing_left
'

test_expect_success 'two that do not go together: the later one is parked, with the other named' '
	git config batho.batch.verify "! { grep -q LEFT a && grep -q RIGHT b; }" &&
	enqueue left a 20 LEFT && enqueue between c 5 between && enqueue right b 20 RIGHT && enqueue after c 9 after &&
	test_expect_code 1 flush &&
	expect_states 7 landed 8 landed 9 parked 10 landed &&
	field 9 detail >out && test_grep "together with action 7" out && nothing_left
'

test_expect_success 'a branch that does not pass itself: nobody is blamed, and all wait' '
	rm -f runs &&
	git config batho.batch.verify "echo x >>\"$PWD/runs\"; test -f fixed" &&
	enqueue one a 10 one && enqueue two b 10 two && enqueue three c 10 three &&
	test_expect_code 1 flush &&
	expect_states 11 parked 12 parked 13 parked &&
	field 12 detail >out && test_grep "says no to .main. as it is" out &&
	test_line_count -eq 2 runs &&
	echo 1 >fixed && git batho queue commit -q -m fix -- fixed && rm fixed && flush &&
	for i in 11 12 13; do
		git batho queue retry -q $i || return 1
	done &&
	flush && expect_states 11 landed 12 landed 13 landed 14 landed && nothing_left
'

test_expect_success 'the built-in check parks the action that brings the finding' '
	git config --unset batho.batch.verify && git config batho.batch.check true &&
	printf "<<<<<<< x\na = 1\n=======\na = 2\n>>>>>>> y\n" >m.py &&
	git batho queue commit -q -m conflict -- m.py && rm m.py &&
	enqueue fine c 12 fine &&
	test_expect_code 1 flush &&
	expect_states 15 parked 16 landed &&
	field 15 detail >out && test_grep "check says no: m.py:1: .*conflict-marker" out
'

test_expect_success 'hooks of the repository judge the batch, or each action' '
	write_script .git/hooks/pre-commit <<-\EOF &&
	git diff --cached --name-only | tr "\n" " " >>"$(git rev-parse --git-common-dir)/../runs"
	echo >>"$(git rev-parse --git-common-dir)/../runs"
	! git diff --cached | grep -q ^+FORBIDDEN
	EOF
	rm -f runs &&
	enqueue good a 14 good && enqueue bad b 14 FORBIDDEN && enqueue also c 14 also &&
	test_expect_code 1 flush &&
	expect_states 17 landed 18 parked 19 landed &&
	field 18 detail >out && test_grep "pre-commit says no" out && test_grep "^a b c $" runs &&
	rm -f runs && git config batho.batch.hooks per-action &&
	enqueue good a 16 good && enqueue bad b 16 FORBIDDEN && enqueue also c 16 also &&
	test_expect_code 1 flush &&
	expect_states 20 landed 21 parked 22 landed &&
	printf "a \nb \nc \n" >want && test_cmp want runs && nothing_left
'

test_expect_success 'hooks that are not run are told' '
	git config batho.batch.hooks none && >runs &&
	enqueue bad b 18 FORBIDDEN && git batho queue flush --now 2>err >/dev/null && expect_states 23 landed &&
	test_grep "hooks are not run" err && test_must_be_empty runs && nothing_left
'

test_expect_success 'killed while the command runs: nothing lands twice, nothing is left, the command is ended' '
	git config batho.batch.verify "echo \$\$ >\"$PWD/runs\"; exec sleep 60" &&
	rm -f runs .git/hooks/pre-commit && git config --unset batho.batch.hooks && enqueue last c 18 last &&
	{ git-batho queue flush --now -q & } && pid=$! &&
	while ! test -s runs; do sleep 0.1; done &&
	kill -KILL $pid && { wait $pid || :; } &&
	git worktree list >out && test_line_count -eq 2 out && is_alive "$(cat runs)" &&
	git config batho.batch.verify true && flush && expect_states 24 landed &&
	! is_alive "$(cat runs)" && nothing_left && git fsck --strict
'

test_done
