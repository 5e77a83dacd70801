#!/bin/sh
test_description='git batho check: what is judged, by which policy, what is new, what is told'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/check-lib.sh
. "$TEST_SOURCE/tests/cli/check-lib.sh"

# dies ARGS...: with one line (and a hint), which is in ../err.
dies() {
	test_expect_code 128 git batho check "$@" >../out 2>../err && test_must_be_empty ../out &&
	grep -v '^hint: ' ../err >../lines &&
	test_line_count "=" 1 ../lines
}

# What follows is about findings that stop a commit; this one need not, by itself.
git config --global batho.rules.empty-catch.severity error

test_expect_success 'a repository with findings from before' '
	cat >old.js <<-\EOT &&
	function old() {
	  try { a() } catch (e) {}
	}
	EOT
	echo "plain text" >notes.xyz && git add . && git commit -q -m one
'

test_expect_success 'the first commit is judged against nothing' '
	found 1 <<-\EOT
	old.js:2 error empty-catch
	EOT
'

test_expect_success 'a change shows what it brings, not what was there' '
	echo "function neu() { debugger; return 1 }" >>old.js && git add old.js &&
	found 1 --staged <<-\EOT &&
	old.js:4 error debugger-statement
	EOT
	test_grep "^summary	1	1	0	0	0	0	1	0	1$" ../out &&
	again 1 &&
	found 1 --staged --full <<-\EOT
	old.js:2 error empty-catch
	old.js:4 error debugger-statement
	EOT
'

test_expect_success 'what is staged counts, not the file' '
	git show HEAD:old.js >old.js &&
	found 1 --staged <<-\EOT &&
	old.js:4 error debugger-statement
	EOT
	found 0 --worktree </dev/null &&
	git add old.js && echo "function neu() { debugger }" >>old.js &&
	found 0 --staged </dev/null &&
	found 1 --worktree <<-\EOT
	old.js:4 error debugger-statement
	EOT
'

test_expect_success 'GIT_INDEX_FILE' '
	cp .git/index ../other && (GIT_INDEX_FILE=$TEST_TRASH/other && export GIT_INDEX_FILE &&
	git add old.js && found 1 --staged <<-\EOT
	old.js:4 error debugger-statement
	EOT
	) && found 0 --staged </dev/null && git checkout -q old.js
'

test_expect_success 'moved lines, a moved file and moved code are not new' '
	sed "1i// a line above" old.js >o && mv o old.js && git add old.js && found 0 --staged </dev/null &&
	git reset -q --hard && git mv old.js moved.js && found 0 --staged </dev/null &&
	sed "s/plain/x/;1i// more" moved.js >other.js && git rm -q -f --cached moved.js && git add other.js &&
	found 0 --staged </dev/null && test_grep "^summary	1	0	0	0	0	0	1	0	0$" ../out &&
	git reset -q --hard && rm -f other.js moved.js
'

test_expect_success 'a reformatted line is new, a finding in a callable that changed too' '
	cat >f.js <<-\EOT && git add f.js && git commit -q -m f &&
	function f(x) {
	  x = 1;
	  try { a() } catch (e) {}
	}
	function g(x) {
	  try { a() } catch (e) {}
	}
	EOT
	sed s/1/2/ f.js >o && mv o f.js && git add f.js &&
	found 1 --staged <<-\EOT &&
	f.js:3 error empty-catch
	EOT
	git reset -q --hard && sed "6s/  try/      try/" f.js >o && mv o f.js && git add f.js &&
	found 1 --staged <<-\EOT &&
	f.js:6 error empty-catch
	EOT
	git reset -q --hard
'

test_expect_success 'the same once more is one finding more' '
	cat >>f.js <<-\EOT && git add f.js &&
	function g(x) {
	  try { a() } catch (e) {}
	}
	EOT
	found 1 --staged <<-\EOT &&
	f.js:9 error empty-catch
	EOT
	git commit -q -m again
'

test_expect_success 'revisions and ranges' '
	found 1 --rev HEAD <<-\EOT &&
	f.js:9 error empty-catch
	EOT
	found 1 HEAD~2..HEAD <<-\EOT &&
	f.js:3 error empty-catch
	f.js:6 error empty-catch
	f.js:9 error empty-catch
	EOT
	again 1 HEAD~2... &&
	found 0 HEAD.. </dev/null &&
	found 1 HEAD~2..HEAD~1 -- f.js <<-\EOT &&
	f.js:3 error empty-catch
	f.js:6 error empty-catch
	EOT
	found 0 HEAD~2..HEAD -- other </dev/null &&
	found 1 --rev HEAD~2 <<-\EOT
	old.js:2 error empty-catch
	EOT
'

test_expect_success 'without anything staged: HEAD against its upstream, or its parent' '
	found 1 <<-\EOT &&
	f.js:9 error empty-catch
	EOT
	git branch base HEAD~2 && git branch -q --set-upstream-to base &&
	found 1 <<-\EOT &&
	f.js:3 error empty-catch
	f.js:6 error empty-catch
	f.js:9 error empty-catch
	EOT
	git branch -q --unset-upstream
'

