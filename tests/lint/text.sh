#!/bin/sh
# Blanks at the ends of lines, missing last newlines, leftovers.
. "$(dirname "$0")/lint-lib.sh"

texts() {
	{
		c_sources
		shell_scripts
		ls configure.ac Makefile.am README.md NOTICE LICENSE .gitignore .gitattributes 2>/dev/null
		find core store git-batho man tests docs -name Makemodule.am -o -name '*.lang' \
			-o -name '*.awk' -o -name '*.list' -o -name '*.txt' -o -name '*.[1-9]' \
			-o -name '*.md' 2>/dev/null | grep -v -e '^tests/lang/' -e '^tests/fuzz/' -e '^tests/trash/'
		find build-aux -name '*.awk'
	} | sort -u
}

blank_ends() {
	texts | xargs grep -n '[ 	]$' /dev/null
}
lint_check 'no blank ends a line' blank_ends

carriage_returns() {
	texts | xargs grep -l "$(printf '\r')" /dev/null
}
lint_check 'no carriage returns' carriage_returns

open_ends() {
	texts | while IFS= read -r file; do
		test -z "$(tail -c 1 "$file")" || echo "$file"
	done
}
lint_check 'every file ends with a newline' open_ends

wrong_indents() {
	c_sources | xargs grep -n '^        ' /dev/null
}
lint_check 'C is indented with tabs' wrong_indents

leftovers() {
	texts | xargs grep -n -w -E 'TO[D]O|FIX[M]E|XX[X]' /dev/null
}
lint_check 'nothing is left for later' leftovers

lint_done
