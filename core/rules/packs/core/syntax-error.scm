;; severity: error
;; languages: c, c-sharp, cpp, css, go, java, javascript, json, kotlin, lua, php, python, ruby, rust, scala, swift, toml, tsx, typescript, yaml, zig
;; message: this does not parse
;; when: introduced
;; skip: test
;; analysis: syntax-error
;; help: The file parsed before this change, or there is an error in it that was not there.
;;  Look at the marked place and at what stands before it: a bracket, a quotation mark or a comma that is missing
;;  is noticed only where the text cannot go on. Where the
;;  grammar here does not know all of the language (macros of C, new syntax) only brackets that do not match count.
;;  Shell is not asked: of 2,055 scripts of git, Linux and PostgreSQL that bash accepts the grammar refuses 34, one in
;;  sixty, and in 3,500 changes of git's scripts all it found was templates and Tcl behind a first line of sh.
;; bad: c, cpp
;;| int f(void) { return (1 + 2; }
;; bad: c, cpp
;;| int f(void) {
;;| #if A
;;| 	if (a) {
;;| #else
;;| 	if (b) {
;;| #endif
;;| 		return 1; }
;; good: c, cpp
;;| int f(void) {
;;| #if A
;;| 	if (a) {
;;| #else
;;| 	if (b) {
;;| #endif
;;| 		return ')' + '\''; } /* ( */
;;| }
;; good: c, cpp
;;| for_each(list, i) return " (";
;;| #define A (
;; bad: c-sharp, kotlin, scala, swift, tsx, typescript, zig
;;| class A { f(a { return 1 }
;; bad: c-sharp, kotlin, swift, tsx, typescript
;;| class A { /* } */ f(")")
;; good: c-sharp
;;| class A {
;;| #if B
;;|   void F() { G($@"(
;;| {"); }
;;| #endif
;;| }
;; good: css
;;| a { background: url(http://example.com/a); /* ( */ }
;; bad: css
;;| a { color: red; ) }
;; good: kotlin, scala
;;| val a = """ ( """ + '('
;; good: swift
;;| #if os(Linux)
;;| let a = "(\(b)"
;;| #endif
;; good: tsx, typescript
;;| const a = <T,>(b: T) => `(${b}`
;; good: zig
;;| const a =
;;|     \\ (
;;| ;
;; bad: go
;;| package a
;;| func f() { return ) }
;; good: go
;;| package a
;;| func f() int { return 1 }
;; bad: java
;;| class A { void f() { g(; } }
;; good: java
;;| class A { void f() { g(); } }
;; bad: javascript
;;| function f( { return 1 }
;; good: javascript
;;| function f() { return 1 }
;; bad: json
;;| { "a": 1 "b": 2 }
;; good: json
;;| { "a": 1, "b": [2, 3] }
;; good: json
;;| {
;;|   "a": 1,
;;| }
;; bad: lua
;;| function f() return ( end
;; good: lua
;;| function f() return 1 end
;; bad: php
;;| <?php
;;| function f() { return (1; }
;; good: php
;;| <?php
;;| function f() { return (1); }
;; bad: python
;;| def f(:
;;|     return 1
;; good: python
;;| def f():
;;|     return 1
;; bad: ruby
;;| def f(
;;|   1 +
;;| end
;; good: ruby
;;| def f
;;|   1 + 1
;;| end
;; bad: rust
;;| fn f() -> i32 { (1 }
;; good: rust
;;| fn f() -> i32 { (1) }
;; bad: toml
;;| [a
;;| b = 1
;; good: toml
;;| [a]
;;| b = 1
;; bad: yaml
;;| a: [1, 2
;;| b: }
;; good: yaml
;;| a: [1, 2]
;;| b: {}
;; good: yaml
;;| {{ if .Values.on }}
;;| a: [1
;;| {{ end }}
