# Makes core/rules/pack_data.c from the rule files named on the command line: <pack>/<id>.scm.
function quote(s,    i, c, out) {
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\t")
			c = "\\t"
		else if (c == "\\" || c == "\"" || c == "?")
			c = "\\" c
		out = out c
	}
	return "\"" out "\\n\""
}
BEGIN {
	print "/* Made by build-aux/embed-rules.awk from core/rules/packs. */"
	print "#include \"core/rules/rule.h\"\n"
	print "const struct bt_rule_text bt_rule_texts[] = {"
	for (i = 1; i < ARGC; i++) {
		nr = split(ARGV[i], part, "/")
		id = part[nr]
		sub(/\.scm$/, "", id)
		printf "\t{ \"%s\", \"%s\",\n\t  \"\"", part[nr - 1], id
		while ((rc = (getline line <ARGV[i])) > 0) {
			sub(/\r$/, "", line)
			printf "\n\t  %s", quote(line)
		}
		if (rc < 0) {
			print "embed-rules.awk: cannot read " ARGV[i] >"/dev/stderr"
			exit 1
		}
		close(ARGV[i])
		print " },"
	}
	print "\t{ 0 },\n};"
	exit 0
}
