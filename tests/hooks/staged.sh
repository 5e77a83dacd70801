#!/bin/sh
test_description='pre-commit and pre-merge-commit judge what is committed, whatever way git takes to the commit'
# shellcheck source=tests/hooks/hooks-lib.sh
. "$(dirname "$0")/hooks-lib.sh"

test_expect_success 'a repository with hooks' '
	put f.c one two three && put g.c z && git add . && git commit -q -m first &&
	git batho hooks install --event pre-commit,pre-merge-commit,pre-push &&
	test -x .git/hooks/pre-commit && test_path_is_missing .git/hooks/commit-msg
'

test_expect_success 'hazard 1: a file that is staged in part; it is not touched' '
	test_when_finished "git reset -q --hard" &&
	put f.c one two BAD && git add f.c && put f.c one two fine && stat -c "%y %i" f.c >../before &&
	refused git commit -m x && judged "M f.c" && stat -c "%y %i" f.c >../after && test_cmp ../before ../after &&
	test_grep "^f.c:3: BAD" ../err
'
test_expect_success 'hazard 2: bad in the worktree only' '
	test_when_finished "git checkout -q f.c" &&
	put f.c one two fine && git add f.c && put f.c one two BAD && passes git commit -q -m x
'
test_expect_success 'hazard 3: other files, changed and unknown, are nobodys business' '
	rm -f ../list && test_when_finished "git checkout -q g.c; rm u.c" &&
	put f.c one two 3 && git add f.c && put g.c BAD && put u.c BAD && passes git commit -q -m x && judged "M f.c" &&
	test "$(cat g.c u.c)" = "BAD
BAD"
'
test_expect_success 'hazard 6: commit -a' '
	test_when_finished "git checkout -q f.c" &&
	put f.c one two BAD && refused git commit -a -m x && put f.c one two fine && passes git commit -q -a -m x
'
test_expect_success 'hazard 7: commit of one path while another file is staged' '
	test_when_finished "git reset -q --hard" &&
	rm -f ../list && put f.c one BAD && git add f.c && put g.c zz && passes git commit -q -m x -- g.c &&
	judged "M g.c" && git diff --cached --name-only >../out && echo f.c >../want && test_cmp ../want ../out &&
	put g.c BAD && refused git commit -q -m x -- g.c
'
test_expect_success 'hazard 8: commit -p and commit -i' '
	test_when_finished "git reset -q --hard" &&
	put f.c one BAD && echo y >../y && (refused git commit -p -m x <../y) &&
	put g.c ok && git add g.c && refused git commit -m x -i f.c
'
test_expect_success 'hazard 9: from a folder below, with a relative GIT_INDEX_FILE' '
	mkdir -p sub && test_when_finished "git reset -q --hard" &&
	put sub/s.c BAD && git add sub && (cd sub && refused git commit -m x) &&
	test_grep "^sub/s.c:1: BAD" ../err &&
	cp .git/index other && put sub/s.c fine &&
	(GIT_INDEX_FILE=other && export GIT_INDEX_FILE && git add sub && passes git commit -q -m x) && rm other
'
test_expect_success 'hazard 10: nothing is staged' '
	rm -f ../list && test_expect_code 1 git commit -q -m x >/dev/null 2>../err && test_must_be_empty ../err &&
	test_path_is_missing ../list && passes git commit -q --allow-empty -m empty && test_path_is_missing ../list
'
test_expect_success 'hazard 11: the first commit' '
	test_create_repo ../first && (cd ../first && git batho hooks install -q && put a.c BAD && git add . &&
		refused git commit -m x && judged "A a.c" && put a.c fine && git add . && passes git commit -q -m x)
'
test_expect_success 'hazard 12: amending, the first commit too' '
	test_when_finished "git reset -q --hard" &&
	put f.c one two four && git add f.c && rm -f ../list && passes git commit -q --amend --no-edit &&
	judged "M f.c" && passes git commit -q --amend -m again && put f.c BAD && git add f.c &&
	refused git commit --amend --no-edit &&
	(cd ../first && put a.c fine 2 && git add . && passes git commit -q --amend --no-edit)
'

