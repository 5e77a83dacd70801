#!/bin/sh
test_description='an index that grew step by step is the index made at once

Random edits, renames, branches and merges, which also change attributes and patterns. After every step
the digest of the store that was there from the start equals that of a new one; one worker or four,
libgit2 or the git program, staged or committed or in another clone: it is the same digest.

TEST_SEED gives a seed of your own, TEST_STEPS the number of steps.'
# shellcheck source=tests/lib/test-lib.sh
TEST_NO_REPO=1
. "$(dirname "$0")/../lib/test-lib.sh"

steps=${TEST_STEPS:-22}
seeds=${TEST_SEED:-"1 4874 $(($(date +%s) % 100000))"}

# plan SEED STEPS: shell commands, one step a line.
plan() {
	awk -v seed="$1" -v steps="$2" '
		function pick(list,	words, n) {
			n = split(list, words, " ")
			return words[1 + int(rand() * n)]
		}
		function dir() { return pick("./ ./ a/ a/b/ a/b/c/ lib/ lib/gen/ odd\\_name/") }
		function body(ext,	n) {
			n = int(rand() * 1000)
			if (ext == "c" || ext == "h") return "int f" n "(int a)\\n{\\n\\treturn g" n "(a);\\n}\\n"
			if (ext == "hh") return "namespace n" n " { class C; }\\n"
			if (ext == "py") return "def f" n "(x):\\n    return g" n "(x)\\n"
			if (ext == "js") return "export const f" n " = (x) => g" n "(x);\\n"
			if (ext == "sh") return "#!/bin/sh\\nf" n "() { g" n "; }\\n"
			return "text " n "\\n"
		}
		function file(	ext) {
			ext = pick("c c h hh py py js sh txt")
			return dir() pick("one two three gen_x test") (ext == "sh" ? "" : ext == "hh" ? ".h" : "." ext) " " ext
		}
		function pattern() {
			return pick("*.py *.c lib/ /a/b **/c a/**/one.* gen_* test.h *.xyz /lib/gen/*")
		}
		function attribute() {
			return pick("*.py *.c /a/b/* one.* gen_*.c lib/** *.h *") " " \
				pick("-batho batho !batho binary -binary linguist-language=Python linguist-language=C++ " \
				"linguist-language=Nonsense linguist-generated linguist-vendored text")
		}
		BEGIN {
			srand(seed)
			for (i = 0; i < 12; i++) {
					w = file(); e = w; sub(/.* /, "", e); sub(/ [a-z]*$/, "", w)
				line = line "put " w " \"" body(e) "\" && "
			}
			print line "commit"
			for (i = 0; i < steps; i++) {
				r = rand()
				line = ""
				do {
					s = rand()
					if (s < 0.35) { w = file(); e = w; sub(/.* /, "", e); sub(/ [a-z]*$/, "", w)
						line = line "put " w " \"" body(e) "\" && " }
					else if (s < 0.45) line = line "append " int(rand() * 1000) " \"" body("c") "\" && "
					else if (s < 0.52) line = line "drop " int(rand() * 1000) " && "
					else if (s < 0.60) line = line "rename " int(rand() * 1000) " " dir() pick("one two moved") "." pick("c h py js txt") " && "
					else if (s < 0.65) line = line "rename_dir " pick("a lib a/b lib/gen") " " pick("a lib moved a/x lib/gen/y") " && "
					else if (s < 0.70) line = line "twin " int(rand() * 1000) " " dir() pick("twin copy") "." pick("c h py js") " && "
					else if (s < 0.80) line = line "put " dir() ".gitattributes \"" attribute() "\\n" attribute() "\\n\" && "
					else if (s < 0.88) line = line "put .batho/config.ini \"[index]\\n" pick("exclude include exclude") " = " pattern() "\\n" \
						(rand() < 0.3 ? "maxBlobSize = " int(20 + rand() * 60) "\\n" : "") "\" && "
					else if (s < 0.91) line = line "forget .batho/config.ini && "
					else if (s < 0.94) line = line "setting " pick("exclude include maxBlobSize none none") " " pattern() " && "
					else line = line "put " dir() "big.c \"" body("c") body("c") body("c") "\" && "
				} while (rand() < 0.5)
				if (r < 0.12) line = line "commit && branch"
				else if (r < 0.24) line = line "commit && switch " int(rand() * 1000)
				else if (r < 0.40) line = line "commit && merge " int(rand() * 1000)
				else line = line "commit"
				print line
			}
		}'
}

