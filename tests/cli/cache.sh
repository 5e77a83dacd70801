#!/bin/sh
test_description='git batho cache: what is frozen, forgotten or away changes no answer'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# answers FILE: what the index says of some revisions, by asking it and by asking a new one
answers() {
	for answers_rev in main main~10 main~40 main~130 old; do
		git batho stats --digest --rev $answers_rev && git batho refs --rev $answers_rev total &&
			git batho def --rev $answers_rev add_7 || return 1
	done >"$1" 2>/dev/null
}

test_expect_success 'a history of two languages' '
	git checkout -q -b main 2>/dev/null || git symbolic-ref HEAD refs/heads/main &&
	for i in $(test_seq 1 160); do
		{
			echo "int total;"
			for k in $(test_seq 1 $((5 + i % 9))); do
				echo "int add_$k(int a) { total += a * $((i * k)); return helper_$((i % 7))(a, $k); }"
			done
		} >"part-$((i % 4)).c" &&
		printf "def add_%s(a):\n    return total(a, %s)\n" $((i % 10)) "$i" >one.py &&
		git add . && git commit -q -m "$i" || return 1
	done &&
	git branch old main~150 && git tag -d old 2>/dev/null
	git batho index -q --all && answers ../truth && test -s ../truth
'

test_expect_success 'stats: entries by language and tier' '
	git batho cache >out && git batho cache stats >again && test_cmp out again &&
	test_grep "^c  *warm  *160 blobs" out && test_grep "^total  *320 blobs" out && test_grep "parse failures: 0" out
'

test_expect_success 'what only history needs is frozen, and less than 0.6 of its size' '
	git batho cache freeze >out && test_grep "blobs frozen" out &&
	git batho cache stats --json >stats &&
	grep "\"cache\"" stats | tr , "\n" >fields && before=$(sed "s/.*: \([0-9]*\) bytes of facts.*/\1/" out) &&
	after=$(sed "s/.* take \([0-9]*\) now/\1/" out) && test $((after * 10)) -lt $((before * 6)) &&
	git batho cache stats >out && test_grep "^c  *frozen" out && test_path_is_file .git/batho/frozen-*.db
'

test_expect_success 'freezing again freezes nothing' '
	git batho cache freeze >out && test_grep "^0 blobs frozen" out
'

test_expect_success 'every answer is as it was' '
	answers have && test_cmp ../truth have
'

test_expect_success 'prewarm thaws a revision, a path, a range' '
	git batho cache prewarm main~130 >out && test_grep "blobs are warm, [1-9]" out &&
	git batho cache prewarm main~130 >out && test_grep "blobs are warm, 0 of" out &&
	git batho cache prewarm -- part-1.c >out && test_grep "^1 blobs are warm" out &&
	git batho cache prewarm part-1.c >out && test_grep "^1 blobs are warm" out &&
	git batho cache prewarm main~125..main~110 >out && test_grep "blobs are warm, [1-9]" out &&
	test_expect_code 1 git batho cache prewarm -- no/such/path >out && test_grep "^0 blobs" out &&
	answers have && test_cmp ../truth have
'

test_expect_success 'the file is away: what is needed is made again, and told once' '
	git batho cache freeze >/dev/null && mkdir -p ../disk && mv .git/batho/frozen-*.db ../disk &&
	git batho cache stats >out && test_grep "not there" out &&
	git batho index main~140 2>err >out && test_grep "frozen" err && test_line_count = 1 err &&
	git batho index main~140 2>err && test_must_be_empty err &&
	git batho refs --rev main~115 total 2>err >out && test_grep "is not there: what is needed of it is made again" err &&
	git batho refs --rev main~115 total 2>err >again && test_must_be_empty err && test_cmp out again &&
	git batho refs --all total 2>err >all && test_grep "left out" err &&
	git batho diff main~112..main~111 >out 2>err && test_grep part out &&
	answers have && test_cmp ../truth have &&
	test_expect_code 128 git batho cache defrag --apply >out 2>err && test_grep "is not there" err && test_grep "^hint: .*clear --frozen" err
'

test_expect_success 'and when it is back, the rest is there' '
	mv ../disk/frozen-*.db .git/batho && git batho cache stats >out && ! grep "not there" out &&
	answers have && test_cmp ../truth have && git batho cache freeze >out
'

test_expect_success 'frozenDir: on another disk' '
	git batho cache clear --frozen --apply >out && test_grep "are forgotten" out && ! ls .git/batho/frozen-*.db 2>/dev/null &&
	answers have && test_cmp ../truth have &&
	git config batho.cache.frozenDir "$PWD/../disk/facts" && git batho index -q --all &&
	test_expect_code 128 git batho cache freeze 2>err && test_grep "cannot freeze facts into" err && test_grep "^hint: " err &&
	mkdir ../disk/facts && git batho cache freeze >out && test_grep "^[1-9]" out &&
	ls ../disk/facts/frozen-*.db && answers have && test_cmp ../truth have
