;; severity: error
;; languages: javascript, typescript, tsx, python, ruby, php, go, c-sharp, lua
;; words: debugger breakpoint( set_trace post_mortem byebug binding.pry binding.irb binding.break binding.remote_pry
;; words: xdebug_break runtime.Breakpoint Debugger.Break Debugger.Launch debug.debug mobdebug
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
;; bad: ruby
;;| def f
;;|   byebug
;;|   1
;;| end
;; bad: ruby
;;| def f
;;|   debugger if x
;;|   1
;;| end
;; bad: ruby
;;| x.each { |y| binding.pry }
;; good: ruby
;;| def f(debugger:)
;;|   run debugger
;;|   x.byebug
;;|   y = binding.local_variables
;;| end
;; bad: php
;;| <?php
;;| xdebug_break();
;; good: php
;;| <?php
;;| if (function_exists('xdebug_break')) { $a->xdebug_break(); }
;; bad: go
;;| package a
;;| func f() { runtime.Breakpoint() }
;; good: go
;;| package a
;;| func f() { g.Breakpoint() }
;; bad: c-sharp
;;| class A { void F() { System.Diagnostics.Debugger.Launch(); } }
;; bad: c-sharp
;;| class A { void F() { Debugger.Break(); } }
;; good: c-sharp
;;| class A { void F() { if (Debugger.IsAttached) { Debugger.Break(); } } }
;; good: c-sharp
;;| class A { void F() { my.Debugger.Break(); } }
;; bad: lua
;;| debug.debug()
;; bad: lua
;;| require("mobdebug").start()
;; good: lua
;;| debug.traceback()
;;| mobdebug.start()
;; query: javascript, typescript, tsx
(debugger_statement) @finding
;; query: python
((call function: (identifier) @_f) @finding
 (#eq? @_f "breakpoint"))
((call function: (attribute object: (identifier) @_m attribute: (identifier) @_f)) @finding
 (#any-of? @_m "pdb" "ipdb" "pudb" "wdb" "rdb")
 (#any-of? @_f "set_trace" "post_mortem"))
;; query: ruby
((identifier) @finding
 (#any-of? @finding "byebug" "debugger")
 (#has-parent? @finding program body_statement block_body then else ensure begin if_modifier unless_modifier))
((call receiver: (identifier) @_r method: (identifier) @_m) @finding
 (#eq? @_r "binding")
 (#any-of? @_m "pry" "irb" "break" "remote_pry"))
;; query: php
((function_call_expression function: [(name) (qualified_name)] @_f) @finding
 (#match? @_f "^\\\\?xdebug_break$"))
;; query: go
((call_expression function: (selector_expression) @_f) @finding
 (#eq? @_f "runtime.Breakpoint"))
;; query: c-sharp
((invocation_expression function: (member_access_expression) @_f) @finding
 (#any-of? @_f "Debugger.Break" "Debugger.Launch" "System.Diagnostics.Debugger.Break" "System.Diagnostics.Debugger.Launch")
 (#not-has-ancestor? @finding if_statement conditional_expression preproc_if))
;; query: lua
((function_call name: (dot_index_expression) @_f) @finding
 (#eq? @_f "debug.debug"))
((function_call name: (dot_index_expression table: (function_call name: (identifier) @_r arguments: (arguments (string) @_s)))) @finding
 (#eq? @_r "require")
 (#match? @_s "^.mobdebug.$"))
