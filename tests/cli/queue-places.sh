#!/bin/sh
test_description='git batho queue: where a repository may be, how it may look, and what its worktrees hold'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/queue-lib.sh
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

BATHO_BATCH_CHECK=false && export BATHO_BATCH_CHECK

test_expect_success 'set-up' 'queue_setup'

# put FILE TEXT [OPTION...]: queues a new file and takes it away again
put() {
	put_file=$1
	echo "$2" >"$1" && shift 2 && git batho queue commit -q -m "add $put_file" "$@" -- "$put_file" && rm "$put_file"
}

# has REV FILE TEXT
has() {
	git show "$1:$2" >../shown && echo "$3" >../wanted && test_cmp ../wanted ../shown
}

clean() {
	git status --porcelain >../status && test_must_be_empty ../status
}

test_expect_success 'from a folder below: paths are relative to it' '
	mkdir -p deep/er && (cd deep/er && put x below) && flush && has main deep/er/x below && clean
'

test_expect_success 'linked worktrees: one queue, each with its own index and files' '
	git worktree add -q -b topic ../linked && (
		cd ../linked && put from-linked 1 && put to-main 2 --target main && git batho queue status >../status &&
		test_grep "^2 open" ../status && echo staged >staged && git add staged
	) && git batho queue status >../status && test_grep "^2 open" ../status && test_path_is_missing ../linked/.git/batho &&
	flush && has topic from-linked 1 && has main to-main 2 && ! git show topic:to-main 2>/dev/null && clean &&
	test "$(cat to-main)" = 2 && test "$(cat ../linked/from-linked)" = 1 &&
	git -C ../linked status --porcelain >have && echo "A  staged" >want && test_cmp want have && rm want have &&
	(cd ../linked && git batho queue commit -q -m staged && git batho queue flush --now -q) && has topic staged staged &&
	git -C ../linked status --porcelain >have && test_must_be_empty have && rm have
'

test_expect_success 'an executor in a linked worktree lands what is queued in the other' '
	put by-other 3 && (cd ../linked && git batho queue flush --now -q) && has main by-other 3 && clean
'

test_expect_success 'the target is checked out in two worktrees: both are brought along' '
	git worktree add -q -f ../twin main && put for-both 4 && flush && has main for-both 4 && clean &&
	test "$(cat ../twin/for-both)" = 4 && git -C ../twin status --porcelain >out && test_must_be_empty out && rm out
'

test_expect_success 'the target is checked out and dirty: edits and staged work stay, and it is told' '
	change a 1 mine && echo "own words" >for-both && git add for-both && echo untracked >in-the-way &&
	cp a ../a.mine && (cd ../twin && change a 1 theirs && git batho queue commit -q -m theirs -- a && git checkout -q -- a && put in-the-way landed) &&
	git batho queue flush --now >../out 2>../err && has main in-the-way landed && git show main:a | sed -n 1p >../line &&
	echo theirs >../want && test_cmp ../want ../line && test_cmp ../a.mine a && test "$(cat in-the-way)" = untracked &&
	git show :for-both >../have && echo "own words" >../want && test_cmp ../want ../have &&
	git batho queue log -n 2 --json >../log && batch=$(sed -n "s/.*\"batch\":\([0-9]*\),.*/\1/p" ../log | head -n 1) &&
	cat ../out ../err >../told && git batho queue show "$(sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p" ../log | head -n 1)" >>../told &&
	test_grep -e "in-the-way" -e "left" ../told &&
	test "$(sed -n 1p ../twin/a)" = theirs && git -C ../twin status --porcelain >../out && test_must_be_empty ../out &&
	git reset -q --hard && git worktree remove -f ../twin && clean
'

test_expect_success 'a detached HEAD: --target is asked for, and then it works' '
	git checkout -q --detach && echo d >d && test_expect_code 128 git batho queue commit -m d -- d 2>../err &&
	test_grep "HEAD is detached" ../err && test_grep "^hint: .*--target" ../err && test_line_count = 2 ../err &&
	test_expect_code 128 git batho queue push 2>../err && test_grep "^hint: .*--target" ../err &&
	git batho queue commit -q -m d --target main -- d && rm d && git rev-parse HEAD >../before && flush && has main d d &&
	git rev-parse HEAD >../after && test_cmp ../before ../after && clean && git checkout -q main && test "$(cat d)" = d
