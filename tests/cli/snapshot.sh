#!/bin/sh
test_description='snapshots: recorded, named, listed, compared, verified, deleted, and let go by retention'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

page=$TEST_SOURCE/man/git-batho-format.5

# fields_of RECORD WORD: the fields of the section "RECORD, of ...", whose title has WORD in it
fields_of() {
	awk -v record="$1" -v word="$2" '
		/^\.Ss / { on = (index($0, ".Ss " record ", of") == 1 && index($0, word)); next }
		on && /^\.It Va / { sub(/^\.It Va /, ""); gsub(/ , /, " "); printf "%s ", $0 }
	' "$page" | tr -s ' ' '\n' | sed '/^$/d'
}

# same_fields RECORD WORD ARGUMENT...: what the command prints has the fields of that section
same_fields() {
	same_record=$1 same_word=$2
	shift 2
	git batho "$@" --json >same_out
	fields_of "$same_record" "$same_word" >want && test -s want &&
		python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if row.pop("record", None) == sys.argv[1]:
        print("\n".join(row))
        break
' "$same_record" <same_out >have && test_cmp want have
}

test_expect_success 'set-up' '
	printf "int add(int a)\n{\n\treturn a;\n}\n" >a.c && mkdir lib && printf "def total(x):\n    return x\n" >lib/b.py &&
	git add . && git commit -q -m one && git tag one &&
	printf "int add(int a, int b)\n{\n\treturn a + b;\n}\nint twice(int a)\n{\n\treturn add(a, a);\n}\n" >a.c &&
	git commit -q -a -m two
'

test_expect_success 'without any: nothing to list, nothing to show' '
	git batho snapshot list >out && test_grep "no snapshots" out &&
	git batho snapshot list --json >out && test_line_count = 1 out &&
	test_path_is_missing .git/batho/queue.db &&
	test_expect_code 128 git batho snapshot show HEAD 2>err && test_grep "hint: .git batho index --snapshot HEAD" err &&
	test_expect_code 128 git batho snapshot show nothing 2>err && test_grep "no snapshot is called .nothing" err &&
	git batho snapshot verify >out && test_must_be_empty out
'

test_expect_success 'recorded of HEAD and of revisions that are named, whichever program finds it' '
	git batho index --snapshot --label v2 >out && test_grep "snapshot 1 (v2) recorded" out &&
	git batho index --snapshot >out && test_grep "nothing to do" out && test_grep "snapshot 1 (v2) is there already" out &&
	git batho index --snapshot one HEAD >out && test_grep "snapshot 2 recorded" out && test_grep "snapshot 1 (v2) is there" out &&
	git batho snapshot list --porcelain | cut -f 2,3 >out && printf "2\t\n1\tv2\n" >want && sed 1d out >have && test_cmp want have &&
	git batho snapshot show v2 >out && test_grep "branch *main" out && test_grep "  c  *1 file " out && test_grep "  python" out
'

test_expect_success 'it costs a kilobyte' '
	printf "%s\n" "$(git batho snapshot delete 2 --porcelain -q | cut -s -f 5)" >out && test "$(cat out)" -lt 1024
'

test_expect_success 'what cannot be recorded is refused' '
	for args in --staged --worktree --all one..HEAD "--label=x one HEAD" "--label=12" "--label=-x" "--label=a..b" "--label=a\ b"; do
		eval "test_expect_code 129 git batho index --snapshot $args" 2>err && test_grep "^git-batho: " err || return 1
	done &&
	test_expect_code 129 git batho index --label x 2>err && test_grep "label" err &&
	test_expect_code 128 git batho index --snapshot --label v2 one 2>err && test_grep "names snapshot 1 already" err
'

test_expect_success 'one name more is one snapshot more' '
	git batho index -q --snapshot --label again && git batho snapshot show again --porcelain >out && test_grep "again" out &&
	git batho snapshot delete -q --apply again && test_expect_code 128 git batho snapshot show again
'

test_expect_success 'named by label, number, and revision' '
	git batho snapshot show v2 >want && git batho snapshot show 1 >have && test_cmp want have &&
	git batho snapshot show HEAD >have && test_cmp want have && git batho snapshot show main~0 >have && test_cmp want have
