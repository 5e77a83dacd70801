#!/bin/sh
test_description='git batho check: what a change does to files that it does not touch'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"
# shellcheck source=tests/cli/check-lib.sh
. "$TEST_SOURCE/tests/cli/check-lib.sh"

check_config=batho.rules.packs=blast-radius

# tells TEXT: the detail of a finding of the last run.
tells() {
	cut -f 11 ../out >../details && test_grep "$1" ../details
}

start_over() {
	git reset -q --hard start && git clean -q -f -d
}

test_expect_success 'a project in six languages' '
	mkdir c py ts go java rs && git config core.fileMode false &&
	cat >c/add.h <<-\EOT &&
	#ifndef ADD_H
	#define ADD_H
	#define ADD_MAX 10
	struct pair { int a, b; };
	int add(int a, int b);
	int scale(int a);
	void note(const char *text);
	#endif
	EOT
	cat >c/add.c <<-\EOT &&
	#include "add.h"

	int add(int a, int b)
	{
		return a + b;
	}

	int scale(int a)
	{
		return a * 2;
	}

	void note(const char *text)
	{
	}

	static int local(int a)
	{
		return a;
	}
	EOT
	cat >c/use.c <<-\EOT &&
	#include "add.h"

	int twice(int x)
	{
		int scale = 2;

		note("twice");
		return add(x, x) * scale;
	}

	int more(struct pair *p)
	{
		return add(p->a, p->b) + ADD_MAX;
	}
	EOT
	cat >c/other.c <<-\EOT &&
	static int local(int a)
	{
		return a;
	}

	int third(int extra)
	{
		return local(3) + extra;
	}
	EOT
	printf "" >py/__init__.py &&
	cat >py/util.py <<-\EOT &&
	LIMIT = 3


	def total(items, start=0):
	    return sum(items) + start


	class Cart:
	    def pay(self, amount):
	        return amount

	    def get(self, key):
	        return key
	EOT
	cat >py/shop.py <<-\EOT &&
	from .util import Cart, LIMIT, total
	from . import util


	def run(items):
	    cart = Cart()
	    cart.pay(total(items))
	    return util.total(items, LIMIT)
	EOT
	cat >py/free.py <<-\EOT &&
	from elsewhere import total


	def run_free(data, names):
	    get = data.get
	    return total(data) + get(names.get("a"))
	EOT
	cat >ts/util.ts <<-\EOT &&
	export function sum(a: number, b?: number): number {
	  return a + (b ?? 0);
	}
	export interface Shape {
	  size: number;
	}
	export const area = (s: Shape): number => s.size;
	EOT
	cat >ts/app.ts <<-\EOT &&
	import { sum, area, Shape } from "./util";

	export function start(s: Shape): number {
	  return sum(1) + area(s);
	}
	EOT
	cat >ts/alone.ts <<-\EOT &&
	export function lonely(area: (n: number) => number): number {
	  return area(2);
	}
	EOT
	cat >go/go.mod <<-\EOT &&
	module example.com/m

	go 1.20
	EOT
	mkdir go/calc &&
	cat >go/calc/calc.go <<-\EOT &&
	package calc

	func Mul(a, b int) int {
		return a * b
	}

	type Box struct {
		N int
	}
	EOT
	cat >go/calc/near.go <<-\EOT &&
	package calc

	func Square(a int) int {
		return Mul(a, a)
	}
	EOT
	cat >go/main.go <<-\EOT &&
	package main

	import "example.com/m/calc"

	func main() {
		b := calc.Box{N: 1}
		println(calc.Mul(b.N, 2))
	}
	EOT
	cat >java/Tool.java <<-\EOT &&
	package app;

	public class Tool {
	    public static int cut(int a) {
	        return a;
	    }

	    public int weigh(int a) {
	        return a;
	    }
	}
	EOT
	cat >java/Main.java <<-\EOT &&
	package app;

	public class Main {
	    public static void main(String[] args) {
	        Tool tool = new Tool();
	        System.out.println(Tool.cut(1) + tool.weigh(2));
	    }
	}
	EOT
	mkdir rs/src &&
	printf "[package]\nname = \"k\"\n" >rs/Cargo.toml &&
	cat >rs/src/shape.rs <<-\EOT &&
	pub fn grow(a: u32) -> u32 {
	    a + 1
	}

	pub struct Dot {
	    pub x: u32,
	}
	EOT
	cat >rs/src/lib.rs <<-\EOT &&
	mod shape;
	use crate::shape::{grow, Dot};

	pub fn run_all(d: Dot) -> u32 {
	    grow(d.x)
	}
	EOT
	git add . && git commit -q -m start && git tag start
