#!/bin/sh
test_description='git batho grammars: grammars of the user, from their sources to facts, and everything that is refused

The grammar is that of JSON under another name, with a lexer that crashes on !, never ends on ?, and starts a process on @.'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

sources=
for folder in "$TEST_SOURCE/node_modules" "$TEST_BUILD/node_modules" "$TEST_SOURCE/../node_modules"; do
	test -z "$sources" && test -f "$folder/tree-sitter-json/src/parser.c" && sources=$folder/tree-sitter-json
done
test -n "$sources" || test_skip 'there are no sources of a grammar here'
command -v "${CC:-cc}" >/dev/null || test_skip 'there is no C compiler'

# make_grammar FOLDER NAME EXTENSION
make_grammar() {
	mkdir -p "$1/src" "$1/queries" && cp -r "$sources/src/tree_sitter" "$1/src/" &&
	sed -e "s/tree_sitter_json/tree_sitter_$2/g" \
		-e 's/^static bool ts_lex(TSLexer \*lexer, TSStateId state) {$/&\n  if (lexer->lookahead == 33) __builtin_trap();\n  while (lexer->lookahead == 63) { __asm__ volatile (""); }\n  if (lexer->lookahead == 64) { extern int fork(void); fork(); }/' \
		"$sources/src/parser.c" >"$1/src/parser.c" &&
	grep -q __builtin_trap "$1/src/parser.c" &&
	cat >"$1/queries/tags.scm" <<-EOT &&
	; a key is a definition, a text with a capital in it a call
	(pair key: (string (string_content) @name)) @definition.function
	(pair value: (string (string_content) @name) @reference.call (#match? @name "^[A-Z]\\\\w+$"))
	EOT
	echo "Some Licence" >"$1/LICENSE" &&
	cat >"$1/package.json" <<-EOT
	{ "name": "tree-sitter-$2", "version": "1.2.3", "license": "MIT",
	  "tree-sitter": [ { "path": ".", "scope": "source.$2", "file-types": [ "$3" ] } ] }
	EOT
}

test_lazy_prereq SECCOMP 'no seccomp here' 'git batho doctor | grep -q "^ok *sandbox.*seccomp"'
test_lazy_prereq BWRAP 'bwrap is not there, or does not work' 'bwrap --unshare-all --ro-bind / / true'

list=$HOME/.config/git-batho/grammars
data=$HOME/.local/share/git-batho/grammars

test_expect_success 'built-in ones, anywhere' '
	mkdir ../outside && (cd ../outside && git batho grammars list >../out && git batho grammars >../bare) &&
	test_cmp ../out ../bare && test_grep "^python  *[0-9.]*  *ABI 1[345]  built in  sha512-[^ ]*  tree-sitter-python$" ../out &&
	git batho grammars list --json >../out &&
	test_grep "\"record\":\"grammar\",\"name\":\"python\",.*\"source\":\"built-in\".*\"languages\":\[\"python\"\],\"blobs\":null" ../out &&
	test_expect_code 1 git batho grammars list --user >../out && test_must_be_empty ../out
'

test_expect_success 'the tree and the facts of a file' '
	printf "def f(x):\n    return g(x)\n" >a.py && git batho grammars test python a.py >../out &&
	test_grep "^(module) 1:1-3:1$" ../out && test_grep "^    name: (identifier) 1:5-1:6$" ../out &&
	test_grep "^1      function f$" ../out && test_grep "^2      call g$" ../out && test_grep "^python: ABI 1[345], .* 0 errors, 1 definitions, " ../out &&
	printf "def f(x):\n    return )) g(x)\n" >bad.py && test_expect_code 1 git batho grammars test --json python bad.py >../out &&
	test_grep "\"state\":\"error\"" ../out && test_grep "\"record\":\"test\",\"language\":\"python\"" ../out &&
	test_expect_code 128 git batho grammars test pyton a.py 2>../err && test_grep "did you mean .python" ../err &&
	test_expect_code 128 git batho grammars test python none.py 2>../err && test_line_count = 1 ../err && rm -f a.py bad.py
'

test_expect_success 'usage' '
	test_expect_code 129 git batho grammars frob 2>../err && test_grep "none of list, test, add" ../err &&
	test_expect_code 129 git batho grammars add 2>../err && test_expect_code 129 git batho grammars remove 2>../err &&
	test_expect_code 129 git batho grammars list --apply 2>../err &&
	test_expect_code 129 git batho grammars add --description a --tags b . 2>../err &&
	test_expect_code 129 git batho grammars add --extensions "a b" . 2>../err &&
	test_expect_code 128 git batho grammars add ./nowhere 2>../err && test_grep "nowhere.*No such file" ../err &&
	test_expect_code 128 git batho grammars remove json 2>../err && test_grep "^hint: it is built in" ../err
'

test_expect_success 'without consent it is shown and nothing is run' '
	make_grammar ../tiny tiny tiny && sed -i "1i #include <unistd.h>" ../tiny/src/parser.c &&
	test_expect_code 128 git batho grammars add ../tiny </dev/null >../out 2>../err &&
	test_grep "^tiny 1.2.3$" ../out && test_grep "licence  *MIT$" ../out && test_grep "includes  .*<unistd.h>" ../out &&
	test_grep "code  *parser.c [0-9]* lines, no scanner" ../out && test_grep "sha512  *[0-9a-f]*$" ../out &&
	test_grep "facts from  tags.scm" ../out && test_grep "nobody has agreed" ../err && test_grep "^hint: .*--yes-run-code" ../err &&
	test_path_is_missing "$list" && test "$(ls "$data")" = ""
'

test_expect_success 'with it, it is compiled, tried and put on the list' '
	git batho grammars add --yes-run-code ../tiny >../out 2>../err && test_grep "^added tiny: ABI 14" ../out &&
	test "$(stat -c %a "$list" "$data" "$data"/*)" = "600
700
700" && test "$(cat "$data"/*/tags.scm)" = "$(cat ../tiny/queries/tags.scm)" &&
	git batho grammars list --user --json >../out &&
	test_grep "\"name\":\"tiny\",\"version\":\"1.2.3\",\"abi\":14,\"source\":\"user\",\"from\":\"folder .*/tiny\"" ../out &&
	git batho grammars test tiny ../tiny/package.json >../out && test_grep "^1 *function name$" ../out
'

test_expect_success 'definitions, references and outlines of its files' '
	printf "{ \"one\": \"Two\",\n  \"Two\": { \"three\": \"no\" } }\n" >a.tiny && git add . && git commit -q -m tiny &&
	git batho index >../out 2>../err && test_must_be_empty ../err && test_grep "^HEAD: 1 file indexed" ../out &&
	git batho def Two >../out && test_grep "^a.tiny:2:4: function:" ../out &&
	git batho refs Two >../out && test_grep "^a.tiny:1:[0-9]*: call:" ../out && test_grep "a.tiny:2:" ../out &&
	git batho outline a.tiny >../out && test_line_count = 3 ../out && test_grep "function three" ../out &&
	git batho cat-facts HEAD:a.tiny >../out && test_grep "\"name\":\"three\",\"kind\":\"function\",\"parent\":1" ../out &&
	git batho grammars list --user >../out && test_grep "  1 blobs  user" ../out
'

test_expect_success 'a crash and an endless loop cost their own blobs' '
	for i in 1 2 3 4 5; do echo "{ \"good$i\": 1 }" >good$i.tiny || return 1; done &&
	echo "{ \"bad\":! }" >bad.tiny && echo "{ \"slow\":? }" >slow.tiny && git add . && git commit -q -m more &&
	git -c batho.index.cpuLimit=1 batho index >../out 2>../err && git batho stats >../out &&
	test_grep "killed-crash  *1 files" ../out && test_grep "killed-[ct][pi][um]e*  *1 files" ../out &&
	for i in 1 2 3 4 5; do git batho def good$i >../out && test_grep "^good$i.tiny:1" ../out || return 1; done &&
	git rm -q bad.tiny slow.tiny && git commit -q -m less
'

test_expect_success SECCOMP 'so does one that wants more than it may' '
	echo "{ \"wants\":@ }" >wants.tiny && git add . && git commit -q -m wants && git batho index >../out 2>../err &&
	git batho stats >../out && test_grep "killed-crash  *1 files" ../out && git batho def good5 >../out &&
	git rm -q wants.tiny && git commit -q -m "wants no more"
'

test_expect_success 'an update: the same, then other code, which needs consent again' '
	git batho grammars update tiny >../out && test_grep "^tiny is what folder .* has$" ../out &&
	echo "/* other */" >>../tiny/src/parser.c && old=$(ls "$data") &&
	test_expect_code 128 git batho grammars update </dev/null >../out 2>../err && test_grep "nobody has agreed" ../err &&
	git batho grammars update --yes-run-code tiny >../out 2>../err && test_grep "^updated tiny" ../out &&
	test "$(ls "$data" | wc -l)" = 1 && test "$(ls "$data")" != "$old" &&
	git batho index >../out && test_grep "6 parsed" ../out && test_expect_code 128 git batho grammars update none 2>../err
'

test_expect_success 'a library that is not what was compiled is refused, and all else goes on' '
	cp -r "$HOME" ../home.good && printf x >>"$(echo "$data"/*/grammar.so)" &&
	git commit -q --allow-empty -m again && git batho index >../out 2>../err && test_line_count = 1 ../err &&
	test_grep "grammar .tiny. is not used: .*grammar.so. is not what was compiled" ../err &&
	test_expect_code 1 git batho outline a.tiny >../out 2>&1; test_expect_code 1 git batho def Two >../out 2>../err &&
	git batho grammars list --user >../out && test_grep "^  not used: .*not what was compiled" ../out &&
	test_expect_code 128 git batho grammars test tiny a.tiny 2>../err && test_grep "is not used" ../err
'

test_expect_success 'the same size and other bytes' '
	rm -rf "$HOME" && cp -rp ../home.good "$HOME" && git batho grammars test tiny a.tiny >../out &&
	printf x | dd of="$(echo "$data"/*/grammar.so)" bs=1 seek=5000 conv=notrunc 2>/dev/null &&
	git batho index >../out 2>../err && test_grep "not what was compiled" ../err
'

test_expect_success 'another description than the one that was added' '
	rm -rf "$HOME" && cp -rp ../home.good "$HOME" && echo "; more" >>"$(echo "$data"/*/tags.scm)" &&
	git batho index >../out 2>../err && test_grep "tags.scm. is not what was added" ../err &&
	test_expect_code 1 git batho def Two >../out 2>../err
'

test_expect_success 'a function that the library does not have: its files are counted as killed' '
	rm -rf "$HOME" && cp -rp ../home.good "$HOME" && sed -i "s/^symbol .*/symbol tree_sitter_other/" "$list" &&
	git batho index >../out 2>../err && git batho stats >../out &&
	test_grep "killed-crash  *[1-9]" ../out && test_expect_code 128 git batho grammars test tiny a.tiny 2>../err &&
	test_grep "undefined symbol: tree_sitter_other" ../err && test_expect_code 1 git batho doctor >../out &&
	test_grep "grammar .tiny. that you added is not used: .*tree_sitter_other" ../out
'

restore() {
	rm -rf "$HOME" && cp -rp ../home.good "$HOME"
}

test_expect_success 'a list or a folder that others may write to is refused in one line; hooks go on' '
	restore && chmod 666 "$list" && git batho index >../out 2>../err && test_line_count = 1 ../err &&
	test_grep "list of grammars .* is not used: it may be written by others" ../err &&
	test_expect_code 128 git batho grammars add --yes-run-code ../tiny 2>../err && test_grep "may be written by others" ../err &&
	git batho hooks install >../out && echo "{}" >c.tiny && git add c.tiny && git commit -q -m hook 2>../err &&
	test_grep "may be written by others" ../err && git batho hooks uninstall >../out &&
	restore && chmod 770 "$data"/* && git batho index >../out 2>../err && test_grep "folder .* may be written by others" ../err &&
	restore && chmod 777 "$HOME/.config/git-batho" && git batho index >../out 2>../err && test_line_count = 1 ../err &&
	restore && git batho index >../out 2>../err && test_must_be_empty ../err && git batho def Two >../out
'

test_expect_success OTHER_USER 'so is one of another user' '
	restore && chown 65534 "$list" && git batho index >../out 2>../err && test_grep "belongs to another user" ../err &&
	restore && chown 65534 "$data"/*/grammar.so && git batho index >../out 2>../err && test_grep "belongs to another user" ../err
'

test_expect_success 'a list that is damaged, or from another version' '
	restore && head -c 3000 /dev/urandom >"$list" && git batho index >../out 2>../err && test_line_count = 1 ../err &&
	restore && sed -i "s/^hash .*/hash ..\/..\/x/" "$list" && git batho index >../out 2>../err &&
	test_grep "the list has no hash of it" ../err &&
	restore && sed -i "1s/1/2/" "$list" && git batho index >../out 2>../err && test_grep "another version of git-batho" ../err &&
	restore && sed -i "s/^symbol .*/symbol system/" "$list" && git batho index >../out 2>../err && test_grep "no function" ../err
'

test_expect_success 'a grammar that crashes when it is loaded, or never comes back, is not added' '
	restore && make_grammar ../crash crash crash &&
	echo "__attribute__((constructor)) static void now(void) { __builtin_trap(); }" >>../crash/src/parser.c &&
	test_expect_code 128 git batho grammars add --yes-run-code ../crash >../out 2>../err &&
	test_grep "not added: .*signal" ../err && test_expect_code 128 git batho grammars test crash a.tiny 2>../err &&
	make_grammar ../leaves leaves leaves &&
	echo "void _exit(int); __attribute__((constructor)) static void now(void) { _exit(0); }" >>../leaves/src/parser.c &&
	test_expect_code 128 git batho grammars add --yes-run-code ../leaves >../out 2>../err && test_grep "not added" ../err &&
	git batho grammars list --user >../out && test_line_count = 1 ../out && test "$(ls "$data" | wc -l)" = 1
'

test_expect_success 'an ABI that the runtime does not take, a parser that defines no language, code that does not compile' '
	make_grammar ../abi abi abi && sed -i "s/^#define LANGUAGE_VERSION .*/#define LANGUAGE_VERSION 12/" ../abi/src/parser.c &&
	test_expect_code 128 git batho grammars add --yes-run-code ../abi >../out 2>../err && test_grep "ABI is 12" ../err &&
	make_grammar ../no no no && sed -i "s/tree_sitter_no(void)/other(void)/" ../no/src/parser.c &&
	test_expect_code 128 git batho grammars add --yes-run-code ../no >../out 2>../err && test_grep "defines no language" ../err &&
	make_grammar ../syntax syntax syntax && echo "int int;" >>../syntax/src/parser.c &&
	test_expect_code 128 git batho grammars add --yes-run-code ../syntax >../out 2>../err && test_grep "cannot compile" ../err &&
	make_grammar ../query query query && echo "(nothing) @definition.function" >>../query/queries/tags.scm &&
	test_expect_code 128 git batho grammars add --yes-run-code ../query >../out 2>../err &&
	test_grep "tags.scm, line 4, has an unknown node type: .nothing" ../err &&
	mkdir ../nothing && test_expect_code 128 git batho grammars add --yes-run-code ../nothing 2>../err &&
	test_grep "no src/parser.c" ../err
'

test_expect_success 'names that are none, and a package.json that is no JSON' '
	make_grammar ../odd odd odd && echo "{ \"grammars\": [ { \"name\": \"../../x\", \"path\": \".\" } ] }" >../odd/tree-sitter.json &&
	test_expect_code 128 git batho grammars add --yes-run-code ../odd 2>../err && test_grep "no name of a language" ../err &&
	echo "{ \"grammars\": [ { \"name\": \"a_name_of_more_than_31_characters\", \"path\": \".\" } ] }" >../odd/tree-sitter.json &&
	test_expect_code 128 git batho grammars add --yes-run-code ../odd 2>../err && test_grep "no name of a language" ../err &&
	echo "{ \"grammars\": [ { \"name\": \"odd\", \"path\": \"../tiny\" } ] }" >../odd/tree-sitter.json && echo "{ nonsense" >../odd/package.json &&
	git batho grammars add --yes-run-code --extensions odd,.od2 ../odd >../out 2>../err && test_grep "^added odd" ../out &&
	echo "{ \"here\": 1 }" >x.od2 && git add x.od2 && git commit -q -m odd && git batho def here >../out &&
	test_grep "^x.od2:1" ../out && git batho grammars remove --apply odd >../out
'

test_expect_success 'a built-in language stays unless --replace is given' '
	make_grammar ../json json json && sed -i "s/\"Z\"/&/" ../json/src/parser.c &&
	test_expect_code 128 git batho grammars add --yes-run-code ../json 2>../err && test_grep "built in" ../err &&
	test_grep "^hint: --replace" ../err &&
	git batho grammars add --yes-run-code --replace ../json >../out 2>../err && echo "{ \"mine\": \"Other\" }" >b.json &&
	git add b.json && git commit -q -m json && git batho def mine >../out && test_grep "b.json:1:[0-9]*: function" ../out &&
	git batho grammars remove --apply json >../out && git batho def mine >../out && test_grep "b.json:1:[0-9]*: key" ../out
'

test_expect_success 'a description of ours makes it first-class' '
	make_grammar ../full full full && cat >../full/full.lang <<-\EOT &&
	name full
	alias Fuller
	glob *.full *.fuller
	comment comment
	ident string read trim="
	def pair key
	role pair key=bind value=own
	EOT
	git batho grammars add --yes-run-code ../full >../out 2>../err && test_grep "facts from  a description" ../out &&
	echo "{ \"deep\": 1 }" >x.fuller && git add x.fuller && git commit -q -m full && git batho def deep >../out &&
	test_grep "^x.fuller:1:[0-9]*: key" ../out && echo "nonsense here" >>../full/full.lang &&
	test_expect_code 128 git batho grammars add --yes-run-code ../full >../out 2>../err && test_grep "not added: .*full.lang:8: no such statement .nonsense" ../err &&
	git batho grammars test Fuller x.fuller >../out
'

test_expect_success 'a tarball, with and without its hash' '
	mkdir ../pack && cp -r ../tiny ../pack/package && sed -i "s/tree_sitter_tiny/tree_sitter_tarred/" ../pack/package/src/parser.c &&
	tar -C ../pack -czf ../tarred.tgz package && tar -C ../pack -cf ../plain.tar package &&
	hash=$(sha512sum <../tarred.tgz | cut -d" " -f 1) &&
	test_expect_code 128 git batho grammars add --yes-run-code --integrity "sha512:$(echo $hash | tr 0-4 5-9)" ../tarred.tgz 2>../err &&
	test_grep "has not the hash" ../err && test_expect_code 129 git batho grammars add --integrity x ../tarred.tgz 2>../err &&
	git batho grammars add --yes-run-code --integrity $hash ../tarred.tgz >../out 2>../err &&
	test_grep "^added tarred" ../out && test_grep "  integrity  *sha512-" ../out &&
	git batho grammars add --yes-run-code ../plain.tar >../out 2>../err && test_grep "  unchecked  *sha512-" ../out &&
	git batho grammars remove --apply tarred >../out && git batho grammars list --user >../out && test_grep ! tarred ../out
'

test_expect_success 'hostile tarballs are refused and leave nothing' '
	before=$(ls "$data") && (cd ../pack &&
		ln -s /etc/passwd package/src/link.c && tar -czf ../link.tgz package && rm package/src/link.c &&
		ln package/src/parser.c package/src/hard.c && tar -czf ../hard.tgz package && rm package/src/hard.c &&
		mkfifo package/src/pipe.c && tar -czf ../fifo.tgz package && rm package/src/pipe.c &&
		echo >../escape.c && tar -P --transform "s,^,../,;s,^../../,../," -czf ../up.tgz package ../escape.c 2>/dev/null &&
		tar -P -czf ../absolute.tgz "$PWD/package") &&
	for bad in link hard fifo; do
		test_expect_code 128 git batho grammars add --yes-run-code ../$bad.tgz 2>../err &&
		test_grep "a link or a device in it" ../err || return 1
	done &&
	for bad in up absolute; do
		test_expect_code 128 git batho grammars add --yes-run-code ../$bad.tgz 2>../err &&
		test_grep "a path that leads out of it" ../err || return 1
	done &&
	head -c 3000 ../tarred.tgz >../cut.tgz && test_expect_code 128 git batho grammars add --yes-run-code ../cut.tgz 2>../err &&
	head -c 5000 /dev/urandom >../noise.tgz && test_expect_code 128 git batho grammars add --yes-run-code ../noise.tgz 2>../err &&
	test_grep "is no tar file" ../err && head -c 700 ../plain.tar >../cut.tar &&
	test_expect_code 128 git batho grammars add --yes-run-code ../cut.tar 2>../err && test_line_count -le 2 ../err &&
	test "$(ls "$data")" = "$before"
'

test_expect_success PYTHON 'a tarball that says it is enormous' '
	python3 - <<-\EOT &&
	import tarfile
	info = tarfile.TarInfo("package/src/parser.c")
	info.size = 1 << 40
	open("../huge.tar", "wb").write(info.tobuf(tarfile.GNU_FORMAT) + b"x" * 512)
	info.size = 200 << 20
	open("../large.tar", "wb").write(info.tobuf(tarfile.GNU_FORMAT) + b"x" * 512)
	EOT
	test_expect_code 128 git batho grammars add --yes-run-code ../huge.tar 2>../err && test_line_count = 1 ../err &&
	test_expect_code 128 git batho grammars add --yes-run-code ../large.tar 2>../err && test_grep "larger than 192 MiB" ../err
'

test_expect_success 'npm fetches, runs no scripts, and is held to the hash of the registry' '
	mkdir -p ../fake && cat >../fake/npm <<-EOT && chmod +x ../fake/npm &&
	#!/bin/sh
	echo "\$* ignore=\$npm_config_ignore_scripts" >>"$PWD/../npm.log"
	case \$1 in
	view)
		case "\$*" in *missing*) echo "npm error code E404" >&2; exit 1 ;; esac
		echo "{ \"name\": \"tree-sitter-tarred\", \"version\": \"9.9.9\", \"dist.integrity\": \"\$(cat "$PWD/../npm.hash")\" }" ;;
	pack) cp "$PWD/../tarred.tgz" some-name-9.9.9.tgz ;;
	esac
	EOT
	echo "sha512-$(openssl dgst -sha512 -binary ../tarred.tgz | base64 -w 0)" >../npm.hash &&
	PATH=$PWD/../fake:$PATH git batho grammars add --yes-run-code tree-sitter-tarred >../out 2>../err &&
	test_grep "^tarred 9.9.9$" ../out && test_grep "from  *npm tree-sitter-tarred$" ../out &&
	test_grep "^pack --ignore-scripts --silent -- tree-sitter-tarred@9.9.9 ignore=true" ../npm.log &&
	PATH=$PWD/../fake:$PATH git batho grammars update tarred >../out 2>../err && test_grep "is what npm tree-sitter-tarred has" ../out &&
	sed -i "s/-..../-AAAA/" ../npm.hash &&
	test_expect_code 128 env PATH="$PWD/../fake:$PATH" git batho grammars add --yes-run-code tree-sitter-tarred 2>../err &&
	test_grep "has not the hash it should have" ../err &&
	test_expect_code 128 env PATH="$PWD/../fake:$PATH" git batho grammars add --yes-run-code missing 2>../err &&
	test_grep "the registry has no package .missing" ../err &&
	git batho grammars remove --apply tarred >../out &&
	test_expect_code 128 git batho grammars add "a;b" 2>../err && test_expect_code 128 git batho grammars add -- --flag 2>../err
