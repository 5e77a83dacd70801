#!/bin/sh
test_description='mistakes in configuration: what is wrong, where it stands, what would be right'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

SQ=\'

# refuses [--env NAME=VALUE] LINE [HINT]: every command that reads settings says exactly this.
refuses() {
	if test "$1" = --env; then
		refuses_env=$2
		shift 2
	else
		refuses_env=NO_SETTING=
	fi
	{ printf 'git-batho: %s\n' "$1" && test -z "${2-}" || printf 'hint: %s\n' "$2"; } >../want
	for refuses_command in stats index "def add" init; do
		test_expect_code 128 env "$refuses_env" git batho $refuses_command >../out 2>../err &&
			test_must_be_empty ../out && test_cmp ../want ../err || return 1
	done
}

test_expect_success 'a repository' '
	echo "int add(int a);" >a.c && git add . && git commit -q -m one && git batho stats &&
	top=$(pwd -P) && cp .git/config ../config
'

test_expect_success 'a value that does not fit: key, file, line, value, what is expected' '
	test_when_finished "cp ../config .git/config" &&
	git config batho.index.jobs many && line=$(grep -n jobs .git/config | sed "s/:.*//") &&
	refuses "${SQ}batho.index.jobs${SQ} in $top/.git/config:$line is ${SQ}many${SQ}: a number from 0 to 256 is expected" &&
	git config batho.index.jobs 257 && refuses "${SQ}batho.index.jobs${SQ} in $top/.git/config:$line is ${SQ}257${SQ}: a number from 0 to 256 is expected" &&
	git config --unset batho.index.jobs && git config batho.index.maxBlobSize 65m &&
	refuses "${SQ}batho.index.maxBlobSize${SQ} in $top/.git/config:$line is ${SQ}65m${SQ}: a size from 1 to 64m is expected" &&
	git config --unset batho.index.maxBlobSize && git config batho.index.backend jgit &&
	refuses "${SQ}batho.index.backend${SQ} in $top/.git/config:$line is ${SQ}jgit${SQ}: one of auto, libgit2, git is expected"
'

test_expect_success 'the line is that of the value that is wrong, not of the first of its name' '
	test_when_finished "cp ../config .git/config" &&
	printf "[batho \"index\"]\n\texclude = a\n\texclude = b\n\n\texclude = !c\n\texclude = d\n" >>.git/config &&
	line=$(grep -n "!c" .git/config | sed "s/:.*//") &&
	refuses "${SQ}batho.index.exclude${SQ} in $top/.git/config:$line: pattern ${SQ}!c${SQ} starts with ${SQ}!${SQ}: patterns cannot take others back"
'

test_expect_success 'an unknown key, and the nearest one' '
	test_when_finished "cp ../config .git/config" &&
	git config batho.index.jobz 3 && line=$(grep -n jobz .git/config | sed "s/:.*//") &&
	refuses "unknown key ${SQ}batho.index.jobz${SQ} in $top/.git/config:$line" "did you mean ${SQ}batho.index.jobs${SQ}?" &&
	git config --unset batho.index.jobz && git config batho.index.q 3 &&
	refuses "unknown key ${SQ}batho.index.q${SQ} in $top/.git/config:$line" "\`man 5 git-batho-config\` lists the keys"
'

test_expect_success 'in the file of the user, in an included one, in that of a worktree' '
	test_when_finished "rm \"$HOME/.gitconfig\"" &&
	printf "[batho \"index\"]\n\tjobs = x\n" >"$HOME/.gitconfig" &&
	refuses "${SQ}batho.index.jobs${SQ} in $HOME/.gitconfig:2 is ${SQ}x${SQ}: a number from 0 to 256 is expected" &&
	printf "[include]\n\tpath = %s/more\n" "$TEST_TRASH" >"$HOME/.gitconfig" &&
	printf "# more\n\n[batho.index] jobs = y\n" >../more &&
	refuses "${SQ}batho.index.jobs${SQ} in $TEST_TRASH/more:3 is ${SQ}y${SQ}: a number from 0 to 256 is expected" &&
	: >"$HOME/.gitconfig" && test_when_finished "cp ../config .git/config; rm -f .git/config.worktree" &&
	git config extensions.worktreeConfig true && git config --worktree batho.index.jobs z &&
	refuses "${SQ}batho.index.jobs${SQ} in $top/.git/config.worktree:2 is ${SQ}z${SQ}: a number from 0 to 256 is expected"
'