test_expect_success 'all files, of any kind, in folders too' '
	mkdir -p d/e && printf "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n" >d/e/notes.xyz &&
	printf "#!/bin/sh\n<<<<<<< HEAD\n=======\n>>>>>>> x\n" >d/run && git add d && git commit -q -m text &&
	found 1 --all <<-\EOT &&
	d/e/notes.xyz:2 error conflict-marker
	d/run:2 error conflict-marker
	f.js:3 error empty-catch
	f.js:6 error empty-catch
	f.js:9 error empty-catch
	old.js:2 error empty-catch
	EOT
	test_grep "^summary	5	6	" ../out &&
	again 1 --all && again 1 --all --staged && again 1 --all --worktree &&
	found 1 --all --rev HEAD~1 <<-\EOT &&
	f.js:3 error empty-catch
	f.js:6 error empty-catch
	f.js:9 error empty-catch
	old.js:2 error empty-catch
	EOT
	(cd d && found 1 --all -- e <<-\EOT
	d/e/notes.xyz:2 error conflict-marker
	EOT
	)
'

test_expect_success 'an index that was made before has no findings yet; one that was checked is an index' '
	rm -rf .git/batho && git batho index -q && test_expect_code 1 git batho check --all --porcelain >../a &&
	rm -rf .git/batho && test_expect_code 1 git batho check --all --porcelain >../b && test_cmp ../a ../b &&
	git batho index >../out && test_grep "nothing to do\|; 0 parsed" ../out &&
	git batho def old >../out && test_line_count = 1 ../out
'

test_expect_success 'progress when it is asked for' '
	rm -rf .git/batho && test_expect_code 1 env GIT_PROGRESS_DELAY=0 git batho check --all --progress >../out 2>../err &&
	test_grep "Checking files: 100% (.*), done" ../err
'

test_expect_success 'one worker says the same as several' '
	rm -rf .git/batho && test_expect_code 1 git -c batho.index.jobs=1 batho check --all --porcelain >../b &&
	test_cmp ../a ../b
'

test_expect_success 'binary, large and pointer files are passed over' '
	git clean -q -f -d && git reset -q --hard && printf "debugger;\0" >bin.js && printf "debugger;\n" >big.js && test_seq 200000 | sed "s/^/x = /" >>big.js &&
	printf "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\ndebugger;\n" >lfs.js &&
	ln -s bin.js link.js && : >empty.js && git add . && found 0 --staged <<-\EOT &&
	bin.js:1 warning binary-file
	EOT
	test_grep "^summary	4	0	1	0	0	0	0	1	0$" ../out && git rm -q -f --cached -r . && git reset -q --hard &&
	rm -f bin.js big.js lfs.js link.js empty.js
'

test_expect_success SYMLINKS 'a symbolic link alone is staged: nothing to check, and nothing else is' '
	git checkout -q -b link-alone && echo "debugger" >head.js && git add . && git commit -q -m head && found 1 <<-\EOT &&
	head.js:1 error debugger-statement
	EOT
	ln -s nowhere alone && git add alone && found 0 </dev/null && git batho check >../out && test_grep "0 files" ../out &&
	git reset -q --hard && git checkout -q -
'

test_expect_success 'roles: generated and vendored files are left out, by path and by attribute' '
	mkdir -p vendor vendors && echo "debugger" >vendor/v.js && echo "debugger" >gen.js &&
	echo "debugger" >vendors/w.js && echo "a{}" >lib.min.css &&
	mkdir -p cypress && printf "function f() {\n\ttry { save() } catch (e) {}\n}\n" >cypress/c.js &&
	echo "debugger" >lib.min.js && echo "debugger" >not.xx &&
	printf "gen.js linguist-generated\n*.xx linguist-language=JavaScript\n" >.gitattributes && git add . &&
	found 1 --staged <<-\EOT &&
	.gitattributes:1 note policy-change
	not.xx:1 error debugger-statement
	EOT
	echo "*.xx -batho" >>.gitattributes && again 1 --staged && git add .gitattributes &&
	found 0 --staged <<-\EOT && git reset -q --hard
	.gitattributes:1 note policy-change
	EOT
'

test_expect_success 'suppressions' '
	cat >s.py <<-\EOT && git add s.py &&
	breakpoint()  # batho:ignore debugger-statement -- of the same line
	# batho:ignore debugger-statement -- of the next line
	breakpoint()
	# batho:ignore debugger-statement -- of all of f
	def f():
	    a = 1
	    breakpoint()
	breakpoint()  # batho:ignore debug-output, debugger-statement -- two rules
	breakpoint()  # batho:ignore debugger-statement
	breakpoint()  # batho:ignore debuger-statement -- misspelt
	a = 2  # batho:ignore debugger-statement -- nothing here
	b = "batho:ignore debugger-statement -- no comment"
	EOT
	found 1 --staged <<-\EOT &&
	s.py:9 error debugger-statement
	s.py:9 warning suppression-invalid
	s.py:10 error debugger-statement
	s.py:10 warning suppression-invalid
	s.py:11 note suppression-unused
	EOT
	test_grep "it has no reason" ../out && test_grep "no rule is called .debuger-statement." ../out &&
	test_grep "^summary	1	2	2	1	4	" ../out && git commit -q -m s &&
	echo "x = 3" >>s.py && git add s.py && found 0 --staged </dev/null && git reset -q --hard
