#!/bin/sh
# How many of the identifiers of a C project our extractor sees.
#
#	recall_c.sh [-m N] DIRECTORY|FILE...
#
# Compares every identifier that a plain lexer (c_lex.awk) finds in the C files with the occurrences that
# lang_dump prints, by file, line, column and name, in all branches of the preprocessor; prints the
# recall and the first N that are missing (20). Status 1: less than 99 %.
# Environment: LANG_DUMP, the program (default: tests/lang/lang_dump of the build folder TEST_BUILD).
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd -P) || exit 2
dump=${LANG_DUMP:-${TEST_BUILD:-$here/../..}/tests/lang/lang_dump}
missing_max=20
while getopts m: option; do
	case $option in
	m) missing_max=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if test $# -eq 0 || ! test -x "$dump"; then
	echo 'usage: recall_c.sh [-m N] DIRECTORY|FILE...; lang_dump must be built' >&2
	exit 2
fi
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

find "$@" -type f -name '*.[ch]' -exec "$dump" --detect {} + |
	sed -n 's/^c	//p' | sort >"$tmp/files"
tr '\n' '\0' <"$tmp/files" | xargs -0 "$dump" --occs c >"$tmp/ours"
tr '\n' '\0' <"$tmp/files" | xargs -0 awk -f "$here/c_lex.awk" >"$tmp/lexed"

awk -F '\t' -v missing_max="$missing_max" '
NR == FNR {
	ours[$3 FS $4 FS $5] = $2
	next
}
{
	nr++
	if (ours[$2 FS $3 FS $4] == $1) {
		found++
		next
	}
	if (missing++ < missing_max)
		printf "missing %s at %s:%d:%d\n", $1, $2, $3, $4
}
END {
	recall = nr ? 100 * found / nr : 0
	printf "%d of %d identifiers, recall %.3f %%\n", found, nr, recall
	exit recall < 99
}' "$tmp/ours" "$tmp/lexed"
