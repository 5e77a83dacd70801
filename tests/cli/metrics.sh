#!/bin/sh
test_description='what is counted, logged, traced and written down for good'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

page=$TEST_SOURCE/man/git-batho-stats.1

test_expect_success 'set-up' '
	git init -q -b main && mkdir src &&
	for i in 1 2 3; do printf "int f%s(void)\n{\n\treturn %s;\n}\n" $i $i >src/$i.c || return 1; done &&
	git add . && git commit -q -m start
'

# value SERIES...: its number in the exposition
value() {
	git batho stats --format=prometheus >../exposition && awk -v name="$1" '$1 == name { print $2 }' ../exposition
}

test_expect_success 'nothing is counted before there is a store' '
	git batho hooks status >/dev/null && git batho queue status >/dev/null && test_path_is_missing .git/batho/tally
'

test_expect_success 'commands, runs and parses are counted, and outlive processes' '
	git batho index -q && git batho def f1 >/dev/null && git batho def f2 >/dev/null && test_expect_code 1 git batho def none &&
	test_path_is_file .git/batho/tally && test "$(value "batho_operations_total{command=\"def\"}")" -eq 3 &&
	test "$(value "batho_operations_total{command=\"index\"}")" -eq 1 && test "$(value batho_index_duration_seconds_count)" -eq 1 &&
	test "$(value batho_parse_duration_seconds_count)" -eq 3 && test "$(value batho_cache_misses_total)" -eq 3 &&
	test "$(value batho_cache_hit_ratio)" -eq 0
'

test_expect_success 'failures are counted beside them' '
	cp .git/batho/index.db ../kept && printf garbage | dd of=.git/batho/index.db bs=1 seek=200 conv=notrunc 2>/dev/null &&
	test_might_fail git batho def f1 >/dev/null 2>&1; cp ../kept .git/batho/index.db &&
	rm -f .git/batho/index.db-* && before=$(value "batho_errors_total{command=\"def\"}") && test -n "$before" &&
	test_expect_code 128 git batho def --kind nonsense f1 2>../err || test_expect_code 129 git batho def --kind nonsense f1 2>../err
'

test_expect_success 'a queue takes them in: nothing is lost and nothing counted twice' '
	before=$(value "batho_operations_total{command=\"def\"}") && echo x >new && git add new &&
	BATHO_BATCH_AUTO_EXECUTE=manual git batho queue commit -q -m one && git batho def f1 >/dev/null &&
	test "$(value "batho_operations_total{command=\"def\"}")" -eq $((before + 1)) &&
	test "$(value "batho_operations_total{command=\"def\"}")" -eq $((before + 1)) &&
	test "$(value "batho_queue_depth{type=\"commit\"}")" -eq 1 && git batho queue flush --now -q &&
	test "$(value "batho_queue_batches_total{result=\"done\"}")" -eq 1 && test "$(value batho_queue_wait_seconds_count)" -eq 1 &&
	test "$(value "batho_queue_depth{type=\"commit\"}")" -eq 0
'

test_expect_success 'a queue that is deleted takes its counts along, and nobody minds' '
	cp -r .git/batho ../saved && rm .git/batho/queue.db* && git batho stats --metrics >/dev/null && rm -r .git/batho &&
	git batho stats --format=prometheus >../out && test_grep "^batho_build_info" ../out && mv ../saved .git/batho
'

test_expect_success 'a tally that is damaged is replaced' '
	for bytes in 0 10 4096 5000; do
		head -c $bytes /dev/zero >.git/batho/tally && git batho def f1 >/dev/null && test "$(wc -c <.git/batho/tally)" -eq 4096 || return 1
	done
'

test_expect_success OTHER_USER 'in a repository that cannot be written nothing is counted, and nothing said' '
	cp -r . ../theirs && chmod -R a+rX,go-w ../theirs && chmod 755 .. && before=$(cksum <../theirs/.git/batho/tally) &&
	(cd ../theirs && git config --system --add safe.directory "*" 2>/dev/null; as_other git batho def f1 >../out 2>../err; true) &&
	test "$(cksum <../theirs/.git/batho/tally)" = "$before"
'

test_expect_success 'every metric is on the page of stats, and no other' '
	git batho stats --format=prometheus | sed -n "s/^# TYPE \([a-z_]*\) .*/\1/p" | sort >../have &&
	sed -n "s/^\.It Li \(batho_[a-z_]*\).*/\1/p" "$page" | sort >../want && comm -23 ../have ../want >../missing &&
	test_must_be_empty ../missing && test_grep -x batho_snapshot_count ../want
'

test_expect_success 'every command is a value of its label' '
	git batho --list-commands >../commands && git batho stats --metrics --json >../metrics &&
	while read -r command; do
		test_grep "\"name\":\"batho_operations_total\".*\"label_value\":\"$command\"" ../metrics || return 1
	done <../commands
'

