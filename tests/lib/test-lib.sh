# shellcheck shell=sh
# The test library, in git's vocabulary; emits TAP.
#
# A test is tests/<folder>/<name>.sh and starts with
#
#	#!/bin/sh
#	test_description='what it shows'
#	. "$(dirname "$0")/../lib/test-lib.sh"
#
# then come test_expect_success blocks, then test_done. It runs in a scratch repository of its own (set
# TEST_NO_REPO=1 before the include for a folder without one), with HOME, XDG_*, GIT_* and BATHO_*
# cleared, fixed author and dates, and the programs of the build folder first in PATH.
#
# By hand: sh tests/cli/name.sh [-v] [-x] [-i] [-d] [--root=DIR] [--build=DIR] [--valgrind]
#   -v  show what the blocks print        -x  trace the blocks (implies -v)
#   -i  stop at the first failure         -d  keep the scratch folder
# Environment: TEST_BUILD (build folder), TEST_HASH (sha1 or sha256), TEST_REF_FORMAT (files or
# reftable), TEST_VALGRIND=1, TEST_BLESS=1 (golden files are rewritten).

# ---- where things are ----
test_name=$(basename "$0" .sh)
TEST_SOURCE=$(cd "$(dirname "$0")/../.." && pwd -P) || exit 1
test_verbose= test_trace= test_immediate= test_keep= test_root=
for test_arg; do
	case $test_arg in
	-v) test_verbose=t ;;
	-x) test_verbose=t test_trace=t ;;
	-i) test_immediate=t ;;
	-d) test_keep=t ;;
	--root=*) test_root=${test_arg#*=} ;;
	--build=*) TEST_BUILD=${test_arg#*=} ;;
	--valgrind) TEST_VALGRIND=1 ;;
	*)
		echo "Bail out! unknown option '$test_arg'"
		exit 1
		;;
	esac
done
if test -z "${TEST_BUILD:-}"; then
	TEST_BUILD=$TEST_SOURCE/build
	test -d "$TEST_BUILD" || TEST_BUILD=$TEST_SOURCE
fi
TEST_BUILD=$(cd "$TEST_BUILD" && pwd -P) || exit 1
export TEST_SOURCE TEST_BUILD
test_root=${test_root:-$TEST_BUILD/tests/trash}
mkdir -p "$test_root" && test_root=$(cd "$test_root" && pwd -P) || exit 1

# ---- an environment that nobody's settings reach ----
# The scratch folder's name holds a blank: quoting mistakes show.
TEST_TRASH="$test_root/$(basename "$(dirname "$0")") $test_name"
export TEST_TRASH
for test_var in $(env | sed -n 's/^\(\(GIT\|BATHO\|XDG\)_[A-Za-z0-9_]*\)=.*/\1/p'); do
	unset "$test_var"
done
unset CDPATH GREP_OPTIONS NO_COLOR COLORTERM VISUAL SSH_ASKPASS test_arg test_var
HOME=$TEST_TRASH/home
LC_ALL=C LANG=C TZ=UTC TERM=dumb EDITOR=: PAGER=cat COLUMNS=80
GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
GIT_CEILING_DIRECTORIES=$TEST_TRASH
GIT_AUTHOR_NAME='A U Thor' GIT_AUTHOR_EMAIL=author@example.com
GIT_COMMITTER_NAME='C O Mitter' GIT_COMMITTER_EMAIL=committer@example.com
PATH=$TEST_BUILD/git-batho:$PATH
export HOME LC_ALL LANG TZ TERM EDITOR PAGER COLUMNS PATH
export GIT_CONFIG_NOSYSTEM GIT_ATTR_NOSYSTEM GIT_TERMINAL_PROMPT GIT_CEILING_DIRECTORIES
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
umask 022

test_tick() {
	test_time=$((${test_time:-1112911993} + 60))
	GIT_AUTHOR_DATE="$test_time +0000" GIT_COMMITTER_DATE="$test_time +0000"
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
}
test_tick

# test_create_repo DIR [OPTION...]: an empty repository on branch main.
test_create_repo() {
	test_repo=$1
	shift
	git init -q -b main --object-format="${TEST_HASH:-sha1}" \
		${TEST_REF_FORMAT:+"--ref-format=$TEST_REF_FORMAT"} "$@" "$test_repo"
}

# ---- results ----
test_count=0 test_failed=0 test_over=

test_say() {
	sed 's/^/# /'
}

test_report() { # ok|not ok, title, directive
	test_count=$((test_count + 1))
	# '#' and newlines would end the title for a TAP reader.
	printf '%s %d - %s%s\n' "$1" "$test_count" \
		"$(printf '%s' "$2" | tr '#\n' '  ')" "${3:+ # $3}"
}

