#!/bin/sh
test_description='git batho check: the core pack, where examples cannot reach: sizes, bytes, what a change introduces'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/check-lib.sh
. "$TEST_SOURCE/tests/cli/check-lib.sh"

git config --global batho.rules.packs core

# zeros BYTES; text BYTES: of one line each
zeros() {
	head -c "$1" /dev/zero
}
text() {
	zeros "$1" | tr '\0' x
}

commit() {
	git add -A && git commit -q -m "${1:-more}" && test_tick
}

test_expect_success 'a first commit' '
	echo "int a;" >a.c && commit
'

# ---- large files ----

test_expect_success 'a large file that is added' '
	text 6000000 >large.txt && git add . && found 1 --staged <<-\EOT &&
	large.txt:1 error large-file
	EOT
	test_grep "	5.7 MiB	" ../out && found 0 --staged -- a.c </dev/null &&
	commit && found 1 --rev HEAD <<-\EOT
	large.txt:1 error large-file
	EOT
'

test_expect_success 'is none when it changes, moves or goes' '
	text 6000001 >large.txt && git add . && found 0 --staged </dev/null && test_grep "^summary.*	1	0$" ../out &&
	git reset -q --hard && git mv large.txt moved.txt && found 0 --staged </dev/null &&
	git rm -q -f moved.txt && found 0 --staged </dev/null && git reset -q --hard
'

test_expect_success 'one that grows over the limit is' '
	text 5000000 >grows.txt && commit && text 5300000 >grows.txt && git add . && found 1 --staged <<-\EOT &&
	grows.txt:1 error large-file
	EOT
	git rm -q -f grows.txt large.txt && commit
'

test_expect_success 'the limit is configured' '
	text 2000 >b.txt && git add . && found 0 --staged </dev/null &&
	git -c batho.check.largeFile=1k batho check --staged --porcelain >../out; test_grep "b.txt.*large-file.*0.0 MiB" ../out &&
	mkdir .batho && printf "[check]\nlargeFile = 1k\n" >.batho/config.ini && git add . && found 1 --staged <<-\EOT &&
	.batho/config.ini:1 note policy-change
	b.txt:1 error large-file
	EOT
	printf "[check]\nlargeFile = 0\n" >.batho/config.ini && text 6000000 >b.txt && git add . && found 0 --staged <<-\EOT &&
	.batho/config.ini:1 note policy-change
	EOT
	test_expect_code 128 git -c batho.check.largeFile=-1 batho check --staged 2>../err && test_grep "from 0 to 1048576m" ../err &&
	git reset -q --hard
'

test_expect_success 'one that an attribute calls binary, or that is kept out of the index' '
	zeros 6000000 >data.bin && text 6000000 >out.txt && printf "*.bin binary\nout.txt -batho\n" >.gitattributes &&
	git add . && found 1 --staged <<-\EOT &&
	.gitattributes:1 note policy-change
	data.bin:1 error large-file
	EOT
	git reset -q --hard
'

test_expect_success 'all files, with and without a baseline' '
	text 6000000 >large.txt && commit && found 1 --all <<-\EOT &&
	large.txt:1 error large-file
	EOT
	git batho check --all --write-baseline -q && commit && found 0 --all </dev/null &&
	git rm -q -r large.txt .batho && commit
'

# ---- binary files ----

test_expect_success 'a binary file that is added' '
	zeros 100 >prog && zeros 100 >logo.png && mkdir -p tests vendor && zeros 100 >tests/in.dat && zeros 100 >vendor/lib.a &&
	git add . && found 0 --staged <<-\EOT &&
	prog:1 warning binary-file
	EOT
	echo "prog binary" >.gitattributes && git add . && found 0 --staged <<-\EOT && git rm -q -f .gitattributes && commit &&
	.gitattributes:1 note policy-change
	EOT
	found 0 --rev HEAD <<-\EOT
	prog:1 warning binary-file
	EOT
'

test_expect_success 'is none when it changes or moves' '
	zeros 101 >prog && git add . && found 0 --staged </dev/null && git reset -q --hard &&
	git mv prog program && found 0 --staged </dev/null && git reset -q --hard