'

test_expect_success 'GIT_DIR, GIT_WORK_TREE, --git-dir, from elsewhere' '
	top=$PWD && mkdir -p ../elsewhere && (
		cd ../elsewhere && echo 5 >"$top/env1" && echo 6 >"$top/env2" &&
		GIT_DIR="$top/.git" GIT_WORK_TREE="$top" git batho queue commit -q -m env1 -- "$top/env1" &&
		git --git-dir="$top/.git" --work-tree="$top" batho queue commit -q -m env2 -- "$top/env2" && rm "$top/env1" "$top/env2" &&
		GIT_DIR="$top/.git" git batho queue status >out && test_grep "^2 open" out &&
		GIT_DIR="$top/.git" GIT_WORK_TREE="$top" git batho queue flush --now -q
	) && has main env1 5 && has main env2 6 && clean && test "$(cat env1)" = 5
'

test_expect_success 'the executor that starts by itself is not misled by the environment of who queues' '
	top=$PWD && cp .git/index ../other-index && echo 7 >detached && (
		unset BATHO_BATCH_AUTO_EXECUTE && GIT_INDEX_FILE=$TEST_TRASH/other-index && GIT_DIR=$top/.git && GIT_WORK_TREE=$top &&
		GIT_AUTHOR_NAME="Some Body" && export GIT_INDEX_FILE GIT_DIR GIT_WORK_TREE GIT_AUTHOR_NAME &&
		git batho queue commit -m detached --urgent --wait --timeout 60 -- detached >../out
	) && test_grep "^landed as" ../out && has main detached 7 && git log -1 --format=%an main >../have && echo "Some Body" >../want &&
	test_cmp ../want ../have && clean
'

test_expect_success 'GIT_INDEX_FILE: what that index holds is queued, and the real one is untouched' '
	(GIT_INDEX_FILE=$PWD/.git/mine && export GIT_INDEX_FILE && git read-tree HEAD && echo 8 >indexed && git add indexed && rm indexed &&
		git batho queue commit -q -m indexed --staged) && clean && flush && has main indexed 8 && clean && test "$(cat indexed)" = 8
'

