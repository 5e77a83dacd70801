#!/bin/sh
test_description='pre-push, pre-receive and update judge what a push brings, all of it and nothing else'
# shellcheck source=tests/hooks/hooks-lib.sh
. "$(dirname "$0")/hooks-lib.sh"

# commit_file FILE LINE...: past pre-commit.
commit_file() {
	put "$@" && git add -- "$1" && test_tick && git commit -q --no-verify -m "$1"
}

test_expect_success 'a repository with a remote' '
	git init -q -b main --bare ../remote.git && git remote add origin ../remote.git && put f.c one && git add . &&
	git commit -q -m first && git batho hooks install -q && rm -f ../list
'
test_expect_success 'hazard 26: the first push, a new branch' '
	commit_file f.c BAD && (refused git push -q origin main) && judged "A f.c" &&
	commit_file f.c fine && passes git push -q origin main && judged "A f.c" &&
	git checkout -q -b new && commit_file n.c fine && passes git push -q origin new && judged "A n.c" &&
	git checkout -q main && git branch same main && passes git push -q origin same && judged
'
test_expect_success 'what was bad in between and is mended counts as mended' '
	commit_file f.c BAD && commit_file f.c mended && passes git push -q origin main && judged "M f.c" &&
	commit_file f.c BAD && commit_file f.c mended && passes git push -q origin main && judged
'
test_expect_success 'a file that goes away, one that moves' '
	commit_file away.c fine && git push -q origin main && rm -f ../list && git rm -q away.c && git mv f.c moved.c &&
	git commit -q --no-verify -m gone && passes git push -q origin main && judged "D away.c" "D f.c" "A moved.c" &&
	git mv moved.c f.c && git commit -q --no-verify -m back && git push -q origin main && rm -f ../list
'
test_expect_success 'hazard 18: a rebase that was continued escapes pre-commit, and not pre-push' '
	git checkout -q -b topic main && commit_file f.c topic && git checkout -q main && commit_file f.c main &&
	git push -q origin main && git checkout -q topic && test_must_fail git rebase main >/dev/null 2>&1 &&
	put f.c BAD && git add f.c && git -c core.editor=true rebase --continue >/dev/null 2>&1 &&
	(refused git push -q origin topic)
'
test_expect_success 'hazard 25: deleting a branch' '
	git checkout -q -f main && rm -f ../list && passes git push -q origin :same && judged
'
test_expect_success 'hazard 27: many references, the bad one last' '
	git checkout -q -b a-good main && commit_file good.c fine && git checkout -q -b z-bad main && commit_file bad.c BAD &&
	git checkout -q main && rm -f ../list && (refused git push -q origin a-good z-bad) &&
	judged "A good.c" "A bad.c" && git branch -q -D z-bad && git push -q origin a-good && rm -f ../list
'
test_expect_success 'hazard 28: forced, and the old id is not here' '
	git clone -q ../remote.git ../other && (cd ../other && commit_file o.c theirs && git push -q origin main) &&
	commit_file mine.c fine && rm -f ../list && test_must_fail git push -q origin main 2>/dev/null && rm -f ../list &&
	passes git push -q -f origin main && judged "A mine.c" && commit_file mine.c BAD &&
	(cd ../other && commit_file o.c again && git push -q -f origin main) && (refused git push -q -f origin main)
'
test_expect_success 'hazard 29: tags of commits, of blobs and trees' '
	git reset -q --hard && commit_file mine.c BAD again && git tag -a -m bad bad && git reset -q --hard HEAD~2 &&
	git tag -a -m good good && git tag -a -m blob blob :f.c && git tag light-blob :f.c && git tag tree HEAD^{tree} &&
	rm -f ../list && passes git push -q origin good blob light-blob tree && judged && (refused git push -q origin bad) &&
	git tag -d bad
'
test_expect_success 'hazard 30: nothing to push; a dry run' '
	git fetch -q && git reset -q --hard origin/main && rm -f ../list && passes git push -q origin main && judged &&
	commit_file f.c BAD dry && (refused git push -q --dry-run origin main) && git reset -q --hard HEAD~1 && rm -f ../list
'
test_expect_success 'merges: what comes from the other side is not new, what the merge makes is' '
	git checkout -q -b m1 main && commit_file m1.c fine && git checkout -q main && (cd ../other && git fetch -q &&
		git reset -q --hard origin/main && commit_file theirs.c BAD && git push -q origin main) &&
	git fetch -q && git checkout -q m1 && git merge -q --no-edit origin/main && rm -f ../list &&
	passes git push -q origin m1 && judged "A m1.c" &&
	git checkout -q -b m2 m1~1 && put both.c fine && git add . && git commit -q -m both &&
	git merge -q --no-commit origin/main 2>/dev/null; put both.c BAD && git add . && git commit -q --no-verify -m merge && rm -f ../list &&
	(refused git push -q origin m2) && judged "A both.c" && git checkout -q main && git merge -q --ff-only origin/main