'

test_expect_success 'a pointer of Git LFS is a text, and an empty file is none' '
	printf "version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 9999999999\n" 0 >big.iso && : >empty.o &&
	git add . && found 0 --staged </dev/null && commit
'

test_expect_success 'hostile names' '
	bad=$(printf "a\tb\n\"c\\\\\033[31m\377.o") && zeros 10 >"$bad" && zeros 10 >"--all" && zeros 10 >":(top)x" && git add . &&
	git batho check --staged --porcelain >../out && awk -F "\t" "\$1 == \"finding\" { print \$8 }" ../out >../have &&
	printf "binary-file\nbinary-file\nbinary-file\n" >../want && test_cmp ../want ../have &&
	git batho check --staged --json >../out && test_grep "\"path_b64\":" ../out &&
	git batho check --staged >../out && test_grep ! "$(printf "\033\\[31m")" ../out && commit
'

test_expect_success 'a bare repository, where sizes have to be asked for' '
	text 6000000 >large.bin && echo "*.bin binary" >.gitattributes && commit && git clone -q --bare . ../bare.git &&
	test_expect_code 1 git -C ../bare.git batho check --rev HEAD --porcelain >../out && test_grep "large.bin.*large-file" ../out &&
	git rm -q large.bin .gitattributes && commit
'

# ---- syntax ----

test_expect_success 'a syntax error is found where there was none' '
	printf "def f():\n    return 1\n" >f.py && commit && printf "def f(:\n    return 1\n" >f.py && git add . &&
	found 1 --staged <<-\EOT &&
	f.py:1 error syntax-error
	EOT
	commit
'

test_expect_success 'one that was there is not held against anybody' '
	printf "def f(:\n    return 2\n\n\ndef g():\n    return 1\n" >f.py && git add . && found 0 --staged </dev/null && commit &&
	printf "\n\ndef f(:\n    return 2\n\n\ndef g():\n    return 3\n" >f.py && git add . && found 0 --staged </dev/null && commit
'

test_expect_success 'but a second one is, on the lines that change' '
	printf "\n\ndef f(:\n    return 2\n\n\ndef g():\n    return 3\n\n\ndef h():\n    x = = 1\n" >f.py && git add . &&
	found 1 --staged <<-\EOT &&
	f.py:12 error syntax-error
	EOT
	git reset -q --hard && printf "def f():\n    return (\n" >new.py && git add . && found 1 --staged <<-\EOT &&
	new.py:1 error syntax-error
	EOT
	git reset -q --hard
'

test_expect_success 'a file that is one wrong line after the other tells three' '
	for i in 1 2 3 4 5 6 7 8 9; do echo "x$i = = 1"; done >many.py && git add . &&
	test_expect_code 1 git batho check --staged --porcelain >../out && test "$(grep -c syntax-error ../out)" -eq 3 &&
	git reset -q --hard && echo "x = 1" >many.py && git add . && commit && for i in 1 2 3 4 5 6 7 8 9; do echo "x$i = = 1"; done >many.py && git add . &&
	test_expect_code 1 git batho check --staged --porcelain >../out && test "$(grep -c syntax-error ../out)" -eq 3 && git rm -q -f many.py && commit
'

test_expect_success 'macros of C are no syntax errors, brackets are' '
	cat >m.c <<-\EOT && git add . && found 0 --staged </dev/null &&
	DEFINE_THING(static, foo, struct bar, int)
	void f(struct list *l)
	{
		for_each_thing(it, l)
			if (it) g(struct bar, it);
	}
	EOT
	sed -i "s/, it);/, it;/" m.c && git add . && found 1 --staged <<-\EOT &&
	m.c:5 error syntax-error
	EOT
	git reset -q --hard
'

test_expect_success 'templates and dialects are left alone' '
	mkdir chart && printf "a: {{ .Values.a }}\n{{- if .b }}\nb: [1\n{{- end }}\n" >chart/a.yaml &&
	printf "// settings\n{ \"a\": 1, \"b\": [2,], c: 3 }\n" >settings.json && printf "cdef int f(int a):\n    return a\n" >c.pyx &&
	git add . && git batho check --staged --porcelain >../out && test_grep ! "syntax-error" ../out && git reset -q --hard
'

test_expect_success 'tests may be wrong on purpose' '
	mkdir -p tests/fixtures && echo "def f(:" >tests/fixtures/bad.py && git add . && found 0 --staged </dev/null && git reset -q --hard
'

# ---- line ends and encodings ----

test_expect_success 'line ends that differ' '
	printf "int a;\r\nint b;\r\nint c;\n" >crlf.c && git add . && found 0 --staged <<-\EOT &&
	crlf.c:3 warning mixed-line-endings
	EOT
	test_grep "	2 CRLF, 1 LF	" ../out &&
	printf "int a;\r\nint b;\r\n" >crlf.c && git add . && found 0 --staged </dev/null && commit &&
	printf "int a;\r\nint b;\r\nint c;\r\nint d;\r\n" >crlf.c && git add . && found 0 --staged </dev/null &&
	printf "int a;\r\nint b;\r\nint c;\n" >crlf.c && git add . && found 0 --staged <<-\EOT
	crlf.c:3 warning mixed-line-endings
	EOT
'

test_expect_success 'line ends that differed before' '
	commit && printf "int a;\r\nint b;\r\nint c;\nint d;\r\n" >crlf.c && git add . && found 0 --staged </dev/null && commit &&
	printf "one\r\nlast line without its end" >last.txt && printf "a\rb\nc\rd\n" >mac.txt && git add . &&
	found 0 --staged </dev/null && commit
'

test_expect_success 'bytes that are not UTF-8' '
	printf "int a;\n/* caf\351 */\n" >latin.c && printf "/* caf\303\251 \360\237\230\200 */\n" >utf.c &&
	printf "caf\351\n" >latin.xyz && printf "# \303(\n" >cut.py && git add . && found 0 --staged <<-\EOT &&
	cut.py:1 warning invalid-utf8
	latin.c:2 warning invalid-utf8
	EOT
	test_grep "	byte 0xe9	" ../out && git rm -q --cached cut.py && rm cut.py && commit &&
	printf "int a;\n/* caf\351s */\n" >latin.c && git add . && found 0 --staged </dev/null && commit
'

test_expect_success 'attributes that decide what is checked are told' '
	printf "*.c text\n* text=auto\n*.png filter=lfs merge=ours diff=png whitespace=-tab\n# * -batho\n" >.gitattributes && git add . && found 0 --staged </dev/null && commit &&
	for line in "* -batho" "* !batho" "* binary" "*.c -text" "\"a b.c\" eol=lf -diff" "*.js linguist-generated" "[attr]no linguist-vendored=true" "a linguist-language=C" \
		"*.c filter=lfs diff=lfs merge=lfs -text" "src/main.py filter=lfs" "assets/** filter=lfs -text" "*.bin filter=lfs -text -batho" "* filter=lfs -text"; do
		git reset -q --hard && printf "%s\n" "$line" >>.gitattributes && git add . && found 0 --staged <<-\EOT &&
		.gitattributes:5 note policy-change
		EOT
		test_grep "decides what is checked" ../out || return 1
	done &&
	for line in "*.bin filter=lfs diff=lfs merge=lfs -text" "/a/*.psd filter=lfs -text" "a/logo.png -text filter=lfs" "assets/** filter=lfs"; do
		git reset -q --hard && printf "%s\n" "$line" >>.gitattributes && git add . && found 0 --staged </dev/null || return 1
	done && git reset -q --hard &&
	printf "x -text\n" >>.gitattributes && git add . && commit && printf "y text\nx -text\n" >.gitattributes && git add . && found 0 --staged </dev/null &&
	mkdir -p sub && echo "bad.c -batho" >sub/.gitattributes && echo "<<<<<<< x" >sub/bad.c && git add . && found 0 --staged <<-\EOT &&
	sub/.gitattributes:1 note policy-change
	EOT
	commit && found 0 HEAD~1..HEAD >/dev/null <<-\EOT &&
	sub/.gitattributes:1 note policy-change
	EOT
	git rm -q -r -f sub .gitattributes && found 0 --staged </dev/null && commit
'

# ---- secrets ----

test_expect_success 'a secret is not shown' '
	tail=$(printf "%s" QZ7FR3W0KXN5LDT4YH9VGP6MSJ2C8EUQZ3A7RWX0NK5DL4TYHV97P2MGW8) && echo "key = AGE-SECRET-""KEY-1$tail" >key.txt &&
	git add . && found 1 --staged <<-\EOT &&
	key.txt:1 error secret
	EOT
	test_grep "	age key	" ../out &&
	for format in human json porcelain; do
		test_expect_code 1 git batho check --staged --format $format >../out && test_grep ! "LDT4YH9V" ../out || return 1
	done && test_grep "AGE-SECRET-KEY-1QZ7F\*\*\*" ../out
'

test_expect_success 'nor by other findings about the same line, and it can be suppressed' '
	echo "x = \"AGE-SECRET-""KEY-1$tail\"  # TO""DO: rotate" >key.py && git rm -q -f key.txt && git add . && found 1 --staged <<-\EOT &&
	key.py:1 error secret
	key.py:1 note todo-without-reference
	EOT
	test_grep ! "LDT4YH9V" ../out &&
	echo "x = \"AGE-SECRET-""KEY-1$tail\"  # batho:ignore secret -- made up" >key.py && git add . && found 0 --staged </dev/null &&
	git reset -q --hard
'

test_expect_success 'nor as the name of a definition, in a suppression or in a baseline' '
	name="sk_li""ve_Zq8Rm2Xv7Lt4Wp9Ks3Nd6Hb1" && printf "def %s():\n    try:\n        f()\n    except:\n        pass\n" $name >named.py &&
	printf "int a; // batho:ignore %s -- it is no rule\nint b; // batho:ignore secret -- it was %s\n" $name $name >marks.c &&
	printf "int c; // batho:ignore secret -- https://robot:q8Zr2""LmX4v@git.corp-name.net/\n" >url.c && git add . &&
	for format in human json porcelain sarif github gitlab checkstyle junit; do
		test_expect_code 1 git batho check --staged --show-suppressed --format $format >../out 2>../err && test_grep ! "Xv7Lt4Wp9Ks3" ../out &&
		test_grep ! "r2LmX4v" ../out || return 1
	done &&
	test_expect_code 1 git batho check --staged --show-suppressed --format json >../out && test_grep "\"symbol\":\"sk_live_Zq8R\*\*\*" ../out &&
	test_grep "called .sk_live_Zq8R\*\*\*" ../out && test_grep "it was sk_live_Zq8R\*\*\*" ../out && git commit -q --no-verify -m named &&
	git batho check --all --write-baseline && test_grep "sk_live_Zq8R" .batho/baseline.json && test_grep ! Xv7Lt4Wp9Ks3 .batho/baseline.json &&
	git add . && git commit -q --no-verify -m base && test_might_fail git batho check --all >../out && test_grep ! "named.py" ../out && git rm -q -r -f .batho named.py marks.c url.c && commit
'

# ---- roles ----

test_expect_success 'rules say which files they leave out' '
	git batho rules show binary-file >../out && test_grep "^not in test, generated, vendored files$" ../out &&
	git batho rules show secret >../out && test_grep ! "^not in" ../out
'

test_expect_success 'files by their role' '
	mkdir -p docs lib/__tests__ && url="https://robot:q8Zr2""LmX4v@git.corp-name.net/" &&
	for f in a.sh docs/b.sh README lib/__tests__/c.js lib/d.test.js requirements.txt go.sum t0001-x.sh; do
		echo "u=$url" >$f || return 1
	done && git add . && found 0 --staged <<-\EOT
	a.sh:1 warning password-in-url
	requirements.txt:1 warning password-in-url
	EOT
'

test_done
