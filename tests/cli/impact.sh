#!/bin/sh
test_description='impact: who depends on a definition, or on what a change touched'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# impact WANT-ON-STDIN ARG...: the answer, line by line.
impact() {
	cat >../want
	git batho impact "$@" >../have 2>../err
	test_rc=$?
	test_cmp ../want ../have && if test -s ../want; then test "$test_rc" = 0; else test "$test_rc" = 1; fi
}

test_expect_success 'a project' '
	mkdir -p src lib test &&
	cat >src/wire.h <<-\EOT &&
	#define WIRE_MAX 16
	struct wire { int fd; };
	int wire_send(struct wire *w, int n);
	EOT
	cat >src/wire.c <<-\EOT &&
	#include "wire.h"

	static int helper(int n)
	{
		return n < WIRE_MAX;
	}

	int wire_send(struct wire *w, int n)
	{
		return helper(n) + w->fd;
	}
	EOT
	cat >src/app.c <<-\EOT &&
	#include "wire.h"

	static int helper(void)
	{
		return 1;
	}

	static int send_all(struct wire *w)
	{
		return wire_send(w, 1) + wire_send(w, helper());
	}

	struct ops { int (*send)(struct wire *); };
	const struct ops app_ops = { .send = send_all };
	EOT
	cat >test/wire_test.c <<-\EOT &&
	#include "../src/wire.h"

	int main(void)
	{
		return wire_send(0, 2);
	}
	EOT
	cat >lib/shop.py <<-\EOT &&
	class Base:
	    def total(self):
	        return 0

	class Cart(Base):
	    def total(self):
	        return self.price() + 1

	    def price(self):
	        return 1

	def checkout():
	    return Cart().total()
	EOT
	cat >test/test_shop.py <<-\EOT &&
	from shop import checkout

	def test_checkout():
	    assert checkout() == 2
	EOT
	cat >lib/other.py <<-\EOT &&
	def helper():
	    return wire_send()
	EOT
	git add . && git commit -q -m one && git tag v1
'

test_expect_success 'callers, users, and theirs; other languages and static names of others are out' '
	impact wire_send <<-\EOT &&
	src/wire.c:8: wire_send
	src/app.c:10: send_all [1, caller of wire_send, certain]
	test/wire_test.c:5: main [1, caller of wire_send, certain, test]
	src/app.c:14: app_ops [2, user of send_all, certain]
	EOT
	impact --path src/wire.c helper <<-\EOT &&
	lib/other.py:1: helper
	src/app.c:3: helper
	src/wire.c:3: helper
	src/wire.c:10: wire_send [1, caller of helper, certain]
	EOT
	impact WIRE_MAX <<-\EOT
	src/wire.h:1: WIRE_MAX
	src/wire.c:5: helper [1, user of WIRE_MAX, certain]
	src/wire.c:10: wire_send [2, caller of helper, certain]
	src/app.c:10: send_all [3, caller of wire_send, certain]
	test/wire_test.c:5: main [3, caller of wire_send, certain, test]
	src/app.c:14: app_ops [4, user of send_all, certain]
	EOT
'

test_expect_success 'subclasses, overriders, importers' '
	impact Base <<-\EOT &&
	lib/shop.py:1: Base
	lib/shop.py:5: Cart [1, subclass of Base, certain]
	lib/shop.py:13: checkout [2, caller of Cart, certain]
	test/test_shop.py:1: (file level) [3, importer of checkout, certain, test]
	test/test_shop.py:4: test_checkout [3, caller of checkout, certain, test]
	EOT
	impact --depth 1 Base.total <<-\EOT &&
	lib/shop.py:2: Base.total
	lib/shop.py:13: checkout [1, caller of total, likely]
	lib/shop.py:6: Cart.total [1, overrider of total, certain]
	EOT
	impact Cart.price <<-\EOT
	lib/shop.py:9: Cart.price
	lib/shop.py:7: Cart.total [1, caller of price, certain]
	lib/shop.py:13: checkout [2, caller of total, likely]
	test/test_shop.py:1: (file level) [3, importer of checkout, certain, test]
	test/test_shop.py:4: test_checkout [3, caller of checkout, certain, test]
	EOT
