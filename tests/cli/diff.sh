#!/bin/sh
test_description='changes told in definitions: what is one, what is none, and which one it is'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# says ARGUMENT...: the answer is what stands on standard input; status 0.
says() {
	cat >../want
	git batho diff "$@" >../have || return 1
	test_cmp ../want ../have
}

# commit MESSAGE: all files as they are.
commit() {
	test_tick && git add -A . && git commit -q -m "$1"
}

# before and after: two states of one file. change FILE: the text of standard input is its next state.
change() {
	cat >"$1" && commit "$1"
}

# is_no_change: the last commit changed files, and no definition.
is_no_change() {
	git diff --quiet HEAD~1 HEAD && return 1
	git batho diff --exit-code HEAD~1.. >../have
	test_rc=$?
	cat ../have
	test "$test_rc" = 0
}

test_expect_success 'a file in C' '
	printf "%s\n" out err one two three rev back none deep fields count want have >>.git/info/exclude &&
	git commit -q --allow-empty -m "nothing yet" &&
	change a.c <<-\EOT
	#include <stdio.h>
	#define MAX 10
	#define SQ(x) ((x) * (x))
	static int counter = 1, other = 2;
	int table[] = { 1, 2, 3 };
	struct s { int a; char *b; };
	enum e { FIRST, SECOND };
	typedef unsigned long word;
	int add(int a, int b);
	/* Adds. */
	int add(int a, int b)
	{
		return a + b;
	}
	#ifdef X
	int two(void) { return 1; }
	#else
	int two(void) { return 2; }
	#endif
	EOT
'

test_expect_success 'a reformat is no change: white space, comments, line joints' '
	change a.c <<-\EOT &&
	#include <stdio.h>
	#define MAX    10
	#define SQ(x) \
		((x) * (x))	/* twice */

	static int counter = 1,
		other=2;
	int table[] = {
		1, /* one */
		2, // two
		3
	};
	struct s {
		int a;
		char * b;
	};
	enum e {
		FIRST,
		SECOND
	};
	typedef unsigned
		long word;
	int add(int a,
		int b);
	/*
	 * Adds.
	 */
	int add(int a, int b) {
		/* the sum */
		return a
			+ b;
	}
	#ifdef X
	int two(void) {
		return 1;
	}
	#else
	int two(void) { return 2; }
	#endif
	EOT
	is_no_change && says HEAD~1.. <<-\EOT
	1 file: no definition changed
	EOT
'

test_expect_success 'another order of definitions is none' '
	change order.py <<-\EOT &&
	def a():
	    return 1

	def b():
	    return 2
	EOT
	change order.py <<-\EOT &&
	def b():
	    return 2

	def a():
	    return 1
	EOT
	is_no_change
'

test_expect_success 'but the indentation of Python says what belongs where' '
	change indent.py <<-\EOT &&
	def a(x):
	    if x:
	        one()
	        two()
	EOT
	change indent.py <<-\EOT &&
	def a(x):
	    if x:
	        one()
	    two()
	EOT
	says HEAD~1.. <<-\EOT
	indent.py
	  body               1  function a
	1 file: 1 body
	EOT
'

test_expect_success 'values, types, fields, prototypes, overloads by condition' '
	change a.c <<-\EOT &&
	#include <stdlib.h>
	#define MAX 20
	#define SQ(y) ((y) * (y))
	static int counter = 1, other = 3;
	int table[] = { 1, 2, 3, 4 };
	struct s { long a; char *b; int c; };
	enum e { FIRST, SECOND, THIRD };
	typedef unsigned int word;
	int add(int a, long b);
	/* Adds two numbers. */
	int add(int a, long b)
	{
		return a + b;
	}
	#ifdef X
	int two(void) { return 1; }
	#else
	int two(void) { return 3; }
	#endif
	EOT
	says HEAD~1.. <<-\EOT
	a.c
	  body               2  macro MAX
	  signature          3  macro SQ, body
	                         - #define SQ(x)
	                         + #define SQ(y)
	  body               4  variable other
	  body               5  variable table
	  signature          6  field s.a
	                         - int a;
	                         + long a;
	  added              6  field s.c
	  added              7  enumerator e.THIRD
	  signature          8  type word
	                         - typedef unsigned long word;
	                         + typedef unsigned int word;
	  signature          9  function (declaration) add
	                         - int add(int a, int b);
	                         + int add(int a, long b);
	  signature         11  function add, documentation
	                         - int add(int a, int b)
	                         + int add(int a, long b)
	  body              18  function two
	  outside of definitions
	1 file: 2 added, 5 signature, 4 body
	EOT
