#!/bin/sh
test_description='which of several definitions a call means'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# begin NAME: a repository of its own.
begin() {
	git init -q "../$1" && cd "../$1" || return 1
}

commit() {
	git add . && git commit -q -m files
}

# meanings NAME: of lines "LINE:COLUMN NAME [EDGE] PATH:LINE" these are what NAME calls.
meanings() {
	cat >../want
	git batho callees "$@" >../have
	sed 's/^ *[^:]*://; s/\]: .*/]/; s/\( \[[a-z]*\] [^:]*:[0-9]*\):.*/\1/; s/: / /' ../have >../meanings
	test_cmp ../want ../meanings
}

# callers NAME: of lines "PATH:LINE:COLUMN NAME [EDGE]" these are who calls NAME.
callers() {
	cat >../want
	git batho callers "$@" >../have
	sed 's/\]: .*/]/; s/: / /' ../have >../meanings
	test_cmp ../want ../meanings
}

test_expect_success 'super, base and parent: a class that is extended' '
	begin super &&
	echo "class A { int j() { return 1; } } class B extends A { int j() { return super.j(); } }" >S.java &&
	echo "class A { s() { return 1; } } class B extends A { s() { return super.s(); } }" >s.js &&
	printf "class A:\n    def p(self): pass\nclass B(A):\n    def p(self): return super().p()\n" >s.py &&
	echo "<?php class A { function h() {} } class B extends A { function h() { parent::h(); } }" >s.php &&
	echo "class A { int C() { return 1; } } class B : A { int C() { return base.C(); } }" >s.cs && commit &&
	for one in S.java:j s.js:s s.php:h s.cs:C; do
		file=${one%:*} && name=${one#*:} &&
		git batho callees B.$name >../have && test_line_count = 1 ../have &&
		test_grep "A\.$name \[file\] $file:1" ../have &&
		git batho callers A.$name >../have && test_line_count = 1 ../have &&
		test_grep "B\.$name \[file\]" ../have && test_expect_code 1 git batho callers B.$name || return 1
	done &&
	callers A.p <<-\EOT && test_expect_code 1 git batho callers B.p
	s.py:4:33 B.p [file]
	EOT
'

test_expect_success 'super: over several classes, in other files, and where nothing is known' '
	begin far &&
	cat >top.py <<-\EOT &&
	class Top:
	    def m(self): pass
	EOT
	cat >use.py <<-\EOT &&
	from top import Top
	class Other:
	    def m(self): pass
	class Mid(Top):
	    def k(self): pass
	class Low(Mid):
	    def m(self):
	        super().m()
	    def k(self):
	        super().k()
	class Zero:
	    def zero(self): pass
	class One(Zero): pass
	class Two(One):
	    def zero(self):
	        super().zero()
	EOT
	cat >alone.py <<-\EOT &&
	import elsewhere
	class Alone(elsewhere.Base):
	    def run(self):
	        super().run()
	EOT
	commit && callers Top.m <<-\EOT && callers Mid.k <<-\EOT2 && callers Zero.zero <<-\EOT3 &&
	use.py:8:17 Low.m [import]
	EOT
	use.py:10:17 Low.k [file]
	EOT2
	use.py:16:17 Two.zero [file]
	EOT3
	test_expect_code 1 git batho callers Other.m && test_expect_code 1 git batho callers Low.m &&
	meanings Alone.run <<-\EOT && test_expect_code 1 git batho callers Alone.run
	4:9 super [external]
	4:17 run [external]
	EOT
'

test_expect_success 'C: the header that is included, not one that is called alike' '
	begin c && mkdir -p a b lib/string deep/zz &&
	for dir in a b; do
		echo "int helper(int n);" >$dir/util.h && echo "int helper(int n) { return n; }" >$dir/util.c &&
		printf "#include \"util.h\"\nint $dir(void)\n{\n\treturn helper(1);\n}\n" >$dir/main.c || return 1
	done &&
	for dir in a deep/zz; do
		echo "static inline int in_y(int n) { return n; }" >$dir/y.hh || return 1
	done &&
	printf "#include \"zz/y.hh\"\nint y(void)\n{\n\treturn in_y(1);\n}\n" >deep/y.cpp &&
	printf "char *copy(char *s) { return s; }\n" >lib/string/x.c && cp lib/string/x.c lib/string.c &&
	printf "#include <string.h>\nint s(char *c)\n{\n\treturn *copy(c);\n}\n" >s.c && commit &&
	meanings a <<-\EOT && meanings b <<-\EOT2 && meanings y <<-\EOT3 && meanings s <<-\EOT4 &&
	4:9 helper [import] a/util.c:1
	EOT
	4:9 helper [import] b/util.c:1
	EOT2
	4:9 in_y [import] deep/zz/y.hh:1
	EOT3
	4:10 copy [name] lib/string.c:1
	EOT4
	git batho callers helper >../have && callers b.helper <<-\EOT && callers deep.in_y <<-\EOT2
	b/main.c:4:9 b [import]
	EOT
	deep/y.cpp:4:9 y [import]
	EOT2
'

test_expect_success 'C: a header in another folder, through a header of its own, and what is not reached' '
	begin header && mkdir -p include/lib lib old app &&
	echo "int work(int n);" >include/lib/work.h && echo "int work(int n) { return n; }" >lib/work.c &&
	sed s/n/k/g lib/work.c >old/work.c &&
	printf "#include <lib/work.h>\n#include \"own.h\"\n" >app/app.h && echo "int own(void);" >app/own.h &&
	for dir in app old; do
		printf "#include \"own.h\"\nint own(void)\n{\n\treturn 1;\n}\n" >$dir/own.c || return 1
	done &&
	printf "#include <lib/work.h>\nint direct(void)\n{\n\treturn work(1);\n}\n" >app/direct.c &&
	printf "#include \"app.h\"\nint further(void)\n{\n\treturn work(own());\n}\n" >app/further.c &&
	printf "int nothing(void)\n{\n\treturn work(own());\n}\n" >app/nothing.c && commit &&
	meanings direct <<-\EOT && meanings further <<-\EOT2 && meanings nothing <<-\EOT3 &&
	4:9 work [import] lib/work.c:1
	EOT
	4:9 work [import] lib/work.c:1
	4:14 own [import] app/own.c:2
	EOT2
	3:9 work [name] lib/work.c:1
	3:14 own [name] app/own.c:2
	EOT3
	git rm -q -r old && commit && meanings direct <<-\EOT && meanings nothing <<-\EOT2
	4:9 work [import] lib/work.c:1
	EOT
	3:9 work [unique] lib/work.c:1
	3:14 own [unique] app/own.c:2
	EOT2
'

test_expect_success 'C: what fits several headers, or is included by those of others, is not told apart' '
	begin doubt && mkdir -p one two use include/wrap && for dir in one two; do
		echo "static inline int in_$dir(int n) { return twin(n); }" >$dir/twin.h &&
		echo "static inline int twin(int n) { return n; }" >>$dir/twin.h || return 1
	done &&
	printf "#include \"twin.h\"\nint guess(void)\n{\n\treturn twin(1);\n}\n" >use/guess.c &&
	printf "#include \"../../two/twin.h\"\n" >include/wrap/w.h &&
	printf "#include <wrap/w.h>\nint other(void)\n{\n\treturn twin(1);\n}\n" >use/other.c &&
	printf "#include \"../include/wrap/w.h\"\nint own(void)\n{\n\treturn twin(1);\n}\n" >use/own.c && commit &&
	git batho deps use/guess.c >../deps && test_line_count = 2 ../deps &&
	meanings guess <<-\EOT && meanings other <<-\EOT2 && meanings own <<-\EOT3
	4:9 twin [name] one/twin.h:2
	EOT
	4:9 twin [name] one/twin.h:2
	EOT2
	4:9 twin [import] two/twin.h:2
	EOT3
'

test_expect_success 'C: the types of a header beside the file' '
	begin types && mkdir -p deps src && for dir in deps src; do
		printf "typedef struct dictType {\n\tint (*dup)(int);\n} dictType;\n" >$dir/dict.h &&
		printf "#include \"dict.h\"\nint add_$dir(dictType *type)\n{\n\treturn type->dup(1);\n}\n" >$dir/dict.c || return 1
	done && commit && meanings add_src <<-\EOT && meanings add_deps <<-\EOT2
	4:15 dictType.dup [import] src/dict.h:2
	EOT
	4:15 dictType.dup [import] deps/dict.h:2
	EOT2
'

test_expect_success 'JavaScript: the module by its path, what it hands on, what an import is known as' '
	begin js && mkdir a b && for dir in a b; do
		echo "export function go() {}" >$dir/index.js && echo "export function on() {}" >$dir/on.js || return 1
	done &&
	echo "export function quick() {}" >q.mjs && mkdir z && cp q.mjs z/ &&
	echo "export * from \"./b/on\";" >barrel.js &&
	cat >use.js <<-\EOT &&
	import { go } from "./b/index";
	import * as first from "./a";
	import { quick } from "./z/q.mjs";
	import { on } from "./barrel";
	import { lost } from "lost";
	function use() {
		go();
		first.go();
		quick();
		on();
		lost();
	}
	EOT
	echo "function lost() {}" >lost.js && cp lost.js z/ && commit &&
	meanings use <<-\EOT && callers b.index.go <<-\EOT2 && callers a.index.go <<-\EOT3
	7:1 go [import] b/index.js:1
	8:7 go [import] a/index.js:1
	9:1 quick [import] z/q.mjs:1
	10:1 on [import] b/on.js:1
	11:1 lost [name] lost.js:1
	EOT
	use.js:7:1 use [import]
	EOT2
	use.js:8:7 use [import]
	EOT3
'

test_expect_success 'Python: modules of packages, as they are written and as they are known' '
	begin py && mkdir p q pk sub && touch p/__init__.py q/__init__.py pk/__init__.py &&
	for dir in p q; do echo "def hh(): pass" >$dir/util.py || return 1; done &&
	for file in pk/one two; do echo "def go(): pass" >$file.py || return 1; done &&
	echo "from .inner import handed" >sub/__init__.py &&
	for file in sub/inner p/inner; do echo "def handed(): pass" >$file.py || return 1; done &&
	cat >main.py <<-\EOT &&
	from q.util import hh
	import pk.one
	import two
	import pk.one as other
	from sub import handed

	class config:
	    def go(self): pass

	def main(x):
	    hh()
	    pk.one.go()
	    two.go()
	    other.go()
	    config.go(x)
	    handed()
	    from elsewhere import hh as far
	EOT
	commit && meanings main <<-\EOT && callers two.go <<-\EOT2 && callers pk.one.go <<-\EOT3 && callers p.hh </dev/null
	11:5 hh [import] q/util.py:1
	12:12 go [import] pk/one.py:1
	13:9 go [import] two.py:1
	14:11 go [import] pk/one.py:1
	15:12 config.go [file] main.py:8
	16:5 handed [import] sub/inner.py:1
	EOT
	main.py:13:9 main [import]
	EOT2
	main.py:12:12 main [import]
	main.py:14:11 main [import]
	EOT3
'

test_expect_success 'of two modules that are imported the one that a name is imported from' '
	begin two && for name in a b; do printf "def f(): pass\ndef g(): pass\n" >$name.py || return 1; done &&
	printf "from a import g\nfrom b import f\n\ndef use():\n    f()\n    g()\n" >use.py && commit &&
	meanings use <<-\EOT
	5:5 f [import] b.py:1
	6:5 g [import] a.py:2
	EOT
'

test_expect_success 'Go, Rust, Java, Ruby and PHP' '
	begin many && mkdir -p go/x go/y src/util j/a j/b rb &&
	echo "module example.com/m" >go/go.mod && for dir in x y; do
		printf "package $dir\n\nfunc Run() {}\n" >go/$dir/run.go || return 1
	done &&
	printf "package main\n\nimport \"example.com/m/y\"\nimport old \"example.com/m/x\"\n\nfunc top() {\n\ty.Run()\n\told.Run()\n}\n" >go/main.go &&
	printf "[package]\nname = \"m\"\n" >Cargo.toml && printf "mod util;\nmod other;\nuse util::deep::dig;\n\nfn crab() {\n    dig();\n    other::dig();\n}\n" >src/main.rs &&
	echo "pub mod deep;" >src/util/mod.rs && echo "pub fn dig() {}" | tee src/util/deep.rs >src/other.rs &&
	for dir in a b; do echo "package j.$dir; public class Box { static void open() {} }" >j/$dir/Box.java || return 1; done &&
	echo "package j; import j.b.Box; class Use { void java() { Box.open(); } }" >j/Use.java &&
	for name in a b; do printf "def work\nend\n" >rb/$name.rb || return 1; done &&
	printf "require_relative \"b\"\n\ndef ruby\n  work()\nend\n" >rb/use.rb &&
	for name in a b; do echo "<?php function page() {}" >$name.php || return 1; done &&
	printf "<?php\ninclude \"b.php\";\nfunction php() { page(); }\n" >use.php && commit &&
	meanings top <<-\EOT && meanings crab <<-\EOT2 && meanings java <<-\EOT3 && meanings ruby <<-\EOT4 && meanings php <<-\EOT5
	7:4 Run [import] go/y/run.go:3
	8:6 Run [import] go/x/run.go:3
	EOT
	6:5 dig [import] src/util/deep.rs:1
	7:12 dig [import] src/other.rs:1
	EOT2
	1:58 Box.open [import] j/b/Box.java:1
	EOT3
	4:3 work [import] rb/b.rb:1
	EOT4
	3:18 page [import] b.php:1
	EOT5
'

test_expect_success 'namespaces that are written' '
	begin ns && cat >n.cpp <<-\EOT &&
	namespace a { namespace b { int f(); } }
	namespace c { namespace b { int f(); } }
	int a::b::f() { return 1; }
	int c::b::f() { return 2; }
	int u() { return a::b::f(); }
	int v() { return c::b::f(); }
	EOT
	commit && meanings u <<-\EOT && meanings v <<-\EOT2 && callers a::b::f <<-\EOT3 && callers c::b::f <<-\EOT4
	5:24 f [file] n.cpp:3
	EOT
	6:24 f [file] n.cpp:4
	EOT2
	n.cpp:5:24 u [file]
	EOT3
	n.cpp:6:24 v [file]
	EOT4
'

test_expect_success 'a call on another object is not one in the same class' '
	begin scope && cat >s.py <<-\EOT &&
	class One:
	    def m(self): pass
	    def run(self, x):
	        self.m()
	        x.m()
	        x().m()
	        One.m(self)
	        Two.m(self)
	class Two:
	    def m(self): pass
	EOT
	commit && meanings One.run <<-\EOT && callers Two.m <<-\EOT2
	4:14 One.m [scope] s.py:2
	5:11 One.m [file] s.py:2
	6:9 x [external]
	6:13 One.m [file] s.py:2
	7:13 One.m [file] s.py:2
	8:13 Two.m [file] s.py:10
	EOT
	s.py:5:11 One.run [file]
	s.py:6:13 One.run [file]
	s.py:8:13 One.run [file]
	EOT2
'

test_expect_success 'a name of something external that was imported under another' '
	begin external &&
	printf "from lib import thing as th\n\ndef t():\n    th(1)\n" >al.py &&
	printf "from lib import thing\n\ndef u():\n    thing(1)\n" >pl.py && commit &&
	callers thing <<-\EOT && callers --depth 0 lib.thing </dev/null
	al.py:4:5 t [external]
	pl.py:4:5 u [external]
	EOT
'

test_expect_success '--path and --lang: where calls stand, and what is meant' '
	begin where && mkdir x y && for dir in x y; do
		printf "static int twice(int n) { return low(n) + far(n); }\nint $dir(void) { return twice(2); }\n" >$dir/f.c || return 1
	done &&
	printf "int low(int n) { return lower(n); }\n" >y/low.c &&
	printf "int far(int n) { return lower(n); }\n" >x/far.c && printf "def twice():\n    low(1)\n" >t.py && commit &&
	git batho callees twice >../all && test_line_count = 5 ../all &&
	meanings --path x twice <<-\EOT && meanings --lang python twice <<-\EOT2 &&
	1:34 low [unique] y/low.c:1
	1:43 far [unique] x/far.c:1
	EOT
	2:5 low [external]
	EOT2
	test_expect_code 1 git batho callees --path none twice 2>../err && test_grep "defined nowhere" ../err &&
	git batho callees --depth 2 --path x twice >../have && test_line_count = 3 ../have &&
	test_grep "^  x/far.c:1:25: lower \[external\]" ../have &&
	callers --path y twice <<-\EOT && callers --path x low <<-\EOT2 &&
	y/f.c:2:22 y [file]
	EOT
	x/f.c:1:34 twice [unique]
	EOT2
	test_expect_code 1 git batho callers --path none twice 2>../err && test_must_be_empty ../err
'

test_expect_success 'imports are those of what is asked about; of all that is indexed none is resolved' '
	cd ../c && git batho index -q --all && git batho callees --all b >../have && test_grep "helper \[unique\]" ../have &&
	git batho callees --worktree b >../have && test_grep "helper \[import\] b/util.c" ../have &&
	git batho callees --staged b >../have && test_grep "helper \[import\] b/util.c" ../have &&
	git batho callees --rev HEAD b >../have && test_grep "helper \[import\] b/util.c" ../have
'

test_expect_success 'static functions of C: meant in their file, and where that is included' '
	begin static &&
	echo "static int die(void) { return 1; } int one(void) { return die(); }" >contrib.c &&
	echo "int die(void) { return 0; }" >usage.c && echo "int two(void) { return die(); }" >two.c &&
	printf "#include \"part.c\"\nint three(void) { return part(); }\n" >three.c &&
	echo "static int part(void) { return 2; } static int hidden(void) { return 3; }" >part.c &&
	echo "static inline int far(void) { return 4; }" >far.h && echo "int four(void) { return far() + hidden(); }" >four.c && commit &&
	meanings one <<-\EOT && meanings two <<-\EOT2 && meanings three <<-\EOT3 && meanings four <<-\EOT4
	1:59 die [file] contrib.c:1
	EOT
	1:24 die [unique] usage.c:1
	EOT2
	2:26 part [import] part.c:1
	EOT3
	1:25 far [unique] far.h:1
	1:33 hidden [external]
	EOT4
'

test_done
