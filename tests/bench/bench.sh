#!/bin/sh
# The figures of the manual: git batho index and its queries beside their floors, in the same run.
#
#	bench.sh [REPOSITORY...]
#
# Without one, this checkout. Each is cloned into a scratch folder (objects shared), so that nothing of the
# original is touched. BENCH_HISTORY=1 indexes all history too. Prints one line a figure:
#	repository  what  value  floor  ratio or difference
# A peer (ctags, gtags, ast-grep) gets a line where it is installed.
set -eu

build=${TEST_BUILD:-$(pwd)}
PATH=$build/git-batho:$build/tests/bench:$PATH
export PATH
jobs=$(getconf _NPROCESSORS_ONLN)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

line() { printf '%-10s %-34s %12s %12s %10s\n' "$@"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf (b > 0 ? "%.2f x" : "-"), a / b }'; }
minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%+.1f ms", a - b }'; }
field() { printf '%s\n' "$1" | sed -n "s/.* $2=\([0-9.]*\).*/\1/p"; }
seconds() { awk -v ms="$1" 'BEGIN { printf "%.2f s", ms / 1000 }'; }

cold() {	# NAME ARGUMENT...: a rebuild beside the floor over the same blobs
	name=$1; shift
	git-batho-indexer index --rebuild -q "$@"
	# shellcheck disable=SC2046
	set -- $(timing -m git-batho-indexer index --rebuild -q "$@")
	floor=$(floor -j "$jobs" -b git)
	line "$name" "wall, $jobs workers" "$(seconds "$1")" "$(field "$floor" wall) s" \
		"$(awk -v a="$1" -v b="$(field "$floor" wall)" 'BEGIN { printf "%.2f x", a / 1000 / b }')"
	line "$name" "cpu" "$(seconds "$2")" "$(field "$floor" cpu) s" \
		"$(awk -v a="$2" -v b="$(field "$floor" cpu)" 'BEGIN { printf "%.2f x", a / 1000 / b }')"
	bytes=$(wc -c <"$(git rev-parse --git-common-dir)/batho/index.db")
	line "$name" "index.db / source bytes" "$bytes" "$(field "$floor" bytes)" \
		"$(ratio "$bytes" "$(field "$floor" bytes)")"
	line "$name" "memory, all processes (PSS)" "$(($3 / 1024)) MiB" \
		"$((400 + $(field "$floor" blobs) / 10486)) MiB" "$(ratio "$3" $((409600 + $(field "$floor" blobs) / 10)))"
}

query() {	# NAME ARGUMENT...: a whole process beside `git version`
	name=$1; shift
	here=$(timing -n 9 git batho "$@"); least=$(timing -n 9 git version)
	line "$name" "$*" "${here% *} ms" "${least% *} ms" "$(minus "${here% *}" "${least% *}")"
}

small() {	# NAME: nothing to do, and one file changed
	git batho index -q
	here=$(timing -n 9 git batho index -q); least=$(timing -n 9 git rev-parse HEAD)
	line "$1" "index, nothing to do" "${here% *} ms" "${least% *} ms" "$(minus "${here% *}" "${least% *}")"
	nothing=${here% *}
	path=$(git ls-files '*.c' '*.py' '*.js' | head -n 1)
	for i in 1 2 3 4 5; do
		printf '\nint batho_bench_%s;\n' "$i" >>"$path"
		git -c user.name=bench -c user.email=bench@example.org commit -q -a -m "bench $i"
		# shellcheck disable=SC2046
		set -- "$1" $(timing -m git batho index -q)
		echo "$2"
	done | sort -n | sed -n 3p >"$scratch/one"
	line "$1" "index, one file changed" "$(cat "$scratch/one") ms" "$nothing ms" \
		"$(minus "$(cat "$scratch/one")" "$nothing")"
}

queries() {	# NAME: a symbol and a file that the repository itself offers
	symbol=$(git batho search -q --porcelain -n 1 -k function a | sed -n '2p' | cut -f 9)
	path=$(git ls-files '*.c' '*.py' '*.js' | head -n 1)
	query "$1" def "$symbol"
	query "$1" refs "$symbol"
	query "$1" outline "$path"
	query "$1" search --match prefix "$(printf '%.5s' "$symbol")"
	query "$1" search --match substring "$(printf '%s' "$symbol" | cut -c 2-7)"
	query "$1" search --match fuzzy "${symbol}x"
}

peers() {	# NAME
	command -v ctags >/dev/null && {
		# shellcheck disable=SC2046
		set -- "$1" $(timing -n 1 ctags -R -f "$scratch/tags" .)
		line "$1" "peer: ctags -R" "$(seconds "$2")" "" ""
	}
	command -v gtags >/dev/null && {
		mkdir -p "$scratch/gtags"
		# shellcheck disable=SC2046
		set -- "$1" $(timing -n 1 gtags "$scratch/gtags")
		line "$1" "peer: gtags" "$(seconds "$2")" "" ""
	}
	command -v ast-grep >/dev/null && {
		# shellcheck disable=SC2046
		set -- "$1" $(timing -n 1 ast-grep outline .)
		line "$1" "peer: ast-grep outline" "$(seconds "$2")" "" ""
	}
	return 0
}

[ $# -gt 0 ] || set -- "$(git rev-parse --show-toplevel)"
line repository what value floor ""
for repo in "$@"; do
	name=$(basename "$repo")
	git clone -q --shared "$repo" "$scratch/$name"
	cd "$scratch/$name"
	cold "$name"
	small "$name"
	queries "$name"
	peers "$name"
	[ -z "${BENCH_HISTORY:-}" ] || cold "$name (all)" --all
	cd "$OLDPWD"
done
