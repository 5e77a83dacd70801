# shellcheck shell=bash
# bash completion of `git batho`, which git's own completion calls as _git_batho, and of git-batho and the
# git-batho-<command> names. Commands, options and their values come from the program.

# __git_batho_options COMMAND: its long options, those with a value with "=", as --list-options has them.
__git_batho_options()
{
	git batho "$1" --list-options 2>/dev/null | awk -F '\t' '
		$1 != "" {
			print $1 ($3 ~ /^(string|list|enum|int|size)$/ && $5 !~ /^\[/ ? "=" : "")
			if ($4 == "neg")
				print "--no-" substr($1, 3)
		}'
}

# __git_batho_argument COMMAND OPTION: what its value is, such as <kind> or (a|b).
__git_batho_argument()
{
	git batho "$1" --list-options 2>/dev/null |
		awk -F '\t' -v option="$2" '$1 == option || $2 == option { print $5; exit }'
}

# __git_batho_value COMMAND OPTION PART
__git_batho_value()
{
	local argument
	argument=$(__git_batho_argument "$1" "$2")
	case $argument in
	*'|'*) __gitcomp "$(printf '%s\n' "$argument" | tr -d '[]()=' | tr '|' ' ')" "" "$3" ;;
	'<kind>' | '<role>' | '<language>')
		__gitcomp "$(git batho --list-values "${argument//[<>]/}" 2>/dev/null)" "" "$3"
		;;
	'<revision>' | '<rev>' | '<commit>') __git_complete_refs --cur="$3" ;;
	'<branch>') __gitcomp_nl "$(__git_heads)" "" "$3" ;;
	'<remote>') __gitcomp_nl "$(__git_remotes)" "" "$3" ;;
	'<id>') __gitcomp_nl "$(__git_batho_queue_ids .)" "" "$3" ;;
	*) return 1 ;;
	esac
}

# __git_batho_subcommands COMMAND: the words behind it in the forms of its usage.
__git_batho_subcommands()
{
	git batho "$1" -h 2>/dev/null | sed -n "s/^ *[a-z]*: git batho $1 \([a-z][-a-z]*\).*/\1/p"
}

# __git_batho_queue_ids STATES [COLUMN]: numbers of the newest actions in these states (a regular expression), or of their batches.
__git_batho_queue_ids()
{
	git batho queue log -n 100 --porcelain 2>/dev/null | awk -F '\t' -v states="$1" -v column="${2:-2}" '
		$1 == "action" && $4 ~ states && $column != "" && !seen[$column]++ { print $column }'
}

# __git_batho_queue AT: the word at hand, behind "queue", which is word AT.
__git_batho_queue()
{
	local i subcommand
	for ((i = $1 + 1; i < cword; i++)); do
		case ${words[i]} in
		-*) ;;
		*)
			subcommand=${words[i]}
			break
			;;
		esac
	done
	case $subcommand in
	'') __gitcomp "$(__git_batho_subcommands queue)" ;;
	merge) __git_complete_refs ;;
	workflow | deploy)
		__gitcomp_nl "$(git config --name-only --get-regexp "^batho[.]$subcommand[.].*[.](command|tag)$" 2>/dev/null |
			sed -e "s/^batho[.]$subcommand[.]//" -e 's/[.][a-z]*$//' | sort -u)"
		;;
	show) __gitcomp_nl "$(__git_batho_queue_ids .)" ;;
	cancel) __gitcomp_nl "$(__git_batho_queue_ids '^(queued|blocked|parked)$')" ;;
	retry) __gitcomp_nl "$(__git_batho_queue_ids '^(parked|failed|blocked|unknown)$')" ;;
	requeue) __gitcomp_nl "$(__git_batho_queue_ids '^(parked|failed|blocked|unknown|canceled|needs-human)$')" ;;
	execute) __gitcomp_nl "$(__git_batho_queue_ids '^(batched|executing)$' 13)" ;;
	undo) __gitcomp_nl "$(__git_batho_queue_ids '^landed$' 13)" ;;
	urgent) __gitcomp "on off" ;;
	commit) __git_complete_index_file "--modified --others --deleted --directory --no-empty-directory" ;;
	esac
}