# ---- the steps ----
put() {
	case $1 in
	*/*) mkdir -p "${1%/*}" ;;
	esac 2>/dev/null && test ! -d "$1" && printf "$2" >"$1"
	:
}
# nth N: the Nth file, counted round; not one of ours.
nth() {
	git ls-files | grep -v -e "config.ini$" -e "attributes$" >../files && nr=$(wc -l <../files) && test "$nr" -gt 0 &&
		chosen=$(sed -n "$(($1 % nr + 1))p" ../files) && test -f "$chosen"
}
append() {
	nth "$1" && printf "$2" >>"$chosen"
	:
}
drop() {
	nth "$1" && rm -f "$chosen"
	:
}
rename() {
	nth "$1" && mkdir -p "$(dirname "$2")" 2>/dev/null && test ! -e "$2" && mv "$chosen" "$2" 2>/dev/null
	:
}
twin() {
	nth "$1" && mkdir -p "$(dirname "$2")" 2>/dev/null && test ! -d "$2" && cp "$chosen" "$2" 2>/dev/null
	:
}
rename_dir() {
	test -d "$1" && test ! -e "$2" && mkdir -p "$(dirname "$2")" 2>/dev/null && mv "$1" "$2" 2>/dev/null
	:
}
forget() {
	rm -f "$1"
}
# Settings of this clone: what the others get is in $settings.
settings=
setting() {
	case $1 in
	none) settings= ;;
	maxBlobSize) settings=batho.index.maxBlobSize=50 ;;
	*) settings="batho.index.$1=$2" ;;
	esac
}
commit() {
	worktree=$(incremental --worktree) && git add -A && staged=$(incremental --staged) &&
		test_tick && git commit -q --allow-empty -m step && head=$(incremental) &&
		test "$worktree" = "$staged" && test "$staged" = "$head" || {
		echo "worktree $worktree, staged $staged, committed $head"
		return 1
	}
}
branch() {
	git checkout -q -b "b$(git branch | wc -l)"
}
some_branch() {
	git for-each-ref --format='%(refname:short)' refs/heads >../branches && nr=$(wc -l <../branches) &&
		chosen=$(sed -n "$(($1 % nr + 1))p" ../branches)
}
switch() {
	some_branch "$1" && git checkout -q "$chosen"
}
merge() {
	some_branch "$1" && test_tick && { git merge -q -X ours -m merge "$chosen" >/dev/null 2>&1 || {
		git add -A && git commit -q -m merge
	}; }
}

# ---- the digests ----
other_backend=libgit2
test "${TEST_HASH:-sha1}${TEST_REF_FORMAT:-files}" = sha1files || other_backend=git

incremental() {
	git ${settings:+-c "$settings"} batho stats --digest "$@"
}

# anew OPTIONS SCOPE...: from a store made for this question alone.
anew() {
	anew_options=$1
	shift
	rm -rf "$TEST_TRASH/anew"
	# shellcheck disable=SC2086 # options are words
	BATHO_STORE_DIR=$TEST_TRASH/anew git ${settings:+-c "$settings"} batho index --quiet $anew_options "$@" >/dev/null &&
		BATHO_STORE_DIR=$TEST_TRASH/anew git ${settings:+-c "$settings"} batho stats --digest ${1+--rev "$1"}
}

same_as_anew() {
	want=$(incremental) && have=$(anew "$1") && test -n "$want" && test "$want" = "$have" || {
		echo "step by step: $want, anew with $1 ${settings:+and $settings}: $have"
		return 1
	}
}

run_plan() {
	number=0
	while IFS= read -r step; do
		printf "%s\n" "step $number: $step"
		eval "$step" || return 1
		case $((number % 4)) in
		0) same_as_anew '--jobs=1' ;;
		1) same_as_anew '--jobs=4' ;;
		2) same_as_anew "--backend=$other_backend" ;;
		3) same_as_anew '--backend=git --jobs=4' ;;
		esac || return 1
		number=$((number + 1))
	done
}

for seed in $seeds; do
	test_expect_success "seed $seed: after every step, a new index has the same digest" '
		settings= && rm -rf ../repo$seed && test_create_repo ../repo$seed && cd ../repo$seed && plan $seed $steps >../plan &&
		run_plan <../plan
	'
	test_expect_success "seed $seed: every commit, through a clone that indexes all history at once" '
		git clone -q --mirror ../repo$seed ../all$seed.git && git -C ../repo$seed rev-list --all >../revs &&
		git -C ../all$seed.git ${settings:+-c "$settings"} batho index --all --jobs=4 >/dev/null &&
		while read -r rev; do
			want=$(cd ../repo$seed && incremental --rev $rev) && have=$(cd ../all$seed.git && incremental --rev $rev) &&
			test "$want" = "$have" || { echo "$rev: $want in the first, $have in the clone"; return 1; }
		done <../revs
	'
	test_expect_success "seed $seed: and in any order, with the other back-end" '
		(cd ../all$seed.git && git ${settings:+-c "$settings"} batho index --rebuild --backend=$other_backend --jobs=1 \
			$(sort ../revs) >/dev/null) &&
		sort ../revs | head -n 8 | while read -r rev; do
			want=$(cd ../repo$seed && incremental --rev $rev) && have=$(cd ../all$seed.git && incremental --rev $rev) &&
			test "$want" = "$have" || { echo "$rev: $want in the first, $have in the clone"; return 1; }
		done
	'
done

test_done