'

test_expect_success 'without an index the rules say nothing, and that they do not' '
	start_over && sed -i "s/int add(int a, int b)/int add(int a, int b, int c)/" c/add.h c/add.c && git add . &&
	found 0 --staged </dev/null &&
	test_grep "^git-batho: what depends on the change is not known: .git batho index. first$" ../err &&
	start_over && echo "int x;" >>c/other.c && git add . && found 0 --staged </dev/null && start_over &&
	git batho index -q
'

test_expect_success 'a signature that changed, and calls that did not: C' '
	start_over && sed -i "s/int add(int a, int b)/int add(int a, int b, int c)/" c/add.h c/add.c && git add . &&
	found 0 --staged <<-\EOT &&
	c/add.c:3 warning signature-changed
	EOT
	tells "^2 calls of .add. are as before: c/use.c:8, c/use.c:13$" && test_must_be_empty ../err &&
	git -c batho.rules.signature-changed.calls=3 batho check --staged --porcelain >../out && test_grep ! signature ../out &&
	sed -i "s/add(x, x)/add(x, x, 0)/" c/use.c && git add . && found 0 --staged <<-\EOT &&
	c/add.c:3 warning signature-changed
	EOT
	tells "^1 call of .add. is as before: c/use.c:13$" &&
	sed -i "s/p->b)/p->b, 0)/" c/use.c && git add . && found 0 --staged </dev/null && start_over
'

test_expect_success 'what callers do not notice' '
	start_over && sed -i "s/int add(int a, int b)/long add(const int first, int b)/; s/note(const char .text)/note(const char *text UNUSED)/" c/add.c &&
	sed -i "s/int add(int a, int b)/long add(const int first, int b)/" c/add.h &&
	sed -i "s/def total(items, start=0)/def total(things: list, start: int = 0, *, key=None) -> int/" py/util.py &&
	sed -i "s/a: number, b?: number/x: number, y?: number, z = 3/" ts/util.ts &&
	sed -i "s/Mul(a, b int)/Mul(x int, y int)/" go/calc/calc.go && sed -i "s/cut(int a)/cut(final int b)/" java/Tool.java &&
	sed -i "s/grow(a: u32)/grow(mut a: u32)/" rs/src/shape.rs && git add . && found 0 --staged </dev/null && start_over
'

test_expect_success 'signatures: Python' '
	start_over && sed -i "s/def total(items, start=0)/def total(items, start)/; s/def pay(self, amount)/def pay(self, amount, currency)/" py/util.py &&
	sed -i "s/def get(self, key)/def get(self, key, other)/" py/util.py && git add . &&
	found 0 --staged <<-\EOT &&
	py/util.py:4 warning signature-changed
	py/util.py:9 warning signature-changed
	EOT
	tells "^2 calls of .total. are as before: py/shop.py:7, py/shop.py:8$" &&
	tells "^1 call of .pay. is as before: py/shop.py:7$" && start_over &&
	sed -i "s/start=0/begin=0/" py/util.py && git add . && found 0 --staged <<-\EOT &&
	py/util.py:4 warning signature-changed
	EOT
	start_over && sed -i "s/^def total/async def total/" py/util.py && git add . && found 0 --staged <<-\EOT &&
	py/util.py:4 warning signature-changed
	EOT
	start_over
'

test_expect_success 'signatures: TypeScript' '
	start_over && sed -i "s/b?: number/b: number/; s/(s: Shape): number/(s: Shape, by: number): number/" ts/util.ts && git add . &&
	found 0 --staged <<-\EOT &&
	ts/util.ts:1 warning signature-changed
	ts/util.ts:7 warning signature-changed
	EOT
	tells "^1 call of .area. is as before: ts/app.ts:4$" && start_over
'

