#!/bin/sh
test_description='git batho queue: executors that wait, give way, meet errors, die; what is taken back'
. "$(dirname "$0")/../lib/test-lib.sh"
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

# automatic: executors start by themselves. manual: again nobody does.
automatic() {
	unset BATHO_BATCH_AUTO_EXECUTE
}
manual() {
	BATHO_BATCH_AUTO_EXECUTE=manual
	export BATHO_BATCH_AUTO_EXECUTE
}

# wait_for_state ID STATE: 20 s at most
wait_for_state() {
	for i in $(seq 1 200); do
		test "$(state "$1")" = "$2" && return 0
		sleep 0.1
	done
	expect_states "$1" "$2"
}

# nobody_runs: every executor has left
nobody_runs() {
	for i in $(seq 1 100); do
		git batho queue status --json >running && grep -q '"executing":false' running && return 0
		sleep 0.1
	done
	return 1
}

last_batch() {
	git batho queue log -n 1 --json | sed -n 's/.*"batch":\([0-9]*\),.*/\1/p'
}

test_expect_success 'set-up' 'queue_setup && git branch side'

test_expect_success 'an executor that waits for a window gives way: flush, batch, execute, undo need not wait for it' '
	automatic &&
	enqueue "waiting" a 1 waiting &&
	for i in $(test_seq 100); do	# it starts by itself, in its own time
		git batho queue status >out && grep -q "an executor is at work" out && break
		sleep 0.1
	done && test_grep "an executor is at work" out &&
	flush && expect_states 1 landed &&
	enqueue "formed" a 2 formed --delay 3600 && enqueue "soon" b 1 soon --priority 1 &&
	git batho queue batch --now >out && test_grep "^batch 2: planned, commit for main: 3 2$" out &&
	git batho queue execute 2 -q && expect_states 2 landed 3 landed &&
	git rev-parse HEAD >landed && git batho queue push --delay 3600 -q &&
	git batho queue undo 2 -q && git rev-parse HEAD >now && ! test_cmp landed now >/dev/null &&
	git batho queue cancel 4 -q && expect_states 2 canceled 3 canceled 4 canceled &&
	nobody_runs
'

test_expect_success 'what is queued while somebody flushes is not left lying' '
	git config batho.batch.window.commit 1 &&
	git config batho.batch.verify "sleep 1" &&
	manual && enqueue "slow" a 3 slow && automatic &&
	git batho queue flush --now -q &
	sleep 0.4 &&
	enqueue "meanwhile" b 3 meanwhile &&
	wait && id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	wait_for_state $id landed && git config --unset batho.batch.verify && nobody_runs && manual
'

test_expect_success 'an error in one batch: told, tried three times, then failed with its words; other lanes go on' '
	git config gpg.format ssh && git config user.signingKey "$PWD/no-such-key" &&
	git rev-parse HEAD >before &&
	enqueue "signed" a 4 signed --sign && id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	enqueue "plain" c 4 plain --target side &&
	test_expect_code 1 git batho queue flush --now 2>err >out &&
	test_grep "2 batches, 1 action done, 1 not" out &&
	expect_states $id failed $((id + 1)) landed &&
	field $id detail >why && test_grep "given up after 3 errors: cannot sign" why &&
	git rev-parse HEAD >after && test_cmp before after &&
	git batho queue retry $id -q && test_expect_code 1 git batho queue flush --now -q
'

test_expect_success 'a process that dies of its batch is not started for ever' '
	git config batho.batch.verify "kill -9 \$PPID" &&
	enqueue "deadly" a 5 deadly && id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	enqueue "deadly too" c 9 deadly --target side &&
	test_expect_code 1 git batho queue flush --now -q 2>err &&
	expect_states $id failed $((id + 1)) failed &&
	field $id detail >why && test_grep "its process ended with status 137" why &&
	git config --unset batho.batch.verify &&
	git batho queue retry $id -q && git batho queue retry $((id + 1)) -q && flush && expect_states $id landed $((id + 1)) landed
'

test_expect_success 'undo in a worktree that is busy is refused before anything is moved; later it works' '
	enqueue "taken back" a 6 back && flush && git rev-parse HEAD >landed && git rev-parse HEAD^ >before &&
	id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	: >.git/index.lock && test_expect_code 128 git batho queue undo $(last_batch) 2>err && rm .git/index.lock &&
	test_grep "index.lock" err &&
	git rev-parse HEAD >now && test_cmp landed now && expect_states $id landed &&
	git batho queue undo $(last_batch) && git rev-parse HEAD >now && test_cmp before now && expect_states $id canceled &&
	git status --porcelain --untracked-files=no >out && test_must_be_empty out
'

