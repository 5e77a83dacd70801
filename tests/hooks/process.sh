#!/bin/sh
test_description='hooks that are slow, killed, interrupted, without a home, a terminal, permissions or room'
# shellcheck source=tests/hooks/hooks-lib.sh
. "$(dirname "$0")/hooks-lib.sh"

# in_own_group COMMAND...: in the background, leading a process group; its id is in $group.
in_own_group() {
	setsid "$@" >../bg.out 2>../bg.err </dev/null &
	group=$!
}
snapshot() {
	git ls-files -s >"../$1.index" && find . -path ./.git -prune -o -type f -exec cksum {} + | sort >"../$1.tree" && git stash list >"../$1.stash"
}

test_expect_success 'a repository' '
	put f.c one && git add . && git commit -q -m one && git batho hooks install -q && git init -q -b main --bare ../r.git && git remote add r ../r.git
'
test_expect_success 'hazard 4: killed in the middle: nothing changed, nothing locked, the next one works' '
	put f.c two && put u.c untracked && git add f.c && put f.c three && snapshot before &&
	(BATHO_TEST_SLEEP=20 && export BATHO_TEST_SLEEP && in_own_group git commit -q -m x && sleep 2 && kill -9 -$group; wait $group; true) &&
	snapshot after && for p in index tree stash; do test_cmp ../before.$p ../after.$p || return 1; done &&
	test_path_is_missing .git/index.lock && git log -1 --format=%s >../out && echo one >../want && test_cmp ../want ../out && passes git commit -q -m two
'
test_expect_success 'hazard 5: interrupted: refused without many words' '
	put f.c four && git add f.c && (BATHO_TEST_SLEEP=20 && export BATHO_TEST_SLEEP && git_pid= && in_own_group git commit -q -m x && sleep 2 &&
		kill -INT -$group; wait $group; test $? -ne 0) && test_line_count -le 1 ../bg.err && test_path_is_missing .git/index.lock && passes git commit -q -m four
'
test_expect_success 'hazard 32: the time is over: warned and passed, or refused' '
	put f.c five && git add f.c && (BATHO_TEST_SLEEP=20 && export BATHO_TEST_SLEEP && test_expect_code 1 timeout 15 git -c batho.hooks.timeout=1 \
		-c batho.hooks.onTimeout=fail commit -q -m x 2>../err && test_grep "pre-commit: not done within 1 seconds; the commit is refused" ../err &&
		timeout 15 git -c batho.hooks.timeout=1 -c batho.hooks.onError=fail commit -q -m five 2>../err && test_grep "goes on unchecked" ../err && test_line_count = 1 ../err &&
		timeout 15 git -c batho.hooks.timeout=1 push -q r main 2>../err && test_grep "pre-push: not done within 1 seconds; the push goes on unchecked" ../err)
'
test_expect_success 'an error when the time is over already counts as that' '
	indexer=$(command -v git-batho-indexer) && echo nonsense >../stdin && for on in TIMEOUT ERROR; do
		env BATHO_HOOKS_ON_$on=fail "$indexer" hooks --started=1 pre-push r ../r.git <../stdin 2>../err; echo $? && test_grep "not done within 60 seconds" ../err >&2 || return 1
	done >../out && printf "%s\n" 1 0 >../want && test_cmp ../want ../out &&
	test_expect_code 1 env BATHO_HOOKS_ON_ERROR=fail "$indexer" hooks pre-push r ../r.git <../stdin 2>../err && test_grep "list of what is pushed" ../err
'
test_expect_success 'an error inside: warned and passed, or refused' '
	put f.c six && git add f.c && write_script ../judge/broken <<-\EOT && mv ../judge/git-batho-indexer ../judge/kept && test_when_finished "mv ../judge/kept ../judge/git-batho-indexer" &&
	echo "git-batho: something broke" >&2
	exit 128
	EOT
	cp ../judge/broken ../judge/git-batho-indexer && test_expect_code 1 git -c batho.hooks.onError=fail commit -q -m x 2>../err && test_grep "something broke" ../err &&
	git commit -q -m six 2>../err && test_grep "left out" ../err
'
test_expect_success 'hazard 46: no home, no user configuration' '
	put f.c BAD && git add f.c && (unset HOME && refused git commit -m x) && (HOME=/nonexistent && export HOME && refused git commit -m x) && git reset -q --hard
'
test_expect_success OTHER_USER 'hazard 46: somebody elses repository: git says so itself' '
	chown -R 65533 .git && test_when_finished "chown -R $(id -u) .git" && put f.c x && test_must_fail as_other git batho hooks status 2>../err &&
	test_grep "dubious ownership" ../err && test_grep "^hint: git config --global --add safe.directory" ../err
'
test_expect_success OTHER_USER 'hazard 46: hooks that cannot be written' '
	git -C .. init -q ro && chown -R 65534 ../ro && mkdir -p ../nobody && chown 65534 ../nobody && (cd ../ro && chmod a-w .git/hooks && test_expect_code 128 as_other git batho hooks install 2>../err &&
		test_grep "Permission denied" ../err && test_line_count = 1 ../err && ls .git/hooks | grep -v sample >../ls; test_must_be_empty ../ls)
'
test_expect_success 'hazard 47: no terminal, a pipe, TERM=dumb, no stdin' '
	put f.c BAD && git add f.c && for color in never always; do
		(TERM=dumb && export TERM && setsid git -c color.ui=$color commit -m x <&- 2>&1 | cat >../out); test_grep "BAD" ../out && test_grep ! "$(printf "\\033")" ../out || return 1
	done && git reset -q --hard
'
test_expect_success 'hazard 48: two worktrees commit at once' '
	git worktree add -q ../cw -b cw && put f.c w1 && git add f.c && put ../cw/f.c w2 && git -C ../cw add f.c &&
	(git commit -q -m w1 2>../e1 & p1=$!; git -C ../cw commit -q -m w2 2>../e2; r2=$?; wait $p1 && test $r2 = 0) && test_must_be_empty ../e1 && test_must_be_empty ../e2
'
test_done
