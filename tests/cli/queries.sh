#!/bin/sh
test_description='what the questions answer, and of which content'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# answers WANT-ON-STDIN COMMAND...: the answer, line by line; status 0, or 1 for none.
answers() {
	cat >../want
	git batho "$@" >../have
	test_rc=$?
	test_cmp ../want ../have && if test -s ../want; then test "$test_rc" = 0; else test "$test_rc" = 1; fi
}

test_expect_success 'a project' '
	mkdir -p net app &&
	cat >net/wire.h <<-\EOT &&
	#ifndef WIRE_H
	#define WIRE_H
	#define WIRE_MAX 16
	#define SEND(w) wire_send(w, WIRE_MAX)
	struct wire { int fd; };
	/* Sends. */
	int wire_send(struct wire *w, int n);
	#endif
	EOT
	cat >net/wire.c <<-\EOT &&
	#include "wire.h"

	static int helper(int n)
	{
		return n;
	}

	int wire_send(struct wire *w, int n)
	{
		if (helper(n))
			w->fd = 1;
		return w->fd;
	}
	EOT
	cat >app/main.c <<-\EOT &&
	#include <stdio.h>
	#include "../net/wire.h"

	static int helper(void)
	{
		puts("x");
		return 0;
	}

	int main(void)
	{
		struct wire w = { 0 };

		helper();
		return SEND(&w);
	}
	EOT
	cat >app/shop.py <<-\EOT &&
	class Base:
	    def total(self):
	        return 0

	class Cart(Base):
	    def total(self):
	        return self.price() + Base.total(self)

	    def price(self):
	        return 1

	def checkout():
	    cart = Cart()
	    return cart.total()
	EOT
	git add . && git commit -q -m one && git tag v1
'

test_expect_success 'def: definitions and declarations, in the order of paths' '
	answers def wire_send <<-\EOT &&
	net/wire.c:8:5: function: int wire_send(struct wire *w, int n)
	net/wire.h:7:5: declaration: int wire_send(struct wire *w, int n);
	EOT
	answers def WIRE_MAX <<-\EOT &&
	net/wire.h:3:9: macro: #define WIRE_MAX 16
	EOT
	answers def nothing </dev/null
'

test_expect_success 'def: filters' '
	answers def --path app helper <<-\EOT &&
	app/main.c:4:12: function: static int helper(void)
	EOT
	answers def --lang python total <<-\EOT &&
	app/shop.py:2:9: method: def total(self):
	app/shop.py:6:9: method: def total(self):
	EOT
	answers def --kind struct wire <<-\EOT &&
	net/wire.h:5:8: struct: struct wire { int fd; };
	EOT
	answers def --kind class --kind struct Cart <<-\EOT &&
	app/shop.py:5:7: class: class Cart(Base):
	EOT
	answers def --lang c Cart </dev/null &&
	git batho def --max 1 helper >../out 2>../err && test_line_count = 1 ../out &&
	test_grep "there are more" ../err && git batho def --quiet --max 1 helper 2>../err && test_must_be_empty ../err
'

test_expect_success 'names with qualifiers' '
	answers def Cart.total <<-\EOT &&
	app/shop.py:6:9: method: def total(self):
	EOT
	for name in Cart::total Cart#total shop.Cart.total app.Cart.total; do
		git batho def "$name" >../have && test_cmp ../want ../have || return 1
	done &&
	answers def wire.fd <<-\EOT &&
	net/wire.h:5:19: field: struct wire { int fd; };
	EOT
	answers def net.helper <<-\EOT &&
	net/wire.c:3:12: function: static int helper(int n)
	EOT
	answers def Other.total </dev/null &&
	test_expect_code 129 git batho def "" 2>../err && test_grep "empty" ../err
'

