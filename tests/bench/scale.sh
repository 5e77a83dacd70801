#!/bin/sh
# What a large repository costs: made-up monorepos (monorepo.awk) of several sizes, each indexed, asked, changed, verified.
#
#	scale.sh [FILES...]
#
# Without sizes: 10000 50000 100000 200000. Each has a hundredth as many commits; the largest one takes a few minutes in all.
# Prints one line a figure, beside the floor (tests/bench/floor.c: the same blobs read and parsed, nothing else) where there is one:
#	files  what  value  floor  ratio
# and at the end the table of the manual. BENCH_DIR: where the repositories are made (they stay there, and are used again).
set -eu

build=${TEST_BUILD:-$(pwd)}
source=$(cd "$(dirname "$0")" && pwd)
PATH=$build/git-batho:$build/tests/bench:$PATH
export PATH
cores=$(getconf _NPROCESSORS_ONLN)
scratch=${BENCH_DIR:-$(mktemp -d)}
[ -n "${BENCH_DIR:-}" ] || trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

line() { printf '%-8s %-36s %12s %12s %8s\n' "$@"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf (b > 0 ? "%.2f x" : "-"), a / b }'; }
field() { printf '%s\n' "$1" | sed -n "s/.* $2=\([0-9.]*\).*/\1/p"; }
seconds() { awk -v ms="$1" 'BEGIN { printf "%.2f s", ms / 1000 }'; }
mib() { awk -v kib="$1" 'BEGIN { printf "%.0f MiB", kib / 1024 }'; }
bytes() { find .git/batho -type f -exec cat {} + | wc -c; }

make_repository() {	# FILES: in the folder $scratch/FILES
	[ ! -d "$scratch/$1/.git" ] || return 0
	git init -q -b main "$scratch/$1"
	awk -v files="$1" -v commits="$(($1 / 100))" -f "$source/monorepo.awk" |
		git -C "$scratch/$1" -c core.compression=1 fast-import --quiet
	git -C "$scratch/$1" read-tree HEAD
	git -C "$scratch/$1" config user.name bench
	git -C "$scratch/$1" config user.email bench@example.org
}

cold() {	# FILES JOBS: made anew with so many workers
	figures=$(timing -m git-batho-indexer index --rebuild -q --jobs "$2")
	# shellcheck disable=SC2086 # three numbers
	set -- "$1" "$2" $figures
	floor=$(floor -j "$2" -b git)
	floor_ms=$(awk -v s="$(field "$floor" wall)" 'BEGIN { print s * 1000 }')
	size=$(wc -c <.git/batho/index.db)
	line "$1" "index, $2 workers: wall" "$(seconds "$3")" "$(seconds "$floor_ms")" "$(ratio "$3" "$floor_ms")"
	line "$1" "index, $2 workers: memory (PSS)" "$(mib "$5")" "" ""
	echo "$1 $2 $3 $5 $size $(field "$floor" bytes) $floor_ms" >>"$scratch/table"
}

small() {	# FILES: nothing to do, one file changed, one question
	figures="$(timing -n 9 git batho index -q) $(timing -n 9 git rev-parse HEAD)"
	# shellcheck disable=SC2086
	set -- "$1" $figures
	line "$1" "index, nothing to do" "$2 ms" "$4 ms" "$(ratio "$2" "$4")"
	for i in 1 2 3 4 5; do
		git ls-files -s "*.c" | sed -n "$((i * 7))p" >"$scratch/entry"
		blob=$({ git cat-file blob "$(cut -d ' ' -f 2 "$scratch/entry")"; echo "int bench_$i;"; } | git hash-object -w --stdin)
		git update-index --cacheinfo "100644,$blob,$(cut -f 2 "$scratch/entry")"
		git commit -q -m "bench $i"
		timing -1 git batho index -q
	done | sort -n | sed -n 3p >"$scratch/one"
	line "$1" "index, one file changed" "$(cut -d ' ' -f 1 "$scratch/one") ms" "" ""
	figures="$(timing -n 9 git batho def task_77_1) $(timing -n 9 git version)"
	# shellcheck disable=SC2086
	set -- "$1" $figures
	line "$1" "def NAME" "$2 ms" "$4 ms" ""
}

once() {	# FILES WHAT COMMAND...: one run with its memory
	files=$1 what=$2
	shift 2
	figures=$(timing -m "$@")
	# shellcheck disable=SC2086
	set -- $figures
	line "$files" "$what" "$(seconds "$1")" "" ""
	line "$files" "$what: memory (PSS)" "$(mib "$3")" "" ""
}

shards() {	# FILES: two halves, indexed on their own, become one index; nothing is parsed then, and the digest is that of the whole
	half='area-*[02468]' from=$(pwd)
	want=$(git batho stats --digest)
	for shard in include exclude; do
		(
			export BATHO_STORE_DIR="$from/.git/shard-$shard"
			git -c "batho.index.$shard=$half" batho index -q --snapshot --label "$shard"
			git -c "batho.index.$shard=$half" batho snapshot export -q "$shard" "$from/.git/$shard.batho"
		)
	done
	export BATHO_STORE_DIR="$from/.git/shards"
	figures=$(timing -1 git batho snapshot import -q .git/include.batho)
	figures="$figures $(timing -1 git batho snapshot import -q .git/exclude.batho)"
	figures="$figures $(timing -1 git batho index -q)"
	[ "$(git batho stats --digest)" = "$want" ] || { echo 'the shards do not make the whole' >&2; exit 1; }
	unset BATHO_STORE_DIR
	# shellcheck disable=SC2086
	set -- "$1" $figures
	line "$1" "two shards imported, then index" "$(awk -v a="$2" -v b="$4" -v c="$6" 'BEGIN { printf "%.2f s", (a + b + c) / 1000 }')" "" ""
	line "$1" "bytes of both archives" "$(cat .git/include.batho .git/exclude.batho | wc -c)" "" ""
	rm -rf .git/shard-* .git/shards .git/include.batho .git/exclude.batho
}

[ $# -gt 0 ] || set -- 10000 50000 100000 200000
: >"$scratch/table"
line files what value floor ""
for files in "$@"; do
	make_repository "$files"
	cd "$scratch/$files"
	for jobs in $(printf '%s\n' 1 "$cores" | sort -nu); do
		cold "$files" "$jobs"
	done
	small "$files"
	once "$files" "storage verify" git batho storage verify -q
	shards "$files"
	before=$(bytes)
	once "$files" "storage backfill ($((files / 100)) commits)" git batho storage backfill -q
	line "$files" "bytes of all history, of HEAD alone" "$(bytes)" "$before" "$(ratio "$(bytes)" "$before")"
	once "$files" "storage cleanup --apply" git batho storage cleanup -q --apply
	cd "$OLDPWD"
done

printf '\n%8s %5s %10s %10s %10s %12s %12s\n' files jobs seconds "of floor" memory index.db source
while read -r files jobs ms kib size from floor_ms; do
	printf '%8s %5s %10.1f %10s %10s %8.1f MiB %8.1f MiB\n' "$files" "$jobs" "$(awk -v ms="$ms" 'BEGIN { print ms / 1000 }')" \
		"$(ratio "$ms" "$floor_ms")" "$(mib "$kib")" "$(awk -v b="$size" 'BEGIN { print b / 1048576 }')" \
		"$(awk -v b="$from" 'BEGIN { print b / 1048576 }')"
done <"$scratch/table"
