#!/bin/sh
test_description='the test library says what happened'
TEST_NO_REPO=1
. "$(dirname "$0")/test-lib.sh"

# run_inner NAME <BODY: runs a test of its own, made here; its TAP goes to out.
run_inner() {
	mkdir -p tests/cli tests/lib &&
		cp "$TEST_SOURCE/tests/lib/test-lib.sh" tests/lib/ &&
		{
			echo '#!/bin/sh'
			# shellcheck disable=SC2016 # for the inner test
			echo '. "$(dirname "$0")/../lib/test-lib.sh"'
			cat
		} >"tests/cli/$1.sh" &&
		(
			name=$1
			unset GIT_CEILING_DIRECTORIES
			sh "tests/cli/$name.sh" --build="$TEST_TOP" --root="$TEST_TOP/r" >out 2>err
			echo $? >status
		)
}

test_expect_success 'passing, and the scratch folder is gone' '
	run_inner pass <<-\EOT &&
	test_expect_success "one" "test_commit a && git rev-parse -q --verify a"
	test_expect_success "two" "test_path_is_file a.t"
	test_done
	EOT
	test_grep "^ok 1 - one$" out &&
	test_grep "^1..2$" out &&
	test "$(cat status)" = 0 &&
	test_path_is_missing "r/cli pass"
'

test_expect_success 'failing, with what it printed' '
	run_inner fail <<-\EOT &&
	test_expect_success "bad" "echo hello-there && false"
	test_expect_success "good" "true"
	test_done
	EOT
	test_grep "^not ok 1 - bad" out &&
	test_grep "^# hello-there" out &&
	test_grep "^ok 2 - good" out &&
	test "$(cat status)" = 1
'

test_expect_success 'a missing prerequisite skips and says why' '
	run_inner skip <<-\EOT &&
	test_lazy_prereq NOPE "no such thing" false
	test_lazy_prereq THERE "unused" true
	test_expect_success NOPE "needs it" "false"
	test_expect_success !NOPE,THERE "needs its absence" "true"
	test_done
	EOT
	test_grep "^ok 1 - needs it # SKIP no such thing$" out &&
	test_grep "^ok 2 - needs its absence$" out &&
	test "$(cat status)" = 0
'

test_expect_success 'a whole file can be skipped' '
	run_inner all <<-\EOT &&
	test_skip "nothing to do here"
	EOT
	echo "1..0 # SKIP nothing to do here" >expect &&
	test_cmp expect out &&
	test "$(cat status)" = 0
'

test_expect_success 'leaving without test_done is an error' '
	run_inner leave <<-\EOT &&
	test_expect_success "one" "true"
	exit 0
	EOT
	test_grep "^Bail out!" out
'

test_expect_success 'test_must_fail tells failure from death' '
	run_inner must <<-\EOT &&
	test_expect_success "ordinary" "test_must_fail false"
	test_expect_success "128" "test_must_fail sh -c \"exit 128\""
	test_expect_success "signal" "! test_must_fail sh -c \"kill -SEGV \\\$\\\$\""
	test_expect_success "success" "! test_must_fail true"
	test_expect_success "no command" "! test_must_fail no-such-command-here"
	test_expect_success "code" "test_expect_code 3 sh -c \"exit 3\" && ! test_expect_code 0 false"
	test_done
	EOT
	test_grep ! "^not ok" out &&
	test "$(cat status)" = 0
'

test_expect_success 'cleanup runs last first, and its failure counts' '
	run_inner clean <<-\EOT &&
	test_expect_success "order" "
		test_when_finished \"echo outer >>../order\" &&
		test_when_finished \"echo inner >>../order\""
	test_expect_success "check" "printf \"inner\\nouter\\n\" | cmp - ../order"
	test_expect_success "bad cleanup" "test_when_finished false"
	test_done
	EOT
	test_grep "^ok 1" out &&
	test_grep "^ok 2" out &&
	test_grep "^not ok 3" out
'

test_expect_success 'nothing of the caller reaches a test' '
	(
		GIT_DIR=/nowhere XDG_CONFIG_HOME=/nowhere BATHO_INDEX_JOBS=7 &&
		export GIT_DIR XDG_CONFIG_HOME BATHO_INDEX_JOBS &&
		run_inner env <<-\EOT
		test_expect_success "git" "git rev-parse --git-dir"
		test_expect_success "home" "test -d \"\$HOME\" && test -z \"\${XDG_CONFIG_HOME+x}\""
		test_expect_success "ours" "test -z \"\${BATHO_INDEX_JOBS+x}\""
		test_done
		EOT
	) &&
	test_grep ! "^not ok" out &&
	test "$(cat status)" = 0
'

test_done