test_expect_success 'refs: roles, and what stands in macros' '
	answers refs wire_send <<-\EOT &&
	net/wire.c:8:5: function: int wire_send(struct wire *w, int n)
	net/wire.h:4:17: call: #define SEND(w) wire_send(w, WIRE_MAX)
	net/wire.h:7:5: declaration: int wire_send(struct wire *w, int n);
	EOT
	answers refs --role declaration --role call wire_send <<-\EOT &&
	net/wire.h:4:17: call: #define SEND(w) wire_send(w, WIRE_MAX)
	net/wire.h:7:5: declaration: int wire_send(struct wire *w, int n);
	EOT
	git batho refs fd >../have && test_grep "net/wire.c:11:4: write:" ../have && test_grep "net/wire.c:12:11: read:" ../have &&
	answers refs --role inherit Base <<-\EOT
	app/shop.py:5:12: inherit: class Cart(Base):
	EOT
'

test_expect_success 'callers and callees, with how they were found' '
	answers callers wire_send <<-\EOT &&
	net/wire.h:4:17: SEND [unique]: #define SEND(w) wire_send(w, WIRE_MAX)
	EOT
	git batho callers helper >../have && test_line_count = 2 ../have &&
	test_grep -x "app/main.c:14:1: main \[file\]: helper();" ../have &&
	test_grep -x "net/wire.c:10:5: wire_send \[file\]: if (helper(n))" ../have &&
	git batho callees checkout >../have && test_grep "Cart \[file\]" ../have && test_grep "total \[" ../have &&
	answers callees app.helper <<-\EOT &&
	app/main.c:6:1: puts [external]: puts("x");
	EOT
	git batho callees Cart.total >../have && test_grep "price \[scope\]" ../have
'

test_expect_success 'a call is told once; names of other languages and other names of imports' '
	git init -q calls && (
		cd calls && mkdir x y &&
		printf "from h import helper as hp\n\ndef top():\n    return hp(3)\n" >use.py &&
		printf "def helper(n):\n    return n\n\ndef printf(n):\n    return helper(n)\n" >h.py &&
		printf "int go(void)\n{\n\treturn helper(printf(1)) + dup(2) + puts(3);\n}\n" >a.c &&
		printf "int dup(int n)\n{\n\treturn n;\n}\n" >x/d.c && sed "s/return n/return -n/" x/d.c >y/d.c &&
		git add . && git commit -q -m calls &&
		answers callers helper <<-\EOT && answers callees top <<-\EOT2 && answers callees go <<-\EOT3 &&
		h.py:5:12: printf [file]: return helper(n)
		use.py:4:12: top [import]: return hp(3)
		EOT
		use.py:4:12: helper [import] h.py:1:5: return hp(3)
		EOT2
		a.c:3:9: helper [external]: return helper(printf(1)) + dup(2) + puts(3);
		a.c:3:16: printf [external]: return helper(printf(1)) + dup(2) + puts(3);
		a.c:3:29: dup [name] x/d.c:1:5: return helper(printf(1)) + dup(2) + puts(3);
		a.c:3:38: puts [external]: return helper(printf(1)) + dup(2) + puts(3);
		EOT3
		answers callers dup <<-\EOT &&
		a.c:3:29: go [name]: return helper(printf(1)) + dup(2) + puts(3);
		EOT
		answers callers puts 2>../undefined <<-\EOT && test_grep "defined nowhere" ../undefined
		a.c:3:38: go [external]: return helper(printf(1)) + dup(2) + puts(3);
		EOT
	)
'

test_expect_success 'callers and callees over several levels, each definition once' '
	git batho callers --depth 0 net.helper >../have &&
	test_grep -x "net/wire.c:10:5: wire_send .*" ../have && test_grep "^  net/wire.h:4:17: SEND" ../have &&
	test_grep "^    app/main.c:15:8: main" ../have &&
	git batho callers --depth 2 net.helper >../have && test_line_count = 2 ../have &&
	printf "int ping(int n)\n{\n\treturn pong(n);\n}\nint pong(int n)\n{\n\treturn ping(n);\n}\n" >loop.c &&
	git add . && git commit -q -m loop && git batho callees --depth 0 ping >../have && test_line_count = 2 ../have &&
	git batho callers --depth 0 --json ping >../have && test_grep "\"depth\":2" ../have &&
	test_expect_code 129 git batho callers --depth -1 ping && test_expect_code 1 git batho callers nobody 2>../err &&
	test_grep "defined nowhere" ../err