'

test_expect_success 'overloads: those that are equal belong together' '
	change o.cpp <<-\EOT &&
	int over(int a) { return a; }
	int over(int a, int b) { return a + b; }
	int over(double a) { return 1; }
	template <class T> T id(T t) { return t; }
	struct P { void f(int); void f(double); };
	void P::f(int a) { go(a); }
	void P::f(double a) { stop(a); }
	struct Q { void f(int); };
	void Q::f(int a) { wait(a); }
	EOT
	change o.cpp <<-\EOT &&
	int over(int a, int b) { return a + b; }
	int over(double a) { return 2; }
	template <class T, int N> T id(T t) { return t; }
	struct P { void f(int); void f(double); };
	void P::f(double a) { stop(a); }
	void P::f(int a) { go(a + 1); }
	struct Q { void f(int); };
	void Q::f(int a) { wait(a, 1); }
	EOT
	says HEAD~1.. <<-\EOT
	o.cpp
	  removed            1  function over
	  body               2  function over
	  signature          3  function id
	                         - template <class T> T id(T t)
	                         + template <class T, int N> T id(T t)
	  body               6  method P.f
	  body               8  method Q.f
	1 file: 1 removed, 1 signature, 3 body
	EOT
'

test_expect_success 'classes: what is their own, what is of their members' '
	change shop.py <<-\EOT &&
	import os
	class Cart(Base):
	    """A cart."""
	    size = 1

	    def total(self, items):
	        return sum(items)

	    def price(self):
	        """Tells the price."""
	        return 5

	    @property
	    def old(self):
	        return self.look(3)
	EOT
	change shop.py <<-\EOT &&
	import os
	class Cart(Other):
	    """A cart."""
	    size = 1

	    def total(self, items):
	        return sum(items) + 1

	    def price(self):
	        """Tells what it costs."""
	        return 5

	    def old(self):
	        return self.look(3)

	    def more(self):
	        pass
	EOT
	says HEAD~1.. <<-\EOT
	shop.py
	  signature          2  class Cart
	                         - class Cart(Base):
	                         + class Cart(Other):
	  body               6  method Cart.total
	  documentation      9  method Cart.price
	  signature         13  method Cart.old
	                         - @property def old(self):
	                         + def old(self):
	  added             16  method Cart.more
	1 file: 1 added, 2 signature, 1 body, 1 documentation
	EOT
'

test_expect_success 'a class that goes takes its members along' '
	change shop.py <<-\EOT &&
	import os
	def stays():
	    return 1
	EOT
	says HEAD~1.. <<-\EOT &&
	shop.py
	  added              2  function stays
	  removed            2  class Cart, with 5 inside
	1 file: 1 added, 6 removed
	EOT
	git batho diff --members HEAD~1.. >out &&
	test_grep "removed .*method Cart.total" out && test_grep ! inside out
'

test_expect_success 'renamed: the same body, or much of it under a similar name' '
	change names.c <<-\EOT &&
	int first_name(struct list *l, int n)
	{
		return walk(l, n) + look(l->next);
	}
	static int load_things(struct list *l, int n)
	{
		for (; n; n--)
			push(l, take(n), LIMIT);
		return finish(l);
	}
	struct options { int first, second, third; };
	#define TIMEOUT_SECONDS 10
	int tiny(void) { return 0; }
	EOT
	change names.c <<-\EOT &&
	int second_name(struct list *l, int n)
	{
		return walk(l, n) + look(l->next);
	}
	static int load_all_things(struct list *l, int n)
	{
		for (; n; n--)
			push(l, take(n + 1), LIMIT);
		return finish(l);
	}
	struct settings { int first, second, third; };
	#define TIMEOUT_SECS 10
	int wee(void) { return 0; }
	EOT
	says HEAD~1.. <<-\EOT
	names.c
	  renamed            1  function second_name, was first_name
	  renamed            5  function load_all_things, was load_things, body
	  renamed           11  struct settings, was options
	  renamed           12  macro TIMEOUT_SECS, was TIMEOUT_SECONDS
	  removed           13  function tiny
	  added             13  function wee
	1 file: 1 added, 1 removed, 4 renamed
	EOT
