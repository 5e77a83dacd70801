#!/bin/sh
test_description='git batho cat-facts: one blob, in the language of a path at a revision or in all'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

SQ=\'

# languages ARGS...: the languages that are printed, in one line.
languages() {
	git batho cat-facts "$@" >../facts && sed -n 's/.*"record":"file".*"language":"\([^"]*\)".*/\1/p' ../facts | xargs
}

# is WANTED ARGS...
is() {
	is_wanted=$1
	shift
	is_found=$(languages "$@") && test "$is_found" = "$is_wanted" || {
		echo "'$is_found', not '$is_wanted', of: $*"
		return 1
	}
}

test_expect_success 'one content under several names, attributes that change' '
	mkdir -p sub/deep && echo "class A { int f; };" >a.h && cp a.h a.java && cp a.h a.cpp && cp a.h sub/deep/a.xyz &&
	cp a.h plain && git add . && git commit -q -m one && git tag v1 &&
	echo "*.xyz linguist-language=Java" >sub/.gitattributes && echo "a.h linguist-language=Python" >.gitattributes &&
	git add . && git commit -q -m two && git tag v2 && blob=$(git rev-parse v1:a.h) &&
	test "$(git rev-parse v2:sub/deep/a.xyz)" = "$blob"
'

test_expect_success 'with a path: its language at that revision alone, whatever is indexed' '
	is cpp v1:a.h && is java v1:a.java && is cpp v1:a.cpp && is python v2:a.h && is cpp v1:a.h &&
	is java v2:sub/deep/a.xyz && git batho index --all -q &&
	is cpp v1:a.h && is python v2:a.h && is java v2:sub/deep/a.xyz && is cpp v2:a.cpp
'

test_expect_success 'with an id: all of them' '
	is "cpp java python" "$blob" && is "cpp java python" "$(git rev-parse --short "$blob")"
'

test_expect_success '--path chooses one' '
	is java --path=x/y.java "$blob" && is c --path=x.c "$blob" && is java --path=sub/deep/b.xyz v2:a.h &&
	is "cpp java python c" "$blob"
'

test_expect_success 'what is staged, paths that are relative, revisions with braces and colons' '
	test_when_finished "git reset -q --hard" && echo "a.cpp linguist-language=Java" >>.gitattributes && git add . &&
	is java :a.cpp && is java :0:a.cpp && is cpp HEAD:a.cpp && is cpp "HEAD@{0}:a.cpp" && is cpp "v2^{/o.*e}:a.cpp" &&
	is cpp "HEAD@{2005-04-07 22:15:13}:a.cpp" && is cpp "HEAD^{tree}:a.cpp" &&
	(cd sub/deep && is java v2:./a.xyz && is cpp v2:../../a.cpp && is python v2:a.h)
'

test_expect_success 'a bare repository' '
	git clone -q --bare . ../bare.git && (cd ../bare.git && is python v2:a.h && is cpp v1:a.h && is java v2:sub/deep/a.xyz)
'

test_expect_success 'the attributes of this clone count most' '
	test_when_finished "rm .git/info/attributes" && mkdir -p .git/info &&
	echo "a.h linguist-language=Go" >.git/info/attributes && is go v1:a.h && is go v2:a.h && is java v2:a.java
'

# refuses MESSAGE ARGS...: status 128, nothing on stdout, one line and perhaps a hint.
refuses() {
	refuses_message=$1
	shift
	test_expect_code 128 git batho cat-facts "$@" >../out 2>../err && test_must_be_empty ../out &&
		test "$(sed -n "1s/^git-batho: //p" ../err)" = "$refuses_message" && test_line_count -le 2 ../err || {
		cat ../err
		return 1
	}
}

test_expect_success 'what has no facts, and why' '
	printf "a\0b" >nul.c && echo text >README && git add . && git commit -q -m three &&
	refuses "blob $(git rev-parse HEAD:nul.c) has no facts in c: binary" HEAD:nul.c &&
	refuses "blob $(git rev-parse HEAD:README) has no facts: no-language" HEAD:README &&
	refuses "${SQ}x.unknown${SQ} is in no language that is known here" --path x.unknown HEAD:a.h &&
	echo "a.java -batho" >.gitattributes && echo "a.cpp -diff -text binary" >>.gitattributes && git add . &&
	refuses "${SQ}a.java${SQ} is not indexed: an attribute or a pattern leaves it out" :a.java &&
	refuses "${SQ}a.cpp${SQ} has no facts: an attribute says that it is binary" :a.cpp && is java HEAD:a.java
'

test_expect_success 'what is no blob' '
	refuses "path ${SQ}nothing.c${SQ} does not exist in ${SQ}HEAD${SQ}" HEAD:nothing.c &&
	refuses "unknown revision ${SQ}nowhere${SQ}" nowhere:a.h && refuses "no file is staged as ${SQ}x.c${SQ}" :x.c &&
	refuses "${SQ}HEAD${SQ} names no blob" HEAD && refuses "${SQ}HEAD:sub${SQ} names no blob" HEAD:sub &&
	refuses "${SQ}nowhere${SQ} names no blob" nowhere && refuses "${SQ}:/two${SQ} names no blob" :/two &&
	refuses "${SQ}$(echo "$blob" | tr 0-9 1-90)${SQ} names no blob" "$(echo "$blob" | tr 0-9 1-90)" &&
	id=$(echo lone | git hash-object -w --stdin) && refuses "blob $id has no facts yet" "$id" &&
	test_grep "^hint: .*--path" ../err
'

test_done
