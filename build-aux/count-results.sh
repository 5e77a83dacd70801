#!/bin/sh
# count-results.sh BUILD: what failed, what was skipped and why, and one line with the sums of all tests.
# Fails when something failed or nothing passed.
#
# The sums come from the .trs files of automake's TAP driver, titles and reasons from the .log files.
set -eu

cd "$1"
find tests -name '*.trs' ! -path 'tests/trash/*' | sort | while IFS= read -r trs; do
	echo "FILE ${trs%.trs}"
	sed -n 's/^:test-result: /RESULT /p' "$trs"
	sed -n -E 's/^(FAIL|SKIP|ERROR): /TEXT \1 /p' "${trs%.trs}.log"
done | awk '
	# A failing test that also ends with a failing status is one failure, not two.
	function close_file() {
		if (failures)
			failed += failures
		else
			failed += errors
		failures = errors = 0
	}
	$1 == "FILE" { close_file() }
	$1 == "RESULT" && ($2 == "PASS" || $2 == "XFAIL") { passed++ }
	$1 == "RESULT" && $2 == "SKIP" { skipped++ }
	$1 == "RESULT" && ($2 == "FAIL" || $2 == "XPASS") { failures++ }
	$1 == "RESULT" && $2 == "ERROR" { errors++ }
	$1 == "TEXT" {
		kind = $2 == "SKIP" ? "skipped" : "failed"
		sub(/^TEXT [A-Z]+ /, "")
		print kind ": " $0
	}
	END {
		close_file()
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0 || !passed
	}
'
