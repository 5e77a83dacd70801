#!/bin/sh
test_description='manual pages and completions say what the program says'
# shellcheck source=tests/lib/test-lib.sh
TEST_NO_REPO=1
. "$(dirname "$0")/../lib/test-lib.sh"

man=$TEST_SOURCE/man
commands=$(git-batho --list-commands)

# synopsis FILE: the forms of a page, written as -h writes them but without < and >.
synopsis() {
	awk '
		/^\.Sh / { on = ($2 == "SYNOPSIS"); next }
		!on { next }
		/^\.Nm / {
			if (line != "") print line
			sub(/^\.Nm /, ""); line = $0; next
		}
		{
			bracket = ""
			if ($1 == ".Op") bracket = "[]"
			if ($1 == ".Pq") bracket = "()"
			text = ""; glue = 1
			for (i = (bracket == "" ? 1 : 2); i <= NF; i++) {
				word = $i
				if (word ~ /^[.]?(Ar|Cm)$/) continue
				if (word ~ /^[.]?Oo$/) { text = text "["; glue = 1; continue }
				if (word == "Oc") { text = text "]"; continue }
				if (word == "Ns") { glue = 1; continue }
				if (word == "Fl") { word = "-" $++i }
				if (word == ":" || word == "...") glue = 1
				text = text (glue ? "" : " ") word
				glue = 0
			}
			line = line " " substr(bracket, 1, 1) text substr(bracket, 2, 1)
		}
		END { if (line != "") print line }
	' "$1"
}

# usage COMMAND...: the same from -h.
usage() {
	git-batho "$@" -h | sed -n -e 's/^usage: //p' -e 's/^   or: //p' | tr -d '<>'
}

# page_options FILE: "-q --[no-]quiet" or "--jobs n", one entry of the option lists a line.
page_options() {
	awk '
		/^\.Sh / { on = ($2 == "OPTIONS") }
		on && /^\.It Fl / {
			text = ""
			for (i = 2; i <= NF; i++) {
				if ($i == "Fl") text = text " -" $(++i)
				else if ($i == "Ar") { text = text " " $(++i); break }
				else if ($i == "Ns" && $(i + 1) == "Op") { text = text "[" $NF "]"; break }
			}
			print substr(text, 2)
		}
	' "$1" | sort
}

# program_options COMMAND: the same from --list-options; arguments that are choices are left to the page.
program_options() {
	git-batho "$1" --list-options | awk -F '\t' '{
		text = $2
		name = $1
		if ($4 == "neg") sub(/^--/, "--[no-]", name)
		if (name != "") text = text (text == "" ? "" : " ") name
		arg = $5
		if (arg ~ /^\[/) text = text "[*]"
		else if (arg ~ /^\(/) text = text " *"
		else if (arg != "") { gsub(/[<>]/, "", arg); text = text " " arg }
		print text
	}' | sort
}

# Names of arguments that stand for choices are free.
same_options() {
	program_options "$1" >want && page_options "$man/git-batho-$1.1" >have &&
		awk 'NR == FNR { want[FNR] = $0; next }
			{
				w = want[FNR]
				if (w ~ /\[\*\]$/) { sub(/\[\*\]$/, "", w); sub(/\[.*\]$/, "") }
				if (w ~ / \*$/) { sub(/ \*$/, "", w); sub(/ [^ ]*$/, "") }
				if ($0 != w) { print "page: " $0 ", program: " w; bad = 1 }
			}
			END { exit bad }' want have && test "$(wc -l <want)" = "$(wc -l <have)" || {
		diff -u want have
		return 1
	}
}

test_expect_success 'the program knows its commands' '
	for command in init index stats def refs callers callees deps diff impact map check rules outline search cat-facts config help hooks queue snapshot storage version; do
		echo "$commands" | grep -q -x -e "$command" || return 1
	done
'

test_expect_success 'every command has a page, every page a command' '
	for command in $commands; do
		test_path_is_file "$man/git-batho-$command.1" || return 1
	done &&
	for page in "$man"/git-batho-*.1; do
		name=$(basename "$page" .1) &&
		echo "$commands" | grep -x -e "${name#git-batho-}" || return 1
	done
'