test_expect_success 'signatures: Go, Java, Rust' '
	start_over && sed -i "s/Mul(a, b int) int/Mul(a, b int) (int, error)/" go/calc/calc.go &&
	sed -i "s/cut(int a)/cut(int a, int b)/; s/weigh(int a)/weigh(String a)/" java/Tool.java &&
	sed -i "s/grow(a: u32)/grow(a: u32, b: u32)/" rs/src/shape.rs && git add . &&
	found 0 --staged <<-\EOT &&
	go/calc/calc.go:3 warning signature-changed
	java/Tool.java:4 warning signature-changed
	java/Tool.java:8 warning signature-changed
	rs/src/shape.rs:1 warning signature-changed
	EOT
	tells "^2 calls of .Mul. are as before: go/calc/near.go:4, go/main.go:7$" &&
	tells "^1 call of .grow. is as before: rs/src/lib.rs:5$" && start_over
'

test_expect_success 'a definition that moved with another signature' '
	start_over && sed "4,5d" py/util.py >o && mv o py/util.py && printf "def total(items):\n    return 1\n" >py/sums.py &&
	sed -i "s/import Cart, LIMIT, total/import Cart, LIMIT\nfrom .sums import total/" py/shop.py && git add . &&
	found 0 --staged <<-\EOT &&
	py/sums.py:1 warning signature-changed
	EOT
	tells "^2 calls of .total. are as before: py/shop.py:8, py/shop.py:9$"
'

test_expect_success 'removed, and still used: C' '
	start_over && sed -i "/^int add/,/^}/d" c/add.c && sed -i "/int add/d; /ADD_MAX/d" c/add.h && git add . &&
	found 1 --staged <<-\EOT &&
	c/add.c:1 error removed-while-referenced
	c/add.h:2 error removed-while-referenced
	EOT
	tells "^.add. is used in c/use.c:8, c/use.c:13$" && tells "^.ADD_MAX. is used in c/use.c:13$" && start_over &&
	: "nobody uses it, or only a local variable of that name" &&
	sed -i "/^int scale/,/^}/d" c/add.c && sed -i "/int scale/d" c/add.h && git add . && found 0 --staged </dev/null &&
	: "each file has its own" && sed -i "/^static int local/,/^}/d" c/add.c && git add . && found 0 --staged </dev/null &&
	start_over
'

test_expect_success 'gone from here, and there: moved, made by a macro, conditional' '
	start_over && sed -n "/^int add/,/^}/p" c/add.c >c/sum.c && sed -i "/^int add/,/^}/d" c/add.c && git add . &&
	found 0 --staged </dev/null && start_over &&
	sed -i "/^int add/,/^}/d" c/add.c && echo "DEFINE_SUM(add);" >>c/add.c && git add . && found 0 --staged </dev/null &&
	start_over && sed -i "s/^#define ADD_MAX.*/#ifndef ADD_MAX\n&\n#endif/" c/add.h && git commit -q -a -m guarded &&
	git batho index -q && sed -i "/ADD_MAX/,/endif/d" c/add.h && git add . && found 0 --staged </dev/null && start_over
'

test_expect_success 'renamed, or not seen from outside any more' '
	start_over && sed -i "s/int add(/int add_up(/" c/add.c c/add.h && git add . && found 1 --staged <<-\EOT &&
	c/add.c:1 error removed-while-referenced
	EOT
	sed -i "s/ add(/ add_up(/" c/use.c && git add . && found 0 --staged </dev/null && start_over &&
	sed -i "s/^int add/static int add/" c/add.c && sed -i "/int add/d" c/add.h && git add . && found 1 --staged <<-\EOT &&
	c/add.c:3 error removed-while-referenced
	EOT
	tells "cannot be seen outside of its file any more, is used in c/use.c:8, c/use.c:13$" && start_over
'

test_expect_success 'removed: Python' '
	start_over && sed -i "/^LIMIT/d; s/^def total/def count/; s/def pay/def charge/; s/def get/def fetch/" py/util.py && git add . &&
	found 1 --staged <<-\EOT &&
	py/util.py:1 error removed-while-referenced
	py/util.py:1 error removed-while-referenced
	EOT
	tells "^.LIMIT. is used in py/shop.py:1, py/shop.py:8$" &&
	tells "^.total. is used in py/shop.py:1, py/shop.py:7, py/shop.py:8$" && start_over &&
	: "passed on from elsewhere" &&
	printf "def total(items, start=0):\n    return 1\n" >py/sums.py &&
	sed -i "/^def total/,/^    return/d; 1i from .sums import total" py/util.py && git add . && found 0 --staged </dev/null &&
	start_over
