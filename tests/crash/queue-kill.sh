#!/bin/sh
test_description='the queue is killed at every point, at every write and at random: nothing is lost, nothing lands twice'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/queue-lib.sh
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

# The program whose fault points kill it: tests/lib/fault_points.c.
PATH=$TEST_BUILD/tests/crash:$PATH
BATHO_EXEC_PATH=$TEST_BUILD/git-batho
BATHO_BATCH_CHECK=false
export PATH BATHO_EXEC_PATH BATHO_BATCH_CHECK

rounds=6
test -z "${TEST_LONG:-}" || rounds=${TEST_ROUNDS:-500}
seed=${TEST_SEED:-$$}

# A number below $1, from the seed.
random() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	random_number=$((seed / 65536 % $1))
}

number=0
# submit KEY: queues a file of its own, under a key, as often as it takes: a client that was killed asks again
submit() {
	echo "$1" >"file-$1" &&
	git batho queue commit -q -m "commit $1" --key "$1" --agent "agent-$((number % 3))" -- "file-$1" && rm "file-$1"
}

stranger() {
	number=$((number + 1))
	(
		cd ../stranger && git fetch -q && git reset -q --hard origin/main && echo "$number" >"stranger-$number" &&
		git add . && git commit -q -m "stranger $number" && git push -q origin HEAD:main
	) && echo "stranger $number" >>../expected
}

# killed POINT COMMAND...: it dies there, or the point is not on its way
killed() {
	killed_point=$1
	shift
	BATHO_FAULT=$killed_point "$@" >/dev/null 2>&1
	case $? in
	0 | 1 | 137) ;;
	*) return 1 ;;
	esac
}

# The end of every story: flushing works, and the remote has everything exactly once.
settle() {
	settle_pins=$1
	for settle_try in 1 2 3; do
		git batho queue flush --now -q && break
		test "$settle_try" != 3 || return 1
	done &&
	git batho queue push -q && flush && flush &&
	git --git-dir=../remote.git log --format=%B main |
		grep -o -E '(commit|stranger) [a-z]*-?[0-9]+(-[0-9]+)*' | sort >../have &&
	sort ../expected >../want && test_cmp ../want ../have &&
	git batho queue status >status && test_grep "^0 open" status &&
	git batho queue recover -q && { test "$settle_pins" = some || no_pins; } &&
	git fsck --strict 2>err && test_must_be_empty err &&
	git --git-dir=../remote.git fsck --strict 2>err && test_must_be_empty err
}

test_expect_success 'set-up' '
	queue_setup && git clone -q ../remote.git ../stranger && : >../expected &&
	git config batho.batch.pushRetries 20
'

for point in formed folded batch-pinned ref-intent ref-swapped refreshed landing-commit push-intent pushed push-commit; do
	test_expect_success "an executor that is killed at $point" '
		for i in 1 2 3; do
			number=$((number + 1)) && submit p-$number && echo "commit p-$number" >>../expected || return 1
		done &&
		git batho queue push -q && killed $point git batho queue flush --now -q &&
		git gc -q --prune=now && settle
	'

	test_expect_success "an executor that is killed at $point, and strangers push meanwhile" '
		for i in 1 2; do
			number=$((number + 1)) && submit s-$number && echo "commit s-$number" >>../expected || return 1
		done &&
		git batho queue push -q && killed $point git batho queue flush --now -q &&
		stranger && git gc -q --prune=now && settle
	'
done

for point in undo-intent undo-swapped; do
	test_expect_success "an undo that is killed at $point: it is written down, or it was never done; no lock is left" '
		number=$((number + 1)) && git rev-parse HEAD >before && submit u-$number && flush && git rev-parse HEAD >landed &&
		batch=$(git batho queue log -n 1 --json | sed -n "s/.*\"batch\":\([0-9]*\),.*/\1/p") &&
		killed $point git batho queue undo $batch && git gc -q --prune=now && git batho queue recover -q &&
		test_path_is_missing .git/index.lock && git status --porcelain --untracked-files=no >out && test_must_be_empty out &&
		git rev-parse HEAD >now && git batho queue log -n 1 >log &&
		if test $point = undo-swapped; then
			test_cmp before now && test_grep "canceled" log
		else
			test_cmp landed now && test_grep "landed" log && git batho queue undo $batch -q
		fi && settle
	'
done

test_lazy_prereq SSH_KEYGEN 'ssh-keygen is not installed' 'command -v ssh-keygen'

test_expect_success SSH_KEYGEN 'a signed result that was pinned is taken as it is: nobody signs twice' '
	git fetch -q && git reset -q --hard origin/main && ssh-keygen -q -t ed25519 -N "" -f ../key && printf "#!/bin/sh\necho x >>\"%s\"\nexec ssh-keygen \"\$@\"\n" "$PWD/../signed" >../signer &&
	chmod +x ../signer && : >../signed && git config gpg.format ssh && git config user.signingKey "$PWD/../key.pub" &&
	git config gpg.ssh.program "$PWD/../signer" && number=$((number + 1)) && echo g >"file-g-$number" &&
	git batho queue commit -q -S -m "commit g-$number" -- "file-g-$number" && rm "file-g-$number" &&
	echo "commit g-$number" >>../expected && killed batch-pinned git batho queue flush --now -q && git gc -q --prune=now &&
	settle && test_line_count = 1 ../signed && git cat-file commit HEAD | grep -q "^gpgsig" &&
	git config --unset gpg.ssh.program