test_cleanup_trash() {
	cd / && { chmod -R u+rwX "$TEST_TRASH" 2>/dev/null || :; } && rm -rf "$TEST_TRASH"
}

test_on_exit() {
	test_status=$?
	test -n "$test_over" || echo "Bail out! $test_name ended without test_done (status $test_status)"
}
trap test_on_exit EXIT
trap 'exit 130' INT TERM HUP

# test_done: the last line of every test.
test_done() {
	test_over=t
	echo "1..$test_count"
	test -n "$test_keep" || test "$test_failed" -gt 0 || test_cleanup_trash
	test "$test_failed" -eq 0
	exit
}

# test_skip REASON: skips the rest of the file.
test_skip() {
	test_over=t
	if test "$test_count" -eq 0; then
		echo "1..0 # SKIP $1"
	else
		test_report ok 'the rest of this file' "SKIP $1"
		echo "1..$test_count"
	fi
	test -n "$test_keep" || test_cleanup_trash
	exit 0
}

# ---- prerequisites ----
test_prereqs=' '
test_lazy_names=' '

# test_set_prereq NAME
test_set_prereq() {
	test_prereqs="$test_prereqs$1 "
}

# test_lazy_prereq NAME REASON SCRIPT: present when SCRIPT succeeds; REASON says what is missing.
test_lazy_prereq() {
	test_lazy_names="$test_lazy_names$1 "
	eval "test_reason_$1=\$2 test_lazy_$1=\$3"
}

# test_have_prereq NAME[,NAME...]; '!NAME' means without. Leaves the reason in test_missing.
test_have_prereq() {
	for test_want in $(echo "$1" | tr , ' '); do
		test_name_wanted=${test_want#!}
		case $test_lazy_names in
		*" $test_name_wanted "*)
			test_lazy_names=$(echo "$test_lazy_names" | sed "s/ $test_name_wanted / /")
			eval "test_body=\$test_lazy_$test_name_wanted"
			# shellcheck disable=SC2154 # set by the eval above
			if (mkdir -p "$TEST_TRASH/prereq" && cd "$TEST_TRASH/prereq" &&
				eval "$test_body") >/dev/null 2>&1; then
				test_set_prereq "$test_name_wanted"
			fi
			rm -rf "$TEST_TRASH/prereq"
			;;
		esac
		case $test_want,$test_prereqs in
		!*,*" $test_name_wanted "*)
			test_missing="runs only without $test_name_wanted"
			return 1
			;;
		!* | *,*" $test_want "*) ;;
		*)
			eval "test_missing=\${test_reason_$test_want:-no \$test_want}"
			return 1
			;;
		esac
	done
	return 0
}

# test_git_at_least MAJOR.MINOR
test_git_at_least() {
	git version | awk -v want="$1" '{
		split($3, have, "."); split(want, w, ".")
		exit !(have[1] > w[1] || (have[1] == w[1] && have[2] >= w[2]))
	}'
}

test_lazy_prereq NOT_ROOT 'runs as root, whom no permission stops' 'test "$(id -u)" -ne 0'
test_lazy_prereq SYMLINKS 'no symbolic links here' 'ln -s x y && test -h y'
test_lazy_prereq DEV_FULL 'no /dev/full' 'test -c /dev/full && ! echo x >/dev/full'
test_lazy_prereq NON_UTF8_NAMES 'file names must be UTF-8 here' ': >"$(printf "\\377")"'
test_lazy_prereq SHA256 'git has no sha256 repositories' 'git init -q --object-format=sha256 x'
test_lazy_prereq REFTABLE 'git is older than 2.45: no reftable' 'git init -q --ref-format=reftable x'
test_lazy_prereq CLANGD 'no clangd' 'clangd --version'
test_lazy_prereq CTAGS 'no universal-ctags' 'ctags --version | grep Universal'
test_lazy_prereq CSCOPE 'no cscope' 'cscope -V'
test_lazy_prereq MAN 'no man' 'man -w man'
test_lazy_prereq BASH 'no bash' 'bash --version'
test_lazy_prereq ZSH 'no zsh' 'zsh --version'
test_lazy_prereq FISH 'no fish' 'fish --version'
test_lazy_prereq PYTHON 'no python3' 'python3 --version'
test_lazy_prereq JQ 'no jq' 'jq --version'
test_lazy_prereq SQLITE3 'no sqlite3 shell' 'sqlite3 --version'
test_lazy_prereq SCRIPT 'no script(1), which makes a terminal' 'script -qec true /dev/null </dev/null'
test_lazy_prereq PTRACE 'no ptrace or no strace' 'strace -o /dev/null true'
test_lazy_prereq VALGRIND 'no valgrind' 'valgrind --version'
test_lazy_prereq LOOP_MOUNT 'no small file system can be mounted here' \
	'mkdir m && mount -t tmpfs -o size=64k none m && umount m'