'

test_expect_success 'a file that is not indexed, and a range where one revision is wanted' '
	ln -s app link.py && echo text >../nothing && cp ../nothing words.xyz && git add link.py words.xyz &&
	test_when_finished "git rm -q -f --cached link.py words.xyz; rm link.py words.xyz" &&
	for path in link.py words.xyz gone.py; do
		test_expect_code 128 git batho outline --staged "$path" 2>../err && test_grep ! -e skipped -e revision ../err &&
			test_grep "^git-batho: no indexed file .$path.$" ../err && test_grep "^hint: .*language is known" ../err || return 1
	done &&
	test_expect_code 128 git batho def --rev HEAD..HEAD main 2>../err &&
	test_grep "^git-batho: .HEAD..HEAD. is a range, and one revision is wanted" ../err &&
	test_expect_code 128 git batho def --rev HEAD:../nowhere main 2>../err && test_grep "unknown revision" ../err
'

test_expect_success 'outline: nesting, kinds, order' '
	answers outline app/shop.py <<-\EOT &&
	     1  class Base
	     2    method total  def total(self):
	     5  class Cart
	     6    method total  def total(self):
	     9    method price  def price(self):
	    12  function checkout  def checkout():
	EOT
	answers outline --kind class app/shop.py <<-\EOT &&
	     1  class Base
	     5  class Cart
	EOT
	answers outline --kind struct app/shop.py </dev/null
'

test_expect_success 'what is generated or vendored comes last' '
	git init -q aside && (
		cd aside && mkdir a v z && echo "int limit;" | tee a/made.c v/other.c >z/own.c &&
		printf "a/* linguist-generated\nv/* linguist-vendored\n" >.gitattributes &&
		git add . && git commit -q -m aside && for question in "def limit" "search --match prefix lim"; do
			git batho $question >../have && cut -d : -f 1 ../have >../order &&
			printf "z/own.c\na/made.c\nv/other.c\n" >../want && test_cmp ../want ../order || return 1
		done
	)
'

test_expect_success 'search: what matches, best first' '
	answers search wire --path "*.h" <<-\EOT &&
	net/wire.h:5:8: struct: struct wire { int fd; };
	net/wire.h:3:9: macro: #define WIRE_MAX 16
	net/wire.h:7:5: declaration: int wire_send(struct wire *w, int n);
	EOT
	answers search --match substring eckou <<-\EOT &&
	app/shop.py:12:5: function: def checkout():
	EOT
	git batho search eckou >../have && test_cmp ../want ../have &&
	git batho search chekout >../have && test_cmp ../want ../have &&
	git batho search --match fuzzy chekcout >../have && test_cmp ../want ../have &&
	answers search --match prefix eckou </dev/null &&
	answers search "c*t" <<-\EOT &&
	app/shop.py:5:7: class: class Cart(Base):
	app/shop.py:12:5: function: def checkout():
	EOT
	git batho search "ca?t" >../have && test_line_count = 2 ../have || { cat ../have; test_line_count -ge 1 ../have; } &&
	answers search --kind method --max 1 price <<-\EOT &&
	app/shop.py:9:9: method: def price(self):
	EOT
	test_expect_code 129 git batho search "" 2>../err && test_grep "empty" ../err &&
	answers search zzzzzzzz </dev/null
'

