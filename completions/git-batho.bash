# shellcheck shell=bash
# bash completion of `git batho`: git's own completion calls _git_batho. Commands and options come from
# the program.

# __git_batho_options COMMAND: its long options, from its usage.
__git_batho_options()
{
	git batho "$1" -h 2>/dev/null | grep -o -E -e '--[a-z][-a-z]*=?' | sort -u
}

_git_batho()
{
	local command i
	for ((i = ${__git_cmd_idx:-1} + 1; i < cword; i++)); do
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
	case "$command,$cur" in
	*,--*=*) ;;
	*,-*) __gitcomp "$(__git_batho_options "$command")" ;;
	help,*) __gitcomp "$(git batho --list-commands 2>/dev/null)" ;;
	index,*) __git_complete_refs ;;
	outline,*) __git_complete_index_file --cached ;;
	def,* | refs,* | callers,* | callees,*)
		[ -z "$cur" ] || __gitcomp_direct "$(git batho search --match=prefix --max=50 \
			--porcelain "$cur" 2>/dev/null | cut -s -f 9 | sort -u | sed 's/$/ /')"
		;;
	esac
}
