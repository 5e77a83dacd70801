#!/bin/sh
test_description='hooks with the real rules: from the installed script to the findings'
# shellcheck source=tests/hooks/hooks-lib.sh
. "$(dirname "$0")/hooks-lib.sh"
unset BATHO_EXEC_PATH

conflict='<<<<<<< ours
int a;
=======
int b;
>>>>>>> theirs'
# stopped COMMAND...: by an unresolved conflict.
stopped() {
	test_expect_code 1 "$@" 2>../err && test_grep "conflict-marker" ../err
}

test_expect_success 'pre-commit, from the first commit on' '
	git batho hooks install -q && put a.c "$conflict" && git add . && stopped git commit -q -m x && put a.c "int a;" && git add . && passes git commit -q -m one &&
	put a.c "int a;" "$conflict" && git add . && stopped git commit -q -m x && test_grep "a.c:2" ../err && put a.c "int a;" "int b;" && passes git commit -q -a -m two
'
test_expect_success 'what was there before is not new' '
	put old.c "$conflict" && git add . && git commit -q --no-verify -m old && put old.c "$conflict" "int more;" && passes git commit -q -a -m more
'
test_expect_success 'pre-push' '
	git init -q -b main --bare ../g.git && git remote add origin ../g.git && stopped git push -q origin main && put old.c "int c;" && git commit -q -a -m mended &&
	passes git push -q origin main && put b.c "$conflict" && git add . && git commit -q --no-verify -m bad && stopped git push -q origin main && git reset -q --hard HEAD~1
'
test_expect_success 'pre-push: what was there before is not new, unless its line is touched' '
	put old.c "$conflict" && git commit -q -a --no-verify -m old && git push -q --no-verify origin main && put old.c "int up;" "$conflict" && git commit -q -a --no-verify -m moved &&
	passes git push -q origin main && sed "s/<<<<<<< ours/<<<<<<<  ours/" old.c >t && mv t old.c && git commit -q -a --no-verify -m touched && stopped git push -q origin main &&
	test_grep "old.c:2" ../err && put old.c "int c;" && git commit -q -a -m mended && passes git push -q origin main
'
test_expect_success 'pre-push: the touched lines of every file' '
	for f in t1.c t2.c t3.c; do put $f "$conflict"; done && git add . && git commit -q --no-verify -m old && git push -q --no-verify origin main &&
	for f in t1.c t2.c t3.c; do sed "s/<<<<<<< ours/<<<<<<<  ours/" $f >t && mv t $f; done && git commit -q -a --no-verify -m touched && stopped git push -q origin main &&
	test_grep "t1.c:1" ../err && test_grep "t2.c:1" ../err && test_grep "t3.c:1" ../err && git rm -q t1.c t2.c t3.c && git commit -q -m gone && passes git push -q origin main
'
test_expect_success 'a server does not let a push soften its judge' '
	git init -q -b main --bare ../gs.git && git -C ../gs.git batho hooks install -q && rm .git/hooks/pre-push && git push -q ../gs.git main && mkdir .batho &&
	printf "[check]\nfailOn = never\n" >.batho/config.ini && put b.c "$conflict" && git add . && git commit -q --no-verify -m soft &&
	test_must_fail git push -q ../gs.git main 2>../err && test_grep "remote: .*conflict-marker" ../err && git reset -q --hard HEAD~1
'
# a_policy BRANCH SEVERITY: on a branch of its own, with this severity for conflict markers.
a_policy() {
	git checkout -q -b "$1" plain && mkdir -p .batho && printf "[rules]\nconflict-marker.severity = %s\n" "$2" >.batho/config.ini && git add . &&
		git commit -q --no-verify -m "$1"
}
# a_conflict BRANCH FILE
a_conflict() {
	git checkout -q "$1" && put "$2" "$conflict" && git add . && git commit -q --no-verify -m "$2"
}
test_expect_success 'a server judges by what the reference had' '
	git init -q -b master --bare ../per.git && git -C ../per.git batho hooks install -q && git init -q -b plain ../per && (cd ../per && put a.c "int a;" && git add . &&
		git commit -q -m a && a_policy rel off && a_policy strict error && git push -q ../per.git plain rel strict && a_conflict strict strict.c &&
		for head in master rel strict; do
			git -C ../per.git symbolic-ref HEAD refs/heads/$head && a_conflict rel rel-$head.c && git push -q ../per.git rel && test_must_fail git push -q ../per.git strict 2>../err &&
			test_grep "remote: .*strict.c.*conflict-marker" ../err && a_conflict rel rel2-$head.c &&
			test_must_fail git push -q ../per.git rel strict 2>../err && test_grep strict.c ../err && test_grep ! rel2 ../err || return 1
		done &&
		git push -q ../per.git rel && git checkout -q -b new strict && test_must_fail git push -q ../per.git new 2>../err && test_grep conflict-marker ../err &&
		git tag -a -m x strict-tag && test_must_fail git push -q ../per.git strict-tag && git checkout -q -b newrel rel && put nr.c "$conflict" && git add . &&
		git commit -q --no-verify -m nr && git push -q ../per.git newrel && git push -q ../per.git strict~1:refs/heads/strict2 && put nr2.c "$conflict" &&
		git add . && git commit -q --no-verify -m nr2 &&
		test_must_fail git push -q -f ../per.git newrel:strict2 2>../err && test_grep nr2.c ../err &&
		git -C ../per.git batho hooks uninstall && git -C ../per.git batho hooks install -q --event update && test_must_fail git push -q ../per.git strict &&
		git checkout -q rel && put r2.c "$conflict" && git add . && git commit -q --no-verify -m r2 && git push -q ../per.git rel)