'

test_expect_success 'removed: TypeScript, Go, Java, Rust; a file that goes' '
	start_over && sed -i "/^export interface/,/^}/d; s/const area/const surface/" ts/util.ts && sed -i "/^type Box/,/^}/d" go/calc/calc.go &&
	git rm -q java/Tool.java && sed -i "/^pub struct/,/^}/d" rs/src/shape.rs && git add . &&
	found 1 --staged <<-\EOT &&
	go/calc/calc.go:5 error removed-while-referenced
	java/Tool.java:3 error removed-while-referenced
	rs/src/shape.rs:3 error removed-while-referenced
	ts/util.ts:3 error removed-while-referenced
	ts/util.ts:3 error removed-while-referenced
	EOT
	tells "^.Box. is used in go/main.go:6$" && tells "^.Tool. is used in java/Main.java:5, java/Main.java:6$" &&
	tells "^.Dot. is used in rs/src/lib.rs:2, rs/src/lib.rs:4$" && tells "^.Shape. is used in ts/app.ts:1, ts/app.ts:3$" &&
	start_over
'

test_expect_success 'many depend on it' '
	start_over && sed -i "s/return a + b;/return b + a;/" c/add.c && git add . && found 0 --staged </dev/null &&
	git -c batho.rules.wide-impact.dependents=1 batho check --staged --porcelain >../out &&
	awk -F "\t" "\$1 == \"finding\" { print \$2 \":\" \$3, \$7, \$8, \$11 }" ../out >../have &&
	echo "c/add.c:3 note wide-impact more than 1 depend on '\''add'\'', such as twice (c/use.c:8), more (c/use.c:13)" >../want &&
	test_cmp ../want ../have &&
	git -c batho.rules.wide-impact.dependents=2 batho check --staged --porcelain >../out && test_grep ! wide-impact ../out &&
	test_expect_code 128 git -c batho.rules.wide-impact.dependents=0 batho check --staged 2>../err &&
	mkdir .batho && printf "[rules]\nwide-impact.dependents = 1\n" >.batho/config.ini && git add . &&
	git batho check --staged --porcelain >../out && test_grep "wide-impact" ../out && start_over
'

test_expect_success 'an import that closes a cycle' '
	start_over && printf "from .shop import run\n" >>py/util.py && printf "import \"./app\";\n" >>ts/util.ts &&
	sed -i "s/^#define ADD_H/&\n#include \"wide.h\"/" c/add.h && printf "#include \"add.h\"\n" >c/wide.h && git add . &&
	found 0 --staged <<-\EOT &&
	c/add.h:3 warning import-cycle
	py/util.py:14 warning import-cycle
	ts/util.ts:8 warning import-cycle
	EOT
	tells "^py/util.py -> py/shop.py:1 -> py/util.py$" && tells "^c/add.h -> c/wide.h:1 -> c/add.h$" && start_over &&
	: "one that is there only when something asks for it, or for types alone" &&
	printf "def late():\n    from .shop import run\n    return run\n" >>py/util.py &&
	printf "import type { start } from \"./app\";\n" >>ts/util.ts && git add . && found 0 --staged </dev/null && start_over &&
	: "one that was there" &&
	printf "from .shop import run\n" >>py/util.py && git commit -q -a -m cycle && git batho index -q &&
	printf "from . import util as again\n" >>py/shop.py && printf "from .shop import *\n" >>py/util.py && git add . &&
	found 0 --staged </dev/null && start_over
'