'

test_expect_success 'moved: to another file, with a new body, out of a class' '
	change from.py <<-\EOT &&
	class Tool:
	    def helper(self, a):
	        return self.one(a) + self.two(a)

	def run(a, b):
	    prepare(a)
	    return finish(b, a)

	def near(a):
	    return something(a, 1, 2, 3)

	def stays():
	    return run(1, 2)
	EOT
	change to.py <<-\EOT &&
	def here():
	    return 0
	EOT
	cat >from.py <<-\EOT &&
	class Tool:
	    pass

	def stays():
	    return run(1, 2)
	EOT
	change to.py <<-\EOT &&
	def here():
	    return 0

	def run(a, b):
	    prepare(a)
	    return finish(b, a)

	def near(a):
	    log("near")
	    return something(a, 1, 2, 3)
	EOT
	says HEAD~1.. <<-\EOT
	from.py
	  body               1  class Tool
	  removed            2  method Tool.helper
	to.py
	  moved              4  function run, from from.py:5
	  moved              8  function near, from from.py:9, body
	2 files: 1 removed, 2 moved, 1 body
	EOT
'

test_expect_success 'declared here, defined there: each is told of' '
	echo "int far(int a);" >far.h &&
	change far.c <<-\EOT &&
	#include "far.h"
	int far(int a)
	{
		return a;
	}
	EOT
	echo "int far(int a, int b);" >far.h &&
	change far.c <<-\EOT &&
	#include "far.h"
	int far(int a, int b)
	{
		return a;
	}
	EOT
	says --change=signature HEAD~1.. >../out <<-\EOT &&
	far.c
	  signature          2  function far
	                         - int far(int a)
	                         + int far(int a, int b)
	far.h
	  signature          1  function (declaration) far
	                         - int far(int a);
	                         + int far(int a, int b);
	2 files: 2 signature
	EOT
	echo "int farther(void);" >far.h && commit declared &&
	says HEAD~1.. <<-\EOT
	far.h
	  added              1  function (declaration) farther
	  removed            1  function (declaration) far
	1 file: 1 added, 1 removed
	EOT
'

test_expect_success 'renamed files: the same blob, or half of the definitions' '
	git mv far.c remote.c && commit moved &&
	says HEAD~1.. <<-\EOT &&
	remote.c (renamed from far.c)
	1 file: no definition changed
	EOT
	git mv names.c other-names.c && sed -i "s/return 0/return 1/" other-names.c && commit moved &&
	says HEAD~1.. <<-\EOT &&
	other-names.c (renamed from names.c)
	  body              13  function wee
	1 file: 1 body
	EOT
	mkdir -p x y && >x/__init__.py && >y/__init__.py && commit empty && git rm -q x/__init__.py &&
	mkdir -p z && >z/__init__.py && commit "empty files are not one" && git batho diff HEAD~1.. >out &&
	test_grep ! renamed out
'

test_expect_success 'data and prose' '
	printf "%s\n" "{ \"name\": \"x\", \"version\": \"1.0.0\", \"deps\": { \"a\": \"1\", \"b\": \"2\" } }" >d.json &&
	change r.md <<-\EOT &&
	# One
	Text of one, some words.
	## Sub
	More words.
	# Two
	The end.
	EOT
	printf "%s\n" "{" "  \"name\": \"x\"," "  \"version\": \"1.0.1\"," \
		"  \"deps\": { \"a\": \"1\", \"c\": \"3\" }" "}" >d.json &&
	change r.md <<-\EOT &&
	# One
	Text of one,
	some words.
	## Sub
	More words than before.
	# Two
	The end.
	EOT
	says HEAD~1.. <<-\EOT
	d.json
	  body               3  key version
	  removed            1  key deps.b
	  added              4  key deps.c
	r.md
	  body               4  heading One.Sub
	2 files: 1 added, 1 removed, 2 body
	EOT
