#!/bin/sh
# Files over 800 lines, functions over 80 lines or over a complexity of 25.
. "$(dirname "$0")/lint-lib.sh"

# excepted KIND FILE [NAME]: does it stand in exceptions.txt, with a reason?
excepted() {
	grep -q "^$*: ..*" tests/lint/exceptions.txt
}

long_files() {
	{
		c_sources
		shell_scripts
	} | while IFS= read -r file; do
		lines=$(wc -l <"$file")
		test "$lines" -le 800 || excepted file "$file" || echo "$file: $lines lines"
	done
}
lint_check 'no file has more than 800 lines' long_files

long_functions() {
	c_sources | xargs awk -f tests/lint/functions.awk |
		while read -r file line name lines _; do
			test "$lines" -le 80 || excepted function "$file" "$name" ||
				echo "$file:$line: $name has $lines lines"
		done
}
lint_check 'no function has more than 80 lines' long_functions

complex_functions() {
	c_sources | xargs awk -f tests/lint/functions.awk |
		while read -r file line name _ complexity; do
			test "$complexity" -le 25 || excepted complexity "$file" "$name" ||
				echo "$file:$line: $name has a complexity of $complexity"
		done
}
lint_check 'no function has a complexity over 25' complex_functions

idle_exceptions() {
	grep '^[a-z]' tests/lint/exceptions.txt | while read -r kind file name _; do
		name=${name%:}
		case $kind in
		file) test -f "${file%:}" ;;
		*) grep -q "^\([a-z].*[ *]\)*$name(" "$file" ;;
		esac || echo "exceptions.txt: nothing here is $kind $file $name"
	done
}
lint_check 'the exceptions are about things that exist' idle_exceptions

functions_seen() {
	nr=$(c_sources | xargs awk -f tests/lint/functions.awk | wc -l)
	test "$nr" -gt 50 || echo "functions.awk sees only $nr functions"
}
lint_check 'the counting works' functions_seen

lint_done
