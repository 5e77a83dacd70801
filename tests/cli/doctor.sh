#!/bin/sh
test_description='git batho doctor and health: what is wrong is found and said, with what puts it right; never ok on what is damaged'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/queue-lib.sh
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

page=$TEST_SOURCE/man/git-batho-format.5

# finds LEVEL NAME WORDS: doctor says that, and the status follows
finds() {
	git batho doctor --porcelain >../said
	finds_status=$?
	case $1 in
	warning | error) test $finds_status -eq 1 ;;
	*) : ;;
	esac && grep "^check	$2	$1	" ../said >../found && test_grep -e "$3" ../found
}

# healthy: nothing needs attention
healthy() {
	git batho doctor -q >../said 2>&1 || {
		cat ../said
		return 1
	}
	git batho health >../said 2>&1 || {
		cat ../said
		return 1
	}
}

# health_is STATUS WORDS
health_is() {
	test_expect_code "$(test "$1" = ok && echo 0 || echo 1)" git batho health --json >../said &&
		test_grep "\"status\":\"$1\"" ../said && test_grep -e "$2" ../said
}

test_expect_success 'a repository with an index and a queue' '
	queue_setup && awk "BEGIN { for (i = 0; i < 400; i++) printf \"int f%d(int a)\n{\n\treturn g%d(a);\n}\n\", i, i }" >big.c &&
	git add big.c && git commit -q -m big && git push -q origin main && git batho index && enqueue one a 1 ONE && flush && healthy &&
	cp -R .git/batho ../good
'

test_expect_success 'outside of a repository, before the first commit, bare, with HEAD that leads nowhere' '
	mkdir ../outside && (cd ../outside && finds error repository "not a git repository") &&
	(cd ../outside && test_expect_code 1 git batho doctor -q >out 2>err && test_must_be_empty err && test_grep "repository" out) &&
	test_create_repo ../empty && (cd ../empty && healthy && finds note head "no commit yet") &&
	git clone -q --bare . ../bare.git && (cd ../bare.git && healthy && finds ok repository bare) &&
	git clone -q . ../nohead && (cd ../nohead && echo 0123456789012345678901234567890123456789 >.git/HEAD &&
		finds error head "not here") &&
	git init -q ../damaged && echo nonsense >../damaged/.git/HEAD && (cd ../damaged && finds error repository "not a git repository")
'

test_expect_success OTHER_USER 'a repository of somebody else' '
	git clone -q . ../theirs && (cd ../theirs && git batho index) && mkdir -p ../nobody && chown -R 65534:65534 ../theirs ../nobody && chmod a+rx .. &&
	git clone -q . ../mine && cd ../mine && git batho index && chmod -R a+rX . &&
	as_other git batho doctor --porcelain >../nobody.out
	test_grep "^check	repository	error	.*dubious ownership.*safe.directory" ../nobody.out
'

test_expect_success 'errors in the configuration' '
	git config batho.index.jobz 3 && finds error configuration "index.jobz" && test_grep "index.jobs" ../found &&
	grep "^check	index	ok" ../said && git config --unset batho.index.jobz && healthy
'

test_expect_success 'modes that are too wide, links, a folder that cannot be written' '
	chmod 644 .git/batho/index.db && finds warning permissions "0644" && test_grep "chmod 0600" ../found && chmod 600 .git/batho/index.db &&
	chmod 755 .git/batho && finds warning permissions "0755" && test_grep "chmod 0700" ../found && chmod 700 .git/batho && healthy &&
	mv .git/batho ../elsewhere && ln -s ../../elsewhere .git/batho && finds error permissions "symbolic link" &&
	health_is failed "symbolic link" && rm .git/batho && mv ../elsewhere .git/batho && healthy
'

test_expect_success OTHER_USER 'a store that cannot be written is degraded, one that cannot be read failed' '
	cd ../theirs && chmod 500 .git/batho && test_when_finished "chmod 700 .git/batho" &&
	test_expect_code 1 as_other git batho health --json >../out && test_grep "degraded.*cannot be written" ../out &&
	as_other git batho doctor >../out && test_grep "note .*permissions" ../out &&
	chmod 700 .git/batho && chmod 000 .git/batho/index.db &&
	test_expect_code 1 as_other git batho health --json >../out && test_grep "\"status\":\"failed\".*Permission denied" ../out &&
	test_expect_code 1 as_other git batho doctor >../out && test_grep "error .*permissions" ../out && chmod 600 .git/batho/index.db
