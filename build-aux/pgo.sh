#!/bin/sh
# pgo.sh SOURCE BUILD MAKE
#
# Builds the programs with gcc's profile-guided optimisation, in BUILD/variant/pgo: compiles everything with
# counters, lets lang_dump parse and walk the training set (our own sources and the golden cases of every
# language), and compiles everything again with what was counted.
set -eu

source=$1
build=$2
make=$3
folder=$build/variant/pgo

# make_with FLAGS GOAL...
make_with() {
	flags=$1
	shift
	# shellcheck disable=SC2086 # make and its options
	$make PART_CFLAGS="$flags" CFLAGS="-O2 -g $flags" "$@"
}

# Files of every language, as "LANGUAGE FILE" lines, sorted by language.
training_set() {
	(
		cd "$source"
		find core store git-batho tests -type f ! -path 'tests/fuzz/*' ! -path 'tests/trash/*' \
			! -name '*.o' ! -name '*.a' ! -name '*.log' ! -name '*.trs'
	) | sort | (
		cd "$source"
		xargs "$folder/tests/lang/lang_dump" --detect
	) | awk '$1 != "-" { print $1, $2 }' | sort
}

train() {
	for language in $(cut -d ' ' -f 1 training | uniq); do
		echo "  TRAIN    $language"
		awk -v language="$language" '$1 == language { print $2 }' training | (
			cd "$source"
			xargs "$folder/tests/lang/lang_dump" --occs "$language" >/dev/null
		)
	done
}

mkdir -p "$folder"
cd "$folder"
test -f Makefile || "$source/configure" -q
find . -name '*.gcda' -exec rm -f {} +
make_with '-fprofile-generate -fprofile-update=single' tests/lang/lang_dump
training_set >training
train
# No object knows that the flags have changed; the counters (.gcda) stay.
find . \( -name '*.o' -o -name '*.a' -o -name '*.key' -o -name '*.stamp' \) -exec rm -f {} +
make_with '-fprofile-use -fprofile-partial-training -Wno-missing-profile -Wno-coverage-mismatch' all
