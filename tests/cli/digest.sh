#!/bin/sh
test_description='the digest is what git-batho-format(5) says, computed here from nothing but that page'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

test_lazy_prereq B2SUM 'no b2sum that does 256 bits' '
	test "$(printf abc | b2sum -l 256 | cut -c 1-16)" = bddd813c63423972
'
test_have_prereq B2SUM || test_skip 'no b2sum that does 256 bits'

# hash_hex HEX: BLAKE2b-256 of the bytes that these digits mean.
hash_hex() {
	printf "%b" "$(printf "%s" "$1" | awk -v digits=0123456789abcdef '{
		for (i = 1; i < length($0); i += 2)
			printf "\\0%03o", 16 * (index(digits, substr($0, i, 1)) - 1) + index(digits, substr($0, i + 1, 1)) - 1
	}')" | b2sum -l 256 | cut -c 1-64
}

# hex_of TEXT
hex_of() {
	printf "%s" "$1" | od -An -v -tx1 | tr -d " \n"
}

# little HEX16: a number of 8 bytes, the least significant one first.
little() {
	echo "$1" | sed "s/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\8\7\6\5\4\3\2\1/"
}

# named NAME: its length and its bytes.
named() {
	little "$(printf "%016x" "$(printf "%s" "$1" | wc -c)")"
	hex_of "$1"
}

# field NAME: of the JSON record on stdin.
field() {
	sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

# state PATH: the number of its state, or nothing when it is not considered. ../skipped lists those without facts.
state() {
	reason=$(sed -n "s,^$1: ,,p" ../skipped)
	case $reason in
	binary) echo 1 ;;
	too-large) echo 2 ;;
	lfs) echo 3 ;;
	no-language) echo 4 ;;
	'') ! git batho cat-facts --json "$rev:$1" >../facts 2>/dev/null || echo 0 ;;
	esac
}

# file PATH NAME ID: what a file adds.
file() {
	state=$(state "$1")
	test -n "$state" || return 0
	printf "66%02x%s" "$state" "$(named "$2" | tr -d "\n")"
	test "$1" = "$by_attribute" || printf "%s" "$3"
	test "$state" = 0 || return 0
	head -n 2 ../facts | tail -n 1 >../file
	language=$(field language <../file)
	version=$(sed -n "s/.*\"language $language\",\"value\":\"\([0-9a-f]*\)\".*/\1/p" ../versions)
	printf "%s00%s%s" "$(hex_of "$language")" "$(little "$version")" "$(field digest <../file)"
}

# folder TREE PREFIX: the bytes of which its digest is that.
folder() {
	git ls-tree "$1" >"../list$(echo "$2" | tr / _)"
	while read -r mode type id name; do
		case $type in
		tree)
			inside=$(folder "$id" "$2$name/")
			test -z "$inside" || printf "74%s%s" "$(named "$name" | tr -d "\n")" "$(hash_hex "$inside")"
			;;
		blob) test "$mode" = 120000 || file "$2$name" "$name" "$id" ;;
		esac
	done <"../list$(echo "$2" | tr / _)"
}

# by_hand REV: the digest of a revision.
by_hand() {
	rev=$1
	git batho stats --skipped=all --rev "$rev" >../skipped &&
		hash_hex "$(folder "$rev^{tree}" "")"
}

fill() {
	mkdir -p lib/deep lib/none && printf "int one(void) { return 1; }\n" >one.c && printf "def two():\n    return 1\n" >lib/two.py &&
		printf "namespace a { class B; }\n" >lib/plus.h && printf "#!/bin/sh\nthree() { :; }\n" >lib/deep/three &&
		echo words >README && echo "nothing of ours" >lib/none/x.xyz && printf "a\0b" >nul.c && seq 1 200 >large.c &&
		printf "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n" >lfs.c && cp one.c picture.c && cp one.c out.c &&
		printf "picture.c binary\nout.c -batho\n" >.gitattributes && ln -s one.c link.c && : >empty.c &&
		git add . && git commit -q -m fill
}

by_attribute=picture.c

test_expect_success 'every state, classes, folders without anything' '
	git batho version --build-options --json >../versions && fill && git config batho.index.maxBlobSize 500 &&
	git batho stats --digest >../have && by_hand HEAD >../want && test_cmp ../want ../have &&
	for reason in binary too-large lfs no-language; do test_grep ": $reason$" ../skipped || return 1; done
'

test_expect_success 'a name, a version, a fact, a state more: another digest, and again that of the page' '
	git mv one.c uno.c && git commit -q -m name && git batho stats --digest >../have1 && by_hand HEAD >../want && test_cmp ../want ../have1 &&
	! cmp -s ../have ../have1 && echo "int more;" >>uno.c && git commit -q -a -m facts &&
	git batho stats --digest >../have2 && by_hand HEAD >../want && test_cmp ../want ../have2 && ! cmp -s ../have1 ../have2
'

test_expect_success SHA256 'ids of 32 bytes' '
	git init -q --object-format=sha256 ../long && cd ../long && git config batho.index.maxBlobSize 500 && fill &&
	git batho stats --digest >../have && by_hand HEAD >../want && test_cmp ../want ../have
'

test_done
