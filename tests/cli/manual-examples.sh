#!/bin/sh
test_description='the examples of the manual pages do what the pages say

An example is a literal block behind a line `.\" example [status=N]`: lines that start with "$ " are
commands, the others are what they print. "..." stands for anything in a line, and alone on a line
for any number of lines. The status is that of the last command.'
# shellcheck source=tests/lib/test-lib.sh
TEST_NO_REPO=1
. "$(dirname "$0")/../lib/test-lib.sh"

# The project that the pages talk about.
test_create_repo shop
cat >shop/calc.c <<'EOT'
#include <stdio.h>
#include "calc.h"

/* Adds. */
int add(int a, int b)
{
	return a + b;
}

int twice(int a)
{
	return add(a, a);
}
EOT
cat >shop/calc.h <<'EOT'
int add(int a, int b);
EOT
cat >shop/shop.py <<'EOT'
class Cart:
    def total(self, items):
        return sum(i.price for i in items)

def main():
    cart = Cart()
    print(cart.total([]))
EOT
git -C shop add . && git -C shop commit -q -m 'A shop' || exit 1

# examples PAGE: writes <number>.commands, .want and .status for each, and prints the numbers.
examples() {
	awk '
		/^\.\\" example/ {
			status = 0
			if (match($0, /status=[0-9]+/)) status = substr($0, RSTART + 7, RLENGTH - 7)
			pending = 1
			next
		}
		/^\.Bd/ && pending {
			pending = 0
			on = 1
			nr++
			print status >(nr ".status")
			printf "" >(nr ".commands")
			printf "" >(nr ".want")
			print nr
			next
		}
		/^\.Ed/ { on = 0 }
		!on { next }
		{ gsub(/\\-/, "-"); gsub(/\\&/, ""); gsub(/\\\(aq/, "\047"); gsub(/\\e/, "\\") }
		/^\$ / { print substr($0, 3) >(nr ".commands"); next }
		{ print >(nr ".want") }
	' "$1"
}

# matches WANT HAVE
matches() {
	awk '
		function like(want, have,	part, n, i, at) {
			n = split(want, part, /\.\.\./)
			if (substr(have, 1, length(part[1])) != part[1]) return 0
			have = substr(have, length(part[1]) + 1)
			for (i = 2; i <= n; i++) {
				if (i == n) {
					at = length(have) - length(part[i])
					return at >= 0 && substr(have, at + 1) == part[i]
				}
				at = index(have, part[i])
				if (!at) return 0
				have = substr(have, at + length(part[i]))
			}
			return n > 1 || have == ""
		}
		NR == FNR { want[++wants] = $0; next }
		{ have[++haves] = $0 }
		END {
			w = h = 1
			while (w <= wants) {
				if (want[w] == "...") {
					w++
					while (h <= haves && (w > wants || !like(want[w], have[h]))) h++
					continue
				}
				if (h > haves || !like(want[w], have[h])) {
					print "wanted: " want[w] ", got: " (h > haves ? "the end" : have[h])
					exit 1
				}
				w++
				h++
			}
			if (h <= haves) { print "not wanted: " have[h]; exit 1 }
		}
	' "$1" "$2"
}

test_expect_success 'the comparison sees differences' '
	printf "%s\n" "a...c" "..." "end" >w &&
	printf "%s\n" "a-b-c" "1" "2" "end" >h && matches w h &&
	printf "%s\n" "a-b-c" "end" >h && matches w h &&
	printf "%s\n" "a-b" "end" >h && test_must_fail matches w h &&
	printf "%s\n" "a-b-c" "end" "more" >h && test_must_fail matches w h &&
	printf "%s\n" "a-b-c" "1" >h && test_must_fail matches w h &&
	printf "%s\n" "abc" >w && printf "%s\n" "abcd" >h && test_must_fail matches w h
'

# Pages that have nothing to run.
silent=' git-batho-format '
for page in "$TEST_SOURCE"/man/*.[1-9]; do
	name=$(basename "$page")
	rm -f ./*.commands ./*.want ./*.status
	numbers=$(examples "$page")
	case $silent in
	*" ${name%.*} "*) ;;
	*)
		test_expect_success "$name has examples" 'test -n "$numbers"'
		rm -rf work && cp -R shop work
		;;
	esac
	for number in $numbers; do
		# Those of one page follow each other in one repository.
		test_expect_success "$name, example $number" '
			(cd work && . "../$number.commands") >have 2>&1
			status=$?
			cat have
			matches "$number.want" have && test "$status" -eq "$(cat "$number.status")"
		'
	done
done

test_done
