#!/bin/sh
test_description='archives of snapshots: the same bytes wherever they are made; imported whole, or refused and nothing stays'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

digest() {
	git -C "$1" batho index --json | sed -n 's/.*"digest":"\([0-9a-f]*\)".*/\1/p'
}

# nothing_to_do DIR: is HEAD known there without looking at anything?
nothing_to_do() {
	git -C "$1" batho index >nothing && test_grep "nothing to do" nothing
}

test_expect_success 'a project with all that an archive has to carry' '
	mkdir -p lib/deep test && printf "int add(int a)\n{\n\treturn a;\n}\n" >a.c && printf "int add(int);\n" >a.h &&
	printf "class C:\n    def f(self):\n        return g()\n" >lib/b.py && cp a.c lib/deep/copy.c &&
	printf "#!/bin/sh\nrun() { echo; }\n" >test/tool && printf "a\0b" >lib/binary.js && printf "x\n" >README &&
	printf "*.gen.c linguist-generated\nfixed.c binary\nlib/*.tpl linguist-language=ruby\n" >.gitattributes &&
	printf "int gen;\n" >x.gen.c && printf "int fixed;\n" >fixed.c && printf "def r\nend\n" >lib/t.tpl &&
	printf "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n" >lib/lfs.c &&
	awk "BEGIN { for (i = 0; i < 3000; i++) printf \"int large%d;\\n\", i }" >large.c && ln -s a.c link.c &&
	git add . && git commit -q -m one && git config batho.index.maxBlobSize 20k &&
	git batho index -q --snapshot --label one && git batho snapshot export one ../one.batho >out && test_grep "exported to" out &&
	test_path_is_file ../one.batho
'

test_expect_success 'the same bytes from another machine: another store, other workers, other order, other back-end' '
	git clone -q . ../other && git -C ../other config batho.index.maxBlobSize 20k &&
	git -C ../other commit -q --allow-empty -m before && (cd ../other && echo "int more;" >more.c && git add . && git commit -q -m more &&
		git batho index -q -j 4 && git batho index -q --backend libgit2 --snapshot HEAD~2 && git batho snapshot export HEAD~2 ../second.batho) &&
	cmp ../one.batho ../second.batho
'

test_expect_success 'imported into an empty clone there is nothing to do, and the digest agrees' '
	git clone -q . ../clone && git -C ../clone config batho.index.maxBlobSize 20k &&
	git -C ../clone batho snapshot import --label theirs ../one.batho >out && test_grep "imported" out &&
	nothing_to_do ../clone && test "$(digest ../clone)" = "$(digest .)" && git -C ../clone batho snapshot verify --sample 10 theirs &&
	for args in "def add" "refs add" "outline a.c" "search --match=prefix a" "stats --skipped"; do
		git batho $args --json >want && git -C ../clone batho $args --json >have &&
		grep -v "\"record\":\"total\"" want >want2 && grep -v "\"record\":\"total\"" have >have2 && test_cmp want2 have2 || return 1
	done
'

test_expect_success 'exported again it is the same file' '
	git -C ../clone batho snapshot export theirs ../again.batho && cmp ../one.batho ../again.batho
'

test_expect_success 'imported again: known' '
	git -C ../clone batho snapshot import ../one.batho >out && test_grep "^0 blobs imported" out
'

test_expect_success 'through pipes' '
	git batho snapshot export one - >../piped.batho && cmp ../one.batho ../piped.batho &&
	git clone -q . ../piped && git -C ../piped config batho.index.maxBlobSize 20k &&
	cat ../one.batho | git -C ../piped batho snapshot import - && nothing_to_do ../piped && ls ../piped/.git/batho >files && test_grep ! import files
'

test_expect_success 'a file that is there stays, unless' '
	test_expect_code 128 git batho snapshot export one ../one.batho 2>err && test_grep "hint: --force" err &&
	git batho snapshot export --force one ../one.batho && cmp ../one.batho ../second.batho &&
	test_expect_code 128 git batho snapshot export one /nowhere/x.batho 2>err && test_grep "^git-batho: .*nowhere" err
'

test_expect_success DEV_FULL 'a full disk' '
	test_expect_code 128 git batho snapshot export one - >/dev/full 2>err && test_grep "No space\|full" err
'

# ---- hostile ----