'

test_expect_success 'usage' '
	for args in "" frob show "list x" "diff v2" "export v2"; do
		test_expect_code 129 git batho snapshot $args 2>err && test_grep "^git-batho: " err || return 1
	done
'

test_expect_success PYTHON 'records have the fields of the manual' '
	same_fields snapshot "snapshot list" snapshot list && same_fields language "snapshot show" snapshot show v2 &&
	{ fields_of snapshot "snapshot list" && fields_of snapshot "index --snapshot"; } >want_all &&
	git batho index --snapshot --json | grep "\"record\":\"snapshot\"" | grep -o "\"[a-z_]*\":" | tr -d "\":" | sed 1d >have &&
	test_cmp want_all have &&
	same_fields exported "snapshot export" snapshot export v2 ../fields.batho && same_fields imported "snapshot import" snapshot import ../fields.batho &&
	same_fields verified "snapshot verify" snapshot verify && same_fields deleted "snapshot delete" snapshot delete -q 2
'

# ---- differences ----

test_expect_success 'a difference is that of diff' '
	git batho diff one..HEAD --json | sed 1d >want && git batho snapshot diff 2 v2 --json | sed 1d >have && test_cmp want have &&
	git batho diff one..HEAD >want && git batho snapshot diff one HEAD >have && test_cmp want have &&
	test_expect_code 1 git batho snapshot diff --exit-code 2 1 && git batho snapshot diff --exit-code 1 1 &&
	git batho snapshot diff --stat --kind function 2 1 >out && test_grep "1 added" out
'

test_expect_success 'saved, it is told without the index and without the objects' '
	git batho snapshot diff 2 1 --json >want && git batho snapshot diff 2 1 >want_text &&
	git batho snapshot diff --save --change added 2 1 >out && test_grep twice out && test_grep ! signature out &&
	git batho snapshot show 1 >out && test_grep "difference 2 1: 2 changes" out &&
	mkdir aside && mv .git/batho/index.db* aside/ && mv .git/objects aside/ && mkdir .git/objects &&
	test_when_finished "rm -rf .git/objects && mv aside/objects .git/ && mv aside/index.db* .git/batho/ && rmdir aside" &&
	git batho snapshot diff 2 1 --json >have && test_cmp want have && git batho snapshot diff 2 1 >have && test_cmp want_text have &&
	test_path_is_missing .git/batho/index.db
'

test_expect_success PYTHON 'and its record' 'same_fields patch "snapshot show" snapshot show 1'

test_expect_success 'an index that was thrown away is made again on the way' '
	git batho snapshot diff 1 2 --json >want && rm -f .git/batho/index.db* && git batho snapshot diff 1 2 --json >have && test_cmp want have
'

test_expect_success 'of commits that are gone from git the facts tell' '
	test_create_repo rewritten && (cd rewritten && printf "int f(int a)\n{\n\treturn a;\n}\n" >a.c && git add . && git commit -q -m a &&
		git batho index -q --snapshot --label a && printf "int f(int a)\n{\n\treturn a + 1;\n}\nint g;\n" >a.c && git commit -q -a --amend -m b &&
		git batho index -q --snapshot --label b && git reflog expire --expire=now --all && git prune --expire=now &&
		git batho snapshot diff a b >../out 2>../err) &&
	test_grep "gone from git" err && test_grep "body.* f" out && test_grep "added.* g" out
'

# ---- verifying ----

test_expect_success 'verified: as recorded, and by parsing anew' '
	git batho snapshot verify >out && test_grep "snapshot 1 (v2): the index agrees" out && test_line_count = 2 out &&
	git batho snapshot verify --sample 10 v2 >out && test_grep "2 files parsed anew agree" out &&
	mkdir tmp && TMPDIR=$PWD/tmp git batho snapshot verify --sample 1 v2 && rmdir tmp
'

test_expect_success 'an index without it is no good, and making it again is' '
	rm -f .git/batho/index.db* &&
	test_expect_code 1 git batho snapshot verify v2 >out && test_grep "has not got it" out &&
	git batho index -q && git batho snapshot verify v2
