# shellcheck shell=sh
# What the tests of the queue share: a repository with a remote, and short ways to ask.

# Nobody executes behind the test's back, unless it says so.
BATHO_BATCH_AUTO_EXECUTE=manual
export BATHO_BATCH_AUTO_EXECUTE

# queue_setup: the scratch repository gets 20 lines in a, b and c, and a bare remote.
queue_setup() {
	git init -q --bare -b main ../remote.git &&
	for f in a b c; do
		seq 1 20 >"$f" || return 1
	done &&
	git add a b c &&
	git commit -q -m start &&
	git remote add origin ../remote.git &&
	git push -q origin main &&
	git config user.name 'A U Thor' &&
	git config user.email author@example.com
}

# change FILE LINE TEXT: one line of a file, in the worktree
change() {
	sed "$2s/.*/$3/" "$1" >"$1.new" && mv "$1.new" "$1"
}

# enqueue MESSAGE FILE LINE TEXT [OPTION...]: queues a change of one line and puts the file back
enqueue() {
	enqueue_message=$1 enqueue_file=$2
	change "$2" "$3" "$4" &&
	shift 4 &&
	git batho queue commit -q -m "$enqueue_message" "$@" -- "$enqueue_file" &&
	git checkout -q -- "$enqueue_file"
}

# flush: everything, now; the status is that of the command
flush() {
	git batho queue flush --now -q "$@"
}

# state ID: what has become of an action
state() {
	git batho queue show "$1" --json | sed -n 's/.*"record":"action".*"state":"\([^"]*\)".*/\1/p'
}

# expect_state ID STATE...: each action in turn
expect_states() {
	while test $# -gt 1; do
		test "$(state "$1")" = "$2" || {
			echo "action $1 is $(state "$1"), not $2"
			git batho queue show "$1"
			return 1
		}
		shift 2
	done
}

# field ID NAME: a field of an action, as text
field() {
	git batho queue show "$1" --json | sed -n "s/.*\"record\":\"action\".*\"$2\":\"\([^\"]*\)\".*/\1/p"
}

# tidy: nothing is left behind
no_pins() {
	git for-each-ref refs/batho/pin refs/batho/base refs/batho/batch refs/batho/hold >pins &&
	test_must_be_empty pins
}
