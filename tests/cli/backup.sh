#!/bin/sh
test_description='git batho backup and restore: whole or not there; what landed since is not landed again; nothing of a backup is believed'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/queue-lib.sh
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

page=$TEST_SOURCE/man/git-batho-format.5
queue=.git/batho/queue.db

# only FILE...: these and nothing else are in the folder of backups
only() {
	printf "%s\n" "$@" | sort >../want && ls -A ../backups >../have && test_cmp ../want ../have
}

# log_is FILE: the queue's log is as it was
log_is() {
	git batho queue log --json >../log && test_cmp "$1" ../log
}

# lost: the queue is gone, as by a disk that broke
lost() {
	rm -f $queue $queue-wal $queue-shm
}

# commits: how many are on the branch
commits() {
	git rev-list --count main
}

test_expect_success 'nothing yet: an empty repository, and a bare one' '
	mkdir ../backups && test_create_repo ../empty && (cd ../empty && git batho backup ../backups/empty.batho >out && test_grep "no queue yet" out &&
		git batho backup verify ../backups/empty.batho && git batho restore ../backups/empty.batho >out && test_grep "has no queue" out &&
		git batho restore --apply ../backups/empty.batho && test_path_is_missing .git/batho/queue.db) &&
	git init -q --bare ../bare.git && (cd ../bare.git && git batho backup ../backups/empty.batho && git batho restore ../backups/empty.batho) &&
	rm ../backups/empty.batho
'

test_expect_success 'a queue with what landed, what waits, settings and files' '
	queue_setup && enqueue one a 1 ONE && flush && enqueue two a 3 TWO && enqueue three b 5 THREE --after 2 &&
	git config batho.deploy.site.command "echo deployed >>../deployed" && git config batho.check.failOn warning && git batho queue deploy site -q &&
	mkdir -p .batho/rules && printf "version = 1\n" >.batho/config.ini && echo ";; id: mine" >.batho/rules/mine.scm &&
	ln -s /etc/passwd .batho/rules/link.scm && echo x >.batho/other && git batho queue log --json >../then &&
	git batho backup ../backups/one.batho >out && test_grep "4 actions, 3 open; 2 settings, 2 files" out && only one.batho &&
	test "$(stat -c %a ../backups/one.batho)" = 600 && git batho backup verify ../backups/one.batho >out && test_grep "whole" out &&
	log_is ../then
'

test_expect_success 'without --apply nothing changes' '
	find .git ! -name "*-shm" ! -name "tally*" ! -name "*.prom" -type f -exec cksum {} + | sort >../before && git batho restore ../backups/one.batho >out && test_grep "nothing was changed" out &&
	find .git ! -name "*-shm" ! -name "tally*" ! -name "*.prom" -type f -exec cksum {} + | sort >../after && test_cmp ../before ../after && only one.batho
'

test_expect_success 'what landed and ran since, and is known here, stays over' '
	flush && expect_states 2 landed 3 landed 4 completed && test_line_count = 1 ../deployed && commits >../nr &&
	git batho restore --apply ../backups/one.batho >out && test_grep "3 open in it and over here" out && test_grep "queue.db.replaced-" out &&
	expect_states 2 landed 3 landed 4 completed && flush && commits >../now && test_cmp ../nr ../now && test_line_count = 1 ../deployed &&
	git batho doctor -q && rm $queue.replaced-*
'

test_expect_success 'the queue is lost: what landed since is known by its trailers, what may have run is not run again' '
	lost && git batho restore --apply ../backups/one.batho >out && test_grep "2 had landed since" out && test_grep "may have run since" out &&
	expect_states 2 landed 3 landed 4 unknown && flush && commits >../now && test_cmp ../nr ../now && test_line_count = 1 ../deployed &&
	git batho doctor -q && git batho queue retry 4 -q && flush && test_line_count = 2 ../deployed
'