'

test_expect_success 'objects that went are counted' '
	test_create_repo gone && (cd gone && echo "int a;" >a.c && git add . && git commit -q -m a &&
		git batho index -q --snapshot && blob=$(git rev-parse HEAD:a.c) &&
		rm -f ".git/objects/$(echo $blob | cut -c 1-2)/$(echo $blob | cut -c 3-)" &&
		test_expect_code 1 git batho snapshot verify >../out) &&
	test_grep "1 object is gone from git" out && test_grep "^  gone: $(git -C gone rev-parse HEAD:a.c)" out
'

test_expect_success 'a page of the index that was changed is found' '
	test_when_finished "git batho index --rebuild -q" && size=$(wc -c <.git/batho/index.db) && at=8300 &&
	while test $at -lt $size; do
		printf x | dd of=.git/batho/index.db bs=1 seek=$at conv=notrunc 2>/dev/null && at=$((at + 8192)) || return 1
	done &&
	test_must_fail git batho snapshot verify >out 2>&1 && test_grep -i "damaged\|checksum\|malformed\|index" out
'

# ---- deleting and retention ----

test_expect_success 'deleting is asked for twice' '
	git batho snapshot delete one 2>err >out && test_grep "would delete snapshot 2 and 1 saved difference" out && test_grep "apply" err &&
	git batho snapshot show 2 >/dev/null &&
	test_expect_code 128 git batho snapshot delete --apply 2 nothing && git batho snapshot show 2 >/dev/null &&
	git batho snapshot delete --apply 2 one >out && test_line_count = 1 out && test_expect_code 128 git batho snapshot show 2 &&
	git batho snapshot show 1 >out && test_grep ! difference out
'

test_expect_success 'retention: a label stays, the newest of a branch stays, the rest goes beyond the maximum' '
	git config batho.retention.maxSnapshots 2 && test_when_finished "git config --unset batho.retention.maxSnapshots" &&
	for n in 1 2 3 4 5; do
		echo "int n$n;" >n.c && git add n.c && git commit -q -m $n && git batho index -q --snapshot || return 1
	done &&
	git checkout -q -b side HEAD~2 && git batho index -q --snapshot && git checkout -q main &&
	echo "int last;" >n.c && git commit -q -a -m last && git batho index -q --snapshot &&
	git batho snapshot list >out && test_grep "v2 .main." out && test_grep "side" out && test_line_count = 3 out
'

# ---- places ----

test_expect_success 'an empty repository has none and can record none' '
	test_create_repo empty && (cd empty && git batho snapshot list && git batho index --snapshot 2>err && test_path_is_missing .git/batho/queue.db)
'

test_expect_success 'a bare one' '
	git clone -q --bare . bare.git && (cd bare.git && git batho index -q --snapshot --label bare && git batho snapshot verify bare)
'

test_expect_success OTHER_USER 'where nothing can be written it says so' '
	git clone -q . theirs && (cd theirs && git batho index -q && chmod -R a+rX,go-w . && chmod a+rx .. ../.. &&
		test_expect_code 128 as_other git -c safe.directory=\* batho index --snapshot 2>err && test_grep "^git-batho: " err)
'

test_expect_success 'a queue of a newer version is refused' '
	cp .git/batho/queue.db saved && test_when_finished "mv saved .git/batho/queue.db" && rm -f .git/batho/queue.db-* &&
	printf "\000\000\000\143" | dd of=.git/batho/queue.db bs=1 seek=60 conv=notrunc 2>/dev/null &&
	test_expect_code 128 git batho snapshot list 2>err && test_grep "queue.db" err &&
	test_expect_code 128 git batho index --snapshot 2>err
'

test_expect_success 'at once: one snapshot' '
	echo "int race;" >n.c && git commit -q -a -m race &&
	for n in 1 2 3 4; do
		git batho index -q --snapshot &
	done && wait && git batho snapshot list --porcelain | cut -f 4 | grep -c "$(git rev-parse HEAD)" >out && echo 1 >want && test_cmp want out
'

test_done