# __git_batho_snapshot AT: the word at hand, behind "snapshot", which is word AT.
__git_batho_snapshot()
{
	local i subcommand
	for ((i = $1 + 1; i < cword; i++)); do
		case ${words[i]} in
		-*) ;;
		*)
			subcommand=${words[i]}
			break
			;;
		esac
	done
	case $subcommand in
	'') __gitcomp "$(__git_batho_subcommands snapshot)" ;;
	show | diff | verify | export | delete)
		__gitcomp_nl "$(git batho snapshot list --porcelain 2>/dev/null |
			awk -F '\t' '$1 == "snapshot" { print $2; if ($3 != "") print $3 }')"
		;;
	esac
}

# __git_batho_config AT: the same behind "config".
__git_batho_config()
{
	local i subcommand key
	for ((i = $1 + 1; i < cword; i++)); do
		case ${words[i]} in
		-*) ;;
		*)
			if [ -n "$subcommand" ]; then
				key=${words[i]}
				break
			fi
			subcommand=${words[i]}
			;;
		esac
	done
	case $subcommand in
	'') __gitcomp "$(__git_batho_subcommands config | sort -u)" ;;
	get | explain | set)
		if [ "$subcommand" = set ] && [ -n "$key" ]; then
			__gitcomp "$(git batho config explain "$key" 2>/dev/null |
				sed -n -e 's/,//g' -e 's/^ *expected *one of //p' -e 's/^ *expected *true or false/true false/p')"
		else
			__gitcomp_nl "$(git batho --list-values key 2>/dev/null)"
		fi
		;;
	profile) __gitcomp_nl "$(git batho config profile --porcelain 2>/dev/null | cut -s -f 2)" ;;
	validate) COMPREPLY=() ;;
	esac
}

# __git_batho_words AT: completes the word at hand; the command is looked for from word AT on.
__git_batho_words()
{
	local command i
	for ((i = $1; i < cword; i++)); do
		case ${words[i]} in
		-*) ;;
		*)
			command=${words[i]}
			break
			;;
		esac
	done
	if [ -z "$command" ]; then
		__gitcomp "$(git batho --list-commands 2>/dev/null) --help --version"
		return
	fi
	case $cur in
	--*=*)
		__git_batho_value "$command" "${cur%%=*}" "${cur#*=}"
		return
		;;
	-*)
		__gitcomp "$(__git_batho_options "$command")"
		return
		;;
	esac
	case $prev in
	-*) [ "$prev" = -- ] || ! __git_batho_value "$command" "$prev" "$cur" || return ;;
	esac
	case $command in
	backup) mapfile -t COMPREPLY < <(compgen -W verify -f -- "$cur") ;;
	hooks) __gitcomp "install uninstall status run" ;;
	help) __gitcomp "$(git batho --list-commands 2>/dev/null)" ;;
	index | diff | check) __git_complete_refs ;;
	config) __git_batho_config "$i" ;;
	queue) __git_batho_queue "$i" ;;
	rules) __gitcomp "list show test" ;;
	audit) __gitcomp "log verify export" ;;
	snapshot) __git_batho_snapshot "$i" ;;
	grammars) __gitcomp "list test add update remove" ;;
	storage) __gitcomp "$(__git_batho_subcommands storage)" ;;
	deps | outline) __git_complete_index_file --cached ;;
	def | refs | callers | callees | impact)
		[ -z "$cur" ] || __gitcomp_direct "$(git batho search --match=prefix --max=50 \
			--porcelain "$cur" 2>/dev/null | cut -s -f 9 | sort -u | sed 's/$/ /')"
		;;
	esac
}

_git_batho()
{
	__git_batho_words $((${__git_cmd_idx:-1} + 1))
}

# git-batho, and git-batho-<command>: the name is the command.
__git_batho_program()
{
	local name=${words[0]##*/}
	if [ "$name" != git-batho ]; then
		words=(git-batho "${name#git-batho-}" "${words[@]:1}")
		cword=$((cword + 1))
	fi
	__git_batho_words 1
}

if ! declare -F __git_complete >/dev/null && declare -F _completion_loader >/dev/null; then
	_completion_loader git
fi
if declare -F __git_complete >/dev/null; then
	__git_complete git-batho __git_batho_program
	for __git_batho_name in $(git batho --list-commands 2>/dev/null); do
		__git_complete "git-batho-$__git_batho_name" __git_batho_program
	done
	unset __git_batho_name
fi
