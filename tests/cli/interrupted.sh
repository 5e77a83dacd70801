#!/bin/sh
test_description='runs that are killed, interrupted, or not alone'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# history COMMITS FILES FUNCTIONS: every commit changes one file.
history() {
	awk -v commits="$1" -v files="$2" -v functions="$3" 'BEGIN {
		print "blob\nmark :1\ndata 0\n"
		for (c = 0; c < commits; c++) {
			print "commit refs/heads/main"
			print "committer C <c@example.com> " 1112911993 + c " +0000"
			print "data 2\nm\n"
			for (f = (c ? c % files : 0); f < (c ? c % files + 1 : files); f++) {
				text = ""
				for (i = 0; i < functions; i++)
					text = text "int f" f "_" i "(int a)\n{\n\treturn g" c "_" i "(a) + " c ";\n}\n"
				print "M 100644 inline d" f % 7 "/f" f ".c"
				print "data " length(text)
				print text
			}
		}
	}' | git fast-import --quiet --force
}

test_expect_success 'a history, and what an undisturbed run makes of it' '
	history 60 40 120 && git reset -q --hard main && mkdir ../calm &&
	BATHO_STORE_DIR=$TEST_TRASH/calm git batho index --all >../out && test_grep "60 revisions" ../out &&
	for rev in main main~20 main~59; do
		BATHO_STORE_DIR=$TEST_TRASH/calm git batho stats --digest --rev $rev || return 1
	done >../digests && test_line_count = 3 ../digests &&
	BATHO_STORE_DIR=$TEST_TRASH/calm git batho refs g47_1 >../refs
'

digests_are_right() {
	for rev in main main~20 main~59; do
		git batho stats --digest --rev $rev || return 1
	done >../have && test_cmp ../digests ../have && git batho refs g47_1 >../have && test_cmp ../refs ../have
}

test_expect_success 'kill -9 at any time: what was written stays valid, the next run completes it' '
	for delay in 0.01 0.03 0.06 0.1 0.15 0.2 0.3 0.4 0.6; do
		git-batho index --all >../out 2>&1 &
		pid=$! && sleep $delay && { kill -9 $pid 2>/dev/null || :; } && { wait $pid || :; } &&
		git batho refs --all g47_1 >../out 2>../err
		test $? -le 1 || test_grep "nothing is indexed" ../err || return 1
	done && git batho index --all >../out && test_grep "60 revisions" ../out && digests_are_right
'

test_expect_success 'kill -9 of a rebuild' '
	for delay in 0.02 0.1 0.3; do
		git-batho index --rebuild --all >../out 2>&1 &
		pid=$! && sleep $delay && { kill -9 $pid 2>/dev/null || :; } && { wait $pid || :; }
	done && git batho index --all && digests_are_right
'

test_expect_success 'Ctrl-C: status 130, no complaint, a valid index' '
	for delay in 0.3 0.2 0.15 0.1 0.07 0.05 0.03 0.02; do
		timeout --preserve-status -s INT $delay git-batho index --rebuild --all >../out 2>../err
		status=$?
		test $status = 0 || break
	done && test $status = 130 && test_must_be_empty ../err && git batho index --all && digests_are_right
'

test_expect_success PROC_CHILDREN 'nobody is left behind' '
	children= && for delay in 0.2 0.1 0.05 0.02; do
		git-batho index --rebuild --all >../out 2>&1 &
		pid=$! && sleep $delay && children=$(cat /proc/$pid/task/$pid/children 2>/dev/null || :)
		kill -9 $pid 2>/dev/null
		wait $pid
		test -z "$children" || break
	done && test -n "$children" && sleep 0.3 && for child in $children; do
		if test -r /proc/$child/stat && ! grep -q ") Z " /proc/$child/stat; then
			echo "$child lives: $(tr "\0" " " </proc/$child/cmdline)"
			return 1
		fi
	done
'

