#!/bin/sh
test_description='git batho index: what is chosen, what is parsed, what is told'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

digest() {
	git batho stats --digest "$@"
}

# fresh_digest ARGS...: of the same question, from an index made anew.
fresh_digest() {
	rm -rf ../fresh && BATHO_STORE_DIR=$TEST_TRASH/fresh git batho stats --digest "$@"
}

# skipped REASON PATH: PATH is on the list of what was left out, for this reason.
skipped() {
	git batho stats --skipped=all >../out && test_grep -x "$2: $1" ../out
}

test_expect_success 'HEAD, and nothing to do' '
	mkdir -p lib/deep &&
	echo "int one;" >one.c && echo "int two;" >lib/two.c && echo "three = 3" >lib/deep/three.py &&
	echo "no language of ours" >notes.xyz &&
	git add . && git commit -q -m one && git tag v1 &&
	git batho index >../out && test_grep "^HEAD: 3 files indexed; 3 parsed (28 bytes), 0 skipped$" ../out &&
	test_grep "^digest [0-9a-f]\{64\}$" ../out &&
	git batho index >../out && test_grep "^HEAD: 3 files indexed; nothing to do$" ../out &&
	digest >../d && test "digest $(cat ../d)" = "$(tail -n 1 ../out)"
'

test_expect_success 'a commit that changes one file parses that one' '
	echo "int uno;" >one.c && git commit -q -a -m uno && git batho index >../out &&
	test_grep "3 files indexed; 1 parsed (9 bytes)" ../out &&
	test "$(digest)" = "$(fresh_digest)" && test "$(digest)" != "$(cat ../d)" &&
	test "$(digest --rev v1)" = "$(cat ../d)"
'

test_expect_success 'a rename and a revert parse nothing' '
	git mv lib moved && git commit -q -m moved && git batho index >../out &&
	test_grep "3 files indexed; nothing to do" ../out &&
	git revert --no-edit HEAD >/dev/null && git batho index >../out && test_grep "nothing to do" ../out &&
	test "$(digest)" = "$(fresh_digest)"
'

test_expect_success 'revisions, ranges, trees, tags, everything' '
	git batho index v1 >../out && test_grep "^v1: 3 files" ../out &&
	git batho index v1^{tree} >../out && test_grep "nothing to do" ../out &&
	git tag -a -m annotated v1a v1 && git batho index v1a >../out && test_grep "nothing to do" ../out &&
	git batho index v1:lib >../out && test_grep "^v1:lib: 2 files indexed" ../out &&
	git batho index v1 HEAD >../out && test_line_count = 4 ../out && test_grep "^HEAD: " ../out &&
	git batho index v1..HEAD >../out && test_grep "^3 revisions indexed; nothing to do$" ../out &&
	git batho index ^v1 HEAD >../out && test_grep "^3 revisions indexed" ../out &&
	git batho index HEAD^! >../out && test_grep "^1 revision indexed" ../out &&
	git batho index HEAD^- >../out && test_grep "^1 revision indexed" ../out &&
	git batho index HEAD^-1 >../out && test_grep "^1 revision indexed" ../out &&
	git batho index HEAD^@ >../out && test_grep "^3 revisions indexed" ../out &&
	git batho index "HEAD^{/moved}" >../out && test_grep "^HEAD^{/moved}: " ../out &&
	git checkout -q -b side v1 && echo "int side;" >side.c && git add . && git commit -q -m side &&
	git checkout -q main && git batho index --all >../out &&
	test_grep "^5 revisions indexed; 1 parsed (10 bytes), 0 skipped$" ../out &&
	git batho index side >../out && test_grep "4 files indexed; nothing to do" ../out &&
	test_expect_code 129 git batho index --all HEAD 2>../err && test_grep "exclude each other" ../err
'

test_expect_success 'staged and committed have one digest' '
	echo "int staged;" >staged.c && git add staged.c && git rm -q --cached lib/two.c &&
	git batho index --staged >../out && test_grep "^staged: 3 files indexed; 1 parsed" ../out &&
	git commit -q -m staged && git batho index >../out2 && test_grep "nothing to do" ../out2 &&
	test "$(tail -n 1 ../out)" = "$(tail -n 1 ../out2)" && test "$(digest --staged)" = "$(digest)" &&
	git batho index --staged >../out && test_grep "nothing to do" ../out
'

test_expect_success 'GIT_INDEX_FILE' '
	(GIT_INDEX_FILE=$PWD/.git/other && export GIT_INDEX_FILE && git read-tree v1 &&
		digest --staged >../other && git batho def --staged two) &&
	test "$(cat ../other)" = "$(digest --rev v1)" && test_expect_code 1 git batho def --staged two
'