'

test_expect_success 'left by processes that died' '
	touch -d "2 days ago" .git/batho/index.db.new-1 .git/batho/queue.db.new-77 .git/index.lock &&
	finds warning leftovers "index.lock" && finds note leftovers "index.db.new-1" && test_grep "rm -r" ../found &&
	rm .git/batho/*.new-* .git/index.lock && healthy
'

test_expect_success 'no database, another one, an older and a newer one' '
	for db in index queue; do
		echo "this is a text, and it is long enough to be looked at: $(seq 1 200)" >.git/batho/$db.db &&
		finds error $db "$db.db" && health_is failed "$db.db" && rm -r .git/batho && cp -R ../good .git/batho &&
		printf "\0\0\0\143" | dd of=.git/batho/$db.db bs=1 seek=60 conv=notrunc 2>/dev/null &&
		finds error $db "" && health_is failed "$db.db" && rm -r .git/batho && cp -R ../good .git/batho || return 1
	done && healthy
'

# flips DATABASE COUNT: as many single bits, each on its own, at places that a fixed sequence gives
flips() {
	flips_db=.git/batho/$1.db flips_size=$(wc -c <".git/batho/$1.db") flips_nr=0 flips_quiet=0 flips_at=7919
	while test $flips_nr -lt "$2"; do
		flips_nr=$((flips_nr + 1))
		flips_at=$(((flips_at * 48271 + 11) % 2147483647))
		flips_byte=$(od -An -tu1 -j $((flips_at % flips_size)) -N 1 "$flips_db" | tr -d " ")
		flips_new=$((flips_byte ^ (1 << flips_nr % 8)))
		# shellcheck disable=SC2059
		printf "\\$(printf %o $flips_new)" | dd of="$flips_db" bs=1 seek=$((flips_at % flips_size)) conv=notrunc 2>/dev/null
		git batho doctor -q >../doctor.out 2>&1
		flips_doctor=$?
		git batho health --json >../health.out 2>&1
		flips_health=$?
		case $flips_doctor$flips_health in
		11) ;;
		00)	# harmless then: bytes that nothing uses
			flips_quiet=$((flips_quiet + 1))
			git batho stats --digest >../have && test_cmp ../digest ../have && git batho queue log --json >../have &&
				test_cmp ../log ../have || return 1
			;;
		*)
			echo "bit $((flips_nr % 8)) of byte $((flips_at % flips_size)): doctor $flips_doctor, health $flips_health"
			cat ../doctor.out ../health.out
			return 1
			;;
		esac
		cp "../good/$1.db" "$flips_db" || return 1
	done
	test $((flips_quiet * 4)) -lt "$2"
}

test_expect_success 'flipped bits in the index are found' '
	rm -r .git/batho && cp -R ../good .git/batho && git batho stats --digest >../digest && git batho queue log --json >../log &&
	rm -r .git/batho && cp -R ../good .git/batho && flips index ${TEST_LONG:+250}${TEST_LONG:-40}
'

test_expect_success 'flipped bits in the queue are found' '
	rm -r .git/batho && cp -R ../good .git/batho && flips queue ${TEST_LONG:+250}${TEST_LONG:-40}
'

test_expect_success 'a file that is cut short' '
	rm -r .git/batho && cp -R ../good .git/batho &&
	for db in index queue; do
		truncate -s -8192 .git/batho/$db.db && finds error $db "" && health_is failed $db.db && cp ../good/$db.db .git/batho/ || return 1
	done && healthy
'

test_expect_success LOOP_MOUNT 'a full disk' '
	mkdir ../small && mount -t tmpfs -o size=64k none ../small && test_when_finished "umount ../small && rmdir ../small" &&
	BATHO_STORE_DIR=$TEST_TRASH/small/batho && export BATHO_STORE_DIR && finds error disk "full" && health_is degraded "full"
	status=$? && unset BATHO_STORE_DIR && test $status -eq 0
'

test_expect_success 'a batch that was begun and left, a pause' '
	enqueue two b 2 TWO && git batho queue batch --now -q && finds warning executor "nobody" && test_grep "queue recover" ../found &&
	health_is degraded "nobody executes" && git batho queue recover -q && expect_states 2 landed && healthy &&
	git batho queue pause -q && finds note executor "paused" && git batho queue resume -q && healthy
'

test_expect_success 'what is queued and kept from gc by nothing' '
	enqueue three c 3 THREE && finds ok pins "kept" && git for-each-ref --format="delete %(refname)" refs/batho/ >../refs &&
	git update-ref --stdin <../refs && finds warning pins "action 3 .*not kept" && flush && healthy
'

test_expect_success 'hooks: executable, overwritten, where git does not look' '
	finds note hooks "none" && git batho hooks install -q && finds ok hooks "git runs pre-commit, pre-push" && healthy &&
	chmod -x .git/hooks/pre-commit && finds warning hooks "cannot be executed" && test_grep "chmod +x" ../found && chmod +x .git/hooks/pre-commit &&
	mkdir hooks && git config core.hooksPath hooks && finds warning hooks "pre-push.*where git does not look" && git config --unset core.hooksPath &&
	printf "#!/bin/sh\n:\n" >.git/hooks/pre-push.batho-saved && rm .git/hooks/pre-push && finds warning hooks "removed" &&
	rm .git/hooks/pre-push.batho-saved && git batho hooks install -q && echo "# mine" >>.git/hooks/pre-push && finds note hooks "changed" &&
	git batho hooks uninstall -q && healthy
'

test_expect_success 'features: what serves them' '
	git clone -q --depth 1 "file://$PWD" ../shallow && (cd ../shallow && git batho index -q && finds note features "shallow" && healthy) &&
	git config core.splitIndex true && finds note features "split index" && git config --unset core.splitIndex &&
	git config core.sparseCheckout true && finds note features "sparse checkout" && git config --unset core.sparseCheckout &&
	git worktree add -q ../linked && (cd ../linked && healthy && finds note features "linked worktrees") && git worktree remove ../linked
'

test_expect_success SHA256 'sha256' '
	git init -q --object-format=sha256 ../sha256 && cd ../sha256 && test_commit x && git batho index -q && finds ok features "sha256.*libgit2 cannot" && healthy
'

test_expect_success 'a clock that went back' '
	touch -d "2 days" .git/batho/index.db && finds warning clock "index.db" && test_grep "the clock" ../found && rm -r .git/batho && cp -R ../good .git/batho && healthy
'

test_expect_success 'while others write, and health waits for nobody' '
	for i in 1 2 3; do
		(for k in 1 2 3 4 5 6 7 8; do git batho queue deploy site --key $i-$k -q 2>/dev/null; done) &
	done
	git config batho.deploy.site.command true
	for k in 1 2 3 4 5 6; do
		healthy || break
	done
	wait && healthy && git batho queue log --json | grep -c "\"kind\":\"deploy\"" >../nr && test "$(cat ../nr)" -gt 0
'

test_expect_success PYTHON 'health is quick, also when the index is locked for good' '
	python3 - <<-\EOT
	import fcntl, os, subprocess, time
	fd = os.open(".git/batho", os.O_RDONLY)
	fcntl.flock(fd, fcntl.LOCK_EX)
	t = time.time()
	p = subprocess.run(["git", "batho", "health", "--json"], stdout=subprocess.PIPE)
	spent = time.time() - t
	assert p.returncode == 1 and b"degraded" in p.stdout, p
	assert spent < 3, spent
	EOT
'

# fields_of RECORD: the fields of the section "RECORD, of ..." of git-batho-format(5)
fields_of() {
	awk -v record="$1" '
		/^\.Ss / { on = (index($0, ".Ss " record) == 1); next }
		on && /^\.It Va / { sub(/^\.It Va /, ""); gsub(/ , /, " "); printf "%s ", $0 }
	' "$page" | tr -s ' ' '\n' | sed '/^$/d'
}

# printed RECORD: the fields of the first record of this type on stdin
printed() {
	python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if row.pop("record", None) == sys.argv[1]:
        print("\n".join(row))
        if "databases" in row:
            print("\n".join(row["databases"][0]))
        break
' "$1"
}

test_expect_success PYTHON 'the records are those of git-batho-format(5)' '
	git batho doctor --json >out && fields_of "check, of doctor" >want && test -s want && printed check <out >have && test_cmp want have &&
	fields_of "doctor, of doctor" >want && test -s want && printed doctor <out >have && test_cmp want have &&
	git batho health --json >out && { fields_of "health, of health" && fields_of "databases of health"; } >want && printed health <out >have && test_cmp want have
'

test_done
