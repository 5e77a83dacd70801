#!/bin/sh
test_description='git batho config: list, get, explain, set and profile, in repositories of every state'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

SQ=\'
page=$TEST_SOURCE/man/git-batho-format.5

# fields_of RECORD: the fields that git-batho-format(5) gives a record of config
fields_of() {
	awk -v record="$1" '
		/^\.Ss / { on = (index($0, ".Ss " record ", of config") == 1); next }
		on && /^\.It Va / { sub(/^\.It Va /, ""); gsub(/ , /, " "); printf "%s ", $0 }
	' "$page" | tr -s ' ' '\n' | sed '/^$/d'
}

# same_fields RECORD ARGUMENT...
same_fields() {
	same_record=$1
	shift
	test_might_fail git batho config --json "$@" >out 2>/dev/null && fields_of "$same_record" >want && test -s want &&
		python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if row.pop("record", None) == sys.argv[1]:
        print("\n".join(row))
        break
' "$same_record" <out >have && test_cmp want have
}

test_expect_success 'a repository' '
	echo "int add(int a);" >a.c && git add . && git commit -q -m one && top=$(pwd -P) && cp .git/config ../config
'

test_expect_success 'list has every key with a value, in the order of names; --changed what somebody said' '
	git batho config list >out && git-batho --list-values key | sort -f >keys && cut -d= -f1 out | uniq >listed && sort -f -c listed &&
	test_line_count -gt 50 listed && while read -r key; do
		if grep -q -x -e "$key" keys; then :; else echo "$key" && return 1; fi
	done <listed &&
	test_grep "^index.jobs=0$" out && test_grep ! "^index.exclude=" out &&
	test_expect_code 1 git batho config list --changed >out && test_must_be_empty out &&
	git config batho.index.jobs 3 && git batho config list --changed >out && echo "index.jobs=3" >want && test_cmp want out
'

test_expect_success 'the strongest place wins, and list, get and explain say which; the others are hidden' '
	mkdir -p .batho && printf "[index]\nmaxBlobSize = 3m\n" >.batho/config.ini &&
	git batho config get index.maxBlobSize >out && echo 3m >want && test_cmp want out &&
	git config --global batho.index.maxBlobSize 4m && git config batho.index.maxBlobSize 5m &&
	git batho config get INDEX.maxblobsize >out && echo 5m >want && test_cmp want out &&
	git -c batho.index.maxBlobSize=6m batho config get --show-origin index.maxBlobSize >out && test_grep "^index.maxBlobSize=6m *the command line (command)$" out &&
	BATHO_INDEX_MAX_BLOB_SIZE=7m git -c batho.index.maxBlobSize=6m batho config explain batho.index.maxBlobSize >out &&
	sed -n -e "/in force/,\$p" out | sed -e "s|$HOME|HOME|" -e "s|$top|TOP|" >have && cat >want <<-EOT && test_cmp want have &&
	    in force        7m  (BATHO_INDEX_MAX_BLOB_SIZE in the environment)
	    hidden          6m  (the command line, command)
	    hidden          5m  (TOP/.git/config:$(grep -n maxBlobSize .git/config | sed "s/:.*//"), local)
	    hidden          4m  (HOME/.gitconfig:2, global)
	    hidden          3m  (.batho/config.ini:2)
	EOT
	test_grep "expected  *a size from 1 to 64m" out && test_grep "default  *1m" out && test_grep "tracked file" out && test_grep "variable  *BATHO_INDEX_MAX_BLOB_SIZE" out
'

test_expect_success 'the tracked settings of the files, of what is staged, of a revision' '
	git config --unset batho.index.maxBlobSize && git config --global --unset batho.index.maxBlobSize &&
	printf "[index]\nmaxBlobSize = 1k\n" >.batho/config.ini && git add .batho && git commit -q -m two &&
	printf "[index]\nmaxBlobSize = 2k\n" >.batho/config.ini && git add .batho && printf "[index]\nmaxBlobSize = 3k\n" >.batho/config.ini &&
	for pair in "HEAD 1k --rev=HEAD" "HEAD^ 1m --rev=HEAD^" " 2k --staged" "files 3k"; do
		set -- $pair &&
		case $pair in
		" "*) git batho config get index.maxBlobSize --staged >out && echo 2k >want ;;
		*) git batho config get index.maxBlobSize $3 >out && echo $2 >want ;;
		esac && test_cmp want out || return 1
	done &&
	git batho config get --show-origin --rev HEAD index.maxBlobSize >out && test_grep "HEAD:.batho/config.ini:2$" out &&
	test_expect_code 129 git batho config list --rev HEAD --staged 2>err && test_expect_code 128 git batho config list --rev nowhere 2>err &&
	test_grep "unknown revision .nowhere." err && git reset -q --hard HEAD^
'