test_expect_success 'imports that nothing answers' '
	start_over && printf "from .utils import total as t\nimport py.nothing\nimport json\n" >>py/shop.py &&
	printf "import x from \"./utill\";\nimport y from \"react\";\nimport z from \"./logo.svg\";\n" >>ts/app.ts && echo x >ts/logo.svg &&
	printf "mod missing;\n" >>rs/src/lib.rs &&
	printf "#include \"../c/gone.h\"\n#include \"left.h\"\n#include \"zlib.h\"\n#include <no.h>\n" >>c/use.c && git add . &&
	echo >c/left.h && printf "try:\n    from .fast import f\nexcept ImportError:\n    pass\n" >>py/free.py && git add py &&
	found 0 --staged <<-\EOT &&
	c/use.c:15 warning unresolved-import
	c/use.c:16 warning unresolved-import
	py/shop.py:9 warning unresolved-import
	py/shop.py:10 warning unresolved-import
	rs/src/lib.rs:7 warning unresolved-import
	ts/app.ts:6 warning unresolved-import
	EOT
	tells "^.left.h.: .c/left.h. is there, and is no part of what lands$" &&
	: "made by the build" && printf "/c/left.h\n/ts/utill.ts\ngone.h\n" >.gitignore && git add . && found 0 --staged <<-\EOT &&
	py/shop.py:9 warning unresolved-import
	py/shop.py:10 warning unresolved-import
	rs/src/lib.rs:7 warning unresolved-import
	EOT
	: "in the worktree it is there" && rm .gitignore && found 0 --worktree <<-\EOT &&
	c/use.c:15 warning unresolved-import
	py/shop.py:9 warning unresolved-import
	py/shop.py:10 warning unresolved-import
	rs/src/lib.rs:7 warning unresolved-import
	ts/app.ts:6 warning unresolved-import
	EOT
	start_over
'

test_expect_success 'a range, a commit, the worktree' '
	start_over && sed -i "s/int add(int a, int b)/int add(int a, int b, int c)/" c/add.h c/add.c &&
	found 0 --worktree <<-\EOT &&
	c/add.c:3 warning signature-changed
	EOT
	git commit -q -a -m wider && found 0 start..HEAD <<-\EOT &&
	c/add.c:3 warning signature-changed
	EOT
	again 0 --rev HEAD && git rm -q -r py && git commit -q -m more && again 0 start..HEAD &&
	: "the index knows the new side alone, and then neither" &&
	rm -r .git/batho && git batho index -q && again 0 start..HEAD && test_must_be_empty ../err &&
	rm -r .git/batho && found 0 start..HEAD </dev/null && test_grep "is not known" ../err &&
	git reset -q --hard start && git batho index -q
'

test_expect_success 'comments, baseline, severities' '
	start_over && sed -i "s/^int add(int a, int b)/\/* batho:ignore signature-changed -- callers follow *\/\nint add(int a, int b, int c)/" c/add.c &&
	sed -i "s/int b);/int b, int c);/" c/add.h && git add . && found 0 --staged </dev/null &&
	awk -F "\t" "\$1 == \"summary\" { print \$6 }" ../out >../have && echo 1 >../want && test_cmp ../want ../have &&
	sed -i "s/ -- callers follow//" c/add.c && git add . && test_might_fail git batho check --staged --porcelain >../out &&
	test_grep "	signature-changed	" ../out && test_grep "suppression-invalid.*no reason" ../out &&
	start_over && sed -i "/^int add/,/^}/d; 1i // batho:ignore removed-while-referenced -- the linker has it" c/add.c &&
	git add . && found 0 --staged </dev/null && start_over &&
	sed -i "/^int add/,/^}/d" c/add.c && git add . && test_expect_code 1 git batho check --staged >../out &&
	test_expect_code 0 git -c batho.rules.removed-while-referenced.severity=warning batho check --staged >../out &&
	test_expect_code 0 git -c batho.rules.removed-while-referenced.severity=off batho check --staged --porcelain >../out &&
	test_grep ! removed-while ../out && git batho check --staged --write-baseline -q && git add . &&
	found 0 --staged </dev/null && start_over && git clean -q -f -d
'

