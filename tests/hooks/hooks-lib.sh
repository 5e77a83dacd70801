# shellcheck shell=sh
# What the tests of hooks share. The judge is tests/hooks/gate_standin: a line with BAD is an error; everything else
# is the product's. What a hook must survive has a number, which the titles name.
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

mkdir -p "$TEST_TRASH/judge" &&
	ln -sf "$TEST_BUILD/tests/hooks/gate_standin" "$TEST_TRASH/judge/git-batho-indexer" || exit 1
BATHO_EXEC_PATH=$TEST_TRASH/judge BATHO_TEST_LIST=$TEST_TRASH/list
export BATHO_EXEC_PATH BATHO_TEST_LIST
test -x "$TEST_BUILD/tests/hooks/gate_standin" || test_skip 'tests/hooks/gate_standin is not built'

# judged FILE...: exactly these were given to the judge since the last call, as "<status> <path>".
judged() {
	sort "$BATHO_TEST_LIST" 2>/dev/null | sed 's/^\(. [^ ]*\) .*/\1/' >"$TEST_TRASH/have"
	rm -f "$BATHO_TEST_LIST"
	for judged_file; do echo "$judged_file"; done | sort >"$TEST_TRASH/want"
	test_cmp "$TEST_TRASH/want" "$TEST_TRASH/have"
}

# put FILE LINE...: a file with these lines.
put() {
	put_file=$1
	shift
	printf '%s\n' "$@" >"$put_file"
}

# a_repository DIR: with two files, one commit and our hooks.
a_repository() {
	test_create_repo "$1" && put "$1/f.c" one two three && put "$1/g.c" z && git -C "$1" add . && test_tick &&
		git -C "$1" commit -q -m first && git -C "$1" batho hooks install -q
}

# refused COMMAND...: it fails because of BAD; its stderr is in ../err.
refused() {
	test_expect_code 1 "$@" 2>"$TEST_TRASH/err" && grep BAD "$TEST_TRASH/err"
}

# passes COMMAND...: it works, and no hook says anything.
passes() {
	"$@" 2>"$TEST_TRASH/err" || {
		cat "$TEST_TRASH/err"
		return 1
	}
	test_grep ! -e BAD -e git-batho "$TEST_TRASH/err"
}

test_lazy_prereq CONFIG_HOOKS 'git is older than 2.54: no hooks defined by configuration' 'test_git_at_least 2.54'