test_expect_success 'keys with names of your own' '
	git config batho.deploy.Prod/eu.command "./deploy" && git config batho.rules.secret.severity warning &&
	git batho config list --changed >out && test_grep "^deploy.Prod/eu.command=./deploy$" out && test_grep "^rules.secret.severity=warning$" out &&
	BATHO_RULES_EMPTY_CATCH_SEVERITY=off git batho config get Rules.empty-catch.Severity >out && echo off >want && test_cmp want out &&
	test_expect_code 1 git batho config get deploy.prod/eu.command && git batho config get deploy.Prod/eu.COMMAND &&
	git batho config explain rules.secret.severity deploy.x.tag 2>err >out && return 1
	test_grep "unknown key .deploy.x.tag." err && test_grep "deploy.<name>. has command and probe" err && cp ../config .git/config
'

test_expect_success 'set checks before it writes' '
	for args in "index.jobs many" "index.jobs 257" "index.jobs" "index.jobs 1 2" "index.jobz 1" "nothing.here 1" "--add index.jobs 1" "index.exclude a !b" "--unset index.jobs 1" \
		"--unset --add index.exclude" "--local --global index.jobs 1" "log.file /tmp/x" "--worktree metrics.output /tmp/x" "check.failOn Error" "rules.secret.severity hot"; do
		test_expect_code 129 git batho config set $args >out 2>err && test_must_be_empty out && test_grep "^git-batho: " err || { echo "$args" && return 1; }
	done && test_cmp ../config .git/config && test_path_is_missing .git/batho/queue.db &&
	test_expect_code 129 git batho config set index.jbos 4 2>err && test_grep "^hint: did you mean .index.jobs." err
'

test_expect_success 'set writes to the scope that is named, replaces, adds, and takes away' '
	git batho config set batho.Index.jobs 4 >out && echo "index.jobs=4 (local)" >want && test_cmp want out && test "$(git config --local batho.index.jobs)" = 4 &&
	git batho config set --global log.file /tmp/x.log && test "$(git config --global batho.log.file)" = /tmp/x.log && git batho config set --global --unset log.file &&
	git batho config set index.exclude "*.js" "b c/" && git batho config set --add index.exclude -- -d && git batho config get index.exclude >out &&
	printf "%s\n" "*.js" "b c/" -d >want && test_cmp want out && git batho config set index.exclude x && git batho config get index.exclude >out && echo x >want && test_cmp want out &&
	git batho config set --unset index.exclude && test_expect_code 1 git batho config get index.exclude &&
	test_expect_code 1 git batho config set --unset index.exclude 2>err && test_grep "is not set there" err &&
	GIT_CONFIG_SYSTEM="$TEST_TRASH/system" GIT_CONFIG_NOSYSTEM=0 git batho config set --system index.timeout 9 && test_grep "timeout = 9" ../system &&
	git config extensions.worktreeConfig true && git batho config set --worktree index.timeout 8 && test_grep "timeout = 8" .git/config.worktree &&
	rm .git/config.worktree && cp ../config .git/config
'

test_expect_success 'what hides the value that was set is told' '
	BATHO_INDEX_JOBS=7 git batho config set index.jobs 4 2>err && test_grep "stays .7.: BATHO_INDEX_JOBS in the environment hides" err &&
	git batho config set --global index.jobs 2 2>err && test_grep "stays .4.: $top/.git/config:[0-9]* hides" err && git config --global --unset batho.index.jobs &&
	mkdir -p .batho && printf "[index]\nexclude = a\n" >.batho/config.ini && git batho config set index.exclude b 2>err && test_grep "config.ini:2 says of .index.exclude. does not count" err &&
	rm -r .batho && cp ../config .git/config
'

test_expect_success 'a key that is written another way goes too' '
	printf "[batho \"Index\"]\n\tJobs = 3\n" >>.git/config && git batho config get index.jobs >out && echo 3 >want && test_cmp want out &&
	git batho config set --unset index.jobs && git batho config get index.jobs >out && echo 0 >want && test_cmp want out && cp ../config .git/config
'

test_expect_success 'what is wrong does not keep anybody from looking and mending' '
	git config batho.index.jobs many && git config batho.index.jobz 1 && test_expect_code 128 git batho stats &&
	test_expect_code 1 git batho config list >out 2>err && test_grep "^index.jobs=0$" out && test_grep "is .many." err && test_grep "unknown key .batho.index.jobz." err &&
	test_expect_code 128 git batho config get index.jobs >out 2>err && test_must_be_empty out && test_grep "is .many.: a number from" err &&
	git batho config get index.timeout && git batho config explain index.jobs >out && test_grep "wrong  *many" out && test_grep "in force  *0  (default)" out &&
	git batho config set index.jobs 2 && git batho config get index.jobs && git config --unset batho.index.jobz && git batho stats && cp ../config .git/config &&
	BATHO_INDEX_JOBS=x test_expect_code 128 git batho config get index.jobs
'

