#!/bin/sh
test_description='git batho queue for machines: each record has the fields that git-batho-format(5) tells of, in that order'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/queue-lib.sh
. "$TEST_SOURCE/tests/cli/queue-lib.sh"

page=$TEST_SOURCE/man/git-batho-format.5

# fields_of RECORD WORD: the fields of the section "RECORD, of ...", whose title has WORD in it
fields_of() {
	awk -v record="$1" -v word="$2" '
		/^\.Ss / { on = (index($0, ".Ss " record ", of") == 1 && index($0, word)); next }
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
        break
' "$1"
}

# same_fields RECORD WORD [COMMAND...]: what the command prints has the fields of that section
same_fields() {
	same_record=$1 same_word=$2
	shift 2
	git batho queue --json "$@" >same_out 2>same_err
	fields_of "$same_record" "$same_word" >want && test -s want &&
		printed "$same_record" <same_out >have && test_cmp want have
}

test_expect_success 'set-up' '
	queue_setup && enqueue one a 1 one && enqueue two b 2 two
'

test_expect_success PYTHON 'queueing' '
	same_fields queued commit push &&
	echo "{\"kind\":\"push\",\"options\":[\"x\",\"y\"]}" >request && same_fields queued bulk bulk <request
'

test_expect_success PYTHON 'looking at what is open' '
	same_fields queue "queue status" status &&
	same_fields action "queue status" status &&
	same_fields window "queue windows" windows &&
	same_fields would-run dry-run flush --now --dry-run
'

test_expect_success PYTHON 'an action: what all of them have, then the rest' '
	same_fields event "queue show" show 1 &&
	{ fields_of action "queue status" && fields_of action "queue show"; } >want &&
	git batho queue show 1 --json | printed action >have && test_cmp want have
'

test_expect_success PYTHON 'parameters may repeat, and none is lost' '
	git batho queue show 4 --json >out && python3 -c "
import json
row = json.loads(open(\"out\").read().splitlines()[1])
assert [p[\"value\"] for p in row[\"parameters\"] if p[\"name\"] == \"option\"] == [\"x\", \"y\"], row
"
'

test_expect_success PYTHON 'what has not happened is null, not 0' '
	git batho queue show 1 --json >out && python3 -c "
import json
rows = [json.loads(line) for line in open(\"out\")][1:]
assert rows[0][\"finished_at_ms\"] is None and rows[0][\"batch\"] is None, rows[0]
assert rows[1][\"action\"] == 1 and rows[1][\"batch\"] is None, rows[1]
"
'

test_expect_success PYTHON 'executing' '
	same_fields batch "queue batch" batch --now &&
	same_fields result "queue flush" flush --now &&
	git batho queue show 1 --json >out && test_grep "\"finished_at_ms\":[1-9]" out &&
	same_fields action "queue log" log &&
	same_fields stats "queue stats" stats &&
	same_fields count "queue stats" stats &&
	same_fields recovered "queue recover" recover
'

test_expect_success PYTHON 'setting right' '
	git batho queue push -q --after 1 --delay 600 &&
	same_fields changed "queue cancel" cancel 5 &&
	same_fields setting "queue pause" pause && git batho queue resume -q
'

test_expect_success 'porcelain: the same fields each time, whatever is queued' '
	{ git batho queue push --porcelain && echo "{\"kind\":\"push\"}" | git batho queue bulk --porcelain; } >out &&
	grep "^queued	" out | awk -F "\t" "{ print NF }" | sort -u >nr && test_line_count = 1 nr
'

test_done