'

test_expect_success 'locals and parameters of the name are not it; designators, defaults and what is imported late are' '
	git init -q ../locals && cd ../locals && mkdir src &&
	cat >src/a.c <<-\EOT &&
	int total(void) { return 1; }
	int param(int total)
	{
		int k = total + 1;
		return total + k;
	}
	int param_called(int (*total)(void))
	{
		return total();
	}
	int local(void)
	{
		int total = 3;
		return use(total);
	}
	int passes(void)
	{
		return use(total);
	}
	struct ops { int (*total)(void); };
	int designates(void)
	{
		struct ops o = { .total = total };
		return use(o);
	}
	EOT
	cat >src/b.py <<-\EOT &&
	def amount():
	    return 1
	def param(amount, x=1):
	    return amount + x
	def default(x=amount):
	    return x
	def inner():
	    amount = 3
	    def deep():
	        return amount
	    return deep
	def passes():
	    return use(amount)
	EOT
	cat >src/c.rs <<-\EOT &&
	fn size() -> i32 { 1 }
	fn calls() -> i32 { let size = size(); size + 1 }
	fn param(size: i32) -> i32 { size }
	EOT
	cat >src/D.java <<-\EOT &&
	class D {
		int count() { return 1; }
		int calls() { int count = count(); return count; }
		int param(int count) { return count; }
	}
	EOT
	cat >src/e.js <<-\EOT &&
	function later() { return 1; }
	function param(later) { return later + later(); }
	function imports() { const later = require("./e").later; return later(); }
	const arrow = (later) => later + 1;
	function passes() { return use(later); }
	module.exports = { later };
	EOT
	cat >src/f.c <<-\EOT &&
	int level;
	int reads(void) { return level; }
	int writes(void)
	{
		level = 2;
		return level;
	}
	int param(int level)
	{
		return level;
	}
	EOT
	git add . && git commit -q -m one &&
	impact total <<-\EOT &&
	src/a.c:1: total
	src/a.c:20: ops.total
	src/a.c:18: passes [1, user of total, certain]
	src/a.c:23: designates [1, user of total, certain]
	EOT
	impact amount <<-\EOT &&
	src/b.py:1: amount
	src/b.py:5: default [1, user of amount, certain]
	src/b.py:13: passes [1, user of amount, certain]
	EOT
	impact size <<-\EOT &&
	src/c.rs:1: size
	src/c.rs:2: calls [1, caller of size, certain]
	EOT
	impact D.count <<-\EOT &&
	src/D.java:2: D.count
	src/D.java:3: D.calls [1, caller of count, certain]
	EOT
	impact later <<-\EOT &&
	src/e.js:1: later
	src/e.js:3: imports [1, user of later, certain]
	src/e.js:5: passes [1, user of later, certain]
	src/e.js:6: (file level) [1, user of later, certain]
	EOT
	impact level <<-\EOT
	src/f.c:1: level
	src/f.c:2: reads [1, user of level, certain]
	src/f.c:5: writes [1, user of level, certain]
	EOT
'

test_expect_success 'tests alone, ready for a test runner' '
	impact --tests wire_send <<-\EOT &&
	test/wire_test.c
	EOT
	impact --tests Cart <<-\EOT &&
	test/test_shop.py
	EOT
	(cd lib && git batho impact --tests Cart) >have && echo ../test/test_shop.py >want && test_cmp want have &&
	git batho impact --tests -z Cart >have && printf "test/test_shop.py\0" >want && test_cmp want have &&
	git batho impact --tests --json Cart >have &&
	test_grep "\"record\":\"test\",\"path\":\"test/test_shop.py\",\"depth\":2,\"confidence\":\"certain\"" have &&
	impact --tests app_ops </dev/null
'

test_expect_success 'as a tree: each under the one it was reached from' '
	impact --format=tree wire_send <<-\EOT
	src/wire.c:8: wire_send
	  src/app.c:10: send_all [caller, certain]
	    src/app.c:14: app_ops [user, certain]
	  test/wire_test.c:5: main [caller, certain, test]
	EOT