test_expect_success 'what is no archive, or is cut, or of a newer version' '
	git clone -q . ../victim && git -C ../victim config batho.index.maxBlobSize 20k && git -C ../victim batho init -q &&
	cp ../victim/.git/batho/index.db clean.db &&
	test_expect_code 128 git -C ../victim batho snapshot import "$PWD/a.c" 2>err && test_grep "no archive of git batho" err &&
	test_expect_code 128 git -C ../victim batho snapshot import ../nowhere 2>err && test_line_count = 1 err &&
	head -c 400 ../one.batho >cut && test_expect_code 128 git -C ../victim batho snapshot import "$PWD/cut" 2>err && test_grep "ends too early" err &&
	{ head -c 8 ../one.batho && printf "\011" && tail -c +10 ../one.batho; } >newer &&
	test_expect_code 128 git -C ../victim batho snapshot import "$PWD/newer" 2>err && test_grep "version 9" err && test_grep "^hint: " err
'

test_expect_success PYTHON '120 changed bits and cuts: refused, and nothing stays' '
	cat >hurt.py <<-\EOT &&
	import random, subprocess, sys
	good = open("../one.batho", "rb").read()
	random.seed(7)
	for i in range(120):
	    bad = bytearray(good)
	    if i % 4 == 3:
	        del bad[random.randrange(len(bad)):]
	    else:
	        bad[random.randrange(len(bad))] ^= 1 << random.randrange(8)
	    open("bad.batho", "wb").write(bad)
	    r = subprocess.run(["git", "-C", "../victim", "batho", "snapshot", "import", sys.argv[1] + "/bad.batho"], capture_output=True)
	    if r.returncode != 128 or not r.stderr.startswith(b"git-batho: "):
	        sys.exit("%d: status %d, %r" % (i, r.returncode, r.stderr))
	EOT
	python3 hurt.py "$PWD" && git -C ../victim batho snapshot list >out && test_grep "no snapshots" out &&
	cmp clean.db ../victim/.git/batho/index.db &&
	git -C ../victim batho snapshot import ../one.batho && nothing_to_do ../victim
'

test_expect_success 'folders that git tells otherwise of are refused' '
	git init -q -b main ../liar && (cd ../liar && printf "int evil(void);\n" >a.c && git add . && git commit -q -m evil && git batho index -q --snapshot &&
		git batho snapshot export 1 ../liar.batho) &&
	tree=$(git -C ../liar rev-parse HEAD^{tree}) && git -C ../victim cat-file -e $tree 2>/dev/null; test $? -ne 0 &&
	test_expect_code 1 git -C ../victim batho snapshot import ../liar.batho >out 2>err && test_grep "1 folder kept out" err
'

test_expect_success 'what the index has stays' '
	git clone -q ../liar ../knows && git -C ../knows batho index -q && git -C ../knows batho snapshot import ../liar.batho >out &&
	test_grep "^0 blobs imported, 1 known before" out
'

# ---- other versions, and lies under true checksums ----

test_lazy_prereq UNPACK 'python3 finds no libzstd' '
	python3 -c "import ctypes; ctypes.CDLL(\"libzstd.so.1\")" 2>/dev/null
'

# forge FROM TO CODE: an archive without a digest for the whole, whose records (a bytearray, "body") python CODE has changed.
test_expect_success UNPACK 'a forge' '
	cat >forge.py <<-\EOT
	import ctypes, hashlib, struct, sys
	zstd = ctypes.CDLL("libzstd.so.1")
	data = open(sys.argv[1], "rb").read()
	pieces, at = [], 12
	while True:
	    raw_len, stored = struct.unpack("<II", data[at:at + 8])
	    if not raw_len:
	        break
	    packed = data[at + 24:at + 24 + stored]
	    at += 24 + stored
	    out = ctypes.create_string_buffer(raw_len)
	    pieces.append(packed[1:] if packed[0] == 0 else (zstd.ZSTD_decompress(out, raw_len, packed[1:], len(packed) - 1), out.raw)[1])
	head, body = bytearray(pieces[0]), bytearray(b"".join(pieces[1:]))
	oid = head[1]
	head[2] &= 2
	at = 3 + oid * (2 if head[2] else 1) + 16
	del head[at:at + 32]
	body[-1] = 0
	exec(sys.argv[3])
	out, check = bytearray(data[:12]), bytes(16)
	for raw in (bytes(head), bytes(body), b""):
	    packed = b"\0" + raw if raw else b""
	    lengths = struct.pack("<II", len(raw), len(packed))
	    check = hashlib.blake2b(check + lengths + packed, digest_size=32).digest()[:16]
	    out += lengths + check + packed
	open(sys.argv[2], "wb").write(out)
	EOT
	forge() {
		python3 forge.py "$@"
	} &&
	git init -q -b main ../plain && (cd ../plain && printf "int alpha(void)\n{\n\treturn 1;\n}\n" >a.c && printf "int beta;\n" >b.c && git add . &&
		git commit -q -m plain && git batho index -q --snapshot && git batho snapshot export 1 ../plain.batho) &&
	forge ../plain.batho ../forged.batho "" && git clone -q ../plain ../p1 &&
	test_expect_code 1 git -C ../p1 batho snapshot import ../forged.batho >out && test_grep "^2 blobs imported" out