'
test_expect_success 'an address without a name; a revision as source' '
	git init -q -b main --bare ../plain.git && rm -f ../list && git checkout -q -b plain main && commit_file p.c BAD &&
	(refused git push -q ../plain.git plain) && (refused git push -q ../plain.git HEAD:refs/heads/x) &&
	commit_file p.c fine && rm -f ../list && passes git push -q origin HEAD~0:refs/heads/y && judged "A p.c" && git checkout -q main
'
test_expect_success 'hazard 24: from a bare repository' '
	git clone -q --bare . ../from.git && (cd ../from.git && git batho hooks install -q --event pre-push &&
		git remote add there "$TEST_TOP/../plain.git" && rm -f ../list && (refused git push -q there main) &&
		(cd / && refused git --git-dir="$TEST_TOP/../from.git" push -q there main) &&
		passes git push -q there a-good)
'
test_expect_success 'hazard 31: from a shallow and from a partial clone' '
	git -C ../remote.git config uploadpack.allowFilter true && git -C ../remote.git config uploadpack.allowAnySHA1InWant true &&
	git clone -q --depth 1 "file://$PWD/../remote.git" ../shallow && git clone -q --filter=blob:none "file://$PWD/../remote.git" ../partial &&
	for clone in shallow partial; do
		(cd ../$clone && git batho hooks install -q && git checkout -q -b $clone && rm -f ../list && commit_file f.c $clone &&
			passes git push -q origin $clone && judged "M f.c" &&
			commit_file f.c BAD && (refused git push -q origin $clone)) || return 1
	done
'
test_expect_success 'hazard 33: three thousand references' '
	rm -rf ../many && git init -q -b main --bare ../many.git && a_repository ../many && (cd ../many && git remote add origin ../many.git &&
		awk "BEGIN { for (i = 0; i < 3000; i++) print \"create refs/heads/b\" i \" HEAD\" }" |
			sed "s/HEAD/$(git rev-parse HEAD)/" | git update-ref --stdin && rm -f ../list &&
		passes git push -q --mirror && judged "A f.c" "A g.c" && commit_file f.c BAD && git branch -f b2999 &&
		(refused git push -q --mirror) && judged "M f.c")
'
test_expect_success SHA256 'hazard 34: a sha256 repository' '
	git init -q -b main --object-format=sha256 --bare ../s.git && git init -q -b main --object-format=sha256 ../s && (cd ../s &&
		git remote add origin ../s.git && git batho hooks install -q && commit_file f.c fine && rm -f ../list &&
		passes git push -q origin main && judged "A f.c" && commit_file f.c BAD && (refused git push -q origin main) &&
		passes git push -q origin :nothing 2>/dev/null; git push -q origin main~1:refs/heads/x && passes git push -q origin :x)
'
test_expect_success 'odd names are pushed' '
	git checkout -q -b odd main && nl=$(printf "a\\nb.c") && commit_file "$nl" fine && commit_file "./-x.c" fine && commit_file "$(printf "t\\tb")" fine &&
	rm -f ../list && passes git push -q origin odd && test "$(wc -l <../list)" = 4 && commit_file "$nl" BAD && (refused git push -q origin odd) &&
	git checkout -q main
'
test_expect_success 'off, warn, BATHO_SKIP' '
	git checkout -q -b modes main && commit_file f.c BAD modes && git push -q origin modes 2>../err; test_grep BAD ../err &&
	git -c batho.hooks.pre-push.mode=warn push -q origin modes 2>../err && test_grep BAD ../err && test_grep "the push goes on" ../err &&
	commit_file f.c BAD modes 2 && passes git -c batho.hooks.pre-push.mode=off push -q origin modes &&
	commit_file f.c BAD modes 3 && (BATHO_SKIP=pre-push && export BATHO_SKIP && passes git push -q origin modes) && git checkout -q main
'

# ---- the server ----
test_expect_success 'pre-receive: new objects are seen in quarantine; refused is refused' '
	git init -q -b main --bare ../srv.git && (cd ../srv.git && git batho hooks install && test -x hooks/pre-receive && test_path_is_missing hooks/pre-commit) &&
	rm -f .git/hooks/pre-push ../list && git checkout -q main && commit_file theirs.c fine && commit_file f.c BAD server && test_must_fail git push -q ../srv.git main 2>../err &&
	test_grep "remote: .*BAD" ../err && git -C ../srv.git for-each-ref >../refs && test_must_be_empty ../refs &&
	commit_file f.c fine server && rm -f ../list && git push -q ../srv.git main && git checkout -q -b s2 && commit_file s.c fine &&
	rm -f ../list && git push -q ../srv.git s2 main && judged "A s.c" && git push -q ../srv.git :s2 && judged
'
test_expect_success 'update: a reference at a time' '
	git -C ../srv.git batho hooks uninstall && git -C ../srv.git batho hooks install --event update && git checkout -q -b u1 main && commit_file u.c fine &&
	git checkout -q -b u2 main && commit_file u.c BAD && test_must_fail git push -q ../srv.git u1 u2 2>../err && test_grep BAD ../err &&
	git -C ../srv.git for-each-ref --format="%(refname:short)" >../refs && printf "%s\\n" main u1 >../want && test_cmp ../want ../refs
'
test_done
