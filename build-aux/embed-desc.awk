# Makes core/lang/desc_data.c from the language descriptions named on the command line.
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
function name_of(path) {
	sub(/^.*\//, "", path)
	sub(/\.lang$/, "", path)
	return path
}
BEGIN {
	print "/* Made by build-aux/embed-desc.awk from core/lang/desc. */"
	print "#include \"core/lang/desc.h\"\n"
	print "const struct bt_lang_desc_text bt_lang_desc_texts[] = {"
	for (i = 1; i < ARGC; i++) {
		printf "\t{ \"%s\",\n\t  \"\"", name_of(ARGV[i])
		while ((rc = (getline line <ARGV[i])) > 0) {
			sub(/\r$/, "", line)
			printf "\n\t  %s", quote(line)
		}
		if (rc < 0) {
			print "embed-desc.awk: cannot read " ARGV[i] >"/dev/stderr"
			exit 1
		}
		close(ARGV[i])
		print " },"
	}
	print "\t{ 0 },\n};"
	exit 0
}
