#!/bin/sh
# What it costs to fold a batch: commits on HEAD, folded back onto it, in clones with shared objects.
#
#	[FOLD_COMMITS=512] fold.sh REPOSITORY...
#
# change: each changes another file; add: each adds one; both by the shortcut. git: the first ones without it. one file: all change other
# lines of one file (of some thousand lines), what only git can merge; of these a hundred, the largest batch.
# Wall and CPU time (with all children) in milliseconds, durable on the disk; medians of RUNS (5).
set -eu

build=${TEST_BUILD:-$(pwd)}
nr=${FOLD_COMMITS:-512}
runs=${RUNS:-5}
scratch=$(mktemp -d)
HOME=$scratch GIT_CONFIG_NOSYSTEM=1
export HOME GIT_CONFIG_NOSYSTEM
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# commits KIND: fast-import makes them from the names in ../files; their ids come out in order.
commits() {
	rm -f ../marks
	awk -v nr="$nr" -v kind="$1" -v head="$(git rev-parse HEAD)" '
		{ name[files++] = $0 }
		END {
			while (kind == "one" && (getline line <"../lines") > 0)
				text[lines++] = line
			for (i = 0; i < nr; i++) {
				message = "commit " i
				printf "commit refs/bench/%s-%d\nmark :%d\ncommitter A%d <a%d@example.org> 1700000000 +0000\ndata %d\n%s\nfrom %s\n",
					kind, i, i + 1, i % 7, i % 7, length(message), message, head
				path = kind == "one" ? "bench-lines" : name[i % files] (kind == "add" ? "-new" i : "")
				printf "M 100644 inline %s\ndata <<END_OF_BENCH\n", path
				for (k = 0; k < lines; k++)
					print text[k] (k == i * 6 ? " changed" : "")
				print (kind == "one" ? 0 : i) "\nEND_OF_BENCH\n"
			}
		}' ../files | git fast-import --quiet --force --export-marks=../marks
	sort -t : -k 2 -n ../marks | cut -d ' ' -f 2
}

# row NAME LIST NR OPTION...
row() {
	name=$1 list=$2 members=$3
	shift 3
	for _ in $(seq "$runs"); do
		head -n "$members" "$list" | "$build/tests/bench/fold_bench" "$@" HEAD - | tail -n 1
	done | sed 's/^[0-9]* members: \([0-9.]*\) ms, \([0-9.]*\) ms.*/\1 \2/' >"$scratch/figures"
	for column in 1 2; do
		cut -d ' ' -f $column "$scratch/figures" | sort -n | sed -n "$(((runs + 1) / 2))p"
	done | paste -s -d ' ' - | {
		read -r wall cpu
		printf '%-24s %7d %10s %10s %12s\n' "$name" "$members" "$wall" "$cpu" \
			"$(awk -v c="$cpu" -v n="$members" 'BEGIN { printf "%.2f", c / n }')"
	}
}

for repository; do
	git clone -q --shared --bare "$repository" "$scratch/r.git"
	cd "$scratch/r.git"
	git ls-tree -r --name-only -z HEAD | tr '\n\0' '?\n' | grep '\.[a-z]*$' | grep -v '[?"]' | head -n "$nr" >../files
	seq $((nr * 6)) | sed 's/$/ is a line of a file that everybody changes/' >../lines
	printf '\n%s: %d files\n%-24s %7s %10s %10s %12s\n' "$(basename "$repository")" "$(git ls-tree -r HEAD | wc -l)" \
		'' members wall cpu 'cpu each'
	commits mod >../mod
	commits add >../add
	row change ../mod "$nr"
	row 'change, stack' ../mod "$nr" --stack
	row add ../add "$nr"
	row 'change, git' ../mod 100 --truth
	# The file they all change is in HEAD first.
	git update-ref HEAD "$(GIT_INDEX_FILE=../index sh -c 'git read-tree HEAD &&
		{ cat ../lines && echo 0; } | git hash-object -w --stdin | sed "s/^/100644 /;s/$/ 0	bench-lines/" | git update-index --index-info &&
		git -c user.name=bench -c user.email=bench@example.org commit-tree -p HEAD -m lines "$(git write-tree)"')"
	commits one >../one
	row 'one file' ../one 100
	cd "$scratch"
	rm -rf r.git index
done