'

test_expect_success 'where bwrap works the compiler is locked in' '
	cat >../fake/bwrap <<-EOT && chmod +x ../fake/bwrap &&
	#!/bin/sh
	echo "\$*" >>"$PWD/../bwrap.log"
	while test \$# -gt 0; do
		case "\$1 \$3" in
		"--ro-bind /grammar") grammar=\$2; shift 3 ;;
		"--bind /out") out=\$2; shift 3 ;;
		--chdir*) cd "\$grammar\${2#/grammar}" && shift 2 ;;
		"-- "*) break ;;
		"true "*) exit 0 ;;
		*) shift ;;
		esac
	done
	test "\$1" = -- && shift
	for arg; do shift; case \$arg in /out/*) arg=\$out/\${arg#/out/} ;; esac; set -- "\$@" "\$arg"; done
	exec "\$@"
	EOT
	PATH=$PWD/../fake:$PATH git batho grammars add --yes-run-code ../tiny >../out 2>../err && test_grep ! "locked in" ../err &&
	test_grep "unshare-all.*--ro-bind .*/source /grammar --bind .* /out --chdir /grammar/ -- .*-o /out/grammar.so" ../bwrap.log &&
	printf "#!/bin/sh\necho no namespaces here >&2\nexit 1\n" >../fake/bwrap &&
	PATH=$PWD/../fake:$PATH git batho grammars add --yes-run-code ../tiny >../out 2>../err &&
	test_grep "will not be locked in: bwrap does not work here: no namespaces here" ../err
