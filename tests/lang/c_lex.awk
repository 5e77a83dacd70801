# The identifiers of C files as a plain lexer sees them: name, file, line, column, with tabs between.
#
# All branches of the preprocessor count, macro bodies too. Left out: keywords, builtin types, directives and
# what #include, #error, #warning and #pragma say, literals and comments.
BEGIN {
	split("auto break case char const continue default do double else enum extern float for goto if " \
	      "inline int long register restrict return short signed sizeof static struct switch typedef " \
	      "union unsigned void volatile while _Alignas _Alignof _Atomic _Bool _Complex _Generic " \
	      "_Imaginary _Noreturn _Static_assert _Thread_local __attribute__ __attribute __asm__ __asm " \
	      "asm __volatile__ __volatile __inline__ __inline __forceinline __restrict__ __restrict " \
	      "__extension__ __thread __declspec __alignof__ __alignof _alignof __typeof__ defined __cdecl " \
	      "__clrcall __stdcall __fastcall __thiscall __vectorcall", list, " ")
	for (i in list)
		keyword[list[i]] = 1
}
FNR == 1 {
	comment = directive = going_on = 0
	quote = ""
}
# The rest of a literal that a backslash carried over the end of a line.
function skip_literal(rest,    i, c) {
	for (i = 1; i <= length(rest); i++) {
		c = substr(rest, i, 1)
		if (c == "\\")
			i++
		else if (c == quote) {
			quote = ""
			return i
		}
	}
	if (rest !~ /\\$/)
		quote = ""
	return length(rest)
}
function skip_comment(rest,    at) {
	at = index(rest, "*/")
	if (!at)
		return length(rest)
	comment = 0
	return at + 1
}
# A directive's first words: how much of the line is dealt with by them.
function skip_directive(rest,    word) {
	match(rest, /^[ \t]*#[ \t]*[a-z_]*/)
	word = substr(rest, 1, RLENGTH)
	sub(/^.*[^a-z_]/, "", word)
	if (word == "error" || word == "warning" || word == "pragma" || word == "line" || word == "ident")
		directive = 1
	if (word ~ /^include/ && substr(rest, RLENGTH + 1) ~ /^[ \t]*[<"]/) {
		match(rest, /^[ \t]*#[ \t]*[a-z_]*[ \t]*(<[^>]*>|"[^"]*")/)
		return RLENGTH
	}
	return RLENGTH
}
{
	sub(/\r$/, "")
	rest = $0
	at = 0
	if (!going_on)
		directive = 0
	if (!comment && !quote && !going_on && rest ~ /^[ \t]*#/) {
		at = skip_directive(rest)
		rest = substr(rest, at + 1)
	}
	while (rest != "") {
		if (comment)
			n = skip_comment(rest)
		else if (quote != "")
			n = skip_literal(rest)
		else if (match(rest, /^[ \t\f\v\\]+/))
			n = RLENGTH
		else if (substr(rest, 1, 2) == "/*") {
			comment = 1
			n = 2
		} else if (substr(rest, 1, 2) == "//")
			n = length(rest)
		else if (match(rest, /^(u8|[uUL])?["']/)) {
			quote = substr(rest, RLENGTH, 1)
			n = RLENGTH
			if (directive)
				quote = ""
		} else if (match(rest, /^[A-Za-z_$\200-\377][A-Za-z0-9_$\200-\377]*/)) {
			n = RLENGTH
			word = substr(rest, 1, n)
			if (!directive && !(word in keyword))
				printf "%s\t%s\t%d\t%d\n", word, FILENAME, FNR, at + 1
		} else if (match(rest, /^\.?[0-9]([eEpP][-+]|[A-Za-z0-9_.'])*/))
			n = RLENGTH
		else
			n = 1
		at += n
		rest = substr(rest, n + 1)
	}
	going_on = /\\$/
}