test_expect_success 'a batch that was in flight, landed since, is not landed again' '
	enqueue four c 7 FOUR && git batho queue batch --now -q && git batho backup -q ../backups/flight.batho && git batho queue recover -q &&
	expect_states 5 landed && commits >../nr && lost && git batho restore --apply ../backups/flight.batho >out && test_grep "1 batch taken up" out &&
	expect_states 5 landed && flush && commits >../now && test_cmp ../nr ../now && git batho doctor -q
'

test_expect_success 'a batch that was in flight and had not landed lands now' '
	enqueue five c 9 FIVE && git batho queue batch --now -q && git batho backup -q ../backups/flight.batho && lost &&
	git batho restore --apply -q ../backups/flight.batho && expect_states 6 landed && flush && commits >../now &&
	test "$(cat ../now)" = "$(($(cat ../nr) + 1))" && git show main:c | grep FIVE
'

test_expect_success 'what was captured and is gone is parked with the reason; what is there is kept from gc again' '
	enqueue six a 11 SIX && enqueue seven b 11 SEVEN && git batho backup -q ../backups/gone.batho &&
	git batho queue show 7 --json | sed -n "s/.*\"content\":\"\([0-9a-f]*\)\".*/\1/p" | head -n 1 >../six &&
	git for-each-ref --format="delete %(refname)" refs/batho/ | git update-ref --stdin && lost &&
	rm -f .git/objects/"$(cut -c 1-2 ../six)"/"$(cut -c 3- ../six)" && git batho restore --apply ../backups/gone.batho >out &&
	test_grep "of 1 what was captured is gone" out && expect_states 7 parked 8 queued && field 7 detail | grep "captured is gone" &&
	git gc -q --prune=now && flush && expect_states 8 landed && git batho queue cancel 7 -q
'

test_expect_success 'actions since are told, and come back from what was put aside' '
	git batho backup -q ../backups/early.batho && enqueue nine a 13 NINE && git batho queue log --json >../with &&
	git batho restore ../backups/early.batho >out && test_grep "1 action, 1 open, came after it: would not be" out &&
	git batho restore --apply ../backups/early.batho >out && test_grep "not any more" out && git batho queue log >out && test_grep ! nine out &&
	ls $queue.replaced-* >../kept && test_line_count = 1 ../kept && git batho restore --apply "$(cat ../kept)" -q && log_is ../with &&
	enqueue ten a 15 TEN && git batho queue log >out && test_grep "^10 .*ten" out && flush && rm $queue.replaced-*
'

test_expect_success 'a number is not given twice' '
	git batho backup -q ../backups/numbers.batho && enqueue eleven b 13 ELEVEN && git batho restore --apply -q ../backups/numbers.batho &&
	enqueue twelve b 15 TWELVE && git batho queue log >out && test_grep "^12 .*twelve" out && test_grep ! "^11 " out && flush && rm $queue.replaced-*
'

test_expect_success 'a damaged queue: no backup is made of it, and a backup takes its place' '
	git batho backup -q ../backups/good.batho && git batho queue log --json >../then && cp $queue ../queue.good && before=$(ls ../backups) &&
	printf "\\377\\377\\377" | dd of=$queue bs=1 seek=20000 conv=notrunc 2>/dev/null &&
	test_expect_code 128 git batho backup ../backups/bad.batho 2>err && test_grep "damaged" err && test "$(ls ../backups)" = "$before" &&
	git batho restore ../backups/good.batho >out && test_grep "cannot be used" out &&
	git batho restore --apply ../backups/good.batho >out && log_is ../then && git batho doctor -q && ls $queue.replaced-* >../kept && test_line_count -ge 1 ../kept &&
	rm $queue.replaced-*
'

