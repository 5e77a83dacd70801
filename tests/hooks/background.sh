#!/bin/sh
test_description='post-commit and its kin index in the background: at once, once at a time, without anybody noticing'
# shellcheck source=tests/hooks/hooks-lib.sh
. "$(dirname "$0")/hooks-lib.sh"
unset BATHO_EXEC_PATH

# eventually COMMAND...: within half a minute.
eventually() {
	eventually_nr=0
	until "$@" >/dev/null 2>&1; do
		eventually_nr=$((eventually_nr + 1))
		test "$eventually_nr" -lt 300 || {
			echo >&2 "never came true: $*"
			return 1
		}
		sleep 0.1
	done
}
# indexed: HEAD is complete in the store as it is.
indexed() {
	test "$(git batho index)" != "" && git batho index | grep 'nothing to do'
}
# An indexer that says when it runs, and waits for ../go.
slow_indexer() {
	mkdir -p ../slow && write_script ../slow/git-batho-indexer <<-\EOT
	echo "$$ $*" >>"$TEST_TRASH/started"
	while test ! -e "$TEST_TRASH/go"; do sleep 0.05; done
	echo "$$" >>"$TEST_TRASH/ended"
	EOT
}
lines() {
	test "$(cat "$1" 2>/dev/null | wc -l)" -eq "$2"
}

test_expect_success 'after a commit HEAD is indexed, and nobody waited' '
	put a.c "int a;" && git add . && git commit -q -m one && git batho hooks install -q -e post-commit,post-merge,post-checkout,post-rewrite &&
	test_path_is_missing .git/batho/index.db && put a.c "int b;" && git commit -q -a -m two && eventually test -s .git/batho/index.db &&
	eventually test ! -e .git/batho/background.again && eventually indexed
'
test_expect_success 'detached: a pipe behind git is closed at once, the session is another, the priority low' '
	slow_indexer && rm -f ../started ../go ../ended && put a.c "int c;" &&
	(BATHO_EXEC_PATH=$TEST_TRASH/slow && export BATHO_EXEC_PATH && timeout 20 sh -c "git commit -q -a -m three 2>&1 | cat") &&
	eventually lines ../started 1 && pid=$(cut -d " " -f 1 ../started) && test "$(ps -o sid= -p $pid | tr -d " ")" != "$(ps -o sid= -p $$ | tr -d " ")" &&
	test "$(ps -o ni= -p $pid | tr -d " ")" -ge 10 && readlink /proc/$pid/fd/1 >../fd && test_grep /dev/null ../fd && test_grep "index --quiet" ../started
'
test_expect_success 'one at a time; who comes meanwhile makes it go once more' '
	for i in 1 2 3 4; do
		put a.c "int c$i;" && (BATHO_EXEC_PATH=$TEST_TRASH/slow && export BATHO_EXEC_PATH && git commit -q -a -m c$i) || return 1
	done && sleep 0.5 && lines ../started 1 && : >../go && eventually lines ../ended 2 && sleep 0.5 && lines ../ended 2 &&
	test_path_is_missing .git/batho/background.again
'
test_expect_success 'a killed one leaves nothing that stops the next' '
	rm -f ../go ../started ../ended && put a.c "int d;" && (BATHO_EXEC_PATH=$TEST_TRASH/slow && export BATHO_EXEC_PATH && git commit -q -a -m d &&
		eventually lines ../started 1 && pid=$(cut -d " " -f 1 ../started) && kill -9 $(ps -o ppid= -p $pid) $pid && put a.c "int e;" &&
		git commit -q -a -m e && eventually lines ../started 2 && : >../go && eventually lines ../ended 1)
'
test_expect_success 'merge, checkout, rewrite; the status of git is its own' '
	git checkout -q -b side HEAD~1 && eventually indexed && put s.c "int s;" && git add . && git commit -q -m s && git checkout -q main &&
	git merge -q --no-edit side && eventually indexed && git commit -q --amend -m amended && eventually indexed
'
test_expect_success 'in the middle of a rebase nothing is started; at its end once' '
	git checkout -q -b long HEAD~1 && for i in 1 2 3; do put r$i.c "int r$i;" && git add . && git commit -q -m r$i || return 1; done &&
	eventually test ! -e .git/batho/background.again && sleep 0.3 && rm -f ../started ../ended && : >../go &&
	(BATHO_EXEC_PATH=$TEST_TRASH/slow && export BATHO_EXEC_PATH && git rebase -q main) && eventually lines ../ended 1 && sleep 0.5 && test "$(wc -l <../started)" -le 2
'
test_expect_success 'a linked worktree indexes its own HEAD into the common index' '
	git worktree add -q ../bwt -b bwt && (cd ../bwt && put w.c "int w;" && git add . && git commit -q -m w && eventually indexed) &&
	test_path_is_missing .git/worktrees/bwt/batho
'
test_expect_success 'chained: its status counts; arguments and stdin are its own' '
	git batho hooks uninstall -q && printf "#!/bin/sh\\necho \"\$*\" >\"$TEST_TRASH/args\"\\ncat >\"$TEST_TRASH/in\"\\nexit 3\\n" >.git/hooks/post-rewrite &&
	chmod +x .git/hooks/post-rewrite && cp .git/hooks/post-rewrite .git/hooks/post-checkout && git batho hooks install -q -e post-rewrite,post-checkout &&
	git commit -q --amend -m again && echo amend >../want && test_cmp ../want ../args && test_line_count = 1 ../in &&
	test_expect_code 1 git checkout -q -B other && test_line_count = 1 ../args
'
test_expect_success 'off, and a folder that cannot be written: silence' '
	git batho hooks uninstall -q && rm -f .git/hooks/post-* && git batho hooks install -q -e post-commit && eventually indexed && rm -rf .git/batho &&
	git -c batho.hooks.post-commit.mode=off commit -q --allow-empty -m off && sleep 0.3 && test_path_is_missing .git/batho && : >.git/batho &&
	git commit -q --allow-empty -m file 2>../err && test_must_be_empty ../err && rm .git/batho
'
test_done
