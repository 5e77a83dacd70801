#!/bin/sh
# How many of the references to identifiers that cscope knows in a C project our extractor sees.
#
#	recall_cscope.sh [-m N] [-c FLAGS] [-p] DIRECTORY
#
# cscope's cross-reference says which symbols stand on which line, each once for a line. Ours are the occurrences
# that lang_dump prints. Compared are (name, file, line), keywords apart (those of c_lex.awk); prints the recall and
# the first N (20) that are missing. cscope does not evaluate #if: all branches count. With -c the preprocessor
# (cc -E -fdirectives-only FLAGS, of gcc, run in DIRECTORY for every .c file) says which lines are active; then the
# recall on those is printed too, and counts. Conditions of #if are taken for active.
# -p prints how many of ours cscope does not have, and the first N of them.
# Status 1: less than 99 %; 77: a tool is missing.
# Environment: LANG_DUMP, the program (default: tests/lang/lang_dump of the build folder TEST_BUILD); C_LEX, the
# lexer (default: beside this script); CSCOPE, CC.
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd -P) || exit 2
dump=${LANG_DUMP:-${TEST_BUILD:-$here/../..}/tests/lang/lang_dump}
lexer=${C_LEX:-$here/c_lex.awk}
cscope=${CSCOPE:-cscope}
cc=${CC:-gcc}
missing_max=20
flags=
active=
extra=
usage='usage: recall_cscope.sh [-m N] [-c FLAGS] [-p] DIRECTORY; lang_dump must be built'
while getopts m:c:p option; do
	case $option in
	m) missing_max=$OPTARG ;;
	c) flags=$OPTARG active=1 ;;
	p) extra=1 ;;
	*)
		echo "$usage" >&2
		exit 2
		;;
	esac
done
shift $((OPTIND - 1))
if test $# -ne 1 || ! test -d "$1" || ! test -x "$dump" || ! test -f "$lexer"; then
	echo "$usage" >&2
	exit 2
fi
for tool in "$cscope" ${active:+"$cc"}; do
	command -v "$tool" >/dev/null || {
		echo "no $tool here"
		exit 77
	}
done
dump=$(cd "$(dirname "$dump")" && pwd -P)/${dump##*/}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
sed -n '/split(/,/list, /p' "$lexer" | tr -cs 'A-Za-z_' '\n' >"$tmp/keywords"
cd "$1" || exit 2

# cscope reads names of files from a list in which quotes and spaces have a meaning.
find . -type f -name '*.[ch]' ! -name '*[" 	\\]*' | sed 's|^\./||' | tr '\n' '\0' |
	xargs -0 "$dump" --detect | sed -n 's/^c	//p' | sort >"$tmp/files"
sed 's/.*/"&"/' "$tmp/files" >"$tmp/quoted"
tr '\n' '\0' <"$tmp/files" | xargs -0 "$dump" --occs c | awk -F '\t' '{ print $2 FS $3 FS $4 }' |
	sort -u >"$tmp/ours"
"$cscope" -b -c -k -u -i "$tmp/quoted" -f "$tmp/cscope.out" || exit 2

# A record is a line of the source: its number and text, then symbol and text in turn, then a blank line. A symbol
# may have a tab and a mark before it: @ a file, ~ an include, } and ) ends without a name. cscope follows
# #include "x.def" to files that are not C by their name; these are left out and told.
awk -v tmp="$tmp" '
BEGIN {
	while ((getline file <(tmp "/files")) > 0)
		wanted[file] = 1
	while ((getline word <(tmp "/keywords")) > 0)
		keyword[word] = 1
}
NR == 1 { next }
/^\t@/ {
	file = substr($0, 3)
	state = file in wanted ? 0 : 3
	if (state == 3 && file != "")
		print "not C by its name: " file >(tmp "/others")
	next
}
state == 0 {
	if ($0 ~ /^[0-9]+ /) {
		line = $1
		state = 1
	}
	next
}
state == 1 {
	if ($0 == "") {
		state = 0
		next
	}
	state = 2
	name = $0
	if (name ~ /^\t/)
		name = name ~ /^\t[~@]/ ? "" : substr(name, 3)
	if (name ~ /^[A-Za-z_$\200-\377]/ && !(name in keyword))
		print name "\t" file "\t" line
	next
}
state == 2 {	# blank where the symbol ends its line: then the record ends as well
	state = $0 == "" ? 0 : 1
}' "$tmp/cscope.out" | sort -u >"$tmp/theirs"
test ! -f "$tmp/others" || cat "$tmp/others"

# What is left after the directives were obeyed, by file and line.
active_lines() {
	grep '\.c$' "$tmp/files" | while IFS= read -r file; do
		# shellcheck disable=SC2086 # a list of options
		"$cc" -E -fdirectives-only -w $flags "$file" >"$tmp/text" 2>/dev/null </dev/null ||
			echo "$file" >>"$tmp/failed"
		awk -v top="$(pwd -P)/" '
		/^# [0-9]+ "/ {
			line = $2 - 1
			file = $0
			sub(/^# [0-9]+ "/, "", file)
			sub(/".*$/, "", file)
			if (index(file, top) == 1)
				file = substr(file, length(top) + 1)
			while (sub(/^\.\//, "", file) || sub(/\/\.\//, "/", file) || sub(/[^\/.]+\/\.\.\//, "", file))
				;
			ours = file !~ /^[\/<]/
			next
		}
		{ line++ }
		ours && $0 != "" && !((file, line) in seen) {
			seen[file, line] = 1
			print file "\t" line
		}' "$tmp/text"
	done
	tr '\n' '\0' <"$tmp/files" | xargs -0 awk '
		FNR == 1 { going_on = 0 }
		going_on || /^[ \t]*#[ \t]*(if|elif)/ { print FILENAME "\t" FNR; going_on = /\\$/ }'
}
test -z "$active" || active_lines | sort -u >"$tmp/active"
# The preprocessor stops at a header that is not there: what follows counts as inactive.
test ! -f "$tmp/failed" || echo "preprocessed in part only: $(wc -l <"$tmp/failed") of $(grep -c '\.c$' "$tmp/files") files"

awk -F '\t' -v missing_max="$missing_max" -v active_too="$active" -v tmp="$tmp" '
BEGIN {
	while ((getline <(tmp "/ours")) > 0)
		ours[$0] = 1
	while (active_too && (getline <(tmp "/active")) > 0)
		active[$0] = 1
}
{
	nr++
	is_active = ($2 FS $3) in active
	nr_active += is_active
	if ($0 in ours) {
		found++
		found_active += is_active
	} else if ((!active_too || is_active) && missing++ < missing_max)
		printf "missing %s at %s:%d\n", $1, $2, $3
}
END {
	recall = nr ? 100 * found / nr : 0
	printf "all branches: %d of %d, recall %.3f %%\n", found, nr, recall
	if (active_too) {
		recall = nr_active ? 100 * found_active / nr_active : 0
		printf "active lines: %d of %d, recall %.3f %%\n", found_active, nr_active, recall
	}
	exit recall < 99
}' "$tmp/theirs"
status=$?
if test -n "$extra"; then
	comm -23 "$tmp/ours" "$tmp/theirs" >"$tmp/extra"
	echo "ours alone: $(wc -l <"$tmp/extra") of $(wc -l <"$tmp/ours")"
	head -n "$missing_max" "$tmp/extra"
fi
exit $status