# conflict: on branch `side`, f.c conflicts with main; both change files of their own.
conflict() {
	git reset -q --hard && git checkout -q -B side main && put f.c side && put only-side.c "$1" && git add . &&
		git commit -q -m side --no-verify && git checkout -q main && put f.c "main $(git rev-parse HEAD)" &&
		put only-main.c BAD && git add . && git commit -q -m main --no-verify
}
test_expect_success 'hazard 13: a merge with conflicts; what is as in one parent is not judged' '
	conflict BAD && test_must_fail git merge side >/dev/null && put f.c both && git add f.c && rm -f ../list &&
	passes git commit -q --no-edit && judged "M f.c" && test "$(git log -1 --format=%p | wc -w)" = 2 &&
	conflict fine && test_must_fail git merge side >/dev/null && put f.c both BAD && git add f.c &&
	refused git commit --no-edit && test_path_is_file .git/MERGE_HEAD && git merge --abort
'
test_expect_success 'hazard 15: a clean merge' '
	git checkout -q -B topic main~1 && put t.c fine && git add . && git commit -q -m topic && git checkout -q main &&
	rm -f ../list && passes git merge -q --no-edit topic && judged "A t.c" &&
	git checkout -q topic && put t2.c BAD && git add . && git commit -q --no-verify -m bad && git checkout -q main &&
	refused git merge --no-edit topic && git merge --abort
'
test_expect_success 'hazard 16: octopus and squash' '
	for b in o1 o2; do
		git checkout -q -B $b main && put $b.c fine && git add . && git commit -q -m $b || return 1
	done &&
	git checkout -q main && passes git merge -q --no-edit o1 o2 &&
	git checkout -q -B squash main && put q.c BAD && git add . && git commit -q --no-verify -m q &&
	git checkout -q main && git merge -q --squash squash >/dev/null && refused git commit -m squash &&
	git reset -q --hard
'
test_expect_success 'hazard 17: a rebase costs nothing per commit' '
	git checkout -q -B long main~1 && for i in 1 2 3; do
		put l$i.c fine && git add . && git commit -q -m l$i || return 1
	done && rm -f ../list && passes git rebase -q main && judged && git checkout -q main
'
test_expect_success 'hazard 19: cherry-pick, revert, am' '
	put p.c fine && git add . && git commit -q -m p && git format-patch -1 --stdout >../p.mbox &&
	passes git revert --no-edit HEAD >/dev/null && passes git cherry-pick HEAD~1 >/dev/null &&
	git reset -q --hard HEAD~2 && git rm -q p.c && git commit -q -m gone && git am -q ../p.mbox
'
test_expect_success 'hazard 20: a linked worktree has its own index and the same hooks' '
	git worktree add -q ../wt -b wt && (cd ../wt && put w.c BAD && git add . && refused git commit -m x &&
		mkdir -p sub && cd sub && put ../w.c fine && git add .. && passes git commit -q -m x)
'
test_expect_success 'hazard 21: nothing of the hook reaches other repositories' '
	git init -q ../else && (cd ../wt && put w.c fine 2 && git add . && passes git commit -q -m x) &&
	git -C ../else config --list --local >../out && test_grep ! batho ../out
'
test_expect_success 'hazard 22: a submodule, and the gitlink above it' '
	a_repository ../lib && git -c protocol.file.allow=always submodule --quiet add "$PWD/../lib" sm &&
	rm -f ../list && passes git commit -q -m sm && judged "A .gitmodules" &&
	(cd sm && git batho hooks install -q && put s.c BAD && git add . && refused git commit -m x && put s.c fine &&
		git add . && passes git commit -q -m x) && rm -f ../list && git add sm && passes git commit -q -m up && judged
'
test_expect_success 'hazard 23: --git-dir and --work-tree' '
	mkdir -p ../ext && git --work-tree=../ext --git-dir=.git checkout -q -f HEAD -- . && put ../ext/f.c BAD &&
	refused git --git-dir="$PWD/.git" --work-tree="$PWD/../ext" commit -a -m x && test_grep "^f.c:1" ../err &&
	(cd ../ext && refused git --git-dir=../"$(basename "$TEST_TOP")"/.git --work-tree=. commit -a -m x) &&
	git reset -q --hard
'
test_expect_success REFTABLE 'hazard 35: a reftable repository' '
	git init -q --ref-format=reftable ../reftable && (cd ../reftable && git batho hooks install -q && put a.c BAD &&
		git add . && refused git commit -m x && put a.c fine && git add . && passes git commit -q -m x)
'
test_expect_success SHA256 'hazard 34: a sha256 repository' '
	git init -q --object-format=sha256 ../sha256 && (cd ../sha256 && git batho hooks install -q && put a.c BAD &&
		git add . && refused git commit -m x && put a.c fine && git add . && passes git commit -q -m x &&
		put a.c fine BAD && git add . && refused git commit -m x && put a.c fine more && git add . &&
		passes git commit -q -m x)
