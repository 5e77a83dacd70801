#!/bin/sh
test_description='tuned parsers and runtime make the same trees as stock ones'
TEST_NO_REPO=1
. "$(dirname "$0")/../lib/test-lib.sh"

tuned=$TEST_BUILD/tests/lang/tree_dump
stock=$TEST_BUILD/tests/lang/tree_dump_stock
test -x "$tuned" && test -x "$stock" || test_skip 'tree_dump is not built'
mutations=${TEST_LONG:+200}
test_lazy_prereq TUNED 'with a system runtime nothing is tuned' \
	'! grep "BT_SYSTEM_TREE_SITTER 1" "$TEST_BUILD/config.h"'

# same LEAST ARGUMENT...: both print the same, and LEAST lines or more that tell of a tree. The limit of the arena is
# the tuned program's alone: what has reached it is left out.
same() {
	same_least=$1
	shift
	"$tuned" "$@" >tuned.all && "$stock" --stock "$@" >stock.all || return 1
	awk -F ": " '/: (too many bytes|the syntax tree needs more than [0-9]* bytes)$/ { print $1 }' \
		tuned.all >full
	for same_set in tuned stock; do
		awk -F ": " 'FILENAME == "full" { full[$1]; next } !($1 in full)' full $same_set.all \
			>$same_set
	done
	cmp -s stock tuned || {
		diff stock tuned | head -n 20
		echo 'see tree_dump --print'
		return 1
	}
	test "$(grep -c ' nodes .* steps ' tuned)" -ge "$same_least" || {
		echo 'that is too little:'
		head -n 20 tuned
		return 1
	}
}

# The two programs do differ: what is tuned is in one of them alone.
test_expect_success TUNED 'one program is tuned, the other is not' '
	nm "$tuned" >symbols && test_grep "tuned_make_map" symbols &&
	nm "$stock" >symbols && test_grep ! "tuned_" symbols
'

for language in $(cd "$TEST_SOURCE/tests/lang" && echo */); do
	language=${language%/}
	test_expect_success "golden cases: $language" '
		same 24 --mutations "${mutations:-20}" "$language" \
			"$TEST_SOURCE/tests/lang/$language"/*/input*
	'
done

test_expect_success 'inputs of the fuzz program' '
	same 300 --mutations "${mutations:-5}" named "$TEST_SOURCE"/tests/fuzz/corpus/extract_fuzz/*
'

# ---- odd texts, in every language: 8 trees each ----
# odd NAME FORMAT: as printf makes it.
odd() {
	# shellcheck disable=SC2059 # the format is the text
	printf "$2" >"odd-$1"
}

test_expect_success 'ends of lines' '
	odd crlf "int a;\r\nif (b) {\r\n\tc = \"d\\\\\r\n\";\r\n}\r\n" &&
	odd cr "int a;\rif (b) {\r\tc;\r}\r" &&
	odd vt-ff "a\v=\fb\n\f\n\v\n" &&
	odd no-end "def a(b):\n    c" &&
	odd blank "\n\n\n\n \n\t\n" &&
	same 720 each odd-crlf odd-cr odd-vt-ff odd-no-end odd-blank
'

test_expect_success 'nothing, one byte, a byte order mark' '
	odd empty "" && odd one "x" && odd feed "\n" && odd nul "\0" && odd high "\377" &&
	odd bom "\357\273\277" && odd bom-text "\357\273\277int a = 1; // b\n" &&
	odd bom-inside "a = 1\n\357\273\277b = 2\n" && odd half-bom "\357\273" &&
	same 1200 each odd-empty odd-one odd-feed odd-nul odd-high odd-bom odd-bom-text \
		odd-bom-inside odd-half-bom
'

test_expect_success 'NUL bytes' '
	odd nul-first "\0a = b;\n" && odd nul-last "a = b;\n\0" &&
	odd nul-inside "a = \"b\0c\"; d\0e(f);\n/* \0 */ g\n# \0\n" &&
	same 400 each odd-nul-first odd-nul-last odd-nul-inside
'

test_expect_success 'bytes that are no UTF-8' '
	odd latin1 "caf\351 = \"na\357ve\"; /* \374ber */\n" &&
	odd overlong "a\300\200b\340\200\200c\360\200\200\200d\n" &&
	odd surrogate "a\355\240\200b\355\277\277c\n" &&
	odd beyond "a\364\220\200\200b\370\210\200\200\200c\n" &&
	odd cut-2 "a = \"\303" && odd cut-3 "a = \"\342\202" && odd cut-4 "a\n\360\237\230" &&
	odd late "\200\277a\200 = b\277;\n" &&
	same 1100 each odd-latin1 odd-overlong odd-surrogate odd-beyond odd-cut-2 odd-cut-3 odd-cut-4 odd-late
'

test_expect_success 'identifiers and operators that are not ASCII' '
	odd names "\303\251t\303\251 = na\303\257ve + \316\261\316\262 + x\341\200\200;\n" &&
	odd wide "\345\220\215\345\211\215 = f(\345\200\244); // \346\263\250\n" &&
	odd emoji "\360\237\230\200 = \"\360\237\221\215\360\237\217\275\"; x\360\235\222\234\n" &&
	odd spaces "a\302\240=\302\240b\342\200\250c\343\200\200d\302\205e\n" &&
	odd signs "a \302\254 b \342\211\240 c \342\210\247 d\n" &&
	odd delete "a\177b \001\002\033[0m c\n" &&
	same 800 each odd-names odd-wide odd-emoji odd-spaces odd-signs odd-delete
'

test_expect_success 'long lines, long tokens, many blanks' '
	awk "BEGIN { for (i = 0; i < 800; i++) printf \"f(a%d, %d) + \", i, i }" >odd-line &&
	awk "BEGIN { for (i = 0; i < 2000; i++) printf \"abcdefghij\" }" >odd-name &&
	awk "BEGIN { printf \"x = \\\"\"; for (i = 0; i < 2000; i++) printf \"ab\\303\\251 \"; print \"\\\"\" }" \
		>odd-string &&
	awk "BEGIN { for (i = 0; i < 9000; i++) printf \" \"; print \"x\" }" >odd-blanks &&
	same 400 each odd-line odd-name odd-string odd-blanks
'

test_expect_success 'a difference would be seen' '
	odd one-way "a = b;\n" && odd other-way "a = c ;\n" &&
	"$tuned" c odd-one-way | sed "s/one-way//" >one &&
	"$tuned" c odd-other-way | sed "s/other-way//" >other &&
	! cmp one other
'

test_expect_success 'every node can be printed' '
	"$tuned" --print c odd-one-way >tuned && "$stock" --stock --print c odd-one-way >stock &&
	test_cmp stock tuned && test_grep "translation_unit 0:0-1:0 0-7" tuned
'

test_done
