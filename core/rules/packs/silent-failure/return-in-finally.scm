;; severity: warning
;; languages: javascript, typescript, tsx, python, ruby, php
;; words: finally ensure
;; skip: test
;; message: return in a finally block drops the error that is on its way
;; help: The block also runs when an error is passing through; leaving it by return, break or continue ends that error.
;;  Return behind the block.
;; bad: javascript, typescript, tsx
;;| function f() { try { a() } finally { return 1 } }
;; bad: javascript, typescript, tsx
;;| function f() { let b = 0; try { b = a() } catch (e) { if (dev) throw e } finally { return b } }
;; good: javascript, typescript, tsx
;;| function f() { let b = 1; try { b = a() } catch (e) { report(e) } finally { return b } }
;; good: javascript, typescript, tsx
;;| function f() { try { a() } finally { b(() => { return 1 }) } return 1 }
;; bad: python
;;| def f():
;;|     try:
;;|         a()
;;|     finally:
;;|         return 1
;; good: python
;;| def f():
;;|     try:
;;|         a()
;;|     finally:
;;|         b()
;;|     return 1
;; good: python
;;| def info(self):
;;|     try:
;;|         a()
;;|     except Exception as e:
;;|         log(e)
;;|     finally:
;;|         return self.info
;; bad: ruby
;;| def f
;;|   a
;;| ensure
;;|   return 1
;;| end
;; good: ruby
;;| def f
;;|   a
;;| ensure
;;|   b
;;| end
;; bad: php
;;| <?php function f() { try { a(); } finally { return 1; } }
;; good: php
;;| <?php function f() { try { a(); } finally { b(); } return 1; }
;; query: javascript, typescript, tsx
((try_statement
   body: (statement_block) @_try
   !handler
   finalizer: (finally_clause body: (statement_block (return_statement) @finding)))
 (#not-has-descendant? @_try "arrow_function" "function_expression")
 (#not-explained? @finding))
((try_statement
   handler: (catch_clause) @_c
   finalizer: (finally_clause body: (statement_block (return_statement) @finding)))
 (#has-descendant? @_c "throw_statement")
 (#not-explained? @finding))
;; query: python
(try_statement body: (block) . (finally_clause (block [(return_statement) @finding (if_statement consequence: (block (return_statement) @finding))])))
((try_statement
   (except_clause) @_c
   (finally_clause (block [(return_statement) @finding (if_statement consequence: (block (return_statement) @finding))])))
 (#not-any-match? @_c "^except([[:space:]]*:|[^:]*Exception)")
 (#not-explained? @finding))
;; query: ruby
(ensure [(return) @finding (if consequence: (then (return) @finding)) (if_modifier body: (return) @finding)])
;; query: php
(try_statement
  body: (compound_statement)
  .
  (finally_clause body: (compound_statement [(return_statement) @finding (if_statement body: (compound_statement (return_statement) @finding))])))