test_expect_success 'a push that waits for something by name is joined by nobody' '
	enqueue "later" a 7 later --delay 3600 && id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	git batho queue push --target side --after $id >out && test_grep "^queued as" out &&
	git batho queue push --target side >out && echo "queued as $((id + 2))" >want && test_cmp want out &&
	git batho queue cancel $id -q &&
	git batho queue status --json >out && test_grep "\"id\":$((id + 1)),.*\"state\":\"blocked\"" out &&
	flush && expect_states $((id + 1)) blocked $((id + 2)) completed && git batho queue cancel $((id + 1)) -q
'

test_expect_success 'a paused queue holds back what is formed as well; recover is a word to go on' '
	enqueue "formed" a 8 formed && git batho queue batch --now -q >out && id=$(sed -n "s/^batch .*: \([0-9]*\)$/\1/p" out) &&
	git batho queue pause -q && flush && expect_states $id batched &&
	git batho queue resume -q && flush && expect_states $id landed
'

test_expect_success 'a watch that is interrupted says so by its status' '
	git-batho queue status --watch >out &
	pid=$! && sleep 0.5 && kill -TERM $pid && test_expect_code 130 wait $pid && test_grep "open" out
'

test_expect_success 'dry-run of one batch shows that one' '
	enqueue "x" a 9 x && enqueue "y" c 14 y --target side && git batho queue batch --now -q &&
	batch=$(last_batch) && git batho queue execute $batch --dry-run >out && test_line_count = 1 out && test_grep "^batch $batch:" out && flush
'

test_expect_success 'what happened says who did it' '
	enqueue "asked" a 16 asked --agent asker && id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	git batho queue cancel $id -q --agent canceler && BATHO_AGENT=requeuer git batho queue requeue $id -q &&
	git batho queue show $id >out && test_grep "queued by asker: asked" out && test_grep "canceled by canceler" out &&
	test_grep "requeued by requeuer" out && flush
'

test_expect_success 'a key: the same words, or another request; bulk may be repeated after all of it landed' '
	change a 17 keyed && git batho queue commit -q -m "subject

body" --key W -- a && git batho queue commit -q -m "subject

body" --key W -- a &&
	test_expect_code 128 git batho queue commit -q -m "subject

other body" --key W -- a 2>err && test_grep "used for another request" err &&
	test_expect_code 128 git batho queue commit -q -m "subject

body" --author "Else <else@example.com>" --key W -- a 2>err && git checkout -q a && flush &&
	change b 17 bulk && echo "{\"kind\":\"commit\",\"message\":\"bulk\",\"paths\":[\"b\"],\"key\":\"B1\"}" >requests &&
	echo "{\"kind\":\"push\",\"key\":\"B2\"}" >>requests && git batho queue bulk <requests >first && git checkout -q b && flush &&
	git batho queue bulk <requests >second && test_cmp first second
'

test_expect_success 'commands start in the main worktree, whoever runs them, and get every field' '
	git config batho.workflow.many.command "env | grep -c ^BATHO_FIELD_ >\"$PWD/fields\"; pwd >>\"$PWD/places\"" &&
	git worktree add -q ../linked side && fields=$(for i in $(seq 1 100); do printf " -f k%s=%s" "$i" "$i"; done) &&
	(cd ../linked && git batho queue workflow many --ref main $fields -q && flush) && echo 100 >want && test_cmp want fields &&
	automatic && git config batho.batch.window.workflow 0 && (cd ../linked && git batho queue workflow many --ref main --wait --timeout 30 -q) &&
	manual && printf "%s\n%s\n" "$PWD" "$PWD" >want && test_cmp want places && git worktree remove ../linked
'

test_expect_success 'a conflict names the one it conflicts with, not the last that touched the file; or the branch' '
	git checkout -q -B many main && git checkout -q main && first=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	enqueue "partner" a 2 partner --target many && enqueue "bystander" a 11 bystander --target many &&
	enqueue "other bystander" a 19 other --target many && enqueue "conflicting" a 2 conflicting --target many &&
	test_expect_code 1 git batho queue flush --now -q && expect_states $((first + 1)) landed $((first + 3)) landed $((first + 4)) parked &&
	field $((first + 4)) detail >why && test_grep "conflict in a with action $((first + 1))$" why &&
	git batho queue cancel $((first + 4)) -q &&
	enqueue "bystander" a 7 aside --target many && enqueue "late" a 2 late --target many &&
	test_expect_code 1 git batho queue flush --now -q && field $((first + 6)) detail >why &&
	test_grep "conflict in a with commit $(git rev-parse --short=12 many^)$" why && git batho queue cancel $((first + 6)) -q
'

test_expect_success 'nothing is left behind' '
	git batho queue push -q && git batho queue push -q --target side && git batho queue push -q --target many && flush &&
	git batho queue recover -q && no_pins &&
	git fsck --strict 2>err && test_must_be_empty err
'

test_done
