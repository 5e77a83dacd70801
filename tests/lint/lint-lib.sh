# shellcheck shell=sh
# What the lint tests share. They read the source folder and write nothing; the output is TAP.
TEST_SOURCE=$(cd "$(dirname "$0")/../.." && pwd -P) || exit 1
TEST_BUILD=${TEST_BUILD:-$TEST_SOURCE/build}
LC_ALL=C
export LC_ALL
cd "$TEST_SOURCE" || exit 1
lint_count=0 lint_failed=0

# c_sources: our C files, without what the build made.
c_sources() {
	find core store git-batho hooks tests -name '*.[ch]' -type f 2>/dev/null |
		grep -v -e '^tests/lang/' -e '^tests/fuzz/corpus' -e '^tests/trash/' \
			-e '^core/lang/desc_data\.c$' -e '^core/lang/grammar_table\.c$' \
			-e '^core/lang/grammar_versions\.c$' | sort
}

# shell_scripts: ours, wherever they are.
shell_scripts() {
	{
		ls bootstrap .ci/run
		find build-aux tests hooks -name '*.sh' -type f 2>/dev/null
	} | grep -v -e '^tests/lang/.*/.*/' -e '^tests/fuzz/corpus' -e '^tests/trash/' -e tap-driver.sh | sort
}

# lint_check TITLE FUNCTION: passes when the function prints nothing.
lint_check() {
	lint_count=$((lint_count + 1))
	lint_text=$("$2" 2>&1)
	if test -z "$lint_text"; then
		echo "ok $lint_count - $1"
	else
		lint_failed=$((lint_failed + 1))
		echo "not ok $lint_count - $1"
		printf '%s\n' "$lint_text" | sed 's/^/# /'
	fi
}

# lint_skip TITLE REASON
lint_skip() {
	lint_count=$((lint_count + 1))
	echo "ok $lint_count - $1 # SKIP $2"
}

lint_done() {
	echo "1..$lint_count"
	test "$lint_failed" -eq 0
	exit
}
