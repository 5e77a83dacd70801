#!/bin/sh
test_description='objects come through libgit2 or the git program: the answer is the same

Every kind of repository that libgit2 cannot serve goes through the git program by itself.'
. "$(dirname "$0")/../lib/test-lib.sh"

# digest_with BACKEND [SCOPE...]: of a fresh index, in the current repository.
digest_with() {
	backend=$1
	shift
	git batho index --rebuild --quiet --backend="$backend" "$@" >/dev/null &&
		git batho stats --digest ${1+"$@"}
}

# same_digest BACKEND,BACKEND... [SCOPE...]
same_digest() {
	backends=$1 first=
	shift
	for same_backend in $(echo "$backends" | tr , ' '); do
		same=$(digest_with "$same_backend" "$@") || return 1
		test -n "$same" || return 1
		if test -n "$first" && test "$same" != "$first"; then
			echo "$same_backend: $same, before: $first"
			return 1
		fi
		first=$same
	done
}

# fill: some files in several languages, two commits, packed and loose.
fill() {
	mkdir -p lib/deep && i=0 &&
		while test "$i" -lt 20; do
			printf 'int f%d(int a)\n{\n\treturn a + %d;\n}\n' "$i" "$i" >"lib/f$i.c" &&
				printf 'def g%d(x):\n    return f%d(x)\n' "$i" "$i" >"lib/deep/g$i.py" &&
				i=$((i + 1)) || return 1
		done &&
		printf '*.py linguist-vendored\nlib/f1.c -batho\n' >.gitattributes &&
		git add . && test_tick && git commit -q -m one && git repack -q -a -d &&
		echo 'int h;' >lib/h.c && echo 'int changed;' >lib/f2.c &&
		git add . && test_tick && git commit -q -m two
}

test_expect_success 'packed and loose objects' '
	fill && same_digest auto,libgit2,git
'

test_expect_success 'what is staged' '
	test_when_finished "git reset -q --hard" &&
	echo "int staged;" >lib/s.c && git add lib/s.c && git rm -q --cached lib/f3.c &&
	same_digest auto,libgit2,git --staged
'

test_expect_success 'the worktree, and nothing is written to the object database' '
	test_when_finished "git reset -q --hard && git clean -q -f" &&
	echo "int only_here;" >lib/w.c && echo "int edited;" >lib/f4.c && rm lib/f5.c &&
	find .git/objects | sort >../before &&
	same_digest auto,libgit2,git --worktree &&
	find .git/objects | sort >../after &&
	test_cmp ../before ../after &&
	git batho def --worktree only_here >../out && test_grep "lib/w.c:1" ../out
'

test_expect_success 'objects of an alternate, a linked worktree, a bare clone' '
	digest=$(digest_with git) &&
	git clone -q -s . ../alt && git worktree add -q ../linked && git clone -q --bare . ../b.git &&
	for repo in ../alt ../linked ../b.git; do
		(cd "$repo" && same_digest auto,libgit2,git &&
			test "$(digest_with auto)" = "$digest") || return 1
	done
'

test_expect_success 'a shallow clone' '
	git clone -q --depth 1 "file://$PWD" ../shallow &&
	digest=$(digest_with git) &&
	(cd ../shallow && same_digest auto,libgit2,git && test "$(digest_with auto)" = "$digest")
'

test_expect_success 'a partial clone goes through git, which fetches what is missing' '
	git config uploadpack.allowFilter true && git config uploadpack.allowAnySHA1InWant true &&
	digest=$(digest_with git) &&
	git clone -q -n --filter=blob:none "file://$PWD" ../partial &&
	(cd ../partial && same_digest auto,libgit2,git && test "$(digest_with auto)" = "$digest" &&
		git batho index --rebuild --backend=libgit2 2>err && test_line_count = 1 err &&
		test_grep "^git-batho: git reads the objects, libgit2 cannot: .*partial clone" err)
'

test_expect_success SHA256 'a sha256 repository' '
	git init -q --object-format=sha256 ../s256 &&
	(cd ../s256 && fill && same_digest auto,libgit2,git && same_digest auto,libgit2,git --staged &&
		same_digest auto,libgit2,git --worktree &&
		git batho index --rebuild --backend=libgit2 2>err && test_line_count = 1 err &&
		test_grep "^git-batho: git reads the objects, libgit2 cannot: .*sha1" err &&
		git -c batho.index.backend=libgit2 batho index --rebuild --quiet 2>err && test_must_be_empty err)
'

test_expect_success REFTABLE 'a reftable repository' '
	git init -q --ref-format=reftable ../rt &&
	(cd ../rt && fill && same_digest auto,libgit2,git && same_digest auto,libgit2,git --staged)
'

