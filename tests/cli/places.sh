#!/bin/sh
test_description='where a repository may be and how it may look'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

SQ=\'

test_expect_success 'a repository' '
	mkdir -p src/deep &&
	echo "int top(void);" >top.h &&
	printf "int top(void)\n{\n\treturn low();\n}\n" >src/top.c &&
	printf "int low(void)\n{\n\treturn 1;\n}\n" >src/deep/low.c &&
	git add . && git commit -q -m one &&
	git batho index >/dev/null && git batho stats --digest >../digest
'

test_expect_success 'from a folder below, and through git -C' '
	cd src/deep && git batho def top >../../out && cd ../.. &&
	cat >want <<-\EOT &&
	../top.c:1:5: function: int top(void)
	../../top.h:1:5: declaration: int top(void);
	EOT
	test_cmp want out &&
	git -C src/deep batho def top >out && test_cmp want out &&
	(cd src && git batho outline deep/low.c && git batho outline ../top.h &&
		git batho outline "$PWD/top.c") >out && test_line_count = 3 out &&
	(cd src/deep && test_expect_code 128 git batho outline src/top.c) &&
	git -C src/deep batho def --json low >out && test_grep "\"path\":\"src/deep/low.c\"" out
'

test_expect_success 'GIT_DIR, GIT_WORK_TREE, --git-dir' '
	mkdir ../elsewhere && top=$PWD && (
		cd ../elsewhere &&
		git --git-dir="$top/.git" batho def low >out && test_grep "src/deep/low.c:1:5" out &&
		GIT_DIR="$top/.git" git batho stats --digest >have && test_cmp "$top/../digest" have &&
		GIT_DIR="$top/.git" GIT_WORK_TREE="$top" git batho def --worktree low >out &&
		test_grep "low.c:1:5" out
	)
'

test_expect_success 'inside the git folder' '
	(cd .git && git batho stats --digest) >have && test_cmp ../digest have &&
	(cd .git && git batho def low) >out && test_grep "src/deep/low.c" out
'

test_expect_success 'a bare repository' '
	git clone -q --bare . ../bare.git && cd ../bare.git &&
	git batho index && git batho stats --digest >have && test_cmp ../digest have &&
	test_path_is_file batho/index.db &&
	git batho def low >out && test_grep "src/deep/low.c:1:5" out &&
	test_expect_code 128 git batho def --worktree low 2>err && test_line_count -le 2 err &&
	test_grep "^git-batho: " err
'

test_expect_success 'linked worktrees share one index' '
	git worktree add -q ../linked && cd ../linked &&
	git batho index >out && test_grep "nothing to do" out &&
	test_path_is_missing .git/batho && git batho stats --digest >have && test_cmp ../digest have &&
	echo "int linked;" >linked.c && git add linked.c && git commit -q -m linked &&
	git batho index >out && test_grep "4 files indexed; 1 parsed" out &&
	git batho def linked >out && test_grep "linked.c:1:5" out &&
	(cd "$TEST_TOP" && test_expect_code 1 git batho def linked) &&
	(cd "$TEST_TOP" && git batho def --rev linked linked)
'

test_expect_success 'no commit yet' '
	git init -q ../empty && cd ../empty &&
	git batho index 2>err && test_grep "no commit" err &&
	test_expect_code 128 git batho def low >out 2>err && test_must_be_empty out &&
	test_grep "no commit" err && test_grep "^hint: " err &&
	test_expect_code 128 git batho stats 2>err && test_grep "no commit" err &&
	echo "int low;" >low.c && git batho def --worktree low >out && test_grep "low.c:1:5" out &&
	git add low.c && git batho def --staged low >out && test_grep "low.c:1:5" out
'

test_expect_success 'a commit that holds nothing' '
	git init -q ../bald && cd ../bald && git commit -q --allow-empty -m nothing &&
	git batho index >out && test_grep "0 files indexed" out && git batho stats &&
	test_expect_code 1 git batho def low && test_expect_code 1 git batho search l
'

test_expect_success NON_UTF8_NAMES 'names with blanks, newlines, quotes and bytes that are not UTF-8' '
	git init -q "$TEST_TRASH/odd" && cd "$TEST_TRASH/odd" &&
	dir=$(printf "a b\tc\nd\"\377") && mkdir "$dir" &&
	printf "int odd(void)\n{\n\treturn even();\n}\n" >"$dir/x y.c" &&
	git add . && git commit -q -m odd && git batho index &&
	git batho def odd >out && test_line_count = 1 out && test_grep "a b.tc.nd" out &&
	test_grep -F "\"a b\\tc\\nd\\\"\\377/x y.c\":1:5: function" out &&
	git batho def --porcelain odd >out && test_line_count = 2 out &&
	git batho def --porcelain -z odd | tr "\000\n" "\n@" >out &&
	test_grep -x "$(printf "a b\tc@d\"\377/x y.c")" out &&
	git batho callees odd >out && test_line_count = 1 out &&
	git batho outline "$dir/x y.c" >out && test_grep "function odd" out &&
	(cd "$dir" && git batho outline "x y.c" && git batho def odd >out && test_grep "^x y.c:1:5" out) &&
	test_expect_code 1 git batho stats --skipped &&
	git batho def --path "a b*" odd && git batho def --worktree odd && git batho def --staged odd