'
test_expect_success 'attributes of folders are part of what judges' '
	git init -q -b plain --bare ../dirs.git && git init -q -b plain ../dirs && (cd ../dirs && mkdir -p sub/deep && put a.c "int a;" && put sub/deep/s.c "int s;" && git add . &&
		git commit -q -m a && git checkout -q -b soft && echo "deep/*.c -batho" >sub/.gitattributes && git add . && git commit -q -m soft &&
		git push -q ../dirs.git plain soft && git -C ../dirs.git batho hooks install -q && a_conflict soft sub/deep/one.c && a_conflict plain sub/deep/two.c &&
		git push -q ../dirs.git soft && test_must_fail git push -q ../dirs.git plain && a_conflict soft sub/deep/three.c &&
		test_must_fail git push -q ../dirs.git soft plain 2>../err && test_grep "two.c.*conflict-marker\|conflict-marker" ../err && test_grep "two.c" ../err &&
		test_grep ! "three.c" ../err)
'
test_expect_success 'what grew from nothing is judged by HEAD, by the newest branch, or where there is none by itself' '
	git init -q -b gone --bare ../orphan.git && git -C ../orphan.git batho hooks install -q && git init -q -b plain ../orphan && (cd ../orphan && put a.c "int a;" &&
		git add . && git commit -q -m a && a_policy lax off && a_conflict lax lax.c && git push -q ../orphan.git lax 2>../err &&
		test_grep "remote: git-batho: no branch is here whose settings could judge this push: its own do" ../err &&
		git checkout -q --orphan fresh && git rm -q -r -f . && put o.c "$conflict" && git add . && git commit -q --no-verify -m o &&
		git push -q ../orphan.git fresh 2>../err && test_grep ! whose ../err &&
		(cd ../orphan.git && git update-ref -d refs/heads/fresh) && sleep 1 && unset GIT_COMMITTER_DATE && a_policy tight error && git push -q ../orphan.git tight && git checkout -q fresh &&
		test_must_fail git push -q ../orphan.git fresh 2>../err && test_grep "remote: .*o.c.*conflict-marker" ../err &&
		git -C ../orphan.git symbolic-ref HEAD refs/heads/lax && git push -q ../orphan.git fresh)
'
test_expect_success 'every tip that is pushed is judged by its own policy' '
	git init -q -b main --bare ../tips.git && git init -q -b plain ../tips && (cd ../tips && put a.c "int a;" && git add . && git commit -q -m a && git batho hooks install -q &&
		git remote add p ../tips.git && git push -q p plain && a_policy aaa off && a_policy zzz error && a_conflict aaa bad.c && a_conflict zzz bad.c &&
		git push -q --dry-run p aaa && stopped git push -q p zzz && stopped git push -q p aaa zzz && stopped git push -q p zzz aaa && stopped git push -q ../tips.git aaa zzz &&
		git checkout -q -b first plain && a_conflict first first.c && git init -q --bare ../empty.git && stopped git push -q ../empty.git aaa first &&
		git push -q ../empty.git aaa)