for command in $commands; do
	page=$man/git-batho-$command.1
	test_expect_success "$command: synopsis" '
		usage "$command" >want && synopsis "$page" >have && test_cmp want have
	'
	test_expect_success "$command: options" 'same_options "$command"'
	test_expect_success "$command: the same summary in help, page and git-batho(1)" '
		summary=$(git-batho help --porcelain | sed -n "s/^command	$command	//p") &&
		test -n "$summary" &&
		test "$(sed -n "s/^\.Nd //p" "$page")" = "$summary" &&
		awk -v want="$command" "/^\.It Cm / { on = (\$3 == want); next } on" "$man/git-batho.1" |
			head -n 1 | grep -i -F -e "${summary%, as JSON}"
	'
done

test_expect_success 'git-batho(1) has what git batho -h has' '
	test_expect_code 129 git-batho -h >out &&
	for option in h -help -version -list-commands -list-values; do
		test_grep "^\.It Fl $option" "$man/git-batho.1" || return 1
	done &&
	test "$(sed -n "s/^usage: //p" out | tr -d "<>")" = "$(synopsis "$man/git-batho.1")"
'

test_expect_success 'git-batho-config(5) has every key with its default and bounds' '
	{ tr "\n" " " <"$TEST_SOURCE/core/conf/keys.c" && echo; } | sed "s/\[BT_KEY_/\n&/g" |
		sed -n "s/.*\.name = \"\([^\"]*\)\".*/&/p" >rows &&
	test_line_count -ge 7 rows &&
	while read -r row; do
		name=$(echo "$row" | sed "s/.*\.name = \"\([^\"]*\)\".*/\1/") &&
		awk -v key="batho.$name" "/^\.It Va / { on = (\$3 == key); next } /^\.El/ { on = 0 } on" \
			"$man/git-batho-config.5" >text &&
		test -s text || { echo "no $name"; return 1; }
		case $row in
		*".tracked = true"*) test_grep "^May be set by the tracked file" text ;;
		*) test_grep "^Not taken from the tracked file" text ;;
		esac || return 1
		case $row in
		*".deflt = "*)
			deflt=$(echo "$row" | sed "s/.*\.deflt = \"\([^\"]*\)\".*/\1/") &&
			tr "\n" " " <text | grep -q "the default is \(.Cm \)\?$deflt *\."
			;;
		*) test_grep "the default is empty" text ;;
		esac || { echo "default of $name"; return 1; }
	done <rows &&
	test "$(grep -c "^\.It Va batho\." "$man/git-batho-config.5")" = "$(wc -l <rows)"
'

# words_of PAGE SECTION: the words of the first .Cm list there.
words_of() {
	awk -v want="$1" '/^\.Ss / { on = ($0 == ".Ss " want); next }
		on && /^\.(Bl|It)/ { exit }
		on && /^\.Cm / { sub(/^\.Cm /, ""); gsub(/ [,.]/, " "); printf "%s ", $0 }' \
		"$man/git-batho-format.5" | tr -s ' ' '\n' | sed '/^$/d'
}

test_expect_success 'git-batho-format(5) has the kinds and roles in the order of their numbers' '
	sed -n "s/.*\[BT_KIND_[A-Z]*\] = \"\(.*\)\".*/\1/p" "$TEST_SOURCE/core/facts/names.c" >want &&
	test_line_count -gt 10 want && words_of Kinds >have && test_cmp want have &&
	sed -n "s/.*\[BT_ROLE_[A-Z]*\] = \"\(.*\)\".*/\1/p" "$TEST_SOURCE/core/facts/names.c" >want &&
	test_line_count -gt 5 want && words_of Roles >have && test_cmp want have
'