test_expect_success NON_UTF8_NAMES 'paths with blanks, newlines, quotes, bytes that are not UTF-8, and those that look like options or pathspecs' '
	dir=$(printf "a b\tc\nd\"\377") && mkdir "$dir" && for name in "x y" "$(printf "new\nline")" "-m" "--all" ":(top)a" "*" "[a]" "\\"; do
		echo "$name" >"$dir/$name" || return 1
	done && git batho queue commit -q -m odd -- "$dir" && rm -r "$dir" && flush && clean &&
	git ls-tree -r -z --name-only main "$dir/" | tr "\0" "\n" | wc -l >../have && git ls-tree -z --name-only main "$dir/" | tr -d -c "\0" | wc -c >../have &&
	echo 8 >../want && test_cmp ../want ../have && test "$(cat "$dir/-m")" = "-m" && test "$(cat "$dir/*")" = "*" &&
	change "$dir/x y" 1 changed && git batho queue commit -q -m again -- "$dir/x y" && git checkout -q -- . && flush &&
	test "$(cat "$dir/x y")" = changed && clean
'

test_expect_success 'a folder with a blank, a quote and a percent sign' '
	git clone -q ../remote.git "../it'\''s 100% \$HOME" && (
		cd "../it'\''s 100% \$HOME" && put odd-place 1 && git batho queue push -q && git batho queue flush --now -q && git show origin/main:odd-place
	) && git fetch -q && git show origin/main:odd-place >../have && echo 1 >../want && test_cmp ../want ../have
'

test_expect_success 'a branch that is not born: the first commit comes through the queue' '
	test_create_repo ../unborn && cd ../unborn && echo first >first && echo second >second && git batho queue commit -q -m first -- first &&
	git batho queue commit -q -m second --target main -- second && rm first second &&
	test_expect_code 128 git batho queue commit -m x --target other 2>../err && test_grep "there is no branch .other." ../err && flush &&
	git log --format=%s main >../log && test_grep "Squashed 2 commits" ../log && test_line_count = 1 ../log && has main first first && has main second second && clean &&
	test "$(cat first)" = first && no_pins && git fsck --strict 2>err && test_must_be_empty err && rm -f pins err
'

test_expect_success 'a bare repository: commits --from, merges, pushes' '
	git clone -q --bare ../remote.git ../bare.git && git push -q ../bare.git topic && cd ../bare.git && git remote set-url origin ../second.git && git init -q --bare -b main ../second.git &&
	test_expect_code 128 git batho queue commit -m x -- a 2>../err && test "$(grep -c "^git-batho: " ../err)" = 1 &&
	git batho queue commit -q --from topic --target main && git batho queue push -q --target main && git batho queue flush --now -q &&
	test "$(git rev-parse main)" = "$(git --git-dir=../second.git rev-parse main)" && test_path_is_file batho/queue.db &&
	git fsck --strict 2>../err && test_must_be_empty ../err
'

test_expect_success 'a submodule has a queue of its own, and its commit is a path of the other' '
	test_create_repo ../super && cd ../super && git -c protocol.file.allow=always submodule --quiet add "$TEST_TRASH/remote.git" sub &&
	git commit -q -m super && (cd sub && put in-sub 1 && git batho queue flush --now -q) && git batho queue status >../out && test_grep "^0 open" ../out &&
	test_path_is_file .git/modules/sub/batho/queue.db && test_path_is_missing .git/batho/queue.db &&
	new=$(git -C sub rev-parse HEAD) && git batho queue commit -q -m "move sub" -- sub && git batho queue flush --now -q &&
	test "$(git rev-parse main:sub)" = "$new" && git ls-tree main sub >../out && test_grep "^160000 commit" ../out && clean
'

# story: what every kind of repository has to be able to do; its remote is ../REMOTE
story() {
	for f in a b; do
		seq 1 20 >$f || return 1
	done && git add . && git commit -q -m start && git push -q -u origin main &&
		enqueue one a 1 one --agent x && enqueue two a 20 two --agent y && put three 3 && git batho queue push -q && flush &&
		test "$(git rev-parse main)" = "$(git ls-remote origin refs/heads/main | cut -f 1)" && test "$(sed -n 1p a)" = one &&
		test "$(sed -n 20p a)" = two && has main three 3 && git branch side && enqueue aside b 1 aside --target side && flush &&
		git batho queue merge side -q && flush && git merge-base --is-ancestor side main &&
		enqueue left b 5 left && enqueue right b 5 right && test_expect_code 1 git batho queue flush --now -q &&
		git batho queue status >../out && test_grep "parked .*conflict in b" ../out &&
		git batho queue cancel "$(git batho queue status --json | sed -n "s/.*\"id\":\([0-9]*\),.*parked.*/\1/p")" -q &&
		git batho queue push -q && git batho queue push -q --target side && flush && clean && git gc -q --prune=now && git batho queue recover -q &&
		git for-each-ref refs/batho/pin refs/batho/base refs/batho/batch refs/batho/hold >../pins && test_must_be_empty ../pins &&
		git fsck --strict 2>../err && test_must_be_empty ../err
}

test_expect_success SHA256 'ids of SHA-256' '
	git init -q --bare -b main --object-format=sha256 ../s256.git && git init -q -b main --object-format=sha256 ../s256 && cd ../s256 &&
	git remote add origin ../s256.git && story && git rev-parse main | grep -q "^[0-9a-f]\{64\}$"
'

test_expect_success REFTABLE 'references in reftables' '
	git init -q --bare -b main --ref-format=reftable ../rt.git && git init -q -b main --ref-format=reftable ../rt && cd ../rt &&
	git remote add origin ../rt.git && story && git worktree add -q -b topic ../rt-linked && cd ../rt-linked && put in-linked 1 &&
	flush && has topic in-linked 1 && clean
'

