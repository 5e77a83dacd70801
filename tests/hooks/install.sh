#!/bin/sh
test_description='where hooks are installed, what happens to those that are there, and how everything comes back'
# shellcheck source=tests/hooks/hooks-lib.sh
. "$(dirname "$0")/hooks-lib.sh"

# says WORD...: of hooks install/uninstall with --porcelain, the results in the order of the events.
says() {
	for says_word; do echo "$says_word"; done >../want && grep '^hook' ../out | cut -f 3 >../have && test_cmp ../want ../have
}
# state EVENT: as status has it.
state() {
	git batho hooks status --porcelain | awk -F '\t' -v e="$1" '$2 == e { print $3 }'
}
fresh() {
	rm -rf "../$1" && test_create_repo "../$1" && put "../$1/f.c" one && git -C "../$1" add . && git -C "../$1" commit -q -m one
}

test_expect_success 'only what is asked for, and again changes nothing' '
	put f.c one && git add . && git commit -q -m one && rm -rf .git/hooks && git batho hooks install --porcelain >../out &&
	says installed installed && ls .git/hooks >../ls && printf "%s\\n" pre-commit pre-push >../want && test_cmp ../want ../ls &&
	git batho hooks install --porcelain >../out && says unchanged unchanged && test "$(state pre-commit)" = file &&
	git batho hooks uninstall --porcelain >../out && says removed removed && ls .git/hooks >../ls && test_must_be_empty ../ls &&
	git batho hooks uninstall >../out 2>../err && test_must_be_empty ../out && test_grep "no hooks of ours" ../err
