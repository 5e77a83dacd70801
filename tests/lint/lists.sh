#!/bin/sh
# The lists in the Makemodules name every file there is, and every grammar is pinned.
. "$(dirname "$0")/lint-lib.sh"

# shellcheck disable=SC2046 # the paths hold no blanks
listed=$(cat Makefile.am $(find completions core store git-batho hooks man tests -name Makemodule.am) |
	tr ' \t\\' '\n\n\n' | sort -u)

# unlisted <FILES: those that no list names, with their ending or without a final .c.
unlisted() {
	while IFS= read -r file; do
		printf '%s\n' "$listed" | grep -q -x -F -e "$file" -e "${file%.c}" ||
			echo "$file: no list names it"
	done
}

unlisted_sources() {
	c_sources | grep -v '^tests/' | unlisted
}
lint_check 'every source is in a list' unlisted_sources

unlisted_tests() {
	find tests -name '*.[ch]' -o -name '*.sh' | grep -v -e '^tests/lang/.*/.*/' \
		-e '^tests/trash/' -e '^tests/fuzz/corpus' | sort | unlisted
}
lint_check 'every test is in a list' unlisted_tests

unlisted_data() {
	find core/lang/desc man -name '*.lang' -o -name '*.part' -o -name '*.[1-9]' | sort | unlisted
	find tests/lang/* -maxdepth 0 -type d | unlisted
}
lint_check 'every description, manual page and folder of golden cases is in a list' unlisted_data

unlisted_build_scripts() {
	find build-aux -name '*.awk' -o -name '*.sh' | grep -v -e tap-driver.sh |
		sort | unlisted
}
lint_check 'every build script is in the tarball' unlisted_build_scripts

loose_grammars() {
	awk '!/^[ \t]*(#|$)/ { print $3 }' core/lang/grammars.list | sort -u |
		while IFS= read -r package; do
			grep -q "\"$package\": \"[0-9]" package.json ||
				echo "package.json does not pin $package"
			grep -q -F "\"node_modules/$package\"" package-lock.json ||
				echo "package-lock.json does not lock $package"
			grep -q -F "$package" NOTICE || echo "NOTICE does not mention $package"
		done
}
lint_check 'every grammar is pinned, locked and mentioned in NOTICE' loose_grammars

# bootstrap looks there for what makes configure old.
unwatched() {
	for folder in */; do
		test -z "$(find "$folder" -maxdepth 2 -name Makemodule.am)" || test "$folder" = node_modules/ ||
			sed -n '/^must_autoreconf()/,/^}/p' bootstrap | grep -q -w -e "${folder%/}" ||
			echo "$folder: bootstrap does not look there for lists"
	done
}
lint_check 'bootstrap watches every folder of lists' unwatched

addresses() {
	grep -n -E '"(resolved|registry)"|://[^"]*\.tgz' package-lock.json
}
lint_check 'package-lock.json records no addresses' addresses

lint_done