test_expect_success 'split index, sparse index, index version 4, GIT_INDEX_FILE' '
	want=$(digest_with git --staged) &&
	git update-index --split-index && test "$(digest_with auto --staged)" = "$want" &&
	git update-index --no-split-index --index-version 4 &&
	test "$(digest_with auto --staged)" = "$want" &&
	git sparse-checkout set --cone --sparse-index lib/deep &&
	test "$(digest_with auto --staged)" = "$want" &&
	test "$(digest_with auto --worktree)" = "$want" &&
	git sparse-checkout disable &&
	GIT_INDEX_FILE=.git/other git read-tree HEAD~1 &&
	have=$(GIT_INDEX_FILE=.git/other digest_with auto --staged) &&
	(cd lib && GIT_INDEX_FILE=.git/other git batho stats --staged --digest) >../from-lib &&
	test "$have" = "$(cat ../from-lib)"
'

test_expect_success 'an unmerged index' '
	test_when_finished "git merge --abort && git checkout -q main" &&
	git checkout -q -b side HEAD~1 && echo "int side;" >lib/f2.c && git commit -q -a -m side &&
	test_must_fail git merge -q main >/dev/null 2>&1 &&
	same_digest auto,libgit2,git --staged && same_digest auto,git --worktree
'

test_expect_success 'an extension that only git may know' '
	test_when_finished "git config --unset extensions.worktreeConfig" &&
	git config extensions.worktreeConfig true && same_digest auto,libgit2,git
'

test_expect_success 'paths with blanks, newlines and bytes that are not UTF-8' '
	dir=$(printf "a b\nc\377") && mkdir "$dir" && echo "int odd;" >"$dir/x y.c" &&
	git add . && git commit -q -m odd && same_digest auto,libgit2,git &&
	same_digest auto,libgit2,git --staged && same_digest auto,git --worktree
'

test_expect_success 'a repository without commits' '
	git init -q ../empty && cd ../empty &&
	echo "int first;" >a.c && git add a.c &&
	same_digest auto,libgit2,git --staged && same_digest auto,libgit2,git --worktree
'

test_expect_success 'somebody else owns it' '
	if test "$(id -u)" -eq 0; then
		git init -q ../foreign && chown -R 12345 ../foreign && cd ../foreign &&
		test_expect_code 128 git batho index 2>err &&
		test_grep "dubious ownership" err &&
		test_grep "hint: git config --global --add safe.directory" err
	fi
'

# swap FIRST SECOND: the loose object FIRST gets the bytes of SECOND.
swap() {
	from=.git/objects/$(echo "$2" | sed "s,^..,&/,") && to=.git/objects/$(echo "$1" | sed "s,^..,&/,") &&
		chmod u+w "$to" && cat "$from" >"$to"
}

test_expect_success 'bytes of another object are nobody'\''s: told by every back-end in the same way' '
	for hash in sha1 sha256; do
		rm -rf ../swapped && git init -q --object-format=$hash ../swapped && cd ../swapped &&
		echo "int right;" >a.c && echo "int other;" >b.c && mkdir lib && echo "int deep;" >lib/c.c &&
		git add . && git commit -q -m one && swap "$(git rev-parse :a.c)" "$(git rev-parse :b.c)" &&
		for backend in auto libgit2 git; do
			test_expect_code 1 git batho index --rebuild --quiet --backend=$backend >../out 2>&1 &&
			test_grep "^incomplete (1)" ../out && git batho stats --skipped >../out &&
			test_grep -x "a.c: missing" ../out && git batho def --porcelain other >../out &&
			test_line_count = 2 ../out && test_grep b.c ../out || return 1
		done &&
		swap "$(git rev-parse HEAD:lib)" "$(git rev-parse HEAD^{tree})" &&
		for backend in libgit2 git; do
			test_expect_code 1 git batho index --rebuild --quiet --backend=$backend >../out 2>&1 &&
			test_grep "^incomplete (2)" ../out || return 1
		done || return 1
	done
'

test_expect_success 'a pack whose index lies' '
	test_create_repo ../lying && cd ../lying && echo "int right;" >a.c && echo "int other;" >b.c && git add . &&
	git commit -q -m one && git repack -q -a -d && idx=$(echo .git/objects/pack/*.idx) && chmod u+w "$idx" &&
	git show-index <"$idx" >../offsets && nr=$(wc -l <../offsets) &&
	a=$(grep -n "$(git rev-parse :a.c)" ../offsets | cut -d : -f 1) && b=$(grep -n "$(git rev-parse :b.c)" ../offsets | cut -d : -f 1) &&
	at=$((8 + 1024 + nr * 20 + nr * 4)) && dd if="$idx" of=../four bs=1 skip=$((at + 4 * (b - 1))) count=4 2>/dev/null &&
	dd if=../four of="$idx" bs=1 seek=$((at + 4 * (a - 1))) conv=notrunc 2>/dev/null &&
	test "$(git cat-file blob :a.c)" = "int other;" &&
	for backend in libgit2 git; do
		test_expect_code 1 git batho index --rebuild --quiet --backend=$backend >../out 2>&1 &&
		test_grep "^incomplete (1)" ../out || return 1
	done
'

test_done
