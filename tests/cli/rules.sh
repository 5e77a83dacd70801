#!/bin/sh
test_description='git batho rules: what rules there are, and that their examples hold'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

test_expect_success 'every built-in rule is proven by its examples' '
	git batho rules test >../out || { cat ../out; false; } &&
	test_grep "^[0-9]* rules, [0-9]* examples, 0 failed$" ../out
'

test_expect_success 'a list, by pack and language' '
	git batho rules list >../out && test_grep "^empty-catch  *warning  *silent-failure  *an empty catch" ../out &&
	git batho rules >../bare && test_cmp ../out ../bare &&
	git batho rules list --pack core >../out && test_grep ! empty-catch ../out && test_grep conflict-marker ../out &&
	git batho rules list --lang ts >../out && test_grep empty-catch ../out &&
	git batho rules list --lang css >../out && test_grep ! empty-catch ../out && test_grep conflict-marker ../out &&
	git batho rules list --json >../out && test_grep "\"id\":\"empty-catch\",\"pack\":\"silent-failure\",\"severity\":\"warning\"" ../out &&
	git -c batho.rules.packs=core batho rules list --porcelain >../out && test_grep "empty-catch	silent-failure	off" ../out
'

test_expect_success 'one rule with everything' '
	git batho rules show empty-catch >../out && test_grep "^empty-catch: an empty catch" ../out &&
	test_grep "^silent-failure, warning, in javascript, typescript" ../out && test_grep "^bad (javascript):" ../out &&
	test_grep "^    try { a() } catch (e) {}" ../out && test_grep "^good (javascript):" ../out &&
	git batho rules show --json empty-catch conflict-marker >../out && test_line_count = 3 ../out &&
	test_grep "\"examples\":\[{\"kind\":\"bad\",\"language\":\"javascript\"" ../out
'

test_expect_success "a project's rules and their examples" '
	mkdir -p .batho/rules && cat >.batho/rules/no-foo.scm <<-\EOT &&
	;; severity: warning
	;; languages: python
	;; message: foo is not used here
	;; help: Use bar.
	;;   It is better.
	;; words: foo
	;; bad: python
	;;| foo()
	;; good: python
	;;| foo
	((call function: (identifier) @_n) @finding (#eq? @_n "foo"))
	EOT
	git batho rules list >../out && test_grep "^no-foo  *warning  *project  *foo is not used here$" ../out &&
	git batho rules show no-foo >../out && test_grep "^It is better.$" ../out && test_grep "(.batho/rules/no-foo.scm)" ../out &&
	git batho rules test no-foo >../out && test_grep "^1 rule, 2 examples, 0 failed$" ../out &&
	test_expect_code 128 git batho rules show --staged no-foo 2>../err && git add . && git batho rules show --staged no-foo >../out &&
	git commit -q -m rule && git rm -q -r .batho && git batho rules show --rev HEAD no-foo >../out &&
	git reset -q --hard
'

test_expect_success 'examples that do not hold' '
	sed "s/^;;| foo()/;;| bar()/; s/^;;| foo$/;;| x(foo(1))/" .batho/rules/no-foo.scm >.batho/rules/wrong.scm &&
	test_expect_code 1 git batho rules test >../out &&
	test_grep "^wrong:8: python: the bad example gives no finding$" ../out &&
	test_grep "^wrong:10: python: the good example gives a finding$" ../out && test_grep " 2 failed$" ../out &&
	test_expect_code 1 git batho rules test --json wrong >../out &&
	test_grep "\"rule\":\"wrong\",\"line\":8,\"language\":\"python\"" ../out &&
	sed "s/identifier/identifer/" .batho/rules/no-foo.scm >.batho/rules/wrong.scm &&
	test_expect_code 1 git batho rules test wrong >../out && test_grep "line 11, column .*identifer" ../out
'

test_expect_success 'words that are none' '
	test_expect_code 128 git batho rules show emty-catch 2>../err && test_grep "^hint: .*empty-catch" ../err &&
	test_expect_code 128 git batho rules test emty-catch 2>../err &&
	test_expect_code 129 git batho rules show 2>../err && test_expect_code 129 git batho rules lst 2>../err &&
	test_expect_code 129 git batho rules list x 2>../err && test_expect_code 129 git batho rules --pack nope 2>../err &&
	test_expect_code 129 git batho rules --lang nope 2>../err && test_expect_code 129 git batho rules --rev x --staged 2>../err
'

test_done