test_expect_success MAN 'man finds the pages by their names' '
	mkdir -p share/man/man1 && cp "$man"/*.1 share/man/man1/ &&
	MANPATH=$PWD/share/man man -w git-batho-index >out && test_grep "git-batho-index.1" out
'

test_expect_success MAN '--help opens the page of a command' '
	MANPATH=$PWD/share/man MANPAGER=cat PAGER=cat git batho index --help >out &&
	test_grep "parse workers" out
'

test_expect_success '--help without a page prints the usage, with status 0' '
	MANPATH=$PWD/nowhere git-batho def --help >out && test_grep "^usage: git batho def" out &&
	MANPATH=$PWD/nowhere git-batho --help >out && test_grep "^usage: git batho" out
'

# ---- completions ----
completions=$TEST_SOURCE/completions
git_completion=
for file in /usr/share/bash-completion/completions/git /usr/share/git/completion/git-completion.bash; do
	if test -z "$git_completion" && test -f "$file"; then
		git_completion=$file
	fi
done
export completions git_completion
test_lazy_prereq BASH_COMPLETION 'no bash, or no completion of git for it' \
	'test -n "$git_completion" && bash --version'

write_script complete <<'SCRIPT'
exec bash -c '
	. "$git_completion" || exit 1
	. "$completions/git-batho.bash" || exit 1
	COMP_LINE="$*" COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_POINT=${#COMP_LINE}
	_get_comp_words_by_ref() {
		while [ $# -gt 0 ]; do
			case $1 in
			cur) cur=${COMP_WORDS[COMP_CWORD]} ;;
			prev) prev=${COMP_WORDS[COMP_CWORD - 1]} ;;
			words) words=("${COMP_WORDS[@]}") ;;
			cword) cword=$COMP_CWORD ;;
			-n) shift ;;
			esac
			shift
		done
	}
	__git_wrap__git_main 2>/dev/null
	printf "%s\n" "${COMPREPLY[@]}"
' complete "$@"
SCRIPT

test_expect_success BASH_COMPLETION 'bash completes every command' '
	./complete git batho "" >out &&
	for command in $commands; do
		test_grep "^$command *\$" out || return 1
	done
'

test_expect_success BASH_COMPLETION 'bash completes every option that -h shows' '
	for command in $commands; do
		./complete git batho $command "--" >out && ./complete git batho $command "--no-" >>out &&
		git-batho $command -h | grep -o -e "--[a-z][-a-z]*" | sort -u >options &&
		test -s options && while read -r option; do
			test_grep "^$option" out || return 1
		done <options || return 1
	done
'

test_expect_success BASH_COMPLETION 'bash completes the values of options' '
	: >verdict && ./complete git batho backup "ver" >out && test_grep "^verify" out && test_grep "^verdict" out && rm verdict &&
	./complete git batho def "--kind=" >out && test_grep "^function" out && test_grep "^enumerator" out &&
	./complete git batho refs "--role=ca" >out && test_grep "^call" out && test_grep ! "^read" out &&
	./complete git batho def "--lang=ja" >out && test_grep "^java" out &&
	./complete git batho index "--color=" >out && test_grep "^never" out
'

# Something to complete: a branch, a remote, an action that is queued and one that is canceled.
test_expect_success 'a repository with a queue' '
	test_create_repo queue &&
	(cd queue && BATHO_BATCH_AUTO_EXECUTE=manual && export BATHO_BATCH_AUTO_EXECUTE &&
		git commit -q --allow-empty -m one && git branch topic && git remote add upstream ../nowhere &&
		git config batho.deploy.site.command true && git config batho.workflow.ci.yml.tag ci/ &&
		git batho queue deploy site -q && git batho queue deploy site -q && git batho queue cancel 2 -q) &&
	git-batho queue -h | sed -n "s/^ *[a-z]*: git batho queue \([a-z]*\).*/\1/p" >subcommands &&
	for word in commit merge push bulk status windows stats urgent; do
		test_grep -x "$word" subcommands || return 1
	done
'

test_expect_success BASH_COMPLETION 'bash completes what the queue does, and with what' '
	cp complete queue/ && cd queue &&
	./complete git batho queue "" >out && while read -r word; do
		test_grep "^$word *\$" out || return 1
	done <../subcommands &&
	./complete git batho queue commit "--target=to" >out && test_grep "^topic" out &&
	./complete git batho queue push --remote "up" >out && test_grep "^upstream" out &&
	./complete git batho queue merge "to" >out && test_grep "^topic" out &&
	./complete git batho queue show "" >out && test_grep "^1" out && test_grep "^2" out &&
	./complete git batho queue cancel "" >out && test_grep "^1" out && test_grep ! "^2" out &&
	./complete git batho queue requeue "" >out && test_grep ! "^1" out && test_grep "^2" out &&
	./complete git batho queue push "--after=" >out && test_grep "^1" out &&
	./complete git batho queue deploy "" >out && test_grep "^site" out &&
	./complete git batho queue workflow "" >out && test_grep "^ci.yml" out &&
	./complete git batho queue urgent "" >out && test_grep "^off" out