test_expect_success 'settings: guarded ones only when asked for by name, files when they are missing' '
	git batho backup -q ../backups/conf.batho && cp -R .batho ../batho.saved && git config --unset batho.check.failOn && git config batho.deploy.site.command "echo mine" &&
	rm .batho/rules/mine.scm && echo "; mine" >>.batho/config.ini &&
	git batho restore ../backups/conf.batho >out && test_grep "failon = warning: is not here" out && test_grep "site.command = .*another here.*guarded" out &&
	git batho restore --apply -q ../backups/conf.batho && test_path_is_missing .batho/rules/mine.scm && test_must_fail git config batho.check.failOn &&
	git batho restore --apply -q --config ../backups/conf.batho && test "$(git config batho.check.failOn)" = warning &&
	test "$(git config batho.deploy.site.command)" = "echo mine" && test_path_is_file .batho/rules/mine.scm && grep "; mine" .batho/config.ini &&
	git batho restore --apply -q --config=all ../backups/conf.batho && test "$(git config batho.deploy.site.command)" = "echo deployed >>../deployed" &&
	rm -r .batho && mkdir ../outside && ln -s ../outside .batho && test_expect_code 128 git batho restore --apply -q --config ../backups/conf.batho 2>err &&
	test_grep "a folder on the way" err && ls -A ../outside >out && test_must_be_empty out && rm .batho && cp -R ../batho.saved .batho && rm -f $queue.replaced-*
'

test_expect_success 'a folder: names with dates, and so many are kept; what is not ours stays' '
	mkdir ../dated && echo mine >../dated/note && : >../dated/other-20200101T000000Z.batho && : >"../dated/cli backup-20200101T000000Z.batho" &&
	for year in 2021 2022 2023; do
		: >../dated/work-${year}0101T000000Z.batho || return 1
	done && git batho backup ../dated --keep 2 >out && test_grep "removed" out && ls ../dated >../names && test_line_count = 5 ../names &&
	test_grep "work-20230101T000000Z.batho" ../names && test_grep "^note" ../names && test_grep "^other-2020" ../names && test_grep "^cli backup-2020" ../names &&
	test_expect_code 129 git batho backup ../dated/x --keep 2 2>err && test_grep "is for a folder" err
'

test_expect_success 'what killed backups have left goes after a day' '
	mkdir ../left ../left/.batho-backup-abcdef ../left/.batho-backup-young1 ../left/.batho-backup-is-mine && : >../left/.batho-backup-abcdef/queue.db &&
	touch -d "2 days ago" ../left/.batho-backup-abcdef ../left/.batho-backup-is-mine && git batho backup -q ../left/x.batho && ls -A ../left >../names &&
	printf ".batho-backup-is-mine\n.batho-backup-young1\nx.batho\n" | test_cmp - ../names
'

test_expect_success 'what is no backup is not replaced, and not read' '
	echo precious >../file && test_expect_code 128 git batho backup ../file 2>err && test_grep "no backup" err && echo precious | test_cmp - ../file &&
	test_expect_code 1 git batho backup verify ../file >out && test_grep "not a backup\|cut short" out && test_expect_code 128 git batho restore --apply ../file 2>err &&
	: >../nothing && test_expect_code 1 git batho backup verify ../nothing && test_expect_code 128 git batho backup verify ../absent 2>err && test_line_count = 1 err &&
	cp a ../a.copy && test_expect_code 128 git batho backup a 2>err && test_cmp a ../a.copy && mkfifo ../fifo && test_expect_code 1 timeout 10 git batho backup verify ../fifo;
	test $? -ne 124
'

# damages COUNT: single bits of a backup
damages() {
	damages_size=$(wc -c <../backups/good.batho) damages_nr=0 damages_at=4711
	while test $damages_nr -lt "$1"; do
		damages_nr=$((damages_nr + 1))
		damages_at=$(((damages_at * 48271 + 11) % 2147483647))
		damages_byte=$(od -An -tu1 -j $((damages_at % damages_size)) -N 1 ../backups/good.batho | tr -d " ")
		cp ../backups/good.batho ../flipped.batho
		# shellcheck disable=SC2059
		printf "\\$(printf %o $((damages_byte ^ (1 << damages_nr % 8))))" |
			dd of=../flipped.batho bs=1 seek=$((damages_at % damages_size)) conv=notrunc 2>/dev/null
		test_expect_code 1 git batho backup verify ../flipped.batho >../said &&
			test_expect_code 128 git batho restore --apply ../flipped.batho 2>../said || {
			echo "bit $((damages_nr % 8)) of byte $((damages_at % damages_size))"
			return 1
		}
	done
}