test_expect_success PYTHON 'the exposition format, line by line' '
	git batho stats --format=prometheus >../exposition && python3 - ../exposition <<-\EOT
	import re, sys
	text = open(sys.argv[1]).read()
	assert text.endswith("\n") and "\n\n" not in text
	family, kinds, seen, order = None, {}, set(), []
	for line in text[:-1].split("\n"):
	    if line.startswith("# HELP "):
	        family = line.split(" ")[2]
	        assert family not in kinds, family
	        continue
	    if line.startswith("# TYPE "):
	        _, _, name, kind = line.split(" ")
	        assert name == family and kind in ("counter", "gauge", "histogram")
	        kinds[name] = kind
	        continue
	    m = re.fullmatch(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([^{}]*)\})? (\S+)", line)
	    assert m, line
	    float(m.group(4))
	    name = m.group(1)
	    base = re.sub("_(bucket|sum|count)$", "", name) if kinds[family] == "histogram" else name
	    assert base == family, line
	    assert (name, m.group(2)) not in seen
	    seen.add((name, m.group(2)))
	    for label in re.findall(r"([a-z]+)=\"((?:[^\"\\]|\\.)*)\"", m.group(3) or ""):
	        assert label[0]
	EOT
'

test_expect_success 'metrics.output is written after a run that counts, whole, for others to read' '
	git config --global batho.metrics.output "$TEST_TRASH/out.prom" && echo "int g;" >src/g.c && git add . && git commit -q -m g &&
	git batho index -q && test_grep "^batho_index_duration_seconds_count" ../out.prom && test "$(stat -c %a ../out.prom)" = 644 &&
	git config --global batho.metrics.output relative && echo "int h;" >src/h.c && git add . && git commit -q -m h &&
	git batho index -q 2>../err; git config --global batho.metrics.output /nonexistent/x && git batho index --rebuild >../out 2>../err &&
	test_grep "^git-batho: the figures are not in ./nonexistent/x" ../err &&
	git config --global --unset batho.metrics.output && git config batho.metrics.output "$TEST_TRASH/other" &&
	test_expect_code 128 git batho def f1 2>../err && git config --unset batho.metrics.output && test_path_is_missing ../other
'

test_expect_success 'hooks are counted, by event and verdict' '
	git batho hooks install -q && before=$(value "batho_hook_verdicts_total{verdict=\"pass\"}") &&
	echo "int i;" >src/i.c && git add . && git commit -q -m i &&
	test "$(value "batho_hook_verdicts_total{verdict=\"pass\"}")" -gt "$before" &&
	test "$(value "batho_hook_duration_seconds_count{event=\"pre-commit\"}")" -ge 1
'

# --- the log ---

test_expect_success 'the log: what people were told, and how long things took; one object per line' '
	git config --global batho.log.file "$TEST_TRASH/log" && git config --global batho.log.format json &&
	test_expect_code 129 git batho def --kind nonsense f1 2>/dev/null || : ; git batho index --rebuild -q &&
	test_grep "\"level\":\"error\".*\"module\":\"def\",\"event\":\"error\",\"message\":\"unknown kind .nonsense.\"" ../log &&
	test_grep "\"level\":\"info\".*\"module\":\"index\",\"event\":\"start\"" ../log &&
	test_grep "\"event\":\"end\".*\"status\":0,\"duration_ms\":[0-9]" ../log && test "$(stat -c %a ../log)" = 600
'

test_expect_success PYTHON 'every line of it is JSON, in levels; the trace goes there with debug' '
	git config --global batho.log.level debug && git batho def f1 >/dev/null && python3 - ../log <<-\EOT &&
	import json, sys
	rows = [json.loads(line) for line in open(sys.argv[1])]
	assert all(list(row)[:6] == ["time", "level", "pid", "module", "event", "message"] for row in rows)
	assert any(row["event"] == "trace" for row in rows)
	EOT
	git config --global batho.log.level error && wc -l <../log >../before && git batho index --rebuild -q && wc -l <../log >../after &&
	test_cmp ../before ../after && git config --global batho.log.level off && test_might_fail git batho def --kind x y 2>/dev/null
	wc -l <../log >../after && test_cmp ../before ../after
'

test_expect_success 'secrets do not reach the log or the trace' '
	git config --global batho.log.level debug && secret=ghp_abcdefghijklmnopqrstuvwxyz0123456789 &&
	git remote add origin "https://user:$secret@nowhere.invalid/x.git" &&
	test_might_fail git batho def "token=$secret" --path "https://a:$secret@h/" >/dev/null 2>&1
	BATHO_TRACE=$TEST_TRASH/trace test_might_fail git batho index "https://a:$secret@h/" >/dev/null 2>&1
	test_might_fail git batho def --kind "$secret" y 2>/dev/null
	! grep -F "$secret" ../log && ! grep -F "$secret" ../trace && git remote remove origin
'

test_expect_success 'the file is put aside by its size' '
	git config --global batho.log.maxSize 4096 && for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do git batho def f1 >/dev/null || return 1; done &&
	test_path_is_file ../log.1 && test_path_is_file ../log.2 && test_path_is_file ../log.3 && test_path_is_missing ../log.4 &&
	test "$(wc -c <../log.1)" -le 8192
