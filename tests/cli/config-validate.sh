#!/bin/sh
test_description='git batho config validate: every mistake with file, line, key, what is expected and the nearest key

Golden files: tests/cli/config/<case>.ini, or a file of git, and <case>.want beside it. TEST_BLESS=1 rewrites them.'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

SQ=\'
cases=$TEST_SOURCE/tests/cli/config

for file in "$cases"/*; do
	case $file in
	*.want) continue ;;
	esac
	name=$(basename "$file")
	test_expect_success "$name: exactly these messages" '
		cp "$cases/$name" . && git batho config validate "$name" >have 2>err
		status=$? && test_must_be_empty err &&
		if test -n "${TEST_BLESS-}"; then cp have "$cases/$name.want"; fi &&
		test_cmp "$cases/$name.want" have &&
		if grep -q "^no mistakes in " have; then test $status -eq 0; else test $status -eq 1; fi &&
		test "$(tr -d "[:print:]\n\t" <have | tr -d "\200-\377" | wc -c)" -eq 0
	'
	test_expect_success PYTHON "$name: the same as records, which say how many" '
		git batho config validate --json "$name" >out 2>err; test_must_be_empty err && python3 - out have <<-\EOT
		import json, sys
		rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")][1:]
		lines = open(sys.argv[2], encoding="utf-8").read().splitlines()
		problems = [row for row in rows if row["record"] == "problem"]
		assert rows[-1]["record"] == "validated" and rows[-1]["problems"] == len(problems), rows[-1]
		assert len(lines) == len(problems) or (not problems and len(lines) == 1), (lines, problems)
		for row in problems:
		    assert row["message"] and row["file"] and row["line"], row
		EOT
	'
done

test_expect_success 'standard input is a tracked file' '
	test_expect_code 1 git batho config validate - <"$cases/names.ini" >have && sed "s/^names.ini/-/" "$cases/names.ini.want" >want && test_cmp want have
'

test_expect_success 'a file that is not there, is a folder, is too large, may not be read' '
	test_expect_code 128 git batho config validate nothing.ini 2>err && echo "git-batho: there is no file ${SQ}nothing.ini${SQ}" >want && test_cmp want err &&
	mkdir folder && test_expect_code 128 git batho config validate folder 2>err && test_line_count = 1 err && test_grep "folder" err &&
	awk "BEGIN { for (i = 0; i < 30000; i++) print \"; a comment\" }" >large.ini && test_expect_code 1 git batho config validate large.ini >out &&
	test_grep "larger than 262144 bytes" out &&
	test_expect_code 128 git batho config validate /dev/zero 2>err && test_line_count = 1 err
'

test_expect_success 'a file of git that git does not understand' '
	printf "[batho \"index\"]\n\tjobs = 1\n[oops\n" >.gitconfig && test_expect_code 1 git batho config validate .gitconfig >have &&
	echo ".gitconfig:3: git does not understand this line" >want && test_cmp want have
'

test_expect_success 'without a file: everything that is in force' '
	echo "int add(int a);" >a.c && git add a.c && git commit -q -m one && top=$(pwd -P) && git batho config validate >out &&
	echo "no mistakes in git${SQ}s configuration, the environment" >want && test_cmp want out &&
	git config --global batho.index.jobs x && git config batho.index.jobz 4 && mkdir .batho && printf "[index]\nexclude = !h\n" >.batho/config.ini &&
	git add .batho && git commit -q -m two && printf "[index]\nexclude = !i\n" >.batho/config.ini && git add .batho &&
	printf "[index]\nexclude = !f\n[rules]\nno-such-rule.severity = off\n" >.batho/config.ini &&
	test_expect_code 1 env BATHO_INDEX_TIMEOUT=0 BATHO_INDX_JOBS=3 BATHO_SKIP=all BATHO_FIELD_X=1 git -c batho.indx.jobs=2 batho config validate >have &&
	sed -e "s|$HOME|HOME|" -e "s|$top|TOP|" -e "s|config:[0-9]*: unk|config:N: unk|" have >short && cat >want <<-\EOT &&
	HOME/.gitconfig:2: '\''batho.index.jobs'\'' is '\''x'\'': a number from 0 to 256 is expected
	TOP/.git/config:N: unknown key '\''batho.index.jobz'\'' (did you mean '\''batho.index.jobs'\''?)
	'\''BATHO_INDEX_TIMEOUT'\'' in the environment is '\''0'\'': a number from 1 to 3600 is expected
	unknown key '\''batho.indx.jobs'\'' on the command line (did you mean '\''batho.index.jobs'\''?)
	unknown key '\''BATHO_INDX_JOBS'\'' in the environment (did you mean '\''BATHO_INDEX_JOBS'\''?)
	.batho/config.ini:2: '\''index.exclude'\'': pattern '\''!f'\'' starts with '\''!'\'': patterns cannot take others back
	'\''rules.no-such-rule.severity'\'' in .batho/config.ini:4: no rule has this name (`git batho rules list` shows them)
	:.batho/config.ini:2: '\''index.exclude'\'': pattern '\''!i'\'' starts with '\''!'\'': patterns cannot take others back
	HEAD:.batho/config.ini:2: '\''index.exclude'\'': pattern '\''!h'\'' starts with '\''!'\'': patterns cannot take others back
	EOT
	test_cmp want short
'

test_expect_success 'packs that are none, a pattern that is none: where they stand, and once; set refuses the pattern' '
	git config batho.rules.packs nothing && git config batho.hooks.commit-msg.ticketPattern "(" && test_expect_code 1 git batho config validate >out &&
	test_grep "git/config:[0-9]*: .rules.packs. names .nothing., which is no pack" out && test_grep "git/config:[0-9]*: hooks.commit-msg.ticketPattern .(.: " out &&
	test "$(grep -c "no pack" out)" = 1 && test "$(grep -c ticketPattern out)" = 1 && git config --remove-section batho.rules && git config --remove-section batho.hooks.commit-msg &&
	test_expect_code 129 git batho config set hooks.commit-msg.ticketPattern "(" 2>err && test_grep "ticketPattern" err && git batho config set hooks.commit-msg.ticketPattern "[A-Z]+-[0-9]+" &&
	git batho config set --unset hooks.commit-msg.ticketPattern
'

test_expect_success 'variables that the program reads or sets are no mistakes' '
	rm -f .batho/config.ini && git config --unset batho.index.jobz && git config --global --unset batho.index.jobs && git rm -q -r -f .batho && git commit -q -m three &&
	(cd "$TEST_SOURCE" && grep -rhoE "(getenv\(|_ENV )\"BATHO_[A-Z_]+\"" --include="*.[ch]" core git-batho hooks store) | grep -o "BATHO_[A-Z_]*" | sort -u >names &&
	test_line_count -gt 5 names && while read -r name; do
		test_might_fail env $name=1 git batho config validate >out && test_grep ! "unknown key" out || return 1
	done <names
'

test_expect_success 'what git cannot read is told with file and line, and everything else waits' '
	cp .git/config ../config && test_when_finished "cp ../config .git/config" && echo "[oops" >>.git/config && line=$(wc -l <.git/config) &&
	test_expect_code 1 git-batho config validate >out && test_grep "config:$line: git does not understand this line" out
'

test_expect_success 'outside of a repository, in a bare one' '
	mkdir ../outside && (cd ../outside && git batho config validate && BATHO_INDEX_JOBS=x test_expect_code 1 git batho config validate) >out &&
	git clone -q --bare . ../bare.git && (cd ../bare.git && git batho config validate) >out
'

test_done
