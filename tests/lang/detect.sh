#!/bin/sh
# Languages of files whose names do not say all.
test_description='detection by name and content'
TEST_NO_REPO=1
. "$(dirname "$0")/../lib/test-lib.sh"

dump=$TEST_BUILD/tests/lang/lang_dump
test -x "$dump" || test_skip 'lang_dump is not built'

# is LANGUAGE FILE: detection says so; the file's content comes from standard input.
is() {
	cat >"$2" && printf '%s\t%s\n' "$1" "$2" >expected &&
		"$dump" --detect "$2" >actual && test_cmp expected actual
}

test_expect_success 'names alone' '
	for pair in c:a.c cpp:a.cc cpp:a.hpp javascript:a.mjs javascript:a.jsx tsx:a.tsx \
		typescript:a.d.ts typescript:a.cts go:a.go c:DIR/UPPER.C.c; do
		mkdir -p DIR && is "${pair%%:*}" "${pair#*:}" </dev/null || return 1
	done
'

test_expect_success 'headers of C' '
	is c plain.h <<-\EOF &&
	/* class Foo is what this does not have,
	 * namespace foo neither,
	 */
	#ifdef __cplusplus
	extern "C" {
	template <typename T> class OnlyForCpp;
	#endif
	struct point { int x;	/* a comment that goes on:
	virtual coordinates
	*/ int y; };
	int same(int class) { return class == 3; }
	#include <sys/types.h>
	#ifdef __cplusplus
	}
	#endif
	EOF
	is c empty.h </dev/null
'

test_expect_success 'headers of C++' '
	is cpp class.h <<-\EOF &&
	class Foo;
	EOF
	is cpp include.h <<-\EOF &&
	#include <string_view>
	EOF
	is cpp namespace.h <<-\EOF &&
	#ifndef GUARD
	#define GUARD
	namespace foo { int f(); }
	#endif
	EOF
	is cpp std.h <<-\EOF &&
	int f(const std::string &s);
	EOF
	is cpp enum.h <<-\EOF &&
	enum class color { red };
	EOF
	is cpp negated.h <<-\EOF
	#ifndef __cplusplus
	#error "this is C++"
	#endif
	template <class T> T max(T a, T b);
	EOF
'

test_expect_success '.ts that is no TypeScript' '
	is typescript code.ts <<-\EOF &&
	const x: number = 1;
	EOF
	is - linguist.ts <<-\EOF
	<?xml version="1.0" encoding="utf-8"?>
	<!DOCTYPE TS>
	EOF
'

test_expect_success 'scripts without a known name' '
	is javascript tool <<-\EOF &&
	#!/usr/bin/env -S node --harmony
	EOF
	is - notes <<-\EOF
	just text
	EOF
'

test_done