'
test_expect_success 'hazard 36: kinds of index' '
	for setting in "index.version 4" "core.splitIndex true" "feature.manyFiles true" "index.skipHash true" \
		"core.untrackedCache true"; do
		rm -rf ../ix && a_repository ../ix && (cd ../ix && git config $setting && git update-index --force-write-index \
			2>/dev/null; put f.c BAD && git add f.c && refused git commit -m x && put f.c fine && git add f.c &&
			passes git commit -q -m x) || return 1
	done &&
	rm -rf ../ix && a_repository ../ix && (cd ../ix && mkdir d e && put d/d.c d && put e/e.c e && git add . &&
		git commit -q -m d && git sparse-checkout set --cone --sparse-index d && put d/d.c BAD && git add . &&
		refused git commit -m x && put d/d.c fine && git add . && passes git commit -q -m x && test_path_is_missing e)
'
test_expect_success 'hazard 37: odd names' '
	rm -rf ../odd && a_repository ../odd && (cd ../odd && rm -f "$BATHO_TEST_LIST" &&
		long=$(printf "%0250d" 0).c && nl=$(printf "new\nline.c") && tab=$(printf "t\tb.c") &&
		for n in "a b.c" "$nl" "$tab" "-x.c" ":(top)x.c" "$long" "case.c" "Case.c" "q\"uote.c" "back\\slash.c"; do
			put "./$n" fine || return 1
		done && git add . && passes git commit -q -m odd && test_grep -c data "$BATHO_TEST_LIST" >../out &&
		test "$(cat ../out)" = 10 && rm "$BATHO_TEST_LIST" &&
		put "./$nl" BAD && put "./-x.c" BAD && git add . && refused git commit -m x && test_grep "^-x.c:1: BAD" ../err)
'
test_expect_success NON_UTF8_NAMES 'hazard 37: a name that is not UTF-8' '
	(cd ../odd && git reset -q --hard && put "$(printf "\\351.c")" BAD && git add . && refused git commit -m x &&
		git reset -q --hard)
'
test_expect_success 'hazard 38: settings for people do not reach us' '
	rm -rf ../set && a_repository ../set && (cd ../set && echo "f.c diff=odd" >.git/info/attributes &&
		git config color.ui always && git config diff.external /bin/false && git config diff.noprefix true &&
		git config diff.mnemonicPrefix true && git config diff.renames copies && git config core.quotePath true &&
		git config diff.odd.textconv "tr a-z A-Z" && git config diff.odd.command /bin/false &&
		git config diff.suppressBlankEmpty true && git config diff.context 0 && git config diff.relative true &&
		put f.c one "" BAD && git add f.c && (GIT_DIFF_OPTS=-u0 GIT_EXTERNAL_DIFF=/bin/false &&
			export GIT_DIFF_OPTS GIT_EXTERNAL_DIFF && refused git commit -m x && test_grep "^f.c:3" ../err &&
			test_grep "^M f.c 100644 100644 1+2 data$" "$BATHO_TEST_LIST"))
'
test_expect_success SYMLINKS 'hazard 39: changes of type and mode, binary, empty and large files' '
	rm -rf ../type && a_repository ../type && (cd ../type && rm -f "$BATHO_TEST_LIST" &&
		ln -s nowhere link && : >empty && printf "a\\0BAD" >bin && head -c 1000000 /dev/zero | tr "\\0" "x" >big &&
		git add . && refused git commit -m x && test_grep "^A bin 0 100644 binary$" "$BATHO_TEST_LIST" &&
		printf "a\\0b" >bin && git add . && rm "$BATHO_TEST_LIST" && passes git commit -q -m x &&
		judged "A big" "A bin" "A empty" && rm big && git rm -q --cached big &&
		chmod +x f.c && rm g.c && ln -s f.c g.c && rm link && put link BAD && git add . && refused git commit -m x &&
		test_grep "^link:1: BAD" ../err && put link fine && git add . && passes git commit -q -m x)
'
test_expect_success 'hazard 40: intent to add is not in the commit' '
	rm -rf ../ita && a_repository ../ita && (cd ../ita && rm -f "$BATHO_TEST_LIST" && put new.c BAD &&
		git add -N new.c && put f.c fine && git add f.c && passes git commit -q -m x && judged "M f.c")