'

test_expect_success BWRAP 'the compiler sees no files of the user, and no network' '
	make_grammar ../curious curious curious && echo "#define SEEN 1" >../secret.h &&
	echo "#include \"$PWD/../secret.h\"" >>../curious/src/parser.c &&
	test_expect_code 128 git batho grammars add --yes-run-code ../curious >../out 2>../err &&
	test_grep "cannot compile .curious.*secret.h: No such file" ../err && make_grammar ../caged caged caged &&
	git batho grammars add --yes-run-code --json ../caged >../out 2>../err && test_grep "\"sandboxed_build\":true" ../out &&
	git batho grammars remove --apply caged >../out
'

# fields_of RECORD: those that git-batho-format(5) tells of
fields_of() {
	awk -v record="$1" '
		/^\.Ss / { on = index($0, ".Ss " record ", of grammars ") == 1; next }
		on && /^\.It Va / { sub(/^\.It Va /, ""); gsub(/ , /, " "); print }
	' "$TEST_SOURCE/man/git-batho-format.5" | tr ' ' '\n'
}

test_expect_success PYTHON 'each record has the fields that git-batho-format(5) tells of, in that order' '
	printf "import os\ndef f(a):\n\treturn a\n" >../t.py &&
	{ git batho grammars list --user --json && git batho grammars test --json python ../t.py &&
	  git batho grammars add --yes-run-code --json ../odd && git batho grammars update --json odd &&
	  git batho grammars remove --json odd; } >../records 2>../err &&
	for record in grammar node import definition reference test source added current removed; do
		fields_of $record >../want && test -s ../want &&
		python3 -c "