test_expect_success 'rules of the project that ask for it' '
	start_over && mkdir -p .batho/rules && cat >.batho/rules/loud-core.scm <<-\EOT &&
	;; severity: warning
	;; languages: c
	;; message: this function has many users
	;; bad: c
	;;| int f(void) { return 1; }
	;; good: c
	;;| int x;
	((function_definition) @finding (#blast-radius-over? @finding 1))
	EOT
	sed "s/finding 1/finding 2/" .batho/rules/loud-core.scm >.batho/rules/louder-core.scm &&
	echo "/* */" >>c/add.c && sed -i "s/return a + b/return b + a/; s/return a \* 2/return 2 * a/" c/add.c && git add . &&
	git -c batho.rules.packs=core batho check --staged --porcelain >../out &&
	awk -F "\t" "\$1 == \"finding\" { print \$2 \":\" \$3, \$7, \$8 }" ../out | grep -v policy-change >../have &&
	echo "c/add.c:3 warning loud-core" >../want && test_cmp ../want ../have &&
	git commit -q -m rules && git batho index -q && git -c batho.rules.packs=core batho check --all --porcelain >../out &&
	awk -F "\t" "\$1 == \"finding\" { print \$2 \":\" \$3, \$7, \$8 }" ../out >../have && test_cmp ../want ../have &&
	rm -r .git/batho && git -c batho.rules.packs=core batho check --all --porcelain >../out 2>../err && test_grep ! loud ../out &&
	test_grep "is not known" ../err && git reset -q --hard start && git batho index -q
'

test_expect_success 'the hook of a commit' '
	start_over && git batho hooks install -q && sed -i "/^int add/,/^}/d" c/add.c && git add . &&
	test_expect_code 1 git commit -q -m no 2>../err && test_grep "removed-while-referenced" ../err &&
	test_grep "c/use.c:8, c/use.c:13" ../err && start_over &&
	sed -i "s/return a + b;/return b + a;/" c/add.c && git -c batho.rules.wide-impact.dependents=1 commit -q -a -m inner 2>../err &&
	test_must_be_empty ../err && git batho index -q &&
	: "an index that does not know HEAD is left as it is" &&
	echo >>c/other.c && git commit -q -a -m unknown && sed -i "/^int add/,/^}/d" c/add.c &&
	git commit -q -a -m silent 2>../err && test_must_be_empty ../err && start_over && git batho index -q
'

# commits STATUS: commits all changes with the hook, and puts the tree back. ../opened: how often the index was opened.
commits() {
	rm -f ../trace && git add -A . &&
	BATHO_TRACE=$(cd .. && pwd)/trace test_expect_code "$1" git commit -q -m x 2>../err &&
	grep -c "open the index" ../trace >../opened
	start_over
}

test_expect_success 'definitions that came open no index in the hook of a commit' '
	start_over && git batho hooks install -q && git batho index -q &&
	printf "\n/* It is new. */\nint fresh(int a)\n{\n\treturn a;\n}\n" >>c/add.c && commits 0 && test_grep "^0$" ../opened &&
	sed -i "s/^int scale/int fresh(int a)\n{\n\treturn a;\n}\n\nint scale/" c/add.c && commits 0 && test_grep "^0$" ../opened &&
	printf "int one, two = 2;\nstruct s { int a; };\n" >>c/other.c && printf "\n\ndef fresh(a):\n    return a\n" >>py/util.py &&
	commits 0 && test_grep "^0$" ../opened &&
	: "what is left does not say so" &&
	printf "\n__all__ = [\"Cart\"]\n" >>py/util.py && commits 0 && test_grep ! "^0$" ../opened &&
	printf "#define fresh add\n" >>c/other.c && commits 0 && test_grep ! "^0$" ../opened &&
	printf "import os\n\n\ndef fresh(a):\n    return a\n" >>py/util.py && commits 0 && test_grep ! "^0$" ../opened &&
	sed -i "s/^int add/static int add/" c/add.c && commits 1 && test_grep removed-while-referenced ../err &&
	sed -i "s/^int scale/int fresh(int a)\n{\n\treturn a;\n}\n#if 0\nint scale/" c/add.c && commits 0 && test_grep ! "^0$" ../opened &&
	sed -i "s/(int a, int b)/(int a, int b, int c)/" c/add.c && commits 0 && test_grep signature-changed ../err &&
	: "what went somewhere is here" &&
	sed -i "/^int add/,/^}/d" c/add.c && printf "\nint add(int a, int b)\n{\n\treturn a + b;\n}\n" >>c/other.c &&
	commits 0 && test_must_be_empty ../err && test_grep ! "^0$" ../opened
'

test_expect_success 'the hook of a push' '
	start_over && git init -q --bare ../there.git && git remote add there ../there.git && git push -q there HEAD:refs/heads/main 2>../err &&
	sed -i "/^int add/,/^}/d" c/add.c && git commit -q --no-verify -a -m gone && git batho index -q &&
	test_expect_code 1 git push -q there HEAD:refs/heads/main 2>../err && test_grep "c/add.c:1.*removed-while-referenced" ../err &&
	: "not indexed: nobody waits for that" && rm -r .git/batho && git push -q there HEAD:refs/heads/main 2>../err &&
	test_grep ! removed ../err
'

test_expect_success 'files of one name: the one that an import resolves to' '
	git init -q ../twins && cd ../twins && check_config=batho.rules.packs=blast-radius && mkdir a b c &&
	for d in a b; do : >$d/__init__.py && echo "def pick(x): return x" >$d/util.py || return 1; done &&
	printf "from a.util import pick\n\ndef one():\n    return pick(1)\n" >use_a.py &&
	printf "from b.util import pick\n\ndef two():\n    return pick(2)\n" >use_b.py &&
	printf "from elsewhere.util import pick\n\ndef three():\n    return pick(3)\n" >use_c.py &&
	git add . && git commit -q -m one && git batho index -q && echo "def pick(x, y): return x" >a/util.py && git add . && found 0 --staged <<-\EOT &&
	a/util.py:1 warning signature-changed
	EOT
	tells "1 call of .pick. is as before: use_a.py:4$" && git rm -q -f a/util.py && found 1 --staged <<-\EOT &&
	a/util.py:1 error removed-while-referenced
	EOT
	tells "use_a.py:1" && test_grep ! use_b ../details && test_grep ! use_c ../details
'

test_expect_success 'functions that other files mark as to be checked' '
	git init -q ../must && cd ../must && check_config=batho.rules.packs=silent-failure && mkdir include &&
	cat >include/must.h <<-\EOT &&
	int __must_check must(int a);
	[[nodiscard]] int better(int a);
	int late(int a) __attribute__((warn_unused_result));
	int plain(int a);
	int __must_check twice(int a);
	int __must_check odd(int a);
	struct ops { int (*must)(int a); };
	EOT
	echo "int odd(int a);" >include/odd.h &&
	printf "int must(int a) { return a; }\nint late(int a) { return a; }\nstatic int better(int a) { return a; }\n" >must.c &&
	echo "int twice(int a) { return a; }" >t1.c && echo "int twice(int a) { return -a; }" >t2.c &&
	cat >use.c <<-\EOT &&
	#include "must.h"
	void old(void)
	{
		must(0);
	}
	EOT
	git add . && git commit -q -m one && git tag one && cat >>use.c <<-\EOT &&
	void neu(int a)
	{
		must(1);
		if (a)
			late(must(2));
		else /* why */
			better(3);
		(void)must(4); a = must(5);
		plain(6); twice(7); odd(8); unknown(9);
		if (must(10)) return;
		must("\"(", 11) ;
		return a ? must(12) : 0;
	}
	EOT
	git commit -q -a -m two && git batho index -q && found 0 HEAD~1..HEAD <<-\EOT &&
	use.c:8 warning ignored-must-check
	use.c:10 warning ignored-must-check
	use.c:12 warning ignored-must-check
	use.c:16 warning ignored-must-check
	EOT
	tells "^must$" && tells "^late$" && tells "^better$" &&
	check_config=batho.rules.packs=core && found 0 HEAD~1..HEAD </dev/null && check_config=batho.rules.packs=silent-failure &&
	sed "s,must(1);,must(1); /* batho:ignore ignored-must-check -- on purpose */," use.c >t && mv t use.c && git commit -q -a -m three && git batho index -q &&
	found 0 one..HEAD <<-\EOT &&
	use.c:10 warning ignored-must-check
	use.c:12 warning ignored-must-check
	use.c:16 warning ignored-must-check
	EOT
	sed "s/int plain/int __must_check plain/;s/__must_check must/must/" include/must.h >t && mv t include/must.h &&
	sed "s/plain(6)/  plain(6)/;s/late(must/must(must/" use.c >t && mv t use.c && git add . && found 0 --staged <<-\EOT
	use.c:14 warning ignored-must-check
	EOT
'

test_done
