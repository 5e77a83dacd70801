# Prints "FILE LINE NAME LINES COMPLEXITY" for every function of the C files: a body opens with '{' and
# ends with '}' in the first column. Complexity: 1 + if, for, while, case, && , || and ?.
FNR == 1 { inside = 0; comment = 0; head = "" }
{
	line = $0
	if (comment) {
		if (!match(line, /\*\//))
			next_code = ""
		else
			next_code = substr(line, RSTART + 2)
		comment = !RLENGTH || RSTART == 0
		line = next_code
	}
	gsub(/\\\\|\\"|\\'/, "", line)
	gsub(/"[^"]*"|'[^']*'/, "", line)
	gsub(/\/\*[^*]*\*+([^\/*][^*]*\*+)*\//, "", line)
	if (match(line, /\/\*/)) {
		comment = 1
		line = substr(line, 1, RSTART - 1)
	}
}
!inside && /^[{]/ {
	inside = 1
	start = FNR
	complexity = 1
	next
}
inside && /^}/ {
	if ($0 !~ /^}[ \t]*[a-zA-Z_]*;/ || head ~ /\)/)
		print FILENAME, start, name, FNR - start - 1, complexity
	inside = 0
	next
}
inside {
	gsub(/[a-zA-Z_0-9]+/, " & ", line)
	complexity += gsub(/ (if|for|while|case) /, "&", line) + gsub(/&&|\|\||\?/, "&", line)
	next
}
/^[a-zA-Z_].*\(/ {
	head = $0
	name = $0
	sub(/\(.*/, "", name)
	sub(/^.*[ *\t]/, "", name)
}