'

for point in ref-intent ref-swapped; do
	test_expect_success "an executor that is killed at $point, and somebody commits here" '
		number=$((number + 1)) && submit h-$number && echo "commit h-$number" >>../expected &&
		killed $point git batho queue flush --now -q && rm -f .git/index.lock && git reset -q --hard &&
		number=$((number + 1)) && git commit -q --allow-empty -m "commit h-$number" && echo "commit h-$number" >>../expected &&
		git gc -q --prune=now && settle
	'

	test_expect_success "an executor that is killed at $point, and somebody takes the branch back" '
		number=$((number + 1)) && git commit -q --allow-empty -m "to be taken back" && submit t-$number &&
		id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") &&
		killed $point git batho queue flush --now -q && rm -f .git/index.lock &&
		git reset -q --hard origin/main && test_expect_code 1 git batho queue flush --now -q &&
		expect_states $id needs-human && ! git log --format=%B main | grep "commit t-$number" && settle some
	'
done

for point in back-intent back-swapped; do
	test_expect_success "an executor that is killed at $point, where the remote had moved" '
		number=$((number + 1)) && submit b-$number && echo "commit b-$number" >>../expected && flush && stranger &&
		git batho queue push -q && killed $point git batho queue flush --now -q && git gc -q --prune=now && settle
	'
done

for point in dispatch-intent dispatched; do
	test_expect_success "a deployment that is killed at $point: a probe knows, or nobody does" '
		git config batho.deploy.site.command "echo \$BATHO_KEY >>../deployed" &&
		git config batho.deploy.site.probe "grep -q \$BATHO_KEY ../deployed" && : >../deployed &&
		git batho queue deploy site -q && killed $point git batho queue flush --now -q &&
		flush && test_line_count = 1 ../deployed &&
		git config --unset batho.deploy.site.probe && : >../deployed &&
		git batho queue deploy site -q && killed $point git batho queue flush --now -q &&
		test_expect_code 1 git batho queue flush --now -q &&
		git batho queue log -n 1 >log && test_grep "unknown" log &&
		test "$(wc -l <../deployed)" -le 1
	'
done

test_expect_success 'an executor that is killed at each of its first writes and syncs of the queue' '
	for point in db-write db-sync; do
		for n in 1 2 3 5 8 13 21 34; do
			number=$((number + 1)) && submit w-$number && echo "commit w-$number" >>../expected &&
			git batho queue push -q && killed $point:$n git batho queue flush --now -q || return 1
		done
	done && settle
'

# A client that dies between pin and row leaves a pin, which goes after a while.
for point in captured pinned queued; do
	test_expect_success "a client that is killed when it has $point, and asks again" '
		number=$((number + 1)) &&
		echo c-$number >file-c-$number && killed $point git batho queue commit -q -m "commit c-$number" --key c-$number --agent "agent-$((number % 3))" -- file-c-$number &&
		git gc -q --prune=now && submit c-$number && echo "commit c-$number" >>../expected && settle some
	'
done

test_expect_success 'a client that is killed at each write and sync of the queue' '
	for point in db-write db-sync; do
		for n in 1 2 3 4 5 6; do
			number=$((number + 1)) && echo q-$number >file-q-$number &&
			killed $point:$n git batho queue commit -q -m "commit q-$number" --key q-$number --agent "agent-$((number % 3))" -- file-q-$number &&
			submit q-$number && echo "commit q-$number" >>../expected || return 1
		done
	done && settle some
'

# One step of a random story: something is queued, executed or collected, and killed somewhere on the way.
step() {
	random 6
	case $random_number in
	0 | 1)
		number=$((number + 1))
		echo "r-$number" >"file-r-$number"
		random 40
		timeout -s KILL "0.0$((random_number + 10))" \
			git batho queue commit -q -m "commit r-$number" --key "r-$number" --agent "agent-$((number % 3))" -- "file-r-$number" 2>/dev/null
		submit "r-$number" && echo "commit r-$number" >>../expected
		;;
	2) git batho queue push -q ;;
	3) stranger ;;
	4) git gc -q --prune=now ;;
	5)
		random 90
		timeout -s KILL "0.$((random_number + 10))" git batho queue flush --now -q 2>/dev/null
		:
		;;
	esac
}

test_expect_success "$rounds random stories (TEST_SEED=$seed)" '
	i=0 &&
	while test $i -lt $rounds; do
		i=$((i + 1)) && step && step && step && step || { echo "round $i"; return 1; }
		random 4
		test $random_number != 0 || settle some || { echo "round $i"; return 1; }
	done && settle some
'

test_done
