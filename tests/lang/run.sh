#!/bin/sh
# Golden cases: tests/lang/<language>/<case>/input.<ext> and what lang_dump says about it, `expected`.
#
#	run.sh [--bless] [LANGUAGE...]
#
# One point a case; then the stock path (tree-sitter's own tables and allocator) must say the same as the
# fast one. --bless, or TEST_BLESS=1, rewrites `expected`: read the difference before you commit it.
run_languages=
for run_arg; do
	shift
	case $run_arg in
	--bless)
		TEST_BLESS=1
		export TEST_BLESS
		;;
	-*) set -- "$@" "$run_arg" ;;
	*) run_languages="$run_languages $run_arg" ;;
	esac
done

test_description='facts of golden cases, language by language'
TEST_NO_REPO=1
. "$(dirname "$0")/../lib/test-lib.sh"

dump=$TEST_BUILD/tests/lang/lang_dump
test -x "$dump" || test_skip 'lang_dump is not built'
goldens=$TEST_SOURCE/tests/lang
: "${run_languages:=$(cd "$goldens" && echo */)}"

# input CASE: its one input file.
input() {
	for run_input in "$1"/input*; do
		test -f "$run_input" && printf '%s\n' "$run_input"
	done
}

for language in $run_languages; do
	language=${language%/}
	for golden in "$goldens/$language"/*/; do
		golden=${golden%/}
		test_expect_success "$language: $(basename "$golden")" '
			"$dump" "$language" "$(input "$golden")" >actual &&
			test_cmp "$golden/expected" actual
		'
	done
	test_expect_success "$language: the stock path says the same" '
		for golden in "$goldens/$language"/*/; do
			"$dump" "$language" "$(input "${golden%/}")" >fast &&
			"$dump" --stock "$language" "$(input "${golden%/}")" >stock &&
			test_cmp fast stock || return 1
		done
	'
done

cases_min=12

test_expect_success 'every language has its cases' '
	for description in "$TEST_SOURCE"/core/lang/desc/*.lang; do
		language=$(basename "$description" .lang)
		nr=$(ls "$goldens/$language" | wc -l)
		test "$nr" -ge "$cases_min" || {
			echo "$language has only $nr cases"
			return 1
		}
	done
'

test_done
