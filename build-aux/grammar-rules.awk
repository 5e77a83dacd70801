# Makes the make rules of the grammars, from core/lang/grammars.list, and of tree-sitter's runtime.
#
# Parsers and runtime are compiled twice, tuned and stock: core/lang/Makemodule.am says why.
# An object depends on its key alone, a file that changes only when the content of the sources, the
# compiler or the flags did: a fresh `npm ci` gives every source a new time and compiles nothing.
/^[ \t]*(#|$)/ { next }
NF != 5 || $5 !~ /^(yes|no)$/ {
	print FILENAME ":" FNR ": want: name symbol package source scanner" >"/dev/stderr"
	bad = 1
	exit 1
}
# NAME.o from DIR/SOURCE by $(COMPILER); $(COMPILER_NEEDS) are files and folders that it reads, too.
function object(name, dir, source, compiler) {
	name = "core/lang/grammars/" name
	source = dir "/" source
	print name ".stamp: " source " $(" compiler "_NEEDS)"
	print "\t$(AM_V_at)$(CONTENT_KEY) " name " '$(" compiler ")' " source " " dir " $(" compiler "_NEEDS)"
	print ""
	print name ".key: " name ".stamp"
	print "\t@test -f $@ || { rm -f $? && $(MAKE) $(AM_MAKEFLAGS) $?; }"
	print ""
	print name ".o: " name ".key"
	print "\t$(AM_V_CC)$(" compiler ") -I" dir " -c -o $@ " source
	print ""
	return " " name ".o"
}
{
	dir = "$(parts_dir)/" $3 "/" $4
	tuned = tuned object($1 "-parser", dir, "parser.c", "TUNED_LEXER_CC")
	stock = stock object($1 "-parser-stock", dir, "parser.c", "GRAMMAR_CC")
	if ($5 == "yes")
		scanners = scanners object($1 "-scanner", dir, "scanner.c", "SCANNER_CC")
}
END {
	if (bad)
		exit 1
	print "TUNED_PARSERS =" tuned
	print "STOCK_PARSERS =" stock
	print "SCANNERS =" scanners
	print ""
	print "TUNED_RUNTIME =" object("tree-sitter", "$(ts_lib)/src", "lib.c", "TUNED_RUNTIME_CC")
	print "STOCK_RUNTIME =" object("tree-sitter-stock", "$(ts_lib)/src", "lib.c", "RUNTIME_CC")
}