# ---- scopes ----
test_expect_success '--rev, --staged, --worktree, --all' '
	git rm -q loop.c && echo "int only_staged;" >s.c && git add s.c && echo "int only_here;" >w.c &&
	answers def ping <<-\EOT &&
	loop.c:1:5: function: int ping(int n)
	EOT
	answers def --rev v1 ping </dev/null &&
	answers def --staged ping </dev/null && answers def --worktree ping </dev/null &&
	answers def --staged only_staged <<-\EOT &&
	s.c:1:5: variable: int only_staged;
	EOT
	git batho def --worktree only_staged >../have && test_cmp ../want ../have &&
	answers def --staged only_here </dev/null &&
	answers def --worktree only_here <<-\EOT &&
	w.c:1:5: variable: int only_here;
	EOT
	answers def only_staged </dev/null &&
	for name in ping only_staged only_here; do
		git batho def --all $name >../have && test_line_count = 1 ../have || return 1
	done &&
	git batho stats --all >../have && test_grep "^total" ../have
'

test_expect_success 'of all that is indexed the blob stands behind the path' '
	git init -q ../twice && cd ../twice && echo "int twice;" >t.c && git add . && git commit -q -m one &&
	echo "int  twice;" >t.c && git commit -q -a -m two && git batho index --all &&
	for rev in HEAD~1 HEAD; do
		echo "t.c@$(git rev-parse $rev:t.c | cut -c 1-10):1:"
	done | sort >../want && git batho def --all twice >../out && cut -c 1-17 ../out | sort >../have &&
	test_cmp ../want ../have && git batho def twice >../out && test_grep "^t.c:1:6: " ../out
'

test_expect_success 'long source lines are cut around the hit, at whole characters' '
	git init -q ../long && cd ../long && {
		awk "BEGIN { printf \"int w0\"; for (i = 1; i < 2000; i++) printf \", w%d\", i; print \";\" }" &&
		awk "BEGIN { printf \"char *s = \\\"\"; for (i = 0; i < 300; i++) printf \"\303\244\"; print \"\\\"; int behind;\" }"
	} >l.c && git add . && git commit -q -m long &&
	git batho def w1000 >../out && test_grep "^l.c:1:[0-9]*: variable: \.\.\..*, w1000, .*\.\.\.$" ../out &&
	test "$(wc -c <../out)" -lt 240 && git batho def w0 >../out && test_grep ": int w0, .*\.\.\.$" ../out &&
	git batho def w1999 >../out && test_grep ": \.\.\..*w1999;$" ../out && test "$(wc -c <../out)" -lt 240 &&
	git batho def behind >../out && test_grep ": \.\.\.$(printf "\303\244").*int behind;$" ../out &&
	git batho def --json w1000 >../out && test "$(wc -c <../out)" -gt 10000
'

test_expect_success 'a declaration has no hash of a body' '
	git init -q ../nobody && cd ../nobody && printf "struct dict;\nstruct full { int a; };\n" >d.h && git add . &&
	git commit -q -m d && git batho def --json dict >../out && test_grep "\"body_hash\":null," ../out &&
	test_grep "\"signature_hash\":\"[0-9a-f]*\"" ../out &&
	git batho def --json full >../out && test_grep "\"body_hash\":\"[0-9a-f]*\"" ../out
'

test_expect_success 'source lines are those of the blob, not of the file as it is now' '
	git reset -q --hard && rm -f w.c && sed "1i /* new */" loop.c >t && mv t loop.c &&
	answers def ping <<-\EOT &&
	loop.c:1:5: function: int ping(int n)
	EOT
	answers def --worktree ping <<-\EOT &&
	loop.c:2:5: function: int ping(int n)
	EOT
	rm loop.c && answers def --rev HEAD ping <<-\EOT
	loop.c:1:5: function: int ping(int n)
	EOT
'

