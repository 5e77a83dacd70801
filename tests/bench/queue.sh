#!/bin/sh
# What the queue costs, beside git commit on the same machine.
#
#	[QUEUE_PART="enqueue bulk log form land peer"] queue.sh
#
#	enqueue	one file, whole process, with 10 and with 100,000 rows (1,000 of them pending), beside `git commit --allow-empty` and
#		`git -c core.fsync=all commit`
#	bulk	20,000 pushes and workflows; 2,000 commits of one file
#	log	`git log --all` with 10,000 commits queued, beside the same without
#	form	a batch from 1,000 pending
#	land	100 agents' commits of one file each: folded, landed, pushed to a bare repository, as one push
#	peer	as many worktrees that each rebase and push until it works
#
# CPU and wall time in milliseconds. What is compared takes turns; medians of RUNS (15). Folding alone is fold.sh.
set -eu

build=${TEST_BUILD:-$(pwd)}
PATH=$build/git-batho:$build/tests/bench:$PATH
runs=${RUNS:-15}
parts=${QUEUE_PART:-enqueue bulk log form land peer}
agents=${QUEUE_AGENTS:-100}
scratch=$(mktemp -d)
HOME=$scratch GIT_CONFIG_NOSYSTEM=1 BATHO_BATCH_AUTO_EXECUTE=manual
GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=bench@example.org GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=bench@example.org
export PATH HOME GIT_CONFIG_NOSYSTEM BATHO_BATCH_AUTO_EXECUTE
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

row() { printf '%-52s %9s %9s %10s\n' "$@"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f x", a / b }'; }
# once NAME COMMAND...: wall and CPU of one run go to $scratch/NAME
once() {
	once_name=$1
	shift
	timing -1 "$@" >>"$scratch/$once_name" 2>/dev/null
}
# median NAME COLUMN
median() { cut -d ' ' -f "$2" "$scratch/$1" | sort -n | awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] }'; }

# repository DIR: 200 files and a bare remote.
repository() {
	git init -q -b main "$1"
	for i in $(seq 200); do
		seq 1 40 >"$1/file-$i"
	done
	(
		cd "$1" && git add . && git commit -q -m start && git init -q --bare -b main "../$1.git" &&
		git remote add origin "../$1.git" && git push -q origin main
	)
}

# requests KIND NR: lines for bulk
requests() {
	awk -v kind="$1" -v nr="$2" 'BEGIN {
		for (i = 0; i < nr; i++)
			if (kind == "push")
				printf "{\"kind\":\"push\",\"options\":[\"n%d\"]}\n", i
			else if (kind == "workflow")
				printf "{\"kind\":\"workflow\",\"file\":\"ci.yml\",\"fields\":{\"n\":\"%d\"}}\n", i
			else
				printf "{\"kind\":\"commit\",\"message\":\"commit %d\",\"paths\":[\"new-%d\"],\"agent\":\"agent-%d\"}\n", i, i, i % 100
	}'
}

# news NR: files for requests commit
news() {
	seq 0 $(($1 - 1)) | awk '{ f = "new-" $1; print $1 > f; close(f) }'
}

enqueue_at() { # NAME
	for _ in $(seq "$runs"); do
		echo x >>file-1
		once "$1" git batho queue commit -q -m bench -- file-1
		once empty git commit -q --allow-empty -m bench
		echo x >>file-2
		once full git -c core.fsync=all commit -q -m bench -- file-2
	done
}

bench_enqueue() {
	repository e && cd e
	enqueue_at few
	requests workflow 99000 | git batho queue bulk -q
	git batho queue pause -q
	enqueue_at many
	row "enqueue one file, 10 rows" "$(median few 1)" "$(median few 2)" ''
	row "enqueue one file, 100,000 rows" "$(median many 1)" "$(median many 2)" ''
	row "git commit --allow-empty" "$(median empty 1)" "$(median empty 2)" "CPU $(ratio "$(median few 2)" "$(median empty 2)")"
	row "git -c core.fsync=all commit, the same file" "$(median full 1)" "$(median full 2)" "wall $(ratio "$(median few 1)" "$(median full 1)")"
	cd ..
}

bench_bulk() {
	repository b && cd b && news 2000
	for kind in push workflow commit; do
		nr=20000
		test $kind != commit || nr=2000
		requests $kind $nr >../requests
		once bulk-$kind sh -c 'exec git batho queue bulk -q <../requests'
		row "bulk, $nr of $kind" "$(median bulk-$kind 1)" "$(median bulk-$kind 2)" \
			"$(awk -v n=$nr -v t="$(median bulk-$kind 1)" 'BEGIN { printf "%.0f/s", n * 1000 / t }')"
	done
	cd ..
}

bench_log() {
	repository l && cd l && news 10000
	for _ in $(seq "$runs"); do once log-before git log --all --oneline; done
	requests commit 10000 | git batho queue bulk -q
	for _ in $(seq "$runs"); do once log-after git log --all --oneline; done
	row "git log --all, nothing queued" "$(median log-before 1)" "$(median log-before 2)" ''
	row "git log --all, 10,000 commits queued" "$(median log-after 1)" "$(median log-after 2)" ''
	cd ..
}

bench_form() {
	repository f && cd f && news 1000
	requests commit 1000 | git batho queue bulk -q
	for _ in $(seq "$runs"); do
		once form git batho queue flush --now --dry-run -q
		once version git batho queue windows -q
	done
	row "plan of a batch from 1,000 pending, whole process" "$(median form 1)" "$(median form 2)" ''
	row "the same program without a queue" "$(median version 1)" "$(median version 2)" ''
	cd ..
}

bench_land() {
	repository a && cd a && git config batho.batch.maxSize 100 && git config batho.batch.check false
	for round in $(seq 5); do
		for i in $(seq 0 $((agents - 1))); do echo "$round $i" >"new-$i"; done
		requests commit "$agents" | git batho queue bulk -q
		git batho queue push -q
		rm -f new-*
		git checkout -q -- . 2>/dev/null || :
		once land git batho queue flush --now -q
	done
	test "$(git rev-parse main)" = "$(git ls-remote origin main | cut -f 1)"
	row "$agents agents: fold, land and push" "$(median land 1)" "$(median land 2)" "$(git --git-dir=../a.git rev-list --count main) commits"
	cd ..
}

# One agent without a queue: its own worktree, and tries until the push works.
racer() {
	cd "../racer-$1" && echo "$1" >"raced-$1" && git add "raced-$1" && git commit -q -m "raced $1" &&
		until git push -q origin HEAD:main 2>/dev/null; do
			echo . >>../attempts
			git fetch -q origin && git rebase -q origin/main 2>/dev/null || exit 1
		done
	echo . >>../attempts
}

bench_peer() {
	repository p && cd p && : >../attempts
	nr=${QUEUE_RACERS:-20}
	for i in $(seq "$nr"); do git worktree add -q --detach "../racer-$i" 2>/dev/null; done
	start=$(date +%s%N)
	for i in $(seq "$nr"); do (racer "$i") & done
	wait
	row "$nr worktrees racing rebase and push" "$((($(date +%s%N) - start) / 1000000))" - "$(wc -l <../attempts) pushes"
	cd ..
}

cd "$scratch"
row 'what' 'wall ms' 'CPU ms' ''
for part in $parts; do
	"bench_$part"
done
