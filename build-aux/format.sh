#!/bin/sh
# format.sh SOURCE CLANG_FORMAT: formats the lines of our C files that differ from the last commit; new files
# whole. What is committed stays as it is: clang-format knows nothing of comments that stand in a column of
# their own, of tables with a row a line, and of lines that end where the sense does.
set -e
cd "$1"
format=$2

if test -n "$(git rev-parse --show-prefix 2>&1)" || ! git rev-parse -q --verify HEAD >/dev/null; then
	echo 'format: no git checkout: nothing tells which lines are new' >&2
	exit 1
fi

# ours COMMAND...: a git command on our C files.
ours() {
	git -c core.quotePath=false "$@" -- 'core/*.[ch]' 'store/*.[ch]' 'git-batho/*.[ch]' 'hooks/*.[ch]' \
		'tests/*.[ch]' ':!tests/lang' ':!tests/fuzz/corpus'
}

# "--lines=FROM:TO ... FILE", a line for every file.
ours diff -U0 --no-color --no-ext-diff --no-renames --src-prefix=a/ --dst-prefix=b/ HEAD | awk '
	function flush() { if (ranges != "") print ranges file; ranges = "" }
	/^\+\+\+ / { flush(); file = substr($0, 7); next }
	/^@@ / {
		split(substr($3, 2), at, ",")
		nr = index($3, ",") ? at[2] : 1
		if (nr > 0) ranges = ranges "--lines=" at[1] ":" at[1] + nr - 1 " "
	}
	END { flush() }' | while read -r words; do
	# shellcheck disable=SC2086 # no path of ours holds a blank
	"$format" -i $words
done
ours ls-files -z --others --exclude-standard | xargs -0 -r "$format" -i