test_expect_success 'an unmerged index: our side' '
	git checkout -q -b ours && echo "int ours;" >one.c && git commit -q -a -m ours &&
	git checkout -q -b theirs HEAD^ && echo "int theirs;" >one.c && git commit -q -a -m theirs &&
	git checkout -q ours && test_must_fail git merge theirs >/dev/null &&
	git batho def --staged ours >../out && test_grep "one.c:1:5" ../out &&
	test_expect_code 1 git batho def --staged theirs &&
	git batho def --worktree theirs >../out && test_grep "one.c:4:5" ../out &&
	git merge --abort && git checkout -q main
'

test_expect_success 'an unmerged path that our side has removed is not there' '
	git checkout -q -b keeps && echo "int kept_by_them;" >gone.c && git add gone.c && git commit -q -m keeps &&
	git checkout -q -b removes && git rm -q gone.c && git commit -q -m removes && digest >../want &&
	git checkout -q -b edits keeps && echo "int edited_by_them;" >gone.c && git commit -q -a -m edits &&
	git checkout -q removes && test_must_fail git merge edits >/dev/null && git ls-files -s gone.c >../stages &&
	test_line_count = 2 ../stages && test_expect_code 1 git batho def --staged kept_by_them &&
	test_expect_code 1 git batho def --staged edited_by_them && digest --staged >../have && test_cmp ../want ../have &&
	git merge --abort && git checkout -q main
'

test_expect_success 'the worktree: edits, new files, not ignored ones; the object database is left alone' '
	echo "ignored.c" >.gitignore && echo "int ignored;" >ignored.c && echo "int fresh;" >fresh.c &&
	echo "int edited;" >one.c && rm staged.c &&
	git count-objects >../before && git batho index --worktree >../out && git count-objects >../after &&
	test_cmp ../before ../after && test_grep "^worktree: 4 files indexed; 2 parsed" ../out &&
	git batho def --worktree fresh && git batho def --worktree edited &&
	test_expect_code 1 git batho def --worktree ignored && test_expect_code 1 git batho def --worktree staged &&
	test_expect_code 1 git batho def edited && git batho def staged &&
	git add -A && digest --staged >../s && digest --worktree >../w && test_cmp ../s ../w &&
	git reset -q --hard && rm -f fresh.c
'

test_expect_success 'the worktree goes through filters' '
	echo "*.c text eol=crlf" >.gitattributes && printf "int cr;\r\nint lf;\r\n" >crlf.c && git add . &&
	digest --staged >../s && digest --worktree >../w && test_cmp ../s ../w && git reset -q --hard
'

test_expect_success 'a tracked file is indexed though .gitignore and its folder speak against it' '
	mkdir -p target/vendor && echo "int in_target;" >target/vendor/t.c && echo "target/" >.gitignore &&
	git add -f . && git commit -q -m target && git batho def in_target >../out &&
	test_grep "target/vendor/t.c:1:5" ../out && git batho def --staged in_target && git batho def --worktree in_target
'

# ---- patterns ----
test_expect_success 'index.include and index.exclude, with the rules of .gitignore' '
	git checkout -q v1 &&
	git -c batho.index.exclude=lib/ batho index >../out && test_grep "1 file indexed" ../out &&
	git -c batho.index.exclude=/one.c batho index >../out && test_grep "2 files indexed" ../out &&
	git -c batho.index.exclude="*.py" batho index >../out && test_grep "2 files indexed" ../out &&
	git -c batho.index.exclude="lib/**/*.py" batho index >../out && test_grep "2 files indexed" ../out &&
	git -c batho.index.include="lib/deep" batho index >../out && test_grep "1 file indexed" ../out &&
	git -c batho.index.include="*.c" -c batho.index.exclude="two*" batho index >../out &&
	test_grep "1 file indexed" ../out &&
	git -c batho.index.include="*.c" -c batho.index.include="*.py" batho index >../out &&
	test_grep "3 files indexed" ../out &&
	git batho index --include "*.c" --exclude "two*" >../out && test_grep "1 file indexed" ../out &&
	BATHO_INDEX_EXCLUDE="*.py" git batho index >../out && test_grep "2 files indexed" ../out &&
	git batho index >../out && test_grep "3 files indexed; nothing to do" ../out && test "$(digest)" = "$(cat ../d)" &&
	test_expect_code 128 git -c batho.index.exclude="!x" batho index 2>../err && test_grep "!x" ../err
'

test_expect_success 'patterns decide what questions see' '
	test_config batho.index.exclude "*.py" && test_expect_code 1 git batho def three &&
	git config --unset batho.index.exclude && git batho def three && git config batho.index.exclude x
'