# as_other COMMAND...: as another user, where we are root: no permission stops root itself.
as_other() {
	setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$TEST_TRASH/nobody" "$@"
}
test_lazy_prereq OTHER_USER 'needs to run as root, with setpriv, and a build folder that others can read' \
	'test "$(id -u)" -eq 0 && as_other git-batho version'

# ---- workers ----
test_lazy_prereq PROC_CHILDREN 'no /proc with lists of children' 'test -r /proc/self/task/$$/children ||
	test -r /proc/$$/task/$$/children'

# kill_workers PID: whatever its workers are doing, until it ends.
kill_workers() {
	while kill -0 "$1" 2>/dev/null; do
		for zygote in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
			for worker in $(cat "/proc/$zygote/task/$zygote/children" 2>/dev/null); do
				kill -9 "$worker" 2>/dev/null
			done
		done
	done
}


# ---- blocks ----
test_eval() {
	test_cleanup=:
	if test -n "$test_trace"; then
		set -x
	fi
	eval "$1"
	test_result=$?
	{ set +x; } 2>/dev/null
	eval "$test_cleanup"
	return "$test_result"
}

# test_expect_success [PREREQ] TITLE BODY: BODY is a chain of commands joined by &&; '-' reads it
# from standard input. It runs in this shell, in the top of the scratch repository.
test_expect_success() {
	test_need=
	if test $# -eq 3; then
		test_need=$1
		shift
	fi
	test $# -eq 2 || {
		echo "Bail out! test_expect_success wants [PREREQ] TITLE BODY"
		test_over=t
		exit 1
	}
	test_title=$1 test_script=$2
	test "$test_script" != - || test_script=$(cat)
	if test -n "$test_need" && ! test_have_prereq "$test_need"; then
		test_report ok "$test_title" "SKIP $test_missing"
		return 0
	fi
	cd "$TEST_TOP" || exit 1
	test -z "${TEST_VALGRIND:-}" || rm -f "$TEST_TRASH"/valgrind.*
	if test -n "$test_verbose"; then
		test_eval "$test_script" </dev/null >&2
		test_rc=$?
	else
		test_eval "$test_script" </dev/null >"$TEST_TRASH/.output" 2>&1
		test_rc=$?
	fi
	cd "$TEST_TOP" || exit 1
	if test "$test_rc" -eq 0; then
		test_report ok "$test_title"
		return 0
	fi
	test_failed=$((test_failed + 1))
	test_report 'not ok' "$test_title"
	printf '%s\n' "$test_script" | test_say
	test -n "$test_verbose" || {
		echo "--- it printed (status $test_rc):"
		tail -n 100 "$TEST_TRASH/.output"
	} | test_say
	test -z "${TEST_VALGRIND:-}" || cat "$TEST_TRASH"/valgrind.* | test_say
	test -z "$test_immediate" || test_done
	return 0
}

# test_when_finished COMMAND: runs when this block ends, last given first; its failure is the block's.
test_when_finished() {
	test_cleanup="{ $*
	} && (exit \$test_result); test_result=\$?; $test_cleanup"
}

# ---- helpers for blocks ----
# test_expect_code N COMMAND...
test_expect_code() {
	test_want_code=$1
	shift
	"$@"
	test_have_code=$?
	test "$test_have_code" -eq "$test_want_code" && return 0
	echo >&2 "test_expect_code: wanted $test_want_code, got $test_have_code: $*"
	return 1
}

# test_must_fail COMMAND...: fails in an orderly way, not by a signal and not for want of a command.
test_must_fail() {
	"$@"
	test_have_code=$?
	case $test_have_code in
	0) echo >&2 "test_must_fail: it succeeded: $*" ;;
	126 | 127) echo >&2 "test_must_fail: no such command: $*" ;;
	13[1-9] | 1[4-9][0-9])
		echo >&2 "test_must_fail: died by signal $((test_have_code - 128)): $*"
		;;
	*) return 0 ;;
	esac
	return 1
}

# test_might_fail COMMAND...: as above, and success is fine too.
test_might_fail() {
	"$@"
	test_have_code=$?
	test "$test_have_code" -lt 126 || test "$test_have_code" -eq 128 ||
		test "$test_have_code" -eq 129 || test "$test_have_code" -eq 130
}

