#!/bin/sh
test_description='git batho storage verify tells what is wrong with an index, and mends it to what a new one would be'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

db=.git/batho/index.db
flips=${BATHO_TEST_FLIPS-60}
test -z "${TEST_LONG:-}" || flips=500

restore() {
	rm -rf .git/batho && cp -R ../good .git/batho
}

# same_answers: what is asked of the index has the answers of a good one
same_answers() {
	git batho stats --digest >../have && test_cmp ../digest ../have &&
		git batho refs add >../have && test_cmp ../refs ../have &&
		git batho search "f1_*" >../have && test_cmp ../found ../have
}

# mends: verify says no, a repair gives the digest of a new index
mends() {
	test_expect_code 1 git batho storage verify --sample 0 >../out 2>../err &&
		git batho storage verify --sample 0 --repair >../out 2>../err &&
		git batho storage verify --sample 0 >../out 2>../err && test_must_be_empty ../err &&
		git batho index >../out && same_answers
}

test_expect_success 'an index' '
	mkdir src && for i in 1 2 3 4 5 6 7 8; do
		awk -v n=$i "BEGIN { for (i = 0; i < 60; i++) printf \"int f%d_%d(int a)\n{\n\treturn add(a) + g%d;\n}\n\", n, i, i }" >src/f$i.c || return 1
	done &&
	printf "int add(int a)\n{\n\treturn a;\n}\n" >a.c && printf "def g(x):\n    return add(x)\n" >b.py &&
	git add . && git commit -q -m one && echo "int two(void);" >>a.c && git commit -q -a -m two &&
	git batho index --all -q && git batho index && git batho stats --digest >../digest && git batho refs add >../refs &&
	git batho search "f1_*" >../found && test_line_count -gt 50 ../found && cp -R .git/batho ../good
'

test_expect_success PYTHON 'flipped bits: told, or without effect on any answer; mended' '
	cat >../flip.py <<-\EOT &&
	import random, sys
	path, seed = sys.argv[1], int(sys.argv[2])
	data = bytearray(open(path, "rb").read())
	r = random.Random(seed)
	data[r.randrange(len(data))] ^= 1 << r.randrange(8)
	open(path, "wb").write(data)
	EOT
	seed=${BATHO_TEST_SEED-1} told=0 end=$((${BATHO_TEST_SEED-1} + flips)) &&
	while test $seed -lt $end; do
		restore && python3 ../flip.py $db $seed && seed=$((seed + 1)) &&
		git batho storage verify -q --sample 0 >../out 2>../err
		case $? in
		0) same_answers ;;
		1) told=$((told + 1)) &&
			if test $((told % 6)) = 1; then
				git batho storage verify -q --sample 0 --repair >../out 2>../err && same_answers &&
					git batho storage verify -q --sample 0 >../out
			fi ;;
		128) git batho index --rebuild -q && same_answers ;;
		*) false ;;
		esac || {
			echo "seed $((seed - 1))"
			cat ../out ../err
			return 1
		}
	done && test $told -gt $((flips / 2))
'

test_expect_success 'a file that is cut' '
	restore && truncate -s -40960 $db && mends
'

test_expect_success 'zeros in the middle' '
	restore && dd if=/dev/zero of=$db bs=8192 seek=9 count=4 conv=notrunc 2>/dev/null && mends
'

test_expect_success 'another file in its place is made anew, and that is told' '
	restore && echo "no database" >$db && rm -f $db-wal &&
	test_expect_code 1 git batho storage verify >out 2>err && test_grep "^file: " out &&
	git batho storage verify --repair >out && test_grep "made anew" out && git batho index && same_answers
'

test_expect_success 'one of a newer version is left alone' '
	restore && printf "\\377" | dd of=$db bs=1 seek=63 conv=notrunc 2>/dev/null && cksum <$db >before &&
	test_expect_code 128 git batho storage verify --repair 2>err && test_grep "newer" err && cksum <$db >after && test_cmp before after
'

test_expect_success 'a repair that is killed leaves an index that can be mended' '
	for ms in 02 05 10 20 40 80; do
		restore && dd if=/dev/zero of=$db bs=8192 seek=9 count=4 conv=notrunc 2>/dev/null &&
		{ timeout -s KILL 0.$ms git batho storage verify --sample 0 --repair >../out 2>../err || :; } &&
		git batho storage verify --sample 0 --repair -q >../out && git batho index -q && same_answers || return 1
	done
'

test_expect_success 'a compaction that is killed leaves the index as it was' '
	for ms in 01 02 03 05 10 20; do
		restore && { timeout -s KILL 0.$ms git batho storage compact --apply >../out 2>../err || :; } &&
		git batho storage verify --sample 0 && same_answers || return 1
	done
'

test_done