test_expect_success 'core.ignoreCase is for patterns too' '
	git -c batho.index.exclude="ONE.C" batho index >../out && test_grep "3 files" ../out &&
	git -c core.ignorecase=yes -c batho.index.exclude="ONE.C" batho index >../out && test_grep "2 files" ../out &&
	git -c core.ignorecase=false -c batho.index.exclude="ONE.C" batho index >../out && test_grep "3 files" ../out
'

test_expect_success 'the tracked configuration is that of what is indexed' '
	git checkout -q -B tracked v1 && mkdir .batho &&
	printf "version = 1\n[index]\nexclude = *.py\n" >.batho/config.ini &&
	git batho index --worktree >../out && test_grep "^worktree: 2 files" ../out &&
	git batho index --staged >../out && test_grep "^staged: 3 files" ../out &&
	git add . && git batho index --staged >../out && test_grep "^staged: 2 files" ../out &&
	git commit -q -m two && git batho index >../out && test_grep "^HEAD: 2 files" ../out &&
	printf "[index]\nexclude = one.c\nexclude = two.c\n" >.batho/config.ini && git commit -q -a -m three &&
	git rm -q .batho/config.ini && git commit -q -m four &&
	git batho index HEAD~3 HEAD~2 HEAD~1 HEAD >../each && grep -o "[0-9]* files* indexed" ../each >../nr &&
	printf "%s\n" "3 files indexed" "2 files indexed" "1 file indexed" "3 files indexed" >../want &&
	test_cmp ../want ../nr
'

test_expect_success 'also in ranges and in all history, in any order' '
	for how in "--all" "v1..tracked" "tracked~1 tracked~2 v1 tracked" "tracked tracked~1 tracked~2"; do
		git batho index --rebuild >/dev/null && git batho index $how >/dev/null || return 1
		for rev in tracked tracked~1 tracked~2 v1; do
			test "$(digest --rev $rev)" = "$(fresh_digest --rev $rev)" || return 1
		done
	done
'

test_expect_success 'a tracked file may not do everything, and its mistakes have a line' '
	mkdir -p .batho && printf "[index]\njobs = 3\n" >.batho/config.ini && git add . && git commit -q -m bad &&
	test_expect_code 128 git batho index 2>../err && test_grep "HEAD:.batho/config.ini:2: " ../err &&
	test_expect_code 128 git batho def one 2>../err && test_grep "config.ini:2: " ../err &&
	test_line_count = 2 ../err && test_expect_code 128 git batho def --staged one 2>../err &&
	test_line_count = 2 ../err &&
	printf "[index]\n\nexclud = x\n" >.batho/config.ini &&
	test_expect_code 128 git batho index --worktree 2>../err && test_grep "exclud.*config.ini:3" ../err &&
	test_grep "^hint: .*index.exclude" ../err &&
	printf "version = 99\n" >.batho/config.ini &&
	test_expect_code 128 git batho index --worktree 2>../err && test_grep "newer" ../err &&
	test_expect_code 1 git batho index --all 2>../err >../out && test_grep "left out: .*config.ini:2" ../err &&
	test_grep "revisions indexed" ../out && git reset -q --hard HEAD~1
'

test_expect_success 'the command line and git config hide the tracked file' '
	mkdir -p .batho && printf "[index]\nexclude = *.py\nmaxBlobSize = 1\n" >.batho/config.ini && git add . &&
	git commit -q -m hide && git batho index >../out && test_grep "0 files indexed" ../out &&
	git -c batho.index.maxBlobSize=1m batho index >../out && test_grep "2 files" ../out &&
	git batho index --max-blob-size=1k --exclude one.c >../out && test_grep "2 files" ../out &&
	git checkout -q main
'

# ---- attributes ----
test_expect_success 'attributes: -batho, binary, linguist-language' '
	git checkout -q -B attributes v1 &&
	echo "lib/two.c -batho" >.gitattributes && git add . && git commit -q -m a &&
	git batho index >../out && test_grep "2 files indexed" ../out && git batho stats --skipped >../out &&
	test_grep ! two ../out && echo "one.c binary" >.gitattributes && git commit -q -a -m b && git batho index >../out &&
	test_grep "2 files indexed" ../out && skipped binary one.c &&
	echo "notes.xyz linguist-language=Python" >.gitattributes && git commit -q -a -m c &&
	git batho stats --json >../out && test_grep "\"name\":\"python\",\"files\":2" ../out &&
	echo "one.c linguist-language=cpp" >.gitattributes && git commit -q -a -m d &&
	git batho stats --json >../out && test_grep "\"name\":\"cpp\",\"files\":1" ../out &&
	echo "one.c linguist-language=Klingon" >.gitattributes && git commit -q -a -m e &&
	git batho index >../out && test_grep "2 files indexed" ../out &&
	echo "*.c linguist-vendored linguist-generated" >.gitattributes && git commit -q -a -m f &&
	git batho index >../out && test_grep "3 files indexed" ../out &&
	for rev in HEAD HEAD~1 HEAD~2 HEAD~3 HEAD~4 HEAD~5; do
		test "$(digest --rev $rev)" = "$(fresh_digest --rev $rev)" || return 1
	done
