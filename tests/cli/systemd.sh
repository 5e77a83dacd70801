#!/bin/sh
test_description='the units of systemd are understood by it, and as tight as they claim'
# shellcheck source=tests/lib/test-lib.sh
TEST_NO_REPO=1
. "$(dirname "$0")/../lib/test-lib.sh"

# The folder that a user manager would have.
XDG_RUNTIME_DIR=$TEST_TRASH/run
export XDG_RUNTIME_DIR
mkdir -p "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR"
test_lazy_prereq SYSTEMD 'no systemd-analyze, or one older than 250' \
	'systemd-analyze --version | awk "NR == 1 { exit !(\$2 >= 250) }"'

test_expect_success 'units, with the program where it is now' '
	for unit in git-batho-queue@.service git-batho-backup@.service; do
		test_path_is_file "$TEST_BUILD/systemd/$unit" && test_grep ! "@bindir" "$TEST_BUILD/systemd/$unit" &&
		test_grep "^ExecStart=/.*/git-batho " "$TEST_BUILD/systemd/$unit" &&
		sed "s|^ExecStart=[^ ]*/git-batho |ExecStart=/bin/true |" "$TEST_BUILD/systemd/$unit" >"$unit" || return 1
	done && cp "$TEST_SOURCE/systemd/git-batho-backup@.timer" . &&
	cp git-batho-queue@.service git-batho-queue@srv-shop.service && cp git-batho-backup@.service git-batho-backup@srv-shop.service &&
	cp git-batho-backup@.timer git-batho-backup@srv-shop.timer
'

test_expect_success 'what they run are commands and options that there are' '
	git-batho --list-commands >commands && git-batho backup --list-options | cut -f 1 >options && test_grep -x backup commands && test_grep -x queue commands &&
	test_grep -x -e --keep options && grep -h "^ExecStart" "$TEST_BUILD"/systemd/*.service >run && test_grep "git-batho queue run$" run &&
	test_grep "git-batho backup --quiet --keep 14 %S/git-batho$" run
'

test_expect_success SYSTEMD 'systemd understands them' '
	systemd-analyze --user verify --man=no ./git-batho-queue@srv-shop.service ./git-batho-backup@srv-shop.timer >out 2>&1 && test_must_be_empty out
'

test_expect_success SYSTEMD 'and finds them tight enough' '
	systemd-analyze security --user --offline=true --threshold=51 ./git-batho-queue@srv-shop.service >out 2>&1 || { tail -n 2 out; false; } &&
	systemd-analyze security --user --offline=true --threshold=45 ./git-batho-backup@srv-shop.service >out 2>&1 || { tail -n 2 out; false; }
'

test_done