test_expect_success 'profiles: listed, shown before they are set, and set' '
	git batho config profile >out && cut -d" " -f1 out >have && printf "%s\n" small large monorepo >want && test_cmp want have &&
	for name in small large monorepo; do
		cp ../config .git/config && git batho config profile $name >out 2>err && test_grep "^git-batho: nothing was set" err && test_cmp ../config .git/config &&
		git batho config profile $name --apply >applied 2>err && test_must_be_empty err && test_cmp out applied && git batho config validate &&
		git batho config profile $name >out 2>err && test_must_be_empty err && test_grep ! -v "as it is$" out || return 1
	done &&
	git batho config get index.exclude >out && test_grep "^vendor/$" out && cp ../config .git/config &&
	test_expect_code 129 git batho config profile huge 2>err && test_grep "^hint: .*monorepo" err && test_expect_code 129 git batho config profile --apply &&
	git batho config profile monorepo --include "src/**" --apply && git batho config get index.include >out && echo "src/**" >want && test_cmp want out &&
	test_expect_code 129 git batho config profile monorepo --include "!x" 2>err && cp ../config .git/config
'

test_expect_success 'a profile adds to lists: what the user or the project said stays' '
	mkdir -p .batho && printf "[index]\nexclude = ours/\n" >.batho/config.ini && git batho config profile large --apply >out && git batho config get index.exclude >out &&
	head -n 1 out >first && echo ours/ >want && test_cmp want first && cp ../config .git/config && rm -r .batho &&
	git config batho.index.exclude mine/ && git batho config profile large --apply >out && git batho config get index.exclude >out &&
	test "$(grep -c mine/ out)" = 1 && test_grep "^vendor/" out && cp ../config .git/config &&
	git batho config profile small --global --apply && test "$(git config --global batho.index.jobs)" = 2 && rm "$HOME/.gitconfig"
'

test_lazy_prereq AUDIT 'no audit' 'git-batho --list-commands | grep -x audit'
test_expect_success AUDIT 'what was set is in the audit' '
	git batho config set index.jobs 4 && git batho config set --unset index.jobs && git batho config profile small --apply >out && cp ../config .git/config &&
	git batho audit log >out && test_grep "config set.*index.jobs in local scope" out && test_grep "index.jobs unset" out && test_grep "config profile.*small" out
'

test_expect_success PYTHON 'records have the fields that git-batho-format(5) tells of' '
	same_fields setting list && same_fields setting get index.jobs && same_fields key explain index.jobs && same_fields source explain index.jobs &&
	same_fields set set index.jobs 3 && same_fields profile profile && same_fields change profile small &&
	same_fields validated validate && git config batho.index.jobz 2 && same_fields problem validate && cp ../config .git/config
'

test_expect_success 'outside of a repository: what is the users own' '
	mkdir -p ../outside && cd ../outside && git batho config list >out && git batho config explain index.jobs >out && git batho config set --global index.jobs 2 &&
	git batho config get index.jobs >out && echo 2 >want && test_cmp want out && git batho config set --global --unset index.jobs &&
	test_expect_code 128 git batho config set index.jobs 2 2>err && test_grep "^git-batho: not a git repository" err && test_grep "^hint: --global" err &&
	test_expect_code 128 git batho config list --staged && test_expect_code 128 git batho config profile small
'

test_expect_success 'before the first commit, in a bare repository, in a linked worktree' '
	test_create_repo ../empty && (cd ../empty && git batho config list && git batho config set index.jobs 2 && git batho config validate) >out &&
	git clone -q --bare . ../bare.git && (cd ../bare.git && git batho config set index.jobs 2 && git batho config get index.jobs && git batho config profile large) >out &&
	git worktree add -q ../linked && (cd ../linked && git batho config set index.jobs 5) && test "$(git config batho.index.jobs)" = 5 && cp ../config .git/config
'

test_expect_success OTHER_USER 'a repository that may not be written: one line, and nothing is changed' '
	git clone -q . ../theirs && chown -R 65534:65534 ../theirs && chmod a+rx .. && chmod -R a-w ../theirs/.git && cd ../theirs &&
	test_expect_code 128 as_other git batho config set index.jobs 2 2>err && test_line_count = 1 err && test_grep "could not lock config file" err &&
	as_other git batho config list >../out && as_other git batho config validate
'

test_expect_success 'many at once: every one is written, however long the others take' '
	for i in 1 2 3 4 5 6 7 8; do
		git batho config set --add index.exclude "p$i" -q 2>err.$i &
	done && wait && git batho config get index.exclude | sort >out && printf "p%s\n" 1 2 3 4 5 6 7 8 >want && test_cmp want out && cat err.* >errs && test_must_be_empty errs && cp ../config .git/config
'

test_expect_success 'a lock that nobody takes away: one line, in a second or so' '
	: >.git/config.lock && test_when_finished "rm -f .git/config.lock" && test_expect_code 128 timeout 20 git batho config set index.jobs 2 2>err &&
	test_line_count = 1 err && test_grep "could not lock config file" err
'

test_expect_success LOOP_MOUNT 'a full disk: one line, and the old settings' '
	mkdir ../small && mount -t tmpfs -o size=256k none ../small && test_when_finished "umount ../small && rmdir ../small" &&
	git init -q ../small/r && cp ../small/r/.git/config ../before && dd if=/dev/zero of=../small/fill bs=4k 2>/dev/null;
	(cd ../small/r && test_expect_code 128 git batho config set index.jobs 2) 2>err && test_line_count = 1 err && test_cmp ../before ../small/r/.git/config
'

test_done
