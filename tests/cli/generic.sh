#!/bin/sh
test_description='what every command does, whatever it is for

The tests loop over --list-commands; a new command gets its arguments in args_of.'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

commands=$(git-batho --list-commands)

# args_of COMMAND: arguments with which it has an answer in the repository made below.
args_of() {
	case $1 in
	check | init | index | map | stats | help | version) ;;
	audit) echo verify ;;
	grammars | rules | snapshot) echo list ;;
	config) echo list ;;
	def | refs | callers | impact) echo add ;;
	callees) echo twice ;;
	diff) echo "$(git hash-object -t tree /dev/null)..HEAD" ;;
	deps | outline) echo a.c ;;
	search) echo ad ;;
	cat-facts) echo HEAD:a.c ;;
	doctor | health) ;;
	backup) echo verify ../one.batho ;;
	restore) echo ../one.batho ;;
	hooks | queue) echo status ;;
	storage) echo verify ;;
	cache) echo stats ;;
	*) echo 'no arguments known' ;;
	esac
}

needs_repository() {
	case $1 in
	backup | config | doctor | grammars | help | version) return 1 ;;	# doctor says what is wrong there
	esac
}

# has_option --NAME: does $command have it?
has_option() {
	git-batho $command --list-options | cut -f 1 | grep -qx -e "$1"
}

test_expect_success 'a repository, an empty one, a bare one' '
	printf "int add(int a)\n{\n\treturn a;\n}\nint twice(int a)\n{\n\treturn add(add(a));\n}\n#include <stddef.h>\n" >a.c &&
	git add a.c && git commit -q -m one && mkdir ../outside &&
	git batho backup -q ../one.batho && test_create_repo ../empty && git clone -q --bare . ../bare.git
'

test_expect_success OTHER_USER 'and one of another user' '
	git clone -q . ../theirs && mkdir -p ../nobody && chown -R 65534:65534 ../theirs ../nobody && chmod a+rx .. &&
	(cd ../theirs && as_other git batho index)
'

