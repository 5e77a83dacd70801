;; severity: error
;; languages: javascript, typescript, tsx, ruby, php, go, swift, scala, bash
;; words: .only( .only. .only) ->only( "only: true" only:true "focus: true" ", :focus" bats:focus
;; words: fdescribe fcontext fspecify fscenario ffeature fit(" fit(' fit(` "  fit "
;; words: FDescribe FContext( FIt( FWhen( FEntry( FSpecify(
;; message: only this test runs
;; help: It was singled out while somebody worked on it; all others are left out without a word, and the run is green.
;;  Take the mark away.
;; bad: javascript, typescript, tsx
;;| describe.only("a", () => {})
;; bad: javascript, typescript, tsx
;;| it.only.each([1])("a", f)
;; bad: javascript, typescript, tsx
;;| test.describe.only(`a`, f)
;; bad: javascript, typescript, tsx
;;| fdescribe("a", () => { fit("b", f) })
;; bad: javascript, typescript, tsx
;;| test("a", { only: true }, f)
;; good: javascript, typescript, tsx
;;| describe("a", () => { it("b", f) })
;;| model.fit(x); fit(x, y); list.only("a"); query({ only: true }); only(describe)
;; bad: ruby
;;| it "x", focus: true do
;;| end
;; bad: ruby
;;| describe "x", :focus do
;;| end
;; bad: ruby
;;| RSpec.fdescribe "x" do
;;| end
;; bad: ruby
;;| describe "y" do
;;|   fit "x" do
;;|   end
;;| end
;; good: ruby
;;| it "x" do
;;|   fit(x)
;;|   field.set :focus
;;|   open "a", focus: true
;;| end
;; bad: php
;;| <?php
;;| it('works', fn() => 1)->only();
;; good: php
;;| <?php
;;| it('works', fn() => 1);
;;| $request->only('a');
;; bad: go
;;| package a
;;| var _ = FDescribe("a", func() { FIt("b", func() {}) })
;; good: go
;;| package a
;;| var _ = Describe("a", func() { FIt(x) })
;; bad: swift
;;| fdescribe("a") { fit("b") { } }
;; good: swift
;;| describe("a") { fit(x) }
;; bad: scala
;;| class A extends FunSuite { test("x".only) { 1 } }
;; good: scala
;;| class A extends FunSuite { test("x") { row.only } }
;; bad: bash
;;| # bats test_tags=slow,bats:focus
;;| f() { true; }
;; good: bash
;;| # bats test_tags=slow
;;| f() { echo bats:focus; }
;; query: javascript, typescript, tsx
((member_expression object: (identifier) @_o property: (property_identifier) @_p) @finding
 (#any-of? @_o "describe" "context" "suite" "it" "test" "specify" "bench" "QUnit")
 (#eq? @_p "only")
 (#has-parent? @finding call_expression member_expression))
((member_expression object: (member_expression object: (identifier) @_o) property: (property_identifier) @_p) @finding
 (#any-of? @_o "describe" "suite" "it" "test" "QUnit")
 (#eq? @_p "only")
 (#has-parent? @finding call_expression member_expression))
((call_expression function: (identifier) @finding arguments: (arguments . [(string) (template_string)]))
 (#any-of? @finding "fdescribe" "fcontext" "fit"))
((call_expression function: (identifier) @_f
  arguments: (arguments . [(string) (template_string)] . (object (pair key: (property_identifier) @_k value: (true)) @finding)))
 (#any-of? @_f "describe" "suite" "it" "test")
 (#eq? @_k "only"))
;; query: ruby
((call method: (identifier) @_m arguments: (argument_list (pair key: (hash_key_symbol) @_k value: (true)) @finding))
 (#any-of? @_m "describe" "context" "it" "specify" "example" "scenario" "feature")
 (#eq? @_k "focus"))
((call method: (identifier) @_m arguments: (argument_list (simple_symbol) @finding))
 (#any-of? @_m "describe" "context" "it" "specify" "example" "scenario" "feature")
 (#eq? @finding ":focus"))
((call method: (identifier) @finding block: (_))
 (#any-of? @finding "fdescribe" "fcontext" "fit" "fspecify" "fscenario" "ffeature"))
;; query: php
((member_call_expression
  object: (function_call_expression function: (name) @_f)
  name: (name) @finding)
 (#any-of? @_f "it" "test" "describe")
 (#eq? @finding "only"))
;; query: go
((call_expression function: (identifier) @finding arguments: (argument_list . (interpreted_string_literal)))
 (#any-of? @finding "FDescribe" "FDescribeTable" "FContext" "FWhen" "FIt" "FSpecify" "FEntry"))
;; query: swift
((call_expression (simple_identifier) @finding
  (call_suffix (value_arguments (value_argument value: (line_string_literal))) (lambda_literal)))
 (#any-of? @finding "fdescribe" "fcontext" "fit"))
;; query: scala
((call_expression function: (identifier) @_f arguments: (arguments (field_expression value: (string) field: (identifier) @finding)))
 (#any-of? @_f "test" "it")
 (#eq? @finding "only"))
;; query: bash
((comment) @finding
 (#match? @finding "bats (test|file)_tags=.*bats:focus"))