test_expect_success 'extensions.worktreeConfig, split index, index version 4, a sparse checkout' '
	git init -q --bare -b main ../odd.git && git init -q -b main ../oddly && cd ../oddly && git remote add origin ../odd.git &&
	git config extensions.worktreeConfig true && git update-index --split-index --index-version 4 && story &&
	mkdir in out && echo i >in/i && echo o >out/o && git add . && git commit -q -m folders && git sparse-checkout set in &&
	test_path_is_missing out/o && put in/new 1 && flush && has main in/new 1 && has main out/o o && clean && test_path_is_missing out/o &&
	test "$(cat in/new)" = 1
'

test_expect_success 'core.hooksPath: those hooks run, and those of the repository do not' '
	mkdir -p ../hooks .git/hooks && test_when_finished "rm -f .git/hooks/pre-commit; git config --unset core.hooksPath" &&
	printf "#!/bin/sh\ntouch \"$TEST_TRASH/wrong\"\nexit 1\n" >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit &&
	printf "#!/bin/sh\necho ran >>\"$TEST_TRASH/right\"\ntest ! -f forbidden\n" >../hooks/pre-commit && chmod +x ../hooks/pre-commit &&
	git config core.hooksPath "$TEST_TRASH/hooks" && put hooked 1 && flush && has main hooked 1 && test_path_is_file ../right &&
	test_path_is_missing ../wrong && put forbidden 1 && test_expect_code 1 git batho queue flush --now -q &&
	id=$(git batho queue log -n 1 --json | sed -n "s/.*\"id\":\([0-9]*\),.*/\1/p") && expect_states $id parked && git batho queue cancel $id -q
'

test_expect_success 'a shallow clone' '
	git batho queue push -q && flush && git clone -q --depth 1 "file://$TEST_TRASH/remote.git" ../shallow && cd ../shallow && put shallow 1 &&
	enqueue edit a 3 shallow && git batho queue push -q && flush && has origin/main shallow 1 && clean &&
	git --git-dir=../remote.git fsck --strict 2>../err && test_must_be_empty ../err && cd "$TEST_TOP" && git pull -q --ff-only origin main
'

test_expect_success 'a partial clone: what is missing is fetched by git' '
	git --git-dir=../remote.git config uploadpack.allowFilter true && git --git-dir=../remote.git config uploadpack.allowAnySHA1InWant true &&
	git clone -q --filter=blob:none --no-checkout "file://$TEST_TRASH/remote.git" ../partial && cd ../partial && git checkout -q main -- c &&
	git reset -q && echo 9 >c && git batho queue commit -q -m partial -- c && git batho queue push -q && flush && has origin/main c 9 &&
	cd "$TEST_TOP" && git pull -q --ff-only origin main && has main c 9
'

test_expect_success 'a strange HOME, no identity: told before anything is queued' '
	test_create_repo ../nobody && cd ../nobody && echo x >x && (
		unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL && git config user.useConfigOnly true &&
		test_expect_code 128 git batho queue commit -m x -- x 2>../err && test_grep "^git-batho: " ../err && git batho queue status >../out &&
		test_grep "^0 open" ../out
	)
'

# What another process sees while a write transaction is open, and who may write here at all.
test_expect_success OTHER_USER 'a repository of somebody else that cannot be written: one line, and it can be looked at' '
	put seen 1 && mkdir -p "$TEST_TRASH/nobody-home" && git config --global --add safe.directory "*" && cp "$HOME/.gitconfig" "$TEST_TRASH/nobody-home/" 2>/dev/null;
	chmod a+rx "$TEST_TRASH" && chmod -R a+rX . && chmod -R a-w .git/batho &&
	as_other env HOME="$TEST_TRASH/nobody-home" git -c safe.directory=* batho queue push 2>"$TEST_TRASH/err"; test $? = 128 &&
	test "$(grep -c "^git-batho: " "$TEST_TRASH/err")" = 1 && as_other env HOME="$TEST_TRASH/nobody-home" git batho queue status >../out &&
	test_grep "^1 open" ../out && chmod -R u+w .git/batho && chmod 700 .git/batho && flush
'

test_expect_success 'the rest: nothing is left behind' '
	git batho queue push -q && flush && git batho queue push --target topic -q && flush && git batho queue recover -q &&
	git batho queue status >../out && test_grep "^0 open" ../out && no_pins && rm -f pins && git fsck --strict 2>../err && test_must_be_empty ../err
'

test_done