'

test_expect_success 'records and graphs' '
	git batho impact --depth 1 --json WIRE_MAX >have &&
	cat >want <<-\EOT &&
	{"batho":1,"command":"impact"}
	{"record":"start","path":"src/wire.h","line":1,"name":"WIRE_MAX","kind":"macro","gone":false,"test":false}
	{"record":"dependent","path":"src/wire.c","line":5,"column":12,"name":"helper","kind":"function","relation":"user","confidence":"certain","edge":"import","depth":1,"sites":1,"first":true,"test":false,"on_path":"src/wire.h","on_name":"WIRE_MAX"}
	EOT
	test_cmp want have &&
	git batho impact --depth 1 --json wire_send >have && test_grep "\"name\":\"send_all\".*\"sites\":2" have &&
	git batho impact --format=dot --depth 1 WIRE_MAX >have &&
	cat >want <<-\EOT &&
	digraph batho {
	  rankdir=LR; node [shape=box];
	  n0 [label="WIRE_MAX (src/wire.h:1)", style=bold];
	  n1 [label="helper (src/wire.c:3)"];
	  n1 -> n0 [label="user"];
	}
	EOT
	test_cmp want have &&
	git batho impact --format=mermaid --depth 1 WIRE_MAX >have &&
	cat >want <<-\EOT &&
	flowchart LR
	  n0["WIRE_MAX (src/wire.h:1)"]:::start
	  n1["helper (src/wire.c:3)"]
	  n1 -->|user| n0
	  classDef start stroke-width:3px
	EOT
	test_cmp want have
'

test_expect_success 'several definitions of a name: the nearest, or only possible' '
	mkdir -p one two three &&
	echo "void shared(void) { }" >one/a.c && echo "void user_one(void) { shared(); }" >one/b.c &&
	echo "void shared(void) { }" | sed "s/{ }/{ ; }/" >two/a.c &&
	echo "void user_three(void) { shared(); }" >three/b.c &&
	echo "void over(void) { user_three(); }" >three/c.c &&
	git add . && git commit -q -m shared &&
	impact one.shared <<-\EOT &&
	one/a.c:1: shared
	one/b.c:1: user_one [1, caller of shared, likely]
	three/b.c:1: user_three [1, caller of shared, possible]
	EOT
	test_expect_code 1 git batho impact --confidence likely two.shared >have &&
	echo "two/a.c:1: shared" >want && test_cmp want have && rm want have &&
	git rm -q -r one two three && git commit -q -m gone
'

test_expect_success 'what a commit changed' '
	sed -i "s/return helper(n)/return !helper(n)/" src/wire.c &&
	sed -i "s/static int send_all/static long send_all/" src/app.c && git commit -q -a -m two &&
	impact --rev HEAD <<-\EOT &&
	src/app.c:8: send_all
	src/wire.c:8: wire_send
	src/app.c:14: app_ops [1, user of send_all, certain]
	test/wire_test.c:5: main [1, caller of wire_send, certain, test]
	EOT
	cp ../want expect && impact HEAD^..HEAD <expect && impact --tests HEAD^..HEAD <<-\EOT
	test/wire_test.c
	EOT
'

test_expect_success 'what is new, moved white space and comments affect nobody' '
	printf "\n/* More. */\nint more(void)\n{\n\treturn 1;\n}\n" >>src/wire.c &&
	sed -i "s/return !helper/return  !helper/" src/wire.c && git commit -q -a -m three &&
	impact --rev HEAD </dev/null
'

