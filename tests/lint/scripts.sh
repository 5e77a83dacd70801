#!/bin/sh
# Shell scripts: every one can be read by its shell, and shellcheck has nothing to say.
. "$(dirname "$0")/lint-lib.sh"

unreadable() {
	shell_scripts | while IFS= read -r script; do
		case $(head -n 1 "$script") in
		*bash*) bash -n "$script" ;;
		*) sh -n "$script" ;;
		esac
	done
}
lint_check 'its shell can read every script' unreadable

shellcheck_faults() {
	shell_scripts | xargs shellcheck -S warning -f gcc
}
if command -v shellcheck >/dev/null 2>&1; then
	lint_check 'shellcheck accepts every script' shellcheck_faults
else
	lint_skip 'shellcheck accepts every script' 'shellcheck is not installed'
fi

lint_done