'

test_expect_success 'attributes of folders below, macros, and those outside of the tree' '
	echo "*.py -batho" >lib/.gitattributes && git add . && git commit -q -m below &&
	git batho index >../out && test_grep "2 files indexed" ../out &&
	echo "three.py batho" >lib/deep/.gitattributes && git add . && git commit -q -m deeper &&
	git batho index >../out && test_grep "3 files indexed" ../out &&
	printf "[attr]hidden -batho\none.c hidden\n" >.gitattributes && git commit -q -a -m macro &&
	git batho index >../out && test_grep "2 files indexed" ../out &&
	mkdir -p .git/info && echo "one.c batho" >.git/info/attributes &&
	git batho index >../out && test_grep "3 files indexed" ../out && rm .git/info/attributes &&
	echo "*.c -batho" >../attributes && git -c core.attributesFile="$TEST_TRASH/attributes" batho index >../out &&
	test_grep "1 file indexed" ../out && git batho index >../out && test_grep "2 files indexed" ../out
'

test_expect_success 'attributes are those of what is indexed, not those of the worktree' '
	git checkout -q -B attributes2 v1 && echo "* -batho" >.gitattributes &&
	git batho index >../out && test_grep "3 files indexed" ../out &&
	git batho index --worktree >../out && test_grep "0 files indexed" ../out &&
	git batho index --staged >../out && test_grep "3 files indexed" ../out && git add . &&
	git batho index --staged >../out && test_grep "0 files indexed" ../out && git reset -q --hard
'

test_expect_success 'the same folder under other attributes and at another path' '
	git checkout -q -B paths v1 && cp -R lib copy && printf "copy/deep/* -batho\n" >.gitattributes &&
	git add . && git commit -q -m paths && git batho index >../out && test_grep "4 files indexed" ../out &&
	git batho def three >../out && test_line_count = 1 ../out && test_grep "^lib/deep" ../out &&
	test "$(digest)" = "$(fresh_digest)" &&
	git -c batho.index.exclude=copy/two.c batho index >../out && test_grep "3 files indexed" ../out &&
	git -c batho.index.exclude=deep batho index >../out && test_grep "3 files indexed" ../out &&
	git checkout -q main
'

# ---- content ----
test_expect_success 'size, NUL bytes, LFS pointers, headers and scripts' '
	git checkout -q -B content v1 &&
	awk "BEGIN { for (i = 0; i < 200; i++) print \"int v\" i \";\" }" >large.c &&
	printf "int nul;\000\n" >nul.c &&
	printf "version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12345\n" 7 >lfs.c &&
	printf "namespace n { class C; }\n" >plus.h && printf "struct s { int a; };\n" >plain.h &&
	printf "#!/usr/bin/env python3\nscript = 1\n" >tool && printf "just text\n" >text && : >empty.c &&
	git add . && git commit -q -m content &&
	git -c batho.index.maxBlobSize=1k batho stats --skipped >../out && test_grep -x "large.c: too-large" ../out &&
	test_grep -x "nul.c: binary" ../out && test_grep -x "lfs.c: lfs" ../out &&
	git batho index >../out && git batho def v199 && test_must_fail git batho def nul &&
	git batho def --json C >../out && test_grep "\"language\":\"cpp\"" ../out &&
	git batho def --json s >../out && test_grep "\"language\":\"c\"" ../out &&
	git batho def --json script >../out && test_grep "\"language\":\"python\"" ../out &&
	git batho outline tool && test_expect_code 1 git batho outline empty.c &&
	test_expect_code 128 git batho outline nul.c 2>../err && test_grep "nul.c.*binary" ../err
'

test_expect_success 'raising the limit parses what was too large, lowering it hides it again' '
	git batho index --rebuild --max-blob-size=1k >../out && test_grep "7 files indexed" ../out && digest >../large &&
	git -c batho.index.maxBlobSize=1k batho stats --digest >../small &&
	git batho index >../out && test_grep "8 files indexed" ../out &&
	git -c batho.index.maxBlobSize=1k batho stats --digest >../have && test_cmp ../small ../have &&
	test "$(cat ../small)" != "$(cat ../large)" && test "$(fresh_digest)" = "$(cat ../large)" &&
	test_expect_code 1 git -c batho.index.maxBlobSize=1k batho def v199 && git batho def v199
'

test_expect_success 'a limit goes before whatever a file turned out to be' '
	test_config batho.index.maxBlobSize 5 && test "$(digest)" = "$(fresh_digest)" &&
	skipped too-large nul.c && skipped too-large text && skipped too-large lfs.c && skipped too-large plus.h
