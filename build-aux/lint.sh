#!/bin/sh
# lint.sh SOURCE BUILD MAKE: what make lint adds to the lint tests: layout, and what cppcheck and gcc's analyzer
# see.
set -eu

build=$2
make=$3
cd "$1"
status=0

# c_sources: ours, without what the build made.
c_sources() {
	find core store git-batho hooks tests -name '*.[ch]' -type f 2>/dev/null |
		grep -v -e '^tests/lang/.*/' -e '^tests/fuzz/corpus' -e '^tests/trash/' \
			-e '^core/lang/desc_data\.c$' -e '^core/lang/grammar_table\.c$' \
			-e '^core/lang/grammar_versions\.c$' | sort
}

# passed TITLE STATUS
passed() {
	if test "$2" -eq 0; then
		echo "lint: $1: ok"
	else
		echo "lint: $1: FAILED"
		status=1
	fi
}

# Tables and trailing comments are laid out by hand: a file is wrong when clang-format, blanks aside,
# would change more than a third of its lines.
wrong_layout() {
	c_sources | while IFS= read -r file; do
		changed=$(clang-format "$file" | diff -w "$file" - | grep -c '^<') || :
		lines=$(wc -l <"$file")
		test $((changed * 3)) -le $((lines + 20)) ||
			echo "$file: clang-format would change $changed of $lines lines"
	done
}

if command -v clang-format >/dev/null 2>&1; then
	text=$(wrong_layout)
	test -z "$text" || printf '%s\n' "$text"
	rc=0
	test -z "$text" || rc=1
	passed layout "$rc"
else
	echo 'lint: layout: skipped, clang-format is not installed'
fi

# ctunullpointer: it takes sizeof(err->msg) for a read through err. uninitvar: it does not see that a
# loop has filled an array; gcc looks for these better.
if command -v cppcheck >/dev/null 2>&1; then
	rc=0
	c_sources | grep -v '^tests/' | grep '\.c$' | xargs cppcheck --quiet --error-exitcode=1 --inline-suppr \
		--suppress=ctunullpointer --suppress=uninitvar -I. || rc=$?
	passed cppcheck "$rc"
else
	echo 'lint: cppcheck: skipped, it is not installed'
fi

# What the analyzer sees and tests/lint/analyzer.txt does not explain.
analyzer_faults() {
	rm -rf "$build/variant/analyzer"
	sh build-aux/variant.sh "$PWD" "$build" "$make" analyzer all CFLAGS='-O1 -g -fanalyzer' 2>&1 |
		sed -n 's|^\([^ :]*\):\([0-9]*\):[0-9]*: warning: \(.*\) \[\(-Wanalyzer[^]]*\)\]$|\1 \4 \2 \3|p' |
		sort -u | while read -r file warning line text; do
		file=${file#"$PWD/"}
		grep -q -x "$file $warning: ..*" tests/lint/analyzer.txt ||
			echo "$file:$line: $text [$warning]"
	done
	test -f "$build/variant/analyzer/git-batho/git-batho" || echo 'the analyzer build failed'
}

if cc -fanalyzer -E - </dev/null >/dev/null 2>&1; then
	text=$(analyzer_faults)
	test -z "$text" || printf '%s\n' "$text"
	rc=0
	test -z "$text" || rc=1
	passed analyzer "$rc"
else
	echo 'lint: analyzer: skipped, the compiler has none'
fi

exit "$status"