'

test_expect_success NON_UTF8_NAMES,PYTHON 'and their bytes survive in JSON' '
	cd "$TEST_TRASH/odd" && git batho def --json odd >out && python3 - out <<-\EOT
	import base64, json, os, sys
	row = json.loads(open(sys.argv[1]).read().splitlines()[1])
	path = base64.b64decode(row["path_b64"])
	assert os.path.exists(path), path
	assert "\n" in row["path"] and "\ufffd" in row["path"], row["path"]
	EOT
'

test_expect_success 'control characters of the source do not reach a terminal' '
	git init -q ../hostile && cd ../hostile &&
	printf "int bad; /* \033[31m \302\233 \342\200\256 */\n" >a.c && git add . && git commit -q -m a &&
	git batho def bad >out && test_grep ! "$(printf "\033")" out && test_grep ! "$(printf "\302\233")" out &&
	git batho def --color bad >out && test_grep ! "$(printf "\033\[31m \302")" out
'

test_expect_success SYMLINKS 'symbolic links are left out, links to the repository are fine' '
	git init -q ../links && cd ../links &&
	echo "int real;" >real.c && ln -s real.c link.c && ln -s /etc/passwd passwd.c && ln -s nowhere.c n.c &&
	git add . && git commit -q -m links && git batho index >out && test_grep "1 file indexed" out &&
	git batho def --worktree real >out && test_line_count = 1 out &&
	git batho def --staged real >out && test_line_count = 1 out &&
	test_expect_code 128 git batho outline link.c 2>err && test_grep "link.c" err &&
	ln -s "$PWD" ../through && (cd ../through && git batho def real) >out && test_grep "real.c:1:5" out &&
	test_when_finished "rm -rf \"$PWD/../moved\"" &&
	mv .git ../moved && ln -s ../moved .git && git batho index --rebuild >out &&
	test_grep "1 file indexed" out && test_path_is_file ../moved/batho/index.db
'

test_expect_success 'submodules are repositories of their own' '
	test_create_repo ../super && cd ../super &&
	git -c protocol.file.allow=always submodule --quiet add "$TEST_TOP" sub &&
	echo "int outer;" >outer.c && git add . && git commit -q -m super &&
	git batho index >out && test_grep "1 file indexed" out && test_expect_code 1 git batho def low &&
	git batho def --worktree outer && test_expect_code 1 git batho def --worktree low &&
	(cd sub && git batho index >out && test_grep "3 files indexed" out &&
		git batho def low && test_expect_code 1 git batho def outer) &&
	test_path_is_file .git/modules/sub/batho/index.db && test_path_is_missing sub/.git/batho
'

test_expect_success 'objects in an alternate, and packed' '
	git clone -q -s . ../alternate && cd ../alternate && git batho stats --digest >have &&
	test_cmp ../digest have &&
	git -C "$TEST_TOP" gc -q && rm -rf .git/batho && git batho stats --digest >have &&
	test_cmp ../digest have
'

test_expect_success 'a shallow clone' '
	test_commit second && git clone -q --depth 1 "file://$PWD" ../shallow && git batho stats --digest >want &&
	cd ../shallow && git batho index --all && git batho stats --digest >have &&
	test_cmp "$TEST_TOP/want" have && test_expect_code 128 git batho index HEAD~1 2>err &&
	test_grep "unknown revision" err
'

test_expect_success SHA256 'ids of SHA-256' '
	git init -q --object-format=sha256 ../s256 && cd ../s256 && cp -R "$TEST_TOP/src" . &&
	git add . && git commit -q -m one && git batho index >out && test_grep "2 files indexed" out &&
	git batho def low >out && test_grep "src/deep/low.c:1:5" out &&
	git batho cat-facts HEAD:src/top.c >out && test_grep "\"name\":\"top\"" out &&
	git batho cat-facts "$(git rev-parse HEAD:src/top.c)" >out2 && test_cmp out out2 &&
	git batho index --staged && git batho index --worktree
'

test_expect_success REFTABLE 'references in reftables' '
	git init -q --ref-format=reftable ../reftable && cd ../reftable && cp -R "$TEST_TOP/src" . &&
	git add . && git commit -q -m one && git batho index --all && git batho def low
'

test_expect_success 'modes of the index: private, shared' '
	git init -q ../private && cd ../private && (umask 000 && git batho init) &&
	ls -ld .git/batho .git/batho/index.db >modes && test_grep "^drwx------" modes &&
	test_grep "^-rw-------" modes &&
	git init -q --shared=group ../shared && cd ../shared && (umask 077 && git batho init) &&
	ls -ld .git/batho .git/batho/index.db >modes && test_grep "^drwxrws---" modes &&
	test_grep "^-rw-rw----" modes
'

test_expect_success 'init is safe to repeat' '
	cd ../private && git batho init >out && test_grep "already there" out &&
	git batho init --json >out && test_grep "\"created\":false" out &&
	git batho init --quiet >out && test_must_be_empty out &&
	rm -rf .git/batho && git batho init >out && test_grep "created" out
'

# A clone that belongs to the other user.
test_expect_success OTHER_USER 'the other user and a clone' '
	mkdir -p "$TEST_TRASH/nobody" && chmod a+rx "$TEST_TRASH" &&
	git clone -q . ../theirs && chown -R 65534:65534 ../theirs "$TEST_TRASH/nobody"
'

test_expect_success OTHER_USER 'a repository that cannot be written is answered, and nothing stays behind' '
	cd ../theirs && chmod -R a-w . && mkdir "$TEST_TRASH/nobody/tmp" &&
	chown 65534 "$TEST_TRASH/nobody/tmp" && TMPDIR=$TEST_TRASH/nobody/tmp && export TMPDIR &&
	as_other git batho def low >"$TEST_TRASH/out" 2>"$TEST_TRASH/err" &&
	test_grep "src/deep/low.c:1:5" "$TEST_TRASH/out" && test_must_be_empty "$TEST_TRASH/err" &&
	as_other git batho def --worktree low >"$TEST_TRASH/out" &&
	as_other git batho cat-facts HEAD:top.h >"$TEST_TRASH/out" &&
	as_other git batho stats --digest >"$TEST_TRASH/out" &&
	test "$(ls -A "$TMPDIR")" = "" &&
	test_expect_code 128 as_other git batho init 2>"$TEST_TRASH/err" &&
	test_line_count -le 2 "$TEST_TRASH/err" && test_grep "cannot write" "$TEST_TRASH/err" &&
	test_expect_code 128 as_other git batho index 2>"$TEST_TRASH/err" &&
	test_line_count -le 2 "$TEST_TRASH/err" && test_path_is_missing .git/batho &&
	test "$(ls -A "$TMPDIR")" = ""
'
unset TMPDIR

test_expect_success OTHER_USER 'an index that can be read and not written' '
	cd ../theirs && chmod -R u+w . && as_other git batho index && chmod -R a-w . &&
	as_other git batho index >"$TEST_TRASH/out" && test_grep "nothing to do" "$TEST_TRASH/out" &&
	as_other git batho def low >"$TEST_TRASH/out" && test_grep "low.c:1:5" "$TEST_TRASH/out" &&
	as_other git batho def --rev HEAD~1 low >"$TEST_TRASH/out" && test_grep "low.c:1:5" "$TEST_TRASH/out" &&
	as_other git batho def --staged low >"$TEST_TRASH/out" && test_grep "low.c:1:5" "$TEST_TRASH/out" &&
	chmod -R u+w .
'

test_expect_success OTHER_USER 'no permission to read' '
	cd ../theirs && chmod 000 .git/batho/index.db &&
	test_expect_code 128 as_other git batho def low 2>"$TEST_TRASH/err" &&
	test_line_count -le 2 "$TEST_TRASH/err" && test_grep "index.db" "$TEST_TRASH/err" &&
	chmod 600 .git/batho/index.db && chmod 000 .git/objects &&
	test_expect_code 128 as_other git batho index HEAD~1 2>"$TEST_TRASH/err" &&
	test_grep "^git-batho: " "$TEST_TRASH/err" && chmod 755 .git/objects
'

test_expect_success OTHER_USER 'a changed file that may not be read: what is staged, and a notice' '
	cd ../theirs && echo "int secret;" >>src/top.c && chmod 000 src/top.c &&
	as_other git batho def --worktree top >"$TEST_TRASH/out" 2>"$TEST_TRASH/err" &&
	test_grep "src/top.c:1:5" "$TEST_TRASH/out" &&
	echo "git-batho: cannot read ${SQ}src/top.c${SQ}: what is staged is taken in its place" >"$TEST_TRASH/want" &&
	test_cmp "$TEST_TRASH/want" "$TEST_TRASH/err" &&
	as_other git batho def --quiet --worktree top >"$TEST_TRASH/out" 2>"$TEST_TRASH/err" &&
	test_must_be_empty "$TEST_TRASH/err" && chmod 644 src/top.c && as_other git checkout -q src/top.c
'

test_expect_success OTHER_USER 'somebody else owns it: the words of git, and its way out' '
	cd ../theirs && test_expect_code 128 git batho stats 2>err && test_grep "dubious ownership" err &&
	test_grep "safe.directory" err && test_line_count -le 2 err &&
	git -c safe.directory=x batho version &&
	git config --global --add safe.directory "$PWD" && git batho stats
'

test_done