'
test_expect_success 'every event' '
	git batho hooks install -e pre-commit,pre-merge-commit -e commit-msg,pre-push,pre-receive,update \
		--event post-commit,post-merge,post-checkout,post-rewrite && ls .git/hooks >../ls && test_line_count = 10 ../ls &&
	for h in .git/hooks/*; do sh -n "$h" && test -x "$h" || return 1; done &&
	git batho hooks uninstall --event update --porcelain >../out && says removed && git batho hooks uninstall -q && rmdir .git/hooks
'
test_expect_success 'the script is clean in the eyes of shellcheck' '
	if command -v shellcheck >/dev/null; then
		git batho hooks install -q -e pre-commit,pre-push,post-rewrite,post-commit &&
		shellcheck -s sh .git/hooks/* >../out || { cat ../out; false; }
	fi && git batho hooks uninstall -q
'
test_expect_success 'usage' '
	test_expect_code 129 git batho hooks 2>../err && test_expect_code 129 git batho hooks instal 2>../err &&
	test_expect_code 129 git batho hooks install --event pre-comit 2>../err && test_grep "unknown event .pre-comit." ../err &&
	test_grep "hint:.*pre-commit, " ../err && test_expect_code 129 git batho hooks install x 2>../err &&
	test_expect_code 129 git batho hooks install --local --global 2>../err && test_expect_code 129 git batho hooks run 2>../err &&
	test_expect_code 129 git batho hooks run nothing 2>../err
'
test_expect_success 'hazard 43: a hook that is there runs first, and comes back byte for byte with its mode' '
	fresh chain && (cd ../chain && printf "#!/bin/sh\\necho \"user \$*\" >>\"$TEST_TRASH/ran\"\\nexit \${FAIL:-0}\\n# no newline" >.git/hooks/pre-commit &&
		chmod 750 .git/hooks/pre-commit && cp -p .git/hooks/pre-commit ../saved && stat -c "%a %i" .git/hooks/pre-commit >../before &&
		git batho hooks install --porcelain >../out && says chained installed && rm -f ../ran &&
		put f.c BAD && git add . && refused git commit -m x && test_grep user ../ran && put f.c fine && git add . &&
		passes git commit -q -m x && put f.c fine 2 && git add . && rm -f "$BATHO_TEST_LIST" &&
		(FAIL=3 && export FAIL && test_expect_code 1 git commit -q -m x) && test_path_is_missing "$BATHO_TEST_LIST" &&
		git batho hooks install --porcelain >../out && says unchanged unchanged && git batho hooks uninstall --porcelain >../out &&
		says restored removed && cmp ../saved .git/hooks/pre-commit && stat -c "%a %i" .git/hooks/pre-commit >../after &&
		test_cmp ../before ../after && test_path_is_missing .git/hooks/pre-commit.batho-saved)
'
test_expect_success 'what is no file under the name of a hook is left alone' '
	fresh odd && (cd ../odd && mkdir .git/hooks/pre-commit && : >.git/hooks/pre-commit/keep && test_expect_code 128 git batho hooks install -e pre-commit 2>../err &&
		test_grep "hooks/pre-commit. is no file" ../err && test_path_is_file .git/hooks/pre-commit/keep && test_path_is_missing .git/hooks/pre-commit.batho-saved &&
		mkfifo .git/hooks/pre-push && test_expect_code 128 git batho hooks install -e pre-push && test -p .git/hooks/pre-push && rm .git/hooks/pre-push &&
		printf "#!/bin/sh\n" >../linked && chmod +x ../linked && ln -s ../../../linked .git/hooks/pre-push && git batho hooks install --porcelain -e pre-push >../out && says chained)
'
test_expect_success 'ours that cannot be run is written again' '
	fresh norun && (cd ../norun && git batho hooks install -q -e pre-commit && chmod -x .git/hooks/pre-commit && git batho hooks install --porcelain -e pre-commit >../out &&
		says updated && test -x .git/hooks/pre-commit)
'
test_expect_success 'hazard 43: pre-push gets its arguments and its own stdin, to the byte; ours gets its own' '
	fresh own-stdin && git init -q --bare ../up.git && (cd ../own-stdin && git remote add origin ../up.git && git branch two &&
		printf "#!/bin/sh\\necho \"\$*\" >\"$TEST_TRASH/args\"\\ncat >\"$TEST_TRASH/stdin\"\\n" >.git/hooks/pre-push && chmod +x .git/hooks/pre-push &&
		git batho hooks install -q && rm -f "$BATHO_TEST_LIST" && passes git push -q origin main two && judged "A f.c" &&
		echo "origin ../up.git" >../want && test_cmp ../want ../args && test_line_count = 2 ../stdin &&
		test_grep "^refs/heads/two [0-9a-f]* refs/heads/two 0*$" ../stdin && passes git push -q origin main && test_must_be_empty ../stdin &&
		printf "#!/bin/sh\\nexec <&-\\nexit 0\\n" >.git/hooks/pre-push.batho-saved && put f.c BAD && git commit -q -a --no-verify -m bad &&
		refused git push -q origin main)
'
test_expect_success 'a hook that git would not run is kept and not run' '
	fresh quiet && (cd ../quiet && printf "#!/bin/sh\\nexit 1\\n" >.git/hooks/pre-commit && git batho hooks install -q &&
		put f.c fine && git add . && passes git commit -q -m x && git batho hooks uninstall -q && test -f .git/hooks/pre-commit &&
		test ! -x .git/hooks/pre-commit)
'
test_expect_success SYMLINKS 'a hook that is a symbolic link comes back as one' '
	fresh links && (cd ../links && printf "#!/bin/sh\\necho ran >>\"$TEST_TRASH/ran\"\\n" >.git/h && chmod +x .git/h && ln -s ../h .git/hooks/pre-commit &&
		ln -s nowhere .git/hooks/pre-push && git batho hooks install -q && rm -f ../ran && put f.c x && git add . && passes git commit -q -m x &&
		test_path_is_file ../ran && git batho hooks uninstall -q && test "$(readlink .git/hooks/pre-commit)" = ../h &&
		test "$(readlink .git/hooks/pre-push)" = nowhere)
'
test_expect_success 'somebody overwrites ours: told, and nothing is lost' '
	fresh over && (cd ../over && printf "#!/bin/sh\\n: user\\n" >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit && git batho hooks install -q &&
		printf "#!/bin/sh\\n: other\\n" >.git/hooks/pre-commit && test "$(state pre-commit)" = overwritten &&
		test_expect_code 128 git batho hooks install -e pre-commit 2>../err && test_grep "two hooks already" ../err &&
		git batho hooks uninstall --porcelain -e pre-commit >../out && says not-ours && test_grep other .git/hooks/pre-commit &&
		test_grep user .git/hooks/pre-commit.batho-saved && rm .git/hooks/pre-commit && git batho hooks uninstall -q -e pre-commit &&
		test_grep user .git/hooks/pre-commit)
'
test_expect_success 'an install that was killed half-way can be finished, or undone' '
	fresh half && (cd ../half && printf "#!/bin/sh\\n: user\\n" >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit &&
		ln .git/hooks/pre-commit .git/hooks/pre-commit.batho-saved && git batho hooks install --porcelain -e pre-commit >../out && says chained &&
		git batho hooks uninstall -q && test_grep user .git/hooks/pre-commit && ln .git/hooks/pre-commit .git/hooks/pre-commit.batho-saved &&
		git batho hooks uninstall -q -e pre-commit && test_grep user .git/hooks/pre-commit && test_path_is_missing .git/hooks/pre-commit.batho-saved)
'

# ---- places ----
test_expect_success 'core.hooksPath of this repository, inside of it; from a folder below' '
	fresh inside && (cd ../inside && git config core.hooksPath .gh && mkdir sub && (cd sub && git batho hooks install -q) && test -x .gh/pre-commit &&
		test_path_is_missing sub/.gh && put f.c BAD && git add f.c && refused git commit -m x && git batho hooks uninstall -q)
'
test_expect_success !CONFIG_HOOKS 'core.hooksPath of this repository, outside of it' '
	fresh outside && (cd ../outside && git config core.hooksPath "$TEST_TRASH/shared" && test_expect_code 128 git batho hooks install 2>../err &&
		test_grep "outside of this repository" ../err && test_grep "hint: .*--force" ../err && test_path_is_missing ../shared &&
		git batho hooks install -q --force && test -x ../shared/pre-commit && git batho hooks uninstall -q)
'
test_expect_success !CONFIG_HOOKS 'core.hooksPath of the user: refused with the commands that work' '
	fresh global && test_when_finished "git config --global --unset core.hooksPath" && git config --global core.hooksPath "$TEST_TRASH/gh" &&
	(cd ../global && test_expect_code 128 git batho hooks install 2>../err && test_grep "core.hooksPath (global)" ../err &&
		cmd=$(sed -n "s/.*for this one alone, without the others: .\(git config.*\).$/\1/p" ../err) && test -n "$cmd" && eval "$cmd" &&
		git batho hooks install -q && put f.c BAD && git add . && refused git commit -m x && git config --unset core.hooksPath &&
		git batho hooks install --global -q && test -x ../gh/pre-commit && refused git commit -m x && git batho hooks uninstall --global -q &&
		test_path_is_missing ../gh/pre-commit)
'
test_expect_success !CONFIG_HOOKS '--global without a place' '
	test_expect_code 128 git batho hooks install --global 2>../err && test_grep "core.hooksPath is not set" ../err && test_grep "hint: " ../err
'
test_expect_success 'hooks that are switched off' '
	fresh off && (cd ../off && for p in /dev/null ""; do
		git config core.hooksPath "$p" && test_expect_code 128 git batho hooks install 2>../err && test_grep "switched off" ../err &&
			test_grep "hint: .*--local --unset core.hooksPath" ../err || return 1
	done)
'
test_expect_success 'husky: told what to add' '
	fresh husky && (cd ../husky && mkdir -p .husky/_ && git config core.hooksPath .husky/_ && test_expect_code 128 git batho hooks install 2>../err &&
		test_grep "husky manages the hooks" ../err && test_grep "add to .husky: pre-commit: git batho hooks run pre-commit" ../err)
'
test_expect_success 'other managers are recognised, chained, and told of' '
	fresh man && (cd ../man && for m in "lefthook:call_lefthook run" "pre-commit:File generated by pre-commit: https://pre-commit.com" \
		"prek:File generated by prek" "overcommit:Entrypoint for Overcommit" "git-lfs:git lfs pre-push"; do
		rm -f .git/hooks/* && printf "#!/bin/sh\\n# %s\\n" "${m#*:}" >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit &&
		git batho hooks status --porcelain >../st && test_grep "^hook	pre-commit	other	enforce	0	${m%%:*}	" ../st &&
		git batho hooks install -e pre-commit >../out 2>../err && test_grep "runs first" ../out || return 1
		case $m in
		git-lfs*) test_must_be_empty ../err ;;
		*) test_grep "${m%%:*} wrote" ../err ;;
		esac || return 1
	done)
'
test_expect_success 'a linked worktree uses the hooks of all; a submodule its own' '
	fresh wt && (cd ../wt && git worktree add -q ../wt2 && cd ../wt2 && git batho hooks install -q && test -x ../wt/.git/hooks/pre-commit &&
		put f.c BAD && git add . && refused git commit -m x) &&
	(cd ../wt && git config extensions.worktreeConfig true && cd ../wt2 && git config --worktree core.hooksPath .own && git batho hooks install -q &&
		test -x .own/pre-commit) &&
	fresh super && (cd ../super && git -c protocol.file.allow=always submodule --quiet add ../chain sm && cd sm && git batho hooks install -q &&
		test -x ../.git/modules/sm/hooks/pre-commit)
'
test_expect_success 'a bare repository: what makes sense there, else an error' '
	git init -q --bare ../bare.git && (cd ../bare.git && git batho hooks install --porcelain >../out && says installed && test -x hooks/pre-receive &&
		test_expect_code 128 git batho hooks install --event update,pre-commit 2>../err && test_grep "does not run in a bare" ../err &&
		test_path_is_missing hooks/update && git batho hooks install -q -e update)
'
test_expect_success 'not a repository' '
	mkdir ../nothing && (cd ../nothing && for c in install uninstall status; do
		test_expect_code 128 git batho hooks $c 2>../err && test_grep "not a git repository" ../err || return 1
	done)
'

# ---- git-batho goes away ----
test_expect_success 'hazard 45: git-batho is gone: warned and passed, refused, or passed in silence; another one in PATH is taken' '
	fresh gone && (cd ../gone && mkdir ../bin && cp "$TEST_BUILD/git-batho/git-batho" ../bin/ && printf "#!/bin/sh\\necho ran >\"$TEST_TRASH/ran\"\\n" >.git/hooks/pre-commit &&
		chmod +x .git/hooks/pre-commit && ../bin/git-batho hooks install -q && put f.c BAD && git add . && refused git commit -m x &&
		rm ../bin/git-batho && refused git commit -m x && rm -f ../ran &&
		clean() { env -i HOME="$HOME" GIT_CONFIG_NOSYSTEM=1 PATH=/usr/bin:/bin "$@"; } &&
		test_expect_code 1 clean git -c batho.hooks.onMissing=fail -c user.name=n -c user.email=e commit -q -m x 2>../err && test_path_is_file ../ran &&
		test_grep "is not there any more: refused" ../err &&
		clean git -c user.name=n -c user.email=e commit -q -m x 2>../err && test_grep "^git-batho: pre-commit: .*: left out$" ../err && test_line_count = 1 ../err &&
		put f.c BAD 2 && git add . && clean git -c batho.hooks.onMissing=ignore -c user.name=n -c user.email=e commit -q -m x 2>../err && test_must_be_empty ../err)
'
test_expect_success 'hazard 45: git-batho that does not work is no reason to refuse, unless it is' '
	fresh broken && (cd ../broken && git batho hooks install -q && for status in 127 128 139; do
		sed -i "s/^batho=.* event/batho=\"\$HOME\\/broken\" event/" .git/hooks/pre-commit && mkdir -p "$HOME" &&
			write_script "$HOME/broken" <<-EOT && put f.c $status && git add . &&
			exit $status
			EOT
			git commit -q -m x 2>../err && test_grep "ended with status $status: left out" ../err || return 1
	done && put f.c x && git add . && test_expect_code 1 git -c batho.hooks.onError=fail commit -q -m x &&
		write_script "$HOME/broken" <<-\EOT &&
		exit 130
		EOT
		test_expect_code 1 git commit -q -m x)
'
test_expect_success 'quotes and blanks in the path of git-batho' '
	fresh path && mkdir -p "../it'\''s \"here\" \$x" && cp "$TEST_BUILD/git-batho/git-batho" "../it'\''s \"here\" \$x/" &&
	(cd ../path && "../it'\''s \"here\" \$x/git-batho" hooks install -q && put f.c BAD && git add . && refused git commit -m x)
'

# ---- hooks in the configuration ----
test_expect_success CONFIG_HOOKS 'core.hooksPath of somebody else: hooks as settings; out again without a trace' '
	fresh conf && (cd ../conf && git config --global core.hooksPath "$TEST_TRASH/gh2" && git config --list --local >../before &&
		git batho hooks install --porcelain >../out && says configured configured && test_path_is_missing .git/hooks/pre-push &&
		test "$(state pre-commit)" = config && git hook list pre-commit >../out && put f.c BAD && git add . && refused git commit -m x &&
		put f.c fine && git add . && passes git commit -q -m x && git init -q --bare ../c.git && git remote add c ../c.git && put f.c BAD &&
		git commit -q -a --no-verify -m bad && refused git push -q c main && git batho hooks install --porcelain >../out && says updated updated &&
		git remote remove c && git batho hooks uninstall --porcelain >../out && says removed removed && git config --list --local >../after &&
		test_cmp ../before ../after && git config --global --unset core.hooksPath)
'
test_expect_success CONFIG_HOOKS '--global: settings of the user; not once more in a repository' '
	fresh conf2 && git batho hooks install --global -q && (cd ../conf2 && put f.c BAD && git add . && refused git commit -m x &&
		git batho hooks install --porcelain >../out && says unchanged unchanged && test_path_is_missing .git/hooks/pre-commit) &&
	git batho hooks uninstall --global -q && git config --global --list >../out; test_grep ! batho ../out
'
test_expect_success CONFIG_HOOKS 'hazard 44: never both; what was made by hand is seen' '
	fresh both && (cd ../both && git batho hooks install -q && git config hook.batho-pre-commit.command "git batho hooks run pre-commit" &&
		git config hook.batho-pre-commit.event pre-commit && test "$(state pre-commit)" = twice && git batho hooks uninstall -q && test "$(state pre-commit)" = none)
'
test_expect_success CONFIG_HOOKS 'a setting whose git-batho is gone lets everything pass' '
	fresh conf3 && (cd ../conf3 && mkdir -p ../bin3 && cp "$TEST_BUILD/git-batho/git-batho" ../bin3/ && git config core.hooksPath "$TEST_TRASH/gh3" &&
		../bin3/git-batho hooks install -q && rm ../bin3/git-batho && put f.c BAD && git add . && refused git commit -m x &&
		PATH=$(echo "$PATH" | sed "s|^$TEST_BUILD/git-batho:||") && git commit -q -m x 2>../err && test_grep "left out" ../err)
'
test_done
