#!/bin/sh
test_description='questions whose answers come from many files'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# Enough files for a second thread and for more records than a search keeps open.
files=90

test_expect_success 'many files' '
	mkdir -p src/deep/er wide &&
	for i in $(seq 1 $files)
	do
		cat >src/deep/er/part$i.c <<-EOT || return 1
		static int local_$i(struct shared *s);
		/* $i */
		int pre_$i(struct shared *s)
		{
			if (shared_name(s))
				return local_$i(s);
			return shared_name(s) + shared.shared_name;
		}
		int Pre_Upper$i; int PRE_MACRO$i;
		EOT
	done &&
	{
		for i in $(seq 1 40)
		do
			echo "int wide_$i(void) { return shared_name(0); }" &&
			printf "/* %0600d */\n" 1 2 3 4 5 6 7 8 9 $i || return 1
		done
	} >wide/far.c &&
	echo "int shared_name(struct shared *s) { return s != 0; }" >src/shared.c &&
	printf "int crlf(void)\r\n{\r\n\treturn shared_name(0);\r\n}\r\n" >src/crlf.c &&
	git add . && git commit -q -m 1 && git batho index -q
'

# places_of FILE: path:line:column of the hits in an answer.
places_of() {
	sed "s/^\([^:]*:[0-9]*:[0-9]*\).*/\1/" "$1"
}

# places NAME: path:line:column of the word in every C file.
places() {
	git ls-files "*.c" | while IFS= read -r path
	do
		awk -v name="$1" -v path="$path" '
		{
			for (at = 1; (i = index(substr($0, at), name)) > 0; at += i) {
				before = at + i - 2 ? substr($0, at + i - 2, 1) : " "
				after = substr($0 " ", at + i - 1 + length(name), 1)
				if (before !~ /[A-Za-z0-9_]/ && after !~ /[A-Za-z0-9_]/)
					print path ":" NR ":" at + i - 1
			}
		}' "$path"
	done | sort
}

test_expect_success 'every occurrence, once, in the order of paths' '
	places shared_name >../want &&
	test $(wc -l <../want) -gt 300 &&
	git batho refs shared_name >../have &&
	cut -d: -f1-3 ../have >../have.places &&
	sort ../have.places | test_cmp ../want - &&
	cut -d: -f1 ../have.places | LC_ALL=C sort -c
'

test_expect_success 'with the lines they stand on' '
	sed -n "s/^wide.far.c:[^ ]* call: //p" ../have | sort >../lines &&
	for i in $(seq 1 40); do echo "int wide_$i(void) { return shared_name(0); }"; done | sort >../want &&
	test_cmp ../want ../lines &&
	grep "^src/crlf.c:3:9: call: return shared_name(0);$" ../have
'

test_expect_success 'the objects say the same as the files' '
	git batho refs --rev HEAD shared_name | test_cmp ../have - &&
	git batho refs --json shared_name >../json &&
	git batho refs --json --rev HEAD shared_name | test_cmp ../json - &&
	test $(wc -l <../json) = $(($(wc -l <../have) + 1))
'

test_expect_success 'files that are not what was indexed' '
	echo "/* more */" >src/deep/er/new && cat src/deep/er/part7.c >>src/deep/er/new &&
	mv src/deep/er/new src/deep/er/part7.c &&
	rm src/deep/er/part8.c src/deep/er/part9.c src/deep/er/part10.c src/deep/er/part11.c &&
	mkfifo src/deep/er/part9.c && ln -s part1.c src/deep/er/part10.c && mkdir src/deep/er/part11.c &&
	sed -i s/shared_name/renamed_one/ src/deep/er/part12.c &&
	printf x >>wide/far.c && touch src/shared.c &&
	git batho refs shared_name | test_cmp ../have - &&
	git batho refs --json shared_name | test_cmp ../json - &&
	rm -r src wide && git batho refs shared_name | test_cmp ../have - &&
	git checkout -q .
'

test_lazy_prereq TASKSET 'no taskset' 'taskset 1 true'

