# Makes the C tables of the grammars; -v table=versions or -v table=functions.
#
# Input: package-lock.json as npm writes it (versions only), then core/lang/grammars.list. Needs no node.
BEGIN {
	if (table != "versions" && table != "functions") {
		print "grammar-tables.awk: -v table=versions|functions is missing" >"/dev/stderr"
		failed = 1
		exit 1
	}
}
function value(line) {
	sub(/^[^:]*:[ \t]*"/, "", line)
	sub(/",?[ \t\r]*$/, "", line)
	return line
}
FILENAME ~ /package-lock\.json$/ {
	if ($0 ~ /^\t\t"node_modules\/.*": *[{]/) {
		package = $0
		sub(/^\t\t"node_modules\//, "", package)
		sub(/": *[{].*$/, "", package)
	} else if ($0 ~ /^\t\t\t"version":/) {
		version[package] = value($0)
	} else if ($0 ~ /^\t\t\t"integrity":/) {
		integrity[package] = value($0)
	}
	next
}
/^[ \t]*(#|$)/ { next }
{
	names[++nr] = $1
	symbols[nr] = $2
	packages[nr] = $3
	scanners[nr] = $5 == "yes" ? "true" : "false"
}
function version_row(name, package) {
	if (!(package in version) || !(package in integrity)) {
		print "package-lock.json: no version or integrity of " package >"/dev/stderr"
		failed = 1
		exit 1
	}
	printf "\t{ \"%s\", \"%s\", \"%s\",\n\t  \"%s\" },\n", name, package, version[package], \
		integrity[package]
}
END {
	if (failed)
		exit 1
	print "/* Made by build-aux/grammar-tables.awk from core/lang/grammars.list. */"
	if (table == "versions") {
		print "#include \"core/lang/grammar_versions.h\"\n"
		print "const struct bt_grammar_version bt_grammar_versions[] = {"
		for (i = 1; i <= nr; i++)
			version_row(names[i], packages[i])
		version_row("tree-sitter", "tree-sitter")
		version_row("sqlite", "better-sqlite3")
		print "\t{ 0 },\n};"
		exit
	}
	print "#include \"core/lang/grammar_table.h\"\n"
	for (i = 1; i <= nr; i++)
		print "const TSLanguage *tree_sitter_" symbols[i] "(void);"
	print "\nconst struct bt_grammar bt_grammars[] = {"
	for (i = 1; i <= nr; i++)
		printf "\t{ \"%s\", tree_sitter_%s, %s },\n", names[i], symbols[i], scanners[i]
	print "\t{ 0 },\n};"
}
