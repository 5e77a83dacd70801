#!/bin/sh
# What an archive of a snapshot costs beside indexing: export, and import into a clone without an index.
#
#	archive.sh REPOSITORY...
#
# Wall and CPU time (with all children) in milliseconds, medians of RUNS (5), then the size of archive and index in bytes and both
# together as a share of the cold index. The digests are compared.
set -eu

build=${TEST_BUILD:-$(pwd)}
PATH=$build/git-batho:$build/tests/bench:$PATH
runs=${RUNS:-5}
scratch=$(mktemp -d)
HOME=$scratch GIT_CONFIG_NOSYSTEM=1
export PATH HOME GIT_CONFIG_NOSYSTEM
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

line() { printf '%-12s %10s %10s %12s\n' "$@"; }

for repository; do
	rm -rf "$scratch/a" "$scratch/b"
	git clone -q --no-checkout "$repository" "$scratch/a"
	git clone -q --no-checkout "$repository" "$scratch/b"
	cd "$scratch/a"
	line "$(basename "$repository")" wall cpu bytes
	# shellcheck disable=SC2046
	set -- $(timing -n "$runs" sh -c 'rm -rf .git/batho && git-batho index -q') && cold_wall=$1 cold_cpu=$2
	git-batho index -q --snapshot
	line cold "$cold_wall" "$cold_cpu" "$(stat -c %s .git/batho/index.db)"
	# shellcheck disable=SC2046
	set -- $(timing -n "$runs" git-batho snapshot export -q -f 1 ../x.batho) && export_wall=$1 export_cpu=$2
	line export "$export_wall" "$export_cpu" "$(stat -c %s ../x.batho)"
	cd ../b
	# shellcheck disable=SC2046
	set -- $(timing -n "$runs" sh -c 'rm -rf .git/batho && git-batho snapshot import -q ../x.batho') && import_wall=$1 import_cpu=$2
	line import "$import_wall" "$import_cpu" "$(stat -c %s .git/batho/index.db)"
	line share "$(awk -v a="$export_wall" -v b="$import_wall" -v c="$cold_wall" 'BEGIN { printf "%.0f %%", 100 * (a + b) / c }')" \
		"$(awk -v a="$export_cpu" -v b="$import_cpu" -v c="$cold_cpu" 'BEGIN { printf "%.0f %%", 100 * (a + b) / c }')" ''
	git-batho index --json >../b.json
	grep -q '"parsed":0,' ../b.json || { echo 'something was parsed' >&2; exit 1; }
	digest=$(sed -n 's/.*"digest":"\([0-9a-f]*\)".*/\1/p' ../b.json)
	grep -q "\"digest\":\"$digest\"" <<-EOT || { echo 'the digests differ' >&2; exit 1; }
	$(cd ../a && git-batho index --json)
	EOT
done