test_expect_success TASKSET 'one processor says the same' '
	taskset 1 git batho refs shared_name | test_cmp ../have -
'

test_expect_success 'as many as asked for, and a word about the rest' '
	git batho refs --max 17 shared_name >../some 2>../err &&
	test $(wc -l <../some) = 17 &&
	grep "there are more" ../err &&
	sort ../have ../some | uniq -d >../both &&
	test $(wc -l <../both) = 17
'

test_expect_success 'callers from all of them' '
	git batho callers shared_name >../callers &&
	grep -c "src/deep/er/part[0-9]*.c:5:.* pre_[0-9]* " ../callers >../count &&
	echo $files | test_cmp - ../count &&
	git batho callers --depth 2 local_9 | grep "pre_9"
'

test_expect_success 'callees of a file that was read in part before' '
	git batho callees pre_$files >../callees &&
	grep " shared_name " ../callees && grep " local_$files " ../callees &&
	git batho callees --depth 3 pre_5 | grep " shared_name "
'

test_expect_success 'a search opens more records than it keeps' '
	git batho search --match prefix --max 1000 pre_ >../have.search &&
	test $(wc -l <../have.search) = $((3 * files)) &&
	for i in 1 $files
	do
		grep "part$i.c:3:5: function: int pre_$i(struct shared \*s)" ../have.search &&
		grep "part$i.c:9:5: variable: int Pre_Upper$i; int PRE_MACRO$i;" ../have.search &&
		grep "part$i.c:9:2[12]: variable: " ../have.search || return 1
	done
'

test_expect_success 'a start in any case, the same case first' '
	git batho search --match prefix --max 400 PRE_m >../have &&
	test $(wc -l <../have) = $files &&
	git batho search --match prefix --max 1000 Pre_ >../have &&
	head -$files ../have | grep -c ":9:5:" >../count &&
	echo $files | test_cmp - ../count &&
	git batho search --match prefix --rev HEAD --max 1000 Pre_ | test_cmp ../have -
'

test_expect_success 'a filter on paths spares the other records' '
	git batho refs --path "src/deep/er/part3?.c" shared_name >../have &&
	test $(wc -l <../have) = 30 &&
	git batho refs --path "none/*" shared_name >../have
	test $? = 1
'

test_expect_success '--max keeps the first hits of the answer, whatever came first into the index' '
	git init -q most && cd most && echo "aa.c linguist-generated" >.gitattributes &&
	for name in aa ab ac ad ae af ag ah
	do
		echo "int most(void) { return most(); } /* $name */" >$name.c || return 1
	done &&
	cp ah.c zz.c && git add . && git commit -q -m 1 && git batho def most >all &&
	echo ab.c:1:5 >want && echo aa.c:1:5 >>want && places_of all | sed -n "1p;\$p" | test_cmp want - &&
	for command in def refs search
	do
		git batho $command most >all && git batho $command --max 1 most >one 2>err &&
		head -n 1 all | test_cmp - one && test_grep "there are more" err || return 1
	done &&
	git batho search --max 8 most >some 2>err && git batho search most >all && head -n 8 all | test_cmp - some &&
	test_grep "there are more" err && git batho search --max 9 most 2>err >some && test_cmp all some && test_must_be_empty err &&
	git batho def --all --max 3 most >some && git batho def --all most | head -n 3 | test_cmp - some
'

test_expect_success 'a filter that keeps the size of a file: lines are those of the blob' '
	git init -q filtered && cd filtered && echo "*.c filter=swap" >.gitattributes &&
	git config filter.swap.clean "sed s/FOO/BAR/g" && git config filter.swap.smudge "sed s/BAR/FOO/g" &&
	echo "int FOO(void) { return 1; } /* FOO */" >a.c && git add . && git commit -q -m 1 && git batho index -q &&
	git batho def BAR >out && test_grep "int BAR(void)" out && git batho def --worktree BAR >out && test_grep "int BAR(void)" out &&
	git batho outline a.c >out && test_grep BAR out && test_grep ! FOO out
'

test_done
