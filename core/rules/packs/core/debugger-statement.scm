;; severity: error
;; languages: javascript, typescript, tsx, python
;; words: debugger breakpoint set_trace
;; message: a debugger statement is left in the code
;; help: It stops the program where nobody looks: remove it.
;; bad: javascript, typescript, tsx
;;| function f() { debugger; return 1 }
;; good: javascript, typescript, tsx
;;| function f() { const debuggerOn = 1; return debuggerOn }
;; bad: python
;;| def f():
;;|     breakpoint()
;; bad: python
;;| import pdb
;;| pdb.set_trace()
;; good: python
;;| def f():
;;|     log.breakpoint()
;;|     return breakpoints()
;; query: javascript, typescript, tsx
(debugger_statement) @finding
;; query: python
((call function: (identifier) @_f) @finding
 (#eq? @_f "breakpoint"))
((call function: (attribute object: (identifier) @_m attribute: (identifier) @_f)) @finding
 (#any-of? @_m "pdb" "ipdb" "pudb")
 (#any-of? @_f "set_trace" "post_mortem"))
