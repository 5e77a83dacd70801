# shellcheck shell=sh
# For the tests of git batho check, behind test-lib.sh.

# found STATUS WANT-ON-STDIN ARGS...: the findings as "path:line severity rule", and the status. What it printed is in
# ../out and ../err. A setting in check_config is in force in them.
found() {
	test_want=$1
	shift
	cat >../want
	test_expect_code "$test_want" git ${check_config:+-c "$check_config"} batho check --porcelain "$@" >../out 2>../err || {
		cat ../err
		return 1
	}
	awk -F '\t' '$1 == "finding" { print $2 ":" $3, $7, $8 }' ../out >../have && test_cmp ../want ../have
}

# again STATUS ARGS...: the same findings as before.
again() {
	cp ../want ../same && found "$@" <../same
}
