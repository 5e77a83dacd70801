#!/bin/sh
test_description='queue.onCommit and queue.onPush: what hooks hand over to the queue, and what they leave to git'
# shellcheck source=tests/hooks/hooks-lib.sh
. "$(dirname "$0")/hooks-lib.sh"
BATHO_BATCH_AUTO_EXECUTE=manual
export BATHO_BATCH_AUTO_EXECUTE

# field ID NAME, from show --json
field() {
	git batho queue show "$1" --json | sed -n "s/.*\"record\":\"action\".*\"$2\":\"\([^\"]*\)\".*/\1/p"
}
# queued: how many actions there are
queued() {
	git batho queue log | wc -l | tr -d ' '
}
# change TEXT: a commit of one more line
change() {
	put f.c one "$1" three && git commit -q -a -m "$1" "${2:---quiet}"
}

test_expect_success 'set-up' '
	a_repository . && git init -q --bare -b main ../remote.git && git remote add origin ../remote.git &&
	git batho hooks install -q -e pre-commit,pre-push,post-commit && git push -q origin main && git branch agent && git worktree add -q ../agent agent
'

test_expect_success 'without the settings nothing is queued' '
	change plain && git push -q origin main && git -C ../agent commit -q --allow-empty -m plain &&
	test "$(queued)" = 0
'

test_expect_success 'onCommit: a commit in another branch is queued for the target, with its author and message' '
	git config batho.queue.onCommit main &&
	(cd ../agent && put new.c fresh && git add new.c && git commit -q -m "from the agent" --author "Ann Agent <ann@example.com>" 2>../err) &&
	test_grep "queued as 1 (commit to .main.)" ../err &&
	test "$(field 1 subject)" = "from the agent" && test "$(field 1 content)" = "$(git -C ../agent rev-parse HEAD)" &&
	git batho queue flush --now -q && git log -1 --format="%an %s" main >out && echo "Ann Agent from the agent" >want && test_cmp want out &&
	test "$(git show main:new.c)" = fresh
'

test_expect_success 'onCommit: ignored when the branch is the target; in no way a commit fails by it' '
	before=$(queued) && change mine && test "$(queued)" = "$before" &&
	git config batho.queue.onCommit nowhere && (cd ../agent && git commit -q --allow-empty -m x 2>../err) &&
	test_grep "cannot queue the commit: there is no branch .nowhere." ../err && test "$(queued)" = "$before" &&
	git config batho.queue.onCommit main
'

test_expect_success 'onCommit: a commit on no branch is queued too; what a rebase makes again is not' '
	before=$(queued) &&
	(cd ../agent && git checkout -q --detach && put det.c d && git add det.c && git commit -q -m detached 2>../err && git checkout -q agent) &&
	test_grep "queued as" ../err && test "$(queued)" = $((before + 1)) && git batho queue flush --now -q &&
	(cd ../agent && put r.c r && git add r.c && git -c batho.queue.onCommit= commit -q -m "to rebase" && git rev-parse HEAD >../old) &&
	before=$(queued) && (cd ../agent && git rebase -q --force-rebase main 2>../err && git rev-parse HEAD >../new) && ! cmp -s ../old ../new &&
	test "$(queued)" = "$before"
'

test_expect_success 'onPush: git push ends with status 1 and a number; again: the same; how to push at once is said' '
	git config --unset batho.queue.onCommit && git config batho.queue.onPush true && change pushed &&
	test_expect_code 1 git push origin main 2>../err && test_grep "queued as" ../err && test_grep "hint: .*git -c batho.queue.onPush=false push" ../err &&
	id=$(sed -n "s/.*queued as \([0-9]*\).*/\1/p" ../err) &&
	test_expect_code 1 git push origin main 2>../again && test_grep "queued as $id " ../again &&
	test "$(git ls-remote origin main | cut -f 1)" != "$(git rev-parse main)" &&
	git batho queue flush --now -q && test "$(git ls-remote origin main | cut -f 1)" = "$(git rev-parse main)" &&
	test "$(field $id state)" = completed
'

test_expect_success 'onPush: a push that failed is tried again by asking again, under its number' '
	change later && test_expect_code 1 git push origin main 2>../err && id=$(sed -n "s/.*queued as \([0-9]*\).*/\1/p" ../err) &&
	write_script ../remote.git/hooks/pre-receive <<-\EOT &&
	echo no today >&2
	exit 1
	EOT
	test_expect_code 1 git batho queue flush --now -q && test "$(field $id state)" = failed && rm ../remote.git/hooks/pre-receive &&
	test_expect_code 1 git push origin main 2>../err && test_grep "queued as $id " ../err && git batho queue flush --now -q &&
	test "$(field $id state)" = completed
'

test_expect_success 'onPush: false for once, and --no-verify, push at once' '
	before=$(queued) && change once && git -c batho.queue.onPush=false push -q origin main && change twice && git push -q --no-verify origin main &&
	test "$(git ls-remote origin main | cut -f 1)" = "$(git rev-parse main)" && test "$(queued)" = "$before"
'

test_expect_success 'onPush: tags, deletions, other names and what is forced are left to git' '
	before=$(queued) && git tag v1 && git push -q origin v1 && git push -q origin main:other && git push -q origin :other &&
	change forced && git -c batho.queue.onPush=false push -q origin main && git commit -q --amend -m rewritten &&
	git push -q --force origin main && test "$(git ls-remote origin main | cut -f 1)" = "$(git rev-parse main)" &&
	git tag v2 && change mixed && git push -q origin main v2 && test "$(queued)" = "$before"
'

test_expect_success 'onPush: what the gate refuses is not queued' '
	before=$(queued) && put f.c BAD && git commit -q --no-verify -a -m bad && refused git push origin main && test "$(queued)" = "$before" &&
	git reset -q --hard HEAD^
'

test_expect_success 'onPush: an address instead of a remote cannot be queued, and git pushes' '
	before=$(queued) && change address && git push -q ../remote.git main && test "$(queued)" = "$before" &&
	test "$(git ls-remote origin main | cut -f 1)" = "$(git rev-parse main)"
'

test_expect_success 'the executor starts behind a hook by itself, in its own environment' '
	unset BATHO_BATCH_AUTO_EXECUTE BATHO_EXEC_PATH && git batho hooks install -q &&
	git config batho.batch.window.push 0 && change "by itself" &&
	test_expect_code 1 git push origin main 2>../err &&
	id=$(sed -n "s/.*queued as \([0-9]*\).*/\1/p" ../err) &&
	for i in $(seq 1 600); do test "$(field $id state)" = completed && break; sleep 0.1; done && test "$(field $id state)" = completed &&
	test "$(git ls-remote origin main | cut -f 1)" = "$(git rev-parse main)"
'

test_done