'

test_expect_success 'a first line decides for templates and programs of no telling name, content for headers of Objective-C' '
	git checkout -q -B lines v1 && printf "#!/bin/bash\nin_cgi() { :; }\n" >b.cgi && sed s/cgi/in/ b.cgi >install.sh.in &&
	printf "#!/usr/bin/env python3\ndef in_hook(): pass\n" >pre-commit.sample && echo "in_data() { :; }" >data.in &&
	printf "@interface Thing : NSObject\n- (int)size;\n@end\n" >Thing.h && printf "#ifdef __OBJC__\n@class Thing;\n#endif\nint plain(void);\n" >plain.h &&
	git add . && git commit -q -m lines && git batho index && git batho def in_cgi >../out && test_grep "^b.cgi:2" ../out &&
	git batho def in_in >../out && test_grep "^install.sh.in:2" ../out && git batho def in_hook && test_expect_code 1 git batho def in_data &&
	test_expect_code 128 git batho outline Thing.h && git batho def plain && skipped no-language data.in && skipped no-language Thing.h &&
	echo "*.in linguist-language=sh" >.gitattributes && git add . && git commit -q -m attribute && git batho def in_data
'

test_expect_success 'a folder in which nothing is chosen, met again' '
	test_config batho.index.exclude "*.py" && git checkout -q -B hollow v1 && mkdir hollow &&
	echo "hollow = 1" >hollow/h.py && git add . && git commit -q -m hollow && git batho index &&
	echo "int other;" >one.c && git commit -q -a -m other && test "$(digest)" = "$(fresh_digest)" &&
	test "$(digest --staged)" = "$(digest)"
'

test_expect_success 'one blob under several names and languages' '
	git checkout -q -B same v1 && echo "class A { int f; };" >a.h && cp a.h a.cpp && cp a.h a.java && cp a.h b.cpp &&
	git add . && git commit -q -m same && git batho index >../out &&
	git batho def A >../out && test_line_count = 4 ../out && test "$(digest)" = "$(fresh_digest)" &&
	git batho def --lang java A >../out && test_line_count = 1 ../out && test_grep "^a.java" ../out
'

test_expect_success 'equal folders are told apart where a rule from above matches one of them' '
	git checkout -q -B equal v1 && mkdir -p p/ax p/zx q/ax/in q/zx/in && echo "int in_equal;" >p/ax/e.c && cp p/ax/e.c p/zx &&
	cp p/ax/e.c q/ax/in && cp p/ax/e.c q/zx/in && echo "p/[ab]x/*.c -batho" >.gitattributes && git add . && git commit -q -m equal &&
	test "$(git rev-parse HEAD:p/ax)" = "$(git rev-parse HEAD:p/zx)" &&
	git batho def in_equal >../out && cut -d : -f 1 ../out >../paths &&
	printf "%s\n" p/zx/e.c q/ax/in/e.c q/zx/in/e.c >../want && test_cmp ../want ../paths &&
	git -c batho.index.exclude="q/[ab]x/in/*.c" batho def in_equal >../out && cut -d : -f 1 ../out >../paths &&
	printf "%s\n" p/zx/e.c q/zx/in/e.c >../want && test_cmp ../want ../paths
'

# ---- what is told ----
test_expect_success 'JSON of index' '
	git checkout -q v1 && git batho index --rebuild --json >../out &&
	test_grep "\"record\":\"root\",\"name\":\"HEAD\",\"commit\":\"$(git rev-parse v1)\",\"digest\":\"$(cat ../d)\"" ../out &&
	test_grep "\"files\":3,\"incomplete\":0,\"parsed\":3,\"parsed_bytes\":28,\"skipped\":0" ../out &&
	git batho index --json v1^{tree} >../out && test_grep "\"commit\":null" ../out &&
	git batho index --json --all >../out && test_grep "\"record\":\"summary\",\"revisions\":" ../out
'

test_expect_success '--jobs 0 is what index.jobs 0 is, also over another setting' '
	git -c batho.index.jobs=1 batho index --rebuild --jobs 0 >../out && test_grep "3 parsed" ../out &&
	test_expect_code 129 git batho index --jobs=-1 2>../err && test_grep "a number from 0 to 256" ../err &&
	test_expect_code 129 git batho index --jobs many 2>../err && test_grep "is .many.: a number from 0" ../err
'

test_expect_success '--quiet prints no notice' '
	git batho index --rebuild --quiet >../out 2>&1 && test_must_be_empty ../out
'