'

test_expect_success 'suppressions one below the other hold for the same line' '
	cat >st.py <<-EOT && git add st.py &&
	# batho:ignore debugger-statement -- the first of three
	# batho:ignore todo-without-reference -- the second
	# batho:ignore empty-catch -- the third, for nothing
	breakpoint()  # TO${nothing}DO: later
	EOT
	found 0 --staged <<-\EOT && git reset -q --hard
	st.py:3 note suppression-unused
	EOT
'
test_expect_success 'one more of the same is new where no lines are told' '
	printf "debugger\na()\n" >more.js && git add . && git commit -q -m more && printf "debugger\na()\ndebugger\n" >more.js && found 1 --worktree <<-\EOT &&
	more.js:3 error debugger-statement
	EOT
	git reset -q --hard
'
test_expect_success 'suppressions in and around an empty handler are used, and do not count as its reason' '
	cat >h.py <<-\EOT && git add h.py &&
	def f():
	    try:
	        g()
	    except Exception:  # batho:ignore empty-catch -- on the first line of it
	        pass
	    try:
	        g()
	    except Exception:
	        # batho:ignore empty-catch -- on a line inside of it
	        pass
	    try:
	        g()
	    except Exception:
	        pass  # batho:ignore empty-catch -- behind the last of it
	    try:
	        g()
	    # batho:ignore empty-catch -- on the line before it
	    except Exception:
	        pass
	    try:
	        g()
	    except Exception:  # batho:ignore debugger-statement -- which is quite another rule
	        pass
	    # batho:ignore empty-catch -- behind it, where nothing is
	EOT
	found 1 --staged <<-\EOT &&
	h.py:22 error empty-catch
	h.py:22 note suppression-unused
	h.py:24 note suppression-unused
	EOT
	test_grep "^summary	1	1	0	2	4	" ../out &&
	echo "try { a() } catch (e) { /* batho:ignore empty-catch -- these are more than four words */ }" >h.js &&
	git rm -q -f h.py && git add h.js && found 0 --staged </dev/null && git reset -q --hard
'

test_expect_success 'severities, packs and check.failOn: from the environment, from git, from the tracked file' '
	echo "function n() { debugger }" >n.js && git add n.js &&
	found 1 --staged <<-\EOT &&
	n.js:1 error debugger-statement
	EOT
	test_config batho.rules.debugger-statement.severity note &&
	found 0 --staged <<-\EOT &&
	n.js:1 note debugger-statement
	EOT
	test_expect_code 1 git -c batho.check.failOn=note batho check --staged >../out &&
	git -c batho.rules.debugger-statement.severity=off batho check --staged --porcelain >../out &&
	test_grep ! "^finding" ../out &&
	BATHO_RULES_DEBUGGER_STATEMENT_SEVERITY=warning git batho check --staged --porcelain >../out &&
	test_grep "warning	debugger-statement" ../out &&
	git config --unset batho.rules.debugger-statement.severity &&
	git -c batho.rules.packs=silent-failure batho check --staged --porcelain >../out &&
	test_grep ! "^finding" ../out &&
	git -c batho.check.failOn=never batho check --staged >../out &&
	mkdir .batho && printf "[rules]\ndebugger-statement.severity = warning\n" >.batho/config.ini &&
	found 1 --staged <<-\EOT &&
	n.js:1 error debugger-statement
	EOT
	git add .batho &&
	found 0 --staged <<-\EOT &&
	.batho/config.ini:1 note policy-change
	n.js:1 warning debugger-statement
	EOT
	git commit -q -m policy
'

test_expect_success 'policy comes from what is judged, for a range from its base' '
	printf "[rules]\ndebugger-statement.severity = off\n" >.batho/config.ini &&
	echo "function m() { debugger }" >m.js && git add . && git commit -q -m soft &&
	found 0 HEAD~1..HEAD <<-\EOT &&
	.batho/config.ini:1 note policy-change
	m.js:1 warning debugger-statement
	EOT
	found 0 --rev HEAD <<-\EOT &&
	.batho/config.ini:1 note policy-change
	EOT
	found 1 HEAD~2..HEAD~1 <<-\EOT
	.batho/config.ini:1 note policy-change
	n.js:1 error debugger-statement
	EOT
'

test_expect_success 'a change of policy does not silence that it is told' '
	git checkout -q -b silent && cp .batho/config.ini ../config &&
	echo .batho/config.ini:1 note policy-change >../told &&
	printf "[rules]\npolicy-change.severity = off\n" >.batho/config.ini && git add . && found 0 --staged <../told &&
	printf "[rules]\npacks = silent-failure\n" >.batho/config.ini && git add . && found 0 --staged <../told &&
	printf "[rules]\npolicy-change.severity = error\n" >.batho/config.ini && git add . &&
	found 1 --staged <<-\EOT &&
	.batho/config.ini:1 error policy-change
	EOT
	git -c batho.rules.policy-change.severity=off batho check --staged --porcelain >../out &&
	test_grep ! "^finding" ../out &&
	cp ../config .batho/config.ini && echo "# more" >>.batho/config.ini && git add . &&
	git batho check --staged --write-baseline 2>../err && test_grep "wrote 0 findings" ../err &&
	rule="{\"rule\":\"policy-change\",\"path\":\".batho/config.ini\"" &&
	fingerprint=$(git batho check --staged --json | sed -n "s/.*\"rule\":\"policy-change\".*\"fingerprint\":\"\([0-9a-f]*\)\".*/\1/p" | head -n 1) &&
	echo "{\"batho_baseline\":1,\"findings\":[$rule,\"fingerprint\":\"$fingerprint\",\"count\":5}]}" >.batho/baseline.json &&
	git add . && found 0 --staged <<-\EOT &&
	.batho/baseline.json:1 note policy-change
	.batho/config.ini:1 note policy-change
	EOT
	git reset -q --hard && git checkout -q main