test_expect_success 'from a folder below, through GIT_DIR, in a bare repository: the same file' '
	test_when_finished "cp ../config .git/config" && git config batho.index.jobs many &&
	line=$(grep -n jobs .git/config | sed "s/:.*//") && mkdir -p sub && git clone -q --bare . ../bare.git &&
	(cd sub && test_expect_code 128 git batho stats) 2>err && test_grep "in $top/.git/config:$line is" err &&
	(cd / && GIT_DIR="$top/.git" test_expect_code 128 git batho stats) 2>err && test_grep "in $top/.git/config:$line is" err &&
	git -C ../bare.git config batho.index.jobs many && line=$(grep -n jobs ../bare.git/config | sed "s/:.*//") &&
	(cd ../bare.git && test_expect_code 128 git batho stats) 2>err && test_grep "in .*/bare.git/config:$line is" err
'

test_expect_success 'on the command line of git, and on ours' '
	test_expect_code 128 git -c batho.index.jobs=many batho stats 2>err &&
	echo "git-batho: ${SQ}batho.index.jobs${SQ} on the command line is ${SQ}many${SQ}: a number from 0 to 256 is expected" >want &&
	test_cmp want err &&
	test_expect_code 129 git batho index --max-blob-size=99g 2>err &&
	echo "git-batho: ${SQ}index.maxBlobSize${SQ} on the command line is ${SQ}99g${SQ}: a size from 1 to 64m is expected" >want &&
	test_cmp want err &&
	test_expect_code 129 git batho index --exclude="!a" 2>err && test_grep "on the command line: pattern .!a." err
'

test_expect_success 'in the environment: the name that was used' '
	refuses --env BATHO_INDEX_MAX_BLOB_SIZE=huge \
		"${SQ}BATHO_INDEX_MAX_BLOB_SIZE${SQ} in the environment is ${SQ}huge${SQ}: a size from 1 to 64m is expected" &&
	refuses --env BATHO_INDEX_MAXBLOBSIZE=0 \
		"${SQ}BATHO_INDEX_MAXBLOBSIZE${SQ} in the environment is ${SQ}0${SQ}: a size from 1 to 64m is expected"
'

test_expect_success 'in the tracked file: of the revision, of the index, of the files' '
	test_when_finished "git reset -q --hard; rm -rf .batho" && mkdir .batho &&
	printf "[index]\nmaxBlobSize = 1m\nexclude = !x\n" >.batho/config.ini && git add .batho &&
	test_expect_code 128 git batho stats --staged 2>err && test_line_count = 1 err &&
	test_grep "^git-batho: .index.exclude. in .*:\\.batho/config.ini:3: pattern .!x." err &&
	printf "[index]\nmaxBlobSize = 1q\n" >.batho/config.ini &&
	test_expect_code 128 git batho stats --worktree 2>err && test_line_count = 1 err &&
	test_grep "^git-batho: .index.maxBlobSize. in .*:\\.batho/config.ini:2 is .1q.: a size from 1 to 64m" err &&
	printf "[index]\n\nmaxBlobSizes = 1m\n" >.batho/config.ini && git add .batho && git commit -q -m wrong &&
	test_when_finished "git reset -q --hard HEAD^" &&
	test_expect_code 128 git batho stats 2>err && test_line_count = 2 err &&
	test_grep "^git-batho: unknown key .index.maxBlobSizes. in HEAD:\\.batho/config.ini:3" err &&
	test_grep "^hint: .*.index.maxBlobSize." err
'

test_expect_success 'keys of other areas are left to those who know them' '
	git -c batho.hooks.pre-commit.mode=warn -c batho.x.y=1 batho stats
'

test_expect_success 'the queue: windows, choices, commands with a name' '
	test_when_finished "cp ../config .git/config" &&
	git config batho.batch.window.commit 0 && git config batho.batch.urgentWindow.deploy 5 && git config batho.batch.verify "make -s" &&
	git config batho.deploy.Prod/eu.command "./deploy" && git config batho.workflow.ci.yml.tag ci/ && git batho stats >/dev/null &&
	git config batho.batch.urgentWindow.deploy soon && line=$(grep -n soon .git/config | sed "s/:.*//") &&
	refuses "${SQ}batho.batch.urgentWindow.deploy${SQ} in $top/.git/config:$line is ${SQ}soon${SQ}: a number from 0 to 86400 is expected" &&
	git config --unset batho.batch.urgentWindow.deploy && git config batho.batch.style rebase && line=$(grep -n rebase .git/config | sed "s/:.*//") &&
	refuses "${SQ}batho.batch.style${SQ} in $top/.git/config:$line is ${SQ}rebase${SQ}: one of squash, stack is expected" &&
	git config --unset batho.batch.style && git config batho.batch.window.comit 3 && line=$(grep -n comit .git/config | sed "s/:.*//") &&
	refuses "unknown key ${SQ}batho.batch.window.comit${SQ} in $top/.git/config:$line" "did you mean ${SQ}batho.batch.window.commit${SQ}?" &&
	git config --unset batho.batch.window.comit && git config batho.deploy.prod.comand x && line=$(grep -n comand .git/config | sed "s/:.*//") &&
	refuses "unknown key ${SQ}batho.deploy.prod.comand${SQ} in $top/.git/config:$line" "\`deploy.<name>\` has command and probe" &&
	git config --unset batho.deploy.prod.comand && printf "[batho \"deploy.prod\"]\n\tcommand\n" >>.git/config && line=$(wc -l <.git/config) &&
	refuses "${SQ}batho.deploy.prod.command${SQ} in $top/.git/config:$line has no value"
