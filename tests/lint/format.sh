#!/bin/sh
test_description='make format touches what is new, and leaves alone what is committed'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

clang_format=$(command -v clang-format) || test_skip 'clang-format is not installed'

format() {
	sh "$TEST_SOURCE/build-aux/format.sh" "$PWD" "$clang_format"
}

test_expect_success 'a checkout with a file that was aligned by hand' '
	cp "$TEST_SOURCE/.clang-format" . && mkdir -p core/x tests/lang/c "tests/fuzz/corpus" &&
	printf "struct a {\n\tint one;\t\t/* first */\n\tint twenty;\t\t/* second */\n};\n\nint  f(void);\nint  g(void);\n" >core/x/a.h &&
	printf "int   golden;\n" >tests/lang/c/input.c && printf "int   fuzz;\n" >tests/fuzz/corpus/one.c &&
	git add . && git commit -q -m one
'

test_expect_success 'what is committed stays as it is' '
	format && git status --porcelain >../out && test_must_be_empty ../out
'

test_expect_success 'a line that changed is formatted, its neighbours are not' '
	test_when_finished "git reset -q --hard" && sed "s/int  g(void)/int  g( int x )/" core/x/a.h >../a.h && cp ../a.h core/x/a.h &&
	format && git diff -U0 >../out && test_grep "^+int g(int x);" ../out && test "$(grep -c "^[-+][^-+]" ../out)" -eq 2
'

test_expect_success 'lines that were removed, files that were removed' '
	test_when_finished "git reset -q --hard" && sed "6d" core/x/a.h >../a.h && cp ../a.h core/x/a.h && cp core/x/a.h core/x/b.h &&
	git add . && git commit -q -m two && git rm -q core/x/b.h && sed "1,4d" core/x/a.h >../a.h && cp ../a.h core/x/a.h &&
	format && test_cmp ../a.h core/x/a.h
'

test_expect_success 'new files are formatted whole; golden cases, the corpus and others never' '
	mkdir git-batho && printf "int  h(void);\n" >git-batho/new.h && cp git-batho/new.h core/x/staged.h && git add core &&
	printf "int  h(void);\n" >tests/lang/c/new.c && cp tests/lang/c/new.c tests/fuzz/corpus/ && cp tests/lang/c/new.c other.c &&
	format && test_grep "^int h" git-batho/new.h && test_grep "^int h" core/x/staged.h &&
	test_grep "^int  h" tests/lang/c/new.c && test_grep "^int  h" tests/fuzz/corpus/new.c && test_grep "^int  h" other.c
'

test_expect_success 'without a checkout it says so' '
	mkdir "$TEST_TRASH/plain" && cd "$TEST_TRASH/plain" && test_must_fail format 2>../err && test_grep "no git checkout" ../err
'

test_done
