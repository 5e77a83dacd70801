#!/bin/sh
test_description='git batho check: every format of report on hostile input, and where reports go

Where npm can be used, the packages pinned in tests/cli/reports are fetched once into the build folder, to
validate SARIF with its schema.'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

here=$TEST_SOURCE/tests/cli/reports
modules=$TEST_BUILD/tests/report-schemas/node_modules
test_lazy_prereq NODE 'no node' 'node --version'
test_lazy_prereq XMLLINT 'no xmllint' 'xmllint --version'
test_lazy_prereq SCHEMAS 'the schemas cannot be had: no node, no npm, or npm has no network' '
	node --version &&
	if ! test -e "$modules/.complete"; then
		mkdir -p "${modules%/*}" && cp "$here"/package*.json "${modules%/*}/" &&
		timeout 120 npm --prefix "${modules%/*}" ci --ignore-scripts --no-audit --no-fund --no-update-notifier &&
		: >"$modules/.complete"
	fi
'

# fits SCHEMA FILE...
fits() {
	node "$here/validate.js" "$modules" "$@"
}

# reports ARGS...: one file of every format in ../r.
reports() {
	rm -rf ../r && mkdir ../r &&
	for format in human json porcelain sarif gitlab junit github checkstyle; do
		set -- -o "$format:../r/$format" "$@"
	done && git batho check --quiet "$@" >../out
}

# Only the project's own rules: others would come and go.
rule() {
	mkdir -p .batho/rules && {
		printf ';; severity: %s\n;; languages: javascript\n;; message: %s\n' "$2" "$3" &&
		printf ';; help: Why <b>not</b>?\n;;  Because.\n;; bad: javascript\n;;| %s\n;; good: javascript\n;;| b()\n' "$4" &&
		cat
	} >".batho/rules/$1.scm"
}
rule catching error 'nothing <is> "done" & {0} ](x)' 'try { a() } catch (e) {}' <<'EOT'
(catch_clause) @finding
EOT
rule calling warning 'a call' 'a("```")' <<'EOT'
((call_expression arguments: (arguments) @detail) @finding)
EOT
rule throwing note 'something is thrown' 'throw 1' <<'EOT'
(throw_statement) @finding
EOT
git config batho.rules.packs ''
git add . && git commit -q -m rules

test_set_prereq HOSTILE
test_have_prereq NON_UTF8_NAMES || test_skip "$test_missing"
name=$(printf 'q"<a>\n%%:,\377\\.js')
printf 'function f() {\n\ttry { x() } catch (e) {\n\t}\n}\n' >"$name"
printf '"\346\227\245\303\251e\314\201\360\237\230\200\377", a("%%::\033[31m\342\200\256<&\360\237\230\200\377]]>");\r\n' >>"$name"
mkdir -p ä && {
	echo 'try {' && echo '  throw 1' && echo '} catch (e) {' && test_seq 6 && echo '}'
} >"ä/b c.js"
git add . && git commit -q -m files

