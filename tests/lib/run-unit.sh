#!/bin/sh
# run-unit.sh PROGRAM: runs a cmocka or fuzz program and makes its TAP right.
#
# cmocka 1.1.5 prints a skipped test as "not ok 3 # SKIP test_name". A line "# skip: REASON" printed by the
# test before (unit_skip in tests/lib/unit.h) says why. UNIT_WRAPPER is a command to run the program with.
exec 4>&1
# No grammars that somebody has added for himself.
XDG_CONFIG_HOME=/dev/null
export XDG_CONFIG_HOME
# shellcheck disable=SC2086 # a command and its options
status=$({
	{
		${UNIT_WRAPPER:-} "$@"
		echo $? >&3
	} | awk '
		/^# skip: / {
			reason = substr($0, 9)
			next
		}
		/^(not )?ok [0-9]+ # SKIP / {
			sub(/^not /, "")
			name = $NF
			print $1, $2, "-", name, "# SKIP", reason == "" ? "it cannot run here" : reason
			reason = ""
			next
		}
		{ print; fflush() }
	' >&4
} 3>&1)
exit "$status"