'

test_expect_success UNPACK 'facts of another version are kept out, and counted' '
	forge ../plain.batho ../forged.batho "at = body.index(b\"L\\x01c\") + 3; body[at] ^= 1" && git clone -q ../plain ../p2 &&
	test_expect_code 1 git -C ../p2 batho snapshot import ../forged.batho >out 2>err && test_grep "^0 blobs imported" out &&
	test_grep "2 blobs in .c. kept out: .*version" err && git -C ../p2 batho index --json >out && test_grep "\"parsed\":2" out
'

test_expect_success UNPACK 'a name that git has not got in the folder' '
	forge ../plain.batho ../forged.batho "at = body.rindex(b\"b.c\"); body[at] = 99" && git clone -q ../plain ../p3 &&
	test_expect_code 128 git -C ../p3 batho snapshot import ../forged.batho 2>err && test_grep "what is not so" err &&
	git -C ../p3 batho index --json >out && test_grep "\"parsed\":2" out
'

test_expect_success UNPACK 'facts that the index knows better' '
	forge ../plain.batho ../forged.batho "at = body.index(b\"alpha\"); body[at:at + 5] = b\"gamma\"" && git clone -q ../plain ../p4 &&
	git -C ../p4 batho index -q && test_expect_code 128 git -C ../p4 batho snapshot import ../forged.batho 2>err &&
	test_grep "say different things of blob $(git -C ../plain rev-parse HEAD:a.c)" err && git -C ../p4 batho def alpha && test_expect_code 1 git -C ../p4 batho def gamma
'

test_expect_success UNPACK 'and facts that it does not know: a sample tells' '
	git clone -q ../plain ../p5 && test_expect_code 1 git -C ../p5 batho snapshot import ../forged.batho && git -C ../p5 batho index -q --snapshot &&
	test_expect_code 1 git -C ../p5 batho snapshot verify --sample 2 >out && test_grep "1 of 2 files parsed anew differ, such as blob $(git -C ../plain rev-parse HEAD:a.c)" out
'

test_expect_success UNPACK 'a piece that unpacks to much more' '
	python3 - <<-\EOT &&
	import struct, hashlib
	data = open("../plain.batho", "rb").read()
	out = bytearray(data[:12])
	packed = b"\1" + bytes(64)
	lengths = struct.pack("<II", 0x0b000000, len(packed))
	out += lengths + hashlib.blake2b(bytes(16) + lengths + packed, digest_size=32).digest()[:16] + packed
	open("../forged.batho", "wb").write(out)
	EOT
	test_expect_code 128 git -C ../p1 batho snapshot import ../forged.batho 2>err && test_grep "^git-batho: cannot import" err
'


test_expect_success PYTHON 'a size limit of its own: what is too large there is parsed here' '
	git clone -q . ../larger && git -C ../larger batho snapshot import ../one.batho &&
	git -C ../larger batho index --json >out && test_grep "\"parsed\":1," out && git -C ../larger batho def large7 >out && test_grep "large.c:8" out
'

# ---- shards ----

