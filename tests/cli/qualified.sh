#!/bin/sh
test_description='names with what is written before them: receivers, namespaces, packages, tables'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# answers COMMAND...: of lines "NAME PATH:LINE:COLUMN..." the command says just these of each name.
answers() {
	while read -r test_name test_places; do
		test_have=$(git batho "$@" "$test_name" | sed 's/: .*//' | tr '\n' ' ')
		test "${test_have% }" = "$test_places" || {
			echo "$test_name: wanted '$test_places', got '$test_have'"
			return 1
		}
	done
}

# places: the definitions of each name; uses: its calls.
places() {
	answers def
}

uses() {
	answers refs --role call
}

test_expect_success 'Go: the receiver, with type parameters as well' '
	cat >term.go <<-\EOT &&
	package term

	type Terminal struct{}

	func (t *Terminal) Loop() {}
	func (Terminal) Name() {}
	func (l *List[T]) Push(x T) {}
	func (m Map[K, V]) Push(k K) {}
	func Loop(t *Terminal) { t.Loop() }
	EOT
	git add . && git commit -q -m go &&
	places <<-\EOT &&
	Terminal.Loop term.go:5:20
	term.Terminal.Loop term.go:5:20
	term.Loop term.go:5:20 term.go:9:6
	Terminal.Name term.go:6:17
	List.Push term.go:7:19
	Map.Push term.go:8:20
	EOT
	test_expect_code 1 git batho def t.Loop &&
	test_expect_code 1 git batho def Terminal.Push
'

test_expect_success 'C#: namespaces with dots, with a body and for a file' '
	cat >a.cs <<-\EOT &&
	namespace My.App {
		class Foo { void Run() {} void IFoo.Own() {} }
		namespace Sub.Deep { class Bar { } }
	}
	EOT
	cat >b.cs <<-\EOT &&
	namespace My.File;
	class Foo { void Go() {} }
	EOT
	git add . && git commit -q -m cs &&
	places <<-\EOT
	My.App a.cs:1:14
	My.App.Foo a.cs:2:7
	App.Foo.Run a.cs:2:18
	IFoo.Own a.cs:2:37
	My.App.Sub.Deep.Bar a.cs:3:28
	My.File.Foo b.cs:2:7
	My.File.Foo.Go b.cs:2:18
	EOT
'

test_expect_success 'PHP: namespaces' '
	cat >user.php <<-\EOT &&
	<?php
	namespace App\Models;
	class User { function name() {} }
	function helper() {}
	EOT
	cat >other.php <<-\EOT &&
	<?php
	namespace App\Other { class User {} }
	EOT
	git add . && git commit -q -m php &&
	cat >names <<-\EOT &&
	App\Models user.php:2:11
	App\Models\User user.php:3:7
	\App\Models\User::name user.php:3:23
	Models\helper user.php:4:10
	App\Other\User other.php:2:29
	EOT
	places <names
'

test_expect_success 'Ruby: modules and classes named through others' '
	cat >x.rb <<-\EOT &&
	module A::B
	  class C
	    def m; end
	  end
	  def self.s; end
	end
	class X::Y
	  def z; end
	end
	EOT
	git add . && git commit -q -m rb &&
	places <<-\EOT &&
	A::B x.rb:1:11
	A::B::C x.rb:2:9
	A::B::C#m x.rb:3:9
	A::B.s x.rb:5:12
	X::Y x.rb:7:10
	X::Y#z x.rb:8:7
	EOT
	test_expect_code 1 git batho def A::Y#z
'

test_expect_success 'Kotlin and Scala: packages and extensions' '
	cat >k.kt <<-\EOT &&
	package org.k

	class K {
	    fun m() {}
	}

	fun String.ext() {}
	fun List<Int>.total() {}
	EOT
	cat >s.scala <<-\EOT &&
	package org.s
	class S { def m = 1 }
	EOT
	git add . && git commit -q -m kt &&
	places <<-\EOT
	org.k k.kt:1:9
	org.k.K k.kt:3:7
	org.k.K.m k.kt:4:9
	String.ext k.kt:7:12
	List.total k.kt:8:15
	org.s.S s.scala:2:7
	org.s.S.m s.scala:2:15
	EOT
'