test_expect_success 'stats counts languages and states' '
	git checkout -q content && git -c batho.index.maxBlobSize=1k batho stats --json >../out &&
	test_grep "\"record\":\"language\",\"name\":\"python\",\"files\":2" ../out &&
	test_grep "\"record\":\"total\".*\"binary\":1,\"too-large\":1,\"lfs\":1,\"no-language\":" ../out &&
	git batho stats --all >../out && test_grep "^total" ../out &&
	test_expect_code 129 git batho stats --all --digest 2>../err && test_expect_code 129 git batho stats x 2>../err
'

test_expect_success 'stats --skipped lists what might have had facts, and counts the rest' '
	git checkout -q -B skips v1 && echo text >README && echo "*.o" >.gitignore && printf "a\0b" >data && printf "a\0b" >nul.c &&
	printf "#!/bin/sh\necho\n" >tool && echo "???" >odd.inc && git add . && git commit -q -m skips &&
	git batho stats --skipped >../out && cat >../want <<-\EOT &&
	nul.c: binary
	odd.inc: no-language
	1 file of a name that says nothing: binary (see --skipped=all)
	2 files of a name that says nothing: no-language (see --skipped=all)
	EOT
	test_cmp ../want ../out && git batho stats --skipped --json >../out && test_line_count = 5 ../out &&
	test_grep "{\"record\":\"unlisted\",\"reason\":\"no-language\",\"files\":2}" ../out &&
	git batho stats --skipped=all >../out && test_line_count = 5 ../out &&
	test_grep -x "README: no-language" ../out && test_grep -x ".gitignore: no-language" ../out &&
	test_grep -x "data: binary" ../out && test_grep ! tool ../out &&
	git batho stats >../out && test_grep "^no-language *3 files" ../out && test_grep "^binary *2 files" ../out &&
	git -c batho.index.exclude=nul.c -c batho.index.exclude="*.inc" batho stats --skipped >../out && test_line_count = 2 ../out &&
	test_expect_code 129 git batho stats --skipped=some 2>../err && test_grep "likely, all" ../err
'

test_expect_success 'stats counts generated and vendored files' '
	git checkout -q -B roles v1 && git batho stats >../out && test_grep ! -e generated -e vendored ../out &&
	echo "lib/** linguist-vendored" >.gitattributes && echo "*.py linguist-generated=true" >>.gitattributes &&
	git add . && git commit -q -m roles && git batho stats >../out && test_grep "^generated *1 files" ../out &&
	test_grep "^vendored *2 files" ../out && git batho stats --json >../out &&
	test_grep "\"record\":\"total\".*\"generated\":1,\"vendored\":2}" ../out &&
	git batho stats --all --json >../out && test_grep "\"generated\":null,\"vendored\":null}" ../out &&
	git batho stats --rev v1 --json >../out && test_grep "\"generated\":0,\"vendored\":0}" ../out
'

# hide ID: takes a loose object away; bring_back returns it.
hide() {
	hidden=.git/objects/$(echo "$1" | cut -c 1-2)/$(echo "$1" | cut -c 3-) && mv "$hidden" ../kept
}

bring_back() {
	mv ../kept "$hidden"
}

test_expect_success 'objects that are missing: told, and mended by the next run' '
	git checkout -q -B missing v1 && hide "$(git rev-parse v1:one.c)" &&
	test_expect_code 1 git batho index --rebuild >../out &&
	test_grep "^incomplete (1); see .git batho stats --skipped.$" ../out && test_grep "0 skipped, 1 missing" ../out &&
	test_expect_code 1 git batho index --all >../out && test_grep "[1-9] missing$" ../out &&
	test_grep "^incomplete ([1-9][0-9]* revision.*stats --skipped --rev [0-9a-f]*.$" ../out &&
	test_expect_code 1 git batho index --all --json >../out && test_grep "\"missing\":[1-9].*\"incomplete\":[1-9]" ../out &&
	test_expect_code 128 git batho cat-facts HEAD:one.c 2>../err && test_grep "cannot read blob .HEAD:one.c." ../err &&
	bring_back && git batho index >../out && test_grep "3 files indexed; 1 parsed" ../out &&
	test "$(digest)" = "$(cat ../d)"
'

# answers_in_part [SCOPE]: one.c is missing, the rest is answered, and that is told once.
answers_in_part() {
	git batho def "$@" two >../out 2>../err && test_line_count -eq 1 ../out && test_line_count -eq 1 ../err &&
		test_grep "^git-batho: 1 file could not be indexed: .git batho stats --skipped. tells which" ../err &&
		test_expect_code 1 git batho def "$@" one >../out 2>../err && test_must_be_empty ../out &&
		git batho search "$@" --quiet tw >../out 2>../err && test_line_count -eq 1 ../out && test_must_be_empty ../err &&
		git batho stats "$@" >../out 2>../err && test_grep "^missing *1 files" ../out && test_must_be_empty ../err &&
		git batho stats "$@" --skipped >../out && test_grep -x "one.c: missing" ../out &&
		git batho stats "$@" --skipped --json >../out && test_grep "\"path\":\"one.c\",\"reason\":\"missing\",\"blob\":null}" ../out &&
		test_expect_code 1 git batho stats "$@" --digest >../out && test_grep -x "incomplete (1)" ../out
}

