#!/bin/sh
test_description='git batho queue: bulk and its limits, waiting, what comes after what, delays, names of targets'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/queue-lib.sh
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

BATHO_BATCH_CHECK=false && export BATHO_BATCH_CHECK

test_expect_success 'set-up' 'queue_setup && git branch side'

open_nr() {
	git batho queue status --json | grep -c "\"record\":\"action\""
}

# --- bulk ---

# bulk_refused WHY: the requests are in ../requests; nothing is queued, and one line says why
bulk_refused() {
	before=$(open_nr)
	test_expect_code "${2:-129}" git batho queue bulk <../requests >../out 2>../err &&
		test_must_be_empty ../out && test "$(grep -c "^git-batho: " ../err)" = 1 && test_line_count -le 2 ../err &&
		test_grep "$1" ../err && test "$(open_nr)" = "$before"
}

test_expect_success 'bulk: what is wrong with a request is told with its line' '
	while read -r why request; do
		printf "%s\n\n%s\n" "{\"kind\":\"push\"}" "$request" >../requests &&
		bulk_refused "line 3: .*$(echo "$why" | tr _ " ")" || { echo "$request"; cat ../err; return 1; }
	done <<-\EOT
	no_JSON nonsense
	no_JSON {"kind":"push"
	no_JSON {"kind":"push","priority":01}
	it_is_no_object ["push"]
	something_behind {"kind":"push"}{"kind":"push"}
	stands_there_twice {"kind":"push","kind":"merge"}
	.kind._is_missing {}
	.kind._is_missing {"kind":null}
	.kind._is_not_commit {"kind":"Push"}
	.kind._is_not_a_string {"kind":1}
	.nonsense._is_not_known {"kind":"push","nonsense":1}
	.message._is_not_known {"kind":"push","message":"m"}
	.Remote._is_not_known {"kind":"push","Remote":"origin"}
	.priority._is_not_between {"kind":"push","priority":101}
	.priority._is_not_a_whole {"kind":"push","priority":1.5}
	.delay._is_not_between {"kind":"push","delay":-1}
	.delay._is_not_between {"kind":"push","delay":604801}
	.urgent._is_not_true {"kind":"push","urgent":"yes"}
	.after._is_not_a_list {"kind":"push","after":1}
	.after._is_not_between {"kind":"push","after":[0]}
	a_commit_needs {"kind":"commit","message":"m"}
	a_commit_needs {"kind":"commit","message":"m","paths":[]}
	a_commit_needs {"kind":"commit","paths":["a"]}
	.paths._is_not_a_list {"kind":"commit","message":"m","paths":[1]}
	a_merge_needs {"kind":"merge"}
	.strategy._is_not_merge {"kind":"merge","source":"side","strategy":"rebase"}
	a_workflow_needs {"kind":"workflow"}
	a_deployment_needs {"kind":"deploy"}
	.fields._is_not_an_object {"kind":"workflow","file":"f","fields":{"a":1}}
	.a=b.*has_a {"kind":"workflow","file":"f","fields":{"a=b":"c"}}
	.fields._is_not_known {"kind":"deploy","name":"n","fields":{}}
	not_the_name_of_a_branch {"kind":"push","target":"-x"}
	begins_with {"kind":"push","remote":"--upload-pack=x"}
	the_agent_is_empty {"kind":"push","agent":""}
	is_not_one_line {"kind":"push","agent":"a\nb"}
	EOT
'

test_expect_success 'bulk: bytes that are no text' '
	printf "{\"kind\":\"push\"}\n{\"kind\":\"push\",\"agent\":\"\\377\"}\n" >../requests && bulk_refused "line 2: it is not UTF-8" &&
	printf "{\"kind\":\"push\"}\n{\"kind\":\"push\",\"agent\":\"a\\0b\"}\n" >../requests && bulk_refused "line 2: there is a NUL" &&
	printf "{\"kind\":\"push\",\"agent\":\"a\\\\u0000b\"}\n" >../requests && bulk_refused "line 1: a NUL" &&
	awk "BEGIN { printf \"{\\\"kind\\\":\"; for (i = 0; i < 100000; i++) printf \"[\" }" >../requests && bulk_refused "nested deeper" &&
	awk "BEGIN { printf \"{\\\"kind\\\":\\\"push\\\",\\\"agent\\\":\\\"\"; for (i = 0; i < 1025; i++) printf \"a\"; print \"\\\"}\" }" >../requests &&
	bulk_refused "the agent is too long"
'

test_expect_success 'bulk: what is not there' '
	echo "{\"kind\":\"push\",\"target\":\"nowhere\"}" >../requests && bulk_refused "line 1: there is no branch .nowhere." 128 &&
	echo "{\"kind\":\"push\",\"remote\":\"nowhere\"}" >../requests && bulk_refused "line 1: .*nowhere" 128 &&
	echo "{\"kind\":\"push\",\"after\":[999]}" >../requests && bulk_refused "line 1: cannot wait for action 999" 128 &&
	echo "{\"kind\":\"merge\",\"source\":\"nowhere\"}" >../requests && bulk_refused "nowhere" 128 &&
	echo "{\"kind\":\"commit\",\"message\":\"m\",\"paths\":[\"nowhere\"]}" >../requests && bulk_refused "nowhere" 128
'

test_expect_success 'bulk: nothing is nothing, blank lines are none' '
	git batho queue bulk </dev/null >out && test_must_be_empty out &&
	printf "\n \n\t\r\n" | git batho queue bulk >out && test_must_be_empty out &&
	test "$(open_nr)" = 0 && test_expect_code 129 git batho queue bulk x </dev/null 2>err && test_line_count -le 2 err
'

test_expect_success 'bulk: the last line needs no end, CRLF is fine, and each answer belongs to its line' '
	echo one >one && echo two >two &&
	printf "%s\r\n%s\r\n%s" "{\"kind\":\"commit\",\"message\":\"one\",\"paths\":[\"one\"],\"key\":\"k1\"}" \
		"{\"kind\":\"push\",\"urgent\":true,\"priority\":7,\"options\":[\"ci.skip\"]}" \
		"{\"kind\":\"commit\",\"message\":\"two\",\"paths\":[\"two\"],\"agent\":\"bot\",\"trailers\":[\"Fixes: 7\"]}" >../requests &&
	git batho queue bulk --json <../requests >out && rm one two &&
	sed -n "s/.*\"record\":\"queued\".*\"id\":\([0-9]*\),\"kind\":\"\([a-z]*\)\".*/\1 \2/p" out >have &&
	printf "1 commit\n2 push\n3 commit\n" >want && test_cmp want have &&
	git batho queue show 2 --json >out && test_grep "\"urgent\":true" out && test_grep "\"priority\":7" out &&
	test "$(field 3 agent)" = bot
'

test_expect_success 'bulk: a key that is known gives the same number; the others of that bulk are queued all the same' '
	echo one >one &&
	printf "%s\n%s\n" "{\"kind\":\"commit\",\"message\":\"one\",\"paths\":[\"one\"],\"key\":\"k1\"}" "{\"kind\":\"deploy\",\"name\":\"x\"}" |
		git batho queue bulk >out && rm one && printf "1\n4\n" >want && test_cmp want out &&
	printf "%s\n%s\n" "{\"kind\":\"deploy\",\"name\":\"y\"}" "{\"kind\":\"deploy\",\"name\":\"z\",\"key\":\"k1\"}" >../requests &&
	bulk_refused "line 2: the key .k1. was used for another request: action 1" 128 &&
	printf "%s\n%s\n" "{\"kind\":\"deploy\",\"name\":\"y\",\"key\":\"k2\"}" "{\"kind\":\"deploy\",\"name\":\"y\",\"key\":\"k2\"}" |
		git batho queue bulk >out && printf "5\n5\n" >want && test_cmp want out &&
	git batho queue cancel 4 -q && git batho queue cancel 5 -q && git --git-dir=../remote.git config receive.advertisePushOptions true &&
	flush && expect_states 1 pushed 2 completed 3 pushed && git log --format=%B -1 main >out && test_grep "Fixes: 7" out
'

test_expect_success 'bulk: more than 100,000 requests are refused' '
	awk "BEGIN { for (i = 0; i <= 100000; i++) print \"{\\\"kind\\\":\\\"push\\\"}\" }" >../requests &&
	bulk_refused "line 100001: more than 100000 requests" 128
'

# Others have landed since: HEAD is another one, and the file is changed still.
test_expect_success 'a key asked for again after others landed is the same action; other content is another request' '
	echo again >again && git batho queue commit -m again --key A -- again >out && id=$(sed "s/.* //" out) &&
	mv again ../again && enqueue other c 5 other --agent other && flush && mv ../again again &&
	expect_states $id landed && git batho queue commit -m again --key A -- again >out && test_grep "^landed as $id" out &&
	echo more >more && git batho queue commit -m more --key M --delay 600 -- more >out && id=$(sed "s/.* //" out) &&
	enqueue third c 6 third && git batho queue flush -q && sleep 0.1 && git batho queue commit -m more --key M -- more >out &&
	test_grep "^queued as $id, as before" out &&
	echo "{\"kind\":\"commit\",\"message\":\"more\",\"paths\":[\"more\"],\"key\":\"M\"}" | git batho queue bulk >out &&
	echo $id >want && test_cmp want out && echo "even more" >more &&
	test_expect_code 128 git batho queue commit -m more --key M -- more 2>err && test_grep "another request: action $id" err &&
	rm again more && git checkout -q -- . && flush
'

test_expect_success 'bulk again: what has landed since is what it was' '
	echo k1 >k1 && echo k2 >k2 &&
	for k in k1 k2; do
		echo "{\"kind\":\"commit\",\"message\":\"$k\",\"paths\":[\"$k\"],\"key\":\"bulk-$k\"}" || return 1
	done >../requests && git batho queue bulk <../requests >first && flush && git batho queue bulk <../requests >second &&
	test_cmp first second && test "$(open_nr)" = 0
'

# --- waiting ---

test_expect_success '--wait=pushed: landed is not enough; --timeout ends the wait with 1' '
	change a 1 waits && start=$(date +%s) &&
	test_expect_code 1 git batho queue commit -m waits --wait=pushed --timeout 1 -- a >out && test $(($(date +%s) - start)) -ge 1 &&
	test_grep "^queued as" out && id=$(sed "s/.* //" out) && git checkout -q -- a && flush && expect_states $id landed &&
	echo x >x && git batho queue commit -m x --key X -- x >out && id=$(sed "s/.* //" out) && flush &&
	git batho queue commit -m x --key X --wait --timeout 5 -- x >out && test_grep "^landed as $id" out &&
	test_expect_code 1 git batho queue commit -m x --key X --wait=pushed --timeout 1 -- x >out && test_grep "^landed as $id" out &&
	git batho queue push -q && flush && git batho queue commit -m x --key X --wait=pushed --timeout 5 -- x >out &&
	test_grep "^pushed as $id" out && test_expect_code 129 git batho queue push --wait=never 2>err && test_expect_code 129 git batho queue push --timeout -1 2>err
'

test_expect_success '--wait=pushed stays until somebody pushes it' '
	echo p >p && { git batho queue commit -m p --wait=pushed --timeout 60 -- p >../waited; echo $? >../status; } & waiter=$! &&
	i=0 && while test "$(open_nr)" = 0 && test $i -lt 100; do i=$((i + 1)) && sleep 0.1; done &&
	flush && git batho queue push -q && flush && wait $waiter; rm -f p
	test "$(cat ../status)" = 0 && test_grep "^pushed as" ../waited
'

test_expect_success '--wait ends with 1 where nothing better comes: parked, blocked, failed, canceled' '
	enqueue left b 10 left && enqueue right b 10 right && echo d >d &&
	id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	git batho queue commit -q -m dependent --key D --after $id -- d && test_expect_code 1 git batho queue flush --now -q &&
	test_expect_code 1 git batho queue commit -m dependent --key D --wait --timeout 30 -- d >out && test_grep "^blocked as" out &&
	git batho queue cancel $((id + 1)) -q && git batho queue cancel $id -q &&
	test_expect_code 1 git batho queue commit -m dependent --key D --wait --timeout 30 -- d >out && test_grep "^canceled as" out && rm d
'

# --- after ---

test_expect_success 'a chain of --after lands in its order, whatever the priorities' '
	git config batho.batch.style stack && echo 1 >f1 && echo 2 >f2 && echo 3 >f3 &&
	one=$(git batho queue commit -m "chain 1" --priority -50 -- f1 | sed "s/.* //") &&
	two=$(git batho queue commit -m "chain 2" --after $one --priority 50 -- f2 | sed "s/.* //") &&
	three=$(git batho queue commit -m "chain 3" --after $two --after $one --urgent -- f3 | sed "s/.* //") && rm f1 f2 f3 && flush &&
	git log -3 --format=%s main >have && printf "chain 3\nchain 2\nchain 1\n" >want && test_cmp want have &&
	git config --unset batho.batch.style
'

test_expect_success 'a chain through kinds and branches: a deployment after a push after a commit' '
	git config batho.deploy.site.command "git --git-dir=\"$TEST_TRASH/remote.git\" log -1 --format=%s side >\"$TEST_TRASH/deployed\"" &&
	change c 3 chained && commit=$(git batho queue commit -m "for side" --target side -- c | sed "s/.* //") && git checkout -q -- c &&
	push=$(git batho queue push --target side --after $commit | sed "s/.* //") &&
	deploy=$(git batho queue deploy site --after $push | sed "s/.* //") && flush &&
	expect_states $commit pushed $push completed $deploy completed && echo "for side" >want && test_cmp want ../deployed
'

test_expect_success 'when one of a chain fails, all behind it are blocked, and freed by a retry' '
	git config batho.deploy.one.command "test -f \"$TEST_TRASH/ready\"" && git config batho.deploy.two.command true &&
	one=$(git batho queue deploy one | sed "s/.* //") && two=$(git batho queue deploy two --after $one | sed "s/.* //") &&
	three=$(git batho queue deploy two --after $two | sed "s/.* //") && test_expect_code 1 git batho queue flush --now -q &&
	expect_states $one failed $two blocked $three blocked && field $two detail >out && test_grep "waits for action $one" out &&
	: >../ready && git batho queue retry $one -q && flush && expect_states $one completed $two completed $three completed
'

test_expect_success '--after: numbers that are none, too many of them' '
	for id in 0 -1 x 1x "" 99999999999999999999; do
		test_expect_code 129 git batho queue push --after "$id" 2>err || return 1
	done &&
	test_expect_code 128 git batho queue push --after 99999 2>err && test_grep "cannot wait for action 99999" err &&
	set -- && for i in $(test_seq 1001); do set -- "$@" --after=1; done &&
	test_expect_code 128 git batho queue push "$@" 2>err && test_grep "waits for 1000 others at most" err
'

# A push that waits for something, and one that waits for nothing.
test_expect_success 'who names nothing to wait for does not wait for what another one named' '
	git config batho.deploy.never.command false && git batho queue deploy never -q && test_expect_code 1 git batho queue flush --now -q &&
	failed=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
	waits=$(git batho queue push --after $failed | sed "s/.* //") && git batho queue push >out && test_grep ! "one with" out &&
	free=$(sed "s/.* //" out) && flush && expect_states $waits blocked $free completed && git batho queue cancel $waits -q
'

# --- delay ---

test_expect_success '--delay holds it back though the window is over; flush --now does not wait' '
	git config batho.batch.window.commit 0 && change a 2 late && git batho queue commit -m late --delay 2 -- a >out &&
	id=$(sed "s/.* //" out) && git checkout -q -- a && git batho queue flush -q && expect_states $id queued &&
	git batho queue status >out && test_grep "waiting\|queued" out && sleep 2 && git batho queue flush -q && expect_states $id landed &&
	change a 2 later && git batho queue commit -m later --delay 600 -- a >out && id=$(sed "s/.* //" out) && git checkout -q -- a &&
	flush && expect_states $id landed && git config --unset batho.batch.window.commit &&
	for delay in -1 604801 x 1.5; do
		test_expect_code 129 git batho queue push --delay $delay 2>err || return 1
	done
'

# --- targets ---

test_expect_success 'main, heads/main and refs/heads/main are one branch' '
	git batho queue push --target main >out && id=$(sed "s/.* //" out) &&
	for target in heads/main refs/heads/main main; do
		git batho queue push --target $target >out && test_grep "one with $id" out || return 1
	done &&
	git batho queue push >out && test_grep "one with $id" out && git batho queue push --target side >out && test_grep ! "one with" out &&
	test "$(field $id target)" = refs/heads/main &&
	echo "{\"kind\":\"push\",\"target\":\"heads/main\"}" | git batho queue bulk --json >out && test_grep "\"joined\":$id" out && flush
'

test_expect_success 'nothing is left behind' '
	git batho queue push -q && flush && git batho queue push -q --target side && flush && git batho queue status >out &&
	test_grep "^0 open" out && git batho queue recover -q && no_pins && git fsck --strict 2>err && test_must_be_empty err
'

test_expect_success 'an option of another subcommand is refused, not passed over' '
	for words in "status --strategy ff" "push -m x" "log --watch" "commit -m x --remote origin" "pause --now" "deploy x --field a=b" "merge x -S --staged"; do
		test_expect_code 129 git batho queue $words >out 2>err && test_must_be_empty out && test_grep "^git-batho: .git batho queue [a-z]*. has no option" err || return 1
	done
'

test_done