import json, sys
for line in open(\"../records\"):
    row = json.loads(line)
    if row.pop(\"record\", None) == sys.argv[1]:
        print(*row, sep=\"\n\")
        break
" $record >../have && test_cmp ../want ../have || return 1
	done && git batho grammars remove --apply odd >../out
'

test_expect_success 'removing: what would go, then it goes' '
	git batho grammars remove tiny >../out && test_grep "^would remove tiny: [0-9]* bytes in " ../out && test_grep -e --apply ../out &&
	git batho def Two >../out && git batho grammars remove --apply --json tiny >../out && test_grep "\"applied\":true" ../out &&
	test_expect_code 1 git batho def Two >../out && test_expect_code 128 git batho grammars remove tiny 2>../err
'

test_expect_success 'no home, or one that cannot be written' '
	test_expect_code 128 env -u HOME git batho grammars add --yes-run-code ../tiny 2>../err && test_grep "HOME is not set" ../err &&
	env -u HOME git batho index >../out && : >../file &&
	test_expect_code 128 env XDG_DATA_HOME="$PWD/../file" git batho grammars add --yes-run-code ../tiny 2>../err &&
	test_line_count = 1 ../err
'

test_expect_success 'two at once: both are there' '
	git batho grammars add --yes-run-code ../tiny >../out1 2>&1 & git batho grammars add --yes-run-code ../odd >../out2 2>&1; wait $! &&
	git batho grammars list --user >../out && test_grep "^tiny " ../out && test_grep "^odd " ../out
'

test_done
