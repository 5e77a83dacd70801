#!/bin/sh
# content-key.sh BASE COMMAND FILE|FOLDER...
#
# Writes BASE.key from the command, the compiler's version and the content of the files (of a folder:
# of the headers and schema tables in it), leaves it alone when nothing changed, and touches BASE.stamp.
set -eu

base=$1
command=$2
shift 2
mkdir -p "$(dirname "$base")"

sums() {
	for f; do
		if test -d "$f"; then
			find "$f" "$f/../../common" \( -name '*.h' -o -name 'schema.*.c' \) -type f \
				2>/dev/null | sort
		else
			echo "$f"
		fi
	done | while IFS= read -r f; do
		cksum <"$f"
	done
}

{
	# Where the sources lie does not matter.
	echo "$command" | sed 's|/[^ ]*/||g'
	${command%% *} --version 2>/dev/null | sed 1q
	sums "$@"
} >"$base.key.new"
# The stamp first: a new key must be newer than it.
: >"$base.stamp"
if cmp -s "$base.key.new" "$base.key"; then
	rm -f "$base.key.new"
else
	touch "$base.key.new"
	mv "$base.key.new" "$base.key"
fi