test_expect_success 'two shards make the whole, and nothing is parsed' '
	git clone -q . ../left && git clone -q . ../right && git clone -q . ../whole &&
	(cd ../left && git batho index -q --include "lib/**" --snapshot) && left=$(git -C ../left batho snapshot list --porcelain | sed 1d | cut -f 2) &&
	(cd ../left && git config batho.index.include "lib/**" && git batho snapshot export $left ../left.batho) &&
	(cd ../right && git config batho.index.exclude "lib/**" && git batho index -q --snapshot && git batho snapshot export HEAD ../right.batho) &&
	git -C ../whole batho snapshot import ../left.batho && git -C ../whole batho snapshot import ../right.batho &&
	git -C ../whole batho index --json >out && test_grep "\"parsed\":0," out && test_grep "\"skipped\":0," out &&
	git clone -q . ../fresh && test "$(digest ../whole)" = "$(digest ../fresh)"
'

# ---- interrupted, at once, places ----

test_expect_success 'four imports and an index at once' '
	git clone -q . ../busy && git -C ../busy config batho.index.maxBlobSize 20k &&
	for n in 1 2 3 4; do
		git -C ../busy batho snapshot import -q ../one.batho 2>err.$n || echo $n >>failed &
	done && git -C ../busy batho index -q && wait && cat err.? && test_path_is_missing failed &&
	nothing_to_do ../busy && git -C ../busy batho snapshot verify && git -C ../busy batho snapshot list >out && test_line_count = 1 out
'

test_expect_success LOOP_MOUNT 'a full disk under the index: refused, and what was there is sound' '
	git clone -q . ../tight && git -C ../tight config batho.index.maxBlobSize 20k && mkdir ../small &&
	mount -t tmpfs -o size=200k none ../small && test_when_finished "umount ../small && rmdir ../small" &&
	for room in 0 20 40 60 80 100 120 140 160; do
		rm -rf ../small/* && head -c ${room}k /dev/zero >../small/ballast &&
		BATHO_STORE_DIR="$TEST_TRASH/small/batho" && export BATHO_STORE_DIR &&
		{ git -C ../tight batho snapshot import ../one.batho 2>err || test_grep "full\|No space" err; } || return 1
	done; unset BATHO_STORE_DIR
'

test_expect_success 'a bare repository' '
	git clone -q --bare . ../bare.git && git -C ../bare.git config batho.index.maxBlobSize 20k &&
	git -C ../bare.git batho snapshot import ../one.batho && nothing_to_do ../bare.git
'

test_expect_success 'a repository that has not got the commit' '
	test_create_repo ../stranger && test_expect_code 1 git -C ../stranger batho snapshot import ../one.batho >out 2>err &&
	test_grep "the repository has not got them" err && git -C ../stranger batho snapshot list >out && test_grep "no snapshots" out &&
	git -C ../stranger pull -q "$PWD" main && git -C ../stranger config batho.index.maxBlobSize 20k &&
	git -C ../stranger batho snapshot import ../one.batho && nothing_to_do ../stranger
'

test_expect_success PROC_CHILDREN 'files that were killed are not in it, nor are the folders above' '
	git init -q -b main ../killed && cd ../killed && mkdir -p lib other && echo "int small;" >lib/small.c && echo "int other;" >other/o.c &&
	git add . && git commit -q -m small && git batho index -q &&
	awk "BEGIN { for (i = 0; i < 25000; i++) print \"int v\" i \"(){ return f(\" i \"); }\" }" >lib/slow.c && git add . && git commit -q -m slow &&
	for try in $(test_seq 10); do	# it may be faster than we are
		rm -rf .git/batho && git batho index -q HEAD~1 && { git-batho index -q --snapshot >../out & pid=$!; } && kill_workers $pid && wait $pid &&
		grep -q "^incomplete (1)" ../out && break
	done && test_grep "^incomplete (1)" ../out &&
	git batho snapshot list --json >../out && test_grep "\"digest\":null,\"files\":2,\"incomplete\":1" ../out &&
	git batho snapshot verify && git batho snapshot export HEAD ../killed.batho >../out && test_grep "1 file without facts left out" ../out &&
	git clone -q . ../killed-clone &&
	test_expect_code 1 git -C ../killed-clone batho snapshot import ../killed.batho >../out 2>../err &&
	test_grep "no digest" ../err && test_grep "^2 blobs imported, 0 known before, 1 folder" ../out &&
	git -C ../killed-clone batho def small >../out && test_grep "lib/small.c" ../out
'

test_done