'

test_expect_success 'names that come twice keep their place' '
	change log.md <<-\EOT &&
	# 2.0
	## Fixed
	This of two.
	# 1.0
	## Fixed
	This of one.
	EOT
	change log.md <<-\EOT &&
	# 3.0
	## Fixed
	This of three.
	# 2.0
	## Fixed
	This of two.
	# 1.0
	## Fixed
	This of one.
	EOT
	says HEAD~1.. <<-\EOT &&
	log.md
	  added              1  heading 3.0, with 1 inside
	1 file: 2 added
	EOT
	change dup.h <<-\EOT &&
	#ifdef A
	#define V 1
	#elif B
	#define V 2
	#else
	#define V 3
	#endif
	EOT
	change dup.h <<-\EOT &&
	#ifdef B
	#define V 2
	#else
	#define V 3
	#endif
	EOT
	says HEAD~1.. <<-\EOT
	dup.h
	  removed            2  macro V
	  outside of definitions
	1 file: 1 removed
	EOT
'

test_expect_success 'JavaScript: exports, arrows, tests without a name of their own' '
	change m.js <<-\EOT &&
	const limit = 10;
	export function run(a, b) { return a + b; }
	class Shop { open() { return 1; } }
	const arrow = (x) => x * 2;
	describe("shop", () => { it("opens", () => { run(1, 2); }); });
	EOT
	change m.js <<-\EOT &&
	const limit = 11;
	function run(a, b) { return a + b; }
	class Shop { open() { return 2; } }
	const arrow = (x, y) => x * 2;
	describe("shop", () => { it("opens", () => { run(1, 3); }); });
	EOT
	git batho diff HEAD~1.. >out && grep -v " [-+] " out >have && cat >want <<-\EOT &&
	m.js
	  body               1  constant limit
	  signature          2  function run
	  body               3  method Shop.open
	  signature          4  function arrow
	  body               5  test opens
	1 file: 2 signature, 3 body
	EOT
	test_cmp want have
'

test_expect_success 'what has no language is counted, what has no facts is told' '
	echo text >some.bin && printf "int a;\0\n" >nul.c && echo x >other.unknown && commit odd &&
	says HEAD~1.. <<-\EOT &&
	nul.c (added) (not compared: binary)
	1 file: no definition changed; 2 files in no language
	EOT
	echo "int a;" >nul.c && commit known &&
	says HEAD~1.. <<-\EOT &&
	nul.c (not compared: binary)
	1 file: no definition changed
	EOT
	chmod +x a.c && commit mode && says HEAD~1.. </dev/null
'

test_expect_success 'ranges: two dots, three dots, one commit, the first one, an empty tree' '
	git checkout -q -b side HEAD~2 && echo "int on_side(void) { return 0; }" >side.c && commit side &&
	git batho diff main..side >two && test_grep "added .*on_side" two && test_grep "nul.c" two &&
	git batho diff main...side >three && test_grep "added .*on_side" three && test_grep ! "nul.c" three &&
	git batho diff --rev=side >rev && test_cmp three rev && git batho diff main... >back && test_cmp back three &&
	git checkout -q main && git batho diff --rev="$(git rev-list --max-parents=0 HEAD)" &&
	git batho diff --rev=HEAD~2 >one && git batho diff HEAD~3..HEAD~2 >two && test_cmp two one &&
	git batho diff "$(git hash-object -t tree /dev/null)..HEAD" >out && test_grep "a.c (added)" out &&
	git batho diff HEAD..HEAD >out && test_must_be_empty out
'