for command in $commands; do
	args=$(args_of "$command")
	test "$command" != snapshot || git batho index -q --snapshot	# something to list

	test_expect_success "$command: -h outside a repository is status 129 and speaks on stdout" '
		(cd ../outside && test_expect_code 129 git batho $command -h) >out 2>err &&
		test_grep "^usage: git batho $command" out && test_must_be_empty err
	'
	test_expect_success "$command: an unknown option is status 129, one line and a hint" '
		test_expect_code 129 git batho $command --no-such-option >out 2>err &&
		test_must_be_empty out && test_line_count = 2 err &&
		test_grep "^git-batho: .*no-such-option" err && test_grep "^hint: " err
	'
	test_expect_success "$command: it has an answer" '
		git batho $command $args >out 2>err && test -s out && test_must_be_empty err
	'
	test_expect_success "$command: the name git-batho-$command does the same" '
		git-batho-$command $args >direct && git batho $command $args >through &&
		test_cmp through direct
	'
	test_expect_success DEV_FULL "$command: a full disk is status 128" '
		for format in human json porcelain; do
			test_expect_code 128 git batho $command --format=$format $args >/dev/full 2>err &&
			test_line_count = 1 err && test_grep "stdout.*No space left" err || return 1
		done &&
		test_expect_code 128 git batho $command -h >/dev/full 2>err && test_line_count = 1 err
	'
	test_expect_success PYTHON "$command: --json gives an object a line, the first one says what this is" '
		git batho $command --json $args >out &&
		python3 - out "$command" <<-\EOT
		import json, sys
		rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
		assert rows[0] == {"batho": 1, "command": sys.argv[2]}, rows[0]
		assert len(rows) > 1 and all("record" in row for row in rows[1:]), rows
		EOT
	'
	test_expect_success "$command: --porcelain has a header and the same number of fields per type" '
		git batho $command --porcelain $args >out && head -n 1 out >head &&
		test "$(cat head)" = "# batho porcelain 1 $command" &&
		awk -F "\t" "NR > 1 { if (\$1 in nr && nr[\$1] != NF) exit 1; nr[\$1] = NF }" out
	'
	test_expect_success "$command: --porcelain -z ends fields with NUL and counts them" '
		git batho $command --porcelain $args | tail -n +2 >lines &&
		git batho $command --porcelain -z $args | tr "\n\0" "\1\n" >fields &&
		test "$(head -n 1 fields)" = "# batho porcelain 1 $command" &&
		tail -n +2 fields | awk "left == 0 { left = \$0; records++; next } { left-- }
			END { if (left) exit 1; print records }" >nr &&
		test "$(cat nr)" = "$(wc -l <lines)"
	'
	test_expect_success "$command: closed stdin and stderr do no harm" '
		git batho $command $args >want && git batho $command $args <&- >have 2>&- && test_cmp want have
	'
	test_expect_success "$command: with stdout closed, no file gets the answer" '
		git batho $command $args >want && git-batho $command $args >&- 2>err;
		git batho $command $args >have && test_cmp want have
	'
	test_expect_success "$command: it does not wait for stdin" '
		mkfifo fifo && test_when_finished "exec 7>&-; rm fifo" && exec 7<>fifo &&
		timeout 30 git batho $command $args <&7 >out && test -s out
	'
	test_expect_success "$command: a reader that goes away is no reason to complain" '
		{ git batho $command --porcelain $args 2>err; echo $? >status; } | : &&
		test_must_be_empty err
	'
	test_expect_success "$command: no colour for files, with NO_COLOR, and with --no-color" '
		git batho $command $args >out && test_grep ! "$(printf "\033")" out &&
		NO_COLOR=1 git -c color.ui=always batho $command $args >out && test_grep ! "$(printf "\033")" out &&
		git -c color.ui=always batho $command --color=never $args >out &&
		test_grep ! "$(printf "\033")" out
	'
	test_expect_success "$command: too many arguments is status 129" '
		test_might_fail git batho $command $args x y z 2>err &&
		case $command in
		deps | index) test_expect_code 128 git batho $command x y z 2>err ;;
		*) test_expect_code 129 git batho $command $args x y z 2>err ;;
		esac && test_grep "^git-batho: " err
	'
	needs_repository "$command" || continue
	test_expect_success "$command: not a repository is one line and status 128" '
		(cd ../outside && test_expect_code 128 git batho $command $args) >out 2>err &&
		test_must_be_empty out && test_line_count = 1 err && test_grep "not a git repository" err
	'
	test_expect_success "$command: before the first commit: one line says so" '
		cd ../empty && git batho $command $args >../out 2>../err
		status=$?
		case $command in
		init | audit | cache | check | health | hooks | queue | restore | rules | snapshot | storage) test $status -eq 0 && test_must_be_empty ../err ;;
		index) test $status -eq 0 && test_grep "^git-batho: .*no commit yet" ../err ;;
		*) test $status -eq 128 && test_must_be_empty ../out && test_grep "^git-batho: .*no commit yet" ../err ;;
		esac && test_line_count -le 2 ../err && test "$(grep -vc -e "^git-batho: " -e "^hint: " ../err)" -eq 0
	'
	test_expect_success "$command: an unknown revision is one line and status 128" '
		for rev in nowhere HEAD~9 -x ""; do
			if has_option --rev; then
				test_expect_code 128 git batho $command --rev="$rev" $args >out 2>err
			elif test $command = index; then
				test_expect_code 128 git batho index -- "$rev" >out 2>err
			elif test $command = cat-facts; then
				test_expect_code 128 git batho cat-facts -- "$rev:a.c" >out 2>err || test "$rev" = ""
			else
				return 0
			fi && test "$rev" = "" || {
				test_must_be_empty out && test_line_count = 1 err &&
					test_grep "^git-batho: unknown revision .$rev" err
			} || return 1
		done
	'
	test_expect_success "$command: an unknown kind, role, language or pattern is status 129, with a way out" '
		for option in --kind=thing --role=thing --lang=thing --path=!thing; do
			has_option ${option%%=*} || continue
			# what snapshot has of these is for its diff
			case $command in cat-facts | snapshot) continue ;; esac
			test_expect_code 129 git batho $command $option $args >out 2>err && test_must_be_empty out &&
				test_grep "^git-batho: .*thing" err && test_line_count -le 2 err || return 1
			case $option in
			--path=*) ;;
			*) test_grep "^hint: " err || return 1 ;;
			esac
		done
	'
	test_expect_success "$command: a bare repository has the same answer" '
		cd ../bare.git && git batho $command --json $args >../out 2>../err && test_must_be_empty ../err &&
		if has_option --worktree; then
			test_expect_code 128 git batho $command --worktree $(case $command in index | diff) ;; *) echo "$args" ;; esac) >../out 2>../err &&
				test_must_be_empty ../out && test_grep "^git-batho: .*work tree" ../err && test_grep "^hint: " ../err
		fi
	'
	test_expect_success OTHER_USER "$command: an index that may not be read is one line and status 128" '
		case $command in audit | check | health | hooks | queue | restore | rules | snapshot) return 0 ;; esac	# they do without, or say so
		cd ../theirs && chmod 000 .git/batho/index.db &&
		test_expect_code 128 as_other git batho $command $args >../out 2>../err && test_must_be_empty ../out &&
		test_line_count = 2 ../err && test_grep "^git-batho: .*index.db.*Permission denied" ../err &&
		test_grep "^hint: BATHO_STORE_DIR" ../err
	'
	test_expect_success LOOP_MOUNT "$command: a full disk under the index is one line and status 128" '
		case $command in audit | cache | health | hooks | queue | restore | rules | snapshot | storage) return 0 ;; esac	# it has no index, or says so
		mkdir ../small && mount -t tmpfs -o size=64k none ../small && test_when_finished "umount ../small && rmdir ../small" &&
		test_expect_code 128 env BATHO_STORE_DIR="$TEST_TRASH/small/batho" git batho $command $args >out 2>err &&
		test_must_be_empty out && test_line_count = 2 err && test_grep "^hint: free some space" err &&
		test_grep "^git-batho: .*/index.db.: \(the disk is full\|No space left\)" err && ls ../small/batho >files && test_must_be_empty files
	'
	test_expect_success "$command: a repository that is damaged is status 128" '
		git init -q ../damaged && echo nonsense >../damaged/.git/HEAD &&
		(cd ../damaged && test_expect_code 128 git batho $command $args) >out 2>err &&
		test_must_be_empty out && test_grep "^git-batho: " err
	'