test_expect_success 'a file changed without a trace in size and time is told apart' '
	git reset -q --hard && touch -d "2001-01-01" loop.c && git update-index -q --refresh &&
	printf "int PING(int n)\n{\n\treturn pong(n);\n}\nint pong(int n)\n{\n\treturn ping(n);\n}\n" >loop.c &&
	answers def ping <<-\EOT &&
	loop.c:1:5: function: int ping(int n)
	EOT
	git reset -q --hard
'

test_expect_success 'what is not indexed is indexed on the way, once' '
	rm -rf .git/batho && git batho def ping && git batho index >../out && test_grep "nothing to do" ../out &&
	git batho def --rev v1 main && git batho index v1 >../out && test_grep "nothing to do" ../out
'

test_expect_success 'a name in files of the same content' '
	cp app/shop.py app/copy.py && git add . && git commit -q -m copy &&
	answers def checkout <<-\EOT &&
	app/copy.py:12:5: function: def checkout():
	app/shop.py:12:5: function: def checkout():
	EOT
	answers def copy.checkout <<-\EOT
	app/copy.py:12:5: function: def checkout():
	EOT
'

# ---- forms ----
test_expect_success 'JSON has the fields of git-batho-format(5)' '
	git batho def --json wire_send >../have && test_line_count = 3 ../have &&
	test_grep "^{\"batho\":1,\"command\":\"def\"}$" ../have &&
	test_grep "\"path\":\"net/wire.c\",\"line\":8,\"column\":5,\"offset\":[0-9]*,\"blob\":\"$(git rev-parse HEAD:net/wire.c)\"" ../have &&
	test_grep "\"end_line\":13,\"exported\":true,\"declaration\":false,\"params\":2,\"complexity\":2,\"nesting\":1" ../have &&
	test_grep "\"source\":\"int wire_send(struct wire \*w, int n)\"" ../have
'

# The types of records and their fields, from the page: "record field".
fields_of_page() {
	awk '
		/^\.Sh / { all = on = ($2 == "RECORDS"); next }
		/^\.Ss / { on = all && !/ of (queue |--dry-run|index --snapshot|audit|backup|cache|config|doctor|grammars|health|restore|snapshot|storage)/ }	# tests of their own have these
		/^\.Ss / && on { record = $2; sub(/,$/, "", record); next }
		/^\.It Va / && on { for (i = 3; i <= NF; i++) if ($i != ",") { print record, $i; of[record] = of[record] " " $i } }
		/^the fields of a / && on { sub(/,$/, "", $5); n = split(of[$5], f, " "); for (i = 1; i <= n; i++) print record, f[i] }
	' "$TEST_SOURCE/man/git-batho-format.5" | sort -u
}

