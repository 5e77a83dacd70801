#!/bin/sh
# How far our definitions agree with those of universal-ctags.
#
#	ctags_compare.sh [-m N] [-x GLOB]... LANGUAGE DIRECTORY|FILE...
#
# Runs ctags and lang_dump over all files of the language (detected as the indexer detects it; -x leaves
# out what matches); prints per kind of ctags how many of its (name, line) are ours, and the first N that are
# missing (40). Status 1: less than 98 % over all kinds that count.
# Environment: LANG_DUMP, the program (default: tests/lang/lang_dump of the build folder TEST_BUILD);
# CTAGS (default: ctags).
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd -P) || exit 2
dump=${LANG_DUMP:-${TEST_BUILD:-$here/../..}/tests/lang/lang_dump}
ctags=${CTAGS:-ctags}
missing_max=40
leave_out=
usage() {
	echo "ctags_compare.sh: $1" >&2
	echo 'usage: ctags_compare.sh [-m N] [-x GLOB]... LANGUAGE DIRECTORY|FILE...' >&2
	exit 2
}
while getopts m:x: option; do
	case $option in
	m) missing_max=$OPTARG ;;
	x) leave_out="$leave_out $OPTARG" ;;
	*) usage 'what is that?' ;;
	esac
done
shift $((OPTIND - 1))
test $# -ge 2 || usage 'a language and a directory are wanted'
test -x "$dump" || usage "there is no '$dump'"
"$ctags" --version 2>/dev/null | grep -q Universal || usage 'universal-ctags is wanted'
language=$1
shift

# ctags' name of the language, and the kinds that count: functions, methods, types, macros.
case $language in
c) theirs=C kinds=dfgsut ;;
cpp) theirs=C++ kinds=cdfgnsut ;;
# using X = Y, which it calls a typedef, is an import with an alias here.
c-sharp) theirs='C#' kinds=cgimnps ;;
bash) theirs=Sh kinds=f ;;
go) theirs=Go kinds=fistacn ;;
java) theirs=Java kinds=acegim ;;
javascript) theirs=JavaScript kinds=fcmgGS ;;
typescript | tsx) theirs=TypeScript kinds=fcimgeGn ;;
kotlin) theirs=Kotlin kinds=cimoT ;;
lua) theirs=Lua kinds=f ;;
php) theirs=PHP kinds=cfintd ;;
python) theirs=Python kinds=cfm ;;
ruby) theirs=Ruby kinds=cfmS ;;
rust) theirs=Rust kinds=nsifgtMPe ;;
*) usage "no counterpart is known for '$language'" ;;
esac

tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

find "$@" -type f -exec "$dump" --detect {} + | awk -F '\t' -v want="$language" -v out="$leave_out" '
function regex(glob) {
	gsub(/[.+^$()|{}]/, "\\\\&", glob)
	gsub(/\*/, ".*", glob)
	gsub(/\?/, ".", glob)
	return "^" glob "$"
}
BEGIN { nr = split(out, globs, " ") }
$1 == want {
	for (i = 1; i <= nr; i++)
		if ($2 ~ regex(globs[i]))
			next
	print $2
}' | sort >"$tmp/files"
tr '\n' '\0' <"$tmp/files" | xargs -0 "$dump" --defs "$language" >"$tmp/ours"
"$ctags" --quiet --options=NONE --language-force="$theirs" --kinds-"$theirs"="$kinds" --sort=no \
	-L "$tmp/files" -x --_xformat='%K	%N	%F	%n' -f - >"$tmp/theirs"

printf '%s\n' "$(wc -l <"$tmp/files") files"
awk -F '\t' -v missing_max="$missing_max" -v language="$language" '
function key(name) {
	gsub(/[ \t]/, "", name)
	return name FS $3 FS $4
}
# A namespace A.B.C, IFoo.Bar of an interface and "operator ==" have their last word for a name.
NR != FNR && language == "c-sharp" {
	sub(/^operator /, "", $2)
	if ($2 !~ /[^A-Za-z0-9_.\200-\377]/)
		sub(/^.*\./, "", $2)
}
NR == FNR {
	ours[key($2)] = 1
	if ($1 == "function" || $1 == "test" || $1 == "variable")
		by_argument[$3 FS $4] = 1
	next
}
# The text of line $4 of file $3.
function source(    i) {
	if ($3 != at_file) {
		close(at_file)
		at_file = $3
		at_line = 0
	}
	for (i = at_line; i < $4 && (getline at_text <at_file) > 0; i++)
		at_line = i + 1
	return at_line == $4 ? at_text : ""
}
# Names that ctags makes up for what has none, and names it says twice.
$2 ~ /^__anon|^anonymous|^AnonymousFunction/ || said[key($2)]++ { next }
{
	if ($1 == "function" && !(key($2) in ours) && $2 ~ /^[A-Z][A-Z0-9_]*$/ && ($3 FS $4) in by_argument) {
		macros++
		next
	}
	if (language == "javascript" && $1 == "class" && !(key($2) in ours) &&
	    source() !~ /class|function|=>/) {
		objects++
		next
	}
	nr[$1]++
	if (key($2) in ours)
		found[$1]++
	else if (missing++ < missing_max)
		printf "missing %s %s at %s:%d\n", $1, $2, $3, $4
}
END {
	for (kind in nr) {
		printf "%-12s %7d of %7d  %6.2f %%\n", kind, found[kind], nr[kind],
			100 * found[kind] / nr[kind]
		all += nr[kind]
		all_found += found[kind]
	}
	if (macros)
		printf "left out: %d functions that ctags names after a macro, we after its argument\n", macros
	if (objects)
		printf "left out: %d objects and their like that ctags calls classes\n", objects
	rate = all ? 100 * all_found / all : 0
	printf "%-12s %7d of %7d  %6.2f %%\n", "all", all_found, all, rate
	exit rate < 98
}' "$tmp/ours" "$tmp/theirs"