test_expect_success 'what is gone is looked for by its name' '
	sed -i "/^def checkout/,\$d" lib/shop.py && sed -i "s/WIRE_MAX/WIRE_MOST/" src/wire.h &&
	git add . &&
	impact --staged <<-\EOT &&
	lib/shop.py:12: checkout [gone]
	src/wire.h:1: WIRE_MAX [gone]
	src/wire.h:1: WIRE_MOST
	test/test_shop.py:1: (file level) [1, importer of checkout, likely, test]
	test/test_shop.py:4: test_checkout [1, caller of checkout, likely, test]
	src/wire.c:5: helper [1, user of WIRE_MAX, likely]
	src/wire.c:10: wire_send [2, caller of helper, certain]
	src/app.c:10: send_all [3, caller of wire_send, certain]
	test/wire_test.c:5: main [3, caller of wire_send, certain, test]
	src/app.c:14: app_ops [4, user of send_all, certain]
	EOT
	git commit -q -m four && impact </dev/null &&
	printf "x = 1\n" >test/test_new.py && git add test/test_new.py &&
	impact --tests --staged <<-\EOT &&
	test/test_new.py
	EOT
	git commit -q -m five
'

test_expect_success 'the worktree, when nothing else is said' '
	sed -i "s/return n </return 1 + n </" src/wire.c &&
	impact --depth 1 <<-\EOT &&
	src/wire.c:3: helper
	src/wire.c:10: wire_send [1, caller of helper, certain]
	EOT
	git checkout -q .
'

test_expect_success 'limits are told, and the answer is the same every time' '
	{ echo "int deep0(void) { return 0; }" &&
		awk "BEGIN { for (i = 1; i < 300; i++) print \"int deep\" i \"(void) { return deep\" i - 1 \"(); }\" }"
	} >deep.c && git add deep.c && git commit -q -m deep &&
	git batho impact deep0 >have && test_line_count = 300 have &&
	git batho impact --max 10 deep0 >have 2>err && test_line_count = 11 have &&
	test_grep "stopped at the limit of 10 definitions" err &&
	git batho impact --format=tree deep0 >tree && test_line_count = 300 tree &&
	test_grep "^ \{598\}deep.c:300: deep299" tree &&
	git batho impact --json deep0 >one && git batho impact --json deep0 >two && test_cmp one two
'

test_expect_success 'bad arguments' '
	test_expect_code 1 git batho impact nobody >out 2>err && test_must_be_empty out &&
	test_grep "defined nowhere" err &&
	test_expect_code 129 git batho impact a b 2>err && test_grep "just one name or range" err &&
	test_expect_code 128 git batho impact nowhere..HEAD 2>err && test_grep nowhere err &&
	test_expect_code 129 git batho impact --staged HEAD..HEAD 2>err && test_grep "exclude each other" err &&
	test_expect_code 129 git batho impact --confidence sure helper 2>err && test_grep sure err
'

test_expect_success 'files of one name: the one that is imported' '
	git init -q twins && cd twins && mkdir a b && for at in a b; do
		echo "int helper(void);" >$at/util.h && echo "int helper(void) { return 1; }" >$at/util.c &&
		echo "def shared(): pass" >$at/part.py || return 1
	done &&
	printf "#include \"util.h\"\nint in_b(void) { return helper(); }\n" >b/main.c &&
	printf "from b.part import shared\ndef uses(): shared()\n" >top.py &&
	printf "import { far } from \"./q.mjs\";\nexport function js() { return far(); }\n" >use.mjs &&
	echo "export function far() { return 1; }" >q.mjs && mkdir p && echo "export function far() { return 2; }" >p/q.mjs &&
	printf "from outside import Lonely\ndef takes(x: Lonely): return Lonely()\n" >app.py &&
	echo "class Lonely: pass" >lonely.py && git add . && git commit -q -m 1 &&
	for of in helper:in_b:b/util.c shared:uses:b/part.py far:js:q.mjs; do
		name=${of%%:*} user=${of#*:} && git batho impact --porcelain --confidence certain $name >out &&
		test_grep "${user%:*}" out && git batho impact --format=dot $name >dot || return 1
	done &&
	git batho impact --porcelain helper >out && test_grep "in_b.*certain.*b/util.c" out && test_grep ! "in_b.*a/util.c" out &&
	git batho impact --confidence possible Lonely >out && test_grep takes out &&
	test_expect_code 1 git batho impact --confidence likely Lonely
'

test_done
