# A made-up monorepo as a stream for `git fast-import`: the same bytes for the same numbers, on any machine.
#
#	awk -v files=200000 -v commits=2000 [-v seed=1] -f monorepo.awk | git fast-import --quiet
#
# Files lie in area-NN/package-NNN/, 50 to a package, in six languages; a file has up to a dozen definitions that call others
# of its package, now and then of another one, and imports to match. The first commit has all files; each further one changes
# one to nine of them, mostly in one package, and every fiftieth renames a file.

function draw(n) {	# 0 .. n - 1; the generator of Park and Miller
	state = (state * 16807) % 2147483647
	return state % n
}

function area(f) { return sprintf("area-%02d", int(f / 5000)) }
function package(f) { return sprintf("package_%03d", int(f / 50) % 100) }

function path(f, kind) {
	kind = f % 6
	return area(f) "/" package(f) "/" stem(f) "." ending[kind]
}

function stem(f) { return "unit_" f (f in renamed ? "_" renamed[f] : "") }

# Another file, near by as a rule.
function neighbour(f, at) {
	at = draw(10) ? int(f / 50) * 50 + draw(50) : draw(files)
	return at < files ? at : f
}

function callee(f) { return "task_" f "_" draw(4) }

function body_c(f, n, i, out) {
	out = "#include <stddef.h>\n#include \"" stem(neighbour(f)) ".h\"\n\nstruct state_" f " {\n\tint count;\n\tconst char *name;\n};\n\n"
	for (i = 0; i < n; i++)
		out = out "/* Step " i " of unit " f ", as of revision " rev[f] + 0 ". */\nint task_" f "_" i "(struct state_" f " *s, int limit)\n{\n" \
			"\tif (!s || limit < " draw(1000) ")\n\t\treturn -1;\n\tfor (int i = 0; i < limit; i++)\n" \
			"\t\ts->count += " callee(neighbour(f)) "(s, limit - i) * " draw(100) ";\n\treturn s->count;\n}\n\n"
	return out
}

function body_py(f, n, i, out) {
	out = "\"\"\"Unit " f ", revision " rev[f] + 0 ".\"\"\"\nimport os\nfrom . import " stem(neighbour(f)) "\n\n\nclass State" f ":\n    limit = " draw(1000) "\n\n"
	for (i = 0; i < n; i++)
		out = out "    def task_" f "_" i "(self, items):\n        total = 0\n        for item in items:\n" \
			"            if item > " draw(50) ":\n                total += " callee(neighbour(f)) "(item)\n        return total\n\n"
	return out
}

function body_go(f, n, i, out) {
	out = "package " package(f) "\n\nimport (\n\t\"fmt\"\n\t\"example.org/" area(neighbour(f)) "/" package(f) "\"\n)\n\ntype State" f " struct {\n\tcount int\n}\n\n"
	for (i = 0; i < n; i++)
		out = out "// task_" f "_" i " is of revision " rev[f] + 0 ".\nfunc (s *State" f ") task_" f "_" i "(limit int) (int, error) {\n\tif limit > " draw(900) \
			" {\n\t\treturn 0, fmt.Errorf(\"limit %d\", limit)\n\t}\n\ts.count += " callee(neighbour(f)) "(limit)\n\treturn s.count, nil\n}\n\n"
	return out
}

function body_js(f, n, i, out) {
	out = "import { helper } from './" stem(neighbour(f)) ".js';\n\nexport const limit" f " = " draw(1000) ";\n\n"
	for (i = 0; i < n; i++)
		out = out "// revision " rev[f] + 0 "\nexport function task_" f "_" i "(items) {\n  return items\n    .filter((x) => x > " draw(90) \
			")\n    .map((x) => " callee(neighbour(f)) "(x, limit" f "));\n}\n\n"
	return out
}

function body_java(f, n, i, out) {
	out = "package org.example." package(f) ";\n\nimport java.util.List;\n\npublic class Unit" f " {\n\tprivate int count = " draw(1000) ";\n\n"
	for (i = 0; i < n; i++)
		out = out "\t/** Revision " rev[f] + 0 ". */\n\tpublic int task_" f "_" i "(List<Integer> items) {\n\t\tfor (int item : items)\n" \
			"\t\t\tcount += " callee(neighbour(f)) "(item);\n\t\treturn count;\n\t}\n\n"
	return out "}\n"
}

function body_h(f, n, i, out) {
	out = "#ifndef UNIT_" f "_H\n#define UNIT_" f "_H\n\nstruct state_" f ";\n"
	for (i = 0; i < n; i++)
		out = out "/* Revision " rev[f] + 0 ". */\nint task_" f "_" i "(struct state_" f " *s, int limit);\n"
	return out "#define UNIT_" f "_LIMIT " draw(5000) "\n\n#endif\n"
}

function content(f, n) {
	n = 3 + draw(9)
	if (f % 6 == 0) return body_c(f, n)
	if (f % 6 == 1) return body_py(f, n)
	if (f % 6 == 2) return body_go(f, n)
	if (f % 6 == 3) return body_js(f, n)
	if (f % 6 == 4) return body_java(f, n)
	return body_h(f, n)
}

function put(f, text) {
	text = content(f)
	printf "M 100644 inline %s\ndata %d\n%s\n", path(f), length(text), text
}

function commit(nr, message) {
	printf "commit refs/heads/main\ncommitter Bench <bench@example.org> %d +0000\ndata %d\n%s\n", 1700000000 + nr * 60, length(message), message
}

BEGIN {
	state = seed ? seed : 1
	split("c py go js java h", endings, " ")
	for (i = 1; i <= 6; i++)
		ending[i - 1] = endings[i]
	commit(0, "All " files " files")
	for (f = 0; f < files; f++)
		put(f)
	for (nr = 1; nr < commits; nr++) {
		commit(nr, "Change " nr)
		first = draw(files)
		for (i = draw(9); i >= 0; i--) {
			f = i % 3 == 2 ? draw(files) : first - first % 50 + draw(50)
			if (f >= files)
				f = first
			rev[f]++
			if (nr % 50 == 0 && i == 0) {
				printf "D %s\n", path(f)
				renamed[f]++
			}
			put(f)
		}
	}
}