'

test_expect_success BASH_COMPLETION 'bash completes what config does, keys, values and profiles' '
	./complete git batho config "" >out && for word in list get explain set validate profile; do
		test_grep "^$word *\$" out || return 1
	done &&
	./complete git batho config get "index.m" >out && test_grep "^index.maxBlobSize" out &&
	./complete git batho config set --global "check." >out && test_grep "^check.failOn" out &&
	./complete git batho config set check.failOn "" >out && test_grep "^warning" out &&
	./complete git batho config set batch.check "" >out && test_grep "^false" out &&
	./complete git batho config profile "" >out && test_grep "^monorepo" out
'

test_expect_success BASH_COMPLETION 'bash completes what is done with snapshots, and their names' '
	test_create_repo snapshots && cp complete snapshots/ && cd snapshots && echo "int a;" >a.c && git add a.c && git commit -q -m a &&
	git batho index -q --snapshot --label first &&
	./complete git batho snapshot "" >out && test_grep "^verify" out && test_grep "^import" out &&
	./complete git batho snapshot show "" >out && test_grep "^1" out && test_grep "^first" out
'

test_expect_success BASH_COMPLETION 'and what is done with the storage' '
	cp complete queue/ && cd queue && ./complete git batho storage "" >out &&
	for word in verify cleanup compact rebuild-indexes backfill stats; do
		test_grep "^$word *\$" out || return 1
	done
'

# What the other shells ask the program for is what the program has: they hold no list of their own.
test_expect_success 'no completion holds a list of commands or options' '
	for file in git-batho.bash _git-batho git-batho.fish; do
		test_grep "list-commands" "$completions/$file" &&
		test_grep ! -w -e "--rebuild" "$completions/$file" || return 1
	done
'

test_expect_success ZSH 'zsh reads its completion' 'zsh -n "$completions/_git-batho"'

test_expect_success ZSH 'zsh completes commands and options' '
	mkdir -p fpath && cp "$completions/_git-batho" fpath/ &&
	cat >try.zsh <<-\EOT &&
	autoload -Uz compinit && fpath=($PWD/fpath $fpath) && compinit -u -d $PWD/dump
	_describe() { print -rl -- ${(P)@[-1]} }
	compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@" }
	_call_program() { shift; eval "$*" }
	autoload +X _git-batho
	CURRENT=2 PREFIX= words=(batho "") _git-batho
	CURRENT=3 PREFIX=-- words=(batho index --) _git-batho
	cd queue
	CURRENT=3 PREFIX= words=(batho queue "") _git-batho
	CURRENT=4 PREFIX= words=(batho queue requeue "") _git-batho
	CURRENT=4 PREFIX= words=(batho queue deploy "") _git-batho
	CURRENT=5 PREFIX= words=(batho queue commit --target "") _git-batho
	EOT
	zsh -f try.zsh >out && test_grep -x callers out && test_grep -x -e --rebuild out &&
	while read -r word; do
		test_grep -x "$word" out || return 1
	done <subcommands &&
	test_grep -x 2 out && test_grep ! -x 1 out && test_grep -x site out && test_grep -x topic out
'

test_expect_success FISH 'fish completes commands and options' '
	XDG_CONFIG_HOME=$PWD/fish fish -c "source $(printf "%s" "$completions/git-batho.fish" |
		sed "s/[^A-Za-z0-9_/.-]/\\\\&/g"); complete -C \"git batho \"" >out &&
	test_grep "^callers" out &&
	XDG_CONFIG_HOME=$PWD/fish fish -c "source $(printf "%s" "$completions/git-batho.fish" |
		sed "s/[^A-Za-z0-9_/.-]/\\\\&/g"); complete -C \"git batho index --re\"
		cd queue
		complete -C \"git batho queue \"
		complete -C \"git batho queue requeue \"
		complete -C \"git batho queue deploy \"
		complete -C \"git batho queue commit --target=\"" >out &&
	test_grep "^--rebuild" out &&
	while read -r word; do
		test_grep "^$word" out || return 1
	done <subcommands &&
	test_grep -x 2 out && test_grep ! -x 1 out && test_grep -x site out && test_grep -x -e --target=topic out
'

test_done