'

test_expect_success 'mistakes in the configuration: file, line, the nearest name' '
	printf "[rules]\ndebugger-statment.severity = off\n" >.batho/config.ini && dies --worktree &&
	test_grep "rules.debugger-statment.severity.*config.ini:2" ../err && test_grep "^hint: .*debugger-statement" ../err &&
	printf "[rules]\ndebugger-statement.severity = loud\n" >.batho/config.ini && dies --worktree &&
	test_grep "config.ini:2.*loud.*one of off, note, warning, error" ../err &&
	printf "[rules]\npacks = core, nope\n" >.batho/config.ini && dies --worktree && test_grep "nope" ../err &&
	printf "[check]\nfailOn = sometimes\n" >.batho/config.ini && dies --worktree && test_grep "failOn" ../err &&
	printf "[check]\nfailon = note\n" >.batho/config.ini && found 1 --worktree <<-\EOT
	.batho/config.ini:1 note policy-change
	EOT
'

test_expect_success "a project's own rules, from what is judged" '
	git rm -q -f .batho/config.ini && git commit -q -m "no config" && mkdir -p .batho/rules &&
	cat >.batho/rules/no-foo.scm <<-\EOT &&
	;; severity: warning
	;; languages: python, javascript
	;; message: foo is not used here
	;; words: foo
	((call function: (identifier) @_n) @finding (#eq? @_n "foo"))
	;; query: javascript
	((call_expression function: (identifier) @_n) @finding (#eq? @_n "foo"))
	EOT
	dies --worktree && test_grep "no-foo.scm:5: there is no query for javascript\|second query\|call.* in javascript" ../err &&
	cat >.batho/rules/no-foo.scm <<-\EOT &&
	;; severity: warning
	;; languages: python, javascript
	;; message: foo is not used here
	;; words: foo
	;; query: python
	((call function: (identifier) @_n @detail) @finding (#eq? @_n "foo"))
	;; query: javascript
	((call_expression function: (identifier) @_n) @finding (#eq? @_n "foo"))
	EOT
	echo "foo()" >foo.py && echo "foo(); bar()" >foo.js &&
	found 0 --worktree <<-\EOT &&
	.batho/rules/no-foo.scm:1 note policy-change
	foo.js:1 warning no-foo
	foo.py:1 warning no-foo
	EOT
	test_grep "foo.py.*foo is not used here	foo	" ../out &&
	git add foo.js && found 0 --staged </dev/null && git add .batho && found 0 --staged <<-\EOT &&
	.batho/rules/no-foo.scm:1 note policy-change
	foo.js:1 warning no-foo
	EOT
	sed s/warning/error/ .batho/rules/no-foo.scm >o && mv o .batho/rules/no-foo.scm && git add .batho &&
	found 1 --staged <<-\EOT &&
	.batho/rules/no-foo.scm:1 note policy-change
	foo.js:1 error no-foo
	EOT
	git commit -q -a -m rule
'

# bad_rule WHAT: the project has this rule, and a check dies with one line that says WHAT.
bad_rule() {
	cat >.batho/rules/bad.scm && dies --worktree && test_grep "$1" ../err && test_grep "bad.scm" ../err
}

head=";; severity: error
;; languages: python
;; message: m"

test_expect_success 'rules that are wrong: one line each' '
	{ echo ";; severity: eror" | bad_rule "bad.scm:1: severity is"; } &&
	{ printf ";; severity: error\n;; lang: python\n" | bad_rule "bad.scm:2: unknown key .lang."; } &&
	{ printf ";; severity: error\n;; languages: pyton\n" | bad_rule "bad.scm:2: .*pyton.*python"; } &&
	{ echo "$head" | bad_rule "no query"; } &&
	{ printf "%s\n(call" "$head" | bad_rule "line 4, column .*syntax"; } &&
	{ printf "%s\n((cal) @finding)" "$head" | bad_rule "line 4, column 3: no node type .cal. in python"; } &&
	{ printf "%s\n(call x: (_) @finding)" "$head" | bad_rule "no field .x. in python"; } &&
	{ printf "%s\n(call) @found" "$head" | bad_rule "@finding"; } &&
	{ printf "%s\n((call) @finding (#eq? @nope \"x\"))" "$head" | bad_rule "capture .@nope."; } &&
	{ printf "%s\n((call) @finding (#like? @finding \"x\"))" "$head" | bad_rule "#like?"; } &&
	{ printf "%s\n((call) @finding (#match? @finding \"(\"))" "$head" | bad_rule "#match?"; } &&
	{ printf "%s\n((call) @finding (#in? @finding \"x\"))" "$head" | bad_rule "#in?"; } &&
	{ printf ";; analysis: conflict-marker\n%s\n" "$head" | bad_rule "analyses are built in"; } &&
	{ printf "%s\n(module (_ (_)) @finding)\n" "$head" >.batho/rules/Bad.scm && dies --worktree &&
	test_grep "Bad.scm: the name of a rule" ../err && rm .batho/rules/Bad.scm; } &&
	{ rm .batho/rules/bad.scm && printf "%s\n(call) @finding" "$head" >.batho/rules/empty-catch.scm && dies --worktree &&
	test_grep "empty-catch.scm: a rule of pack silent-failure has this name" ../err &&
	rm .batho/rules/empty-catch.scm; }
'

# part_rule QUERY PART...: the head, then the parts (names alone get a text), then the query.
part_rule() {
	query=$1 && shift && echo "$head" && printf ";; part: %s\n;;| \"foo\"\n" "$@" && printf "%s\n" "$query"
}

test_expect_success 'parts of a rule: written once, put in wherever they are named' '
	mkdir -p .batho/rules && printf "alpha()\nbeta()\n{}\nqux()\n" >parts.py && cat >.batho/rules/bad.scm <<-\EOT &&
	;; severity: note
	;; languages: python
	;; message: m
	;; part: calls
	;;| alpha|
	;;| beta
	;; part: where
	;;| (#match? @_f
	;;|  "^({calls})$")
	((call function: (identifier) @_f) @finding
	 {where})
	((dictionary) @finding
	 (#eq? @finding "\{}"))
	EOT
	found 0 --worktree -- parts.py <<-\EOT &&
	parts.py:1 note bad
	parts.py:2 note bad
	parts.py:3 note bad
	EOT
	sed "s/alpha|/gamma|/" .batho/rules/bad.scm >o && mv o .batho/rules/bad.scm && found 0 --worktree -- parts.py <<-\EOT &&
	parts.py:2 note bad
	parts.py:3 note bad
	EOT
	rm parts.py
'

test_expect_success 'parts of a rule that are wrong: one line each' '
	q="((call function: (identifier) @_f) @finding" && mkdir -p .batho/rules &&
	{ part_rule "$q
	 (#eq? @_f {b}))" a | bad_rule "bad.scm:7: no part above it is called .b.$"; } &&
	{ part_rule "$q)" a a | bad_rule "bad.scm:6: a second part is called .a.$"; } &&
	{ part_rule "$q)" A | bad_rule "bad.scm:4: the name of a part is small letters"; } &&
	{ part_rule "$q)" "" | bad_rule "bad.scm:4: the name of a part is small letters"; } &&
	{ printf "%s\n;; part: a\n%s)\n" "$head" "$q" | bad_rule "bad.scm:4: the part .a. has no text$"; } &&
	{ printf "%s\n;; part: a\n;;| {a}\n%s)\n" "$head" "$q" | bad_rule "bad.scm:4: no part above it is called .a.$"; } &&
	{ printf "%s\n;; part: a\n;;| {b}\n;; part: b\n;;| {a}\n%s)\n" "$head" "$q" | bad_rule "bad.scm:4: no part above it is called .b.$"; } &&
	{ printf "%s\n;; part: a\n;;\\\\ x\n%s)\n" "$head" "$q" | bad_rule "bad.scm:5: a line with ;;. belongs behind"; } &&
	{ echo "$head" && echo ";; part: a" && printf ";;| %09000d\n" 1 && echo "$q)"; } >rule && bad_rule "bad.scm:4: the part .a. has more than 8192 bytes$" <rule &&
	{ echo "$head" && printf ";; part: a\n;;| %0200d\n;; part: b\n;;| " 1 && test_seq 50 | sed "s/.*/{a}/" | tr -d "\n" && printf "\n%s)\n" "$q"; } >rule &&
	bad_rule "bad.scm:6: with the part .a. it has more than 8192 bytes$" <rule &&
	{ echo "$head" && printf ";; part: a\n;;| %08000d\n" 1 && printf "%s)\n;" "$q" && test_seq 50 | sed "s/.*/{a}/" | tr -d "\n"; } >rule &&
	bad_rule "bad.scm:7: with the part .a. it has more than 262144 bytes$" <rule &&
	{ part_rule "$q)" $(test_seq 65 | sed "s/^/p/") | bad_rule "bad.scm:132: more than 64 parts$"; } &&
	{ part_rule "$q
	 (#eq? @_f {a}))
	((cal) @finding)" a | bad_rule "line 8, column 4: no node type .cal. in python"; } &&
	rm rule .batho/rules/bad.scm
'

test_expect_success 'a query that explodes ends at its limits, and costs no facts' '
	git reset -q --hard && git clean -q -f -d && { echo "x = ["; test_seq 3000 | sed "s/.*/  [[1, 2], [3, [4, 5]], f(1, g(2))],/"; echo "]"; } >many.py &&
	{ echo "$head"; cat; } >.batho/rules/bad.scm <<-\EOT &&
	((module (expression_statement (assignment (list (list (call) @finding))))) @_m
	 (#has-descendant? @_m "class_definition"))
	EOT
	echo ".batho/rules/bad.scm:1 note policy-change" | found 0 --worktree 2>../err && test_grep "^git-batho: rule .bad. was stopped at its limit in .many.py.$" ../err &&
	rm .batho/rules/bad.scm && found 0 --worktree </dev/null && git add many.py &&
	git batho cat-facts :many.py >../out && test_grep "\"name\":\"g\",\"role\":\"call\"" ../out && git rm -q -f many.py
'

test_expect_success 'a rule whose matches multiply costs itself on that file, and nothing else' '
	git reset -q --hard && git clean -q -f -d && { test_seq 100 | sed "s/.*/x& = &/" && printf "try:\n    a()\nexcept:\n    pass\n"; } >wide.py &&
	echo "foo()" >small.py && { echo "$head"; echo "(module (_)* @a (_)* @b (_)* @c (_)* @d (_)* @finding (_)* @e (_)* @f)"; } >.batho/rules/boom.scm &&
	{ echo "$head"; echo "(call function: (identifier) @_f (#eq? @_f \"foo\")) @finding"; } >.batho/rules/foo.scm &&
	(ulimit -t 3 && test_expect_code 1 git batho check --worktree --porcelain >../out 2>../err) && test_line_count = 1 ../err &&
	test_grep "^git-batho: rule .boom. was stopped at its limit in .wide.py.$" ../err && test_grep ! "wide.py.*boom" ../out &&
	test_grep "small.py.*foo" ../out && test_grep "wide.py.*empty-catch" ../out &&
	git batho hooks install -q && git add . && test_expect_code 1 git commit -q -m x 2>../err &&
	test_grep "^git-batho: rule .boom. was stopped at its limit in .wide.py.$" ../err && test_grep "wide.py:103.*empty-catch" ../err &&
	test_grep ! "wide.py.*boom" ../err && git batho hooks uninstall -q && git reset -q --hard && git clean -q -f -d
'

test_expect_success 'a rule that kills its worker: the file is checked without those of the project' '
	git reset -q --hard && git clean -q -f -d && { test_seq 3000 | sed "s/.*/f(&)/" && printf "try:\n    a()\nexcept:\n    pass\n"; } >slow.py &&
	{ echo "$head"; cat; } >.batho/rules/slow.scm <<-\EOT &&
	((module (expression_statement (call) @finding)) @_m (#match? @_m "(.*)*(.*)*(.*)*\\1\\2\\3zzz\\1$"))
	EOT
	printf "%s\n" ".batho/rules/slow.scm:1 note policy-change" "slow.py:3003 error empty-catch" >../both && git add . &&
	found 1 --staged <../both 2>../err && test_grep "^git-batho: rule .slow. was stopped at its limit in .slow.py.$" ../err &&
	git -c batho.index.cpuLimit=1 batho check --all --worktree --porcelain >../out 2>../err; test $? = 1 && test_grep "	slow.py	3003	.*empty-catch" ../out &&
	test_grep "^git-batho: rule .slow. was stopped at its limit in .slow.py.$" ../err && git batho cat-facts :slow.py >../out &&
	test_grep "\"name\":\"f\"" ../out && git reset -q --hard && git clean -q -f -d
'

test_expect_success 'the baseline holds what was there, follows moved lines and files, and shrinks by itself' '
	git reset -q --hard && git clean -q -f -d && test_might_fail git batho check --all --porcelain >../before; grep -c "^finding" ../before >../nr &&
	git batho check --all --write-baseline 2>../err && test_grep "wrote $(cat ../nr) findings" ../err &&
	git add .batho && git commit -q -m baseline && found 0 --all </dev/null &&
	test_grep "	$(cat ../nr)	0	0	0$" ../out && found 0 --all --worktree </dev/null &&
	sed "1i// moved" f.js >o && mv o f.js && git mv old.js olden.js && found 0 --all --worktree </dev/null &&
	git diff --quiet .batho && echo "debugger" >>f.js &&
	found 1 --all --worktree <<-\EOT &&
	f.js:12 error debugger-statement
	EOT
	git checkout -q f.js && sed "s/catch (e) {}/catch (e) { b(e) }/" f.js >o && mv o f.js &&
	git batho check --all --worktree >../out 2>../err && test_grep "took 3 findings that are gone" ../err &&
	test_grep ! "f.js" .batho/baseline.json && git checkout -q f.js &&
	found 1 --all --worktree <<-\EOT &&
	f.js:3 error empty-catch
	f.js:6 error empty-catch
	f.js:9 error empty-catch
	EOT
	git reset -q --hard
'

test_expect_success 'a baseline of some files keeps what it has about others, and counts' '
	git checkout -q -b some && echo "a(); debugger" >p.js && printf "debugger\ndebugger\n" >q.js && git add . && git commit -q -m some &&
	git batho check --rev HEAD --write-baseline -q -- p.js && git batho check --rev HEAD --write-baseline -q -- q.js &&
	git add .batho && git commit -q -m lists && cp .batho/baseline.json ../both &&
	grep -c "\"path\":\"[pq].js\"" ../both >../nr && test "$(cat ../nr)" = 2 && test_grep "q.js.*\"count\":2" ../both &&
	found 0 --all --worktree -- p.js q.js </dev/null && echo debugger >>q.js &&
	found 1 --all --worktree -- p.js q.js <<-\EOT &&
	q.js:3 error debugger-statement
	EOT
	git checkout -q q.js && cp q.js r.js && git add r.js &&
	found 1 --all --worktree -- r.js <<-\EOT &&
	r.js:1 error debugger-statement
	r.js:2 error debugger-statement
	EOT
	echo "{\"batho_baseline\":7,\"findings\":[]}" >.batho/baseline.json && dies --staged --write-baseline -- r.js &&
	git batho check --all --write-baseline -q && test_grep "\"batho_baseline\":1" .batho/baseline.json &&
	git reset -q --hard && git checkout -q main
'

test_expect_success 'a baseline that is none, or of another version' '
	echo "{}" >.batho/baseline.json && dies --worktree && test_grep "not a baseline" ../err &&
	echo "{\"batho_baseline\":7,\"findings\":[]}" >.batho/baseline.json && dies --worktree &&
	test_grep "version 7" ../err && test_grep "^hint: .*write-baseline" ../err &&
	echo "{\"batho_baseline\":1,\"findings\":[{}]}" >.batho/baseline.json && dies --worktree &&
	test_grep "finding 1 makes no sense" ../err && git checkout -q .batho
'

test_expect_success 'the report: people, json, a file' '
	git reset -q --hard && git clean -q -f -d && echo "	debugger;	x()" >tab.js && git add tab.js &&
	test_expect_code 1 git batho check --staged >../out &&
	cat >../want <<-\EOT &&
	tab.js:1:2: error: a debugger statement is left in the code [debugger-statement]
	    1 | 	debugger;	x()
	      | 	^~~~~~~~~

	1 error in 1 file
	EOT
	test_cmp ../want ../out &&
	test_expect_code 1 git batho check --staged --json >../out && test_line_count = 3 ../out &&
	test_grep "\"path\":\"tab.js\",\"line\":1,\"column\":2,.*\"new\":true,\"fingerprint\":\"[0-9a-f]\{16\}\"" ../out &&
	test_expect_code 1 git batho check --staged --output ../file --json && test_cmp ../out ../file &&
	mkdir -p sub && (cd sub && test_expect_code 1 git batho check --staged | head -n 1 >../../out) && test_grep "^../tab.js:1:2: " ../out &&
	test_expect_code 128 git batho check --staged --output ../no/such/file 2>../err && test_grep "no/such/file" ../err &&
	git reset -q --hard && git batho check -q HEAD~1..HEAD -- f.js >../out && test_must_be_empty ../out
'

test_expect_success 'hostile names and texts' '
	name=$(printf "a\n\"\033[31m -- x\\\\.js") && echo "debugger" >"$name" && echo "debugger" >"-x.js" &&
	echo "debugger" >":(top)y.js" && mkdir -p "$(printf "d\n e")" && echo "debugger" >"$(printf "d\n e")/z.js" &&
	printf "/* \033[31m \342\200\256 */ debugger\n" >esc.js && git add . &&
	test_expect_code 1 git batho check --staged >../out && test_grep ! "$(printf "\033")" ../out &&
	grep -c ": error: " ../out >../nr && test "$(cat ../nr)" = 5 &&
	test_expect_code 1 git batho check --staged --json >../out && grep -c "\"record\":\"finding\"" ../out >../nr &&
	test "$(cat ../nr)" = 5 && test_expect_code 1 git batho check --staged --porcelain -z >../out &&
	git reset -q --hard && rm -rf -- "$(printf "d\n e")" && git clean -q -f -d
'

test_expect_success 'conflicts, an empty repository, a bare one, a shallow one' '
	git checkout -q -b left && echo "left; debugger" >c.js && git add c.js && git commit -q -m left &&
	git checkout -q main && echo "right; debugger" >c.js && git add c.js && git commit -q -m right &&
	test_must_fail git merge -q left >/dev/null 2>&1 &&
	git batho check --staged >../out 2>../err && test_grep "1 path with conflicts is not checked" ../err &&
	git merge --abort &&
	git init -q ../empty && (cd ../empty && git batho check >../out 2>../err && test_grep "no findings in 0 files" ../out &&
	echo "debugger" >x.js && git add . && found 1 <<-\EOT
	x.js:1 error debugger-statement
	EOT
	) &&
	git clone -q --bare . ../bare.git && (cd ../bare.git && found 1 --rev main <<-\EOT &&
	c.js:1 error debugger-statement
	EOT
	test_expect_code 128 git batho check --worktree 2>../err && test_grep "work tree" ../err &&
	test_expect_code 129 git batho check --write-baseline 2>../err) &&
	git clone -q --depth 1 "file://$(pwd)" ../shallow && (cd ../shallow &&
	test_expect_code 128 git batho check HEAD~1..HEAD 2>../err && test_grep "^hint: .*unshallow" ../err &&
	dies && test_grep "parent is not here" ../err && test_grep "^hint: .*shallow" ../err && dies --rev HEAD)
'

test_expect_success 'a policy with conflicts is not in force' '
	git init -q ../sides && (cd ../sides && mkdir .batho && config() {
		printf "[rules]\ndebugger-statement.severity = %s\n" "$1" >.batho/config.ini &&
		git add . && git commit -q -m "$1"
	} &&
	echo "a" >x.js && config warning && git checkout -q -b theirs && config off && git checkout -q - && config note &&
	test_must_fail git merge -q theirs >/dev/null 2>&1 && echo "debugger" >x.js && git add x.js &&
	test_might_fail git batho check --staged --porcelain >../out && test_grep "error.debugger-statement" ../out &&
	git update-index --index-version 4 && test_might_fail git batho check --staged --porcelain >../out2 &&
	test_cmp ../out ../out2 && git checkout -q --ours .batho && git add . &&
	git batho check --staged --porcelain >../out && test_grep "note.debugger-statement" ../out)
'

test_expect_success 'a sha256 repository, and one that cannot be written to' '
	git init -q --object-format=sha256 ../sha256 && (cd ../sha256 && echo "debugger" >x.js && git add . &&
	found 1 <<-\EOT &&
	x.js:1 error debugger-statement
	EOT
	git commit -q -m x && again 1 --all)
'

test_expect_success 'a hook, which stores nothing, finds the same' '
	git init -q ../hooked && cd ../hooked && git batho hooks install >../out &&
	cat >a.js <<-\EOT && printf "#!/bin/sh\n<<<<<<< x\n=======\n>>>>>>> y\n" >run && echo "no code" >t.xyz &&
	function old() {
	  try { a() } catch (e) {}
	}
	function gone() { debugger }  // batho:ignore debugger-statement -- seen
	EOT
	git add . && test_expect_code 1 git batho check --staged >../want && test_must_fail git commit -q -m x 2>../have &&
	sed "/^git-batho: \|^hint: /d" ../have >../same && test_cmp ../want ../same && rm -rf .git/batho &&
	test_must_fail git commit -q -m x 2>../have && sed "/^git-batho: \|^hint: /d" ../have >../same &&
	test_cmp ../want ../same && test_path_is_missing .git/batho/index.db &&
	git commit -q --no-verify -m x && sed "1i// moved" a.js >o && mv o a.js && git commit -q -a -m moved &&
	sed "2s/old/young/" a.js >o && mv o a.js && git add a.js &&
	test_expect_code 1 git batho check --staged >../want && test_must_fail git commit -q -m x 2>../have &&
	sed "/^git-batho: \|^hint: /d" ../have >../same && test_cmp ../want ../same &&
	git reset -q --hard && git mv a.js b.js && git mv run walk && git batho check --staged >../want && test_grep "^no findings" ../want || { cat ../want; false; }
'

test_expect_success 'words that are none' '
	for args in foo HEAD "A..B..C" "a b..c" "--rev HEAD --staged" "--worktree --staged" "--all HEAD..HEAD"; do
		# shellcheck disable=SC2086 # words
		test_expect_code 129 git batho check $args >../out 2>../err || return 1
	done &&
	test_expect_code 128 git batho check nope..HEAD 2>../err && test_grep "unknown revision .nope." ../err &&
	test_expect_code 128 git batho check --rev nope 2>../err && test_grep "nope" ../err
'

test_expect_success 'paths with nothing staged below them are not judged by something else' '
	git init -q ../below && cd ../below && mkdir a b && echo "function f() { debugger; }" >a/f.js && echo "let x" >b/g.js && git add . &&
	git commit -q -m one && found 1 -- a <<-\EOT &&
	a/f.js:1 error debugger-statement
	EOT
	echo "let y" >>b/g.js && git add . && found 0 -- a </dev/null && test_grep "^git-batho: nothing is staged below this path$" ../err &&
	found 0 -- a a/f.js </dev/null && test_grep "nothing is staged below these paths" ../err && found 0 -- b </dev/null && test_grep ! "nothing is staged" ../err &&
	git batho check -q -- a >../out 2>../err && test_must_be_empty ../err && git commit -q -m two && found 0 -- a </dev/null && test_grep ! "nothing is staged" ../err
'

test_expect_success 'packs that are switched off are not run: what they would find takes nobody the room' '
	git config --global --unset batho.rules.empty-catch.severity && git init -q ../packs && cd ../packs && awk "BEGIN { for (i = 0; i < 1100; i++) print \"try { a() } catch (e) {}\" } END { print \"debugger\" }" </dev/null >many.js && git add . &&
	check_config=batho.rules.packs=core && found 1 --staged <<-\EOT &&
	many.js:1101 error debugger-statement
	EOT
	again 1 --staged && check_config= && git batho check --staged --porcelain >../out && test_grep empty-catch ../out &&
	test_grep ! debugger ../out && check_config=batho.rules.packs=core && git config batho.rules.empty-catch.severity note &&
	git -c "$check_config" batho check --staged --porcelain >../out && test_grep "note.empty-catch" ../out && test_grep ! debugger ../out &&
	git config --unset batho.rules.empty-catch.severity && found 1 --staged <<-\EOT
	many.js:1101 error debugger-statement
	EOT
'

test_done