test_expect_success 'several runs and questions at once all succeed' '
	rm -rf .git/batho && for i in 1 2 3; do
		git batho index --all --jobs=2 >../out$i 2>../err$i &
		eval "pid$i=\$!"
	done && git batho index >../out4 2>../err4 && git batho def f1_1 >../out5 && test_line_count = 1 ../out5 &&
	wait $pid1 && wait $pid2 && wait $pid3 && cat ../err? >../err && test_must_be_empty ../err && digests_are_right &&
	git batho index --all >../out && test_grep "nothing to do" ../out
'

# A slow machine may let the last one wait for too long.
test_expect_success 'rebuilds at once succeed, one after the other, and end with a valid index' '
	for round in 1 2 3; do
		for i in 1 2 3; do
			{ git batho index --rebuild >../out$i 2>../err$i || test_grep "used by another process" ../err$i; } &
			eval "pid$i=\$!"
		done && wait $pid1 && wait $pid2 && wait $pid3 || return 1
		for i in 1 2 3; do
			test_must_be_empty ../err$i || test_grep "^hint: try again" ../err$i || return 1
		done
	done && ls .git/batho >../out && test_grep ! "\.new-" ../out && git batho index --all && digests_are_right
'

test_expect_success PROC_CHILDREN 'a blob whose parsing is killed costs that blob, is told, and can be tried again' '
	git init -q ../killed && cd ../killed && echo "int small;" >small.c && git add . && git commit -q -m small &&
	git batho index && awk "BEGIN { for (i = 0; i < 25000; i++) print \"int v\" i \"(){ return f(\" i \"); }\" }" >large.c &&
	git add . && git commit -q -m large && git batho index && git batho stats --digest >../want &&
	rm -rf .git/batho && git batho index HEAD~1 &&
	{ git-batho index >../out 2>../err & pid=$!; } && kill_workers $pid && wait $pid &&
	if test_grep "^digest" ../out; then
		echo "the workers were too fast"
	else
		test_grep "1 killed" ../out && test_grep "^incomplete (1)" ../out &&
		git batho stats --skipped >../out && test_grep -x "large.c: killed-[a-z]*" ../out &&
		test_expect_code 1 git batho stats --digest >../out && test_grep -x "incomplete (1)" ../out &&
		test_expect_code 1 git batho stats --json --digest >../out && test_grep "\"incomplete\":1,\"digest\":null" ../out &&
		git batho index >../out && test_grep "^incomplete (1)" ../out &&
		git batho index --all >../out && test_grep "^incomplete (1 revision); .* --rev $(git rev-parse HEAD)" ../out &&
		git batho index --all --json >../out && test_grep "\"killed\":0,.*\"incomplete\":1}" ../out &&
		git batho index --all --quiet >../out && test_grep "^incomplete" ../out &&
		git batho stats --all --skipped >../out && test_grep "^large.c@[0-9a-f]\{10\}: killed-[a-z]*$" ../out &&
		git batho stats --all --skipped --json >../out &&
		test_grep "\"reason\":\"killed-[a-z]*\",\"blob\":\"$(git rev-parse HEAD:large.c)\"" ../out &&
		git batho def small && test_expect_code 1 git batho def v7 &&
		git batho index --retry >../out && test_grep "2 files indexed; 1 parsed" ../out && git batho def v7
	fi && git batho stats --digest >../have && test_cmp ../want ../have
'

# kill_far_workers PID: the same for the indexer that it runs.
kill_far_workers() {
	while kill -0 "$1" 2>/dev/null; do
		for indexer in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
			for zygote in $(cat "/proc/$indexer/task/$indexer/children" 2>/dev/null); do
				for worker in $(cat "/proc/$zygote/task/$zygote/children" 2>/dev/null); do
					kill -9 "$worker" 2>/dev/null
				done
			done
		done
	done
}

test_expect_success PROC_CHILDREN 'lines of the indexer never stand among the answer of a question' '
	cd ../killed && rm -rf .git/batho &&
	{ git-batho def --json small >../out 2>../err & pid=$!; } && kill_far_workers $pid && { wait $pid || :; } &&
	test_line_count -le 2 ../out && test_grep ! -v "^{\"\(batho\|record\)\":" ../out &&
	test_grep ! -e incomplete -e "\"root\"" -e "^digest" ../out && test_grep "^git-batho: [12] files* could not be indexed" ../err
'

test_done