'
test_expect_success 'what is wrong in the policy is told and left out; the rest is judged' '
	git init -q -b main ../wrong && (cd ../wrong && git batho hooks install -q && mkdir -p .batho/rules && put b.c "$conflict" && git add b.c &&
		for text in "[bogus]" "[hooks]\nonError = fail" "[rules]\nnosuch.severity = off" "[rules]\npacks = nosuch" "[check]\nfailOn = sometimes" "no setting"; do
			printf "$text\nx = 1\n[check]\nlargeFile = 7\n" >.batho/config.ini && git add .batho && stopped git commit -q -m x &&
			test_grep "^git-batho: pre-commit: .*(ignored)" ../err && test_grep ! unchecked ../err || return 1
		done &&
		git rm -q -f .batho/config.ini && for file in "Bad Name" keyed; do
			mkdir -p .batho/rules && printf ";; nosuch: x\n" >".batho/rules/$file.scm" && git add .batho && stopped git commit -q -m x &&
			test_grep "^git-batho: pre-commit: .batho/rules/$file.scm.*(ignored)" ../err && git rm -q -f ".batho/rules/$file.scm" || return 1
		done &&
		mkdir -p .batho/rules && printf ";; severity: error\n;; languages: c\n;; message: zork\n((identifier) @finding (#eq? @finding \"zork\"))\n" >.batho/rules/zork.scm &&
		printf ";; nosuch: x\n" >.batho/rules/a.scm && put z.c "int zork;" && git add . && stopped git commit -q -m x && test_grep "z.c:1:5: error: zork" ../err &&
		git rm -q -r -f .batho b.c && git -c batho.rules.packs=nosuch commit -q -m x 2>../err && test_grep "nosuch.*(ignored)" ../err)
'
test_expect_success 'the policy is that of the index, however often it was read' '
	git init -q -b main ../pol && (cd ../pol && git batho hooks install -q && mkdir -p .batho .git/batho && printf "[check]\nfailOn = never\n" >.batho/config.ini &&
		git add . && git commit -q --no-verify -m soft && for i in 1 2; do
			put p$i.c "$conflict" && git add p$i.c && git commit -q -m x 2>../err && test_grep conflict-marker ../err && test_path_is_file .git/batho/policy || return 1
		done &&
		printf "[check]\nfailOn = error\n" >.batho/config.ini && put b.c "$conflict" && git add b.c && git commit -q -m unstaged 2>/dev/null && put c.c "$conflict" &&
		git add . && stopped git commit -q -m x && stopped git commit -q -m x && for damage in "x" "batho policy 1 0000000000000000" ""; do
			echo "$damage" >.git/batho/policy && stopped git commit -q -m x && git -c index.version=4 update-index --index-version 4 && stopped git commit -q -m x || return 1
		done)
'
test_expect_success 'BATHO_SKIP names a rule' '
	put b.c "$conflict" && git add . && stopped git commit -q -m x && (BATHO_SKIP=conflict-marker && export BATHO_SKIP && passes git commit -q -m x) && git reset -q --hard HEAD~1
'
test_expect_success 'hazard 14: a check in the middle of a conflict' '
	git checkout -q -b side && put a.c side && git commit -q -a -m side && git checkout -q main && put a.c main && git commit -q -a -m main &&
	test_must_fail git merge side >/dev/null 2>&1 && test_might_fail git batho hooks run pre-commit 2>../err && test_grep ! goes.on ../err &&
	put z.c "$conflict" && git add z.c && test_expect_code 1 git batho check --staged >../out 2>../err && test_grep "z.c:1" ../out && test_grep ! "a.c" ../out &&
	test_grep "1 path with conflicts is not checked" ../err && git rm -q -f z.c && git merge --abort
'
test_expect_success OTHER_USER 'hazard 46: an index that cannot be written: checked without one' '
	git clone -q . ../ro && chown -R 65534 ../ro && mkdir -p ../nobody && chown 65534 ../nobody && (cd ../ro && as_other git batho hooks install -q && rm -rf .git/batho && mkdir .git/batho &&
		put a.c "$conflict" && chown 65534 a.c && as_other git add a.c && stopped as_other git -c user.name=n -c user.email=e commit -q -m x)
'
test_expect_success LOOP_MOUNT 'hazard 46: no room for the index' '
	git clone -q . ../full && (cd ../full && git batho hooks install -q && rm -rf .git/batho && mkdir .git/batho && mount -t tmpfs -o size=8k none .git/batho) &&
	test_when_finished "umount \"$TEST_TRASH/full/.git/batho\"" && (cd ../full && head -c 8000 /dev/zero >.git/batho/filler; put a.c "int x;" && git add . &&
		git commit -q -m x 2>../err && test "$(git log -1 --format=%s)" = x && test_line_count -le 2 ../err)
'
test_expect_success 'hazard 48: commits while the index is being made' '
	rm -rf .git/batho && (git batho index --quiet & put c.c "int c;" && git add . && passes git commit -q -m c; rc=$?; wait; exit $rc)
'
test_expect_success 'a damaged index is no reason to refuse' '
	git batho index --quiet && printf "%08192d" 0 | dd of=.git/batho/index.db bs=1 conv=notrunc 2>/dev/null && put d.c "int d;" && git add . && git commit -q -m d 2>../err &&
	test "$(git log -1 --format=%s)" = d
'
test_done