# test_cmp EXPECTED ACTUAL
test_cmp() {
	test $# -eq 2 || {
		echo >&2 'test_cmp wants two files'
		return 1
	}
	if test -n "${TEST_BLESS:-}" && case $1 in "$TEST_SOURCE"/*) true ;; *) false ;; esac; then
		cmp -s "$2" "$1" || cp "$2" "$1"
		return
	fi
	diff -u "$1" "$2"
}

test_cmp_bin() {
	cmp "$1" "$2"
}

# test_grep [!] [OPTION...] PATTERN FILE
test_grep() {
	test_negate=
	if test "$1" = '!'; then
		test_negate=t
		shift
	fi
	for test_file; do :; done
	test -f "$test_file" || {
		echo >&2 "test_grep: no file '$test_file'"
		return 1
	}
	if test -n "$test_negate"; then
		! grep "$@" && return 0
		echo >&2 "test_grep: this should not be there: $*"
	else
		grep "$@" && return 0
		echo >&2 "test_grep: not found: $*; the file holds:"
		cat "$test_file" >&2
	fi
	return 1
}

test_must_be_empty() {
	test -f "$1" || {
		echo >&2 "test_must_be_empty: no file '$1'"
		return 1
	}
	test ! -s "$1" && return 0
	echo >&2 "'$1' is not empty:"
	cat "$1" >&2
	return 1
}

# test_line_count OPERATOR NUMBER FILE
test_line_count() {
	test_lines=$(wc -l <"$3") && test "$test_lines" "$1" "$2" && return 0
	echo >&2 "test_line_count: $3 has $test_lines lines, wanted $1 $2:"
	cat "$3" >&2
	return 1
}

test_path_is_file() {
	test -f "$1" && return 0
	echo >&2 "no file '$1'"
	return 1
}

test_path_is_dir() {
	test -d "$1" && return 0
	echo >&2 "no folder '$1'"
	return 1
}

test_path_is_missing() {
	test ! -e "$1" && test ! -h "$1" && return 0
	echo >&2 "'$1' exists"
	return 1
}

# test_commit [-C DIR] [--no-tag] MESSAGE [FILE [CONTENT [TAG]]]
test_commit() {
	test_in=. test_tag=t
	while :; do
		case $1 in
		-C)
			test_in=$2
			shift 2
			;;
		--no-tag)
			test_tag=
			shift
			;;
		*) break ;;
		esac
	done
	test_file=${2:-$1.t}
	case $test_file in
	*/*) mkdir -p "$test_in/${test_file%/*}" ;;
	esac &&
		printf '%s\n' "${3:-$1}" >"$test_in/$test_file" &&
		git -C "$test_in" add -- "$test_file" &&
		test_tick &&
		git -C "$test_in" commit -q -m "$1" &&
		{ test -z "$test_tag" || git -C "$test_in" tag "${4:-$1}"; }
}

# test_config KEY VALUE: until the block ends.
test_config() {
	test_when_finished "git config --unset-all '$1' || :" && git config "$1" "$2"
}

test_seq() {
	awk -v a="$1" -v b="${2:-$1}" -v nr=$# 'BEGIN {
		if (nr == 1) a = 1
		for (i = a; i <= b; i++) print i
	}'
}

# write_script FILE <BODY
write_script() {
	{ echo '#!/bin/sh' && cat; } >"$1" && chmod +x "$1"
}

# Makes NULs and tabs visible: Q.
nul_to_q() {
	tr '\000' Q
}
tab_to_q() {
	tr '\011' Q
}

# in_terminal COMMAND...: with a terminal as stdin, stdout and stderr (prerequisite SCRIPT).
in_terminal() {
	test_quoted=
	for test_word; do
		test_quoted="$test_quoted '$(printf '%s' "$test_word" | sed "s/'/'\\\\''/g")'"
	done
	script -qec "$test_quoted" /dev/null </dev/null
}

# ---- start ----
rm -rf "$TEST_TRASH" 2>/dev/null || test_cleanup_trash
mkdir -p "$HOME" "$TEST_TRASH/work" || exit 1
TEST_TOP=$TEST_TRASH/work
if test -n "${TEST_VALGRIND:-}"; then
	mkdir "$TEST_TRASH/bin"
	for test_file in git-batho git-batho-indexer; do
		write_script "$TEST_TRASH/bin/$test_file" <<-SCRIPT
			exec valgrind -q --error-exitcode=125 --leak-check=full \\
				--errors-for-leak-kinds=definite --trace-children=no \\
				--suppressions="$TEST_SOURCE/tests/lib/valgrind.supp" \\
				--log-file="$TEST_TRASH/valgrind.%p" \\
				"$TEST_BUILD/git-batho/$test_file" "\$@"
		SCRIPT
	done
	PATH=$TEST_TRASH/bin:$PATH
fi
cd "$TEST_TOP" || exit 1
if test -z "${TEST_NO_REPO:-}"; then
	test_create_repo . || {
		echo 'Bail out! git init failed'
		test_over=t
		exit 1
	}
fi