test_expect_success 'what is staged, and the files as they are' '
	git batho diff --staged >out && test_must_be_empty out && git batho diff >out && test_must_be_empty out &&
	sed -i "s/return a;/return a + 7;/" remote.c && git add remote.c &&
	sed -i "s/return a + 7;/return a + 8;/; s/int far(int a, int b)/int far(int c, int b)/" remote.c &&
	echo "#define FRESH 4" >fresh.h &&
	says --staged <<-\EOT &&
	remote.c
	  body               2  function far
	1 file: 1 body
	EOT
	says --worktree <<-\EOT &&
	fresh.h (added)
	  added              1  macro FRESH
	remote.c
	  signature          2  function far, body
	                         - int far(int a, int b)
	                         + int far(int c, int b)
	2 files: 1 added, 1 signature
	EOT
	git batho diff >out && test_cmp ../have out && git checkout -q -f && rm fresh.h &&
	sed -i "s/MAX 20/MAX 21/" a.c && says --worktree <<-\EOT &&
	a.c
	  body               2  macro MAX
	1 file: 1 body
	EOT
	git checkout -q a.c
'

test_expect_success 'a repository without a commit' '
	test_create_repo ../unborn && cd ../unborn && echo "int a(void) { return 1; }" >a.c && git add a.c &&
	says --staged <<-\EOT &&
	a.c (added)
	  added              1  function a
	1 file: 1 added
	EOT
	test_expect_code 128 git batho diff --rev=HEAD 2>err && test_line_count = 1 err &&
	test_expect_code 128 git batho diff HEAD~1..HEAD 2>err && test_grep "unknown revision" err
'

test_expect_success 'paths and filters' '
	first=$(git rev-list --max-parents=0 HEAD) && last=$(git rev-list -1 HEAD -- shop.py)~1 &&
	git batho diff $first.. -- a.c >out && test_grep "^a.c" out && test_grep ! "^[b-z]" out &&
	(mkdir -p x && cd x && git batho diff $first.. -- ../a.c ../order.py) >deep && test_grep "^../a.c" deep &&
	test_grep "^../order.py" deep && test_grep ! shop deep &&
	git batho diff $first.. -- . >out && git batho diff $first.. >deep && test_cmp deep out &&
	git batho diff --kind=macro $first.. >out && test_grep "macro MAX" out && test_grep ! function out &&
	git batho diff --change=removed --change=signature $last..HEAD >out && test_grep "^  removed" out &&
	test_grep ! "^  added" out && git batho diff --exported $first.. >out &&
	test_grep "function add" out && test_grep ! "variable other" out &&
	git batho diff --stat $first.. >out && test_grep "^a.c.*  .*added" out && test_grep ! "^  " out
'

test_expect_success 'records' '
	git batho diff --json HEAD~1..HEAD -- a.c >none && test_line_count = 2 none &&
	test_grep "\"record\":\"summary\",\"files\":0" none &&
	change rec.c <<-\EOT &&
	int one(int a) { return a; }
	#define B 1
	EOT
	change rec.c <<-\EOT &&
	int one(long a) { return a; }
	#define C 1234567890
	EOT
	git batho diff --json HEAD~1.. >out && sed 1d out | sed "s/\"[a-z_]*\(blob\|hash\)\":\"[0-9a-f]*\"/ID/g" >have &&
	cat >want <<-\EOT &&
	{"record":"file","status":"modified","path":"rec.c","old_path":"rec.c",ID,ID,"language":"c","compared":true,"state":null,"old_state":null,"outside":false,"added":1,"removed":1,"renamed":0,"moved":0,"signature":1,"body":0,"documentation":0}
	{"record":"change","change":"signature","what":"signature","inside":false,"path":"rec.c","line":1,"end_line":1,"kind":"function","name":"one","scope":null,"exported":true,"declaration":false,"signature":"int one(long a)",ID,ID,"old_path":"rec.c","old_line":1,"old_end_line":1,"old_kind":"function","old_name":"one","old_scope":null,"old_exported":true,"old_declaration":false,"old_signature":"int one(int a)",ID,ID}
	{"record":"change","change":"removed","what":"removed","inside":false,"path":null,"line":null,"end_line":null,"kind":null,"name":null,"scope":null,"exported":null,"declaration":null,"signature":null,"signature_hash":null,"body_hash":null,"old_path":"rec.c","old_line":2,"old_end_line":2,"old_kind":"macro","old_name":"B","old_scope":null,"old_exported":true,"old_declaration":false,"old_signature":"#define B","old_signature_hash":null,"old_body_hash":null}
	{"record":"change","change":"added","what":"added","inside":false,"path":"rec.c","line":2,"end_line":2,"kind":"macro","name":"C","scope":null,"exported":true,"declaration":false,"signature":"#define C","signature_hash":null,"body_hash":null,"old_path":null,"old_line":null,"old_end_line":null,"old_kind":null,"old_name":null,"old_scope":null,"old_exported":null,"old_declaration":null,"old_signature":null,"old_signature_hash":null,"old_body_hash":null}
	{"record":"summary","files":1,"other_files":0,"added":1,"removed":1,"renamed":0,"moved":0,"signature":1,"body":0,"documentation":0,"cut":false}
	EOT
	test_cmp want have &&
	git batho diff --porcelain HEAD~1.. >out && sed -n 2p out | tr "\t" "\n" >fields && test_line_count = 18 fields &&
	grep -c "^change" out >count && test "$(cat count)" = 3 &&
	git batho diff --porcelain -z HEAD~1.. | tr "\0" "\n" >out && test_grep "^signature$" out
