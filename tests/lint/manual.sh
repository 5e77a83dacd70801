#!/bin/sh
# Manual pages: mandoc has nothing to say about them.
. "$(dirname "$0")/lint-lib.sh"

manual_faults() {
	find man -name '*.[1-9]' | sort | while IFS= read -r page; do
		mandoc -T lint -W warning "$page"
	done
}
if command -v mandoc >/dev/null 2>&1; then
	lint_check 'mandoc accepts every page' manual_faults
else
	lint_skip 'mandoc accepts every page' 'mandoc is not installed'
fi

lint_done
