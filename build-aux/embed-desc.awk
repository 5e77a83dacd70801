# Makes core/lang/desc_data.c from the language descriptions named on the command line. A line `include FILE`
# in one stands for the lines of that file, whose name is relative to the description's folder. The lines of its
# header come once more by themselves: every start of a program reads them.
function name_of(path) {
	sub(/^.*\//, "", path)
	sub(/\.lang$/, "", path)
	return path
}
function folder_of(path) {
	return path ~ /\// ? substr(path, 1, match(path, /[^\/]*$/) - 1) : ""
}
function embed(path, folder,    line, rc) {
	while ((rc = (getline line <path)) > 0) {
		sub(/\r$/, "", line)
		if (line ~ /^include /)
			embed(folder substr(line, 9), folder)
		else
			printf "\n\t  %s", quote(line)
		if (line ~ /^(alias|glob|shebang|grammar) /)
			header = header "\n\t  " quote(line)
	}
	if (rc < 0) {
		print "embed-desc.awk: cannot read " path >"/dev/stderr"
		exit 1
	}
	close(path)
}
BEGIN {
	print "/* Made by build-aux/embed-desc.awk from core/lang/desc. */"
	print "#include \"core/lang/desc.h\"\n"
	print "const struct bt_lang_desc_text bt_lang_desc_texts[] = {"
	for (i = 1; i < ARGC; i++) {
		printf "\t{ \"%s\",\n\t  \"\"", name_of(ARGV[i])
		header = "\n\t  " quote("")
		embed(ARGV[i], folder_of(ARGV[i]))
		printf ",\n\t  \"\"%s },\n", header
	}
	print "\t{ 0 },\n};"
	exit 0
}