done

test_expect_success 'the answer is coloured where it is asked for' '
	NO_COLOR=1 git batho def --color add >out && test_grep "$(printf "\033")" out &&
	git -c color.ui=always batho def add >out && test_grep "$(printf "\033")" out &&
	git -c color.ui=always -c color.batho=false batho def add >out && test_grep ! "$(printf "\033")" out &&
	NO_COLOR= git -c color.batho=always batho def add >out && test_grep "$(printf "\033")" out
'

test_expect_success SCRIPT 'on a terminal: colour, and the pager of git' '
	(TERM=xterm && export TERM && in_terminal git batho def add) >out &&
	test_grep "$(printf "\033")" out &&
	(TERM=xterm NO_COLOR=1 && export TERM NO_COLOR && in_terminal git batho def add) >out &&
	test_grep ! "$(printf "\033\\[3")" out &&
	(TERM=dumb && export TERM && in_terminal git batho def add) >out &&
	test_grep ! "$(printf "\033")" out &&
	write_script pager <<-\EOT &&
	echo "the pager got:" && cat
	EOT
	(GIT_PAGER="\"$PWD/pager\"" && export GIT_PAGER && in_terminal git batho def add) >out &&
	test_grep "the pager got" out &&
	in_terminal git -c pager.batho=false batho def add >out && test_grep ! "the pager got" out
'

test_expect_success 'a long answer to a reader that goes away: quiet, and at once' '
	awk "BEGIN { for (i = 0; i < 20000; i++) print \"int v\" i \" = add(\" i \");\" }" >long.c &&
	for format in human json porcelain; do
		{ git batho refs --worktree --format=$format add 2>err; echo $? >status; } | head -n 1 >out &&
		test_must_be_empty err && test_line_count = 1 out && test "$(cat status)" = 141 || return 1
	done && rm long.c
'

test_expect_success 'no command, an unknown command' '
	test_expect_code 129 git batho >out && test_grep "^usage: git batho" out &&
	test_expect_code 129 git batho frobnicate 2>err &&
	test_grep "^git-batho: .frobnicate. is not a git-batho command" err && test_grep "^hint: " err
'

test_expect_success 'options: beginnings, joined values, the end of options' '
	git batho def --porc add >out && test_grep "^# batho porcelain" out &&
	git batho def -n1 add >out && git batho def -n 1 add >out2 && test_cmp out out2 &&
	git batho def --max=1 -- add >out2 && test_cmp out out2 &&
	git batho def add --max 1 >out2 && test_cmp out out2 &&
	test_expect_code 129 git batho def --max=0 add 2>err && test_grep "max" err &&
	test_expect_code 129 git batho def --max=many add 2>err && test_grep "max" err &&
	test_expect_code 129 git batho def --max 2>err && test_grep "max" err &&
	test_expect_code 129 git batho def --format=xml add 2>err && test_grep "xml" err &&
	test_expect_code 129 git batho def --staged --rev HEAD add 2>err && test_grep "exclude each other" err
'

test_expect_success 'bad values are named' '
	test_expect_code 129 git batho def --kind thing add 2>err && test_grep "unknown kind .thing." err &&
	test_expect_code 129 git batho def --path "!x" add 2>err && test_grep "!x" err &&
	test_expect_code 129 git batho refs --role thing add 2>err && test_grep "unknown role .thing." err &&
	test_expect_code 129 git batho def --lang pyton add 2>err &&
	test_grep "unknown language .pyton." err && test_grep "^hint: .*python" err &&
	test_expect_code 128 git batho def --rev nowhere add 2>err && test_line_count = 1 err &&
	test_grep "unknown revision .nowhere." err &&
	test_expect_code 128 git batho index nowhere 2>err && test_grep "unknown revision .nowhere." err &&
	test_expect_code 128 git batho index nowhere..HEAD 2>err && test_grep "nowhere" err &&
	test_expect_code 128 git batho outline nothing.c 2>err && test_grep "nothing.c" err &&
	test_expect_code 129 git batho outline ../../a.c 2>err && test_grep "outside the repository" err &&
	test_expect_code 128 git batho cat-facts HEAD:nothing.c 2>err &&
	test_grep "path .nothing.c. does not exist in .HEAD." err
'

test_expect_success 'values that look like options stay values' '
	test_expect_code 128 git batho index -- --all 2>err && test_grep "unknown revision" err &&
	test_expect_code 128 git batho def --rev=--help add 2>err && test_grep "unknown revision" err &&
	test_expect_code 1 git batho def -- --help >out && test_must_be_empty out &&
	test_expect_code 1 git batho search -- --all >out && test_must_be_empty out &&
	test_expect_code 128 git batho cat-facts -- --all 2>err && test_grep "names no blob" err
'

test_expect_success 'errors of configuration name the key and where it stands' '
	test_config batho.index.jobz 3 &&
	test_expect_code 128 git batho stats 2>err &&
	test_grep "index.jobz.*config" err && test_grep "^hint: .*index.jobs" err &&
	git config --unset batho.index.jobz &&
	test_expect_code 128 git -c batho.index.jobs=many batho stats 2>err &&
	test_grep "index.jobs.*many" err &&
	test_expect_code 128 env BATHO_INDEX_MAX_BLOB_SIZE=huge git batho index 2>err &&
	test_grep "BATHO_INDEX_MAX_BLOB_SIZE.*environment.*huge" err &&
	git config batho.index.jobz x &&
	git -c batho.hooks.x.mode=y batho version >out
'

test_expect_success 'nothing is printed twice and progress stays off when stderr is no terminal' '
	git batho index --rebuild 2>err && test_must_be_empty err &&
	GIT_PROGRESS_DELAY=0 git batho index --rebuild --progress 2>err >out && test_grep "done\\." err &&
	git batho index --rebuild --quiet --progress 2>err && test_grep ! "git-batho:" err
'

test_done
