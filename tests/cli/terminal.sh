#!/bin/sh
test_description='what a terminal changes: the pager, colour; and BATHO_TRACE'
. "$(dirname "$0")/../lib/test-lib.sh"

# on_terminal COMMAND: runs it on a terminal of its own; what it showed, without carriage returns.
on_terminal() {
	TERM=xterm script -q -e -c "$1" /dev/null </dev/null | tr -d '\r'
}

test_expect_success 'set up' '
	printf "int add(int a, int b)\n{\n\treturn a + b;\n}\n" >a.c &&
	git add a.c && git commit -q -m one && git batho index -q
'

test_lazy_prereq TERMINAL 'no script(1): nothing gives a terminal here' 'command -v script'
unset PAGER

test_expect_success TERMINAL 'core.pager' '
	git config core.pager "sed s/^/paged:/" &&
	on_terminal "git batho def add" >out && test_grep "^paged:.*a.c" out &&
	on_terminal "git batho def --json add" >out && test_must_fail grep paged out
'

test_expect_success TERMINAL 'GIT_PAGER goes before it, pager.batho before both' '
	on_terminal "GIT_PAGER=\"sed s/^/env:/\" git batho def add" >out && test_grep "^env:" out &&
	git config pager.batho "sed s/^/own:/" &&
	on_terminal "git batho def add" >out && test_grep "^own:" out &&
	git config pager.batho false &&
	on_terminal "git batho def add" >out && test_must_fail grep -E "paged|own" out &&
	git config --unset pager.batho && git config --unset core.pager
'

test_expect_success TERMINAL 'colour, and NO_COLOR' '
	esc=$(printf "\033") &&
	on_terminal "GIT_PAGER=cat git batho def add" >out && test_grep "$esc\\[" out &&
	on_terminal "NO_COLOR=1 GIT_PAGER=cat git batho def add" >out && test_must_fail grep "$esc" out
'
test_expect_success 'without a terminal: no pager, no colour' '
	GIT_PAGER="sed s/^/paged:/" git batho def add >out && test_must_fail grep paged out &&
	test_must_fail grep "$(printf "\033")" out
'

test_expect_success 'BATHO_TRACE tells children, the plan and the exit' '
	printf "int two;\n" >b.c && git add b.c && git commit -q -m two &&
	BATHO_TRACE="$PWD/trace" git batho index -q &&
	test_grep "start [0-9]*: git .*cat-file" trace && test_grep "plan: .* 1 blobs to read" trace &&
	test_grep "write 1 blobs" trace && test_grep "exit 0" trace &&
	BATHO_TRACE=1 git batho def two >out 2>err && test_grep "git batho def" err &&
	test_must_fail grep "git batho def" out
'

test_done
