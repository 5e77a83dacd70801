#!/bin/sh
# variant.sh SOURCE BUILD MAKE NAME TARGET [CONFIGURE ARGUMENT...]
#
# Configures BUILD/variant/NAME with the arguments, the compiled grammars and SQLite coming from GRAMMARS_FROM, and
# makes TARGET there. A variant whose arguments did not change is not configured again.
set -eu

source=$1
build=$2
make=$3
name=$4
target=$5
shift 5
folder=$build/variant/$name

if test -f "$source/config.status"; then
	echo "variant.sh: the source folder itself is configured; variants need a build folder" >&2
	echo "hint: make distclean, then ./bootstrap (which builds in build/)" >&2
	exit 1
fi
mkdir -p "$folder"
cd "$folder"
if ! printf '%s\n' "$@" | cmp -s - arguments || ! test -f Makefile; then
	"$source/configure" -q --with-grammars-from="$GRAMMARS_FROM" "$@"
	printf '%s\n' "$@" >arguments
fi
# shellcheck disable=SC2086 # make and its options
exec $make "$target"