test_expect_success 'people' '
	cat >../want <<-\EOT &&
	"q\"<a>\n%:,\377\\.js":2:8: warning: a call: () [calling]
	    2 | 	try { x() } catch (e) {
	      | 	      ^~~
	"q\"<a>\n%:,\377\\.js":2:14: error: nothing <is> "done" & {0} ](x) [catching]
	    2 | 	try { x() } catch (e) {
	      | 	            ^~~~~~~~~~~
	    3 | 	}
	"q\"<a>\n%:,\377\\.js":5:18: warning: a call: ("%::\x1b[31m\u{202e}<&😀\xff]]>") [calling]
	    5 | "日ée\xcc\x81😀\xff", a("%::\x1b[31m\u{202e}<&😀\xff]]>");
	      |               ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

	ä/b c.js:2:3: note: something is thrown [throwing]
	    2 |   throw 1
	      |   ^~~~~~~
	ä/b c.js:3:3: error: nothing <is> "done" & {0} ](x) [catching]
	    3 | } catch (e) {
	      |   ^~~~~~~~~~~
	    4 | 1
	    5 | 2
	    6 | 3
	    7 | 4
	      | ... 3 more lines

	2 errors, 2 warnings, 1 note in 5 files
	EOT
	acute=$(printf "\314\201") && sed "s/\\\\xcc\\\\x81/$acute/" ../want >../o && mv ../o ../want &&
	test_expect_code 1 git batho check --all >../out && test_cmp ../want ../out &&
	test_expect_code 1 git batho check --all --color >../out && test_grep "$(printf "\033")\[1;31m^~~~~~~~~~~" ../out
'

test_expect_success 'SARIF' '
	cat >../want <<-\EOT &&
	"uri":"q%22%3Ca%3E%0A%25%3A%2C%FF%5C.js","uriBaseId":"%SRCROOT%"},"region":{"startLine":2,"startColumn":8,"endLine":2,"endColumn":11,"snippet":{"text":"x()"}}
	"uri":"q%22%3Ca%3E%0A%25%3A%2C%FF%5C.js","uriBaseId":"%SRCROOT%"},"region":{"startLine":2,"startColumn":14,"endLine":3,"endColumn":3,"snippet":{"text":"catch (e) {\n\t}"}}
	"uri":"q%22%3Ca%3E%0A%25%3A%2C%FF%5C.js","uriBaseId":"%SRCROOT%"},"region":{"startLine":5,"startColumn":12,"endLine":5,"endColumn":34,"snippet":{"text":"a(\"%::\u001b[31m\u202e<&😀�]]>\")"}}
	"uri":"%C3%A4/b%20c.js","uriBaseId":"%SRCROOT%"},"region":{"startLine":2,"startColumn":3,"endLine":2,"endColumn":10,"snippet":{"text":"throw 1"}}
	"uri":"%C3%A4/b%20c.js","uriBaseId":"%SRCROOT%"},"region":{"startLine":3,"startColumn":3,"endLine":10}
	EOT
	test_expect_code 1 git batho check --all --format sarif >../sarif &&
	sed -n "s/^{\"ruleId\".*\"artifactLocation\":{\(.*}\)}\(,\"logical.*\)*}\],\"partialF.*/\1/p" ../sarif >../have && test_cmp ../want ../have &&
	cat >../want <<-\EOT &&
	{"ruleId":"calling","ruleIndex":0,"level":"warning","message":{"text":"A call: ()."}
	{"ruleId":"catching","ruleIndex":1,"level":"error","message":{"text":"Nothing <is> \"done\" & { 0} ] (x)."}
	{"ruleId":"calling","ruleIndex":0,"level":"warning","message":{"text":"A call: (\"%::\u001b[31m\u202e<&😀�]]>\")."}
	{"ruleId":"throwing","ruleIndex":2,"level":"note","message":{"text":"Something is thrown."}
	{"ruleId":"catching","ruleIndex":1,"level":"error","message":{"text":"Nothing <is> \"done\" & { 0} ] (x)."}
	EOT
	sed -n "s/^\({\"ruleId\".*\),\"locations\".*/\1/p" ../sarif >../have && test_cmp ../want ../have &&
	cat >../want <<-\EOT &&
	{"id":"calling","shortDescription":{"text":"A call."},"fullDescription":{"text":"Why <b>not</b>?\nBecause."},"help":{"text":"Why <b>not</b>?\nBecause.","markdown":"Why &lt;b>not&lt;/b>?\nBecause.\n\nFound:\n\n````javascript\na(\"```\")\n````\n\nNot found:\n\n```javascript\nb()\n```"},"defaultConfiguration":{"level":"warning"},"properties":{"tags":["project"],"problem.severity":"warning"}},
	EOT
	grep "^{\"id\":\"calling\"" ../sarif >../have && test_cmp ../want ../have &&
	grep "^{\"id\"" ../sarif >../have && test_line_count = 3 ../have &&
	test_grep "\"columnKind\":\"utf16CodeUnits\"" ../sarif && test_grep "\"automationDetails\":{\"id\":\"git-batho/check/\"}" ../sarif &&
	grep -o "\"primaryLocationLineHash\":\"[0-9a-f]\{16\}:[0-9]*\"},\"baselineState\":\"new\"" ../sarif | sort -u >../have &&
	test_line_count = 5 ../have
'

test_expect_success 'GitLab' '
	cat >../want <<-\EOT &&
	[
	{"description":"a call: ()","check_name":"calling","fingerprint":"F","severity":"minor","location":{"path":"q\"<a>\n%:,�\\.js","lines":{"begin":2,"end":2}}},
	{"description":"nothing <is> \"done\" & {0} ](x)","check_name":"catching","fingerprint":"F","severity":"major","location":{"path":"q\"<a>\n%:,�\\.js","lines":{"begin":2,"end":3}}},
	{"description":"a call: (\"%::\u001b[31m\u202e<&😀�]]>\")","check_name":"calling","fingerprint":"F","severity":"minor","location":{"path":"q\"<a>\n%:,�\\.js","lines":{"begin":5,"end":5}}},
	{"description":"something is thrown","check_name":"throwing","fingerprint":"F","severity":"info","location":{"path":"ä/b c.js","lines":{"begin":2,"end":2}}},
	{"description":"nothing <is> \"done\" & {0} ](x)","check_name":"catching","fingerprint":"F","severity":"major","location":{"path":"ä/b c.js","lines":{"begin":3,"end":10}}}
	]
	EOT
	test_expect_code 1 git batho check --all --format gitlab >../out &&
	sed "s/\"fingerprint\":\"[0-9a-f]\{16\}\"/\"fingerprint\":\"F\"/" ../out >../have && test_cmp ../want ../have
'

test_expect_success 'JUnit' '
	cat >../want <<-\EOT &&
	<?xml version="1.0" encoding="UTF-8"?>
	<testsuites name="git-batho" tests="4" failures="2" errors="0" time="0">
	 <testsuite name="git batho check" tests="4" failures="2" errors="0" skipped="2" time="0">
	  <testcase classname="q&quot;&lt;a&gt;&#10;%:,\xff\.js" name="calling" file="q&quot;&lt;a&gt;&#10;%:,\xff\.js" line="2" time="0">
	   <skipped message="2 times, first in line 2: a call: ()">q&quot;&lt;a&gt;&#10;%:,\xff\.js:2:8: warning: a call: ()&#10;q&quot;&lt;a&gt;&#10;%:,\xff\.js:5:18: warning: a call: (&quot;%::\x1b[31m\u{202e}&lt;&amp;😀\xff]]&gt;&quot;)&#10;</skipped>
	  </testcase>
	  <testcase classname="q&quot;&lt;a&gt;&#10;%:,\xff\.js" name="catching" file="q&quot;&lt;a&gt;&#10;%:,\xff\.js" line="2" time="0">
	   <failure message="nothing &lt;is&gt; &quot;done&quot; &amp; {0} ](x)" type="error">q&quot;&lt;a&gt;&#10;%:,\xff\.js:2:14: error: nothing &lt;is&gt; &quot;done&quot; &amp; {0} ](x)&#10;</failure>
	  </testcase>
	  <testcase classname="ä/b c.js" name="catching" file="ä/b c.js" line="3" time="0">
	   <failure message="nothing &lt;is&gt; &quot;done&quot; &amp; {0} ](x)" type="error">ä/b c.js:3:3: error: nothing &lt;is&gt; &quot;done&quot; &amp; {0} ](x)&#10;</failure>
	  </testcase>
	  <testcase classname="ä/b c.js" name="throwing" file="ä/b c.js" line="2" time="0">
	   <skipped message="something is thrown">ä/b c.js:2:3: note: something is thrown&#10;</skipped>
	  </testcase>
	 </testsuite>
	</testsuites>
	EOT
	test_expect_code 1 git batho check --all --format junit >../out && test_cmp ../want ../out &&
	test_expect_code 1 git -c batho.check.failOn=note batho check --all --format junit >../out &&
	test_grep "tests=\"4\" failures=\"4\" errors=\"0\" skipped=\"0\"" ../out &&
	git -c batho.check.failOn=never batho check --all --format junit >../out &&
	test_grep "tests=\"4\" failures=\"0\" errors=\"0\" skipped=\"4\"" ../out
'

test_expect_success 'GitHub' '
	cat >../want <<-\EOT &&
	::warning file=q"<a>%0A%25%3A%2C\xff\.js,line=2,endLine=2,col=8,endColumn=11,title=calling::a call: ()
	::error file=q"<a>%0A%25%3A%2C\xff\.js,line=2,endLine=3,title=catching::nothing <is> "done" & {0} ](x)
	::warning file=q"<a>%0A%25%3A%2C\xff\.js,line=5,endLine=5,col=12,endColumn=34,title=calling::a call: ("%25::\x1b[31m\u{202e}<&😀\xff]]>")
	::notice file=ä/b c.js,line=2,endLine=2,col=3,endColumn=10,title=throwing::something is thrown
	::error file=ä/b c.js,line=3,endLine=10,title=catching::nothing <is> "done" & {0} ](x)
	2 errors, 2 warnings, 1 note in 5 files
	EOT
	test_expect_code 1 git batho check --all --format github >../out && test_cmp ../want ../out
'

test_expect_success 'Checkstyle' '
	cat >../want <<-\EOT &&
	<?xml version="1.0" encoding="UTF-8"?>
	<checkstyle version="8.0">
	 <file name="q&quot;&lt;a&gt;&#10;%:,\xff\.js">
	  <error line="2" column="8" severity="warning" message="a call: ()" source="git-batho.project.calling"/>
	  <error line="2" column="14" severity="error" message="nothing &lt;is&gt; &quot;done&quot; &amp; {0} ](x)" source="git-batho.project.catching"/>
	  <error line="5" column="12" severity="warning" message="a call: (&quot;%::\x1b[31m\u{202e}&lt;&amp;😀\xff]]&gt;&quot;)" source="git-batho.project.calling"/>
	 </file>
	 <file name="ä/b c.js">
	  <error line="2" column="3" severity="info" message="something is thrown" source="git-batho.project.throwing"/>
	  <error line="3" column="3" severity="error" message="nothing &lt;is&gt; &quot;done&quot; &amp; {0} ](x)" source="git-batho.project.catching"/>
	 </file>
	</checkstyle>
	EOT
	test_expect_code 1 git batho check --all --format checkstyle >../out && test_cmp ../want ../out
'

test_expect_success 'porcelain with -z: the bytes as they are' '
	test_expect_code 1 git batho check --all --porcelain -z >../out &&
	tr "\\000\\n" "Q|" <../out | sed "s/Q[0-9a-f]\{16\}Q/QFQ/g" >../have &&
	printf "%s" "# batho porcelain 1 checkQ16QfindingQ$name" | tr "\\n" "|" >../want &&
	printf "%s" "Q2Q8Q2Q11QwarningQcallingQprojectQa callQ()QfQ1QFQ0Q	try { x() } catch (e) {Q16Qfinding" >>../want &&
	test "$(head -c "$(wc -c <../want)" ../have | od -c)" = "$(od -c <../want)" &&
	tr "Q" "\\n" <../have | grep -c "^finding\$" >../nr && test "$(cat ../nr)" -eq 5 &&
	test_grep "Q10QsummaryQ5Q2Q2Q1Q0Q0Q0Q0Q1Q\$" ../have
'

# What a reader that knows nothing of git-batho makes of it.
test_expect_success PYTHON 'SARIF: places and paths lead to the code' '
	cat >../read.py <<-\EOT &&
	import json, os, sys, urllib.parse
	run = json.load(open("../sarif", encoding="utf-8"))["runs"][0]
	rules = run["tool"]["driver"]["rules"]
	checked = 0
	for result in run["results"]:
	    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
	    place = result["locations"][0]["physicalLocation"]
	    path = urllib.parse.unquote_to_bytes(place["artifactLocation"]["uri"])
	    region = place["region"]
	    lines = open(path, "rb").read().replace(b"\r", b"").split(b"\n")
	    assert 1 <= region["startLine"] <= region["endLine"] <= len(lines)
	    if "endColumn" not in region:
	        continue
	    # Each byte that is not UTF-8 is one character.
	    def units(row):
	        return lines[row - 1].decode("utf-8", "backslashreplace").replace("\\xff", "\ufffd").encode("utf-16-le")
	    first, last = region["startLine"], region["endLine"]
	    start, end = 2 * (region["startColumn"] - 1), 2 * (region["endColumn"] - 1)
	    if first == last:
	        text = units(first)[start:end]
	    else:
	        text = b"\n\0".join([units(first)[start:]] + [units(i) for i in range(first + 1, last)] + [units(last)[:end]])
	    assert text.decode("utf-16-le") == region["snippet"]["text"], (text, region)
	    checked += 1
	assert checked == 4, checked
	EOT
	python3 ../read.py
'

test_expect_success PYTHON 'all of them can be parsed, with findings and without' '
	cat >../parse.py <<-\EOT &&
	import json, sys, xml.dom.minidom
	for name in ("sarif", "gitlab"):
	    json.load(open("../r/" + name, encoding="utf-8"))
	for line in open("../r/json", encoding="utf-8"):
	    json.loads(line)
	for name in ("junit", "checkstyle"):
	    xml.dom.minidom.parse("../r/" + name)
	EOT
	test_expect_code 1 reports --all && python3 ../parse.py &&
	reports --all -- none && python3 ../parse.py && echo "[]" >../want && test_cmp ../want ../r/gitlab
'

test_expect_success XMLLINT 'the XML fits its schemas' '
	test_expect_code 1 reports --all &&
	xmllint --noout --schema "$here/junit.xsd" ../r/junit && xmllint --noout --schema "$here/checkstyle.xsd" ../r/checkstyle &&
	reports --all -- none &&
	xmllint --noout --schema "$here/junit.xsd" ../r/junit && xmllint --noout --schema "$here/checkstyle.xsd" ../r/checkstyle
'

test_expect_success SCHEMAS 'the JSON fits its schemas' '
	sarif=$modules/schemastore/schemas/json/sarif-2.1.0.json &&
	test_expect_code 1 reports --all && cp ../r/sarif ../r/gitlab .. &&
	reports --all -- none &&
	fits "$sarif" ../sarif ../r/sarif && fits "$here/gitlab.schema.json" ../gitlab ../r/gitlab &&
	sed "s/\"level\":\"error\"/\"level\":\"fatal\"/" ../sarif >../bad && test_must_fail fits "$sarif" ../bad
'

test_expect_success 'fingerprints are unique, and follow their code' '
	git batho check --all --format gitlab >../out; grep -o "\"fingerprint\":\"[^\"]*\"" ../out | sort >../before &&
	sort -u ../before >../o && test_cmp ../before ../o &&
	cp "ä/b c.js" ../saved && test_when_finished "cp ../saved \"ä/b c.js\"" &&
	{ echo "// a line above" && cat ../saved; } >"ä/b c.js" &&
	test_expect_code 1 git batho check --all --worktree --format gitlab >../out &&
	grep -o "\"fingerprint\":\"[^\"]*\"" ../out | sort >../after && test_cmp ../before ../after &&
	{ cat ../saved && sed "s/throw 1/throw  1/" ../saved; } >"ä/b c.js" &&
	test_expect_code 1 git batho check --all --worktree --format gitlab >../out &&
	grep -o "\"fingerprint\":\"[^\"]*\"" ../out | sort >../after && test_line_count = 7 ../after &&
	sort -u ../after >../o && test_cmp ../after ../o
'

test_expect_success 'findings about a change that are alike have fingerprints of their own' '
	git config batho.rules.packs core && test_when_finished "git config batho.rules.packs \"\"; git reset -q --hard" &&
	printf "// batho:ignore throwing -- none\nx = 1\n\n// batho:ignore throwing -- none\ny = 1\n" >twice.js && git add . &&
	reports --staged -- twice.js && grep -o "\"fingerprint\":\"[^\"]*\"" ../r/gitlab | sort -u >../have && test_line_count = 2 ../have &&
	grep -o "LineHash\":\"[^\"]*\"" ../r/sarif | sort -u >../have && test_line_count = 2 ../have
'

test_expect_success 'what is suppressed or in the baseline, when it is asked for' '
	git init -q ../hidden && cp -R .batho ../hidden/ && cd ../hidden && git config batho.rules.packs "" && git add . && git commit -q -m rules &&
	printf "throw 1 // batho:ignore throwing -- it <is> \"so\"\nthrow 2\n" >a.js && echo "throw 3" >old.js && git add . &&
	git batho check --all --worktree --write-baseline -- old.js && reports --all --worktree --show-suppressed &&
	cat >../want <<-\EOT &&
	a.js:2:1: note: something is thrown [throwing]
	    2 | throw 2
	      | ^~~~~~~

	a.js:1:1: note: something is thrown [throwing] (suppressed: it <is> "so")
	old.js:1:1: note: something is thrown [throwing] (in the baseline)

	1 note in 6 files (1 suppressed, 1 in the baseline)
	EOT
	test_cmp ../want ../r/human &&
	test_grep "\"record\":\"suppressed\",\"path\":\"a.js\".*\"by\":\"comment\",\"reason\":\"it <is> ..so..\"}" ../r/json &&
	test_grep "^suppressed	old.js	.*	baseline	\$" ../r/porcelain &&
	cat >../want <<-\EOT &&
	a.js "baselineState":"new","suppressions":[]
	a.js "baselineState":"new","suppressions":[{"kind":"inSource","justification":"it <is> \"so\""}]
	old.js "baselineState":"unchanged","suppressions":[{"kind":"external"}]
	EOT
	sed -n "s/^{\"ruleId\".*\"uri\":\"\([^\"]*\)\".*\(\"baselineState.*\)},*\$/\1 \2/p" ../r/sarif >../have && test_cmp ../want ../have &&
	for format in gitlab junit github checkstyle; do
		test_grep ! old.js ../r/$format || return 1
	done &&
	git batho check --all --worktree >../out && test_grep ! old.js ../out &&
	git batho check --all --worktree --format sarif >../out && test_grep ! suppressions ../out
'

test_expect_success SCHEMAS 'and that fits the schema too' '
	cd ../hidden && reports --all --worktree --show-suppressed && fits "$modules/schemastore/schemas/json/sarif-2.1.0.json" ../r/sarif
'

test_expect_success 'more findings than code scanning takes: the worst 25,000' '
	git init -q ../many && cp -R .batho ../many/ && cd ../many && git config batho.rules.packs "" &&
	awk "BEGIN { for (i = 0; i < 100; i++) print \"try { throw 1 } catch (e) { }\" }" >0.js &&
	for i in $(test_seq 129); do cp 0.js $i.js && echo "// $i" >>$i.js; done && git add . && git commit -q -m many &&
	test_expect_code 1 git batho check --quiet --all -o sarif:../sarif -o gitlab:../gitlab >../out &&
	grep -c "^{\"ruleId\":\"catching\"" ../sarif >../nr && test "$(cat ../nr)" -eq 13000 &&
	grep -c "^{\"ruleId\":\"throwing\"" ../sarif >../nr && test "$(cat ../nr)" -eq 12000 &&
	test_grep "\"text\":\"1000 findings are left out: code scanning takes no more.\"" ../sarif &&
	test "$(gzip -c ../sarif | wc -c)" -lt 10000000 && test "$(grep -c check_name ../gitlab)" -eq 26000
'

# ---- where reports go ----

test_expect_success '--output: the report in the file, people on stdout' '
	test_expect_code 1 git batho check --all >../human && test_expect_code 1 git batho check --all --json >../json &&
	test_expect_code 1 git batho check --all --json -o ../file >../out && test_cmp ../json ../file && test_cmp ../human ../out &&
	rm ../file && test_expect_code 1 git batho check --all --json -q --output ../file >../out && test_cmp ../json ../file &&
	test_must_be_empty ../out &&
	test_expect_code 1 git batho check --all -o ../file >../out && test_cmp ../human ../file && test_line_count = 1 ../out &&
	test_grep "^2 errors" ../out &&
	test_expect_code 1 git batho check --all --json -o - >../out && test_cmp ../json ../out &&
	git batho check --all --format sarif -o ../file -- none >../out && test_grep "^no findings in 0 files" ../out
'

test_expect_success '--output with a format: a further report' '
	test_expect_code 1 git batho check --all --json -o gitlab:../g -o junit:../j >../out && test_cmp ../json ../out &&
	test_grep "check_name" ../g && test_grep "<testsuites" ../j &&
	test_expect_code 1 git batho check --all --format github -o sarif:../s -o ../file >../out &&
	test_cmp ../human ../out && test_grep "^::error" ../file && test_grep "ruleId" ../s
'

test_expect_success '--output: names' '
	mkdir -p "$TEST_TRASH/dir" && cd "$TEST_TRASH/dir" && rm -rf -- * && git init -q . && git config batho.rules.packs "" &&
	git commit -q --allow-empty -m empty &&
	git batho check --all -o ./sarif:x -o "./a b" >../out && ls >../have && printf "%s\n" "a b" sarif:x >../want && test_cmp ../want ../have &&
	long=$(printf "%0255d" 7) && git batho check --all -o "$long" && test_path_is_file "$long" && rm "$long" &&
	test_expect_code 129 git batho check -o sarfi:x 2>../err && test_grep "option .--output.: .sarfi. is not a format" ../err &&
	test_grep "^hint: a file of that name is ../sarfi:x" ../err &&
	test_expect_code 129 git batho check -o sarif: 2>../err && test_grep "names no file" ../err &&
	test_expect_code 129 git batho check -o "" 2>../err && test_grep "names no file" ../err &&
	test_expect_code 129 git batho check -o sarif:- 2>../err && test_grep "the format of stdout" ../err && ls >../have && test_cmp ../want ../have
'

test_expect_success '--output: what is there is replaced, with its mode, through a link' '
	echo old >../file && chmod 640 ../file && ln -s file ../link && (cd .. && ls -a) >../before &&
	test_expect_code 1 git batho check --all --json -o ../link >../out && test_cmp ../json ../file && test -h ../link &&
	test "$(stat -c %a ../file)" = 640 && (cd .. && ls -a) >../after && test_cmp ../before ../after &&
	(umask 077 && test_expect_code 1 git batho check --all --json -o ../fresh >../out) && test "$(stat -c %a ../fresh)" = 600
'

test_expect_success 'what is no file is written as it is' '
	test_expect_code 1 git batho check --all -q --json -o /dev/stdout >../out && test_cmp ../json ../out && test -c /dev/null &&
	test_expect_code 1 git batho check --all -q --json -o /dev/null && test -c /dev/null &&
	mkfifo ../fifo && { cat ../fifo >../have & } && test_expect_code 1 git batho check --all -q --json -o ../fifo && wait && test_cmp ../json ../have
'

# fails ARGS...: one line on stderr, nothing on stdout, 128.
fails() {
	test_expect_code 128 git batho check --all "$@" >../out 2>../err && test_must_be_empty ../out && test_line_count "=" 1 ../err
}

test_expect_success 'no place for the report' '
	for format in human json porcelain sarif gitlab junit github checkstyle; do
		fails --format $format -o ../none/x && test_grep "^git-batho: cannot write the report to .../none/x.: No such" ../err || return 1
	done && fails -o .. && test_grep "it is a folder" ../err && fails -o sarif:. && fails -o ../file/x
'

test_expect_success DEV_FULL 'a full disk' '
	for format in human json porcelain sarif gitlab junit github checkstyle; do
		fails --format $format -o /dev/full && test_grep "/dev/full.*No space left" ../err &&
		test_expect_code 128 git batho check --all --format $format >/dev/full 2>../err && test_line_count = 1 ../err &&
		test_grep "stdout.*No space left" ../err || return 1
	done
'

test_expect_success LOOP_MOUNT 'a full disk leaves the old report, and nothing else' '
	mkdir ../small && mount -t tmpfs -o size=16k none ../small && test_when_finished "umount ../small" &&
	echo old >../small/report && cp ../small/report ../want && (cd ../many && fails -o sarif:../small/report) &&
	test_grep "No space left" ../err && test_cmp ../want ../small/report && test "$(ls -A ../small)" = report
'

test_expect_success OTHER_USER 'no permission' '
	mkdir ../closed && echo old >../closed/report && chmod 755 ../closed && chmod 444 ../closed/report && chmod -R a+rX "$TEST_TRASH" &&
	git config --global --add safe.directory "*" && mkdir -p ../nobody && chmod 777 ../nobody &&
	cp "$HOME/.gitconfig" ../nobody/ && chmod a+r ../nobody/.gitconfig &&
	test_expect_code 128 as_other git batho check --all -o ../closed/new 2>../err && test_line_count = 1 ../err && test_grep "Permission denied" ../err &&
	test_expect_code 128 as_other git batho check --all -o ../closed/report 2>../err && test_grep "Permission denied" ../err &&
	mkdir ../open && chmod 777 ../open && cp ../closed/report ../open/ && chmod 444 ../open/report &&
	test_expect_code 128 as_other git batho check --all -o ../open/report 2>../err && test_grep "Permission denied" ../err &&
	echo old >../want && test_cmp ../want ../open/report && test "$(ls -A ../open)" = report
'

test_done