'
test_expect_success 'hazard 41: line ends and filters: the blob is judged' '
	rm -rf ../eol && a_repository ../eol && (cd ../eol && echo "*.c text eol=crlf" >.gitattributes &&
		printf "a\\r\\nb\\r\\n" >f.c && git add . && passes git commit -q -m x &&
		printf "a\\r\\nBAD\\r\\n" >f.c && git add . && refused git commit -m x && test_grep "^f.c:2: BAD$" ../err &&
		git reset -q --hard && git config filter.up.clean "sed s/BAD/fine/" && echo "*.x filter=up" >.gitattributes &&
		put a.x BAD && git add . && passes git commit -q -m x)
'
test_expect_success 'hazard 42: skip-worktree and sparse checkout' '
	rm -rf ../skip && a_repository ../skip && (cd ../skip && rm -f "$BATHO_TEST_LIST" &&
		git update-index --skip-worktree f.c && rm f.c && put g.c fine && git add g.c &&
		passes git commit -q -m x && judged "M g.c" && git cat-file -e HEAD:f.c)
'
test_expect_success 'bytes and lines are those of the blobs: no newline at the end, CR, blank lines, removals' '
	rm -rf ../bytes && a_repository ../bytes && (cd ../bytes && rm -f "$BATHO_TEST_LIST" &&
		printf "a\\nb" >n1 && printf "\\n\\n" >n2 && printf "x\\r" >n3 && git add . && passes git commit -q -m x &&
		printf "a\\nb\\n" >n1 && printf "\\n" >n2 && printf "x\\ry" >n3 && : >f.c && git rm -q --cached g.c && git add n1 n2 n3 f.c &&
		rm "$BATHO_TEST_LIST" && passes git commit -q -m x && sort "$BATHO_TEST_LIST" >../out &&
		cat >../want <<-\EOT &&
		D g.c 100644 0
		M f.c 100644 100644 data
		M n1 100644 100644 1+1 data
		M n2 100644 100644 data
		M n3 100644 100644 0+1 data
		EOT
		test_cmp ../want ../out)
'
test_expect_success 'more than a patch is worth: the list alone, and blobs from the objects' '
	rm -rf ../large && a_repository ../large && (cd ../large && rm -f "$BATHO_TEST_LIST" &&
		awk "BEGIN { for (i = 0; i < 1200000; i++) print \"line \" i }" >large.c && put f.c BAD && git add . &&
		refused git commit -m x && test_grep "^M f.c 100644 100644 0+1$" "$BATHO_TEST_LIST" &&
		put f.c fine && git add . && passes git commit -q -m x && rm "$BATHO_TEST_LIST" &&
		sed -e 10,20d -e "s/^line 100$/x/" -e "s/^line 1190000$/y/" -e "s/^line 1199999/z/" large.c >l &&
		mv l large.c && seq 2000000 >new && git add . && passes git commit -q -m x && sort "$BATHO_TEST_LIST" >../out &&
		printf "%s\n" "A new 0 100644" "M large.c 100644 100644 89+1 1189989+1 1199988+1" >../want &&
		test_cmp ../want ../out)
'
test_expect_success 'BATHO_SKIP, modes, and --no-verify' '
	rm -rf ../mode && a_repository ../mode && (cd ../mode && put f.c BAD && git add f.c &&
		(BATHO_SKIP=x,pre-commit && export BATHO_SKIP && passes git commit -q -m x) &&
		put f.c BAD 2 && git add f.c && git config batho.hooks.pre-commit.mode warn && git commit -q -m x 2>../err &&
		test_grep "f.c:1: BAD" ../err && test_grep "the commit goes on" ../err &&
		put f.c BAD 3 && git add f.c && git config batho.hooks.pre-commit.mode off && passes git commit -q -m x &&
		git config --unset batho.hooks.pre-commit.mode && put f.c BAD 4 && git add f.c && refused git commit -m x &&
		(BATHO_HOOKS_PRE_COMMIT_MODE=off && export BATHO_HOOKS_PRE_COMMIT_MODE && passes git commit -q -m x) &&
		put f.c BAD 5 && git add f.c && passes git commit -q -m x --no-verify &&
		put f.c BAD 6 && git add f.c && passes git -c batho.hooks.pre-commit.mode=off commit -q -m x)