test_expect_success PYTHON 'and every field is on that page' '
	fields_of_page >../page && test_line_count -gt 50 ../page &&
	printf "\0" >nul.c && printf "int a b c(;;\n" >bad.c && echo text >NOTES &&
	printf "from shop import checkout\ndef test_it():\n    checkout()\n" >app/test_shop.py && git add . && git commit -q -m odd &&
	mkdir -p .batho/rules && printf "<<<<<<< a\n=======\n>>>>>>> b\n" >conflict.c &&
	printf ";; %s\n" "severity: warning" "languages: c" "message: m" "words: never" "help: h" "bad: c" >.batho/rules/mine.scm &&
	printf ";;| int x;\n(identifier) @finding\n" >>.batho/rules/mine.scm &&
	echo "breakpoint()  # batho:ignore debugger-statement -- on purpose" >asked.py && git add . && git commit -q -m rule &&
	test_might_fail git batho check --json --show-suppressed HEAD~1..HEAD >../checked &&
	test_might_fail git batho rules test --json mine >../tested &&
	{
		cat ../checked ../tested && git batho rules list --json && git batho diff --json HEAD~2..HEAD &&
		git batho hooks install --json && git batho hooks status --json && git batho hooks uninstall --json &&
		git batho init --json && git batho index --json && git batho index --all --json &&
		git batho stats --json && git batho stats --metrics --json && git batho stats --digest --json && git batho stats --skipped --json &&
		git batho def total --json && git batho refs total --json && git batho callers helper --json &&
		git batho deps app/main.c --json && git batho impact checkout --json &&
		git batho impact checkout --tests --json && git batho map --json &&
		git batho callees main --json && git batho outline app/shop.py --json && git batho search c --json &&
		git batho cat-facts HEAD:app/shop.py && git batho cat-facts HEAD:net/wire.c &&
		git batho cat-facts HEAD:bad.c && git batho cat-facts HEAD:net/wire.h && git batho help --json && git batho version --json --build-options
	} >../records &&
	python3 - ../records ../page <<-\EOT
	import json, sys
	page = set(line.strip() for line in open(sys.argv[2]))
	unknown, seen = set(), set()
	def look(record, value):
	    if isinstance(value, dict):
	        for key, inner in value.items():
	            if key == "record":
	                continue
	            name = record + " " + key
	            seen.add(record)
	            if record == "Spans" or name in page:
	                seen.add(name)
	            if name not in page:
	                unknown.add(name)
	            if isinstance(inner, dict):
	                look("Spans", inner)
	for line in open(sys.argv[1]):
	    row = json.loads(line)
	    if "record" in row:
	        look(row["record"], row)
	print("not on the page:", sorted(unknown))
	unseen = sorted(name for name in page if name not in seen)
	print("on the page alone:", unseen)
	sys.exit(bool(unknown or unseen))
	EOT
'

test_expect_success 'porcelain has the fields of the page, in its order' '
	awk "/^\.Ss definition, of def/ { on = 1; next } /^\.Ss/ { on = 0 } on && /^\.It Va/ { print \$3 }" \
		"$TEST_SOURCE/man/git-batho-format.5" >../names &&
	git batho def --porcelain --kind function wire_send >../have &&
	tail -n 1 ../have | tr "\t" "\n" >../values && test_line_count = "$(($(wc -l <../names) + 1))" ../values &&
	sed -n "$(($(grep -n -x name ../names | cut -d : -f 1) + 1))p" ../values >../name &&
	test "$(cat ../name)" = wire_send
'

test_expect_success 'cat-facts: by revision and path, by id, by tag' '
	id=$(git rev-parse HEAD:net/wire.c) && git batho cat-facts HEAD:net/wire.c >../a &&
	git batho cat-facts "$id" >../b && test_cmp ../a ../b && (cd net && git batho cat-facts HEAD:./wire.c) >../b &&
	test_cmp ../a ../b && git tag -a -m blob blobtag "$id" && git batho cat-facts blobtag >../b && test_cmp ../a ../b &&
	blob=$(echo "int loose;" | git hash-object -w --stdin) &&
	test_expect_code 128 git batho cat-facts $blob 2>../err && test_grep "hint: .*--path" ../err &&
	git batho cat-facts --path x.c $blob >../out && test_grep "\"name\":\"loose\"" ../out &&
	for bad in HEAD HEAD^{tree} HEAD:net 1234567; do
		test_expect_code 128 git batho cat-facts $bad 2>../err && test_grep "names no blob" ../err || return 1
	done
'

test_expect_success 'version and help' '
	git batho version >../out && test_grep "^git-batho version [0-9]" ../out &&
	git batho --version >../out2 && test_cmp ../out ../out2 &&
	git batho version --build-options >../out &&
	for word in SQLite "inih: linked" libgit2 tree-sitter libcurl cJSON seccomp landlock "language c:" "language python:"; do
		test_grep "$word" ../out || return 1
	done &&
	git batho help >../out && test_line_count = "$(git batho --list-commands | wc -l)" ../out &&
	git batho help callers >../out && test_grep "^usage: git batho callers" ../out &&
	test_expect_code 129 git batho help nothing 2>../err && test_grep "not a git-batho command" ../err
'

test_done