test_expect_success 'C++, TypeScript and Lua' '
	cat >n.cpp <<-\EOT &&
	namespace a::b { void f(); class K { void g(); }; }
	void a::b::f() {}
	void a::b::K::g() {}
	template <class T> void List<T>::push(T x) {}
	EOT
	cat >n.ts <<-\EOT &&
	namespace N.M { export class C { d() {} } }
	EOT
	cat >l.lua <<-\EOT &&
	local M = {}
	function M:g() end
	function M.sub.deep() end
	EOT
	git add . && git commit -q -m rest &&
	places <<-\EOT
	a::b n.cpp:1:14
	a::b::f n.cpp:1:23 n.cpp:2:12
	a::b::K::g n.cpp:1:43 n.cpp:3:15
	List::push n.cpp:4:34
	N.M.C n.ts:1:30
	N.M.C.d n.ts:1:34
	M:g l.lua:2:12
	M.sub.deep l.lua:3:16
	EOT
'

test_expect_success 'C++: names that repeat, and qualifiers in their order' '
	cat >w.cpp <<-\EOT &&
	namespace a { namespace b { struct W { W(); ~W(); void go(); }; } }
	a::b::W::W() {}
	void a::b::W::go() {}
	EOT
	git add . && git commit -q -m w &&
	places <<-\EOT &&
	a::b::W::W w.cpp:1:40 w.cpp:2:10
	b::W::W w.cpp:1:40 w.cpp:2:10
	a::b::W::go w.cpp:1:56 w.cpp:3:15
	EOT
	test_expect_code 1 git batho def c::b::W::W && test_expect_code 1 git batho def b::a::W::go &&
	test_expect_code 1 git batho def b::a::f && test_expect_code 1 git batho def a::b::b::f
'

test_expect_success 'uses: the qualifiers that are written, as far as they go' '
	cat >use.cpp <<-\EOT &&
	namespace one { namespace in { int dup(); } }
	namespace two { namespace in { int dup(); } }
	int first() { return one::in::dup(); }
	int second() { return two::in::dup() + f(x, in::dup()); }
	int dup();
	EOT
	cat >pk.py <<-\EOT &&
	one.inner.dup(2)
	two.inner.dup(2)
	that().inner.dup(2)
	self.inner.dup(2)
	EOT
	git add . && git commit -q -m uses &&
	uses <<-\EOT
	one::in::dup use.cpp:3:31 use.cpp:4:49
	two::in::dup use.cpp:4:32 use.cpp:4:49
	in::dup use.cpp:3:31 use.cpp:4:32 use.cpp:4:49
	three::in::dup use.cpp:4:49
	one.inner.dup pk.py:1:11 pk.py:3:14 pk.py:4:12
	inner.dup pk.py:1:11 pk.py:2:11 pk.py:3:14 pk.py:4:12
	EOT
'

test_expect_success 'uses: all of them when nothing else has the name, what is written when something has' '
	cat >only.py <<-\EOT &&
	class Cart:
	    def lone(self): pass
	    def shared(self): pass
	class Other:
	    def shared(self): pass
	def run(x):
	    x.lone()
	    x.shared()
	    Cart.shared(x)
	    Other.shared(x)
	EOT
	git add . && git commit -q -m only &&
	uses <<-\EOT
	Cart.lone only.py:7:7
	Cart.shared only.py:9:10
	Other.shared only.py:10:11
	EOT
'

test_expect_success 'uses: what is called on super is not of the class itself' '
	cat >sup.py <<-\EOT &&
	class Top:
	    def over(self): pass
	class Sub(Top):
	    def over(self):
	        super().over()
	        self.over()
	EOT
	git add . && git commit -q -m sup && uses <<-\EOT
	Sub.over sup.py:6:14
	EOT
'

test_expect_success 'uses: what is called on super is of the nearest class that is extended and has it' '
	cat >far.py <<-\EOT &&
	from sup import Top
	class Mid(Top): pass
	class Low(Mid):
	    def over(self):
	        super().over()
	class Leaf(Low):
	    def over(self): super().over()
	class Foreign(Elsewhere):
	    def over(self): super().over()
	EOT
	echo "class Par { void go() {} } class Kid extends Par { void go() { super.go(); } }" >S.java &&
	git add . && git commit -q -m far && uses <<-\EOT
	Top.over far.py:5:17 sup.py:5:17
	sup.Top.over far.py:5:17 sup.py:5:17
	Low.over far.py:7:29
	Sub.over sup.py:6:14
	Leaf.over
	Par.go S.java:1:70
	EOT
'

test_expect_success 'keys with separators in them' '
	echo "{ \"scripts\": { \"build:css\": \"x\" } }" >package.json &&
	printf "[tool.ruff]\nline = 1\n" >pyproject.toml &&
	git add . && git commit -q -m keys &&
	places <<-\EOT
	build:css package.json:1:17
	tool.ruff pyproject.toml:1:2
	EOT
'

test_done
