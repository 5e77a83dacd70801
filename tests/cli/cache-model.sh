#!/bin/sh
test_description='facts that are frozen, thawed, forgotten, away and made again, in any order: digests and answers are those of a new index

BATHO_TEST_SEED chooses the order.'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

seed=${BATHO_TEST_SEED:-24301}

# draw N: sets `drawn` to a number below N
draw() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	drawn=$((seed / 65536 % $1))
}

# commit_one: changes one of a few files
commit_one() {
	made=$((made + 1))
	draw 6
	case $((drawn % 3)) in
	0) printf 'int shared;\nint make_%s(int a)\n{\n\treturn shared + take_%s(a, %s);\n}\n' $drawn $((made % 5)) $made >>"f$drawn.c" ;;
	1) printf 'def make_%s(a):\n    return shared(a, %s)\n\n' $drawn $made >>"f$drawn.py" ;;
	2) printf 'func make_%s(a) { return shared(a, %s) }\n' $drawn $made >"f$drawn.js" ;;
	esac
	git add . && git commit -q -m "$made"
}

# ask FILE: digests and answers at some revisions, and of the difference of two
ask() {
	for ask_rev in HEAD HEAD~7 HEAD~20 HEAD~33 HEAD~44; do
		echo "$ask_rev" && git batho stats --digest --rev $ask_rev && { git batho refs --rev $ask_rev shared || :; } &&
			{ git batho def --rev $ask_rev make_3 || :; } || return 1
	done >"$1" 2>../noise && { git batho diff HEAD~33..HEAD~20 || test $? = 1; } >>"$1" 2>../noise
}

# step NUMBER: one of the things that may happen
step() {
	case $1 in
	0 | 1) git batho cache freeze ;;
	2) git batho index --all ;;
	3) draw 50 && git batho cache prewarm HEAD~$drawn ;;
	4) draw 6 && git batho cache invalidate --apply "f$drawn.*" ;;
	5) git batho cache clear --apply --language python ;;
	6) git batho cache cleanup --apply --unreachable ;;
	7) git batho cache defrag --apply || test -e ../away ;;
	8) git batho cache clear --apply --frozen ;;
	9) commit_one && git batho index ;;
	10) # the disk goes, or comes back, unless the file has been given up meanwhile
		if test -d ../away; then
			cp ../away/* .git/batho/ && rm -r ../away
		elif ls .git/batho/frozen-*.db >/dev/null 2>&1; then
			mkdir ../away && mv .git/batho/frozen-*.db ../away
		fi ;;
	11) git -c batho.cache.maxSizeMB=1 batho index --all ;;
	12) draw 50 && git checkout -q "HEAD~$((drawn % 5))" && git batho index && git checkout -q main ;;
	13) # killed at some moment
		git batho cache freeze & step_pid=$!
		draw 4 && { sleep 0.0$drawn && kill -9 $step_pid; } 2>/dev/null
		wait $step_pid || : ;;
	esac
}

test_expect_success 'a history' '
	git symbolic-ref HEAD refs/heads/main && made=0 &&
	while test $made -lt 130; do commit_one || return 1; done && git batho index -q --all
'

round=0
while test $round -lt 12; do
	round=$((round + 1))
	test_expect_success "round $round (seed $seed)" '
		for i in 1 2 3 4; do
			draw 14 && { step $drawn >../out 2>../err || { test $? = 128 && test -d ../away && test_grep "not there" ../err; }; } ||
				{ echo "step $drawn" && cat ../err && return 1; }
		done &&
		ask ../have && rm -rf ../fresh && git clone -q . ../fresh && (cd ../fresh && ask ../want) && test_cmp ../want ../have
	'
done

test_done
