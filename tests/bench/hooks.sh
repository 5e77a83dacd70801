#!/bin/sh
# What hooks cost: `git commit` and `git push` with and without them, and with those of other programs.
#
#	hooks.sh [REPOSITORY...]
#
# In a repository of 200 files: one changed file, a mode alone, one of text; then the same commit in each REPOSITORY
# (cloned with shared objects), beside `git diff-index --cached HEAD` there. Peers run one job that does nothing; those
# that are in PATH are measured: lefthook, husky, prek, pre-commit. CPU time of all processes in milliseconds, as the median of
# RUNS (20) commits; the kinds take turns, so that other load is shared fairly. Processes: those that are executed.
set -eu

build=${TEST_BUILD:-$(pwd)}
PATH=$build/git-batho:$build/tests/bench:$PATH
runs=${RUNS:-20}
scratch=$(mktemp -d)
HOME=$scratch GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=bench@example.org GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=bench@example.org
export PATH HOME GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

line() { printf '%-34s %9s %9s %10s %9s\n' "$@"; }

# cpu COMMAND...: appends the milliseconds of one run to $out.
if perf stat -x, -e task-clock true >/dev/null 2>&1; then
	cpu() {
		perf stat -x, -o "$scratch/perf" -e task-clock "$@" >/dev/null 2>&1 || :
		sed -n 's/^\([0-9.]*\),msec,task-clock.*/\1/p' "$scratch/perf" >>"$out"
	}
else
	cpu() { timing -m "$@" | cut -d ' ' -f 2 >>"$out"; }
fi
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { if (NR) printf "%.2f", v[int((NR + 1) / 2)] }'; }
minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%+.2f", a - b }'; }

# execs COMMAND...: how many programs it executes.
execs() {
	if command -v strace >/dev/null; then
		strace -f -qq -e trace=execve -e status=successful -o "$scratch/strace" "$@" >/dev/null 2>&1 || :
		grep -c 'execve(' "$scratch/strace"
	else
		echo -
	fi
}

# repository DIR: 200 files in ten folders.
repository() {
	git init -q -b main "$1"
	for d in 0 1 2 3 4 5 6 7 8 9; do
		mkdir "$1/d$d"
		for f in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do
			printf 'int f%s_%s(int a)\n{\n\treturn a + %s;\n}\n' "$d" "$f" "$f" >"$1/d$d/f$f.c"
		done
	done
	echo 'A text.' >"$1/notes.txt"
	(cd "$1" && git add . && git commit -q -m start)
}

# The hooks of a kind, in a repository of its own.
install_batho() { git batho hooks install -q -e pre-commit; }
install_lefthook() {
	printf 'pre-commit:\n  commands:\n    nothing:\n      run: "true"\n' >lefthook.yml
	git add lefthook.yml && git commit -q -m lefthook && lefthook install >/dev/null 2>&1
}
install_husky() { git config core.hooksPath .husky/_ && husky >/dev/null 2>&1 && echo true >.husky/pre-commit; }
install_pre_commit() {
	printf 'repos:\n- repo: local\n  hooks:\n  - {id: nothing, name: nothing, language: system, entry: "true"}\n' >.pre-commit-config.yaml
	git add .pre-commit-config.yaml && git commit -q -m config && "$1" install >/dev/null 2>&1
}
install_prek() { install_pre_commit prek; }
install_sh() { printf '#!/bin/sh\nexit 0\n' >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit; }

# change KIND NUMBER
change() {
	case $1 in
	file) echo "int added_$2;" >>d1/f1.c && git add d1/f1.c ;;
	text) echo "Line $2." >>notes.txt && git add notes.txt ;;
	mode) git update-index --chmod="$(test $(($2 % 2)) = 0 && echo - || echo +)x" d2/f2.c ;;
	esac
}

commits() {	# CHANGE KIND...
	what=$1
	shift
	n=0
	while [ "$n" -lt "$runs" ]; do
		n=$((n + 1))
		for kind; do
			cd "$scratch/$kind"
			change "$what" "$n"
			out=$scratch/$kind.$what
			cpu git commit -q -m "$what $n"
		done
	done
	for kind; do
		cd "$scratch/$kind"
		change "$what" $((runs + 1))
		nr=$(execs git commit -q -m last)
		here=$(median "$scratch/$kind.$what")
		if [ "$kind" = none ]; then
			base=$here base_nr=$nr
			line "$what: no hook" "$here" "" "$nr" ""
		else
			line "$what: $kind" "$here" "$(minus "$here" "$base")" "$nr" "+$((nr - base_nr))"
		fi
	done
}

line "200 files" "cpu ms" "added" "processes" "added"
kinds='none sh batho'
for peer in lefthook husky prek pre-commit; do
	command -v "$peer" >/dev/null && kinds="$kinds $peer"
done
for kind in $kinds; do
	repository "$scratch/$kind"
	cd "$scratch/$kind"
	case $kind in
	none) ;;
	pre-commit) install_pre_commit pre-commit ;;
	*) "install_$kind" ;;
	esac
done
# shellcheck disable=SC2086 # words
commits file $kinds
commits text none batho
commits mode none batho

for repo; do
	name=$(basename "$repo")
	for kind in none batho; do
		git clone -q --shared --no-checkout "$repo" "$scratch/$name-$kind"
		cd "$scratch/$name-$kind"
		git read-tree HEAD
	done
	install_batho
	file=$(git ls-files '*.c' '*.py' '*.js' | head -n 1)
	n=0
	while [ "$n" -lt "$runs" ]; do
		n=$((n + 1))
		for kind in none batho; do
			cd "$scratch/$name-$kind"
			oid=$({ git cat-file blob ":$file" && echo "/* $n */"; } | git hash-object -w --stdin)
			git update-index --cacheinfo "100644,$oid,$file"
			if [ "$kind" = none ]; then
				out=$scratch/$name.diff
				cpu git diff-index --cached HEAD
			fi
			out=$scratch/$name.$kind
			cpu git commit -q -m "$n"
		done
	done
	base=$(median "$scratch/$name.none") here=$(median "$scratch/$name.batho") diff=$(median "$scratch/$name.diff")
	line "$name: no hook" "$base" "" "" ""
	line "$name: batho" "$here" "$(minus "$here" "$base")" "" ""
	line "$name: git diff-index, x 1.3" "$diff" "$(awk -v d="$diff" 'BEGIN { printf "%.2f", 1.3 * d }')" "" ""
done

# ---- pushes ----
cd "$scratch"
for kind in none batho; do
	git init -q --bare "push-$kind.git"
	repository "push-$kind"
	cd "push-$kind"
	awk -v oid="$(git rev-parse HEAD)" 'BEGIN { for (i = 0; i < 3000; i++) print "create refs/heads/b" i " " oid }' |
		git update-ref --stdin
	git remote add origin "../push-$kind.git"
	[ "$kind" = none ] || git batho hooks install -q -e pre-push
	out=$scratch/push.$kind
	cpu git push -q --mirror
	cd ..
done
line "push of 3000 references: no hook" "$(median push.none)" "" "" ""
line "push of 3000 references: batho" "$(median push.batho)" "$(minus "$(median push.batho)" "$(median push.none)")" "" ""