test_expect_success 'objects that are missing: questions are answered from what is there' '
	hide "$(git rev-parse v1:one.c)" && test_when_finished bring_back && rm -rf .git/batho &&
	answers_in_part && answers_in_part --staged && answers_in_part --rev v1
'

test_expect_success 'a partial clone that may not fetch: the same' '
	git config uploadpack.allowFilter true && git clone -q --no-checkout --filter=blob:none "file://$PWD" ../partial &&
	cd ../partial && git remote set-url origin "file://$TEST_TRASH/gone" &&
	GIT_NO_LAZY_FETCH=1 && export GIT_NO_LAZY_FETCH && test_when_finished "unset GIT_NO_LAZY_FETCH" &&
	test_expect_code 1 git batho index >../out 2>../err && test_grep "^incomplete (" ../out && test_grep ! fsck ../out &&
	git batho stats >../out && test_grep "^missing" ../out &&
	test_expect_code 1 git batho def two >../out 2>../err && test_grep "could not be indexed" ../err &&
	git batho stats --skipped >../out && test_grep -x "one.c: missing" ../out &&
	test_expect_code 1 git batho stats --digest >../out && test_grep "^incomplete (" ../out
'

test_expect_success 'a folder that is missing stands for its files, the root does not' '
	hide "$(git rev-parse v1:lib)" && rm -rf .git/batho &&
	test_expect_code 1 git batho index --rebuild >../out && test_grep "^incomplete (1)" ../out &&
	git batho stats --skipped >../out && test_grep -x "lib: missing" ../out && git batho def one &&
	bring_back && git batho index >../out && test_grep "^digest" ../out && test "$(digest)" = "$(cat ../d)" &&
	tree=$(git rev-parse v1:) && hide "$tree" && test_when_finished bring_back &&
	test_expect_code 128 git batho index --rebuild 2>../err && test_grep "^git-batho: cannot read the tree of .HEAD.$" ../err
'

test_expect_success 'attributes that are missing decide nothing for good' '
	git checkout -q -B attributes v1 && echo "one.c -batho" >.gitattributes && git add . && git commit -q -m attributes &&
	git batho index && git batho stats --digest >../want && rm -rf .git/batho &&
	hide "$(git rev-parse HEAD:.gitattributes)" && test_expect_code 1 git batho index >../out &&
	test_grep "^incomplete (1)" ../out && git batho stats --skipped >../out && test_grep -x ".gitattributes: missing" ../out &&
	bring_back && git batho index && git batho stats --digest >../have && test_cmp ../want ../have
'

# raw_tree ENTRY...: the id of a tree object with entries "<mode> <name> <id>", whatever git thinks of it.
raw_tree() {
	for entry; do
		printf "%s\0" "${entry% *}" && printf "%b" "$(echo "${entry##* }" | sed "s/../\\\\0x&/g" | raw_octal)"
	done >../raw && git hash-object -t tree --literally -w ../raw
}

# raw_octal: \0xab ... on stdin as \0253 ... for printf %b.
raw_octal() {
	awk '{
		n = split($0, part, "\\\\0x")
		for (i = 2; i <= n; i++) {
			h = index("0123456789abcdef", substr(part[i], 1, 1)) - 1
			l = index("0123456789abcdef", substr(part[i], 2, 1)) - 1
			printf "\\0%03o", 16 * h + l
		}
	}'
}

test_expect_success 'refs that lead to a tree or a blob' '
	test_create_repo ../odd && cd ../odd && echo "int in_tree;" >in_tree.c && git add . && tree=$(git write-tree) &&
	blob=$(echo "int in_blob;" | git hash-object -w --stdin) && script=$(printf "#!/bin/sh\nin_script() { :; }\n" | git hash-object -w --stdin) &&
	git tag tree "$tree" && git tag -a -m "of a tree" annotated "$tree" && git tag -a -m "of a tag" twice annotated 2>../err &&
	git update-ref refs/keep/blob.c "$blob" && git tag -a -m "of a blob" tool "$script" && git tag text "$(echo text | git hash-object -w --stdin)" &&
	git batho index --all >../out 2>../err && test_must_be_empty ../err && test_grep "^3 revisions indexed; 3 parsed" ../out &&
	git batho def --all in_tree && git batho def --all in_blob >../out && test_grep "^blob.c@" ../out && git batho def --all in_script &&
	git rm -q --cached in_tree.c && echo "int head;" >head.c && git add head.c && git commit -q -m head &&
	git batho index --all >../out && test_grep "^4 revisions indexed; 1 parsed" ../out &&
	git batho index --all >../out && test_grep "^4 revisions indexed; nothing to do" ../out
