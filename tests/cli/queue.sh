#!/bin/sh
test_description='git batho queue: queueing, looking, what lands, and what is refused'
. "$(dirname "$0")/../lib/test-lib.sh"
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

test_expect_success 'set-up' 'queue_setup'

test_expect_success 'an empty queue has nothing to say, and none is made' '
	git batho queue status >out &&
	echo "0 open" >want && test_cmp want out &&
	git batho queue log >out && test_must_be_empty out &&
	git batho queue stats --json >out && test_grep "\"agents\":0" out &&
	test_expect_code 1 git batho queue show 1 &&
	test_path_is_missing .git/batho/queue.db
'

test_expect_success 'commits of paths, folded into one, pushed once' '
	git rev-parse HEAD >before &&
	enqueue "first" a 1 one --agent bot-1 &&
	enqueue "second" b 1 two --agent bot-2 &&
	git batho queue push >out && echo "queued as 3" >want && test_cmp want out &&
	git batho queue push >out && echo "queued as 4, one with 3" >want && test_cmp want out &&
	git rev-parse HEAD >after && test_cmp before after &&
	flush &&
	expect_states 1 pushed 2 pushed 3 completed 4 completed &&
	git rev-list --count HEAD >out && echo 2 >want && test_cmp want out &&
	test "$(git rev-parse HEAD)" = "$(git ls-remote origin main | cut -f 1)" &&
	git log -1 --format=%B >message &&
	test_grep "^Squashed 2 commits$" message && test_grep "first" message && test_grep "second" message &&
	git log -1 --format="%(trailers:key=Batho-Action,valueonly)" | grep -c . >out && echo 2 >want && test_cmp want out
'

test_expect_success 'the worktree that has the branch checked out is brought along' '
	git status --porcelain --untracked-files=no >out && test_must_be_empty out &&
	test "$(sed -n 1p a)" = one && test "$(sed -n 1p b)" = two
'

test_expect_success 'no pins are left, and the repository is sound' '
	no_pins && git fsck --strict 2>err && test_must_be_empty err
'

test_expect_success 'what is queued is what lies there now: later edits do not leak in' '
	change a 5 early &&
	git batho queue commit -q -m early -- a &&
	change a 5 late &&
	flush &&
	git show HEAD:a >committed && test "$(sed -n 5p committed)" = early &&
	test "$(sed -n 5p a)" = late &&
	git checkout -q -- a
'

test_expect_success 'what others have staged is not swept in, and stays' '
	change b 7 staged && git add b &&
	enqueue "alone" a 7 alone &&
	flush &&
	git diff --name-only HEAD^ HEAD >out && echo a >want && test_cmp want out &&
	git diff --cached --name-only >out && echo b >want && test_cmp want out &&
	git reset -q --hard
'

test_expect_success 'two that change one file at different places both land' '
	enqueue "low" c 2 low && enqueue "high" c 18 high &&
	flush &&
	test "$(sed -n 2p c)" = low && test "$(sed -n 18p c)" = high
'

