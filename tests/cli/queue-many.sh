#!/bin/sh
test_description='the queue with many clients, agents and executors at once'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/queue-lib.sh
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

# How many: TEST_LONG makes it whole.
clients=10 each=5 agents=12 rounds=4
test -z "${TEST_LONG:-}" || { each=200 agents=50 rounds=100; }

test_expect_success 'set-up' '
	queue_setup && BATHO_BATCH_CHECK=false && export BATHO_BATCH_CHECK && git config batho.batch.maxSize 100
'

test_expect_success "$clients processes x $each requests on one target: all are kept" '
	i=0 && while test $i -lt $clients; do
		i=$((i + 1))
		(
			n=0
			while test $n -lt $each; do
				n=$((n + 1))
				echo "$i $n" >"many-$i-$n" &&
				git batho queue commit -q -m "many $i $n" --agent "client-$i" -- "many-$i-$n" || exit 1
			done
		) 2>"../err-$i" &
	done && wait &&
	cat ../err-* >errors && test_must_be_empty errors &&
	git batho queue status --json | grep -c "\"record\":\"action\"" >have && echo $((clients * each)) >want && test_cmp want have &&
	rm many-* && flush && git log --format=%B main | grep -c "many [0-9]" >have && test_cmp want have &&
	git ls-tree --name-only main | grep -c "^many-" >have && test_cmp want have
'

test_expect_success "$agents agents in one checkout: each landed commit holds exactly its own file" '
	git config batho.batch.style stack &&
	i=0 && while test $i -lt $agents; do
		i=$((i + 1))
		(echo "$i" >"agent-$i" && git batho queue commit -q -m "agent $i" --agent "agent-$i" -- "agent-$i") 2>"../err-$i" &
	done && wait && cat ../err-* >errors && test_must_be_empty errors && rm agent-* && flush &&
	git log -n $agents --format="%s" --name-only main | paste -d " " - - - >have &&
	i=0 && while test $i -lt $agents; do
		i=$((i + 1)) && echo "agent $i  agent-$i"
	done | sort >want && sort have >sorted && test_cmp want sorted &&
	git config --unset batho.batch.style
'

test_expect_success "three executors at once, $rounds rounds: every effect once" '
	git config batho.deploy.site.command "echo x >>../deployed" && : >../deployed &&
	i=0 && while test $i -lt $rounds; do
		i=$((i + 1))
		enqueue "round $i" a 1 "round $i" && git batho queue deploy site -q && git batho queue push -q || return 1
		for executor in 1 2 3; do
			git batho queue flush --now -q 2>"../err-$executor" &
		done
		wait
	done && flush && test_line_count = $rounds ../deployed &&
	git --git-dir=../remote.git log --format=%B main | grep -c "^round [0-9]*$" >have && echo $rounds >want && test_cmp want have &&
	cat ../err-? | grep -v "another process executes this queue" >other; test_must_be_empty other
'

test_expect_success 'worktrees share the queue' '
	git worktree add -q ../linked -b linked && (
		cd ../linked && echo linked >from-linked && git batho queue commit -q -m "from linked" --target main -- from-linked &&
		rm from-linked
	) && flush && git show main:from-linked >have && echo linked >want && test_cmp want have &&
	git -C ../linked status --porcelain >out && test_must_be_empty out
'

test_expect_success 'a bare repository has a queue as well' '
	git clone -q --bare ../remote.git ../bare.git && side=$(git rev-parse linked) && (
		cd ../bare.git && git config user.name A && git config user.email a@example.com &&
		git fetch -q "$OLDPWD" linked:linked &&
		git batho queue merge linked --target main -q && git batho queue flush --now -q &&
		git merge-base --is-ancestor linked main
	)
'

test_expect_success OTHER_USER 'a repository that cannot be written is refused in one line' '
	git clone -q ../remote.git ../theirs && mkdir -p ../nobody && chown -R 65534:65534 ../theirs ../nobody && chmod a+rx .. &&
	chmod -R a-w ../theirs && cd ../theirs && test_expect_code 128 as_other git batho queue push 2>../err &&
	test "$(grep -c "^git-batho: " ../err)" = 1 && test_path_is_missing .git/batho
'

test_expect_success 'an executor that is stopped holds the others back, and goes on' '
	enqueue "stopped" a 2 stopped && git config batho.batch.verify "sleep 1" &&
	{ git batho queue flush --now -q & } && executor=$! && sleep 0.3 && kill -STOP $executor &&
	test_expect_code 128 git batho queue flush --now -q 2>err && test_grep "another process" err &&
	kill -CONT $executor && wait $executor; git config --unset batho.batch.verify &&
	git log --format=%s main | grep -c "^stopped$" >have && echo 1 >want && test_cmp want have
'

test_expect_success 'nothing is left behind' '
	git batho queue push -q && flush && git batho queue recover -q && no_pins && git fsck --strict 2>err && test_must_be_empty err
'

test_done