test_expect_success 'every flipped bit of a backup is found, and nothing is changed' '
	git batho queue log --json >../then && damages ${TEST_LONG:+440}${TEST_LONG:-60} && log_is ../then && ls .git/batho >../names && test_grep ! "batho-restore-" ../names
'

test_expect_success 'a backup that is cut anywhere' '
	size=$(wc -c <../backups/good.batho) && for at in 0 1 15 16 17 100 $((size / 2)) $((size - 33)) $((size - 1)); do
		head -c $at ../backups/good.batho >../cut.batho && test_expect_code 1 git batho backup verify ../cut.batho >out || return 1
	done && { cat ../backups/good.batho && echo; } >../longer.batho && test_expect_code 1 git batho backup verify ../longer.batho >out && test_grep "follows its end" out
'

test_expect_success OTHER_USER 'where nothing can be written' '
	git clone -q . ../theirs && mkdir -p ../nobody ../shut && chown -R 65534:65534 ../theirs ../nobody && chmod a+rx .. && chmod 755 ../shut &&
	cp ../backups/good.batho ../shut/ && chmod 644 ../shut/good.batho && cd ../theirs &&
	test_expect_code 128 as_other git batho backup ../shut/x.batho 2>../err && test_line_count = 1 ../err && ls ../shut >../names && test_line_count = 1 ../names &&
	as_other git batho restore ../shut/good.batho >../out && test_grep "nothing was changed" ../out &&
	chmod 500 .git && test_when_finished "chmod 700 .git" && test_expect_code 128 as_other git batho restore --apply ../shut/good.batho 2>../err && test_line_count -le 2 ../err
'

test_expect_success LOOP_MOUNT 'a full disk leaves nothing behind' '
	mkdir ../small && mount -t tmpfs -o size=64k none ../small && test_when_finished "umount ../small && rmdir ../small" &&
	test_expect_code 128 git batho backup ../small/x.batho 2>err && test_grep "full\|No space" err && ls -A ../small >../names && test_must_be_empty ../names &&
	test_expect_code 128 env TMPDIR="$TEST_TRASH/small" git batho backup verify ../backups/good.batho 2>err && test_grep "full\|No space" err &&
	ls -A ../small >../names && test_must_be_empty ../names
'

test_expect_success LOOP_MOUNT 'a restore for which there is no room changes nothing' '
	mkdir ../narrow && mount -t tmpfs -o size=1m none ../narrow && test_when_finished "umount ../narrow && rmdir ../narrow" && mkdir ../narrow/batho && chmod 700 ../narrow/batho &&
	awk "BEGIN { for (i = 0; i < 600; i++) text = text \"x\"
		for (i = 0; i < 2000; i++) printf \"{\\\"kind\\\":\\\"workflow\\\",\\\"file\\\":\\\"ci.yml\\\",\\\"fields\\\":{\\\"n\\\":\\\"%d%s\\\"}}\\n\", i, text }" >../requests &&
	test_create_repo ../large && (cd ../large && git commit -q --allow-empty -m one && git config batho.workflow.ci.yml.tag ci/ &&
		git batho queue bulk -q <../requests && git batho backup -q ../backups/large.batho) &&
	(BATHO_STORE_DIR="$TEST_TRASH/narrow/batho" && export BATHO_STORE_DIR && git batho queue pause -q && git batho queue stats --json >../before &&
		test_expect_code 128 git batho restore --apply ../backups/large.batho 2>err && test_grep "full\|No space" err && test_line_count -le 2 err &&
		git batho queue stats --json >../after && test_cmp ../before ../after && ls "$BATHO_STORE_DIR" >../names && test_grep ! "batho-restore" ../names)
'

test_expect_success 'while others queue' '
	for i in 1 2 3 4; do
		(for k in 1 2 3 4 5 6 7 8 9 10; do git batho queue deploy site --key $i-$k -q || echo failed; done >../writer.$i 2>&1) &
	done
	for k in 1 2 3 4 5; do
		git batho backup -q ../backups/busy.batho && git batho backup verify ../backups/busy.batho >../busy.$k || break
	done
	wait && cat ../writer.* >../writers && test_must_be_empty ../writers && test_path_is_file ../busy.5 && git batho restore -q ../backups/busy.batho &&
	git batho queue log -n 1000 --json | grep -c "\"kind\":\"deploy\",.*\"state\":\"queued\"" >../nr && test "$(cat ../nr)" = 40
