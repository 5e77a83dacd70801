#!/bin/sh
# What cscope knows of C files of this very project is ours too; and the comparison can tell when it is not.
test_description='references that cscope finds in a sample of this project'
TEST_NO_REPO=1
. "$(dirname "$0")/../lib/test-lib.sh"

test -x "$TEST_BUILD/tests/lang/lang_dump" || test_skip 'lang_dump is not built'
command -v cscope >/dev/null || test_skip 'no cscope here'
recall=$TEST_SOURCE/tests/lang/recall_cscope.sh

test_expect_success 'a sample' '
	mkdir sample &&
	cp "$TEST_SOURCE"/core/base/*.[ch] "$TEST_SOURCE"/core/facts/*.[ch] sample/
'

test_expect_success 'all that cscope finds is ours' '
	"$recall" sample >out &&
	grep "^all branches: [1-9][0-9]* of [1-9][0-9]*, recall 100.000 %$" out
'

test_expect_success 'what is missing is told, and too much of it fails' '
	cat >forgetful <<-EOF &&
	#!/bin/sh
	"$TEST_BUILD/tests/lang/lang_dump" "\$@" | sed "/^read/d"
	EOF
	chmod +x forgetful &&
	LANG_DUMP=$PWD/forgetful &&
	export LANG_DUMP &&
	test_expect_code 1 "$recall" -m 1 sample >out &&
	grep "^missing [A-Za-z0-9_]* at [a-z0-9_]*[.][ch]:[0-9]" out
'

test_expect_success 'nothing to compare' '
	test_expect_code 2 "$recall" no-such-folder 2>usage &&
	grep "^usage: recall_cscope.sh" usage
'

test_done