'
test_expect_success 'a mistake in the configuration is told and ignored' '
	(cd ../mode && put f.c fine && git add f.c && git config batho.hooks.timeout soon && git config batho.hooks.tmieout 3 &&
		git commit -q -m x 2>../err && test_grep "batho.hooks.timeout.*soon" ../err &&
		test_grep "unknown key .batho.hooks.tmieout" ../err && test_line_count = 2 ../err &&
		put f.c BAD && git add f.c && refused git commit -m x)
'
# unasked: the hook has nothing to say and needs no git to know it. asks: it does.
unasked() {
	PATH=../none GIT_INDEX_FILE=${1:-.git/index} "$BATHO_EXEC_PATH/git-batho-indexer" hooks pre-commit -- 2>../err && test_must_be_empty ../err
}
asks() {
	PATH=../none GIT_INDEX_FILE=${1:-.git/index} "$BATHO_EXEC_PATH/git-batho-indexer" hooks pre-commit -- 2>../err && test_grep "unchecked" ../err
}
test_expect_success 'no content is staged: git is not even asked' '
	rm -rf ../quiet && a_repository ../quiet && (cd ../quiet && mkdir -p a/b a.c x && put a/b/f one && put a/g two && put a.c/h 3 &&
		put a-b 4 && put x/y 5 && ln -s f.c link && git add . && git commit -q -m more && unasked &&
		git update-index --chmod=+x a/b/f x/y f.c && unasked && passes git commit -q -m modes && unasked &&
		git commit -q --allow-empty -m empty && unasked && git commit -q --allow-empty --amend -m reworded && unasked &&
		git checkout -q --detach && unasked && git checkout -q -b other && unasked &&
		git rm -q -r --cached a && asks && git reset -q && unasked &&
		put a/b/f BAD && unasked && git add a && asks && refused git commit -m x && put a/b/f one && git add a && unasked &&
		put a/b/n new && git add a && asks && git rm -q -f a/b/n && unasked &&
		git mv a-b a-c && asks && git reset -q --hard &&
		git rm -q x/y && asks && put x 5 && git add x && asks && git reset -q --hard && unasked &&
		git mv f.c h.c && git mv g.c f.c && git mv h.c g.c && asks && git reset -q --hard &&
		put new && git add -N new && asks && git reset -q && rm new &&
		git ls-files -s f.c | sed "s/ 0	/ 1	/" >../stage && git update-index --force-remove f.c &&
		git update-index --index-info <../stage && asks && git reset -q --hard &&
		git worktree add -q ../quiet-tree -b tree && cd ../quiet-tree && GIT_DIR=$(git rev-parse --absolute-git-dir) &&
		export GIT_DIR && unasked "$GIT_DIR/index" && put f.c BAD && git add f.c && asks "$GIT_DIR/index")
'
test_expect_success 'what cannot be told without git is asked of git' '
	(cd ../quiet && git update-index --index-version 4 && asks && git update-index --index-version 2 && unasked &&
		git update-index --split-index && asks && git update-index --no-split-index && unasked) &&
	rm -rf ../packed && a_repository ../packed && (cd ../packed && unasked && git gc -q && asks &&
		passes git commit -q --allow-empty -m x && git update-index --chmod=+x f.c && passes git commit -q -m mode && unasked &&
		put f.c BAD && git add f.c && refused git commit -m x) &&
	rm -rf ../quiet256 && git init -q --object-format=sha256 ../quiet256 && (cd ../quiet256 && put f.c 1 && git add . && asks &&
		git commit -q -m 1 && unasked && git update-index --chmod=+x f.c && unasked && put f.c 2 && git add . && asks)
'
test_expect_success 'damage is left to git' '
	rm -rf ../broken && a_repository ../broken && (cd ../broken && unasked && cp .git/index ../index &&
		head -c 100 ../index >.git/index && asks && cp ../index .git/index && unasked &&
		printf "\377" | dd of=.git/index bs=1 seek=8 conv=notrunc 2>/dev/null && asks && cp ../index .git/index &&
		git rev-parse HEAD:f.c >../blob && git rev-parse HEAD >../id && object=.git/objects/$(sed "s,^..,&/," ../id) &&
		cp "$object" ../object && chmod +w "$object" && printf x | dd of="$object" bs=1 seek=20 conv=notrunc 2>/dev/null && asks &&
		head -c 40 ../object >"$object" && asks && : >"$object" && asks &&
		cp ".git/objects/$(sed "s,^..,&/," ../blob)" "$object" && asks && cp ../object "$object" && unasked &&
		echo "ref: refs/heads/unborn" >.git/HEAD && asks && : >.git/HEAD && ! unasked)
'
test_done
