#!/bin/sh
# copy-parts.sh PARTS GRAMMARS.LIST DESTINATION
#
# Copies what the build compiles from the npm packages in PARTS, and their licences: for the tarball.
set -eu

parts=$1
list=$2
destination=$3

# copy PACKAGE FOLDER [FIND-EXPRESSION...]: the matching files in that folder, not below it.
copy() {
	from=$1/$2
	shift 2
	mkdir -p "$destination/$from"
	find "$parts/$from" -maxdepth 1 -type f "$@" -exec cp -p {} "$destination/$from/" \;
}

# licence PACKAGE
licence() {
	copy "$1" . \( -iname 'LICEN[CS]E*' -o -iname 'COPYING*' \)
	set -- "$destination/$1"/[LlCc][IiOo][CcPp]*
	test -f "$1" || {
		echo "copy-parts.sh: no licence in '$destination'" >&2
		exit 1
	}
}

grep -v '^#' "$list" | while read -r _ _ package source _; do
	licence "$package"
	copy "$package" "$source" -name '*.[ch]' ! -name 'parser_abi*'
	copy "$package" "$source/tree_sitter" -name '*.h'
	case $source in
	*/src) test ! -d "$parts/$package/common" || copy "$package" common -name '*.h' ;;
	esac
done

licence tree-sitter
lib=vendor/tree-sitter/lib
copy tree-sitter $lib/include/tree_sitter
for folder in src src/portable src/unicode src/wasm; do
	copy tree-sitter $lib/$folder
done

licence better-sqlite3
copy better-sqlite3 deps/sqlite3 -name '*.[ch]'
chmod -R u+w "$destination"