'

test_expect_success 'status: 0, and 1 with --exit-code when definitions changed' '
	git batho diff HEAD~1.. && test_expect_code 1 git batho diff --exit-code HEAD~1.. &&
	git batho diff --exit-code HEAD..HEAD && git batho diff --exit-code --kind=class HEAD~1..
'

test_expect_success 'odd names and bytes' '
	dir="x$(printf "\n")y z" && mkdir -p "$dir" && echo "int odd(void) { return 1; }" >"$dir/a b.c" &&
	printf "int x; /* \377 */\nchar *s = \"\\303\\050\";\n" >bytes.c && commit odd &&
	printf "int x; /* \376 */\nchar *s = \"\\303\\051\";\n" >bytes.c && rm "$dir/a b.c" && commit odd &&
	says HEAD~1.. -- bytes.c <<-\EOT &&
	bytes.c
	  body               2  variable s
	1 file: 1 body
	EOT
	git batho diff HEAD~1.. >out && test_grep "removed .*function odd" out
'

test_expect_success 'wrong arguments: one line, and what to do' '
	for bad in HEAD HEAD~1..HEAD..x ; do
		test_expect_code 129 git batho diff $bad 2>err || return 1
		test_grep "^git-batho: .*not a range" err || return 1
	done &&
	test_expect_code 129 git batho diff HEAD a.c 2>err && test_grep "behind" err &&
	test_expect_code 129 git batho diff --staged --worktree 2>err && test_grep "exclude" err &&
	test_expect_code 129 git batho diff --staged HEAD~1.. 2>err && test_grep "exclude" err &&
	test_expect_code 129 git batho diff --kind=nothing HEAD~1.. 2>err && test_grep "unknown kind" err &&
	test_expect_code 129 git batho diff --change=nothing HEAD~1.. 2>err && test_grep "unknown change" err &&
	test_expect_code 128 git batho diff nowhere..HEAD 2>err && test_grep "nowhere" err &&
	test_expect_code 129 git batho diff HEAD~1.. -- ../../out 2>err && test_grep "outside" err &&
	git checkout -q --orphan lonely && git commit -q -m lonely && git checkout -q main &&
	test_expect_code 128 git batho diff main...lonely 2>err && test_grep "no common ancestor" err &&
	git batho diff main..lonely
'

test_expect_success 'a shallow clone without the base' '
	git clone -q --depth=1 "file://$PWD" ../shallow && cd ../shallow &&
	test_expect_code 128 git batho diff HEAD~1..HEAD 2>err && test_grep "unknown revision" err &&
	test_expect_code 128 git batho diff --rev=HEAD 2>err && test_grep "shallow" err && test_line_count = 2 err
'

test_expect_success 'a bare repository' '
	git clone -q --bare . ../bare.git && cd ../bare.git && git batho diff HEAD~1..HEAD >out && test -s out &&
	test_expect_code 128 git batho diff 2>err && test_grep "work tree" err
'

test_done