test_expect_success 'a conflict parks that one alone, with path and partner; its dependents are blocked' '
	enqueue "left" c 10 left && enqueue "right" c 10 right && enqueue "other" a 10 other &&
	id=$(git batho queue log -n 3 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p" | sed -n 2p) &&
	echo x >extra && git batho queue commit -q -m dependent --after "$id" -- extra && rm extra &&
	test_expect_code 1 git batho queue flush --now -q &&
	expect_states $((id - 1)) landed $id parked $((id + 1)) landed $((id + 2)) blocked &&
	field $id detail >out && test_grep "conflict in c with action $((id - 1))" out &&
	! git grep -q "<<<<<<<" HEAD &&
	test "$(sed -n 10p c)" = left && test "$(sed -n 10p a)" = other
'

test_expect_success 'canceling the cause leaves the dependent blocked; retry of a conflict meets it again' '
	id=$(git batho queue status --json | sed -n "s/.*\"id\":\([0-9]*\),.*\"state\":\"parked\".*/\1/p") &&
	git batho queue retry $id -q &&
	test_expect_code 1 git batho queue flush --now -q &&
	expect_states $id parked &&
	git batho queue cancel $id -q && expect_states $id canceled &&
	flush && expect_states $((id + 2)) blocked &&
	git batho queue cancel $((id + 2)) -q &&
	git batho queue status >out && test_grep "^0 open" out
'

test_expect_success 'the same key is the same action; another request under it is refused' '
	change a 3 keyed && git batho queue commit -m keyed --key K1 -- a >out &&
	git batho queue commit -m keyed --key K1 -- a >again &&
	id=$(sed -n "s/queued as //p" out) && echo "queued as $id, as before" >want && test_cmp want again &&
	test_expect_code 128 git batho queue commit -m other --key K1 -- a 2>err &&
	test_grep "key .K1. was used for another request: action $id" err &&
	git checkout -q -- a && flush &&
	git batho queue commit -m keyed --key K1 -- a >again && test_grep "^landed as $id" again
'

test_expect_success 'nothing to commit is said, and queues nothing' '
	test_expect_code 128 git batho queue commit -m nothing -- a 2>err && test_grep "nothing" err &&
	test_expect_code 128 git batho queue commit -m nothing 2>err && test_grep "nothing" err &&
	git batho queue status >out && test_grep "^0 open" out
'

test_expect_success 'deletions, modes, links and new files land as they are' '
	git rm -q --cached b && rm b && chmod +x c && ln -s a link && echo new >fresh &&
	git batho queue commit -q -m shapes -- b c link fresh &&
	git reset -q --hard && rm -f link fresh && flush &&
	git ls-tree HEAD | cut -f 2 | tr "\n" " " >out && printf "a c fresh link " >want && test_cmp want out &&
	git ls-tree HEAD c link | cut -d " " -f 1 | tr "\n" " " >out && printf "100755 120000 " >want && test_cmp want out &&
	git status --porcelain --untracked-files=no >out && test_must_be_empty out
'

test_expect_success '--target names another branch, which need not be checked out' '
	git branch side HEAD && git rev-parse HEAD >before &&
	enqueue "aside" a 12 aside --target side && flush &&
	git rev-parse HEAD >after && test_cmp before after &&
	git show side:a >out && test "$(sed -n 12p out)" = aside &&
	test_expect_code 128 git batho queue commit -m x --target nowhere -- a 2>err && test_grep "no branch .nowhere." err
'

test_expect_success 'merges: merge, squash, ff' '
	git batho queue merge side --target main -q && flush &&
	test "$(git rev-list --count --merges main)" -ge 1 && git merge-base --is-ancestor side main &&
	git checkout -q -b feature && echo f >f && git add f && git commit -q -m feature && git checkout -q main &&
	git batho queue merge feature --strategy squash -q && flush &&
	git show main:f >/dev/null && ! git merge-base --is-ancestor feature main &&
	git branch ahead main && git checkout -q ahead && echo g >g && git add g && git commit -q -m g && git checkout -q main &&
	git batho queue merge ahead --strategy ff -q && flush &&
	test "$(git rev-parse main)" = "$(git rev-parse ahead)"
'

test_expect_success 'undo takes back what is not pushed, and offers a revert for what is' '
	git rev-parse HEAD >before && enqueue "oops" a 13 oops && flush &&
	batch=$(git batho queue log -n 1 --json | sed -n "s/.*\"batch\":\([0-9]*\),.*/\1/p") &&
	git batho queue undo $batch -q && git rev-parse HEAD >after && test_cmp before after &&
	git status --porcelain --untracked-files=no >out && test_must_be_empty out &&
	git batho queue push -q && enqueue "kept" a 14 kept && git batho queue push -q && flush &&
	batch=$(git batho queue log -n 2 --json | sed -n "s/.*\"kind\":\"commit\".*\"batch\":\([0-9]*\),.*/\1/p") &&
	test_expect_code 128 git batho queue undo $batch 2>err && test_grep "it was pushed" err && test_grep "git revert" err
'

test_expect_success 'pause holds everything back; resume lets it go' '
	git batho queue pause -q && enqueue "later" a 15 later && flush &&
	git batho queue status >out && test_grep "1 open, paused" out &&
	git batho queue resume -q && flush && git batho queue status >out && test_grep "^0 open" out
'

test_expect_success 'urgent on: all that is queued from now on' '
	git batho queue urgent on -q && enqueue "quick" a 16 quick && git batho queue urgent off -q &&
	git batho queue status --json >out && test_grep "\"urgent\":true" out && flush
'

test_expect_success 'dry-run says what would be done and does nothing' '
	git rev-parse HEAD >before && enqueue "maybe" a 17 maybe &&
	git batho queue flush --now --dry-run >out && test_grep "^would commit for main:" out &&
	git rev-parse HEAD >after && test_cmp before after && flush
'

test_expect_success 'a workflow and a deployment run what the user has configured, with everything in the environment' '
	git config batho.deploy.site.command "printf \"%s|%s|%s\" \"\$BATHO_NAME\" \"\$BATHO_REF\" \"\$BATHO_KEY\" >\"$PWD/deployed\"" &&
	git config batho.workflow.ci.yml.command "printf %s \"\$BATHO_FIELD_LEVEL\" >\"$PWD/ran\"" &&
	git batho queue deploy site -q && git batho queue workflow ci.yml -f level=3 -q && flush &&
	test_grep "^site|refs/heads/main|[0-9a-f]*$" deployed && test "$(cat ran)" = 3 &&
	git batho queue deploy nowhere -q && test_expect_code 1 git batho queue flush --now -q &&
	git batho queue log -n 1 >out && test_grep "set batho.deploy.nowhere.command" out
'

test_expect_success 'tracked settings name no commands' '
	mkdir -p .batho && printf "version = 1\n[deploy \"evil\"]\ncommand = touch pwned\n" >.batho/config.ini && git add .batho &&
	git commit -q -m evil && git batho queue deploy evil -q && test_must_fail git batho queue flush --now -q &&
	test_path_is_missing pwned && git rm -q -r -f .batho && git commit -q -m good
'

test_expect_success 'values that are options, addresses or commands are refused' '
	for value in --upload-pack=x -x "ext::sh -c x" "../remote.git" "" "a b"; do
		test_must_fail git batho queue push --remote="$value" 2>err || return 1
	done &&
	for value in -x --all "a..b" "a b" "x:y" "+x" "^x" "@{1}" "refs/tags/v1"; do
		test_must_fail git batho queue commit -m x --target="$value" -- a 2>err || return 1
	done &&
	test_must_fail git batho queue merge -- --upload-pack=x 2>err &&
	test_must_fail git batho queue push --agent "$(printf "a\033[31m")" 2>err &&
	git batho queue status >out && test_grep "^0 open" out
'

test_expect_success 'usage: each wrong way has one line and 129' '
	for args in "" "nonsense" "show" "show x" "show 1 2" "commit" "commit -m x a" "commit -m x --all --staged" "urgent maybe" \
		"push --strategy ff" "merge" "cancel 0"; do
		test_expect_code 129 git batho queue $args 2>err || return 1
		test "$(grep -c "^git-batho:" err)" = 1 || return 1
	done
'

test_expect_success 'cancel and retry say what an action is' '
	test_expect_code 128 git batho queue cancel 1 2>err && test_grep "cannot cancel action 1: it is pushed" err &&
	test_expect_code 128 git batho queue retry 1 2>err && test_grep "cannot retry action 1: it is pushed" err &&
	test_expect_code 128 git batho queue cancel 9999 2>err && test_grep "no action 9999" err
'

test_expect_success 'an executor starts by itself; --wait stays until it landed' '
	unset BATHO_BATCH_AUTO_EXECUTE &&
	git config batho.batch.urgentWindow.commit 0 &&
	change a 19 waited && git batho queue commit -m waited --urgent --wait --timeout 60 -- a >out &&
	test_grep "^landed as" out && git show HEAD:a | sed -n 19p >line && echo waited >want && test_cmp want line &&
	git checkout -q -- a && BATHO_BATCH_AUTO_EXECUTE=manual && export BATHO_BATCH_AUTO_EXECUTE
'

test_expect_success 'bulk queues all or nothing' '
	for i in 1 2 3; do echo $i >new$i || return 1; done &&
	for i in 1 2 3; do echo "{\"kind\":\"commit\",\"message\":\"new $i\",\"paths\":[\"new$i\"]}" || return 1; done >requests &&
	echo "{\"kind\":\"push\"}" >>requests &&
	git batho queue bulk <requests >out && test_line_count = 4 out &&
	rm new? && flush && git ls-tree --name-only HEAD | grep -c "^new" >out && echo 3 >want && test_cmp want out &&
	git batho queue status --json >before &&
	printf "%s\n%s\n" "{\"kind\":\"push\"}" "{\"kind\":\"nonsense\"}" >requests &&
	test_expect_code 129 git batho queue bulk <requests 2>err && test_grep "line 2" err &&
	git batho queue status --json >after && test_cmp before after
'

test_expect_success 'the first commit of a repository, and the next one behind it' '
	test_create_repo ../born && cd ../born && echo one >a && git add a &&
	git batho queue commit -q -m first && timeout -s INT 60 git batho queue flush --now -q &&
	git rev-list --count HEAD >out && echo 1 >want && test_cmp want out &&
	git status --porcelain a >out && test_must_be_empty out &&
	echo two >b && git batho queue commit -q -m second -- b && timeout -s INT 60 git batho queue flush --now -q &&
	git rev-list --count HEAD >out && echo 2 >want && test_cmp want out
'

test_expect_success 'stats: CI runs saved' '
	git batho queue stats >out && test_grep "CI runs saved" out
'

test_expect_success 'at the end nothing is left behind' '
	git batho queue push -q && flush && git batho queue push --target side -q && flush &&
	git batho queue recover -q && no_pins && git fsck --strict 2>err && test_must_be_empty err
'

test_done
