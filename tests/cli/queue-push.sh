#!/bin/sh
test_description='git batho queue push: remotes that move, refuse, hang or are away'
. "$(dirname "$0")/../lib/test-lib.sh"
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

# stranger FILE TEXT: somebody else pushes a file
stranger() {
	rm -rf ../stranger && git clone -q ../remote.git ../stranger && (
		cd ../stranger && echo "$2" >"$1" && git add "$1" && git commit -q -m "stranger: $1" && git push -q origin HEAD:main
	)
}

remote_main() {
	git --git-dir=../remote.git rev-parse refs/heads/main
}

# landed_once SUBJECT: it is in the remote's history exactly once
landed_once() {
	git --git-dir=../remote.git log --format=%B main | grep -c -- "$1" >count
	echo 1 >want && test_cmp want count
}

test_expect_success 'set-up' 'queue_setup && git config batho.batch.pushRetries 3'

test_expect_success 'a commit, a push, another commit, another push: the one push has both' '
	enqueue "one" a 1 one && git batho queue push -q && enqueue "two" b 1 two && git batho queue push >out &&
	test_grep "one with" out && git --git-dir=../remote.git config receive.advertisePushOptions true &&
	git --git-dir=../remote.git config core.logAllRefUpdates true &&
	flush && test "$(remote_main)" = "$(git rev-parse main)" && landed_once one && landed_once two &&
	git --git-dir=../remote.git reflog main >log && test_line_count = 1 log
'

test_expect_success 'a stranger was faster: everything of ours is folded onto his work, nothing of his is lost' '
	enqueue "mine" a 2 mine && flush && stranger his 1 && enqueue "mine too" b 2 mine2 && git batho queue push -q && flush &&
	test "$(remote_main)" = "$(git rev-parse main)" && landed_once "mine too" && landed_once "stranger: his" &&
	git rev-list --merges main >merges && test_must_be_empty merges &&
	git status --porcelain --untracked-files=no >out && test_must_be_empty out && test -f his
'

test_expect_success 'a stranger in conflict with what landed here: that action is parked, the others are pushed' '
	enqueue "clash" c 5 ours && enqueue "free" a 3 free && flush &&
	rm -rf ../stranger && git clone -q ../remote.git ../stranger &&
	(cd ../stranger && sed "5s/.*/theirs/" c >n && mv n c && git commit -q -am "stranger: c" && git push -q origin HEAD:main) &&
	git batho queue push -q && test_expect_code 1 git batho queue flush --now -q &&
	git batho queue log -n 3 --json >log && test_grep "\"state\":\"parked\".*\"subject\":\"clash\"" log &&
	landed_once free && landed_once "stranger: c" && git show main:c | sed -n 5p >line && echo theirs >want && test_cmp want line &&
	git batho queue cancel $(sed -n "s/.*\"id\":\([0-9]*\),.*parked.*/\1/p" log) -q
'

test_expect_success 'own commits by hand are not rewritten: both sides are merged' '
	echo hand >hand && git add hand && git commit -q -m "by hand" && hand=$(git rev-parse HEAD) &&
	stranger his2 2 && git batho queue push -q && flush &&
	test "$(remote_main)" = "$(git rev-parse main)" && git merge-base --is-ancestor $hand main && landed_once "stranger: his2"
'

test_expect_success 'what the remote has already is not pushed again' '
	git --git-dir=../remote.git reflog main >before && git batho queue push -q && flush &&
	git --git-dir=../remote.git reflog main >after && test_cmp before after
'

test_expect_success 'a server that says no: failed, with its words' '
	printf "#!/bin/sh\necho \"not on \\033[31mFridays\" >&2\nexit 1\n" >../remote.git/hooks/pre-receive &&
	chmod +x ../remote.git/hooks/pre-receive &&
	enqueue "refused" a 4 refused && git batho queue push -q && test_expect_code 1 git batho queue flush --now -q &&
	git batho queue log -n 2 >log && test_grep "failed .*Fridays" log && ! grep "$(printf "\033")" log &&
	rm ../remote.git/hooks/pre-receive &&
	id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	git batho queue retry $id -q && flush && landed_once refused
'

test_expect_success 'a remote that is away: tried a bounded number of times, then failed, and a retry works' '
	mv ../remote.git ../away.git && enqueue "patient" a 5 patient && git batho queue push -q &&
	git -c batho.batch.pushRetries=1 batho queue flush --now -q 2>err; mv ../away.git ../remote.git &&
	id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	expect_states $id failed $((id - 1)) landed &&
	git batho queue retry $id -q && flush && landed_once patient
'

test_expect_success 'the pre-push hook of the repository runs, and its no is a no' '
	mkdir -p .git/hooks && printf "#!/bin/sh\necho \"\$BATHO_QUEUE_PUSH\" >>hooked\nexit \$(cat verdict)\n" >.git/hooks/pre-push &&
	chmod +x .git/hooks/pre-push && echo 1 >verdict && enqueue "hooked" a 6 hooked && git batho queue push -q &&
	test_expect_code 1 git batho queue flush --now -q &&
	id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") && expect_states $id failed &&
	echo 0 >verdict && git batho queue retry $id -q && flush && landed_once hooked && rm .git/hooks/pre-push
'

test_expect_success 'pushes of different remotes and options stay apart' '
	git init -q --bare -b main ../second.git && git remote add second ../second.git &&
	git --git-dir=../remote.git config receive.advertisePushOptions true && enqueue "both" a 7 both &&
	git batho queue push >out1 && git batho queue push --remote second >out2 && git batho queue push -o ci.skip >out3 &&
	! grep "one with" out2 out3 && flush && test "$(git --git-dir=../second.git rev-parse main)" = "$(git rev-parse main)"
'

test_expect_success 'nothing is left behind' '
	git batho queue recover -q && no_pins && git fsck --strict 2>err && test_must_be_empty err
'

test_done
