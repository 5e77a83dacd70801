# Makes core/rules/pack_data.c from the rule files named on the command line: <pack>/<id>.scm.
BEGIN {
	print "/* Made by build-aux/embed-rules.awk from core/rules/packs. */"
	print "#include \"core/rules/rule.h\"\n"
	print "const struct bt_rule_text bt_rule_texts[] = {"
	for (i = 1; i < ARGC; i++) {
		nr = split(ARGV[i], part, "/")
		id = part[nr]
		sub(/\.scm$/, "", id)
		printf "\t{ \"%s\", \"%s\", \"core/rules/packs/%s/%s.scm\",\n\t  \"\"", part[nr - 1], id, part[nr - 1], id
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