'

test_expect_success 'defrag moves it where the setting says' '
	git config --unset batho.cache.frozenDir && git batho cache stats >out && test_grep "not there" out &&
	git config batho.cache.frozenDir "$PWD/../disk/facts" && mkdir ../disk/other &&
	git batho cache defrag >out && test_grep "^--apply does it" out &&
	git batho cache defrag --apply >out && test_grep ", now" out &&
	answers have && test_cmp ../truth have
'

test_expect_success NOT_ROOT 'a folder that cannot be written' '
	git batho cache clear --frozen --apply >out && git batho index -q --all && chmod a-w ../disk/facts &&
	test_expect_code 128 git batho cache freeze 2>err && test_grep "cannot make the file" err && chmod u+w ../disk/facts
'

test_expect_success LOOP_MOUNT 'a disk without room: nothing changes' '
	git batho cache clear --frozen --apply >/dev/null && git batho index -q --all && mkdir -p ../small &&
	dd if=/dev/zero of=../small.img bs=1024 count=128 2>/dev/null && mkfs.ext2 -q -F ../small.img 2>/dev/null &&
	mount -o loop ../small.img ../small && test_when_finished "umount ../small" && small=$(cd ../small && pwd -P) &&
	{ dd if=/dev/zero of=../small/ballast bs=1024 2>/dev/null || :; } &&
	test_expect_code 128 git -c batho.cache.frozenDir="$small" batho cache freeze >out 2>err && test_grep "^git-batho: " err &&
	answers have && test_cmp ../truth have && rm ../small/ballast && head -c 60000 /dev/zero >../small/ballast &&
	{ git -c batho.cache.frozenDir="$small" batho cache freeze >out 2>err || test_grep "full\|room\|space" err; } &&
	git config batho.cache.frozenDir "$small" && answers have && test_cmp ../truth have &&
	git config --unset batho.cache.frozenDir && git batho cache clear --frozen --apply >/dev/null && answers have && test_cmp ../truth have
'

test_expect_success 'invalidate: a dry run, then done; a pattern is one of gitignore' '
	git batho index -q &&
	git batho cache invalidate "*.py" >out && test_grep "^1 blobs .* would be forgotten" out &&
	git batho cache invalidate "*.py" >again && test_cmp out again &&
	git batho cache invalidate --apply "*.py" >out && test_grep "^1 blobs .* are forgotten" out &&
	git batho cache invalidate "*.py" >out && test_grep "^0 blobs" out &&
	git batho index >out && test_grep "1 parsed" out && answers have && test_cmp ../truth have &&
	git batho cache invalidate --apply "/part-*.c" one.py >out && test_grep "^5 blobs" out &&
	answers have && test_cmp ../truth have
'

test_expect_success 'clear: a language, everything' '
	git batho index -q --all && git batho cache clear --language python >out && test_grep "^160 blobs .* would" out &&
	git batho cache clear --language python --apply >out && git batho cache stats >out && ! grep "^python" out &&
	answers have && test_cmp ../truth have &&
	test_expect_code 128 git batho cache clear --language cobol 2>err && test_grep "nothing is indexed in language" err &&
	git batho cache clear --all --apply >out && git batho cache stats >out && test_grep "^total  *0 blobs" out &&
	answers have && test_cmp ../truth have
'

test_expect_success 'cleanup: what nothing leads to' '
	git batho index -q --all && git batho cache cleanup --unreachable >out && test_grep "^0 blobs" out &&
	git checkout -q -b gone main && echo "int lost_and_found;" >lost.c && git add lost.c && git commit -q -m lost &&
	git batho index -q && git checkout -q main && git branch -q -D gone &&
	git batho cache cleanup --unreachable >out && test_grep "^0 blobs" out &&
	git reflog expire --expire=all --all && for i in 1 2 3 4 5 6 7 8; do git batho stats --rev main~$i >/dev/null && git batho index -q main~$i; done &&
	git batho cache cleanup --unreachable --apply >out && test_grep "^1 blobs .* are forgotten" out &&
	answers have && test_cmp ../truth have
'

test_expect_success 'cleanup: what only old commits need' '
	git batho index -q --all && git batho cache cleanup --older-than 1h >out && test_grep "would be forgotten" out &&
	git batho cache cleanup --older-than 40y >out && test_grep "^0 blobs" out &&
	for age in 7 d 7x -1d 0d 99999999d ""; do
		test_expect_code 129 git batho cache cleanup --older-than "$age" 2>err || return 1
	done &&
	git batho cache cleanup --older-than 1h --apply >out && answers have && test_cmp ../truth have