'

test_expect_success 'names that no path can hold are passed over, with a notice' '
	cd ../odd && blob=$(git rev-parse :head.c) && sub=$(raw_tree "100644 .. $blob" "100644 a/b.c $blob" "100644 fine.c $blob") &&
	bad=$(raw_tree "40000 sub $sub" "100644 top.c $blob") && git ls-tree -r "$bad" >../list && test_line_count = 4 ../list &&
	git tag bad-names "$bad" && git batho index --all >../out 2>../err && test_grep "5 revisions indexed" ../out &&
	test_grep "the names of 2 entries of trees, which are passed over; the first is in tree $sub" ../err && test_line_count = 1 ../err &&
	git batho search --rev "$bad" --porcelain head | cut -f 2 >../out && printf "%s\n" "# batho porcelain 1" sub/fine.c top.c >../want &&
	sed 1d ../want >../want2 && sed 1d ../out >../out2 && test_cmp ../want2 ../out2 &&
	git batho index "$bad" >../out && test_grep "2 files indexed; nothing to do" ../out && test_grep "^digest" ../out &&
	unknown=$(raw_tree "0 odd $blob" "100644 top.c $blob") && git batho index "$unknown" >../out && test_grep "1 file indexed" ../out
'

test_expect_success 'a tree that is cut stands for its files; a root is left out of all history, and named' '
	cd ../odd && sub=$(head -c 20 ../raw >../cut && git hash-object -t tree --literally -w ../cut) &&
	test_must_fail git ls-tree "$sub" && top=$(raw_tree "40000 cut $sub" "100644 top.c $blob") &&
	test_expect_code 1 git batho index "$top" >../out && test_grep "1 file indexed" ../out && test_grep "^incomplete (1)" ../out &&
	git batho stats --rev "$top" --skipped >../out && test_grep -x "cut: missing" ../out &&
	test_expect_code 128 git batho index "$sub" 2>../err && test_grep "cannot read tree $sub: it ends" ../err && test_grep "^hint: .*git fsck" ../err &&
	git tag cut-root "$sub" && test_expect_code 1 git batho index --all >../out 2>../err &&
	test_grep "5 revisions indexed" ../out && test_grep "$sub is left out: cannot read tree $sub" ../err &&
	git tag -d cut-root
'

test_expect_success 'an attributes file or a folder that is damaged is as good as missing' '
	cd ../odd && mkdir -p lib && echo "int in_lib;" >lib/l.c && echo "*.x -batho" >.gitattributes && git add . && git commit -q -m lib &&
	for what in HEAD:lib HEAD:.gitattributes; do
		id=$(git rev-parse $what) && file=.git/objects/$(echo "$id" | cut -c 1-2)/$(echo "$id" | cut -c 3-) &&
			cp "$file" ../kept && chmod +w "$file" && echo garbage >"$file" &&
			test_expect_code 1 git batho index --rebuild >../out 2>&1 && test_grep "^incomplete (1)" ../out &&
			cat ../kept >"$file" || return 1
	done
'

# Nobody's /etc is touched: what stands there is replaced for one process alone.
test_lazy_prereq OWN_ETC 'no mount namespaces here' '
	mkdir -p own_etc && echo "here" >own_etc/gitattributes &&
	unshare -rm sh -c "mount --bind own_etc /etc && cat /etc/gitattributes" >own_etc.out 2>/dev/null &&
	test "$(cat own_etc.out)" = here
'

# with_etc COMMAND...: with /etc/gitattributes as it is in ../etc.
with_etc() {
	(unset GIT_ATTR_NOSYSTEM && unshare -rm sh -c "mount --bind ../etc /etc && \"\$@\"" sh "$@")
}

test_expect_success OWN_ETC 'the attributes of the system, weaker than those of the user' '
	git checkout -q v1 && mkdir ../etc && echo "*.c -batho" >../etc/gitattributes && cp /etc/passwd ../etc &&
	with_etc git batho index >../out && test_grep "1 file indexed" ../out &&
	git batho index >../out && test_grep "3 files indexed" ../out &&
	with_etc sh -c "GIT_ATTR_NOSYSTEM=1 git batho index" >../out && test_grep "3 files indexed" ../out &&
	echo "one.c batho" >../mine && test_config core.attributesFile "$TEST_TRASH/mine" &&
	with_etc git batho index >../out && test_grep "2 files indexed" ../out &&
	echo "*.py batho=false" >../etc/gitattributes && with_etc git batho stats --digest >../have &&
	rm -rf ../fresh && BATHO_STORE_DIR=$TEST_TRASH/fresh with_etc git batho stats --digest >../want && test_cmp ../want ../have
'

test_done
