#!/bin/sh
# Arrows between the boxes (layers.txt) and the doors of outside libraries (headers.txt).
. "$(dirname "$0")/lint-lib.sh"

wrong_arrows() {
	c_sources | xargs awk '
		function box(path) {
			if (match(path, /^core\/[^\/]*\//))
				return substr(path, 1, RLENGTH - 1)
			sub(/\/.*/, "", path)
			return path
		}
		BEGIN {
			while ((getline line <"tests/lint/layers.txt") > 0) {
				if (line ~ /^#/)
					continue
				nr = split(line, w, /[: ]+/)
				known[w[1]] = allowed[w[1], w[1]] = 1
				for (i = 2; i <= nr; i++)
					allowed[w[1], w[i]] = 1
			}
		}
		/^[ \t]*#[ \t]*include[ \t]*"/ {
			split($0, part, "\"")
			from = box(FILENAME)
			to = box(part[2])
			if (part[2] !~ /\//)
				print FILENAME ":" FNR ": \"" part[2] "\" is not rooted at the top"
			else if (!(from in known))
				print FILENAME ": layers.txt does not know " from
			else if (!((from, to) in allowed))
				print FILENAME ":" FNR ": " from " must not include " part[2]
		}
	'
}
lint_check 'includes follow the layers' wrong_arrows

foreign_headers() {
	c_sources | xargs awk '
		BEGIN {
			while ((getline line <"tests/lint/headers.txt") > 0) {
				if (line ~ /^#/ || split(line, w, /[ \t]+/) < 2)
					continue
				header[++nr] = "^(" w[1] ")$"
				door[nr] = "^(" w[2] ")$"
			}
		}
		/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
			split($0, part, /[<>"]/)
			for (i = 1; i <= nr; i++)
				if (part[2] ~ header[i] && FILENAME !~ door[i])
					print FILENAME ":" FNR ": <" part[2] "> has its door elsewhere"
		}
	'
}
lint_check 'outside headers stay in their doors' foreign_headers

# The guard ends with the name of the file, and no other header has it.
wrong_guards() {
	c_sources | grep '\.h$' | while IFS= read -r file; do
		guard=$(sed -n 's/^#ifndef \([A-Z0-9_]*_H\)$/\1/p' "$file" | head -n 1)
		case $guard in
		*_"$(basename "$file" .h | tr 'a-z.-' 'A-Z__')_H") ;;
		*) echo "$file: '$guard' is not the guard of this name" ;;
		esac
	done
	c_sources | grep '\.h$' | xargs sed -n 's/^#ifndef \([A-Z0-9_]*_H\)$/\1: two headers/p' |
		sort | uniq -d
}
lint_check 'headers have an include guard of their own' wrong_guards

lint_done
