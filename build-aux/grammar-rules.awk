# Makes the make rules of the grammars from core/lang/grammars.list.
#
# An object depends on its key alone, a file that changes only when the content of the sources, the
# compiler or the flags did: a fresh `npm ci` gives every source a new time and compiles nothing.
/^[ \t]*(#|$)/ { next }
NF != 5 || $5 !~ /^(yes|no)$/ {
	print FILENAME ":" FNR ": want: name symbol package source scanner" >"/dev/stderr"
	bad = 1
	exit 1
}
function object(name, part, dir) {
	objects = objects " " base "-" part ".o"
	print base "-" part ".o: " base ".key"
	print "\t$(AM_V_CC)$(GRAMMAR_CC) -I" dir " -c -o $@ " dir "/" part ".c"
	print ""
}
{
	base = "core/lang/grammars/" $1
	dir = "$(parts_dir)/" $3 "/" $4
	files = dir "/parser.c" ($5 == "yes" ? " " dir "/scanner.c" : "")
	print base ".stamp: " files
	print "\t$(AM_V_at)$(CONTENT_KEY) " base " '$(GRAMMAR_CC)' " files " " dir
	print ""
	print base ".key: " base ".stamp"
	print "\t@test -f $@ || { rm -f $? && $(MAKE) $(AM_MAKEFLAGS) $?; }"
	print ""
	object($1, "parser", dir)
	if ($5 == "yes")
		object($1, "scanner", dir)
}
END {
	if (!bad)
		print "GRAMMAR_OBJECTS =" objects
}