'

test_expect_success 'what is wrong in the tracked file is told although git config has a better value' '
	mkdir -p .batho && printf "[index]\nmaxBlobSize = huge\n" >.batho/config.ini && git add .batho && git commit -q -m huge &&
	test_expect_code 128 git -c batho.index.maxBlobSize=1m batho stats 2>../err && test_grep "HEAD:.batho/config.ini:2 is .huge." ../err &&
	test_expect_code 128 env BATHO_INDEX_MAX_BLOB_SIZE=1m git batho index 2>../err && test_grep "config.ini:2 is .huge." ../err &&
	test_expect_code 128 git batho index --max-blob-size=1m 2>../err && test_grep "config.ini:2 is .huge." ../err &&
	git config batho.index.jobs x && test_expect_code 128 env BATHO_INDEX_JOBS=1 git batho stats 2>../err && test_grep "is .x." ../err &&
	git config --unset batho.index.jobs
'

test_expect_success 'a key that is not for the tracked file is named, with the way to set it' '
	printf "; first\n\n[index]\njobs = 3\n" >.batho/config.ini && test_expect_code 128 git batho stats --worktree 2>../err &&
	test_grep "worktree:.batho/config.ini:4: .index.jobs. is not taken from a tracked file$" ../err &&
	test_grep "^hint: .git config batho.index.jobs." ../err
'

test_expect_success 'a tracked file tunes batches, and names no command' '
	test_when_finished "rm .batho/config.ini" &&
	printf "[batch]\nstyle = stack\nmaxSize = 7\ndebounceCap = 2\n[batch.window]\ncommit = 5\n" >.batho/config.ini && git batho stats --worktree >/dev/null &&
	for setting in batch.verify batch.verifyTimeout batch.hooks batch.check batch.autoExecute batch.maxParallel batch.pushRetries \
		queue.onCommit queue.onPush queue.retention deploy.prod.command deploy.prod.probe workflow.ci.command workflow.ci.probe workflow.ci.tag; do
		printf "[%s]\n%s = 1\n" "${setting%%.*}" "${setting#*.}" >.batho/config.ini &&
		test_expect_code 128 git batho stats --worktree 2>../err &&
		test_grep "config.ini:2: .$setting. is not taken from a tracked file$" ../err &&
		test_grep "^hint: .git config batho.$setting." ../err || return 1
	done
'