'

test_expect_success 'an executor at work is not disturbed' '
	git config batho.deploy.slow.command "sleep 3; :" && git batho queue deploy slow -q && (flush >/dev/null 2>&1 &) && sleep 1 &&
	git batho backup -q ../backups/busy.batho && git batho restore --apply ../backups/busy.batho >out 2>err
	status=$? && { test $status = 0 || test_grep "another process executes" err; }
	git batho doctor -q || git batho queue recover -q
'

test_expect_success 'with the index' '
	git batho index -q && git batho stats --digest >../digest && git batho backup -q --with-index ../backups/index.batho && git batho backup verify ../backups/index.batho >out &&
	test_grep "the index" out && test_expect_code 128 git batho restore --apply -q --with-index ../backups/index.batho 2>err && test_grep "already" err &&
	rm .git/batho/index.db* && git batho restore --apply -q --with-index ../backups/index.batho && git batho stats --digest >../have && test_cmp ../digest ../have &&
	git batho doctor -q && test_expect_code 128 git batho restore --with-index ../backups/good.batho 2>err && test_grep "no index in" err
'

test_expect_success 'snapshots with a label come along, and into another index' '
	git batho index -q --snapshot --label v1 && git batho stats --digest >../digest && git batho backup ../backups/snap.batho >out && test_grep "1 snapshot" out &&
	git batho backup --no-snapshots ../backups/none.batho >out && test_grep ! "snapshot" out && git batho backup verify --json ../backups/snap.batho | grep "\"snapshots\":1" &&
	git clone -q . ../second && (cd ../second && git batho restore ../backups/snap.batho >out && test_grep "1 archive of snapshots" out &&
		git batho restore --apply --with-snapshots ../backups/snap.batho >out && test_grep "taken in: [1-9]" out && git batho snapshot list >out && test_grep v1 out &&
		git batho snapshot verify v1 && git batho stats --digest >../have) && test_cmp ../digest ../have
'

test_expect_success 'arguments' '
	test_expect_code 129 git batho backup 2>err && test_expect_code 129 git batho backup verify 2>err && test_expect_code 129 git batho backup x y 2>err &&
	test_expect_code 129 git batho backup verify --keep 3 x 2>err && test_expect_code 129 git batho restore 2>err && test_expect_code 129 git batho restore x y 2>err
'

# fields_of RECORD: the fields of the section "RECORD, of ..." of git-batho-format(5)
fields_of() {
	awk -v record="$1" '
		/^\.Ss / { on = (index($0, ".Ss " record) == 1); next }
		on && /^\.It Va / { sub(/^\.It Va /, ""); gsub(/ , /, " "); printf "%s ", $0 }
	' "$page" | tr -s ' ' '\n' | sed '/^$/d'
}

# same_fields RECORD SECTION: the fields of the first record of this type on stdin
same_fields() {
	fields_of "$2" >../want && test -s ../want && python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if row.pop("record", None) == sys.argv[1]:
        print("\n".join(row))
        break
' "$1" >../have && test_cmp ../want ../have
}

test_expect_success PYTHON 'the records are those of git-batho-format(5)' '
	git batho backup --json ../backups/last.batho >out && same_fields backup "backup, of backup" <out &&
	git batho backup verify --json ../backups/last.batho >out && same_fields verified "verified, of backup" <out &&
	rm .batho/config.ini && git batho restore --json ../backups/last.batho >out && same_fields restore "restore, of restore" <out &&
	same_fields setting "setting, of restore" <out && same_fields file "file, of restore" <out &&
	mkdir ../keep && : >../keep/work-20200101T000000Z.batho && git batho backup --json --keep 1 ../keep >out && same_fields removed "removed, of backup" <out
'

test_done