'

# fields_of RECORD: those of its section in git-batho-format(5)
fields_of() {
	awk -v record="$1" '
		/^\.Ss / { on = (index($0, ".Ss " record ", of cache") == 1); next }
		on && /^\.It Va / { sub(/^\.It Va /, ""); gsub(/ , /, " "); printf "%s ", $0 }
	' "$TEST_SOURCE/man/git-batho-format.5" | tr -s ' ' '\n' | sed '/^$/d'
}

test_expect_success PYTHON 'records have the fields that git-batho-format(5) tells of, in that order' '
	git batho index -q --all && for request in "tier stats" "cache stats" "warm prewarm" "frozen freeze" "forgotten invalidate *.c" \
			"forgotten clear --all" "forgotten cleanup --unreachable" "defrag defrag"; do
		set -f && set -- $request && set +f && record=$1 && shift && git batho cache --json "$@" >out && fields_of $record >want &&
		test -s want && python3 -c "
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if row.pop(\"record\", None) == sys.argv[1]:
        print(\"\\n\".join(row))
        break
" $record <out >have && test_cmp want have || return 1
	done
'

test_expect_success 'wrong usage' '
	test_expect_code 129 git batho cache melt 2>err && test_grep "none of stats" err &&
	test_expect_code 129 git batho cache clear 2>err && test_expect_code 129 git batho cache clear --all --frozen 2>err &&
	test_expect_code 129 git batho cache cleanup 2>err && test_expect_code 129 git batho cache invalidate 2>err &&
	test_expect_code 129 git batho cache stats more 2>err && test_expect_code 129 git batho cache stats --apply 2>err
'

test_expect_success 'the disk budget is kept by itself, and said' '
	git init -q ../big && (cd ../big && for i in $(test_seq 1 150); do
		awk -v n="$i" "BEGIN { srand(n % 37); for (i = 0; i < 900; i++)
			printf \"int name_%d_%d(int a) { return call_%d(a, other_%d); }\\n\", n, i, rand() * 90000, rand() * 90000 }" >big.c &&
		git add big.c && GIT_COMMITTER_DATE="$((1600000000 + i * 86400)) +0000" git commit -q -m "$i" || exit 1
	done && git batho index -q --all 2>err && test_must_be_empty err && git batho stats --digest --rev HEAD~140 >want &&
		git batho refs --rev HEAD~140 name_10_7 >>want && git batho index >out 2>err && test_must_be_empty err &&
		mib=$(($(wc -c <.git/batho/index.db) / 1048576)) && test "$mib" -gt 1 &&
		git -c batho.cache.maxSizeMB="$mib" batho index --all 2>err >out && test_grep "the index was over $mib MiB" err &&
		{ git batho stats --digest --rev HEAD~140 && git batho refs --rev HEAD~140 name_10_7; } >have && test_cmp want have &&
		git -c batho.cache.maxSizeMB=1 batho index HEAD~1 2>err >out && test_grep "more than batho.cache.maxSizeMB allows" err &&
		git -c batho.cache.maxSizeMB=0 batho index HEAD~1 2>err >out && test_must_be_empty err &&
		{ git batho stats --digest --rev HEAD~140 && git batho refs --rev HEAD~140 name_10_7; } >have && test_cmp want have)
'

test_expect_success 'an empty repository, a bare one, one without an index' '
	git init -q ../empty && (cd ../empty && git batho cache stats >out && test_grep "^total  *0 blobs" out &&
		test_expect_code 128 git batho cache freeze 2>err && test_grep "nothing is indexed yet" err && test_expect_code 128 git batho cache prewarm 2>err &&
		test_expect_code 128 git batho cache clear --all --apply 2>err && test_path_is_missing .git/batho/index.db) &&
	git clone -q --bare . ../bare.git && (cd ../bare.git && git batho cache prewarm >out && test_grep "^5 blobs are warm" out &&
		git batho cache freeze >out && test_grep "^0 blobs" out)
'

test_expect_success 'processes at once' '
	git batho index -q --all && rm -f ../failed &&
	for i in 1 2 3; do
		{ git batho cache freeze >/dev/null 2>../err.$i || grep -q "another process" ../err.$i || echo $i >>../failed; } &
		{ git batho refs --rev main~40 total >../out.$i 2>/dev/null || echo refs $i >>../failed; } &
		{ git batho cache prewarm main~$((10 * i)) >/dev/null 2>&1 || echo warm $i >>../failed; } &
	done; wait; test_path_is_missing ../failed && test_cmp ../out.1 ../out.2 && answers have && test_cmp ../truth have
'

test_done