'

test_expect_success 'a log that cannot be written is told, and the command goes on' '
	git config --global batho.log.file /nonexistent/log && git batho def f1 >../out 2>../err && test_grep f1 ../out &&
	test_grep "^git-batho: cannot write the log ./nonexistent/log" ../err && test_line_count = 1 ../err &&
	git config --global --remove-section batho.log
'

test_expect_success PYTHON 'syslog' '
	test -w /dev && ! test -e /dev/log || return 0
	python3 - >../syslog <<-\EOT &
	import socket, os
	s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	s.bind("/dev/log")
	s.settimeout(20)
	try:
	    print(s.recv(65536).decode(errors="replace"))
	finally:
	    os.unlink("/dev/log")
	EOT
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do test -e /dev/log && break; sleep 0.2; done
	BATHO_LOG_FILE=syslog test_might_fail git batho def --kind nonsense f1 2>/dev/null
	wait $pid && test_grep "git-batho\[[0-9]*\]: .* error .* def error: unknown kind" ../syslog
'

# --- trace2 ---

test_expect_success 'trace2: our session stands behind that of git, and theirs behind ours' '
	GIT_TRACE2_EVENT=$TEST_TRASH/events git batho def f1 >/dev/null &&
	test_grep "\"event\":\"cmd_name\".*\"name\":\"batho-def\"" ../events &&
	test_grep "\"sid\":\"[^/\"]*/[^/\"]*\".*\"event\":\"version\".*\"exe\":\"[0-9.]*\"}\|\"event\":\"version\",\"sid\":\"[^/\"]*/[^/\"]*\"" ../events &&
	test_grep "\"event\":\"start\",\"sid\":\"[^/\"]*/[^/\"]*/[^/\"]*\".*\"rev-parse\"" ../events &&
	test_grep "\"event\":\"child_exit\".*\"code\":0" ../events && test_grep "\"event\":\"atexit\",\"sid\":\"[^/\"]*/[^/\"]*\"" ../events
'

test_expect_success 'trace2: targets of the configuration count when they are the user'"'"'s own' '
	git config trace2.eventTarget "$TEST_TRASH/local" && git batho def f1 >/dev/null && test_path_is_missing ../local &&
	git config --unset trace2.eventTarget && git config --global trace2.eventTarget "$TEST_TRASH/global" &&
	git batho def f1 >/dev/null && test_grep "\"name\":\"batho-def\"" ../global && git config --global --unset trace2.eventTarget
'

# --- the audit ---

test_expect_success 'the audit has what changed state, and who did it' '
	BATHO_AGENT=bot git batho hooks uninstall -q && git batho audit log --json >../log.json &&
	test_grep "\"what\":\"hooks uninstall\".*\"agent\":\"bot\",\"uid\":\"$(id -u)\".*\"result\":\"ok\"" ../log.json &&
	test_grep "\"what\":\"landed\"" ../log.json && git batho audit log --agent bot --what hooks -n 1 >../out && test_line_count = 1 ../out &&
	test_expect_code 1 git batho audit log --agent nobody && test_expect_code 1 git batho audit log --action 4711 &&
	git batho audit verify >../out && test_grep " records, 0 faults" ../out
'

test_expect_success 'a head that was kept says whether anything before it was touched' '
	git batho audit export --porcelain >../exported && head=$(tail -n 1 ../exported | cut -f 2,3 | tr "\t" ":") &&
	BATHO_AGENT=bot git batho hooks install -q && git batho audit verify --head "$head" >../out &&
	git batho audit verify --head "${head#*:}" >../out && wrong=$(printf "%s" "${head#*:}" | tr 0123456789abcdef 123456789abcdef0) &&
	test_expect_code 1 git batho audit verify --head "$wrong" >../out && test_grep "not there: records were written anew" ../out &&
	test_expect_code 129 git batho audit verify --head 12 2>../err && test_grep "^hint: .*audit export" ../err
'

test_expect_success 'one thing at a time; what is no audit is told' '
	test_expect_code 129 git batho audit 2>../err && test_expect_code 129 git batho audit nonsense 2>../err &&
	test_expect_code 129 git batho audit log x 2>../err && test_expect_code 129 git batho audit log --head x 2>../err
'


test_expect_success 'the records of the audit are those of the page' '
	for record in audit verified head; do
		git batho audit $(test $record = audit && echo log -n 1 || echo verify) --json | grep "\"record\":\"$record\"" |
			head -n 1 | grep -o "\"[a-z_]*\":" | tr -d "\":" | grep -v record$ | sort >../have &&
		awk -v record="$record" "/^\.Ss / { on = index(\$0, \".Ss \" record \", of audit\") == 1 } on && /^\.It Va/ { print \$3 }" \
			"$TEST_SOURCE/man/git-batho-format.5" | sort >../want && test_cmp ../want ../have || return 1
	done
'

test_done