test_expect_success 'where something is written outside of the repository is for the user to say, not for the repository' '
	test_when_finished "cp ../config .git/config; rm -f \"$HOME/.gitconfig\" .batho/config.ini" && git rm -q -f .batho/config.ini && git commit -q -m without &&
	mkdir -p .batho && git config --global batho.log.file /tmp/log && git batho stats >/dev/null && git -c batho.log.file=/tmp/log batho stats >/dev/null &&
	BATHO_LOG_FILE=/tmp/log git batho stats >/dev/null &&
	for key in log.file metrics.output; do
		cp ../config .git/config && git config batho.$key /tmp/file && line=$(grep -n /tmp/file .git/config | sed "s/:.*//") &&
		refuses "$top/.git/config:$line: ${SQ}batho.$key${SQ} is not taken from the configuration of a repository" \
			"\`git config --global batho.$key\` sets it for you" &&
		printf "[%s]\n%s = /tmp/file\n" ${key%.*} ${key#*.} >.batho/config.ini && cp ../config .git/config &&
		test_expect_code 128 git batho stats --worktree 2>../err && test_grep "config.ini:2: .$key. is not taken from a tracked file$" ../err &&
		test_grep "^hint: .git config --global batho.$key. sets it for you" ../err && rm .batho/config.ini || return 1
	done
'

test_expect_success 'a path is absolute, or below the home folder' '
	test_when_finished "rm -f \"$HOME/.gitconfig\"" &&
	for value in log "./log" "~other/log"; do
		git config --global batho.log.file "$value" && test_expect_code 128 git batho stats 2>../err && test_grep "is .*: an absolute path or syslog is expected" ../err || return 1
	done &&
	git config --global batho.log.file "~/batho.log" && git config --global batho.log.level debug && git batho stats >/dev/null && test -s "$HOME/batho.log" &&
	for value in "" syslog; do
		git config --global batho.log.file "$value" && git batho stats >/dev/null || return 1
	done &&
	test_expect_code 128 git -c batho.cache.frozenDir=x batho stats 2>../err && test_grep "an absolute path is expected" ../err
'

test_expect_success 'names of keys compare without case, in every place; names of your own with it' '
	test_when_finished "cp ../config .git/config" && rm -f .batho/config.ini &&
	git config BATHO.Index.Exclude "*.c" && test_expect_code 1 git batho def add && cp ../config .git/config &&
	printf "[INDEX]\nExclude = *.c\n" >.batho/config.ini && test_expect_code 1 git batho def --worktree add && rm .batho/config.ini &&
	git config batho.Rules.secret.severity hot && test_expect_code 128 git batho stats 2>../err && test_grep "secret.severity. in .* is .hot." ../err
'

test_expect_success 'in the environment words are apart, or they are not' '
	for name in BATHO_CACHE_MEMORY_MB BATHO_CACHE_MEMORYMB; do
		test_expect_code 128 env $name=1 git batho stats 2>../err && test_grep "^git-batho: .$name. in the environment is .1.: a number from 8" ../err || return 1
	done &&
	BATHO_CACHE_MEMORYMB=30 BATHO_CACHE_MEMORY_MB=50 git batho config get cache.memoryMB >../out && echo 50 >../want && test_cmp ../want ../out &&
	BATHO_CACHE_MEMORY=30 BATHO_CACHE_MEMORY_MBX=3 BATHO_CACHE_MEMORY_M_B=3 git batho config get cache.memoryMB >../out && echo 100 >../want && test_cmp ../want ../out &&
	test_expect_code 128 env BATHO_RULES_EMPTY_CATCH_SEVERITY=x git batho stats 2>../err && test_grep "EMPTY_CATCH_SEVERITY. in the environment is .x.: one of off" ../err
'

test_expect_success 'the tracked file may start with the mark of UTF-8' '
	printf "\357\273\277[index]\nexclude = a.c\n" >.batho/config.ini && test_expect_code 1 git batho def --worktree add &&
	printf "\357\273\277; words\n[index]\nexcluded = a.c\n" >.batho/config.ini &&
	test_expect_code 128 git batho stats --worktree 2>../err && test_grep "excluded.*config.ini:3" ../err
'

test_expect_success PYTHON 'git-batho-config(5) has type, unit, bounds, choices, default, variable and scope of every key as the table has them' '
	git-batho config explain --json $(git-batho --list-values key) >../table && python3 - ../table "$TEST_SOURCE/man/git-batho-config.5" <<-\EOT
	import json, re, sys
	rows = [json.loads(line) for line in open(sys.argv[1])]
	rows = [row for row in rows if row.get("record") == "key"]
	entries, name = {}, None
	for line in open(sys.argv[2]):
	    line = line.rstrip("\n")
	    if line.startswith(".It Va batho."):
	        name = line[13:]
	        entries[name] = []
	    elif line.startswith(".El"):
	        name = None
	    elif name:
	        entries[name].append(re.sub("^[.](Cm|Ev|Va|Li|Pa|Xr) ", "", line).replace("\\&", ""))
	assert list(entries) == sorted(entries, key=str.lower), "the keys of the page are out of order"
	assert set(entries) == {row["key"] for row in rows}, set(entries) ^ {row["key"] for row in rows}
	for row in rows:
	    text = re.sub(" ([.,;:])", r"\1", " ".join(entries[row["key"]]))
	    want = []
	    if row["type"] == "number":
	        want.append("A number of %s from %d to %d;" % (row["unit"], row["min"], row["max"]))
	    elif row["type"] == "size":
	        mega = row["max"] % (1 << 20) == 0
	        want.append("A size from %d to %d%s;" % (row["min"], row["max"] >> 20 if mega else row["max"], "m" if mega else ""))
	    elif row["type"] == "bool":
	        want.append("True or false;")
	    elif row["type"] == "choice":
	        want.append("One of " + ", ".join(row["choices"]) + ";")
	    elif row["type"] == "path":
	        want.append(" or ".join(["An absolute path"] + row["choices"]) + ";")
	    elif row["type"] == "patterns":
	        want.append("A list of patterns;")
	    want.append("the default is " + (row["default"] if row["default"] else "empty"))
	    want.append("In the environment: " + row["environment"] + ".")
	    want.append("May be set by the tracked file." if row["tracked"] else
	                "Not taken from the tracked file, nor from the repository" if row["scope"] == "user" else
	                "Not taken from the tracked file.")
	    for part in want:
	        assert part in text, "%s: %r is not in %r" % (row["key"], part, text)
	EOT
'

test_done
