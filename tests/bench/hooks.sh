#!/bin/sh
# What hooks cost: `git commit` and `git push` with and without them, and with those of other programs.
#
#	[HOOKS_COMMITS_ONLY=1] hooks.sh [REPOSITORY...]
#
# In a repository of 200 files: one changed file (with and without an index), a mode alone, one of text. For each REPOSITORY
# (cloned with shared objects): the same commit beside `git diff-index --cached HEAD` there, and when it has 300 source
# files, a push of 100 commits that change them, and `check --all`, beside the floor of parsing the blobs (floor.c).
# Peers run one job that does nothing; those in PATH are measured: lefthook, husky, prek, pre-commit.
#
# CPU time of all processes in milliseconds. The kinds take turns, RUNS (20) times; "added" is the median of the
# differences within a turn, so that other load is shared fairly. Processes: those that are executed.
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
# added WITH WITHOUT: the median of the differences of two files, line by line.
added() { paste "$1" "$2" | awk '{ print $1 - $2 }' | sort -g | awk '{ v[NR] = $1 } END { printf "%+.2f", v[int((NR + 1) / 2)] }'; }

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
install_indexed() { install_batho && git batho index -q; }
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
			line "$what: $kind" "$here" "$(added "$scratch/$kind.$what" "$scratch/none.$what")" "$nr" \
				"+$((nr - base_nr))"
		fi
	done
}

line "200 files" "cpu ms" "added" "processes" "added"
kinds='none sh batho indexed'
missing=
for peer in lefthook husky prek pre-commit; do
	if command -v "$peer" >/dev/null; then
		kinds="$kinds $peer"
	else
		missing="$missing $peer"
	fi
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
[ -z "$missing" ] || echo "not measured, since not in PATH:$missing"
commits text none batho
commits mode none batho

# ---- repositories ----
commits_of() {	# NAME REPOSITORY
	for kind in none sh batho; do
		git clone -q --shared --no-checkout "$2" "$scratch/$1-$kind"
		cd "$scratch/$1-$kind"
		git read-tree HEAD
	done
	install_batho
	mkdir -p .git/batho	# as after the first question or push
	(cd "$scratch/$1-sh" && install_sh)
	file=$(git ls-files '*.c' '*.py' '*.js' | head -n 1)
	n=0
	while [ "$n" -lt "$runs" ]; do
		n=$((n + 1))
		for kind in none sh batho; do
			cd "$scratch/$1-$kind"
			oid=$({ git cat-file blob ":$file" && echo "/* $n */"; } | git hash-object -w --stdin)
			git update-index --cacheinfo "100644,$oid,$file"
			if [ "$kind" = none ]; then
				out=$scratch/$1.diff
				cpu git diff-index --cached HEAD
			fi
			out=$scratch/$1.$kind
			cpu git commit -q -m "$n"
		done
	done
	diff=$(median "$scratch/$1.diff")
	line "$1: no hook" "$(median "$scratch/$1.none")" "" "" ""
	# git reads the index once more when there is a hook, whatever it does
	line "$1: sh" "$(median "$scratch/$1.sh")" "$(added "$scratch/$1.sh" "$scratch/$1.none")" "" ""
	line "$1: batho, over sh" "$(median "$scratch/$1.batho")" "$(added "$scratch/$1.batho" "$scratch/$1.sh")" "" ""
	line "$1: git diff-index, x 1.3" "$diff" "$(awk -v d="$diff" 'BEGIN { printf "%.2f", 1.3 * d }')" "" ""
}

# 100 commits that change three files each, and a repository to push them to.
hundred_commits() {
	cd "$scratch/$1-none"
	git checkout -q -f HEAD -- .
	git ls-files '*.c' '*.h' '*.java' '*.go' '*.rs' '*.js' '*.ts' | head -n 300 >"$scratch/files"
	[ "$(wc -l <"$scratch/files")" -eq 300 ] || return 1
	git update-ref refs/remotes/origin/main HEAD
	n=0
	while read -r a && read -r b && read -r c; do
		n=$((n + 1))
		for f in "$a" "$b" "$c"; do echo "/* push $n */" >>"$f"; done
		git commit -q -a --no-verify -m "push $n"
	done <"$scratch/files"
}

push_of() {	# NAME
	hundred_commits "$1" || return 0
	git batho hooks install -q -e pre-push
	echo "refs/heads/x $(git rev-parse HEAD) refs/heads/x $(git rev-parse refs/remotes/origin/main)" >"$scratch/pushed"
	out=$scratch/$1.push
	for n in 1 2 3; do
		rm -rf .git/batho
		cpu sh -c '.git/hooks/pre-push origin file:///nowhere <"$0"' "$scratch/pushed"
		while read -r f; do git rev-parse "HEAD:$f"; done <"$scratch/files" >"$scratch/blobs"
		floor -b git -o <"$scratch/blobs" | sed -n 's/.* cpu=\([0-9.]*\).*/\1/p' |
			awk '{ print $1 * 1000 }' >>"$scratch/$1.floor"
	done
	floor=$(median "$scratch/$1.floor")
	line "$1: push of 300 files, pre-push" "$(median "$out")" "" "" ""
	line "$1: floor of the blobs, x 1.5 + 50" "$floor" "$(awk -v f="$floor" 'BEGIN { printf "%.2f", 1.5 * f + 50 }')" "" ""
}

check_of() {	# NAME
	cd "$scratch/$1-batho"
	for n in 1 2 3; do
		rm -rf .git/batho
		out=$scratch/$1.cold
		cpu git batho check --all -q --rev HEAD
		out=$scratch/$1.cached
		cpu git batho check --all -q --rev HEAD
		floor -b git | sed -n 's/.* cpu=\([0-9.]*\).*/\1/p' | awk '{ print $1 * 1000 }' >>"$scratch/$1.all"
	done
	floor=$(median "$scratch/$1.all")
	line "$1: check --all, cached" "$(median "$scratch/$1.cached")" "" "" ""
	line "$1: check --all, cold" "$(median "$scratch/$1.cold")" "" "" ""
	line "$1: floor, x 2" "$floor" "$(awk -v f="$floor" 'BEGIN { printf "%.2f", 2 * f }')" "" ""
}

for repo; do
	repo=$(cd "$repo" && pwd)
	name=$(basename "$repo")
	commits_of "$name" "$repo"
	[ -n "${HOOKS_COMMITS_ONLY-}" ] && continue
	push_of "$name"
	check_of "$name"
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
