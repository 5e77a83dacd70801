#!/bin/sh
# What the programs need when they start: nothing that costs milliseconds.
. "$(dirname "$0")/lint-lib.sh"

program=$TEST_BUILD/git-batho/git-batho

slow_libraries() {
	if test -x "$program"; then
		readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' |
			grep -E 'git2|curl|cjson|tree-sitter|ssl|crypto|ssh|pcre|http'
	else
		echo "$program is not built"
	fi
}
slow_symbols() {
	readelf -W -s "$program" |
		awk '$8 ~ /^(ts_parser_|tree_sitter_|git_libgit2|curl_|cJSON_)/ { print $8 }'
}
if command -v readelf >/dev/null 2>&1; then
	lint_check 'the hot program needs no libgit2, curl, cJSON or tree-sitter' slow_libraries
	lint_check 'and holds none of them' slow_symbols
else
	lint_skip 'what the hot program needs' 'readelf is not installed'
fi

# The indexer stands behind every hook: what few runs need it loads while running.
indexer=$TEST_BUILD/git-batho/git-batho-indexer

loaded_at_start() {
	if test -x "$indexer"; then
		readelf -d "$indexer" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' |
			grep -E 'git2|curl|ssl|crypto|ssh|pcre|http'
	else
		echo "$indexer is not built"
	fi
}
if command -v readelf >/dev/null 2>&1; then
	lint_check 'the indexer starts without libgit2 and libcurl' loaded_at_start
else
	lint_skip 'what the indexer needs' 'readelf is not installed'
fi

lint_done
